#include "core/base/buf.h"
#include "core/base/fixed.h"
#include "core/base/mem.h"
#include "core/base/status.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void buf_init(struct buf *b, size_t ceiling_bytes)
{
    *b = (struct buf){ .ceiling = ceiling_bytes };
}

void buf_clear(struct buf *b)
{
    mem_free(b->data);
    *b = (struct buf){ .ceiling = b->ceiling };
}

// Room for len more and the final '\0'. Once something did not fit nothing follows: a text with a hole misleads.
static bool make_room(struct buf *b, size_t len)
{
    if (b->full || len > b->ceiling - b->len) {
        b->full = true;
        return false;
    }
    if (b->len + len >= b->cap)
        b->data = mem_grow(b->data, &b->cap, b->len + len + 1, 1);
    return true;
}

void buf_add_slowly(struct buf *b, const void *bytes, size_t len)
{
    if (!make_room(b, len))
        return;
    if (len > 0)
        memcpy(b->data + b->len, bytes, len);
    b->len += len;
    b->data[b->len] = '\0';
}

// Once GDAL has brought libquadmath along, which adds a conversion of its own, glibc takes its long way with every format: a fifth of a
// small answer. So the plain ones are written here.
static void add_magnitude(struct buf *b, uint64_t value)
{
    char text[FIXED_BYTES_MOST];
    buf_add(b, text, (size_t)(fixed_print(text, value, 0) - text));
}

static void add_word(struct buf *b, const char *text) { buf_text(b, text != NULL ? text : "(null)"); }

// One conversion; returns its letters, 0 when it is none of the plain ones.
static size_t print_one(struct buf *b, const char *at, va_list *args)
{
    switch (at[1]) {
    case 's': add_word(b, va_arg(*args, const char *)); return 2;
    case 'd': buf_integer(b, va_arg(*args, int)); return 2;
    case '%': buf_add(b, "%", 1); return 2;
    case 'l':
        if (at[2] != 'l' || at[3] != 'd')
            return 0;
        buf_integer(b, va_arg(*args, long long));
        return 4;
    case 'z':
        if (at[2] != 'u')
            return 0;
        add_magnitude(b, va_arg(*args, size_t));
        return 3;
    default: return 0;
    }
}

// false: it is no plain format.
static bool print_plain(struct buf *b, const char *format, va_list *args)
{
    buf_add(b, "", 0);
    for (const char *at; (at = strchr(format, '%')) != NULL;) {
        buf_add(b, format, (size_t)(at - format));
        size_t letters = print_one(b, at, args);
        if (letters == 0)
            return false;
        format = at + letters;
    }
    buf_text(b, format);
    return true;
}

static void print_any(struct buf *b, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    size_t room = b->full ? 0 : b->cap - b->len;
    int len = vsnprintf(room > 0 ? b->data + b->len : NULL, room, format, args); // most texts fit at once
    if (len >= 0 && make_room(b, (size_t)len)) {
        if ((size_t)len >= room)
            vsnprintf(b->data + b->len, (size_t)len + 1, format, again);
        b->len += (size_t)len;
    } else if (room > 0)
        b->data[b->len] = '\0';
    va_end(again);
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
    va_list plain;
    va_copy(plain, args);
    size_t before = b->len;
    bool was_full = b->full, is_plain = print_plain(b, format, &plain);
    va_end(plain);
    if (is_plain && !b->full)
        return;
    if (b->data != NULL && before < b->cap)
        b->data[b->len = before] = '\0';           // whole or not at all
    if (is_plain)
        return;
    b->full = was_full;
    print_any(b, format, args);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(b, format, args);
    va_end(args);
}

void buf_integer(struct buf *b, int64_t value)
{
    char text[24], *at = text;
    if (value < 0)
        *at++ = '-';
    at = fixed_print(at, value < 0 ? -(uint64_t)value : (uint64_t)value, 0);
    buf_add(b, text, (size_t)(at - text));
}

char *buf_room_slowly(struct buf *b, size_t len) { return make_room(b, len) ? b->data + b->len : NULL; }

void buf_fixed(struct buf *b, double value, int decimals)
{
    int64_t whole;
    if (!fixed_of(value, decimals, &whole)) {
        buf_printf(b, "%.*f", decimals, value);
        return;
    }
    char text[FIXED_BYTES_MOST], *c = text;
    if (signbit(value))
        *c++ = '-';
    c = fixed_print(c, whole < 0 ? -(uint64_t)whole : (uint64_t)whole, decimals);
    buf_add(b, text, (size_t)(c - text));
}

