#include "core/store/route_rows.h"

#include "core/visible.h"

static void read_facts(const struct rows *r, struct route_facts *f)
{
    *f = (struct route_facts){ 0 };
    rows_copy(r, 0, f->change_id, sizeof f->change_id);
    rows_copy(r, 1, f->case_id, sizeof f->case_id);
    rows_copy(r, 2, f->case_number, sizeof f->case_number);
    rows_copy(r, 3, f->kind, sizeof f->kind);
    rows_copy(r, 4, f->scheme, sizeof f->scheme);
    rows_copy(r, 5, f->code, sizeof f->code);
    rows_copy(r, 6, f->stock, sizeof f->stock);
    rows_copy(r, 7, f->source, sizeof f->source);
    rows_copy(r, 8, f->class, sizeof f->class);
    rows_copy(r, 9, f->legal_codes, sizeof f->legal_codes);
    rows_copy(r, 10, f->zone_kind, sizeof f->zone_kind);
    rows_copy(r, 11, f->permit_number, sizeof f->permit_number);
    rows_copy(r, 12, f->cell, sizeof f->cell);
    rows_copy(r, 13, f->community, sizeof f->community);
    f->area_m2 = rows_real(r, 14);
    f->gained_m2 = rows_real(r, 15);
    f->height_m = rows_real(r, 16);
    f->confidence = rows_real(r, 17);
    f->suspicion = rows_real(r, 18);
    f->zone_share = rows_real(r, 19);
    f->zone_p = rows_real(r, 20);
    f->priority = rows_integer(r, 21);
    f->opened_at_s = rows_integer(r, 22);
    f->in_progress = rows_integer(r, 23) != 0;
    f->is_recurrence = rows_integer(r, 24) != 0;
    rows_copy(r, 25, f->facts, sizeof f->facts);
    rows_copy(r, 26, f->rule, sizeof f->rule);
    rows_copy(r, 27, f->agency, sizeof f->agency);
}

// A question about the rows of one layer that w->actor may see; alias: theirs in it.
struct asking { const char *layer, *alias, *sql, *order; struct values values; };

static enum status each(struct work *w, const struct asking *a, route_visit *fn, void *ctx)
{
    struct looking l;
    struct rows *r = NULL;
    enum status s = looking_begin(w, a->layer, NULL, a->values, &l);
    buf_text(&l.clause.text, a->sql);
    visible_records_where(&l.viewer, a->layer, a->alias, &l.clause);
    buf_text(&l.clause.text, a->order);
    if (s == OK)
        s = db_ask(w->db, l.clause.text.data, clause_values(&l.clause), &r, w->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; ) {
        struct route_facts f;
        read_facts(r, &f);
        s = fn(ctx, &f, w->e);
    }
    rows_done(r);
    looking_end(&l);
    return s;
}

enum status route_each_change(struct work *w, route_visit *fn, void *ctx)
{
    static const struct asking a = { "change", "h",
        "SELECT h.id, NULL, NULL, '', '', '', h.stock, 'survey', h.class, h.legal_codes, h.zone_kind, h.permit_number, h.cell_code, "
        "h.community_code, h.gained_m2, h.gained_m2, h.height_after_m, h.confidence, h.suspicion, h.zone_share, h.zone_p, 3, NULL, 0, 0, '{}', '', '' "
        "FROM change h WHERE h.state = 'confirmed' AND NOT EXISTS (SELECT 1 FROM case_link l WHERE l.thing = 'change' AND l.thing_id = h.id) "
        "AND NOT EXISTS (SELECT 1 FROM change o JOIN case_link l ON l.thing = 'change' AND l.thing_id = o.id JOIN case_file c ON c.id = l.case_id "
        "WHERE o.object_id = h.object_id AND c.state NOT IN ('closed', 'forced_closed', 'cancelled', 'not_accepted', 'merged'))",
        " ORDER BY h.suspicion DESC, h.id", { 0 } };
    return each(w, &a, fn, ctx);
}

enum status route_each_case(struct work *w, bool all, route_visit *fn, void *ctx)
{
    const struct asking a = { "case", "c",
        "SELECT NULL, c.id, c.number, c.kind, c.scheme, c.code, c.stock, c.source, h.class, h.legal_codes, h.zone_kind, h.permit_number, "
        "c.cell_code, c.community_code, c.area_m2, h.gained_m2, h.height_after_m, h.confidence, h.suspicion, h.zone_share, h.zone_p, "
        "c.priority, c.opened_at_s, c.in_progress, c.recurrence_of IS NOT NULL, c.facts, c.rule, a.key FROM case_file c "
        "LEFT JOIN agency a ON a.id = c.agency_id "
        "LEFT JOIN change h ON h.id = (SELECT max(l.thing_id) FROM case_link l WHERE l.case_id = c.id AND l.thing = 'change') "
        "WHERE (c.rule = '' OR $1) AND c.state NOT IN ('closed', 'forced_closed', 'cancelled', 'not_accepted', 'merged')", " ORDER BY c.number",
        VALUES(value_integer(all)) };
    return each(w, &a, fn, ctx);
}

enum status route_has_case(struct db *db, const char *change_id, bool *out, struct err *e)
{
    int64_t count = 0;
    enum status s = db_integer(db, "SELECT count(*) FROM change h JOIN change o ON o.object_id = h.object_id JOIN case_link l ON l.thing = 'change' "
                                   "AND l.thing_id = o.id JOIN case_file c ON c.id = l.case_id WHERE h.id = $1 AND c.state NOT IN ('closed', "
                                   "'forced_closed', 'cancelled', 'not_accepted', 'merged')", VALUES(value_text(change_id)), &count, e);
    *out = count > 0;
    return s;
}

enum status case_set_route(struct db *db, const struct routed *r, struct err *e)
{
    return db_run(db, "UPDATE case_file SET rule = $2, agency_id = coalesce(agency_id, $3), priority = $4, rule_stage = $5, rule_amount = $6, rule_unit = $7, "
                      "is_rule_legal = $8 WHERE id = $1",
                  VALUES(value_text(r->case_id), value_text(r->rule), value_text(r->agency_id), value_integer(r->priority),
                         r->has_limit ? value_text(r->stage) : value_null(), r->has_limit ? value_integer(r->amount) : value_null(),
                         r->has_limit ? value_text(r->unit) : value_null(), value_integer(r->has_limit && r->legal)), e);
}
