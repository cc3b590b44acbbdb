// cells_arrange.h - one piece of land cut along lines, without cutting houses. A part of cells_make.
#pragma once
#include "core/base/status.h"
#include "gis/cell_border.h"

struct overlay;
struct cells_arranging {
    struct overlay *overlay;
    const struct polygons *building;
    double near_m;                    // lines this near to a border, a wall or each other are that (cells_snap.h)
    uint8_t *stepped;                 // [buildings] set where a border steps around
    struct border walls;              // its vertices: corners of borders that lie on buildings
};
// Parts of the land, sharing their borders vertex by vertex. near: the buildings that may stand on it. FAILED.
enum status cells_arrange(struct cells_arranging *a, const struct rings *land, const struct segments *lines, const uint32_t *near,
                          uint32_t near_count, struct polygons *parts, struct err *e);
