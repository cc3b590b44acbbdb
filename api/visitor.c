#include "api/visitor.h"

#include "api/answer.h"
#include "api/browser.h"
#include "api/params.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/base/mem.h"
#include "core/base/rate.h"
#include "core/base/when.h"
#include "core/base/workers.h"
#include "core/station.h"
#include "core/token.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { VISITORS_MOST = 1 << 16, BURST_S = 4 };              // so many seconds' worth at once

struct visitors { struct station *station; struct rate asks_rate, changes_rate; struct rate_table *asks, *changes; struct workers *clerk; };

struct visitors *visitors_open(struct station *station, double asks_per_s)
{
    enum { CHANGES_BURST = 2000 };
    struct visitors *v = mem_get(1, sizeof *v);
    v->station = station;
    v->asks_rate = (struct rate){ asks_per_s, asks_per_s * BURST_S };
    v->changes_rate = (struct rate){ asks_per_s / 4, fmax(asks_per_s, CHANGES_BURST) };
    v->asks = rate_table_open(&v->asks_rate, VISITORS_MOST);
    v->changes = rate_table_open(&v->changes_rate, VISITORS_MOST);
    v->clerk = workers_open(1);
    return v;
}

void visitors_close(struct visitors *v)
{
    if (v == NULL)
        return;
    workers_close(v->clerk);
    rate_table_close(v->asks);
    rate_table_close(v->changes);
    mem_free(v);
}

// --- The last use of a token or a session, noted by a clerk: nobody who asks waits for a write ---------------------------------

struct noting { struct job job; struct station *station; int64_t now_s; station_job *use; char what[SECRET_TEXT]; };

static enum status use_token(struct work *w, void *ctx) { return token_use(w, ctx); }
static enum status see_session(struct work *w, void *ctx) { return session_seen(w, ctx); }

static void note_use(void *ctx)
{
    struct noting *n = ctx;
    struct err aside = { .lang = LANG_EN };
    (void)station_write(n->station, &(struct station_call){ n->now_s, "system" }, n->use, n->what, &aside);   // it is noted next time, then
    mem_free(n);
}

static void have_it_noted(struct visitors *v, const struct exchange *x, station_job *use, const char *what)
{
    struct noting *n = mem_get(1, sizeof *n);
    n->job = (struct job){ .run = note_use, .ctx = n };
    n->station = v->station;
    n->now_s = x->now_s;
    n->use = use;
    snprintf(n->what, sizeof n->what, "%s", what);
    if (!workers_add(v->clerk, &n->job))
        mem_free(n);
}

// --- Who ------------------------------------------------------------------------------------------------------------------------

struct showing { struct exchange *x; const char *text; struct token_shown token; struct session_shown session; };

static enum status look_up_token(struct work *w, void *ctx)
{
    struct showing *s = ctx;
    enum status st = token_find(w, s->text, &s->token);
    return st == OK ? viewer_of(w, s->token.token.actor.text, s->x->request->arena, &s->x->viewer) : st;
}

static enum status look_up_session(struct work *w, void *ctx)
{
    struct showing *s = ctx;
    enum status st = session_find(w, s->text, &s->session);
    return st == OK ? viewer_of(w, s->session.session.actor.text, s->x->request->arena, &s->x->viewer) : st;
}

static enum status look_up(struct visitors *v, struct showing *s, station_job *fn)
{
    struct exchange *x = s->x;
    enum status st = station_read(v->station, &(struct station_call){ x->now_s, "system" }, fn, s, &x->err);
    if (st != OK)
        x->viewer = VIEWER_PUBLIC;
    if (st == NOT_FOUND)
        x->err.text[0] = '\0';
    return st;
}

// Basic, for map programs know nothing else; where it would make a browser ask for a password by a window of its own: Bearer.
static bool ask_who(struct exchange *x, const char *sentence)
{
    answer_refusal(x, 401, text_in(x->lang, sentence));
    answer_header(x->answer, "WWW-Authenticate", is_browser(x->request) ? "Bearer realm=\"gridpatrol\"" : "Basic realm=\"gridpatrol\", charset=\"UTF-8\"");
    return false;
}

static bool is_known_by_token(struct visitors *v, struct exchange *x, const char *authorization)
{
    char text[TOKEN_TEXT];
    struct showing s = { .x = x, .text = text };
    (void)token_of_header(authorization, text);                // what has no form is looked for all the same: it takes as long
    enum status st = look_up(v, &s, look_up_token);
    mem_wipe(text, sizeof text);
    if (st == NOT_FOUND)
        return ask_who(x, "this token is not known, or not any more: gridpatrol token add makes one. It goes as Bearer, or as the password of Basic");
    if (st != OK) {
        answer_problem(x, st);
        return false;
    }
    x->visit = (struct caller){ .by = strncasecmp(authorization, "Basic", 5) == 0 ? BY_BASIC : BY_BEARER, .only_reads = s.token.token.scope == TOKEN_READ };
    if (s.token.is_use_due)
        have_it_noted(v, x, use_token, s.token.token.id);
    return true;
}

