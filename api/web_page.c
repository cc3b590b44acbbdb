#include "api/web_page.h"

#include "api/answer.h"
#include "api/collection.h"
#include "api/command.h"
#include "api/routes.h"
#include "api/server.h"
#include "api/web.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// blob: is what the map makes its pictures and its worker of; nothing of it comes from elsewhere.
#define POLICY "default-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "

// The host of the pictures under the map is the one exception, and only where the station was told of it.
const char *page_policy(struct exchange *x)
{
    char text[1024];
    const char *map = x->server->settings.base_map, *host = map != NULL ? strstr(map, "://") + 3 : NULL;
    if (map == NULL)
        return POLICY "img-src 'self' data: blob:";
    int origin = (int)(host - map + (ptrdiff_t)strcspn(host, "/?"));
    snprintf(text, sizeof text, POLICY "img-src 'self' data: blob: %.*s; connect-src 'self' %.*s", origin, map, origin, map);
    return arena_text(x->request->arena, text);
}

// --- Pieces -----------------------------------------------------------------------------------------------------------------

void page_raw(struct web_page *p, const char *html) { buf_text(p->out, html); }
void page_text(struct web_page *p, const char *utf8) { buf_html(p->out, utf8); }
void page_say(struct web_page *p, const char *english) { buf_html(p->out, text_in(p->x->lang, english)); }

void page_sayf(struct web_page *p, const char *english, ...)
{
    char text[2048];
    va_list args;
    va_start(args, english);
    vsnprintf(text, sizeof text, text_in(p->x->lang, english), args);
    va_end(args);
    buf_html(p->out, text);
}

void page_heading(struct web_page *p, const char *english)
{
    page_raw(p, "<h2>");
    page_say(p, english);
    page_raw(p, "</h2>\n");
}

void page_sheet(struct web_page *p, const char *name)
{
    page_raw(p, "<link rel=\"stylesheet\" href=\"");
    page_text(p, web_link(p->x, name));
    page_raw(p, "\">");
}

void page_script(struct web_page *p, const char *name)
{
    page_raw(p, "<script type=\"module\" src=\"");
    page_text(p, web_link(p->x, name));
    page_raw(p, "\"></script>\n");
}

// A language asked for by name goes along; one of the browser's own settings is there anyway.
void page_href(struct web_page *p, const char *path, const char *query)
{
    const char *lang = param_text(p->x, "lang");
    page_raw(p, "href=\"");
    page_text(p, base_url(p->x));
    page_text(p, path);
    if (query[0] != '\0' || lang != NULL)
        page_raw(p, "?");
    page_text(p, query[0] == '&' ? query + 1 : query);
    if (lang != NULL)
        buf_printf(p->out, "%slang=%s", query[0] != '\0' ? "&amp;" : "", p->x->lang == LANG_ZH ? "zh" : "en");
    page_raw(p, "\"");
}

void page_link(struct web_page *p, const char *path, const char *query, const char *text)
{
    page_raw(p, "<a ");
    page_href(p, path, query);
    page_raw(p, ">");
    page_text(p, text);
    page_raw(p, "</a>");
}

void page_column(struct web_page *p, const char *heading)
{
    page_raw(p, "<th scope=\"col\">");
    page_text(p, heading);
    page_raw(p, "</th>");
}

void page_table(struct web_page *p, const char *const *english)
{
    page_raw(p, "<div class=\"wide\"><table><thead><tr>");
    for (; *english != NULL; english++)
        page_column(p, text_in(p->x->lang, *english));
    page_raw(p, "</tr></thead><tbody>\n");
}

void page_row(struct web_page *p, const char *heading)
{
    page_raw(p, "<tr><th scope=\"row\">");
    page_text(p, heading);
    page_raw(p, "</th><td>");
}

void page_row_end(struct web_page *p) { page_raw(p, "</td></tr>\n"); }

