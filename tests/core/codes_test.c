// The same digits, three schemes, three meanings; and a file with one fault is refused whole, with its place.
#include "core/codes.h"
#include "tests/core/data_docs.h"

static struct arena *arena;
static struct code_scheme gb, cj, local;

static void read_data(const char *path, struct code_scheme *out)
{
    struct json_doc *d = doc_of_data(path);
    struct err e = { 0 };
    if (codes_read(d, arena, out, &e) != OK)
        fail_msg("%s", e.text);
    json_close(d);          // texts are the arena's
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_open(DATA_ARENA_BYTES);
    read_data("codes/gbt30428.2-2013.json", &gb);
    read_data("codes/cjt214-2007.json", &cj);
    read_data("codes/local-template.json", &local);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static void assert_code(const struct code_scheme *s, enum code_kind kind, const char *code, const char *name_zh)
{
    const struct code *c = codes_get(s, kind, code, "2026-11-22");
    if (c == NULL || strcmp(c->name_zh, name_zh) != 0)
        fail_msg("%s %s %s: expected %s, got %s", s->head.scheme, code_kind_word(kind), code, name_zh, c != NULL ? c->name_zh : "nothing");
}

static void the_same_digits_mean_different_things(void **state)
{
    (void)state;
    assert_code(&gb, CODE_EVENT, "0302", "施工占道");
    assert_code(&cj, CODE_EVENT, "0302", "工地扬尘");
    assert_code(&gb, CODE_EVENT, "04", "街面秩序");
    assert_code(&cj, CODE_EVENT, "04", "突发事件");
    assert_code(&gb, CODE_PART, "0201", "停车场");
    assert_code(&gb, CODE_EVENT, "0201", "非法小广告");
    assert_code(&local, CODE_EVENT, "0198", "违法农村自建房");
    assert_null(codes_get(&gb, CODE_EVENT, "0198", NULL));
    assert_null(codes_get(&gb, CODE_EVENT, "0127", NULL));      // not confirmed, not there
    assert_string_equal(gb.head.scheme, "gbt30428.2-2013");
}

static void a_code_is_asked_for_with_its_day(void **state)
{
    (void)state;
    struct json_doc *d = doc_of_text(
        "{\"scheme\":\"x\",\"version\":\"1\",\"title_zh\":\"x\",\"title_en\":\"x\",\"codes\":["
        "{\"kind\":\"event\",\"code\":\"0198\",\"name_zh\":\"旧\",\"name_en\":\"old\",\"valid_to\":\"2019-12-31\"},"
        "{\"kind\":\"event\",\"code\":\"0198\",\"name_zh\":\"新\",\"name_en\":\"new\",\"valid_from\":\"2020-01-01\"}]}", "x.json");
    struct code_scheme s;
    struct err e = { 0 };
    assert_int_equal(codes_read(d, arena, &s, &e), OK);
    json_close(d);
    assert_string_equal(codes_get(&s, CODE_EVENT, "0198", "2019-12-31")->name_en, "old");
    assert_string_equal(codes_get(&s, CODE_EVENT, "0198", "2020-01-01")->name_en, "new");
    assert_null(codes_get(&s, CODE_PART, "0198", NULL));
}

static void faults_are_named_with_their_place(void **state)
{
    (void)state;
#define FILE_OF(codes) "{\"scheme\":\"x\",\"version\":\"1\",\"title_zh\":\"x\",\"title_en\":\"x\",\"codes\":[\n" codes "]}"
#define EVENT(code, name) "{\"kind\":\"event\",\"code\":\"" code "\",\"name_zh\":\"" name "\",\"name_en\":\"e\"}"
    static const struct { const char *text, *sentence; } cases[] = {
        { FILE_OF(EVENT("0101", "a") ",\n" EVENT("1x", "b")), "x.json:3: codes[1].code: a code of 2 to 16 digits is expected, \"1x\" is given" },
        { FILE_OF(EVENT("0101", "a") ",\n" EVENT("0101", "b")),
          "x.json:3: codes[1].code: a code that stands once in its kind for each day is expected, \"0101\" is given" },
        { FILE_OF("{\"kind\":\"both\",\"code\":\"01\"}"), "x.json:2: codes[0].kind: part or event is expected, \"both\" is given" },
        { FILE_OF(""), "x.json:1: codes: a list that is neither empty nor beyond its limit is expected, a list of 0 is given" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct json_doc *d = doc_of_text(cases[i].text, "x.json");
        struct code_scheme s = { .head.scheme = "untouched" };
        struct err e = { 0 };
        assert_int_equal(codes_read(d, arena, &s, &e), INVALID);
        assert_string_equal(e.text, cases[i].sentence);
        assert_string_equal(s.head.scheme, "untouched");
        json_close(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_digits_mean_different_things),
        cmocka_unit_test(a_code_is_asked_for_with_its_day),
        cmocka_unit_test(faults_are_named_with_their_place),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
