// Pages for people: every route that offers one gives it to every role, in both languages, with the same facts as its JSON, and with
// nothing in it that a stranger wrote and a browser would run. All texts of tests/core/visible_world.h are hostile: "<case-12>".
#include "tests/api/served_world.h"

#include "api/routes.h"
#include "api/web.h"
#include "core/base/json.h"
#include "core/base/mem.h"

enum { PATHS_MOST = 400 };

// --- Asking ------------------------------------------------------------------------------------------------------------------------

struct page_asked { const char *path, *query, *accept, *language, *token; };

static struct told ask(const struct page_asked *q)
{
    return asked(server, &(struct asking){ .path = q->path, .query = q->query, .bearer = q->token,
                                           .header = { { "Accept", q->accept }, { "Accept-Language", q->language }, { "Accept-Encoding", "br" } } });
}

static const char *head(const struct told *t, const char *name) { return text_or_empty(told_header(t, name)); }

static const char BROWSER[] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

static struct told ask_page(const char *path, const char *query, const char *token)
{
    return ask(&(struct page_asked){ .path = path, .query = query, .accept = BROWSER, .language = "en", .token = token });
}

// --- A page is one page, and nothing in it runs -----------------------------------------------------------------------------------------

// Names of tags we write; a text of a stranger that was not escaped would bring along another, or an attribute that runs.
static bool is_our_tag(const char *tag, size_t len)
{
    static const char *const tags[] = { "!DOCTYPE", "html", "head", "meta", "title", "link", "body", "a", "header", "nav", "ol", "li", "ul", "main", "h1", "h2", "h3", "p",
        "span", "code", "table", "thead", "tbody", "tr", "th", "td", "div", "details", "summary", "form", "input", "label", "select", "option", "button",
        "time", "figure", "figcaption", "svg", "path", "text", "b", "br", "footer", "script", "section", "fieldset", "legend", "textarea", "img", "aside", "dl", "dt", "dd",
        "output", "dialog", "rect", "circle", "g", "h4" };
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (strlen(tags[i]) == len && strncmp(tags[i], tag, len) == 0)
            return true;
    return false;
}

static bool is_attribute_that_runs(const char *name, size_t len)
{
    return (len > 2 && strncasecmp(name, "on", 2) == 0) || (len == 5 && strncasecmp(name, "style", 5) == 0) || (len == 6 && strncasecmp(name, "srcdoc", 6) == 0);
}

static const char *walk_tag(const char *c, const char *path)
{
    bool is_end = *c == '/';
    c += is_end;
    size_t len = strcspn(c, " \n>/");
    if (!is_our_tag(c, len))
        fail_msg("%s: a tag that is not ours: <%.60s", path, c);
    bool is_script = !is_end && len == 6 && strncmp(c, "script", 6) == 0;
    for (c += len; *c != '>' && *c != '\0';) {
        c += strspn(c, " \n/");
        size_t name = strcspn(c, "= \n>/");
        if (name > 0 && is_attribute_that_runs(c, name))
            fail_msg("%s: an attribute that runs: %.60s", path, c);
        const char *value = c[name] == '=' ? c + name + 2 : NULL;
        if (value != NULL && (c[name + 1] != '"' || strncasecmp(value, "javascript:", 11) == 0 || strncasecmp(value, "data:", 5) == 0))
            fail_msg("%s: an attribute as we never write it: %.60s", path, c);
        c = value != NULL ? strchr(value, '"') + 1 : c + name;
    }
    if (is_script && strncmp(c, "></script>", 10) != 0)
        fail_msg("%s: a script inside the page: %.60s", path, c);
    return c;
}

static int count_of(const char *text, const char *word)
{
    int n = 0;
    for (const char *c = strstr(text, word); c != NULL; c = strstr(c + 1, word))
        n++;
    return n;
}

