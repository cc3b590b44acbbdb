#include "gis/wkb.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "gis/wkb_bytes.h"
#include <math.h>
#include <string.h>

enum { TYPE_LINE = 2, TYPE_POLYGON = 3, TYPE_MULTILINE = 5, TYPE_MULTIPOLYGON = 6, TYPE_COLLECTION = 7 };

struct reading { struct wkb_bytes in; struct wkb_shape *out; struct wkb_facts *facts; uint32_t polygons; };

static void mark_hole(struct wkb_shape *s, uint32_t ring, bool hole)
{
    if (ring >= s->hole_cap) {
        size_t cap = s->hole_cap;
        s->ring_is_hole = mem_grow(s->ring_is_hole, &cap, ring + 1, sizeof *s->ring_is_hole);
        s->hole_cap = (uint32_t)cap;
    }
    s->ring_is_hole[ring] = hole;
}

// Room for a whole ring at once, so that its vertices are plain stores. rings_end_ring keeps two places behind `first`.
static struct xy_m *ring_room(struct rings *r, uint32_t points)
{
    uint32_t end = r->first[r->count + 1];
    if (r->vertex == NULL || end + points > r->vertex_cap) {    // a ring of no points needs an address too
        size_t cap = r->vertex_cap;
        r->vertex = mem_grow(r->vertex, &cap, end + points, sizeof *r->vertex);
        must(cap <= UINT32_MAX);
        r->vertex_cap = (uint32_t)cap;
    }
    return r->vertex + end;
}

static bool same_place(struct xy_m a, struct xy_m b)
{
    return (a.x == b.x) & (a.y == b.y);
}

// Tells whether one is the same as the one before.
static bool copy_points(const struct wkb_bytes *in, uint32_t points, size_t stride, struct xy_m *to)
{
    int repeated = 0;
    for (uint32_t i = 0; i < points; i++) {
        to[i] = (struct xy_m){ wkb_double_at(in->at + i * stride, in->swap), wkb_double_at(in->at + i * stride + 8, in->swap) };
        repeated |= i > 0 && same_place(to[i], to[i - 1]);
    }
    return repeated != 0;
}

// The usual ones, x and y at once. A copy of that few is not worth a call.
static bool copy_plain_points(const uint8_t *from, uint32_t points, struct xy_m *to)
{
    typedef double both __attribute__((vector_size(sizeof *to)));
    typedef int64_t which __attribute__((vector_size(sizeof *to)));
    which repeated = {0};
    both last = { NAN, NAN };
    for (uint32_t i = 0; i < points; i++) {
        both p;
        memcpy(&p, from + i * sizeof p, sizeof p);
        memcpy(&to[i], &p, sizeof p);
        which same = p == last;
        repeated |= same & __builtin_shufflevector(same, same, 1, 0);
        last = p;
    }
    return repeated[0] != 0;
}

// Without repetitions; returns how many are left.
static uint32_t drop_repeated(struct xy_m *p, uint32_t points, struct wkb_facts *facts)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < points; i++)
        if (n > 0 && same_place(p[i], p[n - 1]))
            facts->repeated++;
        else
            p[n++] = p[i];
    return n;
}

// The vertices of one ring, the last one not told again; returns how many are left.
static uint32_t take_points(const struct wkb_bytes *in, uint32_t points, size_t stride, struct xy_m *to, struct wkb_facts *facts)
{
    bool plain = !in->swap && stride == sizeof *to;
    bool repeated = plain ? copy_plain_points(in->at, points, to) : copy_points(in, points, stride, to);
    uint32_t n = repeated ? drop_repeated(to, points, facts) : points;
    return n > 1 && same_place(to[n - 1], to[0]) ? n - 1 : n;
}

// found: whether the ring was kept.
static bool take_ring(struct reading *r, uint32_t dims, bool hole, bool *found)
{
    uint32_t points;
    size_t stride = dims * sizeof(double);
    if (!wkb_take_u32(&r->in, &points) || points * stride > r->in.left)
        return false;
    struct rings *rings = &r->out->rings;
    must(rings->first[rings->count] <= UINT32_MAX - points);
    uint32_t n = take_points(&r->in, points, stride, ring_room(rings, points), r->facts);
    r->in.at += points * stride;
    r->in.left -= points * stride;
    rings->first[rings->count + 1] += n;
    *found = n >= 3;
    if (*found)
        mark_hole(r->out, rings->count, hole);
    else
        r->facts->too_few++;
    rings_end_ring(rings);
    return true;
}

static void forget_ring(struct rings *r)
{
    r->count--;
    r->first[r->count + 1] = r->first[r->count];
}

// A polygon whose outer ring is no ring takes its holes with it.
static bool take_polygon(struct reading *r, uint32_t dims)
{
    uint32_t rings;
    if (!wkb_take_u32(&r->in, &rings) || rings > r->in.left / WKB_COUNT_BYTES)
        return false;
    bool outer_found = false;
    for (uint32_t k = 0; k < rings; k++) {
        bool found;
        if (!take_ring(r, dims, k > 0, &found))
            return false;
        if (k == 0)
            outer_found = found;
        else if (found && !outer_found)
            forget_ring(&r->out->rings);
        r->facts->holes |= k > 0 && found && outer_found;
    }
    r->polygons += rings > 0;
    r->facts->z_or_m |= dims > 2;
    return true;
}

static enum wkb_kind take_geometry(struct reading *r, int depth, bool polygons_only);

