// 100 000 random moves by random people through a real store: cases and the duplicates merged into them, findings, leads, and all that
// walks beside them (extension, appeal, enforcement, notice, conference), against the reference machine of lifecycle_model.h, its
// memory (walk_memory.h) and deadlines worked out apart (walk_clock.h). No illegal state, no move but those expected, every deadline
// equal, every row of the tables walked, and the audit chain holds. (model_test.c walks the bare table with facts made up.)
#include "tests/core/case_telling.h"
#include "tests/core/walk_random.h"
#include "core/comparison.h"
#include "gis/footprint.h"

enum { MOVES = 100000, TOGETHER = 50, SECONDS_BETWEEN = 700, STEPS_MANY = 80 };

// --- Births ---------------------------------------------------------------------------------------------------------------------

static int keep_case(const struct walk *k, const struct case_spec *spec, int who, int64_t now)
{
    int record = born("case", k, who, NOBODY, NOBODY, now);
    struct memory *c = &kept[record];
    c->kind = spec->kind;
    c->code = strcmp(spec->kind, "illegal_building") == 0 ? "0101" : strcmp(spec->kind, "billboard") == 0 ? "0203" : "";
    c->condition = spec->condition > 0 ? spec->condition : strcmp(c->code, "0101") == 0 && !spec->in_progress ? 2 : 1;
    c->party = spec->party != NULL ? spec->party : "";
    c->in_progress = spec->in_progress;
    c->area_m2 = spec->area_m2;
    begin_stage(c, "", now);
    return record;
}

static enum status bear(struct work *w, const struct model *m, const struct birth_try *b, struct walk *out)
{
    static const char *const verbs[KINDS] = { [EXTENSIONS] = "request", [APPEALS] = "file", [ENFORCEMENTS] = "find", [NOTICES] = "draft", [CONFERENCES] = "call" };
    const struct memory *about = b->about != NOBODY ? &kept[b->about] : NULL;
    if (b->kind == CASES)
        return case_open(w, m->desk, &b->spec, out);
    if (b->kind == FINDINGS)
        return finding_record(w, m->desk, &(struct finding_spec){ .text = "seen", .x = 121.07, .y = 32.07, .crs = "EPSG:4326", .accuracy_m = NAN, .lon = 121.07,
                                                                  .lat = 32.07, .seen_at_s = w->now_s, .scheme = b->amount > 8 ? "gbt30428.2-2013" : NULL }, out);
    if (b->kind == LEADS)
        return lead_draft(w, m->desk, &(struct lead_spec){ .case_id = about->id, .agency = b->agency }, out);
    return proceeding_open(w, m->desk, &(struct proceeding_spec){ .thing = kinds[b->kind].thing->word, .verb = verbs[b->kind], .about = about->thing,
                                                                  .about_key = about->number, .amount = b->amount, .agency = b->agency,
                                                                  .note = b->has_note ? "noted" : NULL }, out);
}

static int keep_born(const struct model *m, const struct birth_try *b, const struct walk *k)
{
    int64_t now = m->f->now_s;
    if (b->kind == CASES)
        return keep_case(k, &b->spec, b->who, now);
    int agency = b->agency != NULL ? unit_called(b->agency) : b->about != NOBODY && b->kind != LEADS ? kept[b->about].agency : NOBODY;
    int record = born(kinds[b->kind].thing->word, k, b->who, agency, b->about, now);
    struct memory *r = &kept[record];
    r->amount = b->amount;
    const char *stage = stage_of_state(r->thing, r->state);
    begin_stage(r, stage != NULL ? stage : "", now);
    return record;
}

// --- Comparing ---------------------------------------------------------------------------------------------------------------------

static const struct move *move_walked(const struct thing *t, const char *from, const char *verb)
{
    for (size_t i = 0; i < t->moves; i++)
        if (strcmp(t->move[i].from, from) == 0 && strcmp(t->move[i].verb, verb) == 0)
            return &t->move[i];
    return NULL;
}

