#include "gis/cells_join.h"
#include "core/base/mem.h"
#include "core/base/status.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// --- dissolving ------------------------------------------------------------------------------------------------------

struct step { uint32_t label, from, to; bool gone; };

static int by_label_and_begin(const void *p, const void *q)
{
    const struct step *a = p, *b = q;
    if (a->label != b->label)
        return a->label < b->label ? -1 : 1;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return a->to < b->to ? -1 : a->to > b->to;
}

static uint32_t label_of(const uint32_t *label, uint32_t owner)
{
    return owner == BORDER_NOBODY ? BORDER_NOBODY : label[owner];
}

static struct step *steps_of(const struct border *b, const uint32_t *label, size_t *count)
{
    struct step *step = mem_get(2 * b->edges, sizeof *step);
    *count = 0;
    for (size_t i = 0; i < b->edges; i++) {
        const struct border_edge *e = &b->edge[i];
        uint32_t left = label_of(label, e->left), right = label_of(label, e->right);
        if (left == right)
            continue;
        if (left != BORDER_NOBODY)
            step[(*count)++] = (struct step){ .label = left, .from = e->a, .to = e->b };
        if (right != BORDER_NOBODY)
            step[(*count)++] = (struct step){ .label = right, .from = e->b, .to = e->a };
    }
    if (*count > 0)
        qsort(step, *count, sizeof *step, by_label_and_begin);
    return step;
}

struct tracing {
    const struct border *b;
    struct step *step;
    size_t first, end;                  // steps of the label at hand
    uint32_t *path; size_t length, path_cap;
    int64_t *place;                     // of a vertex on the path, -1: not on it
    struct rings loop;                  // simple loops of the label
};

