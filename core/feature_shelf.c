#include "core/feature_shelf.h"

#include "core/base/ahead.h"
#include "core/base/hash.h"
#include "core/base/id.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "core/feature_row.h"
#include "gis/packed.h"
#include "gis/wkb_box.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// A grid of several levels: a feature lies in one cell, that of the lower left corner of its box, on the first level whose cells are as
// large as it is. So what meets a box lies in the cells the box touches, or in one to the left or below, of each level.
enum { LEVEL_LEAST = 13, LEVELS = 33, CELLS_MOST = 1 << 14, NOWHERE = LEVELS };       // cells of 2^13 units: some 80 m
enum { SHAPE_CEILING = 16 << 20, TEXT_CEILING = 16 << 20 };
enum { NEIGHBOURS = 6, COMING = 4 };               // so many entries, and features, ahead memory is fetched
static const uint32_t NONE = UINT32_MAX;
static const double UNIT = 1e-7;                   // degrees

struct kept { uint32_t shape_len, row_len; uint8_t bytes[]; };     // the packed shape, and what its properties say

static size_t bytes_of(const struct kept *k) { return sizeof *k + k->shape_len + k->row_len; }
static struct feature_row row_of(const struct kept *k) { return (struct feature_row){ k->bytes + k->shape_len, k->row_len }; }

// One line of the processor's memory, most of which a question reads.
struct entry {
    struct packed_box box;
    int64_t fid;                                   // 0: free
    struct id_number id;
    struct kept *kept;
    uint32_t version;
    uint32_t next_there, next_alike;               // in the cell; of ids; of free ones
};

struct cell { uint64_t key; uint32_t first; };     // key 0: free

struct feature_shelf {
    size_t ceiling, kept_bytes;
    struct entry *entry; size_t cap; uint32_t used, free; int64_t count;
    struct cell *cell; size_t cells, cells_used;   // cells: a power of 2
    uint32_t *id; size_t ids;                      // a power of 2
    uint64_t levels;                               // bits of those that hold something
    struct feature_words *words;
    char *slab; size_t slab_bytes;                 // of those that were there when it settled, in the order of their places
};

bool feature_shelf_fits(const struct layer *l) { return l->is_register && l->geometry != LAYER_ANY; }

size_t feature_shelf_bytes(const struct feature_shelf *s)
{
    return s->kept_bytes + s->cap * sizeof *s->entry + s->cells * sizeof *s->cell + s->ids * sizeof *s->id + feature_words_bytes(s->words);
}

struct feature_shelf *feature_shelf_open(size_t ceiling_bytes)
{
    enum { FIRST = 1024 };
    struct feature_shelf *s = mem_get(1, sizeof *s);
    *s = (struct feature_shelf){ .ceiling = ceiling_bytes, .free = NONE, .cells = FIRST, .ids = FIRST, .words = feature_words_open() };
    s->cell = mem_get(s->cells, sizeof *s->cell);
    s->id = mem_get(s->ids, sizeof *s->id);
    memset(s->id, 0xff, s->ids * sizeof *s->id);
    return s;
}

static bool is_in_slab(const struct feature_shelf *s, const struct kept *k) { return (uintptr_t)k - (uintptr_t)s->slab < s->slab_bytes; }

// What lies in the slab stays there, and counts, as long as the shelf.
static void let_go(struct feature_shelf *s, struct kept *k)
{
    if (k == NULL || is_in_slab(s, k))
        return;
    s->kept_bytes -= bytes_of(k);
    mem_free(k);
}

void feature_shelf_close(struct feature_shelf *s)
{
    if (s == NULL)
        return;
    for (uint32_t i = 0; i < s->used; i++)
        let_go(s, s->entry[i].kept);
    mem_free(s->slab);
    feature_words_close(s->words);
    mem_free(s->entry);
    mem_free(s->cell);
    mem_free(s->id);
    mem_free(s);
}

// --- Cells --------------------------------------------------------------------------------------------------------------------

static uint32_t column(int32_t v, int level) { return (uint32_t)(((int64_t)v + INT32_MAX + 1) >> level); }
static uint64_t key_of(int level, uint32_t x, uint32_t y) { return (uint64_t)(level + 1) << 56 | (uint64_t)x << 28 | y; }

static int level_of(const struct packed_box *b)
{
    int64_t width = (int64_t)b->max_x - b->min_x, height = (int64_t)b->max_y - b->min_y, size = width > height ? width : height;
    int level = LEVEL_LEAST;
    while (((int64_t)1 << level) < size)
        level++;
    return level;
}

