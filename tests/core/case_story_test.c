// Every path of a case through a real store: the ordinary way, returns, pauses, extensions, the fast track, the procedure.
#include "tests/core/case_telling.h"
#include "core/document.h"

// --- The stories ----------------------------------------------------------------------------------------------------------------------

static void from_the_street_to_the_archive(void **state)
{
    struct told t = TELL(*state, "case", "", DISPATCHED("2026-03-03"),
        { "2026-03-03 10:00", "Ma", "accept", { 0 }, "!assignee-only", NULL },
        { "2026-03-03 10:00", "Li", "accept", { 0 }, "handling", "2026-03-18 09:30:00" },    // formed: 15 days from dispatch
        { "2026-03-10 10:00", "Li", "feedback", { 0 }, "!note", NULL },
        { "2026-03-10 10:00", "Li", "feedback", { NOTE, .result = "demolished_self" }, "handled", "2026-03-11 10:00:00" },
        { "2026-03-10 11:00", "Zhao", "check", { 0 }, "checking", NULL },
        { "2026-03-10 12:00", "Wang", "pass", { 0 }, "!after-photo", NULL },
        { "2026-03-10 12:00", "Wang", "photo after 121.0800 32.0700", { 0 }, "checking", NULL },      // 940 m away
        { "2026-03-10 12:01", "Wang", "pass", { 0 }, "!after-photo", NULL },
        { "2026-03-10 12:02", "Ling", "photo after 121.0703 32.0702", { 0 }, "checking", NULL },
        { "2026-03-10 12:03", "Ling", "pass", { 0 }, "!handler-not-checker", NULL },                  // of the unit that did it
        { "2026-03-10 12:04", "Wang", "pass", { 0 }, "check_passed", NULL },
        { "2026-03-10 15:00", "Zhao", "close", { 0 }, "!area-measured", NULL },
        { "2026-03-10 15:00", "Zhao", "close", { .area_m2 = 90 }, "!area-measured", NULL },
        { "2026-03-10 15:00", "Zhao", "close", { .area_m2 = 121 }, "closed", "-" },
        { "2026-03-11 09:00", "Zhao", "reopen", { NOTE }, "closed", NULL });
    assert_string_equal(t.key, "320612-WJ-2026-00001");
}

static void numbers_have_no_gaps(void **state)
{
    struct fixture *f = *state;
    struct told t = TELL(f, "case", "", { "2026-03-03 09:00", "Wang", "open nowhere", { 0 }, "!place", NULL },
                         { "2026-03-03 09:00", "Li", "open formed", { 0 }, "!role", NULL },
                         { "2026-03-03 09:00", "Wang", "open formed", { 0 }, "reported", NULL });
    assert_string_equal(t.key, "320612-WJ-2026-00001");
    t = TELL(f, "case", "", { "2026-12-31 23:59", "Wang", "open billboard", { 0 }, "reported", NULL });
    assert_string_equal(t.key, "320612-GG-2026-00001");
    t = TELL(f, "case", "", { "2027-01-01 00:00", "Wang", "open formed", { 0 }, "reported", NULL });
    assert_string_equal(t.key, "320612-WJ-2027-00001");
}

static void a_return_and_its_receiver(void **state)
{
    TELL(*state, "case", "", DISPATCHED("2026-03-03"),
        { "2026-03-03 10:00", "Li", "return", { 0 }, "!note", NULL },
        { "2026-03-03 10:00", "Li", "return", { NOTE }, "returned", "2026-03-03 12:00:00" },
        { "2026-03-03 10:10", "Sun", "send_to_check", { NOTE }, "!returned-not-onward", NULL },
        { "2026-03-03 10:20", "Sun", "redispatch", { NOTE }, "!agency", NULL },
        { "2026-03-03 10:20", "Sun", "redispatch", { NOTE, .agency = "township" }, "dispatched", "2026-03-18 10:20:00" },
        { "2026-03-03 11:00", "Li", "accept", { 0 }, "!assignee-only", NULL },
        { "2026-03-03 11:00", "Ma", "accept", { 0 }, "handling", NULL },
        { "2026-03-04 11:00", "Ma", "return", { NOTE }, "returned", NULL },
        { "2026-03-04 12:00", "Sun", "return", { NOTE }, "pending_register", NULL },
        { "2026-03-04 14:00", "Zhao", "register", { 0 }, "!returned-not-onward", NULL },
        { "2026-03-04 14:00", "Zhao", "refuse", { NOTE }, "!returned-not-onward", NULL },
        { "2026-03-04 14:00", "Zhou", "register", { 0 }, "registered", NULL });
}

