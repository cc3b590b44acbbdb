// Tiles by hand: what becomes of each kind of geometry, the words and numbers beside it, the budget, thinning, and the same bytes again.
#include "core/base/hash.h"
#include "gis/packed.h"
#include "gis/tile_parts.h"
#include "tests/gis/shapes.h"
#include "tests/gis/tile_drawing.h"
#include "tests/gis/wkt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct tile_place HERE = { TILE_WEB_MERCATOR_QUAD, 14, 13703, 6634 };
static GEOSContextHandle_t geos;
static struct tile *tile;
static struct arena *arena;
static struct buf said;

static int open_all(void **state)
{
    (void)state;
    geos = GEOS_init_r();
    tile = tile_open();
    arena = arena_open(64u << 20);
    buf_init(&said, 1 << 20);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    tile_close(tile);
    arena_close(arena);
    buf_clear(&said);
    GEOS_finish_r(geos);
    return 0;
}

// Adds a shape drawn in units.
static enum tile_fate add_drawn(const char *wkt, uint64_t id, const struct tile_property *p, int properties)
{
    size_t len;
    GEOSGeometry *units = GEOSGeomFromWKT_r(geos, wkt);
    uint8_t *wkb = drawing_wkb(geos, units, HERE, &len);
    enum tile_fate fate = tile_add(tile, &(struct tile_feature){ .id = id, .geometry = wkb, .geometry_len = len, .property = p, .properties = properties });
    GEOSGeom_destroy_r(geos, units);
    GEOSFree_r(geos, wkb);
    return fate;
}

static struct mvt read_tile(void)
{
    struct tile_bytes b = tile_end(tile);
    struct mvt m;
    arena_reset(arena);
    if (!mvt_read(arena, b.bytes, b.len, &m))
        fail_msg("%s", m.wrong);
    return m;
}

// "type: x y,x y;x y,..." - parts by semicolons.
static const char *say(const struct mvt_feature *f)
{
    said.len = 0;
    buf_printf(&said, "%d:", f->type);
    for (uint32_t k = 0; k < f->parts; k++)
        for (uint32_t i = f->first[k]; i < f->first[k + 1]; i++)
            buf_printf(&said, "%s%d %d", i > f->first[k] ? "," : k > 0 ? ";" : " ", f->at[i].x, f->at[i].y);
    return said.data;
}

// --- geometries --------------------------------------------------------------------------------------------------------------

