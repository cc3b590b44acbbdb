#include "gis/relate.h"

#include "core/base/mem.h"
#include "core/base/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The working frame has its origin at the lower left corner of the common box, so every product of coordinates is about as
// large as the answer. Edges are kept as columns: the inner loop then runs over plain arrays without branches.
struct edges {
    double *left, *right;   // x of both ends, left < right, cut to the common x-range
    double *y, *slope;      // height at left, and per metre of x
    double *sign;           // +1 when the inside lies below
    int count;
};
enum { EDGE_COLUMNS = 5 };

// Narrower than this in x is upright: its trapezoid has no area worth a rounding error.
static const double UPRIGHT_M = 1e-11;

// Box and signed area in one pass; the area is taken about the first vertex to keep its digits far from the origin.
static struct relate_shape shape_of(const struct rings *r)
{
    struct relate_shape e = { .rings = r, .box = { INFINITY, INFINITY, -INFINITY, -INFINITY } };
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t first = r->first[k], end = r->first[k + 1];
        if (first == end)
            continue;
        struct xy_m from = r->vertex[first], before = r->vertex[end - 1];
        double doubled = 0;
        for (uint32_t i = first; i < end; i++) {
            struct xy_m p = r->vertex[i];
            doubled += (before.x - from.x) * (p.y - from.y) - (p.x - from.x) * (before.y - from.y);
            e.box.min_x = p.x < e.box.min_x ? p.x : e.box.min_x;
            e.box.max_x = p.x > e.box.max_x ? p.x : e.box.max_x;
            e.box.min_y = p.y < e.box.min_y ? p.y : e.box.min_y;
            e.box.max_y = p.y > e.box.max_y ? p.y : e.box.max_y;
            before = p;
        }
        e.area_m2 += doubled / 2;
    }
    return e;
}

static struct box_m common_box(struct box_m a, struct box_m b)
{
    return (struct box_m){ a.min_x > b.min_x ? a.min_x : b.min_x, a.min_y > b.min_y ? a.min_y : b.min_y,
                           a.max_x < b.max_x ? a.max_x : b.max_x, a.max_y < b.max_y ? a.max_y : b.max_y };
}

// What an edge is held against: the common box, the lowest point of the other shape, and which way its own rings turn.
struct place { const struct box_m *common; double floor_y, sign; };

static void edges_at(struct edges *e, double *room, int cap)
{
    *e = (struct edges){ room, room + cap, room + 2 * cap, room + 3 * cap, room + 4 * cap, 0 };
}

// An edge outside the common x-range meets nothing. One wholly below the floor, the lowest point of the other shape, is the
// lower one of every pair it is in: it would add its own height along a closed line, there and back, which is zero. Which edges
// stay is anybody's guess, so each is written down, and the next one over it when it does not. In place of its slope stands the
// height of its right end.
static inline void edges_add(struct edges *e, const struct xy_m *from, const struct xy_m *to, const struct place *at)
{
    bool forward = from->x < to->x;
    const struct xy_m *l = forward ? from : to, *r = forward ? to : from;
    int i = e->count;
    e->left[i] = l->x;
    e->right[i] = r->x;
    e->y[i] = l->y;
    e->slope[i] = r->y;
    e->sign[i] = forward ? -at->sign : at->sign;
    e->count += (r->x > at->common->min_x) & (l->x < at->common->max_x) & (r->x - l->x > UPRIGHT_M) &
                ((l->y > at->floor_y) | (r->y > at->floor_y));
}

static inline void edges_choose(struct edges *e, const struct rings *r, const struct place *at)
{
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t first = r->first[k], end = r->first[k + 1];
        for (uint32_t i = first; i + 1 < end; i++)
            edges_add(e, &r->vertex[i], &r->vertex[i + 1], at);
        if (first < end)
            edges_add(e, &r->vertex[end - 1], &r->vertex[first], at);
    }
}

// Into the working frame, cut to the common x-range. Behind the last edge come some that meet nothing, up to a whole vector.
static inline int whole_lanes(int count) { return (int)lanes_whole((size_t)count); }

