#include "gis/arrange_parts.h"
#include "core/base/mem.h"
#include <math.h>
#include <string.h>

struct arrangement *arrange_open(void)
{
    return mem_get(1, sizeof(struct arrangement));
}

void arrange_close(struct arrangement *a)
{
    if (a == NULL)
        return;
    rings_clear(&a->traced);
    mem_free(a);
}

void arrange_start(struct arrangement *a)
{
    a->places = a->edges = a->splits = a->pieces = a->bounds = 0;
    a->grown = a->refused = false;
}

// --- edges ------------------------------------------------------------------------------------------------------------------

uint16_t arrange_place(struct arrangement *a, struct xy_m p)
{
    for (int k = a->places - 1; k >= 0; k--)
        if (fabs(a->place[k].x - p.x) < ARRANGE_NEAR_M && fabs(a->place[k].y - p.y) < ARRANGE_NEAR_M)
            return (uint16_t)k;
    if (a->places == ARRANGE_PLACES) {
        a->refused = true;
        return 0;
    }
    a->place[a->places] = p;
    return (uint16_t)a->places++;
}

void arrange_edge(struct arrangement *a, struct xy_m from, struct xy_m to, enum arrange_side side)
{
    if (a->edges == ARRANGE_EDGES)
        a->refused = true;
    if (a->refused)
        return;
    struct arrange_edge e = {.from = arrange_place(a, from), .to = arrange_place(a, to), .first_split = ARRANGE_NONE, .side = side};
    struct xy_m p = a->place[e.from], q = a->place[e.to];
    e.min_x = (p.x < q.x ? p.x : q.x) - ARRANGE_NEAR_M, e.max_x = (p.x > q.x ? p.x : q.x) + ARRANGE_NEAR_M;
    e.min_y = (p.y < q.y ? p.y : q.y) - ARRANGE_NEAR_M, e.max_y = (p.y > q.y ? p.y : q.y) + ARRANGE_NEAR_M;
    if (e.from != e.to)
        a->edge[a->edges++] = e;
}

void arrange_add(struct arrangement *a, const struct rings *r, enum arrange_side side)
{
    for (uint32_t k = 0; k < r->count; k++)
        for (uint32_t i = r->first[k], last = r->first[k + 1] - 1; i < r->first[k + 1]; last = i++)
            arrange_edge(a, r->vertex[last], r->vertex[i], side);
}

// --- where they meet --------------------------------------------------------------------------------------------------------

static void split(struct arrangement *a, struct arrange_edge *e, double at, uint16_t place)
{
    if (place == e->from || place == e->to)
        return;
    if (a->splits == ARRANGE_SPLITS) {
        a->refused = true;
        return;
    }
    uint16_t *link = &e->first_split;
    while (*link != ARRANGE_NONE && a->split[*link].at < at)
        link = &a->split[*link].next;
    a->split[a->splits] = (struct arrange_split){at, place, *link};
    *link = (uint16_t)a->splits++;
}

// An edge as seen from others: how far off and how far along a place lies.
struct ruler { struct xy_m from, along; double length; };

static struct ruler ruler_of(const struct arrangement *a, const struct arrange_edge *e)
{
    struct xy_m p = a->place[e->from], q = a->place[e->to];
    double dx = q.x - p.x, dy = q.y - p.y, length = sqrt(dx * dx + dy * dy);
    return (struct ruler){p, {dx / length, dy / length}, length};
}

static double off(const struct ruler *r, struct xy_m p)
{
    return r->along.x * (p.y - r->from.y) - r->along.y * (p.x - r->from.x);
}

// The edge passes through the place.
static bool touch(struct arrangement *a, struct arrange_edge *e, const struct ruler *r, uint16_t place, double off_m)
{
    if (fabs(off_m) > ARRANGE_NEAR_M)
        return false;
    struct xy_m p = a->place[place];
    double along = r->along.x * (p.x - r->from.x) + r->along.y * (p.y - r->from.y);
    if (along < -ARRANGE_NEAR_M || along > r->length + ARRANGE_NEAR_M)
        return false;
    split(a, e, along / r->length, place);
    return true;
}

static void meet(struct arrangement *a, struct arrange_edge *e, const struct ruler *re, struct arrange_edge *f, const struct ruler *rf)
{
    struct xy_m p = a->place[f->from], q = a->place[f->to];
    double p_off = off(re, p), q_off = off(re, q);
    if ((p_off > ARRANGE_NEAR_M && q_off > ARRANGE_NEAR_M) || (p_off < -ARRANGE_NEAR_M && q_off < -ARRANGE_NEAR_M))
        return;
    double from_off = off(rf, re->from), to_off = off(rf, a->place[e->to]);
    bool touched = touch(a, e, re, f->from, p_off);
    touched |= touch(a, e, re, f->to, q_off);
    touched |= touch(a, f, rf, e->from, from_off);
    touched |= touch(a, f, rf, e->to, to_off);
    if (touched || p_off * q_off >= 0 || from_off * to_off >= 0)
        return;
    double at_f = p_off / (p_off - q_off), at_e = from_off / (from_off - to_off);
    uint16_t place = arrange_place(a, (struct xy_m){p.x + at_f * (q.x - p.x), p.y + at_f * (q.y - p.y)});
    split(a, e, at_e, place);
    split(a, f, at_f, place);
}

