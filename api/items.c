// Features of a collection: a page of them, and one.
#include "api/feature_cache.h"
#include "api/params.h"
#include "api/item.h"
#include "api/places.h"
#include "api/routes.h"
#include "api/selection.h"
#include "api/server.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include "gis/geojson.h"
#include <string.h>

enum { PAGE_CEILING = 256 << 20, PAGE_USUAL = 32 << 10, LIMIT_MOST = 10000, LIMIT_USUAL = 100 };

// A page on its way.
struct asked {
    struct exchange *x;
    const struct layer *layer;
    struct selection what;
    struct buf out;
    struct json_writer j;
    int64_t returned, matched;
    char next[FEATURE_CURSOR];
};

// --- A page -------------------------------------------------------------------------------------------------------------------

static enum status put_feature(void *ctx, const struct feature *f, struct err *e)
{
    struct asked *q = ctx;
    struct feature moved;
    enum status s = places_shape(q->x->server->places, &q->what.crs, f, &moved, q->x->request->arena, e);
    if (s != OK)
        return s;
    json_put_raw(&q->j, NULL, "", 0);
    feature_json(&moved, &q->what.style, &q->out);
    buf_text(&q->out, "}");
    q->returned++;
    return q->out.full ? err_set(e, TOO_BIG, "the page is larger than %d MB; ask for fewer features with limit", PAGE_CEILING >> 20) : OK;
}

static enum status read_page(struct work *w, void *ctx)
{
    struct asked *q = ctx;
    json_put_list(&q->j, "features");
    enum status s = feature_look_around(w, &q->what.query);
    if (s == OK)
        s = feature_each(w, &q->what.query, put_feature, q, q->next);
    json_put_end(&q->j);
    if (s == OK && q->what.query.after == NULL && q->next[0] == '\0')
        q->matched = q->returned;
    else if (s == OK)
        s = feature_count(w, &q->what.query, &q->matched);
    return s;
}

// --- A page that lies in memory ---------------------------------------------------------------------------------------------------

// As features are kept: whole, in longitude and latitude.
static bool is_plain(const struct asked *q)
{
    const struct crs_offer *crs = &q->what.crs;
    return q->x->format == FORMAT_GEOJSON && q->what.style.only == NULL && crs->is_lonlat && !crs->is_swapped && crs->decimals == GEOJSON_DEGREE_DECIMALS;
}

static void put_kept(void *ctx, const struct feature_shelf *s, uint32_t hit)
{
    struct asked *q = ctx;
    json_put_raw(&q->j, NULL, "", 0);
    feature_shelf_json(s, hit, &q->out);
    buf_text(&q->out, "}");
    q->returned++;
}

static enum status put_kept_page(struct asked *q, bool *told)
{
    struct buf before = q->out;
    struct json_writer j = q->j;
    *told = false;
    if (!is_plain(q))
        return OK;
    json_put_list(&q->j, "features");
    enum status s = feature_cache_box(q->x->server->features, q->x, &q->what.query, put_kept, q, told);
    json_put_end(&q->j);
    q->matched = q->returned;
    if (s == OK && *told && !q->out.full)
        return OK;
    q->out.len = before.len;                       // the store is asked instead
    q->out.full = false;
    q->j = j;
    q->returned = 0;
    q->matched = -1;
    *told = false;
    return s;
}

// --- Its end ----------------------------------------------------------------------------------------------------------------------

// Everything that was asked, but for where the page begins.
static const char *next_link(struct asked *q)
{
    struct exchange *x = q->x;
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < x->params; i++) {
        if (strcmp(x->param[i].name, "after") == 0)
            continue;
        percent_encode(&b, x->param[i].name);
        buf_text(&b, "=");
        percent_encode(&b, x->param[i].text);
        buf_text(&b, "&");
    }
    const char *link = link_to(x, "/collections/%s/items?%safter=%s", q->layer->key, b.data != NULL ? b.data : "", q->next);
    buf_clear(&b);
    return link;
}

static void put_page_links(struct asked *q)
{
    struct exchange *x = q->x;
    json_put_list(&q->j, "links");
    put_self_links(x, &q->j);
    put_link(&q->j, (struct link){ .rel = "collection", .href = link_to(x, "/collections/%s", q->layer->key), .type = "application/json",
                                   .title = collection_title(x, q->layer) });
    if (q->next[0] != '\0')
        put_next_link(x, &q->j, next_link(q), FORMAT_GEOJSON);
    json_put_end(&q->j);
}

// No timeStamp, which may be left out: with it no page would ever be the same as before. Date says when.
static enum status finish_page(struct asked *q)
{
    put_page_links(q);
    if (q->matched >= 0)
        json_put_integer(&q->j, "numberMatched", q->matched);
    json_put_integer(&q->j, "numberReturned", q->returned);
    json_put_end(&q->j);
    selection_say_crs(q->x, &q->what.crs);
    return answer_document(q->x, &q->out);
}

