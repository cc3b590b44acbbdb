// The prepared locator against the plain even-odd test, on partitions, on what overlaps, and on a real city.
#include "gis/cell_place.h"
#include "tests/gis/malaga.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { ACROSS = 9, POINTS = 20000 };

static struct xy_m knot(int x, int y)
{
    uint64_t seed = hash_mix((uint64_t)(x * 1000 + y + 77));
    return (struct xy_m){ 10 * x + 6 * shapes_random(&seed), 10 * y + 6 * shapes_random(&seed) };
}

// Cells of jittered knots; neighbours share their corners. shrink: drawn towards their first corner, so that gaps open.
static struct polygons partition(double shrink)
{
    struct polygons p;
    struct rings r = {0};
    polygons_init(&p, (struct xy_m){ 0 });
    for (int i = 0; i < ACROSS * ACROSS; i++) {
        int x = i % ACROSS, y = i / ACROSS;
        struct xy_m corner[] = { knot(x, y), knot(x + 1, y), knot(x + 1, y + 1), knot(x, y + 1) };
        rings_start(&r);
        for (int k = 0; k < 4; k++)
            rings_add_vertex(&r, (struct xy_m){ corner[k].x + shrink * (corner[0].x - corner[k].x), corner[k].y + shrink * (corner[0].y - corner[k].y) });
        rings_end_ring(&r);
        polygons_add(&p, &r);
    }
    rings_clear(&r);
    return p;
}

static size_t plain_holders(const struct polygons *p, struct xy_m at, int64_t *first)
{
    struct rings r = {0};
    size_t n = 0;
    *first = CELL_NONE;
    for (int64_t i = 0; i < p->count; i++) {
        polygons_get(p, i, &r);
        if (!rings_contain(&r, at))
            continue;
        *first = n == 0 ? i : *first;
        n++;
    }
    rings_clear(&r);
    return n;
}

static void agree_with_plain(const struct polygons *cells, double bucket_m)
{
    struct cell_place *place = cell_place_open(cells, bucket_m);
    uint64_t seed = 5;
    for (int i = 0; i < POINTS / 10; i++) {
        struct xy_m at = { 110 * shapes_random(&seed) - 5, 110 * shapes_random(&seed) - 5 };
        int64_t first;
        uint32_t held[4];
        size_t plain = plain_holders(cells, at, &first), ours = cell_place_all(place, at, held, 4);
        if (ours != plain || cell_place_one(place, at) != first)
            fail_msg("bucket %g, point %.17g %.17g: %zu holders, first %lld; plain %zu, %lld", bucket_m, at.x, at.y, ours,
                     (long long)cell_place_one(place, at), plain, (long long)first);
    }
    cell_place_close(place);
}

static void any_bucket_gives_the_plain_answer(void **state)
{
    (void)state;
    double bucket[] = { 0, 0.7, 3, 11, 500 }, shrink[] = { 0, 0.3, -0.4 };
    for (int s = 0; s < 3; s++) {
        struct polygons cells = partition(shrink[s]);
        for (int b = 0; b < 5; b++)
            agree_with_plain(&cells, bucket[b]);
        polygons_clear(&cells);
    }
}

