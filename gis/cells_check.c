#include "gis/cells_check.h"
#include "core/base/mem.h"
#include "gis/cells_inside.h"
#include "gis/overlay.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t WKB_BYTES_MAX = (size_t)1 << 30;
static const double DIAMOND_M = 1;

static const struct { const char *name, *title; enum cells_severity severity; } KIND[CELLS_KINDS] = {
    [CELLS_GAP]          = { "gap", "ground of the community that no cell covers", CELLS_ERROR },
    [CELLS_OVERLAP]      = { "overlap", "ground that two cells cover", CELLS_ERROR },
    [CELLS_OUTSIDE]      = { "outside", "the cell leaves its community", CELLS_ERROR },
    [CELLS_BUILDING_CUT] = { "building_cut", "a cell border runs through a building", CELLS_ERROR },
    [CELLS_INVALID]      = { "invalid", "the outline is not valid", CELLS_ERROR },
    [CELLS_NO_COMMUNITY] = { "no_community", "the cell's community is not known", CELLS_ERROR },
    [CELLS_CODE_FORM]    = { "code_form", "the code does not have the digits of the scheme", CELLS_ERROR },
    [CELLS_CODE_PREFIX]  = { "code_prefix", "the code does not begin with its community's code", CELLS_ERROR },
    [CELLS_CODE_TWICE]   = { "code_twice", "two cells have this code", CELLS_ERROR },
    [CELLS_SLIVER]       = { "sliver", "the cell is too narrow to be walked", CELLS_WARNING },
    [CELLS_TOO_SMALL]    = { "too_small", "the cell is smaller than usual", CELLS_WARNING },
    [CELLS_TOO_LARGE]    = { "too_large", "the cell is larger than usual", CELLS_WARNING },
    [CELLS_SEQUENCE]     = { "sequence", "the number is out of order: west to east, then north to south", CELLS_WARNING },
    [CELLS_VERTEX]       = { "vertex", "a neighbour's corner stands on the border, where this cell has no vertex", CELLS_WARNING },
};

const char *cells_kind_name(enum cells_kind kind)
{
    must((unsigned)kind < CELLS_KINDS);
    return KIND[kind].name;
}

const char *cells_kind_title(enum cells_kind kind)
{
    must((unsigned)kind < CELLS_KINDS);
    return KIND[kind].title;
}

// --- keeping findings ------------------------------------------------------------------------------------------------

struct cells_finding *cells_add(struct cells_checking *c, enum cells_kind kind, int64_t cell, int64_t other)
{
    struct cells_findings *f = c->out;
    f->at = mem_grow(f->at, &f->cap, (size_t)f->count + 1, sizeof *f->at);
    f->per_kind[kind]++;
    f->at[f->count] = (struct cells_finding){ .kind = kind, .severity = KIND[kind].severity, .cell = cell, .other = other,
                                              .community = -1, .building = -1 };
    return &f->at[f->count++];
}

// A place on it that is easy to find again: the middle of the box of its first ring.
static struct xy_m place_on(const struct rings *r)
{
    if (r->count == 0)
        return (struct xy_m){0};
    struct rings first = { .vertex = r->vertex, .first = r->first, .count = 1 };
    struct box_m b = rings_box(&first);
    return (struct xy_m){ (b.min_x + b.max_x) / 2, (b.min_y + b.max_y) / 2 };
}

void cells_show(struct cells_checking *c, struct cells_finding *f, const struct rings *ground)
{
    struct xy_m origin = c->cell.origin, at = place_on(ground);
    double perimeter_m = rings_perimeter_m(ground);
    f->area_m2 = rings_area_m2(ground);
    f->width_m = perimeter_m > 0 ? 2 * f->area_m2 / perimeter_m : 0;
    f->where = (struct xy_m){ origin.x + at.x, origin.y + at.y };
    f->wkb_first = c->wkb.len;
    f->wkb_len = ground->count > 0 ? wkb_write_multipolygon(&c->wkb, ground, origin) : 0;
}

void cells_show_place(struct cells_checking *c, struct cells_finding *f, struct xy_m at)
{
    struct xy_m corner[] = { { at.x + DIAMOND_M, at.y }, { at.x, at.y + DIAMOND_M }, { at.x - DIAMOND_M, at.y }, { at.x, at.y - DIAMOND_M } };
    uint32_t first[] = { 0, 4 };
    cells_show(c, f, &(struct rings){ .vertex = corner, .first = first, .count = 1 });
    f->area_m2 = f->width_m = 0;
}

