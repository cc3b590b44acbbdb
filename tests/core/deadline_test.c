// Deadlines against cases a lawyer can read, and against a slow machine that looks at every single minute.
#include "core/deadline.h"
#include "core/calendar.h"
#include "tests/core/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

static struct err e;

// --- Cases in a text file ---

enum { OFFICES_MOST = 8, PERIODS_MOST = 16 };
struct office { char name[32]; struct work_period period[PERIODS_MOST]; size_t periods; struct calendar *calendar; };

struct text_case { char name[200], starts[40]; int office; struct deadline_terms terms; struct pause pause[8]; };

static struct calendar_year notice;
static struct office offices[OFFICES_MOST] = { { .name = "usual" } };
static int office_count = 1;

static struct calendar *calendar_of(struct office *o)
{
    struct calendar_terms t = { .zone_s = CALENDAR_ZONE_CHINA_S, .year = &notice, .years = 1, .period = o->period, .periods = o->periods };
    if (o->calendar == NULL && calendar_make(&t, &o->calendar, &e) != OK)
        fail_msg("%s: %s", o->name, e.text);
    return o->calendar;
}

static void read_hours(struct office *o, const char *rest)
{
    char from[16], to[16], weekdays[16];
    int h1, m1, h2, m2;
    assert_int_equal(sscanf(rest, "%15s %15s %15s %d:%d-%d:%d", from, to, weekdays, &h1, &m1, &h2, &m2), 7);
    assert_true(o->periods < PERIODS_MOST);
    o->period[o->periods++] = (struct work_period){
        .valid_from = notice_day(from), .valid_to = notice_day(to), .weekdays = strcmp(weekdays, "mon-sun") == 0 ? 0x7f : MONDAY_TO_FRIDAY,
        .start_s = h1 * 3600 + m1 * 60, .end_s = h2 * 3600 + m2 * 60,
    };
}

static void read_off(const char *rest)
{
    char from[16], to[16], name[64];
    assert_int_equal(sscanf(rest, "%15s %15s %63s", from, to, name), 3);
    notice_add(&notice, notice_day(from), notice_day(to), true, name);
}

static void read_work(const char *rest)
{
    char day[16], name[64];
    assert_int_equal(sscanf(rest, "%15s %63s", day, name), 2);
    notice_add(&notice, notice_day(day), notice_day(day), false, name);
}

static void read_limit(struct limit *l, const char *rest)
{
    char unit[32];
    assert_int_equal(sscanf(rest, "%d %31s", &l->amount, unit), 2);
    if (limit_unit_read(unit, &l->unit, &e) != OK)
        fail_msg("%s", e.text);
    l->legal = strstr(rest, " legal") != NULL;
    l->same_clock = strstr(rest, " same_clock") != NULL;
    l->last_day_stays = strstr(rest, " last_day_stays") != NULL;
}

static void read_pause(struct text_case *c, const char *rest)
{
    const char *to = strstr(rest, " to ");
    assert_non_null(to);
    assert_true(c->terms.pauses < 8);
    c->pause[c->terms.pauses++] = (struct pause){ notice_time(rest), strcmp(to + 4, "open") == 0 ? PAUSE_OPEN : notice_time(to + 4) };
}

static int office_named(const char *name)
{
    for (int i = 0; i < office_count; i++)
        if (strcmp(offices[i].name, name) == 0)
            return i;
    fail_msg("no such office: %s", name);
    return 0;
}

static const char *minutes_text(int64_t at_s, char out[32])
{
    notice_text(at_s, out);
    out[at_s % 60 == 0 ? 16 : 19] = '\0';
    return out;
}

static void run_case(struct text_case *c, const char *expect)
{
    struct deadline d;
    char got[64], ends[32], starts[32];
    c->terms.pause = c->pause;
    if (deadline_compute(calendar_of(&offices[c->office]), &c->terms, &d, &e) != OK)
        fail_msg("%s: %s", c->name, e.text);
    if (d.suspended)
        snprintf(got, sizeof got, "suspended");
    else
        snprintf(got, sizeof got, "%s%s", minutes_text(d.ends_s, ends), d.provisional ? " provisional" : "");
    if (strcmp(got, expect) != 0)
        fail_msg("%s: got %s, want %s", c->name, got, expect);
    notice_text(d.starts_s, starts);
    if (c->starts[0] != '\0' && strncmp(starts, c->starts, 16) != 0)
        fail_msg("%s: starts %s, want %s", c->name, starts, c->starts);
}

