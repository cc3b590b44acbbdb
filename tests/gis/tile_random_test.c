// Tiles of random polygons, also of such as nobody should draw: what is decoded is valid by GEOS and by MVT, covers what GEOS says of the exact
// clip within the error of the grid, and two tiles side by side agree along their seam.
#include "tests/gis/shapes.h"
#include "tests/gis/tile_drawing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ROUNDS = 3000, VERTICES_MOST = 400 };
static const struct tile_place HERE = { TILE_WEB_MERCATOR_QUAD, 14, 13703, 6634 };   // Nantong
// Snapping moves an edge by 0.71 at most, simplifying by 0.9, and a cut at the window rounds once more.
static const double EDGE_MOVES = 0.72 + TILE_TOLERANCE_UNITS + 0.5;

static GEOSContextHandle_t geos;
static struct tile *tile;
static struct arena *arena;
static uint64_t seed;
static int64_t shown_in_all, repaired_in_all, encoded_in_all, squares_in_all;

static double random_in(double low, double high)
{
    return low + (high - low) * shapes_random(&seed);
}

static int random_below(int n)
{
    return (int)(shapes_random(&seed) * n);
}

// --- shapes ------------------------------------------------------------------------------------------------------------------

static GEOSGeometry *ring_of(const struct xy_m *p, int n)
{
    GEOSCoordSequence *s = GEOSCoordSeq_create_r(geos, (unsigned)n + 1, 2);
    for (int i = 0; i <= n; i++)
        GEOSCoordSeq_setXY_r(geos, s, (unsigned)i, p[i % n].x, p[i % n].y);
    return GEOSGeom_createLinearRing_r(geos, s);
}

static GEOSGeometry *polygon_of(const struct xy_m *p, int n)
{
    return GEOSGeom_createPolygon_r(geos, ring_of(p, n), NULL, 0);
}

static int star(struct xy_m *p, struct xy_m at, double small, double large, int n)
{
    double turn = random_in(0, 1), way = random_below(2) == 0 ? 1 : -1;
    for (int i = 0; i < n; i++) {
        double angle = way * 2 * TILE_DRAWING_PI * (i + turn) / n, r = random_in(small, large);
        p[i] = (struct xy_m){ at.x + r * cos(angle), at.y + r * sin(angle) };
    }
    return n;
}

static struct xy_m anywhere(void)
{
    static const double corners[] = { -64, 0, 4096, 4160 };
    if (random_below(3) == 0)
        return (struct xy_m){ corners[random_below(4)], corners[random_below(4)] };
    return (struct xy_m){ random_in(-200, 4300), random_in(-200, 4300) };
}

static GEOSGeometry *a_star(void)
{
    struct xy_m p[VERTICES_MOST];
    double r = pow(10, random_in(0.9, 3.6));
    return polygon_of(p, star(p, anywhere(), r * 0.4, r, 3 + random_below(40)));
}

static GEOSGeometry *a_crowd_of_corners(void)
{
    struct xy_m p[VERTICES_MOST];
    return polygon_of(p, star(p, anywhere(), 6, 20, 100 + random_below(200)));
}

static GEOSGeometry *a_cover_with_holes(void)
{
    struct xy_m p[VERTICES_MOST], at = { random_in(1000, 3000), random_in(1000, 3000) };
    GEOSGeometry *shell = ring_of(p, star(p, at, 3000, 9000, 12)), *hole[4];
    int holes = 1 + random_below(4);
    for (int i = 0; i < holes; i++) {
        struct xy_m q = { at.x + 1000 * cos(i * TILE_DRAWING_PI / 2), at.y + 1000 * sin(i * TILE_DRAWING_PI / 2) };
        hole[i] = ring_of(p, star(p, q, 1, pow(10, random_in(0.5, 2.8)), 3 + random_below(12)));
    }
    return GEOSGeom_createPolygon_r(geos, shell, hole, (unsigned)holes);
}

// A hole whose corner stands on the outer ring, and one near it.
static GEOSGeometry *a_touching_hole(void)
{
    struct xy_m o = anywhere(), p[] = { o, { o.x + 300, o.y }, { o.x + 300, o.y + 200 }, { o.x, o.y + 200 } };
    double gap = random_below(2) == 0 ? 0 : random_in(0, 2);
    struct xy_m h[] = { { o.x + gap, o.y + 100 }, { o.x + 100, o.y + 150 }, { o.x + 100, o.y + 50 } };
    GEOSGeometry *hole[] = { ring_of(h, 3) };
    return GEOSGeom_createPolygon_r(geos, ring_of(p, 4), hole, 1);
}

