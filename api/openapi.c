#include "api/openapi.h"

#include "api/answer.h"
#include "api/collection.h"
#include "api/command.h"
#include "api/openapi_body.h"
#include "api/params.h"
#include "api/routes.h"
#include "api/server.h"
#include <stdio.h>
#include <string.h>

// Parameters of queries that several routes take are told once, under components, and referred to: QGIS and GDAL look there for
// "limit". The paths of every collection are written out, since clients read which properties they may ask for from them.

enum { KNOWN_MOST = 64 };
struct known_params { const struct param *param[KNOWN_MOST]; int count; };      // told once, under components
struct writing { struct exchange *x; struct json_writer j; const struct layer *layer; struct known_params known; };

// --- Parameters -------------------------------------------------------------------------------------------------------------------

static void put_words(struct json_writer *j, const struct param *p)
{
    json_put_list(j, "enum");
    for (int i = 0; p->word[i] != NULL; i++)
        json_put_text(j, NULL, p->word[i]);
    json_put_end(j);
    if (p->fallback > 0)
        json_put_text(j, "default", p->word[(int)p->fallback - 1]);
}

static void put_list_schema(struct json_writer *j, const char *type, int least, int most)
{
    json_put_text(j, "type", "array");
    if (most > 0)
        json_put_integer(j, "minItems", least), json_put_integer(j, "maxItems", most);
    json_put_object(j, "items");
    json_put_text(j, "type", type);
    json_put_end(j);
}

static void put_number_schema(struct json_writer *j, const struct param *p)
{
    json_put_text(j, "type", p->kind == PARAM_INTEGER ? "integer" : "number");
    json_put_number(j, "minimum", p->least, 6);
    json_put_number(j, "maximum", p->most, 6);
    json_put_number(j, "default", p->fallback, 6);
}

static void put_param_schema(struct json_writer *j, const struct param *p)
{
    json_put_object(j, "schema");
    switch (p->kind) {
    case PARAM_INTEGER: case PARAM_NUMBER: put_number_schema(j, p); break;
    case PARAM_FLAG: json_put_text(j, "type", "boolean"); break;
    case PARAM_LIST: put_list_schema(j, "string", 0, 0); break;
    case PARAM_BBOX: put_list_schema(j, "number", 4, 6); break;
    default: json_put_text(j, "type", "string"); break;
    }
    if (p->kind == PARAM_WORD)
        put_words(j, p);
    json_put_end(j);
}

static void put_param(struct writing *w, const char *key, const struct param *p)
{
    struct json_writer *j = &w->j;
    json_put_object(j, key);
    json_put_text(j, "name", p->name);
    json_put_text(j, "in", "query");
    json_put_text(j, "description", text_in(w->x->lang, p->about));
    json_put_bool(j, "required", false);
    json_put_text(j, "style", "form");
    json_put_bool(j, "explode", false);
    put_param_schema(j, p);
    json_put_end(j);
}

static void put_ref(struct json_writer *j, const char *place, const char *name)
{
    char ref[160];
    snprintf(ref, sizeof ref, "#/components/%s/%s", place, name);
    json_put_object(j, NULL);
    json_put_text(j, "$ref", ref);
    json_put_end(j);
}

static const struct param *known_as(const struct known_params *k, const char *name)
{
    for (int i = 0; i < k->count; i++)
        if (strcmp(k->param[i]->name, name) == 0)
            return k->param[i];
    return NULL;
}

static void collect(struct known_params *k, const struct param *p)
{
    for (; p != NULL && p->kind != PARAM_END && k->count < KNOWN_MOST; p++)
        if (known_as(k, p->name) == NULL)
            k->param[k->count++] = p;
}

static bool collect_features(void *ctx, const struct route *r)
{
    if (r->flags & ROUTE_PROPERTIES)
        collect(ctx, r->param);
    return true;
}

static bool collect_others(void *ctx, const struct route *r)
{
    collect(ctx, r->param);
    return true;
}

// The parameters of features come first: map programs look for the bounds of their limit under this name.
static void know_params(struct known_params *k)
{
    collect(k, params_common());
    route_each(collect_features, k);
    route_each(collect_others, k);
}

