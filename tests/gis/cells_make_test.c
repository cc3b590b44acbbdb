// Communities with holes, bays, rivers, roads and houses are partitioned, and what comes out is held against cells_check.
#include "gis/cells_make.h"
#include "gis/cells_check.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include "tests/gis/shapes.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { CODE = 40, CELLS_MAX = 3000, TOWNS = 12 };
static const struct xy_m ORIGIN = { 431000, 3541000 };

static struct pool *pool;
static struct err e;

struct place { struct polygons community, building, cells; struct segments lines; struct cells_made made; struct cells_findings found; };

static void place_init(struct place *p)
{
    *p = (struct place){0};
    polygons_init(&p->community, ORIGIN);
    polygons_init(&p->building, ORIGIN);
}

static void place_clear(struct place *p)
{
    polygons_clear(&p->community);
    polygons_clear(&p->building);
    polygons_clear(&p->cells);
    segments_clear(&p->lines);
    cells_findings_clear(&p->found);
}

// A wavy round border of this radius with bays, and a lake in it: coordinates with all their digits.
static void add_round(struct place *p, struct xy_m middle, double radius, int corners, double bays)
{
    struct rings r = {0};
    double step = 2 * acos(-1) / corners;
    for (int hole = 0; hole < 2; hole++) {
        for (int i = 0; i < corners; i++) {
            double angle = (hole ? -i : i) * step, wave = (hole ? 0.2 : 1) * radius * (1 + bays * sin(5 * angle));
            rings_add_vertex(&r, (struct xy_m){ middle.x + wave * cos(angle), middle.y + wave * sin(angle) });
        }
        rings_end_ring(&r);
    }
    polygons_add_local(&p->community, &r);
    rings_clear(&r);
}

static void add_box(struct polygons *to, double x0, double y0, double x1, double y1)
{
    struct rings r = {0};
    struct xy_m corner[] = { { x0, y0 }, { x1, y0 }, { x1, y1 }, { x0, y1 } };
    for (int i = 0; i < 4; i++)
        rings_add_vertex(&r, corner[i]);
    rings_end_ring(&r);
    polygons_add_local(to, &r);
    rings_clear(&r);
}

// Rows of detached and attached houses, a little turned.
static void add_houses(struct place *p, double extent, uint64_t seed)
{
    struct rings r = {0};
    for (double y = -extent; y < extent; y += 28)
        for (double x = -extent; x < extent; x += 17) {
            if (shapes_random(&seed) < 0.25)
                continue;
            bool attached = shapes_random(&seed) < 0.3;
            double turn = attached ? 0 : 0.3 * (shapes_random(&seed) - 0.5), w = attached ? 17 : 9 + 5 * shapes_random(&seed), d = 8 + 8 * shapes_random(&seed);
            struct xy_m corner[] = { { 0, 0 }, { w, 0 }, { w, d }, { w / 2, d }, { w / 2, d * 0.7 }, { 0, d * 0.7 } };
            rings_start(&r);
            for (int i = 0; i < 6; i++)
                rings_add_vertex(&r, (struct xy_m){ x + corner[i].x * cos(turn) - corner[i].y * sin(turn), y + corner[i].x * sin(turn) + corner[i].y * cos(turn) });
            rings_end_ring(&r);
            polygons_add_local(&p->building, &r);
        }
    rings_clear(&r);
}

// Two roads that care for no house, a ring road, a river that leaves and comes back.
static void add_lines(struct place *p, double extent)
{
    segments_add(&p->lines, (struct xy_m){ -extent, -0.31 * extent }, (struct xy_m){ extent, 0.27 * extent });
    segments_add(&p->lines, (struct xy_m){ 0.13 * extent, -extent }, (struct xy_m){ 0.09 * extent, extent });
    for (int i = 0; i < 60; i++) {
        double a = i * acos(-1) / 30, b = (i + 1) * acos(-1) / 30, radius = 0.45 * extent;
        segments_add(&p->lines, (struct xy_m){ radius * cos(a), radius * sin(a) }, (struct xy_m){ radius * cos(b), radius * sin(b) });
    }
    for (int i = 0; i < 80; i++) {
        double x = -extent + i * extent / 40, next = x + extent / 40;
        segments_add(&p->lines, (struct xy_m){ x, 0.8 * extent * sin(x / 130) }, (struct xy_m){ next, 0.8 * extent * sin(next / 130) });
    }
}