static void pauses_move_the_deadline(void **state)
{
    TELL(*state, "case", "", DISPATCHED("2026-03-03"),
        { "2026-03-03 10:00", "Li", "accept", { 0 }, "handling", "2026-03-18 09:30:00" },
        { "2026-03-05 09:30", "Wang", "suspend", { NOTE }, "!role", NULL },
        { "2026-03-05 09:30", "Chen", "suspend", { NOTE }, "!suspension-year", NULL },
        { "2026-03-05 09:30", "Chen", "suspend", { NOTE, .review_at_s = 1777600000 }, "suspended", "-" },
        { "2026-03-15 09:30", "Chen", "resume", { 0 }, "handling", "2026-03-28 09:30:00" },           // ten days later
        { "2026-03-16 09:30", "Sun", "suspend", { NOTE, .review_at_s = 1777600000 }, "!suspension-once", NULL },
        { "2026-03-16 09:30", "Chen", "defer", { NOTE }, "!review-date", NULL },
        { "2026-03-16 09:30", "Chen", "defer", { NOTE, .review_at_s = 1777600000 }, "deferred", "-" },
        { "2026-03-17 09:30", "Deng", "review", { NOTE, .review_at_s = 1777600000 }, "deferred", "-" },
        { "2026-03-18 09:30", "Sun", "resume", { 0 }, "handling", "2026-03-30 09:30:00" });
}

static void extensions_and_appeals(void **state)
{
    TELL(*state, "case", "", DISPATCHED("2026-03-03"),
        { "2026-03-03 10:00", "Li", "accept", { 0 }, "handling", "2026-03-18 09:30:00" },
        { "2026-03-10 10:00", "Ma", "extension.request", { NOTE, .amount = 5 }, "!assignee-only", NULL },
        { "2026-03-10 10:00", "Li", "extension.request", { NOTE, .amount = 16 }, "!extension-amount", NULL },
        { "2026-03-10 10:00", "Li", "extension.request", { NOTE, .amount = 5 }, "requested", NULL },
        { "2026-03-10 11:00", "Chen", "extension.endorse", { 0 }, "!role", NULL },
        { "2026-03-10 11:00", "Sun", "extension.endorse", { 0 }, "endorsed", NULL },
        { "2026-03-10 12:00", "Chen", "extension.grant", { 0 }, "granted", NULL },
        { "2026-03-11 09:00", "Sun", "remind", { 0 }, "handling", "2026-03-23 09:30:00" },
        { "2026-03-11 10:00", "Li", "extension.request", { NOTE, .amount = 5 }, "requested", NULL },
        { "2026-03-11 11:00", "Qian", "extension.refuse", { NOTE }, "refused", NULL },
        { "2026-03-11 12:00", "Li", "extension.request", { NOTE, .amount = 5 }, "requested", NULL },
        { "2026-03-11 12:10", "Li", "extension.withdraw", { 0 }, "withdrawn", NULL },
        { "2026-03-12 10:00", "Li", "extension.request", { NOTE, .amount = 5 }, "requested", NULL },
        { "2026-03-12 11:00", "Sun", "extension.endorse", { 0 }, "endorsed", NULL },
        { "2026-03-12 12:00", "Chen", "extension.grant", { 0 }, "granted", NULL },
        { "2026-03-12 13:00", "Li", "extension.request", { NOTE, .amount = 1 }, "!extension-twice", NULL },
        { "2026-03-13 09:00", "Li", "appeal.file", { NOTE }, "!appeal-overdue", NULL },
        { "2026-03-13 09:00", "Sun", "remind", { 0 }, "handling", "2026-03-28 09:30:00" },
        { "2026-03-29 09:00", "Li", "feedback", { NOTE }, "handled", NULL },
        { "2026-03-30 09:00", "Li", "appeal.file", { NOTE }, "filed", NULL },
        { "2026-03-30 10:00", "Li", "appeal.allow", { NOTE }, "!role", NULL },
        { "2026-03-30 10:00", "Zhou", "appeal.allow", { NOTE }, "allowed", NULL });
}