// A line of the calendar at the head of the file. false: it belongs to a case.
static bool read_head(const char *word, const char *rest)
{
    if (strcmp(word, "notice") == 0)
        notice.year = atoi(rest);
    else if (strcmp(word, "off") == 0)
        read_off(rest);
    else if (strcmp(word, "work") == 0)
        read_work(rest);
    else if (strcmp(word, "office") == 0) {
        assert_true(office_count < OFFICES_MOST);
        snprintf(offices[office_count++].name, sizeof offices[0].name, "%.31s", rest);
    } else if (strcmp(word, "hours") == 0)
        read_hours(&offices[office_count - 1], rest);
    else
        return false;
    return true;
}

static int read_case(struct text_case *c, const char *word, const char *rest)
{
    if (strcmp(word, "case") == 0) {
        *c = (struct text_case){ 0 };
        snprintf(c->name, sizeof c->name, "%.199s", rest);
    } else if (strcmp(word, "at") == 0)
        c->office = office_named(rest);
    else if (strcmp(word, "start") == 0)
        c->terms.start_s = notice_time(rest);
    else if (strcmp(word, "limit") == 0)
        read_limit(&c->terms.limit, rest);
    else if (strcmp(word, "extended") == 0)
        c->terms.extended = atoi(rest);
    else if (strcmp(word, "pause") == 0)
        read_pause(c, rest);
    else if (strcmp(word, "starts") == 0)
        snprintf(c->starts, sizeof c->starts, "%.39s", rest);
    else if (strcmp(word, "expect") == 0) {
        run_case(c, rest);
        return 1;
    } else
        fail_msg("deadline.txt: what is '%s'?", word);
    return 0;
}

static void the_cases_come_out_as_worked_by_hand(void **state)
{
    (void)state;
    FILE *f = fopen(GP_SOURCE_DIR "/tests/core/cases/deadline.txt", "r");
    assert_non_null(f);
    struct text_case c = { 0 };
    char line[512], word[32], rest[400];
    int ran = 0;
    while (fgets(line, sizeof line, f) != NULL)
        if (line[0] != '#' && sscanf(line, "%31s %399[^\n]", word, rest) == 2 && !read_head(word, rest))
            ran += read_case(&c, word, rest);
    fclose(f);
    print_message("%d cases\n", ran);
    assert_true(ran >= 60);
}

// --- The slow machine: every minute of three years, looked at one by one ---

enum { SLOW_YEARS = 4, SLOW_DAYS = 366 * SLOW_YEARS, SLOW_MINUTES = SLOW_DAYS * 1440 };
static struct {
    int32_t first_day;
    bool works[SLOW_MINUTES], off[SLOW_DAYS], open[SLOW_DAYS];
} slow;

static bool listed(int32_t day, bool off)
{
    for (size_t i = 0; i < notice.days; i++)
        if (notice.day[i].day == day && notice.day[i].off == off)
            return true;
    return false;
}

static void slow_make(const struct office *o)
{
    slow.first_day = notice_day("2024-06-01");
    memset(slow.works, 0, sizeof slow.works);
    for (int i = 0; i < SLOW_DAYS; i++) {
        int32_t day = slow.first_day + i;
        int weekday = (day + 3) % 7;        // 0 Monday
        bool worked = listed(day, false);
        slow.off[i] = listed(day, true) || (weekday >= 5 && !worked);
        for (int minute = 0; minute < 1440; minute++)
            for (size_t p = 0; p < o->periods; p++) {
                const struct work_period *w = &o->period[p];
                bool on = w->weekdays >> weekday & 1;
                bool own = false;
                for (size_t q = 0; q < o->periods; q++)
                    own |= day >= o->period[q].valid_from && day <= o->period[q].valid_to && (o->period[q].weekdays >> weekday & 1);
                if (worked && !own)
                    on = w->weekdays & 1;
                if (!listed(day, true) && on && day >= w->valid_from && day <= w->valid_to && minute * 60 >= w->start_s && minute * 60 < w->end_s)
                    slow.works[i * 1440 + minute] = true;
            }
        slow.open[i] = memchr(&slow.works[i * 1440], 1, 1440) != NULL;
    }
}

