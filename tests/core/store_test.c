#include "core/store/store.h"
#include "core/audit.h"
#include "core/base/when.h"
#include "core/store/spatialite_shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/core/temporary_store.h"

// --- Writing ------------------------------------------------------------------------------------------------------------

static enum status add_agency(struct db *d, void *ctx, struct err *e)
{
    return db_run(d, "INSERT INTO agency (id, key, name_zh, name_en, made_at_s) VALUES ($1, $1, '单位', 'agency', 0)",
                  VALUES(value_text(ctx)), e);
}

static enum status add_agency_then_refuse(struct db *d, void *ctx, struct err *e)
{
    enum status s = add_agency(d, ctx, e);
    return s == OK ? err_set(e, INVALID, "refused on purpose") : s;
}

static enum status count_agencies(struct db *d, void *ctx, struct err *e)
{
    return db_integer(d, "SELECT count(*) FROM agency", NO_VALUES, ctx, e);
}

static int64_t agencies(struct fixture *f)
{
    int64_t n = -1;
    assert_ok(f, store_read(f->store, count_agencies, &n, &f->e));
    return n;
}

static void a_job_is_taken_whole_or_not_at_all(void **state)
{
    struct fixture *f = *state;
    assert_ok(f, store_write(f->store, add_agency, "a", &f->e));
    assert_int_equal(store_write(f->store, add_agency_then_refuse, "b", &f->e), INVALID);
    assert_string_equal(f->e.text, "refused on purpose");
    assert_int_equal(agencies(f), 1);
    assert_int_equal(store_write(f->store, add_agency, "a", &f->e), CONFLICT);
    assert_int_equal(agencies(f), 1);
}

