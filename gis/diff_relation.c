#include "gis/diff_relation.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "core/base/status.h"
#include <string.h>

enum { MORE = 2 }; // than one
struct standing { uint32_t pairs : 2, row : 30; }; // pairs a footprint is part of: 0, 1 or MORE; the change it is told in, from 1, or 0
struct relations {
    struct relation_input in;
    struct standing *before, *after;
    int64_t count[RELATIONS];
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

static bool is_matched(const struct relations *l, struct diff_link p) { return l->before[p.before].pairs == 1 && l->after[p.after].pairs == 1; }

static void count_pairs(struct relations *l)
{
    struct diff_link p;
    l->count[RELATION_REMOVED] = l->in.before->count, l->count[RELATION_ADDED] = l->in.after->count;
    for (struct walk at = {0}; next_pair(&l->in, &at, &p);) {
        l->count[RELATION_REMOVED] -= is_first(&l->before[p.before]);
        l->count[RELATION_ADDED] -= is_first(&l->after[p.after]);
    }
    for (struct walk at = {0}; next_pair(&l->in, &at, &p);)
        l->count[is_matched(l, p) ? RELATION_MATCHED : RELATION_RELATED]++;
}

struct relations *relations_open(const struct relation_input *in)
{
    struct relations *l = mem_get(1, sizeof *l);
    *l = (struct relations){.in = *in, .before = mem_get((size_t)in->before->count, sizeof(struct standing)),
                            .after = mem_get((size_t)in->after->count, sizeof(struct standing))};
    count_pairs(l);
    return l;
}

void relations_close(struct relations *l)
{
    if (l == NULL)
        return;
    mem_free(l->before);
    mem_free(l->after);
    mem_free(l->told);
    mem_free(l);
}

// --- where they are told ----------------------------------------------------------------------------------------------------

static void find_rows(struct relations *l, const struct diff_result *r)
{
    must(r->count < 1 << 30);
    for (int64_t k = 0; k < r->count; k++) {
        const struct change *c = &r->change[k];
        for (uint32_t i = 0; i < c->before_count; i++)
            l->before[r->before_member[c->before_first + i]].row = (uint32_t)k + 1;
        for (uint32_t i = 0; i < c->after_count; i++)
            l->after[r->after_member[c->after_first + i]].row = (uint32_t)k + 1;
    }
}

static void add_told(struct relations *l, struct diff_link p)
{
    if (l->tolds == l->cap)
        l->told = mem_grow(l->told, &l->cap, l->tolds + 1, sizeof *l->told);
    l->told[l->tolds++] = p;
}

// Most twins are told nowhere: those that are get asked for by the changes, and sorted.
static void find_told_twins(struct relations *l, const struct diff_result *r)
{
    for (int64_t k = 0; k < r->count; k++) {
        const struct change *c = &r->change[k];
        for (uint32_t i = 0; i < c->after_count; i++) {
            uint32_t after = r->after_member[c->after_first + i], before = l->in.twin[after];
            if (before != NOBODY)
                add_told(l, (struct diff_link){before, after});
        }
        for (uint32_t i = 0; i < c->before_count; i++) {
            uint32_t before = r->before_member[c->before_first + i], after = l->in.twin_of[before];
            if (after != NOBODY && l->after[after].row == 0)
                add_told(l, (struct diff_link){before, after});
        }
    }
    struct sort_item *item = mem_get(l->tolds, sizeof *item);
    for (size_t p = 0; p < l->tolds; p++)
        item[p] = (struct sort_item){l->told[p].after, l->told[p].before};
    sort_by_key(item, l->tolds);
    for (size_t p = 0; p < l->tolds; p++)
        l->told[p] = (struct diff_link){item[p].value, (uint32_t)item[p].key};
    mem_free(item);
}

// Twins by AFTER, then the others by AFTER.
static void find_told(struct relations *l, const struct diff_result *r)
{
    struct diff_link p;
    find_told_twins(l, r);
    for (struct walk at = {.twin = l->in.after->count}; next_pair(&l->in, &at, &p);)
        if (l->before[p.before].row != 0 || l->after[p.after].row != 0)
            add_told(l, p);
}

// The one or two changes a pair is told in; returns how many.
static int changes_of(const struct relations *l, struct diff_result *r, struct diff_link p, struct change *told[2])
{
    uint32_t before = l->before[p.before].row, after = l->after[p.after].row;
    int count = 0;
    if (before != 0)
        told[count++] = &r->change[before - 1];
    if (after != 0 && after != before)
        told[count++] = &r->change[after - 1];
    return count;
}

static void link_rows(struct relations *l, struct diff_result *r)
{
    uint32_t links = 0;
    struct change *c[2];
    for (size_t p = 0; p < l->tolds; p++)
        for (int i = changes_of(l, r, l->told[p], c); i > 0; i--)
            c[i - 1]->link_count++;
    for (int64_t k = 0; k < r->count; k++) {
        r->change[k].link_first = links;
        links += r->change[k].link_count;
        r->change[k].link_count = 0;
    }
    r->link = mem_get(links, sizeof *r->link);
    for (size_t p = 0; p < l->tolds; p++)
        for (int i = changes_of(l, r, l->told[p], c); i > 0; i--)
            r->link[c[i - 1]->link_first + c[i - 1]->link_count++] = l->told[p];
}

static enum relation relation_of(const struct relations *l, const struct diff_result *r, const struct change *c)
{
    if (c->link_count == 0)
        return c->after_count == 0 ? RELATION_REMOVED : RELATION_ADDED;
    bool alone = c->before_count == 1 && c->after_count == 1 && c->link_count == 1;
    return alone && is_matched(l, r->link[c->link_first]) ? RELATION_MATCHED : RELATION_RELATED;
}

void relations_tell(struct relations *l, struct diff_result *r)
{
    memcpy(r->summary.per_relation, l->count, sizeof l->count);
    find_rows(l, r);
    find_told(l, r);
    link_rows(l, r);
    for (int64_t k = 0; k < r->count; k++)
        r->change[k].relation = relation_of(l, r, &r->change[k]);
}
