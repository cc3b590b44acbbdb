// tile_cache.h - tiles of one layer, as they are sent, and kept as long as they are true (瓦片缓存).
//
// A tile is never older than an edit that was acknowledged before it was asked for, whoever made the edit: what this process writes is
// heard row by row, with the places before and after (core/store/watch.h), and takes out the tiles it touches; what another process
// writes empties the cache at the next question. A tile that was being made meanwhile is given out, but not kept. Tiles are shared by
// viewers who see the same rows and properties (visible_key), and by nobody else.
#pragma once
#include "api/exchange.h"
#include "core/feature_tile.h"

enum { TILE_CACHE_BYTES = 64 << 20 };                       // the ceiling, with what a tile costs besides its bytes
struct station;
struct tile_cache;
struct tile_cache *tile_cache_open(struct station *station, const struct layer_list *layers, size_t ceiling_bytes);     // 0: TILE_CACHE_BYTES
void tile_cache_hear(struct tile_cache *c, const struct touch *t, int count);   // from the store's watch
void tile_cache_close(struct tile_cache *c);                // after the station, whose writes it hears; NULL is fine

struct layer_tile {
    struct shared_bytes *bytes;                             // counted for whoever asked; NULL: nothing is there, an empty tile
    bool is_packed;                                         // by gzip
    uint64_t tag;                                           // of its content
};
struct tile_wish { const struct layer *layer; struct tile_place place; bool packed; };
// As whoever asks may see it. NOT_FOUND: there is no such layer for them. A tile is kept as it was first asked for, and packed
// from when somebody wants it packed: who cannot unpack does not wait for packing.
enum status tile_cache_get(struct tile_cache *c, struct exchange *x, const struct tile_wish *wish, struct layer_tile *out);
// How far the layer reaches for them, kept alike. *found false: there is nothing.
enum status tile_cache_extent(struct tile_cache *c, struct exchange *x, const struct layer *l, struct lonlat_box *out, bool *found);

struct tile_cache_counts { int64_t kept, bytes, found, made; };     // tiles and bytes at the moment; answers from the cache, answers made
void tile_cache_counts(struct tile_cache *c, struct tile_cache_counts *out);
