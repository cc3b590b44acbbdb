#include "gis/footprint_join.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "gis/footprint_build.h"
#include "gis/overlay.h"
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
static void firsts_expect(const struct firsts *t, uint64_t hash) { __builtin_prefetch(&t->slot[hash & t->mask], 1); }

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

static bool same_outline(const void *ctx, int64_t a, int64_t b)
{
    const struct footprints *f = ctx;
    if (f->identity[a] != f->identity[b] || f->origin[a].x != f->origin[b].x || f->origin[a].y != f->origin[b].y)
        return false;
    if (f->ring_first[a + 1] - f->ring_first[a] != f->ring_first[b + 1] - f->ring_first[b])
        return false;
    for (uint32_t k = f->ring_first[a]; k < f->ring_first[a + 1]; k++)
        if (!has_ring(f, b, f->vertex + f->vertex_first[k], f->vertex_first[k + 1] - f->vertex_first[k]))
            return false;
    return true;
}

static void take(void *items, const int64_t *which, int64_t count, size_t size)
{
    char *bytes = items;
    for (int64_t i = 0; items != NULL && i < count; i++)
        if (which[i] != i)
            memmove(bytes + (size_t)i * size, bytes + (size_t)which[i] * size, size);
}

// Heights, kinds and ids of the footprints in which (ascending), moved to the front.
static void take_attributes(struct footprints *f, const int64_t *which, int64_t count)
{
    take(f->height_m, which, count, sizeof *f->height_m);
    take(f->kind, which, count, sizeof *f->kind);
    uint32_t end = 0;
    for (int64_t i = 0; f->id_first != NULL && i < count; i++) {
        uint32_t from = f->id_first[which[i]], len = f->id_first[which[i] + 1] - from;
        memmove(f->id_text + end, f->id_text + from, len);
        f->id_first[i] = end; // i <= which[i]: what is still needed lies ahead
        end += len;
        if (i + 1 == count)
            f->id_first[count] = end;
    }
}

static void take_outlines(struct footprints *f, const int64_t *which, int64_t count)
{
    uint32_t rings = 0, vertices = 0;
    for (int64_t i = 0; i < count; i++) {
        uint32_t first = f->ring_first[which[i]], end = f->ring_first[which[i] + 1];
        f->ring_first[i] = rings;
        for (uint32_t k = first; k < end; k++) {
            uint32_t from = f->vertex_first[k], n = f->vertex_first[k + 1] - from;
            memmove(f->vertex + vertices, f->vertex + from, n * sizeof *f->vertex);
            f->vertex_first[rings++] = vertices;
            vertices += n;
        }
    }
    f->ring_first[count] = rings;
    f->vertex_first[rings] = vertices;
}

static void keep_only(struct footprints *f, const int64_t *which, int64_t count)
{
    take_outlines(f, which, count);
    take_attributes(f, which, count);
    take(f->origin, which, count, sizeof *f->origin);
    take(f->size, which, count, sizeof *f->size);
    take(f->area_m2, which, count, sizeof *f->area_m2);
    take(f->centroid, which, count, sizeof *f->centroid);
    take(f->identity, which, count, sizeof *f->identity);
    take(f->fid, which, count, sizeof *f->fid);
    f->count = count;
}

// A bit for some of a hash: who shares it with nobody is alone, and that is nearly everyone. Two bitmaps stay in the cache
// where a table of a whole layer would not.
struct bits { uint64_t *word, mask; };

static bool bit_of(const struct bits *b, uint64_t hash)
{
    uint64_t at = hash & b->mask;
    return b->word[at / 64] >> (at % 64) & 1;
}

static void set_bit(struct bits *b, uint64_t hash)
{
    uint64_t at = hash & b->mask;
    b->word[at / 64] |= (uint64_t)1 << (at % 64);
}

static struct bits bits_open(int64_t count)
{
    enum { BITS_AN_ITEM = 16 };
    uint64_t size = 1024;
    while (size < BITS_AN_ITEM * (uint64_t)count)
        size *= 2;
    return (struct bits){ mem_get(size / 64, sizeof(uint64_t)), size - 1 };
}

// Who may be there twice, in order.
static uint32_t *list_suspects(const struct footprints *f, size_t *count)
{
    struct bits once = bits_open(f->count), again = bits_open(f->count);
    for (int64_t i = 0; i < f->count; i++)
        set_bit(bit_of(&once, f->identity[i]) ? &again : &once, f->identity[i]);
    uint32_t *list = NULL;
    size_t cap = 0;
    *count = 0;
    for (int64_t i = 0; i < f->count; i++)
        if (bit_of(&again, f->identity[i])) {
            if (*count == cap)
                list = mem_grow(list, &cap, cap + 1, sizeof *list);
            list[(*count)++] = (uint32_t)i;
        }
    mem_free(once.word);
    mem_free(again.word);
    return list;
}

// Keeps of the list only who is there before, in order; returns how many.
static size_t keep_repeated(const struct footprints *f, uint32_t *list, size_t count)
{
    struct firsts table;
    size_t kept = 0;
    firsts_open(&table, (int64_t)count);
    for (size_t k = 0; k < count; k++)
        if (firsts_find(&table, f->identity[list[k]], list[k], same_outline, f) != list[k])
            list[kept++] = list[k];
    mem_free(table.slot);
    return kept;
}

