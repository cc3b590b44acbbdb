#include "core/store/rehome_rows.h"

#define SHELF(table, which) { table, "SELECT fid, cell_code, community_code, ST_AsBinary(geom) FROM " table " WHERE geom IS NOT NULL" which " ORDER BY fid", \
                              "UPDATE " table " SET cell_code = $2, community_code = $3 WHERE fid = $1" }
const struct rehome_shelf rehome_shelf_list[] = {
    SHELF("building", " AND valid_to_s IS NULL"), SHELF("permit", " AND valid_to_s IS NULL"), SHELF("zone", " AND valid_to_s IS NULL"),
    SHELF("asset", " AND valid_to_s IS NULL"), SHELF("change", ""), SHELF("finding", ""), SHELF("case_file", ""), SHELF("lead", ""),
};
const int rehome_shelf_count = sizeof rehome_shelf_list / sizeof rehome_shelf_list[0];

enum status rehome_each(struct db *db, const struct rehome_shelf *s, rehome_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status status = db_ask(db, s->each, NO_VALUES, &r, e);
    for (bool more = true; status == OK && (status = rows_next(r, &more, e)) == OK && more; ) {
        struct rehome_row row = { .fid = rows_integer(r, 0), .cell_code = rows_text(r, 1), .community_code = rows_text(r, 2) };
        row.wkb = rows_bytes(r, 3, &row.wkb_len);
        status = fn(ctx, &row, e);
    }
    rows_done(r);
    return status;
}

enum status rehome_update(struct db *db, const struct rehome_shelf *s, int64_t fid, const char *cell_code, const char *community_code,
                          struct err *e)
{
    return db_run(db, s->update, VALUES(value_integer(fid), value_text(cell_code), value_text(community_code)), e);
}
