#include "gis/footprint_join.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "gis/footprint_order.h"
#include "gis/overlay.h"
#include <stdlib.h>
#include <string.h>

static const double CLOSE_M = 0.05; // tile cuts leave gaps of some centimetres

enum status texts_add(struct footprint_texts *t, const char *text, size_t len, struct err *e)
{
    t->first = mem_grow(t->first, &t->first_cap, (size_t)t->count + 2, sizeof *t->first);
    if (t->count == 0)
        t->first[0] = 0;
    size_t end = t->first[t->count];
    if (len > UINT32_MAX - end)
        return err_set(e, TOO_BIG, "the texts of one field take more than 4 GB");
    t->data = mem_grow(t->data, &t->data_cap, end + len + 1, 1);
    if (len > 0)
        memcpy(t->data + end, text, len);
    t->first[++t->count] = (uint32_t)(end + len);
    return OK;
}

void texts_clear(struct footprint_texts *t)
{
    mem_free(t->data);
    mem_free(t->first);
    *t = (struct footprint_texts){0};
}

void texts_order(struct footprint_texts *t, const uint64_t *order, int64_t count)
{
    if (t->first == NULL)
        return;
    uint32_t *first = mem_get((size_t)count + 1, sizeof *first), at = 0;
    char *data = mem_get(t->first[t->count], 1);
    for (int64_t k = 0; k < count; k++) {
        uint32_t from = t->first[order_who(order[k])], len = t->first[order_who(order[k]) + 1] - from;
        first[k] = at;
        memcpy(data + at, t->data + from, len);
        at += len;
    }
    first[count] = at;
    texts_clear(t);
    *t = (struct footprint_texts){ .data = data, .first = first, .count = count };
}

static uint64_t text_hash(const char *text, uint32_t len)
{
    uint64_t h = len;
    for (uint32_t i = 0; i < len; i += 8) {
        uint64_t word = 0;
        memcpy(&word, text + i, len - i < 8 ? len - i : 8);
        h = hash_mix(h * 0x9e3779b97f4a7c15u + word);
    }
    return h;
}

// --- a table that finds the first of equal things --------------------------------------------------------------------

// A slot holds the upper half of the hash and the index + 1; 0 is an empty slot.
struct firsts { uint64_t *slot; uint64_t mask; };

static void firsts_open(struct firsts *t, int64_t count)
{
    uint64_t size = 16;
    while (size < 2 * (uint64_t)count)
        size *= 2;
    must(count < UINT32_MAX);
    t->slot = mem_get(size, sizeof *t->slot);
    t->mask = size - 1;
}

typedef bool are_same(const void *ctx, int64_t a, int64_t b);

// The table is far larger than the cache: a slot asked for early is there when it is needed.
enum { AHEAD = 16 };
static void firsts_expect(const struct firsts *t, uint64_t hash) { ahead_write(&t->slot[hash & t->mask]); }

// The first item that is the same as i; i itself (and it is remembered) when there was none.
static int64_t firsts_find(struct firsts *t, uint64_t hash, int64_t i, are_same *same, const void *ctx)
{
    uint64_t upper = hash & 0xffffffff00000000u;
    for (uint64_t at = hash & t->mask;; at = (at + 1) & t->mask) {
        uint64_t slot = t->slot[at];
        if (slot == 0) {
            t->slot[at] = upper | (uint64_t)(i + 1);
            return i;
        }
        int64_t other = (int64_t)(slot & 0xffffffffu) - 1;
        if ((slot & 0xffffffff00000000u) == upper && same(ctx, other, i))
            return other;
    }
}

// --- duplicates ------------------------------------------------------------------------------------------------------

static bool same_ring(const struct mm *a, const struct mm *b, uint32_t n)
{
    for (uint32_t turn = 0; turn < n; turn++) {
        uint32_t i = 0;
        while (i < n && a[i].x == b[(i + turn) % n].x && a[i].y == b[(i + turn) % n].y)
            i++;
        if (i == n)
            return true;
    }
    return false;
}

static bool has_ring(const struct footprints *f, int64_t i, const struct mm *ring, uint32_t n)
{
    for (uint32_t k = f->ring_first[i]; k < f->ring_first[i + 1]; k++)
        if (f->vertex_first[k + 1] - f->vertex_first[k] == n && same_ring(f->vertex + f->vertex_first[k], ring, n))
            return true;
    return false;
}

