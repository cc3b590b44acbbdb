#include "core/store/store.h"

#include "core/base/mem.h"
#include "core/base/when.h"
#include "core/store/driver.h"
#include "core/store/migrate.h"
#include "core/store/watch_inside.h"
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
    bool repeatable, done;
    uint64_t batch;                                // which commit it will share
    struct waiting *next;
};

struct store {
    char *path;
    const struct driver *driver;
    struct db *writer;
    pthread_mutex_t lock;
    pthread_cond_t turn;                           // the writer is free: whoever began a batch waits for it
    pthread_cond_t durable[2];                     // an even, an odd batch is on the disk: the others of it wait for that
    struct waiting *first, *last;
    uint64_t batch;                                // that the last in the queue belongs to
    int together;                                  // jobs of that batch so far
    pthread_cond_t company;                        // as many joined as the last commit held
    int last_together;
    double last_s;                                 // what the last commit took with all of its jobs
    struct store_tally tally;
    bool writing;                                  // somebody is
    struct db *reader[MOST_READERS];               // idle
    int readers;
    struct watch *watch;                           // NULL: nobody watches
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

static void init_monotonic(pthread_cond_t *c)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
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
    pthread_cond_init(&store->turn, NULL);
    init_monotonic(&store->company);
    pthread_cond_init(&store->durable[0], NULL);
    pthread_cond_init(&store->durable[1], NULL);
    *out = store;
    return OK;
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    must(!s->writing && s->first == NULL);
    for (int i = 0; i < s->readers; i++)
        db_close(s->reader[i]);
    db_close(s->writer);
    watch_close(s->watch);
    pthread_cond_destroy(&s->turn);
    pthread_cond_destroy(&s->company);
    pthread_cond_destroy(&s->durable[0]);
    pthread_cond_destroy(&s->durable[1]);
    pthread_mutex_destroy(&s->lock);
    mem_free(s->path);
    mem_free(s);
}

// --- Writing: who begins a batch leads it and takes everybody along who came meanwhile ------------------------------------

static void fail(struct waiting *w, const struct err *why)
{
    w->answer = why->status;
    w->e->status = why->status;
    memcpy(w->e->text, why->text, sizeof why->text);
}

static void all_failed(struct waiting *w, const struct err *why)
{
    for (; w != NULL; w = w->next)
        if (w->answer == OK)                       // else its own sentence says more
            fail(w, why);
}

// SQLite ends a transaction by itself when the disk is full or broken. Then nothing of it is there, whoever asked for what.
static bool is_lost(struct db *d, struct waiting *batch, const struct waiting *last)
{
    if (db_is_in_transaction(d))
        return false;
    struct err why = { .status = FAILED, .lang = last->e->lang };
    if (last->answer == OK)
        err_set(&why, FAILED, "the transaction was broken off by the database: nothing was written; try again");
    else
        why = *last->e;
    for (struct waiting *w = batch; w != NULL; w = w->next)
        fail(w, &why);
    return true;
}

// Its savepoint keeps one job's failure from the others.
static void run_apart(struct db *d, struct waiting *w)
{
    w->answer = db_run(d, "SAVEPOINT job", NO_VALUES, w->e);
    if (w->answer != OK)
        return;
    w->answer = w->fn(d, w->ctx, w->e);
    if (!db_is_in_transaction(d))
        return;
    struct err aside = { .lang = w->e->lang };
    if (w->answer != OK)
        (void)db_run(d, "ROLLBACK TO job", NO_VALUES, &aside);
    enum status released = db_run(d, "RELEASE job", NO_VALUES, &aside);
    if (w->answer == OK && released != OK)
        fail(w, &aside);
}

enum outcome { COMMIT_IT, UNDO_IT, IT_IS_LOST };

static enum outcome run_each_apart(struct db *d, struct waiting *batch)
{
    for (struct waiting *w = batch; w != NULL; w = w->next) {
        run_apart(d, w);
        if (is_lost(d, batch, w))
            return IT_IS_LOST;
    }
    return COMMIT_IT;
}

// Without savepoints, for they copy every page a job touches: UNDO_IT as soon as a job that has written fails.
static enum outcome run_freely(struct db *d, struct waiting *batch)
{
    for (struct waiting *w = batch; w != NULL; w = w->next) {
        int64_t before = db_changed_ever(d);
        w->answer = w->fn(d, w->ctx, w->e);
        if (is_lost(d, batch, w))
            return IT_IS_LOST;
        if (w->answer != OK && (!w->repeatable || db_changed_ever(d) != before))
            return UNDO_IT;
    }
    return COMMIT_IT;
}

static bool may_run_freely(const struct waiting *batch)
{
    bool all_repeatable = true;
    for (const struct waiting *w = batch; w != NULL; w = w->next)
        all_repeatable &= w->repeatable;
    return all_repeatable || batch->next == NULL;
}

static enum status begin(struct store *store, struct waiting *batch, struct err *e)
{
    struct db *d = store->writer;
    enum status s = db_run(d, db_driver(d)->begin_write, NO_VALUES, e);
    if (s == OK)
        watch_begin(store->watch, d);
    if (s != OK)
        for (struct waiting *w = batch; w != NULL; w = w->next)
            fail(w, e);
    return s;
}

static void roll_back(struct db *d)
{
    struct err aside = { .lang = LANG_EN };
    if (db_is_in_transaction(d))                   // a full disk may have ended it
        (void)db_run(d, "ROLLBACK", NO_VALUES, &aside);
}

static enum status commit(struct store *s, struct err *e)
{
    watch_before_commit(s->watch, s->writer);
    enum status status = db_run(s->writer, "COMMIT", NO_VALUES, e);
    watch_after_commit(s->watch, status == OK);
    return status;
}

