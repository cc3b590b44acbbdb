#include "core/store/ground_rows.h"

#include <string.h>

enum status permit_each(struct db *db, permit_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT number, permitted_footprint_m2, permitted_height_m, accuracy_m, permit_from_s, permit_until_s, state, "
                               "ST_AsBinary(geom), permitted_floor_area_m2 FROM permit WHERE valid_to_s IS NULL ORDER BY fid", NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        struct permit_row p = { .number = rows_text(r, 0), .permitted_footprint_m2 = rows_real(r, 1), .permitted_height_m = rows_real(r, 2),
                                .permitted_floor_area_m2 = rows_real(r, 8),
                                .accuracy_m = rows_real(r, 3), .has_from = !rows_is_null(r, 4), .has_until = !rows_is_null(r, 5),
                                .from_s = rows_integer(r, 4), .until_s = rows_integer(r, 5), .is_revoked = strcmp(rows_text(r, 6), "revoked") == 0 };
        p.wkb = rows_bytes(r, 7, &p.wkb_len);
        s = fn(ctx, &p, e);
    }
    rows_done(r);
    return s;
}

enum status zone_each(struct db *db, zone_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT kind, weight, accuracy_m, ST_AsBinary(geom) FROM zone WHERE valid_to_s IS NULL ORDER BY fid", NO_VALUES,
                           &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        struct zone_row z = { .kind = rows_text(r, 0), .weight = rows_real(r, 1), .accuracy_m = rows_real(r, 2) };
        z.wkb = rows_bytes(r, 3, &z.wkb_len);
        s = fn(ctx, &z, e);
    }
    rows_done(r);
    return s;
}
