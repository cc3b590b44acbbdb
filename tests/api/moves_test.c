// Moves over HTTP without a connection: who may ask, what is read of a body, which rule refuses, and how a record stands afterwards.
#include "tests/api/doors_world.h"

#include "core/desk.h"
#include "core/finding.h"

static char finding[WALK_NUMBER];

static enum status report(struct work *w, void *ctx)
{
    struct desk desk = { 0 };
    struct walk k;
    (void)ctx;
    struct finding_spec spec = { .text = "a shed", .crs = "EPSG:4326", .x = 121.07, .y = 32.07, .lon = 121.07, .lat = 32.07, .accuracy_m = 5, .seen_at_s = w->now_s };
    enum status s = finding_record(w, &desk, &spec, &k);
    desk_clear(&desk);
    if (s == OK)
        snprintf(finding, sizeof finding, "%s", k.number);
    return s;
}

struct naming { const char *name; struct actor actor; };
static enum status find(struct work *w, void *ctx)
{
    struct naming *n = ctx;
    return actor_get(w, n->name, &n->actor);
}

static const char *reported(struct doors *d)
{
    static char path[100];
    struct naming wang = { .name = "Wang" };
    assert_ok(d, station_read(d->server->station, &(struct station_call){ now_s, "system" }, find, &wang, &d->e));
    assert_ok(d, station_write(d->server->station, &(struct station_call){ now_s, wang.actor.id.text }, report, NULL, &d->e));
    snprintf(path, sizeof path, "/findings/%s/moves", finding);
    return path;
}

static void who_writes_is_known(void **state)
{
    struct doors *d = *state;
    const char *path = reported(d), body[] = "{\"verb\":\"assign\"}";
    struct said t = ask(d, (struct asking){ .method = HTTP_POST, .path = path, .body = body });
    expect(&t, "nobody known", 401, "token");
    said_clear(&t);
    t = ask(d, (struct asking){ .method = HTTP_POST, .path = path, .body = body, .token = d->reading });
    expect(&t, "a token that reads", 403, "change nothing");
    said_clear(&t);
    t = get(d, NULL, path);
    expect(&t, "moves for nobody", 404, NULL);
    said_clear(&t);
    t = get(d, "Li", path);
    expect(&t, "moves of what an agency does not see", 404, NULL);
    said_clear(&t);
    t = post(d, "Li", path, body);
    expect(&t, "a move of it", 404, NULL);
    said_clear(&t);
}

static void a_body_is_read_whole_or_refused(void **state)
{
    static const struct { const char *type, *body; int status; const char *words; } cases[] = {
        { "text/plain", "{\"verb\":\"assign\"}", 415, "application/json" },
        { "application/json", "", 400, NULL },
        { "application/json", "[]", 400, "object" },
        { "application/json; charset=utf-8", "{\"verb\":\"assign\",\"nte\":\"x\"}", 400, "nte" },
        { "application/json", "{\"note\":\"x\"}", 400, "verb" },
        { "application/json", "{\"verb\":7}", 400, "a text is expected" },
        { "application/json", "{\"verb\":\"assign\",\"condition\":100}", 400, "a number from 1 to 99" },
        { "application/json", "{\"verb\":\"assign\",\"until\":\"tomorrow\"}", 400, "a moment with its zone" },
        { "application/json", "{\"verb\":\"fly\"}", 422, "no such move" },
        { "application/json", "{\"verb\":\"dismiss\"}", 422, "rule note" },
        { "application/json", "{\"verb\":\"merge\",\"master\":\"nobody\"}", 404, "nobody" },
        { "application/json", "{\"verb\":\"open_case\"}", 409, "rule not-now" },
        { "application/json", "{\"verb\":\"confirm\"}", 422, "rule photo" },
        { "application/json", "{\"verb\":\"withdraw\",\"note\":\"x\"}", 403, "rule own-request" },
    };
    struct doors *d = *state;
    const char *path = reported(d);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct said t = ask(d, (struct asking){ .method = HTTP_POST, .path = path, .who = "Zhao", .type = cases[i].type, .body = cases[i].body });
        expect(&t, cases[i].body, cases[i].status, cases[i].words);
        said_clear(&t);
    }
}

static void moves_that_are_open_say_what_they_want(void **state)
{
    struct doors *d = *state;
    const char *path = reported(d);
    struct said t = get(d, "Zhao", path);
    expect(&t, "moves", 200, NULL);
    assert_string_equal(text_of(&t, "state"), "reported");
    assert_string_equal(text_of(&t, "number"), finding);
    assert_int_equal(json_count(json_get(move_of(&t, "dismiss"), "needs")), 1);
    assert_int_equal(json_count(json_get(move_of(&t, "assign"), "needs")), 0);
    assert_false(json_is_there(move_of(&t, "withdraw")));          // the checker did not report it
    said_clear(&t);
    t = get(d, "Wang", path);
    assert_true(json_is_there(move_of(&t, "withdraw")));
    assert_false(json_is_there(move_of(&t, "dismiss")));           // nobody decides what they reported
    said_clear(&t);
}

static void a_move_is_made_of_the_version_one_saw(void **state)
{
    struct doors *d = *state;
    const char *path = reported(d), body[] = "{\"verb\":\"assign\"}", ends[] = "{\"verb\":\"dismiss\",\"note\":\"nothing there\"}";
    char seen[64];
    struct said t = get(d, "Zhao", path);
    snprintf(seen, sizeof seen, "%s", t.etag);
    assert_true(seen[0] == '"');
    said_clear(&t);
    t = ask(d, (struct asking){ .method = HTTP_POST, .path = path, .who = "Zhao", .body = body, .if_match = seen });
    expect(&t, "what was seen", 200, NULL);
    said_clear(&t);
    t = ask(d, (struct asking){ .method = HTTP_POST, .path = path, .who = "Zhao", .body = ends, .if_match = "\"0000000000000000\"" });
    expect(&t, "another version", 412, "changed");
    said_clear(&t);
    t = post(d, "Zhao", path, ends);
    expect(&t, "the end", 200, NULL);
    assert_string_equal(text_of(&t, "state"), "dismissed");
    assert_string_equal(text_of(&t, "from"), "reported");
    assert_false(json_is_there(move_of(&t, "reopen")));            // a second person takes it up again
    said_clear(&t);
    t = post(d, "Zhao", path, ends);
    expect(&t, "twice", 409, "rule not-now");
    said_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_writes_is_known),
        cmocka_unit_test(a_body_is_read_whole_or_refused),
        cmocka_unit_test(moves_that_are_open_say_what_they_want),
        cmocka_unit_test(a_move_is_made_of_the_version_one_saw),
    };
    return cmocka_run_group_tests(tests, doors_open, doors_close);
}
