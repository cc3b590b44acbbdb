// shapes.h - shapes for tests of the kernel: WKT in, flat rings out, and what GEOS says about the same rings.
#pragma once
#include "core/base/hash.h"
#include "gis/geom.h"
#include <geos_c.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// SplitMix64: the same numbers on every machine.
static inline double shapes_random(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15u;
    return (double)(hash_mix(*seed) >> 11) * 0x1p-53;
}

static inline void shapes_add_ring(GEOSContextHandle_t g, const GEOSGeometry *ring, bool hole, struct rings *out)
{
    const GEOSCoordSequence *s = GEOSGeom_getCoordSeq_r(g, ring);
    unsigned n = 0;
    char ccw = 1;
    GEOSCoordSeq_getSize_r(g, s, &n);
    if (n < 4)
        return;
    GEOSCoordSeq_isCCW_r(g, s, &ccw);
    bool turn = (ccw != 0) == hole;
    for (unsigned i = 0; i + 1 < n; i++) {
        struct xy_m p;
        GEOSCoordSeq_getXY_r(g, s, turn ? n - 1 - i : i, &p.x, &p.y);
        rings_add_vertex(out, p);
    }
    rings_end_ring(out);
}

static inline void shapes_add(GEOSContextHandle_t g, const GEOSGeometry *geom, struct rings *out)
{
    int type = GEOSGeomTypeId_r(g, geom);
    if (type != GEOS_POLYGON) {
        for (int i = 0; i < GEOSGetNumGeometries_r(g, geom) && type >= GEOS_MULTIPOINT; i++)
            shapes_add(g, GEOSGetGeometryN_r(g, geom, i), out);
        return;
    }
    if (GEOSisEmpty_r(g, geom))
        return;
    shapes_add_ring(g, GEOSGetExteriorRing_r(g, geom), false, out);
    for (int i = 0; i < GEOSGetNumInteriorRings_r(g, geom); i++)
        shapes_add_ring(g, GEOSGetInteriorRingN_r(g, geom, i), true, out);
}

// WKT or hexadecimal WKB; NULL when it is neither.
static inline GEOSGeometry *shapes_parse(GEOSContextHandle_t g, const char *text)
{
    text += strspn(text, " \t\r\n");
    if (strchr("0123456789", text[0]) != NULL)
        return GEOSGeomFromHEX_buf_r(g, (const unsigned char *)text, strcspn(text, " \t\r\n"));
    return GEOSGeomFromWKT_r(g, text);
}

static inline void shapes_move(struct rings *r, struct xy_m by, double turn_rad, double scale)
{
    double c = cos(turn_rad) * scale, s = sin(turn_rad) * scale;
    for (uint32_t i = 0; r->count > 0 && i < r->first[r->count]; i++) {
        struct xy_m p = r->vertex[i];
        r->vertex[i] = (struct xy_m){ p.x * c - p.y * s + by.x, p.x * s + p.y * c + by.y };
    }
}

static inline struct rings shapes_copy(const struct rings *r)
{
    struct rings copy = { 0 };
    rings_start(&copy);
    for (uint32_t k = 0; k < r->count; k++) {
        for (uint32_t i = r->first[k]; i < r->first[k + 1]; i++)
            rings_add_vertex(&copy, r->vertex[i]);
        rings_end_ring(&copy);
    }
    return copy;
}

static inline GEOSGeometry *shapes_linear_ring(GEOSContextHandle_t g, const struct rings *r, uint32_t k)
{
    uint32_t n = r->first[k + 1] - r->first[k];
    GEOSCoordSequence *s = GEOSCoordSeq_create_r(g, n + 1, 2);
    for (uint32_t i = 0; i <= n; i++) {
        struct xy_m p = r->vertex[r->first[k] + i % n];
        GEOSCoordSeq_setXY_r(g, s, i, p.x, p.y);
    }
    return GEOSGeom_createLinearRing_r(g, s);
}

static inline double shapes_ring_area(const struct rings *r, uint32_t k)
{
    double doubled = 0;
    struct xy_m o = r->vertex[r->first[k]];
    for (uint32_t i = r->first[k]; i < r->first[k + 1]; i++) {
        struct xy_m p = r->vertex[i], q = r->vertex[i + 1 < r->first[k + 1] ? i + 1 : r->first[k]];
        doubled += (p.x - o.x) * (q.y - o.y) - (q.x - o.x) * (p.y - o.y);
    }
    return doubled / 2;
}

// Rings back to GEOS: outer rings counter-clockwise, each followed by its holes.
static inline GEOSGeometry *shapes_geos(GEOSContextHandle_t g, const struct rings *r)
{
    GEOSGeometry **part = calloc(r->count + 1, sizeof *part), **hole = calloc(r->count + 1, sizeof *hole);
    unsigned parts = 0;
    for (uint32_t k = 0; k < r->count;) {
        GEOSGeometry *shell = shapes_linear_ring(g, r, k++);
        unsigned holes = 0;
        while (k < r->count && shapes_ring_area(r, k) < 0)
            hole[holes++] = shapes_linear_ring(g, r, k++);
        part[parts++] = GEOSGeom_createPolygon_r(g, shell, hole, holes);
    }
    GEOSGeometry *all = parts == 1 ? part[0] : GEOSGeom_createCollection_r(g, GEOS_MULTIPOLYGON, part, parts);
    free(part);
    free(hole);
    return all;
}

// Common area by GEOS' overlay; NaN when GEOS cannot tell or a shape is not valid.
static inline double shapes_common_m2(GEOSContextHandle_t g, const struct rings *a, const struct rings *b)
{
    GEOSGeometry *ga = shapes_geos(g, a), *gb = shapes_geos(g, b);
    GEOSGeometry *common = GEOSisValid_r(g, ga) == 1 && GEOSisValid_r(g, gb) == 1 ? GEOSIntersection_r(g, ga, gb) : NULL;
    double area = NAN;
    if (common != NULL)
        GEOSArea_r(g, common, &area);
    GEOSGeom_destroy_r(g, common);
    GEOSGeom_destroy_r(g, ga);
    GEOSGeom_destroy_r(g, gb);
    return area;
}

// The fixtures are not part of the project: beside it, or where GRIDPATROL_FIXTURES says. NULL (and a word about it) when absent.
static inline char *shapes_fixture(const char *name)
{
    const char *root = getenv("GRIDPATROL_FIXTURES");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", root != NULL ? root : GP_SOURCE_DIR "/../shared/fixtures", name);
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        fprintf(stderr, "skipped: %s is not here\n", path);
        return NULL;
    }
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    char *text = calloc(1, (size_t)size + 1);
    if (fread(text, 1, (size_t)size, f) != (size_t)size)
        text[0] = '\0';
    fclose(f);
    return text;
}
