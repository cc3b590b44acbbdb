// Objects followed over several comparisons, and what was decided of them.
#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/change_frame.h"
#include "core/change_list.h"
#include "core/lifecycle.h"
#include "core/store/change_rows.h"
#include "gis/change_reason.h"
#include "gis/relate.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double SAME_GROUND = 0.25;            // of the smaller of both: the same thing on the ground
static const double REACH_M = 10;
static const double COVERED = 0.9;                 // of it stood before: it is that
static const double GROWN_M2 = 4, GROWN_M = 2.2, GROWN_SD = 3; // less is noise

// --- By members: who names a building that an earlier change names too -------------------------------------------------------

struct member { uint64_t key; uint32_t earlier; };
struct earlier { char object[ID_TEXT]; };
struct memory { struct member *member; size_t members, member_cap; struct earlier *earlier; size_t count, cap; };

static uint64_t key_of(const char *survey, const char *id, size_t len)
{
    uint64_t h = 14695981039346656037u;
    for (; *survey != '\0'; survey++)
        h = (h ^ (unsigned char)*survey) * 1099511628211u;
    h = hash_mix(h);
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)id[i]) * 1099511628211u;
    return hash_mix(h);
}

typedef void member_visit(void *ctx, uint64_t key);
static void each_member(const char *survey, const char *ids, member_visit *fn, void *ctx)
{
    for (size_t len; *ids != '\0'; ids += len + (ids[len] != '\0')) {
        len = strcspn(ids, ",");
        fn(ctx, key_of(survey, ids, len));
    }
}

static void remember(void *ctx, uint64_t key)
{
    struct memory *m = ctx;
    m->member = mem_grow(m->member, &m->member_cap, m->members + 1, sizeof *m->member);
    m->member[m->members++] = (struct member){ key, (uint32_t)(m->count - 1) };
}

static enum status take_earlier(void *ctx, const struct earlier_change *c, struct err *e)
{
    struct memory *m = ctx;
    (void)e;
    m->earlier = mem_grow(m->earlier, &m->cap, m->count + 1, sizeof *m->earlier);
    snprintf(m->earlier[m->count++].object, ID_TEXT, "%s", c->object);
    each_member(c->before_survey, c->before_ids, remember, m);
    each_member(c->after_survey, c->after_ids, remember, m);
    return OK;
}

static int by_key(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->earlier < y->earlier ? -1 : x->earlier > y->earlier;
}

enum { VOTES_MOST = 64 };
struct votes { const struct memory *memory; uint32_t who[VOTES_MOST]; int count[VOTES_MOST], used; };

static void vote(struct votes *v, uint32_t earlier)
{
    int i = 0;
    while (i < v->used && strcmp(v->memory->earlier[v->who[i]].object, v->memory->earlier[earlier].object) != 0)
        i++;
    if (i == VOTES_MOST)
        return;
    if (i == v->used) {
        v->who[v->used] = earlier;
        v->count[v->used++] = 0;
    }
    v->count[i]++;
}

