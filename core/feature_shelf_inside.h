// feature_shelf_inside.h - between the files of core/feature_shelf*.c only.
#pragma once
#include "core/base/hash.h"
#include "core/base/id.h"
#include "core/feature_encoded.h"
#include "core/feature_row.h"
#include "core/feature_shelf.h"
#include "gis/packed.h"
#include <math.h>

// A grid of several levels: a feature lies in one cell, that of the lower left corner of its box, on the first level whose cells are as
// large as it is. So what meets a box lies in the cells the box touches, or in one to the left or below, of each level.
enum { LEVEL_LEAST = 13, LEVELS = 33, CELLS_MOST = 1 << 14, NOWHERE = LEVELS };       // cells of 2^13 units: some 80 m
#define NONE UINT32_MAX
#define UNIT 1e-7                                   // degrees

// The packed shape, what its properties say, and what makes it quick to tell: its coordinates as digits (packed.h), or, where there is room
// for it, the whole text of feature_shelf_json.
struct kept { uint32_t shape_len, row_len, digits_len, text_len; uint8_t bytes[]; };

// Where the sides of the exact box lie: in 256ths of a unit, from half a unit below that of the packed one, which is rounded.
enum { PARTS = 256 };
struct remainder { uint8_t min_x, min_y, max_x, max_y; };

// One line of the processor's memory, most of which a question reads.
struct entry {
    struct packed_box box;
    int64_t fid;                                   // 0: free
    struct id_number id;
    struct kept *kept;
    uint32_t version;
    uint32_t next_there, next_alike;               // in the cell; of ids; of free ones
    struct remainder remainder;
};
_Static_assert(sizeof(struct entry) == 64, "a line");

struct cell { uint64_t key; uint32_t first; };     // key 0: free

struct feature_shelf {
    size_t ceiling, kept_bytes, text_bytes;
    bool keeps_texts;                              // until they are too many
    struct entry *entry; size_t cap; uint32_t used, free; int64_t count;
    struct cell *cell; size_t cells, cells_used;   // cells: a power of 2
    uint32_t *id; size_t ids;                      // a power of 2
    uint64_t levels;                               // bits of those that hold something
    struct feature_words *words;
    struct feature_encoded *encoded;               // what tiles were made of
    char *slab; size_t slab_bytes;                 // of those that were there when it settled, in the order of their places
};

enum { SHAPE_CEILING = 16 << 20, TEXT_CEILING = 16 << 20 };      // of one feature

static inline uint32_t column(int32_t v, int level) { return (uint32_t)(((int64_t)v + INT32_MAX + 1) >> level); }
static inline uint64_t key_of(int level, uint32_t x, uint32_t y) { return (uint64_t)(level + 1) << 56 | (uint64_t)x << 28 | y; }

static inline struct cell *slot_of(const struct feature_shelf *s, uint64_t key) { return &s->cell[hash_mix(key) & (s->cells - 1)]; }

static inline struct cell *look_up(const struct feature_shelf *s, uint64_t key)
{
    size_t i = (size_t)(slot_of(s, key) - s->cell);
    while (s->cell[i].key != 0 && s->cell[i].key != key)
        i = (i + 1) & (s->cells - 1);
    return &s->cell[i];
}

static inline uint32_t *alike(const struct feature_shelf *s, struct id_number id) { return &s->id[hash_mix(id.high ^ id.low) & (s->ids - 1)]; }

// The cells around a box in which there may be something that meets it.
struct cells { int level; uint32_t min_x, min_y, max_x, max_y; };

static inline struct cells cells_around(const struct packed_box *b, int level)
{
    struct cells c = { level, column(b->min_x, level), column(b->min_y, level), column(b->max_x, level), column(b->max_y, level) };
    c.min_x -= c.min_x > 0;
    c.min_y -= c.min_y > 0;
    return c;
}

static inline uint64_t cells_count(const struct cells *c) { return ((uint64_t)c->max_x - c->min_x + 1) * ((uint64_t)c->max_y - c->min_y + 1); }

static inline int32_t clamped(double degrees, double step)
{
    double v = floor(degrees / UNIT) + step;
    return v <= -2e9 ? -2000000000 : v >= 2e9 ? 2000000000 : (int32_t)v;
}

// A little further than the box: boxes of trees and of shapes are rounded.
static inline struct packed_box wide_box(const struct lonlat_box *b)
{
    return (struct packed_box){ clamped(b->west, -1), clamped(b->south, -1), clamped(b->east, 2), clamped(b->north, 2) };
}
