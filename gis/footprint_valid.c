#include "gis/footprint_valid.h"
#include "core/base/status.h"
#include "core/base/vectors.h"

// Differences stay under 2^31 and their products under 2^62 when no coordinate has a bit from this one on.
enum { SAFE_BITS = 30 };

// Twice the signed area of a, b, c: which side of a-b is c on?
static int64_t side(struct mm a, struct mm b, struct mm c)
{
    return (int64_t)(b.x - a.x) * (c.y - a.y) - (int64_t)(b.y - a.y) * (c.x - a.x);
}

static bool between(int32_t a, int32_t b, int32_t v)
{
    return a < b ? a <= v && v <= b : b <= v && v <= a;
}

static bool on_segment(struct mm a, struct mm b, struct mm p)
{
    return side(a, b, p) == 0 && between(a.x, b.x, p.x) && between(a.y, b.y, p.y);
}

static bool ranges_meet(int32_t a0, int32_t a1, int32_t b0, int32_t b1)
{
    int32_t a_low = a0 < a1 ? a0 : a1, a_high = a0 < a1 ? a1 : a0;
    int32_t b_low = b0 < b1 ? b0 : b1, b_high = b0 < b1 ? b1 : b0;
    return a_low <= b_high && b_low <= a_high;
}

// Any common point, touching included.
static bool segments_meet(struct mm a, struct mm b, struct mm c, struct mm d)
{
    if (!ranges_meet(a.x, b.x, c.x, d.x) || !ranges_meet(a.y, b.y, c.y, d.y))
        return false;
    int64_t c_side = side(a, b, c), d_side = side(a, b, d), a_side = side(c, d, a), b_side = side(c, d, b);
    if ((c_side > 0 && d_side > 0) || (c_side < 0 && d_side < 0) || (a_side > 0 && b_side > 0) || (a_side < 0 && b_side < 0))
        return false;
    if (c_side != 0 || d_side != 0)
        return true;
    return on_segment(a, b, c) || on_segment(a, b, d) || on_segment(c, d, a);
}

// How a ring turns at its corners. To one side only and once round (the x-direction changes exactly twice) it is convex. All of it is
// looked at: where it stops being so is anybody's guess.
struct turns { bool left, right, straight; int changes; };

static struct turns turns_of(const struct mm *v, uint32_t n)
{
    struct turns t = {0};
    int last = 0;
    struct mm a = v[n - 2], b = v[n - 1];
    for (uint32_t i = 0; i < n; i++) {
        struct mm c = v[i];
        int64_t s = side(a, b, c);
        t.left |= s > 0;
        t.right |= s < 0;
        t.straight |= s == 0;
        int way = (c.x > b.x) - (c.x < b.x);
        t.changes += way * last < 0;
        last = way != 0 ? way : last;
        a = b;
        b = c;
    }
    return t;
}

static bool is_convex(struct turns t)
{
    return !t.straight && t.left != t.right && t.changes <= 2;
}

// From a to b and straight back over it.
static bool is_spike(struct mm a, struct mm b, struct mm c)
{
    if (side(a, b, c) != 0)
        return false;
    return (int64_t)(b.x - a.x) * (c.x - b.x) + (int64_t)(b.y - a.y) * (c.y - b.y) < 0;
}

static bool ring_has_spike(const struct mm *v, uint32_t n)
{
    struct mm a = v[n - 2], b = v[n - 1];
    for (uint32_t i = 0; i < n; i++) {
        if (is_spike(a, b, v[i]))
            return true;
        a = b;
        b = v[i];
    }
    return false;
}

// The box of an edge as min_x, min_y, -max_x, -max_y; of one who asks as max_x, max_y, -min_x, -min_y. Two meet where no number of the one
// is larger than its number of the other: one comparison.
typedef floats_mask edge_box;

static inline edge_box edge_box_of(struct mm a, struct mm b)
{
    edge_box p = { a.x, a.y, -a.x, -a.y }, q = { b.x, b.y, -b.x, -b.y }, less = p < q;
    return (p & less) | (q & ~less);
}

static inline edge_box asking_box(edge_box b) { return -__builtin_shufflevector(b, b, 2, 3, 0, 1); }

