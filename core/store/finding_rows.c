#include "core/store/finding_rows.h"

#include "core/store/step_rows.h"
#include "core/visible.h"
#include <string.h>

enum status finding_insert(struct db *db, const struct walk *k, const struct finding_spec *f, int64_t now_s, struct err *e)
{
    uint8_t wkb[21] = { 1, 1 };                       // little-endian point
    memcpy(wkb + 5, &f->lon, 8);
    memcpy(wkb + 13, &f->lat, 8);
    struct value v[WALK_VALUES + 20] = {
        value_text(k->id.text), value_text(k->number), value_text(f->source != NULL ? f->source : FINDING_SOURCE), value_text(f->scheme), value_text(f->code),
        value_text(f->text != NULL ? f->text : ""), value_integer(f->seen_at_s != 0 ? f->seen_at_s : now_s), value_real(f->accuracy_m), value_text(f->crs), value_real(f->x),
        value_real(f->y), value_text(f->cell_code), value_text(f->community_code), value_integer(now_s), value_bytes(wkb, sizeof wkb),
    };
    walk_values(k, v + 15);
    return db_run(db, "INSERT INTO finding (id, number, source, scheme, code, text, seen_at_s, accuracy_m, crs, given_x, given_y, cell_code, "
                      "community_code, made_at_s, geom, " WALK_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
                      "ST_GeomFromWKB($15, 4326), $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)",
                  (struct values){ v, 15 + WALK_VALUES }, e);
}

enum status finding_each(struct work *w, const struct finding_query *q, finding_visit *fn, void *ctx)
{
    struct looking l;
    struct rows *r = NULL;
    enum status s = looking_begin(w, "finding", NULL, VALUES(value_text(q->state), value_text(page_after(&q->page)), value_integer(page_limit(&q->page))), &l);
    buf_text(&l.clause.text, "SELECT f.number, f.state, f.scheme, f.code, f.text, f.cell_code, f.seen_at_s, f.due_at_s FROM finding f "
                             "WHERE ($1 IS NULL OR f.state = $1) AND ($2 IS NULL OR f.number > $2)");
    visible_records_where(&l.viewer, "finding", "f", &l.clause);
    buf_text(&l.clause.text, " ORDER BY f.number LIMIT $3");
    if (s == OK)
        s = db_ask(w->db, l.clause.text.data, clause_values(&l.clause), &r, w->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; )
        s = fn(ctx, &(struct finding_line){ rows_text(r, 0), rows_text(r, 1), rows_text(r, 2), rows_text(r, 3), rows_text(r, 4), rows_text(r, 5),
                                            rows_integer(r, 6), rows_is_null(r, 7) ? NO_DEADLINE : rows_integer(r, 7) }, w->e);
    rows_done(r);
    looking_end(&l);
    return s;
}

enum status finding_kept_select(struct db *db, const char *id, finding_kept_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(db, "SELECT made_by, source, scheme, code, text, crs, given_x, given_y, accuracy_m, seen_at_s FROM finding WHERE id = $1",
                           VALUES(value_text(id)), &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && more)
        fn(ctx, &(struct finding_kept){ rows_text(r, 0), rows_text(r, 1), rows_text(r, 2), rows_text(r, 3), rows_text(r, 4), rows_text(r, 5),
                                        rows_real(r, 6), rows_real(r, 7), rows_real(r, 8), rows_integer(r, 9) });
    rows_done(r);
    return s == OK && !more ? NOT_FOUND : s;
}
