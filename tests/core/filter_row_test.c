// Random expressions: printed and read again they are the same tree; asked of a row of facts and asked of the same row in a
// database they give the same answer, true, false or unknown. The generator writes text, so the reader is in it too.
#include "core/filter.h"
#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/fold.h"
#include "core/store/store.h"
#include "gis/overlay.h"
#include "tests/core/filter_scope.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static struct arena *arena;
static struct err e;
static char folder[64];
static struct store *store;
static uint64_t seed = 20261122;

static uint32_t below(uint32_t n)
{
    return (uint32_t)(hash_mix(seed += 0x9e3779b97f4a7c15u) >> 32) % n;
}

// --- Rows: what the database holds and what a person would tell ---------------------------------------------------------------

enum { ROWS = 60, TAGS_MOST = 3 };

struct row {
    bool has[FILTER_COLUMNS];
    const char *name, *owner, *kind, *built, *told;
    int floors, rooms, lit;
    double area_m2, height_m, x, y;
    int64_t sold_s, seen_at_s;
    int tag[TAGS_MOST], tags;
    struct filter_value item[TAGS_MOST];
    uint8_t wkb[21];
};
static struct row rows[ROWS];

static const char *const names[] = { "a", "ab", "abc", "Ab", "ABC", "", "a%b", "a_b", "a*b", "[a]", "a\\b", "Straße", "STRASSE", "é", "e", "网格", "网" };
static const char *const days[] = { "2025-12-31", "2026-01-01", "2026-01-02" };
static const char *const moments[] = { "2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z" };
static const int64_t NEW_YEAR_S = 1767225600;
static const char *const tag_names[] = { "x", "y", "z" };

#define PICK(list) list[below(sizeof list / sizeof list[0])]

static void make_row(struct row *r)
{
    *r = (struct row){ .name = PICK(names), .owner = PICK(names), .kind = filter_kinds[below(3)], .built = PICK(days), .told = PICK(moments),
                       .floors = (int)below(7) - 2, .rooms = (int)below(5) - 1, .lit = (int)below(2), .area_m2 = (int)below(9) * 0.5 - 1,
                       .height_m = (int)below(5) * 0.25, .x = (int)below(5), .y = (int)below(5), .sold_s = NEW_YEAR_S + ((int)below(3) - 1) * 86400,
                       .seen_at_s = NEW_YEAR_S + (int)below(3) - 1, .tags = (int)below(TAGS_MOST + 1) };
    for (int i = 0; i < FILTER_COLUMNS; i++)
        r->has[i] = below(5) > 0;
    for (int i = 0; i < r->tags; i++) {
        r->tag[i] = (int)below(3);
        r->item[i] = (struct filter_value){ .kind = FILTER_VALUE_TEXT, .text = tag_names[r->tag[i]] };
    }
    memcpy(r->wkb, "\1\1\0\0\0", 5);
    memcpy(r->wkb + 5, &r->x, 8);
    memcpy(r->wkb + 13, &r->y, 8);
}

static struct value or_null(const struct row *r, const char *name, struct value v)
{
    for (int i = 0; i < FILTER_COLUMNS; i++)
        if (strcmp(filter_columns[i].name, name) == 0 && r->has[i])
            return v;
    return value_null();
}

