#include "gis/cell_place.h"
#include "core/base/mem.h"
#include "core/base/status.h"
#include <math.h>

enum { BUCKETS_PER_CELL = 3, BUCKETS_MAX = 1 << 22, SLICE = 16384, HOLDERS_MAX = 255 };
static const double EDGE_OF_BUCKET = 1e-6;      // of its side: arithmetic may put a point a hair outside its bucket

// Lower end first, so that two neighbours compute the very same crossing of their common edge.
struct edge { double low_y, high_y, low_x, slope; };

// What one cell has to do with one bucket. `odd`: edges crossed by every ray that leaves the bucket to the east.
struct entry { uint32_t cell, edge_first, edges; uint32_t odd; };

struct cell_place {
    double x0, y0, side_m, per_m;
    int64_t columns, rows;
    uint32_t *first;            // [buckets + 1] into entry
    struct entry *entry;        // of a bucket: ascending by cell
    struct edge *edge;
    size_t edges, edge_cap;
};

static bool crosses(const struct edge *e, struct xy_m p)
{
    return (e->low_y <= p.y) & (p.y < e->high_y) & (p.x < e->low_x + (p.y - e->low_y) * e->slope); // no jumps to guess wrong
}

static bool holds(const struct cell_place *p, const struct entry *e, struct xy_m at)
{
    uint32_t odd = e->odd;
    for (const struct edge *k = p->edge + e->edge_first, *end = k + e->edges; k < end; k++)
        odd ^= crosses(k, at);
    return odd & 1;
}

// --- laying the grid -------------------------------------------------------------------------------------------------

// An edge of the cell at hand with its x-range inside the row at hand.
struct in_row { struct edge edge; double min_x, max_x; bool whole; };

struct found { struct entry entry; uint32_t bucket; };

struct laying {
    struct cell_place *p;
    const struct rings *r;
    uint32_t cell;
    struct in_row *row; size_t row_count, row_cap;
    struct found *found; size_t count, cap;
};

static struct edge edge_from(struct xy_m a, struct xy_m b)
{
    struct xy_m low = a.y < b.y ? a : b, high = a.y < b.y ? b : a;
    double rise = high.y - low.y;
    return (struct edge){ low.y, high.y, low.x, rise > 0 ? (high.x - low.x) / rise : 0 };
}

static double at_height(const struct edge *e, double y)
{
    return e->low_x + (fmin(fmax(y, e->low_y), e->high_y) - e->low_y) * e->slope;
}

static void add_in_row(struct laying *l, struct xy_m a, struct xy_m b, double bottom, double top)
{
    struct in_row k = { .edge = edge_from(a, b) };
    if (k.edge.high_y < bottom || k.edge.low_y > top)
        return;
    bool level = a.y == b.y;
    double x1 = level ? a.x : at_height(&k.edge, bottom), x2 = level ? b.x : at_height(&k.edge, top);
    k.min_x = fmin(x1, x2);
    k.max_x = fmax(x1, x2);
    k.whole = k.edge.low_y < bottom && k.edge.high_y > top;
    l->row = mem_grow(l->row, &l->row_cap, l->row_count + 1, sizeof *l->row);
    l->row[l->row_count++] = k;
}

static void collect_row(struct laying *l, double bottom, double top)
{
    const struct rings *r = l->r;
    l->row_count = 0;
    for (uint32_t k = 0; k < r->count; k++)
        for (uint32_t i = r->first[k], j = r->first[k + 1] - 1; i < r->first[k + 1]; j = i++)
            add_in_row(l, r->vertex[j], r->vertex[i], bottom, top);
}

static void keep_edge(struct cell_place *p, const struct edge *e)
{
    p->edge = mem_grow(p->edge, &p->edge_cap, p->edges + 1, sizeof *p->edge);
    p->edge[p->edges++] = *e;
}

