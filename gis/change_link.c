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
    struct bundle { struct link *link; size_t count, cap, place; } *bundle; // one a slice; where its links go
    struct hands *hands;
    uint8_t *bonds;                      // [before] links of each; two are many
    struct contested *contested;
};

// --- what a glance tells ----------------------------------------------------------------------------------------------------

// The same corners in floats are enough for a glance, which always leaves room for doubt.
enum { CORNERS_MOST = 62 };
struct corners { uint32_t count, rings; float x[CORNERS_MOST + 2], y[CORNERS_MOST + 2]; }; // the first one again behind the last

struct extent { float low, high; };
struct across { struct extent u, v; };       // of an outline along a direction, and across

// An AFTER footprint where it is registered, in metres from its own corner as the registration moved that.
struct glance { struct corners corners; bool has_direction; float along_x, along_y; struct across across; };

static bool corners_take(const struct footprints *f, uint32_t i, struct corners *out)
{
    uint32_t ring = f->ring_first[i], first = f->vertex_first[ring];
    out->rings = f->ring_first[i + 1] - ring;
    out->count = f->vertex_first[f->ring_first[i + 1]] - first;
    if (out->count > CORNERS_MOST)
        return false;
    for (uint32_t k = 0; k < out->count; k++)
        out->x[k] = (float)f->vertex[first + k].x * 1e-3f, out->y[k] = (float)f->vertex[first + k].y * 1e-3f;
    return true;
}

static void corners_close(struct corners *c)
{
    c->x[c->count] = c->x[0], c->y[c->count] = c->y[0];
}

static struct across across_of(const struct corners *c, float along_x, float along_y)
{
    struct across a = {{INFINITY, -INFINITY}, {INFINITY, -INFINITY}};
    for (uint32_t k = 0; k < c->count; k++) {
        float u = c->x[k] * along_x + c->y[k] * along_y, v = c->y[k] * along_x - c->x[k] * along_y;
        a.u.low = u < a.u.low ? u : a.u.low, a.u.high = u > a.u.high ? u : a.u.high;
        a.v.low = v < a.v.low ? v : a.v.low, a.v.high = v > a.v.high ? v : a.v.high;
    }
    return a;
}

// Boxes are laid along the longest wall: a row of houses stands at any angle to the map.
static void find_direction(struct glance *g)
{
    const struct corners *c = &g->corners;
    float longest2 = 0, x = 1, y = 0;
    for (uint32_t k = 0; k < c->count; k++) {
        float dx = c->x[k + 1] - c->x[k], dy = c->y[k + 1] - c->y[k], length2 = dx * dx + dy * dy;
        if (length2 > longest2)
            longest2 = length2, x = dx, y = dy;
    }
    float per_length = longest2 > 0 ? 1 / sqrtf(longest2) : 1;
    g->has_direction = true;
    g->along_x = x * per_length, g->along_y = y * per_length;
    g->across = across_of(c, g->along_x, g->along_y);
}

static bool glance_at(const struct group_input *in, uint32_t i, struct glance *out)
{
    struct corners *c = &out->corners;
    const struct placed *p = &in->placed[i];
    float middle_x = (float)in->after->centroid[i].x, middle_y = (float)in->after->centroid[i].y;
    if (!corners_take(in->after, i, c))
        return false;
    for (uint32_t k = 0; k < c->count; k++) {
        float dx = c->x[k] - middle_x, dy = c->y[k] - middle_y;
        c->x[k] += p->per_x.x * dx + p->per_y.x * dy;
        c->y[k] += p->per_x.y * dx + p->per_y.y * dy;
    }
    corners_close(c);
    out->has_direction = false;
    return true;
}

// From the corner of AFTER footprint i as registered to that of BEFORE footprint j, metres.
struct offset { float x, y; };
static struct offset offset_of(const struct group_input *in, uint32_t j, uint32_t i)
{
    struct mm64 a = in->before->origin[j], b = in->after->origin[i];
    return (struct offset){(float)((double)(a.x - b.x) * 1e-3 - in->placed[i].shift.x), (float)((double)(a.y - b.y) * 1e-3 - in->placed[i].shift.y)};
}

