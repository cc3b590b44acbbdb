// Visvalingam's way, in rounds: a corner goes when it spans less ground than the corners beside it and lies near enough to the line
// between them. Who goes is decided by a few corners around, from either side alike, so neighbours keep the wall they share.
#include "core/base/mem.h"
#include "gis/tile_parts.h"

#include <math.h>

enum { ROUNDS_MOST = 12, RING_LEAST = 4 };          // a round takes at most every second corner: from five at least three stay

static bool is_before(struct xy_m a, struct xy_m b)
{
    return a.x != b.x ? a.x < b.x : a.y < b.y;
}

// Twice the ground between b and the line from a to c, and how far off b lies: the same from both sides, for all numbers are whole.
static double span(struct xy_m a, struct xy_m b, struct xy_m c, double reach, double *off)
{
    double dx = c.x - a.x, dy = c.y - a.y, ux = b.x - a.x, uy = b.y - a.y;
    double area = fabs(dx * uy - dy * ux), length2 = dx * dx + dy * dy, along = dx * ux + dy * uy;
    if (area * area > reach * reach * length2)
        *off = INFINITY;
    else if (along <= 0)
        *off = sqrt(ux * ux + uy * uy);
    else if (along >= length2)
        *off = sqrt((b.x - c.x) * (b.x - c.x) + (b.y - c.y) * (b.y - c.y));
    else
        *off = area / sqrt(length2);
    return area;
}

struct chain { struct xy_m *at; struct tile_corner *corner; uint32_t count; bool closed; double tolerance; };

static uint32_t before(const struct chain *c, uint32_t i) { return i > 0 ? i - 1 : c->count - 1; }
static uint32_t after(const struct chain *c, uint32_t i) { return i + 1 < c->count ? i + 1 : 0; }

// corner.error is how far the edge that begins there may lie from what it was at first.
static bool weigh(const struct chain *c)
{
    bool any = false;
    uint32_t first = c->closed ? 0 : 1, end = c->closed ? c->count : c->count - 1;
    c->corner[0].may_go = c->corner[c->count - 1].may_go = false;
    for (uint32_t i = first; i < end; i++) {
        struct tile_corner *k = &c->corner[i], *p = &c->corner[before(c, i)];
        double error = k->error > p->error ? k->error : p->error, off;
        k->area = span(c->at[before(c, i)], c->at[i], c->at[after(c, i)], c->tolerance - error, &off);
        k->may_go = off + error <= c->tolerance;
        k->error_then = off + error;
        any |= k->may_go;
    }
    return any;
}

static bool goes_before(const struct chain *c, uint32_t i, uint32_t beside)
{
    const struct tile_corner *a = &c->corner[i], *b = &c->corner[beside];
    if (!b->may_go)
        return true;
    return a->area != b->area ? a->area < b->area : is_before(c->at[i], c->at[beside]);
}

// Never two corners side by side: of two that may go one goes before the other.
static void take_out(struct chain *c)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < c->count; i++)
        c->corner[i].goes = c->corner[i].may_go && goes_before(c, i, before(c, i)) && goes_before(c, i, after(c, i));
    for (uint32_t i = 0; i < c->count; i++)
        if (c->corner[i].goes)
            c->corner[before(c, i)].error = c->corner[i].error_then;
    for (uint32_t i = 0; i < c->count; i++)
        if (!c->corner[i].goes) {
            c->corner[kept] = c->corner[i];
            c->at[kept++] = c->at[i];
        }
    c->count = kept;
}

void tile_simplify(struct tile_simplifier *s, struct tile_path *p, bool closed, double tolerance)
{
    uint32_t least = closed ? RING_LEAST : 2;
    if (p->count <= least || tolerance <= 0)
        return;
    s->corner = mem_grow(s->corner, &s->cap, p->count, sizeof *s->corner);
    struct chain c = { p->at, s->corner, p->count, closed, tolerance };
    for (uint32_t i = 0; i < c.count; i++)
        c.corner[i].error = 0;
    for (int round = 0; round < ROUNDS_MOST && c.count > least && weigh(&c); round++)
        take_out(&c);
    p->count = c.count;
}
