// Passwords of people: length and nothing else, one form for one text, and refusals that tell nothing.
#include "tests/core/people.h"

#include "core/password.h"

static enum status set(struct work *w, void *ctx) { const char *const *a = ctx; return password_set(w, a[0], a[1]); }
struct finding { const char *name; struct password_kept kept; };
static enum status find(struct work *w, void *ctx) { struct finding *g = ctx; return password_find(w, g->name, &g->kept); }

static void give(struct fixture *f, const struct actor *who, const char *typed)
{
    char made[SECRET_PASSWORD];
    assert_ok(f, password_make(typed, made, &f->e));
    const char *const a[] = { who->name, made };
    assert_ok(f, as(f, who, set, (void *)a));
}

static enum status try(struct fixture *f, const char *name, const char *typed, char actor[ID_TEXT])
{
    struct finding g = { .name = name };
    assert_ok(f, as(f, NULL, find, &g));
    f->e.text[0] = '\0';
    enum status s = password_check(&g.kept, typed, &f->e);
    strcpy(actor, s == OK ? g.kept.actor.text : "");
    return s;
}

static void the_right_one_opens_and_the_wrong_one_says_nothing(void **state)
{
    struct fixture *f = *state;
    char who[ID_TEXT], wrong[1024];
    give(f, &f->wang, "correct horse battery");
    assert_ok(f, try(f, "Wang", "correct horse battery", who));
    assert_string_equal(who, f->wang.id.text);
    assert_int_equal(try(f, "Wang", "correct horse batterie", who), NOT_FOUND);
    strcpy(wrong, f->e.text);
    const struct { const char *name, *typed; } bad[] = {
        { "Wang", "" }, { "Nobody", "correct horse battery" }, { "Li", "correct horse battery" },   // Li has none
        { "wang", "correct horse battery" }, { f->wang.id.text, "correct horse battery" }, { "' OR 1 = 1 --", "x" },
        { "Li", "" }, { "Nobody", "" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (try(f, bad[i].name, bad[i].typed, who) != NOT_FOUND)
            fail_msg("%s, %s opens", bad[i].name, bad[i].typed);
        assert_string_equal(f->e.text, wrong);
    }
    assert_int_equal(number(f, "SELECT count(*) FROM audit WHERE thing = 'password' AND verb = 'set' AND length(after_sha256) = 64 AND note = 'Wang'"), 1);
}

static void length_is_the_only_rule(void **state)
{
    struct fixture *f = *state;
    char made[SECRET_PASSWORD], endless[PASSWORD_BYTES_MOST + 2];
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_int_equal(password_make("14 characters.", made, &f->e), INVALID);
    assert_non_null(strstr(f->e.text, "15"));
    assert_int_equal(password_make("", made, &f->e), INVALID);
    assert_int_equal(password_make(endless, made, &f->e), INVALID);
    assert_int_equal(password_make("\xff\xfe is no text at all", made, &f->e), INVALID);
    assert_ok(f, password_make("aaaaaaaaaaaaaaa", made, &f->e));
    assert_ok(f, password_make("一二三四五六七八九十甲乙丙丁戊", made, &f->e));            // characters, not bytes
    assert_int_equal(password_make("一二三四五六七八九十甲乙丙丁", made, &f->e), INVALID);
    endless[PASSWORD_BYTES_MOST] = '\0';
    assert_ok(f, password_make(endless, made, &f->e));
}

static void the_same_text_typed_otherwise_is_the_same(void **state)
{
    struct fixture *f = *state;
    char who[ID_TEXT], longer[PASSWORD_BYTES_MOST + 100];
    give(f, &f->wang, "caf\xc3\xa9 ＡＢＣ 一二三四五六七");
    assert_ok(f, try(f, "Wang", "cafe\xcc\x81 ABC 一二三四五六七", who));
    assert_int_equal(try(f, "Wang", "cafe ABC 一二三四五六七", who), NOT_FOUND);
    memset(longer, 'y', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(try(f, "Wang", longer, who), NOT_FOUND);
}

static enum status switch_off(struct work *w, void *ctx)
{
    struct actor out;
    return actor_alter(w, ctx, &(struct actor_change){ .is_active = &(bool){ false } }, &out);
}

static void passwords_are_set_by_their_owner_or_an_administrator(void **state)
{
    struct fixture *f = *state;
    char made[SECRET_PASSWORD], who[ID_TEXT];
    assert_ok(f, password_make("correct horse battery", made, &f->e));
    const char *const a[] = { "Wang", made }, *const none[] = { "Nobody", made }, *const plain[] = { "Wang", "correct horse battery" };
    assert_int_equal(as(f, &f->li, set, (void *)a), DENIED);
    assert_ok(f, as(f, &f->wang, set, (void *)a));
    assert_ok(f, as(f, &f->admin, set, (void *)a));
    assert_int_equal(as(f, &f->admin, set, (void *)none), NOT_FOUND);
    assert_int_equal(as(f, &f->admin, set, (void *)plain), CONFLICT);      // the schema lets nothing in that argon2id did not make
    assert_ok(f, try(f, "Wang", "correct horse battery", who));
    assert_ok(f, as(f, &f->admin, switch_off, "Wang"));
    assert_int_equal(try(f, "Wang", "correct horse battery", who), NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_right_one_opens_and_the_wrong_one_says_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(length_is_the_only_rule, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_text_typed_otherwise_is_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(passwords_are_set_by_their_owner_or_an_administrator, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
