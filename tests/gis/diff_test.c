// Two surveys in, changes out: cases a surveyor can write, and a city that must come out alike however the work is cut.
#include "gis/footprint_diff.h"
#include "tests/gis/diff_layers.h"
#include <setjmp.h>
#include <stddef.h>
#include <cmocka.h>

static GEOSContextHandle_t geos;
static int open_geos(void **state) { (void)state; geos = GEOS_init_r(); return 0; }
static int close_geos(void **state) { (void)state; GEOS_finish_r(geos); return 0; }

static const struct mm64 HERE = { 0, 0 }, FAR = { 100000000, -200000000 };

static struct diff_result compare(const struct footprints *before, const struct footprints *after, struct diff_options options, int threads)
{
    struct diff_result r;
    struct err e = { 0 };
    struct pool *pool = pool_open(threads);
    if (footprint_diff(before, after, &options, pool, NULL, &r, &e) != OK)
        fail_msg("%s", e.text);
    pool_close(pool);
    return r;
}

// --- cases in text files ---------------------------------------------------------------------------------------------

enum { MEMBERS = 8, EXPECTS = 6 };
struct drawn { char wkt[1500], id[16]; double height_m; };
struct expected { char class[24]; double gained_m2, lost_m2; }; // NaN: not said
struct text_case {
    const char *file;
    char name[200];
    struct drawn before[MEMBERS], after[MEMBERS];
    int befores, afters, expects;
    struct expected expect[EXPECTS];
    char flown_before[500], flown_after[500];
    int houses;
    double noise_m, tolerance;
    bool stable_ids;
};

static struct rings from_text(const struct text_case *c, const char *text)
{
    struct rings r = { 0 };
    GEOSGeometry *g = shapes_parse(geos, text);
    if (g == NULL)
        fail_msg("%s: %s: not a shape: %s", c->file, c->name, text);
    rings_start(&r);
    shapes_add(geos, g, &r);
    GEOSGeom_destroy_r(geos, g);
    return r;
}

// Houses all round the case that were drawn twice: from them the engine learns how well this survey draws and where it lies.
static bool is_free(struct xy_m p) { return (p.x < -45 || p.x > 70 || p.y < -45 || p.y > 60) && (p.x < 80 || p.x > 120 || p.y < -30 || p.y > 30); }

static void add_houses(struct layer *l, const struct text_case *c, struct mm64 move, uint64_t seed)
{
    enum { SIDE = 12, APART_M = 35 };
    struct rings r = { 0 };
    for (int k = 0, n = 0; k < SIDE * SIDE && n < c->houses; k++) {
        struct xy_m at = { APART_M * (k % SIDE - 5), APART_M * (k / SIDE - 5) };
        if (!is_free(at))
            continue;
        n++;
        layer_house(&r, at, 9 + k % 5, 8 + k % 3, 0.1 * k, k % 4 == 0);
        layer_noise(&r, c->noise_m, &seed);
        layer_add(l, &r, move, k % 2 ? 6 : 9, "");
    }
    rings_clear(&r);
}

static struct footprints draw(const struct text_case *c, const struct drawn *d, int count, struct mm64 move, uint64_t seed)
{
    static struct layer l;
    layer_open(&l);
    for (int k = 0; k < count; k++) {
        struct rings r = from_text(c, d[k].wkt);
        layer_add(&l, &r, move, d[k].height_m, d[k].id);
        rings_clear(&r);
    }
    add_houses(&l, c, move, seed);
    return layer_close(&l);
}

static struct rings *coverage(const struct text_case *c, const char *wkt, struct mm64 move, struct rings *out)
{
    if (wkt[0] == '\0')
        return NULL;
    *out = from_text(c, wkt);
    shapes_move(out, (struct xy_m){ (double)(LAYER_FROM.x + move.x) / 1000, (double)(LAYER_FROM.y + move.y) / 1000 }, 0, 1);
    return out;
}

static bool near(double got, double want, double tolerance) { return isnan(want) || fabs(got - want) <= tolerance; }

