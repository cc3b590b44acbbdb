#include "core/store/archive_rows.h"

#include "core/case_file.h"
#include "core/lead.h"
#include "core/store/tell_rows.h"
#include <stdio.h>

enum { OBJECT_CEILING = 64 << 20 };
#define NAMES(...) (const char *const[]){ __VA_ARGS__, NULL }

static const struct telling DISTRICT = {
    "SELECT code, name_zh, name_en, zone_offset_s, metric_crs, street_digits, community_digits, sequence_digits, baseline_at_s, made_at_s FROM district",
    "tttitiiiii", NAMES("code", "name_zh", "name_en", "zone_offset_s", "metric_crs", "street_digits", "community_digits", "sequence_digits", "baseline_at_s",
                        "made_at_s"),
};
static const struct { const char *name; struct telling t; } lists[] = {
    { "agencies", { "SELECT id, key, name_zh, name_en, competence, part, secrecy, made_at_s FROM agency ORDER BY key", "ttttttti",
                    NAMES("id", "key", "name_zh", "name_en", "competence", "part", "secrecy", "made_at_s") } },
    { "actors", { "SELECT p.id, p.name, p.role, a.key, p.is_active, p.made_at_s FROM actor p LEFT JOIN agency a ON a.id = p.agency_id ORDER BY p.id", "ttttii",
                  NAMES("id", "name", "role", "agency", "is_active", "made_at_s") } },
    { "grids", { "SELECT id, key, version, name_zh, name_en, must_partition, target_area_m2, is_default, made_at_s FROM grid ORDER BY key, version", "ttittirii",
                 NAMES("id", "key", "version", "name_zh", "name_en", "must_partition", "target_area_m2", "is_default", "made_at_s") } },
    { "comparisons", { "SELECT id, before_id, after_id, before_sha256, after_sha256, parameters, program_version, state, "
                       "CASE WHEN json_valid(summary) THEN summary END, expected_false_alarms, "
                       "started_at_s, ended_at_s FROM comparison ORDER BY started_at_s, id", "tttttjttjrii",
                       NAMES("id", "before_id", "after_id", "before_sha256", "after_sha256", "parameters", "program_version", "state", "summary",
                             "expected_false_alarms", "started_at_s", "ended_at_s") } },
    { "calendars", { "SELECT id, year, version, document, sha256, loaded_at_s FROM calendar ORDER BY year, version", "tiitti",
                     NAMES("id", "year", "version", "document", "sha256", "loaded_at_s") } },
    { "work_periods", { "SELECT valid_from, valid_to, weekdays, from_s, to_s FROM work_period ORDER BY fid", "ttiii",
                        NAMES("valid_from", "valid_to", "weekdays", "from_s", "to_s") } },
    { "documents", { "SELECT d.kind, d.name, d.version, d.text, d.sha256, a.name, d.loaded_at_s FROM document d JOIN actor a ON a.id = d.loaded_by "
                     "ORDER BY d.kind, d.name, d.version", "ttittti",
                     NAMES("kind", "name", "version", "text", "sha256", "loaded_by", "loaded_at_s") } },
    { "layers", { "SELECT key, title_zh, title_en, definition, sha256 FROM layer ORDER BY key", "tttjt", NAMES("key", "title_zh", "title_en", "definition", "sha256") } },
    { "audit_end", { "SELECT seq, hash FROM audit_head", "it", NAMES("rows", "hash") } },
};

enum status archive_tell(struct db *db, struct buf *out, struct err *e)
{
    buf_text(out, "\"district\":{");
    enum status s = tell_one(db, &DISTRICT, NO_VALUES, out, e);
    buf_text(out, "}");
    for (size_t i = 0; s == OK && i < sizeof lists / sizeof lists[0]; i++)
        s = tell_list(db, lists[i].name, &lists[i].t, NO_VALUES, out, e);
    return s;
}

// --- Records with everything that belongs to them -------------------------------------------------------------------------------------


typedef enum status tell_fn(struct work *w, const char *key, struct buf *out);

static enum status each(struct work *w, const char *sql, tell_fn *tell, archive_visit *fn, void *ctx)
{
    struct rows *r = NULL;
    struct buf object;
    buf_init(&object, OBJECT_CEILING);
    enum status s = db_ask(w->db, sql, VALUES(value_text(w->actor)), &r, w->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; ) {
        char id[ID_TEXT];
        rows_copy(r, 0, id, sizeof id);
        object.len = 0;
        s = tell(w, id, &object);
        if (s == OK && object.full)
            s = err_set(w->e, TOO_BIG, "record %s is longer than %d bytes", id, OBJECT_CEILING);
        if (s == OK)
            s = fn(ctx, &object, w->e);
    }
    rows_done(r);
    buf_clear(&object);
    return s;
}

enum status archive_each_case(struct work *w, archive_visit *fn, void *ctx)
{
    return each(w, "SELECT id FROM case_file WHERE $1 IS NOT NULL ORDER BY number", case_tell, fn, ctx);
}

enum status archive_each_lead(struct work *w, archive_visit *fn, void *ctx)
{
    return each(w, "SELECT id FROM lead WHERE $1 IS NOT NULL ORDER BY number", lead_tell, fn, ctx);
}

static const struct telling AUDIT_ROW = {
    "SELECT seq, at_s, actor, verb, thing, thing_id, note, before_sha256, after_sha256, hash FROM audit WHERE seq = CAST($1 AS INTEGER)", "iittttttt" "t",
    NAMES("seq", "at_s", "actor", "verb", "thing", "thing_id", "note", "before_sha256", "after_sha256", "hash"),
};

static enum status audit_tell(struct work *w, const char *seq, struct buf *out)
{
    buf_text(out, "{");
    enum status s = tell_one(w->db, &AUDIT_ROW, VALUES(value_text(seq)), out, w->e);
    buf_text(out, "}");
    return s;
}

enum status archive_each_audit(struct work *w, archive_visit *fn, void *ctx)
{
    return each(w, "SELECT seq FROM audit WHERE $1 IS NOT NULL ORDER BY seq", audit_tell, fn, ctx);
}

enum status archive_each_original(struct work *w, archive_original *fn, void *ctx)
{
    struct rows *r = NULL;
    enum status s = db_ask(w->db, "SELECT sha256, max(name) FROM (SELECT sha256, name FROM survey_file UNION ALL SELECT archive_sha256, name || '.fgb' FROM survey "
                                  "UNION ALL SELECT sha256, name FROM evidence UNION ALL SELECT sha256, kind || ' ' || number FROM paper WHERE sha256 IS NOT NULL) AS q "
                                  "GROUP BY sha256 ORDER BY sha256", NO_VALUES, &r, w->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; )
        s = fn(ctx, rows_text(r, 0), rows_text(r, 1), w->e);
    rows_done(r);
    return s;
}
