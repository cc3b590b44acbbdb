// feature_cache.h - features of registers in memory, as each view of them shows them, for what is asked most: a box, one by its id,
// and a tile (要素缓存).
//
// A view is read whole in the background when it is first asked for; until then, and for whatever the shelf cannot tell, the store is asked,
// and answers with the same bytes. No answer is older than an edit that was acknowledged before it was asked for: what is written is heard
// (core/store/watch.h) before its writer is answered, and from then on until those rows were read anew nothing is answered from here that
// could hold one of them. What another process writes takes away the view, which is read anew after a while.
#pragma once
#include "api/exchange.h"
#include "core/feature_shelf.h"
#include "core/store/watch.h"

enum { FEATURE_CACHE_BYTES = 320 << 20 };                   // the ceiling of all views; what does not fit is asked of the store
struct station;
struct feature_cache;
struct feature_cache *feature_cache_open(struct station *station, const struct layer_list *layers, size_t ceiling_bytes);   // 0: FEATURE_CACHE_BYTES
void feature_cache_hear(struct feature_cache *c, const struct touch *t, int count);     // from the store's watch
void feature_cache_stop(struct feature_cache *c);           // before the station closes, which it reads; NULL is fine
void feature_cache_close(struct feature_cache *c);          // after it; NULL is fine

// Called once for each feature, while the shelf stands still: quick work, no questions.
typedef void feature_cached(void *ctx, const struct feature_shelf *s, uint32_t hit);
// All of the box, at most limit, by id. told false: ask the store. FAILED: as store_look.
enum status feature_cache_box(struct feature_cache *c, struct exchange *x, const struct feature_query *q, feature_cached *fn, void *ctx, bool *told);
enum status feature_cache_one(struct feature_cache *c, struct exchange *x, const struct layer *l, const char *id, feature_cached *fn, void *ctx, bool *told);
// As feature_tile, for who asks.
enum status feature_cache_tile(struct feature_cache *c, struct exchange *x, const struct tile_question *q, struct tile *t, struct tile_bytes *out, bool *told);

struct feature_cache_counts { int64_t bytes, views, told, untold; };        // at the moment; answers since it was opened
void feature_cache_counts(struct feature_cache *c, struct feature_cache_counts *out);
