#include "core/actor.h"

#include "core/agency.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/lifecycle.h"
#include "core/session.h"
#include "core/store/actor_rows.h"
#include "core/told.h"
#include <stdio.h>
#include <string.h>

enum { TEXT_CEILING = 8192 };
static const char ADMINISTRATOR[] = "administrator";

bool actor_is_role(const char *role)
{
    return role_of_word(role) != 0;
}

static enum status check_role(struct work *w, const char *role)
{
    if (actor_is_role(role))
        return OK;
    return err_set(w->e, INVALID, "\"%s\" is no role: inspector, analyst, officer, coordinator, checker, chief, legal, "
                                  "discipline, auditor, administrator, public or service is expected", role);
}

enum status actor_may_keep(struct work *w, const char *actor_id)
{
    struct actor who;
    if (strcmp(w->actor, "system") == 0)
        return OK;
    enum status s = actor_get(w, w->actor, &who);
    if (s != OK)
        return s;
    bool own = actor_id != NULL && strcmp(who.id.text, actor_id) == 0;
    if (who.is_active && (own || strcmp(who.role, ADMINISTRATOR) == 0))
        return OK;
    return err_set(w->e, DENIED, "accounts are kept by administrators; %s is %s", who.name, who.role);
}

// --- Areas --------------------------------------------------------------------------------------------------------

static enum status add_area(void *ctx, const char *code, struct err *e)
{
    struct buf *b = ctx;
    (void)e;
    buf_text(b, b->len > 0 ? "," : "");
    buf_text(b, code);
    return OK;
}

enum status actor_areas(struct work *w, const char *actor_id, struct arena *a, const char **out)
{
    struct buf b;
    buf_init(&b, TEXT_CEILING);
    buf_text(&b, "");
    enum status s = actor_each_area(w->db, actor_id, add_area, &b, w->e);
    if (s == OK)
        *out = arena_text(a, b.data);
    buf_clear(&b);
    return s;
}

// --- Accounts ---------------------------------------------------------------------------------------------------------------------

enum status actor_record(struct work *w, struct actor *a)
{
    if (a->name[0] == '\0')
        return err_set(w->e, INVALID, "an actor needs a name");
    enum status s = check_role(w, a->role);
    if (s == OK)
        s = actor_may_keep(w, NULL);
    if (s != OK)
        return s;
    a->id = work_id(w);
    a->is_active = true;
    s = actor_insert(w->db, a, w->now_s, w->e);
    return s == OK ? told_note(w, &(struct deed){ .verb = "record", .thing = "actor", .thing_id = a->id.text, .note = a->role }, NULL) : s;
}

static enum status take_agency(struct work *w, const char *key, struct actor *a)
{
    struct agency agency = { 0 };
    enum status s = key[0] != '\0' ? agency_get(w, key, &agency) : OK;
    if (s == OK)
        a->agency = agency.id;
    return s;
}

static enum status take_areas(struct work *w, const struct actor_change *c, const struct actor *a)
{
    enum status s = c->areas <= ACTOR_AREAS_MOST ? OK : err_set(w->e, TOO_BIG, "a person has at most %d areas, %d were given", ACTOR_AREAS_MOST, c->areas);
    if (s == OK)
        s = actor_delete_areas(w->db, a->id.text, w->e);
    for (int i = 0; s == OK && i < c->areas; i++) {
        bool there = false;
        s = area_code_begins(w->db, c->area[i], &there, w->e);
        if (s == OK && !there)
            s = err_set(w->e, NOT_FOUND, "no street, community or cell of this station has a code that begins with \"%s\"", c->area[i]);
        if (s == OK)
            s = actor_insert_area(w->db, a->id.text, c->area[i], w->e);
    }
    return s;
}

static enum status keep_an_administrator(struct work *w, const struct actor *was, const struct actor *is)
{
    bool stays = is->is_active && strcmp(is->role, ADMINISTRATOR) == 0;
    int64_t others = 0;
    if (stays || !was->is_active || strcmp(was->role, ADMINISTRATOR) != 0)
        return OK;
    enum status s = actor_count_administrators(w->db, was->id.text, &others, w->e);
    if (s == OK && others == 0)
        s = err_set(w->e, CONFLICT, "%s is the last administrator: make another one first, somebody must be able to let people in", was->name);
    return s;
}

static enum status take_changes(struct work *w, const struct actor_change *c, struct actor *a)
{
    struct actor was = *a;
    enum status s = c->role != NULL ? check_role(w, c->role) : OK;
    if (s == OK && c->role != NULL)
        snprintf(a->role, sizeof a->role, "%s", c->role);
    if (s == OK && c->agency != NULL)
        s = take_agency(w, c->agency, a);
    if (c->is_active != NULL)
        a->is_active = *c->is_active;
    if (s == OK)
        s = keep_an_administrator(w, &was, a);
    if (s == OK && c->area != NULL)
        s = take_areas(w, c, a);
    if (s == OK)
        s = actor_update(w->db, a, w->e);
    return s == OK && !a->is_active ? session_end_all(w, a->id.text) : s;
}

// What the audit row says: the fields that were asked for.
static void write_note(const struct actor_change *c, char out[128])
{
    snprintf(out, 128, "%s%s%s%s%s%s%.40s", c->is_active != NULL ? *c->is_active ? "on " : "off " : "", c->role != NULL ? "role " : "",
             c->role != NULL ? c->role : "", c->role != NULL ? " " : "", c->area != NULL ? "areas " : "", c->agency != NULL ? "agency " : "",
             c->agency != NULL ? c->agency : "");
}

enum status actor_alter(struct work *w, const char *name_or_id, const struct actor_change *c, struct actor *out)
{
    struct as_told before;
    struct actor a;
    char note[128];
    write_note(c, note);
    enum status s = actor_may_keep(w, NULL);
    if (s == OK)
        s = actor_get(w, name_or_id, &a);
    if (s == OK)
        s = told_of(w, "actor", a.id.text, &before);
    if (s == OK)
        s = take_changes(w, c, &a);
    if (s == OK)
        s = told_note(w, &(struct deed){ .verb = "alter", .thing = "actor", .thing_id = a.id.text, .note = note }, &before);
    if (s == OK)
        *out = a;
    return s;
}
