// cells_corner.h - corners of cells that are to be one and the same. A part of cells_make.
#pragma once
#include "gis/cell_border.h"

struct overlay;
// Corners a micrometre apart become one, the community's own before others; corners a micrometre beside its border come to lie on it;
// on every edge stand the corners of others that lie on it; and polygons without ground go.
void cells_clean_corners(const struct rings *community, struct polygons *p);
// Copies cells with corners in whole millimetres, but for those on the outer border and on walls. walls: its vertices are the corners
// on buildings. false: some cell would not be valid any more.
bool cells_round_corners(struct overlay *o, struct border *walls, const struct polygons *cells, struct polygons *out);
