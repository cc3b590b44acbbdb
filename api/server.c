#include "api/server.h"

#include "api/answer.h"
#include "api/desks.h"
#include "api/feature_cache.h"
#include "api/params.h"
#include "api/places.h"
#include "api/routes.h"
#include "api/shapes.h"
#include "api/runner.h"
#include "api/sign_in.h"
#include "api/tile_cache.h"
#include "api/visitor.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include "core/register_edit.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { ARENA_BYTES = 64 << 20 };

// --- Opening and closing --------------------------------------------------------------------------------------------------

static enum status read_layers(struct work *w, void *ctx)
{
    struct server *s = ctx;
    enum status st = layer_read_all(w->db, s->arena, &s->layers, w->e);
    for (int i = 0; i < s->layers.count && st == OK; i++)
        st = layer_check(w->db, s->arena, &s->layers.layer[i], w->e);
    return st;
}

static void hear_writes(void *ctx, const struct touch *t, int count)
{
    struct server *s = ctx;
    feature_cache_hear(s->features, t, count);      // first: a tile that is made of what this one tells is younger than what that one heard
    tile_cache_hear(s->tiles, t, count);
}

static enum status open_caches(struct server *s, struct err *e)
{
    s->tiles = tile_cache_open(s->station, &s->layers, s->settings.tile_bytes);
    s->features = feature_cache_open(s->station, &s->layers, s->settings.feature_bytes);
    return store_watch(station_store(s->station), &(struct watcher){ layer_watch_kind, hear_writes, s }, e);
}

static enum status listen_to(struct server *s, struct err *e)
{
    if (s->settings.http.address == NULL)
        return OK;
    struct http_service service = { server_begin, server_run, server_refuse, server_done, s };
    if (s->settings.http.folder == NULL)
        s->settings.http.folder = scratch_folder(s->scratch);
    return http_open(&s->settings.http, &service, &s->http, e);
}

// It goes into the policy of pages, where a blank or a semicolon would say something else.
static enum status check_base_map(const char *url, struct err *e)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?&=%{}@";
    bool is_one = url == NULL || ((strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0) && strspn(url, letters) == strlen(url) &&
                                  strstr(url, "{z}") != NULL && strstr(url, "{x}") != NULL && strstr(url, "{y}") != NULL);
    return is_one ? OK : err_set(e, INVALID, "base-map \"%.120s\": an address like https://HOST/{z}/{x}/{y}.png is expected", url);
}

enum status server_open(const struct server_settings *settings, struct server **out, struct err *e)
{
    struct server *s = mem_get(1, sizeof *s);
    s->settings = *settings;
    if (s->settings.now_s == NULL)
        s->settings.now_s = when_now_s;
    s->arena = arena_open(ARENA_BYTES);
    s->editor = register_editor_open();
    s->began = (uint32_t)s->settings.now_s();
    s->metrics = metrics_open();
    s->log = settings->log_level != LOG_NONE ? log_open(settings->log_fd, settings->log_level) : NULL;
    enum status st = check_base_map(settings->base_map, e);
    if (st == OK)
        st = station_open(settings->station, &s->station, e);
    if (st == OK)
        st = station_read(s->station, &(struct station_call){ s->settings.now_s(), "system" }, read_layers, s, e);
    if (st == OK)
        st = scratch_open(settings->station, &s->scratch, e);
    if (st == OK)
        st = runner_open(s, &s->runner, e);
    if (st == OK)
        st = places_open(station_district(s->station), &s->places, e);
    if (st == OK)
        st = open_caches(s, e);
    if (st == OK) {
        s->desks = desks_open();
        s->shapes = shapes_open(s->station);
        s->sign_ins = sign_ins_open();
        s->visitors = visitors_open(s->station, s->settings.asks_per_s > 0 ? s->settings.asks_per_s : ASKS_PER_S);
        st = listen_to(s, e);
    }
    if (st == OK)
        *out = s;
    else
        server_close(s);
    return st;
}

