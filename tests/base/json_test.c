// A JSON text is read whole within its limits, and every wrong answer names the file, the line and the place in the text.
#include "core/base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct err e;

static struct json_doc *parsed(const char *text)
{
    struct json_doc *d = NULL;
    if (json_parse(text, strlen(text), "t.json", NULL, &d, &e) != OK)
        fail_msg("%s: %s", text, e.text);
    return d;
}

static void values_are_read_by_key_and_place(void **state)
{
    (void)state;
    struct json_doc *d = parsed("\xef\xbb\xbf{\"name\": \"春节\", \"year\": 2026, \"share\": 0.25, \"five\": 5.0, \"off\": true, \"days\": [1, [2], {\"x\": -3}]}");
    struct json root = json_root(d);
    const char *name = NULL;
    int64_t year = 0, five = 0, x = 0;
    double share = 0, as_number = 0;
    bool off = false;
    size_t count = 0, members = 0;
    assert_int_equal(json_read_text(json_get(root, "name"), &name, &e), OK);
    assert_int_equal(json_read_int(json_get(root, "year"), &year, &e), OK);
    assert_int_equal(json_read_int(json_get(root, "five"), &five, &e), OK);
    assert_int_equal(json_read_number(json_get(root, "share"), &share, &e), OK);
    assert_int_equal(json_read_number(json_get(root, "year"), &as_number, &e), OK);
    assert_int_equal(json_read_bool(json_get(root, "off"), &off, &e), OK);
    assert_int_equal(json_read_list(json_get(root, "days"), &count, &e), OK);
    assert_int_equal(json_read_object(root, &members, &e), OK);
    assert_int_equal(json_read_int(json_get(json_at(json_get(root, "days"), 2), "x"), &x, &e), OK);
    assert_string_equal(name, "春节");
    assert_int_equal(year, 2026);
    assert_int_equal(five, 5);
    assert_int_equal(x, -3);
    assert_float_equal(share, 0.25, 0);
    assert_float_equal(as_number, 2026, 0);
    assert_true(off);
    assert_int_equal(count, 3);
    assert_int_equal(members, 6);
    assert_int_equal(json_count(json_get(root, "days")), 3);
    assert_int_equal(json_kind(json_at(json_get(root, "days"), 3)), JSON_KIND_NONE);
    json_close(d);
    json_close(NULL);
}

static void what_is_missing_has_a_stand_in(void **state)
{
    (void)state;
    struct json_doc *d = parsed("{\"a\": null, \"b\": \"x\", \"list\": []}");
    struct json root = json_root(d);
    const char *text = NULL;
    int64_t number = 0;
    double real = 0;
    bool yes = false;
    assert_int_equal(json_read_text_or(json_get(root, "a"), "none", &text, &e), OK);
    assert_int_equal(json_read_int_or(json_get(root, "z"), 7, &number, &e), OK);
    assert_int_equal(json_read_number_or(json_get(root, "z"), 0.5, &real, &e), OK);
    assert_int_equal(json_read_bool_or(json_get(root, "a"), true, &yes, &e), OK);
    assert_string_equal(text, "none");
    assert_int_equal(number, 7);
    assert_float_equal(real, 0.5, 0);
    assert_true(yes);
    assert_int_equal(json_read_int_or(json_get(root, "b"), 7, &number, &e), INVALID);
    assert_int_equal(json_read_int_or(json_get(json_get(root, "list"), "z"), 7, &number, &e), INVALID);
    assert_string_equal(e.text, "t.json:1: list: an object is expected, a list of 0 is given");
    assert_false(json_is_there(json_get(root, "a")));
    assert_true(json_is_there(json_get(root, "b")));
    json_close(d);
}

static void members_come_in_the_order_of_the_text(void **state)
{
    (void)state;
    struct json_doc *d = parsed("{\"z\": 1, \"a\": 2, \"m\": 3}");
    char order[8] = "";
    for (struct json_each m = { 0 }; json_next(json_root(d), &m);)
        strcat(order, m.key);
    assert_string_equal(order, "zam");
    struct json_each none = { 0 };
    assert_false(json_next(json_get(json_root(d), "z"), &none));
    json_close(d);
}

