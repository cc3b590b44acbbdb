#include "core/store/step_rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// --- Where a record stands ------------------------------------------------------------------------------------------------

#define SET_WALK "state = $2, state_before = $3, steps = $4, onward_by = $5, returned_to = $6, stage = $7, stage_at_s = $8, limit_amount = $9, " \
                 "limit_unit = $10, is_limit_legal = $11, extension_amount = $12, extended = $13, suspended = $14, due_at_s = $15, " \
                 "is_due_provisional = $16, is_exempt = $17"
#define BY_ID(table, dates) "SELECT id, number, " WALK_COLUMNS ", " dates " FROM " table " WHERE id = $1"
#define BY_NUMBER(table, dates) "SELECT id, number, " WALK_COLUMNS ", " dates " FROM " table " WHERE number = $1"
#define REST(table, told) "SELECT " told " FROM " table " WHERE id = $1"
#define KEEP_REST(table) "UPDATE " table " SET told_rest = $2 WHERE id = $1"
#define UPDATE(table) "UPDATE " table " SET " SET_WALK " WHERE id = $1"
#define HAND_ON(table) "UPDATE " table " SET agency_id = $2 WHERE id = $1"
#define CASE_MOVED(dates) "UPDATE case_file SET " SET_WALK ", " dates " WHERE id = $1"
#define LEAD_MOVED(dates) "UPDATE lead SET " SET_WALK ", " dates " WHERE id = $1"

// What reaching a state writes into the record's own dates: those set to $18, which is now, and those that are none any more, as bits of
// walk.date. The last is for every state that is not named.
struct milestone { const char *state, *sql; unsigned sets, clears; };
enum { REGISTERED = 1, DISPATCHED = 2, HANDLED = 4, CHECKED = 8, CASE_CLOSED = 16, SENT = 1, RECEIVED = 2, ANSWERED = 4, LEAD_CLOSED = 8 };
static const struct milestone of_cases[] = {
    { "registered", CASE_MOVED("registered_at_s = $18, closed_at_s = NULL"), REGISTERED, CASE_CLOSED },
    { "dispatched", CASE_MOVED("dispatched_at_s = $18, closed_at_s = NULL"), DISPATCHED, CASE_CLOSED },
    { "fast_handling", CASE_MOVED("dispatched_at_s = $18, closed_at_s = NULL"), DISPATCHED, CASE_CLOSED },
    { "handled", CASE_MOVED("handled_at_s = $18, closed_at_s = NULL"), HANDLED, CASE_CLOSED },
    { "check_passed", CASE_MOVED("checked_at_s = $18, closed_at_s = NULL"), CHECKED, CASE_CLOSED },
    { "closed", CASE_MOVED("closed_at_s = $18"), CASE_CLOSED, 0 }, { "forced_closed", CASE_MOVED("closed_at_s = $18"), CASE_CLOSED, 0 },
    { "cancelled", CASE_MOVED("closed_at_s = $18"), CASE_CLOSED, 0 }, { "not_accepted", CASE_MOVED("closed_at_s = $18"), CASE_CLOSED, 0 },
    { "merged", CASE_MOVED("closed_at_s = $18"), CASE_CLOSED, 0 },
    { NULL, CASE_MOVED("closed_at_s = NULL"), 0, CASE_CLOSED },
};
static const struct milestone of_leads[] = {
    { "sent", LEAD_MOVED("sent_at_s = $18, closed_at_s = NULL"), SENT, LEAD_CLOSED },
    { "forwarded", LEAD_MOVED("sent_at_s = $18, received_at_s = NULL, closed_at_s = NULL"), SENT, RECEIVED | LEAD_CLOSED },
    { "received", LEAD_MOVED("received_at_s = $18, closed_at_s = NULL"), RECEIVED, LEAD_CLOSED },
    { "feedback", LEAD_MOVED("answered_at_s = $18, closed_at_s = NULL"), ANSWERED, LEAD_CLOSED },
    { "closed", LEAD_MOVED("closed_at_s = $18"), LEAD_CLOSED, 0 }, { "recalled", LEAD_MOVED("closed_at_s = $18"), LEAD_CLOSED, 0 },
    { "discarded", LEAD_MOVED("closed_at_s = $18"), LEAD_CLOSED, 0 },
    { NULL, LEAD_MOVED("closed_at_s = NULL"), 0, LEAD_CLOSED },
};

