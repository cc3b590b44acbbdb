// Features of a register added, replaced, changed and taken out one by one (OGC API Features Part 4, draft 20-002r1).
#include "api/answer_crs.h"
#include "api/collection.h"
#include "api/edit_body.h"
#include "api/item.h"
#include "api/routes.h"
#include "api/server.h"
#include <string.h>

enum edit_kind { EDIT_ADD, EDIT_REPLACE, EDIT_CHANGE, EDIT_TAKE_OUT };

struct editing {
    struct exchange *x;
    const struct layer *layer;
    enum edit_kind kind;
    struct edit_body body;
    struct register_edited done;
    bool is_stale;                     // another version is there than the one that was meant
};

// --- Who may ----------------------------------------------------------------------------------------------------------------

// Records walk by their moves, and no role edits them: that is said, with the way that is open.
static void answer_not_here(struct exchange *x, const struct layer *l)
{
    struct err e = { .lang = x->lang };
    if (l->is_register)
        err_set(&e, DENIED, "%s is loaded as a whole, not edited: gridpatrol load", l->key);
    else
        err_set(&e, DENIED, "%s is not edited feature by feature; its records come about by: %s. What happens to them is told by moves", l->key, l->instead);
    answer_refusal(x, 405, e.text);
    server_allow(x, route_methods_open(x));
}

// --- The job ----------------------------------------------------------------------------------------------------------------

static enum status read_version(void *ctx, const struct feature *f, struct err *e)
{
    int64_t *version = ctx;
    (void)e;
    *version = f->version;
    return OK;
}

static enum status check_version(struct work *w, struct editing *d)
{
    const struct exchange *x = d->x;
    const char *if_match = request_header(x->request, "If-Match");
    int64_t version = 0;
    enum status s = feature_get(w, d->layer, &x->viewer, x->segment[1], read_version, &version);
    d->is_stale = if_match != NULL && (s == NOT_FOUND || (s == OK && !item_is_meant(if_match, version)));
    if (!d->is_stale || s != OK)
        return s;
    return err_set(w->e, CONFLICT, "this feature has another version by now than the one If-Match names; read it again and decide anew");
}

static enum status edit(struct work *w, void *ctx)
{
    struct editing *d = ctx;
    struct register_editor *editor = d->x->server->editor;
    struct register_edit e = { .layer = d->layer, .viewer = &d->x->viewer, .given = d->body.given, .id = d->kind == EDIT_ADD ? d->body.id : d->x->segment[1] };
    if (d->kind == EDIT_ADD)
        return register_add(w, editor, &e, &d->done);
    enum status s = check_version(w, d);
    if (s != OK)
        return s;
    return d->kind == EDIT_TAKE_OUT ? register_take_out(w, editor, &e) : register_change(w, editor, &e, &d->done);
}

// --- Answering --------------------------------------------------------------------------------------------------------------

static void answer_done(struct editing *d)
{
    struct exchange *x = d->x;
    struct crs_offer plain;
    (void)crs_offered(x, "crs", NULL, &plain);
    x->answer->kind = ANSWER_EMPTY;
    x->answer->status = d->kind == EDIT_ADD ? 201 : 204;
    if (d->kind == EDIT_ADD)
        answer_header(x->answer, "Location", link_to(x, "/collections/%s/items/%s", d->layer->key, d->done.id.text));
    if (d->kind != EDIT_TAKE_OUT)
        answer_header(x->answer, "ETag", item_tag(x, d->layer, d->done.version, &plain, FORMAT_GEOJSON));
}

static enum status serve_edit(struct exchange *x, enum edit_kind kind)
{
    struct editing d = { .x = x, .kind = kind };
    enum status s = collection_of(x, &d.layer);
    if (s == OK && d.layer->edit_roles == 0) {
        answer_not_here(x, d.layer);
        return OK;
    }
    if (s == OK && kind != EDIT_TAKE_OUT)
        s = edit_body_read(x, d.layer, kind == EDIT_CHANGE, &d.body);
    if (s == OK)
        s = station_write_repeatable(x->server->station, &(struct station_call){ x->now_s, x->viewer.actor }, edit, &d, &x->err);
    if (d.is_stale) {
        answer_refusal(x, 412, x->err.text);
        return OK;
    }
    if (s == OK)
        answer_done(&d);
    return s;
}

static enum status post_item(struct exchange *x) { return serve_edit(x, EDIT_ADD); }
static enum status put_item(struct exchange *x) { return serve_edit(x, EDIT_REPLACE); }
static enum status patch_item(struct exchange *x) { return serve_edit(x, EDIT_CHANGE); }
static enum status delete_item(struct exchange *x) { return serve_edit(x, EDIT_TAKE_OUT); }

static const char *const features[] = { "application/geo+json", "application/json", NULL }, *const patches[] = { "application/merge-patch+json", NULL };

#define ITEMS "/collections/{collectionId}/items"
const struct route edit_routes[] = {
    { .method = HTTP_POST, .path = ITEMS, .serve = post_item, .flags = ROUTE_SLOW, .takes = features, .done = 201, .is_open = register_may_edit,
      .id = "addItem", .tag = "editing", .about = "Add a feature; under an id (UUID) of your own, if it has one: the same again is the same feature" },
    { .method = HTTP_PUT, .path = ITEMS "/{featureId}", .serve = put_item, .flags = ROUTE_SLOW, .takes = features, .done = 204, .is_open = register_may_edit,
      .id = "replaceItem", .tag = "editing", .about = "Replace a feature; If-Match says which version is meant" },
    { .method = HTTP_PATCH, .path = ITEMS "/{featureId}", .serve = patch_item, .flags = ROUTE_SLOW, .takes = patches, .done = 204, .is_open = register_may_edit,
      .id = "changeItem", .tag = "editing", .about = "Change what is said of a feature, and nothing else; If-Match says which version is meant" },
    { .method = HTTP_DELETE, .path = ITEMS "/{featureId}", .serve = delete_item, .flags = ROUTE_SLOW, .done = 204, .is_open = register_may_edit,
      .id = "takeOutItem", .tag = "editing", .about = "Take a feature out of the register; what was is kept" },
    { .path = NULL },
};
