// The procedure against an illegal building (违建查处): it runs beside its case while that is being handled, and a case is
// not closed before it has ended. Works stopped in the act need none: that is the fast track of the case.
#include "core/lifecycle_table.h"

static const struct state states[] = {
    { "found", "building found", false },
    { "stopping", "told to stop", false },
    { "stopped", "works stopped", false },
    { "under_determination", "with the planners for determination", false },
    { "not_illegal", "found to be lawful", true },
    { "filed", "filed for investigation", false },
    { "investigating", "under investigation", false },
    { "notified", "party notified", false },
    { "decided", "decided", false },
    { "served", "decision served", false },
    { "in_remedy_period", "within the time for review and suit", false },
    { "urged", "urged in writing", false },
    { "announced", "demolition announced", false },
    { "enforcing", "being enforced", false },
    { "demolished_self", "demolished by the party", false },
    { "demolished_assisted", "demolished with help", false },
    { "demolished_forced", "demolished by force", false },
    { "confiscated", "confiscated", false },
    { "fined_corrected", "fined and corrected", false },
    { "verifying", "result being verified", false },
    { "rework", "to be done again", false },
    { "deferred", "deferred", false },
    { "cancelled_off", "struck off", true },
    { "merged", "merged into another procedure", true },
    { "invalid", "report not true", true },
};

#define SELF(state) { state, "demolish_self", "demolished_self", OFF, FORWARD, G(NOTE), 0, "the party demolished it" }
#define ASSIST(state) { state, "demolish_assisted", "demolished_assisted", OFF, FORWARD, G(NOTE) | G(DOCUMENT), 0, \
    "it was demolished with help, the party agreeing" }
#define FINE(state) { state, "fine_and_correct", "fined_corrected", OFF, FORWARD, G(CORRECTABLE) | G(DOCUMENT) | G(SERVED), 0, \
    "the fine is paid and it is corrected" }
#define CONFISCATE(state) { state, "confiscate", "confiscated", OFF, FORWARD, \
    G(NOT_DEMOLISHABLE) | G(DOCUMENT) | G(SERVED) | G(LEGAL_PERIODS), 0, "confiscate" }
#define DEFER(state) { state, "defer", "deferred", CHI, SIDE, G(NOTE) | G(REVIEW_DATE) | G(NOT_REQUESTER), \
    PAUSES_CLOCK | REMEMBERS, "defer" }
#define MERGE(state) { state, "merge", "merged", OFF | LEG, END, G(MASTER), 0, "merge into another procedure" }
#define VERIFY(state) { state, "verify", "verifying", CHK | INS, FORWARD, G(NOT_HANDLER), STARTS_CLOCK, "verify the result" }
#define ENFORCE(state) { state, "enforce", "enforcing", OFF | CHI, FORWARD, \
    G(NOT_CORRECTABLE) | G(URGED) | G(URGE_PERIOD) | G(ANNOUNCED) | G(LEGAL_PERIODS) | G(GOVERNMENT_ORDER) | \
    G(NO_NIGHT_OR_HOLIDAY), 0, "begin to enforce" }

