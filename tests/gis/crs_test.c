#include "gis/crs.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct err e;

static struct crs *crs(const char *definition)
{
    struct crs *c = NULL;
    if (crs_open(definition, &c, &e) != OK)
        fail_msg("%s: %s", definition, e.text);
    return c;
}

static void every_way_of_writing_names_the_same_crs(void **state)
{
    (void)state;
    struct crs *code = crs("EPSG:4549"), *wkt = crs(crs_wkt(code)), *other = crs("EPSG:4550");
    assert_string_equal(crs_code(code), "EPSG:4549");
    assert_string_equal(crs_name(code), "CGCS2000 / 3-degree Gauss-Kruger CM 120E");
    assert_string_equal(crs_code(wkt), "EPSG:4549");
    assert_true(crs_same(code, wkt));
    assert_false(crs_same(code, other));
    struct crs *proj = crs("+proj=utm +zone=51 +datum=WGS84"), *utm = crs("EPSG:32651");
    assert_true(crs_same(proj, utm));
    struct crs *lonlat = crs("OGC:CRS84"), *latlon = crs("EPSG:4326");
    assert_true(crs_same(lonlat, latlon));
    assert_true(crs_is_geographic(latlon));
    assert_false(crs_is_geographic(utm));
    struct crs *all[] = { code, wkt, other, proj, utm, lonlat, latlon };
    for (int i = 0; i < 7; i++)
        crs_close(all[i]);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    static const char *const nonsense[] = { "", "EPSG:999999", "+proj=nothing", "EPSG:5714", "EPSG:4978", "hello", "EPSG:9001" };
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        struct crs *c = NULL;
        assert_int_equal(crs_open(nonsense[i], &c, &e), INVALID);
        assert_null(c);
        assert_true(e.text[0] != '\0');
    }
}

static void x_is_always_east(void **state)
{
    (void)state;
    struct crs *degrees = crs("EPSG:4490"), *metres = crs("EPSG:4549");
    struct crs_road *there = NULL, *back = NULL;
    assert_int_equal(crs_road_open(degrees, metres, &there, &e), OK);
    assert_int_equal(crs_road_open(metres, degrees, &back, &e), OK);
    struct xy_m p[2] = { { 120, 30 }, { 121, 31 } };
    assert_int_equal(crs_road_go(there, p, 2), 0);
    assert_float_equal(p[0].x, 500000, 1e-6);
    assert_float_equal(p[0].y, 3320113.398, 1e-3); // meridian arc of 30 degrees on CGCS2000
    assert_int_equal(crs_road_go(back, p, 2), 0);
    assert_float_equal(p[1].x, 121, 1e-10);
    assert_float_equal(p[1].y, 31, 1e-10);
    crs_road_close(there);
    crs_road_close(back);
    struct crs_road *straight = NULL;
    assert_int_equal(crs_road_open(metres, metres, &straight, &e), OK);
    assert_true(crs_road_is_straight(straight));
    assert_int_equal(crs_road_go(straight, p, 2), 0);
    assert_float_equal(p[1].x, 121, 1e-10);
    crs_road_close(straight);
    crs_close(degrees);
    crs_close(metres);
}

// Whatever order of axes an authority writes first, and whether it names a code or not; a copy answers like the way it was made from.
static void order_of_axes_and_copies_change_nothing(void **state)
{
    (void)state;
    static const char *const same[][2] = { { "EPSG:4326", "OGC:CRS84" }, { "EPSG:4549", "+proj=tmerc +lat_0=0 +lon_0=120 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m" },
                                           { "EPSG:2393", "+proj=tmerc +lat_0=0 +lon_0=27 +k=1 +x_0=3500000 +y_0=0 +ellps=intl +units=m" },
                                           { "EPSG:32650+5773", "EPSG:32650" } };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct xy_m p[3];
        for (int k = 0; k < 2; k++) {
            struct crs *given = crs(same[i][k]), *base = crs(i == 0 ? "EPSG:32650" : same[i][0]);
            struct crs_road *there = NULL, *copy = NULL;
            assert_int_equal(crs_road_open(base, given, &there, &e), OK);
            assert_int_equal(crs_road_copy(there, &copy, &e), OK);
            crs_road_close(there);
            p[k] = (struct xy_m){ 500123.25, 3450000.5 };
            assert_int_equal(crs_road_go(copy, &p[k], 1), 0);
            crs_road_close(copy);
            crs_close(given);
            crs_close(base);
        }
        assert_float_equal(p[0].x, p[1].x, 1e-6);
        assert_float_equal(p[0].y, p[1].y, 1e-6);
    }
}

