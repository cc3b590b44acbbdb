// selection.h - which features of a collection a request means, and how they are to look (选择): bbox, datetime, filter, properties
// as parameters, sortby; crs and properties. Pages, downloads and whatever else hands out features read them here.
#pragma once
#include "api/answer_crs.h"
#include "api/collection.h"

struct selection {                              // points into itself: stays where it was read
    struct exchange *x;
    const struct layer *layer;
    struct feature_query query;
    struct crs_offer crs;
    struct feature_style style;
    struct lonlat_box box;
    struct arena *filter_arena;
};
// Zeroed before. INVALID, TOO_BIG: a parameter, with its name. What belongs to a page (limit, after) is left to the caller.
enum status selection_read(struct exchange *x, const struct layer *l, struct selection *out);
void selection_clear(struct selection *s);
void selection_say_crs(struct exchange *x, const struct crs_offer *crs);     // the header Content-Crs

// The rows of these parameters, for the table of a route that takes properties too.
#define SELECTION_PARAMS \
    { .kind = PARAM_BBOX, .name = "bbox", .about = "Only features in this box: min x, min y, max x, max y" }, \
    { .kind = PARAM_TEXT, .name = "bbox-crs", .about = "The coordinate reference system of bbox; longitude and latitude otherwise" }, \
    { .kind = PARAM_DATETIME, .name = "datetime", .about = "Only features of this time: a moment, a day, or an interval" }, \
    { .kind = PARAM_TEXT, .name = "filter", .about = "Only features for which this CQL2 expression is true" }, \
    { .kind = PARAM_WORD, .name = "filter-lang", .word = selection_filter_langs, .fallback = 1, .about = "How the filter is written" }, \
    { .kind = PARAM_TEXT, .name = "filter-crs", .about = "The coordinate reference system of coordinates in the filter" }, \
    { .kind = PARAM_TEXT, .name = "crs", .about = "The coordinate reference system of the answer" }, \
    { .kind = PARAM_LIST, .name = "properties", .about = "Only these properties" }, \
    { .kind = PARAM_TEXT, .name = "sortby", .about = "Properties to sort by; - before one: descending" }
extern const char *const selection_filter_langs[];
