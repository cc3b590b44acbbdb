// sink_inside.h - an opened sink, as sink.c makes it, sink_rows.c fills it and sink_index.c finds its way in it.
#pragma once
#include "gis/sink.h"

enum sink_trait {
    SINK_IN_MEMORY = 1, SINK_LONLAT_ONLY = 2, SINK_NO_GEOMETRY = 4, SINK_SHORT_NAMES = 8, SINK_PACKED_INDEX = 16
};

struct complaint { char text[400]; }; // the first thing GDAL said

struct sink {
    const struct format *format;
    int traits;                      // of the format
    struct stage *stage;
    const struct crs *crs, *target;  // what geometries are given in and kept in; target NULL: there are none
    struct crs *lonlat;              // opened here when the format wants it
    void *dataset, *layer, *definition; // GDALDatasetH, OGRLayerH, OGRFeatureDefnH
    const struct sink_field *field;
    int fields;
    int64_t rows;
    char memory[64];                 // folder under /vsimem
    struct sink_maker *maker;        // what makes features of rows, one a thread
    int makers;
    void *feature;                   // OGRFeatureH of sink_write
    struct sink_index *index;        // NULL: the driver makes its own
    struct complaint complaint;
};

// Between these two GDAL speaks to the complaint, not to stderr, and believes it is always the same day. On each thread.
void sink_begin(struct complaint *c);
void sink_end(void);
enum status sink_failed(const struct sink *s, struct err *e);

// sink_rows.c. One more thread makes features; INVALID: no way from one CRS to the other.
enum status sink_hire(struct sink *s, struct err *e);
void sink_rows_clear(struct sink *s);

// sink_index.c. The spatial index of a new GeoPackage layer, packed at once when all rows are written: put into the R*Tree one
// after the other they take longer than the rows themselves. NULL: this SQLite keeps it in another way than we know.
struct sink_index *sink_index_open(void *dataset, const char *layer);
void sink_index_add(struct sink_index *x, struct box_m box);          // of the next row; min > max: no geometry
void sink_index_write(struct sink_index *x);           // what goes wrong is a complaint
void sink_index_close(struct sink_index *x);
