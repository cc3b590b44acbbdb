// compartment_rows.h - boxes, and the tables in memory that stand for what is in one; see core/compartment.h.
#pragma once
#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/compartment.h"

enum status compartment_select(struct db *db, const char *agency_id, char public_key[SEAL_KEY_TEXT], struct err *e);   // NOT_FOUND, no sentence
enum status compartment_insert(struct db *db, const char *agency_id, const char *public_key, const char *made_by, int64_t now_s, struct err *e);

typedef enum status box_visit(void *ctx, const char *id, const void *box, size_t len, struct err *e);
enum status box_each(struct db *db, box_visit *fn, void *ctx, struct err *e);
enum status box_insert(struct db *db, const char *id, const struct buf *box, struct err *e);
enum status box_update(struct db *db, const char *id, const struct buf *box, struct err *e);

// Tables of the same names in memory, empty: `lead`, `step`, `proceeding`, `clock_pause`, `number_series`, `audit`, `audit_head`.
enum status memory_open(struct db *db, struct err *e);
enum status memory_close(struct db *db, struct err *e);
enum status memory_empty(struct db *db, struct err *e);
// Views of the same names over the open tables and ones in memory, for reading.
enum status memory_look(struct db *db, struct err *e);
void memory_look_away(struct db *db);
// All rows of the memory tables as JSON, and back. looking: into those of memory_look. INVALID: no such table or column.
enum status memory_write(struct db *db, struct buf *out, struct err *e);
enum status memory_read(struct db *db, struct json tables, bool looking, struct err *e);

// Of the leads in memory: the next id after this one ("": the first); "" none. Agency and case of one.
enum status memory_lead(struct db *db, const char *after, char id[ID_TEXT], struct err *e);
enum status memory_lead_facts(struct db *db, const char *id, char agency_id[ID_TEXT], char case_id[ID_TEXT], char number[64], struct err *e);
// A copy of the memory tables without one lead and what belongs to it is another lead's box.
enum status memory_forget_lead(struct db *db, const char *id, struct err *e);
