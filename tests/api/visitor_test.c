// Who asks: tokens and sessions, what each of them may change from where, and that whatever is wrong sounds alike.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/api/asking.h"
#include "tests/core/temporary_station.h"

#include "core/actor.h"
#include "core/password.h"
#include "core/token.h"

static const char PASSWORD[] = "a few words make one";
static int64_t now_s;
static int64_t clock_of_test(void) { return now_s; }

struct fixture {
    struct temporary at;
    struct server *server;
    struct err e;
    char writes[TOKEN_TEXT], reads[TOKEN_TEXT], past[TOKEN_TEXT], revoked[TOKEN_TEXT], left[TOKEN_TEXT];
    char hash[SECRET_PASSWORD];
};

// --- The station ----------------------------------------------------------------------------------------------------------------

static enum status make_token(struct work *w, const char *actor, const char *name, int days, enum token_scope scope, char text[TOKEN_TEXT], char *id)
{
    struct token t;
    enum status s = token_make(w, &(struct token_spec){ .actor = actor, .name = name, .days = days, .scope = scope }, text, &t);
    if (s == OK && id != NULL)
        strcpy(id, t.id);
    return s;
}

static enum status people(struct work *w, void *ctx)
{
    struct fixture *f = ctx;
    char revoked[TOKEN_ID];
    bool off = false;
    struct actor out;
    enum status s = actor_record(w, &(struct actor){ .name = "Wang", .role = "inspector" });
    s = s == OK ? actor_record(w, &(struct actor){ .name = "Gone", .role = "inspector" }) : s;
    s = s == OK ? make_token(w, "Wang", "writes", 0, TOKEN_ALL, f->writes, NULL) : s;
    s = s == OK ? make_token(w, "Wang", "reads", 0, TOKEN_READ, f->reads, NULL) : s;
    s = s == OK ? make_token(w, "Wang", "past", 1, TOKEN_ALL, f->past, NULL) : s;
    s = s == OK ? make_token(w, "Wang", "revoked", 0, TOKEN_ALL, f->revoked, revoked) : s;
    s = s == OK ? make_token(w, "Gone", "left", 0, TOKEN_ALL, f->left, NULL) : s;
    s = s == OK ? token_revoke(w, revoked) : s;
    s = s == OK ? actor_alter(w, "Gone", &(struct actor_change){ .is_active = &off }, &out) : s;
    return s == OK ? password_set(w, "Wang", f->hash) : s;
}

static int open_all(void **state)
{
    enum { TWO_DAYS_S = 2 * 86400 };
    struct fixture *f = calloc(1, sizeof *f);
    now_s = 1770000000;
    struct station *station = temporary_open(&f->at, now_s);
    assert_ok(f, password_make(PASSWORD, f->hash, &f->e));
    assert_ok(f, station_write(station, &(struct station_call){ now_s, "system" }, people, f, &f->e));
    station_close(station);
    now_s += TWO_DAYS_S;
    assert_ok(f, server_open(&(struct server_settings){ .station = f->at.folder, .now_s = clock_of_test, .asks_per_s = 1e6 }, &f->server, &f->e));
    *state = f;
    return 0;
}

static int close_all(void **state)
{
    struct fixture *f = *state;
    server_close(f->server);
    int gone = temporary_close(&f->at, NULL);
    free(f);
    return gone;
}

#define SAME_SITE { "Origin", "http://grid.example" }
#define JSON_TYPE { "Content-Type", "application/json" }
#define FORM_TYPE { "Content-Type", "application/x-www-form-urlencoded" }

static void expect_status(struct fixture *f, const struct asking *q, int status, const char *what)
{
    struct told t = asked(f->server, q);
    if (t.status != status)
        fail_msg("%s: %d, expected %d: %s", what, t.status, status, t.text);
    told_clear(&t);
}

