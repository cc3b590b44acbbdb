#include "gis/packed.h"
#include "core/base/varint.h"
#include "gis/geojson.h"
#include "gis/geojson_inside.h"

#include <string.h>

// The bytes: type, west and south (4 bytes each, little-endian), width and height, then the parts. Counts, sizes and steps are
// LEB128, steps are signed by zigzag, and the first one starts from the corner of the box.
enum { BOX_AT = 1, CORNER_BYTES = 8, NUMBER_BYTES = 5 };    // of a number of 32 bits

struct packing {
    struct buf *out;
    struct packed_box box;
    int32_t x, y;                                   // the vertex before
    int depth;
    enum wkb_type stack[WKB_DEPTH_MOST + 2];
    bool bad;
    uint64_t vertices;
};

static uint32_t step_of(int32_t from, int32_t to)
{
    uint32_t step = (uint32_t)to - (uint32_t)from;  // modulo 2^32, and so it is taken back
    return step << 1 ^ -(step >> 31);
}

// --- first look: the box -----------------------------------------------------------------------------------------------------

static bool place_of(struct xy_m p, struct packed_place *out)
{
    int64_t x, y;
    if (!fixed_of(p.x, GEOJSON_DEGREE_DECIMALS, &x) || !fixed_of(p.y, GEOJSON_DEGREE_DECIMALS, &y))
        return false;
    *out = (struct packed_place){ (int32_t)x, (int32_t)y };
    return x >= -1800000000 && x <= 1800000000 && y >= -900000000 && y <= 900000000;
}

static void widen(struct packed_box *b, struct packed_place p)
{
    b->min_x = p.x < b->min_x ? p.x : b->min_x;
    b->min_y = p.y < b->min_y ? p.y : b->min_y;
    b->max_x = p.x > b->max_x ? p.x : b->max_x;
    b->max_y = p.y > b->max_y ? p.y : b->max_y;
}

static void look_begin(void *ctx, enum wkb_type type, uint32_t parts)
{
    struct packing *p = ctx;
    p->bad |= parts == 0;
    p->stack[p->depth++] = type;
}

static void look_end(void *ctx, enum wkb_type type)
{
    struct packing *p = ctx;
    (void)type;
    p->depth--;
}

static bool is_closed(const struct wkb_run *r)
{
    struct xy_m a = wkb_run_point(r, 0), b = wkb_run_point(r, r->count - 1);
    return a.x == b.x && a.y == b.y;
}

static void look_run(void *ctx, const struct wkb_run *r, uint32_t part)
{
    struct packing *p = ctx;
    struct packed_place place;
    (void)part;
    bool ring = p->stack[p->depth - 1] == WKB_TYPE_POLYGON;
    if (r->count < (ring ? 2 : 1) || (ring && !is_closed(r))) {
        p->bad = true;
        return;
    }
    for (uint32_t i = 0; i < r->count && !p->bad; i++)
        if (place_of(wkb_run_point(r, i), &place))
            widen(&p->box, place);
        else
            p->bad = true;
    p->vertices += r->count;
}

// --- second look: the steps --------------------------------------------------------------------------------------------------

static void pack_begin(void *ctx, enum wkb_type type, uint32_t parts)
{
    struct packing *p = ctx;
    if (p->depth > 0 && p->stack[p->depth - 1] == WKB_TYPE_COLLECTION)
        buf_add(p->out, &(char){ (char)type }, 1);
    if (type != WKB_TYPE_POINT && type != WKB_TYPE_LINE)
        varint_add(p->out, parts);
    p->stack[p->depth++] = type;
}

// A ring turned the other way begins at the same vertex.
static void pack_run(void *ctx, const struct wkb_run *r, uint32_t part)
{
    struct packing *p = ctx;
    enum wkb_type type = p->stack[p->depth - 1];
    bool ring = type == WKB_TYPE_POLYGON;
    uint32_t count = ring ? r->count - 1 : r->count;
    double area2 = ring ? wkb_run_area2(r) : 0;
    bool backwards = part == 0 ? area2 < 0 : area2 > 0;
    if (type != WKB_TYPE_POINT)
        varint_add(p->out, count);
    char *at = buf_room(p->out, (size_t)count * 2 * NUMBER_BYTES);
    if (at == NULL)
        return;
    for (uint32_t i = 0; i < count; i++) {
        struct packed_place v = { 0, 0 };
        place_of(wkb_run_point(r, backwards ? r->count - 1 - i : i), &v);
        at = varint_put(at, step_of(p->x, v.x));
        at = varint_put(at, step_of(p->y, v.y));
        p->x = v.x, p->y = v.y;
    }
    buf_took(p->out, at);
}