static const struct move moves[] = {
    { "", "find", "found", INS | OFF | CHK, FORWARD, G(PLACE), 0, "record the building" },
    { "found", "stop", "stopping", OFF | INS, FORWARD, G(DOCUMENT), STARTS_CLOCK, "order to stop" },
    { "found", "file", "filed", LEG | CHI, FORWARD, G(DOCUMENT) | G(NOT_REQUESTER), STARTS_CLOCK, "approve the filing" },
    { "found", "reject", "invalid", OFF | CHK, END, G(NOTE), 0, "the report is not true" },
    MERGE("found"),

    { "stopping", "confirm_stopped", "stopped", OFF | INS, FORWARD, G(PHOTO), 0, "the works have stopped" },
    SELF("stopping"), ASSIST("stopping"), MERGE("stopping"),

    { "stopped", "ask_determination", "under_determination", OFF | LEG, FORWARD, G(DOCUMENT), PAUSES_CLOCK,
      "ask the planners for a determination" },
    { "stopped", "file", "filed", LEG | CHI, FORWARD, G(DOCUMENT) | G(NOT_REQUESTER), STARTS_CLOCK, "approve the filing" },
    SELF("stopped"), ASSIST("stopped"), MERGE("stopped"),

    { "under_determination", "determine_lawful", "not_illegal", LEG | CHI, END, G(DOCUMENT), RESUMES_CLOCK, "it is lawful" },
    { "under_determination", "file", "filed", LEG | CHI, FORWARD, G(DOCUMENT) | G(NOT_REQUESTER), RESUMES_CLOCK | STARTS_CLOCK,
      "approve the filing" },

    { "filed", "investigate", "investigating", OFF, FORWARD, 0, 0, "investigate" },
    MERGE("filed"),

    { "investigating", "notify", "notified", OFF, FORWARD, G(DOCUMENT) | G(ATTACHMENTS), STARTS_CLOCK, "notify the party of its rights" },
    { "investigating", "determine_lawful", "not_illegal", LEG | CHI, END, G(DOCUMENT), 0, "it is lawful" },
    SELF("investigating"), ASSIST("investigating"), DEFER("investigating"),

    { "notified", "decide", "decided", CHI, FORWARD, G(HEARD) | G(LEGAL_REVIEW) | G(DOCUMENT), 0, "decide" },
    { "notified", "return", "investigating", LEG | CHI, BACK, G(NOTE), 0, "return" },
    SELF("notified"), ASSIST("notified"),

    { "decided", "serve", "served", OFF, FORWARD, G(DOCUMENT) | G(SERVED), STARTS_CLOCK, "serve the decision" },
    SELF("decided"), DEFER("decided"),

    { "served", "open_remedies", "in_remedy_period", OFF | LEG | SRV, FORWARD, G(SERVED), 0, "the time for review and suit runs" },
    SELF("served"), ASSIST("served"), FINE("served"), DEFER("served"),

    { "in_remedy_period", "urge", "urged", OFF | LEG, FORWARD, G(PERFORMANCE_PERIOD) | G(DOCUMENT) | G(SERVED), STARTS_CLOCK,
      "urge in writing" },
    SELF("in_remedy_period"), ASSIST("in_remedy_period"), FINE("in_remedy_period"), CONFISCATE("in_remedy_period"),
    DEFER("in_remedy_period"),

    { "urged", "announce", "announced", OFF | LEG, FORWARD, G(URGE_PERIOD) | G(DOCUMENT), 0, "announce the demolition" },
    SELF("urged"), ASSIST("urged"), FINE("urged"), CONFISCATE("urged"), DEFER("urged"),

    ENFORCE("announced"), SELF("announced"), ASSIST("announced"), DEFER("announced"),

    { "enforcing", "demolish_forced", "demolished_forced", OFF, FORWARD, G(NOTE) | G(DOCUMENT) | G(NO_NIGHT_OR_HOLIDAY), 0,
      "it was demolished by force" },
    { "enforcing", "halt", "announced", OFF | CHI, SIDE, G(NOTE), 0, "halt the enforcement" },
    SELF("enforcing"), ASSIST("enforcing"),

    VERIFY("demolished_self"), VERIFY("demolished_assisted"), VERIFY("demolished_forced"), VERIFY("confiscated"),
    VERIFY("fined_corrected"),

    { "verifying", "strike_off", "cancelled_off", CHK | CHI, END, G(NOT_HANDLER) | G(AREA) | G(AFTER_PHOTO), 0, "strike off" },
    { "verifying", "fail", "rework", CHK | INS, FORWARD, G(NOT_HANDLER) | G(NOTE), STARTS_CLOCK, "the check is failed" },

    ENFORCE("rework"), SELF("rework"), ASSIST("rework"), FINE("rework"),

    { "deferred", "resume", "<", CHI, SIDE, G(NOTE), RESUMES_CLOCK, "resume" },
    { "deferred", "review", "deferred", CHI, SIDE, G(NOTE) | G(REVIEW_DATE), 0, "review and defer further" },

    { "cancelled_off", "reopen", "cancelled_off", CHK | CHI, SIDE, G(NOTE), OPENS_LINKED, "open a new case linked to this one" },
    { "invalid", "reopen", "invalid", CHK | CHI, SIDE, G(NOTE), OPENS_LINKED, "open a new case linked to this one" },
};

const struct thing thing_enforcement = { .word = "enforcement", .title = "procedure against a building", .always = G(NOT_PARTY),
                                         TABLE(states, moves) };
