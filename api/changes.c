// Changes under review (核查): one change with what both surveys drew of it, so that a map can fade from the one to the other.
#include "api/collection.h"
#include "api/record.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/base/mem.h"
#include "core/change_survey.h"
#include "gis/geojson.h"

enum { ARENA_BYTES = 64 << 20 };

struct telling { struct exchange *x; struct json_writer j; };

static enum status put_feature(void *ctx, const struct feature *f, struct err *e)
{
    struct telling *t = ctx;
    (void)e;
    json_put_raw(&t->j, "feature", "", 0);
    feature_json(f, &(struct feature_style){ .decimals = GEOJSON_DEGREE_DECIMALS }, t->j.to);
    buf_text(t->j.to, "}");
    return OK;
}

static enum status put_footprint(void *ctx, const struct change_footprint *f, struct err *e)
{
    struct telling *t = ctx;
    struct json_writer *j = &t->j;
    (void)e;
    json_put_object(j, NULL);
    json_put_text(j, "type", "Feature");
    json_put_text(j, "id", f->id);
    json_put_raw(j, "geometry", "", 0);
    if (!geojson_add_wkb(j->to, f->wkb, f->wkb_len, GEOJSON_DEGREE_DECIMALS))
        buf_text(j->to, "null");
    json_put_object(j, "properties");
    json_put_end(j);
    json_put_end(j);
    return OK;
}

// "before": {"survey": ..., "footprints": a feature collection}
static enum status put_side(struct work *w, struct telling *t, const struct change_row *c, const struct survey *of, enum change_side side)
{
    struct json_writer *j = &t->j;
    json_put_object(j, side == CHANGE_BEFORE ? "before" : "after");
    json_put_text(j, "survey", of->name);
    put_moment(j, "taken_at", of->taken_at_s);
    json_put_object(j, "footprints");
    json_put_text(j, "type", "FeatureCollection");
    json_put_list(j, "features");
    enum status s = change_each_footprint(w, c, of, side, put_footprint, t);
    json_put_end(j);
    json_put_end(j);
    json_put_end(j);
    return s;
}

static enum status tell_change(struct work *w, struct telling *t, const struct change_row *c)
{
    const struct layer *l = layer_find(&t->x->server->layers, "change");
    struct change_surveys both;
    enum status s = l != NULL ? feature_get(w, l, &t->x->viewer, c->id.text, put_feature, t) : NOT_FOUND;
    if (s == OK)
        s = change_surveys_get(w, c, &both);
    for (int side = 0; s == OK && side < CHANGE_SIDES; side++)
        s = put_side(w, t, c, &both.survey[side], (enum change_side)side);
    return s;
}

static enum status change_tell(struct work *w, void *ctx, const char *key, struct buf *out)
{
    struct telling t = { .x = ctx, .j = { .to = out } };
    struct arena *a = arena_open(ARENA_BYTES);
    struct change_row c;
    json_put_object(&t.j, NULL);
    enum status s = change_get(w, key, a, &c);
    if (s == OK)
        s = tell_change(w, &t, &c);
    json_put_end(&t.j);
    arena_close(a);
    return s;
}

static enum status get_change(struct exchange *x)
{
    return answer_record(x, &(struct record_asked){ .thing = "change", .key = x->segment[0], .status = RECORD_THERE, .more = change_tell });
}

const struct route change_routes[] = {
    { .method = HTTP_GET, .path = "/changes/{recordId}", .serve = get_change, .formats = FORMAT_JSON | FORMAT_HTML, .flags = ROUTE_SLOW, .page = page_change,
      .id = "changeRecord", .tag = "work", .about = "A change with what both surveys drew of it, and what you can do with it now" },
    { .path = NULL },
};
