#include "gis/change_link.h"
#include "core/base/mem.h"
#include "gis/relate.h"
#include <math.h>
#include <string.h>

static const double LINZ_SHARE = 0.05;
static const double HALF = 0.5;
static const double SURE_SHARE = 0.25;   // of both: no strip along a wall is that much
static const float NOT_ASKED = -1;       // common ground of a link that nobody had to measure

enum { SLICE = 512, AHEAD = 4 };
struct hands { struct rings a, b; };     // scratch of one thread
struct linking {
    const struct group_input *in;
    struct groups *out;
    struct bundle { struct link *link; size_t count, cap; } *bundle; // one a slice
    struct hands *hands;
    const uint8_t *bonds;                // [before + after] links and twins of each footprint
};

// --- what a glance tells ----------------------------------------------------------------------------------------------------

// AFTER footprint i in metres from BEFORE footprint j's corner.
struct offset { float x, y, middle_x, middle_y; };
static struct offset offset_of(const struct group_input *in, uint32_t j, uint32_t i)
{
    struct mm64 a = in->before->origin[j], b = in->after->origin[i];
    float x = (float)((double)(b.x - a.x) * 1e-3 + in->placed[i].shift.x), y = (float)((double)(b.y - a.y) * 1e-3 + in->placed[i].shift.y);
    return (struct offset){x, y, (float)in->after->centroid[i].x + x, (float)in->after->centroid[i].y + y};
}

// Boxes, with room for what the registration stretches.
static bool may_meet(const struct group_input *in, uint32_t j, uint32_t i, const struct offset *o)
{
    const struct placed *p = &in->placed[i];
    struct mm a = in->before->size[j], b = in->after->size[i];
    float wide = (float)b.x * 1e-3f, high = (float)b.y * 1e-3f;
    float more_x = 0.01f + fabsf(p->per_x.x) * wide + fabsf(p->per_y.x) * high, more_y = 0.01f + fabsf(p->per_x.y) * wide + fabsf(p->per_y.y) * high;
    return o->x - more_x < (float)a.x * 1e-3f && o->x + wide + more_x > 0 && o->y - more_y < (float)a.y * 1e-3f && o->y + high + more_y > 0;
}

// Corners of two outlines in one frame, the first ones again behind the last ones.
enum { CORNERS_MOST = 62 };
struct corners { float x[CORNERS_MOST + 2], y[CORNERS_MOST + 2]; };

static void corners_take(const struct mm *from, uint32_t count, struct corners *out)
{
    for (uint32_t k = 0; k < count; k++)
        out->x[k] = (float)from[k].x * 1e-3f, out->y[k] = (float)from[k].y * 1e-3f;
}

static void corners_place(struct corners *c, uint32_t count, const struct offset *o, const struct placed *p)
{
    for (uint32_t k = 0; k < count; k++) {
        float x = c->x[k] + o->x, y = c->y[k] + o->y, dx = x - o->middle_x, dy = y - o->middle_y;
        c->x[k] = x + p->per_x.x * dx + p->per_y.x * dy;
        c->y[k] = y + p->per_x.y * dx + p->per_y.y * dy;
    }
}

static uint32_t corner_nearest(const struct corners *c, uint32_t count, float x, float y)
{
    uint32_t best = 0;
    float least = INFINITY;
    for (uint32_t k = 0; k < count; k++) {
        float dx = c->x[k] - x, dy = c->y[k] - y, d2 = dx * dx + dy * dy;
        best = d2 < least ? k : best;
        least = d2 < least ? d2 : least;
    }
    return best;
}

