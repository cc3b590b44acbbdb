#include "api/answer.h"

#include "api/log.h"

#include "api/web_page.h"
#include "api/params.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// --- Formats --------------------------------------------------------------------------------------------------------------

static const struct { enum format format; const char *word, *type; } formats[] = {
    { FORMAT_JSON, "json", "application/json" },
    { FORMAT_GEOJSON, "geojson", "application/geo+json" },
    { FORMAT_SCHEMA, "schema", "application/schema+json" },
    { FORMAT_OPENAPI, "openapi", "application/vnd.oai.openapi+json;version=3.0" },
    { FORMAT_HTML, "html", "text/html" },
    { FORMAT_MVT, "mvt", "application/vnd.mapbox-vector-tile" },
    { FORMAT_GEOJSONSEQ, "geojsonseq", "application/geo+json-seq" },
    { FORMAT_CSV, "csv", "text/csv" },
    { FORMAT_FGB, "fgb", "application/flatgeobuf" },
    { FORMAT_GPKG, "gpkg", "application/geopackage+sqlite3" },
    { FORMAT_XLSX, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
    { FORMAT_SHP, "shp", "application/zip" },
    { FORMAT_KML, "kml", "application/vnd.google-earth.kml+xml" },
    { FORMAT_TEXT, "text", "text/plain" },
    { FORMAT_BYTES, "bytes", "application/octet-stream" },
    { FORMAT_TILEJSON, "tilejson", "application/vnd.mapbox.tile+json" },
};
enum { FORMAT_ROWS = sizeof formats / sizeof *formats };

const char *format_type(enum format f)
{
    for (int i = 0; i < FORMAT_ROWS; i++)
        if (formats[i].format == f)
            return formats[i].type;
    return "application/octet-stream";
}

const char *format_word(enum format f)
{
    for (int i = 0; i < FORMAT_ROWS; i++)
        if (formats[i].format == f)
            return formats[i].word;
    return "";
}

// The first format a route names is what programs get that ask for nothing in particular.
static enum format format_usual(unsigned offered)
{
    for (int i = 0; i < FORMAT_ROWS; i++)
        if (offered & formats[i].format)
            return formats[i].format;
    return FORMAT_JSON;
}

// "json" means the JSON of the route, whatever its media type is called.
static bool is_json(enum format f) { return f == FORMAT_GEOJSON || f == FORMAT_SCHEMA || f == FORMAT_OPENAPI; }

static enum format format_called(unsigned offered, const char *word)
{
    for (int i = 0; i < FORMAT_ROWS; i++)
        if ((offered & formats[i].format) && (strcmp(formats[i].word, word) == 0 || strcmp(formats[i].type, word) == 0))
            return formats[i].format;
    for (int i = 0; i < FORMAT_ROWS && strcmp(word, "json") == 0; i++)
        if ((offered & formats[i].format) && is_json(formats[i].format))
            return formats[i].format;
    return 0;
}

struct wish { const char *type; size_t len; double weight; };

// One item of an Accept header: media range and weight; returns what follows.
static const char *next_wish(const char *c, struct wish *out)
{
    while (*c == ' ' || *c == ',' || *c == '\t')
        c++;
    size_t item = strcspn(c, ",");
    *out = (struct wish){ c, strcspn(c, ",;"), 1 };
    while (out->len > 0 && out->type[out->len - 1] == ' ')
        out->len--;
    const char *q = strstr(c, ";q=") != NULL ? strstr(c, ";q=") : strstr(c, "; q=");
    if (q != NULL && q < c + item)
        out->weight = atof(strchr(q, '=') + 1);
    return c + item;
}

// How exactly a media range means a type: 3 the type itself, 2 "application/*", 1 "*/*", 0 not at all.
static int fits(const struct wish *w, const char *type)
{
    size_t plain = strcspn(type, ";");
    if (w->len == 3 && strncmp(w->type, "*/*", 3) == 0)
        return 1;
    if (w->len == plain && strncasecmp(w->type, type, plain) == 0)
        return 3;
    const char *slash = memchr(w->type, '/', w->len);
    bool any = slash != NULL && (size_t)(slash - w->type) + 2 == w->len && slash[1] == '*';
    return any && strncasecmp(w->type, type, (size_t)(slash - w->type) + 1) == 0 ? 2 : 0;
}

// A client that knows application/json takes its kinds too: geo+json, schema+json, the API document.
static double weight_of(const char *accept, enum format f, bool *exact)
{
    double best = 0;
    int how = 0;
    struct wish w;
    for (const char *c = next_wish(accept, &w); w.len > 0; c = next_wish(c, &w)) {
        int n = fits(&w, format_type(f));
        if (n == 0 && is_json(f) && fits(&w, "application/json") == 3)
            n = 2;
        if (n > how || (n == how && n > 0 && w.weight > best)) {
            how = n;
            best = w.weight;
        }
    }
    *exact = how == 3;
    return best;
}

static enum format format_accepted(unsigned offered, const char *accept)
{
    enum format usual = format_usual(offered), best = usual;
    bool exact, best_exact;
    double most = weight_of(accept, usual, &best_exact);
    for (int i = 0; i < FORMAT_ROWS; i++) {
        if (!(offered & formats[i].format) || formats[i].format == usual)
            continue;
        double weight = weight_of(accept, formats[i].format, &exact);
        if (weight > most || (weight == most && weight > 0 && exact && !best_exact)) {
            most = weight;
            best = formats[i].format;
            best_exact = exact;
        }
    }
    return best;
}

static enum status say_formats(struct exchange *x, const char *word)
{
    char list[200] = "";
    size_t n = 0;
    for (int i = 0; i < FORMAT_ROWS && n < sizeof list; i++)
        if (x->route->formats & formats[i].format)
            n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", n > 0 ? ", " : "", formats[i].word);
    return err_set(&x->err, INVALID, "f is one of %s; \"%.60s\" was given", list, word);
}

enum status format_negotiate(struct exchange *x)
{
    const char *word = param_text(x, "f"), *accept = request_header(x->request, "Accept");
    x->format = format_usual(x->route->formats);
    if (word != NULL) {
        enum format f = format_called(x->route->formats, word);
        if (f == 0)
            return say_formats(x, word);
        x->format = f;
    } else if (accept != NULL)
        x->format = format_accepted(x->route->formats, accept);
    return OK;
}

enum lang lang_negotiate(const struct request *r)
{
    const char *asked = strstr(r->query, "lang=");
    if (asked != NULL && (asked == r->query || asked[-1] == '&'))
        return strncmp(asked + 5, "zh", 2) == 0 ? LANG_ZH : LANG_EN;
    const char *accept = request_header(r, "Accept-Language");
    const char *zh = accept != NULL ? strcasestr(accept, "zh") : NULL, *en = accept != NULL ? strcasestr(accept, "en") : NULL;
    return zh != NULL && (en == NULL || zh < en) ? LANG_ZH : LANG_EN;
}

// --- Links ----------------------------------------------------------------------------------------------------------------

enum { LINK_MOST = 1 << 20 };

static const char *text_in_arena(struct exchange *x, const char *format, va_list args)
{
    struct buf b;
    buf_init(&b, LINK_MOST);
    buf_vprintf(&b, format, args);
    must(b.data != NULL && !b.full);
    const char *text = arena_text(x->request->arena, b.data);
    buf_clear(&b);
    return text;
}

static const char *in_arena(struct exchange *x, const char *format, ...) __attribute__((format(printf, 2, 3)));
static const char *in_arena(struct exchange *x, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = text_in_arena(x, format, args);
    va_end(args);
    return text;
}

// A host may hold what no host name holds; then a link would lead elsewhere or break out of its quotes.
static bool is_host(const char *host)
{
    return host != NULL && host[0] != '\0' &&
           strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]") == strlen(host);
}

