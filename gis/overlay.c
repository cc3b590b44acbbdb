#include "gis/overlay.h"
#include "core/base/mem.h"
#include "gis/arrange.h"
#include "gis/polygons.h"
#include "gis/relate.h"
#include <geos_c.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double NEARER = 1e-4;           // of a distance: what is lost in reckoning it
static const double AREA_OFF_M2 = 1e-4, AREA_OFF = 1e-6; // an area that is right is no further off
static const double FREE_PRECISION = 0, PRECISION_M = 0.001, COARSE_PRECISION_M = 0.01, MITRE_LIMIT = 5;

struct overlay { GEOSContextHandle_t geos; struct arrangement *arrangement; char said[200]; };

static void keep_message(const char *message, void *overlay)
{
    struct overlay *o = overlay;
    snprintf(o->said, sizeof o->said, "%s", message);
}

struct overlay *overlay_open(void)
{
    struct overlay *o = mem_get(1, sizeof *o);
    o->geos = GEOS_init_r();
    must(o->geos != NULL);
    o->arrangement = arrange_open();
    GEOSContext_setErrorMessageHandler_r(o->geos, keep_message, o);
    return o;
}

void overlay_close(struct overlay *o)
{
    if (o == NULL)
        return;
    GEOS_finish_r(o->geos);
    arrange_close(o->arrangement);
    mem_free(o);
}

static enum status failed(const struct overlay *o, const char *doing, struct err *e)
{
    return err_set(e, FAILED, "GEOS could not %s: %.160s", text_in(e->lang, doing),
                   o->said[0] != '\0' ? o->said : "-");
}

// --- rings to GEOS ---------------------------------------------------------------------------------------------------

static GEOSGeometry *ring_of(struct overlay *o, const struct rings *r, uint32_t k)
{
    uint32_t first = r->first[k], n = r->first[k + 1] - first;
    GEOSCoordSequence *points = GEOSCoordSeq_create_r(o->geos, n + 1, 2);
    if (points == NULL)
        return NULL;
    for (uint32_t i = 0; i <= n; i++) {
        struct xy_m p = r->vertex[first + (i < n ? i : 0)];
        GEOSCoordSeq_setXY_r(o->geos, points, i, p.x, p.y);
    }
    return GEOSGeom_createLinearRing_r(o->geos, points); // takes the points, also when it fails
}

static bool is_clockwise(const struct rings *r, uint32_t k)
{
    uint32_t first[2] = { 0, r->first[k + 1] - r->first[k] };
    struct rings one = { .vertex = r->vertex + r->first[k], .first = first, .count = 1 };
    return rings_area_m2(&one) < 0;
}

// Rings first .. end-1: an outer one and its holes.
static GEOSGeometry *polygon_of(struct overlay *o, const struct rings *r, uint32_t first, uint32_t end)
{
    uint32_t holes = end - first - 1;
    GEOSGeometry *outer = ring_of(o, r, first), *polygon = NULL;
    GEOSGeometry **hole = mem_get(holes, sizeof *hole);
    bool whole = outer != NULL;
    for (uint32_t k = 0; k < holes; k++) {
        hole[k] = ring_of(o, r, first + 1 + k);
        whole &= hole[k] != NULL;
    }
    if (whole)
        polygon = GEOSGeom_createPolygon_r(o->geos, outer, hole, holes); // takes the rings, also when it fails
    for (uint32_t k = 0; k < holes && !whole; k++)
        GEOSGeom_destroy_r(o->geos, hole[k]);
    if (!whole)
        GEOSGeom_destroy_r(o->geos, outer);
    mem_free(hole);
    return polygon;
}

