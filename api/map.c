// What the map of the first page knows before it begins: the layers there are for who asks, how their codes are called, where the
// district lies, and the words on its buttons.
#include "api/collection.h"
#include "api/routes.h"
#include "api/server.h"
#include "api/tile_cache.h"
#include "api/web.h"
#include <math.h>

enum { DOCUMENT_CEILING = 4 << 20 };

// The map's own names for its sentences.
static const struct { const char *name, *english; } texts[] = {
    { "map", "Map" }, { "layers", "Layers" }, { "any", "any" }, { "search", "Search" }, { "search_for", "Number, code or name" },
    { "nothing", "Nothing was found" }, { "list", "In view" }, { "list_of", "List of" }, { "whole_list", "The whole list" }, { "close", "Close" },
    { "open_page", "Open its page" }, { "zoom_in", "Zoom in" }, { "zoom_out", "Zoom out" }, { "loading", "Searching" }, { "before", "before" },
    { "after", "after" }, { "fade", "Fade from before to after" }, { "swipe", "Swipe between before and after" }, { "compare", "Before and after" },
    { "yes", "yes" }, { "no", "no" }, { "filter", "Filter" }, { "moves", "What can be done now" }, { "least", "at least" },
    { "empty_view", "Nothing of this layer in view" }, { "no_webgl", "This browser cannot draw the map; the list beside it shows the same." },
};

static void put_texts(struct exchange *x, struct json_writer *j)
{
    json_put_object(j, "texts");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        json_put_text(j, texts[i].name, text_in(x->lang, texts[i].english));
    json_put_end(j);
}

static void put_codes(struct exchange *x, const struct layer *l, const struct property *p, struct json_writer *j)
{
    json_put_list(j, "codes");
    for (int i = 0; i < p->codes; i++) {
        json_put_object(j, NULL);
        json_put_text(j, "code", p->code[i].code);
        json_put_text(j, "title", code_title(x, l, p, p->code[i].code));
        json_put_end(j);
    }
    json_put_end(j);
}

static void put_property(struct exchange *x, const struct layer *l, const struct property *p, struct json_writer *j)
{
    static const char *const types[PROPERTY_TYPES] = {
        [PROPERTY_TEXT] = "text", [PROPERTY_NUMBER] = "number", [PROPERTY_INTEGER] = "integer", [PROPERTY_DATE] = "date", [PROPERTY_INSTANT] = "instant",
        [PROPERTY_BOOLEAN] = "boolean",
    };
    json_put_object(j, NULL);
    json_put_text(j, "name", p->name);
    json_put_text(j, "title", property_title(x, p));
    json_put_text(j, "type", types[p->type]);
    json_put_bool(j, "on_map", p->is_on_map);
    if (p->codes > 0)
        put_codes(x, l, p, j);
    json_put_end(j);
}

// Where what is seen of each layer lies, and all of it together: beyond it no tile is asked for.
struct reading { struct exchange *x; struct lonlat_box all, of[LAYERS_MOST]; };
static const struct lonlat_box NOWHERE = { INFINITY, INFINITY, -INFINITY, -INFINITY };

static enum status read_extents(struct reading *r)
{
    const struct layer_list *layers = &r->x->server->layers;
    enum status s = OK;
    r->all = NOWHERE;
    for (int i = 0; i < layers->count && s == OK; i++) {
        struct lonlat_box b, *all = &r->all;
        bool found = false;
        r->of[i] = NOWHERE;
        if (!visible_layer(&r->x->viewer, &layers->layer[i]))
            continue;
        s = tile_cache_extent(r->x->server->tiles, r->x, &layers->layer[i], &b, &found);
        if (s != OK || !found)
            continue;
        r->of[i] = b;
        *all = (struct lonlat_box){ fmin(all->west, b.west), fmin(all->south, b.south), fmax(all->east, b.east), fmax(all->north, b.north) };
    }
    return s;
}

static void put_extent(const struct lonlat_box *b, struct json_writer *j)
{
    enum { DECIMALS = 9 };
    if (!(b->west <= b->east)) {
        json_put_null(j, "extent");
        return;
    }
    json_put_list(j, "extent");
    json_put_number(j, NULL, b->west, DECIMALS);
    json_put_number(j, NULL, b->south, DECIMALS);
    json_put_number(j, NULL, b->east, DECIMALS);
    json_put_number(j, NULL, b->north, DECIMALS);
    json_put_end(j);
}

static void put_layer(struct exchange *x, const struct layer *l, const struct lonlat_box *extent, struct json_writer *j)
{
    static const char *const geometries[] = { [LAYER_POINT] = "point", [LAYER_AREA] = "area", [LAYER_ANY] = "any" };
    json_put_object(j, NULL);
    json_put_text(j, "key", l->key);
    json_put_text(j, "title", collection_title(x, l));
    json_put_text(j, "geometry", geometries[l->geometry]);
    put_extent(extent, j);
    json_put_list(j, "properties");
    for (int i = 0; i < l->properties; i++)
        if (visible_property(&x->viewer, l, &l->property[i]))
            put_property(x, l, &l->property[i], j);
    json_put_end(j);
    json_put_end(j);
}

static enum status get_map(struct exchange *x)
{
    struct reading r = { .x = x };
    enum status s = read_extents(&r);
    if (s != OK)
        return s;
    struct buf b;
    buf_init(&b, DOCUMENT_CEILING);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    put_extent(&r.all, &j);
    json_put_integer(&j, "zone_offset_s", station_district(x->server->station)->zone_offset_s);
    json_put_bool(&j, "knows_you", x->viewer.role != ROLE_PUBLIC);
    json_put_text(&j, "base_map", x->server->settings.base_map);
    put_texts(x, &j);
    json_put_list(&j, "layers");
    for (int i = 0; i < x->server->layers.count; i++)
        if (visible_layer(&x->viewer, &x->server->layers.layer[i]))
            put_layer(x, &x->server->layers.layer[i], &r.of[i], &j);
    json_put_end(&j);
    json_put_end(&j);
    answer_text(x, &b);
    return OK;
}

const struct route map_routes[] = {
    { .method = HTTP_GET, .path = "/map", .serve = get_map, .formats = FORMAT_JSON, .flags = ROUTE_HIDDEN | ROUTE_SLOW, .id = "map", .tag = "pages",
      .about = "What the map knows before it begins" },
    { .path = NULL },
};
