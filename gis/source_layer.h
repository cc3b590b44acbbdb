// source_layer.h - which layer of an opened source is meant and what its coordinates are in: one answer for every reader.
//
// layer and dataset are GDAL's handles; the callers hold a source_hush.
#pragma once
#include "gis/crs.h"

// name NULL: the only one. INVALID with the layers there are; path is how sentences call the source, --layer the remedy.
enum status source_layer_pick(void *dataset, const char *path, const char *name, void **layer, struct err *e);
// NOT_FOUND without a sentence: it says none, or "undefined" and its like, which is how formats write that they do not know.
enum status source_layer_crs(void *layer, struct crs **out, struct err *e);
// Where its coordinates lie; min above max when there are none. What the header tells is believed when the first features lie in
// it; is_filtered: part of the layer is asked for, and has no header. Reading begins anew.
struct box_m source_layer_extent(void *layer, bool is_filtered);
bool source_layer_holds(struct box_m outer, struct box_m inner);   // but for rounding; an empty inner one is held
