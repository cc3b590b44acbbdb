#include "core/store/driver.h"

#include "core/base/mem.h"
#include "core/base/when.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SHELF = 512, SEEN = 1024 };              // prepared statements kept for a connection; addresses of texts remembered

struct rows { struct db *db; void *statement; bool used; };
struct prepared { uint64_t key; char *sql; struct rows rows; };
struct db {
    const struct driver *driver;
    void *connection;
    struct prepared shelf[SHELF];              // open addressing by the text's hash
    int kept;
    struct prepared *seen[SEEN];               // by the text's address: most texts are constants, and hashing them costs more than all
};

struct value value_real(double r)
{
    return isnan(r) ? value_null() : (struct value){ .kind = VALUE_REAL, .real = r };
}

struct value value_text(const char *utf8)
{
    return utf8 == NULL ? value_null() : (struct value){ .kind = VALUE_TEXT, .bytes = utf8, .len = strlen(utf8) };
}

struct value value_word(const char *utf8)
{
    return value_text(utf8 != NULL && utf8[0] != '\0' ? utf8 : NULL);
}

struct value value_bytes(const void *bytes, size_t len)
{
    return bytes == NULL ? value_null() : (struct value){ .kind = VALUE_BYTES, .bytes = bytes, .len = len };
}

struct value value_shape(const void *wkb, size_t len)
{
    return wkb == NULL ? value_null() : (struct value){ .kind = VALUE_SHAPE, .bytes = wkb, .len = len };
}

enum status db_open(const struct driver *driver, const char *path, bool create, bool writable, struct db **out, struct err *e)
{
    void *connection;
    enum status s = driver->open(path, create, writable, &connection, e);
    if (s != OK)
        return s;
    struct db *d = mem_get(1, sizeof *d);
    d->driver = driver;
    d->connection = connection;
    *out = d;
    return OK;
}

static void forget_statements(struct db *d)
{
    for (int i = 0; i < SHELF; i++) {
        struct prepared *p = &d->shelf[i];
        if (p->sql == NULL)
            continue;
        d->driver->finalize(p->rows.statement);
        mem_free(p->sql);
        *p = (struct prepared){ 0 };
    }
    memset(d->seen, 0, sizeof d->seen);
    d->kept = 0;
}

void db_close(struct db *d)
{
    if (d == NULL)
        return;
    forget_statements(d);
    d->driver->close(d->connection);
    mem_free(d);
}

const struct driver *db_driver(const struct db *d) { return d->driver; }
void *db_connection(const struct db *d) { return d->connection; }

static uint64_t key_of(const char *sql)        // FNV-1a
{
    uint64_t key = 14695981039346656037u;
    for (const unsigned char *p = (const unsigned char *)sql; *p != '\0'; p++)
        key = (key ^ *p) * 1099511628211u;
    return key;
}

static bool is_any_in_use(const struct db *d)
{
    for (int i = 0; i < SHELF; i++)
        if (d->shelf[i].rows.used)
            return true;
    return false;
}

static struct prepared *place_by_text(struct db *d, const char *sql)
{
    uint64_t key = key_of(sql);
    for (int i = 0; i < SHELF; i++) {
        struct prepared *p = &d->shelf[(key + (uint64_t)i) % SHELF];
        if (p->sql == NULL || (p->key == key && strcmp(p->sql, sql) == 0)) {
            p->key = key;
            return p;
        }
    }
    must(!"a place is always free: the shelf is emptied when three quarters full");
    return NULL;
}

// The text at an address may be another one today, so it is compared.
static struct prepared *place_for(struct db *d, const char *sql)
{
    struct prepared **seen = &d->seen[((uintptr_t)sql >> 3) % SEEN];
    if (*seen == NULL || (*seen)->sql == NULL || strcmp((*seen)->sql, sql) != 0)
        *seen = place_by_text(d, sql);
    return *seen;
}

static struct rows *rows_apart(struct db *d, void *statement)
{
    struct rows *r = mem_get(1, sizeof *r);
    *r = (struct rows){ .db = NULL, .statement = statement, .used = true };
    r->db = d;
    return r;
}

static bool is_on_shelf(const struct db *d, const struct rows *r)
{
    const char *at = (const char *)r;
    return at >= (const char *)d->shelf && at < (const char *)(d->shelf + SHELF);
}

