// geojson_fuzz.c - a stranger's text as a geometry: what is taken is whole WKB, says the same again as text, and nothing is left of what
// is refused.
#include "core/base/buf.h"
#include "gis/geojson.h"
#include "gis/wkb_walk.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DECIMALS = 7 };
static const struct json_limits LIMITS = { .bytes = 1 << 16, .depth = 24, .values = 1 << 14 };

// false: refused, with a sentence and nothing added.
static bool read_text(const char *text, size_t len, const struct geojson_rules *rules, struct buf *wkb)
{
    struct json_doc *d;
    struct geojson_facts facts;
    struct err e = { 0 };
    size_t before = wkb->len;
    if (json_parse(text, len, "body", &LIMITS, &d, &e) != OK)
        return false;
    enum status s = geojson_read(json_root(d), rules, wkb, &facts, &e);
    json_close(d);
    must(s == OK || (wkb->len == before && e.text[0] != '\0'));
    must(s != OK || facts.vertices > 0);
    return s == OK;
}

// Written and read again it says the same: what decimals were cut off is gone for good.
static void hold_round(const struct buf *wkb, const struct geojson_rules *rules)
{
    static const struct wkb_steps nothing = { NULL, NULL, NULL };
    struct buf text, again, second;
    buf_init(&text, 1 << 22);
    buf_init(&again, 1 << 22);
    buf_init(&second, 1 << 22);
    must(wkb_walk((const uint8_t *)wkb->data, wkb->len, &nothing, NULL));
    if (geojson_add_wkb(&text, (const uint8_t *)wkb->data, wkb->len, DECIMALS)) {       // else a number of over 15 digits
        must(read_text(text.data, text.len, rules, &again) && again.len == wkb->len);
        must(geojson_add_wkb(&second, (const uint8_t *)again.data, again.len, DECIMALS));
        must(second.len == text.len);       // rings that lost their area with the digits may have turned round: the same numbers in all
    }
    buf_clear(&text);
    buf_clear(&again);
    buf_clear(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct geojson_rules rules = { .lonlat = data[0] % 2 == 0, .vertices_most = 1000, .depth_most = 4 };
    struct buf wkb;
    buf_init(&wkb, 1 << 20);
    if (read_text((const char *)data + 1, size - 1, &rules, &wkb))
        hold_round(&wkb, &rules);
    buf_clear(&wkb);
    return 0;
}
