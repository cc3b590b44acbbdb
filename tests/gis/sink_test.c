// Each format is written, read back through GDAL, and written again: the same rows, and the same bytes.
#include "core/base/buf.h"
#include "core/store/spatialite_guest.h"
#include "gis/sink.h"
#include "gis/wkb.h"
#include <cpl_conv.h>
#include <cpl_string.h>
#include <dirent.h>
#include <fcntl.h>
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static const struct sink_field fields[] = {
    { .name = "rank", .type = SINK_INTEGER, .title_en = "rank", .title_zh = "序号" },
    { .name = "before_ids", .type = SINK_TEXT, .title_en = "ids before", .title_zh = "前期编号" },
    { .name = "registration_sd_m", .type = SINK_REAL, .decimals = 3, .title_en = "registration", .title_zh = "配准精度",
      .short_name = "reg_sd_m" },
};
enum { FIELDS = 3, ROWS = 3 };

static char folder[64];
static struct crs *utm, *lonlat;

static void path_of(const char *name, char out[256]) { snprintf(out, 256, "%s/%s", folder, name); }

static void square(struct buf *wkb, double x, double y, double side)
{
    struct rings r = { 0 };
    rings_start(&r);
    rings_add_vertex(&r, (struct xy_m){ 0, 0 });
    rings_add_vertex(&r, (struct xy_m){ side, 0 });
    rings_add_vertex(&r, (struct xy_m){ side, side });
    rings_add_vertex(&r, (struct xy_m){ 0, side });
    rings_end_ring(&r);
    wkb_write_multipolygon(wkb, &r, (struct xy_m){ x, y });
    rings_clear(&r);
}

static enum status open_sink(const char *path, const struct crs *target, struct sink **out, struct err *e)
{
    return sink_open(&(struct sink_spec){ .path = path, .layer = "changes", .crs = utm, .target = target, .field = fields,
                                          .fields = FIELDS, .sql = &spatialite_guest }, out, e);
}

static enum status write_rows(const char *path, const struct crs *target, struct err *e)
{
    static char long_text[401];
    memset(long_text, 'x', 400);
    struct sink *s;
    enum status status = open_sink(path, target, &s, e);
    if (status != OK)
        return status;
    const struct sink_value rows[ROWS][FIELDS] = {
        { { .integer = 1 }, { .text = "甲,\"乙\"" }, { .real = 0.1234567 } },
        { { .integer = 5000000000 }, { .is_null = true }, { .real = NAN } },
        { { .integer = 3 }, { .text = long_text }, { .real = -0.0001 } },
    };
    for (int i = 0; status == OK && i < ROWS; i++) {
        struct buf wkb;
        buf_init(&wkb, 1 << 20);
        square(&wkb, 500000 + 100 * i, 3540000, 10);
        status = sink_write(s, (const uint8_t *)wkb.data, wkb.len, rows[i], e);
        buf_clear(&wkb);
    }
    if (status != OK) {
        sink_abandon(s);
        return status;
    }
    sink_describe(s, "{\"a\":1}");
    return sink_commit(s, e);
}

static struct buf read_bytes(const char *path)
{
    struct buf bytes;
    buf_init(&bytes, 1 << 26);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char block[4096];
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_add(&bytes, block, n);
    fclose(f);
    return bytes;
}

static int files_in_folder(void)
{
    int count = 0;
    DIR *d = opendir(folder);
    for (struct dirent *f; (f = readdir(d)) != NULL;)
        count += strcmp(f->d_name, ".") != 0 && strcmp(f->d_name, "..") != 0;
    closedir(d);
    return count;
}

static void empty_folder(void)
{
    char command[256];
    snprintf(command, sizeof command, "rm -rf %s && mkdir %s", folder, folder);
    assert_int_equal(system(command), 0);
}

static void must_write(const char *path, const struct crs *target)
{
    struct err e = { .lang = LANG_EN };
    if (write_rows(path, target, &e) != OK)
        fail_msg("%s", e.text);
}

