// sink_inside.h - an opened sink, as sink.c makes it and its other files fill it.
#pragma once
#include "gis/sink.h"
#include "gis/sink_sql.h"

enum sink_trait { SINK_IN_MEMORY = 1, SINK_LONLAT_ONLY = 2, SINK_NO_GEOMETRY = 4, SINK_SHORT_NAMES = 8, SINK_TABLE = 16, SINK_ZIP = 32 };

struct complaint { char text[400]; }; // the first thing GDAL or SQLite said

struct sink {
    const struct format *format;
    int traits;                      // of the format
    enum sink_shape shape;
    struct stage *stage;
    const struct crs *crs, *target;  // what geometries are given in and kept in; target NULL: there are none
    struct crs *lonlat;              // opened here when the format wants it
    void *dataset, *layer, *definition; // GDALDatasetH, OGRLayerH, OGRFeatureDefnH
    const struct sink_field *field;
    int fields;
    int64_t rows;
    char memory[64];                 // folder under /vsimem
    struct sink_maker *maker;        // one a thread
    int makers;
    struct sink_part *part;          // rows of sink_write that wait for the others of their part
    struct sink_table *table;        // NULL: the format is written feature by feature
    struct complaint complaint;
};

// Between these two GDAL speaks to the complaint, not to stderr, and believes it is always the same day. On each thread.
void sink_begin(struct complaint *c);
void sink_end(void);
enum status sink_failed(const struct sink *s, struct err *e);

// sink_rows.c. What one thread makes rows with.
struct sink_maker {
    struct crs_road *road;  // NULL: no geometry to move
    struct xy_m *point;     // a ring on its way
    size_t point_cap;
    uint8_t *wkb;           // room for one geometry
    size_t wkb_cap;
    struct sink_cell *cell; // one a field, for features
};
enum status sink_hire(struct sink *s, struct err *e); // one more thread makes rows; INVALID: no way from one CRS to the other
bool sink_rows_flush(struct sink *s);                 // writes what sink_write left waiting
void sink_rows_clear(struct sink *s);

// sink_shape.c. Every geometry goes into the file as a little-endian multipolygon, or as the point it is.
size_t sink_shape_len(const uint8_t *wkb, size_t len); // its bytes in the file; 0: it is neither polygon nor point
// In the file's CRS, and its box (empty: no points). False: it is broken or has no place there.
bool sink_shape_put(struct sink_maker *m, const uint8_t *wkb, size_t len, uint8_t *out, struct box_m *box);

// sink_feature.c. A row as GDAL takes it. *feature is made when it is NULL.
bool sink_feature_make(const struct sink *s, struct sink_maker *m, const uint8_t *wkb, size_t len, void **feature);
bool sink_feature_write(struct sink *s, void *feature);
void sink_feature_free(void *feature);

// sink_table.c. The rows of a GeoPackage, a part with one statement.
enum { PART_ROWS = 32 };
struct arena;
struct table_rows { struct sink_cell *cell; struct box_m box[PART_ROWS]; struct arena *bytes; }; // what the cells point to
void sink_table_rows_init(const struct sink_table *t, struct table_rows *r);
void sink_table_rows_clear(struct table_rows *r);
// When the layer is there and before the transaction begins. NULL: this GDAL works in another way than we know.
struct sink_table *sink_table_open(struct sink *s, const char *layer, const struct sink_sql *sql);
struct sink_cell *sink_table_cells(const struct sink_table *t, const struct table_rows *r, int at); // to be filled, one a field; then:
bool sink_table_make(const struct sink_table *t, struct sink_maker *m, const uint8_t *wkb, size_t len, struct table_rows *r, int at);
bool sink_table_write(struct sink_table *t, const struct table_rows *rows, int count);
void sink_table_finish(struct sink_table *t); // the spatial index, and what GDAL would have counted; what goes wrong is a complaint
void sink_table_close(struct sink_table *t);  // before the dataset

// sink_index.c. The spatial index of a new GeoPackage layer, packed at once when all rows are written: put into the R*Tree one
// after the other they take longer than the rows themselves. NULL: this SQLite keeps it in another way than we know.
struct sink_index *sink_index_open(const struct sink_base *base, void *dataset, const char *layer);
void sink_index_add(struct sink_index *x, struct box_m box); // of the next row; empty: no geometry
void sink_index_write(struct sink_index *x);
void sink_index_close(struct sink_index *x);
