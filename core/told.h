// told.h - what people told of a record, in one digest: audit keeps it, and verifying holds it against the row (留痕核对).
//
// Every deed notes the digest of the record before and after it, made of all that people told of it, and of the step that was taken. So a
// value changed behind the program's back shows: the row is not what its last deed left, or a deed found another row than the one before
// it had left. What the program computes at any time again (cells, tallies, views) is not in it; what a comparison found is. Which columns are told
// says one table (core/store/told_rows.c).
#pragma once
#include "core/store/told_rows.h"
#include "core/work.h"

struct as_told { char digest[TOLD_DIGEST]; };

// The record as it is now; "" when it is not there.
enum status told_of(const struct work *w, const char *thing, const char *id, struct as_told *out);
// The audit row of a deed, after it was done. before: as it was; NULL: it was not there.
enum status told_note(const struct work *w, const struct deed *d, const struct as_told *before);

typedef void told_fault(void *ctx, const char *sentence);
// Every record whose row, or one of whose steps, is not what audit says, by name; registered things too. Inside a reading job.
enum status told_verify(struct db *db, told_fault *fn, void *ctx, struct err *e);
