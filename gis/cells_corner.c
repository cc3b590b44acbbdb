#include "gis/cells_corner.h"
#include "core/base/mem.h"
#include "gis/overlay.h"
#include <math.h>

static const double ON_EDGE_M = 1e-6;    // a corner computed to stand on an edge stands this near to it
static const double SHORT_M = 0.0015;    // shorter edges go when an end is free to move
static const double WELD_M = 1e-6;

// Corners a micrometre apart become one: the community's own, or else the first one seen.
struct welding { struct border place; struct xy_m *corner; size_t cap; };

static struct xy_m weld(struct welding *w, struct xy_m p)
{
    struct xy_m at = { floor(p.x / WELD_M), floor(p.y / WELD_M) };
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
            int64_t k = border_find_vertex(&w->place, (struct xy_m){ at.x + dx, at.y + dy });
            if (k >= 0 && hypot(w->corner[k].x - p.x, w->corner[k].y - p.y) < WELD_M)
                return w->corner[k];
        }
    size_t known = w->place.vertices;
    uint32_t k = border_vertex(&w->place, at);
    if (k < known)
        return w->corner[k];
    w->corner = mem_grow(w->corner, &w->cap, w->place.vertices, sizeof *w->corner);
    w->corner[k] = p;
    return p;
}

static bool same(struct xy_m a, struct xy_m b)
{
    return a.x == b.x && a.y == b.y;
}

// One ring, welded; a way out and back over the same corners goes too.
static void weld_ring(struct welding *w, const struct rings *r, uint32_t ring, struct rings *out)
{
    uint32_t n = r->first[ring + 1] - r->first[ring], kept = 0, from = 0;
    struct xy_m *v = mem_get(n, sizeof *v);
    for (uint32_t i = 0; i < n; i++) {
        struct xy_m p = weld(w, r->vertex[r->first[ring] + i]);
        if (kept > 0 && same(v[kept - 1], p))
            continue;
        if (kept > 1 && same(v[kept - 2], p))
            kept--;
        else
            v[kept++] = p;
    }
    while (kept - from > 2 && (same(v[from], v[kept - 1]) || same(v[from + 1], v[kept - 1])))
        if (same(v[from], v[kept - 1]))
            kept--;
        else
            from++;
    for (uint32_t i = from; i < kept; i++)
        rings_add_vertex(out, v[i]);
    rings_end_ring(out);
    mem_free(v);
}

void cells_weld_corners(const struct rings *community, struct polygons *p)
{
    struct welding w = {0};
    struct polygons welded;
    struct rings r = {0}, out = {0};
    border_init(&w.place);
    polygons_init(&welded, p->origin);
    for (uint32_t i = 0; i < community->first[community->count]; i++)
        weld(&w, community->vertex[i]);
    for (int64_t i = 0; i < p->count; i++) {
        polygons_get(p, i, &r);
        rings_start(&out);
        for (uint32_t k = 0; k < r.count; k++)
            weld_ring(&w, &r, k, &out);
        polygons_add_local(&welded, &out);
    }
    rings_clear(&r);
    rings_clear(&out);
    border_clear(&w.place);
    mem_free(w.corner);
    polygons_clear(p);
    *p = welded;
}

