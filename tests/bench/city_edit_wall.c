// Edits that lean on a wall: extensions, lean-tos, parts torn down, gaps closed, new buildings against an old one.
#include "tests/bench/city.h"
#include <math.h>

static const double LEAST_STRIP_M2 = 4.2, LEAST_PART_M = 2.4, CLEAR_M = 0.5;

struct wall { uint32_t at; struct xy_m p, q, along, out; double length_m; bool convex_p, convex_q; };

static struct wall wall_get(const struct rings *r, uint32_t i)
{
    struct wall w = { .at = i, .p = r->vertex[i], .q = shape_next(r, 0, i) };
    struct xy_m before = shape_previous(r, 0, i), behind = shape_next(r, 0, i + 1 < r->first[1] ? i + 1 : 0);
    w.length_m = hypot(w.q.x - w.p.x, w.q.y - w.p.y);
    w.along = (struct xy_m){ (w.q.x - w.p.x) / w.length_m, (w.q.y - w.p.y) / w.length_m };
    w.out = (struct xy_m){ w.along.y, -w.along.x };
    // Convex when the neighbouring vertex lies well behind the wall's line.
    w.convex_p = (before.x - w.p.x) * w.out.x + (before.y - w.p.y) * w.out.y < -0.3;
    w.convex_q = (behind.x - w.q.x) * w.out.x + (behind.y - w.q.y) * w.out.y < -0.3;
    return w;
}

static bool wall_pick(struct city *c, const struct rings *r, double least_m, struct wall *out)
{
    uint32_t n = r->first[1], start = rng_below(&c->rng, n);
    for (uint32_t k = 0; k < n; k++) {
        struct wall w = wall_get(r, (start + k) % n);
        if (w.length_m < least_m)
            continue;
        *out = w;
        return true;
    }
    return false;
}

static struct xy_m wall_point(const struct wall *w, double along_m, double out_m)
{
    return (struct xy_m){ w->p.x + w->along.x * along_m + w->out.x * out_m,
                          w->p.y + w->along.y * along_m + w->out.y * out_m };
}

static void draw_quad(const struct xy_m corner[4], struct rings *out)
{
    rings_start(out);
    for (int i = 0; i < 4; i++)
        rings_add_vertex(out, corner[i]);
    rings_end_ring(out);
}

// A piece of ground in front of a wall, from `from` to `to` along it, `near` to `far` before it; counter-clockwise.
static void strip_draw(const struct wall *w, double from, double to, double near, double far, struct rings *out)
{
    struct xy_m corner[] = { wall_point(w, from, near), wall_point(w, from, far), wall_point(w, to, far),
                             wall_point(w, to, near) };
    draw_quad(corner, out);
}

struct part { double from, to, depth; };   // of a wall, and how far before (behind) it

// The strip meets nothing, and its outer part keeps clear of the neighbours.
static bool strip_is_free(struct city *c, const struct wall *w, struct part p, const struct rings *own, uint32_t b)
{
    struct rings inner = {0}, outer = {0};
    strip_draw(w, p.from, p.to, 0.02, p.depth, &inner);
    strip_draw(w, p.from, p.to, 0.4 * p.depth, p.depth, &outer);
    bool clear = shape_distance_m(&inner, own) > 0.01 && ground_is_free(c->ground, &inner, 0, b, NOBODY)
              && ground_is_free(c->ground, &outer, CLEAR_M, b, NOBODY);
    rings_clear(&inner);
    rings_clear(&outer);
    return clear;
}

// Where on the wall: all of it, a part in its middle, or a part flush with one end.
static bool part_choose(struct city *c, const struct wall *w, double depth, struct part *out)
{
    struct rng *r = &c->rng;
    double u = rng_unit(r);
    struct part p = { 0, w->length_m, depth };
    if (u < 0.45) {
        if (!w->convex_p || !w->convex_q)
            return false;
    } else {
        double wide = fmax(LEAST_PART_M, w->length_m * rng_between(r, 0.3, 0.7)), rest = w->length_m - wide;
        if (rest < 1)
            return false;
        p.from = u < 0.75 ? rest * rng_between(r, 0.2, 0.8) : w->convex_p ? 0 : rest;
        p.to = p.from + wide;
        if (p.from == rest && !w->convex_q)
            return false;
    }
    *out = p;
    return (p.to - p.from) * depth >= LEAST_STRIP_M2;
}

