#include "core/store/spatial_trigger.h"

#include "core/base/mem.h"
#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES = 1 << 20, TRIGGERS_MOST = 256, DROP_ROOM = 160 };

// The name of each trigger and what it should say. A name is SpatiaLite's: its letters, table and column.
static const char WANTED[] =
    "SELECT t.name, replace(replace(CASE WHEN t.name LIKE 'tmu%' THEN replace(t.sql, 'AFTER UPDATE ON', 'AFTER UPDATE OF \"' || "
    "g.f_geometry_column || '\" ON') ELSE t.sql END, 'Lower(', '('), 'RAISE(ROLLBACK', 'RAISE(ABORT') AS wanted FROM geometry_columns g JOIN sqlite_master t ON "
    "t.type = 'trigger' AND t.tbl_name = g.f_table_name AND t.name IN ('ggi_' || f_table_name || '_' || f_geometry_column, "
    "'ggu_' || f_table_name || '_' || f_geometry_column, 'tmi_' || f_table_name || '_' || f_geometry_column, "
    "'tmu_' || f_table_name || '_' || f_geometry_column, 'tmd_' || f_table_name || '_' || f_geometry_column) "
    "WHERE wanted <> t.sql ORDER BY t.name";

struct wanted { const char *name, *sql; };

static enum status list(struct db *db, struct arena *a, struct wanted out[TRIGGERS_MOST], int *count, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, WANTED, NO_VALUES, &r, e);
    *count = 0;
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; (*count)++) {
        must(*count < TRIGGERS_MOST);
        out[*count] = (struct wanted){ arena_text(a, rows_text(r, 0)), arena_text(a, rows_text(r, 1)) };
    }
    rows_done(r);
    return s;
}

static enum status replace(struct db *db, const struct wanted *w, struct err *e)
{
    char drop[DROP_ROOM];
    must(snprintf(drop, sizeof drop, "DROP TRIGGER \"%s\"", w->name) < DROP_ROOM);
    enum status s = db_script(db, drop, e);
    return s == OK ? db_script(db, w->sql, e) : s;
}

enum status spatial_trigger_tidy(struct db *db, struct err *e)
{
    struct wanted wanted[TRIGGERS_MOST];
    struct arena *a = arena_open(ARENA_BYTES);
    int count = 0;
    enum status s = list(db, a, wanted, &count, e);
    for (int i = 0; s == OK && i < count; i++)
        s = replace(db, &wanted[i], e);
    arena_close(a);
    return s;
}
