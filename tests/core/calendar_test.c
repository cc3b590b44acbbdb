// Days, hours and rest of a working calendar; reading notices, made by hand and real ones.
#include "core/calendar.h"
#include "tests/core/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct err e;

static enum status read_text(const char *text, struct calendar_year *out)
{
    struct json_doc *doc = NULL;
    if (json_parse(text, strlen(text), "n.json", NULL, &doc, &e) != OK)
        fail_msg("%s", e.text);
    enum status s = calendar_year_read(doc, out, &e);
    json_close(doc);
    return s;
}

static struct calendar *made(const struct calendar_terms *t)
{
    struct calendar *c = NULL;
    if (calendar_make(t, &c, &e) != OK)
        fail_msg("%s", e.text);
    return c;
}

static const char notice_2030[] =
    "{ \"$id\": \"x\", \"year\": 2030, \"papers\": [], \"days\": [\n"
    "  { \"name\": \"元旦\", \"date\": \"2029-12-31\", \"isOffDay\": true },\n"
    "  { \"name\": \"元旦\", \"date\": \"2030-01-01\", \"isOffDay\": true },\n"
    "  { \"name\": \"国庆节\", \"date\": \"2030-10-01\", \"isOffDay\": true },\n"
    "  { \"name\": \"国庆节\", \"date\": \"2030-09-29\", \"isOffDay\": false },\n"
    "  { \"name\": \"国庆节\", \"date\": \"2030-10-01\", \"isOffDay\": true }\n"
    "] }";

static void a_notice_settles_its_year_and_late_december_before(void **state)
{
    (void)state;
    struct calendar_year y[2] = { 0 };
    assert_int_equal(read_text(notice_2030, &y[0]), OK);
    assert_int_equal(y[0].year, 2030);
    assert_int_equal(y[0].days, 4);
    struct calendar *c = made(&(struct calendar_terms){ .zone_s = CALENDAR_ZONE_CHINA_S, .year = y, .years = 1 });
    static const struct { const char *date; enum day_kind kind; const char *name; bool known; } days[] = {
        { "2029-12-28", DAY_WORKING, "", false }, { "2029-12-31", DAY_HOLIDAY, "元旦", false }, { "2030-01-01", DAY_HOLIDAY, "元旦", true },
        { "2030-01-02", DAY_WORKING, "", true }, { "2030-01-05", DAY_WEEKEND, "", true }, { "2030-09-29", DAY_MADE_UP, "国庆节", true },
        { "2030-10-01", DAY_HOLIDAY, "国庆节", true }, { "2030-12-25", DAY_WORKING, "", true }, { "2030-12-26", DAY_WORKING, "", false },
        { "2031-01-01", DAY_WORKING, "", false }, { "1992-01-01", DAY_WORKING, "", false }, { "2099-12-31", DAY_WORKING, "", false },
    };
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        int32_t day = notice_day(days[i].date);
        if (calendar_day_kind(c, day) != days[i].kind || strcmp(calendar_day_name(c, day), days[i].name) != 0
            || calendar_knows(c, day, day) != days[i].known)
            fail_msg("%s: got kind %d %s known %d, want %d %s %d", days[i].date, calendar_day_kind(c, day), calendar_day_name(c, day),
                     calendar_knows(c, day, day), days[i].kind, days[i].name, days[i].known);
    }
    assert_true(calendar_knows(c, notice_day("2030-01-01"), notice_day("2030-12-25")));
    assert_false(calendar_knows(c, notice_day("2029-12-31"), notice_day("2030-01-01")));
    calendar_close(c);
    y[1] = (struct calendar_year){ .year = 2031 };         // the public file of a year whose notice is not out has no days
    c = made(&(struct calendar_terms){ .zone_s = CALENDAR_ZONE_CHINA_S, .year = y, .years = 2 });
    assert_false(calendar_knows(c, notice_day("2031-05-01"), notice_day("2031-05-01")));
    assert_false(calendar_knows(c, notice_day("2030-12-31"), notice_day("2030-12-31")));
    calendar_close(c);
    calendar_year_clear(&y[0]);
}

