// What is taken at one go comes out as it does the long way: the same ring with its bytes turned round is not taken at one go.
#include "core/base/mem.h"
#include "gis/footprint_build.h"
#include "gis/footprint_plain.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { POINTS_MOST = 80, ROUNDS = 15000 };
struct ring { struct xy_m point[POINTS_MOST]; uint32_t points; };

static uint64_t state = 42;
static uint32_t any(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}
static double real(double low, double high) { return low + (high - low) * any(1 << 24) / (1 << 24); }

// --- rings of all kinds --------------------------------------------------------------------------------------------------

static void close_ring(struct ring *r) { r->point[r->points++] = r->point[0]; }

// Corners in turned axes, from steps along them.
static void draw(struct ring *r, const double (*at)[2], uint32_t corners, double scale)
{
    double turn = real(0, 7), c = cos(turn), s = sin(turn), x = real(-8e5, 8e5), y = real(-4e6, 4e6);
    r->points = 0;
    for (uint32_t i = 0; i < corners; i++)
        r->point[r->points++] = (struct xy_m){ x + scale * (at[i][0] * c - at[i][1] * s), y + scale * (at[i][0] * s + at[i][1] * c) };
    close_ring(r);
}

static void turn_round(struct ring *r)
{
    for (uint32_t i = 0, j = r->points - 1; i < j; i++, j--) {
        struct xy_m t = r->point[i];
        r->point[i] = r->point[j], r->point[j] = t;
    }
}

static const double box[][2] = { { 0, 0 }, { 3, 0 }, { 3, 2 }, { 0, 2 } }, ell[][2] = { { 0, 0 }, { 3, 0 }, { 3, 1 }, { 1, 1 }, { 1, 2 }, { 0, 2 } };

static void draw_house(struct ring *r)
{
    static const double u[][2] = { { 0, 0 }, { 3, 0 }, { 3, 2 }, { 2, 2 }, { 2, 1 }, { 1, 1 }, { 1, 2 }, { 0, 2 } }, tri[][2] = { { 0, 0 }, { 2, 0 }, { 0, 2 } };
    static const double five[][2] = { { 0, 1 }, { 1, 0 }, { 2, 0 }, { 2, 2 }, { 0, 2 } }, star[][2] = { { 0, 2 }, { 2, -2 }, { -2, 1 }, { 2, 1 }, { -2, -2 } };
    static const double tie[][2] = { { 0, 0 }, { 2, 2 }, { 2, 0 }, { 0, 2 } }, inline_[][2] = { { 0, 0 }, { 1, 0 }, { 2, 0 }, { 2, 2 }, { 0, 2 } };
    static const double flat[][2] = { { 0, 0 }, { 2, 0 }, { 1, 0 } }, spike[][2] = { { 0, 0 }, { 2, 0 }, { 4, 0 }, { 2, 0 }, { 2, 2 }, { 0, 2 } };
    static const struct { const double (*at)[2]; uint32_t corners; } shape[] = { { box, 4 }, { box, 4 }, { ell, 6 }, { u, 8 }, { tri, 3 }, { five, 5 }, { star, 5 },
                                                                                 { tie, 4 }, { inline_, 5 }, { flat, 3 }, { spike, 6 } };
    uint32_t k = any(sizeof shape / sizeof *shape);
    draw(r, shape[k].at, shape[k].corners, any(20) == 0 ? real(0, 40) : any(20) == 0 ? real(0, 0.002) : real(1, 12));
}

static void draw_anyhow(struct ring *r)
{
    double at[POINTS_MOST][2];
    uint32_t corners = 3 + any(any(4) == 0 ? 40 : 6);
    for (uint32_t i = 0; i < corners; i++) {
        double angle = any(3) == 0 ? real(0, 6.28) : 6.28 * i / corners, far = any(3) == 0 ? real(0, 9) : 8;
        at[i][0] = far * cos(angle), at[i][1] = far * sin(angle);
    }
    draw(r, (const double (*)[2])at, corners, 1);
}

static void spoil(struct ring *r)
{
    static const double bad[] = { NAN, INFINITY, -INFINITY, 1e9, 1e300, -2e9, 0.0, -0.0 };
    uint32_t at = any(r->points);
    switch (any(6)) {
    case 0: r->point[at].x = bad[any(8)]; break;
    case 1: r->point[at].y = bad[any(8)]; break;
    case 2: r->point[at] = r->point[any(r->points)]; break;
    case 3: r->point[at].x += 0.0004; break;
    case 4: r->points -= any(r->points); break;
    default: r->point[at] = (struct xy_m){ r->point[at].x + real(-100, 100), r->point[at].y }; break;
    }
}

// --- both ways -----------------------------------------------------------------------------------------------------------

static uint8_t *put(uint8_t *at, const void *value, size_t bytes, bool turned)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = ((const uint8_t *)value)[turned ? bytes - 1 - i : i];
    return at + bytes;
}

