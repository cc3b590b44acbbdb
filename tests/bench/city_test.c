// The city holds what it promises: without this, every figure of the benchmark would stand on sand.
#include "core/base/mem.h"
#include "gis/crs.h"
#include "gis/footprint.h"
#include "gis/overlay.h"
#include "tests/bench/city.h"
#include <setjmp.h>
#include <stdarg.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { WORDS_MAX = 24 };
struct made { struct city_options options; struct city city; struct field *field; struct drawing *drawing; };

static void make(struct made *m, char *command_line)
{
    struct err e = { .lang = LANG_EN };
    struct operands rest;
    char *word[WORDS_MAX];
    int words = 0;
    for (char *w = strtok(command_line, " "); w != NULL; w = strtok(NULL, " "))
        word[words++] = w;
    city_options_open(&m->options);
    if (options_read(city_option_table, words, word, 0, &m->options, &rest, &e) != OK ||
        city_options_settle(&m->options, &e) != OK || city_make(&m->options, &m->city, &e) != OK)
        fail_msg("%s", e.text);
    m->field = field_open(&m->city);
    m->drawing = drawing_open(&m->city, m->field);
}

static void unmake(struct made *m)
{
    drawing_close(m->drawing);
    field_close(m->field);
    city_clear(&m->city);
}

#define MAKE(m, text) char words_of_##m[] = text; struct made m; make(&m, words_of_##m)

static void assert_near(const char *what, double got, double wanted, double tolerance)
{
    if (!(fabs(got - wanted) <= tolerance))
        fail_msg("%s: got %.6g, wanted %.6g +- %.3g", what, got, wanted, tolerance);
}

static void assert_same_rings(const struct rings *a, const struct rings *b)
{
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->first, b->first, (a->count + 1) * sizeof *a->first);
    assert_memory_equal(a->vertex, b->vertex, a->first[a->count] * sizeof *a->vertex);
}

static long file_bytes(const char *folder, const char *name, char **out)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    long len = ftell(f);
    rewind(f);
    *out = mem_get((size_t)len, 1);
    assert_int_equal(fread(*out, 1, (size_t)len, f), len);
    fclose(f);
    unlink(path);
    return len;
}

static void same_arguments_same_bytes(void **state)
{
    (void)state;
    static const char *const FILES[] = { "before.fgb", "after.fgb", "truth.fgb", "coverage_after.fgb", "ledger.json" };
    char folder[2][64] = { "/tmp/city_test_XXXXXX", "/tmp/city_test_XXXXXX" };
    for (int i = 0; i < 2; i++) {
        struct err e = { .lang = LANG_EN };
        assert_non_null(mkdtemp(folder[i]));
        MAKE(m, "--out x --buildings 1500 --tier T5 --seed 5 --heights --format fgb");
        m.options.out = folder[i];
        if (city_write(&m.city, m.drawing, &e) != OK)
            fail_msg("%s", e.text);
        unmake(&m);
    }
    for (size_t k = 0; k < sizeof FILES / sizeof *FILES; k++) {
        char *one, *two;
        long len = file_bytes(folder[0], FILES[k], &one);
        assert_int_equal(len, file_bytes(folder[1], FILES[k], &two));
        assert_memory_equal(one, two, (size_t)len);
        mem_free(one);
        mem_free(two);
    }
    rmdir(folder[0]);
    rmdir(folder[1]);
}

// Sets of shapes for the overlay.
struct set { struct rings *item; int count; };

static struct set set_make(uint32_t most)
{
    return (struct set){ mem_get(most, sizeof(struct rings)), 0 };
}

static void set_add(struct set *s, const struct city *c, uint32_t shape)
{
    shapes_get(&c->shapes, shape, &s->item[s->count++]);
}

static void set_clear(struct set *s)
{
    for (int i = 0; i < s->count; i++)
        rings_clear(&s->item[i]);
    mem_free(s->item);
}

static void set_union(struct overlay *o, const struct set *s, struct rings *out)
{
    struct err e = { .lang = LANG_EN };
    const struct rings **part = mem_get((size_t)s->count, sizeof *part);
    for (int i = 0; i < s->count; i++)
        part[i] = &s->item[i];
    if (overlay_union(o, part, s->count, 0, out, &e) != OK)
        fail_msg("%s", e.text);
    mem_free(part);
}

static void minus(struct overlay *o, const struct rings *a, const struct rings *b, struct rings *out)
{
    struct err e = { .lang = LANG_EN };
    if (overlay_minus(o, a, b, out, &e) != OK)
        fail_msg("%s", e.text);
}

