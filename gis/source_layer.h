// source_layer.h - which layer of an opened source is meant and what its coordinates are in: one answer for every reader.
//
// layer and dataset are GDAL's handles; the callers hold a source_hush.
#pragma once
#include "gis/crs.h"

// name NULL: the only one. INVALID with the layers there are; path is how sentences call the source, --layer the remedy.
enum status source_layer_pick(void *dataset, const char *path, const char *name, void **layer, struct err *e);
// NOT_FOUND without a sentence: it says none, or "undefined" and its like, which is how formats write that they do not know.
enum status source_layer_crs(void *layer, struct crs **out, struct err *e);
