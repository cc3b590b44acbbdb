#include "core/store/spatialite_shape.h"

#include "core/base/mem.h"
#include <math.h>
#include <string.h>

enum { POINT = 1, LINE = 2, POLYGON = 3, MULTI_POINT = 4, MULTI_LINE = 5, MULTI_POLYGON = 6, COLLECTION = 7 };
enum { BOX_AT = 6, MARK_AT = 38, HEAD_BYTES = 43, COORDINATE_BYTES = 16, SRID = 4326 };
enum { MARK_START = 0x00, MARK_MBR = 0x7c, MARK_PART = 0x69, MARK_END = 0xfe, LITTLE = 1 };

struct copying { const uint8_t *at, *end; uint8_t *out; struct box_m box; bool is_broken; };

// The next bytes go over as they are; NULL when there are not so many.
static const uint8_t *take(struct copying *c, size_t bytes)
{
    if (c->is_broken || (size_t)(c->end - c->at) < bytes) {
        c->is_broken = true;
        return NULL;
    }
    const uint8_t *from = c->at;
    memcpy(c->out, from, bytes);
    c->at += bytes;
    c->out += bytes;
    return from;
}

static uint32_t take_count(struct copying *c, size_t least_bytes_each)
{
    uint32_t n = 0;
    const uint8_t *from = take(c, sizeof n);
    if (from != NULL)
        memcpy(&n, from, sizeof n);
    if (n > (size_t)(c->end - c->at) / least_bytes_each) {
        c->is_broken = true;
        return 0;
    }
    return n;
}

static void take_coordinates(struct copying *c, uint32_t count)
{
    const uint8_t *from = take(c, (size_t)count * COORDINATE_BYTES);
    for (uint32_t i = 0; from != NULL && i < count; i++) {
        double p[2];
        memcpy(p, from + (size_t)i * COORDINATE_BYTES, sizeof p);
        c->box.min_x = p[0] < c->box.min_x ? p[0] : c->box.min_x;
        c->box.max_x = p[0] > c->box.max_x ? p[0] : c->box.max_x;
        c->box.min_y = p[1] < c->box.min_y ? p[1] : c->box.min_y;
        c->box.max_y = p[1] > c->box.max_y ? p[1] : c->box.max_y;
    }
}

static void take_parts(struct copying *c, uint32_t part_kind);

static void take_body(struct copying *c, uint32_t kind)
{
    switch (kind) {
    case POINT: take_coordinates(c, 1); break;
    case LINE: take_coordinates(c, take_count(c, COORDINATE_BYTES)); break;
    case POLYGON:
        for (uint32_t rings = take_count(c, 4); rings > 0 && !c->is_broken; rings--)
            take_coordinates(c, take_count(c, COORDINATE_BYTES));
        break;
    case MULTI_POINT: take_parts(c, POINT); break;
    case MULTI_LINE: take_parts(c, LINE); break;
    case MULTI_POLYGON: take_parts(c, POLYGON); break;
    default: c->is_broken = true;
    }
}

// A part of WKB begins with its byte order, one of SpatiaLite with 69; as long, so the rest is copied.
static bool take_head(struct copying *c, uint8_t first, uint32_t *kind)
{
    const uint8_t *from = take(c, 1 + sizeof *kind);
    if (from == NULL || from[0] != 1) {
        c->is_broken = true;
        return false;
    }
    c->out[-5] = first;
    memcpy(kind, from + 1, sizeof *kind);
    return true;
}

static void take_parts(struct copying *c, uint32_t part_kind)
{
    for (uint32_t parts = take_count(c, 5); parts > 0 && !c->is_broken; parts--) {
        uint32_t found;
        if (take_head(c, MARK_PART, &found) && found == part_kind)
            take_body(c, found);
        else
            c->is_broken = true;
    }
}