struct expected { const char *file; int files; bool geometry, lonlat, short_names, all_text; };

static void check_rows(const struct expected *x, OGRLayerH layer)
{
    OGR_L_ResetReading(layer);
    for (int i = 0; i < ROWS; i++) {
        OGRFeatureH f = OGR_L_GetNextFeature(layer);
        assert_non_null(f);
        int rank = OGR_F_GetFieldIndex(f, "rank"), ids = OGR_F_GetFieldIndex(f, "before_ids");
        int sd = OGR_F_GetFieldIndex(f, x->short_names ? "reg_sd_m" : "registration_sd_m");
        assert_true(rank >= 0 && ids >= 0 && sd >= 0);
        long long number = OGR_F_GetFieldAsInteger64(f, rank);
        int row = number == 1 ? 0 : number == 5000000000 ? 1 : 2; // FlatGeobuf keeps an order of its own
        if (row == 0) {
            assert_string_equal(OGR_F_GetFieldAsString(f, ids), "甲,\"乙\"");
            assert_float_equal(OGR_F_GetFieldAsDouble(f, sd), 0.123, 1e-12);
        } else if (row == 1) {
            assert_true(x->all_text ? OGR_F_GetFieldAsString(f, ids)[0] == '\0' : !OGR_F_IsFieldSetAndNotNull(f, ids));
            assert_true(x->all_text ? OGR_F_GetFieldAsString(f, sd)[0] == '\0' : !OGR_F_IsFieldSetAndNotNull(f, sd));
        } else {
            if (number != 3)
                fail_msg("%s: rank %lld, not 3", x->file, number);
            assert_int_equal(strlen(OGR_F_GetFieldAsString(f, ids)), x->short_names ? 254 : 400);
            assert_float_equal(OGR_F_GetFieldAsDouble(f, sd), 0, 1e-12);
        }
        if (x->geometry) {
            OGREnvelope box;
            OGR_G_GetEnvelope(OGR_F_GetGeometryRef(f), &box);
            // 500 000 m east is the middle of UTM zone 50, 117 degrees; 3 540 000 m north is 31.99 degrees.
            assert_float_equal(box.MinX, x->lonlat ? 117 + row * 100 / 94500.0 : 500000 + 100 * row, x->lonlat ? 2e-5 : 1e-6);
            assert_float_equal(box.MinY, x->lonlat ? 31.9952 : 3540000, x->lonlat ? 5e-3 : 1e-6);
        }
        OGR_F_Destroy(f);
    }
}

static void every_format_comes_back_whole_and_alike(void **state)
{
    (void)state;
    static const struct expected table[] = {
        { "c.gpkg", 1, true, false, false, false },   { "c.geojson", 1, true, true, false, false },
        { "c.geojsonl", 1, true, true, false, false }, { "c.fgb", 1, true, false, false, false },
        { "c.shp", 5, true, false, true, false },     { "c.csv", 1, true, false, false, true },
        { "c.xlsx", 1, false, false, false, true },
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct expected *x = &table[i];
        char path[256];
        empty_folder();
        path_of(x->file, path);
        must_write(path, utm);
        if (files_in_folder() != x->files)
            fail_msg("%s: %d files, not %d", x->file, files_in_folder(), x->files);
        GDALDatasetH d = GDALOpenEx(path, GDAL_OF_VECTOR, NULL, NULL, NULL);
        assert_non_null(d);
        OGRLayerH layer = GDALDatasetGetLayer(d, 0);
        assert_int_equal(OGR_L_GetFeatureCount(layer, 1), ROWS);
        check_rows(x, layer);
        GDALClose(d);

        struct buf first = read_bytes(path);
        sleep(x->files == 1 && strcmp(x->file, "c.xlsx") == 0 ? 2 : 0); // a zip counts time in steps of two seconds
        must_write(path, utm);
        struct buf second = read_bytes(path);
        if (first.len != second.len || memcmp(first.data, second.data, first.len) != 0)
            fail_msg("%s: written twice, the bytes differ", x->file);
        buf_clear(&first);
        buf_clear(&second);
    }
}

