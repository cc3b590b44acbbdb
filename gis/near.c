#include "gis/near.h"

#include "core/base/mem.h"
#include "core/base/status.h"

#include <math.h>
#include <stdlib.h>

// Cells are a power of two of millimetres, so a place's cell is a shift. The plane is rolled up on a torus of buckets: near
// cells stay near in memory, and two towns a thousand kilometres apart cost no more buckets than one; `lap` tells cells apart
// that share a bucket. A box stands in every cell it covers; a pair is taken only in the cell that holds the lower left
// corner of the common box, so it is taken once.
struct entry {
    int32_t min_x, min_y, max_x, max_y; // from the corner of the cell, held within +-REL_LIMIT_MM
    uint32_t item, lap;
};

enum {
    REL_LIMIT_MM = 1 << 30,
    CELL_BITS_MIN = 7, CELL_BITS_MAX = 28,  // 0.128 m, 268 km
    ACROSS_BITS_MAX = 21,                   // cells over the whole layer
    TORUS_BITS_MIN = 12,
    GIANT_CELLS = 256,                      // boxes over more cells than these are looked at one by one
    SLICE = 4096
};

struct box_mm { int64_t min_x, min_y, max_x, max_y; };
struct cells { int64_t x0, y0, x1, y1; };

struct near_grid {
    const struct footprints *f;
    const uint8_t *keep;
    int64_t kept;
    struct box_mm extent;
    int cell_bits, bits_x, bits_y;
    int64_t across_x, across_y;             // cells over the extent
    uint32_t *first;                        // [buckets + 1] into entry
    struct entry *entry;
    uint32_t *giant, giants;
};

static struct box_mm box_of(const struct footprints *f, int64_t i)
{
    return (struct box_mm){ f->origin[i].x, f->origin[i].y, f->origin[i].x + f->size[i].x, f->origin[i].y + f->size[i].y };
}

static bool boxes_meet(const struct box_mm *a, const struct box_mm *b)
{
    return a->min_x <= b->max_x && b->min_x <= a->max_x && a->min_y <= b->max_y && b->min_y <= a->max_y;
}

static void in_slices(struct pool *pool, int64_t count, pool_slice *fn, void *ctx)
{
    if (pool == NULL)
        fn(ctx, 0, count, 0);
    else
        pool_range(pool, count, SLICE, fn, ctx);
}

static int64_t buckets_of(const struct near_grid *g)
{
    return (int64_t)1 << (g->bits_x + g->bits_y);
}

static uint32_t bucket_at(const struct near_grid *g, int64_t x, int64_t y)
{
    uint32_t on_x = (uint32_t)x & ((1u << g->bits_x) - 1), on_y = (uint32_t)y & ((1u << g->bits_y) - 1);
    return on_y << g->bits_x | on_x;
}

static uint32_t lap_at(const struct near_grid *g, int64_t x, int64_t y)
{
    return (uint32_t)(y >> g->bits_y) << 16 | (uint32_t)(x >> g->bits_x);
}

