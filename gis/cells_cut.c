#include "gis/cells_cut.h"
#include "core/base/mem.h"
#include <math.h>
#include <stdlib.h>

enum { DIRECTIONS = 12, STEPS = 32, SHARES = 9 };
static const double SHARE_OFF[SHARES] = { 0, 0.03, -0.03, 0.06, -0.06, 0.1, -0.1, 0.14, -0.14 };
static const double GAP_LEAST_M = 0.3, CLEAR_M = 0.5, SHARE_OFF_MAX = 0.2;
// What counts against a line, in sides of the land: its length is the measure, all else is weighed against that.
static const double COST_SHARE = 2, COST_IN_HOUSE = 6, COST_HOUSE = 0.1, COST_PIECE = 0.2, COST_ASKEW = 0.03;

// The land seen along one direction: t across the line, u along it.
struct view {
    const struct cells_land *land;
    struct xy_m across;
    double *t, *u;                          // of each vertex of the shape
    double low, high, below[STEPS + 1];     // land below low + k (high - low) / STEPS
    double *house_low, *house_high;         // t-range of each building
    double area_m2, ideal, askew;
};

static double below(const struct view *v, double s)
{
    const struct rings *r = v->land->shape;
    double sum = 0;
    for (uint32_t k = 0; k < r->count; k++)
        for (uint32_t i = r->first[k], j = r->first[k + 1] - 1; i < r->first[k + 1]; j = i++) {
            double t1 = v->t[j], t2 = v->t[i], u1 = v->u[j], u2 = v->u[i];
            if (t1 >= s && t2 >= s)
                continue;
            if (t1 < s && t2 < s) {
                sum += (u1 + u2) / 2 * (t2 - t1);
                continue;
            }
            double u = u1 + (s - t1) / (t2 - t1) * (u2 - u1);
            sum += t1 < s ? (u1 + u) / 2 * (s - t1) : (u + u2) / 2 * (t2 - s);
        }
    return -sum;
}

static double offset_of_share(const struct view *v, double share)
{
    double want = share * v->area_m2;
    int k = 1;
    while (k < STEPS && v->below[k] < want)
        k++;
    double in_step = v->below[k] - v->below[k - 1];
    double part = in_step > 0 ? (want - v->below[k - 1]) / in_step : 0.5;
    return v->low + (k - 1 + fmin(fmax(part, 0), 1)) * (v->high - v->low) / STEPS;
}

static int ascending(const void *p, const void *q)
{
    double a = *(const double *)p, b = *(const double *)q;
    return a < b ? -1 : a > b;
}

// Where the line enters and leaves rings lying from vertex `first` on: u values, ascending, in pairs.
static size_t crossings(const struct rings *r, struct xy_m across, double s, double *out)
{
    size_t n = 0;
    for (uint32_t k = 0; k < r->count; k++)
        for (uint32_t i = r->first[k], j = r->first[k + 1] - 1; i < r->first[k + 1]; j = i++) {
            struct xy_m a = r->vertex[j], b = r->vertex[i];
            double t1 = across.x * a.x + across.y * a.y, t2 = across.x * b.x + across.y * b.y;
            if ((t1 < s) == (t2 < s))
                continue;
            double u1 = across.x * a.y - across.y * a.x, u2 = across.x * b.y - across.y * b.x;
            out[n++] = u1 + (s - t1) / (t2 - t1) * (u2 - u1);
        }
    qsort(out, n, sizeof *out, ascending);
    return n & ~(size_t)1;
}

static double length_in(const double *u, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i += 2)
        sum += u[i + 1] - u[i];
    return sum;
}

static double cost_of_houses(const struct view *v, double s, double side)
{
    const struct polygons *p = v->land->building;
    struct rings house = {0};
    double cost = 0, *u = NULL;
    size_t cap = 0;
    for (uint32_t k = 0; k < v->land->near_count; k++) {
        if (s <= v->house_low[k] - CLEAR_M || s >= v->house_high[k] + CLEAR_M)
            continue;
        polygons_get(p, v->land->near[k], &house);
        u = mem_grow(u, &cap, house.first[house.count], sizeof *u);
        double in_m = length_in(u, crossings(&house, v->across, s, u));
        cost += COST_HOUSE + COST_IN_HOUSE * in_m / side;
    }
    rings_clear(&house);
    mem_free(u);
    return cost;
}

static void keep(struct cells_cut best[CELLS_CUTS_MAX], int *count, struct cells_cut c)
{
    int k = *count < CELLS_CUTS_MAX ? (*count)++ : CELLS_CUTS_MAX;
    if (k == CELLS_CUTS_MAX && best[--k].cost <= c.cost)
        return;
    for (; k > 0 && best[k - 1].cost > c.cost; k--)
        best[k] = best[k - 1];
    best[k] = c;
}

static void try_line(const struct view *v, double s, double *room, struct cells_cut best[CELLS_CUTS_MAX], int *count)
{
    double part_m2 = below(v, s), least_m2 = fmin(v->land->least_m2, 0.3 * v->area_m2), side = sqrt(v->area_m2);
    if (fmin(part_m2, v->area_m2 - part_m2) < least_m2)
        return;
    size_t n = crossings(v->land->shape, v->across, s, room);
    if (n < 2)
        return;
    double share = part_m2 / v->area_m2, off = fmin(fabs(share - v->ideal), fabs(1 - share - v->ideal));
    double cost = length_in(room, n) / side + COST_SHARE * off + COST_PIECE * (double)(n / 2 - 1) + v->askew;
    if (*count == CELLS_CUTS_MAX && cost >= best[CELLS_CUTS_MAX - 1].cost)
        return;
    cost += cost_of_houses(v, s, side);
    keep(best, count, (struct cells_cut){ cost, v->across, s });
}

