#include "core/store/export_rows.h"

#include "core/audit.h"
#include "core/base/mem.h"
#include "core/visible.h"

enum { SQL_CEILING = 16 << 20, ARENA_BYTES = 1 << 16 };

static void write_sight(struct clause *c, const struct export_table *t, const struct viewer *v)
{
    if (t->key != NULL)
        visible_where(v, t->layer, "t", c);
    else if (visible_audit(v) != AUDIT_ALL)
        buf_text(&c->text, visible_audit(v) == AUDIT_ACCOUNTS ? " AND t.thing IN " AUDIT_OF_ACCOUNTS : " AND 0 = 1");
}

// All names are words of our own tables (core/export_tables.c, data/layers): a stranger's come as values only.
static void write_query(struct clause *c, const struct export_table *t, const struct viewer *v, const struct filter_sql *where)
{
    struct buf *b = &c->text;
    buf_text(b, "SELECT ");
    for (int i = 0; i < t->columns; i++)
        buf_printf(b, "x.\"%s\", ", t->column[i].name);
    buf_printf(b, "%s FROM (SELECT ", t->geometry != NULL ? "ST_AsBinary(x.geom)" : "NULL");
    for (int i = 0; i < t->columns; i++)
        buf_printf(b, "%s AS \"%s\", ", t->column[i].sql, t->column[i].name);
    buf_printf(b, "%s AS geom, %s AS fid FROM %s", t->geometry != NULL ? t->geometry : "NULL", t->row != NULL ? t->row : "0", t->from);
    write_sight(c, t, v);
    buf_text(b, ") AS x WHERE $1 IS NOT NULL");
    if (where != NULL)
        buf_printf(b, " AND %s", where->text);
    buf_printf(b, " ORDER BY x.\"%s\"", t->order);
}

enum status export_each(struct work *w, const struct export_table *t, const struct filter_sql *where, export_visit *fn, void *ctx)
{
    struct rows *r = NULL;
    struct viewer v;
    struct clause c;
    struct arena *a = arena_open(ARENA_BYTES);
    enum status s = viewer_of(w, w->actor, a, &v);
    clause_init(&c, SQL_CEILING);
    clause_bind(&c, value_text(w->actor));
    if (where != NULL)
        clause_bind_all(&c, (struct values){ where->value, where->values });
    if (s == OK)
        write_query(&c, t, &v, where);
    if (s == OK)
        s = clause_check(&c, w->e);
    if (s == OK)
        s = db_ask(w->db, c.text.data, clause_values(&c), &r, w->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; )
        s = fn(ctx, r, w->e);
    rows_done(r);
    clause_clear(&c);
    arena_close(a);
    return s;
}
