// Lines drawn nearly on a border, nearly on a wall, nearly on each other: the ordinary case in data from several hands. Whatever lies
// between a nanometre and five centimetres beside it, on either side, the cells are whole.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "tests/gis/town.h"

static const double OFFSET_M[] = { 0, 1e-9, 1e-8, 1e-7, 5e-7, 1e-6, 3e-6, 2e-5, 1e-4, 5e-4, 1e-3, 3e-3, 0.0099, 0.01, 0.0101, 0.02, 0.05 };
enum { OFFSETS = sizeof OFFSET_M / sizeof *OFFSET_M, TOWNS_EACH = 2 };

// --- how lines are drawn --------------------------------------------------------------------------------------------------

struct drawing { struct town *town; struct rings border; uint64_t seed; double off_m; };

static double any(struct drawing *d) { return shapes_random(&d->seed); }
static uint32_t corners(const struct drawing *d) { return d->border.first[1]; }
static struct xy_m corner(const struct drawing *d, uint32_t k) { return d->border.vertex[k % corners(d)]; }

// A place on the k-th edge of the border, moved outward.
static struct xy_m beside(const struct drawing *d, uint32_t k, double share, double off_m)
{
    struct xy_m a = corner(d, k), b = corner(d, k + 1);
    double dx = b.x - a.x, dy = b.y - a.y, length = hypot(dx, dy);
    return (struct xy_m){ a.x + share * dx + off_m * dy / length, a.y + share * dy - off_m * dx / length };
}

static void draw(struct drawing *d, struct xy_m a, struct xy_m b) { segments_add(&d->town->lines, a, b); }

// Along edges first .. first + count - 1 of the border, from one offset to another on each.
static void draw_along(struct drawing *d, uint32_t first, uint32_t count, double from_m, double to_m)
{
    for (uint32_t k = first; k < first + count; k++)
        draw(d, beside(d, k, 0, from_m), beside(d, k, 1, to_m));
}

static void parallel(struct drawing *d) { draw_along(d, (uint32_t)(any(d) * corners(d)), corners(d) / 2, d->off_m, d->off_m); }
static void all_around(struct drawing *d) { draw_along(d, 0, corners(d), d->off_m, d->off_m); }

static void on_both_sides(struct drawing *d)
{
    draw_along(d, 0, corners(d) / 2, d->off_m, d->off_m);
    draw_along(d, 0, corners(d) / 2, -d->off_m, -d->off_m);
}

static void crossing_each_edge(struct drawing *d)
{
    for (uint32_t k = 0; k < corners(d); k++)
        draw_along(d, k, 1, k % 2 ? d->off_m : -d->off_m, k % 2 ? -d->off_m : d->off_m);
}

static void copied_by_others(struct drawing *d)
{
    for (int copy = 0; copy < 4; copy++)
        draw_along(d, 0, corners(d), d->off_m * any(d), -d->off_m * any(d));
}

static void corners_moved(struct drawing *d)
{
    struct xy_m last = { 0 };
    for (uint32_t k = 0; k <= corners(d); k++) {
        double angle = 2 * acos(-1) * any(d);
        struct xy_m p = { corner(d, k).x + d->off_m * cos(angle), corner(d, k).y + d->off_m * sin(angle) };
        if (k > 0)
            draw(d, last, p);
        last = p;
    }
}

static void drawn_by_hand(struct drawing *d)
{
    struct xy_m last = beside(d, 0, 0, d->off_m);
    for (uint32_t k = 0; k < 7 * corners(d); k++) {
        struct xy_m p = beside(d, k / 7, k % 7 / 7.0, 2 * d->off_m * (any(d) - 0.5));
        draw(d, last, p);
        last = p;
    }
}

// Short of the border where the offset is negative, beyond it where it is positive.
static void ending_near_it(struct drawing *d)
{
    for (int i = 0; i < 6; i++) {
        struct xy_m a = beside(d, (uint32_t)(any(d) * corners(d)), 0.1 + 0.8 * any(d), 0), b = beside(d, (uint32_t)(any(d) * corners(d)), 0.1 + 0.8 * any(d), 0);
        double length = hypot(b.x - a.x, b.y - a.y), x = d->off_m * (b.x - a.x) / length, y = d->off_m * (b.y - a.y) / length;
        if (length > 1)
            draw(d, (struct xy_m){ a.x - x, a.y - y }, (struct xy_m){ b.x + x, b.y + y });
    }
}

