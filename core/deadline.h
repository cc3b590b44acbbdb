// deadline.h - until when something must be done (时限), and how much of the time is gone.
//
// A deadline is a function of its beginning, a limit, granted extensions, pauses and a calendar: the same give the same, and
// when a new holiday notice arrives everything open is computed again. A deadline is an instant and belongs to the limit: who
// finishes in that second is in time. One that rests on days no notice has settled is provisional.
//
// Two manners of counting. By the clock (the limits of 数字城管): the time begins at once, or with the next working hour for
// limits in working time, and a pause stops it to the second. Legal (法定期间, 民法典 200-204): the first day is not counted, the
// last one counts to its end (23:59:59), and when it is a day off the next working day takes its place. There a pause stops
// whole days: from its first day on, the day it ends is counted again.
#pragma once
#include "core/base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct calendar;

enum limit_unit {
    LIMIT_URGENT_HOUR,      // 紧急工作时: the clock, nights and holidays too
    LIMIT_WORK_HOUR,        // 工作时: hours of work only
    LIMIT_WORK_DAY,         // 工作日: 8 working hours, or see same_clock; legal: working days of the state
    LIMIT_NATURAL_DAY,      // 自然日, 紧急工作日, 天: 24 hours; legal: days of the calendar (日)
    LIMIT_CALENDAR_MONTH,   // 月: to the day of the same number, or the last of that month
    LIMIT_CALENDAR_YEAR,    // 年
    LIMIT_UNITS
};
const char *limit_unit_name(enum limit_unit u);                                             // "urgent_hour", ...
enum status limit_unit_read(const char *name, enum limit_unit *out, struct err *e);         // INVALID, and says which there are

enum { WORK_DAY_HOURS = 8, LIMIT_MOST = 100000, PAUSES_MOST = 1000, EXTENSIONS_MOST = 2 };

struct limit {
    int32_t amount;         // 0 .. LIMIT_MOST
    enum limit_unit unit;
    bool legal;             // not for hours, which the law counts by the clock
    bool same_clock;        // a work day ends at the same time of day on the next day with hours of work
    bool last_day_stays;    // legal: a last day that is a day off is the last day all the same
};

#define PAUSE_OPEN INT64_MAX
struct pause { int64_t from_s, until_s; };      // 挂账, 鉴定, 听证: until_s is not part of it, PAUSE_OPEN while it lasts

struct deadline_terms {
    int64_t start_s;
    struct limit limit;
    int32_t extended;                           // all granted extensions together, in the limit's unit
    const struct pause *pause; size_t pauses;   // in any order, may overlap
};

struct deadline {
    int64_t starts_s;       // where counting begins: a report outside working hours, the first day of a legal period
    int64_t ends_s;         // the last instant in time; PAUSE_OPEN while suspended
    bool suspended;         // an open pause lies before the end: there is no deadline yet
    bool provisional;       // rests on days that no holiday notice has settled
};
// INVALID: an amount or a unit that cannot be. TOO_BIG: too many pauses, or outside the years of the calendar.
enum status deadline_compute(const struct calendar *c, const struct deadline_terms *t, struct deadline *out, struct err *e);
static inline bool deadline_is_met(const struct deadline *d, int64_t done_s) { return done_s <= d->ends_s; }

// Seconds between two instants as the limit counts them (hours of work for working hours and working days, the clock for all
// others), pauses left out: from starts_s until now is what is used, from now until ends_s what is left. Negative backwards.
int64_t deadline_counted_s(const struct calendar *c, const struct deadline_terms *t, int64_t from_s, int64_t until_s);

// 延期: at most two, each at most the original limit. granted: how many there were. CONFLICT, INVALID.
enum status deadline_may_extend(const struct limit *limit, int granted, int32_t more, struct err *e);
