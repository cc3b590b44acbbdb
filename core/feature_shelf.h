// feature_shelf.h - features of one register as one view of it shows them, kept in memory (要素架): what lies in a box, and one by its id.
//
// It answers with the bytes feature_json and feature_tile would write, or says that it cannot tell; then the store is asked. Shapes are packed to 1e-7
// degrees, which is all that GeoJSON says of them: whether one that lies across the edge of a box meets it is told only where that
// rounding cannot matter. Not thread-safe; feature_cache keeps it true.
#pragma once
#include "core/feature_tile.h"

struct feature_shelf;
struct feature_shelf *feature_shelf_open(size_t ceiling_bytes);
void feature_shelf_close(struct feature_shelf *s);             // NULL is fine
bool feature_shelf_fits(const struct layer *l);                // may features of this layer be kept here at all

// Whole, with its shape, read by `fid` or `by_row`. What was kept of that row at the same place goes. false: there is no room, or it is of no
// kind that can be kept; nothing was put, and the shelf does not show the whole any more.
bool feature_shelf_put(struct feature_shelf *s, const struct feature *f);
void feature_shelf_take_out(struct feature_shelf *s, int64_t fid, const struct lonlat_box *box);    // lies there, or without a place; NULL: without a place
void feature_shelf_settle(struct feature_shelf *s);            // after the first ones were put, before any was taken out: it answers faster
size_t feature_shelf_bytes(const struct feature_shelf *s);

// What meets the box, in the order of ids: count and the places for feature_shelf_json. false: it cannot tell, also when there is more than
// room. hit: room for so many.
struct shelf_hits { uint32_t *hit; int64_t room, count; };
bool feature_shelf_find(const struct feature_shelf *s, const struct lonlat_box *box, struct shelf_hits *out);
// For maps: whose boxes touch it, or nearly, in the order of rows. thinned: as in feature_query.
bool feature_shelf_around(const struct feature_shelf *s, const struct lonlat_box *box, int thinned, struct shelf_hits *out);
bool feature_shelf_get(const struct feature_shelf *s, const char *id, uint32_t *out);               // false: not here
enum shelf_use { SHELF_JSON, SHELF_SHOWN };
void feature_shelf_comes(const struct feature_shelf *s, const struct shelf_hits *hits, int64_t i, enum shelf_use use);  // who is at i: memory is fetched
int64_t feature_shelf_version(const struct feature_shelf *s, uint32_t hit);
void feature_shelf_json(const struct feature_shelf *s, uint32_t hit, struct buf *out);              // as feature_json with GEOJSON_DEGREE_DECIMALS
// One of those around, and what its shape is in the tiles of this set and zoom, which is told once (tile_encoded) and then known.
struct tile_feature feature_shelf_shown(const struct feature_shelf *s, uint32_t hit, struct tile_place place, struct feature_tile_room *room);
void feature_shelf_learn(const struct feature_shelf *s, uint32_t hit, struct tile_place place, struct tile_encoded *e);     // takes it; NULL is fine
