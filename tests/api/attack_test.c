// What strangers try: filters without end, addresses that climb or hide, requests that pretend, and clocks held against what is hidden.
#include "tests/api/served_world.h"

#include "api/routes.h"
#include "core/base/when.h"
#include "core/token.h"

struct fixture { struct world *world; struct server *server; char chief[TOKEN_TEXT], officer[TOKEN_TEXT], revoked[TOKEN_TEXT]; };

static enum status make_tokens(struct work *work, void *ctx)
{
    struct fixture *f = ctx;
    struct token t;
    enum status s = token_make(work, &(struct token_spec){ .actor = "<person-16>", .name = "a" }, f->chief, &t);
    s = s == OK ? token_make(work, &(struct token_spec){ .actor = "<person-12>", .name = "b" }, f->officer, &t) : s;
    s = s == OK ? token_make(work, &(struct token_spec){ .actor = "<person-12>", .name = "c" }, f->revoked, &t) : s;
    return s == OK ? token_revoke(work, t.id) : s;
}

static int open_all(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct world *w = f->world = world_make(NULL);
    assert_ok(w, station_write(w->station, &(struct station_call){ NOW_S, "system" }, make_tokens, f, &w->e));
    assert_ok(w, server_open(&(struct server_settings){ .station = station_folder(w->station), .now_s = clock_stands, .asks_per_s = 1e9 }, &f->server, &w->e));
    *state = f;
    return 0;
}

static int close_all(void **state)
{
    struct fixture *f = *state;
    void *world = f->world;
    server_close(f->server);
    int gone = world_close(&world);
    free(f);
    return gone;
}

// --- Filters ------------------------------------------------------------------------------------------------------------------------

static void repeat(struct buf *out, const char *text, int times)
{
    for (int i = 0; i < times; i++)
        buf_text(out, text);
}

static void deep_nots(struct buf *b) { repeat(b, "NOT%20", 20000), buf_text(b, "state='open'"); }
static void deep_brackets(struct buf *b) { repeat(b, "(", 30000), buf_text(b, "state='open'"), repeat(b, ")", 30000); }
static void many_values(struct buf *b) { buf_text(b, "state%20IN%20('a'"), repeat(b, ",'b'", 100000), buf_text(b, ")"); }
static void many_ors(struct buf *b) { buf_text(b, "state='a'"), repeat(b, "%20OR%20state='b'", 10000); }
static void long_word(struct buf *b) { buf_text(b, "state='"), repeat(b, "x", 200000), buf_text(b, "'"); }
static void long_like(struct buf *b) { buf_text(b, "state%20LIKE%20'"), repeat(b, "%25_", 5000), buf_text(b, "'"); }
static void large_polygon(struct buf *b) { buf_text(b, "S_INTERSECTS(geometry,POLYGON((0%200"), repeat(b, ",1%201", 30000), buf_text(b, ",0%200)))"); }
static void deep_json(struct buf *b) { repeat(b, "{\"op\":\"not\",\"args\":[", 10000), repeat(b, "]}", 10000); }

static void a_filter_has_an_end(void **state)
{
    enum { LONGEST = 4 << 20, SECONDS_MOST = 5 };
    struct fixture *f = *state;
    static const struct { const char *name; void (*write)(struct buf *b); const char *lang; bool is_quick; } filters[] = {
        { "20 000 NOTs", deep_nots, "cql2-text", false }, { "30 000 brackets", deep_brackets, "cql2-text", false }, { "100 000 values", many_values, "cql2-text", false },
        { "10 000 ORs", many_ors, "cql2-text", false }, { "a word of 200 000 letters", long_word, "cql2-text", false }, { "a pattern of 10 000 signs", long_like, "cql2-text", true },
        { "a polygon of 30 000 corners", large_polygon, "cql2-text", false }, { "10 000 objects deep", deep_json, "cql2-json", false },
    };
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        struct buf b;
        buf_init(&b, LONGEST);
        buf_printf(&b, "filter-lang=%s&filter=", filters[i].lang);
        filters[i].write(&b);
        double began_s = when_monotonic_s();
        struct told t = asked(f->server, &(struct asking){ .path = "/collections/change/items", .query = b.data, .bearer = f->chief });
        bool is_refused = t.status == 400 || t.status == 413;
        if (!(is_refused || (filters[i].is_quick && t.status == 200)) || when_monotonic_s() - began_s > SECONDS_MOST)
            fail_msg("%s: %d after %.1f s: %.200s", filters[i].name, t.status, when_monotonic_s() - began_s, t.text);
        told_clear(&t);
        buf_clear(&b);
    }
}