struct range { double low, high; };

static int by_low(const void *p, const void *q)
{
    const struct range *a = p, *b = q;
    return a->low < b->low ? -1 : a->low > b->low;
}

// Lines that pass between all houses, where there is room.
static void try_gaps(const struct view *v, double *room, struct cells_cut best[CELLS_CUTS_MAX], int *count)
{
    uint32_t n = v->land->near_count;
    struct range *house = mem_get(n, sizeof *house);
    double from = offset_of_share(v, v->ideal - SHARE_OFF_MAX), to = offset_of_share(v, 1 - v->ideal + SHARE_OFF_MAX), end = -INFINITY;
    for (uint32_t k = 0; k < n; k++)
        house[k] = (struct range){ v->house_low[k], v->house_high[k] };
    qsort(house, n, sizeof *house, by_low);
    for (uint32_t k = 0; k < n; k++) {
        double middle = (end + house[k].low) / 2;
        if (house[k].low - end >= GAP_LEAST_M && middle > from && middle < to)
            try_line(v, middle, room, best, count);
        end = fmax(end, house[k].high);
    }
    mem_free(house);
}

static void look_along(struct view *v, double angle)
{
    const struct rings *r = v->land->shape;
    const struct polygons *p = v->land->building;
    v->across = (struct xy_m){ cos(angle), sin(angle) };
    v->low = INFINITY;
    v->high = -INFINITY;
    for (uint32_t i = 0; i < r->first[r->count]; i++) {
        struct xy_m q = r->vertex[i];
        v->t[i] = v->across.x * q.x + v->across.y * q.y;
        v->u[i] = v->across.x * q.y - v->across.y * q.x;
        v->low = fmin(v->low, v->t[i]);
        v->high = fmax(v->high, v->t[i]);
    }
    for (int k = 0; k <= STEPS; k++)
        v->below[k] = below(v, v->low + k * (v->high - v->low) / STEPS);
    for (uint32_t k = 0; k < v->land->near_count; k++) {
        uint32_t b = v->land->near[k], end = p->rings.first[p->ring_first[b + 1]];
        v->house_low[k] = INFINITY;
        v->house_high[k] = -INFINITY;
        for (uint32_t i = p->rings.first[p->ring_first[b]]; i < end; i++) {
            double t = v->across.x * p->rings.vertex[i].x + v->across.y * p->rings.vertex[i].y;
            v->house_low[k] = fmin(v->house_low[k], t);
            v->house_high[k] = fmax(v->house_high[k], t);
        }
    }
}

// The direction most of the border runs along or square to, in radians, 0 .. pi / 2.
static double grain(const struct rings *r)
{
    double x = 0, y = 0;
    for (uint32_t k = 0; k < r->count; k++)
        for (uint32_t i = r->first[k], j = r->first[k + 1] - 1; i < r->first[k + 1]; j = i++) {
            double dx = r->vertex[i].x - r->vertex[j].x, dy = r->vertex[i].y - r->vertex[j].y, angle = 4 * atan2(dy, dx), length = hypot(dx, dy);
            x += length * cos(angle);
            y += length * sin(angle);
        }
    return atan2(y, x) / 4;
}

int cells_cut_choose(const struct cells_land *land, struct cells_cut best[CELLS_CUTS_MAX])
{
    int count = 0;
    uint32_t n = land->shape->first[land->shape->count];
    struct view v = { .land = land, .area_m2 = rings_area_m2(land->shape), .t = mem_get(n, sizeof *v.t), .u = mem_get(n, sizeof *v.u) };
    v.house_low = mem_get(land->near_count, sizeof *v.house_low);
    v.house_high = mem_get(land->near_count, sizeof *v.house_high);
    double *room = mem_get(n, sizeof *room), along = grain(land->shape), cells = fmax(2, round(v.area_m2 / land->target_m2));
    v.ideal = floor(cells / 2) / cells;
    for (int d = 0; d < DIRECTIONS; d++) {
        look_along(&v, along + d * (acos(-1) / DIRECTIONS));
        v.askew = d % (DIRECTIONS / 2) == 0 ? 0 : COST_ASKEW;
        for (int k = 0; k < SHARES; k++)
            try_line(&v, offset_of_share(&v, v.ideal + SHARE_OFF[k]), room, best, &count);
        try_gaps(&v, room, best, &count);
    }
    void *owned[] = { v.t, v.u, v.house_low, v.house_high, room };
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        mem_free(owned[i]);
    return count;
}

void cells_cut_draw(const struct rings *shape, const struct cells_cut *cut, double reach_m, struct segments *out)
{
    double *u = mem_get(shape->first[shape->count], sizeof *u);
    size_t n = crossings(shape, cut->across, cut->at_m, u);
    for (size_t i = 0; i + 1 < n; i += 2) {
        struct xy_m foot = { cut->across.x * cut->at_m, cut->across.y * cut->at_m };
        double from = u[i] - reach_m, to = u[i + 1] + reach_m;
        segments_add(out, (struct xy_m){ foot.x - cut->across.y * from, foot.y + cut->across.x * from },
                     (struct xy_m){ foot.x - cut->across.y * to, foot.y + cut->across.x * to });
    }
    mem_free(u);
}