void page_moment(struct web_page *p, const char *rfc3339)
{
    int64_t from_s, to_s;
    char local[WHEN_TEXT];
    if (!when_read_interval(rfc3339, &from_s, &to_s) || !when_write(from_s + station_district(p->x->server->station)->zone_offset_s, local)) {
        page_text(p, rfc3339);
        return;
    }
    local[10] = ' ', local[16] = '\0';
    page_raw(p, "<time datetime=\"");
    page_text(p, rfc3339);
    page_raw(p, "\">");
    page_text(p, local);
    page_raw(p, "</time>");
}

// --- Frame ------------------------------------------------------------------------------------------------------------------

static const char *district_name(const struct web_page *p)
{
    const struct district *d = station_district(p->x->server->station);
    return p->x->lang == LANG_ZH || d->name_en[0] == '\0' ? d->name_zh : d->name_en;
}

static bool answers_get(const char *path) { return (route_methods(path) & 1u << HTTP_GET) != 0; }

// The words of places; anything else is called as it stands in the path.
static const char *place_name(struct web_page *p, const char *word)
{
    static const struct { const char *word, *title; } places[] = {
        { "collections", "Collections" }, { "items", "Features" }, { "queryables", "What may be asked" }, { "sortables", "What may be sorted by" },
        { "schema", "What a feature looks like" }, { "conformance", "What this service conforms to" }, { "api", "API document" },
        { "tiles", "Tiles" }, { "jobs", "Jobs" }, { "processes", "Processes" }, { "moves", "What can be done now" }, { "sign-in", "Sign in" }, { "cases", "Cases" }, { "findings", "Findings" }, { "leads", "Leads" }, { "changes", "Changes" },
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strcmp(places[i].word, word) == 0)
            return text_in(p->x->lang, places[i].title);
    const struct layer *l = layer_find(&p->x->server->layers, word);
    return l != NULL && visible_layer(&p->x->viewer, l) ? collection_title(p->x, l) : word;
}

// Home / Collections / buildings / Features / 01938f3a-...: each part that answers is a link, the last one is here.
static void put_way(struct web_page *p)
{
    struct arena *a = p->x->request->arena;
    const char *path = p->x->request->path;
    page_raw(p, "<nav class=\"way\" aria-label=\"");
    page_say(p, "Where you are");
    page_raw(p, "\"><ol><li>");
    page_link(p, "/", "", text_in(p->x->lang, "Home"));
    for (const char *c = path; *c == '/' && c[1] != '\0';) {
        size_t len = strcspn(c + 1, "/");
        const char *word = NULL;
        struct err aside = { .lang = LANG_EN };
        char *here = arena_text(a, path);
        here[(size_t)(c - path) + 1 + len] = '\0';
        if (percent_decode(a, c + 1, len, &word, &aside) != OK)
            break;
        bool is_last = c[1 + len] == '\0' || c[2 + len] == '\0';
        page_raw(p, is_last ? "</li><li aria-current=\"page\">" : "</li><li>");
        if (!is_last && answers_get(here))
            page_link(p, here, "", place_name(p, word));
        else
            page_text(p, place_name(p, word));
        c += 1 + len;
    }
    page_raw(p, "</li></ol></nav>\n");
}

static void put_languages(struct web_page *p)
{
    bool zh = p->x->lang == LANG_ZH;
    const char *query = query_without(p->x, (const char *const[]){ "lang", NULL });
    page_raw(p, "<a class=\"language\" href=\"");
    page_text(p, base_url(p->x));
    page_text(p, p->x->request->path);
    page_raw(p, zh ? "?lang=en" : "?lang=zh");
    page_text(p, query);
    page_raw(p, zh ? "\" hreflang=\"en\" lang=\"en\">English</a>" : "\" hreflang=\"zh\" lang=\"zh\">中文</a>");
}

// Who signs in comes back to where they were.
static const char *way_back(struct web_page *p)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    buf_text(&b, "next=");
    percent_encode(&b, strcmp(p->x->request->path, "/sign-in") == 0 ? "/" : p->x->request->path);
    const char *text = b.full ? "" : arena_text(p->x->request->arena, b.data);
    buf_clear(&b);
    return text;
}

