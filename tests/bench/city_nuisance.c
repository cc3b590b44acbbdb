// What a survey does to a building it draws. Noise hangs on the place of a corner, not on the order of work: corners
// that two houses share get the same noise, and a layer that was topologically clean stays so.
#include "core/base/mem.h"
#include "tests/bench/city.h"
#include <math.h>

enum { DRAW_VERTEX = 51, DRAW_EDGE = 53, DRAW_HEIGHT = 55, DRAW_INVALID = 57, DRAW_IDENTICAL = 59 }; // + epoch
static const double HEIGHT_NOISE_M = 0.1, LOOP_M = 0.02;

struct drawing {
    const struct city *city;
    const struct field *field;
    struct rings a, b;
    double *offset; size_t offset_cap;
};

struct drawing *drawing_open(const struct city *c, const struct field *f)
{
    struct drawing *d = mem_get(1, sizeof *d);
    d->city = c;
    d->field = f;
    return d;
}

void drawing_close(struct drawing *d)
{
    if (d == NULL)
        return;
    rings_clear(&d->a);
    rings_clear(&d->b);
    mem_free(d->offset);
    mem_free(d);
}

static uint64_t seed_of(const struct city *c)
{
    return (uint64_t)c->options->seed;
}

static bool is_identical(const struct city *c, uint32_t shape)
{
    return c->options->identical > 0 &&
           random_unit(seed_of(c), DRAW_IDENTICAL, c->shapes.family[shape]) < c->options->identical;
}

static uint64_t key_of(const struct city *c, struct xy_m p, uint32_t shape)
{
    uint64_t key = random_of(7, (uint64_t)llround(p.x * 1e3), (uint64_t)llround(p.y * 1e3));
    return c->options->loose_walls ? random_of(11, key, shape) : key;
}

static void make_offset_room(struct drawing *d)
{
    d->offset = mem_grow(d->offset, &d->offset_cap, d->a.first[d->a.count], sizeof *d->offset);
}

static void offset_a(struct drawing *d)
{
    shape_offset(&d->a, d->offset, &d->b);
    struct rings kept = d->a;
    d->a = d->b;
    d->b = kept;
}

// A wall seen from both houses moves the same way: the sign follows the direction it is walked in.
static void move_edges(struct drawing *d, enum city_frame frame, uint32_t shape)
{
    const struct city *c = d->city;
    make_offset_room(d);
    for (uint32_t k = 0; k < d->a.count; k++)
        for (uint32_t i = d->a.first[k]; i < d->a.first[k + 1]; i++) {
            uint64_t p = key_of(c, d->a.vertex[i], shape), q = key_of(c, shape_next(&d->a, k, i), shape);
            double n = random_normal_pair(seed_of(c) + (uint64_t)frame, DRAW_EDGE, p ^ q).x;
            d->offset[i] = c->options->edge_noise_m * (p < q ? n : -n);
        }
    offset_a(d);
}

static bool is_party_wall(const struct city *c, uint32_t shape, struct xy_m p, struct xy_m q)
{
    return ground_has_corner(c->ground, p, shape) && ground_has_corner(c->ground, q, shape);
}

// Roofs stick out over free walls only.
static void hang_over(struct drawing *d, uint32_t shape)
{
    make_offset_room(d);
    for (uint32_t k = 0; k < d->a.count; k++)
        for (uint32_t i = d->a.first[k]; i < d->a.first[k + 1]; i++)
            d->offset[i] = is_party_wall(d->city, shape, d->a.vertex[i], shape_next(&d->a, k, i))
                               ? 0
                               : d->city->options->overhang_m;
    offset_a(d);
}

static void swap_into_a(struct drawing *d)
{
    struct rings kept = d->a;
    d->a = d->b;
    d->b = kept;
}

static void generalise(struct drawing *d)
{
    if (d->city->options->simplify_m > 0) {
        shape_simplified(&d->a, d->city->options->simplify_m, &d->b);
        swap_into_a(d);
    }
    if (d->city->options->densify_m > 0) {
        shape_densified(&d->a, d->city->options->densify_m, &d->b);
        swap_into_a(d);
    }
}

static struct xy_m corner_noise(const struct city *c, enum city_frame frame, struct xy_m p, uint32_t shape)
{
    struct xy_m n = random_normal_pair(seed_of(c) + (uint64_t)frame, DRAW_VERTEX, key_of(c, p, shape));
    return (struct xy_m){ n.x * c->options->noise_m, n.y * c->options->noise_m };
}

static struct xy_m towards(struct xy_m from, struct xy_m to, double length_m)
{
    double share = length_m / hypot(to.x - from.x, to.y - from.y);
    return (struct xy_m){ from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share };
}

