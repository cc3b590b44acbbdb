#include "core/cell_make.h"

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/store/cell_rows.h"
#include "core/told.h"
#include "gis/cell_code.h"
#include "gis/cells_make.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { WKB_CEILING = 64 << 20 };

struct known { char code[CELL_CODE], community_code[CELL_CODE]; uint8_t *wkb; size_t wkb_len; char name[128]; double area_m2; };
struct making {
    const struct cell_make_spec *spec;
    const struct progress *progress;
    struct cell_make_report *report;
    struct ground ground;
    struct grid grid;
    struct cell_scheme scheme;
    struct known *old; size_t olds, old_cap;         // active cells of the version before
    char (*used)[CELL_CODE]; const char **used_list; size_t useds, used_cap, list_cap;
    struct metric_road *road;
    struct buf wkb;
};

// --- What there was ---------------------------------------------------------------------------------------------------------

static enum status keep_old(void *ctx, const struct cell *c, struct err *e)
{
    struct making *m = ctx;
    (void)e;
    m->old = mem_grow(m->old, &m->old_cap, m->olds + 1, sizeof *m->old);
    struct known *k = &m->old[m->olds++];
    *k = (struct known){ .wkb = mem_get(c->wkb_len + 1, 1), .wkb_len = c->wkb_len, .area_m2 = c->area_m2 };
    memcpy(k->wkb, c->wkb, c->wkb_len);
    memcpy(k->code, c->code, CELL_CODE);
    memcpy(k->community_code, c->community_code, CELL_CODE);
    snprintf(k->name, sizeof k->name, "%s", c->name != NULL ? c->name : "");
    return OK;
}

static enum status read_old(struct making *m, struct work *w)
{
    struct err none = { .lang = w->e->lang };
    struct work quiet = *w;
    struct grid before;
    quiet.e = &none;                   // the first version has none before it
    enum status s = grid_get(&quiet, m->spec->grid.key, &before);
    if (s == NOT_FOUND)
        return OK;
    if (s == OK)
        return cell_each(w, &before, keep_old, m);
    *w->e = none;
    return s;
}

static bool is_made_anew(const struct making *m, const char *community)
{
    for (int64_t i = 0; i < m->ground.community.count; i++)
        if (strcmp(m->ground.code[i], community) == 0)
            return true;
    return false;
}

static enum status carry_over(struct making *m, struct work *w)
{
    enum status s = OK;
    for (size_t i = 0; s == OK && i < m->olds; i++) {
        const struct known *k = &m->old[i];
        if (is_made_anew(m, k->community_code))
            continue;
        struct cell c = { .name = k->name, .area_m2 = k->area_m2, .wkb = k->wkb, .wkb_len = k->wkb_len };
        memcpy(c.code, k->code, CELL_CODE);
        memcpy(c.community_code, k->community_code, CELL_CODE);
        s = cell_record(w, &m->grid, &c);
        m->report->carried++;
    }
    return s;
}

// --- Codes --------------------------------------------------------------------------------------------------------------------

static void add_used(void *ctx, const char *code)
{
    struct making *m = ctx;
    m->used = mem_grow(m->used, &m->used_cap, m->useds + 1, sizeof *m->used);
    snprintf(m->used[m->useds++], CELL_CODE, "%s", code);
}

static const struct known *same_as_before(const struct making *m, const char *community)
{
    for (size_t i = 0; i < m->olds; i++) {
        const struct known *k = &m->old[i];
        if (k->wkb_len == m->wkb.len && strcmp(k->community_code, community) == 0 && memcmp(k->wkb, m->wkb.data, m->wkb.len) == 0)
            return k;
    }
    return NULL;
}

static enum status next_code(struct making *m, const char *community, char out[CELL_CODE], struct err *e)
{
    int64_t sequence = 0;
    m->used_list = mem_grow(m->used_list, &m->list_cap, m->useds + 1, sizeof *m->used_list);
    for (size_t i = 0; i < m->useds; i++)
        m->used_list[i] = m->used[i];
    enum status s = cell_code_next(&m->scheme, community, m->used_list, (int64_t)m->useds, &sequence, e);
    if (s == OK)
        s = cell_code_format(&m->scheme, community, sequence, out, e);
    if (s == OK)
        add_used(m, out);
    return s;
}

// --- One community --------------------------------------------------------------------------------------------------------------

static enum status keep_cell(struct making *m, struct work *w, const struct polygons *cells, int64_t i, const char *community)
{
    struct rings rings = { 0 };
    struct cell c = { .name = "" };
    m->wkb.len = 0;
    enum status s = metric_road_write(m->road, cells, i, &m->wkb, w->e);
    if (s == OK && m->wkb.full)
        s = err_set(w->e, TOO_BIG, "a cell of community %s has an outline of more than %d bytes", community, WKB_CEILING);
    if (s != OK)
        return s;
    polygons_get(cells, i, &rings);
    c.area_m2 = rings_area_m2(&rings);
    rings_clear(&rings);
    c.wkb = (const uint8_t *)m->wkb.data;
    c.wkb_len = m->wkb.len;
    snprintf(c.community_code, CELL_CODE, "%s", community);
    const struct known *before = same_as_before(m, community);
    if (before != NULL) {
        memcpy(c.code, before->code, CELL_CODE);
        c.name = before->name;
        m->report->kept_codes++;
    } else {
        s = next_code(m, community, c.code, w->e);
    }
    m->report->cells++;
    return s == OK ? cell_record(w, &m->grid, &c) : s;
}