static const char DISPATCH_WITHIN[] = "{\"scheme\":\"gbt30428.2-2013\",\"version\":\"t\",\"title_zh\":\"t\",\"title_en\":\"t\",\"limits\":["
    "{\"code\":\"0102\",\"condition_no\":1,\"condition_zh\":\"t\",\"condition_en\":\"t\",\"stage\":\"dispatch\",\"amount\":3,\"unit\":\"natural_day\"}]}";

static enum status load_own_limits(struct work *w, void *ctx)
{
    struct actor first;
    struct work own = *w;
    char name[DOCUMENT_NAME];
    int64_t version;
    bool same;
    (void)ctx;
    enum status s = actor_first_administrator(w, &first);
    own.actor = first.id.text;
    return s == OK ? document_load(&own, &(struct document_file){ "limits", "own.json", DISPATCH_WITHIN, strlen(DISPATCH_WITHIN) }, name, &version, &same) : s;
}

// The clock that a step starts goes by what that very step says about the case, not by what its guards have read.
static void a_code_given_with_a_step_settles_its_limit(void **state)
{
    struct fixture *f = *state;
    assert_ok(f, run(f, load_own_limits, NULL));
    TELL(f, "case", "", { "2026-03-03 09:00", "Wang", "open formed", { 0 }, "reported", NULL },
        { "2026-03-03 09:01", "Wang", "photo near", { 0 }, "reported", NULL },
        { "2026-03-03 09:05", "Zhao", "submit", { 0 }, "pending_register", NULL },
        { "2026-03-03 09:10", "Zhao", "register", { .scheme = "gbt30428.2-2013", .code = "0102", .condition = 1 }, "registered", "2026-03-06 09:10:00" });
}

static void the_fast_track(void **state)
{
    TELL(*state, "case", "", { "2026-03-03 09:00", "Wang", "open formed", { 0 }, "reported", NULL },
        { "2026-03-03 09:01", "Wang", "photo near", { 0 }, "reported", NULL },
        { "2026-03-03 09:02", "Wang", "fast_track", { 0 }, "!fast-track-in-the-act", NULL });
    TELL(*state, "case", "", { "2026-03-03 09:00", "Wang", "open fresh", { 0 }, "reported", NULL },
        { "2026-03-03 09:00", "Wang", "fast_track", { 0 }, "!photo", NULL },
        { "2026-03-03 09:01", "Wang", "photo near", { 0 }, "reported", NULL },
        { "2026-03-03 09:01", "Wang", "present", { 0 }, "reported", NULL },
        { "2026-03-03 09:02", "Wang", "fast_track", { 0 }, "fast_handling", "2026-03-05 09:02:00" },  // 2 紧急工作日
        { "2026-03-03 10:00", "Wang", "feedback", { NOTE, .area_m2 = 120 }, "!fast-track-record", NULL },
        { "2026-03-03 10:00", "Wang", "paper stop_notice T-1 -", { 0 }, "fast_handling", NULL },
        { "2026-03-03 10:00", "Wang", "feedback", { NOTE, .area_m2 = 120 }, "handled", NULL },
        { "2026-03-03 10:10", "Zhao", "check", { 0 }, "checking", NULL },
        { "2026-03-03 10:20", "Wang", "photo after 121.0701 32.0701", { 0 }, "checking", NULL },
        { "2026-03-03 10:21", "Wang", "pass", { 0 }, "!handler-not-checker", NULL },
        { "2026-03-03 10:30", "Zhou", "pass", { 0 }, "check_passed", NULL },
        { "2026-03-03 10:40", "Zhao", "close", { 0 }, "closed", NULL });
    TELL(*state, "case", "", { "2026-03-03 09:00", "Wang", "open fresh", { 0 }, "reported", NULL },
        { "2026-03-03 09:01", "Wang", "photo near", { 0 }, "reported", NULL },
        { "2026-03-03 09:02", "Wang", "fast_track", { 0 }, "fast_handling", NULL },
        { "2026-03-03 12:00", "Wang", "escalate", { NOTE }, "pending_register", NULL });
}

