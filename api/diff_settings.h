// diff_settings.h - what the user asked of one comparison: the options of `gridpatrol diff`, checked.
//
// Read once from the command line; nothing below changes them. Options that name a field or a layer hold for both surveys
// unless the --before-… or --after-… form says otherwise.
#pragma once
#include "api/options.h"
#include "gis/pair_diff.h"

struct diff_settings {
    struct pair_spec pair;
    struct pair_side_spec both;           // as given without before/after
    const char *output_crs;               // NULL: AFTER's own
    const char *output, *html, *report;   // files to write; NULL: not wanted
    bool json, quiet;
};

extern const struct option diff_options_table[];

struct call;
// INVALID: used wrongly, also when an output could not be written in the end. DENIED: a folder that is not writable.
enum status diff_settings_read(const struct call *call, struct diff_settings *out, struct err *e);
