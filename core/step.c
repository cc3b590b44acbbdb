#include "core/step.h"

#include "core/base/date.h"
#include "core/store/step_rows.h"
#include "core/step_inside.h"
#include <stdio.h>
#include <string.h>

// --- What audit keeps ------------------------------------------------------------------------------------------------------------

// before NULL: it is born; step NULL: nobody took one.
struct noted { const char *verb, *words, *before, *step; };

static enum status note(const struct work *w, const struct walk *k, const struct noted *n)
{
    char after[2 * TOLD_DIGEST];
    snprintf(after, sizeof after, "%s%s%s", k->told, n->step != NULL ? ":" : "", n->step != NULL ? n->step : "");
    // What people say about a lead stays with the lead: some are secret, and audit is read by others.
    bool is_kept = strcmp(k->thing, "lead") == 0 && strcmp(n->verb, "recompute") != 0;
    return work_note(w, &(struct deed){ .verb = n->verb, .thing = k->thing, .thing_id = k->id.text, .note = is_kept ? NULL : n->words,
                                        .before = n->before, .after = after });
}

// --- Who and what ----------------------------------------------------------------------------------------------------------------

enum status step_person(const struct work *w, struct actor *who, unsigned *roles)
{
    *who = (struct actor){ 0 };
    *roles = ROLE_SERVICE;
    snprintf(who->id.text, sizeof who->id.text, "%s", w->actor);
    if (strcmp(w->actor, "system") == 0)
        return OK;
    struct work quiet = *w;
    enum status s = actor_get(&quiet, w->actor, who);
    if (s != OK)
        return s;
    if (!who->is_active)
        return err_set(w->e, DENIED, "%s does not work here any more", who->name);
    *roles = role_of_word(who->role);
    return OK;
}

static enum status find_agency(struct taking *t)
{
    const char *key = t->step->with.agency;
    t->agency_id[0] = '\0';
    if (key == NULL || key[0] == '\0')
        return OK;
    enum status s = agency_id_select(t->w->db, key, t->agency_id, t->w->e);
    return s == NOT_FOUND ? err_set(t->w->e, NOT_FOUND, "there is no agency \"%s\"; gridpatrol agency list names them", key) : s;
}

enum status walk_get(struct work *w, const char *thing, const char *key, struct walk *out)
{
    enum status s = walk_select(w->db, thing, key, out, w->e);
    return s == NOT_FOUND ? err_set(w->e, NOT_FOUND, "there is no %s \"%s\"", text_in(w->e->lang, thing), key) : s;
}

const char *step_master_thing(const char *thing, const char *verb)
{
    return strcmp(thing, "finding") == 0 && strcmp(verb, "join_case") == 0 ? "case" : thing;
}

// 0 when there is no such move from here: lifecycle_check says so.
uint64_t step_guards(const struct walk *k, const char *verb)
{
    enum { MOST = 64 };
    const struct move *open[MOST];
    size_t count = lifecycle_moves(k->thing, k->state, ~0u, open, MOST);
    for (size_t i = 0; i < count && i < MOST; i++)
        if (strcmp(open[i]->verb, verb) == 0)
            return open[i]->guards | lifecycle_always(k->thing);
    return 0;
}

// --- The step ----------------------------------------------------------------------------------------------------------------------

// A return comes to whoever took the step that is undone: who moved it out of the state it comes back to, or dispatched it.
static enum status turn(struct taking *t, const struct move *m)
{
    struct walk *k = &t->walk;
    if (m->direction == BACK)
        return step_undone_by(t->w->db, k, k->returned_to, t->w->e);
    if (m->direction == FORWARD || (m->effects & STARTS_CLOCK) != 0) {
        k->returned_to[0] = '\0';
        snprintf(k->onward_by, sizeof k->onward_by, "%s", t->who.id.text);
    }
    return OK;
}

