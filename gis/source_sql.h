// source_sql.h - rows out of an SQLite file that GDAL has open, past GDAL: in two fifths of the time (绕过 GDAL 读行).
//
// gis does not know SQLite: whoever opens the source hands a way down (core/store/spatialite_guest.h). It works on GDAL's own
// connection, which knows the file and its locks.
#pragma once
#include "gis/source_rows.h"

// select: SELECT SOURCE_ROW_FUNCTION(fid, geometry, field...) FROM ..., which hands each row to take; a value is of the kind asked for,
// or null. Of a geometry that is no blob there are no bytes. take answers false: enough.
#define SOURCE_ROW_FUNCTION "gridpatrol_row"
struct source_query {
    const char *select;
    int fields;
    enum source_kind kind[SOURCE_FIELDS];
    bool (*take)(void *ctx, int64_t fid, const uint8_t *blob, size_t len, const struct source_value *field);
    void *ctx;
    char said[200];  // what went wrong while rows were read, "" when nothing did
};

struct source_sql {
    const char *(*check)(const char *source_id);             // as in sink_sql.h
    bool (*run)(void *sqlite, struct source_query *q);       // false: it is not understood, and nothing was taken
};