// The cookie as a browser sends it back, and the csrf text of its session.
static void sign_in(struct fixture *f, char cookie[100], char csrf[SECRET_TEXT])
{
    struct err e = { .lang = LANG_EN };
    struct json_doc *doc = NULL;
    const char *text = NULL;
    char body[200];
    snprintf(body, sizeof body, "{\"name\":\"Wang\",\"password\":\"%s\"}", PASSWORD);
    struct told t = asked(f->server, &(struct asking){ .method = HTTP_POST, .path = "/sign-in", .body = body, .header = { JSON_TYPE, SAME_SITE } });
    if (t.status != 200)
        fail_msg("signing in: %d %s", t.status, t.text);
    const char *set = told_header(&t, "Set-Cookie");
    assert_non_null(set);
    snprintf(cookie, 100, "other=1; %.*s", (int)strcspn(set, ";"), set);
    assert_int_equal(json_parse(t.text, t.len, "answer", NULL, &doc, &e), OK);
    assert_int_equal(json_read_text(json_get(json_root(doc), "csrf"), &text, &e), OK);
    snprintf(csrf, SECRET_TEXT, "%s", text);
    json_close(doc);
    told_clear(&t);
}

static void expect_me(struct fixture *f, const struct asking *q, const char *piece)
{
    struct asking me = *q;
    me.path = "/me";
    struct told t = asked(f->server, &me);
    if (t.status != 200 || strstr(t.text, piece) == NULL)
        fail_msg("%d %s: %s is expected", t.status, t.text, piece);
    assert_string_equal(told_header(&t, "Cache-Control"), "no-store");
    told_clear(&t);
}

// --- Tokens -----------------------------------------------------------------------------------------------------------------------

static void a_token_says_who_asks(void **state)
{
    struct fixture *f = *state;
    expect_me(f, &(struct asking){ .path = "/me" }, "\"name\":null,\"role\":\"public\"");
    expect_me(f, &(struct asking){ .bearer = f->writes }, "\"name\":\"Wang\",\"role\":\"inspector\",\"agency\":null,\"areas\":[],\"by\":\"token\",\"may_change\":true");
    expect_me(f, &(struct asking){ .bearer = f->reads }, "\"may_change\":false");
}

// Also what has no form at all, and one letter more or less.
static void whatever_is_wrong_with_a_token_sounds_alike(void **state)
{
    struct fixture *f = *state;
    char typo[TOKEN_TEXT], more[TOKEN_TEXT + 1];
    strcpy(typo, f->writes);
    typo[20] = typo[20] == 'a' ? 'b' : 'a';
    snprintf(more, sizeof more, "%sx", f->writes);
    const char *const wrong[] = { f->past, f->revoked, f->left, typo, more, "gp_0000000000000_x", "x", "" };
    struct told first = asked(f->server, &(struct asking){ .path = "/me", .bearer = wrong[0] });
    assert_int_equal(first.status, 401);
    assert_string_equal(told_header(&first, "WWW-Authenticate"), "Basic realm=\"gridpatrol\", charset=\"UTF-8\"");
    for (size_t i = 1; i < sizeof wrong / sizeof *wrong; i++) {
        struct told t = asked(f->server, &(struct asking){ .path = "/me", .bearer = wrong[i] });
        assert_int_equal(t.status, 401);
        assert_string_equal(t.text, first.text);
        assert_int_equal(t.headers, first.headers);
        for (int h = 0; h < t.headers; h++) {
            assert_string_equal(t.header[h].name, first.header[h].name);
            assert_string_equal(t.header[h].value, first.header[h].value);
        }
        told_clear(&t);
    }
    told_clear(&first);
}

static void a_browser_is_not_made_to_open_a_window(void **state)
{
    struct fixture *f = *state;
    struct told t = asked(f->server, &(struct asking){ .path = "/me", .bearer = "x", .header = { { "Sec-Fetch-Mode", "cors" } } });
    assert_int_equal(t.status, 401);
    assert_string_equal(told_header(&t, "WWW-Authenticate"), "Bearer realm=\"gridpatrol\"");
    told_clear(&t);
}

static void no_address_has_a_token(void **state)
{
    struct fixture *f = *state;
    char query[200], path[200];
    const char *const queries[] = { "token=x", "a=1&access_token=x", "PASSWORD=x", query };
    snprintf(query, sizeof query, "name=%s", f->writes);
    snprintf(path, sizeof path, "/collections/%s", f->writes);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        expect_status(f, &(struct asking){ .path = "/collections/building/items", .query = queries[i] }, 400, queries[i]);
    expect_status(f, &(struct asking){ .path = path }, 400, "a token in the path");
    struct told t = asked(f->server, &(struct asking){ .path = "/collections/building/items", .query = query });
    assert_non_null(strstr(t.text, "has no place in an address"));
    told_clear(&t);
}

