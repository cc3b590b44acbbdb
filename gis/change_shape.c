#include "gis/change_shape.h"
#include "core/base/mem.h"
#include "gis/relate.h"
#include <math.h>

enum { PLACES = 4, MOST_PLACES = 64 };
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

static inline double least(double a, double b) { return a < b ? a : b; }
static inline double most(double a, double b) { return a > b ? a : b; }

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

// The places of an edge that are looked at, and how far the shape is from each; further off than asked for is infinitely far.
struct looked_at { int places; double length; struct xy_m place[MOST_PLACES]; double far2[MOST_PLACES]; };

static void look_along(struct xy_m a, struct xy_m b, struct looked_at *out)
{
    out->length = hypot(b.x - a.x, b.y - a.y);
    out->places = out->length < PLACES ? PLACES : out->length < MOST_PLACES ? (int)ceil(out->length) : MOST_PLACES;
    for (int k = 0; k < out->places; k++) {
        double t = (k + 0.5) / out->places;
        out->place[k] = (struct xy_m){a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
        out->far2[k] = INFINITY;
    }
}

// How much of the outer ring lies on the shape, and how much beside it with room for noise: looked at every metre, and at four
// places at least of every edge.
struct contact { double on_m, beside_m; };

static void touch_edge(struct xy_m a, struct xy_m b, const struct rings *shape, double near_m, struct contact *c)
{
    struct looked_at at;
    at.places = 0;
    struct box_m room = {least(a.x, b.x) - near_m, least(a.y, b.y) - near_m, most(a.x, b.x) + near_m, most(a.y, b.y) + near_m};
    for (uint32_t k = 0; k < shape->count; k++)
        for (uint32_t i = shape->first[k], last = shape->first[k + 1] - 1; i < shape->first[k + 1]; last = i++) {
            struct xy_m p = shape->vertex[last], q = shape->vertex[i];
            if (!boxes_meet(room, (struct box_m){least(p.x, q.x), least(p.y, q.y), most(p.x, q.x), most(p.y, q.y)}))
                continue;
            if (at.places == 0)
                look_along(a, b, &at);
            for (int n = 0; n < at.places; n++)
                at.far2[n] = least(xy_to_segment_m2(at.place[n], p, q), at.far2[n]);
        }
    for (int k = 0; k < at.places; k++) {
        c->on_m += at.far2[k] < ON_LINE_M * ON_LINE_M ? at.length / at.places : 0;
        c->beside_m += at.far2[k] < near_m * near_m ? at.length / at.places : 0;
    }
}

static struct contact contact_of(const struct rings *r, uint32_t ring, const struct rings *shape, double near_m)
{
    struct contact c = {0, 0};
    struct box_m box = rings_box(shape);
    box = (struct box_m){box.min_x - near_m, box.min_y - near_m, box.max_x + near_m, box.max_y + near_m};
    for (uint32_t i = r->first[ring], last = r->first[ring + 1] - 1; i < r->first[ring + 1]; last = i++) {
        struct xy_m a = r->vertex[last], b = r->vertex[i];
        bool aside = (a.x < box.min_x && b.x < box.min_x) || (a.x > box.max_x && b.x > box.max_x) ||
                     (a.y < box.min_y && b.y < box.min_y) || (a.y > box.max_y && b.y > box.max_y);
        if (!aside)
            touch_edge(a, b, shape, near_m, &c);
    }
    return c;
}

struct leaning increment_leans(const struct increments *i, const struct increment *part)
{
    struct leaning l = {0};
    double outline = 0, beside = 0;
    ring_area(&i->rings, part->ring_first, &outline);
    for (int k = 0; k < i->cuts; k++) {
        struct contact c = contact_of(&i->rings, part->ring_first, i->cut[k], i->near_m);
        l.leans_on += c.beside_m > 0.8;
        l.on_m += c.on_m, beside += c.beside_m;
    }
    l.lean = fmin(1, l.on_m / outline);
    l.between = fmin(1, beside / outline);
    return l;
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
        double round = 0, hole = ring_area(r, end, &round);
        if (hole > 0)
            break; // the next part
        *area += hole;
        *perimeter += round;
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

static void take_parts(const struct rings *left, const struct increment_question *q, struct increments *out)
{
    for (uint32_t k = 0, end; k < left->count; k = end) {
        double area, perimeter;
        end = part_end(left, k, &area, &perimeter);
        double width = rectangle_width_m(area, perimeter);
        if (area < q->min_area_m2 || width < q->min_width_m)
            continue;
        if ((size_t)out->count == out->cap)
            out->item = mem_grow(out->item, &out->cap, out->cap + 8, sizeof *out->item);
        out->item[out->count++] = (struct increment){out->rings.count, end - k, area, width};
        add_rings(&out->rings, left, k, end);
    }
}

// The area is a hundred times cheaper than the shape.
static double common_m2(const struct rings *left, const struct rings *cut)
{
    return boxes_meet(rings_box(left), rings_box(cut)) ? relate_overlap_m2(left, cut) : 0;
}

enum status increments_find(struct overlay *o, const struct increment_question *q, struct increments *out, struct err *e)
{
    out->count = 0;
    out->near_m = fmax(ON_LINE_M, q->opening_m / 2);
    out->cut = q->cut, out->cuts = q->cuts;
    rings_start(&out->rings);
    const struct rings *left = q->whole;
    for (int c = 0; c < q->cuts && left->count > 0; c++) {
        struct overlay_cut cut = {left, q->cut[c], c == 0 && q->first_common_m2 >= 0 ? q->first_common_m2 : common_m2(left, q->cut[c])};
        if (cut.common_m2 < NOTHING_M2)
            continue;
        enum status s = overlay_minus_known(o, &cut, &out->step[0], e);
        if (s != OK)
            return s;
        drop_small(&out->step[0], TOO_SMALL * q->min_area_m2, &out->step[1]);
        left = &out->step[1];
    }
    if (left->count == 0)
        return OK;
    if (left != q->whole) { // slivers come from cutting alone
        enum status s = overlay_open_by(o, left, q->opening_m, &out->step[2], e);
        if (s != OK)
            return s;
        left = &out->step[2];
    }
    take_parts(left, q, out);
    return OK;
}
