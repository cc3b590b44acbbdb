// packed.h - a geometry in few bytes, for caches of features (压缩几何): whole 1e-7 degrees, each vertex as its step from the one before.
//
// What GeoJSON with 7 decimals says of it is the same to the last digit; 1e-7 degree is about a centimetre. Rings are closed without
// saying so and run as RFC 7946 wants. A house of seven corners takes about 45 bytes instead of 140 as WKB or 220 as text, and becomes text
// or a part of a tile without going through WKB.
#pragma once
#include "gis/wkb_walk.h"

struct buf;

// Adds the geometry. false, and nothing added: broken or empty WKB, an open ring, or a coordinate that is no longitude and latitude.
bool packed_add_wkb(struct buf *out, const uint8_t *wkb, size_t len);

struct packed_box { int32_t min_x, min_y, max_x, max_y; };     // 1e-7 degrees; x is the longitude
// The readers below return false when the bytes are cut short or are no packed geometry.
bool packed_box(const uint8_t *bytes, size_t len, struct packed_box *out);
bool packed_add_back(struct buf *out, const uint8_t *bytes, size_t len);       // as little-endian WKB
bool packed_add_geojson(struct buf *out, const uint8_t *bytes, size_t len);

// The same text from coordinates that were printed before and kept in half a byte a letter: in a fifth of the time, for twice the bytes of
// the shape. false, and nothing added: it has no coordinates of its own (a collection), or is no packed geometry.
bool packed_add_digits(struct buf *out, const uint8_t *bytes, size_t len);
void packed_add_geojson_of(struct buf *out, const uint8_t *bytes, const uint8_t *digits, size_t digits_len);    // bytes: the same geometry

// A walk like wkb_walk's. A step for a run takes exactly `count` vertices by packed_next; rings do not repeat the first one.
struct packed_cursor { const uint8_t *at, *end; uint32_t x, y; bool broken; };
struct packed_steps {
    void (*begin)(void *ctx, enum wkb_type type, uint32_t parts);
    void (*run)(void *ctx, struct packed_cursor *c, uint32_t count, uint32_t part);
    void (*end)(void *ctx, enum wkb_type type);
};
bool packed_walk(const uint8_t *bytes, size_t len, const struct packed_steps *steps, void *ctx);

static inline uint32_t packed_take(struct packed_cursor *c)    // LEB128
{
    uint32_t value = 0;
    for (int shift = 0; shift < 35 && c->at < c->end; shift += 7) {
        uint8_t byte = *c->at++;
        value |= (uint32_t)(byte & 0x7f) << (shift & 31);
        if (byte < 0x80)
            return value;
    }
    c->broken = true;
    return 0;
}

struct packed_place { int32_t x, y; };
static inline struct packed_place packed_next(struct packed_cursor *c)
{
    uint32_t dx = packed_take(c), dy = packed_take(c);
    c->x += dx >> 1 ^ -(dx & 1);
    c->y += dy >> 1 ^ -(dy & 1);
    return (struct packed_place){ (int32_t)c->x, (int32_t)c->y };
}
