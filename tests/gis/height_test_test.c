// When a building grew by a storey, and when heights are only measured or rounded otherwise.
#include "gis/height_test.h"
#include "tests/gis/shapes.h"
#include <setjmp.h>
#include <stddef.h>
#include <cmocka.h>

enum { BUILDINGS = 200 };
static const double STOREY_M = 2.2;               // min_height_m
typedef double drawn_height(int building, uint64_t *seed);

static double normal(uint64_t *seed) { return sqrt(-2 * log(1 - shapes_random(seed))) * cos(6.283185307179586 * shapes_random(seed)); }
static double true_height(int k) { return 4 + 0.37 * (k % 40); }

static double exact(int k, uint64_t *seed) { (void)seed; return true_height(k); }
static double tenth(int k, uint64_t *seed) { (void)seed; return round(true_height(k) * 10) / 10; }
static double metre(int k, uint64_t *seed) { (void)seed; return round(true_height(k)); }
static double noisy(int k, uint64_t *seed) { return true_height(k) + 0.5 * normal(seed); }
static double other_datum(int k, uint64_t *seed) { return true_height(k) + 1.7 + 0.1 * normal(seed); }
static double counted(int k, uint64_t *seed) { (void)seed; return 3.0 * (1 + k % 6); }
static double counted_and_built(int k, uint64_t *seed) { return counted(k, seed) + (k % 20 == 3 ? 3 : 0); }
static double coarse(int k, uint64_t *seed) { return 3 * round(noisy(k, seed) / 3); }
static double half_known(int k, uint64_t *seed) { return k % 2 ? NAN : exact(k, seed); }

static struct height_scale scale_of(drawn_height *before, drawn_height *after)
{
    static float height[2][BUILDINGS];
    static uint32_t pair[BUILDINGS];
    uint64_t seed = 4;
    for (int k = 0; k < BUILDINGS; k++) {
        height[0][k] = (float)before(k, &seed);
        height[1][k] = (float)after(k, &seed);
        pair[k] = (uint32_t)k;
    }
    struct footprints a = { .count = BUILDINGS, .height_m = height[0] }, b = { .count = BUILDINGS, .height_m = height[1] };
    struct height_scale out;
    height_scale_from(&a, &b, pair, pair, BUILDINGS, STOREY_M, &out);
    return out;
}

static void check_near(const char *name, const char *what, double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance))
        fail_msg("%s: %s is %.4f, want %.4f within %g", name, what, got, want, tolerance);
}

static void test_scales(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        drawn_height *before, *after;
        double bias, noise, step_before, step_after, least, tolerance;
    } row[] = {
        { "nothing changed", exact, exact, 0, 0, 0, 0, 2.2, 1e-6 },
        { "whole metres against 0.1 m", metre, tenth, 0, 0.46, 1, 0, 2.2, 0.15 },
        { "0.1 m against whole metres", tenth, metre, 0, 0.46, 0, 1, 2.2, 0.15 },
        { "measured twice with 0.5 m", noisy, noisy, 0, 0.71, 0, 0, 2.83, 0.15 },
        { "another datum", exact, other_datum, 1.7, 0.1, 0, 0, 2.2, 0.05 },
        { "floors counted twice", counted, counted, 0, 0, 3, 3, 2.2, 1e-6 },
        { "floors counted twice, a storey built on one in twenty", counted, counted_and_built, 0, 0, 3, 3, 2.2, 1e-6 },
        { "measured with 0.5 m and rounded to 3 m: one step is no storey", coarse, coarse, 0, 1.22, 3, 3, 3.03, 0.01 },
        { "half of the heights are missing", exact, half_known, 0, 0, 0, 0, 2.2, 1e-6 },
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct height_scale s = scale_of(row[i].before, row[i].after);
        assert_true(s.known);
        check_near(row[i].name, "bias_m", s.bias_m, row[i].bias, row[i].tolerance);
        check_near(row[i].name, "noise_m", s.noise_m, row[i].noise, row[i].tolerance);
        check_near(row[i].name, "step_before_m", s.step_before_m, row[i].step_before, 0);
        check_near(row[i].name, "step_after_m", s.step_after_m, row[i].step_after, 0);
        check_near(row[i].name, "least_m", s.least_m, row[i].least, fmax(0.05, 2 * row[i].tolerance));
    }
}

// No pair differs by as much as a change must, when nothing but the way of measuring changed.
static void test_rounding_raises_no_alarm(void **state)
{
    (void)state;
    static drawn_height *const way[] = { exact, tenth, metre, noisy, coarse };
    for (size_t a = 0; a < sizeof way / sizeof *way; a++)
        for (size_t b = 0; b < sizeof way / sizeof *way; b++) {
            struct height_scale s = scale_of(way[a], way[b]);
            uint64_t seed = 99;
            int alarms = 0;
            for (int k = 0; k < BUILDINGS; k++)
                alarms += fabs(way[b](k, &seed) - way[a](k, &seed) - s.bias_m) >= s.least_m;
            if (alarms > 1)
                fail_msg("measured in way %zu and %zu: %d alarms among %d", a, b, alarms, BUILDINGS);
        }
}

static void test_no_heights(void **state)
{
    (void)state;
    float height[1] = { 5 };
    uint32_t one = 0;
    struct footprints with = { .count = 1, .height_m = height }, without = { .count = 1 };
    struct height_scale s;
    height_scale_from(&with, &without, &one, &one, 1, STOREY_M, &s);
    assert_false(s.known);
}

static void test_height_of_members(void **state)
{
    (void)state;
    float height[3] = { 6, NAN, 12 }, area[3] = { 100, 500, 50 };
    uint32_t all[3] = { 0, 1, 2 }, unknown[1] = { 1 };
    struct footprints f = { .count = 3, .height_m = height, .area_m2 = area };
    check_near("three members", "mean height", height_of_members(&f, all, 3), 8, 1e-9);
    assert_true(isnan(height_of_members(&f, unknown, 1)));
    f.height_m = NULL;
    assert_true(isnan(height_of_members(&f, all, 3)));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_scales), cmocka_unit_test(test_rounding_raises_no_alarm),
                                        cmocka_unit_test(test_no_heights), cmocka_unit_test(test_height_of_members) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
