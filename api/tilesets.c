// What tiles there are: matrix sets, and the tilesets of a collection and of all (OGC API - Tiles; TileJSON for MapLibre).
#include "api/params.h"
#include "api/routes.h"
#include "api/server.h"
#include "api/tileset.h"
#include "core/base/mem.h"
#include "core/feature_tile.h"
#include <stdio.h>
#include <string.h>

// Beyond it MapLibre enlarges tiles: a unit of them is 15 cm on the ground there.
enum { DOCUMENT_CEILING = 16 << 20, TILEJSON_ZOOM_MOST = 16 };
#define REL "http://www.opengis.net/def/rel/ogc/1.0/"

// --- Matrix sets --------------------------------------------------------------------------------------------------------------

// OGC's name of it, or the place of our definition where OGC has none.
static const char *uri_of(struct exchange *x, enum tile_set set)
{
    const struct tile_set_facts *f = tile_set_facts(set);
    return f->uri != NULL ? f->uri : link_to(x, "/tileMatrixSets/%s", f->id);
}

static enum status get_sets(struct exchange *x)
{
    struct buf b;
    buf_init(&b, DOCUMENT_CEILING);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    json_put_list(&j, "tileMatrixSets");
    for (int set = 0; set < TILE_SETS; set++) {
        const struct tile_set_facts *f = tile_set_facts((enum tile_set)set);
        json_put_object(&j, NULL);
        json_put_text(&j, "id", f->id);
        json_put_text(&j, "title", f->title);
        json_put_text(&j, "uri", uri_of(x, (enum tile_set)set));
        json_put_text(&j, "crs", f->crs);
        json_put_list(&j, "links");
        put_link(&j, (struct link){ .rel = "self", .href = link_to(x, "/tileMatrixSets/%s", f->id), .type = "application/json", .title = f->title });
        json_put_end(&j);
        json_put_end(&j);
    }
    json_put_end(&j);
    return answer_with_self_links(x, &j);
}

static enum status get_set(struct exchange *x)
{
    enum tile_set set;
    struct buf b;
    if (!tile_set_find(x->segment[0], &set))
        return err_set(&x->err, NOT_FOUND, "there is no tile matrix set \"%.60s\"; /tileMatrixSets names them", x->segment[0]);
    buf_init(&b, DOCUMENT_CEILING);
    tile_set_json(&b, set);
    return answer_document(x, &b);
}

// --- Tilesets -------------------------------------------------------------------------------------------------------------------

// The query of ?collections=, which links keep.
static const char *collections_query(struct exchange *x)
{
    const char *text = param_text(x, "collections");
    struct buf b;
    if (text == NULL)
        return "";
    buf_init(&b, 1 << 20);
    buf_text(&b, "?collections=");
    percent_encode(&b, text);
    const char *query = arena_text(x->request->arena, b.data);
    buf_clear(&b);
    return query;
}

static const char *set_path(struct exchange *x, enum tile_set set, const char *behind)
{
    char path[200];
    snprintf(path, sizeof path, "/tiles/%s%s", tile_set_facts(set)->id, behind);
    return arena_text(x->request->arena, path);
}

static const char *set_link(struct exchange *x, const struct tileset *t, enum tile_set set, const char *behind)
{
    const char *link = tileset_link(x, t, set_path(x, set, behind)), *query = collections_query(x);
    char *whole = arena_get(x->request->arena, strlen(link) + strlen(query) + 1);
    strcpy(whole, link);
    return strcat(whole, query);
}

static const char *title_of(struct exchange *x, const struct tileset *t)
{
    return t->is_dataset ? text_in(x->lang, "All collections in one map") : collection_title(x, t->layer[0]);
}

static void put_set_facts(struct exchange *x, const struct tileset *t, enum tile_set set, struct json_writer *j)
{
    json_put_text(j, "title", title_of(x, t));
    json_put_text(j, "dataType", "vector");
    json_put_text(j, "crs", tile_set_facts(set)->crs);
    json_put_text(j, "tileMatrixSetURI", uri_of(x, set));
    json_put_text(j, "tileMatrixSetId", tile_set_facts(set)->id);
}

