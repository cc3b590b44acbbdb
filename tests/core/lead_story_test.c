// Leads, findings and the calendar through a real store.
#include "tests/core/case_telling.h"

// --- Leads ----------------------------------------------------------------------------------------------------------------------------

struct draft { struct fixture *f; const char *case_key, *agency; struct walk lead; char snapshot[65536]; };

static enum status draft_lead(struct work *w, void *ctx)
{
    struct draft *d = ctx;
    struct walk k;
    enum status s = walk_get(w, "case", d->case_key, &k);
    return s == OK ? lead_draft(w, &d->f->desk, &(struct lead_spec){ .case_id = k.id.text, .agency = d->agency, .rule = "by_hand" }, &d->lead) : s;
}

static enum status read_snapshot(struct work *w, void *ctx)
{
    struct draft *d = ctx;
    return db_text(w->db, "SELECT snapshot FROM lead WHERE id = $1", VALUES(value_text(d->lead.id.text)), d->snapshot, sizeof d->snapshot, w->e);
}

static struct draft a_draft(struct fixture *f, const char *case_key, const char *agency)
{
    struct draft d = { .f = f, .case_key = case_key, .agency = agency };
    struct told t = { .f = f, .line = &(struct line){ .who = "Sun" } };
    assert_ok(f, run(f, find_actor, &t));
    assert_ok(f, run(f, draft_lead, &d));
    return d;
}

static void a_lead_goes_out_and_comes_back(void **state)
{
    struct fixture *f = *state;
    struct told bare = TELL(f, "case", "", { "2026-03-03 08:30", "Wang", "open formed", { 0 }, "reported", NULL });
    struct draft d = a_draft(f, bare.key, "natural_resources"), after;
    TELL(f, "lead", d.lead.number, { "2026-03-03 08:40", "Chen", "approve", { 0 }, "!attachments", NULL },
         { "2026-03-03 08:50", "Zhao", "discard", { NOTE }, "discarded", NULL });
    struct told c = TELL(f, "case", "", DISPATCHED("2026-03-03"));
    d = a_draft(f, c.key, "natural_resources");
    assert_string_equal(d.lead.number, "320612-XS-2026-00002");
    assert_ok(f, run(f, read_snapshot, &d));
    assert_non_null(strstr(d.snapshot, "\"party\":\"Mr Xu\""));
    TELL(f, "lead", d.lead.number,
        { "2026-03-03 11:00", "Sun", "approve", { 0 }, "!role", NULL });
    TELL(f, "case", c.key, { "2026-03-03 11:00", "Wang", "paper other X-1 -", { 0 }, "dispatched", NULL },
         { "2026-03-03 11:00", "Li", "accept", { 0 }, "handling", NULL });
    TELL(f, "lead", d.lead.number,
        { "2026-03-03 11:10", "Chen", "approve", { 0 }, "approved", NULL },
        { "2026-03-03 11:20", "Li", "send", { 0 }, "!role", NULL },
        { "2026-03-03 11:20", "Zhao", "send", { 0 }, "sent", "2026-03-06 11:20:00" },                // 3 working days
        { "2026-03-03 12:00", "Ma", "receive", { .receipt_number = "R1", .received_by = "Ma" }, "!assignee-only", NULL },
        { "2026-03-03 12:00", "Gui", "receive", { 0 }, "!signature", NULL },
        { "2026-03-03 12:00", "Gui", "find_incomplete", { NOTE }, "incomplete", "-" },
        { "2026-03-04 12:00", "Zhao", "complete", { 0 }, "sent", NULL },
        { "2026-03-04 13:00", "Gui", "receive", { .receipt_number = "R1", .received_by = "Gui" }, "received", NULL },
        { "2026-03-04 13:00", "Zhao", "recall", { NOTE }, "!not-now", NULL },
        { "2026-03-04 14:00", "Gui", "accept", { 0 }, "accepted", NULL },
        { "2026-03-04 14:10", "Gui", "return", { NOTE, .reason = "not mine" }, "!return-reason", NULL },
        { "2026-03-04 14:10", "Gui", "return", { NOTE, .reason = "not_competent" }, "returned", NULL },
        { "2026-03-05 09:00", "Chen", "dispute", { NOTE }, "disputed", NULL },
        { "2026-03-05 09:00", "Chen", "settle_uphold", { NOTE }, "!conference-recorded", NULL },
        { "2026-03-05 09:10", "Chen", "conference.call", { NOTE }, "!agency", NULL },
        { "2026-03-05 09:10", "Chen", "conference.call", { NOTE, .agency = "natural_resources" }, "called", NULL },
        { "2026-03-05 10:00", "Gui", "conference.state_opinion", { NOTE }, "called", NULL },
        { "2026-03-05 11:00", "Chen", "conference.hold", { 0 }, "held", NULL },
        { "2026-03-05 11:10", "Chen", "conference.conclude", { 0 }, "concluded", NULL },
        { "2026-03-05 11:20", "Chen", "settle_uphold", { NOTE }, "accepted", NULL },
        { "2026-03-06 09:00", "Gui", "start", { 0 }, "in_progress", NULL },
        { "2026-03-07 09:00", "Gui", "answer", { NOTE }, "feedback", NULL },
        { "2026-03-08 09:00", "Zhao", "ask_again", { NOTE }, "in_progress", NULL },
        { "2026-03-09 09:00", "Gui", "answer", { NOTE }, "feedback", NULL },
        { "2026-03-09 10:00", "Zhao", "close", { 0 }, "closed", "-" },
        { "2026-03-10 10:00", "Zhao", "reopen", { NOTE }, "closed", NULL });
    after = d;
    assert_ok(f, run(f, read_snapshot, &after));
    assert_string_equal(after.snapshot, d.snapshot);         // the case went on, the snapshot did not
}

