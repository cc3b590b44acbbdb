#include "core/cell_check.h"

#include "core/base/mem.h"
#include <string.h>

static const char **list_codes(char (*code)[CELL_CODE], int64_t count)
{
    const char **list = mem_get((size_t)count + 1, sizeof *list);
    for (int64_t i = 0; i < count; i++)
        list[i] = code[i];
    return list;
}

static void count_findings(struct cell_check *c)
{
    for (int64_t i = 0; i < c->found.count; i++) {
        struct cells_finding *f = &c->found.at[i];
        if (!c->grid.must_partition && (f->kind == CELLS_GAP || f->kind == CELLS_OVERLAP))
            f->severity = CELLS_WARNING;
        c->errors += f->severity == CELLS_ERROR;
        c->warnings += f->severity == CELLS_WARNING;
    }
}

static enum status ask(struct work *w, struct pool *pool, const struct progress *progress, struct cell_check *c)
{
    const struct district *d = w->district;
    struct cell_scheme scheme = { "station", (int)strlen(d->code), d->street_digits, d->community_digits, d->sequence_digits };
    const char **code = list_codes(c->cells.code, c->cells.shape.count), **parent = list_codes(c->cells.community_code, c->cells.shape.count);
    const char **community = list_codes(c->ground.code, c->ground.community.count);
    bool has_communities = c->ground.community.count > 0;
    struct cells_question q = { .cell = &c->cells.shape, .community = has_communities ? &c->ground.community : NULL,
                                .building = c->ground.building.count > 0 ? &c->ground.building : NULL, .cell_code = code,
                                .cell_parent = has_communities ? parent : NULL, .community_code = has_communities ? community : NULL,
                                .scheme = &scheme };
    struct cells_limits limits = { .least_m2 = c->grid.min_area_m2, .most_m2 = c->grid.max_area_m2 };
    enum status s = cells_check(&q, &limits, pool, progress, &c->found, w->e);
    mem_free(code);
    mem_free(parent);
    mem_free(community);
    return s;
}

enum status cell_check(struct work *w, const char *key, struct pool *pool, const struct progress *progress, struct cell_check *out)
{
    *out = (struct cell_check){ 0 };
    enum status s = grid_get(w, key, &out->grid);
    if (s == OK)
        s = cells_read(w, &out->grid, &out->cells);
    if (s == OK)
        s = ground_read(w, &(struct ground_spec){ .origin = &out->cells.shape.origin }, &out->ground);
    if (s == OK)
        s = ask(w, pool, progress, out);
    if (s == OK)
        count_findings(out);
    return s;
}

void cell_check_clear(struct cell_check *c)
{
    cells_findings_clear(&c->found);
    ground_clear(&c->ground);
    cells_clear(&c->cells);
}
