#include "core/locator.h"

#include "core/base/mem.h"
#include "core/placing.h"
#include "gis/china_crs.h"
#include "gis/crs.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CRS_MOST = 128 };

struct locator {
    struct placing *placing;
    struct crs_road *to_metric;
    struct crs_road *from;                             // the way of the last question, out of this system
    char crs[CRS_MOST];
};

void locator_close(struct locator *l)
{
    if (l == NULL)
        return;
    placing_close(l->placing);
    crs_road_close(l->to_metric);
    crs_road_close(l->from);
    mem_free(l);
}

static enum status open_road(const char *from, const char *to, struct crs_road **out, struct err *e)
{
    struct crs *a = NULL, *b = NULL;
    enum status s = crs_open(from, &a, e);
    if (s == OK)
        s = crs_open(to, &b, e);
    if (s == OK)
        s = crs_road_open(a, b, out, e);
    crs_close(b);
    crs_close(a);
    return s;
}

static enum status know_way(struct locator *l, const char *crs, struct err *e)
{
    if (l->from != NULL && strcmp(l->crs, crs) == 0)
        return OK;
    crs_road_close(l->from);
    l->from = NULL;
    snprintf(l->crs, sizeof l->crs, "%s", crs);
    return open_road(crs, "OGC:CRS84", &l->from, e);
}

static enum status to_lonlat(struct locator *l, const char *crs, struct xy_m *at, double *added_m, struct err *e)
{
    enum china_crs china;
    if (strlen(crs) >= CRS_MOST)
        return err_set(e, INVALID, "the name of a reference system has at most %d bytes", CRS_MOST - 1);
    if (china_crs_named(crs, &china)) {
        china_crs_to_lonlat(china, at, 1);
        *added_m = CHINA_CRS_ERROR_M;
        return OK;
    }
    enum status s = know_way(l, crs, e);
    if (s == OK)
        crs_road_go(l->from, at, 1);
    return s;
}

enum status locator_find(struct work *w, struct locator **kept, const char *crs, struct xy_m given, struct located *out)
{
    struct xy_m at = given;
    struct located found = { .lon = NAN };
    if (*kept == NULL)
        *kept = mem_get(1, sizeof **kept);
    struct locator *l = *kept;
    enum status s = to_lonlat(l, crs, &at, &found.added_m, w->e);
    if (s == OK && !(fabs(at.x) <= 180 && fabs(at.y) <= 90))
        s = err_set(w->e, INVALID, "%.9g,%.9g is no place in %s; give east or longitude first", given.x, given.y, crs);
    if (s == OK)
        s = placing_know(w, &l->placing);
    if (s == OK && l->to_metric == NULL)
        s = open_road("OGC:CRS84", w->district->metric_crs, &l->to_metric, w->e);
    if (s != OK)
        return s;
    found.lon = at.x;
    found.lat = at.y;
    crs_road_go(l->to_metric, &at, 1);
    struct place_in_grid place = placing_find(l->placing, at);
    found.cell_code = place.cell_code;
    found.community_code = place.community_code;
    *out = found;
    return OK;
}
