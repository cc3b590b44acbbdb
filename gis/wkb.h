// wkb.h - polygons out of well-known binary (OGC 06-103r4, ISO and EWKB type codes), straight into flat rings.
//
// A stranger's bytes: every count is held against what is left of the buffer before anything is read.
#pragma once
#include "core/base/status.h"
#include "gis/geom.h"

enum wkb_kind { WKB_POLYGON, WKB_MULTIPOLYGON, WKB_EMPTY, WKB_OTHER, WKB_BROKEN };
struct wkb_facts { bool multi, holes, z_or_m; int64_t repeated; int64_t too_few; };

// Reads a (multi)polygon or a collection of nothing else (any nesting up to 8) as closed rings: the repeated last vertex is
// dropped, repeated vertices too (counted). Orientation is left as found; WKB order says which ring is outer: ring_is_hole
// (caller's array, grown) tells for each ring. Coordinates are as in the file.
struct wkb_shape { struct rings rings; uint8_t *ring_is_hole; uint32_t hole_cap; };
enum wkb_kind wkb_read(const uint8_t *bytes, size_t len, struct wkb_shape *out, struct wkb_facts *facts);
void wkb_shape_clear(struct wkb_shape *s);

// Lines, and the borders of polygons, piece by piece (any nesting of collections up to 8). false: broken, or something else.
typedef void wkb_piece(void *ctx, struct xy_m a, struct xy_m b);
bool wkb_read_lines(const uint8_t *bytes, size_t len, wkb_piece *piece, void *ctx);

// Little-endian MULTIPOLYGON of rings (each outer ring counter-clockwise followed by its own holes), added to out; origin is
// added to every vertex. Returns the number of bytes.
struct buf;
size_t wkb_write_multipolygon(struct buf *out, const struct rings *r, struct xy_m origin);
