// What the executable test suite of OGC API Features (ets-ogcapi-features10, Parts 1 and 2) asserts, method by method, of every collection
// the public sees. The first of its checks, that the status line says HTTP/1.1, is tests/api/http_test.c's.
#include "tests/api/served_world.h"

#include "core/base/when.h"

enum { LAYERS_SEEN = 40, PAGES_MOST = 40, LIMIT_MOST = 10000 };
static char seen[LAYERS_SEEN][40];     // keys of the collections
static int seens;
static const char BASE[] = "http://grid.example";
static const char CRS84[] = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

// --- Asking -----------------------------------------------------------------------------------------------------------------------

// As the suite asks: Accept alone says the format. path may bring its query along.
static struct told get(const char *path, const char *accept)
{
    char *copy = mem_text(path), *mark = strchr(copy, '?');
    if (mark != NULL)
        *mark = '\0';
    struct told t = asked(server, &(struct asking){ .path = copy, .query = mark != NULL ? mark + 1 : "", .header = { { "Accept", accept } } });
    mem_free(copy);
    return t;
}

static struct json_doc *document(const char *path, const char *accept)
{
    struct err e = { .lang = LANG_EN };
    struct json_doc *doc = NULL;
    struct told t = get(path, accept);
    if (t.status != 200)
        fail_msg("%s: %d %s", path, t.status, t.text);
    if (json_parse(t.text, t.len, path, NULL, &doc, &e) != OK)
        fail_msg("%s: %s", path, e.text);
    told_clear(&t);
    return doc;
}

static void assert_status(const char *path, int status)
{
    struct told t = get(path, "application/geo+json");
    if (t.status != status)
        fail_msg("%s: %d, expected %d: %s", path, t.status, status, t.text);
    told_clear(&t);
}

static const char *text_of(struct json v)
{
    struct err e = { .lang = LANG_EN };
    const char *text = NULL;
    if (json_read_text(v, &text, &e) != OK)
        fail_msg("%s", e.text);
    return text;
}

static int64_t number_of(struct json v)
{
    struct err e = { .lang = LANG_EN };
    int64_t n = 0;
    if (json_read_int(v, &n, &e) != OK)
        fail_msg("%s", e.text);
    return n;
}

static double real_of(struct json v)
{
    struct err e = { .lang = LANG_EN };
    double n = 0;
    if (json_read_number(v, &n, &e) != OK)
        fail_msg("%s", e.text);
    return n;
}

static bool is_text(struct json v, const char *text) { return json_kind(v) == JSON_KIND_TEXT && strcmp(text_of(v), text) == 0; }

// The link of that relation and type (NULL: any, but there must be one); its place at this service. NULL: none.
static const char *link_of(struct json object, const char *rel, const char *type)
{
    struct json links = json_get(object, "links");
    for (size_t i = 0; i < json_count(links); i++) {
        struct json link = json_at(links, i);
        if (!is_text(json_get(link, "rel"), rel) || !json_is_there(json_get(link, "type")))
            continue;
        if (type != NULL && !is_text(json_get(link, "type"), type))
            continue;
        const char *href = text_of(json_get(link, "href"));
        if (strncmp(href, BASE, sizeof BASE - 1) != 0)
            fail_msg("%s leads elsewhere: %s", rel, href);
        return href + sizeof BASE - 1;
    }
    return NULL;
}

static void assert_link(struct json object, const char *rel, const char *type, const char *where)
{
    if (link_of(object, rel, type) == NULL)
        fail_msg("%s has no link %s of type %s", where, rel, type != NULL ? type : "any");
}

// --- General ----------------------------------------------------------------------------------------------------------------------

static void the_landing_page_leads_on(void **state)
{
    (void)state;
    struct json_doc *doc = document("/", "application/json");
    struct json page = json_root(doc);
    assert_link(page, "service-desc", "application/vnd.oai.openapi+json;version=3.0", "/");
    assert_link(page, "service-doc", "text/html", "/");
    assert_link(page, "conformance", "application/json", "/");
    assert_link(page, "data", "application/json", "/");
    assert_link(page, "self", "application/json", "/");
    assert_link(page, "alternate", "text/html", "/");
    json_close(doc);
}

