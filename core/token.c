#include "core/token.h"

#include "core/actor.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/secret.h"
#include "core/store/token_rows.h"
#include "core/told.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { DAY_S = 86400, CRC_LETTERS = 6 };

// --- The form -------------------------------------------------------------------------------------------------------------------

static uint32_t crc32_of(const char *text, size_t len)             // ISO-HDLC, as everywhere
{
    uint32_t crc = ~0u;
    for (size_t i = 0; i < len; i++) {
        crc ^= (unsigned char)text[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
    }
    return ~crc;
}

// Six letters of base 62 hold 32 bits.
static void write_crc(const char *text, size_t len, char out[CRC_LETTERS + 1])
{
    static const char LETTERS[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    uint32_t crc = crc32_of(text, len);
    for (int i = CRC_LETTERS - 1; i >= 0; i--, crc /= 62)
        out[i] = LETTERS[crc % 62];
    out[CRC_LETTERS] = '\0';
}

struct parts { char id[TOKEN_ID], secret[SECRET_TEXT]; };

static bool is_letters(const char *s, size_t len)
{
    return strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") >= len;
}

static bool take_apart(const char *sent, struct parts *out)
{
    const char *id = sent + 3, *secret = id + TOKEN_ID, *crc = secret + SECRET_TEXT;
    char expected[CRC_LETTERS + 1];
    if (strnlen(sent, TOKEN_TEXT) != TOKEN_TEXT - 1 || memcmp(sent, "gp_", 3) != 0 || !is_letters(id, TOKEN_ID - 1) || id[TOKEN_ID - 1] != '_' ||
        !is_letters(secret, SECRET_TEXT - 1) || secret[SECRET_TEXT - 1] != '_')
        return false;
    write_crc(sent, (size_t)(crc - 1 - sent), expected);
    if (strcmp(crc, expected) != 0)
        return false;
    snprintf(out->id, sizeof out->id, "%s", id);
    snprintf(out->secret, sizeof out->secret, "%s", secret);
    return true;
}

bool token_of_header(const char *authorization, char out[TOKEN_TEXT])
{
    char pair[256], *colon = NULL;
    const char *token = NULL;
    out[0] = '\0';
    size_t scheme = strcspn(authorization, " ");
    const char *rest = authorization + scheme + strspn(authorization + scheme, " ");
    if (scheme == 6 && strncasecmp(authorization, "Bearer", 6) == 0)
        token = rest;
    else if (scheme == 5 && strncasecmp(authorization, "Basic", 5) == 0 && secret_from_base64(rest, pair, sizeof pair) && (colon = strchr(pair, ':')) != NULL)
        token = colon + 1;
    if (token != NULL && strnlen(token, TOKEN_TEXT) == TOKEN_TEXT - 1)
        strcpy(out, token);
    mem_wipe(pair, sizeof pair);
    return out[0] != '\0';
}

// --- Making and revoking ----------------------------------------------------------------------------------------------------------

static enum status check_spec(struct work *w, const struct token_spec *spec, const struct actor *who)
{
    bool taken = false;
    int64_t count = 0;
    if (spec->name == NULL || spec->name[0] == '\0' || strlen(spec->name) >= TOKEN_NAME)
        return err_set(w->e, INVALID, "a token has a name of 1 to %d bytes, by which it is known in lists", TOKEN_NAME - 1);
    if (spec->days < 0 || spec->days > TOKEN_DAYS_MOST)
        return err_set(w->e, INVALID, "a token is in force for 1 to %d days; %d were given", TOKEN_DAYS_MOST, spec->days);
    if (!who->is_active)
        return err_set(w->e, CONFLICT, "%s does not work here any more", who->name);
    enum status s = token_count(w->db, who->id.text, w->now_s, &count, w->e);
    if (s == OK && count >= TOKENS_MOST)
        s = err_set(w->e, TOO_BIG, "%s has %d tokens in force, which is the most; revoke one first", who->name, TOKENS_MOST);
    if (s == OK)
        s = token_name_taken(w->db, who->id.text, spec->name, w->now_s, &taken, w->e);
    if (s == OK && taken)
        s = err_set(w->e, CONFLICT, "%s has a token \"%s\" in force already; revoke it first, or take another name", who->name, spec->name);
    return s;
}

// Text and hash of a new one; its id is in t.
static void write_token(const struct token *t, char text[TOKEN_TEXT], char sha256[65])
{
    char secret[SECRET_TEXT], crc[CRC_LETTERS + 1];
    secret_text(secret);
    int len = snprintf(text, TOKEN_TEXT, "gp_%s_%s", t->id, secret);
    write_crc(text, (size_t)len, crc);
    snprintf(text + len, (size_t)(TOKEN_TEXT - len), "_%s", crc);
    hash_sha256(secret, strlen(secret), sha256);
    mem_wipe(secret, sizeof secret);
}

enum status token_make(struct work *w, const struct token_spec *spec, char text[TOKEN_TEXT], struct token *out)
{
    struct actor who;
    struct token t = { .scope = spec->scope, .made_at_s = w->now_s };
    char sha256[65], written[TOKEN_TEXT], note[128];
    enum status s = actor_get(w, spec->actor, &who);
    if (s == OK)
        s = actor_may_keep(w, who.id.text);
    if (s == OK)
        s = check_spec(w, spec, &who);
    if (s != OK)
        return s;
    t.actor = who.id;
    t.expires_at_s = w->now_s + (int64_t)(spec->days > 0 ? spec->days : TOKEN_DAYS) * DAY_S;
    snprintf(t.name, sizeof t.name, "%s", spec->name);
    snprintf(t.actor_name, sizeof t.actor_name, "%s", who.name);
    secret_letters(t.id, sizeof t.id);
    write_token(&t, written, sha256);
    snprintf(note, sizeof note, "%s: %s, until %" PRId64, t.name, token_scope_word(t.scope), t.expires_at_s);
    s = token_insert(w->db, &t, sha256, w->actor, w->e);
    if (s == OK)
        s = told_note(w, &(struct deed){ .verb = "record", .thing = "token", .thing_id = t.id, .note = note }, NULL);
    if (s == OK) {
        memcpy(text, written, TOKEN_TEXT);
        *out = t;
    }
    mem_wipe(written, sizeof written);
    return s;
}

enum status token_revoke(struct work *w, const char *id)
{
    struct token t;
    struct as_told before;
    char sha256[65];
    bool active = false;
    enum status s = token_select(w->db, id, &t, sha256, &active, w->e);
    if (s == NOT_FOUND)
        return err_set(w->e, NOT_FOUND, "there is no token \"%s\"; gridpatrol token list names them", id);
    if (s == OK)
        s = actor_may_keep(w, t.actor.text);
    if (s == OK && t.revoked_at_s != 0)
        s = err_set(w->e, CONFLICT, "token %s is revoked already", id);
    if (s == OK)
        s = told_of(w, "token", id, &before);
    if (s == OK)
        s = token_update_revoked(w->db, id, w->now_s, w->e);
    return s == OK ? told_note(w, &(struct deed){ .verb = "revoke", .thing = "token", .thing_id = id, .note = t.name }, &before) : s;
}

enum status token_each(struct work *w, const char *actor, token_visit *fn, void *ctx)
{
    struct actor who = { 0 };
    enum status s = actor != NULL ? actor_get(w, actor, &who) : OK;
    if (s != OK)
        return s;
    struct err aside = { .lang = w->e->lang };
    struct work quiet = *w;
    quiet.e = &aside;
    if (actor == NULL && actor_may_keep(&quiet, NULL) != OK)
        s = actor_get(w, w->actor, &who);
    if (s == OK)
        s = actor_may_keep(w, who.id.text[0] != '\0' ? who.id.text : NULL);
    return s == OK ? token_select_each(w->db, who.id.text, fn, ctx, w->e) : s;
}

// --- Being shown one --------------------------------------------------------------------------------------------------------------

static bool is_in_force(const struct token *t, int64_t now_s) { return t->revoked_at_s == 0 && now_s < t->expires_at_s; }

// All is asked and computed whatever was sent, so that the time it takes says nothing either.
enum status token_find(struct work *w, const char *sent, struct token_shown *out)
{
    struct parts parts = { .id = "", .secret = "" };
    struct token t = { .id = "" };
    char kept[65], shown[65];
    bool active = false;
    bool has_form = take_apart(sent, &parts);
    memset(kept, '0', sizeof kept - 1);
    kept[sizeof kept - 1] = '\0';
    enum status s = token_select(w->db, parts.id, &t, kept, &active, w->e);
    hash_sha256(parts.secret, sizeof parts.secret - 1, shown);
    mem_wipe(&parts, sizeof parts);
    if (s != OK && s != NOT_FOUND)
        return s;
    bool is_same = secret_equal(kept, shown, sizeof kept - 1);
    if (!(has_form & (s == OK) & is_same & active & is_in_force(&t, w->now_s)))
        return err_set(w->e, NOT_FOUND, "this token is not known here, or no longer in force");
    *out = (struct token_shown){ .token = t, .is_use_due = w->now_s - t.used_at_s >= TOKEN_USE_EVERY_S };
    return OK;
}

enum status token_use(struct work *w, const char *id) { return token_update_used(w->db, id, w->now_s, TOKEN_USE_EVERY_S, w->e); }