// --- Changing something -------------------------------------------------------------------------------------------------------------

static const char BASIC[] = "Basic eDp4";                      // x:x

static void who_changes_something_says_who_they_are(void **state)
{
    struct fixture *f = *state;
    struct told t = asked(f->server, &(struct asking){ .method = HTTP_POST, .path = "/sign-out" });
    assert_int_equal(t.status, 401);
    assert_true(t.was_refused_early);
    assert_non_null(told_header(&t, "WWW-Authenticate"));
    told_clear(&t);
    t = asked(f->server, &(struct asking){ .method = HTTP_POST, .path = "/sign-out", .bearer = f->reads });
    assert_int_equal(t.status, 403);
    assert_true(t.was_refused_early);
    told_clear(&t);
    expect_status(f, &(struct asking){ .method = HTTP_POST, .path = "/sign-out", .bearer = f->writes }, 409, "nobody is signed in by a token");
    expect_status(f, &(struct asking){ .method = HTTP_POST, .path = "/sign-out", .header = { { "Authorization", BASIC } } }, 401, "a wrong password of Basic");
}

static void a_page_of_somebody_else_changes_nothing(void **state)
{
    struct fixture *f = *state;
    char cookie[100], csrf[SECRET_TEXT], form[100];
    sign_in(f, cookie, csrf);
    snprintf(form, sizeof form, "csrf=%s", csrf);
    const struct { struct http_header header[4]; const char *body; const char *what; } forged[] = {
        { { { "Cookie", cookie }, SAME_SITE }, NULL, "no csrf text" },
        { { { "Cookie", cookie }, SAME_SITE, { "X-CSRF-Token", "0123456789012345678901234567890123456789012" } }, NULL, "another csrf text" },
        { { { "Cookie", cookie }, SAME_SITE, { "X-CSRF-Token", "" } }, NULL, "an empty csrf text" },
        { { { "Cookie", cookie }, { "Origin", "http://evil.example" }, { "X-CSRF-Token", csrf } }, NULL, "another origin" },
        { { { "Cookie", cookie }, { "Origin", "http://grid.example.evil.example" }, { "X-CSRF-Token", csrf } }, NULL, "an origin that begins like ours" },
        { { { "Cookie", cookie }, { "Origin", "http://grid.example:81" }, { "X-CSRF-Token", csrf } }, NULL, "another port" },
        { { { "Cookie", cookie }, { "Origin", "null" }, { "X-CSRF-Token", csrf } }, NULL, "no origin to be told" },
        { { { "Cookie", cookie }, { "Sec-Fetch-Site", "cross-site" }, { "X-CSRF-Token", csrf } }, NULL, "cross-site" },
        { { { "Cookie", cookie }, { "Sec-Fetch-Site", "same-site" }, { "X-CSRF-Token", csrf } }, NULL, "a sister's page" },
        { { { "Cookie", cookie }, SAME_SITE, FORM_TYPE }, "csrf=", "a form without its text" },
        { { { "Cookie", cookie }, SAME_SITE, FORM_TYPE }, "name=x", "a form without csrf" },
        { { { "Cookie", cookie }, { "Origin", "http://evil.example" }, FORM_TYPE }, form, "a form from elsewhere" },
    };
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
        struct asking q = { .method = HTTP_POST, .path = "/sign-out", .body = forged[i].body };
        memcpy(q.header, forged[i].header, sizeof forged[i].header);
        expect_status(f, &q, 403, forged[i].what);
    }
    expect_status(f, &(struct asking){ .method = HTTP_POST, .path = "/sign-in", .body = "{}", .header = { JSON_TYPE, { "Origin", "http://evil.example" } } }, 403,
                  "signed in as somebody by a page of somebody else");
    expect_me(f, &(struct asking){ .header = { { "Cookie", cookie } } }, "\"by\":\"session\"");
    expect_status(f, &(struct asking){ .method = HTTP_POST, .path = "/sign-out", .body = form, .header = { { "Cookie", cookie }, SAME_SITE, FORM_TYPE } }, 303, "a form of ours");
    expect_me(f, &(struct asking){ .header = { { "Cookie", cookie } } }, "\"role\":\"public\"");
}

