#include "gis/source_records.h"

#include "core/base/mem.h"
#include "gis/china_crs.h"
#include "gis/source_layer.h"
#include "gis/source_hush.h"
#include <cpl_conv.h>
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { FIELDS_MOST = 1000, TEXTS_BYTES = 256 << 20 };
static const char LONLAT[] = "OGC:CRS84";

struct record_source {
    struct record_spec spec;
    GDALDatasetH dataset;
    void *layer;                       // OGRLayerH
    OGRFeatureH feature;
    struct crs *crs, *lonlat;
    struct crs_road *to_lonlat, *to_metric;
    struct box_m extent;               // where coordinates were seen to belong to the CRS
    bool is_china;                     // coordinates of a Chinese map service, no CRS that PROJ knows
    enum china_crs china;
    bool shapeless;
    int fields;
    const char **value;
    struct arena *texts;               // of the row at hand
    int64_t row;
    uint8_t *wkb;
    size_t wkb_cap;
    struct xy_m *point;
    size_t point_cap;
};

// --- Opening ------------------------------------------------------------------------------------------------------------

static enum status crs_of_layer(struct record_source *s, struct err *e)
{
    enum status st = source_layer_crs(s->layer, &s->crs, e);
    if (st == NOT_FOUND)
        return err_set(e, INVALID, "%s does not say its coordinate reference system; name it with --crs, for example EPSG:4549, or "
                                   "GCJ-02 or BD-09 for coordinates of a Chinese web map", s->spec.path);
    return st;
}

static enum status open_crs(struct record_source *s, struct err *e)
{
    enum status st = s->spec.crs != NULL ? crs_open(s->spec.crs, &s->crs, e) : crs_of_layer(s, e);
    return st == OK ? crs_road_open(s->crs, s->lonlat, &s->to_lonlat, e) : st;
}

// What the coordinates must fit: longitudes and latitudes of a Chinese map service are shifted, but degrees; its metres are its own.
static const struct crs *fitting(const struct record_source *s)
{
    if (!s->is_china)
        return s->crs;
    return s->china == CHINA_BD09MC ? NULL : s->lonlat;
}

static enum status check_extent(struct record_source *s, struct err *e)
{
    s->extent = source_layer_extent(s->layer, s->spec.where != NULL);
    return fitting(s) != NULL ? crs_check(fitting(s), s->extent, s->spec.path, e) : OK;
}

static enum status open_roads(struct record_source *s, struct err *e)
{
    s->is_china = s->spec.crs != NULL && china_crs_named(s->spec.crs, &s->china);
    enum status st = crs_open(LONLAT, &s->lonlat, e);
    if (st == OK && !s->is_china)
        st = open_crs(s, e);
    if (st == OK)
        st = check_extent(s, e);
    return st == OK ? crs_road_open(s->lonlat, s->spec.metric, &s->to_metric, e) : st;
}

static enum status take_fields(struct record_source *s, struct err *e)
{
    s->fields = OGR_FD_GetFieldCount(OGR_L_GetLayerDefn(s->layer));
    if (s->fields > FIELDS_MOST)
        return err_set(e, TOO_BIG, "%s has %d fields; at most %d are read", s->spec.path, s->fields, FIELDS_MOST);
    s->value = mem_get((size_t)s->fields, sizeof *s->value);
    s->texts = arena_open(TEXTS_BYTES);
    if (s->spec.where != NULL && OGR_L_SetAttributeFilter(s->layer, s->spec.where) != OGRERR_NONE)
        return err_set(e, INVALID, "%s: the filter \"%s\" is not understood", s->spec.path, s->spec.where);
    return OK;
}

static enum status open_all(struct record_source *s, struct err *e)
{
    struct source_hush hush;
    source_hush_begin(&hush);
    s->dataset = GDALOpenEx(s->spec.path, GDAL_OF_VECTOR | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR, NULL, NULL, NULL);
    enum status st = s->dataset != NULL ? OK : err_set(e, INVALID, "%s cannot be opened as a vector layer: %.300s", s->spec.path, hush.said);
    if (st == OK)
        st = source_layer_pick(s->dataset, s->spec.path, s->spec.layer, &s->layer, e);
    if (st == OK)
        st = take_fields(s, e);
    s->shapeless = st == OK && OGR_L_GetGeomType(s->layer) == wkbNone;
    if (st == OK && s->shapeless && !s->spec.shapeless)
        st = err_set(e, INVALID, "%s: layer \"%.80s\" is a table without geometry", s->spec.path, OGR_L_GetName(s->layer));
    if (st == OK && !s->shapeless)
        st = open_roads(s, e);
    source_hush_end(&hush);
    return st;
}