static bool same_outline(const struct footprints *f, int64_t a, int64_t b)
{
    if (f->identity[a] != f->identity[b] || f->origin[a].x != f->origin[b].x || f->origin[a].y != f->origin[b].y)
        return false;
    if (f->ring_first[a + 1] - f->ring_first[a] != f->ring_first[b + 1] - f->ring_first[b])
        return false;
    for (uint32_t k = f->ring_first[a]; k < f->ring_first[a + 1]; k++)
        if (!has_ring(f, b, f->vertex + f->vertex_first[k], f->vertex_first[k + 1] - f->vertex_first[k]))
            return false;
    return true;
}

// The same stand in one cell of the curve, so one behind the other; a cell holds few, or a lie, and then they are sorted first.
struct repeats { const struct footprints *f; const uint64_t *order; uint32_t *list; size_t count, cap; };

static void add_repeat(struct repeats *r, int64_t i)
{
    r->list = mem_grow(r->list, &r->cap, r->count + 1, sizeof *r->list);
    r->list[r->count++] = order_who(r->order[i]);
}

static void compare_few(struct repeats *r, int64_t first, int64_t end)
{
    for (int64_t i = first + 1; i < end; i++)
        for (int64_t k = first; k < i; k++)
            if (r->f->identity[i] == r->f->identity[k] && same_outline(r->f, k, i)) {
                add_repeat(r, i);
                break;
            }
}

static void compare_many(struct repeats *r, int64_t first, int64_t end)
{
    size_t n = (size_t)(end - first);
    struct sort_item *item = mem_get(n, sizeof *item);
    for (size_t i = 0; i < n; i++)
        item[i] = (struct sort_item){ r->f->identity[first + (int64_t)i], (uint32_t)i };
    sort_by_key(item, n); // keeps the order of equals
    for (size_t i = 1, run = 0; i < n; i++) {
        if (item[i].key != item[run].key)
            run = i;
        else if (same_outline(r->f, first + item[run].value, first + item[i].value))
            add_repeat(r, first + item[i].value);
    }
    mem_free(item);
}

static int ascending(const void *p, const void *q)
{
    uint32_t a = *(const uint32_t *)p, b = *(const uint32_t *)q;
    return (a > b) - (a < b);
}

uint8_t *outlines_find_duplicates(const struct outlines *o, const uint64_t *order, const struct footprints *f, struct dirt *dirt)
{
    enum { FEW = 24 };
    struct repeats r = { .f = f, .order = order };
    for (int64_t first = 0, end; first < f->count; first = end) {
        for (end = first + 1; end < f->count && order[end] >> 32 == order[first] >> 32;)
            end++;
        if (end - first > 1)
            (end - first <= FEW ? compare_few : compare_many)(&r, first, end);
    }
    if (r.count == 0)
        return NULL;
    qsort(r.list, r.count, sizeof *r.list, ascending);
    uint8_t *out = mem_get((size_t)o->count, 1);
    for (size_t k = 0; k < r.count; k++) {
        dirt_note(dirt, DIRT_DUPLICATE, outline_at(o, r.list[k])->fid);
        out[r.list[k]] = 1;
    }
    mem_free(r.list);
    return out;
}

// --- ids -------------------------------------------------------------------------------------------------------------

struct text_view { const char *data; const uint32_t *first; };

static bool same_text(const void *ctx, int64_t a, int64_t b)
{
    const struct text_view *t = ctx;
    uint32_t n = t->first[a + 1] - t->first[a];
    return n == t->first[b + 1] - t->first[b] && memcmp(t->data + t->first[a], t->data + t->first[b], n) == 0;
}

static uint64_t hash_of(const struct text_view *t, int64_t i)
{
    return text_hash(t->data + t->first[i], t->first[i + 1] - t->first[i]);
}

