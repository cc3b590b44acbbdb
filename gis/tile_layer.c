// A layer as MVT wants it (protocol buffers): features with indexes into keys and values, each of them once.
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/status.h"
#include "core/base/varint.h"
#include "gis/tile_parts.h"

#include <math.h>
#include <string.h>

// Field number << 3 | how it is written (0: varint, 1: eight bytes, 2: length and bytes).
enum { TILE_LAYER_TAG = 3 << 3 | 2 };
enum { LAYER_NAME = 1 << 3 | 2, LAYER_FEATURE = 2 << 3 | 2, LAYER_KEY = 3 << 3 | 2, LAYER_VALUE = 4 << 3 | 2, LAYER_EXTENT = 5 << 3, LAYER_VERSION = 15 << 3 };
enum { FEATURE_ID = 1 << 3, FEATURE_TAGS = 2 << 3 | 2, FEATURE_TYPE = 3 << 3, FEATURE_GEOMETRY = 4 << 3 | 2 };
enum { VALUE_TEXT = 1 << 3 | 2, VALUE_REAL = 3 << 3 | 1, VALUE_INTEGER = 4 << 3, VALUE_SIGNED = 6 << 3, VALUE_TRUTH = 7 << 3 };
enum { VERSION = 2, FIRST_SLOTS = 64 };
enum { MOVE_TO = 1, LINE_TO = 2, CLOSE_PATH = 7 | 1 << 3 };
static const size_t BYTES_MOST = (size_t)1 << 30;

static size_t varint_bytes(uint64_t v)
{
    size_t bytes = 1;
    for (; v >= 0x80; v >>= 7)
        bytes++;
    return bytes;
}

static void add_varint(struct buf *out, uint64_t v)
{
    char *at = buf_room(out, VARINT_BYTES);
    must(at != NULL);
    buf_took(out, varint_put(at, v));
}

static void add_piece(struct buf *out, char tag, const void *bytes, size_t len)
{
    char *at = buf_room(out, 1 + VARINT_BYTES + len);
    must(at != NULL);
    *at++ = tag;
    at = varint_put(at, len);
    if (len > 0)
        memcpy(at, bytes, len);
    buf_took(out, at + len);
}

static void empty(struct buf *b)
{
    b->len = 0;
}

// --- keys and values ---------------------------------------------------------------------------------------------------------

static uint64_t hash_of(const char *bytes, size_t len)
{
    uint64_t hash = len * 0x9e3779b97f4a7c15u, word;
    for (; len >= sizeof word; bytes += sizeof word, len -= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        hash = hash_fold(hash ^ word, 0xa0761d6478bd642fu);
    }
    word = 0;
    memcpy(&word, bytes, len);
    return hash_fold(hash ^ word, 0xe7037ed1a0b428dbu);
}

static bool is_word(const struct tile_words *w, uint32_t i, const char *bytes, size_t len)
{
    return w->word[i].len == len && memcmp(w->bytes.data + w->word[i].at, bytes, len) == 0;
}

static uint32_t *slot_of(const struct tile_words *w, const char *bytes, size_t len, uint64_t hash)
{
    uint32_t mask = w->slots - 1, at = (uint32_t)hash & mask;
    for (; w->slot[at] != 0; at = (at + 1) & mask) {
        uint32_t i = w->slot[at] - 1;
        if (w->word[i].hash == hash && is_word(w, i, bytes, len))
            break;
    }
    return &w->slot[at];
}

static void enlarge(struct tile_words *w)
{
    uint32_t slots = w->slots * 2;
    mem_free(w->slot);
    w->slot = mem_get(slots, sizeof *w->slot);
    w->slots = slots;
    for (uint32_t i = 0; i < w->count; i++) {
        uint32_t at = (uint32_t)w->word[i].hash & (slots - 1);
        while (w->word[i].len > 0 && w->slot[at] != 0)
            at = (at + 1) & (slots - 1);
        if (w->word[i].len > 0)
            w->slot[at] = i + 1;
    }
}

// The index of a word, which is added when it is new.
static uint32_t word_index(struct tile_words *w, const char *bytes, size_t len)
{
    uint64_t hash = hash_of(bytes, len);
    uint32_t *slot = slot_of(w, bytes, len, hash);
    if (*slot != 0)
        return *slot - 1;
    if (2 * (w->in_table + 1) > w->slots) {
        enlarge(w);
        slot = slot_of(w, bytes, len, hash);
    }
    add_piece(&w->bytes, w->tag, bytes, len);
    w->word = mem_grow(w->word, &w->word_cap, (size_t)w->count + 1, sizeof *w->word);
    w->word[w->count] = (struct tile_word){ (uint32_t)(w->bytes.len - len), (uint32_t)len, hash };
    *slot = ++w->count;
    w->in_table++;
    return w->count - 1;
}

