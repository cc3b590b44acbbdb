// export.h - what leaves a station as a layer or a table (导出): any layer, and the records people need outside.
//
// A table of columns says for each thing what is told, under which titles, from where; the file is written by gis/sink.h, whole or not
// at all, as of one moment. Where people read (csv, xlsx) headings are titles and codes their labels, in the language of the call; for
// programs names and codes stay what they are. What w->actor may not see is not there, rows and columns alike (core/visible.h); secret
// leads are nobody's who does not hold their key.
#pragma once
#include "core/layer.h"
#include "gis/sink.h"

enum export_type { EXPORT_TEXT, EXPORT_WHOLE, EXPORT_REAL, EXPORT_TIME, EXPORT_DAY };   // TIME: seconds since 1970; DAY: text
typedef const char *export_label(const char *code, enum lang lang);

struct export_column {
    const char *name, *title_zh, *title_en;
    enum export_type type;
    const char *sql;               // over the thing's FROM
    export_label *label;           // NULL: told as it is
    const struct property *property;   // its codes have titles; NULL: none
    const char *short_name;        // for shp; NULL: name
};

struct export_table {
    const char *name;              // of the layer in the file
    enum sink_shape shape;
    const char *key;               // of its layer, by which core/visible.h says who sees what of it; NULL: the audit
    const struct layer *layer;
    const char *from, *geometry, *row, *window;    // SQL: FROM and WHERE of rows t, geometry, row key; the R*Tree; NULL: none
    const char *order;             // a column's name
    const struct export_column *column;
    int columns;
};

// Inside a job. what: areas, cells, surveys, changes, cases, findings, leads, audit, or the key of a layer; all_versions: of a layer
// also the rows that count no more. Lives in the arena. NOT_FOUND names what there is for w->actor.
enum status export_table_of(struct work *w, struct arena *a, const char *what, bool all_versions, struct export_table *out);

struct export_spec {
    const char *path;              // the ending says the format
    const char *where;             // CQL2 over the columns' names and "geometry"; NULL: all
    const char *crs;               // of the file; NULL: EPSG:4326
};
// Inside a job. INVALID: the filter, the CRS or the ending; FAILED: full disk. rows: how many were written.
enum status export_write(struct work *w, const struct export_table *t, const struct export_spec *spec, int64_t *rows);

// The names export_table_of knows besides the layers, NULL ends them.
extern const char *const export_records[];
