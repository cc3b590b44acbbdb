// compare: two surveys of the station, as `gridpatrol compare` does it; its changes are the station's from then on.
#include "api/command.h"
#include "api/params.h"
#include "api/process_measure.h"
#include "api/record.h"
#include "api/collection.h"
#include "api/server.h"
#include "api/summary.h"
#include "core/base/json_write.h"
#include "core/survey.h"
#include <stdio.h>

#define SURVEY_SCHEMA "{\"type\": \"string\", \"minLength\": 1, \"maxLength\": 128}"

static const struct process_input inputs[] = {
    { "before", "The earlier survey, by name or id", SURVEY_SCHEMA, true },
    { "after", "The later survey, by name or id", SURVEY_SCHEMA, true },
    { "again", "also when the same was compared before", "{\"type\": \"boolean\"}", false },
    MEASURE_INPUTS,
};
static const struct process_output outputs[] = {
    { "comparison", "What was found, and where its changes are", "{\"type\": \"object\", \"required\": [\"id\", \"changes\"]}", NULL },
};

// Who judges changes and sees the whole district, as its surveys do.
static bool is_for_offices(const struct server *s, const struct viewer *v)
{
    const struct layer *survey = layer_find((struct layer_list *)&s->layers, "survey");
    return survey != NULL && visible_files(v, survey) && (v->role & (ROLE_ANALYST | ROLE_CHECKER | ROLE_COORDINATOR | ROLE_CHIEF)) != 0;
}

static enum status read_spec(struct json in, struct comparison_spec *out, struct err *e)
{
    enum status s = json_read_text(process_value(in, "before"), &out->before, e);
    if (s == OK)
        s = json_read_text(process_value(in, "after"), &out->after, e);
    if (s == OK)
        s = json_read_bool_or(process_value(in, "again"), false, &out->again, e);
    return s == OK ? process_measure_read(in, &out->options, e) : s;
}

static enum status find_surveys(struct work *w, void *ctx)
{
    const struct comparison_spec *spec = ctx;
    struct survey v;
    enum status s = survey_get(w, spec->before, &v);
    return s == OK ? survey_get(w, spec->after, &v) : s;
}

static enum status check(struct exchange *x, struct json in)
{
    struct comparison_spec spec = { .before = "" };
    enum status s = read_spec(in, &spec, &x->err);
    if (s == OK)
        s = read_station(x, find_surveys, &spec);
    return s == NOT_FOUND ? INVALID : s;           // of an input, not of the address
}

static void put_classes(struct json_writer *j, const struct comparison_report *r)
{
    json_put_object(j, "per_class");
    for (int k = 0; k < CHANGE_CLASSES; k++)
        if (r->per_class[k] > 0)
            json_put_integer(j, change_class_name((enum change_class)k), r->per_class[k]);
    json_put_end(j);
}

static void put_report(struct json_writer *j, const struct comparison_report *r)
{
    char href[200];
    json_put_object(j, "comparison");
    json_put_text(j, "id", r->id.text);
    json_put_bool(j, "same", r->same);             // it had been done before; what follows was not counted again
    if (!r->same) {
        json_put_integer(j, "count", r->changes);
        json_put_number(j, "expected_false_alarms", r->expected_false_alarms, 2);
        put_classes(j, r);
    }
    snprintf(href, sizeof href, "/collections/change/items?comparison=%s", r->id.text);
    json_put_text(j, "changes", href);
    snprintf(href, sizeof href, "/collections/change/download?f=gpkg&comparison=%s", r->id.text);
    json_put_text(j, "download", href);
    json_put_end(j);
}

static enum status run(struct process_run *r, struct err *e)
{
    struct comparison_spec spec = { .program_version = command_version(), .cancelled = r->cancelled, .summary = summary_of_pair };
    struct comparison_report report;
    enum status s = read_spec(r->inputs, &spec, e);
    if (s == OK)
        s = comparison_run(r->server->station, &(struct station_call){ r->now_s, r->actor }, &spec, r->progress, &report, e);
    if (s == OK)
        put_report(r->result, &report);
    return s;
}

const struct process process_compare = {
    .id = "compare", .title = "Compare two surveys", .about = "Compares two surveys of the station; the changes are reviewed in it",
    .input = inputs, .inputs = sizeof inputs / sizeof *inputs, .output = outputs, .outputs = 1, .is_open = is_for_offices, .check = check, .run = run,
};
