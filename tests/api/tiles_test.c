// Tiles as OGC's suite looks at them, and as people of every role get them: what the plain reference of tests/core/visible_world.h lets
// them see and nothing else, valid by MVT 2.1, packed or not, with tags that change when the content does.
#include "tests/api/served_world.h"

#include "core/base/gzip.h"
#include "gis/tile_matrix.h"
#include "tests/gis/mvt.h"

// --- Asking -------------------------------------------------------------------------------------------------------------------

static struct told get(const char *path, const char *query, const char *token)
{
    return asked(server, &(struct asking){ .method = HTTP_GET, .path = path, .query = query, .bearer = token });
}

static int status_of(const char *path, const char *query, const char *token)
{
    struct told t = get(path, query, token);
    told_clear(&t);
    return t.status;
}

static struct json_doc *get_json(const char *path, const char *query, const char *token)
{
    struct err e = { .lang = LANG_EN };
    struct told t = get(path, query, token);
    struct json_doc *doc = NULL;
    if (t.status != 200)
        fail_msg("%s?%s: %d %s", path, query, t.status, t.text);
    assert_int_equal(json_parse(t.text, t.len, path, NULL, &doc, &e), OK);
    told_clear(&t);
    return doc;
}

static const char *text_at(struct json object, const char *key)
{
    struct err e = { .lang = LANG_EN };
    const char *text = NULL;
    if (json_read_text(json_get(object, key), &text, &e) != OK)
        fail_msg("%s: %s", key, e.text);
    return text;
}

static int64_t integer_at(struct json object, const char *key)
{
    struct err e = { .lang = LANG_EN };
    int64_t n = 0;
    if (json_read_int(json_get(object, key), &n, &e) != OK)
        fail_msg("%s: %s", key, e.text);
    return n;
}

static size_t list_at(struct json object, const char *key, struct json *list)
{
    struct err e = { .lang = LANG_EN };
    size_t n = 0;
    *list = json_get(object, key);
    if (json_read_list(*list, &n, &e) != OK)
        fail_msg("%s: %s", key, e.text);
    return n;
}

// The link of that relation, with a type; NULL: none.
static const char *link_at(struct json object, const char *rel, const char *type)
{
    struct json links;
    size_t n = list_at(object, "links", &links);
    for (size_t i = 0; i < n; i++)
        if (strcmp(text_at(json_at(links, i), "rel"), rel) == 0 && (type == NULL || strcmp(text_at(json_at(links, i), "type"), type) == 0))
            return text_at(json_at(links, i), "href");
    return NULL;
}

// --- Documents ----------------------------------------------------------------------------------------------------------------

#define REL "http://www.opengis.net/def/rel/ogc/1.0/"

static void tilesets_are_found_from_the_first_page(void **state)
{
    (void)state;
    struct json_doc *landing = get_json("/", "", NULL), *collection = get_json("/collections/building", "", NULL);
    assert_string_equal(link_at(json_root(landing), REL "tilesets-vector", "application/json"), "http://grid.example/tiles");
    assert_string_equal(link_at(json_root(landing), REL "tiling-schemes", "application/json"), "http://grid.example/tileMatrixSets");
    assert_string_equal(link_at(json_root(collection), REL "tilesets-vector", "application/json"), "http://grid.example/collections/building/tiles");
    json_close(landing), json_close(collection);
}

static void matrix_sets_are_told(void **state)
{
    (void)state;
    struct json_doc *doc = get_json("/tileMatrixSets", "", NULL), *one = get_json("/tileMatrixSets/CGCS2000Quad", "", NULL);
    struct json list, matrices;
    assert_int_equal(list_at(json_root(doc), "tileMatrixSets", &list), TILE_SETS);
    assert_string_equal(link_at(json_at(list, 0), "self", "application/json"), "http://grid.example/tileMatrixSets/WebMercatorQuad");
    assert_string_equal(text_at(json_root(one), "crs"), "http://www.opengis.net/def/crs/EPSG/0/4490");
    assert_int_equal(list_at(json_root(one), "tileMatrices", &matrices), 24);
    assert_int_equal(status_of("/tileMatrixSets/Nothing", "", NULL), 404);
    json_close(doc), json_close(one);
}

