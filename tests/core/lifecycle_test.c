// The table of moves: sound as it stands, unsound ones are named, every refusal names its rule, all words are known elsewhere.
#include "core/lifecycle_table.h"
#include "core/base/resource.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct thing *const all[] = {
    &thing_change, &thing_finding, &thing_case, &thing_extension, &thing_appeal, &thing_enforcement, &thing_lead,
    &thing_notice, &thing_conference, &thing_building, &thing_permit, &thing_asset, &thing_comparison,
};

static void the_table_is_sound(void **state)
{
    (void)state;
    struct err e = { 0 };
    if (lifecycle_sound(&e) != OK)
        fail_msg("%s", e.text);
    for (size_t i = 0; i < COUNT(all); i++)
        assert_string_equal(lifecycle_thing(i), all[i]->word);
    assert_null(lifecycle_thing(COUNT(all)));
}

// --- Unsound tables -----------------------------------------------------------------------------------------------------------

static void assert_unsound(const struct thing *t, const char *sentence)
{
    struct err e = { 0 };
    assert_int_equal(lifecycle_thing_sound(t, &e), FAILED);
    assert_string_equal(e.text, sentence);
}

static void unsound_tables_are_named(void **state)
{
    (void)state;
    static const struct state states[] = { { "a", "a", false }, { "b", "b", true }, { "c", "c", false } };
#define ROW(from, verb, to) { from, verb, to, ROLE_CHIEF, FORWARD, 0, 0, "x" }
    static const struct move lost[] = { ROW("", "x", "a"), ROW("a", "y", "b") };
    static const struct move dead[] = { ROW("", "x", "a"), ROW("a", "y", "b"), ROW("a", "z", "c"), ROW("c", "z", "c") };
    static const struct move twice[] = { ROW("", "x", "a"), ROW("a", "y", "b"), ROW("a", "z", "c"), ROW("a", "y", "a") };
    static const struct move strange[] = { ROW("", "x", "a"), ROW("a", "y", "d") };
    static const struct move nobody[] = { { "", "x", "a", 0, FORWARD, 0, 0, "x" } };
    static const struct move machine[] = { { "", "x", "b", ROLE_SERVICE, FORWARD, 0, 0, "x" } };
#undef ROW
    assert_unsound(&(struct thing){ .word = "t", TABLE(states, lost) }, "table of moves: t: nothing leads to c");
    assert_unsound(&(struct thing){ .word = "t", TABLE(states, dead) }, "table of moves: t: no end can be reached from c");
    assert_unsound(&(struct thing){ .word = "t", TABLE(states, twice) }, "table of moves: t: y from a stands there twice");
    assert_unsound(&(struct thing){ .word = "t", TABLE(states, strange) }, "table of moves: t: y: a or d is no state");
    assert_unsound(&(struct thing){ .word = "t", TABLE(states, nobody) }, "table of moves: t: x from  is open to nobody");
    assert_unsound(&(struct thing){ .word = "t", .always = G(NOT_PARTY), TABLE(states, machine) },
                   "table of moves: t: x from : the program may not decide");
}

// --- Refusals -----------------------------------------------------------------------------------------------------------------

// Facts that hold one rule and as many others as can hold together.
static void set_guard(struct facts *f, enum guard g, bool holds)
{
    const struct guard_rule *rule = &guard_rules[g];
    if (rule->holds == NULL)
        *(bool *)((char *)f + rule->fact) = rule->wanted == holds;
    else if (g == GUARD_MASTER)
        f->has_master = true, f->master_is_open = holds;
    else if (g == GUARD_AREA)
        f->has_area = true, f->area_illegal_m2 = 100, f->area_removed_m2 = holds ? 100 : 99;
    else if (g == GUARD_EXTENSION_AMOUNT)
        f->original_limit = 15, f->extension_amount = holds ? 15 : 15.5;
    else if (g == GUARD_EXTENSION_COUNT)
        f->times_extended = holds ? 1 : 2;
    else if (g == GUARD_SUSPENSION_YEAR)
        f->suspension_days = holds ? 365 : 366;
    else if (g == GUARD_FAST_ELIGIBLE)
        f->works_in_progress = true, f->works_new = holds;
    else if (g == GUARD_LIGHT_HARM)
        f->harm_is_light = true, f->corrected_in_time = holds;
    else if (g == GUARD_NO_NIGHT_OR_HOLIDAY)
        f->night_or_holiday = !holds;
}

