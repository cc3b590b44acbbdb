#include "core/store/recheck_rows.h"

#include <string.h>

enum status case_increment_each(struct db *db, case_increment_visit *fn, void *ctx, struct err *e)
{
    static const char GONE[] = "demolished_";      // how the results begin after which nothing stands
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT k.id, k.state, k.due_at_s, k.closed_at_s, k.building_result, "
                               "c.class, v.taken_at_s, ST_AsBinary(c.geom), m.before_id, m.after_id, c.registration_x_m, c.registration_y_m FROM case_file k "
                               "JOIN case_link l ON l.case_id = k.id AND l.thing = 'change' JOIN change c ON c.id = l.thing_id "
                               "JOIN comparison m ON m.id = c.comparison_id JOIN survey v ON v.id = m.after_id "
                               "WHERE c.class IN ('new', 'enlarged', 'rebuilt', 'infilled') ORDER BY k.id, c.fid", NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        struct case_increment c = { .case_id = rows_text(r, 0), .state = rows_text(r, 1),
                                    .has_due = !rows_is_null(r, 2), .due_at_s = rows_integer(r, 2), .has_closed = !rows_is_null(r, 3),
                                    .closed_at_s = rows_integer(r, 3), .class = rows_text(r, 5), .seen_at_s = rows_integer(r, 6), .before_survey = rows_text(r, 8),
                                    .after_survey = rows_text(r, 9), .registration_x_m = rows_real(r, 10), .registration_y_m = rows_real(r, 11) };
        c.is_gone_result = strncmp(rows_text(r, 4), GONE, sizeof GONE - 1) == 0;
        c.wkb = rows_bytes(r, 7, &c.wkb_len);
        s = fn(ctx, &c, e);
    }
    rows_done(r);
    return s;
}
