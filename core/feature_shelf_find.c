// What lies in a box.
#include "core/feature_shelf_inside.h"

#include "core/base/ahead.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "gis/wkb_box.h"
#include <stdlib.h>

enum { NEIGHBOURS = 6 };                           // so many entries ahead memory is fetched

static bool overlap(const struct packed_box *a, const struct packed_box *b)
{
    return a->min_x <= b->max_x && a->max_x >= b->min_x && a->min_y <= b->max_y && a->max_y >= b->min_y;
}

static bool holds(const struct packed_box *outer, const struct packed_box *b)
{
    return b->min_x >= outer->min_x && b->max_x <= outer->max_x && b->min_y >= outer->min_y && b->max_y <= outer->max_y;
}

struct finding {
    const struct feature_shelf *s;
    const struct lonlat_box *box;
    struct packed_box wide, narrow;                // what lies beside the one is out, what lies within the other is in
    struct box_m outer, inner;                     // the same in parts of units, as near as the sides of a shape are known
    bool for_map; int thinned;                     // then boxes are enough
    struct shelf_hits *out;
    struct buf wkb;                                // of the one that is looked at
};

enum meeting { MEETS, MISSES, UNTOLD };

// A side of the exact box, in units.
struct side { double least, most; };
static struct side side_of(int32_t packed, uint8_t remainder)
{
    double least = packed - 0.5 + remainder / (double)PARTS;
    return (struct side){ least, least + 1 / (double)PARTS };
}
static bool is_between(struct side s, double low, double high) { return s.least >= low && s.most <= high; }

// On each side of the shape's box there is a vertex: one that lies between two sides of the asked box lies in it, when the shape does not
// reach beyond the two others.
static enum meeting look_at_sides(const struct finding *f, const struct entry *n)
{
    const struct box_m *in = &f->inner, *out = &f->outer;
    struct side west = side_of(n->box.min_x, n->remainder.min_x), east = side_of(n->box.max_x, n->remainder.max_x);
    struct side south = side_of(n->box.min_y, n->remainder.min_y), north = side_of(n->box.max_y, n->remainder.max_y);
    if (east.most < out->min_x || west.least > out->max_x || north.most < out->min_y || south.least > out->max_y)
        return MISSES;
    bool west_in = is_between(west, in->min_x, in->max_x), east_in = is_between(east, in->min_x, in->max_x);
    bool south_in = is_between(south, in->min_y, in->max_y), north_in = is_between(north, in->min_y, in->max_y);
    bool meets = (west_in && east_in && (south_in || north_in)) || (south_in && north_in && (west_in || east_in));
    return meets ? MEETS : UNTOLD;
}

// Rounding moves a shape by half a unit at most: what meets a box so much smaller meets this one, what misses one so much larger misses it.
static enum meeting look_closer(struct finding *f, const struct entry *n)
{
    const double ROUNDED = 0.501 * UNIT;
    const struct lonlat_box *b = f->box;
    const struct kept *k = n->kept;
    enum meeting how = look_at_sides(f, n);
    if (how != UNTOLD)
        return how;
    f->wkb.len = 0;
    if (!packed_add_back(&f->wkb, k->bytes, k->shape_len))
        return UNTOLD;
    const uint8_t *wkb = (const uint8_t *)f->wkb.data;
    if (wkb_meets_box(wkb, f->wkb.len, (struct box_m){ b->west + ROUNDED, b->south + ROUNDED, b->east - ROUNDED, b->north - ROUNDED }))
        return MEETS;
    return wkb_meets_box(wkb, f->wkb.len, (struct box_m){ b->west - ROUNDED, b->south - ROUNDED, b->east + ROUNDED, b->north + ROUNDED }) ? UNTOLD : MISSES;
}

// By the last digits of the id.
static bool is_shown(struct id_number id, int thinned) { return thinned == 0 || (id.low & (thinned == 1 ? 0xf : 0xff)) == 0; }

static bool find_in_cell(struct finding *f, uint64_t key)
{
    const struct feature_shelf *s = f->s;
    const struct cell *c = look_up(s, key);
    for (uint32_t i = c->key == key ? c->first : NONE; i != NONE; i = s->entry[i].next_there) {
        const struct entry *n = &s->entry[i];
        ahead_read(n + NEIGHBOURS);                // mostly they lie in the order of the list
        if (!overlap(&n->box, &f->wide) || !is_shown(n->id, f->thinned))
            continue;
        enum meeting how = f->for_map || holds(&f->narrow, &n->box) ? MEETS : look_closer(f, n);
        if (how == UNTOLD || (how == MEETS && f->out->count == f->out->room))
            return false;
        if (how == MEETS)
            f->out->hit[f->out->count++] = i;
    }
    return true;
}

