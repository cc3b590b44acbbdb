#include "core/store/case_rows.h"

#include "core/store/step_rows.h"
#include "core/visible.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static struct value positive(double v) { return value_real(v > 0 ? v : NAN); }

enum status case_insert(struct db *db, const struct walk *k, const struct case_spec *spec, int64_t now_s, struct err *e)
{
    struct value v[WALK_VALUES + 24] = {
        value_text(k->id.text), value_text(k->number), value_text(spec->kind), value_text(spec->title), value_text(spec->source),
        value_text(text_or_empty(spec->scheme)), value_text(text_or_empty(spec->code)), value_integer(spec->condition), value_text(spec->stock),
        value_integer(spec->in_progress), value_text(text_or_empty(spec->party)), positive(spec->area_m2), value_integer(now_s),
        value_text(spec->recurrence_of), value_real(spec->lon), value_real(spec->lat), value_text(spec->cell_code),
        value_text(spec->community_code), value_text(spec->facts != NULL ? spec->facts : "{}"), value_bytes(spec->wkb, spec->wkb_len),
    };
    walk_values(k, v + 20);
    return db_run(db, "INSERT INTO case_file (id, number, kind, title, source, scheme, code, condition, stock, in_progress, party, area_m2, "
                      "opened_at_s, recurrence_of, lon, lat, cell_code, community_code, facts, geom, " WALK_COLUMNS ") VALUES ($1, $2, $3, $4, "
                      "$5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, ST_GeomFromWKB($20, 4326), $21, $22, $23, $24, "
                      "$25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38)", (struct values){ v, 20 + WALK_VALUES }, e);
}

enum status case_link(struct db *db, const char *case_id, const char *thing, const char *thing_id, struct err *e)
{
    return db_run(db, "INSERT INTO case_link (case_id, thing, thing_id) VALUES ($1, $2, $3)",
                  VALUES(value_text(case_id), value_text(thing), value_text(thing_id)), e);
}

enum status case_of_select(struct db *db, const char *thing, const char *thing_id, char number[WALK_NUMBER], struct err *e)
{
    struct err none = { 0 };
    enum status s = db_text(db, "SELECT c.number FROM case_link l JOIN case_file c ON c.id = l.case_id WHERE l.thing = $1 AND l.thing_id = $2 "
                                "ORDER BY c.opened_at_s DESC LIMIT 1", VALUES(value_text(thing), value_text(thing_id)), number, WALK_NUMBER, &none);
    if (s != OK && s != NOT_FOUND)
        *e = none;
    return s;
}

bool case_change_is_empty(const struct case_change *c)
{
    return !(c->measured_area_m2 > 0) && c->scheme == NULL && c->code == NULL && c->condition == 0 && c->review_at_s == 0 &&
           c->building_result == NULL && c->fine_result == NULL && c->track == NULL && c->merged_into == NULL && c->closing_proposed == NULL;
}

enum status case_change(struct db *db, const char *id, const struct case_change *c, struct err *e)
{
    if (case_change_is_empty(c))
        return OK;
    return db_run(db, "UPDATE case_file SET measured_area_m2 = coalesce($2, measured_area_m2), scheme = coalesce($3, scheme), "
                      "code = coalesce($4, code), condition = coalesce($5, condition), review_at_s = coalesce($6, review_at_s), "
                      "building_result = coalesce($7, building_result), fine_result = coalesce($8, fine_result), track = coalesce($9, track), "
                      "merged_into = nullif(coalesce($10, merged_into), ''), closing_proposed = coalesce($11, closing_proposed) WHERE id = $1",
                  VALUES(value_text(id), positive(c->measured_area_m2), value_text(c->scheme), value_text(c->code),
                         c->condition > 0 ? value_integer(c->condition) : value_null(),
                         c->review_at_s > 0 ? value_integer(c->review_at_s) : value_null(), value_text(c->building_result),
                         value_text(c->fine_result), value_text(c->track), value_text(c->merged_into), value_text(c->closing_proposed)), e);
}

enum status case_correct_row(struct db *db, const char *id, const struct case_correction *c, struct err *e)
{
    return db_run(db, "UPDATE case_file SET title = coalesce($2, title), party = coalesce($3, party), ordered_by = coalesce($4, ordered_by), "
                      "party_present = coalesce($5, party_present), area_m2 = coalesce($6, area_m2), in_progress = coalesce($7, in_progress), "
                      "facts = coalesce($8, facts) WHERE id = $1",
                  VALUES(value_text(id), value_text(c->title), value_text(c->party), value_text(c->ordered_by), value_text(c->party_present),
                         positive(c->area_m2), c->in_progress != 0 ? value_integer(c->in_progress > 0) : value_null(), value_text(c->facts)), e);
}