static size_t first_from(const struct tracing *t, uint32_t vertex)
{
    size_t low = t->first, high = t->end;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (t->step[mid].from < vertex)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

// How far to turn clockwise from the way back to a way on: 0 .. 2 pi; straight back is a whole turn.
static double turn(const struct border *b, uint32_t at, uint32_t back, uint32_t on)
{
    struct xy_m o = b->vertex[at], p = b->vertex[back], q = b->vertex[on];
    double angle = atan2(p.y - o.y, p.x - o.x) - atan2(q.y - o.y, q.x - o.x);
    return angle <= 0 ? angle + 2 * acos(-1) : angle;
}

// Where several ways lead on, the first one clockwise keeps to the same inside.
static struct step *next_step(const struct tracing *t, const struct step *s)
{
    struct step *best = NULL;
    double least = INFINITY;
    for (size_t k = first_from(t, s->to); k < t->end && t->step[k].from == s->to; k++) {
        double angle = turn(t->b, s->to, s->from, t->step[k].to);
        if (t->step[k].gone || angle >= least)
            continue;
        best = &t->step[k];
        least = angle;
    }
    return best;
}

// The path came back to where it had been: that loop is a ring of its own (corners that touch are no crossings).
static void take_loop(struct tracing *t, size_t from)
{
    for (size_t i = from; i < t->length; i++) {
        rings_add_vertex(&t->loop, t->b->vertex[t->path[i]]);
        t->place[t->path[i]] = -1;
    }
    rings_end_ring(&t->loop);
    t->length = from;
}

static bool trace(struct tracing *t, struct step *s)
{
    t->length = 0;
    for (; s != NULL; s = next_step(t, s)) {
        s->gone = true;
        if (t->place[s->from] >= 0)
            take_loop(t, (size_t)t->place[s->from]);
        t->place[s->from] = (int64_t)t->length;
        t->path = mem_grow(t->path, &t->path_cap, t->length + 1, sizeof *t->path);
        t->path[t->length++] = s->from;
        if (t->place[s->to] >= 0 && t->place[s->to] == 0) {
            take_loop(t, 0);
            return true;
        }
    }
    return false;
}

static double loop_area_m2(const struct rings *r, uint32_t k)
{
    uint32_t first[2] = { 0, r->first[k + 1] - r->first[k] };
    return rings_area_m2(&(struct rings){ .vertex = r->vertex + r->first[k], .first = first, .count = 1 });
}

static void copy_ring(const struct rings *from, uint32_t k, struct rings *out)
{
    for (uint32_t i = from->first[k]; i < from->first[k + 1]; i++)
        rings_add_vertex(out, from->vertex[i]);
    rings_end_ring(out);
}

static bool loop_holds(const struct rings *r, uint32_t outer, uint32_t hole)
{
    uint32_t first[2] = { 0, r->first[outer + 1] - r->first[outer] };
    struct rings ring = { .vertex = r->vertex + r->first[outer], .first = first, .count = 1 };
    struct xy_m a = r->vertex[r->first[hole]], b = r->vertex[r->first[hole] + 1];
    return rings_contain(&ring, (struct xy_m){ (a.x + b.x) / 2, (a.y + b.y) / 2 });
}

// The smallest outer loop around a hole.
static uint32_t home_of(const struct rings *r, const double *area_m2, uint32_t hole)
{
    uint32_t home = BORDER_NOBODY;
    for (uint32_t k = 0; k < r->count; k++)
        if (area_m2[k] > 0 && (home == BORDER_NOBODY || area_m2[k] < area_m2[home]) && loop_holds(r, k, hole))
            home = k;
    return home;
}

static void sort_loops(const struct rings *loop, struct rings *out)
{
    double *area_m2 = mem_get(loop->count, sizeof *area_m2);
    uint32_t *home = mem_get(loop->count, sizeof *home);
    for (uint32_t k = 0; k < loop->count; k++)
        area_m2[k] = loop_area_m2(loop, k);
    for (uint32_t k = 0; k < loop->count; k++)
        home[k] = area_m2[k] < 0 ? home_of(loop, area_m2, k) : BORDER_NOBODY;
    rings_start(out);
    for (uint32_t k = 0; k < loop->count; k++) {
        if (!(area_m2[k] > 0))
            continue;
        copy_ring(loop, k, out);
        for (uint32_t h = 0; h < loop->count; h++)
            if (home[h] == k)
                copy_ring(loop, h, out);
    }
    mem_free(area_m2);
    mem_free(home);
}

bool cells_dissolve(const struct border *b, const uint32_t *label, uint32_t labels, struct polygons *out)
{
    size_t count;
    struct tracing t = { .b = b, .step = steps_of(b, label, &count), .place = mem_get(b->vertices, sizeof *t.place) };
    struct rings shape = {0};
    bool closed = true;
    memset(t.place, 0xff, b->vertices * sizeof *t.place);
    for (uint32_t l = 0; l < labels && closed; l++) {
        t.first = t.end;
        while (t.end < count && t.step[t.end].label == l)
            t.end++;
        rings_start(&t.loop);
        for (size_t k = t.first; k < t.end && closed; k++)
            closed = t.step[k].gone || trace(&t, &t.step[k]);
        sort_loops(&t.loop, &shape);
        polygons_add_local(out, &shape);
    }
    rings_clear(&t.loop);
    rings_clear(&shape);
    mem_free(t.path);
    mem_free(t.place);
    mem_free(t.step);
    return closed;
}

// --- joining ---------------------------------------------------------------------------------------------------------

struct shared { uint32_t a, b; double length_m; };

static int by_both(const void *p, const void *q)
{
    const struct shared *a = p, *b = q;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    if (a->b != b->b)
        return a->b < b->b ? -1 : 1;
    return a->length_m < b->length_m ? -1 : a->length_m > b->length_m;
}

// Who shares how much border with whom, both ways, one row a pair.
static struct shared *borders_shared(const struct border *b, size_t *count)
{
    struct shared *s = mem_get(2 * b->edges, sizeof *s);
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < b->edges; i++) {
        const struct border_edge *e = &b->edge[i];
        if (e->left == BORDER_NOBODY || e->right == BORDER_NOBODY || e->left == e->right)
            continue;
        double m = hypot(b->vertex[e->a].x - b->vertex[e->b].x, b->vertex[e->a].y - b->vertex[e->b].y);
        s[n++] = (struct shared){ e->left, e->right, m };
        s[n++] = (struct shared){ e->right, e->left, m };
    }
    if (n > 0)
        qsort(s, n, sizeof *s, by_both);
    for (size_t i = 0; i < n; i++) {
        if (kept > 0 && s[kept - 1].a == s[i].a && s[kept - 1].b == s[i].b)
            s[kept - 1].length_m += s[i].length_m;
        else
            s[kept++] = s[i];
    }
    *count = kept;
    return s;
}

