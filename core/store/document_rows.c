#include "core/store/document_rows.h"

#include "core/base/buf.h"
#include "core/base/date.h"
#include "core/calendar_load.h"
#include <stdio.h>

enum status document_stamp(struct db *db, int64_t *out, struct err *e)
{
    return db_integer(db, "SELECT 1 + (SELECT count(*) FROM calendar) + (SELECT count(*) FROM work_period) + (SELECT count(*) FROM document)",
                      NO_VALUES, out, e);
}

static enum status visit_rows(struct db *db, const char *sql, struct values v, document_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, sql, v, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        s = fn(ctx, rows_text(r, 0), rows_text(r, 1), e);
    rows_done(r);
    return s;
}

// The newest version of each name that was not withdrawn.
#define IN_FORCE "text <> '' AND version = (SELECT max(version) FROM document o WHERE o.kind = d.kind AND o.name = d.name)"

enum status document_each(struct db *db, const char *kind, document_visit *fn, void *ctx, struct err *e)
{
    return visit_rows(db, "SELECT name, text FROM document d WHERE kind = $1 AND " IN_FORCE " ORDER BY name", VALUES(value_text(kind)), fn, ctx, e);
}

enum status document_select(struct db *db, const char *kind, const char *name, int64_t version, struct document_found *out, struct buf *text,
                            struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(db, "SELECT version, sha256, text FROM document WHERE kind = $1 AND name = $2 AND ($3 = 0 OR version = $3) "
                               "ORDER BY version DESC LIMIT 1", VALUES(value_text(kind), value_text(name), value_integer(version)), &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    *out = (struct document_found){ .version = s == OK && more ? rows_integer(r, 0) : 0 };
    snprintf(out->sha256, sizeof out->sha256, "%s", s == OK && more ? rows_text(r, 1) : "");
    if (text != NULL)
        buf_text(text, s == OK && more ? rows_text(r, 2) : "");
    rows_done(r);
    return s;
}

enum status document_insert(struct db *db, const struct document_row *row, struct err *e)
{
    return db_run(db, "INSERT INTO document (kind, name, version, text, sha256, loaded_by, loaded_at_s) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                  VALUES(value_text(row->kind), value_text(row->name), value_integer(row->version), value_text(row->text), value_text(row->sha256),
                         value_text(row->loaded_by), value_integer(row->now_s)), e);
}

static enum status tell_rows(struct db *db, const char *sql, struct values v, document_told *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, sql, v, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        s = fn(ctx, &(struct document){ .kind = rows_text(r, 0), .name = rows_text(r, 1), .version = rows_integer(r, 2), .text = rows_text(r, 3),
                                        .sha256 = rows_text(r, 4), .loaded_at_s = rows_integer(r, 5), .loaded_by = rows_text(r, 6) }, e);
    rows_done(r);
    return s;
}

#define TOLD "SELECT d.kind, d.name, d.version, d.text, d.sha256, d.loaded_at_s, a.name FROM document d JOIN actor a ON a.id = d.loaded_by WHERE "

enum status document_tell_own(struct db *db, const char *kind, document_told *fn, void *ctx, struct err *e)
{
    return tell_rows(db, TOLD "d.kind = $1 AND " IN_FORCE " ORDER BY d.name", VALUES(value_text(kind)), fn, ctx, e);
}

enum status document_tell_all(struct db *db, const char *kind, const char *name, const struct page *p, document_told *fn, void *ctx, struct err *e)
{
    return tell_rows(db, TOLD "($1 IS NULL OR d.kind = $1) AND ($2 IS NULL OR d.name = $2) AND ($3 IS NULL OR (d.kind, d.name, d.version) > "
                              "(SELECT o.kind, o.name, o.version FROM document o WHERE o.kind || '/' || o.name || '/' || o.version = $3)) "
                              "ORDER BY d.kind, d.name, d.version LIMIT $4",
                     VALUES(value_text(kind), value_text(name), value_text(page_after(p)), value_integer(page_limit(p))), fn, ctx, e);
}

enum status layer_things(struct db *db, const char *key, int64_t *out, struct err *e)
{
    return db_integer(db, "SELECT count(*) FROM asset WHERE kind = $1", VALUES(value_text(key)), out, e);
}

enum status calendar_each(struct db *db, document_visit *fn, void *ctx, struct err *e)
{
    return visit_rows(db, "SELECT id, document FROM calendar c WHERE version = (SELECT max(version) FROM calendar o WHERE o.year = c.year) "
                          "ORDER BY year", NO_VALUES, fn, ctx, e);
}

enum status calendar_list(struct work *w, const struct page *p, calendar_visit *fn, void *ctx)
{
    struct rows *r = NULL;
    enum status s = db_ask(w->db, "SELECT year, version, loaded_at_s, sha256 FROM calendar c WHERE version = (SELECT max(version) FROM calendar o "
                                  "WHERE o.year = c.year) AND ($1 IS NULL OR year > CAST($1 AS INTEGER)) ORDER BY year LIMIT $2",
                           VALUES(value_text(page_after(p)), value_integer(page_limit(p))), &r, w->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; )
        s = fn(ctx, &(struct calendar_told){ rows_integer(r, 0), rows_integer(r, 1), rows_integer(r, 2), rows_text(r, 3) }, w->e);
    rows_done(r);
    return s;
}

enum status calendar_insert(struct db *db, const struct calendar_row *row, int64_t *version, struct err *e)
{
    int64_t same = 0, last = 0;
    enum status s = db_integer(db, "SELECT count(*) FROM calendar WHERE sha256 = $1", VALUES(value_text(row->sha256)), &same, e);
    *version = 0;
    if (s != OK || same > 0)
        return s;
    s = db_integer(db, "SELECT coalesce(max(version), 0) FROM calendar WHERE year = $1", VALUES(value_integer(row->year)), &last, e);
    if (s != OK)
        return s;
    *version = last + 1;
    return db_run(db, "INSERT INTO calendar (id, year, version, document, sha256, loaded_at_s) VALUES ($1, $2, $3, $4, $5, $6)",
                  VALUES(value_text(row->id), value_integer(row->year), value_integer(*version), value_text(row->text),
                         value_text(row->sha256), value_integer(row->now_s)), e);
}

static int32_t day_or(const char *text, int32_t otherwise)
{
    struct date d;
    return text != NULL && date_read(text, &d) ? date_to_day(d) : otherwise;
}

enum status period_each(struct db *db, period_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT valid_from, valid_to, weekdays, from_s, to_s FROM work_period ORDER BY fid", NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        struct work_period p = { .valid_from = day_or(rows_text(r, 0), INT32_MIN), .valid_to = day_or(rows_text(r, 1), INT32_MAX),
                                 .weekdays = (uint8_t)rows_integer(r, 2), .start_s = (int32_t)rows_integer(r, 3),
                                 .end_s = (int32_t)rows_integer(r, 4) };
        s = fn(ctx, &p, e);
    }
    rows_done(r);
    return s;
}

enum status period_insert(struct db *db, const char *from, const char *to, const struct work_period *p, struct err *e)
{
    return db_run(db, "INSERT INTO work_period (valid_from, valid_to, weekdays, from_s, to_s) VALUES ($1, $2, $3, $4, $5)",
                  VALUES(value_text(from), value_text(to), value_integer(p->weekdays), value_integer(p->start_s), value_integer(p->end_s)), e);
}
