#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/store/spatialite_guest.h"
#include "gis/crs.h"
#include "gis/sink.h"
#include "gis/wkb.h"
#include "tests/bench/city.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { WKB_MOST = 64 << 20, PATH_LEN = 4096, IDS_LEN = 64 };

struct writing {
    const struct city *city;
    struct drawing *drawing;
    uint32_t *before_order, *after_order;   // file order: row -> building; row -> number in city.after
    uint32_t *after_row;                    // number in city.after -> row, the id of AFTER
    struct buf wkb;
    struct rings shape, turned;
};

static uint32_t *shuffled(uint64_t seed, uint64_t stream, uint32_t count)
{
    uint32_t *order = mem_get(count, sizeof *order);
    struct rng r = rng_start(seed, stream);
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    rng_shuffle(&r, order, count);
    return order;
}

// Rings begin anywhere and run either way round, as real layers do.
static void write_ring(struct buf *out, const struct rings *r, uint32_t k, uint64_t chance, struct mm64 origin)
{
    uint32_t first = r->first[k], n = r->first[k + 1] - first, start = (uint32_t)((chance >> 1) % n), points = n + 1;
    buf_add(out, &points, sizeof points);
    for (uint32_t i = 0; i <= n; i++) {
        uint32_t at = (chance & 1) != 0 ? start + i : start + 2 * n - i;
        struct xy_m v = r->vertex[first + at % n];
        double xy[2] = { v.x + (double)origin.x * 1e-3, v.y + (double)origin.y * 1e-3 };
        buf_add(out, xy, sizeof xy);
    }
}

static void write_head(struct buf *out, uint32_t type, uint32_t parts)
{
    uint8_t little = 1;
    buf_add(out, &little, 1);
    buf_add(out, &type, sizeof type);
    buf_add(out, &parts, sizeof parts);
}

// gis/wkb.h orients and orders rings; here they must come out as carelessly as in real files.
static void write_careless_wkb(struct buf *out, const struct rings *r, uint64_t chance, struct mm64 origin)
{
    enum { POLYGON = 3, MULTIPOLYGON = 6 };
    uint32_t polygons = 0;
    out->len = 0;
    for (uint32_t k = 0; k < r->count; k++)
        polygons += k == 0 || shape_ring_area_m2(r, k) > 0;
    write_head(out, MULTIPOLYGON, polygons);
    for (uint32_t k = 0; k < r->count;) {
        uint32_t end = k + 1;
        while (end < r->count && shape_ring_area_m2(r, end) <= 0)
            end++;
        write_head(out, POLYGON, end - k);
        for (; k < end; k++)
            write_ring(out, r, k, random_of(chance, 61, k), origin);
    }
}

static enum status open_layer(const struct writing *w, const char *name, const struct sink_field *field, int fields,
                              struct sink **out, struct err *e)
{
    char path[PATH_LEN];
    snprintf(path, sizeof path, "%s/%s.%s", w->city->options->out, name, w->city->options->format);
    return sink_open(&(struct sink_spec){ .path = path, .layer = name, .crs = w->city->crs, .target = w->city->crs, .field = field,
                                          .fields = fields, .sql = &spatialite_guest }, out, e);
}

static const struct sink_field BUILDING_FIELDS[] = {
    { .name = "id", .type = SINK_TEXT },
    { .name = "height_m", .type = SINK_REAL, .decimals = 2 },
};

static enum status write_building(struct writing *w, struct sink *s, const char *id, double height_m, uint64_t chance,
                                  struct err *e)
{
    struct sink_value v[] = { { .text = id }, { .real = round(height_m * 100) / 100 } };
    write_careless_wkb(&w->wkb, &w->shape, chance, w->city->origin);
    return sink_write(s, (const uint8_t *)w->wkb.data, w->wkb.len, v, e);
}

static enum status finish(struct sink *s, enum status status, struct err *e)
{
    if (status == OK)
        return sink_commit(s, e);
    sink_abandon(s);
    return status;
}

static enum status write_before(struct writing *w, struct err *e)
{
    const struct city *c = w->city;
    struct sink *s;
    char id[IDS_LEN];
    enum status status = open_layer(w, "before", BUILDING_FIELDS, c->options->heights ? 2 : 1, &s, e);
    if (status != OK)
        return status;
    for (uint32_t row = 0; row < c->before_count && status == OK; row++) {
        uint32_t b = w->before_order[row];
        if (c->left_out_before[b])
            continue;
        snprintf(id, sizeof id, "b%u", b);
        drawing_before(w->drawing, b, &w->shape);
        double height = drawing_height_m(c, FRAME_BEFORE, b, (double)c->shapes.height_m[b]);
        status = write_building(w, s, id, height, random_of((uint64_t)c->options->seed, 62, b), e);
    }
    return finish(s, status, e);
}

static void after_id(const struct writing *w, uint32_t number, char *id, size_t cap)
{
    const struct city_building *a = &w->city->after[number];
    bool keeps = w->city->options->keep_ids && a->from != NOBODY &&
                 (number == 0 || a[-1].from != a->from); // the other half of a split gets a new one
    if (keeps)
        snprintf(id, cap, "b%u", a->from);
    else
        snprintf(id, cap, "a%u", w->after_row[number]);
}

