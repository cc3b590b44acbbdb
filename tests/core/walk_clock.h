// walk_clock.h - deadlines worked out apart, day by day: what the store's clocks are held against in walk_model_test.c. Beijing time,
// 08:00-12:00 and 14:00-18:00 from Monday to Friday but for the days off below; stages and limits as data/limits say them.
#pragma once
#include "core/base/date.h"
#include "core/deadline.h"
#include "core/step.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { CHINA_S = 28800 };
static const char *const DAYS_OFF[] = { "2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07", "2027-01-01",
                                        "2027-02-08", "2027-02-09", "2027-02-10", "2027-02-11", "2027-02-12", "2027-10-01" };

// The notice of a year as it is loaded.
static inline void off_notice(int year, char *out, size_t cap)
{
    size_t used = (size_t)snprintf(out, cap, "{\"year\":%d,\"days\":[", year);
    const char *comma = "";
    for (size_t i = 0; i < sizeof DAYS_OFF / sizeof *DAYS_OFF; i++) {
        if (atoi(DAYS_OFF[i]) != year)
            continue;
        used += (size_t)snprintf(out + used, cap - used, "%s{\"name\":\"off\",\"date\":\"%s\",\"isOffDay\":true}", comma, DAYS_OFF[i]);
        comma = ",";
    }
    snprintf(out + used, cap - used, "]}");
}

static inline bool is_day_off(int32_t day)
{
    char text[11];
    if (((day + 3) % 7 + 7) % 7 >= 5)              // day 0 was a Thursday
        return true;
    date_write(date_of_day(day), text);
    for (size_t i = 0; i < sizeof DAYS_OFF / sizeof *DAYS_OFF; i++)
        if (strcmp(DAYS_OFF[i], text) == 0)
            return true;
    return false;
}

static inline int32_t day_at(int64_t at_s) { return (int32_t)((at_s + CHINA_S) / DAY_S); }
static inline int64_t start_of_day(int32_t day) { return (int64_t)day * DAY_S - CHINA_S; }

static inline bool is_night_or_holiday(int64_t at_s)
{
    int64_t hour = (at_s + CHINA_S) % DAY_S / 3600;
    return hour >= 22 || hour < 6 || is_day_off(day_at(at_s));
}

// Half a day of work after the other, until so many seconds of them are gone.
static inline int64_t after_work(int64_t start_s, int64_t seconds)
{
    static const int64_t half[2][2] = { { 8 * 3600, 12 * 3600 }, { 14 * 3600, 18 * 3600 } };
    for (int32_t day = day_at(start_s);; day++)
        for (int k = 0; k < 2 && !is_day_off(day); k++) {
            int64_t from = start_of_day(day) + half[k][0], to = start_of_day(day) + half[k][1];
            from = from > start_s ? from : start_s;
            if (to - from >= seconds && to > from)
                return from + seconds;
            seconds -= to > from ? to - from : 0;
        }
}

// The first day is not counted, the last one to its end; a day off at the end moves on.
static inline int64_t after_legal_days(int64_t start_s, int days, bool of_work)
{
    int32_t day = day_at(start_s);
    for (int left = days; left > 0; left -= !of_work || !is_day_off(day))
        day++;
    while (is_day_off(day))
        day++;
    return start_of_day(day + 1) - 1;
}

// --- Stages and their limits --------------------------------------------------------------------------------------------------

// NULL: the stage goes on.
static inline const char *stage_of_state(const char *thing, const char *state)
{
    static const struct { const char *thing, *stage, *states; } table[] = {
        { "case", "verify", "verifying" }, { "case", "register", "pending_register" }, { "case", "dispatch", "registered returned" },
        { "case", "handle", "dispatched handling fast_handling rework" }, { "case", "check", "handled checking" },
        { "case", "close", "check_passed" }, { "case", NULL, "suspended deferred" },
        { "lead", "approve", "draft" }, { "lead", "send", "approved" }, { "lead", "receive", "sent forwarded" }, { "lead", "accept", "received" },
        { "lead", "answer", "accepted in_progress" }, { "lead", "close", "feedback" }, { "lead", "dispute", "disputed" },
        { "lead", NULL, "incomplete" }, { "enforcement", NULL, "deferred" }, { "finding", "verify", "reported" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].thing, thing) == 0 && in(state, table[i].states))
            return table[i].stage;
    return "";
}

// key: a case's code and condition ("0101 2"), a lead's agency.
static inline bool limit_of_stage(const char *thing, const char *stage, const char *key, struct limit *out)
{
    static const struct { const char *thing, *stage, *key; struct limit limit; } table[] = {
        { "case", "verify", "*", { 4, LIMIT_WORK_HOUR, false, false, false } }, { "case", "register", "*", { 2, LIMIT_WORK_HOUR, false, false, false } },
        { "case", "dispatch", "*", { 2, LIMIT_WORK_HOUR, false, false, false } }, { "case", "check", "*", { 1, LIMIT_WORK_DAY, false, false, false } },
        { "case", "close", "*", { 1, LIMIT_WORK_DAY, false, false, false } },
        { "case", "handle", "0101 1", { 2, LIMIT_NATURAL_DAY, false, false, false } }, { "case", "handle", "0101 2", { 15, LIMIT_NATURAL_DAY, false, false, false } },
        { "case", "handle", "0203 1", { 1, LIMIT_NATURAL_DAY, false, false, false } }, { "case", "handle", "0203 2", { 5, LIMIT_NATURAL_DAY, false, false, false } },
        { "finding", "verify", "*", { 4, LIMIT_WORK_HOUR, false, false, false } }, { "lead", "receive", "*", { 3, LIMIT_WORK_DAY, false, false, false } },
        { "lead", "approve", "police", { 3, LIMIT_NATURAL_DAY, true, false, false } }, { "lead", "send", "police", { 24, LIMIT_URGENT_HOUR, false, false, false } },
        { "lead", "accept", "police", { 3, LIMIT_NATURAL_DAY, true, false, false } }, { "lead", "dispute", "police", { 3, LIMIT_NATURAL_DAY, true, false, false } },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].thing, thing) == 0 && strcmp(table[i].stage, stage) == 0 && (table[i].key[0] == '*' || strcmp(table[i].key, key) == 0)) {
            *out = table[i].limit;
            return true;
        }
    return false;
}

// Without pauses.
static inline int64_t after_limit(int64_t start_s, const struct limit *l, int32_t extension)
{
    int32_t amount = l->amount + extension;
    if (l->legal)
        return after_legal_days(start_s, amount, l->unit == LIMIT_WORK_DAY);
    switch (l->unit) {
    case LIMIT_WORK_HOUR: return after_work(start_s, amount * 3600LL);
    case LIMIT_WORK_DAY: return after_work(start_s, amount * 8 * 3600LL);
    case LIMIT_URGENT_HOUR: return start_s + amount * 3600LL;
    default: return start_s + amount * (int64_t)DAY_S;
    }
}
