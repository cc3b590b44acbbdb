// Our own ST_AsBinary gives the library's bytes, MeetsBox answers as Intersects does, and neither trusts what lies in a row.
#include "core/store/spatialite_wkb.h"
#include "core/store/spatialite_shape.h"
#include "core/base/hash.h"
#include "core/store/store.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/core/temporary_store.h"

static double random_unit(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15u;
    return (double)(hash_mix(*seed) >> 11) * 0x1p-53;
}

// Every kind of geometry SpatiaLite writes in two dimensions.
static const char *const SHAPES[] = {
    "POINT(121.1 32.1)",
    "LINESTRING(121 32, 122 33)",
    "LINESTRING(121 32, 122 33, 122 34, 121.5 33.7)",
    "POLYGON((121 32, 122 32, 122 33, 121 32))",
    "POLYGON((121 32, 125 32, 125 36, 121 36, 121 32), (122 33, 122 34, 123 34, 123 33, 122 33), (124 35, 124.5 35, 124.5 35.5, 124 35))",
    "MULTIPOINT(121 32)",
    "MULTIPOINT(121 32, 122 33, 121 32)",
    "MULTILINESTRING((121 32, 122 33))",
    "MULTILINESTRING((121 32, 122 33), (123 32, 124 33, 125 34))",
    "MULTIPOLYGON(((121 32, 122 32, 122 33, 121 32)))",
    "MULTIPOLYGON(((121 32, 125 32, 125 36, 121 36, 121 32), (122 33, 122 34, 123 34, 123 33, 122 33)), ((131 32, 132 32, 132 33, 131 32)))",
    "GEOMETRYCOLLECTION(POINT(121 32))",
    "GEOMETRYCOLLECTION(POINT(121 32), LINESTRING(121 32, 122 33), POLYGON((121 32, 122 32, 122 33, 121 32)))",
    "GEOMETRYCOLLECTION(MULTIPOINT(121 32, 122 33), POLYGON((121 32, 125 32, 125 36, 121 36, 121 32), (122 33, 122 34, 123 34, 123 33, 122 33)))",
};
enum { SHAPES_COUNT = sizeof SHAPES / sizeof *SHAPES };

// --- The same bytes -------------------------------------------------------------------------------------------------------------

static enum status compare_bytes(struct db *d, void *ctx, struct err *e)
{
    const char *wkt = ctx;
    struct rows *r = NULL;
    bool more = false;
    // AsBinary is the library's own still; GeomFromText, ST_GeomFromWKB and AsText are as well.
    enum status s = db_ask(d, "SELECT hex(AsBinary(g)), hex(ST_AsBinary(g)), AsText(g), AsText(ST_GeomFromWKB(ST_AsBinary(g), 4326)) "
                              "FROM (SELECT GeomFromText($1, 4326) AS g)", VALUES(value_text(wkt)), &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK) {
        assert_true(more);
        assert_true(strlen(rows_text(r, 0)) > 40);
        assert_string_equal(rows_text(r, 1), rows_text(r, 0));
        assert_string_equal(rows_text(r, 3), rows_text(r, 2));
    }
    rows_done(r);
    return s;
}

static void every_kind_of_shape_has_the_librarys_bytes(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < SHAPES_COUNT; i++)
        assert_ok(f, store_read(f->store, compare_bytes, (void *)SHAPES[i], &f->e));
}

// --- Shapes in rows -------------------------------------------------------------------------------------------------------------

struct blob { const char *sql_text; uint8_t *bytes; size_t len; };

static enum status take_blob(struct db *d, void *ctx, struct err *e)
{
    struct blob *b = ctx;
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(d, "SELECT GeomFromText($1, 4326)", VALUES(value_text(b->sql_text)), &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && more) {
        const void *bytes = rows_bytes(r, 0, &b->len);
        b->bytes = malloc(b->len);
        memcpy(b->bytes, bytes, b->len);
    }
    rows_done(r);
    return s;
}

static struct blob blob_of(struct fixture *f, const char *wkt)
{
    struct blob b = { .sql_text = wkt };
    assert_ok(f, store_read(f->store, take_blob, &b, &f->e));
    assert_non_null(b.bytes);
    return b;
}