static const struct { const char *what, *wkt; enum tile_fate fate; const char *said; } SHAPES[] = {
    { "a point", "POINT (25.2 16.9)", TILE_SHOWN, "1: 25 17" },
    { "a point in the buffer", "POINT (-64 4160)", TILE_SHOWN, "1: -64 4160" },
    { "a point beyond it", "POINT (-65 0)", TILE_OUTSIDE, NULL },
    { "points, one of them elsewhere", "MULTIPOINT (5 7, 9000 7, 3 2)", TILE_SHOWN, "1: 5 7,3 2" },
    { "a line", "LINESTRING (2 2, 2 10, 10 10)", TILE_SHOWN, "2: 2 2,2 10,10 10" },
    { "a line through the tile", "LINESTRING (-1000 100, 5000 100)", TILE_SHOWN, "2: -64 100,4160 100" },
    { "a line that leaves and comes back", "LINESTRING (100 100, 100 -300, 200 -300, 200 100)", TILE_SHOWN, "2: 100 100,100 -64;200 -64,200 100" },
    { "a line with a point on the way", "LINESTRING (0 0, 50 0.3, 100 0)", TILE_SHOWN, "2: 0 0,100 0" },
    { "a line of no length here", "LINESTRING (5 5, 5.2 5.2)", TILE_TOO_SMALL, NULL },
    { "a line that passes by", "LINESTRING (-1000 -100, 5000 -100)", TILE_OUTSIDE, NULL },
    { "lines", "MULTILINESTRING ((1 1, 50 90), (200 100, 300 400))", TILE_SHOWN, "2: 1 1,50 90;200 100,300 400" },
    { "a polygon wound either way", "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))", TILE_SHOWN, "3: 0 0,100 0,100 100,0 100" },
    { "the other way", "POLYGON ((0 0, 0 100, 100 100, 100 0, 0 0))", TILE_SHOWN, "3: 0 0,100 0,100 100,0 100" },
    { "a hole", "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0), (10 10, 20 10, 20 20, 10 10))", TILE_SHOWN, "3: 0 0,100 0,100 100,0 100;10 10,20 20,20 10" },
    { "points within a unit", "POLYGON ((0 0, 0.2 0.1, 100 0, 100 100, 99.8 100.1, 0 100, 0 0))", TILE_SHOWN, "3: 0 0,100 0,100 100,0 100" },
    { "a wall with a joint", "POLYGON ((0 0, 50 0, 100 0, 100 100, 0 100, 0 0))", TILE_SHOWN, "3: 0 0,100 0,100 100,0 100" },
    { "the whole tile and more", "POLYGON ((-900 -900, 9000 -900, 9000 9000, -900 9000, -900 -900))", TILE_SHOWN, "3: -64 -64,4160 -64,4160 4160,-64 4160" },
    { "round the tile, which is in its yard",
      "POLYGON ((-900 -900, 9000 -900, 9000 9000, -900 9000, -900 -900), (-500 -500, 8000 -500, 8000 8000, -500 8000, -500 -500))", TILE_OUTSIDE, NULL },
    { "nearly round it", "POLYGON ((-900 -900, 9000 -900, 9000 9000, -900 9000, -900 -500, -500 -500, -500 8000, 8000 8000, 8000 -500, -900 -600, -900 -900))",
      TILE_OUTSIDE, NULL },
    { "two wings over the edge are not tied together along it", "POLYGON ((100 4100, 200 4100, 200 4300, 300 4300, 300 4100, 400 4100, 400 4400, 100 4400, 100 4100))",
      TILE_SHOWN, "3: 100 4100,200 4100,200 4160,100 4160;300 4100,400 4100,400 4160,300 4160" },
    { "a bow tie", "POLYGON ((0 0, 100 100, 100 0, 0 100, 0 0))", TILE_SHOWN, "3: 0 0,50 50,0 100;100 0,100 100,50 50" },
    { "a spike", "POLYGON ((0 0, 100 0, 100 50, 300 50, 100 50, 100 100, 0 100, 0 0))", TILE_SHOWN, "3: 0 0,100 0,100 100,0 100" },
    { "a yard that touches its house", "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0), (0 50, 50 70, 50 30, 0 50))", TILE_SHOWN,
      "3: 0 0,100 0,100 100,0 100;50 30,0 50,50 70" },
    { "a neck narrower than a unit", "POLYGON ((0 0, 40 0, 40 19.8, 80 19.8, 80 0, 120 0, 120 40, 80 40, 80 20.2, 40 20.2, 40 40, 0 40, 0 0))", TILE_SHOWN,
      "3: 0 0,40 0,40 40,0 40;80 0,120 0,120 40,80 40" },
    { "two lots that share a border", "MULTIPOLYGON (((0 0, 50 0, 50 50, 0 50, 0 0)), ((50 0, 90 0, 90 50, 50 50, 50 0)))", TILE_SHOWN, "3: 0 0,90 0,90 50,0 50" },
    { "a house in the yard of a house",
      "MULTIPOLYGON (((0 0, 90 0, 90 90, 0 90, 0 0), (10 10, 80 10, 80 80, 10 80, 10 10)), ((30 30, 60 30, 60 60, 30 60, 30 30)))", TILE_SHOWN,
      "3: 0 0,90 0,90 90,0 90;10 10,10 80,80 80,80 10;30 30,60 30,60 60,30 60" },
    { "a part inside of another is ground, not a yard", "MULTIPOLYGON (((0 0, 90 0, 90 90, 0 90, 0 0)), ((30 30, 60 30, 60 60, 30 60, 30 30)))", TILE_SHOWN,
      "3: 0 0,90 0,90 90,0 90" },
    { "a yard in a yard is ground again",
      "POLYGON ((0 0, 90 0, 90 90, 0 90, 0 0), (10 10, 80 10, 80 80, 10 80, 10 10), (30 30, 60 30, 60 60, 30 60, 30 30))", TILE_SHOWN,
      "3: 0 0,90 0,90 90,0 90;10 10,10 80,80 80,80 10;30 30,60 30,60 60,30 60" },
    { "a house that touches the middle of its yard's side",     // found by fuzzing: the yard was told to be the house's own
      "MULTIPOLYGON (((0 0, 90 0, 90 90, 0 90, 0 0), (10 10, 80 10, 80 80, 10 80, 10 10)), ((10 45, 40 50, 40 70, 10 45)))", TILE_SHOWN,
      "3: 0 0,90 0,90 90,0 90;10 10,10 80,80 80,80 10;10 45,40 50,40 70" },
    { "a corner just off a diagonal does not bend it", "MULTIPOLYGON (((0 0, 100 100, -30 100, 0 100, 0 0)), ((51 50, 100 20, 100 60, 51 50)))", TILE_SHOWN,
      "3: 0 0,100 100,0 100;100 20,100 60,51 50" },
    { "a thread", "POLYGON ((0 0, 100 0.2, 100 0.3, 0 0.1, 0 0))", TILE_TOO_SMALL, NULL },
    { "of a collection the polygon", "GEOMETRYCOLLECTION (POINT (5 5), POLYGON ((0 0, 100 0, 100 100, 0 0)), LINESTRING (0 0, 9 9))", TILE_SHOWN,
      "3: 0 0,100 0,100 100" },
    { "of another the line", "GEOMETRYCOLLECTION (POINT (5 5), LINESTRING (0 0, 9 9))", TILE_SHOWN, "2: 0 0,9 9" },
};

