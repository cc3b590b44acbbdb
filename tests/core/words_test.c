// Words of a text, and the question that finds them.
#include "core/words.h"
#include "core/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static void texts_become_words(void **state)
{
    (void)state;
    static const struct { const char *text, *words, *question; } cases[] = {
        { "新园社区", "新园 园社 社区 区", "\"新园\" \"园社\" \"社区\"" },
        { "招", "招", "\"招\"*" },
        { "DZ00000008店招", "dz00000008 店招 招", "\"dz00000008\"* \"店招\"" },
        { "长江路12号, Café Straße", "长江 江路 路 12 号 cafe strasse", "\"长江\" \"江路\" \"12\"* \"号\"* \"cafe\"* \"strasse\"*" },
        { "通州区（东）", "通州 州区 区 东", "\"通州\" \"州区\" \"东\"*" },
        { "\"a\" OR b*", "a or b", "\"a\"* \"or\"* \"b\"*" },
        { "𠀀𠀁 한국어 トイレ", "𠀀𠀁 𠀁 한국 국어 어 トイ イレ レ", "\"𠀀𠀁\" \"한국\" \"국어\" \"トイ\" \"イレ\"" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf words, question;
        struct err e = { .lang = LANG_EN };
        buf_init(&words, 1000);
        buf_init(&question, 1000);
        words_add(cases[i].text, &words);
        assert_int_equal(words_question(cases[i].text, &question, &e), OK);
        assert_string_equal(words.data, cases[i].words);
        assert_string_equal(question.data, cases[i].question);
        buf_clear(&words);
        buf_clear(&question);
    }
}

static void words_of_several_texts_follow_each_other(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1000);
    words_add("东路", &b);
    words_add("", &b);
    words_add("12", &b);
    assert_string_equal(b.data, "东路 路 12");
    buf_clear(&b);
}

static void a_question_without_a_word_is_refused(void **state)
{
    (void)state;
    struct buf b;
    struct err e = { .lang = LANG_EN };
    char many[WORDS_QUESTION_MOST * 2 + 3] = "", large[WORDS_QUESTION_BYTES_MOST + 2];
    buf_init(&b, 4000);
    assert_int_equal(words_question("", &b, &e), INVALID);
    assert_int_equal(words_question(" ,。（）\t*\"", &b, &e), INVALID);
    for (int i = 0; i <= WORDS_QUESTION_MOST; i++)
        strcat(many, "a ");
    assert_int_equal(words_question(many, &b, &e), TOO_BIG);
    memset(large, 'a', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    assert_int_equal(words_question(large, &b, &e), TOO_BIG);
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_become_words), cmocka_unit_test(words_of_several_texts_follow_each_other),
        cmocka_unit_test(a_question_without_a_word_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