// The building stands in AFTER as `now`; the truth is told of the polygon.
static void made(struct city *c, uint32_t b, const struct rings *now, const struct city_truth *t,
                 const struct rings *polygon)
{
    c->touched[b] = TOUCH_EDITED;
    uint32_t shape = shapes_add(&c->shapes, now, c->shapes.height_m[b], c->shapes.family[b]);
    ground_add(c->ground, shape);
    uint32_t number = city_add_after(c, shape, b, c->shapes.height_m[b]);
    struct city_truth *kept = city_add_truth(c, t->op, t->class, polygon, t->frame);
    kept->depth_m = t->depth_m;
    kept->before[kept->befores++] = b;
    kept->after[kept->afters++] = number;
}

// A corner that became a mere point of a longer wall stays only where a neighbour leans on it.
static void without_idle_corners(struct city *c, const struct wall *w, uint32_t b, struct rings *r)
{
    struct xy_m ends[] = { w->p, w->q };
    for (int e = 0; e < 2; e++) {
        if (ground_has_corner(c->ground, ends[e], b))
            continue;
        for (uint32_t i = 0; i < r->first[1]; i++) {
            struct xy_m v = r->vertex[i], a = shape_previous(r, 0, i), z = shape_next(r, 0, i);
            double turn = (v.x - a.x) * (z.y - v.y) - (v.y - a.y) * (z.x - v.x);
            if (v.x != ends[e].x || v.y != ends[e].y || fabs(turn) > 1e-6 * hypot(z.x - a.x, z.y - a.y))
                continue;
            struct rings less = {0};
            shape_spliced(r, 0, i, 1, NULL, 0, &less);
            rings_clear(r);
            *r = less;
            break;
        }
    }
}

static void extended(const struct rings *old, const struct wall *w, struct part p, struct rings *out)
{
    struct xy_m v[6];
    int n = 0;
    v[n++] = w->p;
    if (p.from > 0)
        v[n++] = wall_point(w, p.from, 0);
    v[n++] = wall_point(w, p.from, p.depth);
    v[n++] = wall_point(w, p.to, p.depth);
    if (p.to < w->length_m)
        v[n++] = wall_point(w, p.to, 0);
    shape_spliced(old, 0, w->at, 1, v, n, out);
}

static bool extend_wall(struct city *c, uint32_t b, const struct rings *old, double depth)
{
    struct wall w;
    struct part p;
    if (!wall_pick(c, old, 3, &w) || !part_choose(c, &w, depth, &p)
        || !strip_is_free(c, &w, p, old, b))
        return false;
    struct rings now = {0}, strip = {0};
    extended(old, &w, p, &now);
    without_idle_corners(c, &w, b, &now);
    strip_draw(&w, p.from, p.to, 0, p.depth, &strip);
    struct city_truth t = { .op = "extend", .class = "enlarged", .frame = FRAME_AFTER, .depth_m = depth };
    made(c, b, &now, &t, &strip);
    rings_clear(&now);
    rings_clear(&strip);
    return true;
}

// A corner that points inwards, and how much of both its walls the filling takes.
struct notch { uint32_t at; struct xy_m v, on_before, far, on_behind; double depth_m, area_m2; };

static struct xy_m between(struct xy_m a, struct xy_m b, double share)
{
    return (struct xy_m){ a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share };
}

static bool notch_get(struct city *c, const struct rings *r, uint32_t i, struct notch *out)
{
    struct xy_m a = shape_previous(r, 0, i), v = r->vertex[i], z = shape_next(r, 0, i);
    double la = hypot(a.x - v.x, a.y - v.y), lz = hypot(z.x - v.x, z.y - v.y);
    double turn = (v.x - a.x) * (z.y - v.y) - (v.y - a.y) * (z.x - v.x);
    if (turn > -0.8 * la * lz || fmin(la, lz) < 2.2)
        return false;
    double ka = rng_between(&c->rng, 0.5, 0.9), kz = rng_between(&c->rng, 0.5, 0.9);
    struct xy_m on_a = between(v, a, ka), on_z = between(v, z, kz);
    struct xy_m far = { on_a.x + on_z.x - v.x, on_a.y + on_z.y - v.y };
    *out = (struct notch){ i, v, on_a, far, on_z, fmin(la * ka, lz * kz), fabs(turn) * ka * kz };
    return true;
}