// --- Addresses ----------------------------------------------------------------------------------------------------------------------

static void an_address_climbs_nowhere(void **state)
{
    struct fixture *f = *state;
    static const char *const paths[] = {
        "/..", "/../etc/passwd", "/collections/../collections", "/collections/..%2f..%2fgridpatrol.sqlite", "/collections/%2e%2e/%2e%2e/gridpatrol.sqlite",
        "/web/../../gridpatrol.sqlite", "/web/x/..%2f..%2f..%2fgridpatrol.sqlite", "/web/%2e%2e/gridpatrol.sqlite", "/evidence/..%2f..%2fgridpatrol.sqlite",
        "/evidence/%2e%2e%2f%2e%2e%2fgridpatrol.sqlite", "/surveys/..%2f../file", "/surveys/sa/files/..%2f..%2f..%2fgridpatrol.sqlite", "/jobs/..%2f..%2fgridpatrol.sqlite",
        "//collections", "/collections//building", "/collections/building;x=1", "/collections/building/.", "/COLLECTIONS", "/collections/Building",
        "/collections/building\\items", "/collections/building%5citems", "/collections/\xe2\x80\xae" "gnidliub", "/collections/bu\xc4\xb1lding", "/collections/%ef%bd%82uilding",
        "/collections/building%2fitems", "/collections/building%252fitems", "/blobs", "/gridpatrol.sqlite", "/gridpatrol.conf", "/.git/config", "/server-status",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct told t = asked(f->server, &(struct asking){ .path = paths[i], .bearer = f->chief });
        if (t.status != 404 || strstr(t.text, "SQLite format") != NULL)
            fail_msg("%s: %d %.200s", paths[i], t.status, t.text);
        told_clear(&t);
    }
}

// --- Pretending ---------------------------------------------------------------------------------------------------------------------

// Headers by which other servers are told another method, another address, another person.
static void no_header_makes_another_request_of_it(void **state)
{
    struct fixture *f = *state;
    static const struct http_header headers[] = {
        { "X-HTTP-Method-Override", "DELETE" }, { "X-Method-Override", "DELETE" }, { "X-Original-URL", "/metrics" }, { "X-Rewrite-URL", "/metrics" }, { "X-Remote-User", "admin" },
        { "Remote-User", "admin" }, { "X-Forwarded-User", "admin" }, { "X-Forwarded-Host", "evil.example" }, { "X-Forwarded-Proto", "https" }, { "X-Forwarded-Prefix", "/evil" },
        { "Forwarded", "for=127.0.0.1;host=evil.example" }, { "X-Forwarded-For", "127.0.0.1" }, { "X-Real-IP", "127.0.0.1" },
    };
    struct asking plain = { .path = "/collections", .peer = "192.0.2.1" };
    struct told t = asked(f->server, &plain);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct asking q = plain;
        q.header[0] = headers[i];
        struct told other = asked(f->server, &q);
        assert_int_equal(other.status, t.status);
        assert_string_equal(other.text, t.text);
        told_clear(&other);
    }
    told_clear(&t);
}

