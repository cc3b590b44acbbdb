// wall.h - which wall of one outline is which wall of another (墙线对应), and how far apart they lie.
//
// An outline is a list of walls (its edges). Two walls correspond where they face the same way and lie side by side; the
// piece they share has an offset: the mean distance from the old wall to the new one along the old wall's outward normal,
// positive outwards. Vertices drawn with noise s (sd per axis and survey) give an offset variance of s^2 * factor, where
// factor = (1-t)^2 + t^2 at the middle t (0..1) of the piece on either wall, added: 1 for two whole walls.
//
// An adjustment is a chain of sums and divisions in which each step waits for the one before. So up to LANES pairs of outlines are
// adjusted side by side, each in a lane of its own, as if it were alone.
#pragma once
#include "core/base/vectors.h"
#include "gis/geom.h"

// Columns, with room for a whole vector behind the last wall. Scratch for one thread; grows to the largest outline met.
struct walls {
    size_t count, cap;
    double *from_x, *from_y, *along_x, *along_y; // start, unit direction; the unit normal out of the building is (along_y, -along_x)
    double *length_m;
    double *covered_m;                // by walls_match: how much of each wall has a counterpart
};
void walls_of(const struct rings *outline, struct walls *out);
void walls_clear(struct walls *w);
double walls_length_m(const struct walls *w);

// The k-th pieces of LANES pairs.
struct wall_piece {
    lanes from_m, to_m;               // along the old wall
    lanes offset_m;
    lanes old_x, old_y, along_x, along_y, old_m;          // the old wall
    lanes new_x, new_y, new_along_x, new_along_y, new_m;
    lanes length_m, at_x, at_y;       // by wall_pieces_tell: how long, its middle on the old wall,
    lanes sine;                       // of the turn from the old wall to the new one,
    lanes factor;                     // offset variance over s^2,
    lanes weight, root_factor;        // in an adjustment, 0 behind the last piece; 1 / sqrt(factor)
    lanes left_m, w, alarm;           // by change_test: what is left of the offset beyond the fit; over its sd; what that must not reach
    lanes whole;                      // and the weight of what speaks for the whole outline
};
struct wall_pieces {
    size_t count[LANES], most, cap;   // pieces of each pair; of the pair that has most
    struct wall_piece *piece;
    void *room;
};
void wall_pieces_start(struct wall_pieces *p);
void wall_pieces_clear(struct wall_pieces *p);

// All corresponding pieces no further apart than reach_m, into a lane that has none yet. At every place of an old wall the nearest
// new wall wins. Cost O(n m). After the last pair: wall_pieces_tell.
void walls_match(struct walls *old, struct walls *new_, double reach_m, struct wall_pieces *out, int lane);
void wall_pieces_tell(struct wall_pieces *p);

// The normal equations of "the offsets, less what all walls hang over, are one translation", robust: pieces count less the more they are
// off what is believed so far (Tukey), nothing beyond the cut. Added to out: a prior may be there already.
struct wall_belief {
    lanes move_x, move_y, cut_m;
    double overhang_m;
    bool by_factor;                   // the cut is for a factor of 1
    bool of_whole;                    // only what speaks for the whole has a say
};
struct wall_sums { lanes xx, xy, yy, gx, gy; };
void wall_pieces_sum(const struct wall_pieces *p, const struct wall_belief *b, struct wall_sums *out);

// The translation of NEW that fits the pieces best (robust least squares on the offsets), metres, and what is left.
struct wall_fit {
    bool good;                        // false: too few directions, and nothing else is told
    struct xy_m move;                 // to be added to NEW
    double xx, xy, yy;                // normal matrix: sum of out out^T / factor; variance of move = s^2 * inverse
    double residual_m;                // root mean square of the offsets left, over sqrt(factor)
    double outward_m;                 // their mean: all walls out (a roof drawn instead of walls) or in
    double worst_m;                   // largest |offset| left
    int pieces;
};
// One fit a pair. tukey_m: pieces further off than this from the fit are left out.
void wall_fit_moves(const struct wall_pieces *p, double tukey_m, struct wall_fit out[LANES]);