// Boxes, with room for what the registration stretches.
static bool may_meet(const struct group_input *in, uint32_t j, uint32_t i, const struct offset *o)
{
    const struct placed *p = &in->placed[i];
    struct mm a = in->before->size[j], b = in->after->size[i];
    float wide = (float)b.x * 1e-3f, high = (float)b.y * 1e-3f;
    float more_x = 0.01f + fabsf(p->per_x.x) * wide + fabsf(p->per_y.x) * high, more_y = 0.01f + fabsf(p->per_x.y) * wide + fabsf(p->per_y.y) * high;
    return o->x < wide + more_x && o->x + (float)a.x * 1e-3f > -more_x && o->y < high + more_y && o->y + (float)a.y * 1e-3f > -more_y;
}

static float shared(struct extent a, struct extent b)
{
    float low = a.low > b.low ? a.low : b.low, high = a.high < b.high ? a.high : b.high;
    return high > low ? high - low : 0;
}

// No link with so little in common, whatever else.
static bool out_of_question(double before_m2, double after_m2, double most_m2)
{
    double low = before_m2 < after_m2 ? before_m2 : after_m2, high = before_m2 < after_m2 ? after_m2 : before_m2;
    return most_m2 < HALF * low && most_m2 <= LINZ_SHARE * high;
}

// Neighbours: the boxes along AFTER's longest wall have hardly anything in common.
static bool plainly_apart(const struct group_input *in, uint32_t j, uint32_t i, struct glance *b, const struct corners *a)
{
    if (!b->has_direction)
        find_direction(b);
    struct across across = across_of(a, b->along_x, b->along_y);
    double most_m2 = 1.01 * ((double)shared(across.u, b->across.u) + 0.01) * ((double)shared(across.v, b->across.v) + 0.01);
    return out_of_question(in->before->area_m2[j], in->after->area_m2[i], most_m2);
}

static uint32_t corner_nearest(const struct corners *c, float x, float y)
{
    uint32_t best = 0;
    float least = INFINITY;
    for (uint32_t k = 0; k < c->count; k++) {
        float dx = c->x[k] - x, dy = c->y[k] - y, d2 = dx * dx + dy * dy;
        best = d2 < least ? k : best;
        least = d2 < least ? d2 : least;
    }
    return best;
}

// How much ground the edges sweep, at most, when every corner of a moves straight to its mate in b, which starts at `first`.
static float swept_m2(const struct corners *a, const struct corners *b, uint32_t first)
{
    float way_x[CORNERS_MOST + 1], way_y[CORNERS_MOST + 1], sum = 0;
    for (uint32_t k = 0; k + first < a->count; k++)
        way_x[k] = b->x[k + first] - a->x[k], way_y[k] = b->y[k + first] - a->y[k];
    for (uint32_t k = a->count - first; k < a->count; k++)
        way_x[k] = b->x[k + first - a->count] - a->x[k], way_y[k] = b->y[k + first - a->count] - a->y[k];
    way_x[a->count] = b->x[first] - a->x[0], way_y[a->count] = b->y[first] - a->y[0];
    for (uint32_t k = 0; k < a->count; k++) {
        float x = a->x[k + 1] - a->x[k], y = a->y[k + 1] - a->y[k];
        sum += fabsf(x * way_y[k] - y * way_x[k]) + fabsf(x * way_y[k + 1] - y * way_x[k + 1]) + fabsf(way_x[k] * way_y[k + 1] - way_y[k] * way_x[k + 1]);
    }
    return sum / 2;
}

