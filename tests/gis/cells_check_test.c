// Grids with planted faults of known area, and the neighbourhoods of a real city, which overlap.
#include "gis/cells_check.h"
#include "tests/gis/malaga.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { ACROSS = 12, CELLS = ACROSS * ACROSS, STEPS = 3, RING = 4 * STEPS, COMMUNITIES = 4, CODE = 40 };
static const struct xy_m ORIGIN = { 431000, 3541000 };

static struct pool *pool;
static struct err e;

// A district of four communities of 6 x 6 cells; every outline can be bent before it is checked.
struct grid {
    struct xy_m ring[CELLS][RING + 1];              // a cell may get one vertex more
    int vertices[CELLS];
    char code[CELLS][CODE], parent[CELLS][CODE], community_code[COMMUNITIES][CODE];
    const char *codes[CELLS], *parents[CELLS], *community_codes[COMMUNITIES];
    struct polygons cell, community, building;
    struct cells_findings found;
};

static struct xy_m knot(int x, int y)
{
    uint64_t seed = hash_mix((uint64_t)(x * 1000 + y + 5));
    double size = 100.0 / STEPS, dx = 0.5 * (shapes_random(&seed) - 0.5), dy = 0.5 * (shapes_random(&seed) - 0.5);
    return (struct xy_m){ ORIGIN.x + size * (x + dx), ORIGIN.y + size * (y + dy) };
}

// The vertices around columns x0 .. x1 and rows y0 .. y1 of cells, counter-clockwise.
static int walk(int x0, int y0, int x1, int y1, struct xy_m *out)
{
    int n = 0;
    for (int x = x0 * STEPS; x < x1 * STEPS; x++)
        out[n++] = knot(x, y0 * STEPS);
    for (int y = y0 * STEPS; y < y1 * STEPS; y++)
        out[n++] = knot(x1 * STEPS, y);
    for (int x = x1 * STEPS; x > x0 * STEPS; x--)
        out[n++] = knot(x, y1 * STEPS);
    for (int y = y1 * STEPS; y > y0 * STEPS; y--)
        out[n++] = knot(x0 * STEPS, y);
    return n;
}

static int community_of(int cell)
{
    return cell % ACROSS / (ACROSS / 2) + 2 * (cell / ACROSS / (ACROSS / 2));
}

// Numbered from the north: row by row from west to east.
static int number_of(int cell)
{
    int half = ACROSS / 2, column = cell % ACROSS % half, row = half - 1 - cell / ACROSS % half;
    return row * half + column + 1;
}

static struct grid *make_grid(void)
{
    struct grid *g = calloc(1, sizeof *g);
    for (int k = 0; k < COMMUNITIES; k++) {
        snprintf(g->community_code[k], CODE, "320612001%03d", k + 1);
        g->community_codes[k] = g->community_code[k];
    }
    for (int i = 0; i < CELLS; i++) {
        int x = i % ACROSS, y = i / ACROSS;
        g->vertices[i] = walk(x, y, x + 1, y + 1, g->ring[i]);
        snprintf(g->parent[i], CODE, "320612001%03d", community_of(i) + 1);
        snprintf(g->code[i], CODE, "320612001%03d%03d", community_of(i) + 1, number_of(i));
        g->codes[i] = g->code[i];
        g->parents[i] = g->parent[i];
    }
    polygons_init(&g->cell, ORIGIN);
    polygons_init(&g->community, ORIGIN);
    polygons_init(&g->building, ORIGIN);
    return g;
}

static void add_ring(struct polygons *p, const struct xy_m *v, int n)
{
    struct rings r = {0};
    for (int i = 0; i < n; i++)
        rings_add_vertex(&r, v[i]);
    rings_end_ring(&r);
    polygons_add(p, &r);
    rings_clear(&r);
}

