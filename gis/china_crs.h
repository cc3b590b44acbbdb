// china_crs.h - the shifted coordinates of Chinese map services: GCJ-02 (火星坐标), BD-09 (百度坐标), to and from lon/lat.
//
// GCJ-02 (AMap, Tencent, WeChat) moves every place in China by some 300 to 700 m; BD-09 (Baidu) moves it once more; BD-09
// Mercator is that in metres. The true shift is secret: these are the formulas everybody uses, and real services differ from
// them by metres. So what came through here is never used for a legal area or a boundary, and CHINA_CRS_ERROR_M is added to its
// accuracy. WGS 84 and CGCS2000 are one here (EPSG:4326, EPSG:4490): they differ by decimetres, far below that error.
//
// Outside the box 72.004-137.8347 E, 0.8293-55.8271 N nothing is shifted: lon/lat stay bit for bit. Which side a place is on is
// asked of its true lon/lat; within a shift's length of the box's edge, abroad or at sea, the way back may choose the inner one.
#pragma once
#include "gis/geom.h"
#include <stdbool.h>
#include <stddef.h>

enum china_crs { CHINA_GCJ02, CHINA_BD09, CHINA_BD09MC, CHINA_CRSS };  // degrees, degrees, metres

#define CHINA_CRS_ERROR_M 5.0       // to be added to the stated accuracy of a place that came through; pygcj: mean 3.4, sd 2.7

// "GCJ-02", "gcj02", "BD-09", "bd09ll", "BD-09 Mercator", "bd09mc": case, blanks, - and _ do not matter. false: another CRS.
bool china_crs_named(const char *name, enum china_crs *out);
const char *china_crs_name(enum china_crs c);                   // "GCJ-02", "BD-09", "BD-09 Mercator"

// In place, x east (lon or metres), y north: the order of crs_road_go, and like there a place that cannot be becomes NaN.
// Returns how many did. There and back is the same within 1e-9 degrees. BD-09 Mercator reaches 74 degrees north and south.
size_t china_crs_to_lonlat(enum china_crs from, struct xy_m *places, size_t count);
size_t china_crs_from_lonlat(enum china_crs to, struct xy_m *places, size_t count);
