// register_list_rows.h - one page of the register along a road that core/register_list.c has chosen.
#pragma once
#include "core/filter.h"
#include "core/register_list.h"
#include "core/store/store.h"

// Where a question begins. The road's own condition is answered by an index that also gives the order, but for the window's.
enum register_road { ROAD_TAKEN, ROAD_END, ROAD_CELL, ROAD_COMMUNITY, ROAD_STATE, ROAD_WINDOW, ROAD_WORDS };

struct register_trip {
    const struct layer *layer;
    enum register_road road;
    enum register_order order;
    const char *cell, *community, *state, *match;        // NULL: any; match: of FTS5
    const char *usual;                                   // the state no index holds; NULL: the table has none
    const char *end_column;                              // of REGISTER_BY_END
    const struct filter_window *window;                  // NULL: everywhere
    const struct filter_sql *where;                      // on alias t, its parameters come first; NULL: all
    bool has_after; int64_t after_fid, after_end_s;
    int64_t limit;                                       // -1: none
};

enum status register_trip_each(struct db *db, const struct register_trip *t, register_line_visit *fn, void *ctx, int64_t *last_end_s, struct err *e);
enum status register_trip_count(struct db *db, const struct register_trip *t, int64_t *out, struct err *e);   // at most limit
enum status register_trip_explain(struct db *db, const struct register_trip *t, struct buf *out, struct err *e);
// Boxes in the window, at most `most`: how long the road through the R*Tree is.
enum status register_window_count(struct db *db, const struct layer *l, const struct filter_window *w, int64_t most, int64_t *out, struct err *e);
// How many rows the table has, superseded ones among them; not to the last one.
enum status register_rows_about(struct db *db, const struct layer *l, int64_t *out, struct err *e);
bool register_has_outline(const struct layer *l);        // the shape is in column outline, geom is where it is pinned
