// The rows of a GeoPackage read past GDAL are those that GDAL reads: every kind of geometry head, of value and of lie.
#include "core/base/mem.h"
#include "core/store/spatialite_guest.h"
#include "gis/source_inside.h"
#include "tests/gis/own_folder.h"
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { SAID = 8 << 20, HEX = 4000 };
static struct err e;
static char path[300];
static const struct { const char *name; OGRFieldType type; OGRFieldSubType subtype; } COLUMN[] = {
    { "name", OFTString, OFSTNone }, { "floors", OFTInteger, OFSTNone }, { "big", OFTInteger64, OFSTNone }, { "small", OFTInteger, OFSTInt16 },
    { "flag", OFTInteger, OFSTBoolean }, { "height", OFTReal, OFSTNone }, { "thin", OFTReal, OFSTFloat32 }, { "odd \"col\" 高", OFTString, OFSTNone } };

// --- making files --------------------------------------------------------------------------------------------------------

static void make(const char *file, const char *layer)
{
    snprintf(path, sizeof path, "%s/%s", folder, file);
    unlink(path);
    GDALDatasetH d = GDALCreate(GDALGetDriverByName("GPKG"), path, 0, 0, 0, GDT_Unknown, NULL);
    OGRSpatialReferenceH utm = OSRNewSpatialReference(NULL);
    assert_int_equal(OSRImportFromEPSG(utm, 32651), OGRERR_NONE);
    OGRLayerH l = GDALDatasetCreateLayer(d, layer, utm, wkbUnknown, (char *[]){ "SPATIAL_INDEX=NO", NULL });
    OSRDestroySpatialReference(utm);
    for (size_t i = 0; i < sizeof COLUMN / sizeof *COLUMN; i++) {
        OGRFieldDefnH f = OGR_Fld_Create(COLUMN[i].name, COLUMN[i].type);
        OGR_Fld_SetSubType(f, COLUMN[i].subtype);
        assert_int_equal(OGR_L_CreateField(l, f, 1), OGRERR_NONE);
        OGR_Fld_Destroy(f);
    }
    GDALClose(d);
}

