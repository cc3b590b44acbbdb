// case_report.h - how the work went over a period (评价): the indicators of core/indicator.h, by cell, community, agency or month.
//
// Numerator and denominator are always told with the rate. What a stage's deadline was and when it was met is read from the
// steps, so a report of last year is the same tomorrow. It is made of the cases that w->actor may see.
#pragma once
#include "core/indicator.h"
#include "core/work.h"

enum report_by { REPORT_ALL, REPORT_CELL, REPORT_COMMUNITY, REPORT_AGENCY, REPORT_MONTH };
enum status report_by_word(const char *word, enum report_by *out, struct err *e);   // INVALID: cell, community, agency or month

typedef void report_line(void *ctx, const char *group, const struct indicator *i, struct figure f);   // group "": all
enum status case_report(struct work *w, const struct period *p, enum report_by by, report_line *fn, void *ctx);