static void what_fails_becomes_nan(void **state)
{
    (void)state;
    struct crs *degrees = crs("EPSG:4326"), *metres = crs("EPSG:32651");
    struct crs_road *road = NULL;
    assert_int_equal(crs_road_open(degrees, metres, &road, &e), OK);
    struct xy_m p[3] = { { 121, 31 }, { NAN, 31 }, { 121, INFINITY } };
    assert_int_equal(crs_road_go(road, p, 3), 2);
    assert_true(isfinite(p[0].x) && isnan(p[1].x) && isnan(p[2].y));
    crs_road_close(road);
    crs_close(degrees);
    crs_close(metres);
}

// Exact and near side by side, all over the place: in the middle of a zone, at its edge, far in the north, with a datum shift.
static void near_is_within_a_fiftieth_of_a_millimetre(void **state)
{
    (void)state;
    static const struct { const char *from, *to; struct xy_m low, high; } cases[] = {
        { "EPSG:4326", "EPSG:32651", { 120.9, 30.9 }, { 121.1, 31.1 } },
        { "EPSG:4326", "EPSG:32651", { 117, 20 }, { 129, 60 } },
        { "EPSG:4490", "EPSG:4549", { 119.99, 29.99 }, { 120.01, 30.01 } },
        { "EPSG:3857", "EPSG:32613", { -11720000, 4860000 }, { -11710000, 4870000 } },
        { "EPSG:4267", "EPSG:26913", { -105.5, 39.5 }, { -104.5, 40.5 } },
        { "EPSG:2229", "EPSG:32611", { 6400000, 1800000 }, { 6500000, 1900000 } },
    };
    uint32_t seed = 3;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct crs *from = crs(cases[i].from), *to = crs(cases[i].to);
        struct crs_road *road = NULL;
        assert_int_equal(crs_road_open(from, to, &road, &e), OK);
        for (int k = 0; k < 3000; k++) {
            double u[2];
            for (int d = 0; d < 2; d++)
                u[d] = (seed = seed * 1664525u + 1013904223u) / 4294967296.0;
            struct xy_m exact = { cases[i].low.x + u[0] * (cases[i].high.x - cases[i].low.x),
                                  cases[i].low.y + u[1] * (cases[i].high.y - cases[i].low.y) }, near = exact;
            assert_int_equal(crs_road_go(road, &exact, 1), 0);
            assert_int_equal(crs_road_go_near(road, &near, 1), 0);
            if (!(hypot(near.x - exact.x, near.y - exact.y) <= 0.00003))
                fail_msg("%s to %s: %.9f m apart", cases[i].from, cases[i].to, hypot(near.x - exact.x, near.y - exact.y));
        }
        crs_road_close(road);
        crs_close(from);
        crs_close(to);
    }
}

static void near_keeps_to_the_edges_of_the_world(void **state)
{
    (void)state;
    struct crs *from = crs("EPSG:4326"), *to = crs("EPSG:32651");
    struct crs_road *road = NULL;
    assert_int_equal(crs_road_open(from, to, &road, &e), OK);
    struct xy_m p[3] = { { NAN, 30 }, { 121, 1e300 }, { 121, 30 } };
    assert_int_equal(crs_road_go_near(road, p, 3), 2);
    assert_true(isnan(p[0].x) && isnan(p[1].x) && isfinite(p[2].x));
    crs_road_close(road);
    crs_close(from);
    crs_close(to);
}

