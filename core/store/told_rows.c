#include "core/store/told_rows.h"

#include "core/base/hash.h"
#include <stdio.h>
#include <string.h>

enum { ROW_CEILING = 256 << 20, ROW_USUAL = 2000 };

// --- Digests ---------------------------------------------------------------------------------------------------------------------

// A number is its type and eight bytes, a text or a shape its type, its length and itself, nothing is "-".
static void add_number(struct buf *b, char type, const void *eight_bytes)
{
    char *at = buf_room(b, 9);
    if (at == NULL)
        return;
    at[0] = type;
    memcpy(at + 1, eight_bytes, 8);
    buf_took(b, at + 9);
}

static void add_bytes(struct buf *b, char type, const void *bytes, size_t len)
{
    uint64_t length = len;
    char *at = buf_room(b, 9 + len);
    if (at == NULL)
        return;
    at[0] = type;
    memcpy(at + 1, &length, 8);
    if (len > 0)
        memcpy(at + 9, bytes, len);
    buf_took(b, at + 9 + len);
}

static void add_column(struct buf *b, const struct rows *r, int column, char type)
{
    size_t len = 0;
    if (rows_is_null(r, column)) {
        buf_add(b, "-", 1);
    } else if (type == 'i') {
        add_number(b, type, &(int64_t){ rows_integer(r, column) });
    } else if (type == 'r') {
        add_number(b, type, &(double){ rows_real(r, column) });
    } else {
        const void *bytes = rows_bytes(r, column, &len);
        add_bytes(b, type, bytes, len);
    }
}

static void add_value(struct buf *b, const struct value *v, char type)
{
    if (v->kind == VALUE_NULL)
        buf_add(b, "-", 1);
    else if (v->kind == VALUE_INTEGER)
        add_number(b, type, &v->integer);
    else if (v->kind == VALUE_REAL)
        add_number(b, type, &v->real);
    else
        add_bytes(b, type, v->bytes, v->len);
}

void told_digest_write(const struct buf *b, char out[TOLD_DIGEST])
{
    must(!b->full);
    hash_sha256(b->data, b->len, out);
}

void told_digest_close(struct buf *b, char out[TOLD_DIGEST])
{
    told_digest_write(b, out);
    buf_clear(b);
}

// With room for most rows: a case grows into it in one piece.
static void start(struct buf *b)
{
    buf_init(b, ROW_CEILING);
    (void)buf_room(b, ROW_USUAL);
}

static void add_row(struct buf *b, const struct rows *r, int first, const char *types)
{
    for (int i = 0; types[i] != '\0'; i++)
        add_column(b, r, first + i, types[i]);
}

void told_digest_row(const struct rows *r, int first, const char *types, char out[TOLD_DIGEST])
{
    struct buf b;
    start(&b);
    add_row(&b, r, first, types);
    told_digest_close(&b, out);
}

void told_digest_values(const struct value *v, const char *types, char out[TOLD_DIGEST])
{
    struct buf b;
    start(&b);
    for (int i = 0; types[i] != '\0'; i++)
        add_value(&b, &v[i], types[i]);
    told_digest_close(&b, out);
}

void told_digest_moving_row(const struct rows *r, int first, const char *rest, char out[TOLD_DIGEST])
{
    struct buf b;
    start(&b);
    add_row(&b, r, first, TOLD_MOVING_TYPES);
    buf_text(&b, rest);
    told_digest_close(&b, out);
}

void told_digest_moving(const struct value *v, const char *rest, char out[TOLD_DIGEST])
{
    struct buf b;
    start(&b);
    for (int i = 0; TOLD_MOVING_TYPES[i] != '\0'; i++)
        add_value(&b, &v[i], TOLD_MOVING_TYPES[i]);
    buf_text(&b, rest);
    told_digest_close(&b, out);
}

// --- Shelves ---------------------------------------------------------------------------------------------------------------------

// row, parts, moving and label are asked by id; parts: more rows that belong to it; moving: of what walks. missing: ids of those that must stand in audit.
struct told_shelf {
    const char *thing;
    bool walks, may_end;
    const char *row, *types, *parts, *part_types, *moving, *keep, *label, *missing;
};

