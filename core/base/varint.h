// varint.h - whole numbers in as many bytes as they need (LEB128, as protocol buffers have them): seven bits each, the lowest first.
#pragma once
#include "core/base/buf.h"

enum { VARINT_BYTES = 10 };                              // at most

static inline char *varint_put(char *at, uint64_t v)     // returns the end
{
    for (; v >= 0x80; v >>= 7)
        *at++ = (char)(v | 0x80);
    *at++ = (char)v;
    return at;
}

static inline void varint_add(struct buf *out, uint64_t v)
{
    char bytes[VARINT_BYTES];
    buf_add(out, bytes, (size_t)(varint_put(bytes, v) - bytes));
}

// What we wrote ourselves; a stranger's bytes may end before the number does.
static inline uint32_t varint_take(const uint8_t **at)
{
    uint32_t v = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t byte = *(*at)++;
        v |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return v;
    }
}
