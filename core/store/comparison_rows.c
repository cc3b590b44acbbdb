#include "core/store/comparison_rows.h"

#include "core/visible.h"
#include <math.h>
#include <stdio.h>

enum status comparison_select_same(struct db *db, const struct comparison_key *k, struct id *out, struct err *e)
{
    struct err none = { .lang = e->lang };
    enum status s = db_text(db, "SELECT id FROM comparison WHERE before_sha256 = $1 AND after_sha256 = $2 AND parameters = $3 AND "
                                "program_version = $4 AND state = 'done' ORDER BY id DESC LIMIT 1",
                            VALUES(value_text(k->before_sha256), value_text(k->after_sha256), value_text(k->parameters),
                                   value_text(k->program_version)), out->text, sizeof out->text, &none);
    if (s != OK && s != NOT_FOUND)
        *e = none;
    return s;
}

enum status comparison_insert(struct db *db, const char *id, const char *before_id, const char *after_id, const struct comparison_key *k,
                              int64_t started_at_s, struct err *e)
{
    return db_run(db, "INSERT INTO comparison (id, before_id, after_id, before_sha256, after_sha256, parameters, program_version, state, "
                      "started_at_s) VALUES ($1, $2, $3, $4, $5, $6, $7, 'running', $8)",
                  VALUES(value_text(id), value_text(before_id), value_text(after_id), value_text(k->before_sha256), value_text(k->after_sha256),
                         value_text(k->parameters), value_text(k->program_version), value_integer(started_at_s)), e);
}

enum status comparison_update_end(struct db *db, const struct comparison_end *end, struct err *e)
{
    return db_run(db, "UPDATE comparison SET state = $2, summary = $3, expected_false_alarms = $4, ended_at_s = $5 WHERE id = $1",
                  VALUES(value_text(end->id), value_text(end->state), value_text(end->summary), value_real(end->expected_false_alarms),
                         value_integer(end->ended_at_s)), e);
}

enum status comparison_each_running(struct db *db, comparison_orphan *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT id FROM comparison WHERE state = 'running' ORDER BY id", NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        s = fn(ctx, rows_text(r, 0), e);
    rows_done(r);
    return s;
}

enum status comparison_each(struct work *w, const struct page *p, comparison_visit *fn, void *ctx)
{
    struct looking l;
    struct rows *r = NULL;
    int64_t count = 1;
    enum status s = looking_begin(w, "change", NULL, VALUES(value_text(page_after(p)), value_integer(page_limit(p))), &l);
    bool whole = s == OK && visible_records_whole(&l.viewer, "change");
    if (s == OK && page_after(p) != NULL)
        s = db_integer(w->db, "SELECT count(*) FROM comparison WHERE id = $1", VALUES(value_text(p->after)), &count, w->e);
    if (s == OK && count == 0)
        s = err_set(w->e, NOT_FOUND, "there is no comparison \"%s\" in this station", p->after);
    buf_text(&l.clause.text, "SELECT m.id, m.before_id, m.after_id, b.name, a.name, m.state, m.parameters, m.summary, m.expected_false_alarms, "
                             "m.started_at_s, m.ended_at_s, (SELECT count(*) FROM change c WHERE c.comparison_id = m.id");
    visible_records_where(&l.viewer, "change", "c", &l.clause);
    buf_text(&l.clause.text, ") FROM comparison m JOIN survey b ON b.id = m.before_id JOIN survey a ON a.id = m.after_id WHERE $1 IS NULL OR "
                             "(m.started_at_s, m.id) < (SELECT o.started_at_s, o.id FROM comparison o WHERE o.id = $1) "
                             "ORDER BY m.started_at_s DESC, m.id DESC LIMIT $2");
    if (s == OK)
        s = db_ask(w->db, l.clause.text.data, clause_values(&l.clause), &r, w->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; ) {
        struct comparison_row c = { .before = rows_text(r, 3), .after = rows_text(r, 4), .state = rows_text(r, 5), .parameters = rows_text(r, 6),
                                    .summary = whole ? rows_text(r, 7) : NULL,
                                    .expected_false_alarms = whole ? rows_real(r, 8) : NAN, .started_at_s = rows_integer(r, 9),
                                    .ended_at_s = rows_integer(r, 10), .changes = rows_integer(r, 11) };
        snprintf(c.id.text, sizeof c.id.text, "%s", rows_text(r, 0));
        snprintf(c.before_id.text, sizeof c.before_id.text, "%s", rows_text(r, 1));
        snprintf(c.after_id.text, sizeof c.after_id.text, "%s", rows_text(r, 2));
        s = fn(ctx, &c, w->e);
    }
    rows_done(r);
    looking_end(&l);
    return s;
}