enum shelf_kind { SHELF_CASE, SHELF_LEAD, SHELF_FINDING, SHELF_PROCEEDING, SHELVES };
#define SHELF(table, also, told, dates, milestones) { told##_TYPES, BY_ID(table, dates) also, BY_NUMBER(table, dates) also, UPDATE(table), \
    REST(table, told), KEEP_REST(table), HAND_ON(table), milestones }
static const struct shelf { const char *types, *by_id, *by_number, *update, *rest, *keep_rest, *hand_on; const struct milestone *milestone; } shelves[SHELVES] = {
    [SHELF_CASE] = SHELF("case_file", "", TOLD_CASE, TOLD_CASE_DATES, of_cases), [SHELF_LEAD] = SHELF("lead", "", TOLD_LEAD, TOLD_LEAD_DATES, of_leads),
    [SHELF_FINDING] = SHELF("finding", "", TOLD_FINDING, TOLD_NO_DATES, NULL), [SHELF_PROCEEDING] = SHELF("proceeding", " AND thing = $2", TOLD_PROCEEDING, TOLD_NO_DATES, NULL),
};

static const struct shelf *shelf_of(const char *thing)
{
    return &shelves[strcmp(thing, "case") == 0 ? SHELF_CASE : strcmp(thing, "lead") == 0 ? SHELF_LEAD
                    : strcmp(thing, "finding") == 0 ? SHELF_FINDING : SHELF_PROCEEDING];
}

void walk_values(const struct walk *k, struct value out[WALK_VALUES])
{
    const struct value v[WALK_VALUES] = {
        value_text(k->state), value_text(k->before), value_integer(k->steps), value_text(k->onward_by), value_text(k->returned_to),
        value_text(k->stage), value_integer(k->stage_at_s),
        k->has_limit ? value_integer(k->limit.amount) : value_null(),
        k->has_limit ? value_text(limit_unit_name(k->limit.unit)) : value_null(), value_integer(k->has_limit && k->limit.legal),
        value_integer(k->extension), value_integer(k->extended), value_integer(k->suspended),
        k->due_at_s != NO_DEADLINE ? value_integer(k->due_at_s) : value_null(), value_integer(k->is_provisional),
        value_integer(k->is_exempt), value_word(k->agency), value_text(k->made_by),
    };
    memcpy(out, v, sizeof v);
}

static struct limit limit_of(const struct rows *r, int amount, int unit, int legal)
{
    struct limit l = { .amount = (int32_t)rows_integer(r, amount), .legal = rows_integer(r, legal) != 0 };
    struct err none = { 0 };
    if (!rows_is_null(r, unit) && limit_unit_read(rows_text(r, unit), &l.unit, &none) != OK)
        l.amount = 0;
    return l;
}

void walk_read(const struct rows *r, int first, struct walk *out)
{
    rows_copy(r, first, out->state, sizeof out->state);
    rows_copy(r, first + 1, out->before, sizeof out->before);
    out->steps = rows_integer(r, first + 2);
    rows_copy(r, first + 3, out->onward_by, sizeof out->onward_by);
    rows_copy(r, first + 4, out->returned_to, sizeof out->returned_to);
    rows_copy(r, first + 5, out->stage, sizeof out->stage);
    out->stage_at_s = rows_integer(r, first + 6);
    out->has_limit = !rows_is_null(r, first + 7);
    if (out->has_limit)
        out->limit = limit_of(r, first + 7, first + 8, first + 9);
    out->extension = (int32_t)rows_integer(r, first + 10);
    out->extended = (int)rows_integer(r, first + 11);
    out->suspended = (int)rows_integer(r, first + 12);
    out->due_at_s = rows_is_null(r, first + 13) ? NO_DEADLINE : rows_integer(r, first + 13);
    out->is_provisional = rows_integer(r, first + 14) != 0;
    out->is_exempt = rows_integer(r, first + 15) != 0;
    rows_copy(r, first + 16, out->agency, sizeof out->agency);
    rows_copy(r, first + 17, out->made_by, sizeof out->made_by);
}

