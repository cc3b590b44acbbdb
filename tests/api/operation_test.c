// A running service: one line a request with nothing secret in it, figures that count what happened, and who is told of them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/api/asking.h"
#include "tests/core/temporary_station.h"

#include "core/actor.h"
#include "core/base/when.h"
#include "core/password.h"
#include "core/token.h"
#include <fcntl.h>
#include <signal.h>

static int64_t clock_stands(void) { return 1770000000; }

struct fixture {
    struct temporary at;
    struct server *server;
    struct err e;
    char chief[TOKEN_TEXT], administrator[TOKEN_TEXT], log[200];
    int fd;
};

static enum status people(struct work *w, void *ctx)
{
    struct fixture *f = ctx;
    struct token t;
    enum status s = actor_record(w, &(struct actor){ .name = "Chen", .role = "chief" });
    s = s == OK ? token_make(w, &(struct token_spec){ .actor = "Chen", .name = "x" }, f->chief, &t) : s;
    return s == OK ? token_make(w, &(struct token_spec){ .actor = "admin", .name = "x" }, f->administrator, &t) : s;
}

static void serve(struct fixture *f, enum log_level level)
{
    struct server_settings settings = { .station = f->at.folder, .now_s = clock_stands, .asks_per_s = 1e6, .log_level = level, .log_fd = f->fd };
    assert_ok(f, server_open(&settings, &f->server, &f->e));
}

