#include "gis/cell_border.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/status.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t FREE_SLOT = UINT32_MAX;
enum { SLOTS_AT_FIRST = 1024 };

static uint32_t *free_slots(size_t count)
{
    uint32_t *slot = mem_get(count, sizeof *slot);
    memset(slot, 0xff, count * sizeof *slot);
    return slot;
}

void border_init(struct border *b)
{
    *b = (struct border){ .vertex_slots = SLOTS_AT_FIRST, .edge_slots = SLOTS_AT_FIRST };
    b->vertex_slot = free_slots(SLOTS_AT_FIRST);
    b->edge_slot = free_slots(SLOTS_AT_FIRST);
}

void border_clear(struct border *b)
{
    void *owned[] = { b->vertex, b->edge, b->vertex_slot, b->edge_slot };
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        mem_free(owned[i]);
    *b = (struct border){0};
}

static uint64_t place_hash(struct xy_m p)
{
    uint64_t x, y;
    memcpy(&x, &p.x, sizeof x);
    memcpy(&y, &p.y, sizeof y);
    return hash_mix(hash_mix(x) + y);
}

static uint32_t *vertex_slot_of(const struct border *b, struct xy_m p)
{
    size_t k = place_hash(p) & (b->vertex_slots - 1);
    while (b->vertex_slot[k] != FREE_SLOT && (b->vertex[b->vertex_slot[k]].x != p.x || b->vertex[b->vertex_slot[k]].y != p.y))
        k = (k + 1) & (b->vertex_slots - 1);
    return &b->vertex_slot[k];
}

static uint32_t *edge_slot_of(const struct border *b, uint32_t from, uint32_t to)
{
    size_t k = hash_mix((uint64_t)from << 32 | to) & (b->edge_slots - 1);
    while (b->edge_slot[k] != FREE_SLOT && (b->edge[b->edge_slot[k]].a != from || b->edge[b->edge_slot[k]].b != to))
        k = (k + 1) & (b->edge_slots - 1);
    return &b->edge_slot[k];
}

// Half full at most.
static void widen_vertices(struct border *b)
{
    if (b->vertices * 2 < b->vertex_slots)
        return;
    mem_free(b->vertex_slot);
    b->vertex_slots *= 2;
    b->vertex_slot = free_slots(b->vertex_slots);
    for (size_t i = 0; i < b->vertices; i++)
        *vertex_slot_of(b, b->vertex[i]) = (uint32_t)i;
}

static void widen_edges(struct border *b)
{
    if (b->edges * 2 < b->edge_slots)
        return;
    mem_free(b->edge_slot);
    b->edge_slots *= 2;
    b->edge_slot = free_slots(b->edge_slots);
    for (size_t i = 0; i < b->edges; i++)
        *edge_slot_of(b, b->edge[i].a, b->edge[i].b) = (uint32_t)i;
}

uint32_t border_vertex(struct border *b, struct xy_m at)
{
    struct xy_m p = { at.x + 0.0, at.y + 0.0 }; // minus zero is zero
    uint32_t *slot = vertex_slot_of(b, p);
    if (*slot != FREE_SLOT)
        return *slot;
    must(b->vertices < FREE_SLOT);
    uint32_t id = (uint32_t)b->vertices;
    *slot = id;
    b->vertex = mem_grow(b->vertex, &b->vertex_cap, b->vertices + 1, sizeof *b->vertex);
    b->vertex[b->vertices++] = p;
    widen_vertices(b);
    return id;
}

int64_t border_find_vertex(const struct border *b, struct xy_m at)
{
    uint32_t slot = *vertex_slot_of(b, (struct xy_m){ at.x + 0.0, at.y + 0.0 });
    return slot == FREE_SLOT ? -1 : (int64_t)slot;
}

static void add_edge(struct border *b, uint32_t from, uint32_t to, int sign, uint32_t owner)
{
    if (from == to)
        return;
    bool forward = from < to;
    uint32_t low = forward ? from : to, high = forward ? to : from, *slot = edge_slot_of(b, low, high);
    if (*slot == FREE_SLOT) {
        must(b->edges < FREE_SLOT);
        *slot = (uint32_t)b->edges;
        b->edge = mem_grow(b->edge, &b->edge_cap, b->edges + 1, sizeof *b->edge);
        b->edge[b->edges++] = (struct border_edge){ low, high, 0, BORDER_NOBODY, BORDER_NOBODY };
    }
    struct border_edge *e = &b->edge[*slot];
    e->net += forward ? sign : -sign;
    *(forward ? &e->left : &e->right) = owner;
    widen_edges(b);
}

void border_add(struct border *b, const struct rings *r, int sign, uint32_t owner)
{
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t last = border_vertex(b, r->vertex[r->first[k + 1] - 1]);
        for (uint32_t i = r->first[k]; i < r->first[k + 1]; i++) {
            uint32_t next = border_vertex(b, r->vertex[i]);
            add_edge(b, last, next, sign, owner);
            last = next;
        }
    }
}

void border_add_all(struct border *b, const struct polygons *p, int sign)
{
    struct rings r = {0};
    for (int64_t i = 0; i < p->count; i++) {
        polygons_get(p, i, &r);
        border_add(b, &r, sign, (uint32_t)i);
    }
    rings_clear(&r);
}

int64_t border_find(const struct border *b, uint32_t from, uint32_t to)
{
    uint32_t slot = *edge_slot_of(b, from < to ? from : to, from < to ? to : from);
    return slot == FREE_SLOT ? -1 : (int64_t)slot;
}

// --- what stands on what ---------------------------------------------------------------------------------------------