// A pause belongs to the stage it stopped: where another one begins, no clock stands any more.
static enum status run_clock(struct taking *t, const struct move *m, const char *from)
{
    struct walk *k = &t->walk;
    const char *stage = lifecycle_is_end(k->thing, k->state) ? "" : stage_of(k->thing, k->state);
    bool begins = stage != NULL && (strcmp(stage, k->stage) != 0 || (m->effects & STARTS_CLOCK) != 0);
    bool stood = stage_of(k->thing, from) == NULL;
    bool ends = (begins && stood) || (m->effects & RESUMES_CLOCK) != 0, pauses = (m->effects & PAUSES_CLOCK) != 0;
    enum status s = ends || pauses ? walk_touch(t->w->db, k, t->w->e) : OK;
    if (s == OK && ends)
        s = pause_end(t->w->db, k->id.text, t->w->now_s, t->w->e);
    if (s == OK && pauses)
        s = pause_insert(t->w->db, k, t->w->now_s, t->w->e);
    if (s != OK)
        return s;
    bool terms_stand = t->has_terms && k->rest[0] != '\0';      // "": this step has changed them
    if (begins)
        return clock_start(&(struct clock){ t->w, t->desk, k, terms_stand ? &t->terms : NULL }, stage);
    return (m->effects & (RESUMES_CLOCK | PAUSES_CLOCK)) != 0 ? clock_compute(t->w, t->desk, k) : OK;
}

static enum status change_state(struct taking *t, const struct outcome *o)
{
    struct walk *k = &t->walk;
    if ((o->move->effects & REMEMBERS) != 0)
        memcpy(k->before, k->state, sizeof k->before);
    else if (strcmp(o->move->to, "<") == 0)
        k->before[0] = '\0';
    if (strcmp(o->to, k->state) != 0)
        snprintf(k->state, sizeof k->state, "%s", o->to);
    k->suspended += strcmp(o->move->verb, "suspend") == 0;
    k->steps++;
    enum status s = OK;
    if (t->agency_id[0] != '\0' && strcmp(t->step->verb, "split") != 0) {
        memcpy(k->agency, t->agency_id, sizeof k->agency);
        s = walk_hand_on(t->w->db, k, t->w->e);
    }
    return s == OK ? turn(t, o->move) : s;
}

static enum status write_step(struct taking *t, const struct outcome *o, struct step_taken *out)
{
    struct walk *k = &t->walk;
    char stage[WALK_WORD], before[TOLD_DIGEST], told[TOLD_DIGEST];
    int64_t due_at_s = k->due_at_s;
    memcpy(stage, k->stage, sizeof stage);
    memcpy(out->from, k->state, sizeof out->from);
    const char *words = t->step->with.note != NULL ? t->step->with.note : "";
    enum status s = change_state(t, o);
    if (s == OK)
        s = step_insert(t->w->db, &(struct step_row){ k, t->step->verb, out->from, stage, t->who.id.text, t->who.agency.text, words,
                                                              t->w->now_s, due_at_s }, told, t->w->e);
    if (s == OK)
        s = step_effects(t, o->move, out);       // before the clock: a filing condition settles the limit
    if (s == OK)
        s = run_clock(t, o->move, out->from);
    memcpy(before, k->told, sizeof before);
    if (s == OK)
        s = walk_update(t->w->db, k, strcmp(k->state, out->from) != 0, t->w->now_s, t->w->e);
    if (s == OK)
        s = note(t->w, k, &(struct noted){ t->step->verb, words, before, told });
    return s;
}

enum status step_take(struct work *w, struct desk *d, const struct step *step, struct step_taken *out)
{
    struct taking t = { .w = w, .desk = d, .step = step };
    struct step_taken taken = { 0 };
    struct outcome o;
    enum status s = desk_ready(w, d);
    if (s == OK)
        s = step_person(w, &t.who, &t.roles);
    if (s == OK)
        s = walk_get(w, step->thing, step->key, &t.walk);
    if (s == OK)
        s = find_agency(&t);
    if (s != OK)
        return s;
    t.guards = step_guards(&t.walk, step->verb);
    s = step_facts(&t);
    if (s == OK)
        s = lifecycle_check(&(struct attempt){ step->thing, t.walk.state, step->verb, t.roles, &t.facts }, &o, w->e);
    if (s == OK)
        s = write_step(&t, &o, &taken);
    if (s != OK)
        return s;
    taken.walk = t.walk;
    *out = taken;
    return OK;
}

// --- Births -----------------------------------------------------------------------------------------------------------------------

