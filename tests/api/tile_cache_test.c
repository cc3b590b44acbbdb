// No tile is older than an edit that was acknowledged before it was asked for: random edits by this service and by another program, each
// followed by tiles held against what is encoded anew; and readers that race with two writers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/api/asking.h"
#include "tests/core/temporary_station.h"
#include "tests/gis/mvt.h"

#include "api/tile_cache.h"
#include "core/base/hash.h"
#include <pthread.h>
#include <stdatomic.h>

static const int64_t NOW_S = 1770000000;
static int64_t clock_stands(void) { return NOW_S; }

enum { THINGS = 40, PLACES = 12 };
struct thing { const char *table; int place, version; char id[ID_TEXT]; bool is_there; };
struct fixture {
    struct temporary at;
    struct station *other;                 // as another program has it open
    struct server *server;
    struct err e;
    uint64_t seed;
    struct thing thing[THINGS];
    struct arena *arena;
    struct layer_list layers;
};

static uint32_t chance(struct fixture *f, uint32_t below)
{
    f->seed = f->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(f->seed >> 33) % below;
}

// --- Edits ------------------------------------------------------------------------------------------------------------------

// Places lie some tiles of zoom 16 apart.
static double lon_of(int place) { return 121 + 0.02 * (place % 4); }
static double lat_of(int place) { return 32 + 0.02 * (place / 4); }

enum how { PUT_IN, MOVE, RENAME, SUPERSEDE, TAKE_OUT, HOWS };
struct edit { struct thing *thing; enum how how; int place, version; bool is_noted; };

#define SQUARE "CastToMulti(BuildMbr($4, $5, $4 + 0.0003, $5 + 0.0003, 4326))"
static const char *const sql_of[2][HOWS] = {
    { [PUT_IN] = "INSERT INTO building (id, floors, version, area_m2, crs, accuracy_m, valid_from_s, geom) VALUES ($1, $2, $3, 1, 'EPSG:4326', 1, 1, " SQUARE ")",
      [MOVE] = "UPDATE building SET floors = $2, geom = " SQUARE " WHERE id = $1 AND valid_to_s IS NULL AND $3 = $3",
      [RENAME] = "UPDATE building SET floors = $2 WHERE id = $1 AND valid_to_s IS NULL AND $3 + $4 + $5 > 0",
      [SUPERSEDE] = "UPDATE building SET valid_to_s = 2 WHERE id = $1 AND valid_to_s IS NULL AND $2 + $3 + $4 + $5 > 0",
      [TAKE_OUT] = "DELETE FROM building WHERE id = $1 AND $2 + $3 + $4 + $5 > 0" },
    { [PUT_IN] = "INSERT INTO asset (id, kind, name, version, crs, accuracy_m, valid_from_s, geom) VALUES ($1, 'collection_point', $2, $3, 'EPSG:4326', 1, 1, MakePoint($4, $5, 4326))",
      [MOVE] = "UPDATE asset SET name = $2, geom = MakePoint($4, $5, 4326) WHERE id = $1 AND valid_to_s IS NULL AND $3 = $3",
      [RENAME] = "UPDATE asset SET name = $2 WHERE id = $1 AND valid_to_s IS NULL AND $3 + $4 + $5 > 0",
      [SUPERSEDE] = "UPDATE asset SET valid_to_s = 2 WHERE id = $1 AND valid_to_s IS NULL AND $2 + $3 + $4 + $5 > 0",
      [TAKE_OUT] = "DELETE FROM asset WHERE id = $1 AND $2 + $3 + $4 + $5 > 0" },
};

static enum status run_edit(struct work *w, const struct edit *n, enum how how)
{
    bool is_asset = strcmp(n->thing->table, "asset") == 0;
    return db_run(w->db, sql_of[is_asset][how], VALUES(value_text(n->thing->id), value_integer(n->version), value_integer(n->version),
                                                       value_real(lon_of(n->place)), value_real(lat_of(n->place))), w->e);
}

static enum status edit(struct work *w, void *ctx)
{
    struct edit *n = ctx;
    enum status s = run_edit(w, n, n->how);
    if (s == OK && n->how == SUPERSEDE)
        s = run_edit(w, n, PUT_IN);
    return s == OK && n->is_noted ? work_note(w, &(struct deed){ .verb = "edit", .thing = n->thing->table, .thing_id = n->thing->id, .note = "" }) : s;
}

