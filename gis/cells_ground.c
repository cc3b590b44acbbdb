// What cells_check finds on the ground: overlaps, cells that leave their community, gaps, buildings cut, corners not shared.
#include "core/base/mem.h"
#include "gis/cell_border.h"
#include "gis/cells_gap.h"
#include "gis/cells_inside.h"
#include "gis/overlay.h"
#include "gis/relate.h"
#include <math.h>
#include <stdlib.h>

enum { PAIRS_A_JOB = 64 };

// --- two shapes at a time --------------------------------------------------------------------------------------------

// Common ground of a pair of cells, or what a cell has outside of its community. Measured first (relate.h); made only when it counts.
struct pair { uint32_t a, b; enum status status; struct rings ground; };
struct pairs { struct cells_checking *c; struct pair *at; int64_t count; bool leaving; };

static void look_at_pair(const struct pairs *p, struct pair *pair, struct overlay *o, struct rings *a, struct rings *b)
{
    const struct cells_checking *c = p->c;
    polygons_get(&c->cell, pair->a, a);
    polygons_get(p->leaving ? &c->community : &c->cell, pair->b, b);
    double area_m2 = relate_overlap_m2(a, b);
    if (p->leaving)
        area_m2 = rings_area_m2(a) - area_m2;
    if (!(area_m2 > c->limits.ignore_m2))
        return;
    pair->status = (p->leaving ? overlay_minus : overlay_common)(o, a, b, &pair->ground, &(struct err){0});
    if (pair->status == OK && rings_area_m2(&pair->ground) <= c->limits.ignore_m2)
        rings_clear(&pair->ground);
}

static void look_at_pairs(void *ctx, int64_t first, int64_t last, int thread)
{
    const struct pairs *p = ctx;
    struct rings a = {0}, b = {0};
    for (int64_t i = first; i < last; i++)
        look_at_pair(p, &p->at[i], p->c->overlay[thread], &a, &b);
    rings_clear(&a);
    rings_clear(&b);
}

static bool is_sliver(const struct cells_checking *c, const struct cells_finding *f)
{
    return f->width_m < c->limits.sliver_m;
}

static enum status report_pairs(const struct pairs *p, struct err *e)
{
    struct cells_checking *c = p->c;
    for (int64_t i = 0; i < p->count; i++) {
        struct pair *pair = &p->at[i];
        if (pair->status != OK)
            return err_set(e, FAILED, "cells %u and %u of the layer: their ground could not be told apart", pair->a, pair->b);
        if (pair->ground.count == 0)
            continue;
        struct cells_finding *f = cells_add(c, p->leaving ? CELLS_OUTSIDE : CELLS_OVERLAP, pair->a, p->leaving ? -1 : (int64_t)pair->b);
        f->community = p->leaving ? (int64_t)pair->b : -1;
        cells_show(c, f, &pair->ground);
        f->sliver = is_sliver(c, f);
        c->out->overlap_m2 += p->leaving ? 0 : f->area_m2;
    }
    return OK;
}

static enum status run_pairs(struct pairs *p, struct err *e)
{
    pool_range(p->c->pool, p->count, PAIRS_A_JOB, look_at_pairs, p);
    enum status s = report_pairs(p, e);
    for (int64_t i = 0; i < p->count; i++)
        rings_clear(&p->at[i].ground);
    mem_free(p->at);
    return s;
}

enum status cells_check_overlaps(struct cells_checking *c, struct err *e)
{
    struct near_pairs near = {0};
    near_join(c->pool, &c->cell_box, NULL, &c->cell_box, 0, 0, &near);
    struct pairs p = { .c = c, .at = mem_get((size_t)near.count, sizeof *p.at) };
    for (int64_t i = 0; i < near.count; i++)
        if (near.a[i] < near.b[i])
            p.at[p.count++] = (struct pair){ .a = near.a[i], .b = near.b[i] };
    near_pairs_clear(&near);
    return run_pairs(&p, e);
}

enum status cells_check_leaving(struct cells_checking *c, struct err *e)
{
    struct pairs p = { .c = c, .at = mem_get((size_t)c->cell.count, sizeof *p.at), .leaving = true };
    for (int64_t i = 0; i < c->cell.count; i++)
        if (c->parent[i] >= 0)
            p.at[p.count++] = (struct pair){ .a = (uint32_t)i, .b = (uint32_t)c->parent[i] };
    return run_pairs(&p, e);
}

enum status cells_check_gaps(struct cells_checking *c, struct err *e)
{
    struct cells_gaps g;
    struct rings r = {0};
    enum status s = cells_gaps_find(&c->community, &c->cell, c->limits.ignore_m2, c->pool, c->overlay, &g, e);
    for (int64_t i = 0; s == OK && i < g.piece.count; i++) {
        struct cells_finding *f = cells_add(c, CELLS_GAP, -1, -1);
        f->community = g.community[i];
        polygons_get(&g.piece, i, &r);
        cells_show(c, f, &r);
        f->sliver = is_sliver(c, f);
        c->out->gap_m2 += f->area_m2;
    }
    c->out->unsettled_m2 = g.unsettled_m2;
    rings_clear(&r);
    cells_gaps_clear(&g);
    return s;
}

// --- buildings -------------------------------------------------------------------------------------------------------

// The two cells that hold most of a building, and how much.
struct shares { const struct near_pairs *near; const uint32_t *first; uint32_t *most, *next; double *next_m2; struct cells_checking *c; };