static void ending_near_corners(struct drawing *d)
{
    for (int i = 0; i < 8; i++) {
        double angle = 2 * acos(-1) * any(d);
        struct xy_m a = corner(d, (uint32_t)(any(d) * corners(d))), b = corner(d, (uint32_t)(any(d) * corners(d)));
        draw(d, (struct xy_m){ a.x + d->off_m * cos(angle), a.y + d->off_m * sin(angle) }, b);
    }
}

static void beside_each_other(struct drawing *d)
{
    for (int i = 0; i < 3; i++) {
        double y = 300 * (any(d) - 0.5);
        draw(d, (struct xy_m){ -400, y }, (struct xy_m){ 410, y + 20 });
        draw(d, (struct xy_m){ -400, y + d->off_m }, (struct xy_m){ 410, y + 20 + d->off_m });
    }
}

static void across_each_other(struct drawing *d)
{
    for (int i = 0; i < 3; i++) {
        double y = 300 * (any(d) - 0.5);
        draw(d, (struct xy_m){ -400, y }, (struct xy_m){ 410, y + 20 });
        draw(d, (struct xy_m){ -400, y + d->off_m }, (struct xy_m){ 410, y + 20 - d->off_m });
    }
}

// Houses whose walls stand beside the border, each with a road through it; the road goes on into the town.
static void through_houses_at_it(struct drawing *d)
{
    for (int i = 0; i < 8; i++) {
        uint32_t k = (uint32_t)(any(d) * corners(d));
        struct xy_m a = beside(d, k, 0.2, d->off_m), b = beside(d, k, 0.8, d->off_m), c = beside(d, k, 0.8, d->off_m - 8), f = beside(d, k, 0.2, d->off_m - 8);
        struct rings house = {0};
        struct xy_m wall[] = { a, b, c, f };
        for (int j = 0; j < 4; j++)
            rings_add_vertex(&house, wall[j]);
        rings_end_ring(&house);
        polygons_add_local(&d->town->building, &house);
        rings_clear(&house);
        draw(d, beside(d, k, 0.4, 30), beside(d, k, 0.5, -300));
    }
}

static void along_walls(struct drawing *d)
{
    struct rings house = {0};
    for (int64_t i = 0; i < d->town->building.count; i += 97) {
        polygons_get(&d->town->building, i, &house);
        struct xy_m a = house.vertex[0], b = house.vertex[1];
        double dx = b.x - a.x, dy = b.y - a.y, length = hypot(dx, dy), x = d->off_m * dy / length, y = -d->off_m * dx / length;
        draw(d, (struct xy_m){ a.x - 9 * dx + x, a.y - 9 * dy + y }, (struct xy_m){ b.x + 9 * dx + x, b.y + 9 * dy + y });
    }
    rings_clear(&house);
}

enum { ANY_TOWN, WITH_HOUSES };
static const struct { const char *name; void (*draw)(struct drawing *d); int where; } WAYS[] = {
    { "parallel to the border", parallel, ANY_TOWN }, { "all around", all_around, ANY_TOWN }, { "on both sides of it", on_both_sides, ANY_TOWN },
    { "crossing each of its edges", crossing_each_edge, ANY_TOWN }, { "copied by others", copied_by_others, ANY_TOWN },
    { "its corners moved", corners_moved, ANY_TOWN }, { "drawn by hand", drawn_by_hand, ANY_TOWN }, { "ending near it", ending_near_it, ANY_TOWN },
    { "ending near its corners", ending_near_corners, ANY_TOWN }, { "beside each other", beside_each_other, ANY_TOWN },
    { "across each other", across_each_other, ANY_TOWN }, { "through houses at the border", through_houses_at_it, WITH_HOUSES },
    { "along walls", along_walls, WITH_HOUSES },
};
enum { WAYS_ALL = sizeof WAYS / sizeof *WAYS };

// --- towns ------------------------------------------------------------------------------------------------------------------

// Two communities with a border of twelve pieces between them; each is made for itself.
static void add_neighbours(struct town *p, uint64_t *seed)
{
    enum { PIECES = 12 };
    struct rings west = {0}, east = {0};
    struct xy_m between[PIECES + 1];
    for (int i = 0; i <= PIECES; i++)
        between[i] = (struct xy_m){ 30 * (shapes_random(seed) - 0.5), -250 + 500.0 * i / PIECES };
    for (int i = 0; i <= PIECES; i++)
        rings_add_vertex(&west, between[i]);
    rings_add_vertex(&west, (struct xy_m){ -300.3, 251.7 });
    rings_add_vertex(&west, (struct xy_m){ -320.123456789, -250 });
    for (int i = PIECES; i >= 0; i--)
        rings_add_vertex(&east, between[i]);
    rings_add_vertex(&east, (struct xy_m){ 317.3, -249 });
    rings_add_vertex(&east, (struct xy_m){ 290.1, 260 });
    rings_end_ring(&west);
    rings_end_ring(&east);
    polygons_add_local(&p->community, &west);
    polygons_add_local(&p->community, &east);
    rings_clear(&west);
    rings_clear(&east);
}