// Also corners and places on edges: the middle of an edge of binary coordinates lies on it exactly.
static void a_partition_holds_border_points_once(void **state)
{
    (void)state;
    struct polygons cells;
    struct rings r = {0};
    polygons_init(&cells, (struct xy_m){ 0 });
    for (int i = 0; i < ACROSS * ACROSS; i++) {
        double x = i % ACROSS, y = i / ACROSS;
        struct xy_m ring[] = { { x, y }, { x + 1, y }, { x + 1, y + 1 }, { x, y + 1 } };
        for (int half = 0; half < 2; half++) {
            rings_start(&r);
            for (int k = 0; k < 3; k++)
                rings_add_vertex(&r, ring[half == 0 ? k : (k + 2) % 4]);
            rings_end_ring(&r);
            polygons_add(&cells, &r);
        }
    }
    struct cell_place *place = cell_place_open(&cells, 0);
    for (int x = 1; x < 4 * ACROSS; x++)
        for (int y = 1; y < 4 * ACROSS; y++) {
            struct xy_m at = { x / 4.0, y / 4.0 };
            size_t holders = cell_place_all(place, at, NULL, 0);
            if (holders != 1)
                fail_msg("%g %g is held by %zu cells, not by 1", at.x, at.y, holders);
        }
    cell_place_close(place);
    rings_clear(&r);
    polygons_clear(&cells);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    static struct xy_m point[POINTS];
    static int32_t one[POINTS], many[POINTS];
    static uint8_t holders_one[POINTS], holders_many[POINTS];
    struct polygons cells = partition(-0.4);
    struct cell_place *place = cell_place_open(&cells, 0);
    struct pool *pool = pool_open(3);
    uint64_t seed = 9;
    for (int i = 0; i < POINTS; i++)
        point[i] = (struct xy_m){ 110 * shapes_random(&seed), 110 * shapes_random(&seed) };
    point[7].x = NAN;
    point[8] = (struct xy_m){ INFINITY, -1e300 };
    cell_place_points(place, NULL, point, POINTS, one, holders_one);
    cell_place_points(place, pool, point, POINTS, many, holders_many);
    assert_memory_equal(one, many, sizeof one);
    assert_memory_equal(holders_one, holders_many, sizeof holders_one);
    assert_int_equal(one[7], CELL_NONE);
    assert_int_equal(holders_one[8], 0);
    pool_close(pool);
    cell_place_close(place);
    polygons_clear(&cells);
}

static void no_cells_hold_nothing(void **state)
{
    (void)state;
    struct polygons none;
    polygons_init(&none, (struct xy_m){ 0 });
    polygons_add(&none, &(struct rings){ 0 });
    struct cell_place *place = cell_place_open(&none, 0);
    assert_int_equal(cell_place_one(place, (struct xy_m){ 1, 1 }), CELL_NONE);
    cell_place_close(place);
    polygons_clear(&none);
}

// "name": number, after `from`; -1 when absent.
static long told(const char *from, const char *end, const char *name)
{
    char key[300];
    snprintf(key, sizeof key, "\"%s\": ", name);
    const char *at = strstr(from, key);
    return at != NULL && at < end ? strtol(at + strlen(key), NULL, 10) : -1;
}

static void count_kind(const struct malaga *cells, const struct cell_place *place, const char *truth, const char *kind)
{
    char key[40];
    snprintf(key, sizeof key, "\"%s\": {", kind);
    const char *from = strstr(truth, key), *end = from != NULL ? strstr(from, "\n},") : NULL;
    assert_non_null(from);
    const char *last = end != NULL ? strstr(end + 1, "\n}") : from + strlen(from);
    struct malaga m = malaga_read(kind);
    assert_true(m.points > 0);
    long *held = calloc((size_t)cells->shape.count, sizeof *held), none = 0, several = 0;
    for (int64_t i = 0; i < m.points; i++) {
        uint32_t holder[8];
        size_t n = cell_place_all(place, m.point[i], holder, 8);
        none += n == 0;
        several += n > 1;
        for (size_t k = 0; k < n; k++)
            held[holder[k]]++;
    }
    for (int64_t i = 0; i < cells->shape.count; i++) {
        long truth_held = told(from, last, cells->name[i]);
        if (held[i] != (truth_held < 0 ? 0 : truth_held))
            fail_msg("%s in %s: %ld, truth %ld", kind, cells->name[i], held[i], truth_held);
    }
    if (none != told(from, last, "in_none") || several != told(from, last, "in_more_than_one"))
        fail_msg("%s: %ld in none, %ld in several; truth %ld, %ld", kind, none, several, told(from, last, "in_none"), told(from, last, "in_more_than_one"));
    free(held);
    malaga_clear(&m);
}

static void the_points_of_malaga(void **state)
{
    (void)state;
    if (!malaga_is_here())
        skip();
    char *truth = shapes_fixture("malaga-points/truth_points_per_neighbourhood.json");
    struct malaga cells = malaga_read("neighbourhoods");
    assert_int_equal(cells.shape.count, 324);
    struct cell_place *place = cell_place_open(&cells.shape, 0);
    const char *kind[] = { "glass", "plastic", "paper", "oil", "batteries" };
    for (int i = 0; i < 5; i++)
        count_kind(&cells, place, truth, kind[i]);
    cell_place_close(place);
    malaga_clear(&cells);
    free(truth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bucket_gives_the_plain_answer),
        cmocka_unit_test(a_partition_holds_border_points_once),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(no_cells_hold_nothing),
        cmocka_unit_test(the_points_of_malaga),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
