// Features of a collection: a page of them, and one.
#include "api/answer_crs.h"
#include "api/collection.h"
#include "api/places.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include <string.h>

enum { PAGE_CEILING = 256 << 20, LIMIT_MOST = 10000, LIMIT_USUAL = 100 };

// --- The query ----------------------------------------------------------------------------------------------------------------

// What a page is asked for, on its way into a feature_query.
struct asked {
    struct exchange *x;
    const struct layer *layer;
    struct feature_query query;
    struct lonlat_box box;
    struct crs_offer crs;
    struct feature_style style;
    struct arena *filter_arena;
    struct buf out;
    struct json_writer j;
    int64_t returned, matched;
    char next[FEATURE_CURSOR];
};

static enum status take_box(struct asked *q)
{
    struct exchange *x = q->x;
    const struct param_value *v = param_get(x, "bbox");
    struct crs_offer crs;
    enum status s = crs_offered(x, "bbox-crs", param_text(x, "bbox-crs"), &crs);
    if (s != OK || v == NULL)
        return s;
    s = places_box(x->server->places, &crs, v->box, &q->box, &x->err);
    q->query.box = &q->box;
    return s;
}

static enum status take_filter(struct asked *q)
{
    struct exchange *x = q->x;
    const char *text = param_text(x, "filter"), *lang = param_text(x, "filter-lang");
    struct crs_offer crs;
    enum status s = crs_offered(x, "filter-crs", param_text(x, "filter-crs"), &crs);
    if (s != OK || text == NULL)
        return s;
    if (strstr(crs.uri, "CRS84") == NULL)
        return err_set(&x->err, INVALID, "filter-crs: coordinates in a filter are longitude and latitude (CRS84)");
    q->filter_arena = arena_open(FILTER_ARENA_BYTES);
    bool is_json = lang != NULL && strcmp(lang, "cql2-json") == 0;
    return is_json ? filter_parse_json(q->filter_arena, text, strlen(text), &q->query.filter, &x->err)
                   : filter_parse(q->filter_arena, text, &q->query.filter, &x->err);
}

static const struct property *property_seen(const struct asked *q, const char *name)
{
    for (int i = 0; i < q->layer->properties; i++)
        if (strcmp(q->layer->property[i].name, name) == 0 && visible_property(&q->x->viewer, q->layer, &q->layer->property[i]))
            return &q->layer->property[i];
    return NULL;
}

// Parameters that are no row of the route are properties.
static enum status take_equals(struct asked *q)
{
    struct exchange *x = q->x;
    for (int i = 0; i < x->params; i++) {
        if (x->param[i].param != NULL)
            continue;
        const struct property *p = property_seen(q, x->param[i].name);
        if (p == NULL)
            return err_set(&x->err, INVALID, "there is no parameter and no property \"%.60s\" here; /collections/%s/queryables names the properties",
                           x->param[i].name, q->layer->key);
        if (q->query.equals == FEATURE_EQUALS)
            return err_set(&x->err, TOO_BIG, "at most %d properties are asked for at once", FEATURE_EQUALS);
        q->query.equal[q->query.equals++] = (struct feature_equal){ p, x->param[i].text };
    }
    return OK;
}

static enum status take_selection(struct asked *q)
{
    const struct param_value *v = param_get(q->x, "properties");
    for (int i = 0; v != NULL && i < v->items; i++)
        if (property_seen(q, v->item[i]) == NULL)
            return err_set(&q->x->err, INVALID, "there is no property \"%.60s\" here; /collections/%s/schema names them", v->item[i], q->layer->key);
    if (v != NULL)
        q->style.only = v->item, q->style.onlys = v->items;
    return OK;
}

static enum status take_question(struct asked *q)
{
    struct exchange *x = q->x;
    const struct param_value *time = param_get(x, "datetime");
    const char *sort = param_text(x, "sortby");
    q->query = (struct feature_query){ .layer = q->layer, .viewer = &x->viewer, .limit = param_integer(x, "limit"), .after = param_text(x, "after") };
    if (time != NULL)
        q->query.has_time = true, q->query.from_s = time->from_s, q->query.to_s = time->to_s;
    enum status s = crs_offered(x, "crs", param_text(x, "crs"), &q->crs);
    if (s == OK)
        s = take_box(q);
    if (s == OK)
        s = take_filter(q);
    if (s == OK)
        s = take_equals(q);
    if (s == OK)
        s = take_selection(q);
    if (s == OK && sort != NULL)
        s = feature_sort_read(q->layer, &x->viewer, sort, &q->query, &x->err);
    q->style.decimals = q->crs.decimals;
    return s;
}

// --- A page -------------------------------------------------------------------------------------------------------------------

static enum status put_feature(void *ctx, const struct feature *f, struct err *e)
{
    struct asked *q = ctx;
    struct feature moved;
    enum status s = places_shape(q->x->server->places, &q->crs, f, &moved, q->x->request->arena, e);
    if (s != OK)
        return s;
    json_put_raw(&q->j, NULL, "", 0);
    feature_json(&moved, &q->style, &q->out);
    buf_text(&q->out, "}");
    q->returned++;
    return q->out.full ? err_set(e, TOO_BIG, "the page is larger than %d MB; ask for fewer features with limit", PAGE_CEILING >> 20) : OK;
}

static enum status read_page(struct work *w, void *ctx)
{
    struct asked *q = ctx;
    json_put_list(&q->j, "features");
    enum status s = feature_each(w, &q->query, put_feature, q, q->next);
    json_put_end(&q->j);
    if (s == OK && q->query.after == NULL && q->next[0] == '\0')
        q->matched = q->returned;
    else if (s == OK)
        s = feature_count(w, &q->query, &q->matched);
    return s;
}

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
        put_link(&q->j, (struct link){ .rel = "next", .href = next_link(q), .type = format_type(FORMAT_GEOJSON), .title = text_in(x->lang, "The next page") });
    json_put_end(&q->j);
}

