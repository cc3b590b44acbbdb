// locator.h - where a place lies that somebody sent (定位): longitude and latitude, cell and community.
//
// Ways between reference systems and the cells of the grid take a tenth of a second to open and nothing to ask, so who asks often keeps
// a locator (a desk has one). One job at a time uses it.
#pragma once
#include "core/work.h"
#include "gis/geom.h"

struct locator;
void locator_close(struct locator *l);                 // NULL is fine

struct located {
    double lon, lat;
    double added_m;                                    // what the conversion adds to the accuracy
    const char *cell_code, *community_code;            // NULL: in none; live as long as the locator, until its next question
};
// Inside a job. *l NULL: it is opened. crs: EPSG:4326, GCJ-02, BD-09, any PROJ knows; at: east or longitude first. INVALID: no place there.
enum status locator_find(struct work *w, struct locator **l, const char *crs, struct xy_m at, struct located *out);