static void add_corner(struct buf *out, int32_t v)
{
    uint32_t u = (uint32_t)v;
    uint8_t bytes[4] = { (uint8_t)u, (uint8_t)(u >> 8), (uint8_t)(u >> 16), (uint8_t)(u >> 24) };
    buf_add(out, bytes, sizeof bytes);
}

bool packed_add_wkb(struct buf *out, const uint8_t *wkb, size_t len)
{
    static const struct wkb_steps look = { look_begin, look_run, look_end }, pack = { pack_begin, pack_run, look_end };
    struct packing p = { .out = out, .box = { INT32_MAX, INT32_MAX, INT32_MIN, INT32_MIN } };
    if (!wkb_walk(wkb, len, &look, &p) || p.bad || p.vertices == 0)
        return false;
    size_t before = out->len;
    struct wkb_bytes in = { wkb, len, false };
    uint32_t type = 0, dims;
    wkb_take_header(&in, &type, &dims);
    buf_add(out, &(char){ (char)type }, 1);
    add_corner(out, p.box.min_x);
    add_corner(out, p.box.min_y);
    varint_add(out, (uint32_t)p.box.max_x - (uint32_t)p.box.min_x);
    varint_add(out, (uint32_t)p.box.max_y - (uint32_t)p.box.min_y);
    p.x = p.box.min_x, p.y = p.box.min_y, p.depth = 0;
    wkb_walk(wkb, len, &pack, &p);
    if (!out->full)
        return true;
    geojson_forget(out, before);
    return false;
}

// --- reading -----------------------------------------------------------------------------------------------------------------