// One that is not looked for, neither now nor later: it has no place in the table, and no length.
static uint32_t own_text_index(struct tile_words *w, const char *text)
{
    size_t len = strlen(text), inner = 1 + varint_bytes(len) + len;
    char *at = buf_room(&w->bytes, 2 + 2 * VARINT_BYTES + len);
    must(at != NULL);
    *at++ = w->tag;
    at = varint_put(at, inner);
    *at++ = VALUE_TEXT;
    at = varint_put(at, len);
    memcpy(at, text, len);
    buf_took(&w->bytes, at + len);
    w->word = mem_grow(w->word, &w->word_cap, (size_t)w->count + 1, sizeof *w->word);
    w->word[w->count] = (struct tile_word){ .len = 0 };
    return w->count++;
}

// The last ones come out first, so nobody's way through the table is broken.
static void take_back(struct tile_words *w, uint32_t count, size_t bytes)
{
    while (w->count > count) {
        const struct tile_word *last = &w->word[w->count - 1];
        if (last->len > 0)
            *slot_of(w, w->bytes.data + last->at, last->len, last->hash) = 0, w->in_table--;
        w->count--;
    }
    w->bytes.len = bytes;
}

static void words_open(struct tile_words *w, char tag)
{
    *w = (struct tile_words){ .tag = tag, .slots = FIRST_SLOTS, .slot = mem_get(FIRST_SLOTS, sizeof *w->slot) };
    buf_init(&w->bytes, BYTES_MOST);
}

static void words_clear(struct tile_words *w)
{
    buf_clear(&w->bytes);
    mem_free(w->word);
    mem_free(w->slot);
}

static void words_start(struct tile_words *w)
{
    if (w->count > 0)
        memset(w->slot, 0, w->slots * sizeof *w->slot);
    w->count = w->in_table = 0;
    empty(&w->bytes);
}

// --- values ------------------------------------------------------------------------------------------------------------------

static void encode_text(struct tile_layer *l, const char *text)
{
    empty(&l->text);
    buf_add(&l->text, "", 0);
    buf_utf8(&l->text, text);
    add_piece(&l->value, VALUE_TEXT, l->text.data, l->text.len);
}

static void encode_real(struct tile_layer *l, double real)
{
    uint64_t bits;
    memcpy(&bits, &real, sizeof bits);
    char bytes[9] = { VALUE_REAL };
    for (int i = 0; i < 8; i++)
        bytes[1 + i] = (char)(bits >> 8 * i);
    buf_add(&l->value, bytes, sizeof bytes);
}

// Below zero ten bytes as an ordinary integer, few as a signed one.
static void encode_integer(struct tile_layer *l, int64_t v)
{
    add_varint(&l->value, v < 0 ? VALUE_SIGNED : VALUE_INTEGER);
    add_varint(&l->value, v < 0 ? ~((uint64_t)v << 1) : (uint64_t)v);
}

// false: there is nothing to tell.
static bool encode_value(struct tile_layer *l, const struct tile_property *p)
{
    empty(&l->value);
    switch (p->kind) {
    case TILE_NULL: return false;
    case TILE_TEXT:
        if (p->text != NULL)
            encode_text(l, p->text);
        return p->text != NULL;
    case TILE_INTEGER: encode_integer(l, p->integer); return true;
    case TILE_REAL:
        if (isfinite(p->real))
            encode_real(l, p->real);
        return isfinite(p->real);
    case TILE_TRUTH:
        add_varint(&l->value, VALUE_TRUTH);
        add_varint(&l->value, p->truth);
        return true;
    }
    return false;
}

// Keys come in the same order with every feature: the one expected is looked at first.
static uint32_t key_index(struct tile_layer *l, const char *key, uint32_t expected)
{
    size_t len = strlen(key);
    if (expected < l->keys.count && is_word(&l->keys, expected, key, len))
        return expected;
    return word_index(&l->keys, key, len);
}

// Where key and value stand; false: there is nothing to tell.
static bool find_tag(struct tile_layer *l, const struct tile_property *p, uint32_t expected, struct tile_tag *out)
{
    if (p->is_own) {
        out->key = key_index(l, p->key, expected);
        out->value = own_text_index(&l->values, p->text);
        return true;
    }
    if (!encode_value(l, p))
        return false;
    out->key = key_index(l, p->key, expected);
    out->value = word_index(&l->values, l->value.data, l->value.len);
    return true;
}

