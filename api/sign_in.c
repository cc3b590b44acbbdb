// Signing in and out, and who one is.
#include "api/sign_in.h"

#include "api/answer.h"
#include "api/browser.h"
#include "api/collection.h"
#include "api/params.h"
#include "api/routes.h"
#include "api/server.h"
#include "api/visitor.h"
#include "core/actor.h"
#include "core/agency.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/rate.h"
#include "core/base/when.h"
#include "core/password.h"
#include "core/session.h"
#include <stdatomic.h>
#include <string.h>

// A person mistypes a few times; an address may be a whole office behind one router. An hour later nothing is held against anybody.
static const struct tries_rule NAME_TRIES = { .free = 5, .first_s = 1, .most_s = 300, .forget_s = 3600 };
static const struct tries_rule ADDRESS_TRIES = { .free = 20, .first_s = 1, .most_s = 300, .forget_s = 3600 };
enum { KEYS_MOST = 1 << 16, AT_ONCE_MOST = 16, BODY_MOST = 8 << 10, DOCUMENT_CEILING = 1 << 16 };

struct sign_ins { struct tries_table *by_name, *by_address; atomic_int at_once; };

struct sign_ins *sign_ins_open(void)
{
    struct sign_ins *s = mem_get(1, sizeof *s);
    s->by_name = tries_table_open(&NAME_TRIES, KEYS_MOST);
    s->by_address = tries_table_open(&ADDRESS_TRIES, KEYS_MOST);
    return s;
}

void sign_ins_close(struct sign_ins *s)
{
    if (s == NULL)
        return;
    tries_table_close(s->by_name);
    tries_table_close(s->by_address);
    mem_free(s);
}

bool sign_in_admit(struct exchange *x)
{
    struct sign_ins *s = x->server->sign_ins;
    if (!is_https(x) && !is_loopback(x->request)) {
        answer_refusal(x, 403, text_in(x->lang, "a password is taken over HTTPS only, or on the machine itself: anybody on the way could read it"));
        return false;
    }
    x->is_signing_in = true;
    if (atomic_fetch_add(&s->at_once, 1) < AT_ONCE_MOST)
        return true;
    answer_refusal(x, 503, text_in(x->lang, "many people are signing in just now; please try again in a moment"));
    answer_header(x->answer, "Retry-After", "2");
    return false;
}

void sign_in_leave(struct exchange *x)
{
    if (x->is_signing_in)
        atomic_fetch_sub(&x->server->sign_ins->at_once, 1);
    x->is_signing_in = false;
}

// --- Who one is -------------------------------------------------------------------------------------------------------------------

struct being { struct exchange *x; struct actor actor; struct agency agency; };

static enum status read_being(struct work *w, void *ctx)
{
    struct being *b = ctx;
    if (b->x->viewer.actor[0] == '\0')
        return OK;
    enum status s = actor_get(w, b->x->viewer.actor, &b->actor);
    return s == OK && b->x->viewer.agency[0] != '\0' ? agency_get(w, b->x->viewer.agency, &b->agency) : s;
}

static void put_session(struct json_writer *j, const struct session *s)
{
    char ends[WHEN_TEXT];
    json_put_text(j, "csrf", s->csrf);
    json_put_text(j, "ends", when_write(s->made_at_s + SESSION_MOST_S, ends) ? ends : NULL);
}

static void put_being(const struct being *b, struct json_writer *j)
{
    static const char *const by[] = { [BY_NOTHING] = NULL, [BY_BEARER] = "token", [BY_BASIC] = "token", [BY_SESSION] = "session" };
    const struct exchange *x = b->x;
    bool is_somebody = x->viewer.actor[0] != '\0';
    json_put_text(j, "id", is_somebody ? x->viewer.actor : NULL);
    json_put_text(j, "name", is_somebody ? b->actor.name : NULL);
    json_put_text(j, "role", role_word(x->viewer.role));
    json_put_text(j, "agency", b->agency.key[0] != '\0' ? b->agency.key : NULL);
    json_put_list(j, "areas");
    for (int i = 0; i < x->viewer.areas; i++)
        json_put_text(j, NULL, x->viewer.area[i]);
    json_put_end(j);
    json_put_text(j, "by", by[x->visit.by]);
    json_put_bool(j, "may_change", is_somebody && !x->visit.only_reads);
    if (x->visit.by == BY_SESSION)
        put_session(j, &x->visit.session);
}

