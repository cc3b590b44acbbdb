// Streets and communities partition the district along the city's main streets: every border between two quarters is
// drawn once, and both sides take its corners.
#include "core/base/mem.h"
#include "tests/bench/district.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double RIM_M = 60;            // the district goes on so far beyond the outermost houses
static const double BEND_M = 1.1;          // main streets are not ruled lines
enum { PIECES = 8, STREETS_MOST = 256 };   // pieces of a quarter's side
static const double JOINED = 0.28;         // communities of two quarters

struct cell { int i, j; };                 // a quarter, or the corner at its lower left
struct side { struct cell from; bool upright, backwards; };

static int columns(const struct made *m) { return (int)m->city->quarters.columns; }
static int rows(const struct made *m) { return (int)((m->city->quarters.count - 1) / m->city->quarters.columns) + 1; }

static bool is_there(const struct made *m, struct cell q)
{
    return q.i >= 0 && q.j >= 0 && q.i < columns(m) && q.j * columns(m) + q.i < (int)m->city->quarters.count;
}

// --- Corners and sides -------------------------------------------------------------------------------------------------

static double bend(const struct made *m, uint64_t a, uint64_t b)
{
    return BEND_M * (2 * random_unit(m->seed, a, b) - 1);
}

static struct xy_m corner(const struct made *m, struct cell c)
{
    int sw = is_there(m, (struct cell){ c.i - 1, c.j - 1 }), se = is_there(m, (struct cell){ c.i, c.j - 1 });
    int nw = is_there(m, (struct cell){ c.i - 1, c.j }), ne = is_there(m, (struct cell){ c.i, c.j });
    bool rim = sw + se + nw + ne < 3; // where only one quarter is missing the borders of the other three end: it stays
    int east = rim * ((sw + nw > se + ne) - (sw + nw < se + ne)), north = rim * ((sw + se > nw + ne) - (sw + se < nw + ne));
    uint64_t key = (uint64_t)(c.j * 4096 + c.i);
    return (struct xy_m){ c.i * (double)QUARTER_M + RIM_M * east + bend(m, 111, key),
                          c.j * (double)QUARTER_M + RIM_M * north + bend(m, 112, key) };
}

static struct cell side_end(struct side s)
{
    return (struct cell){ s.from.i + !s.upright, s.from.j + s.upright };
}

// Its points without the last one, in the direction asked for.
static void draw_side(const struct made *m, struct side s, struct rings *out)
{
    struct xy_m a = corner(m, s.from), b = corner(m, side_end(s));
    for (int n = 0; n < PIECES; n++) {
        int k = s.backwards ? PIECES - n : n;
        uint64_t key = (uint64_t)((s.from.j * 4096 + s.from.i) * 2 + s.upright) * PIECES + (uint64_t)k;
        double t = (double)k / PIECES, off = k == 0 || k == PIECES ? 0 : bend(m, 113, key);
        struct xy_m p = { a.x + t * (b.x - a.x) + (s.upright ? off : 0), a.y + t * (b.y - a.y) + (s.upright ? 0 : off) };
        p = made_displaced(m, p);
        rings_add_vertex(out, (struct xy_m){ round(p.x * 1e3) / 1e3, round(p.y * 1e3) / 1e3 });
    }
}

// --- Outlines ----------------------------------------------------------------------------------------------------------------

struct outline { struct side side[4096]; int sides; };

static void add_side(struct outline *o, struct cell from, bool upright, bool backwards)
{
    must(o->sides < 4096);
    o->side[o->sides++] = (struct side){ from, upright, backwards };
}

// The sides of all quarters with this label that look at another one, counter-clockwise.
static void find_sides(const struct made *m, const int *label, int wanted, struct outline *o)
{
    o->sides = 0;
    for (int q = 0; q < (int)m->city->quarters.count; q++) {
        struct cell c = { q % columns(m), q / columns(m) };
        struct { struct cell beyond, from; bool upright, backwards; } look[4] = {
            { { c.i, c.j - 1 }, { c.i, c.j }, false, false },     { { c.i + 1, c.j }, { c.i + 1, c.j }, true, false },
            { { c.i, c.j + 1 }, { c.i, c.j + 1 }, false, true },  { { c.i - 1, c.j }, { c.i, c.j }, true, true },
        };
        for (int k = 0; k < 4 && label[q] == wanted; k++)
            if (!is_there(m, look[k].beyond) || label[look[k].beyond.j * columns(m) + look[k].beyond.i] != wanted)
                add_side(o, look[k].from, look[k].upright, look[k].backwards);
    }
}

static void draw_outline(const struct made *m, const int *label, int wanted, struct rings *out)
{
    struct outline *o = mem_get(1, sizeof *o);
    find_sides(m, label, wanted, o);
    rings_start(out);
    struct side at = o->side[0];
    for (int drawn = 0; drawn < o->sides; drawn++) {
        draw_side(m, at, out);
        struct cell end = at.backwards ? at.from : side_end(at);
        for (int k = 0; k < o->sides; k++) {
            struct cell begin = o->side[k].backwards ? side_end(o->side[k]) : o->side[k].from;
            if (begin.i == end.i && begin.j == end.j)
                at = o->side[k];
        }
    }
    rings_end_ring(out);
    mem_free(o);
}

