// change_list.h - the changes of one comparison on their way into the station: rows, their grounds, and who they are.
//
// For core/comparison.c and what it asks: detected (change_list_fill), judged (legality_ground.h), tied to the objects and
// decisions of earlier comparisons (change_list_follow, change_list_inherit). All of it works on memory and is written at once.
#pragma once
#include "core/base/buf.h"
#include "core/change.h"
#include "core/survey.h"
#include "gis/pair_diff.h"
#include "gis/polygons.h"

struct change_list {
    int64_t count;
    struct change_row *row;            // texts and shapes live in arena and shape
    struct polygons ground;            // metric CRS, one a row
    bool *is_followed;                 // the object was seen before
    struct arena *arena;
    struct buf shape;                  // all WKB
    struct crs_road *to_lonlat, *from_lonlat;
};
void change_list_init(struct change_list *l);
void change_list_clear(struct change_list *l);

// Inside a reading job. Places, cells, audit slots, stock; every row gets an id and a new object. FAILED, TOO_BIG.
struct pair_surveys { const struct survey *before, *after; };
enum status change_list_fill(struct work *w, const struct pair_diff *pair, struct pair_surveys surveys, struct change_list *l);

// Inside a reading job: rows that share a building with an earlier change, or its ground, get its object. *followed: how many.
enum status change_list_follow(struct work *w, struct pair_surveys surveys, struct change_list *l, int64_t *followed);

// Inside the writing job, before the rows are inserted: decisions of earlier changes of the same object are carried on, with
// an audit line, or do not hold any more because it has grown.
struct inheritance { int64_t inherited, woken; };
enum status change_list_inherit(struct work *w, struct pair_surveys surveys, struct change_list *l, struct inheritance *out);

// Has what is seen now grown beyond what was seen then, and beyond the noise of both? Of the same direction only (added,
// taken, else the same class); *comparable says whether a decision on one can speak of the other at all.
struct growth { bool comparable, has_grown; double area_m2, height_m; }; // by how much; 0 where not
struct growth change_growth(const struct change_row *now, const struct rings *ground_now, const struct change_row *then,
                            const struct rings *ground_then);

// A lon/lat shape in the metric CRS, from the list's origin. Clear with rings_clear; empty when it is no polygon.
void change_list_ground(struct change_list *l, const uint8_t *wkb, size_t len, struct rings *out);
