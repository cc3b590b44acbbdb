// cells_whole.h - do cells cover their community, all of it, once? A proof, not a measurement. A part of cells_make.
//
// Each edge is run by two cells, once each way, or lies on the community's border, whose every piece some cell runs; and no cell's
// outline crosses itself. Then the cells are a partition. (cells_check measures what is wrong with cells that came from elsewhere.)
#pragma once
#include "gis/polygons.h"

struct overlay;
bool cells_are_whole(struct overlay *o, const struct rings *community, const struct polygons *cells);