const char *base_url(struct exchange *x)
{
    const struct server_settings *s = &x->server->settings;
    if (s->public_url != NULL)
        return s->public_url;
    const char *host = request_header(x->request, "Host"), *scheme = x->request->is_tls ? "https" : "http", *prefix = "";
    if (s->trusts_proxy) {
        const char *other = request_header(x->request, "X-Forwarded-Host"), *how = request_header(x->request, "X-Forwarded-Proto");
        const char *under = request_header(x->request, "X-Forwarded-Prefix");
        host = is_host(other) ? other : host;
        scheme = how != NULL && strcmp(how, "https") == 0 ? "https" : scheme;
        prefix = under != NULL && under[0] == '/' && is_host(under + 1) ? under : "";
    }
    return in_arena(x, "%s://%s%s", scheme, is_host(host) ? host : "127.0.0.1", prefix);
}

const char *link_to(struct exchange *x, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *path = text_in_arena(x, format, args);
    va_end(args);
    return in_arena(x, "%s%s", base_url(x), path);
}

void put_link(struct json_writer *j, struct link l)
{
    json_put_object(j, NULL);
    json_put_text(j, "rel", l.rel);
    json_put_text(j, "href", l.href);
    if (l.type != NULL)
        json_put_text(j, "type", l.type);
    if (l.title != NULL)
        json_put_text(j, "title", l.title);
    if (l.hreflang != NULL)
        json_put_text(j, "hreflang", l.hreflang);
    if (l.templated)
        json_put_bool(j, "templated", true);
    json_put_end(j);
}

