// Which geometries meet a box: a touch does, a bounding box alone does not; on random shapes as GEOS says, and so does the box around them.
#include "gis/wkb_box.h"
#include "tests/gis/shapes.h"
#include "tests/gis/wkt.h"

#include <setjmp.h>
#include <stddef.h>

#include <cmocka.h>

static GEOSContextHandle_t geos;

static uint8_t *wkb_of(const char *wkt, bool big_endian, size_t *len)
{
    GEOSGeometry *geom = GEOSGeomFromWKT_r(geos, wkt);
    if (geom == NULL)
        fail_msg("no shape: %s", wkt);
    GEOSWKBWriter *w = GEOSWKBWriter_create_r(geos);
    GEOSWKBWriter_setByteOrder_r(geos, w, big_endian ? GEOS_WKB_XDR : GEOS_WKB_NDR);
    GEOSWKBWriter_setOutputDimension_r(geos, w, 3);
    uint8_t *wkb = GEOSWKBWriter_write_r(geos, w, geom, len);
    GEOSWKBWriter_destroy_r(geos, w);
    GEOSGeom_destroy_r(geos, geom);
    return wkb;                                     // GEOSFree_r
}

#define YARD "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (3 3, 3 7, 7 7, 7 3, 3 3))"
#define CORNER "POLYGON ((0 0, 10 0, 10 2, 2 2, 2 10, 0 10, 0 0))"   // an L