// Rings may begin at any of their corners: the lowest is said first.
static void begin_lowest(struct mvt_feature *f)
{
    for (uint32_t k = 0; f->type == 3 && k < f->parts; k++) {
        uint32_t first = f->first[k], n = f->first[k + 1] - first, low = 0;
        struct mvt_point *copy = arena_get(arena, n * sizeof *copy);
        memcpy(copy, f->at + first, n * sizeof *copy);
        for (uint32_t i = 1; i < n; i++)
            if (copy[i].y < copy[low].y || (copy[i].y == copy[low].y && copy[i].x < copy[low].x))
                low = i;
        for (uint32_t i = 0; i < n; i++)
            f->at[first + i] = copy[(low + i) % n];
    }
}

static void every_kind_of_geometry(void **state)
{
    (void)state;
    struct tile_options o = tile_usual_options();
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        print_message("  %s\n", SHAPES[i].what);
        tile_begin(tile, HERE, &o);
        tile_layer(tile, "shapes");
        enum tile_fate fate = add_drawn(SHAPES[i].wkt, 1, NULL, 0);
        assert_int_equal(fate, SHAPES[i].fate);
        assert_int_equal(tile_layer_facts(tile)->fate[fate], 1);
        struct mvt m = read_tile();
        assert_int_equal(m.layers, SHAPES[i].said != NULL);
        if (m.layers == 0)
            continue;
        begin_lowest(&m.layer[0].feature[0]);
        assert_string_equal(say(&m.layer[0].feature[0]), SHAPES[i].said);
    }
}

static void no_place_is_broken(void **state)
{
    (void)state;
    static const char *const texts[] = { "POINT (1000 0)", "POINT EMPTY", "LINESTRING (1 91, 2 3)" };
    struct tile_options o = tile_usual_options();
    tile_begin(tile, HERE, &o);
    tile_layer(tile, "shapes");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t len;
        uint8_t *wkb = wkt_to_wkb(geos, texts[i], &len);
        assert_int_equal(tile_add(tile, &(struct tile_feature){ .geometry = wkb, .geometry_len = len }), TILE_BROKEN);
        assert_int_equal(tile_add(tile, &(struct tile_feature){ .geometry = wkb, .geometry_len = len - 1 }), TILE_BROKEN);
        GEOSFree_r(geos, wkb);
    }
    assert_int_equal(tile_layer_facts(tile)->fate[TILE_BROKEN], 6);
    assert_int_equal(tile_end(tile).len, 0);
}

// A zigzag over the whole tile, drawn again and again: refused before it costs seconds.
static void what_is_too_complex_is_left_out(void **state)
{
    (void)state;
    enum { CORNERS = 20000 };
    struct buf wkb;
    buf_init(&wkb, 1 << 24);
    buf_add(&wkb, "\1\3\0\0\0\1\0\0\0", 9);
    uint32_t count = CORNERS + 1;
    buf_add(&wkb, &count, 4);
    for (uint32_t i = 0; i < count; i++) {
        struct xy_m p = { (double)(i % CORNERS * 7919 % 4000), i % 2 == 0 ? 10 : 4000 };
        struct lonlat q = drawing_lonlat(HERE, p);
        buf_add(&wkb, &q, sizeof q);
    }
    struct tile_options o = tile_usual_options();
    tile_begin(tile, HERE, &o);
    tile_layer(tile, "shapes");
    assert_int_equal(tile_add(tile, &(struct tile_feature){ .geometry = (const uint8_t *)wkb.data, .geometry_len = wkb.len }), TILE_TOO_COMPLEX);
    assert_int_equal(add_drawn("POINT (1 1)", 2, NULL, 0), TILE_SHOWN);    // and the next one is as welcome as ever
    assert_int_equal(read_tile().layer[0].features, 1);
    buf_clear(&wkb);
}

