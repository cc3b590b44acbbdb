// Growing text: the ceiling holds, and what a stranger wrote can break neither JSON nor HTML.
#include "core/base/buf.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void the_ceiling_holds(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    buf_text(&b, "12345");
    buf_printf(&b, "%05d", 67890);
    assert_string_equal(b.data, "1234567890");
    assert_false(b.full);
    buf_text(&b, "x");
    assert_true(b.full);
    buf_text(&b, "");
    assert_string_equal(b.data, "1234567890");
    buf_clear(&b);
    assert_null(b.data);
}

static void nothing_follows_what_did_not_fit(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4);
    buf_text(&b, "too long");
    buf_text(&b, "ok");
    assert_true(b.full);
    assert_int_equal(b.len, 0);
    buf_clear(&b);
}

struct text_case { const char *given, *expect; };

static const struct text_case json_texts[] = {
    { "plain", "\"plain\"" },
    { "a \"quote\" and a \\", "\"a \\\"quote\\\" and a \\\\\"" },
    { "line\nfeed\ttab\r\b\f", "\"line\\nfeed\\ttab\\r\\b\\f\"" },
    { "\x01\x1f", "\"\\u0001\\u001f\"" },
    { "违法建设", "\"违法建设\"" },
    { "</script>", "\"<\\/script>\"" },
    { "\xff", "\"\xef\xbf\xbd\"" },                         // no such byte in UTF-8
    { "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },         // overlong '/'
    { "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" }, // a surrogate
    { "\xe5\xbb", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },         // cut in the middle of a character
    { "\xf0\x9f\x8f\xa0", "\"\xf0\x9f\x8f\xa0\"" },
    { NULL, "null" },
};

static void json_text_is_always_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof json_texts / sizeof json_texts[0]; i++) {
        struct buf b;
        buf_init(&b, 1000);
        buf_json_text(&b, json_texts[i].given);
        assert_string_equal(b.data, json_texts[i].expect);
        buf_clear(&b);
    }
}

struct number_case { double value; int decimals; const char *expect; };

static const struct number_case json_numbers[] = {
    { 0, 3, "0" },
    { -0.0, 3, "0" },
    { -0.0001, 3, "0" },
    { 1.5, 3, "1.5" },
    { 1200, 0, "1200" },
    { 1200, 2, "1200" },
    { -3.14159, 2, "-3.14" },
    { 500000.25, 3, "500000.25" },
    { 0.9996, 3, "1" },
    { NAN, 3, "null" },
    { INFINITY, 3, "null" },
    { -INFINITY, 0, "null" },
};

static void json_numbers_are_short_and_finite(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof json_numbers / sizeof json_numbers[0]; i++) {
        struct buf b;
        buf_init(&b, 1000);
        buf_json_number(&b, json_numbers[i].value, json_numbers[i].decimals);
        assert_string_equal(b.data, json_numbers[i].expect);
        buf_clear(&b);
    }
}

static void the_largest_number_fits(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1000);
    buf_json_number(&b, -DBL_MAX, 9);
    assert_int_equal(b.len, 310);
    buf_clear(&b);
}

// Ties, near ties, signs, the largest and the smallest: to the digit what printf says.
static void fixed_numbers_are_those_of_printf(void **state)
{
    (void)state;
    static const double odd[] = { 0, -0.0, 0.25, 0.75, 0.05, 0.15, 0.35, -0.04, -0.05, 0.5, 1.5, 2.5, 9.95, 99.95, 0.96, 1e-300, 5e-324,
                                  12345678.25, 4503599627370495.5, 4503599627370496.0, 1e15, 1e22, DBL_MAX, INFINITY, -INFINITY, NAN };
    uint64_t seed = 7;
    for (size_t i = 0; i < sizeof odd / sizeof *odd + 200000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        double drawn = (double)(int64_t)(seed >> 24) * (i % 3 == 0 ? 1e-6 : i % 3 == 1 ? 0x1p-12 : 0.005);
        double value = i < sizeof odd / sizeof *odd ? odd[i] : i % 2 == 0 ? drawn : -drawn;
        for (int decimals = 0; decimals < 4; decimals++) {
            char expected[400];
            snprintf(expected, sizeof expected, "%.*f", decimals, value);
            struct buf b;
            buf_init(&b, 1000);
            buf_fixed(&b, value, decimals);
            assert_string_equal(b.data, expected);
            buf_clear(&b);
        }
    }
}