static void a_list_of_tilesets_says_what_each_is(void **state)
{
    (void)state;
    static const char *const paths[] = { "/tiles", "/collections/building/tiles" };
    for (int i = 0; i < 2; i++) {
        struct json_doc *doc = get_json(paths[i], "", NULL);
        struct json list;
        assert_non_null(link_at(json_root(doc), "self", "application/json"));
        assert_int_equal(list_at(json_root(doc), "tilesets", &list), TILE_SETS);
        for (int k = 0; k < TILE_SETS; k++) {
            char href[200];
            assert_string_equal(text_at(json_at(list, (size_t)k), "dataType"), "vector");
            assert_string_equal(text_at(json_at(list, (size_t)k), "crs"), tile_set_facts((enum tile_set)k)->crs);
            assert_non_null(text_at(json_at(list, (size_t)k), "tileMatrixSetURI"));
            assert_non_null(link_at(json_at(list, (size_t)k), REL "tiling-scheme", "application/json"));
            snprintf(href, sizeof href, "http://grid.example%s/%s", paths[i], tile_set_facts((enum tile_set)k)->id);
            assert_string_equal(link_at(json_at(list, (size_t)k), "self", "application/json"), href);
        }
        json_close(doc);
    }
}

// Every limit: its last row is there, the next one is not; and so with columns. Out of range altogether: 404.
static void tiles_are_there_within_their_limits(void **state)
{
    (void)state;
    static const char *const sets[] = { "WebMercatorQuad", "CGCS2000Quad" };
    for (int k = 0; k < 2; k++) {
        char path[200], set[100];
        struct json limits;
        snprintf(set, sizeof set, "/collections/building/tiles/%s", sets[k]);
        struct json_doc *doc = get_json(set, "", NULL);
        const char *item = link_at(json_root(doc), "item", "application/vnd.mapbox-vector-tile");
        assert_non_null(strstr(item, "/{tileMatrix}/{tileRow}/{tileCol}"));
        size_t n = list_at(json_root(doc), "tileMatrixSetLimits", &limits);
        assert_true(n > 20);
        for (size_t i = 0; i < n; i += 3) {
            struct json l = json_at(limits, i);
            const char *z = text_at(l, "tileMatrix");
            int64_t y = integer_at(l, "maxTileRow"), x = integer_at(l, "maxTileCol");
            static const struct { int down, right, status; } steps[] = { { 0, 0, 200 }, { 1, 0, 404 }, { 0, 1, 404 } };
            for (int s = 0; s < 3; s++) {
                snprintf(path, sizeof path, "%s/%s/%lld/%lld", set, z, (long long)y + steps[s].down, (long long)x + steps[s].right);
                if (status_of(path, "", NULL) != steps[s].status)
                    fail_msg("%s: %d, expected %d", path, status_of(path, "", NULL), steps[s].status);
            }
            snprintf(path, sizeof path, "%s/%s/2147483647/%lld", set, z, (long long)x);
            assert_int_equal(status_of(path, "", NULL), 404);
            snprintf(path, sizeof path, "%s/%s/%lld/2147483647", set, z, (long long)y);
            assert_int_equal(status_of(path, "", NULL), 404);
        }
        json_close(doc);
    }
    static const char *const wrong[] = { "x/0/0", "0/-1/0", "0/0/0x", "99/0/0", "0/00000000000/0", "4294967296/0/0", "0/%2e/0" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char path[200];
        snprintf(path, sizeof path, "/collections/building/tiles/WebMercatorQuad/%s", wrong[i]);
        assert_int_equal(status_of(path, "", NULL), 404);
    }
    assert_int_equal(status_of("/collections/building/tiles/Nothing/0/0/0", "", NULL), 404);
    assert_int_equal(status_of("/collections/building/tiles/WebMercatorQuad/0/0/0", "f=png", NULL), 400);
    assert_int_equal(status_of("/collections/building/tiles/WebMercatorQuad/0/0/0", "collections=building", NULL), 400);
}

