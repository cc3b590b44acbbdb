// JSON written value by value: commas and brackets settle themselves, and what is read again is what was written.
#include "core/base/json_write.h"
#include "core/base/hash.h"
#include "core/base/json.h"

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct buf text;

static struct json_writer begin(void)
{
    buf_clear(&text);
    buf_init(&text, 1 << 20);
    return (struct json_writer){ .to = &text };
}

static struct json_doc *parsed(void)
{
    struct err e = { 0 };
    struct json_doc *d = NULL;
    if (json_parse(text.data, text.len, "written", NULL, &d, &e) != OK)
        fail_msg("%s: %s", text.data, e.text);
    return d;
}

static void commas_and_brackets_settle_themselves(void **state)
{
    (void)state;
    struct json_writer j = begin();
    json_put_object(&j, NULL);
    json_put_text(&j, "id", "a");
    json_put_list(&j, "none");
    json_put_end(&j);
    json_put_list(&j, "some");
    json_put_integer(&j, NULL, 1);
    json_put_list(&j, NULL);
    json_put_bool(&j, NULL, true);
    json_put_bool(&j, NULL, false);
    json_put_end(&j);
    json_put_object(&j, NULL);
    json_put_end(&j);
    json_put_object(&j, NULL);
    json_put_null(&j, "n");
    json_put_number(&j, "x", 2.50, 3);
    json_put_end(&j);
    json_put_end(&j);
    json_put_raw(&j, "raw", "[1]x", 3);
    json_put_text(&j, "last", "");
    json_put_end(&j);
    assert_string_equal(text.data, "{\"id\":\"a\",\"none\":[],\"some\":[1,[true,false],{},{\"n\":null,\"x\":2.5}],\"raw\":[1],\"last\":\"\"}");
    assert_int_equal(j.depth, 0);
    json_close(parsed());
}

static void a_value_alone_is_a_whole(void **state)
{
    (void)state;
    struct json_writer j = begin();
    json_put_text(&j, NULL, "x");
    assert_string_equal(text.data, "\"x\"");
    j = begin();
    json_put_list(&j, NULL);
    json_put_end(&j);
    assert_string_equal(text.data, "[]");
}

static const struct { const char *given, *read; } TEXTS[] = {
    { "", "" },
    { "违法建设", "违法建设" },
    { "say \"so\", \\ and /", "say \"so\", \\ and /" },
    { "line\nline\r\ttab\b\f\x01\x1f\x7f", "line\nline\r\ttab\b\f\x01\x1f\x7f" },
    { "</script><!--", "</script><!--" },
    { "\xe2\x80\xa8 and \xf0\x9f\x8f\xa0", "\xe2\x80\xa8 and \xf0\x9f\x8f\xa0" },
    { "half \xe8\xbf", "half \xef\xbf\xbd\xef\xbf\xbd" },                 // what is no UTF-8 is marked, not handed on
};

static void keys_and_texts_come_back_as_they_were(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        struct json_writer j = begin();
        json_put_object(&j, NULL);
        json_put_text(&j, TEXTS[i].given, TEXTS[i].given);
        json_put_end(&j);
        assert_null(strstr(text.data, "</"));                             // may stand inside <script>
        struct json_doc *d = parsed();
        struct json_each m = { 0 };
        const char *value = NULL;
        assert_true(json_next(json_root(d), &m));
        assert_int_equal(json_read_text(m.value, &value, &(struct err){ 0 }), OK);
        assert_string_equal(m.key, TEXTS[i].read);
        assert_string_equal(value, TEXTS[i].read);
        json_close(d);
    }
}

static const struct { double value; int decimals; const char *text; } NUMBERS[] = {
    { 0, 3, "0" }, { -0.0, 3, "0" }, { -0.0004, 3, "0" }, { 1.5, 3, "1.5" }, { 1.0005, 2, "1" }, { 121.4737021, 7, "121.4737021" },
    { 1200, 0, "1200" }, { 1200, 2, "1200" }, { -1e15, 1, "-1000000000000000" }, { 2.5, -1, "2" },
    { NAN, 3, "null" }, { INFINITY, 3, "null" }, { -INFINITY, 0, "null" },
};

static void numbers_are_short_and_what_is_none_is_null(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        struct json_writer j = begin();
        json_put_number(&j, NULL, NUMBERS[i].value, NUMBERS[i].decimals);
        assert_string_equal(text.data, NUMBERS[i].text);
    }
}

static void integers_of_all_64_bits_come_back(void **state)
{
    (void)state;
    static const int64_t given[] = { INT64_MIN, -1, 0, 9007199254740993, INT64_MAX };
    struct json_writer j = begin();
    json_put_list(&j, NULL);
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        json_put_integer(&j, NULL, given[i]);
    json_put_end(&j);
    struct json_doc *d = parsed();
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        int64_t got = 7;
        assert_int_equal(json_read_int(json_at(json_root(d), i), &got, &(struct err){ 0 }), OK);
        assert_int_equal(got, given[i]);
    }
    json_close(d);
}

static void a_text_that_is_not_there_is_null(void **state)
{
    (void)state;
    struct json_writer j = begin();
    json_put_list(&j, NULL);
    json_put_text(&j, NULL, NULL);
    json_put_text(&j, NULL, "null");
    json_put_end(&j);
    assert_string_equal(text.data, "[null,\"null\"]");
}

// --- Any document -----------------------------------------------------------------------------------------------------------

// The same seed grows the same document twice: once it is written, once what was read is held against it.
struct plan { uint64_t seed; };
enum part { LIST, OBJECT, TEXT, INTEGER, NUMBER, TRUTH, NOTHING, PARTS };

