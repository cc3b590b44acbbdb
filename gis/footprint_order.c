#include "gis/footprint_order.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "core/base/status.h"
#include <string.h>

enum { CELL_BITS_MM = 14, ORDER = 16 }; // cells of 2^14 mm, 2^16 of them a side: 1074 km, beyond which they are taken larger

// The usual turn of quadrants (Hilbert 1891), as bits, for a branch would be guessed wrong half the time. Two levels of nothing
// but zeros leave place and turn as they were: an even number of levels is enough.
uint64_t hilbert_place(uint32_t x, uint32_t y, int levels)
{
    uint64_t place = 0;
    uint32_t swap = 0, flip = 0;
    for (int level = levels - 1; level >= 0; level--) {
        uint32_t right = x >> level & 1, up = y >> level & 1, differ = (right ^ up) & swap;
        right ^= differ ^ flip;
        up ^= differ ^ flip;
        place = place << 2 | ((3 * right) ^ up);
        flip ^= right & ~up;
        swap ^= up ^ 1;
    }
    return place;
}

static int levels_for(int64_t cells)
{
    int levels = 0;
    while (cells >> levels != 0)
        levels += 2;
    return levels;
}

// The place on the curve above, who it is below: half the memory of keys with their values.
static uint32_t who(uint64_t item) { return (uint32_t)item; }

static uint64_t *sorted(const struct footprints *f)
{
    struct mm64 low = f->origin[0], high = low;
    for (int64_t i = 1; i < f->count; i++) {
        struct mm64 o = f->origin[i];
        low.x = o.x < low.x ? o.x : low.x, low.y = o.y < low.y ? o.y : low.y;
        high.x = o.x > high.x ? o.x : high.x, high.y = o.y > high.y ? o.y : high.y;
    }
    int bits = CELL_BITS_MM;
    while ((high.x - low.x) >> bits >> ORDER || (high.y - low.y) >> bits >> ORDER)
        bits++;
    int levels = levels_for((high.x - low.x) >> bits | (high.y - low.y) >> bits);
    must(f->count <= UINT32_MAX);
    uint64_t *item = mem_get((size_t)f->count, sizeof *item);
    for (int64_t i = 0; i < f->count; i++)
        item[i] = hilbert_place((uint32_t)((f->origin[i].x - low.x) >> bits), (uint32_t)((f->origin[i].y - low.y) >> bits), levels) << 32 | (uint64_t)i;
    sort_numbers(item, (size_t)f->count, 32);
    return item;
}

static inline void gather(char *all, const char *old, size_t size, const uint64_t *item, int64_t count)
{
    enum { AHEAD = 16 };
    for (int64_t i = 0; i < count; i++) {
        if (i + AHEAD < count)
            __builtin_prefetch(old + (size_t)who(item[i + AHEAD]) * size);
        memcpy(all + (size_t)i * size, old + (size_t)who(item[i]) * size, size);
    }
}

// A size that is known when this is compiled is copied without a call.
static void *permuted(void *old, size_t size, const uint64_t *item, int64_t count)
{
    if (old == NULL)
        return NULL;
    char *all = mem_get((size_t)count, size);
    switch (size) {
    case 4: gather(all, old, 4, item, count); break;
    case 8: gather(all, old, 8, item, count); break;
    case 16: gather(all, old, 16, item, count); break;
    default: gather(all, old, size, item, count);
    }
    mem_free(old);
    return all;
}

// An outline lies anywhere in memory and is found in three steps: each is asked for while others are being copied.
static void expect_outline(const struct footprints *f, const uint64_t *item, int64_t i)
{
    enum { STEP = 12 };
    if (i + 3 * STEP >= f->count)
        return;
    __builtin_prefetch(&f->ring_first[who(item[i + 3 * STEP])]);
    __builtin_prefetch(&f->vertex_first[f->ring_first[who(item[i + 2 * STEP])]]);
    const struct mm *vertex = f->vertex + f->vertex_first[f->ring_first[who(item[i + STEP])]];
    __builtin_prefetch(vertex);
    __builtin_prefetch(vertex + 8);
}

static void permute_outlines(struct footprints *f, const uint64_t *item)
{
    uint32_t rings = f->ring_first[f->count], vertices = f->vertex_first[rings], ring = 0, vertex = 0;
    uint32_t *ring_first = mem_get((size_t)f->count + 1, sizeof *ring_first), *vertex_first = mem_get((size_t)rings + 1, sizeof *vertex_first);
    struct mm *all = mem_get(vertices, sizeof *all);
    for (int64_t i = 0; i < f->count; i++) {
        uint32_t old = who(item[i]);
        expect_outline(f, item, i);
        ring_first[i] = ring;
        for (uint32_t r = f->ring_first[old]; r < f->ring_first[old + 1]; r++) {
            uint32_t n = f->vertex_first[r + 1] - f->vertex_first[r];
            vertex_first[ring++] = vertex;
            memcpy(all + vertex, f->vertex + f->vertex_first[r], n * sizeof *all);
            vertex += n;
        }
    }
    ring_first[f->count] = ring;
    vertex_first[ring] = vertex;
    mem_free(f->ring_first);
    mem_free(f->vertex_first);
    mem_free(f->vertex);
    f->ring_first = ring_first, f->vertex_first = vertex_first, f->vertex = all;
}

static void permute_ids(struct footprints *f, const uint64_t *item)
{
    if (f->id_first == NULL)
        return;
    uint32_t *first = mem_get((size_t)f->count + 1, sizeof *first), at = 0;
    char *text = mem_get(f->id_first[f->count], 1);
    for (int64_t i = 0; i < f->count; i++) {
        uint32_t old = who(item[i]), n = f->id_first[old + 1] - f->id_first[old];
        first[i] = at;
        memcpy(text + at, f->id_text + f->id_first[old], n);
        at += n;
    }
    first[f->count] = at;
    mem_free(f->id_first);
    mem_free(f->id_text);
    f->id_first = first, f->id_text = text;
}

void footprints_in_hilbert_order(struct footprints *f)
{
    if (f->count < 2)
        return;
    uint64_t *item = sorted(f);
    permute_outlines(f, item);
    permute_ids(f, item);
    f->origin = permuted(f->origin, sizeof *f->origin, item, f->count);
    f->size = permuted(f->size, sizeof *f->size, item, f->count);
    f->area_m2 = permuted(f->area_m2, sizeof *f->area_m2, item, f->count);
    f->centroid = permuted(f->centroid, sizeof *f->centroid, item, f->count);
    f->identity = permuted(f->identity, sizeof *f->identity, item, f->count);
    f->fid = permuted(f->fid, sizeof *f->fid, item, f->count);
    f->height_m = permuted(f->height_m, sizeof *f->height_m, item, f->count);
    f->kind = permuted(f->kind, sizeof *f->kind, item, f->count);
    mem_free(item);
}
