// feature_tile.h - the features of a layer as a part of a vector tile, for one viewer (要素瓦片).
//
// In a tile a feature has its fid as number, and as properties its id and what data/layers puts on the map. What the viewer may not see
// is not there, rows and properties alike (visible.h); what is personal never is.
//
// Of a register with very many features a small scale shows a share: one in 16 for two zooms, one in 256 from there on. It is by the last
// digits of the id, which are made by chance, so what is shown at a zoom is shown at every larger one, and in the tile beside it.
#pragma once
#include "core/base/id.h"
#include "core/feature.h"
#include "gis/tile.h"

struct tile_question { const struct layer *layer; const struct viewer *viewer; struct tile_place place; int all_from_zoom; };    // 0: nothing is thinned
// Into a tile of its own: begins t, and out is t's until it begins another. Without a feature out has 0 bytes.
// NOT_FOUND: there is no such layer for this viewer.
enum status feature_tile(struct work *w, const struct tile_question *q, struct tile *t, struct tile_bytes *out);

// The same of features that lie in memory; what lies there, and what is asked of the store, make the same bytes. false: the shelf cannot tell.
struct feature_shelf;
bool feature_tile_kept(const struct feature_shelf *s, const struct tile_question *q, struct tile *t, struct tile_bytes *out);
struct lonlat_box feature_tile_box(struct tile_place place);       // what is looked for in it

// A feature of a tile has room for its id and properties: the first one is the id.
struct feature_tile_room { char id[ID_TEXT]; struct tile_property property[FEATURE_PROPERTIES + 1]; };
struct tile_property feature_tile_id(const char *id, bool is_own);    // is_own: a UUID
uint64_t feature_tile_number(struct id_number id);                 // its number in tiles

// Is this property in the tiles of this viewer?
bool feature_tile_has(const struct viewer *v, const struct layer *l, const struct property *p);

enum { TILE_FEATURES_MOST = 4096 };        // that a tile has on the average at most, where nothing is thinned yet
// From which zoom of the set a tile shows all of this layer to this viewer; 0: always. Who sees but a part of it sees all of that part, since
// a share of the whole would tell how much there is. How far the layer reaches is taken from the top of its tree: nobody reads a million rows.
enum status feature_tile_zoom(struct work *w, const struct layer *l, const struct viewer *v, enum tile_set set, int *out);