static void maplibre_gets_its_tilejson(void **state)
{
    (void)state;
    struct json_doc *doc = get_json("/tiles/WebMercatorQuad", "f=tilejson&collections=building,cell", NULL);
    struct err e = { .lang = LANG_EN };
    struct json list;
    const char *tile = NULL;
    assert_string_equal(text_at(json_root(doc), "tilejson"), "3.0.0");
    assert_int_equal(list_at(json_root(doc), "tiles", &list), 1);
    assert_int_equal(json_read_text(json_at(list, 0), &tile, &e), OK);
    assert_string_equal(tile, "http://grid.example/tiles/WebMercatorQuad/{z}/{y}/{x}?collections=building%2Ccell");
    assert_int_equal(list_at(json_root(doc), "vector_layers", &list), 2);
    assert_string_equal(text_at(json_at(list, 0), "id"), "building");
    assert_string_equal(text_at(json_get(json_at(list, 0), "fields"), "standing"), "String");
    assert_false(json_is_there(json_get(json_get(json_at(list, 0), "fields"), "owner")));
    assert_int_equal(list_at(json_root(doc), "bounds", &list), 4);
    json_close(doc);
    assert_int_equal(status_of("/tiles/CGCS2000Quad", "f=tilejson", NULL), 400);
}

// --- Bytes --------------------------------------------------------------------------------------------------------------------

#define WORLD "/tiles/WebMercatorQuad/0/0/0"

static struct told get_with(const char *path, const char *query, const char *name, const char *value)
{
    return asked(server, &(struct asking){ .method = HTTP_GET, .path = path, .query = query, .header = { { name, value } } });
}

