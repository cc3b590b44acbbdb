// The field of displacements: a known one is found again, and where there is nothing to find nothing is claimed.
#include "gis/register_shift.h"
#include "gis/near.h"
#include "gis/register_parts.h"
#include "tests/gis/diff_layers.h"
#include <setjmp.h>
#include <stddef.h>
#include <cmocka.h>

enum { SIDE = 50 };                                // 2500 houses in 35 m
static const double APART_M = 35;
typedef struct xy_m displacement(struct xy_m p);   // BEFORE -> AFTER; the field is its opposite

static struct xy_m smooth(struct xy_m p) { return (struct xy_m){ 1.5 * sin(p.x / 160) + 0.8, 1.2 * cos((p.x + p.y) / 210) }; }
static struct xy_m constant(struct xy_m p) { (void)p; return (struct xy_m){ 3, -2 }; }
static struct xy_m none(struct xy_m p) { (void)p; return (struct xy_m){ 0, 0 }; }
static struct xy_m sheets(struct xy_m p) { return p.x < SIDE * APART_M / 2 ? (struct xy_m){ 0.9, 0 } : (struct xy_m){ -0.9, 0.3 }; }

struct survey { int side; double noise_m, built_share; displacement *off; uint64_t seed; };

static struct footprints survey(const struct survey *s)
{
    static struct layer l;
    struct rings r = { 0 };
    uint64_t seed = s->seed;
    layer_open(&l);
    for (int k = 0; k < s->side * s->side; k++) {
        struct xy_m at = { APART_M * (k % s->side), APART_M * (k / s->side) }, off = s->off(at);
        layer_house(&r, at, 9 + k % 7, 8 + k % 5, 0.4 * (k / 8), k % 3 == 0);
        layer_noise(&r, s->noise_m, &seed);
        shapes_move(&r, off, 0, 1);
        if (shapes_random(&seed) >= s->built_share)
            layer_add(&l, &r, (struct mm64){ 0 }, NAN, "");
    }
    rings_clear(&r);
    return layer_close(&l);
}

struct case_ { struct footprints before, after; struct pool *pool; uint32_t *twin, *twin_of; struct near_pairs pairs; struct register_input in; struct registration *r; };

// Who is near whom, either way.
static void know_near(struct register_input *in, const struct near_pairs *pairs)
{
    size_t n = (size_t)in->before->count, all = (size_t)pairs->count;
    uint32_t *first = mem_get(n + 2, sizeof *first), *near = mem_get(all, sizeof *near);
    for (size_t p = 0; p < all; p++)
        first[pairs->b[p] + 2]++;
    for (size_t j = 0; j < n; j++)
        first[j + 2] += first[j + 1];
    for (size_t p = 0; p < all; p++)
        near[first[pairs->b[p] + 1]++] = pairs->a[p];
    in->near_before = pairs->b, in->near_before_first = near_pairs_first(pairs, in->after->count);
    in->near_after = near, in->near_after_first = first;
}

static void forget_near(const struct register_input *in)
{
    mem_free((void *)in->near_before_first);
    mem_free((void *)in->near_after);
    mem_free((void *)in->near_after_first);
}

static void open_case(struct case_ *c, const struct survey *before, const struct survey *after, double max_shift_m)
{
    *c = (struct case_){ .before = survey(before), .after = survey(after), .pool = pool_open(2) };
    size_t n = (size_t)c->after.count;
    c->twin = mem_get(n, sizeof *c->twin);
    c->twin_of = mem_get((size_t)c->before.count, sizeof *c->twin_of);
    memset(c->twin_of, 0xff, (size_t)c->before.count * sizeof *c->twin_of);
    for (size_t i = 0; i < n; i++) {
        c->twin[i] = NOBODY;
        for (int64_t j = 0; j < c->before.count && c->twin[i] == NOBODY; j++)
            if (c->before.identity[j] == c->after.identity[i])
                c->twin[i] = (uint32_t)j, c->twin_of[j] = (uint32_t)i;
    }
    uint8_t *keep = mem_get(n, 1);
    for (size_t i = 0; i < n; i++)
        keep[i] = c->twin[i] == NOBODY;
    near_join(c->pool, &c->after, keep, &c->before, max_shift_m, 0, &c->pairs);
    mem_free(keep);
    c->in = (struct register_input){ .pool = c->pool, .before = &c->before, .after = &c->after, .twin = c->twin, .twin_of = c->twin_of, .max_shift_m = max_shift_m };
    know_near(&c->in, &c->pairs);
    c->r = registration_open(&c->in);
}