static bool recall_tag(struct tile_layer *l, const struct tile_property *p, uint32_t expected, struct tile_tag *out)
{
    if (p->word == 0)
        return find_tag(l, p, expected, out);
    size_t known = l->tag_cap;
    if (p->word >= known) {
        l->tag = mem_grow(l->tag, &l->tag_cap, (size_t)p->word + 1, sizeof *l->tag);
        memset(l->tag + known, 0, (l->tag_cap - known) * sizeof *l->tag);
    }
    *out = l->tag[p->word];
    if (out->turn == l->tag_turn)
        return true;
    out->turn = l->tag_turn;
    if (!find_tag(l, p, expected, out))
        return false;
    l->tag[p->word] = *out;
    return true;
}

static void know_key(struct tile_layer *l, uint32_t key)
{
    l->key_used = mem_grow(l->key_used, &l->key_cap, (size_t)key + 1, sizeof *l->key_used);
    for (; l->keys_known <= key; l->keys_known++)
        l->key_used[l->keys_known] = 0;
}

static void add_tags(struct tile_layer *l, const struct tile_feature *f)
{
    uint32_t expected = 0;
    empty(&l->tags);
    char *at = buf_room(&l->tags, (size_t)f->properties * 2 * VARINT_BYTES);
    must(at != NULL);
    l->feature++;
    for (int i = 0; i < f->properties; i++) {
        struct tile_tag tag;
        if (!recall_tag(l, &f->property[i], expected, &tag))
            continue;
        if (tag.key >= l->keys_known)
            know_key(l, tag.key);
        must(l->key_used[tag.key] != l->feature);   // a key given twice
        l->key_used[tag.key] = l->feature;
        expected = tag.key + 1;
        at = varint_put(varint_put(at, tag.key), tag.value);
    }
    buf_took(&l->tags, at);
}

// --- features ----------------------------------------------------------------------------------------------------------------

struct pen { char *at; int32_t x, y; };

static void put_step(struct pen *p, struct tile_point to)
{
    int32_t dx = to.x - p->x, dy = to.y - p->y;
    p->at = varint_put(p->at, (uint32_t)dx << 1 ^ (uint32_t)(dx >> 31));
    p->at = varint_put(p->at, (uint32_t)dy << 1 ^ (uint32_t)(dy >> 31));
    p->x = to.x, p->y = to.y;
}

static void put_command(struct pen *p, uint32_t command, uint32_t count)
{
    p->at = varint_put(p->at, command | count << 3);
}

void tile_commands(const struct tile_shape *s, enum tile_shape_kind kind, struct buf *out)
{
    enum { STEP_BYTES = 2 * 3, RING_BYTES = 8 };    // a step is less than 2^14, twice that with its sign
    struct pen p = { .at = buf_room(out, (size_t)s->points * STEP_BYTES + (size_t)s->rings * RING_BYTES + VARINT_BYTES) };
    must(p.at != NULL);
    if (kind == TILE_POINTS)
        put_command(&p, MOVE_TO, s->points);
    for (uint32_t i = 0; kind == TILE_POINTS && i < s->points; i++)
        put_step(&p, s->at[i]);
    for (uint32_t k = 0; kind != TILE_POINTS && k < s->rings; k++) {
        const struct tile_ring *r = &s->ring[k];
        put_command(&p, MOVE_TO, 1);
        put_step(&p, s->at[r->first]);
        put_command(&p, LINE_TO, r->end - r->first - 1);
        for (uint32_t i = r->first + 1; i < r->end; i++)
            put_step(&p, s->at[i]);
        if (kind == TILE_POLYGONS)
            *p.at++ = CLOSE_PATH;
    }
    buf_took(out, p.at);
}

void tile_commands_from(const struct tile_encoded *e, struct tile_point first, struct buf *out)
{
    struct pen p = { .at = buf_room(out, 3 * VARINT_BYTES + e->len) };
    must(p.at != NULL);
    put_command(&p, MOVE_TO, 1);
    put_step(&p, first);
    memcpy(p.at, e->bytes, e->len);
    buf_took(out, p.at + e->len);
}

size_t tile_commands_begin(const struct buf *commands)
{
    const uint8_t *at = (const uint8_t *)commands->data;
    for (int numbers = 0; numbers < 3; numbers++)
        (void)varint_take(&at);
    return (size_t)(at - (const uint8_t *)commands->data);
}

