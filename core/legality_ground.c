#include "core/legality_ground.h"

#include "core/base/mem.h"
#include "core/base/pool.h"
#include "core/store/ground_rows.h"
#include "gis/near.h"
#include "gis/share.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

// All permits and zones that count, in the frame of the list.
struct grounds {
    struct change_list *list;
    struct polygons permit_shape, zone_shape;
    struct permit_ground *permit; size_t permit_cap;
    struct zone_ground *zone; size_t zone_cap;
    struct rings *permit_rings, *zone_rings;
};

static void add_shape(struct grounds *g, struct polygons *to, const uint8_t *wkb, size_t len)
{
    struct rings r = { 0 };
    change_list_ground(g->list, wkb, len, &r);
    polygons_add_local(to, &r);
    rings_clear(&r);
}

static enum status take_permit(void *ctx, const struct permit_row *p, struct err *e)
{
    struct grounds *g = ctx;
    (void)e;
    g->permit = mem_grow(g->permit, &g->permit_cap, (size_t)g->permit_shape.count + 1, sizeof *g->permit);
    g->permit[g->permit_shape.count] = (struct permit_ground){
        .number = arena_text(g->list->arena, p->number), .permitted_footprint_m2 = p->permitted_footprint_m2,
        .permitted_floor_area_m2 = p->permitted_floor_area_m2, .permitted_height_m = p->permitted_height_m,
        .has_from = p->has_from, .has_until = p->has_until, .is_revoked = p->is_revoked, .from_s = p->from_s, .until_s = p->until_s,
        .accuracy_m = p->accuracy_m,
    };
    add_shape(g, &g->permit_shape, p->wkb, p->wkb_len);
    return OK;
}

static enum status take_zone(void *ctx, const struct zone_row *z, struct err *e)
{
    struct grounds *g = ctx;
    (void)e;
    g->zone = mem_grow(g->zone, &g->zone_cap, (size_t)g->zone_shape.count + 1, sizeof *g->zone);
    g->zone[g->zone_shape.count] = (struct zone_ground){ .kind = arena_text(g->list->arena, z->kind), .weight = z->weight, .accuracy_m = z->accuracy_m };
    add_shape(g, &g->zone_shape, z->wkb, z->wkb_len);
    return OK;
}

static struct rings *take_apart(const struct polygons *p)
{
    struct rings *r = mem_get((size_t)p->count, sizeof *r);
    for (int64_t i = 0; i < p->count; i++)
        polygons_get(p, i, &r[i]);
    return r;
}

static enum status read_grounds(struct work *w, struct change_list *l, struct grounds *g)
{
    *g = (struct grounds){ .list = l };
    polygons_init(&g->permit_shape, l->ground.origin);
    polygons_init(&g->zone_shape, l->ground.origin);
    enum status s = permit_each(w->db, take_permit, g, w->e);
    if (s == OK)
        s = zone_each(w->db, take_zone, g, w->e);
    g->permit_rings = take_apart(&g->permit_shape);
    g->zone_rings = take_apart(&g->zone_shape);
    for (int64_t i = 0; i < g->permit_shape.count; i++)
        g->permit[i].ground = &g->permit_rings[i];
    for (int64_t i = 0; i < g->zone_shape.count; i++)
        g->zone[i].ground = &g->zone_rings[i];
    return s;
}

static void clear_grounds(struct grounds *g)
{
    for (int64_t i = 0; i < g->permit_shape.count; i++)
        rings_clear(&g->permit_rings[i]);
    for (int64_t i = 0; i < g->zone_shape.count; i++)
        rings_clear(&g->zone_rings[i]);
    mem_free(g->permit_rings);
    mem_free(g->zone_rings);
    mem_free(g->permit);
    mem_free(g->zone);
    polygons_clear(&g->permit_shape);
    polygons_clear(&g->zone_shape);
}

// --- Every change with what is near it ----------------------------------------------------------------------------------------

struct near { struct near_pairs pair; uint32_t *first; };

static void find_near(struct pool *pool, const struct change_list *l, const struct polygons *of, double reach_m, struct near *out)
{
    struct footprints here, there;
    polygons_boxes(&l->ground, &here);
    polygons_boxes(of, &there);
    near_join(pool, &here, NULL, &there, reach_m, 0, &out->pair);
    out->first = near_pairs_first(&out->pair, l->count);
    footprints_clear(&here);
    footprints_clear(&there);
}

static void near_clear(struct near *n)
{
    near_pairs_clear(&n->pair);
    mem_free(n->first);
}

