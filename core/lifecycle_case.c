// The case ledger's line (案卷): report, file, dispatch, handle, answer, check, close. Two centres: one takes in, files, has
// checked and closes (监督中心), the other dispatches (指挥中心). 核实 is looking before filing, 核查 after the work.
#include "core/lifecycle_table.h"

static const struct state states[] = {
    { "reported", "reported", false },
    { "verifying", "being verified before filing", false },
    { "pending_register", "waiting to be filed", false },
    { "not_accepted", "not accepted", true },
    { "registered", "filed, waiting to be dispatched", false },
    { "dispatched", "dispatched, waiting to be taken up", false },
    { "returned", "returned to the command centre", false },
    { "handling", "being handled", false },
    { "fast_handling", "stopped and removed at once", false },
    { "suspended", "suspended", false },
    { "deferred", "deferred", false },
    { "handled", "answered, waiting for the check", false },
    { "checking", "being checked", false },
    { "rework", "to be done again", false },
    { "check_passed", "check passed, waiting to be closed", false },
    { "closed", "case closed", true },
    { "forced_closed", "closed by order", true },
    { "cancelled", "case cancelled", true },
    { "merged", "merged into another case", true },
};

#define CORRECT(state, who) { state, "correct", state, who, SIDE, 0, 0, "correct the record" }
#define MERGE(state) { state, "merge", "merged", CHK | COO, END, G(MASTER), REMEMBERS, "merge into another case" }
#define CANCEL(state) { state, "cancel", "cancelled", CHK, END, G(NOTE) | G(NOT_HANDLER), 0, "cancel the case" }
#define REMIND(state) { state, "remind", state, CHK | COO | CHI, SIDE, 0, 0, "remind" }
#define SUSPEND(state) { state, "suspend", "suspended", COO | CHI, SIDE, \
    G(NOTE) | G(NOT_REQUESTER) | G(NOT_HANDLER) | G(SUSPENSION_ONCE) | G(SUSPENSION_YEAR), PAUSES_CLOCK | REMEMBERS, "suspend" }
#define DEFER(state) { state, "defer", "deferred", CHI, SIDE, G(NOTE) | G(REVIEW_DATE) | G(NOT_REQUESTER), \
    PAUSES_CLOCK | REMEMBERS, "defer" }
#define FORCE(state) { state, "force_close", "forced_closed", CHI, END, G(NOTE) | G(DOCUMENT) | G(NOT_HANDLER), 0, \
    "close by order" }
#define REDISPATCH(state) { state, "redispatch", "dispatched", COO, SIDE, G(NOTE) | G(AGENCY), STARTS_CLOCK, "dispatch again" }
#define PROPOSE_CLOSE(state) { state, "propose_close", state, SRV, SIDE, G(INPUTS), 0, "a later survey shows it gone: propose to close" }
#define MARK_STANDING(state) { state, "mark_standing", state, SRV, SIDE, G(INPUTS) | G(OVERDUE), 0, \
    "a later survey shows it standing after the deadline: mark as not demolished" }
#define SPARE_FINE(state) { state, "spare_fine", state, CHI | LEG, SIDE, \
    G(DOCUMENT) | G(NOT_REQUESTER) | G(FIRST_BREACH) | G(LIGHT_HARM) | G(MATTER_LISTED) | G(PLEDGE), 0, "spare the fine, first breach" }