void outlines_count_same_ids(const struct outlines *o, const struct footprint_texts *id, const uint8_t *out, struct dirt *dirt)
{
    if (id->first == NULL)
        return;
    struct text_view ids = { id->data, id->first };
    struct firsts table;
    firsts_open(&table, o->count);
    for (int64_t i = 0; i < o->count; i++) {
        if (i + AHEAD < o->count)
            firsts_expect(&table, hash_of(&ids, i + AHEAD)); // hashing twice is cheaper than waiting
        if ((out == NULL || !out[i]) && firsts_find(&table, hash_of(&ids, i), i, same_text, &ids) != i)
            dirt_note(dirt, DIRT_SAME_ID, outline_at(o, i)->fid);
    }
    mem_free(table.slot);
}

// --- dissolve --------------------------------------------------------------------------------------------------------

// next[i]: the next piece with the same key, -1 at the end; is_first[i]: no earlier piece has this key.
struct chains { int64_t *next, *last; uint8_t *is_first; };

static void chain_pieces(const struct outlines *o, const struct footprint_texts *key, struct chains *c)
{
    struct text_view keys = { key->data, key->first };
    struct firsts table;
    size_t n = (size_t)o->count;
    *c = (struct chains){ mem_get(n, sizeof *c->next), mem_get(n, sizeof *c->last), mem_get(n, 1) };
    firsts_open(&table, o->count);
    for (int64_t i = 0; i < o->count; i++) {
        bool has_key = key->first[i + 1] > key->first[i];
        int64_t first = has_key ? firsts_find(&table, hash_of(&keys, i), i, same_text, &keys) : i;
        c->next[i] = -1;
        c->is_first[i] = first == i;
        if (first != i)
            c->next[c->last[first]] = i;
        c->last[first] = i;
    }
    mem_free(table.slot);
}

static void chains_clear(struct chains *c)
{
    mem_free(c->next);
    mem_free(c->last);
    mem_free(c->is_first);
}

// The rings of one building in metres from the origin of its first piece.
static enum status join_pieces(struct overlay *overlay, const struct outlines *o, const int64_t *next, int64_t first, struct rings *out,
                               int64_t *pieces, struct err *e)
{
    struct mm64 frame = outline_at(o, first)->origin;
    int64_t n = 0;
    for (int64_t i = first; i >= 0; i = next[i])
        n++;
    *pieces = n;
    if (n == 1) {
        outline_draw(outline_at(o, first), frame, out);
        return OK;
    }
    must(n <= INT32_MAX);
    struct rings *part = mem_get((size_t)n, sizeof *part);
    const struct rings **parts = mem_get((size_t)n, sizeof *parts);
    int64_t k = 0;
    for (int64_t i = first; i >= 0; i = next[i], k++) {
        outline_draw(outline_at(o, i), frame, &part[k]);
        parts[k] = &part[k];
    }
    enum status s = overlay_union(overlay, parts, (int)n, CLOSE_M, out, e);
    for (k = 0; k < n; k++)
        rings_clear(&part[k]);
    mem_free(part);
    mem_free(parts);
    return s;
}

static enum status build_joined(const struct outlines *o, const struct chains *c, struct footprint_builder *b, uint64_t *which,
                                struct dirt *dirt, struct err *e)
{
    struct rings rings = {0};
    enum status s = OK;
    for (int64_t i = 0; i < o->count && s == OK; i++) {
        if (!c->is_first[i])
            continue;
        int64_t pieces;
        bool added = false;
        s = join_pieces(b->overlay, o, c->next, i, &rings, &pieces, e);
        const struct outline *of = outline_at(o, i);
        if (s == OK)
            s = footprint_add_rings(b, of->fid, &rings, of->origin, &added, e);
        dirt->dissolved += pieces - 1;
        if (added)
            which[b->o.count - 1] = (uint64_t)i;
    }
    rings_clear(&rings);
    return s;
}

enum status outlines_dissolve(struct outlines *o, const struct footprint_texts *key, const char *what, struct dirt *dirt,
                              uint64_t **first, struct err *e)
{
    struct chains chains;
    struct footprint_builder b;
    struct dirt counted_already = {0};
    must(key->count == o->count || o->count == 0);
    *first = mem_get((size_t)o->count, sizeof **first);
    chain_pieces(o, key, &chains);
    footprint_builder_open(&b, what, NULL, &counted_already);
    enum status s = build_joined(o, &chains, &b, *first, dirt, e);
    outlines_clear(s == OK ? o : &b.o);
    if (s == OK)
        *o = b.o;
    footprint_builder_close(&b);
    chains_clear(&chains);
    return s;
}