static void metric_means_true_to_scale(void **state)
{
    (void)state;
    static const struct { const char *crs; struct box_m area; bool metric; } cases[] = {
        { "EPSG:4549", { 480000, 3400000, 520000, 3440000 }, true },
        { "EPSG:32651", { 480000, 3400000, 520000, 3440000 }, true },
        { "EPSG:32651", { 1500000, 3400000, 1600000, 3440000 }, false },   // 11 degrees from the central meridian
        { "EPSG:3857", { 13400000, 3600000, 13410000, 3610000 }, false },  // never
        { "EPSG:3857", { 0, 0, 1000, 1000 }, false },                      // not even on the equator
        { "EPSG:3395", { 13400000, 3600000, 13410000, 3610000 }, false },
        { "EPSG:4326", { 121, 31, 121.1, 31.1 }, false },
        { "EPSG:2229", { 6400000, 1800000, 6500000, 1900000 }, false },    // feet
        { "EPSG:3035", { 3812049, 2578523, 3813170, 2582413 }, true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct crs *c = crs(cases[i].crs);
        if (crs_is_metric_at(c, cases[i].area) != cases[i].metric)
            fail_msg("case %zu: %s is %smetric", i, cases[i].crs, cases[i].metric ? "not " : "");
        crs_close(c);
    }
}

static void a_metric_crs_is_chosen(void **state)
{
    (void)state;
    static const struct { const char *of; struct box_m area; const char *code; const char *in_wkt; } cases[] = {
        { "EPSG:4549", { 480000, 3400000, 520000, 3440000 }, "EPSG:4549", NULL },
        { "EPSG:4326", { 121.4, 31.2, 121.5, 31.3 }, "EPSG:32651", NULL },
        { "EPSG:4326", { -105.3, 39.9, -105.2, 40.1 }, "EPSG:32613", NULL },
        { "EPSG:4326", { 174.7, -36.9, 174.8, -36.8 }, "EPSG:32760", NULL },
        { "EPSG:3857", { 13400000, 3600000, 13410000, 3610000 }, "EPSG:32651", NULL },
        { "EPSG:4326", { 110, 30, 120, 31 }, "", "Lambert Azimuthal" },
        { "EPSG:4326", { INFINITY, INFINITY, -INFINITY, -INFINITY }, "EPSG:32631", NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct crs *of = crs(cases[i].of), *chosen = NULL;
        assert_int_equal(crs_choose_metric(of, cases[i].area, &chosen, &e), OK);
        assert_string_equal(crs_code(chosen), cases[i].code);
        if (cases[i].in_wkt != NULL)
            assert_non_null(strstr(crs_wkt(chosen), cases[i].in_wkt));
        crs_close(of);
        crs_close(chosen);
    }
}

static void wrong_coordinates_are_named_for_what_they_are(void **state)
{
    (void)state;
    static const struct { const char *crs; struct box_m extent; const char *said; } cases[] = {
        { "EPSG:4549", { 480000, 3400000, 520000, 3440000 }, NULL },
        { "EPSG:4490", { 121.4, 31.2, 121.5, 31.3 }, NULL },
        { "EPSG:4549", { 330000, 3400000, 335000, 3440000 }, NULL },              // a little outside is tolerated
        { "EPSG:4549", { 40480000, 3400000, 40520000, 3440000 }, "EPSG:4528" },   // prefix in a CRS without
        { "EPSG:4528", { 480000, 3400000, 520000, 3440000 }, "EPSG:4549" },       // the reverse
        { "EPSG:4549", { 39480000, 3400000, 39520000, 3440000 }, "EPSG:4527" },   // the zone next door
        { "EPSG:2385", { 40480000, 3400000, 40520000, 3440000 }, "EPSG:2364" },   // Xian 1980
        { "EPSG:21460", { 20480000, 3400000, 20520000, 3440000 }, "EPSG:21420" }, // Beijing 1954, 6 degrees
        { "EPSG:31467", { 480000, 5400000, 500000, 5410000 }, "zone number 3" },  // DHDN, Germany: known without a table
        { "EPSG:32632", { 32480000, 5400000, 32500000, 5410000 }, "zone number 32" },
        { "EPSG:4549", { 3400000, 480000, 3440000, 520000 }, "swapped" },
        { "EPSG:4490", { 31.2, 121.4, 31.3, 121.5 }, "swapped" },
        { "EPSG:4549", { 121.4, 31.2, 121.5, 31.3 }, "look like degrees" },
        { "EPSG:4326", { 480000, 3400000, 520000, 3440000 }, "look like metres" },
        { "EPSG:4490", { -105.3, 39.9, -105.2, 40.1 }, "lie outside the area" },
        { "EPSG:2193", { 480000, 3400000, 520000, 3440000 }, "lie outside the area" },
        { "EPSG:2193", { 1877907, 5555049, 1878856, 5556047 }, NULL },            // its area crosses the antimeridian
        { "EPSG:3857", { 13400000, 3600000, 13410000, 3610000 }, NULL },
        { "EPSG:4549", { 480000, 3400000, INFINITY, 3440000 }, "not finite" },
        { "EPSG:4549", { INFINITY, INFINITY, -INFINITY, -INFINITY }, NULL },      // nothing there, nothing wrong
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct crs *c = crs(cases[i].crs);
        e.text[0] = '\0';
        enum status s = crs_check(c, cases[i].extent, "BEFORE t.gpkg", &e);
        if (s != (cases[i].said == NULL ? OK : INVALID))
            fail_msg("case %zu: %s: status %d, %s", i, cases[i].crs, s, e.text);
        if (cases[i].said != NULL && (strstr(e.text, cases[i].said) == NULL || strstr(e.text, "BEFORE t.gpkg") != e.text))
            fail_msg("case %zu: \"%s\" says nothing of \"%s\"", i, e.text, cases[i].said);
        crs_close(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_of_writing_names_the_same_crs),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(x_is_always_east),
        cmocka_unit_test(order_of_axes_and_copies_change_nothing),
        cmocka_unit_test(what_fails_becomes_nan),
        cmocka_unit_test(near_is_within_a_fiftieth_of_a_millimetre),
        cmocka_unit_test(near_keeps_to_the_edges_of_the_world),
        cmocka_unit_test(metric_means_true_to_scale),
        cmocka_unit_test(a_metric_crs_is_chosen),
        cmocka_unit_test(wrong_coordinates_are_named_for_what_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
