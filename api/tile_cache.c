#include "api/tile_cache.h"

#include "api/collection.h"
#include "api/feature_cache.h"
#include "api/server.h"
#include "api/tile_shelf.h"
#include "api/view_key.h"
#include "core/base/gzip.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/store/watch.h"
#include <pthread.h>
#include <string.h>

enum { IDLE_MOST = 64, BYTES_CEILING = 64 << 20, LATELY = 4096 };

struct tile_cache {
    struct station *station;
    const struct layer_list *layers;
    struct view_keys keys;
    pthread_mutex_t lock;                          // of all below
    struct tile *idle[IDLE_MOST]; int idles;       // encoders nobody uses at the moment
    struct tile_shelf *shelf;
    struct touch lately[LATELY]; uint64_t touches; // the last ones, for what was being made meanwhile
    int64_t found, made;
    pthread_mutex_t reaching;                      // how far a layer reaches is found by one at a time: it may take seconds, and the others want the same
};

// --- What is written --------------------------------------------------------------------------------------------------------

// A name that stays: of a layer that is read from this table.
static const char *table_of(const struct tile_cache *c, const char *name)
{
    for (int i = 0; i < c->layers->count; i++)
        if (strcmp(c->layers->layer[i].table, name) == 0)
            return c->layers->layer[i].table;
    return NULL;
}

static void take_touch(struct tile_cache *c, struct touch t)
{
    if (t.what == TOUCH_ROW && (t.table = table_of(c, t.table)) == NULL)
        return;
    c->lately[c->touches++ % LATELY] = t;
    if (t.what == TOUCH_ALL)
        tile_shelf_drop_all(c->shelf);
    else if (t.what == TOUCH_REST)
        tile_shelf_drop_records(c->shelf);
    else if (t.has_box)
        tile_shelf_drop_box(c->shelf, t.table, &t.box);
}

void tile_cache_hear(struct tile_cache *c, const struct touch *t, int count)
{
    pthread_mutex_lock(&c->lock);
    for (int i = 0; i < count; i++)
        take_touch(c, t[i]);
    pthread_mutex_unlock(&c->lock);
}

// Was nothing written since then that is in this layer at this place? place NULL: anywhere. The lock is held.
static bool is_still_true(const struct tile_cache *c, uint64_t since, const struct layer *l, const struct tile_place *place)
{
    if (c->touches - since > LATELY)
        return false;
    for (uint64_t i = since; i < c->touches; i++) {
        const struct touch *t = &c->lately[i % LATELY];
        if (t->what == TOUCH_ALL || (t->what == TOUCH_REST && !l->is_register))
            return false;
        if (t->what == TOUCH_ROW && l->is_register && strcmp(t->table, l->table) == 0 && t->has_box && (place == NULL || tile_touches(*place, &t->box)))
            return false;
    }
    return true;
}

// --- Opening ----------------------------------------------------------------------------------------------------------------

struct tile_cache *tile_cache_open(struct station *station, const struct layer_list *layers, size_t ceiling_bytes)
{
    struct tile_cache *c = mem_get(1, sizeof *c);
    c->station = station;
    c->layers = layers;
    c->shelf = tile_shelf_open(ceiling_bytes > 0 ? ceiling_bytes : TILE_CACHE_BYTES);
    pthread_mutex_init(&c->lock, NULL);
    pthread_mutex_init(&c->reaching, NULL);
    view_keys_init(&c->keys, layers);
    return c;
}

void tile_cache_close(struct tile_cache *c)
{
    if (c == NULL)
        return;
    for (int i = 0; i < c->idles; i++)
        tile_close(c->idle[i]);
    tile_shelf_close(c->shelf);
    pthread_mutex_destroy(&c->lock);
    pthread_mutex_destroy(&c->reaching);
    mem_free(c);
}

void tile_cache_counts(struct tile_cache *c, struct tile_cache_counts *out)
{
    pthread_mutex_lock(&c->lock);
    *out = (struct tile_cache_counts){ .found = c->found, .made = c->made };
    tile_shelf_counts(c->shelf, &out->kept, &out->bytes);
    pthread_mutex_unlock(&c->lock);
}

