// Packed geometry: says the same as WKB to the seventh decimal of a degree, in a third of the bytes.
#include "gis/packed.h"
#include "core/base/buf.h"
#include "gis/geojson.h"
#include "tests/gis/shapes.h"
#include "tests/gis/wkt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static GEOSContextHandle_t geos;
static struct buf packed, one, other;

static void start(void)
{
    packed.len = one.len = other.len = 0;
}

static const char *const SAME[] = {
    "POINT (121.4737021 31.2304)", "POINT (-180 -90)", "POINT (180 90)", "POINT Z (1 2 3)", "LINESTRING (-180 90, 180 -90, -180 90)",
    "MULTIPOINT (1 2, 3 4)", "MULTILINESTRING ((1 2, 3 4), (5 6, 7 8, 9 10))", "POLYGON ((0 0, 4 4, 4 0, 0 0), (2 1, 3 1, 3 2, 2 1))",
    "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 6, 6 5, 5 5), (5.5 5.2, 5.6 5.3, 5.6 5.2, 5.5 5.2)))",
    "GEOMETRYCOLLECTION (POINT (1 2), GEOMETRYCOLLECTION (LINESTRING (1 2, 3 4), MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))))",
    "POLYGON ((0 0, 1 1, 2 2, 0 0))",               // no area, no way round
};

// What was unpacked and is packed again is the same to the byte.
static void comes_back_as_wkb(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++) {
        size_t len;
        uint8_t *wkb = wkt_to_wkb(geos, SAME[i], &len);
        struct buf back, again;
        start();
        buf_init(&back, 1 << 20), buf_init(&again, 1 << 20);
        assert_true(packed_add_wkb(&packed, wkb, len));
        assert_true(packed_add_back(&back, (const uint8_t *)packed.data, packed.len));
        assert_true(packed_add_wkb(&again, (const uint8_t *)back.data, back.len));
        assert_int_equal(again.len, packed.len);
        assert_memory_equal(again.data, packed.data, packed.len);
        size_t before = back.len;
        for (size_t cut = 0; cut < packed.len; cut++)
            assert_false(packed_add_back(&back, (const uint8_t *)packed.data, cut));
        assert_int_equal(back.len, before);
        buf_clear(&back), buf_clear(&again);
        GEOSFree_r(geos, wkb);
    }
}

// one: what was printed.
static void same_by_digits(enum wkb_type type)
{
    struct buf digits, text;
    const uint8_t *bytes = (const uint8_t *)packed.data;
    buf_init(&digits, 1 << 20), buf_init(&text, 1 << 20);
    buf_add(&digits, "x", 1);
    assert_int_equal(packed_add_digits(&digits, bytes, packed.len), type != WKB_TYPE_COLLECTION);
    assert_int_equal(digits.len > 1, type != WKB_TYPE_COLLECTION);
    if (digits.len > 1) {
        packed_add_geojson_of(&text, bytes, (const uint8_t *)digits.data + 1, digits.len - 1);
        assert_string_equal(text.data, one.data);
    }
    size_t before = digits.len;
    for (size_t cut = 0; cut < packed.len; cut++)
        assert_false(packed_add_digits(&digits, bytes, cut));
    assert_int_equal(digits.len, before);
    buf_clear(&digits), buf_clear(&text);
}

static void says_the_same_as_wkb(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++) {
        size_t len;
        uint8_t *wkb = wkt_to_wkb(geos, SAME[i], &len);
        start();
        assert_true(packed_add_wkb(&packed, wkb, len));
        assert_true(packed_add_geojson(&one, (const uint8_t *)packed.data, packed.len));
        assert_true(geojson_add_wkb(&other, wkb, len, GEOJSON_DEGREE_DECIMALS));
        assert_string_equal(one.data, other.data);
        same_by_digits((enum wkb_type)packed.data[0]);
        for (size_t cut = 0; cut < packed.len; cut++)
            assert_false(packed_add_geojson(&one, (const uint8_t *)packed.data, cut));
        GEOSFree_r(geos, wkb);
    }
}

static GEOSGeometry *random_polygon(uint64_t *seed)
{
    int n = 3 + (int)(shapes_random(seed) * 20);
    GEOSCoordSequence *s = GEOSCoordSeq_create_r(geos, (unsigned)n + 1, 2);
    double lon = shapes_random(seed) * 358 - 179, lat = shapes_random(seed) * 178 - 89, size = pow(10, -6 * shapes_random(seed));
    for (int i = 0; i <= n; i++) {
        double x = lon + size * shapes_random(seed), y = lat + size * shapes_random(seed), first_x, first_y;
        if (i == n) {
            GEOSCoordSeq_getXY_r(geos, s, 0, &first_x, &first_y);
            x = first_x, y = first_y;
        }
        GEOSCoordSeq_setXY_r(geos, s, (unsigned)i, x, y);
    }
    return GEOSGeom_createPolygon_r(geos, GEOSGeom_createLinearRing_r(geos, s), NULL, 0);
}

