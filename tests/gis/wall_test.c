// Walls that correspond, and the w-test that tells a new wall from a badly drawn one.
#include "gis/change_test.h"
#include "gis/wall.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void draw(struct rings *r, const struct xy_m *p, int n)
{
    rings_start(r);
    for (int i = 0; i < n; i++)
        rings_add_vertex(r, p[i]);
    rings_end_ring(r);
}

static void rectangle(struct rings *r, double x0, double y0, double x1, double y1)
{
    struct xy_m p[] = {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
    draw(r, p, 4);
}

enum { LANE = 2 };                       // any will do
struct pair { struct rings a, b; struct walls wa, wb; struct wall_pieces pieces; };

static void match(struct pair *p, double reach)
{
    walls_of(&p->a, &p->wa);
    walls_of(&p->b, &p->wb);
    wall_pieces_start(&p->pieces);
    walls_match(&p->wa, &p->wb, reach, &p->pieces, LANE);
    wall_pieces_tell(&p->pieces);
}

static void forget(struct pair *p)
{
    rings_clear(&p->a);
    rings_clear(&p->b);
    walls_clear(&p->wa);
    walls_clear(&p->wb);
    wall_pieces_clear(&p->pieces);
}

static void a_moved_rectangle_gives_its_move(void **state)
{
    (void)state;
    struct pair p = {0};
    rectangle(&p.a, 0, 0, 12, 8);
    rectangle(&p.b, 0.7, -0.4, 12.7, 7.6);
    match(&p, 2.5);
    assert_int_equal(p.pieces.count[LANE], 4);
    struct wall_fit fits[LANES], fit;
    wall_fit_moves(&p.pieces, 1, fits);
    fit = fits[LANE];
    assert_true(fit.good);
    assert_true(fabs(fit.move.x + 0.7) < 1e-9);
    assert_true(fabs(fit.move.y - 0.4) < 1e-9);
    assert_true(fit.worst_m < 1e-9);
    forget(&p);
}

static void a_wing_on_part_of_a_wall_is_a_piece_of_its_own(void **state)
{
    (void)state;
    struct pair p = {0};
    rectangle(&p.a, 0, 0, 12, 8);
    struct xy_m wing[] = {{0, 0}, {12, 0}, {12, 2}, {15, 2}, {15, 6}, {12, 6}, {12, 8}, {0, 8}};
    draw(&p.b, wing, 8);
    match(&p, 14);
    double far = 0, near = 0;
    for (size_t k = 0; k < p.pieces.count[LANE]; k++) {
        if (p.pieces.piece[k].old_x[LANE] != 12 || p.pieces.piece[k].old_y[LANE] != 0) // not the eastern wall
            continue;
        if (fabs(p.pieces.piece[k].offset_m[LANE] - 3) < 1e-9)
            far += p.pieces.piece[k].length_m[LANE];
        if (fabs(p.pieces.piece[k].offset_m[LANE]) < 1e-9)
            near += p.pieces.piece[k].length_m[LANE];
    }
    assert_true(fabs(far - 4) < 1e-9);
    assert_true(fabs(near - 4) < 1e-9);
    forget(&p);
}

static struct outline_test test_with(struct pair *p, double noise, double registration_sd)
{
    struct test_scale scale = {.vertex_noise_m = noise, .min_width_m = 0.85, .alarm_z = 4, .step_z = 3.2};
    struct outline_pair one = {.old = &p->wa, .new_ = &p->wb, .prior = {.registration_sd_m = registration_sd}}, *pair[LANES] = {NULL};
    struct wall_census census = {0};
    pair[LANE] = &one;
    match(p, 14);
    change_test_outlines(&scale, &p->pieces, pair, &census);
    assert_int_equal(census.walls, p->pieces.count[LANE]);
    return one.test;
}

static void an_extension_stands_out_of_drawing_noise(void **state)
{
    (void)state;
    struct pair p = {0};
    rectangle(&p.a, 0, 0, 12, 8);
    rectangle(&p.b, 0.1, -0.1, 14.1, 8.05);
    struct outline_test t = test_with(&p, 0.3, 0.05);
    assert_true(t.gain_z > 5);
    assert_true(t.loss_z == 0);
    assert_true(fabs(t.gain_m - 2) < 0.2);
    forget(&p);
}

// Both opposite walls 1.2 m to the east: with a sure registration two walls moved, with an unsure one nothing did.
static void a_leftover_shift_is_no_extension(void **state)
{
    (void)state;
    struct pair p = {0};
    rectangle(&p.a, 0, 0, 12, 8);
    rectangle(&p.b, 1.2, 0, 13.2, 8);
    struct outline_test sure = test_with(&p, 0.15, 0.02), unsure = test_with(&p, 0.15, 1.0);
    assert_true(sure.gain_z > 4);
    assert_true(sure.loss_z > 4);
    assert_true(unsure.gain_z == 0);
    assert_true(fabs(unsure.move.x + 1.2) < 0.05);
    forget(&p);
}

static void a_turned_building_is_seen_though_its_walls_keep_their_middles(void **state)
{
    (void)state;
    struct pair p = {0};
    rectangle(&p.a, -6, -4, 6, 4);
    double c = cos(0.35), s = sin(0.35);
    struct xy_m q[4] = {{-6, -4}, {6, -4}, {6, 4}, {-6, 4}};
    for (int i = 0; i < 4; i++)
        q[i] = (struct xy_m){c * q[i].x - s * q[i].y, s * q[i].x + c * q[i].y};
    draw(&p.b, q, 4);
    struct outline_test t = test_with(&p, 0.3, 0.1);
    assert_true(fabs(t.turn_rad - 0.35) < 0.02);
    assert_true(t.turn_z > 5);
    forget(&p);
}

// A house in a lane of its own, whoever is tested beside it: to the last bit.
static void whoever_stands_beside_changes_nothing(void **state)
{
    (void)state;
    static const double turn[LANES] = {0, 0.3, 0.7, 1.2}, wide[LANES] = {9, 12, 40, 7}, gain[LANES] = {0, 3, 0.4, 0};
    struct test_scale scale = {.vertex_noise_m = 0.2, .min_width_m = 0.85, .alarm_z = 4, .step_z = 3.2};
    struct outline_pair pair[LANES], *together[LANES];
    struct pair p[LANES] = {0};
    struct wall_pieces pieces = {0};
    struct wall_census census = {0}, all = {0};
    wall_pieces_start(&pieces);
    for (int k = 0; k < LANES; k++) {
        double c = cos(turn[k]), s = sin(turn[k]);
        struct xy_m a[] = {{0, 0}, {wide[k], 0}, {wide[k], 8}, {4, 8}, {4, 5 + k}, {0, 5 + k}}, b[6];
        for (int v = 0; v < 6; v++) {
            struct xy_m q = {a[v].x + (v == 1 || v == 2 ? gain[k] : 0) + 0.05 * v, a[v].y - 0.04 * (v % 3)};
            b[v] = (struct xy_m){c * q.x - s * q.y, s * q.x + c * q.y};
            a[v] = (struct xy_m){c * a[v].x - s * a[v].y, s * a[v].x + c * a[v].y};
        }
        draw(&p[k].a, a, k == 2 ? 4 : 6);
        draw(&p[k].b, b, k == 2 ? 4 : 6);
        walls_of(&p[k].a, &p[k].wa);
        walls_of(&p[k].b, &p[k].wb);
        walls_match(&p[k].wa, &p[k].wb, 14, &pieces, k);
        pair[k] = (struct outline_pair){.old = &p[k].wa, .new_ = &p[k].wb, .prior = {0.05 * (k + 1), 0.02, 1, 1e-4}};
        together[k] = &pair[k];
    }
    change_test_outlines(&scale, &pieces, together, &all);
    for (int k = 0; k < LANES; k++) {
        struct outline_pair one = {.old = &p[k].wa, .new_ = &p[k].wb, .prior = pair[k].prior}, *alone[LANES] = {[LANE] = &one};
        match(&p[k], 14);
        change_test_outlines(&scale, &p[k].pieces, alone, &census);
        assert_true(one.test.move.x == pair[k].test.move.x && one.test.move_sd_m == pair[k].test.move_sd_m);
        assert_true(one.test.gain_z == pair[k].test.gain_z && one.test.kept == pair[k].test.kept && one.test.turn_rad == pair[k].test.turn_rad);
        assert_true((one.test.gain_z > 4) == (gain[k] > 1));
        forget(&p[k]);
    }
    assert_true(all.walls == census.walls && all.expected == census.expected);
    wall_pieces_clear(&pieces);
}

static void an_empty_outline_has_no_walls(void **state)
{
    (void)state;
    struct pair p = {0};
    rectangle(&p.a, 0, 0, 12, 8);
    match(&p, 5);
    assert_int_equal(p.pieces.count[LANE], 0);
    struct wall_fit fits[LANES];
    wall_fit_moves(&p.pieces, 1, fits);
    for (int lane = 0; lane < LANES; lane++)
        assert_false(fits[lane].good);
    forget(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_moved_rectangle_gives_its_move),
        cmocka_unit_test(a_wing_on_part_of_a_wall_is_a_piece_of_its_own),
        cmocka_unit_test(an_extension_stands_out_of_drawing_noise),
        cmocka_unit_test(a_leftover_shift_is_no_extension),
        cmocka_unit_test(a_turned_building_is_seen_though_its_walls_keep_their_middles),
        cmocka_unit_test(whoever_stands_beside_changes_nothing),
        cmocka_unit_test(an_empty_outline_has_no_walls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
