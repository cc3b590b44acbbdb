// mvt.h - reads Mapbox Vector Tiles for tests, and says what is wrong with one. Strict after MVT 2.1; nothing of gis/tile is used.
#pragma once
#include "core/base/mem.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum mvt_kind { MVT_TEXT = 1, MVT_FLOAT, MVT_DOUBLE, MVT_INT, MVT_UINT, MVT_SINT, MVT_BOOL };
struct mvt_value { enum mvt_kind kind; const char *text; double real; int64_t integer; };
struct mvt_point { int32_t x, y; };
struct mvt_feature {
    uint64_t id;
    bool has_id;
    int type;                                   // 0 unknown, 1 points, 2 lines, 3 polygons
    uint32_t *tag;
    uint32_t tags;
    struct mvt_point *at;                       // part k is at[first[k]] .. at[first[k + 1] - 1]
    uint32_t *first;
    uint32_t parts;
};
struct mvt_layer {
    const char *name;
    uint32_t version, extent;
    struct mvt_feature *feature;
    const char **key;
    struct mvt_value *value;
    uint32_t features, keys, values;
};
struct mvt { struct mvt_layer *layer; uint32_t layers; const char *wrong; };

struct mvt_bytes { const uint8_t *at, *end; };
struct mvt_field { uint32_t number, wire; uint64_t value; struct mvt_bytes bytes; };

