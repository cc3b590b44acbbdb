// Agencies and routing rules: read whole, in order, and refused whole when one thing does not fit.
#include "core/rule.h"
#include "core/filter.h"
#include "tests/core/data_docs.h"

static struct arena *arena;
static struct agency_list agencies;

static int set_up(void **state)
{
    (void)state;
    arena = arena_open(DATA_ARENA_BYTES);
    struct json_doc *d = doc_of_data("agencies/default.json");
    struct err e = { 0 };
    if (agencies_read(d, arena, &agencies, &e) != OK)
        fail_msg("%s", e.text);
    json_close(d);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

// The facts the default rules speak of; data/README.md names them for those who write rules.
static const struct filter_queryable fact[] = {
    { .name = "kind", .type = FILTER_TEXT }, { .name = "scheme", .type = FILTER_TEXT }, { .name = "code", .type = FILTER_TEXT },
    { .name = "stock", .type = FILTER_TEXT }, { .name = "in_progress", .type = FILTER_BOOLEAN }, { .name = "land", .type = FILTER_TEXT },
    { .name = "legal_code", .type = FILTER_TEXT }, { .name = "zone_kind", .type = FILTER_TEXT }, { .name = "zone_p", .type = FILTER_NUMBER },
    { .name = "party_is_official", .type = FILTER_BOOLEAN }, { .name = "obstructed", .type = FILTER_BOOLEAN },
    { .name = "suspected_crime", .type = FILTER_BOOLEAN }, { .name = "load_bearing_changed", .type = FILTER_BOOLEAN },
    { .name = "has_building_licence", .type = FILTER_BOOLEAN },
};
static const struct filter_scope facts = { fact, sizeof fact / sizeof fact[0], FILTER_ALL_CLASSES };

static void the_default_rules_stand_in_order(void **state)
{
    (void)state;
    struct json_doc *d = doc_of_data("routing/default.json");
    struct routing_rules r = { 0 };
    struct err e = { 0 };
    if (rules_read(d, &agencies, arena, &r, &e) != OK)
        fail_msg("%s", e.text);
    json_close(d);
    for (size_t i = 1; i < r.rules; i++)
        assert_true(r.rule[i - 1].order < r.rule[i].order);
    for (size_t i = 0; i < r.rules; i++)
        if (filter_check(r.rule[i].filter, &facts, &e) != OK)
            fail_msg("%s: %s", r.rule[i].key, e.text);
    assert_string_equal(r.rule[0].key, "official_involved");
    assert_string_equal(r.rule[0].agency->name_zh, "纪委监委");
    assert_int_equal(r.rule[0].secrecy, SECRECY_SECRET);
    assert_string_equal(r.rule[r.rules - 1].when, "TRUE");
    for (size_t i = 0; i < r.rules; i++)
        if (strcmp(r.rule[i].key, "fast_track") == 0) {
            assert_true(r.rule[i].has_limit);
            assert_string_equal(r.rule[i].limit_stage, "handle");
            assert_int_equal(r.rule[i].limit.unit, LIMIT_NATURAL_DAY);
        }
}

#define RULE(key, order, agency, secrecy, then) "{\"key\":\"" key "\",\"order\":" order ",\"title_zh\":\"a\",\"title_en\":\"a\"," \
    "\"when\":\"TRUE\",\"agency\":\"" agency "\",\"priority\":3,\"secrecy\":\"" secrecy "\",\"then\":\"" then "\"}"
#define RULE_WHEN(when) "{\"key\":\"a\",\"order\":1,\"title_zh\":\"a\",\"title_en\":\"a\",\"when\":\"" when "\"," \
    "\"agency\":\"water\",\"priority\":3,\"secrecy\":\"ordinary\",\"then\":\"stop\"}"
#define FILE_OF(rules) "{\"version\":\"1\",\"rules\":[\n" rules "]}"

static void faults_are_named_with_their_place(void **state)
{
    (void)state;
    static const struct { const char *text, *sentence; } cases[] = {
        { FILE_OF(RULE("a", "1", "moon", "ordinary", "stop")), "x.json:2: rules[0].agency: the key of an agency is expected, \"moon\" is given" },
        { FILE_OF(RULE("a", "1", "discipline", "internal", "stop")),
          "x.json:2: rules[0].secrecy: at least the secrecy the agency asks is expected, \"internal\" is given" },
        { FILE_OF(RULE("a", "1", "water", "ordinary", "also")), "x.json:1: rules: a last rule that stops is expected, a list of 1 is given" },
        { FILE_OF(RULE("a", "1", "water", "ordinary", "maybe")), "x.json:2: rules[0].then: stop or also is expected, \"maybe\" is given" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json_doc *d = doc_of_text(cases[i].text, "x.json");
        struct routing_rules r;
        struct err e = { 0 };
        assert_int_equal(rules_read(d, &agencies, arena, &r, &e), INVALID);
        assert_string_equal(e.text, cases[i].sentence);
        json_close(d);
    }
}

static void a_wrong_condition_is_named_with_its_place_and_reason(void **state)
{
    (void)state;
    struct json_doc *d = doc_of_text(FILE_OF(RULE_WHEN("code = = 1")), "x.json");
    struct routing_rules r;
    struct err e = { 0 };
    const char *begin = "x.json:2: rules[0].when: a CQL2 expression is expected, \"code = = 1\" is given (";
    assert_int_equal(rules_read(d, &agencies, arena, &r, &e), INVALID);
    if (strncmp(e.text, begin, strlen(begin)) != 0)
        fail_msg("expected %s..., got %s", begin, e.text);
    json_close(d);
}

static void an_order_is_given_once(void **state)
{
    (void)state;
    struct json_doc *d = doc_of_text(FILE_OF(RULE("a", "1", "water", "ordinary", "stop") ",\n" RULE("b", "1", "water", "ordinary", "stop")), "x.json");
    struct routing_rules r;
    struct err e = { 0 };
    assert_int_equal(rules_read(d, &agencies, arena, &r, &e), INVALID);
    assert_non_null(strstr(e.text, "x.json:3: rules[1]: a rule with a key and an order of its own is expected"));
    json_close(d);
    assert_null(agencies_get(&agencies, "moon"));
    assert_string_equal(secrecy_word(agencies_get(&agencies, "police")->secrecy), "internal");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_rules_stand_in_order),
        cmocka_unit_test(faults_are_named_with_their_place),
        cmocka_unit_test(a_wrong_condition_is_named_with_its_place_and_reason),
        cmocka_unit_test(an_order_is_given_once),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