static GEOSGeometry *a_bow_tie(void)
{
    struct xy_m o = anywhere(), p[] = { { o.x, o.y }, { o.x + random_in(20, 900), o.y + random_in(20, 900) }, { o.x + random_in(20, 900), o.y },
                                        { o.x, o.y + random_in(20, 900) } };
    return polygon_of(p, 4);
}

static GEOSGeometry *a_sliver(void)
{
    struct xy_m a = anywhere(), b = anywhere();
    double w = random_in(0.01, 4), length = hypot(b.x - a.x, b.y - a.y) + 1e-9, x = -(b.y - a.y) / length * w, y = (b.x - a.x) / length * w;
    struct xy_m p[] = { a, b, { b.x + x, b.y + y }, { a.x + x, a.y + y } };
    return polygon_of(p, random_below(2) == 0 ? 3 : 4);
}

// Teeth over the edge of the tile: what is left are pieces that must not hang together along it.
static GEOSGeometry *a_comb(void)
{
    struct xy_m p[VERTICES_MOST];
    int teeth = 2 + random_below(30), n = 0;
    double x = random_in(-100, 3000), y = random_in(3000, 4150), pitch = random_in(2, 120);
    for (int i = 0; i < teeth; i++) {
        double foot = x + i * pitch;
        p[n++] = (struct xy_m){ foot, random_in(4200, 4400) };
        p[n++] = (struct xy_m){ foot + pitch * 0.3, y };
        p[n++] = (struct xy_m){ foot + pitch * 0.6, random_in(4200, 4400) };
    }
    p[n++] = (struct xy_m){ x + teeth * pitch, 4600 };
    p[n++] = (struct xy_m){ x, 4600 };
    return polygon_of(p, n);
}

// Two lots that share a border, or all but share it.
static GEOSGeometry *neighbours(void)
{
    struct xy_m o = anywhere();
    double w = random_in(10, 300), h = random_in(10, 300), gap = random_below(2) == 0 ? 0 : random_in(0, 1.5), lean = random_in(-20, 20);
    struct xy_m p[] = { o, { o.x + w, o.y }, { o.x + w + lean, o.y + h }, { o.x, o.y + h } };
    struct xy_m q[] = { { o.x + w + gap, o.y }, { o.x + 2 * w, o.y }, { o.x + 2 * w, o.y + h }, { o.x + w + lean + gap, o.y + h } };
    GEOSGeometry *part[] = { polygon_of(p, 4), polygon_of(q, 4) };
    return GEOSGeom_createCollection_r(geos, GEOS_MULTIPOLYGON, part, 2);
}

static GEOSGeometry *a_scribble(void)
{
    struct xy_m p[VERTICES_MOST], o = anywhere();
    int n = 5 + random_below(40);
    double r = pow(10, random_in(0.9, 3.3));
    for (int i = 0; i < n; i++)
        p[i] = (struct xy_m){ o.x + random_in(-r, r), o.y + random_in(-r, r) };
    return polygon_of(p, n);
}

static const struct { const char *name; GEOSGeometry *(*draw)(void); bool has_truth; } KINDS[] = {
    { "star", a_star, true }, { "crowd of corners", a_crowd_of_corners, true }, { "cover with holes", a_cover_with_holes, true },
    { "touching hole", a_touching_hole, true }, { "bow tie", a_bow_tie, true }, { "sliver", a_sliver, true }, { "comb", a_comb, true },
    { "neighbours", neighbours, true }, { "scribble", a_scribble, false },    // wound around twice is ground for us, and none for GEOS
};

// --- what a tile shows -------------------------------------------------------------------------------------------------------