// Every $ref must lead to something of the document itself.
static void check_references(struct json root, struct json v)
{
    struct json_each m = { 0 };
    for (size_t i = 0; json_kind(v) == JSON_KIND_LIST && i < json_count(v); i++)
        check_references(root, json_at(v, i));
    while (json_kind(v) == JSON_KIND_OBJECT && json_next(v, &m)) {
        if (strcmp(m.key, "$ref") != 0) {
            check_references(root, m.value);
            continue;
        }
        char path[200];
        snprintf(path, sizeof path, "%s", text_of(m.value));
        assert_memory_equal(path, "#/components/", 13);
        char *kind = path + 13, *name = strchr(kind, '/');
        assert_non_null(name);
        *name++ = '\0';
        if (!json_is_there(json_get(json_get(json_get(root, "components"), kind), name)))
            fail_msg("%s leads nowhere", text_of(m.value));
    }
}

static void the_api_document_is_whole(void **state)
{
    (void)state;
    struct json_doc *landing = document("/", "application/json");
    const char *path = link_of(json_root(landing), "service-desc", "application/vnd.oai.openapi+json;version=3.0");
    struct told t = get(path, "application/vnd.oai.openapi+json;version=3.0");
    assert_string_equal(told_header(&t, "Content-Type"), "application/vnd.oai.openapi+json;version=3.0");
    told_clear(&t);
    struct json_doc *doc = document(path, "application/vnd.oai.openapi+json;version=3.0");
    struct json root = json_root(doc);
    assert_string_equal(text_of(json_get(root, "openapi")), "3.0.3");
    assert_true(json_is_there(json_get(json_get(root, "info"), "title")) && json_is_there(json_get(json_get(root, "info"), "version")));
    check_references(root, root);
    json_close(doc), json_close(landing);
}

static void conformance_is_found_by_the_document(void **state)
{
    (void)state;
    struct json_doc *api = document("/api", "application/vnd.oai.openapi+json;version=3.0"), *doc = document("/conformance", "application/json");
    assert_true(json_is_there(json_get(json_get(json_get(json_root(api), "paths"), "/conformance"), "get")));
    struct json list = json_get(json_root(doc), "conformsTo");
    bool core = false;
    for (size_t i = 0; i < json_count(list); i++)
        core = core || is_text(json_at(list, i), "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core");
    assert_true(core);
    json_close(doc), json_close(api);
}

// --- Collections --------------------------------------------------------------------------------------------------------------------

// Two values, written alike: the suite compares what the list says with what the collection says of itself.
static void assert_alike(struct json a, struct json b, const char *where)
{
    struct json_each m = { 0 };
    assert_int_equal(json_kind(a), json_kind(b));
    assert_int_equal(json_count(a), json_count(b));
    switch (json_kind(a)) {
    case JSON_KIND_TEXT: assert_string_equal(text_of(a), text_of(b)); break;
    case JSON_KIND_INTEGER: case JSON_KIND_REAL: assert_true(real_of(a) == real_of(b)); break;
    case JSON_KIND_LIST: for (size_t i = 0; i < json_count(a); i++) assert_alike(json_at(a, i), json_at(b, i), where); break;
    case JSON_KIND_OBJECT: while (json_next(a, &m)) assert_alike(m.value, json_get(b, m.key), where); break;
    default: break;
    }
}

static void collections_say_what_they_are(void **state)
{
    (void)state;
    struct json_doc *doc = document("/collections", "application/json");
    struct json list = json_get(json_root(doc), "collections");
    assert_link(json_root(doc), "self", "application/json", "/collections");
    assert_link(json_root(doc), "alternate", "text/html", "/collections");
    assert_true(json_count(list) > 5);
    for (size_t i = 0; i < json_count(list); i++) {
        char path[100];
        struct json entry = json_at(list, i);
        snprintf(path, sizeof path, "/collections/%s", text_of(json_get(entry, "id")));
        assert_link(entry, "self", "application/json", path);
        assert_link(entry, "alternate", "text/html", path);
        assert_link(entry, "items", "application/geo+json", path);
        assert_string_equal(text_of(json_at(json_get(entry, "crs"), 0)), CRS84);
        struct json_doc *one = document(path, "application/json");
        assert_alike(entry, json_root(one), path);
        json_close(one);
    }
    json_close(doc);
}

