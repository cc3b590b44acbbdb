#include "core/deadline.h"
#include "core/base/date.h"
#include "core/calendar.h"

#include <stdio.h>
#include <string.h>

static const char *const unit_names[LIMIT_UNITS] = {
    [LIMIT_URGENT_HOUR] = "urgent_hour", [LIMIT_WORK_HOUR] = "work_hour", [LIMIT_WORK_DAY] = "work_day",
    [LIMIT_NATURAL_DAY] = "natural_day", [LIMIT_CALENDAR_MONTH] = "calendar_month", [LIMIT_CALENDAR_YEAR] = "calendar_year",
};

const char *limit_unit_name(enum limit_unit u)
{
    must(u < LIMIT_UNITS);
    return unit_names[u];
}

enum status limit_unit_read(const char *name, enum limit_unit *out, struct err *e)
{
    for (int u = 0; u < LIMIT_UNITS; u++)
        if (strcmp(name, unit_names[u]) == 0) {
            *out = (enum limit_unit)u;
            return OK;
        }
    return err_set(e, INVALID, "\"%.40s\" is no unit of a time limit; there are urgent_hour, work_hour, work_day, natural_day, calendar_month, calendar_year",
                   name);
}

// --- What may be asked -------------------------------------------------------------------------------------------------

static bool is_hours(enum limit_unit u)
{
    return u == LIMIT_URGENT_HOUR || u == LIMIT_WORK_HOUR;
}

static enum status check_limit(const struct limit *l, struct err *e)
{
    if ((unsigned)l->unit >= LIMIT_UNITS)
        return err_set(e, INVALID, "%d is no unit of a time limit", (int)l->unit);
    if (l->amount < 0 || l->amount > LIMIT_MOST)
        return err_set(e, INVALID, "a time limit is 0 to %d, %d is given", LIMIT_MOST, l->amount);
    if (l->legal && is_hours(l->unit))
        return err_set(e, INVALID, "a limit in hours runs by the clock; only days, months and years are counted as legal periods");
    if (l->same_clock && (l->legal || l->unit != LIMIT_WORK_DAY))
        return err_set(e, INVALID, "the same time of day on the next working day is for limits in work_day that are no legal periods");
    return OK;
}

static enum status check_terms(const struct calendar *c, const struct deadline_terms *t, struct err *e)
{
    enum status s = check_limit(&t->limit, e);
    if (s != OK)
        return s;
    if (t->extended < 0 || t->extended > LIMIT_MOST)
        return err_set(e, INVALID, "extensions are 0 to %d together, %d is given", LIMIT_MOST, t->extended);
    if (t->pauses > PAUSES_MOST)
        return err_set(e, TOO_BIG, "%zu pauses of one time limit; at most %d are read", t->pauses, PAUSES_MOST);
    if (!calendar_holds(c, t->start_s))
        return err_set(e, TOO_BIG, "a time limit begins outside the years %d to %d, which calendars hold", CALENDAR_FIRST_YEAR, CALENDAR_LAST_YEAR);
    return OK;
}

// --- Walking past pauses -----------------------------------------------------------------------------------------------

enum { WALK_PAST = -1, WALK_SUSPENDED, WALK_DONE };

static bool counts_days(enum measure m)
{
    return m != MEASURE_SECONDS && m != MEASURE_WORK_SECONDS;
}

// A pause in places of the measure; one within a single day stops no day.
static struct pause in_places(const struct calendar *c, enum measure m, struct pause p)
{
    if (!counts_days(m))
        return p;
    return (struct pause){ calendar_day_of(c, p.from_s), p.until_s == PAUSE_OPEN ? PAUSE_OPEN : calendar_day_of(c, p.until_s) };
}

// The first pause that lasts beyond this place.
static bool next_pause(const struct calendar *c, const struct deadline_terms *t, enum measure m, int64_t place, struct pause *out)
{
    bool found = false;
    for (size_t i = 0; i < t->pauses; i++) {
        struct pause p = in_places(c, m, t->pause[i]);
        if (p.until_s <= p.from_s || p.until_s <= place || (found && p.from_s >= out->from_s))
            continue;
        *out = p;
        found = true;
    }
    return found;
}

