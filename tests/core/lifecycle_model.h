// lifecycle_model.h - a reference machine for the moves: written verb by verb from the rules of the trade, where the table
// is written state by state. NULL: it is not allowed. For model_test.c and walk_model_test.c only.
#pragma once
#include "core/lifecycle.h"

#include <string.h>

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

// Is the word one of these, with a blank between?
static bool in(const char *word, const char *list)
{
    size_t len = strlen(word);
    for (const char *at = list; len > 0 && (at = strstr(at, word)) != NULL; at += len)
        if ((at == list || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    return false;
}

// --- Case ---------------------------------------------------------------------------------------------------------------------

#define SUPERVISION ROLE_CHECKER
#define COMMAND ROLE_COORDINATOR
#define UNIT ROLE_OFFICER

static const char *case_return(const char *from, unsigned r, const struct facts *f)
{
    if (!f->has_note)
        return NULL;
    if (in(from, "dispatched handling rework"))
        return r & UNIT && f->actor_is_assignee ? "returned" : NULL;
    if (in(from, "registered returned"))
        return r & COMMAND ? "pending_register" : NULL;
    if (is(from, "pending_register"))
        return r & SUPERVISION ? "reported" : NULL;
    if (is(from, "verifying"))
        return r & ROLE_INSPECTOR ? "reported" : NULL;
    return is(from, "check_passed") && r & SUPERVISION ? "checking" : NULL;
}

static const char *case_pause(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    bool with_the_unit = in(from, "dispatched handling rework");
    bool another_asked = !f->actor_is_requester;
    if (is(verb, "suspend"))    // 挂账: up to a year, once
        return with_the_unit && r & (COMMAND | ROLE_CHIEF) && f->has_note && another_asked && !f->actor_is_handler &&
               !f->suspended_before && f->suspension_days >= 1 && f->suspension_days <= 365 ? "suspended" : NULL;
    if (is(verb, "defer"))      // 暂缓: approver and review date
        return with_the_unit && r & ROLE_CHIEF && f->has_note && f->has_review_date && another_asked ? "deferred" : NULL;
    if (is(verb, "review"))
        return is(from, "deferred") && r & ROLE_CHIEF && f->has_note && f->has_review_date ? "deferred" : NULL;
    bool known = f->state_before != NULL && in(f->state_before, "dispatched handling rework");
    return in(from, "suspended deferred") && r & (COMMAND | ROLE_CHIEF) && known ? f->state_before : NULL;   // resume
}

// Steps of the line before the work. stale: the actor received a return.
static const char *case_filing(const char *from, const char *verb, unsigned r, const struct facts *f, bool stale)
{
    if (stale && !is(verb, "escalate"))
        return NULL;
    if (is(verb, "report"))
        return is(from, "") && r & (ROLE_INSPECTOR | SUPERVISION | ROLE_ANALYST | ROLE_SERVICE) && f->has_place ? "reported" : NULL;
    if (is(verb, "verify"))
        return is(from, "reported") && r & SUPERVISION ? "verifying" : NULL;
    if (is(verb, "submit"))
        return is(from, "reported") && r & (ROLE_INSPECTOR | SUPERVISION) && f->has_photo ? "pending_register" : NULL;
    if (is(verb, "confirm"))
        return is(from, "verifying") && r & ROLE_INSPECTOR && f->has_photo ? "pending_register" : NULL;
    if (is(verb, "fast_track"))
        return is(from, "reported") && r & (ROLE_INSPECTOR | UNIT) && f->works_in_progress && f->works_new && f->has_photo
               ? "fast_handling" : NULL;
    if (is(verb, "escalate"))
        return is(from, "fast_handling") && r & (ROLE_INSPECTOR | UNIT | SUPERVISION | ROLE_SERVICE) && f->has_note
               ? "pending_register" : NULL;
    if (is(verb, "register"))
        return is(from, "pending_register") && r & SUPERVISION && f->has_place && f->has_code ? "registered" : NULL;
    return is(from, "registered") && r & COMMAND && f->has_agency ? "dispatched" : NULL;     // dispatch
}

static const char *case_work(const char *from, const char *verb, unsigned r, const struct facts *f, bool stale)
{
    if (is(verb, "redispatch"))
        return in(from, "dispatched returned handling rework") && r & COMMAND && f->has_note && f->has_agency ? "dispatched" : NULL;
    if (stale)
        return NULL;
    if (is(verb, "accept"))
        return is(from, "dispatched") && r & UNIT && f->actor_is_assignee ? "handling" : NULL;
    if (is(verb, "send_to_check"))
        return is(from, "returned") && r & COMMAND && f->has_note ? "handled" : NULL;
    if (is(from, "fast_handling"))                                                           // feedback
        return r & (ROLE_INSPECTOR | UNIT) && f->fast_record_complete ? "handled" : NULL;
    return in(from, "handling rework") && r & UNIT && f->actor_is_assignee && f->has_note ? "handled" : NULL;
}

static const char *case_checking(const char *from, const char *verb, unsigned r, const struct facts *f, bool stale)
{
    if (stale || f->actor_is_handler)       // 处置 and 核查 are never one hand
        return NULL;
    bool may_look = r & (ROLE_INSPECTOR | SUPERVISION);
    if (is(verb, "check"))
        return is(from, "handled") && r & SUPERVISION ? "checking" : NULL;
    if (is(verb, "pass"))
        return is(from, "checking") && may_look && f->has_after_photo_near ? "check_passed" : NULL;
    if (is(verb, "fail"))
        return is(from, "checking") && may_look && f->has_note ? "rework" : NULL;
    bool measured = f->has_area && (f->area_removed_m2 >= f->area_illegal_m2 || f->partial_documented);
    return is(from, "check_passed") && r & SUPERVISION && f->has_after_photo_near && (measured || f->without_area) &&
           !f->enforcement_open ? "closed" : NULL;      // close
}

static const char *case_ending(const char *from, const char *verb, unsigned r, const struct facts *f, bool stale)
{
    if (is(verb, "unmerge")) {
        bool known = f->state_before != NULL && in(f->state_before, "reported pending_register registered dispatched handling");
        return is(from, "merged") && r & SUPERVISION && f->has_note && known ? f->state_before : NULL;
    }
    if (stale)
        return NULL;
    if (is(verb, "merge"))
        return in(from, "reported pending_register registered dispatched handling") && r & (SUPERVISION | COMMAND) &&
               f->has_master && f->master_is_open ? "merged" : NULL;
    if (is(verb, "refuse"))
        return f->has_note && ((is(from, "verifying") && r & (ROLE_INSPECTOR | SUPERVISION)) ||
                               (is(from, "pending_register") && r & SUPERVISION)) ? "not_accepted" : NULL;
    if (is(verb, "cancel"))
        return in(from, "reported registered dispatched returned") && r & SUPERVISION && f->has_note && !f->actor_is_handler
               ? "cancelled" : NULL;
    return in(from, "dispatched returned handling rework suspended deferred") && r & ROLE_CHIEF && f->has_note &&
           f->has_document && !f->actor_is_handler ? "forced_closed" : NULL;     // force_close
}

// What leaves the case where it is.
static bool case_side(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    bool unit_has_it = in(from, "dispatched handling rework");
    if (is(verb, "correct"))
        return (is(from, "reported") && r & (ROLE_INSPECTOR | SUPERVISION | ROLE_ANALYST)) ||
               (is(from, "pending_register") && r & SUPERVISION) || (is(from, "registered") && r & (SUPERVISION | COMMAND)) ||
               (is(from, "returned") && r & COMMAND);
    if (is(verb, "remind"))
        return unit_has_it && r & (SUPERVISION | COMMAND | ROLE_CHIEF);
    if (is(verb, "propose_close"))
        return (unit_has_it || in(from, "suspended deferred")) && r & ROLE_SERVICE && f->has_inputs;
    if (is(verb, "mark_standing"))
        return unit_has_it && r & ROLE_SERVICE && f->has_inputs && f->overdue;
    if (is(verb, "propose_reopen"))
        return in(from, "closed forced_closed") && r & ROLE_SERVICE && f->has_inputs;
    if (is(verb, "reopen"))
        return in(from, "closed forced_closed not_accepted cancelled") && r & (SUPERVISION | ROLE_CHIEF) && f->has_note;
    bool first_breach = !f->breached_within_12_months && f->harm_is_light && f->corrected_in_time && f->matter_on_list && f->pledge_signed;
    return in(from, "handling fast_handling rework") && r & (ROLE_CHIEF | ROLE_LEGAL) && f->has_document &&
           !f->actor_is_requester && first_breach;      // spare_fine
}

static const char *case_model(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    bool stale = f->actor_is_return_receiver;
    if (f->actor_is_party)
        return NULL;
    if (is(verb, "return"))
        return case_return(from, r, f);
    if (in(verb, "suspend defer review resume"))
        return case_pause(from, verb, r, f);
    if (in(verb, "report verify submit confirm fast_track escalate register dispatch"))
        return case_filing(from, verb, r, f, stale);
    if (in(verb, "redispatch accept send_to_check feedback"))
        return case_work(from, verb, r, f, stale);
    if (in(verb, "check pass fail close"))
        return case_checking(from, verb, r, f, stale);
    if (in(verb, "merge unmerge refuse cancel force_close"))
        return case_ending(from, verb, r, f, stale);
    return case_side(from, verb, r, f) ? from : NULL;
}

static const char *extension_model(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    bool small_enough = f->extension_amount > 0 && f->extension_amount <= f->original_limit && f->times_extended < 2;
    if (f->actor_is_party)
        return NULL;
    if (is(verb, "request"))
        return is(from, "") && r & UNIT && f->actor_is_assignee && f->has_note && small_enough ? "requested" : NULL;
    if (is(verb, "withdraw"))
        return in(from, "requested endorsed") && r & UNIT && f->actor_is_requester ? "withdrawn" : NULL;
    if (f->actor_is_requester)
        return NULL;
    if (is(verb, "endorse"))
        return is(from, "requested") && r & COMMAND && small_enough ? "endorsed" : NULL;
    if (is(verb, "grant"))
        return is(from, "endorsed") && r & ROLE_CHIEF && small_enough && !f->actor_is_first_approver ? "granted" : NULL;
    bool may_refuse = (is(from, "requested") && r & (COMMAND | ROLE_CHIEF)) || (is(from, "endorsed") && r & ROLE_CHIEF);
    return may_refuse && f->has_note ? "refused" : NULL;
}

static const char *appeal_model(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    if (f->actor_is_party)
        return NULL;
    if (is(verb, "file"))
        return is(from, "") && r & UNIT && f->has_note && f->overdue ? "filed" : NULL;
    if (is(verb, "withdraw"))
        return is(from, "filed") && r & UNIT && f->actor_is_requester ? "withdrawn" : NULL;
    bool judge = r & (SUPERVISION | ROLE_CHIEF) && !f->actor_is_requester && !f->actor_is_handler && f->has_note;
    return is(from, "filed") && judge ? is(verb, "allow") ? "allowed" : "rejected" : NULL;
}

// --- The procedure against a building -----------------------------------------------------------------------------------------

static bool may_enforce(const struct facts *f)
{
    return f->not_correctable && f->urged && f->urge_period_past && f->announced && f->legal_periods_past &&
           f->ordered_by_government && (!f->night_or_holiday || f->is_emergency);
}

static const char *enforcement_result(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    if (!(r & UNIT))
        return NULL;
    if (is(verb, "demolish_self"))
        return in(from, "stopping stopped investigating notified decided served in_remedy_period urged announced enforcing rework") &&
               f->has_note ? "demolished_self" : NULL;
    if (is(verb, "demolish_assisted"))
        return in(from, "stopping stopped investigating notified served in_remedy_period urged announced enforcing rework") &&
               f->has_note && f->has_document ? "demolished_assisted" : NULL;
    if (is(verb, "demolish_forced"))
        return is(from, "enforcing") && f->has_note && f->has_document && (!f->night_or_holiday || f->is_emergency)
               ? "demolished_forced" : NULL;
    if (is(verb, "fine_and_correct"))
        return in(from, "served in_remedy_period urged rework") && !f->not_correctable && f->has_document && f->is_served
               ? "fined_corrected" : NULL;
    return in(from, "in_remedy_period urged") && f->not_demolishable && f->has_document && f->is_served && f->legal_periods_past
           ? "confiscated" : NULL;
}

static const char *enforcement_opening(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    if (is(verb, "find"))
        return is(from, "") && r & (ROLE_INSPECTOR | UNIT | SUPERVISION) && f->has_place ? "found" : NULL;
    if (is(verb, "stop"))
        return is(from, "found") && r & (ROLE_INSPECTOR | UNIT) && f->has_document ? "stopping" : NULL;
    if (is(verb, "confirm_stopped"))
        return is(from, "stopping") && r & (ROLE_INSPECTOR | UNIT) && f->has_photo ? "stopped" : NULL;
    if (is(verb, "reject"))
        return is(from, "found") && r & (UNIT | SUPERVISION) && f->has_note ? "invalid" : NULL;
    if (is(verb, "merge"))
        return in(from, "found stopping stopped filed") && r & (UNIT | ROLE_LEGAL) && f->has_master && f->master_is_open ? "merged" : NULL;
    if (is(verb, "ask_determination"))
        return is(from, "stopped") && r & (UNIT | ROLE_LEGAL) && f->has_document ? "under_determination" : NULL;
    if (is(verb, "file"))
        return in(from, "found stopped under_determination") && r & (ROLE_LEGAL | ROLE_CHIEF) && f->has_document &&
               !f->actor_is_requester ? "filed" : NULL;
    return in(from, "under_determination investigating") && r & (ROLE_LEGAL | ROLE_CHIEF) && f->has_document
           ? "not_illegal" : NULL;      // determine_lawful
}

static const char *enforcement_paper(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    if (is(verb, "investigate"))
        return is(from, "filed") && r & UNIT ? "investigating" : NULL;
    if (is(verb, "notify"))
        return is(from, "investigating") && r & UNIT && f->has_document && f->has_attachments ? "notified" : NULL;
    if (is(verb, "return"))
        return is(from, "notified") && r & (ROLE_LEGAL | ROLE_CHIEF) && f->has_note ? "investigating" : NULL;
    if (is(verb, "decide"))
        return is(from, "notified") && r & ROLE_CHIEF && f->heard && f->legal_reviewed && f->has_document ? "decided" : NULL;
    if (is(verb, "serve"))
        return is(from, "decided") && r & UNIT && f->has_document && f->is_served ? "served" : NULL;
    if (is(verb, "open_remedies"))
        return is(from, "served") && r & (UNIT | ROLE_LEGAL | ROLE_SERVICE) && f->is_served ? "in_remedy_period" : NULL;
    if (is(verb, "urge"))
        return is(from, "in_remedy_period") && r & (UNIT | ROLE_LEGAL) && f->performance_period_past && f->has_document &&
               f->is_served ? "urged" : NULL;
    if (is(verb, "announce"))
        return is(from, "urged") && r & (UNIT | ROLE_LEGAL) && f->urge_period_past && f->has_document ? "announced" : NULL;
    if (is(verb, "halt"))
        return is(from, "enforcing") && r & (UNIT | ROLE_CHIEF) && f->has_note ? "announced" : NULL;
    return in(from, "announced rework") && r & (UNIT | ROLE_CHIEF) && may_enforce(f) ? "enforcing" : NULL;    // enforce
}

static const char *enforcement_end(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    const char *deferrable = "investigating decided served in_remedy_period urged announced";
    bool measured = f->without_area || (f->has_area && (f->area_removed_m2 >= f->area_illegal_m2 || f->partial_documented));
    if (is(verb, "verify"))
        return in(from, "demolished_self demolished_assisted demolished_forced confiscated fined_corrected") &&
               r & (SUPERVISION | ROLE_INSPECTOR) && !f->actor_is_handler ? "verifying" : NULL;
    if (is(verb, "strike_off"))
        return is(from, "verifying") && r & (SUPERVISION | ROLE_CHIEF) && !f->actor_is_handler && measured &&
               f->has_after_photo_near ? "cancelled_off" : NULL;
    if (is(verb, "fail"))
        return is(from, "verifying") && r & (SUPERVISION | ROLE_INSPECTOR) && !f->actor_is_handler && f->has_note ? "rework" : NULL;
    if (is(verb, "defer"))
        return in(from, deferrable) && r & ROLE_CHIEF && f->has_note && f->has_review_date && !f->actor_is_requester ? "deferred" : NULL;
    if (is(verb, "review"))
        return is(from, "deferred") && r & ROLE_CHIEF && f->has_note && f->has_review_date ? "deferred" : NULL;
    if (is(verb, "resume"))
        return is(from, "deferred") && r & ROLE_CHIEF && f->has_note && f->state_before != NULL && in(f->state_before, deferrable)
               ? f->state_before : NULL;
    return in(from, "cancelled_off invalid") && r & (SUPERVISION | ROLE_CHIEF) && f->has_note ? from : NULL;     // reopen
}

static const char *enforcement_model(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    if (f->actor_is_party)
        return NULL;
    if (in(verb, "demolish_self demolish_assisted demolish_forced fine_and_correct confiscate"))
        return enforcement_result(from, verb, r, f);
    if (in(verb, "find stop confirm_stopped reject merge ask_determination file determine_lawful"))
        return enforcement_opening(from, verb, r, f);
    if (in(verb, "verify strike_off fail defer review resume reopen"))
        return enforcement_end(from, verb, r, f);
    return enforcement_paper(from, verb, r, f);
}

// --- Leads, notices, conferences ----------------------------------------------------------------------------------------------

#define DESK (ROLE_OFFICER | ROLE_DISCIPLINE)

static const char *lead_sender(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    bool desk = r & (SUPERVISION | COMMAND), head = r & ROLE_CHIEF;
    if (is(verb, "draft"))
        return is(from, "") && (desk || r & (ROLE_ANALYST | ROLE_SERVICE)) && f->has_agency ? "draft" : NULL;
    if (is(verb, "edit"))
        return is(from, "draft") && (desk || r & ROLE_ANALYST) ? "draft" : NULL;
    if (is(verb, "approve"))
        return is(from, "draft") && head && !f->actor_is_requester && f->has_agency && f->has_attachments ? "approved" : NULL;
    if (is(verb, "discard"))
        return is(from, "draft") && (desk || head) && f->has_note ? "discarded" : NULL;
    if (is(verb, "send"))
        return is(from, "approved") && desk && f->has_attachments && f->has_agency ? "sent" : NULL;
    if (is(verb, "complete"))
        return in(from, "incomplete returned") && desk && f->has_attachments ? "sent" : NULL;
    if (is(verb, "recall"))         // only before receipt
        return in(from, "sent incomplete") && (desk || head) && f->has_note && !f->receipt_given ? "recalled" : NULL;
    if (is(verb, "remind"))
        return in(from, "sent received forwarded accepted in_progress") && (desk || head) ? from : NULL;
    if (is(verb, "supplement"))
        return in(from, "received forwarded accepted in_progress") && desk && f->has_attachments ? from : NULL;
    if (is(verb, "reassign"))
        return is(from, "returned") && head && f->has_agency && f->has_note ? "approved" : NULL;
    return is(from, "recalled") && desk ? "recalled" : NULL;       // redraft
}

static const char *lead_end(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    bool supervises = r & (SUPERVISION | ROLE_CHIEF), head = r & ROLE_CHIEF;
    if (is(verb, "close"))
        return supervises && ((is(from, "feedback") && !f->actor_is_handler) || (is(from, "returned") && f->has_note)) ? "closed" : NULL;
    if (is(verb, "ask_again"))
        return is(from, "feedback") && supervises && f->has_note && !f->actor_is_handler ? "in_progress" : NULL;
    if (is(verb, "dispute"))
        return in(from, "incomplete returned feedback") && supervises && f->has_note ? "disputed" : NULL;
    if (is(verb, "reopen"))
        return is(from, "closed") && supervises && f->has_note ? "closed" : NULL;
    if (!is(from, "disputed") || !head || !f->has_conference)
        return NULL;
    if (is(verb, "settle_assign"))
        return f->has_agency ? "approved" : NULL;
    if (is(verb, "settle_uphold"))
        return "accepted";
    return f->has_note ? "closed" : NULL;       // settle_close
}

static const char *lead_receiver(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    if (!(r & DESK) || !f->actor_is_assignee)
        return NULL;
    if (is(verb, "receive"))
        return in(from, "sent forwarded") && f->has_signature ? "received" : NULL;
    if (is(verb, "find_incomplete"))
        return in(from, "sent forwarded") && f->has_note ? "incomplete" : NULL;
    if (is(verb, "accept"))
        return is(from, "received") ? "accepted" : NULL;
    if (is(verb, "start"))
        return is(from, "accepted") ? "in_progress" : NULL;
    if (is(verb, "return"))
        return in(from, "received accepted in_progress") && f->has_note && f->has_return_reason ? "returned" : NULL;
    if (is(verb, "forward"))
        return in(from, "received accepted in_progress") && f->has_agency && f->has_note ? "forwarded" : NULL;
    if (is(verb, "split"))
        return is(from, "received") && f->has_agency && f->has_note ? "received" : NULL;
    if (is(verb, "answer"))
        return is(from, "in_progress") && f->has_note ? "feedback" : NULL;
    return is(from, "in_progress") && f->has_note ? "in_progress" : NULL;      // report_progress
}

static const char *lead_model(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    if (f->actor_is_party)
        return NULL;
    if (is(verb, "return") && is(from, "approved"))
        return r & (SUPERVISION | COMMAND | ROLE_CHIEF) && f->has_note ? "draft" : NULL;
    if (in(verb, "receive find_incomplete accept start return forward split answer report_progress"))
        return lead_receiver(from, verb, r, f);
    if (in(verb, "close ask_again dispute reopen settle_assign settle_uphold settle_close"))
        return lead_end(from, verb, r, f);
    return lead_sender(from, verb, r, f);
}

static const char *notice_model(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    bool desk = r & (SUPERVISION | COMMAND), head = r & ROLE_CHIEF;
    if (is(verb, "draft"))
        return is(from, "") && (desk || r & ROLE_ANALYST) ? "draft" : NULL;
    if (is(verb, "edit"))
        return is(from, "draft") && (desk || r & ROLE_ANALYST) ? "draft" : NULL;
    if (is(verb, "approve"))
        return is(from, "draft") && head && !f->actor_is_requester ? "approved" : NULL;
    if (is(verb, "return"))
        return is(from, "approved") && (desk || head) && f->has_note ? "draft" : NULL;
    if (is(verb, "issue"))
        return is(from, "approved") && desk && f->has_agency ? "issued" : NULL;
    if (is(verb, "acknowledge"))
        return is(from, "issued") && r & DESK && f->actor_is_assignee ? "issued" : NULL;
    return (is(from, "draft") && (desk || head)) || (is(from, "issued") && head && f->has_note) ? "withdrawn" : NULL;
}

static const char *conference_model(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    bool host = r & (SUPERVISION | COMMAND | ROLE_CHIEF);
    if (is(verb, "call"))
        return is(from, "") && host && f->has_agency ? "called" : NULL;
    if (is(verb, "state_opinion"))
        return in(from, "called held") && r & (DESK | SUPERVISION | COMMAND | ROLE_LEGAL) && f->has_note ? from : NULL;
    if (is(verb, "hold"))
        return is(from, "called") && host ? "held" : NULL;
    if (is(verb, "call_off"))
        return is(from, "called") && host && f->has_note ? "called_off" : NULL;
    return is(from, "held") && r & ROLE_CHIEF && f->has_conference ? "concluded" : NULL;
}

// --- Changes, findings, registers ---------------------------------------------------------------------------------------------

static const char *change_verdict(const char *verb)
{
    if (is(verb, "confirm") || is(verb, "inherit_confirmed"))
        return "confirmed";
    if (is(verb, "dismiss") || is(verb, "inherit_dismissed"))
        return "dismissed";
    return is(verb, "find_legal") || is(verb, "inherit_legal") ? "legal" : "capture_rule";
}

static const char *change_model(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    bool office = r & (ROLE_ANALYST | SUPERVISION), decided = in(from, "confirmed dismissed legal capture_rule");
    if (f->actor_is_party)
        return NULL;
    if (is(verb, "propose"))
        return is(from, "") && r & ROLE_SERVICE && f->has_inputs ? "open" : NULL;
    if (is(verb, "refer"))
        return is(from, "open") && office ? "referred" : NULL;
    if (in(verb, "confirm dismiss find_legal find_capture_rule")) {
        bool may = (is(from, "open") && office) || (is(from, "referred") && r & ROLE_INSPECTOR);
        return may && (f->has_note || is(verb, "confirm")) ? change_verdict(verb) : NULL;
    }
    if (in(verb, "inherit_confirmed inherit_dismissed inherit_legal inherit_capture_rule"))
        return is(from, "open") && r & ROLE_SERVICE && !f->has_grown && f->decided_by_person ? change_verdict(verb) : NULL;
    if (is(verb, "return"))
        return is(from, "referred") && r & ROLE_INSPECTOR && f->has_note ? "open" : NULL;
    if (is(verb, "wake"))
        return decided && r & ROLE_SERVICE && f->has_grown ? "open" : NULL;
    if (is(verb, "overturn"))
        return decided && office && f->has_note && !f->actor_is_reviewer ? "open" : NULL;
    if (is(verb, "agree"))
        return decided && (office || r & ROLE_INSPECTOR) && !f->actor_is_reviewer ? from : NULL;
    bool into_case = is(from, "confirmed") && (office || r & COMMAND);
    return into_case && (is(verb, "open_case") ? f->has_place : f->has_master && f->master_is_open) ? from : NULL;
}

static const char *finding_model(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    bool looks = r & (ROLE_INSPECTOR | SUPERVISION), fresh = is(from, "reported"), master = f->has_master && f->master_is_open;
    if (f->actor_is_party)
        return NULL;
    if (is(verb, "report"))
        return is(from, "") && (looks || r & (UNIT | ROLE_ANALYST | ROLE_PUBLIC | ROLE_SERVICE)) && f->has_place ? "reported" : NULL;
    if (is(verb, "correct"))
        return fresh && looks ? "reported" : NULL;
    if (is(verb, "assign"))
        return fresh && r & SUPERVISION ? "reported" : NULL;
    if (is(verb, "confirm"))
        return fresh && looks && f->has_photo && !f->actor_is_requester ? "verified" : NULL;
    if (is(verb, "dismiss"))
        return f->has_note && ((fresh && looks && !f->actor_is_requester) || (is(from, "verified") && r & SUPERVISION)) ? "dismissed" : NULL;
    if (is(verb, "merge"))
        return fresh && looks && master ? "duplicate" : NULL;
    if (is(verb, "withdraw"))
        return fresh && (looks || r & (UNIT | ROLE_ANALYST | ROLE_PUBLIC)) && f->actor_is_requester && f->has_note ? "dismissed" : NULL;
    if (is(verb, "reopen"))
        return is(from, "dismissed") && r & SUPERVISION && f->has_note && !f->actor_is_reviewer ? "reported" : NULL;
    if (is(verb, "unmerge"))
        return is(from, "duplicate") && r & SUPERVISION && f->has_note ? "reported" : NULL;
    bool into_case = is(from, "verified") && r & (SUPERVISION | COMMAND);
    return into_case && (is(verb, "open_case") ? f->has_place : master) ? from : NULL;
}

static const char *building_model(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    bool keeper = r & (ROLE_ANALYST | SUPERVISION), judge = r & (ROLE_LEGAL | ROLE_CHIEF);
    if (is(verb, "enter"))
        return is(from, "") && keeper && f->has_place ? "unverified" : NULL;
    if (is(verb, "recognise"))
        return is(from, "unverified") && (keeper || r & ROLE_LEGAL) && f->has_document ? "lawful" : NULL;
    if (is(verb, "determine_illegal"))
        return in(from, "unverified lawful") && judge && f->has_document ? "illegal" : NULL;
    if (is(verb, "legalise"))
        return is(from, "illegal") && judge && f->has_document ? "lawful" : NULL;
    if (is(verb, "record_gone") && is(from, "illegal"))
        return r & SUPERVISION && f->has_note && f->has_after_photo_near && !f->actor_is_handler ? "gone" : NULL;
    if (is(verb, "record_gone"))
        return in(from, "unverified lawful") && (keeper || r & ROLE_INSPECTOR) && f->has_note ? "gone" : NULL;
    const char *left = is(verb, "doubt") ? "lawful" : "gone";      // restore
    return is(from, left) && keeper && f->has_note ? "unverified" : NULL;
}

static const char *permit_model(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    bool keeper = r & (ROLE_ANALYST | SUPERVISION), or_legal = keeper || r & ROLE_LEGAL;
    if (is(verb, "enter"))
        return is(from, "") && keeper && f->has_document && f->has_place ? "granted" : NULL;
    if (is(verb, "extend"))
        return is(from, "granted") && keeper && f->has_document ? "granted" : NULL;
    if (is(verb, "complete"))
        return is(from, "granted") && keeper && f->has_document ? "completed" : NULL;
    if (is(verb, "revoke"))
        return in(from, "granted completed") && or_legal && f->has_document ? "revoked" : NULL;
    if (is(from, "revoked"))                                       // restore
        return or_legal && f->has_document && f->has_note ? "granted" : NULL;
    return is(from, "completed") && keeper && f->has_note ? "granted" : NULL;
}

static const char *asset_model(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    bool office = r & (SUPERVISION | ROLE_ANALYST), street = r & (ROLE_INSPECTOR | SUPERVISION), there = street || r & UNIT;
    if (is(verb, "enter"))
        return is(from, "") && (office || street) && f->has_place ? "present" : NULL;
    if (is(verb, "verify"))
        return is(from, "present") && street && f->has_photo ? "present" : NULL;
    if (is(verb, "move"))
        return is(from, "present") && (office || street) && f->has_place && f->has_note ? "present" : NULL;
    if (is(verb, "report_damage"))
        return is(from, "present") && there && f->has_note ? "damaged" : NULL;
    if (is(verb, "report_missing"))
        return in(from, "present damaged") && there && f->has_note ? "missing" : NULL;
    if (is(verb, "repair") || is(verb, "find"))
        return is(from, is(verb, "find") ? "missing" : "damaged") && there && f->has_photo ? "present" : NULL;
    if (is(verb, "remove"))
        return in(from, "present damaged missing") && office && f->has_note ? "removed" : NULL;
    return is(from, "removed") && office && f->has_note ? "present" : NULL;    // restore
}

static const char *comparison_model(const char *from, const char *verb, unsigned r, const struct facts *f)
{
    bool may_run = r & (ROLE_ANALYST | SUPERVISION | ROLE_SERVICE), runs = is(from, "running");
    if (is(verb, "run"))
        return is(from, "") && may_run && f->has_inputs ? "running" : NULL;
    if (is(verb, "finish"))
        return runs && r & ROLE_SERVICE ? "done" : NULL;
    if (is(verb, "fail"))
        return runs && r & ROLE_SERVICE && f->has_note ? "failed" : NULL;
    if (is(verb, "cancel"))
        return runs && may_run ? "cancelled" : NULL;
    return in(from, "failed cancelled") && may_run && f->has_inputs ? "running" : NULL;
}

static const char *model_next(const struct attempt *a)
{
    static const struct { const char *thing; const char *(*next)(const char *, const char *, unsigned, const struct facts *); } models[] = {
        { "change", change_model }, { "finding", finding_model }, { "case", case_model }, { "extension", extension_model },
        { "appeal", appeal_model }, { "enforcement", enforcement_model }, { "lead", lead_model }, { "notice", notice_model },
        { "conference", conference_model }, { "building", building_model }, { "permit", permit_model }, { "asset", asset_model },
        { "comparison", comparison_model },
    };
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++)
        if (is(models[i].thing, a->thing))
            return models[i].next(a->from, a->verb, a->roles, a->facts);
    return NULL;
}
