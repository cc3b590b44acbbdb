// What a district lays down for itself: taken whole or refused with its place, in force at once, versions kept, taken back.
#include "core/actor.h"
#include "core/audit.h"
#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/resource.h"
#include "core/document.h"
#include "core/layer.h"
#include "core/station.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/core/temporary_station.h"

enum { NOW_S = 1767225600 };
struct fixture { struct temporary place; struct station *station; char admin[ID_TEXT]; struct err e; };

static enum status find_admin(struct work *w, void *ctx)
{
    struct fixture *f = ctx;
    struct actor a;
    enum status s = actor_first_administrator(w, &a);
    if (s == OK)
        snprintf(f->admin, sizeof f->admin, "%s", a.id.text);
    return s;
}

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->e.lang = LANG_EN;
    f->station = temporary_open(&f->place, NOW_S);
    assert_ok(f, station_read(f->station, &(struct station_call){ NOW_S, "" }, find_admin, f, &f->e));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    int result = temporary_close(&f->place, f->station);
    test_free(f);
    return result;
}

static enum status write_as(struct fixture *f, const char *actor, station_job *fn, void *ctx)
{
    return station_write(f->station, &(struct station_call){ NOW_S, actor }, fn, ctx, &f->e);
}

// --- Loading ------------------------------------------------------------------------------------------------------------------------

struct loading { const char *kind, *text; char name[DOCUMENT_NAME]; int64_t version; bool same; };

static enum status load_job(struct work *w, void *ctx)
{
    struct loading *l = ctx;
    return document_load(w, &(struct document_file){ l->kind, "own.json", l->text, strlen(l->text) }, l->name, &l->version, &l->same);
}

static struct loading loaded(struct fixture *f, const char *kind, const char *text)
{
    struct loading l = { .kind = kind, .text = text };
    assert_ok(f, write_as(f, f->admin, load_job, &l));
    return l;
}

static void refuse(struct fixture *f, const char *kind, const char *text, const char *sentence)
{
    struct loading l = { .kind = kind, .text = text };
    assert_int_not_equal(write_as(f, f->admin, load_job, &l), OK);
    if (strstr(f->e.text, sentence) == NULL)
        fail_msg("\"%s\", expected \"%s\"", f->e.text, sentence);
}

struct withdrawing { const char *kind, *name; };
static enum status withdraw_job(struct work *w, void *ctx)
{
    const struct withdrawing *d = ctx;
    return document_withdraw(w, d->kind, d->name);
}

static enum status withdraw(struct fixture *f, const char *kind, const char *name)
{
    return write_as(f, f->admin, withdraw_job, &(struct withdrawing){ kind, name });
}

// One number of the station's file.
struct question { const char *sql; int64_t answer; };
static enum status ask_job(struct work *w, void *ctx)
{
    struct question *q = ctx;
    return db_integer(w->db, q->sql, NO_VALUES, &q->answer, w->e);
}

static int64_t ask(struct fixture *f, const char *sql)
{
    struct question q = { sql, -1 };
    assert_ok(f, station_read(f->station, &(struct station_call){ NOW_S, "" }, ask_job, &q, &f->e));
    return q.answer;
}

// --- Limits -------------------------------------------------------------------------------------------------------------------------

#define LIMITS_OF(amount) "{\"scheme\":\"gbt30428.2-2013\",\"version\":\"t\",\"title_zh\":\"t\",\"title_en\":\"t\",\"limits\":[\n" \
    "{\"code\":\"0101\",\"condition_no\":2,\"condition_zh\":\"t\",\"condition_en\":\"t\",\"stage\":\"handle\",\"amount\":" amount ",\"unit\":\"work_day\"}]}"

static enum status limit_job(struct work *w, void *ctx)
{
    struct desk d = { 0 };
    enum status s = desk_ready(w, &d);
    const struct limit_rule *own = s == OK ? desk_limit(&d, "gbt30428.2-2013", "0101", 2, "handle") : NULL;
    const struct limit_rule *other = s == OK ? desk_limit(&d, "gbt30428.2-2013", "0203", 1, "handle") : NULL;
    *(int *)ctx = own != NULL && other != NULL ? own->limit.amount : -1;   // what a district says nothing of stays as it was
    desk_clear(&d);
    return s;
}

