#include "core/store/survey_rows.h"

#include "core/base/mem.h"
#include <stdio.h>
#include <string.h>

#define COLUMNS "id, name, kind, taken_at_s, source, accuracy_m, min_area_m2, outline, original_name, original_sha256, " \
                "archive_sha256, crs, features, id_field, height_field, floors_field, dissolve_by, added_at_s"

enum status survey_insert(struct db *db, const struct survey *v, const void *coverage_wkb, size_t len, struct err *e)
{
    return db_run(db, "INSERT INTO survey (" COLUMNS ", geom) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
                      "$16, $17, $18, ST_GeomFromWKB($19, 4326))",
                  VALUES(value_text(v->id.text), value_text(v->name), value_text(v->kind), value_integer(v->taken_at_s),
                         value_text(v->source), value_real(v->accuracy_m), value_real(v->min_area_m2), value_text(v->outline),
                         value_text(v->original_name), value_text(v->original_sha256), value_text(v->archive_sha256), value_text(v->crs),
                         value_integer(v->features), value_word(v->id_field), value_word(v->height_field), value_word(v->floors_field),
                         value_word(v->dissolve_by), value_integer(v->added_at_s), value_bytes(coverage_wkb, len)), e);
}

enum status survey_file_insert(struct db *db, const char *survey_id, const char *name, const char *sha256, int64_t bytes, struct err *e)
{
    return db_run(db, "INSERT INTO survey_file (survey_id, name, sha256, bytes) VALUES ($1, $2, $3, $4)",
                  VALUES(value_text(survey_id), value_text(name), value_text(sha256), value_integer(bytes)), e);
}

enum status survey_file_each(struct db *db, const char *survey_id, survey_file_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    bool more = true;
    enum status s = db_ask(db, "SELECT name, sha256, bytes FROM survey_file WHERE survey_id = $1 ORDER BY name", VALUES(value_text(survey_id)), &r, e);
    while (s == OK && (s = rows_next(r, &more, e)) == OK && more)
        s = fn(ctx, &(struct survey_file){ rows_text(r, 0), rows_text(r, 1), rows_integer(r, 2) }, e);
    rows_done(r);
    return s;
}

static void read_row(void *out, const struct rows *r)
{
    struct survey *v = out;
    *v = (struct survey){ .taken_at_s = rows_integer(r, 3), .accuracy_m = rows_real(r, 5), .min_area_m2 = rows_real(r, 6),
                          .features = rows_integer(r, 12), .added_at_s = rows_integer(r, 17) };
    rows_copy(r, 0, v->id.text, sizeof v->id.text);
    rows_copy(r, 1, v->name, sizeof v->name);
    rows_copy(r, 2, v->kind, sizeof v->kind);
    rows_copy(r, 4, v->source, sizeof v->source);
    rows_copy(r, 7, v->outline, sizeof v->outline);
    rows_copy(r, 8, v->original_name, sizeof v->original_name);
    rows_copy(r, 9, v->original_sha256, sizeof v->original_sha256);
    rows_copy(r, 10, v->archive_sha256, sizeof v->archive_sha256);
    rows_copy(r, 11, v->crs, sizeof v->crs);
    rows_copy(r, 13, v->id_field, sizeof v->id_field);
    rows_copy(r, 14, v->height_field, sizeof v->height_field);
    rows_copy(r, 15, v->floors_field, sizeof v->floors_field);
    rows_copy(r, 16, v->dissolve_by, sizeof v->dissolve_by);
}

enum status survey_select_original(struct db *db, const char *sha256, struct survey *out, struct err *e)
{
    return db_row(db, "SELECT " COLUMNS " FROM survey WHERE original_sha256 = $1", VALUES(value_text(sha256)), read_row, out, e);
}

enum status survey_get(struct work *w, const char *name_or_id, struct survey *out)
{
    enum status s = db_row(w->db, "SELECT " COLUMNS " FROM survey WHERE name = $1 OR id = $1", VALUES(value_text(name_or_id)), read_row, out, w->e);
    return s == NOT_FOUND ? err_set(w->e, NOT_FOUND, "there is no survey \"%s\"; gridpatrol survey list names them", name_or_id) : s;
}

enum status survey_each(struct work *w, const struct page *p, survey_visit *fn, void *ctx)
{
    struct rows *r = NULL;
    struct survey last = { .taken_at_s = INT64_MIN };
    enum status s = page_after(p) != NULL ? survey_get(w, p->after, &last) : OK;
    if (s == OK)
        s = db_ask(w->db, "SELECT " COLUMNS " FROM survey WHERE (taken_at_s, id) > ($1, $2) ORDER BY taken_at_s, id LIMIT $3",
                   VALUES(value_integer(last.taken_at_s), value_text(last.id.text), value_integer(page_limit(p))), &r, w->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; ) {
        struct survey v;
        read_row(&v, r);
        s = fn(ctx, &v, w->e);
    }
    rows_done(r);
    return s;
}

enum status survey_coverage(struct work *w, const struct survey *v, uint8_t **wkb, size_t *len)
{
    struct rows *r = NULL;
    bool more = false;
    const void *bytes = NULL;
    *wkb = NULL;
    *len = 0;
    enum status s = db_ask(w->db, "SELECT ST_AsBinary(geom) FROM survey WHERE id = $1", VALUES(value_text(v->id.text)), &r, w->e);
    if (s == OK)
        s = rows_next(r, &more, w->e);
    if (s == OK && more)
        bytes = rows_bytes(r, 0, len);
    if (bytes != NULL) {
        *wkb = mem_get(*len, 1);
        memcpy(*wkb, bytes, *len);
    }
    rows_done(r);
    return s;
}
