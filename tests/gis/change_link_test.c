// Links: what a glance decides is what measuring every pair would have decided.
#include "gis/change_link.h"
#include "gis/relate.h"
#include "tests/gis/diff_layers.h"
#include <setjmp.h>
#include <stddef.h>
#include <cmocka.h>

enum { SIDE = 30 };
static const double NOISE_M = 0.15;

// Houses that stand in each other's way, some of them drawn so badly that hardly half of one is the other.
struct drawing { double apart_m, noise_m; bool badly, other_start; uint64_t seed; };

static void turn_start(struct rings *r, uint32_t by)
{
    struct xy_m old[16];
    uint32_t n = r->first[r->count];
    memcpy(old, r->vertex, n * sizeof *old);
    for (uint32_t k = 0; k < n; k++)
        r->vertex[k] = old[(k + by) % n];
}

static struct footprints draw(const struct drawing *d)
{
    static struct layer l;
    struct rings r = { 0 };
    uint64_t seed = d->seed;
    layer_open(&l);
    for (int k = 0; k < SIDE * SIDE; k++) {
        struct xy_m at = { d->apart_m * (k % SIDE), d->apart_m * (k / SIDE) };
        layer_house(&r, at, 5 + k % 9, 4 + k % 7, 0.2 * (k % 11), k % 3 == 0);
        layer_noise(&r, d->badly && k % 4 == 0 ? 2 * shapes_random(&seed) : d->noise_m, &seed);
        if (d->other_start)
            turn_start(&r, (uint32_t)k % 5);
        layer_add(&l, &r, (struct mm64){ 0 }, NAN, "");
    }
    rings_clear(&r);
    return layer_close(&l);
}

// The rule of change_group.h, every pair measured.
static void links_plainly(const struct group_input *in, struct groups *out)
{
    struct rings a = { 0 }, b = { 0 };
    float *best_before = mem_get((size_t)in->before->count, sizeof *best_before), *best_after = mem_get((size_t)in->after->count, sizeof *best_after);
    out->link = mem_get((size_t)in->pairs->count, sizeof *out->link);
    for (int64_t p = 0; p < in->pairs->count; p++) {
        uint32_t i = in->pairs->a[p], j = in->pairs->b[p];
        struct mm64 frame = footprint_centre(in->after, i);
        placed_rings(in->after, i, &in->placed[i], frame, &b);
        footprint_rings(in->before, j, frame, (struct xy_m){ 0, 0 }, &a);
        struct box_m ba = rings_box(&a), bb = rings_box(&b);
        double least = fmin(in->before->area_m2[j], in->after->area_m2[i]); // stretched by the registration one may be larger than it is
        double m2 = fmin(relate_overlap_m2(&a, &b), least), f = m2 / in->before->area_m2[j], g = m2 / in->after->area_m2[i];
        double low = fmin(f, g), wide = fmin(ba.max_x, bb.max_x) - fmax(ba.min_x, bb.min_x), high = fmin(ba.max_y, bb.max_y) - fmax(ba.min_y, bb.min_y);
        bool linz = low > 0.05, kept = fmax(f, g) >= 0.5 || low >= 0.25 || (linz && m2 > 3 * hypot(NOISE_M, in->placed[i].sd_m) * fmax(wide, high));
        if (!linz && !kept)
            continue;
        out->link[out->links++] = (struct link){ j, i, (float)m2, linz, kept, false };
        float both = (float)m2 / fmaxf(in->before->area_m2[j], in->after->area_m2[i]);
        best_before[j] = fmaxf(best_before[j], both), best_after[i] = fmaxf(best_after[i], both);
    }
    for (int64_t k = 0; k < out->links; k++) {
        struct link *l = &out->link[k];
        float area_a = in->before->area_m2[l->before], area_b = in->after->area_m2[l->after], both = l->overlap_m2 / fmaxf(area_a, area_b);
        float small = area_a < area_b ? best_before[l->before] : best_after[l->after], big = area_a < area_b ? best_after[l->after] : best_before[l->before];
        l->kept &= !(l->overlap_m2 / fminf(area_a, area_b) < 0.35f && small > 0.5f && big > 0.5f) && !(both < 0.5f * small && small > 0.15f && big > 0.5f);
    }
    mem_free(best_before);
    mem_free(best_after);
    rings_clear(&a);
    rings_clear(&b);
}

static void check_links(const struct groups *got, const struct groups *want, int64_t *unmeasured, int64_t *cut)
{
    assert_int_equal(got->links, want->links);
    for (int64_t k = 0; k < got->links; k++) {
        const struct link *g = &got->link[k], *w = &want->link[k];
        assert_int_equal(g->before, w->before);
        assert_int_equal(g->after, w->after);
        assert_int_equal(g->linz, w->linz);
        assert_int_equal(g->kept, w->kept);
        *unmeasured += g->overlap_m2 < 0;
        *cut += !g->kept;
        if (g->overlap_m2 >= 0)
            assert_true(fabsf(g->overlap_m2 - w->overlap_m2) < 1e-4f);
    }
}

static void run(double apart_m, bool other_start, int64_t *unmeasured, int64_t *cut)
{
    struct footprints before = draw(&(struct drawing){ apart_m, NOISE_M, false, false, 11 });
    struct footprints after = draw(&(struct drawing){ apart_m, NOISE_M, true, other_start, 12 });
    size_t n = (size_t)before.count, m = (size_t)after.count;
    uint32_t *twin = mem_get(m, sizeof *twin), *twin_of = mem_get(n, sizeof *twin_of);
    struct placed *placed = mem_get(m, sizeof *placed);
    memset(twin, 0xff, m * sizeof *twin);
    memset(twin_of, 0xff, n * sizeof *twin_of);
    for (size_t i = 0; i < m; i++)
        placed[i] = (struct placed){ .shift = { 0.3, -0.2 }, .per_x = { 0.02f, -0.03f }, .per_y = { 0.04f, 0.01f }, .sd_m = 0.1f };
    struct pool *pool = pool_open(2);
    struct near_pairs pairs;
    near_join(pool, &after, NULL, &before, 4, 0, &pairs);
    uint32_t *first_pair = near_pairs_first(&pairs, after.count);
    struct group_input in = { pool, &before, &after, twin, twin_of, &pairs, first_pair, placed, NOISE_M, false, NULL };
    struct groups got = { 0 }, want = { 0 };
    struct contested contested;
    links_find(&in, &got, &contested);
    links_plainly(&in, &want);
    check_links(&got, &want, unmeasured, cut);
    for (int64_t k = 0, next = 0; k < got.links; k++)
        if (!got.link[k].alone)
            assert_int_equal(contested.link[next++], k);
    contested_clear(&contested);
    groups_clear(&got);
    groups_clear(&want);
    near_pairs_clear(&pairs);
    void *made[] = { first_pair, twin, twin_of, placed };
    for (size_t k = 0; k < sizeof made / sizeof *made; k++)
        mem_free(made[k]);
    footprints_clear(&before);
    footprints_clear(&after);
    pool_close(pool);
}

// Both ways of deciding must occur, else nothing was held against anything.
static void test_glance(void **state)
{
    (void)state;
    static const double apart_m[] = { 6, 9, 14 };
    int64_t unmeasured = 0, cut = 0;
    for (size_t k = 0; k < sizeof apart_m / sizeof *apart_m; k++) {
        run(apart_m[k], false, &unmeasured, &cut);
        run(apart_m[k], true, &unmeasured, &cut);
    }
    assert_true(unmeasured > SIDE * SIDE / 2);
    assert_true(cut > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_glance) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
