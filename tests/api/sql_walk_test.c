// What is sent is a value and never SQL: every parameter of every route, every part of a path and every property is sent pieces of SQL that
// would tell, were they ever part of a statement (bodies: sql_body_test.c). None is answered with a fault of ours, none tells of SQL, and the
// station stays what it was.
#include "tests/core/visible_world.h"

#include "tests/api/asking.h"
#include "tests/api/sql_pieces.h"

#include "api/params.h"
#include "api/routes.h"
#include "core/token.h"

static const int64_t NOW_S = 1770000002;
static int64_t clock_stands(void) { return NOW_S; }

struct walk { struct server *server; char token[TOKEN_TEXT]; int asked, faults; };

static void ask(struct walk *w, const char *path, const char *query)
{
    struct told t = asked(w->server, &(struct asking){ .path = path, .query = query, .bearer = w->token });
    bool is_fault = t.status >= 500 || t.status == 0 || tells_of_sql(t.text);
    if (is_fault && w->faults++ < 20)
        print_error("%s?%s: %d %.300s\n", path, query, t.status, t.text);
    w->asked++;
    told_clear(&t);
}

static void write_path(const struct route *r, const char *instead, int which, char *out, size_t cap)
{
    struct buf b;
    int part = 0;
    buf_init(&b, cap - 1);
    for (const char *c = r->path; *c != '\0'; c++) {
        if (*c != '{') {
            buf_add(&b, c, 1);
            continue;
        }
        bool is_collection = strncmp(c, "{collectionId}", 14) == 0;
        percent_encode(&b, part++ == which ? instead : is_collection ? "finding" : "x");
        c += strcspn(c, "}");
    }
    snprintf(out, cap, "%s", text_or_empty(b.data));
    buf_clear(&b);
}

static int parts_of(const char *path)
{
    int n = 0;
    for (; *path != '\0'; path++)
        n += *path == '{';
    return n;
}

static void ask_parameter(struct walk *w, const struct route *r, const char *name, const char *payload)
{
    char path[600];
    struct buf b;
    buf_init(&b, 1 << 12);
    write_path(r, "", -1, path, sizeof path);
    percent_encode(&b, name);
    buf_text(&b, "=");
    percent_encode(&b, payload);
    ask(w, path, b.data);
    buf_clear(&b);
}

static bool walk_route(void *ctx, const struct route *r)
{
    struct walk *w = ctx;
    char path[600];
    if (r->method != HTTP_GET)
        return true;
    for (int i = 0; i < PAYLOADS; i++) {
        for (int part = 0; part < parts_of(r->path); part++) {
            write_path(r, payloads[i], part, path, sizeof path);
            ask(w, path, "");
        }
        for (const struct param *p = r->param; p != NULL && p->kind != PARAM_END; p++)
            ask_parameter(w, r, p->name, payloads[i]);
        for (const struct param *p = params_common(); p->kind != PARAM_END; p++)
            ask_parameter(w, r, p->name, payloads[i]);
        if (r->flags & ROUTE_PROPERTIES) {
            ask_parameter(w, r, "state", payloads[i]);
            ask_parameter(w, r, payloads[i], "1");
        }
    }
    return true;
}

static enum status make_token(struct work *work, void *ctx)
{
    struct token t;
    return token_make(work, &(struct token_spec){ .actor = "<person-16>", .name = "walk" }, ctx, &t);       // a chief: the most there is to see
}

static enum status count_rows(struct work *work, void *ctx)
{
    return db_integer(work->db, "SELECT (SELECT count(*) FROM building) + (SELECT count(*) FROM actor) * 1000 + (SELECT count(*) FROM lead) * 1000000 + "
                                "(SELECT count(*) FROM sqlite_master) * 1000000000", NO_VALUES, ctx, work->e);
}

static void nothing_that_is_sent_is_sql(void **state)
{
    struct world *w = *state;
    struct walk walk = { .asked = 0 };
    int64_t before = 0, after = 0;
    struct station_call call = { NOW_S, "system" };
    assert_ok(w, station_write(w->station, &call, make_token, walk.token, &w->e));
    assert_ok(w, station_read(w->station, &call, count_rows, &before, &w->e));
    assert_ok(w, server_open(&(struct server_settings){ .station = station_folder(w->station), .now_s = clock_stands, .asks_per_s = 1e9 }, &walk.server, &w->e));
    route_each(walk_route, &walk);
    server_close(walk.server);
    assert_ok(w, station_read(w->station, &call, count_rows, &after, &w->e));
    print_message("%d requests with pieces of SQL\n", walk.asked);
    assert_int_equal(walk.faults, 0);
    assert_true(walk.asked > 2000);
    assert_true(before == after);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_that_is_sent_is_sql) };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
