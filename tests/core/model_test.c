// 100 000 random moves by random people with random facts, the table against the reference machine: no move the machine knows
// is refused, none it does not know is let through, and every row of the table is walked.
#include "core/lifecycle_table.h"
#include "tests/core/lifecycle_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOVES = 100000, RECORDS = 130 };

static uint64_t seed = 20261122;

static uint32_t random_below(uint32_t n)      // splitmix64
{
    uint64_t z = seed += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ z >> 31) % n);
}

static bool chance(uint32_t percent)
{
    return random_below(100) < percent;
}

static const struct thing *const things[] = {
    &thing_change, &thing_finding, &thing_case, &thing_extension, &thing_appeal, &thing_enforcement, &thing_lead,
    &thing_notice, &thing_conference, &thing_building, &thing_permit, &thing_asset, &thing_comparison,
};

// One record on its way, as the reference machine sees it.
struct record { const struct thing *thing; const char *state, *before; };

// Facts are mostly kind to whoever tries; which half of the rules they are kind to is random where rules contradict.
static struct facts random_facts(const char *before)
{
    static const struct { size_t fact; bool kind; } flags[] = {
#define KIND(name) { offsetof(struct facts, name), true }
#define UNKIND(name) { offsetof(struct facts, name), false }
        KIND(has_note), KIND(has_place), KIND(has_code), KIND(has_agency), KIND(has_review_date), KIND(has_document), KIND(has_photo),
        KIND(has_attachments), KIND(has_signature), KIND(has_return_reason), KIND(has_inputs), KIND(has_conference),
        KIND(has_master), KIND(master_is_open), KIND(actor_is_assignee), KIND(has_area), KIND(has_after_photo_near),
        KIND(works_in_progress), KIND(works_new), KIND(fast_record_complete), KIND(harm_is_light), KIND(corrected_in_time),
        KIND(matter_on_list), KIND(pledge_signed), KIND(heard), KIND(legal_reviewed), KIND(is_served), KIND(overdue),
        KIND(performance_period_past), KIND(urged), KIND(urge_period_past), KIND(announced), KIND(legal_periods_past),
        KIND(ordered_by_government), KIND(decided_by_person), KIND(not_demolishable),
        UNKIND(actor_is_handler), UNKIND(actor_is_return_receiver), UNKIND(actor_is_first_approver), UNKIND(actor_is_reviewer),
        UNKIND(actor_is_party), UNKIND(partial_documented), UNKIND(without_area), UNKIND(enforcement_open),
        UNKIND(suspended_before), UNKIND(breached_within_12_months), UNKIND(night_or_holiday), UNKIND(is_emergency),
        UNKIND(receipt_given),
    };
    struct facts f = { .state_before = before, .area_illegal_m2 = 100 };
    for (size_t i = 0; i < COUNT(flags); i++)
        *(bool *)((char *)&f + flags[i].fact) = flags[i].kind != chance(3);
    f.actor_is_requester = chance(40);
    f.not_correctable = chance(60);
    f.has_grown = chance(50);
    f.area_removed_m2 = chance(90) ? 100 : 99.5;
    f.times_extended = (int)random_below(3);
    f.original_limit = 15;
    f.extension_amount = chance(85) ? 1 + random_below(15) : random_below(2) * 16;
    f.suspension_days = chance(90) ? 1 + (int)random_below(365) : (int)random_below(2) * 366;
    return f;
}

// Mostly a verb somebody could use here, at times any of the thing's.
static const char *random_verb(const struct record *r)
{
    const struct move *open[32];
    size_t count = lifecycle_moves(r->thing->word, r->state, ~0u, open, COUNT(open));
    if (count == 0 || chance(25))
        return r->thing->move[random_below((uint32_t)r->thing->moves)].verb;
    must(count <= COUNT(open));
    return open[random_below((uint32_t)count)]->verb;
}

// Mostly one of those the verb is for, at times anybody.
static unsigned random_role(const struct record *r, const char *verb)
{
    bool fitting = chance(85);
    for (size_t i = 0; fitting && i < r->thing->moves; i++) {
        const struct move *m = &r->thing->move[i];
        if (strcmp(m->from, r->state) != 0 || strcmp(m->verb, verb) != 0)
            continue;
        unsigned role;
        do
            role = 1u << random_below(ROLES);
        while ((role & m->roles) == 0);
        return role;
    }
    return 1u << random_below(ROLES);
}

static const char *random_state(const struct thing *t)
{
    return t->state[random_below((uint32_t)t->states)].word;
}

static bool state_exists(const struct thing *t, const char *word)
{
    for (size_t i = 0; i < t->states; i++)
        if (strcmp(t->state[i].word, word) == 0)
            return true;
    return false;
}

static int walked[COUNT(things)][128];

static void compare(const struct attempt *a, enum status s, const struct outcome *out, const char *expected, const struct err *e)
{
    const char *got = s == OK ? out->to : NULL;
    if (got == expected || (got != NULL && expected != NULL && strcmp(got, expected) == 0))
        return;
    fail_msg("%s in \"%s\": %s by %s: the machine says %s, the table says %s %s", a->thing, a->from, a->verb,
             role_word((enum role)a->roles), expected != NULL ? expected : "no", got != NULL ? got : "no:", got != NULL ? "" : e->text);
}

static bool step(struct record *r, size_t which)
{
    struct facts f = random_facts(chance(95) ? r->before : random_state(r->thing));
    const char *verb = random_verb(r);
    struct attempt a = { r->thing->word, r->state, verb, random_role(r, verb), &f };
    struct outcome out;
    struct err e = { 0 };
    enum status s = lifecycle_check(&a, &out, &e);
    compare(&a, s, &out, model_next(&a), &e);
    if (s != OK) {
        assert_true(s == DENIED || s == INVALID || s == CONFLICT);
        if (strncmp(e.text, "rule ", 5) != 0)
            fail_msg("a refusal names its rule, this one does not: %s", e.text);
        return false;
    }
    if (!state_exists(r->thing, out.to))
        fail_msg("%s: %s leads to %s, which is no state", a.thing, a.verb, out.to);
    walked[which][out.move - r->thing->move]++;
    if (in(verb, "suspend defer merge"))
        r->before = r->state;
    r->state = out.to;
    return true;
}

static void table_and_machine_agree(void **state)
{
    (void)state;
    struct record record[RECORDS];
    for (size_t i = 0; i < RECORDS; i++)
        record[i] = (struct record){ .thing = things[i % COUNT(things)], .state = "" };
    int legal = 0;
    for (int n = 0; n < MOVES; n++) {
        size_t i = random_below(RECORDS);
        if (chance(60))       // the long tables need the longer walks
            i = i / COUNT(things) * COUNT(things) + (chance(40) ? 2 : chance(60) ? 5 : 6);
        legal += step(&record[i], i % COUNT(things));
        if (chance(5))        // and the far ends are not left to luck
            record[i].state = random_state(record[i].thing), record[i].before = random_state(record[i].thing);
        if (lifecycle_is_end(record[i].thing->word, record[i].state) && chance(15))
            record[i] = (struct record){ .thing = record[i].thing, .state = "" };
    }
    print_message("%d random moves, %d let through\n", MOVES, legal);
    for (size_t i = 0; i < COUNT(things); i++)
        for (size_t k = 0; k < things[i]->moves; k++)
            if (walked[i][k] == 0)
                fail_msg("never walked: %s %s %s", things[i]->word, things[i]->move[k].from, things[i]->move[k].verb);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(table_and_machine_agree) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
