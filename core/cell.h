// cell.h - patrol cells and the grids they make up (单元网格).
//
// A grid is one versioned partition of the district; several stand side by side, one of them is the default, in which things
// know their cell. A code is never given twice in a grid: a cell that goes is retired, not removed. Geometry is lon/lat in the
// store; what is handed out here is metres in the district's metric CRS.
#pragma once
#include "core/work.h"
#include "gis/polygons.h"

enum { GRID_KEY = 32, CELL_CODE = 33 };
struct grid {
    struct id id;
    char key[GRID_KEY];                // "unit" 单元网格, "duty" 责任网格
    int64_t version;
    char name_zh[128], name_en[128];
    bool must_partition, is_default;
    double target_area_m2, min_area_m2, max_area_m2;
};

struct cell {
    int64_t fid;
    struct id id;
    char code[CELL_CODE], community_code[CELL_CODE];
    const char *name;
    double area_m2;
    const uint8_t *wkb; size_t wkb_len; // lon/lat MULTIPOLYGON
};

// Fills id and version (the next one of its key). The first grid of a station becomes the default; a new version of the default
// grid takes its place.
enum status grid_record(struct work *w, struct grid *g);
enum status grid_get(struct work *w, const char *key, struct grid *out);  // the newest of this key; key NULL: the default. NOT_FOUND
enum status cell_record(struct work *w, const struct grid *g, struct cell *c); // fills id. CONFLICT: the code was given before
enum status cell_retire_older(struct work *w, const struct grid *g, int64_t *retired); // of the grid's key, versions before this one
enum status cell_retire_all(struct work *w, const struct grid *g, int64_t *retired); // of the grid's key, older versions too

// The active cells of a grid, by code. WKB lives until the next one.
typedef enum status cell_visit(void *ctx, const struct cell *c, struct err *e);
enum status cell_each(struct work *w, const struct grid *g, cell_visit *fn, void *ctx);

// The same as polygons in the metric CRS with their codes; clear with cells_clear.
struct cells { struct polygons shape; char (*code)[CELL_CODE]; char (*community_code)[CELL_CODE]; size_t cap, community_cap; };
enum status cells_read(struct work *w, const struct grid *g, struct cells *out);
void cells_clear(struct cells *c);
