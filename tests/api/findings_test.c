// Findings and evidence over HTTP without a connection: what is sent twice is there once, originals are told by what they hold, and
// who may not see a record sees nothing of its photos.
#include "tests/api/doors_world.h"

#define ID "019caf00-0000-7000-8000-000000000001"
static const char REPORT[] = "{\"id\":\"" ID "\",\"x\":121.07,\"y\":32.07,\"accuracy_m\":5,\"text\":\"a shed\",\"scheme\":\"gbt30428.2-2013\",\"code\":\"0101\","
                             "\"seen_at\":\"2026-03-03T07:45:00+08:00\"}";

static int64_t asked_number;
static enum status ask_number(struct work *w, void *ctx) { return db_integer(w->db, ctx, NO_VALUES, &asked_number, w->e); }
static int64_t number_of(struct doors *d, const char *sql)
{
    assert_ok(d, station_read(d->server->station, &(struct station_call){ now_s, "system" }, ask_number, (void *)sql, &d->e));
    return asked_number;
}

// A file as http_body.c leaves it, with these bytes.
static const char *sent(struct doors *d, const char *bytes, size_t len)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/body", d->at.home);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
    return path;
}
#define JPEG(text) "\xFF\xD8\xFF\xE0" text, sizeof "\xFF\xD8\xFF\xE0" text - 1

static struct said add(struct doors *d, const char *who, const char *query, const char *file)
{
    return ask(d, (struct asking){ .method = HTTP_POST, .path = "/findings/" ID "/evidence", .query = query, .who = who, .type = "image/jpeg", .file = file });
}

static void the_same_again_is_answered_the_same(void **state)
{
    static const struct { const char *who, *body; int status; const char *words; } cases[] = {
        { NULL, REPORT, 401, NULL },
        { "Wang", REPORT, 201, "\"cell_code\"" },
        { "Wang", REPORT, 200, "a shed" },
        { "Wang", "{\"id\":\"" ID "\",\"x\":121.07,\"y\":32.07,\"accuracy_m\":5,\"text\":\"two sheds\",\"scheme\":\"gbt30428.2-2013\",\"code\":\"0101\"}", 409, "another report" },
        { "Qian", REPORT, 409, "another report" },
        { "Wang", "{\"x\":121.07}", 400, "y" },
        { "Wang", "{\"x\":721.07,\"y\":32}", 400, "no place" },
        { "Wang", "{\"x\":121,\"y\":32,\"crs\":\"nonsense\"}", 400, NULL },
        { "Wang", "{\"x\":121,\"y\":32,\"id\":\"nonsense\"}", 400, "UUID" },
        { "Wang", "{\"x\":121,\"y\":32,\"source\":\"rumour\"}", 400, "patrol" },
        { "Wang", "{\"x\":121,\"y\":32,\"seen_at\":\"2026-03-04\"}", 400, "future" },
        { "Sun", "{\"x\":121,\"y\":32}", 403, "rule role" },
    };
    struct doors *d = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct said t = post(d, cases[i].who, "/findings", cases[i].body);
        expect(&t, cases[i].body, cases[i].status, cases[i].words);
        said_clear(&t);
    }
    assert_int_equal(number_of(d, "SELECT count(*) FROM finding"), 1);
    assert_int_equal(number_of(d, "SELECT seen_at_s FROM finding"), 1772495100);
}

// 300 m and more lie between GCJ-02 and the truth.
static void a_place_of_a_map_app_is_brought_home(void **state)
{
    struct doors *d = *state;
    struct said t = post(d, "Wang", "/findings", "{\"x\":121.07,\"y\":32.07,\"crs\":\"GCJ-02\",\"text\":\"by phone\"}");
    double lon = 0, x = 0;
    expect(&t, "GCJ-02", 201, NULL);
    struct json record = json_get(json_root(t.doc), "record");
    assert_ok(d, json_read_number(json_get(record, "lon"), &lon, &d->e));
    assert_ok(d, json_read_number(json_get(record, "given_x"), &x, &d->e));
    assert_true(x == 121.07 && lon < 121.069 && lon > 121.06);
    said_clear(&t);
}

