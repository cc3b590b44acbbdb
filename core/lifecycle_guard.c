#include "core/lifecycle_table.h"
#include "core/deadline.h"

static const int SUSPENSION_DAYS_MOST = 365;

// --- Rules that weigh several facts -------------------------------------------------------------------------------------

static bool master_holds(const struct facts *f)
{
    return f->has_master && f->master_is_open;
}

static bool area_holds(const struct facts *f)
{
    if (f->without_area)
        return true;
    return f->has_area && (f->area_removed_m2 >= f->area_illegal_m2 || f->partial_documented);
}

static bool extension_amount_holds(const struct facts *f)
{
    return f->extension_amount > 0 && f->extension_amount <= f->original_limit;
}

static bool extension_count_holds(const struct facts *f)
{
    return f->times_extended < EXTENSIONS_MOST;
}

static bool suspension_year_holds(const struct facts *f)
{
    return f->suspension_days > 0 && f->suspension_days <= SUSPENSION_DAYS_MOST;
}

static bool fast_eligible_holds(const struct facts *f)
{
    return f->works_in_progress && f->works_new;
}

static bool light_harm_holds(const struct facts *f)
{
    return f->harm_is_light && f->corrected_in_time;
}

static bool no_night_or_holiday_holds(const struct facts *f)
{
    return !f->night_or_holiday || f->is_emergency;
}

// --- The rules, each with its name and its sentence -----------------------------------------------------------------------

#define MUST(name) .fact = offsetof(struct facts, name), .wanted = true
#define MUST_NOT(name) .fact = offsetof(struct facts, name), .wanted = false

