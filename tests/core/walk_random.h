// walk_random.h - who tries what with what: random moves, births and papers for walk_model_test.c, seeded. What people try is mostly
// sensible; which half of the rules it fits is left to chance.
#pragma once
#include "core/lifecycle_table.h"
#include "tests/core/walk_memory.h"
#include "core/case_file.h"
#include "core/evidence.h"

static uint64_t seed = 20261122;

static inline uint32_t random_below(uint32_t n)      // splitmix64
{
    uint64_t z = seed += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ z >> 31) % n);
}

static inline bool chance(uint32_t percent) { return random_below(100) < percent; }
#define ANY_OF(list) (list)[random_below((uint32_t)COUNT(list))]

// What is on its way at a time, and how often it is its turn.
enum { CASES, FINDINGS, LEADS, EXTENSIONS, APPEALS, ENFORCEMENTS, NOTICES, CONFERENCES, KINDS };
enum { SLOTS_MOST = 30 };
static const struct { const struct thing *thing; uint32_t slots, turns; } kinds[KINDS] = {
    [CASES] = { &thing_case, 30, 38 }, [FINDINGS] = { &thing_finding, 10, 6 }, [LEADS] = { &thing_lead, 20, 20 }, [EXTENSIONS] = { &thing_extension, 8, 4 },
    [APPEALS] = { &thing_appeal, 6, 3 }, [ENFORCEMENTS] = { &thing_enforcement, 8, 22 }, [NOTICES] = { &thing_notice, 5, 3 },
    [CONFERENCES] = { &thing_conference, 6, 4 },
};

struct model {
    struct fixture *f;
    struct desk *desk;
    struct blob blob;                          // the photo of all
    char comparison[ID_TEXT], actor[PERSONS][ID_TEXT];
    int slot[KINDS][SLOTS_MOST];               // records, NOBODY
    int walked[KINDS][128];
    int64_t moves, let_through, deadlines;
    int papers;
    char fault[640];
};

static inline void fault(struct model *m, const char *form, ...) __attribute__((format(printf, 2, 3)));
static inline void fault(struct model *m, const char *form, ...)
{
    va_list args;
    va_start(args, form);
    if (m->fault[0] == '\0')
        vsnprintf(m->fault, sizeof m->fault, form, args);
    va_end(args);
}

// --- Who, what and with what -----------------------------------------------------------------------------------------------------

static inline int random_person(unsigned roles)
{
    for (int tries = 0; tries < 60; tries++) {
        int who = (int)random_below(PERSONS);
        if (chance(8) || (role_of(who) & roles) != 0)
            return who;
    }
    return 0;
}

// Roads that end early, lead back or stand beside the line are not taken every time: the far ends are not left to luck.
static inline uint32_t likelihood(const struct thing *t, const struct move *m)
{
    bool is_early = t == &thing_enforcement && in(m->verb, "demolish_self demolish_assisted merge determine_lawful");
    if (is_early || (m->direction == END && !in(m->verb, "close strike_off grant allow")))
        return is_early ? 5 : 12;
    if (m->direction == FORWARD || m->direction == END || strcmp(m->verb, "correct") == 0)
        return 100;
    return t == &thing_enforcement && !in(m->verb, "resume halt") ? 15 : 45;
}

static const struct move *random_move(const struct thing *t, const char *state)
{
    const struct move *open[64], *move = NULL;
    size_t count = lifecycle_moves(t->word, state, ~0u, open, COUNT(open));
    if (count == 0 || chance(6))
        return &t->move[random_below((uint32_t)t->moves)];
    do
        move = open[random_below((uint32_t)count)];
    while (!chance(likelihood(t, move)));
    return move;
}

static inline int random_record(const struct model *m, int kind)
{
    return m->slot[kind][random_below(kinds[kind].slots)];
}

static inline int random_paper(const struct memory *m)
{
    const struct memory *where = m->about != NOBODY && m->papers == 0 ? &kept[m->about] : m;
    return where->papers > 0 && chance(92) ? where->paper[random_below((uint32_t)where->papers)].number : chance(50) ? 999999 : 0;
}