// A clockwise ring is a hole of the outer ring before it. NULL when GEOS refuses.
static GEOSGeometry *geometry_of(struct overlay *o, const struct rings *r)
{
    GEOSGeometry **part = mem_get(r->count, sizeof *part), *all = NULL;
    uint32_t parts = 0;
    bool whole = true;
    for (uint32_t k = 0, end; k < r->count && whole; k = end) {
        end = k + 1;
        while (end < r->count && is_clockwise(r, end))
            end++;
        part[parts] = polygon_of(o, r, k, end);
        whole = part[parts] != NULL;
        parts += whole;
    }
    if (whole && parts == 1)
        all = part[0];
    else if (whole)
        all = GEOSGeom_createCollection_r(o->geos, GEOS_MULTIPOLYGON, part, parts);
    for (uint32_t k = 0; k < parts && !whole; k++)
        GEOSGeom_destroy_r(o->geos, part[k]);
    mem_free(part);
    return all;
}

// --- GEOS to rings ---------------------------------------------------------------------------------------------------

static bool add_ring(struct overlay *o, const GEOSGeometry *ring, bool clockwise, struct rings *out)
{
    const GEOSCoordSequence *points = GEOSGeom_getCoordSeq_r(o->geos, ring);
    unsigned n = 0;
    char ccw = 0;
    if (points == NULL || !GEOSCoordSeq_getSize_r(o->geos, points, &n))
        return false;
    if (n < 4)
        return true;
    if (!GEOSCoordSeq_isCCW_r(o->geos, points, &ccw))
        return false;
    bool backwards = (ccw == 1) == clockwise;
    for (unsigned i = 0; i + 1 < n; i++) {
        struct xy_m p;
        GEOSCoordSeq_getXY_r(o->geos, points, backwards ? n - 1 - i : i, &p.x, &p.y);
        rings_add_vertex(out, p);
    }
    rings_end_ring(out);
    return true;
}

static bool add_polygon(struct overlay *o, const GEOSGeometry *polygon, struct rings *out)
{
    if (GEOSisEmpty_r(o->geos, polygon) == 1)
        return true;
    bool good = add_ring(o, GEOSGetExteriorRing_r(o->geos, polygon), false, out);
    int holes = GEOSGetNumInteriorRings_r(o->geos, polygon);
    for (int k = 0; k < holes && good; k++)
        good = add_ring(o, GEOSGetInteriorRingN_r(o->geos, polygon, k), true, out);
    return good;
}

// Points and lines that overlays leave behind are no area and are left out.
static bool add_polygons(struct overlay *o, const GEOSGeometry *g, struct rings *out)
{
    int type = GEOSGeomTypeId_r(o->geos, g);
    if (type == GEOS_POLYGON)
        return add_polygon(o, g, out);
    if (type != GEOS_MULTIPOLYGON && type != GEOS_GEOMETRYCOLLECTION)
        return true;
    int parts = GEOSGetNumGeometries_r(o->geos, g);
    bool good = true;
    for (int k = 0; k < parts && good; k++)
        good = add_polygons(o, GEOSGetGeometryN_r(o->geos, g, k), out);
    return good;
}

// Consumes g; NULL is the sign that GEOS failed.
static enum status deliver(struct overlay *o, GEOSGeometry *g, const char *doing, struct rings *out, struct err *e)
{
    if (g == NULL)
        return failed(o, doing, e);
    rings_start(out);
    bool good = add_polygons(o, g, out);
    GEOSGeom_destroy_r(o->geos, g);
    return good ? OK : failed(o, doing, e);
}

// --- without GEOS ----------------------------------------------------------------------------------------------------

// Most shapes are small and answered straight from their edges (arrange.h). An answer is believed when its area is what it
// must be: relate.c knows the shared ground without any topology.

static bool about(double area_m2, double expected_m2)
{
    return fabs(area_m2 - expected_m2) <= AREA_OFF_M2 + AREA_OFF * expected_m2;
}

static bool cut_directly(struct overlay *o, const struct overlay_cut *c, struct rings *out)
{
    arrange_start(o->arrangement);
    arrange_add(o->arrangement, c->from, ARRANGE_COVERED);
    arrange_add(o->arrangement, c->what, ARRANGE_CUT);
    return arrange_regions(o->arrangement, out) && about(rings_area_m2(out), rings_area_m2(c->from) - c->common_m2);
}

