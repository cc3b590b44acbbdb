// The overlap kernel against hand-made cases, against GEOS, and against itself turned, moved and exchanged.
#include "gis/relate.h"
#include "tests/gis/shapes.h"
#include <setjmp.h>
#include <stddef.h>
#include <cmocka.h>
#include <time.h>

static GEOSContextHandle_t geos;

static int open_geos(void **state) { (void)state; geos = GEOS_init_r(); return 0; }
static int close_geos(void **state) { (void)state; GEOS_finish_r(geos); return 0; }

static struct rings from_text(const char *text)
{
    struct rings r = { 0 };
    GEOSGeometry *g = shapes_parse(geos, text);
    if (g == NULL)
        fail_msg("not a shape: %s", text);
    if (GEOSisValid_r(geos, g) != 1) { // as solaris repairs its predictions
        GEOSGeometry *repaired = GEOSBuffer_r(geos, g, 0, 8);
        GEOSGeom_destroy_r(geos, g);
        g = repaired;
    }
    rings_start(&r);
    shapes_add(geos, g, &r);
    GEOSGeom_destroy_r(geos, g);
    return r;
}

static void check_near(const char *what, double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance))
        fail_msg("%s: got %.12g, want %.12g within %g", what, got, want, tolerance);
}

// --- cases in a text file ---

struct text_case { char name[200], before[2000], after[2000]; double want, tolerance; };

static void run_case(const struct text_case *c)
{
    struct rings a = from_text(c->before), b = from_text(c->after);
    check_near(c->name, relate_overlap_m2(&a, &b), c->want, c->tolerance);
    check_near(c->name, relate_overlap_m2(&b, &a), c->want, c->tolerance);
    rings_clear(&a);
    rings_clear(&b);
}

static void test_cases(void **state)
{
    (void)state;
    FILE *f = fopen(GP_SOURCE_DIR "/tests/gis/cases/relate.txt", "r");
    assert_non_null(f);
    struct text_case c = { 0 };
    char line[4096], word[32], rest[4000];
    int ran = 0;
    while (fgets(line, sizeof line, f) != NULL) {
        if (line[0] == '#' || sscanf(line, "%31s %3999[^\n]", word, rest) != 2)
            continue;
        if (strcmp(word, "case") == 0)
            snprintf(c.name, sizeof c.name, "%.199s", rest);
        else if (strcmp(word, "before") == 0)
            snprintf(c.before, sizeof c.before, "%.1999s", rest);
        else if (strcmp(word, "after") == 0)
            snprintf(c.after, sizeof c.after, "%.1999s", rest);
        else if (strcmp(word, "expect") == 0)
            assert_int_equal(sscanf(rest, "overlap_m2 %lf", &c.want), 1);
        else if (strcmp(word, "tolerance") == 0) {
            c.tolerance = atof(rest);
            run_case(&c);
            ran++;
        } else
            fail_msg("relate.txt: what is '%s'?", word);
    }
    fclose(f);
    assert_true(ran >= 15);
}

// --- against GEOS ---

// What must hold for every pair, however nasty.
static void check_pair(const char *what, const struct rings *a, const struct rings *b, double want, double tolerance)
{
    double ab = relate_overlap_m2(a, b), ba = relate_overlap_m2(b, a);
    if (memcmp(&ab, &ba, sizeof ab) != 0)
        fail_msg("%s: not symmetric, %.17g and %.17g", what, ab, ba);
    check_near(what, ab, want, tolerance);
    if (ab < 0 || ab > fmin(fabs(rings_area_m2(a)), fabs(rings_area_m2(b))) + 1e-9)
        fail_msg("%s: %.17g m2 are more than the smaller shape", what, ab);
}

// A star-shaped ring: simple, with concave corners. round_mm puts vertices on the millimetre, as the layers have them.
static void add_star(struct rings *r, uint64_t *seed, struct xy_m at, double radius, int corners, bool round_mm)
{
    for (int i = 0; i < corners; i++) {
        double turn = 6.283185307179586 * (i + 0.8 * shapes_random(seed)) / corners;
        double far = radius * (0.3 + 0.7 * shapes_random(seed));
        struct xy_m p = { at.x + far * cos(turn), at.y + far * sin(turn) };
        if (round_mm)
            p = (struct xy_m){ round(p.x * 1000) / 1000, round(p.y * 1000) / 1000 };
        rings_add_vertex(r, p);
    }
    rings_end_ring(r);
}