static bool notch_pick(struct city *c, const struct rings *r, struct notch *out)
{
    uint32_t n = r->first[1], start = rng_below(&c->rng, n);
    for (uint32_t k = 0; k < n; k++)
        if (notch_get(c, r, (start + k) % n, out))
            return out->area_m2 >= LEAST_STRIP_M2 && out->depth_m >= 1.5;
    return false;
}

// The parallelogram in the corner is filled. Counter-clockwise it begins with the corner itself.
static bool extend_corner(struct city *c, uint32_t b, const struct rings *old)
{
    struct notch n;
    if (!notch_pick(c, old, &n))
        return false;
    struct rings fill = {0}, now = {0}, probe = {0};
    struct xy_m quad[] = { n.v, n.on_before, n.far, n.on_behind };
    draw_quad(quad, &fill);
    shape_turned(&fill, rings_centroid(&fill), 0, 0.98, &probe);
    bool clear = rings_area_m2(&fill) > 0 && shape_distance_m(&probe, old) > 0.001
              && ground_is_free(c->ground, &probe, 0.2, b, NOBODY);
    if (clear) {
        shape_spliced(old, 0, n.at, 1, quad + 1, 3, &now);
        struct city_truth t = { .op = "extend", .class = "enlarged", .frame = FRAME_AFTER, .depth_m = n.depth_m };
        made(c, b, &now, &t, &fill);
    }
    rings_clear(&fill);
    rings_clear(&now);
    rings_clear(&probe);
    return clear;
}

bool edit_extend(struct city *c, uint32_t b)
{
    struct rings old = {0};
    shapes_get(&c->shapes, b, &old);
    bool lean_to = rng_chance(&c->rng, 0.2);
    double depth = lean_to ? rng_between(&c->rng, 1.5, 2.5) : rng_between(&c->rng, 1.5, 6);
    bool done = rings_area_m2(&old) >= 20 && rng_chance(&c->rng, 0.2) && extend_corner(c, b, &old);
    done = done || (rings_area_m2(&old) >= 20 && extend_wall(c, b, &old, depth));
    rings_clear(&old);
    return done;
}

// The strip behind the wall lies wholly inside the building.
static bool strip_is_own(const struct wall *w, struct part p, const struct rings *old)
{
    struct rings inner = {0};
    strip_draw(w, p.to - 0.02, p.from + 0.02, -0.02, -p.depth - 1.5, &inner);
    bool inside = true;
    for (uint32_t i = 0; i < inner.first[1] && inside; i++)
        inside = rings_contain(old, inner.vertex[i]);
    for (uint32_t k = 0; k < old->count && inside; k++)
        for (uint32_t i = old->first[k]; i < old->first[k + 1] && inside; i++)
            inside = !rings_contain(&inner, old->vertex[i]);
    rings_clear(&inner);
    return inside;
}

static struct xy_m towards(struct xy_m from, struct xy_m to, double length_m)
{
    double whole = hypot(to.x - from.x, to.y - from.y);
    return (struct xy_m){ from.x + (to.x - from.x) * length_m / whole, from.y + (to.y - from.y) * length_m / whole };
}

// A whole wall moves inwards along its neighbours; what lies between is lost.
static bool pulled_in(const struct rings *old, const struct wall *w, double depth, struct rings *lost,
                      struct rings *now)
{
    struct xy_m a = shape_previous(old, 0, w->at), z = shape_next(old, 0, w->at + 1 < old->first[1] ? w->at + 1 : 0);
    if (hypot(a.x - w->p.x, a.y - w->p.y) < depth + 3 || hypot(z.x - w->q.x, z.y - w->q.y) < depth + 3)
        return false;
    struct xy_m p = towards(w->p, a, depth), q = towards(w->q, z, depth);
    struct xy_m quad[] = { p, w->p, w->q, q }, instead[] = { p, q };
    draw_quad(quad, lost);
    shape_spliced(old, 0, w->at, 2, instead, 2, now);
    return true;
}