static int handle_limit(struct fixture *f)
{
    int amount = 0;
    assert_ok(f, station_read(f->station, &(struct station_call){ NOW_S, "" }, limit_job, &amount, &f->e));
    return amount;
}

static void a_limit_of_ones_own_counts_until_it_is_withdrawn(void **state)
{
    struct fixture *f = *state;
    int built_in = handle_limit(f);
    struct loading l = loaded(f, "limits", LIMITS_OF("3"));
    assert_string_equal(l.name, "gbt30428.2-2013");
    assert_int_equal(l.version, 1);
    assert_int_equal(handle_limit(f), 3);
    l = loaded(f, "limits", LIMITS_OF("4"));
    assert_int_equal(l.version, 2);
    assert_int_equal(handle_limit(f), 4);
    l = loaded(f, "limits", LIMITS_OF("4"));
    assert_true(l.same);
    assert_int_equal(withdraw(f, "limits", "gbt30428.2-2013"), OK);
    assert_int_equal(handle_limit(f), built_in);
    assert_int_equal(withdraw(f, "limits", "gbt30428.2-2013"), NOT_FOUND);
    assert_int_equal(ask(f, "SELECT count(*) FROM document"), 3);          // versions stay, and the withdrawal is one
    assert_int_equal(ask(f, "SELECT count(*) FROM audit WHERE thing = 'document' AND thing_id = 'limits/gbt30428.2-2013'"), 3);
    assert_int_equal(ask(f, "SELECT count(DISTINCT after_sha256) FROM audit WHERE thing = 'document' AND verb = 'load' AND length(after_sha256) = 64"), 2);
    l = loaded(f, "limits", LIMITS_OF("4"));                               // and back again
    assert_int_equal(l.version, 4);
    assert_int_equal(handle_limit(f), 4);
}

static void a_fault_is_named_with_its_place_and_nothing_is_taken(void **state)
{
    struct fixture *f = *state;
    refuse(f, "limits", LIMITS_OF("0"), "own.json:2: limits[0].amount: a number within its bounds is expected, 0 is given");
    refuse(f, "codes", "{\"scheme\":\"x\",\"version\":\"1\"", "own.json:1: this is not JSON");
    refuse(f, "layer", "{}", "\"layer\" is no kind of document");
    refuse(f, "terms", "{\"sheme\":1}", "own.json:1: sheme: there is no such key here");
    assert_int_equal(ask(f, "SELECT count(*) FROM document"), 0);
    assert_int_equal(ask(f, "SELECT count(*) FROM audit WHERE thing = 'document'"), 0);
}

// --- Rules and agencies -------------------------------------------------------------------------------------------------------------

#define RULES_OF(when, agency) "{\"version\":\"t\",\"title_zh\":\"t\",\"title_en\":\"t\",\"rules\":[\n" \
    "{\"key\":\"all\",\"order\":1,\"title_zh\":\"t\",\"title_en\":\"t\",\"when\":\"" when "\",\"agency\":\"" agency "\",\"priority\":3,\"secrecy\":\"ordinary\",\"then\":\"stop\"}]}"
#define AGENCIES "{\"version\":\"t\",\"title_zh\":\"t\",\"title_en\":\"t\",\"agencies\":[\n" \
    "{\"key\":\"parks\",\"name_zh\":\"园林局\",\"name_en\":\"parks\",\"part\":\"executor\",\"secrecy\":\"ordinary\"}]}"

