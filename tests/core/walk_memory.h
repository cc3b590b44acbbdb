// walk_memory.h - what the reference machine remembers of every record on its way through the store, and the facts that follow from it:
// written from the rules, not from the rows. For walk_model_test.c.
#pragma once
#include "tests/core/lifecycle_model.h"
#include "tests/core/walk_clock.h"
#include "core/store/step_rows.h"

enum { NOBODY = -1, PAPERS_MOST = 48, STATES_MOST = 32, PAUSES_KEPT = 64, KEPT_MOST = 40000 };
// Leads to the discipline inspection are sealed (core/compartment.h): compartment_test walks them.
static const char *const UNITS[] = { "urban_management", "township", "housing", "natural_resources", "police" };
enum { UNITS_ALL = sizeof UNITS / sizeof *UNITS, SYSTEM = sizeof people / sizeof people[0], PERSONS };

static inline const char *name_of(int who) { return who == SYSTEM ? "system" : people[who].name; }
static inline unsigned role_of(int who) { return who == SYSTEM ? ROLE_SERVICE : role_of_word(people[who].role); }

static inline int unit_called(const char *key)
{
    for (int i = 0; key != NULL && i < UNITS_ALL; i++)
        if (strcmp(UNITS[i], key) == 0)
            return i;
    return NOBODY;
}

static inline int unit_of(int who) { return who == SYSTEM ? NOBODY : unit_called(people[who].agency); }

struct paper_memory { const char *kind, *result; int64_t served_s, until_s; int number; };

struct memory {
    const char *thing;                         // the word of its table
    char id[ID_TEXT], number[WALK_NUMBER];
    const char *state, *before;                // words of the table; before NULL: none
    int made_by, onward_by, receiver, agency;
    int left_by[STATES_MOST];                  // who last took it out of the state, by the table's order
    unsigned workers, working_units, endorsers, deciders;   // bits of persons, of units
    int steps;
    int about;                                 // the case or lead it walks beside; NOBODY
    struct paper_memory paper[PAPERS_MOST]; int papers;
    bool has_photo, is_received;
    // the clock
    const char *stage;
    struct limit limit;
    int64_t stage_s, due_s;
    struct pause pause[PAUSES_KEPT]; int pauses;            // of this stage
    int32_t extension;
    int extended, suspended;
    bool has_limit, was_late;
    // a case
    const char *kind, *code, *party;           // code of gbt30428.2-2013; "" none
    int condition;
    int finding[8], findings;                  // what it was opened from, and what was added
    bool in_progress, is_ordered;              // is_ordered: who ordered the stop, and whether the party was there
    double area_m2, measured_m2;               // 0: not known
    int64_t opened_s, handled_s, after_photo_s;
    // a finding, an extension
    bool is_in_case;
    int32_t amount;
};

static struct memory kept[KEPT_MOST];          // every record there ever was
static int kept_count;

static inline const struct thing *table_of(const char *thing)
{
    static const struct thing *const all[] = { &thing_case, &thing_lead, &thing_finding, &thing_extension, &thing_appeal, &thing_enforcement,
                                               &thing_notice, &thing_conference };
    for (size_t i = 0; i < COUNT(all); i++)
        if (strcmp(all[i]->word, thing) == 0)
            return all[i];
    must(!"a thing that walks");
    return NULL;
}

static inline int state_index(const struct thing *t, const char *word)
{
    for (size_t i = 0; i < t->states; i++)
        if (strcmp(t->state[i].word, word) == 0)
            return (int)i;
    return NOBODY;
}

static inline bool has_ended(const struct memory *m) { return lifecycle_is_end(m->thing, m->state); }

static inline bool did_work(const struct memory *m, int who)
{
    return (m->workers >> who & 1) || (unit_of(who) != NOBODY && (m->working_units >> unit_of(who) & 1));
}

static inline const struct memory *case_of(const struct memory *m)
{
    while (m != NULL && strcmp(m->thing, "case") != 0)
        m = m->about != NOBODY ? &kept[m->about] : NULL;
    return m;
}

// --- What papers say ------------------------------------------------------------------------------------------------------------

// The newest of a kind, of the record or of what it is about.
static inline const struct paper_memory *newest(const struct memory *m, const char *kind)
{
    const struct paper_memory *found = NULL;
    const struct memory *where[] = { m, m->about != NOBODY ? &kept[m->about] : NULL };
    for (int k = 0; k < 2; k++)
        for (int i = 0; where[k] != NULL && i < where[k]->papers; i++)
            if (strcmp(where[k]->paper[i].kind, kind) == 0 && (found == NULL || where[k]->paper[i].number > found->number))
                found = &where[k]->paper[i];
    return found;
}

