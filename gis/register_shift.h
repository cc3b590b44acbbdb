// register_shift.h - where the two surveys do not fit (局部配准): the displacement AFTER -> BEFORE as a field over the district.
//
// Three steps, each robust against what was really built. Votes: in cells of VOTE_CELL_M every pair of similar footprints
// within reach votes for its displacement; neighbouring cells agree on one mode. Ties: mutual best pairs around that mode; the
// walls of a tie give its displacement with a variance. Field: at nodes about a bandwidth apart a robust local quadratic (ridge
// towards constant) through the ties; nodes are blended by bilinear weights. The bandwidth is the one that predicts left-out
// ties best. Footprints with an identical twin are ties of displacement zero.
#pragma once
#include "core/base/pool.h"
#include "gis/footprint_diff.h"
#include "gis/near.h"

enum { VOTE_CELL_M = 120 };

struct registration;   // the field

// pairs: near_join(after, before) over everything not identical, reach max_shift_m: pairs.a is an AFTER index. twin[after] is the
// identical BEFORE footprint or UINT32_MAX. Never fails: without ties the field is zero and says so.
struct registration *registration_open(struct pool *pool, const struct footprints *before, const struct footprints *after,
                                       const uint32_t *twin, const struct near_pairs *pairs, double max_shift_m);
// The field zero everywhere; the noise is still estimated.
struct registration *registration_none(struct pool *pool, const struct footprints *before, const struct footprints *after,
                                       const uint32_t *twin, const struct near_pairs *pairs);
void registration_close(struct registration *r);

struct placed {
    struct xy_m shift;      // to be added to AFTER here, metres
    struct xy_m per_x, per_y; // its change per metre east and north: shift(p) = shift + per_x (p.x - x) + per_y (p.y - y)
    double sd_m;            // what the field leaves open here, one axis: noise of the fit and local misfit
    double tail;            // share 0..1 of the ties around here that lie far off the field: seams, sheets, wrong matches
    double tail_m;          // how far such ties lie off, root mean square, one axis (the same everywhere)
    int ties;               // that it rests on
};
struct placed registration_at(const struct registration *r, struct xy_m place); // metres, metric CRS, AFTER's side
double registration_vertex_noise_m(const struct registration *r); // sigma of one vertex, axis and survey, from the ties' walls
int64_t registration_cells(const struct registration *r, struct registration_cell **out); // one a vote cell; caller frees (mem_free)
// The constant outward offset of AFTER's walls against BEFORE's (roof against wall), metres; 0 when not significant.
double registration_overhang_m(const struct registration *r);
