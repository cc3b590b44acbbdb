// footprint_order.h - neighbours on the ground become neighbours in memory (Hilbert order).
//
// Survey files come in any order; a comparison walks from place to place. Along a Hilbert curve whatever is near is read already.
#pragma once
#include "gis/geom.h"

// Reorders every array of f. Cells of about 16 m; footprints of one cell keep their order. Linear time.
void footprints_in_hilbert_order(struct footprints *f);
uint64_t hilbert_place(uint32_t x, uint32_t y, int levels); // place on the curve; x and y have that many bits