static enum status concerns(struct work *w, const struct birth *b, const struct actor *who, bool *out)
{
    struct case_terms terms = { .party = "" };
    enum status s = b->case_id != NULL ? case_terms_select(w->db, b->case_id, &terms, w->e) : OK;
    const char *party = b->party != NULL ? b->party : terms.party;
    *out = party[0] != '\0' && strcmp(party, who->name) == 0;
    return s == NOT_FOUND ? OK : s;          // whoever inserts it says so
}

enum status step_birth(struct work *w, struct desk *d, const struct birth *b, struct walk *out)
{
    struct actor who;
    unsigned roles;
    struct outcome o;
    struct facts facts = b->facts;
    enum status s = desk_ready(w, d);
    if (s == OK)
        s = step_person(w, &who, &roles);
    if (s == OK)
        s = concerns(w, b, &who, &facts.actor_is_party);
    if (s == OK)
        s = lifecycle_check(&(struct attempt){ b->thing, "", b->verb, b->by_program ? roles | ROLE_SERVICE : roles, &facts }, &o, w->e);
    if (s != OK)
        return s;
    *out = (struct walk){ .thing = b->thing, .id = work_id(w), .stage_at_s = w->now_s, .due_at_s = NO_DEADLINE };
    snprintf(out->state, sizeof out->state, "%s", o.to);
    snprintf(out->made_by, sizeof out->made_by, "%s", who.id.text);
    snprintf(out->onward_by, sizeof out->onward_by, "%s", who.id.text);
    for (int i = 0; i < WALK_DATES; i++)
        out->date[i] = WALK_NO_DATE;
    return OK;
}

enum status step_born(struct work *w, struct desk *d, struct walk *k, const char *verb, const char *words)
{
    struct actor who;
    unsigned roles;
    bool is_new = k->steps == 0;
    char stage[WALK_WORD], before[TOLD_DIGEST], told[TOLD_DIGEST];
    int64_t due_at_s = k->due_at_s;
    memcpy(before, k->told, sizeof before);
    memcpy(stage, k->stage, sizeof stage);
    enum status s = step_person(w, &who, &roles);
    k->steps++;
    if (s == OK && is_new) {
        const char *first = stage_of(k->thing, k->state);
        s = clock_start(&(struct clock){ w, d, k, NULL }, first != NULL ? first : "");
    }
    if (s == OK)
        s = walk_update(w->db, k, false, w->now_s, w->e);
    if (s == OK)
        s = step_insert(w->db, &(struct step_row){ k, verb, is_new ? "" : k->state, stage, who.id.text, who.agency.text, words != NULL ? words : "",
                                                   w->now_s, due_at_s }, told, w->e);
    return s == OK ? note(w, k, &(struct noted){ verb, words, is_new ? NULL : before, told }) : s;
}

// --- Another calendar ----------------------------------------------------------------------------------------------------------------

static void say_when(const struct work *w, int64_t at_s, char out[32])
{
    int64_t local = at_s + w->district->zone_offset_s;
    char day[11];
    if (at_s == NO_DEADLINE) {
        strcpy(out, "-");
        return;
    }
    date_write(date_of_day((int32_t)(local / DAY_S)), day);
    snprintf(out, 32, "%s %02d:%02d:%02d", day, (int)(local / 3600 % 24), (int)(local / 60 % 60), (int)(local % 60));
}

enum status walk_recompute(struct work *w, struct desk *d, struct walk *k, bool *changed)
{
    int64_t old = k->due_at_s;
    bool was_provisional = k->is_provisional;
    char from[32], to[32], words[128], before[TOLD_DIGEST];
    memcpy(before, k->told, sizeof before);
    enum status s = clock_compute(w, d, k);
    *changed = s == OK && (k->due_at_s != old || k->is_provisional != was_provisional);
    if (*changed) {
        say_when(w, old, from);
        say_when(w, k->due_at_s, to);
        snprintf(words, sizeof words, "%s%s -> %s%s", from, was_provisional ? " provisional" : "", to, k->is_provisional ? " provisional" : "");
        s = walk_update(w->db, k, false, w->now_s, w->e);
        if (s == OK)
            s = note(w, k, &(struct noted){ "recompute", words, before, NULL });
    }
    return s;
}