#define MISSING(table, id, also) "SELECT DISTINCT " id " FROM " table " WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE a.thing = $1 AND a.thing_id = " id " AND a.after_sha256 <> '')" also
#define WALKS(word, table, columns, column_types, dates, also) { .thing = word, .walks = true, .row = "SELECT " columns " FROM " table " WHERE id = $1" also, \
    .types = column_types, .moving = "SELECT " TOLD_MOVING dates " FROM " table " WHERE id = $1", \
    .keep = "UPDATE " table " SET told_rest = $2 WHERE id = $1", .label = "SELECT number FROM " table " WHERE id = $1", \
    .missing = MISSING(table, table ".id", also) }
#define PROCEEDING(word) WALKS(word, "proceeding", TOLD_PROCEEDING, TOLD_PROCEEDING_TYPES, TOLD_NO_DATES, " AND thing = '" word "'")
#define KEPT(word, columns, column_types, name) .thing = word, .row = "SELECT " columns " FROM " word " WHERE id = $1", .types = column_types, \
    .label = "SELECT " name " FROM " word " WHERE id = $1", .missing = MISSING(word, word ".id", "")
// Named by the person or the agency it is of.
#define OF(word, table, id, columns, column_types) .thing = word, .row = "SELECT " columns " FROM " word " WHERE " id " = $1", .types = column_types, \
    .label = "SELECT name FROM " table " WHERE id = (SELECT " id " FROM " word " WHERE " id " = $1)", .missing = MISSING(word, word "." id, "")

