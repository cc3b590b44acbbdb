// crs.h - coordinate reference systems (坐标参照系). PROJ lives here and nowhere else; axis order is settled here: x is east or
// longitude, y is north or latitude, always.
#pragma once
#include "core/base/status.h"
#include "gis/geom.h"

struct crs;
// From "EPSG:4549", WKT, PROJJSON or a PROJ string. INVALID when PROJ does not know it.
enum status crs_open(const char *definition, struct crs **out, struct err *e);
void crs_close(struct crs *c);
const char *crs_name(const struct crs *c);        // "CGCS2000 / 3-degree Gauss-Kruger CM 120E"
const char *crs_code(const struct crs *c);        // "EPSG:4549", or "" when it has none
const char *crs_wkt(const struct crs *c);         // WKT2:2019
bool crs_same(const struct crs *a, const struct crs *b);   // axis order apart
bool crs_is_geographic(const struct crs *c);
bool crs_is_north_first(const struct crs *c);     // its authority names the northing or latitude first; here x is east all the same
// Projected, in metres, not Web Mercator, and true to scale within 1 % at every corner and the middle of the area.
bool crs_is_metric_at(const struct crs *c, struct box_m area);

// Do these coordinates belong to this CRS? Refuses (INVALID) a layer outside the area of use, with swapped axes, degrees in a
// projected CRS, metres in a geographic one, zone-prefixed eastings (带号): says what was seen and the likely cure.
// what names the layer in the sentence ("BEFORE t_1990.gpkg").
enum status crs_check(const struct crs *c, struct box_m extent, const char *what, struct err *e);

// A metric CRS for this area of `of`: `of` itself when it is metric there; else the UTM zone (WGS 84) of the middle when the
// area is at most 6 degrees wide and between 80S and 84N; else a Lambert azimuthal equal-area around the middle.
enum status crs_choose_metric(const struct crs *of, struct box_m area, struct crs **out, struct err *e);

// One pipeline from one CRS to another. Not thread safe: one for each thread.
struct crs_road;
enum status crs_road_open(const struct crs *from, const struct crs *to, struct crs_road **out, struct err *e);
enum status crs_road_copy(const struct crs_road *r, struct crs_road **out, struct err *e); // for another thread; finding one takes PROJ longer
bool crs_road_is_straight(const struct crs_road *r);                     // both are the same: nothing to do
size_t crs_road_go(struct crs_road *r, struct xy_m *points, size_t count); // in place; returns how many failed (they become NaN)
// The same for very many points close together: several times faster, within 0.02 mm, a function of the place alone (crs_patch.h).
size_t crs_road_go_near(struct crs_road *r, struct xy_m *points, size_t count);
void crs_road_close(struct crs_road *r);
