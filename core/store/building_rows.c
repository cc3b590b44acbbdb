#include "core/store/building_rows.h"

enum status building_each(struct db *db, building_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT fid, ST_AsBinary(geom) FROM building WHERE valid_to_s IS NULL AND standing <> 'gone' "
                               "AND geom IS NOT NULL ORDER BY fid", NO_VALUES, &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        size_t len = 0;
        const void *wkb = rows_bytes(r, 1, &len);
        s = fn(ctx, rows_integer(r, 0), wkb, len, e);
    }
    rows_done(r);
    return s;
}
