// A question that looks quick and is not: whoever listens gives it up after some milliseconds, and a worker apart answers as if nobody had begun
// before. What is quick is answered at once.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/api/asking.h"
#include "tests/core/temporary_station.h"

enum { MANY = 20000 };
static const int64_t NOW_S = 1770000000;
static int64_t clock_stands(void) { return NOW_S; }

struct fixture { struct temporary at; struct server *server, *patient; struct err e; };       // patient: nobody listens, so it may take its time

static enum status plant(struct work *w, void *ctx)
{
    (void)ctx;
    return db_run(w->db, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) INSERT INTO asset (id, kind, name, crs, accuracy_m, valid_from_s, geom) "
                         "SELECT printf('019c1b2e-0000-7000-8000-%012x', i), 'billboard', 'a board called ' || i, 'EPSG:4326', 1, 1, MakePoint(121 + i * 1e-6, 32, 4326) FROM n",
                  VALUES(value_integer(MANY)), w->e);
}

static int open_all(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct station *station = temporary_open(&f->at, NOW_S);
    assert_ok(f, station_write(station, &(struct station_call){ NOW_S, "system" }, plant, NULL, &f->e));
    station_close(station);
    struct server_settings settings = { .station = f->at.folder, .now_s = clock_stands, .asks_per_s = 1e6 };
    assert_ok(f, server_open(&settings, &f->patient, &f->e));
    settings.http.address = "127.0.0.1:0";
    assert_ok(f, server_open(&settings, &f->server, &f->e));
    *state = f;
    return 0;
}

static int close_all(void **state)
{
    struct fixture *f = *state;
    server_close(f->server);
    server_close(f->patient);
    int gone = temporary_close(&f->at, NULL);
    free(f);
    return gone;
}

static const char heavy[] = "filter=CASEI(name)%20LIKE%20CASEI('%25nothing%25')%20OR%20ACCENTI(name)%20LIKE%20ACCENTI('%25none%25')&limit=3", quick[] = "limit=3";
#define ITEMS "/collections/billboard/items"

// As http does: run by a listener, and where that gives it up by a worker.
struct course { bool is_given_up; int status_between, headers_between, headers_begun, status; char *text; };

static struct course course_of(struct fixture *f, const char *query)
{
    char bearer[200];
    struct http_header header[ASKING_HEADERS + 2];
    struct arena *arena = arena_open(ASKING_ARENA);
    struct request r = asking_request(&(struct asking){ .path = ITEMS, .query = query }, header, bearer, sizeof bearer, arena);
    struct http_plan plan = { 0 };
    struct answer a = { 0 };
    struct buf body;
    struct course c = { 0 };
    buf_init(&body, 1 << 20);
    server_begin(f->server, &r, &plan, &a);
    assert_false(plan.answered || plan.is_slow);
    c.headers_begun = a.headers;
    c.is_given_up = !server_run(f->server, &r, &a);
    c.status_between = a.status, c.headers_between = a.headers;
    r.is_aside = true;
    if (c.is_given_up)
        assert_true(server_run(f->server, &r, &a));
    asking_take_body(&a, &body);
    c.status = a.status;
    c.text = mem_text(body.data);
    server_done(f->server, &r, &(struct http_end){ .status = a.status, .is_whole = true });
    buf_clear(&body);
    answer_clear(&a);
    arena_close(arena);
    return c;
}

static void expect_same_as_patient(struct fixture *f, const char *query, const struct course *c)
{
    struct told t = asked(f->patient, &(struct asking){ .path = ITEMS, .query = query });
    assert_int_equal(c->status, t.status);
    assert_string_equal(c->text, t.text);
    told_clear(&t);
}

static void a_heavy_question_is_given_up_and_answered_apart(void **state)
{
    struct fixture *f = *state;
    struct course c = course_of(f, heavy);
    assert_true(c.is_given_up);
    assert_int_equal(c.status_between, 0);
    assert_int_equal(c.headers_between, c.headers_begun);
    assert_int_equal(c.status, 200);
    expect_same_as_patient(f, heavy, &c);
    mem_free(c.text);
}

// On a machine that is busy with others ten milliseconds may pass: of several tries most are answered at once.
static void a_quick_one_is_answered_at_once(void **state)
{
    enum { TRIES = 9 };
    struct fixture *f = *state;
    int given_up = 0;
    for (int i = 0; i < TRIES; i++) {
        struct course c = course_of(f, quick);
        given_up += c.is_given_up;
        expect_same_as_patient(f, quick, &c);
        mem_free(c.text);
    }
    assert_in_range(given_up, 0, TRIES / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_heavy_question_is_given_up_and_answered_apart), cmocka_unit_test(a_quick_one_is_answered_at_once) };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
