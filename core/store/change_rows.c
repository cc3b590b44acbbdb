#include "core/store/change_rows.h"

#include "core/base/mem.h"
#include "core/visible.h"
#include "gis/geom.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { KEPT_BYTES = 64 << 20 };           // of one change, outline and all

#define COLUMNS \
    "id, comparison_id, number, object_id, class, relation, before_ids, after_ids, area_before_m2, area_after_m2, gained_m2, " \
    "gained_sd_m2, lost_m2, lost_sd_m2, width_m, height_before_m, height_after_m, height_change_m, z, confidence, registration_x_m, " \
    "registration_y_m, registration_sd_m, reasons, counter_reasons, legal_codes, permit_number, p_no_cover, zone_kind, zone_share, " \
    "zone_p, severity, suspicion, stock, state, reviewed_by, reviewed_at_s, review_note, inherited_from, woken_by, audit_slot, " \
    "cell_code, community_code"

enum status change_insert(struct db *db, const struct change_row *c, struct err *e)
{
    return db_run(db, "INSERT INTO change (" COLUMNS ", geom) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
                      "$16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, "
                      "$39, $40, $41, $42, $43, ST_GeomFromWKB($44, 4326))",
                  VALUES(value_text(c->id.text), value_text(c->comparison.text), value_integer(c->number), value_text(c->object.text),
                         value_text(c->class), value_text(c->relation), value_text(c->before_ids), value_text(c->after_ids),
                         value_real(c->area_before_m2), value_real(c->area_after_m2), value_real(c->gained_m2), value_real(c->gained_sd_m2),
                         value_real(c->lost_m2), value_real(c->lost_sd_m2), value_real(c->width_m), value_real(c->height_before_m),
                         value_real(c->height_after_m), value_real(c->height_change_m), value_real(c->z), value_real(c->confidence),
                         value_real(c->registration_x_m), value_real(c->registration_y_m), value_real(c->registration_sd_m),
                         value_text(c->reasons), value_text(c->counter_reasons), value_text(c->legal_codes), value_text(c->permit_number),
                         value_real(c->p_no_cover), value_text(c->zone_kind), value_real(c->zone_share), value_real(c->zone_p),
                         value_real(c->severity), value_real(c->suspicion), value_text(c->stock), value_text(c->state),
                         value_text(c->reviewed_by), c->reviewed_by != NULL ? value_integer(c->reviewed_at_s) : value_null(),
                         value_text(c->review_note), value_text(c->inherited_from), value_text(c->woken_by),
                         value_integer(c->is_audit_slot), value_text(c->cell_code), value_text(c->community_code),
                         value_bytes(c->wkb, c->wkb_len)), e);
}

static const char *text_at(const struct rows *r, int column) { return rows_text(r, column); }

static void take_id(struct id *out, const struct rows *r, int column)
{
    snprintf(out->text, sizeof out->text, "%s", rows_is_null(r, column) ? "" : rows_text(r, column));
}

// Columns as in COLUMNS, then ST_AsBinary(geom), fid.
static void read_row(const struct rows *r, struct change_row *c)
{
    *c = (struct change_row){
        .number = rows_integer(r, 2), .class = text_at(r, 4), .relation = text_at(r, 5), .before_ids = text_at(r, 6),
        .after_ids = text_at(r, 7), .area_before_m2 = rows_real(r, 8), .area_after_m2 = rows_real(r, 9), .gained_m2 = rows_real(r, 10),
        .gained_sd_m2 = rows_real(r, 11), .lost_m2 = rows_real(r, 12), .lost_sd_m2 = rows_real(r, 13), .width_m = rows_real(r, 14),
        .height_before_m = rows_real(r, 15), .height_after_m = rows_real(r, 16), .height_change_m = rows_real(r, 17),
        .z = rows_real(r, 18), .confidence = rows_real(r, 19), .registration_x_m = rows_real(r, 20), .registration_y_m = rows_real(r, 21),
        .registration_sd_m = rows_real(r, 22), .reasons = text_at(r, 23), .counter_reasons = text_at(r, 24), .legal_codes = text_at(r, 25),
        .permit_number = text_at(r, 26), .p_no_cover = rows_real(r, 27), .zone_kind = text_at(r, 28), .zone_share = rows_real(r, 29),
        .zone_p = rows_real(r, 30), .severity = rows_real(r, 31), .suspicion = rows_real(r, 32), .stock = text_at(r, 33),
        .state = text_at(r, 34), .reviewed_by = text_at(r, 35), .reviewed_at_s = rows_integer(r, 36), .review_note = text_at(r, 37),
        .inherited_from = text_at(r, 38), .woken_by = text_at(r, 39), .is_audit_slot = rows_integer(r, 40) != 0,
        .cell_code = text_at(r, 41), .community_code = text_at(r, 42), .fid = rows_integer(r, 44),
    };
    c->wkb = rows_bytes(r, 43, &c->wkb_len);
    take_id(&c->id, r, 0);
    take_id(&c->comparison, r, 1);
    take_id(&c->object, r, 3);
}

