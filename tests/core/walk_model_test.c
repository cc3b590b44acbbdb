// Random moves by random people through a real store, against the reference machine of lifecycle_model.h and against
// deadlines worked out apart: no illegal state, the states and the deadlines are those expected, the audit chain holds.
// (model_test.c walks 100 000 moves against the bare table; here each move is a commit of its rows.)
#include "core/lifecycle_table.h"
#include "tests/core/case_telling.h"
#include "tests/core/lifecycle_model.h"

enum { MOVES = 20000, CASES = 40, SECONDS_BETWEEN = 1800 };

static uint64_t seed = 20261122;

static uint32_t random_below(uint32_t n)      // splitmix64
{
    uint64_t z = seed += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ z >> 31) % n);
}

static bool chance(uint32_t percent) { return random_below(100) < percent; }

// What the reference machine remembers of a case, by names; facts follow from it.
struct memory {
    char key[WALK_NUMBER], state[WALK_WORD], before[WALK_WORD], made_by[16], agency[32], worked[16][16], unit_worked[16][32], left_by[32][16], left_state[32][WALK_WORD];
    char receiver[16], dispatched_by[16];
    int workers, left, suspended;
    bool photo, has_area;
    int64_t after_s, handled_s, stage_s, pause_s, paused_s, due_s;
    int days;                                  // of the handling stage; 0: not in it
    bool is_standing;
};

struct model { struct fixture *f; struct memory memory[CASES]; int64_t let_through, refused, deadlines; };

static const char *unit_of(const char *name)
{
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++)
        if (strcmp(people[i].name, name) == 0)
            return people[i].agency != NULL ? people[i].agency : "";
    return "";
}

static unsigned role_of(const char *name)
{
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++)
        if (strcmp(people[i].name, name) == 0)
            return role_of_word(people[i].role);
    return 0;
}

static bool did_work(const struct memory *m, const char *name)
{
    for (int i = 0; i < m->workers; i++)
        if (strcmp(m->worked[i], name) == 0 || (unit_of(name)[0] != '\0' && strcmp(m->unit_worked[i], unit_of(name)) == 0))
            return true;
    return false;
}

static struct facts facts_of(const struct model *model, const struct memory *m, const char *who, const char *verb, const struct step_with *with)
{
    int64_t now = model->f->now_s;
    bool hands_on = strcmp(verb, "redispatch") == 0;
    return (struct facts){
        .state_before = m->before[0] != '\0' ? m->before : NULL,
        .actor_is_handler = did_work(m, who), .actor_is_assignee = m->agency[0] != '\0' && strcmp(m->agency, unit_of(who)) == 0,
        .actor_is_return_receiver = strcmp(m->receiver, who) == 0, .actor_is_requester = strcmp(m->made_by, who) == 0,
        .has_note = with->note != NULL, .has_place = true, .has_code = true, .has_agency = with->agency != NULL || (!hands_on && m->agency[0] != '\0'),
        .has_review_date = with->review_at_s > now, .suspension_days = with->review_at_s > now ? (int)((with->review_at_s - now + 86399) / 86400) : 0,
        .has_photo = m->photo, .has_after_photo_near = m->after_s != 0 && m->after_s >= m->handled_s, .has_area = with->area_m2 > 0 || m->has_area,
        .area_removed_m2 = with->area_m2 > 0 ? with->area_m2 : m->has_area ? 120 : 0, .area_illegal_m2 = 120,
        .suspended_before = m->suspended > 0, .works_new = true, .overdue = m->due_s < now,
    };
}

// --- What the machine remembers after a move ------------------------------------------------------------------------------------------

static void remember_clock(struct memory *m, const char *from, int64_t now)
{
    static const char *const handling = "dispatched handling rework fast_handling";
    bool was = in(from, handling), is_now = in(m->state, handling);
    if (is_now && !was && !in(from, "suspended deferred")) {       // unmerged into the stage too
        m->stage_s = now;
        m->paused_s = 0;
        m->days = 15;
    }
    if (in(m->state, "suspended deferred")) {
        if (!m->is_standing)
            m->pause_s = now;
        m->is_standing = true;                                     // a pause after the end changes nothing
    } else if (m->is_standing) {
        if (m->pause_s < m->stage_s + m->days * 86400LL + m->paused_s)
            m->paused_s += now - m->pause_s;
        m->is_standing = false;
    }
    int64_t due_s = m->stage_s + m->days * 86400LL + m->paused_s;
    bool is_late = m->is_standing && m->pause_s >= due_s;           // it was past before the clock was stopped: it stays
    m->due_s = is_now || is_late ? due_s : NO_DEADLINE;
}

