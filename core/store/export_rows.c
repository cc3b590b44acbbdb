#include "core/store/export_rows.h"

#include "core/base/buf.h"
#include "core/base/mem.h"
#include <string.h>

enum { SQL_CEILING = 16 << 20 };

// All names are words of our own tables (core/export_tables.c, data/layers): a stranger's come as values only.
static void write_query(struct buf *b, const struct export_table *t, const struct filter_sql *where)
{
    buf_text(b, "SELECT ");
    for (int i = 0; i < t->columns; i++)
        buf_printf(b, "x.\"%s\", ", t->column[i].name);
    buf_printf(b, "%s FROM (SELECT ", t->geometry != NULL ? "ST_AsBinary(x.geom)" : "NULL");
    for (int i = 0; i < t->columns; i++)
        buf_printf(b, "%s AS \"%s\", ", t->column[i].sql, t->column[i].name);
    buf_printf(b, "%s AS geom, %s AS fid FROM %s) AS x WHERE $1 IS NOT NULL", t->geometry != NULL ? t->geometry : "NULL", t->row != NULL ? t->row : "0", t->from);
    if (where != NULL)
        buf_printf(b, " AND %s", where->text);
    buf_printf(b, " ORDER BY x.\"%s\"", t->order);
}

enum status export_each(struct work *w, const struct export_table *t, const struct filter_sql *where, export_visit *fn, void *ctx)
{
    struct buf sql;
    struct rows *r = NULL;
    int count = 1 + (where != NULL ? where->values : 0);
    struct value *v = mem_get((size_t)count, sizeof *v);
    v[0] = value_text(w->actor);
    if (where != NULL && where->values > 0)
        memcpy(v + 1, where->value, (size_t)where->values * sizeof *v);
    buf_init(&sql, SQL_CEILING);
    write_query(&sql, t, where);
    enum status s = sql.full ? err_set(w->e, TOO_BIG, "the filter is too large for a query") : db_ask(w->db, sql.data, (struct values){ v, count }, &r, w->e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, w->e)) == OK && more; )
        s = fn(ctx, r, w->e);
    rows_done(r);
    buf_clear(&sql);
    mem_free(v);
    return s;
}