static void notched(const struct rings *old, const struct wall *w, struct part p, struct rings *lost, struct rings *now)
{
    struct xy_m v[] = { w->p, wall_point(w, p.from, 0), wall_point(w, p.from, -p.depth), wall_point(w, p.to, -p.depth),
                        wall_point(w, p.to, 0) };
    shape_spliced(old, 0, w->at, 1, v, 5, now);
    strip_draw(w, p.to, p.from, 0, -p.depth, lost);
}

// Only walls that nobody leans on are torn down.
static bool wall_is_free(struct city *c, const struct wall *w, uint32_t b)
{
    struct rings front = {0};
    strip_draw(w, 0.3, w->length_m - 0.3, 0.05, 0.3, &front);
    bool clear = ground_is_free(c->ground, &front, 0, b, NOBODY);
    rings_clear(&front);
    return clear;
}

static bool reduced(struct city *c, uint32_t b, const struct rings *old, double depth, struct rings *lost,
                    struct rings *now)
{
    struct wall w;
    if (!wall_pick(c, old, 3, &w) || !wall_is_free(c, &w, b))
        return false;
    struct part whole = { 0, w.length_m, depth };
    struct part middle = { rng_between(&c->rng, 0.2, 0.35) * w.length_m, rng_between(&c->rng, 0.65, 0.8) * w.length_m,
                           depth };
    bool notch = rng_chance(&c->rng, 0.4) && w.length_m > 5;
    if (!strip_is_own(&w, notch ? middle : whole, old))
        return false;
    if (!notch)
        return w.convex_p && w.convex_q && pulled_in(old, &w, depth, lost, now);
    notched(old, &w, middle, lost, now);
    return true;
}

bool edit_reduce(struct city *c, uint32_t b)
{
    struct rings old = {0}, now = {0}, lost = {0};
    shapes_get(&c->shapes, b, &old);
    struct city_truth t = {
        .op = "reduce", .class = "reduced", .frame = FRAME_BEFORE, .depth_m = rng_between(&c->rng, 1.5, 4.5)
    };
    bool done = reduced(c, b, &old, t.depth_m, &lost, &now);
    double area = rings_area_m2(&old), rest = done ? rings_area_m2(&now) : 0;
    done = done && rest > 0.4 * area && rest > fmax(15, city_least_edit_m2(c)) && rings_area_m2(&lost) >= LEAST_STRIP_M2
        && fabs(area - rest - rings_area_m2(&lost)) < 1e-6;
    if (done)
        made(c, b, &now, &t, &lost);
    rings_clear(&old);
    rings_clear(&now);
    rings_clear(&lost);
    return done;
}

// A building of its own against an old wall.
bool edit_add_leaning(struct city *c, uint32_t b)
{
    struct rings old = {0}, strip = {0};
    shapes_get(&c->shapes, b, &old);
    struct wall w;
    struct part p;
    double depth = rng_between(&c->rng, 2, 8);
    bool done = wall_pick(c, &old, 3, &w) && part_choose(c, &w, depth, &p) && strip_is_free(c, &w, p, &old, b)
             && (p.to - p.from) * depth >= city_least_edit_m2(c);
    if (done) {
        c->touched[b] = TOUCH_EDITED;
        strip_draw(&w, p.from, p.to, 0, depth, &strip);
        uint32_t shape = shapes_add(&c->shapes, &strip, 3, c->shapes.family[b]);
        ground_add(c->ground, shape);
        city_add_after(c, b, b, c->shapes.height_m[b]); // the old one stands as it was
        uint32_t number = city_add_after(c, shape, NOBODY, 3);
        struct city_truth *t = city_add_truth(c, "add-leaning", "new", &strip, FRAME_AFTER);
        t->depth_m = depth;
        t->after[t->afters++] = number;
    }
    rings_clear(&old);
    rings_clear(&strip);
    return done;
}

