// Secret leads: sealed for the holders of a key, walked by the same rules, and nowhere to be found without it - not by a person who
// opens the file with a tool either.
#include "core/audit.h"
#include "core/backup.h"
#include "core/base/hash.h"
#include "core/compartment.h"
#include "tests/core/case_telling.h"

#include <sqlite3.h>
#include <sys/stat.h>

// --- With a key -----------------------------------------------------------------------------------------------------------------------

static struct station_keyed by(const struct fixture *f, const struct compartment_key *key)
{
    return (struct station_keyed){ { f->now_s, f->actor }, key };
}

static void act_as(struct fixture *f, const char *who)
{
    struct told t = { .f = f, .line = &(struct line){ .who = who } };
    assert_ok(f, run(f, find_actor, &t));
}

struct making { const char *agency; struct compartment_key key; int64_t resealed; };
static enum status make_job(struct work *w, void *ctx)
{
    struct making *m = ctx;
    return compartment_make(w, m->agency, &m->key, &m->resealed);
}

static enum status try_making(struct fixture *f, const char *who, const struct compartment_key *old, struct making *m)
{
    act_as(f, who);
    struct station_keyed k = by(f, old);
    return station_write_keyed(f->station, &k, make_job, m, &f->e);
}

static struct compartment_key made(struct fixture *f, const char *agency, const char *who)
{
    struct making m = { .agency = agency };
    assert_ok(f, try_making(f, who, NULL, &m));
    return m.key;
}

struct draft { struct fixture *f; const char *case_key, *agency, *secrecy; struct walk lead; };
static enum status draft_job(struct work *w, void *ctx)
{
    struct draft *d = ctx;
    struct walk k;
    enum status s = walk_get(w, "case", d->case_key, &k);
    return s == OK ? lead_draft(w, &d->f->desk, &(struct lead_spec){ .case_id = k.id.text, .agency = d->agency, .secrecy = d->secrecy, .note = "between us" },
                                &d->lead) : s;
}

static enum status try_drafting(struct fixture *f, struct draft *d)
{
    act_as(f, "Sun");
    return run(f, draft_job, d);
}

static struct draft drafted(struct fixture *f, const char *case_key, const char *agency)
{
    struct draft d = { .f = f, .case_key = case_key, .agency = agency };
    assert_ok(f, try_drafting(f, &d));
    return d;
}

struct moving { struct fixture *f; const char *key, *verb; struct step_with with; struct step_taken taken; };
static enum status move_job(struct work *w, void *ctx)
{
    struct moving *m = ctx;
    bool sealed = false;
    enum status s = compartment_open_lead(w, m->key, &sealed);
    if (s == OK)
        s = lead_visible(w, m->key);
    if (s == OK)
        s = step_take(w, &m->f->desk, &(struct step){ "lead", m->key, m->verb, m->with }, &m->taken);
    return s == OK && sealed ? compartment_close(w) : s;
}

static enum status move(struct fixture *f, const struct compartment_key *key, const char *who, struct moving *m)
{
    act_as(f, who);
    m->f = f;
    struct station_keyed k = by(f, key);
    return station_write_keyed(f->station, &k, move_job, m, &f->e);
}

// What a reading job sees: leads listed, in the queue, and the JSON of one.
struct seeing { const char *agency, *lead; int listed, queued; bool shown; char told[65536]; };
static enum status count_lead(void *ctx, const struct lead_line *l, struct err *e)
{
    (void)l, (void)e;
    ++*(int *)ctx;
    return OK;
}

static enum status see_job(struct work *w, void *ctx)
{
    struct seeing *v = ctx;
    struct buf told;
    struct err none = { 0 };
    struct work quiet = *w;
    quiet.e = &none;
    buf_init(&told, sizeof v->told - 1);
    v->listed = v->queued = 0;
    enum status s = lead_each(w, &(struct lead_query){ .agency_key = v->agency }, count_lead, &v->listed);
    if (s == OK)
        s = queue_each(w, v->agency, NULL, count_lead, &v->queued);
    v->shown = lead_tell(&quiet, v->lead, &told) == OK;
    snprintf(v->told, sizeof v->told, "%s", v->shown ? told.data : "");
    buf_clear(&told);
    return s;
}

static struct seeing seen(struct fixture *f, const char *who, const struct compartment_key *key, const char *agency, const char *lead)
{
    struct seeing v = { .agency = agency, .lead = lead };
    act_as(f, who);
    struct station_keyed k = by(f, key);
    enum status s = station_read_keyed(f->station, &k, see_job, &v, &f->e);      // NOT_FOUND: the role has no leads at all
    assert_true(s == OK || s == NOT_FOUND);
    return v;
}

