#include "gis/cells_corner.h"
#include "core/base/mem.h"
#include "gis/cells_join.h"
#include "gis/overlay.h"
#include <math.h>

static const double SHORT_M = 0.0015;    // shorter edges go when an end is free to move
static const double WELD_M = 1e-6;       // corners this near to each other are one, corners this near to an edge stand on it

// --- one place for corners that all but coincide ----------------------------------------------------------------------

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

static struct xy_m on_edge(const struct border *b, const struct border_touch *t)
{
    struct xy_m from = b->vertex[b->edge[t->edge].a], to = b->vertex[b->edge[t->edge].b];
    return (struct xy_m){ from.x + t->along * (to.x - from.x), from.y + t->along * (to.y - from.y) };
}

// Where each corner of b goes: the community's own stay, what stands beside the community's border comes to lie on it, and the rest
// goes to whoever was there first. The border is never bent: a micrometre along a kilometre of it is a gap of 500 mm2.
static struct xy_m *weld_all(const struct border *b, size_t corners, size_t edges)
{
    struct welding w = {0};
    struct border_touches touch = {0};
    struct xy_m *place = mem_get(b->vertices, sizeof *place);
    uint8_t *is_placed = mem_get(b->vertices, 1);
    border_init(&w.place);
    for (size_t v = 0; v < corners; v++) {
        place[v] = weld(&w, b->vertex[v]);
        is_placed[v] = 1;
    }
    border_find_touches(b, WELD_M, &touch);
    for (size_t i = 0; i < touch.count; i++) {
        uint32_t v = touch.at[i].vertex;
        if (touch.at[i].edge >= edges || is_placed[v])
            continue;
        place[v] = weld(&w, on_edge(b, &touch.at[i]));
        is_placed[v] = 1;
    }
    for (size_t v = 0; v < b->vertices; v++)
        if (!is_placed[v])
            place[v] = weld(&w, b->vertex[v]);
    border_clear(&w.place);
    mem_free(w.corner);
    mem_free(touch.at);
    mem_free(is_placed);
    return place;
}

static bool same(struct xy_m a, struct xy_m b)
{
    return a.x == b.x && a.y == b.y;
}

// Without corners given twice, and without ways out and back over the same corners.
static void add_ring(const struct xy_m *v, size_t n, struct rings *out)
{
    size_t kept = 0, from = 0;
    struct xy_m *keep = mem_get(n, sizeof *keep);
    for (size_t i = 0; i < n; i++) {
        if (kept > 0 && same(keep[kept - 1], v[i]))
            continue;
        if (kept > 1 && same(keep[kept - 2], v[i]))
            kept--;
        else
            keep[kept++] = v[i];
    }
    while (kept - from > 2 && (same(keep[from], keep[kept - 1]) || same(keep[from + 1], keep[kept - 1])))
        if (same(keep[from], keep[kept - 1]))
            kept--;
        else
            from++;
    for (size_t i = from; i < kept; i++)
        rings_add_vertex(out, keep[i]);
    rings_end_ring(out);
    mem_free(keep);
}

static void weld_corners(const struct rings *community, const struct polygons *p, struct polygons *out)
{
    struct border b;
    struct rings r = {0}, welded = {0};
    struct xy_m *v = NULL;
    size_t cap = 0;
    border_init(&b);
    border_add(&b, community, 1, BORDER_NOBODY);
    size_t corners = b.vertices, edges = b.edges;
    border_add_all(&b, p, 1);
    struct xy_m *place = weld_all(&b, corners, edges);
    for (int64_t i = 0; i < p->count; i++) {
        polygons_get(p, i, &r);
        rings_start(&welded);
        for (uint32_t k = 0; k < r.count; k++) {
            size_t n = r.first[k + 1] - r.first[k];
            v = mem_grow(v, &cap, n, sizeof *v);
            for (size_t j = 0; j < n; j++)
                v[j] = place[border_vertex(&b, r.vertex[r.first[k] + j])];
            add_ring(v, n, &welded);
        }
        polygons_add_local(out, &welded);
    }
    rings_clear(&r);
    rings_clear(&welded);
    mem_free(v);
    mem_free(place);
    border_clear(&b);
}

// --- corners of others on one's own edges ------------------------------------------------------------------------------

struct sharing { struct border b; struct border_touches touch; size_t *first; struct xy_m *v; size_t count, cap; };

static void put(struct sharing *s, struct xy_m p)
{
    s->v = mem_grow(s->v, &s->cap, s->count + 1, sizeof *s->v);
    s->v[s->count++] = p;
}