static void check(struct grid *g, const struct cells_limits *limits)
{
    struct xy_m border[4 * STEPS * ACROSS];
    for (int i = 0; i < CELLS; i++)
        add_ring(&g->cell, g->ring[i], g->vertices[i]);
    for (int k = 0; k < COMMUNITIES; k++) {
        int x = k % 2 * ACROSS / 2, y = k / 2 * ACROSS / 2;
        add_ring(&g->community, border, walk(x, y, x + ACROSS / 2, y + ACROSS / 2, border));
    }
    struct cells_question q = { &g->cell, &g->community, &g->building, g->codes, g->parents, g->community_codes, cell_scheme_get("15") };
    if (cells_check(&q, limits, pool, NULL, &g->found, &e) != OK)
        fail_msg("%s", e.text);
    assert_float_equal(g->found.unsettled_m2, 0, 0);
}

static void expect_only(const struct grid *g, enum cells_kind kind, int64_t count)
{
    for (int k = 0; k < CELLS_KINDS; k++)
        if (g->found.per_kind[k] != (k == (int)kind ? count : 0))
            fail_msg("%s: %lld found, %lld expected", cells_kind_name(k), (long long)g->found.per_kind[k], (long long)(k == (int)kind ? count : 0));
}

static void drop(struct grid *g)
{
    cells_findings_clear(&g->found);
    polygons_clear(&g->cell);
    polygons_clear(&g->community);
    polygons_clear(&g->building);
    free(g);
}

static int open_all(void **state)
{
    (void)state;
    pool = pool_open(2);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    pool_close(pool);
    return 0;
}

static void a_whole_grid_has_no_faults(void **state)
{
    (void)state;
    struct grid *g = make_grid();
    check(g, NULL);
    expect_only(g, CELLS_GAP, 0);
    assert_int_equal(g->found.count, 0);
    drop(g);
}

// The edge that begins with vertex k of a cell gets a corner in its middle, `out` metres outward; returns the ground between.
static double bend(struct grid *g, int cell, int k, double out)
{
    struct xy_m *v = g->ring[cell], a = v[k], b = v[(k + 1) % g->vertices[cell]];
    double length = hypot(b.x - a.x, b.y - a.y);
    struct xy_m m = { (a.x + b.x) / 2 + out * (b.y - a.y) / length, (a.y + b.y) / 2 - out * (b.x - a.x) / length };
    memmove(v + k + 2, v + k + 1, (size_t)(g->vertices[cell] - k - 1) * sizeof *v);
    v[k + 1] = m;
    g->vertices[cell]++;
    return fabs((b.x - a.x) * (m.y - a.y) - (b.y - a.y) * (m.x - a.x)) / 2;
}

// Every second cell of every second row has a fault towards its southern neighbour: down to 2 mm2, which over 30 m is 0.13 um.
static void planted_gaps_and_overlaps_are_found_to_the_last(void **state)
{
    (void)state;
    static const double GROUND_M2[] = { 2e-6, 3e-6, 1e-5, 1e-4, 1e-2, 1, 30 };
    double truth[CELLS] = {0};
    struct grid *g = make_grid();
    int gaps = 0, overlaps = 0, planted = 0;
    for (int y = 1; y < ACROSS; y += 2)
        for (int x = y % 4 == 1; x < ACROSS; x += 2, planted++) {
            if (y == ACROSS / 2)
                continue;
            int i = y * ACROSS + x;
            double out = 2 * GROUND_M2[planted % 7] / 33 * (planted % 2 ? 1.1 : -1.1);
            truth[i] = bend(g, i, planted % STEPS, out) * (out > 0 ? 1 : -1);
            *(out > 0 ? &overlaps : &gaps) += 1;
        }
    check(g, &(struct cells_limits){ .touch_m = 1e-12 });
    assert_int_equal(g->found.per_kind[CELLS_GAP], gaps);
    assert_int_equal(g->found.per_kind[CELLS_OVERLAP], overlaps);
    assert_int_equal(g->found.count, gaps + overlaps);
    double gap_m2 = 0;
    for (int64_t k = 0; k < g->found.count; k++) {
        struct cells_finding *f = &g->found.at[k];
        if (f->kind == CELLS_GAP)
            continue;
        assert_int_equal(f->other, f->cell + ACROSS);
        if (fabs(f->area_m2 - truth[f->other]) > 1e-7 + 1e-9 * f->area_m2)
            fail_msg("overlap of %lld: %.9g m2, planted %.9g", (long long)f->other, f->area_m2, truth[f->other]);
        assert_true(f->sliver);
    }
    for (int i = 0; i < CELLS; i++)
        gap_m2 -= fmin(truth[i], 0);
    if (fabs(gap_m2 - g->found.gap_m2) > 1e-6)
        fail_msg("gaps %.9g m2, planted %.9g", g->found.gap_m2, gap_m2);
    drop(g);
}

