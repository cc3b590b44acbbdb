// register_bare.c - what a load of the register is held against: a bare SQLite program that puts the same rows into the same
// table with the same indexes, and each box into an R*Tree, row by row in one transaction. It reads no file of another kind,
// projects nothing, looks for no cell and makes no digest: rows come ready out of a station.
//
//     register_bare STATION OUT       prints: rows, seconds, processor seconds
#include "core/base/when.h"
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MUST(what, db) do { if ((what) != SQLITE_OK) { fprintf(stderr, "register_bare: %s\n", sqlite3_errmsg(db)); exit(1); } } while (0)
#define COLUMNS "id, source, source_id, kind, name, code, state, owner, keeper, permit_number, permit_until_s, checked_at_s, properties, crs, " \
                "accuracy_m, cell_code, community_code, digest, version, valid_from_s, valid_to_s, geom"
enum { COLUMN_COUNT = 22, GEOM = 21, BOX_AT = 6 };

static const char TABLE[] =
    "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8192;"
    "CREATE TABLE asset (fid INTEGER PRIMARY KEY, id TEXT NOT NULL, source TEXT NOT NULL, source_id TEXT, kind TEXT NOT NULL, name TEXT NOT NULL, "
    "code TEXT, state TEXT NOT NULL, owner TEXT NOT NULL, keeper TEXT NOT NULL, permit_number TEXT, permit_until_s INTEGER, checked_at_s INTEGER, "
    "properties TEXT NOT NULL, crs TEXT NOT NULL, accuracy_m REAL NOT NULL, cell_code TEXT, community_code TEXT, digest TEXT NOT NULL, "
    "version INTEGER NOT NULL, valid_from_s INTEGER NOT NULL, valid_to_s INTEGER, geom BLOB, UNIQUE (id, version));"
    "CREATE VIRTUAL TABLE idx_asset_geom USING rtree (pkid, xmin, xmax, ymin, ymax);";

// The indexes of the station's own table, word for word.
static void copy_indexes(sqlite3 *from, sqlite3 *to)
{
    sqlite3_stmt *s;
    MUST(sqlite3_prepare_v2(from, "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'asset' AND sql IS NOT NULL", -1, &s, NULL), from);
    while (sqlite3_step(s) == SQLITE_ROW)
        MUST(sqlite3_exec(to, (const char *)sqlite3_column_text(s, 0), NULL, NULL, NULL), to);
    sqlite3_finalize(s);
}

static void put_box(sqlite3 *to, sqlite3_stmt *tree, int64_t fid, const unsigned char *shape)
{
    double box[4];                 // west, south, east, north; a SpatiaLite shape begins with it
    memcpy(box, shape + BOX_AT, sizeof box);
    const double sides[] = { box[0], box[2], box[1], box[3] };
    sqlite3_bind_int64(tree, 1, fid);
    for (int i = 0; i < 4; i++)
        sqlite3_bind_double(tree, i + 2, sides[i]);
    if (sqlite3_step(tree) != SQLITE_DONE)
        MUST(SQLITE_ERROR, to);
    sqlite3_reset(tree);
}

static int64_t copy_rows(sqlite3 *from, sqlite3 *to)
{
    sqlite3_stmt *read, *write, *tree;
    int64_t rows = 0;
    MUST(sqlite3_prepare_v2(from, "SELECT " COLUMNS " FROM asset WHERE valid_to_s IS NULL ORDER BY fid", -1, &read, NULL), from);
    MUST(sqlite3_prepare_v2(to, "INSERT INTO asset (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", -1, &write, NULL), to);
    MUST(sqlite3_prepare_v2(to, "INSERT INTO idx_asset_geom (pkid, xmin, xmax, ymin, ymax) VALUES (?, ?, ?, ?, ?)", -1, &tree, NULL), to);
    for (; sqlite3_step(read) == SQLITE_ROW; rows++) {
        for (int i = 0; i < COLUMN_COUNT; i++)
            MUST(sqlite3_bind_value(write, i + 1, sqlite3_column_value(read, i)), to);
        if (sqlite3_step(write) != SQLITE_DONE)
            MUST(SQLITE_ERROR, to);
        sqlite3_reset(write);
        put_box(to, tree, sqlite3_last_insert_rowid(to), sqlite3_column_blob(read, GEOM));
    }
    sqlite3_finalize(read);
    sqlite3_finalize(write);
    sqlite3_finalize(tree);
    return rows;
}

int main(int argc, char **argv)
{
    char path[4096];
    sqlite3 *from, *to;
    if (argc != 3)
        return fprintf(stderr, "usage: register_bare STATION OUT\n"), 2;
    snprintf(path, sizeof path, "%s/gridpatrol.sqlite", argv[1]);
    unlink(argv[2]);
    MUST(sqlite3_open_v2(path, &from, SQLITE_OPEN_READONLY, NULL), from);
    MUST(sqlite3_open(argv[2], &to), to);
    double start_s = when_monotonic_s(), start_cpu_s = when_cpu_s();
    MUST(sqlite3_exec(to, TABLE, NULL, NULL, NULL), to);
    copy_indexes(from, to);
    MUST(sqlite3_exec(to, "BEGIN IMMEDIATE", NULL, NULL, NULL), to);
    int64_t rows = copy_rows(from, to);
    MUST(sqlite3_exec(to, "COMMIT", NULL, NULL, NULL), to);
    sqlite3_close(to);
    printf("%" PRId64 " %.3f %.3f\n", rows, when_monotonic_s() - start_s, when_cpu_s() - start_cpu_s);
    sqlite3_close(from);
    return 0;
}
