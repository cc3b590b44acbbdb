#include "gis/diff_relation.h"
#include "core/base/mem.h"
#include "gis/register_parts.h"

struct relating {
    const struct relation_input *in;
    struct diff_result *r;
    struct diff_link *pair; size_t pairs;   // every pair over 5 %: twins by AFTER, then the others by AFTER
    uint32_t *of_before, *of_after;         // pairs a footprint is part of
    uint32_t *row_before, *row_after;       // the change a footprint is told in, or NOBODY
};

static void list_pairs(struct relating *l)
{
    const struct relation_input *in = l->in;
    size_t m = (size_t)in->after->count;
    l->pair = mem_get(m + (size_t)in->groups->links, sizeof *l->pair);
    for (size_t i = 0; i < m; i++)
        if (in->twin[i] != NOBODY)
            l->pair[l->pairs++] = (struct diff_link){in->twin[i], (uint32_t)i};
    for (int64_t k = 0; k < in->groups->links; k++)
        if (in->groups->link[k].linz)
            l->pair[l->pairs++] = (struct diff_link){in->groups->link[k].before, in->groups->link[k].after};
    for (size_t p = 0; p < l->pairs; p++)
        l->of_before[l->pair[p].before]++, l->of_after[l->pair[p].after]++;
}

static bool is_matched(const struct relating *l, struct diff_link p) { return l->of_before[p.before] == 1 && l->of_after[p.after] == 1; }

static void count_relations(struct relating *l)
{
    int64_t *count = l->r->summary.per_relation;
    for (int64_t j = 0; j < l->in->before->count; j++)
        count[RELATION_REMOVED] += l->of_before[j] == 0;
    for (int64_t i = 0; i < l->in->after->count; i++)
        count[RELATION_ADDED] += l->of_after[i] == 0;
    for (size_t p = 0; p < l->pairs; p++)
        count[is_matched(l, l->pair[p]) ? RELATION_MATCHED : RELATION_RELATED]++;
}

static void find_rows(struct relating *l)
{
    for (int64_t j = 0; j < l->in->before->count; j++)
        l->row_before[j] = NOBODY;
    for (int64_t i = 0; i < l->in->after->count; i++)
        l->row_after[i] = NOBODY;
    for (int64_t k = 0; k < l->r->count; k++) {
        const struct change *c = &l->r->change[k];
        for (uint32_t i = 0; i < c->before_count; i++)
            l->row_before[l->r->before_member[c->before_first + i]] = (uint32_t)k;
        for (uint32_t i = 0; i < c->after_count; i++)
            l->row_after[l->r->after_member[c->after_first + i]] = (uint32_t)k;
    }
}

// Its one or two rows; the second is NOBODY when it is the first again.
static void rows_of(const struct relating *l, struct diff_link p, uint32_t row[2])
{
    row[0] = l->row_before[p.before];
    row[1] = l->row_after[p.after] == row[0] ? NOBODY : l->row_after[p.after];
}

static void link_rows(struct relating *l)
{
    uint32_t row[2], links = 0;
    struct change *change = l->r->change;
    for (size_t p = 0; p < l->pairs; p++) {
        rows_of(l, l->pair[p], row);
        for (int s = 0; s < 2; s++)
            if (row[s] != NOBODY)
                change[row[s]].link_count++;
    }
    for (int64_t k = 0; k < l->r->count; k++) {
        change[k].link_first = links;
        links += change[k].link_count;
        change[k].link_count = 0;
    }
    l->r->link = mem_get(links, sizeof *l->r->link);
    for (size_t p = 0; p < l->pairs; p++) {
        rows_of(l, l->pair[p], row);
        for (int s = 0; s < 2; s++)
            if (row[s] != NOBODY)
                l->r->link[change[row[s]].link_first + change[row[s]].link_count++] = l->pair[p];
    }
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
    size_t n = (size_t)in->before->count, m = (size_t)in->after->count;
    struct relating l = {.in = in, .r = r, .of_before = mem_get(n, sizeof(uint32_t)), .of_after = mem_get(m, sizeof(uint32_t)),
                         .row_before = mem_get(n, sizeof(uint32_t)), .row_after = mem_get(m, sizeof(uint32_t))};
    list_pairs(&l);
    count_relations(&l);
    find_rows(&l);
    link_rows(&l);
    for (int64_t k = 0; k < r->count; k++)
        r->change[k].relation = relation_of(&l, &r->change[k]);
    mem_free(l.pair);
    mem_free(l.of_before);
    mem_free(l.of_after);
    mem_free(l.row_before);
    mem_free(l.row_after);
}
