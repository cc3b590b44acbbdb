// Every job is done exactly once, on any number of threads, and a pool can be used again and again.
#include "core/base/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { JOBS = 1000, THREADS_MOST = 5 };

struct tally { atomic_int done[JOBS]; int64_t by_thread[THREADS_MOST]; atomic_int strangers; int threads; };

static void count_job(void *ctx, int64_t job, int thread)
{
    struct tally *t = ctx;
    atomic_fetch_add(&t->done[job], 1);
    if (thread < 0 || thread >= t->threads)
        atomic_fetch_add(&t->strangers, 1);
    else
        t->by_thread[thread]++;     // not atomic on purpose: a thread number belongs to one thread at a time
}

static void check_runs(int threads)
{
    struct pool *p = pool_open(threads);
    assert_int_equal(pool_threads(p), threads);
    for (int run = 0; run < 20; run++) {
        static struct tally t;
        memset(&t, 0, sizeof t);
        t.threads = threads;
        pool_run(p, JOBS, count_job, &t);
        int64_t sum = 0;
        for (int i = 0; i < threads; i++)
            sum += t.by_thread[i];
        assert_int_equal(sum, JOBS);
        assert_int_equal(atomic_load(&t.strangers), 0);
        for (int i = 0; i < JOBS; i++)
            assert_int_equal(atomic_load(&t.done[i]), 1);
    }
    pool_close(p);
}

static void every_job_is_done_once(void **state)
{
    (void)state;
    check_runs(1);
    check_runs(2);
    check_runs(5);
}

struct slices { atomic_int seen[JOBS]; int64_t slice; atomic_int wrong; };

static void mark_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct slices *s = ctx;
    bool whole = last - first == s->slice || last == JOBS;
    if (first % s->slice != 0 || !whole)
        atomic_fetch_add(&s->wrong, 1);
    for (int64_t i = first; i < last; i++)
        atomic_fetch_add(&s->seen[i], 1);
}

static void slices_cover_the_range_and_never_depend_on_threads(void **state)
{
    (void)state;
    static const int64_t sizes[] = { 1, 7, 250, 999, 1000, 5000 };
    for (int threads = 1; threads <= 5; threads += 2)
        for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
            struct pool *p = pool_open(threads);
            static struct slices s;
            memset(&s, 0, sizeof s);
            s.slice = sizes[k];
            pool_range(p, JOBS, sizes[k], mark_slice, &s);
            assert_int_equal(atomic_load(&s.wrong), 0);
            for (int i = 0; i < JOBS; i++)
                assert_int_equal(atomic_load(&s.seen[i]), 1);
            pool_close(p);
        }
}

static void nothing_to_do_returns_at_once(void **state)
{
    (void)state;
    struct pool *p = pool_open(2);
    static struct tally t;
    pool_run(p, 0, count_job, &t);
    pool_range(p, 0, 10, mark_slice, NULL);
    pool_close(p);
    assert_int_equal(atomic_load(&t.done[0]), 0);
}

static void zero_asks_for_all_processors(void **state)
{
    (void)state;
    struct pool *p = pool_open(0);
    assert_true(pool_threads(p) >= 1);
    pool_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_is_done_once),
        cmocka_unit_test(slices_cover_the_range_and_never_depend_on_threads),
        cmocka_unit_test(nothing_to_do_returns_at_once),
        cmocka_unit_test(zero_asks_for_all_processors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
