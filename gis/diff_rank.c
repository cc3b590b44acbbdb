#include "gis/diff_rank.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RULES = POPULATION_SIZES };
static const double RULE_BELOW_M2[RULES] = {40, 30, 25, 20, 15, 12, 10, 8, 6, 5};
static const double RULE_SHARE = 0.8;     // of the population are changes of one class
static const double RULE_NONE = 0.1;      // what the other survey has of it, at most, of what it would have without a rule
static const int64_t RULE_FEWEST = 25;

// The few small ones are gathered first, without a branch to be guessed wrong.
void population_count(const struct footprints *f, struct population *out)
{
    enum { CACHED = 4096 };
    double small[CACHED];
    *out = (struct population){.all = f};
    for (int64_t first = 0; first < f->count; first += CACHED) {
        int64_t last = f->count - first < CACHED ? f->count : first + CACHED, smalls = 0;
        for (int64_t i = first; i < last; i++) {
            small[smalls] = f->area_m2[i];
            smalls += f->area_m2[i] < RULE_BELOW_M2[0];
        }
        for (int t = 0; t < RULES; t++)
            for (int64_t i = 0; i < smalls; i++)
                out->below[t] += small[i] < RULE_BELOW_M2[t];
    }
}

static double area_of(const struct change *c) { return c->class == CHANGE_NEW ? c->area_after_m2 : c->area_before_m2; }

struct below { int64_t count[RULES]; }; // how many are smaller than each of RULE_BELOW_M2, the largest first

static struct below changed_below(const struct diff_result *r, enum change_class class)
{
    struct below n = {{0}};
    for (int64_t k = 0; k < r->count; k++)
        for (int t = 0; r->change[k].class == class && t < RULES; t++)
            n.count[t] += area_of(&r->change[k]) < RULE_BELOW_M2[t];
    return n;
}

// Quadrants of the district's extent, twice: 16 fields. Construction comes in places, a rule is everywhere.
enum { FIELDS_A_SIDE = 4 };
static bool everywhere(const struct diff_result *r, const struct footprints *all, enum change_class class, double below)
{
    double min_x = INFINITY, min_y = INFINITY, max_x = -INFINITY, max_y = -INFINITY;
    int64_t here[FIELDS_A_SIDE * FIELDS_A_SIDE] = {0}, stock[FIELDS_A_SIDE * FIELDS_A_SIDE] = {0};
    for (int64_t i = 0; i < all->count; i++) {
        double x = (double)all->origin[i].x, y = (double)all->origin[i].y;
        min_x = fmin(min_x, x), max_x = fmax(max_x, x), min_y = fmin(min_y, y), max_y = fmax(max_y, y);
    }
    double wide = fmax(1, max_x - min_x) * 1.0001, high = fmax(1, max_y - min_y) * 1.0001;
    for (int64_t i = 0; i < all->count; i++)
        stock[(int)(((double)all->origin[i].y - min_y) / high * FIELDS_A_SIDE) * FIELDS_A_SIDE +
              (int)(((double)all->origin[i].x - min_x) / wide * FIELDS_A_SIDE)]++;
    for (int64_t k = 0; k < r->count; k++) {
        const struct change *c = &r->change[k];
        if (c->class != class || area_of(c) >= below)
            continue;
        int x = (int)fmin(FIELDS_A_SIDE - 1, fmax(0, ((double)c->where.x - min_x) / wide * FIELDS_A_SIDE));
        int y = (int)fmin(FIELDS_A_SIDE - 1, fmax(0, ((double)c->where.y - min_y) / high * FIELDS_A_SIDE));
        here[y * FIELDS_A_SIDE + x]++;
    }
    int full = 0, of = 0;
    for (int k = 0; k < FIELDS_A_SIDE * FIELDS_A_SIDE; k++) {
        of += stock[k] * 50 > all->count;
        full += stock[k] * 50 > all->count && here[k] > 0;
    }
    return full * 4 >= of * 3;
}

// How many the other survey would hold if it drew the same population: by the rest of both, which both draw. A survey of a few
// buildings leaves nothing out by rule: it is small.
static double would_hold(const struct footprints *less, int64_t other, const struct footprints *more, int64_t population)
{
    double rest_less = (double)(less->count - other), rest_more = (double)(more->count - population);
    return rest_more > rest_less ? (double)population * rest_less / rest_more : (double)population;
}

static bool rule_below(const struct population *less, const struct population *more, enum change_class class, struct diff_result *r)
{
    struct below changes = changed_below(r, class);
    for (int t = 0; t < RULES; t++) {
        double below = RULE_BELOW_M2[t];
        int64_t population = more->below[t], other = less->below[t], changed = changes.count[t];
        double expected = would_hold(less->all, other, more->all, population);
        if (changed < RULE_FEWEST || expected < (double)RULE_FEWEST || (double)other > RULE_NONE * expected)
            continue;
        if ((double)changed < RULE_SHARE * (double)population)
            continue;
        if (!everywhere(r, more->all, class, below))
            continue;
        r->summary.capture_rule.found = true;
        r->summary.capture_rule.before = class == CHANGE_GONE;
        r->summary.capture_rule.below_m2 = below;
        return true;
    }
    return false;
}

static const char *kind_of(const struct footprints *f, uint32_t i) { return f->kind == NULL ? NULL : f->kind_name[f->kind[i]]; }

static int64_t count_kind(const struct footprints *f, const char *name)
{
    int64_t n = 0;
    for (int64_t i = 0; i < f->count; i++)
        n += kind_of(f, (uint32_t)i) != NULL && strcmp(kind_of(f, (uint32_t)i), name) == 0;
    return n;
}

