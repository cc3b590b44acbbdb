// Layers: the files of data/layers against the tables and views they are read from, and files that are refused.
#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/layer.h"
#include "core/lifecycle.h"
#include "core/register.h"
#include "gis/footprint_diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/core/temporary_station.h"

struct fixture { struct temporary at; struct station *station; struct err e; struct arena *arena; struct layer_list list; };

static enum status in_station(struct fixture *f, station_job *fn, void *ctx)
{
    return station_write(f->station, &(struct station_call){ 1770000001, "system" }, fn, ctx, &f->e);
}

static enum status read_all(struct work *w, void *ctx)
{
    struct fixture *f = ctx;
    return layer_read_all(w->db, f->arena, &f->list, w->e);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->station = temporary_open(&f->at, 1770000000);
    f->arena = arena_open(16 << 20);
    assert_ok(f, in_station(f, read_all, f));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    int gone = temporary_close(&f->at, f->station);
    arena_close(f->arena);
    free(f);
    return gone;
}

static struct layer *layer_of(struct fixture *f, const char *key)
{
    struct layer *l = layer_find(&f->list, key);
    if (l == NULL)
        fail_msg("there is no layer %s", key);
    return l;
}

// --- The files of data/layers ---------------------------------------------------------------------------------------------------

static enum status check_all(struct work *w, void *ctx)
{
    struct fixture *f = ctx;
    enum status s = OK;
    for (int i = 0; s == OK && i < f->list.count; i++)
        s = layer_check(w->db, f->arena, &f->list.layer[i], w->e);
    return s;
}

// Every layer can be asked for all its columns, with the rows that count.
static enum status ask_all(struct work *w, void *ctx)
{
    struct fixture *f = ctx;
    enum status s = OK;
    for (int i = 0; s == OK && i < f->list.count; i++) {
        const struct layer *l = &f->list.layer[i];
        struct buf sql;
        struct rows *r = NULL;
        bool more = false;
        buf_init(&sql, 1 << 16);
        buf_printf(&sql, "SELECT t.fid, t.id, ST_AsBinary(t.%s)", l->shape);
        for (int p = 0; p < l->properties; p++)
            if (l->property[p].column != NULL)
                buf_printf(&sql, ", t.%s", l->property[p].column);
        buf_printf(&sql, " FROM %s t WHERE 1 = 1", l->read);
        layer_rows(l, "t", &sql);
        s = db_ask(w->db, sql.data, NO_VALUES, &r, w->e);
        if (s == OK)
            s = rows_next(r, &more, w->e);
        rows_done(r);
        buf_clear(&sql);
    }
    return s;
}

static void every_layer_matches_what_it_is_read_from(void **state)
{
    struct fixture *f = *state;
    static const char *const others[] = { "area", "cell", "survey", "change", "finding", "case", "lead" };
    assert_ok(f, in_station(f, check_all, f));
    assert_ok(f, in_station(f, ask_all, f));
    int registers = 0;
    for (int i = 0; i < f->list.count; i++)
        registers += f->list.layer[i].is_register;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(layer_of(f, others[i])->is_register);
    assert_int_equal(registers, f->list.count - (int)(sizeof others / sizeof others[0]));
    assert_string_equal(layer_of(f, "case")->read, "read_case");
    assert_string_equal(layer_of(f, "building")->read, "building");
    assert_string_equal(layer_of(f, "waste_dump")->shape, "outline");
    assert_int_equal(layer_of(f, "lead")->geometry, LAYER_ANY);
    assert_string_equal(layer_of(f, "case")->time->name, "opened_at");
    assert_string_equal(layer_of(f, "case")->time_end->name, "closed_at");
    assert_string_equal(layer_of(f, "finding")->time->name, "seen_at");
    assert_null(layer_of(f, "finding")->time_end);
}

static void every_property_has_its_titles_and_names_a_layer_that_is_there(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < f->list.count; i++)
        for (int p = 0; p < f->list.layer[i].properties; p++) {
            const struct property *q = &f->list.layer[i].property[p];
            if (q->title_zh[0] == '\0' || q->title_en[0] == '\0')
                fail_msg("%s.%s has no title", f->list.layer[i].key, q->name);
            if (q->names != NULL)
                (void)layer_of(f, q->names);
            if (layer_property(&f->list.layer[i], q->name) != q)
                fail_msg("%s.%s stands there twice", f->list.layer[i].key, q->name);
        }
}

