#include "gis/wkb_box.h"

#include "gis/wkb_walk.h"
#include <math.h>

struct meeting { struct box_m box; bool met, inside; enum wkb_type type; };

static bool holds(const struct box_m *b, struct xy_m p)
{
    return p.x >= b->min_x && p.x <= b->max_x && p.y >= b->min_y && p.y <= b->max_y;
}

// One side of a clip (Liang and Barsky 1984): the part of p + t d with t in [low, high] on the right side of it. What is not a number
// becomes an end, and then nothing is left.
static bool clip(double towards, double away, double *low, double *high)
{
    if (towards == 0)
        return away >= 0;
    double t = away / towards;
    if (towards < 0)
        *low = t <= *low ? *low : t;
    else
        *high = t >= *high ? *high : t;
    return *low <= *high;
}

static bool piece_meets(const struct box_m *b, struct xy_m p, struct xy_m q)
{
    double low = 0, high = 1, dx = q.x - p.x, dy = q.y - p.y;
    return clip(-dx, p.x - b->min_x, &low, &high) && clip(dx, b->max_x - p.x, &low, &high) && clip(-dy, p.y - b->min_y, &low, &high) &&
           clip(dy, b->max_y - p.y, &low, &high);
}

// Does a ray to the east from the box's corner cross this edge?
static bool crosses(struct xy_m corner, struct xy_m p, struct xy_m q)
{
    return (p.y > corner.y) != (q.y > corner.y) && corner.x < p.x + (corner.y - p.y) / (q.y - p.y) * (q.x - p.x);
}

static void meet_run(void *ctx, const struct wkb_run *r, uint32_t part)
{
    struct meeting *m = ctx;
    struct xy_m corner = { m->box.min_x, m->box.min_y }, p = corner;
    (void)part;
    for (uint32_t i = 0; i < r->count && !m->met; i++) {
        struct xy_m q = wkb_run_point(r, i);
        m->met = holds(&m->box, q) || (i > 0 && piece_meets(&m->box, p, q));
        m->inside ^= m->type == WKB_TYPE_POLYGON && i > 0 && crosses(corner, p, q);
        p = q;
    }
}

static void begin(void *ctx, enum wkb_type type, uint32_t parts)
{
    struct meeting *m = ctx;
    (void)parts;
    m->type = type;
    m->inside = false;
}

// No edge meets the box: then all of it lies in the polygon, or nothing does.
static void end(void *ctx, enum wkb_type type)
{
    struct meeting *m = ctx;
    m->met = m->met || (type == WKB_TYPE_POLYGON && m->inside);
}

bool wkb_meets_box(const uint8_t *bytes, size_t len, struct box_m box)
{
    struct meeting m = { .box = box };
    return wkb_walk(bytes, len, &(struct wkb_steps){ begin, meet_run, end }, &m) && m.met;
}

static void widen(void *ctx, const struct wkb_run *r, uint32_t part)
{
    struct box_m *b = ctx;
    (void)part;
    for (uint32_t i = 0; i < r->count; i++) {
        struct xy_m p = wkb_run_point(r, i);
        b->min_x = p.x < b->min_x ? p.x : b->min_x, b->max_x = p.x > b->max_x ? p.x : b->max_x;
        b->min_y = p.y < b->min_y ? p.y : b->min_y, b->max_y = p.y > b->max_y ? p.y : b->max_y;
    }
}

bool wkb_box(const uint8_t *bytes, size_t len, struct box_m *out)
{
    *out = (struct box_m){ INFINITY, INFINITY, -INFINITY, -INFINITY };
    return wkb_walk(bytes, len, &(struct wkb_steps){ .run = widen }, out) && out->min_x <= out->max_x && out->min_y <= out->max_y;
}