static int64_t held(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

// Cells of the grid under a box; a box beyond the extent gives the cells nearest to it.
static struct cells cells_under(const struct near_grid *g, const struct box_mm *b)
{
    return (struct cells){ held((b->min_x - g->extent.min_x) >> g->cell_bits, 0, g->across_x - 1),
                           held((b->min_y - g->extent.min_y) >> g->cell_bits, 0, g->across_y - 1),
                           held((b->max_x - g->extent.min_x) >> g->cell_bits, 0, g->across_x - 1),
                           held((b->max_y - g->extent.min_y) >> g->cell_bits, 0, g->across_y - 1) };
}

static int64_t cells_count(const struct cells *c)
{
    return (c->x1 - c->x0 + 1) * (c->y1 - c->y0 + 1);
}

// Clipping two boxes that both touch a cell to a window around that cell never parts them: in one dimension three
// intervals that meet pairwise have a common point.
static int32_t rel(int64_t v, int64_t corner)
{
    return (int32_t)held(v - corner, -REL_LIMIT_MM, REL_LIMIT_MM);
}

static struct entry entry_at(const struct near_grid *g, const struct box_mm *b, int64_t x, int64_t y, uint32_t item)
{
    int64_t at_x = g->extent.min_x + (x << g->cell_bits), at_y = g->extent.min_y + (y << g->cell_bits);
    return (struct entry){ rel(b->min_x, at_x), rel(b->min_y, at_y), rel(b->max_x, at_x), rel(b->max_y, at_y), item, lap_at(g, x, y) };
}

// --- laying the grid ---

static int bits_for(int64_t n)
{
    int bits = 0;
    while (((int64_t)1 << bits) < n)
        bits++;
    return bits;
}

static int64_t mean_side_mm(const struct footprints *f, const uint8_t *keep)
{
    int64_t sum = 0, n = 0;
    for (int64_t i = 0; i < f->count; i++) {
        if (keep != NULL && !keep[i])
            continue;
        sum += f->size[i].x > f->size[i].y ? f->size[i].x : f->size[i].y;
        n++;
    }
    return n > 0 ? sum / n : 0;
}

static void take_extent(struct near_grid *g)
{
    struct box_mm e = { INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN };
    for (int64_t i = 0; i < g->f->count; i++) {
        if (g->keep != NULL && !g->keep[i])
            continue;
        struct box_mm b = box_of(g->f, i);
        e.min_x = b.min_x < e.min_x ? b.min_x : e.min_x;
        e.min_y = b.min_y < e.min_y ? b.min_y : e.min_y;
        e.max_x = b.max_x > e.max_x ? b.max_x : e.max_x;
        e.max_y = b.max_y > e.max_y ? b.max_y : e.max_y;
        g->kept++;
    }
    g->extent = g->kept > 0 ? e : (struct box_mm){ 0, 0, 0, 0 };
}

static void choose_cells(struct near_grid *g, int64_t wish_mm)
{
    int64_t wide = g->extent.max_x - g->extent.min_x, high = g->extent.max_y - g->extent.min_y;
    int bits = (int)held(bits_for(wish_mm), CELL_BITS_MIN, CELL_BITS_MAX);
    while (bits < CELL_BITS_MAX && ((wide > high ? wide : high) >> bits) >= ((int64_t)1 << ACROSS_BITS_MAX))
        bits++;
    g->cell_bits = bits;
    g->across_x = (wide >> bits) + 1;
    g->across_y = (high >> bits) + 1;
    g->bits_x = bits_for(g->across_x);
    g->bits_y = bits_for(g->across_y);
    int most = bits_for(2 * g->kept) > TORUS_BITS_MIN ? bits_for(2 * g->kept) : TORUS_BITS_MIN;
    while (g->bits_x + g->bits_y > most)
        *(g->bits_x > g->bits_y ? &g->bits_x : &g->bits_y) -= 1;
}

static void count_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct near_grid *g = ctx;
    for (int64_t i = first; i < last; i++) {
        if (g->keep != NULL && !g->keep[i])
            continue;
        struct box_mm b = box_of(g->f, i);
        struct cells c = cells_under(g, &b);
        if (cells_count(&c) > GIANT_CELLS) {
            __atomic_fetch_add(&g->giants, 1, __ATOMIC_RELAXED);
            continue;
        }
        for (int64_t y = c.y0; y <= c.y1; y++)
            for (int64_t x = c.x0; x <= c.x1; x++)
                __atomic_fetch_add(&g->first[bucket_at(g, x, y)], 1, __ATOMIC_RELAXED);
    }
}