static void list_changes(const struct diff_result *r, char *out, size_t cap)
{
    size_t n = 0;
    out[0] = '\0';
    for (int64_t k = 0; k < r->count && n < cap; k++)
        if (r->change[k].class != CHANGE_SAME)
            n += (size_t)snprintf(out + n, cap - n, " %s +%.2f -%.2f;", change_class_name(r->change[k].class), r->change[k].gained_m2,
                                  r->change[k].lost_m2);
}

// Every change is expected, every expectation met once. "same" is met by there being no change.
static void check_changes(const struct text_case *c, const struct diff_result *r, const char *how)
{
    bool met[EXPECTS] = { false };
    int changes = 0, wanted = 0;
    char got[1000];
    list_changes(r, got, sizeof got);
    for (int64_t k = 0; k < r->count; k++) {
        const struct change *ch = &r->change[k];
        if (ch->class == CHANGE_SAME)
            continue;
        changes++;
        for (int x = 0; x < c->expects; x++)
            if (!met[x] && strcmp(c->expect[x].class, change_class_name(ch->class)) == 0 && near(ch->gained_m2, c->expect[x].gained_m2, c->tolerance) &&
                near(ch->lost_m2, c->expect[x].lost_m2, c->tolerance)) {
                met[x] = true;
                break;
            }
    }
    for (int x = 0; x < c->expects; x++) {
        if (strcmp(c->expect[x].class, "same") == 0)
            continue;
        wanted++;
        if (!met[x])
            fail_msg("%s: %s%s: wanted %s +%g -%g within %g, got:%s", c->file, c->name, how, c->expect[x].class, c->expect[x].gained_m2,
                     c->expect[x].lost_m2, c->tolerance, got[0] ? got : " nothing");
    }
    if (changes != wanted)
        fail_msg("%s: %s%s: wanted %d changes, got:%s", c->file, c->name, how, wanted, got);
}

// Half of the options of a case are its coverages; they swap with the surveys.
static void run_at(const struct text_case *c, struct mm64 move, bool backwards, const char *how)
{
    struct footprints before = draw(c, c->before, c->befores, move, 1), after = draw(c, c->after, c->afters, move, 2);
    struct rings flown[2] = { { 0 }, { 0 } };
    struct diff_options o = { .all = true, .ids_are_stable = c->stable_ids,
                              .coverage_before = coverage(c, backwards ? c->flown_after : c->flown_before, move, &flown[0]),
                              .coverage_after = coverage(c, backwards ? c->flown_before : c->flown_after, move, &flown[1]) };
    struct diff_result r = backwards ? compare(&after, &before, o, 2) : compare(&before, &after, o, 2);
    check_changes(c, &r, how);
    diff_result_clear(&r);
    footprints_clear(&before);
    footprints_clear(&after);
    rings_clear(&flown[0]);
    rings_clear(&flown[1]);
}

static const char *backwards_of(const char *class)
{
    static const char *const pair[][2] = { { "new", "gone" }, { "gone", "new" }, { "enlarged", "reduced" }, { "reduced", "enlarged" },
                                           { "infilled", "reduced" }, { "split", "merged" }, { "merged", "split" },
                                           { "heightened", "lowered" }, { "lowered", "heightened" } };
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++)
        if (strcmp(pair[i][0], class) == 0)
            return pair[i][1];
    return class;
}

// A case is also run elsewhere on Earth, and with the surveys exchanged: gained is lost then.
static void run_case(const struct text_case *c)
{
    struct text_case back = *c;
    run_at(c, HERE, false, "");
    run_at(c, FAR, false, " (elsewhere)");
    for (int x = 0; x < c->expects; x++) {
        struct expected *e = &back.expect[x];
        snprintf(e->class, sizeof e->class, "%s", backwards_of(c->expect[x].class));
        e->gained_m2 = c->expect[x].lost_m2;
        e->lost_m2 = c->expect[x].gained_m2;
    }
    run_at(&back, HERE, true, " (backwards)");
}

