// Chance, comparing, base64, and what argon2id makes of passwords.
#include "core/base/mem.h"
#include "core/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct err e;

static void every_letter_comes_up_and_none_twice_the_same(void **state)
{
    (void)state;
    enum { COUNT = 2000 };
    static char text[COUNT][SECRET_TEXT];
    int seen[256] = { 0 };
    for (int i = 0; i < COUNT; i++) {
        secret_text(text[i]);
        assert_int_equal(strlen(text[i]), SECRET_TEXT - 1);
        for (const char *s = text[i]; *s != '\0'; s++)
            seen[(unsigned char)*s]++;
        for (int k = 0; k < i; k++)
            assert_string_not_equal(text[k], text[i]);
    }
    int letters = 0;
    for (int c = 0; c < 256; c++) {
        letters += seen[c] > 0;
        if (seen[c] > 0 && abs(seen[c] - COUNT * 43 / 62) > 250)       // seven standard deviations
            fail_msg("%c comes up %d times of about %d", c, seen[c], COUNT * 43 / 62);
    }
    assert_int_equal(letters, 62);
    char one[2];
    secret_letters(one, sizeof one);
    assert_int_equal(strlen(one), 1);
}

static void equal_is_equal(void **state)
{
    (void)state;
    assert_true(secret_equal("abc", "abc", 3));
    assert_false(secret_equal("abc", "abd", 3));
    assert_true(secret_equal("abc", "abd", 2));
    char word[] = "secret";
    mem_wipe(word, sizeof word);
    for (size_t i = 0; i < sizeof word; i++)
        assert_int_equal(word[i], 0);
}

static void base64_is_read_strictly(void **state)
{
    (void)state;
    static const struct { const char *text, *expected; } cases[] = {      // NULL: refused
        { "", "" }, { "YQ==", "a" }, { "YWI=", "ab" }, { "YWJj", "abc" }, { "dXNlcjpncF94", "user:gp_x" }, { "572R5qC8Og==", "网格:" },
        { "YQ", NULL }, { "YQ=", NULL }, { "Y Q==", NULL }, { "YQ==x", NULL }, { "YR==", NULL }, { "-_-_", NULL }, { "YQBi", NULL },
        { "YWJjZGVmZ2hpams=", NULL },                                      // does not fit
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[11] = "before";
        bool fine = secret_from_base64(cases[i].text, out, sizeof out);
        if (fine != (cases[i].expected != NULL) || strcmp(out, cases[i].expected != NULL ? cases[i].expected : "") != 0)
            fail_msg("%s: \"%s\"", cases[i].text, out);
    }
}

static void a_password_fits_what_was_made_of_it_and_nothing_else(void **state)
{
    (void)state;
    char made[SECRET_PASSWORD], again[SECRET_PASSWORD];
    assert_int_equal(secret_password_make("correct horse battery", made, &e), OK);
    assert_int_equal(secret_password_make("correct horse battery", again, &e), OK);
    assert_string_not_equal(made, again);                                  // salted
    assert_int_equal(strncmp(made, "$argon2id$v=19$m=65536,t=3,p=1$", 31), 0);
    assert_true(secret_password_fits(made, "correct horse battery"));
    assert_true(secret_password_fits(again, "correct horse battery"));
    assert_false(secret_password_fits(made, "correct horse batterx"));
    assert_false(secret_password_fits(made, ""));
    assert_false(secret_password_fits("", "correct horse battery"));
    assert_false(secret_password_fits("no hash at all", "correct horse battery"));
}

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double cost_of(const char *made)
{
    double begun = cpu_s();
    assert_false(secret_password_fits(made, "what somebody typed"));
    return cpu_s() - begun;
}

// Who has no password must not be known by the time it takes: the least of several turns on both sides.
static void what_fits_nothing_costs_as_much(void **state)
{
    (void)state;
    char made[SECRET_PASSWORD];
    double real = 1e9, none = 1e9;
    assert_int_equal(secret_password_make("correct horse battery", made, &e), OK);
    for (int turn = 0; turn < 5; turn++) {
        double a = cost_of(made), b = cost_of(SECRET_PASSWORD_NONE);
        real = a < real ? a : real;
        none = b < none ? b : none;
    }
    print_message("a password costs %.0f ms, none %.0f ms\n", 1000 * real, 1000 * none);
    if (!(none > 0.6 * real && none < 1.7 * real))
        fail_msg("a password costs %.1f ms, none %.1f ms", 1000 * real, 1000 * none);
    assert_true(real > 0.02);                                              // slow on purpose
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_letter_comes_up_and_none_twice_the_same),
        cmocka_unit_test(equal_is_equal),
        cmocka_unit_test(base64_is_read_strictly),
        cmocka_unit_test(a_password_fits_what_was_made_of_it_and_nothing_else),
        cmocka_unit_test(what_fits_nothing_costs_as_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