static void first_breach_and_closing_by_order(void **state)
{
    TELL(*state, "case", "", { "2025-08-01 09:00", "Wang", "open formed", { 0 }, "reported", NULL });
    TELL(*state, "case", "", DISPATCHED("2026-03-03"),
        { "2026-03-03 10:00", "Li", "accept", { 0 }, "handling", NULL },
        { "2026-03-04 10:00", "Fa", "paper other S-1 -", { 0 }, "handling", NULL },
        { "2026-03-04 10:00", "Fa", "spare_fine", { .paper = "S-2", .light_harm = true, .corrected_in_time = true }, "!document", NULL },
        { "2026-03-04 10:00", "Fa", "spare_fine", { .paper = "S-1", .light_harm = true, .corrected_in_time = true }, "!first-breach", NULL },
        { "2026-08-02 10:00", "Fa", "spare_fine", { .paper = "S-1", .corrected_in_time = true }, "!first-breach-harm", NULL },
        { "2026-08-02 10:00", "Fa", "spare_fine", { .paper = "S-1", .light_harm = true, .corrected_in_time = true }, "!first-breach-pledge", NULL },
        { "2026-08-02 10:00", "Fa", "paper pledge P-1 -", { 0 }, "handling", NULL },
        { "2026-08-02 10:00", "Fa", "spare_fine", { .paper = "S-1", .light_harm = true, .corrected_in_time = true }, "handling", NULL },
        { "2026-08-03 10:00", "Zhao", "force_close", { NOTE, .paper = "S-1" }, "!role", NULL },
        { "2026-08-03 10:00", "Chen", "force_close", { NOTE, .paper = "S-1" }, "forced_closed", "-" });
}

static void duplicates_are_merged_and_taken_apart(void **state)
{
    struct told first = TELL(*state, "case", "", DISPATCHED("2026-03-03"));
    TELL(*state, "case", "", { "2026-03-04 09:00", "Wang", "open formed", { 0 }, "reported", NULL },
        { "2026-03-04 09:10", "Zhao", "merge", { 0 }, "!merge-into-open", NULL },
        { "2026-03-04 09:10", "Zhao", "merge", { .master = first.key }, "merged", NULL },
        { "2026-03-04 09:20", "Zhao", "unmerge", { 0 }, "!note", NULL },
        { "2026-03-04 09:20", "Zhao", "unmerge", { NOTE }, "reported", NULL },
        { "2026-03-04 09:30", "Zhao", "cancel", { NOTE }, "cancelled", NULL },
        { "2026-03-04 09:40", "Chen", "reopen", { NOTE }, "cancelled", NULL });
}

