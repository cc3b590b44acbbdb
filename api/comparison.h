// comparison.h - one run over two surveys (比对) as `gridpatrol diff` makes it: what was asked, what was found, what it cost.
//
// The record behind every way of telling the result: the changes layer, the summary, the report page. Made by cmd_diff and only
// read by the others.
#pragma once
#include "api/diff_settings.h"

struct comparison {
    const struct diff_settings *settings;
    enum lang lang;
    struct pair_diff pair;
    struct crs *output_crs;         // NULL: that of AFTER
    double write_s;
};

const struct crs *comparison_output_crs(const struct comparison *c);
void comparison_clear(struct comparison *c);