static bool is_as_expected(struct model *m, const struct try *t, const char *expected, enum status s, const char *state, const struct err *e)
{
    const struct memory *r = &kept[t->record];
    bool good = (s == OK) == (expected != NULL) && (s != OK || strcmp(state, expected) == 0);
    if (!good)
        fault(m, "%s %s in \"%s\": %s by %s: the machine says %s, the store %s %.300s", r->thing, r->number, r->state, t->verb, name_of(t->who),
              expected != NULL ? expected : "no", s == OK ? state : "no:", s == OK ? "" : e->text);
    else if (s != OK && s != DENIED && s != INVALID && s != CONFLICT && s != NOT_FOUND)
        fault(m, "%s %s: %s answers %d: %.300s", r->thing, r->number, t->verb, (int)s, e->text);
    return good;
}

static void compare_deadline(struct model *m, const struct memory *r, const char *verb, int64_t due_at_s)
{
    m->deadlines += r->due_s != NO_DEADLINE;
    if (due_at_s != r->due_s)
        fault(m, "%s %s in \"%s\" after %s: due %lld, the machine says %lld (stage %s since %lld)", r->thing, r->number, r->state, verb, (long long)due_at_s,
              (long long)r->due_s, r->stage, (long long)r->stage_s);
}

// What a move opened besides is on its way too, in the place of something that has ended.
static void settle_in(struct model *m, int kind, int record)
{
    for (uint32_t i = 0; i < kinds[kind].slots; i++)
        if (m->slot[kind][i] == NOBODY || has_ended(&kept[m->slot[kind][i]])) {
            m->slot[kind][i] = record;
            return;
        }
}

static enum status keep_linked(struct work *w, struct model *m, const struct try *t, const struct move *move, const struct step_taken *taken)
{
    const struct memory *r = &kept[t->record];
    bool is_lead = strcmp(r->thing, "lead") == 0, from_finding = strcmp(r->thing, "finding") == 0;
    struct walk k;
    if ((move->effects & (OPENS_LINKED | OPENS_CASE)) == 0 || strcmp(r->thing, "enforcement") == 0)
        return OK;
    enum status s = walk_get(w, is_lead ? "lead" : "case", taken->linked.text, &k);
    if (s != OK)
        return s;
    int record;
    if (is_lead) {
        record = born("lead", &k, t->who, t->with.agency != NULL ? unit_called(t->with.agency) : r->agency, r->about, m->f->now_s);
        begin_stage(&kept[record], "approve", m->f->now_s);
    } else {
        struct case_spec spec = { .kind = from_finding ? "event" : r->kind, .party = from_finding ? "" : r->party, .area_m2 = from_finding ? 0 : r->area_m2,
                                  .condition = from_finding ? t->with.condition : 0 };
        record = keep_case(&k, &spec, t->who, m->f->now_s);
        if (from_finding)
            put_in_case(&kept[record], t->record);
        else
            kept[record].code = r->code, kept[record].condition = strcmp(r->kind, "illegal_building") == 0 && strcmp(r->code, "0101") == 0 ? 2 : 1;
    }
    settle_in(m, is_lead ? LEADS : CASES, record);
    compare_deadline(m, &kept[record], "being opened", k.due_at_s);
    return OK;
}

// --- A step --------------------------------------------------------------------------------------------------------------------------

// Corrections carry what people say of a case; only "reported" and the like let them in.
static enum status correct(struct work *w, struct model *m, const struct try *t, struct step_taken *taken)
{
    struct case_correction c = { .ordered_by = "Chen", .party_present = "present", .party = chance(30) ? ANY_OF(parties) : NULL };
    enum status s = case_correct(w, m->desk, kept[t->record].number, &c, t->with.note);
    if (s != OK)
        return s;
    kept[t->record].is_ordered = true;
    if (c.party != NULL)
        kept[t->record].party = c.party;
    return walk_get(w, "case", kept[t->record].id, &taken->walk);
}

// A case is opened from a finding once, and a finding is added to a case once; the store says so, not the table.
static bool is_in_case_already(const struct try *t)
{
    if (strcmp(t->verb, "open_case") == 0)
        return kept[t->record].is_in_case;
    return strcmp(t->verb, "join_case") == 0 && t->master != NOBODY && has_finding(&kept[t->master], t->record);
}

