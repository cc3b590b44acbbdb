// polygons.h - many polygons and lines in one local frame: what a grid of cells is made of and held against.
//
// Vertices are metres from `origin`, a whole-metre place in the metric CRS, so that nothing of a given coordinate is lost and
// all digits are kept: a vertex given twice is the same twice, to the last bit. Layers that are looked at together share one
// origin. Outer rings run counter-clockwise, holes clockwise, each outer ring before its holes.
#pragma once
#include "gis/geom.h"
#include "gis/wkb.h"

struct polygons {
    int64_t count;
    struct xy_m origin;
    struct rings rings;                             // of all polygons, one after the other
    uint32_t *ring_first;                           // [count + 1]
    size_t cap;
};
void polygons_init(struct polygons *p, struct xy_m origin); // rounded down to whole metres
void polygons_clear(struct polygons *p);
void polygons_add(struct polygons *p, const struct rings *r);       // in the metric CRS; no rings at all is an empty polygon
void polygons_add_local(struct polygons *p, const struct rings *r); // from p->origin
// As wkb_read left it, moved to the metric CRS; its rings are turned the right way.
void polygons_add_shape(struct polygons *p, struct wkb_shape *shape);
// A (multi)polygon in the metric CRS; rings are turned the right way. Anything else adds an empty polygon and says what it was.
enum wkb_kind polygons_add_wkb(struct polygons *p, const uint8_t *bytes, size_t len);
void polygons_get(const struct polygons *p, int64_t i, struct rings *out); // from p->origin
struct box_m polygons_box(const struct polygons *p, int64_t i);            // from p->origin; infinite and inverted when empty
// Only count, origin and size, which is all near_join asks for. Boxes are rounded outward. Clear with footprints_clear.
void polygons_boxes(const struct polygons *p, struct footprints *out);

struct segment_m { struct xy_m a, b; };
// Lines (roads, rivers, borders) as loose segments, from one origin.
struct segments { struct segment_m *at; size_t count, cap; };
void segments_add(struct segments *s, struct xy_m a, struct xy_m b);       // of no length: left out
void segments_add_rings(struct segments *s, const struct rings *r);        // their borders
// A (multi)linestring, or the border of a (multi)polygon, moved from the metric CRS to `origin`. false: it is neither.
bool segments_add_wkb(struct segments *s, const uint8_t *bytes, size_t len, struct xy_m origin);
void segments_clear(struct segments *s);