// --- small things ------------------------------------------------------------------------------------------------------------

static const struct { const char *what, *wkt; enum tile_small small; enum tile_fate fate; const char *said; } SMALL[] = {
    { "a hut", "POLYGON ((10 10, 14 10, 14 14, 10 14, 10 10))", TILE_SMALL_SQUARE, TILE_SHOWN, "3: 10 10,14 10,14 14,10 14" },
    { "a lean-to has its ground as a square", "POLYGON ((10 10, 12 10, 12 17, 10 17, 10 10))", TILE_SMALL_SQUARE, TILE_SHOWN, "3: 9 12,13 12,13 16,9 16" },
    { "a kiosk under a unit", "POLYGON ((10.1 10.1, 10.2 10.1, 10.2 10.2, 10.1 10.1))", TILE_SMALL_SQUARE, TILE_SHOWN, "3: 10 10,11 10,11 11,10 11" },
    { "a hut nobody wants", "POLYGON ((10 10, 14 10, 14 14, 10 14, 10 10))", TILE_SMALL_DROP, TILE_TOO_SMALL, NULL },
    { "as large as a pixel", "POLYGON ((10 10, 18 10, 18 14, 10 14, 10 10))", TILE_SMALL_DROP, TILE_SHOWN, "3: 10 10,18 10,18 14,10 14" },
    { "the large part speaks", "MULTIPOLYGON (((10 10, 50 10, 50 50, 10 10)), ((90 90, 92 90, 92 92, 90 90)))", TILE_SMALL_SQUARE, TILE_SHOWN, "3: 10 10,50 10,50 50" },
    { "of small parts the largest", "MULTIPOLYGON (((10 10, 12 10, 12 12, 10 12, 10 10)), ((90 90, 93 90, 93 93, 90 93, 90 90)))", TILE_SMALL_SQUARE, TILE_SHOWN,
      "3: 90 90,93 90,93 93,90 93" },
    { "a yard of a hut is nothing", "POLYGON ((10 10, 16 10, 16 16, 10 16, 10 10), (12 12, 13 12, 13 13, 12 12))", TILE_SMALL_SQUARE, TILE_SHOWN,
      "3: 10 10,16 10,16 16,10 16" },
};

static void small_things_become_squares_or_nothing(void **state)
{
    (void)state;
    struct tile_options o = tile_usual_options();
    for (size_t i = 0; i < sizeof SMALL / sizeof *SMALL; i++) {
        print_message("  %s\n", SMALL[i].what);
        o.small = SMALL[i].small;
        tile_begin(tile, HERE, &o);
        tile_layer(tile, "shapes");
        assert_int_equal(add_drawn(SMALL[i].wkt, 1, NULL, 0), SMALL[i].fate);
        struct mvt m = read_tile();
        if (SMALL[i].said != NULL) {
            begin_lowest(&m.layer[0].feature[0]);
            assert_string_equal(say(&m.layer[0].feature[0]), SMALL[i].said);
        }
    }
}

// --- words and numbers -------------------------------------------------------------------------------------------------------

