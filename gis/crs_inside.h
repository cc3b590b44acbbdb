// crs_inside.h - what the files of crs ask of each other, and nobody else.
#pragma once
#include "gis/crs.h"

#define CRS_WGS84 "EPSG:4326"                  // PROJ finds ways to it at once, which it does not to CRS84

double crs_unit(const struct crs *c);          // of the axes, in metres or radians
// To WGS 84, made when first asked for; belongs to the CRS, which is asked by one thread at a time.
enum status crs_road_to_lonlat(const struct crs *c, struct crs_road **out, struct err *e);
bool crs_is_web_mercator(const struct crs *c);
// 180 degrees in the unit of a geographic CRS; 0 for a projected one.
double crs_half_turn(const struct crs *c);
// The area of use as the EPSG register states it, degrees; west may exceed east. false: not stated.
bool crs_area_of_use(const struct crs *c, struct box_m *lonlat, char *name, size_t cap);
// The easting of the middle of the area of use. false: there is none.
bool crs_easting_of_use(const struct crs *c, double *easting);
// The area as seen in longitude and latitude, by 25 places of it; returns how many of those are no places in this CRS.
size_t crs_lonlat_box(const struct crs *c, struct box_m area, struct box_m *lonlat);
