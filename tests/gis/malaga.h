// malaga.h - the neighbourhoods and collection points of Malaga (fixture malaga-points) in EPSG:25830, as they are drawn.
#pragma once
#include "core/base/mem.h"
#include "gis/crs.h"
#include "gis/polygons.h"
#include "tests/gis/shapes.h"
#include <gdal.h>
#include <ogr_srs_api.h>

struct malaga { struct polygons shape; char **name; struct xy_m *point; int64_t points; };

static const struct xy_m MALAGA_ORIGIN = { 350000, 4050000 };

static inline bool malaga_is_here(void)
{
    char *text = shapes_fixture("malaga-points/NOTE.md");
    free(text);
    return text != NULL;
}

static inline void malaga_add(struct malaga *m, OGRFeatureH feature)
{
    OGRGeometryH g = OGR_F_GetGeometryRef(feature);
    if (wkbFlatten(OGR_G_GetGeometryType(g)) == wkbPoint) {
        m->point = realloc(m->point, (size_t)(m->points + 1) * sizeof *m->point);
        m->point[m->points++] = (struct xy_m){ OGR_G_GetX(g, 0) - MALAGA_ORIGIN.x, OGR_G_GetY(g, 0) - MALAGA_ORIGIN.y };
        return;
    }
    int size = OGR_G_WkbSize(g);
    unsigned char *wkb = malloc((size_t)size);
    OGR_G_ExportToWkb(g, wkbNDR, wkb);
    m->name = realloc(m->name, (size_t)(m->shape.count + 1) * sizeof *m->name);
    m->name[m->shape.count] = strdup(OGR_F_GetFieldAsString(feature, OGR_F_GetFieldIndex(feature, "name")));
    polygons_add_wkb(&m->shape, wkb, (size_t)size);
    free(wkb);
}

// file: "glass", "neighbourhoods", ...
static inline struct malaga malaga_read(const char *file)
{
    struct malaga m = {0};
    const char *root = getenv("GRIDPATROL_FIXTURES");
    char path[4096];
    snprintf(path, sizeof path, "%s/malaga-points/%s.geojson", root != NULL ? root : GP_SOURCE_DIR "/../shared/fixtures", file);
    polygons_init(&m.shape, MALAGA_ORIGIN);
    GDALAllRegister();
    GDALDatasetH set = GDALOpenEx(path, GDAL_OF_VECTOR, NULL, NULL, NULL);
    if (set == NULL)
        return m;
    OGRSpatialReferenceH to = OSRNewSpatialReference(NULL);
    OSRImportFromEPSG(to, 25830);
    OSRSetAxisMappingStrategy(to, OAMS_TRADITIONAL_GIS_ORDER);
    OGRLayerH layer = GDALDatasetGetLayer(set, 0);
    for (OGRFeatureH f; (f = OGR_L_GetNextFeature(layer)) != NULL; OGR_F_Destroy(f)) {
        OGR_G_TransformTo(OGR_F_GetGeometryRef(f), to);
        malaga_add(&m, f);
    }
    OSRDestroySpatialReference(to);
    GDALClose(set);
    return m;
}

static inline void malaga_clear(struct malaga *m)
{
    for (int64_t i = 0; i < m->shape.count; i++)
        free(m->name[i]);
    free(m->name);
    free(m->point);
    polygons_clear(&m->shape);
}
