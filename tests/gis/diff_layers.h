// diff_layers.h - layers of footprints for tests of the comparison: outlines go in, footprints in UTM come out.
#pragma once
#include "core/base/mem.h"
#include "gis/footprint_order.h"
#include "tests/gis/shapes.h"

enum { LAYER_MOST = 4096 };
static const struct mm64 LAYER_FROM = { 500000000, 3500000000 }; // where (0, 0) of a test stands, millimetres

struct layer {
    struct footprint_builder builder;
    struct dirt dirt;
    float height[LAYER_MOST];      // NaN: unknown
    char id[LAYER_MOST][16];       // "": its number
    bool heights, ids;
};

static inline void layer_open(struct layer *l)
{
    memset(l, 0, sizeof *l);
    footprint_builder_open(&l->builder, "TEST", NULL, &l->dirt);
}

// Metres from LAYER_FROM, moved by `move`. height NaN: unknown.
static inline void layer_add(struct layer *l, const struct rings *r, struct mm64 move, double height_m, const char *id)
{
    struct err e = { 0 };
    bool added = false;
    int64_t i = l->builder.o.count;
    must(i < LAYER_MOST);
    struct mm64 from = { LAYER_FROM.x + move.x, LAYER_FROM.y + move.y };
    must(footprint_add_rings(&l->builder, i, r, from, &added, &e) == OK && added);
    l->height[i] = (float)height_m;
    l->heights |= isfinite(height_m);
    snprintf(l->id[i], sizeof l->id[i], "%.15s", id);
    l->ids |= id[0] != '\0';
}

static inline void layer_add_ids(struct footprints *f, const struct layer *l)
{
    f->id_first = mem_get((size_t)f->count + 1, sizeof *f->id_first);
    f->id_text = mem_get((size_t)f->count + 1, sizeof l->id[0]);
    for (int64_t i = 0; i < f->count; i++) {
        char own[16];
        snprintf(own, sizeof own, "#%d", (int)i);
        const char *id = l->id[i][0] != '\0' ? l->id[i] : own;
        memcpy(f->id_text + f->id_first[i], id, strlen(id));
        f->id_first[i + 1] = f->id_first[i] + (uint32_t)strlen(id);
    }
}

// The finished layer is the caller's: footprints_clear().
static inline struct footprints layer_close(struct layer *l)
{
    struct footprints f;
    struct pool *pool = pool_open(1);
    struct order order;
    order_as_given(&l->builder.o, &order);
    outlines_lay_out(pool, &l->builder.o, &order, &f);
    pool_close(pool);
    order_clear(&order);
    outlines_clear(&l->builder.o);
    footprint_builder_close(&l->builder);
    if (l->heights) {
        f.height_m = mem_get((size_t)f.count, sizeof *f.height_m);
        memcpy(f.height_m, l->height, (size_t)f.count * sizeof *f.height_m);
    }
    if (l->ids)
        layer_add_ids(&f, l);
    return f;
}

// Normal with sigma 1.
static inline double layer_normal(uint64_t *seed)
{
    double u = shapes_random(seed), v = shapes_random(seed);
    return sqrt(-2 * log(1 - u)) * cos(6.283185307179586 * v);
}

// An L or a rectangle of these sides at a place, turned.
static inline void layer_house(struct rings *r, struct xy_m at, double wide, double deep, double turn_rad, bool wing)
{
    const struct xy_m box[] = { { 0, 0 }, { wide, 0 }, { wide, deep }, { 0, deep } };
    const struct xy_m ell[] = { { 0, 0 }, { wide, 0 }, { wide, deep }, { 4.5, deep }, { 4.5, deep + 5 }, { 0, deep + 5 } };
    rings_start(r);
    for (int i = 0; i < (wing ? 6 : 4); i++)
        rings_add_vertex(r, wing ? ell[i] : box[i]);
    rings_end_ring(r);
    shapes_move(r, at, turn_rad, 1);
}

static inline void layer_noise(struct rings *r, double sigma_m, uint64_t *seed)
{
    for (uint32_t i = 0; i < r->first[r->count]; i++) {
        r->vertex[i].x += sigma_m * layer_normal(seed);
        r->vertex[i].y += sigma_m * layer_normal(seed);
    }
}
