// report_html.h - one page that shows a comparison to people: it opens anywhere, without a network (比对报告).
//
// Key figures, a map of the changes (SVG), the registration as arrows, the classes, the ranked list, inputs, parameters and
// hashes. Both languages are in the page. Everything a stranger could have written (ids, names, filters) is escaped. Without
// JavaScript the page is whole; with it the map zooms and the list sorts and filters. No clock: the same input, the same page.
#pragma once
#include "api/comparison.h"

enum { REPORT_LIST_MOST = 2000 };  // rows of the ranked list; the page says when there are more

// Writes comparison->settings->html; nothing when there is none.
enum status report_html_write(struct comparison *c, struct err *e);
