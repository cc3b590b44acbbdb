// The parser of options against a small table: what is kept, what is refused, and what the refusal says.
#include "api/options.h"
#include <stdbool.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct settings { const char *file; double area; bool all; };
static const struct option table[] = {
    { .kind = OPTION_HEADING, .help = "Heading" },
    { OPTION_TEXT, "output", 'o', offsetof(struct settings, file), "FILE", 0, 0, "a file" },
    { OPTION_NUMBER, "min-area", 0, offsetof(struct settings, area), "M2", 0.5, 100, "an area" },
    { OPTION_FLAG, "all", 'a', offsetof(struct settings, all), NULL, 0, 0, "everything" },
    { .kind = OPTION_END },
};

static enum status read_words(const char *const *word, struct settings *s, struct operands *names, struct err *e)
{
    char *argv[8];
    int argc = 0;
    while (word[argc] != NULL) {
        argv[argc] = (char *)word[argc];
        argc++;
    }
    return options_read(table, argc, argv, 2, s, names, e);
}

static void every_way_to_give_an_option(void **state)
{
    (void)state;
    static const char *const ways[][7] = {
        { "x", "--output", "f", "--min-area", "5", "--all" }, { "--output=f", "--min-area=5", "-a", "x" },
        { "-o", "f", "x", "--min-area", "5e0", "--all" },     { "-of", "--min-area", "1", "--min-area", "5", "-a", "x" },
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const char *word[8] = { NULL };
        memcpy(word, ways[i], sizeof ways[i]);
        struct settings s = { 0 };
        struct operands names;
        struct err e = { .lang = LANG_EN };
        assert_int_equal(read_words(word, &s, &names, &e), OK);
        assert_string_equal(s.file, "f");
        assert_float_equal(s.area, 5, 0);
        assert_true(s.all);
        assert_int_equal(names.count, 1);
        assert_string_equal(names.item[0], "x");
    }
}

static void after_two_dashes_all_words_are_names(void **state)
{
    (void)state;
    struct settings s = { 0 };
    struct operands names;
    struct err e = { .lang = LANG_EN };
    assert_int_equal(read_words((const char *const[]){ "--", "--all", "-o", NULL }, &s, &names, &e), OK);
    assert_int_equal(names.count, 2);
    assert_string_equal(names.item[0], "--all");
    assert_false(s.all);
}

static void a_refusal_says_what_to_do(void **state)
{
    (void)state;
    static const struct { const char *word[4], *says; } refused[] = {
        { { "--outptu", "f" }, "did you mean --output?" },
        { { "--min", "4" }, "did you mean --min-area?" },
        { { "--nothing-like-it" }, "there is no option --nothing-like-it" },
        { { "--output" }, "--output needs a value: --output FILE" },
        { { "--output", "--all" }, "needs a value" },
        { { "--output=" }, "empty value" },
        { { "--all=yes" }, "takes no value" },
        { { "--min-area", "4x" }, "needs a number, not \"4x\"" },
        { { "--min-area", "nan" }, "needs a number" },
        { { "--min-area", "0.1" }, "between 0.5 and 100" },
        { { "a", "b", "c" }, "\"c\" is one too many" },
        { { "-z" }, "there is no option -z" },
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        const char *word[5] = { NULL };
        memcpy(word, refused[i].word, sizeof refused[i].word);
        struct settings s = { 0 };
        struct operands names;
        struct err e = { .lang = LANG_EN };
        assert_int_equal(read_words(word, &s, &names, &e), INVALID);
        if (strstr(e.text, refused[i].says) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", e.text, refused[i].says);
    }
}

static void distance_counts_the_slips_of_a_finger(void **state)
{
    (void)state;
    static const struct { const char *a, *b; int steps; } pairs[] = {
        { "", "", 0 }, { "abc", "abc", 0 }, { "abc", "acb", 1 }, { "abc", "ab", 1 }, { "abc", "abxc", 1 },
        { "abc", "axc", 1 }, { "abc", "", 3 }, { "area", "aera", 1 }, { "kitten", "sitting", 3 },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_int_equal(options_distance(pairs[i].a, pairs[i].b), pairs[i].steps);
        assert_int_equal(options_distance(pairs[i].b, pairs[i].a), pairs[i].steps);
    }
}

static void help_lists_what_the_table_holds(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 10000);
    options_help(table, LANG_EN, &text);
    assert_string_equal(text.data, "\nHeading\n"
                                   "  -o, --output FILE               a file\n"
                                   "      --min-area M2               an area\n"
                                   "  -a, --all                       everything\n");
    buf_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_to_give_an_option), cmocka_unit_test(after_two_dashes_all_words_are_names),
        cmocka_unit_test(a_refusal_says_what_to_do),   cmocka_unit_test(distance_counts_the_slips_of_a_finger),
        cmocka_unit_test(help_lists_what_the_table_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
