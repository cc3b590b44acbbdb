#include "api/edit_body.h"

#include "api/answer_crs.h"
#include "api/places.h"
#include "api/server.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "gis/geojson.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { WKB_MOST = 16 << 20, NUMBER_ROOM = 40 };

struct reading { struct exchange *x; const struct layer *layer; struct edit_body *out; const char **text; bool *is_said; };

// --- Where ------------------------------------------------------------------------------------------------------------------

// "<http://...>" as our answers have it, or without the brackets, as QGIS sends it.
static enum status read_crs(struct exchange *x, struct crs_offer *out)
{
    const char *given = request_header(x->request, "Content-Crs");
    size_t len = given != NULL ? strlen(given) : 0;
    if (len < 2 || given[0] != '<' || given[len - 1] != '>')
        return crs_offered(x, "Content-Crs", given, out);
    char *bare = arena_text(x->request->arena, given + 1);
    bare[len - 2] = '\0';
    return crs_offered(x, "Content-Crs", bare, out);
}

static enum status read_shape(struct reading *r, struct json geometry)
{
    struct exchange *x = r->x;
    struct crs_offer crs;
    struct buf wkb;
    struct geojson_facts facts;
    enum status s = read_crs(x, &crs);
    if (s != OK)
        return s;
    buf_init(&wkb, WKB_MOST);
    s = geojson_read(geometry, &(struct geojson_rules){ .lonlat = crs.is_lonlat && !crs.is_swapped }, &wkb, &facts, &x->err);
    if (s == OK) {
        uint8_t *copy = memcpy(arena_get(x->request->arena, wkb.len), wkb.data, wkb.len);
        s = places_given(x->server->places, &crs, copy, wkb.len, &x->err);
        r->out->given.wkb = copy;
        r->out->given.wkb_len = wkb.len;
        r->out->given.crs = crs.code;
    }
    buf_clear(&wkb);
    return s;
}

// --- What -------------------------------------------------------------------------------------------------------------------

static const char *number_text(struct arena *a, struct json v)
{
    struct err aside = { .lang = LANG_EN };
    int64_t integer = 0;
    double real = 0;
    char *text = arena_get(a, NUMBER_ROOM);
    if (json_kind(v) == JSON_KIND_INTEGER && json_read_int(v, &integer, &aside) == OK)
        snprintf(text, NUMBER_ROOM, "%" PRId64, integer);
    else if (json_read_number(v, &real, &aside) == OK)
        snprintf(text, NUMBER_ROOM, "%.17g", real);
    return text;
}

// As a file would say it, but of the kind the schema tells.
static enum status read_value(struct reading *r, const struct property *p, struct json v, const char **out)
{
    struct err *e = &r->x->err;
    bool is_number = p->type == PROPERTY_NUMBER || p->type == PROPERTY_INTEGER;
    enum json_kind kind = json_kind(v);
    *out = NULL;
    if (kind == JSON_KIND_NULL)
        return OK;
    if (is_number && kind != JSON_KIND_INTEGER && kind != JSON_KIND_REAL)
        return json_wrong(v, "a number or null", e);
    if (is_number) {
        *out = number_text(r->x->request->arena, v);
        return OK;
    }
    const char *text = NULL;
    enum status s = kind == JSON_KIND_TEXT ? json_read_text(v, &text, e) : json_wrong(v, "a text or null", e);
    *out = arena_text(r->x->request->arena, text);
    return s;
}

static const struct property *property_called(const struct reading *r, const char *name)
{
    for (int i = 0; i < r->layer->properties; i++)
        if (strcmp(r->layer->property[i].name, name) == 0 && visible_property(&r->x->viewer, r->layer, &r->layer->property[i]))
            return &r->layer->property[i];
    return NULL;
}

// Map programs send the id along as the schema lists it; it is the path that names the thing.
static enum status read_member(struct reading *r, const char *name, struct json v)
{
    const struct property *p = property_called(r, name);
    if (p == NULL && strcmp(name, "id") == 0)
        return OK;
    if (p == NULL)
        return err_set(&r->x->err, INVALID, "there is no property \"%.60s\" here; /collections/%s/schema names them", name, r->layer->key);
    r->is_said[p - r->layer->property] = true;
    return read_value(r, p, v, &r->text[p - r->layer->property]);
}

static enum status read_properties(struct reading *r, struct json properties)
{
    struct json_each m = { 0 };
    enum status s = OK;
    if (!json_is_there(properties))
        return OK;
    if (json_kind(properties) != JSON_KIND_OBJECT)
        return json_wrong(properties, "an object or null", &r->x->err);
    while (s == OK && json_next(properties, &m))
        s = read_member(r, m.key, m.value);
    return s;
}

// --- All of it --------------------------------------------------------------------------------------------------------------

static const char *minted_id(struct exchange *x, struct json id)
{
    struct err aside = { .lang = LANG_EN };
    struct id parsed;
    const char *text = NULL;
    if (json_kind(id) != JSON_KIND_TEXT || json_read_text(id, &text, &aside) != OK || id_parse(text, &parsed, &aside) != OK)
        return NULL;
    return arena_text(x->request->arena, parsed.text);
}

static enum status check_type(struct reading *r, struct json type, bool is_patch)
{
    const char *word = "";
    if (is_patch && !json_is_there(type))
        return OK;
    enum status s = json_read_text(type, &word, &r->x->err);
    return s != OK || strcmp(word, "Feature") == 0 ? s : json_wrong(type, "the word Feature", &r->x->err);
}

static enum status read_feature(struct reading *r, struct json feature, bool is_patch)
{
    struct json geometry = json_get(feature, "geometry");
    enum status s = check_type(r, json_get(feature, "type"), is_patch);
    if (s == OK)
        s = read_properties(r, json_get(feature, "properties"));
    if (s == OK && (!is_patch || json_kind(geometry) != JSON_KIND_NONE))
        s = read_shape(r, geometry);
    r->out->id = minted_id(r->x, json_get(feature, "id"));
    return s;
}

enum status edit_body_read(struct exchange *x, const struct layer *l, bool is_patch, struct edit_body *out)
{
    const struct request *q = x->request;
    struct json_doc *doc = NULL;
    size_t n = (size_t)l->properties + 1;
    struct reading r = { .x = x, .layer = l, .out = out, .text = arena_get(q->arena, n * sizeof *r.text), .is_said = arena_get(q->arena, n * sizeof *r.is_said) };
    *out = (struct edit_body){ .given = { .text = r.text, .is_said = r.is_said, .is_whole = !is_patch } };
    enum status s = json_parse(q->body != NULL ? q->body : "", q->body_len, text_in(x->lang, "the body"), NULL, &doc, &x->err);
    if (s == OK)
        s = read_feature(&r, json_root(doc), is_patch);
    json_close(doc);
    return s;
}