// --- Encoding ---------------------------------------------------------------------------------------------------------------

static struct tile *borrow(struct tile_cache *c)
{
    pthread_mutex_lock(&c->lock);
    struct tile *t = c->idles > 0 ? c->idle[--c->idles] : NULL;
    pthread_mutex_unlock(&c->lock);
    return t != NULL ? t : tile_open();
}

static void give_back(struct tile_cache *c, struct tile *t)
{
    pthread_mutex_lock(&c->lock);
    bool kept = c->idles < IDLE_MOST;
    if (kept)
        c->idle[c->idles++] = t;
    pthread_mutex_unlock(&c->lock);
    if (!kept)
        tile_close(t);
}

static struct shared_bytes *share(struct buf *b)
{
    must(!b->full);
    struct shared_bytes *s = shared_bytes_make(b->data, b->len);
    buf_clear(b);
    return s;
}

static struct layer_tile take_made(struct tile_bytes b)
{
    struct layer_tile t = { .tag = hash_bytes(b.bytes, b.len, 1) };
    if (b.len > 0)
        t.bytes = shared_bytes_make(b.bytes, b.len);
    return t;
}

// As it is wished, if it is not.
static void turn(struct layer_tile *t, bool packed)
{
    size_t len;
    struct buf other;
    if (t->bytes == NULL || t->is_packed == packed)
        return;
    const void *bytes = shared_bytes_data(t->bytes, &len);
    buf_init(&other, BYTES_CEILING);
    if (packed)
        gzip_add(&other, bytes, len);
    else
        must(gzip_read(&other, bytes, len));
    shared_bytes_drop(t->bytes);
    t->bytes = share(&other);
    t->is_packed = packed;
}

// --- Asking -----------------------------------------------------------------------------------------------------------------

static bool read_key(const struct tile_cache *c, const struct exchange *x, const struct layer *l, char key[VISIBLE_KEY])
{
    return view_key(&c->keys, &x->viewer, l, key);
}

struct reaching { struct exchange *x; const struct layer *layer; struct lonlat_box box; bool found; };

static enum status reach(struct work *w, void *ctx)
{
    struct reaching *r = ctx;
    return feature_extent(w, r->layer, &r->x->viewer, &r->box, &r->found, NULL, NULL);
}

static bool find_extent(struct tile_cache *c, const struct layer *l, const char *key, struct reaching *r, uint64_t *since)
{
    pthread_mutex_lock(&c->lock);
    const struct view *v = tile_shelf_view(c->shelf, l, key);
    bool known = v->has_extent;
    *since = c->touches;
    if (known)
        r->box = v->extent, r->found = v->found;
    pthread_mutex_unlock(&c->lock);
    return known;
}

static void keep_extent(struct tile_cache *c, const struct layer *l, const char *key, const struct reaching *r, uint64_t since)
{
    pthread_mutex_lock(&c->lock);
    if (is_still_true(c, since, l, NULL)) {
        struct view *v = tile_shelf_view(c->shelf, l, key);
        v->extent = r->box, v->found = r->found, v->has_extent = true;
    }
    pthread_mutex_unlock(&c->lock);
}

static enum status find_or_ask_extent(struct tile_cache *c, const struct layer *l, const char *key, struct reaching *r)
{
    uint64_t since;
    if (find_extent(c, l, key, r, &since))
        return OK;
    pthread_mutex_lock(&c->reaching);
    enum status s = find_extent(c, l, key, r, &since) ? OK : read_station(r->x, reach, r);
    if (s == OK)
        keep_extent(c, l, key, r, since);
    pthread_mutex_unlock(&c->reaching);
    return s;
}

enum status tile_cache_extent(struct tile_cache *c, struct exchange *x, const struct layer *l, struct lonlat_box *out, bool *found)
{
    char key[VISIBLE_KEY];
    bool is_shared = read_key(c, x, l, key);
    struct reaching r = { .x = x, .layer = l };
    enum status s = is_shared ? store_look(station_store(c->station), &x->err) : OK;
    if (s == OK)
        s = is_shared ? find_or_ask_extent(c, l, key, &r) : read_station(x, reach, &r);
    *out = r.box, *found = r.found;
    return s;
}

