#include "core/base/buf.h"
#include "core/base/mem.h"
#include "gis/crs.h"
#include "tests/bench/city.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

static const struct city_site NORTH_CHINA = { "EPSG:32650", { 436000000, 4420000000 } };
static const double HOLE_LEAST_M = 60, HOLE_MOST_M = 160, HOLE_MARGIN_M = 40, EDGE_M = 100;

static void dig_holes(struct city *c)
{
    c->holes = (uint32_t)c->options->holes;
    c->hole = mem_get(c->holes, sizeof *c->hole);
    for (uint32_t h = 0; h < c->holes; h++) {
        c->hole[h].centre = shapes_middle(&c->shapes, rng_below(&c->rng, c->before_count));
        c->hole[h].radius_m = rng_between(&c->rng, HOLE_LEAST_M, HOLE_MOST_M);
    }
}

// What is too small for one of the surveys, or not looked at, is left to the capture rules: no edit, no truth.
static void bar_some(struct city *c)
{
    struct rings r = {0};
    c->touched = mem_get(c->before_count, sizeof *c->touched);
    c->left_out_before = mem_get(c->before_count, sizeof *c->left_out_before);
    for (uint32_t b = 0; b < c->before_count; b++) {
        shapes_get(&c->shapes, b, &r);
        if (rings_area_m2(&r) < city_least_edit_m2(c) || city_is_in_hole(c, shapes_middle(&c->shapes, b), HOLE_MARGIN_M))
            c->touched[b] = TOUCH_BARRED;
    }
    rings_clear(&r);
}

static enum status lay_ground(struct city *c, struct err *e)
{
    if (c->options->from != NULL)
        return city_read(c, e);
    const struct city_site *site = c->options->site.crs != NULL ? &c->options->site : &NORTH_CHINA;
    c->origin = site->origin;
    city_plan(c);
    return crs_open(site->crs, &c->crs, e);
}

enum status city_make(const struct city_options *o, struct city *out, struct err *e)
{
    *out = (struct city){ .options = o, .rng = rng_start((uint64_t)o->seed, 1) };
    enum status status = lay_ground(out, e);
    if (status != OK)
        return status;
    out->before_count = out->shapes.count;
    if (out->before_count == 0)
        return err_set(e, INVALID, "%s: no building to start from", o->from);
    out->ground = ground_open(&out->shapes, shapes_whole_box(&out->shapes, EDGE_M));
    for (uint32_t b = 0; b < out->before_count; b++)
        ground_add(out->ground, b);
    dig_holes(out);
    bar_some(out);
    city_edit_all(out);
    city_capture(out);
    return OK;
}

void city_clear(struct city *c)
{
    crs_close(c->crs);
    shapes_clear(&c->shapes);
    ground_close(c->ground);
    mem_free(c->touched);
    mem_free(c->left_out_before);
    mem_free(c->after);
    mem_free(c->truth);
    mem_free(c->hole);
    *c = (struct city){0};
}

static void ledger_of_operator(const struct city *c, const char *op, struct buf *out)
{
    uint32_t count = 0;
    double area = 0;
    struct rings r = {0};
    for (uint32_t i = 0; i < c->truths; i++) {
        if (strcmp(c->truth[i].op, op) != 0)
            continue;
        shapes_get(&c->shapes, c->truth[i].shape, &r);
        area += rings_area_m2(&r);
        count++;
    }
    rings_clear(&r);
    buf_printf(out, "\n    { \"op\": \"%s\", \"count\": %" PRIu32 ", \"area_m2\": ", op, count);
    buf_json_number(out, area, 1);
    buf_text(out, " }");
}

void city_ledger(const struct city *c, struct buf *out)
{
    uint32_t left_out = 0;
    for (uint32_t b = 0; b < c->before_count; b++)
        left_out += c->left_out_before[b];
    buf_text(out, "{\n  \"arguments\": {");
    city_options_json(c->options, out);
    buf_printf(
        out, "\n  },\n  \"before\": %" PRIu32 ",\n  \"after\": %" PRIu32 ",\n  \"truth\": %" PRIu32 ",\n  \"edits\": [",
        c->before_count - left_out, c->after_count, c->truths);
    for (const struct city_edit *e = city_edits; e->op != NULL; e++) {
        buf_text(out, e == city_edits ? "" : ",");
        ledger_of_operator(c, e->op, out);
    }
    buf_text(out, "\n  ]\n}\n");
}