// --- Origins --------------------------------------------------------------------------------------------------------------------

static void read_origin(void *ctx, const struct rows *r)
{
    struct origin *out = ctx;
    size_t len = 0;
    rows_copy(r, 0, out->kind, sizeof out->kind);
    rows_copy(r, 1, out->title, sizeof out->title);
    rows_copy(r, 2, out->scheme, sizeof out->scheme);
    rows_copy(r, 3, out->code, sizeof out->code);
    rows_copy(r, 4, out->stock, sizeof out->stock);
    rows_copy(r, 5, out->cell_code, sizeof out->cell_code);
    rows_copy(r, 6, out->community_code, sizeof out->community_code);
    rows_copy(r, 7, out->party, sizeof out->party);
    out->area_m2 = rows_real(r, 8);
    out->lon = rows_real(r, 9);
    out->lat = rows_real(r, 10);
    out->in_progress = rows_integer(r, 11) != 0;
    const void *bytes = rows_bytes(r, 12, &len);
    if (bytes != NULL)
        buf_add(out->wkb, bytes, len);
}

static enum status select_origin(struct db *db, const char *sql, const char *id, struct origin *out, struct err *e)
{
    enum status s = db_row(db, sql, VALUES(value_text(id)), read_origin, out, e);
    return s == NOT_FOUND ? err_set(e, NOT_FOUND, "there is no record \"%s\" to open a case from", id) : s;
}

enum status origin_of_finding(struct db *db, const char *id, struct origin *out, struct err *e)
{
    return select_origin(db, "SELECT '', substr(text, 1, 80), scheme, code, 'new', cell_code, community_code, '', NULL, ST_X(geom), ST_Y(geom), 0, NULL "
                             "FROM finding WHERE id = $1", id, out, e);
}

enum status origin_of_change(struct db *db, const char *id, struct origin *out, struct err *e)
{
    return select_origin(db, "SELECT '', '', '', '', stock, cell_code, community_code, '', gained_m2, ST_X(ST_PointOnSurface(geom)), "
                             "ST_Y(ST_PointOnSurface(geom)), 0, ST_AsBinary(geom) FROM change WHERE id = $1", id, out, e);
}

enum status origin_of_case(struct db *db, const char *id, struct origin *out, struct err *e)
{
    return select_origin(db, "SELECT kind, title, scheme, code, 'new', cell_code, community_code, party, area_m2, lon, lat, 0, ST_AsBinary(geom) "
                             "FROM case_file WHERE id = $1", id, out, e);
}

// --- Lists -----------------------------------------------------------------------------------------------------------------------

enum status case_each(struct work *w, const struct case_query *q, case_visit *fn, void *ctx)
{
    struct looking l;
    struct rows *r = NULL;
    enum status s = looking_begin(w, "case", NULL, VALUES(value_text(q->state), value_text(q->agency_key), value_text(q->cell_code),
                                                          value_integer(q->open_only), value_text(page_after(&q->page)),
                                                          value_integer(page_limit(&q->page))), &l);
    buf_text(&l.clause.text, "SELECT c.number, c.kind, c.title, c.state, a.key, c.cell_code, c.priority, c.due_at_s, c.is_due_provisional, c.is_exempt, "
                             "a.name_zh, a.name_en FROM case_file c LEFT JOIN agency a ON a.id = c.agency_id WHERE ($1 IS NULL OR c.state = $1) AND "
                             "($2 IS NULL OR a.key = $2) AND ($3 IS NULL OR c.cell_code = $3) AND ($4 = 0 OR c.state NOT IN ('closed', 'forced_closed', "
                             "'cancelled', 'not_accepted', 'merged')) AND ($5 IS NULL OR c.number > $5)");
    visible_records_where(&l.viewer, "case", "c", &l.clause);
    buf_text(&l.clause.text, " ORDER BY c.number LIMIT $6");
    if (s == OK)
        s = db_ask(w->db, l.clause.text.data, clause_values(&l.clause), &r, w->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; )
        s = fn(ctx, &(struct case_line){ rows_text(r, 0), rows_text(r, 1), rows_text(r, 2), rows_text(r, 3), rows_text(r, 4), rows_text(r, 10), rows_text(r, 11),
                                         rows_text(r, 5), rows_integer(r, 6), rows_is_null(r, 7) ? NO_DEADLINE : rows_integer(r, 7), rows_integer(r, 8) != 0,
                                         rows_integer(r, 9) != 0 }, w->e);
    rows_done(r);
    looking_end(&l);
    return s;
}