static void add_feature(struct tile_layer *l, uint64_t id, enum tile_shape_kind kind, const struct buf *commands)
{
    size_t tags = l->tags.len > 0 ? 1 + varint_bytes(l->tags.len) + l->tags.len : 0;
    size_t len = 1 + varint_bytes(id) + tags + 2 + 1 + varint_bytes(commands->len) + commands->len;
    char *at = buf_room(&l->features, 1 + VARINT_BYTES + len);
    must(at != NULL);
    *at++ = LAYER_FEATURE;
    at = varint_put(at, len);
    *at++ = FEATURE_ID;
    at = varint_put(at, id);
    if (tags > 0) {
        *at++ = FEATURE_TAGS;
        at = varint_put(at, l->tags.len);
        memcpy(at, l->tags.data, l->tags.len);
        at += l->tags.len;
    }
    *at++ = FEATURE_TYPE;
    *at++ = (char)kind;
    *at++ = FEATURE_GEOMETRY;
    at = varint_put(at, commands->len);
    memcpy(at, commands->data, commands->len);
    buf_took(&l->features, at + commands->len);
}

// Texts beyond the budget are not even copied. What comes again and again, or is an id, is short.
static bool texts_fit(const struct tile_feature *f, size_t bytes_most)
{
    size_t left = bytes_most;
    for (int i = 0; i < f->properties; i++) {
        const struct tile_property *p = &f->property[i];
        bool is_short = p->word != 0 || p->is_own;
        size_t len = p->kind == TILE_TEXT && p->text != NULL && !is_short ? strnlen(p->text, left + 1) : 0;
        if (len > left)
            return false;
        left -= len;
    }
    return true;
}

bool tile_layer_add(struct tile_layer *l, const struct tile_feature *f, enum tile_shape_kind kind, const struct buf *commands, size_t bytes_most)
{
    if (!texts_fit(f, bytes_most))
        return false;
    uint32_t keys = l->keys.count, values = l->values.count;
    size_t key_bytes = l->keys.bytes.len, value_bytes = l->values.bytes.len, feature_bytes = l->features.len;
    add_tags(l, f);
    add_feature(l, f->id, kind, commands);
    if (tile_layer_bytes(l) <= bytes_most)
        return true;
    take_back(&l->keys, keys, key_bytes);
    take_back(&l->values, values, value_bytes);
    l->tag_turn++;
    l->features.len = feature_bytes;
    l->keys_known = l->keys_known < keys ? l->keys_known : keys;
    return false;
}

// --- layers ------------------------------------------------------------------------------------------------------------------

void tile_layer_open(struct tile_layer *l)
{
    *l = (struct tile_layer){ 0 };
    words_open(&l->keys, LAYER_KEY);
    words_open(&l->values, LAYER_VALUE);
    buf_init(&l->features, BYTES_MOST);
    buf_init(&l->tags, BYTES_MOST);
    buf_init(&l->value, BYTES_MOST);
    buf_init(&l->text, BYTES_MOST);
}

void tile_layer_clear(struct tile_layer *l)
{
    words_clear(&l->keys);
    words_clear(&l->values);
    buf_clear(&l->features);
    buf_clear(&l->tags);
    buf_clear(&l->value);
    buf_clear(&l->text);
    mem_free(l->key_used);
    mem_free(l->tag);
}

void tile_layer_start(struct tile_layer *l, const char *name)
{
    must(name[0] != '\0' && strlen(name) < sizeof l->name);
    strcpy(l->name, name);
    words_start(&l->keys);
    words_start(&l->values);
    empty(&l->features);
    l->feature = 0;
    l->keys_known = 0;
    l->tag_turn++;
    l->facts = (struct tile_facts){ 0 };
}

// What stands inside of the layer.
static size_t inner_bytes(const struct tile_layer *l)
{
    size_t name = strlen(l->name);
    return 2 + 1 + varint_bytes(name) + name + l->features.len + l->keys.bytes.len + l->values.bytes.len + 1 + varint_bytes(TILE_EXTENT);
}

size_t tile_layer_bytes(const struct tile_layer *l)
{
    size_t inner = inner_bytes(l);
    return l->features.len == 0 ? 0 : 1 + varint_bytes(inner) + inner;
}

void tile_layer_write(const struct tile_layer *l, struct buf *out)
{
    if (l->features.len == 0)
        return;
    buf_add(out, &(char){ TILE_LAYER_TAG }, 1);
    add_varint(out, inner_bytes(l));
    buf_add(out, (char[]){ LAYER_VERSION, VERSION }, 2);
    add_piece(out, LAYER_NAME, l->name, strlen(l->name));
    buf_add(out, l->features.data, l->features.len);
    if (l->keys.count > 0) {
        buf_add(out, l->keys.bytes.data, l->keys.bytes.len);
        buf_add(out, l->values.bytes.data, l->values.bytes.len);
    }
    buf_add(out, &(char){ LAYER_EXTENT }, 1);
    add_varint(out, TILE_EXTENT);
}
