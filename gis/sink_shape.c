#include "gis/sink_inside.h"
#include "core/base/mem.h"
#include <math.h>
#include <string.h>

enum { POINT = 1, POLYGON = 3, MULTIPOLYGON = 6, HEAD = 9, POINT_BYTES = 21 }; // HEAD: byte order, type, count of what follows

static uint32_t read_u32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static void cover(struct box_m *box, const struct xy_m *point, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        box->min_x = point[i].x < box->min_x ? point[i].x : box->min_x;
        box->max_x = point[i].x > box->max_x ? point[i].x : box->max_x;
        box->min_y = point[i].y < box->min_y ? point[i].y : box->min_y;
        box->max_y = point[i].y > box->max_y ? point[i].y : box->max_y;
    }
}

// One ring of `count` points at p, moved to the file's CRS. False when a point has no place there.
static bool move_ring(struct sink_maker *m, uint8_t *p, uint32_t count, struct box_m *box)
{
    if (count > m->point_cap)
        m->point = mem_grow(m->point, &m->point_cap, count, sizeof *m->point);
    memcpy(m->point, p, count * sizeof *m->point);
    if (crs_road_go(m->road, m->point, count) != 0)
        return false;
    memcpy(p, m->point, count * sizeof *m->point);
    cover(box, m->point, count);
    return true;
}

// The rings of one polygon (past its type); moves *at behind it.
static bool move_polygon(struct sink_maker *m, uint8_t *wkb, size_t len, size_t *at, struct box_m *box)
{
    if (len - *at < 4)
        return false;
    uint32_t rings = read_u32(wkb + *at);
    *at += 4;
    for (uint32_t r = 0; r < rings; r++) {
        if (len - *at < 4)
            return false;
        uint32_t points = read_u32(wkb + *at);
        *at += 4;
        if ((len - *at) / sizeof(struct xy_m) < points || !move_ring(m, wkb + *at, points, box))
            return false;
        *at += points * sizeof(struct xy_m);
    }
    return true;
}

static bool move_multipolygon(struct sink_maker *m, uint8_t *wkb, size_t len, struct box_m *box)
{
    uint32_t polygons = read_u32(wkb + 5);
    size_t at = HEAD;
    for (uint32_t i = 0; i < polygons; i++) {
        if (len - at < 5)
            return false;
        at += 5;
        if (!move_polygon(m, wkb, len, &at, box))
            return false;
    }
    return true;
}

static uint32_t type_of(const uint8_t *wkb, size_t len) { return len < HEAD || wkb[0] != 1 ? 0 : read_u32(wkb + 1); }

size_t sink_shape_len(const uint8_t *wkb, size_t len)
{
    uint32_t type = type_of(wkb, len);
    if (type == POINT)
        return len == POINT_BYTES ? len : 0;
    return type == MULTIPOLYGON ? len : type == POLYGON ? len + HEAD : 0;
}

bool sink_shape_put(struct sink_maker *m, const uint8_t *wkb, size_t len, uint8_t *out, struct box_m *box)
{
    static const uint8_t one_polygon[HEAD] = { 1, MULTIPOLYGON, 0, 0, 0, 1, 0, 0, 0 };
    size_t head = type_of(wkb, len) == POLYGON ? HEAD : 0;
    memcpy(out, one_polygon, head);
    memcpy(out + head, wkb, len);
    *box = (struct box_m){ INFINITY, INFINITY, -INFINITY, -INFINITY };
    if (type_of(wkb, len) == POINT)
        return move_ring(m, out + HEAD - sizeof(uint32_t), 1, box);
    return move_multipolygon(m, out, head + len, box);
}
