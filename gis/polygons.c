#include "gis/polygons.h"
#include "core/base/mem.h"
#include "core/base/status.h"
#include <math.h>
#include <string.h>

void polygons_init(struct polygons *p, struct xy_m origin)
{
    *p = (struct polygons){ .origin = { floor(origin.x), floor(origin.y) } };
    p->ring_first = mem_grow(NULL, &p->cap, 2, sizeof *p->ring_first);
    p->ring_first[0] = 0;
    rings_start(&p->rings);
}

void polygons_clear(struct polygons *p)
{
    rings_clear(&p->rings);
    mem_free(p->ring_first);
    *p = (struct polygons){0};
}

static void add_moved(struct polygons *p, const struct rings *r, struct xy_m by)
{
    for (uint32_t k = 0; k < r->count; k++) {
        for (uint32_t i = r->first[k]; i < r->first[k + 1]; i++)
            rings_add_vertex(&p->rings, (struct xy_m){ r->vertex[i].x - by.x, r->vertex[i].y - by.y });
        rings_end_ring(&p->rings);
    }
    p->ring_first = mem_grow(p->ring_first, &p->cap, (size_t)p->count + 2, sizeof *p->ring_first);
    p->ring_first[++p->count] = p->rings.count;
}

void polygons_add(struct polygons *p, const struct rings *r)
{
    add_moved(p, r, p->origin);
}

void polygons_add_local(struct polygons *p, const struct rings *r)
{
    add_moved(p, r, (struct xy_m){0});
}

static double ring_area2(const struct rings *r, uint32_t k)
{
    double area2 = 0;
    struct xy_m o = r->vertex[r->first[k]];
    for (uint32_t i = r->first[k] + 1; i + 1 < r->first[k + 1]; i++)
        area2 += (r->vertex[i].x - o.x) * (r->vertex[i + 1].y - o.y) - (r->vertex[i + 1].x - o.x) * (r->vertex[i].y - o.y);
    return area2;
}

static void turn_ring(struct rings *r, uint32_t k)
{
    for (uint32_t i = r->first[k], j = r->first[k + 1] - 1; i < j; i++, j--) {
        struct xy_m v = r->vertex[i];
        r->vertex[i] = r->vertex[j];
        r->vertex[j] = v;
    }
}

void polygons_add_shape(struct polygons *p, struct wkb_shape *shape)
{
    for (uint32_t k = 0; k < shape->rings.count; k++)
        if ((ring_area2(&shape->rings, k) < 0) != (shape->ring_is_hole[k] != 0))
            turn_ring(&shape->rings, k);
    polygons_add(p, &shape->rings);
}

enum wkb_kind polygons_add_wkb(struct polygons *p, const uint8_t *bytes, size_t len)
{
    struct wkb_shape shape = {0};
    struct wkb_facts facts;
    enum wkb_kind kind = wkb_read(bytes, len, &shape, &facts);
    if (kind == WKB_POLYGON || kind == WKB_MULTIPOLYGON)
        polygons_add_shape(p, &shape);
    else
        polygons_add(p, &(struct rings){0});
    wkb_shape_clear(&shape);
    return kind;
}

void polygons_get(const struct polygons *p, int64_t i, struct rings *out)
{
    must(i >= 0 && i < p->count);
    rings_take(&p->rings, p->ring_first[i], p->ring_first[i + 1], out);
}

struct box_m polygons_box(const struct polygons *p, int64_t i)
{
    struct box_m b = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    const struct rings *r = &p->rings;
    for (uint32_t v = r->first[p->ring_first[i]]; v < r->first[p->ring_first[i + 1]]; v++) {
        b.min_x = fmin(b.min_x, r->vertex[v].x);
        b.max_x = fmax(b.max_x, r->vertex[v].x);
        b.min_y = fmin(b.min_y, r->vertex[v].y);
        b.max_y = fmax(b.max_y, r->vertex[v].y);
    }
    return b;
}

// An empty polygon gets a box of no size at the origin: it may be called near, and shares nothing with anybody.
void polygons_boxes(const struct polygons *p, struct footprints *out)
{
    *out = (struct footprints){ .count = p->count, .origin = mem_get((size_t)p->count, sizeof *out->origin),
                                .size = mem_get((size_t)p->count, sizeof *out->size) };
    for (int64_t i = 0; i < p->count; i++) {
        struct box_m b = polygons_box(p, i);
        if (b.min_x > b.max_x)
            continue;
        out->origin[i] = (struct mm64){ (int64_t)floor(b.min_x * 1000), (int64_t)floor(b.min_y * 1000) };
        double width = ceil(b.max_x * 1000) - (double)out->origin[i].x, height = ceil(b.max_y * 1000) - (double)out->origin[i].y;
        out->size[i] = (struct mm){ (int32_t)fmin(width, INT32_MAX), (int32_t)fmin(height, INT32_MAX) };
    }
}

void segments_add(struct segments *s, struct xy_m a, struct xy_m b)
{
    if (a.x == b.x && a.y == b.y)
        return;
    s->at = mem_grow(s->at, &s->cap, s->count + 1, sizeof *s->at);
    s->at[s->count++] = (struct segment_m){ a, b };
}

void segments_add_rings(struct segments *s, const struct rings *r)
{
    for (uint32_t k = 0; k < r->count; k++)
        for (uint32_t i = r->first[k], j = r->first[k + 1] - 1; i < r->first[k + 1]; j = i++)
            segments_add(s, r->vertex[j], r->vertex[i]);
}

struct moving { struct segments *to; struct xy_m origin; };

static void move_piece(void *ctx, struct xy_m a, struct xy_m b)
{
    struct moving *m = ctx;
    segments_add(m->to, (struct xy_m){ a.x - m->origin.x, a.y - m->origin.y }, (struct xy_m){ b.x - m->origin.x, b.y - m->origin.y });
}

bool segments_add_wkb(struct segments *s, const uint8_t *bytes, size_t len, struct xy_m origin)
{
    struct moving m = { s, origin };
    return wkb_read_lines(bytes, len, move_piece, &m);
}

void segments_clear(struct segments *s)
{
    mem_free(s->at);
    *s = (struct segments){0};
}
