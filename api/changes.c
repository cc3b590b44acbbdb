// Changes under review (核查): one change with what both surveys drew of it, so that a map can fade from the one to the other.
#include "api/collection.h"
#include "api/record.h"
#include "api/routes.h"
#include "api/server.h"
#include "api/shapes.h"
#include "core/base/mem.h"
#include "core/change.h"
#include "gis/geojson.h"
#include "gis/packed.h"

enum { FOOTPRINTS_CEILING = 16 << 20 };
enum side { BEFORE, AFTER, SIDES };

// The change, its surveys, and the footprints of each as a list of features.
struct sight { struct exchange *x; struct change_row change; struct survey survey[SIDES]; struct buf footprints[SIDES]; struct json_writer j; };

static enum status find(struct work *w, void *ctx)
{
    struct sight *s = ctx;
    enum status st = change_get(w, s->x->segment[0], s->x->request->arena, &s->change);
    return st == OK ? change_compared(w, &s->change, &s->survey[BEFORE], &s->survey[AFTER]) : st;
}

// --- Footprints -------------------------------------------------------------------------------------------------------------------

static void put_footprint(void *ctx, const char *id, const uint8_t *packed, size_t len)
{
    struct json_writer *j = ctx;
    json_put_object(j, NULL);
    json_put_text(j, "type", "Feature");
    json_put_text(j, "id", id);
    json_put_raw(j, "geometry", "", 0);
    if (!packed_add_geojson(j->to, packed, len))
        buf_text(j->to, "null");
    json_put_object(j, "properties");
    json_put_end(j);
    json_put_end(j);
}

// One survey at a time is taken: who holds one and waits for another could wait for ever.
static enum status look(struct sight *s, enum side side)
{
    struct exchange *x = s->x;
    const char *ids = text_or_empty(side == BEFORE ? s->change.before_ids : s->change.after_ids);
    const struct survey_shapes *shapes = NULL;
    struct json_writer j = { .to = &s->footprints[side] };
    enum status st = ids[0] != '\0' ? shapes_take(x->server->shapes, &s->survey[side], &shapes, &x->err) : OK;
    json_put_list(&j, NULL);
    if (shapes != NULL)
        survey_shapes_each(shapes, ids, put_footprint, &j);
    json_put_end(&j);
    shapes_give(x->server->shapes, shapes);
    return st == OK && s->footprints[side].full ? err_set(&x->err, TOO_BIG, "the footprints of this change take more than %d MB", FOOTPRINTS_CEILING >> 20) : st;
}

// --- The record -------------------------------------------------------------------------------------------------------------------

static enum status put_feature(void *ctx, const struct feature *f, struct err *e)
{
    struct sight *s = ctx;
    (void)e;
    json_put_raw(&s->j, "feature", "", 0);
    feature_json(f, &(struct feature_style){ .decimals = GEOJSON_DEGREE_DECIMALS }, s->j.to);
    buf_text(s->j.to, "}");
    return OK;
}

static void put_side(struct sight *s, const char *key, enum side side)
{
    struct json_writer *j = &s->j;
    json_put_object(j, key);
    json_put_text(j, "survey", s->survey[side].name);
    put_moment(j, "taken_at", s->survey[side].taken_at_s);
    json_put_object(j, "footprints");
    json_put_text(j, "type", "FeatureCollection");
    json_put_raw(j, "features", s->footprints[side].data, s->footprints[side].len);
    json_put_end(j);
    json_put_end(j);
}

static enum status tell(struct work *w, void *ctx, const char *key, struct buf *out)
{
    struct sight *s = ctx;
    const struct layer *l = layer_find(&s->x->server->layers, "change");
    (void)key;
    s->j = (struct json_writer){ .to = out };
    json_put_object(&s->j, NULL);
    enum status st = l != NULL ? feature_get(w, l, &s->x->viewer, s->change.id.text, put_feature, s) : NOT_FOUND;
    put_side(s, "before", BEFORE);
    put_side(s, "after", AFTER);
    json_put_end(&s->j);
    return st;
}

static enum status get_change(struct exchange *x)
{
    struct sight s = { .x = x };
    buf_init(&s.footprints[BEFORE], FOOTPRINTS_CEILING);
    buf_init(&s.footprints[AFTER], FOOTPRINTS_CEILING);
    enum status st = visible_to_known(x, "change", x->segment[0]);
    if (st == OK)
        st = read_station(x, find, &s);
    for (int side = 0; st == OK && side < SIDES; side++)
        st = look(&s, (enum side)side);
    if (st == OK)
        st = answer_record(x, &(struct record_asked){ .thing = "change", .key = s.change.id.text, .status = RECORD_THERE, .more = tell, .ctx = &s });
    buf_clear(&s.footprints[BEFORE]);
    buf_clear(&s.footprints[AFTER]);
    return st;
}

const struct route change_routes[] = {
    { .method = HTTP_GET, .path = "/changes/{recordId}", .serve = get_change, .formats = FORMAT_JSON | FORMAT_HTML, .flags = ROUTE_SLOW, .page = page_change,
      .id = "changeRecord", .tag = "work", .about = "A change with what both surveys drew of it, and what you can do with it now" },
    { .path = NULL },
};