static enum status attempt_move(const struct thing *t, const struct move *m, const struct facts *f, struct outcome *out,
                                struct err *e)
{
    struct attempt a = { .thing = t->word, .from = m->from, .verb = m->verb, .roles = m->roles, .facts = f };
    return lifecycle_check(&a, out, e);
}

static uint64_t every_guard_of(const struct thing *t, const struct move *m)
{
    bool onward = m->direction == FORWARD || m->direction == END;
    return m->guards | t->always | (onward ? t->onward : 0);
}

static const char *somewhere_before(const struct thing *t, const char *here)
{
    for (size_t i = 0; i < t->moves; i++)
        if ((t->move[i].effects & REMEMBERS) && strcmp(t->move[i].to, here) == 0)
            return t->move[i].from;
    return NULL;
}

static struct facts facts_for(const struct thing *t, const struct move *m)
{
    struct facts f = { .state_before = somewhere_before(t, m->from) };
    for (int g = 0; g < GUARDS; g++)
        if (every_guard_of(t, m) & (uint64_t)1 << g)
            set_guard(&f, (enum guard)g, true);
    return f;
}

static void every_rule_is_needed_and_refuses_by_name(void **state)
{
    (void)state;
    int used[GUARDS] = { 0 };
    for (size_t i = 0; i < COUNT(all); i++)
        for (size_t k = 0; k < all[i]->moves; k++) {
            const struct move *m = &all[i]->move[k];
            struct facts f = facts_for(all[i], m);
            struct outcome out;
            struct err e = { 0 };
            if (attempt_move(all[i], m, &f, &out, &e) != OK)
                fail_msg("%s %s %s: %s", all[i]->word, m->from, m->verb, e.text);
            for (int g = 0; g < GUARDS; g++) {
                if ((every_guard_of(all[i], m) & (uint64_t)1 << g) == 0)
                    continue;
                used[g]++;
                struct facts worse = f;
                set_guard(&worse, (enum guard)g, false);
                char begin[64];
                snprintf(begin, sizeof begin, "rule %s: ", guard_rules[g].name);
                assert_int_equal(attempt_move(all[i], m, &worse, &out, &e), guard_rules[g].status);
                if (strncmp(e.text, begin, strlen(begin)) != 0)
                    fail_msg("%s %s %s: expected %s..., got %s", all[i]->word, m->from, m->verb, begin, e.text);
            }
        }
    for (int g = 0; g < GUARDS; g++)
        if (used[g] == 0)
            fail_msg("no move asks for rule %s", guard_rules[g].name);
}

