// footprint_order.h - outlines as they came become a layer, in an order of places: neighbours on the ground are then neighbours
// in memory (Hilbert order).
//
// Survey files come in any order; a comparison walks from place to place. Along a Hilbert curve whatever is near is read already.
#pragma once
#include "core/base/pool.h"
#include "gis/footprint_build.h"

// Who comes when: the lower half of item k is the outline that comes as the k-th.
static inline uint32_t order_who(uint64_t item) { return (uint32_t)item; }

// Parts of it that threads share, and with which ring and vertex each of them begins.
struct order_part { int64_t first; uint32_t ring, vertex; };
struct order { uint64_t *item; int64_t count; struct order_part *part; int64_t parts; }; // part: [parts + 1], the last one is the end
void order_clear(struct order *o);

// Along the curve, in cells of about 16 m; outlines of one cell keep their order. Linear time.
void order_by_place(struct pool *pool, const struct outlines *o, struct order *out);
void order_as_given(const struct outlines *o, struct order *out);
// Takes those of whom `left_out` is true from an order.
void order_leave_out(const struct outlines *o, const uint8_t *left_out, struct order *order);

// A layer without attributes; what is known of each outline is computed here.
void outlines_lay_out(struct pool *pool, const struct outlines *o, const struct order *order, struct footprints *f);
// items[order k] at place k; NULL stays NULL. The old array is freed.
void *order_items(void *items, size_t size, const uint64_t *order, int64_t count);

uint64_t hilbert_place(uint32_t x, uint32_t y, int levels); // place on the curve; x and y have that many bits
