// The decoder of the tests against mvt-fixtures: what is valid reads as its JSON says, what is not is refused. What it accepts of our own
// tiles is worth as much as this.
#include "core/base/json.h"
#include "tests/gis/mvt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TILE_BYTES = 1 << 16 };
static struct arena *arena;

// Two are told to be valid that are no different from others which are not: 016 has the bytes of 003 (no type), 057 the fault of 051 (a count
// of points that are not there).
static bool is_contradicted(int number)
{
    return number == 16 || number == 57;
}

static const char *fixture_path(char path[4096], int number, const char *file)
{
    const char *root = getenv("GRIDPATROL_FIXTURES");
    snprintf(path, 4096, "%s/mvt/fixtures/%03d/%s", root != NULL ? root : GP_SOURCE_DIR "/../shared/fixtures", number, file);
    return path;
}

static bool read_bytes(int number, uint8_t *out, size_t *len)
{
    char path[4096];
    FILE *f = fopen(fixture_path(path, number, "tile.mvt"), "rb");
    if (f == NULL)
        return false;
    *len = fread(out, 1, TILE_BYTES, f);
    fclose(f);
    return true;
}

static struct json_doc *read_json(int number, const char *file)
{
    char path[4096];
    struct json_doc *d;
    struct err e = { 0 };
    if (json_read_file(fixture_path(path, number, file), NULL, &d, &e) != OK)
        fail_msg("%s", e.text);
    return d;
}

static int64_t int_of(struct json v)
{
    int64_t n = -1;
    assert_int_equal(json_read_int(v, &n, NULL), OK);
    return n;
}

static void same_value(const struct mvt_value *v, struct json told)
{
    static const char *const names[] = { [MVT_TEXT] = "string_value", [MVT_FLOAT] = "float_value", [MVT_DOUBLE] = "double_value",
        [MVT_INT] = "int_value", [MVT_UINT] = "uint_value", [MVT_SINT] = "sint_value", [MVT_BOOL] = "bool_value" };
    struct json value = json_get(told, names[v->kind]);
    const char *text;
    double real;
    bool truth;
    if (v->kind == MVT_TEXT && json_kind(value) != JSON_KIND_TEXT)
        return;                                 // 076 writes its text as a number
    if (v->kind == MVT_TEXT) {
        assert_int_equal(json_read_text(value, &text, NULL), OK);
        assert_string_equal(v->text, text);
    } else if (v->kind == MVT_BOOL) {
        assert_int_equal(json_read_bool(value, &truth, NULL), OK);
        assert_int_equal(v->integer, truth);
    } else {
        assert_int_equal(json_read_number(value, &real, NULL), OK);
        assert_float_equal(v->real, real, 1e-6);
    }
}

// Points as the JSON's commands lead to them.
static void same_geometry(const struct mvt_feature *f, struct json commands)
{
    uint32_t at = 0, x = 0, y = 0;
    for (size_t i = 0; i < json_count(commands);) {
        uint32_t head = (uint32_t)int_of(json_at(commands, i++));
        for (uint32_t n = (head & 7) == 7 ? 0 : head >> 3; n > 0; n--, i += 2, at++) {
            uint32_t dx = (uint32_t)int_of(json_at(commands, i)), dy = (uint32_t)int_of(json_at(commands, i + 1));
            x += dx >> 1 ^ -(dx & 1);
            y += dy >> 1 ^ -(dy & 1);
            assert_int_equal(f->at[at].x, (int32_t)x);
            assert_int_equal(f->at[at].y, (int32_t)y);
        }
    }
    assert_int_equal(f->first[f->parts], at);
}

static void same_layer(const struct mvt_layer *l, struct json told)
{
    const char *name;
    assert_int_equal(json_read_text(json_get(told, "name"), &name, NULL), OK);
    assert_string_equal(l->name, name);
    if (json_is_there(json_get(told, "version")))
        assert_int_equal(l->version, int_of(json_get(told, "version")));
    struct json features = json_get(told, "features"), keys = json_get(told, "keys"), values = json_get(told, "values");
    assert_int_equal(l->features, json_count(features));
    assert_int_equal(l->keys, json_count(keys));
    assert_int_equal(l->values, json_count(values));
    for (uint32_t i = 0; i < l->values; i++)
        same_value(&l->value[i], json_at(values, i));
    for (uint32_t i = 0; i < l->features; i++) {
        struct json f = json_at(features, i);
        assert_int_equal(l->feature[i].tags, json_count(json_get(f, "tags")));
        if (json_is_there(json_get(f, "type")))
            assert_int_equal(l->feature[i].type, int_of(json_get(f, "type")));
        if (json_is_there(json_get(f, "id")))
            assert_int_equal(l->feature[i].id, int_of(json_get(f, "id")));
        same_geometry(&l->feature[i], json_get(f, "geometry"));
    }
}

static void same_tile(const struct mvt *m, int number)
{
    struct json_doc *d = read_json(number, "tile.json");
    struct json layers = json_get(json_root(d), "layers");
    assert_int_equal(m->layers, json_count(layers));
    for (uint32_t i = 0; i < m->layers; i++)
        same_layer(&m->layer[i], json_at(layers, i));
    json_close(d);
}

static bool is_told_valid(int number)
{
    struct json_doc *d = read_json(number, "info.json");
    bool valid = false;
    json_read_bool(json_get(json_get(json_root(d), "validity"), "v2"), &valid, NULL);
    json_close(d);
    return valid;
}

static void fixtures_are_what_they_say(void **state)
{
    (void)state;
    static uint8_t bytes[TILE_BYTES];
    size_t len;
    int tiles = 0;
    for (int number = 1; number < 100; number++) {
        if (!read_bytes(number, bytes, &len) || is_contradicted(number))
            continue;
        struct mvt m;
        arena_reset(arena);
        bool valid = mvt_read(arena, bytes, len, &m), told = is_told_valid(number);
        if (valid != told)
            fail_msg("fixture %03d is told to be %s: %s", number, told ? "valid" : "invalid", m.wrong != NULL ? m.wrong : "nothing found");
        if (valid)
            same_tile(&m, number);
        tiles++;
    }
    if (tiles == 0) {
        print_message("skipped: no fixtures\n");
        skip();
    }
    assert_true(tiles >= 70);
}

static int open_all(void **state)
{
    (void)state;
    arena = arena_open(64u << 20);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(fixtures_are_what_they_say) };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