static void share_building(const struct shares *s, int64_t i, struct rings *house, struct rings *cell)
{
    double most_m2 = 0;
    polygons_get(s->c->q->building, i, house);
    for (uint32_t k = s->first[i]; k < s->first[i + 1]; k++) {
        uint32_t cell_of = s->near->b[k];
        polygons_get(&s->c->cell, cell_of, cell);
        double m2 = relate_overlap_m2(house, cell);
        if (m2 > most_m2) {
            s->next[i] = s->most[i];
            s->next_m2[i] = most_m2;
            s->most[i] = cell_of;
            most_m2 = m2;
        } else if (m2 > s->next_m2[i]) {
            s->next[i] = cell_of;
            s->next_m2[i] = m2;
        }
    }
}

static void share_buildings(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    const struct shares *s = ctx;
    struct rings house = {0}, cell = {0};
    for (int64_t i = first; i < last; i++)
        if (s->first[i + 1] - s->first[i] > 1)
            share_building(s, i, &house, &cell);
    rings_clear(&house);
    rings_clear(&cell);
}

// Does the border of the community itself run through it? Then the grid cannot help it.
static bool leaves_community(const struct cells_checking *c, const struct rings *house, int64_t community)
{
    struct rings r = {0};
    polygons_get(&c->community, community, &r);
    bool leaves = rings_area_m2(house) - relate_overlap_m2(house, &r) > c->limits.cut_m2;
    rings_clear(&r);
    return leaves;
}

static void report_cut(const struct shares *s, int64_t building)
{
    struct cells_checking *c = s->c;
    struct rings house = {0};
    struct cells_finding *f = cells_add(c, CELLS_BUILDING_CUT, s->most[building], s->next[building]);
    f->building = building;
    polygons_get(c->q->building, building, &house);
    int64_t mine = c->parent != NULL ? c->parent[s->most[building]] : -1, other = c->parent != NULL ? c->parent[s->next[building]] : -1;
    if (mine != other || (mine >= 0 && leaves_community(c, &house, mine)))
        f->severity = CELLS_WARNING;
    cells_show(c, f, &house);
    f->area_m2 = s->next_m2[building];
    rings_clear(&house);
}

void cells_check_buildings(struct cells_checking *c)
{
    struct footprints box;
    struct near_pairs near = {0};
    size_t n = (size_t)c->q->building->count;
    polygons_boxes(c->q->building, &box);
    near_join(c->pool, &box, NULL, &c->cell_box, 0, 0, &near);
    uint32_t *first = near_pairs_first(&near, (int64_t)n);
    struct shares s = { &near, first, mem_get(n, sizeof *s.most), mem_get(n, sizeof *s.next), mem_get(n, sizeof *s.next_m2), c };
    pool_range(c->pool, (int64_t)n, PAIRS_A_JOB, share_buildings, &s);
    for (size_t i = 0; i < n; i++)
        if (s.next_m2[i] > c->limits.cut_m2)
            report_cut(&s, (int64_t)i);
    void *owned[] = { first, s.most, s.next, s.next_m2 };
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        mem_free(owned[i]);
    near_pairs_clear(&near);
    footprints_clear(&box);
}

// --- corners ---------------------------------------------------------------------------------------------------------

static uint32_t owner_of(const struct border_edge *e)
{
    return e->left != BORDER_NOBODY ? e->left : e->right;
}

// For each vertex some polygon other than the asking one that has a border there which does not cancel.
static uint32_t other_at(const struct border *b, const uint32_t *first, const uint32_t *edge, uint32_t vertex, uint32_t asking)
{
    for (uint32_t k = first[vertex]; k < first[vertex + 1]; k++)
        if (owner_of(&b->edge[edge[k]]) != asking)
            return owner_of(&b->edge[edge[k]]);
    return BORDER_NOBODY;
}

// Edges around each vertex: first[v] .. first[v + 1] into the answer.
static uint32_t *edges_around(const struct border *b, uint32_t **first)
{
    uint32_t *at = mem_get(b->vertices + 2, sizeof *at), *edge = mem_get(2 * b->edges, sizeof *edge);
    for (size_t i = 0; i < b->edges; i++)
        if (b->edge[i].net != 0) {
            at[b->edge[i].a + 2]++;
            at[b->edge[i].b + 2]++;
        }
    for (size_t v = 2; v < b->vertices + 2; v++)
        at[v] += at[v - 1];
    for (size_t i = 0; i < b->edges; i++)
        if (b->edge[i].net != 0) {
            edge[at[b->edge[i].a + 1]++] = (uint32_t)i;
            edge[at[b->edge[i].b + 1]++] = (uint32_t)i;
        }
    *first = at;
    return edge;
}

void cells_check_vertices(struct cells_checking *c)
{
    struct border b;
    struct border_touches touch = {0};
    uint32_t *first;
    border_init(&b);
    border_add_all(&b, &c->cell, 1);
    border_find_touches(&b, c->limits.touch_m, &touch);
    uint32_t *edge = edges_around(&b, &first);
    for (size_t i = 0; i < touch.count; i++) {
        uint32_t cell = owner_of(&b.edge[touch.at[i].edge]), other = other_at(&b, first, edge, touch.at[i].vertex, cell);
        if (other == BORDER_NOBODY)
            continue;
        struct cells_finding *f = cells_add(c, CELLS_VERTEX, cell, other);
        cells_show_place(c, f, b.vertex[touch.at[i].vertex]);
    }
    mem_free(first);
    mem_free(edge);
    mem_free(touch.at);
    border_clear(&b);
}
