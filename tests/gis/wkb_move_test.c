// Coordinates moved where they stand: as the road moves the points alone, and nothing else of the bytes changes.
#include "gis/wkb_move.h"
#include "gis/wkb_walk.h"
#include "tests/gis/wkt.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct { GEOSContextHandle_t geos; struct crs *degrees, *metres; struct crs_road *there, *back; } w;
static struct err e;

static uint8_t *wkb_of(const char *wkt, bool big_endian, size_t *len)
{
    GEOSGeometry *geom = GEOSGeomFromWKT_r(w.geos, wkt);
    if (geom == NULL)
        fail_msg("no shape: %s", wkt);
    GEOSWKBWriter *writer = GEOSWKBWriter_create_r(w.geos);
    GEOSWKBWriter_setByteOrder_r(w.geos, writer, big_endian ? GEOS_WKB_XDR : GEOS_WKB_NDR);
    GEOSWKBWriter_setOutputDimension_r(w.geos, writer, 3);
    uint8_t *wkb = GEOSWKBWriter_write_r(w.geos, writer, geom, len);
    GEOSWKBWriter_destroy_r(w.geos, writer);
    GEOSGeom_destroy_r(w.geos, geom);
    return wkb;                                     // GEOSFree_r
}

static const struct { const char *wkt, *swapped; } ROWS[] = {
    { "POINT (121 32)", "POINT (32 121)" },
    { "POINT Z (121 32 7)", "POINT Z (32 121 7)" },
    { "LINESTRING (121 32, 121.5 32.25)", "LINESTRING (32 121, 32.25 121.5)" },
    { "LINESTRING Z (121 32 1, 121.5 32.25 2)", "LINESTRING Z (32 121 1, 32.25 121.5 2)" },
    { "POLYGON ((121 32, 122 32, 122 33, 121 32), (121.5 32.25, 121.75 32.25, 121.75 32.5, 121.5 32.25))",
      "POLYGON ((32 121, 32 122, 33 122, 32 121), (32.25 121.5, 32.25 121.75, 32.5 121.75, 32.25 121.5))" },
    { "MULTIPOINT (121 32, 122 33)", "MULTIPOINT (32 121, 33 122)" },
    { "MULTILINESTRING ((121 32, 122 33), (120 30, 119 31))", "MULTILINESTRING ((32 121, 33 122), (30 120, 31 119))" },
    { "MULTIPOLYGON (((121 32, 122 32, 122 33, 121 32)), ((119 30, 120 30, 120 31, 119 30)))",
      "MULTIPOLYGON (((32 121, 32 122, 33 122, 32 121)), ((30 119, 30 120, 31 120, 30 119)))" },
    { "GEOMETRYCOLLECTION (POINT (121 32), GEOMETRYCOLLECTION (LINESTRING (120 30, 119 31)))",
      "GEOMETRYCOLLECTION (POINT (32 121), GEOMETRYCOLLECTION (LINESTRING (30 120, 31 119)))" },
    { "LINESTRING EMPTY", "LINESTRING EMPTY" },
    { "POLYGON EMPTY", "POLYGON EMPTY" },
    { "GEOMETRYCOLLECTION EMPTY", "GEOMETRYCOLLECTION EMPTY" },
};

static void axes_change_places_and_nothing_else_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        for (int big_endian = 0; big_endian <= 1; big_endian++) {
            size_t len, expect_len;
            uint8_t *wkb = wkb_of(ROWS[i].wkt, big_endian, &len), *expect = wkb_of(ROWS[i].swapped, big_endian, &expect_len);
            assert_true(wkb_move(wkb, len, NULL, true));
            assert_int_equal(len, expect_len);
            if (memcmp(wkb, expect, len) != 0)
                fail_msg("%s became %s", ROWS[i].wkt, wkt_of_wkb(w.geos, wkb, len));
            GEOSFree_r(w.geos, wkb);
            GEOSFree_r(w.geos, expect);
        }
}

