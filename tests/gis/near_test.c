// The grid join against the double loop, on any cell size and number of threads.
#include "gis/near.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static double random_unit(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15u;
    return (double)(hash_mix(*seed) >> 11) * 0x1p-53;
}

static struct footprints boxes(int64_t count)
{
    return (struct footprints){ .count = count, .origin = mem_get((size_t)count, sizeof(struct mm64)), .size = mem_get((size_t)count, sizeof(struct mm)) };
}

static void boxes_free(struct footprints *f)
{
    mem_free(f->origin);
    mem_free(f->size);
}

// Whole metres when `coarse`: boxes touch and coincide. Some towns far apart, some very large boxes, coordinates of a UTM zone.
static struct footprints towns(int64_t count, int town_count, double town_m, bool coarse, uint64_t seed)
{
    struct footprints f = boxes(count);
    for (int64_t i = 0; i < count; i++) {
        double step = coarse ? 1000 : 1, town = floor(town_count * random_unit(&seed));
        double far = i % 97 == 0 ? 40 : 1, side = 14000 * far;
        f.origin[i].x = (int64_t)(floor(town_m * 1000 * random_unit(&seed) / step) * step + town * 611e6 - 3e8);
        f.origin[i].y = (int64_t)(floor(town_m * 1000 * random_unit(&seed) / step) * step + town * town * 200e6 + 4.4e9);
        f.size[i].x = (int32_t)(floor(side * random_unit(&seed) / step) * step);
        f.size[i].y = (int32_t)(floor(side * random_unit(&seed) / step) * step);
    }
    return f;
}

static bool close_enough(const struct footprints *a, int64_t i, const struct footprints *b, int64_t k, int64_t reach_mm)
{
    int64_t ax = a->origin[i].x, ay = a->origin[i].y, bx = b->origin[k].x, by = b->origin[k].y;
    return ax - reach_mm <= bx + b->size[k].x && bx <= ax + a->size[i].x + reach_mm &&
           ay - reach_mm <= by + b->size[k].y && by <= ay + a->size[i].y + reach_mm;
}

static bool is_wanted(const struct near_question *q, int64_t i, const struct footprints *b, int64_t k)
{
    bool a_has = q->twin != NULL && q->twin[i] != NOBODY, b_has = q->twin_of != NULL && q->twin_of[k] != NOBODY;
    if ((q->keep != NULL && !q->keep[i]) || (a_has && b_has))
        return false;
    return close_enough(q->a, i, b, k, llround((a_has ? q->twin_reach_m : q->reach_m) * 1000));
}

static void check_join(struct pool *pool, const struct near_question *q, const struct footprints *b, double cell_m)
{
    struct near_pairs p = { 0 };
    struct near_grid *g = near_grid_open(pool, b, q->reach_m, cell_m);
    near_grid_join(pool, g, q, &p);
    near_grid_close(g);
    int64_t at = 0;
    for (int64_t i = 0; i < q->a->count; i++)
        for (int64_t k = 0; k < b->count; k++) {
            if (!is_wanted(q, i, b, k))
                continue;
            if (at >= p.count || p.a[at] != i || p.b[at] != k)
                fail_msg("reach %g, cell %g, pair %lld: want (%lld, %lld), got (%lld, %lld)", q->reach_m, cell_m, (long long)at,
                         (long long)i, (long long)k, at < p.count ? (long long)p.a[at] : -1, at < p.count ? (long long)p.b[at] : -1);
            at++;
        }
    if (at != p.count)
        fail_msg("reach %g, cell %g: want %lld pairs, got %lld", q->reach_m, cell_m, (long long)at, (long long)p.count);
    near_pairs_clear(&p);
}

static void test_against_double_loop(void **state)
{
    (void)state;
    static const double cell[] = { 0, 0.01, 3, 20, 500, 1e5, 1e9 }, reach[] = { 0, 0.5, 10 };
    static uint8_t keep[1200];
    static uint32_t twin[1200], few[1200], twin_of[900];
    for (int i = 0; i < 1200; i++) {
        keep[i] = i % 7 != 0;
        twin[i] = i % 3 != 0 ? 0 : NOBODY;
        few[i] = i % 20 == 0 ? 0 : NOBODY;
    }
    for (int i = 0; i < 900; i++)
        twin_of[i] = i % 5 != 0 ? 0 : NOBODY;
    for (int threads = 1; threads <= 3; threads++) {
        struct pool *pool = pool_open(threads);
        for (int shape = 0; shape < 3; shape++) {
            struct footprints a = towns(1200, shape == 2 ? 7 : 1, shape == 1 ? 30 : 400, shape == 1, 5);
            struct footprints b = towns(900, shape == 2 ? 7 : 1, shape == 1 ? 30 : 400, shape == 1, 6);
            for (size_t c = 0; c < sizeof cell / sizeof *cell; c++) {
                struct near_question q = { &a, reach[(c + (size_t)shape) % 3], c % 2 ? keep : NULL, c % 3 ? c % 3 == 1 ? twin : few : NULL,
                                           c % 3 ? twin_of : NULL, 0.2 };
                check_join(pool, &q, &b, cell[c]);
            }
            boxes_free(&a);
            boxes_free(&b);
        }
        pool_close(pool);
    }
}