// Rows from several threads: squares in rows of a hundred, every tenth without a place on the ground, every tenth a mere polygon.
struct making { struct buf wkb[3]; struct sink_value value[3][FIELDS]; char text[3][40]; };
enum { MULTIPOLYGON_HEAD = 9 };

static void make_square(void *ctx, int64_t row, int thread, struct sink_row *out)
{
    struct making *m = ctx;
    m->wkb[thread].len = 0;
    square(&m->wkb[thread], 500000 + 20.0 * (double)(row % 100), 3540000 + 20.0 * (double)(row / 100), 10);
    snprintf(m->text[thread], sizeof m->text[thread], "square %d", (int)row);
    struct sink_value value[FIELDS] = { { .integer = row + 1 }, { .text = m->text[thread] }, { .real = (double)row / 7 } };
    memcpy(m->value[thread], value, sizeof value);
    size_t skip = row % 10 == 5 ? MULTIPOLYGON_HEAD : 0;
    const uint8_t *wkb = (const uint8_t *)m->wkb[thread].data + skip;
    *out = (struct sink_row){ row % 10 == 3 ? NULL : wkb, m->wkb[thread].len - skip, m->value[thread] };
}

static void write_squares(const char *path, int64_t count, int threads)
{
    struct err e = { .lang = LANG_EN };
    struct sink *s;
    struct pool *pool = pool_open(threads);
    struct making *m = calloc(1, sizeof *m);
    for (int i = 0; i < 3; i++)
        buf_init(&m->wkb[i], 1 << 20);
    assert_int_equal(open_sink(path, lonlat, &s, &e), OK);
    struct sink_rows rows = { .count = count, .fill = make_square, .ctx = m };
    assert_int_equal(sink_write_rows(s, pool, &rows, &e), OK);
    if (sink_commit(s, &e) != OK)
        fail_msg("%s", e.text);
    for (int i = 0; i < 3; i++)
        buf_clear(&m->wkb[i]);
    free(m);
    pool_close(pool);
}

static void number_of_threads_leaves_no_trace(void **state)
{
    (void)state;
    static const char *const files[] = { "c.gpkg", "c.geojson", "c.fgb", "c.shp", "c.csv", "c.xlsx" };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[256];
        empty_folder();
        path_of(files[i], path);
        write_squares(path, 5000, 1);
        struct buf one = read_bytes(path);
        write_squares(path, 5000, 3);
        struct buf three = read_bytes(path);
        if (one.len != three.len || memcmp(one.data, three.data, one.len) != 0)
            fail_msg("%s: one thread and three write different bytes", files[i]);
        buf_clear(&one);
        buf_clear(&three);
    }
}

static int64_t ask(GDALDatasetH d, const char *sql)
{
    OGRLayerH answer = GDALDatasetExecuteSQL(d, sql, NULL, NULL);
    assert_non_null(answer);
    OGRFeatureH f = OGR_L_GetNextFeature(answer);
    int64_t value = strcmp(OGR_F_GetFieldAsString(f, 0), "ok") == 0 ? 1 : OGR_F_GetFieldAsInteger64(f, 0);
    OGR_F_Destroy(f);
    GDALDatasetReleaseResultSet(d, answer);
    return value;
}

