// wkb_fuzz.c - a stranger's bytes through the WKB reader; what was read must be whole and survive being written again.
#include "core/base/buf.h"
#include "gis/wkb.h"
#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold_what_was_read(const struct wkb_shape *s)
{
    const struct rings *r = &s->rings;
    must(r->first[0] == 0);
    for (uint32_t k = 0; k < r->count; k++) {
        must(r->first[k + 1] >= r->first[k] + 3);
        must(s->ring_is_hole[k] <= 1);
    }
    must(r->count == 0 || s->ring_is_hole[0] == 0);
}

// A vertex that is not a number equals nothing, not even the closing copy of itself.
static bool is_closable(const struct rings *r)
{
    for (uint32_t k = 0; k < r->count; k++)
        if (isnan(r->vertex[r->first[k]].x) || isnan(r->vertex[r->first[k]].y))
            return false;
    return r->count > 0;
}

static void write_and_read_again(const struct wkb_shape *s)
{
    struct buf out;
    buf_init(&out, 64u << 20);
    size_t len = wkb_write_multipolygon(&out, &s->rings, (struct xy_m){ 0, 0 });
    must(len == out.len && !out.full);
    struct wkb_shape again = {0};
    struct wkb_facts facts;
    must(wkb_read((const uint8_t *)out.data, out.len, &again, &facts) == WKB_MULTIPOLYGON);
    must(again.rings.count == s->rings.count);
    must(again.rings.first[again.rings.count] == s->rings.first[s->rings.count]);
    wkb_shape_clear(&again);
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wkb_shape shape = {0};
    struct wkb_facts facts;
    enum wkb_kind kind = wkb_read(data, size, &shape, &facts);
    if (kind == WKB_POLYGON || kind == WKB_MULTIPOLYGON) {
        hold_what_was_read(&shape);
        if (is_closable(&shape.rings))
            write_and_read_again(&shape);
    }
    wkb_shape_clear(&shape);
    return 0;
}