// Outlines with the same corners, each a little off: only ground that the edges sweep on the way from one to the other belongs to
// one of them alone. Where that is clearly less than half of BEFORE's, the pair is a link, and a strong one.
static bool plainly_one(const struct group_input *in, uint32_t j, uint32_t i, const struct corners *b, const struct corners *a)
{
    float most_m2 = 0.45f * in->before->area_m2[j];
    if (a->rings != 1 || b->rings != 1 || a->count != b->count || in->before->area_m2[j] < 0.1f * in->after->area_m2[i])
        return false;
    return swept_m2(a, b, 0) < most_m2 || swept_m2(a, b, corner_nearest(b, a->x[0], a->y[0])) < most_m2;
}

enum guess { APART, ONE, UNSURE };
static enum guess guess(const struct group_input *in, uint32_t j, uint32_t i, struct glance *b, const struct offset *o)
{
    struct corners a;
    if (!corners_take(in->before, j, &a))
        return UNSURE;
    for (uint32_t k = 0; k < a.count; k++)
        a.x[k] += o->x, a.y[k] += o->y;
    corners_close(&a);
    return plainly_one(in, j, i, &b->corners, &a) ? ONE : plainly_apart(in, j, i, b, &a) ? APART : UNSURE;
}

// --- what is measured -------------------------------------------------------------------------------------------------------

