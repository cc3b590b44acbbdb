// The service without a connection: the API document and the table of routes are one list, and whoever asks over HTTP gets what the
// plain reference of tests/core/visible_world.h lets them see: in pages, in counts and one by one; the rest is not there.
#include "tests/api/served_world.h"

#include "api/params.h"
#include "api/routes.h"
#include "core/base/json.h"
#include "core/base/mem.h"

enum { LIMIT = 1000 };

// --- Asking ------------------------------------------------------------------------------------------------------------------------

static struct told ask(enum http_method method, const char *path, const char *query, const char *token)
{
    return asked(server, &(struct asking){ .method = method, .path = path, .query = query, .bearer = token });
}

static struct json_doc *ask_json(const char *path, const char *query, const char *token)
{
    struct err e = { .lang = LANG_EN };
    struct told t = ask(HTTP_GET, path, query, token);
    struct json_doc *doc = NULL;
    if (t.status != 200)
        fail_msg("%s?%s: %d %s", path, query, t.status, t.text);
    assert_int_equal(json_parse(t.text, t.len, path, NULL, &doc, &e), OK);
    told_clear(&t);
    return doc;
}

static const char *text_at(struct json object, const char *key)
{
    struct err e = { .lang = LANG_EN };
    const char *text = NULL;
    assert_int_equal(json_read_text(json_get(object, key), &text, &e), OK);
    return text;
}

static size_t list_at(struct json object, const char *key, struct json *list)
{
    struct err e = { .lang = LANG_EN };
    size_t n = 0;
    *list = json_get(object, key);
    assert_int_equal(json_read_list(*list, &n, &e), OK);
    return n;
}

// --- Routes and the document ---------------------------------------------------------------------------------------------------------

struct counting { struct json paths; int routes, missing; };

// {collectionId} stands in the document once for each collection.
static bool is_in_document(void *ctx, const struct route *r)
{
    static const char PART[] = "{collectionId}";
    struct counting *c = ctx;
    char path[200];
    const char *part = strstr(r->path, PART);
    if (r->flags & ROUTE_HIDDEN)
        return true;
    if (part != NULL)
        snprintf(path, sizeof path, "%.*sbuilding%s", (int)(part - r->path), r->path, part + sizeof PART - 1);
    else
        snprintf(path, sizeof path, "%s", r->path);
    static const char *const words[HTTP_METHODS] = { "get", "head", "post", "put", "patch", "delete", "options" };
    c->routes++;
    if (!json_is_there(json_get(json_get(c->paths, path), words[r->method]))) {
        print_error("not in the document: %s %s\n", words[r->method], path);
        c->missing++;
    }
    return true;
}

// Whoever may edit everything is told of every route.
static const char *token_of_editor(const struct world *w)
{
    for (int i = 0; i < w->people; i++)
        if (strcmp(w->person[i].role, "analyst") == 0 && w->person[i].areas == 0)
            return token_of[i];
    fail_msg("nobody edits");
    return NULL;
}

static void every_route_is_in_the_document(void **state)
{
    struct json_doc *doc = ask_json("/api", "", token_of_editor(*state));
    struct counting c = { .paths = json_get(json_root(doc), "paths") };
    route_each(is_in_document, &c);
    assert_int_equal(c.missing, 0);
    assert_true(c.routes > 5);
    json_close(doc);
}

struct naming { const char *id[500]; int count; };

static bool has_id_of_its_own(void *ctx, const struct route *r)
{
    struct naming *n = ctx;
    assert_non_null(r->id);
    assert_non_null(r->about);
    for (int i = 0; i < n->count; i++)
        assert_string_not_equal(n->id[i], r->id);
    n->id[n->count++] = r->id;
    return true;
}

static int without_chinese(const struct param *p)
{
    int missing = 0;
    for (; p != NULL && p->kind != PARAM_END; p++)
        if (strcmp(text_in(LANG_ZH, p->about), p->about) == 0) {
            print_error("no Chinese for %s: %s\n", p->name, p->about);
            missing++;
        }
    return missing;
}

static bool is_told_in_chinese(void *ctx, const struct route *r)
{
    int *missing = ctx;
    *missing += strcmp(text_in(LANG_ZH, r->about), r->about) == 0;
    *missing += without_chinese(r->param);
    return true;
}

