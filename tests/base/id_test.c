#include "core/base/id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void ids_sort_by_birth_and_differ(void **state)
{
    (void)state;
    struct id last = id_make(1700000000000);
    for (int i = 0; i < 100000; i++) {
        struct id next = id_make(1700000000000 + i / 9000);
        if (strcmp(last.text, next.text) >= 0)
            fail_msg("%s then %s", last.text, next.text);
        last = next;
    }
}

static void an_id_carries_its_time_version_and_variant(void **state)
{
    (void)state;
    struct id id = id_make(0x1a2b3c4d5e6f);
    assert_memory_equal(id.text, "1a2b3c4d-5e6f-7", 15);
    assert_non_null(strchr("89ab", id.text[19]));
    assert_int_equal(strlen(id.text), ID_TEXT - 1);
}

static void a_clock_that_goes_back_does_not_take_ids_along(void **state)
{
    (void)state;
    struct id late = id_make(0x2a2b3c4d5e6f), early = id_make(1000);
    assert_true(strcmp(late.text, early.text) < 0);
}

static void only_uuids_are_ids(void **state)
{
    (void)state;
    struct err e = { .lang = LANG_EN };
    struct id id;
    assert_int_equal(id_parse("01938F3A-7C1E-7B5A-9D3E-2F4C6A8B0D1E", &id, &e), OK);
    assert_string_equal(id.text, "01938f3a-7c1e-7b5a-9d3e-2f4c6a8b0d1e");
    static const char *const bad[] = { NULL, "", "1", "01938f3a-7c1e-7b5a-9d3e-2f4c6a8b0d1", "01938f3a-7c1e-7b5a-9d3e-2f4c6a8b0d1e0",
                                       "01938f3a 7c1e-7b5a-9d3e-2f4c6a8b0d1e", "0193gf3a-7c1e-7b5a-9d3e-2f4c6a8b0d1e" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (id_parse(bad[i], &id, &e) != INVALID)
            fail_msg("taken: %s", bad[i]);
}

static void numbers_of_ids_come_back_and_sort_as_they_do(void **state)
{
    (void)state;
    struct id_number n, m;
    char text[ID_TEXT];
    struct id last = id_make(1700000000000);
    for (int i = 0; i < 1000; i++) {
        struct id next = id_make(1700000000000 + i);
        assert_true(id_number_of(last.text, &n) && id_number_of(next.text, &m));
        assert_true(n.high < m.high || (n.high == m.high && n.low < m.low));
        id_print(m, text);
        assert_string_equal(text, next.text);
        last = next;
    }
    static const char *const bad[] = { "", "1", "01938F3A-7C1E-7B5A-9D3E-2F4C6A8B0D1E", "01938f3a-7c1e-7b5a-9d3e-2f4c6a8b0d1", "01938f3a-7c1e-7b5a-9d3e-2f4c6a8b0d1e0",
                                       "01938f3a 7c1e-7b5a-9d3e-2f4c6a8b0d1e", "0193gf3a-7c1e-7b5a-9d3e-2f4c6a8b0d1e", "01938f3a7-c1e-7b5a-9d3e-2f4c6a8b0d1e" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (id_number_of(bad[i], &n))
            fail_msg("taken: %s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_sort_by_birth_and_differ),
        cmocka_unit_test(an_id_carries_its_time_version_and_variant),
        cmocka_unit_test(a_clock_that_goes_back_does_not_take_ids_along),
        cmocka_unit_test(only_uuids_are_ids),
        cmocka_unit_test(numbers_of_ids_come_back_and_sort_as_they_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
