// Permits, and with them what is lawful: a known share of what was built is covered, some of it exceeds its permit, stands
// beside its plan or came too late; most has none. Old permits of old houses and permits nobody used lie between them.
#include "core/base/mem.h"
#include "gis/relate.h"
#include "tests/bench/district.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double STOCK_SHARE = 0.03, UNUSED_SHARE = 0.0015;     // of the buildings
static const double TOUCHED = 0.02;      // another's permit must not cover more of an increment than this
static const double LEAST_OFF_SITE_M2 = 30;

enum { CHANCE_LEGAL = 121, CHANCE_PERMIT, CHANCE_STOCK, CHANCE_UNUSED };

static double chance(const struct made *m, uint64_t kind, uint64_t of) { return random_unit(m->seed, kind, of); }

static double between(const struct made *m, uint64_t kind, uint64_t of, double low, double high)
{
    return low + (high - low) * chance(m, kind, of);
}

// --- One permit ----------------------------------------------------------------------------------------------------------------

static uint32_t add_permit(struct made *m, const struct rings *ground, double area_m2, double height_m)
{
    m->permit = mem_grow(m->permit, &m->permit_cap, (size_t)m->permits + 1, sizeof *m->permit);
    struct made_permit *p = &m->permit[m->permits];
    *p = (struct made_permit){ .purpose = area_m2 < 40 ? "附属用房" : area_m2 < 300 ? "住宅" : "厂房及配套", .state = "granted",
                               .area_m2 = area_m2, .height_m = height_m, .truth = FOR_NOBODY };
    shape_copy(ground, &p->ground);
    if (area_m2 < 300)
        name_person(m->seed, m->permits, p->holder);
    else
        name_company(m->seed, m->permits, "有限公司", p->holder);
    return m->permits++;
}

// Granted so many days after a date, valid for so many; the number has the year of the grant.
static void date_permit(struct made *m, uint32_t permit, const char *date, int after, int days)
{
    struct made_permit *p = &m->permit[permit];
    made_date(date, after, p->from);
    made_date(p->from, days, p->until);
    snprintf(p->number, sizeof p->number, "建字第%s%.4s%05u号", MADE_DISTRICT, p->from, permit + 1);
}

// --- What was built ------------------------------------------------------------------------------------------------------------

static bool is_asked(const char *class)
{
    static const char *const ASKED[] = { "new", "enlarged", "heightened", "rebuilt", "infilled" };
    for (size_t i = 0; i < sizeof ASKED / sizeof *ASKED; i++)
        if (strcmp(ASKED[i], class) == 0)
            return true;
    return false;
}

struct built { const struct city_truth *truth; struct rings increment, plan; double area_m2, height_m, height_before_m; };

// The plan is the whole house; where that does not hold the increment, the increment alone. Its number is about that ground.
static void look(const struct made *m, uint32_t number, struct built *b)
{
    const struct city_truth *t = &m->city->truth[number];
    struct rings one = { 0 };
    b->truth = t;
    b->height_m = 0;
    made_increment(m, number, &b->increment);
    for (int i = 0; i < t->afters; i++) {
        made_building(m, t->after[i], i == 0 ? &b->plan : &one);
        b->height_m = fmax(b->height_m, (double)m->city->after[t->after[i]].height_m);
    }
    b->height_before_m = t->befores > 0 ? (double)m->city->shapes.height_m[t->before[0]] : 0;
    if (relate_overlap_m2(&b->plan, &b->increment) < 0.97 * rings_area_m2(&b->increment))
        shape_copy(&b->increment, &b->plan);
    b->area_m2 = rings_area_m2(&b->plan);
    rings_clear(&one);
}

// Pushed aside until a quarter to two thirds of the increment stand on it.
static bool move_aside(const struct made *m, uint32_t number, const struct built *b, struct rings *out)
{
    double angle = between(m, CHANCE_PERMIT, number * 8, 0, 2 * M_PI), size = sqrt(rings_area_m2(&b->increment));
    for (double far = 0.2 * size; far < 1.5 * size; far += 0.05 * size) {
        shape_moved(&b->plan, (struct xy_m){ far * cos(angle), far * sin(angle) }, out);
        double share = relate_overlap_m2(out, &b->increment) / rings_area_m2(&b->increment);
        if (share < 0.65)
            return share > 0.25;
    }
    return false;
}

static const char *grant(struct made *m, uint32_t number, const struct built *b, const char *legal)
{
    struct rings aside = { 0 };
    double area = b->area_m2 * 1.02, height = b->height_m + 0.5;
    bool off = strcmp(legal, "OFF_SITE") == 0;
    if (strcmp(legal, "EXCEEDS_AREA") == 0)
        area = b->area_m2 * between(m, CHANCE_PERMIT, number * 8 + 1, 0.62, 0.8);
    if (strcmp(legal, "EXCEEDS_HEIGHT") == 0)
        height = b->height_before_m + 0.2;
    if (off && !move_aside(m, number, b, &aside)) {
        rings_clear(&aside);
        return "NO_PERMIT";
    }
    uint32_t p = add_permit(m, off ? &aside : &b->plan, area, height);
    bool over = strcmp(legal, "EXPIRED") == 0, while_built = chance(m, CHANCE_PERMIT, number * 8 + 2) < 0.4;
    int begin = (int)between(m, CHANCE_PERMIT, number * 8 + 3, -300, 200);
    if (over)
        date_permit(m, p, MADE_BEFORE, begin - 900, while_built ? 900 - begin + 60 : 600);
    else
        date_permit(m, p, MADE_BEFORE, begin, 1095);
    m->truth[number].permit = p;
    m->permit[p].truth = number;
    rings_clear(&aside);
    return legal;
}

