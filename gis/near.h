// near.h - pairs of boxes that meet: a grid join of two layers (空间连接), linear in what is near; and footprints that are there twice.
//
// Any order of the layers gives the same answers; Hilbert order (footprint_order.h) gives them fast, for neighbours are then asked
// one after the other and lie together in memory.
#pragma once
#include "core/base/pool.h"
#include "gis/geom.h"

static const uint32_t NOBODY = UINT32_MAX;

// One layer laid on a grid. cell_m: 0 chooses, for questions that reach reach_m; any value gives the same answers.
struct near_grid;
struct near_grid *near_grid_open(struct pool *pool, const struct footprints *f, double reach_m, double cell_m);
void near_grid_close(struct near_grid *g);
// The first footprint of the grid that is the same as a's item i (identity, place, size), or NOBODY.
uint32_t near_grid_twin(const struct near_grid *g, const struct footprints *a, int64_t i);

struct near_pairs { int64_t count; uint32_t *a, *b; }; // sorted by a, then b; no pair twice
// Boxes in metres; a pair is reported when the boxes, each grown by half of the reach, meet.
struct near_question {
    const struct footprints *a;           // b is the layer of the grid
    double reach_m;
    const uint8_t *keep;                  // NULL or one byte an item of a, 0 = leave out
    const uint32_t *twin, *twin_of;       // NULL, or who is the same on the other side: two that both have a twin are no pair,
    double twin_reach_m;                  // and an item of a that has one reaches only so far
};
void near_grid_join(struct pool *pool, const struct near_grid *g, const struct near_question *q, struct near_pairs *out);
void near_join(struct pool *pool, const struct footprints *a, const uint8_t *keep, const struct footprints *b, double reach_m,
               double cell_m, struct near_pairs *out); // the same with a grid of its own
void near_pairs_clear(struct near_pairs *p);
uint32_t *near_pairs_first(const struct near_pairs *p, int64_t items); // [items + 1] where the pairs of each a begin; caller frees (mem_free)