// Entries of a bucket land in any order: whoever asks sorts what is found, so no answer depends on it.
static void place_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct near_grid *g = ctx;
    for (int64_t i = first; i < last; i++) {
        if (g->keep != NULL && !g->keep[i])
            continue;
        struct box_mm b = box_of(g->f, i);
        struct cells c = cells_under(g, &b);
        if (cells_count(&c) > GIANT_CELLS) {
            g->giant[__atomic_fetch_add(&g->giants, 1, __ATOMIC_RELAXED)] = (uint32_t)i;
            continue;
        }
        for (int64_t y = c.y0; y <= c.y1; y++)
            for (int64_t x = c.x0; x <= c.x1; x++)
                g->entry[__atomic_sub_fetch(&g->first[bucket_at(g, x, y)], 1, __ATOMIC_RELAXED)] = entry_at(g, &b, x, y, (uint32_t)i);
    }
}

// Counts become ends; placing counts each of them down to its start.
static uint32_t counts_to_ends(uint32_t *count, int64_t n)
{
    uint64_t sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += count[i];
        must(sum <= UINT32_MAX);
        count[i] = (uint32_t)sum;
    }
    count[n] = (uint32_t)sum;
    return (uint32_t)sum;
}

static void grid_lay(struct near_grid *g, struct pool *pool, int64_t wish_mm)
{
    must(g->f->count <= UINT32_MAX);
    take_extent(g);
    choose_cells(g, wish_mm);
    g->first = mem_get((size_t)buckets_of(g) + 1, sizeof *g->first);
    in_slices(pool, g->f->count, count_slice, g);
    g->entry = mem_get(counts_to_ends(g->first, buckets_of(g)), sizeof *g->entry);
    g->giant = mem_get(g->giants, sizeof *g->giant);
    g->giants = 0;
    in_slices(pool, g->f->count, place_slice, g);
}

static void grid_clear(struct near_grid *g)
{
    mem_free(g->first);
    mem_free(g->entry);
    mem_free(g->giant);
}

// --- asking ---

// A list that grows, or a caller's array of a fixed size: then count goes on beyond cap.
struct found { uint32_t *item; size_t count, cap; bool fixed; };

static void found_add(struct found *out, uint32_t item)
{
    if (out->count >= out->cap && !out->fixed)
        out->item = mem_grow(out->item, &out->cap, out->count + 1, sizeof *out->item);
    if (out->count < out->cap)
        out->item[out->count] = item;
    out->count++;
}

static void find_in_cell(const struct near_grid *g, const struct box_mm *b, int64_t x, int64_t y, struct found *out)
{
    struct entry q = entry_at(g, b, x, y, 0);
    uint32_t bucket = bucket_at(g, x, y), cell = 1u << g->cell_bits;
    for (uint32_t k = g->first[bucket]; k < g->first[bucket + 1]; k++) {
        const struct entry *e = &g->entry[k];
        bool meet = (e->min_x <= q.max_x) & (q.min_x <= e->max_x) & (e->min_y <= q.max_y) & (q.min_y <= e->max_y);
        uint32_t corner_x = (uint32_t)(e->min_x > q.min_x ? e->min_x : q.min_x);
        uint32_t corner_y = (uint32_t)(e->min_y > q.min_y ? e->min_y : q.min_y);
        if (meet & (corner_x < cell) & (corner_y < cell) & (e->lap == q.lap))
            found_add(out, e->item);
    }
}

static void find_in_all(const struct near_grid *g, const struct box_mm *b, struct found *out)
{
    for (int64_t i = 0; i < g->f->count; i++) {
        struct box_mm other = box_of(g->f, i);
        if ((g->keep == NULL || g->keep[i]) && boxes_meet(b, &other))
            found_add(out, (uint32_t)i);
    }
}

