// wall.h - which wall of one outline is which wall of another (墙线对应), and how far apart they lie.
//
// An outline is a list of walls (its edges). Two walls correspond where they face the same way and lie side by side; the
// piece they share has an offset: the mean distance from the old wall to the new one along the old wall's outward normal,
// positive outwards. Vertices drawn with noise s (sd per axis and survey) give an offset variance of s^2 * factor, where
// factor = (1-t)^2 + t^2 at the middle t (0..1) of the piece on either wall, added: 1 for two whole walls.
#pragma once
#include "gis/geom.h"

struct wall {
    struct xy_m from, along, out;     // start, unit direction, unit normal pointing out of the building
    double length_m;
    uint32_t ring;
};
struct wall_piece {
    uint32_t old_wall, new_wall;
    double length_m, offset_m;
    double old_at, new_at;            // middle of the piece, 0..1 along either wall
    double factor;                    // offset variance over s^2
    double left_m, w;                 // by change_test: what is left of the offset beyond the fit; over its sd
    bool step;                        // only a part of either wall
};
// Scratch for one thread; grows to the largest outline met.
struct walls { struct wall *wall; size_t count, cap; double *covered_m; size_t covered_cap; };
struct wall_pull { struct xy_m out; double offset_m, weight, root_factor; }; // a piece as an adjustment sees it; 1 / sqrt(factor)
struct wall_pieces { struct wall_piece *piece; size_t count, cap; struct wall_pull *pull; size_t pull_cap; };

void walls_of(const struct rings *outline, struct walls *out);
void walls_clear(struct walls *w);
void wall_pieces_clear(struct wall_pieces *p);

// All corresponding pieces no further apart than reach_m. At every place of an old wall the nearest new wall wins.
// Sets covered_m of both: how much of each wall has a counterpart. Cost O(n m).
void walls_match(struct walls *old, struct walls *new_, double reach_m, struct wall_pieces *out);

// What adjustments ask of every piece again and again, once: into p->pull.
void wall_pieces_pull(const struct walls *old, struct wall_pieces *p, double overhang_m);

// The translation of NEW that fits the pieces best (robust least squares on the offsets), metres, and what is left.
struct wall_fit {
    struct xy_m move;                 // to be added to NEW
    double xx, xy, yy;                // normal matrix: sum of out out^T / factor; variance of move = s^2 * inverse
    double residual_m;                // root mean square of the offsets left, over sqrt(factor)
    double outward_m;                 // their mean: all walls out (a roof drawn instead of walls) or in
    double worst_m;                   // largest |offset| left
    int pieces;
};
// tukey_m: pieces further off than this from the fit are left out. false: too few directions.
bool wall_fit_move(const struct walls *old, struct wall_pieces *p, double tukey_m, struct wall_fit *out);
