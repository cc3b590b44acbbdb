// Stories of the moves, told in tests/core/stories/*.story: as whom, do what, with which facts; what it leads to, or which
// rule refuses. The teller remembers who did what, so that "the handler", "the receiver of a return", "who asked" follow
// from the story itself.
#include "core/lifecycle.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NAME = 32, PEOPLE = 8, LINE = 512 };

struct people { char name[PEOPLE][NAME]; int count; };

struct story {
    const char *file;
    int line, steps;
    char title[160], thing[NAME], state[NAME], before[NAME];
    struct people handlers, reviewers;      // did the work; decided it
    char requester[NAME], endorser[NAME];
    char onward_by[NAME], receiver[NAME];   // took the last step onward; had it undone
};

static void add_person(struct people *p, const char *name)
{
    assert_true(p->count < PEOPLE);
    strcpy(p->name[p->count++], name);
}

static bool is_among(const struct people *p, const char *name)
{
    for (int i = 0; i < p->count; i++)
        if (strcmp(p->name[i], name) == 0)
            return true;
    return false;
}

// --- Words of facts -----------------------------------------------------------------------------------------------------------

#define FACT(name) offsetof(struct facts, name)
static const struct { const char *word; size_t fact[2]; } words[] = {
    { "note", { FACT(has_note) } }, { "place", { FACT(has_place) } }, { "code", { FACT(has_code) } },
    { "agency", { FACT(has_agency) } }, { "review-date", { FACT(has_review_date) } }, { "document", { FACT(has_document) } },
    { "photo", { FACT(has_photo) } }, { "papers", { FACT(has_attachments) } }, { "signature", { FACT(has_signature) } },
    { "reason", { FACT(has_return_reason) } }, { "inputs", { FACT(has_inputs) } }, { "conference", { FACT(has_conference) } },
    { "master", { FACT(has_master), FACT(master_is_open) } }, { "closed-master", { FACT(has_master) } },
    { "after", { FACT(has_after_photo_near) } }, { "without-area", { FACT(without_area) } }, { "partial", { FACT(partial_documented) } },
    { "open", { FACT(enforcement_open) } }, { "suspended", { FACT(suspended_before) } }, { "overdue", { FACT(overdue) } },
    { "works-new", { FACT(works_in_progress), FACT(works_new) } }, { "fast-record", { FACT(fast_record_complete) } },
    { "breached", { FACT(breached_within_12_months) } }, { "light", { FACT(harm_is_light), FACT(corrected_in_time) } },
    { "listed", { FACT(matter_on_list) } }, { "pledge", { FACT(pledge_signed) } },
    { "not-correctable", { FACT(not_correctable) } }, { "not-demolishable", { FACT(not_demolishable) } },
    { "heard", { FACT(heard) } }, { "reviewed", { FACT(legal_reviewed) } }, { "served", { FACT(is_served) } },
    { "period-past", { FACT(performance_period_past) } }, { "urged", { FACT(urged) } }, { "urge-past", { FACT(urge_period_past) } },
    { "announced", { FACT(announced) } }, { "legal-past", { FACT(legal_periods_past) } }, { "ordered", { FACT(ordered_by_government) } },
    { "night", { FACT(night_or_holiday) } }, { "emergency", { FACT(is_emergency) } }, { "grown", { FACT(has_grown) } },
    { "named", { FACT(decided_by_person) } }, { "receipt", { FACT(receipt_given) } }, { "party", { FACT(actor_is_party) } },
    { "requester", { FACT(actor_is_requester) } }, { "handler", { FACT(actor_is_handler) } },
};

static bool set_numbers(struct facts *f, const char *word)
{
    if (sscanf(word, "area=%lf/%lf", &f->area_removed_m2, &f->area_illegal_m2) == 2)
        return f->has_area = true;
    return sscanf(word, "extension=%lf/%lf", &f->extension_amount, &f->original_limit) == 2 ||
           sscanf(word, "extended=%d", &f->times_extended) == 1 || sscanf(word, "days=%d", &f->suspension_days) == 1;
}

static void set_word(const struct story *s, struct facts *f, const char *word)
{
    if (strcmp(word, "-") == 0 || set_numbers(f, word))
        return;
    if (strcmp(word, "other-unit") == 0) {
        f->actor_is_assignee = false;
        return;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i].word, word) != 0)
            continue;
        *(bool *)((char *)f + words[i].fact[0]) = true;
        if (words[i].fact[1] != 0)
            *(bool *)((char *)f + words[i].fact[1]) = true;
        return;
    }
    fail_msg("%s:%d: no such fact: %s", s->file, s->line, word);
}

static struct facts facts_of(const struct story *s, const char *person, char *given)
{
    struct facts f = {
        .state_before = s->before[0] != '\0' ? s->before : NULL,
        .actor_is_assignee = true,
        .actor_is_handler = is_among(&s->handlers, person),
        .actor_is_reviewer = is_among(&s->reviewers, person),
        .actor_is_requester = strcmp(s->requester, person) == 0,
        .actor_is_first_approver = strcmp(s->endorser, person) == 0,
        .actor_is_return_receiver = strcmp(s->receiver, person) == 0,
    };
    for (char *at, *word = strtok_r(given, " ", &at); word != NULL; word = strtok_r(NULL, " ", &at))
        set_word(s, &f, word);
    return f;
}

