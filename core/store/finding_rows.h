// finding_rows.h - rows of finding; see core/finding.h.
#pragma once
#include "core/finding.h"

enum status finding_insert(struct db *db, const struct walk *k, const struct finding_spec *f, int64_t now_s, struct err *e);

// What was reported, as it was kept; texts live during the call. NOT_FOUND, no sentence.
#define FINDING_SOURCE "patrol"                    // where nobody says
struct finding_kept { const char *made_by, *source, *scheme, *code, *text, *crs; double x, y, accuracy_m; int64_t seen_at_s; };
typedef void finding_kept_visit(void *ctx, const struct finding_kept *k);
enum status finding_kept_select(struct db *db, const char *id, finding_kept_visit *fn, void *ctx, struct err *e);