// --- Findings -------------------------------------------------------------------------------------------------------------------------

struct sighting { struct fixture *f; struct walk walk; struct finding_spec spec; };

static enum status report(struct work *w, void *ctx)
{
    struct sighting *g = ctx;
    enum status s = finding_locate(w, &g->f->desk, &g->spec);
    return s == OK ? finding_record(w, &g->f->desk, &g->spec, &g->walk) : s;
}

static void a_finding_becomes_a_case(void **state)
{
    struct fixture *f = *state;
    struct sighting g = { .f = f, .spec = { .x = 121.07, .y = 32.07, .crs = "EPSG:4326", .accuracy_m = 5, .seen_at_s = notice_time("2026-03-03 08:00"),
                                            .scheme = "gbt30428.2-2013", .code = "0101", .text = "a shed on the pavement" } };
    f->now_s = notice_time("2026-03-03 08:30");
    struct told t = { .f = f, .line = &(struct line){ .who = "Wang" } };
    assert_ok(f, run(f, find_actor, &t));
    assert_ok(f, run(f, report, &g));
    assert_string_equal(g.walk.number, "320612-SB-2026-00001");
    TELL(f, "finding", g.walk.number,
        { "2026-03-03 08:40", "Zhao", "open_case", { 0 }, "!not-now", NULL },
        { "2026-03-03 08:40", "Zhao", "confirm", { 0 }, "!photo", NULL },
        { "2026-03-03 08:41", "Wang", "photo near", { 0 }, "reported", NULL },
        { "2026-03-03 08:42", "Wang", "confirm", { 0 }, "!not-own-request", NULL },
        { "2026-03-03 08:43", "Zhao", "confirm", { 0 }, "verified", NULL },
        { "2026-03-03 08:44", "Zhao", "open_case", { 0 }, "verified", NULL });
    TELL(f, "case", "320612-WJ-2026-00001",
        { "2026-03-03 08:50", "Zhao", "submit", { 0 }, "pending_register", NULL });       // the finding's photo is enough
    g.spec.text = "the same shed";
    t.line = &(struct line){ .who = "Ling" };
    assert_ok(f, run(f, find_actor, &t));
    assert_ok(f, run(f, report, &g));
    TELL(f, "finding", g.walk.number,
        { "2026-03-03 09:00", "Zhao", "merge", { .master = "320612-SB-2026-00001" }, "duplicate", NULL },
        { "2026-03-03 09:10", "Zhao", "unmerge", { NOTE }, "reported", NULL },
        { "2026-03-03 09:20", "Wang", "withdraw", { NOTE }, "!own-request", NULL },
        { "2026-03-03 09:20", "Ling", "withdraw", { NOTE }, "dismissed", NULL });
}