static int64_t slow_instant(int64_t minute)
{
    return ((int64_t)slow.first_day * 1440 + minute) * 60 - CALENDAR_ZONE_CHINA_S;
}

static bool slow_paused(const struct deadline_terms *t, int64_t at_s)
{
    for (size_t i = 0; i < t->pauses; i++)
        if (at_s >= t->pause[i].from_s && at_s < t->pause[i].until_s)
            return true;
    return false;
}

static bool slow_stopped(const struct deadline_terms *t, int64_t at_s)
{
    for (size_t i = 0; i < t->pauses; i++)
        if (t->pause[i].until_s == PAUSE_OPEN && at_s >= t->pause[i].from_s)
            return true;
    return false;
}

static int64_t slow_by_minutes(const struct deadline_terms *t, int64_t minute, bool works_only, int64_t amount)
{
    while (works_only && !slow.works[minute])
        minute++;
    for (; amount > 0; minute++) {
        if (slow_stopped(t, slow_instant(minute)))
            return PAUSE_OPEN;
        amount -= (!works_only || slow.works[minute]) && !slow_paused(t, slow_instant(minute));
    }
    return slow_instant(minute);
}

// A pause stops the days from its first to the one before its last.
static bool slow_day_paused(const struct deadline_terms *t, int day, bool *for_good)
{
    bool paused = false;
    for (size_t i = 0; i < t->pauses; i++) {
        int64_t from = (t->pause[i].from_s + CALENDAR_ZONE_CHINA_S) / DAY_S - slow.first_day;
        int64_t until = t->pause[i].until_s == PAUSE_OPEN ? INT64_MAX : (t->pause[i].until_s + CALENDAR_ZONE_CHINA_S) / DAY_S - slow.first_day;
        paused |= day >= from && day < until;
        *for_good |= until == INT64_MAX && day >= from;
    }
    return paused;
}

static int64_t slow_by_days(const struct deadline_terms *t, int day, const bool *skip, bool skip_when, int64_t amount)
{
    while (amount > 0) {
        bool for_good = false;
        day++;
        bool paused = slow_day_paused(t, day, &for_good);
        if (for_good)
            return PAUSE_OPEN;
        amount -= !paused && (skip == NULL || skip[day] != skip_when);
    }
    return day;
}

static int64_t slow_deadline(const struct deadline_terms *t)
{
    int64_t minute = (t->start_s + CALENDAR_ZONE_CHINA_S) / 60 - (int64_t)slow.first_day * 1440, amount = t->limit.amount + t->extended;
    if (t->limit.unit == LIMIT_URGENT_HOUR)
        return slow_by_minutes(t, minute, false, amount * 60);
    if (t->limit.unit == LIMIT_WORK_HOUR)
        return slow_by_minutes(t, minute, true, amount * 60);
    if (t->limit.same_clock) {
        while (!slow.works[minute])
            minute++;
        int64_t day = slow_by_days(t, (int)(minute / 1440), slow.open, false, amount);
        return day == PAUSE_OPEN ? PAUSE_OPEN : slow_instant(day * 1440 + minute % 1440);
    }
    if (!t->limit.legal)
        return slow_by_minutes(t, minute, t->limit.unit == LIMIT_WORK_DAY, amount * (t->limit.unit == LIMIT_WORK_DAY ? 480 : 1440));
    bool workdays = t->limit.unit == LIMIT_WORK_DAY;
    int64_t day = slow_by_days(t, (int)(minute / 1440), workdays ? slow.off : NULL, true, amount);
    while (day != PAUSE_OPEN && slow.off[day] && !t->limit.last_day_stays)
        day++;
    return day == PAUSE_OPEN ? PAUSE_OPEN : slow_instant((day + 1) * 1440) - 1;
}