// "POLYGON((...)) height 9 id a"
static void read_drawn(const struct text_case *c, const char *rest, struct drawn *d, int *count)
{
    must(*count < MEMBERS);
    d += (*count)++;
    const char *end = strrchr(rest, ')');
    if (end == NULL)
        fail_msg("%s: %s: no shape in '%s'", c->file, c->name, rest);
    *d = (struct drawn){ .height_m = NAN };
    snprintf(d->wkt, sizeof d->wkt, "%.*s", (int)(end + 1 - rest), rest);
    const char *height = strstr(end, "height "), *id = strstr(end, "id ");
    if (height != NULL)
        d->height_m = atof(height + 7);
    if (id != NULL)
        sscanf(id, "id %15s", d->id);
}

static void read_expected(struct text_case *c, const char *rest)
{
    must(c->expects < EXPECTS);
    struct expected *e = &c->expect[c->expects++];
    *e = (struct expected){ .gained_m2 = NAN, .lost_m2 = NAN };
    sscanf(rest, "%23s", e->class);
    const char *gained = strstr(rest, "gained_m2 "), *lost = strstr(rest, "lost_m2 ");
    if (gained != NULL)
        e->gained_m2 = atof(gained + 10);
    if (lost != NULL)
        e->lost_m2 = atof(lost + 8);
}

static void read_line(struct text_case *c, const char *word, const char *rest)
{
    if (strcmp(word, "case") == 0) {
        *c = (struct text_case){ .file = c->file, .houses = c->houses, .noise_m = c->noise_m };
        snprintf(c->name, sizeof c->name, "%.199s", rest);
    } else if (strcmp(word, "before") == 0)
        read_drawn(c, rest, c->before, &c->befores);
    else if (strcmp(word, "after") == 0)
        read_drawn(c, rest, c->after, &c->afters);
    else if (strcmp(word, "flown_before") == 0)
        snprintf(c->flown_before, sizeof c->flown_before, "%.499s", rest);
    else if (strcmp(word, "flown_after") == 0)
        snprintf(c->flown_after, sizeof c->flown_after, "%.499s", rest);
    else if (strcmp(word, "ids") == 0)
        c->stable_ids = strcmp(rest, "stable") == 0;
    else if (strcmp(word, "houses") == 0)
        assert_int_equal(sscanf(rest, "%d noise_m %lf", &c->houses, &c->noise_m), 2);
    else if (strcmp(word, "expect") == 0)
        read_expected(c, rest);
    else
        fail_msg("%s: what is '%s'?", c->file, word);
}

