// source_features.h - plain polygon features and one word about each: a list of changes, a truth (要素读取).
//
// For short lists that are compared with each other, not for survey layers (footprint.h): every feature is kept as it
// stands, duplicates too, nothing is repaired. A feature that is no polygon refuses the layer.
#pragma once
#include "core/base/status.h"
#include "gis/crs.h"
#include "gis/geom.h"

struct feature_source;
// layer NULL: the one called usual_layer, else the only one. word_field holds the word. NOT_FOUND, INVALID.
enum status feature_source_open(const char *path, const char *layer, const char *usual_layer, const char *word_field,
                                struct feature_source **out, struct err *e);
void feature_source_close(struct feature_source *s);
const struct crs *feature_source_crs(const struct feature_source *s);
bool feature_source_extent(const struct feature_source *s, struct box_m *out); // in its own CRS; false: no features

// Filled: count, origin, size, rings, vertices, area_m2, fid, kind (the word; 0: none) and its names. INVALID.
enum status feature_source_read(struct feature_source *s, const struct crs *metric, struct footprints *out, struct err *e);
