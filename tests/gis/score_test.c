// The score against examples small enough to count on the fingers.
#include "gis/score.h"
#include "gis/footprint.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char dir[] = "/tmp/gridpatrol-score-XXXXXX";

// One rectangle a row, metres; what it is called.
struct row { const char *word; double x, y, w, h; };

static const char *write_layer(const char *name, const char *crs, double unit, const struct row *row, int rows)
{
    static char path[2][200];
    static int turn;
    char *out = path[turn++ % 2];
    snprintf(out, sizeof path[0], "%s/%s", dir, name);
    FILE *f = fopen(out, "w");
    assert_non_null(f);
    fprintf(f, "{\"type\":\"FeatureCollection\",\"name\":\"%s\",", name);
    if (crs != NULL)
        fprintf(f, "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:%s\"}},", crs);
    fprintf(f, "\"features\":[");
    for (int i = 0; i < rows; i++) {
        double x = row[i].x * unit, y = row[i].y * unit, u = x + row[i].w * unit, v = y + row[i].h * unit;
        fprintf(f, "%s{\"type\":\"Feature\",\"properties\":{\"class\":\"%s\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[", i ? "," : "", row[i].word);
        fprintf(f, "[%.9f,%.9f],[%.9f,%.9f],[%.9f,%.9f],[%.9f,%.9f],[%.9f,%.9f]]]}}", x, y, u, y, u, v, x, v, x, y);
    }
    fprintf(f, "]}\n");
    fclose(f);
    return out;
}

// Somewhere in UTM zone 50, whole metres from a corner.
static const struct row truth[] = {
    { "new", 500000, 3500000, 10, 10 },       // found whole
    { "enlarged", 500100, 3500000, 2, 4 },    // found by a bigger piece called reshaped: a fitting word
    { "gone", 500200, 3500000, 10, 20 },      // found by two pieces
    { "heightened", 500300, 3500000, 8, 8 },  // found, but called gone
    { "reduced", 500400, 3500000, 3, 5 },     // missed: the change there covers a fifth of it and lies mostly beside it
    { "rebuilt", 500500, 3500000, 5, 5 },     // missed altogether
};
static const struct row found[] = {
    { "new", 500000.5, 3500000, 10, 10 },
    { "reshaped", 500099, 3499999, 4, 6 },
    { "gone", 500200, 3500000, 10, 6 },
    { "gone", 500200, 3500010, 10, 8 },
    { "gone", 500300, 3500000, 8, 8 },
    { "reduced", 500402.4, 3500000, 3, 5 },
    { "new", 500600, 3500000, 4, 2 },         // false alarm
    { "same", 500700, 3500000, 9, 9 },        // claims nothing
    { "capture_rule", 500720, 3500000, 9, 9 },
};
enum { TRUTHS = sizeof truth / sizeof *truth, FOUND = sizeof found / sizeof *found };

static const struct score_row *row_of(const struct score *s, const char *name)
{
    for (int i = 0; i < s->classes; i++)
        if (strcmp(s->per_class[i].name, name) == 0)
            return &s->per_class[i];
    fail_msg("no row %s", name);
    return NULL;
}

static void check_row(const struct score_row *r, int64_t objects, int64_t seen, int64_t changes, int64_t right)
{
    if (r->truth != objects || r->found != seen || r->changes != changes || r->right != right)
        fail_msg("%s: found %lld of %lld, right %lld of %lld; want %lld of %lld, %lld of %lld", r->name, (long long)r->found, (long long)r->truth,
                 (long long)r->right, (long long)r->changes, (long long)seen, (long long)objects, (long long)right, (long long)changes);
}

static void score(const char *changes, const char *truths, struct score *out)
{
    struct err e = { 0 };
    struct score_spec spec = { .changes = changes, .truth = truths };
    if (score_files(&spec, out, &e) != OK)
        fail_msg("%s", e.text);
}

static void check_example(const struct score *s)
{
    check_row(&s->all, 6, 4, 7, 5);
    check_row(row_of(s, "new"), 1, 1, 2, 1);
    check_row(row_of(s, "gone"), 1, 1, 3, 3);
    check_row(row_of(s, "enlarged"), 1, 1, 0, 0);
    check_row(row_of(s, "reshaped"), 0, 0, 1, 1);
    check_row(row_of(s, "reduced"), 1, 0, 1, 0);
    check_row(row_of(s, "heightened"), 1, 1, 0, 0);
    check_row(row_of(s, "rebuilt"), 1, 0, 0, 0);
    check_row(&s->per_bin[0], 1, 1, 1, 0);   // the lean-to of 8 m2; the false alarm of 8 m2
    check_row(&s->per_bin[1], 1, 0, 1, 0);   // 15 m2 missed
    check_row(&s->per_bin[2], 1, 0, 1, 1);   // 25 m2 rebuilt; the piece of 24 m2
    check_row(&s->per_bin[4], 2, 2, 1, 1);
    assert_int_equal(s->class_right, 3);
    assert_float_equal(s->fragmentation, 5.0 / 4, 1e-12);
    assert_float_equal(s->under_segmentation, 1, 1e-12);
    assert_float_equal(score_f1(&s->all), 2 * (4 / 6.0) * (5 / 7.0) / (4 / 6.0 + 5 / 7.0), 1e-12);
}

