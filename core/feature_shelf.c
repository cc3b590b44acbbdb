#include "core/feature_shelf_inside.h"

#include "core/base/ahead.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "gis/wkb_box.h"
#include <math.h>
#include <string.h>

enum { COMING = 4 };                               // so many features ahead memory is fetched
// Texts take such a part of the ceiling at most, and what tiles are made of such a part beside it.
enum { TEXTS_SHARE = 5, ENCODED_SHARE = 8 };

static size_t bytes_of(const struct kept *k) { return sizeof *k + k->shape_len + k->row_len + k->digits_len + k->text_len; }
static struct feature_row row_of(const struct kept *k) { return (struct feature_row){ k->bytes + k->shape_len, k->row_len }; }
static const uint8_t *digits_of(const struct kept *k) { return k->bytes + k->shape_len + k->row_len; }
static const uint8_t *text_of(const struct kept *k) { return digits_of(k) + k->digits_len; }

bool feature_shelf_fits(const struct layer *l) { return l->is_register && l->geometry != LAYER_ANY; }

static size_t bytes_of_features(const struct feature_shelf *s)
{
    return s->kept_bytes + s->cap * sizeof *s->entry + s->cells * sizeof *s->cell + s->ids * sizeof *s->id + feature_words_bytes(s->words);
}

size_t feature_shelf_bytes(const struct feature_shelf *s) { return bytes_of_features(s) + feature_encoded_bytes(s->encoded); }

struct feature_shelf *feature_shelf_open(size_t ceiling_bytes)
{
    enum { FIRST = 1024 };
    struct feature_shelf *s = mem_get(1, sizeof *s);
    *s = (struct feature_shelf){ .ceiling = ceiling_bytes, .keeps_texts = true, .free = NONE, .cells = FIRST, .ids = FIRST, .words = feature_words_open() };
    s->encoded = feature_encoded_open(ceiling_bytes / ENCODED_SHARE);
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
    s->text_bytes -= k->text_len;
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
    feature_encoded_close(s->encoded);
    mem_free(s->entry);
    mem_free(s->cell);
    mem_free(s->id);
    mem_free(s);
}

// --- Cells --------------------------------------------------------------------------------------------------------------------

