#include "gis/wkt.h"
#include "core/base/buf.h"
#include "gis/geojson_inside.h"

#include <math.h>

struct writing {
    struct buf *out;
    int decimals, depth;
    enum wkb_type stack[WKB_DEPTH_MOST + 2];
    bool comma[WKB_DEPTH_MOST + 2];
    bool bad;
};

static const char *const NAMES[] = {
    [WKB_TYPE_POINT] = "POINT", [WKB_TYPE_LINE] = "LINESTRING", [WKB_TYPE_POLYGON] = "POLYGON", [WKB_TYPE_MULTIPOINT] = "MULTIPOINT",
    [WKB_TYPE_MULTILINE] = "MULTILINESTRING", [WKB_TYPE_MULTIPOLYGON] = "MULTIPOLYGON", [WKB_TYPE_COLLECTION] = "GEOMETRYCOLLECTION",
};

static void begin(void *ctx, enum wkb_type type, uint32_t parts)
{
    struct writing *w = ctx;
    bool named = w->depth == 0 || w->stack[w->depth - 1] == WKB_TYPE_COLLECTION;
    buf_text(w->out, w->comma[w->depth] ? "," : "");
    w->comma[w->depth] = true;
    buf_text(w->out, named ? NAMES[type] : "");
    buf_text(w->out, "(");
    w->bad |= parts == 0;
    w->stack[w->depth++] = type;
    w->comma[w->depth] = false;
}

static void add_point(struct writing *w, struct xy_m p)
{
    char text[2 * FIXED_BYTES_MOST + 2], *at = text;
    int64_t x, y;
    if (!fixed_of(p.x, w->decimals, &x) || !fixed_of(p.y, w->decimals, &y)) {
        w->bad = true;
        return;
    }
    at = fixed_print_short(at, x, w->decimals);
    *at++ = ' ';
    at = fixed_print_short(at, y, w->decimals);
    buf_add(w->out, text, (size_t)(at - text));
}

static void run(void *ctx, const struct wkb_run *r, uint32_t part)
{
    struct writing *w = ctx;
    bool is_ring = w->stack[w->depth - 1] == WKB_TYPE_POLYGON;
    w->bad |= r->count == 0;
    buf_text(w->out, !is_ring ? "" : part > 0 ? ",(" : "(");
    for (uint32_t i = 0; i < r->count && !w->bad; i++) {
        buf_text(w->out, i > 0 ? "," : "");
        add_point(w, wkb_run_point(r, i));
    }
    buf_text(w->out, is_ring ? ")" : "");
}

static void end(void *ctx, enum wkb_type type)
{
    struct writing *w = ctx;
    (void)type;
    w->depth--;
    buf_text(w->out, ")");
}

bool wkt_add_wkb(struct buf *out, const uint8_t *wkb, size_t len, int decimals)
{
    static const struct wkb_steps steps = { begin, run, end };
    struct writing w = { .out = out, .decimals = decimals };
    size_t before = out->len;
    if (wkb_walk(wkb, len, &steps, &w) && !w.bad)
        return true;
    geojson_forget(out, before);
    return false;
}

struct first { enum wkb_type type; struct xy_m point; };

static void take_type(void *ctx, enum wkb_type type, uint32_t parts)
{
    struct first *f = ctx;
    (void)parts;
    if (f->type == 0)
        f->type = type;
}

static void take_point(void *ctx, const struct wkb_run *r, uint32_t part)
{
    struct first *f = ctx;
    (void)part;
    if (f->type == WKB_TYPE_POINT)
        f->point = wkb_run_point(r, 0);
}

bool wkt_point(const uint8_t *wkb, size_t len, struct xy_m *out)
{
    static const struct wkb_steps steps = { take_type, take_point, NULL };
    struct first f = { .point = { NAN, NAN } };
    bool is_point = wkb_walk(wkb, len, &steps, &f) && isfinite(f.point.x) && isfinite(f.point.y);
    if (is_point)
        *out = f.point;
    return is_point;
}