static bool rule_of_kind(const struct footprints *before, const struct footprints *after, struct diff_result *r)
{
    if (before->kind == NULL || after->kind == NULL)
        return false;
    for (uint32_t kind = 1; kind < after->kind_count; kind++) {
        int64_t population = count_kind(after, after->kind_name[kind]), other = count_kind(before, after->kind_name[kind]), changed = 0;
        if (population < RULE_FEWEST || (double)other > RULE_NONE * (double)population)
            continue;
        for (int64_t k = 0; k < r->count; k++)
            changed += r->change[k].class == CHANGE_NEW && after->kind[r->after_member[r->change[k].after_first]] == kind;
        if ((double)changed < RULE_SHARE * (double)population)
            continue;
        r->summary.capture_rule.found = true;
        r->summary.capture_rule.kind = (uint16_t)kind;
        return true;
    }
    return false;
}

static bool falls_under(const struct diff_result *r, const struct footprints *after, const struct change *c)
{
    if (r->summary.capture_rule.kind != 0)
        return c->class == CHANGE_NEW && after->kind[r->after_member[c->after_first]] == r->summary.capture_rule.kind;
    if (r->summary.capture_rule.before)
        return c->class == CHANGE_GONE && c->area_before_m2 < r->summary.capture_rule.below_m2;
    return c->class == CHANGE_NEW && c->area_after_m2 < r->summary.capture_rule.below_m2;
}

void find_capture_rule(const struct population *before, const struct population *after, const struct diff_options *options,
                       struct diff_result *r)
{
    if (!rule_of_kind(before->all, after->all, r) && !rule_below(before, after, CHANGE_NEW, r) && !rule_below(after, before, CHANGE_GONE, r))
        return;
    int64_t kept = 0;
    for (int64_t k = 0; k < r->count; k++) {
        struct change *c = &r->change[k];
        bool ruled = falls_under(r, after->all, c);
        if (ruled) {
            c->class = CHANGE_CAPTURE_RULE;
            c->reasons |= (uint64_t)1 << COUNTER_CAPTURE_RULE;
            c->confidence *= 0.1;
            r->summary.capture_rule.count++;
        }
        if (!ruled || !options->mask_capture_rule)
            r->change[kept++] = *c;
    }
    r->count = kept;
}

static int tier_of(enum change_class c)
{
    if (c == CHANGE_SAME)
        return 3;
    if (c == CHANGE_CAPTURE_RULE || c == CHANGE_UNKNOWN)
        return 2;
    return c == CHANGE_SPLIT || c == CHANGE_MERGED || c == CHANGE_SHIFTED;
}

static double weight_of(const struct change *c)
{
    return c->confidence * log1p(fmax(c->gained_m2, c->lost_m2) + 3 * fmax(0, isfinite(c->height_change_m) ? fabs(c->height_change_m) : 0));
}

// The heaviest first, as bits that sort like the number: none is negative.
static uint64_t key_of(const struct change *c)
{
    double weight = weight_of(c);
    uint64_t bits;
    memcpy(&bits, &weight, sizeof bits);
    return (uint64_t)tier_of(c->class) << 62 | (~bits << 1) >> 2;
}

// Of changes whose keys are alike but for the last bit of the weight.
static int by_weight(const void *a, const void *b, void *ctx)
{
    const struct change *change = ctx, *x = &change[((const struct sort_item *)a)->value], *y = &change[((const struct sort_item *)b)->value];
    double wx = weight_of(x), wy = weight_of(y);
    if (wx != wy)
        return wx < wy ? 1 : -1;
    if (x->where.x != y->where.x)
        return x->where.x < y->where.x ? -1 : 1;
    if (x->where.y != y->where.y)
        return x->where.y < y->where.y ? -1 : 1;
    return x->wkb_first < y->wkb_first ? -1 : x->wkb_first > y->wkb_first;
}

static void sort_ties(const struct diff_result *r, struct sort_item *item)
{
    for (int64_t first = 0, last; first < r->count; first = last) {
        for (last = first + 1; last < r->count && item[last].key == item[first].key;)
            last++;
        if (last - first > 1)
            qsort_r(item + first, (size_t)(last - first), sizeof *item, by_weight, r->change);
    }
}

// Each change to its place, where it pushes out the next that has to move.
static void put_in_order(struct change *change, struct sort_item *item, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        struct change moved = change[i];
        uint32_t at = (uint32_t)i;
        while (item[at].value != i) {
            uint32_t from = item[at].value;
            change[at] = change[from];
            item[at].value = at;
            at = from;
        }
        change[at] = moved;
        item[at].value = at;
    }
}

void rank_changes(struct diff_result *r)
{
    struct sort_item *item = mem_get((size_t)r->count, sizeof *item);
    for (int64_t i = 0; i < r->count; i++)
        item[i] = (struct sort_item){key_of(&r->change[i]), (uint32_t)i};
    sort_by_key(item, (size_t)r->count);
    sort_ties(r, item);
    put_in_order(r->change, item, r->count);
    mem_free(item);
}

// Of the outlines that lie off the registration's field (seams, sheets) this share raises an alarm all the same: measured on
// nuisance-only cities with seams (tests/bench/tiers.sh aa).
static const double ALARMS_OFF_FIELD = 0.04;

void expect_false_alarms(const struct wall_census *census, struct diff_summary *s)
{
    s->tested_walls = census->walls;
    s->expected_from_noise = census->expected;
    s->expected_from_registration = ALARMS_OFF_FIELD * census->off_field;
    s->expected_false_alarms = s->expected_from_noise + s->expected_from_registration;
}
