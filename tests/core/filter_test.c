// Expressions as text files: the standard's own, and ours in cases/filter.txt.
#include "core/filter.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/store/store.h"
#include "tests/core/filter_scope.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct arena *arena;
static struct err e;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_open(FILTER_ARENA_BYTES);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static char *read_whole(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return NULL;
    char *text = mem_get(1 << 20, 1);
    size_t len = fread(text, 1, (1 << 20) - 1, f);
    fclose(f);
    while (len > 0 && text[len - 1] == '\n')
        text[--len] = '\0';
    return text;
}

// NULL when the text is refused; to be freed.
static char *printed(const struct filter *f)
{
    struct buf b;
    buf_init(&b, 4 << 20);
    filter_print(f, &b);
    return b.data;
}

static char *printed_again(const char *text)
{
    const struct filter *f;
    if (filter_parse(arena, text, &f, &e) != OK)
        fail_msg("%s\n   %s", text, e.text);
    return printed(f);
}

// --- The standard's examples -----------------------------------------------------------------------------------------------

static const char *examples(void)
{
    static char folder[4096];
    const char *root = getenv("GRIDPATROL_FIXTURES");
    snprintf(folder, sizeof folder, "%s%s/cql2", root != NULL ? root : GP_SOURCE_DIR, root != NULL ? "" : "/../shared/fixtures");
    DIR *d = opendir(folder);
    if (d == NULL)
        print_message("no fixtures at %s: the standard's examples are skipped\n", folder);
    else
        closedir(d);
    return d != NULL ? folder : NULL;
}

typedef void on_example(const char *name, const char *text, void *ctx);

static int each_example(const char *folder, const char *kind, on_example *fn, void *ctx)
{
    char path[4400], ending[16];
    snprintf(path, sizeof path, "%s/%s", folder, kind);
    snprintf(ending, sizeof ending, ".%s", strcmp(kind, "text") == 0 ? "txt" : kind);
    DIR *d = opendir(path);
    int count = 0;
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        size_t len = strlen(entry->d_name);
        if (len < 5 || strcmp(entry->d_name + len - strlen(ending), ending) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s/%s", folder, kind, entry->d_name);
        char *text = read_whole(path);
        arena_reset(arena);
        fn(entry->d_name, text, ctx);
        mem_free(text);
        count++;
    }
    closedir(d);
    return count;
}

static void text_survives(const char *name, const char *text, void *ctx)
{
    (void)ctx;
    const struct filter *f;
    if (filter_parse(arena, text, &f, &e) != OK)
        fail_msg("%s: %s\n   %s", name, text, e.text);
    char *once = printed(f), *twice = printed_again(once);
    assert_string_equal(once, twice);
    mem_free(once);
    mem_free(twice);
}

static void every_text_example_is_read_and_written(void **state)
{
    (void)state;
    const char *folder = examples();
    if (folder == NULL)
        skip();
    assert_int_equal(each_example(folder, "text", text_survives, NULL), 120);
}

static void json_equals_its_text(const char *name, const char *json, void *ctx)
{
    char path[4500];
    snprintf(path, sizeof path, "%s/text/%.*s.txt", (const char *)ctx, (int)(strlen(name) - 5), name);
    char *text = read_whole(path);
    const struct filter *f;
    if (filter_parse_json(arena, json, strlen(json), &f, &e) != OK)
        fail_msg("%s: %s", name, e.text);
    char *of_json = printed(f), *of_text = text != NULL ? printed_again(text) : NULL;
    if (of_text == NULL || strcmp(of_json, of_text) != 0)
        fail_msg("%s\n   JSON: %s\n   text: %s", name, of_json, of_text != NULL ? of_text : "none");
    mem_free(of_json);
    mem_free(of_text);
    mem_free(text);
}

static void every_json_example_is_the_tree_of_its_text(void **state)
{
    (void)state;
    const char *folder = examples();
    if (folder == NULL)
        skip();
    assert_int_equal(each_example(folder, "json", json_equals_its_text, (void *)folder), 109);
}

static void alternative_equals(const char *name, const char *text, void *ctx)
{
    const char *alt = strstr(name, "-alt");
    if (alt == NULL)
        return;
    char path[4500];
    snprintf(path, sizeof path, "%s/text/%.*s.txt", (const char *)ctx, (int)(alt - name), name);
    char *other = read_whole(path);
    assert_non_null(other);
    char *a = printed_again(text), *b = printed_again(other);
    assert_string_equal(a, b);
    mem_free(a);
    mem_free(b);
    mem_free(other);
}

