// tile_cache.h - tiles of one layer, packed, as they are sent (瓦片缓存).
#pragma once
#include "api/exchange.h"
#include "core/feature_tile.h"

struct station;
struct tile_cache;
struct tile_cache *tile_cache_open(struct station *station);
void tile_cache_close(struct tile_cache *c);                // NULL is fine

struct layer_tile {
    struct shared_bytes *gzip;                              // counted for whoever asked; NULL: nothing is there, an empty tile
    uint64_t tag[2];                                        // of its content
};
// As whoever asks may see it. NOT_FOUND: there is no such layer for them.
enum status tile_cache_get(struct tile_cache *c, struct exchange *x, const struct layer *l, struct tile_place place, struct layer_tile *out);
