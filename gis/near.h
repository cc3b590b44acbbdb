// near.h - pairs of boxes that meet: a grid join of two layers (空间连接), linear in what is near.
#pragma once
#include "core/base/pool.h"
#include "gis/geom.h"

struct near_pairs { int64_t count; uint32_t *a, *b; }; // sorted by a, then b; no pair twice
// Boxes in metres; a pair is reported when the boxes, each grown by reach_m / 2, meet. keep_*: NULL or one byte an item, 0 = leave out.
// cell_m: 0 chooses; any value gives the same answer.
void near_join(struct pool *pool, const struct footprints *a, const uint8_t *keep_a, const struct footprints *b,
               const uint8_t *keep_b, double reach_m, double cell_m, struct near_pairs *out);
void near_pairs_clear(struct near_pairs *p);
uint32_t *near_pairs_first(const struct near_pairs *p, int64_t items); // [items + 1] where the pairs of each a begin; caller frees (mem_free)

// Which boxes lie around a place, asked many times: a plain grid over one layer.
struct near_grid;
struct near_grid *near_grid_open(const struct footprints *f, double cell_m);
// Calls back ascending by index. Boxes meeting `area`.
size_t near_grid_find(const struct near_grid *g, struct box_m area, uint32_t *out, size_t cap); // returns how many there are (may exceed cap)
void near_grid_close(struct near_grid *g);
