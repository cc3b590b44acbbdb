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
    struct xy_m c = {middle.x - (double)frame.x * 1e-3 + placed->shift.x, middle.y - (double)frame.y * 1e-3 + placed->shift.y};
    for (uint32_t k = 0; k < out->first[out->count]; k++) {
        double dx = out->vertex[k].x - c.x, dy = out->vertex[k].y - c.y;
        out->vertex[k].x += placed->per_x.x * dx + placed->per_y.x * dy;
        out->vertex[k].y += placed->per_x.y * dx + placed->per_y.y * dy;
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
    links_find(in, out);
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
