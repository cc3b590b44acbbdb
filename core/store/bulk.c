#include "core/store/bulk.h"

#include "core/base/mem.h"
#include <stdio.h>
#include <string.h>

enum { SQL_ROOM = 1024, NAME_ROOM = 128, COLUMNS_MOST = 4 };

// --- Triggers -------------------------------------------------------------------------------------------------------------

static enum status keep_triggers(struct db *db, struct bulk *b, char name[BULK_TRIGGERS_MOST][NAME_ROOM], struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = $1 "
                               "AND substr(name, 1, 4) IN ('ggi_', 'gii_', 'tmi_') ORDER BY name", VALUES(value_text(b->table)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; b->triggers++) {
        must(b->triggers < BULK_TRIGGERS_MOST);
        snprintf(name[b->triggers], NAME_ROOM, "%s", rows_text(r, 0));
        b->trigger[b->triggers] = mem_get(strlen(rows_text(r, 1)) + 1, 1);
        strcpy(b->trigger[b->triggers], rows_text(r, 1));
    }
    rows_done(r);
    return s;
}

enum status bulk_begin(struct db *db, const char *table, struct bulk *b, struct err *e)
{
    char name[BULK_TRIGGERS_MOST][NAME_ROOM], sql[SQL_ROOM];
    *b = (struct bulk){ 0 };
    snprintf(b->table, sizeof b->table, "%s", table);
    snprintf(sql, sizeof sql, "SELECT coalesce(max(fid), 0) FROM %s", table);
    enum status s = db_integer(db, sql, NO_VALUES, &b->last_fid, e);
    if (s == OK)
        s = keep_triggers(db, b, name, e);
    for (int i = 0; s == OK && i < b->triggers; i++) {
        int length = snprintf(sql, sizeof sql, "DROP TRIGGER \"%s\"", name[i]);
        must(length < SQL_ROOM);
        s = db_script(db, sql, e);
    }
    return s;
}

void bulk_clear(struct bulk *b)
{
    for (int i = 0; i < b->triggers; i++)
        mem_free(b->trigger[i]);
    *b = (struct bulk){ 0 };
}

// --- What they would have done --------------------------------------------------------------------------------------------

// Strips of one two-hundredth of a degree, each from south to north: neighbours come one after the other, so the tree's pages stay
// at hand and its boxes small.
static enum status fill_index(struct db *db, const struct bulk *b, const char *column, struct err *e)
{
    char sql[SQL_ROOM];
    int length = snprintf(sql, sizeof sql,
             "INSERT INTO \"idx_%s_%s\" (pkid, xmin, xmax, ymin, ymax) SELECT fid, MbrMinX(%s), MbrMaxX(%s), MbrMinY(%s), MbrMaxY(%s) "
             "FROM %s WHERE fid > $1 AND %s IS NOT NULL ORDER BY CAST(MbrMinX(%s) * 200 AS INTEGER), MbrMinY(%s)",
             b->table, column, column, column, column, column, b->table, column, column, column);
    must(length < SQL_ROOM);
    return db_run(db, sql, VALUES(value_integer(b->last_fid)), e);
}

// Statistics somebody took before (QGIS does) are not true any more: unknown is, and is counted anew by whoever asks.
static enum status forget_statistics(struct db *db, const struct bulk *b, const char *column, struct err *e)
{
    enum status s = db_run(db, "UPDATE geometry_columns_time SET last_insert = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') "
                               "WHERE f_table_name = $1 AND f_geometry_column = $2", VALUES(value_text(b->table), value_text(column)), e);
    return s == OK ? db_run(db, "UPDATE geometry_columns_statistics SET last_verified = NULL, row_count = NULL, extent_min_x = NULL, "
                                "extent_min_y = NULL, extent_max_x = NULL, extent_max_y = NULL WHERE f_table_name = $1 AND f_geometry_column = $2",
                            VALUES(value_text(b->table), value_text(column)), e) : s;
}

struct column { char name[64]; bool is_indexed; };

static enum status list_columns(struct db *db, const char *table, struct column out[COLUMNS_MOST], int *count, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT f_geometry_column, spatial_index_enabled FROM geometry_columns WHERE f_table_name = $1 ORDER BY 1",
                           VALUES(value_text(table)), &r, e);
    *count = 0;
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; (*count)++) {
        must(*count < COLUMNS_MOST);
        snprintf(out[*count].name, sizeof out[*count].name, "%s", rows_text(r, 0));
        out[*count].is_indexed = rows_integer(r, 1) == 1;
    }
    rows_done(r);
    return s;
}

enum status bulk_end(struct db *db, struct bulk *b, struct err *e)
{
    struct column column[COLUMNS_MOST];
    int columns = 0;
    enum status s = list_columns(db, b->table, column, &columns, e);
    for (int i = 0; s == OK && i < columns; i++) {
        if (column[i].is_indexed)
            s = fill_index(db, b, column[i].name, e);
        if (s == OK)
            s = forget_statistics(db, b, column[i].name, e);
    }
    for (int i = 0; s == OK && i < b->triggers; i++)
        s = db_script(db, b->trigger[i], e);
    return s;
}