const struct guard_rule guard_rules[GUARDS] = {
    [GUARD_NOT_PARTY] = { "not-party", DENIED, MUST_NOT(actor_is_party),
        .sentence = "nobody acts on a matter that concerns them; let a colleague do it" },
    [GUARD_NOTE] = { "note", INVALID, MUST(has_note), .sentence = "this step needs a reason; write it in the note" },
    [GUARD_PLACE] = { "place", INVALID, MUST(has_place), .sentence = "a place is missing; give a point or an outline" },
    [GUARD_CODE] = { "code", INVALID, MUST(has_code),
        .sentence = "the filing condition is missing; choose scheme, code and condition" },
    [GUARD_AGENCY] = { "agency", INVALID, MUST(has_agency), .sentence = "it is not said to whom it goes; name the agency" },
    [GUARD_REVIEW_DATE] = { "review-date", INVALID, MUST(has_review_date),
        .sentence = "whoever defers says until when; give a date of review" },
    [GUARD_DOCUMENT] = { "document", INVALID, MUST(has_document),
        .sentence = "the paper this step rests on is missing; attach it with number and date" },
    [GUARD_PHOTO] = { "photo", INVALID, MUST(has_photo), .sentence = "a photo from the place is missing; take one" },
    [GUARD_ATTACHMENTS] = { "attachments", INVALID, MUST(has_attachments),
        .sentence = "the list of papers is empty; attach what the facts rest on" },
    [GUARD_SIGNATURE] = { "signature", INVALID, MUST(has_signature),
        .sentence = "a receipt is signed; give name, time and number of the receipt" },
    [GUARD_RETURN_REASON] = { "return-reason", INVALID, MUST(has_return_reason),
        .sentence = "a lead is returned for one of four reasons: not competent, incomplete, duplicate, already dealt with; choose one" },
    [GUARD_INPUTS] = { "inputs-by-hash", INVALID, MUST(has_inputs),
        .sentence = "a comparison names two archived surveys and its parameters; name them" },
    [GUARD_CONFERENCE] = { "conference-recorded", INVALID, MUST(has_conference),
        .sentence = "a dispute is settled in a conference; record it with the opinions and the decision first" },
    [GUARD_MASTER] = { "merge-into-open", INVALID, .holds = master_holds,
        .sentence = "a duplicate is merged into an open record; name one that has not ended" },

    [GUARD_ASSIGNEE] = { "assignee-only", DENIED, MUST(actor_is_assignee),
        .sentence = "the task is with another unit; ask the command centre to hand it to yours" },
    [GUARD_NOT_HANDLER] = { "handler-not-checker", DENIED, MUST_NOT(actor_is_handler),
        .sentence = "whoever did the work neither checks nor closes it; leave it to somebody of another unit" },
    [GUARD_NOT_RETURN_RECEIVER] = { "returned-not-onward", DENIED, MUST_NOT(actor_is_return_receiver),
        .sentence = "who received a return does not take the next step onward; correct it, dispatch it again or return it further" },
    [GUARD_NOT_REQUESTER] = { "not-own-request", DENIED, MUST_NOT(actor_is_requester),
        .sentence = "nobody approves what they asked for or wrote; let somebody else decide" },
    [GUARD_REQUESTER] = { "own-request", DENIED, MUST(actor_is_requester),
        .sentence = "only the one who asked or reported can take it back" },
    [GUARD_NOT_FIRST_APPROVER] = { "two-levels", DENIED, MUST_NOT(actor_is_first_approver),
        .sentence = "two levels approve, and you were the first; let another person give the second approval" },
    [GUARD_NOT_REVIEWER] = { "second-reviewer", DENIED, MUST_NOT(actor_is_reviewer),
        .sentence = "you decided it yourself; a second person looks at it now" },

    [GUARD_AREA] = { "area-measured", CONFLICT, .holds = area_holds,
        .sentence = "the removed area is not measured or smaller than the illegal one; measure it, or attach the paper on the rest" },
    [GUARD_AFTER_PHOTO] = { "after-photo", CONFLICT, MUST(has_after_photo_near),
        .sentence = "a photo taken after the work and near the outline is missing; take one on the place" },
    [GUARD_ENFORCEMENT_ENDED] = { "procedure-ended", CONFLICT, MUST_NOT(enforcement_open),
        .sentence = "the procedure against the building has not ended; strike it off first" },

    [GUARD_EXTENSION_AMOUNT] = { "extension-amount", INVALID, .holds = extension_amount_holds,
        .sentence = "one extension adds at most the original limit; ask for less" },
    [GUARD_EXTENSION_COUNT] = { "extension-twice", CONFLICT, .holds = extension_count_holds,
        .sentence = "it was extended twice already; ask for a suspension, or answer what is done so far" },
    [GUARD_SUSPENSION_ONCE] = { "suspension-once", CONFLICT, MUST_NOT(suspended_before),
        .sentence = "a case is suspended once only; defer it with a date of review, or go on" },
    [GUARD_SUSPENSION_YEAR] = { "suspension-year", INVALID, .holds = suspension_year_holds,
        .sentence = "a suspension lasts from one day to one year; choose an earlier end" },
    [GUARD_OVERDUE] = { "appeal-overdue", CONFLICT, MUST(overdue),
        .sentence = "only a task that is overdue can be appealed; nothing is held against you yet" },

    [GUARD_FAST_ELIGIBLE] = { "fast-track-in-the-act", CONFLICT, .holds = fast_eligible_holds,
        .sentence = "the fast track is for new works still in progress; a formed building goes the ordinary way" },
    [GUARD_FAST_RECORD] = { "fast-track-record", INVALID, MUST(fast_record_complete),
        .sentence = "the record of the fast track is incomplete; give finder, time, place, photos, stop notice, "
                    "who ordered, whether the party was there, and the removed area" },
    [GUARD_FIRST_BREACH] = { "first-breach", CONFLICT, MUST_NOT(breached_within_12_months),
        .sentence = "the party breached the same rule within twelve months; decide on the fine the ordinary way" },
    [GUARD_LIGHT_HARM] = { "first-breach-harm", CONFLICT, .holds = light_harm_holds,
        .sentence = "a first breach is spared when harm is light and it was corrected in time; record both, or fine" },
    [GUARD_MATTER_LISTED] = { "first-breach-listed", CONFLICT, MUST(matter_on_list),
        .sentence = "the matter is not on the published list of first breaches; decide on the fine the ordinary way" },
    [GUARD_PLEDGE] = { "first-breach-pledge", INVALID, MUST(pledge_signed),
        .sentence = "the pledge of the party is missing; have it signed and attach it" },

    [GUARD_CORRECTABLE] = { "still-correctable", CONFLICT, MUST_NOT(not_correctable),
        .sentence = "the determination says it cannot be corrected; have it demolished or confiscated" },
    [GUARD_NOT_CORRECTABLE] = { "demolish-not-correctable", CONFLICT, MUST(not_correctable),
        .sentence = "only what cannot be corrected is demolished by force; attach the determination, or order a correction" },
    [GUARD_NOT_DEMOLISHABLE] = { "confiscate-not-demolishable", CONFLICT, MUST(not_demolishable),
        .sentence = "only what cannot be demolished is confiscated; attach the determination" },
    [GUARD_HEARD] = { "party-heard", CONFLICT, MUST(heard),
        .sentence = "the party was not heard yet; wait for statement or hearing, or record the waiver" },
    [GUARD_LEGAL_REVIEW] = { "legal-review", CONFLICT, MUST(legal_reviewed),
        .sentence = "the legal review is missing; hand the draft to the reviewer first" },
    [GUARD_SERVED] = { "served", CONFLICT, MUST(is_served),
        .sentence = "the paper was not served; record how and when it was" },
    [GUARD_PERFORMANCE_PERIOD] = { "performance-period", CONFLICT, MUST(performance_period_past),
        .sentence = "the party still has time to do it; wait for the end of the period" },
    [GUARD_URGED] = { "urged", CONFLICT, MUST(urged),
        .sentence = "the party was not urged in writing; serve the urging notice first" },
    [GUARD_URGE_PERIOD] = { "urge-period", CONFLICT, MUST(urge_period_past),
        .sentence = "the period of the urging notice still runs; wait for its end" },
    [GUARD_ANNOUNCED] = { "announced", CONFLICT, MUST(announced),
        .sentence = "the demolition was not announced; publish the announcement first" },
    [GUARD_LEGAL_PERIODS] = { "legal-periods", CONFLICT, MUST(legal_periods_past),
        .sentence = "review and suit are still open to the party; wait until the periods are past or decided" },
    [GUARD_GOVERNMENT_ORDER] = { "government-order", CONFLICT, MUST(ordered_by_government),
        .sentence = "the government has not ordered the demolition; ask it for the order" },
    [GUARD_NO_NIGHT_OR_HOLIDAY] = { "no-night-or-holiday", CONFLICT, .holds = no_night_or_holiday_holds,
        .sentence = "nothing is demolished by force at night or on a holiday but in an emergency; choose a working day" },

    [GUARD_GROWN] = { "wakes-when-grown", CONFLICT, MUST(has_grown),
        .sentence = "it has not grown since it was decided; the decision stands" },
    [GUARD_NOT_GROWN] = { "inherits-unless-grown", CONFLICT, MUST_NOT(has_grown),
        .sentence = "it has grown since the earlier decision; a person must look at it again" },
    [GUARD_DECIDED_BY_PERSON] = { "decision-has-a-name", CONFLICT, MUST(decided_by_person),
        .sentence = "no person's name stands on the earlier decision; a person must look at it" },
    [GUARD_BEFORE_RECEIPT] = { "recall-before-receipt", CONFLICT, MUST_NOT(receipt_given),
        .sentence = "the agency has signed for it; ask the agency to return it" },
};

bool guard_holds(enum guard g, const struct facts *f)
{
    const struct guard_rule *rule = &guard_rules[g];
    if (rule->holds != NULL)
        return rule->holds(f);
    return *(const bool *)((const char *)f + rule->fact) == rule->wanted;
}
