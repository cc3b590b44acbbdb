// answer_crs.h - coordinate reference systems by reference (OGC 18-058r1): which are offered, and what ?crs= and ?bbox-crs= mean.
//
// CRS84, EPSG:4326, EPSG:4490, the district's metric CRS and EPSG:3857 are offered for every collection. Axes stand in the order
// of the CRS's authority (EPSG:4326 and 4490: latitude first). Nothing else is taken: 400.
#pragma once
#include "api/exchange.h"
#include "gis/crs.h"

struct crs_offer {
    const char *uri;                 // http://www.opengis.net/def/crs/EPSG/0/4326
    const char *code;                // what gis/crs_open takes
    bool is_lonlat, is_swapped;      // degrees; the authority's first axis is north
    int decimals;
};
enum { CRS_OFFERS_MOST = 8 };
// All that are offered, CRS84 first. In the request's arena.
int crs_offers(const struct exchange *x, struct crs_offer out[CRS_OFFERS_MOST]);
// What a parameter names; NULL text: CRS84. INVALID names what is offered. "[EPSG:4326]" (safe CURIE) is taken too.
enum status crs_offered(struct exchange *x, const char *parameter, const char *text, struct crs_offer *out);
