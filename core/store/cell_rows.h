// cell_rows.h - the shelves of grids and cells; the rules are in core/cell.c.
#pragma once
#include "core/cell.h"

enum status grid_next_version(struct db *db, const char *key, int64_t *version, bool *is_heir, struct err *e); // no default of another key
enum status grid_forget_default(struct db *db, struct err *e);
enum status grid_insert(struct db *db, const struct grid *g, int64_t now_s, struct err *e);
enum status grid_select(struct db *db, const char *key, struct grid *out, struct err *e);
enum status cell_insert(struct db *db, const struct grid *g, const struct cell *c, int64_t now_s, struct err *e);
// Active cells of the key's versions before this one.
enum status cell_retire_versions(struct db *db, const char *grid_key, int64_t before, int64_t now_s, int64_t *retired, struct err *e);
// Every code that was ever given in a grid of this key and begins with the community's, retired ones too.
typedef void cell_code_visit(void *ctx, const char *code);
enum status cell_used_codes(struct db *db, const char *grid_key, const char *community, cell_code_visit *fn, void *ctx, struct err *e);
enum status cell_select(struct db *db, const char *grid_id, cell_visit *fn, void *ctx, struct err *e);
