// Communities with holes, bays, rivers, roads and houses are partitioned, and what comes out is held against cells_check.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "tests/gis/town.h"

enum { TOWNS = 12 };

static void a_square_of_four_hectares(void **state)
{
    (void)state;
    struct town p;
    town_init(&p);
    add_box(&p.community, 0, 0, 200, 200);
    make(&p, 0);
    expect_whole(&p);
    assert_int_equal(p.cells.count, 4);
    struct rings r = {0};
    polygons_get(&p.cells, 0, &r);      // numbered from the north-west
    struct xy_m first = rings_centroid(&r);
    assert_float_equal(first.x, 50, 5);
    assert_float_equal(first.y, 150, 5);
    assert_float_equal(rings_area_m2(&r), 10000, 1000);
    rings_clear(&r);
    town_clear(&p);
}

static void a_small_community_is_one_cell(void **state)
{
    (void)state;
    struct town p;
    town_init(&p);
    add_box(&p.community, 0, 0, 50, 60);
    make(&p, 0);
    expect_whole(&p);
    assert_int_equal(p.cells.count, 1);
    town_clear(&p);
}

static void a_road_through_a_house_steps_around_it(void **state)
{
    (void)state;
    struct town p;
    town_init(&p);
    add_box(&p.community, 0, 0, 200, 100);
    add_box(&p.building, 92, 40, 104, 52);      // eight metres west of the road, four east
    segments_add(&p.lines, (struct xy_m){ 100, -50 }, (struct xy_m){ 100, 150 });
    make(&p, 0);
    expect_whole(&p);
    assert_int_equal(p.cells.count, 2);
    assert_int_equal(p.made.stepped, 1);
    struct rings r = {0};
    polygons_get(&p.cells, 0, &r);
    assert_float_equal(rings_area_m2(&r), 10000 + 4 * 12, 1e-6);
    assert_true(rings_contain(&r, (struct xy_m){ 103, 46 }));
    rings_clear(&r);
    town_clear(&p);
}

static void a_cut_passes_between_houses(void **state)
{
    (void)state;
    struct town p;
    town_init(&p);
    add_box(&p.community, 0, 0, 200, 100);
    for (int k = 0; k < 4; k++) {
        add_box(&p.building, 93, 2 + 25 * k, 106, 20 + 25 * k);
        add_box(&p.building, 108, 2 + 25 * k, 120, 20 + 25 * k);
    }
    make(&p, 0);
    expect_whole(&p);
    assert_int_equal(p.cells.count, 2);
    assert_int_equal(p.made.stepped, 0);
    town_clear(&p);
}

static void a_house_at_the_border_is_told_of(void **state)
{
    (void)state;
    struct town p;
    town_init(&p);
    add_box(&p.community, 0, 0, 200, 100);
    add_box(&p.building, -5, 40, 5, 52);
    make(&p, 0);
    expect_whole(&p);
    assert_int_equal(p.made.at_border, 1);
    town_clear(&p);
}

static void nothing_is_refused(void **state)
{
    (void)state;
    struct town p;
    town_init(&p);
    polygons_add(&p.community, &(struct rings){0});
    struct cells_ground g = { &p.community, 0, NULL, NULL };
    assert_int_equal(cells_make(&g, NULL, &p.cells, &p.made, &e), INVALID);
    assert_true(strlen(e.text) > 10);
    town_clear(&p);
}

static void round_with_a_lake(void **state)
{
    (void)state;
    struct town p;
    town_init(&p);
    add_round(&p, (struct xy_m){ 0 }, 300, 90, 0.15);
    make(&p, 0);
    tell("lake", &p);
    expect_whole(&p);
    assert_true(mean_compactness(&p.cells) > 0.55);
    assert_int_equal(p.made.large, 0);
    town_clear(&p);
}

static void rivers_roads_and_houses(void **state)
{
    (void)state;
    for (uint64_t town = 1; town <= TOWNS; town++) {
        uint64_t seed = town < TOWNS ? town : 195;      // 195: cuts from both sides end a nanometre apart
        struct town p;
        town_init(&p);
        add_round(&p, (struct xy_m){ 0 }, 330 + 40 * (double)(seed % 4), 60 + 20 * (int)seed, 0.1);
        add_houses(&p, 600, seed);
        add_lines(&p, 500);
        turn_all(&p, 0.37 * (double)(seed - 1));
        make(&p, 0);
        tell("town", &p);
        expect_whole(&p);
        assert_int_equal(p.made.large, 0);
        assert_true(p.made.rounded);
        assert_true(p.made.small * 5 < p.made.cells);
        town_clear(&p);
    }
}

static void the_same_every_time(void **state)
{
    (void)state;
    struct town p[2];
    for (int k = 0; k < 2; k++) {
        town_init(&p[k]);
        add_round(&p[k], (struct xy_m){ 0 }, 300, 90, 0.15);
        add_houses(&p[k], 400, 3);
        make(&p[k], 0);
    }
    assert_int_equal(p[0].cells.rings.count, p[1].cells.rings.count);
    uint32_t n = p[0].cells.rings.first[p[0].cells.rings.count];
    assert_memory_equal(p[0].cells.rings.vertex, p[1].cells.rings.vertex, n * sizeof(struct xy_m));
    town_clear(&p[0]);
    town_clear(&p[1]);
}

// Corners inside the community that stand on no house are whole millimetres.
static void corners_are_whole_millimetres(void **state)
{
    (void)state;
    struct town p;
    town_init(&p);
    add_box(&p.community, 0, 0, 400, 300);
    segments_add(&p.lines, (struct xy_m){ -1, 111.00012 }, (struct xy_m){ 401, 222.22222 });
    make(&p, 0);
    expect_whole(&p);
    for (uint32_t i = 0; i < p.cells.rings.first[p.cells.rings.count]; i++) {
        struct xy_m v = p.cells.rings.vertex[i];
        if (v.x > 0 && v.x < 400 && v.y > 0 && v.y < 300 && (fabs(v.x * 1000 - round(v.x * 1000)) > 1e-6 || fabs(v.y * 1000 - round(v.y * 1000)) > 1e-6))
            fail_msg("%.9f %.9f is no whole millimetre", v.x, v.y);
    }
    town_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_square_of_four_hectares),
        cmocka_unit_test(a_small_community_is_one_cell),
        cmocka_unit_test(a_road_through_a_house_steps_around_it),
        cmocka_unit_test(a_cut_passes_between_houses),
        cmocka_unit_test(a_house_at_the_border_is_told_of),
        cmocka_unit_test(nothing_is_refused),
        cmocka_unit_test(round_with_a_lake),
        cmocka_unit_test(rivers_roads_and_houses),
        cmocka_unit_test(the_same_every_time),
        cmocka_unit_test(corners_are_whole_millimetres),
    };
    return cmocka_run_group_tests(tests, town_open_pool, town_close_pool);
}
