// report_work.h - the indicators of the work on cases, printed (gridpatrol report STATION work).
#pragma once
#include "core/case_report.h"

struct report_work_settings { const char *from, *to, *by; bool json; };
// Which period and which groups are meant. INVALID.
enum status report_work_asked(const struct work *w, const struct report_work_settings *s, struct period *period, enum report_by *by);
enum status report_work(struct work *w, const struct report_work_settings *s);
