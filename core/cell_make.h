// cell_make.h - a district's communities partitioned into patrol cells (单元网格划分): a new version of the grid.
//
// gis/cells_make draws the cells of one community; here they get their codes and their place in the station. A cell that comes out
// as it was keeps its code; a new one gets a number nobody ever had in this grid, retired cells counted. Communities that are not
// made anew keep their cells. All or nothing; things know their new cell when it is done.
#pragma once
#include "core/base/progress.h"
#include "core/ground.h"
#include "core/rehome.h"
#include "core/station.h"

struct cell_make_spec {
    const char *community;             // its code; NULL: all that have a shape
    struct ground_lines lines;
    struct grid grid;                  // key, names, limits
};
struct cell_make_report {
    int64_t communities, cells, kept_codes, carried, retired, version;   // carried: cells of communities not made anew
    int64_t small, large, stepped, at_border;                            // as in gis/cells_make.h
    const char *building_source;
    struct rehome_report rehomed;      // zero when the grid is not the default one
};
// INVALID: no community has a shape, a line is none. TOO_BIG: a community's numbers are used up.
enum status cell_make(struct station *s, const struct station_call *call, const struct cell_make_spec *spec, const struct progress *progress,
                      struct cell_make_report *out, struct err *e);
