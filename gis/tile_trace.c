// From pieces that do not cross to rings: what lies on either side of each piece is counted around spots, from the north inward; pieces
// with ground on one side only are walked, ground on the left; a walk that comes back to a spot has closed a ring.
#include "core/base/mem.h"
#include "core/base/status.h"
#include "gis/tile_parts.h"

static const uint32_t NOBODY = UINT32_MAX;

// --- half edges around spots -------------------------------------------------------------------------------------------------

static int32_t net_of(const struct tile_cleaner *c, uint32_t *i)
{
    int32_t net = 0;
    for (uint64_t key = c->piece[*i] >> 1; *i < c->pieces && c->piece[*i] >> 1 == key; ++*i)
        net += (c->piece[*i] & 1) != 0 ? -1 : 1;
    return net;
}

// There and back is nothing: such pieces vanish. net stays in the order, piece by piece.
static void join_pieces(struct tile_cleaner *c)
{
    uint32_t kept = 0;
    c->order = mem_grow(c->order, &c->order_cap, (size_t)c->pieces + 1, sizeof *c->order);
    for (uint32_t i = 0; i < c->pieces;) {
        uint64_t piece = c->piece[i] & ~(uint64_t)1;
        int32_t net = net_of(c, &i);
        if (net == 0)
            continue;
        c->piece[kept] = piece;
        c->order[kept++] = (uint64_t)(int64_t)net;
    }
    c->pieces = kept;
}

static struct tile_point way(const struct tile_cleaner *c, const struct tile_half *h)
{
    struct tile_point a = c->spot[h->from].at, b = c->spot[h->to].at;
    return (struct tile_point){ b.x - a.x, b.y - a.y };
}

static bool is_upper(struct tile_point d) { return d.y > 0 || (d.y == 0 && d.x > 0); }

// By angle, from +x by way of +y.
static bool is_before(const struct tile_cleaner *c, const struct tile_half *g, const struct tile_half *h)
{
    struct tile_point a = way(c, g), b = way(c, h);
    if (is_upper(a) != is_upper(b))
        return is_upper(a);
    return a.x * b.y - a.y * b.x > 0;
}

static void swap_halves(struct tile_cleaner *c, uint32_t i, uint32_t k)
{
    struct tile_half swap = c->half[i];
    c->half[i] = c->half[k];
    c->half[k] = swap;
    c->half[c->half[i].twin].twin = i;
    c->half[c->half[k].twin].twin = k;
}

// Few pieces meet at a spot, most often two.
static bool turn_in_order(struct tile_cleaner *c, uint32_t first, uint32_t end)
{
    for (uint32_t i = first + 1; i < end; i++)
        for (uint32_t k = i; k > first && is_before(c, &c->half[k], &c->half[k - 1]); k--) {
            swap_halves(c, k - 1, k);
            if (--c->tests < 0)
                return false;
        }
    return true;
}

static bool lay_halves(struct tile_cleaner *c)
{
    c->halves = 2 * c->pieces;
    c->half = mem_grow(c->half, &c->half_cap, (size_t)c->halves + 1, sizeof *c->half);
    for (uint32_t i = 0; i <= c->spots; i++)
        c->spot[i].first = 0;
    for (uint32_t i = 0; i < c->pieces; i++)
        c->spot[tile_piece_low(c->piece[i])].first++, c->spot[tile_piece_high(c->piece[i])].first++;
    for (uint32_t i = 0, sum = 0; i <= c->spots; i++) {
        sum += c->spot[i].first;
        c->spot[i].first = sum;                     // its end, for the moment
    }
    for (uint32_t i = c->pieces; i-- > 0;) {
        uint32_t low = tile_piece_low(c->piece[i]), high = tile_piece_high(c->piece[i]), l = --c->spot[low].first, h = --c->spot[high].first;
        int32_t net = (int32_t)(int64_t)c->order[i];
        c->half[l] = (struct tile_half){ .from = low, .to = high, .twin = h, .net = net };
        c->half[h] = (struct tile_half){ .from = high, .to = low, .twin = l, .net = -net };
    }
    for (uint32_t i = 0; i < c->spots; i++)
        if (!turn_in_order(c, c->spot[i].first, c->spot[i + 1].first))
            return false;
    return true;
}

