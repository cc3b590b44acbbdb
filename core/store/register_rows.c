#include "core/store/register_rows.h"

#include "core/base/buf.h"
#include "core/base/mem.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SQL_CEILING = 16384, VALUES_MOST = 128 };

// Column names are plain words (layer.c sees to it); every value is bound.
struct register_shelf { const struct layer *layer; struct buf any, now, kept, born, supersede, insert, words; bool is_asset; };

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

enum { KEPT_PROPERTIES = 10 };      // the column the first property stands in

static void write_kept(struct register_shelf *s)
{
    const struct layer *l = s->layer;
    buf_printf(&s->kept, "SELECT fid, version, id, source, source_id, crs, cell_code, community_code, digest, accuracy_m");
    for (int i = 0; i < l->properties; i++)
        buf_printf(&s->kept, ", %s", l->property[i].held_in);
    buf_printf(&s->kept, ", ST_AsBinary(%s) FROM %s WHERE id = $1 AND valid_to_s IS NULL%s", l->shape, l->table, s->is_asset ? " AND kind = $2" : "");
    buf_printf(&s->born, "SELECT CASE WHEN valid_to_s IS NULL%s THEN 1 ELSE 0 END, version, digest FROM %s WHERE id = $1 ORDER BY version DESC LIMIT 1",
               s->is_asset ? " AND kind = $2" : "", l->table);
    must(!s->kept.full);
}

struct register_shelf *register_shelf_open(const struct layer *l)
{
    struct register_shelf *s = mem_get(1, sizeof *s);
    s->layer = l;
    s->is_asset = strcmp(l->table, "asset") == 0;
    buf_init(&s->any, SQL_CEILING);
    buf_init(&s->now, SQL_CEILING);
    buf_init(&s->kept, SQL_CEILING);
    buf_init(&s->born, SQL_CEILING);
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
    write_kept(s);
    return s;
}

void register_shelf_close(struct register_shelf *s)
{
    if (s == NULL)
        return;
    buf_clear(&s->any);
    buf_clear(&s->now);
    buf_clear(&s->kept);
    buf_clear(&s->born);
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

// Seconds that mean a day are told to the second, so that nothing of them is lost when they are read again.
static const char *text_kept(const struct property *p, const struct rows *r, int column, struct arena *a)
{
    char text[48] = "";
    if (rows_is_null(r, column))
        return NULL;
    if (p->type == PROPERTY_DATE && p->column != NULL)
        snprintf(text, sizeof text, "%" PRId64, rows_integer(r, column));
    else if (p->type == PROPERTY_NUMBER)
        snprintf(text, sizeof text, "%.17g", rows_real(r, column));
    else
        return arena_text(a, rows_text(r, column));
    return arena_text(a, text);
}

static void read_kept(const struct layer *l, const struct rows *r, struct arena *a, struct register_kept *out)
{
    const char **text = arena_get(a, ((size_t)l->properties + 1) * sizeof *text);
    for (int i = 0; i < l->properties; i++)
        text[i] = text_kept(&l->property[i], r, KEPT_PROPERTIES + i, a);
    *out = (struct register_kept){ .fid = rows_integer(r, 0), .version = rows_integer(r, 1), .id = arena_text(a, rows_text(r, 2)),
                                   .source = arena_text(a, rows_text(r, 3)), .source_id = arena_text(a, rows_text(r, 4)), .crs = arena_text(a, rows_text(r, 5)),
                                   .cell_code = arena_text(a, rows_text(r, 6)), .community_code = arena_text(a, rows_text(r, 7)),
                                   .digest = arena_text(a, rows_text(r, 8)), .accuracy_m = rows_real(r, 9), .text = text };
    const void *wkb = rows_bytes(r, KEPT_PROPERTIES + l->properties, &out->wkb_len);
    out->wkb = wkb != NULL ? memcpy(arena_get(a, out->wkb_len), wkb, out->wkb_len) : NULL;
}

enum status register_kept_get(struct db *db, const struct register_shelf *s, const char *id, struct arena *a, struct register_kept *out, struct err *e)
{
    const struct value value[] = { value_text(id), value_text(s->layer->key) };
    struct rows *r = NULL;
    bool more = false;
    enum status status = db_ask(db, s->kept.data, (struct values){ value, s->is_asset ? 2 : 1 }, &r, e);
    if (status == OK)
        status = rows_next(r, &more, e);
    if (status == OK && more)
        read_kept(s->layer, r, a, out);
    rows_done(r);
    return status == OK && !more ? NOT_FOUND : status;
}

static void read_born(void *out, const struct rows *r)
{
    struct register_born *b = out;
    *b = (struct register_born){ .counts = rows_integer(r, 0) != 0, .version = rows_integer(r, 1) };
    rows_copy(r, 2, b->digest, sizeof b->digest);
}

enum status register_born_get(struct db *db, const struct register_shelf *s, const char *id, struct register_born *out, struct err *e)
{
    const struct value value[] = { value_text(id), value_text(s->layer->key) };
    return db_row(db, s->born.data, (struct values){ value, s->is_asset ? 2 : 1 }, read_born, out, e);
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
