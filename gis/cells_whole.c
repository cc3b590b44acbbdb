#include "gis/cells_whole.h"
#include "core/base/mem.h"
#include "core/base/status.h"
#include "gis/cell_border.h"
#include "gis/overlay.h"
#include <stdlib.h>

static const double ON_BORDER_M = 1e-8;  // the grid lines are cut on has a nanometre

// Community and cells in one net: its own edges first. What both run cancels.
struct proof { struct border b; size_t edges; struct border_touches touch; uint8_t *is_run; };

static bool all_valid(struct overlay *o, const struct polygons *cells)
{
    struct rings r = {0}, fixed = {0};
    bool repaired = false, good = true;
    for (int64_t i = 0; i < cells->count && good; i++) {
        polygons_get(cells, i, &r);
        good = overlay_repair(o, &r, &fixed, &repaired, &(struct err){0}) == OK && !repaired;
    }
    rings_clear(&r);
    rings_clear(&fixed);
    return good;
}

// A piece of the border from one vertex to the next: some cell runs it, the other way round since its sign is another.
static bool run_piece(struct proof *p, uint32_t from, uint32_t to)
{
    int64_t k = border_find(&p->b, from, to);
    if (k < 0 || p->b.edge[k].net != (from < to ? -1 : 1))
        return false;
    p->is_run[k] = 1;
    return true;
}

// Edge by edge of the community that no cell runs as it is: what stands on it cuts it into the pieces that cells run.
static bool border_is_run(struct proof *p)
{
    size_t t = 0;
    for (size_t k = 0; k < p->edges; k++) {
        const struct border_edge *e = &p->b.edge[k];
        if (e->net == 0)
            continue;
        bool forward = e->net > 0;
        uint32_t last = e->a;
        while (t < p->touch.count && p->touch.at[t].edge < k)
            t++;
        for (; t < p->touch.count && p->touch.at[t].edge == k; t++) {
            uint32_t v = p->touch.at[t].vertex;
            if (!run_piece(p, forward ? last : v, forward ? v : last))
                return false;
            last = v;
        }
        if (last == e->a || !run_piece(p, forward ? last : e->b, forward ? e->b : last))
            return false;
    }
    return true;
}

static bool nothing_else_is_left(const struct proof *p)
{
    for (size_t k = p->edges; k < p->b.edges; k++)
        if (p->b.edge[k].net != 0 && !p->is_run[k])
            return false;
    return true;
}

bool cells_are_whole(struct overlay *o, const struct rings *community, const struct polygons *cells)
{
    struct proof p = {0};
    border_init(&p.b);
    border_add(&p.b, community, 1, BORDER_NOBODY);
    p.edges = p.b.edges;
    border_add_all(&p.b, cells, -1);
    p.is_run = mem_get(p.b.edges, 1);
    border_find_touches(&p.b, ON_BORDER_M, &p.touch);
    bool whole = border_is_run(&p) && nothing_else_is_left(&p) && all_valid(o, cells);
    border_clear(&p.b);
    mem_free(p.touch.at);
    mem_free(p.is_run);
    return whole;
}