// In bytes of their own length, in and out: the sanitizer sees who goes on. What it answers fits the frame.
static bool convert(const uint8_t *bytes, size_t len)
{
    uint8_t *blob = malloc(len + 1), *out = malloc(len + 1);
    size_t wkb_len = 0;
    memcpy(blob + 1, bytes, len);
    bool fine = spatialite_to_wkb(blob + 1, len, out + 1, &wkb_len);
    if (fine) {
        assert_int_equal(wkb_len, len - 39);
        assert_int_equal(out[1], 1);
    }
    free(blob);
    free(out);
    return fine;
}

static void a_shape_cut_short_or_made_longer_is_none(void **state)
{
    struct fixture *f = *state;
    assert_false(spatialite_to_wkb(NULL, 0, NULL, &(size_t){ 0 }));
    for (size_t i = 0; i < SHAPES_COUNT; i++) {
        struct blob b = blob_of(f, SHAPES[i]);
        assert_true(convert(b.bytes, b.len));
        for (size_t cut = 0; cut < b.len; cut++) {
            uint8_t *ended = malloc(cut + 1);
            memcpy(ended, b.bytes, cut);
            if (cut > 0)
                ended[cut - 1] = 0xfe;              // as if it ended there
            if (convert(b.bytes, cut) || convert(ended, cut))
                fail_msg("%s: %zu of %zu bytes are a shape", SHAPES[i], cut, b.len);
            free(ended);
        }
        uint8_t *longer = calloc(1, b.len + 8);
        memcpy(longer, b.bytes, b.len - 1);
        longer[b.len + 7] = 0xfe;
        if (convert(longer, b.len + 8))
            fail_msg("%s: eight bytes more are a shape", SHAPES[i]);
        free(longer);
        free(b.bytes);
    }
}

static void every_mark_must_stand_where_it_belongs(void **state)
{
    struct fixture *f = *state;
    struct blob b = blob_of(f, "MULTIPOINT(121 32, 122 33)");
    const size_t marks[] = { 0, 1, 38, 39, 40, 41, 42, 47, 48, 47 + 21, b.len - 1 };  // start, order, 7C, class, parts' 69 and class, FE
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        b.bytes[marks[i]] ^= 0x55;
        if (convert(b.bytes, b.len))
            fail_msg("byte %zu is wrong, and it is a shape", marks[i]);
        b.bytes[marks[i]] ^= 0x55;
    }
    assert_true(convert(b.bytes, b.len));
    free(b.bytes);
}

// 16 times such a count is, in 32 bits, what the points that are there take.
static void a_count_beyond_32_bits_of_bytes_is_none(void **state)
{
    struct fixture *f = *state;
    struct blob line = blob_of(f, "LINESTRING(121 32, 122 33)"), polygon = blob_of(f, "POLYGON((121 32, 122 32, 122 33, 121 32))");
    line.bytes[46] = polygon.bytes[50] = 0x10;      // the highest byte of the points' count
    assert_false(convert(line.bytes, line.len));
    assert_false(convert(polygon.bytes, polygon.len));
    free(line.bytes);
    free(polygon.bytes);
}

// --- Meeting a box --------------------------------------------------------------------------------------------------------------

struct question { char wkt[4096]; double box[4]; int64_t ours, theirs; bool null; };

static enum status ask_both(struct db *d, void *ctx, struct err *e)
{
    struct question *q = ctx;
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(d, "SELECT MeetsBox(g, $2, $3, $4, $5), Intersects(g, BuildMbr($2, $3, $4, $5, 4326)) "
                              "FROM (SELECT GeomFromText($1, 4326) AS g)",
                           VALUES(value_text(q->wkt), value_real(q->box[0]), value_real(q->box[1]), value_real(q->box[2]), value_real(q->box[3])),
                           &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && more) {
        q->null = rows_is_null(r, 0);
        q->ours = rows_integer(r, 0);
        q->theirs = rows_integer(r, 1);
    }
    rows_done(r);
    return s;
}

// Whole numbers now and then, on which shapes and boxes touch.
static double random_place(struct fixture *f, bool whole, double reach)
{
    double v = reach * random_unit(&f->seed);
    return whole ? floor(v) : v;
}