static const struct told_shelf shelves[] = {
    WALKS("case", "case_file", TOLD_CASE, TOLD_CASE_TYPES, TOLD_CASE_DATES, ""),
    WALKS("lead", "lead", TOLD_LEAD, TOLD_LEAD_TYPES, TOLD_LEAD_DATES, ""),
    WALKS("finding", "finding", TOLD_FINDING, TOLD_FINDING_TYPES, TOLD_NO_DATES, ""),
    PROCEEDING("extension"), PROCEEDING("appeal"), PROCEEDING("enforcement"), PROCEEDING("notice"), PROCEEDING("conference"),
    { KEPT("actor", "id, name, role, agency_id, is_active, made_at_s", "ttttii", "name"),
      .parts = "SELECT code FROM actor_area WHERE actor_id = $1 ORDER BY code", .part_types = "t" },
    // Of secrets only what they are checked by is kept, and of that only the digest of the whole row is in audit.
    { OF("password", "actor", "actor_id", "actor_id, hash, set_at_s", "tti") },
    { KEPT("token", "id, actor_id, name, scope, sha256, made_by, made_at_s, expires_at_s, revoked_at_s", "ttttttiii", "name") },
    { .thing = "session", .row = "SELECT sha256, actor_id, csrf, address, agent, made_at_s FROM session WHERE substr(sha256, 1, 16) = $1", .types = "ttttti",
      .label = "SELECT address FROM session WHERE substr(sha256, 1, 16) = $1", .missing = MISSING("session", "substr(session.sha256, 1, 16)", ""), .may_end = true },
    { KEPT("agency", "id, key, name_zh, name_en, competence, part, secrecy, made_at_s", "ttttttti", "key") },
    { .thing = "compartment", .row = "SELECT agency_id, public_key, made_by, made_at_s FROM compartment WHERE agency_id = $1", .types = "ttti",
      .label = "SELECT key FROM agency WHERE id = $1", .missing = MISSING("compartment", "compartment.agency_id", "") },
    { KEPT("evidence", "id, thing, thing_id, part, sha256, name, media_type, bytes, lon, lat, captured_at_s, captured_by, device, added_at_s", "tttttttirritti", "name") },
    { KEPT("paper", "id, thing, thing_id, kind, number, dated_s, served_s, served_how, until_s, result, sha256, made_by, made_at_s", "tttttiitittti", "number") },
    { KEPT("calendar", "id, year, version, document, sha256, loaded_at_s", "tiitti", "year || ' version ' || version") },
    { .thing = "document", .row = "SELECT count(*) FROM document WHERE kind || '/' || name = $1 HAVING count(*) > 0", .types = "i",
      .parts = "SELECT kind, name, version, text, sha256, loaded_by, loaded_at_s FROM document WHERE kind || '/' || name = $1 ORDER BY version", .part_types = "ttittti",
      .missing = MISSING("document", "document.kind || '/' || document.name", "") },
    // With all that it found: what is reviewed later is of the change itself.
    { KEPT("comparison", "id, before_id, after_id, before_sha256, after_sha256, parameters, program_version, state, summary, expected_false_alarms, started_at_s, "
                         "ended_at_s", "tttttttttrii", "(SELECT group_concat(name, ' - ') FROM survey WHERE id IN (before_id, after_id))"),
      .parts = "SELECT id, number, object_id, class, relation, before_ids, after_ids, area_before_m2, area_after_m2, gained_m2, gained_sd_m2, lost_m2, lost_sd_m2, width_m, "
               "height_before_m, height_after_m, height_change_m, z, confidence, registration_x_m, registration_y_m, registration_sd_m, reasons, counter_reasons, legal_codes, "
               "permit_number, p_no_cover, zone_kind, zone_share, zone_p, severity, suspicion, stock, woken_by, audit_slot, geom FROM change WHERE comparison_id = $1 "
               "ORDER BY fid", .part_types = "tittttt" "rrrrrrr" "rrrrr" "rrr" "tttt" "rtrrrr" "ttib" },
    { .thing = "change", .row = "SELECT id, state, reviewed_by, reviewed_at_s, review_note, inherited_from FROM change WHERE id = $1", .types = "tttitt",
      .label = "SELECT number FROM change WHERE id = $1",
      .missing = MISSING("change", "change.id", " AND (state <> 'open' OR reviewed_by IS NOT NULL OR review_note <> '')") },
    { KEPT("survey", "id, name, kind, taken_at_s, source, accuracy_m, min_area_m2, outline, original_name, original_sha256, archive_sha256, crs, features, id_field, "
                     "height_field, floors_field, dissolve_by, added_at_s, geom", "tttitrrtttttittttib", "name"),
      .parts = "SELECT name, sha256, bytes FROM survey_file WHERE survey_id = $1 ORDER BY name", .part_types = "tti" },
    { KEPT("grid", "id, key, version, name_zh, name_en, must_partition, target_area_m2, min_area_m2, max_area_m2, made_at_s", "ttittirrri",
           "key || ' version ' || version"),
      .parts = "SELECT code, community_code, name, area_m2, geom FROM cell WHERE grid_id = $1 ORDER BY code", .part_types = "tttrb" },
    { .thing = "area", .row = "SELECT count(*) FROM area WHERE source = $1", .types = "i",
      .parts = "SELECT id, level, code, parent_code, name_zh, name_en, counts, valid_from_s, geom FROM area WHERE source = $1 ORDER BY code", .part_types = "ttttttiib",
      .missing = MISSING("area", "area.source", "") },
    { .thing = "district", .row = "SELECT code, name_zh, name_en, zone_offset_s, metric_crs, metric_crs_name, street_digits, community_digits, sequence_digits, "
                                  "baseline_at_s, made_at_s FROM district WHERE code = $1", .types = "tttittiiiii",
      .label = "SELECT name_en FROM district WHERE code = $1", .missing = MISSING("district", "district.code", "") },
    { .thing = "work_period", .row = "SELECT fid, valid_from, valid_to, weekdays, from_s, to_s FROM work_period WHERE fid = CAST($1 AS INTEGER)", .types = "ittiii",
      .label = "SELECT valid_from FROM work_period WHERE fid = CAST($1 AS INTEGER)", .missing = MISSING("work_period", "CAST(work_period.fid AS TEXT)", "") },
};

const struct told_shelf *told_shelf_at(size_t i)
{
    return i < sizeof shelves / sizeof shelves[0] ? &shelves[i] : NULL;
}

const struct told_shelf *told_shelf_of(const char *thing)
{
    for (size_t i = 0; i < sizeof shelves / sizeof shelves[0]; i++)
        if (strcmp(shelves[i].thing, thing) == 0)
            return &shelves[i];
    return NULL;
}

const char *told_thing(const struct told_shelf *s) { return s->thing; }
bool told_walks(const struct told_shelf *s) { return s->walks; }
bool told_may_end(const struct told_shelf *s) { return s->may_end; }

