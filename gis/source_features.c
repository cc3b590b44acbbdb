#include "gis/source_features.h"

#include "core/base/mem.h"
#include "gis/source_layer.h"
#include "gis/wkb.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <ogr_api.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { KINDS_MOST = 1000, LIST_BYTES = 400 };

struct feature_source {
    char *path;
    GDALDatasetH dataset;
    OGRLayerH layer;
    int word_field;
    struct crs *crs;
};

struct reading {
    struct feature_source *source;
    struct crs_road *road;
    struct wkb_shape shape;
    unsigned char *wkb;
    struct footprints *out;
    size_t origin_cap, size_cap, ring_cap, vertex_first_cap, vertex_cap, area_cap, fid_cap, kind_cap, wkb_cap, name_cap;
};

static void list_layers(GDALDatasetH dataset, char *out, size_t cap)
{
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < GDALDatasetGetLayerCount(dataset) && used < cap; i++)
        used += (size_t)snprintf(out + used, cap - used, "%s%s", i > 0 ? ", " : "", OGR_L_GetName(GDALDatasetGetLayer(dataset, i)));
}

static void list_fields(OGRLayerH layer, char *out, size_t cap)
{
    OGRFeatureDefnH d = OGR_L_GetLayerDefn(layer);
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < OGR_FD_GetFieldCount(d) && used < cap; i++)
        used += (size_t)snprintf(out + used, cap - used, "%s%s", i > 0 ? ", " : "", OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(d, i)));
}

static enum status pick_layer(struct feature_source *s, const char *name, const char *usual, struct err *e)
{
    s->layer = GDALDatasetGetLayerByName(s->dataset, name != NULL ? name : usual);
    if (s->layer == NULL && name == NULL && GDALDatasetGetLayerCount(s->dataset) == 1)
        s->layer = GDALDatasetGetLayer(s->dataset, 0);
    if (s->layer != NULL)
        return OK;
    char list[LIST_BYTES];
    list_layers(s->dataset, list, sizeof list);
    return err_set(e, INVALID, "%s has no layer %s; it has: %s", s->path, name != NULL ? name : usual, list);
}

// An empty GeoJSON has no columns at all: nothing is missed there.
static enum status pick_field(struct feature_source *s, const char *name, struct err *e)
{
    s->word_field = OGR_FD_GetFieldIndex(OGR_L_GetLayerDefn(s->layer), name);
    if (s->word_field >= 0 || OGR_L_GetFeatureCount(s->layer, 1) == 0)
        return OK;
    char list[LIST_BYTES];
    list_fields(s->layer, list, sizeof list);
    return err_set(e, INVALID, "%s has no column %s; it has: %s", s->path, name, list);
}

static enum status take_crs(struct feature_source *s, struct err *e)
{
    enum status st = source_layer_crs(s->layer, &s->crs, e);
    if (st == NOT_FOUND)
        return err_set(e, INVALID, "%s says no coordinate reference system; write it in a format that keeps one (gpkg, geojson, fgb)", s->path);
    return st;
}

enum status feature_source_open(const char *path, const char *layer, const char *usual_layer, const char *word_field,
                                struct feature_source **out, struct err *e)
{
    struct feature_source *s = mem_get(1, sizeof *s);
    s->path = CPLStrdup(path);
    CPLPushErrorHandler(CPLQuietErrorHandler);
    s->dataset = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, NULL, NULL, NULL);
    enum status st = s->dataset != NULL ? OK : err_set(e, NOT_FOUND, "%s cannot be read as a vector layer: %s", path, CPLGetLastErrorMsg());
    if (st == OK)
        st = pick_layer(s, layer, usual_layer, e);
    if (st == OK)
        st = pick_field(s, word_field, e);
    if (st == OK)
        st = take_crs(s, e);
    CPLPopErrorHandler();
    if (st == OK)
        *out = s;
    else
        feature_source_close(s);
    return st;
}

void feature_source_close(struct feature_source *s)
{
    if (s == NULL)
        return;
    crs_close(s->crs);
    if (s->dataset != NULL)
        GDALClose(s->dataset);
    CPLFree(s->path);
    mem_free(s);
}