static void a_cell_that_leaves_and_a_gap_at_the_border(void **state)
{
    (void)state;
    struct grid *g = make_grid();
    double left = bend(g, 2, 0, 0.002);
    double open = bend(g, 4, 1, -1e-6);
    check(g, NULL);
    assert_int_equal(g->found.per_kind[CELLS_OUTSIDE], 1);
    assert_int_equal(g->found.per_kind[CELLS_GAP], 1);
    assert_float_equal(g->found.at[0].area_m2, open, 1e-7);
    assert_int_equal(g->found.at[0].community, 0);
    assert_float_equal(g->found.at[1].area_m2, left, 1e-7);
    assert_int_equal(g->found.at[1].cell, 2);
    drop(g);
}

static void a_missing_cell_and_one_drawn_twice(void **state)
{
    (void)state;
    struct grid *g = make_grid();
    memcpy(g->ring[40], g->ring[41], sizeof g->ring[40]);       // both of the same community
    check(g, NULL);
    struct rings r = {0};
    polygons_get(&g->cell, 41, &r);
    assert_int_equal(g->found.per_kind[CELLS_OVERLAP], 1);
    assert_int_equal(g->found.per_kind[CELLS_GAP], 1);
    assert_float_equal(g->found.overlap_m2, rings_area_m2(&r), 1e-6);
    assert_true(g->found.gap_m2 > 5000 && !g->found.at[0].sliver);
    struct wkb_shape shape = {0};
    struct wkb_facts facts;
    assert_int_equal(wkb_read(g->found.wkb + g->found.at[0].wkb_first, g->found.at[0].wkb_len, &shape, &facts), WKB_MULTIPOLYGON);
    assert_float_equal(rings_area_m2(&shape.rings), g->found.gap_m2, 1e-5);
    assert_true(rings_contain(&shape.rings, g->found.at[0].where));
    wkb_shape_clear(&shape);
    rings_clear(&r);
    drop(g);
}

// A hole in a cell is a gap; a cell in the hole of another is none.
static void holes(void **state)
{
    (void)state;
    struct grid *g = make_grid();
    struct polygons cell;
    struct rings r = {0};
    polygons_init(&cell, ORIGIN);
    struct xy_m outer[] = { { 0, 0 }, { 100, 0 }, { 100, 100 }, { 0, 100 } }, hole[] = { { 30, 30 }, { 30, 60 }, { 60, 60 }, { 60, 30 } };
    struct xy_m other[] = { { 70, 70 }, { 70, 80 }, { 80, 80 }, { 80, 70 } };
    const struct xy_m *ring[] = { outer, hole, other };
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < 4; i++)
            rings_add_vertex(&r, ring[k][i]);
        rings_end_ring(&r);
    }
    polygons_add_local(&cell, &r);
    rings_start(&r);
    for (int i = 3; i >= 0; i--)
        rings_add_vertex(&r, hole[i]);
    rings_end_ring(&r);
    polygons_add_local(&cell, &r);
    rings_start(&r);
    for (int i = 0; i < 4; i++)
        rings_add_vertex(&r, outer[i]);
    rings_end_ring(&r);
    polygons_add_local(&g->community, &r);
    struct cells_question q = { .cell = &cell, .community = &g->community };
    assert_int_equal(cells_check(&q, NULL, pool, NULL, &g->found, &e), OK);
    assert_int_equal(g->found.per_kind[CELLS_GAP], 1);
    assert_float_equal(g->found.gap_m2, 100, 1e-9);
    assert_int_equal(g->found.per_kind[CELLS_OVERLAP], 0);
    polygons_clear(&cell);
    rings_clear(&r);
    drop(g);
}

