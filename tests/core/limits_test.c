// Limits by scheme, code, condition and stage; each code is one of its scheme; faults are named with their place.
#include "core/limits.h"
#include "core/codes.h"
#include "tests/core/data_docs.h"

#include <stdio.h>

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_open(DATA_ARENA_BYTES);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static struct limit_rules read_data(const char *path)
{
    struct json_doc *d = doc_of_data(path);
    struct limit_rules r = { 0 };
    struct err e = { 0 };
    if (limits_read(d, arena, &r, &e) != OK)
        fail_msg("%s", e.text);
    json_close(d);
    return r;
}

static void assert_limit(const struct limit_rules *r, const char *code, int condition, const char *stage, int amount, enum limit_unit unit)
{
    const struct limit_rule *l = limits_get(r, code, condition, stage);
    if (l == NULL)
        fail_msg("%s %s: no limit", code, stage);
    if (l->limit.amount != amount || l->limit.unit != unit)
        fail_msg("%s %s: expected %d %s, got %d %s", code, stage, amount, limit_unit_name(unit), (int)l->limit.amount,
                 limit_unit_name(l->limit.unit));
}

static void a_class_has_several_conditions(void **state)
{
    (void)state;
    struct limit_rules r = read_data("limits/gbt30428.2-2013.json");
    assert_limit(&r, "0101", 1, "handle", 2, LIMIT_NATURAL_DAY);
    assert_limit(&r, "0101", 2, "handle", 15, LIMIT_NATURAL_DAY);
    assert_limit(&r, "0101", 0, "handle", 2, LIMIT_NATURAL_DAY);
    assert_limit(&r, "0301", 1, "handle", 2, LIMIT_URGENT_HOUR);
    assert_null(limits_get(&r, "0101", 3, "handle"));
    assert_null(limits_get(&r, "0101", 1, "close"));
    assert_true(limits_get(&r, "0101", 1, "handle")->unit_is_sure);
    assert_false(limits_get(&r, "0101", 2, "handle")->unit_is_sure);
}

static void agencies_have_clocks_of_their_own(void **state)
{
    (void)state;
    struct limit_rules r = read_data("limits/agency.json");
    assert_limit(&r, "housing", 1, "receive", 3, LIMIT_WORK_DAY);       // what holds for any
    assert_limit(&r, "police", 1, "forward", 24, LIMIT_URGENT_HOUR);
    assert_limit(&r, "discipline", 1, "forward", 5, LIMIT_WORK_DAY);
}

static void every_limit_is_of_a_code(void **state)
{
    (void)state;
    static const char *const schemes[] = { "gbt30428.2-2013", "local-template" };
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        char path[64];
        snprintf(path, sizeof path, "limits/%s.json", schemes[i]);
        struct limit_rules r = read_data(path);
        snprintf(path, sizeof path, "codes/%s.json", schemes[i]);
        struct json_doc *d = doc_of_data(path);
        struct code_scheme s = { 0 };
        assert_int_equal(codes_read(d, arena, &s, NULL), OK);
        json_close(d);
        assert_string_equal(r.head.scheme, s.head.scheme);
        for (size_t k = 0; k < r.rules; k++)
            if (codes_get(&s, CODE_EVENT, r.rule[k].code, NULL) == NULL)
                fail_msg("%s: %s is no event of the scheme", schemes[i], r.rule[k].code);
    }
}

static void faults_are_named_with_their_place(void **state)
{
    (void)state;
#define FILE_OF(limits) "{\"scheme\":\"x\",\"version\":\"1\",\"title_zh\":\"x\",\"title_en\":\"x\",\"limits\":[\n" limits "]}"
#define LIMIT(stage, amount, more) "{\"code\":\"0101\",\"condition_no\":1,\"condition_zh\":\"a\",\"condition_en\":\"a\",\"stage\":\"" \
    stage "\",\"amount\":" amount "," more "}"
    static const struct { const char *text, *sentence; } cases[] = {
        { FILE_OF(LIMIT("handle", "2", "\"unit\":\"day\"")), "x.json:2: limits[0].unit: urgent_hour, work_hour, work_day, natural_day, "
          "calendar_month or calendar_year is expected, \"day\" is given" },
        { FILE_OF(LIMIT("handle", "0", "\"unit\":\"work_day\"")), "x.json:2: limits[0].amount: a number within its bounds is expected, 0 is given" },
        { FILE_OF(LIMIT("sleep", "2", "\"unit\":\"work_day\"")),
          "x.json:2: limits[0].stage: a stage of a case or a lead, like handle or receive, is expected, \"sleep\" is given" },
        { FILE_OF(LIMIT("handle", "2", "\"unit\":\"work_hour\",\"legal\":true")),
          "x.json:2: limits[0].legal: false for hours, which the law counts by the clock, is expected, true is given" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json_doc *d = doc_of_text(cases[i].text, "x.json");
        struct limit_rules r;
        struct err e = { 0 };
        assert_int_equal(limits_read(d, arena, &r, &e), INVALID);
        assert_string_equal(e.text, cases[i].sentence);
        json_close(d);
    }
    struct json_doc *d = doc_of_text(FILE_OF(LIMIT("handle", "2", "\"unit\":\"work_day\"") ",\n" LIMIT("handle", "3", "\"unit\":\"work_day\"")), "x.json");
    struct limit_rules r;
    struct err e = { 0 };
    assert_int_equal(limits_read(d, arena, &r, &e), INVALID);
    assert_non_null(strstr(e.text, "x.json:3: limits[1]: one limit for each code, condition and stage is expected"));
    json_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_class_has_several_conditions),
        cmocka_unit_test(agencies_have_clocks_of_their_own),
        cmocka_unit_test(every_limit_is_of_a_code),
        cmocka_unit_test(faults_are_named_with_their_place),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
