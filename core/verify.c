#include "core/verify.h"

#include "core/audit.h"
#include "core/base/hash.h"
#include "core/blob.h"
#include "core/store/tally_rows.h"
#include "core/told.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct check { verify_fault *fn; void *ctx; struct verify_report *report; const struct station *station; };

static void tell(struct check *c, enum lang lang, const char *english, ...) __attribute__((format(printf, 3, 4)));
static void tell(struct check *c, enum lang lang, const char *english, ...)
{
    char sentence[1024];
    va_list args;
    va_start(args, english);
    vsnprintf(sentence, sizeof sentence, text_in(lang, english), args);
    va_end(args);
    c->report->faults++;
    c->fn(c->ctx, sentence);
}

// Both answer with a row a fault.
static enum status check_structure(struct db *db, struct check *c, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "PRAGMA integrity_check", NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        if (rows_text(r, 0) != NULL && (rows_text(r, 0)[0] != 'o' || rows_text(r, 0)[1] != 'k'))
            tell(c, e->lang, "the database's structure is damaged: %s", rows_text(r, 0));
    rows_done(r);
    return s;
}

static enum status check_references(struct db *db, struct check *c, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "PRAGMA foreign_key_check", NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        tell(c, e->lang, "row %lld of table %s names a row of %s that is not there", (long long)rows_integer(r, 1), rows_text(r, 0),
             rows_text(r, 2));
    rows_done(r);
    return s;
}

// Boxes in the index are rounded outward to single precision, so they hold the geometry's box but need not equal it. SpatiaLite's
// triggers hand them over with twelve decimals, so 1e-11 degrees (a micrometre) are allowed for.
// Names come from geometry_columns, where only our own schema writes; a name with a quote in it is none of ours.
static const char INDEX_FAULTS[] =
    "SELECT (SELECT count(*) FROM \"%s\" t LEFT JOIN \"idx_%s_%s\" i ON i.pkid = t.rowid WHERE t.\"%s\" IS NOT NULL AND (i.pkid IS NULL "
    "OR i.xmin > MbrMinX(t.\"%s\") + 1e-11 OR i.xmax < MbrMaxX(t.\"%s\") - 1e-11 OR i.ymin > MbrMinY(t.\"%s\") + 1e-11 "
    "OR i.ymax < MbrMaxY(t.\"%s\") - 1e-11)) "
    "+ (SELECT count(*) FROM \"idx_%s_%s\" i LEFT JOIN \"%s\" t ON t.rowid = i.pkid WHERE t.\"%s\" IS NULL)";

// Bulk loads write the tree's own tables (core/store/bulk_tree.h).
static enum status check_tree(struct db *db, const char *table, const char *column, struct check *c, struct err *e)
{
    char tree[256], said[256];
    snprintf(tree, sizeof tree, "idx_%s_%s", table, column);
    enum status s = db_text(db, "SELECT rtreecheck($1)", VALUES(value_text(tree)), said, sizeof said, e);
    if (s == OK && strcmp(said, "ok") != 0)
        tell(c, e->lang, "the spatial index of %s.%s is no tree any more: %.200s", table, column, said);
    return s;
}

static enum status check_tallies(struct db *db, struct check *c, struct err *e)
{
    enum status s = OK;
    for (int i = 0; s == OK && i < tallied_count; i++) {
        int64_t wrong = 0;
        s = tally_differences(db, &tallied_list[i], &wrong, e);
        if (s == OK && wrong > 0)
            tell(c, e->lang, "table tally has other numbers than table %s, in %lld places", tallied_list[i].table, (long long)wrong);
    }
    return s;
}

static enum status check_index(struct db *db, const char *table, const char *column, struct check *c, struct err *e)
{
    if (strchr(table, '"') != NULL || strchr(column, '"') != NULL)
        return OK;
    char sql[2048];
    int length = snprintf(sql, sizeof sql, INDEX_FAULTS, table, table, column, column, column, column, column, column, table, column,
                          table, column);
    must(length < (int)sizeof sql);
    int64_t wrong = 0;
    enum status s = db_integer(db, sql, NO_VALUES, &wrong, e);
    if (s == OK && wrong > 0)
        tell(c, e->lang, "the spatial index of %s.%s does not agree with its table in %lld places", table, column, (long long)wrong);
    return s == OK ? check_tree(db, table, column, c, e) : s;
}

static enum status check_indexes(struct db *db, struct check *c, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT f_table_name, f_geometry_column FROM geometry_columns WHERE spatial_index_enabled = 1 "
                               "ORDER BY 1, 2", NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        s = check_index(db, rows_text(r, 0), rows_text(r, 1), c, e);
    rows_done(r);
    return s;
}