static inline bool any_served(const struct memory *m, const char *kind)
{
    const struct memory *where[] = { m, m->about != NOBODY ? &kept[m->about] : NULL };
    for (int k = 0; k < 2; k++)
        for (int i = 0; where[k] != NULL && i < where[k]->papers; i++)
            if (strcmp(where[k]->paper[i].kind, kind) == 0 && where[k]->paper[i].served_s != 0)
                return true;
    return false;
}

static inline bool says(const struct paper_memory *p, const char *results) { return p != NULL && in(p->result, results); }
static inline bool is_past(const struct paper_memory *p, int64_t now) { return p != NULL && p->until_s != 0 && p->until_s < now; }

static inline void add_papers(const struct memory *m, int64_t now, struct facts *f)
{
    const struct paper_memory *urging = newest(m, "urging");
    f->not_correctable = says(newest(m, "determination"), "not_correctable");
    f->not_demolishable = says(newest(m, "determination"), "not_demolishable");
    f->heard = says(newest(m, "hearing"), "heard waived") || is_past(newest(m, "hearing"), now);
    f->legal_reviewed = says(newest(m, "legal_review"), "agreed");
    f->is_served = any_served(m, "decision");
    f->performance_period_past = is_past(newest(m, "decision"), now);
    f->legal_periods_past = is_past(newest(m, "remedy"), now) || says(newest(m, "remedy"), "decided");
    f->urged = urging != NULL && urging->served_s != 0;
    f->urge_period_past = f->urged && is_past(urging, now);
    f->announced = newest(m, "announcement") != NULL;
    f->ordered_by_government = newest(m, "government_order") != NULL;
    f->pledge_signed = newest(m, "pledge") != NULL;
    f->partial_documented = newest(m, "partial") != NULL;
}

// --- What the case says ---------------------------------------------------------------------------------------------------------

// The same party, the same matter, opened in the twelve months before.
static inline bool breached_before(const struct memory *c, int64_t now)
{
    struct date d = date_add_months(date_of_day(day_at(now)), -12);
    int64_t since = start_of_day(date_to_day(d));
    for (int i = 0; i < kept_count; i++) {
        const struct memory *o = &kept[i];
        if (o != c && strcmp(o->thing, "case") == 0 && c->party[0] != '\0' && strcmp(o->party, c->party) == 0 && strcmp(o->code, c->code) == 0 &&
            o->opened_s >= since && o->opened_s <= c->opened_s && !in(o->state, "cancelled not_accepted merged"))
            return true;
    }
    return false;
}

static inline bool is_enforced(const struct memory *c)
{
    for (int i = 0; i < kept_count; i++)
        if (kept[i].about == (int)(c - kept) && strcmp(kept[i].thing, "enforcement") == 0 && !has_ended(&kept[i]))
            return true;
    return false;
}

// Also the photos of the findings that are in it.
static inline bool case_has_photo(const struct memory *c)
{
    bool has = c->has_photo;
    for (int i = 0; i < c->findings; i++)
        has |= kept[c->finding[i]].has_photo;
    return has;
}

static inline bool has_finding(const struct memory *c, int finding)
{
    for (int i = 0; i < c->findings; i++)
        if (c->finding[i] == finding)
            return true;
    return false;
}

static inline void put_in_case(struct memory *c, int finding)
{
    must(c->findings < (int)COUNT(c->finding));
    c->finding[c->findings++] = finding;
    kept[finding].is_in_case = true;
}

static inline void add_case(const struct memory *c, const char *verb, const struct step_with *with, int64_t now, struct facts *f)
{
    double removed_m2 = with->area_m2 > 0 ? with->area_m2 : c->measured_m2;
    f->has_code = c->code[0] != '\0' || with->code != NULL;
    f->without_area = strcmp(c->kind, "illegal_building") != 0;
    f->has_area = removed_m2 > 0;
    f->area_removed_m2 = removed_m2;
    f->area_illegal_m2 = c->area_m2;
    f->has_after_photo_near = c->after_photo_s != 0 && c->after_photo_s >= c->handled_s;
    f->works_in_progress = c->in_progress;
    f->works_new = true;
    f->matter_on_list = in(c->code, "0101 0203");
    f->fast_record_complete = c->is_ordered && f->has_area && case_has_photo(c) && newest(c, "stop_notice") != NULL;
    f->enforcement_open = strcmp(verb, "close") == 0 && is_enforced(c);
    f->breached_within_12_months = strcmp(verb, "spare_fine") == 0 && breached_before(c, now);
}

// --- All of it -------------------------------------------------------------------------------------------------------------------

static inline bool has_conference(const struct memory *m)
{
    if (strcmp(m->thing, "conference") == 0)
        return strcmp(m->state, "held") == 0;
    for (int i = 0; i < kept_count; i++)
        if (kept[i].about == (int)(m - kept) && strcmp(kept[i].thing, "conference") == 0 && in(kept[i].state, "held concluded"))
            return true;
    return false;
}