// What a record may be in stands in the table of moves; its code list says the same.
static void code_lists_of_states_are_those_of_the_moves(void **state)
{
    struct fixture *f = *state;
    static const char *const things[] = { "change", "finding", "case", "lead", "building", "permit" };
    for (size_t t = 0; t < sizeof things / sizeof things[0]; t++) {
        const struct property *p = layer_property(layer_of(f, things[t]), strcmp(things[t], "building") == 0 ? "standing" : "state");
        int states = 0;
        for (const char *word; (word = lifecycle_state(things[t], (size_t)states)) != NULL; states++) {
            bool there = false;
            for (int i = 0; i < p->codes; i++)
                there |= strcmp(p->code[i].code, word) == 0;
            if (!there)
                fail_msg("%s: the code list misses %s", things[t], word);
        }
        assert_int_equal(states, p->codes);
    }
    const struct property *class = layer_property(layer_of(f, "change"), "class");
    assert_int_equal(class->codes, CHANGE_CLASSES);
    for (int c = 0; c < CHANGE_CLASSES; c++)
        assert_string_equal(class->code[c].code, change_class_name((enum change_class)c));
}

// --- Files that are refused -------------------------------------------------------------------------------------------------------

#define HEAD(key) "{\"key\": \"" key "\", \"title_zh\": \"x\", \"title_en\": \"x\", \"geometry\": \"area\", "
#define RECORD(key) HEAD(key) "\"table\": \"case_file\", \"register\": false, \"instead\": \"x\", "
#define READ_CASE RECORD("case") "\"read\": \"read_case\", "
#define LOADED HEAD("x") "\"table\": \"asset\", \"accuracy_m\": 1, "
#define ONE(more) "\"properties\": [{\"name\": \"a\", \"title_zh\": \"a\", \"title_en\": \"a\", " more "}]}"

struct reading { struct fixture *f; const char *text; };
static enum status read_and_check(struct work *w, void *ctx)
{
    struct reading *r = ctx;
    struct json_doc *doc = NULL;
    struct layer l;
    enum status s = json_parse(r->text, strlen(r->text), "x.json", NULL, &doc, w->e);
    if (s == OK)
        s = layer_read(doc, r->f->arena, &l, w->e);
    json_close(doc);
    return s == OK ? layer_check(w->db, r->f->arena, &l, w->e) : s;
}