static enum status count_without_end(struct db *d, void *ctx, struct err *e)
{
    db_limit(d, 0.05);
    return db_integer(d, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n", NO_VALUES, ctx, e);
}

static enum status count_a_while(struct db *d, void *ctx, struct err *e)
{
    return db_integer(d, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) SELECT max(i) FROM n", NO_VALUES, ctx, e);
}

// And whoever borrows the connection next has all the time there is.
static void a_question_ends_when_its_time_is_over(void **state)
{
    struct fixture *f = *state;
    int64_t n = -1;
    double began_s = when_monotonic_s();
    assert_int_equal(store_read(f->store, count_without_end, &n, &f->e), BUSY);
    assert_true(when_monotonic_s() - began_s < 5);
    assert_ok(f, store_read(f->store, count_a_while, &n, &f->e));
    assert_int_equal(n, 1000000);
}

static enum status read_while_writing(struct db *d, void *ctx, struct err *e)
{
    struct fixture *f = ctx;
    int64_t before = -1, after = -1;
    enum status s = count_agencies(d, &before, e);
    struct err aside = { .lang = LANG_EN };
    assert_int_equal(store_write(f->store, add_agency, "later", &aside), OK);
    if (s == OK)
        s = count_agencies(d, &after, e);
    assert_int_equal(before, after);
    return s;
}

static void a_reader_sees_one_moment_and_holds_nobody_up(void **state)
{
    struct fixture *f = *state;
    assert_ok(f, store_read(f->store, read_while_writing, f, &f->e));
    assert_int_equal(agencies(f), 1);
}

static void a_reader_may_not_write(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(store_read(f->store, add_agency, "x", &f->e), DENIED);
    assert_int_equal(agencies(f), 0);
}

enum { THREADS = 16, EACH = 100 };
struct writer { struct fixture *f; int number, refused, failed; };

static void *write_many(void *arg)
{
    struct writer *w = arg;
    struct err e = { .lang = LANG_EN };
    for (int i = 0; i < EACH; i++) {
        char key[32];
        snprintf(key, sizeof key, "%d-%d", w->number, i);
        bool bad = i % 10 == 3;
        enum status s = store_write(w->f->store, bad ? add_agency_then_refuse : add_agency, key, &e);
        w->refused += s == INVALID;
        w->failed += s != (bad ? INVALID : OK);
    }
    return NULL;
}

// Every tenth fails after it has written, every seventh before: nothing of either is there, and nobody else's is lost.
struct repeatable { const char *key; bool fails_late, fails_early; int runs; };

static enum status add_or_fail(struct db *d, void *ctx, struct err *e)
{
    struct repeatable *r = ctx;
    r->runs++;
    if (r->fails_early)
        return err_set(e, INVALID, "refused before");
    enum status s = add_agency(d, (void *)r->key, e);
    return s == OK && r->fails_late ? err_set(e, CONFLICT, "refused after") : s;
}

static void *write_many_repeatable(void *arg)
{
    struct writer *w = arg;
    struct err e = { .lang = LANG_EN };
    for (int i = 0; i < EACH; i++) {
        char key[32];
        snprintf(key, sizeof key, "%d-%d", w->number, i);
        struct repeatable r = { .key = key, .fails_late = i % 10 == 3, .fails_early = i % 10 == 7 };
        enum status s = store_write_repeatable(w->f->store, add_or_fail, &r, &e);
        w->refused += s != OK;
        w->failed += s != (r.fails_late ? CONFLICT : r.fails_early ? INVALID : OK) || r.runs < 1;
        w->failed += r.fails_late && strcmp(e.text, "refused after") != 0;
    }
    return NULL;
}

static void run_writers(struct fixture *f, void *(*work)(void *), int refused)
{
    pthread_t thread[THREADS];
    struct writer writer[THREADS];
    for (int i = 0; i < THREADS; i++) {
        writer[i] = (struct writer){ .f = f, .number = i };
        assert_int_equal(pthread_create(&thread[i], NULL, work, &writer[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(writer[i].failed, 0);
        assert_int_equal(writer[i].refused, refused);
    }
    assert_int_equal(agencies(f), THREADS * (EACH - refused));
}

static void many_writers_share_commits_and_nobodys_failure_is_anothers(void **state)
{
    struct fixture *f = *state;
    struct store_tally before = store_tally(f->store);
    run_writers(f, write_many, EACH / 10);
    struct store_tally after = store_tally(f->store);
    assert_int_equal(after.jobs - before.jobs, THREADS * EACH);
    assert_true((after.commits - before.commits) * 2 < after.jobs - before.jobs);
}

// Who writes alone waits for nobody: each of its commits after a crowd holds one job.
static void a_lone_writer_has_its_own_commits(void **state)
{
    struct fixture *f = *state;
    run_writers(f, write_many, EACH / 10);
    struct store_tally before = store_tally(f->store);
    struct err e = { .lang = LANG_EN };
    for (int i = 0; i < EACH; i++) {
        char key[32];
        snprintf(key, sizeof key, "lone-%d", i);
        assert_int_equal(store_write(f->store, add_agency, key, &e), OK);
    }
    struct store_tally after = store_tally(f->store);
    assert_int_equal(after.commits - before.commits, EACH);
    assert_int_equal(after.jobs - before.jobs, EACH);
}

static void repeatable_jobs_share_a_transaction_and_a_failing_one_is_taken_out(void **state)
{
    run_writers(*state, write_many_repeatable, EACH / 5);
}

// Half of the threads bring jobs of one kind, half of the other.
static void *write_either(void *arg)
{
    struct writer *w = arg;
    return w->number % 2 == 0 ? write_many(arg) : write_many_repeatable(arg);
}

static void both_kinds_of_jobs_may_meet(void **state)
{
    struct fixture *f = *state;
    pthread_t thread[THREADS];
    struct writer writer[THREADS];
    for (int i = 0; i < THREADS; i++) {
        writer[i] = (struct writer){ .f = f, .number = i };
        assert_int_equal(pthread_create(&thread[i], NULL, write_either, &writer[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(writer[i].failed, 0);
    }
    assert_int_equal(agencies(f), THREADS / 2 * (EACH * 9 / 10 + EACH * 4 / 5));
}

// SpatiaLite's own trigger rolled the whole transaction back, and what came after it was committed by itself.
static enum status draw_a_point_where_an_area_belongs(struct db *d, void *ctx, struct err *e)
{
    (void)ctx;
    enum status s = add_agency(d, "before", e);
    if (s == OK && db_run(d, "INSERT INTO cell (id, grid_id, code, community_code, area_m2, valid_from_s, geom) VALUES ('c', 'g', '1', '1', 1, 0, "
                             "MakePoint(121, 32, 4326))", NO_VALUES, e) != CONFLICT)
        return err_set(e, FAILED, "a point was taken for an area");
    assert_true(db_is_in_transaction(d));
    s = add_agency(d, "after", e);
    return s == OK ? err_set(e, INVALID, "not wanted after all") : s;
}

static void a_wrong_shape_breaks_its_own_statement_only(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(store_write(f->store, draw_a_point_where_an_area_belongs, NULL, &f->e), INVALID);
    assert_int_equal(agencies(f), 0);
}

static enum status move_a_case_without_its_shape(struct db *d, void *ctx, struct err *e)
{
    (void)ctx;
    enum status s = db_run(d, "INSERT INTO case_file (id, number, kind, title, source, made_by, stage_at_s, opened_at_s, state) VALUES ('c', 'c', 'k', 't', 's', 'm', 0, 0, 'x')",
                           NO_VALUES, e);
    if (s == OK)
        s = db_run(d, "UPDATE geometry_columns_time SET last_update = 'never' WHERE f_table_name = 'case_file'", NO_VALUES, e);
    return s == OK ? db_run(d, "UPDATE case_file SET state = 'y' WHERE id = 'c'", NO_VALUES, e) : s;
}

static enum status move_it_with_its_shape(struct db *d, void *ctx, struct err *e)
{
    (void)ctx;
    return db_run(d, "UPDATE case_file SET geom = ST_GeomFromText('MULTIPOLYGON(((121 32, 122 32, 122 33, 121 32)))', 4326) WHERE id = 'c'", NO_VALUES, e);
}

static enum status count_untouched(struct db *d, void *ctx, struct err *e)
{
    return db_integer(d, "SELECT count(*) FROM geometry_columns_time WHERE f_table_name = 'case_file' AND last_update = 'never'", NO_VALUES, ctx, e);
}

static void an_update_that_leaves_the_shape_alone_touches_no_books_of_shapes(void **state)
{
    struct fixture *f = *state;
    int64_t untouched = -1;
    assert_ok(f, store_write(f->store, move_a_case_without_its_shape, NULL, &f->e));
    assert_ok(f, store_read(f->store, count_untouched, &untouched, &f->e));
    assert_int_equal(untouched, 1);
    assert_ok(f, store_write(f->store, move_it_with_its_shape, NULL, &f->e));
    assert_ok(f, store_read(f->store, count_untouched, &untouched, &f->e));
    assert_int_equal(untouched, 0);
}

static enum status ask_within_asking(struct db *d, void *ctx, struct err *e)
{
    int64_t *pairs = ctx;
    struct rows *outer, *inner;
    enum status s = db_ask(d, "SELECT key FROM agency ORDER BY key", NO_VALUES, &outer, e);
    for (bool more = true; s == OK && (s = rows_next(outer, &more, e)) == OK && more; ) {
        s = db_ask(d, "SELECT key FROM agency ORDER BY key", NO_VALUES, &inner, e);
        for (bool again = true; s == OK && (s = rows_next(inner, &again, e)) == OK && again; )
            ++*pairs;
        rows_done(inner);
    }
    rows_done(outer);
    return s;
}

static void the_same_question_may_be_asked_within_itself(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = { "a", "b", "c" };
    for (int i = 0; i < 3; i++)
        assert_ok(f, store_write(f->store, add_agency, (void *)names[i], &f->e));
    int64_t pairs = 0;
    assert_ok(f, store_read(f->store, ask_within_asking, &pairs, &f->e));
    assert_int_equal(pairs, 9);
}

// --- Shapes ---------------------------------------------------------------------------------------------------------------

struct shape_case { const char *wkt; uint8_t wkb[4096]; size_t len; int64_t same; };

static enum status compare_shape(struct db *d, void *ctx, struct err *e)
{
    struct shape_case *c = ctx;
    struct rows *r = NULL;
    bool more = false;
    size_t len = 0;
    enum status s = db_ask(d, "SELECT ST_AsBinary(ST_GeomFromText($1, 4326))", VALUES(value_text(c->wkt)), &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    const void *wkb = s == OK ? rows_bytes(r, 0, &len) : NULL;
    if (s == OK && (wkb == NULL || len > sizeof c->wkb))
        s = err_set(e, FAILED, "no WKB of %s", c->wkt);
    if (s == OK)
        memcpy(c->wkb, wkb, len);
    c->len = len;
    rows_done(r);
    return s == OK ? db_integer(d, "SELECT CASE WHEN $2 = ST_GeomFromWKB($1, 4326) THEN 1 ELSE 0 END",
                                VALUES(value_bytes(c->wkb, c->len), value_shape(c->wkb, c->len)), &c->same, e) : s;
}

// To the last byte what SpatiaLite makes; and every shortened or spoilt shape is refused, none read past its end.
static void a_shape_is_bound_as_spatialite_keeps_it(void **state)
{
    struct fixture *f = *state;
    static const char *const shapes[] = {
        "POINT(121.07 32.08)", "LINESTRING(121 32, 121.5 32.25, 122 31)", "POLYGON((121 32, 122 32, 122 33, 121 32), (121.5 32.1, 121.7 32.2, 121.6 32.3, 121.5 32.1))",
        "MULTIPOINT(121 32, -5 -7)", "MULTILINESTRING((121 32, 122 33), (1 2, 3 4, 5 6))",
        "MULTIPOLYGON(((121 32, 122 32, 122 33, 121 32)), ((-4 36, -3 36, -3 37, -4 36), (-3.5 36.1, -3.4 36.2, -3.3 36.3, -3.5 36.1)))",
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct shape_case c = { .wkt = shapes[i] };
        assert_ok(f, store_read(f->store, compare_shape, &c, &f->e));
        if (c.same != 1)
            fail_msg("%s: not the bytes of ST_GeomFromWKB", shapes[i]);
        for (size_t len = 0; len < c.len; len++) {
            uint8_t *cut = malloc(len + 1), *made = NULL;      // its end is where a sanitizer watches
            size_t made_len;
            memcpy(cut, c.wkb, len);
            assert_int_equal(spatialite_shape_make(cut, len, &made, &made_len, &f->e), INVALID);
            free(cut);
        }
    }
}

static void a_spoilt_count_is_refused(void **state)
{
    struct fixture *f = *state;
    struct shape_case c = { .wkt = "MULTIPOLYGON(((121 32, 122 32, 122 33, 121 32)))" };
    assert_ok(f, store_read(f->store, compare_shape, &c, &f->e));
    for (size_t at = 1; at < 22; at++)            // before the coordinates
        for (int k = 0; k < 2; k++) {
            uint8_t spoilt[4096], *made = NULL;
            size_t made_len;
            memcpy(spoilt, c.wkb, c.len);
            memset(spoilt + at, k == 0 ? 0xff : 0x7f, 4);
            if (spatialite_shape_make(spoilt, c.len, &made, &made_len, &f->e) == OK)
                fail_msg("taken with four bytes spoilt at %zu", at);
        }
}

// --- Opening --------------------------------------------------------------------------------------------------------------

static void tamper(struct fixture *f, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    char *words = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
        fail_msg("%s: %s", sql, words);
    sqlite3_close(db);
}

static enum status reopen(struct fixture *f)
{
    store_close(f->store);
    f->store = NULL;
    return store_open(f->path, STORE_OPEN, &f->store, &f->e);
}

static void what_was_written_is_there_again(void **state)
{
    struct fixture *f = *state;
    assert_ok(f, store_write(f->store, add_agency, "环保", &f->e));
    assert_ok(f, reopen(f));
    assert_int_equal(agencies(f), 1);
    struct store *second = NULL;
    assert_int_equal(store_open(f->path, STORE_CREATE, &second, &f->e), CONFLICT);
}

static void a_newer_or_foreign_file_is_refused(void **state)
{
    struct fixture *f = *state;
    tamper(f, "INSERT INTO schema_version VALUES (9000, '9000-future.sql', 'x', 0)");
    assert_int_equal(reopen(f), INVALID);
    assert_non_null(strstr(f->e.text, "newer"));
    tamper(f, "DELETE FROM schema_version WHERE number = 9000; UPDATE schema_version SET sha256 = 'y'");
    assert_int_equal(reopen(f), INVALID);
    tamper(f, "PRAGMA application_id = 7");
    assert_int_equal(reopen(f), INVALID);
    FILE *out = fopen(f->path, "w");
    fputs("this is a text of some length that is certainly no database, whatever one may think of it", out);
    fclose(out);
    assert_int_equal(reopen(f), INVALID);
    unlink(f->path);
    assert_int_equal(reopen(f), NOT_FOUND);
}

static void a_copy_is_whole_while_others_write(void **state)
{
    struct fixture *f = *state;
    assert_ok(f, store_write(f->store, add_agency, "a", &f->e));
    char path[128];
    snprintf(path, sizeof path, "%s/copy.sqlite", f->folder);
    assert_ok(f, store_copy(f->store, path, &f->e));
    assert_int_equal(store_copy(f->store, path, &f->e), CONFLICT);
    store_close(f->store);
    assert_ok(f, store_open(path, STORE_OPEN, &f->store, &f->e));
    assert_int_equal(agencies(f), 1);
}

// --- Audit ------------------------------------------------------------------------------------------------------------------

static enum status record_ten(struct db *d, void *ctx, struct err *e)
{
    (void)ctx;
    enum status s = OK;
    for (int i = 0; s == OK && i < 10; i++) {
        char id[16];
        snprintf(id, sizeof id, "c%d", i);
        s = audit_record(d, &(struct audit_row){ .at_s = 100 + i, .actor = "王", .verb = "open", .thing = "case", .thing_id = id }, e);
    }
    return s;
}

static enum status verify_job(struct db *d, void *ctx, struct err *e) { return audit_verify(d, ctx, e); }

static int64_t first_bad(struct fixture *f)
{
    struct audit_report report;
    assert_ok(f, store_read(f->store, verify_job, &report, &f->e));
    return report.first_bad;
}

static void sql_cannot_touch_the_audit(void **state)
{
    struct fixture *f = *state;
    assert_ok(f, store_write(f->store, record_ten, NULL, &f->e));
    assert_int_equal(first_bad(f), 0);
    static const char *const attempts[] = {
        "UPDATE audit SET note = 'x' WHERE seq = 3", "DELETE FROM audit WHERE seq = 10",
        "INSERT OR REPLACE INTO audit SELECT seq, at_s, 'somebody', verb, thing, thing_id, note, before_sha256, after_sha256, hash FROM audit WHERE seq = 4",
        "INSERT INTO audit SELECT 12, at_s, actor, verb, thing, thing_id, note, before_sha256, after_sha256, hash FROM audit WHERE seq = 4",
        "UPDATE audit_head SET seq = 5", "DELETE FROM audit_head",
        "REPLACE INTO audit_head (one, seq, hash) VALUES (1, 3, 'x')",
    };
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        sqlite3 *db;
        assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
        int code = sqlite3_exec(db, attempts[i], NULL, NULL, NULL);
        sqlite3_close(db);
        if (code == SQLITE_OK)
            fail_msg("went through: %s", attempts[i]);
    }
    assert_int_equal(first_bad(f), 0);
}

static void what_goes_past_the_triggers_is_found(void **state)
{
    struct fixture *f = *state;
    assert_ok(f, store_write(f->store, record_ten, NULL, &f->e));
    static const struct { const char *sql; int64_t bad; } attempts[] = {
        { "UPDATE audit SET actor = '李' WHERE seq = 3", 3 },
        { "DELETE FROM audit WHERE seq = 6", 6 },
        { "DELETE FROM audit WHERE seq = 10", 10 },
        { "DELETE FROM audit WHERE seq = 1", 1 },
        { "INSERT INTO audit SELECT 11, at_s, actor, verb, thing, thing_id, note, before_sha256, after_sha256, hash FROM audit WHERE seq = 4", 11 },
        { "UPDATE audit SET seq = 99 WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 99", 4 },
        { "DELETE FROM audit WHERE seq > 4; UPDATE audit_head SET seq = 4", 5 },
    };
    store_close(f->store);
    f->store = NULL;
    char keep[128], command[512];
    snprintf(keep, sizeof keep, "%s/keep.sqlite", f->folder);
    snprintf(command, sizeof command, "cp '%s' '%s'", f->path, keep);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        snprintf(command, sizeof command, "rm -f '%s-wal' '%s-shm'; cp '%s' '%s'", f->path, f->path, keep, f->path);
        assert_int_equal(system(command), 0);
        tamper(f, "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; DROP TRIGGER audit_in_order; "
                  "DROP TRIGGER audit_moves_head; DROP TRIGGER audit_head_grows;");
        tamper(f, attempts[i].sql);
        assert_ok(f, store_open(f->path, STORE_OPEN, &f->store, &f->e));
        int64_t bad = first_bad(f);
        if (bad != attempts[i].bad)
            fail_msg("%s: found at row %lld, expected %lld", attempts[i].sql, (long long)bad, (long long)attempts[i].bad);
        store_close(f->store);
        f->store = NULL;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_job_is_taken_whole_or_not_at_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_sees_one_moment_and_holds_nobody_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_may_not_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_writers_share_commits_and_nobodys_failure_is_anothers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lone_writer_has_its_own_commits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(repeatable_jobs_share_a_transaction_and_a_failing_one_is_taken_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(both_kinds_of_jobs_may_meet, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_shape_breaks_its_own_statement_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_update_that_leaves_the_shape_alone_touches_no_books_of_shapes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_shape_is_bound_as_spatialite_keeps_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_spoilt_count_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_question_may_be_asked_within_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_written_is_there_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_newer_or_foreign_file_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_copy_is_whole_while_others_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_question_ends_when_its_time_is_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sql_cannot_touch_the_audit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_goes_past_the_triggers_is_found, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