bool footprint_edges_apart(const struct mm *v, uint32_t n)
{
    edge_box box[FOOTPRINT_VALID_VERTICES];
    must(n <= FOOTPRINT_VALID_VERTICES);
    for (uint32_t i = 0; i < n; i++)
        box[i] = edge_box_of(v[i], v[i + 1 < n ? i + 1 : 0]);
    for (uint32_t i = 0; i + 2 < n; i++) {
        uint32_t last = i == 0 ? n - 1 : n; // the first edge and the last are neighbours
        edge_box asking = asking_box(box[i]);
        for (uint32_t j = i + 2; j < last; j++)
            if (floats_bits(box[j] > asking) == 0 && segments_meet(v[i], v[i + 1], v[j], v[j + 1 < n ? j + 1 : 0]))
                return false;
    }
    return true;
}

static bool ring_is_simple(const struct mm *v, uint32_t n, struct turns t)
{
    if (is_convex(t))
        return true;
    return !(t.straight && ring_has_spike(v, n)) && footprint_edges_apart(v, n);
}

static bool rings_meet(const struct mm *a, uint32_t na, const struct mm *b, uint32_t nb)
{
    for (uint32_t i = 0; i < na; i++)
        for (uint32_t j = 0; j < nb; j++)
            if (segments_meet(a[i], a[i + 1 < na ? i + 1 : 0], b[j], b[j + 1 < nb ? j + 1 : 0]))
                return true;
    return false;
}

// Rings do not meet here, so one vertex speaks for its ring.
static bool ring_holds(const struct mm *v, uint32_t n, struct mm p)
{
    bool inside = false;
    for (uint32_t i = 0, j = n - 1; i < n; j = i++) {
        if ((v[i].y > p.y) == (v[j].y > p.y))
            continue;
        int64_t s = side(v[j], v[i], p);
        if ((s > 0) == (v[i].y > v[j].y))
            inside = !inside;
    }
    return inside;
}

struct outline { const struct mm *vertex; const uint32_t *first; const uint8_t *is_hole; uint32_t rings; };

static uint32_t ring_size(const struct outline *o, uint32_t k)
{
    return o->first[k + 1] - o->first[k];
}

static bool holds(const struct outline *o, uint32_t outer, uint32_t inner)
{
    return ring_holds(o->vertex + o->first[outer], ring_size(o, outer), o->vertex[o->first[inner]]);
}

// A hole lies in its own outer ring and in no other hole; polygons within polygons are left to those who know.
static bool pair_is_in_place(const struct outline *o, uint32_t a, uint32_t b, uint32_t outer_of_b)
{
    if (rings_meet(o->vertex + o->first[a], ring_size(o, a), o->vertex + o->first[b], ring_size(o, b)))
        return false;
    bool a_holds_b = holds(o, a, b), b_holds_a = holds(o, b, a);
    return o->is_hole[b] && a == outer_of_b ? a_holds_b : !a_holds_b && !b_holds_a;
}

static bool rings_are_in_place(const struct outline *o)
{
    uint32_t outer = 0;
    for (uint32_t b = 0; b < o->rings; b++) {
        if (!o->is_hole[b])
            outer = b;
        for (uint32_t a = 0; a < b; a++)
            if (!pair_is_in_place(o, a, b, outer))
                return false;
    }
    return true;
}

static bool is_safe(const struct mm *v, uint32_t n)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; i < n; i++)
        bits |= (uint32_t)v[i].x | (uint32_t)v[i].y;
    return bits >> SAFE_BITS == 0;
}

bool footprint_surely_valid(const struct mm *vertex, const uint32_t *first, const uint8_t *is_hole, uint32_t rings)
{
    struct outline o = { vertex, first, is_hole, rings };
    if (rings == 0 || is_hole[0] || !is_safe(vertex + first[0], first[rings] - first[0]))
        return false;
    bool many = first[rings] - first[0] > FOOTPRINT_VALID_VERTICES;
    for (uint32_t k = 0; k < rings; k++) {
        struct turns t = turns_of(vertex + first[k], ring_size(&o, k));
        if (many && (rings > 1 || !is_convex(t)))
            return false;
        if (!ring_is_simple(vertex + first[k], ring_size(&o, k), t))
            return false;
    }
    return rings == 1 || rings_are_in_place(&o);
}
