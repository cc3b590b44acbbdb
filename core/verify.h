// verify.h - is everything in the station what it was when it was written (核验)?
//
// The database's own structure, foreign keys, spatial indexes, the audit chain and the records against it (told.h), the originals
// against their hashes and against the rows that name them. Every fault is named; nothing is repaired.
#pragma once
#include "core/base/progress.h"
#include "core/station.h"

typedef void verify_fault(void *ctx, const char *sentence);
struct verify_report { int64_t faults, audit_rows, blobs, blob_bytes; };
// OK also when faults were found: the report and fn tell.
enum status verify_station(struct station *s, const struct progress *progress, verify_fault *fn, void *ctx, struct verify_report *out,
                           struct err *e);