static const struct move moves[] = {
    { "", "report", "reported", INS | CHK | ANA | SRV, FORWARD, G(PLACE), 0, "report" },

    { "reported", "verify", "verifying", CHK, FORWARD, 0, STARTS_CLOCK, "send somebody to verify" },
    { "reported", "submit", "pending_register", INS | CHK, FORWARD, G(PHOTO), STARTS_CLOCK, "submit for filing" },
    { "reported", "fast_track", "fast_handling", INS | OFF, FORWARD, G(FAST_ELIGIBLE) | G(PHOTO), STARTS_CLOCK,
      "stop and remove at once" },
    CORRECT("reported", INS | CHK | ANA), MERGE("reported"), CANCEL("reported"),

    { "verifying", "confirm", "pending_register", INS, FORWARD, G(PHOTO), STARTS_CLOCK, "confirm the report" },
    { "verifying", "refuse", "not_accepted", INS | CHK, END, G(NOTE), 0, "refuse the report" },
    { "verifying", "return", "reported", INS, BACK, G(NOTE), 0, "return" },

    { "pending_register", "register", "registered", CHK, FORWARD, G(PLACE) | G(CODE), STARTS_CLOCK, "file the case" },
    { "pending_register", "refuse", "not_accepted", CHK, END, G(NOTE), 0, "refuse the report" },
    { "pending_register", "return", "reported", CHK, BACK, G(NOTE), 0, "return" },
    CORRECT("pending_register", CHK), MERGE("pending_register"),

    { "registered", "dispatch", "dispatched", COO, FORWARD, G(AGENCY), STARTS_CLOCK, "dispatch" },
    { "registered", "return", "pending_register", COO, BACK, G(NOTE), 0, "return" },
    CORRECT("registered", CHK | COO), MERGE("registered"), CANCEL("registered"),

    { "dispatched", "accept", "handling", OFF, FORWARD, G(ASSIGNEE), 0, "take it up" },
    { "dispatched", "return", "returned", OFF, BACK, G(NOTE) | G(ASSIGNEE), 0, "return" },
    REDISPATCH("dispatched"), REMIND("dispatched"), MERGE("dispatched"), CANCEL("dispatched"), SUSPEND("dispatched"),
    DEFER("dispatched"), FORCE("dispatched"), PROPOSE_CLOSE("dispatched"), MARK_STANDING("dispatched"),

    { "returned", "return", "pending_register", COO, BACK, G(NOTE), 0, "return" },
    { "returned", "send_to_check", "handled", COO, FORWARD, G(NOTE), 0, "send on to the check" },
    REDISPATCH("returned"), CORRECT("returned", COO), CANCEL("returned"), FORCE("returned"),

    { "handling", "feedback", "handled", OFF, FORWARD, G(ASSIGNEE) | G(NOTE), STARTS_CLOCK, "answer that it is done" },
    { "handling", "return", "returned", OFF, BACK, G(NOTE) | G(ASSIGNEE), 0, "return" },
    REDISPATCH("handling"), REMIND("handling"), MERGE("handling"), SUSPEND("handling"), DEFER("handling"), FORCE("handling"),
    SPARE_FINE("handling"), PROPOSE_CLOSE("handling"), MARK_STANDING("handling"),

    { "fast_handling", "feedback", "handled", INS | OFF, FORWARD, G(FAST_RECORD), STARTS_CLOCK, "answer that it is done" },
    { "fast_handling", "escalate", "pending_register", INS | OFF | CHK | SRV, SIDE, G(NOTE), STARTS_CLOCK,
      "go over to the ordinary way" },
    SPARE_FINE("fast_handling"),

    { "suspended", "resume", "<", COO | CHI, SIDE, 0, RESUMES_CLOCK, "resume" },
    FORCE("suspended"), PROPOSE_CLOSE("suspended"),

    { "deferred", "resume", "<", CHI | COO, SIDE, 0, RESUMES_CLOCK, "resume" },
    { "deferred", "review", "deferred", CHI, SIDE, G(NOTE) | G(REVIEW_DATE), 0, "review and defer further" },
    FORCE("deferred"), PROPOSE_CLOSE("deferred"),

    { "handled", "check", "checking", CHK, FORWARD, G(NOT_HANDLER), STARTS_CLOCK, "send somebody to check" },

    { "checking", "pass", "check_passed", INS | CHK, FORWARD, G(NOT_HANDLER) | G(AFTER_PHOTO), STARTS_CLOCK, "the check is passed" },
    { "checking", "fail", "rework", INS | CHK, FORWARD, G(NOT_HANDLER) | G(NOTE), STARTS_CLOCK, "the check is failed" },

    { "rework", "feedback", "handled", OFF, FORWARD, G(ASSIGNEE) | G(NOTE), STARTS_CLOCK, "answer that it is done" },
    { "rework", "return", "returned", OFF, BACK, G(NOTE) | G(ASSIGNEE), 0, "return" },
    REDISPATCH("rework"), REMIND("rework"), SUSPEND("rework"), DEFER("rework"), FORCE("rework"), SPARE_FINE("rework"),
    PROPOSE_CLOSE("rework"), MARK_STANDING("rework"),

    { "check_passed", "close", "closed", CHK, END, G(NOT_HANDLER) | G(AREA) | G(AFTER_PHOTO) | G(ENFORCEMENT_ENDED), 0,
      "close the case" },
    { "check_passed", "return", "checking", CHK, BACK, G(NOTE), 0, "return" },

    { "closed", "reopen", "closed", CHK | CHI, SIDE, G(NOTE), OPENS_LINKED, "open a new case linked to this one" },
    { "closed", "propose_reopen", "closed", SRV, SIDE, G(INPUTS), 0, "a later survey shows it back: propose a new case" },
    { "forced_closed", "reopen", "forced_closed", CHK | CHI, SIDE, G(NOTE), OPENS_LINKED, "open a new case linked to this one" },
    { "forced_closed", "propose_reopen", "forced_closed", SRV, SIDE, G(INPUTS), 0,
      "a later survey shows it back: propose a new case" },
    { "not_accepted", "reopen", "not_accepted", CHK | CHI, SIDE, G(NOTE), OPENS_LINKED, "open a new case linked to this one" },
    { "cancelled", "reopen", "cancelled", CHK | CHI, SIDE, G(NOTE), OPENS_LINKED, "open a new case linked to this one" },
    { "merged", "unmerge", "<", CHK, SIDE, G(NOTE), 0, "take out of the other case again" },
};