static enum status get_items(struct exchange *x)
{
    struct asked q = { .x = x, .matched = -1 };
    bool told = false;
    enum status s = collection_of(x, &q.layer);
    if (s == OK)
        s = selection_read(x, q.layer, &q.what);
    if (s == OK) {
        q.what.query.limit = param_integer(x, "limit");
        q.what.query.after = param_text(x, "after");
        q.what.style.shapeless = x->format == FORMAT_HTML;       // a page of features is a table
        buf_init(&q.out, PAGE_CEILING);
        (void)buf_room(&q.out, PAGE_USUAL);
        q.j.to = &q.out;
        json_put_object(&q.j, NULL);
        json_put_text(&q.j, "type", "FeatureCollection");
        s = put_kept_page(&q, &told);
    }
    if (s == OK && !told)
        s = read_station(x, read_page, &q);
    if (s == OK)
        s = finish_page(&q);
    buf_clear(&q.out);
    selection_clear(&q.what);
    return s;
}

// --- One feature ----------------------------------------------------------------------------------------------------------------

static void finish_single(struct asked *q, int64_t version)
{
    struct exchange *x = q->x;
    answer_header(x->answer, "ETag", item_tag(x, q->layer, version, &q->what.crs, x->format));
    q->j = (struct json_writer){ .to = &q->out, .more = true, .depth = 1, .end = { '}' } };
    json_put_list(&q->j, "links");
    put_self_links(x, &q->j);
    put_link(&q->j, (struct link){ .rel = "collection", .href = link_to(x, "/collections/%s", q->layer->key), .type = "application/json",
                                   .title = collection_title(x, q->layer) });
    json_put_end(&q->j);
    json_put_end(&q->j);
}

static enum status put_single(void *ctx, const struct feature *f, struct err *e)
{
    struct asked *q = ctx;
    struct feature moved;
    enum status s = places_shape(q->x->server->places, &q->what.crs, f, &moved, q->x->request->arena, e);
    if (s != OK)
        return s;
    feature_json(&moved, &q->what.style, &q->out);
    finish_single(q, f->version);
    return OK;
}

static void put_kept_single(void *ctx, const struct feature_shelf *s, uint32_t hit)
{
    struct asked *q = ctx;
    feature_shelf_json(s, hit, &q->out);
    finish_single(q, feature_shelf_version(s, hit));
}

static enum status read_single(struct work *w, void *ctx)
{
    struct asked *q = ctx;
    return feature_get(w, q->layer, &q->x->viewer, q->x->segment[1], put_single, q);
}

static enum status get_item(struct exchange *x)
{
    struct asked q = { .x = x };
    bool told = false;
    enum status s = collection_of(x, &q.layer);
    if (s == OK)
        s = crs_offered(x, "crs", param_text(x, "crs"), &q.what.crs);
    if (s != OK)
        return s;
    q.what.style.decimals = q.what.crs.decimals;
    buf_init(&q.out, PAGE_CEILING);
    if (is_plain(&q))
        s = feature_cache_one(x->server->features, x, q.layer, x->segment[1], put_kept_single, &q, &told);
    if (s == OK && !told)
        s = read_station(x, read_single, &q);
    if (s == OK) {
        selection_say_crs(x, &q.what.crs);
        s = answer_document(x, &q.out);
    }
    buf_clear(&q.out);
    return s;
}

// --- Routes ---------------------------------------------------------------------------------------------------------------------

static const struct param page_params[] = {
    { .kind = PARAM_INTEGER, .name = "limit", .least = 1, .most = LIMIT_MOST, .fallback = LIMIT_USUAL, .clamps = true, .about = "How many features at most" },
    SELECTION_PARAMS,
    { .kind = PARAM_TEXT, .name = "after", .about = "Where the page begins: from the link next" },
    { .kind = PARAM_END },
};
static const struct param item_params[] = {
    { .kind = PARAM_TEXT, .name = "crs", .about = "The coordinate reference system of the answer" },
    { .kind = PARAM_END },
};

#define ITEMS "/collections/{collectionId}/items"
const struct route item_routes[] = {
    { .method = HTTP_GET, .path = ITEMS, .serve = get_items, .formats = FORMAT_GEOJSON | FORMAT_HTML, .param = page_params, .flags = ROUTE_PROPERTIES,
      .id = "items", .tag = "features", .about = "A page of features", .page = page_items },
    { .method = HTTP_GET, .path = ITEMS "/{featureId}", .serve = get_item, .formats = FORMAT_GEOJSON | FORMAT_HTML, .param = item_params,
      .id = "item", .tag = "features", .about = "One feature", .page = page_item },
    { .path = NULL },
};
