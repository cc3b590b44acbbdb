// Leads handed to other agencies (线索移交), and the two lighter ways of telling them: notices (情况通报), conferences (协同会商).
#include "core/lifecycle_table.h"

static const struct state lead_states[] = {
    { "draft", "draft", false },
    { "approved", "approved, waiting to be sent", false },
    { "sent", "sent, waiting for the receipt", false },
    { "received", "received and signed for", false },
    { "incomplete", "incomplete, with the sender", false },
    { "accepted", "accepted", false },
    { "returned", "returned to the sender", false },
    { "forwarded", "forwarded, waiting for the receipt", false },
    { "in_progress", "in progress", false },
    { "feedback", "answered", false },
    { "disputed", "disputed, waiting for the conference", false },
    { "closed", "lead closed", true },
    { "recalled", "recalled", true },
    { "discarded", "discarded", true },
};

#define RECEIVE(state) { state, "receive", "received", OFF | DSC, FORWARD, G(ASSIGNEE) | G(SIGNATURE), STARTS_CLOCK, "sign for it" }
#define INCOMPLETE(state) { state, "find_incomplete", "incomplete", OFF | DSC, BACK, G(ASSIGNEE) | G(NOTE), PAUSES_CLOCK, \
    "papers are missing" }
#define RETURN(state) { state, "return", "returned", OFF | DSC, BACK, G(ASSIGNEE) | G(NOTE) | G(RETURN_REASON), 0, "return" }
#define PASS_ON(state) { state, "forward", "forwarded", OFF | DSC, FORWARD, G(ASSIGNEE) | G(AGENCY) | G(NOTE), STARTS_CLOCK, \
    "forward to the competent agency" }
#define RECALL(state) { state, "recall", "recalled", CHK | COO | CHI, END, G(NOTE) | G(BEFORE_RECEIPT), 0, "recall" }
#define REMIND(state) { state, "remind", state, CHK | COO | CHI, SIDE, 0, 0, "remind" }
#define SUPPLEMENT(state) { state, "supplement", state, CHK | COO, SIDE, G(ATTACHMENTS), 0, "add papers" }
#define DISPUTE(state) { state, "dispute", "disputed", CHK | CHI, FORWARD, G(NOTE), STARTS_CLOCK, "call for a conference" }

static const struct move lead_moves[] = {
    { "", "draft", "draft", CHK | COO | ANA | SRV, FORWARD, G(AGENCY), 0, "draft a lead" },
    { "draft", "edit", "draft", CHK | COO | ANA, SIDE, 0, 0, "edit" },
    { "draft", "approve", "approved", CHI, FORWARD, G(NOT_REQUESTER) | G(AGENCY) | G(ATTACHMENTS), 0, "approve" },
    { "draft", "discard", "discarded", CHK | COO | CHI, END, G(NOTE), 0, "discard" },

    { "approved", "send", "sent", CHK | COO, FORWARD, G(ATTACHMENTS) | G(AGENCY), STARTS_CLOCK, "send" },
    { "approved", "return", "draft", CHK | COO | CHI, BACK, G(NOTE), 0, "return" },

    RECEIVE("sent"), INCOMPLETE("sent"), RECALL("sent"), REMIND("sent"),

    { "incomplete", "complete", "sent", CHK | COO, FORWARD, G(ATTACHMENTS), RESUMES_CLOCK | STARTS_CLOCK, "send with the missing papers" },
    RECALL("incomplete"), DISPUTE("incomplete"),

    { "received", "accept", "accepted", OFF | DSC, FORWARD, G(ASSIGNEE), STARTS_CLOCK, "accept" },
    { "received", "split", "received", OFF | DSC, SIDE, G(ASSIGNEE) | G(AGENCY) | G(NOTE), OPENS_LINKED, "split off what is another agency's" },
    RETURN("received"), PASS_ON("received"), REMIND("received"), SUPPLEMENT("received"),

    RECEIVE("forwarded"), INCOMPLETE("forwarded"), REMIND("forwarded"), SUPPLEMENT("forwarded"),

    { "returned", "reassign", "approved", CHI, FORWARD, G(AGENCY) | G(NOTE), 0, "reassign to another agency" },
    { "returned", "complete", "sent", CHK | COO, FORWARD, G(ATTACHMENTS), STARTS_CLOCK, "send with the missing papers" },
    { "returned", "close", "closed", CHK | CHI, END, G(NOTE), 0, "close the lead" },
    DISPUTE("returned"),

    { "accepted", "start", "in_progress", OFF | DSC, FORWARD, G(ASSIGNEE), 0, "begin the work" },
    RETURN("accepted"), PASS_ON("accepted"), REMIND("accepted"), SUPPLEMENT("accepted"),

    { "in_progress", "answer", "feedback", OFF | DSC, FORWARD, G(ASSIGNEE) | G(NOTE), STARTS_CLOCK, "answer" },
    { "in_progress", "report_progress", "in_progress", OFF | DSC, SIDE, G(ASSIGNEE) | G(NOTE), 0, "report progress" },
    RETURN("in_progress"), PASS_ON("in_progress"), REMIND("in_progress"), SUPPLEMENT("in_progress"),

    { "feedback", "close", "closed", CHK | CHI, END, G(NOT_HANDLER), 0, "close the lead" },
    { "feedback", "ask_again", "in_progress", CHK | CHI, FORWARD, G(NOTE) | G(NOT_HANDLER), STARTS_CLOCK, "ask again" },
    DISPUTE("feedback"),

    { "disputed", "settle_assign", "approved", CHI, FORWARD, G(CONFERENCE) | G(AGENCY), 0, "the conference names the agency" },
    { "disputed", "settle_uphold", "accepted", CHI, FORWARD, G(CONFERENCE), STARTS_CLOCK, "the conference upholds the sender" },
    { "disputed", "settle_close", "closed", CHI, END, G(CONFERENCE) | G(NOTE), 0, "the conference ends it" },

    { "closed", "reopen", "closed", CHK | CHI, SIDE, G(NOTE), OPENS_LINKED, "open a new lead linked to this one" },
    { "recalled", "redraft", "recalled", CHK | COO, SIDE, 0, OPENS_LINKED, "draft it anew" },
};

