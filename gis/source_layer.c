#include "gis/source_layer.h"

#include <cpl_conv.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <strings.h>

enum { LIST_BYTES = 400 };

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
