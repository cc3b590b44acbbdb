// What the service says it conforms to, each class held to an answer; and CQL2 over HTTP: expressions whose answers are known, the same in
// JSON and in other coordinates, and the examples of the standard (fixtures/cql2), none of which is taken for a fault of grammar.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "api/params.h"
#include "core/actor.h"
#include "core/token.h"
#include "tests/api/asking.h"
#include "tests/core/temporary_station.h"
#include <dirent.h>

enum { THINGS = 60, CLASSES_MOST = 120 };
static const int64_t NOW_S = 1772496000;
static int64_t clock_stands(void) { return NOW_S; }
static struct temporary at;
static struct server *server;
static char token[TOKEN_TEXT];

// --- Asking -----------------------------------------------------------------------------------------------------------------------

static struct told get(const char *path, const char *query)
{
    return asked(server, &(struct asking){ .path = path, .query = query, .bearer = token });
}

static void assert_holds(const char *path, const char *query, const char *what)
{
    struct told t = get(path, query);
    if (t.status != 200 || (what != NULL && strstr(t.text, what) == NULL))
        fail_msg("%s?%s: %d, without %s: %.600s", path, query, t.status, what, t.text);
    told_clear(&t);
}

#define ITEMS "/collections/billboard/items"

// name=value&name=value with the values as they are: escaped here.
static struct told filtered(const char *filter, const char *lang, const char *crs)
{
    struct buf query;
    buf_init(&query, 1 << 20);
    buf_printf(&query, "limit=1&filter-lang=%s&filter-crs=%s&filter=", lang, crs);
    percent_encode(&query, filter);
    struct told t = get(ITEMS, query.data);
    buf_clear(&query);
    return t;
}

static void assert_counted(const char *filter, const char *lang, const char *crs, int expected)
{
    char count[40];
    struct told t = filtered(filter, lang, crs);
    snprintf(count, sizeof count, "\"numberMatched\":%d,", expected);
    if (t.status != 200 || strstr(t.text, count) == NULL)
        fail_msg("%s: %d, expected %s: %.600s", filter, t.status, count, t.text);
    told_clear(&t);
}

// --- Expressions --------------------------------------------------------------------------------------------------------------------

static const char CRS84[] = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
static const struct { const char *class, *filter; int count; } expressions[] = {
    { "basic-cql2", "width_m = 0.5", 9 },
    { "basic-cql2", "NOT (width_m > 3 OR state = 'damaged')", 23 },
    { "basic-cql2", "height_m IS NULL", 8 },
    { "basic-cql2", "NOT height_m > 2", 31 },                              // unknown is not true, whichever way it is asked
    { "basic-cql2", "checked_at >= DATE('2026-01-08')", 12 },
    { "basic-cql2", "name <> 'board 01'", 59 },
    { "cql2-text", "\"width_m\" = 0.5 AND TRUE", 9 },
    { "advanced-comparison-operators", "name LIKE 'board 1%'", 7 },
    { "advanced-comparison-operators", "name LIKE '%_7'", 6 },
    { "advanced-comparison-operators", "width_m BETWEEN 1.5 AND 3.5", 27 },
    { "advanced-comparison-operators", "state NOT IN ('damaged', 'missing')", 50 },
    { "case-insensitive-comparison", "CASEI(name) = CASEI('BOARD 01')", 1 },
    { "case-insensitive-comparison", "CASEI(name) LIKE CASEI('CAFÉ%')", 20 },
    { "accent-insensitive-comparison", "ACCENTI(name) LIKE ACCENTI('Cafe%')", 20 },
    { "basic-spatial-functions", "S_INTERSECTS(geometry, BBOX(121.0005, 32.0005, 121.0035, 32.0025))", 6 },
    { "basic-spatial-functions", "S_INTERSECTS(geometry, POINT(121.003 32.002))", 1 },
    { "basic-spatial-operators", "S_INTERSECTS(geometry, BBOX(179, 31, -179, 33))", 0 },
    { "basic-spatial-operators", "S_INTERSECTS(geometry, BBOX(121.0085, 31, -179, 33))", 6 },      // over the antimeridian
    { "basic-spatial-functions-plus", "S_INTERSECTS(geometry, POLYGON((120.9995 31.9995, 121.0042 31.9995, 120.9995 32.0042, 120.9995 31.9995)))", 10 },
    { "spatial-functions", "S_WITHIN(geometry, BBOX(120, 31, 121.0045, 33))", 30 },
    { "spatial-functions", "S_DISJOINT(geometry, BBOX(121.0005, 31, 122, 33))", 6 },
    { "temporal-functions", "T_DURING(INTERVAL('2026-01-02', '2026-01-03'), INTERVAL('2026-01-01', '2026-01-04')) AND width_m = 0.5", 9 },
    { "temporal-functions", "T_AFTER(checked_at, DATE('2026-01-07'))", 12 },
    { "temporal-functions", "T_INTERSECTS(checked_at, INTERVAL('..', '2026-01-02'))", 12 },
    { "array-functions", "A_CONTAINS(('a', 'b', 'c'), ('a', 'b')) AND width_m = 0.5", 9 },
    { "array-functions", "A_CONTAINEDBY(('a', 'z'), ('a', 'b')) AND width_m = 0.5", 0 },
    { "property-property", "width_m > height_m", 37 },
    { "property-property", "0.5 = width_m", 9 },
    { "arithmetic", "width_m * 2 = height_m + 1", 5 },
    { "arithmetic", "width_m - 0.5 = 7 - 2 ^ 2", 9 },
};
enum { EXPRESSIONS = sizeof expressions / sizeof expressions[0] };