static void leave_out(struct footprints *f, const uint32_t *out, size_t count)
{
    int64_t kept = 0, *which = mem_get((size_t)f->count, sizeof *which);
    size_t next = 0;
    for (int64_t i = 0; i < f->count; i++)
        if (next < count && out[next] == i)
            next++;
        else
            which[kept++] = i;
    keep_only(f, which, kept);
    mem_free(which);
}

void footprints_drop_duplicates(struct footprints *f, struct dirt *dirt)
{
    must(f->count < UINT32_MAX);
    size_t count;
    uint32_t *list = list_suspects(f, &count);
    count = keep_repeated(f, list, count);
    for (size_t k = 0; k < count; k++)
        dirt_note(dirt, DIRT_DUPLICATE, f->fid[list[k]]);
    if (count > 0)
        leave_out(f, list, count);
    mem_free(list);
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

void footprints_count_same_ids(const struct footprints *f, struct dirt *dirt)
{
    if (f->id_first == NULL)
        return;
    struct text_view ids = { f->id_text, f->id_first };
    struct firsts table;
    firsts_open(&table, f->count);
    for (int64_t i = 0; i < f->count; i++) {
        if (i + AHEAD < f->count)
            firsts_expect(&table, hash_of(&ids, i + AHEAD)); // hashing twice is cheaper than waiting
        if (firsts_find(&table, hash_of(&ids, i), i, same_text, &ids) != i)
            dirt_note(dirt, DIRT_SAME_ID, f->fid[i]);
    }
    mem_free(table.slot);
}

// --- dissolve --------------------------------------------------------------------------------------------------------

// next[i]: the next piece with the same key, -1 at the end; is_first[i]: no earlier piece has this key.
struct chains { int64_t *next, *last; uint8_t *is_first; };

static void chain_pieces(const struct footprints *f, const struct footprint_texts *key, struct chains *c)
{
    struct text_view keys = { key->data, key->first };
    struct firsts table;
    size_t n = (size_t)f->count;
    *c = (struct chains){ mem_get(n, sizeof *c->next), mem_get(n, sizeof *c->last), mem_get(n, 1) };
    firsts_open(&table, f->count);
    for (int64_t i = 0; i < f->count; i++) {
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
static enum status join_pieces(struct overlay *o, const struct footprints *f, const int64_t *next, int64_t first, struct rings *out,
                               int64_t *pieces, struct err *e)
{
    int64_t n = 0;
    for (int64_t i = first; i >= 0; i = next[i])
        n++;
    *pieces = n;
    if (n == 1) {
        footprint_rings(f, first, f->origin[first], (struct xy_m){0}, out);
        return OK;
    }
    must(n <= INT32_MAX);
    struct rings *part = mem_get((size_t)n, sizeof *part);
    const struct rings **parts = mem_get((size_t)n, sizeof *parts);
    int64_t k = 0;
    for (int64_t i = first; i >= 0; i = next[i], k++) {
        footprint_rings(f, i, f->origin[first], (struct xy_m){0}, &part[k]);
        parts[k] = &part[k];
    }
    enum status s = overlay_union(o, parts, (int)n, CLOSE_M, out, e);
    for (k = 0; k < n; k++)
        rings_clear(&part[k]);
    mem_free(part);
    mem_free(parts);
    return s;
}

static enum status build_joined(const struct footprints *f, const struct chains *c, struct footprint_builder *b, int64_t *which,
                                struct dirt *dirt, struct err *e)
{
    struct rings rings = {0};
    enum status s = OK;
    for (int64_t i = 0; i < f->count && s == OK; i++) {
        if (!c->is_first[i])
            continue;
        int64_t pieces;
        bool added = false;
        s = join_pieces(b->overlay, f, c->next, i, &rings, &pieces, e);
        if (s == OK)
            s = footprint_add_rings(b, f->fid[i], &rings, f->origin[i], &added, e);
        dirt->dissolved += pieces - 1;
        if (added)
            which[b->f.count - 1] = i;
    }
    rings_clear(&rings);
    return s;
}

// The new outlines with the attributes of each building's first piece.
static void replace(struct footprints *f, struct footprints *joined, const int64_t *which)
{
    take_attributes(f, which, joined->count);
    joined->height_m = f->height_m;
    joined->id_first = f->id_first;
    joined->id_text = f->id_text;
    joined->kind = f->kind;
    joined->kind_name = f->kind_name;
    joined->kind_count = f->kind_count;
    f->height_m = NULL;
    f->id_first = NULL;
    f->id_text = NULL;
    f->kind = NULL;
    f->kind_name = NULL;
    f->kind_count = 0;
    footprints_clear(f);
    *f = *joined;
}

enum status footprints_dissolve(struct footprints *f, const struct footprint_texts *key, const char *what, struct dirt *dirt,
                                struct err *e)
{
    struct chains chains;
    struct footprint_builder b;
    struct dirt counted_already = {0};
    must(key->count == f->count || f->count == 0);
    if (f->count == 0)
        return OK;
    int64_t *which = mem_get((size_t)f->count, sizeof *which);
    chain_pieces(f, key, &chains);
    footprint_builder_open(&b, what, NULL, &counted_already);
    enum status s = build_joined(f, &chains, &b, which, dirt, e);
    if (s == OK)
        replace(f, &b.f, which);
    else
        footprints_clear(&b.f);
    footprint_builder_close(&b);
    chains_clear(&chains);
    mem_free(which);
    return s;
}