static int64_t ask(struct fixture *f, const char *sql)
{
    char path[200];
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    snprintf(path, sizeof path, "%s/gridpatrol.sqlite", f->at.folder);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    int64_t answer = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return answer;
}

// --- Without the key it is not there ------------------------------------------------------------------------------------------------------

static void a_secret_lead_is_read_by_the_key_alone(void **state)
{
    struct fixture *f = *state;
    struct told c = TELL(f, "case", "", DISPATCHED("2026-03-03"));
    struct compartment_key key = made(f, "discipline", "Ji");
    int64_t steps = ask(f, "SELECT count(*) FROM step"), series = ask(f, "SELECT count(*) FROM number_series"), audit = ask(f, "SELECT count(*) FROM audit");
    struct draft d = drafted(f, c.key, "discipline");
    assert_true(starts(d.lead.number, "320612-XS-discipline-2026-"));
    static const char *const everybody[] = { "Sun", "Ji", "Chen", "Qian", "admin" };
    for (size_t i = 0; i < sizeof everybody / sizeof everybody[0]; i++) {
        struct seeing v = seen(f, everybody[i], NULL, "discipline", d.lead.number);
        if (v.listed != 0 || v.queued != 0 || v.shown)
            fail_msg("%s sees it without the key", everybody[i]);
    }
    // Nothing in the file names it, not even to whoever opens it with a tool: one box, one audit row that names nobody.
    assert_int_equal(ask(f, "SELECT count(*) FROM lead"), 0);
    assert_int_equal(ask(f, "SELECT count(*) FROM step"), steps);
    assert_int_equal(ask(f, "SELECT count(*) FROM number_series"), series);
    assert_int_equal(ask(f, "SELECT count(*) FROM audit"), audit + 1);
    assert_int_equal(ask(f, "SELECT count(*) FROM audit WHERE verb = 'seal' AND thing = 'sealed' AND actor = 'sealed' AND note = '' AND before_sha256 = ''"), 1);
    assert_int_equal(ask(f, "SELECT count(*) FROM sealed WHERE instr(box, CAST('discipline' AS BLOB)) + instr(box, CAST('Mr Xu' AS BLOB)) = 0 "
                            "AND length(box) % 4096 = 48"), 1);
    // With it: who made it, its people and chiefs; another coordinator does not see it with the key either.
    struct seeing v = seen(f, "Ji", &key, "discipline", d.lead.number);
    assert_int_equal(v.listed, 1);
    assert_true(v.shown);
    assert_non_null(strstr(v.told, "\"party\":\"Mr Xu\""));
    assert_non_null(strstr(v.told, "\"note\":\"between us\""));
    assert_true(seen(f, "Chen", &key, "discipline", d.lead.number).shown);
    assert_false(seen(f, "Qian", &key, "discipline", d.lead.number).shown);
    assert_false(seen(f, "Ji", NULL, "discipline", d.lead.number).shown);       // and the reader forgot what it had opened
}

static void a_secret_lead_walks_by_the_same_rules(void **state)
{
    struct fixture *f = *state;
    struct told c = TELL(f, "case", "", DISPATCHED("2026-03-03"), { "2026-03-03 11:00", "Wang", "paper other X-1 -", { 0 }, "dispatched", NULL });
    struct compartment_key key = made(f, "discipline", "Ji");
    struct draft d = drafted(f, c.key, "discipline");
    static const struct { const char *who, *verb; struct step_with with; enum status expect; const char *state; } walk[] = {
        { "Chen", "send", { 0 }, CONFLICT, NULL },
        { "Sun", "approve", { 0 }, DENIED, NULL },
        { "Chen", "approve", { 0 }, OK, "approved" },
        { "Zhao", "send", { 0 }, NOT_FOUND, NULL },                             // may not know of it, key or not
        { "Sun", "send", { 0 }, OK, "sent" },
        { "Ji", "receive", { 0 }, INVALID, NULL },
        { "Ji", "receive", { .receipt_number = "R1", .received_by = "Ji" }, OK, "received" },
        { "Ji", "accept", { 0 }, OK, "accepted" },
        { "Ji", "start", { 0 }, OK, "in_progress" },
    };
    int64_t audit = ask(f, "SELECT count(*) FROM audit");
    f->now_s = notice_time("2026-03-03 12:00");
    for (size_t i = 0; i < sizeof walk / sizeof walk[0]; i++) {
        struct moving m = { .key = d.lead.number, .verb = walk[i].verb, .with = walk[i].with };
        enum status s = move(f, &key, walk[i].who, &m);
        if (s != walk[i].expect || (s == OK && strcmp(m.taken.walk.state, walk[i].state) != 0))
            fail_msg("%s %s: status %d, %s (%s)", walk[i].who, walk[i].verb, s, m.taken.walk.state, f->e.text);
    }
    assert_int_equal(seen(f, "Ji", &key, "discipline", d.lead.number).queued, 1);
    assert_int_equal(ask(f, "SELECT count(*) FROM audit") - audit, 5);           // one sealing for each step that was taken
    assert_int_equal(ask(f, "SELECT count(*) FROM sealed"), 1);
    assert_int_equal(ask(f, "SELECT count(*) FROM audit WHERE thing = 'lead'"), 0);
    struct moving m = { .key = d.lead.number, .verb = "answer", .with = { .note = "looked into" } };
    assert_int_equal(move(f, NULL, "Ji", &m), NOT_FOUND);
    assert_ok(f, move(f, &key, "Ji", &m));
    assert_non_null(strstr(seen(f, "Ji", &key, "discipline", d.lead.number).told, "\"answer\":\"looked into\""));
    // Open leads go on as ever beside it, and are told together with it.
    struct draft other = drafted(f, c.key, "natural_resources");
    assert_string_equal(other.lead.number, "320612-XS-2026-00001");
    assert_true(seen(f, "Chen", &key, "natural_resources", other.lead.number).shown);
    assert_false(seen(f, "Ji", &key, "natural_resources", other.lead.number).shown);    // the key opens boxes, not what is others'
}