// --- Telling ------------------------------------------------------------------------------------------------------------------

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcmp(*list, word) == 0)
            return true;
    return false;
}

static void remember_people(struct story *s, const char *person, const struct move *m)
{
    static const char *const work[] = { "accept", "feedback", "fast_track", "demolish_self", "demolish_assisted", "demolish_forced",
                                        "fine_and_correct", "confiscate", "answer", NULL };
    static const char *const decisions[] = { "confirm", "dismiss", "find_legal", "find_capture_rule", NULL };
    if (m->from[0] == '\0')
        strcpy(s->requester, person);
    if (is_one_of(m->verb, work))
        add_person(&s->handlers, person);
    if (is_one_of(m->verb, decisions))
        add_person(&s->reviewers, person);
    if (strcmp(m->verb, "endorse") == 0)
        strcpy(s->endorser, person);
    if (m->direction == BACK)
        strcpy(s->receiver, s->onward_by);
    else if (m->direction == FORWARD || (m->effects & STARTS_CLOCK) != 0)
        s->receiver[0] = '\0', strcpy(s->onward_by, person);
}

static void expect_refusal(const struct story *s, enum status status, const struct err *e, const char *rule)
{
    char begin[64];
    snprintf(begin, sizeof begin, "rule %s: ", rule);
    if (status == OK)
        fail_msg("%s:%d: %s: expected refusal by %s, it was let through", s->file, s->line, s->title, rule);
    if (strncmp(e->text, begin, strlen(begin)) != 0)
        fail_msg("%s:%d: %s: expected refusal by %s, got: %s", s->file, s->line, s->title, rule, e->text);
}

static void tell_step(struct story *s, const char *person, const char *role, const char *verb, char *rest)
{
    char *expected = rest + strlen(rest);
    while (expected > rest && expected[-1] != ' ')
        expected--;
    char *given_end = expected - 1;
    bool refused = expected >= rest + 2 && expected[-2] == '!';
    if (refused)
        given_end = expected - 3;
    must(given_end >= rest);
    *given_end = '\0';
    struct facts f = facts_of(s, person, rest);
    struct attempt a = { s->thing, s->state, verb, role_of_word(role), &f };
    struct outcome out;
    struct err e = { 0 };
    enum status status = lifecycle_check(&a, &out, &e);
    s->steps++;
    if (refused) {
        expect_refusal(s, status, &e, expected);
        return;
    }
    if (status != OK)
        fail_msg("%s:%d: %s: expected %s, refused: %s", s->file, s->line, s->title, expected, e.text);
    if (strcmp(out.to, expected) != 0)
        fail_msg("%s:%d: %s: expected %s, got %s", s->file, s->line, s->title, expected, out.to);
    if (out.move->effects & REMEMBERS)
        strcpy(s->before, s->state);
    remember_people(s, person, out.move);
    snprintf(s->state, sizeof s->state, "%s", out.to);
}

static void tell_line(struct story *s, char *line)
{
    char first[NAME], role[NAME], verb[NAME];
    int at = 0;
    if (line[0] == '#' || line[0] == '\0')
        return;
    if (strncmp(line, "story ", 6) == 0)
        *s = (struct story){ .file = s->file, .line = s->line, .steps = s->steps };
    if (sscanf(line, "story %159[^\n]", s->title) == 1 || sscanf(line, "thing %31s", s->thing) == 1)
        return;
    if (sscanf(line, "state %31s", s->state) == 1) {
        if (lifecycle_state_title(s->thing, s->state, LANG_EN) == NULL)
            fail_msg("%s:%d: a %s has no state %s", s->file, s->line, s->thing, s->state);
        strcpy(s->before, "handling");      // of a case that is told from a pause on
        return;
    }
    if (sscanf(line, "%31s %31s %31s %n", first, role, verb, &at) != 3 || at == 0)
        fail_msg("%s:%d: person, role, verb, facts, outcome are expected: %s", s->file, s->line, line);
    if (role_of_word(role) == 0)
        fail_msg("%s:%d: no such role: %s", s->file, s->line, role);
    tell_step(s, first, role, verb, line + at);
}

static int tell_file(const char *name)
{
    char path[4096], line[LINE];
    snprintf(path, sizeof path, "%s/tests/core/stories/%s", GP_SOURCE_DIR, name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    struct story s = { .file = name };
    while (fgets(line, sizeof line, f) != NULL) {
        s.line++;
        line[strcspn(line, "\n")] = '\0';
        tell_line(&s, line);
    }
    fclose(f);
    return s.steps;
}

static void every_story_goes_as_told(void **state)
{
    (void)state;
    DIR *d = opendir(GP_SOURCE_DIR "/tests/core/stories");
    assert_non_null(d);
    int files = 0, steps = 0;
    for (struct dirent *entry; (entry = readdir(d)) != NULL;)
        if (strstr(entry->d_name, ".story") != NULL)
            steps += tell_file(entry->d_name), files++;
    closedir(d);
    print_message("%d steps told from %d files\n", steps, files);
    assert_true(files >= 4 && steps > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_story_goes_as_told) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
