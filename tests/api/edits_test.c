// Editing a register over HTTP: what is taken and what is refused, versions and who means which, states, areas, what a role does not see,
// loads that come after.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "api/routes.h"
#include "api/server.h"
#include "core/actor.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/cell.h"
#include "core/register.h"
#include "core/token.h"
#include "core/told.h"
#include "core/verify.h"
#include "gis/wkb.h"
#include "tests/core/temporary_station.h"
#include <gdal.h>

enum { ARENA = 8 << 20, HEADERS = 8, CELLS = 2 };
static int64_t now_s = 1772496000;
static int64_t clock_now(void) { return now_s; }

enum who { NOBODY, ANALYST, CHECKER, INSPECTOR, LOCAL, READER, PEOPLE };
static const struct { const char *name, *role; } people[PEOPLE] = {
    [ANALYST] = { "An", "analyst" }, [CHECKER] = { "Zhao", "checker" }, [INSPECTOR] = { "Wang", "inspector" }, [LOCAL] = { "Lin", "analyst" },
};
struct fixture { struct temporary at; struct server *server; struct err e; char token[PEOPLE][TOKEN_TEXT]; };

// --- The station --------------------------------------------------------------------------------------------------------------

// Two cells side by side, each in a community of its own.
static enum status make_cells(struct work *w)
{
    struct grid g = { .key = "unit", .must_partition = true, .target_area_m2 = 1e6, .min_area_m2 = 1, .max_area_m2 = 1e9 };
    static const char *const code[CELLS] = { "320612001001001", "320612001002001" };
    struct as_told empty;
    enum status s = grid_record(w, &g);
    if (s == OK)
        s = told_of(w, "grid", g.id.text, &empty);
    for (int i = 0; s == OK && i < CELLS; i++) {
        double west = 121 + 0.02 * i;
        struct xy_m vertex[] = { { west, 32 }, { west + 0.02, 32 }, { west + 0.02, 32.02 }, { west, 32.02 } };
        struct rings rings = { .vertex = vertex, .first = (uint32_t[]){ 0, 4 }, .count = 1 };
        struct buf wkb;
        struct cell c = { .name = "", .area_m2 = 1 };
        buf_init(&wkb, 1 << 16);
        wkb_write_multipolygon(&wkb, &rings, (struct xy_m){ 0, 0 });
        snprintf(c.code, sizeof c.code, "%s", code[i]);
        snprintf(c.community_code, sizeof c.community_code, "%.12s", code[i]);
        c.wkb = (const uint8_t *)wkb.data, c.wkb_len = wkb.len;
        s = cell_record(w, &g, &c);
        buf_clear(&wkb);
    }
    return s == OK ? told_note(w, &(struct deed){ .verb = "load", .thing = "grid", .thing_id = g.id.text }, &empty) : s;
}

static enum status settle(struct work *w, void *ctx)
{
    struct fixture *f = ctx;
    struct token token;
    enum status s = make_cells(w);
    for (int i = 1; s == OK && i < READER; i++) {
        struct actor a = { .is_active = true };
        snprintf(a.name, sizeof a.name, "%s", people[i].name);
        snprintf(a.role, sizeof a.role, "%s", people[i].role);
        s = actor_record(w, &a);
        if (s == OK)
            s = token_make(w, &(struct token_spec){ .actor = a.id.text, .name = "all", .scope = TOKEN_ALL }, f->token[i], &token);
    }
    if (s == OK)
        s = token_make(w, &(struct token_spec){ .actor = "An", .name = "read", .scope = TOKEN_READ }, f->token[READER], &token);
    static const char *const area[] = { "320612001001" };
    struct actor altered;
    return s == OK ? actor_alter(w, "Lin", &(struct actor_change){ .area = area, .areas = 1 }, &altered) : s;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->e.lang = LANG_EN;
    struct station *station = temporary_open(&f->at, now_s - 3600);
    assert_ok(f, station_write(station, &(struct station_call){ now_s - 3600, "system" }, settle, f, &f->e));
    station_close(station);
    struct server_settings settings = { .station = f->at.folder, .now_s = clock_now, .asks_per_s = 1e9 };
    assert_ok(f, server_open(&settings, &f->server, &f->e));
    *state = f;
    return 0;
}

static void note_fault(void *ctx, const char *sentence)
{
    (void)ctx;
    print_error("%s\n", sentence);
}

