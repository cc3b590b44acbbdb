#include "gis/diff_relation.h"
#include "core/base/mem.h"
#include "core/base/status.h"
#include "gis/register_parts.h"

enum { MORE = 2 }; // than one
struct standing { uint32_t pairs : 2, row : 30; }; // pairs a footprint is part of: 0, 1 or MORE; the change it is told in, from 1, or 0
struct relating {
    const struct relation_input *in;
    struct diff_result *r;
    struct standing *before, *after;
    struct diff_link *told; size_t tolds, cap; // pairs of which a footprint is told in a change
};

// Every pair over 5 %: twins by AFTER, then the others by AFTER.
struct walk { int64_t twin, link; };

static bool next_pair(const struct relation_input *in, struct walk *at, struct diff_link *out)
{
    while (at->twin < in->after->count) {
        uint32_t i = (uint32_t)at->twin++;
        if (in->twin[i] == NOBODY)
            continue;
        *out = (struct diff_link){in->twin[i], i};
        return true;
    }
    while (at->link < in->groups->links) {
        const struct link *k = &in->groups->link[at->link++];
        if (!k->linz)
            continue;
        *out = (struct diff_link){k->before, k->after};
        return true;
    }
    return false;
}

// Counts a pair of this footprint; true when it is its first.
static bool is_first(struct standing *s)
{
    s->pairs += s->pairs < MORE;
    return s->pairs == 1;
}

static void count_pairs(struct relating *l)
{
    int64_t *count = l->r->summary.per_relation;
    struct diff_link p;
    count[RELATION_REMOVED] = l->in->before->count, count[RELATION_ADDED] = l->in->after->count;
    for (struct walk at = {0}; next_pair(l->in, &at, &p);) {
        count[RELATION_REMOVED] -= is_first(&l->before[p.before]);
        count[RELATION_ADDED] -= is_first(&l->after[p.after]);
    }
}

static void find_rows(struct relating *l)
{
    must(l->r->count < 1 << 30);
    for (int64_t k = 0; k < l->r->count; k++) {
        const struct change *c = &l->r->change[k];
        for (uint32_t i = 0; i < c->before_count; i++)
            l->before[l->r->before_member[c->before_first + i]].row = (uint32_t)k + 1;
        for (uint32_t i = 0; i < c->after_count; i++)
            l->after[l->r->after_member[c->after_first + i]].row = (uint32_t)k + 1;
    }
}

static bool is_matched(const struct relating *l, struct diff_link p) { return l->before[p.before].pairs == 1 && l->after[p.after].pairs == 1; }

static void add_told(struct relating *l, struct diff_link p)
{
    if (l->tolds == l->cap)
        l->told = mem_grow(l->told, &l->cap, l->tolds + 1, sizeof *l->told);
    l->told[l->tolds++] = p;
}

static void find_told(struct relating *l)
{
    int64_t *count = l->r->summary.per_relation;
    struct diff_link p;
    for (struct walk at = {0}; next_pair(l->in, &at, &p);) {
        count[is_matched(l, p) ? RELATION_MATCHED : RELATION_RELATED]++;
        if (l->before[p.before].row != 0 || l->after[p.after].row != 0)
            add_told(l, p);
    }
}

// The one or two changes a pair is told in; returns how many.
static int changes_of(const struct relating *l, struct diff_link p, struct change *told[2])
{
    uint32_t before = l->before[p.before].row, after = l->after[p.after].row;
    int count = 0;
    if (before != 0)
        told[count++] = &l->r->change[before - 1];
    if (after != 0 && after != before)
        told[count++] = &l->r->change[after - 1];
    return count;
}

static void link_rows(struct relating *l)
{
    uint32_t links = 0;
    struct change *c[2];
    for (size_t p = 0; p < l->tolds; p++)
        for (int i = changes_of(l, l->told[p], c); i > 0; i--)
            c[i - 1]->link_count++;
    for (int64_t k = 0; k < l->r->count; k++) {
        l->r->change[k].link_first = links;
        links += l->r->change[k].link_count;
        l->r->change[k].link_count = 0;
    }
    l->r->link = mem_get(links, sizeof *l->r->link);
    for (size_t p = 0; p < l->tolds; p++)
        for (int i = changes_of(l, l->told[p], c); i > 0; i--)
            l->r->link[c[i - 1]->link_first + c[i - 1]->link_count++] = l->told[p];
}

static enum relation relation_of(const struct relating *l, const struct change *c)
{
    if (c->link_count == 0)
        return c->after_count == 0 ? RELATION_REMOVED : RELATION_ADDED;
    bool alone = c->before_count == 1 && c->after_count == 1 && c->link_count == 1;
    return alone && is_matched(l, l->r->link[c->link_first]) ? RELATION_MATCHED : RELATION_RELATED;
}

void find_relations(const struct relation_input *in, struct diff_result *r)
{
    struct relating l = {.in = in, .r = r, .before = mem_get((size_t)in->before->count, sizeof(struct standing)),
                         .after = mem_get((size_t)in->after->count, sizeof(struct standing))};
    count_pairs(&l);
    find_rows(&l);
    find_told(&l);
    link_rows(&l);
    for (int64_t k = 0; k < r->count; k++)
        r->change[k].relation = relation_of(&l, &r->change[k]);
    mem_free(l.before);
    mem_free(l.after);
    mem_free(l.told);
}
