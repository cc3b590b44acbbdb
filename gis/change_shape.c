#include "gis/change_shape.h"
#include "core/base/mem.h"
#include "gis/relate.h"
#include <math.h>

enum { PLAIN_CORNERS = 6 };
static const double NOTHING_M2 = 0.01; // common ground that changes nothing
static const double TOO_SMALL = 0.9;  // of the smallest area: mitred corners may give a little back
static const double ON_LINE_M = 0.12; // an edge this near an outline lies on it: opening bends corners a little

void increments_clear(struct increments *i)
{
    rings_clear(&i->rings);
    for (int k = 0; k < 3; k++)
        rings_clear(&i->step[k]);
    mem_free(i->item);
    *i = (struct increments){0};
}

double rectangle_width_m(double area_m2, double perimeter_m)
{
    double root = perimeter_m * perimeter_m - 16 * area_m2;
    if (perimeter_m <= 0)
        return 0;
    return root <= 0 ? sqrt(area_m2) : (perimeter_m - sqrt(root)) / 4;
}

static bool boxes_meet(struct box_m a, struct box_m b)
{
    return a.min_x <= b.max_x && b.min_x <= a.max_x && a.min_y <= b.max_y && b.min_y <= a.max_y;
}

static double ring_area(const struct rings *r, uint32_t k, double *perimeter)
{
    double twice = 0;
    for (uint32_t i = r->first[k], last = r->first[k + 1] - 1; i < r->first[k + 1]; last = i++) {
        struct xy_m p = r->vertex[last], q = r->vertex[i];
        twice += p.x * q.y - q.x * p.y;
        *perimeter += hypot(q.x - p.x, q.y - p.y);
    }
    return twice / 2;
}

static double distance_to(const struct rings *r, struct xy_m p)
{
    double best = INFINITY;
    for (uint32_t k = 0; k < r->count; k++)
        for (uint32_t i = r->first[k], last = r->first[k + 1] - 1; i < r->first[k + 1]; last = i++) {
            struct xy_m a = r->vertex[last], b = r->vertex[i];
            double dx = b.x - a.x, dy = b.y - a.y, l2 = dx * dx + dy * dy;
            double t = l2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / l2 : 0;
            t = fmin(1, fmax(0, t));
            double ex = a.x + t * dx - p.x, ey = a.y + t * dy - p.y;
            best = fmin(best, ex * ex + ey * ey);
        }
    return sqrt(best);
}

// How much of the outer ring lies on the shape: quarter points of every edge.
static double contact(const struct rings *r, uint32_t ring, const struct rings *shape, double near_m, double *length)
{
    double on = 0;
    *length = 0;
    for (uint32_t i = r->first[ring], last = r->first[ring + 1] - 1; i < r->first[ring + 1]; last = i++) {
        struct xy_m a = r->vertex[last], b = r->vertex[i];
        double l = hypot(b.x - a.x, b.y - a.y);
        *length += l;
        for (int q = 0; q < 4; q++) {
            double t = (q + 0.5) / 4;
            if (distance_to(shape, (struct xy_m){a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)}) < near_m)
                on += l / 4;
        }
    }
    return on;
}

static void add_part(struct increments *out, uint32_t ring, uint32_t count, double area, double width, const struct rings *const *cut,
                     int cuts)
{
    struct increment part = {ring, count, area, width, 0, 0, 0, 0};
    double outline = 0, leaning = 0, between = 0;
    for (int c = 0; c < cuts; c++) {
        double length, on = contact(&out->rings, ring, cut[c], ON_LINE_M, &length);
        double beside = contact(&out->rings, ring, cut[c], out->near_m, &length);
        if (beside > 0.8)
            part.leans_on++;
        leaning += on, between += beside, outline = length;
    }
    part.lean = cuts > 0 ? fmin(1, leaning / outline) : 0;
    part.between = cuts > 0 ? fmin(1, between / outline) : 0;
    part.depth_m = area / fmax(leaning, width);
    if ((size_t)out->count == out->cap)
        out->item = mem_grow(out->item, &out->cap, out->cap + 8, sizeof *out->item);
    out->item[out->count++] = part;
}

// One outer ring of a few corners and wide: nothing hangs on it that an opening would take away.
static bool is_plain(const struct rings *r, double opening_m)
{
    double perimeter = 0;
    if (r->count != 1 || r->first[1] > PLAIN_CORNERS)
        return false;
    double area = ring_area(r, 0, &perimeter);
    return rectangle_width_m(area, perimeter) > 3 * opening_m;
}

static void add_rings(struct rings *to, const struct rings *from, uint32_t first, uint32_t end)
{
    for (uint32_t r = first; r < end; r++) {
        for (uint32_t v = from->first[r]; v < from->first[r + 1]; v++)
            rings_add_vertex(to, from->vertex[v]);
        rings_end_ring(to);
    }
}

// A part is an outer ring and its holes: the first ring behind it, its area and its perimeter.
static uint32_t part_end(const struct rings *r, uint32_t first, double *area, double *perimeter)
{
    uint32_t end = first + 1;
    *perimeter = 0;
    *area = ring_area(r, first, perimeter);
    for (; end < r->count; end++) {
        double hole = ring_area(r, end, perimeter);
        if (hole > 0)
            break;
        *area += hole;
    }
    return end;
}

// Cutting and opening make parts smaller, never larger: what is too small already need not go on.
static void drop_small(const struct rings *left, double least_m2, struct rings *out)
{
    rings_start(out);
    for (uint32_t k = 0, end; k < left->count; k = end) {
        double area, perimeter;
        end = part_end(left, k, &area, &perimeter);
        if (area >= least_m2)
            add_rings(out, left, k, end);
    }
}

static void take_parts(const struct rings *left, double min_area_m2, double min_width_m, const struct rings *const *cut, int cuts,
                       struct increments *out)
{
    for (uint32_t k = 0, end; k < left->count; k = end) {
        double area, perimeter;
        end = part_end(left, k, &area, &perimeter);
        double width = rectangle_width_m(area, perimeter);
        if (area < min_area_m2 || width < min_width_m)
            continue;
        uint32_t ring = out->rings.count;
        add_rings(&out->rings, left, k, end);
        add_part(out, ring, end - k, area, width, cut, cuts);
    }
}

enum status increments_find(struct overlay *o, const struct rings *whole, const struct rings *const *cut, int cuts,
                            double opening_m, double min_area_m2, double min_width_m, struct increments *out, struct err *e)
{
    out->count = 0;
    out->near_m = fmax(ON_LINE_M, opening_m / 2);
    rings_start(&out->rings);
    const struct rings *left = whole;
    for (int c = 0; c < cuts && left->count > 0; c++) {
        if (!boxes_meet(rings_box(left), rings_box(cut[c])) || relate_overlap_m2(left, cut[c]) < NOTHING_M2)
            continue; // the area is a hundred times cheaper than the shape
        enum status s = overlay_minus(o, left, cut[c], &out->step[0], e);
        if (s != OK)
            return s;
        drop_small(&out->step[0], TOO_SMALL * min_area_m2, &out->step[1]);
        left = &out->step[1];
    }
    if (left->count == 0)
        return OK;
    if (left != whole && !is_plain(left, opening_m)) { // slivers come from cutting alone
        enum status s = overlay_open_by(o, left, opening_m, &out->step[2], e);
        if (s != OK)
            return s;
        left = &out->step[2];
    }
    take_parts(left, min_area_m2, min_width_m, cut, cuts, out);
    return OK;
}
