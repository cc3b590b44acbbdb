#include "core/store/spatialite_shape.h"

#include "core/base/mem.h"
#include <math.h>
#include <string.h>

enum { POINT = 1, LINE = 2, POLYGON = 3, MULTI_POINT = 4, MULTI_LINE = 5, MULTI_POLYGON = 6 };
enum { BOX_AT = 6, CLASS_AT = 39, HEAD_BYTES = 43, COORDINATE_BYTES = 16, SRID = 4326 };

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
        if (take_head(c, 0x69, &found) && found == part_kind)
            take_body(c, found);
        else
            c->is_broken = true;
    }
}

static void write_head(uint8_t *out, const struct box_m *box)
{
    out[0] = 0;
    out[1] = 1;
    memcpy(out + 2, &(int32_t){ SRID }, 4);
    memcpy(out + BOX_AT, (double[]){ box->min_x, box->min_y, box->max_x, box->max_y }, 32);
}

enum status spatialite_shape_make(const uint8_t *wkb, size_t len, uint8_t **out, size_t *out_len, struct err *e)
{
    uint8_t *shape = mem_get(HEAD_BYTES + len, 1);
    struct copying c = { .at = wkb, .end = wkb + len, .out = shape + CLASS_AT - 1, .box = { INFINITY, INFINITY, -INFINITY, -INFINITY } };
    uint32_t kind;
    if (take_head(&c, 0x7c, &kind))
        take_body(&c, kind);
    if (c.is_broken || c.at != c.end || !(c.box.min_x <= c.box.max_x)) {
        mem_free(shape);
        return err_set(e, INVALID, "the shape is broken: %zu bytes that are no point, line or area", len);
    }
    write_head(shape, &c.box);
    *c.out++ = 0xfe;
    *out = shape;
    *out_len = (size_t)(c.out - shape);
    return OK;
}

bool spatialite_shape_box(const uint8_t *shape, size_t len, struct box_m *out)
{
    double v[4];
    if (shape == NULL || len <= HEAD_BYTES || shape[0] != 0 || shape[1] != 1 || shape[CLASS_AT - 1] != 0x7c)
        return false;
    memcpy(v, shape + BOX_AT, sizeof v);
    *out = (struct box_m){ v[0], v[1], v[2], v[3] };
    return true;
}