// Copies p with, on every edge, the corners of others that stand on it.
void cells_share_corners(const struct polygons *p, struct polygons *out)
{
    struct border b;
    struct border_touches touch = {0};
    struct rings in = {0}, all = {0};
    border_init(&b);
    border_add_all(&b, p, 1);
    border_find_touches(&b, ON_EDGE_M, &touch);
    size_t *first = mem_get(b.edges + 1, sizeof *first);
    for (size_t i = 0; i < touch.count; i++)
        first[touch.at[i].edge + 1]++;
    for (size_t k = 0; k < b.edges; k++)
        first[k + 1] += first[k];
    for (int64_t i = 0; i < p->count; i++) {
        polygons_get(p, i, &in);
        rings_start(&all);
        for (uint32_t k = 0; k < in.count; k++) {
            for (uint32_t v = in.first[k]; v < in.first[k + 1]; v++) {
                struct xy_m at = in.vertex[v], next = in.vertex[v + 1 < in.first[k + 1] ? v + 1 : in.first[k]];
                uint32_t from = border_vertex(&b, at), to = border_vertex(&b, next);
                rings_add_vertex(&all, at);
                int64_t edge = border_find(&b, from, to);
                size_t n = first[edge + 1] - first[edge];
                for (size_t j = 0; j < n; j++)
                    rings_add_vertex(&all, b.vertex[touch.at[from < to ? first[edge] + j : first[edge] + n - 1 - j].vertex]);
            }
            rings_end_ring(&all);
        }
        polygons_add_local(out, &all);
    }
    rings_clear(&in);
    rings_clear(&all);
    mem_free(first);
    mem_free(touch.at);
    border_clear(&b);
}

// Where each corner goes: those on the community's border and on walls stay, the others become whole millimetres; a corner that
// is free goes to a fixed one a hair away.
static struct xy_m *places_of_corners(struct border *wall, const struct border *b)
{
    uint8_t *fixed = mem_get(b->vertices, 1);
    struct xy_m *place = mem_get(b->vertices, sizeof *place);
    for (size_t i = 0; i < b->edges; i++)
        if (b->edge[i].left == BORDER_NOBODY || b->edge[i].right == BORDER_NOBODY)
            fixed[b->edge[i].a] = fixed[b->edge[i].b] = 1;
    size_t walls = wall->vertices;
    for (size_t v = 0; v < b->vertices; v++) {
        fixed[v] |= border_vertex(wall, b->vertex[v]) < walls;
        struct xy_m p = b->vertex[v];
        place[v] = fixed[v] ? p : (struct xy_m){ round(p.x * 1000) / 1000, round(p.y * 1000) / 1000 };
    }
    for (size_t i = 0; i < b->edges; i++) {
        uint32_t a = b->edge[i].a, c = b->edge[i].b;
        if (fixed[a] != fixed[c] && hypot(b->vertex[a].x - b->vertex[c].x, b->vertex[a].y - b->vertex[c].y) < SHORT_M)
            place[fixed[a] ? c : a] = b->vertex[fixed[a] ? a : c];
    }
    mem_free(fixed);
    return place;
}

static void move_corners(const struct rings *r, struct border *b, const struct xy_m *place, struct rings *out)
{
    rings_start(out);
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t n = r->first[k + 1] - r->first[k];
        struct xy_m last = place[border_vertex(b, r->vertex[r->first[k] + n - 1])];
        for (uint32_t i = 0; i < n; i++) {
            struct xy_m p = place[border_vertex(b, r->vertex[r->first[k] + i])];
            if (p.x != last.x || p.y != last.y)
                rings_add_vertex(out, p);
            last = p;
        }
        rings_end_ring(out);
    }
}

bool cells_round_corners(struct overlay *o, struct border *walls, const struct polygons *cells, struct polygons *out)
{
    struct border b;
    struct rings r = {0}, moved = {0}, fixed = {0};
    bool good = true, repaired;
    border_init(&b);
    border_add_all(&b, cells, 1);
    struct xy_m *place = places_of_corners(walls, &b);
    for (int64_t i = 0; i < cells->count && good; i++) {
        polygons_get(cells, i, &r);
        move_corners(&r, &b, place, &moved);
        good = moved.count == r.count && overlay_repair(o, &moved, &fixed, &repaired, &(struct err){0}) == OK && !repaired;
        polygons_add_local(out, &moved);
    }
    rings_clear(&r);
    rings_clear(&moved);
    rings_clear(&fixed);
    mem_free(place);
    border_clear(&b);
    return good;
}
