#include "gis/wkb.h"
#include "core/base/buf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

// A pen for WKB by hand: byte order, type and ordinates as the test wants them.
struct pen { uint8_t at[4096]; size_t len; bool big; };

static void put(struct pen *p, const void *value, size_t size)
{
    const uint8_t *bytes = value;
    for (size_t i = 0; i < size; i++)
        p->at[p->len++] = bytes[p->big ? size - 1 - i : i];
}

static void u32(struct pen *p, uint32_t v) { put(p, &v, sizeof v); }
static void real(struct pen *p, double v) { put(p, &v, sizeof v); }

static void head(struct pen *p, uint32_t type, uint32_t count)
{
    p->at[p->len++] = p->big ? 0 : 1;
    u32(p, type);
    u32(p, count);
}

static void square(struct pen *p, double low, double high, int dims)
{
    double xy[5][2] = { {low, low}, {high, low}, {high, high}, {low, high}, {low, low} };
    u32(p, 5);
    for (int i = 0; i < 5; i++)
        for (int d = 0; d < dims; d++)
            real(p, d < 2 ? xy[i][d] : 99);
}

static struct wkb_shape shape;
static struct wkb_facts facts;

static enum wkb_kind read_pen(const struct pen *p)
{
    uint8_t *exact = malloc(p->len > 0 ? p->len : 1); // of exact size, so that a sanitizer sees one byte too many
    memcpy(exact, p->at, p->len);
    enum wkb_kind kind = wkb_read(exact, p->len, &shape, &facts);
    free(exact);
    return kind;
}

static int clear(void **state)
{
    (void)state;
    wkb_shape_clear(&shape);
    return 0;
}

static void every_dialect_gives_the_same_square(void **state)
{
    (void)state;
    static const struct { uint32_t type; int dims; bool big; } dialects[] = {
        { 3, 2, false }, { 3, 2, true }, { 1003, 3, false }, { 2003, 3, true }, { 3003, 4, false },
        { 0x80000003u, 3, false }, { 0x40000003u, 3, false }, { 0xC0000003u, 4, true },
    };
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++) {
        struct pen p = { .big = dialects[i].big };
        head(&p, dialects[i].type, 1);
        square(&p, 0, 4, dialects[i].dims);
        assert_int_equal(read_pen(&p), WKB_POLYGON);
        assert_int_equal(shape.rings.count, 1);
        assert_int_equal(shape.rings.first[1], 4);
        assert_float_equal(rings_area_m2(&shape.rings), 16, 0);
        assert_int_equal(facts.z_or_m, dialects[i].dims > 2);
        assert_false(facts.multi || facts.holes);
    }
}

static void an_srid_is_stepped_over(void **state)
{
    (void)state;
    struct pen p = {0};
    p.at[p.len++] = 1;
    u32(&p, 0x20000003u);
    u32(&p, 4326);
    u32(&p, 1);
    square(&p, 0, 2, 2);
    assert_int_equal(read_pen(&p), WKB_POLYGON);
    assert_float_equal(rings_area_m2(&shape.rings), 4, 0);
}

static void parts_and_holes_are_told_apart(void **state)
{
    (void)state;
    struct pen p = {0};
    head(&p, 7, 2);
    head(&p, 3, 2);
    square(&p, 0, 9, 2);
    square(&p, 2, 3, 2);
    head(&p, 6, 1);
    head(&p, 3, 1);
    square(&p, 20, 21, 2);
    assert_int_equal(read_pen(&p), WKB_MULTIPOLYGON);
    assert_int_equal(shape.rings.count, 3);
    assert_int_equal(shape.ring_is_hole[0], 0);
    assert_int_equal(shape.ring_is_hole[1], 1);
    assert_int_equal(shape.ring_is_hole[2], 0);
    assert_true(facts.multi && facts.holes);
}

static void repeated_vertices_are_dropped_and_counted(void **state)
{
    (void)state;
    static const double xy[][2] = { {0, 0}, {0, 0}, {5, 0}, {5, 5}, {5, 5}, {5, 5}, {0, 5}, {0, 0}, {0, 0} };
    struct pen p = {0};
    head(&p, 3, 1);
    u32(&p, 9);
    for (int i = 0; i < 9; i++) {
        real(&p, xy[i][0]);
        real(&p, xy[i][1]);
    }
    assert_int_equal(read_pen(&p), WKB_POLYGON);
    assert_int_equal(shape.rings.first[1], 4);
    assert_int_equal(facts.repeated, 4);
}

static void a_polygon_without_an_outer_ring_loses_its_holes(void **state)
{
    (void)state;
    struct pen p = {0};
    head(&p, 3, 2);
    u32(&p, 2);
    for (int i = 0; i < 4; i++)
        real(&p, 0.5 * i);
    square(&p, 0, 1, 2);
    assert_int_equal(read_pen(&p), WKB_POLYGON);
    assert_int_equal(shape.rings.count, 0);
    assert_int_equal(facts.too_few, 1);
    assert_false(facts.holes);
}