static void properties_keep_their_types(void **state)
{
    (void)state;
    const struct tile_property p[] = {
        { .key = "name", .kind = TILE_TEXT, .text = "通州区" },     { .key = "broken", .kind = TILE_TEXT, .text = "a\xff" },
        { .key = "floors", .kind = TILE_INTEGER, .integer = 6 },    { .key = "below", .kind = TILE_INTEGER, .integer = -2 },
        { .key = "least", .kind = TILE_INTEGER, .integer = INT64_MIN }, { .key = "most", .kind = TILE_INTEGER, .integer = INT64_MAX },
        { .key = "area_m2", .kind = TILE_REAL, .real = 118.25 },    { .key = "lawful", .kind = TILE_TRUTH, .truth = true },
        { .key = "gone", .kind = TILE_TRUTH, .truth = false },      { .key = "none", .kind = TILE_NULL },
        { .key = "nan", .kind = TILE_REAL, .real = NAN },           { .key = "null", .kind = TILE_TEXT, .text = NULL },
        { .key = "empty", .kind = TILE_TEXT, .text = "" },
    };
    struct tile_options o = tile_usual_options();
    tile_begin(tile, HERE, &o);
    tile_layer(tile, "building");
    assert_int_equal(add_drawn("POINT (1 1)", UINT64_MAX, p, sizeof p / sizeof *p), TILE_SHOWN);
    struct mvt m = read_tile();
    const struct mvt_layer *l = &m.layer[0];
    const struct mvt_feature *f = &l->feature[0];
    assert_string_equal(l->name, "building");
    assert_int_equal(l->version, 2);
    assert_int_equal(l->extent, 4096);
    assert_true(f->has_id && f->id == UINT64_MAX);
    assert_int_equal(f->tags, 2 * 10);
    assert_string_equal(mvt_get(l, f, "name")->text, "通州区");
    assert_string_equal(mvt_get(l, f, "broken")->text, "a\xef\xbf\xbd");
    assert_string_equal(mvt_get(l, f, "empty")->text, "");
    assert_int_equal(mvt_get(l, f, "floors")->integer, 6);
    assert_int_equal(mvt_get(l, f, "below")->integer, -2);
    assert_true(mvt_get(l, f, "least")->integer == INT64_MIN);
    assert_true(mvt_get(l, f, "most")->integer == INT64_MAX);
    assert_float_equal(mvt_get(l, f, "area_m2")->real, 118.25, 0);
    assert_int_equal(mvt_get(l, f, "lawful")->kind, MVT_BOOL);
    assert_int_equal(mvt_get(l, f, "lawful")->integer, 1);
    assert_int_equal(mvt_get(l, f, "gone")->integer, 0);
    assert_null(mvt_get(l, f, "none"));
    assert_null(mvt_get(l, f, "nan"));
    assert_null(mvt_get(l, f, "null"));
}

static void hold_keys_and_values(bool is_numbered)
{
    struct tile_options o = tile_usual_options();
    tile_begin(tile, HERE, &o);
    tile_layer(tile, "building");
    for (int i = 0; i < 1000; i++) {
        char name[16];
        snprintf(name, sizeof name, "house %d", i % 300);
        struct tile_property p[] = { { .key = "kind", .kind = TILE_TEXT, .text = i % 2 == 0 ? "house" : "shed" },
                                     { .key = "name", .kind = TILE_TEXT, .text = name }, { .key = "n", .kind = TILE_INTEGER, .integer = i % 7 } };
        p[0].word = is_numbered ? 1 + (uint32_t)i % 2 : 0, p[2].word = is_numbered ? 500 + (uint32_t)i % 7 : 0;
        add_drawn("POINT (1 1)", (uint64_t)i, p + i % 3, 3 - i % 3);
    }
    struct mvt m = read_tile();
    assert_int_equal(m.layer[0].features, 1000);
    assert_int_equal(m.layer[0].keys, 3);
    assert_int_equal(m.layer[0].values, 2 + 200 + 7);       // with every third house its name is left out
    for (uint32_t i = 0; i < 1000; i++) {
        char name[16];
        snprintf(name, sizeof name, "house %u", i % 300);
        const struct mvt_value *v = mvt_get(&m.layer[0], &m.layer[0].feature[i], "name");
        assert_int_equal(v == NULL, i % 3 == 2);
        if (v != NULL)
            assert_string_equal(v->text, name);
        assert_int_equal(mvt_get(&m.layer[0], &m.layer[0].feature[i], "n")->integer, i % 7);
    }
}

static void keys_and_values_are_there_once(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        hold_keys_and_values(i > 0);                        // twice: what a number meant in the tile before is forgotten
}

// --- layers ------------------------------------------------------------------------------------------------------------------

