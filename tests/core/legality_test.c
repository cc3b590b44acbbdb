#include "core/legality.h"
#include "gis/relate.h"
#include "gis/share.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

enum { DAY = 86400, BEFORE_S = 1700000000, AFTER_S = 1700000000 + 365 * DAY };

static struct rings box(double x, double y, double w, double h)
{
    struct rings r = { 0 };
    rings_start(&r);
    rings_add_vertex(&r, (struct xy_m){ x, y });
    rings_add_vertex(&r, (struct xy_m){ x + w, y });
    rings_add_vertex(&r, (struct xy_m){ x + w, y + h });
    rings_add_vertex(&r, (struct xy_m){ x, y + h });
    rings_end_ring(&r);
    return r;
}

static struct legality_rules rules;
static struct rings house, plan, land;

static int set_up(void **state)
{
    (void)state;
    struct err e = { .lang = LANG_EN };
    if (legality_rules_read(&rules, &e) != OK)
        fail_msg("%s", e.text);
    house = box(0, 0, 10, 8);
    plan = box(-2, -2, 14, 12);
    land = box(-500, -500, 1000, 1000);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rings_clear(&house);
    rings_clear(&plan);
    rings_clear(&land);
    return 0;
}

static struct built a_house(void)
{
    return (struct built){ .class = CHANGE_NEW, .increment = &house, .gained_m2 = 80, .area_after_m2 = 80, .area_sd_m2 = 2, .height_after_m = 6,
                           .height_change_m = NAN, .accuracy_m = 0.3, .confidence = 0.9, .before_at_s = BEFORE_S, .after_at_s = AFTER_S };
}

static struct permit_ground a_permit(void)
{
    return (struct permit_ground){ .number = "P1", .ground = &plan, .permitted_footprint_m2 = 100, .permitted_floor_area_m2 = NAN, .permitted_height_m = 9,
                                   .accuracy_m = 0.3 };
}

static struct legality judged(struct built b, const struct permit_ground *p, const struct zone_ground *z)
{
    struct legality out;
    legality_judge(&rules, &b, p, p != NULL, z, z != NULL, &out);
    return out;
}

#define assert_codes(v, expected) \
    do { struct buf b_; buf_init(&b_, 512); legal_list((v).codes, &b_); assert_string_equal(b_.data, expected); buf_clear(&b_); } while (0)

// --- Permits ----------------------------------------------------------------------------------------------------------------------

static void without_a_permit_nothing_covers_it(void **state)
{
    (void)state;
    struct legality v = judged(a_house(), NULL, NULL);
    assert_codes(v, "NO_PERMIT");
    assert_float_equal(v.p_no_cover, 1, 1e-12);
    assert_int_equal(v.permit, -1);
}

static void a_permit_in_force_covers_it(void **state)
{
    (void)state;
    struct permit_ground p = a_permit();
    struct legality v = judged(a_house(), &p, NULL);
    assert_codes(v, "COVERED");
    assert_true(v.p_no_cover < 0.03);
    assert_int_equal(v.permit, 0);
}

static void more_than_was_permitted_is_told(void **state)
{
    (void)state;
    struct permit_ground p = a_permit();
    p.permitted_footprint_m2 = 60;
    struct legality v = judged(a_house(), &p, NULL);
    assert_codes(v, "EXCEEDS_AREA");
    assert_true(v.p_no_cover > 0.99);
    p = a_permit();
    p.permitted_height_m = 3;
    assert_codes(judged(a_house(), &p, NULL), "EXCEEDS_HEIGHT");
    p.permitted_footprint_m2 = 60;
    assert_codes(judged(a_house(), &p, NULL), "EXCEEDS_AREA,EXCEEDS_HEIGHT");
    // Exactly as much as the tolerance allows is anybody's guess.
    p = a_permit();
    p.permitted_footprint_m2 = 80 / (1 + rules.area_tolerance);
    assert_float_equal(judged(a_house(), &p, NULL).p_no_cover, 0.5, 0.01);
}