// --- Items: the checks of a response --------------------------------------------------------------------------------------------------

struct box { double west, south, east, north; };

static void widen(struct json coordinates, struct box *b)
{
    if (json_kind(json_at(coordinates, 0)) == JSON_KIND_LIST) {
        for (size_t i = 0; i < json_count(coordinates); i++)
            widen(json_at(coordinates, i), b);
        return;
    }
    double x = real_of(json_at(coordinates, 0)), y = real_of(json_at(coordinates, 1));
    *b = (struct box){ fmin(b->west, x), fmin(b->south, y), fmax(b->east, x), fmax(b->north, y) };
}

static struct box box_of(struct json feature)
{
    struct box b = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    struct json geometry = json_get(feature, "geometry");
    if (json_is_there(geometry))
        widen(json_get(geometry, "coordinates"), &b);
    return b;
}

static int64_t check_page(struct json page, const char *path)
{
    struct json features = json_get(page, "features"), stamp = json_get(page, "timeStamp");
    int64_t from_s, to_s, n = (int64_t)json_count(features);
    assert_string_equal(text_of(json_get(page, "type")), "FeatureCollection");
    assert_int_equal(json_kind(features), JSON_KIND_LIST);
    assert_link(page, "self", "application/geo+json", path);
    assert_link(page, "alternate", "text/html", path);
    assert_true(!json_is_there(stamp) || when_read_interval(text_of(stamp), &from_s, &to_s));
    assert_int_equal(number_of(json_get(page, "numberReturned")), n);
    for (int64_t i = 0; i < n; i++) {
        struct json feature = json_at(features, (size_t)i);
        struct box b = box_of(feature);
        assert_true(json_is_there(json_get(feature, "id")));
        assert_true(isinf(b.west) || (b.west >= -180 && b.east <= 180 && b.south >= -90 && b.north <= 90));
    }
    return n;
}

// numberMatched is the sum over all pages, however large they are.
static void check_all_pages(const char *path)
{
    struct json_doc *doc = document(path, "application/geo+json");
    struct json matched = json_get(json_root(doc), "numberMatched");
    int64_t expected = json_is_there(matched) ? number_of(matched) : -1, sum = check_page(json_root(doc), path);
    const char *next;
    for (int pages = 0; (next = link_of(json_root(doc), "next", "application/geo+json")) != NULL && pages < PAGES_MOST; pages++) {
        assert_null(strchr(strchr(next, '?'), '/'));
        struct json_doc *page = document(next, "application/geo+json");
        sum += check_page(json_root(page), next);
        json_close(doc);
        doc = page;
    }
    if (next == NULL && expected >= 0 && sum != expected)
        fail_msg("%s: numberMatched is %lld, and there are %lld", path, (long long)expected, (long long)sum);
    json_close(doc);
}

static void each_collection(void (*check)(const char *items))
{
    for (int i = 0; i < seens; i++) {
        char path[100];
        snprintf(path, sizeof path, "/collections/%s/items", seen[i]);
        check(path);
    }
}

static const char *with(const char *items, const char *query)
{
    static char path[4][1000];
    static int next;
    next = (next + 1) % 4;
    snprintf(path[next], sizeof path[next], "%s?%s", items, query);
    return path[next];
}

static void check_items(const char *items)
{
    struct told t = get(items, "application/geo+json");
    assert_int_equal(t.status, 200);
    assert_string_equal(told_header(&t, "Content-Type"), "application/geo+json");
    told_clear(&t);
    check_all_pages(with(items, "limit=10"));          // the suite adds it where it asks for no limit
    check_all_pages(with(items, "limit=10000"));
}
static void pages_are_feature_collections(void **state) { (void)state; each_collection(check_items); }

// --- Parameters -----------------------------------------------------------------------------------------------------------------------

static struct json parameter(struct json api, const char *items, const char *name)
{
    struct json list = json_get(json_get(json_get(json_get(api, "paths"), items), "get"), "parameters");
    for (size_t i = 0; i < json_count(list); i++) {
        struct json p = json_at(list, i), ref = json_get(p, "$ref");
        if (json_is_there(ref))
            p = json_get(json_get(json_get(api, "components"), "parameters"), strrchr(text_of(ref), '/') + 1);
        if (is_text(json_get(p, "name"), name))
            return p;
    }
    fail_msg("%s is no parameter of %s", name, items);
    return api;
}