static void a_layer_that_does_not_match_is_refused(void **state)
{
    struct fixture *f = *state;
    static const struct { const char *text, *why; } bad[] = {
        { RECORD("case") ONE("\"type\": \"text\", \"column\": \"nothing\""), "no column nothing" },
        { RECORD("case") "\"read\": \"read_nothing\", " ONE("\"type\": \"text\", \"column\": \"title\""), "no column fid" },
        { READ_CASE ONE("\"type\": \"number\", \"column\": \"title\""), "another type" },
        { READ_CASE ONE("\"type\": \"instant\", \"column\": \"area_m2\""), "another type" },
        { READ_CASE ONE("\"type\": \"text\""), "column: a column of what it is read from" },
        { HEAD("case") "\"table\": \"case_file\", \"register\": false, " ONE("\"type\": \"text\", \"column\": \"title\""), "instead" },
        { READ_CASE "\"time\": \"a\", " ONE("\"type\": \"text\", \"column\": \"title\""), "time: a property of type date or instant" },
        { READ_CASE "\"time\": {\"start\": \"a\"}, " ONE("\"type\": \"instant\", \"column\": \"opened_at_s\""), "time.end" },
        { RECORD("castle") ONE("\"type\": \"text\", \"column\": \"title\""), "key: the table's own name" },
        { LOADED ONE("\"type\": \"instant\", \"column\": \"checked_at_s\""), "type: text, number, integer or date" },
        { LOADED ONE("\"type\": \"moment\""), "type: text, number, integer, date, instant or boolean" },
        { HEAD("x") "\"table\": \"asset; DROP TABLE asset\", \"accuracy_m\": 1, " ONE("\"type\": \"text\""), "table: building, permit, zone or asset" },
        { RECORD("case") "\"read\": \"asset t, actor\", " ONE("\"type\": \"text\", \"column\": \"title\""), "read: a word of" },
        { LOADED "\"map\": [\"nothing\"], " ONE("\"type\": \"text\""), "map[0]: the name of a property that is not personal" },
        { LOADED "\"map\": [\"a\"], " ONE("\"type\": \"text\", \"personal\": true"), "map[0]: the name of a property that is not personal" },
        { LOADED "\"read\": \"actor\", " ONE("\"type\": \"text\""), "read: nothing" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct reading r = { f, bad[i].text };
        f->e.text[0] = '\0';
        if (in_station(f, read_and_check, &r) != INVALID || strstr(f->e.text, bad[i].why) == NULL)
            fail_msg("layer %zu: \"%s\", expected: %s", i, f->e.text, bad[i].why);
    }
    struct reading good = { f, READ_CASE "\"time\": \"a\", " ONE("\"type\": \"instant\", \"column\": \"opened_at_s\"") };
    assert_ok(f, in_station(f, read_and_check, &good));
}

static void no_refusal(void *ctx, int64_t row, int64_t fid, const char *sentence) { (void)ctx, (void)row, (void)fid, (void)sentence; }

static void what_is_no_register_is_not_loaded(void **state)
{
    struct fixture *f = *state;
    static const char *const layers[][2] = { { "case", "gridpatrol case open" }, { "lead", "gridpatrol lead draft" }, { "change", "gridpatrol compare" },
                                             { "finding", "gridpatrol finding add" }, { "survey", "gridpatrol survey add" }, { "cell", "cells load" } };
    struct station_call call = { 1770000001, "system" };
    struct register_report report;
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
        struct register_spec spec = { .layer = layers[i][0], .path = "/nowhere.geojson" };
        assert_int_equal(register_load(f->station, &call, &spec, NULL, no_refusal, NULL, &report, &f->e), INVALID);
        if (strstr(f->e.text, layers[i][1]) == NULL)
            fail_msg("%s: %s", layers[i][0], f->e.text);
    }
    struct register_spec none = { .layer = "castle", .path = "/nowhere.geojson" };
    assert_int_equal(register_load(f->station, &call, &none, NULL, no_refusal, NULL, &report, &f->e), NOT_FOUND);
    assert_non_null(strstr(f->e.text, "building"));
    assert_null(strstr(f->e.text, "case"));
}

// --- What the views say ------------------------------------------------------------------------------------------------------------

struct told { char text[256]; };
static enum status plant(struct work *w, void *ctx)
{
    struct told *t = ctx;
    enum status s = db_script(w->db,
        "INSERT INTO agency (id, key, name_zh, name_en, made_at_s) VALUES ('g', 'planning', 'x', 'x', 1);"
        "INSERT INTO actor (id, name, role, made_at_s) VALUES ('p', 'Wang', 'checker', 1);"
        "INSERT INTO case_file (id, number, kind, title, source, state, agency_id, made_by, stage_at_s, opened_at_s, lon, lat) VALUES "
        "('c', 'WJ-1', 'k', 'a shed', 'patrol', 'reported', 'g', 'p', 1, 1, 121.5, 31.5);"
        "INSERT INTO lead (id, number, case_id, kind, state, agency_id, made_by, stage_at_s, snapshot, made_at_s, lon, lat, title) "
        "SELECT 'd', 'XS-1', id, kind, 'draft', 'g', 'p', 1, '{}', 1, lon, lat, title FROM case_file", w->e);
    return s == OK ? db_text(w->db, "SELECT c.agency || ' ' || AsText(c.geom) || ' ' || d.case_number || ' ' || d.agency || ' ' || d.maker || ' ' || d.title "
                                    "|| ' ' || AsText(d.geom) || ' ' || coalesce(c.party, 'nobody') FROM read_case c JOIN read_lead d", NO_VALUES,
                             t->text, sizeof t->text, w->e) : s;
}

static void views_say_words_and_a_point_where_there_is_no_outline(void **state)
{
    struct fixture *f = *state;
    struct told t;
    assert_ok(f, in_station(f, plant, &t));
    assert_string_equal(t.text, "planning POINT(121.5 31.5) WJ-1 planning Wang a shed POINT(121.5 31.5) nobody");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_layer_matches_what_it_is_read_from, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_property_has_its_titles_and_names_a_layer_that_is_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(code_lists_of_states_are_those_of_the_moves, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_layer_that_does_not_match_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_register_is_not_loaded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(views_say_words_and_a_point_where_there_is_no_outline, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