static void is_one_clean_page(const struct told *t, const char *path)
{
    if (strcmp(head(t, "Content-Type"), "text/html; charset=utf-8") != 0)
        fail_msg("%s: %d %s", path, t->status, head(t, "Content-Type"));
    assert_non_null(strstr(head(t, "Content-Security-Policy"), "default-src 'self'"));
    assert_non_null(strstr(head(t, "Content-Security-Policy"), "frame-ancestors 'none'"));
    assert_null(strstr(head(t, "Content-Security-Policy"), "unsafe"));
    for (const char *c = strchr(t->text, '<'); c != NULL; c = strchr(c + 1, '<'))
        c = walk_tag(c + 1, path);
    static const char *const once[] = { "<!DOCTYPE html>", "<title>", "<h1>", "<main", "</main>", "</html>" };
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        if (count_of(t->text, once[i]) != 1)
            fail_msg("%s: %d times %s", path, count_of(t->text, once[i]), once[i]);
}

// --- Every page -----------------------------------------------------------------------------------------------------------------------

struct visit { const struct world *world; const char *token; int pages, records; };

static void look_at(struct visit *v, const char *path, const char *query)
{
    struct told t = ask_page(path, query, v->token);
    if (t.status != 200 && t.status != 404)
        fail_msg("%s: %d %s", path, t.status, t.text);
    is_one_clean_page(&t, path);
    v->pages += t.status == 200;
    told_clear(&t);
}

static void look_at_records(struct visit *v, const char *pattern)
{
    char path[300];
    for (int i = 0; i < v->world->rows; i += 7) {
        const char *rest = strstr(pattern, "/{featureId}") + strlen("/{featureId}");
        if (strcmp(pattern, "/collections/{collectionId}/items/{featureId}") != 0)
            return;
        snprintf(path, sizeof path, "/collections/%s/items/%s%s", v->world->row[i].layer, v->world->row[i].id, rest);
        look_at(v, path, "");
        v->records++;
    }
}

// "/cases/{recordId}/moves": things end with an s.
static void look_at_work(struct visit *v, const char *pattern)
{
    char path[300];
    size_t thing = strcspn(pattern + 1, "/") - 1;
    const char *part = strchr(pattern, '{'), *rest = strchr(pattern, '}') + 1;
    if (strchr(rest, '{') != NULL)
        return;
    for (int i = 0; i < v->world->rows; i += 3) {
        const struct planted *r = &v->world->row[i];
        if (strlen(r->layer) != thing || strncmp(r->layer, pattern + 1, thing) != 0)
            continue;
        snprintf(path, sizeof path, "%.*s%s%s", (int)(part - pattern), pattern, r->id, rest);
        look_at(v, path, "");
        v->records++;
    }
}

static bool look_at_route(void *ctx, const struct route *r)
{
    static const char PART[] = "{collectionId}";
    struct visit *v = ctx;
    char path[300];
    const char *part = strstr(r->path, PART);
    if (r->method != HTTP_GET || !(r->formats & FORMAT_HTML))
        return true;
    if (strchr(r->path, '{') == NULL)
        look_at(v, r->path, "");
    else if (strstr(r->path, "/{featureId}") != NULL)
        look_at_records(v, r->path);
    else if (strstr(r->path, "/{recordId}") != NULL)
        look_at_work(v, r->path);
    else if (part != NULL && strchr(part + 1, '{') == NULL)
        for (int i = 0; i < v->world->layers.count; i++) {
            snprintf(path, sizeof path, "%.*s%s%s", (int)(part - r->path), r->path, v->world->layers.layer[i].key, part + sizeof PART - 1);
            look_at(v, path, "");
        }
    return true;
}

static void every_page_is_clean_for_every_role(void **state)
{
    struct world *w = *state;
    for (int i = -1; i < w->people; i += i < 0 ? 1 : 4) {
        struct visit v = { .world = w, .token = token_at(i) };
        route_each(look_at_route, &v);
        assert_true(v.pages > 40 && v.records > 50);
    }
}

