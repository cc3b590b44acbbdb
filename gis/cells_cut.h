// cells_cut.h - where a piece of land is best cut in two: short, balanced, and not through houses.
#pragma once
#include "gis/polygons.h"

struct cells_cut { double cost; struct xy_m across; double at_m; }; // the line of all places p with across . p = at_m
struct cells_land {
    const struct rings *shape;                   // one polygon with its holes, metres from a local origin
    const struct polygons *building;             // from the same origin
    const uint32_t *near; uint32_t near_count;   // which of them may stand on it
    double target_m2, least_m2;
};
enum { CELLS_CUTS_MAX = 4 };
// The best ones, best first; returns how many (0: there is no sensible one).
int cells_cut_choose(const struct cells_land *land, struct cells_cut best[CELLS_CUTS_MAX]);
// The parts of the line inside of the land, each drawn out by reach_m at both ends.
void cells_cut_draw(const struct rings *shape, const struct cells_cut *cut, double reach_m, struct segments *out);