// Length of the UTF-8 character at s, 0 when it is none (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF).
static size_t utf8_length(const unsigned char *s)
{
    if (s[0] < 0x80)
        return 1;
    size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    unsigned char low = s[0] == 0xe0 ? 0xa0 : s[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char high = s[0] == 0xed ? 0x9f : s[0] == 0xf4 ? 0x8f : 0xbf;
    if (s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return len;
}

static const char replacement[] = "\xef\xbf\xbd"; // U+FFFD

// Copies one character, or U+FFFD for a byte that is none; returns how many bytes of s were used.
static size_t add_character(struct buf *b, const unsigned char *s)
{
    size_t len = utf8_length(s);
    if (len == 0)
        buf_add(b, replacement, 3);
    else
        buf_add(b, s, len);
    return len == 0 ? 1 : len;
}

void buf_utf8(struct buf *b, const char *utf8)
{
    for (const unsigned char *s = (const unsigned char *)utf8; *s != '\0';) {
        const unsigned char *plain = s;
        while (*s != '\0' && *s < 0x80)
            s++;
        if (s > plain)
            buf_add(b, plain, (size_t)(s - plain));
        else
            s += add_character(b, s);
    }
}

static const char *json_escape(unsigned char c)
{
    switch (c) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\b': return "\\b";
    case '\f': return "\\f";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return NULL;
    }
}

// Printable ASCII but for quote, backslash and '<', a bit each: asked of every letter that is written.
static bool is_plain_in_json(unsigned char c)
{
    static const uint64_t plain[4] = { ~(uint64_t)0 << 32 & ~((uint64_t)1 << '"' | (uint64_t)1 << '<'), ~((uint64_t)1 << 63 | (uint64_t)1 << ('\\' - 64)) };
    return (plain[c >> 6] >> (c & 63) & 1) != 0;
}

void buf_json_text(struct buf *b, const char *utf8)
{
    if (utf8 == NULL) {
        buf_text(b, "null");
        return;
    }
    buf_text(b, "\"");
    for (const unsigned char *s = (const unsigned char *)utf8; *s != '\0';) {
        const unsigned char *plain = s;        // most of most texts, in one piece
        while (is_plain_in_json(*s))
            s++;
        if (s > plain) {
            buf_add(b, plain, (size_t)(s - plain));
            continue;
        }
        const char *escape = json_escape(*s);
        if (escape != NULL)
            buf_text(b, escape), s++;
        else if (*s < 0x20)
            buf_printf(b, "\\u%04x", *s++);
        else if (s[0] == '<' && s[1] == '/')    // the same JSON may stand inside <script>
            buf_text(b, "<\\/"), s += 2;
        else
            s += add_character(b, s);
    }
    buf_text(b, "\"");
}

void buf_json_number(struct buf *b, double value, int decimals)
{
    if (!isfinite(value)) {
        buf_text(b, "null");
        return;
    }
    int places = decimals < 0 ? 0 : decimals > 60 ? 60 : decimals;
    int64_t whole;
    if (places <= FIXED_DECIMALS_MOST && fixed_of(value, places, &whole)) {
        char digits[FIXED_BYTES_MOST];
        buf_add(b, digits, (size_t)(fixed_print_short(digits, whole, places) - digits));
        return;
    }
    char text[400];     // DBL_MAX has 309 digits before the point
    int len = snprintf(text, sizeof text, "%.*f", places, value);
    for (char *c = text; *c != '\0'; c++)
        if (*c == ',')  // a program around us may have set a locale
            *c = '.';
    if (strchr(text, '.') != NULL)
        while (text[len - 1] == '0')
            len--;
    if (text[len - 1] == '.')
        len--;
    bool minus_zero = len == 2 && text[0] == '-' && text[1] == '0';
    buf_add(b, text + minus_zero, (size_t)(len - minus_zero));
}

static const char *html_escape(unsigned char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

void buf_html(struct buf *b, const char *utf8)
{
    for (const unsigned char *s = (const unsigned char *)utf8; s != NULL && *s != '\0';) {
        const char *escape = html_escape(*s);
        bool control = (*s < 0x20 && *s != '\n' && *s != '\t') || *s == 0x7f;
        if (escape != NULL)
            buf_text(b, escape), s++;
        else if (control)
            buf_add(b, replacement, 3), s++;
        else
            s += add_character(b, s);
    }
}