static enum status take(struct work *w, struct model *m, int kind, const struct try *t, const char *expected)
{
    struct memory *r = &kept[t->record];
    const char *from = r->state;
    char paper[32];
    struct step_taken taken = { 0 };
    struct step step = step_of(m, t, paper);
    bool corrects = kind == CASES && strcmp(t->verb, "correct") == 0;
    enum status s = corrects ? correct(w, m, t, &taken) : step_take(w, m->desk, &step, &taken);
    if (!is_as_expected(m, t, expected, s, taken.walk.state, w->e) || s != OK)
        return s;
    const struct move *move = move_walked(kinds[kind].thing, from, t->verb);
    struct try done = *t;
    if (corrects)
        done.with = (struct step_with){ .note = t->with.note };
    remember(&done, move, taken.walk.state, m->f->now_s);
    if (strcmp(t->verb, "join_case") == 0)
        put_in_case(&kept[t->master], t->record);
    m->walked[kind][move - kinds[kind].thing->move]++;
    compare_deadline(m, r, t->verb, taken.walk.due_at_s);
    return keep_linked(w, m, t, move, &taken);
}

static const char *birth_expected(const struct birth_try *b)
{
    const struct thing *t = kinds[b->kind].thing;
    return model_next(&(struct attempt){ t->word, "", t->move[0].verb, role_of(b->who), &b->facts });
}

static enum status give_birth(struct work *w, struct model *m, uint32_t slot, const struct birth_try *b, const char *expected)
{
    int kind = b->kind;
    struct walk k = { 0 };
    enum status s = bear(w, m, b, &k);
    if ((s == OK) != (expected != NULL))
        fault(m, "%s, born by %s: the machine says %s, the store %.300s", kinds[kind].thing->word, name_of(b->who), expected != NULL ? expected : "no",
              s == OK ? k.state : w->e->text);
    if (s != OK || expected == NULL)
        return s;
    m->slot[kind][slot] = keep_born(m, b, &k);
    m->walked[kind][0]++;
    compare_deadline(m, &kept[m->slot[kind][slot]], "being born", k.due_at_s);
    return OK;
}

// --- Photos and papers -----------------------------------------------------------------------------------------------------------------

static enum status take_photo(struct work *w, struct model *m, int record)
{
    struct memory *r = &kept[record];
    bool is_after = strcmp(r->thing, "case") == 0 && chance(60), is_near = chance(85);
    struct evidence v = { .thing = r->thing, .thing_id = r->id, .part = is_after ? "after" : "near", .name = "photo.png", .blob = m->blob, .lon = NAN, .lat = NAN,
                          .captured_at_s = w->now_s };
    if (is_after)
        v.lon = is_near ? 121.0701 : 121.5, v.lat = 32.0701;
    r->has_photo = true;
    if (is_after && is_near)
        r->after_photo_s = w->now_s;
    return evidence_record(w, &v);
}

static enum status write_paper(struct work *w, struct model *m, int record)
{
    struct memory *r = &kept[record];
    uint32_t k = random_kind_of_paper(r);
    if (r->papers == PAPERS_MOST)
        return OK;
    struct paper_memory *p = &r->paper[r->papers++];
    *p = (struct paper_memory){ .kind = papers[k].kind, .result = papers[k].result[random_below(3)], .number = ++m->papers };
    p->served_s = chance(80) ? w->now_s : 0;
    p->until_s = chance(70) ? w->now_s + (chance(80) ? 3600 : 30 * 86400) : 0;
    char number[32];
    snprintf(number, sizeof number, "P-%d", p->number);
    struct paper paper = { .thing = r->thing, .thing_id = r->id, .kind = p->kind, .number = number, .result = p->result, .until_s = p->until_s,
                           .served_s = p->served_s, .served_how = p->served_s != 0 ? "in person" : NULL };
    return paper_record(w, &paper);
}

// --- Walking ----------------------------------------------------------------------------------------------------------------------------

struct turn { int kind; uint32_t slot; };

// One attempt, and what the machine expects of it.
struct deed_tried { struct turn turn; bool is_birth; struct birth_try birth; struct try step; const char *expected; };

static struct deed_tried any_deed(struct model *m, struct turn turn)
{
    int record = m->slot[turn.kind][turn.slot];
    bool is_old = record != NOBODY && kept[record].steps > STEPS_MANY;     // with an agency that never signs, say
    struct deed_tried d = { .turn = turn, .is_birth = record == NOBODY || ((is_old || has_ended(&kept[record])) && chance(turn.kind == ENFORCEMENTS ? 50 : 20)) };
    if (d.is_birth) {
        d.birth = random_birth(m, turn.kind);
        d.expected = birth_expected(&d.birth);
    } else {
        d.step = random_try(m, turn.kind, record);
        d.expected = d.step.asked_as != NULL || is_in_case_already(&d.step) ? NULL : expected_of(m, &d.step);
    }
    return d;
}

