// Questions about the register: every page of every question holds what a plain loop over all rows holds, the numbers agree, and
// the database goes the road it should, which a thousand rows would not show by the clock.
#include "core/area.h"
#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/cell_make.h"
#include "core/register.h"
#include "core/register_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#include <gdal.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/core/temporary_station.h"

enum { SIGNS = 3000, BOARDS = 400, ROWS_MOST = 8000 };
// What counts of the shop signs, in the order it was taken.
struct sign { int64_t fid, until_s; double lon, lat; char state[16], cell[24], community[24], name[64]; bool has_until; };
struct fixture { struct temporary at; char path[192]; struct station *station; struct err e; struct sign sign[ROWS_MOST]; int signs; char cell[24], community[24]; };
static const struct station_call CALL = { 1770000100, "system" };

// --- A small district ---------------------------------------------------------------------------------------------------------

static void refuse(void *ctx, int64_t row, int64_t fid, const char *sentence)
{
    (void)ctx, (void)row, (void)fid;
    fprintf(stderr, "%s\n", sentence);
}

static FILE *begin_layer(struct fixture *f, const char *name)
{
    snprintf(f->path, sizeof f->path, "%s/%s.geojson", f->at.home, name);
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

static void make_grid(struct fixture *f)
{
    static const struct { const char *code; double west, east; } areas[] = {
        { "320612001", 121.0, 121.02 }, { "320612001001", 121.0, 121.01 }, { "320612001002", 121.01, 121.02 } };
    struct area_report report;
    for (int level = 0; level < 2; level++) {
        FILE *out = begin_layer(f, level == 0 ? "street" : "community");
        for (int i = level; i <= 2 * level; i++)
            fprintf(out, "%s{\"type\":\"Feature\",\"properties\":{\"code\":\"%s\",\"name\":\"x\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
                         "[[[%g,32],[%g,32],[%g,32.01],[%g,32.01],[%g,32]]]}}", i > level ? "," : "", areas[i].code, areas[i].west, areas[i].east, areas[i].east,
                    areas[i].west, areas[i].west);
        end_layer(out);
        struct area_spec spec = { .path = f->path, .code_field = "code", .name_field = "name", .source = "a" };
        assert_ok(f, area_load(f->station, &CALL, &spec, refuse, NULL, &report, &f->e));
    }
    struct cell_make_spec spec = { .grid = { .key = "unit", .name_zh = "单元", .name_en = "unit", .must_partition = true, .target_area_m2 = 40000,
                                             .min_area_m2 = 20000, .max_area_m2 = 80000 } };
    struct cell_make_report made;
    assert_ok(f, cell_make(f->station, &CALL, &spec, NULL, &made, &f->e));
}

static double unit(uint64_t *seed)
{
    *seed = hash_mix(*seed + 0x9e3779b97f4a7c15u);
    return (double)(*seed >> 11) * 0x1p-53;
}

static void load_points(struct fixture *f, const char *layer, int count, uint64_t seed, int moved_every)
{
    FILE *out = begin_layer(f, layer);
    for (int i = 0; i < count; i++) {
        double x = 121 + 0.02 * unit(&seed), y = 32 + 0.01 * unit(&seed), u = unit(&seed), until = unit(&seed);
        char date[32] = "null";
        if (until < 0.7)
            snprintf(date, sizeof date, "\"2027-%02d-%02d\"", 1 + (int)(until * 17), 1 + (int)(u * 28));
        fprintf(out, "%s{\"type\":\"Feature\",\"properties\":{\"id\":%d,\"state\":\"%s\",\"name\":\"%s%d号\",\"width_m\":%.1f,\"owner\":\"%s\",\"permit_until\":%s},"
                     "\"geometry\":{\"type\":\"Point\",\"coordinates\":[%.9f,%.9f]}}\n", i > 0 ? "," : "", i, u < 0.9 ? "present" : u < 0.97 ? "damaged" : "missing",
                i % 3 == 0 ? "长江路" : "黄河路", i, i % 50 * 0.5, moved_every > 0 && i % moved_every == 0 ? "新业主" : "业主", date, x, y);
    }
    end_layer(out);
    struct register_spec spec = { .layer = layer, .path = f->path, .id_field = "id" };
    struct register_report report;
    assert_ok(f, register_load(f->station, &CALL, &spec, NULL, refuse, NULL, &report, &f->e));
}

static void read_signs(struct fixture *f)
{
    char path[256];
    sqlite3 *db;
    sqlite3_stmt *s;
    snprintf(path, sizeof path, "%s/gridpatrol.sqlite", f->at.folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT fid, state, cell_code, community_code, name, permit_until_s, geom FROM asset WHERE kind = 'shop_sign' "
                                            "AND valid_to_s IS NULL ORDER BY fid", -1, &s, NULL), SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        struct sign *one = &f->sign[f->signs++];
        const char *shape = sqlite3_column_blob(s, 6);
        *one = (struct sign){ .fid = sqlite3_column_int64(s, 0), .until_s = sqlite3_column_int64(s, 5), .has_until = sqlite3_column_type(s, 5) != SQLITE_NULL };
        snprintf(one->state, sizeof one->state, "%s", sqlite3_column_text(s, 1));
        snprintf(one->cell, sizeof one->cell, "%s", sqlite3_column_text(s, 2));
        snprintf(one->community, sizeof one->community, "%s", sqlite3_column_text(s, 3));
        snprintf(one->name, sizeof one->name, "%s", sqlite3_column_text(s, 4));
        memcpy(&one->lon, shape + 43, 8);
        memcpy(&one->lat, shape + 51, 8);
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    snprintf(f->cell, sizeof f->cell, "%s", f->sign[f->signs / 2].cell);
    snprintf(f->community, sizeof f->community, "%s", f->sign[f->signs / 2].community);
}

// A third of the signs was delivered anew; billboards stand among them.
static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->station = temporary_open(&f->at, 1770000000);
    make_grid(f);
    load_points(f, "shop_sign", SIGNS, 1, 0);
    load_points(f, "billboard", BOARDS, 2, 0);
    load_points(f, "shop_sign", SIGNS, 1, 3);
    read_signs(f);
    assert_int_equal(f->signs, SIGNS);
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

// --- Asked -----------------------------------------------------------------------------------------------------------------------

struct heard { int64_t fid[ROWS_MOST]; int rows; char next[REGISTER_TOKEN]; struct register_question q; struct register_number number; int64_t most; struct buf plan; };

static enum status hear(void *ctx, const struct register_line *line, struct err *e)
{
    struct heard *h = ctx;
    (void)e;
    assert_true(h->rows < ROWS_MOST);
    assert_true(line->wkb_len == 21);
    h->fid[h->rows++] = line->fid;
    return OK;
}

static enum status list_job(struct work *w, void *ctx) { struct heard *h = ctx; return register_list(w, &h->q, hear, h, h->next); }
static enum status count_job(struct work *w, void *ctx) { struct heard *h = ctx; return register_count(w, &h->q, h->most, &h->number); }
static enum status explain_job(struct work *w, void *ctx) { struct heard *h = ctx; return register_explain(w, &h->q, &h->plan); }

static bool is_asked_for(const struct sign *s, const struct register_question *q)
{
    const struct filter_window *w = q->window;
    if (w != NULL && (s->lon < w->west || s->lon > w->east || s->lat < w->south || s->lat > w->north))
        return false;
    if (q->words != NULL && strstr(s->name, q->words) == NULL)
        return false;
    if (q->order == REGISTER_BY_END && !s->has_until)
        return false;
    return (q->cell == NULL || strcmp(q->cell, s->cell) == 0) && (q->community == NULL || strcmp(q->community, s->community) == 0) &&
           (q->state == NULL || strcmp(q->state, s->state) == 0);
}

static int by_end(const void *a, const void *b)
{
    const struct sign *x = *(const struct sign *const *)a, *y = *(const struct sign *const *)b;
    return x->until_s != y->until_s ? (x->until_s > y->until_s) - (x->until_s < y->until_s) : (x->fid > y->fid) - (x->fid < y->fid);
}

static int expect(const struct fixture *f, const struct register_question *q, int64_t fid[ROWS_MOST])
{
    static const struct sign *found[ROWS_MOST];
    int n = 0;
    for (int i = 0; i < f->signs; i++)
        if (is_asked_for(&f->sign[i], q))
            found[n++] = &f->sign[i];
    if (q->order == REGISTER_BY_END)
        qsort(found, (size_t)n, sizeof *found, by_end);
    for (int i = 0; i < n; i++)
        fid[i] = found[i]->fid;
    return n;
}

static void check(struct fixture *f, const char *name, const struct register_question *q)
{
    static struct heard h;
    static int64_t expected[ROWS_MOST];
    int n = expect(f, q, expected), pages = 0;
    h = (struct heard){ .q = *q };
    do {
        h.q.after = h.next[0] != '\0' ? strdup(h.next) : NULL;
        int before = h.rows;
        assert_ok(f, station_read(f->station, &CALL, list_job, &h, &f->e));
        free((char *)h.q.after);
        assert_true(h.rows - before <= q->limit);
        pages++;
    } while (h.next[0] != '\0' && pages < 1000);
    if (h.rows != n || memcmp(h.fid, expected, (size_t)n * sizeof *expected) != 0)
        fail_msg("%s: %d rows on %d pages, %d expected, or in another order", name, h.rows, pages, n);
    struct register_question whole = *q;
    whole.order = REGISTER_AS_TAKEN;
    h.q = whole;
    n = expect(f, &whole, expected);
    assert_ok(f, station_read(f->station, &CALL, count_job, &h, &f->e));
    if (h.number.count != n || h.number.is_more)
        fail_msg("%s: counted %lld, expected %d", name, (long long)h.number.count, n);
}

static const struct filter_window SMALL = { 121.004, 32.003, 121.006, 32.005 }, LARGE = { 120, 31, 122, 33 }, EMPTY = { 10, 10, 11, 11 };

static void every_page_holds_what_a_loop_holds(void **state)
{
    struct fixture *f = *state;
    const struct { const char *name; struct register_question q; } cases[] = {
        { "all", { 0 } }, { "cell", { .cell = f->cell } }, { "community", { .community = f->community } },
        { "the usual state", { .state = "present" } }, { "a rare state", { .state = "missing" } },
        { "state of a cell", { .cell = f->cell, .state = "present" } }, { "state of a community", { .community = f->community, .state = "damaged" } },
        { "cell of another community", { .cell = f->cell, .community = "320612001009" } }, { "no such cell", { .cell = "x" } },
        { "small window", { .window = &SMALL } }, { "large window", { .window = &LARGE } }, { "empty window", { .window = &EMPTY } },
        { "window and state", { .window = &SMALL, .state = "damaged" } }, { "window and cell", { .window = &SMALL, .cell = f->cell } },
        { "large window, rare state", { .window = &LARGE, .state = "missing" } },
        { "words", { .words = "长江路" } }, { "words and window", { .words = "长江路", .window = &SMALL } }, { "words and state", { .words = "黄河", .state = "damaged" } },
        { "end", { .order = REGISTER_BY_END } }, { "end of a cell", { .order = REGISTER_BY_END, .cell = f->cell } },
        { "end of a community", { .order = REGISTER_BY_END, .community = f->community, .state = "damaged" } },
        { "end in a window", { .order = REGISTER_BY_END, .window = &SMALL } }, { "end of words", { .order = REGISTER_BY_END, .words = "12" } },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int k = 0; k < 2; k++) {
            struct register_question q = cases[i].q;
            q.layer = "shop_sign";
            q.limit = k == 0 ? 97 : REGISTER_LIMIT_MOST;
            if (q.words != NULL && strcmp(q.words, "12") == 0)
                q.words = "长江路12";      // a loop knows no beginnings of words
            check(f, cases[i].name, &q);
        }
}

static void random_windows_hold_what_a_loop_holds(void **state)
{
    struct fixture *f = *state;
    uint64_t seed = 7;
    for (int i = 0; i < 60; i++) {
        double size = 0.02 * pow(unit(&seed), 3), x = 121 + 0.02 * unit(&seed), y = 32 + 0.01 * unit(&seed);
        const struct sign *corner = &f->sign[(int)(unit(&seed) * SIGNS)];
        struct filter_window w = { x, y, x + size, y + size };
        if (i % 3 == 0)                        // a corner is exactly a point: what the tree's rounding must not decide
            w = (struct filter_window){ corner->lon, corner->lat, corner->lon + size, corner->lat + size };
        check(f, "random window", &(struct register_question){ .layer = "shop_sign", .window = &w, .limit = 50 });
    }
}

// The same in CQL2: what a filter says narrows the road, and it is held against the rows all the same.
static void a_filter_says_the_same(void **state)
{
    struct fixture *f = *state;
    static struct heard h;
    static int64_t expected[ROWS_MOST];
    char where[512];
    struct register_question plain = { .layer = "shop_sign", .limit = REGISTER_LIMIT_MOST, .window = &SMALL, .state = "damaged" };
    snprintf(where, sizeof where, "S_INTERSECTS(geometry, BBOX(121.004, 32.003, 121.006, 32.005)) AND state = 'damaged' AND width_m >= 0");
    int n = expect(f, &plain, expected);
    h = (struct heard){ .q = { .layer = "shop_sign", .limit = REGISTER_LIMIT_MOST, .where = where } };
    assert_ok(f, station_read(f->station, &CALL, list_job, &h, &f->e));
    assert_int_equal(h.rows, n);
    assert_memory_equal(h.fid, expected, (size_t)n * sizeof *expected);
    snprintf(where, sizeof where, "cell_code = '%s' AND (state = 'damaged' OR state = 'present') AND NOT (owner = 'nobody')", f->cell);
    h = (struct heard){ .q = { .layer = "shop_sign", .limit = REGISTER_LIMIT_MOST, .where = where } };
    assert_ok(f, station_read(f->station, &CALL, list_job, &h, &f->e));
    int of_cell = expect(f, &(struct register_question){ .cell = f->cell }, expected), missing = expect(f, &(struct register_question){ .cell = f->cell, .state = "missing" }, expected);
    assert_int_equal(h.rows, of_cell - missing);
    assert_ok(f, station_read(f->station, &CALL, count_job, &h, &f->e));
    assert_int_equal(h.number.count, of_cell - missing);
    h.most = 3;
    assert_ok(f, station_read(f->station, &CALL, count_job, &h, &f->e));
    assert_int_equal(h.number.count, 3);
    assert_true(h.number.is_more);
}

// --- Roads -------------------------------------------------------------------------------------------------------------------------

static void roads_are_those_that_are_quick(void **state)
{
    struct fixture *f = *state;
    const struct { const char *name; struct register_question q; const char *has; } cases[] = {
        { "all", { 0 }, "SEARCH n USING INDEX asset_now (kind=?" },
        { "all, further on", { .after = "1000" }, "SEARCH n USING INDEX asset_now (kind=? AND rowid>?)" },
        { "cell", { .cell = f->cell }, "SEARCH n USING INDEX asset_cell (cell_code=? AND kind=?" },
        { "community", { .community = f->community }, "SEARCH n USING INDEX asset_community (community_code=? AND kind=?" },
        { "state of a community", { .community = f->community, .state = "damaged" }, "SEARCH n USING INDEX asset_community (community_code=? AND kind=?" },
        { "further on in a community", { .community = f->community, .after = "7" }, "INDEX asset_community (community_code=? AND kind=? AND fid>?)" },
        { "a rare state", { .state = "missing" }, "SEARCH n USING INDEX asset_state (kind=? AND state=?" },
        { "small window", { .window = &SMALL }, "SCAN n VIRTUAL TABLE INDEX 2:B0D1B2D3" },
        { "window of a filter", { .where = "S_INTERSECTS(geometry, BBOX(121.004, 32.003, 121.006, 32.005))" }, "SCAN n VIRTUAL TABLE INDEX 2:B0D1B2D3" },
        { "words", { .words = "长江路" }, "SCAN n VIRTUAL TABLE INDEX" },
        { "end", { .order = REGISTER_BY_END }, "SEARCH n USING INDEX asset_until (kind=?" },
        { "end, further on", { .order = REGISTER_BY_END, .after = "1800000000:5" }, "asset_until (kind=? AND permit_until_s>?)" },
    };
    static struct heard h;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        h = (struct heard){ .q = cases[i].q };
        h.q.layer = "shop_sign";
        h.q.limit = 10;
        buf_init(&h.plan, 10000);
        assert_ok(f, station_read(f->station, &CALL, explain_job, &h, &f->e));
        if (strstr(h.plan.data, cases[i].has) == NULL || strstr(h.plan.data, "SCAN asset") != NULL || strstr(h.plan.data, "SCAN t") != NULL)
            fail_msg("%s: expected \"%s\" in\n%s", cases[i].name, cases[i].has, h.plan.data);
        // Only boxes and the few of a word come in no order; all others are read as they stand, until the page is full.
        const char *sorted = strstr(h.plan.data, "USE TEMP B-TREE");
        if (cases[i].q.window == NULL && cases[i].q.where == NULL && sorted != NULL && sorted < strstr(h.plan.data, "SCAN page"))
            fail_msg("%s: the page is sorted\n%s", cases[i].name, h.plan.data);
        if (strstr(h.plan.data, "SEARCH r USING INTEGER PRIMARY KEY") == NULL)
            fail_msg("%s: rows are not fetched by fid\n%s", cases[i].name, h.plan.data);
        buf_clear(&h.plan);
    }
}