// Proceedings lie on one shelf; that one of them is asked for by another's name must not open another's moves.
static const char *other_name(int kind, const char *state)
{
    static const char *const names[] = { "extension", "appeal", "enforcement", "notice", "conference" };
    bool is_proceeding = kind != CASES && kind != FINDINGS && kind != LEADS;
    const char *name = ANY_OF(names);
    return is_proceeding && chance(in(state, "filed draft approved") ? 15 : 2) && strcmp(name, kinds[kind].thing->word) != 0 ? name : NULL;
}

static const char *const reasons[] = { "not_competent", "incomplete", "duplicate", "dealt_with", "incomplete", "because", "" };

static inline struct try random_try(struct model *m, int kind, int record)
{
    const struct memory *r = &kept[record];
    const struct move *move = random_move(kinds[kind].thing, r->state);
    struct try t = { .record = record, .who = random_person(move->roles), .verb = move->verb, .master = NOBODY, .paper_number = random_paper(r),
                     .asked_as = other_name(kind, r->state) };
    struct step_with *w = &t.with;
    if (t.asked_as != NULL)
        t.verb = table_of(t.asked_as)->move[random_below((uint32_t)table_of(t.asked_as)->moves)].verb;
    if (chance(88))
        w->note = "noted";
    if (in(t.verb, "dispatch redispatch") ? chance(85) : in(t.verb, "forward split reassign settle_assign") ? chance(85) : chance(2))
        w->agency = kind == CASES ? UNITS[chance(70) ? 0 : 1] : ANY_OF(UNITS);
    if (in(t.verb, "suspend defer review") && chance(88))
        w->review_at_s = m->f->now_s + 86400LL * random_below(370);
    if (kind == CASES && in(t.verb, "close feedback") && chance(60))
        w->area_m2 = chance(85) ? 120 : 60;
    if (kind == CASES && strcmp(t.verb, "register") == 0 && chance(60)) {
        w->scheme = "gbt30428.2-2013";
        w->code = chance(50) ? "0101" : "0203";
        w->condition = (int)random_below(3);
    }
    if (strcmp(t.verb, "strike_off") == 0 && chance(60))
        w->area_m2 = 120;
    if (in(t.verb, "merge join_case") && chance(90))
        t.master = random_record(m, strcmp(t.verb, "join_case") == 0 ? CASES : kind);
    if (t.master != NOBODY && kept[t.master].findings == (int)COUNT(kept[t.master].finding))
        t.master = NOBODY;                         // as many as this memory holds
    bool spares = strcmp(t.verb, "spare_fine") == 0;               // the most conditions of all
    if (spares && r->papers > 0)
        t.paper_number = r->paper[0].number;
    t.knows_inputs = chance(85);
    w->receipt_number = chance(92) ? "R-1" : NULL;
    w->received_by = chance(92) ? "the registry" : NULL;
    w->reason = ANY_OF(reasons);
    w->emergency = chance(40);
    w->light_harm = spares || chance(85);
    w->corrected_in_time = spares || chance(85);
    return t;
}

static const char *expected_of(const struct model *m, const struct try *t)
{
    struct facts facts = facts_of(t, m->f->now_s);
    return model_next(&(struct attempt){ kept[t->record].thing, kept[t->record].state, t->verb, role_of(t->who), &facts });
}

// The words of the step as they go in.
static inline struct step step_of(const struct model *m, const struct try *t, char paper[32])
{
    const struct memory *r = &kept[t->record];
    struct step s = { .thing = t->asked_as != NULL ? t->asked_as : r->thing, .key = chance(50) ? r->id : r->number, .verb = t->verb, .with = t->with };
    if (t->paper_number != 0) {
        snprintf(paper, 32, "P-%d", t->paper_number);
        s.with.paper = paper;
    }
    if (t->master != NOBODY)
        s.with.master = chance(50) ? kept[t->master].id : kept[t->master].number;
    s.with.inputs = t->knows_inputs ? m->comparison : "00000000-0000-7000-8000-000000000000";
    return s;
}