static struct xy_m turned(struct xy_m p, double angle)
{
    return (struct xy_m){ p.x * cos(angle) - p.y * sin(angle), p.x * sin(angle) + p.y * cos(angle) };
}

// So that nothing is parallel to the axes and every coordinate has all its digits.
static void turn_all(struct place *p, double angle)
{
    struct rings *r[] = { &p->community.rings, &p->building.rings };
    for (int k = 0; k < 2; k++)
        for (uint32_t i = 0; i < r[k]->first[r[k]->count]; i++)
            r[k]->vertex[i] = turned(r[k]->vertex[i], angle);
    for (size_t i = 0; i < p->lines.count; i++)
        p->lines.at[i] = (struct segment_m){ turned(p->lines.at[i].a, angle), turned(p->lines.at[i].b, angle) };
}

static void make(struct place *p, int64_t which)
{
    struct cells_ground g = { &p->community, which, &p->lines, &p->building };
    if (cells_make(&g, NULL, &p->cells, &p->made, &e) != OK)
        fail_msg("%s", e.text);
}

static void check(struct place *p)
{
    static char code[CELLS_MAX][CODE];
    static const char *codes[CELLS_MAX], *parents[CELLS_MAX], *community[] = { "320612001001" };
    assert_in_range(p->cells.count, 1, 999);
    for (int64_t i = 0; i < p->cells.count; i++) {
        assert_int_equal(cell_code_format(cell_scheme_get("15"), community[0], i + 1, code[i], &e), OK);
        codes[i] = code[i];
        parents[i] = community[0];
    }
    struct cells_question q = { &p->cells, &p->community, &p->building, codes, parents, community, cell_scheme_get("15") };
    if (cells_check(&q, &(struct cells_limits){ .cut_m2 = 1e-6 }, pool, NULL, &p->found, &e) != OK)
        fail_msg("%s", e.text);
    assert_float_equal(p->found.unsettled_m2, 0, 0);
}

static void expect_none(const struct place *p, enum cells_kind kind)
{
    for (int64_t i = 0; i < p->found.count; i++) {
        const struct cells_finding *f = &p->found.at[i];
        bool by_community = kind == CELLS_BUILDING_CUT && f->severity == CELLS_WARNING;    // cut by what was told
        if (f->kind == kind && !by_community)
            fail_msg("%s: %lld found, the first at %.4f %.4f, %.9g m2", cells_kind_name(kind), (long long)p->found.per_kind[kind], f->where.x, f->where.y, f->area_m2);
    }
}

static double mean_compactness(const struct polygons *cells)
{
    struct rings r = {0};
    double sum = 0;
    for (int64_t i = 0; i < cells->count; i++) {
        polygons_get(cells, i, &r);
        double perimeter_m = rings_perimeter_m(&r);
        sum += 4 * acos(-1) * rings_area_m2(&r) / (perimeter_m * perimeter_m);
    }
    rings_clear(&r);
    return sum / (double)cells->count;
}

static void tell(const char *what, const struct place *p)
{
    print_message("%s: %lld cells, %lld small, %lld large, compactness %.2f, %lld of %lld houses stepped around, %lld at the border, %s\n", what,
                  (long long)p->made.cells, (long long)p->made.small, (long long)p->made.large, mean_compactness(&p->cells),
                  (long long)p->made.stepped, (long long)p->building.count, (long long)p->made.at_border, p->made.rounded ? "rounded" : "not rounded");
}

static void expect_whole(struct place *p)
{
    check(p);
    static const enum cells_kind NEVER[] = { CELLS_GAP, CELLS_OVERLAP, CELLS_OUTSIDE, CELLS_INVALID, CELLS_VERTEX, CELLS_SEQUENCE, CELLS_SLIVER,
                                             CELLS_BUILDING_CUT, CELLS_CODE_FORM, CELLS_CODE_PREFIX };
    for (size_t i = 0; i < sizeof NEVER / sizeof *NEVER; i++)
        expect_none(p, NEVER[i]);
    assert_int_equal(p->found.per_kind[CELLS_TOO_SMALL], p->made.small);
    assert_int_equal(p->found.per_kind[CELLS_TOO_LARGE], p->made.large);
}

static void a_square_of_four_hectares(void **state)
{
    (void)state;
    struct place p;
    place_init(&p);
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
    place_clear(&p);
}