// Half a district: row after row is the shorter road to a page of ten; all of it in one page: the tree.
static void a_large_window_is_read_row_after_row(void **state)
{
    struct fixture *f = *state;
    static struct heard h;
    h = (struct heard){ .q = { .layer = "shop_sign", .limit = 10, .window = &LARGE } };
    buf_init(&h.plan, 10000);
    assert_ok(f, station_read(f->station, &CALL, explain_job, &h, &f->e));
    assert_non_null(strstr(h.plan.data, "asset_now"));
    buf_clear(&h.plan);
}

static void other_tables_have_their_roads(void **state)
{
    struct fixture *f = *state;
    static const struct { const char *layer; struct register_question q; const char *has; } cases[] = {
        { "building", { 0 }, "INDEX building_now" }, { "building", { .after = "5" }, "INDEX building_now (fid>?)" },
        { "building", { .cell = "1" }, "INDEX building_cell (cell_code=?" },
        { "building", { .community = "1", .state = "illegal" }, "INDEX building_community (community_code=?" },
        { "building", { .state = "illegal" }, "INDEX building_standing (standing=?" }, { "building", { .window = &SMALL }, "SCAN n VIRTUAL TABLE INDEX 2" },
        { "permit", { 0 }, "INDEX permit_now" }, { "permit", { .state = "revoked" }, "INDEX permit_state (state=?" },
        { "permit", { .order = REGISTER_BY_END }, "INDEX permit_until" }, { "permit", { .community = "1" }, "permit_community" },
        { "zone", { 0 }, "INDEX zone_now" }, { "zone", { .cell = "1" }, "INDEX zone_cell" },
        { "construction_site", { .window = &SMALL }, "SCAN n VIRTUAL TABLE INDEX 2" },
    };
    static struct heard h;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        h = (struct heard){ .q = cases[i].q };
        h.q.layer = cases[i].layer;
        h.q.limit = 10;
        buf_init(&h.plan, 10000);
        assert_ok(f, station_read(f->station, &CALL, explain_job, &h, &f->e));
        if (strstr(h.plan.data, cases[i].has) == NULL)
            fail_msg("%s %zu: expected \"%s\" in\n%s", cases[i].layer, i, cases[i].has, h.plan.data);
        buf_clear(&h.plan);
    }
}