static void random_pairs(int pairs, int corners, bool round_mm, double tolerance)
{
    uint64_t seed = 7 + (uint64_t)corners;
    int compared = 0;
    for (int k = 0; k < pairs; k++) {
        struct rings a = { 0 }, b = { 0 };
        struct xy_m at = { 12 * shapes_random(&seed), 12 * shapes_random(&seed) };
        add_star(&a, &seed, (struct xy_m){ 0, 0 }, 10, 3 + (int)(shapes_random(&seed) * corners), round_mm);
        add_star(&b, &seed, at, 8, 3 + (int)(shapes_random(&seed) * corners), round_mm);
        double want = shapes_common_m2(geos, &a, &b);
        if (isfinite(want)) {
            check_pair("random stars", &a, &b, want, tolerance);
            compared++;
        }
        rings_clear(&a);
        rings_clear(&b);
    }
    assert_true(compared > pairs * 9 / 10);
}

static void test_random_small(void **state) { (void)state; random_pairs(3000, 10, false, 1e-8); }
static void test_random_mm(void **state) { (void)state; random_pairs(3000, 10, true, 1e-8); }
static void test_random_large(void **state) { (void)state; random_pairs(300, 400, true, 1e-7); }
static void test_random_at_the_sweep_limit(void **state) { (void)state; random_pairs(500, RELATE_SWEEP_VERTICES + 10, true, 1e-7); }

// Rectilinear footprints on a 1 m grid: walls, corners and edges coincide all the time.
static void test_shared_walls(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (int k = 0; k < 3000; k++) {
        struct rings r[2] = { { 0 }, { 0 } };
        for (int s = 0; s < 2; s++) {
            double x = floor(6 * shapes_random(&seed)), y = floor(6 * shapes_random(&seed));
            double w = 3 + floor(5 * shapes_random(&seed)), h = 3 + floor(5 * shapes_random(&seed));
            double u = 1 + floor((w - 1) * shapes_random(&seed)), v = 1 + floor((h - 1) * shapes_random(&seed));
            struct xy_m l_shape[] = { { x, y }, { x + w, y }, { x + w, y + v }, { x + u, y + v }, { x + u, y + h }, { x, y + h } };
            for (int i = 0; i < 6; i++)
                rings_add_vertex(&r[s], l_shape[i]);
            rings_end_ring(&r[s]);
            shapes_move(&r[s], (struct xy_m){ 0, 0 }, k % 3 == 0 ? 0.3 : 0, 1); // every third pair stands askew
        }
        double want = shapes_common_m2(geos, &r[0], &r[1]);
        if (isfinite(want))
            check_pair("L shapes on a grid", &r[0], &r[1], want, 1e-6);
        rings_clear(&r[0]);
        rings_clear(&r[1]);
    }
}

// Courtyard against courtyard, and two-part buildings: holes are clockwise rings, parts are more rings.
static void test_holes_and_parts(void **state)
{
    (void)state;
    uint64_t seed = 13;
    for (int k = 0; k < 1000; k++) {
        struct rings r[2] = { { 0 }, { 0 } };
        for (int s = 0; s < 2; s++) {
            struct xy_m at = { 10 * shapes_random(&seed), 10 * shapes_random(&seed) };
            double w = 4 + 4 * shapes_random(&seed);
            struct xy_m outer[] = { { -w, -w }, { w, -w }, { w, w }, { -w, w } }, inner[] = { { -2, -2 }, { -2, 3 }, { 3, 3 }, { 3, -2 } };
            for (int i = 0; i < 4; i++)
                rings_add_vertex(&r[s], (struct xy_m){ at.x + outer[i].x, at.y + outer[i].y });
            rings_end_ring(&r[s]);
            for (int i = 0; i < 4; i++)
                rings_add_vertex(&r[s], (struct xy_m){ at.x + inner[i].x, at.y + inner[i].y });
            rings_end_ring(&r[s]);
            add_star(&r[s], &seed, at, 1.9, 7, true); // a pavilion in the court
        }
        double want = shapes_common_m2(geos, &r[0], &r[1]);
        assert_true(isfinite(want));
        check_pair("courtyards", &r[0], &r[1], want, 1e-8);
        rings_clear(&r[0]);
        rings_clear(&r[1]);
    }
}