// Whatever a test did, the station holds together afterwards: audit, counts, indexes.
static int tear_down(void **state)
{
    struct fixture *f = *state;
    struct verify_report report;
    enum status s = verify_station(f->server->station, NULL, note_fault, NULL, &report, &f->e);
    server_close(f->server);
    int gone = temporary_close(&f->at, NULL);
    int bad = s != OK || report.faults > 0;
    free(f);
    return gone != 0 || bad;
}

// --- Asking -------------------------------------------------------------------------------------------------------------------

struct ask { enum http_method method; const char *path; enum who who; const char *type, *body, *if_match, *crs; bool beforehand; };
struct told { int status; char *text, location[300], tag[80], allow[80]; };

static void keep_header(const struct answer *a, const char *name, char *out, size_t cap)
{
    const char *value = answer_header_get(a, name);
    snprintf(out, cap, "%s", value != NULL ? value : "");
}

static struct told ask(struct fixture *f, struct ask q)
{
    char bearer[TOKEN_TEXT + 16];
    struct arena *arena = arena_open(ARENA);
    struct http_header header[HEADERS] = { { "Host", "grid.example" } };
    int n = 1;
    snprintf(bearer, sizeof bearer, "Bearer %s", f->token[q.who]);
    const char *const more[][2] = { { "Authorization", q.who != NOBODY ? bearer : NULL }, { "Content-Type", q.type }, { "If-Match", q.if_match },
                                    { "Content-Crs", q.crs }, { "Access-Control-Request-Method", q.beforehand ? "POST" : NULL } };
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        if (more[i][1] != NULL)
            header[n++] = (struct http_header){ more[i][0], more[i][1] };
    struct request r = { .method = q.method, .path = q.path, .query = "", .header = header, .headers = n, .peer = "127.0.0.1", .arena = arena };
    struct http_plan plan = { 0 };
    struct answer a = { 0 };
    server_begin(f->server, &r, &plan, &a);
    if (!plan.answered) {
        r.body = q.body;
        r.body_len = q.body != NULL && plan.body != HTTP_BODY_NONE ? strlen(q.body) : 0;
        server_run(f->server, &r, &a);
    }
    struct told t = { .status = a.status };
    t.text = mem_get(a.kind == ANSWER_TEXT ? a.text.len + 1 : 1, 1);
    if (a.kind == ANSWER_TEXT && a.text.len > 0)
        memcpy(t.text, a.text.data, a.text.len);
    keep_header(&a, "Location", t.location, sizeof t.location);
    keep_header(&a, "ETag", t.tag, sizeof t.tag);
    keep_header(&a, "Allow", t.allow, sizeof t.allow);
    answer_clear(&a);
    arena_close(arena);
    return t;
}

// The status alone; what was said is shown when it is another one.
static struct told expect(struct fixture *f, int status, struct ask q)
{
    struct told t = ask(f, q);
    if (t.status != status)
        fail_msg("%s %s %s: %d, expected %d: %s", http_method_word(q.method), q.path, q.body != NULL ? q.body : "", t.status, status, t.text);
    mem_free(t.text);
    t.text = NULL;
    return t;
}

#define GEOJSON "application/geo+json"
#define PATCH "application/merge-patch+json"
#define BOARDS "/collections/billboard/items"
#define HOUSES "/collections/building/items"
#define AT(lon, lat) "\"geometry\":{\"type\":\"Point\",\"coordinates\":[" #lon "," #lat "]}"
#define SQUARE(w, s, e, n) "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[" #w "," #s "],[" #e "," #s "],[" #e "," #n "],[" #w "," #n "],[" #w "," #s "]]]}"
#define FEATURE(geometry, properties) "{\"type\":\"Feature\"," geometry ",\"properties\":{" properties "}}"

static const char *path_of(const struct told *t)
{
    assert_memory_equal(t->location, "http://grid.example/", 20);
    return t->location + strlen("http://grid.example");
}

static struct told add(struct fixture *f, const char *path, enum who who, const char *body)
{
    return expect(f, 201, (struct ask){ .method = HTTP_POST, .path = path, .who = who, .type = GEOJSON, .body = body });
}

// One member of the feature's properties, as JSON has it; "geometry" the coordinates.
static void assert_told(struct fixture *f, const char *path, enum who who, const char *property, const char *expected)
{
    char wanted[300];
    struct told t = ask(f, (struct ask){ .method = HTTP_GET, .path = path, .who = who });
    assert_int_equal(t.status, 200);
    snprintf(wanted, sizeof wanted, "\"%s\":%s", strcmp(property, "geometry") == 0 ? "coordinates" : property, expected);
    if (strstr(t.text, wanted) == NULL)
        fail_msg("%s: %s is not in %s", path, wanted, t.text);
    mem_free(t.text);
}