const char *query_without(struct exchange *x, const char *const *names)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < x->params; i++) {
        bool left_out = false;
        for (int k = 0; names[k] != NULL; k++)
            left_out = left_out || strcmp(x->param[i].name, names[k]) == 0;
        if (left_out)
            continue;
        buf_text(&b, "&");
        percent_encode(&b, x->param[i].name);
        buf_text(&b, "=");
        percent_encode(&b, x->param[i].text);
    }
    const char *text = arena_text(x->request->arena, b.data != NULL ? b.data : "");
    buf_clear(&b);
    return text;
}

void put_self_links(struct exchange *x, struct json_writer *j)
{
    const char *query = query_without(x, (const char *const[]){ "f", NULL });
    for (int i = 0; i < FORMAT_ROWS; i++) {
        enum format f = formats[i].format;
        if (!(x->route->formats & f))
            continue;
        const char *rel = f == x->format ? "self" : "alternate";
        put_link(j, (struct link){ .rel = rel, .type = formats[i].type, .title = text_in(x->lang, f == x->format ? "This document" : "This document in another format"),
                                   .href = link_to(x, "%s?f=%s%s", x->request->path, formats[i].word, query) });
    }
}

void put_next_link(struct exchange *x, struct json_writer *j, const char *href, enum format f)
{
    put_link(j, (struct link){ .rel = "next", .href = href, .type = format_type(f), .title = text_in(x->lang, "The next page") });
}

// --- Answering ------------------------------------------------------------------------------------------------------------

int status_code(enum status s)
{
    static const int code[] = { [OK] = 200, [NOT_FOUND] = 404, [INVALID] = 400, [DENIED] = 403, [CONFLICT] = 409, [BUSY] = 503, [TOO_BIG] = 413, [FAILED] = 500 };
    return code[s];
}

static const char *title_of(int code)
{
    static const struct { int code; const char *title; } titles[] = {
        { 400, "The request is not understood" }, { 401, "Please sign in" }, { 403, "This is not for you to do" }, { 404, "There is no such thing" },
        { 405, "Not with this method" }, { 406, "Not in this format" }, { 409, "It stands otherwise" }, { 412, "It has changed meanwhile" },
        { 413, "Too large" }, { 415, "Not in this form" }, { 422, "It cannot be done like this" }, { 428, "Please say which version you mean" },
        { 429, "Too many requests" }, { 500, "Something went wrong here" }, { 503, "Busy; please try again" }, { 507, "There is no room" },
    };
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (titles[i].code == code)
            return titles[i].title;
    return "It did not work";
}

// Both languages lie in one place, and every answer depends on what was asked for.
static void common_headers(struct exchange *x, const char *type)
{
    bool is_text = strncmp(type, "text/", 5) == 0;
    answer_header(x->answer, "Content-Type", is_text ? in_arena(x, "%s; charset=utf-8", type) : type);
    answer_header(x->answer, "Content-Language", x->lang == LANG_ZH ? "zh" : "en");
    if (strcmp(type, "text/html") == 0) {
        answer_header(x->answer, "Content-Security-Policy", page_policy(x));
        answer_header(x->answer, "Referrer-Policy", "same-origin");      // without one a form of ours would come from nowhere (Origin: null)
    }
    answer_header(x->answer, "Vary", "Accept, Accept-Language, Accept-Encoding, Authorization, Cookie");
}

// A person who asks with a browser reads a page; programs read what they are used to.
static bool wants_page(const struct exchange *x)
{
    const char *word = param_text(x, "f"), *accept = request_header(x->request, "Accept");
    if (word != NULL)
        return strcmp(word, "html") == 0;
    return accept != NULL && format_accepted(FORMAT_JSON | FORMAT_HTML, accept) == FORMAT_HTML;
}