// A tree of one leaf, of a full leaf, of two levels, of three: sound to SQLite, and every box as GDAL would have put it there.
static void the_spatial_index_is_sound(void **state)
{
    (void)state;
    static const int64_t counts[] = { 0, 1, 3, 4, 56, 57, 58, 2900, 5000 };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        char path[256];
        empty_folder();
        path_of("c.gpkg", path);
        write_squares(path, counts[i], 2);
        GDALDatasetH d = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_UPDATE, NULL, NULL, NULL);
        assert_int_equal(ask(d, "SELECT rtreecheck('rtree_changes_geom')"), 1);
        assert_int_equal(ask(d, "SELECT count(*) FROM rtree_changes_geom"), ask(d, "SELECT count(*) FROM changes WHERE geom NOT NULL"));
        assert_int_equal(ask(d, "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'rtree_changes_geom_%'"), 6);
        GDALDatasetExecuteSQL(d, "CREATE VIRTUAL TABLE temp.other USING rtree(id, minx, maxx, miny, maxy)", NULL, NULL);
        GDALDatasetExecuteSQL(d, "INSERT INTO temp.other SELECT fid, ST_MinX(geom), ST_MaxX(geom), ST_MinY(geom), ST_MaxY(geom) "
                                 "FROM changes WHERE geom NOT NULL", NULL, NULL);
        assert_int_equal(ask(d, "SELECT count(*) FROM (SELECT * FROM rtree_changes_geom EXCEPT SELECT * FROM temp.other)"), 0);
        GDALClose(d);
    }
}

// The same rows by GDAL alone.
static void write_by_gdal(const char *path, GDALDatasetH ours)
{
    char **options = CSLSetNameValue(CSLSetNameValue(NULL, "GEOMETRY_NAME", "geom"), "FID", "fid");
    OGRLayerH from = GDALDatasetGetLayer(ours, 0);
    CPLSetConfigOption("OGR_CURRENT_DATE", "2000-01-01T00:00:00.000Z");
    GDALDatasetH d = GDALCreate(GDALGetDriverByName("GPKG"), path, 0, 0, 0, GDT_Unknown, NULL);
    OGRLayerH to = GDALDatasetCreateLayer(d, "changes", OGR_L_GetSpatialRef(from), wkbMultiPolygon, options);
    for (int i = 0; i < FIELDS; i++)
        assert_int_equal(OGR_L_CreateField(to, OGR_FD_GetFieldDefn(OGR_L_GetLayerDefn(from), i), 1), OGRERR_NONE);
    OGR_L_ResetReading(from);
    for (OGRFeatureH f; (f = OGR_L_GetNextFeature(from)) != NULL; OGR_F_Destroy(f))
        assert_int_equal(OGR_L_CreateFeature(to, f), OGRERR_NONE);
    GDALClose(d);
    CPLSetConfigOption("OGR_CURRENT_DATE", NULL);
    CSLDestroy(options);
}

static void dump(GDALDatasetH d, const char *sql, struct buf *out)
{
    OGRLayerH answer = GDALDatasetExecuteSQL(d, sql, NULL, NULL);
    assert_non_null(answer);
    for (OGRFeatureH f; (f = OGR_L_GetNextFeature(answer)) != NULL; OGR_F_Destroy(f))
        for (int i = 0; i < OGR_F_GetFieldCount(f); i++)
            buf_printf(out, "%s%s", OGR_F_GetFieldAsString(f, i), i + 1 < OGR_F_GetFieldCount(f) ? "|" : "\n");
    GDALDatasetReleaseResultSet(d, answer);
}

