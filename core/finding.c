#include "core/finding.h"

#include "core/base/date.h"
#include "core/store/finding_rows.h"
#include "core/store/step_rows.h"
#include "gis/china_crs.h"
#include "gis/crs.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static enum status move_place(struct xy_m *p, const char *from, const char *to, struct err *e)
{
    struct crs *a = NULL, *b = NULL;
    struct crs_road *road = NULL;
    enum status s = crs_open(from, &a, e);
    if (s == OK)
        s = crs_open(to, &b, e);
    if (s == OK)
        s = crs_road_open(a, b, &road, e);
    if (s == OK)
        crs_road_go(road, p, 1);
    crs_road_close(road);
    crs_close(b);
    crs_close(a);
    return s;
}

static enum status to_lonlat(struct finding_spec *f, struct xy_m *p, struct err *e)
{
    enum china_crs china;
    if (!china_crs_named(f->crs, &china))
        return move_place(p, f->crs, "OGC:CRS84", e);
    china_crs_to_lonlat(china, p, 1);
    f->accuracy_m = isnan(f->accuracy_m) ? CHINA_CRS_ERROR_M : f->accuracy_m + CHINA_CRS_ERROR_M;
    return OK;
}

enum status finding_locate(struct work *w, const struct placing *p, struct finding_spec *f)
{
    struct xy_m at = { f->x, f->y };
    enum status s = to_lonlat(f, &at, w->e);
    if (s == OK && !(fabs(at.x) <= 180 && fabs(at.y) <= 90))
        s = err_set(w->e, INVALID, "%.9g,%.9g is no place in %s; give east or longitude first", f->x, f->y, f->crs);
    if (s != OK)
        return s;
    f->lon = at.x;
    f->lat = at.y;
    s = move_place(&at, "OGC:CRS84", w->district->metric_crs, w->e);
    struct place_in_grid place = s == OK ? placing_find(p, at) : (struct place_in_grid){ 0 };
    f->cell_code = place.cell_code;
    f->community_code = place.community_code;
    return s;
}

enum status finding_record(struct work *w, struct desk *d, const struct finding_spec *f, struct walk *out)
{
    struct walk k;
    int64_t n = 0;
    int year = date_of_day((int32_t)((w->now_s + w->district->zone_offset_s) / DAY_S)).year;
    char series[WALK_NUMBER];
    struct birth birth = { .thing = "finding", .verb = "report", .facts = { .has_place = !isnan(f->lon) } };
    enum status s = step_birth(w, d, &birth, &k);
    snprintf(series, sizeof series, "%s-SB-%d", w->district->code, year);
    if (s == OK)
        s = number_next(w->db, series, &n, w->e);
    if (s == OK && snprintf(k.number, sizeof k.number, "%s-%05" PRId64, series, n) >= (int)sizeof k.number)
        s = err_set(w->e, TOO_BIG, "the number %s is too long", series);
    if (s == OK)
        s = finding_insert(w->db, &k, f, w->now_s, w->e);
    if (s == OK)
        s = step_born(w, d, &k, "report", f->text);
    if (s == OK)
        *out = k;
    return s;
}
