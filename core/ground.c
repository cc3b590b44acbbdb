#include "core/ground.h"

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/blob.h"
#include "core/store/area_rows.h"
#include "core/store/building_rows.h"
#include "core/survey.h"
#include "gis/source_records.h"
#include <stdio.h>
#include <string.h>

enum { PATH_ROOM = 4200 };
static const char LONLAT[] = "OGC:CRS84";

// --- Between lon/lat and metres -----------------------------------------------------------------------------------------

struct metric_road { struct crs *lonlat, *metric; struct crs_road *there, *back; struct wkb_shape shape; struct rings rings; };

enum status metric_road_open(const struct work *w, struct metric_road **out)
{
    struct metric_road *r = mem_get(1, sizeof *r);
    enum status s = crs_open(LONLAT, &r->lonlat, w->e);
    if (s == OK)
        s = crs_open(w->district->metric_crs, &r->metric, w->e);
    if (s == OK)
        s = crs_road_open(r->lonlat, r->metric, &r->there, w->e);
    if (s == OK)
        s = crs_road_open(r->metric, r->lonlat, &r->back, w->e);
    if (s == OK)
        *out = r;
    else
        metric_road_close(r);
    return s;
}

void metric_road_close(struct metric_road *r)
{
    if (r == NULL)
        return;
    wkb_shape_clear(&r->shape);
    rings_clear(&r->rings);
    crs_road_close(r->there);
    crs_road_close(r->back);
    crs_close(r->metric);
    crs_close(r->lonlat);
    mem_free(r);
}

bool metric_road_go(struct metric_road *r, struct xy_m *lonlat_to_m)
{
    return crs_road_go(r->there, lonlat_to_m, 1) == 0;
}

enum status metric_road_add(struct metric_road *r, const void *wkb, size_t len, const char *what, struct polygons *to, struct err *e)
{
    struct wkb_facts facts = { 0 };
    struct rings *rings = &r->shape.rings;
    enum wkb_kind kind = wkb_read(wkb, len, &r->shape, &facts);
    if (kind != WKB_POLYGON && kind != WKB_MULTIPOLYGON)
        return err_set(e, INVALID, "%s has no polygon", what);
    if (crs_road_go(r->there, rings->vertex, rings->first[rings->count]) > 0)
        return err_set(e, INVALID, "%s has no place in the district's metric CRS", what);
    if (to->count == 0 && to->ring_first == NULL)
        polygons_init(to, rings->vertex[0]);
    polygons_add_shape(to, &r->shape);
    return OK;
}

enum status metric_road_write(struct metric_road *r, const struct polygons *p, int64_t i, struct buf *out, struct err *e)
{
    polygons_get(p, i, &r->rings);
    uint32_t n = r->rings.first[r->rings.count];
    for (uint32_t k = 0; k < n; k++) {
        r->rings.vertex[k].x += p->origin.x;
        r->rings.vertex[k].y += p->origin.y;
    }
    if (crs_road_go(r->back, r->rings.vertex, n) > 0)
        return err_set(e, FAILED, "cell %lld has no place on the Earth", (long long)i + 1);
    wkb_write_multipolygon(out, &r->rings, (struct xy_m){ 0, 0 });
    return OK;
}

// --- Communities ----------------------------------------------------------------------------------------------------------

struct reading { struct ground *ground; struct metric_road *road; };

static enum status add_community(void *ctx, const struct area_row *row, struct err *e)
{
    struct reading *r = ctx;
    struct ground *g = r->ground;
    enum status s = metric_road_add(r->road, row->wkb, row->wkb_len, row->code, &g->community, e);
    if (s != OK)
        return s;
    size_t n = (size_t)g->community.count;
    g->code = mem_grow(g->code, &g->code_cap, n, sizeof *g->code);
    snprintf(g->code[n - 1], CELL_CODE, "%s", row->code);
    return OK;
}

// --- Buildings --------------------------------------------------------------------------------------------------------------

static enum status add_building(void *ctx, int64_t fid, const void *wkb, size_t len, struct err *e)
{
    struct reading *r = ctx;
    char what[40];
    snprintf(what, sizeof what, "building %lld", (long long)fid);
    return metric_road_add(r->road, wkb, len, what, &r->ground->building, e);
}

static enum status newest(void *ctx, const struct survey *v, struct err *e)
{
    struct survey *found = ctx;
    (void)e;
    if (strcmp(v->kind, "footprints") == 0)
        *found = *v;
    return OK;
}