// Where a road was drawn with one more vertex on one side, exactly in the middle: no ground, but a warning.
static void a_corner_on_a_neighbours_edge(void **state)
{
    (void)state;
    struct grid *g = make_grid();
    bend(g, 50, 1, 0);
    check(g, NULL);
    expect_only(g, CELLS_VERTEX, 1);
    assert_int_equal(g->found.at[0].cell, 50 - ACROSS);
    assert_int_equal(g->found.at[0].other, 50);
    drop(g);
}

static void a_ring_that_crosses_itself(void **state)
{
    (void)state;
    struct grid *g = make_grid();
    struct xy_m t = g->ring[13][1];
    g->ring[13][1] = g->ring[13][7];
    g->ring[13][7] = t;
    check(g, NULL);
    assert_int_equal(g->found.per_kind[CELLS_INVALID], 1);
    assert_true(g->found.gap_m2 > 1);
    drop(g);
}

static void codes(void **state)
{
    (void)state;
    struct grid *g = make_grid();
    strcpy(g->code[0], g->code[1]);             // twice
    strcpy(g->code[20], "32061200100412");      // a digit short, and of another community
    strcpy(g->parent[30], "320612001009");      // no such community
    char held[CODE];
    strcpy(held, g->code[60]);                  // 60 lies west of 62, which lies in the same row
    strcpy(g->code[60], g->code[62]);
    strcpy(g->code[62], held);
    check(g, NULL);
    int64_t expected[CELLS_KINDS] = { [CELLS_CODE_TWICE] = 1, [CELLS_CODE_FORM] = 1, [CELLS_CODE_PREFIX] = 1, [CELLS_NO_COMMUNITY] = 1 };
    for (int k = 0; k < CELLS_KINDS; k++)
        if (k != CELLS_SEQUENCE && g->found.per_kind[k] != expected[k])
            fail_msg("%s: %lld, expected %lld", cells_kind_name(k), (long long)g->found.per_kind[k], (long long)expected[k]);
    assert_in_range(g->found.per_kind[CELLS_SEQUENCE], 1, 2);
    drop(g);
}

static void buildings_and_sizes(void **state)
{
    (void)state;
    struct grid *g = make_grid();
    struct xy_m corner = knot(5 * STEPS, 3 * STEPS), border = knot(6 * STEPS, 8 * STEPS), middle = { ORIGIN.x + 50, ORIGIN.y + 50 };
    struct xy_m at[] = { corner, border, middle };
    for (int k = 0; k < 3; k++) {
        struct xy_m house[] = { { at[k].x - 6, at[k].y - 5 }, { at[k].x + 6, at[k].y - 5 }, { at[k].x + 6, at[k].y + 5 }, { at[k].x - 6, at[k].y + 5 } };
        add_ring(&g->building, house, 4);
    }
    check(g, &(struct cells_limits){ .most_m2 = 11000 });
    assert_int_equal(g->found.per_kind[CELLS_BUILDING_CUT], 2);
    assert_true(g->found.per_kind[CELLS_TOO_LARGE] > 0);
    for (int64_t k = 0; k < 2; k++) {
        assert_int_equal(g->found.at[k].kind, CELLS_BUILDING_CUT);
        assert_int_equal(g->found.at[k].severity, g->found.at[k].building == 0 ? CELLS_ERROR : CELLS_WARNING);
        assert_true(g->found.at[k].area_m2 > 1 && g->found.at[k].area_m2 <= 60);
    }
    drop(g);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    struct pool *two = pool;
    struct grid *a = make_grid(), *b = make_grid();
    for (int i = 0; i < 40; i++) {
        bend(a, i * 3, i % RING, 0.3 * (i % 5 - 2));
        bend(b, i * 3, i % RING, 0.3 * (i % 5 - 2));
    }
    check(a, NULL);
    pool = pool_open(1);
    check(b, NULL);
    pool_close(pool);
    pool = two;
    assert_int_equal(a->found.count, b->found.count);
    assert_memory_equal(a->found.wkb, b->found.wkb, a->found.wkb_len);
    drop(a);
    drop(b);
}

