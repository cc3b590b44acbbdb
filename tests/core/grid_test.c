// Grids in a station: made, loaded, checked; everything knows its cell; the spatial index and the views follow every write.
#include "core/cell_check.h"
#include "core/cell_load.h"
#include "core/cell_make.h"
#include "core/area.h"
#include "core/register.h"
#include "core/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#include <gdal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/core/temporary_station.h"

struct fixture { struct temporary at; char path[192]; struct station *station; struct err e; int64_t faults; };
static const struct station_call CALL = { 1770000100, "system" };

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->station = temporary_open(&f->at, 1770000000);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    int gone = temporary_close(&f->at, f->station);
    free(f);
    return gone;
}

// --- Asking the file as a map program does ----------------------------------------------------------------------------------

static int64_t number(struct fixture *f, const char *sql)
{
    char path[256];
    sqlite3 *db;
    sqlite3_stmt *stmt;
    snprintf(path, sizeof path, "%s/gridpatrol.sqlite", f->at.folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    int64_t answer = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : -1;
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return answer;
}

static void note_fault(void *ctx, const char *sentence)
{
    (void)ctx;
    fprintf(stderr, "%s\n", sentence);
}

static void expect_whole(struct fixture *f)
{
    struct verify_report report;
    assert_ok(f, verify_station(f->station, NULL, note_fault, NULL, &report, &f->e));
    assert_int_equal(report.faults, 0);
}

// --- Layers ------------------------------------------------------------------------------------------------------------------

static FILE *begin_layer(struct fixture *f, const char *name)
{
    snprintf(f->path, sizeof f->path, "%s/%s", f->at.home, name);
    FILE *out = fopen(f->path, "w");
    assert_non_null(out);
    fputs("{\"type\":\"FeatureCollection\",\"features\":[\n", out);
    return out;
}

static void end_layer(FILE *out)
{
    fputs("]}\n", out);
    fclose(out);
}

static void add_box(FILE *out, bool first, const char *properties, double x, double y, double w, double h)
{
    fprintf(out, "%s{\"type\":\"Feature\",\"properties\":{%s},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
                 "[[[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f]]]}}\n", first ? "" : ",", properties, x, y, x + w, y, x + w, y + h,
            x, y + h, x, y);
}

static void refuse(void *ctx, int64_t row, int64_t fid, const char *sentence)
{
    (void)ctx, (void)row, (void)fid;
    fprintf(stderr, "%s\n", sentence);
}

// Two communities side by side of about 500 x 550 m each; the street above them first.
static void load_communities(struct fixture *f)
{
    struct area_report report;
    for (int level = 0; level < 2; level++) {
        FILE *out = begin_layer(f, level == 0 ? "streets.geojson" : "communities.geojson");
        if (level == 0) {
            add_box(out, true, "\"code\":\"320612001\",\"name\":\"街道\"", 121.0, 32.0, 0.01, 0.005);
        } else {
            add_box(out, true, "\"code\":\"320612001001\",\"name\":\"东\"", 121.0, 32.0, 0.005, 0.005);
            add_box(out, false, "\"code\":\"320612001002\",\"name\":\"西\"", 121.005, 32.0, 0.005, 0.005);
        }
        end_layer(out);
        struct area_spec spec = { .path = f->path, .code_field = "code", .name_field = "name", .source = "a" };
        assert_ok(f, area_load(f->station, &CALL, &spec, refuse, NULL, &report, &f->e));
    }
    assert_int_equal(report.added, 2);
}

enum { POINTS = 1000 };
static void load_points(struct fixture *f, const char *source, int count, double x, const char *state, int64_t at_s)
{
    FILE *out = begin_layer(f, "points.geojson");
    for (int i = 0; i < count; i++)
        fprintf(out, "%s{\"type\":\"Feature\",\"properties\":{\"id\":%d,\"state\":\"%s\",\"width_m\":%.1f,\"on_roof\":\"yes\",\"checked_at\":\"2026-03-01\"},"
                     "\"geometry\":{\"type\":\"Point\",\"coordinates\":[%.7f,%.7f]}}\n", i > 0 ? "," : "", i, state, i * 0.5, x + i % 40 * 0.000124, 32.00005 + i / 40 * 0.0001);
    end_layer(out);
    struct register_spec spec = { .layer = "billboard", .path = f->path, .id_field = "id", .source = source };
    struct register_report report;
    assert_ok(f, register_load(f->station, &(struct station_call){ at_s, "system" }, &spec, NULL, refuse, NULL, &report, &f->e));
}

static void make(struct fixture *f, const char *community, double target_m2, struct cell_make_report *report)
{
    struct cell_make_spec spec = { .community = community, .grid = { .key = "unit", .name_zh = "单元", .name_en = "unit", .must_partition = true,
                                   .target_area_m2 = target_m2, .min_area_m2 = target_m2 / 2, .max_area_m2 = target_m2 * 2 } };
    assert_ok(f, cell_make(f->station, &CALL, &spec, NULL, report, &f->e));
}

static enum status check_job(struct work *w, void *ctx)
{
    struct pool *pool = pool_open(1);
    enum status s = cell_check(w, NULL, pool, NULL, ctx);
    pool_close(pool);
    return s;
}

// --- Stories ------------------------------------------------------------------------------------------------------------------

static void without_shapes_nothing_is_made(void **state)
{
    struct fixture *f = *state;
    struct cell_make_spec spec = { .grid = { .key = "unit", .target_area_m2 = 10000, .min_area_m2 = 5000, .max_area_m2 = 20000 } };
    struct cell_make_report report;
    assert_int_equal(cell_make(f->station, &CALL, &spec, NULL, &report, &f->e), INVALID);
    assert_int_equal(number(f, "SELECT count(*) FROM grid"), 0);
    expect_whole(f);
}

static void what_is_made_is_whole(void **state)
{
    struct fixture *f = *state;
    struct cell_make_report report;
    struct cell_check check;
    load_communities(f);
    make(f, NULL, 10000, &report);
    assert_int_equal(report.communities, 2);
    assert_true(report.cells > 30);
    assert_ok(f, station_read(f->station, &CALL, check_job, &check, &f->e));
    assert_int_equal(check.cells.shape.count, report.cells);
    assert_int_equal(check.ground.community.count, 2);
    assert_int_equal(check.errors, 0);
    cell_check_clear(&check);
    assert_int_equal(number(f, "SELECT count(*) FROM map_cell WHERE grid = 'unit'"), report.cells);
    assert_int_equal(number(f, "SELECT count(*) FROM cell WHERE substr(code, 1, 12) <> community_code OR length(code) <> 15"), 0);
    expect_whole(f);
}

static void a_code_is_never_given_twice(void **state)
{
    struct fixture *f = *state;
    struct cell_make_report first, same, other, back;
    load_communities(f);
    make(f, NULL, 10000, &first);
    make(f, NULL, 10000, &same);
    assert_int_equal(same.kept_codes, first.cells);              // the same cells are the same cells
    assert_int_equal(same.retired, first.cells);
    make(f, "320612001001", 20000, &other);
    assert_int_equal(other.communities, 1);
    assert_true(other.cells < first.cells / 2);
    assert_int_equal(other.carried + other.cells, number(f, "SELECT count(*) FROM cell WHERE state = 'active'"));
    assert_int_equal(number(f, "SELECT count(*) FROM cell a JOIN cell b ON a.code = b.code AND a.fid < b.fid WHERE a.geom <> b.geom"), 0);
    make(f, NULL, 10000, &back);                                 // the old shapes again: their codes are gone for good
    assert_int_equal(back.kept_codes, other.carried);
    assert_int_equal(number(f, "SELECT count(*) FROM cell a JOIN cell b ON a.code = b.code AND a.fid < b.fid WHERE a.geom <> b.geom"), 0);
    assert_int_equal(number(f, "SELECT count(*) FROM cell WHERE state = 'retired' AND valid_to_s IS NULL"), 0);
    expect_whole(f);
}

static void things_know_their_cell_when_the_grid_changes(void **state)
{
    struct fixture *f = *state;
    struct cell_make_report report;
    load_communities(f);
    load_points(f, "s", POINTS, 121.00002, "present", 1770000200);
    assert_int_equal(number(f, "SELECT count(*) FROM asset WHERE cell_code IS NOT NULL"), 0);
    make(f, NULL, 10000, &report);
    assert_int_equal(report.rehomed.things, POINTS);
    assert_int_equal(report.rehomed.moved, POINTS);
    assert_int_equal(report.rehomed.without_cell, 0);
    assert_int_equal(number(f, "SELECT count(*) FROM asset a JOIN map_cell c ON c.code = a.cell_code AND c.community_code = a.community_code"), POINTS);
    make(f, NULL, 10000, &report);
    assert_int_equal(report.rehomed.moved, 0);
    load_points(f, "s", POINTS, 121.00502, "present", 1770000300); // every thing moves into the other community
    assert_int_equal(number(f, "SELECT count(*) FROM map_billboard WHERE community_code = '320612001002'"), POINTS);
    assert_int_equal(number(f, "SELECT count(*) FROM asset WHERE community_code = '320612001001'"), POINTS); // as it was then
    make(f, NULL, 30000, &report);
    assert_int_equal(report.rehomed.things, POINTS);
    assert_int_equal(number(f, "SELECT count(*) FROM asset WHERE community_code = '320612001001' AND valid_to_s IS NOT NULL"), POINTS);
    expect_whole(f);
}

// 'tmi_' and the others come back as they were, after many rows, after few, and after a refusal.
static void triggers_and_index_follow_every_write(void **state)
{
    struct fixture *f = *state;
    static const char TRIGGERS[] = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'asset'";
    int64_t before = number(f, TRIGGERS);
    load_points(f, "many", POINTS, 121.0, "present", 1770000200);
    assert_int_equal(number(f, "SELECT count(*) FROM idx_asset_geom"), POINTS);
    load_points(f, "few", 3, 121.0, "present", 1770000300);
    load_points(f, "many", POINTS, 121.001, "damaged", 1770000400);
    assert_int_equal(number(f, TRIGGERS), before);
    assert_int_equal(number(f, "SELECT count(*) FROM idx_asset_geom"), 2 * POINTS + 3);
    assert_int_equal(number(f, "SELECT rtreecheck('idx_asset_geom') = 'ok'"), 1);
    expect_whole(f);

    FILE *out = begin_layer(f, "odd.geojson");
    for (int i = 0; i < POINTS; i++)
        fprintf(out, "%s{\"type\":\"Feature\",\"properties\":{\"id\":%d,\"state\":\"%s\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[121,32]}}\n",
                i > 0 ? "," : "", i, i == POINTS - 1 ? "odd" : "present");
    end_layer(out);
    struct register_spec spec = { .layer = "billboard", .path = f->path, .id_field = "id", .source = "odd" };
    struct register_report report;
    assert_int_equal(register_load(f->station, &CALL, &spec, NULL, refuse, NULL, &report, &f->e), INVALID);
    assert_int_equal(number(f, TRIGGERS), before);
    assert_int_equal(number(f, "SELECT count(*) FROM asset"), 2 * POINTS + 3);
    expect_whole(f);

    assert_int_equal(number(f, "VACUUM"), -1);
    assert_int_equal(number(f, "SELECT count(*) FROM idx_asset_geom"), 2 * POINTS + 3);
    expect_whole(f);
}

static void views_show_what_counts_with_its_types(void **state)
{
    struct fixture *f = *state;
    load_points(f, "s", 10, 121.0, "present", 1770000200);
    load_points(f, "s", 10, 121.0, "damaged", 1770000300);
    assert_int_equal(number(f, "SELECT count(*) FROM map_billboard"), 10);
    assert_int_equal(number(f, "SELECT count(*) FROM map_billboard WHERE state = 'damaged' AND checked_at = '2026-03-01' AND on_roof = 'yes'"), 10);
    assert_int_equal(number(f, "SELECT sum(width_m) * 2 FROM map_billboard"), 45);
    assert_int_equal(number(f, "SELECT count(*) FROM pragma_table_info('map_billboard') WHERE (name = 'width_m' AND type = 'REAL') "
                               "OR (name = 'checked_at' AND type = 'DATE') OR (name = 'on_roof' AND type = 'TEXT')"), 3);
    assert_int_equal(number(f, "SELECT count(*) FROM layer l JOIN views_geometry_columns v ON v.view_name = 'map_' || l.key"),
                     number(f, "SELECT count(*) FROM layer"));
}

int main(void)
{
    GDALAllRegister();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_shapes_nothing_is_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_made_is_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_code_is_never_given_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(things_know_their_cell_when_the_grid_changes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(triggers_and_index_follow_every_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(views_show_what_counts_with_its_types, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
