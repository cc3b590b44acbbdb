// tile_drawing.h - for tests of tiles: shapes drawn in units of one tile, as WKB in degrees for the encoder, as GEOS geometry for the truth,
// and what a decoder reads back as GEOS geometry again.
#pragma once
#include "core/base/buf.h"
#include "gis/tile.h"
#include "tests/gis/mvt.h"
#include <geos_c.h>
#include <math.h>
#include <stdlib.h>

static const double TILE_DRAWING_PI = 3.14159265358979323846;

// Degrees of a place given in units from the tile's north-west corner, y to the south.
static inline struct lonlat drawing_lonlat(struct tile_place t, struct xy_m units)
{
    double tiles = (double)((uint64_t)1 << t.z), x = t.x + units.x / TILE_EXTENT, y = t.y + units.y / TILE_EXTENT;
    if (t.set == TILE_CGCS2000_QUAD)
        return (struct lonlat){ x / (2 * tiles) * 360 - 180, 90 - y / tiles * 180 };
    return (struct lonlat){ x / tiles * 360 - 180, atan(sinh(TILE_DRAWING_PI * (1 - 2 * y / tiles))) * 180 / TILE_DRAWING_PI };
}

static inline struct xy_m drawing_units(struct tile_place t, struct lonlat p)
{
    double tiles = (double)((uint64_t)1 << t.z), lat = p.lat * TILE_DRAWING_PI / 180;
    if (t.set == TILE_CGCS2000_QUAD)
        return (struct xy_m){ ((p.lon + 180) / 360 * 2 * tiles - t.x) * TILE_EXTENT, ((90 - p.lat) / 180 * tiles - t.y) * TILE_EXTENT };
    return (struct xy_m){ ((p.lon + 180) / 360 * tiles - t.x) * TILE_EXTENT,
                          ((0.5 - atanh(sin(lat)) / (2 * TILE_DRAWING_PI)) * tiles - t.y) * TILE_EXTENT };
}

// Every coordinate of a geometry by way of one of the two above.
static inline GEOSGeometry *drawing_moved(GEOSContextHandle_t g, const GEOSGeometry *geom, struct tile_place t, bool to_degrees);

static inline GEOSCoordSequence *drawing_moved_points(GEOSContextHandle_t g, const GEOSGeometry *geom, struct tile_place t, bool to_degrees)
{
    const GEOSCoordSequence *s = GEOSGeom_getCoordSeq_r(g, geom);
    unsigned n = 0;
    GEOSCoordSeq_getSize_r(g, s, &n);
    GEOSCoordSequence *out = GEOSCoordSeq_create_r(g, n, 2);
    for (unsigned i = 0; i < n; i++) {
        double x, y;
        GEOSCoordSeq_getXY_r(g, s, i, &x, &y);
        struct lonlat p = drawing_lonlat(t, (struct xy_m){ x, y });
        struct xy_m u = drawing_units(t, (struct lonlat){ x, y });
        GEOSCoordSeq_setXY_r(g, out, i, to_degrees ? p.lon : u.x, to_degrees ? p.lat : u.y);
    }
    return out;
}

static inline GEOSGeometry *drawing_moved(GEOSContextHandle_t g, const GEOSGeometry *geom, struct tile_place t, bool to_degrees)
{
    int type = GEOSGeomTypeId_r(g, geom), n = GEOSGetNumGeometries_r(g, geom);
    if (type == GEOS_POINT)
        return GEOSGeom_createPoint_r(g, drawing_moved_points(g, geom, t, to_degrees));
    if (type == GEOS_LINESTRING)
        return GEOSGeom_createLineString_r(g, drawing_moved_points(g, geom, t, to_degrees));
    if (type == GEOS_POLYGON) {
        GEOSGeometry *hole[64] = { NULL };
        int holes = GEOSGetNumInteriorRings_r(g, geom);
        for (int i = 0; i < holes; i++)
            hole[i] = GEOSGeom_createLinearRing_r(g, drawing_moved_points(g, GEOSGetInteriorRingN_r(g, geom, i), t, to_degrees));
        GEOSGeometry *shell = GEOSGeom_createLinearRing_r(g, drawing_moved_points(g, GEOSGetExteriorRing_r(g, geom), t, to_degrees));
        return GEOSGeom_createPolygon_r(g, shell, hole, (unsigned)holes);
    }
    GEOSGeometry **part = calloc((size_t)n + 1, sizeof *part);
    for (int i = 0; i < n; i++)
        part[i] = drawing_moved(g, GEOSGetGeometryN_r(g, geom, i), t, to_degrees);
    GEOSGeometry *all = GEOSGeom_createCollection_r(g, type, part, (unsigned)n);
    free(part);
    return all;
}

