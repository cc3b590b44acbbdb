#include "core/store/recheck_rows.h"

#include <string.h>

enum status case_increment_each(struct db *db, case_increment_visit *fn, void *ctx, struct err *e)
{
    static const char *const gone_results[] = { "self_demolished", "assisted", "forced", "corrected" };
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT k.id, k.number, k.state, k.closing_proposed, k.due_at_s, k.closed_at_s, k.building_result, "
                               "c.class, v.taken_at_s, ST_AsBinary(c.geom), m.before_id, m.after_id, c.registration_x_m, c.registration_y_m FROM case_file k "
                               "JOIN case_link l ON l.case_id = k.id AND l.thing = 'change' JOIN change c ON c.id = l.thing_id "
                               "JOIN comparison m ON m.id = c.comparison_id JOIN survey v ON v.id = m.after_id "
                               "WHERE c.class IN ('new', 'enlarged', 'rebuilt', 'infilled') ORDER BY k.id, c.fid", NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        struct case_increment c = { .case_id = rows_text(r, 0), .number = rows_text(r, 1), .state = rows_text(r, 2), .closing_proposed = rows_text(r, 3),
                                    .has_due = !rows_is_null(r, 4), .due_at_s = rows_integer(r, 4), .has_closed = !rows_is_null(r, 5),
                                    .closed_at_s = rows_integer(r, 5), .class = rows_text(r, 7), .seen_at_s = rows_integer(r, 8), .before_survey = rows_text(r, 10),
                                    .after_survey = rows_text(r, 11), .registration_x_m = rows_real(r, 12), .registration_y_m = rows_real(r, 13) };
        for (size_t i = 0; i < sizeof gone_results / sizeof gone_results[0]; i++)
            c.is_gone_result |= strcmp(rows_text(r, 6), gone_results[i]) == 0;
        c.wkb = rows_bytes(r, 9, &c.wkb_len);
        s = fn(ctx, &c, e);
    }
    rows_done(r);
    return s;
}

enum status case_update_closing_proposed(struct db *db, const char *case_id, const char *comparison, struct err *e)
{
    return db_run(db, "UPDATE case_file SET closing_proposed = $2 WHERE id = $1", VALUES(value_text(case_id), value_text(comparison)), e);
}
