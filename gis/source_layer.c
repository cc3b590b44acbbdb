#include "gis/source_layer.h"

#include <cpl_conv.h>
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <strings.h>

enum { LIST_BYTES = 400, PROBE_FEATURES = 64 };

enum status source_layer_pick(void *dataset, const char *path, const char *name, void **layer, struct err *e)
{
    int layers = GDALDatasetGetLayerCount(dataset);
    OGRLayerH picked = name != NULL ? GDALDatasetGetLayerByName(dataset, name) : layers == 1 ? GDALDatasetGetLayer(dataset, 0) : NULL;
    if (picked != NULL) {
        *layer = picked;
        return OK;
    }
    char list[LIST_BYTES] = "-";
    size_t used = 0;
    for (int i = 0; i < layers && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", OGR_L_GetName(GDALDatasetGetLayer(dataset, i)));
    if (name != NULL)
        return err_set(e, INVALID, "%s has no layer \"%s\"; it has: %s", path, name, list);
    return err_set(e, INVALID, "%s has %d layers; choose one with --layer: %s", path, layers, list);
}

static bool is_undefined(OGRSpatialReferenceH srs)
{
    const char *name = srs != NULL ? OSRGetName(srs) : NULL;
    return name == NULL || strncasecmp(name, "undefined", 9) == 0 || strncasecmp(name, "unknown", 7) == 0;
}

enum status source_layer_crs(void *layer, struct crs **out, struct err *e)
{
    static const char *const options[] = { "FORMAT=WKT2_2019", "MULTILINE=NO", NULL };
    OGRSpatialReferenceH srs = OGR_L_GetSpatialRef(layer);
    char *wkt = NULL;
    if (is_undefined(srs))
        return NOT_FOUND;
    bool good = OSRExportToWktEx(srs, &wkt, options) == OGRERR_NONE && wkt != NULL && wkt[0] != '\0';
    enum status s = good ? crs_open(wkt, out, e) : NOT_FOUND;
    CPLFree(wkt);
    return s;
}

// --- Where it lies ----------------------------------------------------------------------------------------------------------------

static void widen(struct box_m *box, const OGREnvelope *by)
{
    box->min_x = fmin(box->min_x, by->MinX);
    box->min_y = fmin(box->min_y, by->MinY);
    box->max_x = fmax(box->max_x, by->MaxX);
    box->max_y = fmax(box->max_y, by->MaxY);
}

// Of the first features, or of all of them (most < 0).
static struct box_m box_of_features(OGRLayerH layer, int64_t most)
{
    struct box_m box = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    OGRFeatureH feature;
    OGR_L_ResetReading(layer);
    for (int64_t i = 0; i != most && (feature = OGR_L_GetNextFeature(layer)) != NULL; i++) {
        OGRGeometryH geometry = OGR_F_GetGeometryRef(feature);
        OGREnvelope e;
        if (geometry != NULL && !OGR_G_IsEmpty(geometry)) {
            OGR_G_GetEnvelope(geometry, &e);
            widen(&box, &e);
        }
        OGR_F_Destroy(feature);
    }
    OGR_L_ResetReading(layer);
    return box;
}

static bool is_finite(struct box_m b)
{
    return isfinite(b.min_x) && isfinite(b.min_y) && isfinite(b.max_x) && isfinite(b.max_y);
}

bool source_layer_holds(struct box_m outer, struct box_m inner)
{
    double slack = 1e-6 * (fabs(outer.max_x) + fabs(outer.max_y) + 1);
    return inner.min_x > inner.max_x || (inner.min_x >= outer.min_x - slack && inner.max_x <= outer.max_x + slack
                                         && inner.min_y >= outer.min_y - slack && inner.max_y <= outer.max_y + slack);
}

struct box_m source_layer_extent(void *layer, bool is_filtered)
{
    OGREnvelope e = { 0 };
    bool known = !is_filtered && OGR_L_GetExtent(layer, &e, TRUE) == OGRERR_NONE;
    struct box_m told = { e.MinX, e.MinY, e.MaxX, e.MaxY };
    known = known && is_finite(told) && e.MinX <= e.MaxX && e.MinY <= e.MaxY && source_layer_holds(told, box_of_features(layer, PROBE_FEATURES));
    return known ? told : box_of_features(layer, -1);
}
