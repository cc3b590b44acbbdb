// The door of SQLite and SpatiaLite. WAL, synchronous=FULL: what is acknowledged is on the disk.
#include "core/store/driver.h"

#include "core/base/disk.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include "core/fold.h"
#include "core/store/spatialite_pages.h"
#include "core/store/spatialite_wkb.h"
#include "core/store/spatialite_shape.h"
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include <spatialite.h>                        // after sqlite3.h, whose types it uses

struct connection { sqlite3 *db; void *spatial; void (*heard)(void *ctx, const char *table, int64_t fid); void *hearer; double until_s; };     // until_s: 0, no end

enum { COPY_PAGES = 4096 };

// The log's index has no room to grow: SQLite calls that a fault of the disk.
static bool disk_is_full(sqlite3 *db)
{
    enum { INDEX_BYTES = 32768 };
    const char *path = db != NULL ? sqlite3_db_filename(db, "main") : NULL;
    return path != NULL && !disk_has_room(path, INDEX_BYTES);
}

static const char FULL[] = "the disk is full: nothing was written; make room and try again";

// Whose fault it is and what to do about it; the library's own words beside.
static enum status say(sqlite3 *db, int code, struct err *e)
{
    const char *words = db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT: return err_set(e, CONFLICT, "this would break a rule of the station: %s", words);
    case SQLITE_BUSY: case SQLITE_LOCKED:
        return err_set(e, BUSY, "the station is being written by another process for more than %d s: try again", STORE_WAIT_MS / 1000);
    case SQLITE_FULL: return err_set(e, FAILED, FULL);
    case SQLITE_IOERR: return disk_is_full(db) ? err_set(e, FAILED, FULL) : err_set(e, FAILED, "the disk answers with an error (%s): nothing was written", words);
    case SQLITE_READONLY: return err_set(e, DENIED, "the station may not be written here: %s", words);
    case SQLITE_CORRUPT: return err_set(e, FAILED, "the station's file is damaged (%s): gridpatrol verify says where; restore a backup", words);
    case SQLITE_NOTADB: return err_set(e, INVALID, "this is no station's file: %s", words);
    case SQLITE_CANTOPEN: return err_set(e, NOT_FOUND, "the station's file cannot be opened: %s", words);
    case SQLITE_INTERRUPT: return err_set(e, BUSY, "this takes longer than a question may: ask for less, in a smaller box or with a simpler filter");
    case SQLITE_TOOBIG: return err_set(e, TOO_BIG, "a value is too big for the store: %s", words);
    default: return err_set(e, FAILED, "the store says: %s", words);
    }
}

static enum status run(struct connection *c, const char *sql, struct err *e)
{
    int code = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : say(c->db, code, e);
}

static void close_connection(void *connection)
{
    struct connection *c = connection;
    sqlite3_close_v2(c->db);
    if (c->spatial != NULL)
        spatialite_cleanup_ex(c->spatial);
    mem_free(c);
}

static const char SETTINGS[] =
    "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; "
    "PRAGMA trusted_schema=ON; PRAGMA cache_size=-65536; PRAGMA mmap_size=1073741824; PRAGMA wal_autocheckpoint=16384;";

// casei(text) and accenti(text), as filters compare them (core/fold.h).
static void fold(sqlite3_context *answer, int count, sqlite3_value **given)
{
    (void)count;
    char *(*how)(const char *) = (char *(*)(const char *))sqlite3_user_data(answer);
    char *folded = how((const char *)sqlite3_value_text(given[0]));
    sqlite3_result_text(answer, folded, -1, SQLITE_TRANSIENT);  // NULL gives NULL
    mem_free(folded);
}