// How far it is straight ahead from a point of the wall to the facing wall of another building.
static bool ahead(const struct wall *w, const struct wall *facing, double along_m, double *out)
{
    struct xy_m o = wall_point(w, along_m, 0);
    double inward = w->out.x * facing->out.x + w->out.y * facing->out.y;
    if (inward > -0.98)
        return false;
    double far = ((facing->p.x - o.x) * facing->out.x + (facing->p.y - o.y) * facing->out.y) / inward;
    struct xy_m hit = { o.x + w->out.x * far, o.y + w->out.y * far };
    double at = (hit.x - facing->p.x) * facing->along.x + (hit.y - facing->p.y) * facing->along.y;
    *out = far;
    return far > 1.4 && far < 7 && at > 0.05 && at < facing->length_m - 0.05;
}

static bool gap_before(const struct rings *other, const struct wall *w, struct part p, double *near, double *far)
{
    for (uint32_t i = 0; i < other->first[1]; i++) {
        struct wall facing = wall_get(other, i);
        if (facing.length_m > 2 && ahead(w, &facing, p.from, near) && ahead(w, &facing, p.to, far))
            return true;
    }
    return false;
}

// The ground between the wall and the facing one, and the building grown over it.
static bool gap_fill(const struct rings *old, const struct wall *w, const struct rings *other, struct rings *fill,
                     struct rings *now, double *depth)
{
    struct part p = { 0.1 * w->length_m, 0.9 * w->length_m, 0 };
    double near, far;
    if (!gap_before(other, w, p, &near, &far))
        return false;
    struct xy_m v[] = { w->p, wall_point(w, p.from, 0), wall_point(w, p.from, near), wall_point(w, p.to, far),
                        wall_point(w, p.to, 0) };
    draw_quad(v + 1, fill);
    shape_spliced(old, 0, w->at, 1, v, 5, now);
    *depth = fmin(near, far);
    return rings_area_m2(fill) >= LEAST_STRIP_M2;
}

static bool gap_is_free(struct city *c, const struct rings *fill, const struct rings *old, uint32_t b,
                        const struct rings *r, uint32_t other)
{
    struct rings probe = {0};
    shape_turned(fill, rings_centroid(fill), 0, 0.97, &probe);
    bool clear = shape_distance_m(&probe, old) > 0 && shape_distance_m(&probe, r) > 0
              && ground_is_free(c->ground, &probe, CLEAR_M, b, other);
    rings_clear(&probe);
    return clear;
}

static bool close_gap_with(struct city *c, uint32_t b, const struct rings *old, const struct wall *w, uint32_t other)
{
    struct rings r = {0}, fill = {0}, now = {0};
    struct city_truth t = { .op = "infill", .class = "infilled", .frame = FRAME_AFTER };
    shapes_get(&c->shapes, other, &r);
    bool done = gap_fill(old, w, &r, &fill, &now, &t.depth_m) && gap_is_free(c, &fill, old, b, &r, other);
    if (done) {
        c->touched[other] = TOUCH_EDITED;
        made(c, b, &now, &t, &fill);
        uint32_t kept = city_add_after(c, other, other, c->shapes.height_m[other]);
        struct city_truth *told = &c->truth[c->truths - 1];
        told->before[told->befores++] = other;
        told->after[told->afters++] = kept;
    }
    rings_clear(&r);
    rings_clear(&fill);
    rings_clear(&now);
    return done;
}

bool edit_close_gap(struct city *c, uint32_t b)
{
    uint32_t found[GROUND_FOUND_MAX];
    struct rings old = {0};
    struct wall w;
    bool done = false;
    shapes_get(&c->shapes, b, &old);
    struct box_m box = rings_box(&old);
    struct box_m around = { box.min_x - 8, box.min_y - 8, box.max_x + 8, box.max_y + 8 };
    int count = ground_find(c->ground, around, found);
    bool picked = rings_area_m2(&old) > 20 && wall_pick(c, &old, 4, &w);
    for (int i = 0; i < count && picked && !done; i++)
        done = found[i] != b && found[i] < c->before_count && c->touched[found[i]] == TOUCH_NONE
            && close_gap_with(c, b, &old, &w, found[i]);
    rings_clear(&old);
    return done;
}
