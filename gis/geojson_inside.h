// geojson_inside.h - what the writers of GeoJSON share (geojson.c from WKB, packed.c from packed geometry). For nobody else.
#pragma once
#include "core/base/fixed.h"
#include "gis/wkb_walk.h"

struct buf;

// Geometry on its way to text. stack: what is open, from the outside in.
struct geojson_writing {
    struct buf *out;
    int decimals, depth;
    enum wkb_type stack[WKB_DEPTH_MOST + 2];
    bool comma[WKB_DEPTH_MOST + 2];                 // something stands before the next one on this level
    bool bad;                                       // a coordinate that cannot be written
};
// What stands before the coordinates of a geometry, and between that the name of its type.
#define GEOJSON_TYPE "{\"type\":\""
#define GEOJSON_COORDINATES "\",\"coordinates\":"
void geojson_begin(void *ctx, enum wkb_type type, uint32_t parts);  // steps of wkb_walk and packed_walk; ctx is the writing
void geojson_end(void *ctx, enum wkb_type type);
void geojson_forget(struct buf *out, size_t before);                // whole or not at all
const char *geojson_type_name(enum wkb_type type);

enum { GEOJSON_POSITION_BYTES = 2 * FIXED_BYTES_MOST + 4 };         // [,] and the comma behind

static inline char *geojson_print_position(char *at, int64_t x, int64_t y, int decimals)
{
    *at++ = '[';
    at = fixed_print_short(at, x, decimals);
    *at++ = ',';
    at = fixed_print_short(at, y, decimals);
    *at++ = ']';
    return at;
}
