#include "gis/kml.h"
#include "core/base/buf.h"
#include "gis/geojson_inside.h"

enum { DECIMALS = 7 };
struct writing { struct buf *out; bool is_polygon, bad; };

static const char *const NAMES[] = {
    [WKB_TYPE_POINT] = "Point", [WKB_TYPE_LINE] = "LineString", [WKB_TYPE_POLYGON] = "Polygon", [WKB_TYPE_MULTIPOINT] = "MultiGeometry",
    [WKB_TYPE_MULTILINE] = "MultiGeometry", [WKB_TYPE_MULTIPOLYGON] = "MultiGeometry", [WKB_TYPE_COLLECTION] = "MultiGeometry",
};

static void begin(void *ctx, enum wkb_type type, uint32_t parts)
{
    struct writing *w = ctx;
    buf_printf(w->out, "<%s>", NAMES[type]);
    w->is_polygon = type == WKB_TYPE_POLYGON;
    w->bad |= parts == 0;
}

static void end(void *ctx, enum wkb_type type)
{
    struct writing *w = ctx;
    buf_printf(w->out, "</%s>", NAMES[type]);
}

static void add_point(struct writing *w, struct xy_m p)
{
    char text[2 * FIXED_BYTES_MOST + 2], *at = text;
    int64_t x, y;
    if (!fixed_of(p.x, DECIMALS, &x) || !fixed_of(p.y, DECIMALS, &y)) {
        w->bad = true;
        return;
    }
    at = fixed_print_short(at, x, DECIMALS);
    *at++ = ',';
    at = fixed_print_short(at, y, DECIMALS);
    buf_add(w->out, text, (size_t)(at - text));
}

static void run(void *ctx, const struct wkb_run *r, uint32_t part)
{
    struct writing *w = ctx;
    const char *boundary = part == 0 ? "outerBoundaryIs" : "innerBoundaryIs";
    w->bad |= r->count == 0;
    if (w->is_polygon)
        buf_printf(w->out, "<%s><LinearRing>", boundary);
    buf_text(w->out, "<coordinates>");
    for (uint32_t i = 0; i < r->count && !w->bad; i++) {
        buf_text(w->out, i > 0 ? " " : "");
        add_point(w, wkb_run_point(r, i));
    }
    buf_text(w->out, "</coordinates>");
    if (w->is_polygon)
        buf_printf(w->out, "</LinearRing></%s>", boundary);
}

bool kml_add_wkb(struct buf *out, const uint8_t *wkb, size_t len)
{
    static const struct wkb_steps steps = { begin, run, end };
    struct writing w = { .out = out };
    size_t before = out->len;
    if (wkb_walk(wkb, len, &steps, &w) && !w.bad)
        return true;
    geojson_forget(out, before);
    return false;
}
