// tileset.h - which tiles a request means (瓦片集): the layers, the matrix set, the place; and how far they reach.
#pragma once
#include "api/collection.h"
#include "api/routes.h"
#include "gis/tile_matrix.h"

// Of one collection (its first {part}), or of all that ?collections= names, or of all that may be seen.
struct tileset {
    const struct layer *layer[LAYERS_MOST]; int layers;
    bool is_dataset;
    enum tile_set set;
};
// NOT_FOUND: a collection that is not there, or not for this viewer.
enum status tileset_layers(struct exchange *x, struct tileset *out);
// And the matrix set the path names behind it.
enum status tileset_read(struct exchange *x, struct tileset *out);
// The extent of what the viewer may see of all layers. *found false: there is nothing.
enum status tileset_extent(struct exchange *x, const struct tileset *t, struct lonlat_box *out, bool *found);
const char *tileset_link(struct exchange *x, const struct tileset *t, const char *path);     // "/tiles/..." of the collection or of all
extern const struct param tileset_params[];     // of routes of all collections