static inline bool mvt_varint(struct mvt_bytes *b, uint64_t *out)
{
    *out = 0;
    for (int shift = 0; shift < 64 && b->at < b->end; shift += 7) {
        uint8_t byte = *b->at++;
        *out |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

static inline bool mvt_field(struct mvt_bytes *b, struct mvt_field *out)
{
    uint64_t head, len;
    if (!mvt_varint(b, &head))
        return false;
    *out = (struct mvt_field){ .number = (uint32_t)(head >> 3), .wire = head & 7 };
    size_t left = (size_t)(b->end - b->at);
    switch (out->wire) {
    case 0: return mvt_varint(b, &out->value);
    case 1: len = 8; break;
    case 5: len = 4; break;
    case 2:
        if (!mvt_varint(b, &len))
            return false;
        left = (size_t)(b->end - b->at);
        break;
    default: return false;
    }
    if (len > left)
        return false;
    out->bytes = (struct mvt_bytes){ b->at, b->at + len };
    b->at += len;
    return true;
}

static inline const char *mvt_text(struct arena *a, struct mvt_bytes b)
{
    size_t len = (size_t)(b.end - b.at);
    char *text = arena_get(a, len + 1);
    memcpy(text, b.at, len);
    return text;
}

static inline bool mvt_wrong(struct mvt *m, const char *what)
{
    m->wrong = what;
    return false;
}

static inline bool mvt_read_value(struct arena *a, struct mvt *m, struct mvt_bytes b, struct mvt_value *out)
{
    static const uint32_t wires[] = { 9, 2, 5, 1, 0, 0, 0, 0 };
    struct mvt_field f;
    if (b.at == b.end || !mvt_field(&b, &f) || b.at != b.end)
        return mvt_wrong(m, "a value is one field");
    if (f.number < MVT_TEXT || f.number > MVT_BOOL || f.wire != wires[f.number])
        return mvt_wrong(m, "a value of no known type");
    out->kind = (enum mvt_kind)f.number;
    out->integer = out->kind == MVT_SINT ? (int64_t)(f.value >> 1 ^ -(f.value & 1)) : (int64_t)f.value;
    out->real = (double)out->integer;
    float single;
    if (out->kind == MVT_TEXT)
        out->text = mvt_text(a, f.bytes);
    if (out->kind == MVT_DOUBLE)
        memcpy(&out->real, f.bytes.at, 8);
    if (out->kind == MVT_FLOAT) {
        memcpy(&single, f.bytes.at, 4);
        out->real = single;
    }
    return true;
}

static inline uint32_t mvt_count_varints(struct mvt_bytes b)
{
    uint32_t n = 0;
    for (; b.at < b.end; b.at++)
        n += *b.at < 0x80;
    return n;
}

// One command after the other. Points: one MoveTo. Lines: MoveTo 1, LineTo. Polygons: and ClosePath 1.
static inline bool mvt_read_geometry(struct arena *a, struct mvt *m, struct mvt_bytes b, struct mvt_feature *out)
{
    uint32_t room = mvt_count_varints(b), points = 0, x = 0, y = 0, expected = 1;
    out->at = arena_get(a, (size_t)(room + 1) * sizeof *out->at);
    out->first = arena_get(a, (size_t)(room + 2) * sizeof *out->first);
    while (b.at < b.end) {
        uint64_t head, dx, dy;
        if (!mvt_varint(&b, &head))
            return mvt_wrong(m, "geometry breaks off");
        uint32_t command = head & 7, count = (uint32_t)head >> 3;
        if (command == 7) {
            if (out->type != 3 || expected != 7 || count != 1)
                return mvt_wrong(m, "a ClosePath where none may be, or not once");
            expected = 1;
            continue;
        }
        if (command != expected || count == 0 || (command == 1 && out->type > 1 && count != 1) || (out->type == 1 && out->parts > 0))
            return mvt_wrong(m, "a command out of order");
        if (command == 2 && out->type == 3 && count < 2)
            return mvt_wrong(m, "a ring of two points");
        for (uint32_t i = 0; i < count; i++) {
            if (!mvt_varint(&b, &dx) || !mvt_varint(&b, &dy))
                return mvt_wrong(m, "fewer points than were told");
            x += (uint32_t)dx >> 1 ^ -((uint32_t)dx & 1);
            y += (uint32_t)dy >> 1 ^ -((uint32_t)dy & 1);
            if (command == 2 && out->at[points - 1].x == (int32_t)x && out->at[points - 1].y == (int32_t)y)
                return mvt_wrong(m, "a point twice in a row");
            out->at[points++] = (struct mvt_point){ (int32_t)x, (int32_t)y };
        }
        if (command == 1)
            out->first[out->parts++] = points - count;
        out->first[out->parts] = points;
        if (out->type > 1)
            expected = command == 1 ? 2 : out->type == 3 ? 7 : 1;
    }
    if (points == 0 || (out->type > 0 && expected != 1))
        return mvt_wrong(m, "a geometry that is not finished");
    return true;
}

static inline bool mvt_read_feature(struct arena *a, struct mvt *m, struct mvt_bytes b, struct mvt_feature *out)
{
    struct mvt_field f;
    struct mvt_bytes geometry = { 0 };
    bool typed = false;
    while (b.at < b.end) {
        if (!mvt_field(&b, &f))
            return mvt_wrong(m, "a feature breaks off");
        if (f.number == 1 && f.wire == 0) {
            out->id = f.value, out->has_id = true;
        } else if (f.number == 2 && f.wire == 2) {
            out->tags = mvt_count_varints(f.bytes);
            out->tag = arena_get(a, (size_t)(out->tags + 1) * sizeof *out->tag);
            for (uint32_t i = 0; i < out->tags; i++) {
                uint64_t tag = 0;
                mvt_varint(&f.bytes, &tag);
                out->tag[i] = (uint32_t)tag;
            }
        } else if (f.number == 3 && f.wire == 0 && f.value <= 3) {
            out->type = (int)f.value, typed = true;
        } else if (f.number == 4 && f.wire == 2 && geometry.at == NULL) {
            geometry = f.bytes;
        } else {
            return mvt_wrong(m, "a feature's field of another kind, or twice");
        }
    }
    if (!typed || geometry.at == NULL)
        return mvt_wrong(m, "a feature needs a type and a geometry");
    return mvt_read_geometry(a, m, geometry, out);
}

static inline bool mvt_tags_are_right(struct mvt *m, const struct mvt_layer *l)
{
    for (uint32_t i = 0; i < l->features; i++) {
        const struct mvt_feature *f = &l->feature[i];
        if (f->tags % 2 != 0)
            return mvt_wrong(m, "half a pair of tags");
        for (uint32_t k = 0; k < f->tags; k += 2) {
            if (f->tag[k] >= l->keys || f->tag[k + 1] >= l->values)
                return mvt_wrong(m, "a tag of no key or value");
            for (uint32_t j = 0; j < k; j += 2)
                if (f->tag[j] == f->tag[k])
                    return mvt_wrong(m, "a key twice in a feature");
        }
    }
    return true;
}

static inline bool mvt_read_layer(struct arena *a, struct mvt *m, struct mvt_bytes b, struct mvt_layer *out)
{
    struct mvt_field f;
    uint32_t most = (uint32_t)(b.end - b.at) / 2 + 1;
    bool versioned = false;
    *out = (struct mvt_layer){ .extent = 4096, .feature = arena_get(a, most * sizeof *out->feature), .key = arena_get(a, most * sizeof *out->key),
                               .value = arena_get(a, most * sizeof *out->value) };
    while (b.at < b.end) {
        if (!mvt_field(&b, &f))
            return mvt_wrong(m, "a layer breaks off");
        if (f.number == 15 && f.wire == 0)
            out->version = (uint32_t)f.value, versioned = true;
        else if (f.number == 1 && f.wire == 2)
            out->name = mvt_text(a, f.bytes);
        else if (f.number == 2 && f.wire == 2) {
            if (!mvt_read_feature(a, m, f.bytes, &out->feature[out->features++]))
                return false;
        } else if (f.number == 3 && f.wire == 2)
            out->key[out->keys++] = mvt_text(a, f.bytes);
        else if (f.number == 4 && f.wire == 2) {
            if (!mvt_read_value(a, m, f.bytes, &out->value[out->values++]))
                return false;
        } else if (f.number == 5 && f.wire == 0)
            out->extent = (uint32_t)f.value;
        else
            return mvt_wrong(m, "a layer's field of another kind");
    }
    if (!versioned || out->version < 1 || out->version > 2)
        return mvt_wrong(m, "a layer of no known version");
    if (out->name == NULL)
        return mvt_wrong(m, "a layer without a name");
    return mvt_tags_are_right(m, out);
}

// false: m->wrong says what breaks MVT 2.1. a keeps what was read.
static inline bool mvt_read(struct arena *a, const uint8_t *bytes, size_t len, struct mvt *m)
{
    struct mvt_bytes b = { bytes, bytes + len };
    struct mvt_field f;
    *m = (struct mvt){ .layer = arena_get(a, (len / 2 + 1) * sizeof *m->layer) };
    while (b.at < b.end) {
        if (!mvt_field(&b, &f) || f.number != 3 || f.wire != 2)
            return mvt_wrong(m, "a tile is layers");
        if (!mvt_read_layer(a, m, f.bytes, &m->layer[m->layers]))
            return false;
        for (uint32_t i = 0; i < m->layers; i++)
            if (strcmp(m->layer[i].name, m->layer[m->layers].name) == 0)
                return mvt_wrong(m, "two layers of one name");
        m->layers++;
    }
    return true;
}

static inline const struct mvt_value *mvt_get(const struct mvt_layer *l, const struct mvt_feature *f, const char *key)
{
    for (uint32_t k = 0; k + 1 < f->tags; k += 2)
        if (strcmp(l->key[f->tag[k]], key) == 0)
            return &l->value[f->tag[k + 1]];
    return NULL;
}