// --- Where it may lie ---------------------------------------------------------------------------------------------------------------------

static void without_a_compartment_there_is_no_secret_lead(void **state)
{
    struct fixture *f = *state;
    struct told c = TELL(f, "case", "", DISPATCHED("2026-03-03"));
    struct draft d = { .f = f, .case_key = c.key, .agency = "discipline" };
    assert_int_equal(try_drafting(f, &d), CONFLICT);
    assert_non_null(strstr(f->e.text, "gridpatrol compartment make"));
    d = (struct draft){ .f = f, .case_key = c.key, .agency = "police", .secrecy = "secret" };
    assert_int_equal(try_drafting(f, &d), CONFLICT);
    assert_int_equal(ask(f, "SELECT count(*) FROM sealed"), 0);
    assert_ok(f, run(f, draft_job, &(struct draft){ .f = f, .case_key = c.key, .agency = "police" }));   // nothing of it is left behind
    made(f, "police", "Chen");
    assert_ok(f, try_drafting(f, &d));
    assert_int_equal(ask(f, "SELECT count(*) FROM sealed"), 1);
}

static void its_people_make_it_and_no_administrator(void **state)
{
    struct fixture *f = *state;
    struct making m = { .agency = "discipline" };
    assert_int_equal(try_making(f, "admin", NULL, &m), DENIED);
    assert_int_equal(try_making(f, "Sun", NULL, &m), DENIED);
    assert_int_equal(try_making(f, "Gui", NULL, &m), DENIED);
    assert_ok(f, try_making(f, "Ji", NULL, &m));
    assert_int_equal(try_making(f, "Ji", NULL, &(struct making){ .agency = "discipline" }), CONFLICT);
}

static void a_new_key_opens_everything_and_the_old_one_nothing(void **state)
{
    struct fixture *f = *state;
    struct told c = TELL(f, "case", "", DISPATCHED("2026-03-03"));
    struct compartment_key old = made(f, "discipline", "Ji"), stranger = made(f, "police", "Chen");
    struct draft d = drafted(f, c.key, "discipline");
    struct making m = { .agency = "discipline" };
    assert_int_equal(try_making(f, "Ji", &stranger, &m), CONFLICT);
    assert_ok(f, try_making(f, "Ji", &old, &m));
    assert_int_equal(m.resealed, 1);
    assert_false(seen(f, "Ji", &old, "discipline", d.lead.number).shown);
    assert_false(seen(f, "Ji", &stranger, "discipline", d.lead.number).shown);
    assert_true(seen(f, "Ji", &m.key, "discipline", d.lead.number).shown);
}

static void a_key_file_is_its_owners(void **state)
{
    struct fixture *f = *state;
    struct compartment_key key, read;
    struct stat st;
    char path[200], public_key[SEAL_KEY_TEXT];
    snprintf(path, sizeof path, "%s/a.key", f->at.home);
    seal_make_keys(public_key, key.secret);
    assert_ok(f, compartment_key_write(path, "discipline", &key, &f->e));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_ok(f, compartment_key_read(path, &read, &f->e));
    assert_string_equal(read.secret, key.secret);
    assert_int_equal(compartment_key_write(path, "discipline", &key, &f->e), CONFLICT);
    snprintf(path, sizeof path, "%s/gridpatrol.sqlite", f->at.folder);
    assert_int_equal(compartment_key_read(path, &read, &f->e), INVALID);
}

