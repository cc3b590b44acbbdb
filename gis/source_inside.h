// source_inside.h - an opened source, as source.c makes it and footprint.c reads it.
#pragma once
#include "core/base/buf.h"
#include "gis/footprint.h"
#include "gis/source_hush.h"
#include "gis/source_rows.h"

struct source {
    struct source_spec spec;           // texts are copies
    char *text[8];                     // those copies
    void *dataset, *layer;             // GDALDatasetH, OGRLayerH
    struct crs *crs;
    struct box_m extent;
    int64_t features;                  // -1: not known
    char called[240];                  // "BEFORE t_1990.gpkg", how sentences name it
    char description[400];
    const char *field[SOURCE_FIELDS];  // as the layer spells them, NULL where not asked for
};

// source_fields.c. INVALID: a field is not there (with the list of those that are) or is neither text nor number; a filter that
// is not understood.
enum status source_find_fields(struct source *s, const struct source_spec *spec, struct err *e);
enum status source_set_filter(struct source *s, struct err *e);
void source_ignore_other_fields(struct source *s);
// Names for a sentence, commas between; silent once the list is long.
enum { SOURCE_LIST_BYTES = 2000 };
void source_list_add(struct buf *list, const char *name);

// source_stream.c. As source_rows, by GDAL.
enum status source_stream_rows(const struct source *s, const struct source_taker *to, struct err *e);
// source_table.c. As source_rows, past GDAL. *known false: it is no plain table of a GeoPackage, and nothing was taken.
enum status source_table_rows(const struct source *s, const struct source_taker *to, bool *known, struct err *e);
enum status source_broke_off(const char *what, const char *said, struct err *e); // INVALID; said: GDAL's or SQLite's words, "" none