static void other_ways_to_write_it_are_the_same_tree(void **state)
{
    (void)state;
    const char *folder = examples();
    if (folder == NULL)
        skip();
    each_example(folder, "text", alternative_equals, (void *)folder);
}

// What is not offered is refused by its class, never as bad grammar: with no property known, every example says one or the other.
static void refusal_names_class_or_property(const char *name, const char *text, void *ctx)
{
    static const struct filter_scope nothing = { NULL, 0, 0 };
    static const char *const reasons[] = { "conformance class", "there is no property", "is a condition, but" };
    int *refused = ctx;
    const struct filter *f;
    assert_int_equal(filter_parse(arena, text, &f, &e), OK);
    enum status s = filter_check(f, &nothing, &e);
    bool named = false;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        named |= strstr(e.text, reasons[i]) != NULL;
    if (s != INVALID || !named)
        fail_msg("%s: %s\n   %s", name, text, s == OK ? "allowed" : e.text);
    *refused += strstr(e.text, "conformance class") != NULL;
}

static void what_is_not_offered_is_refused_by_name(void **state)
{
    (void)state;
    const char *folder = examples();
    if (folder == NULL)
        skip();
    int by_class = 0;
    each_example(folder, "text", refusal_names_class_or_property, &by_class);
    assert_true(by_class > 60);
}

// --- Our own cases ---------------------------------------------------------------------------------------------------------

struct example { char title[200], filter[2000], prints[2000], sql[2000], values[2000], pg[2000], refused[2000], classes[200]; };

static char *field(struct example *x, const char *key)
{
    struct { const char *key; char *at; } fields[] = {
        { "case", x->title }, { "filter", x->filter }, { "prints", x->prints }, { "sql", x->sql }, { "values", x->values },
        { "pg", x->pg }, { "refused", x->refused }, { "classes", x->classes },
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strcmp(fields[i].key, key) == 0)
            return fields[i].at;
    fail_msg("cases/filter.txt: no such word: %s", key);
    return NULL;
}

static void print_values(const struct filter_sql *sql, struct buf *out)
{
    buf_text(out, "");
    for (int i = 0; i < sql->values; i++) {
        const struct value *v = &sql->value[i];
        buf_text(out, i > 0 ? " " : "");
        if (v->kind == VALUE_TEXT)
            buf_printf(out, "'%.*s'", (int)v->len, (const char *)v->bytes);
        else if (v->kind == VALUE_INTEGER)
            buf_printf(out, "%lld", (long long)v->integer);
        else if (v->kind == VALUE_REAL)
            buf_printf(out, v->real == (double)(long long)v->real ? "%.1f" : "%.10g", v->real);
        else
            buf_printf(out, "<%zu bytes>", v->len);
    }
}

static void expect_same(const struct example *x, const char *what, const char *expected, const char *got)
{
    if (expected[0] != '\0' && strcmp(expected, got) != 0)
        fail_msg("%s\n   filter:   %s\n   %s expected: %s\n   %s got:      %s", x->title, x->filter, what, expected, what, got);
}

static void compile(const struct example *x, const struct filter *f, const struct filter_scope *scope, enum filter_dialect dialect)
{
    struct filter_sql_options how = { .dialect = dialect, .windows = true };
    struct filter_sql sql;
    struct buf values;
    if (filter_compile(f, scope, &how, arena, &sql, &e) != OK)
        fail_msg("%s\n   filter: %s\n   %s", x->title, x->filter, e.text);
    buf_init(&values, 1 << 20);
    print_values(&sql, &values);
    expect_same(x, "sql", dialect == FILTER_SPATIALITE ? x->sql : x->pg, sql.text);
    if (dialect == FILTER_SPATIALITE)
        expect_same(x, "values", x->values, values.data);
    buf_clear(&values);
}

static void try_example(const struct example *x)
{
    arena_reset(arena);
    e = (struct err){ 0 };
    struct filter_scope scope = filter_all_offered;
    scope.classes = strcmp(x->classes, "none") == 0 ? FILTER_BASIC_SPATIAL : FILTER_ALL_CLASSES;
    const struct filter *f;
    bool good = filter_parse(arena, x->filter, &f, &e) == OK && filter_check(f, &scope, &e) == OK;
    if (x->refused[0] != '\0' || !good) {
        expect_same(x, "refusal", x->refused[0] != '\0' ? x->refused : "(allowed)", good ? "(allowed)" : e.text);
        return;
    }
    char *text = printed(f);
    expect_same(x, "text", x->prints, text);
    mem_free(text);
    compile(x, f, &scope, FILTER_SPATIALITE);
    compile(x, f, &scope, FILTER_POSTGIS);
}

