// The edit operators: what is really built, torn down and changed between the two surveys.
#include "core/base/mem.h"
#include "tests/bench/city.h"
#include <math.h>
#include <string.h>

static const double LEAST_GAP_M = 1.2;   // between a new building and everything else

uint32_t city_add_after(struct city *c, uint32_t shape, uint32_t from, double height_m)
{
    c->after = mem_grow(c->after, &c->after_cap, (size_t)c->after_count + 1, sizeof *c->after);
    c->after[c->after_count] = (struct city_building){ shape, from, (float)height_m };
    return c->after_count++;
}

struct city_truth *city_add_truth(struct city *c, const char *op, const char *class, const struct rings *polygon,
                                  enum city_frame frame)
{
    c->truth = mem_grow(c->truth, &c->truth_cap, (size_t)c->truths + 1, sizeof *c->truth);
    struct city_truth *t = &c->truth[c->truths++];
    *t =
        (struct city_truth){ .op = op, .class = class, .shape = shapes_add(&c->shapes, polygon, 0, 0), .frame = frame };
    return t;
}

static void truth_links(struct city_truth *t, uint32_t before, uint32_t after)
{
    if (before != NOBODY)
        t->before[t->befores++] = before;
    if (after != NOBODY)
        t->after[t->afters++] = after;
}

// A shape that stands in AFTER only: it takes ground from now on.
static uint32_t raise(struct city *c, const struct rings *r, double height_m, uint32_t family, uint32_t from)
{
    uint32_t shape = shapes_add(&c->shapes, r, height_m, family);
    ground_add(c->ground, shape);
    return city_add_after(c, shape, from, height_m);
}

static double dominant_degrees(const struct rings *r)
{
    double longest = 0, angle = 0;
    for (uint32_t i = 0; i < r->first[1]; i++) {
        struct xy_m a = r->vertex[i], b = shape_next(r, 0, i);
        double length = hypot(b.x - a.x, b.y - a.y);
        if (length <= longest)
            continue;
        longest = length;
        angle = atan2(b.y - a.y, b.x - a.x) * 180 / M_PI;
    }
    return angle;
}

// Sheds and garages, houses, now and then something big.
static void draw_new(struct city *c, struct xy_m at, double degrees, struct rings *out)
{
    struct rng *r = &c->rng;
    double least = fmax(4, city_least_edit_m2(c));
    double area = rng_chance(r, 0.3) ? rng_between(r, least, fmax(20, least + 10))
                                     : fmin(fmax(rng_lognormal(r, 70, 0.8), least), 1500);
    double w = sqrt(area * rng_between(r, 0.8, 1.9));
    enum building_form form = area < 60 || rng_chance(r, 0.6) ? FORM_BLOCK : rng_chance(r, 0.7) ? FORM_L : FORM_T;
    building_draw(place_turned(at, degrees), form, w, area / w, r, out);
}

static bool edit_add(struct city *c, uint32_t near)
{
    struct rings r = {0};
    shapes_get(&c->shapes, near, &r);
    double angle = 2 * M_PI * rng_unit(&c->rng), far = rng_between(&c->rng, 5, 45);
    struct xy_m at = { r.vertex[0].x + far * cos(angle), r.vertex[0].y + far * sin(angle) };
    draw_new(c, at, dominant_degrees(&r) + 2 * rng_normal(&c->rng), &r);
    bool free_ground = !city_is_in_hole(c, at, 40) && ground_is_free(c->ground, &r, LEAST_GAP_M, NOBODY, NOBODY);
    if (free_ground) {
        uint32_t number = raise(c, &r, building_height_m(&c->rng, 1, 4), NOBODY - c->after_count, NOBODY);
        truth_links(city_add_truth(c, "add", "new", &r, FRAME_AFTER), NOBODY, number);
    }
    rings_clear(&r);
    return free_ground;
}

static bool edit_delete(struct city *c, uint32_t b)
{
    struct rings r = {0};
    shapes_get(&c->shapes, b, &r);
    c->touched[b] = TOUCH_EDITED;
    truth_links(city_add_truth(c, "delete", "gone", &r, FRAME_BEFORE), b, NOBODY);
    rings_clear(&r);
    return true;
}

static bool edit_storey(struct city *c, uint32_t b)
{
    struct rings r = {0};
    shapes_get(&c->shapes, b, &r);
    c->touched[b] = TOUCH_EDITED;
    double risen = rng_between(&c->rng, 2.6, 3.5);
    uint32_t number = city_add_after(c, b, b, c->shapes.height_m[b] + risen);
    struct city_truth *t = city_add_truth(c, "storey", "heightened", &r, FRAME_AFTER);
    truth_links(t, b, number);
    t->depth_m = risen;
    rings_clear(&r);
    return true;
}

