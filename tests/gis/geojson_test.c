// GeoJSON geometry: text out of WKB as RFC 7946 wants it, and back with sentences that name the place.
#include "gis/geojson.h"
#include "core/base/buf.h"
#include "tests/gis/wkt.h"

#include <math.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static GEOSContextHandle_t geos;

// --- out ---------------------------------------------------------------------------------------------------------------------

static const struct { const char *wkt; int decimals; const char *json; } OUT[] = {
    { "POINT (121.4737021 31.2304)", 7, "{\"type\":\"Point\",\"coordinates\":[121.4737021,31.2304]}" },
    { "POINT (121.47370214 31.23040005)", 7, "{\"type\":\"Point\",\"coordinates\":[121.4737021,31.2304001]}" },
    { "POINT (-0.00000001 0)", 7, "{\"type\":\"Point\",\"coordinates\":[0,0]}" },
    { "POINT Z (500000.12345 3540000 7)", 3, "{\"type\":\"Point\",\"coordinates\":[500000.123,3540000]}" },
    { "POINT EMPTY", 7, "{\"type\":\"Point\",\"coordinates\":[]}" },
    { "MULTIPOINT (1 2, 3 4)", 0, "{\"type\":\"MultiPoint\",\"coordinates\":[[1,2],[3,4]]}" },
    { "LINESTRING (1 2, 3 4.5)", 7, "{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4.5]]}" },
    { "MULTILINESTRING ((1 2, 3 4), (5 6, 7 8))", 7, "{\"type\":\"MultiLineString\",\"coordinates\":[[[1,2],[3,4]],[[5,6],[7,8]]]}" },
    { "POLYGON ((0 0, 4 0, 4 4, 0 0))", 7, "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[4,4],[0,0]]]}" },
    // the right-hand rule, whatever the rings were
    { "POLYGON ((0 0, 4 4, 4 0, 0 0), (2 1, 3 1, 3 2, 2 1))", 7,
      "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[4,4],[0,0]],[[2,1],[3,2],[3,1],[2,1]]]}" },
    { "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 6, 6 5, 5 5)))", 7,
      "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]}" },
    { "GEOMETRYCOLLECTION (POINT (1 2), MULTIPOINT (3 4), GEOMETRYCOLLECTION (LINESTRING (1 2, 3 4)))", 7,
      "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[1,2]},{\"type\":\"MultiPoint\",\"coordinates\":[[3,4]]},"
      "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}]}]}" },
    { "GEOMETRYCOLLECTION EMPTY", 7, "{\"type\":\"GeometryCollection\",\"geometries\":[]}" },
    { "POLYGON EMPTY", 7, "{\"type\":\"Polygon\",\"coordinates\":[]}" },
};

static void wkb_becomes_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof OUT / sizeof *OUT; i++) {
        size_t len;
        uint8_t *wkb = wkt_to_wkb(geos, OUT[i].wkt, &len);
        struct buf out;
        buf_init(&out, 1 << 16);
        buf_text(&out, "x");                        // it is added
        assert_true(geojson_add_wkb(&out, wkb, len, OUT[i].decimals));
        assert_string_equal(out.data + 1, OUT[i].json);
        GEOSFree_r(geos, wkb);
        buf_clear(&out);
    }
}

static void broken_wkb_adds_nothing(void **state)
{
    (void)state;
    size_t len;
    uint8_t *wkb = wkt_to_wkb(geos, "POLYGON ((0 0, 4 0, 4 4, 0 0))", &len);
    struct buf out;
    buf_init(&out, 1 << 16);
    buf_text(&out, "before");
    for (size_t cut = 0; cut < len; cut++)
        assert_false(geojson_add_wkb(&out, wkb, cut, 7));
    double nowhere[] = { 0x1p60, NAN, INFINITY };
    for (int i = 0; i < 3; i++) {
        memcpy(wkb + 13 + 16, &nowhere[i], 8);
        assert_false(geojson_add_wkb(&out, wkb, len, 7));
    }
    assert_string_equal(out.data, "before");
    GEOSFree_r(geos, wkb);
    buf_clear(&out);
}

static void a_full_text_says_so(void **state)
{
    (void)state;
    size_t len;
    uint8_t *wkb = wkt_to_wkb(geos, "LINESTRING (0 0, 4 0, 4 4, 0 0)", &len);
    struct buf out;
    buf_init(&out, 50);
    geojson_add_wkb(&out, wkb, len, 7);
    assert_true(out.full);
    assert_true(out.len <= 50);
    GEOSFree_r(geos, wkb);
    buf_clear(&out);
}

