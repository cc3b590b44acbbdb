// source_inside.h - an opened source, as source.c makes it and footprint.c reads it.
#pragma once
#include "gis/footprint.h"
#include "gis/source_stream.h"

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
