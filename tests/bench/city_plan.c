// A city from nothing: quarters turned a little against each other, streets, blocks of uneven size, parcels,
// buildings.
#include "core/base/mem.h"
#include "tests/bench/city.h"
#include <math.h>
#include <string.h>

struct block { struct place corner; double width_m, depth_m; uint32_t family; };
struct plan { struct city *city; uint32_t wanted; struct rng rng; struct rings shape; };

static void build(struct plan *p, const struct block *b, double height_m)
{
    if (p->city->shapes.count < p->wanted)
        shapes_add(&p->city->shapes, &p->shape, height_m, b->family);
}

// The same block seen from its far side, so that both street fronts are built alike.
static struct place far_side(const struct block *b)
{
    return (struct place){ place_point(b->corner, b->width_m, b->depth_m), -b->corner.cos, -b->corner.sin };
}

static struct place within(struct place p, double x, double y, double degrees)
{
    double angle = degrees * M_PI / 180, c = cos(angle), s = sin(angle);
    return (struct place){ place_point(p, x, y), p.cos * c - p.sin * s, p.sin * c + p.cos * s };
}

static enum building_form house_form(struct rng *r)
{
    double u = rng_unit(r);
    return u < 0.55 ? FORM_BLOCK : u < 0.82 ? FORM_L : u < 0.93 ? FORM_T : FORM_U;
}

// A house in its garden, often with a shed behind it. The lot begins at (x, 0) of the street front.
static void plan_lot(struct plan *p, const struct block *b, struct place front, double x, double width_m,
                     double depth_m)
{
    struct rng *r = &p->rng;
    double w = fmin(fmax(rng_lognormal(r, 12.5, 0.2), 8), width_m - 6);
    double d = fmin(fmax(rng_lognormal(r, 11, 0.22), 8), depth_m - 14);
    double setback = rng_between(r, 4, 6.5), aside = x + 2.5 + rng_unit(r) * (width_m - 5 - w);
    building_draw(within(front, aside, setback, rng_normal(r)), house_form(r), w, d, r, &p->shape);
    build(p, b, building_height_m(r, 1, 3));
    if (!rng_chance(r, 0.45))
        return;
    double sw = rng_between(r, 2, 4.4), sd = rng_between(r, 2, 4.4);
    double sx = x + (rng_chance(r, 0.5) ? 0.9 : width_m - 0.9 - sw);
    building_draw(within(front, sx, depth_m - rng_between(r, 0.8, 2) - sd, 0), FORM_BLOCK, sw, sd, r, &p->shape);
    build(p, b, 3);
}

static void plan_lots(struct plan *p, const struct block *b, struct place front, double depth_m)
{
    for (double x = 0; b->width_m - x >= 19;) {
        double w = rng_between(&p->rng, 19, 31);
        if (b->width_m - x - w < 19)
            w = fmin(b->width_m - x, 36);
        plan_lot(p, b, front, x, w, depth_m);
        x += w;
    }
}

static void plan_houses(struct plan *p, const struct block *b)
{
    if (b->depth_m < 52) {
        plan_lots(p, b, b->corner, b->depth_m);
        return;
    }
    plan_lots(p, b, b->corner, b->depth_m / 2);
    plan_lots(p, b, far_side(b), b->depth_m / 2);
}

static void plan_slabs(struct plan *p, const struct block *b)
{
    for (double y = 6; y + 14 < b->depth_m - 5; y += rng_between(&p->rng, 30, 42)) {
        double floors_m = building_height_m(&p->rng, 4, 12);
        for (double x = 6; x + 30 < b->width_m - 5;) {
            double w = fmin(rng_between(&p->rng, 28, 60), b->width_m - 6 - x);
            building_draw(within(b->corner, x, y, 0), FORM_BLOCK, w, rng_between(&p->rng, 11, 15), &p->rng, &p->shape);
            build(p, b, floors_m);
            x += w + rng_between(&p->rng, 9, 16);
        }
    }
}

static void plan_halls(struct plan *p, const struct block *b)
{
    double half = b->width_m > 90 ? b->width_m / 2 : b->width_m;
    for (double x = 0; x + half <= b->width_m + 1; x += half) {
        double w = (half - 14) * rng_between(&p->rng, 0.7, 1), d = (b->depth_m - 14) * rng_between(&p->rng, 0.6, 1);
        building_draw(within(b->corner, x + 7, 7, 0), rng_chance(&p->rng, 0.3) ? FORM_L : FORM_BLOCK, w, d, &p->rng,
                      &p->shape);
        build(p, b, rng_between(&p->rng, 6, 12));
    }
}

static void plan_court(struct plan *p, const struct block *b)
{
    double w = fmin(b->width_m - 12, rng_between(&p->rng, 36, 70)),
           d = fmin(b->depth_m - 12, rng_between(&p->rng, 34, 60));
    building_draw(within(b->corner, 6, 6, 0), FORM_COURT, w, d, &p->rng, &p->shape);
    build(p, b, building_height_m(&p->rng, 3, 6));
    if (b->width_m - w > 34)
        plan_lot(p, b, b->corner, 8 + w, b->width_m - w - 9, fmin(b->depth_m, 34));
}

