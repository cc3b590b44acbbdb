// step_rows.h - where records stand, and the steps they took; see core/step.h.
#pragma once
#include "core/base/buf.h"
#include "core/step.h"

enum status walk_select(struct db *db, const char *thing, const char *key, struct walk *out, struct err *e);   // NOT_FOUND, no sentence
// moved: the state is another one; then the date of the milestone is written too. Whose turn it is stays: walk_hand_on.
// The last to write a row: k->told is of it then.
enum status walk_update(struct db *db, struct walk *k, bool moved, int64_t now_s, struct err *e);
// Before something is changed that no step moves, its pauses too.
enum status walk_touch(struct db *db, struct walk *k, struct err *e);
enum status walk_hand_on(struct db *db, const struct walk *k, struct err *e);
// Values of the columns every walking table has, in the order of WALK_COLUMNS; the first WALK_MOVING are what a step changes.
#define WALK_COLUMNS "state, state_before, steps, onward_by, returned_to, stage, stage_at_s, limit_amount, limit_unit, is_limit_legal, " \
                     "extension_amount, extended, suspended, due_at_s, is_due_provisional, is_exempt, agency_id, made_by"
enum { WALK_VALUES = 18, WALK_MOVING = 16 };
void walk_values(const struct walk *k, struct value out[WALK_VALUES]);
void walk_read(const struct rows *r, int first, struct walk *out);

struct step_row { const struct walk *walk; const char *verb, *from, *stage, *actor, *agency, *note; int64_t at_s, due_at_s; };
enum status step_insert(struct db *db, const struct step_row *row, char told[TOLD_DIGEST], struct err *e);

// Who last moved it out of the state it stands in now, or handed it to a unit when it was returned; else who went onward last.
enum status step_undone_by(struct db *db, const struct walk *k, char out[ID_TEXT], struct err *e);

enum status pause_insert(struct db *db, const struct walk *k, int64_t now_s, struct err *e);
enum status pause_end(struct db *db, const char *thing_id, int64_t now_s, struct err *e);
typedef enum status pause_visit(void *ctx, int64_t from_s, int64_t to_s, struct err *e);   // PAUSE_OPEN while it lasts
enum status pause_each(struct db *db, const char *thing_id, pause_visit *fn, void *ctx, struct err *e);

// Everything whose clock runs or stands: thing and id.
typedef enum status walk_visit(void *ctx, const char *thing, const char *id, struct err *e);
enum status walk_each_open(struct db *db, walk_visit *fn, void *ctx, struct err *e);

// The next number of a series, without gaps: 1, 2, ...
enum status number_next(struct db *db, const char *series, int64_t *out, struct err *e);

// --- Facts that need rows --------------------------------------------------------------------------------------------------

// $1 is the record; others as told. All answer yes or no.
enum fact_question {
    ASK_PHOTO,                    // an image of it, or of what it was opened from
    ASK_ATTACHMENTS,              // a paper or an original of it; of a lead: also of its case
    ASK_PAPER,                    // $2 its number
    ASK_PLACE_CASE, ASK_PLACE_FINDING,
    ASK_DID_WORK,                 // $2 person, $3 agency
    ASK_TOOK_STEP,                // $2 person, $3 verb
    ASK_DECIDED,                  // $2 person
    ASK_WAS_LATE,                 // a step after its deadline
    ASK_ENFORCEMENT_OPEN,
    ASK_CONFERENCE,
    ASK_BREACHED,                 // $2 since: spared or closed cases of the same party and matter
    ASK_COMPARISON,               // $1 its id
    ASK_RECEIPT,                  // of a lead
    FACT_QUESTIONS
};
enum status fact_ask(struct db *db, enum fact_question q, struct values v, bool *out, struct err *e);

// What rules ask of a case's own row.
struct case_terms {
    char kind[WALK_WORD * 2], scheme[WALK_WORD * 2], code[WALK_WORD], party[128], ordered_by[64], party_present[16];
    int condition;
    bool in_progress, is_new, is_fast;
    double area_m2, measured_area_m2;          // NaN: not known
    char rule_stage[WALK_WORD]; struct limit rule_limit;   // "" none
};
enum status case_terms_select(struct db *db, const char *id, struct case_terms *out, struct err *e);
struct about { char thing[WALK_WORD], id[ID_TEXT]; int32_t amount; };      // what a proceeding, or a lead, is about
enum status about_select(struct db *db, const char *thing, const char *id, struct about *out, struct err *e);
enum status agency_key_select(struct db *db, const char *id, char *out, size_t cap, struct err *e);
enum status agency_id_select(struct db *db, const char *key, char out[ID_TEXT], struct err *e);   // NOT_FOUND, no sentence

// Papers of a record and of what it is about, by date; the newest of a kind last.
struct paper_fact { const char *kind, *result; int64_t dated_s, served_s, until_s; };             // 0: not
typedef void paper_fact_visit(void *ctx, const struct paper_fact *p);
enum status paper_facts_each(struct db *db, const char *id, const char *about_id, paper_fact_visit *fn, void *ctx, struct err *e);

// After-photos of a case with a place, taken since.
typedef void photo_visit(void *ctx, double lon, double lat);
enum status after_photos_each(struct db *db, const char *case_id, int64_t since_s, photo_visit *fn, void *ctx, struct err *e);
enum status case_outline_select(struct db *db, const char *case_id, struct buf *wkb, double *lon, double *lat, int64_t *handled_at_s,
                                struct err *e);
