#include "core/store/watch_inside.h"

#include "core/base/mem.h"
#include "core/store/driver.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

// Whether others wrote is seen from SQLite's data_version, which on the writer's connection moves with their commits alone and on the
// looker's with anybody's. While a commit of ours is under way the looker's says nothing, and the audit chain decides, which every writer
// of the program moves: up to the place where ours will end it is ours. As long as the mark of commits in shared memory stands still, nobody
// committed anything, and SQLite need not be asked.

enum { TABLE = 64 };
struct row { char table[TABLE]; int64_t fid; };

struct watch {
    struct watcher watcher;
    struct db *looker, *before;                    // a connection that looks; one that sees how rows stood
    pthread_mutex_t lock;                          // of all that looks at or moves the two below, and of telling
    int64_t seen;                                  // data_version of the looker
    const _Atomic uint64_t *mark;                  // moves with everybody's commits; NULL: there is none
    _Atomic uint64_t quiet_mark;                   // with this one nothing is left to be told
    bool committing; int64_t end;                  // audit's, as our commit will leave it
    int64_t writer_seen;                           // data_version of the writer; of whoever writes, like the rest
    struct row row[WATCH_ROWS_MOST]; int rows;
    bool rest, too_many;
    struct touch *touch; size_t cap; int touches;
};

static bool ask(struct db *d, const char *sql, int64_t *out)
{
    struct err aside = { .lang = LANG_EN };
    return db_integer(d, sql, NO_VALUES, out, &aside) == OK;
}

static bool ask_version(struct db *d, int64_t *out) { return ask(d, "PRAGMA data_version", out); }
static bool ask_end(struct db *d, int64_t *out) { return ask(d, "SELECT seq FROM audit_head", out); }

static void tell_all(struct watch *w) { w->watcher.touched(w->watcher.ctx, &(struct touch){ .what = TOUCH_ALL }, 1); }

// --- Rows of ours -----------------------------------------------------------------------------------------------------------

static void hear(void *ctx, const char *table, int64_t fid)
{
    struct watch *w = ctx;
    enum watch_kind kind = w->watcher.kind(table);
    w->rest |= kind == WATCH_REST;
    if (kind != WATCH_ROWS)
        return;
    const struct row *last = w->rows > 0 ? &w->row[w->rows - 1] : NULL;
    if (last != NULL && last->fid == fid && strcmp(last->table, table) == 0)
        return;
    w->too_many |= w->rows == WATCH_ROWS_MOST;
    if (w->too_many)
        return;
    struct row *r = &w->row[w->rows++];
    r->fid = fid;
    snprintf(r->table, sizeof r->table, "%s", table);
}

static void forget(struct watch *w)
{
    w->rows = w->touches = 0;
    w->rest = w->too_many = false;
}

static void add_touch(struct watch *w, struct touch t)
{
    w->touch = mem_grow(w->touch, &w->cap, (size_t)w->touches + 1, sizeof *w->touch);
    w->touch[w->touches++] = t;
}

static void read_box(void *out, const struct rows *r)
{
    *(struct lonlat_box *)out = (struct lonlat_box){ rows_real(r, 0), rows_real(r, 1), rows_real(r, 2), rows_real(r, 3) };
}

// Every indexed geometry of a row; a row without one has no place, and says so.
static enum status add_boxes(struct watch *w, struct db *d, const struct row *r, bool *any, struct err *e)
{
    static const char COLUMNS[] = "SELECT f_geometry_column FROM geometry_columns WHERE f_table_name = $1 AND spatial_index_enabled = 1";
    struct rows *columns = NULL;
    bool more = true;
    enum status s = db_ask(d, COLUMNS, VALUES(value_text(r->table)), &columns, e);
    while (s == OK && (s = rows_next(columns, &more, e)) == OK && more) {
        char sql[2 * TABLE + 100];
        struct touch t = { .what = TOUCH_ROW, .table = r->table, .fid = r->fid, .has_box = true };
        snprintf(sql, sizeof sql, "SELECT xmin, ymin, xmax, ymax FROM \"idx_%s_%s\" WHERE pkid = $1", r->table, rows_text(columns, 0));
        s = db_row(d, sql, VALUES(value_integer(r->fid)), read_box, &t.box, e);
        if (s == OK)
            add_touch(w, t), *any = true;
        s = s == NOT_FOUND ? OK : s;
    }
    rows_done(columns);
    return s;
}

