// register_shift.h - where the two surveys do not fit (局部配准): the displacement AFTER -> BEFORE as a field over the district.
//
// Three steps, each robust against what was really built, over the cells of one plain grid (VOTE_CELL_M). Votes: pairs of similar
// footprints within reach vote for their displacement; neighbouring cells agree on one mode. Ties: mutual best pairs around that
// mode; the walls of a tie give its displacement with a variance. Field: at nodes about a bandwidth apart a robust local quadratic
// (ridge towards constant) through the ties; nodes are blended by bilinear weights. The bandwidth is the one that predicts left-out
// ties best. Footprints with an identical twin are ties of displacement zero. Votes and ties ask only so many buildings of a cell:
// a field has few numbers, and a town has houses to spare.
#pragma once
#include "core/base/pool.h"
#include "gis/footprint_diff.h"

enum { VOTE_CELL_M = 120 };

struct registration;   // the field

struct register_input {
    struct pool *pool;
    const struct footprints *before, *after;
    const uint32_t *twin, *twin_of;                       // [after], [before]: the identical footprint of the other survey or UINT32_MAX
    const uint32_t *near_before, *near_before_first;      // of each AFTER footprint the BEFORE ones within max_shift_m, [after + 1] into it
    const uint32_t *near_after, *near_after_first;        // and the reverse
    double max_shift_m;
};
// Never fails: without ties the field is zero and says so. What `in` points to outlives the registration.
struct registration *registration_open(const struct register_input *in);
// The field zero everywhere; the noise is still estimated.
struct registration *registration_none(const struct register_input *in);
void registration_close(struct registration *r);

struct placed {
    struct xy_m shift;      // to be added to AFTER here, metres
    struct slope { float x, y; } per_x, per_y; // its change per metre east and north: shift(p) = shift + per_x (p.x - x) + per_y (p.y - y)
    float sd_m;             // what the field leaves open here, one axis: noise of the fit and local misfit
    float tail;             // share 0..1 of the ties around here that lie far off the field: seams, sheets, wrong matches
    float tail_m;           // how far such ties lie off, root mean square, one axis (the same everywhere)
    int ties;               // that it rests on
};
struct placed registration_at(const struct registration *r, struct xy_m place); // metres, metric CRS, AFTER's side
void registration_place(const struct registration *r, struct placed *out); // [after], zeroed: those without a twin are filled in
double registration_vertex_noise_m(const struct registration *r); // sigma of one vertex, axis and survey, from the ties' walls
int64_t registration_cells(const struct registration *r, struct registration_cell **out); // one a vote cell; caller frees (mem_free)
// The constant outward offset of AFTER's walls against BEFORE's (roof against wall), metres; 0 when not significant.
double registration_overhang_m(const struct registration *r);