static void count_fault(void *ctx, const char *sentence)
{
    struct check *c = ctx;
    c->report->faults++;
    c->fn(c->ctx, sentence);
}

static enum status check_told(struct db *db, struct check *c, struct err *e) { return told_verify(db, count_fault, c, e); }

static enum status check_audit(struct db *db, struct check *c, struct err *e)
{
    struct audit_report report;
    enum status s = audit_verify(db, &report, e);
    if (s != OK)
        return s;
    c->report->audit_rows = report.rows;
    if (report.first_bad > 0)
        tell(c, e->lang, "audit row %lld: %s", (long long)report.first_bad, report.fault);
    return OK;
}

// Without any key: each box is the one the common chain saw sealed last, and none that it saw is missing.
static enum status check_sealed(struct db *db, struct check *c, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT a.thing_id, b.box, (SELECT l.after_sha256 FROM audit l WHERE l.thing = 'sealed' AND l.thing_id = a.thing_id "
                               "ORDER BY l.seq DESC LIMIT 1) FROM (SELECT DISTINCT thing_id FROM audit WHERE thing = 'sealed' UNION SELECT id FROM sealed) AS a "
                               "LEFT JOIN sealed b ON b.id = a.thing_id ORDER BY a.thing_id", NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        size_t len = 0;
        char sha[65];
        const void *box = rows_bytes(r, 1, &len);
        if (rows_is_null(r, 1)) {
            tell(c, e->lang, "sealed record %s was sealed and is not there any more", rows_text(r, 0));
            continue;
        }
        hash_sha256(box, len, sha);
        if (strcmp(sha, text_or_empty(rows_text(r, 2))) != 0)
            tell(c, e->lang, "sealed record %s is not the box that was sealed last", rows_text(r, 0));
    }
    rows_done(r);
    return s;
}

// A comparison is written whole or not at all.
static enum status check_comparisons(struct db *db, struct check *c, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT m.id, m.state, count(*) FROM change c JOIN comparison m ON m.id = c.comparison_id WHERE m.state <> 'done' "
                               "GROUP BY m.id, m.state ORDER BY m.id", NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        tell(c, e->lang, "comparison %s is \"%s\", not done, and yet has %lld changes", rows_text(r, 0), rows_text(r, 1), (long long)rows_integer(r, 2));
    rows_done(r);
    return s;
}

static enum status check_named_blobs(struct db *db, struct check *c, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT 'survey', survey_id, sha256 FROM survey_file UNION ALL SELECT 'survey', id, archive_sha256 FROM survey "
                               "UNION ALL SELECT 'evidence', id, sha256 FROM evidence", NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        if (!blob_is_there(station_folder(c->station), rows_text(r, 2)))
            tell(c, e->lang, "%s %s names the original %.16s..., which is missing in blobs/", rows_text(r, 0), rows_text(r, 1), rows_text(r, 2));
    rows_done(r);
    return s;
}

static enum status check_blob(void *ctx, const char *sha256, int64_t bytes, struct err *e)
{
    struct check *c = ctx;
    c->report->blobs++;
    c->report->blob_bytes += bytes;
    struct err found = { .lang = e->lang };
    if (blob_verify(station_folder(c->station), sha256, &found) != OK)
        tell(c, e->lang, "%s", found.text);
    return OK;
}

typedef enum status check_rows(struct db *db, struct check *c, struct err *e);
struct round { struct check *check; const struct progress *progress; };

static enum status check_database(struct db *db, void *ctx, struct err *e)
{
    static check_rows *const checks[] = { check_structure, check_references, check_indexes, check_tallies, check_audit, check_told, check_sealed, check_comparisons, check_named_blobs };
    enum { CHECKS = sizeof checks / sizeof checks[0] };
    const struct round *round = ctx;
    enum status s = OK;
    for (int i = 0; s == OK && i < CHECKS; i++) {
        progress_tell(round->progress, "verify", 0.5 * i / CHECKS);
        s = checks[i](db, round->check, e);
    }
    return s;
}

enum status verify_station(struct station *s, const struct progress *progress, verify_fault *fn, void *ctx, struct verify_report *out,
                           struct err *e)
{
    *out = (struct verify_report){ 0 };
    struct check c = { .fn = fn, .ctx = ctx, .report = out, .station = s };
    enum status status = store_read(station_store(s), check_database, &(struct round){ &c, progress }, e);
    progress_tell(progress, "verify", 0.5);
    return status == OK ? blob_each(station_folder(s), check_blob, &c, e) : status;
}
