// lifecycle_table.h - how the tables of moves are written; for core/lifecycle*.c only.
#pragma once
#include "core/lifecycle.h"

enum guard {
    GUARD_NOT_PARTY, GUARD_NOTE, GUARD_PLACE, GUARD_CODE, GUARD_AGENCY, GUARD_REVIEW_DATE, GUARD_DOCUMENT, GUARD_PHOTO,
    GUARD_ATTACHMENTS, GUARD_SIGNATURE, GUARD_RETURN_REASON, GUARD_INPUTS, GUARD_CONFERENCE, GUARD_MASTER,
    GUARD_ASSIGNEE, GUARD_NOT_HANDLER, GUARD_NOT_RETURN_RECEIVER, GUARD_NOT_REQUESTER, GUARD_REQUESTER,
    GUARD_NOT_FIRST_APPROVER, GUARD_NOT_REVIEWER,
    GUARD_AREA, GUARD_AFTER_PHOTO, GUARD_ENFORCEMENT_ENDED,
    GUARD_EXTENSION_AMOUNT, GUARD_EXTENSION_COUNT, GUARD_SUSPENSION_ONCE, GUARD_SUSPENSION_YEAR, GUARD_OVERDUE,
    GUARD_FAST_ELIGIBLE, GUARD_FAST_RECORD, GUARD_FIRST_BREACH, GUARD_LIGHT_HARM, GUARD_MATTER_LISTED, GUARD_PLEDGE,
    GUARD_CORRECTABLE, GUARD_NOT_CORRECTABLE, GUARD_NOT_DEMOLISHABLE, GUARD_HEARD, GUARD_LEGAL_REVIEW, GUARD_SERVED,
    GUARD_PERFORMANCE_PERIOD, GUARD_URGED, GUARD_URGE_PERIOD, GUARD_ANNOUNCED, GUARD_LEGAL_PERIODS, GUARD_GOVERNMENT_ORDER,
    GUARD_NO_NIGHT_OR_HOLIDAY,
    GUARD_GROWN, GUARD_NOT_GROWN, GUARD_DECIDED_BY_PERSON, GUARD_BEFORE_RECEIPT,
    GUARDS
};
#define G(name) ((uint64_t)1 << GUARD_##name)

struct guard_rule {
    const char *name;                             // as refusals and the manual name it
    enum status status;
    size_t fact;                                  // offset of a bool in struct facts, when holds is NULL
    bool wanted;                                  // its value when the rule holds
    bool (*holds)(const struct facts *f);
    const char *sentence;                         // what is wrong and what to do
};
extern const struct guard_rule guard_rules[GUARDS];
bool guard_holds(enum guard g, const struct facts *f);

struct state { const char *word, *title; bool is_end; };
struct thing {
    const char *word, *title;
    uint64_t always;                              // guards of every move
    uint64_t onward;                              // guards of every FORWARD and END move
    const struct state *state; size_t states;
    const struct move *move; size_t moves;
};
extern const struct thing thing_change, thing_finding, thing_case, thing_extension, thing_appeal, thing_enforcement,
    thing_lead, thing_notice, thing_conference, thing_building, thing_permit, thing_asset, thing_comparison;
enum status lifecycle_thing_sound(const struct thing *t, struct err *e); // one table, lifecycle_sound asks it of all

#define COUNT(array) (sizeof (array) / sizeof (array)[0])
#define TABLE(states_, moves_) .state = (states_), .states = COUNT(states_), .move = (moves_), .moves = COUNT(moves_)

// Short names, so that a row of a table is a line.
enum { INS = ROLE_INSPECTOR, CHK = ROLE_CHECKER, COO = ROLE_COORDINATOR, OFF = ROLE_OFFICER, CHI = ROLE_CHIEF,
       LEG = ROLE_LEGAL, DSC = ROLE_DISCIPLINE, ANA = ROLE_ANALYST, PUB = ROLE_PUBLIC, SRV = ROLE_SERVICE };