enum status record_source_open(const struct record_spec *spec, struct record_source **out, struct err *e)
{
    struct record_source *s = mem_get(1, sizeof *s);
    s->spec = *spec;
    enum status st = open_all(s, e);
    if (st != OK) {
        record_source_close(s);
        return st;
    }
    OGR_L_ResetReading(s->layer);
    *out = s;
    return OK;
}

void record_source_close(struct record_source *s)
{
    if (s == NULL)
        return;
    struct source_hush hush;
    source_hush_begin(&hush);
    if (s->feature != NULL)
        OGR_F_Destroy(s->feature);
    if (s->dataset != NULL)
        GDALClose(s->dataset);
    source_hush_end(&hush);
    crs_road_close(s->to_lonlat);
    crs_road_close(s->to_metric);
    crs_close(s->crs);
    crs_close(s->lonlat);
    mem_free(s->value);
    if (s->texts != NULL)
        arena_close(s->texts);
    mem_free(s->wkb);
    mem_free(s->point);
    mem_free(s);
}

int record_source_fields(const struct record_source *s) { return s->fields; }

const char *record_source_field(const struct record_source *s, int i)
{
    return OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(OGR_L_GetLayerDefn(s->layer), i));
}

int record_source_find(const struct record_source *s, const char *name)
{
    for (int i = 0; i < s->fields; i++)
        if (strcasecmp(record_source_field(s, i), name) == 0)
            return i;
    return -1;
}

int64_t record_source_count(const struct record_source *s) { return OGR_L_GetFeatureCount(s->layer, 0); }

const char *record_source_crs(const struct record_source *s)
{
    if (s->is_china)
        return china_crs_name(s->china);
    if (s->crs == NULL)
        return "";
    return crs_code(s->crs)[0] != '\0' ? crs_code(s->crs) : crs_name(s->crs);
}

double record_source_added_m(const struct record_source *s)
{
    return s->is_china ? CHINA_CRS_ERROR_M : 0;
}

// --- Shapes ---------------------------------------------------------------------------------------------------------------

// road NULL: from a Chinese map service's coordinates to lon/lat.
static size_t move(struct record_source *s, size_t count, struct crs_road *road)
{
    return road != NULL ? crs_road_go(road, s->point, count) : china_crs_to_lonlat(s->china, s->point, count);
}

// Every vertex of g and of what it is made of. False when one of them has no place in the other CRS.
static bool move_vertices(struct record_source *s, OGRGeometryH g, struct crs_road *road)
{
    for (int i = 0; i < OGR_G_GetGeometryCount(g); i++)
        if (!move_vertices(s, OGR_G_GetGeometryRef(g, i), road))
            return false;
    int n = OGR_G_GetPointCount(g);
    if (n == 0)
        return true;
    s->point = mem_grow(s->point, &s->point_cap, (size_t)n, sizeof *s->point);
    OGR_G_GetPoints(g, &s->point->x, sizeof *s->point, &s->point->y, sizeof *s->point, NULL, 0);
    if (move(s, (size_t)n, road) > 0)
        return false;
    OGR_G_SetPoints(g, n, &s->point->x, sizeof *s->point, &s->point->y, sizeof *s->point, NULL, 0);
    return true;
}

static enum record_shape shape_of(OGRGeometryH g)
{
    switch (OGR_GT_Flatten(OGR_G_GetGeometryType(g))) {
    case wkbPoint: return RECORD_POINT;
    case wkbMultiPoint: return OGR_G_GetGeometryCount(g) == 1 ? RECORD_POINT : RECORD_OTHER;
    case wkbLineString: case wkbMultiLineString: case wkbCircularString: case wkbCompoundCurve: case wkbMultiCurve: return RECORD_LINE;
    default: return OGR_GT_IsSubClassOf(OGR_GT_Flatten(OGR_G_GetGeometryType(g)), wkbSurface) ||
                    OGR_GT_IsSubClassOf(OGR_GT_Flatten(OGR_G_GetGeometryType(g)), wkbMultiSurface) ? RECORD_AREA : RECORD_OTHER;
    }
}

