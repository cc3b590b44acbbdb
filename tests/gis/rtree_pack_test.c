// What rtree_pack hands out, put into SQLite's shadow tables, is a sound tree that finds what a plain loop finds.
#include "gis/rtree_pack.h"
#include "core/base/hash.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fixture { sqlite3 *db; sqlite3_stmt *node, *parent, *row; };

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static int64_t ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    int64_t n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    return s;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_int_equal(sqlite3_open(":memory:", &f->db), SQLITE_OK);
    run(f->db, "CREATE VIRTUAL TABLE t USING rtree(id, xmin, xmax, ymin, ymax)");
    f->node = prepared(f->db, "INSERT OR REPLACE INTO t_node VALUES (?, ?)");
    f->parent = prepared(f->db, "INSERT INTO t_parent VALUES (?, ?)");
    f->row = prepared(f->db, "INSERT INTO t_rowid VALUES (?, ?)");
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    sqlite3_finalize(f->node);
    sqlite3_finalize(f->parent);
    sqlite3_finalize(f->row);
    sqlite3_close(f->db);
    free(f);
    return 0;
}

static enum status put(sqlite3_stmt *s)
{
    int code = sqlite3_step(s);
    sqlite3_reset(s);
    return code == SQLITE_DONE ? OK : FAILED;
}

static enum status put_node(void *ctx, int64_t number, const uint8_t *data, size_t bytes, struct err *e)
{
    struct fixture *f = ctx;
    (void)e;
    sqlite3_bind_int64(f->node, 1, number);
    sqlite3_bind_blob64(f->node, 2, data, bytes, SQLITE_TRANSIENT);
    return put(f->node);
}

static enum status put_pair(sqlite3_stmt *s, int64_t a, int64_t b)
{
    sqlite3_bind_int64(s, 1, a);
    sqlite3_bind_int64(s, 2, b);
    return put(s);
}

static enum status put_parent(void *ctx, int64_t node, int64_t parent, struct err *e) { (void)e; return put_pair(((struct fixture *)ctx)->parent, node, parent); }
static enum status put_row(void *ctx, int64_t id, int64_t leaf, struct err *e) { (void)e; return put_pair(((struct fixture *)ctx)->row, id, leaf); }

static double unit(uint64_t *seed)
{
    *seed = hash_mix(*seed + 0x9e3779b97f4a7c15u);
    return (double)(*seed >> 11) * 0x1p-53;
}

static void check(struct fixture *f, int count)
{
    struct err e = { .lang = LANG_EN };
    uint64_t seed = (uint64_t)count + 1;
    struct box_m *box = calloc((size_t)count + 1, sizeof *box);
    size_t bytes = (size_t)ask(f->db, "SELECT length(data) FROM t_node WHERE nodeno = 1");
    struct rtree_pack *p = rtree_pack_open(bytes);
    assert_non_null(p);
    for (int i = 0; i < count; i++) {
        double x = 120 + unit(&seed), y = 31 + unit(&seed), w = unit(&seed) * 0.01;
        box[i] = (struct box_m){ x, y, x + w, y + w };
        rtree_pack_add(p, 7 + 3 * (count - i), box[i]);        // descending, with gaps
    }
    rtree_pack_add(p, 1, (struct box_m){ 1, 1, 0, 0 });        // no geometry
    assert_int_equal(rtree_pack_count(p), count);
    assert_int_equal(rtree_pack_write(p, &(struct rtree_writer){ put_node, put_parent, put_row, f }, &e), OK);
    rtree_pack_close(p);
    assert_int_equal(ask(f->db, "SELECT rtreecheck('t') = 'ok'"), 1);
    assert_int_equal(ask(f->db, "SELECT count(*) FROM t"), count);
    for (int k = 0; k < 20; k++) {
        char sql[256];
        double x = 120 + unit(&seed), y = 31 + unit(&seed);
        int expected = 0, found;
        for (int i = 0; i < count; i++)
            expected += box[i].min_x <= x + 0.05 && box[i].max_x >= x && box[i].min_y <= y + 0.05 && box[i].max_y >= y;
        snprintf(sql, sizeof sql, "SELECT count(*) FROM t WHERE xmin <= %.17g AND xmax >= %.17g AND ymin <= %.17g AND ymax >= %.17g", x + 0.05, x,
                 y + 0.05, y);
        found = (int)ask(f->db, sql);
        if (found < expected || found > expected + 2)          // boxes of floats are a hair larger
            fail_msg("window %d of %d boxes: %d found, %d expected", k, count, found, expected);
    }
    run(f->db, "DELETE FROM t WHERE id % 2 = 0; INSERT INTO t VALUES (1000000, 120.5, 120.6, 31.5, 31.6)");   // it goes on living
    assert_int_equal(ask(f->db, "SELECT rtreecheck('t') = 'ok'"), 1);
    run(f->db, "DELETE FROM t");
    free(box);
}

static void a_packed_tree_is_sound_and_finds_what_a_loop_finds(void **state)
{
    static const int counts[] = { 0, 1, 2, 51, 52, 51 * 51, 51 * 51 + 1, 20000 };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        check(*state, counts[i]);
        tear_down(state);
        set_up(state);
    }
}

static void a_node_of_another_size_is_not_ours(void **state)
{
    (void)state;
    assert_null(rtree_pack_open(0));
    assert_null(rtree_pack_open(50));
    assert_null(rtree_pack_open(4096));
}

static enum status refuse(void *ctx, int64_t a, int64_t b, struct err *e)
{
    (void)ctx, (void)a, (void)b;
    return err_set(e, FAILED, "no more room");
}

static void what_the_writer_says_ends_it(void **state)
{
    struct err e = { .lang = LANG_EN };
    struct rtree_pack *p = rtree_pack_open(1228);
    rtree_pack_add(p, 1, (struct box_m){ 0, 0, 1, 1 });
    assert_int_equal(rtree_pack_write(p, &(struct rtree_writer){ put_node, refuse, refuse, *state }, &e), FAILED);
    rtree_pack_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_packed_tree_is_sound_and_finds_what_a_loop_finds, set_up, tear_down),
        cmocka_unit_test(a_node_of_another_size_is_not_ours),
        cmocka_unit_test_setup_teardown(what_the_writer_says_ends_it, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
