#include "core/calendar.h"
#include "core/base/date.h"
#include "core/base/mem.h"

#include <stdio.h>
#include <string.h>

enum {
    FIRST_DAY = 8035, DAYS = 39447,                         // 1992-01-01 .. 2099-12-31
    YEARS = CALENDAR_LAST_YEAR - CALENDAR_FIRST_YEAR + 1,
    SPANS_MOST = 16,                                        // hours of one day, in pieces
    SETTLED_DECEMBER = 25,                                  // the earliest that a later notice moved was 29 December
};

struct hours { struct span { int32_t start_s, end_s; } span[SPANS_MOST]; int spans; int32_t sum_s; };

// Sums over all days before: what lies between two days is one subtraction, and a place is found by halving.
struct calendar {
    int32_t zone_s;
    bool known[YEARS];
    uint8_t kind[DAYS];
    uint16_t name[DAYS], hours[DAYS];                       // into the lists below; name 0 is ""
    char (*names)[CALENDAR_NAME_BYTES]; size_t name_count, name_cap;
    struct hours *list; size_t list_count, list_cap;
    int64_t work_before[DAYS + 1];
    int32_t workdays_before[DAYS + 1], open_before[DAYS + 1];
};

// --- Days and instants -------------------------------------------------------------------------------------------------

int32_t calendar_first_day(void)
{
    return FIRST_DAY;
}

int32_t calendar_last_day(void)
{
    return FIRST_DAY + DAYS - 1;
}

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

static int64_t local_clamped(const struct calendar *c, int64_t at_s)
{
    int64_t least = (int64_t)FIRST_DAY * DAY_S, most = (int64_t)(FIRST_DAY + DAYS) * DAY_S;
    return clamp(at_s, least - c->zone_s, most - c->zone_s) + c->zone_s;
}

// A place among the days of the calendar.
static int32_t index_of(int64_t day)
{
    return (int32_t)(clamp(day, FIRST_DAY, FIRST_DAY + DAYS - 1) - FIRST_DAY);
}

int32_t calendar_day_of(const struct calendar *c, int64_t at_s)
{
    return FIRST_DAY + index_of(local_clamped(c, at_s) / DAY_S);
}

int64_t calendar_day_start_s(const struct calendar *c, int32_t day)
{
    return (int64_t)day * DAY_S - c->zone_s;
}

bool calendar_holds(const struct calendar *c, int64_t at_s)
{
    return at_s >= calendar_day_start_s(c, FIRST_DAY) && at_s < calendar_day_start_s(c, FIRST_DAY + DAYS);
}

enum day_kind calendar_day_kind(const struct calendar *c, int32_t day)
{
    return c->kind[index_of(day)];
}

bool calendar_day_is_off(const struct calendar *c, int32_t day)
{
    return calendar_day_kind(c, day) >= DAY_WEEKEND;
}

const char *calendar_day_name(const struct calendar *c, int32_t day)
{
    return c->names[c->name[index_of(day)]];
}

static bool knows_year(const struct calendar *c, int year)
{
    return year >= CALENDAR_FIRST_YEAR && year <= CALENDAR_LAST_YEAR && c->known[year - CALENDAR_FIRST_YEAR];
}

bool calendar_knows(const struct calendar *c, int32_t first_day, int32_t last_day)
{
    struct date first = date_of_day(first_day), last = date_of_day(last_day);
    for (int year = first.year; year <= last.year; year++)
        if (!knows_year(c, year))
            return false;
    bool late_december = last.month == 12 && last.day > SETTLED_DECEMBER;
    return !late_december || knows_year(c, last.year + 1);
}

// --- Making: days ------------------------------------------------------------------------------------------------------

static uint16_t name_place(struct calendar *c, const char *name)
{
    for (size_t i = 0; i < c->name_count; i++)
        if (strcmp(c->names[i], name) == 0)
            return (uint16_t)i;
    c->names = mem_grow(c->names, &c->name_cap, c->name_count + 1, sizeof *c->names);
    snprintf(c->names[c->name_count], CALENDAR_NAME_BYTES, "%s", name);
    return (uint16_t)c->name_count++;
}