// Two dwellings out of one: across the long side, somewhere near the middle.
static bool edit_split(struct city *c, uint32_t b)
{
    struct rings r = {0}, left = {0}, right = {0};
    shapes_get(&c->shapes, b, &r);
    double angle = dominant_degrees(&r) * M_PI / 180;
    struct xy_m along = { cos(angle), sin(angle) }, at = rings_centroid(&r);
    double aside = rng_between(&c->rng, -0.12, 0.12) * sqrt(rings_area_m2(&r));
    at = (struct xy_m){ at.x + along.x * aside, at.y + along.y * aside };
    bool cut = shape_cut(&r, at, (struct xy_m){ -along.y, along.x }, &left, &right)
            && rings_area_m2(&left) > 18 && rings_area_m2(&right) > 18;
    if (cut) {
        c->touched[b] = TOUCH_EDITED;
        double height = c->shapes.height_m[b];
        uint32_t family = c->shapes.family[b], one = raise(c, &left, height, family, b),
                 two = raise(c, &right, height, family, b);
        struct city_truth *t = city_add_truth(c, "split", "split", &r, FRAME_AFTER);
        truth_links(t, b, one);
        truth_links(t, NOBODY, two);
    }
    rings_clear(&r);
    rings_clear(&left);
    rings_clear(&right);
    return cut;
}

static bool merge_with(struct city *c, uint32_t b, const struct rings *r, uint32_t other)
{
    struct rings s = {0}, both = {0};
    shapes_get(&c->shapes, other, &s);
    bool joined = shape_joined(r, &s, &both);
    if (joined) {
        c->touched[b] = c->touched[other] = TOUCH_EDITED;
        uint32_t number = raise(c, &both, c->shapes.height_m[b], c->shapes.family[b], b);
        struct city_truth *t = city_add_truth(c, "merge", "merged", &both, FRAME_AFTER);
        truth_links(t, b, number);
        truth_links(t, other, NOBODY);
    }
    rings_clear(&s);
    rings_clear(&both);
    return joined;
}

static bool edit_merge(struct city *c, uint32_t b)
{
    uint32_t found[GROUND_FOUND_MAX];
    struct rings r = {0};
    int count = ground_find(c->ground, shapes_box(&c->shapes, b), found);
    bool joined = false;
    shapes_get(&c->shapes, b, &r);
    for (int i = 0; i < count && !joined; i++)
        joined = found[i] != b && found[i] < c->before_count && !c->touched[found[i]] && merge_with(c, b, &r, found[i]);
    rings_clear(&r);
    return joined;
}

// The first court that is neither a light well nor a town square.
static bool edit_roof_court(struct city *c, uint32_t b)
{
    struct rings r = {0}, court = {0}, closed = {0};
    shapes_get(&c->shapes, b, &r);
    uint32_t hole = 0;
    for (uint32_t k = 1; k < r.count && hole == 0; k++)
        hole = -shape_ring_area_m2(&r, k) > 8 && -shape_ring_area_m2(&r, k) < 900 ? k : 0;
    if (hole > 0) {
        for (uint32_t i = r.first[hole + 1]; i > r.first[hole]; i--)
            rings_add_vertex(&court, r.vertex[i - 1]);
        rings_end_ring(&court);
        shape_spliced(&r, hole, r.first[hole], r.first[hole + 1] - r.first[hole], NULL, 0, &closed);
        hole = ground_is_free(c->ground, &court, 0, b, NOBODY) ? hole : 0;
    }
    if (hole > 0) {
        c->touched[b] = TOUCH_EDITED;
        uint32_t number = raise(c, &closed, c->shapes.height_m[b], c->shapes.family[b], b);
        truth_links(city_add_truth(c, "infill", "infilled", &court, FRAME_AFTER), b, number);
    }
    rings_clear(&r);
    rings_clear(&court);
    rings_clear(&closed);
    return hole > 0;
}

static bool edit_infill(struct city *c, uint32_t b)
{
    return edit_roof_court(c, b) || edit_close_gap(c, b);
}

