#include "gis/change_group.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "gis/register_parts.h"
#include "gis/relate.h"
#include <math.h>
#include <string.h>

static const double LINZ_SHARE = 0.05;
static const double HALF = 0.5;
static const double SURE_SHARE = 0.25;   // of both: no strip along a wall is that much

void placed_rings(const struct footprints *after, int64_t i, const struct placed *placed, struct mm64 frame, struct rings *out)
{
    footprint_rings(after, i, frame, placed->shift, out);
    if (out->count == 0)
        return;
    struct xy_m middle = footprint_middle(after, i);
    struct xy_m c = {middle.x - (double)frame.x * 1e-3 + placed->shift.x, middle.y - (double)frame.y * 1e-3 + placed->shift.y};
    for (uint32_t k = 0; k < out->first[out->count]; k++) {
        double dx = out->vertex[k].x - c.x, dy = out->vertex[k].y - c.y;
        out->vertex[k].x += placed->per_x.x * dx + placed->per_y.x * dy;
        out->vertex[k].y += placed->per_x.y * dx + placed->per_y.y * dy;
    }
}

enum { SLICE = 512, AHEAD = 4 };
struct linking {
    const struct group_input *in;
    struct bundle { struct link *link; size_t count, cap; } *bundle; // one a slice
    struct hands { struct rings a, b; } *hands;                      // one a thread
};

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

static void add_link(struct bundle *bundle, struct link link)
{
    if (bundle->count == bundle->cap)
        bundle->link = mem_grow(bundle->link, &bundle->cap, bundle->count + 64, sizeof *bundle->link);
    bundle->link[bundle->count++] = link;
}

static struct box_m box_from(const struct footprints *f, uint32_t i, struct mm64 frame)
{
    struct box_m box = footprint_box(f, i);
    double x = (double)frame.x * 1e-3, y = (double)frame.y * 1e-3;
    return (struct box_m){box.min_x - x, box.min_y - y, box.max_x - x, box.max_y - y};
}

