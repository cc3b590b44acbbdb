#include "core/base/buf.h"
#include "gis/geom.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static void draw(struct rings *r, const double (*p)[2], int n)
{
    for (int i = 0; i < n; i++)
        rings_add_vertex(r, (struct xy_m){ p[i][0], p[i][1] });
    rings_end_ring(r);
}

static const double house[][2] = { {0, 0}, {10, 0}, {10, 8}, {0, 8} };
static const double yard[][2] = { {2, 2}, {2, 4}, {4, 4}, {4, 2} };

static void a_courtyard_is_taken_away(void **state)
{
    (void)state;
    struct rings r = {0};
    draw(&r, house, 4);
    draw(&r, yard, 4);
    assert_int_equal(r.count, 2);
    assert_float_equal(rings_area_m2(&r), 76, 1e-12);
    assert_float_equal(rings_perimeter_m(&r), 44, 1e-12);
    struct xy_m c = rings_centroid(&r);
    assert_float_equal(c.x, (80 * 5 - 4 * 3) / 76.0, 1e-12);
    assert_float_equal(c.y, (80 * 4 - 4 * 3) / 76.0, 1e-12);
    assert_true(rings_contain(&r, (struct xy_m){ 1, 1 }));
    assert_false(rings_contain(&r, (struct xy_m){ 3, 3 }));
    assert_false(rings_contain(&r, (struct xy_m){ 11, 3 }));
    struct box_m b = rings_box(&r);
    assert_true(b.min_x == 0 && b.min_y == 0 && b.max_x == 10 && b.max_y == 8);
    rings_clear(&r);
}

static void rings_of_two_points_are_taken_back(void **state)
{
    (void)state;
    struct rings r = {0};
    draw(&r, house, 2);
    assert_int_equal(r.count, 0);
    draw(&r, house, 4);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.first[1], 4);
    assert_float_equal(rings_area_m2(&r), 80, 0);
    rings_start(&r);
    assert_int_equal(r.count, 0);
    assert_float_equal(rings_area_m2(&r), 0, 0);
    rings_clear(&r);
}

static void a_flat_ring_has_the_mean_as_centroid(void **state)
{
    (void)state;
    struct rings r = {0};
    draw(&r, (const double[][2]){ {0, 0}, {3, 0}, {6, 0} }, 3);
    assert_float_equal(rings_centroid(&r).x, 3, 1e-12);
    assert_float_equal(rings_area_m2(&r), 0, 0);
    rings_clear(&r);
}

static void area_keeps_its_digits_far_from_zero(void **state)
{
    (void)state;
    struct rings r = {0};
    double far[4][2];
    for (int i = 0; i < 4; i++) {
        far[i][0] = house[i][0] + 40500000;
        far[i][1] = house[i][1] + 3500000;
    }
    draw(&r, far, 4);
    assert_float_equal(rings_area_m2(&r), 80, 1e-9);
    assert_float_equal(rings_centroid(&r).y - 3500000, 4, 1e-8);
    rings_clear(&r);
}

static void a_footprint_comes_back_as_rings(void **state)
{
    (void)state;
    struct mm64 origin[] = { { 500000000, 3000000000 }, { 500020000, 3000000000 } };
    struct mm size[] = { { 10000, 8000 }, { 4000, 3000 } };
    uint32_t ring_first[] = { 0, 1, 2 }, vertex_first[] = { 0, 4, 7 };
    struct mm vertex[] = { {0, 0}, {10000, 0}, {10000, 8000}, {0, 8000}, {0, 0}, {4000, 0}, {0, 3000} };
    int64_t fid[] = { 12, -3 };
    uint32_t id_first[] = { 0, 0, 5 };
    char id_text[] = "house";
    struct footprints f = { .count = 2, .origin = origin, .size = size, .ring_first = ring_first, .vertex_first = vertex_first,
                            .vertex = vertex, .fid = fid, .id_first = id_first, .id_text = id_text };
    struct rings r = {0};
    footprint_rings(&f, 1, origin[0], (struct xy_m){ 0.5, -1 }, &r);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.first[1], 3);
    assert_float_equal(r.vertex[1].x, 24.5, 1e-12);
    assert_float_equal(r.vertex[1].y, -1, 1e-12);
    footprint_rings(&f, 0, origin[0], (struct xy_m){ 0, 0 }, &r);
    assert_float_equal(rings_area_m2(&r), 80, 1e-9);
    assert_int_equal(footprint_centre(&f, 1).x, 500022000);
    assert_float_equal(footprint_box(&f, 1).max_y, 3000003, 1e-9);
    char id[8];
    assert_string_equal(footprint_id(&f, 0, id, sizeof id), "12");
    assert_string_equal(footprint_id(&f, 1, id, sizeof id), "house");
    assert_string_equal(footprint_id(&f, 1, id, 4), "hou");
    struct buf ids;
    buf_init(&ids, 100);
    footprint_add_id(&f, 0, &ids);
    footprint_add_id(&f, 1, &ids);
    assert_string_equal(ids.data, "12house");
    buf_clear(&ids);
    rings_clear(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_courtyard_is_taken_away),
        cmocka_unit_test(rings_of_two_points_are_taken_back),
        cmocka_unit_test(a_flat_ring_has_the_mean_as_centroid),
        cmocka_unit_test(area_keeps_its_digits_far_from_zero),
        cmocka_unit_test(a_footprint_comes_back_as_rings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
