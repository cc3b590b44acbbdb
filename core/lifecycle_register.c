// The registers: buildings and their standing, permits, assets; and the comparisons that look at them.
#include "core/lifecycle_table.h"

static const struct state building_states[] = {
    { "unverified", "unverified", false },
    { "lawful", "lawful", true },
    { "illegal", "illegal", false },
    { "gone", "gone", true },
};

static const struct move building_moves[] = {
    { "", "enter", "unverified", ANA | CHK, FORWARD, G(PLACE), 0, "enter into the register" },
    { "unverified", "recognise", "lawful", ANA | CHK | LEG, FORWARD, G(DOCUMENT), 0, "recognise as lawful" },
    { "unverified", "determine_illegal", "illegal", LEG | CHI, FORWARD, G(DOCUMENT), 0, "determine as illegal" },
    { "unverified", "record_gone", "gone", ANA | CHK | INS, END, G(NOTE), 0, "record as gone" },
    { "lawful", "determine_illegal", "illegal", LEG | CHI, FORWARD, G(DOCUMENT), 0, "determine as illegal" },
    { "lawful", "doubt", "unverified", ANA | CHK, BACK, G(NOTE), 0, "doubt" },
    { "lawful", "record_gone", "gone", ANA | CHK | INS, END, G(NOTE), 0, "record as gone" },
    { "illegal", "legalise", "lawful", LEG | CHI, FORWARD, G(DOCUMENT), 0, "legalise afterwards" },
    { "illegal", "record_gone", "gone", CHK, END, G(NOTE) | G(AFTER_PHOTO) | G(NOT_HANDLER), 0, "record as gone" },
    { "gone", "restore", "unverified", ANA | CHK, SIDE, G(NOTE), 0, "it stands after all" },
};

const struct thing thing_building = { .word = "building", .title = "building", TABLE(building_states, building_moves) };

// Whether a permit has expired is asked of its dates, not of its state.
static const struct state permit_states[] = {
    { "granted", "permit granted", false },
    { "completed", "built and accepted", true },
    { "revoked", "revoked", true },
};

static const struct move permit_moves[] = {
    { "", "enter", "granted", ANA | CHK, FORWARD, G(DOCUMENT) | G(PLACE), 0, "enter into the register" },
    { "granted", "extend", "granted", ANA | CHK, SIDE, G(DOCUMENT), 0, "extend the validity" },
    { "granted", "complete", "completed", ANA | CHK, END, G(DOCUMENT), 0, "it was built and accepted" },
    { "granted", "revoke", "revoked", ANA | CHK | LEG, END, G(DOCUMENT), 0, "it was revoked" },
    { "completed", "revoke", "revoked", ANA | CHK | LEG, END, G(DOCUMENT), 0, "it was revoked" },
    { "completed", "restore", "granted", ANA | CHK, SIDE, G(NOTE), 0, "it was recorded by mistake" },
    { "revoked", "restore", "granted", ANA | CHK | LEG, SIDE, G(DOCUMENT) | G(NOTE), 0, "the revocation was lifted" },
};

const struct thing thing_permit = { .word = "permit", .title = "permit", TABLE(permit_states, permit_moves) };

static const struct state asset_states[] = {
    { "present", "present", false },
    { "damaged", "damaged", false },
    { "missing", "missing", false },
    { "removed", "removed from the place", true },
};

static const struct move asset_moves[] = {
    { "", "enter", "present", ANA | CHK | INS, FORWARD, G(PLACE), 0, "enter into the register" },
    { "present", "verify", "present", INS | CHK, SIDE, G(PHOTO), 0, "verify on the place" },
    { "present", "report_damage", "damaged", INS | CHK | OFF, SIDE, G(NOTE), 0, "report damage" },
    { "present", "report_missing", "missing", INS | CHK | OFF, SIDE, G(NOTE), 0, "report as missing" },
    { "present", "move", "present", INS | CHK | ANA, SIDE, G(PLACE) | G(NOTE), 0, "record another place" },
    { "present", "remove", "removed", CHK | ANA, END, G(NOTE), 0, "record as removed" },
    { "damaged", "repair", "present", INS | CHK | OFF, FORWARD, G(PHOTO), 0, "record as repaired" },
    { "damaged", "report_missing", "missing", INS | CHK | OFF, SIDE, G(NOTE), 0, "report as missing" },
    { "damaged", "remove", "removed", CHK | ANA, END, G(NOTE), 0, "record as removed" },
    { "missing", "find", "present", INS | CHK | OFF, FORWARD, G(PHOTO), 0, "record as found again" },
    { "missing", "remove", "removed", CHK | ANA, END, G(NOTE), 0, "record as removed" },
    { "removed", "restore", "present", CHK | ANA, SIDE, G(NOTE), 0, "it stands after all" },
};

const struct thing thing_asset = { .word = "asset", .title = "asset", TABLE(asset_states, asset_moves) };

// A survey has no states: it is archived under its hash, and is there. Its comparison is a job.
static const struct state comparison_states[] = {
    { "running", "running", false },
    { "done", "done", true },
    { "failed", "failed", true },
    { "cancelled", "comparison cancelled", true },
};

static const struct move comparison_moves[] = {
    { "", "run", "running", ANA | CHK | SRV, FORWARD, G(INPUTS), 0, "run" },
    { "running", "finish", "done", SRV, FORWARD, 0, 0, "finish" },
    { "running", "fail", "failed", SRV, END, G(NOTE), 0, "record the failure" },
    { "running", "cancel", "cancelled", ANA | CHK | SRV, END, 0, 0, "cancel the comparison" },
    { "failed", "resume", "running", ANA | CHK | SRV, SIDE, G(INPUTS), 0, "go on where it stopped" },
    { "cancelled", "resume", "running", ANA | CHK | SRV, SIDE, G(INPUTS), 0, "go on where it stopped" },
};

const struct thing thing_comparison = { .word = "comparison", .title = "comparison", TABLE(comparison_states, comparison_moves) };