// A shape against a copy moved by almost nothing: overlap falls by about perimeter x move, never jumps.
static void test_nearly_identical(void **state)
{
    (void)state;
    uint64_t seed = 17;
    for (int k = 0; k < 500; k++) {
        struct rings a = { 0 };
        add_star(&a, &seed, (struct xy_m){ 0, 0 }, 20, 12, k % 2 == 0);
        struct rings b = shapes_copy(&a);
        double area = rings_area_m2(&a), by = pow(10, -3 - 9 * shapes_random(&seed));
        check_pair("identical", &a, &b, area, 1e-9);
        shapes_move(&b, (struct xy_m){ by, -by }, 0, 1);
        double lost = area - relate_overlap_m2(&a, &b);
        if (lost < -1e-9 || lost > rings_perimeter_m(&a) * 2 * by + 1e-9)
            fail_msg("moved by %g m: %.12g m2 lost", by, lost);
        rings_clear(&a);
        rings_clear(&b);
    }
}

static void test_needles(void **state)
{
    (void)state;
    uint64_t seed = 19;
    for (int k = 0; k < 2000; k++) {
        struct rings r[2] = { { 0 }, { 0 } };
        for (int s = 0; s < 2; s++) {
            double turn = 6.283185307179586 * shapes_random(&seed), thin = pow(10, -6 * shapes_random(&seed));
            struct xy_m needle[] = { { -20, 0 }, { 20, -thin }, { 20, thin } };
            for (int i = 0; i < 3; i++)
                rings_add_vertex(&r[s], needle[i]);
            rings_end_ring(&r[s]);
            shapes_move(&r[s], (struct xy_m){ shapes_random(&seed), shapes_random(&seed) }, k % 4 == 0 ? 1.5707963267948966 : turn, 1);
        }
        double want = shapes_common_m2(geos, &r[0], &r[1]);
        if (isfinite(want))
            check_pair("needles", &r[0], &r[1], want, 1e-6);
        rings_clear(&r[0]);
        rings_clear(&r[1]);
    }
}

// --- against itself ---

static void reverse(struct rings *r)
{
    for (uint32_t k = 0; k < r->count; k++)
        for (uint32_t i = r->first[k], j = r->first[k + 1] - 1; i < j; i++, j--) {
            struct xy_m t = r->vertex[i];
            r->vertex[i] = r->vertex[j];
            r->vertex[j] = t;
        }
}

static void start_elsewhere(struct rings *r, uint32_t by)
{
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t first = r->first[k], n = r->first[k + 1] - first;
        for (uint32_t turns = by % n; turns > 0; turns--) {
            struct xy_m t = r->vertex[first];
            memmove(&r->vertex[first], &r->vertex[first + 1], (n - 1) * sizeof t);
            r->vertex[first + n - 1] = t;
        }
    }
}

static void check_invariances(const struct rings *a, const struct rings *b, uint64_t *seed)
{
    double want = relate_overlap_m2(a, b);
    struct rings p = shapes_copy(a), q = shapes_copy(b);
    start_elsewhere(&p, 1 + (uint32_t)(shapes_random(seed) * 100));
    check_pair("another first vertex", &p, &q, want, 1e-9);
    reverse(&p);
    check_pair("clockwise", &p, &q, want, 1e-9);
    reverse(&q);
    check_pair("both clockwise", &p, &q, want, 1e-9);
    double turn = 6.283185307179586 * shapes_random(seed);
    shapes_move(&p, (struct xy_m){ 300, -200 }, turn, 1);
    shapes_move(&q, (struct xy_m){ 300, -200 }, turn, 1);
    check_pair("turned and moved", &p, &q, want, 1e-7);
    struct xy_m utm = { 512345.678, 4412345.678 };
    shapes_move(&p, utm, 0, 1);
    shapes_move(&q, utm, 0, 1);
    check_pair("far from the origin", &p, &q, want, 1e-6);
    shapes_move(&p, (struct xy_m){ -utm.x, -utm.y }, 0, 1);
    shapes_move(&q, (struct xy_m){ -utm.x, -utm.y }, 0, 1);
    check_pair("made local again", &p, &q, want, 1e-6);
    rings_clear(&p);
    rings_clear(&q);
}

static void test_invariances(void **state)
{
    (void)state;
    uint64_t seed = 23;
    for (int k = 0; k < 1000; k++) {
        struct rings a = { 0 }, b = { 0 };
        int corners = k % 5 == 0 ? 100 : 9;
        add_star(&a, &seed, (struct xy_m){ 0, 0 }, 12, corners, true);
        add_star(&b, &seed, (struct xy_m){ 8 * shapes_random(&seed), 5 }, 10, corners + k % 3, true);
        check_invariances(&a, &b, &seed);
        rings_clear(&a);
        rings_clear(&b);
    }
}

