// cell_rows.h - the shelves of grids and cells; the rules are in core/cell.c.
#pragma once
#include "core/cell.h"

enum status grid_next_version(struct db *db, const char *key, int64_t *version, int64_t *others, struct err *e); // others: grids there are
enum status grid_forget_default(struct db *db, struct err *e);
enum status grid_insert(struct db *db, const struct grid *g, int64_t now_s, struct err *e);
enum status grid_select(struct db *db, const char *key, struct grid *out, struct err *e);
enum status cell_insert(struct db *db, const struct grid *g, const struct cell *c, int64_t now_s, struct err *e);
enum status cell_retire(struct db *db, const char *grid_key, int64_t now_s, int64_t *retired, struct err *e);
enum status cell_select(struct db *db, const char *grid_id, cell_visit *fn, void *ctx, struct err *e);
