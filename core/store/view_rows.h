// view_rows.h - what a map program sees of a layer (图层视图): map_KEY, the rows that count, properties as columns of their type.
#pragma once
#include "core/layer.h"

// The column of the table in which a property is seen: of its type, also where the table keeps JSON, or seconds that mean a day.
enum { VIEW_COLUMN = 128 };
void view_column(const struct property *p, char out[VIEW_COLUMN]);

enum status layer_insert(struct db *db, const struct layer *l, const char *definition, const char *sha256, struct err *e);

// Makes the view map_KEY and registers its geometry, unless it is there already and the same. zone_offset_s: dates are local days.
enum status view_make(struct db *db, const struct layer *l, int64_t zone_offset_s, struct err *e);
// Neither row nor view of it any more; nothing may be registered under it.
enum status view_forget(struct db *db, const char *key, struct err *e);
