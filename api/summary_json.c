#include "api/command.h"
#include "api/reason.h"
#include "api/summary.h"
#include "core/base/when.h"
#include <math.h>

static const char *const SIDE[SIDES] = { "before", "after" };
static const char *const DIRT_KEY[DIRT_KINDS] = {
    [DIRT_EMPTY] = "empty",         [DIRT_NOT_POLYGON] = "not_polygon",
    [DIRT_NOT_FINITE] = "not_finite", [DIRT_TOO_FEW] = "too_few_points",
    [DIRT_INVALID] = "invalid_repaired", [DIRT_REPEATED_VERTEX] = "repeated_vertex",
    [DIRT_DUPLICATE] = "duplicate", [DIRT_NO_ID] = "no_id",
    [DIRT_SAME_ID] = "same_id",
};

// A JSON object written key by key; the comma is settled here.
struct json { struct buf *out; bool more; };

static void key(struct json *j, const char *name)
{
    buf_text(j->out, j->more ? ",\n" : "\n");
    buf_json_text(j->out, name);
    buf_text(j->out, ": ");
    j->more = true;
}
static void open_object(struct json *j, const char *name)
{
    key(j, name);
    buf_text(j->out, "{");
    j->more = false;
}
static void close_object(struct json *j)
{
    buf_text(j->out, "}");
    j->more = true;
}
static void put_text(struct json *j, const char *name, const char *text)
{
    key(j, name);
    if (text == NULL || text[0] == '\0')
        buf_text(j->out, "null");
    else
        buf_json_text(j->out, text);
}
static void put_number(struct json *j, const char *name, double value, int decimals)
{
    key(j, name);
    buf_json_number(j->out, value, decimals);
}
static void put_count(struct json *j, const char *name, int64_t value)
{
    key(j, name);
    buf_printf(j->out, "%lld", (long long)value);
}
static void put_flag(struct json *j, const char *name, bool value)
{
    key(j, name);
    buf_text(j->out, value ? "true" : "false");
}

static void put_crs(struct json *j, const char *name, const struct crs *crs)
{
    open_object(j, name);
    put_text(j, "code", crs_code(crs));
    put_text(j, "name", crs_name(crs));
    close_object(j);
}

static void put_dirt(struct json *j, const struct dirt *d)
{
    open_object(j, "dirt");
    for (int k = 0; k < DIRT_KINDS; k++) {
        if (d->count[k] == 0)
            continue;
        open_object(j, DIRT_KEY[k]);
        put_count(j, "count", d->count[k]);
        key(j, "first");
        for (int64_t i = 0; i < d->count[k] && i < DIRT_EXAMPLES; i++)
            buf_printf(j->out, "%s%lld", i == 0 ? "[" : ", ", (long long)d->example[k][i]);
        buf_text(j->out, "]");
        close_object(j);
    }
    close_object(j);
}

static void put_survey(struct json *j, const struct comparison *c, enum side side)
{
    const struct pair_side *v = &c->pair.survey[side];
    open_object(j, SIDE[side]);
    put_text(j, "name", v->name);
    put_text(j, "sha256", v->sha256);
    put_crs(j, "crs", source_crs(v->source));
    put_count(j, "read", v->dirt.read);
    put_count(j, "kept", v->dirt.kept);
    put_count(j, "multi", v->dirt.multi);
    put_count(j, "holes", v->dirt.holes);
    put_count(j, "z_or_m", v->dirt.z_or_m);
    put_count(j, "dissolved", v->dirt.dissolved);
    put_dirt(j, &v->dirt);
    close_object(j);
}

static void put_side_parameters(struct json *j, const struct pair_side_spec *s, enum side side)
{
    open_object(j, SIDE[side]);
    put_text(j, "layer", s->layer);
    put_text(j, "id_field", s->id_field);
    put_text(j, "height_field", s->height_field);
    put_text(j, "floors_field", s->floors_field);
    put_text(j, "where", s->where);
    put_text(j, "dissolve_by", s->dissolve_by);
    put_text(j, "kind_field", s->kind_field);
    put_text(j, "crs", s->crs);
    put_text(j, "coverage", s->coverage);
    close_object(j);
}

static void put_parameters(struct json *j, const struct diff_settings *s)
{
    open_object(j, "parameters");
    put_number(j, "min_area_m2", s->pair.min_area_m2, 6);
    put_number(j, "min_width_m", s->pair.min_width_m, 6);
    put_number(j, "min_height_m", s->pair.min_height_m, 6);
    put_number(j, "max_shift_m", s->pair.max_shift_m, 6);
    put_number(j, "storey_m", s->pair.storey_m, 6);
    put_flag(j, "no_registration", s->pair.no_registration);
    put_flag(j, "stable_ids", s->pair.stable_ids);
    put_flag(j, "mask_capture_rule", s->pair.mask_capture_rule);
    put_flag(j, "skip_unusable", s->pair.skip_unusable);
    put_flag(j, "all", s->pair.all);
    put_text(j, "metric_crs", s->pair.metric_crs);
    put_text(j, "output_crs", s->output_crs);
    put_side_parameters(j, &s->pair.side[BEFORE], BEFORE);
    put_side_parameters(j, &s->pair.side[AFTER], AFTER);
    close_object(j);
}