static bool grow_directly(struct overlay *o, const struct rings *a, double distance_m, struct rings *out)
{
    arrange_start(o->arrangement);
    arrange_add_grown(o->arrangement, a, distance_m);
    return arrange_regions(o->arrangement, out);
}

// Every vertex lies that far from every edge. What is shrunk by more than it is wide may turn inside out and look like ground again, but
// then it comes too near to an edge.
static bool stays_away(const struct rings *inner, const struct rings *outline, double least_m)
{
    double least2 = least_m * least_m;
    for (uint32_t k = 0; k < outline->count; k++)
        for (uint32_t last = outline->first[k + 1] - 1, i = outline->first[k]; i < outline->first[k + 1]; last = i++)
            for (uint32_t v = 0; v < inner->first[inner->count]; v++)
                if (xy_to_segment_m2(inner->vertex[v], outline->vertex[last], outline->vertex[i]) < least2)
                    return false;
    return true;
}

// Out and in takes nothing away.
static bool close_directly(struct overlay *o, const struct rings *a, double by_m, struct rings *out)
{
    double area_m2 = rings_area_m2(a);
    return grow_directly(o, a, by_m, out) && grow_directly(o, out, -by_m, out) && area_m2 - rings_area_m2(out) <= AREA_OFF_M2 + AREA_OFF * area_m2;
}

// In and out adds nothing but what mitres reach beyond at sharp corners, and then, where nothing grows together, the ground is what the grown
// edges wind around.
static bool open_directly(struct overlay *o, const struct rings *a, double by_m, struct rings *out)
{
    double area_m2 = rings_area_m2(a);
    if (!grow_directly(o, a, -by_m, out) || (out->count > 0 && !stays_away(out, a, by_m * (1 - NEARER))))
        return false;
    if (!grow_directly(o, out, by_m, out))
        return false;
    double opened_m2 = rings_area_m2(out);
    return opened_m2 - area_m2 <= AREA_OFF_M2 + AREA_OFF * area_m2 || about(opened_m2, arrange_wound_m2(o->arrangement));
}

static bool join_directly(struct overlay *o, const struct rings *const *parts, int n, double close_m, struct rings *out)
{
    arrange_start(o->arrangement);
    for (int k = 0; k < n; k++)
        arrange_add(o->arrangement, parts[k], ARRANGE_COVERED);
    return arrange_regions(o->arrangement, out) && (close_m == 0 || close_directly(o, out, close_m, out));
}

// --- the questions ---------------------------------------------------------------------------------------------------

// Overlapping parts are joined (a building drawn in two pieces), both lobes of a bow tie stay. Where a spike runs along another
// edge GEOS 3.11 loses its way ("unable to assign hole to a shell") or not, depending on the first vertex: its other method
// then puts the lines together anew.
static GEOSGeometry *make_valid(struct overlay *o, const GEOSGeometry *g)
{
    GEOSMakeValidParams *params = GEOSMakeValidParams_create_r(o->geos);
    GEOSMakeValidParams_setMethod_r(o->geos, params, GEOS_MAKE_VALID_STRUCTURE);
    GEOSMakeValidParams_setKeepCollapsed_r(o->geos, params, 0);
    GEOSGeometry *valid = GEOSMakeValidWithParams_r(o->geos, g, params);
    GEOSMakeValidParams_destroy_r(o->geos, params);
    return valid != NULL ? valid : GEOSMakeValid_r(o->geos, g);
}

enum status overlay_repair(struct overlay *o, const struct rings *in, struct rings *out, bool *repaired, struct err *e)
{
    o->said[0] = '\0';
    GEOSGeometry *g = geometry_of(o, in);
    if (g == NULL)
        return failed(o, "read the outline", e);
    bool valid = GEOSisValid_r(o->geos, g) == 1;
    if (!valid) {
        GEOSGeometry *better = make_valid(o, g);
        GEOSGeom_destroy_r(o->geos, g);
        g = better;
    }
    enum status s = deliver(o, g, "repair the outline", out, e);
    if (s == OK && out->count == 0)
        return err_set(e, FAILED, "nothing of the outline has an area");
    if (s == OK)
        *repaired = !valid;
    return s;
}