static void emptiness_and_other_types_have_names(void **state)
{
    (void)state;
    struct pen empty = {0}, empty_parts = {0}, point = {0}, mixed = {0};
    head(&empty, 3, 0);
    head(&empty_parts, 6, 0);
    head(&point, 1, 0);
    head(&mixed, 7, 2);
    head(&mixed, 3, 1);
    square(&mixed, 0, 1, 2);
    head(&mixed, 2, 0);
    assert_int_equal(read_pen(&empty), WKB_EMPTY);
    assert_int_equal(read_pen(&empty_parts), WKB_EMPTY);
    assert_int_equal(read_pen(&point), WKB_OTHER);
    assert_int_equal(read_pen(&mixed), WKB_OTHER);
}

static void every_cut_is_broken(void **state)
{
    (void)state;
    struct pen p = {0};
    head(&p, 6, 1);
    head(&p, 3, 2);
    square(&p, 0, 9, 2);
    square(&p, 2, 3, 2);
    size_t whole = p.len;
    for (p.len = 0; p.len < whole; p.len++)
        assert_int_equal(read_pen(&p), WKB_BROKEN);
    assert_int_equal(read_pen(&p), WKB_MULTIPOLYGON);
}

static void great_counts_and_deep_nests_are_broken(void **state)
{
    (void)state;
    struct pen points = {0}, rings = {0}, nest = {0}, bad_order = {0};
    head(&points, 3, 1);
    u32(&points, 0xFFFFFFFFu);
    head(&rings, 3, 0xFFFFFFFFu);
    for (int i = 0; i < 20; i++)
        head(&nest, 7, 1);
    head(&bad_order, 3, 0);
    bad_order.at[0] = 7;
    assert_int_equal(read_pen(&points), WKB_BROKEN);
    assert_int_equal(read_pen(&rings), WKB_BROKEN);
    assert_int_equal(read_pen(&nest), WKB_BROKEN);
    assert_int_equal(read_pen(&bad_order), WKB_BROKEN);
}

static void what_is_written_reads_the_same(void **state)
{
    (void)state;
    struct pen p = {0};
    head(&p, 6, 2);
    head(&p, 3, 1);
    square(&p, 0, 9, 2);
    head(&p, 3, 1);
    square(&p, 20, 21, 2);
    assert_int_equal(read_pen(&p), WKB_MULTIPOLYGON);
    struct buf out;
    buf_init(&out, 1 << 16);
    size_t len = wkb_write_multipolygon(&out, &shape.rings, (struct xy_m){ 100, 0 });
    assert_int_equal(len, out.len);
    assert_int_equal(wkb_read((const uint8_t *)out.data, out.len, &shape, &facts), WKB_MULTIPOLYGON);
    assert_int_equal(shape.rings.count, 2);
    assert_float_equal(rings_area_m2(&shape.rings), 82, 0);
    assert_float_equal(rings_box(&shape.rings).max_x, 121, 0);
    buf_clear(&out);
}

static void a_hole_is_written_into_its_polygon(void **state)
{
    (void)state;
    struct rings r = {0};
    static const double xy[][2] = { {0, 0}, {9, 0}, {9, 9}, {0, 9}, {2, 2}, {2, 3}, {3, 3}, {3, 2} };
    for (int i = 0; i < 8; i++) {
        rings_add_vertex(&r, (struct xy_m){ xy[i][0], xy[i][1] });
        if (i % 4 == 3)
            rings_end_ring(&r);
    }
    struct buf out;
    buf_init(&out, 1 << 16);
    wkb_write_multipolygon(&out, &r, (struct xy_m){ 0, 0 });
    assert_int_equal(wkb_read((const uint8_t *)out.data, out.len, &shape, &facts), WKB_MULTIPOLYGON);
    assert_false(facts.multi);
    assert_true(facts.holes);
    assert_int_equal(shape.ring_is_hole[1], 1);
    buf_clear(&out);
    rings_clear(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_dialect_gives_the_same_square, clear),
        cmocka_unit_test_teardown(an_srid_is_stepped_over, clear),
        cmocka_unit_test_teardown(parts_and_holes_are_told_apart, clear),
        cmocka_unit_test_teardown(repeated_vertices_are_dropped_and_counted, clear),
        cmocka_unit_test_teardown(a_polygon_without_an_outer_ring_loses_its_holes, clear),
        cmocka_unit_test_teardown(emptiness_and_other_types_have_names, clear),
        cmocka_unit_test_teardown(every_cut_is_broken, clear),
        cmocka_unit_test_teardown(great_counts_and_deep_nests_are_broken, clear),
        cmocka_unit_test_teardown(what_is_written_reads_the_same, clear),
        cmocka_unit_test_teardown(a_hole_is_written_into_its_polygon, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