static enum status read_survey(struct work *w, struct reading *r)
{
    struct survey survey = { 0 };
    struct record_source *source = NULL;
    struct crs *metric = NULL;
    struct record rec;
    char path[PATH_ROOM];
    enum status s = survey_each(w, NULL, newest, &survey);
    if (s != OK || survey.archive_sha256[0] == '\0')
        return s;
    blob_path(w->folder, survey.archive_sha256, path, sizeof path);
    r->ground->building_source = "the newest survey";
    s = crs_open(w->district->metric_crs, &metric, w->e);
    if (s == OK)
        s = record_source_open(&(struct record_spec){ .path = path, .metric = metric }, &source, w->e);
    for (bool more = true; s == OK && (s = record_source_next(source, &rec, &more, w->e)) == OK && more; )
        if (rec.shape == RECORD_AREA && rec.fault == NULL)   // what a survey has beyond buildings cuts nothing
            s = add_building(r, rec.fid, rec.wkb, rec.wkb_len, w->e);
    record_source_close(source);
    crs_close(metric);
    return s;
}

static enum status read_buildings(struct work *w, struct reading *r)
{
    r->ground->building_source = "the register";
    enum status s = building_each(w->db, add_building, r, w->e);
    if (s != OK || r->ground->building.count > 0)
        return s;
    r->ground->building_source = "nowhere";
    return read_survey(w, r);
}

// --- Lines ----------------------------------------------------------------------------------------------------------------------

struct drawing { struct reading *reading; bool fine; };

static void add_piece(void *ctx, struct xy_m a, struct xy_m b)
{
    struct drawing *d = ctx;
    struct xy_m origin = d->reading->ground->community.origin;
    if (!metric_road_go(d->reading->road, &a) || !metric_road_go(d->reading->road, &b)) {
        d->fine = false;
        return;
    }
    segments_add(&d->reading->ground->lines, (struct xy_m){ a.x - origin.x, a.y - origin.y }, (struct xy_m){ b.x - origin.x, b.y - origin.y });
}

static enum status read_lines(struct work *w, const struct ground_lines *lines, struct reading *r)
{
    struct record_source *source = NULL;
    struct crs *metric = NULL;
    struct record rec;
    struct drawing drawing = { r, true };
    if (lines->path == NULL)
        return OK;
    enum status s = crs_open(w->district->metric_crs, &metric, w->e);
    if (s == OK)
        s = record_source_open(&(struct record_spec){ .path = lines->path, .layer = lines->layer, .crs = lines->crs, .metric = metric,
                                                      .lines = true }, &source, w->e);
    for (bool more = true; s == OK && (s = record_source_next(source, &rec, &more, w->e)) == OK && more; ) {
        if (rec.fault != NULL)
            s = err_set(w->e, INVALID, "%s: feature %lld: %s", lines->path, (long long)rec.fid, text_in(w->e->lang, rec.fault));
        else if (rec.shape != RECORD_NO_SHAPE && (!wkb_read_lines(rec.wkb, rec.wkb_len, add_piece, &drawing) || !drawing.fine))
            s = err_set(w->e, INVALID, "%s: feature %lld is no line, or has no place in the district's metric CRS", lines->path, (long long)rec.fid);
    }
    record_source_close(source);
    crs_close(metric);
    return s;
}

// --- All of it ------------------------------------------------------------------------------------------------------------------

enum status ground_read(struct work *w, const struct ground_spec *spec, struct ground *out)
{
    *out = (struct ground){ .building_source = "nowhere" };
    struct reading r = { .ground = out };
    if (spec->origin != NULL)
        polygons_init(&out->community, *spec->origin);
    enum status s = metric_road_open(w, &r.road);
    if (s == OK)
        s = area_each_community(w->db, spec->community, add_community, &r, w->e);
    if (s == OK && out->community.ring_first == NULL)
        polygons_init(&out->community, (struct xy_m){ 0, 0 });
    polygons_init(&out->building, out->community.origin);
    if (s == OK)
        s = read_buildings(w, &r);
    if (s == OK)
        s = read_lines(w, &spec->lines, &r);
    metric_road_close(r.road);
    return s;
}

void ground_clear(struct ground *g)
{
    polygons_clear(&g->community);
    polygons_clear(&g->building);
    segments_clear(&g->lines);
    mem_free(g->code);
    *g = (struct ground){ 0 };
}