static void remember(struct memory *m, const char *who, const struct move *move, const char *to, const struct step_with *with, int64_t now)
{
    char from[WALK_WORD];
    strcpy(from, m->state);
    if (in(move->verb, "accept feedback fast_track") && m->workers < 16) {
        strcpy(m->worked[m->workers], who);
        strcpy(m->unit_worked[m->workers++], unit_of(who));
    }
    if ((move->effects & REMEMBERS) != 0)
        strcpy(m->before, from);
    else if (strcmp(move->to, "<") == 0)
        m->before[0] = '\0';
    strcpy(m->state, to);
    if (strcmp(from, to) != 0) {                                   // the last to leave each state
        int i = 0;
        while (i < m->left && strcmp(m->left_state[i], from) != 0)
            i++;
        m->left += i == m->left;
        strcpy(m->left_state[i], from);
        strcpy(m->left_by[i], who);
    }
    if (in(move->verb, "dispatch redispatch"))
        strcpy(m->dispatched_by, who);
    if (move->direction == BACK) {
        for (int i = 0; i < m->left; i++)
            if (strcmp(m->left_state[i], to) == 0)
                strcpy(m->receiver, m->left_by[i]);
        if (strcmp(to, "returned") == 0)
            strcpy(m->receiver, m->dispatched_by);
    } else if (move->direction == FORWARD || (move->effects & STARTS_CLOCK) != 0) {
        m->receiver[0] = '\0';
    }
    if (with->agency != NULL)
        strcpy(m->agency, with->agency);
    m->has_area |= with->area_m2 > 0;
    m->suspended += strcmp(move->verb, "suspend") == 0;
    if (strcmp(to, "handled") == 0)
        m->handled_s = now;
    if (in(move->verb, "redispatch fail")) {                       // starts the clock within the stage
        m->stage_s = now;
        m->paused_s = 0;
        m->days = 15;
    }
    remember_clock(m, from, now);
}

// --- Walking ------------------------------------------------------------------------------------------------------------------------------

static const struct move *random_move(const struct memory *m)
{
    const struct move *open[32];
    size_t count = lifecycle_moves("case", m->state, ~0u, open, 32);
    if (count == 0 || chance(10))
        return &thing_case.move[1 + random_below((uint32_t)thing_case.moves - 1)];
    const struct move *move = open[random_below((uint32_t)count)];
    bool leaves = move->direction == END && strcmp(move->verb, "close") != 0;      // roads that end early are not taken every time
    return leaves && chance(80) ? open[random_below((uint32_t)count)] : move;
}

static const char *random_person(const struct move *m)
{
    for (int tries = 0; tries < 50; tries++) {
        const char *name = people[random_below(sizeof people / sizeof people[0])].name;
        if (chance(10) || (role_of(name) & m->roles) != 0)
            return name;
    }
    return "Wang";
}

struct attempt_job { struct model *model; struct memory *memory; const char *verb; struct step_with with; struct step_taken taken; };

static enum status attempt_move(struct work *w, void *ctx)
{
    struct attempt_job *a = ctx;
    return step_take(w, &a->model->f->desk, &(struct step){ "case", a->memory->key, a->verb, a->with }, &a->taken);
}

static void as(struct fixture *f, const char *who)
{
    static char ids[16][2][ID_TEXT];
    static int known;
    for (int i = 0; i < known; i++)
        if (strcmp(ids[i][0], who) == 0) {
            strcpy(f->actor, ids[i][1]);
            return;
        }
    struct told t = { .f = f, .line = &(struct line){ .who = who } };
    assert_ok(f, run(f, find_actor, &t));
    strcpy(ids[known][0], who);
    strcpy(ids[known++][1], f->actor);
}