static inline void edges_cut(struct edges *e, const struct box_m *common)
{
    double *restrict at_left = e->left, *restrict at_right = e->right, *restrict at_y = e->y, *restrict at_slope = e->slope;
    double min_x = common->min_x, min_y = common->min_y, width = common->max_x - min_x;
    int all = whole_lanes(e->count);
    for (int i = e->count; i < all; i++)
        at_left[i] = min_x - 1, at_right[i] = min_x, at_y[i] = at_slope[i] = min_y, e->sign[i] = 0;
    for (int i = 0; i < all; i++) {
        double slope = (at_slope[i] - at_y[i]) / (at_right[i] - at_left[i]);
        double left = at_left[i] - min_x, right = at_right[i] - min_x, y = at_y[i] - min_y, y_cut = y - left * slope;
        at_left[i] = left < 0 ? 0 : left;
        at_right[i] = right > width ? width : right;
        at_y[i] = left < 0 ? y_cut : y;
        at_slope[i] = slope;
    }
}

static inline void edges_collect(struct edges *e, const struct rings *r, const struct place *at)
{
    edges_choose(e, r, at);
    edges_cut(e, at->common);
}

// Adds what one edge has in common with edges [from, to) of the other shape to sum[], one sum for each of those: no order of
// additions depends on the width of the machine's vectors.
// With d the difference of heights, integral of min = mean of the lower ends, and where the edges cross (d changes sign)
// the tip above that chord: |d_l d_r| / (2 (|d_l| + |d_r|)) of the width.
static inline void edge_meets(const struct edges *a, int i, const struct edges *restrict b, int from, int to, double *restrict sum)
{
    const double *restrict left = b->left, *restrict right = b->right, *restrict y = b->y, *restrict slope = b->slope;
    double a_left = a->left[i], a_right = a->right[i], a_y = a->y[i], a_slope = a->slope[i], a_sign = a->sign[i];
    for (int j = from; j < to; j++) {
        double l = a_left > left[j] ? a_left : left[j], r = a_right < right[j] ? a_right : right[j];
        double width = r - l;
        width = width > 0 ? width : 0;
        double a_l = a_y + (l - a_left) * a_slope, a_r = a_y + (r - a_left) * a_slope;
        double b_l = y[j] + (l - left[j]) * slope[j], b_r = y[j] + (r - left[j]) * slope[j];
        double d_l = a_l - b_l, d_r = a_r - b_r, product = d_l * d_r;
        double apart = fabs(d_l) + fabs(d_r), crossed = product < 0 ? -product : 0;
        double tip = crossed / (apart + 1e-300);
        sum[j] += a_sign * width * (a_l + b_l + a_r + b_r - apart + 2 * tip);
    }
}

// Each sum carries four times the area: two trapezoids, each a mean of four heights.
static double sum_of(const double *sum, const struct edges *b)
{
    double total = 0;
    for (int j = 0; j < b->count; j++)
        total += sum[j] * b->sign[j];
    return total / 4;
}

VECTORS static double small_overlap(const struct rings *a, const struct place *at_a, const struct rings *b, const struct place *at_b)
{
    double room[2 * EDGE_COLUMNS * RELATE_SWEEP_VERTICES], sum[RELATE_SWEEP_VERTICES];
    struct edges ea, eb;
    edges_at(&ea, room, RELATE_SWEEP_VERTICES);
    edges_at(&eb, room + EDGE_COLUMNS * RELATE_SWEEP_VERTICES, RELATE_SWEEP_VERTICES);
    edges_collect(&ea, a, at_a);
    edges_collect(&eb, b, at_b);
    int all = whole_lanes(eb.count);
    for (int j = 0; j < all; j++)
        sum[j] = 0;
    for (int i = 0; i < ea.count; i++)
        edge_meets(&ea, i, &eb, 0, all, sum);
    return sum_of(sum, &eb);
}

struct sortable { double left, right, y, slope, sign; };