// --- Rows ------------------------------------------------------------------------------------------------------------------------

static enum status add_rows(struct db *db, const char *sql, const char *types, const char *id, struct hash_sum *sum, int64_t *count, struct err *e)
{
    struct rows *r = NULL;
    struct buf row;
    buf_init(&row, ROW_CEILING);
    enum status s = db_ask(db, sql, VALUES(value_text(id)), &r, e);
    *count = 0;
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ++*count) {
        must(rows_columns(r) == (int)strlen(types));
        row.len = 0;
        add_row(&row, r, 0, types);
        must(!row.full);
        hash_sum_add(sum, row.data, row.len);
    }
    rows_done(r);
    buf_clear(&row);
    return s;
}

static enum status add_moving(struct db *db, const struct told_shelf *shelf, const char *id, char told[TOLD_DIGEST], struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    char rest[TOLD_DIGEST];
    memcpy(rest, told, sizeof rest);
    enum status s = db_ask(db, shelf->moving, VALUES(value_text(id)), &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && more)
        told_digest_moving_row(r, 0, rest, told);
    rows_done(r);
    return s;
}

static enum status select_kept(struct db *db, const struct told_shelf *shelf, const char *id, char out[TOLD_DIGEST], struct err *e)
{
    struct hash_sum *sum = hash_sum_open();
    int64_t count = 0, parts = 0;
    enum status s = add_rows(db, shelf->row, shelf->types, id, sum, &count, e);
    if (s == OK && count == 0)
        s = NOT_FOUND;
    if (s == OK && shelf->parts != NULL)
        s = add_rows(db, shelf->parts, shelf->part_types, id, sum, &parts, e);
    hash_sum_close(sum, s == OK ? out : NULL);
    return s;
}

enum status told_select(struct db *db, const struct told_shelf *shelf, const char *id, char out[TOLD_DIGEST], struct err *e)
{
    enum status s = select_kept(db, shelf, id, out, e);
    return s == OK && shelf->walks ? add_moving(db, shelf, id, out, e) : s;
}

enum status told_keep_rest(struct db *db, const struct told_shelf *shelf, const char *id, struct err *e)
{
    char rest[TOLD_DIGEST];
    enum status s = select_kept(db, shelf, id, rest, e);
    return s == OK ? db_run(db, shelf->keep, VALUES(value_text(id), value_text(rest)), e) : s;
}

enum status told_label_select(struct db *db, const struct told_shelf *shelf, const char *id, char *out, size_t cap, struct err *e)
{
    struct err none = { .lang = e->lang };
    enum status s = shelf->label != NULL ? db_text(db, shelf->label, VALUES(value_text(id)), out, cap, &none) : NOT_FOUND;
    if (s == NOT_FOUND)
        snprintf(out, cap, "%s", id);
    else if (s != OK)
        *e = none;
    return s == NOT_FOUND ? OK : s;
}

enum status told_audit_each(struct db *db, const struct told_shelf *shelf, told_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT thing_id, before_sha256, after_sha256, seq FROM audit WHERE thing = $1 AND (before_sha256 <> '' OR after_sha256 <> '') "
                               "ORDER BY thing_id, seq", VALUES(value_text(shelf->thing)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        s = fn(ctx, &(struct told_row){ rows_text(r, 0), rows_text(r, 1), rows_text(r, 2), rows_integer(r, 3) }, e);
    rows_done(r);
    return s;
}

enum status told_missing_each(struct db *db, const struct told_shelf *shelf, told_id_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, shelf->missing, VALUES(value_text(shelf->thing)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        s = fn(ctx, rows_text(r, 0), e);
    rows_done(r);
    return s;
}

enum status told_step_each(struct db *db, const char *id, told_step_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT thing, thing_id, seq, at_s, verb, from_state, to_state, stage, due_at_s, actor_id, agency_id, note FROM step "
                               "WHERE thing_id = $1 ORDER BY seq", VALUES(value_text(id)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        char digest[TOLD_DIGEST];
        told_digest_row(r, 0, TOLD_STEP_TYPES, digest);
        s = fn(ctx, rows_integer(r, 2), digest, e);
    }
    rows_done(r);
    return s;
}