static enum status each(struct db *db, const char *sql, struct values v, change_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, sql, v, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        struct change_row c;
        read_row(r, &c);
        s = fn(ctx, &c, e);
    }
    rows_done(r);
    return s;
}

#define WHOLE "SELECT " COLUMNS ", ST_AsBinary(geom), fid FROM change "

// Those that w->actor may see, under this condition and in this order.
struct asking { const char *condition, *order; struct values values; };

static enum status each_seen(struct work *w, const struct asking *a, change_visit *fn, void *ctx)
{
    struct looking l;
    enum status s = looking_begin(w, "change", NULL, a->values, &l);
    buf_text(&l.clause.text, WHOLE);
    buf_text(&l.clause.text, a->condition);
    visible_records_where(&l.viewer, "change", "change", &l.clause);
    buf_text(&l.clause.text, a->order);
    if (s == OK)
        s = each(w->db, l.clause.text.data, clause_values(&l.clause), fn, ctx, w->e);
    looking_end(&l);
    return s;
}

// Suspicion is 1 at most: what was not judged comes last.
#define RANK(row) "coalesce(-" row "suspicion, 2)"

enum status change_each(struct work *w, const struct change_query *q, change_visit *fn, void *ctx)
{
    struct arena *a = arena_open(KEPT_BYTES);
    struct change_row last = { .fid = 0 };
    enum status s = page_after(&q->page) != NULL ? change_get(w, q->page.after, a, &last) : OK;
    if (s == OK)
        s = each_seen(w, &(struct asking){
                "WHERE ($1 IS NULL OR comparison_id = $1) AND ($2 IS NULL OR state = $2) AND ($3 IS NULL OR class = $3) AND "
                "($5 = 0 OR " RANK("") " > $6 OR (" RANK("") " = $6 AND (comparison_id < $7 OR (comparison_id = $7 AND number > $8))))",
                " ORDER BY " RANK("") ", comparison_id DESC, number LIMIT $4",
                VALUES(value_text(q->comparison), value_text(q->state), value_text(q->class), value_integer(page_limit(&q->page)),
                       value_integer(last.fid), value_real(isnan(last.suspicion) ? 2 : -last.suspicion), value_text(last.comparison.text),
                       value_integer(last.number)) }, fn, ctx);
    arena_close(a);
    return s;
}

enum status change_newest_comparison(struct work *w, struct id *out)
{
    enum status s = db_text(w->db, "SELECT id FROM comparison WHERE state = 'done' ORDER BY ended_at_s DESC, id DESC LIMIT 1", NO_VALUES, out->text,
                            sizeof out->text, w->e);
    return s == NOT_FOUND ? err_set(w->e, NOT_FOUND, "no surveys were compared in this station yet; gridpatrol compare does it") : s;
}

struct keeping { struct arena *arena; struct change_row *out; bool found; };

static enum status keep(void *ctx, const struct change_row *c, struct err *e)
{
    struct keeping *k = ctx;
    (void)e;
    *k->out = *c;
    const char **texts[] = { &k->out->class, &k->out->relation, &k->out->before_ids, &k->out->after_ids, &k->out->reasons,
                             &k->out->counter_reasons, &k->out->legal_codes, &k->out->permit_number, &k->out->zone_kind, &k->out->stock,
                             &k->out->state, &k->out->reviewed_by, &k->out->review_note, &k->out->inherited_from, &k->out->woken_by,
                             &k->out->cell_code, &k->out->community_code };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = arena_text(k->arena, *texts[i]);
    if (c->wkb_len > 0)
        k->out->wkb = memcpy(arena_get(k->arena, c->wkb_len), c->wkb, c->wkb_len);
    k->found = true;
    return OK;
}

enum status change_get(struct work *w, const char *id_or_number, struct arena *a, struct change_row *out)
{
    struct keeping k = { .arena = a, .out = out };
    size_t digits = strspn(id_or_number, "0123456789");
    enum status s;
    if (digits > 0 && digits < 10 && id_or_number[digits] == '\0') {
        struct id newest;
        s = change_newest_comparison(w, &newest);
        if (s == OK)
            s = each_seen(w, &(struct asking){ "WHERE comparison_id = $1 AND number = CAST($2 AS INTEGER)", "",
                                               VALUES(value_text(newest.text), value_text(id_or_number)) }, keep, &k);
    } else {
        s = each_seen(w, &(struct asking){ "WHERE id = $1", "", VALUES(value_text(id_or_number)) }, keep, &k);
    }
    if (s == OK && !k.found)
        s = err_set(w->e, NOT_FOUND, "there is no change \"%s\"; gridpatrol changes lists them", id_or_number);
    return s;
}