static void run_together(struct store *s, struct waiting *batch)
{
    struct err e = { .lang = batch->e->lang };
    struct db *d = s->writer;
    bool freely = may_run_freely(batch);
    if (begin(s, batch, &e) != OK)
        return;
    enum outcome o = freely ? run_freely(d, batch) : run_each_apart(d, batch);
    if (o == UNDO_IT) {
        roll_back(d);
        if (batch->next == NULL || begin(s, batch, &e) != OK)
            return;
        o = run_each_apart(d, batch);
    }
    if (o == IT_IS_LOST || commit(s, &e) == OK)
        return;
    roll_back(d);
    all_failed(batch, &e);
}

// True for the one who begins a batch, and so leads it: the queue was empty, or the last batch in it is full. The lock is held.
static bool queue_up(struct store *s, struct waiting *w)
{
    bool leads = s->first == NULL || s->together == MOST_TOGETHER;
    s->batch += leads;
    s->together = leads ? 1 : s->together + 1;
    w->batch = s->batch;
    if (s->first == NULL)
        s->first = w;
    else
        s->last->next = w;
    s->last = w;
    if (s->together == s->last_together)
        pthread_cond_signal(&s->company);
    return leads;
}

// Those who were just answered will be back in a moment. Who came first would sync for itself alone and make all of them wait for it: so
// it gives them an eighth of what the last commit took. Whoever writes alone never waits. The lock is held.
static void wait_for_company(struct store *s, const struct waiting *mine)
{
    enum { SHARE = 8 };
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + (int64_t)(s->last_s / SHARE * 1e9);
    until.tv_sec += ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    while (s->batch == mine->batch && s->together < s->last_together)
        if (pthread_cond_timedwait(&s->company, &s->lock, &until) != 0)
            return;
}

// All of the first batch, off the queue. The lock is held.
static struct waiting *take_batch(struct store *s)
{
    struct waiting *batch = s->first, *w = batch;
    while (w->next != NULL && w->next->batch == batch->batch)
        w = w->next;
    s->first = w->next;
    w->next = NULL;
    return batch;
}

static int count_of(const struct waiting *batch)
{
    int count = 0;
    for (; batch != NULL; batch = batch->next)
        count++;
    return count;
}

static void mark_done(struct waiting *w)
{
    while (w != NULL) {
        struct waiting *next = w->next;            // once done is true its owner may leave
        w->done = true;
        w = next;
    }
}

// While it waits for its turn others join it: the longer the disk takes, the more share the next sync.
static void lead(struct store *s, struct waiting *mine)
{
    while (s->writing || s->first != mine)
        pthread_cond_wait(&s->turn, &s->lock);
    s->writing = true;
    wait_for_company(s, mine);
    struct waiting *batch = take_batch(s);
    s->last_together = count_of(batch);
    pthread_mutex_unlock(&s->lock);
    double begun_s = when_monotonic_s();
    run_together(s, batch);
    pthread_mutex_lock(&s->lock);
    s->last_s = when_monotonic_s() - begun_s;
    s->tally.commits++;
    s->tally.jobs += s->last_together;
    mark_done(batch);
    s->writing = false;
    pthread_cond_broadcast(&s->turn);
    pthread_cond_broadcast(&s->durable[mine->batch % 2]);
}

static enum status write_one(struct store *s, struct waiting mine)
{
    pthread_mutex_lock(&s->lock);
    if (queue_up(s, &mine))
        lead(s, &mine);
    while (!mine.done)
        pthread_cond_wait(&s->durable[mine.batch % 2], &s->lock);
    pthread_mutex_unlock(&s->lock);
    return mine.answer;
}

enum status store_write(struct store *s, store_job *fn, void *ctx, struct err *e)
{
    return write_one(s, (struct waiting){ .fn = fn, .ctx = ctx, .e = e });
}

enum status store_write_repeatable(struct store *s, store_job *fn, void *ctx, struct err *e)
{
    return write_one(s, (struct waiting){ .fn = fn, .ctx = ctx, .e = e, .repeatable = true });
}

struct store_tally store_tally(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    struct store_tally t = s->tally;
    pthread_mutex_unlock(&s->lock);
    return t;
}

// --- Reading ------------------------------------------------------------------------------------------------------------

// A service has many readers, and keeps in memory itself what is asked for most.
static enum status open_reader(struct store *s, struct db **out, struct err *e)
{
    enum status status = db_open(s->driver, s->path, false, false, out, e);
    if (status == OK && s->watch != NULL)
        s->driver->spare_memory(db_connection(*out));
    return status;
}

static enum status borrow_reader(struct store *s, struct db **out, struct err *e)
{
    pthread_mutex_lock(&s->lock);
    struct db *d = s->readers > 0 ? s->reader[--s->readers] : NULL;
    pthread_mutex_unlock(&s->lock);
    if (d == NULL)
        return open_reader(s, out, e);
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
        db_limit(d, 0);
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

// --- Watching -----------------------------------------------------------------------------------------------------------

enum status store_watch(struct store *s, const struct watcher *w, struct err *e)
{
    struct db *looker = NULL, *before = NULL;
    must(s->watch == NULL);
    enum status status = db_open(s->driver, s->path, false, false, &looker, e);
    if (status == OK)
        status = db_open(s->driver, s->path, false, false, &before, e);
    if (status == OK)
        status = watch_open(s->writer, looker, before, w, &s->watch, e);     // takes both over
    else
        db_close(looker);
    for (int i = 0; i < s->readers && status == OK; i++)
        s->driver->spare_memory(db_connection(s->reader[i]));
    return status;
}

enum status store_look(struct store *s, struct err *e) { return s->watch != NULL ? watch_look(s->watch, e) : OK; }
