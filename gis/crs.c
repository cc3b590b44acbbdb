#include "gis/crs.h"
#include "core/base/mem.h"
#include "gis/crs_inside.h"
#include "gis/crs_patch.h"
#include <math.h>
#include <proj.h>
#include <stdio.h>
#include <string.h>

struct crs {
    PJ_CONTEXT *context;
    PJ *pj;                // the horizontal part, x east and y north
    char *name, *wkt, code[48];
    bool geographic, north_first;
    double unit;           // one unit of the axes in metres or radians
    bool has_area;         // of use, as the register states it
    struct box_m area;     // degrees
    char area_name[96];
    struct crs_road *to_lonlat; // NULL until it is asked for
};

static void stay_quiet(void *data, int level, const char *message)
{
    (void)data, (void)level, (void)message;
}

static PJ_CONTEXT *quiet_context(void)
{
    PJ_CONTEXT *context = proj_context_create();
    must(context != NULL);
    proj_log_func(context, NULL, stay_quiet);
    return context;
}

static PJ *replace(PJ *old, PJ *fresh)
{
    if (fresh == NULL)
        return old;
    proj_destroy(old);
    return fresh;
}

// Heights apart: only the plan counts here.
static PJ *plan_of(PJ_CONTEXT *context, PJ *pj)
{
    return proj_get_type(pj) == PJ_TYPE_COMPOUND_CRS ? replace(pj, proj_crs_get_sub_crs(context, pj, 0)) : pj;
}

// Axis order apart, too.
static PJ *horizontal(PJ_CONTEXT *context, PJ *pj)
{
    pj = plan_of(context, pj);
    return replace(pj, proj_normalize_for_visualization(context, pj));
}

// The CRS itself, out of a datum shift bound to it. Destroy the answer.
static PJ *unbound(PJ_CONTEXT *context, const PJ *pj)
{
    if (proj_get_type(pj) == PJ_TYPE_BOUND_CRS)
        return proj_get_source_crs(context, pj);
    return proj_clone(context, pj);
}

static double axis_unit(PJ_CONTEXT *context, const PJ *plain)
{
    double unit = 1;
    PJ *system = proj_crs_get_coordinate_system(context, plain);
    if (system != NULL)
        proj_cs_get_axis_info(context, system, 0, NULL, NULL, NULL, &unit, NULL, NULL, NULL);
    proj_destroy(system);
    return unit;
}

static bool learn_plain(struct crs *c)
{
    PJ *plain = unbound(c->context, c->pj);
    PJ_TYPE type = plain != NULL ? proj_get_type(plain) : PJ_TYPE_UNKNOWN;
    c->geographic = type == PJ_TYPE_GEOGRAPHIC_2D_CRS || type == PJ_TYPE_GEOGRAPHIC_3D_CRS;
    bool usable = c->geographic || type == PJ_TYPE_PROJECTED_CRS;
    if (usable)
        c->unit = axis_unit(c->context, plain);
    proj_destroy(plain);
    return usable;
}

// PROJ names a CRS whose axes were turned "X (with axis order normalized for visualization)" and takes its code away:
// name, code and text are asked of the CRS as it was given.
static void learn_names(struct crs *c, const PJ *given, const char *definition)
{
    const char *name = proj_get_name(given), *wkt = proj_as_wkt(c->context, given, PJ_WKT2_2019, NULL);
    const char *authority = proj_get_id_auth_name(given, 0), *number = proj_get_id_code(given, 0);
    if (name != NULL && strcmp(name, "unknown") == 0 && strlen(definition) < 120)
        name = definition; // a PROJ string says more than that
    c->name = mem_text(name != NULL ? name : "");
    c->wkt = mem_text(wkt != NULL ? wkt : "");
    if (authority != NULL && number != NULL)
        snprintf(c->code, sizeof c->code, "%s:%s", authority, number);
}

// The authority's own order of axes, before it is turned.
static void learn_order(struct crs *c, const PJ *given)
{
    const char *way = NULL;
    PJ *plain = unbound(c->context, given);
    PJ *system = plain != NULL ? proj_crs_get_coordinate_system(c->context, plain) : NULL;
    if (system != NULL && proj_cs_get_axis_info(c->context, system, 0, NULL, NULL, &way, NULL, NULL, NULL, NULL) && way != NULL)
        c->north_first = strcmp(way, "north") == 0 || strcmp(way, "south") == 0;
    proj_destroy(system);
    proj_destroy(plain);
}

