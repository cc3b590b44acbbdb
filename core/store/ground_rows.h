// ground_rows.h - permits and zones that count today, with their grounds as lon/lat WKB; rows live until the next one.
#pragma once
#include "core/store/store.h"

struct permit_row {
    const char *number;
    double permitted_footprint_m2, permitted_floor_area_m2, permitted_height_m, accuracy_m;
    bool has_from, has_until, is_revoked;
    int64_t from_s, until_s;
    const uint8_t *wkb; size_t wkb_len;
};
struct zone_row { const char *kind; double weight, accuracy_m; const uint8_t *wkb; size_t wkb_len; };
typedef enum status permit_visit(void *ctx, const struct permit_row *p, struct err *e);
typedef enum status zone_visit(void *ctx, const struct zone_row *z, struct err *e);
enum status permit_each(struct db *db, permit_visit *fn, void *ctx, struct err *e);
enum status zone_each(struct db *db, zone_visit *fn, void *ctx, struct err *e);
