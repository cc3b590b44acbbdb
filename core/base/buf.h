// buf.h - a growing text with a ceiling.
#pragma once
#include "core/base/status.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
    char *data;        // always ends with '\0' once something was added
    size_t len, cap, ceiling;
    bool full;         // something did not fit under the ceiling; the text is incomplete
};

void buf_init(struct buf *b, size_t ceiling_bytes);
void buf_add_slowly(struct buf *b, const void *bytes, size_t len);      // buf_add where there is no room yet, or no more
static inline bool buf_has_room(const struct buf *b, size_t len) { return !b->full && len < b->cap - b->len && len <= b->ceiling - b->len; }
static inline void buf_add(struct buf *b, const void *bytes, size_t len)
{
    if (!buf_has_room(b, len)) {
        buf_add_slowly(b, bytes, len);
        return;
    }
    if (len > 0)
        memcpy(b->data + b->len, bytes, len);
    b->len += len;
    b->data[b->len] = '\0';
}
static inline void buf_text(struct buf *b, const char *text) { buf_add(b, text, strlen(text)); }
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void buf_integer(struct buf *b, int64_t value);            // as "%lld" and as "%.*f", to the digit, without printf's long way
void buf_fixed(struct buf *b, double value, int decimals); // decimals 0..9
void buf_utf8(struct buf *b, const char *text);             // U+FFFD stands for every byte that is no UTF-8
void buf_clear(struct buf *b);

// For loops that write much: room for len more bytes, NULL when they do not fit; buf_took ends the text where the caller stopped.
char *buf_room_slowly(struct buf *b, size_t len);
static inline char *buf_room(struct buf *b, size_t len) { return buf_has_room(b, len) ? b->data + b->len : buf_room_slowly(b, len); }
static inline void buf_took(struct buf *b, const char *end)
{
    b->len = (size_t)(end - b->data);
    must(b->len < b->cap);
    b->data[b->len] = '\0';
}

// JSON pieces (RFC 8259). Numbers that are not finite become null. decimals: digits after the point, trailing zeros cut.
void buf_json_text(struct buf *b, const char *utf8);
void buf_json_number(struct buf *b, double value, int decimals);
// Text of an HTML element or attribute.
void buf_html(struct buf *b, const char *utf8);