// --- Births ----------------------------------------------------------------------------------------------------------------------

static const char *const parties[] = { "", "", "", "", "Xu", "Xu the elder", "Mo", "Mrs Bai", "Gao and sons", "He", "Lin", "Zhao", "Li" };   // two of them work here

struct birth_try { int kind, who, about, record; const char *agency; int32_t amount; bool has_note; struct case_spec spec; struct facts facts; };

static inline bool is_party(const struct birth_try *b, const struct memory *c)
{
    const char *party = b->kind == CASES ? b->spec.party : c != NULL ? c->party : "";
    return party[0] != '\0' && strcmp(party, name_of(b->who)) == 0;
}

static inline struct birth_try random_birth(const struct model *m, int kind)
{
    static const char *const case_kinds[] = { "illegal_building", "illegal_building", "illegal_building", "billboard" };
    const struct thing *t = kinds[kind].thing;
    struct birth_try b = { .kind = kind, .who = random_person(t->move[0].roles), .about = NOBODY, .record = NOBODY, .has_note = chance(90) };
    if (kind == LEADS || (kind == CONFERENCES && chance(70)) || (kind == NOTICES && chance(20)))
        b.about = kind == LEADS ? random_record(m, CASES) : random_record(m, LEADS);
    else if (kind != CASES && kind != FINDINGS)
        b.about = random_record(m, CASES);
    b.agency = kind == LEADS || (kind == CONFERENCES ? chance(90) : kind == NOTICES && chance(60)) ? ANY_OF(UNITS) : NULL;
    b.amount = kind == EXTENSIONS ? (int32_t)random_below(17) : 0;
    b.spec = (struct case_spec){ .kind = ANY_OF(case_kinds), .lon = chance(96) ? 121.07 : NAN, .lat = 32.07, .party = ANY_OF(parties), .area_m2 = 120,
                                 .in_progress = chance(35), .condition = (int)random_below(3) };
    const struct memory *about = b.about != NOBODY ? &kept[b.about] : NULL;
    b.facts = (struct facts){ .has_note = b.has_note, .has_agency = b.agency != NULL, .has_place = kind != CASES || !isnan(b.spec.lon),
                              .actor_is_party = is_party(&b, about != NULL ? case_of(about) : NULL) };
    if (about != NULL) {
        b.facts.actor_is_assignee = about->agency != NOBODY && about->agency == unit_of(b.who);
        b.facts.overdue = about->was_late || about->due_s < m->f->now_s;
        b.facts.times_extended = about->extended;
        b.facts.extension_amount = b.amount;
        b.facts.original_limit = about->has_limit ? about->limit.amount : 0;
    }
    return b;
}

// The eight a procedure needs first, in its order; the others by chance.
static const struct { const char *kind, *result[3]; } papers[] = {
    { "determination", { "not_correctable", "not_correctable", "not_demolishable" } }, { "hearing", { "heard", "waived", "" } },
    { "legal_review", { "agreed", "agreed", "refused" } }, { "decision", { "", "", "" } }, { "remedy", { "decided", "decided", "" } },
    { "urging", { "", "", "" } }, { "announcement", { "", "", "" } }, { "government_order", { "", "", "" } },
    { "pledge", { "", "", "" } }, { "stop_notice", { "", "", "" } }, { "partial", { "", "", "" } }, { "determination", { "correctable", "correctable", "" } },
};
enum { OF_PROCEDURES = 8, PLEDGE = 8, STOP_NOTICE };

static inline uint32_t random_kind_of_paper(const struct memory *r)
{
    if (strcmp(r->thing, "case") == 0 && chance(60))
        return strcmp(r->state, "fast_handling") == 0 ? STOP_NOTICE : PLEDGE;
    for (uint32_t k = 0; k < OF_PROCEDURES && chance(90); k++)
        if (newest(r, papers[k].kind) == NULL)
            return k;
    return random_below((uint32_t)COUNT(papers));
}
