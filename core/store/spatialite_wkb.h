// spatialite_wkb.h - what is asked of shapes in SQL, without the library.
//
// Two functions are made of core/store/spatialite_shape.h, many times faster than the library's: ST_AsBinary(geom), and MeetsBox(geom, west, south, east,
// north), which is exact (gis/wkb_box.h). A PostGIS driver has them as ST_AsBinary and ST_Intersects. What is no shape is NULL and meets
// nothing; a shape whose own box lies in the window is known by its frame alone.
#pragma once
#include "core/base/status.h"

struct sqlite3;
enum status spatialite_wkb_teach(struct sqlite3 *db, struct err *e);