static void refusals_read_well(void **state)
{
    (void)state;
    struct facts none = { 0 }, handler = { .actor_is_handler = true };
    struct outcome out;
    struct err e = { 0 };
    struct attempt a = { "case", "dispatched", "close", ROLE_OFFICER, &none };
    assert_int_equal(lifecycle_check(&a, &out, &e), CONFLICT);
    assert_string_equal(e.text, "rule not-now: a case that is \"dispatched, waiting to be taken up\": \"close the case\" is not "
                                "possible; you can: take it up (accept), return");
    a = (struct attempt){ "case", "check_passed", "close", ROLE_OFFICER, &none };
    assert_int_equal(lifecycle_check(&a, &out, &e), DENIED);
    assert_string_equal(e.text, "rule role: \"close the case\" is for: supervision centre; ask one of them");
    a = (struct attempt){ "case", "check_passed", "close", ROLE_CHECKER, &handler };
    e.lang = LANG_ZH;
    assert_int_equal(lifecycle_check(&a, &out, &e), DENIED);
    assert_string_equal(e.text, "规则 handler-not-checker：处置人不得核查或结案，请由其他单位的人员办理");
    a = (struct attempt){ "lead", "received", "recall", ROLE_CHIEF, &none };
    assert_int_equal(lifecycle_check(&a, &out, &e), CONFLICT);
    assert_string_equal(e.text, "规则 not-now：线索处于“已签收”：不能“撤回发送”；您可以：催办 (remind)");
    e.lang = LANG_EN;
    a = (struct attempt){ "case", "lost", "close", ROLE_CHECKER, &none };
    assert_int_equal(lifecycle_check(&a, &out, &e), INVALID);
    assert_string_equal(e.text, "lost: a case has no such state");
    a = (struct attempt){ "case", "closed", "fly", ROLE_CHECKER, &none };
    assert_int_equal(lifecycle_check(&a, &out, &e), INVALID);
    assert_string_equal(e.text, "fly: a case has no such move; you can: open a new case linked to this one (reopen)");
    a = (struct attempt){ "case", "closed", "fly", ROLE_AUDITOR, &none };
    assert_int_equal(lifecycle_check(&a, &out, &e), INVALID);
    assert_string_equal(e.text, "fly: a case has no such move");
    a = (struct attempt){ "house", "closed", "fly", ROLE_CHECKER, &none };
    assert_int_equal(lifecycle_check(&a, &out, &e), INVALID);
    assert_string_equal(e.text, "house: no such thing has moves");
    assert_int_equal(lifecycle_check(&a, &out, NULL), INVALID);
}

static void out_is_written_only_when_it_is_well(void **state)
{
    (void)state;
    struct facts none = { 0 };
    struct outcome out = { .to = "untouched" };
    struct err e = { 0 };
    struct attempt a = { "case", "suspended", "resume", ROLE_CHIEF, &none };
    assert_int_equal(lifecycle_check(&a, &out, &e), CONFLICT);      // nobody knows where it was before
    assert_string_equal(out.to, "untouched");
    none.state_before = "check_passed";                             // nothing is suspended there
    assert_int_equal(lifecycle_check(&a, &out, &e), CONFLICT);
    none.state_before = "rework";
    assert_int_equal(lifecycle_check(&a, &out, &e), OK);
    assert_string_equal(out.to, "rework");
    assert_true(out.move->effects & RESUMES_CLOCK);
}

static void moves_are_listed_for_a_role(void **state)
{
    (void)state;
    const struct move *out[2];
    assert_int_equal(lifecycle_moves("case", "checking", ROLE_INSPECTOR, out, 2), 2);
    assert_string_equal(out[0]->verb, "pass");
    assert_string_equal(out[1]->verb, "fail");
    assert_int_equal(lifecycle_moves("case", "checking", ROLE_OFFICER, out, 2), 0);
    assert_int_equal(lifecycle_moves("case", "handling", ROLE_CHIEF, NULL, 0), 5);
    for (size_t i = 0; lifecycle_thing(i) != NULL; i++)
        for (size_t k = 0; lifecycle_state(lifecycle_thing(i), k) != NULL; k++)
            assert_int_equal(lifecycle_moves(lifecycle_thing(i), lifecycle_state(lifecycle_thing(i), k),
                                             ROLE_AUDITOR | ROLE_ADMINISTRATOR, NULL, 0), 0);
}

// --- Words --------------------------------------------------------------------------------------------------------------------

static int untold;

static void assert_told(const char *where, const char *english)
{
    if (text_in(LANG_ZH, english) != english)
        return;
    print_error("%s: no Chinese in data/text for: %s\n", where, english);
    untold++;
}