static GEOSGeometry *buffer(struct overlay *o, const GEOSGeometry *g, double distance_m)
{
    GEOSBufferParams *params = GEOSBufferParams_create_r(o->geos);
    GEOSBufferParams_setJoinStyle_r(o->geos, params, GEOSBUF_JOIN_MITRE);
    GEOSBufferParams_setMitreLimit_r(o->geos, params, MITRE_LIMIT);
    GEOSGeometry *wide = GEOSBufferWithParams_r(o->geos, g, params, distance_m);
    GEOSBufferParams_destroy_r(o->geos, params);
    return wide;
}

// Out and back (or in and back). Consumes g.
static GEOSGeometry *there_and_back(struct overlay *o, GEOSGeometry *g, double distance_m)
{
    if (g == NULL || distance_m == 0)
        return g;
    GEOSGeometry *there = buffer(o, g, distance_m);
    GEOSGeom_destroy_r(o->geos, g);
    if (there == NULL)
        return NULL;
    GEOSGeometry *back = buffer(o, there, -distance_m);
    GEOSGeom_destroy_r(o->geos, there);
    return back;
}

enum status overlay_union(struct overlay *o, const struct rings *const *parts, int n, double close_m, struct rings *out, struct err *e)
{
    o->said[0] = '\0';
    if (join_directly(o, parts, n, close_m, out))
        return OK;
    GEOSGeometry **piece = mem_get((size_t)n, sizeof *piece), *all = NULL, *joined = NULL;
    int made = 0;
    for (bool good = true; made < n && good;) {
        GEOSGeometry *g = geometry_of(o, parts[made]);
        piece[made] = g != NULL && GEOSisValid_r(o->geos, g) != 1 ? make_valid(o, g) : g;
        if (g != NULL && piece[made] != g)
            GEOSGeom_destroy_r(o->geos, g);
        good = piece[made] != NULL;
        made += good;
    }
    if (made == n)
        all = GEOSGeom_createCollection_r(o->geos, GEOS_GEOMETRYCOLLECTION, piece, (unsigned)n); // takes the pieces
    for (int i = 0; i < made && made < n; i++)
        GEOSGeom_destroy_r(o->geos, piece[i]);
    mem_free(piece);
    if (all != NULL) {
        joined = there_and_back(o, GEOSUnaryUnion_r(o->geos, all), close_m);
        GEOSGeom_destroy_r(o->geos, all);
    }
    return deliver(o, joined, "join the pieces", out, e);
}

typedef GEOSGeometry *overlay_operation(GEOSContextHandle_t, const GEOSGeometry *, const GEOSGeometry *, double);

// Consumes nothing. Free precision first (cheapest, and without the shuffled order of snap rounding); the way of retreat: 1 mm,
// 1 cm, 1 mm with repaired input.
static GEOSGeometry *with_retreat(struct overlay *o, overlay_operation *operation, const GEOSGeometry *a, const GEOSGeometry *b)
{
    GEOSGeometry *g = operation(o->geos, a, b, FREE_PRECISION);
    if (g == NULL)
        g = operation(o->geos, a, b, PRECISION_M);
    if (g == NULL)
        g = operation(o->geos, a, b, COARSE_PRECISION_M);
    if (g != NULL)
        return g;
    GEOSGeometry *better_a = make_valid(o, a), *better_b = make_valid(o, b);
    if (better_a != NULL && better_b != NULL)
        g = operation(o->geos, better_a, better_b, PRECISION_M);
    if (better_a != NULL)
        GEOSGeom_destroy_r(o->geos, better_a);
    if (better_b != NULL)
        GEOSGeom_destroy_r(o->geos, better_b);
    return g;
}

