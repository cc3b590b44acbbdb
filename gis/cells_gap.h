// cells_gap.h - ground of the communities that no cell covers (缝隙), piece by piece.
#pragma once
#include "core/base/pool.h"
#include "core/base/status.h"
#include "gis/polygons.h"

struct overlay;
struct cells_gaps {
    struct polygons piece;                // every gap over ignore_m2
    int64_t *community; size_t community_cap; // the first one that holds it
    double unsettled_m2;                  // by how much the ledger of areas did not come out even
};
// Valid polygons in one frame. overlay: one for each thread of the pool. FAILED.
enum status cells_gaps_find(const struct polygons *community, const struct polygons *cell, double ignore_m2, struct pool *pool,
                            struct overlay **overlay, struct cells_gaps *out, struct err *e);
void cells_gaps_clear(struct cells_gaps *g);
