// source_shape.h - shapes that GDAL knows and wkb.h does not.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Surfaces of other kinds (curve polygons, multisurfaces, TINs, polyhedral surfaces) as WKB of a multipolygon, arcs in steps of 4
// degrees. NULL: it is no surface. mem_free the answer.
uint8_t *source_linear_wkb(const uint8_t *wkb, size_t len, size_t *linear_len);

// geometry: an OGRGeometryH. As ISO WKB; NULL: it has none. mem_free the answer.
uint8_t *source_shape_wkb(void *geometry, size_t *len);