static void put_registration(struct json *j, const struct diff_summary *m)
{
    open_object(j, "registration");
    put_number(j, "mean_m", m->registration.mean_m, 4);
    put_number(j, "max_m", m->registration.max_m, 4);
    put_number(j, "mean_x_m", m->registration.mean.x, 4);
    put_number(j, "mean_y_m", m->registration.mean.y, 4);
    put_number(j, "sd_m", m->registration_sd_m, 4);
    put_count(j, "cells", m->registration.cells);
    put_count(j, "doubtful_cells", m->registration.doubtful);
    put_number(j, "overhang_m", m->registration.overhang_m, 4);
    close_object(j);
}

static void put_noise(struct json *j, const struct diff_summary *m)
{
    open_object(j, "noise");
    put_number(j, "vertex_m", m->vertex_noise_m, 4);
    put_number(j, "height_m", m->height_noise_m, 4);
    put_number(j, "height_step_before_m", m->height_step_before_m, 4);
    put_number(j, "height_step_after_m", m->height_step_after_m, 4);
    put_number(j, "height_bias_m", m->height_bias_m, 4);
    close_object(j);
    open_object(j, "expected_false_alarms");
    put_number(j, "total", m->expected_false_alarms, 2);
    put_number(j, "from_noise", m->expected_from_noise, 2);
    put_number(j, "from_registration", m->expected_from_registration, 2);
    close_object(j);
    put_count(j, "tested_walls", m->tested_walls);
}

static void put_changes(struct json *j, const struct comparison *c)
{
    const struct diff_result *r = &c->pair.result;
    const struct diff_summary *m = &r->summary;
    put_count(j, "identical", m->identical);
    put_count(j, "rows", r->count);
    open_object(j, "per_class");
    for (int k = 0; k < CHANGE_CLASSES; k++)
        put_count(j, change_class_name(k), m->per_class[k]);
    close_object(j);
    open_object(j, "per_relation");
    for (int k = 0; k < RELATIONS; k++)
        put_count(j, relation_name(k), m->per_relation[k]);
    close_object(j);
    if (!m->capture_rule.found)
        return;
    open_object(j, "capture_rule");
    put_text(j, "drawn_by", m->capture_rule.before ? "before" : "after");
    put_text(j, "kind", summary_captured_kind(c));
    put_number(j, "below_m2", summary_captured_kind(c) != NULL ? NAN : m->capture_rule.below_m2, 2);
    put_count(j, "count", m->capture_rule.count);
    close_object(j);
}

static void put_cost(struct json *j, const struct comparison *c)
{
    open_object(j, "seconds");
    put_number(j, "read", c->pair.read_s, 3);
    put_number(j, "compare", c->pair.compare_s, 3);
    put_number(j, "write", c->write_s, 3);
    put_number(j, "total", c->pair.read_s + c->pair.compare_s + c->write_s, 3);
    open_object(j, "stages");
    for (int i = 0; i < 8 && diff_stage_name(i) != NULL; i++)
        put_number(j, diff_stage_name(i), c->pair.result.summary.seconds[i], 3);
    close_object(j);
    close_object(j);
    put_count(j, "threads", c->pair.threads);
    put_count(j, "peak_memory_bytes", when_peak_memory_bytes());
}

void summary_json(const struct comparison *c, enum summary_extent extent, struct buf *out)
{
    struct json j = { .out = out };
    buf_text(out, "{");
    put_text(&j, "program", "gridpatrol");
    put_text(&j, "version", command_version());
    put_text(&j, "command", "diff");
    put_survey(&j, c, BEFORE);
    put_survey(&j, c, AFTER);
    put_crs(&j, "metric_crs", c->pair.metric);
    put_parameters(&j, c->settings);
    put_registration(&j, &c->pair.result.summary);
    put_noise(&j, &c->pair.result.summary);
    put_changes(&j, c);
    if (extent == SUMMARY_WHOLE)
        put_cost(&j, c);
    buf_text(out, "\n}\n");
}

void summary_of_pair(void *ctx, const struct pair_diff *pair, struct buf *out)
{
    (void)ctx;
    struct diff_settings settings = { .pair = *pair->spec };
    struct comparison view = { .settings = &settings, .lang = pair->lang, .pair = *pair };
    summary_json(&view, SUMMARY_REPEATABLE, out);
}
