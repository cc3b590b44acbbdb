// summary.h - what one comparison read, found and cost, for people and for machines (汇总).
//
// Both tell the same: features read, refused and repaired; the registration; the noise; the false alarms to expect; the
// changes. The keys of the JSON are stable: new ones may come, none goes or changes its meaning.
#pragma once
#include "api/comparison.h"
#include "core/base/buf.h"

enum summary_extent {
    SUMMARY_WHOLE,      // with the time, the memory and the number of threads
    SUMMARY_REPEATABLE  // only what the same input gives again, whatever the machine: kept in the output file
};
void summary_json(const struct comparison *c, enum summary_extent extent, struct buf *out);
void summary_of_pair(void *ctx, const struct pair_diff *pair, struct buf *out); // REPEATABLE, for struct comparison_spec; ctx is not looked at
void summary_text(const struct comparison *c, struct buf *out); // in the language of the comparison
int64_t summary_changes(const struct diff_summary *m); // rows that claim construction: not same, shifted, capture_rule, unknown
// The kind of building that only the later survey draws (the capture rule), NULL when the rule is one of size.
const char *summary_captured_kind(const struct comparison *c);