// 49 of 282 lawful increments of a made-up district were called illegal: small houses, drawn a hand's breadth larger than their plan.
static void a_small_house_drawn_a_little_larger_than_its_plan_is_covered(void **state)
{
    (void)state;
    struct rings small_plan = box(0, 0, 4, 3), drawn = box(-0.15, -0.1, 4.25, 3.2), beside = box(1.6, 0, 4, 3), twice = box(0, 0, 6, 4.5);
    struct permit_ground p = a_permit();
    struct built b = a_house();
    p.ground = &small_plan;
    p.permitted_footprint_m2 = 12.2;
    b.increment = &drawn;
    b.gained_m2 = b.area_after_m2 = 4.25 * 3.2;
    b.area_sd_m2 = 0.15 * sqrt(2 * b.area_after_m2);
    assert_codes(judged(b, &p, NULL), "COVERED");
    p.has_until = true;
    p.until_s = BEFORE_S - DAY;
    assert_codes(judged(b, &p, NULL), "EXPIRED");
    p.has_until = false;
    b.increment = &beside;                         // the same size, but nearly half of it beside the plan
    b.area_after_m2 = 12;
    assert_codes(judged(b, &p, NULL), "OFF_SITE");
    b.increment = &twice;
    b.gained_m2 = b.area_after_m2 = 27;
    assert_codes(judged(b, &p, NULL), "EXCEEDS_AREA,OFF_SITE");
    rings_clear(&small_plan);
    rings_clear(&drawn);
    rings_clear(&beside);
    rings_clear(&twice);
}

static void an_annex_is_held_against_the_permit_of_an_annex(void **state)
{
    (void)state;
    struct rings annex = box(10, 0, 4, 5), annex_plan = box(9.9, 0, 4.2, 5), plot = box(-2, -2, 18, 12);
    struct permit_ground p = a_permit();
    struct built b = a_house();
    b.class = CHANGE_ENLARGED;
    b.increment = &annex;
    b.gained_m2 = 20;
    b.area_after_m2 = 100;
    p.ground = &annex_plan;
    p.permitted_footprint_m2 = 21;
    assert_codes(judged(b, &p, NULL), "COVERED");
    p.ground = &plot;                              // a plot says little: there the number is about the whole house
    assert_codes(judged(b, &p, NULL), "EXCEEDS_AREA");
    p.permitted_footprint_m2 = 110;
    assert_codes(judged(b, &p, NULL), "COVERED");
    rings_clear(&annex);
    rings_clear(&annex_plan);
    rings_clear(&plot);
}

static void floor_area_is_held_against_all_floors(void **state)
{
    (void)state;
    struct permit_ground p = a_permit();
    struct built b = a_house();                    // 80 m2, 6 m high: two floors
    p.permitted_height_m = NAN;
    p.permitted_floor_area_m2 = 160;
    assert_codes(judged(b, &p, NULL), "COVERED");
    b.height_after_m = 7;                          // two high floors, or a roof
    assert_codes(judged(b, &p, NULL), "COVERED");
    b.height_after_m = 12;
    assert_codes(judged(b, &p, NULL), "EXCEEDS_FLOOR_AREA");
    b.class = CHANGE_HEIGHTENED;                   // no ground was added, floors were
    assert_codes(judged(b, &p, NULL), "EXCEEDS_FLOOR_AREA");
    b.height_after_m = NAN;                        // nobody knows
    assert_codes(judged(b, &p, NULL), "COVERED");
    p.permitted_footprint_m2 = 60;                 // each is held against its own
    b = a_house();
    assert_codes(judged(b, &p, NULL), "EXCEEDS_AREA");
}

static void beside_the_plan_is_off_site(void **state)
{
    (void)state;
    struct rings half = box(5, -2, 14, 12), far = box(200, 0, 10, 10);
    struct permit_ground p = a_permit();
    p.ground = &half;
    assert_codes(judged(a_house(), &p, NULL), "OFF_SITE");
    p.ground = &far;
    assert_codes(judged(a_house(), &p, NULL), "NO_PERMIT");
    rings_clear(&half);
    rings_clear(&far);
}

static void a_permit_counts_on_the_day_of_the_later_survey(void **state)
{
    (void)state;
    struct permit_ground p = a_permit();
    p.has_until = true;
    p.until_s = AFTER_S - DAY;
    struct legality v = judged(a_house(), &p, NULL);
    assert_codes(v, "EXPIRED");
    assert_float_equal(v.p_no_cover, rules.expired_while_built_p, 1e-12);
    p.until_s = BEFORE_S - DAY;
    assert_float_equal(judged(a_house(), &p, NULL).p_no_cover, 1, 1e-12);
    p.until_s = AFTER_S;
    assert_codes(judged(a_house(), &p, NULL), "COVERED");
    p = a_permit();
    p.has_from = true;
    p.from_s = AFTER_S + DAY;
    assert_codes(judged(a_house(), &p, NULL), "NO_PERMIT");
    p = a_permit();
    p.is_revoked = true;
    assert_codes(judged(a_house(), &p, NULL), "NO_PERMIT");
}

