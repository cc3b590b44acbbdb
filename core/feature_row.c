#include "core/feature_row.h"

#include "core/base/hash.h"
#include "core/base/json_write.h"
#include "core/base/mem.h"
#include "core/base/varint.h"
#include "core/base/when.h"
#include "core/feature_tile.h"
#include <string.h>

// A row is one item a property: LEB128 of a word's number, or 0, the property's place, the kind, and the value: numbers in eight bytes,
// texts with their '\0' behind their length.
enum { WORDS_MOST = 4096, WORD_BYTES_MOST = 256, FIRST_SLOTS = 256 };
static const size_t BYTES_MOST = (size_t)1 << 30;

struct word { const char *json; uint32_t json_len; bool is_on_map; uint64_t hash; struct tile_property shown; };   // ,"name":value

struct feature_words {
    const struct layer *layer;                      // NULL: nobody has come yet
    bool is_on_map[FEATURE_PROPERTIES];
    uint16_t words_of[FEATURE_PROPERTIES];
    struct word *word; size_t cap; uint32_t count;  // number 1 is word[0]
    uint32_t *slot; uint32_t slots;                 // a power of 2; 0: free
    struct arena *arena; size_t arena_bytes;        // texts
    struct buf piece;                               // the value at hand
};

struct feature_words *feature_words_open(void)
{
    struct feature_words *w = mem_get(1, sizeof *w);
    *w = (struct feature_words){ .slots = FIRST_SLOTS, .slot = mem_get(FIRST_SLOTS, sizeof *w->slot), .arena = arena_open(BYTES_MOST) };
    buf_init(&w->piece, BYTES_MOST);
    return w;
}

void feature_words_close(struct feature_words *w)
{
    if (w == NULL)
        return;
    arena_close(w->arena);
    buf_clear(&w->piece);
    mem_free(w->word);
    mem_free(w->slot);
    mem_free(w);
}

size_t feature_words_bytes(const struct feature_words *w) { return sizeof *w + w->cap * sizeof *w->word + w->slots * sizeof *w->slot + w->arena_bytes; }

// --- Words --------------------------------------------------------------------------------------------------------------------

static void take_layer(struct feature_words *w, const struct feature *f)
{
    w->layer = f->layer;
    for (int i = 0; i < f->layer->properties; i++)
        w->is_on_map[i] = feature_tile_has(f->viewer, f->layer, &f->layer->property[i]) && strcmp(f->layer->property[i].name, "id") != 0;
}

static uint32_t *slot_of(const struct feature_words *w, const struct buf *piece, uint64_t hash)
{
    uint32_t at = (uint32_t)hash & (w->slots - 1);
    for (; w->slot[at] != 0; at = (at + 1) & (w->slots - 1)) {
        const struct word *word = &w->word[w->slot[at] - 1];
        if (word->hash == hash && word->json_len == piece->len && memcmp(word->json, piece->data, piece->len) == 0)
            break;
    }
    return &w->slot[at];
}

static void grow_slots(struct feature_words *w)
{
    mem_free(w->slot);
    w->slots *= 2;
    w->slot = mem_get(w->slots, sizeof *w->slot);
    for (uint32_t i = 0; i < w->count; i++) {
        uint32_t at = (uint32_t)w->word[i].hash & (w->slots - 1);
        while (w->slot[at] != 0)
            at = (at + 1) & (w->slots - 1);
        w->slot[at] = i + 1;
    }
}

static const char *keep_text(struct feature_words *w, const char *text)
{
    w->arena_bytes += strlen(text) + 1;
    return arena_text(w->arena, text);
}

static uint32_t add_word(struct feature_words *w, int property, const struct tile_property *v, uint64_t hash)
{
    struct word n = { keep_text(w, w->piece.data), (uint32_t)w->piece.len, w->is_on_map[property] && v->kind != TILE_NULL, hash, *v };
    if (v->kind == TILE_TEXT)
        n.shown.text = keep_text(w, v->text);
    w->word = mem_grow(w->word, &w->cap, (size_t)w->count + 1, sizeof *w->word);
    n.shown.word = w->count + 1;
    w->word[w->count++] = n;
    w->words_of[property]++;
    if (w->count * 2 > w->slots)
        grow_slots(w);
    else
        *slot_of(w, &w->piece, hash) = w->count;
    return w->count;
}

