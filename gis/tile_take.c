// A geometry on its way into a tile: onto the grid, simpler, cut at the window, valid.
#include "core/base/mem.h"
#include "core/base/status.h"
#include "gis/packed.h"
#include "gis/tile_parts.h"

#include <math.h>

static enum tile_shape_kind kind_of(enum wkb_type type)
{
    static const enum tile_shape_kind kinds[] = {
        [WKB_TYPE_POINT] = TILE_POINTS, [WKB_TYPE_MULTIPOINT] = TILE_POINTS, [WKB_TYPE_LINE] = TILE_LINES, [WKB_TYPE_MULTILINE] = TILE_LINES,
        [WKB_TYPE_POLYGON] = TILE_POLYGONS, [WKB_TYPE_MULTIPOLYGON] = TILE_POLYGONS, [WKB_TYPE_COLLECTION] = 0,
    };
    return kinds[type];
}

// --- vertices ----------------------------------------------------------------------------------------------------------------

// A ring or line as it comes: its box on the grid, and twice its ground before it was put there.
struct outline { struct tile_window box; struct xy_m first, last; double area2; bool any; };

static double round_off(double v)
{
    double whole = (double)(int64_t)(v + 0.5);
    return whole - (whole > v + 0.5);
}

static inline void take_vertex(struct tile *t, struct outline *o, struct xy_m p)
{
    o->area2 += (o->last.x - o->first.x) * (p.y - o->first.y) - (p.x - o->first.x) * (o->last.y - o->first.y);
    o->last = p;
    struct xy_m q = { round_off(p.x), round_off(p.y) }, *at = t->path.at + t->path.count;
    if (t->path.count > 0 && at[-1].x == q.x && at[-1].y == q.y)
        return;
    *at = q;
    t->path.count++;
    o->box.min_x = q.x < o->box.min_x ? q.x : o->box.min_x;
    o->box.min_y = q.y < o->box.min_y ? q.y : o->box.min_y;
    o->box.max_x = q.x > o->box.max_x ? q.x : o->box.max_x;
    o->box.max_y = q.y > o->box.max_y ? q.y : o->box.max_y;
}

// Those that stand in the columns, in degrees.
static void take_vertices(struct tile *t, struct outline *out, uint32_t count)
{
    const struct tile_columns *c = &t->column;
    t->now.broken |= !tile_grid_places(&t->grid, &t->column, count);
    if (t->now.broken || count == 0)
        return;
    struct xy_m first = { c->x[0], c->y[0] };
    struct outline o = { { INFINITY, INFINITY, -INFINITY, -INFINITY }, first, first, 0, true };
    for (uint32_t i = 0; i < count; i++)
        take_vertex(t, &o, (struct xy_m){ c->x[i], c->y[i] });
    *out = o;
}

static bool boxes_meet(struct tile_window a, struct tile_window b)
{
    return a.min_x <= b.max_x && b.min_x <= a.max_x && a.min_y <= b.max_y && b.min_y <= a.max_y;
}

static struct tile_point whole(struct xy_m p)
{
    return (struct tile_point){ (int32_t)p.x, (int32_t)p.y };
}

// --- points and lines --------------------------------------------------------------------------------------------------------

static void end_points(struct tile *t)
{
    struct tile_shape *s = &t->shape;
    tile_shape_room(s, t->path.count);
    for (uint32_t i = 0; i < t->path.count; i++) {
        struct xy_m p = t->path.at[i];
        if (tile_window_is_in((struct tile_window){ p.x, p.y, p.x, p.y }, t->window))
            s->at[s->points++] = whole(p);
    }
}

static void end_piece(struct tile_shape *s, uint32_t *first)
{
    if (s->points - *first >= 2)
        tile_shape_end_ring(s, *first, false);
    else
        s->points = *first;
    *first = s->points;
}

static void add_point(struct tile_shape *s, uint32_t first, struct tile_point p)
{
    if (s->points > first && s->at[s->points - 1].x == p.x && s->at[s->points - 1].y == p.y)
        return;
    s->at[s->points++] = p;
}