static void expressions_select_what_they_say(void **state)
{
    (void)state;
    for (int i = 0; i < EXPRESSIONS; i++)
        assert_counted(expressions[i].filter, "cql2-text", CRS84, expressions[i].count);
}

static void json_says_the_same(void **state)
{
    (void)state;
    static const struct { const char *filter; int count; } cases[] = {
        { "{\"op\":\"=\",\"args\":[{\"property\":\"width_m\"},0.5]}", 9 },
        { "{\"op\":\"not\",\"args\":[{\"op\":\">\",\"args\":[{\"property\":\"height_m\"},2]}]}", 31 },
        { "{\"op\":\">=\",\"args\":[{\"property\":\"checked_at\"},{\"date\":\"2026-01-08\"}]}", 12 },
        { "{\"op\":\"like\",\"args\":[{\"op\":\"casei\",\"args\":[{\"property\":\"name\"}]},{\"op\":\"casei\",\"args\":[\"CAFÉ%\"]}]}", 20 },
        { "{\"op\":\"s_intersects\",\"args\":[{\"property\":\"geometry\"},{\"bbox\":[121.0005,32.0005,121.0035,32.0025]}]}", 6 },
        { "{\"op\":\"s_intersects\",\"args\":[{\"property\":\"geometry\"},{\"type\":\"Point\",\"coordinates\":[121.003,32.002]}]}", 1 },
        { "{\"op\":\"t_after\",\"args\":[{\"property\":\"checked_at\"},{\"date\":\"2026-01-07\"}]}", 12 },
        { "{\"op\":\"=\",\"args\":[{\"op\":\"*\",\"args\":[{\"property\":\"width_m\"},2]},{\"op\":\"+\",\"args\":[{\"property\":\"height_m\"},1]}]}", 5 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_counted(cases[i].filter, "cql2-json", CRS84, cases[i].count);
}

// The same place in each CRS that is offered, axes as its authority has them.
static void coordinates_are_of_filter_crs(void **state)
{
    (void)state;
#define CRS "http://www.opengis.net/def/crs/EPSG/0/"
    static const struct { const char *crs, *filter; int count; } cases[] = {
        { CRS "4326", "S_INTERSECTS(geometry, BBOX(32.0005, 121.0005, 32.0025, 121.0035))", 6 }, { CRS "4490", "S_INTERSECTS(geometry, POINT(32.002 121.003))", 1 },
        { CRS "4326", "S_INTERSECTS(geometry, POLYGON((31.9995 120.9995, 31.9995 121.0042, 32.0042 120.9995, 31.9995 120.9995)))", 10 },
        { CRS "3857", "S_INTERSECTS(geometry, BBOX(13469602.7, 3763245.0, 13470048.0, 3763770.1))", 16 },
        { CRS "4549", "S_WITHIN(geometry, BBOX(3540000, 594000, 3544000, 594880))", 30 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_counted(cases[i].filter, "cql2-text", cases[i].crs, cases[i].count);
    struct told t = filtered("S_INTERSECTS(geometry, POINT(121.003 32.002))", "cql2-text", CRS "4326");      // no latitude
    assert_int_equal(t.status, 400);
    told_clear(&t);
    t = filtered("S_INTERSECTS(geometry, POINT(90 180))", "cql2-text", CRS84);
    assert_int_equal(t.status, 400);
    told_clear(&t);
}

// --- The standard's examples ----------------------------------------------------------------------------------------------------------

static char *read_whole(const char *path)
{
    struct buf b;
    char piece[4096];
    buf_init(&b, 1 << 20);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        buf_add(&b, piece, n);
    fclose(f);
    char *text = mem_text(b.data);
    buf_clear(&b);
    return text;
}

// Most name properties this collection has not, or functions nobody here has: that is what is said, and never that it is no CQL2.
static int ask_examples(const char *folder, const char *kind, const char *ending)
{
    char path[4400];
    int count = 0;
    snprintf(path, sizeof path, "%s/%s", folder, kind);
    DIR *d = opendir(path);
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        if (strstr(entry->d_name, ending) == NULL)
            continue;
        snprintf(path, sizeof path, "%s/%s/%s", folder, kind, entry->d_name);
        char *text = read_whole(path);
        struct told t = filtered(text, strcmp(kind, "text") == 0 ? "cql2-text" : "cql2-json", CRS84);
        bool is_understood = t.status == 200 || strstr(t.text, "there is no property") != NULL || strstr(t.text, "function") != NULL;
        if (t.status >= 500 || strstr(t.text, "expected") != NULL || !is_understood)
            fail_msg("%s: %d %s\n%s", entry->d_name, t.status, t.text, text);
        told_clear(&t);
        mem_free(text);
        count++;
    }
    closedir(d);
    return count;
}

static void the_examples_of_the_standard_are_understood(void **state)
{
    (void)state;
    char folder[4096];
    const char *root = getenv("GRIDPATROL_FIXTURES");
    snprintf(folder, sizeof folder, "%s%s/cql2", root != NULL ? root : GP_SOURCE_DIR, root != NULL ? "" : "/../shared/fixtures");
    DIR *d = opendir(folder);
    if (d == NULL) {
        print_message("no fixtures at %s: skipped\n", folder);
        skip();
    }
    closedir(d);
    assert_true(ask_examples(folder, "text", ".txt") > 100);
    assert_true(ask_examples(folder, "json", ".json") > 100);
}

// --- Classes ----------------------------------------------------------------------------------------------------------------------------

#define API "/api", "f=openapi"
#define COLLECTION "/collections/billboard"
static const struct { const char *class, *path, *query, *what; } classes[] = {
    { "ogcapi-common-1/1.0/conf/core", "/conformance", "", "\"conformsTo\":[" },
    { "ogcapi-common-1/1.0/conf/landing-page", "/", "", "\"rel\":\"service-desc\"" },
    { "ogcapi-common-1/1.0/conf/json", "/", "f=json", "{\"title\":" },
    { "ogcapi-common-1/1.0/conf/html", "/", "f=html", "<html" },
    { "ogcapi-common-1/1.0/conf/oas30", API, "\"openapi\":\"3.0." },
    { "ogcapi-common-2/1.0/conf/collections", "/collections", "", "\"id\":\"billboard\"" },
    { "ogcapi-common-2/1.0/conf/html", "/collections", "f=html", "billboard" },
    { "ogcapi-features-1/1.0/conf/core", ITEMS, "limit=1", "\"numberMatched\":60," },
    { "ogcapi-features-1/1.0/conf/oas30", API, "\"/collections/billboard/items/{featureId}\"" },
    { "ogcapi-features-1/1.0/conf/geojson", ITEMS, "limit=1", "\"type\":\"FeatureCollection\"" },
    { "ogcapi-features-1/1.0/conf/html", ITEMS, "f=html", "board 01" },
    { "ogcapi-features-2/1.0/conf/crs", ITEMS, "limit=1&crs=" CRS "4326", "\"coordinates\":[32,121]" },
    { "ogcapi-features-3/1.0/conf/queryables", COLLECTION "/queryables", "", "\"width_m\":{" },
    { "ogcapi-features-3/1.0/conf/queryables-query-parameters", ITEMS, "width_m=0.5&limit=1", "\"numberMatched\":9," },
    { "ogcapi-features-3/1.0/conf/filter", ITEMS, "filter=width_m%3D0.5&limit=1", "\"numberMatched\":9," },
    { "ogcapi-features-3/1.0/conf/features-filter", ITEMS, "filter=width_m%3D0.5&bbox=121,32,121.0005,33&limit=1", "\"numberMatched\":1," },
    { "cql2/1.0/conf/cql2-json", ITEMS, "filter-lang=cql2-json&limit=1&filter=%7B%22op%22:%22%3D%22,%22args%22:%5B%7B%22property%22:%22width_m%22%7D,0.5%5D%7D",
      "\"numberMatched\":9," },
    { "ogcapi-features-4/1.0/conf/create-replace-delete", API, "\"operationId\":\"billboard.addItem\"" },       // tests/api/edits_test.c
    { "ogcapi-features-4/1.0/conf/update", API, "\"operationId\":\"billboard.changeItem\"" },
    { "ogcapi-features-4/1.0/conf/features", API, "\"operationId\":\"billboard.takeOutItem\"" },
    { "ogcapi-features-4/1.0/conf/optimistic-locking-etags", API, "If-Match" },
    { "ogcapi-tiles-1/1.0/conf/core", COLLECTION "/tiles/WebMercatorQuad/0/0/0", "", NULL },                   // tests/api/tiles_test.c
    { "ogcapi-tiles-1/1.0/conf/tileset", COLLECTION "/tiles/WebMercatorQuad", "", "{tileMatrix}" },
    { "ogcapi-tiles-1/1.0/conf/tilesets-list", COLLECTION "/tiles", "", "\"tilesets\"" },
    { "ogcapi-tiles-1/1.0/conf/dataset-tilesets", "/tiles", "", "\"tilesets\"" },
    { "ogcapi-tiles-1/1.0/conf/geodata-tilesets", COLLECTION, "", "tilesets-vector" },
    { "ogcapi-tiles-1/1.0/conf/collections-selection", "/tiles/WebMercatorQuad/0/0/0", "collections=billboard", NULL },
    { "ogcapi-tiles-1/1.0/conf/oas30", API, "\"/collections/billboard/tiles/" },
    { "ogcapi-tiles-1/1.0/conf/mvt", COLLECTION "/tiles/WebMercatorQuad", "", "application/vnd.mapbox-vector-tile" },
    { "ogcapi-common-3/1.0/conf/schemas", COLLECTION "/schema", "", "\"x-ogc-role\":\"primary-geometry\"" },
    { "ogcapi-common-3/1.0/conf/returnables-and-receivables", COLLECTION "/schema", "", "\"readOnly\":true" },
    { "ogcapi-common-3/1.0/conf/queryables", COLLECTION "/queryables", "", "\"format\":\"geometry-point\"" },
    { "ogcapi-common-3/1.0/conf/sortables", COLLECTION "/sortables", "", "\"width_m\":{" },
    { "ogcapi-features-5/1.0/conf/schemas", COLLECTION "/schema", "", "\"x-ogc-propertySeq\":1" },
    { "ogcapi-features-5/1.0/conf/returnables-and-receivables", COLLECTION "/schema", "", "\"x-ogc-role\":\"id\"" },
    { "ogcapi-features-5/1.0/conf/queryables", COLLECTION "/queryables", "", "\"additionalProperties\":false" },
    { "ogcapi-features-5/1.0/conf/sortables", ITEMS, "sortby=-width_m&limit=1", "\"width_m\":6.5" },
    { "ogcapi-processes-1/1.0/conf/core", "/processes", "", "\"processes\"" },
    { "ogcapi-processes-1/1.0/conf/ogc-process-description", "/processes", "", "\"version\"" },
    { "ogcapi-processes-1/1.0/conf/json", "/processes", "f=json", "\"id\"" },
    { "ogcapi-processes-1/1.0/conf/oas30", API, "\"/processes/" },
    { "ogcapi-processes-1/1.0/conf/dismiss", API, "\"delete\":" },
};
enum { CLASSES = sizeof classes / sizeof classes[0] };
static const char SPEC[] = "http://www.opengis.net/spec/";

static bool is_held(const char *uri)
{
    const char *class = strncmp(uri, SPEC, sizeof SPEC - 1) == 0 ? uri + sizeof SPEC - 1 : uri;
    for (int i = 0; i < CLASSES; i++)
        if (strcmp(classes[i].class, class) == 0)
            return true;
    for (int i = 0; i < EXPRESSIONS; i++)
        if (strncmp(class, "cql2/1.0/conf/", 14) == 0 && strcmp(expressions[i].class, class + 14) == 0)
            return true;
    return false;
}

static void every_class_that_is_named_is_held_to_an_answer(void **state)
{
    (void)state;
    struct told t = get("/conformance", "");
    struct err e = { .lang = LANG_EN };
    struct json_doc *doc = NULL;
    assert_int_equal(json_parse(t.text, t.len, "/conformance", NULL, &doc, &e), OK);
    struct json list = json_get(json_root(doc), "conformsTo");
    assert_true(json_count(list) > 40);
    for (size_t i = 0; i < json_count(list); i++) {
        const char *uri = NULL;
        assert_int_equal(json_read_text(json_at(list, i), &uri, &e), OK);
        if (!is_held(uri))
            fail_msg("%s is said and held to nothing: a row in this test is missing", uri);
    }
    for (int i = 0; i < CLASSES; i++)
        assert_non_null(strstr(t.text, classes[i].class));
    for (int i = 0; i < EXPRESSIONS; i++)
        assert_non_null(strstr(t.text, expressions[i].class));
    json_close(doc);
    told_clear(&t);
}

static void every_class_is_answered(void **state)
{
    (void)state;
    for (int i = 0; i < CLASSES; i++)
        assert_holds(classes[i].path, classes[i].query, classes[i].what);
}

// --- The station --------------------------------------------------------------------------------------------------------------------------

static enum status settle(struct work *w, void *ctx)
{
    struct actor a = { .name = "Zhao", .role = "checker", .is_active = true };
    struct token t;
    (void)ctx;
    enum status s = actor_record(w, &a);
    return s == OK ? token_make(w, &(struct token_spec){ .actor = a.id.text, .name = "all", .scope = TOKEN_ALL }, token, &t) : s;
}

// 60 boards, ten in a row, a thousandth of a degree apart.
static void plant(int n)
{
    char body[600], height[20] = "null", day[20] = "null";
    if (n % 8 != 0)
        snprintf(height, sizeof height, "%d", n % 5);
    if (n % 10 != 9)
        snprintf(day, sizeof day, "\"2026-01-0%d\"", 1 + n % 9);
    snprintf(body, sizeof body, "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[%.3f,%.3f]},\"properties\":{\"name\":\"%s %02d\",\"width_m\":%g,"
                                "\"height_m\":%s,\"checked_at\":%s,\"state\":\"%s\"}}", 121 + 0.001 * (n % 10), 32 + 0.001 * (n / 10), n % 3 == 0 ? "Café" : "board", n,
             n % 7 + 0.5, height, day, n % 6 == 0 ? "damaged" : "present");
    struct told t = asked(server, &(struct asking){ .method = HTTP_POST, .path = ITEMS, .bearer = token, .body = body,
                                                    .header = { { "Content-Type", "application/geo+json" } } });
    if (t.status != 201)
        fail_msg("%s: %d %s", body, t.status, t.text);
    told_clear(&t);
}

static int open_all(void **state)
{
    struct err e = { .lang = LANG_EN };
    (void)state;
    struct station *station = temporary_open(&at, NOW_S - 3600);
    enum status s = station_write(station, &(struct station_call){ NOW_S - 3600, "system" }, settle, NULL, &e);
    station_close(station);
    struct server_settings settings = { .station = at.folder, .now_s = clock_stands, .asks_per_s = 1e9 };
    if (s == OK)
        s = server_open(&settings, &server, &e);
    for (int n = 0; n < THINGS && s == OK; n++)
        plant(n);
    if (s != OK)
        print_error("%s\n", e.text);
    return s == OK ? 0 : 1;
}

static int close_all(void **state)
{
    (void)state;
    server_close(server);
    return temporary_close(&at, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_select_what_they_say),
        cmocka_unit_test(json_says_the_same),
        cmocka_unit_test(coordinates_are_of_filter_crs),
        cmocka_unit_test(the_examples_of_the_standard_are_understood),
        cmocka_unit_test(every_class_that_is_named_is_held_to_an_answer),
        cmocka_unit_test(every_class_is_answered),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