void server_close(struct server *s)
{
    enum { PATIENCE_S = 20 };
    if (s == NULL)
        return;
    if (s->http != NULL)
        http_stop(s->http, PATIENCE_S);
    runner_close(s->runner);
    visitors_close(s->visitors);
    log_close(s->log);
    metrics_close(s->metrics);
    desks_close(s->desks);
    shapes_close(s->shapes);
    sign_ins_close(s->sign_ins);
    places_close(s->places);
    register_editor_close(s->editor);
    scratch_close(s->scratch);
    feature_cache_stop(s->features);
    station_close(s->station);
    tile_cache_close(s->tiles);
    feature_cache_close(s->features);
    arena_close(s->arena);
    mem_free(s);
}

// --- A request ------------------------------------------------------------------------------------------------------------

static struct exchange *exchange_of(struct server *s, struct request *r, struct answer *a)
{
    struct exchange *x = r->own;
    if (x == NULL) {
        x = arena_get(r->arena, sizeof *x);
        *x = (struct exchange){ .server = s, .request = r, .now_s = s->settings.now_s(), .lang = lang_negotiate(r), .viewer = VIEWER_PUBLIC };
        x->number = atomic_fetch_add_explicit(&s->requests, 1, memory_order_relaxed);
        x->err.lang = x->lang;
        r->own = x;
    }
    x->answer = a;
    return x;
}

static void write_methods(unsigned methods, char *out, size_t cap)
{
    size_t n = 0;
    out[0] = '\0';
    for (int m = 0; m < HTTP_METHODS && n < cap; m++)
        if (methods & 1u << m)
            n += (size_t)snprintf(out + n, cap - n, "%s%s", n > 0 ? ", " : "", http_method_word((enum http_method)m));
}

void server_allow(struct exchange *x, unsigned methods)
{
    char list[80];
    write_methods(methods, list, sizeof list);
    answer_header(x->answer, "Allow", arena_text(x->request->arena, list));
}

// Pages of other origins may read what anybody may read, with a token of theirs; never with our cookie.
static void allow_origins(struct exchange *x)
{
    answer_header(x->answer, "Access-Control-Allow-Origin", "*");
    answer_header(x->answer, "Access-Control-Expose-Headers", "Content-Crs, ETag, Link, Location, OGC-NumberMatched, OGC-NumberReturned, Retry-After");
    if (x->request->method != HTTP_OPTIONS)
        return;
    answer_header(x->answer, "Access-Control-Allow-Methods", answer_header_get(x->answer, "Allow"));
    answer_header(x->answer, "Access-Control-Allow-Headers",
                  "Authorization, Content-Type, Content-Crs, If-Match, If-None-Match, Prefer, X-CSRF-Token, Idempotency-Key");
    answer_header(x->answer, "Access-Control-Max-Age", "600");
}

static void guard(struct exchange *x)
{
    answer_header(x->answer, "X-Content-Type-Options", "nosniff");
    answer_header(x->answer, "Referrer-Policy", "no-referrer");
    answer_header(x->answer, "X-Frame-Options", "DENY");
    if (x->request->is_tls)
        answer_header(x->answer, "Strict-Transport-Security", "max-age=31536000");
}

// A browser asks beforehand without saying who it is: it is told what the path knows. Others are told what is there for them.
static void answer_options(struct exchange *x)
{
    bool is_beforehand = request_header(x->request, "Access-Control-Request-Method") != NULL;
    if (!is_beforehand && !visitor_settle(x->server->visitors, x))
        return;
    unsigned methods = is_beforehand ? route_methods(x->request->path) : route_methods_open(x);
    x->answer->status = methods != 0 ? 204 : 404;
    x->answer->kind = ANSWER_EMPTY;
    server_allow(x, methods);
}

static bool is_of_type(const char *given, const char *type)
{
    size_t len = strcspn(given, "; ");
    return len == strlen(type) && strncasecmp(given, type, len) == 0;
}

static bool has_body(const struct request *r)
{
    const char *length = request_header(r, "Content-Length");
    return request_header(r, "Transfer-Encoding") != NULL || (length != NULL && strcmp(length, "0") != 0);
}

