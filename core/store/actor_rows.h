// actor_rows.h - the shelf of actors; rules are in core/actor.c.
#pragma once
#include "core/actor.h"

// The codes that limit what they see, in order; none: the whole district.
typedef enum status actor_area_visit(void *ctx, const char *code, struct err *e);
enum status actor_each_area(struct db *db, const char *actor_id, actor_area_visit *fn, void *ctx, struct err *e);
enum status actor_insert(struct db *db, const struct actor *a, int64_t now_s, struct err *e);
