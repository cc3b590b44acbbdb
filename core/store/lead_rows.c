#include "core/store/lead_rows.h"

#include "core/store/step_rows.h"
#include "core/visible.h"
#include <stdio.h>
#include <string.h>

enum status lead_insert(struct db *db, const struct lead_row *row, struct err *e)
{
    struct value v[WALK_VALUES + 16] = {
        value_text(row->walk->id.text), value_text(row->walk->number), value_text(row->spec->case_id), value_text(row->kind),
        value_text(row->secrecy), value_integer(row->priority), value_text(row->spec->rule != NULL ? row->spec->rule : ""),
        value_text(row->snapshot), value_integer(row->now_s), value_text(row->spec->linked_from),
    };
    walk_values(row->walk, v + 10);
    return db_run(db, "INSERT INTO lead (id, number, case_id, kind, secrecy, priority, rule, snapshot, made_at_s, linked_from, " WALK_COLUMNS
                      ", title, lon, lat, cell_code, community_code, geom) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "
                      "$18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, title, lon, lat, cell_code, community_code, geom FROM case_file WHERE id = $3",
                  (struct values){ v, 10 + WALK_VALUES }, e);
}

bool lead_change_is_empty(const struct lead_change *c)
{
    return c->receipt_number == NULL && c->received_by == NULL && c->answer == NULL && c->return_reason == NULL && !c->reminded;
}

enum status lead_change(struct db *db, const char *id, const struct lead_change *c, struct err *e)
{
    if (lead_change_is_empty(c))
        return OK;
    return db_run(db, "UPDATE lead SET receipt_number = coalesce($2, receipt_number), received_by = coalesce($3, received_by), "
                      "answer = coalesce($4, answer), return_reason = coalesce($5, return_reason), reminders = reminders + $6 WHERE id = $1",
                  VALUES(value_text(id), value_text(c->receipt_number), value_text(c->received_by), value_text(c->answer),
                         value_text(c->return_reason), value_integer(c->reminded)), e);
}

static void read_facts(void *ctx, const struct rows *r)
{
    struct lead_facts *out = ctx;
    rows_copy(r, 0, out->case_id, sizeof out->case_id);
    rows_copy(r, 1, out->kind, sizeof out->kind);
    rows_copy(r, 2, out->agency_id, sizeof out->agency_id);
    rows_copy(r, 3, out->agency_key, sizeof out->agency_key);
    rows_copy(r, 4, out->secrecy, sizeof out->secrecy);
    out->priority = (int)rows_integer(r, 5);
}

enum status lead_facts_select(struct db *db, const char *id, struct lead_facts *out, struct err *e)
{
    enum status s = db_row(db, "SELECT d.case_id, d.kind, d.agency_id, a.key, d.secrecy, d.priority FROM lead d JOIN agency a ON a.id = d.agency_id "
                               "WHERE d.id = $1", VALUES(value_text(id)), read_facts, out, e);
    return s == NOT_FOUND ? err_set(e, NOT_FOUND, "nothing was found") : s;
}

static void read_agency(void *ctx, const struct rows *r)
{
    struct agency_facts *out = ctx;
    rows_copy(r, 0, out->id, sizeof out->id);
    rows_copy(r, 1, out->secrecy, sizeof out->secrecy);
}

enum status agency_facts_select(struct db *db, const char *key, struct agency_facts *out, struct err *e)
{
    return db_row(db, "SELECT id, secrecy FROM agency WHERE key = $1 OR id = $1", VALUES(value_text(key)), read_agency, out, e);
}

struct kind_of_case { char *kind; int *priority; };
static void read_kind(void *ctx, const struct rows *r)
{
    const struct kind_of_case *out = ctx;
    rows_copy(r, 0, out->kind, 64);
    *out->priority = (int)rows_integer(r, 1);
}

enum status case_kind_select(struct db *db, const char *case_id, char kind[64], int *priority, struct err *e)
{
    enum status s = db_row(db, "SELECT kind, priority FROM case_file WHERE id = $1", VALUES(value_text(case_id)), read_kind,
                           &(struct kind_of_case){ kind, priority }, e);
    return s == NOT_FOUND ? err_set(e, NOT_FOUND, "nothing was found") : s;
}

static enum status visit(struct rows *r, const struct work *w, lead_visit *fn, void *ctx)
{
    enum status s = OK;
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; ) {
        struct lead_line l = { .number = rows_text(r, 0), .case_number = rows_text(r, 1), .title = rows_text(r, 2), .agency_key = rows_text(r, 3),
                               .agency_zh = rows_text(r, 4), .agency_en = rows_text(r, 5), .state = rows_text(r, 6), .secrecy = rows_text(r, 7),
                               .cell_code = rows_text(r, 8), .priority = rows_integer(r, 9),
                               .due_at_s = rows_is_null(r, 10) ? NO_DEADLINE : rows_integer(r, 10), .is_provisional = rows_integer(r, 11) != 0,
                               .is_case = rows_integer(r, 12) != 0, .id = rows_text(r, 13) };
        l.is_overdue = l.due_at_s < w->now_s;
        s = fn(ctx, &l, w->e);
    }
    return s;
}