// The same ground, another house: turned by 15 degrees or more, or of another form. Answers whether it was turned.
static bool draw_rebuilt(struct city *c, const struct rings *old, struct rings *out)
{
    struct rng *r = &c->rng;
    struct xy_m centre = rings_centroid(old);
    double degrees = rng_between(r, 15, 75) * (rng_chance(r, 0.5) ? 1 : -1), area = rings_area_m2(old);
    if (rng_chance(r, 0.5)) {
        shape_turned(old, centre, degrees, rng_between(r, 0.75, 1), out);
        return true;
    }
    struct rings form = {0};
    double w = sqrt(area * rng_between(r, 0.6, 1.3) * rng_between(r, 0.7, 1.8)),
           d = area * rng_between(r, 0.6, 1.3) / w;
    enum building_form kind = rng_chance(r, 0.5) ? FORM_BLOCK : rng_chance(r, 0.6) ? FORM_L : FORM_T;
    bool turned = rng_chance(r, 0.5);
    building_draw(place_turned(centre, dominant_degrees(old) + (turned ? degrees : 0)), kind, w, d, r, &form);
    struct xy_m middle = rings_centroid(&form);
    shape_moved(&form, (struct xy_m){ centre.x - middle.x, centre.y - middle.y }, out);
    rings_clear(&form);
    return turned;
}

static bool replace_with(struct city *c, uint32_t b, const struct rings *r, const char *op, const char *class)
{
    c->touched[b] = TOUCH_EDITED;
    uint32_t number = raise(c, r, c->shapes.height_m[b], c->shapes.family[b], b);
    truth_links(city_add_truth(c, op, class, r, FRAME_AFTER), b, number);
    return true;
}

// A house that was not turned and lies wholly on (under) the old one is a part torn down (an extension), whatever its
// builder says.
static bool is_rebuilt(const struct rings *old, const struct rings *now, bool turned)
{
    struct shape_common both = shape_compared(old, now);
    bool differs = turned ? both.iou < 0.75 : both.iou < 0.6 && both.only_a > 0.2 && both.only_b > 0.2;
    return differs && both.iou > 0.25;
}

static bool edit_rebuild(struct city *c, uint32_t b)
{
    struct rings old = {0}, now = {0};
    shapes_get(&c->shapes, b, &old);
    bool done = false;
    for (int attempt = 0; attempt < 6 && !done; attempt++) {
        bool turned = draw_rebuilt(c, &old, &now);
        if (rings_area_m2(&now) < fmax(20, city_least_edit_m2(c)) || !ground_is_free(c->ground, &now, 0.8, b, NOBODY))
            continue;
        done = is_rebuilt(&old, &now, turned) && replace_with(c, b, &now, "rebuild", "rebuilt");
    }
    rings_clear(&old);
    rings_clear(&now);
    return done;
}

static bool edit_move(struct city *c, uint32_t b)
{
    struct rings old = {0}, now = {0};
    shapes_get(&c->shapes, b, &old);
    double angle = 2 * M_PI * rng_unit(&c->rng), far = rng_between(&c->rng, 4, 10);
    shape_moved(&old, (struct xy_m){ far * cos(angle), far * sin(angle) }, &now);
    bool done = ground_is_free(c->ground, &now, LEAST_GAP_M, b, NOBODY) && replace_with(c, b, &now, "move", "shifted");
    if (done)
        c->truth[c->truths - 1].depth_m = far;
    rings_clear(&old);
    rings_clear(&now);
    return done;
}

const struct city_edit city_edits[] = {
    { "add", 0.22, false, edit_add },
    { "add-leaning", 0.06, false, edit_add_leaning },
    { "delete", 0.18, false, edit_delete },
    { "extend", 0.24, false, edit_extend },
    { "reduce", 0.08, false, edit_reduce },
    { "split", 0.04, false, edit_split },
    { "merge", 0.04, false, edit_merge },
    { "infill", 0.04, false, edit_infill },
    { "rebuild", 0.10, false, edit_rebuild },
    { "storey", 0.08, true, edit_storey },
    { "move", 0, false, edit_move },                 // share: --moves
    { 0 },
};

enum { TRIES_PER_EDIT = 60 };

// Operators find their own victims: most need a wall, a neighbour or a court. A stock without any gives fewer; the
// ledger says so.
static void edit_some(struct city *c, const struct city_edit *e, uint32_t wanted)
{
    uint64_t tries = (uint64_t)wanted * TRIES_PER_EDIT;
    for (uint32_t made = 0; made < wanted && tries > 0; tries--) {
        uint32_t b = rng_below(&c->rng, c->before_count);
        made += !c->touched[b] && e->make(c, b);
    }
}

static double edit_share(const struct city *c, const struct city_edit *e)
{
    if (e->needs_heights && !c->options->heights)
        return 0;
    return strcmp(e->op, "move") == 0 ? c->options->moves : e->share;
}

void city_edit_all(struct city *c)
{
    double whole = 0;
    for (const struct city_edit *e = city_edits; e->op != NULL; e++)
        whole += edit_share(c, e);
    for (const struct city_edit *e = city_edits; e->op != NULL; e++)
        edit_some(c, e, (uint32_t)lround(c->options->edits * c->before_count * edit_share(c, e) / whole));
}