static void find(const struct near_grid *g, const struct box_mm *b, struct found *out)
{
    if (g->kept == 0 || !boxes_meet(b, &g->extent))
        return;
    struct cells c = cells_under(g, b);
    if (cells_count(&c) > g->f->count + GIANT_CELLS) {
        find_in_all(g, b, out);
        return;
    }
    for (int64_t y = c.y0; y <= c.y1; y++)
        for (int64_t x = c.x0; x <= c.x1; x++)
            find_in_cell(g, b, x, y, out);
    for (uint32_t k = 0; k < g->giants; k++) {
        struct box_mm other = box_of(g->f, g->giant[k]);
        if (boxes_meet(b, &other))
            found_add(out, g->giant[k]);
    }
}

static int ascending(const void *p, const void *q)
{
    uint32_t a = *(const uint32_t *)p, b = *(const uint32_t *)q;
    return (a > b) - (a < b);
}

static void sort_items(uint32_t *item, size_t count)
{
    if (count > 24) {
        qsort(item, count, sizeof *item, ascending);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        uint32_t v = item[i];
        size_t j = i;
        for (; j > 0 && item[j - 1] > v; j--)
            item[j] = item[j - 1];
        item[j] = v;
    }
}

// --- the join ---

// A is walked in the order of B's cells, whatever order its file is in: neighbours ask the same buckets while these are in
// the cache. What each item found waits in its job's list until its place in the answer is known.
struct join {
    struct near_grid grid;
    const struct footprints *a;
    const uint8_t *keep_a;
    int64_t reach_mm;
    uint32_t *start, *order;        // A's items by bucket
    uint32_t *found_count;          // per item of A
    int64_t *found_first;
    struct found *found;            // per job
    struct near_pairs *out;
};

static struct box_mm grown_box(const struct join *j, int64_t i)
{
    struct box_mm b = box_of(j->a, i);
    return (struct box_mm){ b.min_x - j->reach_mm, b.min_y - j->reach_mm, b.max_x + j->reach_mm, b.max_y + j->reach_mm };
}

static uint32_t *start_of(struct join *j, int64_t i)
{
    struct box_mm b = grown_box(j, i);
    struct cells c = cells_under(&j->grid, &b);
    return &j->start[bucket_at(&j->grid, c.x0, c.y0)];
}

static void order_count(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct join *j = ctx;
    for (int64_t i = first; i < last; i++)
        if (j->keep_a == NULL || j->keep_a[i])
            __atomic_fetch_add(start_of(j, i), 1, __ATOMIC_RELAXED);
}

static void order_place(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct join *j = ctx;
    for (int64_t i = first; i < last; i++)
        if (j->keep_a == NULL || j->keep_a[i])
            j->order[__atomic_sub_fetch(start_of(j, i), 1, __ATOMIC_RELAXED)] = (uint32_t)i;
}

static int64_t order_items(struct join *j, struct pool *pool)
{
    j->start = mem_get((size_t)buckets_of(&j->grid) + 1, sizeof *j->start);
    in_slices(pool, j->a->count, order_count, j);
    uint32_t items = counts_to_ends(j->start, buckets_of(&j->grid));
    j->order = mem_get(items, sizeof *j->order);
    in_slices(pool, j->a->count, order_place, j);
    return items;
}

static void join_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct join *j = ctx;
    struct found *out = &j->found[first / SLICE];
    for (int64_t k = first; k < last; k++) {
        struct box_mm b = grown_box(j, j->order[k]);
        size_t before = out->count;
        find(&j->grid, &b, out);
        must(out->count - before <= UINT32_MAX);
        j->found_count[j->order[k]] = (uint32_t)(out->count - before);
        if (out->count > before)
            sort_items(out->item + before, out->count - before);
    }
}

static void copy_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct join *j = ctx;
    const uint32_t *from = j->found[first / SLICE].item;
    for (int64_t k = first; k < last; k++) {
        uint32_t a = j->order[k];
        int64_t at = j->found_first[a];
        for (uint32_t n = j->found_count[a]; n > 0; n--, at++) {
            j->out->a[at] = a;
            j->out->b[at] = *from++;
        }
    }
}