// --- What is done behind the program's back -----------------------------------------------------------------------------------------------

static void tamper(struct fixture *f, const char *sql)
{
    char path[200];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/gridpatrol.sqlite", f->at.folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    char *words = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
        fail_msg("%s: %s", sql, words);
    sqlite3_close(db);
}

static void keep_fault(void *ctx, const char *sentence) { snprintf(ctx, 1024, "%s", sentence); }

static void assert_fault(struct fixture *f, const char *words)
{
    struct verify_report report;
    char fault[1024] = "";
    assert_ok(f, verify_station(f->station, NULL, keep_fault, fault, &report, &f->e));
    if (words == NULL ? report.faults != 0 : strstr(fault, words) == NULL)
        fail_msg("\"%s\", expected %s", fault, words != NULL ? words : "nothing");
}

struct verifying { int64_t opened, closed; };
static enum status verify_job(struct work *w, void *ctx)
{
    struct verifying *v = ctx;
    return compartment_verify(w, &v->opened, &v->closed);
}

static void boxes_cannot_be_put_back_exchanged_or_taken_away_unseen(void **state)
{
    struct fixture *f = *state;
    struct told c = TELL(f, "case", "", DISPATCHED("2026-03-03"), { "2026-03-03 11:00", "Wang", "paper other X-1 -", { 0 }, "dispatched", NULL });
    struct compartment_key key = made(f, "discipline", "Ji"), other = made(f, "police", "Chen");
    struct draft d = drafted(f, c.key, "discipline");
    struct verifying v = { 0 };
    assert_fault(f, NULL);
    act_as(f, "Ji");
    struct station_keyed k = by(f, &key), stranger = by(f, &other);
    assert_ok(f, station_write_keyed(f->station, &k, verify_job, &v, &f->e));
    assert_int_equal(v.opened, 1);
    assert_ok(f, station_write_keyed(f->station, &stranger, verify_job, &v, &f->e));
    assert_int_equal(v.opened, 0);
    assert_int_equal(v.closed, 1);
    tamper(f, "CREATE TABLE kept AS SELECT * FROM sealed");
    assert_ok(f, move(f, &key, "Chen", &(struct moving){ .key = d.lead.number, .verb = "approve" }));
    assert_fault(f, NULL);
    tamper(f, "CREATE TABLE now AS SELECT * FROM sealed; UPDATE sealed SET box = (SELECT box FROM kept)");        // back to the draft
    assert_fault(f, "is not the box that was sealed last");
    tamper(f, "UPDATE sealed SET box = (SELECT box FROM now)");
    assert_fault(f, NULL);
    tamper(f, "DROP TRIGGER sealed_stays; DELETE FROM sealed");
    assert_fault(f, "was sealed and is not there");
}

static void a_backup_carries_what_is_sealed(void **state)
{
    struct fixture *f = *state;
    struct told c = TELL(f, "case", "", DISPATCHED("2026-03-03"));
    struct compartment_key key = made(f, "discipline", "Ji");
    struct draft d = drafted(f, c.key, "discipline");
    char backup[200], back[200];
    struct station *again = NULL;
    struct seeing v = { .agency = "discipline", .lead = d.lead.number };
    snprintf(backup, sizeof backup, "%s/backup", f->at.home);
    snprintf(back, sizeof back, "%s/back", f->at.home);
    assert_ok(f, backup_make(f->station, backup, f->now_s, NULL, &f->e));
    assert_ok(f, backup_restore(backup, back, NULL, &f->e));
    assert_ok(f, station_open(back, &again, &f->e));
    act_as(f, "Ji");
    struct station_keyed k = by(f, &key);
    assert_ok(f, station_read_keyed(again, &k, see_job, &v, &f->e));
    assert_true(v.shown);
    station_close(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_secret_lead_is_read_by_the_key_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_secret_lead_walks_by_the_same_rules, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_compartment_there_is_no_secret_lead, set_up, tear_down),
        cmocka_unit_test_setup_teardown(its_people_make_it_and_no_administrator, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_key_opens_everything_and_the_old_one_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_file_is_its_owners, set_up, tear_down),
        cmocka_unit_test_setup_teardown(boxes_cannot_be_put_back_exchanged_or_taken_away_unseen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_backup_carries_what_is_sealed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