static void new_case(struct model *model, struct memory *m)
{
    struct told t = { .f = model->f, .thing = "case", .line = &(struct line){ .what = "open formed" } };
    *m = (struct memory){ .due_s = NO_DEADLINE, .state = "reported", .made_by = "Wang" };
    as(model->f, "Wang");
    assert_ok(model->f, run(model->f, do_line, &t));
    strcpy(m->key, t.key);
}

static void take_photo(struct model *model, struct memory *m, const char *what)
{
    struct told t = { .f = model->f, .thing = "case", .line = &(struct line){ .what = what } };
    strcpy(t.key, m->key);
    as(model->f, "Wang");
    assert_ok(model->f, run(model->f, do_line, &t));
    m->photo = true;
    if (starts(what, "photo after"))
        m->after_s = model->f->now_s;
}

static void step(struct model *model, struct memory *m)
{
    struct fixture *f = model->f;
    if (!m->photo || chance(4))
        take_photo(model, m, chance(40) ? "photo near" : "photo after 121.0701 32.0701");
    const struct move *move = random_move(m);
    const char *who = random_person(move);
    struct attempt_job a = { .model = model, .memory = m, .verb = move->verb };
    if (chance(85))
        a.with.note = "noted";
    if (in(move->verb, "dispatch redispatch") && chance(85))
        a.with.agency = chance(70) ? "urban_management" : "township";
    if (in(move->verb, "suspend defer review") && chance(85))
        a.with.review_at_s = f->now_s + 86400LL * (1 + random_below(370));
    if (strcmp(move->verb, "close") == 0 && chance(70))
        a.with.area_m2 = chance(80) ? 120 : 60;
    if (strcmp(move->verb, "merge") == 0 && chance(50))
        return;                                                    // told in the stories
    struct facts facts = facts_of(model, m, who, move->verb, &a.with);
    struct attempt attempt = { "case", m->state, move->verb, role_of(who), &facts };
    const char *expected = model_next(&attempt);
    as(f, who);
    f->e = (struct err){ 0 };
    enum status s = run(f, attempt_move, &a);
    if ((s == OK) != (expected != NULL) || (s == OK && strcmp(a.taken.walk.state, expected) != 0))
        fail_msg("%s in \"%s\": %s by %s: the machine says %s, the store %s %s", m->key, m->state, move->verb, who, expected != NULL ? expected : "no",
                 s == OK ? a.taken.walk.state : "no:", s == OK ? "" : f->e.text);
    if (s != OK) {
        model->refused++;
        return;
    }
    model->let_through++;
    for (size_t i = 0; i < thing_case.moves; i++)                  // the row that was walked: verbs repeat over states
        if (strcmp(thing_case.move[i].from, m->state) == 0 && strcmp(thing_case.move[i].verb, move->verb) == 0) {
            move = &thing_case.move[i];
            break;
        }
    remember(m, who, move, a.taken.walk.state, &a.with, f->now_s);
    if (in(m->state, "dispatched handling rework suspended deferred")) {
        model->deadlines++;
        if (a.taken.walk.due_at_s != m->due_s)
            fail_msg("%s in \"%s\" after %s: due %lld, the machine says %lld", m->key, m->state, move->verb, (long long)a.taken.walk.due_at_s, (long long)m->due_s);
    }
}

static void store_and_machine_agree(void **state)
{
    struct fixture *f = *state;
    struct verify_report report;
    static struct model model;
    model.f = f;
    for (int i = 0; i < CASES; i++)
        new_case(&model, &model.memory[i]);
    for (int n = 0; n < MOVES; n++) {
        struct memory *m = &model.memory[random_below(CASES)];
        f->now_s += random_below(SECONDS_BETWEEN);
        step(&model, m);
        if (lifecycle_is_end("case", m->state) && chance(40))
            new_case(&model, m);
    }
    print_message("%d random moves through the store: %lld let through, %lld refused, %lld deadlines held against the machine's\n", MOVES,
                  (long long)model.let_through, (long long)model.refused, (long long)model.deadlines);
    assert_true(model.let_through > MOVES / 5 && model.deadlines > MOVES / 50);
    assert_ok(f, verify_station(f->station, NULL, note_fault, NULL, &report, &f->e));
    assert_int_equal(report.faults, 0);
    assert_true(report.audit_rows >= model.let_through);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(store_and_machine_agree, set_up, tear_down) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