static enum status get_me(struct exchange *x)
{
    struct being b = { .x = x };
    enum status s = read_station(x, read_being, &b);
    if (s != OK)
        return s;
    struct buf text;
    buf_init(&text, DOCUMENT_CEILING);
    struct json_writer j = { .to = &text };
    json_put_object(&j, NULL);
    put_being(&b, &j);
    answer_header(x->answer, "Cache-Control", "no-store");
    return answer_with_self_links(x, &j);
}

// --- Signing in ---------------------------------------------------------------------------------------------------------------------

struct typed { const char *name, *password, *next; };

static enum status read_typed(struct exchange *x, struct typed *out)
{
    static const char *const known[] = { "name", "password", NULL };
    static const struct json_limits limits = { .bytes = BODY_MOST, .depth = 1, .values = 8 };
    if (is_form(x->request)) {
        out->name = form_text(x, "name");
        out->password = form_text(x, "password");
        out->next = form_text(x, "next");
        return out->name != NULL && out->password != NULL ? OK : err_set(&x->err, INVALID, "name and password are expected in the form");
    }
    struct json_doc *doc = NULL;
    enum status s = json_parse(x->request->body, x->request->body_len, "body", &limits, &doc, &x->err);
    if (s == OK)
        s = json_known_keys(json_root(doc), known, &x->err);
    if (s == OK)
        s = json_read_text(json_get(json_root(doc), "name"), &out->name, &x->err);
    if (s == OK)
        s = json_read_text(json_get(json_root(doc), "password"), &out->password, &x->err);
    if (s == OK) {
        out->name = arena_text(x->request->arena, out->name);
        out->password = arena_text(x->request->arena, out->password);
    }
    json_close(doc);
    return s;
}

// Both are counted before anything slow is done. False: the answer is there.
static bool may_try(struct exchange *x, const char *name)
{
    struct sign_ins *s = x->server->sign_ins;
    double wait_s = 0, now_s = when_monotonic_s();
    if (tries_begin(s->by_address, visitor_address(x), now_s, &wait_s) && tries_begin(s->by_name, name, now_s, &wait_s))
        return true;
    visitor_wait(x, wait_s, "too many wrong passwords; again in %s s");
    return false;
}

struct kept_of { const char *name; struct password_kept kept; };

static enum status find_password(struct work *w, void *ctx)
{
    struct kept_of *k = ctx;
    return password_find(w, k->name, &k->kept);
}

// NOT_FOUND: name or password is wrong.
static enum status check(struct exchange *x, const struct typed *t, struct id *actor)
{
    struct kept_of k = { .name = t->name };
    enum status s = read_station(x, find_password, &k);
    if (s == OK)
        s = password_check(&k.kept, t->password, &x->err);
    if (s == OK) {
        tries_passed(x->server->sign_ins->by_name, t->name);
        tries_undo(x->server->sign_ins->by_address, visitor_address(x));
        *actor = k.kept.actor;
    }
    mem_wipe(&k.kept, sizeof k.kept);
    return s;
}

struct beginning { struct exchange *x; char id[SECRET_TEXT]; struct session session; };

// Whoever was signed in here before is not any more.
static enum status end_former(const struct work *w, struct exchange *x)
{
    struct err aside = { .lang = w->e->lang };
    struct work own = *w;
    own.actor = x->viewer.actor;
    own.e = &aside;
    enum status s = x->visit.by == BY_SESSION ? session_end(&own, x->visit.session.handle) : OK;
    return s == NOT_FOUND ? OK : s;
}

static enum status begin_session(struct work *w, void *ctx)
{
    struct beginning *b = ctx;
    struct exchange *x = b->x;
    struct session_from from = { visitor_address(x), request_header(x->request, "User-Agent") };
    enum status s = end_former(w, x);
    if (s == OK)
        s = session_begin(w, w->actor, &from, b->id, &b->session);
    return s == OK ? viewer_of(w, w->actor, x->request->arena, &x->viewer) : s;
}

// A way on within this service: nobody is sent elsewhere by a link to /sign-in.
static bool is_local(const char *next)
{
    return next != NULL && next[0] == '/' && next[1] != '/' && next[1] != '\\' && strpbrk(next, "\r\n\t\\") == NULL;
}