// One vertex is spoiled: said twice, with a spike, or with a small loop. Repairable without a change of ground.
static void spoil(struct drawing *d, uint64_t chance)
{
    uint32_t i = (uint32_t)(chance % d->a.first[1]);
    struct xy_m v = d->a.vertex[i], z = shape_next(&d->a, 0, i), a = shape_previous(&d->a, 0, i);
    struct xy_m twice[] = { v, v }, spike[] = { v, { 2 * v.x - a.x, 2 * v.y - a.y }, v };
    struct xy_m loop[] = { towards(v, z, LOOP_M), towards(v, a, LOOP_M) };
    uint64_t kind = chance / 1024 % 10;
    if (kind < 4)
        shape_spliced(&d->a, 0, i, 1, twice, 2, &d->b);
    else if (kind < 7)
        shape_spliced(&d->a, 0, i, 1, spike, 3, &d->b);
    else
        shape_spliced(&d->a, 0, i, 1, loop, 2, &d->b);
    swap_into_a(d);
}

static void move_ring(struct drawing *d, enum city_frame frame, uint32_t shape, uint32_t k, bool noisy,
                      struct xy_m constant)
{
    const struct city *c = d->city;
    for (uint32_t i = d->a.first[k]; i < d->a.first[k + 1]; i++) {
        struct xy_m v = d->a.vertex[i], n = { 0, 0 }, shift = { 0, 0 };
        if (noisy && c->options->noise_m > 0)
            n = corner_noise(c, frame, v, shape);
        if (frame == FRAME_AFTER)
            shift = field_at(d->field, v);
        d->a.vertex[i] = (struct xy_m){ v.x + n.x + shift.x + constant.x, v.y + n.y + shift.y + constant.y };
    }
}

static void turn_ring(struct rings *r, uint32_t k)
{
    for (uint32_t i = r->first[k], j = r->first[k + 1] - 1; i < j; i++, j--) {
        struct xy_m kept = r->vertex[i];
        r->vertex[i] = r->vertex[j];
        r->vertex[j] = kept;
    }
}

static void draw(struct drawing *d, enum city_frame frame, uint32_t shape, struct xy_m constant, struct rings *out)
{
    const struct city_options *o = d->city->options;
    bool noisy = !is_identical(d->city, shape);
    if (noisy && o->edge_noise_m > 0)
        move_edges(d, frame, shape);
    for (uint32_t k = 0; k < d->a.count; k++) {
        bool was_outer = shape_ring_area_m2(&d->a, k) > 0;
        move_ring(d, frame, shape, k, noisy, constant);
        if (was_outer != (shape_ring_area_m2(&d->a, k) > 0)) // a light well of a hand's breadth stays a hole
            turn_ring(&d->a, k);
    }
    uint64_t chance = random_of(seed_of(d->city), DRAW_INVALID + (uint64_t)frame, shape);
    if (o->invalid > 0 && (double)(chance >> 40) * 0x1p-24 < o->invalid)
        spoil(d, chance);
    shape_copy(&d->a, out);
}

void drawing_before(struct drawing *d, uint32_t building, struct rings *out)
{
    shapes_get(&d->city->shapes, building, &d->a);
    draw(d, FRAME_BEFORE, building, (struct xy_m){ 0, 0 }, out);
}

void drawing_after(struct drawing *d, uint32_t number, struct rings *out)
{
    uint32_t shape = d->city->after[number].shape;
    shapes_get(&d->city->shapes, shape, &d->a);
    struct xy_m constant = field_of_building(d->field, d->city, number, rings_centroid(&d->a));
    if (d->city->options->overhang_m != 0)
        hang_over(d, shape);
    generalise(d);
    draw(d, FRAME_AFTER, shape, constant, out);
}

void drawing_truth(struct drawing *d, uint32_t number, struct rings *out)
{
    const struct city_truth *t = &d->city->truth[number];
    shapes_get(&d->city->shapes, t->shape, out);
    if (t->frame == FRAME_BEFORE || t->afters == 0)
        return;
    shapes_get(&d->city->shapes, d->city->after[t->after[0]].shape, &d->a);
    struct xy_m constant = field_of_building(d->field, d->city, t->after[0], rings_centroid(&d->a));
    for (uint32_t i = 0; i < out->first[out->count]; i++) {
        struct xy_m v = out->vertex[i], shift = field_at(d->field, v);
        out->vertex[i] = (struct xy_m){ v.x + shift.x + constant.x, v.y + shift.y + constant.y };
    }
}

double drawing_height_m(const struct city *c, enum city_frame frame, uint32_t shape, double true_m)
{
    return true_m + HEIGHT_NOISE_M * random_normal_pair(seed_of(c) + (uint64_t)frame, DRAW_HEIGHT, shape).x;
}