const struct crs *feature_source_crs(const struct feature_source *s) { return s->crs; }

bool feature_source_extent(const struct feature_source *s, struct box_m *out)
{
    OGREnvelope box;
    CPLPushErrorHandler(CPLQuietErrorHandler);
    bool known = OGR_L_GetFeatureCount(s->layer, 1) > 0 && OGR_L_GetExtent(s->layer, &box, 1) == OGRERR_NONE;
    CPLPopErrorHandler();
    if (known)
        *out = (struct box_m){ box.MinX, box.MinY, box.MaxX, box.MaxY };
    return known;
}

// --- reading ---

static uint16_t kind_of(struct reading *r, const char *word)
{
    struct footprints *f = r->out;
    if (word[0] == '\0')
        return 0;
    for (uint32_t k = 1; k < f->kind_count; k++)
        if (strcmp(f->kind_name[k], word) == 0)
            return (uint16_t)k;
    if (f->kind_count >= KINDS_MOST)
        return 0;
    f->kind_name = mem_grow(f->kind_name, &r->name_cap, f->kind_count + 1, sizeof *f->kind_name);
    char *copy = mem_get(strlen(word) + 1, 1);
    memcpy(copy, word, strlen(word) + 1);
    f->kind_name[f->kind_count] = copy;
    return (uint16_t)f->kind_count++;
}

static double ring_area(const struct xy_m *p, uint32_t n)
{
    double doubled = 0;
    for (uint32_t i = 0, last = n - 1; i < n; last = i++)
        doubled += (p[last].x - p[0].x) * (p[i].y - p[0].y) - (p[i].x - p[0].x) * (p[last].y - p[0].y);
    return doubled / 2;
}

// Outer rings counter-clockwise, holes clockwise, whatever the file has.
static void turn_rings(struct wkb_shape *s)
{
    for (uint32_t k = 0; k < s->rings.count; k++) {
        uint32_t first = s->rings.first[k], n = s->rings.first[k + 1] - first;
        struct xy_m *p = s->rings.vertex + first;
        if (n < 3 || (ring_area(p, n) < 0) == (s->ring_is_hole[k] != 0))
            continue;
        for (uint32_t i = 0, j = n - 1; i < j; i++, j--) {
            struct xy_m t = p[i];
            p[i] = p[j];
            p[j] = t;
        }
    }
}

static void make_room(struct reading *r, uint32_t rings, uint32_t vertices)
{
    struct footprints *f = r->out;
    size_t n = (size_t)f->count, ring = f->ring_first[n], vertex = f->vertex_first[ring];
    f->origin = mem_grow(f->origin, &r->origin_cap, n + 1, sizeof *f->origin);
    f->size = mem_grow(f->size, &r->size_cap, n + 1, sizeof *f->size);
    f->area_m2 = mem_grow(f->area_m2, &r->area_cap, n + 1, sizeof *f->area_m2);
    f->fid = mem_grow(f->fid, &r->fid_cap, n + 1, sizeof *f->fid);
    f->kind = mem_grow(f->kind, &r->kind_cap, n + 1, sizeof *f->kind);
    f->ring_first = mem_grow(f->ring_first, &r->ring_cap, n + 2, sizeof *f->ring_first);
    f->vertex_first = mem_grow(f->vertex_first, &r->vertex_first_cap, ring + rings + 1, sizeof *f->vertex_first);
    f->vertex = mem_grow(f->vertex, &r->vertex_cap, vertex + vertices, sizeof *f->vertex);
}

static void keep_shape(struct reading *r, int64_t fid, uint16_t kind)
{
    const struct rings *s = &r->shape.rings;
    struct footprints *f = r->out;
    struct box_m box = rings_box(s);
    make_room(r, s->count, s->first[s->count]);
    int64_t n = f->count++;
    uint32_t ring = f->ring_first[n], vertex = f->vertex_first[ring];
    f->origin[n] = (struct mm64){ llround(box.min_x * 1000), llround(box.min_y * 1000) };
    f->size[n] = (struct mm){ (int32_t)(llround(box.max_x * 1000) - f->origin[n].x), (int32_t)(llround(box.max_y * 1000) - f->origin[n].y) };
    f->area_m2[n] = (float)rings_area_m2(s);
    f->fid[n] = fid;
    f->kind[n] = kind;
    for (uint32_t k = 0; k < s->count; k++) {
        for (uint32_t i = s->first[k]; i < s->first[k + 1]; i++)
            f->vertex[vertex++] = (struct mm){ (int32_t)(llround(s->vertex[i].x * 1000) - f->origin[n].x),
                                               (int32_t)(llround(s->vertex[i].y * 1000) - f->origin[n].y) };
        f->vertex_first[++ring] = vertex;
    }
    f->ring_first[n + 1] = ring;
}