static void check_parameter(struct json p, const char *type)
{
    struct err e = { .lang = LANG_EN };
    bool required = true, explode = true;
    assert_string_equal(text_of(json_get(p, "in")), "query");
    assert_int_equal(json_read_bool(json_get(p, "required"), &required, &e), OK);
    assert_int_equal(json_read_bool(json_get(p, "explode"), &explode, &e), OK);       // said, not left to the default
    assert_false(required || explode);
    assert_string_equal(text_of(json_get(p, "style")), "form");
    assert_string_equal(text_of(json_get(json_get(p, "schema"), "type")), type);
}

static void parameters_are_told_as_the_standard_wants(void **state)
{
    (void)state;
    struct json_doc *doc = document("/api", "application/vnd.oai.openapi+json;version=3.0");
    for (int i = 0; i < seens; i++) {
        char items[100];
        snprintf(items, sizeof items, "/collections/%s/items", seen[i]);
        struct json bbox = parameter(json_root(doc), items, "bbox"), limit = parameter(json_root(doc), items, "limit");
        check_parameter(bbox, "array");
        check_parameter(limit, "integer");
        check_parameter(parameter(json_root(doc), items, "datetime"), "string");
        struct json schema = json_get(bbox, "schema");
        assert_int_equal(number_of(json_get(schema, "minItems")), 4);
        assert_int_equal(number_of(json_get(schema, "maxItems")), 6);
        assert_string_equal(text_of(json_get(json_get(schema, "items"), "type")), "number");
        schema = json_get(limit, "schema");
        assert_true(number_of(json_get(schema, "minimum")) >= 1 && number_of(json_get(schema, "default")) >= 1);
        assert_int_equal(number_of(json_get(schema, "maximum")), LIMIT_MOST);
    }
    // QGIS and GDAL look for its bounds here.
    struct json limit = json_get(json_get(json_get(json_root(doc), "components"), "parameters"), "limit");
    assert_int_equal(number_of(json_get(json_get(limit, "schema"), "maximum")), LIMIT_MOST);
    json_close(doc);
}

static bool meets(struct box a, struct box b)
{
    if (b.west > b.east)
        return meets(a, (struct box){ b.west, b.south, 180, b.north }) || meets(a, (struct box){ -180, b.south, b.east, b.north });
    return isinf(a.west) || (a.west <= b.east && a.east >= b.west && a.south <= b.north && a.north >= b.south);
}

static void check_box(const char *items, struct box b)
{
    char query[200];
    snprintf(query, sizeof query, "limit=10000&bbox=%.9g,%.9g,%.9g,%.9g", b.west, b.south, b.east, b.north);
    struct json_doc *doc = document(with(items, query), "application/geo+json");
    struct json features = json_get(json_root(doc), "features");
    check_page(json_root(doc), items);
    for (size_t i = 0; i < json_count(features); i++)
        assert_true(meets(box_of(json_at(features, i)), b));
    json_close(doc);
}

static void check_boxes(const char *items)
{
    static const struct box boxes[] = { { -1.5, 50, 1.5, 53 }, { -80, -5, -70, 5 }, { 177, 65, -177, 70 }, { -180, -90, 180, -85 }, { -180, 85, 180, 90 },
                                        { 121.01, 31.01, 121.02, 31.02 }, { 121.05, 31, 121.05, 31 }, { 120, 30, -170, 40 } };
    for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++)
        check_box(items, boxes[i]);
    check_all_pages(with(items, "limit=10&bbox=121,31,121.07,31.05"));
    check_all_pages(with(items, "limit=10&bbox=121,31,-100,121.07,31.05,100"));        // six numbers
}
static void boxes_select_what_they_meet(void **state) { (void)state; each_collection(check_boxes); }

