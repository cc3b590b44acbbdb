// Collections: what there is, what each of them can be asked, and what its features look like.
#include "api/answer_crs.h"
#include "api/collection.h"
#include "api/routes.h"
#include "api/server.h"
#include "api/tile_cache.h"
#include "core/base/when.h"
#include <string.h>

enum { DOCUMENT_CEILING = 16 << 20 };

// --- Shared -----------------------------------------------------------------------------------------------------------------

enum status collection_of(struct exchange *x, const struct layer **out)
{
    const struct layer *l = layer_find(&x->server->layers, x->segment[0]);
    if (l == NULL || !visible_layer(&x->viewer, l))
        return err_set(&x->err, NOT_FOUND, "there is no collection \"%.60s\"; /collections names them", x->segment[0]);
    *out = l;
    return OK;
}

const char *collection_title(const struct exchange *x, const struct layer *l) { return x->lang == LANG_ZH ? l->title_zh : l->title_en; }
const char *property_title(const struct exchange *x, const struct property *p) { return x->lang == LANG_ZH ? p->title_zh : p->title_en; }

const struct property *property_called(const struct layer *l, const char *name)
{
    for (int i = 0; l != NULL && i < l->properties; i++)
        if (strcmp(l->property[i].name, name) == 0)
            return &l->property[i];
    return NULL;
}

const char *code_title(const struct exchange *x, const struct layer *l, const struct property *p, const char *code)
{
    const char *title = property_code_title(p, code, x->lang), *state = NULL;
    if (p == NULL || p->codes == 0 || strcmp(title, code) != 0)
        return title;
    if (strcmp(p->name, "state") == 0)
        state = lifecycle_state_title(l->key, code, x->lang);
    return state != NULL ? state : text_in(x->lang, code);
}

struct limited { station_job *fn; void *ctx; double seconds; };

static enum status run_limited(struct work *w, void *ctx)
{
    const struct limited *l = ctx;
    db_limit(w->db, l->seconds);
    return l->fn(w, l->ctx);
}

enum status read_station(struct exchange *x, station_job *fn, void *ctx)
{
    const char *actor = x->viewer.actor[0] != '\0' ? x->viewer.actor : "public";
    bool is_slow = x->route != NULL && (x->route->flags & ROUTE_SLOW), is_here = !is_slow && !x->request->is_aside && x->server->http != NULL;
    struct limited l = { fn, ctx, is_here ? QUERY_HERE_MS / 1e3 : is_slow ? QUERY_SLOW_S : QUERY_S };
    double begun_s = when_monotonic_s();
    enum status s = station_read(x->server->station, &(struct station_call){ x->now_s, actor }, run_limited, &l, &x->err);
    x->is_heavy |= s == BUSY && is_here && when_monotonic_s() - begun_s >= l.seconds;
    return s;
}

// --- One collection ---------------------------------------------------------------------------------------------------------

static void put_moment(struct json_writer *j, int64_t at_s)
{
    char text[WHEN_TEXT];
    bool known = at_s != INT64_MIN && at_s != INT64_MAX && when_write(at_s, text);
    json_put_text(j, NULL, known ? text : NULL);
}

// What is kept is told of layers of any size, what has to be looked for of small ones alone. items -1: not kept.
struct contents { struct exchange *x; const struct layer *layer; struct lonlat_box box; bool found; int64_t from_s, to_s, items; };

static enum status look_into(struct work *w, void *ctx)
{
    struct contents *c = ctx;
    const struct viewer *v = &c->x->viewer;
    struct lonlat_box box;
    bool found;
    if (!feature_tally(w, c->layer, v, &c->items))
        c->items = -1;
    return c->layer->time != NULL && !feature_is_large(w, c->layer, v) ? feature_extent(w, c->layer, v, &box, &found, &c->from_s, &c->to_s) : OK;
}