static size_t say_star(struct fixture *f, char *out, size_t cap, bool whole)
{
    double x = random_place(f, whole, 40), y = random_place(f, whole, 40), reach = 3 + random_place(f, whole, 15);
    const double hole = whole ? 1 : reach * 0.3;
    return (size_t)snprintf(out, cap, "((%.15g %.15g, %.15g %.15g, %.15g %.15g, %.15g %.15g, %.15g %.15g), "
                            "(%.15g %.15g, %.15g %.15g, %.15g %.15g, %.15g %.15g))", x, y - reach, x + reach, y, x, y + reach, x - reach, y, x, y - reach,
                            x - hole, y, x, y + hole, x + hole, y, x - hole, y);
}

static void say_random(struct fixture *f, struct question *q, int kind, bool whole)
{
    double p[6];
    for (int i = 0; i < 6; i++)
        p[i] = random_place(f, whole, 50);
    size_t n = 0;
    switch (kind) {
    case 0: snprintf(q->wkt, sizeof q->wkt, "POINT(%.15g %.15g)", p[0], p[1]); break;
    case 1: snprintf(q->wkt, sizeof q->wkt, "LINESTRING(%.15g %.15g, %.15g %.15g, %.15g %.15g)", p[0], p[1], p[2], p[3], p[4], p[5]); break;
    case 2: snprintf(q->wkt, sizeof q->wkt, "MULTIPOINT(%.15g %.15g, %.15g %.15g)", p[0], p[1], p[2], p[3]); break;
    case 3: snprintf(q->wkt, sizeof q->wkt, "MULTILINESTRING((%.15g %.15g, %.15g %.15g), (0 0, %.15g 0))", p[0], p[1], p[2], p[3], p[4] + 1); break;
    case 4:
        snprintf(q->wkt, sizeof q->wkt, "GEOMETRYCOLLECTION(POINT(%.15g %.15g), LINESTRING(%.15g %.15g, %.15g %.15g))", p[0], p[1], p[2], p[3], p[4], p[5]);
        break;
    case 5:
        n = (size_t)snprintf(q->wkt, sizeof q->wkt, "POLYGON");
        say_star(f, q->wkt + n, sizeof q->wkt - n, whole);
        break;
    default:                                        // the other one is far away: they do not overlap
        n = (size_t)snprintf(q->wkt, sizeof q->wkt, "MULTIPOLYGON(((100 0, 101 0, 101 1, 100 0)), ");
        n += say_star(f, q->wkt + n, sizeof q->wkt - n, whole);
        snprintf(q->wkt + n, sizeof q->wkt - n, ")");
    }
    bool small = random_unit(&f->seed) < 0.5;       // in a hole, or between
    q->box[0] = random_place(f, whole, 45);
    q->box[1] = random_place(f, whole, 45);
    q->box[2] = q->box[0] + (whole ? 1 : 0.1) + random_place(f, whole, small ? 2 : 30);
    q->box[3] = q->box[1] + (whole ? 1 : 0.1) + random_place(f, whole, small ? 2 : 30);
}

static void random_shapes_meet_the_boxes_they_intersect(void **state)
{
    struct fixture *f = *state;
    static struct question q;
    int met[7] = { 0 };
    enum { EACH = 200 };
    for (int i = 0; i < 7 * EACH; i++) {
        say_random(f, &q, i % 7, i / 7 % 2);
        assert_ok(f, store_read(f->store, ask_both, &q, &f->e));
        assert_false(q.null);
        if (q.ours != q.theirs)
            fail_msg("%s in %.15g %.15g %.15g %.15g: Intersects says %lld, MeetsBox %lld", q.wkt, q.box[0], q.box[1], q.box[2], q.box[3],
                     (long long)q.theirs, (long long)q.ours);
        met[i % 7] += q.ours == 1;
    }
    for (int k = 0; k < 7; k++)
        assert_in_range(met[k], EACH / 50, EACH / 50 * 49);        // both answers were asked for
}

// --- Rubbish --------------------------------------------------------------------------------------------------------------------

struct rubbish { struct value given; double box[4]; bool no_bytes, null; int64_t wkb_len, met; };