// How much ground the edges sweep, at most, when every corner of a moves straight to its mate in b, which starts at `first`.
static float swept_m2(const struct corners *a, const struct corners *b, uint32_t count, uint32_t first)
{
    struct corners u;                    // the ways
    float sum = 0;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t mate = k + first < count ? k + first : k + first - count;
        u.x[k] = b->x[mate] - a->x[k], u.y[k] = b->y[mate] - a->y[k];
    }
    u.x[count] = u.x[0], u.y[count] = u.y[0];
    for (uint32_t k = 0; k < count; k++) {
        float x = a->x[k + 1] - a->x[k], y = a->y[k + 1] - a->y[k];
        sum += fabsf(x * u.y[k] - y * u.x[k]) + fabsf(x * u.y[k + 1] - y * u.x[k + 1]) + fabsf(u.x[k] * u.y[k + 1] - u.y[k] * u.x[k + 1]);
    }
    return sum / 2;
}

// Outlines with the same corners, each a little off: only ground that the edges sweep on the way from one to the other belongs to
// one of them alone. Where that is clearly less than half of BEFORE's, the pair is a link, and a strong one.
static bool plainly_one(const struct group_input *in, uint32_t j, uint32_t i, const struct offset *o)
{
    const struct footprints *before = in->before, *after = in->after;
    uint32_t ring_a = before->ring_first[j], ring_b = after->ring_first[i];
    if (before->ring_first[j + 1] - ring_a != 1 || after->ring_first[i + 1] - ring_b != 1 || before->area_m2[j] < 0.1f * after->area_m2[i])
        return false;
    uint32_t a = before->vertex_first[ring_a], b = after->vertex_first[ring_b], count = before->vertex_first[ring_a + 1] - a;
    if (count != after->vertex_first[ring_b + 1] - b || count > CORNERS_MOST)
        return false;
    struct corners ca, cb;
    corners_take(before->vertex + a, count, &ca);
    corners_take(after->vertex + b, count, &cb);
    corners_place(&cb, count, o, &in->placed[i]);
    ca.x[count] = ca.x[0], ca.y[count] = ca.y[0];
    return swept_m2(&ca, &cb, count, corner_nearest(&cb, count, ca.x[0], ca.y[0])) < 0.45f * before->area_m2[j];
}

// --- what is measured -------------------------------------------------------------------------------------------------------

static struct box_m meet(struct box_m a, struct box_m b)
{
    return (struct box_m){a.min_x > b.min_x ? a.min_x : b.min_x, a.min_y > b.min_y ? a.min_y : b.min_y,
                          a.max_x < b.max_x ? a.max_x : b.max_x, a.max_y < b.max_y ? a.max_y : b.max_y};
}

// No link with so little in common, whatever else.
static bool out_of_question(double before_m2, double after_m2, double most_m2)
{
    double low = before_m2 < after_m2 ? before_m2 : after_m2, high = before_m2 < after_m2 ? after_m2 : before_m2;
    return most_m2 < HALF * low && most_m2 <= LINZ_SHARE * high;
}

static struct box_m box_from(const struct footprints *f, uint32_t i, struct mm64 frame)
{
    struct box_m box = footprint_box(f, i);
    double x = (double)frame.x * 1e-3, y = (double)frame.y * 1e-3;
    return (struct box_m){box.min_x - x, box.min_y - y, box.max_x - x, box.max_y - y};
}

// AFTER footprint i where it is registered, in the frame of its own centre; its rings are h->b.
struct laid { struct mm64 frame; struct relate_shape shape; };
static void lay(const struct group_input *in, uint32_t i, struct hands *h, struct laid *out)
{
    *out = (struct laid){.frame = footprint_centre(in->after, i)};
    placed_rings(in->after, i, &in->placed[i], out->frame, &h->b);
    out->shape = (struct relate_shape){&h->b, rings_box(&h->b), in->after->area_m2[i]};
}

// Common ground with BEFORE footprint j, m2, and the box it lies in; 0 where so little is of no interest.
static double common_m2(const struct group_input *in, uint32_t j, const struct laid *b, struct hands *h, struct box_m *shared)
{
    struct relate_shape a = {&h->a, box_from(in->before, j, b->frame), in->before->area_m2[j]};
    *shared = meet(a.box, b->shape.box);
    double width = shared->max_x - shared->min_x, height = shared->max_y - shared->min_y;
    if (width <= 0 || height <= 0 || out_of_question(a.area_m2, b->shape.area_m2, width * height))
        return 0;
    footprint_rings(in->before, j, b->frame, (struct xy_m){0, 0}, &h->a);
    return relate_overlap_of(&a, &b->shape);
}