static void put_menu(struct web_page *p)
{
    static const struct { const char *path, *title; } places[] = {
        { "/", "Map" }, { "/collections", "Collections" }, { "/api", "API" }, { "/sign-in", "Sign in" },
    };
    bool knows = p->x->viewer.role != ROLE_PUBLIC;
    page_raw(p, "<nav aria-label=\"");
    page_say(p, "Main places");
    page_raw(p, "\">");
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        bool is_door = strcmp(places[i].path, "/sign-in") == 0;
        if (answers_get(places[i].path) && !(is_door && knows))
            page_link(p, places[i].path, is_door ? way_back(p) : "", text_in(p->x->lang, places[i].title));
    }
    if (knows)
        page_link(p, "/me", "", role_title((enum role)p->x->viewer.role, p->x->lang));
    put_languages(p);
    page_raw(p, "</nav>");
}

void page_begin(struct web_page *p, const char *title)
{
    bool zh = p->x->lang == LANG_ZH;
    buf_printf(p->out, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
                       "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>", zh ? "zh" : "en");
    page_text(p, title);
    if (strcmp(title, district_name(p)) != 0) {
        page_raw(p, " · ");
        page_text(p, district_name(p));
    }
    page_raw(p, "</title>");
    page_sheet(p, "page.css");
    page_raw(p, "<link rel=\"icon\" type=\"image/svg+xml\" href=\"");
    page_text(p, web_link(p->x, "icon.svg"));
    page_raw(p, "\"></head>\n<body><a class=\"skip\" href=\"#main\">");
    page_say(p, "To the content");
    page_raw(p, "</a>\n<header><a class=\"brand\" ");
    page_href(p, "/", "");
    page_raw(p, ">");
    page_text(p, district_name(p));
    page_raw(p, " <span>");
    page_say(p, "grid patrol");
    page_raw(p, "</span></a>");
    put_menu(p);
    page_raw(p, "</header>\n<main id=\"main\">");
    if (strcmp(p->x->request->path, "/") != 0)
        put_way(p);
    page_raw(p, "<h1>");
    page_text(p, title);
    page_raw(p, "</h1>\n");
}

static void put_formats(struct web_page *p)
{
    const struct route *r = p->x->route;
    if (r == NULL || p->x->answer->status >= 400)
        return;
    const char *query = query_without(p->x, (const char *const[]){ "f", "lang", NULL });
    page_raw(p, "<p>");
    page_say(p, "This page in other formats");
    for (int bit = 0; bit < FORMATS; bit++) {
        enum format f = (enum format)(1u << bit);
        if (!(r->formats & f) || f == FORMAT_HTML)
            continue;
        page_raw(p, " · <a rel=\"alternate\" type=\"");
        page_text(p, format_type(f));
        page_raw(p, "\" href=\"");
        page_text(p, base_url(p->x));
        page_text(p, p->x->request->path);
        page_raw(p, "?f=");
        page_text(p, format_word(f));
        page_text(p, query);
        page_raw(p, "\">");
        page_text(p, format_word(f));
        page_raw(p, "</a>");
    }
    page_raw(p, "</p>");
}

static void page_end(struct web_page *p)
{
    page_raw(p, "</main>\n<footer>");
    put_formats(p);
    buf_printf(p->out, "<p>gridpatrol %s</p></footer></body></html>\n", command_version());
}

// --- The document -------------------------------------------------------------------------------------------------------------

const char *page_word(struct json v)
{
    struct err aside = { .lang = LANG_EN };
    const char *text = "";
    if (json_kind(v) == JSON_KIND_TEXT)
        (void)json_read_text(v, &text, &aside);
    return text;
}

double page_number(struct json v)
{
    struct err aside = { .lang = LANG_EN };
    double number = NAN;
    if (json_kind(v) == JSON_KIND_INTEGER || json_kind(v) == JSON_KIND_REAL)
        (void)json_read_number(v, &number, &aside);
    return number;
}

