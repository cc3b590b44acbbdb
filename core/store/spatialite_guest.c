#include "core/store/spatialite_guest.h"

#include <sqlite3.h>
#include <string.h>

// A connection of one copy of the library is rubbish to another.
static const char *check(const char *source_id)
{
    return strcmp(source_id, sqlite3_sourceid()) == 0 ? NULL : "GDAL brings an SQLite of its own";
}

static const char *wrong(sqlite3 *db, int code)
{
    return code == SQLITE_OK ? NULL : sqlite3_errmsg(db);
}

static const char *prepare(void *sqlite, const char *sql, void **statement)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(sqlite, sql, -1, &stmt, NULL);
    *statement = stmt;
    return wrong(sqlite, code);
}

static int bind(sqlite3_stmt *stmt, int place, const struct sink_cell *c)
{
    switch (c->kind) {
    case CELL_NULL: return sqlite3_bind_null(stmt, place);
    case CELL_INTEGER: return sqlite3_bind_int64(stmt, place, c->integer);
    case CELL_REAL: return sqlite3_bind_double(stmt, place, c->real);
    case CELL_TEXT: return sqlite3_bind_text64(stmt, place, c->bytes, c->len, SQLITE_STATIC, SQLITE_UTF8);
    case CELL_BLOB: return sqlite3_bind_blob64(stmt, place, c->bytes, c->len, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

// The cells stay bound: the next run binds all of them anew.
static const char *run(void *statement, const struct sink_cell *cell, int cells)
{
    sqlite3_stmt *stmt = statement;
    int code = SQLITE_OK;
    for (int i = 0; code == SQLITE_OK && i < cells; i++)
        code = bind(stmt, i + 1, &cell[i]);
    if (code == SQLITE_OK) {
        sqlite3_step(stmt);
        code = sqlite3_reset(stmt); // says how the step went
    }
    return wrong(sqlite3_db_handle(stmt), code);
}

static void finalize(void *statement) { sqlite3_finalize(statement); }

const struct sink_sql spatialite_guest = { .check = check, .prepare = prepare, .run = run, .finalize = finalize };