static void every_case_reads_prints_and_compiles(void **state)
{
    (void)state;
    FILE *file = fopen(GP_SOURCE_DIR "/tests/core/cases/filter.txt", "r");
    assert_non_null(file);
    char line[4000], key[32];
    static struct example x;
    int tried = 0, start;
    for (bool more = true; more;) {
        more = fgets(line, sizeof line, file) != NULL;
        if (more && sscanf(line, "%31s %n", key, &start) == 1 && key[0] != '#') {
            line[strcspn(line, "\n")] = '\0';
            strcpy(field(&x, key), line + start);
            continue;
        }
        if (x.filter[0] != '\0') {
            try_example(&x);
            tried++;
        }
        x = (struct example){ 0 };
    }
    fclose(file);
    assert_true(tried > 40);
}

// --- Limits ------------------------------------------------------------------------------------------------------------------

static enum status parse_repeated(const char *before, const char *again, int times, const char *after)
{
    struct buf b;
    const struct filter *f;
    arena_reset(arena);
    buf_init(&b, 16 << 20);
    buf_text(&b, before);
    for (int i = 0; i < times; i++)
        buf_text(&b, again);
    buf_text(&b, after);
    enum status s = filter_parse(arena, b.data, &f, &e);
    buf_clear(&b);
    return s;
}

static void every_limit_is_told(void **state)
{
    (void)state;
    static const struct { const char *before, *again, *after; int allowed, refused; } limits[] = {
        { "a = '", "x", "'", 200000, 270000 },
        { "a IN (1", ",1", ")", 3900, 4100 },
        { "", "(", "", -1, 100000 },
        { "", "NOT ", "a", 50, 70 },
        { "", "NOT ", "a", 50, 60000 },
        { "a = ", "-", "b", 50, 60000 },
        { "a = 1", " + 1", "", 50, 70 },
        { "a = 1", " ^ 1", "", 50, 70 },
        { "", "A_EQUALS((", "", -1, 20000 },
        { "", "GEOMETRYCOLLECTION(", "", -1, 10000 },
        { "S_WITHIN(g, LINESTRING(0 0", ", 1 1", "))", 9998, 10001 },
        { "a = ", "1", "", 300, 500 },
    };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        if (limits[i].allowed >= 0 && parse_repeated(limits[i].before, limits[i].again, limits[i].allowed, limits[i].after) != OK)
            fail_msg("%d times %s: %s", limits[i].allowed, limits[i].again, e.text);
        enum status s = parse_repeated(limits[i].before, limits[i].again, limits[i].refused, limits[i].after);
        if (s != TOO_BIG)
            fail_msg("%d times %s: status %d, %s", limits[i].refused, limits[i].again, s, s == OK ? "" : e.text);
    }
}

static void bad_json_says_where(void **state)
{
    (void)state;
    static const struct { const char *json, *says; } bad[] = {
        { "{\"op\":\"=\",\"args\":[1]}", "= takes 2 arguments, not 1" },
        { "{\"op\":\"and\",\"args\":[{\"property\":\"a\"},null]}", "args[1]" },
        { "{\"op\":\"a b\",\"args\":[]}", "the name of an operator or a function" },
        { "{\"op\":\"in\",\"args\":[1,[]]}", "a list that is not empty" },
        { "{\"type\":\"Point\",\"coordinates\":[1]}", "a position of 2 or 3 numbers" },
        { "{\"interval\":[\"2026-01-01\",true]}", "a date, a moment, '..' or a property" },
        { "{\"op\":\"=\",\"args\":[[1],1]}", "a value, a property or a condition" },
        { "{\"date\":\"2026-13-01\"}", "is no date" },
        { "{}", "an object with op" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct filter *f;
        arena_reset(arena);
        enum status s = filter_parse_json(arena, bad[i].json, strlen(bad[i].json), &f, &e);
        if (s != INVALID || strstr(e.text, bad[i].says) == NULL)
            fail_msg("%s\n   expected: %s\n   got:      %s", bad[i].json, bad[i].says, s == OK ? "(allowed)" : e.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_example_is_read_and_written),
        cmocka_unit_test(every_json_example_is_the_tree_of_its_text),
        cmocka_unit_test(other_ways_to_write_it_are_the_same_tree),
        cmocka_unit_test(what_is_not_offered_is_refused_by_name),
        cmocka_unit_test(every_case_reads_prints_and_compiles),
        cmocka_unit_test(every_limit_is_told),
        cmocka_unit_test(bad_json_says_where),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
