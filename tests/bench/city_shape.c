#include "tests/bench/city_shape.h"
#include "core/base/mem.h"
#include "core/base/status.h"
#include <math.h>
#include <string.h>

uint32_t shapes_add(struct shapes *s, const struct rings *r, double height_m, uint32_t family)
{
    uint32_t vertices = r->count > 0 ? r->first[r->count] : 0;
    must(r->count > 0 && s->vertices <= UINT32_MAX - vertices);
    s->vertex = mem_grow(s->vertex, &s->vertex_cap, (size_t)s->vertices + vertices, sizeof *s->vertex);
    s->vertex_first = mem_grow(s->vertex_first, &s->ring_cap, (size_t)s->rings + r->count + 1, sizeof *s->vertex_first);
    s->ring_first = mem_grow(s->ring_first, &s->count_cap, (size_t)s->count + 2, sizeof *s->ring_first);
    s->height_m = mem_grow(s->height_m, &s->height_cap, (size_t)s->count + 1, sizeof *s->height_m);
    s->family = mem_grow(s->family, &s->family_cap, (size_t)s->count + 1, sizeof *s->family);
    memcpy(s->vertex + s->vertices, r->vertex, vertices * sizeof *r->vertex);
    for (uint32_t k = 0; k <= r->count; k++)
        s->vertex_first[s->rings + k] = s->vertices + r->first[k];
    s->ring_first[s->count] = s->rings;
    s->height_m[s->count] = (float)height_m;
    s->family[s->count] = family;
    s->vertices += vertices;
    s->rings += r->count;
    s->ring_first[++s->count] = s->rings;
    return s->count - 1;
}

void shapes_get(const struct shapes *s, uint32_t i, struct rings *out)
{
    must(i < s->count);
    rings_start(out);
    for (uint32_t k = s->ring_first[i]; k < s->ring_first[i + 1]; k++) {
        for (uint32_t v = s->vertex_first[k]; v < s->vertex_first[k + 1]; v++)
            rings_add_vertex(out, s->vertex[v]);
        rings_end_ring(out);
    }
}

static struct box_m box_of(const struct xy_m *vertex, uint32_t count)
{
    struct box_m b = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    for (uint32_t v = 0; v < count; v++) {
        b.min_x = fmin(b.min_x, vertex[v].x);
        b.min_y = fmin(b.min_y, vertex[v].y);
        b.max_x = fmax(b.max_x, vertex[v].x);
        b.max_y = fmax(b.max_y, vertex[v].y);
    }
    return b;
}

struct box_m shapes_box(const struct shapes *s, uint32_t i)
{
    uint32_t first = s->vertex_first[s->ring_first[i]];
    return box_of(s->vertex + first, s->vertex_first[s->ring_first[i + 1]] - first);
}

struct box_m shapes_whole_box(const struct shapes *s, double margin_m)
{
    struct box_m b = box_of(s->vertex, s->vertices);
    return (struct box_m){ b.min_x - margin_m, b.min_y - margin_m, b.max_x + margin_m, b.max_y + margin_m };
}

struct xy_m shapes_middle(const struct shapes *s, uint32_t i)
{
    struct box_m b = shapes_box(s, i);
    return (struct xy_m){ (b.min_x + b.max_x) / 2, (b.min_y + b.max_y) / 2 };
}

void shapes_clear(struct shapes *s)
{
    mem_free(s->vertex);
    mem_free(s->vertex_first);
    mem_free(s->ring_first);
    mem_free(s->height_m);
    mem_free(s->family);
    *s = (struct shapes){0};
}

struct place place_turned(struct xy_m at, double degrees)
{
    double angle = degrees * M_PI / 180;
    return (struct place){ at, cos(angle), sin(angle) };
}

struct xy_m place_point(struct place p, double x, double y)
{
    return (struct xy_m){ p.at.x + x * p.cos - y * p.sin, p.at.y + x * p.sin + y * p.cos };
}