static void whole_numbers_are_those_of_printf(void **state)
{
    (void)state;
    static const int64_t numbers[] = { 0, 7, -7, 10, 99, 100, 1234567890123, -1234567890123, INT64_MAX, INT64_MIN };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char expected[40];
        snprintf(expected, sizeof expected, "%lld", (long long)numbers[i]);
        struct buf b;
        buf_init(&b, 1000);
        buf_integer(&b, numbers[i]);
        assert_string_equal(b.data, expected);
        buf_clear(&b);
    }
}

// Plain formats take a way of their own; what they say is the same, and what does not fit is left out whole.
static void plain_formats_are_those_of_printf(void **state)
{
    char expected[200];
    struct buf b;
    (void)state;
    buf_init(&b, 200);
    buf_printf(&b, "%s/%d?%%=%lld&%zu%s", "items", -7, (long long)INT64_MIN, (size_t)SIZE_MAX, "");
    snprintf(expected, sizeof expected, "%s/%d?%%=%lld&%zu%s", "items", -7, (long long)INT64_MIN, (size_t)SIZE_MAX, "");
    assert_string_equal(b.data, expected);
    buf_clear(&b);
    buf_printf(&b, "%s|%5d|%.2f", "items", 7, 1.005);
    assert_string_equal(b.data, "items|    7|1.00");
    buf_clear(&b);
    buf_printf(&b, "%s", "");
    assert_string_equal(b.data, "");
    buf_clear(&b);
    buf_init(&b, 12);
    buf_text(&b, "before");
    buf_printf(&b, "%s %d", "four", 12345);
    assert_true(b.full);
    assert_string_equal(b.data, "before");
    buf_clear(&b);
}

static void text_becomes_utf8(void **state)
{
    (void)state;
    static const struct text_case texts[] = {
        { "", "" }, { "plain", "plain" }, { "a违法b", "a违法b" }, { "a\xff" "b", "a\xef\xbf\xbd" "b" }, { "\xe5\xbb", "\xef\xbf\xbd\xef\xbf\xbd" },
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct buf b;
        buf_init(&b, 100);
        buf_add(&b, "", 0);
        buf_utf8(&b, texts[i].given);
        assert_string_equal(b.data, texts[i].expect);
        buf_clear(&b);
    }
}

static void room_is_written_directly(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    buf_text(&b, "ab");
    char *at = buf_room(&b, 8);
    assert_non_null(at);
    memcpy(at, "cde", 3);
    buf_took(&b, at + 3);
    assert_string_equal(b.data, "abcde");
    assert_null(buf_room(&b, 6));
    assert_true(b.full);
    buf_clear(&b);
}

static void html_cannot_be_broken_out_of(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1000);
    buf_html(&b, "<img src=x onerror='a(\"b\")'> & \x01 院落");
    assert_string_equal(b.data,
                        "&lt;img src=x onerror=&#39;a(&quot;b&quot;)&#39;&gt; &amp; \xef\xbf\xbd 院落");
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ceiling_holds),
        cmocka_unit_test(nothing_follows_what_did_not_fit),
        cmocka_unit_test(json_text_is_always_valid),
        cmocka_unit_test(json_numbers_are_short_and_finite),
        cmocka_unit_test(the_largest_number_fits),
        cmocka_unit_test(fixed_numbers_are_those_of_printf),
        cmocka_unit_test(whole_numbers_are_those_of_printf),
        cmocka_unit_test(plain_formats_are_those_of_printf),
        cmocka_unit_test(text_becomes_utf8),
        cmocka_unit_test(room_is_written_directly),
        cmocka_unit_test(html_cannot_be_broken_out_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