// The same text while it is still being read (a nested question) gets a statement of its own, thrown away afterwards.
static enum status statement_for(struct db *d, const char *sql, struct rows **out, struct err *e)
{
    if (d->kept > SHELF * 3 / 4 && !is_any_in_use(d))
        forget_statements(d);
    struct prepared *p = place_for(d, sql);
    if (p->sql != NULL && !p->rows.used) {
        p->rows.used = true;
        *out = &p->rows;
        return OK;
    }
    void *statement;
    enum status s = d->driver->prepare(d->connection, sql, &statement, e);
    if (s != OK)
        return s;
    if (p->sql != NULL || d->kept > SHELF * 3 / 4) {
        *out = rows_apart(d, statement);
        return OK;
    }
    p->sql = mem_get(strlen(sql) + 1, 1);
    strcpy(p->sql, sql);
    p->rows = (struct rows){ .db = d, .statement = statement, .used = true };
    d->kept++;
    *out = &p->rows;
    return OK;
}

void rows_done(struct rows *r)
{
    if (r == NULL)
        return;
    struct db *d = r->db;
    d->driver->reset(r->statement);
    r->used = false;
    if (is_on_shelf(d, r))
        return;
    d->driver->finalize(r->statement);
    mem_free(r);
}

enum status db_ask(struct db *d, const char *sql, struct values v, struct rows **out, struct err *e)
{
    struct rows *r = NULL;
    enum status s = statement_for(d, sql, &r, e);
    for (int i = 0; s == OK && i < v.count; i++)
        s = d->driver->bind(r->statement, i + 1, &v.value[i], e);
    if (s != OK) {
        rows_done(r);
        return s;
    }
    *out = r;
    return OK;
}

enum status rows_next(struct rows *r, bool *more, struct err *e)
{
    return r->db->driver->step(r->statement, more, e);
}

enum status db_run(struct db *d, const char *sql, struct values v, struct err *e)
{
    struct rows *r;
    enum status s = db_ask(d, sql, v, &r, e);
    if (s != OK)
        return s;
    for (bool more = true; s == OK && more; )
        s = rows_next(r, &more, e);
    rows_done(r);
    return s;
}

static enum status first_row(struct db *d, const char *sql, struct values v, struct rows **out, struct err *e)
{
    bool more = false;
    enum status s = db_ask(d, sql, v, out, e);
    if (s == OK)
        s = rows_next(*out, &more, e);
    else
        *out = NULL;
    if (s == OK && !more)
        return err_set(e, NOT_FOUND, "nothing was found");
    return s;
}

enum status db_row(struct db *d, const char *sql, struct values v, row_reader *read, void *out, struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(d, sql, v, &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && more)
        read(out, r);
    rows_done(r);
    return s == OK && !more ? NOT_FOUND : s;
}

enum status db_integer(struct db *d, const char *sql, struct values v, int64_t *out, struct err *e)
{
    struct rows *r = NULL;
    enum status s = first_row(d, sql, v, &r, e);
    if (s == OK)
        *out = rows_integer(r, 0);
    rows_done(r);
    return s;
}

enum status db_text(struct db *d, const char *sql, struct values v, char *out, size_t cap, struct err *e)
{
    struct rows *r = NULL;
    enum status s = first_row(d, sql, v, &r, e);
    if (s == OK)
        rows_copy(r, 0, out, cap);
    rows_done(r);
    return s;
}

int64_t db_changed(const struct db *d) { return d->driver->changed(d->connection); }
int64_t db_changed_ever(const struct db *d) { return d->driver->changed_ever(d->connection); }
bool db_is_in_transaction(const struct db *d) { return d->driver->is_in_transaction(d->connection); }
void db_limit(struct db *d, double seconds) { d->driver->limit(d->connection, seconds > 0 ? when_monotonic_s() + seconds : 0); }
int64_t db_last_fid(const struct db *d) { return d->driver->last_fid(d->connection); }
enum status db_script(struct db *d, const char *sql, struct err *e) { return d->driver->script(d->connection, sql, e); }

int rows_columns(const struct rows *r) { return r->db->driver->columns(r->statement); }
bool rows_is_null(const struct rows *r, int column) { return r->db->driver->is_null(r->statement, column); }
int64_t rows_integer(const struct rows *r, int column) { return r->db->driver->integer(r->statement, column); }
double rows_real(const struct rows *r, int column) { return rows_is_null(r, column) ? NAN : r->db->driver->real(r->statement, column); }
const char *rows_text(const struct rows *r, int column) { return r->db->driver->text(r->statement, column); }
const void *rows_bytes(const struct rows *r, int column, size_t *len) { return r->db->driver->bytes(r->statement, column, len); }

void rows_copy(const struct rows *r, int column, char *out, size_t cap)
{
    const char *text = rows_text(r, column);
    size_t len = text != NULL ? strnlen(text, cap - 1) : 0;
    memcpy(out, text_or_empty(text), len);
    out[len] = '\0';
}
