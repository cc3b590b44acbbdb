// wkt.h - for tests: WKT to WKB of any dialect and back, by GEOS.
#pragma once
#include <geos_c.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline uint8_t *wkt_to_wkb(GEOSContextHandle_t g, const char *text, size_t *len)
{
    GEOSGeometry *geom = GEOSGeomFromWKT_r(g, text);
    if (geom == NULL)
        return NULL;
    GEOSWKBWriter *w = GEOSWKBWriter_create_r(g);
    GEOSWKBWriter_setOutputDimension_r(g, w, 3);
    uint8_t *wkb = GEOSWKBWriter_write_r(g, w, geom, len);
    GEOSWKBWriter_destroy_r(g, w);
    GEOSGeom_destroy_r(g, geom);
    return wkb;                                     // GEOSFree_r
}

static inline char *wkt_of_wkb(GEOSContextHandle_t g, const void *wkb, size_t len)
{
    GEOSGeometry *geom = GEOSGeomFromWKB_buf_r(g, wkb, len);
    if (geom == NULL)
        return NULL;
    GEOSWKTWriter *w = GEOSWKTWriter_create_r(g);
    GEOSWKTWriter_setTrim_r(g, w, 1);
    char *text = GEOSWKTWriter_write_r(g, w, geom);
    GEOSWKTWriter_destroy_r(g, w);
    GEOSGeom_destroy_r(g, geom);
    return text;                                    // GEOSFree_r
}