static struct cell *slot_of(const struct feature_shelf *s, uint64_t key) { return &s->cell[hash_mix(key) & (s->cells - 1)]; }

static struct cell *look_up(const struct feature_shelf *s, uint64_t key)
{
    size_t i = (size_t)(slot_of(s, key) - s->cell);
    while (s->cell[i].key != 0 && s->cell[i].key != key)
        i = (i + 1) & (s->cells - 1);
    return &s->cell[i];
}

static void grow_cells(struct feature_shelf *s)
{
    struct cell *old = s->cell;
    size_t cells = s->cells;
    s->cells *= 2;
    s->cell = mem_get(s->cells, sizeof *s->cell);
    for (size_t i = 0; i < cells; i++)
        if (old[i].key != 0)
            *look_up(s, old[i].key) = old[i];
    mem_free(old);
}

static uint32_t *cell_of(struct feature_shelf *s, uint64_t key)
{
    struct cell *c = look_up(s, key);
    if (c->key == 0) {
        *c = (struct cell){ key, NONE };
        if (++s->cells_used * 2 > s->cells) {
            grow_cells(s);
            c = look_up(s, key);
        }
    }
    return &c->first;
}

// A cell for each that lies nowhere.
static uint64_t nowhere_key(int64_t fid) { return (uint64_t)(NOWHERE + 1) << 56 | ((uint64_t)fid & (((uint64_t)1 << 56) - 1)); }

static uint64_t place_key(const struct entry *n)
{
    if (n->kept->shape_len == 0)
        return nowhere_key(n->fid);
    int level = level_of(&n->box);
    return key_of(level, column(n->box.min_x, level), column(n->box.min_y, level));
}

// --- Ids ----------------------------------------------------------------------------------------------------------------------

static uint32_t *alike(const struct feature_shelf *s, struct id_number id) { return &s->id[hash_mix(id.high ^ id.low) & (s->ids - 1)]; }

static void grow_ids(struct feature_shelf *s)
{
    s->ids *= 2;
    mem_free(s->id);
    s->id = mem_get(s->ids, sizeof *s->id);
    memset(s->id, 0xff, s->ids * sizeof *s->id);
    for (uint32_t i = 0; i < s->used; i++) {
        struct entry *n = &s->entry[i];
        if (n->fid == 0)
            continue;
        uint32_t *first = alike(s, n->id);
        n->next_alike = *first;
        *first = i;
    }
}

// --- Putting and taking out -----------------------------------------------------------------------------------------------------

static void drop(struct feature_shelf *s, uint32_t i)
{
    struct entry *n = &s->entry[i];
    uint32_t *there = cell_of(s, place_key(n)), *same = alike(s, n->id);
    while (*there != i)
        there = &s->entry[*there].next_there;
    while (*same != i)
        same = &s->entry[*same].next_alike;
    *there = n->next_there;
    *same = n->next_alike;
    let_go(s, n->kept);
    *n = (struct entry){ .next_alike = s->free };
    s->free = i;
    s->count--;
}

static bool drop_in_cell(struct feature_shelf *s, uint64_t key, int64_t fid)
{
    for (uint32_t i = look_up(s, key)->key == key ? look_up(s, key)->first : NONE; i != NONE; i = s->entry[i].next_there)
        if (s->entry[i].fid == fid) {
            drop(s, i);
            return true;
        }
    return false;
}

static int32_t clamped(double degrees, double step)
{
    double v = floor(degrees / UNIT) + step;
    return v <= -2e9 ? -2000000000 : v >= 2e9 ? 2000000000 : (int32_t)v;
}

// A little further than the box: boxes of trees and of shapes are rounded.
static struct packed_box wide_box(const struct lonlat_box *b)
{
    return (struct packed_box){ clamped(b->west, -1), clamped(b->south, -1), clamped(b->east, 2), clamped(b->north, 2) };
}

struct cells { int level; uint32_t min_x, min_y, max_x, max_y; };

static struct cells cells_around(const struct packed_box *b, int level)
{
    struct cells c = { level, column(b->min_x, level), column(b->min_y, level), column(b->max_x, level), column(b->max_y, level) };
    c.min_x -= c.min_x > 0;
    c.min_y -= c.min_y > 0;
    return c;
}

static uint64_t cells_count(const struct cells *c) { return ((uint64_t)c->max_x - c->min_x + 1) * ((uint64_t)c->max_y - c->min_y + 1); }

static void drop_among_all(struct feature_shelf *s, int64_t fid)
{
    for (uint32_t i = 0; i < s->used; i++)
        if (s->entry[i].fid == fid)
            drop(s, i);
}

