#include "core/session.h"

#include "core/actor.h"
#include "core/base/hash.h"
#include "core/store/session_rows.h"
#include "core/told.h"
#include <stdio.h>
#include <string.h>

static bool is_in_force(const struct session *s, int64_t now_s)
{
    return now_s - s->seen_at_s < SESSION_IDLE_S && now_s - s->made_at_s < SESSION_MOST_S;
}

enum status session_begin(struct work *w, const char *actor_id, const struct session_from *from, char id[SECRET_TEXT], struct session *out)
{
    struct actor who;
    char sha256[65];
    struct session s = { .made_at_s = w->now_s, .seen_at_s = w->now_s };
    enum status status = actor_get(w, actor_id, &who);
    if (status == OK && !who.is_active)
        status = err_set(w->e, NOT_FOUND, "%s does not work here any more", who.name);
    if (status == OK)
        status = session_delete_past(w->db, w->now_s - SESSION_IDLE_S, w->now_s - SESSION_MOST_S, w->e);
    if (status != OK)
        return status;
    s.actor = who.id;
    snprintf(s.address, sizeof s.address, "%s", text_or_empty(from->address));
    snprintf(s.agent, sizeof s.agent, "%s", text_or_empty(from->agent));
    secret_text(s.csrf);
    secret_text(id);
    hash_sha256(id, strlen(id), sha256);
    snprintf(s.handle, sizeof s.handle, "%.16s", sha256);
    status = session_insert(w->db, &s, sha256, w->e);
    if (status == OK)
        status = told_note(w, &(struct deed){ .verb = "begin", .thing = "session", .thing_id = s.handle, .note = s.address }, NULL);
    if (status == OK)
        *out = s;
    return status;
}

enum status session_find(struct work *w, const char *id, struct session_shown *out)
{
    struct session s = { .made_at_s = 0 };
    char sha256[65], kept[65];
    bool active = false;
    hash_sha256(id, strnlen(id, SECRET_TEXT), sha256);
    memset(kept, '0', sizeof kept - 1);
    kept[sizeof kept - 1] = '\0';
    enum status status = session_select(w->db, sha256, &s, kept, &active, w->e);
    if (status != OK && status != NOT_FOUND)
        return status;
    bool is_same = secret_equal(sha256, kept, sizeof kept - 1);
    if (!(is_same & active & is_in_force(&s, w->now_s)))
        return err_set(w->e, NOT_FOUND, "nobody is signed in with this; sign in again");
    *out = (struct session_shown){ .session = s, .is_seen_due = w->now_s - s.seen_at_s >= SESSION_SEEN_EVERY_S };
    return OK;
}

enum status session_seen(struct work *w, const char *handle) { return session_update_seen(w->db, handle, w->now_s, w->e); }

bool session_has_csrf(const struct session *s, const char *sent)
{
    return sent != NULL && strnlen(sent, SECRET_TEXT) == SECRET_TEXT - 1 && secret_equal(s->csrf, sent, SECRET_TEXT - 1);
}

enum status session_end(struct work *w, const char *handle)
{
    struct id actor;
    struct as_told before;
    enum status s = session_select_actor(w->db, handle, actor.text, w->e);
    if (s == NOT_FOUND)
        return err_set(w->e, NOT_FOUND, "there is no session \"%s\"", handle);
    if (s == OK)
        s = actor_may_keep(w, actor.text);
    if (s == OK)
        s = told_of(w, "session", handle, &before);
    if (s == OK)
        s = session_delete(w->db, handle, w->e);
    return s == OK ? told_note(w, &(struct deed){ .verb = "end", .thing = "session", .thing_id = handle }, &before) : s;
}

enum status session_end_all(struct work *w, const char *actor_id) { return session_delete_of(w->db, actor_id, w->e); }

enum status session_each(struct work *w, const char *actor_id, session_visit *fn, void *ctx)
{
    enum status s = actor_may_keep(w, actor_id);
    return s == OK ? session_select_each(w->db, actor_id, &(struct session_span){ w->now_s - SESSION_IDLE_S, w->now_s - SESSION_MOST_S }, fn, ctx, w->e) : s;
}
