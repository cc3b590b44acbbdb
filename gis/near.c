#include "gis/near.h"

#include "core/base/mem.h"
#include "core/base/status.h"

#include <math.h>
#include <stdlib.h>

// Cells are a power of two of millimetres, so a place's cell is a shift. The plane is rolled up on a torus of buckets: near
// cells stay near in memory, and two towns a thousand kilometres apart cost no more buckets than one. A box stands in every cell
// it covers and may be met more than once; what was found is sorted anyway, and then a second time shows.
enum {
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
    const uint32_t *not_with;               // NULL, or those who are somebody here are left out
    struct box_mm extent;
    int cell_bits, bits_x, bits_y;
    int64_t across_x, across_y;             // cells over the extent
    uint32_t *first;                        // [buckets + 1] into item
    uint32_t *item;
    uint32_t *giant, giants;
};

static struct box_mm box_of(const struct footprints *f, int64_t i)
{
    return (struct box_mm){ f->origin[i].x, f->origin[i].y, f->origin[i].x + f->size[i].x, f->origin[i].y + f->size[i].y };
}

static bool boxes_meet(const struct box_mm *a, const struct box_mm *b)
{
    return (a->min_x <= b->max_x) & (b->min_x <= a->max_x) & (a->min_y <= b->max_y) & (b->min_y <= a->max_y);
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

// --- laying the grid ---

static int bits_for(int64_t n)
{
    int bits = 0;
    while (((int64_t)1 << bits) < n)
        bits++;
    return bits;
}

static int64_t mean_side_mm(const struct footprints *f)
{
    int64_t sum = 0;
    for (int64_t i = 0; i < f->count; i++)
        sum += f->size[i].x > f->size[i].y ? f->size[i].x : f->size[i].y;
    return f->count > 0 ? sum / f->count : 0;
}

static void take_extent(struct near_grid *g)
{
    struct box_mm e = { INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN };
    for (int64_t i = 0; i < g->f->count; i++) {
        struct box_mm b = box_of(g->f, i);
        e.min_x = b.min_x < e.min_x ? b.min_x : e.min_x;
        e.min_y = b.min_y < e.min_y ? b.min_y : e.min_y;
        e.max_x = b.max_x > e.max_x ? b.max_x : e.max_x;
        e.max_y = b.max_y > e.max_y ? b.max_y : e.max_y;
    }
    g->extent = g->f->count > 0 ? e : (struct box_mm){ 0, 0, 0, 0 };
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
    int most = bits_for(2 * g->f->count) > TORUS_BITS_MIN ? bits_for(2 * g->f->count) : TORUS_BITS_MIN;
    while (g->bits_x + g->bits_y > most)
        *(g->bits_x > g->bits_y ? &g->bits_x : &g->bits_y) -= 1;
}

static bool has_twin(const uint32_t *twin, int64_t i) { return twin != NULL && twin[i] != NOBODY; }

static void count_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct near_grid *g = ctx;
    for (int64_t i = first; i < last; i++) {
        if (has_twin(g->not_with, i))
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

// Items of a bucket land in any order: whoever asks sorts what is found, so no answer depends on it.
static void place_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct near_grid *g = ctx;
    for (int64_t i = first; i < last; i++) {
        if (has_twin(g->not_with, i))
            continue;
        struct box_mm b = box_of(g->f, i);
        struct cells c = cells_under(g, &b);
        if (cells_count(&c) > GIANT_CELLS) {
            g->giant[__atomic_fetch_add(&g->giants, 1, __ATOMIC_RELAXED)] = (uint32_t)i;
            continue;
        }
        for (int64_t y = c.y0; y <= c.y1; y++)
            for (int64_t x = c.x0; x <= c.x1; x++)
                g->item[__atomic_sub_fetch(&g->first[bucket_at(g, x, y)], 1, __ATOMIC_RELAXED)] = (uint32_t)i;
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

// The side of a cell that holds a crowd where all boxes lie evenly: whoever asks looks at everybody in it, so larger ones cost its square.
static double crowd_side_mm(const struct near_grid *g)
{
    enum { CROWD = 256 };
    double wide = (double)(g->extent.max_x - g->extent.min_x), high = (double)(g->extent.max_y - g->extent.min_y);
    return g->f->count > CROWD ? sqrt(wide * high / (double)g->f->count * CROWD) : INFINITY;
}

// About two and a half boxes to a cell's side: most boxes stand in one or two cells, most cells hold one or two boxes.
static int64_t cell_wish_mm(const struct near_grid *g, double reach_m, double cell_m)
{
    if (cell_m > 0)
        return llround(fmin(fmin(cell_m, 1e6) * 1000, crowd_side_mm(g)));
    return held((mean_side_mm(g->f) + llround(reach_m * 1000)) * 5 / 2, 4000, 1000000);
}

static void fill(struct near_grid *g, struct pool *pool)
{
    int64_t count = g->f->count;
    g->first = mem_get((size_t)buckets_of(g) + 1, sizeof *g->first);
    pool_range(pool, count, SLICE, count_slice, g);
    g->item = mem_get(counts_to_ends(g->first, buckets_of(g)), sizeof *g->item);
    g->giant = mem_get(g->giants, sizeof *g->giant);
    g->giants = 0;
    pool_range(pool, count, SLICE, place_slice, g);
}

struct near_grid *near_grid_open(struct pool *pool, const struct footprints *f, double reach_m, double cell_m)
{
    must(f->count < NOBODY);
    struct near_grid *g = mem_get(1, sizeof *g);
    g->f = f;
    take_extent(g);
    choose_cells(g, cell_wish_mm(g, reach_m, cell_m));
    fill(g, pool);
    return g;
}

// The same grid with those alone who have no twin: where most do, most of those who ask find nobody here.
static struct near_grid *open_without(struct pool *pool, const struct near_grid *of, const uint32_t *not_with)
{
    struct near_grid *g = mem_get(1, sizeof *g);
    *g = *of;
    g->not_with = not_with;
    g->giants = 0;
    fill(g, pool);
    return g;
}

void near_grid_close(struct near_grid *g)
{
    mem_free(g->first);
    mem_free(g->item);
    mem_free(g->giant);
    mem_free(g);
}

// --- the same one ---

static bool is_same(const struct footprints *a, int64_t i, const struct footprints *b, int64_t j)
{
    return a->identity[i] == b->identity[j] && a->origin[i].x == b->origin[j].x && a->origin[i].y == b->origin[j].y &&
           a->size[i].x == b->size[j].x && a->size[i].y == b->size[j].y &&
           a->ring_first[i + 1] - a->ring_first[i] == b->ring_first[j + 1] - b->ring_first[j];
}

static uint32_t first_same(const struct near_grid *g, const struct footprints *a, int64_t i, const uint32_t *item, uint32_t count)
{
    uint32_t best = NOBODY;
    for (uint32_t k = 0; k < count; k++)
        if (item[k] < best && is_same(a, i, g->f, item[k]))
            best = item[k];
    return best;
}

// It stands in the cell of its corner, or is a giant.
uint32_t near_grid_twin(const struct near_grid *g, const struct footprints *a, int64_t i)
{
    struct mm64 corner = a->origin[i];
    struct box_mm b = { corner.x, corner.y, corner.x, corner.y };
    if (!boxes_meet(&b, &g->extent))
        return NOBODY;
    struct cells c = cells_under(g, &b);
    uint32_t bucket = bucket_at(g, c.x0, c.y0), from = g->first[bucket];
    uint32_t found = first_same(g, a, i, g->item + from, g->first[bucket + 1] - from);
    return found != NOBODY || g->giants == 0 ? found : first_same(g, a, i, g->giant, g->giants);
}

// --- asking ---

struct found { uint32_t *item; size_t count, cap; };

static void found_reserve(struct found *out, uint32_t more)
{
    if (out->count + more > out->cap)
        out->item = mem_grow(out->item, &out->cap, out->count + more, sizeof *out->item);
}

// Every candidate is written down, and the next one over it when it does not meet: no branch to guess.
static void find_among(const struct near_grid *g, const struct box_mm *b, const uint32_t *item, uint32_t count, struct found *out)
{
    if (count == 0)
        return;
    found_reserve(out, count);
    uint32_t *to = out->item + out->count;
    for (uint32_t k = 0; k < count; k++) {
        struct box_mm other = box_of(g->f, item[k]);
        *to = item[k];
        to += boxes_meet(b, &other);
    }
    out->count = (size_t)(to - out->item);
}

static void find_in_all(const struct near_grid *g, const struct box_mm *b, struct found *out)
{
    enum { MANY = 4096 };
    uint32_t some[MANY];
    for (int64_t first = 0; first < g->f->count; first += MANY) {
        uint32_t n = 0;
        for (int64_t i = first; i < first + MANY && i < g->f->count; i++)
            if (!has_twin(g->not_with, i))
                some[n++] = (uint32_t)i;
        find_among(g, b, some, n, out);
    }
}

static void find(const struct near_grid *g, const struct box_mm *b, struct found *out)
{
    if (g->f->count == 0 || !boxes_meet(b, &g->extent))
        return;
    struct cells c = cells_under(g, b);
    if (cells_count(&c) > g->f->count + GIANT_CELLS) {
        find_in_all(g, b, out);
        return;
    }
    for (int64_t y = c.y0; y <= c.y1; y++)
        for (int64_t x = c.x0; x <= c.x1; x++) {
            uint32_t bucket = bucket_at(g, x, y), from = g->first[bucket];
            find_among(g, b, g->item + from, g->first[bucket + 1] - from, out);
        }
    find_among(g, b, g->giant, g->giants, out);
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

// What the items of a slice found waits in its job's list until its place in the answer is known.
struct join {
    const struct near_grid *grid, *lone; // lone: for those who have a twin, NULL where they are few
    const struct near_question *q;
    int64_t reach_mm, twin_reach_mm;
    uint32_t *found_count;          // per item of A
    struct found *found;            // per job
    int64_t *place;                 // per job, in the answer
    struct near_pairs *out;
};

static int64_t reach_mm_of(double reach_m) { return llround(fmax(reach_m, 0) * 1000); }

static struct box_mm grown(struct box_mm b, int64_t reach_mm)
{
    return (struct box_mm){ b.min_x - reach_mm, b.min_y - reach_mm, b.max_x + reach_mm, b.max_y + reach_mm };
}

// In order, each once. Returns how many are left.
static size_t tidy(uint32_t *item, size_t count)
{
    size_t kept = 0;
    sort_items(item, count);
    for (size_t k = 0; k < count; k++)
        if (kept == 0 || item[k] != item[kept - 1])
            item[kept++] = item[k];
    return kept;
}

static size_t drop_twins(const uint32_t *twin_of, uint32_t *item, size_t count)
{
    size_t kept = 0;
    for (size_t k = 0; k < count; k++)
        if (!has_twin(twin_of, item[k]))
            item[kept++] = item[k];
    return kept;
}

static void join_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct join *j = ctx;
    struct found *out = &j->found[first / SLICE];
    for (int64_t i = first; i < last; i++) {
        if (j->q->keep != NULL && !j->q->keep[i])
            continue;
        bool twin = has_twin(j->q->twin, i);
        struct box_mm b = grown(box_of(j->q->a, i), twin ? j->twin_reach_mm : j->reach_mm);
        size_t before = out->count;
        find(twin && j->lone != NULL ? j->lone : j->grid, &b, out);
        if (twin && j->lone == NULL)
            out->count = before + drop_twins(j->q->twin_of, out->item + before, out->count - before);
        if (out->count > before)
            out->count = before + tidy(out->item + before, out->count - before);
        j->found_count[i] = (uint32_t)(out->count - before);
    }
}

static void copy_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct join *j = ctx;
    const uint32_t *from = j->found[first / SLICE].item;
    int64_t at = j->place[first / SLICE];
    for (int64_t i = first; i < last; i++)
        for (uint32_t n = j->found_count[i]; n > 0; n--, at++) {
            j->out->a[at] = (uint32_t)i;
            j->out->b[at] = *from++;
        }
}

// A grid of its own for those without twin is worth laying where many ask it.
static bool many_twins(const struct near_question *q)
{
    enum { ONE_OF = 8 };
    int64_t twins = 0;
    for (int64_t i = 0; q->twin != NULL && i < q->a->count; i++)
        twins += has_twin(q->twin, i);
    return twins * ONE_OF > q->a->count;
}

void near_grid_join(struct pool *pool, const struct near_grid *g, const struct near_question *q, struct near_pairs *out)
{
    int64_t items = q->a->count, jobs = (items + SLICE - 1) / SLICE;
    must(items < NOBODY);
    *out = (struct near_pairs){ 0 };
    struct near_grid *lone = many_twins(q) ? open_without(pool, g, q->twin_of) : NULL;
    struct join j = { .grid = g, .lone = lone, .q = q, .out = out,
                      .reach_mm = reach_mm_of(q->reach_m), .twin_reach_mm = reach_mm_of(q->twin_reach_m) };
    j.found = mem_get((size_t)jobs, sizeof *j.found);
    j.place = mem_get((size_t)jobs, sizeof *j.place);
    j.found_count = mem_get((size_t)items, sizeof *j.found_count);
    pool_range(pool, items, SLICE, join_slice, &j);
    for (int64_t k = 0; k < jobs; k++) {
        j.place[k] = out->count;
        out->count += (int64_t)j.found[k].count;
    }
    out->a = mem_get((size_t)out->count, sizeof *out->a);
    out->b = mem_get((size_t)out->count, sizeof *out->b);
    pool_range(pool, items, SLICE, copy_slice, &j);
    for (int64_t k = 0; k < jobs; k++)
        mem_free(j.found[k].item);
    mem_free(j.found);
    mem_free(j.place);
    mem_free(j.found_count);
    if (lone != NULL)
        near_grid_close(lone);
}

void near_join(struct pool *pool, const struct footprints *a, const uint8_t *keep, const struct footprints *b, double reach_m,
               double cell_m, struct near_pairs *out)
{
    struct near_grid *g = near_grid_open(pool, b, reach_m, cell_m);
    struct near_question q = { .a = a, .reach_m = reach_m, .keep = keep };
    near_grid_join(pool, g, &q, out);
    near_grid_close(g);
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