static void test_nothing_there(void **state)
{
    (void)state;
    struct pool *pool = pool_open(2);
    struct footprints none = boxes(0), some = towns(50, 1, 100, true, 3);
    static const uint8_t keep_none[50];
    check_join(pool, &(struct near_question){ .a = &none, .reach_m = 10 }, &none, 0);
    check_join(pool, &(struct near_question){ .a = &none, .reach_m = 10 }, &some, 0);
    check_join(pool, &(struct near_question){ .a = &some, .reach_m = 10 }, &none, 0);
    check_join(pool, &(struct near_question){ .a = &some, .reach_m = 10, .keep = keep_none }, &some, 0);
    boxes_free(&none);
    boxes_free(&some);
    pool_close(pool);
}

static void test_boxes_that_touch_are_near(void **state)
{
    (void)state;
    struct pool *pool = pool_open(1);
    struct footprints a = boxes(1), b = boxes(1);
    a.size[0] = b.size[0] = (struct mm){ 10000, 8000 };
    b.origin[0].x = 10000;
    struct near_pairs p = { 0 };
    near_join(pool, &a, NULL, &b, 0, 0, &p);
    assert_int_equal(p.count, 1);
    near_pairs_clear(&p);
    b.origin[0].x = 10001;
    near_join(pool, &a, NULL, &b, 0, 0, &p);
    assert_int_equal(p.count, 0);
    near_pairs_clear(&p);
    near_join(pool, &a, NULL, &b, 0.001, 0, &p);
    assert_int_equal(p.count, 1);
    near_pairs_clear(&p);
    boxes_free(&a);
    boxes_free(&b);
    pool_close(pool);
}

// Every box has an identity of its own; a third of A's are found in B, some of them giants.
static void test_twins(void **state)
{
    (void)state;
    static const double cell[] = { 0, 0.2, 50, 1e6 };
    static uint64_t identity[2][2000];
    static uint32_t ring_first[2001];
    struct footprints f[2] = { towns(2000, 3, 400, true, 9), towns(2000, 3, 400, true, 10) };
    for (uint64_t s = 0; s < 2; s++)
        for (uint64_t i = 0; i < 2000; i++)
            identity[s][i] = hash_mix(1 + s * 2000 + i);
    for (int i = 0; i < 2000; i += 3) {
        int at = 1999 - i;
        identity[0][i] = identity[1][at];
        f[0].origin[i] = f[1].origin[at];
        f[0].size[i] = f[1].size[at];
    }
    for (int s = 0; s < 2; s++) {
        f[s].identity = identity[s];
        f[s].ring_first = ring_first;
    }
    struct pool *pool = pool_open(2);
    for (int c = 0; c < 4; c++) {
        struct near_grid *g = near_grid_open(pool, &f[1], 0, cell[c]);
        for (int i = 0; i < 2000; i++)
            assert_int_equal(near_grid_twin(g, &f[0], i), i % 3 == 0 ? 1999 - i : (int64_t)NOBODY);
        near_grid_close(g);
    }
    pool_close(pool);
    boxes_free(&f[0]);
    boxes_free(&f[1]);
}

// Buildings of about 12 m, one on every 600 m2, in the order of a file or in none. Printed, not judged: machines differ.
static void print_cost(int64_t count, bool shuffled)
{
    struct footprints f[2] = { boxes(count), boxes(count) };
    uint64_t seed = 3;
    int64_t across = (int64_t)sqrt((double)count);
    for (int s = 0; s < 2; s++)
        for (int64_t i = 0; i < count; i++) {
            int64_t at = shuffled ? (int64_t)(hash_mix((uint64_t)i + 1) % (uint64_t)count) : i;
            f[s].origin[i].x = at % across * 24500 + (int64_t)(8000 * random_unit(&seed));
            f[s].origin[i].y = at / across * 24500 + (int64_t)(8000 * random_unit(&seed));
            f[s].size[i] = (struct mm){ (int32_t)(8000 + 8000 * random_unit(&seed)), (int32_t)(8000 + 8000 * random_unit(&seed)) };
        }
    struct pool *pool = pool_open(2);
    struct near_pairs p = { 0 };
    double from = when_monotonic_s();
    near_join(pool, &f[0], NULL, &f[1], 0, 0, &p);
    print_message("join of %lld and %lld boxes%s: %.3f s, %lld pairs\n", (long long)count, (long long)count, shuffled ? " in no order" : "",
                  when_monotonic_s() - from, (long long)p.count);
    assert_true(p.count > count / 2);
    near_pairs_clear(&p);
    pool_close(pool);
    boxes_free(&f[0]);
    boxes_free(&f[1]);
}

static void test_cost(void **state)
{
    (void)state;
    print_cost(1000000, false);
    print_cost(1000000, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_double_loop), cmocka_unit_test(test_nothing_there), cmocka_unit_test(test_boxes_that_touch_are_near),
        cmocka_unit_test(test_twins), cmocka_unit_test(test_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