static void the_procedure_against_a_building(void **state)
{
    struct told t = TELL(*state, "case", "", DISPATCHED("2026-03-03"),
        { "2026-03-03 10:00", "Li", "accept", { 0 }, "handling", NULL },
        { "2026-03-03 10:10", "Li", "enforcement.find", { 0 }, "found", NULL },
        { "2026-03-03 10:20", "Li", "enforcement.stop", { 0 }, "!document", NULL },
        { "2026-03-03 10:20", "Li", "paper stop_notice T-1 - served", { 0 }, "handling", NULL },
        { "2026-03-03 10:20", "Li", "enforcement.stop", { .paper = "T-1" }, "stopping", NULL },
        { "2026-03-03 10:30", "Li", "enforcement.confirm_stopped", { 0 }, "!photo", NULL },
        { "2026-03-03 10:30", "Li", "paper filing L-1 -", { 0 }, "handling", NULL },
        { "2026-03-03 10:31", "Fa", "enforcement.file", { .paper = "L-1" }, "!not-now", NULL });
    (void)t;
    TELL(*state, "case", "", DISPATCHED("2026-03-04"),
        { "2026-03-04 10:00", "Li", "accept", { 0 }, "handling", NULL },
        { "2026-03-04 10:10", "Li", "enforcement.find", { 0 }, "found", NULL },
        { "2026-03-04 10:20", "Li", "paper filing L-1 -", { 0 }, "handling", NULL },
        { "2026-03-04 10:20", "Li", "enforcement.file", { .paper = "L-1" }, "!role", NULL },
        { "2026-03-04 10:30", "Fa", "enforcement.file", { .paper = "L-1" }, "filed", NULL },
        { "2026-03-04 11:00", "Li", "enforcement.investigate", { 0 }, "investigating", NULL },
        { "2026-03-04 11:10", "Li", "paper notification N-1 - served", { 0 }, "handling", NULL },
        { "2026-03-04 11:10", "Li", "enforcement.notify", { .paper = "N-1" }, "notified", NULL },
        { "2026-03-10 09:00", "Fa", "paper decision D-1 - until=2026-03-25 23:59", { 0 }, "handling", NULL },
        { "2026-03-10 09:00", "Chen", "enforcement.decide", { .paper = "D-1" }, "!party-heard", NULL },
        { "2026-03-10 09:00", "Fa", "paper hearing H-1 waived", { 0 }, "handling", NULL },
        { "2026-03-10 09:00", "Chen", "enforcement.decide", { .paper = "D-1" }, "!legal-review", NULL },
        { "2026-03-10 09:00", "Fa", "paper legal_review R-1 agreed", { 0 }, "handling", NULL },
        { "2026-03-10 09:00", "Chen", "enforcement.decide", { .paper = "D-1" }, "decided", NULL },
        { "2026-03-10 10:00", "Li", "enforcement.serve", { .paper = "D-1" }, "!served", NULL },
        { "2026-03-10 10:00", "Li", "paper decision D-2 - until=2026-03-25 23:59 served", { 0 }, "handling", NULL },
        { "2026-03-10 10:00", "Li", "enforcement.serve", { .paper = "D-2" }, "served", NULL },
        { "2026-03-10 10:10", "Li", "enforcement.open_remedies", { 0 }, "in_remedy_period", NULL },
        { "2026-03-20 10:00", "Li", "paper urging U-1 - until=2026-04-05 23:59 served", { 0 }, "handling", NULL },
        { "2026-03-20 10:00", "Li", "enforcement.urge", { .paper = "U-1" }, "!performance-period", NULL },
        { "2026-03-26 10:00", "Li", "enforcement.urge", { .paper = "U-1" }, "urged", NULL },
        { "2026-03-27 10:00", "Li", "paper announcement A-1 -", { 0 }, "handling", NULL },
        { "2026-03-27 10:00", "Li", "enforcement.announce", { .paper = "A-1" }, "!urge-period", NULL },
        { "2026-04-07 10:00", "Li", "enforcement.announce", { .paper = "A-1" }, "announced", NULL },
        { "2026-09-30 10:00", "Li", "enforcement.enforce", { 0 }, "!demolish-not-correctable", NULL },
        { "2026-09-30 10:00", "Li", "paper determination G-1 not_correctable", { 0 }, "handling", NULL },
        { "2026-09-30 10:00", "Li", "enforcement.enforce", { 0 }, "!legal-periods", NULL },
        { "2026-09-30 10:00", "Li", "paper remedy M-1 - until=2026-09-10 23:59", { 0 }, "handling", NULL },
        { "2026-09-30 10:00", "Li", "enforcement.enforce", { 0 }, "!government-order", NULL },
        { "2026-09-30 10:00", "Li", "paper government_order Z-1 -", { 0 }, "handling", NULL },
        { "2026-09-30 23:00", "Li", "enforcement.enforce", { 0 }, "!no-night-or-holiday", NULL },     // at night
        { "2026-10-05 10:00", "Li", "enforcement.enforce", { 0 }, "!no-night-or-holiday", NULL },     // a Monday of the holiday
        { "2026-10-08 10:00", "Li", "enforcement.enforce", { 0 }, "enforcing", NULL },
        { "2026-10-08 11:00", "Li", "enforcement.demolish_forced", { NOTE, .paper = "Z-1" }, "demolished_forced", NULL },
        { "2026-10-08 12:00", "Li", "feedback", { NOTE, .result = "demolished_forced" }, "handled", NULL },
        { "2026-10-08 12:00", "Zhao", "check", { 0 }, "checking", NULL },
        { "2026-10-08 12:00", "Zhao", "photo after 121.07 32.07", { 0 }, "checking", NULL },
        { "2026-10-08 12:10", "Zhao", "pass", { 0 }, "check_passed", NULL },
        { "2026-10-08 13:00", "Zhao", "close", { .area_m2 = 120 }, "!procedure-ended", NULL },
        { "2026-10-08 13:00", "Zhao", "enforcement.verify", { 0 }, "verifying", NULL },
        { "2026-10-08 13:00", "Zhao", "enforcement.strike_off", { 0 }, "!area-measured", NULL },
        { "2026-10-08 13:00", "Zhao", "paper partial Q-1 -", { 0 }, "check_passed", NULL },
        { "2026-10-08 13:00", "Zhao", "enforcement.strike_off", { 0 }, "!area-measured", NULL },      // not measured at all
        { "2026-10-08 13:10", "Chen", "enforcement.strike_off", { .area_m2 = 100 }, "cancelled_off", NULL },
        { "2026-10-08 13:20", "Zhao", "close", { .area_m2 = 100 }, "closed", NULL });
}