// One house of a row: front and rear line, and a wing behind its left half.
struct unit { double left, right, front, rear, wing_width, wing_depth, height_m; };
struct span { double low, high; };

static struct span left_wall(const struct unit *u)
{
    return (struct span){ u->front, u->rear + u->wing_depth };
}

static struct span right_wall(const struct unit *u)
{
    return (struct span){ u->front, u->rear };
}

// Corners of the neighbour that stand in the middle of this wall become nodes of it: the row is topologically clean.
static int wall_nodes(double x, struct span own, const struct unit *neighbour, struct span other, bool upwards,
                      struct xy_m *v)
{
    int n = 0;
    if (neighbour == NULL)
        return 0;
    double node[2] = { upwards ? other.low : other.high, upwards ? other.high : other.low };
    for (int i = 0; i < 2; i++)
        if (node[i] > own.low && node[i] < own.high)
            v[n++] = (struct xy_m){ x, node[i] };
    return n;
}

static void draw_unit(struct place front, const struct unit *u, const struct unit *left, const struct unit *right,
                      struct rings *out)
{
    struct xy_m v[16];
    int n = 0;
    v[n++] = (struct xy_m){ u->left, u->front };
    v[n++] = (struct xy_m){ u->right, u->front };
    n += wall_nodes(u->right, right_wall(u), right, right != NULL ? left_wall(right) : (struct span){ 0, 0 }, true,
                    v + n);
    v[n++] = (struct xy_m){ u->right, u->rear };
    if (u->wing_depth > 0) {
        v[n++] = (struct xy_m){ u->left + u->wing_width, u->rear };
        v[n++] = (struct xy_m){ u->left + u->wing_width, u->rear + u->wing_depth };
    }
    v[n++] = (struct xy_m){ u->left, u->rear + u->wing_depth };
    n += wall_nodes(u->left, left_wall(u), left, left != NULL ? right_wall(left) : (struct span){ 0, 0 }, false, v + n);
    rings_start(out);
    shape_add_ring(out, front, v, n);
}

enum { ROW_MAX = 14 };

// A row from x on; returns where it ends. Steps in the front line and wings break the sameness of some units.
static double plan_row(struct plan *p, const struct block *b, struct place front, double x, double room_m)
{
    struct rng *r = &p->rng;
    struct unit u[ROW_MAX];
    int n = 0, wanted = 4 + (int)rng_below(r, ROW_MAX - 3);
    double setback = rng_between(r, 2.5, 4), depth = rng_between(r, 9, 12.5), typical = rng_between(r, 6, 10.5);
    double height = building_height_m(r, 2, 4);
    for (; n < wanted; n++) {
        double w = fmin(fmax(typical * rng_between(r, 0.92, 1.15), 6), 12);
        if (x + w > room_m)
            break;
        double step = rng_chance(r, 0.12) ? rng_between(r, 1.2, 2.5) : 0;
        u[n] = (struct unit){ x, x + w, setback + step, setback + depth + step, 0, 0, height };
        if (rng_chance(r, 0.25))
            u[n].wing_width = w * rng_between(r, 0.4, 0.6), u[n].wing_depth = rng_between(r, 2.5, 5);
        x += w;
    }
    for (int i = 0; i < n; i++) {
        draw_unit(front, &u[i], i > 0 ? &u[i - 1] : NULL, i + 1 < n ? &u[i + 1] : NULL, &p->shape);
        build(p, b, u[i].height_m);
    }
    return x;
}

// Small sheds at the far end of the gardens of a row.
static void plan_garden_sheds(struct plan *p, const struct block *b, struct place front, double garden_end_m)
{
    for (double x = 3; x + 6 < b->width_m; x += rng_between(&p->rng, 14, 34)) {
        double w = rng_between(&p->rng, 2, 4.2), d = rng_between(&p->rng, 2, 3);
        building_draw(within(front, x, garden_end_m - 0.9 - d, 0), FORM_BLOCK, w, d, &p->rng, &p->shape);
        build(p, b, 3);
    }
}

static void plan_rows(struct plan *p, const struct block *b, struct place front, double depth_m)
{
    for (double x = 0; x + 12 < b->width_m;)
        x = plan_row(p, b, front, x, b->width_m) + rng_between(&p->rng, 3, 7);
    if (depth_m > 29)
        plan_garden_sheds(p, b, front, depth_m);
}

static void plan_terraces(struct plan *p, const struct block *b)
{
    if (b->depth_m < 52) {
        plan_rows(p, b, b->corner, b->depth_m);
        return;
    }
    plan_rows(p, b, b->corner, b->depth_m / 2);
    plan_rows(p, b, far_side(b), b->depth_m / 2);
}

// Cuts a length into houses; returns how many.
static int cut_side(struct rng *r, double from, double to, double *cut)
{
    int n = (int)round((to - from) / rng_between(r, 8, 11));
    n = n < 1 ? 1 : n > 24 ? 24 : n;
    cut[0] = from;
    for (int i = 1; i < n; i++)
        cut[i] = from + (to - from) * (i + rng_between(r, -0.15, 0.15)) / n;
    cut[n] = to;
    return n;
}