static enum status find_boxes(struct watch *w, struct db *writer, struct err *e)
{
    enum status s = db_run(w->before, db_driver(w->before)->begin_read, NO_VALUES, e);
    for (int i = 0; i < w->rows && s == OK; i++) {
        bool any = false;
        s = add_boxes(w, w->before, &w->row[i], &any, e);
        if (s == OK)
            s = add_boxes(w, writer, &w->row[i], &any, e);
        if (s == OK && !any)
            add_touch(w, (struct touch){ .what = TOUCH_ROW, .table = w->row[i].table, .fid = w->row[i].fid });
    }
    struct err aside = { .lang = LANG_EN };
    (void)db_run(w->before, "COMMIT", NO_VALUES, &aside);
    return s;
}

// --- Around a commit --------------------------------------------------------------------------------------------------------

void watch_begin(struct watch *w, struct db *writer)
{
    int64_t version = -1;
    if (w == NULL)
        return;
    forget(w);
    bool known = ask_version(writer, &version) && version == w->writer_seen;
    w->writer_seen = version;
    if (known)
        return;
    pthread_mutex_lock(&w->lock);
    tell_all(w);
    pthread_mutex_unlock(&w->lock);
}

void watch_before_commit(struct watch *w, struct db *writer)
{
    struct err e = { .lang = LANG_EN };
    int64_t end = -1;
    if (w == NULL)
        return;
    if (!w->too_many && find_boxes(w, writer, &e) != OK)
        w->too_many = true;
    if (w->too_many)
        w->touches = 0, add_touch(w, (struct touch){ .what = TOUCH_ALL });
    else if (w->rest)
        add_touch(w, (struct touch){ .what = TOUCH_REST });
    (void)ask_end(writer, &end);
    pthread_mutex_lock(&w->lock);
    w->committing = true;
    w->end = end;
    pthread_mutex_unlock(&w->lock);
}

void watch_after_commit(struct watch *w, bool committed)
{
    int64_t end;
    if (w == NULL)
        return;
    pthread_mutex_lock(&w->lock);
    if (committed && w->touches > 0)
        w->watcher.touched(w->watcher.ctx, w->touch, w->touches);
    if (!ask_version(w->looker, &w->seen) || (committed && (!ask_end(w->looker, &end) || end != w->end)))
        tell_all(w);                               // somebody was quick
    w->committing = false;
    pthread_mutex_unlock(&w->lock);
}

// --- Looking ----------------------------------------------------------------------------------------------------------------

enum status watch_look(struct watch *w, struct err *e)
{
    int64_t version, end = 0;
    if (w->mark != NULL && atomic_load(w->mark) == atomic_load(&w->quiet_mark))
        return OK;
    pthread_mutex_lock(&w->lock);
    uint64_t mark = w->mark != NULL ? atomic_load(w->mark) : 0;        // before the question: what comes after it moves it again
    enum status s = db_integer(w->looker, "PRAGMA data_version", NO_VALUES, &version, e);
    bool moved = s == OK && version != w->seen;
    bool ours = moved && w->committing && ask_end(w->looker, &end) && end <= w->end;
    if (moved && !ours) {
        w->seen = version;
        tell_all(w);
    }
    if (s == OK && !ours)
        atomic_store(&w->quiet_mark, mark);
    pthread_mutex_unlock(&w->lock);
    return s;
}

// --- Opening ----------------------------------------------------------------------------------------------------------------

enum status watch_open(struct db *writer, struct db *looker, struct db *before, const struct watcher *w, struct watch **out, struct err *e)
{
    struct watch *n = mem_get(1, sizeof *n);
    *n = (struct watch){ .watcher = *w, .looker = looker, .before = before };
    pthread_mutex_init(&n->lock, NULL);
    enum status s = db_integer(looker, "PRAGMA data_version", NO_VALUES, &n->seen, e);
    if (s == OK)
        s = db_integer(writer, "PRAGMA data_version", NO_VALUES, &n->writer_seen, e);
    n->mark = s == OK ? db_driver(looker)->commit_mark(db_connection(looker)) : NULL;
    if (s == OK) {
        db_driver(writer)->hear(db_connection(writer), hear, n);
        *out = n;
        return OK;
    }
    watch_close(n);
    return s;
}

void watch_close(struct watch *w)
{
    if (w == NULL)
        return;
    db_close(w->looker);
    db_close(w->before);
    pthread_mutex_destroy(&w->lock);
    mem_free(w->touch);
    mem_free(w);
}
