// What cells_check finds in the codes: form, prefix, the same one twice, the order of numbers.
#include "core/base/mem.h"
#include "gis/cells_inside.h"
#include <stdlib.h>
#include <string.h>

struct named { const char *code; int64_t cell; };

static int by_code(const void *p, const void *q)
{
    const struct named *a = p, *b = q;
    int order = strcmp(a->code, b->code);
    return order != 0 ? order : a->cell < b->cell ? -1 : a->cell > b->cell;
}

static void show_cell(struct cells_checking *c, struct cells_finding *f, int64_t cell)
{
    struct rings r = {0};
    polygons_get(&c->cell, cell, &r);
    cells_show(c, f, &r);
    rings_clear(&r);
}

static void look_at_code(struct cells_checking *c, int64_t i)
{
    const char *code = c->q->cell_code[i], *community = NULL;
    struct cell_code parsed;
    if (c->parent != NULL && c->parent[i] >= 0)
        community = c->q->community_code[c->parent[i]];
    bool formed = c->q->scheme == NULL || cell_code_parse(c->q->scheme, code, &parsed, &(struct err){0}) == OK;
    if (!formed)
        show_cell(c, cells_add(c, CELLS_CODE_FORM, i, -1), i);
    if (community == NULL || strncmp(code, community, strlen(community)) == 0)
        return;
    struct cells_finding *f = cells_add(c, CELLS_CODE_PREFIX, i, -1);
    f->community = c->parent[i];
    show_cell(c, f, i);
}

// Of one community, one after the other.
static void look_at_order(struct cells_checking *c, int64_t before, int64_t after)
{
    struct rings a = {0}, b = {0};
    polygons_get(&c->cell, before, &a);
    polygons_get(&c->cell, after, &b);
    struct xy_m from = rings_centroid(&a), to = rings_centroid(&b);
    if (a.count > 0 && b.count > 0 && to.x <= from.x && to.y >= from.y) {
        struct cells_finding *f = cells_add(c, CELLS_SEQUENCE, after, before);
        f->community = c->parent[after];
        cells_show(c, f, &b);
    }
    rings_clear(&a);
    rings_clear(&b);
}

void cells_check_codes(struct cells_checking *c)
{
    int64_t n = c->cell.count;
    struct named *named = mem_get((size_t)n, sizeof *named);
    for (int64_t i = 0; i < n; i++) {
        look_at_code(c, i);
        named[i] = (struct named){ c->q->cell_code[i], i };
    }
    qsort(named, (size_t)n, sizeof *named, by_code);
    for (int64_t k = 1; k < n; k++) {
        int64_t before = named[k - 1].cell, after = named[k].cell;
        if (strcmp(named[k - 1].code, named[k].code) == 0)
            show_cell(c, cells_add(c, CELLS_CODE_TWICE, before, after), after);
        else if (c->parent != NULL && c->parent[before] >= 0 && c->parent[before] == c->parent[after])
            look_at_order(c, before, after);
    }
    mem_free(named);
}