static void put_notice(struct calendar *c, const struct calendar_year *y)
{
    if (y->days == 0)
        return;
    c->known[y->year - CALENDAR_FIRST_YEAR] = true;
    for (const struct calendar_day *d = y->day; d < y->day + y->days; d++) {
        int64_t i = (int64_t)d->day - FIRST_DAY;
        if (i < 0 || i >= DAYS)
            continue;
        bool weekend = date_weekday(d->day) >= 5;
        c->kind[i] = d->off ? DAY_HOLIDAY : weekend ? DAY_MADE_UP : DAY_WORKING;
        c->name[i] = name_place(c, d->name);
    }
}

static enum status put_notices(struct calendar *c, const struct calendar_terms *t, struct err *e)
{
    const struct calendar_year *of[YEARS] = { 0 };
    for (const struct calendar_year *y = t->year; y < t->year + t->years; y++) {
        int i = y->year - CALENDAR_FIRST_YEAR;
        if (i < 0 || i >= YEARS)
            return err_set(e, INVALID, "a holiday notice for %d is given; calendars reach from %d to %d", y->year, CALENDAR_FIRST_YEAR,
                           CALENDAR_LAST_YEAR);
        if (of[i] != NULL)
            return err_set(e, INVALID, "the holiday notice for %d is given twice", y->year);
        of[i] = y;
    }
    for (int i = 0; i < YEARS; i++)         // in this order: the later year's notice is the later word
        if (of[i] != NULL)
            put_notice(c, of[i]);
    return OK;
}

// --- Making: hours -----------------------------------------------------------------------------------------------------

static enum status check_period(const struct work_period *p, size_t number, struct err *e)
{
    if (p->start_s < 0 || p->start_s >= p->end_s || p->end_s > DAY_S)
        return err_set(e, INVALID, "work period %zu: from second %d to %d of the day; it must begin before it ends, on one day (split a night in two)",
                       number, p->start_s, p->end_s);
    if (p->weekdays == 0 || p->weekdays > 0x7f)
        return err_set(e, INVALID, "work period %zu: weekdays are 1 (Monday) to 127 (all seven), %d is given", number, p->weekdays);
    if (p->valid_from > p->valid_to)
        return err_set(e, INVALID, "work period %zu: it is valid until a day before the one it is valid from", number);
    return OK;
}

static enum status check_periods(const struct calendar_terms *t, struct err *e)
{
    if (t->periods > CALENDAR_PERIODS_MOST)
        return err_set(e, INVALID, "%zu work periods are given; at most %d are read", t->periods, CALENDAR_PERIODS_MOST);
    for (size_t i = 0; i < t->periods; i++) {
        enum status s = check_period(&t->period[i], i + 1, e);
        if (s != OK)
            return s;
    }
    return OK;
}

// In order; what overlaps or touches becomes one. false: too many pieces.
static bool add_span(struct hours *h, struct span s)
{
    int at = 0;
    while (at < h->spans && h->span[at].end_s < s.start_s)
        at++;
    int end = at;
    for (; end < h->spans && h->span[end].start_s <= s.end_s; end++) {
        s.start_s = s.start_s < h->span[end].start_s ? s.start_s : h->span[end].start_s;
        s.end_s = s.end_s > h->span[end].end_s ? s.end_s : h->span[end].end_s;
    }
    if (h->spans - (end - at) + 1 > SPANS_MOST)
        return false;
    memmove(&h->span[at + 1], &h->span[end], (size_t)(h->spans - end) * sizeof s);
    h->span[at] = s;
    h->spans += 1 - (end - at);
    return true;
}

static bool add_weekday(struct hours *h, const struct work_period *period, size_t periods, int32_t day, int weekday)
{
    for (const struct work_period *p = period; p < period + periods; p++)
        if (day >= p->valid_from && day <= p->valid_to && (p->weekdays >> weekday & 1) != 0)
            if (!add_span(h, (struct span){ p->start_s, p->end_s }))
                return false;
    return true;
}