static void random_polygons_keep_every_digit(void **state)
{
    (void)state;
    uint64_t seed = 3;
    GEOSWKBWriter *w = GEOSWKBWriter_create_r(geos);
    for (int i = 0; i < 5000; i++) {
        size_t len;
        GEOSGeometry *g = random_polygon(&seed);
        uint8_t *wkb = GEOSWKBWriter_write_r(geos, w, g, &len);
        struct packed_box b;
        start();
        assert_true(packed_add_wkb(&packed, wkb, len));
        packed_add_geojson(&one, (const uint8_t *)packed.data, packed.len);
        geojson_add_wkb(&other, wkb, len, GEOJSON_DEGREE_DECIMALS);
        assert_string_equal(one.data, other.data);
        double min_x, min_y, max_x, max_y;
        GEOSGeom_getXMin_r(geos, g, &min_x), GEOSGeom_getXMax_r(geos, g, &max_x);
        GEOSGeom_getYMin_r(geos, g, &min_y), GEOSGeom_getYMax_r(geos, g, &max_y);
        assert_true(packed_box((const uint8_t *)packed.data, packed.len, &b));
        assert_float_equal(b.min_x, min_x * 1e7, 0.5001);
        assert_float_equal(b.min_y, min_y * 1e7, 0.5001);
        assert_float_equal(b.max_x, max_x * 1e7, 0.5001);
        assert_float_equal(b.max_y, max_y * 1e7, 0.5001);
        GEOSFree_r(geos, wkb);
        GEOSGeom_destroy_r(geos, g);
    }
    GEOSWKBWriter_destroy_r(geos, w);
}

static void a_house_takes_few_bytes(void **state)
{
    (void)state;
    static const char house[] = "POLYGON ((120.9801234 32.0101234, 120.9803234 32.0101334, 120.9803134 32.0102534, 120.9802534 32.0102504, "
                                "120.9802514 32.0102134, 120.9802014 32.0102104, 120.9801194 32.0102064, 120.9801234 32.0101234))";
    size_t len;
    uint8_t *wkb = wkt_to_wkb(geos, house, &len);
    start();
    assert_true(packed_add_wkb(&packed, wkb, len));
    assert_in_range(packed.len, 30, 45);
    assert_int_equal(len, 9 + 4 + 8 * 16);
    GEOSFree_r(geos, wkb);
}

static const char *const REFUSED[] = {
    "POINT EMPTY", "POLYGON EMPTY", "GEOMETRYCOLLECTION EMPTY", "MULTIPOINT ((1 2), EMPTY)", "POINT (180.0000001 0)", "POINT (0 -90.0000001)",
    "POINT (500000 3540000)", "GEOMETRYCOLLECTION (POINT (1 2), POLYGON EMPTY)",
};

static void what_it_cannot_say_is_refused(void **state)
{
    (void)state;
    start();
    buf_text(&packed, "before");
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        size_t len;
        uint8_t *wkb = wkt_to_wkb(geos, REFUSED[i], &len);
        assert_false(packed_add_wkb(&packed, wkb, len));
        GEOSFree_r(geos, wkb);
    }
    size_t len;
    uint8_t *ring = wkt_to_wkb(geos, "POLYGON ((0 0, 4 0, 4 4, 0 0))", &len);
    ring[len - 1] ^= 0x40;                          // its end is no longer its beginning
    assert_false(packed_add_wkb(&packed, ring, len));
    assert_string_equal(packed.data, "before");
    GEOSFree_r(geos, ring);
}

static int open_all(void **state)
{
    (void)state;
    geos = GEOS_init_r();
    buf_init(&packed, 1 << 16);
    buf_init(&one, 1 << 16);
    buf_init(&other, 1 << 16);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    GEOS_finish_r(geos);
    buf_clear(&packed);
    buf_clear(&one);
    buf_clear(&other);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_as_wkb),
        cmocka_unit_test(says_the_same_as_wkb),
        cmocka_unit_test(random_polygons_keep_every_digit),
        cmocka_unit_test(a_house_takes_few_bytes),
        cmocka_unit_test(what_it_cannot_say_is_refused),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
