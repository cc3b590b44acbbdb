#include "core/move.h"

#include "core/base/mem.h"
#include "core/case_file.h"
#include "core/change.h"
#include "core/compartment.h"
#include "core/proceeding.h"
#include "core/step_inside.h"
#include "core/store/case_rows.h"
#include "core/store/step_rows.h"
#include "core/visible.h"
#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES = 64 << 20, MOVES_MOST = 32 };

static const struct { const char *thing, *verb; } births[] = {
    { "extension", "request" }, { "appeal", "file" }, { "enforcement", "find" }, { "conference", "call" }, { "notice", "draft" },
};
enum { BIRTHS = sizeof births / sizeof births[0] };

static bool is_birth(const char *thing, const char *verb)
{
    for (int i = 0; i < BIRTHS; i++)
        if (strcmp(births[i].thing, thing) == 0 && strcmp(births[i].verb, verb) == 0)
            return true;
    return false;
}

// The word itself, which lives as long as a walk that names it; NULL: nothing of that name walks beside a record.
static const char *beside_word(const char *thing, size_t len)
{
    for (int i = 0; i < BIRTHS; i++)
        if (strlen(births[i].thing) == len && memcmp(births[i].thing, thing, len) == 0)
            return births[i].thing;
    return NULL;
}

static bool is_beside(const char *thing) { return beside_word(thing, strlen(thing)) != NULL; }

// What walks beside a record is seen by who sees that record.
static enum status see_beside(struct work *w, const char *thing, const char *key)
{
    struct walk k;
    struct about about = { 0 };
    struct err aside = { .lang = w->e->lang };
    struct work quiet = *w;
    quiet.e = &aside;
    enum status s = walk_get(w, thing, key, &k);
    if (s == OK)
        s = about_select(w->db, thing, k.id.text, &about, w->e);
    if (s == OK && (s = visible_record(&quiet, about.thing, about.id)) != OK)
        *w->e = aside;
    return s == NOT_FOUND ? err_set(w->e, NOT_FOUND, "there is no %s \"%s\"", text_in(w->e->lang, thing), key) : s;
}

// --- A change -----------------------------------------------------------------------------------------------------------------

static enum status find_master(struct work *w, const char *number, struct walk *k, struct facts *f)
{
    if (number == NULL || number[0] == '\0')
        return OK;
    enum status s = visible_record(w, "case", number);
    if (s == OK)
        s = walk_get(w, "case", number, k);
    f->has_master = s == OK;
    f->master_is_open = s == OK && !lifecycle_is_end("case", k->state);
    return s;
}

static enum status refuse_second_case(struct work *w, const char *change_id)
{
    char number[WALK_NUMBER];
    enum status s = case_of_select(w->db, "change", change_id, number, w->e);
    if (s == OK)
        return err_set(w->e, CONFLICT, "this %s is in case %s already", text_in(w->e->lang, "change"), number);
    return s == NOT_FOUND ? OK : s;
}

// A confirmed change goes into a new case, or into an open one; it stays as it is.
static enum status take_to_case(struct work *w, struct desk *d, const struct step *step, const struct change_row *c, const struct actor *who,
                                struct step_taken *out)
{
    struct outcome o;
    struct walk k;
    struct as_told now;
    struct facts facts = change_facts(w, c, step->with.note);
    enum status s = desk_ready(w, d);
    if (s == OK)
        s = find_master(w, step->with.master, &k, &facts);
    if (s == OK)
        s = lifecycle_check(&(struct attempt){ "change", c->state, step->verb, role_of_word(who->role), &facts }, &o, w->e);
    if (s == OK)
        s = refuse_second_case(w, c->id.text);
    if (s == OK)
        s = told_of(w, "change", c->id.text, &now);
    if (s == OK)
        s = strcmp(step->verb, "join_case") == 0 ? case_join(w, k.id.text, "change", c->id.text, NULL) : case_open_from_change(w, d, c->id.text, &k);
    if (s == OK)
        s = told_note(w, &(struct deed){ .verb = step->verb, .thing = "change", .thing_id = c->id.text, .note = k.number }, &now);
    if (s != OK)
        return s;
    out->linked = k.id;
    memcpy(out->linked_number, k.number, sizeof out->linked_number);
    return OK;
}

static enum status move_change(struct work *w, struct desk *d, const struct step *step, struct step_taken *out)
{
    struct arena *a = arena_open(ARENA_BYTES);
    struct change_row c;
    struct actor who;
    unsigned roles;
    char state[16];
    struct step_taken taken = { .walk = { .thing = "change", .due_at_s = NO_DEADLINE } };
    enum status s = change_get(w, step->key, a, &c);
    if (s == OK)
        s = step_person(w, &who, &roles);
    if (s == OK) {
        snprintf(state, sizeof state, "%s", c.state);
        snprintf(taken.from, sizeof taken.from, "%s", c.state);
        taken.walk.id = c.id;
        bool to_case = strcmp(step->verb, "open_case") == 0 || strcmp(step->verb, "join_case") == 0;
        s = to_case ? take_to_case(w, d, step, &c, &who, &taken)
                    : change_decide(w, &(struct change_review){ c.id.text, step->verb, step->with.note, who.role }, &taken.walk.id, state);
    }
    arena_close(a);
    if (s != OK)
        return s;
    snprintf(taken.walk.state, sizeof taken.walk.state, "%s", state);
    *out = taken;
    return OK;
}

// --- Cases, leads, findings, and what walks beside them -----------------------------------------------------------------------

