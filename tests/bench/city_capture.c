// Who is captured by which survey: capture rules, holes in the coverage, rows drawn as one, things missed or imagined.
#include "core/base/mem.h"
#include "tests/bench/city.h"
#include <math.h>

double city_least_edit_m2(const struct city *c)
{
    return fmax(fmax(4, c->options->min_area_after_m2), c->options->min_area_before_m2);
}

bool city_is_in_hole(const struct city *c, struct xy_m p, double margin_m)
{
    for (uint32_t h = 0; h < c->holes; h++)
        if (hypot(p.x - c->hole[h].centre.x, p.y - c->hole[h].centre.y) < c->hole[h].radius_m + margin_m)
            return true;
    return false;
}

static double area_of(const struct city *c, uint32_t b, struct rings *scratch)
{
    shapes_get(&c->shapes, b, scratch);
    return rings_area_m2(scratch);
}

static bool is_missed(const struct city *c, uint32_t b, double area_m2)
{
    return city_is_in_hole(c, shapes_middle(&c->shapes, b), 0) || area_m2 < c->options->min_area_after_m2
        || random_unit((uint64_t)c->options->seed, 31, b) < c->options->missed;
}

// The later survey draws two houses of a row as one. Nothing was built: no line in the truth.
static bool drawn_as_one(struct city *c, uint32_t b, const struct rings *r)
{
    uint32_t found[GROUND_FOUND_MAX];
    struct rings s = {0}, both = {0};
    int count = ground_find(c->ground, rings_box(r), found);
    bool joined = false;
    for (int i = 0; i < count && !joined; i++) {
        uint32_t other = found[i];
        if (other <= b || other >= c->before_count || c->touched[other] != TOUCH_NONE)
            continue;
        shapes_get(&c->shapes, other, &s);
        joined = shape_joined(r, &s, &both);
        if (joined)
            c->touched[other] = TOUCH_EDITED;
    }
    if (joined)
        city_add_after(c, shapes_add(&c->shapes, &both, c->shapes.height_m[b], c->shapes.family[b]), b,
                       c->shapes.height_m[b]);
    rings_clear(&s);
    rings_clear(&both);
    return joined;
}

static void imagine_one(struct city *c, struct rings *r)
{
    uint32_t near = rng_below(&c->rng, c->before_count);
    shapes_get(&c->shapes, near, r);
    struct xy_m at = { r->vertex[0].x + rng_between(&c->rng, -30, 30), r->vertex[0].y + rng_between(&c->rng, -30, 30) };
    double w = rng_between(&c->rng, 2.2, 6);
    building_draw(place_turned(at, rng_between(&c->rng, 0, 90)), FORM_BLOCK, w, rng_between(&c->rng, 2, 4), &c->rng, r);
    if (!ground_is_free(c->ground, r, 0.5, NOBODY, NOBODY))
        return;
    uint32_t shape = shapes_add(&c->shapes, r, 3, NOBODY - c->after_count);
    ground_add(c->ground, shape);
    city_add_after(c, shape, NOBODY, 3);
}

void city_capture(struct city *c)
{
    struct rings r = {0};
    for (uint32_t b = 0; b < c->before_count; b++) {
        if (c->touched[b] == TOUCH_EDITED)
            continue;
        double area = area_of(c, b, &r);
        c->left_out_before[b] = area < c->options->min_area_before_m2;
        if (is_missed(c, b, area))
            continue;
        bool joins = random_unit((uint64_t)c->options->seed, 32, b) < c->options->merge_rows;
        if (joins && c->touched[b] == TOUCH_NONE && drawn_as_one(c, b, &r))
            continue;
        city_add_after(c, b, b, c->shapes.height_m[b]);
    }
    uint32_t imagined = (uint32_t)lround(c->options->extra * c->before_count);
    for (uint32_t i = 0; i < imagined; i++)
        imagine_one(c, &r);
    rings_clear(&r);
}
