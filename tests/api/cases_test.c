// Cases, papers, leads and queues over HTTP without a connection: what is read, who is let, what the queue of an agency shows to whom.
#include "tests/api/doors_world.h"

static char case_number[64], case_path[100], lead_path[100];

static void step(struct doors *d, const char *who, const char *path, const char *body, int status, const char *words)
{
    struct said t = post(d, who, path, body);
    char what[300];
    snprintf(what, sizeof what, "%s %s %s", who, path, body);
    expect(&t, what, status, words);
    said_clear(&t);
}

static const char *under(const char *path, const char *rest)
{
    static char text[200];
    snprintf(text, sizeof text, "%s/%s", path, rest);
    return text;
}

static void a_case_is_opened_by_hand_and_corrected(void **state)
{
    struct doors *d = *state;
    step(d, "Wang", "/cases", "{\"kind\":\"shed\",\"x\":121.07,\"y\":32.07}", 422, "there are: illegal_building");
    step(d, "Wang", "/cases", "{\"title\":\"nowhere\"}", 422, "rule place");
    step(d, "Wang", "/cases", "{\"x\":121.07,\"y\":32.07,\"stock\":\"old\"}", 400, "new, existing");
    step(d, "Li", "/cases", "{\"x\":121.07,\"y\":32.07}", 403, "rule role");
    struct said t = post(d, "Wang", "/cases", "{\"title\":\"a shed by the river\",\"x\":121.07,\"y\":32.07,\"area_m2\":40,\"party\":\"Xu\"}");
    expect(&t, "a case", 201, "a shed by the river");
    snprintf(case_number, sizeof case_number, "%s", text_of(&t, "number"));
    snprintf(case_path, sizeof case_path, "/cases/%s", text_of(&t, "id"));
    said_clear(&t);
    t = ask(d, (struct asking){ .method = HTTP_PATCH, .path = case_path, .who = "Zhao", .body = "{\"facts\":{\"land\":\"state\",\"obstructed\":true},\"note\":\"x\"}" });
    expect(&t, "corrected", 200, "\"facts\":{\"land\":\"state\",\"obstructed\":true}");
    said_clear(&t);
    t = ask(d, (struct asking){ .method = HTTP_PATCH, .path = case_path, .who = "Zhao", .body = "{\"facts\":[1]}" });
    expect(&t, "facts that are a list", 400, "facts");
    said_clear(&t);
    t = get(d, "Gui", case_path);
    expect(&t, "another agency", 404, NULL);
    said_clear(&t);
}

static void papers_say_what_they_are(void **state)
{
    struct doors *d = *state;
    const char *papers = under(case_path, "papers");
    step(d, "Zhao", papers, "{\"kind\":\"poem\",\"number\":\"1\"}", 422, "no kind of paper");
    step(d, "Zhao", papers, "{\"kind\":\"stop_notice\",\"number\":\"1\",\"served\":\"2026-03-03T07:50:00+08:00\"}", 422, "says how");
    step(d, "Zhao", papers, "{\"kind\":\"stop_notice\",\"number\":\"1\",\"evidence\":\"019caf00-0000-7000-8000-00000000000a\"}", 404, "no evidence");
    step(d, "Gui", papers, "{\"kind\":\"stop_notice\",\"number\":\"1\"}", 404, NULL);
    step(d, "Zhao", papers, "{\"kind\":\"stop_notice\",\"number\":\"S-1\",\"served\":\"2026-03-03T07:50:00+08:00\",\"served_how\":\"in person\"}", 201, "S-1");
    struct said t = get(d, "Zhao", case_path);
    expect(&t, "the case with its paper", 200, "\"served_how\":\"in person\"");
    said_clear(&t);
}

static void a_lead_is_seen_by_its_agency_once_it_is_sent(void **state)
{
    struct doors *d = *state;
    step(d, "Sun", under(case_path, "leads"), "{\"agency\":\"nobody\"}", 404, "nobody");
    step(d, "Li", under(case_path, "leads"), "{\"agency\":\"natural_resources\"}", 404, NULL);
    struct said t = post(d, "Sun", under(case_path, "leads"), "{\"agency\":\"natural_resources\",\"priority\":2,\"note\":\"it stands in the river's strip\"}");
    expect(&t, "a lead", 201, case_number);
    snprintf(lead_path, sizeof lead_path, "/leads/%s", text_of(&t, "id"));
    said_clear(&t);
    t = get(d, "Gui", lead_path);
    expect(&t, "a draft", 404, NULL);
    said_clear(&t);
    step(d, "Chen", under(lead_path, "moves"), "{\"verb\":\"approve\"}", 200, "approved");
    step(d, "Sun", under(lead_path, "moves"), "{\"verb\":\"send\"}", 200, "\"state\":\"sent\"");
    t = get(d, "Gui", lead_path);
    expect(&t, "sent", 200, "S-1");                                  // it carries the paper
    said_clear(&t);
    t = get(d, "Li", lead_path);
    expect(&t, "somebody else's", 404, NULL);
    said_clear(&t);
}