// A Host is written into links: what no host name has is not.
static void a_host_breaks_out_of_no_link(void **state)
{
    struct fixture *f = *state;
    static const char *const hosts[] = { "x\"><script>", "x/evil", "x y", "evil.example/#", "x'", "x\r\nSet-Cookie: a=b", "" };
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        struct arena *arena = arena_open(ASKING_ARENA);
        struct http_header header[] = { { "Host", hosts[i] } };
        struct request r = { .path = "/collections", .query = "", .header = header, .headers = 1, .peer = "192.0.2.1", .arena = arena, .begun_s = when_monotonic_s() };
        struct http_plan plan = { 0 };
        struct answer a = { 0 };
        server_begin(f->server, &r, &plan, &a);
        server_run(f->server, &r, &a);
        assert_int_equal(a.status, 200);
        assert_non_null(strstr(a.text.data, "http://127.0.0.1/collections"));
        assert_true(hosts[i][0] == '\0' || strstr(a.text.data, hosts[i]) == NULL);
        server_done(f->server, &r, &(struct http_end){ .status = a.status });
        answer_clear(&a);
        arena_close(arena);
    }
}

// --- Clocks ---------------------------------------------------------------------------------------------------------------------------

enum { ROUNDS = 400, SIDES = 3 };

static int by_time(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

// By turns, so that whatever else the machine does meets all sides alike; medians.
static void hold_the_clock(struct fixture *f, const struct asking q[SIDES], int status, double median_us[SIDES])
{
    static double took[SIDES][ROUNDS];
    for (int i = 0; i < ROUNDS; i++)
        for (int k = 0; k < SIDES; k++) {
            double began_s = when_monotonic_s();
            struct told t = asked(f->server, &q[(k + i) % SIDES]);
            took[(k + i) % SIDES][i] = (when_monotonic_s() - began_s) * 1e6;
            assert_int_equal(t.status, status);
            told_clear(&t);
        }
    for (int k = 0; k < SIDES; k++) {
        qsort(took[k], ROUNDS, sizeof took[k][0], by_time);
        median_us[k] = took[k][ROUNDS / 2];
    }
}

static void expect_alike(const char *what, const double us[SIDES])
{
    double least = fmin(us[0], fmin(us[1], us[2])), most = fmax(us[0], fmax(us[1], us[2]));
    print_message("%s: medians of %.0f, %.0f and %.0f us, %.2f apart\n", what, us[0], us[1], us[2], most / least);
    assert_true(most / least < 1.5);
}

static void wrong_tokens_take_as_long(void **state)
{
    struct fixture *f = *state;
    char unknown[TOKEN_TEXT];
    double us[SIDES];
    strcpy(unknown, f->officer);
    unknown[5] = unknown[5] == 'a' ? 'b' : 'a';
    hold_the_clock(f, (struct asking[SIDES]){ { .path = "/me", .bearer = f->revoked }, { .path = "/me", .bearer = unknown }, { .path = "/me", .bearer = "nonsense" } }, 401, us);
    expect_alike("revoked, unknown, nonsense", us);
}

static const char *hidden_lead(const struct fixture *f, bool is_secret)
{
    const struct world *w = f->world;
    for (int i = 0; i < w->rows; i++)
        if (strcmp(w->row[i].layer, "lead") == 0 && !reference_sees(w, &w->person[12], &w->row[i]) && (strcmp(w->row[i].secrecy, "secret") == 0) == is_secret)
            return w->row[i].id;
    fail_msg("%s", "no lead is hidden");
    return NULL;
}

static void what_is_hidden_takes_as_long_as_what_is_not_there(void **state)
{
    struct fixture *f = *state;
    char path[SIDES][120];
    double us[SIDES];
    snprintf(path[0], sizeof path[0], "/collections/lead/items/%s", hidden_lead(f, true));
    snprintf(path[1], sizeof path[1], "/collections/lead/items/%s", hidden_lead(f, false));
    snprintf(path[2], sizeof path[2], "/collections/lead/items/019c1b2e-ffff-7000-8000-000000000000");
    hold_the_clock(f, (struct asking[SIDES]){ { .path = path[0], .bearer = f->officer }, { .path = path[1], .bearer = f->officer }, { .path = path[2], .bearer = f->officer } }, 404, us);
    expect_alike("404 of a secret lead, of another's lead, of none", us);
}

// --- Changing what is hidden -----------------------------------------------------------------------------------------------------------

static const char NEVER[] = "019c1b2e-ffff-7000-8000-000000000000";

static const char *hidden_of(const struct world *w, const char *layer, int person)
{
    for (int i = 0; i < w->rows; i++)
        if (strcmp(w->row[i].layer, layer) == 0 && !w->row[i].is_past && !reference_sees(w, &w->person[person], &w->row[i]))
            return w->row[i].id;
    return NULL;
}

// "/leads/{recordId}/moves", or "/collections/lead/..." of the pattern of collections, with this id in its part. False: it has none.
static bool write_target(const struct route *r, const char *layer, const char *id, char *out, size_t cap)
{
    const char *collections = "/collections/{collectionId}/", *part;
    size_t len = strlen(layer);
    char pattern[200];
    snprintf(pattern, sizeof pattern, "%s", r->path);
    if (strncmp(r->path, collections, strlen(collections)) == 0)
        snprintf(pattern, sizeof pattern, "/collections/%s/%s", layer, r->path + strlen(collections));
    else if (strncmp(r->path + 1, layer, len) != 0 || strncmp(r->path + 1 + len, "s/", 2) != 0)
        return false;
    part = strchr(pattern, '{');
    if (part == NULL || strchr(part + 1, '{') != NULL)
        return false;
    snprintf(out, cap, "%.*s%s%s", (int)(part - pattern), pattern, id, strchr(part, '}') + 1);
    return true;
}

struct changing { struct fixture *f; const char *layer, *hidden; int tried; };

static struct told try_to_change(const struct changing *c, const struct route *r, const char *id, char *path, size_t cap)
{
    struct asking q = { .method = r->method, .path = path, .bearer = c->f->officer, .body = "{\"verb\":\"close\"}" };
    must(write_target(r, c->layer, id, path, cap));
    q.header[0] = (struct http_header){ "If-Match", "*" };
    if (r->takes != NULL)
        q.header[1] = (struct http_header){ "Content-Type", r->takes[0] };
    return asked(c->f->server, &q);
}

// The id itself is told again; all else is the same.
static void take_out(char *text, const char *id)
{
    for (char *at = strstr(text, id); at != NULL; at = strstr(at, id))
        memset(at, 'x', strlen(id));
}

static bool try_route(void *ctx, const struct route *r)
{
    struct changing *c = ctx;
    char path[300];
    if (r->method == HTTP_GET || (r->flags & (ROUTE_SIGN_IN | ROUTE_FILE)) || !write_target(r, c->layer, NEVER, path, sizeof path))
        return true;
    struct told hidden = try_to_change(c, r, c->hidden, path, sizeof path), never = try_to_change(c, r, NEVER, path, sizeof path);
    take_out(hidden.text, c->hidden);
    take_out(never.text, NEVER);
    if (hidden.status != never.status || strcmp(hidden.text, never.text) != 0)
        fail_msg("%s %s: %d %s of what is hidden, %d %s of what never was", http_method_word(r->method), r->path, hidden.status, hidden.text, never.status, never.text);
    c->tried++;
    told_clear(&hidden), told_clear(&never);
    return true;
}

static void what_is_hidden_is_changed_as_what_is_not_there(void **state)
{
    struct fixture *f = *state;
    static const char *const layers[] = { "lead", "case", "finding", "change", "permit" };
    int tried = 0;
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        struct changing c = { .f = f, .layer = layers[i], .hidden = hidden_of(f->world, layers[i], 12) };
        assert_non_null(c.hidden);
        route_each(try_route, &c);
        tried += c.tried;
    }
    print_message("%d ways to change what is hidden\n", tried);
    assert_true(tried >= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_has_an_end),
        cmocka_unit_test(an_address_climbs_nowhere),
        cmocka_unit_test(no_header_makes_another_request_of_it),
        cmocka_unit_test(a_host_breaks_out_of_no_link),
        cmocka_unit_test(what_is_hidden_is_changed_as_what_is_not_there),
        cmocka_unit_test(wrong_tokens_take_as_long),
        cmocka_unit_test(what_is_hidden_takes_as_long_as_what_is_not_there),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