static void every_word_is_told_in_chinese(void **state)
{
    (void)state;
    untold = 0;
    for (size_t i = 0; i < COUNT(all); i++) {
        assert_told(all[i]->word, all[i]->title);
        for (size_t k = 0; k < all[i]->states; k++)
            assert_told(all[i]->word, all[i]->state[k].title);
        for (size_t k = 0; k < all[i]->moves; k++)
            assert_told(all[i]->word, all[i]->move[k].title);
    }
    for (int g = 0; g < GUARDS; g++)
        assert_told(guard_rules[g].name, guard_rules[g].sentence);
    assert_int_equal(untold, 0);
    assert_string_equal(lifecycle_state_title("case", "suspended", LANG_ZH), "挂账");
    assert_string_equal(role_title(ROLE_CHECKER, LANG_ZH), "监督中心");
}

// The words the table knows are those the schema lets in: COLUMN TEXT ... CHECK (COLUMN IN (...)) of a TABLE, or
// CHECK (COLUMN = ... OR ...).
static void assert_same_words(const char *table, const char *column, const char *(*word)(const char *, size_t), const char *thing)
{
    const char *schema = resource_text("schema/0001-station.sql", NULL);
    assert_non_null(schema);
    char start[64], check[64];
    snprintf(start, sizeof start, "CREATE TABLE %s (", table);
    snprintf(check, sizeof check, "CHECK (%s ", column);
    const char *at = strstr(schema, start);
    at = at != NULL ? strstr(at, check) : NULL;
    assert_non_null(at);
    at += strlen(check);
    size_t listed = 0;
    for (const char *end = strchr(at, ')'); at < end && (at = strchr(at, '\'')) != NULL && at < end; at += strcspn(at, "'") + 1) {
        at++;
        listed++;
        bool known = false;
        for (size_t i = 0; word(thing, i) != NULL; i++)
            known |= strlen(word(thing, i)) == strcspn(at, "'") && strncmp(word(thing, i), at, strcspn(at, "'")) == 0;
        if (!known)
            fail_msg("schema: %s.%s may be %.20s, the table of moves knows no such state", table, column, at);
    }
    size_t known = 0;
    while (word(thing, known) != NULL)
        known++;
    if (listed != known)
        fail_msg("schema: %s.%s has %zu words, the table of moves %zu", table, column, listed, known);
}

static const char *role_at(const char *thing, size_t i)
{
    (void)thing;
    return i < ROLES ? role_word((enum role)(1u << i)) : NULL;
}

static void words_are_those_of_the_schema(void **state)
{
    (void)state;
    assert_same_words("actor", "role", role_at, NULL);
    assert_same_words("change", "state", lifecycle_state, "change");
    assert_same_words("finding", "state", lifecycle_state, "finding");
    assert_same_words("building", "standing", lifecycle_state, "building");
    assert_same_words("permit", "state", lifecycle_state, "permit");
    assert_same_words("asset", "state", lifecycle_state, "asset");
    assert_same_words("comparison", "state", lifecycle_state, "comparison");
    for (size_t i = 0; i < ROLES; i++)
        assert_int_equal(role_of_word(role_at(NULL, i)), 1u << i);
    assert_int_equal(role_of_word("king"), 0);
    assert_null(role_word((enum role)3));
}

static void ends_are_ends(void **state)
{
    (void)state;
    assert_true(lifecycle_is_end("case", "closed"));
    assert_false(lifecycle_is_end("case", "check_passed"));
    assert_false(lifecycle_is_end("case", "nowhere"));
    assert_null(lifecycle_state_title("case", "nowhere", LANG_EN));
    assert_null(lifecycle_state("nothing", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_sound),
        cmocka_unit_test(unsound_tables_are_named),
        cmocka_unit_test(every_rule_is_needed_and_refuses_by_name),
        cmocka_unit_test(refusals_read_well),
        cmocka_unit_test(out_is_written_only_when_it_is_well),
        cmocka_unit_test(moves_are_listed_for_a_role),
        cmocka_unit_test(every_word_is_told_in_chinese),
        cmocka_unit_test(words_are_those_of_the_schema),
        cmocka_unit_test(ends_are_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
