// tell_rows.h - a record with everything that belongs to it, as one JSON object; see case_tell and lead snapshots.
#pragma once
#include "core/base/buf.h"
#include "core/store/store.h"

// A query and how its columns are told: a letter each (t text, i whole number, r real, j JSON already), and names; NULL ends them.
struct telling { const char *sql, *kinds, *const *names; };
enum status tell_one(struct db *db, const struct telling *t, struct values v, struct buf *out, struct err *e);   // members; NOT_FOUND
enum status tell_list(struct db *db, const char *name, const struct telling *t, struct values v, struct buf *out, struct err *e); // ,"name":[...]

// for_actor: whose leads of that case are told; NULL: none.
enum status tell_case(struct db *db, const char *case_id, const char *for_actor, struct buf *out, struct err *e);
enum status tell_lead(struct db *db, const char *lead_id, struct buf *out, struct err *e);