static void learn_area(struct crs *c, const PJ *given)
{
    const char *name = NULL;
    double w, s, e, n;
    c->has_area = proj_get_area_of_use(c->context, given, &w, &s, &e, &n, &name) && w > -1000;
    if (!c->has_area)
        return;
    c->area = (struct box_m){ w, s, e, n };
    snprintf(c->area_name, sizeof c->area_name, "%s", name != NULL ? name : "");
}

static PJ *create(PJ_CONTEXT *context, const char *definition)
{
    PJ *pj = proj_create(context, definition);
    if (pj != NULL && proj_is_crs(pj))
        return pj;
    proj_destroy(pj);
    if (strstr(definition, "+proj=") == NULL || strlen(definition) > 4000)
        return NULL;
    char with_type[4096];
    snprintf(with_type, sizeof with_type, "%s +type=crs", definition);
    pj = proj_create(context, with_type);
    if (pj != NULL && proj_is_crs(pj))
        return pj;
    proj_destroy(pj);
    return NULL;
}

enum status crs_open(const char *definition, struct crs **out, struct err *e)
{
    PJ_CONTEXT *context = quiet_context();
    PJ *given = create(context, definition);
    if (given == NULL) {
        proj_context_destroy(context);
        return err_set(e, INVALID, "\"%.80s\" is not a coordinate reference system PROJ knows; write it like EPSG:4549", definition);
    }
    struct crs *c = mem_get(1, sizeof *c);
    c->context = context;
    learn_names(c, given, definition);
    learn_area(c, given);
    learn_order(c, given);
    c->pj = horizontal(context, given);
    if (!learn_plain(c)) {
        err_set(e, INVALID, "%.80s is no map CRS: a geographic or a projected one is needed", c->name);
        crs_close(c);
        return INVALID;
    }
    *out = c;
    return OK;
}

void crs_close(struct crs *c)
{
    if (c == NULL)
        return;
    crs_road_close(c->to_lonlat);
    proj_destroy(c->pj);
    proj_context_destroy(c->context);
    mem_free(c->name);
    mem_free(c->wkt);
    mem_free(c);
}

const char *crs_name(const struct crs *c) { return c->name; }
const char *crs_code(const struct crs *c) { return c->code; }
const char *crs_wkt(const struct crs *c) { return c->wkt; }
bool crs_is_north_first(const struct crs *c) { return c->north_first; }
bool crs_is_geographic(const struct crs *c) { return c->geographic; }
double crs_unit(const struct crs *c) { return c->unit; }
double crs_half_turn(const struct crs *c) { return c->geographic ? M_PI / c->unit : 0; }

// A context opens PROJ's database anew, a millisecond or two each: whoever has one hands it on.
static bool same_in(PJ_CONTEXT *context, const struct crs *a, const struct crs *b)
{
    if (a == b || strcmp(a->wkt, b->wkt) == 0)
        return true;
    PJ *pa = create(context, a->wkt), *pb = create(context, b->wkt);
    bool same = false;
    if (pa != NULL && pb != NULL) {
        pa = horizontal(context, pa);
        pb = horizontal(context, pb);
        same = proj_is_equivalent_to_with_ctx(context, pa, pb, PJ_COMP_EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS);
    }
    proj_destroy(pa);
    proj_destroy(pb);
    return same;
}

bool crs_same(const struct crs *a, const struct crs *b)
{
    PJ_CONTEXT *context = quiet_context();
    bool same = same_in(context, a, b);
    proj_context_destroy(context);
    return same;
}

bool crs_area_of_use(const struct crs *c, struct box_m *lonlat, char *name, size_t cap)
{
    if (!c->has_area)
        return false;
    *lonlat = c->area;
    snprintf(name, cap, "%s", c->area_name);
    return true;
}

// EPSG method 1024: a sphere's Mercator under ellipsoidal coordinates, true to scale nowhere in particular.
bool crs_is_web_mercator(const struct crs *c)
{
    PJ *plain = unbound(c->context, c->pj);
    PJ *projection = plain != NULL ? proj_crs_get_coordoperation(c->context, plain) : NULL;
    const char *method = NULL, *code = NULL;
    if (projection != NULL)
        proj_coordoperation_get_method_info(c->context, projection, &method, NULL, &code);
    bool web = (code != NULL && strcmp(code, "1024") == 0) || (method != NULL && strstr(method, "Pseudo Mercator") != NULL);
    proj_destroy(projection);
    proj_destroy(plain);
    return web;
}

