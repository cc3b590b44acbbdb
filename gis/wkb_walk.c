#include "gis/wkb_walk.h"

// The first point is the origin: far from zero digits would be lost.
double wkb_run_area2(const struct wkb_run *r)
{
    if (r->count < 4)
        return 0;
    struct xy_m o = wkb_run_point(r, 0), last = wkb_run_point(r, 1);
    double area2 = 0;
    for (uint32_t i = 2; i < r->count; i++) {
        struct xy_m p = wkb_run_point(r, i);
        area2 += (last.x - o.x) * (p.y - o.y) - (p.x - o.x) * (last.y - o.y);
        last = p;
    }
    return area2;
}

struct walk { struct wkb_bytes in; const struct wkb_steps *steps; void *ctx; };

static void tell_begin(const struct walk *w, enum wkb_type type, uint32_t parts)
{
    if (w->steps->begin != NULL)
        w->steps->begin(w->ctx, type, parts);
}

static void tell_end(const struct walk *w, enum wkb_type type)
{
    if (w->steps->end != NULL)
        w->steps->end(w->ctx, type);
}

static bool walk_run(struct walk *w, uint32_t dims, uint32_t part, bool counted)
{
    uint32_t points = 1, stride = dims * (uint32_t)sizeof(double);
    if ((counted && !wkb_take_u32(&w->in, &points)) || points > w->in.left / stride)
        return false;
    if (w->steps->run != NULL)
        w->steps->run(w->ctx, &(struct wkb_run){ w->in.at, points, stride, w->in.swap }, part);
    w->in.at += (size_t)points * stride;
    w->in.left -= (size_t)points * stride;
    return true;
}

static bool walk_polygon(struct walk *w, uint32_t dims)
{
    uint32_t rings;
    if (!wkb_take_u32(&w->in, &rings) || rings > w->in.left / WKB_COUNT_BYTES)
        return false;
    tell_begin(w, WKB_TYPE_POLYGON, rings);
    for (uint32_t k = 0; k < rings; k++)
        if (!walk_run(w, dims, k, true))
            return false;
    tell_end(w, WKB_TYPE_POLYGON);
    return true;
}

static bool walk_simple(struct walk *w, enum wkb_type type, uint32_t dims)
{
    tell_begin(w, type, 1);
    if (!walk_run(w, dims, 0, type == WKB_TYPE_LINE))
        return false;
    tell_end(w, type);
    return true;
}

// member: the only type that may stand here, 0 for any.
static bool walk_geometry(struct walk *w, int depth, uint32_t member);

static bool walk_parts(struct walk *w, enum wkb_type type, int depth)
{
    uint32_t parts, member = type == WKB_TYPE_COLLECTION ? 0 : type - (WKB_TYPE_MULTIPOINT - WKB_TYPE_POINT);
    if (depth >= WKB_DEPTH_MOST || !wkb_take_u32(&w->in, &parts) || parts > w->in.left / (WKB_HEADER_BYTES + WKB_COUNT_BYTES))
        return false;
    tell_begin(w, type, parts);
    for (uint32_t k = 0; k < parts; k++)
        if (!walk_geometry(w, depth + 1, member))
            return false;
    tell_end(w, type);
    return true;
}

static bool walk_geometry(struct walk *w, int depth, uint32_t member)
{
    uint32_t type, dims;
    if (!wkb_take_header(&w->in, &type, &dims) || (member != 0 && type != member))
        return false;
    switch (type) {
    case WKB_TYPE_POINT:
    case WKB_TYPE_LINE: return walk_simple(w, (enum wkb_type)type, dims);
    case WKB_TYPE_POLYGON: return walk_polygon(w, dims);
    case WKB_TYPE_MULTIPOINT:
    case WKB_TYPE_MULTILINE:
    case WKB_TYPE_MULTIPOLYGON:
    case WKB_TYPE_COLLECTION: return walk_parts(w, (enum wkb_type)type, depth);
    default: return false;
    }
}

bool wkb_walk(const uint8_t *bytes, size_t len, const struct wkb_steps *steps, void *ctx)
{
    if (len > UINT32_MAX)
        return false;
    struct walk w = { .in = { bytes, len, false }, .steps = steps, .ctx = ctx };
    return walk_geometry(&w, 0, 0);
}