// WKB in degrees of a geometry in units; to be freed with GEOSFree_r.
static inline uint8_t *drawing_wkb(GEOSContextHandle_t g, const GEOSGeometry *units, struct tile_place t, size_t *len)
{
    GEOSGeometry *degrees = drawing_moved(g, units, t, true);
    GEOSWKBWriter *w = GEOSWKBWriter_create_r(g);
    uint8_t *wkb = GEOSWKBWriter_write_r(g, w, degrees, len);
    GEOSWKBWriter_destroy_r(g, w);
    GEOSGeom_destroy_r(g, degrees);
    return wkb;
}

static inline int64_t drawing_area2(const struct mvt_feature *f, uint32_t part)
{
    int64_t area2 = 0;
    for (uint32_t i = f->first[part], last = f->first[part + 1] - 1; i < f->first[part + 1]; last = i++)
        area2 += (int64_t)f->at[last].x * f->at[i].y - (int64_t)f->at[i].x * f->at[last].y;
    return area2;
}

static inline GEOSGeometry *drawing_ring(GEOSContextHandle_t g, const struct mvt_feature *f, uint32_t part)
{
    uint32_t n = f->first[part + 1] - f->first[part];
    GEOSCoordSequence *s = GEOSCoordSeq_create_r(g, n + 1, 2);
    for (uint32_t i = 0; i <= n; i++) {
        struct mvt_point p = f->at[f->first[part] + i % n];
        GEOSCoordSeq_setXY_r(g, s, i, p.x, p.y);
    }
    return GEOSGeom_createLinearRing_r(g, s);
}

// A decoded polygon as GEOS sees it, in units; holes are rings of negative area. NULL: the first ring is a hole, or a ring has no area.
static inline GEOSGeometry *drawing_read(GEOSContextHandle_t g, const struct mvt_feature *f)
{
    if (f->parts == 0 || drawing_area2(f, 0) <= 0)
        return NULL;
    GEOSGeometry **part = calloc(f->parts, sizeof *part), **hole = calloc(f->parts, sizeof *hole);
    unsigned parts = 0;
    bool flat = false;
    for (uint32_t k = 0; k < f->parts;) {
        GEOSGeometry *shell = drawing_ring(g, f, k++);
        unsigned holes = 0;
        for (; k < f->parts && drawing_area2(f, k) <= 0; k++) {
            flat |= drawing_area2(f, k) == 0;
            hole[holes++] = drawing_ring(g, f, k);
        }
        part[parts++] = GEOSGeom_createPolygon_r(g, shell, hole, holes);
    }
    GEOSGeometry *all = GEOSGeom_createCollection_r(g, GEOS_MULTIPOLYGON, part, parts);
    free(part);
    free(hole);
    if (flat) {
        GEOSGeom_destroy_r(g, all);
        return NULL;
    }
    return all;
}

static inline GEOSGeometry *drawing_box(GEOSContextHandle_t g, double min_x, double min_y, double max_x, double max_y)
{
    return GEOSGeom_createRectangle_r(g, min_x, min_y, max_x, max_y);
}

static inline double drawing_ground(GEOSContextHandle_t g, const GEOSGeometry *geom)
{
    double area = NAN;
    GEOSArea_r(g, geom, &area);
    return area;
}

static inline double drawing_border(GEOSContextHandle_t g, const GEOSGeometry *geom)
{
    double length = NAN;
    GEOSLength_r(g, geom, &length);
    return length;
}