struct question { const char *sql; char text[200]; };
static enum status ask_store(struct work *w, void *ctx)
{
    struct question *q = ctx;
    return db_text(w->db, q->sql, NO_VALUES, q->text, sizeof q->text, w->e);
}

static void assert_asked(struct fixture *f, const char *sql, const char *expected)
{
    struct question q = { .sql = sql };
    assert_ok(f, station_read(f->server->station, &(struct station_call){ now_s, "system" }, ask_store, &q, &f->e));
    assert_string_equal(q.text, expected);
}

// --- Adding -------------------------------------------------------------------------------------------------------------------

static void what_is_added_is_there_with_its_cell_and_its_audit(void **state)
{
    struct fixture *f = *state;
    struct told t = add(f, BOARDS, ANALYST, FEATURE(AT(121.005, 32.005), "\"name\":\"甲\",\"width_m\":2.5,\"checked_at\":\"2026-03-01\""));
    assert_told(f, path_of(&t), NOBODY, "geometry", "[121.005,32.005]");
    assert_told(f, path_of(&t), NOBODY, "width_m", "2.5");
    assert_told(f, path_of(&t), NOBODY, "checked_at", "\"2026-03-01\"");
    assert_told(f, path_of(&t), NOBODY, "state", "\"present\"");
    assert_asked(f, "SELECT cell_code || ' ' || community_code || ' ' || crs || ' ' || version FROM asset", "320612001001001 320612001001 EPSG:4326 1");
    assert_asked(f, "SELECT u.verb || ' ' || u.thing || ' ' || a.name FROM audit u JOIN actor a ON a.id = u.actor ORDER BY u.seq DESC LIMIT 1", "add asset An");
    assert_asked(f, "SELECT n FROM tally WHERE thing = 'asset' AND level = 'cell' AND n <> 0", "1");
    assert_asked(f, "SELECT count(*) FROM asset_words WHERE asset_words MATCH '甲'", "1");
    t = add(f, HOUSES, CHECKER, FEATURE(SQUARE(121.001, 32.001, 121.0012, 32.0012), "\"height_m\":9"));
    assert_asked(f, "SELECT CASE WHEN area_m2 BETWEEN 400 AND 440 THEN 'fine' ELSE area_m2 END FROM building", "fine");
}

static void the_same_under_the_same_id_is_one_thing(void **state)
{
    struct fixture *f = *state;
    static const char body[] = "{\"type\":\"Feature\",\"id\":\"0195528F-8F00-7000-8000-00000000aAaA\"," AT(121.005, 32.005) ",\"properties\":{\"name\":\"a\"}}";
    static const char other[] = "{\"type\":\"Feature\",\"id\":\"0195528f-8f00-7000-8000-00000000aaaa\"," AT(121.005, 32.005) ",\"properties\":{\"name\":\"b\"}}";
    struct told first = add(f, BOARDS, ANALYST, body), again = add(f, BOARDS, ANALYST, body);
    assert_string_equal(first.location, "http://grid.example/collections/billboard/items/0195528f-8f00-7000-8000-00000000aaaa");
    assert_string_equal(first.location, again.location);
    assert_string_equal(first.tag, again.tag);
    expect(f, 409, (struct ask){ .method = HTTP_POST, .path = BOARDS, .who = ANALYST, .type = GEOJSON, .body = other });
    expect(f, 409, (struct ask){ .method = HTTP_POST, .path = "/collections/shop_sign/items", .who = ANALYST, .type = GEOJSON, .body = body });
    assert_asked(f, "SELECT count(*) FROM asset", "1");
    // Also when somebody has edited it since; not when it was taken out.
    expect(f, 204, (struct ask){ .method = HTTP_PATCH, .path = path_of(&first), .who = ANALYST, .type = PATCH, .body = "{\"properties\":{\"name\":\"c\"}}" });
    again = add(f, BOARDS, ANALYST, body);
    assert_string_not_equal(first.tag, again.tag);
    expect(f, 204, (struct ask){ .method = HTTP_DELETE, .path = path_of(&first), .who = ANALYST });
    expect(f, 409, (struct ask){ .method = HTTP_POST, .path = BOARDS, .who = ANALYST, .type = GEOJSON, .body = body });
    // An id that is none is nobody's: the station gives its own.
    add(f, BOARDS, ANALYST, "{\"type\":\"Feature\",\"id\":7," AT(121.005, 32.005) ",\"properties\":null}");
}

