// sink_sql.h - rows into an SQLite file that GDAL has open, past GDAL: in a third of the time (绕过 GDAL 写行).
//
// gis does not know SQLite: whoever opens the sink hands a way down (core/store/spatialite_guest.h). It works on GDAL's own
// connection, inside GDAL's transaction. What goes wrong is a complaint of the sink.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sink_cell_kind { CELL_NULL, CELL_INTEGER, CELL_REAL, CELL_TEXT, CELL_BLOB };
struct sink_cell { enum sink_cell_kind kind; size_t len; union { int64_t integer; double real; const void *bytes; }; };

static inline struct sink_cell cell_integer(int64_t v) { return (struct sink_cell){ .kind = CELL_INTEGER, .integer = v }; }
static inline struct sink_cell cell_real(double v) { return (struct sink_cell){ .kind = CELL_REAL, .real = v }; }
static inline struct sink_cell cell_blob(const void *p, size_t len)
{
    return (struct sink_cell){ .kind = CELL_BLOB, .len = len, .bytes = p };
}

// Each answers what went wrong, NULL when nothing did. Cells are ?1 and so on; what they point to is read, not kept.
struct sink_sql {
    const char *(*check)(const char *source_id); // is GDAL's SQLite, which calls itself so, the one we work with?
    const char *(*prepare)(void *sqlite, const char *sql, void **statement);
    const char *(*run)(void *statement, const struct sink_cell *cell, int cells);
    void (*finalize)(void *statement); // NULL is fine
};

// The file as SQLite sees it.
struct complaint;
struct sink_base { const struct sink_sql *sql; void *sqlite; struct complaint *complaint; };
bool sink_base_fine(const struct sink_base *b, const char *wrong); // the first that is wrong becomes the complaint
// One statement, once: format makes its text (names of tables are no values), cells are its values.
bool sink_base_run(const struct sink_base *b, const struct sink_cell *cell, int cells, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// Many rows for one table, `most` with one statement: a statement has its own costs, above all where rows are numbered.
struct sink_insert { const struct sink_base *base; const char *head; int columns, most; void *full; }; // head: INSERT ... VALUES
bool sink_insert_rows(struct sink_insert *i, const struct sink_cell *cell, int rows); // at most `most`; row after row
void sink_insert_clear(struct sink_insert *i);