// --- in ----------------------------------------------------------------------------------------------------------------------

static enum status read_text(const char *text, const struct geojson_rules *rules, struct buf *wkb, struct geojson_facts *facts, struct err *e)
{
    struct json_doc *d;
    enum status s = json_parse(text, strlen(text), "body", NULL, &d, e);
    if (s != OK)
        return s;
    s = geojson_read(json_root(d), rules, wkb, facts, e);
    json_close(d);
    return s;
}

static const struct { const char *json, *wkt; bool z_cut; } IN[] = {
    { "{\"type\":\"Point\",\"coordinates\":[121.5,31]}", "POINT (121.5 31)", false },
    { "{\"type\":\"Point\",\"coordinates\":[121.5,31,7.5],\"crs\":null}", "POINT (121.5 31)", true },
    { "{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4,5]]}", "LINESTRING (1 2, 3 4)", true },
    { "{\"coordinates\":[[[0,0],[0,1],[1,1],[0,0]],[[2,2],[3,2],[3,3],[2,2]]],\"type\":\"Polygon\"}",
      "POLYGON ((0 0, 0 1, 1 1, 0 0), (2 2, 3 2, 3 3, 2 2))", false },
    { "{\"type\":\"MultiPoint\",\"coordinates\":[[1,2],[3,4]]}", "MULTIPOINT (1 2, 3 4)", false },
    { "{\"type\":\"MultiLineString\",\"coordinates\":[[[1,2],[3,4]],[[5,6],[7,8]]]}", "MULTILINESTRING ((1 2, 3 4), (5 6, 7 8))", false },
    { "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]}",
      "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))", false },
    { "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[1,2]},{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}]}",
      "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 3 4))", false },
};

static void text_becomes_wkb(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof IN / sizeof *IN; i++) {
        struct buf wkb;
        struct geojson_facts facts;
        struct err e = { 0 };
        buf_init(&wkb, 1 << 16);
        if (read_text(IN[i].json, &(struct geojson_rules){ .lonlat = true }, &wkb, &facts, &e) != OK)
            fail_msg("%s", e.text);
        char *text = wkt_of_wkb(geos, wkb.data, wkb.len);
        assert_string_equal(text, IN[i].wkt);
        assert_int_equal(facts.z_cut, IN[i].z_cut);
        GEOSFree_r(geos, text);
        buf_clear(&wkb);
    }
}