static int by_left(const void *p, const void *q)
{
    const double *a = p, *b = q;
    for (int i = 0; i < EDGE_COLUMNS; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static void edges_sort(struct edges *e)
{
    struct sortable *s = mem_get((size_t)e->count, sizeof *s);
    for (int i = 0; i < e->count; i++)
        s[i] = (struct sortable){ e->left[i], e->right[i], e->y[i], e->slope[i], e->sign[i] };
    qsort(s, (size_t)e->count, sizeof *s, by_left);
    for (int i = 0; i < e->count; i++) {
        e->left[i] = s[i].left; e->right[i] = s[i].right; e->y[i] = s[i].y;
        e->slope[i] = s[i].slope; e->sign[i] = s[i].sign;
    }
    mem_free(s);
}

// First edge from `from` on that begins at x or beyond.
static int edges_until(const struct edges *e, int from, double x)
{
    while (from < e->count && e->left[from] < x)
        from++;
    return from;
}

// Forward sweep: whichever edge begins first meets those of the other shape that begin before it ends.
static double sweep_overlap(const struct edges *a, const struct edges *b)
{
    double *sum_b = mem_get((size_t)b->count, sizeof *sum_b), *sum_a = mem_get((size_t)a->count, sizeof *sum_a);
    for (int i = 0, j = 0; i < a->count && j < b->count;) {
        if (a->left[i] <= b->left[j]) {
            edge_meets(a, i, b, j, edges_until(b, j, a->right[i]), sum_b);
            i++;
        } else {
            edge_meets(b, j, a, i, edges_until(a, i, b->right[j]), sum_a);
            j++;
        }
    }
    double total = sum_of(sum_b, b) + sum_of(sum_a, a);
    mem_free(sum_a);
    mem_free(sum_b);
    return total;
}

static double large_overlap(const struct rings *a, const struct place *at_a, const struct rings *b, const struct place *at_b)
{
    int cap_a = whole_lanes((int)a->first[a->count]), cap_b = whole_lanes((int)b->first[b->count]);
    double *room_a = mem_get((size_t)cap_a * EDGE_COLUMNS, sizeof *room_a);
    double *room_b = mem_get((size_t)cap_b * EDGE_COLUMNS, sizeof *room_b);
    struct edges ea, eb;
    edges_at(&ea, room_a, cap_a);
    edges_at(&eb, room_b, cap_b);
    edges_collect(&ea, a, at_a);
    edges_collect(&eb, b, at_b);
    edges_sort(&ea);
    edges_sort(&eb);
    double area_m2 = sweep_overlap(&ea, &eb);
    mem_free(room_a);
    mem_free(room_b);
    return area_m2;
}

// Which operand goes first decides the order of additions; settled by the shapes alone, so that the answer is the same to
// the last bit whichever way it is asked.
static bool comes_first(const struct rings *a, const struct rings *b)
{
    if (a->first[a->count] != b->first[b->count])
        return a->first[a->count] < b->first[b->count];
    for (uint32_t i = 0; i < a->first[a->count]; i++) {
        if (a->vertex[i].x != b->vertex[i].x)
            return a->vertex[i].x < b->vertex[i].x;
        if (a->vertex[i].y != b->vertex[i].y)
            return a->vertex[i].y < b->vertex[i].y;
    }
    if (a->count != b->count)
        return a->count < b->count;
    for (uint32_t k = 0; k < a->count; k++)
        if (a->first[k] != b->first[k])
            return a->first[k] < b->first[k];
    return true;
}

static double overlap_of(const struct relate_shape *a, const struct relate_shape *b)
{
    struct box_m common = common_box(a->box, b->box);
    if (!(common.min_x < common.max_x && common.min_y < common.max_y))
        return 0;
    struct place at_a = { &common, b->box.min_y, a->area_m2 < 0 ? -1 : 1 }, at_b = { &common, a->box.min_y, b->area_m2 < 0 ? -1 : 1 };
    const struct rings *ra = a->rings, *rb = b->rings;
    bool small = ra->first[ra->count] <= RELATE_SWEEP_VERTICES && rb->first[rb->count] <= RELATE_SWEEP_VERTICES;
    double area_m2 = (small ? small_overlap : large_overlap)(ra, &at_a, rb, &at_b);
    double most_a = fabs(a->area_m2), most_b = fabs(b->area_m2), most_m2 = most_a < most_b ? most_a : most_b;
    return area_m2 <= 0 ? 0 : area_m2 < most_m2 ? area_m2 : most_m2;
}

double relate_overlap_of(const struct relate_shape *a, const struct relate_shape *b)
{
    if (a->rings->count == 0 || b->rings->count == 0)
        return 0;
    return comes_first(a->rings, b->rings) ? overlap_of(a, b) : overlap_of(b, a);
}

double relate_overlap_m2(const struct rings *a, const struct rings *b)
{
    if (a->count == 0 || b->count == 0)
        return 0;
    struct relate_shape sa = shape_of(a), sb = shape_of(b);
    return relate_overlap_of(&sa, &sb);
}