static void put_edge(struct sharing *s, struct xy_m at, struct xy_m next)
{
    uint32_t from = border_vertex(&s->b, at), to = border_vertex(&s->b, next);
    int64_t edge = border_find(&s->b, from, to);
    size_t n = s->first[edge + 1] - s->first[edge];
    put(s, at);
    for (size_t j = 0; j < n; j++)
        put(s, s->b.vertex[s->touch.at[from < to ? s->first[edge] + j : s->first[edge] + n - 1 - j].vertex]);
}

static void share_corners(const struct polygons *p, struct polygons *out)
{
    struct sharing s = {0};
    struct rings in = {0}, all = {0};
    border_init(&s.b);
    border_add_all(&s.b, p, 1);
    border_find_touches(&s.b, WELD_M, &s.touch);
    s.first = mem_get(s.b.edges + 1, sizeof *s.first);
    for (size_t i = 0; i < s.touch.count; i++)
        s.first[s.touch.at[i].edge + 1]++;
    for (size_t k = 0; k < s.b.edges; k++)
        s.first[k + 1] += s.first[k];
    for (int64_t i = 0; i < p->count; i++) {
        polygons_get(p, i, &in);
        rings_start(&all);
        for (uint32_t k = 0; k < in.count; k++) {
            s.count = 0;
            for (uint32_t v = in.first[k]; v < in.first[k + 1]; v++)
                put_edge(&s, in.vertex[v], in.vertex[v + 1 < in.first[k + 1] ? v + 1 : in.first[k]]);
            add_ring(s.v, s.count, &all);
        }
        polygons_add_local(out, &all);
    }
    rings_clear(&in);
    rings_clear(&all);
    mem_free(s.v);
    mem_free(s.first);
    mem_free(s.touch.at);
    border_clear(&s.b);
}

// --- what welding left ---------------------------------------------------------------------------------------------------

static bool runs_both_ways(const struct border *b)
{
    for (size_t i = 0; i < b->edges; i++)
        if (b->edge[i].left == b->edge[i].right)
            return true;
    return false;
}

static bool ring_is_outer(const struct rings *r, uint32_t k)
{
    uint32_t first[] = { 0, r->first[k + 1] - r->first[k] };
    return rings_area_m2(&(struct rings){ .vertex = r->vertex + r->first[k], .first = first, .count = 1 }) > 0;
}

// Each outer ring with its holes, alone.
static void add_apart(const struct rings *r, struct polygons *out)
{
    struct rings part = {0};
    for (uint32_t k = 0, end; k < r->count; k = end) {
        for (end = k + 1; end < r->count && !ring_is_outer(r, end); end++)
            ;
        rings_take(r, k, end, &part);
        polygons_add_local(out, &part);
        rings_clear(&part);
    }
}

// A neck that was closed: what it ran out and back over goes, and there are two polygons now, or one with a hole less.
static void open_up(const struct rings *r, struct border *b, struct polygons *out)
{
    struct polygons traced;
    struct rings whole = {0};
    uint32_t label = 0;
    polygons_init(&traced, (struct xy_m){0});
    if (cells_dissolve(b, &label, 1, &traced))
        polygons_get(&traced, 0, &whole);
    add_apart(whole.count > 0 ? &whole : r, out);
    rings_clear(&whole);
    polygons_clear(&traced);
}

// What has no ground goes; its neighbours share their corners by now.
static void tidy(const struct polygons *p, struct polygons *out)
{
    struct rings r = {0};
    for (int64_t i = 0; i < p->count; i++) {
        struct border b;
        polygons_get(p, i, &r);
        if (!(rings_area_m2(&r) > 0))
            continue;
        border_init(&b);
        border_add(&b, &r, 1, 0);
        if (runs_both_ways(&b))
            open_up(&r, &b, out);
        else
            polygons_add_local(out, &r);
        border_clear(&b);
    }
    rings_clear(&r);
}

void cells_clean_corners(const struct rings *community, struct polygons *p)
{
    struct polygons welded, shared, kept;
    polygons_init(&welded, p->origin);
    polygons_init(&shared, p->origin);
    polygons_init(&kept, p->origin);
    weld_corners(community, p, &welded);
    share_corners(&welded, &shared);
    tidy(&shared, &kept);
    polygons_clear(&welded);
    polygons_clear(&shared);
    polygons_clear(p);
    *p = kept;
}

// --- whole millimetres ---------------------------------------------------------------------------------------------------

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