static void add_found(struct laying *l, struct entry e, int64_t bucket)
{
    l->found = mem_grow(l->found, &l->cap, l->count + 1, sizeof *l->found);
    l->found[l->count++] = (struct found){ e, (uint32_t)bucket };
}

// No edge runs through the bucket: it is covered whole, or not at all.
static void settle_whole(struct laying *l, struct entry e, struct xy_m middle, int64_t bucket)
{
    bool inside = holds(l->p, &e, middle);
    l->p->edges = e.edge_first;
    if (inside)
        add_found(l, (struct entry){ .cell = l->cell, .odd = 1 }, bucket);
}

static void lay_bucket(struct laying *l, int64_t column, int64_t row)
{
    struct cell_place *p = l->p;
    double margin = p->side_m * EDGE_OF_BUCKET, left = p->x0 + (double)column * p->side_m - margin, right = left + p->side_m + 2 * margin;
    must(p->edges < UINT32_MAX);
    struct entry e = { .cell = l->cell, .edge_first = (uint32_t)p->edges };
    bool through = false;
    for (size_t i = 0; i < l->row_count; i++) {
        const struct in_row *k = &l->row[i];
        if (k->max_x < left)
            continue;
        through |= k->min_x <= right;
        if (k->min_x > right && k->whole)
            e.odd ^= 1;
        else if (k->edge.low_y < k->edge.high_y)
            keep_edge(p, &k->edge);
    }
    e.edges = (uint32_t)(p->edges - e.edge_first);
    int64_t bucket = row * p->columns + column;
    struct xy_m middle = { (left + right) / 2, p->y0 + ((double)row + 0.5) * p->side_m };
    if (through)
        add_found(l, e, bucket);
    else
        settle_whole(l, e, middle, bucket);
}

static int64_t bucket_along(double v, double from, double side, int64_t buckets)
{
    double k = floor((v - from) / side);
    return k < 0 ? 0 : k >= (double)buckets ? buckets - 1 : (int64_t)k;
}

static void lay_cell(struct laying *l, struct box_m box)
{
    struct cell_place *p = l->p;
    double margin = p->side_m * EDGE_OF_BUCKET;
    int64_t c0 = bucket_along(box.min_x - margin, p->x0, p->side_m, p->columns), c1 = bucket_along(box.max_x + margin, p->x0, p->side_m, p->columns);
    int64_t r0 = bucket_along(box.min_y - margin, p->y0, p->side_m, p->rows), r1 = bucket_along(box.max_y + margin, p->y0, p->side_m, p->rows);
    for (int64_t row = r0; row <= r1; row++) {
        double bottom = p->y0 + (double)row * p->side_m - margin;
        collect_row(l, bottom, bottom + p->side_m + 2 * margin);
        for (int64_t column = c0; column <= c1; column++)
            lay_bucket(l, column, row);
    }
}

// Counting sort by bucket; cells were laid in order and stay so.
static void sort_into_buckets(struct cell_place *p, const struct found *found, size_t count)
{
    size_t buckets = (size_t)(p->columns * p->rows);
    must(count < UINT32_MAX);
    p->first = mem_get(buckets + 1, sizeof *p->first);
    p->entry = mem_get(count, sizeof *p->entry);
    for (size_t i = 0; i < count; i++)
        p->first[found[i].bucket + 1]++;
    for (size_t b = 0; b < buckets; b++)
        p->first[b + 1] += p->first[b];
    uint32_t *next = mem_get(buckets, sizeof *next);
    for (size_t i = 0; i < count; i++) {
        uint32_t b = found[i].bucket;
        p->entry[p->first[b] + next[b]++] = found[i].entry;
    }
    mem_free(next);
}

