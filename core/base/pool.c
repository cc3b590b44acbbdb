#include "core/base/pool.h"
#include "core/base/mem.h"
#include "core/base/status.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { THREADS_MAX = 256 };

struct pool {
    int threads, started;
    pthread_t *thread;
    pthread_mutex_t lock;
    pthread_cond_t wake, idle;
    uint64_t round;         // counts the calls of pool_run: a worker takes part in each once
    int working;            // workers still in this round
    bool closing, running;
    pool_job *fn;
    void *ctx;
    int64_t jobs;
    atomic_int_fast64_t next;
};

struct worker { struct pool *pool; int number; };

static void take_jobs(struct pool *p, int thread)
{
    for (;;) {
        int64_t job = atomic_fetch_add(&p->next, 1);
        if (job >= p->jobs)
            return;
        p->fn(p->ctx, job, thread);
    }
}

// Waits for the round after `seen`; false when the pool closes instead.
static bool await_round(struct pool *p, uint64_t *seen)
{
    pthread_mutex_lock(&p->lock);
    while (p->round == *seen && !p->closing)
        pthread_cond_wait(&p->wake, &p->lock);
    bool go = !p->closing;
    *seen = p->round;
    pthread_mutex_unlock(&p->lock);
    return go;
}

static void leave_round(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    if (--p->working == 0)
        pthread_cond_signal(&p->idle);
    pthread_mutex_unlock(&p->lock);
}

static void *work(void *arg)
{
    struct worker w = *(struct worker *)arg;
    mem_free(arg);
    for (uint64_t seen = 0; await_round(w.pool, &seen);) {
        take_jobs(w.pool, w.number);
        leave_round(w.pool);
    }
    return NULL;
}

int pool_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return CPU_COUNT(&set);
}

// A thread that cannot be started is only missed: the results do not depend on how many there are.
static void start_workers(struct pool *p)
{
    for (int i = 1; i < p->threads; i++) {
        struct worker *w = mem_get(1, sizeof *w);
        *w = (struct worker){ .pool = p, .number = i };
        if (pthread_create(&p->thread[p->started], NULL, work, w) != 0) {
            mem_free(w);
            return;
        }
        p->started++;
    }
}

struct pool *pool_open(int threads)
{
    if (threads <= 0)
        threads = pool_processors();
    if (threads > THREADS_MAX)
        threads = THREADS_MAX;
    struct pool *p = mem_get(1, sizeof *p);
    p->threads = threads;
    p->thread = mem_get((size_t)threads, sizeof *p->thread);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    pthread_cond_init(&p->idle, NULL);
    start_workers(p);
    return p;
}

int pool_threads(const struct pool *p)
{
    return p->threads;
}

static void begin_round(struct pool *p, int64_t jobs, pool_job *fn, void *ctx)
{
    pthread_mutex_lock(&p->lock);
    must(!p->running);      // a job must not start a run of its own pool
    p->running = true;
    p->jobs = jobs;
    p->fn = fn;
    p->ctx = ctx;
    atomic_store(&p->next, 0);
    p->working = p->started;
    p->round++;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
}

static void await_idle(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    while (p->working > 0)
        pthread_cond_wait(&p->idle, &p->lock);
    p->running = false;
    pthread_mutex_unlock(&p->lock);
}

void pool_run(struct pool *p, int64_t jobs, pool_job *fn, void *ctx)
{
    if (jobs <= 0)
        return;
    begin_round(p, jobs, fn, ctx);
    take_jobs(p, 0);        // the caller is thread 0
    await_idle(p);
}

void pool_close(struct pool *p)
{
    if (p == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    p->closing = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->started; i++)
        pthread_join(p->thread[i], NULL);
    pthread_cond_destroy(&p->idle);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
    mem_free(p->thread);
    mem_free(p);
}

struct range { int64_t count, slice; pool_slice *fn; void *ctx; };

static void run_slice(void *ctx, int64_t job, int thread)
{
    const struct range *r = ctx;
    int64_t first = job * r->slice;
    int64_t last = r->count - first < r->slice ? r->count : first + r->slice;
    r->fn(r->ctx, first, last, thread);
}

void pool_range(struct pool *p, int64_t count, int64_t slice, pool_slice *fn, void *ctx)
{
    must(slice > 0);
    if (count <= 0)
        return;
    struct range r = { .count = count, .slice = slice, .fn = fn, .ctx = ctx };
    pool_run(p, (count - 1) / slice + 1, run_slice, &r);
}
