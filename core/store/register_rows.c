#include "core/store/register_rows.h"

#include "core/base/buf.h"
#include "core/base/mem.h"
#include <stdio.h>
#include <string.h>

enum { SQL_CEILING = 16384, VALUES_MOST = 128 };

// Column names are plain words (layer.c sees to it); every value is bound.
struct register_shelf { const struct layer *layer; struct buf any, now, supersede, insert, words; bool is_asset, has_area; };

static void write_insert(struct register_shelf *s)
{
    struct buf *b = &s->insert;
    int n = 12;
    buf_printf(b, "INSERT INTO %s (id, source, source_id, properties, crs, cell_code, community_code, digest, accuracy_m, version, "
                  "valid_from_s, geom", s->layer->table);
    if (s->is_asset)
        buf_text(b, ", kind, outline");
    else
        buf_text(b, ", area_m2");
    for (int i = 0; i < s->layer->properties; i++)
        buf_printf(b, ", %s", s->layer->property[i].held_in);
    buf_text(b, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12");
    if (s->is_asset) {
        buf_text(b, ", $13, $14");
        n = 14;
    } else {
        buf_text(b, ", $13");
        n = 13;
    }
    for (int i = 0; i < s->layer->properties; i++)
        buf_printf(b, ", $%d", ++n);
    buf_text(b, ")");
    must(!b->full && n < VALUES_MOST);
}

struct register_shelf *register_shelf_open(const struct layer *l)
{
    struct register_shelf *s = mem_get(1, sizeof *s);
    s->layer = l;
    s->is_asset = strcmp(l->table, "asset") == 0;
    buf_init(&s->any, SQL_CEILING);
    buf_init(&s->now, SQL_CEILING);
    buf_init(&s->supersede, SQL_CEILING);
    buf_init(&s->insert, SQL_CEILING);
    buf_init(&s->words, SQL_CEILING);
    buf_printf(&s->any, "SELECT CASE WHEN EXISTS (SELECT 1 FROM %s WHERE source = $1 AND valid_to_s IS NULL%s) THEN 1 ELSE 0 END", l->table,
               s->is_asset ? " AND kind = $2" : "");
    buf_printf(&s->now, "SELECT fid, version, id, digest FROM %s WHERE source = $1 AND source_id = $2 AND valid_to_s IS NULL%s", l->table,
               s->is_asset ? " AND kind = $3" : "");
    buf_printf(&s->supersede, "UPDATE %s SET valid_to_s = $2 WHERE fid = $1", l->table);
    buf_printf(&s->words, "INSERT INTO %s_words (rowid, words) VALUES ($1, $2)", l->table);
    write_insert(s);
    return s;
}

void register_shelf_close(struct register_shelf *s)
{
    if (s == NULL)
        return;
    buf_clear(&s->any);
    buf_clear(&s->now);
    buf_clear(&s->supersede);
    buf_clear(&s->insert);
    buf_clear(&s->words);
    mem_free(s);
}

enum status register_is_first(struct db *db, const struct register_shelf *s, const char *source, bool *out, struct err *e)
{
    const struct value value[] = { value_text(source), value_text(s->layer->key) };
    int64_t any = 0;
    enum status status = db_integer(db, s->any.data, (struct values){ value, s->is_asset ? 2 : 1 }, &any, e);
    *out = any == 0;
    return status;
}

enum status register_now_get(struct db *db, const struct register_shelf *s, const char *source, const char *source_id,
                             struct register_now *out, struct err *e)
{
    const struct value value[] = { value_text(source), value_text(source_id), value_text(s->layer->key) };
    struct rows *r = NULL;
    bool more = false;
    enum status status = db_ask(db, s->now.data, (struct values){ value, s->is_asset ? 3 : 2 }, &r, e);
    if (status == OK)
        status = rows_next(r, &more, e);
    if (status == OK && more) {
        out->fid = rows_integer(r, 0);
        out->version = rows_integer(r, 1);
        snprintf(out->id, sizeof out->id, "%s", rows_text(r, 2));
        snprintf(out->digest, sizeof out->digest, "%s", rows_text(r, 3));
    }
    rows_done(r);
    return status == OK && !more ? NOT_FOUND : status;
}

enum status register_supersede(struct db *db, const struct register_shelf *s, int64_t fid, int64_t now_s, struct err *e)
{
    return db_run(db, s->supersede.data, VALUES(value_integer(fid), value_integer(now_s)), e);
}

enum status register_insert(struct db *db, const struct register_shelf *s, const struct register_row *r, struct err *e)
{
    bool has_outline = r->point_wkb != NULL;
    struct value v[VALUES_MOST] = {
        value_text(r->id), value_text(r->source), value_text(r->source_id), value_text(r->properties), value_text(r->crs),
        value_text(r->cell_code), value_text(r->community_code), value_text(r->digest), value_real(r->accuracy_m),
        value_integer(r->version), value_integer(r->now_s),
        has_outline ? value_shape(r->point_wkb, r->point_len) : value_shape(r->wkb, r->wkb_len),
    };
    int n = 12;
    v[n++] = s->is_asset ? value_text(s->layer->key) : value_real(r->area_m2);
    if (s->is_asset)
        v[n++] = has_outline ? value_shape(r->wkb, r->wkb_len) : value_null();
    for (int i = 0; i < s->layer->properties; i++)
        v[n++] = r->column[i];
    return db_run(db, s->insert.data, (struct values){ v, n }, e);
}

enum status register_insert_words(struct db *db, const struct register_shelf *s, int64_t fid, const char *words, struct err *e)
{
    return db_run(db, s->words.data, VALUES(value_integer(fid), value_text(words)), e);
}
