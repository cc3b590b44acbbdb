// What a move does not cost: each of these was a tenth of it once, and none shows in any answer.
#include "core/store/store.h"
#include "core/store/spatialite_pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/core/temporary_store.h"

// --- Statements ----------------------------------------------------------------------------------------------------------------------

struct look { const char *sql, *word; int column, found; };

static enum status look_for(struct db *d, void *ctx, struct err *e)
{
    struct look *l = ctx;
    struct rows *r = NULL;
    enum status s = db_ask(d, l->sql, NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        l->found += strstr(rows_text(r, l->column), l->word) != NULL;
    rows_done(r);
    return s;
}

static int found(struct fixture *f, const char *sql, int column, const char *word)
{
    struct look l = { .sql = sql, .column = column, .word = word };
    assert_ok(f, store_read(f->store, look_for, &l, &f->e));
    return l.found;
}

// For an UPDATE of who knows how many rows, with a trigger on them, SQLite notes them in a table of its own: a file with a cache, made
// and thrown away for each row of audit.
static void a_deed_is_noted_without_a_table_of_its_own(void **state)
{
    struct fixture *f = *state;
    static const char *const writes[] = {
        "EXPLAIN INSERT INTO audit (seq, at_s, actor, verb, thing, thing_id, note, before_sha256, after_sha256, hash) VALUES (1, 0, '', '', '', '', '', '', '', '')",
        "EXPLAIN INSERT INTO step (thing, thing_id, seq, at_s, verb, from_state, to_state, stage, actor_id) VALUES ('case', '', 1, 0, '', '', '', '', '')",
        "EXPLAIN UPDATE case_file SET state = 'handling', stage = 'handle', steps = 2, due_at_s = 1 WHERE id = 'a'",
    };
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++) {
        assert_true(found(f, writes[i], 1, "Insert") > 0);
        int tables = found(f, writes[i], 1, "OpenEphemeral");
        if (tables != 0)
            fail_msg("%s: %d tables of its own, expected none", writes[i], tables);
    }
}

// Most moves change the state: an index with it has a page more to write at each of them.
static void an_agencys_queue_has_an_index_that_most_moves_pass_by(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(found(f, "EXPLAIN QUERY PLAN SELECT number FROM case_file c WHERE c.agency_id = 'a' AND "
                              "(c.state = 'dispatched' OR c.state = 'handling' OR c.state = 'rework' OR c.state = 'fast_handling')", 3, "case_queue"), 1);
    assert_int_equal(found(f, "SELECT sql FROM sqlite_master WHERE name = 'case_agency'", 0, "state"), 0);
}

// --- Pages -----------------------------------------------------------------------------------------------------------------------------

static struct { int cuts; unsigned first; } asked;
static int nothing;

static sqlite3_pcache *make_nothing(int page, int extra, int may_drop) { return page + extra + may_drop > 0 ? (sqlite3_pcache *)&nothing : NULL; }
static void end_nothing(sqlite3_pcache *p) { assert_ptr_equal(p, &nothing); }
static void move_nothing(sqlite3_pcache *p, sqlite3_pcache_page *page, unsigned from, unsigned to) { (void)p, (void)page, (void)from, (void)to; }
static void note_cut(sqlite3_pcache *p, unsigned first)
{
    (void)p;
    asked.cuts++;
    asked.first = first;
}
static sqlite3_pcache_page *find_if_made(sqlite3_pcache *p, unsigned number, int make)
{
    static sqlite3_pcache_page page;
    (void)p, (void)number;
    return make > 0 ? &page : NULL;
}

static const sqlite3_pcache_methods2 INNER = { .iVersion = 1, .xCreate = make_nothing, .xDestroy = end_nothing, .xRekey = move_nothing,
                                               .xTruncate = note_cut, .xFetch = find_if_made };

static void the_cache_is_cut_only_where_there_may_be_pages(void **state)
{
    enum { FILE_PAGES = 9, LOCKING_PAGE = 262145 };
    sqlite3_pcache_methods2 m;
    (void)state;
    spatialite_pages_over(&INNER, &m);
    sqlite3_pcache *p = m.xCreate(4096, 8, 1);
    for (unsigned i = 1; i <= FILE_PAGES; i++)
        assert_non_null(m.xFetch(p, i, 2));
    assert_null(m.xFetch(p, 100, 0));              // asked for, not there
    m.xRekey(p, NULL, 5, LOCKING_PAGE);            // two pages change places
    m.xRekey(p, NULL, 9, 5);
    m.xRekey(p, NULL, LOCKING_PAGE, 9);
    m.xTruncate(p, FILE_PAGES + 1);
    assert_int_equal(asked.cuts, 0);
    m.xTruncate(p, FILE_PAGES);
    assert_int_equal(asked.cuts, 1);
    assert_int_equal(asked.first, FILE_PAGES);
    m.xTruncate(p, FILE_PAGES);                    // nothing is left there
    assert_int_equal(asked.cuts, 1);
    m.xRekey(p, NULL, 5, LOCKING_PAGE);            // one that stays
    m.xRekey(p, NULL, 6, 20);                      // and another one
    m.xTruncate(p, LOCKING_PAGE + 1);
    assert_int_equal(asked.cuts, 1);
    m.xTruncate(p, 21);
    assert_int_equal(asked.cuts, 2);
    m.xTruncate(p, 8);
    assert_int_equal(asked.cuts, 3);
    m.xDestroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_deed_is_noted_without_a_table_of_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_agencys_queue_has_an_index_that_most_moves_pass_by, set_up, tear_down),
        cmocka_unit_test(the_cache_is_cut_only_where_there_may_be_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