// --- Numbers and refusals --------------------------------------------------------------------------------------------------------

struct groups { struct register_question q; enum register_by by; int64_t sum, groups, damaged; };
static enum status add_group(void *ctx, const char *key, int64_t count, struct err *e)
{
    struct groups *g = ctx;
    (void)e;
    g->sum += count;
    g->groups++;
    if (strcmp(key, "damaged") == 0)
        g->damaged = count;
    return OK;
}
static enum status groups_job(struct work *w, void *ctx) { struct groups *g = ctx; return register_groups(w, &g->q, g->by, add_group, g); }

static void numbers_by_group_add_up(void **state)
{
    struct fixture *f = *state;
    static int64_t ignored[ROWS_MOST];
    for (enum register_by by = REGISTER_BY_STATE; by <= REGISTER_BY_CELL; by++) {
        struct groups g = { .q = { .layer = "shop_sign" }, .by = by };
        assert_ok(f, station_read(f->station, &CALL, groups_job, &g, &f->e));
        assert_int_equal(g.sum, SIGNS);
        if (by == REGISTER_BY_STATE)
            assert_int_equal(g.damaged, expect(f, &(struct register_question){ .state = "damaged" }, ignored));
        if (by == REGISTER_BY_COMMUNITY)
            assert_int_equal(g.groups, 2);
    }
    struct groups g = { .q = { .layer = "shop_sign", .community = f->community }, .by = REGISTER_BY_STATE };
    assert_ok(f, station_read(f->station, &CALL, groups_job, &g, &f->e));
    assert_int_equal(g.sum, expect(f, &(struct register_question){ .community = f->community }, ignored));
    g = (struct groups){ .q = { .layer = "billboard" }, .by = REGISTER_BY_CELL };
    assert_ok(f, station_read(f->station, &CALL, groups_job, &g, &f->e));
    assert_int_equal(g.sum, BOARDS);
}

