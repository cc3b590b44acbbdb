// A walk through WKB tells every type in order, whatever the dialect, and stops where the bytes do.
#include "gis/wkb_walk.h"
#include "core/base/buf.h"
#include "tests/gis/wkt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static GEOSContextHandle_t geos;
static struct buf told;

static void tell_begin(void *ctx, enum wkb_type type, uint32_t parts)
{
    buf_printf(ctx, "%d:%u(", type, parts);
}

static void tell_run(void *ctx, const struct wkb_run *r, uint32_t part)
{
    buf_printf(ctx, "%u[", part);
    for (uint32_t i = 0; i < r->count; i++)
        buf_printf(ctx, "%s%g %g", i > 0 ? "," : "", wkb_run_point(r, i).x, wkb_run_point(r, i).y);
    buf_text(ctx, "]");
}

static void tell_end(void *ctx, enum wkb_type type)
{
    buf_printf(ctx, ")%d", type);
}

static bool tell(const uint8_t *wkb, size_t len)
{
    static const struct wkb_steps steps = { tell_begin, tell_run, tell_end };
    told.len = 0;
    buf_add(&told, "", 0);
    return wkb_walk(wkb, len, &steps, &told);
}

static const struct { const char *wkt, *told; } ROWS[] = {
    { "POINT (1 2)", "1:1(0[1 2])1" },
    { "POINT Z (1 2 3)", "1:1(0[1 2])1" },
    { "LINESTRING Z (1 2 9, 3 4 9)", "2:1(0[1 2,3 4])2" },
    { "POLYGON ((0 0, 1 0, 1 1, 0 0), (2 2, 3 2, 3 3, 2 2))", "3:2(0[0 0,1 0,1 1,0 0]1[2 2,3 2,3 3,2 2])3" },
    { "MULTIPOINT (1 2, 3 4)", "4:2(1:1(0[1 2])11:1(0[3 4])1)4" },
    { "MULTILINESTRING ((1 2, 3 4))", "5:1(2:1(0[1 2,3 4])2)5" },
    { "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))", "6:1(3:1(0[0 0,1 0,1 1,0 0])3)6" },
    { "GEOMETRYCOLLECTION (POINT (1 2), GEOMETRYCOLLECTION (LINESTRING (1 2, 3 4)))", "7:2(1:1(0[1 2])17:1(2:1(0[1 2,3 4])2)7)7" },
    { "POLYGON EMPTY", "3:0()3" },
    { "GEOMETRYCOLLECTION EMPTY", "7:0()7" },
};

static void every_type_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        size_t len;
        uint8_t *wkb = wkt_to_wkb(geos, ROWS[i].wkt, &len);
        assert_true(tell(wkb, len));
        assert_string_equal(told.data, ROWS[i].told);
        for (size_t cut = 0; cut < len; cut++)
            assert_false(tell(wkb, cut));
        GEOSFree_r(geos, wkb);
    }
}

static void what_does_not_belong_is_broken(void **state)
{
    (void)state;
    static const uint8_t multipoint_of_a_line[] = { 1, 4, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0 };
    static const uint8_t a_curve[] = { 1, 8, 0, 0, 0, 0, 0, 0, 0 }, endless[] = { 1, 2, 0, 0, 0, 255, 255, 255, 255 };
    uint8_t nest[10 * 9];
    for (int i = 0; i < 10; i++)
        memcpy(nest + 9 * i, (uint8_t[]){ 1, 7, 0, 0, 0, i < 9, 0, 0, 0 }, 9);
    assert_false(tell(multipoint_of_a_line, sizeof multipoint_of_a_line));
    assert_false(tell(a_curve, sizeof a_curve));
    assert_false(tell(endless, sizeof endless));
    assert_false(tell(nest, sizeof nest));
    assert_true(tell(nest + 18, sizeof nest - 18));     // eight deep
}

static int open_all(void **state)
{
    (void)state;
    geos = GEOS_init_r();
    buf_init(&told, 1 << 16);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    GEOS_finish_r(geos);
    buf_clear(&told);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_told),
        cmocka_unit_test(what_does_not_belong_is_broken),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