static void close_case(struct case_ *c)
{
    registration_close(c->r);
    forget_near(&c->in);
    near_pairs_clear(&c->pairs);
    mem_free(c->twin);
    mem_free(c->twin_of);
    footprints_clear(&c->before);
    footprints_clear(&c->after);
    pool_close(c->pool);
}

// Distance of the field from the truth at every house away from the edge of the district: root mean square, largest.
struct misfit { double rms_m, max_m; int64_t of; };
static struct misfit misfit_of(const struct case_ *c, displacement *off, double edge_m)
{
    struct misfit m = { 0 };
    for (int64_t i = 0; i < c->after.count; i++) {
        struct xy_m p = footprint_middle(&c->after, i);
        struct xy_m local = { p.x - (double)LAYER_FROM.x / 1000, p.y - (double)LAYER_FROM.y / 1000 };
        if (local.x < edge_m || local.y < edge_m || local.x > SIDE * APART_M - edge_m || local.y > SIDE * APART_M - edge_m)
            continue;
        struct xy_m want = off(local), got = registration_at(c->r, p).shift;
        double far = hypot(got.x + want.x, got.y + want.y);
        m.rms_m += far * far, m.of++;
        m.max_m = fmax(m.max_m, far);
    }
    m.rms_m = sqrt(m.rms_m / fmax(1, (double)m.of));
    return m;
}

static void check_field(const char *name, displacement *off, double noise_m, double rms_m, double max_m)
{
    struct case_ c;
    open_case(&c, &(struct survey){ SIDE, noise_m, 0.05, none, 11 }, &(struct survey){ SIDE, noise_m, 0.05, off, 12 }, 10);
    struct misfit m = misfit_of(&c, off, APART_M);
    assert_true(m.of > 1500);
    if (m.rms_m > rms_m || m.max_m > max_m)
        fail_msg("%s at noise %.2f m: the field is off by %.3f m (at most %.3f m), wanted %.3f m and %.3f m", name, noise_m, m.rms_m, m.max_m, rms_m, max_m);
    assert_float_equal(registration_vertex_noise_m(c.r), noise_m, 0.1 * noise_m + 0.001);
    assert_true(fabs(registration_overhang_m(c.r)) < 0.02);
    close_case(&c);
}

static void test_smooth_field(void **state)
{
    (void)state;
    check_field("smooth", smooth, 0.02, 0.06, 0.20);
    check_field("smooth", smooth, 0.15, 0.10, 0.40);
    check_field("smooth", smooth, 0.40, 0.20, 0.80);
}

static void test_constant_field(void **state)
{
    (void)state;
    check_field("constant", constant, 0.15, 0.05, 0.25);
}

// Its own uncertainty is honest: the misfit is about what sd_m says, not a multiple of it.
static void test_sd_is_honest(void **state)
{
    (void)state;
    struct case_ c;
    open_case(&c, &(struct survey){ SIDE, 0.15, 0.05, none, 21 }, &(struct survey){ SIDE, 0.15, 0.05, smooth, 22 }, 10);
    double squares = 0;
    for (int64_t i = 0; i < c.after.count; i++) {
        struct xy_m p = footprint_middle(&c.after, i);
        struct xy_m want = smooth((struct xy_m){ p.x - (double)LAYER_FROM.x / 1000, p.y - (double)LAYER_FROM.y / 1000 });
        struct placed got = registration_at(c.r, p);
        assert_true(got.sd_m > 0);
        squares += (pow(got.shift.x + want.x, 2) + pow(got.shift.y + want.y, 2)) / (2 * got.sd_m * got.sd_m);
    }
    double ratio = sqrt(squares / (double)c.after.count);
    if (ratio > 1.5 || ratio < 0.3)
        fail_msg("the field is off by %.2f of its own standard deviations", ratio);
    close_case(&c);
}

static void test_identical_layers(void **state)
{
    (void)state;
    struct case_ c;
    struct survey s = { SIDE, 0.1, 0, none, 31 };
    open_case(&c, &s, &s, 10);
    for (int64_t i = 0; i < c.after.count; i++) {
        struct placed p = registration_at(c.r, footprint_middle(&c.after, i));
        assert_true(p.shift.x == 0 && p.shift.y == 0 && p.per_x.x == 0 && p.per_y.y == 0);
    }
    assert_true(registration_vertex_noise_m(c.r) == 0);
    assert_true(registration_overhang_m(c.r) == 0);
    close_case(&c);
}

