#include "api/selection.h"

#include "api/params.h"
#include "api/places.h"
#include "api/server.h"
#include "core/base/mem.h"
#include <string.h>

const char *const selection_filter_langs[] = { "cql2-text", "cql2-json", NULL };

static enum status take_box(struct selection *q)
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

// Coordinates of a filter in another CRS.
struct moving { struct exchange *x; struct crs_offer crs; };

static bool move_points(void *ctx, struct xy_m *point, size_t count)
{
    struct moving *m = ctx;
    return places_points(m->x->server->places, &m->crs, point, count, &m->x->err) == OK;
}

static bool move_box(void *ctx, double box[4])
{
    struct moving *m = ctx;
    struct lonlat_box b;
    if (places_box(m->x->server->places, &m->crs, box, &b, &m->x->err) != OK)
        return false;
    box[0] = b.west, box[1] = b.south, box[2] = b.east, box[3] = b.north;
    return true;
}

static enum status take_filter(struct selection *q)
{
    struct exchange *x = q->x;
    const char *text = param_text(x, "filter"), *lang = param_text(x, "filter-lang");
    struct moving m = { .x = x };
    enum status s = crs_offered(x, "filter-crs", param_text(x, "filter-crs"), &m.crs);
    if (s != OK || text == NULL)
        return s;
    q->filter_arena = arena_open(FILTER_ARENA_BYTES);
    bool is_json = lang != NULL && strcmp(lang, "cql2-json") == 0;
    s = is_json ? filter_parse_json(q->filter_arena, text, strlen(text), &q->query.filter, &x->err)
                : filter_parse(q->filter_arena, text, &q->query.filter, &x->err);
    bool is_elsewhere = s == OK && strstr(m.crs.uri, "CRS84") == NULL;
    return is_elsewhere && !filter_move(q->query.filter, &(struct filter_road){ move_points, move_box, &m }) ? INVALID : s;
}

static const struct property *property_seen(const struct selection *q, const char *name)
{
    for (int i = 0; i < q->layer->properties; i++)
        if (strcmp(q->layer->property[i].name, name) == 0 && visible_property(&q->x->viewer, q->layer, &q->layer->property[i]))
            return &q->layer->property[i];
    return NULL;
}

// Parameters that are no row of the route are properties.
static enum status take_equals(struct selection *q)
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

static enum status take_selection(struct selection *q)
{
    const struct param_value *v = param_get(q->x, "properties");
    for (int i = 0; v != NULL && i < v->items; i++)
        if (property_seen(q, v->item[i]) == NULL)
            return err_set(&q->x->err, INVALID, "there is no property \"%.60s\" here; /collections/%s/schema names them", v->item[i], q->layer->key);
    if (v != NULL)
        q->style.only = v->item, q->style.onlys = v->items;
    return OK;
}

enum status selection_read(struct exchange *x, const struct layer *l, struct selection *q)
{
    const struct param_value *time = param_get(x, "datetime");
    const char *sort = param_text(x, "sortby");
    q->x = x;
    q->layer = l;
    q->query = (struct feature_query){ .layer = l, .viewer = &x->viewer };
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
        s = feature_sort_read(l, &x->viewer, sort, &q->query, &x->err);
    q->style.decimals = q->crs.decimals;
    return s;
}

void selection_clear(struct selection *q)
{
    if (q->filter_arena != NULL)
        arena_close(q->filter_arena);
    q->filter_arena = NULL;
}

void selection_say_crs(struct exchange *x, const struct crs_offer *crs)
{
    struct buf b;
    buf_init(&b, 256);
    buf_printf(&b, "<%s>", crs->uri);
    answer_header(x->answer, "Content-Crs", arena_text(x->request->arena, b.data));
    buf_clear(&b);
}