static bool is_class(const struct city_truth *t, const char *one, const char *two, const char *three)
{
    return strcmp(t->class, one) == 0 || strcmp(t->class, two) == 0 || strcmp(t->class, three) == 0;
}

// `real` is what the layers say, `told` what the truth says.
static void assert_same_ground(struct overlay *o, const char *what, const struct rings *real, const struct rings *told)
{
    struct rings untold = {0}, unreal = {0};
    minus(o, real, told, &untold);
    minus(o, told, real, &unreal);
    double area = rings_area_m2(real), wrong = rings_area_m2(&untold) + rings_area_m2(&unreal);
    assert_true(area > 100);
    assert_near(what, wrong / area, 0, 1e-3);
    rings_clear(&untold);
    rings_clear(&unreal);
}

// What the truth says was gained (lost), and of replaced buildings what stands where nothing stood (the reverse).
static void told_ground(struct overlay *o, const struct city *c, bool gained, const struct rings *other_epoch,
                        struct rings *out)
{
    struct set told = set_make(2 * c->truths);
    for (uint32_t i = 0; i < c->truths; i++) {
        const struct city_truth *t = &c->truth[i];
        if (gained ? is_class(t, "new", "enlarged", "infilled") : is_class(t, "gone", "reduced", ""))
            set_add(&told, c, t->shape);
        if (!is_class(t, "rebuilt", "shifted", ""))
            continue;
        struct rings whole = {0};
        shapes_get(&c->shapes, gained ? t->shape : t->before[0], &whole);
        minus(o, &whole, other_epoch, &told.item[told.count++]);
        rings_clear(&whole);
    }
    set_union(o, &told, out);
    set_clear(&told);
}

static void check_truth(struct made *m)
{
    const struct city *c = &m->city;
    struct overlay *o = overlay_open();
    struct set before = set_make(c->before_count), after = set_make(c->after_count);
    struct rings was = {0}, is = {0}, gained = {0}, lost = {0}, told_gain = {0}, told_loss = {0};
    for (uint32_t i = 0; i < c->before_count; i++)
        set_add(&before, c, i);
    for (uint32_t i = 0; i < c->after_count; i++)
        set_add(&after, c, c->after[i].shape);
    set_union(o, &before, &was);
    set_union(o, &after, &is);
    minus(o, &is, &was, &gained);
    minus(o, &was, &is, &lost);
    told_ground(o, c, true, &was, &told_gain);
    told_ground(o, c, false, &is, &told_loss);
    assert_same_ground(o, "gained ground that the truth does not tell, or tells wrongly", &gained, &told_gain);
    assert_same_ground(o, "lost ground that the truth does not tell, or tells wrongly", &lost, &told_loss);
    struct rings *all[] = { &was, &is, &gained, &lost, &told_gain, &told_loss };
    for (int i = 0; i < 6; i++)
        rings_clear(all[i]);
    set_clear(&before);
    set_clear(&after);
    overlay_close(o);
}

static void truth_is_exactly_what_changed(void **state)
{
    (void)state;
    MAKE(detached, "--out x --buildings 1500 --stock detached --edits 0.2 --moves 0.1");
    check_truth(&detached);
    unmake(&detached);
    MAKE(attached, "--out x --buildings 1500 --stock attached --edits 0.2 --seed 3");
    check_truth(&attached);
    unmake(&attached);
}

static uint32_t count_op(const struct city *c, const char *op)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->truths; i++)
        n += strcmp(c->truth[i].op, op) == 0;
    return n;
}

static void every_operator_finds_work(void **state)
{
    (void)state;
    MAKE(m, "--out x --buildings 4000 --heights --moves 0.05");
    for (const struct city_edit *e = city_edits; e->op != NULL; e++) {
        if (count_op(&m.city, e->op) == 0)
            fail_msg("no edit of the kind %s was made", e->op);
    }
    assert_near("share of edited buildings", m.city.truths / 4000.0, 0.07, 0.003);
    unmake(&m);
}

struct spread { double sum, squares; int64_t count; };

static void spread_add(struct spread *s, double x)
{
    s->sum += x;
    s->squares += x * x;
    s->count++;
}

static double spread_sd(const struct spread *s)
{
    double mean = s->sum / (double)s->count;
    return sqrt(s->squares / (double)s->count - mean * mean);
}

