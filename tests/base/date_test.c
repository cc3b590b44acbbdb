// Days and dates against the C library, day by day; months as the Civil Code counts them.
#include "core/base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void every_day_of_four_centuries_agrees_with_the_library(void **state)
{
    (void)state;
    for (int32_t day = -80000; day < 80000; day++) {
        time_t t = (time_t)day * 86400;
        struct tm tm;
        gmtime_r(&t, &tm);
        struct date d = date_of_day(day);
        if (d.year != tm.tm_year + 1900 || d.month != tm.tm_mon + 1 || d.day != tm.tm_mday)
            fail_msg("day %d: got %d-%d-%d, want %d-%d-%d", day, d.year, d.month, d.day, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
        if (date_to_day(d) != day || !date_is_real(d))
            fail_msg("%d-%d-%d: got day %d, want %d", d.year, d.month, d.day, date_to_day(d), day);
        if ((date_weekday(day) + 1) % 7 != tm.tm_wday)
            fail_msg("day %d: got weekday %d, want %d", day, date_weekday(day), (tm.tm_wday + 6) % 7);
    }
}

static void months_end_where_the_law_says(void **state)
{
    (void)state;
    static const struct { const char *from; int months; const char *to; } cases[] = {
        { "2026-01-15", 1, "2026-02-15" }, { "2026-01-31", 1, "2026-02-28" }, { "2028-01-31", 1, "2028-02-29" },
        { "2028-02-29", 12, "2029-02-28" }, { "2026-11-30", 3, "2027-02-28" }, { "2026-12-01", 1, "2027-01-01" },
        { "2026-03-31", -1, "2026-02-28" }, { "2026-01-01", -1, "2025-12-01" }, { "2026-05-09", 0, "2026-05-09" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct date d;
        char got[11];
        assert_true(date_read(cases[i].from, &d));
        date_write(date_add_months(d, cases[i].months), got);
        assert_string_equal(got, cases[i].to);
    }
}

static void what_is_no_date_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = { "", "2026-1-01", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "0000-01-01",
                                       "2026-01-01 ", "2026/01/01", "20260-1-01", "-026-01-01", "2026--1-01", "二〇二六-01" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct date d = { 1, 2, 3 };
        if (date_read(bad[i], &d))
            fail_msg("%s is taken for %d-%d-%d", bad[i], d.year, d.month, d.day);
        assert_int_equal(d.year, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_four_centuries_agrees_with_the_library),
        cmocka_unit_test(months_end_where_the_law_says),
        cmocka_unit_test(what_is_no_date_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