static struct made_area *add_area(struct made *m)
{
    m->area = mem_grow(m->area, &m->area_cap, (size_t)m->areas + 1, sizeof *m->area);
    m->area[m->areas] = (struct made_area){ 0 };
    return &m->area[m->areas++];
}

// --- Streets: bands of quarters. The middle border between two columns is the river. --------------------------------------

static int bands(int length) { return length < 2 ? 1 : length < 8 ? 2 : length / 4; }
static int street_bands_x(const struct made *m) { return bands(columns(m)); }
static int street_bands_y(const struct made *m) { return rows(m) < 4 ? 1 : bands(rows(m)); }
static int river_column(const struct made *m) { return street_bands_x(m) / 2 * columns(m) / street_bands_x(m); }

static int band_of(int at, int length, int count)
{
    int b = 0;
    while (b + 1 < count && at >= (b + 1) * length / count)
        b++;
    return b;
}

static int street_of(const struct made *m, int q)
{
    return band_of(q / columns(m), rows(m), street_bands_y(m)) * street_bands_x(m) +
           band_of(q % columns(m), columns(m), street_bands_x(m));
}

// Half of them are towns: codes from 100 on (GB/T 10114).
static void make_streets(struct made *m, int *label)
{
    int count = street_bands_x(m) * street_bands_y(m);
    for (int q = 0; q < (int)m->city->quarters.count; q++)
        label[q] = street_of(m, q);
    for (int s = 0; s < count; s++) {
        bool town = s % 2 == 1;
        struct made_area *a = add_area(m);
        snprintf(a->code, sizeof a->code, "%s%03u", MADE_DISTRICT, (unsigned)(town ? 100 + s / 2 : 1 + s / 2) % 1000);
        snprintf(a->parent, sizeof a->parent, "%s", MADE_DISTRICT);
        name_street(m->seed, (uint32_t)s, town, a->name);
        draw_outline(m, label, s, &a->ground);
    }
    m->streets = m->areas;
}

// One quarter or two beside each other in one street. In towns some are villages: codes from 200 on.
static void make_communities(struct made *m, int *label)
{
    int number[STREETS_MOST] = { 0 }, count = (int)m->city->quarters.count, made = 0;
    for (int q = 0; q < count; q++)
        label[q] = -1;
    for (int q = 0; q < count; q++) {
        if (label[q] >= 0)
            continue;
        int street = street_of(m, q), made_now = made++;
        label[q] = made_now;
        if (q + 1 < count && (q + 1) % columns(m) != 0 && street_of(m, q + 1) == street && random_unit(m->seed, 114, (uint64_t)q) < JOINED)
            label[q + 1] = made_now;
        bool village = street % 2 == 1 && random_unit(m->seed, 115, (uint64_t)q) < 0.5;
        must(street < STREETS_MOST && number[street] < 199);
        struct made_area *a = add_area(m);
        snprintf(a->parent, sizeof a->parent, "%s", m->area[street].code);
        snprintf(a->code, sizeof a->code, "%.9s%03u", a->parent, (unsigned)(++number[street] + (village ? 200 : 0)) % 1000);
        name_community(m->seed, (uint32_t)made_now, village, a->name);
        draw_outline(m, label, made_now, &a->ground);
    }
}

// --- Lines: what lies between two quarters ------------------------------------------------------------------------------------

static bool is_inner(const struct made *m, struct cell from, bool upright)
{
    struct cell other = { from.i - upright, from.j - !upright };
    return is_there(m, from) && is_there(m, other);
}

static void make_line(struct made *m, struct cell at, bool upright, uint32_t number)
{
    bool river = upright && at.i == river_column(m);
    if (!is_inner(m, at, upright))
        return;
    m->line = mem_grow(m->line, &m->line_cap, (size_t)m->lines + 1, sizeof *m->line);
    struct made_line *l = &m->line[m->lines++];
    *l = (struct made_line){ .kind = river ? "river" : "road" };
    name_line(m->seed, number, river ? "河" : upright ? "路" : "大道", l->name);
    rings_start(&l->points);
    for (; is_inner(m, at, upright); at = side_end((struct side){ at, upright, false }))
        draw_side(m, (struct side){ at, upright, false }, &l->points);
    struct xy_m end = made_displaced(m, corner(m, at));
    rings_add_vertex(&l->points, (struct xy_m){ round(end.x * 1e3) / 1e3, round(end.y * 1e3) / 1e3 });
    rings_end_ring(&l->points);
}

void made_borders(struct made *m)
{
    int *label = mem_get(m->city->quarters.count, sizeof *label);
    must(m->city->quarters.count > 0);
    make_streets(m, label);
    make_communities(m, label);
    for (int i = 1; i < columns(m); i++)
        make_line(m, (struct cell){ i, 0 }, true, (uint32_t)i);
    for (int j = 1; j < rows(m); j++)
        make_line(m, (struct cell){ 0, j }, false, (uint32_t)(columns(m) + j));
    mem_free(label);
}