static uint64_t seed = 20261122;
static int64_t any(int64_t least, int64_t most)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return least + (int64_t)((seed >> 33) % (uint64_t)(most - least + 1));
}

// Whole minutes, within the years of the slow machine.
static struct deadline_terms random_terms(struct pause pause[3])
{
    static const enum limit_unit units[] = { LIMIT_URGENT_HOUR, LIMIT_WORK_HOUR, LIMIT_WORK_DAY, LIMIT_NATURAL_DAY };
    struct deadline_terms t = { .start_s = slow_instant(any(200, 560) * 1440 + any(0, 1439)), .limit.unit = units[any(0, 3)], .pause = pause };
    bool hours = t.limit.unit == LIMIT_URGENT_HOUR || t.limit.unit == LIMIT_WORK_HOUR;
    t.limit.amount = (int32_t)any(0, hours ? 100 : 40);
    t.extended = any(0, 3) == 0 ? (int32_t)any(0, t.limit.amount) : 0;
    t.limit.legal = !hours && any(0, 1);
    t.limit.same_clock = t.limit.unit == LIMIT_WORK_DAY && !t.limit.legal && any(0, 1);
    t.limit.last_day_stays = any(0, 4) == 0;
    t.pauses = (size_t)any(0, 3);
    for (size_t i = 0; i < t.pauses; i++) {
        int64_t from = t.start_s + any(-3000, 40000) * 60;
        pause[i] = (struct pause){ from, any(0, 19) == 0 ? PAUSE_OPEN : from + any(-100, 9000) * 60 };
    }
    return t;
}

static void check_against_slow(const struct calendar *c, const struct deadline_terms *t, int round)
{
    struct deadline d;
    char got[32], want[32], start[32];
    if (deadline_compute(c, t, &d, &e) != OK)
        fail_msg("round %d: %s", round, e.text);
    int64_t slowly = slow_deadline(t);
    if (d.ends_s == slowly && d.suspended == (slowly == PAUSE_OPEN))
        return;
    fail_msg("round %d: %d %s%s%s%s from %s, %zu pauses: got %s, want %s", round, t->limit.amount + t->extended, limit_unit_name(t->limit.unit),
             t->limit.legal ? " legal" : "", t->limit.same_clock ? " same_clock" : "", t->limit.last_day_stays ? " last_day_stays" : "",
             notice_text(t->start_s, start), t->pauses, d.suspended ? "suspended" : notice_text(d.ends_s, got),
             slowly == PAUSE_OPEN ? "suspended" : notice_text(slowly, want));
}

static struct office usual_in_words(void)
{
    return (struct office){ .name = "usual in words", .periods = 2, .period = {
        { INT32_MIN, INT32_MAX, MONDAY_TO_FRIDAY, 8 * 3600, 12 * 3600 }, { INT32_MIN, INT32_MAX, MONDAY_TO_FRIDAY, 14 * 3600, 18 * 3600 } } };
}

static struct office odd_hours(void)
{
    int32_t may = notice_day("2026-05-01");
    return (struct office){ .name = "odd", .periods = 5, .period = {
        { INT32_MIN, may - 1, 0x3e, 7 * 3600 + 1800, 11 * 3600 },           // Tuesday to Saturday, so a worked Monday has none
        { may, INT32_MAX, 0x7f, 0, 5 * 3600 }, { may, INT32_MAX, 0x11, 4 * 3600, 9 * 3600 },        // overlapping, from midnight
        { may, INT32_MAX, 0x55, 9 * 3600, 12 * 3600 }, { INT32_MIN, INT32_MAX, 0x0f, 20 * 3600, DAY_S } } };
}

static void random_limits_agree_with_looking_at_every_minute(void **state)
{
    (void)state;
    struct office all[] = { usual_in_words(), odd_hours() };
    for (int k = 0; k < 2; k++) {
        struct calendar *c = calendar_of(&all[k]);
        slow_make(&all[k]);
        for (int round = 0; round < 4000; round++) {
            struct pause pause[3];
            struct deadline_terms t = random_terms(pause);
            check_against_slow(c, &t, round);
        }
        calendar_close(c);
    }
}

