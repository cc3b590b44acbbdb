#include "core/store/evidence_rows.h"

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