// Overlaps by GEOS, pair by pair.
static double plain_overlaps(const struct polygons *p, int64_t *pairs)
{
    GEOSContextHandle_t geos = GEOS_init_r();
    GEOSGeometry **shape = calloc((size_t)p->count, sizeof *shape);
    struct rings r = {0};
    double sum = 0;
    *pairs = 0;
    for (int64_t i = 0; i < p->count; i++) {
        polygons_get(p, i, &r);
        shape[i] = shapes_geos(geos, &r);
        for (int64_t k = 0; k < i; k++) {
            if (GEOSIntersects_r(geos, shape[i], shape[k]) != 1)
                continue;
            double area = 0;
            GEOSGeometry *common = GEOSIntersection_r(geos, shape[i], shape[k]);
            GEOSArea_r(geos, common, &area);
            GEOSGeom_destroy_r(geos, common);
            *pairs += area > 1e-6;
            sum += area > 1e-6 ? area : 0;
        }
    }
    for (int64_t i = 0; i < p->count; i++)
        GEOSGeom_destroy_r(geos, shape[i]);
    free(shape);
    rings_clear(&r);
    GEOS_finish_r(geos);
    return sum;
}

static void the_neighbourhoods_of_malaga_overlap(void **state)
{
    (void)state;
    if (!malaga_is_here())
        skip();
    struct malaga cells = malaga_read("neighbourhoods"), boroughs = malaga_read("boroughs");
    struct cells_question q = { .cell = &cells.shape, .community = &boroughs.shape };
    struct cells_findings found;
    if (cells_check(&q, NULL, pool, NULL, &found, &e) != OK)
        fail_msg("%s", e.text);
    int64_t pairs;
    double plain_m2 = plain_overlaps(&cells.shape, &pairs);
    for (int k = 0; k < CELLS_KINDS; k++)
        print_message("%s: %lld\n", cells_kind_name(k), (long long)found.per_kind[k]);
    print_message("overlap %.6f m2 (GEOS %.6f in %lld pairs), gaps %.6f m2, unsettled %g m2\n", found.overlap_m2, plain_m2, (long long)pairs,
                  found.gap_m2, found.unsettled_m2);
    assert_int_equal(found.per_kind[CELLS_INVALID], 0);
    assert_int_equal(found.per_kind[CELLS_OVERLAP], pairs);
    assert_float_equal(found.overlap_m2, plain_m2, 1e-3);
    assert_float_equal(found.unsettled_m2, 0, 0);
    cells_findings_clear(&found);
    malaga_clear(&cells);
    malaga_clear(&boroughs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_grid_has_no_faults),
        cmocka_unit_test(planted_gaps_and_overlaps_are_found_to_the_last),
        cmocka_unit_test(a_cell_that_leaves_and_a_gap_at_the_border),
        cmocka_unit_test(a_missing_cell_and_one_drawn_twice),
        cmocka_unit_test(holes),
        cmocka_unit_test(a_corner_on_a_neighbours_edge),
        cmocka_unit_test(a_ring_that_crosses_itself),
        cmocka_unit_test(codes),
        cmocka_unit_test(buildings_and_sizes),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(the_neighbourhoods_of_malaga_overlap),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