// One attempt at a move. paper_number 0: none; asked_as: another table's word than the record's own; NULL: its own.
struct try { int record, who, master, paper_number; const char *verb, *asked_as; struct step_with with; bool knows_inputs; };

static inline bool has_paper(const struct memory *m, int number)
{
    for (int i = 0; i < m->papers; i++)
        if (m->paper[i].number == number)
            return true;
    return m->about != NOBODY && strcmp(m->thing, "lead") != 0 && has_paper(&kept[m->about], number);
}

static inline void add_given(const struct memory *m, const struct try *t, int64_t now, struct facts *f)
{
    const struct step_with *with = &t->with;
    bool hands_on = in(t->verb, "redispatch forward split reassign settle_assign");
    f->has_note = with->note != NULL;
    f->has_agency = with->agency != NULL || (!hands_on && m->agency != NOBODY);
    f->has_review_date = with->review_at_s > now;
    f->suspension_days = f->has_review_date ? (int)((with->review_at_s - now + 86399) / 86400) : 0;
    f->has_signature = with->receipt_number != NULL && with->received_by != NULL;
    f->has_return_reason = with->reason != NULL && in(with->reason, "not_competent incomplete duplicate dealt_with");
    f->is_emergency = with->emergency;
    f->harm_is_light = with->light_harm;
    f->corrected_in_time = with->corrected_in_time;
    f->has_inputs = t->knows_inputs;
    f->has_document = t->paper_number != 0 && has_paper(m, t->paper_number);
    f->has_master = t->master != NOBODY && t->master != t->record;
    f->master_is_open = t->master != NOBODY && (!has_ended(&kept[t->master]) || strcmp(kept[t->master].state, "verified") == 0);
}

static inline struct facts facts_of(const struct try *t, int64_t now)
{
    const struct memory *m = &kept[t->record], *c = case_of(m), *about = m->about != NOBODY ? &kept[m->about] : NULL;
    bool is_beside = !in(m->thing, "case lead finding");
    struct facts f = {
        .state_before = m->before, .actor_is_handler = did_work(m, t->who) || (is_beside && did_work(about, t->who)),
        .actor_is_assignee = m->agency != NOBODY && m->agency == unit_of(t->who), .actor_is_return_receiver = m->receiver == t->who,
        .actor_is_requester = m->made_by == t->who, .actor_is_first_approver = m->endorsers >> t->who & 1, .actor_is_reviewer = m->deciders >> t->who & 1,
        .actor_is_party = c != NULL && c->party[0] != '\0' && strcmp(c->party, name_of(t->who)) == 0,
        .has_place = true, .suspended_before = m->suspended > 0, .overdue = m->due_s < now, .night_or_holiday = is_night_or_holiday(now),
        .receipt_given = m->is_received, .extension_amount = m->amount,
    };
    add_given(m, t, now, &f);
    if (c != NULL)
        add_case(c, t->verb, &t->with, now, &f);
    add_papers(m, now, &f);
    f.has_photo = c == m ? case_has_photo(c) : m->has_photo;
    f.has_attachments = m->has_photo || m->papers > 0 || (about != NULL && (about->has_photo || about->papers > 0));
    f.has_conference = in(t->verb, "settle_assign settle_uphold settle_close conclude") && has_conference(m);
    if (about != NULL) {
        f.times_extended = about->extended;
        f.original_limit = about->has_limit ? about->limit.amount : 0;
    }
    return f;
}

// --- What is remembered of a move --------------------------------------------------------------------------------------------------

// A pause that begins before the end moves the end, one that begins later changes nothing; so an extension may bring one back in.
static inline void compute_due(struct memory *m)
{
    m->due_s = NO_DEADLINE;
    if (!m->has_limit)
        return;
    int64_t due_s = after_limit(m->stage_s, &m->limit, m->extension);
    for (int i = 0; i < m->pauses; i++) {
        if (m->pause[i].from_s >= due_s)
            continue;
        if (m->pause[i].until_s == PAUSE_OPEN)
            return;
        due_s += m->pause[i].until_s - m->pause[i].from_s;
    }
    m->due_s = due_s;
}

static inline void begin_stage(struct memory *m, const char *stage, int64_t now)
{
    char key[64];
    if (strcmp(m->thing, "case") == 0)
        snprintf(key, sizeof key, "%s %d", m->code, m->condition);
    else
        snprintf(key, sizeof key, "%s", m->agency != NOBODY ? UNITS[m->agency] : "");
    m->stage = stage;
    m->stage_s = now;
    m->extension = 0;
    m->pauses = 0;                                 // a pause belongs to the stage it stopped
    m->has_limit = stage[0] != '\0' && limit_of_stage(m->thing, stage, key, &m->limit);
    compute_due(m);
}