static enum status write_after(struct writing *w, struct err *e)
{
    const struct city *c = w->city;
    struct sink *s;
    char id[IDS_LEN];
    enum status status = open_layer(w, "after", BUILDING_FIELDS, c->options->heights ? 2 : 1, &s, e);
    if (status != OK)
        return status;
    for (uint32_t row = 0; row < c->after_count && status == OK; row++) {
        uint32_t number = w->after_order[row];
        const struct city_building *a = &c->after[number];
        after_id(w, number, id, sizeof id);
        drawing_after(w->drawing, number, &w->shape);
        double height = drawing_height_m(c, FRAME_AFTER, a->shape, (double)a->height_m);
        status = write_building(w, s, id, height, random_of((uint64_t)c->options->seed, 63, number), e);
    }
    return finish(s, status, e);
}

static const struct sink_field TRUTH_FIELDS[] = {
    { .name = "op", .type = SINK_TEXT },           { .name = "class", .type = SINK_TEXT },
    { .name = "before_ids", .type = SINK_TEXT },   { .name = "after_ids", .type = SINK_TEXT },
    { .name = "area_m2", .type = SINK_REAL, .decimals = 3 }, { .name = "depth_m", .type = SINK_REAL, .decimals = 3 },
};

static enum status write_truth_row(struct writing *w, struct sink *s, uint32_t number, struct err *e)
{
    const struct city_truth *t = &w->city->truth[number];
    char before[IDS_LEN] = "", after[IDS_LEN] = "", one[IDS_LEN / 2 - 1];
    for (int i = 0; i < t->befores; i++) {
        snprintf(one, sizeof one, "%sb%u", i > 0 ? "," : "", t->before[i]);
        strcat(before, one);
    }
    for (int i = 0; i < t->afters; i++) {
        after_id(w, t->after[i], one + (i > 0), sizeof one - 1);
        if (i > 0)
            one[0] = ',';
        strcat(after, one);
    }
    drawing_truth(w->drawing, number, &w->shape);
    double area = rings_area_m2(&w->shape);
    struct sink_value v[] = { { .text = t->op }, { .text = t->class }, { .text = before }, { .text = after },
                              { .real = round(area * 1e3) / 1e3 }, { .real = round(t->depth_m * 1e3) / 1e3 } };
    write_careless_wkb(&w->wkb, &w->shape, number, w->city->origin);
    return sink_write(s, (const uint8_t *)w->wkb.data, w->wkb.len, v, e);
}

static enum status write_truth(struct writing *w, struct err *e)
{
    struct sink *s;
    enum status status = open_layer(w, "truth", TRUTH_FIELDS, 6, &s, e);
    if (status != OK)
        return status;
    for (uint32_t i = 0; i < w->city->truths && status == OK; i++)
        status = write_truth_row(w, s, i, e);
    return finish(s, status, e);
}

static void draw_coverage(const struct city *c, struct rings *out)
{
    enum { CORNERS = 32 };
    struct box_m all = shapes_whole_box(&c->shapes, 100);
    rings_start(out);
    shape_rectangle(out, place_turned((struct xy_m){ 0, 0 }, 0), all.min_x, all.min_y, all.max_x, all.max_y);
    for (uint32_t h = 0; h < c->holes; h++) {
        for (int i = 0; i < CORNERS; i++)
            rings_add_vertex(
                out, place_point(place_turned(c->hole[h].centre, -360.0 * i / CORNERS), c->hole[h].radius_m, 0));
        rings_end_ring(out);
    }
}

static enum status write_coverage(struct writing *w, struct err *e)
{
    static const struct sink_field field[] = { { .name = "role", .type = SINK_TEXT } };
    struct sink *s;
    if (w->city->holes == 0)
        return OK;
    enum status status = open_layer(w, "coverage_after", field, 1, &s, e);
    if (status != OK)
        return status;
    struct sink_value v[] = { { .text = "AFTER" } };
    draw_coverage(w->city, &w->shape);
    w->wkb.len = 0;
    write_careless_wkb(&w->wkb, &w->shape, 1, w->city->origin);
    return finish(s, sink_write(s, (const uint8_t *)w->wkb.data, w->wkb.len, v, e), e);
}

static enum status write_ledger(const struct city *c, struct err *e)
{
    char path[PATH_LEN];
    struct buf text;
    buf_init(&text, 1 << 20);
    city_ledger(c, &text);
    snprintf(path, sizeof path, "%s/ledger.json", c->options->out);
    enum status status = sink_text_file(path, text.data, text.len, e);
    buf_clear(&text);
    return status;
}

enum status city_write(const struct city *c, struct drawing *d, struct err *e)
{
    uint64_t seed = (uint64_t)c->options->seed;
    struct writing w = { .city = c, .drawing = d };
    mkdir(c->options->out, 0777); // where it cannot be made, opening the first layer says so
    buf_init(&w.wkb, WKB_MOST);
    w.before_order = shuffled(seed, 64, c->before_count);
    w.after_order = shuffled(seed, 65, c->after_count);
    w.after_row = mem_get(c->after_count, sizeof *w.after_row);
    for (uint32_t row = 0; row < c->after_count; row++)
        w.after_row[w.after_order[row]] = row;
    enum status status = write_before(&w, e);
    status = status == OK ? write_after(&w, e) : status;
    status = status == OK ? write_truth(&w, e) : status;
    status = status == OK ? write_coverage(&w, e) : status;
    status = status == OK ? write_ledger(c, e) : status;
    buf_clear(&w.wkb);
    rings_clear(&w.shape);
    mem_free(w.before_order);
    mem_free(w.after_order);
    mem_free(w.after_row);
    return status;
}
