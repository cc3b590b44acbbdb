#include "gis/cells_snap.h"
#include "core/base/mem.h"
#include <math.h>
#include <stdlib.h>

static const double STEEP = 8;        // a crossing no longer than this many near_m is one place: more than some 15 degrees
static const double VERTEX_NEAR = 2;  // in near_m: a corner this near is taken instead of a new one beside it

// Where a line is near to what is drawn: metres along it.
struct stretch { double from_m, to_m; };
struct snapping {
    struct segments drawn;            // fixed, then what was taken of the lines
    double near_m;
    struct stretch *near; size_t nears, near_cap;
};
// A line as others are seen from it.
struct ruler { struct xy_m a, along; double length_m; };

static struct ruler ruler_of(struct segment_m s)
{
    double dx = s.b.x - s.a.x, dy = s.b.y - s.a.y, length = hypot(dx, dy);
    return (struct ruler){ s.a, { dx / length, dy / length }, length };
}

static double along(const struct ruler *r, struct xy_m p) { return r->along.x * (p.x - r->a.x) + r->along.y * (p.y - r->a.y); }
static double off(const struct ruler *r, struct xy_m p) { return r->along.x * (p.y - r->a.y) - r->along.y * (p.x - r->a.x); }
static struct xy_m at(const struct ruler *r, double m) { return (struct xy_m){ r->a.x + m * r->along.x, r->a.y + m * r->along.y }; }
static double apart(struct xy_m p, struct xy_m q) { return hypot(p.x - q.x, p.y - q.y); }

static struct xy_m foot_on(struct segment_m s, struct xy_m p)
{
    struct ruler r = ruler_of(s);
    double m = along(&r, p);
    return m <= 0 ? s.a : m >= r.length_m ? s.b : at(&r, m);
}

static bool boxes_meet(struct segment_m s, struct segment_m t, double reach_m)
{
    return fmin(s.a.x, s.b.x) <= fmax(t.a.x, t.b.x) + reach_m && fmin(t.a.x, t.b.x) <= fmax(s.a.x, s.b.x) + reach_m &&
           fmin(s.a.y, s.b.y) <= fmax(t.a.y, t.b.y) + reach_m && fmin(t.a.y, t.b.y) <= fmax(s.a.y, s.b.y) + reach_m;
}

// --- where a line is near --------------------------------------------------------------------------------------------

static void widen(struct stretch *s, double from_m, double to_m)
{
    if (from_m > to_m)
        return;
    s->from_m = fmin(s->from_m, from_m);
    s->to_m = fmax(s->to_m, to_m);
}

// Nearer than near_m to a corner.
static void near_corner(const struct ruler *line, struct xy_m corner, double near_m, struct stretch *out)
{
    double off_m = off(line, corner), middle_m = along(line, corner), half_m = sqrt(fmax(0, near_m * near_m - off_m * off_m));
    if (fabs(off_m) <= near_m)
        widen(out, middle_m - half_m, middle_m + half_m);
}

// a + m b between low and high: which m.
static struct stretch between(double a, double b, double low, double high)
{
    if (b == 0)
        return a >= low && a <= high ? (struct stretch){ -INFINITY, INFINITY } : (struct stretch){ INFINITY, -INFINITY };
    double m1 = (low - a) / b, m2 = (high - a) / b;
    return (struct stretch){ fmin(m1, m2), fmax(m1, m2) };
}

// The part of the line beside the edge, and around its ends: what is near to an edge is one stretch, for the place is convex.
static struct stretch near_edge(const struct ruler *line, struct segment_m edge, double near_m)
{
    struct ruler r = ruler_of(edge);
    struct stretch s = { INFINITY, -INFINITY };
    double beside_x = r.along.x * line->along.x + r.along.y * line->along.y, beside_y = r.along.x * line->along.y - r.along.y * line->along.x;
    struct stretch beside = between(along(&r, line->a), beside_x, 0, r.length_m), within = between(off(&r, line->a), beside_y, -near_m, near_m);
    widen(&s, fmax(beside.from_m, within.from_m), fmin(beside.to_m, within.to_m));
    near_corner(line, edge.a, near_m, &s);
    near_corner(line, edge.b, near_m, &s);
    return (struct stretch){ fmax(s.from_m, 0), fmin(s.to_m, line->length_m) };
}

static int by_begin(const void *p, const void *q)
{
    const struct stretch *a = p, *b = q;
    return a->from_m < b->from_m ? -1 : a->from_m > b->from_m;
}

// Stretches with less than near_m between them are one.
static void find_near(struct snapping *s, struct segment_m line, const struct ruler *ruler)
{
    size_t found = 0;
    s->nears = 0;
    for (size_t i = 0; i < s->drawn.count; i++) {
        if (!boxes_meet(line, s->drawn.at[i], s->near_m))
            continue;
        struct stretch near = near_edge(ruler, s->drawn.at[i], s->near_m);
        if (near.from_m > near.to_m)
            continue;
        s->near = mem_grow(s->near, &s->near_cap, found + 1, sizeof *s->near);
        s->near[found++] = near;
    }
    if (found > 0)
        qsort(s->near, found, sizeof *s->near, by_begin);
    for (size_t i = 0; i < found; i++) {
        struct stretch *last = &s->near[s->nears > 0 ? s->nears - 1 : 0];
        if (s->nears > 0 && s->near[i].from_m <= last->to_m + s->near_m)
            last->to_m = fmax(last->to_m, s->near[i].to_m);
        else
            s->near[s->nears++] = s->near[i];
    }
}