// What is inside of the window, piece by piece.
static void end_line(struct tile *t, const struct outline *o)
{
    struct tile_shape *s = &t->shape;
    t->now.collapsed |= t->path.count < 2;
    if (t->path.count < 2 || !boxes_meet(o->box, t->window))
        return;
    tile_simplify(&t->simplifier, &t->path, false, t->options.tolerance_units);
    tile_shape_room(s, 2 * (size_t)t->path.count);
    uint32_t first = s->points;
    for (uint32_t i = 1; i < t->path.count; i++) {
        struct xy_m a = t->path.at[i - 1], b = t->path.at[i];
        if (!tile_clip_segment(&a, &b, t->window)) {
            end_piece(s, &first);
            continue;
        }
        if (a.x != t->path.at[i - 1].x || a.y != t->path.at[i - 1].y)
            end_piece(s, &first);                   // it comes in from outside
        add_point(s, first, whole(a));
        add_point(s, first, whole(b));
    }
    end_piece(s, &first);
}

// --- polygons ----------------------------------------------------------------------------------------------------------------

static bool is_small(const struct tile *t, struct tile_window box)
{
    return box.max_x - box.min_x < t->options.pixel_units && box.max_y - box.min_y < t->options.pixel_units;
}

// The largest of the small parts speaks for all.
static void note_small(struct tile *t, const struct outline *o)
{
    double area = fabs(o->area2) / 2;
    if (area <= t->now.small_area)
        return;
    t->now.small_area = area;
    t->now.small_box = o->box;
}

static bool keep_ring(struct tile *t, bool hole)
{
    struct tile_shape *s = &t->shape;
    struct tile_point *at = tile_shape_room(s, t->path.count);
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->path.count; i++) {
        struct tile_point p = whole(t->path.at[i]);
        if (n == 0 || p.x != at[n - 1].x || p.y != at[n - 1].y)
            at[n++] = p;
    }
    while (n > 1 && at[n - 1].x == at[0].x && at[n - 1].y == at[0].y)
        n--;
    if (n < 3)
        return false;
    uint32_t first = s->points;
    s->points += n;
    tile_shape_end_ring(s, first, hole);
    return true;
}

static void widen(struct tile_window *w, struct tile_window box)
{
    w->min_x = fmin(w->min_x, box.min_x), w->max_x = fmax(w->max_x, box.max_x);
    w->min_y = fmin(w->min_y, box.min_y), w->max_y = fmax(w->max_y, box.max_y);
}

// Whether something of the ring is shown.
static bool end_ring(struct tile *t, const struct outline *o, bool hole)
{
    struct tile_path *p = &t->path;
    while (p->count > 1 && p->at[0].x == p->at[p->count - 1].x && p->at[0].y == p->at[p->count - 1].y)
        p->count--;
    if (o->any)
        widen(&t->now.reach, o->box);
    if (!o->any || !boxes_meet(o->box, t->window))
        return false;
    if (!hole && is_small(t, o->box)) {
        note_small(t, o);
        return false;
    }
    t->now.collapsed |= !hole && p->count < 3;
    if (p->count < 3)
        return false;
    tile_simplify(&t->simplifier, p, true, t->options.tolerance_units);
    if (!tile_window_is_in(o->box, t->window)) {
        tile_clip_ring(p, &t->spare, t->window);
        t->now.clipped = true;
    }
    return keep_ring(t, hole);
}

static double clamp(double v, double low, double high)
{
    return v < low ? low : v > high ? high : v;
}