static const struct { const char *json; enum status status; const char *sentence; } REFUSED[] = {
    { "[1,2]", INVALID, "body:1: an object is expected, a list of 2 is given" },
    { "{\"coordinates\":[1,2]}", INVALID, "body:1: type: a text is expected, nothing is given" },
    { "{\"type\":\"Circle\",\"coordinates\":[1,2]}", INVALID,
      "body:1: type: the type of a geometry (Point, LineString, Polygon, Multi... or GeometryCollection) is expected, \"Circle\" is given" },
    { "{\"type\":\"point\",\"coordinates\":[1,2]}", INVALID, "is expected, \"point\" is given" },
    { "{\"type\":\"Point\"}", INVALID, "body:1: coordinates: a position of two or three numbers is expected, nothing is given" },
    { "{\"type\":\"Point\",\"coordinates\":[]}", INVALID, "coordinates: a position of two or three numbers is expected, a list of 0 is given" },
    { "{\"type\":\"Point\",\"coordinates\":[1,2,3,4]}", INVALID, "coordinates: a position of two or three numbers is expected, a list of 4 is given" },
    { "{\"type\":\"Point\",\"coordinates\":[1,\"2\"]}", INVALID, "coordinates[1]: a number is expected, \"2\" is given" },
    { "{\"type\":\"Point\",\"coordinates\":[1,2,null]}", INVALID, "coordinates[2]: a number is expected, null is given" },
    { "{\"type\":\"Point\",\"coordinates\":[181,2]}", INVALID, "coordinates[0]: a longitude from -180 to 180 is expected, 181 is given" },
    { "{\"type\":\"Point\",\"coordinates\":[31,121.5]}", INVALID, "coordinates[1]: a latitude from -90 to 90 is expected, 121.5 is given" },
    { "{\"type\":\"Point\",\"coordinates\":[1,2],\"geometries\":[]}", INVALID,
      "geometries: no such member in a geometry of this type is expected, a list of 0 is given" },
    { "{\"type\":\"LineString\",\"coordinates\":[[1,2]]}", INVALID, "coordinates: a line of at least 2 positions is expected, a list of 1 is given" },
    { "{\"type\":\"LineString\",\"coordinates\":[[1,2],3]}", INVALID, "coordinates[1]: a position of two or three numbers is expected, 3 is given" },
    { "{\"type\":\"Polygon\",\"coordinates\":[]}", INVALID, "coordinates: a list of at least one ring is expected, a list of 0 is given" },
    { "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[0,0]]]}", INVALID,
      "coordinates[0]: a ring of at least 4 positions is expected, a list of 3 is given" },
    { "{\"type\":\"Polygon\",\"coordinates\":[\n[[0,0],[1,0],[1,1],[0,0]],\n[[0,0],[1,0],[1,1],\n[0,0.1]]]}", INVALID,
      "body:4: coordinates[1][3]: a ring that ends at its first position is expected, a list of 2 is given" },
    { "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[0,0],[1,0],[1,1],[0,0]]],[[[0,0],[1,0],[1,true],[0,0]]]]}", INVALID,
      "coordinates[1][0][2][1]: a number is expected, true is given" },
    { "{\"type\":\"MultiPoint\",\"coordinates\":[]}", INVALID, "coordinates: a list of at least one member is expected, a list of 0 is given" },
    { "{\"type\":\"GeometryCollection\",\"geometries\":[]}", INVALID, "geometries: a list of at least one geometry is expected, a list of 0 is given" },
    { "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[1]}]}", INVALID,
      "geometries[0].coordinates: a position of two or three numbers is expected, a list of 1 is given" },
    { "{\"type\":\"MultiPoint\",\"coordinates\":[[1,2],[1,2],[1,2],[1,2],[1,2],[1,2],[1,2],[1,2],[1,2]]}", TOO_BIG, "a geometry of more than 8 positions" },
    { "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"GeometryCollection\",\"geometries\":"
      "[{\"type\":\"Point\",\"coordinates\":[1,2]}]}]}]}", TOO_BIG, "geometry collections are nested more than 2 deep" },
};

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    static const struct geojson_rules rules = { .lonlat = true, .vertices_most = 8, .depth_most = 2 };
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        struct buf wkb;
        struct geojson_facts facts = { .vertices = 77 };
        struct err e = { 0 };
        buf_init(&wkb, 1 << 16);
        buf_text(&wkb, "before");
        assert_int_equal(read_text(REFUSED[i].json, &rules, &wkb, &facts, &e), REFUSED[i].status);
        if (strstr(e.text, REFUSED[i].sentence) == NULL)
            fail_msg("%s\nsays    %s\ninstead of %s", REFUSED[i].json, e.text, REFUSED[i].sentence);
        assert_string_equal(wkb.data, "before");
        assert_int_equal(facts.vertices, 77);
        buf_clear(&wkb);
    }
}

static void the_ceiling_of_the_wkb_is_a_limit(void **state)
{
    (void)state;
    struct buf wkb;
    struct geojson_facts facts;
    struct err e = { 0 };
    buf_init(&wkb, 30);
    assert_int_equal(read_text(IN[2].json, &(struct geojson_rules){ 0 }, &wkb, &facts, &e), TOO_BIG);
    assert_non_null(strstr(e.text, "30 bytes"));
    buf_clear(&wkb);
}

static void metres_have_no_range(void **state)
{
    (void)state;
    struct buf wkb;
    struct geojson_facts facts;
    buf_init(&wkb, 100);
    assert_int_equal(read_text("{\"type\":\"Point\",\"coordinates\":[500000,3540000]}", &(struct geojson_rules){ 0 }, &wkb, &facts, NULL), OK);
    buf_clear(&wkb);
}

static int open_all(void **state)
{
    (void)state;
    geos = GEOS_init_r();
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    GEOS_finish_r(geos);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wkb_becomes_text),
        cmocka_unit_test(broken_wkb_adds_nothing),
        cmocka_unit_test(a_full_text_says_so),
        cmocka_unit_test(text_becomes_wkb),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(the_ceiling_of_the_wkb_is_a_limit),
        cmocka_unit_test(metres_have_no_range),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
