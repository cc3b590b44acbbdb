// archive_rows.h - what a station's archive tells as JSON; see core/archive.h.
#pragma once
#include "core/base/buf.h"
#include "core/work.h"

// The members of station.json that come from tables: district, agencies, actors, grids, comparisons, documents, calendars, ...
enum status archive_tell(struct db *db, struct buf *out, struct err *e);

// Every case and every lead w->actor may see, by number: one JSON object each.
typedef enum status archive_visit(void *ctx, const struct buf *object, struct err *e);
enum status archive_each_case(struct work *w, archive_visit *fn, void *ctx);
enum status archive_each_lead(struct work *w, archive_visit *fn, void *ctx);
enum status archive_each_audit(struct work *w, archive_visit *fn, void *ctx);
// The originals that rows name: SHA-256, and what they are called.
typedef enum status archive_original(void *ctx, const char *sha256, const char *name, struct err *e);
enum status archive_each_original(struct work *w, archive_original *fn, void *ctx);