// The first place until which amount is counted outside of pauses.
static int walk(const struct calendar *c, const struct deadline_terms *t, enum measure m, int64_t from, int64_t amount, int64_t *out)
{
    struct pause p = { 0 };
    for (int64_t left = amount; next_pause(c, t, m, from, &p); from = p.until_s) {
        int64_t before = p.from_s > from ? calendar_count(c, m, from, p.from_s) : 0;
        if (before >= left)
            return calendar_walk(c, m, from, left, out) ? WALK_DONE : WALK_PAST;
        if (p.until_s == PAUSE_OPEN)
            return WALK_SUSPENDED;
        left -= before;
        amount = left;
    }
    return calendar_walk(c, m, from, amount, out) ? WALK_DONE : WALK_PAST;
}

int64_t deadline_counted_s(const struct calendar *c, const struct deadline_terms *t, int64_t from_s, int64_t until_s)
{
    if (until_s < from_s)
        return -deadline_counted_s(c, t, until_s, from_s);
    bool works = t->limit.unit == LIMIT_WORK_HOUR || t->limit.unit == LIMIT_WORK_DAY;
    enum measure m = works ? MEASURE_WORK_SECONDS : MEASURE_SECONDS;
    int64_t sum = 0;
    struct pause p = { 0 };
    for (; next_pause(c, t, m, from_s, &p) && p.from_s < until_s; from_s = p.until_s) {
        sum += p.from_s > from_s ? calendar_count(c, m, from_s, p.from_s) : 0;
        if (p.until_s >= until_s)
            return sum;
    }
    return sum + calendar_count(c, m, from_s, until_s);
}

// --- The manners of counting -------------------------------------------------------------------------------------------

// Each answers with the beginning, the end, and the days that had to be settled for it; settled_from > settled_to: none.
struct span_found { int64_t starts_s, ends_s; int32_t settled_from, settled_to; };

// The day so many months or years on.
static int32_t day_on(const struct deadline_terms *t, int32_t day)
{
    int64_t amount = (int64_t)t->limit.amount + t->extended;
    int64_t months = t->limit.unit == LIMIT_CALENDAR_YEAR ? amount * 12 : amount;
    int64_t most = (int64_t)12 * (CALENDAR_LAST_YEAR + 1 - CALENDAR_FIRST_YEAR);    // further is past the calendar anyway
    return date_to_day(date_add_months(date_of_day(day), (int32_t)(months < most ? months : most)));
}

static bool is_months(enum limit_unit u)
{
    return u == LIMIT_CALENDAR_MONTH || u == LIMIT_CALENDAR_YEAR;
}

static int by_legal_days(const struct calendar *c, const struct deadline_terms *t, struct span_found *out)
{
    int32_t first = calendar_day_of(c, t->start_s);
    int64_t amount = is_months(t->limit.unit) ? day_on(t, first) - first : (int64_t)t->limit.amount + t->extended, end;
    bool workdays = t->limit.unit == LIMIT_WORK_DAY;
    int got = walk(c, t, workdays ? MEASURE_WORKDAYS : MEASURE_DAYS, first + 1, amount, &end);
    if (got != WALK_DONE)
        return got;
    int32_t last = (int32_t)(end - 1), unmoved = last;
    while (!t->limit.last_day_stays && calendar_day_is_off(c, last) && last <= calendar_last_day())
        last++;
    if (last > calendar_last_day())
        return WALK_PAST;
    bool asks_none = !workdays && t->limit.last_day_stays;
    *out = (struct span_found){ .starts_s = calendar_day_start_s(c, first + 1), .ends_s = calendar_day_start_s(c, last + 1) - 1,
                                .settled_from = workdays ? first + 1 : unmoved, .settled_to = asks_none ? INT32_MIN : last };
    return WALK_DONE;
}

// The same time of day on the n-th next day with hours of work.
static int by_same_clock(const struct calendar *c, const struct deadline_terms *t, struct span_found *out)
{
    int64_t start = calendar_next_work_s(c, t->start_s), end, amount = (int64_t)t->limit.amount + t->extended;
    int32_t day = calendar_day_of(c, start);
    int got = walk(c, t, MEASURE_OPEN_DAYS, day + 1, amount, &end);
    if (got != WALK_DONE)
        return got;
    int64_t of_day = start - calendar_day_start_s(c, day);
    *out = (struct span_found){ .starts_s = start, .ends_s = calendar_day_start_s(c, (int32_t)end - 1) + of_day,
                                .settled_from = calendar_day_of(c, t->start_s), .settled_to = (int32_t)end - 1 };
    return WALK_DONE;
}

