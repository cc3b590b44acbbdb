// district.h - one deployment: whose grid and register this is (辖区).
//
// Code, names, time zone, the CRS lengths and areas are measured in, how cell codes are made up, and the date from which a
// building counts as new stock (新增) rather than existing stock (存量). One station is one district.
#pragma once
#include "core/store/store.h"
#include "gis/crs.h"

enum { DISTRICT_CODE = 13, DISTRICT_NAME = 128 };
struct district {
    char code[DISTRICT_CODE];              // "320612" (GB/T 2260)
    char name_zh[DISTRICT_NAME], name_en[DISTRICT_NAME];
    int64_t zone_offset_s;                 // local time minus UTC
    char *metric_crs;                      // "EPSG:4549", or the operator's own WKT or PROJ pipeline; malloc'ed
    int street_digits, community_digits, sequence_digits; // of a cell code, after the district's own
    bool has_baseline;
    int64_t baseline_at_s;
    int64_t made_at_s;
};
void district_clear(struct district *d);

// Are the fields sensible, and is metric_crs a projected CRS in metres that is not Web Mercator? INVALID with the remedy.
enum status district_check(const struct district *d, struct err *e);

// core/store/district_rows.c
enum status district_record(struct db *db, const struct district *d, struct err *e);
enum status district_get(struct db *db, struct district *out, struct err *e);