static bool any_valid(const struct calendar_terms *t, int32_t day)
{
    for (const struct work_period *p = t->period; p < t->period + t->periods; p++)
        if (day >= p->valid_from && day <= p->valid_to)
            return true;
    return false;
}

static bool hours_of_day(const struct calendar_terms *t, enum day_kind kind, int32_t day, struct hours *out)
{
    static const struct work_period usual[] = {
        { INT32_MIN, INT32_MAX, MONDAY_TO_FRIDAY, 8 * 3600, 12 * 3600 },
        { INT32_MIN, INT32_MAX, MONDAY_TO_FRIDAY, 14 * 3600, 18 * 3600 },
    };
    bool given = any_valid(t, day);
    const struct work_period *period = given ? t->period : usual;
    size_t periods = given ? t->periods : sizeof usual / sizeof usual[0];
    memset(out, 0, sizeof *out);
    if (kind == DAY_HOLIDAY)
        return true;
    if (!add_weekday(out, period, periods, day, date_weekday(day)))
        return false;
    return kind != DAY_MADE_UP || out->spans > 0 || add_weekday(out, period, periods, day, 0);
}

static uint16_t hours_place(struct calendar *c, struct hours *h)
{
    for (int i = 0; i < h->spans; i++)
        h->sum_s += h->span[i].end_s - h->span[i].start_s;
    for (size_t i = 0; i < c->list_count; i++)
        if (c->list[i].spans == h->spans && memcmp(c->list[i].span, h->span, (size_t)h->spans * sizeof h->span[0]) == 0)
            return (uint16_t)i;
    c->list = mem_grow(c->list, &c->list_cap, c->list_count + 1, sizeof *c->list);
    c->list[c->list_count] = *h;
    return (uint16_t)c->list_count++;
}

static enum status put_hours(struct calendar *c, const struct calendar_terms *t, struct err *e)
{
    for (int i = 0; i < DAYS; i++) {
        struct hours h;
        if (!hours_of_day(t, c->kind[i], FIRST_DAY + i, &h)) {
            char date[11];
            date_write(date_of_day(FIRST_DAY + i), date);
            return err_set(e, INVALID, "%s has more than %d separate hours of work", date, SPANS_MOST);
        }
        c->hours[i] = hours_place(c, &h);
        c->work_before[i + 1] = c->work_before[i] + h.sum_s;
        c->open_before[i + 1] = c->open_before[i] + (h.spans > 0);
        c->workdays_before[i + 1] = c->workdays_before[i] + (c->kind[i] < DAY_WEEKEND);
    }
    return OK;
}

static enum status fill(struct calendar *c, const struct calendar_terms *t, struct err *e)
{
    for (int i = 0; i < DAYS; i++)
        c->kind[i] = date_weekday(FIRST_DAY + i) >= 5 ? DAY_WEEKEND : DAY_WORKING;
    name_place(c, "");
    enum status s = check_periods(t, e);
    if (s == OK)
        s = put_notices(c, t, e);
    return s == OK ? put_hours(c, t, e) : s;
}

enum status calendar_make(const struct calendar_terms *t, struct calendar **out, struct err *e)
{
    if (t->zone_s < -DAY_S || t->zone_s > DAY_S)
        return err_set(e, INVALID, "the offset of local time is %d s; it must lie within one day", t->zone_s);
    struct calendar *c = mem_get(1, sizeof *c);
    c->zone_s = t->zone_s;
    enum status s = fill(c, t, e);
    if (s == OK)
        *out = c;
    else
        calendar_close(c);
    return s;
}

void calendar_close(struct calendar *c)
{
    if (c == NULL)
        return;
    mem_free(c->names);
    mem_free(c->list);
    mem_free(c);
}

// --- Counting ----------------------------------------------------------------------------------------------------------

static const struct hours *hours_at(const struct calendar *c, int32_t i)
{
    return &c->list[c->hours[i]];
}