static const struct { const char *what, *wkt; struct box_m box; bool meets; } ROWS[] = {
    { "a point inside", "POINT (1 2)", { 0, 0, 3, 3 }, true },
    { "a point on a side", "POINT (3 2)", { 0, 0, 3, 3 }, true },
    { "a point on a corner", "POINT (3 3)", { 0, 0, 3, 3 }, true },
    { "a point a hair outside", "POINT (3.0000000001 2)", { 0, 0, 3, 3 }, false },
    { "a point where the box is one", "POINT (3 2)", { 3, 2, 3, 2 }, true },
    { "no point", "POINT EMPTY", { -1e300, -1e300, 1e300, 1e300 }, false },
    { "a point with a height", "POINT Z (1 2 100)", { 0, 0, 3, 3 }, true },
    { "a line right through, no end inside", "LINESTRING (-5 1, 9 2)", { 0, 0, 3, 3 }, true },
    { "a line upright through", "LINESTRING (1 -5, 1 9)", { 0, 0, 3, 3 }, true },
    { "a line past the corner, its box over the box", "LINESTRING (-3 2, 2 7)", { 0, 0, 3, 3 }, false },
    { "a line that touches the corner", "LINESTRING (-3 0, 3 6)", { 0, 0, 3, 3 }, true },
    { "a line along a side", "LINESTRING (3 -1, 3 5)", { 0, 0, 3, 3 }, true },
    { "a line that goes on in a side's direction", "LINESTRING (3 4, 3 9)", { 0, 0, 3, 3 }, false },
    { "a line that ends on a side", "LINESTRING (3 1, 9 9)", { 0, 0, 3, 3 }, true },
    { "a line around without a touch", "LINESTRING (-1 -1, 4 -1, 4 4, -1 4, -1 -1)", { 0, 0, 3, 3 }, false },
    { "a line that stays where it is, inside", "LINESTRING (1 1, 1 1)", { 0, 0, 3, 3 }, true },
    { "a line that stays where it is, outside", "LINESTRING (4 1, 4 1)", { 0, 0, 3, 3 }, false },
    { "a line with heights", "LINESTRING Z (-5 1 0, 9 2 0)", { 0, 0, 3, 3 }, true },
    { "no line", "LINESTRING EMPTY", { 0, 0, 3, 3 }, false },
    { "the box in the ground of a polygon", YARD, { 1, 1, 2, 2 }, true },
    { "the box in the hole", YARD, { 4, 4, 6, 6 }, false },
    { "the box fills the hole: it touches", YARD, { 3, 3, 7, 7 }, true },
    { "the box touches the hole from within", YARD, { 3, 4, 5, 6 }, true },
    { "the box over a part of the hole", YARD, { 4, 4, 8, 6 }, true },
    { "the box between the hole and the outside", YARD, { 8, 4, 9, 6 }, true },
    { "the box around all", YARD, { -1, -1, 11, 11 }, true },
    { "the box is the polygon's", YARD, { 0, 0, 10, 10 }, true },
    { "the box beside it", YARD, { 11, 0, 12, 10 }, false },
    { "the box touches from outside", YARD, { 10, 4, 12, 6 }, true },
    { "the box touches the corner", YARD, { 10, 10, 12, 12 }, true },
    { "the box in the angle of an L", CORNER, { 3, 3, 9, 9 }, false },
    { "the box touches in the angle", CORNER, { 2, 2, 9, 9 }, true },
    { "the box at a vertex's height", "POLYGON ((0 0, 5 -5, 10 0, 5 5, 0 0))", { -3, 0, -2, 1 }, false },
    { "the box at a vertex's height, inside", "POLYGON ((0 0, 5 -5, 10 0, 5 5, 0 0))", { 4, 0, 5, 1 }, true },
    { "the other way round", "POLYGON ((0 0, 0 10, 10 10, 10 0, 0 0))", { 1, 1, 2, 2 }, true },
    { "no polygon", "POLYGON EMPTY", { 0, 0, 3, 3 }, false },
    { "one of two points", "MULTIPOINT ((9 9), (1 1))", { 0, 0, 3, 3 }, true },
    { "none of two points", "MULTIPOINT ((9 9), (-9 1))", { 0, 0, 3, 3 }, false },
    { "between two lines", "MULTILINESTRING ((-1 0, -1 9), (5 0, 5 9))", { 0, 0, 3, 3 }, false },
    { "the second of two lines", "MULTILINESTRING ((-1 0, -1 9), (2 0, 2 9))", { 0, 0, 3, 3 }, true },
    { "inside the second of two areas", "MULTIPOLYGON (((90 90, 91 90, 91 91, 90 90)), ((0 0, 10 0, 10 10, 0 10, 0 0)))", { 1, 1, 2, 2 }, true },
    { "in a hole of one, and the other is far", "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0), (3 3, 3 7, 7 7, 7 3, 3 3)), ((20 0, 21 0, 21 9, 20 0)))",
      { 4, 4, 6, 6 }, false },
    { "an island in the hole around it", "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0), (3 3, 3 7, 7 7, 7 3, 3 3)), ((4 4, 6 4, 6 6, 4 6, 4 4)))",
      { 4.5, 4.5, 5, 5 }, true },
    { "an area before a point far away", "GEOMETRYCOLLECTION (POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0)), POINT (90 90))", { 1, 1, 2, 2 }, true },
    { "a line before an area far away", "GEOMETRYCOLLECTION (LINESTRING (0 5, 10 5), GEOMETRYCOLLECTION (POLYGON ((20 0, 30 0, 30 9, 20 0))))",
      { 1, 1, 2, 2 }, false },
    { "a point in a collection in a collection", "GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (POINT (1 1)))", { 0, 0, 3, 3 }, true },
    { "nothing at all", "GEOMETRYCOLLECTION EMPTY", { 0, 0, 3, 3 }, false },
};

static void a_touch_counts_and_a_bounding_box_does_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        for (int big_endian = 0; big_endian <= 1; big_endian++) {
            size_t len;
            uint8_t *wkb = wkb_of(ROWS[i].wkt, big_endian, &len);
            if (wkb_meets_box(wkb, len, ROWS[i].box) != ROWS[i].meets)
                fail_msg("%s: expected %s (%s, %s)", ROWS[i].what, ROWS[i].meets ? "it meets" : "it does not", ROWS[i].wkt,
                         big_endian ? "big-endian" : "little-endian");
            GEOSFree_r(geos, wkb);
        }
}

// In bytes of their own length, so that the sanitizer sees who reads on.
static void broken_bytes_meet_nothing(void **state)
{
    (void)state;
    const struct box_m everything = { -1e9, -1e9, 1e9, 1e9 };
    struct box_m none;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        size_t len;
        uint8_t *wkb = wkb_of(ROWS[i].wkt, i % 2, &len);
        for (size_t cut = 0; cut < len; cut++) {
            uint8_t *copy = malloc(cut + 1);
            memcpy(copy + 1, wkb, cut);
            if (wkb_meets_box(copy + 1, cut, everything))
                fail_msg("%s: %zu of %zu bytes meet a box", ROWS[i].what, cut, len);
            assert_false(wkb_box(copy + 1, cut, &none));
            free(copy);
        }
        GEOSFree_r(geos, wkb);
    }
    assert_false(wkb_meets_box((const uint8_t *)"rubbish, and more of it", 23, everything));
}