// NULL: nothing of it.
static GEOSGeometry *shown(const GEOSGeometry *units, struct tile_place place, const char *what)
{
    size_t len;
    uint8_t *wkb = drawing_wkb(geos, units, HERE, &len);
    struct tile_options o = tile_usual_options();
    struct tile_feature f = { .id = 1, .geometry = wkb, .geometry_len = len };
    o.pixel_units = 0;
    tile_begin(tile, place, &o);
    tile_layer(tile, "drawn");
    enum tile_fate fate = tile_add(tile, &f);
    struct tile_bytes b = tile_end(tile);
    GEOSFree_r(geos, wkb);
    shown_in_all += fate == TILE_SHOWN;
    repaired_in_all += tile_layer_facts(tile)->repaired;
    assert_true(fate == TILE_SHOWN || fate == TILE_OUTSIDE || fate == TILE_TOO_SMALL);
    assert_int_equal(fate == TILE_SHOWN, b.len > 0);
    if (b.len == 0)
        return NULL;
    struct mvt m;
    arena_reset(arena);
    if (!mvt_read(arena, b.bytes, b.len, &m))
        fail_msg("%s: %s", what, m.wrong);
    GEOSGeometry *read = drawing_read(geos, &m.layer[0].feature[0]);
    if (read == NULL)
        fail_msg("%s: a ring is wound the wrong way or has no area", what);
    for (uint32_t i = 0; i < m.layer[0].feature[0].first[m.layer[0].feature[0].parts]; i++) {
        struct mvt_point p = m.layer[0].feature[0].at[i];
        assert_in_range(p.x + TILE_BUFFER_UNITS, 0, TILE_EXTENT + 2 * TILE_BUFFER_UNITS);
        assert_in_range(p.y + TILE_BUFFER_UNITS, 0, TILE_EXTENT + 2 * TILE_BUFFER_UNITS);
    }
    return read;
}

// --- what was encoded before --------------------------------------------------------------------------------------------------

static struct tile_bytes tile_of(struct tile_place place, const struct tile_feature *f, int pixel_units, struct tile_facts *facts)
{
    struct tile_options o = tile_usual_options();
    o.buffer_units = TILE_BUFFER_UNITS_MOST;        // so that more lies in two tiles whole
    o.pixel_units = pixel_units;
    tile_begin(tile, place, &o);
    tile_layer(tile, "drawn");
    (void)tile_add(tile, f);
    *facts = *tile_layer_facts(tile);
    return tile_end(tile);
}

static void same_when_encoded(const struct tile_feature *plain, const struct tile_encoded *e, struct tile_place place, int pixel_units, const char *what)
{
    struct tile_feature again = *plain;
    struct tile_facts facts, then;
    struct tile_bytes b = tile_of(place, plain, pixel_units, &facts);
    struct tile_encoded *whole = tile_encoded(tile), *none;
    uint8_t *bytes = malloc(b.len + 1);
    memcpy(bytes, b.bytes, b.len);
    size_t len = b.len;
    again.encoded = e;
    b = tile_of(place, &again, pixel_units, &then);
    if (b.len != len || memcmp(b.bytes, bytes, len) != 0)
        fail_msg("%s: encoded before it gives other bytes in tile %u %u than %u %u", what, place.x, place.y, HERE.x, HERE.y);
    assert_memory_equal(&facts, &then, sizeof facts);
    none = tile_encoded(tile);
    encoded_in_all += whole != NULL && none == NULL;
    assert_true(whole == NULL || none == NULL);
    mem_free(whole), mem_free(none), free(bytes);
}

// Thin, small and about where the window of this tile or of one beside it ends: the square that stands for it may lie beyond it.
static GEOSGeometry *a_mote(void)
{
    static const double ends[] = { -TILE_BUFFER_UNITS_MOST, TILE_BUFFER_UNITS_MOST, TILE_EXTENT - TILE_BUFFER_UNITS_MOST, TILE_EXTENT + TILE_BUFFER_UNITS_MOST };
    double x = ends[random_below(4)] + random_in(-6, 6), y = random_below(2) == 0 ? ends[random_below(4)] + random_in(-6, 6) : random_in(600, 3400), w = random_in(0.3, 9);
    struct xy_m p[] = { { x, y }, { x + w, y + random_in(0, 1) }, { x + w, y + random_in(1, 3) }, { x, y + 1 } };
    return polygon_of(p, 4);
}

static void encoded_is_the_same_everywhere(void **state)
{
    (void)state;
    for (int round = 0; round < 2 * ROUNDS; round++) {
        int kind = round % (int)(sizeof KINDS / sizeof *KINDS), pixel_units = round % 2 * 40;
        char what[80];
        size_t len;
        seed = 5000 + (uint64_t)round;
        snprintf(what, sizeof what, "round %d, %s", round, KINDS[kind].name);
        GEOSGeometry *drawn = round < ROUNDS ? KINDS[kind].draw() : a_mote();
        uint8_t *wkb = drawing_wkb(geos, drawn, HERE, &len);
        struct tile_feature f = { .id = 1, .geometry = wkb, .geometry_len = len };
        struct tile_facts facts;
        (void)tile_of(HERE, &f, pixel_units, &facts);
        struct tile_encoded *e = tile_encoded(tile);
        for (int i = 0; e != NULL && i < 9; i++)
            same_when_encoded(&f, e, (struct tile_place){ HERE.set, HERE.z, HERE.x + (uint32_t)(i % 3) - 1, HERE.y + (uint32_t)(i / 3) - 1 }, pixel_units, what);
        squares_in_all += e != NULL && e->is_square;
        mem_free(e);
        GEOSFree_r(geos, wkb);
        GEOSGeom_destroy_r(geos, drawn);
    }
    assert_true(encoded_in_all > ROUNDS / 2 && squares_in_all > ROUNDS / 40);
}