static void working_time_agrees_with_looking_at_every_minute(void **state)
{
    (void)state;
    struct office o = odd_hours();
    struct calendar *c = calendar_of(&o);
    slow_make(&o);
    for (int round = 0; round < 500; round++) {
        int64_t from = any(200, 700) * 1440 + any(0, 1439), until = from + any(0, 50000), sum = 0, next = from;
        for (int64_t m = from; m < until; m++)
            sum += slow.works[m] ? 60 : 0;
        while (!slow.works[next])
            next++;
        assert_int_equal(calendar_work_s(c, slow_instant(from), slow_instant(until)), sum);
        assert_int_equal(calendar_work_s(c, slow_instant(until), slow_instant(from)), -sum);
        assert_int_equal(calendar_next_work_s(c, slow_instant(from)), slow_instant(next));
        assert_int_equal(calendar_is_working(c, slow_instant(from)), slow.works[from]);
    }
    calendar_close(c);
}

static void what_is_used_and_what_is_left_make_the_whole(void **state)
{
    (void)state;
    struct calendar *c = calendar_of(&offices[0]);
    slow.first_day = notice_day("2024-06-01");
    for (int round = 0; round < 2000; round++) {
        struct pause pause[3];
        struct deadline_terms t = random_terms(pause);
        struct deadline d;
        assert_int_equal(deadline_compute(c, &t, &d, &e), OK);
        if (d.suspended || t.limit.legal || t.limit.same_clock)
            continue;
        int64_t each = t.limit.unit == LIMIT_NATURAL_DAY ? DAY_S : t.limit.unit == LIMIT_WORK_DAY ? WORK_DAY_HOURS * 3600 : 3600;
        int64_t whole = (t.limit.amount + t.extended) * each, now = d.starts_s + any(-90000, 900000);
        assert_int_equal(deadline_counted_s(c, &t, d.starts_s, d.ends_s), whole);
        assert_int_equal(deadline_counted_s(c, &t, d.starts_s, now) + deadline_counted_s(c, &t, now, d.ends_s), whole);
        assert_true(deadline_is_met(&d, d.ends_s));
        assert_false(deadline_is_met(&d, d.ends_s + 1));
    }
}

// --- Refusals, extensions, speed ---

static void check_refused(struct deadline_terms t, enum status expect, const char *say)
{
    struct deadline d = { .starts_s = 7 };
    enum status s = deadline_compute(calendar_of(&offices[0]), &t, &d, &e);
    if (s != expect || strstr(e.text, say) == NULL || d.starts_s != 7)
        fail_msg("got status %d: %s; want %d: %s", (int)s, e.text, (int)expect, say);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    int64_t now = notice_time("2026-11-22 10:00");
    check_refused((struct deadline_terms){ now, { -1, LIMIT_WORK_DAY, 0, 0, 0 }, 0, NULL, 0 }, INVALID, "0 to 100000, -1");
    check_refused((struct deadline_terms){ now, { 1, (enum limit_unit)9, 0, 0, 0 }, 0, NULL, 0 }, INVALID, "9 is no unit");
    check_refused((struct deadline_terms){ now, { 1, LIMIT_URGENT_HOUR, true, 0, 0 }, 0, NULL, 0 }, INVALID, "by the clock");
    check_refused((struct deadline_terms){ now, { 1, LIMIT_NATURAL_DAY, 0, true, 0 }, 0, NULL, 0 }, INVALID, "work_day");
    check_refused((struct deadline_terms){ now, { 1, LIMIT_NATURAL_DAY, 0, 0, 0 }, -3, NULL, 0 }, INVALID, "extensions");
    check_refused((struct deadline_terms){ now, { 74, LIMIT_CALENDAR_YEAR, true, 0, 0 }, 0, NULL, 0 }, TOO_BIG, "2099");
    check_refused((struct deadline_terms){ now, { 100000, LIMIT_CALENDAR_YEAR, 0, 0, 0 }, 100000, NULL, 0 }, TOO_BIG, "2099");
    check_refused((struct deadline_terms){ now, { 100000, LIMIT_WORK_DAY, 0, 0, 0 }, 0, NULL, 0 }, TOO_BIG, "2099");
    check_refused((struct deadline_terms){ now, { 100000, LIMIT_WORK_DAY, 0, true, 0 }, 0, NULL, 0 }, TOO_BIG, "2099");
    check_refused((struct deadline_terms){ now, { 100000, LIMIT_WORK_DAY, true, 0, 0 }, 0, NULL, 0 }, TOO_BIG, "2099");
    check_refused((struct deadline_terms){ INT64_MIN, { 1, LIMIT_WORK_DAY, 0, 0, 0 }, 0, NULL, 0 }, TOO_BIG, "1992");
    check_refused((struct deadline_terms){ INT64_MAX, { 1, LIMIT_URGENT_HOUR, 0, 0, 0 }, 0, NULL, 0 }, TOO_BIG, "1992");
    check_refused((struct deadline_terms){ now, { 1, LIMIT_URGENT_HOUR, 0, 0, 0 }, 0, NULL, 1001 }, TOO_BIG, "1001 pauses");
    enum limit_unit u = LIMIT_UNITS;
    assert_int_equal(limit_unit_read("days", &u, &e), INVALID);
    assert_non_null(strstr(e.text, "natural_day"));
    for (int i = 0; i < LIMIT_UNITS; i++) {
        assert_int_equal(limit_unit_read(limit_unit_name((enum limit_unit)i), &u, &e), OK);
        assert_int_equal(u, i);
    }
}