static enum status insert_row(struct db *d, const struct row *r, int64_t fid, struct err *err)
{
    char tags[64] = "[";
    for (int i = 0; i < r->tags; i++)
        sprintf(tags + strlen(tags), "%s\"%s\"", i > 0 ? "," : "", tag_names[r->tag[i]]);
    strcat(tags, "]");
    return db_run(d, "INSERT INTO thing (fid, name, owner_name, kind, floors, rooms, area_m2, height_m, lit, built, sold_s, seen_at_s, told_at, tags, "
                  "geometry) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, ST_GeomFromWKB($15, 4326))",
                  VALUES(value_integer(fid), or_null(r, "name", value_text(r->name)), or_null(r, "owner", value_text(r->owner)),
                         or_null(r, "kind", value_text(r->kind)), or_null(r, "floors", value_integer(r->floors)), or_null(r, "rooms", value_integer(r->rooms)),
                         or_null(r, "area_m2", value_real(r->area_m2)), or_null(r, "height_m", value_real(r->height_m)),
                         or_null(r, "lit", value_integer(r->lit)), or_null(r, "built", value_text(r->built)), or_null(r, "sold", value_integer(r->sold_s)),
                         or_null(r, "seen", value_integer(r->seen_at_s)), or_null(r, "told", value_text(r->told)), or_null(r, "tags", value_text(tags)),
                         or_null(r, "geometry", value_bytes(r->wkb, sizeof r->wkb))), err);
}

static enum status make_table(struct db *d, void *ctx, struct err *err)
{
    (void)ctx;
    enum status s = db_script(d, "CREATE TABLE thing (fid INTEGER PRIMARY KEY, name TEXT, owner_name TEXT, kind TEXT, floors INTEGER, rooms INTEGER, "
        "area_m2 REAL, height_m REAL, lit INTEGER, built TEXT, sold_s INTEGER, seen_at_s INTEGER, told_at TEXT, tags TEXT); "
        "SELECT AddGeometryColumn('thing', 'geometry', 4326, 'POINT', 'XY'); SELECT CreateSpatialIndex('thing', 'geometry');", err);
    for (int i = 0; i < ROWS && s == OK; i++) {
        make_row(&rows[i]);
        s = insert_row(d, &rows[i], i + 1, err);
    }
    return s;
}

static bool told(void *ctx, const char *name, struct filter_value *out)
{
    const struct row *r = ctx;
    int i = 0;
    while (strcmp(filter_columns[i].name, name) != 0)
        i++;
    if (!r->has[i] && strcmp(name, "名称") != 0)
        return false;
    const struct { const char *name; struct filter_value value; } facts[] = {
        { "name", { .kind = FILTER_VALUE_TEXT, .text = r->name } }, { "owner", { .kind = FILTER_VALUE_TEXT, .text = r->owner } },
        { "kind", { .kind = FILTER_VALUE_TEXT, .text = r->kind } }, { "floors", { .kind = FILTER_VALUE_INTEGER, .integer = r->floors } },
        { "rooms", { .kind = FILTER_VALUE_INTEGER, .integer = r->rooms } }, { "area_m2", { .kind = FILTER_VALUE_REAL, .real = r->area_m2 } },
        { "height_m", { .kind = FILTER_VALUE_REAL, .real = r->height_m } }, { "lit", { .kind = FILTER_VALUE_BOOLEAN, .integer = r->lit } },
        { "sold", { .kind = FILTER_VALUE_TIME, .integer = r->sold_s } }, { "seen", { .kind = FILTER_VALUE_TIME, .integer = r->seen_at_s } },
        { "tags", { .kind = FILTER_VALUE_ARRAY, .item = r->item, .items = r->tags } },
        { "geometry", { .kind = FILTER_VALUE_GEOMETRY, .bytes = r->wkb, .len = sizeof r->wkb } },
        // told as seconds, for the rules compare dates and moments of one row with one another
        { "built", { .kind = FILTER_VALUE_TIME, .integer = strcmp(r->built, days[0]) == 0 ? NEW_YEAR_S - 86400 : NEW_YEAR_S + (strcmp(r->built, days[2]) == 0) * 86400 } },
        { "told", { .kind = FILTER_VALUE_TIME, .integer = strcmp(r->told, moments[0]) == 0 ? NEW_YEAR_S - 1 : NEW_YEAR_S + (strcmp(r->told, moments[2]) == 0) } },
    };
    for (size_t k = 0; k < sizeof facts / sizeof facts[0]; k++)
        if (strcmp(facts[k].name, name) == 0)
            *out = facts[k].value;
    return true;
}