static void is_valid(const GEOSGeometry *read, const GEOSGeometry *drawn, const char *what)
{
    if (read == NULL || GEOSisValid_r(geos, read) == 1)
        return;
    char *why = GEOSisValidReason_r(geos, read);
    GEOSWKTWriter *w = GEOSWKTWriter_create_r(geos);
    fail_msg("%s: %s\n%s\nas\n%s", what, why, GEOSWKTWriter_write_r(geos, w, drawn), GEOSWKTWriter_write_r(geos, w, read));
}

static double or_nothing(double (*measure)(GEOSContextHandle_t, const GEOSGeometry *), const GEOSGeometry *g)
{
    return g == NULL ? 0 : measure(geos, g);
}

static void covers_the_truth(const GEOSGeometry *read, const GEOSGeometry *drawn, const char *what)
{
    GEOSGeometry *valid = GEOSMakeValid_r(geos, drawn), *window = drawing_box(geos, -64, -64, 4160, 4160);
    GEOSGeometry *truth = GEOSIntersection_r(geos, valid, window);
    assert_non_null(truth);
    GEOSGeometry *differ = read == NULL ? GEOSGeom_clone_r(geos, truth) : GEOSSymDifference_r(geos, truth, read);
    assert_non_null(differ);
    double off = drawing_ground(geos, differ), may = EDGE_MOVES * (drawing_border(geos, truth) + or_nothing(drawing_border, read)) / 2 + 8;
    if (!(off <= may))
        fail_msg("%s: %.1f units of ground differ, %.1f may; the clip has %.1f, the tile %.1f", what, off, may, drawing_ground(geos, truth),
                 or_nothing(drawing_ground, read));
    GEOSGeom_destroy_r(geos, valid);
    GEOSGeom_destroy_r(geos, window);
    GEOSGeom_destroy_r(geos, truth);
    GEOSGeom_destroy_r(geos, differ);
}

static void random_polygons_are_valid_and_true(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int kind = round % (int)(sizeof KINDS / sizeof *KINDS);
        char what[80];
        seed = 1000 + (uint64_t)round;
        snprintf(what, sizeof what, "round %d, %s", round, KINDS[kind].name);
        GEOSGeometry *drawn = KINDS[kind].draw(), *read = shown(drawn, HERE, what);
        is_valid(read, drawn, what);
        if (KINDS[kind].has_truth)
            covers_the_truth(read, drawn, what);
        GEOSGeom_destroy_r(geos, drawn);
        GEOSGeom_destroy_r(geos, read);
    }
    assert_true(shown_in_all > 2 * ROUNDS / 3 && repaired_in_all > ROUNDS / 3);    // or nothing was tried
}

// --- the seam ----------------------------------------------------------------------------------------------------------------

// What one tile shows of the strip both have, 30 units to either side; the cut at the window itself is further out.
static GEOSGeometry *along_seam(GEOSGeometry *read, double seam_x)
{
    GEOSGeometry *strip = drawing_box(geos, seam_x - 30, 0, seam_x + 30, TILE_EXTENT);
    GEOSGeometry *part = read == NULL ? GEOSGeom_createEmptyPolygon_r(geos) : GEOSIntersection_r(geos, read, strip);
    GEOSGeom_destroy_r(geos, strip);
    GEOSGeom_destroy_r(geos, read);
    return part;
}

static GEOSGeometry *moved_east(const GEOSGeometry *g, double by);

static int add_x(double *x, double *y, void *by)
{
    (void)y;
    *x += *(double *)by;
    return 1;
}

static GEOSGeometry *moved_east(const GEOSGeometry *g, double by)
{
    return GEOSGeom_transformXY_r(geos, g, add_x, &by);
}

