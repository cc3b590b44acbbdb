#include "gis/arrange_parts.h"
#include "core/base/mem.h"
#include <math.h>
#include <string.h>

enum { BOTH_BITS = 12, BOTH = 1 << BOTH_BITS };  // windings of the cutting side are counted in these, so that one sum does for both

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

void arrange_edge(struct arrangement *a, uint16_t from, uint16_t to, enum arrange_side side)
{
    if (a->edges == ARRANGE_EDGES)
        a->refused = true;
    if (a->refused || from == to)
        return;
    struct xy_m p = a->place[from], q = a->place[to];
    int k = a->edges++;
    a->edge[k] = (struct arrange_edge){.from = from, .to = to, .first_split = ARRANGE_NONE, .side = side};
    a->min_x[k] = (p.x < q.x ? p.x : q.x) - ARRANGE_NEAR_M, a->max_x[k] = (p.x > q.x ? p.x : q.x) + ARRANGE_NEAR_M;
    a->min_y[k] = (p.y < q.y ? p.y : q.y) - ARRANGE_NEAR_M, a->max_y[k] = (p.y > q.y ? p.y : q.y) + ARRANGE_NEAR_M;
}

void arrange_add(struct arrangement *a, const struct rings *r, enum arrange_side side)
{
    for (uint32_t k = 0; k < r->count; k++) {
        uint16_t from = arrange_place(a, r->vertex[r->first[k + 1] - 1]);
        for (uint32_t i = r->first[k]; i < r->first[k + 1] && !a->refused; i++) {
            uint16_t to = arrange_place(a, r->vertex[i]);
            arrange_edge(a, from, to, side);
            from = to;
        }
    }
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
    if (e->to == f->from && fabs(q_off) > ARRANGE_NEAR_M && fabs(from_off) > ARRANGE_NEAR_M)
        return; // a corner that is not folded
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

// All pairs of edges whose boxes meet, in their order.
VECTORS static int find_near(const struct arrangement *a, struct arrange_pair *near)
{
    int n = 0;
    for (int i = 0; i < a->edges; i++) {
        lanes min_x = lanes_all(a->min_x[i]), min_y = lanes_all(a->min_y[i]), max_x = lanes_all(a->max_x[i]), max_y = lanes_all(a->max_y[i]);
        for (int k = (i + 1) / LANES * LANES; k < a->edges; k += LANES) {
            unsigned bits = lanes_bits((min_x <= lanes_at(&a->max_x[k])) & (lanes_at(&a->min_x[k]) <= max_x) &
                                       (min_y <= lanes_at(&a->max_y[k])) & (lanes_at(&a->min_y[k]) <= max_y));
            for (bits &= k <= i ? ~0u << (i + 1 - k) : ~0u; bits != 0; bits &= bits - 1)
                near[n++] = (struct arrange_pair){(uint8_t)i, (uint8_t)(k + __builtin_ctz(bits))};
        }
    }
    return n;
}

static void split_edges(struct arrangement *a)
{
    struct ruler ruler[ARRANGE_EDGES];
    for (int k = 0; k < a->edges; k++)
        ruler[k] = ruler_of(a, &a->edge[k]);
    for (int k = a->edges; k % LANES != 0; k++)
        a->min_x[k] = INFINITY, a->max_x[k] = -INFINITY; // behind the last one: near nobody
    for (int n = find_near(a, a->near), k = 0; k < n; k++)
        meet(a, &a->edge[a->near[k].a], &ruler[a->near[k].a], &a->edge[a->near[k].b], &ruler[a->near[k].b]);
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

static void lay_columns(struct arrangement *a)
{
    memset(a->degree, 0, (size_t)a->places * sizeof *a->degree);
    for (int k = 0; k < a->pieces; k++) {
        const struct arrange_piece *p = &a->piece[k];
        a->degree[p->low]++, a->degree[p->high]++;
        a->low_x[k] = a->place[p->low].x, a->low_y[k] = a->place[p->low].y;
        a->high_x[k] = a->place[p->high].x, a->high_y[k] = a->place[p->high].y;
        a->both[k] = p->winding[0] + BOTH * p->winding[1];
    }
    for (int k = a->pieces; k % LANES != 0; k++)
        a->low_x[k] = a->low_y[k] = a->high_x[k] = a->high_y[k] = a->both[k] = 0;
}

struct columns { const double *pu, *pv, *qu, *qv, *both; };

// What all pieces together add to the windings at (u, v), looked at along v from far out. Whole numbers: the order does not matter.
VECTORS static double crossings(const struct columns *c, int n, double u, double v)
{
    lanes sum = lanes_all(0);
    for (int k = 0; k < n; k += LANES) {
        lanes pu = lanes_at(c->pu + k), pv = lanes_at(c->pv + k), qu = lanes_at(c->qu + k), qv = lanes_at(c->qv + k), both = lanes_at(c->both + k);
        lanes_mask p = pu <= u, q = qu <= u;
        lanes beyond = (qv - pv) * (u - pu) - (v - pv) * (qu - pu);
        sum += lanes_only(p & ~q & (beyond > 0), both) - lanes_only(q & ~p & (beyond < 0), both);
    }
    return sum[0] + sum[1] + (sum[2] + sum[3]);
}

// What one piece adds.
static double crossing(const struct columns *c, double u, double v)
{
    int way = (c->pu[0] <= u) - (c->qu[0] <= u);
    return way * ((c->qv[0] - c->pv[0]) * (u - c->pu[0]) - (v - c->pv[0]) * (c->qu[0] - c->pu[0])) > 0 ? way * c->both[0] : 0;
}

// Both windings of a place in one number.
static struct arrange_windings apart(int both)
{
    int cut = (both + BOTH / 2) >> BOTH_BITS;
    return (struct arrange_windings){{both - BOTH * cut, cut}};
}

// By a ray from the middle of a piece: along y for flat pieces, along x for steep ones. The piece itself is left out.
static struct arrange_sides look_out(const struct arrangement *a, int of)
{
    double dx = a->high_x[of] - a->low_x[of], dy = a->high_y[of] - a->low_y[of];
    double x = a->low_x[of] + dx / 2, y = a->low_y[of] + dy / 2;
    bool steep = fabs(dy) > fabs(dx), forward = steep ? dy > 0 : dx > 0;
    struct columns c = steep ? (struct columns){a->low_y, a->low_x, a->high_y, a->high_x, a->both}
                             : (struct columns){a->low_x, a->low_y, a->high_x, a->high_y, a->both};
    struct columns own = {c.pu + of, c.pv + of, c.qu + of, c.qv + of, c.both + of};
    double u = steep ? y : x, v = steep ? x : y;
    int sum = (int)(crossings(&c, a->pieces, u, v) - crossing(&own, u, v)), both = (int)a->both[of];
    int far = steep ? sum : -sum, near = far + (forward == steep ? both : -both);
    bool far_is_left = forward != steep;
    return (struct arrange_sides){apart(far_is_left ? far : near), apart(far_is_left ? near : far)};
}

// Where nothing else meets the end of the piece before, its sides go on.
static bool goes_on(const struct arrangement *a, int k, const struct arrange_sides *last, struct arrange_sides *out)
{
    const struct arrange_piece *p = &a->piece[k - 1], *q = &a->piece[k];
    uint16_t at = p->high == q->low || p->high == q->high ? p->high : p->low;
    if ((at != q->low && at != q->high) || a->degree[at] != 2)
        return false;
    bool same_way = (at == p->high) == (at == q->low);
    *out = same_way ? *last : (struct arrange_sides){last->right, last->left};
    return true;
}

static bool in_region(struct arrange_windings w) { return w.n[0] > 0 && w.n[1] <= 0; }
static bool is_backwards(struct arrange_windings w) { return w.n[0] < 0 || w.n[1] < 0; }

static void find_bounds(struct arrangement *a)
{
    struct arrange_sides s;
    lay_columns(a);
    for (int k = 0; k < a->pieces; k++) {
        struct arrange_sides last = s;
        if (k == 0 || !goes_on(a, k, &last, &s))
            s = look_out(a, k);
        if (!a->grown && (is_backwards(s.left) || is_backwards(s.right)))
            a->refused = true;                           // no valid outline winds backwards
        if (in_region(s.left) == in_region(s.right))
            continue;
        bool ahead = in_region(s.left);
        a->from[a->bounds] = ahead ? a->piece[k].low : a->piece[k].high;
        a->to[a->bounds++] = ahead ? a->piece[k].high : a->piece[k].low;
    }
}

double arrange_wound_m2(const struct arrangement *a)
{
    double twice = 0;
    struct xy_m o = a->places > 0 ? a->place[0] : (struct xy_m){0, 0};
    for (int k = 0; k < a->edges; k++) {
        struct xy_m p = a->place[a->edge[k].from], q = a->place[a->edge[k].to];
        if (a->edge[k].side == ARRANGE_COVERED)
            twice += (p.x - o.x) * (q.y - o.y) - (q.x - o.x) * (p.y - o.y);
    }
    return twice / 2;
}

bool arrange_regions(struct arrangement *a, struct rings *out)
{
    if (!a->refused)
        split_edges(a);
    if (!a->refused && arrange_loops(a, out))
        return true;
    if (!a->refused)
        cut_pieces(a);
    if (!a->refused)
        find_bounds(a);
    return !a->refused && arrange_trace(a, out);
}