static void layers_stand_alone(void **state)
{
    (void)state;
    struct tile_options o = tile_usual_options();
    struct buf joined;
    buf_init(&joined, 1 << 16);
    const struct tile_property p = { .key = "n", .kind = TILE_INTEGER, .integer = 1 };
    tile_begin(tile, HERE, &o);
    tile_layer(tile, "a");
    add_drawn("POINT (1 1)", 1, &p, 1);
    tile_layer(tile, "empty");
    tile_layer(tile, "b");
    add_drawn("POINT (2 2)", 1, &p, 1);
    struct tile_bytes both = tile_end(tile);
    uint8_t *copy = mem_get(both.len, 1);
    memcpy(copy, both.bytes, both.len);
    size_t len = both.len;
    for (const char *const *name = (const char *const[]){ "a", "b", NULL }; *name != NULL; name++) {
        tile_begin(tile, HERE, &o);
        tile_layer(tile, *name);
        add_drawn((*name)[0] == 'a' ? "POINT (1 1)" : "POINT (2 2)", 1, &p, 1);
        struct tile_bytes one = tile_end(tile);
        buf_add(&joined, one.bytes, one.len);
    }
    assert_int_equal(joined.len, len);
    assert_memory_equal(joined.data, copy, len);
    struct mvt m;
    arena_reset(arena);
    assert_true(mvt_read(arena, copy, len, &m));
    assert_int_equal(m.layers, 2);
    mem_free(copy);
    buf_clear(&joined);
}

static void an_empty_tile_has_no_bytes(void **state)
{
    (void)state;
    struct tile_options o = tile_usual_options();
    struct tile *fresh = tile_open();
    tile_begin(fresh, HERE, &o);
    struct tile_bytes none = tile_end(fresh);
    assert_int_equal(none.len, 0);
    assert_non_null(none.bytes);
    tile_close(fresh);
    tile_begin(tile, HERE, &o);
    tile_layer(tile, "a");
    assert_int_equal(tile_end(tile).len, 0);
}

// --- the budget --------------------------------------------------------------------------------------------------------------

static size_t fill(size_t bytes_most, struct tile_facts *facts)
{
    struct tile_options o = tile_usual_options();
    o.bytes_most = bytes_most;
    tile_begin(tile, HERE, &o);
    for (const char *const *layer = (const char *const[]){ "a", "b", NULL }; *layer != NULL; layer++) {
        tile_layer(tile, *layer);
        for (int i = 0; i < 200; i++) {
            char name[32];
            snprintf(name, sizeof name, "%s %d", *layer, i);
            const struct tile_property p = { .key = i % 2 == 0 ? "name" : "title", .kind = TILE_TEXT, .text = name };
            add_drawn("POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))", (uint64_t)i, &p, 1);
        }
        *facts++ = *tile_layer_facts(tile);
    }
    return tile_end(tile).len;
}

static void the_budget_is_kept(void **state)
{
    (void)state;
    struct tile_facts facts[2];
    size_t all = fill(1 << 20, facts);
    assert_int_equal(facts[0].fate[TILE_SHOWN] + facts[1].fate[TILE_SHOWN], 400);
    for (size_t most = 0; most <= all; most += most < 200 ? 1 : 97) {
        size_t len = fill(most, facts);
        assert_in_range(len, 0, most);
        assert_true(most < 200 || most - len < 60);         // and used
        assert_int_equal(facts[1].fate[TILE_SHOWN] + facts[1].fate[TILE_FULL], 200);
        struct mvt m = read_tile();
        (void)m;
    }
    assert_int_equal(fill(all, facts), all);
}

static void what_did_not_fit_leaves_no_trace(void **state)
{
    (void)state;
    char longer[280];           // by itself it would fit
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    const struct tile_property p[] = { { .key = "short", .kind = TILE_TEXT, .text = "y", .word = 1 }, { .key = "long", .kind = TILE_TEXT, .text = longer, .word = 3 },
                                       { .key = "n", .kind = TILE_INTEGER, .integer = 5, .word = 2 } };
    struct tile_options o = tile_usual_options();
    o.bytes_most = 300;
    tile_begin(tile, HERE, &o);
    tile_layer(tile, "a");
    assert_int_equal(add_drawn("POINT (1 1)", 1, p, 1), TILE_SHOWN);
    assert_int_equal(add_drawn("POINT (1 1)", 2, p, 3), TILE_FULL);
    assert_int_equal(add_drawn("POINT (1 1)", 3, p + 2, 1), TILE_SHOWN);
    struct mvt m = read_tile();
    assert_int_equal(m.layer[0].features, 2);
    assert_int_equal(m.layer[0].keys, 2);
    assert_int_equal(m.layer[0].values, 2);
    assert_int_equal(mvt_get(&m.layer[0], &m.layer[0].feature[1], "n")->integer, 5);
}

// --- thinning ----------------------------------------------------------------------------------------------------------------