struct joining { struct shared *shared; size_t pairs; uint32_t *root; double *area_m2, *length_m; uint8_t *settled; uint32_t count; const struct cells_join_rule *rule; };

static uint32_t root_of(const struct joining *j, uint32_t i)
{
    while (j->root[i] != i)
        i = j->root[i];
    return i;
}

static uint32_t smallest(const struct joining *j)
{
    uint32_t best = BORDER_NOBODY;
    for (uint32_t i = 0; i < j->count; i++)
        if (j->root[i] == i && !j->settled[i] && j->area_m2[i] < j->rule->least_m2 && (best == BORDER_NOBODY || j->area_m2[i] < j->area_m2[best]))
            best = i;
    return best;
}

// Those that fit first; then, for the very small, whoever there is.
static uint32_t partner(struct joining *j, uint32_t small)
{
    uint32_t fitting = BORDER_NOBODY, any = BORDER_NOBODY;
    memset(j->length_m, 0, j->count * sizeof *j->length_m);
    for (size_t k = 0; k < j->pairs; k++)
        if (root_of(j, j->shared[k].a) == small)
            j->length_m[root_of(j, j->shared[k].b)] += j->shared[k].length_m;
    for (uint32_t i = 0; i < j->count; i++) {
        if (i == small || j->length_m[i] <= 0)
            continue;
        if (any == BORDER_NOBODY || j->length_m[i] > j->length_m[any])
            any = i;
        if (j->area_m2[i] + j->area_m2[small] <= j->rule->most_m2 && (fitting == BORDER_NOBODY || j->length_m[i] > j->length_m[fitting]))
            fitting = i;
    }
    return fitting != BORDER_NOBODY ? fitting : j->area_m2[small] < j->rule->any_m2 ? any : BORDER_NOBODY;
}

static uint32_t number_labels(const struct joining *j, uint32_t *label, uint8_t *joined)
{
    uint32_t labels = 0;
    for (uint32_t i = 0; i < j->count; i++)
        label[i] = BORDER_NOBODY;
    for (uint32_t i = 0; i < j->count; i++) {
        uint32_t r = root_of(j, i);
        bool first = label[r] == BORDER_NOBODY;
        if (first)
            label[r] = labels++;
        if (joined != NULL)
            joined[label[r]] = !first;
        label[i] = label[r];
    }
    return labels;
}

uint32_t cells_join_small(const struct border *b, const double *area_m2, uint32_t count, const struct cells_join_rule *rule,
                          uint32_t *label, uint8_t *joined)
{
    struct joining j = { .root = mem_get(count, sizeof *j.root), .area_m2 = mem_get(count, sizeof *j.area_m2),
                         .length_m = mem_get(count, sizeof *j.length_m), .settled = mem_get(count, 1), .count = count, .rule = rule };
    j.shared = borders_shared(b, &j.pairs);
    for (uint32_t i = 0; i < count; i++) {
        j.root[i] = i;
        j.area_m2[i] = area_m2[i];
    }
    for (uint32_t small; (small = smallest(&j)) != BORDER_NOBODY;) {
        uint32_t with = partner(&j, small);
        if (with == BORDER_NOBODY) {
            j.settled[small] = 1;
            continue;
        }
        uint32_t keep = small < with ? small : with, drop = small < with ? with : small;
        j.root[drop] = keep;
        j.area_m2[keep] += j.area_m2[drop];
    }
    uint32_t labels = number_labels(&j, label, joined);
    void *owned[] = { j.root, j.area_m2, j.length_m, j.settled, j.shared };
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        mem_free(owned[i]);
    return labels;
}