// An officer who is the party: not even what begins beside the case.
static enum status add_party(struct work *w, void *ctx)
{
    (void)ctx;
    struct agency unit = { 0 };
    struct actor a = { .name = "Mr Xu", .role = "officer" };
    enum status s = agency_get(w, "urban_management", &unit);
    a.agency = unit.id;
    return s == OK ? actor_record(w, &a) : s;
}

static void whom_it_concerns_begins_nothing(void **state)
{
    struct fixture *f = *state;
    struct told t = TELL(f, "case", "", DISPATCHED("2026-03-03"));
    strcpy(f->actor, "system");                // who tells a story keeps no accounts
    assert_ok(f, run(f, add_party, NULL));
    TELL(f, "case", t.key, { "2026-03-03 10:00", "Mr Xu", "extension.request", { NOTE, .amount = 2 }, "!not-party", NULL },
        { "2026-03-03 10:00", "Mr Xu", "enforcement.find", { 0 }, "!not-party", NULL },
        { "2026-03-03 10:00", "Li", "extension.request", { NOTE, .amount = 2 }, "requested", NULL });
}

// An appeal and a procedure both know the word "filed"; their moves are not each other's.
struct asking { struct fixture *f; char id[ID_TEXT]; };
static enum status allow_as_appeal(struct work *w, void *ctx)
{
    struct asking *a = ctx;
    struct step_taken done;
    return step_take(w, &a->f->desk, &(struct step){ "appeal", a->id, "allow", { NOTE } }, &done);
}

static void a_procedure_is_no_appeal(void **state)
{
    struct fixture *f = *state;
    struct told t = TELL(f, "case", "", DISPATCHED("2026-03-03"),
        { "2026-03-03 10:10", "Li", "enforcement.find", { 0 }, "found", NULL },
        { "2026-03-03 10:20", "Li", "paper filing L-1 -", { 0 }, "dispatched", NULL },
        { "2026-03-03 10:30", "Fa", "enforcement.file", { .paper = "L-1" }, "filed", NULL });
    struct asking a = { .f = f };
    struct told chief = { .f = f, .line = &(struct line){ .who = "Chen" } };
    strcpy(a.id, t.walk.id.text);
    assert_ok(f, run(f, find_actor, &chief));
    assert_int_equal(run(f, allow_as_appeal, &a), NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(from_the_street_to_the_archive, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_have_no_gaps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_return_and_its_receiver, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pauses_move_the_deadline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(extensions_and_appeals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_code_given_with_a_step_settles_its_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_fast_track, set_up, tear_down),
        cmocka_unit_test_setup_teardown(first_breach_and_closing_by_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(duplicates_are_merged_and_taken_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_procedure_against_a_building, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whom_it_concerns_begins_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_procedure_is_no_appeal, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