static void run(const char *format, ...)
{
    sqlite3 *db;
    va_list args;
    va_start(args, format);
    char *sql = sqlite3_vmprintf(format, args);
    va_end(args);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_free(sql);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

// A geometry of GeoPackage as an SQL literal: head with these flags, so many bytes of box, WKB in hex.
static const char *blob(const char *head, int box_bytes, const char *wkb)
{
    static char text[HEX];
    int at = snprintf(text, sizeof text, "x'%s", head);
    for (int i = 0; i < box_bytes; i++)
        at += snprintf(text + at, sizeof text - (size_t)at, "%02x", i * 37 % 256);
    snprintf(text + at, sizeof text - (size_t)at, "%s'", wkb);
    return text;
}

// Hex of a WKT's WKB.
static const char *wkb(const char *wkt, OGRwkbByteOrder order)
{
    static char text[HEX];
    OGRGeometryH g = NULL;
    char *from = (char *)wkt;
    assert_int_equal(OGR_G_CreateFromWkt(&from, NULL, &g), OGRERR_NONE);
    int len = OGR_G_WkbSize(g);
    uint8_t *bytes = malloc((size_t)len);
    OGR_G_ExportToIsoWkb(g, order, bytes);
    for (int i = 0; i < len; i++)
        snprintf(text + (size_t)2 * (size_t)i, 3, "%02x", bytes[i]);
    free(bytes);
    OGR_G_DestroyGeometry(g);
    return text;
}

#define SQUARE "POLYGON((500000 3430000,500010 3430000,500010 3430008,500000 3430008,500000 3430000))"
static const char LITTLE[] = "4750000100000000";

static void register_layer(const char *name)
{
    run("INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES (%Q, 'features', 32651);"
        "INSERT INTO gpkg_geometry_columns VALUES (%Q, 'geom', 'GEOMETRY', 32651, 0, 0)", name, name);
}

static void add_square(int fid)
{
    run("INSERT INTO t (fid, geom) VALUES (%d, %s)", fid, blob(LITTLE, 0, wkb(SQUARE, wkbNDR)));
}

// --- reading both ways -------------------------------------------------------------------------------------------------

struct record { char *text; size_t len; int rows, stop_at; };

__attribute__((format(printf, 2, 3))) static void note(struct record *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    r->len += (size_t)vsnprintf(r->text + r->len, SAID - r->len, format, args);
    va_end(args);
    assert_true(r->len < SAID);
}

static enum status take(void *ctx, const struct source_row *row, struct err *why)
{
    struct record *r = ctx;
    note(r, "%lld ", (long long)row->fid);
    if (row->wkb == NULL)
        note(r, "none");
    for (size_t i = 0; row->wkb != NULL && i < row->len; i++)
        note(r, "%02x", row->wkb[i]);
    for (int i = 0; i < SOURCE_FIELDS; i++) {
        const struct source_value *v = &row->field[i];
        if (v->kind == SOURCE_TEXT)
            note(r, ", \"%.*s\"", (int)v->len, v->text);
        else if (v->kind == SOURCE_REAL)
            note(r, ", %a", v->real);
        else if (v->kind == SOURCE_INTEGER)
            note(r, ", %lld", (long long)v->integer);
        else
            note(r, ", null");
    }
    note(r, "\n");
    return ++r->rows == r->stop_at ? err_set(why, INVALID, "row %d is enough", r->rows) : OK;
}

static const char *const FIELDS[2][SOURCE_FIELDS] = { { "name", "height", "floors", "small", "flag" }, { "big", "thin", "floors", "odd \"col\" 高", "name" } };

static char *read_by(const struct source_sql *sql, const char *layer, const char *const *field, int stop_at, int *rows, bool *past)
{
    struct record r = { .text = calloc(1, SAID), .stop_at = stop_at };
    struct source *s = NULL;
    struct source_spec spec = { .role = "BEFORE", .path = path, .layer = layer, .crs = "EPSG:32651", .sql = sql };
    if (field != NULL)
        spec.id_field = field[0], spec.height_field = field[1], spec.floors_field = field[2], spec.dissolve_by = field[3], spec.kind_field = field[4];
    struct source_taker to = { take, &r };
    e.text[0] = '\0';
    enum status st = source_open(&spec, &s, &e);
    if (st == OK && sql != NULL)
        st = source_table_rows(s, &to, past, &e);
    if (st == OK && (sql == NULL || !*past))
        st = source_stream_rows(s, &to, &e);
    note(&r, "status %d: %s", st, st != OK ? e.text : "");
    source_close(s);
    *rows = r.rows;
    return r.text;
}

// How many rows came; they came past GDAL, or not.
static int same_both_ways_until(const char *layer, const char *const *field, bool past_gdal, int stop_at)
{
    int rows[2];
    bool past = false;
    char *gdal = read_by(NULL, layer, field, stop_at, &rows[0], &past), *ours = read_by(&spatialite_reader, layer, field, stop_at, &rows[1], &past);
    if (past != past_gdal)
        fail_msg("%s was read %s GDAL", path, past ? "past" : "by");
    size_t at = 0;
    while (gdal[at] == ours[at] && gdal[at] != '\0')
        at++;
    if (gdal[at] != ours[at])
        fail_msg("behind \"%.*s\" GDAL reads \"%.60s\", we read \"%.60s\"", at < 120 ? (int)at : 120, gdal + (at < 120 ? 0 : at - 120), gdal + at, ours + at);
    free(gdal);
    free(ours);
    return rows[1];
}
static int same_both_ways(const char *layer, const char *const *field, bool past_gdal) { return same_both_ways_until(layer, field, past_gdal, 0); }

// --- what is held --------------------------------------------------------------------------------------------------------

static void every_head_of_a_geometry(void **state)
{
    (void)state;
    static const struct { const char *head; int box; } head[] = {
        { "4750000100000000", 0 }, { "475000010000007f", 0 }, { "4750000000000000", 0 }, { "4750000300000000", 32 }, { "4750000500000000", 48 },
        { "4750000700000000", 48 }, { "4750000900000000", 64 }, { "4750000200000000", 32 }, { "4750001100000000", 0 }, { "4750001300000000", 32 } };
    static const char *const wkt[] = {
        SQUARE, "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))", "POLYGON EMPTY", "MULTIPOLYGON EMPTY", "POINT(1 2)", "POINT EMPTY",
        "LINESTRING(0 0,1 1)", "POLYGON Z ((0 0 1,1 0 1,1 1 1,0 0 1))", "POLYGON M ((0 0 1,1 0 1,1 1 1,0 0 1))", "POLYGON ZM ((0 0 1 2,1 0 1 2,1 1 1 2,0 0 1 2))",
        "CURVEPOLYGON(CIRCULARSTRING(0 0,5 5,0 0))", "GEOMETRYCOLLECTION(POINT(1 2))", "TIN(((0 0,1 0,1 1,0 0)))" };
    make("heads.gpkg", "t");
    int rows = 0;
    for (size_t h = 0; h < sizeof head / sizeof *head; h++)
        for (size_t w = 0; w < sizeof wkt / sizeof *wkt; w++)
            for (int order = 0; order < 2; order++, rows++)
                run("INSERT INTO t (geom) VALUES (%s)", blob(head[h].head, head[h].box, wkb(wkt[w], order == 0 ? wkbNDR : wkbXDR)));
    run("INSERT INTO t (geom) VALUES (NULL)");
    assert_int_equal(same_both_ways(NULL, NULL, true), rows + 1);
}

// One lie a file: some break the reading off.
static void no_geometry_at_all(void **state)
{
    (void)state;
    static const char *const lie[] = {
        "x''", "x'47'", "x'4750'", "x'47500001000000'", "x'4750000100000000'", "x'4750000300000000'", "x'475000030000000000000000'", "x'4750000b00000000'",
        "x'4750000d0000000000000000000000000000'", "x'4750000f00000000'", "x'4750010100000000'", "x'4750002100000000'", "x'4750004100000000'",
        "x'4750000100000000ff'", "x'475000010000000001'", "x'47500001000000000103000000'", "x'deadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef'",
        "'POINT(1 2)'", "17", "1.5", "'GP'", "'GP' || char(0) || 'xxxxxxxxxxxxxxxxxx'", "zeroblob(100)" };
    for (size_t i = 0; i < sizeof lie / sizeof *lie; i++) {
        make("lies.gpkg", "t");
        add_square(1);
        run("INSERT INTO t (geom, name) VALUES (%s, 'liar')", lie[i]);
        add_square(3);
        same_both_ways(NULL, FIELDS[1], true);
    }
}

// GDAL's batches have nothing of a geometry as SpatiaLite keeps it, its features have.
static void a_geometry_of_spatialite(void **state)
{
    (void)state;
    int rows;
    bool past = false;
    make("guest.gpkg", "t");
    run("INSERT INTO t (geom, name) VALUES (x'0001e6100000000000000000f03f0000000000000040000000000000f03f00000000000000407c01000000000000000000f03f0000000000000040fe', 'guest')");
    char *said = read_by(&spatialite_reader, NULL, FIELDS[0], 0, &rows, &past);
    assert_true(past);
    assert_string_equal(said, "1 0101000000000000000000f03f0000000000000040, \"guest\", null, null, null, null\nstatus 0: ");
    free(said);
}

static void every_value_that_a_column_can_hold(void **state)
{
    (void)state;
    static const char *const value[] = { "NULL", "0", "1", "-1", "2", "12.5", "'12.5'", "'12,5 m'", "'7'", "''", "'楼'", "'a' || char(0) || 'b'", "40000", "3000000000",
                                         "9223372036854775807", "-9223372036854775808", "1e300", "1e-320", "9e999", "-9e999", "0.1", "'nan'", "'true'", "x'3132'", "x'ff'" };
    make("values.gpkg", "t");
    int rows = 0;
    for (size_t c = 0; c < sizeof COLUMN / sizeof *COLUMN; c++)
        for (size_t v = 0; v < sizeof value / sizeof *value; v++, rows++)
            run("INSERT INTO t (geom, \"%w\") VALUES (x'00', %s)", COLUMN[c].name, value[v]);
    run("UPDATE t SET geom = %s", blob(LITTLE, 0, wkb(SQUARE, wkbNDR)));
    run("ALTER TABLE t ADD COLUMN later TEXT DEFAULT 'since then'");
    for (int i = 0; i < 2; i++)
        assert_int_equal(same_both_ways(NULL, FIELDS[i], true), rows);
    const char *const later[SOURCE_FIELDS] = { "later", "LATER", NULL, NULL, "Later" };
    assert_int_equal(same_both_ways("t", later, true), rows);
}

static void names_and_numbers_of_all_kinds(void **state)
{
    (void)state;
    static const char *const name[] = { "T2", "建筑 2026", "a \"quoted\" one", "it's", "select", "semi;colon", "%d%s" };
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        make("names.gpkg", "t");
        run("PRAGMA foreign_keys = OFF; DROP TRIGGER trigger_insert_feature_count_t; DROP TRIGGER trigger_delete_feature_count_t;"
            "ALTER TABLE t RENAME TO \"%w\"; UPDATE gpkg_contents SET table_name = %Q, identifier = %Q;"
            "UPDATE gpkg_geometry_columns SET table_name = %Q; DELETE FROM gpkg_ogr_contents", name[i], name[i], name[i], name[i]);
        for (int fid = -3; fid < 4; fid++)
            run("INSERT INTO \"%w\" (fid, geom, name) VALUES (%lld, %s, 'n%d')", name[i], fid * 3000000000LL, blob(LITTLE, 0, wkb(SQUARE, wkbNDR)), fid);
        assert_int_equal(same_both_ways(NULL, FIELDS[0], true), 7);
        assert_int_equal(same_both_ways(name[i], NULL, true), 7);
    }
    make("empty.gpkg", "t");
    assert_int_equal(same_both_ways(NULL, FIELDS[0], true), 0);
}

