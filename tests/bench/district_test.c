// The district holds what it promises: a partition to the square millimetre, codes that can be, and a truth about permits
// that follows from the permits written.
#include "core/base/mem.h"
#include "gis/cells_check.h"
#include "gis/relate.h"
#include "tests/bench/district.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct held { struct city_options options; struct city city; struct field *field; struct made made; };

static void make(struct held *h, double buildings, double seed)
{
    struct err e = { .lang = LANG_EN };
    struct made_options o = { .out = "/nowhere", .buildings = buildings, .seed = seed };
    if (made_settle(&o, &h->options, &e) != OK || city_make(&h->options, &h->city, &e) != OK)
        fail_msg("%s", e.text);
    h->field = field_open(&h->city);
    made_make(&h->city, h->field, &h->made);
}

static void unmake(struct held *h)
{
    made_clear(&h->made);
    field_close(h->field);
    city_clear(&h->city);
}

// --- Areas -----------------------------------------------------------------------------------------------------------------------

static void add_areas(const struct made *m, uint32_t first, uint32_t end, struct polygons *out)
{
    polygons_init(out, (struct xy_m){ 0, 0 });
    for (uint32_t i = first; i < end; i++)
        polygons_add(out, &m->area[i].ground);
}

// Communities held against their streets as cells are against their communities.
static void check_partition(const struct made *m)
{
    struct err e = { .lang = LANG_EN };
    struct polygons street, community;
    struct cells_findings f = { 0 };
    const char *code[1024], *parent[1024], *street_code[256];
    add_areas(m, 0, m->streets, &street);
    add_areas(m, m->streets, m->areas, &community);
    for (uint32_t i = 0; i < m->areas; i++)
        if (i < m->streets)
            street_code[i] = m->area[i].code;
        else
            code[i - m->streets] = m->area[i].code, parent[i - m->streets] = m->area[i].parent;
    struct cells_question q = { .cell = &community, .community = &street, .cell_code = code, .cell_parent = parent, .community_code = street_code };
    struct pool *pool = pool_open(1);
    struct cells_limits limits = { .least_m2 = 1, .most_m2 = 1e9 };
    if (cells_check(&q, &limits, pool, NULL, &f, &e) != OK)
        fail_msg("%s", e.text);
    for (int k = 0; k < CELLS_KINDS; k++)
        if (k != CELLS_SEQUENCE && f.per_kind[k] != 0)
            fail_msg("%lld findings of kind %s among %u communities", (long long)f.per_kind[k], cells_kind_name((enum cells_kind)k), m->areas - m->streets);
    cells_findings_clear(&f);
    pool_close(pool);
    polygons_clear(&street);
    polygons_clear(&community);
}

static void test_communities_partition_their_streets(void **state)
{
    (void)state;
    static const double BUILDINGS[] = { 1000, 2000, 6000, 20000 };
    for (int i = 0; i < 4; i++) {
        struct held h = { 0 };
        make(&h, BUILDINGS[i], i + 1);
        check_partition(&h.made);
        unmake(&h);
    }
}

static void test_streets_do_not_overlap(void **state)
{
    (void)state;
    struct held h = { 0 };
    make(&h, 20000, 5);
    assert_int_equal(h.made.streets, 4);
    for (uint32_t i = 0; i < h.made.streets; i++)
        for (uint32_t k = i + 1; k < h.made.streets; k++)
            if (relate_overlap_m2(&h.made.area[i].ground, &h.made.area[k].ground) > 1e-3)
                fail_msg("%s and %s overlap", h.made.area[i].name, h.made.area[k].name);
    unmake(&h);
}

static void check_code(const struct made_area *a, size_t digits)
{
    assert_int_equal(strlen(a->code), digits);
    assert_int_equal(strspn(a->code, "0123456789"), digits);
    assert_int_equal(strlen(a->parent), digits - 3);
    assert_memory_equal(a->code, a->parent, digits - 3);
}

static void test_codes_and_names_are_their_own(void **state)
{
    (void)state;
    struct held h = { 0 };
    make(&h, 20000, 2);
    for (uint32_t i = 0; i < h.made.areas; i++) {
        const struct made_area *a = &h.made.area[i];
        check_code(a, i < h.made.streets ? 9 : 12);
        for (uint32_t k = 0; k < i; k++) {
            assert_string_not_equal(a->code, h.made.area[k].code);
            assert_string_not_equal(a->name, h.made.area[k].name);
        }
    }
    unmake(&h);
}