static void a_tile_is_sent_packed_to_whoever_takes_it(void **state)
{
    (void)state;
    static const struct { const char *accept; bool packed; } cases[] = {
        { "gzip", true }, { "br, GZIP;q=0.5", true }, { "gzip;q=0.001", true }, { "gzip;q=0", false }, { "gzip;q=0.0, br", false }, { "br", false }, { "", false },
    };
    struct told plain = get(WORLD, "", NULL);
    assert_int_equal(plain.status, 200);
    assert_string_equal(told_header(&plain, "Content-Type"), "application/vnd.mapbox-vector-tile");
    assert_null(told_header(&plain, "Content-Encoding"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct told t = get_with(WORLD, "", "Accept-Encoding", cases[i].accept);
        struct buf b;
        buf_init(&b, 64 << 20);
        assert_int_equal(told_header(&t, "Content-Encoding") != NULL, cases[i].packed);
        if (cases[i].packed)
            assert_true(gzip_read(&b, t.text, t.len));
        else
            buf_add(&b, t.text, t.len);
        assert_int_equal(b.len, plain.len);
        assert_memory_equal(b.data, plain.text, plain.len);
        assert_string_equal(told_header(&t, "ETag"), told_header(&plain, "ETag"));
        buf_clear(&b);
        told_clear(&t);
    }
    told_clear(&plain);
}

static void who_has_a_tile_gets_304(void **state)
{
    (void)state;
    struct told t = get(WORLD, "collections=building", NULL);
    struct told again = get_with(WORLD, "collections=building", "If-None-Match", told_header(&t, "ETag"));
    struct told other = get_with(WORLD, "collections=building,cell", "If-None-Match", told_header(&t, "ETag"));
    assert_int_equal(again.status, 304);
    assert_int_equal(again.len, 0);
    assert_int_equal(other.status, 200);
    assert_string_equal(told_header(&again, "Cache-Control"), "no-cache");
    told_clear(&t), told_clear(&again), told_clear(&other);
    assert_int_equal(status_of(WORLD, "collections=building,nothing", NULL), 404);
    assert_int_equal(status_of(WORLD, "collections=building,finding", NULL), 404);
    assert_int_equal(status_of(WORLD, "collections=building,building", NULL), 200);
}

// A tile far from everything but within the limits of two things far apart is there and empty.
static void an_empty_tile_has_no_bytes(void **state)
{
    (void)state;
    struct json_doc *doc = get_json("/collections/building/tiles/WebMercatorQuad", "", NULL);
    struct json limits;
    char path[200];
    size_t n = list_at(json_root(doc), "tileMatrixSetLimits", &limits);
    struct json l = json_at(limits, n - 1);
    snprintf(path, sizeof path, "/collections/building/tiles/WebMercatorQuad/%s/%lld/%lld", text_at(l, "tileMatrix"),
             (long long)integer_at(l, "minTileRow") + 1000, (long long)integer_at(l, "minTileCol") + 1000);
    struct told t = get_with(path, "", "Accept-Encoding", "gzip");
    assert_int_equal(t.status, 200);
    assert_int_equal(t.len, 0);
    assert_null(told_header(&t, "Content-Encoding"));
    told_clear(&t);
    json_close(doc);
}

// --- Who sees what ------------------------------------------------------------------------------------------------------------

struct shown { bool row[ROWS_MOST]; };

static void take_layer(const struct world *w, const struct person *p, const struct mvt_layer *l, struct shown *out)
{
    for (uint32_t i = 0; i < l->features; i++) {
        const struct mvt_value *id = mvt_get(l, &l->feature[i], "id");
        assert_non_null(id);
        int row = row_of(w, l->name, id->text);
        if (!reference_sees(w, p, &w->row[row]))
            fail_msg("%s (%s) is given %s %s in a tile", p->role, p->name, l->name, w->row[row].number);
        if (out->row[row])
            fail_msg("%s %s is in a tile twice", l->name, w->row[row].number);
        out->row[row] = true;
    }
    for (uint32_t k = 0; k < l->keys; k++)
        if (!reference_knows(p, l->name, l->key[k]) || strstr(l->key[k], "owner") != NULL || strstr(l->key[k], "party") != NULL)
            fail_msg("%s (%s) is told %s of %s in a tile", p->role, p->name, l->key[k], l->name);
}

static void take_tile(const struct world *w, const struct person *p, const struct told *t, struct shown *out)
{
    struct arena *a = arena_open(256 << 20);
    struct mvt m;
    if (!mvt_read(a, (const uint8_t *)t->text, t->len, &m))
        fail_msg("a tile breaks MVT: %s", m.wrong);
    for (uint32_t i = 0; i < m.layers; i++)
        take_layer(w, p, &m.layer[i], out);
    arena_close(a);
}

// The whole world in one tile shows exactly what the reference lets a person see and what has a place.
static void tiles_show_what_may_be_seen(void **state)
{
    struct world *w = *state;
    static struct shown shown;
    int seen = 0, hidden = 0;
    for (int i = -1; i < w->people; i++) {
        const struct person *p = i < 0 ? &PUBLIC : &w->person[i];
        struct told t = get(i % 2 ? "/tiles/CGCS2000Quad/0/0/1" : WORLD, "", token_at(i));
        memset(&shown, 0, sizeof shown);
        assert_int_equal(t.status, 200);
        take_tile(w, p, &t, &shown);
        told_clear(&t);
        for (int row = 0; row < w->rows; row++) {
            bool sees = reference_sees(w, p, &w->row[row]) && !isnan(w->row[row].x);
            if (sees != shown.row[row])
                fail_msg("%s (%s): %s %s is %s", p->role, p->name, w->row[row].layer, w->row[row].number, sees ? "missing in the tile" : "in the tile");
            seen += sees, hidden += !sees;
        }
    }
    assert_true(seen > 1000 && hidden > 1000);
}

// One collection alone gives the same as all together give of it.
static void layers_are_the_same_alone_and_together(void **state)
{
    struct world *w = *state;
    struct told all = get(WORLD, "", NULL);
    size_t sum = 0;
    for (int k = 0; k < w->layers.count; k++) {
        char path[200];
        snprintf(path, sizeof path, "/collections/%s" WORLD, w->layers.layer[k].key);
        struct told t = get(path, "", NULL);
        if (t.status == 200 && t.len > 0) {
            assert_true(memmem(all.text, all.len, t.text, t.len) != NULL);
            sum += t.len;
        }
        told_clear(&t);
    }
    assert_int_equal(sum, all.len);
    told_clear(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tilesets_are_found_from_the_first_page),
        cmocka_unit_test(matrix_sets_are_told),
        cmocka_unit_test(a_list_of_tilesets_says_what_each_is),
        cmocka_unit_test(tiles_are_there_within_their_limits),
        cmocka_unit_test(maplibre_gets_its_tilejson),
        cmocka_unit_test(a_tile_is_sent_packed_to_whoever_takes_it),
        cmocka_unit_test(who_has_a_tile_gets_304),
        cmocka_unit_test(an_empty_tile_has_no_bytes),
        cmocka_unit_test(tiles_show_what_may_be_seen),
        cmocka_unit_test(layers_are_the_same_alone_and_together),
    };
    return cmocka_run_group_tests(tests, served_world_open, served_world_close);
}