// Working seconds from the beginning of the calendar.
static int64_t worked_until(const struct calendar *c, int64_t at_s)
{
    int64_t local = local_clamped(c, at_s) - (int64_t)FIRST_DAY * DAY_S, i = local / DAY_S, of_day = local % DAY_S;
    if (i >= DAYS)
        return c->work_before[DAYS];
    int64_t sum = c->work_before[i];
    const struct hours *h = hours_at(c, (int32_t)i);
    for (int k = 0; k < h->spans && h->span[k].start_s < of_day; k++)
        sum += (of_day < h->span[k].end_s ? of_day : h->span[k].end_s) - h->span[k].start_s;
    return sum;
}

int64_t calendar_work_s(const struct calendar *c, int64_t from_s, int64_t until_s)
{
    return worked_until(c, until_s) - worked_until(c, from_s);
}

static int64_t instant(const struct calendar *c, int32_t i, int32_t of_day)
{
    return calendar_day_start_s(c, FIRST_DAY + i) + of_day;
}

// The first instant until which so much was worked since the beginning of the calendar; target > 0 and no more than all.
static int64_t when_worked(const struct calendar *c, int64_t target)
{
    int32_t low = 0, high = DAYS - 1;       // the day on which it is reached
    while (low < high) {
        int32_t middle = (low + high) / 2;
        if (c->work_before[middle + 1] >= target)
            high = middle;
        else
            low = middle + 1;
    }
    int64_t left = target - c->work_before[low];
    const struct hours *h = hours_at(c, low);
    int k = 0;
    for (; left > h->span[k].end_s - h->span[k].start_s; k++)
        left -= h->span[k].end_s - h->span[k].start_s;
    return instant(c, low, h->span[k].start_s + (int32_t)left);
}

// The first day place until which so many days were counted since the beginning; target no more than all.
static int64_t when_counted(const int32_t before[DAYS + 1], int64_t target)
{
    int32_t low = 0, high = DAYS;
    while (low < high) {
        int32_t middle = (low + high) / 2;
        if (before[middle] >= target)
            high = middle;
        else
            low = middle + 1;
    }
    return FIRST_DAY + low;
}

static const int32_t *days_before(const struct calendar *c, enum measure m)
{
    return m == MEASURE_WORKDAYS ? c->workdays_before : c->open_before;
}

static int64_t days_until(const struct calendar *c, enum measure m, int64_t day)
{
    return days_before(c, m)[clamp(day - FIRST_DAY, 0, DAYS)];
}

int64_t calendar_count(const struct calendar *c, enum measure m, int64_t from, int64_t until)
{
    if (m == MEASURE_SECONDS || m == MEASURE_DAYS)
        return until - from;
    if (m == MEASURE_WORK_SECONDS)
        return calendar_work_s(c, from, until);
    return days_until(c, m, until) - days_until(c, m, from);
}

bool calendar_walk(const struct calendar *c, enum measure m, int64_t from, int64_t amount, int64_t *out)
{
    bool instants = m == MEASURE_SECONDS || m == MEASURE_WORK_SECONDS;
    int64_t past = instants ? calendar_day_start_s(c, FIRST_DAY + DAYS) : FIRST_DAY + DAYS, end = from;
    if (from > past || amount > (int64_t)DAYS * DAY_S)
        return false;
    if (amount > 0 && (m == MEASURE_SECONDS || m == MEASURE_DAYS))
        end = from + amount;
    else if (amount > 0 && m == MEASURE_WORK_SECONDS) {
        int64_t target = worked_until(c, from) + amount;
        end = target <= c->work_before[DAYS] ? when_worked(c, target) : INT64_MAX;
    } else if (amount > 0) {
        int64_t target = days_until(c, m, from) + amount;
        end = target <= days_before(c, m)[DAYS] ? when_counted(days_before(c, m), target) : INT64_MAX;
    }
    if (end > past)
        return false;
    *out = end;
    return true;
}

bool calendar_is_working(const struct calendar *c, int64_t at_s)
{
    return calendar_holds(c, at_s) && calendar_work_s(c, at_s, at_s + 1) > 0;
}

int64_t calendar_next_work_s(const struct calendar *c, int64_t at_s)
{
    int64_t done = worked_until(c, at_s);
    if (done == c->work_before[DAYS])
        return calendar_day_start_s(c, FIRST_DAY + DAYS);
    return when_worked(c, done + 1) - 1;
}
