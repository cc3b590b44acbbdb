// source_records.h - the features of any layer with all their fields, for registers (要素与属性读取): points, areas, or no shape.
//
// Slower than footprint.h and for every kind of layer: register loads, zones, permits, code tables. Shapes come as WKB in
// lon/lat (EPSG:4326), the CRS rules are those of footprint.h; areas are repaired where needed and told so. GCJ-02, BD-09 and
// BD-09MC are taken by name.
#pragma once
#include "core/base/status.h"
#include "gis/crs.h"
#include "gis/geom.h"

struct record_spec {
    const char *path, *layer;          // layer NULL: the only one
    const char *crs;                   // NULL: the file's own; a definition, or GCJ-02, BD-09, BD-09MC
    const char *where;                 // OGR SQL attribute filter; NULL: all
    const struct crs *metric;          // what areas are measured in
    bool shapeless;                    // a table without geometry is meant (codes)
    bool lines;                        // lines are meant too (roads, rivers)
};

enum record_shape { RECORD_NO_SHAPE, RECORD_POINT, RECORD_AREA, RECORD_LINE, RECORD_OTHER };
struct record {
    int64_t fid;
    int64_t row;                       // 1 is the first
    enum record_shape shape;
    const uint8_t *wkb;                // POINT, MULTIPOLYGON or (MULTI)LINESTRING, little-endian, lon/lat, two-dimensional
    size_t wkb_len;
    struct lonlat place;               // the point, or a point inside the area
    struct xy_m metric;                // the same in the metric CRS
    struct box_m box;                  // of the whole shape, there; points and areas
    double area_m2;                    // 0 for a point
    bool repaired;                     // the area was not valid and was mended
    const char *fault;                 // NULL, or an English key: why the shape cannot be used
    const char *const *value;          // one text a field, NULL where null
};

struct record_source;
enum status record_source_open(const struct record_spec *spec, struct record_source **out, struct err *e); // NOT_FOUND, INVALID
void record_source_close(struct record_source *s);
int record_source_fields(const struct record_source *s);
const char *record_source_field(const struct record_source *s, int i);
int record_source_find(const struct record_source *s, const char *name);  // case apart; -1: none
int64_t record_source_count(const struct record_source *s);               // -1: not known
const char *record_source_crs(const struct record_source *s);             // code or name, or "GCJ-02"
double record_source_added_m(const struct record_source *s);              // what the conversion adds to the accuracy
// *more false at the end; out lives until the next call. INVALID when the source breaks off.
enum status record_source_next(struct record_source *s, struct record *out, bool *more, struct err *e);

// One shape alone, out of WKB in lon/lat, judged and mended as a row of a file would be (edits). The reader is a source of nothing else; what
// it says of the shape lives until the next one.
enum status record_shape_open(const struct crs *metric, struct record_source **out, struct err *e);
void record_shape_read(struct record_source *s, const uint8_t *wkb, size_t len, struct record *out);

// The place a shape counts as standing at: the point, or a point inside the area, as in struct record. false: it has none.
bool record_place(const uint8_t *wkb, size_t len, struct lonlat *out);