static enum status answer_signed_in(struct exchange *x, const struct typed *t)
{
    if (!is_form(x->request))
        return get_me(x);
    answer_see_other(x, "%s", is_local(t->next) ? t->next : "/");
    return OK;
}

static enum status post_sign_in(struct exchange *x)
{
    struct typed t = { .name = NULL };
    struct beginning b = { .x = x };
    struct id actor;
    enum status s = read_typed(x, &t);
    if (s != OK)
        return s;
    if (!may_try(x, t.name))
        return OK;
    s = check(x, &t, &actor);
    if (s == NOT_FOUND) {
        answer_refusal(x, 401, x->err.text);
        answer_header(x->answer, "WWW-Authenticate", "Bearer realm=\"gridpatrol\"");
        return OK;
    }
    if (s == OK)
        s = station_write(x->server->station, &(struct station_call){ x->now_s, actor.text }, begin_session, &b, &x->err);
    if (s != OK)
        return s;
    x->visit = (struct caller){ .by = BY_SESSION, .session = b.session };
    session_cookie_set(x, b.id);
    mem_wipe(b.id, sizeof b.id);
    return answer_signed_in(x, &t);
}

// --- Signing out ----------------------------------------------------------------------------------------------------------------------

static enum status end_session(struct work *w, void *ctx) { return session_end(w, ctx); }

static enum status post_sign_out(struct exchange *x)
{
    if (x->visit.by != BY_SESSION)
        return err_set(&x->err, CONFLICT, "nobody is signed in here; a token ends with gridpatrol token revoke");
    enum status s = station_write(x->server->station, &(struct station_call){ x->now_s, x->viewer.actor }, end_session, x->visit.session.handle, &x->err);
    if (s != OK && s != NOT_FOUND)
        return s;
    session_cookie_set(x, NULL);
    x->signed_out = arena_text(x->request->arena, x->viewer.actor);
    x->viewer = VIEWER_PUBLIC;
    x->visit = (struct caller){ .by = BY_NOTHING };
    return answer_signed_in(x, &(struct typed){ .next = NULL });
}

static enum status get_sign_in(struct exchange *x)
{
    struct buf text;
    const char *next = param_text(x, "next");
    buf_init(&text, DOCUMENT_CEILING);
    struct json_writer j = { .to = &text };
    json_put_object(&j, NULL);
    json_put_text(&j, "title", text_in(x->lang, "Sign in"));
    json_put_text(&j, "next", is_local(next) ? next : "/");
    json_put_end(&j);
    answer_header(x->answer, "Cache-Control", "no-store");
    return answer_document(x, &text);
}

static const struct param sign_in_params[] = {
    { .kind = PARAM_TEXT, .name = "next", .about = "The page to go on with: a path of this service" },
    { .kind = PARAM_END },
};
static const char *const bodies[] = { "application/json", "application/x-www-form-urlencoded", NULL };
const struct route sign_in_routes[] = {
    { .method = HTTP_GET, .path = "/me", .serve = get_me, .formats = FORMAT_JSON | FORMAT_HTML, .id = "me", .tag = "people", .about = "Who asks, and what they may",
      .page = page_me },
    { .method = HTTP_GET, .path = "/sign-in", .serve = get_sign_in, .formats = FORMAT_JSON | FORMAT_HTML, .param = sign_in_params, .id = "signInPage", .tag = "people",
      .about = "Where people sign in", .page = page_sign_in },
    { .method = HTTP_POST, .path = "/sign-in", .serve = post_sign_in, .formats = FORMAT_JSON, .flags = ROUTE_SLOW | ROUTE_ANYBODY | ROUTE_SIGN_IN, .takes = bodies,
      .body_most = BODY_MOST, .id = "signIn", .tag = "people", .about = "Sign in with name and password: the answer sets a cookie" },
    { .method = HTTP_POST, .path = "/sign-out", .serve = post_sign_out, .formats = FORMAT_JSON, .flags = ROUTE_SLOW, .takes = bodies, .body_most = BODY_MOST,
      .id = "signOut", .tag = "people", .about = "Sign out: the session ends" },
    { .path = NULL },
};
