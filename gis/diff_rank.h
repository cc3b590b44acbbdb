// diff_rank.h - what the list as a whole says: order, populations one survey leaves out, false alarms to expect.
#pragma once
#include "gis/change_test.h"
#include "gis/footprint_diff.h"

// How many of a survey are smaller than each of some sizes: asks for no verdict, so it can be counted while others judge.
enum { POPULATION_SIZES = 10 };
struct population { const struct footprints *all; int64_t below[POPULATION_SIZES]; };
void population_count(const struct footprints *all, struct population *out);
// A population of small or of one kind that appears everywhere at once was not built: it is drawn now and was not before.
void find_capture_rule(const struct population *before, const struct population *after, const struct diff_options *options,
                       struct diff_result *r);
// Likeliest and largest first; then by place, so that the order never depends on the work's.
void rank_changes(struct diff_result *r);
// From the census of all walls: drawing noise by the normal law wall by wall, the tails of the registration by how many ties
// were found off the field.
void expect_false_alarms(const struct wall_census *census, struct diff_summary *s);