static bool read_shape(struct reading *r, OGRGeometryH g)
{
    struct wkb_facts facts = { 0 };
    int bytes = g != NULL ? OGR_G_WkbSize(g) : 0;
    if (bytes <= 0)
        return false;
    r->wkb = mem_grow(r->wkb, &r->wkb_cap, (size_t)bytes, 1);
    OGR_G_ExportToIsoWkb(g, wkbNDR, r->wkb);
    enum wkb_kind kind = wkb_read(r->wkb, (size_t)bytes, &r->shape, &facts);
    return (kind == WKB_POLYGON || kind == WKB_MULTIPOLYGON) && r->shape.rings.count > 0;
}

static enum status read_one(struct reading *r, OGRFeatureH feature, struct err *e)
{
    long long fid = OGR_F_GetFID(feature);
    if (!read_shape(r, OGR_F_GetGeometryRef(feature)))
        return err_set(e, INVALID, "%s: feature %lld has no polygon", r->source->path, fid);
    struct rings *s = &r->shape.rings;
    struct box_m box;
    if (crs_road_go(r->road, s->vertex, s->first[s->count]) > 0)
        return err_set(e, INVALID, "%s: feature %lld lies outside of its coordinate reference system", r->source->path, fid);
    turn_rings(&r->shape);
    box = rings_box(s);
    if (!(fabs(box.min_x) < 1e9 && fabs(box.min_y) < 1e9 && box.max_x - box.min_x < 2e6 && box.max_y - box.min_y < 2e6))
        return err_set(e, INVALID, "%s: feature %lld is more than 2000 km large", r->source->path, fid);
    keep_shape(r, fid, kind_of(r, OGR_F_GetFieldAsString(feature, r->source->word_field)));
    return OK;
}

static enum status read_all(struct reading *r, struct err *e)
{
    OGRFeatureH feature;
    enum status st = OK;
    OGR_L_ResetReading(r->source->layer);
    CPLErrorReset();
    while (st == OK && (feature = OGR_L_GetNextFeature(r->source->layer)) != NULL) {
        st = read_one(r, feature, e);
        OGR_F_Destroy(feature);
    }
    if (st == OK && CPLGetLastErrorType() >= CE_Failure)
        st = err_set(e, INVALID, "%s: reading broke off: %s", r->source->path, CPLGetLastErrorMsg());
    return st;
}

enum status feature_source_read(struct feature_source *s, const struct crs *metric, struct footprints *out, struct err *e)
{
    struct footprints f = { 0 };
    struct reading r = { .source = s, .out = &f };
    enum status st = crs_road_open(s->crs, metric, &r.road, e);
    if (st != OK)
        return st;
    f.ring_first = mem_grow(NULL, &r.ring_cap, 1, sizeof *f.ring_first);
    f.vertex_first = mem_grow(NULL, &r.vertex_first_cap, 1, sizeof *f.vertex_first);
    f.ring_first[0] = f.vertex_first[0] = 0;
    f.kind_name = mem_grow(NULL, &r.name_cap, 1, sizeof *f.kind_name);
    f.kind_name[0] = mem_get(1, 1);
    f.kind_count = 1;
    make_room(&r, 0, 0);
    CPLPushErrorHandler(CPLQuietErrorHandler);
    st = read_all(&r, e);
    CPLPopErrorHandler();
    crs_road_close(r.road);
    wkb_shape_clear(&r.shape);
    mem_free(r.wkb);
    if (st == OK)
        *out = f;
    else
        footprints_clear(&f);
    return st;
}
