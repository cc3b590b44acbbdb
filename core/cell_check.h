// cell_check.h - is a grid of the station whole (单元网格检查)? The rules are in gis/cells_check.h; here the station is held against them.
//
// Cells against the communities that have a shape, the buildings of the register or of the newest survey, and the district's code scheme.
// In a grid that need not be a partition gaps and overlaps are told as warnings.
#pragma once
#include "core/ground.h"
#include "core/base/progress.h"
#include "core/station.h"
#include "gis/cells_check.h"

struct cell_check {
    struct grid grid;
    struct cells cells;
    struct ground ground;
    struct cells_findings found;
    int64_t errors, warnings;
};
// Inside a job. key NULL: the default grid. NOT_FOUND. Clear in any case.
enum status cell_check(struct work *w, const char *key, struct pool *pool, const struct progress *progress, struct cell_check *out);
void cell_check_clear(struct cell_check *c);
