#include "core/store/tell_rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SQL_CEILING = 1 << 16 };

struct question { struct db *db; const struct viewer *viewer; struct values values; struct buf *out; struct err *e; };

static const char *write_sight(const struct viewer *v, const char *s, struct clause *c)
{
    char key[16], alias[16];
    int used = 0;
    must(sscanf(s, "{%15[a-z] %15[a-z]}%n", key, alias, &used) == 2 && used > 0);
    if (v != NULL)
        visible_records_where(v, key, alias, c);
    return s + used;
}

static enum status ask(const struct question *q, const char *sql, struct clause *c, struct rows **r)
{
    clause_init(c, SQL_CEILING);
    clause_bind_all(c, q->values);
    while (*sql != '\0') {
        size_t plain = strcspn(sql, "{");
        buf_add(&c->text, sql, plain);
        sql += plain;
        if (*sql == '{')
            sql = write_sight(q->viewer, sql, c);
    }
    enum status s = clause_check(c, q->e);
    return s == OK ? db_ask(q->db, c->text.data, clause_values(c), r, q->e) : s;
}

static bool may_know(const struct viewer *v, char kind)
{
    const char *of = kind == 'p' ? "case" : kind == 'f' ? "finding" : NULL;
    return v == NULL || of == NULL || visible_names(v, of);
}

static void add_value(struct buf *out, const struct rows *r, int column, char kind)
{
    if (rows_is_null(r, column))
        buf_text(out, "null");
    else if (kind == 'i')
        buf_printf(out, "%lld", (long long)rows_integer(r, column));
    else if (kind == 'r')
        buf_json_number(out, rows_real(r, column), 9);
    else if (kind == 'j')
        buf_text(out, rows_text(r, column));            // JSON already
    else
        buf_json_text(out, rows_text(r, column));
}

static void add_members(const struct question *q, const struct rows *r, const struct telling *t)
{
    must((int)strlen(t->kinds) == rows_columns(r));
    for (int i = 0, told = 0; t->names[i] != NULL; i++) {
        if (!may_know(q->viewer, t->kinds[i]))
            continue;
        buf_text(q->out, told++ > 0 ? "," : "");
        buf_json_text(q->out, t->names[i]);
        buf_text(q->out, ":");
        add_value(q->out, r, i, t->kinds[i]);
    }
}

static enum status add_list(const struct question *q, const char *name, const struct telling *t)
{
    struct rows *r = NULL;
    struct clause c;
    int count = 0;
    buf_text(q->out, ",");
    buf_json_text(q->out, name);
    buf_text(q->out, ":[");
    enum status s = ask(q, t->sql, &c, &r);
    for (bool more = true; s == OK && (s = rows_next(r, &more, q->e)) == OK && more; ) {
        buf_text(q->out, count++ > 0 ? ",{" : "{");
        add_members(q, r, t);
        buf_text(q->out, "}");
    }
    rows_done(r);
    clause_clear(&c);
    buf_text(q->out, "]");
    return s;
}

static enum status add_one(const struct question *q, const struct telling *t)
{
    struct rows *r = NULL;
    struct clause c;
    bool more = false;
    enum status s = ask(q, t->sql, &c, &r);
    if (s == OK)
        s = rows_next(r, &more, q->e);
    if (s == OK && more)
        add_members(q, r, t);
    rows_done(r);
    clause_clear(&c);
    return s == OK && !more ? err_set(q->e, NOT_FOUND, "nothing was found") : s;
}

enum status tell_one(struct db *db, const struct telling *t, struct values v, struct buf *out, struct err *e)
{
    return add_one(&(struct question){ db, NULL, v, out, e }, t);
}

enum status tell_list(struct db *db, const char *name, const struct telling *t, struct values v, struct buf *out, struct err *e)
{
    return add_list(&(struct question){ db, NULL, v, out, e }, name, t);
}

