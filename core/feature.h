// feature.h - the features of a layer as they are published (要素): one way to lists, single items, counts, extents, tiles and downloads.
//
// A query names its layer, who asks and what is asked; it becomes one SELECT with everything bound, in which the access predicate
// (visible.h) and the rows that count (layer.h) always stand. Pages go by key, never by offset: the same page begins at the same
// feature whatever was written meanwhile, and each feature that was there all the time comes exactly once.
//
// Times are compared as local days where a property is a date. A feature without geometry is in no box, one without a time in every
// interval (OGC 17-069r4 7.15.3 and 7.15.4).
#pragma once
#include "core/base/when.h"
#include "core/filter.h"
#include "core/visible.h"
#include "gis/geom.h"
#include "gis/tile.h"

struct feature_equal { const struct property *property; const char *text; };
struct feature_sort { const struct property *property; bool down; };     // property NULL: by id
enum { FEATURE_EQUALS = 16, FEATURE_SORTS = 4, FEATURE_CURSOR = 2048, FEATURE_PROPERTIES = 100 };

// How much a page's place holds: little, and it is found by the tree and put in order; or so much that a page is full before many were looked
// at one by one, in its order.
enum feature_reach { REACH_UNKNOWN, REACH_ANYWHERE, REACH_NARROW, REACH_WIDE };

struct feature_query {
    const struct layer *layer;
    const struct viewer *viewer;
    const struct lonlat_box *box;                              // NULL: everywhere
    bool has_time; int64_t from_s, to_s;                       // both included; INT64_MIN, INT64_MAX: open
    const struct filter *filter;                               // NULL: none
    struct feature_equal equal[FEATURE_EQUALS]; int equals;
    struct feature_sort sort[FEATURE_SORTS]; int sorts;        // by id where all else is equal
    const char *after;                                         // the cursor of the page before; NULL: the first page
    int64_t limit;                                             // 0: all
    bool shapeless;                                            // geometry is not wanted
    enum feature_reach reach;                                  // feature_look_around
    bool for_map;                                              // for a tile: what the box's own box touches, in the order of fid, properties of the map alone
    bool by_row; int64_t fid;                                  // in the order of rows; that row alone, 0: all
    int thinned;                                               // with for_map, of registers: 1, one in 16; 2, one in 256, by the last digits of the id
};

// One feature; lives until the next one.
struct feature {
    const struct layer *layer;
    const struct viewer *viewer;
    const char *id;                                            // UUID
    int64_t fid, version;                                      // of its present version; version 0: its layer counts none
    const uint8_t *wkb; size_t wkb_len;                        // lon/lat; NULL: none
    const struct rows *rows;                                   // of core/feature*.c
    const bool *seen;                                          // which properties may be; their places are those of the layer
    int64_t zone_offset_s;                                     // of the district, for days that are kept as seconds
    char (*day)[11];                                           // room for them, one a property
};
bool feature_has(const struct feature *f, int property);       // is there, and may be seen. property: place in layer->property
const char *feature_text(const struct feature *f, int property);       // TEXT, DATE ("2026-11-22"); NULL: nothing
double feature_number(const struct feature *f, int property);          // NUMBER; NaN: nothing
int64_t feature_integer(const struct feature *f, int property);        // INTEGER, BOOLEAN (0, 1), INSTANT (seconds)
// As JSON and maps tell it: days and moments are texts. TILE_NULL: nothing, or not to be seen. moment: room for its text, which lives as long.
struct tile_property feature_value(const struct feature *f, int property, char moment[WHEN_TEXT]);

typedef enum status feature_visit(void *ctx, const struct feature *f, struct err *e);
// next: the cursor of the page that follows, "" when this is the last; NULL: nobody asks. NOT_FOUND: there is no such layer for this viewer;
// INVALID: the filter, a property or the cursor does not fit; TOO_BIG.
enum status feature_each(struct work *w, const struct feature_query *q, feature_visit *fn, void *ctx, char next[FEATURE_CURSOR]);
// The cursor of what follows this feature, for who stops before the end by an answer of fn's; "": what is sorted by is too long for one.
void feature_cursor(const struct feature *f, const struct feature_query *q, char out[FEATURE_CURSOR]);
enum status feature_get(struct work *w, const struct layer *l, const struct viewer *v, const char *id, feature_visit *fn, void *ctx); // NOT_FOUND
enum status feature_count(struct work *w, const struct feature_query *q, int64_t *out);  // -1: not told, for much would have to be looked at
bool feature_tally(struct work *w, const struct layer *l, const struct viewer *v, int64_t *out); // of all, where it is kept; false: it is not
bool feature_is_large(struct work *w, const struct layer *l, const struct viewer *v);   // kept, and more than is counted for a page
enum status feature_look_around(struct work *w, struct feature_query *q);               // fills reach, so that a page goes the shorter way
// Of all the viewer may see, or a little further; *found false: there is nothing with a place. times: INT64_MIN, INT64_MAX where there are none,
// or it is dear to say; NULL: not asked for.
enum status feature_extent(struct work *w, const struct layer *l, const struct viewer *v, struct lonlat_box *box, bool *found, int64_t *from_s, int64_t *to_s);

// What may be asked of a layer by this viewer, for filter.h and for /queryables: its visible properties and "geometry". In the arena.
struct filter_scope feature_scope(const struct layer *l, const struct viewer *v, struct arena *a);
// "name" or "-name", comma between. INVALID names the properties there are.
enum status feature_sort_read(const struct layer *l, const struct viewer *v, const char *text, struct feature_query *q, struct err *e);

// {"type":"Feature","id":...,"geometry":...,"properties":{...}} without the last brace, so that links may follow. only: names of the
// properties that are wanted, NULL: all.
struct feature_style { const char *const *only; int onlys; bool shapeless; int decimals; };
bool feature_wants(const struct feature_style *s, const char *name);
void feature_json(const struct feature *f, const struct feature_style *s, struct buf *out);
// Its parts, for what is kept: up to the id, from there to the geometry, what follows it, and one property of that.
void feature_json_begin(struct buf *out);
void feature_json_shape(struct buf *out);
void feature_json_rest(const struct feature *f, const struct feature_style *s, struct buf *out);
struct json_writer;
void feature_put_value(struct json_writer *j, const struct tile_property *v);
