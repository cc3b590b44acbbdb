// What is answered from memory is, byte for byte, what the store answers: random edits by this service and by another program, each
// followed by pages and single features asked of a service that keeps features and of one that keeps none; and readers that race with a
// writer.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/api/asking.h"
#include "tests/core/temporary_station.h"

#include "api/feature_cache.h"
#include "core/actor.h"
#include "core/token.h"
#include <pthread.h>
#include <stdatomic.h>

static const int64_t NOW_S = 1770000000;
static int64_t clock_stands(void) { return NOW_S; }

enum { THINGS = 60, PEOPLE = 3, TIGHT_BYTES = 8 << 20 };
static const struct { const char *name, *role, *area; } people[PEOPLE] = { { NULL, NULL, NULL }, { "An", "analyst", NULL }, { "Bo", "analyst", "320612001" } };
struct thing { int version; char id[ID_TEXT]; bool is_there; double lon, lat, size; };
struct fixture {
    struct temporary at;
    struct server *quick, *tight, *plain;      // keeps features; has no room for texts of many; keeps none, and has the station open as another program would
    struct err e;
    uint64_t seed;
    struct thing thing[THINGS];
    char token[PEOPLE][TOKEN_TEXT];
};

static uint32_t chance(struct fixture *f, uint32_t below)
{
    f->seed = f->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(f->seed >> 33) % below;
}

static double share(struct fixture *f) { return chance(f, 1 << 20) / (double)(1 << 20); }

// --- Edits ----------------------------------------------------------------------------------------------------------------------

enum how { PUT_IN, MOVE, RENAME, SUPERSEDE, TAKE_OUT, HOWS };
struct edit { const char *id; enum how how; int version; double lon, lat, size; bool is_noted; };

// Slanted, so that its box says less than its shape; every seventh has no shape.
#define SHAPE "CASE WHEN $2 % 7 = 0 THEN NULL ELSE GeomFromText('MULTIPOLYGON(((' || $3 || ' ' || $4 || ',' || ($3 + $5) || ' ' || ($4 + $5 / 3) || ',' || " \
              "($3 + $5 / 2) || ' ' || ($4 + $5) || ',' || $3 || ' ' || $4 || ')))', 4326) END"
static const char *const sql_of[HOWS] = {
    [PUT_IN] = "INSERT INTO building (id, floors, version, name, owner, community_code, area_m2, crs, accuracy_m, valid_from_s, geom) "
               "VALUES ($1, $2, $2, '<名\"' || $2, 'owner ' || $2, CASE $2 % 2 WHEN 0 THEN '320612001002' ELSE '320612002001' END, 1, 'EPSG:4326', 1, 1, " SHAPE ")",
    [MOVE] = "UPDATE building SET floors = $2, geom = " SHAPE " WHERE id = $1 AND valid_to_s IS NULL",
    [RENAME] = "UPDATE building SET name = 'n' || $2 WHERE id = $1 AND valid_to_s IS NULL AND $3 + $4 + $5 > 0",
    [SUPERSEDE] = "UPDATE building SET valid_to_s = 2 WHERE id = $1 AND valid_to_s IS NULL AND $2 + $3 + $4 + $5 > 0",
    [TAKE_OUT] = "DELETE FROM building WHERE id = $1 AND $2 + $3 + $4 + $5 > 0",
};

static enum status run_edit(struct work *w, const struct edit *n, enum how how)
{
    return db_run(w->db, sql_of[how], VALUES(value_text(n->id), value_integer(n->version), value_real(n->lon), value_real(n->lat), value_real(n->size)), w->e);
}

static enum status edit(struct work *w, void *ctx)
{
    struct edit *n = ctx;
    enum status s = run_edit(w, n, n->how);
    if (s == OK && n->how == SUPERSEDE)
        s = run_edit(w, n, PUT_IN);
    return s == OK && n->is_noted ? work_note(w, &(struct deed){ .verb = "edit", .thing = "building", .thing_id = n->id, .note = "", .after = "" }) : s;
}

static enum status edit_in(struct station *st, struct edit n, struct err *e)
{
    return station_write(st, &(struct station_call){ NOW_S, "system" }, edit, &n, e);
}