static void the_later_notice_has_the_last_word(void **state)
{
    (void)state;
    struct calendar_day first = { .day = notice_day("2029-12-29"), .off = true, .name = "a" }, second = { first.day, false, "b" };
    struct calendar_year y[] = { { 2030, &second, 1 }, { 2029, &first, 1 } };
    struct calendar *c = made(&(struct calendar_terms){ .year = y, .years = 2 });
    assert_int_equal(calendar_day_kind(c, first.day), DAY_MADE_UP);
    assert_string_equal(calendar_day_name(c, first.day), "b");
    calendar_close(c);
}

static void a_bad_notice_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct { const char *text, *say; } bad[] = {
        { "{ \"days\": [] }", "n.json:1: year: an integer is expected, nothing is given" },
        { "{ \"year\": 1990, \"days\": [] }", "n.json:1: year: a year from 1992 to 2099 is expected, 1990 is given" },
        { "{ \"year\": 2030,\n\"days\": {} }", "n.json:2: days: a list is expected, an object of 0 members is given" },
        { "{ \"year\": 2030, \"days\": [\n{ \"date\": \"2030-02-30\", \"isOffDay\": true }] }",
          "n.json:2: days[0].date: a date like 2026-10-01 is expected, \"2030-02-30\" is given" },
        { "{ \"year\": 2030, \"days\": [\n{ \"date\": \"2031-01-01\", \"isOffDay\": true }] }",
          "n.json:2: days[0].date: a date of the notice's year or of the December before is expected, \"2031-01-01\" is given" },
        { "{ \"year\": 2030, \"days\": [\n{ \"date\": \"2029-11-30\", \"isOffDay\": true }] }",
          "n.json:2: days[0].date: a date of the notice's year or of the December before is expected, \"2029-11-30\" is given" },
        { "{ \"year\": 2030, \"days\": [\n{ \"date\": \"2030-02-03\" }] }",
          "n.json:2: days[0].isOffDay: true or false is expected, nothing is given" },
        { "{ \"year\": 2030, \"days\": [{ \"date\": \"2030-02-03\", \"isOffDay\": true }, { \"date\": \"2030-02-03\", \"isOffDay\": false }] }",
          "n.json:1: days: a list that does not call one date both a day off and a working day is expected, a list of 2 is given" },
        { "[]", "n.json:1: an object is expected, a list of 0 is given" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct calendar_year y = { .year = 7 };
        if (read_text(bad[i].text, &y) != INVALID || strcmp(e.text, bad[i].say) != 0 || y.year != 7)
            fail_msg("got %s\nwant %s", e.text, bad[i].say);
    }
}

static void check_terms_refused(struct calendar_terms t, const char *say)
{
    struct calendar *c = NULL;
    if (calendar_make(&t, &c, &e) != INVALID || strstr(e.text, say) == NULL || c != NULL)
        fail_msg("got %s\nwant %s", e.text, say);
}

static void hours_that_cannot_be_are_refused(void **state)
{
    (void)state;
    struct work_period night = { INT32_MIN, INT32_MAX, 1, 22 * 3600, 6 * 3600 }, never = { INT32_MIN, INT32_MAX, 0, 0, 1 };
    struct work_period late = { INT32_MIN, INT32_MAX, 1, 0, DAY_S + 1 }, past = { 10, 9, 1, 0, 1 }, pieces[17];
    for (int i = 0; i < 17; i++)
        pieces[i] = (struct work_period){ INT32_MIN, INT32_MAX, 0x7f, i * 5000, i * 5000 + 60 };
    struct calendar_year twice[] = { { .year = 2030 }, { .year = 2030 } }, early = { .year = 1991 };
    check_terms_refused((struct calendar_terms){ .period = &night, .periods = 1 }, "work period 1: from second 79200 to 21600");
    check_terms_refused((struct calendar_terms){ .period = &never, .periods = 1 }, "weekdays are 1 (Monday) to 127");
    check_terms_refused((struct calendar_terms){ .period = &late, .periods = 1 }, "86401");
    check_terms_refused((struct calendar_terms){ .period = &past, .periods = 1 }, "valid until a day before");
    check_terms_refused((struct calendar_terms){ .period = pieces, .periods = 17 }, "more than 16 separate hours");
    check_terms_refused((struct calendar_terms){ .periods = 501 }, "501 work periods");
    check_terms_refused((struct calendar_terms){ .year = twice, .years = 2 }, "2030 is given twice");
    check_terms_refused((struct calendar_terms){ .year = &early, .years = 1 }, "1991");
    check_terms_refused((struct calendar_terms){ .zone_s = 90000 }, "90000");
}