static void the_document_has_its_chinese(void **state)
{
    (void)state;
    int missing = without_chinese(params_common());
    route_each(is_told_in_chinese, &missing);
    assert_int_equal(missing, 0);
}

static void every_route_has_a_name_of_its_own(void **state)
{
    (void)state;
    struct naming n = { .count = 0 };
    route_each(has_id_of_its_own, &n);
    assert_true(n.count > 5);
}

static void what_is_nowhere_is_404_and_knows_its_methods(void **state)
{
    (void)state;
    static const struct { enum http_method method; const char *path, *query; int status; } cases[] = {
        { HTTP_GET, "/nothing", "", 404 }, { HTTP_GET, "/collections/nothing", "", 404 }, { HTTP_GET, "/collections/building/nothing", "", 404 },
        { HTTP_POST, "/collections", "", 405 }, { HTTP_DELETE, "/", "", 405 }, { HTTP_OPTIONS, "/collections", "", 204 }, { HTTP_OPTIONS, "/nothing", "", 404 },
        { HTTP_HEAD, "/collections", "", 200 }, { HTTP_GET, "/collections/", "", 200 }, { HTTP_GET, "//collections", "", 404 },
        { HTTP_GET, "/collections/..%2f..%2fetc%2fpasswd", "", 404 }, { HTTP_GET, "/collections/building%00", "", 400 },
        { HTTP_GET, "/collections/building/items", "limit=1&limit=1", 200 }, { HTTP_GET, "/collections/building/items", "limit=1&limit=2", 400 },
        { HTTP_GET, "/collections/building/items", "limit=999999", 200 }, { HTTP_GET, "/collections/building/items", "LIMIT=1", 400 },
        { HTTP_GET, "/collections/building/items", "token=x", 400 }, { HTTP_GET, "/collections/building/items", "filter=1%3D1", 200 },
        { HTTP_GET, "/collections/building/items", "filter=name%3D%27x%27%3B%20DROP%20TABLE%20building", 400 },
        { HTTP_GET, "/collections/building/items", "name=x%27%20OR%20%271%27%3D%271", 200 },
        { HTTP_GET, "/collections/building/items", "sortby=name%3BDROP", 400 }, { HTTP_GET, "/collections/building/items", "bbox=0,0,0,nan", 400 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct told t = ask(cases[i].method, cases[i].path, cases[i].query, NULL);
        if (t.status != cases[i].status)
            fail_msg("%s %s?%s: %d, expected %d: %s", http_method_word(cases[i].method), cases[i].path, cases[i].query, t.status, cases[i].status, t.text);
        told_clear(&t);
    }
}

// --- Who sees what -------------------------------------------------------------------------------------------------------------------

// "2026-11-22", "2026-11-22T09:00:00Z": digits where the form has 0.
static bool has_form(const char *text, const char *form)
{
    for (; *form != '\0' && *text != '\0'; form++, text++)
        if (*form == '0' ? *text < '0' || *text > '9' : *text != *form)
            return false;
    return *form == *text;
}

static int count_times(const struct layer *l, struct json properties)
{
    int times = 0;
    for (int i = 0; i < l->properties; i++) {
        const struct property *p = &l->property[i];
        struct json v = json_get(properties, p->name);
        if ((p->type != PROPERTY_DATE && p->type != PROPERTY_INSTANT) || !json_is_there(v) || json_kind(v) == JSON_KIND_NULL)
            continue;
        const char *text = text_at(properties, p->name);
        if (!has_form(text, p->type == PROPERTY_DATE ? "0000-00-00" : "0000-00-00T00:00:00Z"))
            fail_msg("%s.%s is \"%s\"", l->key, p->name, text);
        times += p->type == PROPERTY_DATE && !l->is_register;
    }
    return times;
}

static void pages_hold_what_may_be_seen(void **state)
{
    int days = 0;
    struct world *w = *state;
    for (int i = -1; i < w->people; i++)
        for (int k = 0; k < w->layers.count; k++) {
            const struct person *p = i < 0 ? &PUBLIC : &w->person[i];
            const struct layer *l = &w->layers.layer[k];
            struct allowed allowed = allowed_of(w, p, l->key);
            char path[100];
            snprintf(path, sizeof path, "/collections/%s/items", l->key);
            struct told t = ask(HTTP_GET, path, "limit=1000", token_at(i));
            if (t.status == 404 && allowed.count == 0) {
                told_clear(&t);
                continue;
            }
            struct err e = { .lang = LANG_EN };
            struct json_doc *doc = NULL;
            if (t.status != 200)
                fail_msg("%s (%s): %s is %d", p->role, p->name, path, t.status);
            assert_int_equal(json_parse(t.text, t.len, path, NULL, &doc, &e), OK);
            struct json features;
            size_t n = list_at(json_root(doc), "features", &features);
            for (size_t f = 0; f < n; f++) {
                int row = row_of(w, l->key, text_at(json_at(features, f), "id"));
                if (row >= 0 && !allowed.seen[row])
                    fail_msg("%s (%s) is given %s %s", p->role, p->name, l->key, w->row[row].number);
                days += count_times(l, json_get(json_at(features, f), "properties"));
            }
            if (n < LIMIT && (int)n < allowed.count)
                fail_msg("%s (%s) is given %zu of %s, not %d", p->role, p->name, n, l->key, allowed.count);
            json_close(doc);
            told_clear(&t);
        }
    assert_true(days > 0);                 // that are kept as seconds
}

// What may not be seen is answered as what never was, but for its own name.
static void one_by_one_the_rest_is_not_there(void **state)
{
    enum { EVERY = 13 };
    struct world *w = *state;
    int seen = 0, hidden = 0;
    for (int i = -1; i < w->people; i += 2)
        for (int row = (i + 1) % EVERY; row < w->rows; row += EVERY) {
            const struct person *p = i < 0 ? &PUBLIC : &w->person[i];
            const struct planted *r = &w->row[row];
            char path[200], never[200];
            snprintf(path, sizeof path, "/collections/%s/items/%s", r->layer, r->id);
            memcpy(never, path, sizeof never);
            never[strlen(never) - 1] = 'Z';                    // an id nobody has
            bool sees = allowed_of(w, p, r->layer).seen[row];
            struct told t = ask(HTTP_GET, path, "", token_at(i)), n = ask(HTTP_GET, never, "", token_at(i));
            if ((t.status == 200) != sees)
                fail_msg("%s (%s): %s is %d", p->role, p->name, path, t.status);
            if (!sees) {
                assert_int_equal(t.status, n.status);
                assert_int_equal(t.len, n.len);
            }
            seen += sees, hidden += !sees;
            told_clear(&t), told_clear(&n);
        }
    assert_true(seen > 100 && hidden > 100);
}

static void nobody_is_told_of_layers_they_never_see(void **state)
{
    struct world *w = *state;
    for (int i = -1; i < w->people; i++) {
        struct json_doc *doc = ask_json("/collections", "", token_at(i)), *api = ask_json("/api", "", token_at(i));
        struct json list, paths = json_get(json_root(api), "paths");
        size_t n = list_at(json_root(doc), "collections", &list);
        for (int k = 0; k < w->layers.count; k++) {
            char path[100];
            bool named = false;
            snprintf(path, sizeof path, "/collections/%s", w->layers.layer[k].key);
            for (size_t c = 0; c < n; c++)
                named |= strcmp(text_at(json_at(list, c), "id"), w->layers.layer[k].key) == 0;
            struct told t = ask(HTTP_GET, path, "", token_at(i));
            assert_int_equal(t.status, named ? 200 : 404);
            assert_int_equal(json_is_there(json_get(paths, path)), named);
            told_clear(&t);
        }
        json_close(doc), json_close(api);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_is_in_the_document),
        cmocka_unit_test(every_route_has_a_name_of_its_own),
        cmocka_unit_test(the_document_has_its_chinese),
        cmocka_unit_test(what_is_nowhere_is_404_and_knows_its_methods),
        cmocka_unit_test(pages_hold_what_may_be_seen),
        cmocka_unit_test(one_by_one_the_rest_is_not_there),
        cmocka_unit_test(nobody_is_told_of_layers_they_never_see),
    };
    return cmocka_run_group_tests(tests, served_world_open, served_world_close);
}