static int64_t prefix_found(struct join *j)
{
    int64_t sum = 0;
    for (int64_t i = 0; i < j->a->count; i++) {
        j->found_first[i] = sum;
        sum += j->found_count[i];
    }
    return sum;
}

static void join_clear(struct join *j, int64_t jobs)
{
    for (int64_t k = 0; k < jobs; k++)
        mem_free(j->found[k].item);
    mem_free(j->found);
    mem_free(j->found_count);
    mem_free(j->found_first);
    mem_free(j->start);
    mem_free(j->order);
    grid_clear(&j->grid);
}

// About two and a half boxes to a cell's side: most boxes stand in one or two cells, most cells hold one or two boxes.
static int64_t cell_wish_mm(int64_t side_mm, double cell_m)
{
    if (cell_m > 0)
        return llround(fmin(cell_m, 1e6) * 1000);
    return held(side_mm * 5 / 2, 4000, 1000000);
}

void near_join(struct pool *pool, const struct footprints *a, const uint8_t *keep_a, const struct footprints *b,
               const uint8_t *keep_b, double reach_m, double cell_m, struct near_pairs *out)
{
    must(a->count <= UINT32_MAX);
    struct join j = { .grid = { .f = b, .keep = keep_b }, .a = a, .keep_a = keep_a, .reach_mm = llround(fmax(reach_m, 0) * 1000), .out = out };
    grid_lay(&j.grid, pool, cell_wish_mm(mean_side_mm(b, keep_b) + j.reach_mm, cell_m));
    int64_t items = order_items(&j, pool), jobs = (items + SLICE - 1) / SLICE;
    j.found = mem_get((size_t)jobs, sizeof *j.found);
    j.found_count = mem_get((size_t)a->count, sizeof *j.found_count);
    j.found_first = mem_get((size_t)a->count, sizeof *j.found_first);
    pool_range(pool, items, SLICE, join_slice, &j);
    out->count = prefix_found(&j);
    out->a = mem_get((size_t)out->count, sizeof *out->a);
    out->b = mem_get((size_t)out->count, sizeof *out->b);
    pool_range(pool, items, SLICE, copy_slice, &j);
    join_clear(&j, jobs);
}

uint32_t *near_pairs_first(const struct near_pairs *p, int64_t items)
{
    uint32_t *first = mem_get((size_t)items + 1, sizeof *first);
    for (int64_t k = 0; k < p->count; k++)
        first[p->a[k] + 1]++;
    for (int64_t i = 0; i < items; i++)
        first[i + 1] += first[i];
    return first;
}

void near_pairs_clear(struct near_pairs *p)
{
    mem_free(p->a);
    mem_free(p->b);
    *p = (struct near_pairs){ 0 };
}

// --- the grid alone ---

struct near_grid *near_grid_open(const struct footprints *f, double cell_m)
{
    struct near_grid *g = mem_get(1, sizeof *g);
    g->f = f;
    grid_lay(g, NULL, cell_wish_mm(mean_side_mm(f, NULL), cell_m));
    return g;
}

// When there are more than cap, out holds some cap of them, ascending: ask again with room for all.
size_t near_grid_find(const struct near_grid *g, struct box_m area, uint32_t *out, size_t cap)
{
    // a millionth of a metre of slack: 1.001 * 1000 is not 1001
    struct box_mm b = { (int64_t)ceil(area.min_x * 1000 - 1e-3), (int64_t)ceil(area.min_y * 1000 - 1e-3),
                        (int64_t)floor(area.max_x * 1000 + 1e-3), (int64_t)floor(area.max_y * 1000 + 1e-3) };
    struct found found = { .item = out, .cap = cap, .fixed = true };
    find(g, &b, &found);
    sort_items(out, found.count < cap ? found.count : cap);
    return found.count;
}

void near_grid_close(struct near_grid *g)
{
    if (g == NULL)
        return;
    grid_clear(g);
    mem_free(g);
}