static void local_time_is_utc_plus_the_offset(void **state)
{
    (void)state;
    struct calendar *china = made(&(struct calendar_terms){ .zone_s = CALENDAR_ZONE_CHINA_S }), *utc = made(&(struct calendar_terms){ 0 });
    int64_t eight_utc = (int64_t)notice_day("2026-11-19") * DAY_S + 8 * 3600;
    assert_int_equal(calendar_day_of(china, eight_utc + 16 * 3600 - 8 * 3600 - 1), notice_day("2026-11-19"));
    assert_int_equal(calendar_day_of(china, eight_utc + 16 * 3600 - 8 * 3600), notice_day("2026-11-20"));
    assert_true(calendar_is_working(utc, eight_utc));
    assert_false(calendar_is_working(utc, eight_utc - 1));
    assert_true(calendar_is_working(china, eight_utc - 8 * 3600));
    assert_true(calendar_is_working(china, eight_utc));                  // 16:00
    assert_false(calendar_is_working(china, eight_utc + 2 * 3600));      // 18:00
    assert_int_equal(calendar_day_start_s(china, 0), -28800);
    calendar_close(china);
    calendar_close(utc);
}

static void outside_its_years_a_calendar_stands_still(void **state)
{
    (void)state;
    struct calendar *c = made(&(struct calendar_terms){ .zone_s = CALENDAR_ZONE_CHINA_S });
    int64_t first = calendar_day_start_s(c, calendar_first_day()), past = calendar_day_start_s(c, calendar_last_day() + 1), out;
    assert_true(calendar_holds(c, first) && !calendar_holds(c, first - 1) && calendar_holds(c, past - 1) && !calendar_holds(c, past));
    assert_int_equal(calendar_work_s(c, INT64_MIN, first), 0);
    assert_int_equal(calendar_work_s(c, past, INT64_MAX), 0);
    assert_true(calendar_work_s(c, INT64_MIN, INT64_MAX) > 100LL * 250 * 8 * 3600);
    assert_false(calendar_is_working(c, INT64_MAX - 1));
    assert_int_equal(calendar_next_work_s(c, INT64_MAX), past);
    assert_false(calendar_walk(c, MEASURE_SECONDS, past, 1, &out));
    assert_false(calendar_walk(c, MEASURE_SECONDS, INT64_MAX, INT64_MAX, &out));
    assert_false(calendar_walk(c, MEASURE_WORK_SECONDS, past - 60, 1000, &out));
    assert_false(calendar_walk(c, MEASURE_WORKDAYS, calendar_last_day(), 3, &out));
    assert_int_equal(calendar_rest_at(c, &rest_rule_usual, INT64_MIN), REST_UNKNOWN);
    calendar_close(c);
}

