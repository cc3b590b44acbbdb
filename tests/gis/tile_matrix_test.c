// Tile matrix sets: the numbers of OGC's register, tiles and their ground, limits, JSON.
#include "gis/tile_matrix.h"
#include "core/base/buf.h"
#include "core/base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void sets_are_found_by_id(void **state)
{
    (void)state;
    enum tile_set set = TILE_SETS;
    assert_true(tile_set_find("WebMercatorQuad", &set));
    assert_int_equal(set, TILE_WEB_MERCATOR_QUAD);
    assert_true(tile_set_find("CGCS2000Quad", &set));
    assert_int_equal(set, TILE_CGCS2000_QUAD);
    assert_false(tile_set_find("WorldCRS84Quad", &set));
    assert_int_equal(set, TILE_CGCS2000_QUAD);
    assert_string_equal(tile_set_facts(TILE_CGCS2000_QUAD)->crs, "http://www.opengis.net/def/crs/EPSG/0/4490");
    assert_null(tile_set_facts(TILE_CGCS2000_QUAD)->uri);
}

// Values of OGC's register (WebMercatorQuad and WorldCRS84Quad, whose numbers CGCS2000Quad shares).
static const struct { enum tile_set set; int z; double scale, cell; int columns, rows; } MATRICES[] = {
    { TILE_WEB_MERCATOR_QUAD, 0, 559082264.028717, 156543.033928041, 1, 1 },
    { TILE_WEB_MERCATOR_QUAD, 14, 34123.6733415964, 9.55462853564703, 16384, 16384 },
    { TILE_WEB_MERCATOR_QUAD, 24, 33.3238997476528, 0.0093306919293428, 16777216, 16777216 },
    { TILE_CGCS2000_QUAD, 0, 279541132.014358, 0.703125, 2, 1 },
    { TILE_CGCS2000_QUAD, 14, 17061.8366707982, 0.0000429153442382812, 32768, 16384 },
    { TILE_CGCS2000_QUAD, 23, 33.3238997476528, 0.00000008381903171539, 16777216, 8388608 },
};

static struct json_doc *definition(enum tile_set set)
{
    struct buf b;
    struct json_doc *d;
    struct err e = { 0 };
    buf_init(&b, 1 << 20);
    tile_set_json(&b, set);
    if (json_parse(b.data, b.len, "definition", NULL, &d, &e) != OK)
        fail_msg("%s", e.text);
    buf_clear(&b);
    return d;
}

static double number(struct json v)
{
    double n = NAN;
    assert_int_equal(json_read_number(v, &n, NULL), OK);
    return n;
}

static void matrices_have_the_numbers_of_the_register(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof MATRICES / sizeof *MATRICES; i++) {
        struct json_doc *d = definition(MATRICES[i].set);
        struct json list = json_get(json_root(d), "tileMatrices"), m = json_at(list, (size_t)MATRICES[i].z);
        assert_int_equal(json_count(list), tile_set_facts(MATRICES[i].set)->zoom_most + 1);
        assert_float_equal(number(json_get(m, "scaleDenominator")) / MATRICES[i].scale, 1, 1e-13);
        assert_float_equal(number(json_get(m, "cellSize")) / MATRICES[i].cell, 1, 1e-13);
        assert_int_equal(number(json_get(m, "matrixWidth")), MATRICES[i].columns);
        assert_int_equal(number(json_get(m, "matrixHeight")), MATRICES[i].rows);
        json_close(d);
    }
}

static const char *text_of(struct json v)
{
    const char *text = "";
    assert_int_equal(json_read_text(v, &text, NULL), OK);
    return text;
}

// TileMatrixSet 2.0: what the schema requires, and axes in the order of the CRS.
static void definitions_are_complete(void **state)
{
    (void)state;
    static const char *const members[] = { "id", "scaleDenominator", "cellSize", "pointOfOrigin", "tileWidth", "tileHeight", "matrixWidth", "matrixHeight" };
    struct json_doc *web = definition(TILE_WEB_MERCATOR_QUAD), *china = definition(TILE_CGCS2000_QUAD);
    assert_string_equal(text_of(json_get(json_root(web), "uri")), "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad");
    assert_false(json_is_there(json_get(json_root(china), "uri")));
    assert_string_equal(text_of(json_at(json_get(json_root(china), "orderedAxes"), 0)), "Lat");
    struct json first = json_at(json_get(json_root(china), "tileMatrices"), 0);
    assert_float_equal(number(json_at(json_get(first, "pointOfOrigin"), 0)), 90, 0);
    assert_float_equal(number(json_at(json_get(first, "pointOfOrigin"), 1)), -180, 0);
    assert_string_equal(text_of(json_get(first, "id")), "0");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        assert_true(json_is_there(json_get(first, members[i])));
    json_close(web);
    json_close(china);
}