// --- windings ----------------------------------------------------------------------------------------------------------------

// How often the place just before a spot, towards -y, is wound around: by all pieces further that way.
static int32_t winding_before(struct tile_cleaner *c, struct tile_point p)
{
    int32_t winding = 0;
    for (uint32_t i = 0; i < c->pieces; i++) {
        struct tile_point a = c->spot[tile_piece_low(c->piece[i])].at, b = c->spot[tile_piece_high(c->piece[i])].at;
        int32_t net = (int32_t)(int64_t)c->order[i];
        if ((a.x <= p.x) == (b.x <= p.x))
            continue;
        bool forth = a.x < b.x;
        if (forth ? tile_side(a, b, p) > 0 : tile_side(b, a, p) > 0)
            winding += forth ? net : -net;
    }
    c->tests -= c->pieces;
    return winding;
}

static void know(struct tile_cleaner *c, uint32_t h, int32_t left)
{
    struct tile_half *twin = &c->half[c->half[h].twin];
    c->half[h].left = left;
    c->half[h].known = twin->known = true;
    twin->left = left - c->half[h].net;             // what lies to the right
}

// Around a spot, from one half edge whose left is known: what lies left of one lies right of the next.
static void know_around(struct tile_cleaner *c, uint32_t spot, uint32_t known)
{
    uint32_t first = c->spot[spot].first, end = c->spot[spot + 1].first;
    for (uint32_t n = end - first, i = 0, h = known; i < n; i++) {
        uint32_t next = h + 1 < end ? h + 1 : first;
        if (!c->half[next].known)
            know(c, next, c->half[h].left + c->half[next].net);
        h = next;
    }
}

// A spot is pushed when one of its half edges became known, and left behind when all are.
static void know_from(struct tile_cleaner *c, uint32_t spot)
{
    uint32_t depth = 0;
    c->stack[depth++] = spot;
    c->seen[spot] = 1;
    while (depth > 0) {
        uint32_t at = c->stack[--depth], h = c->spot[at].first;
        while (!c->half[h].known)
            h++;
        know_around(c, at, h);
        for (h = c->spot[at].first; h < c->spot[at + 1].first; h++)
            if (c->seen[c->half[h].to] == 0) {
                c->seen[c->half[h].to] = 1;
                c->stack[depth++] = c->half[h].to;
            }
    }
}

// The first spot of what hangs together has nothing of its own towards -y, so the last of its half edges has the outside on its left.
static bool count_windings(struct tile_cleaner *c)
{
    c->stack = mem_grow(c->stack, &c->stack_cap, (size_t)c->halves + 1, sizeof *c->stack);
    c->seen = mem_grow(c->seen, &c->seen_cap, (size_t)c->spots + 1, sizeof *c->seen);
    for (uint32_t i = 0; i < c->spots; i++)
        c->seen[i] = 0;
    for (uint32_t i = 0; i < c->spots; i++) {
        if (c->seen[i] != 0 || c->spot[i].first == c->spot[i + 1].first)
            continue;
        know(c, c->spot[i + 1].first - 1, winding_before(c, c->spot[i].at));
        know_from(c, i);
        if (c->tests < 0)
            return false;
    }
    for (uint32_t h = 0; h < c->halves; h++)
        c->half[h].bound = c->half[h].left != 0 && c->half[h].left - c->half[h].net == 0;
    return true;
}

// --- rings -------------------------------------------------------------------------------------------------------------------

// On through the same ground: the next bound clockwise from where we came.
static uint32_t next_bound(const struct tile_cleaner *c, uint32_t h)
{
    uint32_t spot = c->half[h].to, first = c->spot[spot].first, end = c->spot[spot + 1].first, at = c->half[h].twin;
    for (uint32_t i = first; i < end; i++) {
        at = at > first ? at - 1 : end - 1;
        if (c->half[at].bound)
            return at;
    }
    return NOBODY;
}

static bool is_straight(struct tile_point a, struct tile_point b, struct tile_point p)
{
    return tile_side(a, b, p) == 0;
}