static void rules_and_agencies_go_together(void **state)
{
    struct fixture *f = *state;
    refuse(f, "rules", RULES_OF("TRUE", "parks"), "own.json:2: rules[0].agency: the key of an agency");
    refuse(f, "rules", RULES_OF("colour = 'red'", "township"), "routing rule all");
    refuse(f, "rules", RULES_OF("kind =", "township"), "rules[0].when: a CQL2 expression");
    refuse(f, "agencies", AGENCIES, "the key of an agency");               // the program's rules name others
    loaded(f, "rules", RULES_OF("kind = 'billboard' OR TRUE", "township"));
    refuse(f, "agencies", AGENCIES, "rules/district:2: rules[0].agency: the key of an agency");
    assert_int_equal(withdraw(f, "rules", NULL), OK);
    assert_int_equal(withdraw(f, "rules", NULL), NOT_FOUND);
    assert_int_equal(ask(f, "SELECT count(*) FROM document WHERE kind = 'agencies'"), 0);
}

static enum status add_analyst(struct work *w, void *ctx)
{
    struct actor *a = ctx;
    return actor_record(w, a);
}

static void not_everybody_lays_down_rules(void **state)
{
    struct fixture *f = *state;
    struct actor analyst = { .name = "Ana", .role = "analyst" };
    struct loading l = { .kind = "limits", .text = LIMITS_OF("3") };
    assert_ok(f, write_as(f, f->admin, add_analyst, &analyst));
    assert_int_equal(write_as(f, analyst.id.text, load_job, &l), DENIED);
    assert_int_equal(write_as(f, analyst.id.text, withdraw_job, &(struct withdrawing){ "limits", "x" }), DENIED);
}

// --- Layers -------------------------------------------------------------------------------------------------------------------------

#define LAYER_OF(key, type) "{\"key\":\"" key "\",\"title_zh\":\"犬类公园\",\"title_en\":\"dog parks\",\"table\":\"asset\",\"geometry\":\"point\",\"accuracy_m\":5," \
    "\"properties\":[{\"name\":\"name\",\"title_zh\":\"名称\",\"title_en\":\"name\",\"type\":\"text\",\"column\":\"name\"}," \
    "{\"name\":\"size\",\"title_zh\":\"规模\",\"title_en\":\"size\",\"type\":\"" type "\"}]}"

static void a_layer_of_ones_own_is_a_register_at_once(void **state)
{
    struct fixture *f = *state;
    struct loading l = loaded(f, "layers", LAYER_OF("dog_park", "text"));
    assert_string_equal(l.name, "dog_park");
    assert_int_equal(ask(f, "SELECT count(*) FROM map_dog_park"), 0);
    assert_int_equal(ask(f, "SELECT count(*) FROM pragma_table_xinfo('asset') WHERE name = 'dog_park_size' AND type = 'TEXT'"), 1);
    loaded(f, "layers", LAYER_OF("dog_park", "number"));                   // a new version means a number by it
    assert_int_equal(ask(f, "SELECT count(*) FROM pragma_table_xinfo('asset') WHERE name = 'dog_park_size' AND type = 'REAL'"), 1);
    assert_int_equal(withdraw(f, "layers", "dog_park"), OK);
    assert_int_equal(ask(f, "SELECT count(*) FROM sqlite_master WHERE name = 'map_dog_park'"), 0);
    assert_int_equal(ask(f, "SELECT count(*) FROM layer WHERE key = 'dog_park'"), 0);
}

static enum status add_park(struct work *w, void *ctx)
{
    (void)ctx;
    return db_script(w->db, "INSERT INTO asset (id, kind, crs, accuracy_m, valid_from_s) VALUES ('p', 'dog_park', 'EPSG:4326', 1, 1)", w->e);
}

static void a_layer_stays_as_long_as_something_is_kept_by_it(void **state)
{
    struct fixture *f = *state;
    loaded(f, "layers", LAYER_OF("dog_park", "text"));
    assert_ok(f, write_as(f, f->admin, add_park, NULL));
    assert_int_equal(withdraw(f, "layers", "dog_park"), CONFLICT);
    assert_int_equal(ask(f, "SELECT count(*) FROM map_dog_park"), 1);
    assert_int_equal(withdraw(f, "layers", "billboard"), NOT_FOUND);       // the program's own
}