static enum wkb_kind take_parts(struct reading *r, int depth, bool polygons_only)
{
    uint32_t parts;
    if (depth >= WKB_DEPTH_MOST || !wkb_take_u32(&r->in, &parts) || parts > r->in.left / (WKB_HEADER_BYTES + WKB_COUNT_BYTES))
        return WKB_BROKEN;
    for (uint32_t k = 0; k < parts; k++) {
        enum wkb_kind kind = take_geometry(r, depth + 1, polygons_only);
        if (kind == WKB_OTHER || kind == WKB_BROKEN)
            return kind;
    }
    return WKB_MULTIPOLYGON;
}

static enum wkb_kind take_geometry(struct reading *r, int depth, bool polygons_only)
{
    uint32_t type, dims;
    if (!wkb_take_header(&r->in, &type, &dims))
        return WKB_BROKEN;
    if (type == TYPE_POLYGON)
        return take_polygon(r, dims) ? WKB_POLYGON : WKB_BROKEN;
    if (polygons_only)
        return WKB_BROKEN;
    if (type == TYPE_MULTIPOLYGON || type == TYPE_COLLECTION)
        return take_parts(r, depth, type == TYPE_MULTIPOLYGON);
    return WKB_OTHER;
}

enum wkb_kind wkb_read(const uint8_t *bytes, size_t len, struct wkb_shape *out, struct wkb_facts *facts)
{
    *facts = (struct wkb_facts){0};
    rings_start(&out->rings);
    if (len > UINT32_MAX)
        return WKB_BROKEN;
    struct reading r = { .in = { bytes, len, false }, .out = out, .facts = facts };
    enum wkb_kind kind = take_geometry(&r, 0, false);
    if (kind == WKB_OTHER || kind == WKB_BROKEN)
        return kind;
    if (r.polygons == 0)
        return WKB_EMPTY;
    facts->multi = r.polygons > 1;
    return kind;
}

void wkb_shape_clear(struct wkb_shape *s)
{
    rings_clear(&s->rings);
    mem_free(s->ring_is_hole);
    *s = (struct wkb_shape){0};
}

struct lines { struct wkb_bytes in; wkb_piece *piece; void *ctx; };

static bool take_line(struct lines *l, uint32_t dims)
{
    uint32_t points;
    size_t stride = dims * sizeof(double);
    if (!wkb_take_u32(&l->in, &points) || points > l->in.left / stride)
        return false;
    struct xy_m last = {0};
    for (uint32_t i = 0; i < points; i++) {
        struct xy_m p = { wkb_double_at(l->in.at, l->in.swap), wkb_double_at(l->in.at + 8, l->in.swap) };
        if (i > 0)
            l->piece(l->ctx, last, p);
        last = p;
        l->in.at += stride;
        l->in.left -= stride;
    }
    return true;
}

static bool take_lines(struct lines *l, int depth)
{
    uint32_t type, dims, parts;
    if (depth > WKB_DEPTH_MOST || !wkb_take_header(&l->in, &type, &dims))
        return false;
    if (type == TYPE_LINE)
        return take_line(l, dims);
    bool rings = type == TYPE_POLYGON;
    if (!rings && type != TYPE_MULTILINE && type != TYPE_MULTIPOLYGON && type != TYPE_COLLECTION)
        return false;
    if (!wkb_take_u32(&l->in, &parts) || parts > l->in.left / WKB_COUNT_BYTES)
        return false;
    for (uint32_t k = 0; k < parts; k++)
        if (!(rings ? take_line(l, dims) : take_lines(l, depth + 1)))
            return false;
    return true;
}

bool wkb_read_lines(const uint8_t *bytes, size_t len, wkb_piece *piece, void *ctx)
{
    struct lines l = { .in = { bytes, len, false }, .piece = piece, .ctx = ctx };
    return take_lines(&l, 0);
}

static void add_header(struct buf *out, uint32_t type, uint32_t count)
{
    wkb_put_header(out, type);
    wkb_put_u32(out, count);
}

static bool ring_is_clockwise(const struct rings *r, uint32_t k)
{
    double area2 = 0;
    struct xy_m o = r->vertex[r->first[k]];
    for (uint32_t i = r->first[k] + 1; i + 1 < r->first[k + 1]; i++) {
        struct xy_m a = r->vertex[i], b = r->vertex[i + 1];
        area2 += (a.x - o.x) * (b.y - o.y) - (b.x - o.x) * (a.y - o.y);
    }
    return area2 < 0;
}

static void add_ring(struct buf *out, const struct rings *r, uint32_t k, struct xy_m origin)
{
    uint32_t first = r->first[k], n = r->first[k + 1] - first;
    wkb_put_u32(out, n + 1);
    for (uint32_t i = 0; i <= n; i++) {
        struct xy_m p = r->vertex[first + (i < n ? i : 0)];
        wkb_put_double(out, p.x + origin.x);
        wkb_put_double(out, p.y + origin.y);
    }
}

size_t wkb_write_multipolygon(struct buf *out, const struct rings *r, struct xy_m origin)
{
    size_t before = out->len;
    uint32_t polygons = 0;
    for (uint32_t k = 0; k < r->count; k++)
        polygons += k == 0 || !ring_is_clockwise(r, k);
    add_header(out, TYPE_MULTIPOLYGON, polygons);
    for (uint32_t k = 0; k < r->count;) {
        uint32_t end = k + 1;
        while (end < r->count && ring_is_clockwise(r, end))
            end++;
        add_header(out, TYPE_POLYGON, end - k);
        for (; k < end; k++)
            add_ring(out, r, k, origin);
    }
    return out->len - before;
}