// --- Expressions -------------------------------------------------------------------------------------------------------------

static void condition(struct buf *b, int depth);

static void quoted(struct buf *b, const char *text)
{
    buf_text(b, "'");
    for (; *text != '\0'; text++)
        buf_printf(b, *text == '\\' ? "\\\\" : "%c", *text);
    buf_text(b, "'");
}

static void text_value(struct buf *b)
{
    static const char *const properties[] = { "name", "owner", "\"owner\"", "name" };
    static const char *const folds[] = { "CASEI(", "ACCENTI(", "CASEI(ACCENTI(" };
    uint32_t fold = below(6);
    buf_text(b, fold < 3 ? folds[fold] : "");
    if (below(2) == 0)
        buf_text(b, PICK(properties));
    else
        quoted(b, PICK(names));
    buf_text(b, fold == 2 ? "))" : fold < 2 ? ")" : "");
}

static void number_value(struct buf *b, int depth)
{
    static const char *const leaves[] = { "floors", "rooms", "area_m2", "height_m", "0", "1", "2", "-1", "0.5", "-2.25", "3", "1e2" };
    static const char *const signs[] = { " + ", " - ", " * ", " / ", " DIV ", " % ", " ^ ", "-", "+" };
    if (depth <= 0 || below(3) > 0) {
        buf_text(b, PICK(leaves));
        return;
    }
    bool bracket = below(2) == 0;
    buf_text(b, bracket ? "(" : below(8) == 0 ? "- " : "");
    number_value(b, depth - 1);
    buf_text(b, PICK(signs));
    number_value(b, depth - 1);
    buf_text(b, bracket ? ")" : "");
}

static void time_value(struct buf *b)
{
    static const char *const values[] = { "built", "sold", "seen", "told", "DATE('2025-12-31')", "DATE('2026-01-01')", "TIMESTAMP('2026-01-01T00:00:00Z')",
        "TIMESTAMP('2026-01-01T00:00:01.000Z')", "TIMESTAMP('2025-12-31T23:59:59.5Z')", "seen", "told" };
    buf_text(b, PICK(values));
}

static void period_value(struct buf *b)
{
    static const char *const values[] = { "INTERVAL('2026-01-01', '2026-01-02')", "INTERVAL('..', seen)", "INTERVAL(sold, '..')", "INTERVAL(built, told)",
        "INTERVAL('2025-12-31T23:59:59Z', '2026-01-01T00:00:01Z')", "INTERVAL(seen, seen)", "INTERVAL('..', '..')", "INTERVAL(told, '2026-01-02')" };
    if (below(2) == 0)
        time_value(b);
    else
        buf_text(b, PICK(values));
}

static const char *const comparisons[] = { " = ", " <> ", " < ", " > ", " <= ", " >= " };

static void like(struct buf *b)
{
    static const char *const patterns[] = { "a%", "%b", "%", "_", "a_", "a\\\\%b", "a\\\\_b", "a*b", "[a]", "%ß%", "%SS%", "网_", "", "%a%b%", "a\\\\\\\\b" };
    text_value(b);
    bool fold = below(3) == 0;
    buf_printf(b, "%s LIKE %s'%s'%s", below(3) == 0 ? " NOT" : "", fold ? "CASEI(" : "", PICK(patterns), fold ? ")" : "");
}

static void in_list(struct buf *b)
{
    number_value(b, 1);
    buf_text(b, below(2) == 0 ? " IN (" : " NOT IN (");
    for (uint32_t i = 0, n = 1 + below(3); i < n; i++) {
        buf_text(b, i > 0 ? ", " : "");
        number_value(b, 1);
    }
    buf_text(b, ")");
}

static void between(struct buf *b)
{
    bool times = below(2) == 0;
    for (int i = 0; i < 3; i++) {
        buf_text(b, i == 1 ? below(3) == 0 ? " NOT BETWEEN " : " BETWEEN " : i == 2 ? " AND " : "");
        if (times)
            time_value(b);
        else
            number_value(b, 1);
    }
}

