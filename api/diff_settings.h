// diff_settings.h - what the user asked of one comparison: the options of `gridpatrol diff`, checked.
//
// Read once from the command line; nothing below changes them. Options that name a field or a layer hold for both surveys
// unless the --before-… or --after-… form says otherwise.
#pragma once
#include "api/options.h"
#include "core/base/status.h"
#include <stdbool.h>

enum side { BEFORE, AFTER, SIDES };

struct side_settings {
    const char *layer, *id_field, *height_field, *floors_field, *where, *dissolve_by, *kind_field, *crs, *coverage;
};

struct diff_settings {
    const char *path[SIDES];
    struct side_settings both;            // as given without before/after
    struct side_settings side[SIDES];     // what holds for each survey; NULL: not asked for
    double storey_m;
    bool skip_unusable;
    const char *metric_crs, *output_crs;  // NULL: chosen; AFTER's own
    double min_area_m2, min_width_m, min_height_m, max_shift_m;
    bool no_registration, stable_ids, mask_capture_rule, all;
    const char *output, *html, *report;   // files to write; NULL: not wanted
    bool json, quiet;
    double threads, tile_m;               // 0: chosen
};

extern const struct option diff_options_table[];

struct call;
// INVALID: used wrongly, also when an output could not be written in the end. DENIED: a folder that is not writable.
enum status diff_settings_read(const struct call *call, struct diff_settings *out, struct err *e);