static void put_extent(const struct contents *c, struct json_writer *j)
{
    const struct layer *l = c->layer;
    if (!c->found && l->time == NULL)
        return;
    json_put_object(j, "extent");
    if (c->found) {
        const double side[] = { c->box.west, c->box.south, c->box.east, c->box.north };
        json_put_object(j, "spatial");
        json_put_list(j, "bbox");
        json_put_list(j, NULL);
        for (int i = 0; i < 4; i++)
            json_put_number(j, NULL, side[i], 9);
        json_put_end(j);
        json_put_end(j);
        json_put_text(j, "crs", "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
        json_put_end(j);
    }
    if (l->time != NULL) {
        json_put_object(j, "temporal");
        json_put_list(j, "interval");
        json_put_list(j, NULL);
        put_moment(j, c->from_s);
        put_moment(j, l->time_end != NULL ? INT64_MAX : c->to_s);
        json_put_end(j);
        json_put_end(j);
        json_put_end(j);
    }
    json_put_end(j);
}

static void put_crs(struct exchange *x, struct json_writer *j)
{
    struct crs_offer offer[CRS_OFFERS_MOST];
    int n = crs_offers(x, offer);
    json_put_list(j, "crs");
    for (int i = 0; i < n; i++)
        json_put_text(j, NULL, offer[i].uri);
    json_put_end(j);
    json_put_text(j, "storageCrs", offer[0].uri);
}

static void put_collection_links(struct exchange *x, const struct layer *l, struct json_writer *j)
{
    static const struct { const char *rel, *path; enum format type; const char *title; } links[] = {
        { "items", "/items", FORMAT_GEOJSON, "The features" },
        { "http://www.opengis.net/def/rel/ogc/1.0/queryables", "/queryables", FORMAT_SCHEMA, "What may be asked" },
        { "http://www.opengis.net/def/rel/ogc/1.0/sortables", "/sortables", FORMAT_SCHEMA, "What may be sorted by" },
        { "http://www.opengis.net/def/rel/ogc/1.0/schema", "/schema", FORMAT_SCHEMA, "What a feature looks like" },
        { "enclosure", "/download?f=gpkg", FORMAT_GPKG, "All features as a GeoPackage" },
        { "enclosure", "/download?f=csv", FORMAT_CSV, "All features as a table" },
        { "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", "/tiles", FORMAT_JSON, "The features as vector tiles" },
    };
    json_put_list(j, "links");
    put_link(j, (struct link){ .rel = "self", .href = link_to(x, "/collections/%s", l->key), .type = "application/json", .title = collection_title(x, l) });
    put_link(j, (struct link){ .rel = "alternate", .href = link_to(x, "/collections/%s?f=html", l->key), .type = "text/html", .title = collection_title(x, l) });
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        put_link(j, (struct link){ .rel = links[i].rel, .href = link_to(x, "/collections/%s%s", l->key, links[i].path), .type = format_type(links[i].type),
                                   .title = text_in(x->lang, links[i].title) });
    json_put_end(j);
}

static enum status put_collection(struct exchange *x, const struct layer *l, struct json_writer *j)
{
    struct contents c = { .x = x, .layer = l, .from_s = INT64_MIN, .to_s = INT64_MAX };
    enum status s = tile_cache_extent(x->server->tiles, x, l, &c.box, &c.found);
    if (s == OK)
        s = read_station(x, look_into, &c);
    if (s != OK)
        return s;
    json_put_object(j, NULL);
    json_put_text(j, "id", l->key);
    json_put_text(j, "title", collection_title(x, l));
    json_put_text(j, "itemType", "feature");
    if (c.items >= 0)
        json_put_integer(j, "itemCount", c.items);
    put_extent(&c, j);
    put_crs(x, j);
    put_collection_links(x, l, j);
    json_put_end(j);
    return OK;
}

static enum status get_collection(struct exchange *x)
{
    const struct layer *l = NULL;
    struct buf b;
    buf_init(&b, DOCUMENT_CEILING);
    struct json_writer j = { .to = &b };
    enum status s = collection_of(x, &l);
    if (s == OK)
        s = put_collection(x, l, &j);
    if (s == OK)
        s = answer_document(x, &b);
    buf_clear(&b);
    return s;
}

static enum status get_collections(struct exchange *x)
{
    const struct layer_list *layers = &x->server->layers;
    struct buf b;
    buf_init(&b, DOCUMENT_CEILING);
    struct json_writer j = { .to = &b };
    enum status s = OK;
    json_put_object(&j, NULL);
    json_put_list(&j, "links");
    put_self_links(x, &j);
    json_put_end(&j);
    json_put_list(&j, "collections");
    for (int i = 0; i < layers->count && s == OK; i++)
        if (visible_layer(&x->viewer, &layers->layer[i]))
            s = put_collection(x, &layers->layer[i], &j);
    json_put_end(&j);
    json_put_end(&j);
    if (s == OK)
        s = answer_document(x, &b);
    buf_clear(&b);
    return s;
}

// --- Schemas ------------------------------------------------------------------------------------------------------------------

enum schema_kind { SCHEMA_FEATURES, SCHEMA_QUERYABLES, SCHEMA_SORTABLES };

// The codes alone, as most clients read them, and with their titles.
static void put_codes(const struct exchange *x, struct json_writer *j, const struct property *p)
{
    if (p->codes == 0)
        return;
    json_put_list(j, "enum");
    for (int i = 0; i < p->codes; i++)
        json_put_text(j, NULL, p->code[i].code);
    json_put_end(j);
    json_put_list(j, "oneOf");
    for (int i = 0; i < p->codes; i++) {
        json_put_object(j, NULL);
        json_put_text(j, "const", p->code[i].code);
        json_put_text(j, "title", x->lang == LANG_ZH ? p->code[i].title_zh : p->code[i].title_en);
        json_put_end(j);
    }
    json_put_end(j);
}

// What a feature that is sent must have.
static void put_required(const struct exchange *x, struct json_writer *j, const struct layer *l)
{
    json_put_list(j, "required");
    json_put_text(j, NULL, "geometry");
    for (int i = 0; i < l->properties; i++)
        if (l->property[i].is_required && visible_property(&x->viewer, l, &l->property[i]))
            json_put_text(j, NULL, l->property[i].name);
    json_put_end(j);
}

static void put_property(struct exchange *x, const struct layer *l, const struct property *p, int seq, struct json_writer *j)
{
    static const struct { const char *type, *format; } types[PROPERTY_TYPES] = {
        [PROPERTY_TEXT] = { "string", NULL }, [PROPERTY_NUMBER] = { "number", NULL }, [PROPERTY_INTEGER] = { "integer", NULL },
        [PROPERTY_DATE] = { "string", "date" }, [PROPERTY_INSTANT] = { "string", "date-time" }, [PROPERTY_BOOLEAN] = { "boolean", NULL },
    };
    json_put_object(j, p->name);
    json_put_text(j, "title", property_title(x, p));
    json_put_text(j, "type", types[p->type].type);
    if (types[p->type].format != NULL)
        json_put_text(j, "format", types[p->type].format);
    put_codes(x, j, p);
    if (p == l->time && l->time_end == NULL)
        json_put_text(j, "x-ogc-role", "primary-instant");
    if (l->time_end != NULL && (p == l->time || p == l->time_end))
        json_put_text(j, "x-ogc-role", p == l->time ? "primary-interval-start" : "primary-interval-end");
    json_put_integer(j, "x-ogc-propertySeq", seq);
    json_put_end(j);
}

static void put_geometry(struct exchange *x, const struct layer *l, int seq, struct json_writer *j)
{
    static const char *const formats[] = { [LAYER_POINT] = "geometry-point", [LAYER_AREA] = "geometry-multipolygon", [LAYER_ANY] = "geometry-any" };
    json_put_object(j, "geometry");
    json_put_text(j, "title", text_in(x->lang, "geometry"));
    json_put_text(j, "format", formats[l->geometry]);
    json_put_text(j, "x-ogc-role", "primary-geometry");
    json_put_integer(j, "x-ogc-propertySeq", seq);
    json_put_end(j);
}

static void put_id(struct exchange *x, struct json_writer *j)
{
    json_put_object(j, "id");
    json_put_text(j, "title", text_in(x->lang, "id"));
    json_put_text(j, "type", "string");
    json_put_text(j, "format", "uuid");
    json_put_text(j, "x-ogc-role", "id");
    json_put_bool(j, "readOnly", true);
    json_put_integer(j, "x-ogc-propertySeq", 1);
    json_put_end(j);
}

static enum status get_some_schema(struct exchange *x, enum schema_kind kind)
{
    static const char *const word[] = { "schema", "queryables", "sortables" };
    const struct layer *l = NULL;
    int seq = 2;
    enum status s = collection_of(x, &l);
    if (s != OK)
        return s;
    struct buf b;
    buf_init(&b, DOCUMENT_CEILING);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    json_put_text(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
    json_put_text(&j, "$id", link_to(x, "/collections/%s/%s", l->key, word[kind]));
    json_put_text(&j, "title", collection_title(x, l));
    json_put_text(&j, "type", "object");
    json_put_object(&j, "properties");
    put_id(x, &j);
    if (kind != SCHEMA_SORTABLES)
        put_geometry(x, l, seq++, &j);
    for (int i = 0; i < l->properties; i++)
        if (visible_property(&x->viewer, l, &l->property[i]))
            put_property(x, l, &l->property[i], seq++, &j);
    json_put_end(&j);
    if (kind == SCHEMA_FEATURES && l->is_register)
        put_required(x, &j, l);
    json_put_bool(&j, "additionalProperties", false);
    json_put_end(&j);
    return answer_document(x, &b);
}

static enum status get_schema(struct exchange *x) { return get_some_schema(x, SCHEMA_FEATURES); }
static enum status get_queryables(struct exchange *x) { return get_some_schema(x, SCHEMA_QUERYABLES); }
static enum status get_sortables(struct exchange *x) { return get_some_schema(x, SCHEMA_SORTABLES); }

// Extents are looked for among all rows of a layer: among a million that is work for a worker.
#define COLLECTION "/collections/{collectionId}"
const struct route collection_routes[] = {
    { .method = HTTP_GET, .path = "/collections", .serve = get_collections, .formats = FORMAT_JSON | FORMAT_HTML, .flags = ROUTE_SLOW, .id = "collections", .tag = "features", .about = "The collections there are", .page = page_collections },
    { .method = HTTP_GET, .path = COLLECTION, .serve = get_collection, .formats = FORMAT_JSON | FORMAT_HTML, .flags = ROUTE_SLOW, .id = "collection", .tag = "features", .about = "One collection", .page = page_collection },
    { .method = HTTP_GET, .path = COLLECTION "/schema", .serve = get_schema, .formats = FORMAT_SCHEMA | FORMAT_HTML, .id = "schema", .tag = "features", .about = "What a feature looks like", .page = page_schema },
    { .method = HTTP_GET, .path = COLLECTION "/queryables", .serve = get_queryables, .formats = FORMAT_SCHEMA | FORMAT_HTML, .id = "queryables", .tag = "features", .about = "What may be asked", .page = page_schema },
    { .method = HTTP_GET, .path = COLLECTION "/sortables", .serve = get_sortables, .formats = FORMAT_SCHEMA | FORMAT_HTML, .id = "sortables", .tag = "features", .about = "What may be sorted by", .page = page_schema },
    { .path = NULL },
};