// What nobody may see in the JSON stands on no page, and what they may see stands there, escaped.
static void pages_tell_what_the_json_tells(void **state)
{
    struct world *w = *state;
    int seen = 0, hidden = 0;
    for (int i = -1; i < w->people; i++)
        for (int k = 0; k < w->rows; k += 11) {
            const struct person *p = i < 0 ? &PUBLIC : &w->person[i];
            const struct planted *r = &w->row[k];
            char path[300], escaped[64];
            if (r->number[0] != '<' || strcmp(r->layer, "case") != 0)
                continue;
            bool sees = reference_sees(w, p, r);
            snprintf(path, sizeof path, "/collections/%s/items/%s", r->layer, r->id);
            snprintf(escaped, sizeof escaped, "&lt;%.*s&gt;", (int)strlen(r->number) - 2, r->number + 1);
            struct told t = ask_page(path, "", token_at(i));
            assert_int_equal(t.status, sees ? 200 : 404);
            assert_int_equal(strstr(t.text, escaped) != NULL, sees);
            bool knows = sees && reference_knows(p, r->layer, "party");
            snprintf(escaped, sizeof escaped, "&lt;party-%d&gt;", k);
            assert_int_equal(strstr(t.text, escaped) != NULL, knows);
            seen += sees, hidden += !sees;
            told_clear(&t);
        }
    assert_true(seen > 20 && hidden > 20);
}

