// tell_rows.h - a record with everything that belongs to it, as one JSON object; see case_tell and lead snapshots.
#pragma once
#include "core/visible.h"

// A query and how its columns are told: a letter each (t text, i whole number, r real, j JSON already; p and f: texts that name people in
// a case and in a finding, for those who may know), and names; NULL ends them. In the text {case r} stands for what may be seen of a case r.
struct telling { const char *sql, *kinds, *const *names; };
// Told to the program itself, which sees all.
enum status tell_one(struct db *db, const struct telling *t, struct values v, struct buf *out, struct err *e);   // members; NOT_FOUND
enum status tell_list(struct db *db, const char *name, const struct telling *t, struct values v, struct buf *out, struct err *e); // ,"name":[...]

// viewer: of what belongs to it, what they may see; NULL: the program itself, which tells all of a case but its leads.
enum status tell_case(struct db *db, const char *case_id, const struct viewer *viewer, struct buf *out, struct err *e);
enum status tell_finding(struct db *db, const char *finding_id, const struct viewer *viewer, struct buf *out, struct err *e);
enum status tell_lead(struct db *db, const char *lead_id, const struct viewer *viewer, struct buf *out, struct err *e);
