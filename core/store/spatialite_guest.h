// spatialite_guest.h - a guest on an SQLite connection that another library opened and will close (客连接).
//
// GDAL keeps GeoPackages in SQLite and is slow with their rows: these go through here, into it (gis/sink_sql.h) and out of it
// (gis/source_sql.h). The guest opens, settles and commits nothing. Both must be one and the same SQLite, which Debian's are.
#pragma once
#include "gis/sink_sql.h"
#include "gis/source_sql.h"

extern const struct sink_sql spatialite_guest;
extern const struct source_sql spatialite_reader;