static void what_is_shown_stays_shown(void **state)
{
    (void)state;
    enum { IDS = 100000, ALL_FROM = 16 };
    int shown[ALL_FROM + 2] = { 0 };
    for (uint64_t id = 0; id < IDS; id++) {
        bool before = false;
        for (int z = 0; z <= ALL_FROM + 1; z++) {
            bool now = tile_is_shown(id, z, ALL_FROM);
            assert_true(now || !before);
            assert_int_equal(now, z >= ALL_FROM - tile_zooms_early(id));
            before = now;
            shown[z] += now;
        }
    }
    assert_int_equal(shown[ALL_FROM], IDS);
    assert_in_range(shown[ALL_FROM - 1], IDS / 4 - 500, IDS / 4 + 500);
    assert_in_range(shown[ALL_FROM - 3], IDS / 64 - 200, IDS / 64 + 200);
}

static void a_tile_is_thinned_by_id(void **state)
{
    (void)state;
    struct tile_options o = tile_usual_options();
    o.all_from_zoom = HERE.z + 2;
    tile_begin(tile, HERE, &o);
    tile_layer(tile, "a");
    for (uint64_t id = 1; id <= 2000; id++)
        assert_int_equal(add_drawn("POINT (1 1)", id, NULL, 0), tile_is_shown(id, HERE.z, o.all_from_zoom) ? TILE_SHOWN : TILE_THINNED);
    assert_in_range(tile_layer_facts(tile)->fate[TILE_SHOWN], 80, 170);
    assert_int_equal(read_tile().layer[0].features, tile_layer_facts(tile)->fate[TILE_SHOWN]);
}

// --- the grid ----------------------------------------------------------------------------------------------------------------

// Every vertex lies within half a unit of where the formulas put it, in both sets, at all zooms, up to the edges of the world.
static void vertices_are_where_they_belong(void **state)
{
    (void)state;
    uint64_t seed = 5;
    struct tile_options o = tile_usual_options();
    for (int i = 0; i < 20000; i++) {
        enum tile_set set = i % 2 == 0 ? TILE_WEB_MERCATOR_QUAD : TILE_CGCS2000_QUAD;
        int z = (int)(shapes_random(&seed) * (tile_set_facts(set)->zoom_most + 1));
        double most = set == TILE_WEB_MERCATOR_QUAD ? 85.05 : 90;
        struct lonlat p = { shapes_random(&seed) * 360 - 180, (shapes_random(&seed) * 2 - 1) * most };
        struct tile_place at = tile_at(set, z, p);
        uint8_t wkb[21] = { 1, 1 };
        memcpy(wkb + 5, &p, 16);
        tile_begin(tile, at, &o);
        tile_layer(tile, "a");
        assert_int_equal(tile_add(tile, &(struct tile_feature){ .geometry = wkb, .geometry_len = sizeof wkb }), TILE_SHOWN);
        struct mvt m = read_tile();
        struct xy_m exact = drawing_units(at, p);
        double rounding = 1e-3 + ldexp(1e-16, z + 14);      // of the formula in the test: it loses digits at large scales
        assert_float_equal(m.layer[0].feature[0].at[0].x, exact.x, 0.5 + rounding);
        assert_float_equal(m.layer[0].feature[0].at[0].y, exact.y, 0.5 + rounding);
    }
}

// Mercator's y against the formula in long doubles: far below a unit at the largest scale.
static void the_projection_is_right_to_a_fiftieth_of_a_unit(void **state)
{
    (void)state;
    static struct tile_grid grid;
    const long double pi = 3.14159265358979323846264338327950288L;
    uint64_t seed = 11;
    double worst = 0;
    tile_grid_begin(&grid, (struct tile_place){ TILE_WEB_MERCATOR_QUAD, 24, 0, 0 });
    for (int i = 0; i < 200000; i++) {
        struct xy_m p;
        double lat = (shapes_random(&seed) * 2 - 1) * 85.0511;
        assert_true(tile_grid_place(&grid, 0, lat, &p));
        long double exact = (0.5L - atanhl(sinl(lat * pi / 180)) / (2 * pi)) * 68719476736.0L;     // 2^36 units
        worst = fmax(worst, fabs((double)(p.y - exact)));
    }
    assert_true(worst < 0.02);
}

// --- the same again ----------------------------------------------------------------------------------------------------------

