// Orders: whoever lays the outlines out, and in whatever order, each of them is the same footprint.
#include "gis/footprint_order.h"
#include "tests/gis/diff_layers.h"
#include <setjmp.h>
#include <stddef.h>
#include <cmocka.h>

enum { OUTLINES = LAYER_MOST };

static void add_box(struct rings *r, double x, double y, double side, bool hole)
{
    const struct xy_m corner[] = { { x, y }, { x + side, y }, { x + side, y + side }, { x, y + side } };
    for (int k = 0; k < 4; k++)
        rings_add_vertex(r, corner[hole ? 3 - k : k]);
    rings_end_ring(r);
}

// Houses of four to ten corners all over a town, every seventh with a yard, every eleventh wider than 65 m.
static void draw_town(struct layer *l)
{
    struct rings r = { 0 };
    uint64_t seed = 5;
    layer_open(l);
    for (int i = 0; i < OUTLINES; i++) {
        double side = i % 11 == 0 ? 70 : 8 + shapes_random(&seed) * 9;
        rings_start(&r);
        rings_add_vertex(&r, (struct xy_m){ 0, 0 });
        for (int k = 0; k < i % 7; k++) // a wall that is not quite straight
            rings_add_vertex(&r, (struct xy_m){ side * (k + 1) / 8, -0.1 * (k + 1) });
        rings_add_vertex(&r, (struct xy_m){ side, 0 });
        rings_add_vertex(&r, (struct xy_m){ side, side });
        rings_add_vertex(&r, (struct xy_m){ 0, side });
        rings_end_ring(&r);
        if (i % 7 == 0)
            add_box(&r, 2, 2, 3, true);
        struct mm64 at = { (int64_t)(shapes_random(&seed) * 9e6), (int64_t)(shapes_random(&seed) * 5e6) };
        layer_add(l, &r, at, NAN, "");
    }
    rings_clear(&r);
}

static void check_same_footprint(const struct footprints *a, int64_t i, const struct footprints *b, int64_t j)
{
    assert_int_equal(a->fid[i], b->fid[j]);
    assert_memory_equal(&a->origin[i], &b->origin[j], sizeof *a->origin);
    assert_memory_equal(&a->size[i], &b->size[j], sizeof *a->size);
    assert_memory_equal(&a->centroid[i], &b->centroid[j], sizeof *a->centroid);
    assert_true(a->area_m2[i] == b->area_m2[j] && a->identity[i] == b->identity[j]);
    uint32_t rings = a->ring_first[i + 1] - a->ring_first[i];
    assert_int_equal(rings, b->ring_first[j + 1] - b->ring_first[j]);
    for (uint32_t k = 0; k < rings; k++) {
        const uint32_t *x = &a->vertex_first[a->ring_first[i] + k], *y = &b->vertex_first[b->ring_first[j] + k];
        assert_int_equal(x[1] - x[0], y[1] - y[0]);
        assert_memory_equal(&a->vertex[x[0]], &b->vertex[y[0]], (x[1] - x[0]) * sizeof *a->vertex);
    }
}

// Item k of `by` names the footprint of `given` that is the k-th of f.
static void check_layer(const struct footprints *f, const struct footprints *given, const struct order *by)
{
    assert_int_equal(f->count, by->count);
    for (int64_t k = 0; k < f->count; k++)
        check_same_footprint(f, k, given, order_who(by->item[k]));
    uint32_t rings = f->ring_first[f->count];
    assert_int_equal(rings, by->part[by->parts].ring);
    assert_int_equal(f->vertex_first[rings], by->part[by->parts].vertex);
}

static void check_parts(const struct order *order, const struct outlines *o)
{
    struct order_part at = { 0 };
    for (int64_t p = 0; p <= order->parts; p++) {
        for (; at.first < order->part[p].first; at.first++) {
            const struct outline *of = outline_at(o, order_who(order->item[at.first]));
            at.ring += outline_rings(of), at.vertex += of->vertices;
        }
        assert_int_equal(order->part[p].first, at.first);
        assert_int_equal(order->part[p].ring, at.ring);
        assert_int_equal(order->part[p].vertex, at.vertex);
    }
    assert_int_equal(at.first, order->count);
}

static void any_number_of_threads_lays_out_the_same_layer(void **state)
{
    (void)state;
    static struct layer l;
    draw_town(&l);
    const struct outlines *o = &l.builder.o;
    struct pool *one = pool_open(1);
    struct order as_given;
    struct footprints given, f;
    order_as_given(o, &as_given);
    outlines_lay_out(one, o, &as_given, &given);
    check_parts(&as_given, o);
    for (int threads = 1; threads <= 4; threads++) {
        struct pool *pool = pool_open(threads);
        struct order by_place;
        order_by_place(pool, o, &by_place);
        assert_true(by_place.parts > 1);
        check_parts(&by_place, o);
        outlines_lay_out(pool, o, &by_place, &f);
        check_layer(&f, &given, &by_place);
        footprints_clear(&f);
        order_clear(&by_place);
        pool_close(pool);
    }
    footprints_clear(&given);
    order_clear(&as_given);
    outlines_clear(&l.builder.o);
    footprint_builder_close(&l.builder);
    pool_close(one);
}

static void those_left_out_take_their_rings_with_them(void **state)
{
    (void)state;
    static struct layer l;
    draw_town(&l);
    const struct outlines *o = &l.builder.o;
    struct pool *pool = pool_open(2);
    struct order as_given, order;
    struct footprints given, f;
    order_as_given(o, &as_given);
    outlines_lay_out(pool, o, &as_given, &given);
    uint8_t *left_out = mem_get(OUTLINES, 1);
    for (int i = 0; i < OUTLINES; i += 3)
        left_out[i] = 1;
    order_by_place(pool, o, &order);
    order_leave_out(o, left_out, &order);
    assert_int_equal(order.count, OUTLINES - (OUTLINES + 2) / 3);
    check_parts(&order, o);
    outlines_lay_out(pool, o, &order, &f);
    check_layer(&f, &given, &order);
    footprints_clear(&f);
    footprints_clear(&given);
    order_clear(&order);
    order_clear(&as_given);
    mem_free(left_out);
    outlines_clear(&l.builder.o);
    footprint_builder_close(&l.builder);
    pool_close(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_lays_out_the_same_layer),
        cmocka_unit_test(those_left_out_take_their_rings_with_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
