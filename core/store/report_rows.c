#include "core/store/report_rows.h"

#include "core/visible.h"

static int64_t or_none(const struct rows *r, int column)
{
    return rows_is_null(r, column) ? NO_DEADLINE : rows_integer(r, column);
}

enum status report_each_step(struct work *w, report_visit *fn, void *ctx)
{
    struct looking l;
    struct rows *r = NULL;
    enum status s = looking_begin(w, "case", NULL, NO_VALUES, &l);
    buf_text(&l.clause.text, "SELECT c.id, c.cell_code, c.community_code, a.key, c.state, c.stage, c.opened_at_s, c.due_at_s, c.is_exempt, s.verb, "
                             "s.from_state, s.stage, s.at_s, s.due_at_s FROM case_file c JOIN step s ON s.thing_id = c.id LEFT JOIN agency a ON "
                             "a.id = c.agency_id WHERE 1 = 1");
    visible_records_where(&l.viewer, "case", "c", &l.clause);
    buf_text(&l.clause.text, " ORDER BY c.id, s.seq");
    if (s == OK)
        s = db_ask(w->db, l.clause.text.data, clause_values(&l.clause), &r, w->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; )
        s = fn(ctx, &(struct report_row){ rows_text(r, 0), rows_text(r, 1), rows_text(r, 2), rows_text(r, 3), rows_text(r, 4), rows_text(r, 5),
                                          rows_integer(r, 6), or_none(r, 7), rows_integer(r, 8) != 0, rows_text(r, 9), rows_text(r, 10),
                                          rows_text(r, 11), rows_integer(r, 12), or_none(r, 13) }, w->e);
    rows_done(r);
    looking_end(&l);
    return s;
}
