// report_rows.h - cases that w->actor may see with their steps, in the order of steps; see core/case_report.h.
#pragma once
#include "core/step.h"

struct report_row {
    const char *id, *cell, *community, *agency, *state, *stage; // of the case as it is now; NULL: not known
    int64_t opened_at_s, due_at_s;
    bool is_exempt;
    const char *verb, *from, *step_stage;                       // of one step
    int64_t at_s, step_due_at_s;                                // NO_DEADLINE: none
};
typedef enum status report_visit(void *ctx, const struct report_row *r, struct err *e);
enum status report_each_step(struct work *w, report_visit *fn, void *ctx);