// --- roads -----------------------------------------------------------------------------------------------------------

struct crs_road {
    PJ_CONTEXT *context;
    PJ *pj;                // NULL: straight
    double patch;          // size of a patch in the unit of the CRS it starts from, about a kilometre
    struct crs_patches *patches;
};

// Axes are turned once the way is found: a CRS whose axes were turned has lost its code, and PROJ looks through its whole register for
// CRSs that are like it, 15 to 170 ms instead of 0.2 to 40.
static PJ *pipeline(PJ_CONTEXT *context, const char *from_wkt, const char *to_wkt)
{
    PJ *from = create(context, from_wkt), *to = create(context, to_wkt), *road = NULL;
    if (from != NULL && to != NULL) {
        from = plan_of(context, from);
        to = plan_of(context, to);
        road = proj_create_crs_to_crs_from_pj(context, from, to, NULL, NULL);
    }
    if (road != NULL)
        road = replace(road, proj_normalize_for_visualization(context, road));
    proj_destroy(from);
    proj_destroy(to);
    return road;
}

static struct crs_road *new_road(PJ_CONTEXT *context, PJ *pj, double patch)
{
    struct crs_road *r = mem_get(1, sizeof *r);
    *r = (struct crs_road){ .context = context, .pj = pj, .patch = patch };
    return r;
}

enum status crs_road_open(const struct crs *from, const struct crs *to, struct crs_road **out, struct err *e)
{
    PJ_CONTEXT *context = quiet_context();
    PJ *pj = NULL;
    if (!same_in(context, from, to)) {
        pj = pipeline(context, from->wkt, to->wkt);
        if (pj == NULL) {
            proj_context_destroy(context);
            return err_set(e, INVALID, "PROJ knows no way from %.80s to %.80s", from->name, to->name);
        }
    }
    *out = new_road(context, pj, from->geographic ? crs_half_turn(from) / 18000 : 1000 / from->unit);
    return OK;
}

enum status crs_road_copy(const struct crs_road *r, struct crs_road **out, struct err *e)
{
    PJ_CONTEXT *context = quiet_context();
    PJ *pj = r->pj != NULL ? proj_clone(context, r->pj) : NULL;
    if (r->pj != NULL && pj == NULL) {
        proj_context_destroy(context);
        return err_set(e, FAILED, "PROJ could not copy a way from one CRS to another");
    }
    *out = new_road(context, pj, r->patch);
    return OK;
}

enum status crs_road_to_lonlat(const struct crs *c, struct crs_road **out, struct err *e)
{
    struct crs *wgs84 = NULL;
    if (c->to_lonlat == NULL) {
        enum status s = crs_open(CRS_WGS84, &wgs84, e);
        if (s == OK)
            s = crs_road_open(c, wgs84, &((struct crs *)c)->to_lonlat, e);
        crs_close(wgs84);
        if (s != OK)
            return s;
    }
    *out = c->to_lonlat;
    return OK;
}

bool crs_road_is_straight(const struct crs_road *r) { return r->pj == NULL; }

size_t crs_road_go(struct crs_road *r, struct xy_m *points, size_t count)
{
    if (r->pj == NULL || count == 0)
        return 0;
    size_t stride = sizeof *points, failed = 0;
    proj_trans_generic(r->pj, PJ_FWD, &points[0].x, stride, count, &points[0].y, stride, count, NULL, 0, 0, NULL, 0, 0);
    for (size_t i = 0; i < count; i++) {
        if (isfinite(points[i].x) && isfinite(points[i].y))
            continue;
        points[i] = (struct xy_m){ NAN, NAN };
        failed++;
    }
    return failed;
}

size_t crs_road_go_near(struct crs_road *r, struct xy_m *points, size_t count)
{
    if (r->pj == NULL || count == 0)
        return 0;
    if (r->patches == NULL)
        r->patches = crs_patches_open(r, r->patch);
    return crs_patches_go(r->patches, points, count);
}

void crs_road_close(struct crs_road *r)
{
    if (r == NULL)
        return;
    crs_patches_close(r->patches);
    proj_destroy(r->pj);
    proj_context_destroy(r->context);
    mem_free(r);
}