struct judging {
    const struct pair_diff *pair;
    struct pair_surveys surveys;
    struct legality_rules rules;
    struct grounds *grounds;
    struct near permits, zones;
};

// Corners that are off by sigma move an outline's area by sigma times its diagonal; where it stands does not matter to it.
static double drawn_area_sd_m2(double sigma_m, double area_m2) { return area_m2 > 0 ? sigma_m * sqrt(2 * area_m2) : 0; }

static struct built built_of(const struct judging *j, int64_t i, const struct rings *increment)
{
    const struct change *c = &j->pair->result.change[i];
    double told = fmax(isfinite(j->surveys.before->accuracy_m) ? j->surveys.before->accuracy_m : 0,
                       isfinite(j->surveys.after->accuracy_m) ? j->surveys.after->accuracy_m : 0);
    double noise = j->pair->result.summary.vertex_noise_m, measured = hypot(noise, c->registration_sd_m);
    return (struct built){
        .class = c->class, .increment = increment, .gained_m2 = c->gained_m2, .area_after_m2 = c->area_after_m2,
        .area_sd_m2 = drawn_area_sd_m2(noise > 0 ? noise : told, c->area_after_m2),
        .height_after_m = c->height_after_m, .height_change_m = c->height_change_m, .accuracy_m = fmax(told, measured),
        .confidence = c->confidence, .before_at_s = j->surveys.before->taken_at_s, .after_at_s = j->surveys.after->taken_at_s,
    };
}

// A redline may have a hundred thousand corners. What lies beyond the reach of the rules decides nothing, so only what is near is
// asked, and the false border of the cut is out of reach.
static const struct rings *what_is_near(const struct rings *ground, const struct rings *increment, double reach_m, struct rings *part)
{
    enum { FEW = 256 };
    if (ground->count == 0 || increment->count == 0 || ground->first[ground->count] < FEW)
        return ground;
    struct box_m b = rings_box(increment);
    double reach = reach_m + 1;
    share_cut(ground, (struct box_m){ b.min_x - reach, b.min_y - reach, b.max_x + reach, b.max_y + reach }, part);
    return part;
}

struct judged { struct legality law; const char *permit, *zone; };

static void judge_one(const struct judging *j, const struct change_list *l, int64_t i, struct judged *out)
{
    enum { NEAR_MOST = 256 };          // permits (zones) weighed for one change
    struct permit_ground permit[NEAR_MOST];
    struct zone_ground zone[NEAR_MOST];
    struct rings part[NEAR_MOST] = { { 0 } }, increment = { 0 };
    int permits = 0, zones = 0;
    polygons_get(&l->ground, i, &increment);
    for (uint32_t k = j->permits.first[i]; k < j->permits.first[i + 1] && permits < NEAR_MOST; k++)
        permit[permits++] = j->grounds->permit[j->permits.pair.b[k]];
    for (uint32_t k = j->zones.first[i]; k < j->zones.first[i + 1] && zones < NEAR_MOST; k++) {
        zone[zones] = j->grounds->zone[j->zones.pair.b[k]];
        zone[zones].ground = what_is_near(zone[zones].ground, &increment, j->rules.zone_reach_m, &part[zones]);
        zones++;
    }
    struct built b = built_of(j, i, &increment);
    legality_judge(&j->rules, &b, permit, permits, zone, zones, &out->law);
    out->permit = out->law.permit >= 0 ? permit[out->law.permit].number : NULL;
    out->zone = out->law.zone >= 0 ? zone[out->law.zone].kind : NULL;
    rings_clear(&increment);
    for (int k = 0; k < zones; k++)
        rings_clear(&part[k]);
}

struct judging_all { const struct judging *judging; const struct change_list *list; struct judged *out; };

static void judge_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    const struct judging_all *all = ctx;
    (void)thread;
    for (int64_t i = first; i < last; i++)
        if (legality_is_asked(all->judging->pair->result.change[i].class))
            judge_one(all->judging, all->list, i, &all->out[i]);
}

static void keep_judgement(const struct judged *v, struct change_row *row, struct arena *a)
{
    struct buf codes;
    buf_init(&codes, 512);
    legal_list(v->law.codes, &codes);
    row->legal_codes = arena_text(a, codes.data);
    buf_clear(&codes);
    row->permit_number = v->permit;
    row->p_no_cover = v->law.p_no_cover;
    row->zone_kind = v->zone;
    row->zone_share = v->law.zone_share;
    row->zone_p = v->law.zone_p;
    row->severity = v->law.severity;
    row->suspicion = v->law.suspicion;
}