static const struct telling THE_CASE = {
    "SELECT c.number, c.id, c.kind, c.title, c.source, c.scheme, c.code, c.condition, c.track, c.stock, c.in_progress, c.state, c.stage, c.priority, "
    "a.key, c.rule, c.party, c.area_m2, c.measured_area_m2, c.building_result, c.fine_result, c.opened_at_s, c.registered_at_s, c.dispatched_at_s, "
    "c.handled_at_s, c.checked_at_s, c.closed_at_s, c.due_at_s, c.is_due_provisional, c.is_exempt, c.extended, c.suspended, r.number, m.number, "
    "c.cell_code, c.community_code, c.lon, c.lat, c.facts, AsGeoJSON(c.geom, 7) FROM case_file c LEFT JOIN agency a ON a.id = c.agency_id "
    "LEFT JOIN case_file r ON r.id = c.recurrence_of{case r} LEFT JOIN case_file m ON m.id = c.merged_into{case m} WHERE c.id = $1",
    "tttttttittittittp" "rrttiiiiiiiiiii" "ttttrrjj",
    (const char *const[]){ "number", "id", "kind", "title", "source", "scheme", "code", "condition", "track", "stock", "in_progress", "state", "stage",
        "priority", "agency", "rule", "party", "area_m2", "measured_area_m2", "building_result", "fine_result", "opened_at_s", "registered_at_s",
        "dispatched_at_s", "handled_at_s", "checked_at_s", "closed_at_s", "due_at_s", "is_due_provisional", "is_exempt", "extended", "suspended",
        "recurrence_of", "merged_into", "cell_code", "community_code", "lon", "lat", "facts", "geometry", NULL },
};
static const struct telling ITS_CHANGES = {
    "SELECT h.id, h.class, h.confidence, h.suspicion, h.gained_m2, h.reasons, h.counter_reasons, h.legal_codes, h.permit_number, h.zone_kind, h.zone_p, "
    "h.stock, h.comparison_id FROM case_link l JOIN change h ON h.id = l.thing_id WHERE l.case_id = $1 AND l.thing = 'change'{change h} ORDER BY h.id",
    "ttrrrtttttrtt", (const char *const[]){ "id", "class", "confidence", "suspicion", "gained_m2", "reasons", "counter_reasons", "legal_codes",
        "permit_number", "zone_kind", "zone_p", "stock", "comparison_id", NULL },
};
static const struct telling ITS_FINDINGS = {
    "SELECT f.number, f.source, f.text, f.seen_at_s, f.state FROM case_link l JOIN finding f ON f.id = l.thing_id WHERE l.case_id = $1 AND "
    "l.thing = 'finding'{finding f} ORDER BY f.number", "tttit", (const char *const[]){ "number", "source", "text", "seen_at_s", "state", NULL },
};
static const struct telling ITS_STEPS = {
    "SELECT s.seq, s.at_s, s.verb, s.from_state, s.to_state, s.stage, s.due_at_s, a.name, s.note FROM step s LEFT JOIN actor a ON a.id = s.actor_id "
    "WHERE s.thing_id = $1 ORDER BY s.seq", "iittttitt",
    (const char *const[]){ "seq", "at_s", "verb", "from", "to", "stage", "due_at_s", "actor", "note", NULL },
};
static const struct telling ITS_PAPERS = {
    "SELECT kind, number, dated_s, served_s, served_how, until_s, result, sha256 FROM paper WHERE thing_id = $1 ORDER BY dated_s, id", "ttiititt",
    (const char *const[]){ "kind", "number", "dated_s", "served_s", "served_how", "until_s", "result", "sha256", NULL },
};
static const struct telling ITS_EVIDENCE = {
    "SELECT part, name, media_type, sha256, bytes, lon, lat, captured_at_s, captured_by, id FROM evidence WHERE thing_id = $1 UNION ALL "
    "SELECT v.part, v.name, v.media_type, v.sha256, v.bytes, v.lon, v.lat, v.captured_at_s, v.captured_by, v.id FROM case_link l "
    "JOIN evidence v ON v.thing_id = l.thing_id WHERE l.case_id = $1 AND (l.thing <> 'finding' OR EXISTS (SELECT 1 FROM finding f WHERE "
    "f.id = l.thing_id{finding f})) AND (l.thing <> 'change' OR EXISTS (SELECT 1 FROM change h WHERE h.id = l.thing_id{change h})) ORDER BY 8, 4",
    "ttttirrift",
    (const char *const[]){ "part", "name", "media_type", "sha256", "bytes", "lon", "lat", "captured_at_s", "captured_by", "id", NULL },
};
static const struct telling ITS_PROCEEDINGS = {
    "SELECT number, thing, state, amount, made_at_s, id FROM proceeding WHERE about_id = $1 ORDER BY number", "tttiit",
    (const char *const[]){ "number", "thing", "state", "amount", "made_at_s", "id", NULL },
};
static const struct telling ITS_LEADS = {
    "SELECT d.number, d.state, a.key, d.secrecy, d.due_at_s FROM lead d JOIN agency a ON a.id = d.agency_id WHERE d.case_id = $1{lead d} "
    "ORDER BY d.number", "tttti",
    (const char *const[]){ "number", "state", "agency", "secrecy", "due_at_s", NULL },
};