// Lines beside the box and above it, in its direction all along.
static void what_is_not_a_number_is_nowhere(void **state)
{
    (void)state;
    static const double lines[][4] = { { 9, 1, 12, 2 }, { 9, 1, 12, 1 }, { 1, 9, 2, 12 }, { 1, 9, 1, 12 } };
    const struct box_m box = { 0, 0, 3, 3 };
    for (size_t i = 0; i < 16; i++) {
        double at[4];
        uint8_t wkb[41] = { 1, 2, 0, 0, 0, 2 };
        memcpy(at, lines[i / 4], sizeof at);
        at[i % 4] = NAN;
        memcpy(wkb + 9, at, sizeof at);
        struct box_m own;
        assert_true(!wkb_box(wkb, sizeof wkb, &own) || !(isnan(own.min_x) || isnan(own.min_y) || isnan(own.max_x) || isnan(own.max_y)));
        if (wkb_meets_box(wkb, sizeof wkb, box))
            fail_msg("the line %g %g, %g %g meets the box", at[0], at[1], at[2], at[3]);
    }
}

// --- Random shapes ------------------------------------------------------------------------------------------------------------

struct text { char at[8192]; size_t len; };

__attribute__((format(printf, 2, 3))) static void say(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    t->len += (size_t)vsnprintf(t->at + t->len, sizeof t->at - t->len, format, args);
    va_end(args);
}

// step 1: whole numbers, on which much touches; 0: any.
static double place(double value, double step) { return step > 0 ? round(value / step) * step : value; }

static void say_run(struct text *t, struct xy_m centre, double reach, int count, double step, uint64_t *seed)
{
    struct xy_m first = { 0 };
    say(t, "(");
    for (int i = 0; i < count; i++) {
        double turn = 2 * M_PI * (i + 0.8 * shapes_random(seed)) / count, r = reach * (0.4 + 0.6 * shapes_random(seed));
        struct xy_m p = { place(centre.x + r * cos(turn), step), place(centre.y + r * sin(turn), step) };
        first = i == 0 ? p : first;
        say(t, "%.17g %.17g, ", p.x, p.y);
    }
    say(t, "%.17g %.17g)", first.x, first.y);
}

static void say_star(struct text *t, double step, uint64_t *seed)
{
    struct xy_m centre = { 40 * shapes_random(seed), 40 * shapes_random(seed) };
    double reach = 4 + 16 * shapes_random(seed);
    say(t, "(");
    say_run(t, centre, reach, 3 + (int)(9 * shapes_random(seed)), step, seed);
    if (shapes_random(seed) < 0.6) {
        say(t, ", ");
        say_run(t, centre, reach * 0.35, 3 + (int)(5 * shapes_random(seed)), step, seed);
    }
    say(t, ")");
}

static void say_shape(struct text *t, double step, uint64_t *seed)
{
    double kind = shapes_random(seed);
    struct xy_m centre = { 40 * shapes_random(seed), 40 * shapes_random(seed) };
    t->len = 0;
    if (kind < 0.5) {
        say(t, "POLYGON ");
        say_star(t, step, seed);
    } else if (kind < 0.7) {
        say(t, "LINESTRING ");
        say_run(t, centre, 20, 2 + (int)(3 * shapes_random(seed)), step, seed);
    } else if (kind < 0.8) {
        say(t, "POINT (%.17g %.17g)", place(centre.x, step), place(centre.y, step));
    } else {
        say(t, "MULTIPOLYGON (");
        say_star(t, step, seed);
        say(t, ", ");
        say_star(t, step, seed);
        say(t, ")");
    }
}

static struct box_m random_box(double step, uint64_t *seed)
{
    double x = place(40 * shapes_random(seed), step), y = place(40 * shapes_random(seed), step), side = 1 + 11 * shapes_random(seed);
    return (struct box_m){ x, y, x + place(side * shapes_random(seed), step), y + place(side * shapes_random(seed), step) };
}

