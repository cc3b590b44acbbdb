// rehome_rows.h - the tables whose rows know their cell; the rule is in core/rehome.c.
#pragma once
#include "core/store/store.h"

struct rehome_shelf { const char *table, *each, *update; };
extern const struct rehome_shelf rehome_shelf_list[];
extern const int rehome_shelf_count;

struct rehome_row { int64_t fid; const char *cell_code, *community_code; const void *wkb; size_t wkb_len; }; // codes may be NULL
typedef enum status rehome_visit(void *ctx, const struct rehome_row *row, struct err *e);
enum status rehome_each(struct db *db, const struct rehome_shelf *s, rehome_visit *fn, void *ctx, struct err *e);
enum status rehome_update(struct db *db, const struct rehome_shelf *s, int64_t fid, const char *cell_code, const char *community_code,
                          struct err *e);
