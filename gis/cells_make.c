#include "gis/cells_make.h"
#include "core/base/mem.h"
#include "gis/cell_code.h"
#include "gis/cells_arrange.h"
#include "gis/cells_corner.h"
#include "gis/cells_cut.h"
#include "gis/cells_join.h"
#include "gis/cells_snap.h"
#include "gis/cells_whole.h"
#include "gis/overlay.h"
#include "gis/relate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double REACH_M = 0.01;      // cuts are drawn a little too long; what stands out is dropped
static const double TINY_SHARE = 0.2;    // of the least area: smaller pieces join whoever there is
static const double TRY_NEAR[] = { 1, 2, 4 };    // in CELLS_NEAR_M
static const double CUT_LEAST = 0.1, CUT_M2 = 0.05;

enum { TRIES = sizeof TRY_NEAR / sizeof TRY_NEAR[0] };

// Land that may have to be cut, with the buildings that may stand on it.
struct land { struct rings shape; uint32_t *near; uint32_t near_count; bool joined; };

struct making {
    const struct cells_ground *ground;
    struct cells_plan plan;
    struct cells_arranging arranging;
    struct land *land; size_t lands, land_cap;
    struct polygons done;
};

// --- cutting ---------------------------------------------------------------------------------------------------------

static bool boxes_meet(struct box_m a, struct box_m b)
{
    return a.min_x <= b.max_x && b.min_x <= a.max_x && a.min_y <= b.max_y && b.min_y <= a.max_y;
}

static void add_land(struct making *m, const struct rings *shape, const uint32_t *near, uint32_t near_count, bool joined)
{
    struct land l = { .near = mem_get(near_count, sizeof *l.near), .joined = joined };
    struct box_m box = rings_box(shape);
    rings_take(shape, 0, shape->count, &l.shape);
    for (uint32_t k = 0; k < near_count; k++)
        if (boxes_meet(box, polygons_box(m->ground->building, near[k])))
            l.near[l.near_count++] = near[k];
    m->land = mem_grow(m->land, &m->land_cap, m->lands + 1, sizeof *m->land);
    m->land[m->lands++] = l;
}

static void land_clear(struct land *l)
{
    rings_clear(&l->shape);
    mem_free(l->near);
}

static bool is_cut_enough(const struct making *m, const struct land *l)
{
    double area_m2 = rings_area_m2(&l->shape);
    return area_m2 < 1.5 * m->plan.target_m2 || (l->joined && area_m2 <= m->plan.most_m2);
}

// Did a cut get anywhere: at least two parts that count?
static bool is_divided(const struct polygons *parts, double area_m2)
{
    struct rings r = {0};
    int count = 0;
    for (int64_t i = 0; i < parts->count; i++) {
        polygons_get(parts, i, &r);
        count += rings_area_m2(&r) > CUT_LEAST * area_m2;
    }
    rings_clear(&r);
    return count > 1;
}

static bool try_cut(struct making *m, const struct land *l, const struct cells_cut *cut)
{
    struct segments line = {0};
    struct polygons parts;
    struct rings r = {0};
    cells_cut_draw(&l->shape, cut, REACH_M, &line);
    bool good = cells_arrange(&m->arranging, &l->shape, &line, l->near, l->near_count, &parts, &(struct err){0}) == OK &&
                is_divided(&parts, rings_area_m2(&l->shape));
    for (int64_t i = 0; good && i < parts.count; i++) {
        polygons_get(&parts, i, &r);
        add_land(m, &r, l->near, l->near_count, false);
    }
    rings_clear(&r);
    polygons_clear(&parts);
    segments_clear(&line);
    return good;
}

static bool cut_land(struct making *m, const struct land *l)
{
    struct cells_cut best[CELLS_CUTS_MAX];
    struct cells_land land = { &l->shape, m->ground->building, l->near, l->near_count, m->plan.target_m2, m->plan.least_m2 };
    int cuts = cells_cut_choose(&land, best);
    for (int k = 0; k < cuts; k++)
        if (try_cut(m, l, &best[k]))
            return true;
    return false;
}

static void cut_all(struct making *m)
{
    while (m->lands > 0) {
        struct land l = m->land[--m->lands];
        if (is_cut_enough(m, &l) || !cut_land(m, &l))
            polygons_add_local(&m->done, &l.shape);
        land_clear(&l);
    }
}

// --- the lines given -------------------------------------------------------------------------------------------------

static double *areas_of(const struct polygons *p)
{
    double *area_m2 = mem_get((size_t)p->count, sizeof *area_m2);
    struct rings r = {0};
    for (int64_t i = 0; i < p->count; i++) {
        polygons_get(p, i, &r);
        area_m2[i] = rings_area_m2(&r);
    }
    rings_clear(&r);
    return area_m2;
}