static bool is_clear_by_session(struct visitors *v, struct exchange *x)
{
    char id[SECRET_TEXT];
    struct showing s = { .x = x, .text = id };
    if (!session_cookie(x, id))
        return true;
    enum status st = look_up(v, &s, look_up_session);
    mem_wipe(id, sizeof id);
    if (st == NOT_FOUND) {
        session_cookie_set(x, NULL);
        return true;
    }
    if (st != OK) {
        answer_problem(x, st);
        return false;
    }
    x->visit = (struct caller){ .by = BY_SESSION, .session = s.session.session };
    if (s.session.is_seen_due)
        have_it_noted(v, x, see_session, s.session.session.handle);
    return true;
}

// --- How much ---------------------------------------------------------------------------------------------------------------------

// The last one it names is the one the proxy saw; what stands before it anybody can write.
const char *visitor_address(struct exchange *x)
{
    const char *forwarded = x->server->settings.trusts_proxy ? request_header(x->request, "X-Forwarded-For") : NULL;
    const char *comma = forwarded != NULL ? strrchr(forwarded, ',') : NULL;
    const char *last = comma != NULL ? comma + 1 + strspn(comma + 1, " ") : forwarded;
    return last != NULL && last[0] != '\0' ? last : x->request->peer;
}

void visitor_wait(struct exchange *x, double wait_s, const char *what)
{
    char seconds[24], sentence[400];
    snprintf(seconds, sizeof seconds, "%.0f", fmax(1, ceil(wait_s)));
    snprintf(sentence, sizeof sentence, text_in(x->lang, what), seconds);
    answer_refusal(x, 429, sentence);
    answer_header(x->answer, "Retry-After", arena_text(x->request->arena, seconds));
}

static bool is_safe(enum http_method m) { return m == HTTP_GET || m == HTTP_HEAD || m == HTTP_OPTIONS; }

// draft-ietf-httpapi-ratelimit-headers: how much there is at once in which time, and when there is some again.
static void tell_rate(struct exchange *x, const struct rate *r, double wait_s)
{
    char policy[80], left[80];
    snprintf(policy, sizeof policy, "\"default\";q=%.0f;w=%.0f", r->burst, fmax(1, r->burst / r->per_s));
    snprintf(left, sizeof left, "\"default\";r=0;t=%.0f", fmax(1, ceil(wait_s)));
    answer_header(x->answer, "RateLimit-Policy", arena_text(x->request->arena, policy));
    answer_header(x->answer, "RateLimit", arena_text(x->request->arena, left));
}

static bool may_ask(struct visitors *v, struct exchange *x)
{
    double wait_s = 0;
    const char *key = x->viewer.actor[0] != '\0' ? x->viewer.actor : visitor_address(x);
    if (rate_table_take(is_safe(x->request->method) ? v->asks : v->changes, key, 1, when_monotonic_s(), &wait_s))
        return true;
    visitor_wait(x, wait_s, "too many requests; again in %s s");
    tell_rate(x, is_safe(x->request->method) ? &v->asks_rate : &v->changes_rate, wait_s);
    return false;
}

// --- What ---------------------------------------------------------------------------------------------------------------------------

static bool forbid(struct exchange *x, int status, const char *sentence)
{
    answer_refusal(x, status, text_in(x->lang, sentence));
    return false;
}

static const char CSRF_WRONG[] = "the header X-CSRF-Token (in a form: csrf) is missing or of another session; /me tells the one of this session";

// What a browser shows by itself proves nothing about who wanted this. A token that a program shows as Bearer does.
bool visitor_may_write(struct exchange *x)
{
    if (x->visit.by != BY_BEARER && !is_own_origin(x))
        return forbid(x, 403, "this came from a page of somebody else; nothing is changed for it");
    if (x->visit.by == BY_NOTHING && !(x->route->flags & ROUTE_ANYBODY))
        return ask_who(x, "who changes something says who they are: by a token (gridpatrol token add makes one), or by signing in at /sign-in");
    if (x->visit.only_reads)
        return forbid(x, 403, "this token may look and change nothing; gridpatrol token add makes another one");
    if (x->visit.by != BY_SESSION || (x->route->flags & ROUTE_ANYBODY))
        return true;
    const char *sent = request_header(x->request, "X-CSRF-Token");
    x->visit.is_csrf_due = sent == NULL && is_form(x->request);
    return x->visit.is_csrf_due || session_has_csrf(&x->visit.session, sent) || forbid(x, 403, CSRF_WRONG);
}

bool visitor_has_form(struct exchange *x)
{
    return !x->visit.is_csrf_due || session_has_csrf(&x->visit.session, form_text(x, "csrf")) || forbid(x, 403, CSRF_WRONG);
}

bool visitor_settle(struct visitors *v, struct exchange *x)
{
    const char *authorization = request_header(x->request, "Authorization");
    if (x->is_settled)
        return true;
    if (address_has_token(x->request))
        return forbid(x, 400, "a token or a password has no place in an address, where histories and logs keep it: send it as Bearer, and revoke this one");
    bool is_known = authorization != NULL ? is_known_by_token(v, x, authorization) : is_clear_by_session(v, x);
    x->is_settled = is_known && may_ask(v, x);
    return x->is_settled;
}