static struct box_m meet(struct box_m a, struct box_m b)
{
    return (struct box_m){a.min_x > b.min_x ? a.min_x : b.min_x, a.min_y > b.min_y ? a.min_y : b.min_y,
                          a.max_x < b.max_x ? a.max_x : b.max_x, a.max_y < b.max_y ? a.max_y : b.max_y};
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
static double common_m2(const struct group_input *in, uint32_t j, const struct laid *b, struct hands *h, struct box_m *common)
{
    struct relate_shape a = {&h->a, box_from(in->before, j, b->frame), in->before->area_m2[j]};
    *common = meet(a.box, b->shape.box);
    double width = common->max_x - common->min_x, height = common->max_y - common->min_y;
    if (width <= 0 || height <= 0 || out_of_question(a.area_m2, b->shape.area_m2, width * height))
        return 0;
    footprint_rings(in->before, j, b->frame, (struct xy_m){0, 0}, &h->a);
    return relate_overlap_of(&a, &b->shape);
}

static bool judge(const struct group_input *in, uint32_t j, uint32_t i, double overlap, struct box_m common, struct link *out)
{
    double f = overlap / in->before->area_m2[j], g = overlap / in->after->area_m2[i], low = f < g ? f : g, high = f < g ? g : f;
    *out = (struct link){j, i, (float)overlap, low > LINZ_SHARE, false, false};
    if (high >= HALF || low >= SURE_SHARE) {
        out->kept = true;
    } else if (low > LINZ_SHARE) {
        double longer = fmax(common.max_x - common.min_x, common.max_y - common.min_y);
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

// AFTER footprint i against every BEFORE one near. What a glance cannot tell is measured.
static void link_footprint(const struct group_input *in, uint32_t i, struct hands *h, struct bundle *bundle)
{
    struct glance glance;
    struct laid laid;
    bool is_laid = false, can_guess = glance_at(in, i, &glance);
    for (uint32_t p = in->first_pair[i]; p < in->first_pair[i + 1]; p++) {
        uint32_t j = in->pairs->b[p];
        struct offset o = offset_of(in, j, i);
        struct link link = {j, i, NOT_ASKED, true, true, false};
        if (!may_meet(in, j, i, &o))
            continue;
        enum guess g = can_guess ? guess(in, j, i, &glance, &o) : UNSURE;
        if (g == APART)
            continue;
        if (g == UNSURE) {
            struct box_m common;
            if (!is_laid)
                lay(in, i, h, &laid);
            is_laid = true;
            double overlap = common_m2(in, j, &laid, h, &common);
            if (overlap <= 1e-6 || !judge(in, j, i, overlap, common, &link))
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

static void gather_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct linking *l = ctx;
    for (int64_t s = first; s < last; s++) {
        struct bundle *b = &l->bundle[s];
        if (b->count > 0)
            memcpy(l->out->link + b->place, b->link, b->count * sizeof *b->link);
        mem_free(b->link);
    }
}

static void gather_links(struct linking *l, size_t slices)
{
    for (size_t s = 0; s < slices; s++) {
        l->bundle[s].place = (size_t)l->out->links;
        l->out->links += (int64_t)l->bundle[s].count;
    }
    l->out->link = mem_get((size_t)l->out->links, sizeof *l->out->link);
    pool_range(l->in->pool, (int64_t)slices, 16, gather_slice, l);
}

// --- those that others want too ---------------------------------------------------------------------------------------------

static void count_bonds(struct linking *l)
{
    const struct groups *g = l->out;
    l->bonds = mem_get((size_t)l->in->before->count, sizeof *l->bonds);
    for (int64_t k = 0; k < g->links; k++)
        l->bonds[g->link[k].before] += l->bonds[g->link[k].before] < 2;
}

// With no other bond on either side two stay together whatever they share. The others of an AFTER footprint stand beside it.
static void part_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct linking *l = ctx;
    const struct groups *g = l->out;
    for (int64_t k = first; k < last; k++) {
        struct link *link = &g->link[k];
        bool has_other = (k > 0 && g->link[k - 1].after == link->after) || (k + 1 < g->links && g->link[k + 1].after == link->after);
        link->alone = !has_other && l->bonds[link->before] < 2 && l->in->twin_of[link->before] == NOBODY && l->in->twin[link->after] == NOBODY;
    }
}

static void list_contested(struct linking *l)
{
    size_t cap = 0;
    for (int64_t k = 0; k < l->out->links; k++) {
        if (l->out->link[k].alone)
            continue;
        struct contested *c = l->contested;
        c->link = mem_grow(c->link, &cap, (size_t)c->count + 1, sizeof *c->link);
        c->link[c->count++] = (uint32_t)k;
    }
}

static void measure_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    struct linking *l = ctx;
    struct laid laid;
    struct box_m common;
    for (int64_t k = first; k < last; k++) {
        struct link *link = &l->out->link[l->contested->link[k]];
        if (link->overlap_m2 != NOT_ASKED)
            continue;
        lay(l->in, link->after, &l->hands[thread], &laid);
        link->overlap_m2 = (float)common_m2(l->in, link->before, &laid, &l->hands[thread], &common);
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
    const struct contested *c = l->contested;
    float *best_before = mem_get((size_t)in->before->count, sizeof *best_before);
    float *best_after = mem_get((size_t)in->after->count, sizeof *best_after);
    for (int64_t k = 0; k < c->count; k++) {
        const struct link *link = &l->out->link[c->link[k]];
        float both = share_of_both(in, link);
        best_before[link->before] = in->twin_of[link->before] != NOBODY ? 1 : larger(best_before[link->before], both);
        best_after[link->after] = in->twin[link->after] != NOBODY ? 1 : larger(best_after[link->after], both);
    }
    for (int64_t k = 0; k < c->count; k++) {
        struct link *link = &l->out->link[c->link[k]];
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

void links_find(const struct group_input *in, struct groups *out, struct contested *contested)
{
    size_t slices = (size_t)(in->after->count / SLICE + 1), threads = (size_t)pool_threads(in->pool);
    struct linking l = {.in = in, .out = out, .contested = contested, .bundle = mem_get(slices, sizeof *l.bundle),
                        .hands = mem_get(threads, sizeof *l.hands)};
    *contested = (struct contested){0};
    pool_range(in->pool, in->after->count, SLICE, link_slice, &l);
    gather_links(&l, slices);
    count_bonds(&l);
    pool_range(in->pool, out->links, SLICE, part_slice, &l);
    list_contested(&l);
    pool_range(in->pool, contested->count, SLICE, measure_slice, &l);
    cut_weak(&l);
    for (size_t t = 0; t < threads; t++) {
        rings_clear(&l.hands[t].a);
        rings_clear(&l.hands[t].b);
    }
    mem_free(l.bonds);
    mem_free(l.bundle);
    mem_free(l.hands);
}

void contested_clear(struct contested *c)
{
    mem_free(c->link);
    *c = (struct contested){0};
}