static enum status edit_in(struct station *st, struct edit n, struct err *e)
{
    return station_write(st, &(struct station_call){ NOW_S, "system" }, edit, &n, e);
}

// Half of all by this service, half by another program; some of the other program's are in no audit.
static void edit_something(struct fixture *f)
{
    struct thing *t = &f->thing[chance(f, THINGS)];
    bool is_own = chance(f, 2) == 0;
    struct edit n = { t, t->is_there ? (enum how)(MOVE + chance(f, HOWS - 1)) : PUT_IN, (int)chance(f, PLACES), ++t->version, chance(f, 3) > 0 };
    if (n.how == RENAME)
        n.place = t->place;
    assert_ok(f, edit_in(is_own ? f->server->station : f->other, n, &f->e));
    t->place = n.place;
    t->is_there = n.how != TAKE_OUT;
}

// --- Tiles ------------------------------------------------------------------------------------------------------------------

struct fresh { struct tile_question q; struct tile *tile; struct tile_bytes bytes; };

static enum status make_fresh(struct work *w, void *ctx)
{
    struct fresh *n = ctx;
    return feature_tile(w, &n->q, n->tile, &n->bytes);
}

static struct told ask_tile(struct server *server, const char *layer, struct tile_place p)
{
    char path[200];
    snprintf(path, sizeof path, "/collections/%s/tiles/%s/%d/%u/%u", layer, tile_set_facts(p.set)->id, p.z, p.y, p.x);
    return asked(server, &(struct asking){ .method = HTTP_GET, .path = path });
}

static struct tile_place tile_of(enum tile_set set, int z, int place)
{
    return tile_at(set, z, (struct lonlat){ lon_of(place) + 0.0001, lat_of(place) + 0.0001 });
}

static void compare_tile(struct fixture *f, const char *layer, struct tile_place p)
{
    struct fresh n = { .q = { layer_find(&f->layers, layer), &VIEWER_PUBLIC, p, 0 }, .tile = tile_open() };
    assert_ok(f, station_read(f->other, &(struct station_call){ NOW_S, "public" }, make_fresh, &n, &f->e));
    struct told t = ask_tile(f->server, layer, p);
    bool is_beyond = t.status == 404 && n.bytes.len == 0;
    if (!is_beyond && (t.status != 200 || t.len != n.bytes.len || memcmp(t.text, n.bytes.bytes, t.len) != 0))
        fail_msg("%s %s/%d/%u/%u: %d with %zu bytes, made anew %zu", layer, tile_set_facts(p.set)->id, p.z, p.y, p.x, t.status, t.len, n.bytes.len);
    told_clear(&t);
    tile_close(n.tile);
}

static void compare_limits(struct fixture *f)
{
    struct told t = asked(f->server, &(struct asking){ .method = HTTP_GET, .path = "/collections/building/tiles/WebMercatorQuad", .query = "f=tilejson" });
    struct told c = asked(f->server, &(struct asking){ .method = HTTP_GET, .path = "/collections/building" });
    const char *bounds = strstr(t.text, "\"bounds\":["), *box = strstr(c.text, "\"bbox\":[[");
    assert_int_equal(bounds == NULL, box == NULL);
    if (bounds != NULL && strncmp(bounds + 10, box + 9, strcspn(bounds + 10, "]")) != 0)
        fail_msg("limits are %.80s, the collection's %.80s", bounds, box);
    told_clear(&t), told_clear(&c);
}

static void after_every_edit_tiles_are_what_is_made_anew(void **state)
{
    enum { EDITS = 300, LOOKS = 12 };
    struct fixture *f = *state;
    struct tile_cache_counts before, after;
    tile_cache_counts(f->server->tiles, &before);
    for (int i = 0; i < EDITS; i++) {
        for (uint32_t more = chance(f, 3) + 1; more > 0; more--)     // one after the other, with nobody looking between
            edit_something(f);
        for (int k = 0; k < LOOKS; k++)
            compare_tile(f, chance(f, 3) > 0 ? "building" : "collection_point",
                         tile_of((enum tile_set)chance(f, TILE_SETS), (int)chance(f, 20), (int)chance(f, PLACES)));
        if (i % 10 == 0)
            compare_limits(f);
    }
    tile_cache_counts(f->server->tiles, &after);
    assert_true(after.found - before.found > EDITS / 4);                 // else nothing was tried
}

