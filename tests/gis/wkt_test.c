// Well-known text and KML out of well-known binary: every type, and nothing of what is broken.
#include "gis/kml.h"
#include "gis/wkt.h"

#include "core/base/buf.h"
#include "gis/geojson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

static const struct { const char *geojson, *wkt, *kml; } shapes[] = {
    { "{\"type\":\"Point\",\"coordinates\":[121.5,-32.25]}", "POINT(121.5 -32.25)", "<Point><coordinates>121.5,-32.25</coordinates></Point>" },
    { "{\"type\":\"LineString\",\"coordinates\":[[0,0],[1,0.5]]}", "LINESTRING(0 0,1 0.5)", "<LineString><coordinates>0,0 1,0.5</coordinates></LineString>" },
    { "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[9,0],[9,9],[0,0]],[[2,1],[3,2],[3,1],[2,1]]]}", "POLYGON((0 0,9 0,9 9,0 0),(2 1,3 2,3 1,2 1))",
      "<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 9,0 9,9 0,0</coordinates></LinearRing></outerBoundaryIs>"
      "<innerBoundaryIs><LinearRing><coordinates>2,1 3,2 3,1 2,1</coordinates></LinearRing></innerBoundaryIs></Polygon>" },
    { "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[0,0],[9,0],[9,9],[0,0]]],[[[20,0],[29,0],[29,9],[20,0]]]]}",
      "MULTIPOLYGON(((0 0,9 0,9 9,0 0)),((20 0,29 0,29 9,20 0)))",
      "<MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 9,0 9,9 0,0</coordinates></LinearRing></outerBoundaryIs></Polygon>"
      "<Polygon><outerBoundaryIs><LinearRing><coordinates>20,0 29,0 29,9 20,0</coordinates></LinearRing></outerBoundaryIs></Polygon></MultiGeometry>" },
    { "{\"type\":\"MultiPoint\",\"coordinates\":[[1,2],[3,4]]}", "MULTIPOINT((1 2),(3 4))",
      "<MultiGeometry><Point><coordinates>1,2</coordinates></Point><Point><coordinates>3,4</coordinates></Point></MultiGeometry>" },
    { "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[1,2]},{\"type\":\"LineString\",\"coordinates\":[[0,0],[1,1]]}]}",
      "GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))",
      "<MultiGeometry><Point><coordinates>1,2</coordinates></Point><LineString><coordinates>0,0 1,1</coordinates></LineString></MultiGeometry>" },
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static void binary_of(int i, struct buf *wkb)
{
    struct err e = { .lang = LANG_EN };
    struct json_doc *doc = NULL;
    struct geojson_facts facts;
    buf_init(wkb, 1 << 16);
    assert_int_equal(json_parse(shapes[i].geojson, strlen(shapes[i].geojson), "shape", NULL, &doc, &e), OK);
    assert_int_equal(geojson_read(json_root(doc), &(struct geojson_rules){ 0 }, wkb, &facts, &e), OK);
    json_close(doc);
}

static void every_type_is_written(void **state)
{
    (void)state;
    for (int i = 0; i < SHAPES; i++) {
        struct buf wkb, text;
        binary_of(i, &wkb);
        buf_init(&text, 1 << 16);
        assert_true(wkt_add_wkb(&text, (const uint8_t *)wkb.data, wkb.len, 7));
        assert_string_equal(text.data, shapes[i].wkt);
        buf_clear(&text);
        buf_init(&text, 1 << 16);
        assert_true(kml_add_wkb(&text, (const uint8_t *)wkb.data, wkb.len));
        assert_string_equal(text.data, shapes[i].kml);
        buf_clear(&text);
        buf_clear(&wkb);
    }
}

static void what_is_cut_short_leaves_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < SHAPES; i++) {
        struct buf wkb, text;
        binary_of(i, &wkb);
        buf_init(&text, 1 << 16);
        buf_text(&text, "before");
        for (size_t len = 0; len < wkb.len; len++) {
            assert_false(wkt_add_wkb(&text, (const uint8_t *)wkb.data, len, 7));
            assert_false(kml_add_wkb(&text, (const uint8_t *)wkb.data, len));
        }
        assert_string_equal(text.data, "before");
        buf_clear(&text);
        buf_clear(&wkb);
    }
}

static void a_point_tells_where_it_is(void **state)
{
    (void)state;
    struct xy_m p = { 0, 0 };
    for (int i = 0; i < SHAPES; i++) {
        struct buf wkb;
        binary_of(i, &wkb);
        assert_int_equal(wkt_point((const uint8_t *)wkb.data, wkb.len, &p), i == 0);
        buf_clear(&wkb);
    }
    assert_true(p.x == 121.5 && p.y == -32.25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_written),
        cmocka_unit_test(what_is_cut_short_leaves_nothing),
        cmocka_unit_test(a_point_tells_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