// --- the place it goes to --------------------------------------------------------------------------------------------

struct choice { struct xy_m place; double away_m; };

static void choose(struct choice *c, struct xy_m place, double away_m)
{
    if (away_m < c->away_m)
        *c = (struct choice){ place, away_m };
}

// A corner near by, or else the nearest place of all that is drawn.
static struct xy_m place_near(const struct snapping *s, struct xy_m p)
{
    struct choice corner = { p, VERTEX_NEAR * s->near_m }, foot = { p, INFINITY };
    struct segment_m here = { p, p };
    for (size_t i = 0; i < s->drawn.count; i++) {
        struct segment_m edge = s->drawn.at[i];
        if (!boxes_meet(here, edge, VERTEX_NEAR * s->near_m))
            continue;
        struct xy_m f = foot_on(edge, p);
        choose(&corner, edge.a, apart(edge.a, p));
        choose(&corner, edge.b, apart(edge.b, p));
        choose(&foot, f, apart(f, p));
    }
    return corner.away_m < VERTEX_NEAR * s->near_m ? corner.place : foot.place;
}

static bool is_on(struct stretch near, const struct ruler *line, struct xy_m p, double near_m)
{
    double m = along(line, p);
    return fabs(off(line, p)) <= near_m && m >= near.from_m && m <= near.to_m;
}

static bool crossing(struct segment_m line, const struct ruler *ruler, struct segment_m edge, struct xy_m *out)
{
    double a = off(ruler, edge.a), b = off(ruler, edge.b);
    struct ruler r = ruler_of(edge);
    if ((a < 0) == (b < 0) || off(&r, line.a) * off(&r, line.b) > 0)
        return false;
    double share = a / (a - b);
    *out = (struct xy_m){ edge.a.x + share * (edge.b.x - edge.a.x), edge.a.y + share * (edge.b.y - edge.a.y) };
    return true;
}

// A short stretch goes through one place: a corner that is near, the first crossing (borders come before walls), or whatever is nearest.
static struct xy_m one_place(const struct snapping *s, struct segment_m line, const struct ruler *ruler, struct stretch near)
{
    double middle_m = near.from_m <= 0 ? 0 : near.to_m >= ruler->length_m ? ruler->length_m : (near.from_m + near.to_m) / 2;
    struct xy_m middle = at(ruler, middle_m), cross;
    struct choice corner = { middle, INFINITY };
    bool crosses = false;
    for (size_t i = 0; i < s->drawn.count; i++) {
        struct segment_m edge = s->drawn.at[i];
        struct xy_m c;
        if (!boxes_meet(line, edge, s->near_m))
            continue;
        if (is_on(near, ruler, edge.a, s->near_m))
            choose(&corner, edge.a, apart(edge.a, middle));
        if (is_on(near, ruler, edge.b, s->near_m))
            choose(&corner, edge.b, apart(edge.b, middle));
        if (!crosses && crossing(line, ruler, edge, &c) && is_on(near, ruler, c, s->near_m)) {
            cross = c;
            crosses = true;
        }
    }
    return corner.away_m < INFINITY ? corner.place : crosses ? cross : place_near(s, middle);
}

// --- the whole -------------------------------------------------------------------------------------------------------

// Hairs between two places that are near each other anyway are left out.
static void take(const struct snapping *s, struct xy_m from, struct xy_m to, struct segments *pieces)
{
    if (apart(from, to) > s->near_m / 2)
        segments_add(pieces, from, to);
}

// What is left of a line: from one near stretch to the next.
static void cut_line(struct snapping *s, struct segment_m line, struct segments *pieces)
{
    struct ruler ruler = ruler_of(line);
    struct xy_m from = line.a;
    find_near(s, line, &ruler);
    bool is_away = s->nears == 0 || s->near[0].from_m > 0;
    for (size_t k = 0; k < s->nears; k++) {
        struct stretch near = s->near[k];
        bool is_short = near.to_m - near.from_m <= STEEP * s->near_m;
        struct xy_m to = is_short ? one_place(s, line, &ruler, near) : place_near(s, at(&ruler, near.from_m));
        if (is_away)
            take(s, from, to, pieces);
        from = is_short ? to : place_near(s, at(&ruler, near.to_m));
        is_away = near.to_m < ruler.length_m;
    }
    if (is_away)
        take(s, from, line.b, pieces);
}

void cells_snap(const struct segments *fixed, const struct segments *lines, double near_m, struct segments *out)
{
    struct snapping s = { .near_m = near_m };
    struct segments pieces = {0};
    for (size_t i = 0; i < fixed->count; i++)
        segments_add(&s.drawn, fixed->at[i].a, fixed->at[i].b);
    for (size_t i = 0; i < lines->count; i++) {
        pieces.count = 0;
        cut_line(&s, lines->at[i], &pieces);
        for (size_t k = 0; k < pieces.count; k++) {
            segments_add(&s.drawn, pieces.at[k].a, pieces.at[k].b);
            segments_add(out, pieces.at[k].a, pieces.at[k].b);
        }
    }
    segments_clear(&s.drawn);
    segments_clear(&pieces);
    mem_free(s.near);
}
