// recheck_rows.h - cases and the increments they were opened from; the rules are in core/recheck.c. Rows live until the next one.
#pragma once
#include "core/store/store.h"

struct case_increment {
    const char *case_id, *state, *class, *before_survey, *after_survey;
    double registration_x_m, registration_y_m;
    bool has_due, has_closed, is_gone_result;      // is_gone_result: it was closed because the building went
    int64_t due_at_s, closed_at_s, seen_at_s;      // seen: the later survey of the comparison that found it
    const uint8_t *wkb; size_t wkb_len;            // lon/lat
};
typedef enum status case_increment_visit(void *ctx, const struct case_increment *c, struct err *e);
// By case; only changes that added to the ground.
enum status case_increment_each(struct db *db, case_increment_visit *fn, void *ctx, struct err *e);