static void a_street(uint64_t seed, bool packed_form)
{
    struct buf form;
    buf_init(&form, 1 << 16);
    for (uint64_t i = 0; i < 300; i++) {
        double x = shapes_random(&seed) * 4300 - 100, y = shapes_random(&seed) * 4300 - 100, w = 5 + shapes_random(&seed) * 40, h = 5 + shapes_random(&seed) * 40;
        struct lonlat p[5] = { { x, y }, { x + w, y + 3 }, { x + w - 3, y + h }, { x, y + h }, { x, y } };
        uint8_t wkb[13 + sizeof p] = { 1, 3, 0, 0, 0, 1, 0, 0, 0, 5 };
        for (int k = 0; k < 5; k++) {
            p[k] = drawing_lonlat(HERE, (struct xy_m){ p[k].lon, p[k].lat });
            p[k].lon = round(p[k].lon * 1e7) / 1e7, p[k].lat = round(p[k].lat * 1e7) / 1e7;
        }
        memcpy(wkb + 13, p, sizeof p);
        form.len = 0;
        assert_true(packed_add_wkb(&form, wkb, sizeof wkb));
        struct tile_feature f = { .id = i, .geometry = wkb, .geometry_len = sizeof wkb };
        if (packed_form)
            f = (struct tile_feature){ .id = i, .geometry = (const uint8_t *)form.data, .geometry_len = form.len, .is_packed = true };
        tile_add(tile, &f);
    }
    buf_clear(&form);
}

static void the_same_features_give_the_same_bytes(void **state)
{
    (void)state;
    struct tile_options o = tile_usual_options();
    char first[65], again[65];
    struct tile *fresh = tile_open(), *used = tile;
    for (int run = 0; run < 3; run++) {             // with memory that was used, from the packed form, with new memory
        tile = run == 2 ? fresh : used;
        tile_begin(tile, HERE, &o);
        tile_layer(tile, "a");
        a_street(9, run == 1);
        struct tile_bytes b = tile_end(tile);
        assert_in_range(b.len, 2000, 10000);
        hash_sha256(b.bytes, b.len, again);
        if (run == 0)
            memcpy(first, again, sizeof first);
        tile = used;
    }
    assert_string_equal(first, again);
    tile_close(fresh);
}

static void packed_forms_are_told_like_wkb(void **state)
{
    (void)state;
    struct tile_options o = tile_usual_options();
    struct buf form;
    buf_init(&form, 1 << 16);
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        size_t len;
        GEOSGeometry *units = GEOSGeomFromWKT_r(geos, SHAPES[i].wkt);
        uint8_t *wkb = drawing_wkb(geos, units, HERE, &len);
        form.len = 0;
        assert_true(packed_add_wkb(&form, wkb, len));
        tile_begin(tile, HERE, &o);
        tile_layer(tile, "shapes");
        struct tile_feature f = { .geometry = (const uint8_t *)form.data, .geometry_len = form.len, .is_packed = true };
        assert_int_equal(tile_add(tile, &f), SHAPES[i].fate);
        struct mvt m = read_tile();
        assert_int_equal(m.layers, SHAPES[i].said != NULL);
        for (f.geometry_len = 0; f.geometry_len < form.len; f.geometry_len++) {
            enum tile_fate fate = tile_add((tile_begin(tile, HERE, &o), tile_layer(tile, "cut"), tile), &f);
            assert_true(fate == TILE_BROKEN || fate == TILE_OUTSIDE);   // far away its end is not looked at
        }
        GEOSGeom_destroy_r(geos, units);
        GEOSFree_r(geos, wkb);
    }
    buf_clear(&form);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_geometry),
        cmocka_unit_test(no_place_is_broken),
        cmocka_unit_test(what_is_too_complex_is_left_out),
        cmocka_unit_test(small_things_become_squares_or_nothing),
        cmocka_unit_test(properties_keep_their_types),
        cmocka_unit_test(keys_and_values_are_there_once),
        cmocka_unit_test(layers_stand_alone),
        cmocka_unit_test(an_empty_tile_has_no_bytes),
        cmocka_unit_test(the_budget_is_kept),
        cmocka_unit_test(what_did_not_fit_leaves_no_trace),
        cmocka_unit_test(what_is_shown_stays_shown),
        cmocka_unit_test(a_tile_is_thinned_by_id),
        cmocka_unit_test(vertices_are_where_they_belong),
        cmocka_unit_test(the_projection_is_right_to_a_fiftieth_of_a_unit),
        cmocka_unit_test(the_same_features_give_the_same_bytes),
        cmocka_unit_test(packed_forms_are_told_like_wkb),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
