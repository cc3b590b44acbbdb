#include "gis/geojson.h"
#include "core/base/buf.h"
#include "gis/geojson_inside.h"

#include <math.h>

static const char *const NAMES[] = {
    [WKB_TYPE_POINT] = "Point", [WKB_TYPE_LINE] = "LineString", [WKB_TYPE_POLYGON] = "Polygon", [WKB_TYPE_MULTIPOINT] = "MultiPoint",
    [WKB_TYPE_MULTILINE] = "MultiLineString", [WKB_TYPE_MULTIPOLYGON] = "MultiPolygon", [WKB_TYPE_COLLECTION] = "GeometryCollection",
};

const char *geojson_type_name(enum wkb_type type)
{
    return NAMES[type];
}

// Members of a multi-something are bare coordinates; a collection holds whole objects.
static bool is_object(const struct geojson_writing *w)
{
    return w->depth == 0 || w->stack[w->depth - 1] == WKB_TYPE_COLLECTION;
}

void geojson_begin(void *ctx, enum wkb_type type, uint32_t parts)
{
    struct geojson_writing *w = ctx;
    (void)parts;
    if (w->comma[w->depth])
        buf_add(w->out, ",", 1);
    w->comma[w->depth] = true;
    if (is_object(w)) {
        buf_text(w->out, GEOJSON_TYPE);
        buf_text(w->out, NAMES[type]);
        buf_text(w->out, type == WKB_TYPE_COLLECTION ? "\",\"geometries\":" : GEOJSON_COORDINATES);
    }
    if (type != WKB_TYPE_POINT)
        buf_add(w->out, "[", 1);
    w->stack[w->depth++] = type;
    w->comma[w->depth] = false;
}

void geojson_end(void *ctx, enum wkb_type type)
{
    struct geojson_writing *w = ctx;
    w->depth--;
    if (type != WKB_TYPE_POINT)
        buf_add(w->out, "]", 1);
    if (is_object(w))
        buf_add(w->out, "}", 1);
}

void geojson_forget(struct buf *out, size_t before)
{
    out->len = before;
    if (out->data != NULL)
        out->data[before] = '\0';
}

static void add_run(struct geojson_writing *w, const struct wkb_run *r, bool backwards)
{
    char *at = buf_room(w->out, (size_t)r->count * GEOJSON_POSITION_BYTES);
    if (at == NULL)
        return;
    for (uint32_t i = 0; i < r->count; i++) {
        struct xy_m p = wkb_run_point(r, backwards ? r->count - 1 - i : i);
        int64_t x, y;
        if (!fixed_of(p.x, w->decimals, &x) || !fixed_of(p.y, w->decimals, &y)) {
            w->bad = true;
            return;
        }
        if (i > 0)
            *at++ = ',';
        at = geojson_print_position(at, x, y, w->decimals);
    }
    buf_took(w->out, at);
}

static void run(void *ctx, const struct wkb_run *r, uint32_t part)
{
    struct geojson_writing *w = ctx;
    enum wkb_type type = w->stack[w->depth - 1];
    if (type == WKB_TYPE_POINT && w->depth == 1 && isnan(wkb_run_point(r, 0).x) && isnan(wkb_run_point(r, 0).y)) {
        buf_text(w->out, "[]");
        return;
    }
    if (type != WKB_TYPE_POLYGON) {
        add_run(w, r, false);
        return;
    }
    double area2 = wkb_run_area2(r);
    buf_text(w->out, part > 0 ? ",[" : "[");
    add_run(w, r, part == 0 ? area2 < 0 : area2 > 0);
    buf_add(w->out, "]", 1);
}

bool geojson_add_wkb(struct buf *out, const uint8_t *wkb, size_t len, int decimals)
{
    static const struct wkb_steps steps = { geojson_begin, run, geojson_end };
    struct geojson_writing w = { .out = out, .decimals = decimals };
    size_t before = out->len;
    if (wkb_walk(wkb, len, &steps, &w) && !w.bad)
        return true;
    geojson_forget(out, before);
    return false;
}