static void vote_by_member(void *ctx, uint64_t key)
{
    struct votes *v = ctx;
    size_t low = 0, high = v->memory->members;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (v->memory->member[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < v->memory->members && v->memory->member[low].key == key; low++)
        vote(v, v->memory->member[low].earlier);
}

// The object most of its buildings belong to; of equal ones the one seen first.
static const char *object_by_members(const struct memory *m, struct pair_surveys s, const struct change_row *row)
{
    struct votes v = { .memory = m };
    each_member(s.before->id.text, row->before_ids, vote_by_member, &v);
    each_member(s.after->id.text, row->after_ids, vote_by_member, &v);
    int best = -1;
    for (int i = 0; i < v.used; i++)
        if (best < 0 || v.count[i] > v.count[best] || (v.count[i] == v.count[best] && v.who[i] < v.who[best]))
            best = i;
    return best >= 0 ? m->earlier[v.who[best]].object : NULL;
}

// --- By ground --------------------------------------------------------------------------------------------------------------------

struct ground_search { struct change_list *list; struct change_frame frame; struct rings here; double area_m2, best; char object[ID_TEXT]; };

static enum status weigh_ground(void *ctx, const struct ground_change *c, struct err *e)
{
    struct ground_search *g = ctx;
    (void)e;
    struct rings there = { 0 };
    change_list_ground(g->list, c->wkb, c->wkb_len, &there);
    struct change_frame frame = change_frame_of(c->class, c->before_survey, c->after_survey, c->registration_x_m, c->registration_y_m);
    change_frame_move(&there, change_frame_between(&g->frame, &frame));
    double smaller = fmin(g->area_m2, fabs(rings_area_m2(&there)));
    double share = smaller > 0 ? relate_overlap_m2(&g->here, &there) / smaller : 0;
    if (share >= SAME_GROUND && share > g->best) {
        g->best = share;
        snprintf(g->object, sizeof g->object, "%s", c->object);
    }
    rings_clear(&there);
    return OK;
}

// With room for how far surveys may lie beside each other.
static struct box_m lonlat_box(const struct change_row *row)
{
    struct wkb_shape shape = { 0 };
    struct wkb_facts facts = { 0 };
    wkb_read(row->wkb, row->wkb_len, &shape, &facts);
    struct box_m box = rings_box(&shape.rings);
    double reach_lat = REACH_M / 111000, reach_lon = reach_lat / fmax(0.1, cos(box.min_y * 3.14159265358979323846 / 180));
    wkb_shape_clear(&shape);
    return (struct box_m){ box.min_x - reach_lon, box.min_y - reach_lat, box.max_x + reach_lon, box.max_y + reach_lat };
}

static struct change_frame frame_of(const struct change_row *row, struct pair_surveys s)
{
    return change_frame_of(row->class, s.before->id.text, s.after->id.text, row->registration_x_m, row->registration_y_m);
}

static enum status follow_ground(struct work *w, struct pair_surveys surveys, struct change_list *l, int64_t i, struct id *object, bool *found)
{
    struct ground_search g = { .list = l, .frame = frame_of(&l->row[i], surveys) };
    if (l->row[i].wkb_len == 0)
        return OK;
    polygons_get(&l->ground, i, &g.here);
    g.area_m2 = fabs(rings_area_m2(&g.here));
    struct box_m box = lonlat_box(&l->row[i]);
    enum status s = change_each_near(w->db, &box, weigh_ground, &g, w->e);
    if (s == OK && g.best > 0) {
        memcpy(object->text, g.object, ID_TEXT);
        *found = true;
    }
    rings_clear(&g.here);
    return s;
}

enum status change_list_follow(struct work *w, struct pair_surveys surveys, struct change_list *l, int64_t *followed)
{
    struct memory m = { 0 };
    int64_t all = 0;
    *followed = 0;
    enum status s = change_count(w->db, &all, w->e);
    if (s == OK && all > 0)
        s = change_each_of_surveys(w->db, surveys.before->id.text, surveys.after->id.text, take_earlier, &m, w->e);
    if (m.members > 0)
        qsort(m.member, m.members, sizeof *m.member, by_key);
    for (int64_t i = 0; s == OK && all > 0 && i < l->count; i++) {
        const char *object = object_by_members(&m, surveys, &l->row[i]);
        l->is_followed[i] = object != NULL;
        if (object != NULL)
            memcpy(l->row[i].object.text, object, ID_TEXT);
        else
            s = follow_ground(w, surveys, l, i, &l->row[i].object, &l->is_followed[i]);
        *followed += l->is_followed[i];
    }
    mem_free(m.member);
    mem_free(m.earlier);
    return s;
}

// --- Growth -------------------------------------------------------------------------------------------------------------------------

enum direction_of_change { ADDS, TAKES, ELSE };
static enum direction_of_change direction_of(const char *class)
{
    enum change_class c = change_class_of(class);
    if (c == CHANGE_NEW || c == CHANGE_ENLARGED || c == CHANGE_REBUILT || c == CHANGE_INFILLED || c == CHANGE_HEIGHTENED)
        return ADDS;
    return c == CHANGE_GONE || c == CHANGE_REDUCED || c == CHANGE_LOWERED ? TAKES : ELSE;
}

struct growth change_growth(const struct change_row *now, const struct rings *ground_now, const struct change_row *then,
                            const struct rings *ground_then)
{
    struct growth g = { 0 };
    enum direction_of_change d = direction_of(now->class);
    g.comparable = d == direction_of(then->class) && (d != ELSE || strcmp(now->class, then->class) == 0);
    if (!g.comparable || d != ADDS)
        return g;
    double extra = fabs(rings_area_m2(ground_now)) - relate_overlap_m2(ground_now, ground_then);
    double noise = GROWN_SD * hypot(isfinite(now->gained_sd_m2) ? now->gained_sd_m2 : 0, isfinite(then->gained_sd_m2) ? then->gained_sd_m2 : 0);
    bool higher_class = strcmp(now->class, "heightened") == 0;
    if (!higher_class && extra > fmax(GROWN_M2, noise))
        g.area_m2 = extra;
    double higher = now->height_after_m - then->height_after_m;   // NaN: one of them is not known
    if (isnan(higher))
        higher = higher_class && strcmp(then->class, "heightened") != 0 ? now->height_change_m : 0;
    if (higher > GROWN_M)
        g.height_m = higher;
    g.has_grown = g.area_m2 > 0 || g.height_m > 0;
    return g;
}

// --- Decisions are carried on -------------------------------------------------------------------------------------------------------

// Of what was decided of the object, that which lies most on the same ground speaks of this change.
struct decision {
    struct work *work;
    struct change_list *list;
    struct change_row *row;
    struct change_frame frame;
    struct rings here;
    bool found, stood_before;
    double common_m2;
    struct growth growth;
    char state[16], reviewer[ID_TEXT], change[ID_TEXT];
    int64_t at_s;
    const char *note;                  // in the list's arena
};

static bool is_decided(const char *state)
{
    return lifecycle_is_end("change", state);
}

static enum status weigh_decision(void *ctx, const struct change_row *then, struct err *e)
{
    struct decision *d = ctx;
    char before[ID_TEXT], after[ID_TEXT];
    enum status s = change_surveys(d->work->db, then->comparison.text, before, after, e);
    if (s != OK)
        return s;
    struct rings there = { 0 };
    change_list_ground(d->list, then->wkb, then->wkb_len, &there);
    struct change_frame frame = change_frame_of(then->class, before, after, then->registration_x_m, then->registration_y_m);
    change_frame_move(&there, change_frame_between(&d->frame, &frame));
    double common = relate_overlap_m2(&d->here, &there);
    struct growth g = change_growth(d->row, &d->here, then, &there);
    rings_clear(&there);
    if (g.comparable && !g.has_grown && strcmp(then->stock, "existing") == 0 && common >= COVERED * fabs(rings_area_m2(&d->here)))
        d->stood_before = true;
    if (!is_decided(then->state) || !g.comparable || (d->found && common <= d->common_m2))
        return OK;
    d->found = true;
    d->common_m2 = common;
    d->growth = g;
    d->at_s = then->reviewed_at_s;
    d->note = arena_text(d->list->arena, then->review_note);
    snprintf(d->state, sizeof d->state, "%s", then->state);
    snprintf(d->reviewer, sizeof d->reviewer, "%s", then->reviewed_by != NULL ? then->reviewed_by : "");
    snprintf(d->change, sizeof d->change, "%s", then->id.text);
    return OK;
}

// Whoever writes the row notes it in audit.
static void carry_on(struct decision *d, const char *state)
{
    struct change_row *row = d->row;
    struct arena *a = d->list->arena;
    row->state = arena_text(a, state);
    row->reviewed_by = arena_text(a, d->reviewer);
    row->reviewed_at_s = d->at_s;
    row->review_note = d->note;
    row->inherited_from = arena_text(a, d->change);
}

static void wake(struct decision *d)
{
    char why[64];
    if (d->growth.area_m2 > 0)
        snprintf(why, sizeof why, "area:%.1f", d->growth.area_m2);
    else
        snprintf(why, sizeof why, "height:%.1f", d->growth.height_m);
    d->row->woken_by = arena_text(d->list->arena, why);
    d->row->inherited_from = NULL;
}

static void inherit(const struct work *w, struct decision *d, struct inheritance *out)
{
    char verb[32];
    snprintf(verb, sizeof verb, "inherit_%s", d->state);
    struct facts facts = { .has_grown = d->growth.has_grown, .decided_by_person = d->reviewer[0] != '\0' };
    struct attempt attempt = { "change", "open", verb, ROLE_SERVICE, &facts };
    struct outcome outcome;
    struct err refused = { .lang = w->e->lang };
    if (lifecycle_check(&attempt, &outcome, &refused) == OK) {
        out->inherited++;
        carry_on(d, outcome.to);
        return;
    }
    if (d->growth.has_grown) {
        wake(d);
        out->woken++;
    }
}

enum status change_list_inherit(struct work *w, struct pair_surveys surveys, struct change_list *l, struct inheritance *out)
{
    enum status s = OK;
    *out = (struct inheritance){ 0 };
    for (int64_t i = 0; s == OK && i < l->count; i++) {
        if (!l->is_followed[i])
            continue;
        struct decision d = { .work = w, .list = l, .row = &l->row[i], .frame = frame_of(&l->row[i], surveys) };
        polygons_get(&l->ground, i, &d.here);
        s = change_each_of_object(w->db, l->row[i].object.text, weigh_decision, &d, w->e);
        if (s == OK && d.stood_before)
            l->row[i].stock = "existing";
        if (s == OK && d.found)
            inherit(w, &d, out);
        rings_clear(&d.here);
    }
    return s;
}
