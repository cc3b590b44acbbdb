// Rings of any kind drawn anew by snap rounding (Hobby): corners and crossings, moved to the grid, are spots; every edge is led through
// the spots whose square it passes. What comes out does not cross, however near things lie, and nothing moves by more than half a
// unit. Then windings are counted: ground wound around is ground.
#include "core/base/mem.h"
#include "gis/tile_parts.h"

enum { OFFSET = 1 << 15, MADE_TESTS = 32 };         // makes every coordinate positive; what is made costs so many times a look, in memory too

static uint64_t place_of(struct tile_point p) { return (uint64_t)(p.y + OFFSET) << 32 | (uint32_t)(p.x + OFFSET); }
static struct tile_point point_of(uint64_t place) { return (struct tile_point){ (int32_t)(uint32_t)place - OFFSET, (int32_t)(place >> 32) - OFFSET }; }

static void add_place(struct tile_cleaner *c, struct tile_point p)
{
    c->place = mem_grow(c->place, &c->place_cap, (size_t)c->places + 1, sizeof *c->place);
    c->place[c->places++] = place_of(p);
}

// Outer rings are counted as they should run, holes the other way; a figure of eight of no area as it does run.
static void direct_edges(struct tile_cleaner *c, const struct tile_shape *s)
{
    uint32_t at = 0;
    for (uint32_t k = 0; k < s->rings; k++) {
        const struct tile_ring *r = &s->ring[k];
        int64_t area2 = tile_ring_area2(s, r);
        bool back = r->hole ? area2 > 0 : area2 < 0;
        for (uint32_t i = r->first; i < r->end; i++)
            c->edge[at++].back = back;
    }
}

// --- spots -------------------------------------------------------------------------------------------------------------------

// floor(n / d), d > 0
static int64_t floor_div(int64_t n, int64_t d)
{
    int64_t q = n / d;
    return q - (n % d < 0);
}

// Where edges cross between their ends, moved to the grid: halves go east and south, like the squares of the spots.
static bool note_crossing(struct tile_cleaner *c, uint32_t i, uint32_t k)
{
    const struct tile_edge *e = &c->edge[i], *f = &c->edge[k];
    int64_t fa = tile_side(e->a, e->b, f->a), fb = tile_side(e->a, e->b, f->b);
    int64_t ea = tile_side(f->a, f->b, e->a), eb = tile_side(f->a, f->b, e->b);
    if (fa == 0 || fb == 0 || ea == 0 || eb == 0 || (fa > 0) == (fb > 0) || (ea > 0) == (eb > 0))
        return true;
    int64_t along = ea > 0 ? ea : -ea, whole = along + (eb > 0 ? eb : -eb);    // along / whole of e, from its beginning
    struct tile_point p = { (int32_t)floor_div(2 * (e->a.x * whole + along * (e->b.x - e->a.x)) + whole, 2 * whole),
                            (int32_t)floor_div(2 * (e->a.y * whole + along * (e->b.y - e->a.y)) + whole, 2 * whole) };
    add_place(c, p);
    c->tests -= MADE_TESTS;
    return true;
}

static void keep_places_once(struct tile_cleaner *c)
{
    uint32_t kept = 0;
    tile_sort(c, c->place, c->places);
    for (uint32_t i = 0; i < c->places; i++)
        if (kept == 0 || c->place[kept - 1] != c->place[i])
            c->place[kept++] = c->place[i];
    c->places = kept;
}

// Spots row by row from the north, and in a row from the west. row: the first spot of each row that has any.
static void lay_spots(struct tile_cleaner *c)
{
    keep_places_once(c);
    c->spots = c->places;
    c->rows = 0;
    c->spot = mem_grow(c->spot, &c->spot_cap, (size_t)c->spots + 1, sizeof *c->spot);
    c->row = mem_grow(c->row, &c->row_cap, (size_t)c->spots + 1, sizeof *c->row);
    for (uint32_t i = 0; i < c->spots; i++) {
        c->spot[i] = (struct tile_spot){ .at = point_of(c->place[i]) };
        if (i == 0 || c->spot[i].at.y != c->spot[i - 1].at.y)
            c->row[c->rows++] = i;
    }
    c->row[c->rows] = c->spots;
}