void shape_add_ring(struct rings *out, struct place p, const struct xy_m *local, int count)
{
    for (int i = 0; i < count; i++)
        rings_add_vertex(out, place_point(p, local[i].x, local[i].y));
    rings_end_ring(out);
}

void shape_rectangle(struct rings *out, struct place p, double min_x, double min_y, double max_x, double max_y)
{
    struct xy_m corner[] = { { min_x, min_y }, { max_x, min_y }, { max_x, max_y }, { min_x, max_y } };
    shape_add_ring(out, p, corner, 4);
}

struct xy_m shape_next(const struct rings *r, uint32_t k, uint32_t i)
{
    return r->vertex[i + 1 < r->first[k + 1] ? i + 1 : r->first[k]];
}

struct xy_m shape_previous(const struct rings *r, uint32_t k, uint32_t i)
{
    return r->vertex[i > r->first[k] ? i - 1 : r->first[k + 1] - 1];
}

double shape_ring_area_m2(const struct rings *r, uint32_t k)
{
    double twice = 0;
    struct xy_m o = r->vertex[r->first[k]];
    for (uint32_t i = r->first[k]; i < r->first[k + 1]; i++) {
        struct xy_m a = r->vertex[i], b = shape_next(r, k, i);
        twice += (a.x - o.x) * (b.y - o.y) - (b.x - o.x) * (a.y - o.y);
    }
    return twice / 2;
}