static void test_nothing_in_common(void **state)
{
    (void)state;
    struct rings none = { 0 }, empty = { 0 }, a = from_text("POLYGON((0 0, 1 0, 1 1, 0 0))"), b = from_text("POLYGON((5 5, 6 5, 6 6, 5 5))");
    rings_start(&empty);
    assert_true(relate_overlap_m2(&none, &a) == 0);
    assert_true(relate_overlap_m2(&a, &empty) == 0);
    assert_true(relate_overlap_m2(&a, &b) == 0);
    rings_clear(&a);
    rings_clear(&b);
    rings_clear(&empty);
}

// --- real pairs ---

// The next <tag>...</tag> before `end`, cut out in place; NULL when there is none.
static char *element(char *from, const char *end, const char *tag)
{
    char open[8], close[8];
    snprintf(open, sizeof open, "<%s>", tag);
    snprintf(close, sizeof close, "</%s>", tag);
    char *start = strstr(from, open), *stop = start != NULL ? strstr(start, close) : NULL;
    if (start == NULL || stop == NULL || stop > end)
        return NULL;
    *stop = '\0';
    return start + strlen(open);
}

// Both shapes of a pair brought to a common box of 100 m, whatever they were drawn in.
static void make_local(struct rings *a, struct rings *b)
{
    struct box_m p = rings_box(a), q = rings_box(b);
    double min_x = fmin(p.min_x, q.min_x), min_y = fmin(p.min_y, q.min_y);
    double size = fmax(fmax(p.max_x, q.max_x) - min_x, fmax(p.max_y, q.max_y) - min_y);
    struct rings *both[] = { a, b };
    for (int i = 0; i < 2; i++) {
        shapes_move(both[i], (struct xy_m){ -min_x, -min_y }, 0, 1);
        shapes_move(both[i], (struct xy_m){ 0, 0 }, 0, 100 / size);
    }
}

static bool compare_texts(const char *what, const char *text_a, const char *text_b)
{
    GEOSGeometry *ga = shapes_parse(geos, text_a), *gb = shapes_parse(geos, text_b);
    struct rings a = { 0 }, b = { 0 };
    if (ga != NULL && gb != NULL) {
        shapes_add(geos, ga, &a);
        shapes_add(geos, gb, &b);
    }
    GEOSGeom_destroy_r(geos, ga);
    GEOSGeom_destroy_r(geos, gb);
    double want = NAN;
    if (a.count > 0 && b.count > 0) {
        make_local(&a, &b);
        want = shapes_common_m2(geos, &a, &b);
        if (isfinite(want))
            check_pair(what, &a, &b, want, 1e-6);
    }
    rings_clear(&a);
    rings_clear(&b);
    return isfinite(want);
}

static int compare_file(const char *name)
{
    char *text = shapes_fixture(name);
    int compared = 0;
    if (text == NULL)
        return -1;
    for (char *at = text, *end; (end = strstr(at, "</case>")) != NULL; at = end + 7) {
        char *a = element(at, end, "a"), *b = a != NULL ? element(a + strlen(a) + 1, end, "b") : NULL;
        compared += b != NULL && compare_texts(name, a, b);
    }
    free(text);
    return compared;
}

static void test_geos_own_pairs(void **state)
{
    (void)state;
    static const char *const file[] = {
        "general/TestOverlayAA", "general/TestOverlayAAPrec", "general/TestNGOverlayA", "general/TestNGOverlayAPrec", "general/TestRelateAA",
        "general/TestPreparedPolygonPredicate", "general/TestRectanglePredicate", "validate/TestRelateAA", "validate/TestRelateAA-big",
        "misc/fme", "misc/heisenbugs", "misc/hexwkb", "misc/robustness", "misc/safe-16595", "misc/safe-16596", "misc/split",
        "misc/stmlf-20061020", "misc/stmlf-20070119" };
    int compared = 0, there = 0;
    for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
        char name[200];
        snprintf(name, sizeof name, "geos-xml/tests/xmltester/tests/%s.xml", file[i]);
        int n = compare_file(name);
        there += n >= 0;
        compared += n > 0 ? n : 0;
    }
    if (there == 0)
        skip();
    print_message("geos-xml: %d polygon pairs agree\n", compared);
    assert_true(compared > 100);
}

// One field of a CSV line with quotes; returns where the next begins, NULL after the last.
static char *csv_field(char *line, char **field)
{
    bool quoted = *line == '"';
    *field = line + quoted;
    char *end = quoted ? strchr(*field, '"') : line + strcspn(line, ",\r\n");
    if (end == NULL)
        return NULL;
    char *next = end + quoted;
    bool more = *next == ',';
    *end = '\0';
    return more ? next + 1 : NULL;
}

struct building { char *image; struct rings shape; double area_m2, iou; };