static const char days[] =
    "{\n"
    "  \"year\": \"2026\", \"big\": 12345678901,\n"
    "  \"days\": [\n"
    "    { \"name\": \"a{,[\\\"\", \"date\": \"2026-01-01\" },\n"
    "    { \"name\": \"春节春节春节春节春节春节春节春节春节春节\",\n"
    "      \"date\": 20260215,\n"
    "      \"tags\": [[], {}, [null]] },\n"
    "    [1, 2]\n"
    "  ]\n"
    "}\n";

static void a_wrong_value_is_named_with_its_line_and_place(void **state)
{
    (void)state;
    struct json_doc *d = parsed(days);
    struct json root = json_root(d), list = json_get(root, "days");
    struct json second = json_at(list, 1);
    const char *text;
    int64_t number;
    size_t count;
    bool yes;
    json_read_int(json_get(root, "year"), &number, &e);
    assert_string_equal(e.text, "t.json:2: year: an integer is expected, \"2026\" is given");
    json_read_text(json_get(root, "big"), &text, &e);
    assert_string_equal(e.text, "t.json:2: big: a text is expected, 12345678901 is given");
    json_read_text(json_get(second, "date"), &text, &e);
    assert_string_equal(e.text, "t.json:6: days[1].date: a text is expected, 20260215 is given");
    json_read_bool(json_get(second, "isOffDay"), &yes, &e);
    assert_string_equal(e.text, "t.json:5: days[1].isOffDay: true or false is expected, nothing is given");
    json_read_int(json_get(second, "name"), &number, &e);
    assert_string_equal(e.text, "t.json:5: days[1].name: an integer is expected, \"春节春节春节春节春节春节春节春节春节…\" is given");
    json_read_text(json_at(json_at(json_get(second, "tags"), 2), 0), &text, &e);
    assert_string_equal(e.text, "t.json:7: days[1].tags[2][0]: a text is expected, null is given");
    json_read_text(json_get(json_at(list, 2), "date"), &text, &e);
    assert_string_equal(e.text, "t.json:8: days[2]: an object is expected, a list of 2 is given");
    json_read_text(json_get(json_get(json_get(root, "no"), "way"), "here"), &text, &e);
    assert_string_equal(e.text, "t.json:1: no: an object is expected, nothing is given");
    json_read_text(json_at(json_get(json_at(list, 0), "name"), 0), &text, &e);
    assert_string_equal(e.text, "t.json:4: days[0].name: a list is expected, \"a{,[\"\" is given");
    json_read_list(root, &count, &e);
    assert_string_equal(e.text, "t.json:1: a list is expected, an object of 3 members is given");
    e.lang = LANG_ZH;
    assert_int_equal(json_wrong(json_get(root, "year"), "an integer", &e), INVALID);
    assert_string_equal(e.text, "t.json:2：year：应为整数，实际为 \"2026\"");
    e.lang = LANG_EN;
    json_close(d);
}

static void out_is_left_alone_when_the_answer_is_no(void **state)
{
    (void)state;
    struct json_doc *d = parsed("[1.5, 1e300, \"x\"]");
    int64_t number = 42;
    assert_int_equal(json_read_int(json_at(json_root(d), 0), &number, &e), INVALID);
    assert_string_equal(e.text, "t.json:1: [0]: an integer is expected, 1.5 is given");
    assert_int_equal(json_read_int(json_at(json_root(d), 1), &number, &e), INVALID);
    assert_int_equal(json_read_int(json_at(json_root(d), 9), &number, NULL), INVALID);
    assert_int_equal(number, 42);
    json_close(d);
}

