#include "core/store/area_rows.h"

#include "core/base/id.h"
#include <stdio.h>

enum status area_is_known(struct db *db, const char *code, bool *out, struct err *e)
{
    int64_t n = 0;
    enum status s = db_integer(db, "SELECT count(*) FROM area WHERE code = $1 AND valid_to_s IS NULL", VALUES(value_text(code)), &n, e);
    *out = n > 0;
    return s;
}

static void read_row(void *ctx, const struct rows *r)
{
    struct area_row *out = ctx;
    *out = (struct area_row){ 0 };
    snprintf(out->code, sizeof out->code, "%s", rows_text(r, 0));
    snprintf(out->name, sizeof out->name, "%s", rows_text(r, 1));
    snprintf(out->source, sizeof out->source, "%s", rows_text(r, 2));
}

enum status area_get(struct db *db, const char *code, const char *source, struct area_row *out, struct err *e)
{
    return db_row(db, "SELECT code, name_zh, source FROM area WHERE code = $1 AND valid_to_s IS NULL AND (($2 IS NULL AND counts = 1) OR source = $2)",
                  VALUES(value_text(code), value_text(source)), read_row, out, e);
}

enum status area_insert(struct db *db, const struct id *id, const struct area_row *r, bool counts, int64_t now_s, struct err *e)
{
    return db_run(db, "INSERT INTO area (id, level, code, parent_code, name_zh, source, counts, valid_from_s, geom) "
                      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, ST_GeomFromWKB($9, 4326))",
                  VALUES(value_text(id->text), value_text(r->level), value_text(r->code), value_text(r->parent), value_text(r->name),
                         value_text(r->source), value_integer(counts), value_integer(now_s), value_bytes(r->wkb, r->wkb_len)), e);
}

enum status area_update(struct db *db, const struct area_row *r, struct err *e)
{
    return db_run(db, "UPDATE area SET name_zh = $3, geom = coalesce(ST_GeomFromWKB($4, 4326), geom) WHERE code = $1 AND source = $2",
                  VALUES(value_text(r->code), value_text(r->source), value_text(r->name), value_bytes(r->wkb, r->wkb_len)), e);
}

enum status area_has_shape(struct db *db, const struct area_row *r, bool *out, struct err *e)
{
    int64_t n = 0;
    enum status s = db_integer(db, "SELECT count(*) FROM area WHERE code = $1 AND source = $2 AND ST_AsBinary(geom) = $3",
                               VALUES(value_text(r->code), value_text(r->source), value_bytes(r->wkb, r->wkb_len)), &n, e);
    *out = n > 0;
    return s;
}

static enum status each(struct db *db, const char *sql, const char *source, area_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, sql, VALUES(value_text(source)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        struct area_row row;
        read_row(&row, r);
        s = fn(ctx, &row, e);
    }
    rows_done(r);
    return s;
}

enum status area_each_missing(struct db *db, const char *source, area_visit *fn, void *ctx, struct err *e)
{
    return each(db, "SELECT code, name_zh, source FROM area a WHERE valid_to_s IS NULL AND counts = 1 AND source <> $1 "
                    "AND level IN (SELECT level FROM area WHERE source = $1) "
                    "AND NOT EXISTS (SELECT 1 FROM area b WHERE b.code = a.code AND b.source = $1) ORDER BY code", source, fn, ctx, e);
}

enum status area_each_extra(struct db *db, const char *source, area_visit *fn, void *ctx, struct err *e)
{
    return each(db, "SELECT code, name_zh, source FROM area a WHERE valid_to_s IS NULL AND source = $1 "
                    "AND EXISTS (SELECT 1 FROM area b WHERE b.level = a.level AND b.source <> $1) "
                    "AND NOT EXISTS (SELECT 1 FROM area b WHERE b.code = a.code AND b.source <> $1) ORDER BY code", source, fn, ctx, e);
}

enum status area_each_community(struct db *db, const char *code, area_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT code, name_zh, source, ST_AsBinary(geom) FROM area WHERE level = 'community' AND counts = 1 "
                               "AND valid_to_s IS NULL AND geom IS NOT NULL AND ($1 IS NULL OR code = $1) ORDER BY code",
                           VALUES(value_text(code)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        struct area_row row;
        read_row(&row, r);
        row.wkb = rows_bytes(r, 3, &row.wkb_len);
        s = fn(ctx, &row, e);
    }
    rows_done(r);
    return s;
}
