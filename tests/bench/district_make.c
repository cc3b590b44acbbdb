#include "core/base/mem.h"
#include "tests/bench/district.h"
#include <math.h>
#include <string.h>

// A real-looking place, 121.07 E 32.08 N, in EPSG:4549.
static const struct city_site SITE = { "EPSG:4549", { 599000000, 3549000000 } };

const struct option made_option_table[] = {
    { .kind = OPTION_TEXT, .name = "out", .at = offsetof(struct made_options, out), .value = "DIR",
      .help = "folder for surveys, areas, zones, permits, things, calendars and the truth" },
    { .kind = OPTION_NUMBER, .name = "buildings", .at = offsetof(struct made_options, buildings), .value = "N", .least = 1000, .most = 1e6,
      .help = "how many stand in the earlier survey (20000)" },
    { .kind = OPTION_NUMBER, .name = "seed", .at = offsetof(struct made_options, seed), .value = "S", .least = 0, .most = 1e15,
      .help = "another seed, another district (1)" },
    { .kind = OPTION_NUMBER, .name = "signs", .at = offsetof(struct made_options, signs), .value = "N", .least = 0, .most = 1e7,
      .help = "so many shop signs more, in signs.geojsonl: a large register for the bench (0)" },
    { .kind = OPTION_END },
};

enum status made_settle(const struct made_options *o, struct city_options *city, struct err *e)
{
    if (o->out == NULL)
        return err_set(e, INVALID, "district make needs --out DIR, the folder to write to");
    city_options_open(city);
    city->out = o->out;
    city->buildings = o->buildings;
    city->seed = o->seed;
    city->heights = true;
    city->site = SITE;
    city->noise_m = 0.25;
    city->shift_m = 2.5;
    city->seam_m = 0.3;
    return city_options_settle(city, e);
}

void made_make(const struct city *c, const struct field *f, struct made *out)
{
    *out = (struct made){ .city = c, .field = f, .seed = (uint64_t)c->options->seed, .built = shapes_whole_box(&c->shapes, 100) };
    made_borders(out);
    made_zones(out);
    made_permits(out);
    made_things(out);
}

void made_clear(struct made *m)
{
    for (uint32_t i = 0; i < m->areas; i++)
        rings_clear(&m->area[i].ground);
    for (uint32_t i = 0; i < m->lines; i++)
        rings_clear(&m->line[i].points);
    for (uint32_t i = 0; i < m->zones; i++)
        rings_clear(&m->zone[i].ground);
    for (uint32_t i = 0; i < m->permits; i++)
        rings_clear(&m->permit[i].ground);
    for (uint32_t i = 0; i < m->things; i++)
        rings_clear(&m->thing[i].ground);
    mem_free(m->area);
    mem_free(m->line);
    mem_free(m->zone);
    mem_free(m->permit);
    mem_free(m->thing);
    mem_free(m->truth);
    *m = (struct made){ 0 };
}

// The last quarter may be half empty; the field ends not far from the houses and is carried on as it is there.
struct xy_m made_displaced(const struct made *m, struct xy_m p)
{
    struct xy_m held = { fmin(fmax(p.x, m->built.min_x), m->built.max_x), fmin(fmax(p.y, m->built.min_y), m->built.max_y) };
    struct xy_m shift = field_at(m->field, held);
    return (struct xy_m){ p.x + shift.x, p.y + shift.y };
}

// As the later survey would show it without noise.
static void displace(const struct made *m, uint32_t after, struct rings *r)
{
    struct rings own = { 0 };
    shapes_get(&m->city->shapes, m->city->after[after].shape, &own);
    struct xy_m constant = field_of_building(m->field, m->city, after, rings_centroid(&own));
    for (uint32_t i = 0; i < r->first[r->count]; i++) {
        struct xy_m p = made_displaced(m, r->vertex[i]);
        r->vertex[i] = (struct xy_m){ p.x + constant.x, p.y + constant.y };
    }
    rings_clear(&own);
}

void made_building(const struct made *m, uint32_t after, struct rings *out)
{
    shapes_get(&m->city->shapes, m->city->after[after].shape, out);
    displace(m, after, out);
}

void made_increment(const struct made *m, uint32_t truth, struct rings *out)
{
    const struct city_truth *t = &m->city->truth[truth];
    shapes_get(&m->city->shapes, t->shape, out);
    if (t->frame == FRAME_AFTER && t->afters > 0)
        displace(m, t->after[0], out);
}

const struct made_area *made_community(const struct made *m, struct xy_m p)
{
    for (uint32_t i = m->streets; i < m->areas; i++)
        if (rings_contain(&m->area[i].ground, p))
            return &m->area[i];
    return NULL;
}
