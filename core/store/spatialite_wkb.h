// spatialite_wkb.h - geometry as SpatiaLite keeps it, as well-known binary, without the library: its bytes are that with a frame around it.
//
// Two functions of SQL are made of it, many times faster than the library's: ST_AsBinary(geom), and MeetsBox(geom, west, south, east,
// north), which is exact (gis/wkb_box.h). A PostGIS driver has them as ST_AsBinary and ST_Intersects. What is no shape is NULL and meets
// nothing; a shape whose own box lies in the window is known by its frame alone.
#pragma once
#include "core/base/buf.h"
#include "core/base/status.h"
#include "gis/geom.h"

struct sqlite3;
enum status spatialite_wkb_teach(struct sqlite3 *db, struct err *e);

// As well-known binary; out has room for len bytes, *wkb_len of them are used.
bool spatialite_to_wkb(const uint8_t *blob, size_t len, uint8_t *out, size_t *wkb_len);
