// Sessions: new at each sign-in, past after their time, ended with what they rest on, and alike in how they are refused.
#include "tests/core/people.h"

#include "core/password.h"
#include "core/session.h"

struct signing { const char *actor; struct session_from from; char id[SECRET_TEXT]; struct session session; };
static enum status begin(struct work *w, void *ctx)
{
    struct signing *s = ctx;
    return session_begin(w, s->actor, &s->from, s->id, &s->session);
}

struct showing { const char *id; struct session_shown shown; };
static enum status find(struct work *w, void *ctx)
{
    struct showing *s = ctx;
    return session_find(w, s->id, &s->shown);
}

static struct signing sign_in(struct fixture *f, const struct actor *who)
{
    struct signing s = { .actor = who->id.text, .from = { "10.0.0.7", "Firefox" } };
    assert_ok(f, as(f, who, begin, &s));
    return s;
}

static enum status show(struct fixture *f, const char *id, struct showing *out)
{
    *out = (struct showing){ .id = id };
    return as(f, NULL, find, out);
}

static enum status mark_seen(struct work *w, void *ctx) { return session_seen(w, ctx); }
static enum status end_one(struct work *w, void *ctx) { return session_end(w, ctx); }

static void a_session_is_whose_it_is(void **state)
{
    struct fixture *f = *state;
    struct signing a = sign_in(f, &f->wang), b = sign_in(f, &f->wang);
    struct showing s;
    assert_string_not_equal(a.id, b.id);
    assert_string_not_equal(a.session.csrf, b.session.csrf);
    assert_ok(f, show(f, a.id, &s));
    assert_string_equal(s.shown.session.actor.text, f->wang.id.text);
    assert_string_equal(s.shown.session.address, "10.0.0.7");
    assert_string_equal(s.shown.session.agent, "Firefox");
    assert_true(session_has_csrf(&s.shown.session, a.session.csrf));
    assert_false(session_has_csrf(&s.shown.session, b.session.csrf));
    assert_false(session_has_csrf(&s.shown.session, ""));
    assert_false(session_has_csrf(&s.shown.session, NULL));
    char path[256];
    snprintf(path, sizeof path, "SELECT count(*) FROM session WHERE instr(sha256 || csrf || address || agent, '%s') > 0", a.id);
    assert_int_equal(number(f, path), 0);                                  // the id itself is nowhere
}

static void what_is_no_session_sounds_alike(void **state)
{
    struct fixture *f = *state;
    struct signing a = sign_in(f, &f->wang);
    struct showing s;
    char other[SECRET_TEXT], endless[5000], first[1024];
    memcpy(other, a.id, sizeof other);
    other[20] = other[20] == 'a' ? 'b' : 'a';
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_int_equal(show(f, other, &s), NOT_FOUND);
    strcpy(first, f->e.text);
    const char *const bad[] = { "", a.session.handle, endless, "' OR 1 = 1 --" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(show(f, bad[i], &s), NOT_FOUND);
        assert_string_equal(f->e.text, first);
    }
}

static void a_session_ends_by_itself(void **state)
{
    struct fixture *f = *state;
    struct signing a = sign_in(f, &f->wang);
    int64_t begun = f->now_s;
    struct showing s;
    f->now_s = begun + SESSION_IDLE_S - 1;
    assert_ok(f, show(f, a.id, &s));
    assert_true(s.shown.is_seen_due);
    f->now_s = begun + SESSION_IDLE_S;
    assert_int_equal(show(f, a.id, &s), NOT_FOUND);
    f->now_s = begun + SESSION_IDLE_S - 1;                                 // seen in time again and again, but not beyond the day
    while (f->now_s < begun + SESSION_MOST_S) {
        assert_ok(f, show(f, a.id, &s));
        assert_ok(f, as(f, NULL, mark_seen, a.session.handle));
        assert_ok(f, show(f, a.id, &s));
        assert_false(s.shown.is_seen_due);
        f->now_s += SESSION_IDLE_S - 1;
    }
    f->now_s = begun + SESSION_MOST_S - 1;
    assert_ok(f, show(f, a.id, &s));
    f->now_s = begun + SESSION_MOST_S;
    assert_int_equal(show(f, a.id, &s), NOT_FOUND);
    sign_in(f, &f->li);
    assert_int_equal(number(f, "SELECT count(*) FROM session"), 1);        // what is past is forgotten
}