// The collection's own extent is a box like any other, and all of its features lie in it.
static void extents_hold_everything(void **state)
{
    (void)state;
    for (int i = 0; i < seens; i++) {
        char path[100], items[120];
        snprintf(path, sizeof path, "/collections/%s", seen[i]);
        snprintf(items, sizeof items, "%s/items", path);
        struct json_doc *doc = document(path, "application/json"), *all = document(with(items, "limit=10000"), "application/geo+json");
        struct json bbox = json_at(json_get(json_get(json_get(json_root(doc), "extent"), "spatial"), "bbox"), 0), features = json_get(json_root(all), "features");
        assert_int_equal(json_count(bbox), json_count(features) > 0 ? 4 : 0);
        if (json_count(bbox) == 0) {               // nothing is nowhere
            json_close(doc), json_close(all);
            continue;
        }
        struct box b = { real_of(json_at(bbox, 0)), real_of(json_at(bbox, 1)), real_of(json_at(bbox, 2)), real_of(json_at(bbox, 3)) };
        for (size_t f = 0; f < json_count(features); f++) {
            struct box in = box_of(json_at(features, f));
            assert_true(isinf(in.west) || (in.west >= b.west - 1e-7 && in.east <= b.east + 1e-7 && in.south >= b.south - 1e-7 && in.north <= b.north + 1e-7));
        }
        check_box(items, b);
        json_close(doc), json_close(all);
    }
}

static void check_limit(const char *items)
{
    static const int limits[] = { 1, 7, 5000 };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        char query[40];
        snprintf(query, sizeof query, "limit=%d", limits[i]);
        struct json_doc *doc = document(with(items, query), "application/geo+json");
        assert_true(check_page(json_root(doc), items) <= limits[i]);
        json_close(doc);
    }
    assert_status(with(items, "limit=20000"), 200);    // cut to what is allowed
    assert_status(with(items, "limit=0"), 400);
    assert_status(with(items, "limit=-1"), 400);
    assert_status(with(items, "limit=unlimited"), 400);
    assert_status(with(items, "a_name_nobody_has=1"), 400);
}
static void limits_are_kept_and_errors_are_errors(void **state) { (void)state; each_collection(check_limit); }

static void check_times(const char *items)
{
    static const char *const times[] = { "2018-02-12T23:20:50Z", "2018-02-12T00:00:00Z/2018-03-18T12:31:12Z", "2018-02-12T00:00:00Z/..", "../2018-03-18T12:31:12Z",
                                         "2018-02-12T00:00:00Z/", "/2018-03-18T12:31:12Z", "2018-02-12", "2018-02-12T23:20:50.52%2B08:00", "2024-01-05T%2F2024-01-06T" };
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        char query[100];
        snprintf(query, sizeof query, "limit=10&datetime=%s", times[i]);
        check_all_pages(with(items, query));
    }
    assert_status(with(items, "datetime=yesterday"), 400);
    assert_status(with(items, "datetime=2018-03-18/2018-02-12"), 400);
}
static void times_are_taken_in_all_their_forms(void **state) { (void)state; each_collection(check_times); }

// --- One feature ------------------------------------------------------------------------------------------------------------------------

static void check_single(const char *items)
{
    struct json_doc *page = document(with(items, "limit=3"), "application/geo+json");
    struct json features = json_get(json_root(page), "features");
    for (size_t i = 0; i < json_count(features); i++) {
        char path[200];
        const char *id = text_of(json_get(json_at(features, i), "id"));
        snprintf(path, sizeof path, "%s/%s", items, id);
        struct json_doc *doc = document(path, "application/geo+json");
        assert_string_equal(text_of(json_get(json_root(doc), "id")), id);
        assert_string_equal(text_of(json_get(json_root(doc), "type")), "Feature");
        assert_link(json_root(doc), "self", "application/geo+json", path);
        assert_link(json_root(doc), "alternate", "text/html", path);
        assert_link(json_root(doc), "collection", "application/json", path);
        assert_alike(json_get(json_root(doc), "properties"), json_get(json_at(features, i), "properties"), path);
        json_close(doc);
    }
    json_close(page);
}
static void a_feature_leads_to_its_collection(void **state) { (void)state; each_collection(check_single); }

// --- Coordinate reference systems (Part 2) ------------------------------------------------------------------------------------------------

static void assert_crs(const char *path, const char *uri)
{
    char expected[200];
    struct told t = get(path, "application/geo+json");
    snprintf(expected, sizeof expected, "<%s>", uri);
    assert_int_equal(t.status, 200);
    assert_string_equal(told_header(&t, "Content-Crs"), expected);
    told_clear(&t);
}