// Small pieces joined; joined: one byte for each polygon that comes out.
static enum status join_small(const struct polygons *parts, const struct cells_join_rule *rule, struct polygons *out, uint8_t **joined,
                              struct err *e)
{
    struct border b;
    double *area_m2 = areas_of(parts);
    uint32_t *label = mem_get((size_t)parts->count, sizeof *label);
    *joined = mem_get((size_t)parts->count, 1);
    border_init(&b);
    border_add_all(&b, parts, 1);
    uint32_t labels = cells_join_small(&b, area_m2, (uint32_t)parts->count, rule, label, *joined);
    bool closed = cells_dissolve(&b, label, labels, out);
    border_clear(&b);
    mem_free(area_m2);
    mem_free(label);
    return closed ? OK : err_set(e, FAILED, "the cells could not be joined: their borders do not close");
}

static void near_lines(const struct cells_ground *g, struct box_m box, struct segments *out)
{
    for (size_t i = 0; g->lines != NULL && i < g->lines->count; i++) {
        struct segment_m s = g->lines->at[i];
        struct box_m b = { fmin(s.a.x, s.b.x), fmin(s.a.y, s.b.y), fmax(s.a.x, s.b.x), fmax(s.a.y, s.b.y) };
        if (boxes_meet(b, box))
            segments_add(out, s.a, s.b);
    }
}

static uint32_t *near_buildings(const struct cells_ground *g, struct box_m box, uint32_t *count)
{
    int64_t n = g->building != NULL ? g->building->count : 0;
    uint32_t *near = mem_get((size_t)n, sizeof *near);
    *count = 0;
    for (int64_t i = 0; i < n; i++)
        if (boxes_meet(polygons_box(g->building, i), box))
            near[(*count)++] = (uint32_t)i;
    return near;
}

static enum status cut_along_lines(struct making *m, const struct rings *community, const uint32_t *near, uint32_t near_count, struct err *e)
{
    struct segments lines = {0};
    struct polygons parts, joined_parts;
    struct rings r = {0};
    uint8_t *joined = NULL;
    near_lines(m->ground, rings_box(community), &lines);
    polygons_init(&joined_parts, (struct xy_m){0});
    enum status s = cells_arrange(&m->arranging, community, &lines, near, near_count, &parts, e);
    struct cells_join_rule rule = { m->plan.least_m2, m->plan.most_m2, m->plan.least_m2 };
    if (s == OK)
        cells_clean_corners(community, &parts);
    if (s == OK)
        s = join_small(&parts, &rule, &joined_parts, &joined, e);
    for (int64_t i = joined_parts.count - 1; s == OK && i >= 0; i--) {
        polygons_get(&joined_parts, i, &r);
        add_land(m, &r, near, near_count, joined[i]);
    }
    mem_free(joined);
    rings_clear(&r);
    polygons_clear(&parts);
    polygons_clear(&joined_parts);
    segments_clear(&lines);
    return s;
}

// --- the whole -------------------------------------------------------------------------------------------------------

static void add_in_order(const struct polygons *from, struct polygons *out)
{
    size_t n = (size_t)from->count;
    struct xy_m *centre = mem_get(n, sizeof *centre);
    uint32_t *order = mem_get(n, sizeof *order);
    struct rings r = {0};
    double sum_m2 = 0;
    for (size_t i = 0; i < n; i++) {
        polygons_get(from, (int64_t)i, &r);
        centre[i] = rings_centroid(&r);
        sum_m2 += rings_area_m2(&r);
    }
    cell_sequence(centre, (int64_t)n, 0.5 * sqrt(sum_m2 / (double)(n > 0 ? n : 1)), order);
    for (size_t i = 0; i < n; i++) {
        polygons_get(from, order[i], &r);
        polygons_add_local(out, &r);
    }
    rings_clear(&r);
    mem_free(centre);
    mem_free(order);
}

static enum status finish(struct making *m, const struct rings *community, struct polygons *cells, struct cells_made *made, struct err *e)
{
    struct polygons joined, rounded;
    uint8_t *several = NULL;
    struct cells_join_rule rule = { m->plan.least_m2, m->plan.most_m2, TINY_SHARE * m->plan.least_m2 };
    polygons_init(&joined, (struct xy_m){0});
    polygons_init(&rounded, (struct xy_m){0});
    cells_clean_corners(community, &m->done);
    enum status s = join_small(&m->done, &rule, &joined, &several, e);
    if (s == OK) {
        made->rounded = cells_round_corners(m->arranging.overlay, &m->arranging.walls, &joined, &rounded);
        add_in_order(made->rounded ? &rounded : &joined, cells);
    }
    mem_free(several);
    polygons_clear(&joined);
    polygons_clear(&rounded);
    return s;
}

