#include "core/store/cell_rows.h"

#include <stdio.h>

enum status grid_next_version(struct db *db, const char *key, int64_t *version, bool *is_heir, struct err *e)
{
    enum status s = db_integer(db, "SELECT coalesce(max(version), 0) + 1 FROM grid WHERE key = $1", VALUES(value_text(key)), version, e);
    int64_t others = 0;
    if (s == OK)
        s = db_integer(db, "SELECT count(*) FROM grid WHERE is_default <> 0 AND key <> $1", VALUES(value_text(key)), &others, e);
    *is_heir = others == 0;
    return s;
}

enum status grid_forget_default(struct db *db, struct err *e)
{
    return db_run(db, "UPDATE grid SET is_default = 0 WHERE is_default <> 0", NO_VALUES, e);
}

enum status grid_insert(struct db *db, const struct grid *g, int64_t now_s, struct err *e)
{
    return db_run(db, "INSERT INTO grid (id, key, version, name_zh, name_en, must_partition, target_area_m2, min_area_m2, max_area_m2, "
                      "is_default, made_at_s) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                  VALUES(value_text(g->id.text), value_text(g->key), value_integer(g->version), value_text(g->name_zh), value_text(g->name_en),
                         value_integer(g->must_partition), value_real(g->target_area_m2), value_real(g->min_area_m2),
                         value_real(g->max_area_m2), value_integer(g->is_default), value_integer(now_s)), e);
}

static void read_grid(const struct rows *r, struct grid *out)
{
    *out = (struct grid){ .version = rows_integer(r, 2), .must_partition = rows_integer(r, 5) != 0, .is_default = rows_integer(r, 6) != 0,
                          .target_area_m2 = rows_real(r, 7), .min_area_m2 = rows_real(r, 8), .max_area_m2 = rows_real(r, 9) };
    snprintf(out->id.text, sizeof out->id.text, "%s", rows_text(r, 0));
    snprintf(out->key, sizeof out->key, "%s", rows_text(r, 1));
    snprintf(out->name_zh, sizeof out->name_zh, "%s", rows_text(r, 3));
    snprintf(out->name_en, sizeof out->name_en, "%s", rows_text(r, 4));
}

enum status grid_select(struct db *db, const char *key, struct grid *out, struct err *e)
{
    struct rows *r = NULL;
    bool more = false;
    enum status s = db_ask(db, "SELECT id, key, version, name_zh, name_en, must_partition, is_default, target_area_m2, min_area_m2, "
                               "max_area_m2 FROM grid WHERE ($1 IS NULL AND is_default <> 0) OR key = $1 ORDER BY version DESC LIMIT 1",
                           VALUES(value_text(key)), &r, e);
    if (s == OK)
        s = rows_next(r, &more, e);
    if (s == OK && !more)
        s = key != NULL ? err_set(e, NOT_FOUND, "there is no grid \"%s\"; gridpatrol cells makes and loads them", key)
                        : err_set(e, NOT_FOUND, "the station has no grid yet; gridpatrol cells makes and loads them");
    if (s == OK)
        read_grid(r, out);
    rows_done(r);
    return s;
}

enum status cell_insert(struct db *db, const struct grid *g, const struct cell *c, int64_t now_s, struct err *e)
{
    return db_run(db, "INSERT INTO cell (id, grid_id, code, community_code, name, area_m2, valid_from_s, geom) "
                      "VALUES ($1, $2, $3, $4, $5, $6, $7, ST_GeomFromWKB($8, 4326))",
                  VALUES(value_text(c->id.text), value_text(g->id.text), value_text(c->code), value_text(c->community_code),
                         value_text(c->name != NULL ? c->name : ""), value_real(c->area_m2), value_integer(now_s),
                         value_bytes(c->wkb, c->wkb_len)), e);
}

enum status cell_retire_versions(struct db *db, const char *grid_key, int64_t before, int64_t now_s, int64_t *retired, struct err *e)
{
    enum status s = db_run(db, "UPDATE cell SET state = 'retired', valid_to_s = $2 WHERE state = 'active' AND grid_id IN "
                               "(SELECT id FROM grid WHERE key = $1 AND version < $3)",
                           VALUES(value_text(grid_key), value_integer(now_s), value_integer(before)), e);
    if (s == OK)
        *retired = db_changed(db);
    return s;
}

enum status cell_used_codes(struct db *db, const char *grid_key, const char *community, cell_code_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT DISTINCT c.code FROM cell c JOIN grid g ON g.id = c.grid_id WHERE g.key = $1 "
                               "AND substr(c.code, 1, length($2)) = $2 ORDER BY c.code", VALUES(value_text(grid_key), value_text(community)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; )
        fn(ctx, rows_text(r, 0));
    rows_done(r);
    return s;
}

enum status cell_select(struct db *db, const char *grid_id, cell_visit *fn, void *ctx, struct err *e)
{
    struct rows *r = NULL;
    enum status s = db_ask(db, "SELECT fid, id, code, community_code, name, area_m2, ST_AsBinary(geom) FROM cell "
                               "WHERE grid_id = $1 AND state = 'active' ORDER BY code", VALUES(value_text(grid_id)), &r, e);
    for (bool more = true; s == OK && (s = rows_next(r, &more, e)) == OK && more; ) {
        struct cell c = { .fid = rows_integer(r, 0), .name = rows_text(r, 4), .area_m2 = rows_real(r, 5) };
        snprintf(c.id.text, sizeof c.id.text, "%s", rows_text(r, 1));
        snprintf(c.code, sizeof c.code, "%s", rows_text(r, 2));
        snprintf(c.community_code, sizeof c.community_code, "%s", rows_text(r, 3));
        c.wkb = rows_bytes(r, 6, &c.wkb_len);
        s = fn(ctx, &c, e);
    }
    rows_done(r);
    return s;
}
