// token_rows.h - the shelf of tokens; rules are in core/token.c.
#pragma once
#include "core/token.h"

const char *token_scope_word(enum token_scope scope);          // as the table has it
enum status token_insert(struct db *db, const struct token *t, const char *sha256, const char *made_by, struct err *e);
// active: does its actor work here? NOT_FOUND, no sentence; then nothing is written.
enum status token_select(struct db *db, const char *id, struct token *out, char sha256[65], bool *active, struct err *e);
enum status token_select_each(struct db *db, const char *actor_id, token_visit *fn, void *ctx, struct err *e);    // "": everybody's
enum status token_count(struct db *db, const char *actor_id, int64_t now_s, int64_t *out, struct err *e);        // those in force
enum status token_name_taken(struct db *db, const char *actor_id, const char *name, int64_t now_s, bool *out, struct err *e);
enum status token_update_revoked(struct db *db, const char *id, int64_t now_s, struct err *e);
enum status token_update_used(struct db *db, const char *id, int64_t now_s, int64_t every_s, struct err *e);
