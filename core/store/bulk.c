#include "core/store/bulk.h"

#include "core/base/mem.h"
#include "core/store/bulk_tree.h"
#include <stdio.h>
#include <string.h>

enum { SQL_ROOM = 1024, NAME_ROOM = 128, INDEXED_ROWS_LEAST = 20000 };

// --- Set aside ------------------------------------------------------------------------------------------------------------

static const char TRIGGERS[] = "SELECT 'TRIGGER', name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = $1 "
                               "AND (substr(name, 1, 4) IN ('ggi_', 'gii_', 'tmi_') OR name = tbl_name || '_counted') ORDER BY name";
// Those over all rows that count; one over a few of them costs nothing for the others.
static const char INDEXES[] = "SELECT 'INDEX', name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = $1 AND sql LIKE 'CREATE INDEX%' "
                              "AND (sql NOT LIKE '% WHERE %' OR sql LIKE '% WHERE valid_to_s IS NULL') ORDER BY name";

struct names { char drop[BULK_ASIDE_MOST][NAME_ROOM]; };

static enum status keep(struct db *db, const char *which, struct bulk *b, struct names *n, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, which, VALUES(value_text(b->table)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; b->asides++) {
        must(b->asides < BULK_ASIDE_MOST);
        must(snprintf(n->drop[b->asides], NAME_ROOM, "DROP %s \"%s\"", rows_text(r, 0), rows_text(r, 1)) < NAME_ROOM);
        b->aside[b->asides] = mem_get(strlen(rows_text(r, 2)) + 1, 1);
        strcpy(b->aside[b->asides], rows_text(r, 2));
    }
    rows_done(r);
    return s;
}

// An index made at once is sorted, not searched for every row: worth it when most of what it will hold comes now.
static enum status is_mostly_new(struct db *db, const struct bulk *b, int64_t expected, bool *out, struct err *e)
{
    char sql[SQL_ROOM];
    int64_t there = 0;
    *out = false;
    if (expected < INDEXED_ROWS_LEAST)
        return OK;
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", b->table);
    enum status s = db_integer(db, sql, NO_VALUES, &there, e);
    *out = expected > there;
    return s;
}

enum status bulk_begin(struct db *db, const char *table, int64_t expected, struct bulk *b, struct err *e)
{
    char sql[SQL_ROOM];
    struct names names;
    bool is_new = false;
    *b = (struct bulk){ 0 };
    snprintf(b->table, sizeof b->table, "%s", table);
    snprintf(sql, sizeof sql, "SELECT coalesce(max(fid), 0) FROM %s", table);
    enum status s = db_integer(db, sql, NO_VALUES, &b->last_fid, e);
    if (s == OK)
        s = is_mostly_new(db, b, expected, &is_new, e);
    if (s == OK)
        s = keep(db, TRIGGERS, b, &names, e);
    if (s == OK && is_new)
        s = keep(db, INDEXES, b, &names, e);
    for (int i = 0; s == OK && i < b->asides; i++)
        s = db_script(db, names.drop[i], e);
    return s;
}

void bulk_clear(struct bulk *b)
{
    for (int i = 0; i < b->asides; i++)
        mem_free(b->aside[i]);
    *b = (struct bulk){ 0 };
}

// --- What would have been done for each ---------------------------------------------------------------------------------------

// Statistics somebody took before (QGIS does) are not true any more: unknown is, and is counted anew by whoever asks.
static enum status forget_statistics(struct db *db, const struct bulk *b, struct err *e)
{
    enum status s = db_run(db, "UPDATE geometry_columns_time SET last_insert = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE f_table_name = $1",
                           VALUES(value_text(b->table)), e);
    return s == OK ? db_run(db, "UPDATE geometry_columns_statistics SET last_verified = NULL, row_count = NULL, extent_min_x = NULL, "
                                "extent_min_y = NULL, extent_max_x = NULL, extent_max_y = NULL WHERE f_table_name = $1",
                            VALUES(value_text(b->table)), e) : s;
}

enum status bulk_end(struct db *db, struct bulk *b, struct err *e)
{
    enum status s = bulk_trees_fill(db, b->table, b->last_fid, e);
    if (s == OK)
        s = forget_statistics(db, b, e);
    for (int i = 0; s == OK && i < b->asides; i++)
        s = db_script(db, b->aside[i], e);
    return s;
}