static void a_small_community_is_one_cell(void **state)
{
    (void)state;
    struct place p;
    place_init(&p);
    add_box(&p.community, 0, 0, 50, 60);
    make(&p, 0);
    expect_whole(&p);
    assert_int_equal(p.cells.count, 1);
    place_clear(&p);
}

static void a_road_through_a_house_steps_around_it(void **state)
{
    (void)state;
    struct place p;
    place_init(&p);
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
    place_clear(&p);
}

static void a_cut_passes_between_houses(void **state)
{
    (void)state;
    struct place p;
    place_init(&p);
    add_box(&p.community, 0, 0, 200, 100);
    for (int k = 0; k < 4; k++) {
        add_box(&p.building, 93, 2 + 25 * k, 106, 20 + 25 * k);
        add_box(&p.building, 108, 2 + 25 * k, 120, 20 + 25 * k);
    }
    make(&p, 0);
    expect_whole(&p);
    assert_int_equal(p.cells.count, 2);
    assert_int_equal(p.made.stepped, 0);
    place_clear(&p);
}

static void a_house_at_the_border_is_told_of(void **state)
{
    (void)state;
    struct place p;
    place_init(&p);
    add_box(&p.community, 0, 0, 200, 100);
    add_box(&p.building, -5, 40, 5, 52);
    make(&p, 0);
    expect_whole(&p);
    assert_int_equal(p.made.at_border, 1);
    place_clear(&p);
}

static void nothing_is_refused(void **state)
{
    (void)state;
    struct place p;
    place_init(&p);
    polygons_add(&p.community, &(struct rings){0});
    struct cells_ground g = { &p.community, 0, NULL, NULL };
    assert_int_equal(cells_make(&g, NULL, &p.cells, &p.made, &e), INVALID);
    assert_true(strlen(e.text) > 10);
    place_clear(&p);
}

static void round_with_a_lake(void **state)
{
    (void)state;
    struct place p;
    place_init(&p);
    add_round(&p, (struct xy_m){ 0 }, 300, 90, 0.15);
    make(&p, 0);
    tell("lake", &p);
    expect_whole(&p);
    assert_true(mean_compactness(&p.cells) > 0.55);
    assert_int_equal(p.made.large, 0);
    place_clear(&p);
}

static void rivers_roads_and_houses(void **state)
{
    (void)state;
    for (uint64_t town = 1; town <= TOWNS; town++) {
        uint64_t seed = town < TOWNS ? town : 195;      // 195: cuts from both sides end a nanometre apart
        struct place p;
        place_init(&p);
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
        place_clear(&p);
    }
}

static void the_same_every_time(void **state)
{
    (void)state;
    struct place p[2];
    for (int k = 0; k < 2; k++) {
        place_init(&p[k]);
        add_round(&p[k], (struct xy_m){ 0 }, 300, 90, 0.15);
        add_houses(&p[k], 400, 3);
        make(&p[k], 0);
    }
    assert_int_equal(p[0].cells.rings.count, p[1].cells.rings.count);
    uint32_t n = p[0].cells.rings.first[p[0].cells.rings.count];
    assert_memory_equal(p[0].cells.rings.vertex, p[1].cells.rings.vertex, n * sizeof(struct xy_m));
    place_clear(&p[0]);
    place_clear(&p[1]);
}

// Corners inside the community that stand on no house are whole millimetres.
static void corners_are_whole_millimetres(void **state)
{
    (void)state;
    struct place p;
    place_init(&p);
    add_box(&p.community, 0, 0, 400, 300);
    segments_add(&p.lines, (struct xy_m){ -1, 111.00012 }, (struct xy_m){ 401, 222.22222 });
    make(&p, 0);
    expect_whole(&p);
    for (uint32_t i = 0; i < p.cells.rings.first[p.cells.rings.count]; i++) {
        struct xy_m v = p.cells.rings.vertex[i];
        if (v.x > 0 && v.x < 400 && v.y > 0 && v.y < 300 && (fabs(v.x * 1000 - round(v.x * 1000)) > 1e-6 || fabs(v.y * 1000 - round(v.y * 1000)) > 1e-6))
            fail_msg("%.9f %.9f is no whole millimetre", v.x, v.y);
    }
    place_clear(&p);
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
    return cmocka_run_group_tests(tests, open_all, close_all);
}
