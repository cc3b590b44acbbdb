// height_test.h - did a building grow or shrink by a storey (加层/降层), or are heights just measured coarsely?
#pragma once
#include "gis/geom.h"

struct height_scale {
    bool known;               // both layers have heights
    double bias_m;            // median AFTER - BEFORE: another datum or roof point
    double noise_m;           // sd of a difference
    double step_before_m, step_after_m; // heights come in steps of this (1 m, 0.1 m, a storey); 0: none seen
    double least_m;           // a change below is none
};
// pairs of footprints that are the same building in plan.
void height_scale_from(const struct footprints *before, const struct footprints *after, const uint32_t *pair_before,
                       const uint32_t *pair_after, size_t pairs, double min_height_m, struct height_scale *out);
// Heights of a group: the area-weighted mean of the members' known heights; NaN when none is known.
double height_of_members(const struct footprints *f, const uint32_t *member, uint32_t count);