static enum status move_beside(struct work *w, struct desk *d, const struct step *s, const char *dot, struct step_taken *out)
{
    struct walk about, k;
    const char *verb = dot + 1, *thing = beside_word(s->verb, (size_t)(dot - s->verb));
    if (thing == NULL)
        return err_set(w->e, INVALID, "%s: nothing of that name walks beside a record; extension, appeal, enforcement, conference or notice is expected",
                       s->verb);
    if (is_birth(thing, verb))
        return proceeding_open(w, d, &(struct proceeding_spec){ .thing = thing, .verb = verb, .about = s->thing, .about_key = s->key,
                                                                .amount = s->with.amount, .note = s->with.note, .agency = s->with.agency }, &out->walk);
    enum status status = walk_get(w, s->thing, s->key, &about);
    if (status == OK)
        status = proceeding_of(w, thing, about.id.text, &k);
    return status == OK ? step_take(w, d, &(struct step){ thing, k.id.text, verb, s->with }, out) : status;
}

static enum status move_record(struct work *w, struct desk *d, const struct step *s, struct step_taken *out)
{
    const char *dot = strchr(s->verb, '.');
    if (is_beside(s->thing)) {
        enum status status = see_beside(w, s->thing, s->key);
        return status == OK ? step_take(w, d, s, out) : status;
    }
    enum status status = visible_step(w, s);
    if (status != OK)
        return status;
    return dot != NULL ? move_beside(w, d, s, dot, out) : step_take(w, d, s, out);
}

enum status move_take(struct work *w, struct desk *d, const struct step *s, struct step_taken *out)
{
    bool sealed = false;
    if (strcmp(s->thing, "change") == 0)
        return move_change(w, d, s, out);
    enum status status = strcmp(s->thing, "lead") == 0 ? compartment_open_lead(w, s->key, &sealed) : OK;
    if (status == OK)
        status = move_record(w, d, s, out);
    return status == OK && sealed ? compartment_close(w) : status;
}

// --- What is open ---------------------------------------------------------------------------------------------------------------

static enum status tell_move(const char *thing, const struct move *m, const struct facts *f, open_move_visit *fn, void *ctx, struct err *e)
{
    struct unmet unmet[UNMET_MOST];
    size_t count = lifecycle_unmet(thing, m, f, unmet, UNMET_MOST);
    for (size_t i = 0; i < count && i < UNMET_MOST; i++)
        if (unmet[i].status == DENIED)
            return OK;
    const char *to = strcmp(m->to, "<") == 0 ? text_or_empty(f->state_before) : m->to;
    return fn(ctx, &(struct open_move){ m->verb, m->title, to, unmet, count < UNMET_MOST ? count : UNMET_MOST }, e);
}

static enum status each_of_walk(struct work *w, struct desk *d, const char *thing, const char *key, open_move_visit *fn, void *ctx, struct walk *out)
{
    struct step step = { .thing = thing, .key = key, .verb = "" };
    struct taking t = { .w = w, .desk = d, .step = &step };
    const struct move *open[MOVES_MOST];
    enum status s = is_beside(thing) ? see_beside(w, thing, key) : visible_record(w, thing, key);
    if (s == OK)
        s = desk_ready(w, d);
    if (s == OK)
        s = step_person(w, &t.who, &t.roles);
    if (s == OK)
        s = walk_get(w, thing, key, &t.walk);
    size_t count = s == OK ? lifecycle_moves(thing, t.walk.state, t.roles, open, MOVES_MOST) : 0;
    for (size_t i = 0; s == OK && i < count && i < MOVES_MOST; i++) {
        step.verb = open[i]->verb;
        t.guards = step_guards(&t.walk, step.verb);
        s = step_facts(&t);
        if (s == OK)
            s = tell_move(thing, open[i], &t.facts, fn, ctx, w->e);
    }
    if (s == OK)
        *out = t.walk;
    return s;
}

static enum status each_of_change(struct work *w, const char *key, open_move_visit *fn, void *ctx, struct walk *out)
{
    struct arena *a = arena_open(ARENA_BYTES);
    struct change_row c;
    struct actor who;
    unsigned roles = 0;
    const struct move *open[MOVES_MOST];
    enum status s = change_get(w, key, a, &c);
    if (s == OK)
        s = step_person(w, &who, &roles);
    if (s == OK) {
        struct facts f = change_facts(w, &c, NULL);
        size_t count = lifecycle_moves("change", c.state, roles, open, MOVES_MOST);
        for (size_t i = 0; s == OK && i < count && i < MOVES_MOST; i++)
            s = tell_move("change", open[i], &f, fn, ctx, w->e);
        *out = (struct walk){ .thing = "change", .id = c.id, .due_at_s = NO_DEADLINE };
        snprintf(out->state, sizeof out->state, "%s", c.state);
    }
    arena_close(a);
    return s;
}

enum status move_each_open(struct work *w, struct desk *d, const char *thing, const char *key, open_move_visit *fn, void *ctx, struct walk *out)
{
    return strcmp(thing, "change") == 0 ? each_of_change(w, key, fn, ctx, out) : each_of_walk(w, d, thing, key, fn, ctx, out);
}

enum status move_each_birth(struct work *w, const char *thing, open_move_visit *fn, void *ctx)
{
    struct actor who;
    unsigned roles = 0;
    const struct move *open[1];
    char verb[2 * WALK_WORD];
    bool has_births = strcmp(thing, "case") == 0 || strcmp(thing, "lead") == 0;
    enum status s = has_births ? step_person(w, &who, &roles) : OK;
    for (int i = 0; has_births && s == OK && i < BIRTHS; i++) {
        snprintf(verb, sizeof verb, "%s.%s", births[i].thing, births[i].verb);
        if (lifecycle_moves(births[i].thing, "", roles, open, 1) > 0)
            s = fn(ctx, &(struct open_move){ verb, open[0]->title, open[0]->to, NULL, 0 }, w->e);
    }
    return s;
}