// An edit takes out what it touches and nothing else.
static void tiles_elsewhere_stay(void **state)
{
    struct fixture *f = *state;
    struct tile_cache_counts before, after;
    struct thing t = { "building", 0, 1000, "elsewhere", false };
    assert_ok(f, edit_in(f->server->station, (struct edit){ &t, PUT_IN, 0, 1000, true }, &f->e));
    for (int place = 0; place < PLACES; place++)
        compare_tile(f, "building", tile_of(TILE_WEB_MERCATOR_QUAD, 16, place));
    tile_cache_counts(f->server->tiles, &before);
    assert_ok(f, edit_in(f->server->station, (struct edit){ &t, MOVE, 1, 1001, true }, &f->e));
    for (int place = 0; place < PLACES; place++)
        compare_tile(f, "building", tile_of(TILE_WEB_MERCATOR_QUAD, 16, place));
    tile_cache_counts(f->server->tiles, &after);
    assert_int_equal(after.made - before.made, 2);
    assert_int_equal(after.found - before.found, PLACES - 2);
    assert_ok(f, edit_in(f->server->station, (struct edit){ &t, TAKE_OUT, 1, 1002, true }, &f->e));
}

static void a_job_that_fails_changes_no_tile(void **state)
{
    struct fixture *f = *state;
    struct thing t = { "building", 0, 1, "fails", false };
    struct err e = { .lang = LANG_EN };
    compare_tile(f, "building", tile_of(TILE_WEB_MERCATOR_QUAD, 15, 2));
    assert_ok(f, edit_in(f->server->station, (struct edit){ &t, PUT_IN, 2, 1, true }, &f->e));
    assert_int_equal(edit_in(f->server->station, (struct edit){ &t, PUT_IN, 3, 1, true }, &e), CONFLICT);   // the same version again
    compare_tile(f, "building", tile_of(TILE_WEB_MERCATOR_QUAD, 15, 2));
    compare_tile(f, "building", tile_of(TILE_WEB_MERCATOR_QUAD, 15, 3));
    assert_ok(f, edit_in(f->server->station, (struct edit){ &t, TAKE_OUT, 2, 1, true }, &f->e));
}

static void the_ceiling_holds(void **state)
{
    enum { CEILING = 40000 };
    struct fixture *f = *state;
    struct server *s = NULL;
    struct tile_cache_counts counts;
    struct server_settings settings = { .station = f->at.folder, .now_s = clock_stands, .asks_per_s = 1e9, .tile_bytes = CEILING };
    assert_ok(f, server_open(&settings, &s, &f->e));
    for (int i = 0; i < 2000; i++) {
        struct tile_place p = tile_of(TILE_WEB_MERCATOR_QUAD, 18, i % PLACES);
        p.x += (uint32_t)i;
        struct told t = ask_tile(s, "building", p);
        told_clear(&t);
    }
    tile_cache_counts(s->tiles, &counts);
    assert_true(counts.kept > 10 && counts.bytes <= CEILING);
    server_close(s);
}

// --- Races --------------------------------------------------------------------------------------------------------------------

// What a writer has said is done: its building's version and where it is.
struct racer { struct fixture *f; struct station *station; struct thing thing; struct err e; _Atomic int version, place; bool is_noted; };
struct race { struct racer racer[2]; _Atomic bool over; _Atomic int wrong, read; struct fixture *f; };
struct race_thread { struct race *race; int number; };

static void *write_on(void *ctx)
{
    enum { EDITS = 250 };
    struct race_thread *t = ctx;
    struct racer *r = &t->race->racer[t->number];
    for (int version = 2; version < EDITS && r->e.status == OK; version++) {
        int place = (version * 7 + t->number) % PLACES;
        if (edit_in(r->station, (struct edit){ &r->thing, version % 3 == 0 ? SUPERSEDE : MOVE, place, version, r->is_noted }, &r->e) == OK) {
            atomic_store(&r->place, place);
            atomic_store(&r->version, version);
        }
    }
    return NULL;
}

