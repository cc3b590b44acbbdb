#include "gis/footprint_valid.h"
#include "gis/overlay.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

// GEOS 3.11 forgets its edge rings when it gives a hopeless outline up; that is not ours to mend.
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:buildMaximalEdgeRings\n";
}

static struct err e;

static uint32_t dice(uint32_t *seed, uint32_t sides)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % sides;
}

// The quick look may say "not sure", but where it is sure GEOS must agree.
static void the_quick_look_never_contradicts_geos(void **state)
{
    (void)state;
    struct overlay *o = overlay_open();
    struct rings r = {0}, out = {0};
    uint32_t seed = 7;
    int sure = 0, valid = 0;
    for (int trial = 0; trial < 20000; trial++) {
        uint32_t n = 3 + dice(&seed, 5), grid = 3 + dice(&seed, 6), first[3] = { 0, n, n };
        uint32_t holes = dice(&seed, 3) == 0;
        struct mm v[16];
        uint8_t is_hole[2] = { 0, 1 };
        for (uint32_t i = 0; i < n + 3 * holes; i++)
            v[i] = (struct mm){ (int32_t)dice(&seed, grid) * 1000, (int32_t)dice(&seed, grid) * 1000 };
        first[2] = n + 3 * holes;
        bool repeats = false;
        for (uint32_t k = 0; k <= holes; k++)
            for (uint32_t i = first[k], j = first[k + 1] - 1; i < first[k + 1]; j = i++)
                repeats |= v[i].x == v[j].x && v[i].y == v[j].y;
        if (repeats)
            continue;
        rings_start(&r);
        for (uint32_t k = 0; k <= holes; k++) {
            int64_t area2 = 0;
            for (uint32_t i = first[k], j = first[k + 1] - 1; i < first[k + 1]; j = i++)
                area2 += (int64_t)v[j].x * v[i].y - (int64_t)v[i].x * v[j].y;
            for (uint32_t i = first[k], last = first[k + 1] - 1; i <= last; i++) { // outer rings left, holes right
                struct mm p = v[(area2 < 0) == (k == 1) ? i : last - (i - first[k])];
                rings_add_vertex(&r, (struct xy_m){ p.x * 1e-3, p.y * 1e-3 });
            }
            rings_end_ring(&r);
        }
        bool repaired = true;
        bool good = overlay_repair(o, &r, &out, &repaired, &e) == OK && !repaired;
        bool surely = footprint_surely_valid(v, first, is_hole, 1 + holes);
        if (surely && !good)
            fail_msg("trial %d: surely valid, but GEOS says no", trial);
        sure += surely;
        valid += good;
    }
    assert_true(sure > 1000);
    if (sure < valid * 95 / 100)
        fail_msg("only %d of %d valid outlines were settled", sure, valid);
    rings_clear(&r);
    rings_clear(&out);
    overlay_close(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_quick_look_never_contradicts_geos) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