static void what_cannot_be_taken_is_refused_whole(void **state)
{
    struct fixture *f = *state;
    static const struct { int status; enum who who; const char *path, *type, *body; } cases[] = {
        { 400, ANALYST, BOARDS, GEOJSON, "" }, { 400, ANALYST, BOARDS, GEOJSON, "{" }, { 400, ANALYST, BOARDS, GEOJSON, "[]" },
        { 400, ANALYST, BOARDS, GEOJSON, "{\"type\":\"FeatureCollection\",\"features\":[]}" },
        { 400, ANALYST, BOARDS, GEOJSON, "{\"type\":\"Feature\",\"properties\":{}}" },
        { 400, ANALYST, BOARDS, GEOJSON, "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{}}" },
        { 400, ANALYST, BOARDS, GEOJSON, FEATURE(SQUARE(121.001, 32.001, 121.002, 32.002), "") },      // not of this kind
        { 400, ANALYST, HOUSES, GEOJSON, FEATURE(AT(121.001, 32.001), "") },
        { 400, ANALYST, HOUSES, GEOJSON, FEATURE(SQUARE(121.001, 32.001, 121.001, 32.002), "") },      // no area
        { 400, ANALYST, BOARDS, GEOJSON, FEATURE(AT(32.005, 121.005), "") },                           // no latitude
        { 400, ANALYST, BOARDS, GEOJSON, FEATURE(AT(32.005, 81.005), "") },                            // far away
        { 400, ANALYST, BOARDS, GEOJSON, FEATURE(AT(121.2, 32.005), "") },
        { 400, ANALYST, HOUSES, GEOJSON, FEATURE(SQUARE(121.001, 32.001, 121.2, 32.002), "") },        // one corner far away
        { 400, ANALYST, BOARDS, GEOJSON, FEATURE(AT(121.005, 32.005), "\"nobody\":1") },
        { 400, ANALYST, BOARDS, GEOJSON, FEATURE(AT(121.005, 32.005), "\"width_m\":\"2\"") },
        { 400, ANALYST, BOARDS, GEOJSON, FEATURE(AT(121.005, 32.005), "\"name\":2") },
        { 400, ANALYST, BOARDS, GEOJSON, FEATURE(AT(121.005, 32.005), "\"name\":[\"a\"]") },
        { 400, ANALYST, BOARDS, GEOJSON, FEATURE(AT(121.005, 32.005), "\"name\":true") },
        { 400, ANALYST, BOARDS, GEOJSON, FEATURE(AT(121.005, 32.005), "\"checked_at\":\"the day before\"") },
        { 400, ANALYST, BOARDS, GEOJSON, FEATURE(AT(121.005, 32.005), "\"state\":\"shining\"") },
        { 400, ANALYST, "/collections/zone/items", GEOJSON, FEATURE(SQUARE(121.001, 32.001, 121.002, 32.002), "\"kind\":\"green\"") }, // weight is required
        { 404, ANALYST, "/collections/nothing/items", GEOJSON, FEATURE(AT(121.005, 32.005), "") },
        { 415, ANALYST, BOARDS, "text/plain", FEATURE(AT(121.005, 32.005), "") },
        { 401, NOBODY, BOARDS, GEOJSON, FEATURE(AT(121.005, 32.005), "") },
        { 403, READER, BOARDS, GEOJSON, FEATURE(AT(121.005, 32.005), "") },
        { 403, INSPECTOR, BOARDS, GEOJSON, FEATURE(AT(121.005, 32.005), "") },
        { 403, LOCAL, BOARDS, GEOJSON, FEATURE(AT(121.025, 32.005), "") },                             // another community
        { 405, ANALYST, "/collections/finding/items", GEOJSON, FEATURE(AT(121.005, 32.005), "") },
        { 405, ANALYST, "/collections/cell/items", GEOJSON, FEATURE(AT(121.005, 32.005), "") },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(f, cases[i].status, (struct ask){ .method = HTTP_POST, .path = cases[i].path, .who = cases[i].who, .type = cases[i].type, .body = cases[i].body });
    assert_asked(f, "SELECT (SELECT count(*) FROM asset) + (SELECT count(*) FROM building) + (SELECT count(*) FROM zone)", "0");
    assert_asked(f, "SELECT count(*) FROM audit WHERE verb = 'add'", "0");
    add(f, BOARDS, LOCAL, FEATURE(AT(121.005, 32.005), ""));
}

static void coordinates_are_taken_in_the_order_of_their_crs(void **state)
{
    struct fixture *f = *state;
#define CRS "http://www.opengis.net/def/crs/"
    static const struct { int status; const char *crs, *body; } cases[] = {
        { 201, "<" CRS "OGC/1.3/CRS84>", FEATURE(AT(121.005, 32.005), "") }, { 201, CRS "OGC/1.3/CRS84", FEATURE(AT(121.005, 32.005), "") },
        { 201, CRS "EPSG/0/4326", FEATURE(AT(32.005, 121.005), "") }, { 201, "<" CRS "EPSG/0/4490>", FEATURE(AT(32.005, 121.005), "") },
        { 201, CRS "EPSG/0/4549", FEATURE(AT(3542610.7, 594926.2), "") }, { 201, CRS "EPSG/0/3857", FEATURE(AT(13470215, 3764475), "") },
        { 400, CRS "EPSG/0/4549", FEATURE(AT(594926.2, 3542610.7), "") }, { 400, CRS "EPSG/0/4326", FEATURE(AT(121.005, 32.005), "") },
        { 400, CRS "EPSG/0/2154", FEATURE(AT(1, 1), "") }, { 400, "nonsense", FEATURE(AT(1, 1), "") },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct told t = expect(f, cases[i].status, (struct ask){ .method = HTTP_POST, .path = BOARDS, .who = ANALYST, .type = GEOJSON, .body = cases[i].body, .crs = cases[i].crs });
        if (cases[i].status == 201)
            assert_told(f, path_of(&t), NOBODY, "geometry", i < 4 ? "[121.005,32.005]" : "[121.00");
    }
    assert_asked(f, "SELECT group_concat(DISTINCT crs) FROM asset", "EPSG:4326,EPSG:4490,EPSG:4549,EPSG:3857");
    assert_asked(f, "SELECT count(*) FROM asset WHERE cell_code = '320612001001001'", "6");
}

// --- Changing -----------------------------------------------------------------------------------------------------------------

static void what_is_replaced_is_kept_and_what_is_not_said_is_nothing(void **state)
{
    struct fixture *f = *state;
    struct told t = add(f, BOARDS, ANALYST, FEATURE(AT(121.005, 32.005), "\"name\":\"a\",\"owner\":\"b\",\"width_m\":2"));
    now_s += 60;
    struct told changed = expect(f, 204, (struct ask){ .method = HTTP_PUT, .path = path_of(&t), .who = CHECKER, .type = GEOJSON, .body = FEATURE(AT(121.006, 32.005), "\"name\":\"c\"") });
    assert_told(f, path_of(&t), NOBODY, "name", "\"c\"");
    assert_told(f, path_of(&t), NOBODY, "owner", "\"\"");
    assert_told(f, path_of(&t), NOBODY, "width_m", "null");
    assert_told(f, path_of(&t), NOBODY, "geometry", "[121.006,32.005]");
    assert_string_not_equal(t.tag, changed.tag);
    assert_asked(f, "SELECT group_concat(version || ' ' || name || ' ' || (valid_to_s IS NULL) || ' ' || (id = (SELECT id FROM asset LIMIT 1)), ', ') FROM "
                    "(SELECT * FROM asset ORDER BY version)", "1 a 0 1, 2 c 1 1");
    assert_asked(f, "SELECT valid_to_s - valid_from_s FROM asset WHERE version = 1", "60");
    assert_asked(f, "SELECT verb || ': ' || note FROM audit ORDER BY seq DESC LIMIT 1", "edit: billboard: geometry name owner width_m");
    // The same again is no edit, and what was read may be sent back as it is.
    struct told again = expect(f, 204, (struct ask){ .method = HTTP_PUT, .path = path_of(&t), .who = CHECKER, .type = GEOJSON, .body = FEATURE(AT(121.006, 32.005), "\"name\":\"c\"") });
    assert_string_equal(changed.tag, again.tag);
    struct told read = ask(f, (struct ask){ .method = HTTP_GET, .path = path_of(&t), .who = CHECKER });
    assert_string_equal(read.tag, changed.tag);
    again = expect(f, 204, (struct ask){ .method = HTTP_PUT, .path = path_of(&t), .who = CHECKER, .type = GEOJSON, .body = read.text });
    assert_string_equal(changed.tag, again.tag);
    mem_free(read.text);
    assert_asked(f, "SELECT count(*) FROM asset", "2");
}

static void a_patch_changes_what_it_says(void **state)
{
    struct fixture *f = *state;
    struct told t = add(f, HOUSES, ANALYST, FEATURE(SQUARE(121.001, 32.001, 121.0012, 32.0012), "\"name\":\"a\",\"address\":\"b\",\"floors\":3"));
    const char *path = path_of(&t);
    expect(f, 204, (struct ask){ .method = HTTP_PATCH, .path = path, .who = ANALYST, .type = PATCH, .body = "{\"properties\":{\"floors\":4,\"address\":null}}" });
    assert_told(f, path, NOBODY, "floors", "4");
    assert_told(f, path, NOBODY, "address", "\"\"");
    assert_told(f, path, NOBODY, "name", "\"a\"");
    assert_told(f, path, NOBODY, "geometry", "[[[[121.001,32.001]");
    expect(f, 204, (struct ask){ .method = HTTP_PATCH, .path = path, .who = ANALYST, .type = PATCH, .body = "{" SQUARE(121.021, 32.001, 121.0212, 32.0012) "}" });
    assert_told(f, path, NOBODY, "geometry", "[[[[121.021,32.001]");
    assert_told(f, path, NOBODY, "floors", "4");
    assert_asked(f, "SELECT cell_code FROM building WHERE valid_to_s IS NULL", "320612001002001");
    assert_asked(f, "SELECT count(*) FROM building", "3");
    static const struct { int status; const char *type, *body; } cases[] = {
        { 400, PATCH, "{\"geometry\":null}" }, { 400, PATCH, "{\"type\":\"Point\"}" }, { 400, PATCH, "{\"properties\":{\"nobody\":1}}" },
        { 400, PATCH, "{\"properties\":{\"floors\":\"many\"}}" }, { 400, PATCH, "{\"properties\":[]}" }, { 415, GEOJSON, "{}" }, { 204, PATCH, "{}" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(f, cases[i].status, (struct ask){ .method = HTTP_PATCH, .path = path, .who = ANALYST, .type = cases[i].type, .body = cases[i].body });
    assert_asked(f, "SELECT count(*) FROM building", "3");
}

static void who_means_another_version_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct told t = add(f, BOARDS, ANALYST, FEATURE(AT(121.005, 32.005), "\"name\":\"a\""));
    const char *path = path_of(&t), *nowhere = BOARDS "/0195528f-8f00-7000-8000-00000000bbbb";
    char first[80], weak[90], several[200];
    snprintf(first, sizeof first, "%s", t.tag);
    expect(f, 412, (struct ask){ .method = HTTP_PATCH, .path = path, .who = ANALYST, .type = PATCH, .body = "{\"properties\":{\"name\":\"b\"}}", .if_match = "\"9-0\"" });
    struct told second = expect(f, 204, (struct ask){ .method = HTTP_PATCH, .path = path, .who = ANALYST, .type = PATCH, .body = "{\"properties\":{\"name\":\"b\"}}", .if_match = first });
    expect(f, 412, (struct ask){ .method = HTTP_PATCH, .path = path, .who = ANALYST, .type = PATCH, .body = "{\"properties\":{\"name\":\"c\"}}", .if_match = first });
    expect(f, 412, (struct ask){ .method = HTTP_DELETE, .path = path, .who = ANALYST, .if_match = first });
    snprintf(weak, sizeof weak, "W/%s", second.tag);
    expect(f, 412, (struct ask){ .method = HTTP_PUT, .path = path, .who = ANALYST, .type = GEOJSON, .body = FEATURE(AT(121.005, 32.005), "\"name\":\"c\""), .if_match = weak });
    assert_told(f, path, NOBODY, "name", "\"b\"");
    snprintf(several, sizeof several, "%s, %s", first, second.tag);
    expect(f, 204, (struct ask){ .method = HTTP_PUT, .path = path, .who = ANALYST, .type = GEOJSON, .body = FEATURE(AT(121.005, 32.005), "\"name\":\"c\""), .if_match = several });
    expect(f, 204, (struct ask){ .method = HTTP_PATCH, .path = path, .who = ANALYST, .type = PATCH, .body = "{\"properties\":{\"name\":\"d\"}}", .if_match = "*" });
    assert_told(f, path, NOBODY, "name", "\"d\"");
    expect(f, 404, (struct ask){ .method = HTTP_PUT, .path = nowhere, .who = ANALYST, .type = GEOJSON, .body = FEATURE(AT(121.005, 32.005), "") });
    expect(f, 412, (struct ask){ .method = HTTP_PUT, .path = nowhere, .who = ANALYST, .type = GEOJSON, .body = FEATURE(AT(121.005, 32.005), ""), .if_match = "*" });
    // A tag is of one form: another language, another CRS, another tag; each of them means the version.
    struct told en = ask(f, (struct ask){ .method = HTTP_GET, .path = path, .who = ANALYST });
    expect(f, 204, (struct ask){ .method = HTTP_PATCH, .path = path, .who = ANALYST, .type = PATCH, .body = "{\"properties\":{\"name\":\"e\"}}", .if_match = en.tag });
    mem_free(en.text);
}

static void what_is_taken_out_is_kept(void **state)
{
    struct fixture *f = *state;
    struct told t = add(f, BOARDS, ANALYST, FEATURE(AT(121.005, 32.005), "\"name\":\"a\""));
    expect(f, 403, (struct ask){ .method = HTTP_DELETE, .path = path_of(&t), .who = INSPECTOR });
    expect(f, 401, (struct ask){ .method = HTTP_DELETE, .path = path_of(&t), .who = NOBODY });
    expect(f, 204, (struct ask){ .method = HTTP_DELETE, .path = path_of(&t), .who = CHECKER });
    expect(f, 404, (struct ask){ .method = HTTP_GET, .path = path_of(&t), .who = CHECKER });
    expect(f, 404, (struct ask){ .method = HTTP_DELETE, .path = path_of(&t), .who = CHECKER });
    expect(f, 404, (struct ask){ .method = HTTP_PATCH, .path = path_of(&t), .who = CHECKER, .type = PATCH, .body = "{}" });
    assert_asked(f, "SELECT count(*) || ' ' || (valid_to_s IS NOT NULL) FROM asset", "1 1");
    assert_asked(f, "SELECT verb FROM audit ORDER BY seq DESC LIMIT 1", "take_out");
    assert_asked(f, "SELECT coalesce(sum(n), 0) FROM tally WHERE thing = 'asset'", "0");
}

// --- Who ----------------------------------------------------------------------------------------------------------------------

static void nobody_edits_outside_of_their_areas(void **state)
{
    struct fixture *f = *state;
    struct told here = add(f, BOARDS, ANALYST, FEATURE(AT(121.005, 32.005), "\"name\":\"a\"")), there = add(f, BOARDS, ANALYST, FEATURE(AT(121.025, 32.005), "\"name\":\"b\""));
    expect(f, 204, (struct ask){ .method = HTTP_PATCH, .path = path_of(&here), .who = LOCAL, .type = PATCH, .body = "{\"properties\":{\"name\":\"c\"}}" });
    expect(f, 403, (struct ask){ .method = HTTP_PATCH, .path = path_of(&here), .who = LOCAL, .type = PATCH, .body = "{" AT(121.025, 32.005) "}" });       // out of them
    expect(f, 403, (struct ask){ .method = HTTP_PATCH, .path = path_of(&there), .who = LOCAL, .type = PATCH, .body = "{" AT(121.005, 32.005) "}" });      // into them
    expect(f, 403, (struct ask){ .method = HTTP_DELETE, .path = path_of(&there), .who = LOCAL });
    assert_told(f, path_of(&here), NOBODY, "name", "\"c\"");
    assert_told(f, path_of(&there), NOBODY, "geometry", "[121.025,32.005]");
}

static void a_state_goes_where_the_table_of_moves_lets_this_role(void **state)
{
    struct fixture *f = *state;
#define HOUSE(standing) FEATURE(SQUARE(121.001, 32.001, 121.0012, 32.0012), "\"standing\":\"" standing "\"")
    struct told t = add(f, HOUSES, ANALYST, HOUSE("unverified"));
    const char *path = path_of(&t);
    expect(f, 409, (struct ask){ .method = HTTP_POST, .path = HOUSES, .who = ANALYST, .type = GEOJSON, .body = HOUSE("illegal") });
    expect(f, 409, (struct ask){ .method = HTTP_PUT, .path = path, .who = ANALYST, .type = GEOJSON, .body = HOUSE("illegal") });
    expect(f, 204, (struct ask){ .method = HTTP_PUT, .path = path, .who = ANALYST, .type = GEOJSON, .body = HOUSE("lawful") });
    assert_asked(f, "SELECT verb || ': ' || note FROM audit ORDER BY seq DESC LIMIT 1", "recognise: building: standing");
    expect(f, 409, (struct ask){ .method = HTTP_PATCH, .path = path, .who = CHECKER, .type = PATCH, .body = "{\"properties\":{\"standing\":\"illegal\"}}" });
    assert_told(f, path, NOBODY, "standing", "\"lawful\"");
}

static void what_a_role_does_not_see_it_leaves_as_it_is(void **state)
{
    struct fixture *f = *state;
    struct told t = add(f, HOUSES, ANALYST, FEATURE(SQUARE(121.001, 32.001, 121.0012, 32.0012), "\"name\":\"a\",\"owner\":\"somebody\""));
    const char *path = path_of(&t);
    expect(f, 400, (struct ask){ .method = HTTP_PATCH, .path = path, .who = LOCAL, .type = PATCH, .body = "{\"properties\":{\"owner\":\"me\"}}" });
    expect(f, 204, (struct ask){ .method = HTTP_PUT, .path = path, .who = LOCAL, .type = GEOJSON, .body = FEATURE(SQUARE(121.001, 32.001, 121.0012, 32.0012), "\"name\":\"b\"") });
    assert_told(f, path, ANALYST, "owner", "\"somebody\"");
    expect(f, 204, (struct ask){ .method = HTTP_PUT, .path = path, .who = ANALYST, .type = GEOJSON, .body = FEATURE(SQUARE(121.001, 32.001, 121.0012, 32.0012), "\"name\":\"b\"") });
    assert_told(f, path, ANALYST, "owner", "\"\"");
}

static void methods_are_told_as_they_are(void **state)
{
    struct fixture *f = *state;
    static const char nowhere[] = BOARDS "/unknown_id";
    static const struct { const char *path; enum who who; bool beforehand; const char *allow; } cases[] = {
        { BOARDS, NOBODY, false, "GET, HEAD, OPTIONS" }, { BOARDS, ANALYST, false, "GET, HEAD, POST, OPTIONS" }, { BOARDS, INSPECTOR, false, "GET, HEAD, OPTIONS" },
        { BOARDS "/", ANALYST, false, "GET, HEAD, POST, OPTIONS" }, { nowhere, ANALYST, false, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS" },
        { nowhere, NOBODY, false, "GET, HEAD, OPTIONS" }, { BOARDS, NOBODY, true, "GET, HEAD, POST, OPTIONS" },
        { "/collections/finding/items", ANALYST, false, "GET, HEAD, OPTIONS" }, { "/collections/cell/items/x", ANALYST, false, "GET, HEAD, OPTIONS" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct told t = expect(f, 204, (struct ask){ .method = HTTP_OPTIONS, .path = cases[i].path, .who = cases[i].who, .beforehand = cases[i].beforehand });
        if (strcmp(t.allow, cases[i].allow) != 0)
            fail_msg("OPTIONS %s by %d: %s, expected %s", cases[i].path, cases[i].who, t.allow, cases[i].allow);
    }
    struct told t = expect(f, 405, (struct ask){ .method = HTTP_DELETE, .path = "/collections/finding/items/x", .who = ANALYST });
    assert_string_equal(t.allow, "GET, HEAD, OPTIONS");
}

// --- Loads that come after ------------------------------------------------------------------------------------------------------

static void load(struct fixture *f, const char *name)
{
    char path[200];
    struct register_report report;
    snprintf(path, sizeof path, "%s/boards.geojson", f->at.home);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\"," AT(121.005, 32.005) ",\"properties\":{\"n\":\"b1\",\"name\":\"%s\"}}]}", name);
    fclose(file);
    struct register_spec spec = { .layer = "billboard", .path = path, .id_field = "n" };
    assert_ok(f, register_load(f->server->station, &(struct station_call){ now_s, "system" }, &spec, NULL, NULL, NULL, &report, &f->e));
}

// A load brings what its source says anew; what was edited since it last said so stays.
static void the_next_load_of_the_same_leaves_an_edit_alone(void **state)
{
    struct fixture *f = *state;
    struct question q = { .sql = "SELECT id FROM asset LIMIT 1" };
    char path[300];
    load(f, "a");
    assert_ok(f, station_read(f->server->station, &(struct station_call){ now_s, "system" }, ask_store, &q, &f->e));
    snprintf(path, sizeof path, BOARDS "/%s", q.text);
    expect(f, 204, (struct ask){ .method = HTTP_PATCH, .path = path, .who = ANALYST, .type = PATCH, .body = "{\"properties\":{\"owner\":\"by hand\"}}" });
    load(f, "a");
    assert_told(f, path, NOBODY, "owner", "\"by hand\"");
    load(f, "b");
    assert_told(f, path, NOBODY, "owner", "\"\"");
    assert_told(f, path, NOBODY, "name", "\"b\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_added_is_there_with_its_cell_and_its_audit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_under_the_same_id_is_one_thing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_taken_is_refused_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(coordinates_are_taken_in_the_order_of_their_crs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_replaced_is_kept_and_what_is_not_said_is_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_patch_changes_what_it_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_means_another_version_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_taken_out_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_edits_outside_of_their_areas, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_state_goes_where_the_table_of_moves_lets_this_role, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_role_does_not_see_it_leaves_as_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(methods_are_told_as_they_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_next_load_of_the_same_leaves_an_edit_alone, set_up, tear_down),
    };
    GDALAllRegister();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
