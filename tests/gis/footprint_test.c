#include "gis/footprint.h"
#include "tests/gis/own_folder.h"
#include <gdal.h>
#include <gdal_utils.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

// GEOS 3.11 forgets its edge rings when it gives a hopeless outline up; that is not ours to mend.
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:buildMaximalEdgeRings\n";
}

static struct err e;
static char path[200];

// What one test reads; cleared after each.
static struct { struct source *source; struct crs *metric; struct footprints f; struct dirt dirt; } got;

static int clear(void **state)
{
    (void)state;
    footprints_clear(&got.f);
    crs_close(got.metric);
    source_close(got.source);
    memset(&got, 0, sizeof got);
    return 0;
}

static const char *file(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_text(const char *name, const char *text)
{
    FILE *f = fopen(file(name), "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

// features: GeoJSON features, comma between; metres in EPSG:32651 unless degrees are asked for.
static const char *layer_of(const char *name, const char *features)
{
    FILE *f = fopen(file(name), "w");
    assert_non_null(f);
    fprintf(f, "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::32651\"}},"
               "\"features\":[%s]}", features);
    fclose(f);
    return path;
}

static enum status read_spec(const struct source_spec *spec)
{
    enum status s = source_open(spec, &got.source, &e);
    if (s == OK)
        s = crs_check(source_crs(got.source), source_extent(got.source), spec->role, &e);
    if (s == OK)
        s = crs_choose_metric(source_crs(got.source), source_extent(got.source), &got.metric, &e);
    if (s == OK)
        s = source_read(got.source, got.metric, NULL, &got.f, &got.dirt, &e);
    return s;
}

static void read_good(const struct source_spec *spec)
{
    if (read_spec(spec) != OK)
        fail_msg("%s", e.text);
}

static void refuse(const struct source_spec *spec, const char *said)
{
    e.text[0] = '\0';
    enum status s = read_spec(spec);
    if (s == OK || strstr(e.text, said) == NULL)
        fail_msg("status %d, \"%s\" says nothing of \"%s\"", s, e.text, said);
    clear(NULL);
}

#define POLYGON(id, properties, rings) \
    "{\"type\":\"Feature\",\"id\":" #id ",\"properties\":{" properties "},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[" rings "]}}"
#define HOUSE "[[500000,3430000],[500010,3430000],[500010,3430008],[500000,3430008],[500000,3430000]]"
#define HOUSE_TURNED "[[500010,3430008],[500010,3430000],[500000,3430000],[500000,3430008],[500010,3430008]]"
#define YARD ",[[500002,3430002],[500004,3430002],[500004,3430004],[500002,3430004],[500002,3430002]]"
#define MOVED "[[500100,3430000],[500110,3430000],[500110,3430008],[500100,3430008],[500100,3430000]]"
#define BOW_TIE "[[500000,3430000],[500010,3430010],[500010,3430000],[500000,3430010],[500000,3430000]]"

static struct source_spec before(const char *file_path)
{
    return (struct source_spec){ .role = "BEFORE", .path = file_path };
}

static void a_house_with_a_yard(void **state)
{
    (void)state;
    struct source_spec spec = before(layer_of("yard.geojson", POLYGON(7, "", HOUSE YARD)));
    read_good(&spec);
    assert_string_equal(crs_code(got.metric), "EPSG:32651");
    assert_int_equal(got.f.count, 1);
    assert_int_equal(got.f.fid[0], 7);
    assert_int_equal(got.f.origin[0].x, 500000000);
    assert_int_equal(got.f.origin[0].y, 3430000000);
    assert_int_equal(got.f.size[0].x, 10000);
    assert_int_equal(got.f.size[0].y, 8000);
    assert_float_equal(got.f.area_m2[0], 76, 1e-4);
    assert_float_equal(footprint_perimeter_m(&got.f, 0), 44, 1e-4);
    assert_float_equal(got.f.centroid[0].x, (80 * 5 - 4 * 3) / 76.0, 1e-9);
    assert_int_equal(got.dirt.holes, 1);
    struct rings r = {0};
    footprint_rings(&got.f, 0, got.f.origin[0], (struct xy_m){0}, &r);
    assert_int_equal(r.count, 2);
    assert_float_equal(rings_area_m2(&r), 76, 1e-9); // the hole counts negative: it runs clockwise
    rings_clear(&r);
    char id[24];
    assert_string_equal(footprint_id(&got.f, 0, id, sizeof id), "7");
    assert_non_null(strstr(source_description(got.source), "yard.geojson (GeoJSON)"));
}

// 65.535 m is the widest and highest of which a vertex fits one number while it is read; a yard's ring is told behind the vertices.
static void a_large_house_keeps_every_millimetre(void **state)
{
    (void)state;
    static const char *const LARGE[] = {
        POLYGON(1, "", "[[500000,3430000],[500065.535,3430000],[500065.535,3430065.535],[500000,3430065.535],[500000,3430000]]"
                       ",[[500001,3430002],[500001,3430065],[500065.534,3430065],[500001,3430002]]"),
        POLYGON(1, "", "[[500000,3430000],[500065.536,3430000],[500065.536,3430008],[500000,3430008],[500000,3430000]]"
                       ",[[500001,3430002],[500001,3430007],[500065.535,3430007],[500001,3430002]]"),
        POLYGON(1, "", "[[500000,3430000],[500008,3430000],[500008,3430065.536],[500000,3430065.536],[500000,3430000]]"
                       ",[[500001,3430002],[500001,3430065],[500007,3430065.535],[500001,3430002]]"),
    };
    static const struct { struct mm size, yard_corner; } EXPECT[] = {
        { {65535, 65535}, {65534, 65000} }, { {65536, 8000}, {65535, 7000} }, { {8000, 65536}, {7000, 65535} },
    };
    for (size_t k = 0; k < sizeof LARGE / sizeof *LARGE; k++) {
        struct source_spec spec = before(layer_of("large.geojson", LARGE[k]));
        read_good(&spec);
        assert_int_equal(got.f.count, 1);
        assert_int_equal(got.f.ring_first[1], 2);
        assert_int_equal(got.f.vertex_first[2], 7);
        assert_memory_equal(&got.f.size[0], &EXPECT[k].size, sizeof(struct mm));
        assert_memory_equal(&got.f.vertex[2], &EXPECT[k].size, sizeof(struct mm));
        assert_memory_equal(&got.f.vertex[6], &EXPECT[k].yard_corner, sizeof(struct mm));
        clear(NULL);
    }
}

static void identity_knows_no_start_and_no_direction(void **state)
{
    (void)state;
    struct source_spec spec = before(layer_of("a.geojson", POLYGON(1, "", HOUSE)));
    read_good(&spec);
    uint64_t identity = got.f.identity[0];
    clear(NULL);
    spec = before(layer_of("a.geojson", POLYGON(2, "", HOUSE_TURNED) "," POLYGON(3, "", MOVED) "," POLYGON(4, "", HOUSE YARD)));
    read_good(&spec);
    assert_int_equal(got.f.count, 3);
    assert_true(got.f.identity[0] == identity);
    assert_true(got.f.identity[1] != identity);
    assert_true(got.f.identity[2] != identity);
}

static void the_same_twice_is_kept_once(void **state)
{
    (void)state;
    struct source_spec spec = before(layer_of("twice.geojson",
        POLYGON(1, "\"n\":\"a\"", HOUSE) "," POLYGON(2, "\"n\":\"b\"", HOUSE_TURNED) "," POLYGON(3, "\"n\":\"c\"", MOVED)));
    spec.id_field = "n";
    spec.kind_field = "n";
    read_good(&spec);
    assert_int_equal(got.f.count, 2);
    assert_int_equal(got.dirt.read, 3);
    assert_int_equal(got.dirt.kept, 2);
    assert_int_equal(got.dirt.count[DIRT_DUPLICATE], 1);
    assert_int_equal(got.dirt.example[DIRT_DUPLICATE][0], 2);
    char id[8];
    assert_string_equal(footprint_id(&got.f, 0, id, sizeof id), "a");
    assert_string_equal(footprint_id(&got.f, 1, id, sizeof id), "c");
    assert_string_equal(got.f.kind_name[got.f.kind[1]], "c");
    assert_float_equal(footprint_box(&got.f, 1).min_x, 500100, 1e-9);
    struct rings r = {0};
    footprint_rings(&got.f, 1, got.f.origin[1], (struct xy_m){0}, &r);
    assert_float_equal(rings_area_m2(&r), 80, 1e-9);
    rings_clear(&r);
}

// Thirty houses of their own and thirty copies of one of them, all from one corner: more than are compared one by one.
static const char *crowd(void)
{
    static char features[60 * 400];
    size_t len = 0;
    for (int i = 0; i < 60; i++) {
        int side = i % 2 == 0 ? 10 : 11 + i;
        len += (size_t)snprintf(features + len, sizeof features - len, "%s" POLYGON(%d, "\"n\":\"n%d\"",
                                "[[500000,3430000],[%d,3430000],[%d,%d],[500000,%d],[500000,3430000]]"),
                                i > 0 ? "," : "", 100 + i, i, 500000 + side, 500000 + side, 3430000 + side, 3430000 + side);
    }
    return layer_of("crowd.geojson", features);
}

static void copies_in_a_crowd_are_found_in_either_order(void **state)
{
    (void)state;
    for (int by_place = 0; by_place < 2; by_place++) {
        struct source_spec spec = before(crowd());
        spec.id_field = "n";
        spec.by_place = by_place;
        read_good(&spec);
        assert_int_equal(got.f.count, 31);
        assert_int_equal(got.dirt.count[DIRT_DUPLICATE], 29);
        assert_int_equal(got.dirt.example[DIRT_DUPLICATE][0], 102);
        assert_int_equal(got.dirt.example[DIRT_DUPLICATE][1], 104);
        assert_int_equal(got.f.fid[0], 100); // the first of the copies stays, and they all stand in one cell
        char id[8];
        assert_string_equal(footprint_id(&got.f, 30, id, sizeof id), "n59");
        clear(NULL);
    }
}

// Far houses are laid out beside their neighbours, with all their rings and attributes.
static void footprints_may_come_by_place(void **state)
{
    (void)state;
#define AT(x) "[[" #x "00,3430000],[" #x "10,3430000],[" #x "10,3430008],[" #x "00,3430008],[" #x "00,3430000]]"
#define HOLE_AT(x) ",[[" #x "02,3430002],[" #x "04,3430002],[" #x "04,3430004],[" #x "02,3430004],[" #x "02,3430002]]"
    struct source_spec spec = before(layer_of("far.geojson",
        POLYGON(1, "\"h\":1,\"k\":\"a\"", AT(5000)) "," POLYGON(2, "\"h\":2,\"k\":\"b\"", AT(5090) HOLE_AT(5090)) ","
        POLYGON(3, "\"h\":3,\"k\":\"c\"", AT(5001) HOLE_AT(5001)) "," POLYGON(4, "\"h\":4,\"k\":\"d\"", AT(5091))));
    spec.height_field = "h";
    spec.id_field = spec.kind_field = "k";
    spec.by_place = true;
    read_good(&spec);
    static const int64_t order[] = { 1, 3, 2, 4 };
    for (int i = 0; i < 4; i++) {
        char id[8], name[2] = { (char)('a' + order[i] - 1), 0 };
        assert_int_equal(got.f.fid[i], order[i]);
        assert_float_equal(got.f.height_m[i], order[i], 0);
        assert_string_equal(footprint_id(&got.f, i, id, sizeof id), name);
        assert_string_equal(got.f.kind_name[got.f.kind[i]], name);
        assert_float_equal(got.f.area_m2[i], order[i] == 2 || order[i] == 3 ? 76 : 80, 1e-4);
        assert_int_equal(got.f.ring_first[i + 1] - got.f.ring_first[i], order[i] == 2 || order[i] == 3 ? 2 : 1);
        assert_int_equal(got.f.size[i].x, 10000);
        assert_int_equal(got.f.size[i].y, 8000);
    }
}

static void attributes_are_read_and_guessed_from_floors(void **state)
{
    (void)state;
    struct source_spec spec = before(layer_of("h.geojson",
        POLYGON(1, "\"id2\":11,\"h\":12.5,\"f\":3", HOUSE) "," POLYGON(2, "\"id2\":11,\"h\":null,\"f\":4", MOVED) ","
        POLYGON(3, "\"id2\":null,\"h\":null,\"f\":null", HOUSE YARD)));
    spec.id_field = "ID2"; // any case will do
    spec.height_field = "h";
    spec.floors_field = "f";
    spec.storey_m = 2.8;
    read_good(&spec);
    assert_int_equal(got.f.count, 3);
    assert_float_equal(got.f.height_m[0], 12.5, 1e-6);
    assert_float_equal(got.f.height_m[1], 11.2, 1e-5);
    assert_true(isnan(got.f.height_m[2]));
    char id[8];
    assert_string_equal(footprint_id(&got.f, 1, id, sizeof id), "11");
    assert_string_equal(footprint_id(&got.f, 2, id, sizeof id), "3");
    assert_int_equal(got.dirt.count[DIRT_SAME_ID], 1);
    assert_int_equal(got.dirt.count[DIRT_NO_ID], 1);
}

static void heights_may_be_written_in_words(void **state)
{
    (void)state;
    struct source_spec spec = before(layer_of("w.geojson",
        POLYGON(1, "\"h\":\"12,5\"", HOUSE) "," POLYGON(2, "\"h\":\"9 m\"", MOVED) "," POLYGON(3, "\"h\":\"high\"", HOUSE YARD)));
    spec.height_field = "h";
    read_good(&spec);
    assert_float_equal(got.f.height_m[0], 12.5, 1e-6);
    assert_float_equal(got.f.height_m[1], 9, 1e-6);
    assert_true(isnan(got.f.height_m[2]));
}

static void pieces_become_one_building(void **state)
{
    (void)state;
    struct source_spec spec = before(layer_of("pieces.geojson",
        POLYGON(1, "\"b\":\"x\",\"h\":5", "[[500000,3430000],[500005,3430000],[500005,3430008],[500000,3430008],[500000,3430000]]") ","
        POLYGON(2, "\"b\":null,\"h\":6", MOVED) ","
        POLYGON(3, "\"b\":\"x\",\"h\":7", "[[500005.03,3430000],[500010,3430000],[500010,3430008],[500005.03,3430008],[500005.03,3430000]]")));
    spec.dissolve_by = "b";
    spec.height_field = "h";
    read_good(&spec);
    assert_int_equal(got.f.count, 2);
    assert_int_equal(got.dirt.dissolved, 1);
    assert_int_equal(got.f.fid[0], 1);
    assert_int_equal(got.f.fid[1], 2);
    assert_float_equal(got.f.area_m2[0], 80, 1e-3);
    assert_int_equal(got.f.vertex_first[1], 4); // nothing is left of the cut
    assert_float_equal(got.f.height_m[1], 6, 0);
}

static void the_invalid_is_repaired_and_counted(void **state)
{
    (void)state;
    struct source_spec spec = before(layer_of("tie.geojson", POLYGON(5, "", BOW_TIE) "," POLYGON(6, "", MOVED)));
    read_good(&spec);
    assert_int_equal(got.f.count, 2);
    assert_float_equal(got.f.area_m2[0], 50, 1e-3);
    assert_int_equal(got.f.ring_first[1], 2);
    assert_int_equal(got.dirt.count[DIRT_INVALID], 1);
    assert_int_equal(got.dirt.example[DIRT_INVALID][0], 5);
}

static void degenerate_rings_are_left_out_and_counted(void **state)
{
    (void)state;
    struct source_spec spec = before(layer_of("flat.geojson",
        POLYGON(1, "", "[[500000,3430000],[500010,3430000],[500000,3430000],[500000,3430000]]") ","
        POLYGON(2, "", "[[500000,3430000],[500010,3430010],[500005,3430005],[500000,3430000]]") ","
        POLYGON(3, "", "[[500100,3430000],[500100,3430000],[500110,3430000],[500110,3430008],[500100,3430008],[500100,3430000]]")));
    read_good(&spec);
    assert_int_equal(got.f.count, 1);
    assert_int_equal(got.f.fid[0], 3);
    assert_int_equal(got.f.vertex_first[1], 4);
    assert_int_equal(got.dirt.count[DIRT_TOO_FEW], 2);
    assert_int_equal(got.dirt.read, 3);
}

static void what_is_no_polygon_refuses_the_layer(void **state)
{
    (void)state;
    static const char mixed[] =
        POLYGON(1, "", HOUSE) ",{\"type\":\"Feature\",\"id\":8,\"properties\":{},\"geometry\":{\"type\":\"Point\",\"coordinates\":[500000,3430000]}},"
        "{\"type\":\"Feature\",\"id\":9,\"properties\":{},\"geometry\":null}";
    struct source_spec spec = before(layer_of("mixed.geojson", mixed));
    refuse(&spec, "BEFORE mixed.geojson: 2 of 3 features cannot be used: 1 without geometry (9); 1 not polygons (8)");
    spec.skip_unusable = true;
    read_good(&spec);
    assert_int_equal(got.f.count, 1);
    assert_int_equal(got.dirt.count[DIRT_EMPTY] + got.dirt.count[DIRT_NOT_POLYGON], 2);
}

static void an_empty_layer_is_fine(void **state)
{
    (void)state;
    struct source_spec spec = before(layer_of("empty.geojson", ""));
    read_good(&spec);
    assert_int_equal(got.f.count, 0);
    assert_int_equal(got.dirt.read, 0);
}

static void wrong_names_are_answered_with_the_right_ones(void **state)
{
    (void)state;
    struct source_spec spec = before(layer_of("h.geojson", POLYGON(1, "\"height\":12.5,\"name\":\"x\"", HOUSE)));
    spec.height_field = "hieght";
    refuse(&spec, "it has: height, name");
    spec.height_field = NULL;
    spec.layer = "other";
    refuse(&spec, "has no layer \"other\"; it has: h");
    spec.layer = NULL;
    spec.where = "nonsense = 3 AND";
    refuse(&spec, "is not understood");
    spec.where = NULL;
    spec.crs = "EPSG:0";
    refuse(&spec, "EPSG:0");
}

static void what_cannot_be_opened_is_said_in_one_line(void **state)
{
    (void)state;
    struct source_spec spec = before("/nowhere/t.gpkg");
    refuse(&spec, "BEFORE t.gpkg: there is no such file");
    write_text("words.txt", "these are words\n");
    spec = before(path);
    refuse(&spec, "no vector format");
    GDALDatasetH raster = GDALCreate(GDALGetDriverByName("GTiff"), file("r.tif"), 8, 8, 1, GDT_Byte, NULL);
    GDALClose(raster);
    spec = before(path);
    refuse(&spec, "is a raster (GTiff)");
}

static void a_filter_chooses_features(void **state)
{
    (void)state;
    struct source_spec spec = before(layer_of("f.geojson", POLYGON(1, "\"year\":1990", HOUSE) "," POLYGON(2, "\"year\":2010", MOVED)));
    spec.where = "year > 2000";
    read_good(&spec);
    assert_int_equal(got.f.count, 1);
    assert_int_equal(got.f.fid[0], 2);
    assert_float_equal(source_extent(got.source).min_x, 500100, 1e-9);
}

// --- formats ---------------------------------------------------------------------------------------------------------

static void convert(const char *from, const char *to_name, const char *driver)
{
    char copy[200];
    snprintf(copy, sizeof copy, "%s", from);
    char *argv[] = { "-f", (char *)driver, NULL };
    GDALVectorTranslateOptions *options = GDALVectorTranslateOptionsNew(argv, NULL);
    GDALDatasetH source = GDALOpenEx(copy, GDAL_OF_VECTOR, NULL, NULL, NULL);
    GDALDatasetH out = GDALVectorTranslate(file(to_name), NULL, 1, &source, options, NULL);
    assert_non_null(out);
    GDALClose(out);
    GDALClose(source);
    GDALVectorTranslateOptionsFree(options);
}

static void every_format_tells_the_same(void **state)
{
    (void)state;
    static const struct { const char *name, *driver; } formats[] = {
        { "t.gpkg", "GPKG" }, { "t.fgb", "FlatGeobuf" }, { "t.shp", "ESRI Shapefile" },
    };
    char json[200];
    snprintf(json, sizeof json, "%s", layer_of("t.geojson",
        POLYGON(1, "\"n\":\"a\",\"h\":3", HOUSE YARD) "," POLYGON(2, "\"n\":\"b\",\"h\":4.5", MOVED)));
    struct source_spec spec = before(json);
    read_good(&spec);
    uint64_t sum = got.f.identity[0] + got.f.identity[1];
    clear(NULL);
    for (size_t i = 0; i < 3; i++) {
        convert(json, formats[i].name, formats[i].driver);
        spec = before(path);
        spec.id_field = "n";
        spec.height_field = "h";
        read_good(&spec);
        assert_int_equal(got.f.count, 2);
        if (got.f.identity[0] + got.f.identity[1] != sum)
            fail_msg("%s: other identities than GeoJSON", formats[i].name);
        int64_t b = got.f.height_m[1] == 4.5f ? 1 : 0; // FlatGeobuf sorts
        char id[8];
        assert_string_equal(footprint_id(&got.f, b, id, sizeof id), "b");
        assert_float_equal(got.f.height_m[1 - b], 3, 0);
        clear(NULL);
        spec.where = "h > 4";
        read_good(&spec);
        assert_int_equal(got.f.count, 1);
        assert_string_equal(footprint_id(&got.f, 0, id, sizeof id), "b");
        clear(NULL);
    }
}

// A grid of houses in a GeoPackage, cut off in the middle.
static void a_truncated_file_refuses(void **state)
{
    (void)state;
    static const struct { const char *name, *driver; } formats[] = { { "cut.gpkg", "GPKG" }, { "cut.fgb", "FlatGeobuf" } };
    size_t room = 3000 * 300, len = 0;
    char *features = malloc(room);
    for (int i = 0; i < 3000; i++) {
        int x = 500000 + i % 60 * 20, y = 3430000 + i / 60 * 20;
        len += (size_t)snprintf(features + len, room - len, "%s" POLYGON(%d, "", "[[%d,%d],[%d,%d],[%d,%d],[%d,%d]]"), i > 0 ? "," : "",
                                i, x, y, x + 9, y, x + 9, y + 7, x, y);
    }
    char json[200];
    snprintf(json, sizeof json, "%s", layer_of("many.geojson", features));
    free(features);
    for (int i = 0; i < 2; i++) {
        convert(json, formats[i].name, formats[i].driver);
        FILE *f = fopen(path, "r+");
        fseek(f, 0, SEEK_END);
        long whole = ftell(f);
        assert_int_equal(ftruncate(fileno(f), whole * 2 / 3), 0);
        fclose(f);
        struct source_spec spec = before(path);
        if (read_spec(&spec) == OK)
            fail_msg("%s: %lld footprints of a truncated file", formats[i].name, (long long)got.f.count);
        assert_true(strstr(e.text, "BEFORE cut.") == e.text);
        clear(NULL);
    }
}

// A round tower: a curve polygon of two half circles with a radius of 5 m.
static void a_curved_wall_becomes_many_short_ones(void **state)
{
    (void)state;
    char json[200];
    snprintf(json, sizeof json, "%s", layer_of("one.geojson", POLYGON(1, "", HOUSE)));
    convert(json, "curve.gpkg", "GPKG");
    GDALDatasetH file_of = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_UPDATE, NULL, NULL, NULL);
    OGRLayerH layer = GDALDatasetGetLayer(file_of, 0);
    OGRFeatureH tower = OGR_F_Create(OGR_L_GetLayerDefn(layer));
    char *wkt = "CURVEPOLYGON(CIRCULARSTRING(500050 3430000,500060 3430000,500050 3430000))";
    OGRGeometryH circle = NULL;
    assert_int_equal(OGR_G_CreateFromWkt(&wkt, NULL, &circle), OGRERR_NONE);
    OGR_F_SetGeometryDirectly(tower, circle);
    assert_int_equal(OGR_L_CreateFeature(layer, tower), OGRERR_NONE);
    OGR_F_Destroy(tower);
    GDALClose(file_of);
    struct source_spec spec = before(path);
    read_good(&spec);
    assert_int_equal(got.f.count, 2);
    assert_float_equal(got.f.area_m2[1], M_PI * 25, 0.2);
}

static void several_layers_want_a_choice(void **state)
{
    (void)state;
    char json[200];
    snprintf(json, sizeof json, "%s", layer_of("one.geojson", POLYGON(1, "", HOUSE)));
    convert(json, "two.gpkg", "GPKG");
    GDALDatasetH two = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_UPDATE, NULL, NULL, NULL);
    assert_non_null(GDALDatasetCreateLayer(two, "second", NULL, wkbPolygon, NULL));
    GDALClose(two);
    struct source_spec spec = before(path);
    refuse(&spec, "has several layers; choose one with --before-layer: one, second");
    spec.layer = "second";
    refuse(&spec, "name it with --before-crs");
    spec.layer = "one";
    read_good(&spec);
    assert_int_equal(got.f.count, 1);
}

// --- real layers -----------------------------------------------------------------------------------------------------

static const char *fixture(const char *name)
{
    const char *root = getenv("GRIDPATROL_FIXTURES");
    snprintf(path, sizeof path, "%s/%s", root != NULL ? root : GP_SOURCE_DIR "/../shared/fixtures", name);
    if (access(path, R_OK) == 0)
        return path;
    print_message("%s is not there: skipped\n", path);
    skip();
    return NULL;
}

static void boulder_is_read_whole(void **state)
{
    (void)state;
    struct source_spec spec = before(fixture("boulder-west/t_1990.gpkg"));
    read_good(&spec);
    assert_string_equal(crs_code(got.metric), "EPSG:32613");
    assert_int_equal(got.dirt.read, 7731);
    assert_int_equal(got.f.count, 7731);
    assert_true(got.dirt.count[DIRT_INVALID] > 0 && got.dirt.count[DIRT_INVALID] <= 10);
}

static void shanghai_is_dissolved_by_id(void **state)
{
    (void)state;
    struct source_spec spec = before(fixture("cn-buildings-osm/shanghai_buildings_tileclipped.geojson"));
    spec.dissolve_by = spec.id_field = "id";
    spec.height_field = "height";
    read_good(&spec);
    assert_int_equal(got.dirt.read, 1572);
    assert_int_equal(got.dirt.read, got.dirt.kept + got.dirt.dissolved + got.dirt.count[DIRT_DUPLICATE]);
    assert_true(got.dirt.dissolved > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_house_with_a_yard, clear),
        cmocka_unit_test_teardown(a_large_house_keeps_every_millimetre, clear),
        cmocka_unit_test_teardown(identity_knows_no_start_and_no_direction, clear),
        cmocka_unit_test_teardown(the_same_twice_is_kept_once, clear),
        cmocka_unit_test_teardown(copies_in_a_crowd_are_found_in_either_order, clear),
        cmocka_unit_test_teardown(footprints_may_come_by_place, clear),
        cmocka_unit_test_teardown(attributes_are_read_and_guessed_from_floors, clear),
        cmocka_unit_test_teardown(heights_may_be_written_in_words, clear),
        cmocka_unit_test_teardown(pieces_become_one_building, clear),
        cmocka_unit_test_teardown(the_invalid_is_repaired_and_counted, clear),
        cmocka_unit_test_teardown(degenerate_rings_are_left_out_and_counted, clear),
        cmocka_unit_test_teardown(what_is_no_polygon_refuses_the_layer, clear),
        cmocka_unit_test_teardown(an_empty_layer_is_fine, clear),
        cmocka_unit_test_teardown(wrong_names_are_answered_with_the_right_ones, clear),
        cmocka_unit_test_teardown(what_cannot_be_opened_is_said_in_one_line, clear),
        cmocka_unit_test_teardown(a_filter_chooses_features, clear),
        cmocka_unit_test_teardown(every_format_tells_the_same, clear),
        cmocka_unit_test_teardown(a_truncated_file_refuses, clear),
        cmocka_unit_test_teardown(a_curved_wall_becomes_many_short_ones, clear),
        cmocka_unit_test_teardown(several_layers_want_a_choice, clear),
        cmocka_unit_test_teardown(boulder_is_read_whole, clear),
        cmocka_unit_test_teardown(shanghai_is_dissolved_by_id, clear),
    };
    return cmocka_run_group_tests(tests, open_all, remove_all);
}
