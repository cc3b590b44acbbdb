// told_rows.h - what people told of a record, column by column, and the digest of it; see core/told.h.
//
// A digest is SHA-256 over the columns of the thing's shelf in their order, each with its type and its length: no two different rows
// give the same.
#pragma once
#include "core/base/buf.h"
#include "core/store/store.h"

enum { TOLD_DIGEST = 65 };                   // with the ending '\0'

// Of a record that walks the columns a step moves are apart from the rest, whose digest is kept in the row (told_rest): a step that
// leaves the rest alone does not read it, and takes in nothing that was changed there. Columns with their types (t text, i integer, r real, b bytes).
#define TOLD_LIST(word, from) "(SELECT group_concat(word, ' ') FROM (SELECT " word " AS word FROM " from "))"
#define TOLD_MOVING "state, state_before, steps, onward_by, returned_to, stage, stage_at_s, limit_amount, limit_unit, is_limit_legal, " \
    "extension_amount, extended, suspended, due_at_s, is_due_provisional, is_exempt, agency_id, made_by, "       // as core/store/step_rows.h has them; then dates
#define TOLD_MOVING_TYPES "ttitttiitiiiiiiitt" "iiiii" "t"
#define TOLD_CASE_DATES "registered_at_s, dispatched_at_s, handled_at_s, checked_at_s, closed_at_s, told_rest"
#define TOLD_LEAD_DATES "sent_at_s, received_at_s, answered_at_s, closed_at_s, NULL, told_rest"
#define TOLD_NO_DATES "NULL, NULL, NULL, NULL, NULL, told_rest"
#define TOLD_PAUSES(table) TOLD_LIST("thing || ' ' || step || ' ' || from_s || ' ' || coalesce(to_s, '-')", "clock_pause WHERE thing_id = " table ".id ORDER BY step")
#define TOLD_CASE "id, number, kind, title, source, scheme, code, condition, track, stock, in_progress, priority, rule, rule_stage, rule_amount, rule_unit, " \
    "is_rule_legal, facts, party, area_m2, measured_area_m2, ordered_by, party_present, building_result, fine_result, opened_at_s, recurrence_of, merged_into, " \
    "review_at_s, lon, lat, closing_proposed, geom, " TOLD_PAUSES("case_file") ", " \
    TOLD_LIST("thing || ' ' || thing_id", "case_link WHERE case_id = case_file.id ORDER BY thing, thing_id")
#define TOLD_CASE_TYPES "tttttttitti" "ittiti" "ttrrtttt" "itt" "irrtbtt"
#define TOLD_LEAD "id, number, case_id, kind, secrecy, priority, rule, snapshot, made_at_s, receipt_number, received_by, answer, return_reason, reminders, " \
    "linked_from, lon, lat, title, geom, " TOLD_PAUSES("lead")
#define TOLD_LEAD_TYPES "ttttt" "itti" "ttttit" "rrtbt"
#define TOLD_FINDING "id, number, source, scheme, code, text, seen_at_s, accuracy_m, crs, given_x, given_y, made_at_s, geom, " TOLD_PAUSES("finding")
#define TOLD_FINDING_TYPES "tttttt" "irtrri" "bt"
#define TOLD_PROCEEDING "id, number, thing, about, about_id, amount, made_at_s, " TOLD_PAUSES("proceeding")
#define TOLD_PROCEEDING_TYPES "ttttti" "it"

void told_digest_write(const struct buf *b, char out[TOLD_DIGEST]);   // of all that was added to b
void told_digest_close(struct buf *b, char out[TOLD_DIGEST]);         // and b is cleared
void told_digest_row(const struct rows *r, int first, const char *types, char out[TOLD_DIGEST]);
void told_digest_values(const struct value *v, const char *types, char out[TOLD_DIGEST]);
// Of a record that walks: what moves (TOLD_MOVING, its dates, told_rest), as read or as it is about to be; rest: the digest of the rest.
void told_digest_moving_row(const struct rows *r, int first, const char *rest, char out[TOLD_DIGEST]);
void told_digest_moving(const struct value *v, const char *rest, char out[TOLD_DIGEST]);

// A thing that audit knows by this word, and its table.
struct told_shelf;
const struct told_shelf *told_shelf_of(const char *thing);           // NULL: audit keeps no digest of such a thing
const struct told_shelf *told_shelf_at(size_t i);                    // NULL past the last
const char *told_thing(const struct told_shelf *s);
bool told_walks(const struct told_shelf *s);                         // its steps are told too
bool told_may_end(const struct told_shelf *s);                       // it is removed when it is past

enum status told_select(struct db *db, const struct told_shelf *s, const char *id, char out[TOLD_DIGEST], struct err *e);  // NOT_FOUND, no sentence
enum status told_keep_rest(struct db *db, const struct told_shelf *s, const char *id, struct err *e);    // of what walks, after the rest was changed
// What people call it: its number, its name; its id when it is not there.
enum status told_label_select(struct db *db, const struct told_shelf *s, const char *id, char *out, size_t cap, struct err *e);

// Its rows of audit that carry digests, by record, in order.
struct told_row { const char *id, *before, *after; int64_t seq; };
typedef enum status told_visit(void *ctx, const struct told_row *r, struct err *e);
enum status told_audit_each(struct db *db, const struct told_shelf *s, told_visit *fn, void *ctx, struct err *e);
// Records that must stand in audit and do not.
typedef enum status told_id_visit(void *ctx, const char *id, struct err *e);
enum status told_missing_each(struct db *db, const struct told_shelf *s, told_id_visit *fn, void *ctx, struct err *e);
// The steps of a record in order, each with its digest.
#define TOLD_STEP_TYPES "ttiittttittt"
typedef enum status told_step_visit(void *ctx, int64_t seq, const char *digest, struct err *e);
enum status told_step_each(struct db *db, const char *id, told_step_visit *fn, void *ctx, struct err *e);
