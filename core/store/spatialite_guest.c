#include "core/store/spatialite_guest.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { FID, GEOMETRY, FIRST_FIELD };

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

// --- rows out of it ------------------------------------------------------------------------------------------------------------

static struct source_value value_of(sqlite3_value *v, enum source_kind kind)
{
    struct source_value out = { .kind = sqlite3_value_type(v) == SQLITE_NULL ? SOURCE_NULL : kind };
    switch (out.kind) {
    case SOURCE_NULL: break;
    case SOURCE_INTEGER: out.integer = sqlite3_value_int64(v); break;
    case SOURCE_REAL: out.real = sqlite3_value_double(v); break;
    case SOURCE_TEXT: out.text = (const char *)sqlite3_value_text(v), out.len = (size_t)sqlite3_value_bytes(v); break;
    }
    if (out.kind == SOURCE_TEXT && out.text == NULL) // no memory
        out.kind = SOURCE_NULL;
    return out;
}

static void take_row(sqlite3_context *ctx, int columns, sqlite3_value **column)
{
    const struct source_query *q = sqlite3_user_data(ctx);
    struct source_value field[SOURCE_FIELDS];
    for (int i = 0; i < columns - FIRST_FIELD; i++)
        field[i] = value_of(column[FIRST_FIELD + i], q->kind[i]);
    bool is_blob = sqlite3_value_type(column[GEOMETRY]) == SQLITE_BLOB;
    const void *blob = is_blob ? sqlite3_value_blob(column[GEOMETRY]) : NULL;
    size_t len = is_blob ? (size_t)sqlite3_value_bytes(column[GEOMETRY]) : 0;
    if (!q->take(q->ctx, sqlite3_value_int64(column[FID]), blob, len, field))
        sqlite3_result_error(ctx, "enough", -1);
}

static void no_answer(sqlite3_context *ctx) { sqlite3_result_null(ctx); }

// An aggregate sees the bytes where they lie in their page; a row that is handed out is copied first. It is there for us alone: nothing
// that stands in the file may call it.
static int teach(sqlite3 *db, struct source_query *q, bool known)
{
    return sqlite3_create_function_v2(db, SOURCE_ROW_FUNCTION, FIRST_FIELD + q->fields, SQLITE_UTF8 | SQLITE_DIRECTONLY, q, NULL,
                                      known ? take_row : NULL, known ? no_answer : NULL, NULL);
}

static bool read_rows(void *sqlite, struct source_query *q)
{
    sqlite3_stmt *stmt = NULL;
    q->said[0] = '\0';
    bool understood = teach(sqlite, q, true) == SQLITE_OK && sqlite3_prepare_v2(sqlite, q->select, -1, &stmt, NULL) == SQLITE_OK;
    if (understood) {
        sqlite3_step(stmt);
        if (sqlite3_finalize(stmt) != SQLITE_OK)
            snprintf(q->said, sizeof q->said, "%s", sqlite3_errmsg(sqlite));
    }
    teach(sqlite, q, false);
    return understood;
}

const struct source_sql spatialite_reader = { .check = check, .run = read_rows };

const struct sink_sql spatialite_guest = { .check = check, .prepare = prepare, .run = run, .finalize = finalize };