static uint64_t next(struct plan *p) { return hash_mix(p->seed += 0x9e3779b97f4a7c15u); }

static enum part next_part(struct plan *p, int depth) { return next(p) % (depth < 6 ? PARTS : PARTS - 2) + (depth < 6 ? 0 : 2); }

static void next_text(struct plan *p, int number, char out[32])
{
    static const char *const words[] = { "", "院", "\"", "\\", "\n", "</", "a b" };
    snprintf(out, 32, "%s%d", words[next(p) % 7], number);
}

static void grow(struct plan *p, struct json_writer *j, const char *key, int depth)
{
    enum part part = next_part(p, depth);
    char word[32];
    switch (part) {
    case LIST:
    case OBJECT:
        (part == LIST ? json_put_list : json_put_object)(j, key);
        for (int i = 0, n = (int)(next(p) % 5); i < n; i++) {
            next_text(p, i, word);
            grow(p, j, part == LIST ? NULL : word, depth + 1);
        }
        json_put_end(j);
        break;
    case TEXT: next_text(p, 7, word); json_put_text(j, key, word); break;
    case INTEGER: json_put_integer(j, key, (int64_t)next(p)); break;
    case NUMBER: json_put_number(j, key, (double)(next(p) % 100000) / 8 + 0.125, 3); break;
    case TRUTH: json_put_bool(j, key, next(p) % 2); break;
    default: json_put_null(j, key);
    }
}

static void hold_against(struct plan *p, struct json v, int depth);

static void hold_parts_against(struct plan *p, struct json v, enum part part, int depth)
{
    struct json_each m = { 0 };
    char word[32];
    size_t n = next(p) % 5;
    assert_int_equal(json_kind(v), part == LIST ? JSON_KIND_LIST : JSON_KIND_OBJECT);
    assert_int_equal(json_count(v), n);
    for (size_t i = 0; i < n; i++) {
        next_text(p, (int)i, word);
        if (part == OBJECT) {
            assert_true(json_next(v, &m));
            assert_string_equal(m.key, word);
        }
        hold_against(p, part == LIST ? json_at(v, i) : m.value, depth + 1);
    }
}

static void hold_against(struct plan *p, struct json v, int depth)
{
    enum part part = next_part(p, depth);
    struct err e = { 0 };
    char word[32];
    const char *got_text = NULL;
    int64_t integer = 0;
    double number = 0;
    bool truth = false;
    switch (part) {
    case LIST:
    case OBJECT: hold_parts_against(p, v, part, depth); break;
    case TEXT:
        next_text(p, 7, word);
        assert_int_equal(json_read_text(v, &got_text, &e), OK);
        assert_string_equal(got_text, word);
        break;
    case INTEGER:
        assert_int_equal(json_read_int(v, &integer, &e), OK);
        assert_int_equal(integer, (int64_t)next(p));
        break;
    case NUMBER:
        assert_int_equal(json_read_number(v, &number, &e), OK);
        assert_float_equal(number, (double)(next(p) % 100000) / 8 + 0.125, 0);
        break;
    case TRUTH:
        assert_int_equal(json_read_bool(v, &truth, &e), OK);
        assert_int_equal(truth, next(p) % 2);
        break;
    default: assert_int_equal(json_kind(v), JSON_KIND_NULL);
    }
}

static void any_document_comes_back_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 500; seed++) {
        struct plan write = { seed }, read = { seed };
        struct json_writer j = begin();
        json_put_list(&j, NULL);                    // the reader wants a list or an object around
        grow(&write, &j, NULL, 0);
        json_put_end(&j);
        struct json_doc *d = parsed();
        hold_against(&read, json_at(json_root(d), 0), 0);
        json_close(d);
    }
}

// --- Limits -----------------------------------------------------------------------------------------------------------------

static void thirty_two_deep_is_written_and_closed(void **state)
{
    (void)state;
    struct json_writer j = begin();
    for (int i = 0; i < JSON_WRITE_DEPTH; i++)
        (i % 2 == 0 ? json_put_object : json_put_list)(&j, i % 2 == 0 ? NULL : "k");
    for (int i = 0; i < JSON_WRITE_DEPTH; i++)
        json_put_end(&j);
    assert_int_equal(j.depth, 0);
    json_close(parsed());
}

static void open_one_too_many(struct json_writer *j)
{
    for (int i = 0; i <= JSON_WRITE_DEPTH; i++)
        json_put_list(j, NULL);
}

static void end_one_too_many(struct json_writer *j)
{
    json_put_list(j, NULL);
    json_put_end(j);
    json_put_end(j);
}

// A bug of the caller stops the program: it is made in a child.
static void assert_stops(void (*bug)(struct json_writer *j))
{
    struct json_writer j = begin();
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        bug(&j);
        _exit(0);
    }
    int how = 0;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how));
    assert_int_equal(WTERMSIG(how), SIGABRT);
}

static void what_does_not_pair_stops_the_program(void **state)
{
    (void)state;
    assert_stops(open_one_too_many);
    assert_stops(end_one_too_many);
}

static int clear(void **state)
{
    (void)state;
    buf_clear(&text);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_and_brackets_settle_themselves),
        cmocka_unit_test(a_value_alone_is_a_whole),
        cmocka_unit_test(keys_and_texts_come_back_as_they_were),
        cmocka_unit_test(numbers_are_short_and_what_is_none_is_null),
        cmocka_unit_test(integers_of_all_64_bits_come_back),
        cmocka_unit_test(a_text_that_is_not_there_is_null),
        cmocka_unit_test(any_document_comes_back_the_same),
        cmocka_unit_test(thirty_two_deep_is_written_and_closed),
        cmocka_unit_test(what_does_not_pair_stops_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, clear);
}