static bool is_identifier(const char *uri) { return strncmp(uri, "http://www.opengis.net/def/crs/", 31) == 0 && strlen(uri) > 40; }

static void check_crs(const char *items)
{
    char collection[100];
    snprintf(collection, sizeof collection, "%.*s", (int)(strlen(items) - strlen("/items")), items);
    struct json_doc *doc = document(collection, "application/json"), *page = document(with(items, "limit=1"), "application/geo+json");
    struct json list = json_get(json_root(doc), "crs"), first = json_at(json_get(json_root(page), "features"), 0);
    bool stored = false;
    for (size_t i = 0; i < json_count(list); i++) {
        char query[200], single[300];
        const char *uri = text_of(json_at(list, i));
        assert_true(is_identifier(uri));
        stored = stored || is_text(json_get(json_root(doc), "storageCrs"), uri);
        snprintf(query, sizeof query, "limit=5&crs=%s", uri);
        assert_crs(with(items, query), uri);
        if (json_is_there(first)) {
            snprintf(single, sizeof single, "%s/%s", items, text_of(json_get(first, "id")));
            assert_crs(with(single, query + strlen("limit=5&")), uri);
            assert_crs(single, CRS84);
        }
    }
    assert_true(stored);
    assert_crs(items, CRS84);
    assert_status(with(items, "crs=http://www.opengis.net/def/crs/0/unsupported"), 400);
    assert_status(with(items, "bbox-crs=http://www.opengis.net/def/crs/0/unsupported&bbox=1,2,3,4"), 400);
    json_close(doc), json_close(page);
}
static void each_crs_is_answered_in(void **state) { (void)state; each_collection(check_crs); }

// The same box in other coordinates selects the same features; latitude stands first where the authority has it so.
static void check_bbox_crs(const char *items)
{
    static const char *const boxes[] = { "bbox=121,31,121.07,31.05&bbox-crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84",
                                         "bbox=31,121,31.05,121.07&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326",
                                         "bbox=31,121,31.05,121.07&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4490",
                                         "bbox=13469658.3,3632749.1,13477450.8,3639246.8&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857" };
    struct json_doc *plain = document(with(items, "limit=10000&bbox=121,31,121.07,31.05"), "application/geo+json");
    for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++) {
        char query[300];
        snprintf(query, sizeof query, "limit=10000&%s", boxes[i]);
        struct json_doc *doc = document(with(items, query), "application/geo+json");
        assert_int_equal(json_count(json_get(json_root(doc), "features")), json_count(json_get(json_root(plain), "features")));
        json_close(doc);
    }
    json_close(plain);
}
static void boxes_are_taken_in_other_crs(void **state) { (void)state; each_collection(check_bbox_crs); }

// --- The station ----------------------------------------------------------------------------------------------------------------------------

static int open_all(void **state)
{
    if (served_world_open(state) != 0)
        return 1;
    struct json_doc *doc = document("/collections", "application/json");
    struct json list = json_get(json_root(doc), "collections");
    for (size_t i = 0; i < json_count(list) && seens < LAYERS_SEEN; i++)
        snprintf(seen[seens++], sizeof seen[0], "%s", text_of(json_get(json_at(list, i), "id")));
    json_close(doc);
    return seens > 5 ? 0 : 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_landing_page_leads_on),
        cmocka_unit_test(the_api_document_is_whole),
        cmocka_unit_test(conformance_is_found_by_the_document),
        cmocka_unit_test(collections_say_what_they_are),
        cmocka_unit_test(pages_are_feature_collections),
        cmocka_unit_test(parameters_are_told_as_the_standard_wants),
        cmocka_unit_test(boxes_select_what_they_meet),
        cmocka_unit_test(extents_hold_everything),
        cmocka_unit_test(limits_are_kept_and_errors_are_errors),
        cmocka_unit_test(times_are_taken_in_all_their_forms),
        cmocka_unit_test(a_feature_leads_to_its_collection),
        cmocka_unit_test(each_crs_is_answered_in),
        cmocka_unit_test(boxes_are_taken_in_other_crs),
    };
    return cmocka_run_group_tests(tests, open_all, served_world_close);
}