// A square of the same ground in the middle of the box, as far as it lies in the window.
static enum tile_fate draw_square(struct tile *t)
{
    struct tile_window b = t->now.small_box, w = t->window;
    double side = clamp(round_off(sqrt(t->now.small_area)), 1, t->options.pixel_units);
    double x = round_off((b.min_x + b.max_x - side) / 2), y = round_off((b.min_y + b.max_y - side) / 2);
    widen(&t->now.reach, (struct tile_window){ x, y, x + side, y + side });    // it may lie a unit beyond the box
    int32_t min_x = (int32_t)clamp(x, w.min_x, w.max_x), max_x = (int32_t)clamp(x + side, w.min_x, w.max_x);
    int32_t min_y = (int32_t)clamp(y, w.min_y, w.max_y), max_y = (int32_t)clamp(y + side, w.min_y, w.max_y);
    if (min_x == max_x || min_y == max_y)
        return TILE_OUTSIDE;
    struct tile_point *at = tile_shape_room(&t->shape, 4);
    at[0] = (struct tile_point){ min_x, min_y }, at[1] = (struct tile_point){ max_x, min_y };
    at[2] = (struct tile_point){ max_x, max_y }, at[3] = (struct tile_point){ min_x, max_y };
    t->shape.points = 4;
    tile_shape_end_ring(&t->shape, 0, false);
    t->is_square = true;
    return TILE_SHOWN;
}

static void turn_rings(const struct tile_shape *s)
{
    for (uint32_t k = 0; k < s->rings; k++)
        if ((tile_ring_area2(s, &s->ring[k]) < 0) != s->ring[k].hole)
            tile_ring_turn(s, &s->ring[k]);
}

static enum tile_fate end_polygons(struct tile *t)
{
    if (t->shape.rings == 0 && t->now.small_area >= 0)
        return t->options.small == TILE_SMALL_SQUARE ? draw_square(t) : TILE_TOO_SMALL;
    if (t->shape.rings == 0)
        return t->now.collapsed ? TILE_TOO_SMALL : TILE_OUTSIDE;
    t->cleaner.tests = TILE_TESTS_MOST;
    enum tile_verdict v = tile_check(&t->cleaner, &t->shape);
    if (v == TILE_VALID)
        turn_rings(&t->shape);
    if (v == TILE_TOO_MANY || (v == TILE_INVALID && !tile_clean(&t->cleaner, &t->shape)))
        return TILE_TOO_COMPLEX;
    if (t->shape.rings == 0)                        // its rings only ran along the window, or over their own way
        return t->now.clipped ? TILE_OUTSIDE : TILE_TOO_SMALL;
    t->is_repaired = v == TILE_INVALID;
    return TILE_SHOWN;
}

// --- what is told of the geometry --------------------------------------------------------------------------------------------

static void begin(void *ctx, enum wkb_type type, uint32_t parts)
{
    struct tile *t = ctx;
    (void)parts;
    t->now.stack[t->now.depth++] = type;
}

static void end(void *ctx, enum wkb_type type)
{
    struct tile *t = ctx;
    (void)type;
    t->now.depth--;
}

// false: the run is not to be looked at.
static bool begin_run(struct tile *t, uint32_t count, uint32_t part)
{
    struct tile_arrival *n = &t->now;
    enum wkb_type type = n->stack[n->depth - 1];
    n->vertices += count;
    t->path.count = 0;
    if (n->broken || n->vertices > TILE_VERTICES_MOST || kind_of(type) != n->kind || (part > 0 && n->skip_holes))
        return false;
    tile_path_room(&t->path, (size_t)count + 1);
    tile_columns_room(&t->column, count);
    return true;
}

static void end_run(struct tile *t, const struct outline *o, uint32_t part)
{
    if (t->now.broken)
        return;
    if (t->now.kind == TILE_POINTS)
        end_points(t);
    else if (t->now.kind == TILE_LINES)
        end_line(t, o);
    else if (!end_ring(t, o, part > 0) && part == 0)
        t->now.skip_holes = true;                   // nobody is left who could have them
}

static void run(void *ctx, const struct wkb_run *r, uint32_t part)
{
    struct tile *t = ctx;
    struct outline o = { .any = false };
    t->now.skip_holes &= part > 0;
    if (!begin_run(t, r->count, part))
        return;
    for (uint32_t i = 0; i < r->count; i++) {
        struct xy_m p = wkb_run_point(r, i);
        t->column.x[i] = p.x, t->column.y[i] = p.y;
    }
    take_vertices(t, &o, r->count);
    end_run(t, &o, part);
}

