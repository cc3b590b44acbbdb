#include "gis/crs.h"
#include "gis/crs_inside.h"
#include <geodesic.h>
#include <math.h>
#include <stdio.h>

// 400 m through the place in four directions, measured on the ellipsoid.
static bool is_true_to_scale(struct crs_road *to_lonlat, struct xy_m at)
{
    static const double way[4][2] = { { 200, 0 }, { 0, 200 }, { 141.4213562, 141.4213562 }, { 141.4213562, -141.4213562 } };
    struct geod_geodesic ellipsoid;
    geod_init(&ellipsoid, 6378137, 1 / 298.257223563);
    for (int i = 0; i < 4; i++) {
        struct xy_m p[2] = { { at.x - way[i][0], at.y - way[i][1] }, { at.x + way[i][0], at.y + way[i][1] } };
        double length;
        if (crs_road_go(to_lonlat, p, 2) > 0)
            return false;
        geod_inverse(&ellipsoid, p[0].y, p[0].x, p[1].y, p[1].x, &length, NULL, NULL);
        if (!(fabs(length - 400) <= 4))
            return false;
    }
    return true;
}

bool crs_is_metric_at(const struct crs *c, struct box_m area)
{
    if (crs_is_geographic(c) || fabs(crs_unit(c) - 1) > 1e-9 || crs_is_web_mercator(c))
        return false;
    if (box_is_empty(area))
        return true;
    struct err ignored = {0};
    struct crs_road *to_lonlat = NULL;
    if (crs_road_to_lonlat(c, &to_lonlat, &ignored) != OK)
        return false;
    double mid_x = (area.min_x + area.max_x) / 2, mid_y = (area.min_y + area.max_y) / 2;
    struct xy_m places[5] = { { area.min_x, area.min_y }, { area.max_x, area.min_y }, { area.max_x, area.max_y },
                              { area.min_x, area.max_y }, { mid_x, mid_y } };
    bool metric = true;
    for (int i = 0; i < 5 && metric; i++)
        metric = is_true_to_scale(to_lonlat, places[i]);
    return metric;
}

size_t crs_lonlat_box(const struct crs *c, struct box_m area, struct box_m *lonlat)
{
    enum { SIDE = 5 };
    struct err ignored = {0};
    struct crs_road *road = NULL;
    *lonlat = (struct box_m){ INFINITY, INFINITY, -INFINITY, -INFINITY };
    if (crs_road_to_lonlat(c, &road, &ignored) != OK)
        return SIDE * SIDE;
    struct xy_m p[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) {
        double u = i % SIDE / (SIDE - 1.0), v = i / SIDE / (SIDE - 1.0);
        p[i] = (struct xy_m){ area.min_x + u * (area.max_x - area.min_x), area.min_y + v * (area.max_y - area.min_y) };
    }
    size_t failed = crs_road_go(road, p, SIDE * SIDE);
    for (int i = 0; i < SIDE * SIDE; i++) {
        if (isnan(p[i].x))
            continue;
        lonlat->min_x = fmin(lonlat->min_x, p[i].x);
        lonlat->max_x = fmax(lonlat->max_x, p[i].x);
        lonlat->min_y = fmin(lonlat->min_y, p[i].y);
        lonlat->max_y = fmax(lonlat->max_y, p[i].y);
    }
    return failed;
}

bool crs_easting_of_use(const struct crs *c, double *easting)
{
    struct err ignored = {0};
    struct crs *wgs84 = NULL;
    struct crs_road *road = NULL;
    struct box_m area;
    char name[8];
    if (!crs_area_of_use(c, &area, name, sizeof name) || crs_open(CRS_WGS84, &wgs84, &ignored) != OK)
        return false;
    struct xy_m middle = { (area.min_x + area.max_x) / 2, (area.min_y + area.max_y) / 2 };
    bool found = crs_road_open(wgs84, c, &road, &ignored) == OK && crs_road_go(road, &middle, 1) == 0;
    crs_road_close(road);
    crs_close(wgs84);
    if (found)
        *easting = middle.x;
    return found;
}

// Where there is no ground at all any metric CRS will do: longitude and latitude 0.
static void name_metric(struct box_m lonlat, char *definition, size_t cap)
{
    if (box_is_empty(lonlat))
        lonlat = (struct box_m){ 0, 0, 0, 0 };
    double lon = (lonlat.min_x + lonlat.max_x) / 2, lat = (lonlat.min_y + lonlat.max_y) / 2;
    bool narrow = lonlat.max_x - lonlat.min_x <= 6 && lonlat.min_y > -80 && lonlat.max_y < 84;
    int zone = (int)floor((lon + 180) / 6) % 60 + 1;
    if (narrow)
        snprintf(definition, cap, "EPSG:%d", (lat >= 0 ? 32600 : 32700) + zone);
    else
        snprintf(definition, cap, "+proj=laea +lat_0=%.1f +lon_0=%.1f +datum=WGS84 +units=m +type=crs", lat, lon);
}

enum status crs_choose_metric(const struct crs *of, struct box_m area, struct crs **out, struct err *e)
{
    if (crs_is_metric_at(of, area))
        return crs_open(crs_wkt(of), out, e);
    struct box_m lonlat = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    if (!box_is_empty(area) && crs_lonlat_box(of, area, &lonlat) > 0)
        return err_set(e, INVALID, "the corners of the area (x %.10g to %.10g, y %.10g to %.10g) are no places in %.80s",
                       area.min_x, area.max_x, area.min_y, area.max_y, crs_name(of));
    char definition[160];
    name_metric(lonlat, definition, sizeof definition);
    return crs_open(definition, out, e);
}
