// cell_place.h - which cell holds a point (点落格), for many points.
//
// A grid of buckets is laid over the cells. A bucket knows the cells that cover it whole, and of the others just the edges that
// decide inside it: a point's row is crossed towards the east, half-open (an edge counts from its lower end up to, but not
// including, its upper end; the west side belongs to a cell, the east side to the next). Cells that share their border vertex
// by vertex therefore hold every point exactly once, border or not, and the answer is that of the plain even-odd test over the
// whole outline, to the last bit. Where cells overlap, all who hold a point can be told.
#pragma once
#include "core/base/pool.h"
#include "gis/polygons.h"

struct cell_place;
// Keeps what it needs of the cells. bucket_m: 0 chooses; any value gives the same answers.
struct cell_place *cell_place_open(const struct polygons *cells, double bucket_m);
void cell_place_close(struct cell_place *p);

// Points are metres from the cells' origin.
enum { CELL_NONE = -1 };
int64_t cell_place_one(const struct cell_place *p, struct xy_m at);      // the first cell by index; CELL_NONE
size_t cell_place_all(const struct cell_place *p, struct xy_m at, uint32_t *out, size_t cap); // ascending; returns how many (may exceed cap)

// Many at once: cell[i] the first that holds point i or CELL_NONE, holders[i] how many do (255: that many or more); holders may
// be NULL. pool NULL: this thread alone.
void cell_place_points(const struct cell_place *p, struct pool *pool, const struct xy_m *point, int64_t count, int32_t *cell, uint8_t *holders);
