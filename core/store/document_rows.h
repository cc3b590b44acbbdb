// document_rows.h - rows of calendar, work_period and document; see core/desk.h and core/document.h.
#pragma once
#include "core/calendar.h"
#include "core/store/store.h"

// Grows with every notice, period and document: what was read at the same stamp is still right.
enum status document_stamp(struct db *db, int64_t *out, struct err *e);

typedef enum status document_visit(void *ctx, const char *name, const char *text, struct err *e);
// The newest version of each name. kind: codes, limits, rules, agencies, terms.
enum status document_each(struct db *db, const char *kind, document_visit *fn, void *ctx, struct err *e);
enum status document_next_version(struct db *db, const char *kind, const char *name, int64_t *version, char sha256[65], struct err *e);
enum status document_insert(struct db *db, const char *kind, const char *name, int64_t version, const char *text, const char *sha256,
                            int64_t now_s, struct err *e);

// The newest notice of each year.
enum status calendar_each(struct db *db, document_visit *fn, void *ctx, struct err *e);
struct calendar_row { const char *id; int64_t year; const char *text, *sha256; int64_t now_s; };
// version: the one it got; 0: this very text is here already.
enum status calendar_insert(struct db *db, const struct calendar_row *row, int64_t *version, struct err *e);
typedef enum status period_visit(void *ctx, const struct work_period *p, struct err *e);
enum status period_each(struct db *db, period_visit *fn, void *ctx, struct err *e);
enum status period_insert(struct db *db, const char *from, const char *to, const struct work_period *p, struct err *e);
