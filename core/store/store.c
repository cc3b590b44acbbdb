#include "core/store/store.h"

#include "core/base/mem.h"
#include "core/store/driver.h"
#include "core/store/migrate.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_TOGETHER = 256, MOST_READERS = 64 };   // jobs that share a commit; idle readers that are kept

struct waiting {                                   // a job in the queue; lives on its caller's stack
    store_job *fn;
    void *ctx;
    struct err *e;
    enum status answer;
    bool done;
    struct waiting *next;
};

struct store {
    char *path;
    const struct driver *driver;
    struct db *writer;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct waiting *first, *last;
    bool leading;                                  // somebody is working the queue
    struct db *reader[MOST_READERS];               // idle
    int readers;
};

// --- Opening ------------------------------------------------------------------------------------------------------------

static enum status check_place(const char *path, enum store_mode mode, struct err *e)
{
    struct stat st;
    bool there = stat(path, &st) == 0;
    if (mode == STORE_CREATE && there)
        return err_set(e, CONFLICT, "%s: there is a file already; nothing was changed", path);
    if (mode == STORE_OPEN && !there)
        return err_set(e, NOT_FOUND, "%s: there is no station here; gridpatrol init makes one", path);
    return OK;
}

enum status store_open(const char *path, enum store_mode mode, struct store **out, struct err *e)
{
    enum status s = check_place(path, mode, e);
    struct db *writer = NULL;
    if (s == OK)
        s = db_open(&driver_spatialite, path, mode == STORE_CREATE, true, &writer, e);
    if (s == OK)
        s = mode == STORE_CREATE ? migrate_new(writer, e) : migrate_old(writer, path, e);
    if (s != OK) {
        db_close(writer);
        return s;
    }
    struct store *store = mem_get(1, sizeof *store);
    store->path = mem_get(strlen(path) + 1, 1);
    strcpy(store->path, path);
    store->driver = &driver_spatialite;
    store->writer = writer;
    pthread_mutex_init(&store->lock, NULL);
    pthread_cond_init(&store->changed, NULL);
    *out = store;
    return OK;
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    must(!s->leading && s->first == NULL);
    for (int i = 0; i < s->readers; i++)
        db_close(s->reader[i]);
    db_close(s->writer);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    mem_free(s->path);
    mem_free(s);
}

// --- Writing: the first in the queue leads and takes everybody who waits along -------------------------------------------

// Its savepoint keeps one job's failure from the others.
static void run_one(struct db *d, struct waiting *w)
{
    w->answer = db_run(d, "SAVEPOINT job", NO_VALUES, w->e);
    if (w->answer != OK)
        return;
    w->answer = w->fn(d, w->ctx, w->e);
    struct err aside = { .lang = LANG_EN };
    if (w->answer != OK)
        (void)db_run(d, "ROLLBACK TO job", NO_VALUES, &aside);
    enum status released = db_run(d, "RELEASE job", NO_VALUES, &aside);
    if (w->answer == OK && released != OK) {
        w->answer = released;
        *w->e = (struct err){ .status = released, .lang = w->e->lang };
        memcpy(w->e->text, aside.text, sizeof aside.text);
    }
}

static void all_failed(struct waiting *w, const struct err *why)
{
    for (; w != NULL; w = w->next) {
        if (w->answer != OK)
            continue;                              // its own sentence says more
        w->answer = why->status;
        w->e->status = why->status;
        memcpy(w->e->text, why->text, sizeof why->text);
    }
}

static void run_together(struct db *d, struct waiting *batch)
{
    struct err e = { .lang = batch->e->lang };
    if (db_run(d, db_driver(d)->begin_write, NO_VALUES, &e) != OK) {
        all_failed(batch, &e);
        return;
    }
    for (struct waiting *w = batch; w != NULL; w = w->next)
        run_one(d, w);
    if (db_run(d, "COMMIT", NO_VALUES, &e) == OK)
        return;
    struct err aside = { .lang = LANG_EN };
    (void)db_run(d, "ROLLBACK", NO_VALUES, &aside); // a full disk may have ended the transaction by itself
    all_failed(batch, &e);
}

// Takes at most MOST_TOGETHER jobs off the queue. The lock is held.
static struct waiting *take_batch(struct store *s)
{
    struct waiting *batch = s->first, *w = batch;
    for (int n = 1; w->next != NULL && n < MOST_TOGETHER; n++)
        w = w->next;
    s->first = w->next;
    if (s->first == NULL)
        s->last = NULL;
    w->next = NULL;
    return batch;
}

static void mark_done(struct waiting *w)
{
    while (w != NULL) {
        struct waiting *next = w->next;            // once done is true its owner may leave
        w->done = true;
        w = next;
    }
}

enum status store_write(struct store *s, store_job *fn, void *ctx, struct err *e)
{
    struct waiting mine = { .fn = fn, .ctx = ctx, .e = e };
    pthread_mutex_lock(&s->lock);
    if (s->last != NULL)
        s->last->next = &mine;
    else
        s->first = &mine;
    s->last = &mine;
    while (!mine.done && s->leading)
        pthread_cond_wait(&s->changed, &s->lock);
    if (!mine.done) {
        s->leading = true;
        while (!mine.done) {
            struct waiting *batch = take_batch(s);
            pthread_mutex_unlock(&s->lock);
            run_together(s->writer, batch);
            pthread_mutex_lock(&s->lock);
            mark_done(batch);
        }
        s->leading = false;
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
    return mine.answer;
}

// --- Reading ------------------------------------------------------------------------------------------------------------

static enum status borrow_reader(struct store *s, struct db **out, struct err *e)
{
    pthread_mutex_lock(&s->lock);
    struct db *d = s->readers > 0 ? s->reader[--s->readers] : NULL;
    pthread_mutex_unlock(&s->lock);
    if (d == NULL)
        return db_open(s->driver, s->path, false, false, out, e);
    *out = d;
    return OK;
}

static void give_back(struct store *s, struct db *d)
{
    pthread_mutex_lock(&s->lock);
    bool kept = s->readers < MOST_READERS;
    if (kept)
        s->reader[s->readers++] = d;
    pthread_mutex_unlock(&s->lock);
    if (!kept)
        db_close(d);
}

enum status store_read(struct store *s, store_job *fn, void *ctx, struct err *e)
{
    struct db *d;
    enum status status = borrow_reader(s, &d, e);
    if (status != OK)
        return status;
    status = db_run(d, db_driver(d)->begin_read, NO_VALUES, e);
    if (status == OK) {
        status = fn(d, ctx, e);
        struct err aside = { .lang = LANG_EN };
        (void)db_run(d, "COMMIT", NO_VALUES, &aside);
    }
    give_back(s, d);
    return status;
}

enum status store_copy(struct store *s, const char *path, struct err *e)
{
    enum status status = check_place(path, STORE_CREATE, e);
    struct db *d = NULL;
    if (status == OK)
        status = borrow_reader(s, &d, e);
    if (status != OK)
        return status;
    status = s->driver->copy(db_connection(d), path, e);
    give_back(s, d);
    return status;
}
