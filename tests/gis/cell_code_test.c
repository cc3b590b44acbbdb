// Codes by scheme, numbers never given twice, the order of numbering.
#include "gis/cell_code.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct err e;

static void schemes_write_and_read(void **state)
{
    (void)state;
    static const struct { const char *scheme; int64_t sequence; const char *code; } CASE[] = {
        { "14", 7, "32061200100107" }, { "15", 7, "320612001001007" }, { "16", 7, "3206120010010007" }, { "15", 999, "320612001001999" },
    };
    for (size_t i = 0; i < sizeof CASE / sizeof *CASE; i++) {
        const struct cell_scheme *s = cell_scheme_get(CASE[i].scheme);
        char code[CELL_CODE_BYTES];
        struct cell_code parsed;
        assert_int_equal(cell_scheme_digits(s), (int)strlen(CASE[i].code));
        assert_int_equal(cell_code_format(s, "320612001001", CASE[i].sequence, code, &e), OK);
        assert_string_equal(code, CASE[i].code);
        assert_int_equal(cell_code_parse(s, code, &parsed, &e), OK);
        assert_int_equal(parsed.sequence, CASE[i].sequence);
        assert_string_equal(parsed.community, "320612001001");
        assert_true(cell_code_is_in(s, code, "320612001001"));
        assert_false(cell_code_is_in(s, code, "320612001002"));
    }
    assert_null(cell_scheme_get("17"));
}

static void what_is_no_code_is_refused(void **state)
{
    (void)state;
    const struct cell_scheme *s = cell_scheme_get("15");
    const char *bad[] = { "", "32061200100107", "32061200100107x", "320612001001000", " 320612001001007", "3206120010010070" };
    struct cell_code parsed;
    char code[CELL_CODE_BYTES];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (cell_code_parse(s, bad[i], &parsed, &e) != INVALID)
            fail_msg("\"%s\" was taken for a code", bad[i]);
    assert_int_equal(cell_code_format(s, "32061200100", 1, code, &e), INVALID);
    assert_int_equal(cell_code_format(s, "320612001001", 1000, code, &e), TOO_BIG);
    assert_non_null(strstr(e.text, "1000"));
}

static void no_number_is_given_twice(void **state)
{
    (void)state;
    const struct cell_scheme *s = cell_scheme_get("14");
    const char *used[] = { "32061200100103", "32061200100109", "32061200100250", "nonsense" };
    int64_t next = 0;
    assert_int_equal(cell_code_next(s, "320612001001", used, 4, &next, &e), OK);
    assert_int_equal(next, 10);
    assert_int_equal(cell_code_next(s, "320612001003", used, 4, &next, &e), OK);
    assert_int_equal(next, 1);
    static char all[99][CELL_CODE_BYTES];
    const char *taken[99];
    for (int i = 0; i < 99; i++) {
        assert_int_equal(cell_code_format(s, "320612001001", i + 1, all[i], &e), OK);
        taken[i] = all[i];
    }
    taken[41] = taken[0];
    assert_int_equal(cell_code_next(s, "320612001001", taken, 99, &next, &e), OK);
    assert_int_equal(next, 42);         // the top is reached: a number that was never given
    taken[41] = all[41];
    assert_int_equal(cell_code_next(s, "320612001001", taken, 99, &next, &e), TOO_BIG);
}

static void numbers_run_west_to_east_then_north_to_south(void **state)
{
    (void)state;
    struct xy_m centre[] = { { 250, 40 }, { 50, 155 }, { 150, 130 }, { 150, 60 }, { 250, 170 }, { 50, 50 } };
    uint32_t order[6], expected[] = { 1, 2, 4, 5, 3, 0 };
    cell_sequence(centre, 6, 50, order);
    for (int i = 0; i < 6; i++)
        assert_int_equal(order[i], expected[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schemes_write_and_read),
        cmocka_unit_test(what_is_no_code_is_refused),
        cmocka_unit_test(no_number_is_given_twice),
        cmocka_unit_test(numbers_run_west_to_east_then_north_to_south),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