static void edit_something(struct fixture *f, bool is_own)
{
    struct thing *t = &f->thing[chance(f, THINGS)];
    struct edit n = { t->id, t->is_there ? (enum how)(MOVE + chance(f, HOWS - 1)) : PUT_IN, ++t->version, 121 + share(f) * 0.01, 32 + share(f) * 0.01,
                      chance(f, 9) == 0 ? 0.02 : 0.0004 * share(f) + 1e-6, chance(f, 3) > 0 };
    assert_ok(f, edit_in(is_own ? f->quick->station : f->plain->station, n, &f->e));
    t->is_there = n.how != TAKE_OUT;
    if (n.how == PUT_IN || n.how == MOVE || n.how == SUPERSEDE)
        t->lon = n.lon, t->lat = n.lat, t->size = n.size;
}

// --- Asking ---------------------------------------------------------------------------------------------------------------------

static void compare_with(struct server *server, const struct told *plain, struct asking q)
{
    struct told kept = asked(server, &q);
    if (kept.status != plain->status || kept.len != plain->len || memcmp(kept.text, plain->text, plain->len) != 0)
        fail_msg("%s?%s:\n%d %s\nfrom the store:\n%d %s", q.path, text_or_empty(q.query), kept.status, kept.text, plain->status, plain->text);
    assert_string_equal(text_or_empty(told_header(&kept, "ETag")), text_or_empty(told_header(plain, "ETag")));
    told_clear(&kept);
}

static void compare(struct fixture *f, struct asking q)
{
    struct told plain = asked(f->plain, &q);
    compare_with(f->quick, &plain, q);
    compare_with(f->tight, &plain, q);
    told_clear(&plain);
}

static const char *somebody(struct fixture *f)
{
    int who = (int)chance(f, PEOPLE);
    return who > 0 ? f->token[who] : NULL;
}

// To or near a side of something's box, as near as what is kept is rounded.
static double near(struct fixture *f, double side) { return side + (chance(f, 3) == 0 ? 0 : (share(f) - 0.5) * (chance(f, 2) == 0 ? 2e-7 : 4e-9)); }

// Boxes of all sizes, now and then with an edge where something ends.
static void compare_page(struct fixture *f)
{
    char query[200];
    double west = 121 + share(f) * 0.01, south = 32 + share(f) * 0.01, size = chance(f, 4) == 0 ? 2 : share(f) * 0.003;
    const struct thing *t = &f->thing[chance(f, THINGS)];
    int side = (int)chance(f, 8);
    if (side < 2)                                  // the box lies to its east, or to its west
        west = side == 0 ? near(f, t->lon + t->size) : near(f, t->lon - size), south = t->lat - share(f) * size;
    else if (side < 4)
        south = side == 2 ? near(f, t->lat + t->size) : near(f, t->lat - size), west = t->lon - share(f) * size;
    if (chance(f, 10) == 0)
        size = 1e-7 * chance(f, 20);
    snprintf(query, sizeof query, "limit=%d&bbox=%.*f,%.9f,%.9f,%.9f", chance(f, 5) == 0 ? 3 : 1000, chance(f, 8) == 0 ? 4 : 9, west, south, west + size, south + size);
    compare(f, (struct asking){ .method = HTTP_GET, .path = "/collections/building/items", .query = query, .bearer = somebody(f) });
}

static void compare_single(struct fixture *f)
{
    char path[200];
    snprintf(path, sizeof path, "/collections/building/items/%s", f->thing[chance(f, THINGS)].id);
    compare(f, (struct asking){ .method = HTTP_GET, .path = path, .bearer = somebody(f) });
}

// Also where several features share a pixel, and where the rounding of places is larger than a unit.
static void compare_tile(struct fixture *f)
{
    char path[200];
    struct lonlat at = { 121 + share(f) * 0.011, 32 + share(f) * 0.011 };
    enum tile_set set = chance(f, 3) == 0 ? TILE_CGCS2000_QUAD : TILE_WEB_MERCATOR_QUAD;
    struct tile_place p = tile_at(set, 10 + (int)chance(f, 13), at);
    snprintf(path, sizeof path, "/collections/building/tiles/%s/%d/%u/%u", tile_set_facts(set)->id, p.z, p.y, p.x);
    compare(f, (struct asking){ .method = HTTP_GET, .path = path, .bearer = somebody(f) });
}

static void compare_some(struct fixture *f) { compare_page(f), compare_single(f), compare_tile(f); }

static int64_t told_by(struct server *server)
{
    struct feature_cache_counts n;
    feature_cache_counts(server->features, &n);
    return n.told;
}
static int64_t told_so_far(struct fixture *f) { return told_by(f->quick); }