static void put_component_params(struct writing *w)
{
    json_put_object(&w->j, "parameters");
    for (int i = 0; i < w->known.count; i++)
        put_param(w, w->known.param[i]->name, w->known.param[i]);
    json_put_end(&w->j);
}

static bool is_alike(const struct param *a, const struct param *b)
{
    return a->kind == b->kind && a->least == b->least && a->most == b->most && a->fallback == b->fallback && a->word == b->word && strcmp(a->about, b->about) == 0;
}

// One of the same name that means something else is told where it stands.
static void put_param_or_ref(struct writing *w, const struct param *p)
{
    const struct param *known = known_as(&w->known, p->name);
    if (known != NULL && is_alike(known, p))
        put_ref(&w->j, "parameters", p->name);
    else
        put_param(w, NULL, p);
}

// --- Operations -------------------------------------------------------------------------------------------------------------------

static void put_path_param(struct json_writer *j, const char *name, size_t len)
{
    char text[60];
    snprintf(text, sizeof text, "%.*s", (int)len, name);
    json_put_object(j, NULL);
    json_put_text(j, "name", text);
    json_put_text(j, "in", "path");
    json_put_bool(j, "required", true);
    json_put_object(j, "schema");
    json_put_text(j, "type", "string");
    json_put_end(j);
    json_put_end(j);
}

static void put_path_params(struct json_writer *j, const char *path)
{
    for (const char *c = strchr(path, '{'); c != NULL; c = strchr(c + 1, '{'))
        put_path_param(j, c + 1, strcspn(c + 1, "}"));
}

static bool is_named(const struct param *p, const char *name)
{
    for (; p != NULL && p->kind != PARAM_END; p++)
        if (strcmp(p->name, name) == 0)
            return true;
    return false;
}

// A property that is called as a parameter is asked for by a filter.
static void put_property_params(struct writing *w, const struct route *r)
{
    static const char *const types[PROPERTY_TYPES] = {
        [PROPERTY_TEXT] = "string", [PROPERTY_NUMBER] = "number", [PROPERTY_INTEGER] = "integer", [PROPERTY_DATE] = "string",
        [PROPERTY_INSTANT] = "string", [PROPERTY_BOOLEAN] = "boolean",
    };
    const struct layer *l = w->layer;
    struct json_writer *j = &w->j;
    for (int i = 0; i < l->properties; i++) {
        const struct property *p = &l->property[i];
        if (!visible_property(&w->x->viewer, l, p) || is_named(r->param, p->name) || is_named(params_common(), p->name))
            continue;
        json_put_object(j, NULL);
        json_put_text(j, "name", p->name);
        json_put_text(j, "in", "query");
        json_put_text(j, "description", property_title(w->x, p));
        json_put_bool(j, "required", false);
        json_put_text(j, "style", "form");
        json_put_bool(j, "explode", false);
        json_put_object(j, "schema");
        json_put_text(j, "type", types[p->type]);
        json_put_end(j);
        json_put_end(j);
    }
}

static void put_params(struct writing *w, const struct route *r, const char *path)
{
    json_put_list(&w->j, "parameters");
    put_path_params(&w->j, path);
    for (const struct param *p = r->param; p != NULL && p->kind != PARAM_END; p++)
        put_param_or_ref(w, p);
    if ((r->flags & ROUTE_PROPERTIES) && w->layer != NULL)
        put_property_params(w, r);
    for (const struct param *p = params_common(); p->kind != PARAM_END; p++)
        put_ref(&w->j, "parameters", p->name);
    json_put_end(&w->j);
}

static void put_content(struct json_writer *j, const char *type)
{
    json_put_object(j, type);
    json_put_object(j, "schema");
    if (strcmp(type, "text/html") == 0 || strcmp(type, "text/csv") == 0 || strcmp(type, format_type(FORMAT_MVT)) == 0)
        json_put_text(j, "type", "string");
    else
        json_put_text(j, "type", "object");
    json_put_end(j);
    json_put_end(j);
}