// Proceedings share a shelf, and words of states: whose moves a record has is its own thing's.
static enum status select_one(struct db *db, const char *sql, const char *thing, const char *key, struct walk *out, struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    const struct shelf *shelf = shelf_of(thing);
    struct value v[] = { value_text(key), value_text(thing) };
    enum status s = db_ask(db, sql, (struct values){ v, shelf == &shelves[SHELF_PROCEEDING] ? 2 : 1 }, &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && more) {
        *out = (struct walk){ .thing = thing };
        rows_copy(r, 0, out->id.text, sizeof out->id.text);
        rows_copy(r, 1, out->number, sizeof out->number);
        walk_read(r, 2, out);
        for (int i = 0; i < WALK_DATES; i++)
            out->date[i] = rows_is_null(r, 2 + WALK_VALUES + i) ? WALK_NO_DATE : rows_integer(r, 2 + WALK_VALUES + i);
        rows_copy(r, 2 + WALK_VALUES + WALK_DATES, out->rest, sizeof out->rest);
        told_digest_moving_row(r, 2, out->rest, out->told);
    }
    rows_done(r);
    return s == OK && !more ? NOT_FOUND : s;
}

enum status walk_select(struct db *db, const char *thing, const char *key, struct walk *out, struct err *e)
{
    const struct shelf *shelf = shelf_of(thing);
    enum status s = select_one(db, shelf->by_number, thing, key, out, e);
    return s == NOT_FOUND ? select_one(db, shelf->by_id, thing, key, out, e) : s;
}

// One constant text a milestone: a CASE for each date would be worked through at every move.
static const struct milestone *milestone_of(const struct shelf *shelf, const char *state)
{
    const struct milestone *m = shelf->milestone;
    while (m != NULL && m->state != NULL && strcmp(m->state, state) != 0)
        m++;
    return m;
}