static void temporal(struct buf *b)
{
    static const char *const relations[] = { "T_AFTER", "T_BEFORE", "T_CONTAINS", "T_DISJOINT", "T_DURING", "T_EQUALS", "T_FINISHEDBY", "T_FINISHES",
        "T_INTERSECTS", "T_MEETS", "T_METBY", "T_OVERLAPPEDBY", "T_OVERLAPS", "T_STARTEDBY", "t_starts" };
    buf_printf(b, "%s(", PICK(relations));
    period_value(b);
    buf_text(b, ", ");
    period_value(b);
    buf_text(b, ")");
}

static void spatial(struct buf *b)
{
    static const char *const relations[] = { "S_INTERSECTS", "S_EQUALS", "S_DISJOINT", "S_TOUCHES", "S_WITHIN", "S_CONTAINS", "S_INTERSECTS" };
    static const char *const shapes[] = { "POINT(1 1)", "BBOX(1, 1, 3, 3)", "POLYGON((0 0, 4 0, 0 4, 0 0))", "LINESTRING(0 0, 4 4)", "MULTIPOINT(1 1, 2 2)",
        "POLYGON((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 3 1, 3 3, 1 3, 1 1))", "BBOX(3, -1, 1, 5)", "GEOMETRYCOLLECTION(POINT(1 1), POINT(2 3))" };
    const char *relation = PICK(relations), *shape = PICK(shapes);
    while (shape[0] == 'G' && strcmp(relation, "S_TOUCHES") == 0)   // GEOS asks no boundary of a collection
        shape = PICK(shapes);
    buf_printf(b, below(2) == 0 ? "%s(geometry, %s)" : "%1$s(%2$s, geometry)", relation, shape);
}

static void sets(struct buf *b)
{
    static const char *const relations[] = { "A_EQUALS", "A_CONTAINS", "A_CONTAINEDBY", "A_OVERLAPS" };
    static const char *const values[] = { "()", "('x')", "('x', 'y')", "('y', 'x', 'y')", "('x', 'y', 'z')", "('w')", "tags", "(name, 'x', 'y')", "('x', kind)", "(1, 'x', 2.5, TRUE)" };
    buf_printf(b, below(3) > 0 ? "%s(tags, %s)" : "%1$s(%2$s, tags)", PICK(relations), PICK(values));
}

static void is_null(struct buf *b)
{
    static const char *const values[] = { "name", "floors", "geometry", "tags", "built", "lit", "(floors > 1)", "floors / rooms", "CASEI(name)" };
    buf_printf(b, "%s IS %sNULL", PICK(values), below(2) == 0 ? "NOT " : "");
}

static void compare(struct buf *b)
{
    uint32_t sort = below(4);
    for (int i = 0; i < 2; i++) {
        if (sort == 0)
            text_value(b);
        else if (sort == 1)
            time_value(b);
        else
            number_value(b, 3);
        buf_text(b, i == 0 ? PICK(comparisons) : "");
    }
}

static void truth(struct buf *b)
{
    static const char *const values[] = { "lit", "TRUE", "false", "lit = TRUE", "(floors > 1) = lit", "(lit AND floors > 1) <> FALSE", "kind = 'open'",
        "kind IN ('closed', '违建')" };
    buf_text(b, PICK(values));
}

static void condition(struct buf *b, int depth)
{
    typedef void writer(struct buf *);
    static writer *const writers[] = { compare, compare, compare, like, in_list, between, temporal, temporal, spatial, sets, is_null, truth };
    if (depth <= 0 || below(3) == 0) {
        PICK(writers)(b);
        return;
    }
    if (below(4) == 0)
        buf_text(b, "NOT ");
    buf_text(b, "(");
    condition(b, depth - 1);
    buf_text(b, below(2) == 0 ? " AND " : " OR ");
    condition(b, depth - 1);
    if (below(3) == 0) {
        buf_text(b, below(2) == 0 ? " AND " : " OR ");
        condition(b, depth - 1);
    }
    buf_text(b, ")");
}