// A box without width or height is a line or a point.
static GEOSGeometry *geos_box(struct box_m b)
{
    char wkt[512];
    if (b.min_x == b.max_x && b.min_y == b.max_y)
        snprintf(wkt, sizeof wkt, "POINT (%.17g %.17g)", b.min_x, b.min_y);
    else if (b.min_x == b.max_x || b.min_y == b.max_y)
        snprintf(wkt, sizeof wkt, "LINESTRING (%.17g %.17g, %.17g %.17g)", b.min_x, b.min_y, b.max_x, b.max_y);
    else
        snprintf(wkt, sizeof wkt, "POLYGON ((%.17g %.17g, %.17g %.17g, %.17g %.17g, %.17g %.17g, %.17g %.17g))", b.min_x, b.min_y, b.max_x, b.min_y,
                 b.max_x, b.max_y, b.min_x, b.max_y, b.min_x, b.min_y);
    return GEOSGeomFromWKT_r(geos, wkt);
}

static int compare_with_boxes(const char *wkt, double step, uint64_t *seed)
{
    int met = 0;
    size_t len;
    GEOSGeometry *shape = GEOSGeomFromWKT_r(geos, wkt);
    uint8_t *wkb = wkb_of(wkt, shapes_random(seed) < 0.5, &len);
    struct box_m own, theirs_own;
    assert_true(wkb_box(wkb, len, &own));
    assert_true(GEOSGeom_getXMin_r(geos, shape, &theirs_own.min_x) && GEOSGeom_getXMax_r(geos, shape, &theirs_own.max_x) &&
                GEOSGeom_getYMin_r(geos, shape, &theirs_own.min_y) && GEOSGeom_getYMax_r(geos, shape, &theirs_own.max_y));
    assert_memory_equal(&own, &theirs_own, sizeof own);
    for (int i = 0; i < 20; i++) {
        struct box_m b = random_box(step, seed);
        GEOSGeometry *box = geos_box(b);
        int theirs = GEOSIntersects_r(geos, shape, box), ours = wkb_meets_box(wkb, len, b);
        if (theirs != ours)
            fail_msg("%s\nbox %.17g %.17g %.17g %.17g: GEOS says %d, we say %d", wkt, b.min_x, b.min_y, b.max_x, b.max_y, theirs, ours);
        met += ours;
        GEOSGeom_destroy_r(geos, box);
    }
    GEOSGeom_destroy_r(geos, shape);
    GEOSFree_r(geos, wkb);
    return met;
}

static bool is_valid(const char *wkt)
{
    GEOSGeometry *shape = GEOSGeomFromWKT_r(geos, wkt);
    bool valid = GEOSisValid_r(geos, shape) == 1;
    GEOSGeom_destroy_r(geos, shape);
    return valid;
}

static void random_shapes_meet_the_boxes_that_geos_says(void **state)
{
    (void)state;
    static struct text t;
    uint64_t seed = 1;
    int compared = 0, met = 0;
    for (int i = 0; i < 4000; i++) {
        double step = i % 2;
        say_shape(&t, step, &seed);
        if (!is_valid(t.at))                        // stars that overlap, or whose points fell together
            continue;
        met += compare_with_boxes(t.at, step, &seed);
        compared += 20;
    }
    assert_true(compared > 40000);
    assert_in_range(met, compared / 10, compared / 10 * 9);
}

static void say_nothing(const char *format, ...) { (void)format; }

static int open_geos(void **state)
{
    (void)state;
    geos = GEOS_init_r();
    GEOSContext_setNoticeHandler_r(geos, say_nothing);
    return 0;
}

static int close_geos(void **state)
{
    (void)state;
    GEOS_finish_r(geos);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_touch_counts_and_a_bounding_box_does_not),
        cmocka_unit_test(broken_bytes_meet_nothing),
        cmocka_unit_test(what_is_not_a_number_is_nowhere),
        cmocka_unit_test(random_shapes_meet_the_boxes_that_geos_says),
    };
    return cmocka_run_group_tests(tests, open_geos, close_geos);
}
