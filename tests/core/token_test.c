// Tokens: shown once, found by what was sent, and refused alike whatever is wrong.
#include "tests/core/people.h"

#include "core/secret.h"
#include "core/token.h"

enum { DAY = 86400 };

struct making { struct token_spec spec; char text[TOKEN_TEXT]; struct token token; };
static enum status make(struct work *w, void *ctx)
{
    struct making *m = ctx;
    return token_make(w, &m->spec, m->text, &m->token);
}

static struct making made(struct fixture *f, const struct actor *who, struct token_spec spec)
{
    struct making m = { .spec = spec };
    assert_ok(f, as(f, who, make, &m));
    return m;
}

struct showing { const char *sent; struct token_shown shown; };
static enum status find(struct work *w, void *ctx)
{
    struct showing *s = ctx;
    return token_find(w, s->sent, &s->shown);
}

static enum status show(struct fixture *f, const char *sent, struct token_shown *out)
{
    struct showing s = { .sent = sent };
    enum status answer = as(f, NULL, find, &s);
    *out = s.shown;
    return answer;
}

static enum status revoke(struct work *w, void *ctx) { return token_revoke(w, ctx); }
static enum status use(struct work *w, void *ctx) { return token_use(w, ctx); }

static void a_token_is_its_owners(void **state)
{
    struct fixture *f = *state;
    struct making m = made(f, &f->admin, (struct token_spec){ .actor = "Wang", .name = "map", .scope = TOKEN_READ, .days = 30 });
    struct token_shown t;
    assert_int_equal(strlen(m.text), TOKEN_TEXT - 1);
    assert_int_equal(strncmp(m.text, "gp_", 3), 0);
    assert_ok(f, show(f, m.text, &t));
    assert_string_equal(t.token.actor.text, f->wang.id.text);
    assert_string_equal(t.token.id, m.token.id);
    assert_string_equal(t.token.name, "map");
    assert_int_equal(t.token.scope, TOKEN_READ);
    assert_int_equal(t.token.expires_at_s, f->now_s + 30 * DAY);
    struct making other = made(f, &f->wang, (struct token_spec){ .actor = f->wang.id.text, .name = "own", .scope = TOKEN_ALL });
    assert_ok(f, show(f, other.text, &t));
    assert_int_equal(t.token.scope, TOKEN_ALL);
    assert_int_equal(t.token.expires_at_s, f->now_s + (int64_t)TOKEN_DAYS * DAY);
    assert_string_not_equal(m.text + 16, other.text + 16);
}

// What stands in the station opens nothing: the secret is in no table and no audit row.
static void the_secret_is_nowhere(void **state)
{
    struct fixture *f = *state;
    struct making m = made(f, &f->admin, (struct token_spec){ .actor = "Wang", .name = "map" });
    char secret[SECRET_TEXT], sql[512];
    memcpy(secret, m.text + 3 + TOKEN_ID, SECRET_TEXT - 1);
    secret[SECRET_TEXT - 1] = '\0';
    snprintf(sql, sizeof sql, "SELECT (SELECT count(*) FROM token WHERE instr(id || name || sha256, '%s') > 0) + "
                              "(SELECT count(*) FROM audit WHERE instr(note || thing_id || before_sha256, '%s') > 0)", secret, secret);
    assert_int_equal(number(f, sql), 0);
    assert_int_equal(number(f, "SELECT count(*) FROM audit WHERE thing = 'token' AND verb = 'record' AND note LIKE 'map: read, until %'"), 1);
}

