#include "api/tile_cache.h"

#include "api/collection.h"
#include "core/base/gzip.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include <pthread.h>

enum { IDLE_MOST = 64, GZIP_CEILING = 64 << 20 };

struct tile_cache {
    struct station *station;
    pthread_mutex_t lock;
    struct tile *idle[IDLE_MOST]; int idles;                // encoders nobody uses at the moment
};

struct tile_cache *tile_cache_open(struct station *station)
{
    struct tile_cache *c = mem_get(1, sizeof *c);
    c->station = station;
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void tile_cache_close(struct tile_cache *c)
{
    if (c == NULL)
        return;
    for (int i = 0; i < c->idles; i++)
        tile_close(c->idle[i]);
    pthread_mutex_destroy(&c->lock);
    mem_free(c);
}

// --- Encoders ---------------------------------------------------------------------------------------------------------------

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

// --- Encoding ---------------------------------------------------------------------------------------------------------------

static struct layer_tile pack(struct tile_bytes b)
{
    struct layer_tile t = { .tag = { hash_bytes(b.bytes, b.len, 1), hash_bytes(b.bytes, b.len, 2) } };
    struct buf packed;
    if (b.len == 0)
        return t;
    buf_init(&packed, GZIP_CEILING);
    gzip_add(&packed, b.bytes, b.len, GZIP_USUAL);
    must(!packed.full);
    t.gzip = shared_bytes_make(packed.data, packed.len);
    buf_clear(&packed);
    return t;
}

struct encoding { struct tile_question question; struct tile *tile; struct tile_bytes bytes; };

static enum status encode(struct work *w, void *ctx)
{
    struct encoding *n = ctx;
    return feature_tile(w, &n->question, n->tile, &n->bytes);
}

enum status tile_cache_get(struct tile_cache *c, struct exchange *x, const struct layer *l, struct tile_place place, struct layer_tile *out)
{
    struct encoding n = { .question = { l, &x->viewer, place }, .tile = borrow(c) };
    enum status s = read_station(x, encode, &n);
    if (s == OK)
        *out = pack(n.bytes);
    give_back(c, n.tile);
    return s;
}
