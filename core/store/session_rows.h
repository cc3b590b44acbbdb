// session_rows.h - the shelf of sessions; rules are in core/session.c. A handle is how the SHA-256 begins.
#pragma once
#include "core/session.h"

enum status session_insert(struct db *db, const struct session *s, const char *sha256, struct err *e);
// active: does its actor work here? NOT_FOUND, no sentence; then nothing is written.
enum status session_select(struct db *db, const char *sha256, struct session *out, char kept[65], bool *active, struct err *e);
enum status session_select_actor(struct db *db, const char *handle, char out[ID_TEXT], struct err *e);    // NOT_FOUND, no sentence
struct session_span { int64_t seen_after_s, made_after_s; };           // those in force were
enum status session_select_each(struct db *db, const char *actor_id, const struct session_span *span, session_visit *fn, void *ctx, struct err *e);
enum status session_update_seen(struct db *db, const char *handle, int64_t now_s, struct err *e);
enum status session_delete(struct db *db, const char *handle, struct err *e);
enum status session_delete_of(struct db *db, const char *actor_id, struct err *e);
enum status session_delete_past(struct db *db, int64_t seen_until_s, int64_t made_until_s, struct err *e);