static void what_cannot_be_asked_is_refused(void **state)
{
    struct fixture *f = *state;
    static const struct filter_window TURNED = { 122, 32, 121, 33 };
    static const struct { enum status answer; struct register_question q; } cases[] = {
        { NOT_FOUND, { .layer = "nothing", .limit = 1 } }, { NOT_FOUND, { .layer = "shop", .limit = 1 } },
        { INVALID, { .layer = "shop_sign", .limit = 0 } }, { INVALID, { .layer = "shop_sign", .limit = REGISTER_LIMIT_MOST + 1 } },
        { INVALID, { .layer = "shop_sign", .limit = 1, .after = "x" } }, { INVALID, { .layer = "shop_sign", .limit = 1, .after = "5:7" } },
        { INVALID, { .layer = "shop_sign", .limit = 1, .after = "5", .order = REGISTER_BY_END } },
        { INVALID, { .layer = "building", .limit = 1, .order = REGISTER_BY_END } }, { INVALID, { .layer = "zone", .limit = 1, .state = "x" } },
        { INVALID, { .layer = "shop_sign", .limit = 1, .window = &TURNED } }, { INVALID, { .layer = "shop_sign", .limit = 1, .words = "。" } },
        { INVALID, { .layer = "shop_sign", .limit = 1, .where = "nothing = 1" } }, { INVALID, { .layer = "shop_sign", .limit = 1, .where = "width_m >" } },
        { INVALID, { .layer = "building", .limit = 1, .where = "owner = 'x'" } },          // personal
        { OK, { .layer = "building", .limit = 1, .where = "owner = 'x'", .personal = true } },
    };
    static struct heard h;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        h = (struct heard){ .q = cases[i].q };
        enum status s = station_read(f->station, &CALL, list_job, &h, &f->e);
        if (s != cases[i].answer)
            fail_msg("case %zu: status %d (%s), expected %d", i, s, f->e.text, cases[i].answer);
    }
}

int main(void)
{
    GDALAllRegister();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_page_holds_what_a_loop_holds), cmocka_unit_test(random_windows_hold_what_a_loop_holds), cmocka_unit_test(a_filter_says_the_same),
        cmocka_unit_test(roads_are_those_that_are_quick), cmocka_unit_test(a_large_window_is_read_row_after_row), cmocka_unit_test(other_tables_have_their_roads),
        cmocka_unit_test(numbers_by_group_add_up), cmocka_unit_test(what_cannot_be_asked_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
