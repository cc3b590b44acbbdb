// check_cells [CELLS [FAULTS]] - how long a grid of cells takes to be checked: clean, and with gaps and overlaps planted. Stops when
// what is found is not what was planted.
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include "gis/cells_check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { STEPS = 4, BLOCK = 6 };      // vertices a side; a community is a block of cells
static const double CELL_M = 100;

static double random_unit(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15u;
    return (double)(hash_mix(*seed) >> 11) * 0x1p-53;
}

static struct xy_m knot(int64_t x, int64_t y)
{
    uint64_t seed = hash_mix((uint64_t)x * 0x9e3779b97f4a7c15u + (uint64_t)y);
    double dx = random_unit(&seed) - 0.5, dy = random_unit(&seed) - 0.5, step = CELL_M / STEPS;
    return (struct xy_m){ ((double)x + 0.4 * dx) * step, ((double)y + 0.4 * dy) * step };
}

// Around cells x0 .. x1, y0 .. y1; the middle of the southern side may be bent outward.
static void walk(int64_t x0, int64_t y0, int64_t x1, int64_t y1, double bend, struct rings *r)
{
    rings_start(r);
    for (int64_t x = x0 * STEPS; x < x1 * STEPS; x++) {
        struct xy_m a = knot(x, y0 * STEPS), b = knot(x + 1, y0 * STEPS);
        rings_add_vertex(r, a);
        if (bend != 0 && x == x0 * STEPS + 1)
            rings_add_vertex(r, (struct xy_m){ (a.x + b.x) / 2, (a.y + b.y) / 2 - bend });
    }
    for (int64_t y = y0 * STEPS; y < y1 * STEPS; y++)
        rings_add_vertex(r, knot(x1 * STEPS, y));
    for (int64_t x = x1 * STEPS; x > x0 * STEPS; x--)
        rings_add_vertex(r, knot(x, y1 * STEPS));
    for (int64_t y = y1 * STEPS; y > y0 * STEPS; y--)
        rings_add_vertex(r, knot(x0 * STEPS, y));
    rings_end_ring(r);
}

struct district { struct polygons cell, community; char (*code)[16]; const char **parent, **codes; int64_t across, faults; };

static void district_open(struct district *d, int64_t across, int64_t faults)
{
    struct rings r = {0};
    int64_t blocks = across / BLOCK, n = across * across;
    *d = (struct district){ .across = across, .faults = faults, .code = mem_get((size_t)(blocks * blocks), sizeof *d->code),
                            .parent = mem_get((size_t)n, sizeof *d->parent), .codes = mem_get((size_t)(blocks * blocks), sizeof *d->codes) };
    polygons_init(&d->cell, (struct xy_m){ 431000, 3541000 });
    polygons_init(&d->community, (struct xy_m){ 431000, 3541000 });
    for (int64_t k = 0; k < blocks * blocks; k++) {
        int64_t x = k % blocks * BLOCK, y = k / blocks * BLOCK;
        snprintf(d->code[k], sizeof d->code[k], "320612%06d", (int)k);
        d->codes[k] = d->code[k];
        walk(x, y, x + BLOCK, y + BLOCK, 0, &r);
        polygons_add_local(&d->community, &r);
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t x = i % across, y = i / across;
        bool faulty = y % BLOCK != 0 && i * 7919 % n < faults * BLOCK / (BLOCK - 1);
        d->parent[i] = d->code[y / BLOCK * blocks + x / BLOCK];
        walk(x, y, x + 1, y + 1, faulty ? (i % 2 ? 1e-6 : -1e-6) : 0, &r);
        polygons_add_local(&d->cell, &r);
    }
    rings_clear(&r);
}

static void district_close(struct district *d)
{
    polygons_clear(&d->cell);
    polygons_clear(&d->community);
    mem_free(d->code);
    mem_free(d->codes);
    mem_free(d->parent);
}

static int64_t planted(const struct district *d)
{
    int64_t bent = 0;
    for (int64_t i = 0; i < d->cell.count; i++)
        bent += d->cell.rings.first[i + 1] - d->cell.rings.first[i] > 4 * STEPS;
    return bent;
}

static bool run(int64_t across, int64_t faults, struct pool *pool)
{
    struct district d;
    struct cells_findings found;
    struct err e = {0};
    district_open(&d, across, faults);
    struct cells_question q = { .cell = &d.cell, .community = &d.community, .cell_parent = d.parent, .community_code = d.codes };
    double begin_s = when_monotonic_s();
    if (cells_check(&q, &(struct cells_limits){ .touch_m = 1e-12 }, pool, NULL, &found, &e) != OK) {
        printf("%s\n", e.text);
        district_close(&d);
        return false;
    }
    double seconds = when_monotonic_s() - begin_s;
    int64_t truth = planted(&d), got = found.per_kind[CELLS_GAP] + found.per_kind[CELLS_OVERLAP];
    printf("%lld cells of %d vertices, %lld faults of 10 mm2 planted: %lld found, %.3f s on %d threads\n", (long long)d.cell.count, 4 * STEPS,
           (long long)truth, (long long)got, seconds, pool_threads(pool));
    cells_findings_clear(&found);
    district_close(&d);
    return got == truth;
}

int main(int argc, char **argv)
{
    int64_t cells = argc > 1 ? atoll(argv[1]) : 10000, faults = argc > 2 ? atoll(argv[2]) : 500;
    int64_t across = (int64_t)round(sqrt((double)cells) / BLOCK) * BLOCK;
    if (across <= 0 || faults < 0) {
        fprintf(stderr, "usage: %s [CELLS [FAULTS]]\n", argv[0]);
        return 2;
    }
    struct pool *pool = pool_open(0);
    bool good = run(across, 0, pool);
    good = run(across, faults, pool) && good;
    pool_close(pool);
    return good ? 0 : 1;
}
