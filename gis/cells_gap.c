#include "gis/cells_gap.h"
#include "core/base/mem.h"
#include "gis/cell_border.h"
#include "gis/cell_place.h"
#include "gis/near.h"
#include "gis/overlay.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double GRID_M = 1e-9;

// Add the borders of all communities and take away those of all cells. What two cells share cancels, what a cell shares with
// its community cancels; the edges that are left go round the ground where the number of communities is not the number of
// cells. They fall into knots that have nothing to do with one another; each is cut into pieces, and each piece asked who holds it.
// At the end the books must balance: the area the edges enclose, counted with their signs, is what the pieces add up to.

struct knot { size_t first, end; struct polygons piece; struct xy_m *inside; double off_m2; enum status status; };

struct gaps {
    struct border border;
    uint32_t *root;                       // union-find over vertices
    struct segments left; int32_t *net;   // edges that did not cancel, knot by knot
    struct knot *knot; size_t knots;
    struct cell_place *communities, *cells;
    double ignore_m2;
    struct overlay **overlay;
};

static uint32_t root_of(uint32_t *root, uint32_t v)
{
    while (root[v] != v)
        v = root[v] = root[root[v]];
    return v;
}

static void join_roots(uint32_t *root, uint32_t a, uint32_t b)
{
    a = root_of(root, a);
    b = root_of(root, b);
    root[a > b ? a : b] = a > b ? b : a;
}

// What hangs together by vertices, and what lies inside or across of one another: their boxes meet.
static void tie_knots(struct gaps *g)
{
    const struct border *b = &g->border;
    g->root = mem_get(b->vertices, sizeof *g->root);
    for (size_t v = 0; v < b->vertices; v++)
        g->root[v] = (uint32_t)v;
    for (size_t i = 0; i < b->edges; i++)
        if (b->edge[i].net != 0)
            join_roots(g->root, b->edge[i].a, b->edge[i].b);
}

static void widen(struct box_m *box, struct xy_m p)
{
    *box = (struct box_m){ fmin(box->min_x, p.x), fmin(box->min_y, p.y), fmax(box->max_x, p.x), fmax(box->max_y, p.y) };
}

struct boxes { struct box_m *at; uint32_t *vertex; size_t count; };

static struct boxes knot_boxes(struct gaps *g)
{
    const struct border *b = &g->border;
    struct boxes x = { .at = mem_get(b->vertices, sizeof *x.at), .vertex = mem_get(b->vertices, sizeof *x.vertex) };
    uint32_t *number = mem_get(b->vertices, sizeof *number);
    memset(number, 0xff, b->vertices * sizeof *number);
    for (size_t i = 0; i < b->edges; i++) {
        if (b->edge[i].net == 0)
            continue;
        uint32_t r = root_of(g->root, b->edge[i].a);
        if (number[r] == UINT32_MAX) {
            number[r] = (uint32_t)x.count;
            x.at[x.count] = (struct box_m){ INFINITY, INFINITY, -INFINITY, -INFINITY };
            x.vertex[x.count++] = r;
        }
        widen(&x.at[number[r]], b->vertex[b->edge[i].a]);
        widen(&x.at[number[r]], b->vertex[b->edge[i].b]);
    }
    mem_free(number);
    return x;
}

static void join_near_knots(struct gaps *g, struct pool *pool)
{
    struct boxes x = knot_boxes(g);
    struct footprints f = { .count = (int64_t)x.count, .origin = mem_get(x.count, sizeof *f.origin), .size = mem_get(x.count, sizeof *f.size) };
    for (size_t k = 0; k < x.count; k++) {
        f.origin[k] = (struct mm64){ (int64_t)floor(x.at[k].min_x * 1000), (int64_t)floor(x.at[k].min_y * 1000) };
        f.size[k] = (struct mm){ (int32_t)ceil((x.at[k].max_x - x.at[k].min_x) * 1000) + 1, (int32_t)ceil((x.at[k].max_y - x.at[k].min_y) * 1000) + 1 };
    }
    struct near_pairs p = {0};
    near_join(pool, &f, NULL, &f, 0, 0, &p);
    for (int64_t i = 0; i < p.count; i++)
        join_roots(g->root, x.vertex[p.a[i]], x.vertex[p.b[i]]);
    near_pairs_clear(&p);
    footprints_clear(&f);
    mem_free(x.at);
    mem_free(x.vertex);
}

struct loose { uint32_t root, edge; };

static int by_root(const void *p, const void *q)
{
    const struct loose *a = p, *b = q;
    if (a->root != b->root)
        return a->root < b->root ? -1 : 1;
    return a->edge < b->edge ? -1 : a->edge > b->edge;
}

static void lay_out_knots(struct gaps *g)
{
    const struct border *b = &g->border;
    struct loose *loose = mem_get(b->edges, sizeof *loose);
    size_t n = 0;
    for (size_t i = 0; i < b->edges; i++)
        if (b->edge[i].net != 0)
            loose[n++] = (struct loose){ root_of(g->root, b->edge[i].a), (uint32_t)i };
    if (n > 0)
        qsort(loose, n, sizeof *loose, by_root);
    g->net = mem_get(n, sizeof *g->net);
    g->knot = mem_get(n, sizeof *g->knot);
    for (size_t i = 0; i < n; i++) {
        const struct border_edge *e = &b->edge[loose[i].edge];
        segments_add(&g->left, b->vertex[e->a], b->vertex[e->b]);
        g->net[i] = e->net;
        if (i == 0 || loose[i].root != loose[i - 1].root)
            g->knot[g->knots++].first = i;
        g->knot[g->knots - 1].end = i + 1;
    }
    mem_free(loose);
}