// --- Shares of large registers ------------------------------------------------------------------------------------------------

struct zooming { struct exchange *x; const struct layer *layer; int zoom[TILE_SETS]; };

static enum status ask_zooms(struct work *w, void *ctx)
{
    struct zooming *z = ctx;
    enum status s = OK;
    for (int set = 0; set < TILE_SETS && s == OK; set++)
        s = feature_tile_zoom(w, z->layer, &z->x->viewer, (enum tile_set)set, &z->zoom[set]);
    return s;
}

// From which zoom on all is shown, as long as the view lives.
static enum status find_zoom(struct tile_cache *c, struct exchange *x, const struct layer *l, enum tile_set set, int *out)
{
    char key[VISIBLE_KEY];
    struct zooming z = { .x = x, .layer = l };
    if (!read_key(c, x, l, key))
        return OK;
    pthread_mutex_lock(&c->lock);
    struct view *v = tile_shelf_view(c->shelf, l, key);
    bool known = v->has_zoom;
    *out = v->all_from_zoom[set];
    pthread_mutex_unlock(&c->lock);
    enum status s = known ? OK : read_station(x, ask_zooms, &z);
    if (s != OK || known)
        return s;
    pthread_mutex_lock(&c->lock);
    v = tile_shelf_view(c->shelf, l, key);
    if (!v->has_zoom)
        memcpy(v->all_from_zoom, z.zoom, sizeof z.zoom);
    v->has_zoom = true;
    *out = v->all_from_zoom[set];
    pthread_mutex_unlock(&c->lock);
    return OK;
}

// --- Tiles --------------------------------------------------------------------------------------------------------------------

struct encoding { struct tile_question question; struct tile *tile; struct tile_bytes bytes; };

static enum status encode(struct work *w, void *ctx)
{
    struct encoding *n = ctx;
    return feature_tile(w, &n->question, n->tile, &n->bytes);
}

static enum status make_tile(struct tile_cache *c, struct exchange *x, const struct layer *l, struct tile_place place, struct layer_tile *out)
{
    struct encoding n = { .question = { l, &x->viewer, place, 0 }, .tile = NULL };
    enum status found = find_zoom(c, x, l, place.set, &n.question.all_from_zoom);
    if (found != OK)
        return found;
    n.tile = borrow(c);
    bool told = false;
    enum status s = feature_cache_tile(x->server->features, x, &n.question, n.tile, &n.bytes, &told);
    if (s == OK && !told)
        s = read_station(x, encode, &n);
    if (s == OK)
        *out = take_made(n.bytes);
    give_back(c, n.tile);
    return s;
}

enum status tile_cache_get(struct tile_cache *c, struct exchange *x, const struct tile_wish *wish, struct layer_tile *out)
{
    char key[VISIBLE_KEY];
    const struct layer *l = wish->layer;
    bool is_shared = read_key(c, x, l, key), found = false;
    enum status s = is_shared ? store_look(station_store(c->station), &x->err) : OK;
    if (s != OK)
        return s;
    pthread_mutex_lock(&c->lock);
    uint64_t since = c->touches;
    found = is_shared && tile_shelf_find(c->shelf, tile_shelf_view(c->shelf, l, key), wish->place, out);
    c->found += found, c->made += !found;
    pthread_mutex_unlock(&c->lock);
    bool is_better = !found || (wish->packed && out->bytes != NULL && !out->is_packed);    // than what is kept
    if (!found)
        s = make_tile(c, x, l, wish->place, out);
    if (s != OK)
        return s;
    turn(out, wish->packed);
    if (!is_shared || !is_better)
        return OK;
    pthread_mutex_lock(&c->lock);
    if (is_still_true(c, since, l, &wish->place))
        tile_shelf_keep(c->shelf, tile_shelf_view(c->shelf, l, key), wish->place, out);
    pthread_mutex_unlock(&c->lock);
    return OK;
}