static bool is_address(const char *text) { return strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0; }

static void put_word(struct web_page *p, const char *text)
{
    if (!is_address(text)) {
        page_text(p, text);
        return;
    }
    page_raw(p, "<a rel=\"noreferrer\" href=\"");
    page_text(p, text);
    page_raw(p, "\">");
    page_text(p, text);
    page_raw(p, "</a>");
}

// A link by its title; templates are for programs.
static void put_links(struct web_page *p, struct json list)
{
    page_raw(p, "<ul>");
    for (size_t i = 0; i < json_count(list); i++) {
        struct json link = json_at(list, i);
        const char *href = page_word(json_get(link, "href")), *title = page_word(json_get(link, "title"));
        if (!is_address(href) || strchr(href, '{') != NULL)
            continue;
        page_raw(p, "<li><a href=\"");
        page_text(p, href);
        page_raw(p, "\">");
        page_text(p, title[0] != '\0' ? title : href);
        page_raw(p, "</a> <span class=\"soft\">");
        page_text(p, page_word(json_get(link, "rel")));
        page_raw(p, "</span></li>");
    }
    page_raw(p, "</ul>");
}

static void put_object(struct web_page *p, struct json v)
{
    page_raw(p, "<table class=\"record\">");
    for (struct json_each m = { 0 }; json_next(v, &m);) {
        page_row(p, m.key);
        if (strcmp(m.key, "links") == 0)
            put_links(p, m.value);
        else
            page_value(p, m.value);
        page_row_end(p);
    }
    page_raw(p, "</table>");
}

static void put_list(struct web_page *p, struct json v)
{
    page_raw(p, "<ul>");
    for (size_t i = 0; i < json_count(v); i++) {
        page_raw(p, "<li>");
        page_value(p, json_at(v, i));
        page_raw(p, "</li>");
    }
    page_raw(p, "</ul>");
}

void page_value(struct web_page *p, struct json v)
{
    struct err aside = { .lang = LANG_EN };
    bool yes = false;
    switch (json_kind(v)) {
    case JSON_KIND_TEXT: put_word(p, page_word(v)); break;
    case JSON_KIND_INTEGER: case JSON_KIND_REAL: buf_json_number(p->out, page_number(v), 9); break;
    case JSON_KIND_BOOL: page_say(p, json_read_bool(v, &yes, &aside) == OK && yes ? "yes" : "no"); break;
    case JSON_KIND_LIST: put_list(p, v); break;
    case JSON_KIND_OBJECT: put_object(p, v); break;
    default: break;
    }
}

static void page_plain(struct web_page *p)
{
    const char *title = page_word(json_get(p->doc, "title"));
    page_begin(p, title[0] != '\0' || p->x->route == NULL ? title : text_in(p->x->lang, p->x->route->about));
    page_value(p, p->doc);
}

void page_problem(struct web_page *p)
{
    page_begin(p, page_word(json_get(p->doc, "title")));
    page_raw(p, "<p class=\"problem\">");
    page_text(p, page_word(json_get(p->doc, "detail")));
    buf_printf(p->out, "</p><p class=\"soft\">HTTP %d</p>", (int)page_number(json_get(p->doc, "status")));
}

enum status page_make(struct exchange *x, page_writer *fn, const struct buf *json, struct buf *html)
{
    struct json_doc *doc = NULL;
    enum status s = json_parse(json->data, json->len, x->request->path, NULL, &doc, &x->err);
    if (s != OK)
        return s;
    struct web_page p = { x, html, json_root(doc) };
    (fn != NULL ? fn : page_plain)(&p);
    page_end(&p);
    json_close(doc);
    return html->full ? err_set(&x->err, TOO_BIG, "this page would be larger than %d MB; ask for less, or for JSON", PAGE_HTML_MOST >> 20) : OK;
}
