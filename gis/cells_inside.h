// cells_inside.h - what the parts of cells_check share. Not for others.
#pragma once
#include "core/base/buf.h"
#include "gis/cells_check.h"
#include "gis/near.h"

struct overlay;
struct cells_checking {
    const struct cells_question *q;
    struct cells_limits limits;           // with all values filled in
    struct pool *pool;
    struct overlay **overlay;             // one for each thread
    struct polygons cell, community;      // valid: repaired where they had to be
    struct footprints cell_box;
    int64_t *parent;                      // community of each cell, -1: none of them
    struct buf wkb;
    struct cells_findings *out;
};

struct cells_finding *cells_add(struct cells_checking *c, enum cells_kind kind, int64_t cell, int64_t other);
// The ground it is about, from the layers' origin: fills in area, width, place and WKB.
void cells_show(struct cells_checking *c, struct cells_finding *f, const struct rings *ground);
void cells_show_place(struct cells_checking *c, struct cells_finding *f, struct xy_m at); // a small diamond there

enum status cells_check_overlaps(struct cells_checking *c, struct err *e);
enum status cells_check_leaving(struct cells_checking *c, struct err *e);
enum status cells_check_gaps(struct cells_checking *c, struct err *e);
void cells_check_buildings(struct cells_checking *c);
void cells_check_vertices(struct cells_checking *c);
void cells_check_codes(struct cells_checking *c);
