// report_work.h - the indicators of the work on cases, printed (gridpatrol report STATION work).
#pragma once
#include "core/work.h"

struct report_work_settings { const char *from, *to, *by; bool json; };
enum status report_work(struct work *w, const struct report_work_settings *s);
