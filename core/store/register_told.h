// register_told.h - what a delivery said of a registered thing, in one digest, as loaded and as it lies in the table.
//
// Column digest of building, permit, zone and asset: SHA-256 over what the source said, by the table's column names, so that neither
// the order nor the number of a layer's properties matters; what is as it always is when nothing is said is left out. The same again has
// the same digest, and the row can be held against it. A row that was edited since has both: what its source said last, "/", and what it
// is now.
#pragma once
#include "core/store/register_rows.h"
#include "core/store/told_rows.h"

// room: a buffer to make it in, with a ceiling; false: the row has more.
bool register_digest(const struct layer *l, const struct register_row *r, struct buf *room, char out[TOLD_DIGEST]);
bool register_is_said(const char *digest, const char *said);              // is this what the source of a row said last?
const char *register_digest_held(const char *digest);                     // the part a row is held against
void register_digest_edited(const char *was, const char *now, char out[REGISTER_DIGEST]);  // was: of the row before the edit

// All rows of a layer together, in any order: the sum of their hashes, 64 digits. Rows are only ever added, so the sum of those
// after a row number adds to the sum before.
struct register_sum { uint64_t part[4]; };
enum status register_sum_rows(struct db *db, const struct layer *l, int64_t after_fid, struct register_sum *sum, struct err *e);
enum status register_last_fid(struct db *db, const struct layer *l, int64_t *out, struct err *e);
void register_sum_write(const struct register_sum *s, char out[TOLD_DIGEST]);
bool register_sum_read(const char *digest, struct register_sum *out);        // false: it is none
enum status register_sum_noted(struct db *db, const char *layer, char out[TOLD_DIGEST], int64_t *seq, struct err *e); // by audit; NOT_FOUND: never

// Rows that are not what was loaded; things whose newest version was put aside; and what was followed or taken out and counts again.
typedef enum status register_fault(void *ctx, const char *source, const char *source_id, const char *id, int64_t version, struct err *e);
// all: layers that may share its table.
enum status register_each_changed(struct db *db, const struct layer *l, const struct layer_list *all, register_fault *fn, void *ctx, struct err *e);
enum status register_each_hidden(struct db *db, const struct layer *l, register_fault *fn, void *ctx, struct err *e);
enum status register_each_back_again(struct db *db, const struct layer *l, register_fault *fn, void *ctx, struct err *e);
