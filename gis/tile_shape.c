#include "core/base/mem.h"
#include "gis/tile_parts.h"

void tile_shape_start(struct tile_shape *s)
{
    s->points = s->rings = 0;
}

void tile_shape_clear(struct tile_shape *s)
{
    mem_free(s->at);
    mem_free(s->ring);
    *s = (struct tile_shape){ 0 };
}

static struct tile_ring with_box(const struct tile_shape *s, uint32_t first, bool hole)
{
    struct tile_ring r = { .first = first, .end = s->points, .min = s->at[first], .max = s->at[first], .hole = hole };
    for (uint32_t i = first + 1; i < s->points; i++) {
        struct tile_point p = s->at[i];
        r.min.x = p.x < r.min.x ? p.x : r.min.x;
        r.min.y = p.y < r.min.y ? p.y : r.min.y;
        r.max.x = p.x > r.max.x ? p.x : r.max.x;
        r.max.y = p.y > r.max.y ? p.y : r.max.y;
    }
    return r;
}

void tile_shape_end_ring(struct tile_shape *s, uint32_t first, bool hole)
{
    s->ring = mem_grow(s->ring, &s->ring_cap, s->rings + 1, sizeof *s->ring);
    s->ring[s->rings++] = with_box(s, first, hole);
}

int64_t tile_ring_area2(const struct tile_shape *s, const struct tile_ring *r)
{
    int64_t area2 = 0;
    for (uint32_t i = r->first, last = r->end - 1; i < r->end; last = i++)
        area2 += s->at[last].x * s->at[i].y - s->at[i].x * s->at[last].y;
    return area2;
}

// The first point stays the first.
void tile_ring_turn(const struct tile_shape *s, const struct tile_ring *r)
{
    for (uint32_t i = r->first + 1, k = r->end - 1; i < k; i++, k--) {
        struct tile_point swap = s->at[i];
        s->at[i] = s->at[k];
        s->at[k] = swap;
    }
}

bool tile_ring_holds(const struct tile_shape *s, const struct tile_ring *r, struct tile_point twice)
{
    if (twice.x < 2 * r->min.x || twice.x > 2 * r->max.x || twice.y < 2 * r->min.y || twice.y > 2 * r->max.y)
        return false;
    bool inside = false;
    for (uint32_t i = r->first, last = r->end - 1; i < r->end; last = i++) {
        struct tile_point a = s->at[last], b = s->at[i];
        if ((2 * a.y > twice.y) == (2 * b.y > twice.y))
            continue;
        int64_t side = (int64_t)(b.x - a.x) * (twice.y - 2 * a.y) - (int64_t)(b.y - a.y) * (twice.x - 2 * a.x);
        inside ^= (side > 0) == (b.y > a.y);
    }
    return inside;
}
