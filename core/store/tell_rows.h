// tell_rows.h - a record with everything that belongs to it, as one JSON object; see case_tell and lead snapshots.
#pragma once
#include "core/base/buf.h"
#include "core/store/store.h"

// for_actor: whose leads of that case are told; NULL: none.
enum status tell_case(struct db *db, const char *case_id, const char *for_actor, struct buf *out, struct err *e);
enum status tell_lead(struct db *db, const char *lead_id, struct buf *out, struct err *e);
