// Reading ahead: while one thread writes rows into the store another reads the next ones from the file, brings them into longitude
// and latitude and finds their cells. What it makes does not depend on how far ahead it is.
#include "core/register_inside.h"

#include <pthread.h>
#include <string.h>

enum { BATCHES = 4, BATCH_BYTES = 4 << 20, ARENA_BYTES = 64 << 20 };

struct batch {
    struct arena *arena;
    struct register_ready row[REGISTER_BATCH_ROWS];
    int rows;
    enum status status;
    struct err e;
};

struct register_feed {
    struct register_reading *reading;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct batch batch[BATCHES];
    uint64_t made, taken;              // batches so far; the one being used is taken - 1
    bool holds, is_closing;            // somebody uses batch taken - 1
};

// The last batch has no rows, or says why there are no more.
static bool fill(struct register_feed *f, struct batch *b)
{
    struct record rec;
    bool more = true;
    size_t bytes = 0;
    arena_reset(b->arena);
    b->rows = 0;
    b->status = OK;
    while (b->rows < REGISTER_BATCH_ROWS && bytes < BATCH_BYTES) {
        b->status = record_source_next(f->reading->source, &rec, &more, &b->e);
        if (b->status != OK || !more)
            break;
        register_read(f->reading, &rec, b->e.lang, b->arena, &b->row[b->rows++]);
        bytes += rec.wkb_len + f->reading->properties.len + f->reading->digest.len;
    }
    return b->status == OK && b->rows > 0;
}

static void *read_ahead(void *ctx)
{
    struct register_feed *f = ctx;
    bool more = true;
    pthread_mutex_lock(&f->lock);
    while (more && !f->is_closing) {
        if (f->made - f->taken + f->holds == BATCHES) {
            pthread_cond_wait(&f->changed, &f->lock);
            continue;
        }
        struct batch *b = &f->batch[f->made % BATCHES];
        pthread_mutex_unlock(&f->lock);
        more = fill(f, b);
        pthread_mutex_lock(&f->lock);
        f->made++;
        pthread_cond_signal(&f->changed);
    }
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

struct register_feed *register_feed_open(struct register_reading *r, enum lang lang)
{
    struct register_feed *f = mem_get(1, sizeof *f);
    f->reading = r;
    for (int i = 0; i < BATCHES; i++) {
        f->batch[i].arena = arena_open(ARENA_BYTES);
        f->batch[i].e.lang = lang;
    }
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->changed, NULL);
    must(pthread_create(&f->thread, NULL, read_ahead, f) == 0);
    return f;
}

enum status register_feed_next(struct register_feed *f, struct register_batch *out, struct err *e)
{
    pthread_mutex_lock(&f->lock);
    f->holds = false;
    pthread_cond_signal(&f->changed);
    while (f->made == f->taken)
        pthread_cond_wait(&f->changed, &f->lock);
    struct batch *b = &f->batch[f->taken++ % BATCHES];
    f->holds = true;
    pthread_mutex_unlock(&f->lock);
    *out = (struct register_batch){ b->row, b->rows };
    if (b->status != OK)
        *e = b->e;
    return b->status;
}

void register_feed_close(struct register_feed *f)
{
    if (f == NULL)
        return;
    pthread_mutex_lock(&f->lock);
    f->is_closing = true;
    pthread_cond_signal(&f->changed);
    pthread_mutex_unlock(&f->lock);
    pthread_join(f->thread, NULL);
    for (int i = 0; i < BATCHES; i++)
        arena_close(f->batch[i].arena);
    pthread_cond_destroy(&f->changed);
    pthread_mutex_destroy(&f->lock);
    mem_free(f);
}
