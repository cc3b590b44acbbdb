#include "core/password.h"

#include "core/actor.h"
#include "core/base/mem.h"
#include "core/fold.h"
#include "core/session.h"
#include "core/store/password_rows.h"
#include "core/told.h"
#include <stdio.h>
#include <string.h>

// Of UTF-8; what continues a character is none.
static size_t characters(const char *utf8)
{
    size_t n = 0;
    for (; *utf8 != '\0'; utf8++)
        n += ((unsigned char)*utf8 & 0xc0) != 0x80;
    return n;
}

static void wipe_text(char *text)
{
    mem_wipe(text, strlen(text));
    mem_free(text);
}

enum status password_make(const char *typed, char made[SECRET_PASSWORD], struct err *e)
{
    if (strnlen(typed, PASSWORD_BYTES_MOST + 1) > PASSWORD_BYTES_MOST)
        return err_set(e, INVALID, "a password has at most %d bytes", PASSWORD_BYTES_MOST);
    char *text = fold_forms(typed);
    size_t count = characters(text);
    enum status s = OK;
    if (strstr(text, "\xef\xbf\xbd") != NULL)                          // U+FFFD, for what is no UTF-8
        s = err_set(e, INVALID, "the password is no UTF-8 text: it could not be typed again elsewhere");
    else if (count < PASSWORD_LEAST)
        s = err_set(e, INVALID, "a password has at least %d characters, this one has %zu; a few words make a good one", PASSWORD_LEAST, count);
    if (s == OK)
        s = secret_password_make(text, made, e);
    wipe_text(text);
    return s;
}

enum status password_set(struct work *w, const char *name_or_id, const char *made)
{
    struct actor who;
    struct as_told before;
    enum status s = actor_get(w, name_or_id, &who);
    if (s == OK)
        s = actor_may_keep(w, who.id.text);
    if (s == OK)
        s = told_of(w, "password", who.id.text, &before);
    if (s == OK)
        s = password_upsert(w->db, who.id.text, made, w->now_s, w->e);
    if (s == OK)
        s = session_end_all(w, who.id.text);
    return s == OK ? told_note(w, &(struct deed){ .verb = "set", .thing = "password", .thing_id = who.id.text, .note = who.name }, &before) : s;
}

enum status password_find(struct work *w, const char *name, struct password_kept *out)
{
    *out = (struct password_kept){ .made = "" };
    snprintf(out->made, sizeof out->made, "%s", SECRET_PASSWORD_NONE);
    enum status s = password_select(w->db, name, out, w->e);
    return s == NOT_FOUND ? OK : s;
}

enum status password_check(const struct password_kept *kept, const char *typed, struct err *e)
{
    bool is_short_enough = strnlen(typed, PASSWORD_BYTES_MOST + 1) <= PASSWORD_BYTES_MOST;
    char *text = fold_forms(is_short_enough ? typed : "");
    bool fits = secret_password_fits(kept->made, text);
    wipe_text(text);
    return fits && is_short_enough && id_is_set(&kept->actor) ? OK : err_set(e, NOT_FOUND, "name or password is wrong");
}
