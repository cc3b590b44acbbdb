// feature_cell.h - what stands in a table for a feature (表格值): columns, headings and values for people or for programs.
//
// People (csv, xlsx) read titles, labels of codes and local time; programs (fgb, gpkg, shp, kml) names, codes and time with its zone.
#pragma once
#include "core/base/when.h"
#include "core/feature.h"
#include "gis/sink.h"

struct cell_style { enum lang lang; int64_t zone_offset_s; bool for_people; };
enum { CELL_ID = -1 };
// A column: a place in layer->property, or CELL_ID. title: unlike all others before it.
struct cell_column { int property; const char *title; };
struct cell_columns { struct cell_column *column; int count; };

// All this viewer may see of those that are wanted (only; NULL: all), and the id where no property is called that. In the arena.
struct cell_columns cell_columns_of(const struct layer *l, const struct viewer *v, const struct feature_style *wanted, const struct cell_style *s, struct arena *a);
const char *cell_name(const struct layer *l, const struct cell_column *c);             // "id", or the property's name
enum sink_type cell_type(const struct layer *l, const struct cell_column *c);
// The value; its text lives as long as the feature, or in room.
void cell_value(const struct feature *f, const struct cell_column *c, const struct cell_style *s, char room[WHEN_LOCAL_TEXT], struct sink_value *out);

// Lines of CSV (RFC 4180): UTF-8 behind a byte order mark, geometry as WKT in a column of that name, points also as lon and lat.
// A text that a table program would take for a formula begins with an apostrophe.
void cell_csv_head(const struct layer *l, const struct cell_columns *c, struct buf *out);
// moved: the same feature in the CRS of the answer.
void cell_csv_line(const struct feature *f, const struct feature *moved, const struct cell_columns *c, const struct cell_style *s, int decimals, struct buf *out);
// A placemark of KML 2.3. f in longitude and latitude.
void cell_kml_head(const struct layer *l, const struct cell_style *s, struct buf *out);
void cell_kml_placemark(const struct feature *f, const struct cell_columns *c, const struct cell_style *s, struct buf *out);
void cell_kml_foot(struct buf *out);