static enum status overlay_two(struct overlay *o, overlay_operation *operation, const struct rings *a, const struct rings *b,
                               const char *doing, struct rings *out, struct err *e)
{
    o->said[0] = '\0';
    GEOSGeometry *ga = geometry_of(o, a), *gb = geometry_of(o, b), *g = NULL;
    if (ga != NULL && gb != NULL)
        g = with_retreat(o, operation, ga, gb);
    if (ga != NULL)
        GEOSGeom_destroy_r(o->geos, ga);
    if (gb != NULL)
        GEOSGeom_destroy_r(o->geos, gb);
    return deliver(o, g, doing, out, e);
}

enum status overlay_minus_known(struct overlay *o, const struct overlay_cut *c, struct rings *out, struct err *e)
{
    if (cut_directly(o, c, out))
        return OK;
    return overlay_two(o, GEOSDifferencePrec_r, c->from, c->what, "subtract the outlines", out, e);
}

enum status overlay_minus(struct overlay *o, const struct rings *a, const struct rings *b, struct rings *out, struct err *e)
{
    return overlay_minus_known(o, &(struct overlay_cut){a, b, relate_overlap_m2(a, b)}, out, e);
}

enum status overlay_common(struct overlay *o, const struct rings *a, const struct rings *b, struct rings *out, struct err *e)
{
    return overlay_two(o, GEOSIntersectionPrec_r, a, b, "intersect the outlines", out, e);
}

enum status overlay_open_by(struct overlay *o, const struct rings *a, double radius_m, struct rings *out, struct err *e)
{
    o->said[0] = '\0';
    if (open_directly(o, a, radius_m, out))
        return OK;
    return deliver(o, there_and_back(o, geometry_of(o, a), -radius_m), "open the outline", out, e);
}

// --- Relations of any geometries ---------------------------------------------------------------------------------------

// Valid, or as valid as GEOS makes it; NULL when the bytes are no geometry.
static GEOSGeometry *geometry_of_wkb(struct overlay *o, struct overlay_wkb wkb)
{
    GEOSWKBReader *reader = GEOSWKBReader_create_r(o->geos);
    GEOSGeometry *g = GEOSWKBReader_read_r(o->geos, reader, wkb.bytes, wkb.len);
    GEOSWKBReader_destroy_r(o->geos, reader);
    if (g == NULL || GEOSisValid_r(o->geos, g) == 1)
        return g;
    GEOSGeometry *better = make_valid(o, g);
    GEOSGeom_destroy_r(o->geos, g);
    return better;
}

enum status overlay_relate(struct overlay *o, enum overlay_relation relation, struct overlay_wkb a, struct overlay_wkb b, bool *out,
                           struct err *e)
{
    typedef char overlay_question(GEOSContextHandle_t, const GEOSGeometry *, const GEOSGeometry *);
    static overlay_question *const questions[] = {
        [OVERLAY_INTERSECTS] = GEOSIntersects_r, [OVERLAY_EQUALS] = GEOSEquals_r, [OVERLAY_DISJOINT] = GEOSDisjoint_r,
        [OVERLAY_TOUCHES] = GEOSTouches_r, [OVERLAY_WITHIN] = GEOSWithin_r, [OVERLAY_OVERLAPS] = GEOSOverlaps_r,
        [OVERLAY_CROSSES] = GEOSCrosses_r, [OVERLAY_CONTAINS] = GEOSContains_r,
    };
    static const char COULD_NOT_TELL = 2;
    enum status s = OK;
    o->said[0] = '\0';
    GEOSGeometry *ga = geometry_of_wkb(o, a), *gb = geometry_of_wkb(o, b);
    char answer = ga != NULL && gb != NULL ? questions[relation](o->geos, ga, gb) : COULD_NOT_TELL;
    if (ga == NULL || gb == NULL)
        s = err_set(e, INVALID, "a geometry cannot be read: %.160s", o->said[0] != '\0' ? o->said : "-");
    else if (answer == COULD_NOT_TELL)
        s = failed(o, "relate the geometries", e);
    else
        *out = answer == 1;
    if (ga != NULL)
        GEOSGeom_destroy_r(o->geos, ga);
    if (gb != NULL)
        GEOSGeom_destroy_r(o->geos, gb);
    return s;
}