static uint32_t corner_at(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

// Leaves the cursor at the first part, its place at the corner of the box.
static bool take_box(const uint8_t *bytes, size_t len, struct packed_cursor *c, struct packed_box *out)
{
    if (len < BOX_AT + CORNER_BYTES)
        return false;
    *c = (struct packed_cursor){ bytes + BOX_AT + CORNER_BYTES, bytes + len, corner_at(bytes + BOX_AT), corner_at(bytes + BOX_AT + 4), false };
    uint32_t width = packed_take(c), height = packed_take(c);
    *out = (struct packed_box){ (int32_t)c->x, (int32_t)c->y, (int32_t)(c->x + width), (int32_t)(c->y + height) };
    return !c->broken && out->min_x <= out->max_x && out->min_y <= out->max_y;
}

bool packed_box(const uint8_t *bytes, size_t len, struct packed_box *out)
{
    struct packed_cursor c;
    return take_box(bytes, len, &c, out);
}

struct walk { struct packed_cursor c; const struct packed_steps *steps; void *ctx; };

// Every part takes at least one byte, every vertex two.
static bool take_count(struct walk *w, uint32_t bytes_each, uint32_t *out)
{
    *out = packed_take(&w->c);
    return !w->c.broken && *out <= (size_t)(w->c.end - w->c.at) / bytes_each;
}

static bool walk_run(struct walk *w, uint32_t part, bool counted)
{
    uint32_t count = 1;
    if (counted && !take_count(w, 2, &count))
        return false;
    w->steps->run(w->ctx, &w->c, count, part);
    return !w->c.broken;
}

static bool walk_body(struct walk *w, enum wkb_type type, int depth);

static bool walk_part(struct walk *w, enum wkb_type type, uint32_t part, int depth)
{
    if (type == WKB_TYPE_POLYGON)
        return walk_run(w, part, true);
    if (type != WKB_TYPE_COLLECTION)
        return walk_body(w, type - (WKB_TYPE_MULTIPOINT - WKB_TYPE_POINT), depth + 1);
    uint32_t member = packed_take(&w->c);
    return member >= WKB_TYPE_POINT && member <= WKB_TYPE_COLLECTION && walk_body(w, (enum wkb_type)member, depth + 1);
}

static bool walk_body(struct walk *w, enum wkb_type type, int depth)
{
    uint32_t parts = 1;
    bool simple = type == WKB_TYPE_POINT || type == WKB_TYPE_LINE;
    if (depth > WKB_DEPTH_MOST || (!simple && !take_count(w, 1, &parts)))
        return false;
    w->steps->begin(w->ctx, type, parts);
    for (uint32_t k = 0; k < parts; k++)
        if (!(simple ? walk_run(w, 0, type == WKB_TYPE_LINE) : walk_part(w, type, k, depth)))
            return false;
    w->steps->end(w->ctx, type);
    return true;
}

bool packed_walk(const uint8_t *bytes, size_t len, const struct packed_steps *steps, void *ctx)
{
    struct walk w = { .steps = steps, .ctx = ctx };
    struct packed_box box;
    if (!take_box(bytes, len, &w.c, &box) || bytes[0] < WKB_TYPE_POINT || bytes[0] > WKB_TYPE_COLLECTION)
        return false;
    return walk_body(&w, (enum wkb_type)bytes[0], 0);
}

// --- as text -----------------------------------------------------------------------------------------------------------------

static char *print_run(char *at, struct packed_cursor *c, uint32_t count, bool ring)
{
    struct packed_place first = { 0, 0 };
    for (uint32_t i = 0; i < count; i++) {
        struct packed_place p = packed_next(c);
        first = i == 0 ? p : first;
        if (i > 0)
            *at++ = ',';
        at = geojson_print_position(at, p.x, p.y, GEOJSON_DEGREE_DECIMALS);
    }
    if (!ring)
        return at;
    *at++ = ',';
    return geojson_print_position(at, first.x, first.y, GEOJSON_DEGREE_DECIMALS);
}

static void text_run(void *ctx, struct packed_cursor *c, uint32_t count, uint32_t part)
{
    struct geojson_writing *w = ctx;
    bool ring = w->stack[w->depth - 1] == WKB_TYPE_POLYGON;
    char *at = buf_room(w->out, ((size_t)count + 1) * GEOJSON_POSITION_BYTES + 4);
    if (at == NULL) {
        c->broken = true;
        return;
    }
    if (ring && part > 0)
        *at++ = ',';
    if (ring)
        *at++ = '[';
    at = print_run(at, c, count, ring);
    if (ring)
        *at++ = ']';
    buf_took(w->out, at);
}

bool packed_add_geojson(struct buf *out, const uint8_t *bytes, size_t len)
{
    static const struct packed_steps steps = { geojson_begin, text_run, geojson_end };
    struct geojson_writing w = { .out = out, .decimals = GEOJSON_DEGREE_DECIMALS };
    size_t before = out->len;
    if (packed_walk(bytes, len, &steps, &w) || out->full)
        return true;
    geojson_forget(out, before);
    return false;
}

// --- as WKB ------------------------------------------------------------------------------------------------------------------

struct unpacking { struct buf *out; int depth; enum wkb_type stack[WKB_DEPTH_MOST + 2]; };

static void add_count(struct buf *out, uint32_t n) { buf_add(out, &n, sizeof n); }

static void back_begin(void *ctx, enum wkb_type type, uint32_t parts)
{
    struct unpacking *u = ctx;
    buf_add(u->out, &(char){ 1 }, 1);
    add_count(u->out, type);
    if (type != WKB_TYPE_POINT && type != WKB_TYPE_LINE)
        add_count(u->out, parts);
    u->stack[u->depth++] = type;
}

static void add_place(struct buf *out, struct packed_place p)
{
    const double SCALE = 1e7, xy[2] = { p.x / SCALE, p.y / SCALE };
    buf_add(out, xy, sizeof xy);
}

static void back_run(void *ctx, struct packed_cursor *c, uint32_t count, uint32_t part)
{
    struct unpacking *u = ctx;
    enum wkb_type type = u->stack[u->depth - 1];
    struct packed_place first = { 0, 0 };
    (void)part;
    if (type != WKB_TYPE_POINT)
        add_count(u->out, count + (type == WKB_TYPE_POLYGON));
    for (uint32_t i = 0; i < count; i++) {
        struct packed_place p = packed_next(c);
        first = i == 0 ? p : first;
        add_place(u->out, p);
    }
    if (type == WKB_TYPE_POLYGON)
        add_place(u->out, first);
}

static void back_end(void *ctx, enum wkb_type type)
{
    (void)type;
    ((struct unpacking *)ctx)->depth--;
}

bool packed_add_back(struct buf *out, const uint8_t *bytes, size_t len)
{
    static const struct packed_steps back = { back_begin, back_run, back_end };
    struct unpacking u = { .out = out };
    size_t before = out->len;
    if (packed_walk(bytes, len, &back, &u) && !out->full)
        return true;
    geojson_forget(out, before);
    return false;
}
