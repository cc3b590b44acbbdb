#include "gis/overlay.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/gis/drawn.h"
#include "tests/gis/shapes.h"

static struct err e;
static struct overlay *overlay;
static struct rings a, b, out;

static int open_all(void **state)
{
    (void)state;
    overlay = overlay_open();
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    overlay_close(overlay);
    rings_clear(&a);
    rings_clear(&b);
    rings_clear(&out);
    return 0;
}

static void a_bow_tie_keeps_both_lobes(void **state)
{
    (void)state;
    bool repaired = false;
    draw(&a, "0 0, 10 10, 10 0, 0 10");
    assert_int_equal(overlay_repair(overlay, &a, &out, &repaired, &e), OK);
    assert_true(repaired);
    assert_float_equal(rings_area_m2(&out), 50, 1e-9);
}

static void overlapping_parts_are_joined(void **state)
{
    (void)state;
    bool repaired = false;
    draw(&a, "0 0, 10 0, 10 10, 0 10; 5 0, 15 0, 15 10, 5 10");
    assert_int_equal(overlay_repair(overlay, &a, &out, &repaired, &e), OK);
    assert_true(repaired);
    assert_int_equal(out.count, 1);
    assert_float_equal(rings_area_m2(&out), 150, 1e-9);
}

static void what_is_valid_stays(void **state)
{
    (void)state;
    bool repaired = true;
    draw(&a, "0 0, 10 0, 10 8, 0 8; 2 2, 2 4, 4 4, 4 2; 20 0, 30 0, 30 5");
    assert_int_equal(overlay_repair(overlay, &a, &out, &repaired, &e), OK);
    assert_false(repaired);
    assert_int_equal(out.count, 3);
    assert_float_equal(rings_area_m2(&out), 80 - 4 + 25, 1e-9);
}

static void a_line_there_and_back_is_refused(void **state)
{
    (void)state;
    bool repaired = false;
    draw(&a, "0 0, 10 0, 5 0");
    assert_int_equal(overlay_repair(overlay, &a, &out, &repaired, &e), FAILED);
    assert_true(e.text[0] != '\0');
}

static void an_extension_is_what_remains(void **state)
{
    (void)state;
    draw(&a, "0 0, 14 0, 14 8, 0 8");
    draw(&b, "0 0, 10 0, 10 8, 0 8");
    assert_int_equal(overlay_minus(overlay, &a, &b, &out, &e), OK);
    assert_float_equal(rings_area_m2(&out), 32, 1e-9);
    assert_int_equal(overlay_minus(overlay, &b, &a, &out, &e), OK);
    assert_int_equal(out.count, 0);
    assert_int_equal(overlay_common(overlay, &a, &b, &out, &e), OK);
    assert_float_equal(rings_area_m2(&out), 80, 1e-9);
}

static void an_inner_yard_comes_out_clockwise(void **state)
{
    (void)state;
    draw(&a, "0 0, 10 0, 10 10, 0 10");
    draw(&b, "4 4, 6 4, 6 6, 4 6");
    assert_int_equal(overlay_minus(overlay, &a, &b, &out, &e), OK);
    assert_int_equal(out.count, 2);
    assert_float_equal(rings_area_m2(&out), 96, 1e-9);
}

static void broken_input_is_no_reason_to_fail(void **state)
{
    (void)state;
    draw(&a, "0 0, 10 10, 10 0, 0 10");
    draw(&b, "0 0, 5 0, 5 10, 0 10");
    assert_int_equal(overlay_common(overlay, &a, &b, &out, &e), OK);
    assert_float_equal(rings_area_m2(&out), 25, 1e-6);
}

static void tile_cuts_are_closed(void **state)
{
    (void)state;
    const struct rings *parts[] = { &a, &b };
    draw(&a, "0 0, 10 0, 10 8, 0 8");
    draw(&b, "10.04 0, 20 0, 20 8, 10.04 8");
    assert_int_equal(overlay_union(overlay, parts, 2, 0.05, &out, &e), OK);
    assert_int_equal(out.count, 1);
    assert_float_equal(rings_area_m2(&out), 160, 1e-6);
    assert_int_equal(overlay_union(overlay, parts, 2, 0, &out, &e), OK);
    assert_int_equal(out.count, 2);
    assert_float_equal(rings_area_m2(&out), 159.68, 1e-6);
}

static void slivers_vanish_when_opened(void **state)
{
    (void)state;
    draw(&a, "0 0, 10 0, 10 8, 0 8; 20 0, 20.2 0, 20.2 8, 20 8");
    assert_int_equal(overlay_open_by(overlay, &a, 0.25, &out, &e), OK);
    assert_int_equal(out.count, 1);
    assert_float_equal(rings_area_m2(&out), 80, 1e-6);
}