// -1: it is not in the tile.
static int version_in(const struct told *t, const char *id)
{
    struct arena *a = arena_open(64 << 20);
    struct mvt m;
    int version = -1;
    bool fine = mvt_read(a, (const uint8_t *)t->text, t->len, &m);
    for (uint32_t i = 0; fine && m.layers == 1 && i < m.layer[0].features; i++) {
        const struct mvt_value *v = mvt_get(&m.layer[0], &m.layer[0].feature[i], "id"), *n = mvt_get(&m.layer[0], &m.layer[0].feature[i], "floors");
        if (v != NULL && strcmp(v->text, id) == 0)
            version = n != NULL ? (int)n->real : -2;
    }
    arena_close(a);
    return fine ? version : -3;
}

// The tile of all places shows it and no older; the one of its place and the one of another may not show it, but not an older one.
static void *read_on(void *ctx)
{
    struct race_thread *t = ctx;
    struct race *race = t->race;
    for (uint32_t i = 0; !atomic_load(&race->over); i++) {
        struct racer *r = &race->racer[i % 2];
        int zoom = i % 3 == 0 ? 8 : 16, done = atomic_load(&r->version), place = i % 3 == 1 ? atomic_load(&r->place) : (int)(i % PLACES);
        struct told told = ask_tile(race->f->server, "building", tile_of(TILE_WEB_MERCATOR_QUAD, zoom, place));
        int shown = told.status == 200 ? version_in(&told, r->thing.id) : -1;
        if ((shown >= 0 && shown < done) || shown < -1 || (zoom == 8 && shown < done)) {
            print_error("writer %d at zoom %d: version %d was done, %d is shown\n", (int)(i % 2), zoom, done, shown);
            atomic_fetch_add(&race->wrong, 1);
        }
        atomic_fetch_add(&race->read, 1);
        told_clear(&told);
    }
    return NULL;
}

static void readers_never_see_what_was_replaced(void **state)
{
    enum { READERS = 3 };
    struct fixture *f = *state;
    struct race race = { .f = f };
    struct race_thread thread[2 + READERS];
    pthread_t id[2 + READERS];
    for (int i = 0; i < 2; i++) {
        race.racer[i] = (struct racer){ .f = f, .station = i == 0 ? f->server->station : f->other, .thing = { .table = "building" }, .version = 1, .is_noted = true };
        race.racer[i].e.lang = LANG_EN;
        snprintf(race.racer[i].thing.id, sizeof race.racer[i].thing.id, "racer-%d", i);
        assert_ok(f, edit_in(race.racer[i].station, (struct edit){ &race.racer[i].thing, PUT_IN, 0, 1, true }, &f->e));
    }
    for (int i = 0; i < 2 + READERS; i++) {
        thread[i] = (struct race_thread){ &race, i };
        assert_int_equal(pthread_create(&id[i], NULL, i < 2 ? write_on : read_on, &thread[i]), 0);
    }
    for (int i = 0; i < 2 + READERS; i++) {
        pthread_join(id[i], NULL);
        if (i == 1)
            atomic_store(&race.over, true);
    }
    for (int i = 0; i < 2; i++)
        assert_ok(&race.racer[i], race.racer[i].e.status);
    assert_int_equal(race.wrong, 0);
    assert_true(race.read > 100);
}

// --- Shares -----------------------------------------------------------------------------------------------------------------

enum { CROWD = 4500, CROWD_ZOOM = 12 };
static struct tile_place crowd_tile(int z)
{
    struct lonlat_box b = tile_box(tile_at(TILE_WEB_MERCATOR_QUAD, CROWD_ZOOM, (struct lonlat){ 122, 33 }), 0);
    return tile_at(TILE_WEB_MERCATOR_QUAD, z, (struct lonlat){ (b.west + b.east) / 2, (b.south + b.north) / 2 });
}

