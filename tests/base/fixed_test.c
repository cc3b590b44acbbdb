// Numbers as text: digit by digit what printf says, and the shortest of it.
#include "core/base/fixed.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct { double value; int decimals; int64_t whole; const char *text; } ROWS[] = {
    { 121.4737021, 7, 1214737021, "121.4737021" },
    { 121.45, 7, 1214500000, "121.45" },
    { -180, 7, -1800000000, "-180" },
    { 0.0000001, 7, 1, "0.0000001" },
    { -0.0000001, 7, -1, "-0.0000001" },
    { -0.00000001, 7, 0, "0" },                     // no minus before zero
    { -0.0, 3, 0, "0" },
    { 120, 0, 120, "120" },                         // its zeros are no decimals
    { 1e15, 0, 1000000000000000, "1000000000000000" },
    { 0.5, 0, 0, "0" }, { 1.5, 0, 2, "2" }, { 2.5, 0, 2, "2" },
    { 0.05, 1, 1, "0.1" },                          // the double is a little over
    { 0.15, 1, 1, "0.1" },                          // and this one a little under
    { 3540123.4567, 4, 35401234567, "3540123.4567" },
};

static void numbers_become_whole_and_short(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        int64_t whole;
        char text[FIXED_BYTES_MOST + 1];
        assert_true(fixed_of(ROWS[i].value, ROWS[i].decimals, &whole));
        assert_int_equal(whole, ROWS[i].whole);
        *fixed_print_short(text, whole, ROWS[i].decimals) = '\0';
        assert_string_equal(text, ROWS[i].text);
    }
}

static void what_is_no_number_or_too_large_is_refused(void **state)
{
    (void)state;
    static const double bad[] = { NAN, INFINITY, -INFINITY, 1e300, 0x1p51, -0x1p51 };
    int64_t untouched = 7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(fixed_of(bad[i], 0, &untouched));
    assert_false(fixed_of(1e9, 9, &untouched));
    assert_int_equal(untouched, 7);
}

static void every_digit_is_that_of_printf(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 300000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        int decimals = i % 10;
        double value = (double)(int64_t)(seed >> 16) * (i % 2 == 0 ? 0x1p-41 : 1e-12 / 8);
        int64_t whole;
        char text[FIXED_BYTES_MOST + 1], expected[64];
        assert_true(fixed_of(value, decimals, &whole));
        *fixed_print(text, (uint64_t)whole, decimals) = '\0';
        snprintf(expected, sizeof expected, "%.*f", decimals, value);
        assert_string_equal(text, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_become_whole_and_short),
        cmocka_unit_test(what_is_no_number_or_too_large_is_refused),
        cmocka_unit_test(every_digit_is_that_of_printf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
