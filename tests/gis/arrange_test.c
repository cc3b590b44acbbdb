#include "gis/arrange.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/gis/drawn.h"

static struct arrangement *arrangement;
static struct rings covered, cut, out;

static int open_all(void **state)
{
    (void)state;
    arrangement = arrange_open();
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    arrange_close(arrangement);
    rings_clear(&covered);
    rings_clear(&cut);
    rings_clear(&out);
    return 0;
}

static const struct { const char *name, *covered, *cut; bool answered; double area_m2; uint32_t rings, vertices; } CUTS[] = {
    { "a wing on a wall they share", "0 0, 14 0, 14 8, 0 8", "0 0, 10 0, 10 8, 0 8", true, 32, 1, 4 },
    { "a wall drawn again, a hair off", "0 0, 14 0, 14 8, 0 8", "0 1e-8, 10 -1e-8, 10 8.00000001, 0 8", true, 32, 1, 4 },
    { "the same outline", "0 0, 14 0, 14 8, 0 8", "14 8, 0 8, 0 0, 14 0", true, 0, 0, 0 },
    { "a yard is a hole", "0 0, 10 0, 10 10, 0 10", "3 3, 7 3, 7 7, 3 7", true, 84, 2, 8 },
    { "a roofed yard is what the hole was", "0 0, 10 0, 10 10, 0 10", "0 0, 10 0, 10 10, 0 10; 3 3, 3 7, 7 7, 7 3", true, 16, 1, 4 },
    { "a cross leaves two arms", "0 4, 10 4, 10 6, 0 6", "4 0, 6 0, 6 10, 4 10", true, 16, 2, 8 },
    { "nothing shared", "0 0, 1 0, 1 1, 0 1", "5 5, 6 5, 6 6, 5 6", true, 1, 1, 4 },
    { "touching itself in a point", "0 0, 10 0, 10 10, 0 10", "0 5, 4 2, 8 5, 4 8", false, 0, 0, 0 },
    { "a bow tie", "0 0, 10 10, 10 0, 0 10", "20 0, 21 0, 21 1", false, 0, 0, 0 },
};

static void what_is_left_of_an_outline(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof CUTS / sizeof *CUTS; k++) {
        print_message("  %s\n", CUTS[k].name);
        draw(&covered, CUTS[k].covered);
        draw(&cut, CUTS[k].cut);
        arrange_start(arrangement);
        arrange_add(arrangement, &covered, ARRANGE_COVERED);
        arrange_add(arrangement, &cut, ARRANGE_CUT);
        assert_int_equal(arrange_regions(arrangement, &out), CUTS[k].answered);
        if (!CUTS[k].answered)
            continue;
        assert_float_equal(out.count == 0 ? 0 : rings_area_m2(&out), CUTS[k].area_m2, 1e-6);
        assert_int_equal(out.count, CUTS[k].rings);
        assert_int_equal(out.first[out.count], CUTS[k].vertices);
    }
}

static const struct { const char *name, *outline; double by_m, area_m2; uint32_t rings; } GROWN[] = {
    { "a square grows by its corners too", "0 0, 10 0, 10 10, 0 10", 1, 144, 1 },
    { "a square shrinks", "0 0, 10 0, 10 10, 0 10", -1, 64, 1 },
    { "a narrow one shrinks to nothing", "0 0, 10 0, 10 1.5, 0 1.5", -1, 0, 0 },
    { "a yard shrinks as its house grows", "0 0, 10 0, 10 10, 0 10; 3 3, 3 7, 7 7, 7 3", 1, 140, 2 },
    { "a yard closes", "0 0, 10 0, 10 10, 0 10; 4 4, 4 5, 5 5, 5 4", 1, 144, 1 },
    { "an inner corner stays sharp", "0 0, 10 0, 10 10, 5 10, 5 5, 0 5", -1, 8 * 3 + 3 * 5, 1 },
    { "a neck parts two rooms", "0 0, 4 0, 4 1.5, 6 1.5, 6 0, 10 0, 10 4, 6 4, 6 2.5, 4 2.5, 4 4, 0 4", -1, 8, 2 },
};

static void outlines_grow_and_shrink(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof GROWN / sizeof *GROWN; k++) {
        print_message("  %s\n", GROWN[k].name);
        draw(&covered, GROWN[k].outline);
        arrange_start(arrangement);
        arrange_add_grown(arrangement, &covered, GROWN[k].by_m);
        assert_true(arrange_regions(arrangement, &out));
        assert_float_equal(out.count == 0 ? 0 : rings_area_m2(&out), GROWN[k].area_m2, 1e-6);
        assert_int_equal(out.count, GROWN[k].rings);
    }
}

static void a_spike_is_cut_at_the_mitre_limit(void **state)
{
    (void)state;
    draw(&covered, "0 0, 20 0.1, 0 0.2");
    arrange_start(arrangement);
    arrange_add_grown(arrangement, &covered, 1);
    assert_true(arrange_regions(arrangement, &out));
    assert_float_equal(rings_box(&out).max_x, 25, 1e-3);
}

static void what_is_too_large_is_refused(void **state)
{
    (void)state;
    rings_start(&covered);
    for (int k = 0; k < 2000; k++)
        rings_add_vertex(&covered, (struct xy_m){ k, k % 2 });
    rings_add_vertex(&covered, (struct xy_m){ 0, 100 });
    rings_end_ring(&covered);
    arrange_start(arrangement);
    arrange_add(arrangement, &covered, ARRANGE_COVERED);
    assert_false(arrange_regions(arrangement, &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_of_an_outline),
        cmocka_unit_test(outlines_grow_and_shrink),
        cmocka_unit_test(a_spike_is_cut_at_the_mitre_limit),
        cmocka_unit_test(what_is_too_large_is_refused),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