// 0: it is none, and will be none.
static uint32_t word_of(struct feature_words *w, int property, const struct tile_property *v)
{
    struct json_writer j = { .to = &w->piece, .more = true };
    w->piece.len = 0;
    feature_put_value(&j, v);
    uint64_t hash = hash_bytes(w->piece.data, w->piece.len, 0);
    uint32_t known = *slot_of(w, &w->piece, hash);
    if (known != 0)
        return known;
    return w->words_of[property] < WORDS_MOST && w->piece.len <= WORD_BYTES_MOST ? add_word(w, property, v, hash) : 0;
}

// --- Writing a row --------------------------------------------------------------------------------------------------------------

static void add_value(int property, const struct tile_property *v, struct buf *row)
{
    char head[] = { 0, (char)property, (char)v->kind };
    buf_add(row, head, sizeof head);
    if (v->kind == TILE_TEXT) {
        size_t len = strlen(v->text);
        varint_add(row, (uint32_t)len);
        buf_add(row, v->text, len + 1);
    } else if (v->kind != TILE_NULL) {
        int64_t bits = v->kind == TILE_TRUTH ? v->truth : v->integer;
        buf_add(row, &bits, sizeof bits);
    }
}

void feature_row_add(struct feature_words *w, const struct feature *f, struct buf *row)
{
    char moment[WHEN_TEXT];
    if (w->layer == NULL)
        take_layer(w, f);
    must(w->layer == f->layer);
    for (int i = 0; i < f->layer->properties; i++) {
        if (!f->seen[i])
            continue;
        struct tile_property v = feature_value(f, i, moment);
        uint32_t word = word_of(w, i, &v);
        if (word != 0)
            varint_add(row, word);
        else
            add_value(i, &v, row);
    }
}

// --- Reading it -----------------------------------------------------------------------------------------------------------------

// What stands in the row; its place among the properties goes to *property.
static struct tile_property take_value(const struct feature_words *w, const uint8_t **at, int *property)
{
    *property = (*at)[0];
    struct tile_property v = { .key = w->layer->property[*property].name, .kind = (enum tile_kind)(*at)[1] };
    *at += 2;
    if (v.kind == TILE_TEXT) {
        uint32_t len = varint_take(at);
        v.text = (const char *)*at;
        *at += len + 1;
    } else if (v.kind != TILE_NULL) {
        memcpy(&v.integer, *at, sizeof v.integer);
        *at += sizeof v.integer;
        if (v.kind == TILE_TRUTH)
            v.truth = v.integer != 0;
    }
    return v;
}

void feature_row_json(const struct feature_words *w, struct feature_row row, struct buf *out)
{
    struct json_writer j = { .to = out };
    int property;
    buf_text(out, ",\"properties\":{");
    for (const uint8_t *at = row.bytes; at < row.bytes + row.len;) {
        uint32_t word = varint_take(&at);
        if (word != 0) {
            const struct word *known = &w->word[word - 1];         // with its comma
            buf_add(out, known->json + !j.more, known->json_len - !j.more);
        } else {
            struct tile_property v = take_value(w, &at, &property);
            feature_put_value(&j, &v);
        }
        j.more = true;
    }
    buf_text(out, "}");
}

int feature_row_on_map(const struct feature_words *w, struct feature_row row, struct tile_property *out)
{
    int n = 0, property;
    for (const uint8_t *at = row.bytes; at < row.bytes + row.len;) {
        uint32_t word = varint_take(&at);
        if (word != 0) {
            if (w->word[word - 1].is_on_map)
                out[n++] = w->word[word - 1].shown;
            continue;
        }
        struct tile_property v = take_value(w, &at, &property);
        if (w->is_on_map[property] && v.kind != TILE_NULL)
            out[n++] = v;
    }
    return n;
}