static enum status teach_folding(struct connection *c, struct err *e)
{
    static const int how = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int code = sqlite3_create_function_v2(c->db, "casei", 1, how, (void *)fold_case, fold, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(c->db, "accenti", 1, how, (void *)fold_accents, fold, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : say(c->db, code, e);
}

static enum status make_ready(struct connection *c, bool create, struct err *e)
{
    sqlite3_busy_timeout(c->db, STORE_WAIT_MS);
    sqlite3_extended_result_codes(c->db, 1);
    enum status s = run(c, SETTINGS, e);
    if (s == OK && create)
        s = run(c, "PRAGMA page_size=4096; PRAGMA journal_mode=WAL;", e);
    if (s == OK)
        s = run(c, "SELECT count(*) FROM sqlite_master;", e);   // a file that is no database says so here
    if (s != OK)
        return s;
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;   // the library's own tables are not for two threads
    pthread_mutex_lock(&one_at_a_time);
    c->spatial = spatialite_alloc_connection();
    spatialite_init_ex(c->db, c->spatial, 0);
    pthread_mutex_unlock(&one_at_a_time);
    s = teach_folding(c, e);
    return s == OK ? spatialite_wkb_teach(c->db, e) : s;
}

// SQLite counts its memory under a lock, twice for every piece: a tenth of a move. Nobody asks for the count. This can be said
// before SQLite's first use only, and PROJ is often the first: so it is said before main.
__attribute__((constructor)) static void settle_sqlite(void)
{
    spatialite_pages_teach();
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);   // what a savepoint keeps stays in memory, also where temp_store is a file
}

static int is_late(void *ctx)
{
    const struct connection *c = ctx;
    return c->until_s > 0 && when_monotonic_s() > c->until_s;
}

static void limit(void *connection, double until_s)
{
    enum { STEPS = 10000 };                                    // of its machine between two looks at the clock
    struct connection *c = connection;
    c->until_s = until_s;
    sqlite3_progress_handler(c->db, STEPS, until_s > 0 ? is_late : NULL, c);
}

// Each mapping counts as the process's memory, and each of many readers has one: of a million buildings half a gigabyte.
static void spare_memory(void *connection)
{
    struct err aside = { .lang = LANG_EN };
    (void)run(connection, "PRAGMA mmap_size=0; PRAGMA cache_size=-16384;", &aside);
}

static enum status open_connection(const char *path, bool create, bool writable, void **out, struct err *e)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
    struct connection *c = mem_get(1, sizeof *c);
    int code = sqlite3_open_v2(path, &c->db, flags, NULL);
    enum status s = code == SQLITE_OK ? make_ready(c, create, e) : say(c->db, code, e);
    // Mapped, a page is looked for in the log at every touch; the writer's pages are in its cache anyway. It sorts new indexes
    // through a file, which takes less memory and lets a second thread help.
    if (s == OK)
        s = run(c, writable ? "PRAGMA mmap_size=0; PRAGMA temp_store=FILE; PRAGMA threads=1;" : "PRAGMA query_only=ON;", e);
    if (s != OK) {
        close_connection(c);
        return s;
    }
    *out = c;
    return OK;
}

// SQLite numbers $1 by first appearance, and finds it by its name only; ?1 is the first wherever it stands. What is quoted stays.
static char *with_numbered_places(const char *sql)
{
    char *out = mem_get(strlen(sql) + 1, 1);
    char quote = '\0';
    for (size_t i = 0; sql[i] != '\0'; i++) {
        if (quote != '\0')
            quote = sql[i] == quote ? '\0' : quote;
        else if (sql[i] == '\'' || sql[i] == '"')
            quote = sql[i];
        out[i] = sql[i] == '$' && quote == '\0' && sql[i + 1] >= '1' && sql[i + 1] <= '9' ? '?' : sql[i];
    }
    return out;
}