static double cross(struct xy_m o, struct xy_m a, struct xy_m b)
{
    return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

static double point_to_segment_m(struct xy_m p, struct xy_m a, struct xy_m b)
{
    double dx = b.x - a.x, dy = b.y - a.y, along = dx * dx + dy * dy;
    double t = along > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / along : 0;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

static double segment_distance_m(struct xy_m a, struct xy_m b, struct xy_m c, struct xy_m d)
{
    if (cross(a, b, c) * cross(a, b, d) < 0 && cross(c, d, a) * cross(c, d, b) < 0)
        return 0;
    return fmin(fmin(point_to_segment_m(a, c, d), point_to_segment_m(b, c, d)),
                fmin(point_to_segment_m(c, a, b), point_to_segment_m(d, a, b)));
}

static double edge_to_outline_m(struct xy_m p, struct xy_m q, const struct rings *b)
{
    double least = INFINITY;
    for (uint32_t k = 0; k < b->count; k++)
        for (uint32_t i = b->first[k]; i < b->first[k + 1]; i++)
            least = fmin(least, segment_distance_m(p, q, b->vertex[i], shape_next(b, k, i)));
    return least;
}

double shape_distance_m(const struct rings *a, const struct rings *b)
{
    if (rings_contain(a, b->vertex[0]) || rings_contain(b, a->vertex[0]))
        return 0;
    double least = INFINITY;
    for (uint32_t k = 0; k < a->count; k++)
        for (uint32_t i = a->first[k]; i < a->first[k + 1]; i++)
            least = fmin(least, edge_to_outline_m(a->vertex[i], shape_next(a, k, i), b));
    return least;
}

double shape_distance_to_m(const struct rings *a, struct xy_m p)
{
    return rings_contain(a, p) ? 0 : edge_to_outline_m(p, p, a);
}

struct shape_common shape_compared(const struct rings *a, const struct rings *b)
{
    enum { STEPS = 48 };
    struct box_m x = rings_box(a), y = rings_box(b);
    struct box_m all = { fmin(x.min_x, y.min_x), fmin(x.min_y, y.min_y), fmax(x.max_x, y.max_x),
                         fmax(x.max_y, y.max_y) };
    int both = 0, a_all = 0, b_all = 0;
    for (int i = 0; i < STEPS * STEPS; i++) {
        struct xy_m p = { all.min_x + (all.max_x - all.min_x) * (i % STEPS + 0.5) / STEPS,
                          all.min_y + (all.max_y - all.min_y) * (i / STEPS + 0.5) / STEPS };
        bool in_a = rings_contain(a, p), in_b = rings_contain(b, p);
        both += in_a && in_b;
        a_all += in_a;
        b_all += in_b;
    }
    if (a_all == 0 || b_all == 0)
        return (struct shape_common){ 0, 1, 1 };
    return (struct shape_common){ (double)both / (a_all + b_all - both), 1 - (double)both / a_all,
                                  1 - (double)both / b_all };
}

void shape_moved(const struct rings *in, struct xy_m by, struct rings *out)
{
    rings_start(out);
    for (uint32_t k = 0; k < in->count; k++) {
        for (uint32_t i = in->first[k]; i < in->first[k + 1]; i++)
            rings_add_vertex(out, (struct xy_m){ in->vertex[i].x + by.x, in->vertex[i].y + by.y });
        rings_end_ring(out);
    }
}

void shape_copy(const struct rings *in, struct rings *out)
{
    shape_moved(in, (struct xy_m){ 0, 0 }, out);
}

void shape_turned(const struct rings *in, struct xy_m about, double degrees, double scale, struct rings *out)
{
    struct place p = place_turned(about, degrees);
    rings_start(out);
    for (uint32_t k = 0; k < in->count; k++) {
        for (uint32_t i = in->first[k]; i < in->first[k + 1]; i++)
            rings_add_vertex(out,
                             place_point(p, (in->vertex[i].x - about.x) * scale, (in->vertex[i].y - about.y) * scale));
        rings_end_ring(out);
    }
}

void shape_spliced(const struct rings *in, uint32_t k, uint32_t i, uint32_t dropped, const struct xy_m *points,
                   int count, struct rings *out)
{
    rings_start(out);
    for (uint32_t ring = 0; ring < in->count; ring++) {
        uint32_t first = in->first[ring], n = in->first[ring + 1] - first;
        if (ring != k) {
            for (uint32_t v = first; v < first + n; v++)
                rings_add_vertex(out, in->vertex[v]);
        } else {
            for (int v = 0; v < count; v++)
                rings_add_vertex(out, points[v]);
            for (uint32_t v = dropped; v < n; v++)
                rings_add_vertex(out, in->vertex[first + (i - first + v) % n]);
        }
        rings_end_ring(out);
    }
}

// One pass is not enough where a dropped vertex makes its neighbour superfluous: a spike folds up step by step.
static uint32_t tidy_ring(struct xy_m *v, uint32_t n, double straight_m)
{
    for (uint32_t i = 0; i < n && n > 3;) {
        struct xy_m a = v[(i + n - 1) % n], b = v[(i + 1) % n];
        bool back = hypot(a.x - b.x, a.y - b.y) <= straight_m;
        if (!back && point_to_segment_m(v[i], a, b) > straight_m) {
            i++;
            continue;
        }
        memmove(v + i, v + i + 1, (n - i - 1) * sizeof *v);
        n--;
        i = i > 0 ? i - 1 : 0;
    }
    return n;
}

void shape_tidied(const struct rings *in, double straight_m, struct rings *out)
{
    struct rings copy = {0};
    shape_copy(in, &copy);
    rings_start(out);
    for (uint32_t k = 0; k < copy.count; k++) {
        struct xy_m *v = copy.vertex + copy.first[k];
        uint32_t n = tidy_ring(v, copy.first[k + 1] - copy.first[k], straight_m);
        for (uint32_t i = 0; i < n; i++)
            rings_add_vertex(out, v[i]);
        rings_end_ring(out);
    }
    rings_clear(&copy);
}

static void keep_far_vertices(const struct xy_m *v, uint32_t n, uint32_t first, uint32_t last, double tolerance_m,
                              bool *keep)
{
    double most = tolerance_m;
    uint32_t far = 0;
    for (uint32_t i = first + 1; i < last; i++) {
        double d = point_to_segment_m(v[i], v[first], v[last % n]);
        if (d <= most)
            continue;
        most = d;
        far = i;
    }
    if (far == 0)
        return;
    keep[far] = true;
    keep_far_vertices(v, n, first, far, tolerance_m, keep);
    keep_far_vertices(v, n, far, last, tolerance_m, keep);
}

// A closed ring is cut in two at its first vertex and the one farthest from it.
static uint32_t simplify_ring(const struct xy_m *v, uint32_t n, double tolerance_m, bool *keep)
{
    uint32_t far = 0, kept = 0;
    for (uint32_t i = 1; i < n; i++)
        if (hypot(v[i].x - v[0].x, v[i].y - v[0].y) > hypot(v[far].x - v[0].x, v[far].y - v[0].y))
            far = i;
    memset(keep, 0, n * sizeof *keep);
    keep[0] = keep[far] = true;
    keep_far_vertices(v, n, 0, far, tolerance_m, keep);
    keep_far_vertices(v, n, far, n, tolerance_m, keep);
    for (uint32_t i = 0; i < n; i++)
        kept += keep[i];
    return kept;
}

void shape_simplified(const struct rings *in, double tolerance_m, struct rings *out)
{
    bool *keep = mem_get(in->first[in->count], sizeof *keep);
    rings_start(out);
    for (uint32_t k = 0; k < in->count; k++) {
        const struct xy_m *v = in->vertex + in->first[k];
        uint32_t n = in->first[k + 1] - in->first[k];
        bool all = simplify_ring(v, n, tolerance_m, keep) < 4; // a small building stays as it is
        for (uint32_t i = 0; i < n; i++)
            if (all || keep[i])
                rings_add_vertex(out, v[i]);
        rings_end_ring(out);
    }
    mem_free(keep);
}

void shape_densified(const struct rings *in, double step_m, struct rings *out)
{
    rings_start(out);
    for (uint32_t k = 0; k < in->count; k++) {
        for (uint32_t i = in->first[k]; i < in->first[k + 1]; i++) {
            struct xy_m a = in->vertex[i], b = shape_next(in, k, i);
            int pieces = (int)ceil(hypot(b.x - a.x, b.y - a.y) / step_m);
            rings_add_vertex(out, a);
            for (int s = 1; s < pieces; s++)
                rings_add_vertex(out, (struct xy_m){ a.x + (b.x - a.x) * s / pieces, a.y + (b.y - a.y) * s / pieces });
        }
        rings_end_ring(out);
    }
}

static struct xy_m outward(struct xy_m a, struct xy_m b)
{
    double length = hypot(b.x - a.x, b.y - a.y);
    if (length == 0)
        return (struct xy_m){ 0, 0 };
    return (struct xy_m){ (b.y - a.y) / length, (a.x - b.x) / length };
}

void shape_offset(const struct rings *in, const double *offset_m, struct rings *out)
{
    rings_start(out);
    for (uint32_t k = 0; k < in->count; k++) {
        for (uint32_t i = in->first[k]; i < in->first[k + 1]; i++) {
            struct xy_m v = in->vertex[i], n = outward(shape_previous(in, k, i), v),
                        m = outward(v, shape_next(in, k, i));
            double d = offset_m[i > in->first[k] ? i - 1 : in->first[k + 1] - 1], f = offset_m[i];
            double sine = n.x * m.y - n.y * m.x;
            struct xy_m by = { (n.x * d + m.x * f) / 2, (n.y * d + m.y * f) / 2 }; // nearly straight: half of each
            if (fabs(sine) > 0.2)
                by = (struct xy_m){ (d * m.y - f * n.y) / sine, (f * n.x - d * m.x) / sine };
            rings_add_vertex(out, (struct xy_m){ v.x + by.x, v.y + by.y });
        }
        rings_end_ring(out);
    }
}

static bool same_point(struct xy_m a, struct xy_m b)
{
    return a.x == b.x && a.y == b.y;
}

struct edges { struct xy_m from[256], to[256]; bool gone[256]; int count; };

// An edge and its reverse cancel out. False when there are too many.
static bool edges_add(struct edges *e, const struct rings *r)
{
    if (r->first[r->count] + (uint32_t)e->count > sizeof e->gone)
        return false;
    for (uint32_t k = 0; k < r->count; k++)
        for (uint32_t i = r->first[k]; i < r->first[k + 1]; i++) {
            e->from[e->count] = r->vertex[i];
            e->to[e->count] = shape_next(r, k, i);
            e->gone[e->count++] = false;
        }
    return true;
}

static int edges_cancel(struct edges *e, int of_first)
{
    int cancelled = 0;
    for (int i = 0; i < of_first; i++)
        for (int j = of_first; j < e->count; j++)
            if (!e->gone[j] && same_point(e->from[i], e->to[j]) && same_point(e->to[i], e->from[j])) {
                e->gone[i] = e->gone[j] = true;
                cancelled++;
            }
    return cancelled;
}

static int edges_after(const struct edges *e, struct xy_m at, int *ways)
{
    int found = -1;
    *ways = 0;
    for (int j = 0; j < e->count; j++)
        if (!e->gone[j] && same_point(e->from[j], at)) {
            found = j;
            ++*ways;
        }
    return found;
}

// Walks what is left into rings. False at a fork: two shapes that also touch in a lone point.
static bool edges_walk(struct edges *e, struct rings *out)
{
    rings_start(out);
    for (int start = 0; start < e->count; start++) {
        if (e->gone[start])
            continue;
        int at = start, ways;
        do {
            rings_add_vertex(out, e->from[at]);
            int next = edges_after(e, e->to[at], &ways);
            if (ways != 1)
                return false;
            e->gone[at] = at != start;
            at = next;
        } while (at != start && at >= 0);
        e->gone[start] = true;
        rings_end_ring(out);
    }
    return out->count > 0;
}

bool shape_joined(const struct rings *a, const struct rings *b, struct rings *out)
{
    struct edges e = { .count = 0 };
    if (a->count != 1 || b->count != 1 || !edges_add(&e, a) || !edges_add(&e, b))
        return false;
    if (edges_cancel(&e, (int)a->first[a->count]) == 0)
        return false;
    struct rings rough = {0};
    bool whole = edges_walk(&e, &rough) && rough.count == 1;
    if (whole)
        shape_tidied(&rough, 1e-6, out);
    rings_clear(&rough);
    return whole && fabs(rings_area_m2(out) - rings_area_m2(a) - rings_area_m2(b)) < 1e-3;
}

enum { CUT_OFF_CORNERS_CM = 80 };

static double side_of_line(struct xy_m at, struct xy_m direction, struct xy_m p)
{
    return direction.x * (p.y - at.y) - direction.y * (p.x - at.x);
}

// The pieces are open arcs of the outline; both begin and end at the same two points, so the new wall is shared
// exactly.
bool shape_cut(const struct rings *in, struct xy_m at, struct xy_m direction, struct rings *left, struct rings *right)
{
    int crossings = 0;
    if (in->count != 1)
        return false;
    rings_start(left);
    rings_start(right);
    for (uint32_t i = 0; i < in->first[1]; i++) {
        struct xy_m a = in->vertex[i], b = shape_next(in, 0, i);
        double p = side_of_line(at, direction, a), q = side_of_line(at, direction, b);
        if (fabs(p) < CUT_OFF_CORNERS_CM * 1e-2)
            return false;
        rings_add_vertex(p > 0 ? left : right, a);
        if (p * q >= 0)
            continue;
        struct xy_m on = { a.x + (b.x - a.x) * p / (p - q), a.y + (b.y - a.y) * p / (p - q) };
        rings_add_vertex(left, on);
        rings_add_vertex(right, on);
        crossings++;
    }
    rings_end_ring(left);
    rings_end_ring(right);
    return crossings == 2 && left->count == 1 && right->count == 1;
}
