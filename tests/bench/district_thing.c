// What stands in the streets: points at houses and along roads, areas on free ground and where permits are being used.
#include "core/base/mem.h"
#include "tests/bench/district.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum where { AT_HOUSE, AT_ROAD, AT_PERMIT, ON_FREE_GROUND };
static const struct thing_kind { const char *layer, *prefix; enum where where; double of_thousand, aside_m; } KIND[] = {
    { "billboard", "GG", AT_ROAD, 7, 6 },            { "shop_sign", "DZ", AT_HOUSE, 30, 0.3 },
    { "collection_point", "QY", AT_HOUSE, 20, 4 },   { "recycling_point", "HS", AT_HOUSE, 1.5, 5 },
    { "public_toilet", "CS", AT_ROAD, 1.2, 8 },      { "transfer_station", "ZZ", AT_ROAD, 0.15, 20 },
    { "construction_site", "GD", AT_PERMIT, 1, 3 },  { "waste_dump", "DF", ON_FREE_GROUND, 0.6, 9 },
};
enum { KINDS = sizeof KIND / sizeof *KIND };

struct placing { struct made *m; struct rng rng; struct rings shape; uint32_t next_permit; };

static bool put_at_house(struct placing *p, const struct thing_kind *k, struct made_thing *t)
{
    made_building(p->m, rng_below(&p->rng, p->m->city->after_count), &p->shape);
    struct xy_m middle = rings_centroid(&p->shape), v = p->shape.vertex[rng_below(&p->rng, p->shape.first[1])];
    double far = fmax(1, hypot(v.x - middle.x, v.y - middle.y));
    t->at = (struct xy_m){ v.x + k->aside_m * (v.x - middle.x) / far, v.y + k->aside_m * (v.y - middle.y) / far };
    return true;
}

void made_sign(const struct made *m, struct rng *rng, uint32_t n, struct made_thing *out)
{
    struct rings shape = { 0 };
    *out = (struct made_thing){ .layer = "shop_sign", .number = n };
    snprintf(out->id, sizeof out->id, "DZ%08u", n + 1);
    made_building(m, rng_below(rng, m->city->after_count), &shape);
    uint32_t i = rng_below(rng, shape.first[1]), next = i + 1 < shape.first[1] ? i + 1 : 0;
    double s = rng_unit(rng);
    out->at = (struct xy_m){ shape.vertex[i].x + s * (shape.vertex[next].x - shape.vertex[i].x),
                             shape.vertex[i].y + s * (shape.vertex[next].y - shape.vertex[i].y) };
    rings_clear(&shape);
}

static bool put_at_road(struct placing *p, const struct thing_kind *k, struct made_thing *t)
{
    if (p->m->lines == 0)
        return false;
    const struct rings *line = &p->m->line[rng_below(&p->rng, p->m->lines)].points;
    uint32_t i = rng_below(&p->rng, line->first[1] - 1);
    struct xy_m a = line->vertex[i], b = line->vertex[i + 1];
    double s = rng_unit(&p->rng), length = hypot(b.x - a.x, b.y - a.y), aside = rng_chance(&p->rng, 0.5) ? k->aside_m : -k->aside_m;
    t->at = (struct xy_m){ a.x + s * (b.x - a.x) - aside * (b.y - a.y) / length, a.y + s * (b.y - a.y) + aside * (b.x - a.x) / length };
    return true;
}

// The ground of a permit for something new, a few metres larger on each side.
static bool put_at_permit(struct placing *p, const struct thing_kind *k, struct made_thing *t)
{
    for (; p->next_permit < p->m->permits; p->next_permit++) {
        const struct made_permit *permit = &p->m->permit[p->next_permit];
        if (permit->is_withdrawn || permit->area_m2 < 150 || permit->truth == FOR_NOBODY)
            continue;
        struct box_m b = rings_box(&permit->ground);
        rings_start(&t->ground);
        shape_rectangle(&t->ground, place_turned((struct xy_m){ 0, 0 }, 0), b.min_x - k->aside_m, b.min_y - k->aside_m, b.max_x + k->aside_m,
                        b.max_y + k->aside_m);
        t->number = p->next_permit++;
        return true;
    }
    return false;
}

static bool put_on_free_ground(struct placing *p, const struct thing_kind *k, struct made_thing *t)
{
    for (int tries = 0; tries < 1000; tries++) {
        struct xy_m near = shapes_middle(&p->m->city->shapes, rng_below(&p->rng, p->m->city->before_count));
        struct xy_m at = { near.x + rng_between(&p->rng, -70, 70), near.y + rng_between(&p->rng, -70, 70) };
        double radius = k->aside_m * rng_between(&p->rng, 0.6, 1.4);
        rings_start(&t->ground);
        for (int i = 0; i < 8; i++)
            rings_add_vertex(&t->ground, place_point(place_turned(at, 45.0 * i), radius * rng_between(&p->rng, 0.7, 1.1), 0));
        rings_end_ring(&t->ground);
        if (!ground_is_free(p->m->city->ground, &t->ground, 2, NOBODY, NOBODY))
            continue;
        for (uint32_t i = 0; i < t->ground.first[1]; i++)
            t->ground.vertex[i] = made_displaced(p->m, t->ground.vertex[i]);
        return true;
    }
    return false;
}

static bool put(struct placing *p, const struct thing_kind *k, struct made_thing *t)
{
    switch (k->where) {
    case AT_HOUSE: return put_at_house(p, k, t);
    case AT_ROAD: return put_at_road(p, k, t);
    case AT_PERMIT: return put_at_permit(p, k, t);
    case ON_FREE_GROUND: return put_on_free_ground(p, k, t);
    }
    return false;
}

void made_things(struct made *m)
{
    struct placing p = { .m = m, .rng = rng_start(m->seed, 131) };
    for (int k = 0; k < KINDS; k++) {
        uint32_t wanted = (uint32_t)ceil(m->city->before_count * KIND[k].of_thousand / 1000);
        for (uint32_t n = 0; n < wanted; n++) {
            struct made_thing t = { .layer = KIND[k].layer, .number = n };
            snprintf(t.id, sizeof t.id, "%s%05u", KIND[k].prefix, n + 1);
            if (!put(&p, &KIND[k], &t)) {
                rings_clear(&t.ground);
                break;
            }
            m->thing = mem_grow(m->thing, &m->thing_cap, (size_t)m->things + 1, sizeof *m->thing);
            m->thing[m->things++] = t;
        }
    }
    rings_clear(&p.shape);
}