static int in_order(const void *p, const void *q)
{
    const struct cells_finding *a = p, *b = q;
    int64_t ka[] = { a->kind, a->cell, a->other, a->building }, kb[] = { b->kind, b->cell, b->other, b->building };
    for (int i = 0; i < 4; i++)
        if (ka[i] != kb[i])
            return ka[i] < kb[i] ? -1 : 1;
    if (a->where.x != b->where.x)
        return a->where.x < b->where.x ? -1 : 1;
    return a->where.y < b->where.y ? -1 : a->where.y > b->where.y;
}

void cells_findings_clear(struct cells_findings *f)
{
    mem_free(f->at);
    mem_free(f->wkb);
    *f = (struct cells_findings){0};
}

// --- outlines --------------------------------------------------------------------------------------------------------

struct repair { const struct polygons *from; struct overlay **overlay; struct rings *better; uint8_t *was_bad; };

static void repair_one(void *ctx, int64_t i, int thread)
{
    const struct repair *r = ctx;
    struct rings in = {0}, fixed = {0};
    bool repaired = false;
    polygons_get(r->from, i, &in);
    enum status s = overlay_repair(r->overlay[thread], &in, &fixed, &repaired, &(struct err){0});
    if (s == OK && !repaired) {
        rings_clear(&fixed);        // as it was given, vertex by vertex
    } else {
        r->was_bad[i] = 1;
        if (s == OK)
            r->better[i] = fixed;   // else nothing of it has an area
        else
            rings_clear(&fixed);
    }
    rings_clear(&in);
}

// bad[i]: the outline had to be repaired.
static uint8_t *make_valid(struct cells_checking *c, const struct polygons *from, struct polygons *to)
{
    size_t n = (size_t)from->count;
    struct repair r = { from, c->overlay, mem_get(n, sizeof *r.better), mem_get(n, 1) };
    struct rings as_given = {0};
    pool_run(c->pool, from->count, repair_one, &r);
    polygons_init(to, from->origin);
    for (size_t i = 0; i < n; i++) {
        polygons_get(from, (int64_t)i, &as_given);
        polygons_add_local(to, r.was_bad[i] ? &r.better[i] : &as_given);
        rings_clear(&r.better[i]);
    }
    rings_clear(&as_given);
    mem_free(r.better);
    return r.was_bad;
}

static void report_bad(struct cells_checking *c, const uint8_t *bad, const struct polygons *given, bool are_cells)
{
    struct rings r = {0};
    for (int64_t i = 0; i < given->count; i++) {
        if (!bad[i])
            continue;
        struct cells_finding *f = cells_add(c, CELLS_INVALID, are_cells ? i : -1, -1);
        f->community = are_cells ? -1 : i;
        polygons_get(are_cells ? &c->cell : &c->community, i, &r);
        if (r.count == 0)
            polygons_get(given, i, &r);     // nothing of it has an area: where it was drawn
        cells_show(c, f, &r);
    }
    rings_clear(&r);
}

static void look_at_sizes(struct cells_checking *c)
{
    struct rings r = {0};
    for (int64_t i = 0; i < c->cell.count; i++) {
        polygons_get(&c->cell, i, &r);
        if (r.count == 0)
            continue;
        double area_m2 = rings_area_m2(&r), width_m = 2 * area_m2 / rings_perimeter_m(&r);
        if (width_m < c->limits.sliver_m)
            cells_show(c, cells_add(c, CELLS_SLIVER, i, -1), &r);
        if (area_m2 < c->limits.least_m2)
            cells_show(c, cells_add(c, CELLS_TOO_SMALL, i, -1), &r);
        if (area_m2 > c->limits.most_m2)
            cells_show(c, cells_add(c, CELLS_TOO_LARGE, i, -1), &r);
    }
    rings_clear(&r);
}

// --- who belongs to whom ---------------------------------------------------------------------------------------------

struct named { const char *code; int64_t index; };

static int by_code(const void *p, const void *q)
{
    const struct named *a = p, *b = q;
    int order = strcmp(a->code, b->code);
    return order != 0 ? order : a->index < b->index ? -1 : a->index > b->index;
}

static int to_code(const void *key, const void *p)
{
    return strcmp(key, ((const struct named *)p)->code);
}