// The receiver of a return corrects, dispatches again or returns further; the next step onward is somebody else's.
const struct thing thing_case = { .word = "case", .title = "case", .always = G(NOT_PARTY), .onward = G(NOT_RETURN_RECEIVER),
                                  TABLE(states, moves) };

// --- Requests about the limit of a case -----------------------------------------------------------------------------------

static const struct state extension_states[] = {
    { "requested", "requested", false },
    { "endorsed", "endorsed, waiting for the second approval", false },
    { "granted", "granted", true },
    { "refused", "refused", true },
    { "withdrawn", "withdrawn", true },
};

static const struct move extension_moves[] = {
    { "", "request", "requested", OFF, FORWARD, G(ASSIGNEE) | G(NOTE) | G(EXTENSION_AMOUNT) | G(EXTENSION_COUNT), 0,
      "ask for more time" },
    { "requested", "endorse", "endorsed", COO, FORWARD, G(NOT_REQUESTER) | G(EXTENSION_AMOUNT) | G(EXTENSION_COUNT), 0,
      "endorse, first approval" },
    { "requested", "refuse", "refused", COO | CHI, END, G(NOT_REQUESTER) | G(NOTE), 0, "refuse the request" },
    { "requested", "withdraw", "withdrawn", OFF, END, G(REQUESTER), 0, "take the request back" },
    { "endorsed", "grant", "granted", CHI, END,
      G(NOT_REQUESTER) | G(NOT_FIRST_APPROVER) | G(EXTENSION_AMOUNT) | G(EXTENSION_COUNT), EXTENDS_LIMIT, "grant, second approval" },
    { "endorsed", "refuse", "refused", CHI, END, G(NOT_REQUESTER) | G(NOTE), 0, "refuse the request" },
    { "endorsed", "withdraw", "withdrawn", OFF, END, G(REQUESTER), 0, "take the request back" },
};

const struct thing thing_extension = { .word = "extension", .title = "extension of the limit", .always = G(NOT_PARTY),
                                       TABLE(extension_states, extension_moves) };

static const struct state appeal_states[] = {
    { "filed", "appeal filed", false },
    { "allowed", "appeal allowed", true },
    { "rejected", "appeal rejected", true },
    { "withdrawn", "withdrawn", true },
};

static const struct move appeal_moves[] = {
    { "", "file", "filed", OFF, FORWARD, G(NOTE) | G(OVERDUE), 0, "appeal against being overdue" },
    { "filed", "allow", "allowed", CHK | CHI, END, G(NOT_REQUESTER) | G(NOT_HANDLER) | G(NOTE), EXEMPTS, "allow the appeal" },
    { "filed", "reject", "rejected", CHK | CHI, END, G(NOT_REQUESTER) | G(NOT_HANDLER) | G(NOTE), 0, "reject the appeal" },
    { "filed", "withdraw", "withdrawn", OFF, END, G(REQUESTER), 0, "take the appeal back" },
};

const struct thing thing_appeal = { .word = "appeal", .title = "appeal", .always = G(NOT_PARTY), TABLE(appeal_states, appeal_moves) };