static enum status prepare(void *connection, const char *sql, void **statement, struct err *e)
{
    struct connection *c = connection;
    sqlite3_stmt *stmt = NULL;
    char *numbered = with_numbered_places(sql);
    int code = sqlite3_prepare_v3(c->db, numbered, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
    mem_free(numbered);
    if (code != SQLITE_OK)
        return say(c->db, code, e);
    *statement = stmt;
    return OK;
}

static void finalize(void *statement) { sqlite3_finalize(statement); }

static enum status bind_shape(sqlite3_stmt *stmt, int place, const struct value *v, struct err *e)
{
    uint8_t *shape;
    size_t len;
    enum status s = spatialite_shape_make(v->bytes, v->len, &shape, &len, e);
    if (s != OK)
        return s;
    int code = sqlite3_bind_blob64(stmt, place, shape, len, mem_free);
    return code == SQLITE_OK ? OK : say(sqlite3_db_handle(stmt), code, e);
}

static enum status bind(void *statement, int place, const struct value *v, struct err *e)
{
    sqlite3_stmt *stmt = statement;
    int code = SQLITE_OK;
    switch (v->kind) {
    case VALUE_NULL: code = sqlite3_bind_null(stmt, place); break;
    case VALUE_INTEGER: code = sqlite3_bind_int64(stmt, place, v->integer); break;
    case VALUE_REAL: code = sqlite3_bind_double(stmt, place, v->real); break;
    case VALUE_TEXT: code = sqlite3_bind_text64(stmt, place, v->bytes, v->len, SQLITE_STATIC, SQLITE_UTF8); break;
    case VALUE_BYTES: code = sqlite3_bind_blob64(stmt, place, v->bytes, v->len, SQLITE_STATIC); break;
    case VALUE_SHAPE: return bind_shape(stmt, place, v, e);
    }
    return code == SQLITE_OK ? OK : say(sqlite3_db_handle(stmt), code, e);
}

static enum status step(void *statement, bool *row, struct err *e)
{
    int code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return say(sqlite3_db_handle(statement), code, e);
    *row = code == SQLITE_ROW;
    return OK;
}

static void reset(void *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

static int columns(void *statement) { return sqlite3_column_count(statement); }
static bool is_null(void *statement, int column) { return sqlite3_column_type(statement, column) == SQLITE_NULL; }
static int64_t integer(void *statement, int column) { return sqlite3_column_int64(statement, column); }
static double real(void *statement, int column) { return sqlite3_column_double(statement, column); }
static const char *text(void *statement, int column) { return (const char *)sqlite3_column_text(statement, column); }

static const void *bytes(void *statement, int column, size_t *len)
{
    const void *at = sqlite3_column_blob(statement, column);
    *len = (size_t)sqlite3_column_bytes(statement, column);
    return at;
}

static enum status script(void *connection, const char *sql, struct err *e) { return run(connection, sql, e); }
static int64_t changed(void *connection) { return sqlite3_changes64(((struct connection *)connection)->db); }
static int64_t changed_ever(void *connection) { return sqlite3_total_changes64(((struct connection *)connection)->db); }
static bool is_in_transaction(void *connection) { return !sqlite3_get_autocommit(((struct connection *)connection)->db); }
static int64_t last_fid(void *connection) { return sqlite3_last_insert_rowid(((struct connection *)connection)->db); }

// Page by page; SQLite begins again by itself when a writer was quicker, so the copy is of one moment.
static enum status copy(void *connection, const char *path, struct err *e)
{
    struct connection *c = connection;
    sqlite3 *to = NULL;
    int code = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    sqlite3_backup *work = code == SQLITE_OK ? sqlite3_backup_init(to, "main", c->db, "main") : NULL;
    enum status s = OK;
    if (work == NULL) {
        s = say(to, code != SQLITE_OK ? code : sqlite3_errcode(to), e);
    } else {
        do
            code = sqlite3_backup_step(work, COPY_PAGES);
        while (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED);
        sqlite3_backup_finish(work);
        if (code != SQLITE_DONE)
            s = say(to, code, e);
    }
    sqlite3_close_v2(to);
    if (s != OK)
        unlink(path);
    return s;
}

// What lies in memory alone (TEMP) has the same names.
static void on_row(void *ctx, int how, const char *base, const char *table, sqlite3_int64 fid)
{
    struct connection *c = ctx;
    (void)how;
    if (strcmp(base, "main") == 0)
        c->heard(c->hearer, table, fid);
}

static void hear(void *connection, void (*fn)(void *ctx, const char *table, int64_t fid), void *ctx)
{
    struct connection *c = connection;
    c->heard = fn;
    c->hearer = ctx;
    sqlite3_update_hook(c->db, on_row, c);
}

// The index of the write-ahead log begins with a header of 48 bytes, whose last eight are the checksum of the others: a counter of commits, where
// the log ends, the checksum of its last frame (https://www.sqlite.org/walformat.html, 2.1). It is written before a commit is done.
static const _Atomic uint64_t *commit_mark(void *connection)
{
    enum { REGION_BYTES = 32768, CHECKSUM_AT = 40, FORMAT = 3007000 };
    const struct connection *c = connection;
    sqlite3_file *file = NULL;
    void volatile *index = NULL;
    if (sqlite3_file_control(c->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == NULL || file->pMethods == NULL ||
        file->pMethods->iVersion < 2 || file->pMethods->xShmMap(file, 0, REGION_BYTES, 0, &index) != SQLITE_OK || index == NULL)
        return NULL;
    return *(const volatile uint32_t *)index == FORMAT ? (const _Atomic uint64_t *)((uintptr_t)index + CHECKSUM_AT) : NULL;
}

const struct driver driver_spatialite = {
    .name = "spatialite", .open = open_connection, .close = close_connection, .prepare = prepare, .finalize = finalize, .bind = bind,
    .step = step, .reset = reset, .columns = columns, .is_null = is_null, .integer = integer, .real = real, .text = text, .bytes = bytes,
    .script = script, .changed = changed, .changed_ever = changed_ever, .is_in_transaction = is_in_transaction, .last_fid = last_fid, .copy = copy, .hear = hear, .commit_mark = commit_mark, .limit = limit, .spare_memory = spare_memory,
    .begin_write = "BEGIN IMMEDIATE", .begin_read = "BEGIN",
};
