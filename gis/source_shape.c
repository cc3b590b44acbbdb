#include "gis/source_shape.h"
#include "core/base/mem.h"
#include "gis/source_hush.h"
#include <ogr_api.h>

static bool is_other_surface(OGRGeometryH g)
{
    OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(g));
    return type == wkbCurvePolygon || type == wkbMultiSurface || type == wkbPolyhedralSurface || type == wkbTIN || type == wkbTriangle;
}

uint8_t *source_shape_wkb(void *g, size_t *len)
{
    *len = (size_t)OGR_G_WkbSize(g);
    uint8_t *bytes = mem_get(*len, 1);
    if (OGR_G_ExportToIsoWkb(g, wkbNDR, bytes) == OGRERR_NONE)
        return bytes;
    mem_free(bytes);
    return NULL;
}

uint8_t *source_linear_wkb(const uint8_t *wkb, size_t len, size_t *linear_len)
{
    OGRGeometryH g = NULL, linear = NULL;
    uint8_t *answer = NULL;
    struct source_hush hush;
    source_hush_begin(&hush);
    if (len <= INT32_MAX && OGR_G_CreateFromWkb(wkb, NULL, &g, (int)len) == OGRERR_NONE && is_other_surface(g))
        linear = OGR_G_ForceToMultiPolygon(OGR_G_GetLinearGeometry(g, 0, NULL));
    if (linear != NULL && wkbFlatten(OGR_G_GetGeometryType(linear)) == wkbMultiPolygon)
        answer = source_shape_wkb(linear, linear_len);
    OGR_G_DestroyGeometry(linear);
    OGR_G_DestroyGeometry(g);
    source_hush_end(&hush);
    return answer;
}
