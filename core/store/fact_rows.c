// Facts that need rows: what the guards of a move ask (core/step_facts.c).
#include "core/store/step_rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ANY(question) "SELECT CASE WHEN EXISTS (" question ") THEN 1 ELSE 0 END"

static const char *const questions[FACT_QUESTIONS] = {
    [ASK_PHOTO] = ANY("SELECT 1 FROM evidence WHERE thing_id = $1 AND media_type LIKE 'image/%' UNION ALL "
                      "SELECT 1 FROM case_link l JOIN evidence v ON v.thing_id = l.thing_id WHERE l.case_id = $1 AND v.media_type LIKE 'image/%'"),
    [ASK_ATTACHMENTS] = ANY("SELECT 1 FROM evidence WHERE thing_id = $1 UNION ALL SELECT 1 FROM paper WHERE thing_id = $1 UNION ALL "
                            "SELECT 1 FROM lead d JOIN evidence v ON v.thing_id = d.case_id WHERE d.id = $1 UNION ALL "
                            "SELECT 1 FROM lead d JOIN paper p ON p.thing_id = d.case_id WHERE d.id = $1 UNION ALL "
                            "SELECT 1 FROM lead d JOIN case_link l ON l.case_id = d.case_id WHERE d.id = $1 AND l.thing = 'change' UNION ALL "
                            "SELECT 1 FROM proceeding g JOIN paper p ON p.thing_id = g.about_id WHERE g.id = $1 UNION ALL "
                            "SELECT 1 FROM proceeding g JOIN evidence v ON v.thing_id = g.about_id WHERE g.id = $1"),
    [ASK_PAPER] = ANY("SELECT 1 FROM paper WHERE thing_id = $1 AND number = $2 UNION ALL "
                      "SELECT 1 FROM proceeding g JOIN paper p ON p.thing_id = g.about_id WHERE g.id = $1 AND p.number = $2"),
    [ASK_PLACE_CASE] = ANY("SELECT 1 FROM case_file WHERE id = $1 AND (geom IS NOT NULL OR lon IS NOT NULL)"),
    [ASK_PLACE_FINDING] = ANY("SELECT 1 FROM finding WHERE id = $1 AND geom IS NOT NULL"),
    [ASK_DID_WORK] = ANY("SELECT 1 FROM step WHERE thing_id = $1 AND (actor_id = $2 OR agency_id = $3) AND (verb = 'accept' OR verb = 'feedback' OR "
                         "verb = 'fast_track' OR verb = 'demolish_self' OR verb = 'demolish_assisted' OR verb = 'demolish_forced' OR "
                         "verb = 'fine_and_correct' OR verb = 'confiscate' OR verb = 'answer')"),
    [ASK_TOOK_STEP] = ANY("SELECT 1 FROM step WHERE thing_id = $1 AND actor_id = $2 AND verb = $3"),
    [ASK_DECIDED] = ANY("SELECT 1 FROM step WHERE thing_id = $1 AND actor_id = $2 AND verb IN ('confirm', 'dismiss', 'find_legal', 'find_capture_rule')"),
    [ASK_WAS_LATE] = ANY("SELECT 1 FROM step WHERE thing_id = $1 AND at_s > due_at_s"),
    [ASK_ENFORCEMENT_OPEN] = ANY("SELECT 1 FROM proceeding WHERE about_id = $1 AND thing = 'enforcement' "
                                 "AND state NOT IN ('cancelled_off', 'merged', 'invalid', 'not_illegal')"),
    [ASK_CONFERENCE] = ANY("SELECT 1 FROM proceeding WHERE about_id = $1 AND thing = 'conference' AND state IN ('held', 'concluded') UNION ALL "
                           "SELECT 1 FROM proceeding WHERE id = $1 AND thing = 'conference' AND state = 'held'"),
    [ASK_BREACHED] = ANY("SELECT 1 FROM case_file c JOIN case_file o ON o.party = c.party AND o.scheme = c.scheme AND o.code = c.code AND o.id <> c.id "
                         "WHERE c.id = $1 AND c.party <> '' AND o.opened_at_s >= $2 AND o.opened_at_s <= c.opened_at_s AND "
                         "o.state NOT IN ('cancelled', 'not_accepted', 'merged')"),
    [ASK_COMPARISON] = ANY("SELECT 1 FROM comparison WHERE id = $1 AND state = 'done'"),
    [ASK_RECEIPT] = ANY("SELECT 1 FROM lead WHERE id = $1 AND received_at_s IS NOT NULL"),
};

enum status fact_ask(struct db *db, enum fact_question q, struct values v, bool *out, struct err *e)
{
    int64_t yes = 0;
    enum status s = db_integer(db, questions[q], v, &yes, e);
    *out = yes != 0;
    return s;
}

