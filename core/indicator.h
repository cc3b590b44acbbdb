// indicator.h - the figures by which the work is judged (评价指标): on-time handling, rework, false dispatch and the others.
//
// An indicator is a row: what counts below the line (应…) and which of those count above it. Cities define these differently,
// so both are named predicates and both numbers are kept: a report prints numerator, denominator and rate, never the rate
// alone. Cases that were suspended at their deadline, exempted by an appeal or closed by order leave the denominators of
// deadlines. 应处置 in a period: the deadline falls into it, or was due and open when it began.
#pragma once
#include "core/base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NEVER INT64_MAX                     // it has not happened; a deadline that is not set

struct stage_times { int64_t due_s, done_s; };              // seconds since 1970, UTC; NEVER; in time: done_s <= due_s

// A case as the indicators see it. A stage that a case does not pass has NEVER twice.
struct case_facts {
    const char *cell, *community, *agency;                  // where it lies, who handles it; NULL: not known
    int64_t reported_s;
    struct stage_times verify, register_, dispatch, handle, check, close; // 核实, 立案, 派遣, 处置, 核查, 结案
    int64_t dispatched_back_s;                              // returned because it was not the agency's; NEVER: it was theirs
    int64_t extended_s;                                     // when the first extension was granted
    int64_t reworked_s;                                     // when a check was failed first
    int64_t rated_s; bool satisfied;                        // a person was asked
    bool suspended, exempt, forced_closed;
};
struct period { int64_t from_s, until_s; };                 // until_s is not part of it

typedef bool case_predicate(const struct case_facts *c, const struct period *p);
struct counted { const char *key, *title; case_predicate *holds; };
struct indicator {
    const char *key, *title;                                // titles are English, keys of the Chinese
    struct counted numerator, denominator;
    bool is_mean;                                           // numerator: seconds from dispatch to answer, summed
};

size_t indicator_count(void);
const struct indicator *indicator_at(size_t i);             // must be below indicator_count
const struct indicator *indicator_get(const char *key);     // NULL: there is none

struct figure { int64_t numerator, denominator; };          // for a mean: seconds and cases
double figure_rate(struct figure f);                        // NaN when nothing counts below the line

// One indicator over the cases for which pick says yes (NULL: all), e.g. those of a community.
typedef bool case_pick(const struct case_facts *c, const void *ctx);
struct figure indicator_compute(const struct indicator *i, const struct case_facts *c, size_t count, const struct period *p,
                                case_pick *pick, const void *ctx);