// Around the middle of a tile, with ids as they are made: their last digits by chance.
static enum status add_crowd(struct work *w, void *ctx)
{
    struct lonlat_box b = tile_box(crowd_tile(CROWD_ZOOM), 0);
    (void)ctx;
    return db_run(w->db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $3) "
                         "INSERT INTO building (id, area_m2, crs, accuracy_m, valid_from_s, geom) "
                         "SELECT printf('%08x-0000-7000-8000-%012x', i, (i * 2654435761) & 281474976710655), 1, 'EPSG:4326', 1, 1, "
                         "CastToMulti(BuildMbr($1 + i * 1e-6, $2, $1 + i * 1e-6 + 0.0002, $2 + 0.0002, 4326)) FROM n",
                  VALUES(value_real((b.west + b.east) / 2), value_real((b.south + b.north) / 2), value_integer(CROWD)), w->e);
}

static bool is_shown_far(const char *id, int thinned)
{
    size_t len = strlen(id);
    return thinned == 0 || (thinned == 1 && id[len - 1] == '0') || (thinned == 2 && strcmp(id + len - 2, "00") == 0);
}

// How many of the crowd a tile shows; all of them must be of this share.
static int count_crowd(struct fixture *f, int z, int thinned)
{
    struct arena *a = arena_open(256 << 20);
    struct told t = ask_tile(f->server, "building", crowd_tile(z));
    struct mvt m;
    int n = 0;
    assert_int_equal(t.status, 200);
    assert_true(mvt_read(a, (const uint8_t *)t.text, t.len, &m));
    for (uint32_t i = 0; m.layers == 1 && i < m.layer[0].features; i++) {
        const char *id = mvt_get(&m.layer[0], &m.layer[0].feature[i], "id")->text;
        if (!is_shown_far(id, thinned))
            fail_msg("zoom %d shows %s", z, id);
        n += strlen(id) == 36;
    }
    told_clear(&t);
    arena_close(a);
    return n;
}

static void large_registers_are_thinned_far_away(void **state)
{
    struct fixture *f = *state;
    int expected[3] = { 0 }, all_from = 0;
    for (uint64_t i = 1; i <= CROWD; i++) {
        uint64_t end = i * 2654435761u & 0xffffffffffff;
        expected[0]++, expected[1] += (end & 0xf) == 0, expected[2] += (end & 0xff) == 0;
    }
    assert_ok(f, station_write(f->server->station, &(struct station_call){ NOW_S, "system" }, add_crowd, NULL, &f->e));
    for (int z = CROWD_ZOOM; z >= 0; z--) {
        if (all_from == 0 && count_crowd(f, z, 0) < CROWD)
            all_from = z + 1;
        int thinned = z >= all_from ? 0 : z >= all_from - 2 ? 1 : 2;
        assert_int_equal(count_crowd(f, z, thinned), expected[thinned]);
    }
    assert_true(all_from > 4 && all_from < CROWD_ZOOM);
}

// --- The station ----------------------------------------------------------------------------------------------------------------

static enum status read_layers(struct work *w, void *ctx)
{
    struct fixture *f = ctx;
    return layer_read_all(w->db, f->arena, &f->layers, w->e);
}

static int open_all(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->e.lang = LANG_EN;
    f->seed = 20261126;
    f->arena = arena_open(64 << 20);
    f->other = temporary_open(&f->at, NOW_S);
    for (int i = 0; i < THINGS; i++) {
        f->thing[i].table = i % 4 == 0 ? "asset" : "building";
        snprintf(f->thing[i].id, sizeof f->thing[i].id, "thing-%d", i);
    }
    assert_ok(f, station_read(f->other, &(struct station_call){ NOW_S, "system" }, read_layers, f, &f->e));
    struct server_settings settings = { .station = f->at.folder, .now_s = clock_stands, .asks_per_s = 1e9 };
    assert_ok(f, server_open(&settings, &f->server, &f->e));
    *state = f;
    return 0;
}

static int close_all(void **state)
{
    struct fixture *f = *state;
    server_close(f->server);
    int gone = temporary_close(&f->at, f->other);
    arena_close(f->arena);
    free(f);
    return gone;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_every_edit_tiles_are_what_is_made_anew),
        cmocka_unit_test(tiles_elsewhere_stay),
        cmocka_unit_test(a_job_that_fails_changes_no_tile),
        cmocka_unit_test(the_ceiling_holds),
        cmocka_unit_test(readers_never_see_what_was_replaced),
        cmocka_unit_test(large_registers_are_thinned_far_away),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
