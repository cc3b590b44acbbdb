// ground.h - what cells are made from and held against: communities, buildings, lines, all in one metric frame (划分底图).
#pragma once
#include "core/cell.h"

struct ground {
    struct polygons community, building;
    char (*code)[CELL_CODE]; size_t code_cap;        // of each community
    struct segments lines;
    const char *building_source;                     // "the register", "the newest survey", "nowhere": English keys
};
struct ground_lines { const char *path, *layer, *crs; };   // roads, rivers, borders; path NULL: none

// origin: of the frame; NULL: the first community's. community NULL: all that count and have a shape. Buildings are those of the
// register that stand, or, when it has none, those of the newest footprints survey. INVALID, NOT_FOUND. Clear in any case.
struct ground_spec { const struct xy_m *origin; const char *community; struct ground_lines lines; };
enum status ground_read(struct work *w, const struct ground_spec *spec, struct ground *out);
void ground_clear(struct ground *g);

// Shapes between the store's lon/lat and the district's metric CRS, one after the other.
struct metric_road;
enum status metric_road_open(const struct work *w, struct metric_road **out);
void metric_road_close(struct metric_road *r);
// Adds a lon/lat (multi)polygon. INVALID names what.
enum status metric_road_add(struct metric_road *r, const void *wkb, size_t len, const char *what, struct polygons *to, struct err *e);
bool metric_road_go(struct metric_road *r, struct xy_m *lonlat_to_m);             // one place; false: it has none
// A polygon of the frame as lon/lat MULTIPOLYGON, added to out. FAILED: no place on the Earth.
struct buf;
enum status metric_road_write(struct metric_road *r, const struct polygons *p, int64_t i, struct buf *out, struct err *e);
