// comparison.h - a run over two surveys of the station (比对): named by its inputs' hashes and its parameters, so that it can be
// repeated.
//
// The engine is gis/pair_diff.h. What it finds is judged (legality.h), placed, tied to earlier comparisons, and written in one
// transaction: a run that is killed, cancelled or fails leaves no change behind and can be run again. The same inputs and
// parameters are not run twice unless asked. One comparison at a time in a station.
#pragma once
#include "core/legality_ground.h"
#include "core/page.h"
#include "core/recheck.h"
#include <signal.h>

struct comparison_options {            // 0, false: the usual
    double storey_m, min_area_m2, min_width_m, min_height_m, max_shift_m, threads;
    bool no_registration, stable_ids, mask_capture_rule;
};
struct comparison_spec {
    const char *before, *after;        // surveys, by name or id
    struct comparison_options options;
    bool again;                        // also when it was done before
    const char *program_version;
    const volatile sig_atomic_t *cancelled;        // not 0: stop at the next step; NULL: nobody cancels
    void (*summary)(void *ctx, const struct pair_diff *pair, struct buf *out); // the facts of the run as JSON, an object
    void *ctx;
};
struct comparison_report {
    struct id id;
    bool same;                         // it was done before; nothing was added, only id is set
    int64_t changes, followed;         // followed: tied to an object of an earlier comparison
    int64_t per_class[CHANGE_CLASSES];
    double expected_false_alarms, read_s, compare_s, judge_s, write_s;
    struct legality_report legality;
    struct inheritance inheritance;
    struct recheck_report recheck;
};

// INVALID: the surveys or the inputs are refused; BUSY: another comparison is under way; CONFLICT: cancelled.
enum status comparison_run(struct station *s, const struct station_call *call, const struct comparison_spec *spec,
                           const struct progress *progress, struct comparison_report *out, struct err *e);

struct comparison_row {
    struct id id, before_id, after_id;
    const char *before, *after;        // names of the surveys
    const char *state, *parameters;
    const char *summary;               // figures of the whole district: NULL, and NaN below, for who does not see all of it
    double expected_false_alarms;
    int64_t started_at_s, ended_at_s, changes;
};
typedef enum status comparison_visit(void *ctx, const struct comparison_row *c, struct err *e);
// The latest first, with as many changes as w->actor may see; texts live until the next one. p NULL: all; after: an id.
enum status comparison_each(struct work *w, const struct page *p, comparison_visit *fn, void *ctx);