static bool find_in_cells(struct finding *f)
{
    for (int level = LEVEL_LEAST; level < LEVELS; level++) {
        struct cells c = cells_around(&f->wide, level);
        if (!(f->s->levels >> level & 1))
            continue;
        if (cells_count(&c) > CELLS_MOST)
            return false;
        for (uint32_t x = c.min_x; x <= c.max_x; x++) {
            for (uint32_t y = c.min_y; y <= c.max_y; y++)
                ahead_read(slot_of(f->s, key_of(level, x, y)));
            for (uint32_t y = c.min_y; y <= c.max_y; y++)
                ahead_read(f->s->entry + look_up(f->s, key_of(level, x, y))->first);       // NONE, or of another cell: nothing is lost
            for (uint32_t y = c.min_y; y <= c.max_y; y++)
                if (!find_in_cell(f, key_of(level, x, y)))
                    return false;
        }
    }
    return true;
}

// Most pages hold few.
enum { FEW = 96 };
struct named { struct id_number id; uint32_t hit; };

static bool is_before(struct id_number a, struct id_number b) { return a.high < b.high || (a.high == b.high && a.low < b.low); }

static void sort_few(const struct feature_shelf *s, uint32_t *hit, int64_t count)
{
    struct named sorted[FEW];
    for (int64_t i = 0; i < count; i++) {
        struct named n = { s->entry[hit[i]].id, hit[i] };
        int64_t k = i;
        for (; k > 0 && is_before(n.id, sorted[k - 1].id); k--)
            sorted[k] = sorted[k - 1];
        sorted[k] = n;
    }
    for (int64_t i = 0; i < count; i++)
        hit[i] = sorted[i].hit;
}

static int by_id(const void *a, const void *b, void *ctx)
{
    const struct feature_shelf *s = ctx;
    struct id_number x = s->entry[*(const uint32_t *)a].id, y = s->entry[*(const uint32_t *)b].id;
    return is_before(x, y) ? -1 : is_before(y, x);
}

static struct box_m units_of(const struct lonlat_box *b, double more)
{
    return (struct box_m){ b->west / UNIT - more, b->south / UNIT - more, b->east / UNIT + more, b->north / UNIT + more };
}

bool feature_shelf_find(const struct feature_shelf *s, const struct lonlat_box *b, struct shelf_hits *out)
{
    const double LEAST = 8 * UNIT;                 // in a smaller box rounding matters everywhere
    const double NEAR = 1e-3;                      // units, some thousand times what is lost in reckoning them
    struct finding f = { .s = s, .box = b, .wide = wide_box(b), .out = out };
    f.narrow = (struct packed_box){ clamped(b->west, 2), clamped(b->south, 2), clamped(b->east, -1), clamped(b->north, -1) };
    f.outer = units_of(b, NEAR);
    f.inner = units_of(b, -NEAR);
    out->count = 0;
    if (!(b->east - b->west >= LEAST && b->north - b->south >= LEAST))
        return false;
    buf_init(&f.wkb, 2 * SHAPE_CEILING);
    bool told = find_in_cells(&f);
    buf_clear(&f.wkb);
    if (told && out->count <= FEW)
        sort_few(s, out->hit, out->count);
    else if (told)
        qsort_r(out->hit, (size_t)out->count, sizeof *out->hit, by_id, (void *)s);
    return told;
}

bool feature_shelf_around(const struct feature_shelf *s, const struct lonlat_box *b, int thinned, struct shelf_hits *out)
{
    struct finding f = { .s = s, .box = b, .wide = wide_box(b), .for_map = true, .thinned = thinned, .out = out };
    out->count = 0;
    if (!find_in_cells(&f))
        return false;
    struct sort_item *item = mem_get((size_t)out->count, sizeof *item);
    for (int64_t i = 0; i < out->count; i++)
        item[i] = (struct sort_item){ (uint64_t)s->entry[out->hit[i]].fid, out->hit[i] };
    sort_by_key(item, (size_t)out->count);
    for (int64_t i = 0; i < out->count; i++)
        out->hit[i] = item[i].value;
    mem_free(item);
    return true;
}