// GDAL reads an index instead of the table when all it wants stands there, in the order of the index.
static void rows_come_in_their_order_whatever_indices_there_are(void **state)
{
    (void)state;
    int rows[2];
    bool past = false;
    make("index.gpkg", "t");
    for (int i = 1; i < 9; i++)
        run("INSERT INTO t (geom, name) VALUES (%s, '%d')", blob(LITTLE, 0, wkb(SQUARE, wkbNDR)), i * 7 % 9);
    char *before = read_by(&spatialite_reader, "t", FIELDS[0], 0, &rows[0], &past);
    run("CREATE INDEX by_all ON t (name, geom, floors, height, small, flag)");
    char *after = read_by(&spatialite_reader, "t", FIELDS[0], 0, &rows[1], &past);
    assert_int_equal(rows[0], 8);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void views_and_other_tables(void **state)
{
    (void)state;
    make("view.gpkg", "t");
    for (int i = 1; i <= 5; i++)
        add_square(i);
    run("CREATE VIEW v AS SELECT fid AS OGC_FID, geom, name || 'x' AS name, floors FROM t WHERE fid > 2;");
    register_layer("v");
    const char *const two[SOURCE_FIELDS] = { "name", NULL, "floors" };
    assert_int_equal(same_both_ways("v", two, true), 3);
    // A view that numbers no row.
    run("CREATE VIEW u AS SELECT geom, name FROM t;");
    register_layer("u");
    same_both_ways("u", NULL, false);
    run("CREATE TABLE w (name TEXT PRIMARY KEY, geom BLOB, floors INTEGER) WITHOUT ROWID;"
        "INSERT INTO w SELECT 'k' || (9 - fid), geom, 3 FROM t;");
    register_layer("w");
    int rows;
    bool past = false;
    free(read_by(&spatialite_reader, "w", NULL, 0, &rows, &past)); // GDAL cannot number its rows; nobody falls
}

// What stands in a file cannot call what reads it.
static void a_file_cannot_call_its_reader(void **state)
{
    (void)state;
    make("caller.gpkg", "t");
    add_square(1);
    run("CREATE VIEW v AS SELECT fid AS OGC_FID, geom, " SOURCE_ROW_FUNCTION "(fid, geom) AS name FROM t;");
    register_layer("v");
    int rows;
    bool past = false;
    char *said = read_by(&spatialite_reader, "v", NULL, 0, &rows, &past);
    assert_int_equal(rows, 0);
    assert_non_null(strstr(said, "BEFORE caller.gpkg"));
    free(said);
}

static void whoever_has_enough_is_not_given_more(void **state)
{
    (void)state;
    make("enough.gpkg", "t");
    for (int i = 1; i <= 5; i++)
        add_square(i);
    assert_int_equal(same_both_ways_until(NULL, NULL, true, 3), 3);
    assert_int_equal(same_both_ways_until(NULL, NULL, true, 1), 1);
}

static void a_filter_is_left_to_gdal(void **state)
{
    (void)state;
    make("filter.gpkg", "t");
    add_square(1);
    struct source *s = NULL;
    struct record r = { 0 };
    bool past = true;
    struct source_spec spec = { .role = "BEFORE", .path = path, .crs = "EPSG:32651", .where = "fid > 7", .sql = &spatialite_reader };
    assert_int_equal(source_open(&spec, &s, &e), OK);
    assert_int_equal(source_table_rows(s, &(struct source_taker){ take, &r }, &past, &e), OK);
    assert_false(past);
    source_close(s);
}

static void many_rows_over_many_pages(void **state)
{
    (void)state;
    make("many.gpkg", "t");
    add_square(1);
    run("WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) "
        "INSERT INTO t (fid, geom, name, height) SELECT i, CASE i %% 700 WHEN 0 THEN NULL ELSE geom END, 'house ' || i, i / 7.0 FROM n, t WHERE fid = 1");
    run("DELETE FROM t WHERE fid BETWEEN 40 AND 90; UPDATE t SET name = printf('%%.*c', 20000, 'x') WHERE fid = 500");
    assert_int_equal(same_both_ways(NULL, FIELDS[0], true), 1449);
    run("PRAGMA journal_mode = WAL");
    assert_int_equal(same_both_ways(NULL, FIELDS[0], true), 1449);
    run("PRAGMA journal_mode = DELETE");
    char zip[600];
    snprintf(zip, sizeof zip, "cd %s && python3 -m zipfile -c many.zip many.gpkg", folder);
    if (system(zip) == 0) {
        snprintf(path, sizeof path, "/vsizip/%s/many.zip/many.gpkg", folder);
        assert_int_equal(same_both_ways(NULL, FIELDS[0], true), 1449);
    }
}

// Pages in the middle of the table are overwritten: neither way tells what it has not read.
static void a_broken_page_breaks_the_reading_off(void **state)
{
    (void)state;
    make("broken.gpkg", "t");
    add_square(1);
    run("WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO t (fid, geom) SELECT i, geom FROM n, t WHERE fid = 1");
    FILE *f = fopen(path, "r+");
    fseek(f, 0, SEEK_END);
    long whole = ftell(f);
    fseek(f, whole / 4096 / 2 * 4096, SEEK_SET);
    for (int i = 0; i < 4096; i++)
        fputc(0xee, f);
    fclose(f);
    int rows;
    bool past = false;
    char *said = read_by(&spatialite_reader, NULL, NULL, 0, &rows, &past);
    assert_true(past);
    assert_non_null(strstr(said, "BEFORE broken.gpkg breaks off in the middle: database disk image is malformed"));
    free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_head_of_a_geometry), cmocka_unit_test(no_geometry_at_all), cmocka_unit_test(a_geometry_of_spatialite), cmocka_unit_test(every_value_that_a_column_can_hold),
        cmocka_unit_test(names_and_numbers_of_all_kinds), cmocka_unit_test(rows_come_in_their_order_whatever_indices_there_are), cmocka_unit_test(views_and_other_tables), cmocka_unit_test(a_file_cannot_call_its_reader),
        cmocka_unit_test(whoever_has_enough_is_not_given_more), cmocka_unit_test(a_filter_is_left_to_gdal), cmocka_unit_test(many_rows_over_many_pages),
        cmocka_unit_test(a_broken_page_breaks_the_reading_off),
    };
    return cmocka_run_group_tests(tests, open_all, remove_all);
}
