// share.h - how much of a small shape lies in a large one, and how far from its border (占比与边距): a house and a redline.
//
// The large one may have very many vertices: only what is near the small one is looked at closely. Both in one local frame.
#pragma once
#include "gis/geom.h"

// What of a large shape lies in a box: area and borders inside the box are kept, and new borders run along it.
void share_cut(const struct rings *large, struct box_m box, struct rings *out);

// Common area, m2; the same as relate_overlap_m2, in time linear in the vertices of `large`.
double share_common_m2(const struct rings *small, const struct rings *large);

// How deep the deepest vertex of `small` stands inside `large`, metres from its border; when none is inside, minus the distance
// to the border. -INFINITY when it is further than reach_m away.
double share_depth_m(const struct rings *small, const struct rings *large, double reach_m);