static bool is_taken(struct exchange *x)
{
    const char *given = request_header(x->request, "Content-Type");
    if (given == NULL && !has_body(x->request))
        return true;
    char list[300] = "";
    size_t n = 0;
    for (const char *const *t = x->route->takes; *t != NULL; t++) {
        if (given != NULL && is_of_type(given, *t))
            return true;
        if (n < sizeof list)
            n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", n > 0 ? ", " : "", *t);
    }
    err_set(&x->err, INVALID, "the body is one of %s; Content-Type is \"%.60s\"", list, given != NULL ? given : "");
    answer_refusal(x, 415, x->err.text);
    return false;
}

// Before a byte of the body is read it is known who sends it, and that it can be taken. False: the answer is there.
static bool may_send(struct exchange *x, struct http_plan *plan)
{
    const struct route *r = x->route;
    if (!visitor_settle(x->server->visitors, x))
        return false;
    if (r->method == HTTP_GET)
        return true;
    if (!visitor_may_write(x) || ((r->flags & ROUTE_SIGN_IN) && !sign_in_admit(x)))
        return false;
    if (r->takes == NULL)
        return true;
    plan->body = r->flags & ROUTE_FILE ? HTTP_BODY_FILE : HTTP_BODY_MEMORY;
    plan->body_most = r->body_most;
    return is_taken(x);
}

// True: the answer is there already.
static bool is_refused(struct exchange *x)
{
    enum status s = route_find(x);
    if (s == CONFLICT) {
        answer_refusal(x, 405, x->err.text);
        server_allow(x, route_methods(x->request->path));
        return true;
    }
    if (s != OK) {
        answer_problem(x, s);
        return true;
    }
    return false;
}

void server_begin(void *ctx, struct request *r, struct http_plan *plan, struct answer *a)
{
    struct exchange *x = exchange_of(ctx, r, a);
    metrics_begin(x->server->metrics, x);
    guard(x);
    if (r->method == HTTP_OPTIONS)
        answer_options(x);
    plan->answered = r->method == HTTP_OPTIONS || is_refused(x) || !may_send(x, plan);
    allow_origins(x);
    if (plan->answered)
        return;
    plan->is_slow = (x->route->flags & ROUTE_SLOW) != 0;
    plan->is_writing = plan->is_slow && x->route->method != HTTP_GET && !(x->route->flags & (ROUTE_FILE | ROUTE_SIGN_IN));
}

static void serve(struct exchange *x)
{
    enum status s = params_read(x);
    if (s == OK)
        s = format_negotiate(x);
    if (s == OK && !visitor_has_form(x))
        return;
    if (s == OK)
        s = x->route->serve(x);
    if (s != OK && !x->is_heavy)
        answer_problem(x, s);
}

// All but what begin put into its head.
static void take_back(struct answer *a, int headers)
{
    struct answer gone = *a;
    answer_clear(a);
    a->headers = gone.headers < headers ? gone.headers : headers;
    memcpy(a->header, gone.header, (size_t)a->headers * sizeof *a->header);
}

// What begin put into the head of the answer stands in it still; what a listener began and gave up does not.
bool server_run(void *ctx, struct request *r, struct answer *a)
{
    struct exchange *x = exchange_of(ctx, r, a);
    int headers = a->headers;
    x->params = 0;
    x->is_heavy = false;
    serve(x);
    if (!x->is_heavy)
        return true;
    take_back(a, headers);
    x->err.text[0] = '\0';
    return false;
}

void server_refuse(void *ctx, struct request *r, int status, const char *sentence, struct answer *a)
{
    struct exchange *x = exchange_of(ctx, r, a);
    guard(x);
    answer_refusal(x, status, text_in(x->lang, sentence));
}

void server_done(void *ctx, struct request *r, const struct http_end *end)
{
    struct answer none = { .status = 0 };
    struct exchange *x = exchange_of(ctx, r, &none);           // also of what never reached begin
    sign_in_leave(x);
    metrics_end(x->server->metrics, x, end);
    log_request(x->server->log, x, end);
}
