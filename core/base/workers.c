#include "core/base/workers.h"
#include "core/base/mem.h"
#include "core/base/pool.h"
#include "core/base/status.h"

#include <pthread.h>
#include <stddef.h>

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct job *first, *last;
    bool is_stopped;
    int started;
    pthread_t thread[];
};

// The next job; NULL: there is none and will be none.
static struct job *take_job(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    while (w->first == NULL && !w->is_stopped)
        pthread_cond_wait(&w->wake, &w->lock);
    struct job *j = w->first;
    if (j != NULL)
        w->first = j->next;
    if (w->first == NULL)
        w->last = NULL;
    pthread_mutex_unlock(&w->lock);
    return j;
}

static void *work(void *arg)
{
    for (struct job *j; (j = take_job(arg)) != NULL;)
        j->run(j->ctx);
    return NULL;
}

struct workers *workers_open(int threads)
{
    if (threads <= 0)
        threads = pool_processors();
    struct workers *w = mem_get(1, sizeof *w + (size_t)threads * sizeof w->thread[0]);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    while (w->started < threads && pthread_create(&w->thread[w->started], NULL, work, w) == 0)
        w->started++;
    must(w->started > 0);   // without a single one every job would wait for ever
    return w;
}

bool workers_add(struct workers *w, struct job *j)
{
    j->next = NULL;
    pthread_mutex_lock(&w->lock);
    bool is_taken = !w->is_stopped;
    if (is_taken) {
        if (w->last != NULL)
            w->last->next = j;
        else
            w->first = j;
        w->last = j;
        pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&w->lock);
    return is_taken;
}

void workers_stop(struct workers *w)
{
    pthread_mutex_lock(&w->lock);
    w->is_stopped = true;
    pthread_cond_broadcast(&w->wake);
    pthread_mutex_unlock(&w->lock);
    while (w->started > 0)
        pthread_join(w->thread[--w->started], NULL);
}

void workers_close(struct workers *w)
{
    if (w == NULL)
        return;
    workers_stop(w);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    mem_free(w);
}