const struct thing thing_lead = { .word = "lead", .title = "lead", .always = G(NOT_PARTY), TABLE(lead_states, lead_moves) };

// --- Notices --------------------------------------------------------------------------------------------------------------

static const struct state notice_states[] = {
    { "draft", "draft", false },
    { "approved", "approved, waiting to be sent", false },
    { "issued", "issued", true },
    { "withdrawn", "withdrawn", true },
};

static const struct move notice_moves[] = {
    { "", "draft", "draft", CHK | COO | ANA, FORWARD, 0, 0, "draft a notice" },
    { "draft", "edit", "draft", CHK | COO | ANA, SIDE, 0, 0, "edit" },
    { "draft", "approve", "approved", CHI, FORWARD, G(NOT_REQUESTER), 0, "approve" },
    { "draft", "withdraw", "withdrawn", CHK | COO | CHI, END, 0, 0, "withdraw" },
    { "approved", "issue", "issued", CHK | COO, END, G(AGENCY), 0, "issue the notice" },
    { "approved", "return", "draft", CHK | COO | CHI, BACK, G(NOTE), 0, "return" },
    { "issued", "acknowledge", "issued", OFF | DSC, SIDE, G(ASSIGNEE), 0, "acknowledge having read it" },
    { "issued", "withdraw", "withdrawn", CHI, END, G(NOTE), 0, "withdraw" },
};

const struct thing thing_notice = { .word = "notice", .title = "notice", TABLE(notice_states, notice_moves) };

// --- Conferences ----------------------------------------------------------------------------------------------------------

static const struct state conference_states[] = {
    { "called", "called", false },
    { "held", "held, decision being written", false },
    { "concluded", "concluded", true },
    { "called_off", "called off", true },
};

static const struct move conference_moves[] = {
    { "", "call", "called", CHK | COO | CHI, FORWARD, G(AGENCY), 0, "call a conference" },
    { "called", "state_opinion", "called", OFF | DSC | CHK | COO | LEG, SIDE, G(NOTE), 0, "state an opinion" },
    { "called", "hold", "held", CHK | COO | CHI, FORWARD, 0, 0, "hold the conference" },
    { "called", "call_off", "called_off", CHK | COO | CHI, END, G(NOTE), 0, "call it off" },
    { "held", "state_opinion", "held", OFF | DSC | CHK | COO | LEG, SIDE, G(NOTE), 0, "state an opinion" },
    { "held", "conclude", "concluded", CHI, END, G(CONFERENCE), 0, "conclude with decision and tasks" },
};

const struct thing thing_conference = { .word = "conference", .title = "conference", TABLE(conference_states, conference_moves) };