static void without_a_road_and_a_swap_nothing_moves(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        size_t len;
        uint8_t *wkb = wkb_of(ROWS[i].wkt, i % 2, &len), *was = malloc(len);
        memcpy(was, wkb, len);
        assert_true(wkb_move(wkb, len, NULL, false));
        assert_memory_equal(wkb, was, len);
        free(was);
        GEOSFree_r(w.geos, wkb);
    }
}

// --- A road -------------------------------------------------------------------------------------------------------------------

enum { POINTS_MOST = 2000 };
struct points { struct xy_m at[POINTS_MOST]; uint32_t count; };

static void take_run(void *ctx, const struct wkb_run *r, uint32_t part)
{
    struct points *p = ctx;
    (void)part;
    for (uint32_t i = 0; i < r->count; i++)
        p->at[p->count++] = wkb_run_point(r, i);
}

static void points_of(const uint8_t *wkb, size_t len, struct points *out)
{
    out->count = 0;
    assert_true(wkb_walk(wkb, len, &(struct wkb_steps){ .run = take_run }, out));
}

// The points of the shape go the road alone; the bytes that were moved must hold the same, to the last bit.
static void compare_road(const char *wkt, bool big_endian, bool swap_axes)
{
    static struct points expect, got;
    size_t len;
    uint8_t *wkb = wkb_of(wkt, big_endian, &len);
    points_of(wkb, len, &expect);
    assert_int_equal(crs_road_go(w.there, expect.at, expect.count), 0);
    assert_true(wkb_move(wkb, len, w.there, swap_axes));
    points_of(wkb, len, &got);
    assert_int_equal(got.count, expect.count);
    for (uint32_t i = 0; i < got.count; i++) {
        struct xy_m p = swap_axes ? (struct xy_m){ got.at[i].y, got.at[i].x } : got.at[i];
        if (p.x != expect.at[i].x || p.y != expect.at[i].y)
            fail_msg("point %u of %.60s: expected %.10g %.10g, got %.10g %.10g", i, wkt, expect.at[i].x, expect.at[i].y, p.x, p.y);
    }
    GEOSFree_r(w.geos, wkb);
}

static void the_road_moves_every_point_as_it_moves_it_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        for (int how = 0; how < 4; how++)
            compare_road(ROWS[i].wkt, how & 1, how & 2);
}

// They go in pieces of 256: none is lost between two.
static void long_lines_are_moved_whole(void **state)
{
    (void)state;
    static const int counts[] = { 255, 256, 257, 511, 512, 513, 1500 };
    static char wkt[POINTS_MOST * 48];
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        size_t n = (size_t)snprintf(wkt, sizeof wkt, "LINESTRING (");
        for (int i = 0; i < counts[k]; i++)
            n += (size_t)snprintf(wkt + n, sizeof wkt - n, "%s%.9f %.9f", i > 0 ? ", " : "", 120.5 + 0.001 * i, 32 + 0.3 * sin(i));
        snprintf(wkt + n, sizeof wkt - n, ")");
        compare_road(wkt, k % 2, false);
    }
}

static void there_and_back_is_where_it_was(void **state)
{
    (void)state;
    static struct points was, is;
    size_t len;
    uint8_t *wkb = wkb_of(ROWS[4].wkt, false, &len);
    points_of(wkb, len, &was);
    assert_true(wkb_move(wkb, len, w.there, true));
    points_of(wkb, len, &is);
    assert_in_range((uint64_t)is.at[0].x, 3500000, 3600000);       // north first, metres
    assert_in_range((uint64_t)is.at[0].y, 590000, 600000);
    assert_true(wkb_move(wkb, len, NULL, true));
    assert_true(wkb_move(wkb, len, w.back, false));
    points_of(wkb, len, &is);
    for (uint32_t i = 0; i < was.count; i++) {
        assert_float_equal(is.at[i].x, was.at[i].x, 1e-10);
        assert_float_equal(is.at[i].y, was.at[i].y, 1e-10);
    }
    GEOSFree_r(w.geos, wkb);
}

