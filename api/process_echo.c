// echo: what goes in comes out. By it clients and test suites learn how this service takes and gives values.
#include "api/body.h"
#include "api/process.h"

#include "core/base/json_write.h"
#include <string.h>

#define VALUE(name, title, schema) { name "Input", title, schema, false }
#define SAME(name, title, schema) { name "Output", title, schema, NULL }
#define TEXT_SCHEMA "{\"type\": \"string\"}"
#define NUMBER_SCHEMA "{\"type\": \"number\"}"
#define ARRAY_SCHEMA "{\"type\": \"array\", \"minItems\": 1, \"items\": {}}"
#define OBJECT_SCHEMA "{\"type\": \"object\"}"
#define BOX_SCHEMA "{\"type\": \"object\", \"allOf\": [{\"format\": \"ogc-bbox\"}], \"required\": [\"bbox\"], \"properties\": {\"bbox\": {\"type\": \"array\", \"minItems\": 4, " \
                   "\"maxItems\": 6, \"items\": {\"type\": \"number\"}}, \"crs\": {\"type\": \"string\", \"format\": \"uri\"}}}"
#define BINARY_SCHEMA "{\"type\": \"string\", \"contentEncoding\": \"base64\", \"contentMediaType\": \"application/octet-stream\"}"
#define MIXED_SCHEMA "{\"oneOf\": [{\"type\": \"string\"}, {\"type\": \"number\"}, {\"type\": \"object\"}]}"

static const struct process_input inputs[] = {
    VALUE("string", "A text", TEXT_SCHEMA), VALUE("double", "A number", NUMBER_SCHEMA), VALUE("array", "A list", ARRAY_SCHEMA), VALUE("object", "An object", OBJECT_SCHEMA),
    VALUE("boundingBox", "A box", BOX_SCHEMA), VALUE("binary", "Bytes, as base64", BINARY_SCHEMA), VALUE("mixed", "A text, a number or an object", MIXED_SCHEMA),
};
static const struct process_output outputs[] = {
    SAME("string", "A text", TEXT_SCHEMA), SAME("double", "A number", NUMBER_SCHEMA), SAME("array", "A list", ARRAY_SCHEMA), SAME("object", "An object", OBJECT_SCHEMA),
    SAME("boundingBox", "A box", BOX_SCHEMA), SAME("binary", "Bytes, as base64", BINARY_SCHEMA), SAME("mixed", "A text, a number or an object", MIXED_SCHEMA),
};
enum { PORTS = sizeof inputs / sizeof *inputs };

static bool is_for_everybody(const struct server *s, const struct viewer *v)
{
    (void)s, (void)v;
    return true;
}

static bool is_box(struct json v)
{
    struct json sides = json_get(v, "bbox");
    size_t n = json_count(sides);
    for (size_t i = 0; i < n; i++)
        if (json_kind(json_at(sides, i)) != JSON_KIND_INTEGER && json_kind(json_at(sides, i)) != JSON_KIND_REAL)
            return false;
    return json_kind(sides) == JSON_KIND_LIST && (n == 4 || n == 6);
}

static bool is_mixed(struct json v)
{
    return json_kind(v) != JSON_KIND_BOOL && json_kind(v) != JSON_KIND_LIST && json_kind(v) != JSON_KIND_NULL;
}

static enum status check(struct exchange *x, struct json in)
{
    struct json box = json_get(in, "boundingBoxInput"), mixed = process_value(in, "mixedInput");
    if (json_count(in) == 0)
        return err_set(&x->err, INVALID, "echo needs at least one input");
    if (json_is_there(box) && !is_box(box))
        return err_set(&x->err, INVALID, "input %s is of another type: %s is expected", "boundingBoxInput", "{\"bbox\": [4 or 6 numbers]}");
    if (json_is_there(mixed) && !is_mixed(mixed))
        return err_set(&x->err, INVALID, "input %s is of another type: %s is expected", "mixedInput", "string, number, object");
    return OK;
}

static enum status run(struct process_run *r, struct err *e)
{
    enum status s = OK;
    for (int i = 0; i < PORTS && s == OK; i++)
        if (json_is_there(json_get(r->inputs, inputs[i].name)))
            s = body_copy(process_value(r->inputs, inputs[i].name), outputs[i].name, r->result, e);
    return s;
}

const struct process process_echo = {
    .id = "echo", .title = "Echo", .about = "What goes in comes out: to try how values are sent and taken", .can_wait = true,
    .input = inputs, .inputs = PORTS, .output = outputs, .outputs = PORTS, .is_open = is_for_everybody, .check = check, .run = run,
};