// What a route may answer besides its own 200: written once, referred to.
static const struct { int code; const char *name, *about; bool of_writing; } problems[] = {
    { 400, "Invalid", "A parameter is unknown or not understood", false },
    { 401, "SignIn", "A token is missing or not valid", false },
    { 403, "Denied", "This is not for you to do", true },
    { 404, "NotFound", "There is no such thing, or none for you", false },
    { 409, "Conflict", "It stands otherwise", true },
    { 412, "Changed", "It has changed meanwhile", true },
    { 413, "TooLarge", "Too large", true },
    { 415, "NotTaken", "Not in this form", true },
    { 422, "Lacking", "Something is missing or cannot be: the detail names the rule", true },
    { 429, "TooMany", "Too many requests; Retry-After tells when", false },
    { 500, "Failed", "Something went wrong here", false },
    { 503, "Busy", "Busy; Retry-After tells when", false },
};
enum { PROBLEMS = sizeof problems / sizeof *problems };

static void put_success(struct writing *w, const struct route *r)
{
    struct json_writer *j = &w->j;
    char code[16];
    snprintf(code, sizeof code, "%d", r->done != 0 ? r->done : 200);
    json_put_object(j, code);
    json_put_text(j, "description", text_in(w->x->lang, r->about));
    if (r->formats != 0)
        json_put_object(j, "content");
    for (int bit = 0; bit < FORMATS; bit++)
        if (r->formats & 1u << bit)
            put_content(j, format_type((enum format)(1u << bit)));
    if (r->formats != 0)
        json_put_end(j);
    json_put_end(j);
}

static void put_body(struct writing *w, const struct route *r)
{
    struct json_writer *j = &w->j;
    if (r->takes == NULL)
        return;
    json_put_object(j, "requestBody");
    json_put_bool(j, "required", true);
    json_put_object(j, "content");
    for (const char *const *t = r->takes; *t != NULL; t++)
        if (r->field != NULL)
            put_fields(j, *t, r->field, w->x->lang);
        else
            put_content(j, *t);
    json_put_end(j);
    json_put_end(j);
}

static void put_responses(struct writing *w, const struct route *r)
{
    struct json_writer *j = &w->j;
    json_put_object(j, "responses");
    put_success(w, r);
    for (int i = 0; i < PROBLEMS; i++) {
        if (problems[i].of_writing && r->method == HTTP_GET)
            continue;
        char code[8], ref[80];
        snprintf(code, sizeof code, "%d", problems[i].code);
        snprintf(ref, sizeof ref, "#/components/responses/%s", problems[i].name);
        json_put_object(j, code);
        json_put_text(j, "$ref", ref);
        json_put_end(j);
    }
    json_put_end(j);
}

static void put_one_way(struct json_writer *j, const char *scheme)
{
    json_put_object(j, NULL);
    if (scheme != NULL) {
        json_put_list(j, scheme);
        json_put_end(j);
    }
    json_put_end(j);
}

// What is public is read by everybody; who writes says who they are.
static void put_ways_in(struct json_writer *j, bool is_anybody)
{
    json_put_list(j, "security");
    if (is_anybody)
        put_one_way(j, NULL);
    put_one_way(j, "bearer");
    put_one_way(j, "basic");
    json_put_end(j);
}

static void put_operation(struct writing *w, const struct route *r, const char *path)
{
    static const char *const words[HTTP_METHODS] = { "get", "head", "post", "put", "patch", "delete", "options" };
    char id[120];
    snprintf(id, sizeof id, "%s%s%s", w->layer != NULL ? w->layer->key : "", w->layer != NULL ? "." : "", r->id);   // OGC API Tiles looks at how it ends
    json_put_object(&w->j, words[r->method]);
    json_put_text(&w->j, "operationId", id);
    json_put_text(&w->j, "summary", text_in(w->x->lang, r->about));
    json_put_list(&w->j, "tags");
    json_put_text(&w->j, NULL, r->tag);
    json_put_end(&w->j);
    if (r->method != HTTP_GET && !(r->flags & ROUTE_ANYBODY))
        put_ways_in(&w->j, false);
    put_params(w, r, path);
    put_body(w, r);
    put_responses(w, r);
    json_put_end(&w->j);
}

// --- Paths --------------------------------------------------------------------------------------------------------------------------