void feature_shelf_take_out(struct feature_shelf *s, int64_t fid, const struct lonlat_box *box)
{
    (void)drop_in_cell(s, nowhere_key(fid), fid);
    if (box == NULL)
        return;
    struct packed_box wide = wide_box(box);
    for (int level = LEVEL_LEAST; level < LEVELS; level++) {
        struct cells c = cells_around(&wide, level);
        if (!(s->levels >> level & 1))
            continue;
        if (cells_count(&c) > CELLS_MOST) {
            drop_among_all(s, fid);
            return;
        }
        for (uint32_t x = c.min_x; x <= c.max_x; x++)
            for (uint32_t y = c.min_y; y <= c.max_y; y++)
                if (drop_in_cell(s, key_of(level, x, y), fid))
                    return;
    }
}

// NULL: it is of no kind that can be kept.
static struct kept *pack(struct feature_shelf *s, const struct feature *f)
{
    struct buf both;
    struct kept *k = NULL;
    buf_init(&both, SHAPE_CEILING + TEXT_CEILING);
    bool fits = f->wkb == NULL || packed_add_wkb(&both, f->wkb, f->wkb_len);
    size_t shape_len = both.len;
    if (fits)
        feature_row_add(s->words, f, &both);
    if (fits && !both.full) {
        k = mem_get(sizeof *k + both.len, 1);
        *k = (struct kept){ (uint32_t)shape_len, (uint32_t)(both.len - shape_len) };
        if (both.len > 0)
            memcpy(k->bytes, both.data, both.len);
    }
    buf_clear(&both);
    return k;
}

// false: it is of no kind that can be kept; n holds nothing.
static bool make_entry(struct feature_shelf *s, const struct feature *f, struct entry *n)
{
    *n = (struct entry){ .fid = f->fid, .version = (uint32_t)f->version };
    if (f->fid <= 0 || f->version < 0 || f->version > UINT32_MAX || !id_number_of(f->id, &n->id))
        return false;
    n->kept = pack(s, f);
    if (n->kept != NULL && (n->kept->shape_len == 0 || packed_box(n->kept->bytes, n->kept->shape_len, &n->box)))
        return true;
    mem_free(n->kept);
    return false;
}

static uint32_t take_place(struct feature_shelf *s)
{
    uint32_t i = s->free;
    if (i != NONE) {
        s->free = s->entry[i].next_alike;
        return i;
    }
    s->entry = mem_grow(s->entry, &s->cap, (size_t)s->used + 1, sizeof *s->entry);
    return s->used++;
}

bool feature_shelf_put(struct feature_shelf *s, const struct feature *f)
{
    struct entry n;
    if (!make_entry(s, f, &n))
        return false;
    uint64_t key = place_key(&n);
    (void)drop_in_cell(s, key, f->fid);
    s->kept_bytes += bytes_of(n.kept);
    if (feature_shelf_bytes(s) > s->ceiling) {
        let_go(s, n.kept);
        return false;
    }
    uint32_t i = take_place(s), *there = cell_of(s, key), *same = alike(s, n.id);
    s->entry[i] = n;
    s->entry[i].next_there = *there;
    s->entry[i].next_alike = *same;
    *there = *same = i;
    if (n.kept->shape_len > 0)
        s->levels |= (uint64_t)1 << level_of(&n.box);
    if ((size_t)++s->count > s->ids)
        grow_ids(s);
    return true;
}

// --- Order ----------------------------------------------------------------------------------------------------------------------

static bool is_before(struct id_number a, struct id_number b) { return a.high < b.high || (a.high == b.high && a.low < b.low); }

static void order_by_place(struct feature_shelf *s)
{
    struct sort_item *item = mem_get(s->used, sizeof *item);
    struct entry *sorted = mem_get(s->cap, sizeof *sorted);
    for (uint32_t i = 0; i < s->used; i++)
        item[i] = (struct sort_item){ place_key(&s->entry[i]), i };
    sort_by_key(item, s->used);
    for (uint32_t i = 0; i < s->used; i++)
        sorted[i] = s->entry[item[i].value];
    mem_free(item);
    mem_free(s->entry);
    s->entry = sorted;
}

static size_t slab_room(const struct kept *k) { return (bytes_of(k) + sizeof(uint64_t) - 1) / sizeof(uint64_t) * sizeof(uint64_t); }