static void export_wkb(struct record_source *s, OGRGeometryH g, struct record *out)
{
    out->wkb_len = (size_t)OGR_G_WkbSize(g);
    s->wkb = mem_grow(s->wkb, &s->wkb_cap, out->wkb_len, 1);
    OGR_G_ExportToIsoWkb(g, wkbNDR, s->wkb);
    out->wkb = s->wkb;
}

static void measure_place(struct record_source *s, OGRGeometryH point, struct record *out)
{
    out->place = (struct lonlat){ OGR_G_GetX(point, 0), OGR_G_GetY(point, 0) };
    struct xy_m p = { out->place.lon, out->place.lat };
    out->metric = crs_road_go(s->to_metric, &p, 1) == 0 ? p : (struct xy_m){ NAN, NAN };
}

static void read_point(struct record_source *s, OGRGeometryH g, struct record *out)
{
    OGRGeometryH point = OGR_GT_Flatten(OGR_G_GetGeometryType(g)) == wkbMultiPoint ? OGR_G_GetGeometryRef(g, 0) : g;
    export_wkb(s, point, out);
    measure_place(s, point, out);
    out->box = (struct box_m){ out->metric.x, out->metric.y, out->metric.x, out->metric.y };
}

static void measure_area(struct record_source *s, OGRGeometryH g, struct record *out)
{
    OGRGeometryH inside = OGR_G_PointOnSurface(g);
    if (inside != NULL && !OGR_G_IsEmpty(inside))
        measure_place(s, inside, out);
    OGR_G_DestroyGeometry(inside);
    OGRGeometryH metric = OGR_G_Clone(g);
    if (!move_vertices(s, metric, s->to_metric))
        out->fault = "the shape has no place in the district's metric CRS";
    OGREnvelope box;
    OGR_G_GetEnvelope(metric, &box);
    out->box = (struct box_m){ box.MinX, box.MinY, box.MaxX, box.MaxY };
    out->area_m2 = OGR_G_Area(metric);
    OGR_G_DestroyGeometry(metric);
}

// Valid polygons only; what mending leaves of lines and points is no area.
static OGRGeometryH mend(OGRGeometryH g, bool *repaired)
{
    if (OGR_G_IsValid(g))
        return g;
    *repaired = true;
    OGRGeometryH mended = OGR_G_MakeValid(g);
    OGR_G_DestroyGeometry(g);
    return mended;
}

static void read_area(struct record_source *s, OGRGeometryH g, struct record *out)
{
    OGRGeometryH linear = OGR_G_GetLinearGeometry(g, 4, NULL);
    linear = mend(linear, &out->repaired);
    OGRGeometryH multi = linear != NULL ? OGR_G_ForceToMultiPolygon(linear) : NULL;
    if (multi == NULL || OGR_GT_Flatten(OGR_G_GetGeometryType(multi)) != wkbMultiPolygon || OGR_G_Area(multi) <= 0) {
        out->fault = "the polygon has no area";
    } else {
        export_wkb(s, multi, out);
        measure_area(s, multi, out);
    }
    OGR_G_DestroyGeometry(multi);
}

static void read_line(struct record_source *s, OGRGeometryH g, struct record *out)
{
    OGRGeometryH linear = OGR_G_GetLinearGeometry(g, 4, NULL);
    export_wkb(s, linear, out);
    OGR_G_DestroyGeometry(linear);
}

// A header may tell of other places than the features behind the probed ones lie in: those are held against the CRS one by one.
static enum status check_place(struct record_source *s, OGRGeometryH g, struct err *e)
{
    OGREnvelope box;
    char called[300];
    OGR_G_GetEnvelope(g, &box);
    struct box_m here = { box.MinX, box.MinY, box.MaxX, box.MaxY };
    if (fitting(s) == NULL || source_layer_holds(s->extent, here))
        return OK;
    snprintf(called, sizeof called, text_in(e->lang, "%.200s, feature %lld"), s->spec.path, (long long)OGR_F_GetFID(s->feature));
    return crs_check(fitting(s), here, called, e);
}

static void read_shape(struct record_source *s, OGRGeometryH g, struct record *out)
{
    OGR_G_FlattenTo2D(g);
    OGR_G_SetMeasured(g, 0);
    out->shape = shape_of(g);
    if (out->shape == RECORD_OTHER || (out->shape == RECORD_LINE && !s->spec.lines))
        out->fault = "the shape is neither a point nor an area";
    else if (s->dataset != NULL && !move_vertices(s, g, s->to_lonlat))       // a shape alone is in lon/lat already
        out->fault = "the coordinates lie outside of their coordinate reference system";
    else if (out->shape == RECORD_POINT)
        read_point(s, g, out);
    else if (out->shape == RECORD_LINE)
        read_line(s, g, out);
    else
        read_area(s, g, out);
}

