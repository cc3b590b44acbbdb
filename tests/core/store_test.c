#include "core/store/store.h"
#include "core/audit.h"
#include "core/base/when.h"

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

struct fixture { char folder[64], path[96]; struct store *store; struct err e; };

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/gridpatrol-store-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/station.sqlite", f->folder);
    if (store_open(f->path, STORE_CREATE, &f->store, &f->e) != OK)
        fail_msg("%s", f->e.text);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    store_close(f->store);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", f->folder);
    int gone = system(command);
    free(f);
    return gone;
}

#define assert_ok(f, call) do { if ((call) != OK) fail_msg("%s", (f)->e.text); } while (0)

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

static void many_writers_share_commits_and_nobodys_failure_is_anothers(void **state)
{
    struct fixture *f = *state;
    pthread_t thread[THREADS];
    struct writer writer[THREADS];
    for (int i = 0; i < THREADS; i++) {
        writer[i] = (struct writer){ .f = f, .number = i };
        assert_int_equal(pthread_create(&thread[i], NULL, write_many, &writer[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(writer[i].failed, 0);
        assert_int_equal(writer[i].refused, EACH / 10);
    }
    assert_int_equal(agencies(f), THREADS * EACH * 9 / 10);
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
        cmocka_unit_test_setup_teardown(the_same_question_may_be_asked_within_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_written_is_there_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_newer_or_foreign_file_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_copy_is_whole_while_others_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sql_cannot_touch_the_audit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_goes_past_the_triggers_is_found, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