static void noise_is_as_asked(void **state)
{
    (void)state;
    MAKE(m, "--out x --buildings 3000 --stock detached --noise 0.3 --shift 0 --seam 0 --edits 0");
    struct rings truth = {0}, drawn = {0}, again = {0};
    struct spread first = {0}, second = {0}, both = {0};
    for (uint32_t b = 0; b < m.city.before_count; b++) {
        shapes_get(&m.city.shapes, b, &truth);
        drawing_before(m.drawing, b, &drawn);
        drawing_after(m.drawing, b, &again);
        assert_int_equal(m.city.after[b].shape, b);
        for (uint32_t i = 0; i < truth.first[truth.count]; i++) {
            spread_add(&first, drawn.vertex[i].x - truth.vertex[i].x);
            spread_add(&second, again.vertex[i].y - truth.vertex[i].y);
            spread_add(&both, again.vertex[i].x - drawn.vertex[i].x);
        }
    }
    assert_near("sd in BEFORE", spread_sd(&first), 0.3, 0.01);
    assert_near("sd in AFTER", spread_sd(&second), 0.3, 0.01);
    assert_near("sd between them: independent", spread_sd(&both), 0.3 * M_SQRT2, 0.014);
    rings_clear(&truth);
    rings_clear(&drawn);
    rings_clear(&again);
    unmake(&m);
}

// Corners that neighbours share, before and after drawing.
static void count_shared(struct made *m, int *shared, int *kept)
{
    struct rings a = {0}, b = {0}, x = {0}, y = {0};
    *shared = *kept = 0;
    for (uint32_t i = 0; i + 1 < m->city.before_count; i++) {
        shapes_get(&m->city.shapes, i, &a);
        shapes_get(&m->city.shapes, i + 1, &b);
        drawing_before(m->drawing, i, &x);
        drawing_before(m->drawing, i + 1, &y);
        for (uint32_t p = 0; p < a.first[a.count]; p++)
            for (uint32_t q = 0; q < b.first[b.count]; q++) {
                if (a.vertex[p].x != b.vertex[q].x || a.vertex[p].y != b.vertex[q].y)
                    continue;
                ++*shared;
                *kept += x.vertex[p].x == y.vertex[q].x && x.vertex[p].y == y.vertex[q].y;
            }
    }
    rings_clear(&a);
    rings_clear(&b);
    rings_clear(&x);
    rings_clear(&y);
}

static void party_walls_stay_shared(void **state)
{
    (void)state;
    int shared, kept;
    MAKE(clean, "--out x --buildings 1000 --stock attached --noise 0.3");
    count_shared(&clean, &shared, &kept);
    assert_true(shared > 1000);
    assert_int_equal(kept, shared);
    unmake(&clean);
    MAKE(loose, "--out x --buildings 1000 --stock attached --noise 0.3 --loose-walls");
    count_shared(&loose, &shared, &kept);
    assert_int_equal(kept, 0);
    unmake(&loose);
}

static void detached_means_apart(void **state)
{
    (void)state;
    MAKE(m, "--out x --buildings 3000 --stock detached");
    struct rings r = {0};
    for (uint32_t b = 0; b < m.city.before_count; b++) {
        shapes_get(&m.city.shapes, b, &r);
        struct ground *g = m.city.ground;
        uint32_t found[GROUND_FOUND_MAX];
        int count = ground_find(g, rings_box(&r), found);
        for (int i = 0; i < count; i++) {
            if (found[i] >= m.city.before_count || found[i] == b)
                continue;
            struct rings other = {0};
            shapes_get(&m.city.shapes, found[i], &other);
            if (shape_distance_m(&r, &other) < 0.3)
                fail_msg("buildings %u and %u stand %.2f m apart", b, found[i], shape_distance_m(&r, &other));
            rings_clear(&other);
        }
    }
    rings_clear(&r);
    unmake(&m);
}

static struct xy_m shift_of(const struct made *m, uint32_t number)
{
    return field_at(m->field, shapes_middle(&m->city.shapes, m->city.after[number].shape));
}

static void shift_is_as_asked(void **state)
{
    (void)state;
    double most = 0, squares = 0;
    MAKE(m, "--out x --buildings 3000 --shift 3 --shift-length 180");
    for (uint32_t i = 0; i < m.city.after_count; i++) {
        struct xy_m d = shift_of(&m, i);
        most = fmax(most, hypot(d.x, d.y));
    }
    assert_near("largest displacement", most, 3, 1e-3);
    unmake(&m);
    MAKE(rms, "--out x --buildings 3000 --shift-rms 2");
    for (uint32_t i = 0; i < rms.city.after_count; i++) {
        struct xy_m d = shift_of(&rms, i);
        squares += d.x * d.x + d.y * d.y;
    }
    assert_near("rms displacement", sqrt(squares / rms.city.after_count), 2, 1e-3);
    unmake(&rms);
}