static void tiles_know_their_ground(void **state)
{
    (void)state;
    struct lonlat_box world = tile_box((struct tile_place){ TILE_WEB_MERCATOR_QUAD, 0, 0, 0 }, 0);
    assert_float_equal(world.west, -180, 0);
    assert_float_equal(world.north, 85.0511287798066, 1e-12);
    assert_float_equal(world.south, -85.0511287798066, 1e-12);
    struct lonlat_box b = tile_box((struct tile_place){ TILE_CGCS2000_QUAD, 1, 3, 0 }, 0);
    assert_float_equal(b.west, 90, 0);
    assert_float_equal(b.east, 180, 0);
    assert_float_equal(b.south, 0, 0);
    assert_float_equal(b.north, 90, 0);
    struct lonlat_box wide = tile_box((struct tile_place){ TILE_CGCS2000_QUAD, 1, 2, 1 }, 1024);
    assert_float_equal(wide.west, 0 - 22.5, 1e-12);
    assert_float_equal(wide.north, 0 + 22.5, 1e-12);
}

static const struct { enum tile_set set; int z; struct lonlat p; uint32_t x, y; } PLACES[] = {
    { TILE_WEB_MERCATOR_QUAD, 14, { 121.0, 32.0 }, 13698, 6653 },      // Nantong
    { TILE_WEB_MERCATOR_QUAD, 1, { 0, 0 }, 1, 1 },                     // a border belongs to the east and the south
    { TILE_WEB_MERCATOR_QUAD, 3, { 180, 90 }, 7, 0 },
    { TILE_WEB_MERCATOR_QUAD, 3, { -500, -90 }, 0, 7 },
    { TILE_CGCS2000_QUAD, 14, { 121.0, 32.0 }, 27397, 5279 },
    { TILE_CGCS2000_QUAD, 0, { 180, -90 }, 1, 0 },
    { TILE_CGCS2000_QUAD, 5, { NAN, INFINITY }, 0, 0 },                // found by fuzzing: no number is the north-west corner
};

static void places_know_their_tile(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        struct tile_place t = tile_at(PLACES[i].set, PLACES[i].z, PLACES[i].p);
        assert_int_equal(t.x, PLACES[i].x);
        assert_int_equal(t.y, PLACES[i].y);
        assert_true(tile_is_there(t));
    }
}

static void the_middle_of_a_tile_is_in_it(void **state)
{
    (void)state;
    for (int set = 0; set < TILE_SETS; set++)
        for (int z = 0; z <= tile_set_facts(set)->zoom_most; z++)
            for (uint32_t k = 0; k < 50; k++) {
                struct tile_place t = { (enum tile_set)set, z, (uint32_t)(k * 0x9e3779b9u) % (1u << z), (uint32_t)(k * 0x85ebca6bu) % (1u << z) };
                struct lonlat_box b = tile_box(t, 0);
                struct tile_place at = tile_at(t.set, z, (struct lonlat){ (b.west + b.east) / 2, (b.south + b.north) / 2 });
                assert_int_equal(at.x, t.x);
                assert_int_equal(at.y, t.y);
            }
}

static void beyond_the_matrix_is_no_tile(void **state)
{
    (void)state;
    static const struct { struct tile_place t; bool there; } rows[] = {
        { { TILE_WEB_MERCATOR_QUAD, 0, 0, 0 }, true },   { { TILE_WEB_MERCATOR_QUAD, 0, 1, 0 }, false },
        { { TILE_WEB_MERCATOR_QUAD, 24, 16777215, 16777215 }, true }, { { TILE_WEB_MERCATOR_QUAD, 25, 0, 0 }, false },
        { { TILE_WEB_MERCATOR_QUAD, -1, 0, 0 }, false }, { { TILE_CGCS2000_QUAD, 0, 1, 0 }, true },
        { { TILE_CGCS2000_QUAD, 0, 0, 1 }, false },      { { TILE_CGCS2000_QUAD, 24, 0, 0 }, false },
        { { TILE_WEB_MERCATOR_QUAD, 3, 2147483647, 2147483647 }, false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(tile_is_there(rows[i].t), rows[i].there);
}

static void limits_hold_the_extent(void **state)
{
    (void)state;
    struct lonlat_box tongzhou = { 120.66, 31.88, 121.43, 32.28 };
    struct buf b;
    buf_init(&b, 1000);
    tile_limits_json(&b, TILE_WEB_MERCATOR_QUAD, 9, 10, tongzhou);
    assert_string_equal(b.data, "[{\"tileMatrix\":\"9\",\"minTileRow\":207,\"maxTileRow\":208,\"minTileCol\":427,\"maxTileCol\":428},"
                                "{\"tileMatrix\":\"10\",\"minTileRow\":414,\"maxTileRow\":416,\"minTileCol\":855,\"maxTileCol\":857}]");
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_are_found_by_id),
        cmocka_unit_test(matrices_have_the_numbers_of_the_register),
        cmocka_unit_test(definitions_are_complete),
        cmocka_unit_test(tiles_know_their_ground),
        cmocka_unit_test(places_know_their_tile),
        cmocka_unit_test(the_middle_of_a_tile_is_in_it),
        cmocka_unit_test(beyond_the_matrix_is_no_tile),
        cmocka_unit_test(limits_hold_the_extent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