static enum status draw_cells(const struct making *m, struct work *w, int64_t which, struct polygons *cells, struct cells_made *made)
{
    struct cells_plan plan = { m->grid.target_area_m2, m->grid.min_area_m2, m->grid.max_area_m2 };
    struct cells_ground ground = { &m->ground.community, which, m->ground.lines.count > 0 ? &m->ground.lines : NULL,
                                   m->ground.building.count > 0 ? &m->ground.building : NULL };
    struct err why = { .lang = w->e->lang };
    enum status s = cells_make(&ground, &plan, cells, made, &why);
    return s == OK ? OK : err_set(w->e, s, "community %s: %s", m->ground.code[which], why.text);
}

static enum status make_community(struct making *m, struct work *w, int64_t which)
{
    struct polygons cells = { 0 };
    struct cells_made made = { 0 };
    const char *community = m->ground.code[which];
    m->useds = 0;
    enum status s = cell_used_codes(w->db, m->grid.key, community, add_used, m, w->e);
    if (s == OK)
        s = draw_cells(m, w, which, &cells, &made);
    for (int64_t i = 0; s == OK && i < cells.count; i++)
        s = keep_cell(m, w, &cells, i, community);
    m->report->communities++;
    m->report->small += made.small;
    m->report->large += made.large;
    m->report->stepped += made.stepped;
    m->report->at_border += made.at_border;
    polygons_clear(&cells);
    return s;
}

// --- The whole --------------------------------------------------------------------------------------------------------------------

static enum status read_ground(struct making *m, struct work *w)
{
    const struct ground_spec spec = { .community = m->spec->community, .lines = m->spec->lines };
    enum status s = ground_read(w, &spec, &m->ground);
    m->report->building_source = m->ground.building_source;
    if (s != OK || m->ground.community.count > 0)
        return s;
    if (m->spec->community != NULL)
        return err_set(w->e, NOT_FOUND, "community %s is not known or has no shape; gridpatrol load STATION area FILE brings shapes", m->spec->community);
    return err_set(w->e, INVALID, "no community has a shape yet; gridpatrol load STATION area FILE brings shapes");
}

static enum status make_cells(struct making *m, struct work *w)
{
    enum status s = carry_over(m, w);
    for (int64_t i = 0; s == OK && i < m->ground.community.count; i++) {
        progress_tell(m->progress, "cells", 0.9 * (double)i / (double)m->ground.community.count);
        s = make_community(m, w, i);
    }
    if (s == OK)
        s = cell_retire_older(w, &m->grid, &m->report->retired);
    m->report->version = m->grid.version;
    progress_tell(m->progress, "cells", 0.9);
    return s == OK && m->grid.is_default ? rehome(w, &m->report->rehomed) : s;
}

static enum status make_job(struct work *w, void *ctx)
{
    struct making *m = ctx;
    struct as_told empty;                 // the grid before its cells
    const struct district *d = w->district;
    m->scheme = (struct cell_scheme){ "station", (int)strlen(d->code), d->street_digits, d->community_digits, d->sequence_digits };
    m->grid = m->spec->grid;
    enum status s = read_ground(m, w);
    if (s == OK)
        s = metric_road_open(w, &m->road);
    if (s == OK)
        s = read_old(m, w);
    if (s == OK)
        s = grid_record(w, &m->grid);
    if (s == OK)
        s = told_of(w, "grid", m->grid.id.text, &empty);
    if (s == OK)
        s = make_cells(m, w);
    return s == OK ? told_note(w, &(struct deed){ .verb = "make", .thing = "grid", .thing_id = m->grid.id.text, .note = m->grid.key }, &empty) : s;
}

static void clear(struct making *m)
{
    for (size_t i = 0; i < m->olds; i++)
        mem_free(m->old[i].wkb);
    mem_free(m->old);
    mem_free(m->used);
    mem_free(m->used_list);
    buf_clear(&m->wkb);
    metric_road_close(m->road);
    ground_clear(&m->ground);
}

enum status cell_make(struct station *s, const struct station_call *call, const struct cell_make_spec *spec, const struct progress *progress,
                      struct cell_make_report *out, struct err *e)
{
    *out = (struct cell_make_report){ 0 };
    struct making m = { .spec = spec, .progress = progress, .report = out };
    buf_init(&m.wkb, WKB_CEILING);
    enum status status = station_write(s, call, make_job, &m, e);
    clear(&m);
    return status;
}