// The second town of each way has neighbours; houses stand where the way is about them, and in every other town.
static void one_town(int way, double off_m, int which)
{
    struct town p;
    uint64_t seed = 1000 * (uint64_t)way + (uint64_t)which;
    town_init(&p);
    snprintf(p.what, sizeof p.what, "lines %s, %g m, town %d:", WAYS[way].name, off_m, which);
    if (which % 2 == 1)
        add_neighbours(&p, &seed);
    else
        add_round(&p, (struct xy_m){ 0 }, 180 + 60 * shapes_random(&seed), 8 + (int)(60 * shapes_random(&seed)), 0.1);
    if (WAYS[way].where == WITH_HOUSES || (way + which) % 2 == 0)
        add_houses(&p, 300, seed);
    segments_add(&p.lines, (struct xy_m){ -500, -37.1 }, (struct xy_m){ 500, 61.7 });
    segments_add(&p.lines, (struct xy_m){ 40, -500 }, (struct xy_m){ 35.5, 500 });
    struct drawing d = { .town = &p, .seed = seed, .off_m = off_m };
    polygons_get(&p.community, 0, &d.border);
    WAYS[way].draw(&d);
    turn_all(&p, 0.37 * which + 0.01 * way);
    make_all(&p);
    expect_whole(&p);
    assert_true(p.made.rounded);
    rings_clear(&d.border);
    town_clear(&p);
}

static void lines_nearly_on_it_leave_no_gap(void **state)
{
    (void)state;
    for (int way = 0; way < WAYS_ALL; way++)
        for (int k = 0; k < OFFSETS; k++)
            for (int which = 0; which < TOWNS_EACH; which++) {
                double off_m = (k + which) % 2 ? OFFSET_M[k] : -OFFSET_M[k];
                one_town(way, off_m, which);
            }
    print_message("%d ways to draw, %d offsets, %d towns each: whole\n", WAYS_ALL, OFFSETS, TOWNS_EACH);
}

// --- what such a line is -------------------------------------------------------------------------------------------------------

// A square of two hectares and a half; what it is made into with one more line is what it is made into without it.
static void a_line_nearly_on_the_border_is_the_border(void **state)
{
    (void)state;
    static const double at_m[] = { 2e-5, 3e-3, 0.0099 };
    struct town bare;
    town_init(&bare);
    add_box(&bare.community, 0, 0, 250, 100);
    make(&bare, 0);
    for (int k = 0; k < 6; k++) {
        struct town p;
        double y = k % 2 ? at_m[k / 2] : -at_m[k / 2];
        town_init(&p);
        add_box(&p.community, 0, 0, 250, 100);
        segments_add(&p.lines, (struct xy_m){ 30, y }, (struct xy_m){ 220, y });
        make(&p, 0);
        expect_whole(&p);
        assert_int_equal(p.cells.count, bare.cells.count);
        assert_memory_equal(p.cells.rings.vertex, bare.cells.rings.vertex, bare.cells.rings.first[bare.cells.rings.count] * sizeof(struct xy_m));
        town_clear(&p);
    }
    town_clear(&bare);
}

// A road that ends four millimetres short of the border on either side still parts the land.
static void a_line_ending_short_of_the_border_reaches_it(void **state)
{
    (void)state;
    struct town p;
    town_init(&p);
    add_box(&p.community, 0, 0, 200, 100);
    segments_add(&p.lines, (struct xy_m){ 70, 0.004 }, (struct xy_m){ 70, 99.996 });
    make(&p, 0);
    expect_whole(&p);
    assert_int_equal(p.cells.count, 2);
    struct rings r = {0};
    polygons_get(&p.cells, 0, &r);
    assert_float_equal(rings_area_m2(&r), 7000, 1e-6);
    rings_clear(&r);
    town_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_nearly_on_the_border_is_the_border),
        cmocka_unit_test(a_line_ending_short_of_the_border_reaches_it),
        cmocka_unit_test(lines_nearly_on_it_leave_no_gap),
    };
    return cmocka_run_group_tests(tests, town_open_pool, town_close_pool);
}