static void test_example(void **state)
{
    (void)state;
    struct score s;
    score(write_layer("changes.geojson", "EPSG::32650", 1, found, FOUND), write_layer("truth.geojson", "EPSG::32650", 1, truth, TRUTHS), &s);
    check_example(&s);
}

// A truth object that is one big building, changes in its middle, one change over two objects.
static void test_two_in_one_piece(void **state)
{
    (void)state;
    static const struct row two[] = { { "new", 500000, 3500000, 10, 10 }, { "new", 500012, 3500000, 10, 10 } };
    static const struct row one[] = { { "new", 500000, 3500000, 22, 10 } };
    struct score s;
    score(write_layer("c2.geojson", "EPSG::32650", 1, one, 1), write_layer("t2.geojson", "EPSG::32650", 1, two, 2), &s);
    check_row(&s.all, 2, 2, 1, 1);
    assert_float_equal(s.under_segmentation, 2, 1e-12);
    assert_float_equal(s.fragmentation, 1, 1e-12);
}

static void test_no_truth_at_all(void **state)
{
    (void)state;
    struct score s;
    score(write_layer("c3.geojson", "EPSG::32650", 1, found, FOUND), write_layer("t3.geojson", "EPSG::32650", 1, truth, 0), &s);
    check_row(&s.all, 0, 0, 7, 0);
    assert_true(score_f1(&s.all) == 0);
    score(write_layer("c3.geojson", "EPSG::32650", 1, found, 0), write_layer("t3.geojson", "EPSG::32650", 1, truth, TRUTHS), &s);
    check_row(&s.all, 6, 0, 0, 0);
    assert_true(score_f1(&s.all) == 0);
    score(write_layer("c3.geojson", "EPSG::32650", 1, found, 0), write_layer("t3.geojson", "EPSG::32650", 1, truth, 0), &s);
    check_row(&s.all, 0, 0, 0, 0);
    assert_true(isnan(score_f1(&s.all)));
}

// Degrees are scored in metres: a square of 0.0001 degrees at 30 north is about 9.6 m x 11 m.
static void test_degrees(void **state)
{
    (void)state;
    static const struct row square[] = { { "new", 1170000, 300000, 1, 1 } };
    struct score s;
    score(write_layer("c4.geojson", NULL, 1e-4, square, 1), write_layer("t4.geojson", NULL, 1e-4, square, 1), &s);
    check_row(&s.all, 1, 1, 1, 1);
    check_row(&s.per_bin[4], 1, 1, 1, 1);
}

static void refused(const char *changes, const char *truths, enum status want, const char *word)
{
    struct err e = { 0 };
    struct score s;
    struct score_spec spec = { .changes = changes, .truth = truths };
    assert_int_equal(score_files(&spec, &s, &e), want);
    if (strstr(e.text, word) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", e.text, word);
}

static void test_refusals(void **state)
{
    (void)state;
    char path[200];
    const char *good = write_layer("t5.geojson", "EPSG::32650", 1, truth, TRUTHS);
    refused("/nowhere/changes.gpkg", good, NOT_FOUND, "/nowhere/changes.gpkg");
    snprintf(path, sizeof path, "%s/no-class.geojson", dir);
    FILE *f = fopen(path, "w");
    fputs("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"kind\":\"new\"},"
          "\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]}}]}", f);
    fclose(f);
    refused(path, good, INVALID, "kind");
    f = fopen(path, "w");
    fputs("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"id\":7,\"properties\":{\"class\":\"new\"},"
          "\"geometry\":{\"type\":\"Point\",\"coordinates\":[117,30]}}]}", f);
    fclose(f);
    refused(path, good, INVALID, "no polygon");
}

static void test_wilson(void **state)
{
    (void)state;
    static const struct { int64_t right, of; double low, high; } known[] = {
        { 90, 100, 0.8256, 0.9448 }, { 270, 300, 0.8608, 0.9291 }, { 0, 10, 0, 0.2775 }, { 10, 10, 0.7225, 1 }, { 0, 0, 0, 1 } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct interval w = score_wilson(known[i].right, known[i].of);
        if (fabs(w.low - known[i].low) > 5e-5 || fabs(w.high - known[i].high) > 5e-5)
            fail_msg("%lld of %lld: %.4f-%.4f, want %.4f-%.4f", (long long)known[i].right, (long long)known[i].of, w.low, w.high, known[i].low, known[i].high);
    }
}

static int make_dir(void **state)
{
    (void)state;
    footprint_open_library();
    return mkdtemp(dir) == NULL;
}

static int remove_dir(void **state)
{
    (void)state;
    static const char *const name[] = { "changes.geojson", "truth.geojson", "c2.geojson", "t2.geojson", "c3.geojson", "t3.geojson",
                                        "c4.geojson", "t4.geojson", "t5.geojson", "no-class.geojson" };
    char path[200];
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, name[i]);
        unlink(path);
    }
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_example), cmocka_unit_test(test_two_in_one_piece), cmocka_unit_test(test_no_truth_at_all),
        cmocka_unit_test(test_degrees), cmocka_unit_test(test_refusals), cmocka_unit_test(test_wilson),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