static double enclosed_m2(const struct gaps *g, const struct knot *k)
{
    struct xy_m o = g->left.at[k->first].a;
    double area2 = 0;
    for (size_t i = k->first; i < k->end; i++) {
        struct segment_m s = g->left.at[i];
        area2 += g->net[i] * ((s.a.x - o.x) * (s.b.y - o.y) - (s.b.x - o.x) * (s.a.y - o.y));
    }
    return area2 / 2;
}

static double length_of(const struct gaps *g, const struct knot *k)
{
    double sum = 0;
    for (size_t i = k->first; i < k->end; i++)
        sum += hypot(g->left.at[i].a.x - g->left.at[i].b.x, g->left.at[i].a.y - g->left.at[i].b.y);
    return sum;
}

// Keeps the pieces that are gaps, and balances the books.
static void sort_out(const struct gaps *g, struct knot *k, const struct polygons *all, const struct xy_m *inside, double grid_m)
{
    struct rings r = {0};
    double told_m2 = 0, total_m2 = 0;
    k->inside = mem_get((size_t)all->count, sizeof *k->inside);
    for (int64_t i = 0; i < all->count; i++) {
        polygons_get(all, i, &r);
        double area_m2 = rings_area_m2(&r);
        size_t communities = cell_place_all(g->communities, inside[i], NULL, 0), cells = cell_place_all(g->cells, inside[i], NULL, 0);
        told_m2 += ((double)communities - (double)cells) * area_m2;
        total_m2 += area_m2;
        if (communities == 0 || cells > 0 || area_m2 <= g->ignore_m2)
            continue;
        k->inside[k->piece.count] = inside[i];
        polygons_add_local(&k->piece, &r);
    }
    double off_m2 = fabs(enclosed_m2(g, k) - told_m2);
    k->off_m2 = off_m2 > g->ignore_m2 / 2 + 1e-12 * total_m2 + grid_m * length_of(g, k) ? off_m2 : 0;
    rings_clear(&r);
}

static void cut_on_grid(const struct gaps *g, struct knot *k, struct overlay *o, double grid_m)
{
    struct segments part = { .at = g->left.at + k->first, .count = k->end - k->first };
    struct polygons all;
    struct xy_m *inside = NULL;
    polygons_init(&all, (struct xy_m){0});
    polygons_init(&k->piece, (struct xy_m){0});
    k->status = overlay_pieces(o, &part, grid_m, &all, &inside, &(struct err){0});
    if (k->status == OK)
        sort_out(g, k, &all, inside, grid_m);
    mem_free(inside);
    polygons_clear(&all);
}

// With all digits; where lines that all but coincide were cut wrongly the books do not balance, and a nanometre's grid mends it.
static void cut_knot(void *ctx, int64_t job, int thread)
{
    struct gaps *g = ctx;
    struct knot *k = &g->knot[job];
    cut_on_grid(g, k, g->overlay[thread], 0);
    if (k->status == OK && k->off_m2 == 0)
        return;
    polygons_clear(&k->piece);
    mem_free(k->inside);
    k->inside = NULL;
    cut_on_grid(g, k, g->overlay[thread], GRID_M);
}

static enum status collect(struct gaps *g, struct cells_gaps *out, struct err *e)
{
    for (size_t j = 0; j < g->knots; j++) {
        struct knot *k = &g->knot[j];
        if (k->status != OK)
            return err_set(e, FAILED, "gaps near x %.3f, y %.3f: the borders there could not be cut into pieces",
                           out->piece.origin.x + g->left.at[k->first].a.x, out->piece.origin.y + g->left.at[k->first].a.y);
        out->unsettled_m2 += k->off_m2;
        struct rings r = {0};
        for (int64_t i = 0; i < k->piece.count; i++) {
            out->community = mem_grow(out->community, &out->community_cap, (size_t)out->piece.count + 1, sizeof *out->community);
            out->community[out->piece.count] = cell_place_one(g->communities, k->inside[i]);
            polygons_get(&k->piece, i, &r);
            polygons_add_local(&out->piece, &r);
        }
        rings_clear(&r);
    }
    return OK;
}

static void gaps_clear(struct gaps *g)
{
    for (size_t k = 0; k < g->knots; k++) {
        polygons_clear(&g->knot[k].piece);
        mem_free(g->knot[k].inside);
    }
    mem_free(g->knot);
    mem_free(g->net);
    mem_free(g->root);
    segments_clear(&g->left);
    border_clear(&g->border);
    cell_place_close(g->communities);
    cell_place_close(g->cells);
}

enum status cells_gaps_find(const struct polygons *community, const struct polygons *cell, double ignore_m2, struct pool *pool,
                            struct overlay **overlay, struct cells_gaps *out, struct err *e)
{
    struct gaps g = { .ignore_m2 = ignore_m2, .overlay = overlay };
    *out = (struct cells_gaps){0};
    polygons_init(&out->piece, cell->origin);
    border_init(&g.border);
    border_add_all(&g.border, community, 1);
    border_add_all(&g.border, cell, -1);
    tie_knots(&g);
    join_near_knots(&g, pool);
    lay_out_knots(&g);
    g.communities = cell_place_open(community, 0);
    g.cells = cell_place_open(cell, 0);
    pool_run(pool, (int64_t)g.knots, cut_knot, &g);
    enum status s = collect(&g, out, e);
    gaps_clear(&g);
    return s;
}

void cells_gaps_clear(struct cells_gaps *g)
{
    polygons_clear(&g->piece);
    mem_free(g->community);
    *g = (struct cells_gaps){0};
}