// Each change is judged by itself, by all threads; what comes of it is the same for any number of them.
static void judge_all(struct pool *pool, const struct judging *j, struct change_list *l, struct legality_report *out)
{
    enum { SLICE = 64 };
    struct judged *verdict = mem_get((size_t)l->count, sizeof *verdict);
    pool_range(pool, l->count, SLICE, judge_slice, &(struct judging_all){ j, l, verdict });
    for (int64_t i = 0; i < l->count; i++) {
        if (!legality_is_asked(j->pair->result.change[i].class))
            continue;
        keep_judgement(&verdict[i], &l->row[i], l->arena);
        out->judged++;
        out->uncovered += verdict[i].law.p_no_cover >= 0.5;
    }
    mem_free(verdict);
}

// --- The other way round: approved, and nothing stands there ------------------------------------------------------------------

// A permit outside what AFTER looked at says nothing.
static bool is_looked_at(const struct pair_diff *pair, const struct rings *ground, struct xy_m origin)
{
    const struct rings *coverage = &pair->survey[AFTER].coverage;
    struct xy_m c = rings_centroid(ground);
    return coverage->count == 0 || rings_contain(coverage, (struct xy_m){ c.x + origin.x, c.y + origin.y });
}

static double built_on(const struct pair_diff *pair, const struct rings *ground, struct xy_m origin, const struct near_pairs *p, uint32_t from,
                       uint32_t to)
{
    double common = 0;
    struct rings r = { 0 };
    for (uint32_t k = from; k < to; k++) {
        footprint_rings(&pair->survey[AFTER].layer, p->b[k], (struct mm64){ (int64_t)origin.x * 1000, (int64_t)origin.y * 1000 },
                        (struct xy_m){ 0, 0 }, &r);
        common += share_common_m2(&r, ground);
    }
    rings_clear(&r);
    return common;
}

static void count_unused(struct pool *pool, const struct judging *j, struct legality_report *out)
{
    static const double SOMETHING_M2 = 4;
    const struct grounds *g = j->grounds;
    struct xy_m origin = g->permit_shape.origin;
    struct footprints box;
    struct near_pairs near = { 0 };
    polygons_boxes(&g->permit_shape, &box);
    for (int64_t i = 0; i < box.count; i++)
        box.origin[i] = (struct mm64){ box.origin[i].x + (int64_t)origin.x * 1000, box.origin[i].y + (int64_t)origin.y * 1000 };
    near_join(pool, &box, NULL, &j->pair->survey[AFTER].layer, 0, 0, &near);
    uint32_t *first = near_pairs_first(&near, box.count);
    size_t used = 0;
    for (int64_t i = 0; i < g->permit_shape.count; i++) {
        const struct permit_ground *p = &g->permit[i];
        if (p->ground->count == 0 || !legality_in_force(p, j->surveys.after->taken_at_s) || !is_looked_at(j->pair, p->ground, origin) ||
            built_on(j->pair, p->ground, origin, &near, first[i], first[i + 1]) >= SOMETHING_M2)
            continue;
        out->unused++;
        size_t room = sizeof out->unused_numbers - used;
        int n = snprintf(out->unused_numbers + used, room, "%s%s", used > 0 ? "," : "", p->number);
        if (n > 0 && (size_t)n < room)
            used += (size_t)n;
        else
            out->unused_numbers[used] = '\0';      // whole numbers only
    }
    mem_free(first);
    near_pairs_clear(&near);
    footprints_clear(&box);
}

enum status legality_ask(struct work *w, const struct pair_diff *pair, struct pair_surveys surveys, struct change_list *l,
                         struct legality_report *out)
{
    struct grounds grounds;
    struct judging j = { .pair = pair, .surveys = surveys, .grounds = &grounds };
    *out = (struct legality_report){ 0 };
    enum status s = legality_rules_read(&j.rules, w->e);
    if (s != OK)
        return s;
    s = read_grounds(w, l, &grounds);
    if (s == OK) {
        struct pool *pool = pool_open(pair->threads);
        find_near(pool, l, &grounds.permit_shape, 0, &j.permits);
        find_near(pool, l, &grounds.zone_shape, j.rules.zone_reach_m, &j.zones);
        judge_all(pool, &j, l, out);
        if (grounds.permit_shape.count > 0)
            count_unused(pool, &j, out);
        pool_close(pool);
        near_clear(&j.permits);
        near_clear(&j.zones);
    }
    clear_grounds(&grounds);
    return s;
}
