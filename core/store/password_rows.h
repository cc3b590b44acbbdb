// password_rows.h - the shelf of passwords, each as argon2id made it; rules are in core/password.c.
#pragma once
#include "core/password.h"

enum status password_upsert(struct db *db, const char *actor_id, const char *made, int64_t now_s, struct err *e);
// Of somebody who works here and has one. NOT_FOUND, no sentence; then nothing is written.
enum status password_select(struct db *db, const char *name, struct password_kept *out, struct err *e);