// Rows go past GDAL: they, what GDAL counts of them and all its tables and triggers are as if they had not. Counts around a part.
static void a_package_is_as_gdal_would_have_made_it(void **state)
{
    (void)state;
    static const int64_t counts[] = { 0, 1, 31, 32, 33, 700 };
    static const char *const asked[] = {
        "SELECT fid, hex(geom), rank, before_ids, registration_sd_m, typeof(rank), typeof(before_ids), typeof(registration_sd_m) FROM changes",
        "SELECT * FROM gpkg_contents", "SELECT * FROM gpkg_ogr_contents", "SELECT * FROM gpkg_geometry_columns",
        "SELECT * FROM gpkg_extensions", "SELECT * FROM sqlite_sequence", "SELECT type, name, sql FROM sqlite_master ORDER BY name",
        "SELECT * FROM rtree_changes_geom ORDER BY id",
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        char path[2][256];
        empty_folder();
        path_of("c.gpkg", path[0]);
        path_of("by_gdal.gpkg", path[1]);
        write_squares(path[0], counts[i], 2);
        GDALDatasetH ours = GDALOpenEx(path[0], GDAL_OF_VECTOR, NULL, NULL, NULL);
        write_by_gdal(path[1], ours);
        GDALDatasetH theirs = GDALOpenEx(path[1], GDAL_OF_VECTOR, NULL, NULL, NULL);
        for (size_t k = 0; k < sizeof asked / sizeof *asked; k++) {
            struct buf a, b;
            buf_init(&a, 1 << 20);
            buf_init(&b, 1 << 20);
            dump(ours, asked[k], &a);
            dump(theirs, asked[k], &b);
            if (a.len != b.len || (a.len > 0 && strcmp(a.data, b.data) != 0))
                fail_msg("%d rows, %s\n%s- by GDAL -\n%s", (int)counts[i], asked[k], text_or_empty(a.data), text_or_empty(b.data));
            buf_clear(&a);
            buf_clear(&b);
        }
        GDALClose(ours);
        GDALClose(theirs);
    }
}

// SQLite that says no: to the very file, or in the middle of the work.
static int runs_left;
static const char *another_library(const char *source_id) { return source_id[0] != '\0' ? "another library" : NULL; }
static const char *tired(void *statement, const struct sink_cell *cell, int cells)
{
    return runs_left-- > 0 ? spatialite_guest.run(statement, cell, cells) : "too tired";
}

static enum status write_forty(const struct sink_spec *spec, struct err *e)
{
    struct sink *s;
    enum status status = sink_open(spec, &s, e);
    if (status != OK)
        return status;
    for (int row = 0; status == OK && row < 40; row++)
        status = sink_write(s, NULL, 0, (struct sink_value[FIELDS]){ { .integer = row } }, e);
    if (status == OK)
        return sink_commit(s, e);
    sink_abandon(s);
    return status;
}

static void what_sqlite_refuses_leaves_nothing(void **state)
{
    (void)state;
    struct sink_sql stranger = spatialite_guest, weak = spatialite_guest;
    stranger.check = another_library;
    weak.run = tired;
    char path[256];
    path_of("c.gpkg", path);
    struct sink_spec spec = { .path = path, .layer = "changes", .crs = utm, .target = utm, .field = fields, .fields = FIELDS, .sql = &stranger };
    struct err e = { .lang = LANG_EN };
    empty_folder();
    assert_int_equal(write_forty(&spec, &e), FAILED);
    assert_non_null(strstr(e.text, "another library"));
    assert_int_equal(files_in_folder(), 0);
    for (int runs = 0;; runs++) { // one statement more each time, until all of them are granted
        runs_left = runs;
        spec.sql = &weak;
        enum status status = write_forty(&spec, &e);
        if (status == OK)
            break;
        assert_int_equal(status, FAILED);
        assert_non_null(strstr(e.text, "too tired"));
        assert_int_equal(files_in_folder(), 0);
    }
    assert_int_equal(files_in_folder(), 1);
}

static void geometry_is_moved_to_the_target(void **state)
{
    (void)state;
    char path[256];
    empty_folder();
    path_of("c.gpkg", path);
    must_write(path, lonlat);
    GDALDatasetH d = GDALOpenEx(path, GDAL_OF_VECTOR, NULL, NULL, NULL);
    check_rows(&(struct expected){ .geometry = true, .lonlat = true }, GDALDatasetGetLayer(d, 0));
    assert_string_equal(GDALGetMetadataItem(d, "gridpatrol", NULL), "{\"a\":1}");
    GDALClose(d);
}