static void tiles_agree_along_their_seam(void **state)
{
    (void)state;
    struct tile_place east = { HERE.set, HERE.z, HERE.x + 1, HERE.y };
    for (int round = 0; round < ROUNDS / 2; round++) {
        int kind = round % (int)(sizeof KINDS / sizeof *KINDS);
        char what[80];
        seed = 500000 + (uint64_t)round;
        snprintf(what, sizeof what, "round %d, %s", round, KINDS[kind].name);
        GEOSGeometry *drawn = KINDS[kind].draw(), *there = shown(drawn, east, what);
        GEOSGeometry *moved = there == NULL ? NULL : moved_east(there, TILE_EXTENT);
        GEOSGeometry *a = along_seam(shown(drawn, HERE, what), TILE_EXTENT), *b = along_seam(moved, TILE_EXTENT);
        GEOSGeometry *differ = GEOSSymDifference_r(geos, a, b);
        assert_non_null(differ);
        double off = drawing_ground(geos, differ), may = 0.75 * fmax(drawing_border(geos, a), drawing_border(geos, b)) + 2;
        if (KINDS[kind].has_truth && !(off <= may))
            fail_msg("%s: %.1f units of ground differ along the seam, %.1f may", what, off, may);
        GEOSGeom_destroy_r(geos, there);
        GEOSGeom_destroy_r(geos, drawn);
        GEOSGeom_destroy_r(geos, a);
        GEOSGeom_destroy_r(geos, b);
        GEOSGeom_destroy_r(geos, differ);
    }
}

// --- walls -------------------------------------------------------------------------------------------------------------------

// A wall with many joints from north to south, and the rest of the lot to one side of it.
static GEOSGeometry *a_lot(const struct xy_m *wall, int n, bool east)
{
    struct xy_m p[VERTICES_MOST + 2];
    double side = east ? 1800 : 200;
    for (int i = 0; i < n; i++)
        p[i] = wall[east ? i : n - 1 - i];
    p[n] = (struct xy_m){ side, p[n - 1].y };
    p[n + 1] = (struct xy_m){ side, p[0].y };
    return polygon_of(p, n + 2);
}

static double wall_sum(const GEOSGeometry *read, double *joints)
{
    const GEOSCoordSequence *s = GEOSGeom_getCoordSeq_r(geos, GEOSGetExteriorRing_r(geos, GEOSGetGeometryN_r(geos, read, 0)));
    unsigned n = 0;
    double sum = 0;
    GEOSCoordSeq_getSize_r(geos, s, &n);
    for (unsigned i = 0; i + 1 < n; i++) {
        double x, y;
        GEOSCoordSeq_getXY_r(geos, s, i, &x, &y);
        if (x > 900 && x < 1100)
            sum += x + 10000 * y, ++*joints;
    }
    return sum;
}

static void neighbours_keep_the_wall_they_share(void **state)
{
    (void)state;
    for (int round = 0; round < 300; round++) {
        struct xy_m wall[VERTICES_MOST];
        int n = 0;
        double joints[2] = { 0, 0 };
        seed = 900000 + (uint64_t)round;
        for (double y = 100; n < VERTICES_MOST && y < 3900; y += random_in(1.5, 30))
            wall[n++] = (struct xy_m){ 1000 + random_in(-1.5, 1.5), y };
        GEOSGeometry *west = a_lot(wall, n, false), *east = a_lot(wall, n, true);
        GEOSGeometry *a = shown(west, HERE, "lot to the west"), *b = shown(east, HERE, "lot to the east");
        assert_float_equal(wall_sum(a, &joints[0]), wall_sum(b, &joints[1]), 0);
        assert_float_equal(joints[0], joints[1], 0);
        assert_true(joints[0] < 0.8 * n);       // and they were simplified
        GEOSGeometry *common = GEOSIntersection_r(geos, a, b), *all = GEOSUnion_r(geos, a, b);
        assert_float_equal(drawing_ground(geos, common), 0, 0);
        assert_int_equal(GEOSGeomTypeId_r(geos, all), GEOS_POLYGON);
        assert_int_equal(GEOSGetNumInteriorRings_r(geos, all), 0);
        GEOSGeom_destroy_r(geos, west), GEOSGeom_destroy_r(geos, east), GEOSGeom_destroy_r(geos, a), GEOSGeom_destroy_r(geos, b);
        GEOSGeom_destroy_r(geos, common), GEOSGeom_destroy_r(geos, all);
    }
}

static int open_all(void **state)
{
    (void)state;
    geos = GEOS_init_r();
    tile = tile_open();
    arena = arena_open(64u << 20);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    tile_close(tile);
    arena_close(arena);
    GEOS_finish_r(geos);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_polygons_are_valid_and_true),
        cmocka_unit_test(encoded_is_the_same_everywhere),
        cmocka_unit_test(tiles_agree_along_their_seam),
        cmocka_unit_test(neighbours_keep_the_wall_they_share),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
