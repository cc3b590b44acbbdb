#include "core/store/evidence_rows.h"

#include "core/base/mem.h"
#include "core/visible.h"

static struct value time_or_null(int64_t at_s) { return at_s != 0 ? value_integer(at_s) : value_null(); }

enum status evidence_insert(struct db *db, const struct evidence *v, int64_t now_s, struct err *e)
{
    return db_run(db, "INSERT INTO evidence (id, thing, thing_id, part, sha256, name, media_type, bytes, lon, lat, captured_at_s, captured_by, "
                      "device, added_at_s) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
                  VALUES(value_text(v->id.text), value_text(v->thing), value_text(v->thing_id), value_text(v->part), value_text(v->blob.sha256),
                         value_text(v->name), value_text(v->media_type), value_integer(v->blob.bytes), value_real(v->lon), value_real(v->lat),
                         time_or_null(v->captured_at_s), value_text(v->captured_by), value_text(text_or_empty(v->device)), value_integer(now_s)), e);
}

enum status paper_insert(struct db *db, const struct paper *p, const char *sha256, const char *actor, int64_t now_s, struct err *e)
{
    return db_run(db, "INSERT INTO paper (id, thing, thing_id, kind, number, dated_s, served_s, served_how, until_s, result, sha256, made_by, made_at_s) "
                      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                  VALUES(value_text(p->id.text), value_text(p->thing), value_text(p->thing_id), value_text(p->kind), value_text(p->number),
                         value_integer(p->dated_s), time_or_null(p->served_s), value_text(text_or_empty(p->served_how)), time_or_null(p->until_s),
                         value_text(text_or_empty(p->result)), value_text(sha256), value_text(actor), value_integer(now_s)), e);
}

static void read_kept(void *out, const struct rows *r)
{
    struct evidence_kept *k = out;
    rows_copy(r, 0, k->id.text, sizeof k->id.text);
    rows_copy(r, 1, k->thing_id, sizeof k->thing_id);
    rows_copy(r, 2, k->sha256, sizeof k->sha256);
    rows_copy(r, 3, k->part, sizeof k->part);
}

enum status evidence_kept_select(struct db *db, const char *id, struct evidence_kept *out, struct err *e)
{
    return db_row(db, "SELECT id, thing_id, sha256, part FROM evidence WHERE id = $1", VALUES(value_text(id)), read_kept, out, e);
}

enum status evidence_like_select(struct db *db, const struct evidence *v, struct evidence_kept *out, struct err *e)
{
    return db_row(db, "SELECT id, thing_id, sha256, part FROM evidence WHERE thing_id = $1 AND sha256 = $2 AND part = $3 ORDER BY id LIMIT 1",
                  VALUES(value_text(v->thing_id), value_text(v->blob.sha256), value_text(v->part)), read_kept, out, e);
}

struct reading { struct arena *arena; struct evidence *out; };

static void read_evidence(void *ctx, const struct rows *r)
{
    struct reading *g = ctx;
    struct evidence *v = g->out;
    *v = (struct evidence){ .thing = arena_text(g->arena, rows_text(r, 1)), .thing_id = arena_text(g->arena, rows_text(r, 2)),
                            .part = arena_text(g->arena, rows_text(r, 3)), .name = arena_text(g->arena, rows_text(r, 5)),
                            .media_type = arena_text(g->arena, rows_text(r, 6)), .lon = rows_real(r, 8), .lat = rows_real(r, 9),
                            .captured_at_s = rows_integer(r, 10), .captured_by = arena_text(g->arena, rows_text(r, 11)),
                            .device = arena_text(g->arena, rows_text(r, 12)) };
    rows_copy(r, 0, v->id.text, sizeof v->id.text);
    rows_copy(r, 4, v->blob.sha256, sizeof v->blob.sha256);
    v->blob.bytes = rows_integer(r, 7);
}

enum status evidence_select(struct db *db, const char *id, struct arena *a, struct evidence *out, struct err *e)
{
    return db_row(db, "SELECT id, thing, thing_id, part, sha256, name, media_type, bytes, lon, lat, captured_at_s, captured_by, device FROM evidence "
                      "WHERE id = $1", VALUES(value_text(id)), read_evidence, &(struct reading){ a, out }, e);
}

enum status evidence_is_handed_over(struct work *w, const struct evidence *v, bool *out)
{
    struct looking l;
    int64_t count = 0;
    enum status s = looking_begin(w, "lead", NULL, VALUES(value_text(v->thing_id), value_text(v->blob.sha256)), &l);
    if (s == OK) {
        buf_text(&l.clause.text, "SELECT count(*) FROM lead d WHERE d.case_id = $1 AND d.snapshot LIKE '%' || $2 || '%'");
        visible_records_where(&l.viewer, "lead", "d", &l.clause);
        s = clause_check(&l.clause, w->e);
    }
    if (s == OK)
        s = db_integer(w->db, l.clause.text.data, clause_values(&l.clause), &count, w->e);
    looking_end(&l);
    *out = count > 0;
    return s;
}