static int level_of(const struct packed_box *b)
{
    int64_t width = (int64_t)b->max_x - b->min_x, height = (int64_t)b->max_y - b->min_y, size = width > height ? width : height;
    int level = LEVEL_LEAST;
    while (((int64_t)1 << level) < size)
        level++;
    return level;
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
    feature_encoded_forget(s->encoded, i);
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

static void tell_shape(const struct kept *k, struct buf *out)
{
    if (k->shape_len == 0)
        buf_text(out, "null");
    else if (k->digits_len > 0)
        packed_add_geojson_of(out, k->bytes, digits_of(k), k->digits_len);
    else
        must(packed_add_geojson(out, k->bytes, k->shape_len) || out->full);
}

static void tell(const struct feature_shelf *s, struct id_number number, const struct kept *k, struct buf *out)
{
    char id[ID_TEXT + 2] = "\"";
    id_print(number, id + 1);
    id[ID_TEXT] = '"';
    feature_json_begin(out);
    buf_add(out, id, ID_TEXT + 1);
    feature_json_shape(out);
    tell_shape(k, out);
    feature_row_json(s->words, row_of(k), out);
}

// The same, which has a shape and a row alone, with its text or its digits behind it, as the shelf has room.
static struct kept *with_tail(const struct feature_shelf *s, struct id_number id, const struct kept *k)
{
    struct buf tail;
    buf_init(&tail, TEXT_CEILING);
    if (s->keeps_texts)
        tell(s, id, k, &tail);
    else if (k->shape_len > 0)
        (void)packed_add_digits(&tail, k->bytes, k->shape_len);
    size_t both = k->shape_len + k->row_len, len = tail.full ? 0 : tail.len;
    struct kept *longer = mem_get(sizeof *longer + both + len, 1);
    memcpy(longer, k, sizeof *k + both);
    longer->text_len = s->keeps_texts ? (uint32_t)len : 0;
    longer->digits_len = s->keeps_texts ? 0 : (uint32_t)len;
    if (len > 0)
        memcpy(longer->bytes + both, tail.data, len);
    buf_clear(&tail);
    return longer;
}

// NULL: it is of no kind that can be kept.
static struct kept *pack(struct feature_shelf *s, struct id_number id, const struct feature *f)
{
    struct buf plain;
    struct kept head = { 0 }, *k = NULL;
    buf_init(&plain, sizeof head + SHAPE_CEILING + TEXT_CEILING);
    buf_add(&plain, &head, sizeof head);            // filled in when it is known
    bool fits = f->wkb == NULL || packed_add_wkb(&plain, f->wkb, f->wkb_len);
    head.shape_len = (uint32_t)(plain.len - sizeof head);
    if (fits)
        feature_row_add(s->words, f, &plain);
    head.row_len = (uint32_t)(plain.len - sizeof head - head.shape_len);
    if (fits && !plain.full) {
        memcpy(plain.data, &head, sizeof head);
        k = with_tail(s, id, (const struct kept *)(const void *)plain.data);
    }
    buf_clear(&plain);
    return k;
}

static uint8_t remainder_of(double degrees, int32_t packed)
{
    double parts = floor((degrees / UNIT - packed + 0.5) * PARTS);
    return (uint8_t)(parts < 0 ? 0 : parts > PARTS - 1 ? PARTS - 1 : parts);
}

static bool take_box(struct entry *n, const struct feature *f)
{
    struct box_m exact;
    if (!packed_box(n->kept->bytes, n->kept->shape_len, &n->box) || !wkb_box(f->wkb, f->wkb_len, &exact))
        return false;
    n->remainder = (struct remainder){ remainder_of(exact.min_x, n->box.min_x), remainder_of(exact.min_y, n->box.min_y),
                                       remainder_of(exact.max_x, n->box.max_x), remainder_of(exact.max_y, n->box.max_y) };
    return true;
}

// false: it is of no kind that can be kept; n holds nothing.
static bool make_entry(struct feature_shelf *s, const struct feature *f, struct entry *n)
{
    *n = (struct entry){ .fid = f->fid, .version = (uint32_t)f->version };
    if (f->fid <= 0 || f->version < 0 || f->version > UINT32_MAX || !id_number_of(f->id, &n->id))
        return false;
    n->kept = pack(s, n->id, f);
    if (n->kept != NULL && (n->kept->shape_len == 0 || take_box(n, f)))
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
    s->text_bytes += n.kept->text_len;
    s->keeps_texts = s->keeps_texts && s->text_bytes <= s->ceiling / TEXTS_SHARE;
    if (bytes_of_features(s) > s->ceiling) {
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

// Digits instead of texts, where these became too many.
static void shorten(struct feature_shelf *s)
{
    if (s->keeps_texts)
        return;
    for (uint32_t i = 0; i < s->used; i++) {
        struct entry *n = &s->entry[i];
        struct kept *k = n->kept;
        if (k->text_len == 0)
            continue;
        s->kept_bytes -= k->text_len;
        s->text_bytes -= k->text_len;
        k->text_len = 0;
        n->kept = with_tail(s, n->id, k);
        s->kept_bytes += n->kept->digits_len;
        mem_free(k);
    }
}

static size_t slab_room(const struct kept *k) { return (bytes_of(k) + sizeof(uint64_t) - 1) / sizeof(uint64_t) * sizeof(uint64_t); }

static void fill_slab(struct feature_shelf *s)
{
    size_t bytes = 0, at = 0, text_bytes = s->text_bytes;      // which stay
    for (uint32_t i = 0; i < s->used; i++)
        bytes += slab_room(s->entry[i].kept);
    char *slab = mem_get(bytes, 1);
    for (uint32_t i = 0; i < s->used; i++) {
        struct kept *k = s->entry[i].kept, *there = (struct kept *)(void *)(slab + at);
        memcpy(there, k, bytes_of(k));
        s->entry[i].kept = there;
        at += slab_room(k);
        let_go(s, k);
    }
    s->slab = slab, s->slab_bytes = bytes;
    s->kept_bytes += bytes;
    s->text_bytes = text_bytes;
}

// What runs through memory in its order is read several times as fast, and from few pages.
void feature_shelf_settle(struct feature_shelf *s)
{
    must(s->free == NONE && s->slab == NULL);
    shorten(s);
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

// --- Telling --------------------------------------------------------------------------------------------------------------------

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

void feature_shelf_comes(const struct feature_shelf *s, const struct shelf_hits *hits, int64_t i, enum shelf_use use)
{
    enum { LINE = 64, LINES = 2, LINES_OF_DIGITS = 4, LINES_OF_TEXT = 8 };
    if (i + COMING >= hits->count)
        return;
    const char *k = (const char *)s->entry[hits->hit[i + COMING]].kept;
    int lines = use == SHELF_SHOWN ? LINES : s->keeps_texts ? LINES_OF_TEXT : LINES_OF_DIGITS;
    for (int line = 0; line < lines; line++)
        ahead_read(k + line * LINE);
}

int64_t feature_shelf_version(const struct feature_shelf *s, uint32_t hit) { return s->entry[hit].version; }

void feature_shelf_json(const struct feature_shelf *s, uint32_t hit, struct buf *out)
{
    const struct kept *k = s->entry[hit].kept;
    if (k->text_len > 0)
        buf_add(out, text_of(k), k->text_len);
    else
        tell(s, s->entry[hit].id, k, out);
}

struct tile_feature feature_shelf_shown(const struct feature_shelf *s, uint32_t hit, struct tile_place place, struct feature_tile_room *room)
{
    const struct entry *n = &s->entry[hit];
    struct tile_feature f = { .id = feature_tile_number(n->id), .geometry = n->kept->bytes, .geometry_len = n->kept->shape_len, .is_packed = true,
                              .encoded = feature_encoded_get(s->encoded, place, hit), .property = room->property };
    id_print(n->id, room->id);
    room->property[0] = feature_tile_id(room->id, true);
    f.properties = 1 + feature_row_on_map(s->words, row_of(n->kept), room->property + 1);
    return f;
}

void feature_shelf_learn(const struct feature_shelf *s, uint32_t hit, struct tile_place place, struct tile_encoded *e)
{
    feature_encoded_keep(s->encoded, place, hit, s->used, e);
}