// Only the columns asked for, by position.
static int read_buildings(char *text, int image_column, int shape_column, int iou_column, struct building *out, int cap)
{
    int n = 0;
    char *line = strchr(text, '\n');
    while (line != NULL && *++line != '\0' && n < cap) {
        char *next_line = strchr(line, '\n');
        if (next_line != NULL)
            *next_line = '\0';
        struct building b = { .iou = NAN };
        char *field, *at = line;
        for (int column = 0; at != NULL; column++) {
            at = csv_field(at, &field);
            if (column == image_column)
                b.image = field;
            if (column == shape_column)
                b.shape = from_text(field);
            if (column == iou_column)
                b.iou = atof(field);
        }
        b.area_m2 = fabs(rings_area_m2(&b.shape));
        out[n++] = b;
        line = next_line;
    }
    return n;
}

// solaris gives each prediction away once, so its partner need not be our best one: some prediction must have exactly the
// IoU that solaris computed with Shapely.
static bool some_iou_is(const struct building *b, const struct building *other, int others, double want)
{
    for (int j = 0; j < others; j++) {
        if (strcmp(b->image, other[j].image) != 0)
            continue;
        double common = relate_overlap_m2(&b->shape, &other[j].shape);
        if (fabs(common / (b->area_m2 + other[j].area_m2 - common) - want) <= 1e-9)
            return true;
    }
    return false;
}

static void test_solaris_iou(void **state)
{
    (void)state;
    enum { CAP = 512 };
    static struct building truth[CAP], known[CAP];
    char *truth_text = shapes_fixture("solaris-iou/SN2_sample_iou_by_building.csv"), *preds_text = shapes_fixture("solaris-iou/SN2_sample_preds.csv");
    if (truth_text == NULL || preds_text == NULL)
        skip();
    int preds = read_buildings(preds_text, 0, 2, -1, known, CAP), rows = read_buildings(truth_text, 1, 3, 6, truth, CAP);
    int compared = 0, found = 0;
    for (int i = 0; i < rows; i++) {
        if (truth[i].iou <= 0)
            continue;
        compared++;
        found += some_iou_is(&truth[i], known, preds, truth[i].iou);
        if (!some_iou_is(&truth[i], known, preds, truth[i].iou))
            print_message("row %d: nothing has %.12g\n", i, truth[i].iou);
    }
    print_message("solaris: %d of %d IoU agree\n", found, compared);
    assert_int_equal(found, compared);
    assert_true(compared > 100);
    for (int i = 0; i < preds; i++)
        rings_clear(&known[i].shape);
    for (int i = 0; i < rows; i++)
        rings_clear(&truth[i].shape);
    free(truth_text);
    free(preds_text);
}

// Not a check of a figure (machines differ): prints what a pair costs.
static void test_cost(void **state)
{
    (void)state;
    enum { SHAPES = 256, ROUNDS = 40 };
    static struct rings shape[SHAPES];
    uint64_t seed = 29;
    for (int i = 0; i < SHAPES; i++)
        add_star(&shape[i], &seed, (struct xy_m){ 8 * shapes_random(&seed), 8 * shapes_random(&seed) }, 8, 4 + i % 9, true);
    struct timespec t0, t1;
    double total = 0;
    clock_gettime(CLOCK_MONOTONIC, &t0);
    for (int k = 0; k < ROUNDS; k++)
        for (int i = 0; i < SHAPES; i++)
            total += relate_overlap_m2(&shape[i], &shape[(i + 1 + k) % SHAPES]);
    clock_gettime(CLOCK_MONOTONIC, &t1);
    double us = ((double)(t1.tv_sec - t0.tv_sec) * 1e6 + (double)(t1.tv_nsec - t0.tv_nsec) / 1e3) / (SHAPES * ROUNDS);
    print_message("overlap area, 4-12 vertices: %.3f us a pair\n", us);
    assert_true(total > 0);
    for (int i = 0; i < SHAPES; i++)
        rings_clear(&shape[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases), cmocka_unit_test(test_random_small), cmocka_unit_test(test_random_mm), cmocka_unit_test(test_random_large),
        cmocka_unit_test(test_random_at_the_sweep_limit), cmocka_unit_test(test_shared_walls), cmocka_unit_test(test_holes_and_parts),
        cmocka_unit_test(test_nearly_identical), cmocka_unit_test(test_needles), cmocka_unit_test(test_invariances),
        cmocka_unit_test(test_nothing_in_common), cmocka_unit_test(test_geos_own_pairs), cmocka_unit_test(test_solaris_iou), cmocka_unit_test(test_cost),
    };
    return cmocka_run_group_tests(tests, open_geos, close_geos);
}