static bool judge(const struct group_input *in, uint32_t j, uint32_t i, double overlap, struct box_m shared, struct link *out)
{
    double f = overlap / in->before->area_m2[j], g = overlap / in->after->area_m2[i], low = f < g ? f : g, high = f < g ? g : f;
    *out = (struct link){j, i, (float)overlap, low > LINZ_SHARE, false};
    if (high >= HALF || low >= SURE_SHARE) {
        out->kept = true;
    } else if (low > LINZ_SHARE) {
        double longer = fmax(shared.max_x - shared.min_x, shared.max_y - shared.min_y);
        out->kept = overlap > 3 * hypot(in->vertex_noise_m, in->placed[i].sd_m) * longer;
    }
    return out->kept || out->linz;
}

// --- links ------------------------------------------------------------------------------------------------------------------

static void add_link(struct bundle *bundle, struct link link)
{
    if (bundle->count == bundle->cap)
        bundle->link = mem_grow(bundle->link, &bundle->cap, bundle->count + 64, sizeof *bundle->link);
    bundle->link[bundle->count++] = link;
}

// AFTER footprint i against every BEFORE one near.
static void link_footprint(const struct group_input *in, uint32_t i, struct hands *h, struct bundle *bundle)
{
    struct laid laid;
    bool is_laid = false;
    for (uint32_t p = in->first_pair[i]; p < in->first_pair[i + 1]; p++) {
        uint32_t j = in->pairs->b[p];
        struct offset o = offset_of(in, j, i);
        struct link link = {j, i, NOT_ASKED, true, true};
        if (!may_meet(in, j, i, &o))
            continue;
        if (!plainly_one(in, j, i, &o)) {
            struct box_m shared;
            if (!is_laid)
                lay(in, i, h, &laid);
            is_laid = true;
            double overlap = common_m2(in, j, &laid, h, &shared);
            if (overlap <= 1e-6 || !judge(in, j, i, overlap, shared, &link))
                continue;
        }
        add_link(bundle, link);
    }
}

static void comes(const struct group_input *in, int64_t i)
{
    if (i >= in->after->count || in->first_pair[i] == in->first_pair[i + 1])
        return;
    footprint_comes(in->after, i);
    for (uint32_t p = in->first_pair[i]; p < in->first_pair[i + 1]; p++)
        footprint_comes(in->before, in->pairs->b[p]);
}

static void link_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    struct linking *l = ctx;
    const struct group_input *in = l->in;
    for (int64_t i = first; i < last; i++) {
        comes(in, i + AHEAD);
        if (in->first_pair[i] < in->first_pair[i + 1])
            link_footprint(in, (uint32_t)i, &l->hands[thread], &l->bundle[first / SLICE]);
    }
}

static void gather_links(struct linking *l, size_t slices)
{
    size_t total = 0;
    for (size_t s = 0; s < slices; s++)
        total += l->bundle[s].count;
    struct groups *out = l->out;
    out->link = mem_get(total, sizeof *out->link);
    for (size_t s = 0; s < slices; s++) {
        if (l->bundle[s].count > 0)
            memcpy(out->link + out->links, l->bundle[s].link, l->bundle[s].count * sizeof *out->link);
        out->links += (int64_t)l->bundle[s].count;
        mem_free(l->bundle[s].link);
    }
}

// --- weak links -------------------------------------------------------------------------------------------------------------