static enum status each(struct work *w, struct looking *l, lead_visit *fn, void *ctx)
{
    struct rows *r = NULL;
    enum status s = clause_check(&l->clause, w->e);
    if (s == OK)
        s = db_ask(w->db, l->clause.text.data, clause_values(&l->clause), &r, w->e);
    if (s == OK)
        s = visit(r, w, fn, ctx);
    rows_done(r);
    return s;
}

enum status lead_each(struct work *w, const struct lead_query *q, lead_visit *fn, void *ctx)
{
    struct looking l;
    struct buf *sql = &l.clause.text;
    enum status s = looking_begin(w, "lead", NULL, VALUES(value_text(q->agency_key), value_text(q->state), value_integer(q->open_only),
                                                          value_text(page_after(&q->page)), value_integer(page_limit(&q->page))), &l);
    buf_text(sql, "SELECT d.number, c.number, d.title, a.key, a.name_zh, a.name_en, d.state, d.secrecy, d.cell_code, d.priority, d.due_at_s, "
                  "d.is_due_provisional, 0, d.id FROM lead d JOIN case_file c ON c.id = d.case_id JOIN agency a ON a.id = d.agency_id WHERE ($1 IS NULL OR "
                  "a.key = $1) AND ($2 IS NULL OR d.state = $2) AND ($3 = 0 OR d.state NOT IN ('closed', 'recalled', 'discarded')) AND "
                  "($4 IS NULL OR d.number > $4)");
    visible_records_where(&l.viewer, "lead", "d", &l.clause);
    buf_text(sql, " ORDER BY d.number LIMIT $5");
    if (s == OK)
        s = each(w, &l, fn, ctx);
    looking_end(&l);
    return s;
}

// $1 the agency, $2 the number to go on after, $3 how many. The place in the queue: without a deadline last, then by deadline, priority,
// age and number.
static void write_queue(struct looking *l)
{
    struct buf *sql = &l->clause.text;
    buf_text(sql, "WITH queue AS (SELECT d.number AS number, c.number AS case_number, d.title AS title, d.state AS state, d.secrecy AS secrecy, "
                  "d.cell_code AS cell_code, d.priority AS priority, d.due_at_s AS due_at_s, d.is_due_provisional AS is_due_provisional, 0 AS is_case, "
                  "d.made_at_s AS since_s, coalesce(d.due_at_s, 9e18) AS rank, d.id AS id FROM lead d JOIN case_file c ON c.id = d.case_id WHERE d.agency_id = $1 "
                  "AND d.state IN ('sent', 'forwarded', 'received', 'accepted', 'in_progress')");
    visible_records_where(&l->viewer, "lead", "d", &l->clause);
    buf_text(sql, " UNION ALL SELECT c.number, c.number, c.title, c.state, 'ordinary', c.cell_code, c.priority, c.due_at_s, c.is_due_provisional, 1, "
                  "c.stage_at_s, coalesce(c.due_at_s, 9e18), c.id FROM case_file c WHERE c.agency_id = $1 AND "
                  "(c.state = 'dispatched' OR c.state = 'handling' OR c.state = 'rework' OR c.state = 'fast_handling')");   // as index case_queue says it
    visible_records_where(&l->viewer, "case", "c", &l->clause);
    buf_text(sql, ") ");
}

static enum status check_after(struct work *w, struct looking *l, const struct page *p)
{
    int64_t count = 1;
    if (page_after(p) == NULL)
        return OK;
    size_t begun = l->clause.text.len;
    buf_text(&l->clause.text, "SELECT count(*) FROM queue WHERE number = $2 AND $3 > 0");
    enum status s = clause_check(&l->clause, w->e);
    if (s == OK)
        s = db_integer(w->db, l->clause.text.data, clause_values(&l->clause), &count, w->e);
    l->clause.text.len = begun;
    l->clause.text.data[begun] = '\0';
    return s == OK && count == 0 ? err_set(w->e, NOT_FOUND, "there is no \"%s\" in this list to go on after", p->after) : s;
}

enum status queue_each(struct work *w, const char *agency_key, const struct page *p, lead_visit *fn, void *ctx)
{
    struct agency_facts agency;
    struct looking l;
    enum status s = agency_facts_select(w->db, agency_key, &agency, w->e);
    if (s == NOT_FOUND)
        return err_set(w->e, NOT_FOUND, "there is no agency \"%s\"; gridpatrol agency list names them", agency_key);
    if (s != OK)
        return s;
    s = looking_begin(w, "lead", "case", VALUES(value_text(agency.id), value_text(page_after(p)), value_integer(page_limit(p))), &l);
    write_queue(&l);
    if (s == OK)
        s = check_after(w, &l, p);
    buf_text(&l.clause.text, "SELECT q.number, q.case_number, q.title, a.key, a.name_zh, a.name_en, q.state, q.secrecy, q.cell_code, q.priority, q.due_at_s, "
                             "q.is_due_provisional, q.is_case, q.id FROM queue q JOIN agency a ON a.id = $1 WHERE $2 IS NULL OR "
                             "(q.rank, q.priority, q.since_s, q.number) > (SELECT o.rank, o.priority, o.since_s, o.number FROM queue o WHERE o.number = $2) "
                             "ORDER BY q.rank, q.priority, q.since_s, q.number LIMIT $3");
    if (s == OK)
        s = each(w, &l, fn, ctx);
    looking_end(&l);
    return s;
}