static void write_head(uint8_t *out, const struct box_m *box)
{
    out[0] = MARK_START;
    out[1] = LITTLE;
    memcpy(out + 2, &(int32_t){ SRID }, 4);
    memcpy(out + BOX_AT, (double[]){ box->min_x, box->min_y, box->max_x, box->max_y }, 32);
}

enum status spatialite_shape_make(const uint8_t *wkb, size_t len, uint8_t **out, size_t *out_len, struct err *e)
{
    uint8_t *shape = mem_get(HEAD_BYTES + len, 1);
    struct copying c = { .at = wkb, .end = wkb + len, .out = shape + MARK_AT, .box = { INFINITY, INFINITY, -INFINITY, -INFINITY } };
    uint32_t kind;
    if (take_head(&c, MARK_MBR, &kind))
        take_body(&c, kind);
    if (c.is_broken || c.at != c.end || !(c.box.min_x <= c.box.max_x)) {
        mem_free(shape);
        return err_set(e, INVALID, "the shape is broken: %zu bytes that are no point, line or area", len);
    }
    write_head(shape, &c.box);
    *c.out++ = MARK_END;
    *out = shape;
    *out_len = (size_t)(c.out - shape);
    return OK;
}

// Little-endian, as this machine is; everything that is written here is.
static bool is_framed(const uint8_t *shape, size_t len)
{
    return len > HEAD_BYTES && shape[0] == MARK_START && shape[1] == LITTLE && shape[MARK_AT] == MARK_MBR && shape[len - 1] == MARK_END;
}

bool spatialite_shape_box(const uint8_t *shape, size_t len, struct box_m *out)
{
    double v[4];
    if (shape == NULL || !is_framed(shape, len))
        return false;
    memcpy(v, shape + BOX_AT, sizeof v);
    *out = (struct box_m){ v[0], v[1], v[2], v[3] };
    return true;
}

// --- As well-known binary --------------------------------------------------------------------------------------------------------

struct walk { uint8_t *at; size_t left; };

static bool skip(struct walk *w, uint64_t bytes)
{
    if (bytes > w->left)
        return false;
    w->at += bytes;
    w->left -= (size_t)bytes;
    return true;
}

static bool read_u32(struct walk *w, uint32_t *v)
{
    if (w->left < sizeof *v)
        return false;
    memcpy(v, w->at, sizeof *v);
    return skip(w, sizeof *v);
}

static bool skip_line(struct walk *w)
{
    uint32_t points;
    return read_u32(w, &points) && skip(w, (uint64_t)points * COORDINATE_BYTES);
}

static bool skip_simple(struct walk *w, uint32_t class)
{
    uint32_t rings;
    if (class == POINT)
        return skip(w, COORDINATE_BYTES);
    if (class == LINE)
        return skip_line(w);
    if (class != POLYGON || !read_u32(w, &rings))
        return false;
    for (; rings > 0; rings--)
        if (!skip_line(w))
            return false;
    return true;
}

// Parts get a byte order in place of their mark.
static bool settle_parts(struct walk *w)
{
    uint32_t parts, class;
    if (!read_u32(w, &parts))
        return false;
    for (; parts > 0; parts--) {
        if (w->left == 0 || *w->at != MARK_PART)
            return false;
        *w->at = LITTLE;
        if (!skip(w, 1) || !read_u32(w, &class) || !skip_simple(w, class))
            return false;
    }
    return true;
}

bool spatialite_to_wkb(const uint8_t *blob, size_t len, uint8_t *out, size_t *wkb_len)
{
    if (blob == NULL || !is_framed(blob, len))
        return false;
    *wkb_len = len - MARK_AT - 1;
    memcpy(out, blob + MARK_AT, *wkb_len);
    out[0] = LITTLE;
    struct walk w = { out + 1, *wkb_len - 1 };
    uint32_t class = 0;
    bool fine = read_u32(&w, &class) && (class >= MULTI_POINT && class <= COLLECTION ? settle_parts(&w) : skip_simple(&w, class));
    return fine && w.left == 0;
}
