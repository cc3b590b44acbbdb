// Register layers whose coordinates cannot be what the layer says: refused with the likely cure, whatever the header tells.
#include "gis/footprint.h"
#include "gis/source_records.h"

#include <gdal.h>
#include <gdal_utils.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/source_records_test_XXXXXX";
static struct crs *metric;

static int set_up(void **state)
{
    (void)state;
    struct err e = { .lang = LANG_EN };
    footprint_open_library();
    return mkdtemp(folder) != NULL && crs_open("EPSG:4549", &metric, &e) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[80];
    crs_close(metric);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

// Points, given as GeoJSON coordinates; code "": the file names no CRS and is in longitude and latitude by its format.
static void write_points(const char *path, const char *code, const char *const *place, int count)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "{\"type\":\"FeatureCollection\",");
    if (code[0] != '\0')
        fprintf(f, "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::%s\"}},", code);
    fprintf(f, "\"features\":[");
    for (int i = 0; i < count; i++)
        fprintf(f, "%s{\"type\":\"Feature\",\"properties\":{\"name\":\"p\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[%s]}}", i > 0 ? "," : "", place[i]);
    fprintf(f, "]}");
    fclose(f);
}

static enum status read_all(const char *path, const char *crs, int *rows, struct err *e)
{
    struct record_source *source = NULL;
    struct record r;
    *rows = 0;
    enum status s = record_source_open(&(struct record_spec){ .path = path, .crs = crs, .metric = metric }, &source, e);
    for (bool more = true; s == OK && (s = record_source_next(source, &r, &more, e)) == OK && more; )
        ++*rows;
    record_source_close(source);
    return s;
}

static void coordinates_that_cannot_be_are_refused_with_the_cure(void **state)
{
    static const struct { const char *code, *crs, *place, *cure; } cases[] = {
        { "4549", NULL, "600000,3550000", NULL },
        { "4549", NULL, "3550000,600000", "the axes are swapped" },
        { "4549", NULL, "121.07,32.07", "look like degrees" },
        { "4549", NULL, "40600000,3550000", "EPSG:4528" },
        { "4528", NULL, "600000,3550000", "EPSG:4549" },
        { "", NULL, "121.07,32.07", NULL },
        { "", NULL, "32.07,121.07", "the axes are swapped" },
        { "", NULL, "600000,3550000", "look like metres" },
        { "", "GCJ-02", "121.0745,32.0679", NULL },
        { "", "GCJ-02", "32.0679,121.0745", "the axes are swapped" },
        { "", "BD-09", "600000,3550000", "look like metres" },
        { "", "BD-09MC", "13478000,3740000", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = { .lang = LANG_EN };
        char path[80];
        int rows = 0;
        snprintf(path, sizeof path, "%s/points.geojson", folder);
        write_points(path, cases[i].code, &cases[i].place, 1);
        enum status s = read_all(path, cases[i].crs, &rows, &e);
        if (cases[i].cure == NULL ? s != OK || rows != 1 : s != INVALID || strstr(e.text, cases[i].cure) == NULL)
            fail_msg("%s in %s: status %d, %d rows, \"%s\"; expected %s", cases[i].place, cases[i].code, s, rows, e.text,
                     cases[i].cure != NULL ? cases[i].cure : "to be read");
    }
}

// --- Headers that lie -------------------------------------------------------------------------------------------------------------

static void say_extent(const char *path, const char *extent)
{
    char sql[200];
    GDALDatasetH d = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_UPDATE, NULL, NULL, NULL);
    assert_non_null(d);
    snprintf(sql, sizeof sql, "UPDATE gpkg_contents SET %s", extent);
    GDALDatasetReleaseResultSet(d, GDALDatasetExecuteSQL(d, sql, NULL, NULL));
    GDALClose(d);
}

// A GeoPackage with these points whose header tells of another place.
static void write_lie(const char *path, const char *const *place, int count, const char *extent)
{
    char json[80];
    int wrong = 0;
    char *words[] = { (char *)"-f", (char *)"GPKG", (char *)"-a_srs", (char *)"EPSG:4549", NULL };
    snprintf(json, sizeof json, "%s/points.geojson", folder);
    write_points(json, "4549", place, count);
    unlink(path);
    GDALDatasetH in = GDALOpenEx(json, GDAL_OF_VECTOR, NULL, NULL, NULL);
    GDALVectorTranslateOptions *options = GDALVectorTranslateOptionsNew(words, NULL);
    GDALDatasetH out = GDALVectorTranslate(path, NULL, 1, &in, options, &wrong);
    assert_non_null(out);
    GDALClose(out);
    GDALVectorTranslateOptionsFree(options);
    GDALClose(in);
    say_extent(path, extent);
}

#define HERE "min_x = 599000, max_x = 601000, min_y = 3549000, max_y = 3551000"
enum { FAR_BEHIND = 200 };      // more than anybody probes

static void a_header_that_lies_is_not_believed(void **state)
{
    struct err e = { .lang = LANG_EN };
    char path[80];
    int rows = 0;
    (void)state;
    snprintf(path, sizeof path, "%s/lie.gpkg", folder);
    write_lie(path, (const char *const[]){ "121.07,32.07" }, 1, HERE);
    assert_int_equal(read_all(path, NULL, &rows, &e), INVALID);
    assert_non_null(strstr(e.text, "look like degrees"));
    write_lie(path, (const char *const[]){ "600000,3550000" }, 1, "min_x = 121, max_x = 122, min_y = 32, max_y = 33");
    if (read_all(path, NULL, &rows, &e) != OK)          // it is the header that is wrong, not the place
        fail_msg("%s", e.text);
    assert_int_equal(rows, 1);
}

static void what_stands_behind_the_probed_ones_is_held_against_the_crs_too(void **state)
{
    struct err e = { .lang = LANG_EN };
    const char *place[FAR_BEHIND];
    char path[80];
    int rows = 0;
    (void)state;
    for (int i = 0; i < FAR_BEHIND; i++)
        place[i] = "600000,3550000";
    snprintf(path, sizeof path, "%s/behind.gpkg", folder);
    place[FAR_BEHIND - 1] = "605000,3550000";           // beyond the header, but a place
    write_lie(path, place, FAR_BEHIND, HERE);
    if (read_all(path, NULL, &rows, &e) != OK)
        fail_msg("%s", e.text);
    assert_int_equal(rows, FAR_BEHIND);
    place[FAR_BEHIND - 1] = "3550000,600000";
    write_lie(path, place, FAR_BEHIND, HERE);
    assert_int_equal(read_all(path, NULL, &rows, &e), INVALID);
    assert_non_null(strstr(e.text, "feature 200: "));
    assert_non_null(strstr(e.text, "the axes are swapped"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coordinates_that_cannot_be_are_refused_with_the_cure),
        cmocka_unit_test(a_header_that_lies_is_not_believed),
        cmocka_unit_test(what_stands_behind_the_probed_ones_is_held_against_the_crs_too),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