// Houses around a court, wall to wall; the four corner houses are squares of the depth of the rows.
static void plan_perimeter(struct plan *p, const struct block *b)
{
    double w = fmin(b->width_m, 110), h = b->depth_m, d = rng_between(&p->rng, 10, 12.5), cut[26];
    if (w < 45 || h < 40) {
        plan_terraces(p, b);
        return;
    }
    for (int side = 0; side < 2; side++) {
        double y = side == 0 ? 0 : h - d, x = side == 0 ? 0 : w - d;
        int n = cut_side(&p->rng, d, w - d, cut + 1) + 2;
        cut[0] = 0;
        cut[n] = w;
        for (int i = 0; i < n; i++) {
            rings_start(&p->shape);
            shape_rectangle(&p->shape, b->corner, cut[i], y, cut[i + 1], y + d);
            build(p, b, building_height_m(&p->rng, 3, 5));
        }
        n = cut_side(&p->rng, d, h - d, cut);
        for (int i = 0; i < n; i++) {
            rings_start(&p->shape);
            shape_rectangle(&p->shape, b->corner, x, cut[i], x + d, cut[i + 1]);
            build(p, b, building_height_m(&p->rng, 3, 5));
        }
    }
}

struct block_kind { void (*plan)(struct plan *p, const struct block *b); double share; };
static const struct stock {
    const char *name;
    double per_quarter;           // about how many buildings, to keep the city square
    struct block_kind kind[6];
} STOCK[] = {
    { "detached", 320, { { plan_houses, 0.87 }, { plan_slabs, 0.05 }, { plan_halls, 0.05 }, { plan_court, 0.03 } } },
    { "attached",
      800,
      { { plan_terraces, 0.7 },
        { plan_perimeter, 0.2 },
        { plan_houses, 0.05 },
        { plan_halls, 0.03 },
        { plan_court, 0.02 } } },
    { "mixed",
      550,
      { { plan_houses, 0.5 },
        { plan_terraces, 0.26 },
        { plan_perimeter, 0.1 },
        { plan_slabs, 0.06 },
        { plan_halls, 0.05 },
        { plan_court, 0.03 } } },
};

static const struct stock *stock_named(const char *name)
{
    for (size_t i = 0; i < sizeof STOCK / sizeof *STOCK; i++)
        if (strcmp(STOCK[i].name, name) == 0)
            return &STOCK[i];
    return &STOCK[2];
}

static void plan_block(struct plan *p, const struct stock *s, const struct block *b)
{
    double u = rng_unit(&p->rng);
    for (int i = 0; i < 6 && s->kind[i].plan != NULL; i++) {
        if (u < s->kind[i].share) {
            s->kind[i].plan(p, b);
            return;
        }
        u -= s->kind[i].share;
    }
}

// A quarter is turned against its cell; blocks that would stick out of the cell are left as parks.
static bool inside_cell(const struct block *b, struct xy_m middle)
{
    double reach = QUARTER_M / 2.0 - 4;
    for (int i = 0; i < 4; i++) {
        struct xy_m c = place_point(b->corner, i % 3 == 0 ? 0 : b->width_m, i < 2 ? 0 : b->depth_m);
        if (fabs(c.x - middle.x) > reach || fabs(c.y - middle.y) > reach)
            return false;
    }
    return true;
}

static void plan_quarter(struct plan *p, const struct stock *s, struct xy_m middle, uint32_t number)
{
    double degrees = fmax(-7, fmin(7, 3.5 * rng_normal(&p->rng)));
    struct place centre = place_turned(middle, degrees);
    double half = QUARTER_M / 2.0 * (1 - sin(fabs(degrees) * M_PI / 180)) - 5; // as much as a turned square holds
    uint32_t blocks = 0;
    for (double y = -half; y < half - 30;) {
        double depth = fmin(rng_between(&p->rng, 30, 74), half - y), street = rng_between(&p->rng, 10, 18);
        for (double x = -half; x < half - 45;) {
            double width = fmin(rng_between(&p->rng, 70, 150), half - x);
            struct block b = { within(centre, x, y, 0), width, depth, number * 256 + blocks++ };
            if (inside_cell(&b, middle))
                plan_block(p, s, &b);
            x += width + rng_between(&p->rng, 10, 18);
        }
        y += depth + street;
    }
}

void city_plan(struct city *c)
{
    const struct stock *s = stock_named(c->options->stock);
    struct plan p = { .city = c, .wanted = (uint32_t)c->options->buildings };
    uint32_t columns = (uint32_t)ceil(sqrt(c->options->buildings / s->per_quarter));
    columns = columns > 0 ? columns : 1;
    for (uint32_t d = 0; c->shapes.count < p.wanted; d++) {
        p.rng = rng_start((uint64_t)c->options->seed, 1000 + d);
        struct xy_m middle = { (d % columns + 0.5) * QUARTER_M, (d / columns + 0.5) * QUARTER_M };
        plan_quarter(&p, s, middle, d);
        c->quarters = (struct city_quarters){ columns, d + 1 };
    }
    rings_clear(&p.shape);
}
