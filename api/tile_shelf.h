// tile_shelf.h - the tiles that are kept, by viewer's view, place and age; for tile_cache.c, which holds the lock.
#pragma once
#include "api/tile_cache.h"

enum { VIEWS_MOST = 512 };
// A layer as some viewers see it. What is known of how far it reaches is dropped when a row at its edge is touched.
struct view {
    const struct layer *layer;
    char key[VISIBLE_KEY];
    bool has_extent, found; struct lonlat_box extent;
    bool has_zoom; int all_from_zoom[TILE_SETS];                   // as it was when the view was made: else its tiles would not fit together
};
struct tile_shelf;
struct tile_shelf *tile_shelf_open(size_t ceiling_bytes);
void tile_shelf_close(struct tile_shelf *s);
struct view *tile_shelf_view(struct tile_shelf *s, const struct layer *l, const char *key);   // made when it is new; stays until all is dropped
bool tile_shelf_find(struct tile_shelf *s, const struct view *v, struct tile_place p, struct layer_tile *out);   // counted for whoever asked
void tile_shelf_keep(struct tile_shelf *s, const struct view *v, struct tile_place p, const struct layer_tile *t); // what was asked for longest ago goes
void tile_shelf_drop_all(struct tile_shelf *s);                                                // views too
void tile_shelf_drop_records(struct tile_shelf *s);                                            // of layers that are no registers
void tile_shelf_drop_box(struct tile_shelf *s, const char *table, const struct lonlat_box *box);  // what shows this ground of registers of the table
bool tile_touches(struct tile_place p, const struct lonlat_box *box);                          // the tile or its buffer
void tile_shelf_counts(const struct tile_shelf *s, int64_t *kept, int64_t *bytes);