// --- Questions -----------------------------------------------------------------------------------------------------------------

struct question { const char *text; const struct filter *filter; struct overlay *overlay; int answers[3]; bool windows; };

static void expect_same_tree(const char *text, const struct filter *f)
{
    struct buf once, again;
    const struct filter *g;
    buf_init(&once, 1 << 20);
    buf_init(&again, 1 << 20);
    filter_print(f, &once);
    if (filter_parse(arena, once.data, &g, &e) != OK)
        fail_msg("%s\n   printed: %s\n   %s", text, once.data, e.text);
    filter_print(g, &again);
    if (strcmp(once.data, again.data) != 0)
        fail_msg("%s\n   printed:       %s\n   printed again: %s", text, once.data, again.data);
    buf_clear(&once);
    buf_clear(&again);
}

static const char *const truths[] = { "false", "true", "unknown" };

static void expect_same_answer(struct question *q, int64_t fid, enum filter_truth in_database, const char *sql)
{
    struct filter_facts facts = { .get = told, .ctx = &rows[fid - 1], .overlay = q->overlay };
    enum filter_truth answer;
    if (filter_eval(q->filter, &facts, arena, &answer, &e) != OK)
        fail_msg("%s\n   row %d: %s", q->text, (int)fid, e.text);
    q->answers[answer]++;
    bool same = q->windows ? (answer == FILTER_TRUE) == (in_database == FILTER_TRUE) : answer == in_database;
    if (!same)
        fail_msg("%s\n   %s\n   row %d: the database says %s, the facts say %s", q->text, sql, (int)fid, truths[in_database], truths[answer]);
}

static enum status ask(struct db *d, void *ctx, struct err *err)
{
    struct question *q = ctx;
    struct filter_sql_options how = { .dialect = FILTER_SPATIALITE, .alias = "t", .first_parameter = 2, .windows = q->windows };
    struct filter_sql sql;
    struct rows *answer = NULL;
    if (filter_compile(q->filter, &filter_all_offered, &how, arena, &sql, err) != OK)
        return err->status;
    struct buf text;
    buf_init(&text, 8 << 20);
    buf_printf(&text, "SELECT t.fid, %s FROM thing AS t WHERE t.fid >= $1 ORDER BY t.fid", sql.text);
    struct value *bound = arena_get(arena, (size_t)(sql.values + 1) * sizeof *bound);
    bound[0] = value_integer(1);
    if (sql.values > 0)
        memcpy(bound + 1, sql.value, (size_t)sql.values * sizeof *bound);
    enum status s = db_ask(d, text.data, (struct values){ bound, sql.values + 1 }, &answer, err);
    bool more = false;
    int count = 0;
    while (s == OK && (s = rows_next(answer, &more, err)) == OK && more) {
        enum filter_truth truth_there = rows_is_null(answer, 1) ? FILTER_UNKNOWN : rows_real(answer, 1) != 0 ? FILTER_TRUE : FILTER_FALSE;
        expect_same_answer(q, rows_integer(answer, 0), truth_there, sql.text);
        count++;
    }
    rows_done(answer);
    buf_clear(&text);
    if (s == OK)
        assert_int_equal(count, ROWS);
    return s;
}

static void rows_and_database_agree(void **state)
{
    (void)state;
    enum { QUESTIONS = 3000 };
    struct question q = { .overlay = overlay_open() };
    for (int i = 0; i < QUESTIONS; i++) {
        struct buf text;
        arena_reset(arena);
        buf_init(&text, 1 << 20);
        condition(&text, (int)below(4));
        q.text = text.data;
        q.windows = i % 4 == 0;
        if (filter_parse(arena, text.data, &q.filter, &e) != OK)
            fail_msg("%s\n   %s", text.data, e.text);
        expect_same_tree(text.data, q.filter);
        if (store_read(store, ask, &q, &e) != OK)
            fail_msg("%s\n   %s", text.data, e.text);
        buf_clear(&text);
    }
    overlay_close(q.overlay);
    print_message("%d questions of %d rows: %d true, %d false, %d unknown\n", QUESTIONS, ROWS, q.answers[FILTER_TRUE], q.answers[FILTER_FALSE],
                  q.answers[FILTER_UNKNOWN]);
    for (int i = 0; i < 3; i++)
        assert_true(q.answers[i] > QUESTIONS * ROWS / 20);
}

