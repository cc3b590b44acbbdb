// What surveys and people saw: changes and their review (疑似图斑), findings (上报).
#include "core/lifecycle_table.h"

static const struct state change_states[] = {
    { "open", "waiting for review", false },
    { "referred", "referred to the field", false },
    { "confirmed", "confirmed", true },
    { "dismissed", "dismissed", true },
    { "legal", "lawful", true },
    { "capture_rule", "drawn by another rule", true },
};

// A person looks at the picture (open) or stands before it (referred): the same verdicts.
#define DECIDE(state, who) \
    { state, "confirm", "confirmed", who, FORWARD, 0, 0, "confirm" }, \
    { state, "dismiss", "dismissed", who, END, G(NOTE), 0, "dismiss" }, \
    { state, "find_legal", "legal", who, END, G(NOTE), 0, "it is lawful" }, \
    { state, "find_capture_rule", "capture_rule", who, END, G(NOTE), 0, "only the capture rule differs" }
#define INHERIT(verb, to, title) { "open", verb, to, SRV, SIDE, G(NOT_GROWN) | G(DECIDED_BY_PERSON), 0, title }
#define LATER(state) \
    { state, "wake", "open", SRV, SIDE, G(GROWN), 0, "it has grown: look again" }, \
    { state, "overturn", "open", ANA | CHK, BACK, G(NOTE) | G(NOT_REVIEWER), 0, "overturn the decision" }, \
    { state, "agree", state, ANA | CHK | INS, SIDE, G(NOT_REVIEWER), 0, "agree after a second look" }

static const struct move change_moves[] = {
    { "", "propose", "open", SRV, FORWARD, G(INPUTS), 0, "propose" },
    DECIDE("open", ANA | CHK),
    { "open", "refer", "referred", ANA | CHK, FORWARD, 0, STARTS_CLOCK, "refer to the field" },
    INHERIT("inherit_confirmed", "confirmed", "confirmed before, the same now"),
    INHERIT("inherit_dismissed", "dismissed", "dismissed before, the same now"),
    INHERIT("inherit_legal", "legal", "lawful before, the same now"),
    INHERIT("inherit_capture_rule", "capture_rule", "drawn by another rule before, the same now"),

    DECIDE("referred", INS),
    { "referred", "return", "open", INS, BACK, G(NOTE), 0, "return" },

    { "confirmed", "open_case", "confirmed", ANA | CHK | COO, SIDE, G(PLACE), OPENS_CASE, "open a case" },
    { "confirmed", "join_case", "confirmed", ANA | CHK | COO, SIDE, G(MASTER), 0, "add to an open case" },
    LATER("confirmed"), LATER("dismissed"), LATER("legal"), LATER("capture_rule"),
};

const struct thing thing_change = { .word = "change", .title = "change", .always = G(NOT_PARTY), TABLE(change_states, change_moves) };

static const struct state finding_states[] = {
    { "reported", "reported", false },
    { "verified", "verified", true },
    { "dismissed", "dismissed", true },
    { "duplicate", "duplicate", true },
};

static const struct move finding_moves[] = {
    { "", "report", "reported", INS | CHK | OFF | ANA | PUB | SRV, FORWARD, G(PLACE), 0, "report" },
    { "reported", "correct", "reported", INS | CHK, SIDE, 0, 0, "correct the record" },
    { "reported", "assign", "reported", CHK, SIDE, 0, STARTS_CLOCK, "send somebody to verify" },
    { "reported", "confirm", "verified", INS | CHK, FORWARD, G(PHOTO) | G(NOT_REQUESTER), 0, "confirm" },
    { "reported", "dismiss", "dismissed", INS | CHK, END, G(NOTE) | G(NOT_REQUESTER), 0, "dismiss" },
    { "reported", "merge", "duplicate", CHK | INS, END, G(MASTER), 0, "it was reported before" },
    { "reported", "withdraw", "dismissed", INS | CHK | OFF | ANA | PUB, END, G(REQUESTER) | G(NOTE), 0, "withdraw" },
    { "verified", "open_case", "verified", CHK | COO, SIDE, G(PLACE), OPENS_CASE, "open a case" },
    { "verified", "join_case", "verified", CHK | COO, SIDE, G(MASTER), 0, "add to an open case" },
    { "verified", "dismiss", "dismissed", CHK, END, G(NOTE), 0, "dismiss" },
    { "dismissed", "reopen", "reported", CHK, SIDE, G(NOTE) | G(NOT_REVIEWER), 0, "take it up again" },
    { "duplicate", "unmerge", "reported", CHK, SIDE, G(NOTE), 0, "it is another one" },
};

const struct thing thing_finding = { .word = "finding", .title = "finding", .always = G(NOT_PARTY), TABLE(finding_states, finding_moves) };