static void choose_buckets(struct cell_place *p, struct box_m all, int64_t cells, double bucket_m)
{
    double width = fmax(all.max_x - all.min_x, 1e-3), height = fmax(all.max_y - all.min_y, 1e-3);
    p->side_m = bucket_m > 0 ? bucket_m : sqrt(width * height / ((double)cells * BUCKETS_PER_CELL));
    while ((floor(width / p->side_m) + 1) * (floor(height / p->side_m) + 1) > BUCKETS_MAX)
        p->side_m *= 1.5;
    p->per_m = 1 / p->side_m;
    p->x0 = all.min_x;
    p->y0 = all.min_y;
    p->columns = (int64_t)floor(width / p->side_m) + 1;
    p->rows = (int64_t)floor(height / p->side_m) + 1;
}


struct cell_place *cell_place_open(const struct polygons *cells, double bucket_m)
{
    must(cells->count < INT32_MAX);
    struct cell_place *p = mem_get(1, sizeof *p);
    if (cells->rings.count == 0) {
        p->first = mem_get(1, sizeof *p->first);
        return p;
    }
    choose_buckets(p, rings_box(&cells->rings), cells->count, bucket_m);
    struct laying l = { .p = p };
    struct rings r = {0};
    for (int64_t i = 0; i < cells->count; i++) {
        polygons_get(cells, i, &r);
        l.r = &r;
        l.cell = (uint32_t)i;
        if (r.count > 0)
            lay_cell(&l, rings_box(&r));
    }
    sort_into_buckets(p, l.found, l.count);
    rings_clear(&r);
    mem_free(l.row);
    mem_free(l.found);
    return p;
}

void cell_place_close(struct cell_place *p)
{
    if (p == NULL)
        return;
    mem_free(p->first);
    mem_free(p->entry);
    mem_free(p->edge);
    mem_free(p);
}

// --- asking ----------------------------------------------------------------------------------------------------------

// false: outside of all cells, or no place at all.
static inline bool bucket_at(const struct cell_place *p, struct xy_m at, uint32_t *bucket)
{
    double x = (at.x - p->x0) * p->per_m, y = (at.y - p->y0) * p->per_m;
    if (!(x >= 0 && y >= 0 && x < (double)p->columns && y < (double)p->rows))
        return false;
    *bucket = (uint32_t)((int64_t)y * p->columns + (int64_t)x);
    return true;
}

int64_t cell_place_one(const struct cell_place *p, struct xy_m at)
{
    uint32_t b;
    if (!bucket_at(p, at, &b))
        return CELL_NONE;
    for (uint32_t i = p->first[b]; i < p->first[b + 1]; i++)
        if (holds(p, &p->entry[i], at))
            return p->entry[i].cell;
    return CELL_NONE;
}

size_t cell_place_all(const struct cell_place *p, struct xy_m at, uint32_t *out, size_t cap)
{
    uint32_t b;
    size_t n = 0;
    if (!bucket_at(p, at, &b))
        return 0;
    for (uint32_t i = p->first[b]; i < p->first[b + 1]; i++) {
        if (!holds(p, &p->entry[i], at))
            continue;
        if (n < cap)
            out[n] = p->entry[i].cell;
        n++;
    }
    return n;
}

struct asking { const struct cell_place *p; const struct xy_m *point; int32_t *cell; uint8_t *holders; };

static void ask_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    const struct asking *a = ctx;
    for (int64_t i = first; i < last; i++) {
        if (a->holders == NULL) {
            a->cell[i] = (int32_t)cell_place_one(a->p, a->point[i]);
            continue;
        }
        uint32_t cell = 0;
        size_t n = cell_place_all(a->p, a->point[i], &cell, 1);
        a->cell[i] = n > 0 ? (int32_t)cell : CELL_NONE;
        a->holders[i] = (uint8_t)(n < HOLDERS_MAX ? n : HOLDERS_MAX);
    }
}

void cell_place_points(const struct cell_place *p, struct pool *pool, const struct xy_m *point, int64_t count, int32_t *cell, uint8_t *holders)
{
    struct asking a = { p, point, cell, holders };
    if (pool == NULL)
        ask_slice(&a, 0, count, 0);
    else
        pool_range(pool, count, SLICE, ask_slice, &a);
}
