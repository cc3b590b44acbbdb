#include "core/base/mem.h"
#include "core/base/status.h"
#include "tests/bench/city.h"
#include <math.h>

static const double CELL_M = 40;

// A plain grid of lists: a shape hangs in every cell its box touches.
struct node { uint32_t shape, next; };
struct ground {
    const struct shapes *shapes;
    struct box_m area;
    int64_t columns, rows;
    uint32_t *head;
    struct node *node; uint32_t nodes; size_t node_cap;
    struct rings *scratch;
};

static int64_t limited(double x, int64_t count)
{
    return x < 0 ? 0 : x >= (double)count ? count - 1 : (int64_t)x;
}

struct cells { int64_t x0, x1, y0, y1; };

static struct cells cells_of(const struct ground *g, struct box_m b)
{
    return (struct cells){ limited((b.min_x - g->area.min_x) / CELL_M, g->columns),
                           limited((b.max_x - g->area.min_x) / CELL_M, g->columns),
                           limited((b.min_y - g->area.min_y) / CELL_M, g->rows),
                           limited((b.max_y - g->area.min_y) / CELL_M, g->rows) };
}

struct ground *ground_open(const struct shapes *s, struct box_m area)
{
    struct ground *g = mem_get(1, sizeof *g);
    g->shapes = s;
    g->area = area;
    g->columns = (int64_t)((area.max_x - area.min_x) / CELL_M) + 1;
    g->rows = (int64_t)((area.max_y - area.min_y) / CELL_M) + 1;
    g->head = mem_get((size_t)(g->columns * g->rows), sizeof *g->head);
    g->nodes = 1; // 0 ends a list
    g->scratch = mem_get(1, sizeof *g->scratch);
    return g;
}

void ground_close(struct ground *g)
{
    if (g == NULL)
        return;
    rings_clear(g->scratch);
    mem_free(g->scratch);
    mem_free(g->head);
    mem_free(g->node);
    mem_free(g);
}

void ground_add(struct ground *g, uint32_t shape)
{
    struct cells c = cells_of(g, shapes_box(g->shapes, shape));
    for (int64_t y = c.y0; y <= c.y1; y++)
        for (int64_t x = c.x0; x <= c.x1; x++) {
            g->node = mem_grow(g->node, &g->node_cap, (size_t)g->nodes + 1, sizeof *g->node);
            uint32_t *head = &g->head[y * g->columns + x];
            g->node[g->nodes] = (struct node){ shape, *head };
            *head = g->nodes++;
        }
}

static bool boxes_meet(struct box_m a, struct box_m b)
{
    return a.min_x <= b.max_x && b.min_x <= a.max_x && a.min_y <= b.max_y && b.min_y <= a.max_y;
}

static bool is_among(const uint32_t *found, int count, uint32_t shape)
{
    for (int i = 0; i < count; i++)
        if (found[i] == shape)
            return true;
    return false;
}

int ground_find(const struct ground *g, struct box_m area, uint32_t *out)
{
    struct cells c = cells_of(g, area);
    int count = 0;
    for (int64_t y = c.y0; y <= c.y1; y++)
        for (int64_t x = c.x0; x <= c.x1; x++)
            for (uint32_t n = g->head[y * g->columns + x]; n != 0; n = g->node[n].next) {
                uint32_t shape = g->node[n].shape;
                if (!boxes_meet(shapes_box(g->shapes, shape), area) || is_among(out, count, shape))
                    continue;
                if (count == GROUND_FOUND_MAX)
                    return count;
                out[count++] = shape;
            }
    return count;
}

static struct box_m grown(struct box_m b, double by)
{
    return (struct box_m){ b.min_x - by, b.min_y - by, b.max_x + by, b.max_y + by };
}

bool ground_is_free(const struct ground *g, const struct rings *r, double margin_m, uint32_t but, uint32_t nor)
{
    uint32_t found[GROUND_FOUND_MAX];
    int count = ground_find(g, grown(rings_box(r), margin_m), found);
    if (count == GROUND_FOUND_MAX)
        return false;
    for (int i = 0; i < count; i++) {
        if (found[i] == but || found[i] == nor)
            continue;
        shapes_get(g->shapes, found[i], g->scratch);
        if (shape_distance_m(r, g->scratch) <= margin_m)
            return false;
    }
    return true;
}

bool ground_has_corner(const struct ground *g, struct xy_m corner, uint32_t but)
{
    uint32_t found[GROUND_FOUND_MAX];
    int count = ground_find(g, (struct box_m){ corner.x, corner.y, corner.x, corner.y }, found);
    for (int i = 0; i < count; i++) {
        if (found[i] == but)
            continue;
        const struct shapes *s = g->shapes;
        for (uint32_t v = s->vertex_first[s->ring_first[found[i]]]; v < s->vertex_first[s->ring_first[found[i] + 1]];
             v++)
            if (s->vertex[v].x == corner.x && s->vertex[v].y == corner.y)
                return true;
    }
    return false;
}