// Every other time one that goes.
static struct deed_tried random_deed(struct model *m, struct turn turn)
{
    struct deed_tried d = any_deed(m, turn);
    bool shall_go = chance(50);
    for (int tries = 0; tries < 12 && shall_go && d.expected == NULL; tries++)
        d = any_deed(m, turn);
    return d;
}

static enum status carry_out(struct work *w, struct model *m, const struct deed_tried *d)
{
    w->actor = m->actor[d->is_birth ? d->birth.who : d->step.who];
    return d->is_birth ? give_birth(w, m, d->turn.slot, &d->birth, d->expected) : take(w, m, d->turn.kind, &d->step, d->expected);
}

// In a savepoint where a refusal is expected: whatever it wrote before is undone, as the store does it job by job.
static void try_deed(struct work *w, struct model *m, struct turn turn)
{
    struct err aside = { .lang = LANG_EN };
    struct deed_tried d = random_deed(m, turn);
    bool refused = d.expected == NULL;
    enum status s = refused ? db_run(w->db, "SAVEPOINT walk", NO_VALUES, &aside) : OK, answer = OK;
    if (s == OK)
        answer = carry_out(w, m, &d);
    if (s == OK && refused)
        s = db_run(w->db, "ROLLBACK TO walk", NO_VALUES, &aside);
    if (s == OK && refused)
        s = db_run(w->db, "RELEASE walk", NO_VALUES, &aside);
    if (s != OK || (answer != OK && !refused))
        fault(m, "the store: %.300s", s != OK ? aside.text : w->e->text);
    m->moves++;
    m->let_through += answer == OK;
}

static void add_photo_or_paper(struct work *w, struct model *m, struct turn turn)
{
    int record = m->slot[turn.kind][turn.slot];
    enum status s = OK;
    if (record == NOBODY || turn.kind == APPEALS || turn.kind == EXTENSIONS)
        return;
    w->actor = m->actor[0];
    if (chance(in(kept[record].state, "checking check_passed verifying") ? 30 : kept[record].has_photo ? 4 : 60))
        s = take_photo(w, m, turn.kind == ENFORCEMENTS && kept[record].has_photo ? kept[record].about : record);
    if (s == OK && chance(turn.kind == ENFORCEMENTS || strcmp(kept[record].state, "fast_handling") == 0 ? 40 : 4))
        s = write_paper(w, m, record);
    if (s != OK)
        fault(m, "a photo or a paper: %.300s", w->e->text);
}

static struct turn random_turn(void)
{
    uint32_t n = random_below(100);
    for (int kind = 0; kind < KINDS; kind++) {
        if (n < kinds[kind].turns)
            return (struct turn){ kind, random_below(kinds[kind].slots) };
        n -= kinds[kind].turns;
    }
    return (struct turn){ CASES, 0 };
}

static enum status walk_together(struct work *w, void *ctx)
{
    struct model *m = ctx;
    for (int n = 0; n < TOGETHER && m->fault[0] == '\0'; n++) {
        struct err e = { .lang = LANG_EN };
        struct work own = *w;
        struct turn turn = random_turn();
        own.e = &e;
        own.now_s = m->f->now_s;
        add_photo_or_paper(&own, m, turn);
        try_deed(&own, m, turn);
        m->f->now_s += 1 + random_below(SECONDS_BETWEEN);
    }
    return OK;
}

// --- The place ---------------------------------------------------------------------------------------------------------------------------

static enum status look_up_people(struct work *w, void *ctx)
{
    struct model *m = ctx;
    struct actor a;
    enum status s = OK;
    for (int i = 0; i < SYSTEM && s == OK; i++) {
        s = actor_get(w, people[i].name, &a);
        if (s == OK)
            strcpy(m->actor[i], a.id.text);
    }
    strcpy(m->actor[SYSTEM], "system");
    return s;
}

static enum status read_notices(struct work *w, void *ctx)
{
    struct model *m = ctx;
    char text[1024], name[24];
    enum status s = OK;
    for (int year = 2026; year <= 2028 && s == OK; year++) {
        struct calendar_report report = { 0 };
        off_notice(year, text, sizeof text);
        snprintf(name, sizeof name, "%d.json", year);
        s = calendar_load(w, m->desk, name, text, strlen(text), &report);
    }
    return s;
}

