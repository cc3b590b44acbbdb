// Moments as RFC 3339 writes them, against the C library, and back again; and the intervals people ask for.
#include "core/base/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

static void every_moment_is_written_as_the_library_does(void **state)
{
    (void)state;
    for (int64_t s = -70000000000; s < 260000000000; s += 86399 * 311) {
        char ours[WHEN_TEXT], theirs[64] = "";
        struct tm t;
        gmtime_r(&(time_t){ s }, &t);
        bool inside = t.tm_year + 1900 >= 0 && t.tm_year + 1900 <= 9999;
        if (inside)
            snprintf(theirs, sizeof theirs, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
        assert_int_equal(when_write(s, ours), inside);
        assert_string_equal(ours, theirs);
    }
}

static void what_lies_beyond_four_digits_is_not_written(void **state)
{
    (void)state;
    char text[WHEN_TEXT] = "x";
    assert_true(when_write(253402300799, text));
    assert_string_equal(text, "9999-12-31T23:59:59Z");
    assert_false(when_write(253402300800, text));
    assert_string_equal(text, "");
    assert_true(when_write(-62167219200, text));
    assert_string_equal(text, "0000-01-01T00:00:00Z");
    assert_false(when_write(-62167219201, text));
    assert_false(when_write(INT64_MAX, text));
    assert_false(when_write(INT64_MIN, text));
}

// --- Intervals ----------------------------------------------------------------------------------------------------------------

#define DAWN INT64_MIN      // an open end
#define DUSK INT64_MAX

static const struct { const char *text; int64_t from_s, to_s; } INTERVALS[] = {
    { "1970-01-01T00:00:00Z", 0, 0 },
    { "2024-01-05T09:30:15Z", 1704447015, 1704447015 },
    { "2024-01-05t09:30:15z", 1704447015, 1704447015 },                         // RFC 3339, 5.6: small letters too
    { "2024-01-05 09:30:15Z", 1704447015, 1704447015 },
    { "2024-01-05T09:30:15", 1704447015, 1704447015 },                          // no zone: UTC
    { "2024-01-05T09:30", 1704447000, 1704447000 },
    { "2024-01-05T09:30Z", 1704447000, 1704447000 },
    { "2024-01-05T17:30:15+08:00", 1704447015, 1704447015 },
    { "2024-01-05T17:30:15+0800", 1704447015, 1704447015 },
    { "2024-01-05T00:30:15-09:00", 1704447015, 1704447015 },
    { "2024-01-05T15:00:15+05:30", 1704447015, 1704447015 },
    { "2024-01-01T07:00:00+08:00", 1704063600, 1704063600 },                    // in Greenwich it is still last year
    { "2024-01-05T09:30:15-00:00", 1704447015, 1704447015 },
    { "2024-01-05T09:30:15.5Z", 1704447015, 1704447015 },
    { "2024-01-05T09:30:15,999999999Z", 1704447015, 1704447015 },
    { "2024-01-05T17:30:15.000+08:00", 1704447015, 1704447015 },
    { "2016-12-31T23:59:60Z", 1483228800, 1483228800 },                         // a leap second is the next one
    { "1969-12-31T23:59:59Z", -1, -1 },
    { "2024-01-05", 1704412800, 1704499199 },                                   // a day as a whole
    { "2024-02-29", 1709164800, 1709251199 },
    { "2000-02-29", 951782400, 951868799 },
    { "2024-01-05T", 1704412800, 1704499199 },                                  // as GDAL 3.6 writes a day
    { "2024-01-05/2024-01-06", 1704412800, 1704585599 },
    { "2024-01-05T/2024-01-06T", 1704412800, 1704585599 },
    { "2024-01-05/2024-01-05", 1704412800, 1704499199 },
    { "2024-01-05T09:30:15Z/2024-01-05T17:30:16+08:00", 1704447015, 1704447016 },
    { "2024-01-05/2024-01-05T09:30:15Z", 1704412800, 1704447015 },
    { "2024-01-05/..", 1704412800, DUSK },
    { "2024-01-05/", 1704412800, DUSK },
    { "../2024-01-05", DAWN, 1704499199 },
    { "/2024-01-05", DAWN, 1704499199 },
    { "../2024-01-05T09:30:15Z", DAWN, 1704447015 },
    { "0001-01-01/9999-12-31", -62135596800, 253402300799 },
};

static void moments_days_and_intervals_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof INTERVALS / sizeof *INTERVALS; i++) {
        int64_t from_s = 7, to_s = 7;
        if (!when_read_interval(INTERVALS[i].text, &from_s, &to_s))
            fail_msg("\"%s\" is refused", INTERVALS[i].text);
        if (from_s != INTERVALS[i].from_s || to_s != INTERVALS[i].to_s)
            fail_msg("\"%s\": expected %lld to %lld, got %lld to %lld", INTERVALS[i].text, (long long)INTERVALS[i].from_s,
                     (long long)INTERVALS[i].to_s, (long long)from_s, (long long)to_s);
    }
}