// The ends of edges that do not cancel, in buckets.
struct ends { double x0, y0, side_m; int64_t columns, rows; uint32_t *first, *vertex; };

static int64_t along_axis(double v, double from, double side, int64_t count)
{
    double k = floor((v - from) / side);
    return k < 0 ? 0 : k >= (double)count ? count - 1 : (int64_t)k;
}

static size_t bucket_of(const struct ends *g, struct xy_m p)
{
    return (size_t)(along_axis(p.y, g->y0, g->side_m, g->rows) * g->columns + along_axis(p.x, g->x0, g->side_m, g->columns));
}

static uint8_t *mark_ends(const struct border *b, size_t *count, struct box_m *box)
{
    uint8_t *is_end = mem_get(b->vertices, 1);
    *count = 0;
    *box = (struct box_m){ INFINITY, INFINITY, -INFINITY, -INFINITY };
    for (size_t i = 0; i < b->edges; i++)
        if (b->edge[i].net != 0)
            is_end[b->edge[i].a] = is_end[b->edge[i].b] = 1;
    for (size_t v = 0; v < b->vertices; v++) {
        if (!is_end[v])
            continue;
        struct xy_m p = b->vertex[v];
        ++*count;
        *box = (struct box_m){ fmin(box->min_x, p.x), fmin(box->min_y, p.y), fmax(box->max_x, p.x), fmax(box->max_y, p.y) };
    }
    return is_end;
}

static void ends_open(struct ends *g, const struct border *b)
{
    size_t count;
    struct box_m box;
    uint8_t *is_end = mark_ends(b, &count, &box);
    double width = fmax(box.max_x - box.min_x, 1), height = fmax(box.max_y - box.min_y, 1);
    double side = count > 0 ? sqrt(width * height / (double)count) : 1;
    if (count == 0)
        width = height = 1;
    side = fmax(side, fmax(width, height) / 4096);
    *g = (struct ends){ .x0 = count > 0 ? box.min_x : 0, .y0 = count > 0 ? box.min_y : 0, .side_m = side };
    g->columns = (int64_t)floor(width / side) + 1;
    g->rows = (int64_t)floor(height / side) + 1;
    size_t buckets = (size_t)(g->columns * g->rows);
    g->first = mem_get(buckets + 2, sizeof *g->first);
    g->vertex = mem_get(count, sizeof *g->vertex);
    for (size_t v = 0; v < b->vertices; v++)
        if (is_end[v])
            g->first[bucket_of(g, b->vertex[v]) + 2]++;
    for (size_t k = 2; k < buckets + 2; k++)
        g->first[k] += g->first[k - 1];
    for (size_t v = 0; v < b->vertices; v++)    // first[k + 1] runs from the begin of bucket k to its end
        if (is_end[v])
            g->vertex[g->first[bucket_of(g, b->vertex[v]) + 1]++] = (uint32_t)v;
    mem_free(is_end);
}

static void try_touch(const struct border *b, uint32_t edge, uint32_t v, double reach_m, struct border_touches *out)
{
    const struct border_edge *e = &b->edge[edge];
    struct xy_m a = b->vertex[e->a], to = b->vertex[e->b], p = b->vertex[v];
    if (v == e->a || v == e->b)
        return;
    double dx = to.x - a.x, dy = to.y - a.y, length = hypot(dx, dy), px = p.x - a.x, py = p.y - a.y;
    double along_m = (px * dx + py * dy) / length, off_m = fabs(px * dy - py * dx) / length;
    if (!(off_m <= reach_m) || along_m <= reach_m || along_m >= length - reach_m)
        return;
    out->at = mem_grow(out->at, &out->cap, out->count + 1, sizeof *out->at);
    out->at[out->count++] = (struct border_touch){ edge, v, along_m / length };
}

static void touches_of_edge(const struct border *b, const struct ends *g, uint32_t edge, double reach_m, struct border_touches *out)
{
    struct xy_m a = b->vertex[b->edge[edge].a], c = b->vertex[b->edge[edge].b];
    int64_t x0 = along_axis(fmin(a.x, c.x) - reach_m, g->x0, g->side_m, g->columns), x1 = along_axis(fmax(a.x, c.x) + reach_m, g->x0, g->side_m, g->columns);
    int64_t y0 = along_axis(fmin(a.y, c.y) - reach_m, g->y0, g->side_m, g->rows), y1 = along_axis(fmax(a.y, c.y) + reach_m, g->y0, g->side_m, g->rows);
    for (int64_t y = y0; y <= y1; y++)
        for (int64_t x = x0; x <= x1; x++) {
            size_t k = (size_t)(y * g->columns + x);
            for (uint32_t i = g->first[k]; i < g->first[k + 1]; i++)
                try_touch(b, edge, g->vertex[i], reach_m, out);
        }
}

static int by_edge_and_place(const void *p, const void *q)
{
    const struct border_touch *a = p, *b = q;
    if (a->edge != b->edge)
        return a->edge < b->edge ? -1 : 1;
    if (a->along != b->along)
        return a->along < b->along ? -1 : 1;
    return a->vertex < b->vertex ? -1 : a->vertex > b->vertex;
}

void border_find_touches(const struct border *b, double reach_m, struct border_touches *out)
{
    struct ends g;
    out->count = 0;
    ends_open(&g, b);
    for (size_t i = 0; i < b->edges; i++)
        if (b->edge[i].net != 0)
            touches_of_edge(b, &g, (uint32_t)i, reach_m, out);
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, by_edge_and_place);
    mem_free(g.first);
    mem_free(g.vertex);
}
