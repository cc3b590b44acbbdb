// Moments as RFC 3339 writes them, against the C library, and back again.
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_moment_is_written_as_the_library_does),
        cmocka_unit_test(what_lies_beyond_four_digits_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