// QGIS begins with the year 0 when it means "always".
static void the_year_0_lies_before_all_we_know(void **state)
{
    (void)state;
    static const char *const texts[] = { "0000-01-01", "0000-02-29", "0000-12-31T23:59:59Z", "0000-01-01T00:00:00Z/2024-01-05" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t from_s = 7, to_s;
        assert_true(when_read_interval(texts[i], &from_s, &to_s));
        assert_true(from_s < -62135596800);         // 0001-01-01
    }
    int64_t from_s, to_s = 7;
    assert_true(when_read_interval("../0000-12-31", &from_s, &to_s));
    assert_true(to_s < -62135596800);
}

static const char *const NO_INTERVALS[] = {
    "", "..", "/", "../..", "../", "/..", "...", "../../..", "./2024-01-05", "2024-01-05/.", "2024-01-05/...",
    "2024-01-05/2024-01-06/2024-01-07", "2024-01-05/2024-01-06/", "2024-01-05//2024-01-06", "//",
    "2023-02-30", "2023-02-29", "1900-02-29", "2024-00-01", "2024-13-01", "2024-01-00", "2024-01-32", "2024-04-31", "0000-13-01",
    "2024-01-05/2023-02-30", "2023-02-30/2024-01-05", "2023-02-30/..", "../2023-02-30",
    "2024-01-05T25:00", "2024-01-05T24:00:00Z", "2024-01-05T09:60Z", "2024-01-05T09:30:61Z",
    "2024-01-05T09", "2024-01-05T09Z", "2024-01-05T09:3", "2024-01-05T9:30", "2024-01-05T09:30:", "2024-01-05T09:30:1Z", "2024-01-05TZ",
    "2024-01-05T09:30:15.Z", "2024-01-05T09:30:15.", "2024-01-05T09:30.5Z", "2024-01-05T09:30:15.5.5Z", "2024-01-05T09:30:15.x",
    "2024-01-05T09:30:15+24:00", "2024-01-05T09:30:15+08:60", "2024-01-05T09:30:15+8", "2024-01-05T09:30:15+08", "2024-01-05T09:30:15+08:",
    "2024-01-05T09:30:15ZZ", "2024-01-05T09:30:15Z+08:00", "2024-01-05T09:30:15 Z", "2024-01-05T09:30:15+-8:00", "2024-01-05Z",
    "2024", "2024-01", "2024-1-5", "24-01-05", "20240105", "2024/01/05", "02024-01-05", "-2024-01-05", "+2024-01-05", "2024-01-05x", "2024-01-05 ",
    " 2024-01-05", "2024-01-05\n", "2024-0a-05", "now", "null", "1704447015", "P1D", "2024-01-05/P1D", "\xe4\xbb\x8a\xe5\xa4\xa9",
};

static void what_is_no_moment_is_refused_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof NO_INTERVALS / sizeof *NO_INTERVALS; i++) {
        int64_t from_s = 7, to_s = 7;
        if (when_read_interval(NO_INTERVALS[i], &from_s, &to_s))
            fail_msg("\"%s\" is read as %lld to %lld", NO_INTERVALS[i], (long long)from_s, (long long)to_s);
    }
}

static void a_text_without_an_end_is_refused(void **state)
{
    (void)state;
    char text[4096] = "2024-01-05T09:30:15.";
    int64_t from_s, to_s;
    memset(text + 20, '5', sizeof text - 21);
    text[sizeof text - 8] = '/';
    text[sizeof text - 1] = '\0';
    assert_false(when_read_interval(text, &from_s, &to_s));
    memset(text, '/', sizeof text - 1);
    assert_false(when_read_interval(text, &from_s, &to_s));
}

static void every_moment_written_is_read_again(void **state)
{
    (void)state;
    for (int64_t s = -62135596800; s < 253402300800; s += 86399 * 311) {
        char text[WHEN_TEXT];
        int64_t from_s, to_s;
        assert_true(when_write(s, text));
        assert_true(when_read_interval(text, &from_s, &to_s));
        assert_int_equal(from_s, s);
        assert_int_equal(to_s, s);
        text[10] = '\0';
        assert_true(when_read_interval(text, &from_s, &to_s));
        assert_true(from_s <= s && s <= to_s);
        assert_int_equal(to_s - from_s, 86399);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_moment_is_written_as_the_library_does),
        cmocka_unit_test(what_lies_beyond_four_digits_is_not_written),
        cmocka_unit_test(moments_days_and_intervals_are_read),
        cmocka_unit_test(the_year_0_lies_before_all_we_know),
        cmocka_unit_test(what_is_no_moment_is_refused_whole),
        cmocka_unit_test(a_text_without_an_end_is_refused),
        cmocka_unit_test(every_moment_written_is_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