// A chain of thousands stays shallow in the database.
static void long_chains_are_answered(void **state)
{
    (void)state;
    struct question q = { .windows = false };
    struct buf text;
    arena_reset(arena);
    buf_init(&text, 1 << 20);
    buf_text(&text, "floors = 0");
    for (int i = 1; i < 1300; i++)
        buf_printf(&text, " OR floors = %d", i);
    assert_int_equal(filter_parse(arena, text.data, &q.filter, &e), OK);
    q.text = "a chain of 1300";
    if (store_read(store, ask, &q, &e) != OK)
        fail_msg("%s", e.text);
    assert_true(q.answers[FILTER_TRUE] > 0);
    buf_clear(&text);
}

static void facts_that_do_not_fit_are_told(void **state)
{
    (void)state;
    static const struct { const char *filter, *says; } bad[] = {
        { "floors = 'a'", "=: the facts of this row cannot be compared so" },
        { "name AND lit", "AND: the facts of this row cannot be compared so" },
        { "Buffer(geometry, 1) IS NULL", "Buffer cannot be asked of a row" },
        { "S_WITHIN(geometry, BBOX(0, 0, 1, 1))", "S_WITHIN cannot be asked here: there is no geometry at hand" },
        { "floors + 1.5", "the filter is no condition" },
    };
    struct row r;
    make_row(&r);
    memset(r.has, true, sizeof r.has);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct filter *f;
        enum filter_truth answer;
        struct filter_facts facts = { .get = told, .ctx = &r };
        assert_int_equal(filter_parse(arena, bad[i].filter, &f, &e), OK);
        assert_int_equal(filter_eval(f, &facts, arena, &answer, &e), INVALID);
        assert_string_equal(e.text, bad[i].says);
    }
}

static void text_folds(void **state)
{
    (void)state;
    static const struct { char *(*fold)(const char *); const char *from, *to; } folds[] = {
        { fold_case, "Straße", "strasse" }, { fold_case, "ΟΔΟΣ", "οδοσ" }, { fold_case, "网格A", "网格a" }, { fold_case, "", "" },
        { fold_forms, "Ａ１ﾊﾞ", "A1バ" }, { fold_forms, "e\xcc\x81", "é" }, { fold_forms, "北京", "北京" },
        { fold_accents, "débárquér", "debarquer" }, { fold_accents, "がく", "がく" }, { fold_accents, "北京", "北京" }, { fold_accents, "\xff!", "\xef\xbf\xbd!" },
    };
    for (size_t i = 0; i < sizeof folds / sizeof folds[0]; i++) {
        char *folded = folds[i].fold(folds[i].from);
        assert_string_equal(folded, folds[i].to);
        mem_free(folded);
    }
}

static int set_up(void **state)
{
    (void)state;
    char path[96];
    arena = arena_open(FILTER_ARENA_BYTES * 4);
    strcpy(folder, "/tmp/gridpatrol-filter-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/station.sqlite", folder);
    enum status s = store_open(path, STORE_CREATE, &store, &e);
    if (s == OK)
        s = store_write(store, make_table, NULL, &e);
    if (s != OK)
        print_error("%s\n", e.text);
    return s != OK;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    store_close(store);
    arena_close(arena);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_database_agree),
        cmocka_unit_test(long_chains_are_answered),
        cmocka_unit_test(facts_that_do_not_fit_are_told),
        cmocka_unit_test(text_folds),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