static enum status read_rest(struct db *db, const struct shelf *shelf, const struct walk *k, char rest[TOLD_DIGEST], struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(db, shelf->rest, VALUES(value_text(k->id.text)), &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    must(s != OK || more);
    if (s == OK)
        told_digest_row(r, 0, shelf->types, rest);
    rows_done(r);
    return s;
}

// What is found to be another than was kept is another record than the last deed left: so it is noted.
enum status walk_touch(struct db *db, struct walk *k, struct err *e)
{
    char found[TOLD_DIGEST];
    if (k->rest[0] == '\0')
        return OK;
    enum status s = read_rest(db, shelf_of(k->thing), k, found, e);
    if (s == OK && strcmp(found, k->rest) != 0)
        memcpy(k->told, found, sizeof k->told);
    k->rest[0] = '\0';
    return s;
}

static enum status keep_rest(struct db *db, const struct shelf *shelf, struct walk *k, struct err *e)
{
    enum status s = read_rest(db, shelf, k, k->rest, e);
    return s == OK ? db_run(db, shelf->keep_rest, VALUES(value_text(k->id.text), value_text(k->rest)), e) : s;
}

// The row as it is now, from what was written: it is read again only where the rest was changed.
static enum status tell_again(struct db *db, const struct shelf *shelf, struct walk *k, struct err *e)
{
    struct value v[WALK_VALUES + WALK_DATES + 1];
    enum status s = k->rest[0] == '\0' ? keep_rest(db, shelf, k, e) : OK;
    walk_values(k, v);
    for (int i = 0; i < WALK_DATES; i++)
        v[WALK_VALUES + i] = k->date[i] != WALK_NO_DATE ? value_integer(k->date[i]) : value_null();
    v[WALK_VALUES + WALK_DATES] = value_text(k->rest);
    if (s == OK)
        told_digest_moving(v, k->rest, k->told);
    return s;
}

static void set_dates(const struct milestone *m, int64_t now_s, struct walk *k)
{
    for (int i = 0; i < WALK_DATES; i++) {
        if ((m->sets & 1u << i) != 0)
            k->date[i] = now_s;
        if ((m->clears & 1u << i) != 0)
            k->date[i] = WALK_NO_DATE;
    }
}

enum status walk_update(struct db *db, struct walk *k, bool moved, int64_t now_s, struct err *e)
{
    const struct shelf *shelf = shelf_of(k->thing);
    const struct milestone *m = moved ? milestone_of(shelf, k->state) : NULL;
    struct value v[WALK_VALUES + 1] = { value_text(k->id.text) };
    walk_values(k, v + 1);
    v[WALK_MOVING + 1] = value_integer(now_s);
    int given = m != NULL && m->state != NULL ? WALK_MOVING + 2 : WALK_MOVING + 1;
    enum status s = db_run(db, m != NULL ? m->sql : shelf->update, (struct values){ v, given }, e);
    if (s == OK && m != NULL)
        set_dates(m, now_s, k);
    return s == OK ? tell_again(db, shelf, k, e) : s;
}

// Apart from the step: most steps stay in their unit, and the reference would be looked up at each of them.
enum status walk_hand_on(struct db *db, const struct walk *k, struct err *e)
{
    return db_run(db, shelf_of(k->thing)->hand_on, VALUES(value_text(k->id.text), value_word(k->agency)), e);
}

enum status walk_each_open(struct db *db, walk_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT 'case', id FROM case_file WHERE limit_amount IS NOT NULL AND stage <> '' UNION ALL "
                               "SELECT 'lead', id FROM lead WHERE limit_amount IS NOT NULL AND stage <> '' UNION ALL "
                               "SELECT 'finding', id FROM finding WHERE limit_amount IS NOT NULL AND stage <> '' UNION ALL "
                               "SELECT thing, id FROM proceeding WHERE limit_amount IS NOT NULL AND stage <> '' ORDER BY 1, 2", NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        s = fn(ctx, rows_text(r, 0), rows_text(r, 1), e);
    rows_done(r);
    return s;
}

// --- Steps, pauses, numbers ------------------------------------------------------------------------------------------------

enum status step_insert(struct db *db, const struct step_row *row, char told[TOLD_DIGEST], struct err *e)
{
    const struct walk *k = row->walk;
    struct values v = VALUES(value_text(k->thing), value_text(k->id.text), value_integer(k->steps), value_integer(row->at_s),
                             value_text(row->verb), value_text(row->from), value_text(k->state), value_text(row->stage),
                             row->due_at_s != NO_DEADLINE ? value_integer(row->due_at_s) : value_null(), value_text(row->actor),
                             value_word(row->agency), value_text(row->note));
    told_digest_values(v.value, TOLD_STEP_TYPES, told);
    return db_run(db, "INSERT INTO step (thing, thing_id, seq, at_s, verb, from_state, to_state, stage, due_at_s, actor_id, agency_id, note) "
                      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", v, e);
}

enum status step_undone_by(struct db *db, const struct walk *k, char out[ID_TEXT], struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(db, "SELECT actor_id FROM step WHERE thing_id = $1 AND ((from_state = $2 AND to_state <> $2) OR "
                               "($2 = 'returned' AND verb IN ('dispatch', 'redispatch'))) ORDER BY seq DESC LIMIT 1",
                           VALUES(value_text(k->id.text), value_text(k->state)), &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    snprintf(out, ID_TEXT, "%s", s == OK && more ? rows_text(r, 0) : k->onward_by);
    rows_done(r);
    return s;
}

enum status pause_insert(struct db *db, const struct walk *k, int64_t now_s, struct err *e)
{
    return db_run(db, "INSERT INTO clock_pause (thing, thing_id, step, from_s) VALUES ($1, $2, $3, $4)",
                  VALUES(value_text(k->thing), value_text(k->id.text), value_integer(k->steps), value_integer(now_s)), e);
}

enum status pause_end(struct db *db, const char *thing_id, int64_t now_s, struct err *e)
{
    return db_run(db, "UPDATE clock_pause SET to_s = $2 WHERE thing_id = $1 AND to_s IS NULL",
                  VALUES(value_text(thing_id), value_integer(now_s)), e);
}

enum status pause_each(struct db *db, const char *thing_id, pause_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT from_s, to_s FROM clock_pause WHERE thing_id = $1 ORDER BY step", VALUES(value_text(thing_id)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        s = fn(ctx, rows_integer(r, 0), rows_is_null(r, 1) ? PAUSE_OPEN : rows_integer(r, 1), e);
    rows_done(r);
    return s;
}

enum status number_next(struct db *db, const char *series, int64_t *out, struct err *e)
{
    enum status s = db_run(db, "UPDATE number_series SET last = last + 1 WHERE series = $1", VALUES(value_text(series)), e);
    if (s == OK && db_changed(db) == 0)
        s = db_run(db, "INSERT INTO number_series (series, last) VALUES ($1, 1)", VALUES(value_text(series)), e);
    return s == OK ? db_integer(db, "SELECT last FROM number_series WHERE series = $1", VALUES(value_text(series)), out, e) : s;
}
