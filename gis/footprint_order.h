// footprint_order.h - outlines as they came become a layer, in an order of places: neighbours on the ground are then neighbours
// in memory (Hilbert order).
//
// Survey files come in any order; a comparison walks from place to place. Along a Hilbert curve whatever is near is read already.
#pragma once
#include "gis/footprint_build.h"

// Who comes when: the lower half of item k is the outline that comes as the k-th.
static inline uint32_t order_who(uint64_t item) { return (uint32_t)item; }

// Along the curve, in cells of about 16 m; outlines of one cell keep their order. Linear time. mem_free() it.
uint64_t *order_by_place(const struct outlines *o);
uint64_t *order_as_given(const struct outlines *o);
// Takes those of whom `out` is true from an order of count; returns how many are left.
int64_t order_leave_out(uint64_t *order, int64_t count, const uint8_t *out);

// A layer of count outlines without attributes; what is known of each is computed here.
void outlines_lay_out(const struct outlines *o, const uint64_t *order, int64_t count, struct footprints *f);
// items[order k] at place k; NULL stays NULL. The old array is freed.
void *order_items(void *items, size_t size, const uint64_t *order, int64_t count);

uint64_t hilbert_place(uint32_t x, uint32_t y, int levels); // place on the curve; x and y have that many bits