// Until a page is told from memory: it is being read, or was taken away by another program.
static void await_cache_of(struct server *server)
{
    int64_t before = told_by(server);
    for (int i = 0; i < 1000 && told_by(server) == before; i++) {
        struct told t = asked(server, &(struct asking){ .method = HTTP_GET, .path = "/collections/building/items", .query = "limit=1000&bbox=121,32,121.02,32.02" });
        told_clear(&t);
        usleep(2000);
    }
    assert_true(told_by(server) > before);
}
static void await_cache(struct fixture *f) { await_cache_of(f->quick), await_cache_of(f->tight); }

static void answers_are_those_of_the_store(void **state)
{
    enum { EDITS = 400, FOREIGN_EACH = 40 };
    struct fixture *f = *state;
    await_cache(f);
    int64_t before = told_so_far(f);
    for (int i = 0; i < EDITS; i++) {
        edit_something(f, i % FOREIGN_EACH > 0);
        for (int k = 0; k < 6; k++)
            compare_some(f);
        if (i % FOREIGN_EACH == 1 || i % 4 == 0)
            usleep(3000);                          // so that rows were read anew, now and then
        for (int k = 0; k < 4; k++)
            compare_some(f);
    }
    assert_true(told_so_far(f) > before + EDITS);  // else nothing was held against anything
}

// --- Many values -----------------------------------------------------------------------------------------------------------------

// More than are kept as words (core/feature_row.c), and longer ones: numbers and texts that stand in the rows.
static enum status put_many(struct work *w, void *ctx)
{
    (void)ctx;
    return db_run(w->db, "WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 6000) "
                         "INSERT INTO building (id, floors, version, name, owner, height_m, community_code, area_m2, crs, accuracy_m, valid_from_s, geom) "
                         "SELECT printf('01a219e8-a618-7000-a000-%012x', n), n, 1, CASE n % 50 WHEN 0 THEN replace(hex(zeroblob(150)), '0', '楼') ELSE '名' || n END, '', "
                         "n / 7.0, '320612001002', 1, 'EPSG:4326', 1, 1, GeomFromText('MULTIPOLYGON(((' || (121.1 + n * 1e-6) || ' 32, ' || "
                         "(121.1 + n * 1e-6) || ' 32.0001, ' || (121.1002 + n * 1e-6) || ' 32.0001, ' || (121.1 + n * 1e-6) || ' 32)))', 4326) FROM count", NO_VALUES, w->e);
}

static int64_t bytes_of(struct server *server)
{
    struct feature_cache_counts n;
    feature_cache_counts(server->features, &n);
    return n.bytes;
}

// There is no room for the texts of so many in the service that is tight.
static void rare_values_are_told_too(void **state)
{
    struct fixture *f = *state;
    assert_ok(f, station_write(f->quick->station, &(struct station_call){ NOW_S, "system" }, put_many, NULL, &f->e));
    await_cache(f);
    int64_t before = told_so_far(f), tight_before = told_by(f->tight);
    compare(f, (struct asking){ .method = HTTP_GET, .path = "/collections/building/items", .query = "limit=10000&bbox=121.09,31.99,121.12,32.01" });
    compare(f, (struct asking){ .method = HTTP_GET, .path = "/collections/building/items", .query = "limit=10000&bbox=121.09,31.99,121.12,32.01", .bearer = f->token[1] });
    struct tile_place p = tile_at(TILE_WEB_MERCATOR_QUAD, 15, (struct lonlat){ 121.102, 32.00005 });
    char path[100];
    snprintf(path, sizeof path, "/collections/building/tiles/WebMercatorQuad/15/%u/%u", p.y, p.x);
    compare(f, (struct asking){ .method = HTTP_GET, .path = path });
    assert_true(told_so_far(f) >= before + 2);
    assert_true(told_by(f->tight) >= tight_before + 2);
    assert_true(bytes_of(f->tight) < bytes_of(f->quick));
}

// --- Races ------------------------------------------------------------------------------------------------------------------------

#define RACER "01a219e8-a618-7000-9000-000000000001"
struct race { struct fixture *f; atomic_int done; atomic_bool over; };

