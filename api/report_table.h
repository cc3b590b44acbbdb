// report_table.h - the indicators of the work on cases as a table in a file (gridpatrol export STATION indicators).
#pragma once
#include "api/report_work.h"

enum status report_table(struct work *w, const struct report_work_settings *s, const char *path, int64_t *rows);