enum status change_update_state(struct db *db, const struct change_verdict *v, struct err *e)
{
    return db_run(db, "UPDATE change SET state = $2, reviewed_by = $3, reviewed_at_s = $4, review_note = $5 WHERE fid = $1",
                  VALUES(value_integer(v->fid), value_text(v->state), value_text(v->reviewer),
                         v->reviewer != NULL ? value_integer(v->at_s) : value_null(), value_text(v->note)), e);
}

enum status change_each_of_surveys(struct db *db, const char *survey_a, const char *survey_b, earlier_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT c.fid, c.object_id, m.before_id, m.after_id, c.before_ids, c.after_ids FROM change c JOIN comparison m "
                               "ON m.id = c.comparison_id WHERE m.state = 'done' AND (m.before_id IN ($1, $2) OR m.after_id IN ($1, $2)) "
                               "ORDER BY c.fid", VALUES(value_text(survey_a), value_text(survey_b)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        struct earlier_change c = { rows_integer(r, 0), text_at(r, 1), text_at(r, 2), text_at(r, 3), text_at(r, 4), text_at(r, 5) };
        s = fn(ctx, &c, e);
    }
    rows_done(r);
    return s;
}

enum status change_each_near(struct db *db, const struct box_m *lonlat, ground_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT c.object_id, c.class, m.before_id, m.after_id, c.registration_x_m, c.registration_y_m, ST_AsBinary(c.geom) "
                               "FROM change c JOIN comparison m ON m.id = c.comparison_id WHERE c.fid IN (SELECT pkid FROM idx_change_geom WHERE "
                               "xmin <= $3 AND xmax >= $1 AND ymin <= $4 AND ymax >= $2) ORDER BY c.fid",
                           VALUES(value_real(lonlat->min_x), value_real(lonlat->min_y), value_real(lonlat->max_x), value_real(lonlat->max_y)),
                           &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        struct ground_change c = { .object = text_at(r, 0), .class = text_at(r, 1), .before_survey = text_at(r, 2), .after_survey = text_at(r, 3),
                                   .registration_x_m = rows_real(r, 4), .registration_y_m = rows_real(r, 5) };
        c.wkb = rows_bytes(r, 6, &c.wkb_len);
        s = fn(ctx, &c, e);
    }
    rows_done(r);
    return s;
}

enum status change_surveys(struct db *db, const char *comparison, char before[ID_TEXT], char after[ID_TEXT], struct err *e)
{
    enum status s = db_text(db, "SELECT before_id FROM comparison WHERE id = $1", VALUES(value_text(comparison)), before, ID_TEXT, e);
    return s == OK ? db_text(db, "SELECT after_id FROM comparison WHERE id = $1", VALUES(value_text(comparison)), after, ID_TEXT, e) : s;
}

enum status change_each_of_object(struct db *db, const char *object, change_visit *fn, void *ctx, struct err *e)
{
    return each(db, WHOLE "WHERE object_id = $1 ORDER BY reviewed_at_s IS NULL, reviewed_at_s DESC, fid DESC", VALUES(value_text(object)), fn, ctx, e);
}

enum status change_count(struct db *db, int64_t *out, struct err *e)
{
    return db_integer(db, "SELECT count(*) FROM change", NO_VALUES, out, e);
}

enum status change_each_class(struct work *w, const char *comparison, precision_visit *fn, void *ctx)
{
    struct looking l;
    struct rows *r = NULL;
    enum status s = looking_begin(w, "change", NULL, VALUES(value_text(comparison)), &l);
    buf_text(&l.clause.text, "SELECT class, count(*), sum(audit_slot), sum(audit_slot * done), sum(audit_slot * hit), sum((1 - audit_slot) * done), "
                             "sum((1 - audit_slot) * hit) FROM (SELECT h.class, h.audit_slot, CASE WHEN h.state IN ('confirmed', 'dismissed', 'legal', "
                             "'capture_rule') THEN 1 ELSE 0 END AS done, CASE WHEN h.state IN ('confirmed', 'legal') THEN 1 ELSE 0 END AS hit FROM change h "
                             "WHERE h.comparison_id = $1 AND h.inherited_from IS NULL");
    visible_records_where(&l.viewer, "change", "h", &l.clause);
    buf_text(&l.clause.text, ") q GROUP BY class ORDER BY class");
    if (s == OK)
        s = db_ask(w->db, l.clause.text.data, clause_values(&l.clause), &r, w->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; ) {
        struct precision_counts c = { .listed = rows_integer(r, 1), .slots = rows_integer(r, 2), .slots_reviewed = rows_integer(r, 3),
                                      .slots_real = rows_integer(r, 4), .others_reviewed = rows_integer(r, 5), .others_real = rows_integer(r, 6) };
        snprintf(c.class, sizeof c.class, "%s", text_at(r, 0));
        s = fn(ctx, &c, w->e);
    }
    rows_done(r);
    looking_end(&l);
    return s;
}