static int open_all(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct station *station = temporary_open(&f->at, 1770000000);
    assert_ok(f, station_write(station, &(struct station_call){ 1770000000, "system" }, people, f, &f->e));
    station_close(station);
    snprintf(f->log, sizeof f->log, "%s/log", f->at.home);
    f->fd = open(f->log, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(f->fd >= 0);
    *state = f;
    return 0;
}

static int close_all(void **state)
{
    struct fixture *f = *state;
    server_close(f->server);
    close(f->fd);
    int gone = temporary_close(&f->at, NULL);
    free(f);
    return gone;
}

// Ends the service, so that all was written.
static char *log_of(struct fixture *f)
{
    static char text[1 << 16];
    server_close(f->server);
    f->server = NULL;
    ssize_t len = pread(f->fd, text, sizeof text - 1, 0);
    assert_true(len >= 0);
    text[len] = '\0';
    return text;
}

static void ask_quietly(struct fixture *f, const struct asking *q)
{
    struct asking timed = *q;
    struct told t = asked(f->server, &timed);
    told_clear(&t);
}

// --- The log ------------------------------------------------------------------------------------------------------------------------

static void a_line_has_the_route_and_not_what_was_asked(void **state)
{
    struct fixture *f = *state;
    serve(f, LOG_INFO);
    ask_quietly(f, &(struct asking){ .path = "/collections/building/items", .query = "owner=Zhang%20San&limit=3", .bearer = f->chief });
    char *line = log_of(f);
    struct json_doc *doc = NULL;
    assert_int_equal(json_parse(line, strlen(line), "log", NULL, &doc, &f->e), OK);
    json_close(doc);
    static const char *const pieces[] = { "\"level\":\"info\"", "\"method\":\"GET\"", "\"route\":\"/collections/{collectionId}/items\"", "\"path\":\"/collections/building/items\"",
                                          "\"asks\":[\"owner\",\"limit\"]", "\"status\":200", "\"from\":\"127.0.0.1\"", "\"at\":\"2026-02-02T02:40:00Z\"" };
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        if (strstr(line, pieces[i]) == NULL)
            fail_msg("%s is not in %s", pieces[i], line);
    assert_null(strstr(line, "Zhang"));
    assert_null(strstr(line, "\"who\":null"));
}

static void nothing_secret_is_in_it(void **state)
{
    struct fixture *f = *state;
    char query[200], path[200], cookie[100];
    const char *secret = f->chief + 3 + TOKEN_ID;
    serve(f, LOG_INFO);
    snprintf(query, sizeof query, "name=%s", f->chief);
    snprintf(path, sizeof path, "/collections/%s", f->chief);
    snprintf(cookie, sizeof cookie, "gridpatrol=%.43s", secret);
    ask_quietly(f, &(struct asking){ .path = "/collections/building/items", .query = query });
    ask_quietly(f, &(struct asking){ .path = path });
    ask_quietly(f, &(struct asking){ .path = "/nowhere", .query = query });
    ask_quietly(f, &(struct asking){ .path = "/me", .bearer = f->chief, .header = { { "Cookie", cookie } } });
    ask_quietly(f, &(struct asking){ .method = HTTP_POST, .path = "/sign-in", .body = "{\"name\":\"Chen\",\"password\":\"a remembered secret\"}",
                                     .header = { { "Content-Type", "application/json" } } });
    const char *text = log_of(f);
    char tail[9];
    snprintf(tail, sizeof tail, "%.8s", secret + 20);
    assert_null(strstr(text, tail));
    assert_null(strstr(text, "remembered"));
    assert_non_null(strstr(text, "(withheld)"));
    int lines = 0;
    for (const char *c = text; (c = strchr(c, '\n')) != NULL; c++)
        lines++;
    assert_int_equal(lines, 5);
}

static enum status set_password(struct work *w, void *ctx) { return password_set(w, "Chen", ctx); }

// The answer to a sign-out is to nobody any more; whose session it ended is known all the same.
static void who_signs_out_is_named(void **state)
{
    struct fixture *f = *state;
    char hash[SECRET_PASSWORD], cookie[100], csrf[SECRET_TEXT];
    serve(f, LOG_INFO);
    assert_ok(f, password_make("a few words make one", hash, &f->e));
    assert_ok(f, station_write(f->server->station, &(struct station_call){ 1770000000, "system" }, set_password, hash, &f->e));
    struct told t = asked(f->server, &(struct asking){ .method = HTTP_POST, .path = "/sign-in", .body = "{\"name\":\"Chen\",\"password\":\"a few words make one\"}",
                                                       .header = { { "Content-Type", "application/json" }, { "Origin", "http://grid.example" } } });
    assert_int_equal(t.status, 200);
    const char *set = text_or_empty(told_header(&t, "Set-Cookie")), *at = strstr(t.text, "\"csrf\":\"");
    assert_non_null(at);
    snprintf(cookie, sizeof cookie, "%.*s", (int)strcspn(set, ";"), set);
    snprintf(csrf, sizeof csrf, "%.*s", (int)strcspn(at + 8, "\""), at + 8);
    told_clear(&t);
    t = asked(f->server, &(struct asking){ .method = HTTP_POST, .path = "/sign-out", .header = { { "Cookie", cookie }, { "X-CSRF-Token", csrf }, { "Origin", "http://grid.example" } } });
    assert_int_equal(t.status, 200);
    assert_non_null(strstr(t.text, "\"id\":null"));
    told_clear(&t);
    const char *text = log_of(f), *in = strstr(text, "\"who\":\""), *out = strstr(text, "/sign-out");
    assert_non_null(in);
    assert_non_null(out);
    if (strstr(out, "\"who\":\"") == NULL || strncmp(strstr(out, "\"who\":\""), in, 8 + ID_TEXT - 1) != 0)
        fail_msg("who signed out is not who signed in: %s", text);
}

static void only_what_is_wanted_is_said(void **state)
{
    struct fixture *f = *state;
    serve(f, LOG_WARN);
    ask_quietly(f, &(struct asking){ .path = "/conformance" });
    ask_quietly(f, &(struct asking){ .path = "/nowhere\n{\"level\":\"info\"}" });
    const char *text = log_of(f);
    assert_null(strstr(text, "/conformance"));
    assert_non_null(strstr(text, "\"path\":\"/nowhere\\n{\\\"level"));      // one line stays one line
    assert_non_null(strstr(text, "\"level\":\"warn\""));
}

// A pipe nobody reads from: requests go on, and what was left out is counted.
static void who_reads_the_log_too_slowly_holds_nobody_up(void **state)
{
    enum { REQUESTS = 12000 };
    struct fixture *f = *state;
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    int kept = f->fd;
    f->fd = ends[1];
    serve(f, LOG_INFO);
    double began_s = when_monotonic_s();
    for (int i = 0; i < REQUESTS; i++)
        ask_quietly(f, &(struct asking){ .path = "/nowhere" });
    assert_true(log_left_out(f->server->log) > 0);
    assert_true(when_monotonic_s() - began_s < 120);
    server_close(f->server);                                               // nor does it hold up the end
    f->server = NULL;
    close(ends[0]), close(ends[1]);
    f->fd = kept;
}

// --- Figures --------------------------------------------------------------------------------------------------------------------------

static void expect_piece(struct fixture *f, const char *piece)
{
    struct told t = asked(f->server, &(struct asking){ .path = "/metrics" });
    assert_int_equal(t.status, 200);
    if (strstr(t.text, piece) == NULL)
        fail_msg("%s is not in\n%s", piece, t.text);
    told_clear(&t);
}

static void requests_are_counted_by_route(void **state)
{
    struct fixture *f = *state;
    serve(f, LOG_NONE);
    for (int i = 0; i < 3; i++)
        ask_quietly(f, &(struct asking){ .path = i == 0 ? "/collections/building" : "/collections/permit" });
    ask_quietly(f, &(struct asking){ .path = "/nowhere/\"}\nx 1" });
    expect_piece(f, "gridpatrol_http_requests_total{route=\"/collections/{collectionId}\",method=\"GET\",status=\"200\"} 1\n");
    expect_piece(f, "gridpatrol_http_requests_total{route=\"/collections/{collectionId}\",method=\"GET\",status=\"404\"} 2\n");
    expect_piece(f, "gridpatrol_http_requests_total{route=\"\",method=\"\",status=\"404\"} 1\n");
    expect_piece(f, "gridpatrol_http_request_duration_seconds_count{route=\"/collections/{collectionId}\",method=\"GET\"} 3\n");
    expect_piece(f, "gridpatrol_http_requests_in_flight 1\n");             // this one
    expect_piece(f, "\ngridpatrol_store_commits_total ");
    expect_piece(f, "\ngridpatrol_process_resident_bytes ");
    expect_piece(f, "\ngridpatrol_process_own_bytes ");
    struct told t = asked(f->server, &(struct asking){ .path = "/metrics" });
    assert_string_equal(told_header(&t, "Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    for (const char *line = t.text; *line != '\0'; line = strchr(line, '\n') + 1)
        if (*line != '#')
            assert_int_equal(strncmp(line, "gridpatrol_", 11), 0);
    told_clear(&t);
}

static int64_t figure(struct fixture *f, const char *name)
{
    char line[100];
    struct told t = asked(f->server, &(struct asking){ .path = "/metrics" });
    snprintf(line, sizeof line, "\ngridpatrol_%s ", name);
    const char *at = strstr(t.text, line);
    if (at == NULL)
        fail_msg("%s is not in\n%s", name, t.text);
    int64_t value = atoll(at + strlen(line));
    told_clear(&t);
    return value;
}

static void what_is_kept_is_counted(void **state)
{
    enum { TRIES = 500, PAUSE_US = 10000 };
    struct fixture *f = *state;
    serve(f, LOG_NONE);
    expect_piece(f, "# TYPE gridpatrol_tile_cache_hits_total counter\n");
    expect_piece(f, "# HELP gridpatrol_feature_cache_views Views of a register that are kept whole.\n# TYPE gridpatrol_feature_cache_views gauge\n");
    for (int i = 0; i < 3; i++)
        ask_quietly(f, &(struct asking){ .path = "/collections/building/tiles/WebMercatorQuad/14/6651/13699" });
    assert_int_equal(figure(f, "tile_cache_misses_total"), 1);
    assert_int_equal(figure(f, "tile_cache_hits_total"), 2);
    assert_int_equal(figure(f, "tile_cache_entries"), 1);
    assert_true(figure(f, "tile_cache_bytes") > 0);
    assert_int_equal(figure(f, "feature_cache_hits_total") + figure(f, "feature_cache_misses_total"), 1);      // for the tile that was made
    int boxes = 0;                                                         // the view is read in the background, since that tile
    for (; boxes < TRIES && figure(f, "feature_cache_hits_total") < 2; boxes++, usleep(PAUSE_US))
        ask_quietly(f, &(struct asking){ .path = "/collections/building/items", .query = "bbox=121,32,121.1,32.1" });
    assert_int_equal(figure(f, "feature_cache_hits_total"), 2);
    assert_int_equal(figure(f, "feature_cache_misses_total"), boxes + 1 - 2);
    assert_int_equal(figure(f, "feature_cache_views"), 1);
    assert_true(figure(f, "feature_cache_bytes") > 0);
}

static void figures_are_for_those_who_keep_the_service(void **state)
{
    struct fixture *f = *state;
    serve(f, LOG_NONE);
    const struct { struct asking q; int status; } cases[] = {
        { { .path = "/metrics" }, 200 },
        { { .path = "/metrics", .peer = "192.0.2.1" }, 404 },
        { { .path = "/metrics", .header = { { "X-Forwarded-For", "192.0.2.1" } } }, 404 },        // through a proxy on this machine
        { { .path = "/metrics", .peer = "192.0.2.1", .bearer = f->chief }, 404 },
        { { .path = "/metrics", .peer = "192.0.2.1", .bearer = f->administrator }, 200 },
        { { .path = "/health", .peer = "192.0.2.1" }, 200 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct told t = asked(f->server, &cases[i].q);
        assert_int_equal(t.status, cases[i].status);
        told_clear(&t);
    }
}

static void health_says_whether_it_can_answer(void **state)
{
    struct fixture *f = *state;
    serve(f, LOG_NONE);
    struct told t = asked(f->server, &(struct asking){ .path = "/health" });
    assert_int_equal(t.status, 200);
    assert_int_equal(strncmp(t.text, "{\"status\":\"pass\",\"version\":\"", 27), 0);
    assert_string_equal(told_header(&t, "Cache-Control"), "no-store");
    told_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_has_the_route_and_not_what_was_asked, open_all, close_all),
        cmocka_unit_test_setup_teardown(nothing_secret_is_in_it, open_all, close_all),
        cmocka_unit_test_setup_teardown(who_signs_out_is_named, open_all, close_all),
        cmocka_unit_test_setup_teardown(only_what_is_wanted_is_said, open_all, close_all),
        cmocka_unit_test_setup_teardown(who_reads_the_log_too_slowly_holds_nobody_up, open_all, close_all),
        cmocka_unit_test_setup_teardown(requests_are_counted_by_route, open_all, close_all),
        cmocka_unit_test_setup_teardown(what_is_kept_is_counted, open_all, close_all),
        cmocka_unit_test_setup_teardown(figures_are_for_those_who_keep_the_service, open_all, close_all),
        cmocka_unit_test_setup_teardown(health_says_whether_it_can_answer, open_all, close_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
