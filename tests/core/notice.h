// notice.h - what the tests of calendar and deadline share: local times as text, and notices written by hand.
#pragma once
#include "core/base/date.h"
#include "core/calendar.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline int32_t notice_day(const char *date)
{
    struct date d;
    if (!date_read(date, &d)) {
        fprintf(stderr, "not a date: %s\n", date);
        abort();
    }
    return date_to_day(d);
}

// "2026-11-20 15:00" or "... 23:59:59", Beijing time.
static inline int64_t notice_time(const char *text)
{
    char date[11];
    int hour = 0, minute = 0, second = 0;
    if (sscanf(text, "%10s %d:%d:%d", date, &hour, &minute, &second) < 3) {
        fprintf(stderr, "not a time: %s\n", text);
        abort();
    }
    return (int64_t)notice_day(date) * DAY_S + hour * 3600 + minute * 60 + second - CALENDAR_ZONE_CHINA_S;
}

static inline const char *notice_text(int64_t at_s, char out[32])
{
    int64_t local = at_s + CALENDAR_ZONE_CHINA_S;
    char date[11];
    date_write(date_of_day((int32_t)(local / DAY_S)), date);
    snprintf(out, 32, "%s %02d:%02d:%02d", date, (int)(local / 3600 % 24), (int)(local / 60 % 60), (int)(local % 60));
    return out;
}

static inline void notice_add(struct calendar_year *y, int32_t first, int32_t last, bool off, const char *name)
{
    for (int32_t day = first; day <= last; day++) {
        y->day = realloc(y->day, (y->days + 1) * sizeof *y->day);
        struct calendar_day *d = &y->day[y->days++];
        *d = (struct calendar_day){ .day = day, .off = off };
        snprintf(d->name, sizeof d->name, "%s", name);
    }
}

// The path of a real notice, or NULL when the fixtures are not there.
static inline const char *notice_fixture(int year, char out[512])
{
    const char *root = getenv("GRIDPATROL_FIXTURES");
    snprintf(out, 512, "%s/holiday-cn/%d.json", root != NULL ? root : GP_SOURCE_DIR "/../shared/fixtures", year);
    return access(out, R_OK) == 0 ? out : NULL;
}
