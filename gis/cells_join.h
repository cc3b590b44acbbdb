// cells_join.h - neighbours that share their borders vertex by vertex, made into one.
#pragma once
#include "gis/cell_border.h"

// One polygon for each label, made of all polygons that carry it: edges with the same label on both sides vanish. border: of all
// polygons, each owner an index into label. A label nobody carries gives an empty polygon.
// false: the polygons overlap, their borders do not close.
bool cells_dissolve(const struct border *b, const uint32_t *label, uint32_t labels, struct polygons *out);

struct cells_join_rule {
    double least_m2;      // smaller ones look for a neighbour
    double most_m2;       // together not larger than this,
    double any_m2;        // unless they are smaller than this: then with any
};
// Smallest first, each goes with the neighbour of the longest common border. label: 0 .. (answer - 1), in order of the first member;
// joined (NULL, or one byte a label): made of several.
uint32_t cells_join_small(const struct border *b, const double *area_m2, uint32_t count, const struct cells_join_rule *rule,
                          uint32_t *label, uint8_t *joined);