// AFTER footprint i against every BEFORE one near.
static void link_footprint(const struct group_input *in, uint32_t i, struct hands *h, struct bundle *bundle)
{
    struct mm64 frame = footprint_centre(in->after, i);
    placed_rings(in->after, i, &in->placed[i], frame, &h->b);
    struct relate_shape b = {&h->b, rings_box(&h->b), in->after->area_m2[i]};
    for (uint32_t p = in->first_pair[i]; p < in->first_pair[i + 1]; p++) {
        uint32_t j = in->pairs->b[p];
        struct relate_shape a = {&h->a, box_from(in->before, j, frame), in->before->area_m2[j]};
        struct box_m shared = meet(a.box, b.box);
        double width = shared.max_x - shared.min_x, height = shared.max_y - shared.min_y;
        if (width <= 0 || height <= 0 || out_of_question(a.area_m2, b.area_m2, width * height))
            continue;
        footprint_rings(in->before, j, frame, (struct xy_m){0, 0}, &h->a);
        double overlap = relate_overlap_of(&a, &b);
        struct link link;
        if (overlap > 1e-6 && judge(in, j, i, overlap, shared, &link))
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

static void find_links(const struct group_input *in, struct groups *out)
{
    size_t slices = (size_t)(in->after->count / SLICE + 1), threads = (size_t)pool_threads(in->pool), total = 0;
    struct linking l = {in, mem_get(slices, sizeof *l.bundle), mem_get(threads, sizeof *l.hands)};
    pool_range(in->pool, in->after->count, SLICE, link_slice, &l);
    for (size_t s = 0; s < slices; s++)
        total += l.bundle[s].count;
    out->link = mem_get(total, sizeof *out->link);
    for (size_t s = 0; s < slices; s++) {
        if (l.bundle[s].count > 0)
            memcpy(out->link + out->links, l.bundle[s].link, l.bundle[s].count * sizeof *out->link);
        out->links += (int64_t)l.bundle[s].count;
        mem_free(l.bundle[s].link);
    }
    for (size_t t = 0; t < threads; t++) {
        rings_clear(&l.hands[t].a);
        rings_clear(&l.hands[t].b);
    }
    mem_free(l.bundle);
    mem_free(l.hands);
}

static float larger(float a, float b) { return a > b ? a : b; }

// A strong bond on both sides cuts a weak third one: a boundary between two neighbours that moved is no common building.
static void cut_weak(const struct group_input *in, struct groups *g)
{
    float *best_before = mem_get((size_t)in->before->count, sizeof *best_before);
    float *best_after = mem_get((size_t)in->after->count, sizeof *best_after);
    for (int64_t i = 0; i < in->after->count; i++)
        if (in->twin[i] != NOBODY)
            best_after[i] = best_before[in->twin[i]] = 1;
    for (int64_t k = 0; k < g->links; k++) {
        struct link *l = &g->link[k];
        float both = l->overlap_m2 / larger(in->before->area_m2[l->before], in->after->area_m2[l->after]);
        best_before[l->before] = larger(best_before[l->before], both);
        best_after[l->after] = larger(best_after[l->after], both);
    }
    for (int64_t k = 0; k < g->links; k++) {
        struct link *l = &g->link[k];
        float a = in->before->area_m2[l->before], b = in->after->area_m2[l->after];
        float both = l->overlap_m2 / larger(a, b), small = a < b ? best_before[l->before] : best_after[l->after];
        float big = a < b ? best_after[l->after] : best_before[l->before];
        if (l->overlap_m2 / (a < b ? a : b) < 0.35f && small > 0.5f && big > 0.5f)
            l->kept = false;
        if (both < 0.5f * small && small > 0.15f && big > 0.5f) // a shed drawn into the house beside it has its own twin
            l->kept = false;
    }
    mem_free(best_before);
    mem_free(best_after);
}

static uint32_t root_of(uint32_t *parent, uint32_t x)
{
    while (parent[x] != x)
        x = parent[x] = parent[parent[x]];
    return x;
}

static void join(uint32_t *parent, uint32_t x, uint32_t y)
{
    x = root_of(parent, x), y = root_of(parent, y);
    if (x < y)
        parent[y] = x;
    else
        parent[x] = y;
}

// Every footprint names its root: parents never come later.
static void flatten(uint32_t *parent, size_t count)
{
    for (size_t k = 0; k < count; k++)
        parent[k] = parent[parent[k]];
}

static bool of_one_size(double a, double b) { return a < 3 * b && b < 3 * a; }

// A small building may lie beside itself when it is drawn twice: the nearest left over on the other side, alike and close.
static void join_leftovers(const struct group_input *in, uint32_t *parent, const uint8_t *linked_before, const uint8_t *linked_after)
{
    for (int64_t i = 0; i < in->after->count; i++) {
        if (in->twin[i] != NOBODY || linked_after[i])
            continue;
        struct xy_m b = footprint_middle(in->after, i);
        double reach = 1 + 3 * hypot(in->vertex_noise_m, in->placed[i].sd_m), best = reach;
        uint32_t mate = NOBODY;
        for (uint32_t p = in->first_pair[i]; p < in->first_pair[i + 1]; p++) {
            uint32_t j = in->pairs->b[p];
            if (in->twin_of[j] != NOBODY || linked_before[j] || !of_one_size(in->before->area_m2[j], in->after->area_m2[i]))
                continue;
            struct xy_m a = footprint_middle(in->before, j);
            double d = hypot(b.x + in->placed[i].shift.x - a.x, b.y + in->placed[i].shift.y - a.y);
            if (d < best)
                best = d, mate = j;
        }
        if (mate != NOBODY)
            join(parent, mate, (uint32_t)(in->before->count + i));
    }
}

static int same_text(const void *a, const void *b, size_t la, size_t lb) { return la == lb && memcmp(a, b, la) == 0; }

static uint64_t id_hash(const struct footprints *f, int64_t i)
{
    if (f->id_first == NULL)
        return hash_mix((uint64_t)f->fid[i] + 0x9e3779b97f4a7c15u);
    uint64_t h = 1469598103934665603u;
    for (uint32_t k = f->id_first[i]; k < f->id_first[i + 1]; k++)
        h = (h ^ (uint8_t)f->id_text[k]) * 1099511628211u;
    return hash_mix(h);
}

static bool same_id(const struct footprints *a, int64_t i, const struct footprints *b, int64_t j)
{
    if (a->id_first == NULL || b->id_first == NULL)
        return a->fid[i] == b->fid[j];
    return same_text(a->id_text + a->id_first[i], b->id_text + b->id_first[j], a->id_first[i + 1] - a->id_first[i],
                     b->id_first[j + 1] - b->id_first[j]);
}

// The same id is the same building, wherever it stands; an id used twice binds its first.
static void join_ids(const struct group_input *in, uint32_t *parent)
{
    size_t n = (size_t)in->before->count, m = (size_t)in->after->count;
    struct sort_item *item = mem_get(n + m, sizeof *item);
    for (size_t j = 0; j < n; j++)
        item[j] = (struct sort_item){id_hash(in->before, (int64_t)j), (uint32_t)j};
    for (size_t i = 0; i < m; i++)
        item[n + i] = (struct sort_item){id_hash(in->after, (int64_t)i), (uint32_t)(n + i)};
    sort_by_key(item, n + m); // stable: BEFORE comes first among equals
    for (size_t k = 0, first = 0; k < n + m; k++) {
        if (item[k].key != item[first].key)
            first = k;
        if (item[first].value < n && item[k].value >= n && same_id(in->before, item[first].value, in->after, item[k].value - (int64_t)n))
            join(parent, item[first].value, item[k].value);
    }
    mem_free(item);
}

// The members that one layer has in the groups; its footprints are those from `first` to `end` of all.
struct side {
    const uint32_t *root, *number;           // of all footprints; of groups by root, NOBODY: none
    size_t first, end;
    int64_t groups;
    uint32_t *group_first, *member;
};

static void collect_side(void *ctx, int64_t job, int thread)
{
    (void)thread;
    struct side *s = (struct side *)ctx + job;
    s->group_first = mem_get((size_t)s->groups + 2, sizeof *s->group_first);
    s->member = mem_get(s->end - s->first, sizeof *s->member);
    for (size_t k = s->first; k < s->end; k++)
        if (s->number[s->root[k]] != NOBODY)
            s->group_first[s->number[s->root[k]] + 2]++;
    for (int64_t g = 0; g < s->groups; g++)
        s->group_first[g + 2] += s->group_first[g + 1];
    for (size_t k = s->first; k < s->end; k++)
        if (s->number[s->root[k]] != NOBODY)
            s->member[s->group_first[s->number[s->root[k]] + 1]++] = (uint32_t)(k - s->first);
}

// Members in the order of each group's smallest footprint.
static void collect(const struct group_input *in, const uint32_t *root, const uint8_t *alone_twin, struct groups *out)
{
    size_t n = (size_t)in->before->count, m = (size_t)in->after->count;
    uint32_t *number = mem_get(n + m, sizeof *number);
    for (size_t k = 0; k < n + m; k++)
        if (root[k] == k)
            number[k] = alone_twin[k] ? NOBODY : (uint32_t)out->count++;
    struct side side[] = {{root, number, 0, n, out->count, NULL, NULL}, {root, number, n, n + m, out->count, NULL, NULL}};
    pool_run(in->pool, 2, collect_side, side);
    out->before_first = side[0].group_first, out->before = side[0].member;
    out->after_first = side[1].group_first, out->after = side[1].member;
    mem_free(number);
}

void groups_make(const struct group_input *in, struct groups *out)
{
    *out = (struct groups){0};
    size_t n = (size_t)in->before->count, m = (size_t)in->after->count;
    find_links(in, out);
    cut_weak(in, out);
    uint32_t *parent = mem_get(n + m, sizeof *parent);
    uint8_t *linked = mem_get(n + m, 1), *alone_twin = mem_get(n + m, 1);
    for (size_t k = 0; k < n + m; k++)
        parent[k] = (uint32_t)k;
    for (size_t i = 0; i < m; i++)
        if (in->twin[i] != NOBODY)
            join(parent, in->twin[i], (uint32_t)(n + i));
    for (int64_t k = 0; k < out->links; k++)
        if (out->link[k].kept) {
            join(parent, out->link[k].before, (uint32_t)(n + out->link[k].after));
            linked[out->link[k].before] = linked[n + out->link[k].after] = 1;
        }
    join_leftovers(in, parent, linked, linked + n);
    if (in->ids_are_stable)
        join_ids(in, parent);
    flatten(parent, n + m);
    uint8_t *others = mem_get(n + m, 1);                     // groups with anything besides one pair of twins
    for (size_t k = 0; k < n + m; k++) {
        bool twin = k < n ? in->twin_of[k] != NOBODY : in->twin[k - n] != NOBODY;
        if (!twin || linked[k])
            others[parent[k]] = 1;
    }
    for (size_t i = 0; i < m && in->keep_twin != NULL; i++)
        if (in->keep_twin[i])
            others[parent[n + i]] = 1;
    for (size_t k = 0; k < n + m; k++)
        alone_twin[k] = !others[parent[k]];
    collect(in, parent, alone_twin, out);
    mem_free(others);
    mem_free(alone_twin);
    mem_free(linked);
    mem_free(parent);
}

void groups_clear(struct groups *g)
{
    mem_free(g->before_first);
    mem_free(g->after_first);
    mem_free(g->before);
    mem_free(g->after);
    mem_free(g->link);
    *g = (struct groups){0};
}
