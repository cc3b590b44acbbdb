// Every job that was taken is run once, in the order of the queue; stopping does what waits and takes nothing new.
#include "core/base/workers.h"
#include "core/base/mem.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { JOBS = 1000, GIVERS = 4 };

struct task { struct job job; struct ledger *ledger; int number; };
struct ledger { atomic_int done; int order[JOBS]; struct workers *workers; struct task *task; };

static void note(void *ctx)
{
    struct task *t = ctx;
    t->ledger->order[atomic_fetch_add(&t->ledger->done, 1)] = t->number;
}

// Its memory is gone when it returns: the worker must not look at it any more (ASan would tell).
static void note_and_free(void *ctx)
{
    note(ctx);
    mem_free(ctx);
}

static bool give(struct ledger *l, int number, void (*run)(void *))
{
    struct task *t = mem_get(1, sizeof *t);
    *t = (struct task){ .job = { .run = run, .ctx = t }, .ledger = l, .number = number };
    bool is_taken = workers_add(l->workers, &t->job);
    if (!is_taken)
        mem_free(t);
    return is_taken;
}

static void one_worker_keeps_the_order(void **state)
{
    (void)state;
    struct ledger l = { .workers = workers_open(1) };
    for (int i = 0; i < JOBS; i++)
        assert_true(give(&l, i, note_and_free));
    workers_close(l.workers);       // does what waits
    assert_int_equal(l.done, JOBS);
    for (int i = 0; i < JOBS; i++)
        assert_int_equal(l.order[i], i);
}

static void *give_a_share(void *arg)
{
    struct ledger *l = arg;
    for (int i = 0; i < JOBS / GIVERS; i++)
        give(l, i, note_and_free);
    return NULL;
}

static void many_givers_and_many_workers_lose_nothing(void **state)
{
    (void)state;
    struct ledger l = { .workers = workers_open(3) };
    pthread_t giver[GIVERS];
    for (int i = 0; i < GIVERS; i++)
        assert_int_equal(pthread_create(&giver[i], NULL, give_a_share, &l), 0);
    for (int i = 0; i < GIVERS; i++)
        pthread_join(giver[i], NULL);
    workers_close(l.workers);
    assert_int_equal(l.done, JOBS);
    int times[JOBS / GIVERS] = { 0 };
    for (int i = 0; i < JOBS; i++)
        times[l.order[i]]++;
    for (int i = 0; i < JOBS / GIVERS; i++)
        assert_int_equal(times[i], GIVERS);
}

static void forget(void *ctx) { mem_free(ctx); }

// Gives until it is refused; were it never refused, stopping would never end.
static void give_for_ever(void *ctx)
{
    struct ledger *l = ctx;
    while (give(l, 0, forget))
        sched_yield();
    atomic_fetch_add(&l->done, 1);
}

static void stopping_takes_nothing_new(void **state)
{
    (void)state;
    struct ledger l = { .workers = workers_open(2) };
    struct job j = { .run = give_for_ever, .ctx = &l };
    assert_true(workers_add(l.workers, &j));
    workers_stop(l.workers);
    assert_int_equal(l.done, 1);
    assert_false(give(&l, 0, forget));      // still there to say so
    workers_close(l.workers);
}

static void zero_asks_for_all_processors_and_null_is_fine(void **state)
{
    (void)state;
    workers_close(workers_open(0));
    workers_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_worker_keeps_the_order),
        cmocka_unit_test(many_givers_and_many_workers_lose_nothing),
        cmocka_unit_test(stopping_takes_nothing_new),
        cmocka_unit_test(zero_asks_for_all_processors_and_null_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