static const struct { const char *legal; double share; } LEGAL[] = {
    { "COVERED", 0.30 }, { "EXCEEDS_AREA", 0.07 }, { "EXPIRED", 0.05 }, { "OFF_SITE", 0.07 }, { "NO_PERMIT", 1 },
};

static const char *choose(const struct made *m, uint32_t number, const struct built *b)
{
    double u = chance(m, CHANCE_LEGAL, number);
    int i = 0;
    for (; u >= LEGAL[i].share; i++)
        u -= LEGAL[i].share;
    bool heightened = strcmp(b->truth->class, "heightened") == 0;
    if (heightened && strncmp(LEGAL[i].legal, "EXCEEDS", 7) == 0)
        return "EXCEEDS_HEIGHT";
    bool whole = strcmp(b->truth->class, "new") == 0 || strcmp(b->truth->class, "rebuilt") == 0;
    bool small = rings_area_m2(&b->increment) < LEAST_OFF_SITE_M2 || !whole;
    return strcmp(LEGAL[i].legal, "OFF_SITE") == 0 && small ? "NO_PERMIT" : LEGAL[i].legal;
}

static void judge(struct made *m, uint32_t number, struct built *b)
{
    struct made_truth *t = &m->truth[number];
    made_increment(m, number, &b->increment);
    t->permit = FOR_NOBODY;
    t->zone = made_zone_of(m, &b->increment);
    t->community = made_community(m, rings_centroid(&b->increment));
    if (!is_asked(m->city->truth[number].class))
        return;
    look(m, number, b);
    const char *legal = choose(m, number, b);
    t->legal = strcmp(legal, "NO_PERMIT") == 0 ? legal : grant(m, number, b, legal);
}

// --- Permits beside them ---------------------------------------------------------------------------------------------------

// Old houses that did not change.
static void permit_stock(struct made *m)
{
    struct rings r = { 0 };
    for (uint32_t n = 0; n < m->city->after_count; n++) {
        const struct city_building *a = &m->city->after[n];
        if (a->from == NOBODY || m->city->touched[a->from] != TOUCH_NONE || chance(m, CHANCE_STOCK, n) >= STOCK_SHARE)
            continue;
        made_building(m, n, &r);
        uint32_t p = add_permit(m, &r, rings_area_m2(&r) * 1.02, (double)a->height_m + 0.5);
        date_permit(m, p, MADE_BEFORE, -(int)between(m, CHANCE_STOCK, n + (1ull << 32), 1500, 4000), 1095);
        m->permit[p].state = "completed";
    }
    rings_clear(&r);
}

// Free ground near a house, where nothing was built.
static void permit_unused(struct made *m)
{
    struct rng r = rng_start(m->seed, CHANCE_UNUSED);
    struct rings plan = { 0 };
    uint32_t wanted = (uint32_t)ceil(m->city->before_count * UNUSED_SHARE);
    for (uint32_t tries = 0; wanted > 0 && tries < 100000; tries++) {
        struct xy_m near = shapes_middle(&m->city->shapes, rng_below(&r, m->city->before_count));
        struct xy_m at = { near.x + rng_between(&r, -60, 60), near.y + rng_between(&r, -60, 60) };
        double w = rng_between(&r, 9, 30), d = rng_between(&r, 8, 16);
        building_draw(place_turned(at, rng_between(&r, -5, 5)), FORM_BLOCK, w, d, &r, &plan);
        if (!ground_is_free(m->city->ground, &plan, 4, NOBODY, NOBODY))
            continue;
        for (uint32_t i = 0; i < plan.first[plan.count]; i++)
            plan.vertex[i] = made_displaced(m, plan.vertex[i]);
        uint32_t p = add_permit(m, &plan, rings_area_m2(&plan), building_height_m(&r, 1, 4) + 0.5);
        date_permit(m, p, MADE_BEFORE, (int)rng_between(&r, -200, 400), 1095);
        m->permit[p].is_unused = true;
        wanted--;
    }
    rings_clear(&plan);
}

// --- No permit covers what another was granted for -------------------------------------------------------------------------

static bool boxes_meet(struct box_m a, struct box_m b)
{
    return a.min_x < b.max_x && b.min_x < a.max_x && a.min_y < b.max_y && b.min_y < a.max_y;
}

static void withdraw(struct made *m, uint32_t permit)
{
    struct made_permit *p = &m->permit[permit];
    p->is_withdrawn = true;
    if (p->truth == FOR_NOBODY)
        return;
    m->truth[p->truth].legal = "NO_PERMIT";
    m->truth[p->truth].permit = FOR_NOBODY;
}

static void withdraw_strangers(struct made *m)
{
    struct rings increment = { 0 };
    struct box_m *box = mem_get(m->permits, sizeof *box);
    for (uint32_t p = 0; p < m->permits; p++)
        box[p] = rings_box(&m->permit[p].ground);
    for (uint32_t n = 0; n < m->city->truths; n++) {
        if (m->truth[n].legal == NULL)
            continue;
        made_increment(m, n, &increment);
        struct box_m own = rings_box(&increment);
        for (uint32_t p = 0; p < m->permits; p++)
            if (m->permit[p].truth != n && boxes_meet(own, box[p]) &&
                relate_overlap_m2(&increment, &m->permit[p].ground) > TOUCHED * rings_area_m2(&increment))
                withdraw(m, p);
    }
    mem_free(box);
    rings_clear(&increment);
}

void made_permits(struct made *m)
{
    struct built b = { 0 };
    m->truth = mem_get(m->city->truths, sizeof *m->truth);
    for (uint32_t n = 0; n < m->city->truths; n++)
        judge(m, n, &b);
    permit_stock(m);
    permit_unused(m);
    withdraw_strangers(m);
    rings_clear(&b.increment);
    rings_clear(&b.plan);
}