static void put_limits(enum tile_set set, struct json_writer *j, struct lonlat_box box)
{
    struct buf b;
    buf_init(&b, DOCUMENT_CEILING);
    tile_limits_json(&b, set, 0, tile_set_facts(set)->zoom_most, box);
    json_put_raw(j, "tileMatrixSetLimits", b.data, b.len);
    buf_clear(&b);
}

static void put_scheme_link(struct exchange *x, enum tile_set set, struct json_writer *j)
{
    put_link(j, (struct link){ .rel = REL "tiling-scheme", .href = link_to(x, "/tileMatrixSets/%s", tile_set_facts(set)->id), .type = "application/json",
                               .title = tile_set_facts(set)->title });
}

static enum status get_list(struct exchange *x)
{
    struct tileset t;
    struct lonlat_box box;
    bool found = false;
    struct buf b;
    enum status s = tileset_layers(x, &t);
    if (s == OK)
        s = tileset_extent(x, &t, &box, &found);
    if (s != OK)
        return s;
    buf_init(&b, DOCUMENT_CEILING);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    json_put_list(&j, "links");
    put_self_links(x, &j);
    json_put_end(&j);
    json_put_list(&j, "tilesets");
    for (int set = 0; set < TILE_SETS; set++) {
        json_put_object(&j, NULL);
        put_set_facts(x, &t, (enum tile_set)set, &j);
        if (found)
            put_limits((enum tile_set)set, &j, box);
        json_put_list(&j, "links");
        put_link(&j, (struct link){ .rel = "self", .href = set_link(x, &t, (enum tile_set)set, ""), .type = "application/json", .title = title_of(x, &t) });
        put_scheme_link(x, (enum tile_set)set, &j);
        json_put_end(&j);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    return answer_document(x, &b);
}

// --- One tileset ------------------------------------------------------------------------------------------------------------------

static void put_box(struct json_writer *j, struct lonlat_box box)
{
    const double corner[2][2] = { { box.west, box.south }, { box.east, box.north } };
    static const char *const names[] = { "lowerLeft", "upperRight" };
    json_put_object(j, "boundingBox");
    for (int i = 0; i < 2; i++) {
        json_put_list(j, names[i]);
        json_put_number(j, NULL, corner[i][0], 9);
        json_put_number(j, NULL, corner[i][1], 9);
        json_put_end(j);
    }
    json_put_text(j, "crs", "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
    json_put_end(j);
}

static void put_layers(struct exchange *x, const struct tileset *t, struct json_writer *j)
{
    json_put_list(j, "layers");
    for (int i = 0; i < t->layers; i++) {
        json_put_object(j, NULL);
        json_put_text(j, "id", t->layer[i]->key);
        json_put_text(j, "title", collection_title(x, t->layer[i]));
        json_put_text(j, "dataType", "vector");
        if (t->layer[i]->geometry != LAYER_ANY)
            json_put_integer(j, "geometryDimension", t->layer[i]->geometry == LAYER_AREA ? 2 : 0);
        json_put_end(j);
    }
    json_put_end(j);
}

static void write_tileset(struct exchange *x, const struct tileset *t, const struct lonlat_box *box, struct json_writer *j)
{
    json_put_object(j, NULL);
    put_set_facts(x, t, t->set, j);
    if (box != NULL) {
        put_limits(t->set, j, *box);
        put_box(j, *box);
    }
    put_layers(x, t, j);
    json_put_list(j, "links");
    put_self_links(x, j);
    put_scheme_link(x, t->set, j);
    put_link(j, (struct link){ .rel = "item", .href = set_link(x, t, t->set, "/{tileMatrix}/{tileRow}/{tileCol}"), .type = format_type(FORMAT_MVT),
                               .title = text_in(x->lang, "The tiles"), .templated = true });
    json_put_end(j);
    json_put_end(j);
}

// --- TileJSON 3.0 -------------------------------------------------------------------------------------------------------------------

static const char *kind_of(const struct property *p)
{
    if (p->type == PROPERTY_BOOLEAN)
        return "Boolean";
    return p->type == PROPERTY_NUMBER || p->type == PROPERTY_INTEGER ? "Number" : "String";
}

static void put_fields(struct exchange *x, const struct layer *l, struct json_writer *j)
{
    json_put_object(j, NULL);
    json_put_text(j, "id", l->key);
    json_put_text(j, "description", collection_title(x, l));
    json_put_object(j, "fields");
    json_put_text(j, "id", "String");
    for (int i = 0; i < l->properties; i++)
        if (feature_tile_has(&x->viewer, l, &l->property[i]))
            json_put_text(j, l->property[i].name, kind_of(&l->property[i]));
    json_put_end(j);
    json_put_end(j);
}

static void write_tilejson(struct exchange *x, const struct tileset *t, const struct lonlat_box *box, struct json_writer *j)
{
    json_put_object(j, NULL);
    json_put_text(j, "tilejson", "3.0.0");
    json_put_text(j, "name", title_of(x, t));
    json_put_list(j, "tiles");
    json_put_text(j, NULL, set_link(x, t, t->set, "/{z}/{y}/{x}"));
    json_put_end(j);
    json_put_list(j, "vector_layers");
    for (int i = 0; i < t->layers; i++)
        put_fields(x, t->layer[i], j);
    json_put_end(j);
    json_put_integer(j, "minzoom", 0);
    json_put_integer(j, "maxzoom", TILEJSON_ZOOM_MOST);
    if (box != NULL) {
        const double side[] = { box->west, box->south, box->east, box->north };
        json_put_list(j, "bounds");
        for (int i = 0; i < 4; i++)
            json_put_number(j, NULL, side[i], 9);
        json_put_end(j);
    }
    json_put_end(j);
}

static enum status get_tileset(struct exchange *x)
{
    struct tileset t;
    struct lonlat_box box;
    bool found = false;
    struct buf b;
    enum status s = tileset_read(x, &t);
    if (s == OK && x->format == FORMAT_TILEJSON && t.set != TILE_WEB_MERCATOR_QUAD)
        s = err_set(&x->err, INVALID, "TileJSON knows WebMercatorQuad only; ask for %s as f=json", tile_set_facts(t.set)->id);
    if (s == OK)
        s = tileset_extent(x, &t, &box, &found);
    if (s != OK)
        return s;
    buf_init(&b, DOCUMENT_CEILING);
    struct json_writer j = { .to = &b };
    (x->format == FORMAT_TILEJSON ? write_tilejson : write_tileset)(x, &t, found ? &box : NULL, &j);
    return answer_document(x, &b);
}

#define COLLECTION "/collections/{collectionId}"
const struct route tileset_routes[] = {
    { .method = HTTP_GET, .path = "/tileMatrixSets", .serve = get_sets, .formats = FORMAT_JSON | FORMAT_HTML, .id = "getTileMatrixSetsList", .tag = "tiles",
      .about = "The tile matrix sets" },
    { .method = HTTP_GET, .path = "/tileMatrixSets/{tileMatrixSetId}", .serve = get_set, .formats = FORMAT_JSON | FORMAT_HTML, .id = "getTileMatrixSet", .tag = "tiles",
      .about = "One tile matrix set" },
    { .method = HTTP_GET, .path = COLLECTION "/tiles", .serve = get_list, .formats = FORMAT_JSON | FORMAT_HTML, .flags = ROUTE_SLOW, .id = "collection.vector.getTileSetsList", .tag = "tiles",
      .about = "The tilesets of a collection" },
    { .method = HTTP_GET, .path = COLLECTION "/tiles/{tileMatrixSetId}", .serve = get_tileset, .formats = FORMAT_JSON | FORMAT_TILEJSON | FORMAT_HTML, .flags = ROUTE_SLOW,
      .id = "collection.vector.getTileSet", .tag = "tiles", .about = "A tileset of a collection" },
    { .method = HTTP_GET, .path = "/tiles", .serve = get_list, .formats = FORMAT_JSON | FORMAT_HTML, .flags = ROUTE_SLOW, .param = tileset_params, .id = "map.dataset.vector.getTileSetsList",
      .tag = "tiles", .about = "The tilesets of several collections" },
    { .method = HTTP_GET, .path = "/tiles/{tileMatrixSetId}", .serve = get_tileset, .formats = FORMAT_JSON | FORMAT_TILEJSON | FORMAT_HTML, .flags = ROUTE_SLOW, .param = tileset_params,
      .id = "map.dataset.vector.getTileSet", .tag = "tiles", .about = "A tileset of several collections" },
    { .path = NULL },
};
