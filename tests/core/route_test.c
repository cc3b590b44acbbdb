// Routing: which rule fires for which facts, once and never twice, and nothing in a dry run.
#include "core/route.h"
#include "tests/core/case_telling.h"

struct routing { struct fixture *f; struct route_report report; bool dry; char fired[4096]; };

static void tell_fired(void *ctx, const struct route_fired *r)
{
    struct routing *t = ctx;
    size_t used = strlen(t->fired);
    snprintf(t->fired + used, sizeof t->fired - used, "%s ", r->rule->key);
}

static enum status route(struct work *w, void *ctx)
{
    struct routing *t = ctx;
    return route_all(w, &t->f->desk, &(struct route_asked){ .dry = t->dry }, tell_fired, t, &t->report);
}

static struct routing routed(struct fixture *f, const char *who, bool dry)
{
    struct routing t = { .f = f, .dry = dry };
    struct told as = { .f = f, .line = &(struct line){ .who = who } };
    assert_ok(f, run(f, find_actor, &as));
    assert_ok(f, run(f, route, &t));
    return t;
}

// A comparison with changes, as compare leaves them; only what rules ask differs.
static enum status add_changes(struct work *w, void *ctx)
{
    (void)ctx;
    return db_script(w->db,
        "INSERT INTO survey (id, name, kind, taken_at_s, original_name, original_sha256, archive_sha256, crs, features, added_at_s) VALUES "
        "('a', 'a', 'footprints', 1, 'a', 'a', 'a', 'EPSG:4549', 1, 1), ('b', 'b', 'footprints', 2, 'b', 'b', 'b', 'EPSG:4549', 1, 1);"
        "INSERT INTO comparison (id, before_id, after_id, before_sha256, after_sha256, parameters, program_version, state, started_at_s) VALUES "
        "('c', 'a', 'b', 'a', 'b', '{}', 'x', 'done', 1);"
        "INSERT INTO change (id, comparison_id, number, object_id, class, relation, before_ids, after_ids, gained_m2, z, confidence, legal_codes, zone_kind, "
        "zone_p, suspicion, stock, state, geom) VALUES "
        "('h1', 'c', 1, 'o1', 'new', 'appeared', '', '1', 80, 9, 0.9, 'NO_PERMIT', 'farmland', 0.9, 0.8, 'new', 'confirmed', "
        "ST_GeomFromText('MULTIPOLYGON(((121.07 32.07, 121.071 32.07, 121.071 32.071, 121.07 32.07)))', 4326)),"
        "('h2', 'c', 2, 'o2', 'new', 'appeared', '', '2', 30, 9, 0.9, '', NULL, NULL, 0.4, 'existing', 'confirmed', "
        "ST_GeomFromText('MULTIPOLYGON(((121.08 32.07, 121.081 32.07, 121.081 32.071, 121.08 32.07)))', 4326)),"
        "('h3', 'c', 3, 'o3', 'new', 'appeared', '', '3', 30, 9, 0.9, 'NO_PERMIT', NULL, NULL, 0.9, 'new', 'open', "
        "ST_GeomFromText('MULTIPOLYGON(((121.09 32.07, 121.091 32.07, 121.091 32.071, 121.09 32.07)))', 4326))", w->e);
}

static enum status count(struct work *w, void *ctx)
{
    int64_t *out = ctx;
    enum status s = db_integer(w->db, "SELECT count(*) FROM case_file WHERE rule = 'illegal_building' AND priority = 2 AND geom IS NOT NULL", NO_VALUES, &out[0], w->e);
    if (s == OK)
        s = db_integer(w->db, "SELECT count(*) FROM lead WHERE state = 'draft'", NO_VALUES, &out[1], w->e);
    return s == OK ? db_integer(w->db, "SELECT count(*) FROM case_link WHERE thing = 'change'", NO_VALUES, &out[2], w->e) : s;
}

static void confirmed_changes_become_cases_once(void **state)
{
    struct fixture *f = *state;
    int64_t there[3] = { 0 };
    assert_ok(f, run(f, add_changes, NULL));
    struct routing dry = routed(f, "Sun", true);
    assert_string_equal(dry.fired, "farmland determination illegal_building illegal_building ");
    assert_ok(f, run(f, count, there));
    assert_int_equal(there[2], 0);
    struct routing t = routed(f, "Sun", false);
    assert_string_equal(t.fired, dry.fired);
    assert_int_equal(t.report.cases_opened, 2);
    assert_int_equal(t.report.leads_drafted, 2);
    assert_ok(f, run(f, count, there));
    assert_int_equal(there[0], 2);
    assert_int_equal(there[1], 2);
    assert_int_equal(there[2], 2);
    t = routed(f, "Sun", false);
    assert_string_equal(t.fired, "");
    assert_int_equal(t.report.changes + t.report.cases_opened + t.report.leads_drafted, 0);
}

static void only_who_may_opens_cases(void **state)
{
    struct fixture *f = *state;
    struct routing t = { .f = f };
    assert_ok(f, run(f, add_changes, NULL));
    struct told as = { .f = f, .line = &(struct line){ .who = "Li" } };
    assert_ok(f, run(f, find_actor, &as));
    assert_int_equal(run(f, route, &t), DENIED);
    t.dry = true;                                        // nor is told who would be told
    assert_int_equal(run(f, route, &t), DENIED);
}

static void new_works_go_the_fast_way(void **state)
{
    struct fixture *f = *state;
    f->now_s = notice_time("2026-03-03 09:00");
    TELL(f, "case", "", { "2026-03-03 09:00", "Wang", "open fresh", { 0 }, "reported", NULL });
    struct routing t = routed(f, "Sun", false);
    assert_string_equal(t.fired, "fast_track ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(confirmed_changes_become_cases_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_who_may_opens_cases, set_up, tear_down),
        cmocka_unit_test_setup_teardown(new_works_go_the_fast_way, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