static void *write_on(void *ctx)
{
    enum { VERSIONS = 300 };
    struct race *r = ctx;
    struct err e = { .lang = LANG_EN };
    for (int v = 1; v <= VERSIONS; v++) {
        struct edit n = { RACER, v == 1 ? PUT_IN : v % 3 == 0 ? SUPERSEDE : MOVE, v % 7 == 0 ? v * 8 + 1 : v * 8, 121.005, 32.005, 0.0001, true };
        must(edit_in(r->f->quick->station, n, &e) == OK);
        atomic_store(&r->done, n.version);
    }
    atomic_store(&r->over, true);
    return NULL;
}

static int floors_of_racer(const struct told *t)
{
    const char *at = strstr(t->text, "\"id\":\"" RACER "\""), *floors = at != NULL ? strstr(at, "\"floors\":") : NULL;
    return floors != NULL ? atoi(floors + 9) : -1;
}

static void readers_never_see_what_was_replaced(void **state)
{
    struct race r = { .f = *state };
    pthread_t writer;
    int asks = 0;
    await_cache(r.f);
    assert_int_equal(pthread_create(&writer, NULL, write_on, &r), 0);
    while (!atomic_load(&r.over)) {
        int done = atomic_load(&r.done);
        struct told t = asked(r.f->quick, &(struct asking){ .method = HTTP_GET, .path = asks++ % 2 == 0 ? "/collections/building/items" : "/collections/building/items/" RACER,
                                                            .query = asks % 2 == 1 ? "limit=1000&bbox=121.0049,32.0049,121.0052,32.0052" : NULL });
        int seen = floors_of_racer(&t);
        if (done > 0 && seen < done && done % 7 != 0)
            fail_msg("version %d was done, %d is shown: %s", done, seen, t.text);
        told_clear(&t);
    }
    pthread_join(writer, NULL);
    assert_true(asks > 100);
}

// --- The ceiling ------------------------------------------------------------------------------------------------------------------

static void what_does_not_fit_is_asked_of_the_store(void **state)
{
    struct fixture *f = *state;
    struct feature_cache_counts n;
    feature_cache_counts(f->plain->features, &n);
    assert_int_equal(n.told, 0);
    assert_int_equal(n.views, 0);
    assert_true(n.untold > 1000);
}

// --- The station ------------------------------------------------------------------------------------------------------------------

static enum status settle(struct work *w, void *ctx)
{
    struct fixture *f = ctx;
    struct token token;
    enum status s = OK;
    for (int i = 1; i < PEOPLE && s == OK; i++) {
        struct actor a = { .role = "" };
        snprintf(a.name, sizeof a.name, "%s", people[i].name);
        snprintf(a.role, sizeof a.role, "%s", people[i].role);
        s = actor_record(w, &a);
        if (s == OK && people[i].area != NULL)
            s = db_run(w->db, "INSERT INTO actor_area (actor_id, code) VALUES ($1, $2)", VALUES(value_text(a.id.text), value_text(people[i].area)), w->e);
        if (s == OK)
            s = token_make(w, &(struct token_spec){ .actor = a.id.text, .name = "all", .scope = TOKEN_ALL }, f->token[i], &token);
    }
    return s;
}

static int open_all(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->e.lang = LANG_EN;
    f->seed = 20261126;
    for (int i = 0; i < THINGS; i++)
        snprintf(f->thing[i].id, sizeof f->thing[i].id, "01a219e8-a618-7000-8000-%012x", i * 7);
    struct station *station = temporary_open(&f->at, NOW_S);
    assert_ok(f, station_write(station, &(struct station_call){ NOW_S, "system" }, settle, f, &f->e));
    station_close(station);
    struct server_settings settings = { .station = f->at.folder, .now_s = clock_stands, .asks_per_s = 1e9, .tile_bytes = 1 };      // all tiles are made when they are asked for
    assert_ok(f, server_open(&settings, &f->quick, &f->e));
    settings.feature_bytes = TIGHT_BYTES;
    assert_ok(f, server_open(&settings, &f->tight, &f->e));
    settings.feature_bytes = 1;
    assert_ok(f, server_open(&settings, &f->plain, &f->e));
    *state = f;
    return 0;
}

static int close_all(void **state)
{
    struct fixture *f = *state;
    server_close(f->quick);
    server_close(f->tight);
    server_close(f->plain);
    int gone = temporary_close(&f->at, NULL);
    free(f);
    return gone;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_those_of_the_store),
        cmocka_unit_test(rare_values_are_told_too),
        cmocka_unit_test(readers_never_see_what_was_replaced),
        cmocka_unit_test(what_does_not_fit_is_asked_of_the_store),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
