#include "gis/sink_sql.h"
#include "core/base/buf.h"
#include "core/base/status.h"
#include "gis/sink_inside.h"
#include <stdarg.h>
#include <stdio.h>

enum { SQL_CEILING = 1 << 20, SQL_ROOM = 4096 };

bool sink_base_fine(const struct sink_base *b, const char *wrong)
{
    if (wrong != NULL && b->complaint->text[0] == '\0')
        snprintf(b->complaint->text, sizeof b->complaint->text, "%s", wrong);
    return wrong == NULL;
}

static bool run_once(const struct sink_base *b, const char *sql, const struct sink_cell *cell, int cells)
{
    void *statement = NULL;
    bool done = sink_base_fine(b, b->sql->prepare(b->sqlite, sql, &statement)) && sink_base_fine(b, b->sql->run(statement, cell, cells));
    b->sql->finalize(statement);
    return done;
}

bool sink_base_run(const struct sink_base *b, const struct sink_cell *cell, int cells, const char *format, ...)
{
    char sql[SQL_ROOM];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    must(len >= 0 && len < SQL_ROOM);
    return run_once(b, sql, cell, cells);
}

// INSERT INTO t VALUES (?,?),(?,?): the cells of so many rows.
static void write_insert(const struct sink_insert *i, int rows, struct buf *out)
{
    buf_init(out, SQL_CEILING);
    buf_text(out, i->head);
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < i->columns; c++)
            buf_text(out, c > 0 ? ",?" : r > 0 ? "),(?" : "(?");
    buf_text(out, ")");
}

static bool insert_most(struct sink_insert *i, const struct sink_cell *cell)
{
    bool prepared = i->full != NULL;
    if (!prepared) {
        struct buf sql;
        write_insert(i, i->most, &sql);
        prepared = sink_base_fine(i->base, i->base->sql->prepare(i->base->sqlite, sql.data, &i->full));
        buf_clear(&sql);
    }
    return prepared && sink_base_fine(i->base, i->base->sql->run(i->full, cell, i->most * i->columns));
}

bool sink_insert_rows(struct sink_insert *i, const struct sink_cell *cell, int rows)
{
    must(rows <= i->most);
    if (rows == i->most)
        return insert_most(i, cell);
    if (rows == 0)
        return true;
    struct buf sql;
    write_insert(i, rows, &sql);
    bool done = run_once(i->base, sql.data, cell, rows * i->columns);
    buf_clear(&sql);
    return done;
}

void sink_insert_clear(struct sink_insert *i)
{
    if (i->full != NULL)
        i->base->sql->finalize(i->full);
    i->full = NULL;
}