// --- Openings, as GEOS makes them --------------------------------------------------------------------------------------------------

static GEOSContextHandle_t geos;

// Around a place, with corners of every kind.
static GEOSGeometry *random_outline(uint64_t *seed)
{
    int n = 3 + (int)(shapes_random(seed) * 9);
    double reach = 1 + 8 * shapes_random(seed);
    rings_start(&a);
    for (int k = 0; k < n; k++) {
        double turn = 2 * 3.14159265358979 * (k + 0.9 * shapes_random(seed)) / n, r = reach * (0.2 + 0.8 * shapes_random(seed));
        rings_add_vertex(&a, (struct xy_m){ 20 + r * cos(turn), 20 + r * sin(turn) });
    }
    rings_end_ring(&a);
    return shapes_geos(geos, &a);
}

// Consumes g.
static GEOSGeometry *grown(GEOSGeometry *g, double by_m)
{
    GEOSBufferParams *params = GEOSBufferParams_create_r(geos);
    GEOSBufferParams_setJoinStyle_r(geos, params, GEOSBUF_JOIN_MITRE);
    GEOSBufferParams_setMitreLimit_r(geos, params, 5);
    GEOSGeometry *there = GEOSBufferWithParams_r(geos, g, params, by_m);
    GEOSBufferParams_destroy_r(geos, params);
    GEOSGeom_destroy_r(geos, g);
    return there;
}

// The widest disc in the outline.
static double inscribed_m(const struct rings *r)
{
    double radius_m = 0;
    GEOSGeometry *g = shapes_geos(geos, r), *line = GEOSMaximumInscribedCircle_r(geos, g, 1e-3);
    GEOSLength_r(geos, line, &radius_m);
    GEOSGeom_destroy_r(geos, line), GEOSGeom_destroy_r(geos, g);
    return radius_m;
}

// Where mitres reach beyond the outline too. GEOS gives up some in which there is room for the disc.
static void openings_are_those_of_geos(void **state)
{
    (void)state;
    uint64_t seed = 20261127;
    int longer = 0, other = 0, lost = 0;
    geos = GEOS_init_r();
    for (int round = 0; round < 10000; round++) {
        double radius_m = 0.05 + 0.6 * shapes_random(&seed), theirs_m2, common_m2;
        GEOSGeometry *outline = random_outline(&seed);
        if (GEOSisValid_r(geos, outline) != 1) {
            GEOSGeom_destroy_r(geos, outline);
            continue;
        }
        assert_int_equal(overlay_open_by(overlay, &a, radius_m, &out, &e), OK);
        GEOSGeometry *theirs = grown(grown(outline, -radius_m), radius_m), *ours = shapes_geos(geos, &out), *both = GEOSIntersection_r(geos, theirs, ours);
        assert_non_null(both);
        GEOSArea_r(geos, theirs, &theirs_m2), GEOSArea_r(geos, both, &common_m2);
        double ours_m2 = out.count == 0 ? 0 : rings_area_m2(&out), off_m2 = 1e-4 + 1e-5 * theirs_m2;
        bool differs = fabs(ours_m2 - theirs_m2) > off_m2 || fabs(common_m2 - theirs_m2) > off_m2;
        bool is_lost = differs && theirs_m2 == 0 && inscribed_m(&a) > radius_m;
        other += differs && !is_lost;
        lost += is_lost;
        longer += ours_m2 > rings_area_m2(&a) + off_m2;
        GEOSGeom_destroy_r(geos, theirs), GEOSGeom_destroy_r(geos, ours), GEOSGeom_destroy_r(geos, both);
    }
    GEOS_finish_r(geos);
    print_message("  %d reach beyond their outline, %d are not those of GEOS, which lost %d others\n", longer, other, lost);
    assert_in_range(longer, 200, 10000);
    assert_in_range(other, 0, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bow_tie_keeps_both_lobes),
        cmocka_unit_test(overlapping_parts_are_joined),
        cmocka_unit_test(what_is_valid_stays),
        cmocka_unit_test(a_line_there_and_back_is_refused),
        cmocka_unit_test(an_extension_is_what_remains),
        cmocka_unit_test(an_inner_yard_comes_out_clockwise),
        cmocka_unit_test(broken_input_is_no_reason_to_fail),
        cmocka_unit_test(tile_cuts_are_closed),
        cmocka_unit_test(slivers_vanish_when_opened),
        cmocka_unit_test(openings_are_those_of_geos),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
