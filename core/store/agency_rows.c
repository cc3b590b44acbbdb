#include "core/store/agency_rows.h"

#include <stdio.h>

enum status agency_insert(struct db *db, const struct agency *a, int64_t now_s, struct err *e)
{
    return db_run(db, "INSERT INTO agency (id, key, name_zh, name_en, competence, part, secrecy, made_at_s) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                  VALUES(value_text(a->id.text), value_text(a->key), value_text(a->name_zh), value_text(a->name_en), value_text(a->competence),
                         value_text(a->part), value_text(a->secrecy), value_integer(now_s)), e);
}

static void read_row(void *ctx, const struct rows *r)
{
    struct agency *out = ctx;
    *out = (struct agency){ 0 };
    snprintf(out->id.text, sizeof out->id.text, "%s", rows_text(r, 0));
    snprintf(out->key, sizeof out->key, "%s", rows_text(r, 1));
    snprintf(out->name_zh, sizeof out->name_zh, "%s", rows_text(r, 2));
    snprintf(out->name_en, sizeof out->name_en, "%s", rows_text(r, 3));
    snprintf(out->competence, sizeof out->competence, "%s", rows_text(r, 4));
    snprintf(out->part, sizeof out->part, "%s", rows_text(r, 5));
    snprintf(out->secrecy, sizeof out->secrecy, "%s", rows_text(r, 6));
}

#define COLUMNS "id, key, name_zh, name_en, competence, part, secrecy"

enum status agency_get(struct work *w, const char *key_or_id, struct agency *out)
{
    enum status s = db_row(w->db, "SELECT " COLUMNS " FROM agency WHERE key = $1 OR id = $1", VALUES(value_text(key_or_id)), read_row, out, w->e);
    return s == NOT_FOUND ? err_set(w->e, NOT_FOUND, "there is no agency \"%s\"; gridpatrol agency list names them", key_or_id) : s;
}

enum status agency_each(struct work *w, const struct page *p, agency_visit *fn, void *ctx)
{
    struct rows *r = NULL;
    enum status s = db_ask(w->db, "SELECT " COLUMNS " FROM agency WHERE $1 IS NULL OR key > $1 ORDER BY key LIMIT $2",
                           VALUES(value_text(page_after(p)), value_integer(page_limit(p))), &r, w->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; ) {
        struct agency a;
        read_row(&a, r);
        s = fn(ctx, &a, w->e);
    }
    rows_done(r);
    return s;
}
