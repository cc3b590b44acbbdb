#include "gis/crs_patch.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include <math.h>

enum { NODES = 9, PROBES = 4, SLOTS = 1 << 15, PATCHES_MAX = SLOTS / 2 };
static const double FAR_CELL = 1e9; // cells beyond do not fit their numbers

struct patch { int32_t column, row; bool smooth; struct xy_m node[NODES]; };

// slot: index into patch + 1, 0 is free. A full table is emptied: patches can always be made again.
struct crs_patches {
    struct crs_road *road;
    double size;
    struct patch *patch;
    size_t count, cap;
    uint32_t *slot;
    const struct patch *last;
};

struct crs_patches *crs_patches_open(struct crs_road *road, double size)
{
    must(size > 0);
    struct crs_patches *p = mem_get(1, sizeof *p);
    p->road = road;
    p->size = size;
    p->slot = mem_get(SLOTS, sizeof *p->slot);
    return p;
}

void crs_patches_close(struct crs_patches *p)
{
    if (p == NULL)
        return;
    mem_free(p->patch);
    mem_free(p->slot);
    mem_free(p);
}

// u, v: 0..1 over the patch. Nodes at 0, 1/2, 1; Lagrange.
static struct xy_m biquadratic(const struct patch *p, double u, double v)
{
    double a[3] = { 2 * (u - 0.5) * (u - 1), 4 * u * (1 - u), 2 * u * (u - 0.5) };
    double b[3] = { 2 * (v - 0.5) * (v - 1), 4 * v * (1 - v), 2 * v * (v - 0.5) };
    struct xy_m sum = {0};
    for (int j = 0; j < 3; j++)
        for (int i = 0; i < 3; i++) {
            double weight = a[i] * b[j];
            sum.x += weight * p->node[3 * j + i].x;
            sum.y += weight * p->node[3 * j + i].y;
        }
    return sum;
}

// The error of a quadratic through 0, 1/2, 1 is largest near 1/5 and 4/5.
static bool is_smooth(const struct crs_patches *all, const struct patch *p)
{
    static const double at[PROBES][2] = { { 0.21, 0.21 }, { 0.79, 0.21 }, { 0.21, 0.79 }, { 0.79, 0.79 } };
    struct xy_m exact[PROBES];
    for (int i = 0; i < PROBES; i++)
        exact[i] = (struct xy_m){ (p->column + at[i][0]) * all->size, (p->row + at[i][1]) * all->size };
    if (crs_road_go(all->road, exact, PROBES) > 0)
        return false;
    for (int i = 0; i < PROBES; i++) {
        struct xy_m near = biquadratic(p, at[i][0], at[i][1]);
        if (!(hypot(near.x - exact[i].x, near.y - exact[i].y) <= CRS_PATCH_TOLERANCE_M))
            return false;
    }
    return true;
}

static void survey(const struct crs_patches *all, struct patch *p)
{
    for (int i = 0; i < NODES; i++)
        p->node[i] = (struct xy_m){ (p->column + i % 3 * 0.5) * all->size, (p->row + i / 3 * 0.5) * all->size };
    p->smooth = crs_road_go(all->road, p->node, NODES) == 0 && is_smooth(all, p);
}

static void forget_all(struct crs_patches *p)
{
    for (int i = 0; i < SLOTS; i++)
        p->slot[i] = 0;
    p->count = 0;
    p->last = NULL;
}

static const struct patch *patch_at(struct crs_patches *p, int32_t column, int32_t row)
{
    if (p->last != NULL && p->last->column == column && p->last->row == row)
        return p->last;
    uint32_t at = (uint32_t)hash_mix((uint64_t)(uint32_t)column << 32 | (uint32_t)row) % SLOTS;
    for (; p->slot[at] != 0; at = (at + 1) % SLOTS) {
        const struct patch *found = &p->patch[p->slot[at] - 1];
        if (found->column == column && found->row == row)
            return p->last = found;
    }
    if (p->count == PATCHES_MAX) {
        forget_all(p);
        return patch_at(p, column, row);
    }
    p->patch = mem_grow(p->patch, &p->cap, p->count + 1, sizeof *p->patch);
    struct patch *fresh = &p->patch[p->count++];
    *fresh = (struct patch){ .column = column, .row = row };
    survey(p, fresh);
    p->slot[at] = (uint32_t)p->count;
    return p->last = fresh;
}

static size_t go_one(struct crs_patches *p, struct xy_m *point)
{
    double x = point->x / p->size, y = point->y / p->size, column = floor(x), row = floor(y);
    if (!(fabs(x) < FAR_CELL && fabs(y) < FAR_CELL))
        return crs_road_go(p->road, point, 1);
    const struct patch *patch = patch_at(p, (int32_t)column, (int32_t)row);
    if (!patch->smooth)
        return crs_road_go(p->road, point, 1);
    *point = biquadratic(patch, x - column, y - row);
    return 0;
}

size_t crs_patches_go(struct crs_patches *p, struct xy_m *points, size_t count)
{
    size_t failed = 0;
    for (size_t i = 0; i < count; i++)
        failed += go_one(p, &points[i]);
    return failed;
}