static inline void run_clock(struct memory *m, const struct move *move, int64_t now)
{
    const char *stage = has_ended(m) ? "" : stage_of_state(m->thing, m->state);
    if ((move->effects & RESUMES_CLOCK) != 0 && m->pauses > 0)
        m->pause[m->pauses - 1].until_s = now;
    if ((move->effects & PAUSES_CLOCK) != 0) {
        must(m->pauses < PAUSES_KEPT);
        m->pause[m->pauses++] = (struct pause){ now, PAUSE_OPEN };
    }
    if (stage != NULL && (strcmp(stage, m->stage) != 0 || (move->effects & STARTS_CLOCK) != 0))
        begin_stage(m, stage, now);
    else
        compute_due(m);
}

static inline void remember_person(struct memory *m, const struct try *t, const struct move *move, const char *from)
{
    const struct thing *table = table_of(m->thing);
    if (in(move->verb, "accept feedback fast_track demolish_self demolish_assisted demolish_forced fine_and_correct confiscate answer")) {
        m->workers |= 1u << t->who;
        m->working_units |= unit_of(t->who) != NOBODY ? 1u << unit_of(t->who) : 0;
    }
    if (strcmp(move->verb, "endorse") == 0)
        m->endorsers |= 1u << t->who;
    if (in(move->verb, "confirm dismiss"))
        m->deciders |= 1u << t->who;
    if (strcmp(from, m->state) != 0)
        m->left_by[state_index(table, from)] = t->who;
    if (in(move->verb, "dispatch redispatch"))     // who hands it to a unit is who is asked when the unit returns it
        m->left_by[state_index(table, "returned")] = t->who;
    if (move->direction == BACK) {
        int undone = m->left_by[state_index(table, m->state)];
        m->receiver = undone != NOBODY ? undone : m->onward_by;
    } else if (move->direction == FORWARD || (move->effects & STARTS_CLOCK) != 0) {
        m->receiver = NOBODY;
        m->onward_by = t->who;
    }
}

static inline void remember_case(struct memory *m, const struct try *t, int64_t now, const char *from)
{
    if (t->with.area_m2 > 0)
        m->measured_m2 = t->with.area_m2;
    if (t->with.code != NULL)
        m->code = t->with.code;
    if (t->with.condition > 0)
        m->condition = t->with.condition;
    if (strcmp(m->state, "handled") == 0 && strcmp(from, "handled") != 0)
        m->handled_s = now;
    m->suspended += strcmp(t->verb, "suspend") == 0;
}

// An extension or an exemption is a step of the case too.
static inline void touch_case(struct memory *c, int32_t more, int64_t now)
{
    c->extension += more;
    c->extended += more > 0;
    compute_due(c);
    c->was_late |= now > c->due_s;
}

static inline void remember(const struct try *t, const struct move *move, const char *to, int64_t now)
{
    struct memory *m = &kept[t->record];
    const struct thing *table = table_of(m->thing);
    const char *from = m->state;
    m->steps++;
    m->was_late |= now > m->due_s;
    if ((move->effects & REMEMBERS) != 0)
        m->before = from;
    else if (strcmp(move->to, "<") == 0)
        m->before = NULL;
    m->state = table->state[state_index(table, to)].word;
    if (t->with.agency != NULL && strcmp(t->verb, "split") != 0)
        m->agency = unit_called(t->with.agency);
    remember_person(m, t, move, from);
    if (strcmp(m->thing, "case") == 0)
        remember_case(m, t, now, from);
    if (strcmp(m->thing, "lead") == 0 && strcmp(m->state, from) != 0)
        m->is_received = (m->is_received || strcmp(m->state, "received") == 0) && strcmp(m->state, "forwarded") != 0;
    if ((move->effects & EXTENDS_LIMIT) != 0)
        touch_case(&kept[m->about], m->amount, now);
    if ((move->effects & EXEMPTS) != 0)
        touch_case(&kept[m->about], 0, now);
    run_clock(m, move, now);
}

// A record is born; the caller fills in what it is.
static inline int born(const char *thing, const struct walk *k, int who, int agency, int about, int64_t now)
{
    const struct thing *table = table_of(thing);
    must(kept_count < KEPT_MOST);
    struct memory *m = &kept[kept_count];
    *m = (struct memory){ .thing = table->word, .state = table->state[state_index(table, k->state)].word, .made_by = who, .onward_by = who, .receiver = NOBODY,
                          .agency = agency, .about = about, .stage = "", .kind = "", .code = "", .party = "", .opened_s = now };
    for (int i = 0; i < STATES_MOST; i++)
        m->left_by[i] = NOBODY;
    strcpy(m->id, k->id.text);
    strcpy(m->number, k->number);
    return kept_count++;
}
