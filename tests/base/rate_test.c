// Buckets and tries against what a patient person would compute; and what a crowd of strangers does to a table.
#include "core/base/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <cmocka.h>

static void a_bucket_gives_its_burst_and_then_its_rate(void **state)
{
    (void)state;
    static const struct rate r = { .per_s = 2, .burst = 5 };
    struct rate_bucket b = rate_bucket_full(&r, 100);
    double wait = -1;
    for (int i = 0; i < 5; i++)
        assert_true(rate_bucket_take(&b, &r, 1, 100, &wait));
    assert_true(wait == 0);
    assert_false(rate_bucket_take(&b, &r, 1, 100, &wait));
    assert_true(fabs(wait - 0.5) < 1e-9);
    assert_false(rate_bucket_take(&b, &r, 1, 100.4, &wait));
    assert_true(fabs(wait - 0.1) < 1e-9);
    assert_true(rate_bucket_take(&b, &r, 1, 100.5, &wait));
    assert_false(rate_bucket_take(&b, &r, 3, 101, &wait));
    assert_true(fabs(wait - 1) < 1e-9);
    assert_true(rate_bucket_take(&b, &r, 3, 102, &wait));
    assert_true(rate_bucket_take(&b, &r, 99, 1000, &wait));                // dearer than all there can be: all there can be
    assert_false(rate_bucket_take(&b, &r, 1, 1000, &wait));
    assert_false(rate_bucket_take(&b, &r, 1, 999, &wait));                 // a clock that went back gives nothing
}

static void keys_have_buckets_of_their_own(void **state)
{
    (void)state;
    struct rate_table *t = rate_table_open(&(struct rate){ .per_s = 1, .burst = 2 }, 64);
    double wait;
    assert_true(rate_table_take(t, "a", 1, 0, &wait) && rate_table_take(t, "a", 1, 0, &wait));
    assert_false(rate_table_take(t, "a", 1, 0, &wait));
    assert_true(fabs(wait - 1) < 1e-9);
    assert_true(rate_table_take(t, "b", 1, 0, &wait));
    assert_true(rate_table_take(t, "", 1, 0, &wait));
    assert_true(rate_table_take(t, "a", 1, 1, &wait));
    assert_false(rate_table_take(t, "a", 1, 1, &wait));
    rate_table_close(t);
    rate_table_close(NULL);
}

// In the long run nobody gets more than the rate and one burst, whenever they ask.
static void nobody_gets_more_than_the_rate(void **state)
{
    (void)state;
    static const struct rate r = { .per_s = 3, .burst = 7 };
    struct rate_bucket b = rate_bucket_full(&r, 0);
    uint64_t chance = 1;
    double now = 0, got = 0, wait;
    for (int i = 0; i < 100000; i++) {
        chance = chance * 6364136223846793005u + 1442695040888963407u;
        now += (double)(chance >> 40) / (1 << 24) * 0.5;
        double cost = 1 + (double)(chance >> 20 & 3);
        if (rate_bucket_take(&b, &r, cost, now, &wait))
            got += cost;
        if (got > r.burst + now * r.per_s + 1e-6)
            fail_msg("%g after %g s, at most %g", got, now, r.burst + now * r.per_s);
    }
    assert_true(got > 0.9 * now * r.per_s);                                // and nobody who waits gets less
}

// Strangers without number: the table does not grow, and who has much to wait for is not forgotten for their sake.
static void a_crowd_takes_no_more_room(void **state)
{
    (void)state;
    struct rate_table *t = rate_table_open(&(struct rate){ .per_s = 0.001, .burst = 10 }, 1024);
    double wait;
    for (int i = 0; i < 10; i++)
        assert_true(rate_table_take(t, "the eager one", 1, 0, &wait));
    for (int i = 0; i < 200000; i++) {
        char key[32];
        snprintf(key, sizeof key, "stranger %d", i);
        assert_true(rate_table_take(t, key, 1, 1, &wait));
    }
    assert_false(rate_table_take(t, "the eager one", 1, 1, &wait));
    rate_table_close(t);
}

struct asking { struct rate_table *table; int got; };
static void *ask(void *ctx)
{
    struct asking *a = ctx;
    double wait;
    for (int i = 0; i < 1000; i++)
        a->got += rate_table_take(a->table, "one", 1, 0, &wait);
    return NULL;
}

static void threads_share_a_bucket(void **state)
{
    (void)state;
    struct rate_table *t = rate_table_open(&(struct rate){ .per_s = 1, .burst = 1500 }, 8);
    struct asking a[4];
    pthread_t thread[4];
    int got = 0;
    for (int i = 0; i < 4; i++) {
        a[i] = (struct asking){ t, 0 };
        assert_int_equal(pthread_create(&thread[i], NULL, ask, &a[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(thread[i], NULL);
        got += a[i].got;
    }
    assert_int_equal(got, 1500);
    rate_table_close(t);
}

static const struct tries_rule rule = { .free = 3, .first_s = 1, .most_s = 60, .forget_s = 900 };

static void each_failure_makes_the_next_try_wait_longer(void **state)
{
    (void)state;
    static const double expected[] = { 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60 };
    struct tries_table *t = tries_table_open(&rule, 64);
    double now = 1000, wait;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        if (expected[i] > 0) {
            assert_false(tries_begin(t, "王敏", now + expected[i] - 0.01, &wait));
            assert_true(fabs(wait - 0.01) < 1e-6);
        }
        now += expected[i];
        if (!tries_begin(t, "王敏", now, &wait))
            fail_msg("try %zu waits %g more", i, wait);
    }
    assert_true(tries_begin(t, "李敏", now, &wait));                       // another name waits for nothing
    assert_true(tries_begin(t, "王敏", now + 60 + 900, &wait));            // forgotten
    assert_true(tries_begin(t, "王敏", now + 60 + 900, &wait));
    tries_table_close(t);
    tries_table_close(NULL);
}

static void the_right_one_clears_the_name_but_not_the_address(void **state)
{
    (void)state;
    struct tries_table *t = tries_table_open(&rule, 64);
    double wait;
    for (int i = 0; i < 3; i++)
        assert_true(tries_begin(t, "name", i, &wait) && tries_begin(t, "10.0.0.9", i, &wait));
    assert_true(tries_begin(t, "name", 3, &wait) && tries_begin(t, "10.0.0.9", 3, &wait));
    assert_false(tries_begin(t, "name", 3.5, &wait));
    tries_passed(t, "name");
    tries_undo(t, "10.0.0.9");
    for (int i = 0; i < 3; i++)
        assert_true(tries_begin(t, "name", 4, &wait));
    assert_true(tries_begin(t, "10.0.0.9", 4, &wait));                     // three count against it; this is the fourth
    assert_false(tries_begin(t, "10.0.0.9", 4.5, &wait));
    tries_passed(t, "nobody");
    tries_undo(t, "nobody");
    tries_table_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_gives_its_burst_and_then_its_rate),
        cmocka_unit_test(keys_have_buckets_of_their_own),
        cmocka_unit_test(nobody_gets_more_than_the_rate),
        cmocka_unit_test(a_crowd_takes_no_more_room),
        cmocka_unit_test(threads_share_a_bucket),
        cmocka_unit_test(each_failure_makes_the_next_try_wait_longer),
        cmocka_unit_test(the_right_one_clears_the_name_but_not_the_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
