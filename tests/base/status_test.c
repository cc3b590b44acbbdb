// A sentence is one whole line of valid text, in the language asked for.
#include "core/base/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void the_sentence_and_the_status_are_kept(void **state)
{
    (void)state;
    struct err e = { .lang = LANG_EN };
    assert_int_equal(err_set(&e, NOT_FOUND, "%s: no such file", "a.gpkg"), NOT_FOUND);
    assert_int_equal(e.status, NOT_FOUND);
    assert_string_equal(e.text, "a.gpkg: no such file");
    e.lang = LANG_ZH;
    err_set(&e, NOT_FOUND, "%s: no such file", "a.gpkg");
    assert_string_equal(e.text, "a.gpkg：没有这个文件");
    assert_int_equal(err_set(NULL, INVALID, "%s: no such file", "a.gpkg"), INVALID);
}

static void a_sentence_can_wrap_the_one_before(void **state)
{
    (void)state;
    struct err e = { 0 };
    err_set(&e, INVALID, "%s: no such file", "a.gpkg");
    err_set(&e, INVALID, "%s: no such file", e.text);
    assert_string_equal(e.text, "a.gpkg: no such file: no such file");
}

static void control_characters_become_spaces(void **state)
{
    (void)state;
    struct err e = { 0 };
    err_set(&e, INVALID, "%s: no such file", "a\nb\033[31mc");
    assert_string_equal(e.text, "a b [31mc: no such file");
}

// Whatever the length, the end is never half a Chinese character.
static void a_long_sentence_is_cut_between_characters(void **state)
{
    (void)state;
    for (size_t lead = 0; lead < 3; lead++) {
        char name[2048] = "";
        memset(name, 'x', lead);
        for (size_t i = 0; i < 500; i++)
            strcat(name, "楼");
        struct err e = { 0 };
        err_set(&e, TOO_BIG, "%s: no such file", name);
        size_t len = strlen(e.text);
        assert_true(len > sizeof e.text - 5);
        assert_int_equal((len - lead) % 3, 0);
    }
}

static void the_language_comes_from_the_environment(void **state)
{
    (void)state;
    setenv("LC_ALL", "", 1);
    setenv("LC_MESSAGES", "zh_CN.UTF-8", 1);
    setenv("LANG", "de_DE.UTF-8", 1);
    assert_int_equal(text_lang_of_environment(), LANG_ZH);
    setenv("LC_ALL", "C", 1);
    assert_int_equal(text_lang_of_environment(), LANG_EN);
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    assert_int_equal(text_lang_of_environment(), LANG_EN);
    setenv("LANG", "zh", 1);
    assert_int_equal(text_lang_of_environment(), LANG_ZH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sentence_and_the_status_are_kept),
        cmocka_unit_test(a_sentence_can_wrap_the_one_before),
        cmocka_unit_test(control_characters_become_spaces),
        cmocka_unit_test(a_long_sentence_is_cut_between_characters),
        cmocka_unit_test(the_language_comes_from_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
