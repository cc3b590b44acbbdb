#include "core/feature_encoded.h"

#include "core/base/mem.h"
#include <stdatomic.h>

struct zoom { uint32_t hits; _Atomic(struct tile_encoded *) of[]; };
struct feature_encoded {
    size_t ceiling;
    atomic_size_t bytes;
    _Atomic(struct zoom *) zoom[TILE_SETS][TILE_ZOOM_MOST + 1];
};

enum { HEAD_BYTES = 16 };                          // what the allocator puts beside each
static size_t bytes_of(const struct tile_encoded *e) { return sizeof *e + e->len + HEAD_BYTES; }
static size_t bytes_of_zoom(uint32_t hits) { return sizeof(struct zoom) + hits * sizeof(struct tile_encoded *); }

struct feature_encoded *feature_encoded_open(size_t ceiling_bytes)
{
    struct feature_encoded *c = mem_get(1, sizeof *c);
    c->ceiling = ceiling_bytes;
    return c;
}

static void close_zoom(struct zoom *z)
{
    for (uint32_t i = 0; z != NULL && i < z->hits; i++)
        mem_free(atomic_load_explicit(&z->of[i], memory_order_relaxed));
    mem_free(z);
}

void feature_encoded_close(struct feature_encoded *c)
{
    if (c == NULL)
        return;
    for (int set = 0; set < TILE_SETS; set++)
        for (int z = 0; z <= TILE_ZOOM_MOST; z++)
            close_zoom(atomic_load(&c->zoom[set][z]));
    mem_free(c);
}

size_t feature_encoded_bytes(const struct feature_encoded *c) { return sizeof *c + atomic_load_explicit(&c->bytes, memory_order_relaxed); }

const struct tile_encoded *feature_encoded_get(const struct feature_encoded *c, struct tile_place place, uint32_t hit)
{
    const struct zoom *z = atomic_load_explicit(&c->zoom[place.set][place.z], memory_order_acquire);
    return z != NULL && hit < z->hits ? atomic_load_explicit(&z->of[hit], memory_order_acquire) : NULL;
}

// false: beyond the ceiling; nothing was taken.
static bool take_room(struct feature_encoded *c, size_t bytes)
{
    if (atomic_fetch_add(&c->bytes, bytes) + bytes <= c->ceiling)
        return true;
    atomic_fetch_sub(&c->bytes, bytes);
    return false;
}

// NULL: there is no room for it.
static struct zoom *zoom_of(struct feature_encoded *c, struct tile_place place, uint32_t hits)
{
    struct zoom *z = atomic_load_explicit(&c->zoom[place.set][place.z], memory_order_acquire);
    if (z != NULL || !take_room(c, bytes_of_zoom(hits)))
        return z;
    struct zoom *made = mem_get(bytes_of_zoom(hits), 1);
    made->hits = hits;
    if (atomic_compare_exchange_strong(&c->zoom[place.set][place.z], &z, made))
        return made;
    atomic_fetch_sub(&c->bytes, bytes_of_zoom(hits));
    mem_free(made);
    return z;
}

void feature_encoded_keep(struct feature_encoded *c, struct tile_place place, uint32_t hit, uint32_t hits, struct tile_encoded *e)
{
    if (e == NULL)
        return;
    struct zoom *z = zoom_of(c, place, hits);
    struct tile_encoded *none = NULL;
    if (z != NULL && hit < z->hits && take_room(c, bytes_of(e))) {
        if (atomic_compare_exchange_strong(&z->of[hit], &none, e))
            return;
        atomic_fetch_sub(&c->bytes, bytes_of(e));  // somebody was faster
    }
    mem_free(e);
}

static void forget_in(struct feature_encoded *c, struct zoom *z, uint32_t hit)
{
    struct tile_encoded *e = z != NULL && hit < z->hits ? atomic_exchange(&z->of[hit], NULL) : NULL;
    if (e == NULL)
        return;
    atomic_fetch_sub(&c->bytes, bytes_of(e));
    mem_free(e);
}

void feature_encoded_forget(struct feature_encoded *c, uint32_t hit)
{
    for (int set = 0; set < TILE_SETS; set++)
        for (int z = 0; z <= TILE_ZOOM_MOST; z++)
            forget_in(c, atomic_load(&c->zoom[set][z]), hit);
}