static void count_up(const struct making *m, const struct polygons *cells, const struct rings *community, const uint32_t *near,
                     uint32_t near_count, struct cells_made *made)
{
    double *area_m2 = areas_of(cells);
    struct rings house = {0};
    made->cells = cells->count;
    for (int64_t i = 0; i < cells->count; i++) {
        made->small += area_m2[i] < m->plan.least_m2;
        made->large += area_m2[i] > m->plan.most_m2;
    }
    for (uint32_t k = 0; k < near_count; k++) {
        polygons_get(m->ground->building, near[k], &house);
        double in_m2 = relate_overlap_m2(&house, community);
        made->at_border += in_m2 > CUT_M2 && rings_area_m2(&house) - in_m2 > CUT_M2;
        made->stepped += m->arranging.stepped[near[k]];
    }
    rings_clear(&house);
    mem_free(area_m2);
}

static enum status make(struct making *m, const struct rings *community, struct polygons *cells, struct cells_made *made, struct err *e)
{
    uint32_t near_count, *near = near_buildings(m->ground, rings_box(community), &near_count);
    enum status s = cut_along_lines(m, community, near, near_count, e);
    if (s == OK) {
        cut_all(m);
        s = finish(m, community, cells, made, e);
    }
    if (s == OK)
        count_up(m, cells, community, near, near_count, made);
    mem_free(near);
    return s;
}

static struct cells_plan with_defaults(const struct cells_plan *given)
{
    struct cells_plan p = given != NULL ? *given : (struct cells_plan){0};
    p.target_m2 = p.target_m2 > 0 ? p.target_m2 : 10000;
    p.least_m2 = p.least_m2 > 0 ? p.least_m2 : 5000;
    p.most_m2 = p.most_m2 > 0 ? p.most_m2 : 20000;
    return p;
}

// With lines this near to each other taken as one.
static enum status make_once(struct making *m, double near_m, const struct rings *community, struct polygons *cells, struct cells_made *made,
                             struct err *e)
{
    size_t buildings = m->ground->building != NULL ? (size_t)m->ground->building->count : 0;
    *made = (struct cells_made){0};
    polygons_init(cells, m->ground->community->origin);
    polygons_init(&m->done, (struct xy_m){0});
    border_init(&m->arranging.walls);
    m->arranging.building = m->ground->building;
    m->arranging.near_m = near_m;
    m->arranging.stepped = mem_get(buildings, 1);
    enum status s = make(m, community, cells, made, e);
    border_clear(&m->arranging.walls);
    mem_free(m->arranging.stepped);
    mem_free(m->land);
    m->land = NULL;
    m->lands = m->land_cap = 0;
    polygons_clear(&m->done);
    return s;
}

// What comes out is proved to be whole. Where lines lie so that it is not, more of them are taken as one.
static enum status make_whole(struct making *m, const struct rings *community, struct polygons *cells, struct cells_made *made, struct err *e)
{
    for (int k = 0; k < TRIES; k++) {
        struct err none = { .lang = e->lang };
        enum status s = make_once(m, CELLS_NEAR_M * TRY_NEAR[k], community, cells, made, &none);
        if (s == OK && cells_are_whole(m->arranging.overlay, community, cells))
            return OK;
        polygons_clear(cells);
    }
    return err_set(e, FAILED, "the cells of a community do not come out whole along these lines; leave out lines that lie on each other or on its border");
}

enum status cells_make(const struct cells_ground *ground, const struct cells_plan *plan, struct polygons *cells, struct cells_made *made,
                       struct err *e)
{
    struct making m = { .ground = ground, .plan = with_defaults(plan) };
    struct rings given = {0}, community = {0};
    struct cells_made facts;
    bool repaired;
    *cells = (struct polygons){0};
    m.arranging.overlay = overlay_open();
    polygons_get(ground->community, ground->which, &given);
    enum status s = given.count == 0 ? INVALID : overlay_repair(m.arranging.overlay, &given, &community, &repaired, &(struct err){0});
    s = s != OK ? err_set(e, INVALID, "the community has no area: there is nothing to partition")
                : make_whole(&m, repaired ? &community : &given, cells, &facts, e);
    overlay_close(m.arranging.overlay);
    rings_clear(&given);
    rings_clear(&community);
    if (s == OK)
        *made = facts;
    return s;
}
