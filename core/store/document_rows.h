// document_rows.h - rows of calendar, work_period and document; see core/desk.h and core/document.h.
#pragma once
#include "core/calendar.h"
#include "core/document.h"
#include "core/store/store.h"

// Grows with every notice, period and document: what was read at the same stamp is still right.
enum status document_stamp(struct db *db, int64_t *out, struct err *e);

typedef enum status document_visit(void *ctx, const char *name, const char *text, struct err *e);
// The newest version of each name that was not withdrawn.
enum status document_each(struct db *db, const char *kind, document_visit *fn, void *ctx, struct err *e);
// One version, 0: the newest. Version 0 in the answer: there is none. The text is added to the buffer, if one is given.
struct document_found { int64_t version; char sha256[65]; };
enum status document_select(struct db *db, const char *kind, const char *name, int64_t version, struct document_found *out, struct buf *text,
                            struct err *e);
struct document_row { const char *kind, *name, *text, *sha256, *loaded_by; int64_t version, now_s; };
enum status document_insert(struct db *db, const struct document_row *row, struct err *e);
// The station's own in force, by name; every version of them.
enum status document_tell_own(struct db *db, const char *kind, document_told *fn, void *ctx, struct err *e);
enum status document_tell_all(struct db *db, const char *kind, const char *name, const struct page *p, document_told *fn, void *ctx, struct err *e);
enum status layer_things(struct db *db, const char *key, int64_t *out, struct err *e);      // rows of table asset, of any version

// The newest notice of each year.
enum status calendar_each(struct db *db, document_visit *fn, void *ctx, struct err *e);
struct calendar_row { const char *id; int64_t year; const char *text, *sha256; int64_t now_s; };
// version: the one it got; 0: this very text is here already.
enum status calendar_insert(struct db *db, const struct calendar_row *row, int64_t *version, struct err *e);
typedef enum status period_visit(void *ctx, const struct work_period *p, struct err *e);
enum status period_each(struct db *db, period_visit *fn, void *ctx, struct err *e);
enum status period_insert(struct db *db, const char *from, const char *to, const struct work_period *p, struct err *e);