// --- Signing in ---------------------------------------------------------------------------------------------------------------------

static void a_session_lives_from_sign_in_to_sign_out(void **state)
{
    struct fixture *f = *state;
    char cookie[100], csrf[SECRET_TEXT], second[100], other[SECRET_TEXT];
    sign_in(f, cookie, csrf);
    sign_in(f, second, other);
    assert_string_not_equal(cookie, second);
    assert_string_not_equal(csrf, other);
    expect_me(f, &(struct asking){ .header = { { "Cookie", cookie } } }, "\"name\":\"Wang\"");
    expect_status(f, &(struct asking){ .method = HTTP_POST, .path = "/sign-out", .header = { { "Cookie", cookie }, { "X-CSRF-Token", csrf }, SAME_SITE } }, 200, "signing out");
    expect_me(f, &(struct asking){ .header = { { "Cookie", cookie } } }, "\"name\":null");
    expect_me(f, &(struct asking){ .header = { { "Cookie", second } } }, "\"name\":\"Wang\"");
    now_s += SESSION_IDLE_S;
    struct told t = asked(f->server, &(struct asking){ .path = "/me", .header = { { "Cookie", second } } });
    assert_non_null(strstr(t.text, "\"name\":null"));
    assert_non_null(strstr(told_header(&t, "Set-Cookie"), "Max-Age=0"));
    told_clear(&t);
}

static void a_cookie_says_where_it_may_go(void **state)
{
    struct fixture *f = *state;
    char body[200];
    snprintf(body, sizeof body, "name=Wang&password=%s&next=%%2Fcollections", "a+few+words+make+one");
    struct asking q = { .method = HTTP_POST, .path = "/sign-in", .body = body, .header = { FORM_TYPE, { "Origin", "https://grid.example" } }, .is_tls = true, .peer = "192.0.2.7" };
    struct told t = asked(f->server, &q);
    assert_int_equal(t.status, 303);
    assert_string_equal(told_header(&t, "Location"), "https://grid.example/collections");
    const char *set = told_header(&t, "Set-Cookie");
    assert_int_equal(strncmp(set, "__Host-gridpatrol=", 18), 0);
    assert_non_null(strstr(set, "; Path=/; HttpOnly; SameSite=Lax; Secure"));
    told_clear(&t);
    q.is_tls = false;
    q.header[1].value = "http://grid.example";
    expect_status(f, &q, 403, "a password over plain HTTP from elsewhere");
}

static void nobody_is_sent_elsewhere(void **state)
{
    struct fixture *f = *state;
    static const char *const away[] = { "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/%0d%0aSet-Cookie:x" };
    for (size_t i = 0; i < sizeof away / sizeof *away; i++) {
        char body[200];
        snprintf(body, sizeof body, "name=Wang&password=a+few+words+make+one&next=%s", away[i]);
        struct told t = asked(f->server, &(struct asking){ .method = HTTP_POST, .path = "/sign-in", .body = body, .header = { FORM_TYPE, SAME_SITE } });
        assert_int_equal(t.status, 303);
        assert_string_equal(told_header(&t, "Location"), "http://grid.example/");
        told_clear(&t);
    }
}

static void wrong_bodies_are_refused_with_a_sentence(void **state)
{
    struct fixture *f = *state;
    static const char *const bodies[] = { "", "[]", "{\"name\":\"Wang\"}", "{\"name\":1,\"password\":\"x\"}", "{\"name\":\"Wang\",\"password\":\"x\",\"more\":1}", "{\"name\":\"Wa" };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        expect_status(f, &(struct asking){ .method = HTTP_POST, .path = "/sign-in", .body = bodies[i], .header = { JSON_TYPE } }, 400, bodies[i]);
    expect_status(f, &(struct asking){ .method = HTTP_POST, .path = "/sign-in", .body = "x", .header = { { "Content-Type", "text/plain" }, { "Content-Length", "1" } } }, 415, "text");
}

