#include "gis/share.h"

#include "core/base/mem.h"
#include "gis/relate.h"
#include <math.h>

// --- One ring cut at the four sides of a box (Sutherland, Hodgman): what runs along a side has no area of its own -----------

struct side { bool upright; double at; int keep; }; // keep +1: what is beyond `at`, -1: what is below

static double beyond(const struct side *s, struct xy_m p)
{
    return s->keep * ((s->upright ? p.x : p.y) - s->at);
}

static struct xy_m meet(const struct side *s, struct xy_m a, struct xy_m b)
{
    double da = beyond(s, a), db = beyond(s, b), t = da / (da - db);
    struct xy_m p = { a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t };
    if (s->upright)
        p.x = s->at;
    else
        p.y = s->at;
    return p;
}

static uint32_t cut(const struct side *s, const struct xy_m *in, uint32_t n, struct xy_m *out)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct xy_m a = in[i], b = in[i + 1 < n ? i + 1 : 0];
        bool a_in = beyond(s, a) >= 0, b_in = beyond(s, b) >= 0;
        if (a_in)
            out[kept++] = a;
        if (a_in != b_in)
            out[kept++] = meet(s, a, b);
    }
    return kept;
}

void share_cut(const struct rings *r, struct box_m box, struct rings *out)
{
    const struct side side[4] = { { true, box.min_x, 1 }, { true, box.max_x, -1 }, { false, box.min_y, 1 }, { false, box.max_y, -1 } };
    uint32_t longest = 0;
    for (uint32_t k = 0; k < r->count; k++)
        longest = r->first[k + 1] - r->first[k] > longest ? r->first[k + 1] - r->first[k] : longest;
    struct xy_m *a = mem_get((size_t)longest * 16 + 16, sizeof *a), *b = mem_get((size_t)longest * 16 + 16, sizeof *b);
    rings_start(out);
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t n = cut(&side[0], r->vertex + r->first[k], r->first[k + 1] - r->first[k], a);
        n = cut(&side[1], a, n, b);
        n = cut(&side[2], b, n, a);
        n = cut(&side[3], a, n, b);
        for (uint32_t i = 0; i < n; i++)
            rings_add_vertex(out, b[i]);
        if (n > 0)
            rings_end_ring(out);
    }
    mem_free(a);
    mem_free(b);
}

double share_common_m2(const struct rings *small, const struct rings *large)
{
    enum { FEW = 256 };                // vertices: below, the plain way is the quicker one
    if (large->count == 0 || small->count == 0)
        return 0;
    if (large->first[large->count] < FEW)
        return relate_overlap_m2(small, large);
    struct rings part = { 0 };
    share_cut(large, rings_box(small), &part);
    double common = relate_overlap_m2(small, &part);
    rings_clear(&part);
    return common;
}

// --- Distance to a border ---------------------------------------------------------------------------------------------------

static double to_segment_m(struct xy_m p, struct xy_m a, struct xy_m b)
{
    double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
    double t = length2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 : 0;
    t = fmin(1, fmax(0, t));
    return hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

static double to_border_m(struct xy_m p, const struct rings *r)
{
    double nearest = INFINITY;
    for (uint32_t k = 0; k < r->count; k++)
        for (uint32_t i = r->first[k]; i < r->first[k + 1]; i++) {
            struct xy_m a = r->vertex[i], b = r->vertex[i + 1 < r->first[k + 1] ? i + 1 : r->first[k]];
            if (fmin(a.x, b.x) - p.x < nearest && p.x - fmax(a.x, b.x) < nearest && fmin(a.y, b.y) - p.y < nearest &&
                p.y - fmax(a.y, b.y) < nearest)
                nearest = fmin(nearest, to_segment_m(p, a, b));
        }
    return nearest;
}

// The nearest of large's corners to small's walls: a corner may reach in where no vertex of small does.
static double corners_m(const struct rings *small, const struct rings *large, struct box_m around)
{
    double nearest = INFINITY;
    for (uint32_t i = 0; i < large->first[large->count]; i++) {
        struct xy_m p = large->vertex[i];
        if (p.x >= around.min_x && p.x <= around.max_x && p.y >= around.min_y && p.y <= around.max_y)
            nearest = fmin(nearest, to_border_m(p, small));
    }
    return nearest;
}

double share_depth_m(const struct rings *small, const struct rings *large, double reach_m)
{
    if (large->count == 0 || small->count == 0)
        return -INFINITY;
    double inside = -INFINITY, outside = INFINITY;
    for (uint32_t i = 0; i < small->first[small->count]; i++) {
        double d = to_border_m(small->vertex[i], large);
        if (rings_contain(large, small->vertex[i]))
            inside = fmax(inside, d);
        else
            outside = fmin(outside, d);
    }
    if (inside >= 0)
        return inside;
    struct box_m box = rings_box(small);
    outside = fmin(outside, corners_m(small, large, (struct box_m){ box.min_x - reach_m, box.min_y - reach_m, box.max_x + reach_m,
                                                                    box.max_y + reach_m }));
    return outside <= reach_m ? -outside : -INFINITY;
}
