// Whether rings are as MVT wants them, exactly: all numbers are small and whole.
#include "core/base/mem.h"
#include "gis/tile_parts.h"

#include <string.h>

enum { FEW_EDGES = 24, FEW_ITEMS = 40, BYTE_BITS = 8, OFFSET = 1 << 15 };   // OFFSET: makes every coordinate positive

void tile_cleaner_clear(struct tile_cleaner *c)
{
    mem_free(c->edge);
    mem_free(c->order);
    mem_free(c->place);
    mem_free(c->piece);
    mem_free(c->spare);
    mem_free(c->spot);
    mem_free(c->half);
    mem_free(c->row);
    mem_free(c->stack);
    mem_free(c->seen);
    mem_free(c->probe);
    tile_shape_clear(&c->loops);
    *c = (struct tile_cleaner){ 0 };
}

static void sort_few(uint64_t *item, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t x = item[i];
        size_t k = i;
        for (; k > 0 && item[k - 1] > x; k--)
            item[k] = item[k - 1];
        item[k] = x;
    }
}

// As sort_numbers does it, with memory that is kept.
void tile_sort(struct tile_cleaner *c, uint64_t *item, size_t count)
{
    if (count < FEW_ITEMS) {
        sort_few(item, count);
        return;
    }
    uint64_t differs = 0;
    for (size_t i = 1; i < count; i++)
        differs |= item[i] ^ item[0];
    c->spare = mem_grow(c->spare, &c->spare_cap, count, sizeof *c->spare);
    uint64_t *from = item, *to = c->spare;
    for (int shift = 0; shift < 64; shift += BYTE_BITS) {
        if ((differs >> shift & 0xff) == 0)
            continue;
        size_t first[256] = { 0 }, sum = 0;
        for (size_t i = 0; i < count; i++)
            first[from[i] >> shift & 0xff]++;
        for (int d = 0; d < 256; d++) {
            size_t n = first[d];
            first[d] = sum;
            sum += n;
        }
        for (size_t i = 0; i < count; i++)
            to[first[from[i] >> shift & 0xff]++] = from[i];
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != item)
        memcpy(item, from, count * sizeof *item);
}

void tile_cleaner_start(struct tile_cleaner *c, const struct tile_shape *s)
{
    c->edge = mem_grow(c->edge, &c->edge_cap, s->points, sizeof *c->edge);
    c->edges = 0;
    for (uint32_t k = 0; k < s->rings; k++) {
        const struct tile_ring *r = &s->ring[k];
        uint32_t first = c->edges;
        for (uint32_t i = r->first, last = r->end - 1; i < r->end; last = i++, c->edges++)
            c->edge[c->edges] = (struct tile_edge){ s->at[last], s->at[i], c->edges + 1, false };
        c->edge[c->edges - 1].next = first;
    }
}

// --- which edges may meet ----------------------------------------------------------------------------------------------------

static int32_t min_of(int32_t a, int32_t b) { return a < b ? a : b; }
static int32_t max_of(int32_t a, int32_t b) { return a > b ? a : b; }

static bool boxes_touch(const struct tile_edge *e, const struct tile_edge *f)
{
    return min_of(e->a.x, e->b.x) <= max_of(f->a.x, f->b.x) && min_of(f->a.x, f->b.x) <= max_of(e->a.x, e->b.x) &&
           min_of(e->a.y, e->b.y) <= max_of(f->a.y, f->b.y) && min_of(f->a.y, f->b.y) <= max_of(e->a.y, e->b.y);
}

static enum tile_verdict few_pairs(struct tile_cleaner *c, tile_meet *meet)
{
    for (uint32_t i = 0; i + 1 < c->edges; i++)
        for (uint32_t k = i + 1; k < c->edges; k++)
            if (boxes_touch(&c->edge[i], &c->edge[k]) && !meet(c, i, k))
                return TILE_INVALID;
    return TILE_VALID;
}

// From west to east: an edge is held against those that begin before it ends.
static enum tile_verdict many_pairs(struct tile_cleaner *c, tile_meet *meet)
{
    c->order = mem_grow(c->order, &c->order_cap, c->edges, sizeof *c->order);
    for (uint32_t i = 0; i < c->edges; i++)
        c->order[i] = (uint64_t)(min_of(c->edge[i].a.x, c->edge[i].b.x) + OFFSET) << 32 | i;
    tile_sort(c, c->order, c->edges);
    for (uint32_t i = 0; i + 1 < c->edges; i++) {
        uint32_t e = (uint32_t)c->order[i];
        uint64_t until = (uint64_t)(max_of(c->edge[e].a.x, c->edge[e].b.x) + OFFSET + 1) << 32;
        uint32_t k = i + 1;
        for (; k < c->edges && c->order[k] < until; k++)
            if (boxes_touch(&c->edge[e], &c->edge[(uint32_t)c->order[k]]) && !meet(c, e, (uint32_t)c->order[k]))
                return TILE_INVALID;
        c->tests -= k - i;
        if (c->tests < 0)
            return TILE_TOO_MANY;
    }
    return TILE_VALID;
}

