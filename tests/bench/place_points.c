// place_points [POINTS [CELLS]] - points into cells: ours against a plain loop (a grid over the cells' boxes, then the crossing
// test over the whole outline), on the same cells in the same run. Prints seconds, the ratio, and stops when answers differ.
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include "gis/cell_place.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 5, STEPS = 4 };
static const double CELL_M = 100;

static double random_unit(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15u;
    return (double)(hash_mix(*seed) >> 11) * 0x1p-53;
}

// Corners and the vertices between them hang on their place, so that neighbours share them.
static struct xy_m knot(int64_t x, int64_t y)
{
    uint64_t seed = hash_mix((uint64_t)x * 0x9e3779b97f4a7c15u + (uint64_t)y);
    double dx = random_unit(&seed) - 0.5, dy = random_unit(&seed) - 0.5, step = CELL_M / STEPS;
    return (struct xy_m){ ((double)x + 0.6 * dx) * step, ((double)y + 0.6 * dy) * step };
}

static void make_cell(int64_t column, int64_t row, struct rings *r)
{
    int64_t x = column * STEPS, y = row * STEPS;
    rings_start(r);
    for (int k = 0; k < STEPS; k++)
        rings_add_vertex(r, knot(x + k, y));
    for (int k = 0; k < STEPS; k++)
        rings_add_vertex(r, knot(x + STEPS, y + k));
    for (int k = 0; k < STEPS; k++)
        rings_add_vertex(r, knot(x + STEPS - k, y + STEPS));
    for (int k = 0; k < STEPS; k++)
        rings_add_vertex(r, knot(x, y + STEPS - k));
    rings_end_ring(r);
}

// --- what a competent programmer writes in an afternoon --------------------------------------------------------------

struct plain { const struct polygons *cells; double side_m; int64_t across; uint32_t *first, *cell; struct box_m *box; };

static int64_t plain_bucket(const struct plain *g, double v)
{
    int64_t k = (int64_t)floor((v + CELL_M) / g->side_m);
    return k < 0 ? 0 : k >= g->across ? g->across - 1 : k;
}

static void plain_lay(struct plain *g, bool count_only, uint32_t *next)
{
    for (int64_t i = 0; i < g->cells->count; i++) {
        struct box_m b = g->box[i];
        for (int64_t y = plain_bucket(g, b.min_y); y <= plain_bucket(g, b.max_y); y++)
            for (int64_t x = plain_bucket(g, b.min_x); x <= plain_bucket(g, b.max_x); x++) {
                if (count_only)
                    g->first[y * g->across + x + 1]++;
                else
                    g->cell[next[y * g->across + x]++] = (uint32_t)i;
            }
    }
}

static void plain_open(struct plain *g, const struct polygons *cells, int64_t across_cells)
{
    *g = (struct plain){ .cells = cells, .side_m = CELL_M, .across = across_cells + 2 };
    size_t buckets = (size_t)(g->across * g->across);
    g->box = mem_get((size_t)cells->count, sizeof *g->box);
    for (int64_t i = 0; i < cells->count; i++)
        g->box[i] = polygons_box(cells, i);
    g->first = mem_get(buckets + 1, sizeof *g->first);
    plain_lay(g, true, NULL);
    for (size_t b = 0; b < buckets; b++)
        g->first[b + 1] += g->first[b];
    uint32_t *next = mem_get(buckets, sizeof *next);
    for (size_t b = 0; b < buckets; b++)
        next[b] = g->first[b];
    g->cell = mem_get(g->first[buckets], sizeof *g->cell);
    plain_lay(g, false, next);
    mem_free(next);
}

static int32_t plain_find(const struct plain *g, struct xy_m p)
{
    int64_t b = plain_bucket(g, p.y) * g->across + plain_bucket(g, p.x);
    for (uint32_t k = g->first[b]; k < g->first[b + 1]; k++) {
        uint32_t i = g->cell[k];
        if (p.x < g->box[i].min_x || p.x > g->box[i].max_x || p.y < g->box[i].min_y || p.y > g->box[i].max_y)
            continue;
        const struct rings *r = &g->cells->rings;
        uint32_t from = r->first[g->cells->ring_first[i]], end = r->first[g->cells->ring_first[i + 1]];
        bool inside = false;
        for (uint32_t v = from, u = end - 1; v < end; u = v++) {
            struct xy_m a = r->vertex[u], c = r->vertex[v];
            if ((a.y > p.y) != (c.y > p.y) && p.x < a.x + (p.y - a.y) / (c.y - a.y) * (c.x - a.x))
                inside = !inside;
        }
        if (inside)
            return (int32_t)i;
    }
    return CELL_NONE;
}

