// Loads of the register: many rows at once leave nothing else than row after row would, whatever comes in between.
#include "core/area.h"
#include "core/cell_make.h"
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

struct fixture { struct temporary at; char path[192]; struct station *station; struct err e; int refused; };
static const int64_t NOW_S = 1770000100;

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

static sqlite3 *open_file(struct fixture *f)
{
    char path[256];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/gridpatrol.sqlite", f->at.folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

// The first answer as text; "" when there is none.
static void ask(struct fixture *f, const char *sql, char out[64])
{
    sqlite3 *db = open_file(f);
    sqlite3_stmt *stmt;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    const char *text = sqlite3_step(stmt) == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    snprintf(out, 64, "%s", text != NULL ? text : "");
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

#define assert_asked(f, sql, expected) do { char got[64]; ask(f, sql, got); assert_string_equal(got, expected); } while (0)

static int64_t number(struct fixture *f, const char *sql)
{
    char text[64];
    ask(f, sql, text);
    return atoll(text);
}

static void note_fault(void *ctx, const char *sentence)
{
    (void)ctx;
    fprintf(stderr, "%s\n", sentence);
}

static int64_t faults(struct fixture *f)
{
    struct verify_report report;
    assert_ok(f, verify_station(f->station, NULL, note_fault, NULL, &report, &f->e));
    return report.faults;
}

static void refuse(void *ctx, int64_t row, int64_t fid, const char *sentence)
{
    struct fixture *f = ctx;
    (void)row, (void)fid, (void)sentence;
    f->refused++;
}

// --- Points --------------------------------------------------------------------------------------------------------------------

// Row i of `count`; what every `odd`th has else than the others (0: none).
struct points { int count, odd; const char *state, *odd_state, *odd_id; double shift; };

static void write_points(struct fixture *f, const struct points *p)
{
    snprintf(f->path, sizeof f->path, "%s/points.geojson", f->at.home);
    FILE *out = fopen(f->path, "w");
    assert_non_null(out);
    fputs("{\"type\":\"FeatureCollection\",\"features\":[\n", out);
    for (int i = 0; i < p->count; i++) {
        bool is_odd = p->odd > 0 && i % p->odd == p->odd - 1;
        char id[32];
        snprintf(id, sizeof id, "P%06d", i);
        fprintf(out, "%s{\"type\":\"Feature\",\"properties\":{\"id\":\"%s\",\"state\":\"%s\",\"名称\":\"长江路%d号广告牌\",\"width_m\":%.1f,\"checked_at\":\"2026-03-01\","
                     "\"safety_checked_at\":\"1969-12-31\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[%.7f,%.7f]}}\n", i > 0 ? "," : "",
                is_odd && p->odd_id != NULL ? p->odd_id : id, is_odd && p->odd_state != NULL ? p->odd_state : p->state, i, i % 100 * 0.5,
                121.00001 + p->shift + i % 200 * 0.00004, 32.00005 + i / 200 % 120 * 0.00004);
    }
    fputs("]}\n", out);
    fclose(out);
}

static enum status load(struct fixture *f, const char *source, const struct points *p, struct register_report *report)
{
    write_points(f, p);
    struct register_spec spec = { .layer = "billboard", .path = f->path, .id_field = "id", .source = source };
    f->refused = 0;
    return register_load(f->station, &(struct station_call){ NOW_S, "system" }, &spec, NULL, refuse, f, report, &f->e);
}

enum { MANY = 21000, FEW = 30 };       // enough to be loaded in bulk with the indexes set aside; too few for it

// One community, one grid, before or after the points.
static void make_cells(struct fixture *f)
{
    struct area_report areas;
    struct cell_make_report cells;
    for (int level = 0; level < 2; level++) {
        snprintf(f->path, sizeof f->path, "%s/areas%d.geojson", f->at.home, level);
        FILE *out = fopen(f->path, "w");
        fprintf(out, "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"code\":\"%s\",\"name\":\"x\"},\"geometry\":{\"type\":"
                     "\"Polygon\",\"coordinates\":[[[121,32],[121.01,32],[121.01,32.006],[121,32.006],[121,32]]]}}]}", level == 0 ? "320612001" : "320612001001");
        fclose(out);
        struct area_spec spec = { .path = f->path, .code_field = "code", .name_field = "name", .source = "a" };
        assert_ok(f, area_load(f->station, &(struct station_call){ NOW_S, "system" }, &spec, refuse, f, &areas, &f->e));
    }
    struct cell_make_spec spec = { .grid = { .key = "unit", .name_zh = "单元", .name_en = "unit", .must_partition = true, .target_area_m2 = 10000,
                                             .min_area_m2 = 5000, .max_area_m2 = 20000 } };
    assert_ok(f, cell_make(f->station, &(struct station_call){ NOW_S, "system" }, &spec, NULL, &cells, &f->e));
}

// --- Stories ------------------------------------------------------------------------------------------------------------------

static const char SCHEMA[] = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master WHERE tbl_name = 'asset' ORDER BY type, name)";

static char *schema_of(struct fixture *f)
{
    sqlite3 *db = open_file(f);
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(db, SCHEMA, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    char *text = strdup((const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return text;
}

static void many_rows_leave_the_station_as_few_would(void **state)
{
    struct fixture *f = *state;
    struct register_report r;
    char *before = schema_of(f);
    make_cells(f);
    assert_ok(f, load(f, "s", &(struct points){ .count = MANY, .state = "present", .odd = 20, .odd_state = "damaged" }, &r));
    assert_int_equal(r.added, MANY);
    assert_int_equal(r.without_cell, 0);
    assert_int_equal(faults(f), 0);
    char *after = schema_of(f);
    assert_string_equal(before, after);                          // indexes and triggers stand again, word for word
    assert_int_equal(number(f, "SELECT sum(n) FROM tally WHERE thing = 'asset' AND kind = 'billboard' AND level = 'cell'"), MANY);
    assert_int_equal(number(f, "SELECT sum(n) FROM tally WHERE state = 'damaged' AND level = 'district'"), MANY / 20);
    assert_int_equal(number(f, "SELECT count(*) FROM asset WHERE fid NOT IN (SELECT pkid FROM idx_asset_geom)"), 0);

    assert_ok(f, load(f, "s", &(struct points){ .count = MANY, .state = "present", .odd = 20, .odd_state = "damaged" }, &r));
    assert_int_equal(r.same, MANY);                              // the same again changes nothing
    assert_ok(f, load(f, "few", &(struct points){ .count = FEW, .state = "missing" }, &r));
    assert_ok(f, load(f, "s", &(struct points){ .count = MANY, .state = "present", .odd = 30, .odd_state = "damaged" }, &r));
    assert_int_equal(r.changed, 2 * (MANY / 20 - MANY / 60) - (MANY / 20 - MANY / 30));
    assert_int_equal(faults(f), 0);
    assert_int_equal(number(f, "SELECT sum(n) FROM tally WHERE state = 'damaged' AND level = 'district'"), MANY / 30);
    assert_int_equal(number(f, "SELECT sum(n) FROM tally WHERE level = 'cell'"), MANY + FEW);
    free(before);
    free(after);
}

static void who_comes_twice_in_a_first_delivery_counts_as_he_came_last(void **state)
{
    struct fixture *f = *state;
    struct register_report r;
    assert_ok(f, load(f, "s", &(struct points){ .count = MANY, .state = "present", .odd = MANY / 3, .odd_id = "twin" }, &r));
    assert_int_equal(r.read, MANY);
    assert_int_equal(r.added, MANY - 2);
    assert_int_equal(r.changed, 2);
    assert_int_equal(number(f, "SELECT count(*) FROM asset WHERE source_id = 'twin'"), 3);
    assert_int_equal(number(f, "SELECT count(DISTINCT id) FROM asset WHERE source_id = 'twin'"), 1);
    assert_int_equal(number(f, "SELECT version FROM asset WHERE source_id = 'twin' AND valid_to_s IS NULL"), 3);
    assert_int_equal(faults(f), 0);
}

static void a_refused_load_of_many_leaves_no_trace(void **state)
{
    struct fixture *f = *state;
    struct register_report r;
    char *before = schema_of(f);
    assert_int_equal(load(f, "s", &(struct points){ .count = MANY, .state = "present", .odd = 7000, .odd_state = "odd" }, &r), INVALID);
    assert_int_equal(f->refused, 3);
    assert_int_equal(r.read, MANY);                              // all of them are named
    char *after = schema_of(f);
    assert_string_equal(before, after);
    assert_int_equal(number(f, "SELECT (SELECT count(*) FROM asset) + (SELECT count(*) FROM tally) + (SELECT count(*) FROM idx_asset_geom)"), 0);
    assert_int_equal(number(f, "SELECT count(*) FROM asset_words WHERE asset_words MATCH '\"长江\"'"), 0);
    assert_int_equal(faults(f), 0);
    free(before);
    free(after);
}

// Few new rows beside many: put in one by one; half as many again: packed anew, with the old ones.
static void the_tree_holds_old_and_new(void **state)
{
    struct fixture *f = *state;
    struct register_report r;
    assert_ok(f, load(f, "a", &(struct points){ .count = 4000, .state = "present" }, &r));
    assert_ok(f, load(f, "b", &(struct points){ .count = 600, .state = "present", .shift = 0.002 }, &r));
    assert_int_equal(number(f, "SELECT count(*) FROM idx_asset_geom"), 4600);
    assert_int_equal(faults(f), 0);
    assert_ok(f, load(f, "c", &(struct points){ .count = 2400, .state = "present", .shift = 0.001 }, &r));
    assert_int_equal(number(f, "SELECT count(*) FROM idx_asset_geom"), 7000);
    assert_int_equal(faults(f), 0);
    assert_int_equal(number(f, "VACUUM"), 0);
    assert_int_equal(faults(f), 0);
}

static void numbers_follow_when_cells_are_made_anew(void **state)
{
    struct fixture *f = *state;
    struct register_report r;
    assert_ok(f, load(f, "s", &(struct points){ .count = 2000, .state = "present" }, &r));
    assert_int_equal(number(f, "SELECT sum(n) FROM tally WHERE level = 'cell' AND cell_code = ''"), 2000);
    make_cells(f);
    assert_int_equal(number(f, "SELECT sum(n) FROM tally WHERE level = 'cell' AND cell_code = ''"), 0);
    assert_int_equal(number(f, "SELECT sum(n) FROM tally WHERE level = 'community' AND community_code = '320612001001'"), 2000);
    assert_int_equal(faults(f), 0);
}

static void a_number_that_is_wrong_is_found(void **state)
{
    struct fixture *f = *state;
    struct register_report r;
    static const char *const levels[] = { "district", "community", "cell" };
    assert_ok(f, load(f, "s", &(struct points){ .count = FEW, .state = "present" }, &r));
    for (int i = 0; i < 3; i++) {
        char sql[128];
        sqlite3 *db = open_file(f);
        for (int k = 1; k >= -1; k -= 2) {
            snprintf(sql, sizeof sql, "UPDATE tally SET n = n + %d WHERE level = '%s'", k, levels[i]);
            assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
            assert_int_equal(faults(f), k > 0);
        }
        sqlite3_close(db);
    }
}

static void what_is_kept_in_json_stands_in_its_column_too(void **state)
{
    struct fixture *f = *state;
    struct register_report r;
    assert_ok(f, load(f, "s", &(struct points){ .count = FEW, .state = "present" }, &r));
    assert_asked(f, "SELECT typeof(billboard_width_m) || ' ' || billboard_width_m FROM asset WHERE source_id = 'P000003'", "real 1.5");
    assert_asked(f, "SELECT json_extract(properties, '$.width_m') FROM asset WHERE source_id = 'P000003'", "1.5");
    assert_asked(f, "SELECT billboard_safety_checked_at FROM asset WHERE source_id = 'P000003'", "1969-12-31");   // before 1970: a day, not the next
    assert_asked(f, "SELECT checked_at || ' ' || safety_checked_at FROM map_billboard WHERE source_id = 'P000003'", "2026-03-01 1969-12-31");
    assert_int_equal(number(f, "SELECT count(*) FROM pragma_table_xinfo('asset') WHERE hidden = 2"), 2);            // generated: worked out at every write
}

static void words_are_found_for_what_was_loaded(void **state)
{
    struct fixture *f = *state;
    struct register_report r;
    assert_ok(f, load(f, "s", &(struct points){ .count = 600, .state = "present" }, &r));
    assert_int_equal(number(f, "SELECT count(*) FROM asset_words WHERE asset_words MATCH '\"长江\" \"江路\" \"123\"*'"), 1);
    assert_int_equal(number(f, "SELECT rowid = (SELECT fid FROM asset WHERE source_id = 'P000123') FROM asset_words WHERE asset_words MATCH '\"123\"*'"), 1);
}

int main(void)
{
    GDALAllRegister();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(many_rows_leave_the_station_as_few_would, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_comes_twice_in_a_first_delivery_counts_as_he_came_last, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_load_of_many_leaves_no_trace, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_tree_holds_old_and_new, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_follow_when_cells_are_made_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_number_that_is_wrong_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_kept_in_json_stands_in_its_column_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_are_found_for_what_was_loaded, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