// Links and twins of every footprint of both layers; two are many.
static uint8_t *count_bonds(const struct group_input *in, const struct groups *g)
{
    size_t n = (size_t)in->before->count;
    uint8_t *bonds = mem_get(n + (size_t)in->after->count, 1);
    for (int64_t k = 0; k < g->links; k++) {
        uint32_t j = g->link[k].before, i = g->link[k].after;
        bonds[j] += bonds[j] < 2;
        bonds[n + i] += bonds[n + i] < 2;
    }
    for (int64_t k = 0; k < g->links; k++) {
        uint32_t j = g->link[k].before, i = g->link[k].after;
        bonds[j] = in->twin_of[j] != NOBODY ? 2 : bonds[j];
        bonds[n + i] = in->twin[i] != NOBODY ? 2 : bonds[n + i];
    }
    return bonds;
}

// With no other bond on either side two stay together whatever they share.
static bool is_alone(const struct linking *l, const struct link *link)
{
    return l->bonds[link->before] < 2 && l->bonds[(size_t)l->in->before->count + link->after] < 2;
}

static void measure_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    struct linking *l = ctx;
    struct laid laid;
    struct box_m shared;
    for (int64_t k = first; k < last; k++) {
        struct link *link = &l->out->link[k];
        if (link->overlap_m2 != NOT_ASKED || is_alone(l, link))
            continue;
        lay(l->in, link->after, &l->hands[thread], &laid);
        link->overlap_m2 = (float)common_m2(l->in, link->before, &laid, &l->hands[thread], &shared);
    }
}

static float larger(float a, float b) { return a > b ? a : b; }

static float share_of_both(const struct group_input *in, const struct link *l)
{
    return l->overlap_m2 / larger(in->before->area_m2[l->before], in->after->area_m2[l->after]);
}

// A strong bond on both sides cuts a weak third one: a boundary between two neighbours that moved is no common building.
static void cut_weak(const struct linking *l)
{
    const struct group_input *in = l->in;
    struct groups *g = l->out;
    float *best_before = mem_get((size_t)in->before->count, sizeof *best_before);
    float *best_after = mem_get((size_t)in->after->count, sizeof *best_after);
    for (int64_t k = 0; k < g->links; k++) {
        const struct link *link = &g->link[k];
        if (is_alone(l, link))
            continue;
        float both = share_of_both(in, link);
        best_before[link->before] = in->twin_of[link->before] != NOBODY ? 1 : larger(best_before[link->before], both);
        best_after[link->after] = in->twin[link->after] != NOBODY ? 1 : larger(best_after[link->after], both);
    }
    for (int64_t k = 0; k < g->links; k++) {
        struct link *link = &g->link[k];
        if (is_alone(l, link))
            continue;
        float a = in->before->area_m2[link->before], b = in->after->area_m2[link->after];
        float both = share_of_both(in, link), small = a < b ? best_before[link->before] : best_after[link->after];
        float big = a < b ? best_after[link->after] : best_before[link->before];
        if (link->overlap_m2 / (a < b ? a : b) < 0.35f && small > 0.5f && big > 0.5f)
            link->kept = false;
        if (both < 0.5f * small && small > 0.15f && big > 0.5f) // a shed drawn into the house beside it has its own twin
            link->kept = false;
    }
    mem_free(best_before);
    mem_free(best_after);
}

void links_find(const struct group_input *in, struct groups *out)
{
    size_t slices = (size_t)(in->after->count / SLICE + 1), threads = (size_t)pool_threads(in->pool);
    struct linking l = {in, out, mem_get(slices, sizeof *l.bundle), mem_get(threads, sizeof *l.hands), NULL};
    pool_range(in->pool, in->after->count, SLICE, link_slice, &l);
    gather_links(&l, slices);
    uint8_t *bonds = count_bonds(in, out);
    l.bonds = bonds;
    pool_range(in->pool, out->links, SLICE, measure_slice, &l);
    cut_weak(&l);
    for (size_t t = 0; t < threads; t++) {
        rings_clear(&l.hands[t].a);
        rings_clear(&l.hands[t].b);
    }
    mem_free(bonds);
    mem_free(l.bundle);
    mem_free(l.hands);
}