static void find_parents(struct cells_checking *c)
{
    const struct cells_question *q = c->q;
    size_t n = (size_t)q->community->count;
    struct named *named = mem_get(n, sizeof *named), *found;
    struct rings r = {0};
    for (size_t i = 0; i < n; i++)
        named[i] = (struct named){ q->community_code[i], (int64_t)i };
    qsort(named, n, sizeof *named, by_code);
    c->parent = mem_get((size_t)c->cell.count, sizeof *c->parent);
    for (int64_t i = 0; i < c->cell.count; i++) {
        found = q->cell_parent[i] != NULL ? bsearch(q->cell_parent[i], named, n, sizeof *named, to_code) : NULL;
        c->parent[i] = found != NULL ? found->index : -1;
        if (found != NULL)
            continue;
        polygons_get(&c->cell, i, &r);
        cells_show(c, cells_add(c, CELLS_NO_COMMUNITY, i, -1), &r);
    }
    rings_clear(&r);
    mem_free(named);
}

// --- the whole -------------------------------------------------------------------------------------------------------

static struct cells_limits with_defaults(const struct cells_limits *given)
{
    struct cells_limits l = given != NULL ? *given : (struct cells_limits){0};
    const struct { double *value, usual; } table[] = {
        { &l.ignore_m2, 1e-6 }, { &l.least_m2, 5000 }, { &l.most_m2, 20000 }, { &l.sliver_m, 1 }, { &l.cut_m2, 0.05 }, { &l.touch_m, 0.001 },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].value[0] == 0)
            table[i].value[0] = table[i].usual;
    return l;
}

static void prepare(struct cells_checking *c)
{
    uint8_t *bad = make_valid(c, c->q->cell, &c->cell);
    report_bad(c, bad, c->q->cell, true);
    mem_free(bad);
    if (c->q->community != NULL) {
        bad = make_valid(c, c->q->community, &c->community);
        report_bad(c, bad, c->q->community, false);
        mem_free(bad);
    }
    polygons_boxes(&c->cell, &c->cell_box);
    if (c->q->community != NULL && c->q->community_code != NULL && c->q->cell_parent != NULL)
        find_parents(c);
}

static enum status look(struct cells_checking *c, const struct progress *progress, struct err *e)
{
    progress_tell(progress, "outlines", 0);
    prepare(c);
    look_at_sizes(c);
    progress_tell(progress, "overlaps", 0.4);
    enum status s = cells_check_overlaps(c, e);
    if (s == OK && c->parent != NULL)
        s = cells_check_leaving(c, e);
    progress_tell(progress, "gaps", 0.7);
    if (s == OK && c->q->community != NULL)
        s = cells_check_gaps(c, e);
    if (s != OK)
        return s;
    if (c->q->building != NULL)
        cells_check_buildings(c);
    cells_check_vertices(c);
    if (c->q->cell_code != NULL)
        cells_check_codes(c);
    progress_tell(progress, "codes", 1);
    return c->wkb.full ? err_set(e, TOO_BIG, "the outlines of what was found in the cells exceed %zu bytes", WKB_BYTES_MAX) : OK;
}

static bool one_frame(const struct polygons *a, const struct polygons *b)
{
    return b == NULL || (a->origin.x == b->origin.x && a->origin.y == b->origin.y);
}

enum status cells_check(const struct cells_question *q, const struct cells_limits *limits, struct pool *pool,
                        const struct progress *progress, struct cells_findings *out, struct err *e)
{
    must(one_frame(q->cell, q->community) && one_frame(q->cell, q->building));
    struct cells_findings found = {0};
    struct cells_checking c = { .q = q, .limits = with_defaults(limits), .pool = pool, .out = &found };
    int threads = pool_threads(pool);
    buf_init(&c.wkb, WKB_BYTES_MAX);
    c.overlay = mem_get((size_t)threads, sizeof *c.overlay);
    for (int i = 0; i < threads; i++)
        c.overlay[i] = overlay_open();
    enum status s = look(&c, progress, e);
    for (int i = 0; i < threads; i++)
        overlay_close(c.overlay[i]);
    mem_free(c.overlay);
    mem_free(c.parent);
    footprints_clear(&c.cell_box);
    polygons_clear(&c.cell);
    polygons_clear(&c.community);
    found.wkb = (uint8_t *)c.wkb.data;
    found.wkb_len = c.wkb.len;
    if (s != OK) {
        cells_findings_clear(&found);
        return s;
    }
    if (found.count > 0)
        qsort(found.at, (size_t)found.count, sizeof *found.at, in_order);
    *out = found;
    return OK;
}