// CRC-32 of all before the last '_', by division bit by bit, as six digits of base 62.
static void write_checksum(char token[TOKEN_TEXT])
{
    static const char DIGITS[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    uint32_t crc = 0xffffffff;
    size_t len = TOKEN_TEXT - 1 - 7;
    for (size_t bit = 0; bit < 8 * len; bit++) {
        uint32_t in = (uint32_t)((unsigned char)token[bit / 8] >> bit % 8) & 1;
        crc = ((crc ^ in) & 1) != 0 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    crc = ~crc;
    for (size_t i = TOKEN_TEXT - 2; i > len; i--, crc /= 62)
        token[i] = DIGITS[crc % 62];
}

static void whatever_is_wrong_sounds_alike(void **state)
{
    struct fixture *f = *state;
    struct making m = made(f, &f->admin, (struct token_spec){ .actor = "Wang", .name = "map" });
    struct making gone = made(f, &f->admin, (struct token_spec){ .actor = "Wang", .name = "gone", .days = 1 });
    struct making past = made(f, &f->admin, (struct token_spec){ .actor = "Wang", .name = "past", .days = 1 });
    char mistyped[TOKEN_TEXT], swapped[TOKEN_TEXT], unknown[TOKEN_TEXT], same[TOKEN_TEXT], endless[9000], first[1024] = "";
    struct token_shown t;
    assert_ok(f, as(f, &f->admin, revoke, gone.token.id));
    memcpy(mistyped, m.text, sizeof mistyped);
    mistyped[30] = mistyped[30] == 'a' ? 'b' : 'a';
    memcpy(swapped, m.text, sizeof swapped);                               // another's secret, under the right checksum
    memcpy(swapped + 3 + TOKEN_ID, past.text + 3 + TOKEN_ID, SECRET_TEXT - 1);
    write_checksum(swapped);
    memcpy(unknown, m.text, sizeof unknown);
    memcpy(unknown + 3, "000000000000", TOKEN_ID - 1);
    write_checksum(unknown);
    memset(endless, 'a', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    f->now_s += DAY;                                                       // "past" is past
    const char *const bad[] = { "", "gp_", "gp", mistyped, swapped, unknown, gone.text, past.text, endless, "Bearer x", m.token.id, "' OR 1 = 1 --" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (show(f, bad[i], &t) != NOT_FOUND)
            fail_msg("%zu opens: %s", i, bad[i]);
        if (first[0] == '\0')
            strcpy(first, f->e.text);
        assert_string_equal(f->e.text, first);
    }
    memcpy(same, m.text, sizeof same);
    memcpy(same + TOKEN_TEXT - 7, "000000", 6);
    write_checksum(same);                                                  // the checksum written here is the right one
    assert_string_equal(same, m.text);
    assert_ok(f, show(f, m.text, &t));
}

static enum status switch_to(struct work *w, void *ctx)
{
    struct actor out;
    return actor_alter(w, "Li", &(struct actor_change){ .is_active = ctx }, &out);
}

static void who_is_switched_off_has_no_token(void **state)
{
    struct fixture *f = *state;
    struct making m = made(f, &f->admin, (struct token_spec){ .actor = "Li", .name = "a" }), again = { .spec = { .actor = "Li", .name = "b" } };
    struct token_shown t;
    assert_ok(f, as(f, &f->admin, switch_to, &(bool){ false }));
    assert_int_equal(show(f, m.text, &t), NOT_FOUND);
    assert_int_equal(as(f, &f->admin, make, &again), CONFLICT);
    assert_ok(f, as(f, &f->admin, switch_to, &(bool){ true }));
    assert_ok(f, show(f, m.text, &t));
}

// Every letter of a token counts.
static void a_token_with_one_letter_changed_is_another(void **state)
{
    struct fixture *f = *state;
    struct making m = made(f, &f->admin, (struct token_spec){ .actor = "Wang", .name = "map" });
    struct token_shown t;
    for (size_t i = 0; i < TOKEN_TEXT - 1; i++) {
        char other[TOKEN_TEXT];
        memcpy(other, m.text, sizeof other);
        other[i] = other[i] == '0' ? '1' : '0';
        if (show(f, other, &t) != NOT_FOUND)
            fail_msg("letter %zu does not count", i);
    }
}

static void last_use_is_written_once_a_minute(void **state)
{
    struct fixture *f = *state;
    struct making m = made(f, &f->admin, (struct token_spec){ .actor = "Wang", .name = "map" });
    struct token_shown t;
    assert_ok(f, show(f, m.text, &t));
    assert_true(t.is_use_due);
    assert_ok(f, as(f, NULL, use, m.token.id));
    int64_t first = f->now_s;
    f->now_s += TOKEN_USE_EVERY_S - 1;
    assert_ok(f, show(f, m.text, &t));
    assert_int_equal(t.token.used_at_s, first);
    assert_false(t.is_use_due);
    assert_ok(f, as(f, NULL, use, m.token.id));                            // too early: not written
    assert_ok(f, show(f, m.text, &t));
    assert_int_equal(t.token.used_at_s, first);
    f->now_s++;
    assert_ok(f, show(f, m.text, &t));
    assert_true(t.is_use_due);
    assert_ok(f, as(f, NULL, use, m.token.id));
    assert_ok(f, show(f, m.text, &t));
    assert_int_equal(t.token.used_at_s, f->now_s);
}

static void tokens_are_made_and_revoked_by_their_owner_or_an_administrator(void **state)
{
    struct fixture *f = *state;
    struct making m = { .spec = { .actor = "Li", .name = "x" } };
    assert_int_equal(as(f, &f->wang, make, &m), DENIED);
    assert_int_equal(m.text[0], '\0');
    m = made(f, &f->li, m.spec);
    assert_int_equal(as(f, &f->wang, revoke, m.token.id), DENIED);
    assert_ok(f, as(f, &f->li, revoke, m.token.id));
    assert_int_equal(as(f, &f->li, revoke, m.token.id), CONFLICT);
    assert_int_equal(as(f, &f->admin, revoke, "nothing"), NOT_FOUND);
    assert_int_equal(number(f, "SELECT count(*) FROM audit WHERE thing = 'token' AND verb = 'revoke'"), 1);
}

static void names_and_days_have_their_bounds(void **state)
{
    struct fixture *f = *state;
    char name[TOKEN_NAME + 1];
    memset(name, 'n', TOKEN_NAME);
    name[TOKEN_NAME] = '\0';
    const struct { struct token_spec spec; enum status expected; } cases[] = {
        { { "Wang", "", 1, TOKEN_ALL }, INVALID }, { { "Wang", name, 1, TOKEN_ALL }, INVALID }, { { "Wang", "n", -1, TOKEN_ALL }, INVALID },
        { { "Wang", "n", TOKEN_DAYS_MOST + 1, TOKEN_ALL }, INVALID }, { { "Nobody", "n", 1, TOKEN_ALL }, NOT_FOUND },
        { { "Wang", "n", TOKEN_DAYS_MOST, TOKEN_ALL }, OK }, { { "Wang", "n", 1, TOKEN_ALL }, CONFLICT }, { { "Li", "n", 1, TOKEN_ALL }, OK },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct making m = { .spec = cases[i].spec };
        enum status s = as(f, &f->admin, make, &m);
        if (s != cases[i].expected)
            fail_msg("case %zu: %d, expected %d: %s", i, s, cases[i].expected, f->e.text);
    }
    f->now_s += 2 * DAY;                                                   // Li's is past: its name is free again
    made(f, &f->admin, (struct token_spec){ .actor = "Li", .name = "n" });
    for (int i = 1; i < TOKENS_MOST; i++) {
        snprintf(name, sizeof name, "%d", i);
        made(f, &f->admin, (struct token_spec){ .actor = "Li", .name = name });
    }
    struct making more = { .spec = { .actor = "Li", .name = "more" } };
    assert_int_equal(as(f, &f->admin, make, &more), TOO_BIG);
}

struct listing { const char *actor; char names[512]; };
static enum status add_name(void *ctx, const struct token *t, struct err *e)
{
    struct listing *l = ctx;
    (void)e;
    snprintf(l->names + strlen(l->names), sizeof l->names - strlen(l->names), "%s:%s ", t->actor_name, t->name);
    return OK;
}
static enum status list(struct work *w, void *ctx)
{
    struct listing *l = ctx;
    l->names[0] = '\0';
    return token_each(w, l->actor, add_name, l);
}

static void tokens_are_listed_to_who_may_know(void **state)
{
    struct fixture *f = *state;
    struct listing l = { .actor = NULL };
    made(f, &f->admin, (struct token_spec){ .actor = "Wang", .name = "a" });
    f->now_s++;
    made(f, &f->admin, (struct token_spec){ .actor = "Li", .name = "b" });
    assert_ok(f, as(f, &f->admin, list, &l));
    assert_string_equal(l.names, "Wang:a Li:b ");
    assert_ok(f, as(f, &f->li, list, &l));
    assert_string_equal(l.names, "Li:b ");
    l.actor = "Wang";
    assert_ok(f, as(f, &f->admin, list, &l));
    assert_string_equal(l.names, "Wang:a ");
    assert_int_equal(as(f, &f->li, list, &l), DENIED);
}

static void a_token_comes_as_bearer_or_as_password(void **state)
{
    struct fixture *f = *state;
    struct making m = made(f, &f->admin, (struct token_spec){ .actor = "Wang", .name = "a" });
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char *const users[] = { "", "qgis", "网格" };
    char header[512], out[TOKEN_TEXT];
    snprintf(header, sizeof header, "bearer   %s", m.text);
    assert_true(token_of_header(header, out));
    assert_string_equal(out, m.text);
    for (size_t u = 0; u < sizeof users / sizeof users[0]; u++) {
        char pair[128], *at = header + sprintf(header, "Basic ");
        size_t len = (size_t)snprintf(pair, sizeof pair, "%s:%s", users[u], m.text);
        for (size_t i = 0; i < len; i += 3) {
            uint32_t three = (uint32_t)(unsigned char)pair[i] << 16 | (i + 1 < len ? (uint32_t)(unsigned char)pair[i + 1] << 8 : 0) |
                             (i + 2 < len ? (unsigned char)pair[i + 2] : 0);
            at += sprintf(at, "%c%c%c%c", LETTERS[three >> 18], LETTERS[three >> 12 & 63], i + 1 < len ? LETTERS[three >> 6 & 63] : '=',
                          i + 2 < len ? LETTERS[three & 63] : '=');
        }
        if (!token_of_header(header, out) || strcmp(out, m.text) != 0)
            fail_msg("%s: \"%s\"", header, out);
    }
    char longer[512];
    snprintf(longer, sizeof longer, "Bearer %sx", m.text);
    const char *const none[] = { "", "Bearer", "Bearer ", "Basic", "Basic ====", "Basic YTpi", "Digest username=\"x\"", longer, m.text };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        if (token_of_header(none[i], out))
            fail_msg("%s: %s", none[i], out);
        assert_string_equal(out, "");
    }
}

static enum status tamper(struct work *w, void *ctx) { return db_run(w->db, ctx, NO_VALUES, w->e); }

static void a_token_stays_what_it_was_made(void **state)
{
    struct fixture *f = *state;
    struct making m = made(f, &f->admin, (struct token_spec){ .actor = "Wang", .name = "a", .scope = TOKEN_READ });
    static char *const deeds[] = { "UPDATE token SET scope = 'all'", "UPDATE token SET expires_at_s = expires_at_s + 1", "UPDATE token SET actor_id = 'x'",
                                   "UPDATE token SET sha256 = printf('%064d', 0)" };
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++)
        assert_int_equal(as(f, NULL, tamper, deeds[i]), CONFLICT);
    assert_ok(f, as(f, &f->admin, revoke, m.token.id));
    assert_int_equal(as(f, NULL, tamper, "UPDATE token SET revoked_at_s = NULL"), CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_token_is_its_owners, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_secret_is_nowhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whatever_is_wrong_sounds_alike, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_switched_off_has_no_token, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_with_one_letter_changed_is_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(last_use_is_written_once_a_minute, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tokens_are_made_and_revoked_by_their_owner_or_an_administrator, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_and_days_have_their_bounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tokens_are_listed_to_who_may_know, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_comes_as_bearer_or_as_password, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_stays_what_it_was_made, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