static int by_work_time(const struct calendar *c, const struct deadline_terms *t, struct span_found *out)
{
    int64_t hours = t->limit.unit == LIMIT_WORK_DAY ? WORK_DAY_HOURS : 1;
    int64_t start = calendar_next_work_s(c, t->start_s), end;
    int got = walk(c, t, MEASURE_WORK_SECONDS, start, ((int64_t)t->limit.amount + t->extended) * hours * 3600, &end);
    if (got == WALK_DONE)
        *out = (struct span_found){ .starts_s = start, .ends_s = end,
                                    .settled_from = calendar_day_of(c, t->start_s), .settled_to = calendar_day_of(c, end) };
    return got;
}

static int by_clock(const struct calendar *c, const struct deadline_terms *t, struct span_found *out)
{
    int32_t day = calendar_day_of(c, t->start_s);
    int64_t each = t->limit.unit == LIMIT_URGENT_HOUR ? 3600 : DAY_S, end;
    int64_t amount = is_months(t->limit.unit) ? day_on(t, day) - day : (int64_t)t->limit.amount + t->extended;
    int got = walk(c, t, MEASURE_SECONDS, t->start_s, amount * each, &end);
    if (got == WALK_DONE)
        *out = (struct span_found){ .starts_s = t->start_s, .ends_s = end, .settled_from = 0, .settled_to = INT32_MIN };
    return got;
}

static int find_end(const struct calendar *c, const struct deadline_terms *t, struct span_found *out)
{
    if (t->limit.legal)
        return by_legal_days(c, t, out);
    if (t->limit.same_clock)
        return by_same_clock(c, t, out);
    if (t->limit.unit == LIMIT_WORK_HOUR || t->limit.unit == LIMIT_WORK_DAY)
        return by_work_time(c, t, out);
    return by_clock(c, t, out);
}

// Where counting would begin, for a limit that stands still.
static int64_t beginning(const struct calendar *c, const struct deadline_terms *t)
{
    if (t->limit.legal)
        return calendar_day_start_s(c, calendar_day_of(c, t->start_s) + 1);
    bool works = t->limit.unit == LIMIT_WORK_HOUR || t->limit.unit == LIMIT_WORK_DAY;
    return works ? calendar_next_work_s(c, t->start_s) : t->start_s;
}

enum status deadline_compute(const struct calendar *c, const struct deadline_terms *t, struct deadline *out, struct err *e)
{
    enum status s = check_terms(c, t, e);
    if (s != OK)
        return s;
    struct span_found found = { 0 };
    int got = find_end(c, t, &found);
    if (got == WALK_PAST)
        return err_set(e, TOO_BIG, "a time limit of %d %s ends after the year %d, until which calendars reach", t->limit.amount + t->extended,
                       limit_unit_name(t->limit.unit), CALENDAR_LAST_YEAR);
    if (got == WALK_SUSPENDED)
        *out = (struct deadline){ .starts_s = beginning(c, t), .ends_s = PAUSE_OPEN, .suspended = true };
    else
        *out = (struct deadline){ .starts_s = found.starts_s, .ends_s = found.ends_s,
                                  .provisional = found.settled_from <= found.settled_to
                                                 && !calendar_knows(c, found.settled_from, found.settled_to) };
    return OK;
}

enum status deadline_may_extend(const struct limit *limit, int granted, int32_t more, struct err *e)
{
    if (more <= 0)
        return err_set(e, INVALID, "an extension is at least 1 %s, %d is asked for", limit_unit_name(limit->unit), more);
    if (granted >= EXTENSIONS_MOST)
        return err_set(e, CONFLICT, "the limit was extended %d times already; it may be extended %d times", granted, EXTENSIONS_MOST);
    if (more > limit->amount)
        return err_set(e, CONFLICT, "an extension is at most the original limit, %d %s; %d is asked for", limit->amount,
                       limit_unit_name(limit->unit), more);
    return OK;
}