static void last_seen_is_written_once_a_minute(void **state)
{
    struct fixture *f = *state;
    struct signing a = sign_in(f, &f->wang);
    struct showing s;
    f->now_s += SESSION_SEEN_EVERY_S - 1;
    assert_ok(f, show(f, a.id, &s));
    assert_false(s.shown.is_seen_due);
    f->now_s++;
    assert_ok(f, show(f, a.id, &s));
    assert_true(s.shown.is_seen_due);
}

static void who_signs_out_is_out_and_nobody_else(void **state)
{
    struct fixture *f = *state;
    struct signing a = sign_in(f, &f->wang), b = sign_in(f, &f->wang), c = sign_in(f, &f->li);
    struct showing s;
    assert_int_equal(as(f, &f->li, end_one, a.session.handle), DENIED);
    assert_ok(f, as(f, &f->wang, end_one, a.session.handle));
    assert_int_equal(show(f, a.id, &s), NOT_FOUND);
    assert_ok(f, show(f, b.id, &s));
    assert_ok(f, show(f, c.id, &s));
    assert_int_equal(as(f, &f->wang, end_one, a.session.handle), NOT_FOUND);
    assert_int_equal(as(f, &f->wang, end_one, ""), NOT_FOUND);
    assert_ok(f, as(f, &f->admin, end_one, c.session.handle));
    assert_int_equal(number(f, "SELECT count(*) FROM audit WHERE thing = 'session' AND verb = 'begin'"), 3);
    assert_int_equal(number(f, "SELECT count(*) FROM audit WHERE thing = 'session' AND verb = 'end'"), 2);
}

static enum status set_password(struct work *w, void *ctx) { return password_set(w, ctx, SECRET_PASSWORD_NONE); }

struct switching { const char *name; bool on; };
static enum status switch_to(struct work *w, void *ctx)
{
    const struct switching *s = ctx;
    struct actor out;
    return actor_alter(w, s->name, &(struct actor_change){ .is_active = &s->on }, &out);
}

static void a_new_password_or_being_switched_off_ends_them_all(void **state)
{
    struct fixture *f = *state;
    struct signing a = sign_in(f, &f->wang), b = sign_in(f, &f->wang), c = sign_in(f, &f->li);
    struct showing s;
    assert_ok(f, as(f, &f->wang, set_password, "Wang"));
    assert_int_equal(show(f, a.id, &s), NOT_FOUND);
    assert_int_equal(show(f, b.id, &s), NOT_FOUND);
    assert_ok(f, show(f, c.id, &s));
    assert_ok(f, as(f, &f->admin, switch_to, &(struct switching){ "Li", false }));
    assert_int_equal(show(f, c.id, &s), NOT_FOUND);
    struct signing again = { .actor = "Li" };
    assert_int_equal(as(f, NULL, begin, &again), NOT_FOUND);
    assert_ok(f, as(f, &f->admin, switch_to, &(struct switching){ "Li", true }));
    assert_int_equal(show(f, c.id, &s), NOT_FOUND);                        // being back does not bring it back
    struct signing d = sign_in(f, &f->li);
    assert_ok(f, show(f, d.id, &s));
}

static enum status count_one(void *ctx, const struct session *s, struct err *e)
{
    (void)s, (void)e;
    *(int *)ctx += 1;
    return OK;
}

struct listing { const char *actor; int count; };
static enum status list(struct work *w, void *ctx)
{
    struct listing *l = ctx;
    l->count = 0;
    return session_each(w, l->actor, count_one, &l->count);
}

static void sessions_are_listed_to_their_owner_and_administrators(void **state)
{
    struct fixture *f = *state;
    struct listing l = { .actor = f->wang.id.text };
    sign_in(f, &f->wang);
    f->now_s += SESSION_IDLE_S - 1;
    sign_in(f, &f->wang);
    assert_ok(f, as(f, &f->wang, list, &l));
    assert_int_equal(l.count, 2);
    f->now_s++;
    assert_ok(f, as(f, &f->admin, list, &l));
    assert_int_equal(l.count, 1);
    assert_int_equal(as(f, &f->li, list, &l), DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_is_whose_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_session_sounds_alike, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_session_ends_by_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(last_seen_is_written_once_a_minute, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_signs_out_is_out_and_nobody_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_password_or_being_switched_off_ends_them_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sessions_are_listed_to_their_owner_and_administrators, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
