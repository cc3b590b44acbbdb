#include "api/process.h"

#include <stdio.h>
#include <string.h>

static const struct process *const processes[] = { &process_compare, &process_diff, &process_echo };
enum { PROCESSES = sizeof processes / sizeof *processes };

const struct process *process_at(int i) { return i < PROCESSES ? processes[i] : NULL; }

const struct process *process_find(const struct server *s, const struct viewer *v, const char *id)
{
    for (int i = 0; i < PROCESSES; i++)
        if (strcmp(processes[i]->id, id) == 0 && processes[i]->is_open(s, v))
            return processes[i];
    return NULL;
}

const struct process_output *process_output_find(const struct process *p, const char *name)
{
    for (int i = 0; i < p->outputs; i++)
        if (strcmp(p->output[i].name, name) == 0)
            return &p->output[i];
    return NULL;
}

bool process_has_files(const struct process *p)
{
    for (int i = 0; i < p->outputs; i++)
        if (p->output[i].type != NULL)
            return true;
    return false;
}

// --- Inputs -----------------------------------------------------------------------------------------------------------------------

struct json process_value(struct json inputs, const char *name)
{
    struct json given = json_get(inputs, name);
    return json_kind(given) == JSON_KIND_OBJECT && json_is_there(json_get(given, "value")) ? json_get(given, "value") : given;
}

static const struct process_input *input_find(const struct process *p, const char *name)
{
    for (int i = 0; i < p->inputs; i++)
        if (strcmp(p->input[i].name, name) == 0)
            return &p->input[i];
    return NULL;
}

// The member "type" of the schema, which stands first in ours: {"type": "string", ...}.
static bool is_of_schema(struct json v, const char *schema, const char **type)
{
    static const struct { const char *type; unsigned kinds; } types[] = {
        { "string", 1u << JSON_KIND_TEXT }, { "number", 1u << JSON_KIND_INTEGER | 1u << JSON_KIND_REAL }, { "boolean", 1u << JSON_KIND_BOOL },
        { "array", 1u << JSON_KIND_LIST }, { "object", 1u << JSON_KIND_OBJECT },
    };
    static const char begin[] = "{\"type\": \"";
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t len = strlen(types[i].type);
        if (strncmp(schema, begin, sizeof begin - 1) != 0 || strncmp(schema + sizeof begin - 1, types[i].type, len) != 0)
            continue;
        *type = types[i].type;
        return (types[i].kinds & 1u << json_kind(v)) != 0;
    }
    return true;
}

static enum status check_one(const struct process_input *in, struct json v, struct err *e)
{
    const char *type = NULL;
    if (json_kind(v) == JSON_KIND_OBJECT && json_is_there(json_get(v, "href")) && !json_is_there(json_get(v, "value")))
        return err_set(e, INVALID, "input %s is a link; this service fetches nothing from elsewhere: send the value itself, or upload a file to /uploads", in->name);
    return is_of_schema(v, in->schema, &type) ? OK : err_set(e, INVALID, "input %s is of another type: %s is expected", in->name, type);
}

static enum status say_inputs(const struct process *p, const char *name, struct err *e)
{
    char list[400] = "";
    for (int i = 0; i < p->inputs; i++) {
        size_t n = strlen(list);
        snprintf(list + n, sizeof list - n, "%s%s", i > 0 ? ", " : "", p->input[i].name);
    }
    return err_set(e, INVALID, "%s has no input \"%.60s\"; there are: %s", p->id, name, list);
}

enum status process_inputs_check(const struct process *p, struct json inputs, struct err *e)
{
    struct json_each m = { 0 };
    enum status s = OK;
    while (s == OK && json_next(inputs, &m)) {
        const struct process_input *in = input_find(p, m.key);
        s = in == NULL ? say_inputs(p, m.key, e) : check_one(in, process_value(inputs, in->name), e);
    }
    for (int i = 0; i < p->inputs && s == OK; i++)
        if (p->input[i].is_required && !json_is_there(json_get(inputs, p->input[i].name)))
            s = err_set(e, INVALID, "%s needs the input %s", p->id, p->input[i].name);
    return s;
}