static void test_every_change_lies_in_a_community(void **state)
{
    (void)state;
    struct held h = { 0 };
    make(&h, 6000, 3);
    assert_true(h.city.truths > 200);
    for (uint32_t n = 0; n < h.city.truths; n++)
        if (h.made.truth[n].community == NULL)
            fail_msg("change %u lies in no community", n + 1);
    unmake(&h);
}

// --- What is lawful ----------------------------------------------------------------------------------------------------------------

// What the permits themselves say about an increment, asked without knowing what they were granted for.
struct said { bool touched, in_force, inside, large_enough, high_enough; };

// A permit's number is about the ground of its plan: the whole house, or the increment alone.
static double standing_on_m2(const struct made *m, const struct city_truth *t, const struct made_permit *permit)
{
    struct rings house = { 0 };
    double area_m2 = 0;
    for (int i = 0; i < t->afters; i++) {
        made_building(m, t->after[i], &house);
        area_m2 += relate_overlap_m2(&house, &permit->ground);
    }
    rings_clear(&house);
    return area_m2;
}

static struct said ask(const struct made *m, uint32_t number)
{
    const struct city_truth *t = &m->city->truth[number];
    struct rings increment = { 0 };
    struct said s = { 0 };
    double height_m = 0;
    made_increment(m, number, &increment);
    for (int i = 0; i < t->afters; i++)
        height_m = (double)m->city->after[t->after[i]].height_m > height_m ? (double)m->city->after[t->after[i]].height_m : height_m;
    for (uint32_t p = 0; p < m->permits; p++) {
        const struct made_permit *permit = &m->permit[p];
        double share = permit->is_withdrawn ? 0 : relate_overlap_m2(&increment, &permit->ground) / rings_area_m2(&increment);
        if (share < 0.05)
            continue;
        assert_false(s.touched);                    // one permit at most speaks about one increment
        s = (struct said){ .touched = true, .in_force = strcmp(permit->until, MADE_AFTER) >= 0 && strcmp(permit->from, MADE_AFTER) <= 0,
                           .inside = share > 0.95, .large_enough = standing_on_m2(m, t, permit) <= permit->area_m2, .high_enough = height_m <= permit->height_m };
    }
    rings_clear(&increment);
    return s;
}

static const char *word_for(struct said s)
{
    return !s.touched ? "NO_PERMIT" : !s.in_force ? "EXPIRED" : !s.inside ? "OFF_SITE" : !s.large_enough ? "EXCEEDS_AREA" : !s.high_enough ? "EXCEEDS_HEIGHT"
           : "COVERED";
}

static void test_truth_follows_from_the_permits(void **state)
{
    (void)state;
    struct held h = { 0 };
    int covered = 0, asked = 0;
    make(&h, 6000, 4);
    for (uint32_t n = 0; n < h.city.truths; n++) {
        const char *legal = h.made.truth[n].legal;
        if (legal == NULL)
            continue;
        const char *word = word_for(ask(&h.made, n));
        if (strcmp(legal, word) != 0)
            fail_msg("change %u (%s): the truth says %s, the permits %s", n + 1, h.city.truth[n].class, legal, word);
        asked++;
        covered += strcmp(legal, "COVERED") == 0;
    }
    assert_in_range(covered * 100 / asked, 22, 38); // 30 in a hundred were asked for
    unmake(&h);
}

static void test_unused_permits_lie_on_free_ground(void **state)
{
    (void)state;
    struct held h = { 0 };
    struct rings house = { 0 };
    int unused = 0;
    make(&h, 2000, 6);
    for (uint32_t p = 0; p < h.made.permits; p++) {
        if (!h.made.permit[p].is_unused || h.made.permit[p].is_withdrawn)
            continue;
        unused++;
        for (uint32_t n = 0; n < h.city.after_count; n++) {
            made_building(&h.made, n, &house);
            if (relate_overlap_m2(&house, &h.made.permit[p].ground) > 0)
                fail_msg("permit %s has a house on it", h.made.permit[p].number);
        }
    }
    assert_in_range(unused, 1, 3);
    rings_clear(&house);
    unmake(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_communities_partition_their_streets), cmocka_unit_test(test_streets_do_not_overlap),
        cmocka_unit_test(test_codes_and_names_are_their_own),       cmocka_unit_test(test_every_change_lies_in_a_community),
        cmocka_unit_test(test_truth_follows_from_the_permits),      cmocka_unit_test(test_unused_permits_lie_on_free_ground),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
