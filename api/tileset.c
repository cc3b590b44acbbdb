#include "api/tileset.h"

#include "api/params.h"
#include "api/server.h"
#include "api/tile_cache.h"
#include <math.h>
#include <string.h>

const struct param tileset_params[] = {
    { .kind = PARAM_LIST, .name = "collections", .about = "Only these collections" },
    { .kind = PARAM_END },
};

// --- Layers -----------------------------------------------------------------------------------------------------------------

static void add_layer(struct tileset *t, const struct layer *l)
{
    for (int i = 0; i < t->layers; i++)
        if (t->layer[i] == l)
            return;
    t->layer[t->layers++] = l;
}

// A layer that may not be seen is answered like one that is not there.
static enum status add_named(struct exchange *x, struct tileset *t, const char *key)
{
    const struct layer *l = layer_find(&x->server->layers, key);
    if (l == NULL || !visible_layer(&x->viewer, l))
        return err_set(&x->err, NOT_FOUND, "there is no collection \"%.60s\"; /collections names them", key);
    add_layer(t, l);
    return OK;
}

enum status tileset_layers(struct exchange *x, struct tileset *out)
{
    const struct param_value *named = param_get(x, "collections");
    enum status s = OK;
    *out = (struct tileset){ .is_dataset = strncmp(x->route->path, "/collections/", 13) != 0 };
    if (!out->is_dataset)
        return add_named(x, out, x->segment[0]);
    for (int i = 0; named != NULL && i < named->items && s == OK; i++)
        s = add_named(x, out, named->item[i]);
    for (int i = 0; named == NULL && i < x->server->layers.count; i++)
        if (visible_layer(&x->viewer, &x->server->layers.layer[i]))
            add_layer(out, &x->server->layers.layer[i]);
    return s;
}

enum status tileset_read(struct exchange *x, struct tileset *out)
{
    enum status s = tileset_layers(x, out);
    const char *id = x->segment[out->is_dataset ? 0 : 1];
    if (s == OK && !tile_set_find(id, &out->set))
        return err_set(&x->err, NOT_FOUND, "there is no tile matrix set \"%.60s\"; /tileMatrixSets names them", id);
    return s;
}

const char *tileset_link(struct exchange *x, const struct tileset *t, const char *path)
{
    return t->is_dataset ? link_to(x, "%s", path) : link_to(x, "/collections/%s%s", t->layer[0]->key, path);
}

// --- How far they reach -----------------------------------------------------------------------------------------------------

enum status tileset_extent(struct exchange *x, const struct tileset *t, struct lonlat_box *out, bool *found)
{
    enum status s = OK;
    *found = false;
    for (int i = 0; i < t->layers && s == OK; i++) {
        struct lonlat_box b;
        bool any = false;
        s = tile_cache_extent(x->server->tiles, x, t->layer[i], &b, &any);
        if (s != OK || !any)
            continue;
        *out = *found ? (struct lonlat_box){ fmin(out->west, b.west), fmin(out->south, b.south), fmax(out->east, b.east), fmax(out->north, b.north) } : b;
        *found = true;
    }
    return s;
}
