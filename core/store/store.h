// store.h - where a station keeps its records (存储): one seam, SpatiaLite behind it today, PostGIS tomorrow.
//
// Row functions (core/store/*_rows.c) say SQL with $1 parameters in the subset both databases know, and get a struct db.
// Writing is a job: store_write queues it, jobs that wait together share one transaction and one sync (group commit), and one
// that fails takes nobody along. It returns when the commit is durable. Readers have connections of their own and never wait
// for the writer. A job that answers other than OK leaves no trace in the database.
#pragma once
#include "core/base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;                 // an open database; threads may share it
struct db;                    // one connection; one thread at a time

// What is bound to $1, $2, ...
enum value_kind { VALUE_NULL, VALUE_INTEGER, VALUE_REAL, VALUE_TEXT, VALUE_BYTES, VALUE_SHAPE };
struct value { enum value_kind kind; int64_t integer; double real; const void *bytes; size_t len; };

static inline struct value value_null(void) { return (struct value){ .kind = VALUE_NULL }; }
static inline struct value value_integer(int64_t i) { return (struct value){ .kind = VALUE_INTEGER, .integer = i }; }
struct value value_real(double r);                       // NaN becomes NULL
struct value value_text(const char *utf8);               // NULL becomes NULL
struct value value_word(const char *utf8);               // "" becomes NULL too
struct value value_bytes(const void *bytes, size_t len); // WKB goes in by ST_GeomFromWKB($n, 4326), out by ST_AsBinary(geom)
struct value value_shape(const void *wkb, size_t len);   // EPSG:4326; goes in as $n alone, in the database's own form: for many rows

struct values { const struct value *value; int count; };
#define VALUES(...) ((struct values){ (const struct value[]){ __VA_ARGS__ }, (int)(sizeof((const struct value[]){ __VA_ARGS__ }) / sizeof(struct value)) })
#define NO_VALUES ((struct values){ NULL, 0 })

// --- The store ----------------------------------------------------------------------------------------------------------

enum store_mode { STORE_CREATE, STORE_OPEN };
// CREATE: CONFLICT when it exists. OPEN: NOT_FOUND when it does not, INVALID when it is no station, is damaged or is newer
// than this program; older ones are brought up to date (core/store/migrate.h).
enum status store_open(const char *path, enum store_mode mode, struct store **out, struct err *e);
void store_close(struct store *s);

typedef enum status store_job(struct db *d, void *ctx, struct err *e);
// Runs fn in the shared transaction. Whatever it answers comes back; FAILED when the commit itself failed (full disk), then
// nothing of it is there. BUSY: another process has been writing for longer than STORE_WAIT_MS. fn must not call store_write.
enum status store_write(struct store *s, store_job *fn, void *ctx, struct err *e);
// The same for a job that may be run again from its beginning as if it had never run: it changes rows and nothing else, and
// overwrites what it answers into ctx. Such jobs share a transaction without a savepoint each (a sixth of a move); when one
// fails after it has written, those who share with it are run anew.
enum status store_write_repeatable(struct store *s, store_job *fn, void *ctx, struct err *e);
struct store_tally { int64_t commits, jobs; };           // since it was opened, also those that failed
struct store_tally store_tally(struct store *s);
// A view of one moment: fn sees no commit that comes later. fn must not write.
enum status store_read(struct store *s, store_job *fn, void *ctx, struct err *e);
// A consistent copy into a new file while others go on reading and writing. CONFLICT when it exists.
enum status store_copy(struct store *s, const char *path, struct err *e);

enum { STORE_WAIT_MS = 10000 };

// --- Inside a job -------------------------------------------------------------------------------------------------------

// Statements are prepared once for each connection, found again by their text. A broken rule of the schema is CONFLICT with
// the trigger's or constraint's sentence.
enum status db_run(struct db *d, const char *sql, struct values v, struct err *e);
int64_t db_changed(const struct db *d);                  // rows the last db_run changed
int64_t db_changed_ever(const struct db *d);             // rows changed by this connection so far
bool db_is_in_transaction(const struct db *d);
// What this job asks ends with BUSY after so many seconds. Each job begins without an end.
void db_limit(struct db *d, double seconds);
int64_t db_last_fid(const struct db *d);                 // of the last inserted row

struct rows;                                             // an answer being read, row by row
enum status db_ask(struct db *d, const char *sql, struct values v, struct rows **out, struct err *e);
enum status rows_next(struct rows *r, bool *more, struct err *e);
bool rows_is_null(const struct rows *r, int column);
int64_t rows_integer(const struct rows *r, int column);  // 0 for NULL
double rows_real(const struct rows *r, int column);      // NaN for NULL
const char *rows_text(const struct rows *r, int column); // NULL for NULL; lives until the next row
const void *rows_bytes(const struct rows *r, int column, size_t *len);
void rows_copy(const struct rows *r, int column, char *out, size_t cap); // the text, cut to what fits; "" for NULL
int rows_columns(const struct rows *r);
void rows_done(struct rows *r);                          // NULL is fine; always call it

// One row, read while it is there. NOT_FOUND, without a sentence, when there is none.
typedef void row_reader(void *out, const struct rows *r);
enum status db_row(struct db *d, const char *sql, struct values v, row_reader *read, void *out, struct err *e);
// One number or one text, when that is all that is asked. NOT_FOUND when there is no row.
enum status db_integer(struct db *d, const char *sql, struct values v, int64_t *out, struct err *e);
enum status db_text(struct db *d, const char *sql, struct values v, char *out, size_t cap, struct err *e);
// Many statements at once (a schema file); no parameters.
enum status db_script(struct db *d, const char *sql, struct err *e);
