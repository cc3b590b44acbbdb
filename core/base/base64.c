#include "core/base/base64.h"

#include <stdint.h>
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

bool base64url_write(const void *bytes, size_t len, char *out, size_t cap)
{
    const uint8_t *from = bytes;
    size_t n = 0;
    if ((len * 4 + 2) / 3 + 1 > cap)
        return false;
    for (size_t i = 0; i < len; i += 3) {
        uint32_t word = (uint32_t)from[i] << 16 | (i + 1 < len ? (uint32_t)from[i + 1] << 8 : 0) | (i + 2 < len ? from[i + 2] : 0u);
        size_t count = len - i < 3 ? len - i + 1 : 4;
        for (size_t k = 0; k < count; k++)
            out[n++] = letters[word >> (18 - 6 * k) & 63];
    }
    out[n] = '\0';
    return true;
}

static int value_of(char c, bool url)
{
    if (c == (url ? '-' : '+'))
        return 62;
    if (c == (url ? '_' : '/'))
        return 63;
    const char *at = c != '\0' && c != '-' && c != '_' ? strchr(letters, c) : NULL;
    return at != NULL ? (int)(at - letters) : -1;
}

static bool read(const char *text, size_t count, bool url, uint8_t *out, size_t *len)
{
    uint32_t word = 0;
    int bits = 0;
    *len = 0;
    for (size_t i = 0; i < count; i++) {
        int v = value_of(text[i], url);
        if (v < 0)
            return false;
        word = word << 6 | (uint32_t)v;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[(*len)++] = (uint8_t)(word >> bits);
        }
    }
    return bits < 6 && (word & ((1u << bits) - 1)) == 0;
}

bool base64url_read(const char *text, void *out, size_t *len)
{
    return read(text, strlen(text), true, out, len);
}

bool base64_read(const char *text, void *out, size_t *len)
{
    size_t count = strlen(text);
    if (count % 4 != 0)
        return false;
    for (int k = 0; k < 2 && count > 0 && text[count - 1] == '='; k++)
        count--;
    return read(text, count, false, out, len);
}
