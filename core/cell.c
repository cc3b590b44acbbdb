#include "core/cell.h"

#include "core/base/mem.h"
#include "core/store/cell_rows.h"
#include "core/told.h"
#include "gis/crs.h"
#include <string.h>

static const char LONLAT[] = "OGC:CRS84";

enum status grid_record(struct work *w, struct grid *g)
{
    if (g->key[0] == '\0')
        return err_set(w->e, INVALID, "a grid needs a key, such as unit or duty");
    if (!(g->min_area_m2 > 0 && g->min_area_m2 <= g->target_area_m2 && g->target_area_m2 <= g->max_area_m2))
        return err_set(w->e, INVALID, "a grid's target area lies between its least and its most; %.0f, %.0f and %.0f m2 were given",
                       g->min_area_m2, g->target_area_m2, g->max_area_m2);
    bool is_heir = false;              // of the default grid, or of nobody: the first one
    g->id = work_id(w);
    enum status s = grid_next_version(w->db, g->key, &g->version, &is_heir, w->e);
    g->is_default = g->is_default || is_heir;
    if (s == OK && g->is_default)
        s = grid_forget_default(w->db, w->e);
    if (s == OK)
        s = grid_insert(w->db, g, w->now_s, w->e);
    return s == OK ? told_note(w, &(struct deed){ .verb = "record", .thing = "grid", .thing_id = g->id.text, .note = g->key }, NULL) : s;
}

enum status grid_get(struct work *w, const char *key, struct grid *out)
{
    return grid_select(w->db, key, out, w->e);
}

enum status cell_record(struct work *w, const struct grid *g, struct cell *c)
{
    c->id = work_id(w);
    return cell_insert(w->db, g, c, w->now_s, w->e);
}

enum status cell_retire_older(struct work *w, const struct grid *g, int64_t *retired)
{
    enum status s = cell_retire_versions(w->db, g->key, g->version, w->now_s, retired, w->e);
    return s == OK && *retired > 0 ? work_note(w, &(struct deed){ .verb = "retire", .thing = "grid", .thing_id = g->id.text, .note = g->key }) : s;
}

enum status cell_retire_all(struct work *w, const struct grid *g, int64_t *retired)
{
    struct grid all = *g;
    all.version = INT64_MAX;
    return cell_retire_older(w, &all, retired);
}

enum status cell_each(struct work *w, const struct grid *g, cell_visit *fn, void *ctx)
{
    return cell_select(w->db, g->id.text, fn, ctx, w->e);
}

// --- As polygons --------------------------------------------------------------------------------------------------------

struct reading { struct cells *out; struct crs_road *road; struct wkb_shape shape; bool begun; };

static void keep_codes(struct cells *out, const struct cell *c)
{
    size_t n = (size_t)out->shape.count;
    out->code = mem_grow(out->code, &out->cap, n, sizeof *out->code);
    out->community_code = mem_grow(out->community_code, &out->community_cap, n, sizeof *out->community_code);
    memcpy(out->code[n - 1], c->code, CELL_CODE);
    memcpy(out->community_code[n - 1], c->community_code, CELL_CODE);
}

static enum status read_cell(void *ctx, const struct cell *c, struct err *e)
{
    struct reading *r = ctx;
    struct wkb_facts facts = { 0 };
    struct rings *rings = &r->shape.rings;
    enum wkb_kind kind = wkb_read(c->wkb, c->wkb_len, &r->shape, &facts);
    if (kind != WKB_POLYGON && kind != WKB_MULTIPOLYGON)
        return err_set(e, FAILED, "cell %s has no polygon: the station was tampered with; restore a backup", c->code);
    if (crs_road_go(r->road, rings->vertex, rings->first[rings->count]) > 0)
        return err_set(e, INVALID, "cell %s has no place in the district's metric CRS", c->code);
    if (!r->begun)
        polygons_init(&r->out->shape, rings->vertex[0]);
    r->begun = true;
    polygons_add_shape(&r->out->shape, &r->shape);
    keep_codes(r->out, c);
    return OK;
}

enum status cells_read(struct work *w, const struct grid *g, struct cells *out)
{
    *out = (struct cells){ 0 };
    struct crs *lonlat = NULL, *metric = NULL;
    struct reading r = { .out = out };
    enum status s = crs_open(LONLAT, &lonlat, w->e);
    if (s == OK)
        s = crs_open(w->district->metric_crs, &metric, w->e);
    if (s == OK)
        s = crs_road_open(lonlat, metric, &r.road, w->e);
    if (s == OK)
        s = cell_each(w, g, read_cell, &r);
    if (s == OK && !r.begun)
        polygons_init(&out->shape, (struct xy_m){ 0, 0 });
    wkb_shape_clear(&r.shape);
    crs_road_close(r.road);
    crs_close(metric);
    crs_close(lonlat);
    if (s != OK)
        cells_clear(out);
    return s;
}

void cells_clear(struct cells *c)
{
    polygons_clear(&c->shape);
    mem_free(c->code);
    mem_free(c->community_code);
    *c = (struct cells){ 0 };
}
