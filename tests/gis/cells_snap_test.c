// Lines held against a border: what is drawn of them, as a surveyor would say it.
#include "gis/cells_snap.h"
#include "core/base/mem.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

// "0 0 100 0, 100 0 100 80": segments by commas. Borders, lines, and what is left of the lines, with a tolerance of 10 mm.
static const struct { const char *what, *border, *lines, *expect; } CASES[] = {
    { "a line away from all others stays", "0 0 100 0", "0 5 100 6", "0 5 100 6" },
    { "beside the border it is the border", "0 0 100 0", "10 0.00002 90 0.00002", "" },
    { "on it too", "0 0 100 0", "10 0 90 0", "" },
    { "at a little more than ten millimetres it is a line of its own", "0 0 100 0", "10 0.0101 90 0.0101", "10 0.0101 90 0.0101" },
    { "crossing it at a tiny angle it is the border, all of it", "0 0 100 0", "10 0.009 90 -0.009", "" },
    { "coming from elsewhere it ends on the border and goes on behind it", "0 0 100 0", "20 1 80 -1", "20 1 49.7 0, 50.3 0 80 -1" },
    { "a steep crossing is one place", "0 0 100 0", "50 20 50 -20", "50 20 50 0, 50 0 50 -20" },
    { "askew as well", "0 0 100 0", "40 20 60 -20", "40 20 50 0, 50 0 60 -20" },
    { "ending short of it, it reaches it", "0 0 100 0", "50 20 50 0.004", "50 20 50 0" },
    { "ending beyond it, it ends on it", "0 0 100 0", "50 20 50 -0.004", "50 20 50 0" },
    { "ending well short of it, it does not", "0 0 100 0", "50 20 50 0.05", "50 20 50 0.05" },
    { "past a corner it goes through the corner", "0 0 50 0, 50 0 100 -10", "50.003 20 50.003 -20", "50.003 20 50 0, 50 0 50.003 -20" },
    { "a corner is taken rather than a place beside it", "0 0 50 0, 50 0 100 0", "50.012 20 50.004 0.004", "50.012 20 50 0" },
    { "a second line on the first is not drawn again", "0 0 100 0", "0 5 100 6, 0 5.003 100 6.003", "0 5 100 6" },
    { "nor the same one backwards", "0 0 100 0", "0 5 100 6, 100 6 0 5", "0 5 100 6" },
    { "a line goes on where the one before it ended", "0 0 100 0", "10 5 50 5, 50 5 90 25", "10 5 50 5, 50 5 90 25" },
    { "also when that one was drawn a hair away", "0 0 100 0", "10 5 50 5, 50.002 5.001 90 25", "10 5 50 5, 50 5 90 25" },
    { "a road along the border is drawn where it leaves it", "0 0 50 0, 50 0 100 0", "0 0.001 50 0.001, 50 0.001 70 30", "50 0 70 30" },
};

static struct segments segments_of(const char *text)
{
    struct segments s = {0};
    while (*text != '\0') {
        double v[4];
        char *end = (char *)text;
        for (int k = 0; k < 4; k++)
            v[k] = strtod(end, &end);
        segments_add(&s, (struct xy_m){ v[0], v[1] }, (struct xy_m){ v[2], v[3] });
        text = end + strspn(end, ", ");
    }
    return s;
}

static void say(const struct segments *s, char *out, size_t cap)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < s->count && used < cap; i++)
        used += (size_t)snprintf(out + used, cap - used, "%s%.6g %.6g %.6g %.6g", i > 0 ? ", " : "", s->at[i].a.x, s->at[i].a.y, s->at[i].b.x, s->at[i].b.y);
}

static bool is_near(struct segment_m a, struct segment_m b)
{
    static const double TOLERANCE_M = 0.001;
    return hypot(a.a.x - b.a.x, a.a.y - b.a.y) < TOLERANCE_M && hypot(a.b.x - b.b.x, a.b.y - b.b.y) < TOLERANCE_M;
}

static void lines_are_snapped(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
        struct segments border = segments_of(CASES[k].border), lines = segments_of(CASES[k].lines), expect = segments_of(CASES[k].expect), out = {0};
        char said[512];
        cells_snap(&border, &lines, CELLS_NEAR_M, &out);
        bool good = out.count == expect.count;
        for (size_t i = 0; i < out.count && good; i++)
            good = is_near(out.at[i], expect.at[i]);
        say(&out, said, sizeof said);
        if (!good)
            fail_msg("%s: \"%s\", expected \"%s\"", CASES[k].what, said, CASES[k].expect);
        segments_clear(&border);
        segments_clear(&lines);
        segments_clear(&expect);
        segments_clear(&out);
    }
}

// What ends on a border ends on it to the last digit that counts, and on a corner to the very last.
static void ends_lie_on_the_border(void **state)
{
    (void)state;
    struct segments border = segments_of("0.1 0.2 97.3 31.7, 97.3 31.7 120.9 4.4"), lines = segments_of("20 40 30 9.8963, 97.30001 60 97.301 31.702"), out = {0};
    cells_snap(&border, &lines, CELLS_NEAR_M, &out);
    assert_int_equal(out.count, 2);
    struct xy_m p = out.at[0].b, a = border.at[0].a, b = border.at[0].b;
    double off_m = ((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)) / hypot(b.x - a.x, b.y - a.y);
    assert_float_equal(off_m, 0, 1e-12);
    assert_true(out.at[1].b.x == 97.3 && out.at[1].b.y == 31.7);
    segments_clear(&border);
    segments_clear(&lines);
    segments_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_snapped),
        cmocka_unit_test(ends_lie_on_the_border),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