static void abandoned_leaves_the_old_file(void **state)
{
    (void)state;
    char path[256];
    empty_folder();
    path_of("c.gpkg", path);
    must_write(path, utm);
    struct buf old = read_bytes(path);
    struct sink *s;
    struct err e = { .lang = LANG_EN };
    assert_int_equal(open_sink(path, utm, &s, &e), OK);
    assert_int_equal(sink_write(s, NULL, 0, (struct sink_value[FIELDS]){ { .integer = 1 } }, &e), OK);
    struct sink *other;
    assert_int_equal(open_sink(path, utm, &other, &e), BUSY);
    sink_abandon(s);
    assert_int_equal(files_in_folder(), 1);
    struct buf now = read_bytes(path);
    assert_int_equal(old.len, now.len);
    assert_memory_equal(old.data, now.data, old.len);
    buf_clear(&old);
    buf_clear(&now);
}

static void what_a_killed_run_left_is_thrown_away(void **state)
{
    (void)state;
    char path[256], part[256], junk[300];
    empty_folder();
    path_of("c.gpkg", path);
    path_of(".c.gpkg.part", part);
    assert_int_equal(mkdir(part, 0700), 0);
    snprintf(junk, sizeof junk, "%s/c.gpkg", part);
    FILE *f = fopen(junk, "w");
    fputs("half", f);
    fclose(f);
    must_write(path, utm);
    assert_int_equal(files_in_folder(), 1);
}

static void wrong_targets_are_refused(void **state)
{
    (void)state;
    static const struct { const char *path; enum status status; } table[] = {
        { "/tmp/c.doc", INVALID }, { "/tmp/noending", INVALID }, { "/no/such/folder/c.gpkg", NOT_FOUND },
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct err e = { .lang = LANG_EN };
        assert_int_equal(sink_check(table[i].path, &e), table[i].status);
        assert_true(strstr(e.text, table[i].path) != NULL);
    }
}

// A file system of a few pages: every format must fail and leave nothing.
static void a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    empty_folder();
    if (mount("none", folder, "tmpfs", 0, "size=8k") != 0) {
        print_message("skipped: mounting a small file system needs root\n");
        skip();
    }
    static const char *const files[] = { "c.gpkg", "c.geojson", "c.geojsonl", "c.fgb", "c.shp", "c.csv", "c.xlsx" };
    char ballast[256], path[256], page[4096] = { 1 };
    path_of("ballast", ballast);
    int fd = open(ballast, O_WRONLY | O_CREAT, 0600);
    while (write(fd, page, sizeof page) > 0)
        ;
    close(fd);
    int failures = 0;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct err e = { .lang = LANG_EN };
        path_of(files[i], path);
        if (write_rows(path, utm, &e) == FAILED && e.text[0] != '\0' && files_in_folder() == 1)
            failures++;
        else
            print_message("%s: left %d files, said: %s\n", files[i], files_in_folder() - 1, e.text);
    }
    umount(folder);
    assert_int_equal(failures, sizeof files / sizeof files[0]);
}

static int setup(void **state)
{
    (void)state;
    GDALAllRegister();
    strcpy(folder, "/tmp/gridpatrol-sink-XXXXXX");
    struct err e = { .lang = LANG_EN };
    return mkdtemp(folder) == NULL || crs_open("EPSG:32650", &utm, &e) != OK || crs_open("EPSG:4326", &lonlat, &e) != OK;
}

static int teardown(void **state)
{
    (void)state;
    crs_close(utm);
    crs_close(lonlat);
    empty_folder();
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_comes_back_whole_and_alike), cmocka_unit_test(number_of_threads_leaves_no_trace),
        cmocka_unit_test(the_spatial_index_is_sound), cmocka_unit_test(a_package_is_as_gdal_would_have_made_it),
        cmocka_unit_test(what_sqlite_refuses_leaves_nothing),
        cmocka_unit_test(geometry_is_moved_to_the_target),
        cmocka_unit_test(abandoned_leaves_the_old_file),           cmocka_unit_test(what_a_killed_run_left_is_thrown_away),
        cmocka_unit_test(wrong_targets_are_refused),               cmocka_unit_test(a_full_disk_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