static void a_queue_is_its_agencys(void **state)
{
    static const struct { const char *who; int status; int features; } cases[] = {
        { NULL, 404, 0 }, { "Gui", 200, 1 }, { "Sun", 200, 1 }, { "Chen", 200, 1 }, { "Li", 404, 0 }, { "Wang", 404, 0 }, { "Ji", 404, 0 },
    };
    struct doors *d = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct said t = get(d, cases[i].who, "/agencies/natural_resources/queue");
        expect(&t, text_or_empty(cases[i].who), cases[i].status, cases[i].features > 0 ? "a shed by the river" : NULL);
        assert_int_equal(json_count(json_get(json_root(t.doc), "features")), cases[i].features);
        if (cases[i].features > 0)
            assert_non_null(strstr(t.text, "\"geometry\":{\"type\":\"Point\",\"coordinates\":[121.07,32.07]}"));
        said_clear(&t);
    }
    struct said t = get(d, "Sun", "/agencies/nobody/queue");
    expect(&t, "nobody's", 404, NULL);
    said_clear(&t);
}

static void what_walks_beside_a_case_is_begun_and_moved(void **state)
{
    struct doors *d = *state;
    step(d, "Sun", under(case_path, "conferences"), "{}", 422, "rule agency");
    step(d, "Sun", under(case_path, "moves"), "{\"verb\":\"party.call\"}", 422, "walks beside");
    struct said t = post(d, "Sun", under(case_path, "conferences"), "{\"agency\":\"natural_resources\",\"note\":\"whose is it\"}");
    expect(&t, "a conference", 201, "\"thing\":\"conference\"");
    char path[100];
    snprintf(path, sizeof path, "/conferences/%s/moves", text_of(&t, "id"));
    assert_true(json_is_there(move_of(&t, "hold")));
    said_clear(&t);
    step(d, "Sun", path, "{\"verb\":\"hold\"}", 200, "\"state\":\"held\"");
    step(d, "Gui", path, "{\"verb\":\"state_opinion\",\"note\":\"x\"}", 404, "conference");        // the case is not theirs
    t = get(d, "Sun", under(case_path, "moves"));
    assert_true(json_is_there(move_of(&t, "conference.call")));
    assert_false(json_is_there(move_of(&t, "extension.request")));  // for officers
    said_clear(&t);
}

static void rules_are_asked_dry_and_real(void **state)
{
    struct doors *d = *state;
    static const char tried[] = "{\"dry_run\":true,\"all\":true,\"rules\":{\"version\":\"1\",\"title_zh\":\"x\",\"title_en\":\"x\",\"rules\":[{\"key\":\"mine\",\"order\":1,"
                                "\"title_zh\":\"x\",\"title_en\":\"x\",\"when\":\"land = 'state'\",\"agency\":\"natural_resources\",\"priority\":1,"
                                "\"secrecy\":\"ordinary\",\"then\":\"stop\"}]}}";
    step(d, "Sun", "/routing", "{\"all\":true}", 400, "dry_run only");
    step(d, "Gui", "/routing", "{}", 403, "rule role");
    step(d, "Sun", "/routing", tried, 200, "\"rule\":\"mine\"");
    step(d, "Sun", "/routing", "{\"dry_run\":true,\"rules\":{\"rules\":7}}", 422, "the body of the request");
    step(d, "Sun", "/routing", "{\"dry_run\":true}", 200, "\"rule\":\"everything_else\"");           // those in force again
    struct said t = get(d, NULL, "/reports");
    expect(&t, "figures for nobody", 404, NULL);
    said_clear(&t);
    t = ask(d, (struct asking){ .method = HTTP_GET, .path = "/reports", .who = "Sun", .query = "from=yesterday" });
    expect(&t, "no day", 400, "a day (2026-03-01)");
    said_clear(&t);
    t = ask(d, (struct asking){ .method = HTTP_GET, .path = "/reports", .who = "Sun", .query = "from=2026-01-01&to=2027-01-01&by=agency" });
    expect(&t, "figures", 200, "handled_in_time");
    said_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_opened_by_hand_and_corrected),
        cmocka_unit_test(papers_say_what_they_are),
        cmocka_unit_test(a_lead_is_seen_by_its_agency_once_it_is_sent),
        cmocka_unit_test(a_queue_is_its_agencys),
        cmocka_unit_test(what_walks_beside_a_case_is_begun_and_moved),
        cmocka_unit_test(rules_are_asked_dry_and_real),
    };
    return cmocka_run_group_tests(tests, doors_open, doors_close);
}