// The field of a large city, far more than 100 correlation lengths squared, read at pairs of places one length apart.
static void shift_is_smooth_as_asked(void **state)
{
    (void)state;
    MAKE(m, "--out x --buildings 30000 --shift-rms 1 --shift-length 100");
    double near = 0, whole = 0;
    for (uint32_t i = 0; i < m.city.after_count; i++) {
        struct box_m b = shapes_box(&m.city.shapes, m.city.after[i].shape);
        struct xy_m p = field_at(m.field, (struct xy_m){ b.min_x, b.min_y }),
                    q = field_at(m.field, (struct xy_m){ b.min_x + 100, b.min_y });
        near += p.x * q.x + p.y * q.y;
        whole += p.x * p.x + p.y * p.y;
    }
    assert_near("correlation one length away", near / whole, exp(-0.5), 0.05);
    unmake(&m);
}

static void seams_are_as_asked(void **state)
{
    (void)state;
    MAKE(m, "--out x --buildings 100 --seam 0.45 --seam-sheet 500");
    struct spread s = {0};
    for (int i = 0; i < 2500; i++) {
        struct xy_m d = field_seam(m.field, (struct xy_m){ i % 50 * 500.0, i / 50 * 500.0 });
        spread_add(&s, d.x);
        spread_add(&s, d.y);
    }
    assert_near("sd of a sheet's offset", spread_sd(&s), 0.45, 0.03);
    unmake(&m);
}

static void identical_ones_are_identical(void **state)
{
    (void)state;
    MAKE(t0, "--out x --buildings 500 --tier T0");
    MAKE(most, "--out x --buildings 20000 --identical 0.85 --shift 0 --seam 0 --edits 0");
    struct rings a = {0}, b = {0};
    uint32_t same = 0;
    for (uint32_t i = 0; i < 500; i++) {
        drawing_before(t0.drawing, i, &a);
        drawing_after(t0.drawing, i, &b);
        assert_same_rings(&a, &b);
    }
    for (uint32_t i = 0; i < 20000; i++) {
        drawing_before(most.drawing, i, &a);
        drawing_after(most.drawing, i, &b);
        same += memcmp(a.vertex, b.vertex, a.first[a.count] * sizeof *a.vertex) == 0;
    }
    assert_near("share of identical buildings", same / 20000.0, 0.85, 0.03);
    rings_clear(&a);
    rings_clear(&b);
    unmake(&t0);
    unmake(&most);
}

static void capture_rules_leave_no_truth(void **state)
{
    (void)state;
    MAKE(m, "--out x --buildings 3000 --min-area-after 12 --missed 0.01 --merge-rows 0.05 --false 0.01 --holes 2 "
            "--edits 0");
    struct rings r = {0};
    assert_int_equal(m.city.truths, 0);
    for (uint32_t i = 0; i < m.city.after_count; i++) {
        if (m.city.after[i].from == NOBODY)
            continue;
        shapes_get(&m.city.shapes, m.city.after[i].shape, &r);
        assert_true(rings_area_m2(&r) >= 12);
    }
    assert_true(m.city.after_count < 3000);
    rings_clear(&r);
    unmake(&m);
}

static void spoilt_rings_can_be_repaired(void **state)
{
    (void)state;
    MAKE(m, "--out x --buildings 400 --noise 0 --edits 0 --invalid 1");
    struct overlay *o = overlay_open();
    struct err e = { .lang = LANG_EN };
    struct rings whole = {0}, drawn = {0}, mended = {0};
    int repaired = 0;
    for (uint32_t i = 0; i < 400; i++) {
        bool was_broken;
        shapes_get(&m.city.shapes, i, &whole);
        drawing_before(m.drawing, i, &drawn);
        if (overlay_repair(o, &drawn, &mended, &was_broken, &e) != OK)
            fail_msg("%s", e.text);
        assert_near("area of a mended building", rings_area_m2(&mended) / rings_area_m2(&whole), 1, 0.01);
        repaired += was_broken;
    }
    assert_true(repaired > 100);
    rings_clear(&whole);
    rings_clear(&drawn);
    rings_clear(&mended);
    overlay_close(o);
    unmake(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_arguments_same_bytes),     cmocka_unit_test(truth_is_exactly_what_changed),
        cmocka_unit_test(every_operator_finds_work),     cmocka_unit_test(noise_is_as_asked),
        cmocka_unit_test(party_walls_stay_shared),       cmocka_unit_test(detached_means_apart),
        cmocka_unit_test(shift_is_as_asked),             cmocka_unit_test(shift_is_smooth_as_asked),
        cmocka_unit_test(seams_are_as_asked),            cmocka_unit_test(identical_ones_are_identical),
        cmocka_unit_test(capture_rules_leave_no_truth),  cmocka_unit_test(spoilt_rings_can_be_repaired),
    };
    footprint_open_library();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