static void a_limit_is_extended_twice_by_its_own_length(void **state)
{
    (void)state;
    struct limit l = { .amount = 15, .unit = LIMIT_NATURAL_DAY };
    assert_int_equal(deadline_may_extend(&l, 0, 15, &e), OK);
    assert_int_equal(deadline_may_extend(&l, 1, 1, &e), OK);
    assert_int_equal(deadline_may_extend(&l, 2, 1, &e), CONFLICT);
    assert_string_equal(e.text, "the limit was extended 2 times already; it may be extended 2 times");
    assert_int_equal(deadline_may_extend(&l, 0, 16, &e), CONFLICT);
    assert_string_equal(e.text, "an extension is at most the original limit, 15 natural_day; 16 is asked for");
    assert_int_equal(deadline_may_extend(&l, 0, 0, &e), INVALID);
}

static void a_deadline_takes_well_under_ten_microseconds(void **state)
{
    (void)state;
    enum { ROUNDS = 100000 };
    struct calendar *c = calendar_of(&offices[0]);
    int64_t sum = 0;
    clock_t begun = clock();
    for (int round = 0; round < ROUNDS; round++) {
        struct deadline_terms t = { .start_s = notice_time("2026-01-05 10:00") + round * 60, .limit = { .amount = 1 + round % 250, .unit = LIMIT_WORK_DAY } };
        t.limit.legal = round % 3 == 0;
        t.limit.same_clock = round % 3 == 1;
        struct deadline d;
        assert_int_equal(deadline_compute(c, &t, &d, &e), OK);
        sum += d.ends_s;
    }
    double micros = (double)(clock() - begun) / CLOCKS_PER_SEC * 1e6 / ROUNDS;
    print_message("a deadline of 1 to 250 working days: %.2f us (%lld)\n", micros, (long long)(sum % 10));
    assert_true(micros < 10);
}

static int close_all(void **state)
{
    (void)state;
    for (int i = 0; i < office_count; i++)
        calendar_close(offices[i].calendar);
    free(notice.day);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cases_come_out_as_worked_by_hand),
        cmocka_unit_test(random_limits_agree_with_looking_at_every_minute),
        cmocka_unit_test(working_time_agrees_with_looking_at_every_minute),
        cmocka_unit_test(what_is_used_and_what_is_left_make_the_whole),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(a_limit_is_extended_twice_by_its_own_length),
        cmocka_unit_test(a_deadline_takes_well_under_ten_microseconds),
    };
    return cmocka_run_group_tests(tests, NULL, close_all);
}