struct path_of { struct writing *w; const char *pattern, *written; };

static bool put_method(void *ctx, const struct route *r)
{
    struct path_of *p = ctx;
    bool is_meant = strcmp(r->path, p->pattern) == 0;
    if (is_meant && (r->is_open == NULL || r->is_open(&p->w->x->viewer, p->w->layer)))
        put_operation(p->w, r, p->written);
    return true;
}

static void put_path(struct writing *w, const char *pattern, const char *written)
{
    json_put_object(&w->j, written);
    route_each(put_method, &(struct path_of){ w, pattern, written });
    json_put_end(&w->j);
}

struct first_of { const char *path; const struct route *first; };

static bool is_first(void *ctx, const struct route *r)
{
    struct first_of *f = ctx;
    if (strcmp(r->path, f->path) != 0)
        return true;
    f->first = r;
    return false;
}

static bool put_once(void *ctx, const struct route *r)
{
    static const char part[] = "/collections/{collectionId}";
    struct writing *w = ctx;
    struct first_of f = { .path = r->path };
    route_each(is_first, &f);
    if (f.first != r || (r->flags & ROUTE_HIDDEN))
        return true;
    if (strncmp(r->path, part, sizeof part - 1) != 0) {
        put_path(w, r->path, r->path);
        return true;
    }
    for (int i = 0; i < w->x->server->layers.count; i++) {
        char written[200];
        w->layer = &w->x->server->layers.layer[i];
        if (!visible_layer(&w->x->viewer, w->layer))
            continue;
        snprintf(written, sizeof written, "/collections/%s%s", w->layer->key, r->path + sizeof part - 1);
        put_path(w, r->path, written);
    }
    w->layer = NULL;
    return true;
}

// --- The document --------------------------------------------------------------------------------------------------------------------

static void put_problem_responses(struct writing *w)
{
    json_put_object(&w->j, "responses");
    for (int i = 0; i < PROBLEMS; i++) {
        json_put_object(&w->j, problems[i].name);
        json_put_text(&w->j, "description", text_in(w->x->lang, problems[i].about));
        json_put_object(&w->j, "content");
        put_content(&w->j, "application/problem+json");
        json_put_end(&w->j);
        json_put_end(&w->j);
    }
    json_put_end(&w->j);
}

static void put_security(struct json_writer *j)
{
    static const char *const schemes[] = { "bearer", "basic" };
    json_put_object(j, "securitySchemes");
    for (int i = 0; i < 2; i++) {
        json_put_object(j, schemes[i]);
        json_put_text(j, "type", "http");
        json_put_text(j, "scheme", schemes[i]);
        json_put_end(j);
    }
    json_put_end(j);
}

static void put_info(struct writing *w)
{
    const struct district *d = station_district(w->x->server->station);
    json_put_object(&w->j, "info");
    json_put_text(&w->j, "title", w->x->lang == LANG_ZH || d->name_en[0] == '\0' ? d->name_zh : d->name_en);
    json_put_text(&w->j, "version", command_version());
    json_put_object(&w->j, "license");
    json_put_text(&w->j, "name", "Apache-2.0");
    json_put_text(&w->j, "url", "https://www.apache.org/licenses/LICENSE-2.0");
    json_put_end(&w->j);
    json_put_end(&w->j);
}

void openapi_write(struct exchange *x, struct buf *out)
{
    struct writing w = { .x = x, .j = { .to = out } };
    know_params(&w.known);
    json_put_object(&w.j, NULL);
    json_put_text(&w.j, "openapi", "3.0.3");
    put_info(&w);
    json_put_list(&w.j, "servers");
    json_put_object(&w.j, NULL);
    json_put_text(&w.j, "url", base_url(x));
    json_put_end(&w.j);
    json_put_end(&w.j);
    put_ways_in(&w.j, true);
    json_put_object(&w.j, "paths");
    route_each(put_once, &w);
    json_put_end(&w.j);
    json_put_object(&w.j, "components");
    put_component_params(&w);
    put_problem_responses(&w);
    put_security(&w.j);
    json_put_end(&w.j);
    json_put_end(&w.j);
}