// --- Reading ----------------------------------------------------------------------------------------------------------------

static enum status next(struct record_source *s, struct record *out, bool *more, struct err *e)
{
    struct source_hush hush;
    source_hush_begin(&hush);
    if (s->feature != NULL)
        OGR_F_Destroy(s->feature);
    s->feature = OGR_L_GetNextFeature(s->layer);
    *more = s->feature != NULL;
    enum status st = OK;
    if (s->feature == NULL && hush.errors > 0)
        st = err_set(e, INVALID, "%s: reading broke off after %lld features: %.300s", s->spec.path, (long long)s->row, hush.said);
    OGRGeometryH g = *more && !s->shapeless ? OGR_F_GetGeometryRef(s->feature) : NULL;
    if (g != NULL && !OGR_G_IsEmpty(g)) {
        st = check_place(s, g, e);
        if (st == OK)
            read_shape(s, g, out);
    }
    source_hush_end(&hush);
    return st;
}

// Texts stay in the feature; what is made a text of (numbers, dates) lies in one place that the next field takes over.
static const char *text_of(struct record_source *s, int field)
{
    if (!OGR_F_IsFieldSetAndNotNull(s->feature, field))
        return NULL;
    const char *text = OGR_F_GetFieldAsString(s->feature, field);
    bool is_text = OGR_Fld_GetType(OGR_F_GetFieldDefnRef(s->feature, field)) == OFTString;
    return is_text ? text : arena_text(s->texts, text);
}

enum status record_source_next(struct record_source *s, struct record *out, bool *more, struct err *e)
{
    *out = (struct record){ .row = s->row + 1, .value = s->value, .metric = { NAN, NAN } };
    enum status st = next(s, out, more, e);
    if (st != OK || !*more)
        return st;
    s->row++;
    out->fid = OGR_F_GetFID(s->feature);
    arena_reset(s->texts);
    for (int i = 0; i < s->fields; i++)
        s->value[i] = text_of(s, i);
    return OK;
}

// --- One shape alone --------------------------------------------------------------------------------------------------------

enum status record_shape_open(const struct crs *metric, struct record_source **out, struct err *e)
{
    struct record_source *s = mem_get(1, sizeof *s);
    enum status st = crs_open(LONLAT, &s->lonlat, e);
    if (st == OK)
        st = crs_road_open(s->lonlat, metric, &s->to_metric, e);
    if (st == OK)
        *out = s;
    else
        record_source_close(s);
    return st;
}

void record_shape_read(struct record_source *s, const uint8_t *wkb, size_t len, struct record *out)
{
    struct source_hush hush;
    OGRGeometryH g = NULL;
    *out = (struct record){ .row = 1, .metric = { NAN, NAN } };
    source_hush_begin(&hush);
    if (OGR_G_CreateFromWkb(wkb, NULL, &g, (int)len) != OGRERR_NONE)
        out->fault = "the shape is neither a point nor an area";
    else if (!OGR_G_IsEmpty(g))
        read_shape(s, g, out);
    OGR_G_DestroyGeometry(g);
    source_hush_end(&hush);
}

bool record_place(const uint8_t *wkb, size_t len, struct lonlat *out)
{
    struct source_hush hush;
    OGRGeometryH g = NULL, inside = NULL;
    source_hush_begin(&hush);
    bool read = OGR_G_CreateFromWkb(wkb, NULL, &g, (int)len) == OGRERR_NONE;
    if (read && OGR_GT_Flatten(OGR_G_GetGeometryType(g)) != wkbPoint)
        inside = OGR_G_PointOnSurface(g);
    OGRGeometryH point = inside != NULL ? inside : g;
    bool found = read && OGR_GT_Flatten(OGR_G_GetGeometryType(point)) == wkbPoint && !OGR_G_IsEmpty(point);
    if (found)
        *out = (struct lonlat){ OGR_G_GetX(point, 0), OGR_G_GetY(point, 0) };
    OGR_G_DestroyGeometry(inside);
    OGR_G_DestroyGeometry(g);
    source_hush_end(&hush);
    return found;
}