enum tile_verdict tile_pairs(struct tile_cleaner *c, tile_meet *meet)
{
    return c->edges <= FEW_EDGES ? few_pairs(c, meet) : many_pairs(c, meet);
}

// --- whether they may --------------------------------------------------------------------------------------------------------

// Both ends on one side, none on the line.
static bool is_beside(int32_t p, int32_t q)
{
    return (p > 0 && q > 0) || (p < 0 && q < 0);
}

// Edges in a row share a corner and nothing else: the second does not go back over the first.
static bool goes_on(const struct tile_edge *e, const struct tile_edge *f)
{
    if (tile_side(e->a, e->b, f->b) != 0)
        return true;
    return (e->b.x - e->a.x) * (f->b.x - f->a.x) + (e->b.y - e->a.y) * (f->b.y - f->a.y) > 0;
}

// Boxes touch, so edges on one line touch as well.
static bool stay_apart(struct tile_cleaner *c, uint32_t i, uint32_t k)
{
    const struct tile_edge *e = &c->edge[i], *f = &c->edge[k];
    if (e->next == k)
        return goes_on(e, f);
    if (f->next == i)
        return goes_on(f, e);
    return is_beside(tile_side(e->a, e->b, f->a), tile_side(e->a, e->b, f->b)) || is_beside(tile_side(f->a, f->b, e->a), tile_side(f->a, f->b, e->b));
}

// --- who lies in whom --------------------------------------------------------------------------------------------------------

// Rings do not touch, so any corner speaks for its ring. own: rings of the same polygon around it; all: rings around it.
struct around { uint32_t own, all; };

static struct around rings_around(const struct tile_shape *s, uint32_t k, uint32_t own_first, uint32_t own_end)
{
    struct around n = { 0, 0 };
    struct tile_point p = s->at[s->ring[k].first], twice = { 2 * p.x, 2 * p.y };
    for (uint32_t i = 0; i < s->rings; i++) {
        bool holds = i != k && tile_ring_holds(s, &s->ring[i], twice);
        n.all += holds;
        n.own += holds && i >= own_first && i < own_end;
    }
    return n;
}

// An outer ring lies in none of its holes and in holes of others only, a hole in its outer ring and nothing else of its polygon.
static enum tile_verdict check_nesting(struct tile_cleaner *c, const struct tile_shape *s)
{
    c->tests -= (int64_t)s->rings * s->rings;
    if (c->tests < 0)
        return TILE_TOO_MANY;
    for (uint32_t first = 0, end; first < s->rings; first = end) {
        for (end = first + 1; end < s->rings && s->ring[end].hole; end++)
            ;
        for (uint32_t k = first; k < end; k++) {
            struct around n = rings_around(s, k, first, end);
            if (n.own != s->ring[k].hole || n.all % 2 != s->ring[k].hole)
                return TILE_INVALID;
        }
    }
    return TILE_VALID;
}

// Every corner turns the same way, and east and west take turns but once: then no two edges meet but at corners. Most houses are so, and
// there nothing need be held against everything.
static bool is_convex(const struct tile_point *at, uint32_t count)
{
    uint32_t left = 0, right = 0, turns = 0;
    int32_t before = at[0].x - at[count - 1].x;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t next = i + 1 < count ? i + 1 : 0, after = next + 1 < count ? next + 1 : 0;
        int32_t side = tile_side(at[i], at[next], at[after]), step = at[next].x - at[i].x;
        left += side > 0, right += side < 0;
        turns += (step > 0 && before <= 0) || (step < 0 && before >= 0);
        before = step != 0 ? step : before;
    }
    return (left == count || right == count) && turns <= 2;
}

enum tile_verdict tile_check(struct tile_cleaner *c, const struct tile_shape *s)
{
    if (s->rings > 0 && s->ring[0].hole)
        return TILE_INVALID;
    if (s->rings == 1 && is_convex(s->at + s->ring[0].first, s->ring[0].end - s->ring[0].first))
        return TILE_VALID;
    tile_cleaner_start(c, s);
    enum tile_verdict v = tile_pairs(c, stay_apart);
    return v == TILE_VALID && s->rings > 1 ? check_nesting(c, s) : v;
}