static void plain_close(struct plain *g)
{
    mem_free(g->first);
    mem_free(g->cell);
    mem_free(g->box);
}

// --- the race --------------------------------------------------------------------------------------------------------

struct race { struct polygons cells; struct xy_m *point; int64_t points, across; int32_t *ours, *plain; double ours_s, threads_s, plain_s; };

static double least(double a, double b)
{
    return a == 0 || b < a ? b : a;
}

// Each opens its own index: that is part of the work.
static void run_round(struct race *r, struct pool *pool)
{
    double begin_s = when_monotonic_s();
    struct plain g;
    plain_open(&g, &r->cells, r->across);
    for (int64_t i = 0; i < r->points; i++)
        r->plain[i] = plain_find(&g, r->point[i]);
    plain_close(&g);
    r->plain_s = least(r->plain_s, when_monotonic_s() - begin_s);
    for (int threads = 0; threads < 2; threads++) {
        begin_s = when_monotonic_s();
        struct cell_place *p = cell_place_open(&r->cells, 0);
        cell_place_points(p, threads ? pool : NULL, r->point, r->points, r->ours, NULL);
        cell_place_close(p);
        double s = when_monotonic_s() - begin_s;
        if (threads)
            r->threads_s = least(r->threads_s, s);
        else
            r->ours_s = least(r->ours_s, s);
    }
}

static int64_t differences(const struct race *r)
{
    int64_t n = 0;
    for (int64_t i = 0; i < r->points; i++)
        n += r->ours[i] != r->plain[i];
    return n;
}

int main(int argc, char **argv)
{
    struct race r = { .points = argc > 1 ? atoll(argv[1]) : 1000000, .across = (int64_t)sqrt(argc > 2 ? atof(argv[2]) : 10000) };
    if (r.points <= 0 || r.across <= 0) {
        fprintf(stderr, "usage: %s [POINTS [CELLS]]\n", argv[0]);
        return 2;
    }
    struct rings ring = {0};
    polygons_init(&r.cells, (struct xy_m){ 500000, 3500000 });
    for (int64_t i = 0; i < r.across * r.across; i++) {
        make_cell(i % r.across, i / r.across, &ring);
        polygons_add_local(&r.cells, &ring);
    }
    r.point = mem_get((size_t)r.points, sizeof *r.point);
    r.ours = mem_get((size_t)r.points, sizeof *r.ours);
    r.plain = mem_get((size_t)r.points, sizeof *r.plain);
    uint64_t seed = 1;
    for (int64_t i = 0; i < r.points; i++) {
        r.point[i].x = ((double)r.across + 1) * CELL_M * random_unit(&seed) - CELL_M / 2;
        r.point[i].y = ((double)r.across + 1) * CELL_M * random_unit(&seed) - CELL_M / 2;
    }
    struct pool *pool = pool_open(0);
    for (int i = 0; i < ROUNDS; i++)
        run_round(&r, pool);
    printf("%lld points, %lld cells of %d vertices: plain loop %.3f s, ours %.3f s (ratio %.2f), %d threads %.3f s (ratio %.2f)\n",
           (long long)r.points, (long long)r.cells.count, 4 * STEPS, r.plain_s, r.ours_s, r.ours_s / r.plain_s, pool_threads(pool),
           r.threads_s, r.threads_s / r.plain_s);
    int64_t wrong = differences(&r);
    if (wrong > 0)
        printf("%lld answers differ\n", (long long)wrong);
    pool_close(pool);
    polygons_clear(&r.cells);
    rings_clear(&ring);
    mem_free(r.point);
    mem_free(r.ours);
    mem_free(r.plain);
    return wrong > 0;
}