// --- pieces ----------------------------------------------------------------------------------------------------------

static GEOSGeometry *line_of(struct overlay *o, const struct segment_m *s)
{
    GEOSCoordSequence *points = GEOSCoordSeq_create_r(o->geos, 2, 2);
    if (points == NULL)
        return NULL;
    GEOSCoordSeq_setXY_r(o->geos, points, 0, s->a.x, s->a.y);
    GEOSCoordSeq_setXY_r(o->geos, points, 1, s->b.x, s->b.y);
    return GEOSGeom_createLineString_r(o->geos, points);
}

static GEOSGeometry *lines_of(struct overlay *o, const struct segments *lines)
{
    must(lines->count <= INT32_MAX);
    GEOSGeometry **line = mem_get(lines->count, sizeof *line), *all = NULL;
    size_t made = 0;
    while (made < lines->count && (line[made] = line_of(o, &lines->at[made])) != NULL)
        made++;
    if (made == lines->count)
        all = GEOSGeom_createCollection_r(o->geos, GEOS_MULTILINESTRING, line, (unsigned)made); // takes the lines
    for (size_t i = 0; i < made && made < lines->count; i++)
        GEOSGeom_destroy_r(o->geos, line[i]);
    mem_free(line);
    return all;
}

static bool place_inside(struct overlay *o, const GEOSGeometry *polygon, struct xy_m *out)
{
    GEOSGeometry *p = GEOSPointOnSurface_r(o->geos, polygon);
    bool good = p != NULL && GEOSGeomGetX_r(o->geos, p, &out->x) == 1 && GEOSGeomGetY_r(o->geos, p, &out->y) == 1;
    if (p != NULL)
        GEOSGeom_destroy_r(o->geos, p);
    return good;
}

// Pieces so thin that no place inside can be told have no area to speak of.
static bool add_pieces(struct overlay *o, const GEOSGeometry *g, struct polygons *pieces, struct xy_m **inside)
{
    int n = GEOSGetNumGeometries_r(o->geos, g);
    struct rings r = {0};
    bool good = n >= 0;
    *inside = mem_get(n > 0 ? (size_t)n : 0, sizeof **inside);
    for (int k = 0; k < n && good; k++) {
        const GEOSGeometry *polygon = GEOSGetGeometryN_r(o->geos, g, k);
        if (!place_inside(o, polygon, &(*inside)[pieces->count]))
            continue;
        rings_start(&r);
        good = add_polygon(o, polygon, &r);
        polygons_add_local(pieces, &r);
    }
    rings_clear(&r);
    return good;
}

enum status overlay_pieces(struct overlay *o, const struct segments *lines, double grid_m, struct polygons *pieces, struct xy_m **inside, struct err *e)
{
    must(pieces->count == 0);
    o->said[0] = '\0';
    *inside = NULL;
    GEOSGeometry *all = lines_of(o, lines), *cut = NULL, *g = NULL;
    if (all != NULL)
        cut = grid_m > 0 ? GEOSUnaryUnionPrec_r(o->geos, all, grid_m) : GEOSUnaryUnion_r(o->geos, all);
    if (cut != NULL)
        g = GEOSPolygonize_r(o->geos, (const GEOSGeometry *const *)&cut, 1);
    bool good = g != NULL && add_pieces(o, g, pieces, inside);
    GEOSGeometry *made[] = { all, cut, g };
    for (int i = 0; i < 3; i++)
        if (made[i] != NULL)
            GEOSGeom_destroy_r(o->geos, made[i]);
    if (good)
        return OK;
    mem_free(*inside);
    *inside = NULL;
    return failed(o, "cut the lines up", e);
}
