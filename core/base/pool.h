// pool.h - a few threads, one queue of numbered jobs.
//
// Jobs write to places of their own, so results never depend on the number of threads.
#pragma once
#include <stdint.h>

struct pool;
typedef void pool_job(void *ctx, int64_t job, int thread); // thread: 0 .. pool_threads-1, for scratch memory

int  pool_processors(void);               // those this process may use: taskset and containers count
struct pool *pool_open(int threads);      // 0: as many as there are processors
int  pool_threads(const struct pool *p);
void pool_run(struct pool *p, int64_t jobs, pool_job *fn, void *ctx); // returns when all are done
void pool_close(struct pool *p);

// The same over a range: fn is called with [first, last) slices of a fixed size, whatever the number of threads.
typedef void pool_slice(void *ctx, int64_t first, int64_t last, int thread);
void pool_range(struct pool *p, int64_t count, int64_t slice, pool_slice *fn, void *ctx);