static void split_edges(struct arrangement *a)
{
    struct ruler ruler[ARRANGE_EDGES];
    for (int k = 0; k < a->edges; k++)
        ruler[k] = ruler_of(a, &a->edge[k]);
    for (int i = 0; i < a->edges; i++)
        for (int k = i + 1; k < a->edges; k++) {
            struct arrange_edge *e = &a->edge[i], *f = &a->edge[k];
            if (e->min_x <= f->max_x && f->min_x <= e->max_x && e->min_y <= f->max_y && f->min_y <= e->max_y)
                meet(a, e, &ruler[i], f, &ruler[k]);
        }
}

// --- pieces -----------------------------------------------------------------------------------------------------------------

static void add_piece(struct arrangement *a, uint16_t from, uint16_t to, int side)
{
    if (from == to)
        return;
    uint16_t low = from < to ? from : to, high = from < to ? to : from, k = a->first_piece[low];
    while (k != ARRANGE_NONE && a->piece[k].high != high)
        k = a->piece[k].next;
    if (k == ARRANGE_NONE) {
        if (a->pieces == ARRANGE_PIECES) {
            a->refused = true;
            return;
        }
        k = (uint16_t)a->pieces++;
        a->piece[k] = (struct arrange_piece){.low = low, .high = high, .next = a->first_piece[low]};
        a->first_piece[low] = k;
    }
    a->piece[k].winding[side] += from == low ? 1 : -1;
}

static void cut_pieces(struct arrangement *a)
{
    memset(a->first_piece, 0xff, (size_t)a->places * sizeof *a->first_piece);
    for (int k = 0; k < a->edges; k++) {
        const struct arrange_edge *e = &a->edge[k];
        uint16_t from = e->from;
        for (uint16_t s = e->first_split; s != ARRANGE_NONE; s = a->split[s].next) {
            add_piece(a, from, a->split[s].place, e->side);
            from = a->split[s].place;
        }
        add_piece(a, from, e->to, e->side);
    }
    int kept = 0;
    for (int k = 0; k < a->pieces; k++)                 // there and back is nothing
        if (a->piece[k].winding[0] != 0 || a->piece[k].winding[1] != 0)
            a->piece[kept++] = a->piece[k];
    a->pieces = kept;
}

// --- windings ---------------------------------------------------------------------------------------------------------------

// Windings beyond the middle of a piece, along y for flat pieces and along x for steep ones, counted from far out inwards.
struct windings { int n[2]; };

static struct windings beyond(const struct arrangement *a, int of, bool steep)
{
    struct windings w = {{0, 0}};
    struct xy_m low = a->place[a->piece[of].low], high = a->place[a->piece[of].high];
    double mx = (low.x + high.x) / 2, my = (low.y + high.y) / 2, u = steep ? my : mx, v = steep ? mx : my;
    for (int k = 0; k < a->pieces; k++) {
        struct xy_m p = a->place[a->piece[k].low], q = a->place[a->piece[k].high];
        double pu = steep ? p.y : p.x, qu = steep ? q.y : q.x, pv = steep ? p.x : p.y, qv = steep ? q.x : q.y;
        if ((pu <= u) == (qu <= u) || k == of)
            continue;
        double above = (qv - pv) * (u - pu) - (v - pv) * (qu - pu); // the piece lies beyond
        if ((above > 0) != (qu > pu))
            continue;
        int way = (qu > pu) == steep ? 1 : -1;
        w.n[0] += way * a->piece[k].winding[0];
        w.n[1] += way * a->piece[k].winding[1];
    }
    return w;
}

static bool in_region(struct windings w) { return w.n[0] > 0 && w.n[1] <= 0; }

static void find_bounds(struct arrangement *a)
{
    for (int k = 0; k < a->pieces; k++) {
        const struct arrange_piece *p = &a->piece[k];
        struct xy_m low = a->place[p->low], high = a->place[p->high];
        bool steep = fabs(high.y - low.y) > fabs(high.x - low.x), forward = steep ? high.y > low.y : high.x > low.x;
        struct windings far = beyond(a, k, steep), near = far;
        int way = forward == steep ? 1 : -1;
        near.n[0] += way * p->winding[0];
        near.n[1] += way * p->winding[1];
        if (!a->grown && (far.n[0] < 0 || far.n[1] < 0 || near.n[0] < 0 || near.n[1] < 0))
            a->refused = true;                           // no valid outline winds backwards
        if (in_region(far) == in_region(near))
            continue;
        bool far_is_left = forward != steep, ahead = in_region(far) == far_is_left;
        a->from[a->bounds] = ahead ? p->low : p->high;
        a->to[a->bounds++] = ahead ? p->high : p->low;
    }
}

bool arrange_regions(struct arrangement *a, struct rings *out)
{
    if (!a->refused)
        split_edges(a);
    if (!a->refused)
        cut_pieces(a);
    if (!a->refused)
        find_bounds(a);
    return !a->refused && arrange_trace(a, out);
}