static void of_several_permits_the_likeliest_counts(void **state)
{
    (void)state;
    struct permit_ground p[3] = { a_permit(), a_permit(), a_permit() };
    p[0].permitted_footprint_m2 = 50;
    p[2].permitted_height_m = 2;
    struct built b = a_house();
    struct legality v;
    legality_judge(&rules, &b, p, 3, NULL, 0, &v);
    assert_int_equal(v.permit, 1);
    assert_codes(v, "COVERED");
}

// --- Zones ------------------------------------------------------------------------------------------------------------------------

static void near_a_line_it_is_a_probability(void **state)
{
    (void)state;
    static const struct { double line_x, expected_p; const char *codes; } rows[] = { // the zone lies east of line_x; the house ends at 10
        { 5, 0.99999971, "NO_PERMIT,IN_ZONE" },
        { 9, 0.84134475, "NO_PERMIT,IN_ZONE,ZONE_LINE_CLOSE" },
        { 10, 0.5, "NO_PERMIT,IN_ZONE,ZONE_LINE_CLOSE" },
        { 11, 0.15865525, "NO_PERMIT,ZONE_LINE_CLOSE" },
        { 12, 0.02275013, "NO_PERMIT" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rings zone = box(rows[i].line_x, -100, 300, 200);
        struct zone_ground z = { .kind = "farmland", .ground = &zone, .weight = 1, .accuracy_m = 0.8 };
        struct built b = a_house();
        b.accuracy_m = 0.6;            // with 0.8 of the zone: sigma 1 m
        struct legality v = judged(b, NULL, &z);
        assert_float_equal(v.zone_p, rows[i].expected_p, 1e-7);
        assert_float_equal(v.zone_share, fmax(0, (10 - rows[i].line_x) / 10), 1e-9);
        assert_codes(v, rows[i].codes);
        rings_clear(&zone);
    }
}

static void far_from_a_zone_there_is_none(void **state)
{
    (void)state;
    struct rings zone = box(100, 0, 50, 50);
    struct zone_ground z = { .kind = "redline", .ground = &zone, .weight = 1, .accuracy_m = 1 };
    struct legality v = judged(a_house(), NULL, &z);
    assert_int_equal(v.zone, -1);
    assert_true(isnan(v.zone_p));
    rings_clear(&zone);
}

static void the_heaviest_zone_counts(void **state)
{
    (void)state;
    struct zone_ground z[2] = { { "green", &land, 0.3, 1 }, { "farmland", &land, 1, 1 } };
    struct built b = a_house();
    struct legality v;
    legality_judge(&rules, &b, NULL, 0, z, 2, &v);
    assert_int_equal(v.zone, 1);
}

// --- Rank --------------------------------------------------------------------------------------------------------------------------

static void suspicion_is_the_product_of_three(void **state)
{
    (void)state;
    struct zone_ground z = { "farmland", &land, 1, 1 };
    struct built small = a_house(), large = a_house();
    large.gained_m2 = 800;
    struct legality in_zone = judged(a_house(), NULL, &z), plain = judged(small, NULL, NULL), big = judged(large, NULL, NULL);
    assert_float_equal(plain.suspicion, 0.9 * plain.p_no_cover * plain.severity, 1e-12);
    assert_true(in_zone.severity > plain.severity + 0.45);
    assert_true(big.severity > plain.severity);
    assert_true(in_zone.severity <= 1);
    struct permit_ground p = a_permit();
    assert_true(judged(a_house(), &p, &z).suspicion < 0.05);
}

static void what_takes_away_is_not_asked(void **state)
{
    (void)state;
    assert_true(legality_is_asked(CHANGE_NEW) && legality_is_asked(CHANGE_HEIGHTENED) && legality_is_asked(CHANGE_INFILLED));
    assert_false(legality_is_asked(CHANGE_GONE) || legality_is_asked(CHANGE_SHIFTED) || legality_is_asked(CHANGE_CAPTURE_RULE));
}

static void codes_are_read_back(void **state)
{
    (void)state;
    assert_int_equal(legal_codes_of("NO_PERMIT,IN_ZONE"), 1u << LEGAL_NO_PERMIT | 1u << LEGAL_IN_ZONE);
    assert_int_equal(legal_codes_of(""), 0);
    assert_int_equal(legal_codes_of("NO_PERMITS,X"), 0);
}

// --- Shares of large shapes --------------------------------------------------------------------------------------------------------

static struct rings star(int points, double outer, double inner)
{
    struct rings r = { 0 };
    rings_start(&r);
    for (int i = 0; i < points; i++) {
        double a = 2 * 3.14159265358979323846 * i / points, radius = i % 2 ? inner : outer;
        rings_add_vertex(&r, (struct xy_m){ radius * cos(a), radius * sin(a) });
    }
    rings_end_ring(&r);
    return r;
}

static void a_large_zone_is_cut_to_what_is_near(void **state)
{
    (void)state;
    struct rings zone = star(4000, 300, 280);
    for (int i = 0; i < 60; i++) {
        struct rings small = box(250 + i, -20 + i / 2.0, 13, 9);
        assert_float_equal(share_common_m2(&small, &zone), relate_overlap_m2(&small, &zone), 1e-6);
        rings_clear(&small);
    }
    rings_clear(&zone);
}

static void what_is_cut_off_decides_nothing_within_reach(void **state)
{
    (void)state;
    static const double REACH = 30;
    struct rings zone = star(4000, 300, 280);
    for (int i = 0; i < 60; i++) {
        struct rings small = box(230 + 2 * i, -20 + i / 2.0, 13, 9), part = { 0 };
        struct box_m b = rings_box(&small);
        share_cut(&zone, (struct box_m){ b.min_x - REACH - 1, b.min_y - REACH - 1, b.max_x + REACH + 1, b.max_y + REACH + 1 }, &part);
        assert_float_equal(relate_overlap_m2(&small, &part), relate_overlap_m2(&small, &zone), 1e-6);
        double whole = share_depth_m(&small, &zone, REACH), cut = share_depth_m(&small, &part, REACH);
        assert_true(cut == whole || fabs(cut - whole) < 1e-9 || (whole > REACH && cut > REACH));
        rings_clear(&small);
        rings_clear(&part);
    }
    rings_clear(&zone);
}

static void depth_is_told_from_the_border(void **state)
{
    (void)state;
    struct rings zone = box(0, 0, 100, 100), inside = box(20, 40, 5, 5), outside = box(103, 104, 5, 5), spike = box(-5, 40, 3, 30);
    assert_float_equal(share_depth_m(&inside, &zone, 30), 25, 1e-9);
    assert_float_equal(share_depth_m(&outside, &zone, 30), -5, 1e-9);
    assert_float_equal(share_depth_m(&spike, &zone, 30), -2, 1e-9);
    assert_true(isinf(share_depth_m(&outside, &zone, 4)));
    rings_clear(&zone);
    rings_clear(&inside);
    rings_clear(&outside);
    rings_clear(&spike);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_permit_nothing_covers_it),
        cmocka_unit_test(a_permit_in_force_covers_it),
        cmocka_unit_test(more_than_was_permitted_is_told),
        cmocka_unit_test(a_small_house_drawn_a_little_larger_than_its_plan_is_covered),
        cmocka_unit_test(an_annex_is_held_against_the_permit_of_an_annex),
        cmocka_unit_test(floor_area_is_held_against_all_floors),
        cmocka_unit_test(beside_the_plan_is_off_site),
        cmocka_unit_test(a_permit_counts_on_the_day_of_the_later_survey),
        cmocka_unit_test(of_several_permits_the_likeliest_counts),
        cmocka_unit_test(near_a_line_it_is_a_probability),
        cmocka_unit_test(far_from_a_zone_there_is_none),
        cmocka_unit_test(the_heaviest_zone_counts),
        cmocka_unit_test(suspicion_is_the_product_of_three),
        cmocka_unit_test(what_takes_away_is_not_asked),
        cmocka_unit_test(codes_are_read_back),
        cmocka_unit_test(a_large_zone_is_cut_to_what_is_near),
        cmocka_unit_test(what_is_cut_off_decides_nothing_within_reach),
        cmocka_unit_test(depth_is_told_from_the_border),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