void answer_refusal(struct exchange *x, int status, const char *sentence) { answer_refusal_of(x, status, "about:blank", sentence); }

void answer_refusal_of(struct exchange *x, int status, const char *type, const char *sentence)
{
    struct buf b, html;
    buf_init(&b, 1 << 16);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    json_put_text(&j, "type", type);
    json_put_text(&j, "title", text_in(x->lang, title_of(status)));
    json_put_integer(&j, "status", status);
    json_put_text(&j, "detail", sentence);
    json_put_text(&j, "instance", x->request->path);
    json_put_end(&j);
    buf_init(&html, PAGE_HTML_MOST);
    bool is_page = wants_page(x) && page_make(x, page_problem, &b, &html) == OK;
    buf_clear(is_page ? &b : &html);
    x->answer->status = status;
    x->answer->kind = ANSWER_TEXT;
    x->answer->text = is_page ? html : b;
    common_headers(x, is_page ? "text/html" : "application/problem+json");
    if (status >= 500)
        answer_header(x->answer, "X-Request-Id", request_id(x));       // so that somebody can look it up
    answer_header(x->answer, "Cache-Control", "no-store");
}

void answer_problem(struct exchange *x, enum status s)
{
    answer_refusal(x, status_code(s), x->err.text[0] != '\0' ? x->err.text : text_in(x->lang, title_of(status_code(s))));
}

// Any of the tags a client sends, weak or strong.
static bool is_among(const char *tags, const char *tag)
{
    const char *at = tags != NULL ? strstr(tags, tag) : NULL;
    return (tags != NULL && strcmp(tags, "*") == 0) || at != NULL;
}

bool answer_is_known(struct exchange *x, const char *tag)
{
    struct answer *a = x->answer;
    if (a->status == 0)
        a->status = 200;
    common_headers(x, format_type(x->format));
    answer_header(a, "ETag", tag);
    if (answer_header_get(a, "Cache-Control") == NULL)
        answer_header(a, "Cache-Control", x->viewer.role == ROLE_PUBLIC ? "no-cache" : "private, no-cache");
    if (a->status != 200 || !is_among(request_header(x->request, "If-None-Match"), text_or_empty(tag)))
        return false;
    a->status = 304;
    a->kind = ANSWER_EMPTY;
    return true;
}

void answer_text(struct exchange *x, struct buf *text)
{
    struct answer *a = x->answer;
    must(!text->full);
    const char *tag = answer_header_get(a, "ETag");
    if (tag == NULL && (a->status == 0 || a->status == 200))
        tag = answer_tag(x, text->data, text->len);
    if (answer_is_known(x, tag)) {
        buf_clear(text);
        return;
    }
    a->kind = ANSWER_TEXT;
    a->text = *text;
    *text = (struct buf){ 0 };
}

enum status answer_document(struct exchange *x, struct buf *json)
{
    struct buf html;
    if (x->format != FORMAT_HTML) {
        answer_text(x, json);
        return OK;
    }
    must(!json->full);
    buf_init(&html, PAGE_HTML_MOST);
    enum status s = page_make(x, x->route->page, json, &html);
    if (s == OK)
        answer_text(x, &html);
    buf_clear(&html);
    buf_clear(json);
    return s;
}

enum status answer_with_self_links(struct exchange *x, struct json_writer *j)
{
    json_put_list(j, "links");
    put_self_links(x, j);
    json_put_end(j);
    json_put_end(j);
    return answer_document(x, j->to);
}

const char *answer_tag(struct exchange *x, const void *bytes, size_t len)
{
    static const char begin[] = "W/\"", digits[] = "0123456789abcdef";
    char *tag = arena_get(x->request->arena, sizeof begin + 2 * sizeof(uint64_t) + 1), *at = tag + sizeof begin - 1;
    uint64_t hash = hash_bytes(bytes, len, 1);
    memcpy(tag, begin, sizeof begin - 1);
    for (int shift = 60; shift >= 0; shift -= 4)
        *at++ = digits[hash >> shift & 15];
    *at = '"';
    return tag;
}

void answer_see_other(struct exchange *x, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *path = text_in_arena(x, format, args);
    va_end(args);
    x->answer->status = 303;
    x->answer->kind = ANSWER_EMPTY;
    answer_header(x->answer, "Location", link_to(x, "%s", path));
    answer_header(x->answer, "Cache-Control", "no-store");
}