static void places_of_map_services_are_shifted_back(void **state)
{
    struct fixture *f = *state;
    struct sighting g = { .f = f, .spec = { .x = 121.0745, .y = 32.0679, .crs = "GCJ-02", .accuracy_m = 3, .seen_at_s = 1, .text = "" } };
    assert_ok(f, run(f, report, &g));
    assert_true(hypot((g.spec.lon - 121.0745) * 94300, (g.spec.lat - 32.0679) * 111320) > 300);
    assert_true(g.spec.accuracy_m == 8);
    g.spec.crs = "EPSG:4326";
    g.spec.x = 32.0679, g.spec.y = 121.0745;
    assert_int_equal(run(f, report, &g), INVALID);
}

// Papers were missing, the clock stood; the conference settled it: the clock of what comes next runs.
static void a_clock_that_stood_runs_in_the_next_stage(void **state)
{
    struct fixture *f = *state;
    struct told c = TELL(f, "case", "", DISPATCHED("2026-03-03"));
    struct draft d = a_draft(f, c.key, "natural_resources");
    TELL(f, "lead", d.lead.number,
        { "2026-03-03 11:10", "Chen", "approve", { 0 }, "approved", NULL },
        { "2026-03-03 11:20", "Zhao", "send", { 0 }, "sent", "2026-03-06 11:20:00" },
        { "2026-03-03 12:00", "Gui", "find_incomplete", { NOTE }, "incomplete", "-" },
        { "2026-03-04 09:00", "Chen", "dispute", { NOTE }, "disputed", NULL },
        { "2026-03-04 10:00", "Chen", "conference.call", { .agency = "township" }, "called", NULL },
        { "2026-03-04 11:00", "Chen", "conference.hold", { 0 }, "held", NULL },
        { "2026-03-04 12:00", "Chen", "settle_assign", { .agency = "natural_resources" }, "approved", NULL },
        { "2026-03-05 11:20", "Zhao", "send", { 0 }, "sent", "2026-03-10 11:20:00" });
}

// --- Calendar -------------------------------------------------------------------------------------------------------------------------

static const char NOTICE_2027[] = "{\"year\":2027,\"days\":[{\"name\":\"元旦\",\"date\":\"2027-01-01\",\"isOffDay\":true},"
                                  "{\"name\":\"元旦\",\"date\":\"2027-01-04\",\"isOffDay\":true}]}";

struct loading { struct fixture *f; struct calendar_report report; };
static enum status load_2027(struct work *w, void *ctx)
{
    struct loading *l = ctx;
    return calendar_load(w, &l->f->desk, "2027.json", NOTICE_2027, strlen(NOTICE_2027), &l->report);
}

static enum status count_recomputed(struct work *w, void *ctx)
{
    return db_integer(w->db, "SELECT count(*) FROM audit WHERE verb = 'recompute' AND note = '2027-01-04 17:00:00 provisional -> 2027-01-06 17:00:00'",
                      NO_VALUES, ctx, w->e);
}

static void a_notice_moves_open_deadlines(void **state)
{
    struct fixture *f = *state;
    struct told c = TELL(f, "case", "", DISPATCHED("2026-12-29"));
    struct draft d = a_draft(f, c.key, "natural_resources");
    struct loading l = { .f = f };
    int64_t logged = 0;
    TELL(f, "lead", d.lead.number,
        { "2026-12-30 16:00", "Chen", "approve", { 0 }, "approved", NULL },
        { "2026-12-30 17:00", "Zhao", "send", { 0 }, "sent", "2027-01-04 17:00:00" });        // nothing known of 2027
    assert_ok(f, run(f, load_2027, &l));
    assert_int_equal(l.report.loaded, 1);
    assert_true(l.report.changed >= 1);
    TELL(f, "lead", d.lead.number, { "2026-12-31 09:00", "Zhao", "remind", { 0 }, "sent", "2027-01-06 17:00:00" });
    l.report = (struct calendar_report){ 0 };
    assert_ok(f, run(f, load_2027, &l));
    assert_int_equal(l.report.same, 1);
    assert_ok(f, run(f, count_recomputed, &logged));
    assert_int_equal(logged, 1);                              // the old and the new one stand in audit
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_lead_goes_out_and_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clock_that_stood_runs_in_the_next_stage, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_finding_becomes_a_case, set_up, tear_down),
        cmocka_unit_test_setup_teardown(places_of_map_services_are_shifted_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_notice_moves_open_deadlines, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
