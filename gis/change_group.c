#include "gis/change_group.h"
#include "gis/change_link.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "gis/register_parts.h"
#include <math.h>
#include <string.h>

void placed_rings(const struct footprints *after, int64_t i, const struct placed *placed, struct mm64 frame, struct rings *out)
{
    footprint_rings(after, i, frame, placed->shift, out);
    if (out->count == 0)
        return;
    struct xy_m middle = footprint_middle(after, i);
    const axes c = {middle.x - (double)frame.x * 1e-3 + placed->shift.x, middle.y - (double)frame.y * 1e-3 + placed->shift.y};
    const axes per_x = {placed->per_x.x, placed->per_x.y}, per_y = {placed->per_y.x, placed->per_y.y};
    for (uint32_t k = 0; k < out->first[out->count]; k++) {
        axes v = {out->vertex[k].x, out->vertex[k].y}, d = v - c;
        v += per_x * d[EAST] + per_y * d[NORTH];
        out->vertex[k] = (struct xy_m){v[EAST], v[NORTH]};
    }
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

// Footprints of both layers in one row, BEFORE first: parents never come later, and those of AFTER are of BEFORE.
struct grouping {
    const struct group_input *in;
    struct groups *out;
    size_t n, m;                             // footprints of BEFORE and AFTER
    uint32_t *parent;                        // [n + m]
    uint8_t *linked, *asked;                 // [n + m] has a link that is kept; of roots: more than one pair of twins
};

// Twins belong together from the beginning.
static void begin_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct grouping *g = ctx;
    for (size_t k = (size_t)first; k < (size_t)last; k++)
        g->parent[k] = k < g->n || g->in->twin[k - g->n] == NOBODY ? (uint32_t)k : g->in->twin[k - g->n];
}

static void mark_linked(struct grouping *g, const struct link *l)
{
    g->linked[l->before] = g->linked[g->n + l->after] = 1;
}

// A link that nobody contests binds two that are bound to nobody else.
static void bind_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct grouping *g = ctx;
    for (int64_t k = first; k < last; k++) {
        const struct link *l = &g->out->link[k];
        if (!l->alone || !l->kept)
            continue;
        g->parent[g->n + l->after] = l->before;
        mark_linked(g, l);
    }
}

static void bind_contested(struct grouping *g, const struct contested *c)
{
    for (int64_t k = 0; k < c->count; k++) {
        const struct link *l = &g->out->link[c->link[k]];
        if (!l->kept)
            continue;
        join(g->parent, l->before, (uint32_t)(g->n + l->after));
        mark_linked(g, l);
    }
}

// Every footprint names its root; a root with anything besides one pair of twins is asked about. Several may say so at once.
static void ask_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct grouping *g = ctx;
    const struct group_input *in = g->in;
    for (size_t k = (size_t)first; k < (size_t)last; k++) {
        bool is_after = k >= g->n, twin = is_after ? in->twin[k - g->n] != NOBODY : in->twin_of[k] != NOBODY;
        if (is_after)
            g->parent[k] = g->parent[g->parent[k]];
        if (!twin || g->linked[k] || (is_after && in->keep_twin != NULL && in->keep_twin[k - g->n]))
            __atomic_store_n(&g->asked[g->parent[k]], 1, __ATOMIC_RELAXED);
    }
}

// Members in the order of each group's smallest footprint.
static void collect(struct grouping *g)
{
    size_t n = g->n, m = g->m;
    uint32_t *number = mem_get(n + m, sizeof *number);
    for (size_t k = 0; k < n + m; k++)
        if (g->parent[k] == k)
            number[k] = g->asked[k] ? (uint32_t)g->out->count++ : NOBODY;
    struct side side[] = {{g->parent, number, 0, n, g->out->count, NULL, NULL}, {g->parent, number, n, n + m, g->out->count, NULL, NULL}};
    pool_run(g->in->pool, 2, collect_side, side);
    g->out->before_first = side[0].group_first, g->out->before = side[0].member;
    g->out->after_first = side[1].group_first, g->out->after = side[1].member;
    mem_free(number);
}

void groups_make(const struct group_input *in, struct groups *out)
{
    enum { SLICE = 8192 };
    *out = (struct groups){0};
    struct contested contested;
    struct grouping g = {.in = in, .out = out, .n = (size_t)in->before->count, .m = (size_t)in->after->count};
    links_find(in, out, &contested);
    size_t all = g.n + g.m;
    g.parent = mem_get(all, sizeof *g.parent);
    g.linked = mem_get(all, 1), g.asked = mem_get(all, 1);
    pool_range(in->pool, (int64_t)all, SLICE, begin_slice, &g);
    pool_range(in->pool, out->links, SLICE, bind_slice, &g);
    bind_contested(&g, &contested);
    join_leftovers(in, g.parent, g.linked, g.linked + g.n);
    if (in->ids_are_stable)
        join_ids(in, g.parent);
    for (size_t k = 0; k < g.n; k++)
        g.parent[k] = g.parent[g.parent[k]];
    pool_range(in->pool, (int64_t)all, SLICE, ask_slice, &g);
    collect(&g);
    contested_clear(&contested);
    mem_free(g.asked);
    mem_free(g.linked);
    mem_free(g.parent);
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
