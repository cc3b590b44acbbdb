// cells_corner.h - corners of cells that are to be one and the same. A part of cells_make.
#pragma once
#include "gis/cell_border.h"

struct overlay;
// Corners a micrometre apart become one: the community's own, or else the first one seen.
void cells_weld_corners(const struct rings *community, struct polygons *p);
// Copies p with, on every edge, the corners of others that stand on it.
void cells_share_corners(const struct polygons *p, struct polygons *out);
// Copies cells with corners in whole millimetres, but for those on the outer border and on walls. walls: its vertices are the corners
// on buildings. false: some cell would not be valid any more.
bool cells_round_corners(struct overlay *o, struct border *walls, const struct polygons *cells, struct polygons *out);
