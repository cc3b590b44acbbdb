// Rings after Sutherland and Hodgman, side by side of the window: ground inside is wound around as often as before. Where a ring comes
// back along the window over its own way there is nothing between; tile_valid sees that and tile_clean takes it away.
#include "gis/tile_parts.h"

#include <math.h>

// One side of the window: sign * (coordinate - bound) <= 0 is inside. Coordinates are looked at as (x, y) or (y, x).
struct side { bool by_y; double bound, sign; };

static double along_side(struct xy_m p, const struct side *s) { return s->by_y ? p.x : p.y; }
static double across(struct xy_m p, const struct side *s) { return s->by_y ? p.y : p.x; }
static bool is_inside(struct xy_m p, const struct side *s) { return s->sign * (across(p, s) - s->bound) <= 0; }

// Where the edge meets the side, on the grid. From its lower end: an edge that runs the other way is cut at the same place.
static struct xy_m crossing(struct xy_m a, struct xy_m b, const struct side *s)
{
    struct xy_m low = across(a, s) < across(b, s) ? a : b, high = across(a, s) < across(b, s) ? b : a;
    double share = (s->bound - across(low, s)) / (across(high, s) - across(low, s));
    double at = floor(along_side(low, s) + share * (along_side(high, s) - along_side(low, s)) + 0.5);
    return s->by_y ? (struct xy_m){ at, s->bound } : (struct xy_m){ s->bound, at };
}

static void clip_side(const struct tile_path *in, struct tile_path *out, const struct side *s)
{
    out->count = 0;
    tile_path_room(out, 2 * (size_t)in->count);
    for (uint32_t i = 0, last = in->count - 1; i < in->count; last = i++) {
        struct xy_m a = in->at[last], b = in->at[i];
        if (is_inside(a, s) != is_inside(b, s))
            out->at[out->count++] = crossing(a, b, s);
        if (is_inside(b, s))
            out->at[out->count++] = b;
    }
}

static bool any_outside(const struct tile_path *p, const struct side *s)
{
    for (uint32_t i = 0; i < p->count; i++)
        if (!is_inside(p->at[i], s))
            return true;
    return false;
}

void tile_clip_ring(struct tile_path *p, struct tile_path *spare, struct tile_window w)
{
    const struct side sides[] = { { false, w.min_x, -1 }, { false, w.max_x, 1 }, { true, w.min_y, -1 }, { true, w.max_y, 1 } };
    for (int k = 0; k < 4 && p->count > 0; k++) {
        if (!any_outside(p, &sides[k]))
            continue;
        clip_side(p, spare, &sides[k]);
        struct tile_path swap = *p;
        *p = *spare;
        *spare = swap;
    }
}

// --- segments (Liang and Barsky) ---------------------------------------------------------------------------------------------

struct stretch { double from, to; };                // of the segment, 0 to 1

static bool cut(struct stretch *s, double way, double room)
{
    if (way == 0)
        return room >= 0;
    double at = room / way;
    if (way < 0 && at > s->from)
        s->from = at;
    if (way > 0 && at < s->to)
        s->to = at;
    return s->from <= s->to;
}

static struct xy_m part_way(struct xy_m a, struct xy_m b, double at, struct tile_window w)
{
    double x = floor(a.x + at * (b.x - a.x) + 0.5), y = floor(a.y + at * (b.y - a.y) + 0.5);
    x = x < w.min_x ? w.min_x : x > w.max_x ? w.max_x : x;
    y = y < w.min_y ? w.min_y : y > w.max_y ? w.max_y : y;
    return (struct xy_m){ x, y };
}

bool tile_clip_segment(struct xy_m *a, struct xy_m *b, struct tile_window w)
{
    struct xy_m p = *a, q = *b;
    struct stretch s = { 0, 1 };
    double dx = q.x - p.x, dy = q.y - p.y;
    if (!cut(&s, -dx, p.x - w.min_x) || !cut(&s, dx, w.max_x - p.x) || !cut(&s, -dy, p.y - w.min_y) || !cut(&s, dy, w.max_y - p.y))
        return false;
    if (s.from > 0)
        *a = part_way(p, q, s.from, w);
    if (s.to < 1)
        *b = part_way(p, q, s.to, w);
    return true;
}