static void expect_all_walked(const struct model *m)
{
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < kinds[kind].thing->moves; i++)
            if (m->walked[kind][i] == 0)
                fail_msg("never walked: %s %s %s", kinds[kind].thing->word, kinds[kind].thing->move[i].from, kinds[kind].thing->move[i].verb);
}

struct first_birth { struct model *m; struct birth_try *b; uint32_t slot; };

static enum status bear_first(struct work *w, void *ctx)
{
    struct first_birth *first = ctx;
    struct work own = *w;
    own.actor = first->m->actor[first->b->who];
    return give_birth(&own, first->m, first->slot, first->b, birth_expected(first->b));
}

// Two surveys of a house and a half, so that there is a comparison to name.
static void add_survey(struct fixture *f, const char *name, double wide)
{
    char path[160];
    struct survey out;
    bool same;
    snprintf(path, sizeof path, "%s/%s.geojson", f->at.home, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::4549\"}},\"features\":["
                  "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[500000,3540000],[%g,3540000],[%g,3540010],"
                  "[500000,3540010],[500000,3540000]]]}}]}", 500000 + wide, 500000 + wide);
    fclose(file);
    struct survey_spec spec = { .path = path, .survey = { .kind = "footprints", .taken_at_s = f->now_s, .outline = "unknown", .accuracy_m = 0.2, .min_area_m2 = NAN } };
    snprintf(spec.survey.name, sizeof spec.survey.name, "%s", name);
    assert_ok(f, survey_record(f->station, &(struct station_call){ f->now_s, f->actor }, &spec, NULL, &out, &same, &f->e));
}

static void make_ready(struct model *m)
{
    struct fixture *f = m->f;
    struct comparison_report report;
    char path[160];
    footprint_open_library();
    assert_ok(f, run(f, read_notices, m));
    assert_ok(f, run(f, look_up_people, m));
    add_survey(f, "before", 12);
    add_survey(f, "after", 20);
    assert_ok(f, comparison_run(f->station, &(struct station_call){ f->now_s, f->actor },
                                &(struct comparison_spec){ .before = "before", .after = "after", .program_version = "test" }, NULL, &report, &f->e));
    strcpy(m->comparison, report.id.text);
    snprintf(path, sizeof path, "%s/photo.png", f->at.home);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s", PNG);
    fclose(file);
    assert_ok(f, blob_record_file(station_folder(f->station), path, &m->blob, &f->e));
    memset(m->slot, 0xff, sizeof m->slot);          // NOBODY
    for (int kind = 0; kind < KINDS; kind++)        // whatever walks beside a case finds one
        if (kind == CASES || kind == LEADS)
            for (uint32_t i = 0; i < kinds[kind].slots; i++) {
                struct birth_try b = { .kind = kind, .who = kind == CASES ? 0 : 3, .about = kind == CASES ? NOBODY : m->slot[CASES][i], .record = NOBODY,
                                       .agency = kind == LEADS ? UNITS[i % UNITS_ALL] : NULL,
                                       .spec = { .kind = "illegal_building", .lon = 121.07, .lat = 32.07, .party = "", .area_m2 = 120 },
                                       .facts = { .has_place = true, .has_agency = true } };
                assert_ok(f, run(f, bear_first, &(struct first_birth){ m, &b, i }));
            }
}

static void store_and_machine_agree(void **state)
{
    struct fixture *f = *state;
    struct verify_report report;
    static struct model model;
    model.f = f;
    model.desk = &f->desk;
    make_ready(&model);
    while (model.moves < MOVES) {
        assert_ok(f, run(f, walk_together, &model));
        if (model.fault[0] != '\0')
            fail_msg("move %lld: %s", (long long)model.moves, model.fault);
    }
    print_message("%lld random moves through the store: %lld let through, %d records, %d papers, %lld deadlines held against the machine's\n",
                  (long long)model.moves, (long long)model.let_through, kept_count, model.papers, (long long)model.deadlines);
    assert_true(model.let_through > MOVES / 4 && model.deadlines > MOVES / 20);
    expect_all_walked(&model);
    assert_ok(f, verify_station(f->station, NULL, note_fault, NULL, &report, &f->e));
    assert_int_equal(report.faults, 0);
    assert_true(report.audit_rows >= model.let_through);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(store_and_machine_agree, set_up, tear_down) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
