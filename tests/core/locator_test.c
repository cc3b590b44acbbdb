// A locator that is kept knows the grid there is now, and each reference system it is asked in.
#include "tests/core/people.h"

#include "core/locator.h"
#include "gis/china_crs.h"
#include <math.h>

static struct locator *kept;
struct where { const char *crs; struct xy_m at; char cell[ACTOR_AREA]; struct located found; };

static enum status look(struct work *w, void *ctx)
{
    struct where *p = ctx;
    enum status s = locator_find(w, &kept, p->crs, p->at, &p->found);
    if (s == OK)
        snprintf(p->cell, sizeof p->cell, "%s", text_or_empty(p->found.cell_code));
    return s;
}

static enum status run_sql(struct work *w, void *ctx) { return db_script(w->db, ctx, w->e); }

static const char *cell_at(struct fixture *f, double lon, double lat)
{
    static struct where p;
    p = (struct where){ .crs = "EPSG:4326", .at = { lon, lat } };
    assert_ok(f, station_read(f->station, &(struct station_call){ f->now_s, f->wang.id.text }, look, &p, &f->e));
    return p.cell;
}

static void make_grid(struct fixture *f, const char *sql)
{
    assert_ok(f, as(f, NULL, run_sql, (void *)sql));
}

static void the_grid_is_the_one_there_is_now(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(cell_at(f, 121.005, 32.005), "");
    make_grid(f, "INSERT INTO grid (id, key, version, name_zh, name_en, is_default, made_at_s) VALUES ('g1', 'first', 1, 'x', 'x', 1, 1);"
                 "INSERT INTO cell (id, grid_id, code, community_code, area_m2, valid_from_s, geom) VALUES ('c1', 'g1', 'A-1', 'k', 1, 1, "
                 "CastToMulti(BuildMbr(121, 32, 121.01, 32.01, 4326)))");
    assert_string_equal(cell_at(f, 121.005, 32.005), "A-1");
    make_grid(f, "UPDATE grid SET is_default = 0; UPDATE cell SET state = 'retired', valid_to_s = 2 WHERE id = 'c1';"
                 "INSERT INTO grid (id, key, version, name_zh, name_en, is_default, made_at_s) VALUES ('g2', 'second', 1, 'x', 'x', 1, 1);"
                 "INSERT INTO cell (id, grid_id, code, community_code, area_m2, valid_from_s, geom) VALUES ('c2', 'g2', 'B-1', 'k', 1, 1, "
                 "CastToMulti(BuildMbr(121, 32, 121.01, 32.01, 4326)))");
    assert_string_equal(cell_at(f, 121.005, 32.005), "B-1");
    assert_string_equal(cell_at(f, 121.02, 32.005), "");
}

static void each_reference_system_is_its_own(void **state)
{
    static const struct { const char *crs; struct xy_m at; double lon, lat, added_m; } asked[] = {
        { "EPSG:4326", { 121, 32 }, 121, 32, 0 }, { "EPSG:3857", { 13469658.384986, 3763310.627145 }, 121, 32, 0 }, { "EPSG:4326", { 121.5, 32 }, 121.5, 32, 0 },
        { "GCJ-02", { 121, 32 }, 120.9956, 32.0023, CHINA_CRS_ERROR_M }, { "EPSG:3857", { 13469658.384986, 3763310.627145 }, 121, 32, 0 },
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        struct where p = { .crs = asked[i].crs, .at = asked[i].at };
        assert_ok(f, station_read(f->station, &(struct station_call){ f->now_s, f->wang.id.text }, look, &p, &f->e));
        double within = asked[i].added_m > 0 ? 5e-4 : 1e-7;
        if (fabs(p.found.lon - asked[i].lon) > within || fabs(p.found.lat - asked[i].lat) > within || p.found.added_m != asked[i].added_m)
            fail_msg("%s: %.7f %.7f +%g, expected %.7f %.7f +%g", asked[i].crs, p.found.lon, p.found.lat, p.found.added_m, asked[i].lon, asked[i].lat,
                     asked[i].added_m);
    }
    struct where nowhere = { .crs = "nonsense", .at = { 1, 2 } }, beyond = { .crs = "EPSG:4326", .at = { 32, 121 } };
    assert_int_equal(station_read(f->station, &(struct station_call){ f->now_s, f->wang.id.text }, look, &nowhere, &f->e), INVALID);
    assert_int_equal(station_read(f->station, &(struct station_call){ f->now_s, f->wang.id.text }, look, &beyond, &f->e), INVALID);
    locator_close(kept);
    kept = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_grid_is_the_one_there_is_now), cmocka_unit_test(each_reference_system_is_its_own) };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