enum status case_terms_select(struct db *db, const char *id, struct case_terms *out, struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(db, "SELECT kind, scheme, code, condition, party, ordered_by, party_present, in_progress, stock, track, area_m2, "
                               "measured_area_m2, rule_stage, rule_amount, rule_unit, is_rule_legal FROM case_file WHERE id = $1",
                           VALUES(value_text(id)), &r, e);
    *out = (struct case_terms){ 0 };
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && more) {
        struct err none = { 0 };
        rows_copy(r, 0, out->kind, sizeof out->kind);
        rows_copy(r, 1, out->scheme, sizeof out->scheme);
        rows_copy(r, 2, out->code, sizeof out->code);
        out->condition = (int)rows_integer(r, 3);
        rows_copy(r, 4, out->party, sizeof out->party);
        rows_copy(r, 5, out->ordered_by, sizeof out->ordered_by);
        rows_copy(r, 6, out->party_present, sizeof out->party_present);
        out->in_progress = rows_integer(r, 7) != 0;
        out->is_new = strcmp(rows_text(r, 8), "new") == 0;
        out->is_fast = strcmp(rows_text(r, 9), "fast") == 0;
        out->area_m2 = rows_real(r, 10);
        out->measured_area_m2 = rows_real(r, 11);
        rows_copy(r, 12, out->rule_stage, sizeof out->rule_stage);
        out->rule_limit = (struct limit){ .amount = (int32_t)rows_integer(r, 13), .legal = rows_integer(r, 15) != 0 };
        if (out->rule_stage[0] != '\0' && limit_unit_read(rows_text(r, 14), &out->rule_limit.unit, &none) != OK)
            out->rule_stage[0] = '\0';
    }
    rows_done(r);
    return s == OK && !more ? NOT_FOUND : s;
}

enum status about_select(struct db *db, const char *thing, const char *id, struct about *out, struct err *e)
{
    const char *sql = strcmp(thing, "lead") == 0 ? "SELECT 'case', case_id, 0 FROM lead WHERE id = $1"
                                                 : "SELECT about, about_id, amount FROM proceeding WHERE id = $1";
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(db, sql, VALUES(value_text(id)), &r, e);
    *out = (struct about){ 0 };
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && more) {
        rows_copy(r, 0, out->thing, sizeof out->thing);
        rows_copy(r, 1, out->id, sizeof out->id);
        out->amount = (int32_t)rows_integer(r, 2);
    }
    rows_done(r);
    return s;
}

enum status agency_key_select(struct db *db, const char *id, char *out, size_t cap, struct err *e)
{
    return db_text(db, "SELECT key FROM agency WHERE id = $1", VALUES(value_text(id)), out, cap, e);
}

enum status agency_id_select(struct db *db, const char *key, char out[ID_TEXT], struct err *e)
{
    return db_text(db, "SELECT id FROM agency WHERE key = $1", VALUES(value_text(key)), out, ID_TEXT, e);
}

enum status paper_facts_each(struct db *db, const char *id, const char *about_id, paper_fact_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT kind, result, dated_s, served_s, until_s FROM paper WHERE thing_id = $1 OR thing_id = $2 ORDER BY dated_s, made_at_s, id",
                           VALUES(value_text(id), value_text(about_id)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        fn(ctx, &(struct paper_fact){ rows_text(r, 0), rows_text(r, 1), rows_integer(r, 2), rows_integer(r, 3), rows_integer(r, 4) });
    rows_done(r);
    return s;
}

enum status after_photos_each(struct db *db, const char *case_id, int64_t since_s, photo_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT lon, lat FROM evidence WHERE thing_id = $1 AND part = 'after' AND media_type LIKE 'image/%' "
                               "AND lon IS NOT NULL AND lat IS NOT NULL AND captured_at_s >= $2", VALUES(value_text(case_id), value_integer(since_s)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        fn(ctx, rows_real(r, 0), rows_real(r, 1));
    rows_done(r);
    return s;
}

enum status case_outline_select(struct db *db, const char *case_id, struct buf *wkb, double *lon, double *lat, int64_t *handled_at_s,
                                struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    size_t len = 0;
    enum status s = db_ask(db, "SELECT ST_AsBinary(geom), lon, lat, handled_at_s FROM case_file WHERE id = $1", VALUES(value_text(case_id)), &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && more) {
        const void *bytes = rows_bytes(r, 0, &len);
        if (bytes != NULL)
            buf_add(wkb, bytes, len);
        *lon = rows_real(r, 1);
        *lat = rows_real(r, 2);
        *handled_at_s = rows_integer(r, 3);
    }
    rows_done(r);
    return s;
}