static void say_crs(struct exchange *x, const struct crs_offer *crs)
{
    struct buf b;
    buf_init(&b, 256);
    buf_printf(&b, "<%s>", crs->uri);
    answer_header(x->answer, "Content-Crs", arena_text(x->request->arena, b.data));
    buf_clear(&b);
}

// No timeStamp, which may be left out: with it no page would ever be the same as before. Date says when.
static void finish_page(struct asked *q)
{
    put_page_links(q);
    if (q->matched >= 0)
        json_put_integer(&q->j, "numberMatched", q->matched);
    json_put_integer(&q->j, "numberReturned", q->returned);
    json_put_end(&q->j);
    say_crs(q->x, &q->crs);
    answer_text(q->x, &q->out);
}

static enum status get_items(struct exchange *x)
{
    struct asked q = { .x = x, .matched = -1 };
    enum status s = collection_of(x, &q.layer);
    if (s == OK)
        s = take_question(&q);
    if (s == OK) {
        buf_init(&q.out, PAGE_CEILING);
        q.j.to = &q.out;
        json_put_object(&q.j, NULL);
        json_put_text(&q.j, "type", "FeatureCollection");
        s = read_station(x, read_page, &q);
    }
    if (s == OK)
        finish_page(&q);
    buf_clear(&q.out);
    if (q.filter_arena != NULL)
        arena_close(q.filter_arena);
    return s;
}

// --- One feature ----------------------------------------------------------------------------------------------------------------

static enum status put_single(void *ctx, const struct feature *f, struct err *e)
{
    struct asked *q = ctx;
    struct exchange *x = q->x;
    struct feature moved;
    enum status s = places_shape(x->server->places, &q->crs, f, &moved, x->request->arena, e);
    if (s != OK)
        return s;
    feature_json(&moved, &q->style, &q->out);
    q->j = (struct json_writer){ .to = &q->out, .more = true, .depth = 1, .end = { '}' } };
    json_put_list(&q->j, "links");
    put_self_links(x, &q->j);
    put_link(&q->j, (struct link){ .rel = "collection", .href = link_to(x, "/collections/%s", q->layer->key), .type = "application/json",
                                   .title = collection_title(x, q->layer) });
    json_put_end(&q->j);
    json_put_end(&q->j);
    return OK;
}

static enum status read_single(struct work *w, void *ctx)
{
    struct asked *q = ctx;
    return feature_get(w, q->layer, &q->x->viewer, q->x->segment[1], put_single, q);
}

static enum status get_item(struct exchange *x)
{
    struct asked q = { .x = x };
    enum status s = collection_of(x, &q.layer);
    if (s == OK)
        s = crs_offered(x, "crs", param_text(x, "crs"), &q.crs);
    if (s != OK)
        return s;
    q.style.decimals = q.crs.decimals;
    buf_init(&q.out, PAGE_CEILING);
    s = read_station(x, read_single, &q);
    if (s == OK) {
        say_crs(x, &q.crs);
        answer_text(x, &q.out);
    }
    buf_clear(&q.out);
    return s;
}

// --- Routes ---------------------------------------------------------------------------------------------------------------------

static const char *const filter_langs[] = { "cql2-text", "cql2-json", NULL };
static const struct param page_params[] = {
    { .kind = PARAM_INTEGER, .name = "limit", .least = 1, .most = LIMIT_MOST, .fallback = LIMIT_USUAL, .clamps = true, .about = "How many features at most" },
    { .kind = PARAM_BBOX, .name = "bbox", .about = "Only features in this box: min x, min y, max x, max y" },
    { .kind = PARAM_TEXT, .name = "bbox-crs", .about = "The coordinate reference system of bbox; longitude and latitude otherwise" },
    { .kind = PARAM_DATETIME, .name = "datetime", .about = "Only features of this time: a moment, a day, or an interval" },
    { .kind = PARAM_TEXT, .name = "filter", .about = "Only features for which this CQL2 expression is true" },
    { .kind = PARAM_WORD, .name = "filter-lang", .word = filter_langs, .about = "How the filter is written" },
    { .kind = PARAM_TEXT, .name = "filter-crs", .about = "The coordinate reference system of coordinates in the filter" },
    { .kind = PARAM_TEXT, .name = "crs", .about = "The coordinate reference system of the answer" },
    { .kind = PARAM_LIST, .name = "properties", .about = "Only these properties" },
    { .kind = PARAM_TEXT, .name = "sortby", .about = "Properties to sort by; - before one: descending" },
    { .kind = PARAM_TEXT, .name = "after", .about = "Where the page begins: from the link next" },
    { .kind = PARAM_END },
};
static const struct param item_params[] = {
    { .kind = PARAM_TEXT, .name = "crs", .about = "The coordinate reference system of the answer" },
    { .kind = PARAM_END },
};

#define ITEMS "/collections/{collectionId}/items"
const struct route item_routes[] = {
    { .method = HTTP_GET, .path = ITEMS, .serve = get_items, .formats = FORMAT_GEOJSON, .param = page_params, .flags = ROUTE_PROPERTIES,
      .id = "items", .tag = "features", .about = "A page of features" },
    { .method = HTTP_GET, .path = ITEMS "/{featureId}", .serve = get_item, .formats = FORMAT_GEOJSON, .param = item_params,
      .id = "item", .tag = "features", .about = "One feature" },
    { .path = NULL },
};
