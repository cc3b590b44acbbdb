// kml.h - geometry as KML 2.3 (OGC 12-007r2) out of well-known binary: longitude and latitude, height left out.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

// Adds <Point>, <LineString>, <Polygon> or <MultiGeometry>. False: broken, empty, or a coordinate that is no number; then nothing was
// added.
bool kml_add_wkb(struct buf *out, const uint8_t *wkb, size_t len);