static void a_layer_cannot_take_anothers_place(void **state)
{
    struct fixture *f = *state;
    refuse(f, "layers", LAYER_OF("cell", "text"), "key: the table's own name");
    refuse(f, "layers", LAYER_OF("x'; DROP TABLE asset; --", "text"), "key: a word of");
    refuse(f, "layers", "{\"key\":\"lead\",\"title_zh\":\"t\",\"title_en\":\"t\",\"table\":\"password\",\"register\":false,\"instead\":\"x\",\"geometry\":\"any\","
                        "\"public\":true,\"properties\":[{\"name\":\"a\",\"title_zh\":\"t\",\"title_en\":\"t\",\"type\":\"text\",\"column\":\"hash\"}]}",
           "register: nothing, since a layer of one's own is loaded");
    refuse(f, "layers", LAYER_OF("dog_park", "colour"), "type: text, number, integer, date, instant or boolean is expected");
    refuse(f, "layers", "{\"key\":\"audit\",\"title_zh\":\"t\",\"title_en\":\"t\",\"table\":\"audit\",\"geometry\":\"point\",\"accuracy_m\":1,\"properties\":[]}",
           "table: building, permit, zone or asset is expected");
}

// --- What is in force ---------------------------------------------------------------------------------------------------------------

struct counting { int own, others; char text[64]; };

static enum status count_one(void *ctx, const struct document *d, struct err *e)
{
    struct counting *c = ctx;
    (void)e;
    c->own += d->version > 0;
    c->others += d->version == 0;
    assert_true(d->title_zh[0] != '\0' && d->title_en[0] != '\0' && strlen(d->sha256) == 64);
    return OK;
}

static enum status list_job(struct work *w, void *ctx) { return document_list(w, NULL, count_one, ctx); }

static struct counting listed(struct fixture *f)
{
    struct counting c = { 0 };
    assert_ok(f, station_read(f->station, &(struct station_call){ NOW_S, "" }, list_job, &c, &f->e));
    return c;
}

struct showing { const char *kind, *name; int64_t version; struct buf text; };
static enum status show_job(struct work *w, void *ctx)
{
    struct showing *s = ctx;
    return document_text(w, s->kind, s->name, s->version, &s->text);
}

static void assert_text(struct fixture *f, const char *kind, const char *name, int64_t version, const char *expected)
{
    struct showing s = { kind, name, version, { 0 } };
    buf_init(&s.text, 1 << 20);
    assert_ok(f, station_read(f->station, &(struct station_call){ NOW_S, "" }, show_job, &s, &f->e));
    assert_string_equal(s.text.data, expected);
    buf_clear(&s.text);
}

static void the_list_says_what_counts(void **state)
{
    struct fixture *f = *state;
    struct counting before = listed(f), after;
    assert_int_equal(before.own, 0);
    assert_text(f, "rules", NULL, 0, resource_text("routing/default.json", NULL));
    loaded(f, "rules", RULES_OF("TRUE", "township"));
    loaded(f, "limits", LIMITS_OF("3"));
    after = listed(f);
    assert_int_equal(after.own, 2);
    assert_int_equal(after.others, before.others - 1);                     // rules stand instead, limits beside
    assert_text(f, "rules", NULL, 0, RULES_OF("TRUE", "township"));
    assert_text(f, "limits", "gbt30428.2-2013", 1, LIMITS_OF("3"));
    withdraw(f, "rules", NULL);
    assert_text(f, "rules", NULL, 0, resource_text("routing/default.json", NULL));
    assert_text(f, "rules", NULL, 1, RULES_OF("TRUE", "township"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_limit_of_ones_own_counts_until_it_is_withdrawn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fault_is_named_with_its_place_and_nothing_is_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rules_and_agencies_go_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(not_everybody_lays_down_rules, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_layer_of_ones_own_is_a_register_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_layer_stays_as_long_as_something_is_kept_by_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_layer_cannot_take_anothers_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_list_says_what_counts, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