static enum status ask_rubbish(struct db *d, void *ctx, struct err *e)
{
    struct rubbish *q = ctx;
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(d, "SELECT length(ST_AsBinary($1)), MeetsBox($1, $2, $3, $4, $5)",
                           VALUES(q->given, value_real(q->box[0]), value_real(q->box[1]), value_real(q->box[2]), value_real(q->box[3])), &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && more) {
        q->no_bytes = rows_is_null(r, 0);
        q->wkb_len = rows_integer(r, 0);
        q->null = rows_is_null(r, 1);
        q->met = rows_integer(r, 1);
    }
    rows_done(r);
    return s;
}

static struct rubbish told(struct fixture *f, struct value given)
{
    struct rubbish q = { .given = given, .box = { -180, -90, 180, 90 } };
    assert_ok(f, store_read(f->store, ask_rubbish, &q, &f->e));
    return q;
}

static void what_is_no_shape_has_no_bytes_and_meets_nothing(void **state)
{
    struct fixture *f = *state;
    static const uint8_t zeros[200];
    const struct value given[] = {
        value_null(), value_integer(7), value_integer(INT64_MIN), value_real(0.5), value_text(""), value_text("POINT(121 32)"),
        value_text("a text that is longer than the frame of a shape is, of sixty-four letters"), value_bytes("", 0), value_bytes(zeros, 1),
        value_bytes(zeros, 43), value_bytes(zeros, 44), value_bytes(zeros, sizeof zeros), value_bytes("\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x40\x5e\x40\x00\x00\x00\x00\x00\x00\x40\x40", 21),
    };
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        struct rubbish q = told(f, given[i]);
        if (!q.no_bytes || q.met != 0)
            fail_msg("row %zu is taken for a shape: %lld bytes, met %lld", i, (long long)q.wkb_len, (long long)q.met);
    }
    assert_true(told(f, value_null()).null);
}

static void a_shape_cut_short_meets_nothing(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < SHAPES_COUNT; i++) {
        struct blob b = blob_of(f, SHAPES[i]);
        struct rubbish whole = told(f, value_bytes(b.bytes, b.len));
        assert_int_equal(whole.wkb_len, b.len - 39);
        assert_int_equal(whole.met, 1);
        for (size_t cut = 0; cut < b.len; cut++) {
            struct rubbish q = told(f, value_bytes(b.bytes, cut));
            if (!q.no_bytes || q.met != 0)
                fail_msg("%s: %zu of %zu bytes: %lld bytes, met %lld", SHAPES[i], cut, b.len, (long long)q.wkb_len, (long long)q.met);
        }
        free(b.bytes);
    }
}

// Counts, classes and marks go wild behind the box, and the window is smaller than the shape: its body must be looked at.
static void spoilt_shapes_are_answered_and_none_is_read_past_its_end(void **state)
{
    struct fixture *f = *state;
    int refused = 0, taken = 0;
    for (size_t i = 0; i < SHAPES_COUNT; i++) {
        struct blob b = blob_of(f, SHAPES[i]);
        uint8_t *spoilt = malloc(b.len);
        for (int turn = 0; turn < 2000; turn++) {
            memcpy(spoilt, b.bytes, b.len);
            for (int k = 0; k <= turn % 3; k++)
                spoilt[38 + (size_t)((double)(b.len - 38) * random_unit(&f->seed))] = (uint8_t)(256 * random_unit(&f->seed));
            bool fine = convert(spoilt, b.len);
            refused += !fine;
            taken += fine;
            if (turn % 10 != 0)
                continue;
            struct rubbish q = { .given = value_bytes(spoilt, b.len), .box = { 121.5, 32.5, 123, 34 } };
            assert_ok(f, store_read(f->store, ask_rubbish, &q, &f->e));
            assert_int_equal(q.no_bytes, !fine);
            assert_in_range(q.met, 0, fine);        // what has no bytes is not there
        }
        free(spoilt);
        free(b.bytes);
    }
    assert_true(refused > 1000);
    assert_true(taken > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_kind_of_shape_has_the_librarys_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_shape_cut_short_or_made_longer_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_mark_must_stand_where_it_belongs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_count_beyond_32_bits_of_bytes_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_shapes_meet_the_boxes_they_intersect, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_shape_has_no_bytes_and_meets_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_shape_cut_short_meets_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(spoilt_shapes_are_answered_and_none_is_read_past_its_end, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
