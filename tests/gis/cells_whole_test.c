// The proof that cells are a partition of their community: it holds for one that is, and for nothing that is a micrometre beside one.
#include "gis/cells_whole.h"
#include "gis/overlay.h"
#include "tests/gis/drawn.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

// A community of 100 by 60 with a pond; cells by bars.
static const char COMMUNITY[] = "0 0, 100 0, 100 60, 0 60; 70 20, 70 30, 80 30, 80 20";
static const struct { const char *what, *cells; bool whole; } CASES[] = {
    { "one cell", "0 0, 100 0, 100 60, 0 60; 70 20, 70 30, 80 30, 80 20", true },
    { "two cells", "0 0, 40 0, 40 60, 0 60|40 0, 100 0, 100 60, 40 60; 70 20, 70 30, 80 30, 80 20", true },
    { "a corner of a border of three", "0 0, 40 0, 40 25, 0 25|0 25, 40 25, 40 60, 0 60|40 0, 100 0, 100 60, 40 60, 40 25; 70 20, 70 30, 80 30, 80 20", true },
    { "a corner that one of three does not know of",
      "0 0, 40 0, 40 25, 0 25|0 25, 40 25, 40 60, 0 60|40 0, 100 0, 100 60, 40 60; 70 20, 70 30, 80 30, 80 20", false },
    { "a cell is missing", "0 0, 40 0, 40 60, 0 60", false },
    { "the pond is filled", "0 0, 40 0, 40 60, 0 60|40 0, 100 0, 100 60, 40 60", false },
    { "a corner a micrometre inside the border", "0 0, 40 0.000001, 40 60, 0 60|40 0.000001, 100 0, 100 60, 40 60; 70 20, 70 30, 80 30, 80 20", false },
    { "a corner a micrometre outside of it", "0 0, 40 -0.000001, 40 60, 0 60|40 -0.000001, 100 0, 100 60, 40 60; 70 20, 70 30, 80 30, 80 20", false },
    { "a hair between two cells", "0 0, 40 0, 40 60, 0 60|40.000001 0, 100 0, 100 60, 40.000001 60; 70 20, 70 30, 80 30, 80 20", false },
    { "a cell twice", "0 0, 40 0, 40 60, 0 60|0 0, 40 0, 40 60, 0 60|40 0, 100 0, 100 60, 40 60; 70 20, 70 30, 80 30, 80 20", false },
    { "a cell that leaves and comes back over itself", "0 0, 100 0, 100 60, 40 60, 45 70, 38 70, 43 60, 0 60; 70 20, 70 30, 80 30, 80 20", false },
    { "a border that bends", "0 0, 40 0, 45 40, 35 40, 40 60, 0 60|40 0, 100 0, 100 60, 40 60, 35 40, 45 40; 70 20, 70 30, 80 30, 80 20", true },
    { "and one that crosses itself", "0 0, 40 0, 35 40, 45 40, 20 20, 40 60, 0 60|40 0, 100 0, 100 60, 40 60, 20 20, 45 40, 35 40; 70 20, 70 30, 80 30, 80 20", false },
};

static struct polygons polygons_of(const char *text)
{
    struct polygons p;
    struct rings r = {0};
    char all[512], *rest = all;
    snprintf(all, sizeof all, "%s", text);
    polygons_init(&p, (struct xy_m){0});
    for (char *one; (one = strsep(&rest, "|")) != NULL;) {
        draw(&r, one);
        polygons_add_local(&p, &r);
    }
    rings_clear(&r);
    return p;
}

static void only_a_partition_is_whole(void **state)
{
    (void)state;
    struct overlay *o = overlay_open();
    struct rings community = {0};
    draw(&community, COMMUNITY);
    for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
        struct polygons cells = polygons_of(CASES[k].cells);
        bool whole = cells_are_whole(o, &community, &cells);
        if (whole != CASES[k].whole)
            fail_msg("%s: %s", CASES[k].what, whole ? "said to be whole" : "said not to be whole");
        polygons_clear(&cells);
    }
    rings_clear(&community);
    overlay_close(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(only_a_partition_is_whole) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