// --- edges by way of the spots -----------------------------------------------------------------------------------------------

struct range { int32_t from, to; };                 // columns

// Columns whose squares the edge from a to b (a.y <= b.y) passes in a row. Squares hold their north and west sides.
static struct range columns(struct tile_point a, struct tile_point b, int32_t y)
{
    if (a.y == b.y)
        return a.x < b.x ? (struct range){ a.x, b.x } : (struct range){ b.x, a.x };
    int64_t dx = b.x - a.x, dy = b.y - a.y;
    // x + 1/2 at a height given twice over, in parts of 2 dy
    int64_t enters = (y == a.y) ? (2 * a.x + 1) * dy : (2 * a.x + 1) * dy + (2 * y - 1 - 2 * a.y) * dx;
    int64_t leaves = (y == b.y) ? (2 * b.x + 1) * dy : (2 * a.x + 1) * dy + (2 * y + 1 - 2 * a.y) * dx;
    int32_t first = (int32_t)floor_div(enters, 2 * dy), last = (int32_t)floor_div(leaves, 2 * dy);
    if (dx > 0 && y < b.y && leaves % (2 * dy) == 0)
        last--;                                     // at the lower side itself the next row begins
    return dx < 0 ? (struct range){ last, first } : (struct range){ first, last };
}

static uint32_t row_at(const struct tile_cleaner *c, int32_t y)
{
    uint32_t low = 0, high = c->rows;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (c->spot[c->row[middle]].at.y < y)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// The first spot of a row at or east of a column.
static uint32_t spot_from(const struct tile_cleaner *c, uint32_t row, int32_t x)
{
    uint32_t low = c->row[row], high = c->row[row + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (c->spot[middle].at.x < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_piece(struct tile_cleaner *c, uint32_t from, uint32_t to, bool back)
{
    c->piece = mem_grow(c->piece, &c->piece_cap, (size_t)c->pieces + 1, sizeof *c->piece);
    c->piece[c->pieces++] = back ? tile_piece_of(to, from) : tile_piece_of(from, to);
    c->tests -= MADE_TESTS;
}

// From a to b, a above b or in its row; back: counted from b to a. Returns how many rows were looked at.
static uint32_t lead_edge(struct tile_cleaner *c, struct tile_point a, struct tile_point b, bool back)
{
    uint32_t top = row_at(c, a.y), row = top, last = spot_from(c, top, a.x);
    for (; row < c->rows && c->spot[c->row[row]].at.y <= b.y; row++) {
        struct range r = columns(a, b, c->spot[c->row[row]].at.y);
        uint32_t first = spot_from(c, row, r.from), end = first;
        while (end < c->row[row + 1] && c->spot[end].at.x <= r.to)
            end++;
        for (uint32_t n = end - first, i = 0; i < n; i++) {
            uint32_t spot = b.x < a.x ? end - 1 - i : first + i;
            if (spot != last)
                add_piece(c, last, spot, back);
            last = spot;
        }
    }
    return row - top;
}

static bool lead_edges(struct tile_cleaner *c)
{
    c->pieces = 0;
    for (uint32_t i = 0; i < c->edges; i++) {
        struct tile_edge e = c->edge[i];
        bool down = e.b.y > e.a.y || (e.b.y == e.a.y && e.b.x > e.a.x);
        c->tests -= lead_edge(c, down ? e.a : e.b, down ? e.b : e.a, e.back == down);
        if (c->tests < 0)
            return false;
    }
    tile_sort(c, c->piece, c->pieces);
    return true;
}

bool tile_clean(struct tile_cleaner *c, struct tile_shape *s)
{
    tile_cleaner_start(c, s);
    direct_edges(c, s);
    c->places = 0;
    for (uint32_t i = 0; i < c->edges; i++)
        add_place(c, c->edge[i].b);
    if (tile_pairs(c, note_crossing) != TILE_VALID)
        return false;
    lay_spots(c);
    return lead_edges(c) && tile_trace(c, s);
}
