#include "api/visitor.h"

#include "api/answer.h"
#include "core/base/mem.h"
#include "core/base/rate.h"
#include "core/base/when.h"
#include "core/base/workers.h"
#include "core/station.h"
#include "core/token.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { VISITORS_MOST = 1 << 16, BURST_S = 4 };              // so many seconds' worth at once

struct visitors { struct station *station; struct rate_table *rate; struct workers *clerk; };

struct visitors *visitors_open(struct station *station, double asks_per_s)
{
    struct visitors *v = mem_get(1, sizeof *v);
    v->station = station;
    v->rate = rate_table_open(&(struct rate){ asks_per_s, asks_per_s * BURST_S }, VISITORS_MOST);
    v->clerk = workers_open(1);
    return v;
}

void visitors_close(struct visitors *v)
{
    if (v == NULL)
        return;
    workers_close(v->clerk);
    rate_table_close(v->rate);
    mem_free(v);
}

// --- The last use of a token, noted by a clerk: nobody who asks waits for a write ---------------------------------------------

struct noting { struct job job; struct station *station; int64_t now_s; char token[TOKEN_ID]; };

static enum status use_token(struct work *w, void *ctx) { return token_use(w, ctx); }

static void note_use(void *ctx)
{
    struct noting *n = ctx;
    struct err aside = { .lang = LANG_EN };
    (void)station_write(n->station, &(struct station_call){ n->now_s, "system" }, use_token, n->token, &aside);   // it is noted next time, then
    mem_free(n);
}

static void have_it_noted(struct visitors *v, const struct exchange *x, const char *token)
{
    struct noting *n = mem_get(1, sizeof *n);
    n->job = (struct job){ .run = note_use, .ctx = n };
    n->station = v->station;
    n->now_s = x->now_s;
    snprintf(n->token, sizeof n->token, "%s", token);
    if (!workers_add(v->clerk, &n->job))
        mem_free(n);
}

// --- Who ------------------------------------------------------------------------------------------------------------------------

struct showing { struct exchange *x; const char *text; struct token_shown shown; };

static enum status look_up(struct work *w, void *ctx)
{
    struct showing *s = ctx;
    enum status st = token_find(w, s->text, &s->shown);
    return st == OK ? viewer_of(w, s->shown.token.actor.text, s->x->request->arena, &s->x->viewer) : st;
}

// Basic, for map programs know nothing else. Only who showed something wrong is asked again: nobody needs a token to see what is public.
static bool refuse(struct exchange *x, const char *sentence)
{
    err_set(&x->err, DENIED, "%s", text_in(x->lang, sentence));
    answer_refusal(x, 401, x->err.text);
    answer_header(x->answer, "WWW-Authenticate", "Basic realm=\"gridpatrol\", charset=\"UTF-8\"");
    return false;
}

static bool is_known(struct visitors *v, struct exchange *x, const char *authorization)
{
    char text[TOKEN_TEXT];
    struct showing s = { .x = x, .text = text };
    bool is_one = token_of_header(authorization, text);
    enum status st = is_one ? station_read(v->station, &(struct station_call){ x->now_s, "system" }, look_up, &s, &x->err) : NOT_FOUND;
    if (st == OK && s.shown.is_use_due)
        have_it_noted(v, x, s.shown.token.id);
    x->only_reads = st == OK && s.shown.token.scope == TOKEN_READ;
    if (st == OK)
        return true;
    x->viewer = VIEWER_PUBLIC;
    if (st != NOT_FOUND) {
        answer_problem(x, st);
        return false;
    }
    x->err.text[0] = '\0';
    return refuse(x, "this token is not known, or not any more: gridpatrol token add makes one. It goes as Bearer, or as the password of Basic");
}

// --- How much ---------------------------------------------------------------------------------------------------------------------

static bool may_ask(struct visitors *v, struct exchange *x)
{
    double wait_s = 0;
    const char *key = x->viewer.actor[0] != '\0' ? x->viewer.actor : x->request->peer;
    if (rate_table_take(v->rate, key, 1, when_monotonic_s(), &wait_s))
        return true;
    char seconds[24];
    snprintf(seconds, sizeof seconds, "%.0f", fmax(1, ceil(wait_s)));
    err_set(&x->err, BUSY, "too many requests; again in %s s", seconds);
    answer_refusal(x, 429, x->err.text);
    answer_header(x->answer, "Retry-After", arena_text(x->request->arena, seconds));
    return false;
}

bool visitor_settle(struct visitors *v, struct exchange *x)
{
    const char *authorization = request_header(x->request, "Authorization");
    if (x->is_settled)
        return true;
    if (authorization != NULL && !is_known(v, x, authorization))
        return false;
    x->is_settled = may_ask(v, x);
    return x->is_settled;
}

bool visitor_may_write(struct exchange *x)
{
    if (x->viewer.actor[0] == '\0')
        return refuse(x, "who writes says who they are: with a token as Bearer, or as the password of Basic");
    if (!x->only_reads)
        return true;
    answer_refusal(x, 403, text_in(x->lang, "this token only reads; gridpatrol token add makes one that writes"));
    return false;
}
