// sink.h - writing a layer so that nobody ever sees half of it. Format by extension, through OGR.
//
// Everything is written beside the target under a name of its own and renamed into place when whole; a failed or killed run
// leaves the old file or none. Same input, same bytes (no clock in the file).
#pragma once
#include "core/base/pool.h"
#include "core/base/status.h"
#include "gis/crs.h"
#include "gis/geom.h"

enum sink_type { SINK_TEXT, SINK_INTEGER, SINK_REAL };
struct sink_field {
    const char *name;
    enum sink_type type;
    const char *title_en, *title_zh;
    int decimals;            // SINK_REAL: digits kept after the point
    const char *short_name;  // for shp, where a name has at most 10 letters; NULL: name
};
struct sink_value { const char *text; int64_t integer; double real; bool is_null; }; // the one of the field's type counts

// Before the long work: is the extension known, can the file be written there? INVALID, NOT_FOUND, DENIED.
enum status sink_check(const char *path, struct err *e);

// Are its columns read by people in a table program (csv, xlsx), so that they want titles and not names?
bool sink_is_table(const char *path);

struct sink;
struct sink_sql;
enum sink_shape { SINK_AREAS, SINK_POINTS, SINK_SHAPELESS, SINK_MIXED };       // MIXED: areas and points; not into a shapefile
struct sink_spec {
    const char *path, *layer;        // gpkg geojson geojsonl fgb shp shp.zip csv xlsx; anything else is refused with the list
    enum sink_shape shape;
    const struct crs *crs, *target;  // of the geometries given; what the file is to hold (GeoJSON is always EPSG:4326). Outlive the sink; of SHAPELESS: NULL
    const struct sink_field *field;
    int fields;
    const struct sink_sql *sql;      // how a GeoPackage gets its rows (core/store/spatialite_guest.h); of SHAPELESS: NULL
};
enum status sink_open(const struct sink_spec *spec, struct sink **out, struct err *e);
// wkb: a little-endian point or (multi)polygon, as the shape says; NULL: a row without geometry.
enum status sink_write(struct sink *s, const uint8_t *wkb, size_t wkb_len, const struct sink_value *value, struct err *e);

// The same for many rows: threads make them, one writes them, in their order.
struct sink_row { const uint8_t *wkb; size_t wkb_len; const struct sink_value *value; };
struct sink_rows {
    int64_t count;
    void (*fill)(void *ctx, int64_t row, int thread, struct sink_row *out); // what it points to lasts until the thread's next row
    void (*tell)(void *ctx, int64_t written);                               // now and then; NULL: nobody asks
    void *ctx;
};
enum status sink_write_rows(struct sink *s, struct pool *pool, const struct sink_rows *rows, struct err *e);

void sink_describe(struct sink *s, const char *json);   // kept in the file where the format can; before it is committed
enum status sink_commit(struct sink *s, struct err *e); // closes, syncs, renames; the sink is gone either way
void sink_abandon(struct sink *s);                      // removes what was begun

// A text file in the same manner (report, JSON).
enum status sink_text_file(const char *path, const char *data, size_t len, struct err *e);
