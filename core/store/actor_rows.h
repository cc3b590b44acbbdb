// actor_rows.h - the shelf of actors and their areas; rules are in core/actor.c.
#pragma once
#include "core/actor.h"

enum status actor_insert(struct db *db, const struct actor *a, int64_t now_s, struct err *e);
enum status actor_update(struct db *db, const struct actor *a, struct err *e);               // role, agency, whether they work here
enum status actor_count_administrators(struct db *db, const char *but_id, int64_t *out, struct err *e);   // who work here

// The codes that limit what they see, in order; none: the whole district.
typedef enum status actor_area_visit(void *ctx, const char *code, struct err *e);
enum status actor_each_area(struct db *db, const char *actor_id, actor_area_visit *fn, void *ctx, struct err *e);
enum status actor_delete_areas(struct db *db, const char *actor_id, struct err *e);
enum status actor_insert_area(struct db *db, const char *actor_id, const char *code, struct err *e);
// Does the code of any area or cell that counts begin so?
enum status area_code_begins(struct db *db, const char *code, bool *out, struct err *e);
