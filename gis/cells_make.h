// cells_make.h - a community partitioned into patrol cells (单元网格划分).
//
// First along the lines given (roads, rivers), then, where a piece is still too large, along straight cuts chosen to be short,
// balanced and between houses. Where a line runs through a building all the same, the building goes to the side that holds most
// of it and the border steps around its outline. Small pieces join the neighbour with the longest common border.
//
// Lines drawn nearly on the community's border, on a wall or on each other are that border: what lies nearer than CELLS_NEAR_M
// (cells_snap.h) is not drawn a second time, and what ends that near to it reaches it.
//
// What comes out is a partition, and proved to be one (cells_whole.h): the cells of a community share their borders vertex by vertex, no
// gap, no overlap. Corners on the community's border and on buildings stay where they were told; all others are whole millimetres. The
// same input gives the same cells.
#pragma once
#include "core/base/status.h"
#include "gis/polygons.h"

struct cells_plan { double target_m2, least_m2, most_m2; };   // 0: 10 000, 5 000, 20 000
// All from one origin. lines, building: NULL: none; what lies elsewhere is left aside.
struct cells_ground { const struct polygons *community; int64_t which; const struct segments *lines; const struct polygons *building; };
struct cells_made {
    int64_t cells, small, large;      // outside of the plan's least and most
    int64_t stepped;                  // buildings a border had to step around, or runs along
    int64_t at_border;                // buildings the community's own border runs through: they are cut by what was told
    bool rounded;                     // false: whole millimetres would have folded a cell; all digits are kept
};
// Cells in the order of their numbers, from the community's origin (cells is initialised here). INVALID: the community has no area.
// FAILED: no partition was found along these lines; nothing else is ever given out.
enum status cells_make(const struct cells_ground *ground, const struct cells_plan *plan, struct polygons *cells, struct cells_made *made,
                       struct err *e);