// The status of a wrong password from here, and what was said.
static int guess(struct fixture *f, const char *name, int from, char **said)
{
    char body[100], peer[40];
    snprintf(body, sizeof body, "{\"name\":\"%s\",\"password\":\"something wrong %d\"}", name, from);
    snprintf(peer, sizeof peer, "192.0.2.%d", 10 + from);
    struct told t = asked(f->server, &(struct asking){ .method = HTTP_POST, .path = "/sign-in", .body = body, .is_tls = true, .peer = peer, .header = { JSON_TYPE } });
    int status = t.status;
    assert_int_equal(told_header(&t, "Retry-After") != NULL, status == 429);
    assert_null(told_header(&t, "Set-Cookie"));
    if (said != NULL)
        *said = mem_text(t.text);
    told_clear(&t);
    return status;
}

// From everywhere. A name nobody has counts like one somebody has, so the two cannot be told apart by being made to wait either. The waits
// grow, so they outgrow the time a slow machine takes for a try.
static void who_guesses_waits(void **state)
{
    enum { FREE = 5, TRIES_MOST = 16 };
    struct fixture *f = *state;
    static const char *const names[] = { "Wang", "Nobody" };
    char *said[2] = { NULL, NULL };
    for (int n = 0; n < 2; n++) {
        int i = 0, status = 401;
        for (; i < TRIES_MOST && status == 401; i++)
            status = guess(f, names[n], i, i == 0 ? &said[n] : NULL);
        assert_int_equal(status, 429);
        assert_true(i > FREE + 1);
    }
    assert_string_equal(said[0], said[1]);
    mem_free(said[0]), mem_free(said[1]);
}

// --- Rates ----------------------------------------------------------------------------------------------------------------------------

static void who_asks_too_much_waits(void **state)
{
    struct fixture *f = *state;
    struct server *slow = NULL;
    int passed = 0, refused = 0;
    assert_ok(f, server_open(&(struct server_settings){ .station = f->at.folder, .now_s = clock_of_test, .asks_per_s = 2 }, &slow, &f->e));
    for (int i = 0; i < 20; i++) {
        struct told t = asked(slow, &(struct asking){ .path = "/conformance", .peer = "192.0.2.1" });
        passed += t.status == 200;
        refused += t.status == 429 && told_header(&t, "Retry-After") != NULL && told_header(&t, "RateLimit") != NULL && told_header(&t, "RateLimit-Policy") != NULL;
        told_clear(&t);
    }
    assert_in_range(passed, 8, 12);                            // four seconds' worth at once, and what comes back meanwhile
    assert_int_equal(passed + refused, 20);
    expect_status(&(struct fixture){ .server = slow }, &(struct asking){ .path = "/conformance", .peer = "192.0.2.2" }, 200, "somebody else");
    for (int i = 0; i < 300; i++)                              // a day's findings of one phone
        expect_status(&(struct fixture){ .server = slow }, &(struct asking){ .method = HTTP_POST, .path = "/sign-out", .bearer = f->writes }, 409, "many changes at once");
    server_close(slow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_token_says_who_asks, open_all, close_all),
        cmocka_unit_test_setup_teardown(whatever_is_wrong_with_a_token_sounds_alike, open_all, close_all),
        cmocka_unit_test_setup_teardown(a_browser_is_not_made_to_open_a_window, open_all, close_all),
        cmocka_unit_test_setup_teardown(no_address_has_a_token, open_all, close_all),
        cmocka_unit_test_setup_teardown(who_changes_something_says_who_they_are, open_all, close_all),
        cmocka_unit_test_setup_teardown(a_page_of_somebody_else_changes_nothing, open_all, close_all),
        cmocka_unit_test_setup_teardown(a_session_lives_from_sign_in_to_sign_out, open_all, close_all),
        cmocka_unit_test_setup_teardown(a_cookie_says_where_it_may_go, open_all, close_all),
        cmocka_unit_test_setup_teardown(nobody_is_sent_elsewhere, open_all, close_all),
        cmocka_unit_test_setup_teardown(wrong_bodies_are_refused_with_a_sentence, open_all, close_all),
        cmocka_unit_test_setup_teardown(who_guesses_waits, open_all, close_all),
        cmocka_unit_test_setup_teardown(who_asks_too_much_waits, open_all, close_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
