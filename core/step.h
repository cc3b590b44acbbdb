// step.h - every record walks through this one door (办理): a case, a lead, a finding, and what walks beside them.
//
// step_take reads the record's state and the facts its rules ask for, asks lifecycle_check, and writes in the same
// transaction the new state, the clock, the row of table step and the audit row with the digests of the record before and
// after. Nothing else changes a state. Deadlines come from limits, calendar, pauses and extensions (core/desk.h).
//
// A step into another stage starts that stage's clock, whichever way it goes: a deadline of a stage that is past tells
// nothing. A stage for which no limit is known has no deadline.
#pragma once
#include "core/desk.h"
#include "core/lifecycle.h"
#include "core/told.h"

enum { WALK_WORD = 32, WALK_NUMBER = 48 };
#define NO_DEADLINE INT64_MAX
enum { WALK_DATES = 5 };
#define WALK_NO_DATE INT64_MIN

// Where a record stands. The columns of the same names are in case_file, lead, finding and proceeding alike.
struct walk {
    const char *thing;                       // "case", "lead", "finding", "extension", ...
    struct id id;
    char number[WALK_NUMBER];
    char state[WALK_WORD], before[WALK_WORD], stage[WALK_WORD];
    char agency[ID_TEXT], made_by[ID_TEXT], onward_by[ID_TEXT], returned_to[ID_TEXT];   // "" nobody
    int64_t steps, stage_at_s, due_at_s;     // NO_DEADLINE: no limit, or the clock stands
    bool has_limit, is_provisional, is_exempt;
    struct limit limit;
    int32_t extension;
    int extended, suspended;
    int64_t date[WALK_DATES];                // the record's own, as core/store/told_rows.h lists them; WALK_NO_DATE: none
    char told[TOLD_DIGEST];                  // of the row as it was read or written last (core/told.h)
    char rest[TOLD_DIGEST];                  // of what no step moves, as kept in the row; "": it is being changed
};

// What comes with a move. Zeroed fields are not given.
struct case_correction;
struct step_with {
    const char *note, *agency;               // agency: key
    const char *scheme, *code; int condition;
    const char *paper;                       // number of a paper recorded before (core/paper.h)
    const char *master;                      // number of the case this one is merged into
    const char *inputs;                      // id of a comparison
    const char *reason;                      // of a returned lead: not_competent, incomplete, duplicate, dealt_with
    const char *receipt_number, *received_by;
    const char *result;                      // what became of the building
    int64_t review_at_s;                     // deferred or suspended until
    double area_m2;                          // removed, as measured; 0: not given
    int32_t amount;                          // of an extension
    bool emergency, light_harm, corrected_in_time, is_without_area;
    const struct case_correction *correction; // of a case, with "correct" (core/case_file.h)
};

struct step { const char *thing, *key, *verb; struct step_with with; };   // key: number or id; of a proceeding: its id
struct step_taken {
    struct walk walk;                        // as it stands now
    char from[WALK_WORD];
    struct id linked;                        // the record that was opened
    char linked_number[WALK_NUMBER];
};
// What step_with.master is: a finding is a duplicate of a finding, or joins a case; a case is merged into a case.
const char *step_master_thing(const char *thing, const char *verb);
// NOT_FOUND; and as lifecycle_check: INVALID, CONFLICT, DENIED with the rule's name. Whether the person may know of the record is
// asked before, by whoever takes the step from outside (core/visible.h).
enum status step_take(struct work *w, struct desk *d, const struct step *s, struct step_taken *out);

// The door of births: may this person bring such a record about? On OK the caller inserts the record (walk_of_birth) and
// calls step_born.
struct birth {
    const char *thing, *verb;
    struct facts facts;
    const char *party, *case_id;             // whom it concerns: who is told, or the party of that case; NULL: nobody
    bool by_program;                         // another step brings it about
};
enum status step_birth(struct work *w, struct desk *d, const struct birth *b, struct walk *out);
enum status step_born(struct work *w, struct desk *d, struct walk *k, const char *verb, const char *note);

// By number or by id. NOT_FOUND.
enum status walk_get(struct work *w, const char *thing, const char *key, struct walk *out);
// The deadline again, with the calendar as it is now; *changed and an audit row when it is another one.
enum status walk_recompute(struct work *w, struct desk *d, struct walk *k, bool *changed);