static void originals_are_told_by_what_they_hold(void **state)
{
    struct doors *d = *state;
    struct said t = add(d, "Wang", "part=near", sent(d, "<svg onload=alert(1)>", 21));
    expect(&t, "no photo", 415, "JPEG");
    said_clear(&t);
    t = add(d, "Wang", "part=sideways", sent(d, JPEG("near")));
    expect(&t, "no part", 400, "sideways");
    said_clear(&t);
    t = add(d, "Li", "part=near", sent(d, JPEG("near")));
    expect(&t, "who does not see it", 404, ID);
    said_clear(&t);
    assert_int_equal(number_of(d, "SELECT count(*) FROM evidence"), 0);
    t = add(d, "Wang", "part=near&captured_at=2026-03-03T07:44:00%2B08:00&lon=121.0701&lat=32.07&name=near.jpg", sent(d, JPEG("near")));
    expect(&t, "a photo", 201, "image/jpeg");
    said_clear(&t);
    t = add(d, "Wang", "part=near", sent(d, JPEG("near")));
    expect(&t, "the same photo", 200, NULL);
    said_clear(&t);
    t = add(d, "Wang", "part=far&id=019caf00-0000-7000-8000-00000000000a", sent(d, JPEG("far")));
    expect(&t, "another photo", 201, "019caf00-0000-7000-8000-00000000000a");
    said_clear(&t);
    t = add(d, "Wang", "part=far&id=019caf00-0000-7000-8000-00000000000a", sent(d, JPEG("farther")));
    expect(&t, "under the same id", 409, "another original");
    said_clear(&t);
    assert_int_equal(number_of(d, "SELECT count(*) FROM evidence"), 2);
    assert_int_equal(number_of(d, "SELECT captured_at_s FROM evidence WHERE part = 'near'"), 1772495040);
}

static void photos_are_for_who_sees_the_record(void **state)
{
    static const char path[] = "/evidence/019caf00-0000-7000-8000-00000000000a";
    static const struct { const char *who; int status; } cases[] = { { NULL, 404 }, { "Wang", 200 }, { "Zhao", 200 }, { "Li", 404 }, { "Ji", 404 } };
    struct doors *d = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct said t = get(d, cases[i].who, path), never = get(d, cases[i].who, "/evidence/019caf00-0000-7000-8000-00000000000b");
        if (t.status != cases[i].status)
            fail_msg("%s: %d", text_or_empty(cases[i].who), t.status);
        assert_int_equal(never.status, 404);
        if (t.status == 200) {
            assert_string_equal(t.type, "image/jpeg");
            assert_string_equal(t.text, "\xFF\xD8\xFF\xE0" "far");
        } else
            assert_int_equal(t.len, never.len);
        said_clear(&t), said_clear(&never);
    }
    struct said t = ask(d, (struct asking){ .method = HTTP_GET, .path = path, .who = "Zhao", .range = "bytes=4-" });
    assert_int_equal(t.status, 206);
    assert_string_equal(t.text, "far");
    said_clear(&t);
}

// Personal is who reported it: the officers of other units that see a finding do not see that.
static void a_record_is_told_with_what_can_be_done(void **state)
{
    struct doors *d = *state;
    struct said t = get(d, "Zhao", "/findings/" ID);
    expect(&t, "the checker", 200, "\"reported_by\":\"Wang\"");
    assert_int_equal(json_count(json_get(json_get(json_root(t.doc), "record"), "evidence")), 2);
    assert_int_equal(json_count(json_get(move_of(&t, "confirm"), "needs")), 0);      // the photo is there
    said_clear(&t);
    t = get(d, "Wang", "/findings/" ID);
    expect(&t, "the reporter", 200, "a shed");
    assert_null(strstr(t.text, "reported_by"));
    said_clear(&t);
    t = get(d, "Ji", "/findings/" ID);
    expect(&t, "the administrator", 404, NULL);
    said_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_again_is_answered_the_same),
        cmocka_unit_test(a_place_of_a_map_app_is_brought_home),
        cmocka_unit_test(originals_are_told_by_what_they_hold),
        cmocka_unit_test(photos_are_for_who_sees_the_record),
        cmocka_unit_test(a_record_is_told_with_what_can_be_done),
    };
    return cmocka_run_group_tests(tests, doors_open, doors_close);
}
