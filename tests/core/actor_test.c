// Accounts: who may change them, what each change leaves behind, and that somebody can always let people in.
#include "tests/core/people.h"

struct altering { const char *name; struct actor_change change; struct actor out; };
static enum status alter(struct work *w, void *ctx)
{
    struct altering *a = ctx;
    return actor_alter(w, a->name, &a->change, &a->out);
}

static enum status change(struct fixture *f, const struct actor *who, const char *name, struct actor_change c)
{
    struct altering a = { .name = name, .change = c };
    return as(f, who, alter, &a);
}

static const bool ON = true, OFF = false;

static void only_administrators_keep_accounts(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(change(f, &f->wang, "Li", (struct actor_change){ .role = "chief" }), DENIED);
    assert_int_equal(change(f, &f->wang, "Wang", (struct actor_change){ .role = "chief" }), DENIED);        // not even their own
    assert_int_equal(change(f, &f->wang, "Wang", (struct actor_change){ .area = NULL, .is_active = &OFF }), DENIED);
    assert_int_equal(number(f, "SELECT count(*) FROM audit WHERE verb = 'alter'"), 0);
    assert_ok(f, change(f, &f->admin, "Wang", (struct actor_change){ .role = "checker" }));
    assert_int_equal(number(f, "SELECT count(*) FROM actor WHERE name = 'Wang' AND role = 'checker' AND agency_id IS NULL AND is_active = 1"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM audit WHERE verb = 'alter' AND thing = 'actor' AND note = 'role checker ' AND before_sha256 <> '' "
                               "AND after_sha256 <> before_sha256"), 1);
}

static enum status record(struct work *w, void *ctx) { return actor_record(w, ctx); }

static void only_administrators_let_people_in(void **state)
{
    struct fixture *f = *state;
    struct actor new = { .name = "Neu", .role = "chief" };
    assert_int_equal(as(f, &f->wang, record, &new), DENIED);
    assert_ok(f, as(f, &f->admin, record, &new));
}

static void an_account_changes_in_the_field_that_is_given(void **state)
{
    struct fixture *f = *state;
    struct altering a = { .name = "Li", .change = { .agency = "planning" } };
    assert_ok(f, as(f, &f->admin, alter, &a));
    assert_true(id_is_set(&a.out.agency));
    assert_string_equal(a.out.role, "officer");
    assert_ok(f, change(f, &f->admin, "Li", (struct actor_change){ .is_active = &OFF }));
    assert_int_equal(number(f, "SELECT count(*) FROM actor WHERE name = 'Li' AND role = 'officer' AND agency_id IS NOT NULL AND is_active = 0"), 1);
    assert_ok(f, change(f, &f->admin, "Li", (struct actor_change){ .is_active = &ON, .agency = "" }));
    assert_int_equal(number(f, "SELECT count(*) FROM actor WHERE name = 'Li' AND agency_id IS NULL AND is_active = 1"), 1);
    assert_int_equal(change(f, &f->admin, "Li", (struct actor_change){ .agency = "nowhere" }), NOT_FOUND);
    assert_int_equal(change(f, &f->admin, "Li", (struct actor_change){ .role = "king" }), INVALID);
    assert_int_equal(change(f, &f->admin, "Nobody", (struct actor_change){ .role = "chief" }), NOT_FOUND);
}

static enum status read_areas(struct work *w, void *ctx)
{
    struct altering *a = ctx;
    struct arena *arena = arena_open(1 << 16);
    const char *areas = "";
    enum status s = actor_areas(w, a->out.id.text, arena, &areas);
    snprintf(a->out.name, sizeof a->out.name, "%s", areas);
    arena_close(arena);
    return s;
}

static void areas_are_places_of_this_station(void **state)
{
    struct fixture *f = *state;
    static const char *const good[] = { "老城", "320612001", "N-1", "320612001" }, *const bad[] = { "320612001", "99" }, *const empty[] = { "" };
    const char *many[ACTOR_AREAS_MOST + 1];
    struct altering a = { .name = "Wang", .out = f->wang };
    assert_ok(f, change(f, &f->admin, "Wang", (struct actor_change){ .area = good, .areas = 4 }));
    assert_ok(f, as(f, &f->admin, read_areas, &a));
    assert_string_equal(a.out.name, "320612001,N-1,老城");
    assert_int_equal(change(f, &f->admin, "Wang", (struct actor_change){ .area = bad, .areas = 2 }), NOT_FOUND);
    assert_non_null(strstr(f->e.text, "\"99\""));
    assert_int_equal(change(f, &f->admin, "Wang", (struct actor_change){ .area = empty, .areas = 1 }), NOT_FOUND);
    for (int i = 0; i <= ACTOR_AREAS_MOST; i++)
        many[i] = "320612001";
    assert_int_equal(change(f, &f->admin, "Wang", (struct actor_change){ .area = many, .areas = ACTOR_AREAS_MOST + 1 }), TOO_BIG);
    assert_ok(f, as(f, &f->admin, read_areas, &a));
    assert_string_equal(a.out.name, "320612001,N-1,老城");                 // refused whole
    assert_ok(f, change(f, &f->admin, "Wang", (struct actor_change){ .area = good, .areas = 0 }));
    assert_int_equal(number(f, "SELECT count(*) FROM actor_area"), 0);
    assert_int_equal(number(f, "SELECT count(*) FROM audit WHERE verb = 'alter' AND note = 'areas '"), 2);
}

static enum status force(struct work *w, void *ctx) { return db_run(w->db, ctx, NO_VALUES, w->e); }

static void the_last_administrator_stays(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(change(f, &f->admin, "admin", (struct actor_change){ .is_active = &OFF }), CONFLICT);
    assert_non_null(strstr(f->e.text, "last administrator"));
    assert_int_equal(change(f, &f->admin, "admin", (struct actor_change){ .role = "chief" }), CONFLICT);
    assert_ok(f, change(f, &f->admin, "admin", (struct actor_change){ .agency = "planning" }));
    assert_int_equal(as(f, NULL, force, "UPDATE actor SET is_active = 0 WHERE role = 'administrator'"), CONFLICT);      // the schema's own net
    assert_ok(f, change(f, &f->admin, "Wang", (struct actor_change){ .role = "administrator" }));
    assert_ok(f, change(f, &f->admin, "admin", (struct actor_change){ .is_active = &OFF }));
    assert_int_equal(change(f, &f->wang, "Wang", (struct actor_change){ .role = "inspector" }), CONFLICT);
    assert_int_equal(change(f, &f->admin, "Li", (struct actor_change){ .role = "chief" }), DENIED);        // switched off: keeps nothing
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_administrators_keep_accounts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_administrators_let_people_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_account_changes_in_the_field_that_is_given, set_up, tear_down),
        cmocka_unit_test_setup_teardown(areas_are_places_of_this_station, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_last_administrator_stays, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
