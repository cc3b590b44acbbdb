// feature_tile.h - the features of a layer as a part of a vector tile, for one viewer (要素瓦片).
//
// In a tile a feature has its fid as number, and as properties its id and what data/layers puts on the map. What the viewer may not see
// is not there, rows and properties alike (visible.h); what is personal never is.
#pragma once
#include "core/feature.h"
#include "gis/tile.h"

struct tile_question { const struct layer *layer; const struct viewer *viewer; struct tile_place place; };
// Into a tile of its own: begins t, and out is t's until it begins another. Without a feature out has 0 bytes.
// NOT_FOUND: there is no such layer for this viewer.
enum status feature_tile(struct work *w, const struct tile_question *q, struct tile *t, struct tile_bytes *out);

// Is this property in the tiles of this viewer?
bool feature_tile_has(const struct viewer *v, const struct layer *l, const struct property *p);