static void pass_run(void *ctx, struct packed_cursor *c, uint32_t count, uint32_t part)
{
    (void)ctx;
    (void)part;
    while (count-- > 0)
        packed_next(c);
}

// Whole 1e-7 degrees divided by 1e7 are the doubles nearest to them: the same as in WKB.
static void run_packed(void *ctx, struct packed_cursor *c, uint32_t count, uint32_t part)
{
    struct tile *t = ctx;
    struct outline o = { .any = false };
    t->now.skip_holes &= part > 0;
    if (!begin_run(t, count, part)) {
        pass_run(t, c, count, part);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct packed_place p = packed_next(c);
        t->column.x[i] = p.x / 1e7, t->column.y[i] = p.y / 1e7;
    }
    take_vertices(t, &o, count);
    end_run(t, &o, part);
}

// --- a feature ---------------------------------------------------------------------------------------------------------------

static void note_kind(void *ctx, enum wkb_type type, uint32_t parts)
{
    struct tile *t = ctx;
    (void)parts;
    if (kind_of(type) > t->now.kind)
        t->now.kind = kind_of(type);
}

static void pass_end(void *ctx, enum wkb_type type)
{
    (void)ctx;
    (void)type;
}

// Of a collection what has the highest dimension is shown; most geometries say at once what they are.
static bool find_kind(struct tile *t, const struct tile_feature *f)
{
    static const struct wkb_steps steps = { .begin = note_kind };
    static const struct packed_steps packed = { note_kind, pass_run, pass_end };
    struct wkb_bytes in = { f->geometry, f->geometry_len, false };
    uint32_t type = 0, dims;
    if (f->is_packed ? f->geometry_len == 0 : !wkb_take_header(&in, &type, &dims))
        return false;
    if (f->is_packed)
        type = f->geometry[0];
    if (type < WKB_TYPE_POINT || type > WKB_TYPE_COLLECTION)
        return false;
    t->now.kind = kind_of((enum wkb_type)type);
    if (type != WKB_TYPE_COLLECTION)
        return true;
    return f->is_packed ? packed_walk(f->geometry, f->geometry_len, &packed, t) : wkb_walk(f->geometry, f->geometry_len, &steps, t);
}

// By the box that stands in front of a packed geometry.
static bool is_far(const struct tile *t, const struct tile_feature *f)
{
    struct packed_box b;
    if (!f->is_packed || !packed_box(f->geometry, f->geometry_len, &b))
        return false;
    return b.max_x < t->around.west * 1e7 || b.min_x > t->around.east * 1e7 || fmax(b.max_y, -TILE_EDGE_LATITUDE * 1e7) < t->around.south * 1e7 ||
           fmin(b.min_y, TILE_EDGE_LATITUDE * 1e7) > t->around.north * 1e7;
}

enum tile_fate tile_take(struct tile *t, const struct tile_feature *f)
{
    static const struct wkb_steps steps = { begin, run, end };
    static const struct packed_steps packed = { begin, run_packed, end };
    t->now = (struct tile_arrival){ .small_area = -1, .reach = { INFINITY, INFINITY, -INFINITY, -INFINITY } };
    tile_shape_start(&t->shape);
    if (!find_kind(t, f))
        return TILE_BROKEN;
    if (is_far(t, f))
        return TILE_OUTSIDE;
    bool whole_walk = f->is_packed ? packed_walk(f->geometry, f->geometry_len, &packed, t) : wkb_walk(f->geometry, f->geometry_len, &steps, t);
    if (!whole_walk || t->now.broken)
        return TILE_BROKEN;
    if (t->now.vertices > TILE_VERTICES_MOST)
        return TILE_TOO_COMPLEX;
    if (t->now.kind == TILE_POLYGONS)
        return end_polygons(t);
    if (t->shape.points > 0)
        return TILE_SHOWN;
    return t->now.collapsed ? TILE_TOO_SMALL : TILE_OUTSIDE;
}
