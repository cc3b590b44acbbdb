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

static void check_join(struct pool *pool, const struct footprints *a, const uint8_t *keep_a, const struct footprints *b, const uint8_t *keep_b,
                       double reach_m, double cell_m)
{
    struct near_pairs p = { 0 };
    near_join(pool, a, keep_a, b, keep_b, reach_m, cell_m, &p);
    int64_t at = 0;
    for (int64_t i = 0; i < a->count; i++)
        for (int64_t k = 0; k < b->count; k++) {
            if ((keep_a != NULL && !keep_a[i]) || (keep_b != NULL && !keep_b[k]) || !close_enough(a, i, b, k, llround(reach_m * 1000)))
                continue;
            if (at >= p.count || p.a[at] != i || p.b[at] != k)
                fail_msg("reach %g, cell %g, pair %lld: want (%lld, %lld), got (%lld, %lld)", reach_m, cell_m, (long long)at, (long long)i,
                         (long long)k, at < p.count ? (long long)p.a[at] : -1, at < p.count ? (long long)p.b[at] : -1);
            at++;
        }
    if (at != p.count)
        fail_msg("reach %g, cell %g: want %lld pairs, got %lld", reach_m, cell_m, (long long)at, (long long)p.count);
    near_pairs_clear(&p);
}

static void test_against_double_loop(void **state)
{
    (void)state;
    static const double cell[] = { 0, 0.01, 3, 20, 500, 1e5, 1e9 }, reach[] = { 0, 0.5, 10 };
    static uint8_t keep_a[1200], keep_b[900];
    for (int i = 0; i < 1200; i++)
        keep_a[i] = i % 7 != 0;
    for (int i = 0; i < 900; i++)
        keep_b[i] = i % 5 != 0;
    for (int threads = 1; threads <= 3; threads++) {
        struct pool *pool = pool_open(threads);
        for (int shape = 0; shape < 3; shape++) {
            struct footprints a = towns(1200, shape == 2 ? 7 : 1, shape == 1 ? 30 : 400, shape == 1, 5);
            struct footprints b = towns(900, shape == 2 ? 7 : 1, shape == 1 ? 30 : 400, shape == 1, 6);
            for (size_t c = 0; c < sizeof cell / sizeof *cell; c++)
                check_join(pool, &a, c % 2 ? keep_a : NULL, &b, c % 3 ? keep_b : NULL, reach[(c + (size_t)shape) % 3], cell[c]);
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
    check_join(pool, &none, NULL, &none, NULL, 10, 0);
    check_join(pool, &none, NULL, &some, NULL, 10, 0);
    check_join(pool, &some, NULL, &none, NULL, 10, 0);
    check_join(pool, &some, NULL, &some, keep_none, 10, 0);
    check_join(pool, &some, keep_none, &some, NULL, 10, 0);
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
    near_join(pool, &a, NULL, &b, NULL, 0, 0, &p);
    assert_int_equal(p.count, 1);
    near_pairs_clear(&p);
    b.origin[0].x = 10001;
    near_join(pool, &a, NULL, &b, NULL, 0, 0, &p);
    assert_int_equal(p.count, 0);
    near_pairs_clear(&p);
    near_join(pool, &a, NULL, &b, NULL, 0.001, 0, &p);
    assert_int_equal(p.count, 1);
    near_pairs_clear(&p);
    boxes_free(&a);
    boxes_free(&b);
    pool_close(pool);
}

static void check_find(const struct footprints *f, const struct near_grid *g, struct box_m area)
{
    static uint32_t out[2000];
    size_t found = near_grid_find(g, area, out, 2000), at = 0;
    for (int64_t i = 0; i < f->count; i++) {
        double x = (double)f->origin[i].x / 1000, y = (double)f->origin[i].y / 1000, e = 1e-6;
        if (x > area.max_x + e || y > area.max_y + e || x + f->size[i].x / 1000.0 < area.min_x - e || y + f->size[i].y / 1000.0 < area.min_y - e)
            continue;
        if (at >= found || out[at] != i)
            fail_msg("box %lld is missing", (long long)i);
        at++;
    }
    assert_int_equal(at, found);
    uint32_t few[3];
    assert_int_equal(near_grid_find(g, area, few, 3), found);
}

static void test_grid(void **state)
{
    (void)state;
    static const double cell[] = { 0, 1, 50, 1e6 };
    struct footprints f = towns(2000, 3, 400, true, 9);
    uint64_t seed = 1;
    for (int c = 0; c < 4; c++) {
        struct near_grid *g = near_grid_open(&f, cell[c]);
        for (int k = 0; k < 300; k++) {
            const struct mm64 *at = &f.origin[(int64_t)(random_unit(&seed) * 2000)];
            double x = (double)at->x / 1000 + 20 * random_unit(&seed), y = (double)at->y / 1000, side = k % 50 == 0 ? 1e6 : 60 * random_unit(&seed);
            check_find(&f, g, (struct box_m){ x, y, x + side, y + side });
        }
        near_grid_close(g);
    }
    boxes_free(&f);
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
    near_join(pool, &f[0], NULL, &f[1], NULL, 0, 0, &p);
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
        cmocka_unit_test(test_grid), cmocka_unit_test(test_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