static uint8_t *put_head(uint8_t *at, uint32_t type, uint32_t count, bool turned)
{
    *at++ = !turned;
    return put(put(at, &type, 4, turned), &count, 4, turned);
}

static size_t write_wkb(const struct ring *r, bool multi, bool turned, uint8_t *out)
{
    uint8_t *at = out;
    if (multi)
        at = put_head(at, 6, 1, turned);
    at = put(put_head(at, 3, 1, turned), &r->points, 4, turned);
    for (uint32_t i = 0; i < r->points; i++)
        at = put(put(at, &r->point[i].x, 8, turned), &r->point[i].y, 8, turned);
    return (size_t)(at - out);
}

struct way { struct footprint_builder b; struct dirt dirt; };

static void add(struct way *w, const struct ring *r, bool multi, bool turned, int64_t fid)
{
    static uint8_t wkb[64 + 16 * POINTS_MOST];
    struct err e = { .lang = LANG_EN };
    bool added;
    uint8_t *exact = malloc(write_wkb(r, multi, turned, wkb)); // so that a byte too far is seen
    size_t len = write_wkb(r, multi, turned, exact);
    footprint_add_wkb(&w->b, fid, exact, len, &added, &e);
    free(exact);
}

static void is_alike(const struct outlines *a, const struct outlines *b)
{
    const struct outline *x = outline_at(a, a->count - 1), *y = outline_at(b, b->count - 1);
    assert_int_equal(x->fid, y->fid);
    assert_int_equal(x->origin.x, y->origin.x);
    assert_int_equal(x->origin.y, y->origin.y);
    assert_int_equal(x->vertices, y->vertices);
    assert_int_equal(outline_rings(x), outline_rings(y));
    for (uint32_t k = 0; k < x->vertices; k++) {
        assert_int_equal(outline_vertex(x, k).x, outline_vertex(y, k).x);
        assert_int_equal(outline_vertex(x, k).y, outline_vertex(y, k).y);
    }
}

static void both_ways_come_to_the_same(void **unused)
{
    (void)unused;
    struct err e = { .lang = LANG_EN };
    struct crs *crs;
    struct crs_road *road;
    struct way *one = calloc(1, sizeof *one), *long_ = calloc(1, sizeof *long_);
    assert_int_equal(crs_open("EPSG:32650", &crs, &e), OK);
    assert_int_equal(crs_road_open(crs, crs, &road, &e), OK);
    footprint_builder_open(&one->b, "a", road, &one->dirt);
    footprint_builder_open(&long_->b, "a", road, &long_->dirt);
    for (int64_t round = 0; round < ROUNDS; round++) {
        struct ring r;
        (any(3) == 0 ? draw_anyhow : draw_house)(&r);
        if (any(2) == 0)
            turn_round(&r);
        if (any(5) == 0)
            spoil(&r);
        bool multi = any(2) == 0;
        add(one, &r, multi, false, round);
        add(long_, &r, multi, true, round);
        assert_int_equal(one->b.o.count, long_->b.o.count);
        if (one->b.o.count > 0)
            is_alike(&one->b.o, &long_->b.o);
        assert_memory_equal(&one->dirt, &long_->dirt, sizeof one->dirt);
        assert_memory_equal(&one->b.seen, &long_->b.seen, sizeof one->b.seen);
    }
    assert_memory_equal(&one->b.o.low, &long_->b.o.low, sizeof one->b.o.low);
    assert_int_equal(one->b.o.vertices, long_->b.o.vertices);
    assert_true(one->dirt.count[DIRT_INVALID] > 250 && one->dirt.count[DIRT_NOT_FINITE] > 25 && one->dirt.count[DIRT_TOO_FEW] > 250);
    for (int k = 0; k < 2; k++) {
        struct way *w = k == 0 ? one : long_;
        outlines_clear(&w->b.o);
        footprint_builder_close(&w->b);
        free(w);
    }
    crs_road_close(road);
    crs_close(crs);
}

static void houses_are_taken_at_one_go(void **unused)
{
    (void)unused;
    uint8_t wkb[64 + 16 * POINTS_MOST];
    struct mm vertex[PLAIN_CORNERS];
    struct plain_outline p;
    for (int k = 0; k < 1000; k++) {
        struct ring r;
        draw(&r, k % 2 == 0 ? box : ell, k % 2 == 0 ? 4 : 6, real(1, 12));
        if (any(2) == 0)
            turn_round(&r);
        bool multi = any(2) == 0;
        size_t len = write_wkb(&r, multi, false, wkb);
        assert_true(plain_outline_read(wkb, len, vertex, &p));
        assert_int_equal(p.corners, r.points - 1);
        for (size_t less = 0; less < len; less++)
            assert_false(plain_outline_read(wkb, less, vertex, &p));
        assert_false(plain_outline_read(wkb, len + 1, vertex, &p));
        assert_false(plain_outline_read(wkb, write_wkb(&r, multi, true, wkb), vertex, &p));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(both_ways_come_to_the_same), cmocka_unit_test(houses_are_taken_at_one_go) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