static void run_file(const char *name, int least)
{
    char path[300], line[2048], word[32], rest[2000];
    static struct text_case c;
    c = (struct text_case){ .file = name };
    snprintf(path, sizeof path, GP_SOURCE_DIR "/tests/gis/cases/diff/%s", name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    int ran = 0;
    while (fgets(line, sizeof line, f) != NULL) {
        if (line[0] == '#' || sscanf(line, "%31s %1999[^\n]", word, rest) != 2)
            continue;
        if (strcmp(word, "tolerance") == 0) {
            c.tolerance = atof(rest);
            run_case(&c);
            ran++;
        } else
            read_line(&c, word, rest);
    }
    fclose(f);
    if (ran < least)
        fail_msg("%s: %d cases, not the %d there were", name, ran, least);
}

static void test_whole_buildings(void **state) { (void)state; run_file("whole.txt", 14); }
static void test_walls(void **state) { (void)state; run_file("walls.txt", 10); }
static void test_division(void **state) { (void)state; run_file("division.txt", 8); }
static void test_heights(void **state) { (void)state; run_file("heights.txt", 6); }

// --- a city ------------------------------------------------------------------------------------------------------------

enum { CITY_SIDE = 24 };                          // 576 houses, far enough apart for any turn
enum edit { KEPT, TORN_DOWN, BUILT, EXTENDED, CUT, EDITS };
static enum edit edit_of(int k) { return k % 29 == 7 ? TORN_DOWN : k % 31 == 9 ? BUILT : k % 37 == 11 ? EXTENDED : k % 41 == 5 ? CUT : KEPT; }

static struct xy_m city_shift(struct xy_m p) { return (struct xy_m){ 0.8 * sin(p.x / 150) + 0.5, 0.6 * cos(p.y / 170) - 0.3 }; }

static struct footprints city(bool later, struct mm64 move)
{
    static struct layer l;
    struct rings r = { 0 };
    uint64_t seed = later ? 77 : 5;
    layer_open(&l);
    for (int k = 0; k < CITY_SIDE * CITY_SIDE; k++) {
        enum edit edit = edit_of(k);
        struct xy_m at = { 55.0 * (k % CITY_SIDE), 55.0 * (k / CITY_SIDE) };
        double wide = 12 + k % 6 + ((edit == EXTENDED) == later && (edit == EXTENDED || edit == CUT) ? 4 : 0);
        layer_house(&r, at, wide, 8 + k % 5, 0.37 * k, k % 3 == 0);
        layer_noise(&r, 0.1, &seed);                  // drawn even when left out: the other houses stay the same
        struct xy_m off = city_shift(at);
        if (later)
            shapes_move(&r, (struct xy_m){ -off.x, -off.y }, 0, 1);
        if (edit != (later ? TORN_DOWN : BUILT))
            layer_add(&l, &r, move, NAN, "");
    }
    rings_clear(&r);
    return layer_close(&l);
}

static int64_t edits(enum edit edit)
{
    int64_t n = 0;
    for (int k = 0; k < CITY_SIDE * CITY_SIDE; k++)
        n += edit_of(k) == edit;
    return n;
}

static void check_count(const struct diff_result *r, enum change_class class, int64_t want)
{
    if (r->summary.per_class[class] != want)
        fail_msg("%s: %lld, want %lld", change_class_name(class), (long long)r->summary.per_class[class], (long long)want);
}

static void check_city(const struct diff_result *r, enum edit built, enum edit torn_down, enum edit extended, enum edit cut)
{
    check_count(r, CHANGE_NEW, edits(built));
    check_count(r, CHANGE_GONE, edits(torn_down));
    check_count(r, CHANGE_ENLARGED, edits(extended));
    check_count(r, CHANGE_REDUCED, edits(cut));
    check_count(r, CHANGE_SAME, edits(KEPT));
}

static void test_city(void **state)
{
    (void)state;
    struct footprints before = city(false, HERE), after = city(true, HERE);
    struct diff_result there = compare(&before, &after, (struct diff_options){ 0 }, 2), back = compare(&after, &before, (struct diff_options){ 0 }, 2);
    check_city(&there, BUILT, TORN_DOWN, EXTENDED, CUT);
    check_city(&back, TORN_DOWN, BUILT, CUT, EXTENDED);
    assert_float_equal(there.summary.vertex_noise_m, 0.1, 0.015);
    assert_float_equal(back.summary.vertex_noise_m, 0.1, 0.015);
    assert_int_equal(there.summary.per_relation[RELATION_ADDED], edits(BUILT));
    assert_int_equal(there.summary.per_relation[RELATION_REMOVED], edits(TORN_DOWN));
    diff_result_clear(&there);
    diff_result_clear(&back);
    footprints_clear(&before);
    footprints_clear(&after);
}

// --- alike, however it is computed --------------------------------------------------------------------------------------

#define CHECK_FIELD(field, k, a, b, how)                                                                                            \
    if (memcmp(&(a)->field, &(b)->field, sizeof(a)->field) != 0)                                                                     \
    fail_msg("change %lld: " #field " differs %s", (long long)(k), how)

static void check_alike(const struct diff_result *a, const struct diff_result *b, const char *how)
{
    assert_int_equal(a->count, b->count);
    for (int64_t k = 0; k < a->count; k++) {
        const struct change *x = &a->change[k], *y = &b->change[k];
        CHECK_FIELD(class, k, x, y, how);
        CHECK_FIELD(relation, k, x, y, how);
        CHECK_FIELD(gained_m2, k, x, y, how);
        CHECK_FIELD(z, k, x, y, how);
        CHECK_FIELD(shift, k, x, y, how);
        CHECK_FIELD(where, k, x, y, how);
        if (memcmp(x, y, sizeof *x) != 0) // no padding in it: every other field
            fail_msg("change %lld differs %s", (long long)k, how);
        assert_memory_equal(a->before_member + x->before_first, b->before_member + y->before_first, x->before_count * sizeof(uint32_t));
        assert_memory_equal(a->after_member + x->after_first, b->after_member + y->after_first, x->after_count * sizeof(uint32_t));
        if (x->link_count > 0)
            assert_memory_equal(a->link + x->link_first, b->link + y->link_first, x->link_count * sizeof *a->link);
    }
    assert_int_equal(a->wkb_len, b->wkb_len);
    assert_memory_equal(a->wkb, b->wkb, a->wkb_len);
    assert_int_equal(a->cells, b->cells);
    for (int64_t k = 0; k < a->cells; k++) {
        CHECK_FIELD(shift, k, &a->cell[k], &b->cell[k], how);
        CHECK_FIELD(sd_m, k, &a->cell[k], &b->cell[k], how);
    }
    CHECK_FIELD(vertex_noise_m, -1, &a->summary, &b->summary, how);
    CHECK_FIELD(expected_false_alarms, -1, &a->summary, &b->summary, how);
    CHECK_FIELD(registration, -1, &a->summary, &b->summary, how);
    CHECK_FIELD(per_class, -1, &a->summary, &b->summary, how);
    CHECK_FIELD(per_relation, -1, &a->summary, &b->summary, how);
}

static void test_threads_and_tiles(void **state)
{
    (void)state;
    struct footprints before = city(false, HERE), after = city(true, HERE);
    struct diff_result first = compare(&before, &after, (struct diff_options){ .all = true }, 1);
    assert_true(first.count > 500);
    static const struct { int threads; double tile_m; } way[] = { { 2, 0 }, { 5, 0 }, { 1, 100 }, { 2, 100 }, { 5, 5000 }, { 2, 7.5 } };
    for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
        char how[80];
        snprintf(how, sizeof how, "with %d threads and tiles of %g m", way[i].threads, way[i].tile_m);
        struct diff_result r = compare(&before, &after, (struct diff_options){ .all = true, .tile_m = way[i].tile_m }, way[i].threads);
        check_alike(&first, &r, how);
        diff_result_clear(&r);
    }
    diff_result_clear(&first);
    footprints_clear(&before);
    footprints_clear(&after);
}

// The cells of the field fall elsewhere, so its last digits differ; what is said about a building does not.
static void test_elsewhere(void **state)
{
    (void)state;
    struct footprints before = city(false, HERE), after = city(true, HERE), before_far = city(false, FAR), after_far = city(true, FAR);
    struct diff_result a = compare(&before, &after, (struct diff_options){ 0 }, 2), b = compare(&before_far, &after_far, (struct diff_options){ 0 }, 2);
    assert_memory_equal(a.summary.per_class, b.summary.per_class, sizeof a.summary.per_class);
    assert_memory_equal(a.summary.per_relation, b.summary.per_relation, sizeof a.summary.per_relation);
    assert_float_equal(a.summary.vertex_noise_m, b.summary.vertex_noise_m, 0.002);
    assert_int_equal(a.count, b.count);
    for (int64_t k = 0; k < a.count; k++) {
        const struct change *x = &a.change[k], *y = NULL;
        for (int64_t n = 0; n < b.count && y == NULL; n++)
            if (b.change[n].class == x->class && llabs(b.change[n].where.x - x->where.x - FAR.x) < 300 && llabs(b.change[n].where.y - x->where.y - FAR.y) < 300)
                y = &b.change[n];
        if (y == NULL)
            fail_msg("%s at %.1f, %.1f is not found elsewhere", change_class_name(x->class), (double)x->where.x / 1000, (double)x->where.y / 1000);
        if (fabs(y->gained_m2 - x->gained_m2) > 1 || fabs(y->lost_m2 - x->lost_m2) > 1 || hypot(y->shift.x - x->shift.x, y->shift.y - x->shift.y) > 0.1)
            fail_msg("%s: +%.2f -%.2f here, +%.2f -%.2f elsewhere; shift %.3f, %.3f and %.3f, %.3f", change_class_name(x->class), x->gained_m2,
                     x->lost_m2, y->gained_m2, y->lost_m2, x->shift.x, x->shift.y, y->shift.x, y->shift.y);
    }
    diff_result_clear(&a);
    diff_result_clear(&b);
    footprints_clear(&before);
    footprints_clear(&after);
    footprints_clear(&before_far);
    footprints_clear(&after_far);
}

// --- nothing to find -----------------------------------------------------------------------------------------------------

static void test_identical(void **state)
{
    (void)state;
    static struct layer l;
    struct footprints f[2];
    for (int s = 0; s < 2; s++) {
        struct rings r = { 0 };
        layer_open(&l);
        for (int k = 0; k < LAYER_MOST; k++) {
            layer_house(&r, (struct xy_m){ 25.0 * (k % 64), 25.0 * (k / 64) }, 8 + k % 7, 9, 0.2 * k, k % 3 == 0);
            layer_add(&l, &r, HERE, 3 + k % 5, "");
        }
        rings_clear(&r);
        f[s] = layer_close(&l);
    }
    struct diff_result r = compare(&f[0], &f[1], (struct diff_options){ 0 }, 2);
    assert_int_equal(r.count, 0);
    assert_int_equal(r.summary.identical, LAYER_MOST);
    check_count(&r, CHANGE_SAME, LAYER_MOST);
    assert_int_equal(r.summary.per_relation[RELATION_MATCHED], LAYER_MOST);
    assert_true(r.summary.registration.max_m == 0);
    assert_true(r.summary.expected_false_alarms == 0);
    diff_result_clear(&r);
    footprints_clear(&f[0]);
    footprints_clear(&f[1]);
}

// 17 old buildings, 2 of them small, and 240 new ones of which 100 are small: no rule of the earlier survey, just a small one.
// The edits of one minute of OpenStreetMap were once told as a capture rule.
static struct footprints small_and_large(int large, int small, double first_row)
{
    static struct layer l;
    struct rings r = { 0 };
    layer_open(&l);
    for (int k = 0; k < large + small; k++) {
        layer_house(&r, (struct xy_m){ 40.0 * (k % 20), first_row + 40.0 * (k / 20) }, k % (large + small) < large ? 14 : 4, 6, 0, false);
        layer_add(&l, &r, HERE, NAN, "");
    }
    rings_clear(&r);
    return layer_close(&l);
}

static void test_few_buildings_are_no_rule(void **state)
{
    (void)state;
    struct footprints few = small_and_large(15, 2, -1000), many = small_and_large(140, 100, 0);
    struct diff_result r = compare(&few, &many, (struct diff_options){ 0 }, 1);
    check_count(&r, CHANGE_CAPTURE_RULE, 0);
    check_count(&r, CHANGE_NEW, 240);
    check_count(&r, CHANGE_GONE, 17);
    diff_result_clear(&r);
    footprints_clear(&few);
    footprints_clear(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_buildings), cmocka_unit_test(test_walls), cmocka_unit_test(test_division), cmocka_unit_test(test_heights),
        cmocka_unit_test(test_city), cmocka_unit_test(test_threads_and_tiles), cmocka_unit_test(test_elsewhere),
        cmocka_unit_test(test_identical), cmocka_unit_test(test_few_buildings_are_no_rule),
    };
    return cmocka_run_group_tests(tests, open_geos, close_geos);
}