// The walk from here on is a ring; spots where it only passed something that is gone are no corners.
static void keep_loop(struct tile_cleaner *c, const uint32_t *walk, uint32_t count)
{
    struct tile_point *at = tile_shape_room(&c->loops, count), last = c->spot[c->half[walk[count - 1]].from].at;
    uint32_t first = c->loops.points, kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct tile_point p = c->spot[c->half[walk[i]].from].at, next = c->spot[c->half[walk[i]].to].at;
        if (!is_straight(last, p, next))
            last = at[kept++] = p;
    }
    c->loops.points += kept;
    tile_shape_end_ring(&c->loops, first, false);
    struct tile_ring *r = &c->loops.ring[c->loops.rings - 1];
    r->hole = tile_ring_area2(&c->loops, r) < 0;
    struct tile_point a = c->spot[c->half[walk[0]].from].at, b = c->spot[c->half[walk[0]].to].at;
    c->probe = mem_grow(c->probe, &c->probe_cap, c->loops.rings, sizeof *c->probe);
    c->probe[c->loops.rings - 1] = (struct tile_point){ a.x + b.x, a.y + b.y };
}

// seen: 1 + where in the walk a spot was left.
static void walk_bounds(struct tile_cleaner *c, uint32_t start)
{
    uint32_t depth = 0, h = start;
    do {
        must(h != NOBODY && !c->half[h].used);
        c->half[h].used = true;
        c->seen[c->half[h].from] = depth + 1;
        c->stack[depth++] = h;
        uint32_t back = c->seen[c->half[h].to];
        if (back != 0) {
            keep_loop(c, c->stack + back - 1, depth - (back - 1));
            for (; depth >= back; depth--)
                c->seen[c->half[c->stack[depth - 1]].from] = 0;
        }
        h = next_bound(c, h);
    } while (h != start);
    must(depth == 0);
}

// The smallest outer ring around a hole.
static uint32_t owner_of(const struct tile_cleaner *c, uint32_t hole)
{
    const struct tile_shape *s = &c->loops;
    uint32_t best = NOBODY;
    int64_t best_area2 = INT64_MAX;
    for (uint32_t k = 0; k < s->rings; k++) {
        const struct tile_ring *r = &s->ring[k];
        if (r->hole || !tile_ring_holds(s, r, c->probe[hole]))
            continue;
        int64_t area2 = tile_ring_area2(s, r);
        if (area2 < best_area2)
            best = k, best_area2 = area2;
    }
    return best;
}

static void copy_ring(const struct tile_shape *from, const struct tile_ring *r, struct tile_shape *out)
{
    uint32_t first = out->points, count = r->end - r->first;
    struct tile_point *to = tile_shape_room(out, count);
    for (uint32_t i = 0; i < count; i++)
        to[i] = from->at[r->first + i];
    out->points += count;
    tile_shape_end_ring(out, first, r->hole);
}

// Outer rings, each followed by its holes. seen, no longer needed, tells whose a ring is.
static bool assemble(struct tile_cleaner *c, struct tile_shape *out)
{
    const struct tile_shape *s = &c->loops;
    c->tests -= (int64_t)s->rings * s->rings;
    if (c->tests < 0)
        return false;
    c->seen = mem_grow(c->seen, &c->seen_cap, (size_t)s->rings + 1, sizeof *c->seen);
    for (uint32_t k = 0; k < s->rings; k++) {
        c->seen[k] = s->ring[k].hole ? owner_of(c, k) : NOBODY;
        must(!s->ring[k].hole || c->seen[k] != NOBODY);
    }
    for (uint32_t k = 0; k < s->rings; k++) {
        if (s->ring[k].hole)
            continue;
        copy_ring(s, &s->ring[k], out);
        for (uint32_t h = 0; h < s->rings; h++)
            if (c->seen[h] == k)
                copy_ring(s, &s->ring[h], out);
    }
    return true;
}

bool tile_trace(struct tile_cleaner *c, struct tile_shape *out)
{
    tile_shape_start(out);
    tile_shape_start(&c->loops);
    join_pieces(c);
    if (!lay_halves(c) || !count_windings(c))
        return false;
    for (uint32_t i = 0; i < c->spots; i++)
        c->seen[i] = 0;
    for (uint32_t h = 0; h < c->halves; h++)
        if (c->half[h].bound && !c->half[h].used)
            walk_bounds(c, h);
    return assemble(c, out);
}
