// actor_rows.h - the shelf of actors; rules are in core/actor.c.
#pragma once
#include "core/actor.h"

enum status actor_insert(struct db *db, const struct actor *a, int64_t now_s, struct err *e);