static void fill_slab(struct feature_shelf *s)
{
    size_t bytes = 0, at = 0;
    for (uint32_t i = 0; i < s->used; i++)
        bytes += slab_room(s->entry[i].kept);
    char *slab = mem_get(bytes, 1);
    for (uint32_t i = 0; i < s->used; i++) {
        struct kept *k = s->entry[i].kept;
        memcpy(slab + at, k, bytes_of(k));
        s->entry[i].kept = (struct kept *)(void *)(slab + at);
        at += slab_room(k);
        let_go(s, k);
    }
    s->slab = slab, s->slab_bytes = bytes;
    s->kept_bytes += bytes;
}

// What runs through memory in its order is read several times as fast, and from few pages.
void feature_shelf_settle(struct feature_shelf *s)
{
    must(s->free == NONE && s->slab == NULL);
    order_by_place(s);
    fill_slab(s);
    memset(s->id, 0xff, s->ids * sizeof *s->id);
    memset(s->cell, 0, s->cells * sizeof *s->cell);
    s->cells_used = 0;
    for (uint32_t i = s->used; i-- > 0;) {
        struct entry *n = &s->entry[i];
        uint32_t *there = cell_of(s, place_key(n)), *same = alike(s, n->id);
        n->next_there = *there;
        n->next_alike = *same;
        *there = *same = i;
    }
}

// --- Finding --------------------------------------------------------------------------------------------------------------------

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
    bool for_map; int thinned;                     // then boxes are enough
    struct shelf_hits *out;
    struct buf wkb;                                // of the one that is looked at
};

enum meeting { MEETS, MISSES, UNTOLD };

// Rounding moves a shape by half a unit at most: what meets a box so much smaller meets this one, what misses one so much larger misses it.
static enum meeting look_closer(struct finding *f, const struct kept *k)
{
    const double ROUNDED = 0.501 * UNIT;
    const struct lonlat_box *b = f->box;
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
        enum meeting how = f->for_map || holds(&f->narrow, &n->box) ? MEETS : look_closer(f, n->kept);
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

bool feature_shelf_find(const struct feature_shelf *s, const struct lonlat_box *b, struct shelf_hits *out)
{
    const double LEAST = 8 * UNIT;                 // in a smaller box rounding matters everywhere
    struct finding f = { .s = s, .box = b, .wide = wide_box(b), .out = out };
    f.narrow = (struct packed_box){ clamped(b->west, 2), clamped(b->south, 2), clamped(b->east, -1), clamped(b->north, -1) };
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

bool feature_shelf_get(const struct feature_shelf *s, const char *id, uint32_t *out)
{
    struct id_number n;
    if (!id_number_of(id, &n))
        return false;
    uint32_t i = *alike(s, n);
    while (i != NONE && (s->entry[i].id.high != n.high || s->entry[i].id.low != n.low))
        i = s->entry[i].next_alike;
    *out = i;
    return i != NONE;
}

void feature_shelf_comes(const struct feature_shelf *s, const struct shelf_hits *hits, int64_t i)
{
    enum { LINE = 64 };
    if (i + COMING >= hits->count)
        return;
    const struct kept *k = s->entry[hits->hit[i + COMING]].kept;
    ahead_read(k);
    ahead_read((const char *)k + LINE);
}

// --- Telling --------------------------------------------------------------------------------------------------------------------

int64_t feature_shelf_version(const struct feature_shelf *s, uint32_t hit) { return s->entry[hit].version; }

void feature_shelf_json(const struct feature_shelf *s, uint32_t hit, struct buf *out)
{
    const struct kept *k = s->entry[hit].kept;
    char id[ID_TEXT + 2] = "\"";
    id_print(s->entry[hit].id, id + 1);
    id[ID_TEXT] = '"';
    feature_json_begin(out);
    buf_add(out, id, ID_TEXT + 1);
    feature_json_shape(out);
    if (k->shape_len == 0)
        buf_text(out, "null");
    else
        must(packed_add_geojson(out, k->bytes, k->shape_len) || out->full);
    feature_row_json(s->words, row_of(k), out);
}

struct tile_feature feature_shelf_shown(const struct feature_shelf *s, uint32_t hit, struct feature_tile_room *room)
{
    const struct entry *n = &s->entry[hit];
    struct tile_feature f = { .id = feature_tile_number(n->id), .geometry = n->kept->bytes, .geometry_len = n->kept->shape_len, .is_packed = true,
                              .property = room->property };
    id_print(n->id, room->id);
    room->property[0] = feature_tile_id(room->id, true);
    f.properties = 1 + feature_row_on_map(s->words, row_of(n->kept), room->property + 1);
    return f;
}