enum status tell_case(struct db *db, const char *case_id, const struct viewer *viewer, struct buf *out, struct err *e)
{
    const struct question q = { db, viewer, VALUES(value_text(case_id)), out, e };
    static const struct { const char *name; const struct telling *t; } lists[] = {
        { "changes", &ITS_CHANGES }, { "findings", &ITS_FINDINGS }, { "steps", &ITS_STEPS }, { "papers", &ITS_PAPERS },
        { "evidence", &ITS_EVIDENCE }, { "proceedings", &ITS_PROCEEDINGS },
    };
    buf_text(out, "{");
    enum status s = add_one(&q, &THE_CASE);
    for (size_t i = 0; s == OK && i < sizeof lists / sizeof lists[0]; i++)
        s = add_list(&q, lists[i].name, lists[i].t);
    if (s == OK && viewer != NULL)
        s = add_list(&q, "leads", &ITS_LEADS);
    buf_text(out, "}");
    return s;
}

static const struct telling THE_FINDING = {
    "SELECT f.number, f.id, f.source, f.scheme, f.code, f.text, f.state, f.stage, f.seen_at_s, f.made_at_s, f.due_at_s, f.is_due_provisional, m.name, "
    "f.crs, f.given_x, f.given_y, f.accuracy_m, ST_X(f.geom), ST_Y(f.geom), f.cell_code, f.community_code FROM finding f "
    "LEFT JOIN actor m ON m.id = f.made_by WHERE f.id = $1",
    "tttttttt" "iiiif" "trrrrr" "tt",
    (const char *const[]){ "number", "id", "source", "scheme", "code", "text", "state", "stage", "seen_at_s", "made_at_s", "due_at_s",
        "is_due_provisional", "reported_by", "crs", "given_x", "given_y", "accuracy_m", "lon", "lat", "cell_code", "community_code", NULL },
};
static const struct telling ITS_CASES = {
    "SELECT c.number, c.id, c.state FROM case_link l JOIN case_file c ON c.id = l.case_id WHERE l.thing_id = $1{case c} ORDER BY c.number", "ttt",
    (const char *const[]){ "number", "id", "state", NULL },
};
// Who reported it is personal; its steps name people too.
static const struct telling A_FINDINGS_STEPS = {
    "SELECT s.seq, s.at_s, s.verb, s.from_state, s.to_state, s.stage, s.due_at_s, a.name, s.note FROM step s LEFT JOIN actor a ON a.id = s.actor_id "
    "WHERE s.thing_id = $1 ORDER BY s.seq", "iittttift",
    (const char *const[]){ "seq", "at_s", "verb", "from", "to", "stage", "due_at_s", "actor", "note", NULL },
};
static const struct telling A_FINDINGS_EVIDENCE = {
    "SELECT part, name, media_type, sha256, bytes, lon, lat, captured_at_s, captured_by, id FROM evidence WHERE thing_id = $1 ORDER BY 8, 4", "ttttirrift",
    (const char *const[]){ "part", "name", "media_type", "sha256", "bytes", "lon", "lat", "captured_at_s", "captured_by", "id", NULL },
};

enum status tell_finding(struct db *db, const char *finding_id, const struct viewer *viewer, struct buf *out, struct err *e)
{
    const struct question q = { db, viewer, VALUES(value_text(finding_id)), out, e };
    buf_text(out, "{");
    enum status s = add_one(&q, &THE_FINDING);
    if (s == OK)
        s = add_list(&q, "cases", &ITS_CASES);
    if (s == OK)
        s = add_list(&q, "steps", &A_FINDINGS_STEPS);
    if (s == OK)
        s = add_list(&q, "evidence", &A_FINDINGS_EVIDENCE);
    buf_text(out, "}");
    return s;
}

static const struct telling THE_LEAD = {
    "SELECT d.number, d.id, c.number, a.key, d.kind, d.secrecy, d.state, d.stage, d.priority, d.rule, d.made_at_s, d.sent_at_s, d.received_at_s, "
    "d.answered_at_s, d.closed_at_s, d.due_at_s, d.is_due_provisional, d.receipt_number, d.received_by, d.answer, d.return_reason, d.reminders, "
    "l.number, d.snapshot FROM lead d JOIN case_file c ON c.id = d.case_id JOIN agency a ON a.id = d.agency_id "
    "LEFT JOIN lead l ON l.id = d.linked_from{lead l} WHERE d.id = $1",
    "ttttttttitiiiiiiittttitj",
    (const char *const[]){ "number", "id", "case", "agency", "kind", "secrecy", "state", "stage", "priority", "rule", "made_at_s", "sent_at_s",
        "received_at_s", "answered_at_s", "closed_at_s", "due_at_s", "is_due_provisional", "receipt_number", "received_by", "answer", "return_reason",
        "reminders", "linked_from", "snapshot", NULL },
};

enum status tell_lead(struct db *db, const char *lead_id, const struct viewer *viewer, struct buf *out, struct err *e)
{
    const struct question q = { db, viewer, VALUES(value_text(lead_id)), out, e };
    buf_text(out, "{");
    enum status s = add_one(&q, &THE_LEAD);
    if (s == OK)
        s = add_list(&q, "steps", &ITS_STEPS);
    buf_text(out, "}");
    return s;
}