static void a_misspelt_key_is_not_passed_over(void **state)
{
    (void)state;
    static const char *const known[] = { "name", "date", "tags", NULL };
    struct json_doc *d = parsed(days), *odd = parsed("{\"name\": 1,\n\"dat\": 2}");
    assert_int_equal(json_known_keys(json_at(json_get(json_root(d), "days"), 1), known, &e), OK);
    assert_int_equal(json_known_keys(json_root(odd), known, &e), INVALID);
    assert_string_equal(e.text, "t.json:2: dat: there is no such key here; known are: name, date, tags");
    json_close(d);
    json_close(odd);
}

static void what_is_no_json_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct { const char *text; int line; } bad[] = {
        { "", 1 }, { "{", 1 }, { "{\"a\": 1,}", 1 }, { "{\n\"a\": 1,\n\"a\": 2}", 3 }, { "[1 2]", 1 }, { "\"\\u0000\"", 1 },
        { "[\n\n'a']", 3 }, { "\"\xff\"", 1 }, { "1 2", 1 }, { "99999999999999999999", 1 }, { "nul", 1 }, { "[1e999]", 1 }, { "]", 1 },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct json_doc *d = NULL;
        char begin[32];
        snprintf(begin, sizeof begin, "t.json:%d: ", bad[i].line);
        if (json_parse(bad[i].text, strlen(bad[i].text), "t.json", NULL, &d, &e) != INVALID)
            fail_msg("%s is taken for JSON", bad[i].text);
        if (strncmp(e.text, begin, strlen(begin)) != 0)
            fail_msg("%s: expected line %d, said: %s", bad[i].text, bad[i].line, e.text);
        assert_null(d);
    }
}

static void limits_hold(void **state)
{
    (void)state;
    struct json_limits l = { .bytes = 20, .depth = 2, .values = 4 };
    static const struct { const char *text; enum status expect; const char *say; } cases[] = {
        { "[\n[1]]", OK, "" },
        { "[[[\"[\"]]]", TOO_BIG, "t.json:1: nested more than 2 deep" },
        { "[1,2,3]", OK, "" },
        { "[1,2,\n3,4]", TOO_BIG, "t.json:2: more than 4 values" },
        { "[\"[[[[,,,,,{{{{\"]", OK, "" },
        { "\"012345678901234567890\"", TOO_BIG, "t.json: longer than the 20 bytes that are read" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json_doc *d = NULL;
        e.text[0] = '\0';
        enum status s = json_parse(cases[i].text, strlen(cases[i].text), "t.json", &l, &d, &e);
        if (s != cases[i].expect || strcmp(e.text, cases[i].say) != 0)
            fail_msg("%s: status %d, %s", cases[i].text, (int)s, e.text);
        json_close(d);
    }
    static char deep[1 << 20];
    memset(deep, '[', sizeof deep);
    struct json_doc *d = NULL;
    assert_int_equal(json_parse(deep, sizeof deep, "deep", NULL, &d, &e), TOO_BIG);
    assert_null(d);
}

static void a_file_is_read_or_named(void **state)
{
    (void)state;
    char path[] = "/tmp/json_test_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, days, sizeof days - 1), sizeof days - 1);
    close(fd);
    struct json_doc *d = NULL;
    assert_int_equal(json_read_file(path, NULL, &d, &e), OK);
    assert_int_equal(json_count(json_get(json_root(d), "days")), 3);
    json_close(d);
    d = NULL;
    assert_int_equal(json_read_file(path, &(struct json_limits){ .bytes = 100 }, &d, &e), TOO_BIG);
    unlink(path);
    assert_int_equal(json_read_file(path, NULL, &d, &e), NOT_FOUND);
    assert_int_equal(json_read_file("/", NULL, &d, &e), FAILED);
    assert_null(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read_by_key_and_place),
        cmocka_unit_test(what_is_missing_has_a_stand_in),
        cmocka_unit_test(members_come_in_the_order_of_the_text),
        cmocka_unit_test(a_wrong_value_is_named_with_its_line_and_place),
        cmocka_unit_test(out_is_left_alone_when_the_answer_is_no),
        cmocka_unit_test(a_misspelt_key_is_not_passed_over),
        cmocka_unit_test(what_is_no_json_is_refused_with_its_line),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(a_file_is_read_or_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