// ISO codes and EWKB flags; heights and measures are another matter than the place.
static void heights_and_measures_stay(void **state)
{
    (void)state;
    static const struct { uint32_t code; int ordinates; } kinds[] = {
        { 1001, 3 }, { 2001, 3 }, { 3001, 4 }, { 0x80000001u, 3 }, { 0x40000001u, 3 }, { 0xc0000001u, 4 },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        double at[4] = { 121, 32, 7.5, NAN }, got[4];
        uint8_t wkb[5 + sizeof at] = { 1 };
        struct xy_m expect = { 121, 32 };
        size_t len = 5 + (size_t)kinds[i].ordinates * sizeof *at;
        memcpy(wkb + 1, &kinds[i].code, 4);
        memcpy(wkb + 5, at, sizeof at);
        assert_int_equal(crs_road_go(w.there, &expect, 1), 0);
        assert_true(wkb_move(wkb, len, w.there, true));
        memcpy(got, wkb + 5, sizeof got);
        assert_float_equal(got[0], expect.y, 0);
        assert_float_equal(got[1], expect.x, 0);
        assert_memory_equal(got + 2, at + 2, 2 * sizeof *at);
    }
}

static void a_place_the_other_crs_does_not_know_is_said(void **state)
{
    (void)state;
    static const char *const nowhere[] = { "POINT (121 95)", "LINESTRING (121 32, 121 1000)", "MULTIPOINT (121 32, 1e300 32)" };
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        size_t len;
        uint8_t *wkb = wkb_of(nowhere[i], false, &len);
        if (wkb_move(wkb, len, w.there, false))
            fail_msg("%s has a place", nowhere[i]);
        GEOSFree_r(w.geos, wkb);
    }
}

static void broken_bytes_are_refused_and_not_left(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        size_t len;
        uint8_t *wkb = wkb_of(ROWS[i].wkt, i % 2, &len);
        for (size_t cut = 0; cut < len; cut++) {
            uint8_t *copy = malloc(cut + 1);        // of its own length: the sanitizer sees who writes on
            memcpy(copy + 1, wkb, cut);
            if (wkb_move(copy + 1, cut, w.there, true))
                fail_msg("%s: %zu of %zu bytes are moved", ROWS[i].wkt, cut, len);
            free(copy);
        }
        GEOSFree_r(w.geos, wkb);
    }
    uint8_t rubbish[] = "rubbish, and more of it";
    assert_false(wkb_move(rubbish, sizeof rubbish, NULL, true));
}

static int open_roads(void **state)
{
    (void)state;
    w.geos = GEOS_init_r();
    return crs_open("EPSG:4326", &w.degrees, &e) != OK || crs_open("EPSG:4549", &w.metres, &e) != OK ||
           crs_road_open(w.degrees, w.metres, &w.there, &e) != OK || crs_road_open(w.metres, w.degrees, &w.back, &e) != OK;
}

static int close_roads(void **state)
{
    (void)state;
    crs_road_close(w.there);
    crs_road_close(w.back);
    crs_close(w.degrees);
    crs_close(w.metres);
    GEOS_finish_r(w.geos);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(axes_change_places_and_nothing_else_does),
        cmocka_unit_test(without_a_road_and_a_swap_nothing_moves),
        cmocka_unit_test(the_road_moves_every_point_as_it_moves_it_alone),
        cmocka_unit_test(long_lines_are_moved_whole),
        cmocka_unit_test(there_and_back_is_where_it_was),
        cmocka_unit_test(heights_and_measures_stay),
        cmocka_unit_test(a_place_the_other_crs_does_not_know_is_said),
        cmocka_unit_test(broken_bytes_are_refused_and_not_left),
    };
    return cmocka_run_group_tests(tests, open_roads, close_roads);
}
