// Twelve cases written by hand, a period of ten days, and the numbers one counts on one's fingers.
#include "core/indicator.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { DAY = 86400 };
static const struct period period = { 10 * DAY, 20 * DAY };

#define NOT { NEVER, NEVER }
#define D(due, done) { (due) * DAY, (done) * DAY }
#define OPEN(due) { (due) * DAY, NEVER }
#define PLAIN .dispatched_back_s = NEVER, .extended_s = NEVER, .reworked_s = NEVER, .rated_s = NEVER

static const struct case_facts cases[] = {
    // in time, to the second, all the way
    { "c1", "A", "roads", 9 * DAY, D(9, 9), D(10, 10), D(11, 11), D(14, 14), D(15, 15), D(16, 16),
      .dispatched_back_s = NEVER, .extended_s = NEVER, .reworked_s = NEVER, .rated_s = 17 * DAY, .satisfied = true },
    // handled a day late, done again, closed late
    { "c1", "A", "roads", 10 * DAY, NOT, D(10, 11), D(11, 12), D(14, 15), D(16, 16), D(16, 18),
      .dispatched_back_s = NEVER, .extended_s = NEVER, .reworked_s = 16 * DAY, .rated_s = 19 * DAY },
    // overdue, and open at the end
    { "c2", "A", "parks", 10 * DAY, NOT, D(11, 11), D(12, 12), OPEN(15), NOT, OPEN(18), PLAIN },
    // due before the period, open at its beginning, handled within
    { "c2", "B", "parks", 2 * DAY, NOT, D(3, 3), D(4, 4), D(8, 12), D(13, 13), D(14, 14),
      .dispatched_back_s = NEVER, .extended_s = 6 * DAY, .reworked_s = NEVER, .rated_s = NEVER },
    // due and handled before the period: no concern of it
    { "c2", "B", "parks", 1 * DAY, NOT, D(2, 2), D(3, 3), D(5, 5), D(6, 6), D(7, 7), PLAIN },
    // due on the last instant of the period, and on the first after it
    { "c3", "B", "roads", 12 * DAY, NOT, D(13, 13), D(14, 14), { 20 * DAY - 1, 19 * DAY }, NOT, OPEN(25), PLAIN },
    { "c3", "B", "roads", 12 * DAY, NOT, D(13, 13), D(14, 14), D(20, 19), NOT, OPEN(25), PLAIN },
    // late, but suspended, exempt, closed by order
    { "c3", "B", "roads", 5 * DAY, NOT, D(6, 6), D(7, 7), OPEN(12), NOT, OPEN(15), PLAIN, .suspended = true },
    { "c3", "B", "roads", 5 * DAY, NOT, D(6, 6), D(7, 7), D(12, 15), NOT, D(15, 16), PLAIN, .exempt = true },
    { "c3", "B", "roads", 5 * DAY, NOT, D(6, 6), D(7, 7), OPEN(12), NOT, D(15, 16), PLAIN, .forced_closed = true },
    // dispatched to the wrong agency, handled only after the period
    { "c1", "A", "parks", 14 * DAY, NOT, D(15, 15), D(16, 17), D(19, 22), NOT, OPEN(24),
      .dispatched_back_s = 18 * DAY, .extended_s = NEVER, .reworked_s = NEVER, .rated_s = NEVER },
    // reported, verified late, never filed
    { "c1", "A", NULL, 15 * DAY, D(15, 16), NOT, NOT, NOT, NOT, NOT, PLAIN },
};
enum { CASES = sizeof cases / sizeof cases[0] };

static void assert_figure(const char *key, case_pick *pick, const void *ctx, int64_t numerator, int64_t denominator)
{
    const struct indicator *i = indicator_get(key);
    assert_non_null(i);
    struct figure f = indicator_compute(i, cases, CASES, &period, pick, ctx);
    if (f.numerator != numerator || f.denominator != denominator)
        fail_msg("%s: expected %lld of %lld, got %lld of %lld", key, (long long)numerator, (long long)denominator,
                 (long long)f.numerator, (long long)f.denominator);
}

static void the_figures_are_those_counted_by_hand(void **state)
{
    (void)state;
    // to be handled: 1 2 3 4 6 11
    assert_figure("handled", NULL, NULL, 4, 6);
    assert_figure("handled_in_time", NULL, NULL, 2, 6);
    assert_figure("overdue_open", NULL, NULL, 2, 6);
    assert_figure("extended", NULL, NULL, 1, 6);
    // to be closed: 1 2 3 4
    assert_figure("closed", NULL, NULL, 3, 4);
    assert_figure("closed_in_time", NULL, NULL, 2, 4);
    assert_figure("reworked", NULL, NULL, 1, 4);
    // to be dispatched: 1 2 3 6 7 11
    assert_figure("dispatched_right", NULL, NULL, 5, 6);
    assert_figure("dispatched_in_time", NULL, NULL, 4, 6);
    // reported: 2 3 6 7 11 12
    assert_figure("reported_validly", NULL, NULL, 5, 6);
    assert_figure("verified_in_time", NULL, NULL, 0, 1);
    // to be checked: 1 2 4; to be filed: 1 2 3 6 7 11
    assert_figure("checked_in_time", NULL, NULL, 3, 3);
    assert_figure("registered_in_time", NULL, NULL, 5, 6);
    assert_figure("satisfied", NULL, NULL, 1, 2);
    // 1: 3 days, 2: 3, 4: 8, 6: 5, 7: 5
    assert_figure("handling_time", NULL, NULL, 24 * DAY, 5);
}

static bool is_of_community(const struct case_facts *c, const void *community)
{
    return strcmp(c->community, community) == 0;
}

static bool is_of_agency(const struct case_facts *c, const void *agency)
{
    return c->agency != NULL && strcmp(c->agency, agency) == 0;
}

static void figures_of_parts_add_up(void **state)
{
    (void)state;
    assert_figure("handled_in_time", is_of_community, "A", 1, 4);
    assert_figure("handled_in_time", is_of_community, "B", 1, 2);
    assert_figure("handled_in_time", is_of_agency, "roads", 2, 3);
    assert_figure("handled_in_time", is_of_agency, "parks", 0, 3);
}

static void nothing_is_not_zero(void **state)
{
    (void)state;
    const struct indicator *i = indicator_get("handled");
    struct figure f = indicator_compute(i, cases, 0, &period, NULL, NULL);
    assert_true(isnan(figure_rate(f)));
    assert_true(figure_rate((struct figure){ 1, 2 }) == 0.5);
    assert_null(indicator_get("luck"));
}

static void every_figure_has_its_chinese(void **state)
{
    (void)state;
    for (size_t k = 0; k < indicator_count(); k++) {
        const struct indicator *i = indicator_at(k);
        const char *titles[] = { i->title, i->numerator.title, i->denominator.title };
        for (size_t t = 0; t < 3; t++)
            if (text_in(LANG_ZH, titles[t]) == titles[t])
                fail_msg("%s: no Chinese for: %s", i->key, titles[t]);
        assert_ptr_equal(indicator_get(i->key), i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_figures_are_those_counted_by_hand),
        cmocka_unit_test(figures_of_parts_add_up),
        cmocka_unit_test(nothing_is_not_zero),
        cmocka_unit_test(every_figure_has_its_chinese),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
