// wkb_bytes.h - the first steps through well-known binary, and its first bytes, shared by those who read and write it (wkb.c, wkb_walk.c,
// geojson_read.c). For nobody else.
#pragma once
#include "core/base/buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { WKB_DEPTH_MOST = 8, WKB_HEADER_BYTES = 5, WKB_COUNT_BYTES = 4 };

// What is left of the bytes, and the byte order of the geometry being read.
struct wkb_bytes { const uint8_t *at; size_t left; bool swap; };

static inline bool wkb_take_u32(struct wkb_bytes *in, uint32_t *value)
{
    if (in->left < sizeof *value)
        return false;
    memcpy(value, in->at, sizeof *value);
    if (in->swap)
        *value = __builtin_bswap32(*value);
    in->at += sizeof *value;
    in->left -= sizeof *value;
    return true;
}

static inline double wkb_double_at(const uint8_t *at, bool swap)
{
    uint64_t bits;
    double value;
    memcpy(&bits, at, sizeof bits);
    if (swap)
        bits = __builtin_bswap64(bits);
    memcpy(&value, &bits, sizeof value);
    return value;
}

// Byte order, type code and the EWKB SRID. dims: ordinates of a point.
static inline bool wkb_take_header(struct wkb_bytes *in, uint32_t *type, uint32_t *dims)
{
    static const uint32_t EWKB_Z = 0x80000000u, EWKB_M = 0x40000000u, EWKB_SRID = 0x20000000u;
    if (in->left < WKB_HEADER_BYTES || in->at[0] > 1)
        return false;
    bool little = in->at[0] == 1;
    in->swap = little != (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
    in->at++;
    in->left--;
    uint32_t code, srid;
    if (!wkb_take_u32(in, &code))
        return false;
    if ((code & EWKB_SRID) != 0 && !wkb_take_u32(in, &srid))
        return false;
    uint32_t plain = code & ~(EWKB_Z | EWKB_M | EWKB_SRID);
    uint32_t iso = plain / 1000;
    if (iso > 3)
        return false;
    bool z = (code & EWKB_Z) != 0 || iso == 1 || iso == 3, m = (code & EWKB_M) != 0 || iso == 2 || iso == 3;
    *type = plain % 1000;
    *dims = 2u + z + m;
    return true;
}

// --- Writing, little-endian ----------------------------------------------------------------------------------------------------

static inline void wkb_put_u32(struct buf *out, uint32_t v)
{
    uint8_t bytes[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };
    buf_add(out, bytes, sizeof bytes);
}

static inline void wkb_put_double(struct buf *out, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    wkb_put_u32(out, (uint32_t)bits);
    wkb_put_u32(out, (uint32_t)(bits >> 32));
}

static inline void wkb_put_header(struct buf *out, uint32_t type)
{
    buf_add(out, "\1", 1);
    wkb_put_u32(out, type);
}
