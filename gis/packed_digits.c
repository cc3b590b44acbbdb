// Coordinates as text of half a byte a letter: what is told again and again is not printed again and again.
#include "core/base/buf.h"
#include "gis/geojson_inside.h"
#include "gis/packed.h"

#include <string.h>

// Two letters a byte, the first one above; the sixteenth letter is none, behind an odd number of them.
#define LETTERS "0123456789.,[]-"
#define AFTER(a) a "0" a "1" a "2" a "3" a "4" a "5" a "6" a "7" a "8" a "9" a "." a "," a "[" a "]" a "-" a "\0"
static const char PAIRS[] = AFTER("0") AFTER("1") AFTER("2") AFTER("3") AFTER("4") AFTER("5") AFTER("6") AFTER("7") AFTER("8") AFTER("9")
                            AFTER(".") AFTER(",") AFTER("[") AFTER("]") AFTER("-") AFTER("\0");
enum { TEXT_CEILING = 64 << 20, NO_LETTER = 15 };

static int half_of(char letter)
{
    const char *at = letter != '\0' ? strchr(LETTERS, letter) : NULL;
    return at != NULL ? (int)(at - LETTERS) : -1;
}

static bool add_letters(struct buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i += 2) {
        int first = half_of(text[i]), second = i + 1 < len ? half_of(text[i + 1]) : NO_LETTER;
        if (first < 0 || second < 0)
            return false;
        buf_add(out, &(char){ (char)(first << 4 | second) }, 1);
    }
    return !out->full;
}

static bool add_coordinates(struct buf *out, const char *geojson, size_t len)
{
    const char *at = strstr(geojson, GEOJSON_COORDINATES), *from = at != NULL ? at + sizeof GEOJSON_COORDINATES - 1 : NULL;
    return from != NULL && geojson[len - 1] == '}' && add_letters(out, from, (size_t)(geojson + len - 1 - from));
}

bool packed_add_digits(struct buf *out, const uint8_t *bytes, size_t len)
{
    struct buf text;
    size_t before = out->len;
    buf_init(&text, TEXT_CEILING);
    bool fits = packed_add_geojson(&text, bytes, len) && !text.full && bytes[0] != WKB_TYPE_COLLECTION && add_coordinates(out, text.data, text.len);
    buf_clear(&text);
    if (!fits)
        geojson_forget(out, before);
    return fits;
}

void packed_add_geojson_of(struct buf *out, const uint8_t *bytes, const uint8_t *digits, size_t digits_len)
{
    buf_text(out, GEOJSON_TYPE);
    buf_text(out, geojson_type_name((enum wkb_type)bytes[0]));
    buf_text(out, GEOJSON_COORDINATES);
    char *at = buf_room(out, 2 * digits_len + 1);
    if (at == NULL)
        return;
    for (size_t i = 0; i < digits_len; i++, at += 2)
        memcpy(at, PAIRS + 2 * digits[i], 2);
    at -= digits_len > 0 && at[-1] == '\0';
    *at++ = '}';
    buf_took(out, at);
}