// What a stranger writes into the address comes back escaped, in the sentence that refuses it and in the form that asked.
static void what_is_asked_comes_back_escaped(void **state)
{
    (void)state;
    static const struct { const char *path, *query; } cases[] = {
        { "/<script>alert(1)</script>", "" }, { "/collections/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "" },
        { "/collections/building/items", "name=%22%3E%3Cscript%3Ealert(1)%3C/script%3E" }, { "/collections/building/items", "%3Cimg%20src=x%20onerror=1%3E=1" },
        { "/collections/building/items", "filter=%3Cscript%3E" }, { "/collections/building/items", "bbox=%3Cscript%3E" },
        { "/collections/building/items", "lang=%22onload=1" }, { "/collections/building/items/%22%3E%3Cscript%3E", "" },
        { "/collections", "f=%3Cscript%3E" }, { "/collections/building/items", "sortby=%27%3E%3Cscript%3E" }, { "/web/%3Cscript%3E/x", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char query[300];
        snprintf(query, sizeof query, "%s%s", cases[i].query, strstr(cases[i].query, "f=%3C") != NULL ? "" : cases[i].query[0] != '\0' ? "&f=html" : "f=html");
        struct told t = ask_page(cases[i].path, query, NULL);
        if (strstr(head(&t, "Content-Type"), "json") != NULL) {                    // f names no format: programs read JSON
            assert_null(strstr(head(&t, "Content-Type"), "html"));
            told_clear(&t);
            continue;
        }
        is_one_clean_page(&t, cases[i].path);
        told_clear(&t);
    }
}

static void programs_get_what_they_are_used_to(void **state)
{
    (void)state;
    static const struct { const char *path, *query, *accept, *type; } cases[] = {
        { "/", "", "*/*", "application/json" }, { "/", "", "application/json", "application/json" }, { "/", "", BROWSER, "text/html; charset=utf-8" },
        { "/", "f=json", BROWSER, "application/json" }, { "/", "f=html", "*/*", "text/html; charset=utf-8" },
        { "/api", "", "*/*", "application/vnd.oai.openapi+json;version=3.0" }, { "/collections/building/schema", "", "*/*", "application/schema+json" },
        { "/collections/building/items", "", "*/*", "application/geo+json" }, { "/collections/building/items", "", BROWSER, "text/html; charset=utf-8" },
        { "/collections/nothing", "", "*/*", "application/problem+json" }, { "/collections/nothing", "", BROWSER, "text/html; charset=utf-8" },
        { "/collections/nothing", "f=json", BROWSER, "application/problem+json" }, { "/nothing", "", "application/geo+json", "application/problem+json" },
        { "/collections/building/items", "f=html&name=&bbox=&limit=", BROWSER, "text/html; charset=utf-8" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct told t = ask(&(struct page_asked){ .path = cases[i].path, .query = cases[i].query, .accept = cases[i].accept, .language = "en" });
        if (strcmp(head(&t, "Content-Type"), cases[i].type) != 0)
            fail_msg("%s?%s for %s: %s, expected %s", cases[i].path, cases[i].query, cases[i].accept, head(&t, "Content-Type"), cases[i].type);
        told_clear(&t);
    }
    struct told form = ask_page("/collections/building/items", "f=html&name=&bbox=&limit=", NULL), strict = ask_page("/collections/building/items", "bbox=", NULL);
    assert_int_equal(form.status, 200);
    assert_int_equal(strict.status, 400);
    told_clear(&form), told_clear(&strict);
}

static void both_languages(void **state)
{
    (void)state;
    struct told zh = ask(&(struct page_asked){ .path = "/collections", .accept = BROWSER, .language = "zh-CN,zh;q=0.9,en;q=0.8" });
    struct told en = ask_page("/collections", "lang=en", NULL);
    assert_non_null(strstr(zh.text, "<html lang=\"zh\">"));
    assert_non_null(strstr(zh.text, "数据集"));
    assert_non_null(strstr(zh.text, "lang=en"));
    assert_non_null(strstr(en.text, "<html lang=\"en\">"));
    assert_non_null(strstr(en.text, "/collections/building?lang=en\""));            // the language goes along
    told_clear(&zh), told_clear(&en);
}

// --- Files of pages -------------------------------------------------------------------------------------------------------------------

static void files_are_kept_for_ever(void **state)
{
    (void)state;
    char path[200];
    for (const struct web_file *f = web_files; f->name != NULL; f++) {
        snprintf(path, sizeof path, "/web/%s/%s", web_hash, f->name);
        struct told t = ask_page(path, "", NULL);
        assert_int_equal(t.status, 200);
        assert_int_equal(t.len, f->len);
        assert_memory_equal(t.text, f->body, f->len);
        assert_string_equal(head(&t, "Content-Type"), f->type);
        assert_string_equal(head(&t, "Content-Encoding"), "");
        assert_non_null(strstr(head(&t, "Cache-Control"), "immutable"));
        told_clear(&t);
    }
    static const char *const wrong[] = { "/web/0000000000000000/page.css", "/web/x/../page.css", "/web//page.css" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct told t = ask_page(wrong[i], "", NULL);
        assert_int_equal(t.status, 404);
        assert_null(strstr(head(&t, "Cache-Control"), "immutable"));
        told_clear(&t);
    }
}

// --- The map --------------------------------------------------------------------------------------------------------------------------

// Its words are there in both languages, and its layers are those of /collections.
static void the_map_knows_its_words_and_its_layers(void **state)
{
    struct world *w = *state;
    struct told zh = ask(&(struct page_asked){ .path = "/map", .query = "lang=zh", .accept = "*/*", .language = "en" }), en = ask(&(struct page_asked){ .path = "/map", .query = "lang=en", .accept = "*/*", .language = "en" });
    struct json_doc *a = NULL, *b = NULL;
    assert_int_equal(json_parse(zh.text, zh.len, "zh", NULL, &a, &w->e), OK);
    assert_int_equal(json_parse(en.text, en.len, "en", NULL, &b, &w->e), OK);
    int words = 0;
    for (struct json_each m = { 0 }; json_next(json_get(json_root(a), "texts"), &m); words++) {
        const char *chinese = NULL, *english = NULL;
        assert_int_equal(json_read_text(m.value, &chinese, &w->e), OK);
        assert_int_equal(json_read_text(json_get(json_get(json_root(b), "texts"), m.key), &english, &w->e), OK);
        assert_string_not_equal(chinese, english);
    }
    assert_true(words > 20);
    int seen = 0;
    for (int i = 0; i < w->layers.count; i++)
        seen += visible_layer(&VIEWER_PUBLIC, &w->layers.layer[i]);
    assert_int_equal(json_count(json_get(json_root(a), "layers")), seen);
    json_close(a), json_close(b);
    told_clear(&zh), told_clear(&en);
}

// A person who sees an area is shown where that lies, not where the district's secrets are.
static void the_map_begins_where_something_is_seen(void **state)
{
    struct world *w = *state;
    struct told t = ask(&(struct page_asked){ .path = "/map", .accept = "*/*", .language = "en" });
    struct json_doc *doc = NULL;
    struct allowed all = { .min_x = INFINITY, .max_x = -INFINITY };
    double west = 0, east = 0;
    for (int i = 0; i < w->layers.count; i++) {
        struct allowed one = allowed_of(w, &PUBLIC, w->layers.layer[i].key);
        all.min_x = fmin(all.min_x, one.min_x), all.max_x = fmax(all.max_x, one.max_x);
    }
    assert_int_equal(json_parse(t.text, t.len, "map", NULL, &doc, &w->e), OK);
    assert_int_equal(json_read_number(json_at(json_get(json_root(doc), "extent"), 0), &west, &w->e), OK);
    assert_int_equal(json_read_number(json_at(json_get(json_root(doc), "extent"), 2), &east, &w->e), OK);
    assert_true(fabs(west - all.min_x) < 1e-5 && fabs(east - all.max_x) < 1e-5);
    json_close(doc);
    told_clear(&t);
}

// A ground from elsewhere is asked for where the station was told of it, and of that host alone.
static void a_base_map_is_the_one_exception(void **state)
{
    struct world *w = *state;
    static const char *const wrong[] = { "tiles.example/{z}/{x}/{y}", "https://tiles.example/{z}/{x}", "https://tiles.example;script-src *;/{z}/{x}/{y}", "javascript:{z}{x}{y}" };
    struct server *own = server, *other = NULL;
    struct server_settings settings = { .station = station_folder(w->station), .now_s = clock_stands, .asks_per_s = 1e9, .base_map = "https://tiles.example:8443/a/{z}/{x}/{y}.png?k=1" };
    assert_int_equal(server_open(&settings, &other, &w->e), OK);
    server = other;
    struct told with = ask_page("/", "", NULL), facts = ask(&(struct page_asked){ .path = "/map", .accept = "*/*", .language = "en" });
    server = own;
    server_close(other);
    struct told without = ask_page("/", "", NULL);
    assert_non_null(strstr(head(&with, "Content-Security-Policy"), "img-src 'self' data: blob: https://tiles.example:8443;"));
    assert_non_null(strstr(head(&with, "Content-Security-Policy"), "connect-src 'self' https://tiles.example:8443"));
    assert_non_null(strstr(facts.text, settings.base_map));
    assert_null(strstr(head(&without, "Content-Security-Policy"), "http"));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        settings.base_map = wrong[i];
        assert_int_equal(server_open(&settings, &other, &w->e), INVALID);
    }
    told_clear(&with), told_clear(&facts), told_clear(&without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_page_is_clean_for_every_role),
        cmocka_unit_test(pages_tell_what_the_json_tells),
        cmocka_unit_test(what_is_asked_comes_back_escaped),
        cmocka_unit_test(programs_get_what_they_are_used_to),
        cmocka_unit_test(both_languages),
        cmocka_unit_test(files_are_kept_for_ever),
        cmocka_unit_test(the_map_knows_its_words_and_its_layers),
        cmocka_unit_test(the_map_begins_where_something_is_seen),
        cmocka_unit_test(a_base_map_is_the_one_exception),
    };
    return cmocka_run_group_tests(tests, served_world_open, served_world_close);
}