// Two sheets that do not fit along a seam: a smooth field cannot follow, and says how many ties it leaves lying.
static void test_seam_is_a_tail(void **state)
{
    (void)state;
    struct case_ seam, plain;
    open_case(&seam, &(struct survey){ SIDE, 0.1, 0, none, 41 }, &(struct survey){ SIDE, 0.1, 0, sheets, 42 }, 10);
    open_case(&plain, &(struct survey){ SIDE, 0.1, 0, none, 41 }, &(struct survey){ SIDE, 0.1, 0, constant, 42 }, 10);
    struct xy_m on = { (double)LAYER_FROM.x / 1000 + SIDE * APART_M / 2, (double)LAYER_FROM.y / 1000 + SIDE * APART_M / 2 };
    struct xy_m off = { on.x - 600, on.y };
    struct placed at = registration_at(seam.r, on), away = registration_at(seam.r, off), never = registration_at(plain.r, on);
    if (!(at.tail > 2 * away.tail && at.tail > 5 * never.tail && at.tail > 0.02 && away.tail < 0.1))
        fail_msg("tail %.4f on the seam, %.4f far from it, %.4f without any", at.tail, away.tail, never.tail);
    if (!(at.tail_m > 0.2 && at.tail_m < 2))
        fail_msg("ties beside the seam lie %.2f m off, the step is 1.8 m", at.tail_m);
    assert_float_equal(away.shift.x, -0.9, 0.1);
    assert_float_equal(away.shift.y, 0, 0.1);
    close_case(&seam);
    close_case(&plain);
}

// Nothing in common: no displacement is made up.
static void test_no_ties(void **state)
{
    (void)state;
    struct case_ c;
    open_case(&c, &(struct survey){ 6, 0, 0, none, 51 }, &(struct survey){ 6, 0, 0, constant, 52 }, 2);
    struct placed p = registration_at(c.r, footprint_middle(&c.after, 0));
    assert_true(p.shift.x == 0 && p.shift.y == 0);
    assert_int_equal(p.ties, 0);
    struct registration_cell *cell;
    int64_t cells = registration_cells(c.r, &cell), doubtful = 0;
    assert_true(cells > 0);
    for (int64_t k = 0; k < cells; k++) {
        assert_true(cell[k].shift.x == 0 && cell[k].shift.y == 0);
        doubtful += cell[k].doubtful;
    }
    if (doubtful != cells)
        fail_msg("%d of %d cells are doubtful though no building stands in both surveys", (int)doubtful, (int)cells);
    mem_free(cell);
    close_case(&c);
}

// Roofs drawn 0.4 m further out than walls: found once for the whole layer, and no displacement.
static void test_overhang(void **state)
{
    (void)state;
    static struct layer l;
    struct footprints f[2];
    uint64_t seed = 61;
    for (int s = 0; s < 2; s++) {
        struct rings r = { 0 };
        layer_open(&l);
        for (int k = 0; k < 900; k++) {
            struct xy_m at = { APART_M * (k % 30), APART_M * (k / 30) };
            double out = s == 1 ? 0.4 : 0;
            layer_house(&r, (struct xy_m){ 0 }, 9 + k % 7 + 2 * out, 8 + k % 5 + 2 * out, 0, false);
            shapes_move(&r, (struct xy_m){ -out, -out }, 0, 1);
            shapes_move(&r, at, 0.3 * k, 1);
            layer_noise(&r, 0.1, &seed);
            layer_add(&l, &r, (struct mm64){ 0 }, NAN, "");
        }
        rings_clear(&r);
        f[s] = layer_close(&l);
    }
    struct pool *pool = pool_open(1);
    uint32_t *twin = mem_get(900, sizeof *twin);
    memset(twin, 0xff, 900 * sizeof *twin);
    struct near_pairs pairs;
    near_join(pool, &f[1], NULL, &f[0], 10, 0, &pairs);
    struct register_input in = { .pool = pool, .before = &f[0], .after = &f[1], .twin = twin, .twin_of = twin, .max_shift_m = 10 };
    know_near(&in, &pairs);
    struct registration *r = registration_open(&in);
    assert_float_equal(registration_overhang_m(r), 0.4, 0.03);
    struct placed p = registration_at(r, footprint_middle(&f[1], 465));
    assert_true(hypot(p.shift.x, p.shift.y) < 0.1);
    registration_close(r);
    forget_near(&in);
    near_pairs_clear(&pairs);
    mem_free(twin);
    pool_close(pool);
    footprints_clear(&f[0]);
    footprints_clear(&f[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_smooth_field), cmocka_unit_test(test_constant_field), cmocka_unit_test(test_sd_is_honest),
        cmocka_unit_test(test_identical_layers), cmocka_unit_test(test_seam_is_a_tail), cmocka_unit_test(test_no_ties),
        cmocka_unit_test(test_overhang),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
