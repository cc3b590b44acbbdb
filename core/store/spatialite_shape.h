// spatialite_shape.h - shapes in the form SpatiaLite keeps them in (SpatiaLite BLOB), made and looked into without asking it.
//
// ST_GeomFromWKB() and MbrMinX() are a call for every row; what they do is copying, and reading 32 bytes. The form: 00 01, SRID,
// the box as four doubles, 7C, the class of geometry, its coordinates, FE; all little-endian, parts of a collection begin with 69.
#pragma once
#include "core/base/status.h"
#include "gis/geom.h"

// Little-endian two-dimensional WKB in lon/lat. What is made is freed with mem_free. INVALID: not such WKB, or empty.
enum status spatialite_shape_make(const uint8_t *wkb, size_t len, uint8_t **out, size_t *out_len, struct err *e);
// As well-known binary; out has room for len bytes, *wkb_len of them are used. false: no such blob.
bool spatialite_to_wkb(const uint8_t *shape, size_t len, uint8_t *out, size_t *wkb_len);
bool spatialite_shape_box(const uint8_t *shape, size_t len, struct box_m *out);      // degrees; false: no such blob