static void nothing_is_demolished_by_force_at_night_or_on_holidays(void **state)
{
    (void)state;
    struct calendar_year y = { 0 };
    assert_int_equal(read_text(notice_2030, &y), OK);
    struct calendar *c = made(&(struct calendar_terms){ .zone_s = CALENDAR_ZONE_CHINA_S, .year = &y, .years = 1 });
    static const struct { const char *at; enum rest rest; enum status may; } cases[] = {
        { "2030-09-30 21:59:59", REST_NONE, OK }, { "2030-09-30 22:00", REST_NIGHT, DENIED }, { "2030-10-01 05:59:59", REST_NIGHT, DENIED },
        { "2030-10-01 06:00", REST_HOLIDAY, DENIED }, { "2030-10-02 06:00", REST_NONE, OK }, { "2030-09-29 12:30", REST_NONE, OK },
        { "2030-09-28 12:30", REST_WEEKEND, DENIED }, { "2031-05-01 12:00", REST_UNKNOWN, INVALID }, { "2031-05-03 12:00", REST_WEEKEND, DENIED },
        { "2029-12-31 12:00", REST_HOLIDAY, DENIED },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t at = notice_time(cases[i].at);
        enum rest got = calendar_rest_at(c, &rest_rule_usual, at);
        enum status may = calendar_may_enforce(c, &rest_rule_usual, at, &e);
        if (got != cases[i].rest || may != cases[i].may)
            fail_msg("%s: got %d and %d, want %d and %d", cases[i].at, got, may, cases[i].rest, cases[i].may);
    }
    calendar_may_enforce(c, &rest_rule_usual, notice_time("2030-09-30 22:05"), &e);
    assert_non_null(strstr(e.text, "2030-09-30 22:05 is at night (22:00 to 06:00)"));
    calendar_may_enforce(c, &rest_rule_usual, notice_time("2030-10-01 12:00"), &e);
    assert_non_null(strstr(e.text, "2030-10-01 is a statutory holiday (国庆节)"));
    struct rest_rule noon = { .night_from_s = 12 * 3600, .night_until_s = 13 * 3600 };
    assert_int_equal(calendar_rest_at(c, &noon, notice_time("2030-09-28 12:30")), REST_NIGHT);
    assert_int_equal(calendar_rest_at(c, &noon, notice_time("2030-09-28 13:00")), REST_NONE);
    calendar_close(c);
    calendar_year_clear(&y);
}

// Truth for the real notices: working days a year, counted with another program.
static void real_notices_give_the_working_days_of_their_years(void **state)
{
    (void)state;
    static const struct { int year, workdays; } truth[] = { { 2023, 249 }, { 2024, 251 }, { 2025, 248 }, { 2026, 248 } };
    struct calendar_year y[4] = { 0 };
    char path[512];
    for (int i = 0; i < 4; i++) {
        if (notice_fixture(truth[i].year, path) == NULL) {
            print_message("%s is not there: skipped\n", path);
            skip();
        }
        if (calendar_year_read_file(path, &y[i], &e) != OK)
            fail_msg("%s", e.text);
    }
    struct calendar *c = made(&(struct calendar_terms){ .zone_s = CALENDAR_ZONE_CHINA_S, .year = y, .years = 4 });
    for (int i = 0; i < 4; i++) {
        int32_t first = date_to_day((struct date){ truth[i].year, 1, 1 }), next = date_to_day((struct date){ truth[i].year + 1, 1, 1 });
        assert_int_equal(calendar_count(c, MEASURE_WORKDAYS, first, next), truth[i].workdays);
        assert_int_equal(calendar_count(c, MEASURE_OPEN_DAYS, first, next), truth[i].workdays);
        assert_int_equal(calendar_work_s(c, calendar_day_start_s(c, first), calendar_day_start_s(c, next)), truth[i].workdays * 8 * 3600);
    }
    static const char *const worked[] = { "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10" };
    for (int i = 0; i < 6; i++)
        assert_int_equal(calendar_day_kind(c, notice_day(worked[i])), DAY_MADE_UP);
    assert_int_equal(calendar_day_kind(c, notice_day("2022-12-31")), DAY_HOLIDAY);      // told by the notice for 2023
    assert_string_equal(calendar_day_name(c, notice_day("2023-10-01")), "中秋节、国庆节");
    assert_true(calendar_knows(c, notice_day("2023-01-01"), notice_day("2026-12-25")));
    assert_false(calendar_knows(c, notice_day("2023-01-01"), notice_day("2026-12-26")));
    calendar_close(c);
    for (int i = 0; i < 4; i++)
        calendar_year_clear(&y[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_notice_settles_its_year_and_late_december_before),
        cmocka_unit_test(the_later_notice_has_the_last_word),
        cmocka_unit_test(a_bad_notice_is_refused_with_its_line),
        cmocka_unit_test(hours_that_cannot_be_are_refused),
        cmocka_unit_test(local_time_is_utc_plus_the_offset),
        cmocka_unit_test(outside_its_years_a_calendar_stands_still),
        cmocka_unit_test(nothing_is_demolished_by_force_at_night_or_on_holidays),
        cmocka_unit_test(real_notices_give_the_working_days_of_their_years),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
