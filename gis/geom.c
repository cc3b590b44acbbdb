#include "gis/geom.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/status.h"
#include "core/base/vectors.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct box_m box_union(struct box_m a, struct box_m b)
{
    if (box_is_empty(a))
        return b;
    if (box_is_empty(b))
        return a;
    return (struct box_m){ fmin(a.min_x, b.min_x), fmin(a.min_y, b.min_y), fmax(a.max_x, b.max_x), fmax(a.max_y, b.max_y) };
}

// While a ring is being drawn its end is kept in first[count + 1], one place behind what readers look at.
static void reserve_first(struct rings *r, uint32_t need)
{
    if (need <= r->first_cap)
        return;
    size_t cap = r->first_cap;
    r->first = mem_grow(r->first, &cap, need, sizeof *r->first);
    must(cap <= UINT32_MAX);
    r->first_cap = (uint32_t)cap;
}

static void reserve_vertex(struct rings *r, uint32_t need)
{
    if (need <= r->vertex_cap)
        return;
    size_t cap = r->vertex_cap;
    r->vertex = mem_grow(r->vertex, &cap, need, sizeof *r->vertex);
    must(cap <= UINT32_MAX);
    r->vertex_cap = (uint32_t)cap;
}

void rings_clear(struct rings *r)
{
    mem_free(r->vertex);
    mem_free(r->first);
    *r = (struct rings){0};
}

void rings_start(struct rings *r)
{
    reserve_first(r, 2);
    r->count = 0;
    r->first[0] = r->first[1] = 0;
}

void rings_make_room(struct rings *r)
{
    if (r->first == NULL)
        rings_start(r);
    must(r->first[r->count + 1] < UINT32_MAX);
    reserve_vertex(r, r->first[r->count + 1] + 1);
}

void rings_end_ring(struct rings *r)
{
    if (r->first == NULL)
        rings_start(r);
    if (r->first[r->count + 1] - r->first[r->count] < 3) {
        r->first[r->count + 1] = r->first[r->count];
        return;
    }
    reserve_first(r, r->count + 3);
    r->count++;
    r->first[r->count + 1] = r->first[r->count];
}

void rings_take(const struct rings *from, uint32_t first, uint32_t end, struct rings *out)
{
    must(first <= end && end <= from->count && from != out);
    uint32_t base = from->count > 0 ? from->first[first] : 0, vertices = end > first ? from->first[end] - base : 0;
    reserve_first(out, end - first + 2);
    reserve_vertex(out, vertices > 0 ? vertices : 1);
    if (vertices > 0)
        memcpy(out->vertex, from->vertex + base, vertices * sizeof *out->vertex);
    for (uint32_t k = first; k <= end; k++)
        out->first[k - first] = end > first ? from->first[k] - base : 0;
    out->count = end - first;
    out->first[out->count + 1] = out->first[out->count];
}

// Twice the signed area of one ring, and its first moments, seen from `from`: near zero no digits are lost.
struct moments { double area2, x6, y6; };

static struct moments ring_moments(const struct rings *r, uint32_t k, struct xy_m from)
{
    struct moments m = {0};
    uint32_t first = r->first[k], end = r->first[k + 1];
    for (uint32_t i = first, j = end - 1; i < end; j = i++) {
        double ax = r->vertex[j].x - from.x, ay = r->vertex[j].y - from.y;
        double bx = r->vertex[i].x - from.x, by = r->vertex[i].y - from.y;
        double cross = ax * by - bx * ay;
        m.area2 += cross;
        m.x6 += (ax + bx) * cross;
        m.y6 += (ay + by) * cross;
    }
    return m;
}

static struct moments rings_moments(const struct rings *r)
{
    struct moments sum = {0};
    for (uint32_t k = 0; k < r->count; k++) {
        struct moments m = ring_moments(r, k, r->vertex[0]);
        sum.area2 += m.area2;
        sum.x6 += m.x6;
        sum.y6 += m.y6;
    }
    return sum;
}

double rings_area_m2(const struct rings *r)
{
    double sum = 0;
    for (uint32_t k = 0; k < r->count; k++) {
        struct xy_m from = r->vertex[0], a = r->vertex[r->first[k + 1] - 1];
        double area2 = 0, ax = a.x - from.x, ay = a.y - from.y;
        for (uint32_t i = r->first[k]; i < r->first[k + 1]; i++) {
            double bx = r->vertex[i].x - from.x, by = r->vertex[i].y - from.y;
            area2 += ax * by - bx * ay;
            ax = bx, ay = by;
        }
        sum += area2;
    }
    return sum / 2;
}

double rings_perimeter_m(const struct rings *r)
{
    double sum = 0;
    for (uint32_t k = 0; k < r->count; k++)
        for (uint32_t i = r->first[k], j = r->first[k + 1] - 1; i < r->first[k + 1]; j = i++)
            sum += hypot(r->vertex[i].x - r->vertex[j].x, r->vertex[i].y - r->vertex[j].y);
    return sum;
}

static struct xy_m mean_vertex(const struct rings *r)
{
    struct xy_m sum = {0};
    uint32_t n = r->count > 0 ? r->first[r->count] : 0;
    if (n == 0)
        return sum;
    for (uint32_t i = 0; i < n; i++) {
        sum.x += r->vertex[i].x - r->vertex[0].x;
        sum.y += r->vertex[i].y - r->vertex[0].y;
    }
    return (struct xy_m){ r->vertex[0].x + sum.x / n, r->vertex[0].y + sum.y / n };
}

struct xy_m rings_centroid(const struct rings *r)
{
    struct moments m = rings_moments(r);
    if (m.area2 == 0)
        return mean_vertex(r);
    return (struct xy_m){ r->vertex[0].x + m.x6 / (3 * m.area2), r->vertex[0].y + m.y6 / (3 * m.area2) };
}

struct box_m rings_box(const struct rings *r)
{
    struct box_m b = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    uint32_t n = r->count > 0 ? r->first[r->count] : 0;
    for (uint32_t i = 0; i < n; i++) {
        struct xy_m p = r->vertex[i];
        b.min_x = p.x < b.min_x ? p.x : b.min_x;
        b.max_x = p.x > b.max_x ? p.x : b.max_x;
        b.min_y = p.y < b.min_y ? p.y : b.min_y;
        b.max_y = p.y > b.max_y ? p.y : b.max_y;
    }
    return b;
}

bool rings_contain(const struct rings *r, struct xy_m p)
{
    bool inside = false;
    for (uint32_t k = 0; k < r->count; k++)
        for (uint32_t i = r->first[k], j = r->first[k + 1] - 1; i < r->first[k + 1]; j = i++) {
            struct xy_m a = r->vertex[j], b = r->vertex[i];
            if ((a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x))
                inside = !inside;
        }
    return inside;
}

void footprints_let_go(struct footprints *f)
{
    void *owned[] = { f->origin, f->size, f->ring_first, f->vertex_first, f->vertex, f->area_m2, f->centroid,
                      f->identity, f->fid, f->height_m, f->id_first, f->id_text, f->kind };
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        mem_free(owned[i]);
    *f = (struct footprints){ .count = f->count, .kind_name = f->kind_name, .kind_count = f->kind_count };
}

void footprints_clear(struct footprints *f)
{
    footprints_let_go(f);
    for (uint32_t k = 0; k < f->kind_count; k++)
        mem_free(f->kind_name[k]);
    mem_free(f->kind_name);
    *f = (struct footprints){0};
}

static inline lanes millimetres_at(const struct mm *two)
{
    typedef int32_t four __attribute__((vector_size(LANES * sizeof(int32_t)), aligned(4), may_alias));
    return __builtin_convertvector(*(const four *)two, lanes);
}

void footprint_rings(const struct footprints *f, int64_t i, struct mm64 frame, struct xy_m shift, struct rings *out)
{
    must(i >= 0 && i < f->count);
    uint32_t ring0 = f->ring_first[i], rings = f->ring_first[i + 1] - ring0;
    uint32_t vertex0 = f->vertex_first[ring0], vertices = f->vertex_first[ring0 + rings] - vertex0;
    reserve_first(out, rings + 2);
    reserve_vertex(out, vertices > 0 ? vertices : 1);
    double dx = (double)(f->origin[i].x - frame.x), dy = (double)(f->origin[i].y - frame.y); // whole millimetres are exact sums
    const lanes from = {dx, dy, dx, dy}, to = {shift.x, shift.y, shift.x, shift.y};
    uint32_t k = 0;
    for (; k + 1 < vertices; k += 2)  // two at a time
        lanes_put(&out->vertex[k].x, (millimetres_at(&f->vertex[vertex0 + k]) + from) * 1e-3 + to);
    if (k < vertices)
        out->vertex[k] = (struct xy_m){ (f->vertex[vertex0 + k].x + dx) * 1e-3 + shift.x, (f->vertex[vertex0 + k].y + dy) * 1e-3 + shift.y };
    for (uint32_t r = 0; r <= rings; r++)
        out->first[r] = f->vertex_first[ring0 + r] - vertex0;
    out->first[rings + 1] = out->first[rings];
    out->count = rings;
}

float footprint_perimeter_m(const struct footprints *f, int64_t i)
{
    double sum = 0;
    for (uint32_t k = f->ring_first[i]; k < f->ring_first[i + 1]; k++) {
        const struct mm *v = f->vertex + f->vertex_first[k];
        uint32_t n = f->vertex_first[k + 1] - f->vertex_first[k];
        for (uint32_t a = n - 1, b = 0; b < n; a = b++) {
            double dx = (double)v[b].x - v[a].x, dy = (double)v[b].y - v[a].y;
            sum += sqrt(dx * dx + dy * dy);
        }
    }
    return (float)(sum / 1e3);
}

struct mm64 footprint_centre(const struct footprints *f, int64_t i)
{
    return (struct mm64){ f->origin[i].x + f->size[i].x / 2, f->origin[i].y + f->size[i].y / 2 };
}

struct box_m footprint_box(const struct footprints *f, int64_t i)
{
    struct mm64 o = f->origin[i];
    struct mm s = f->size[i];
    return (struct box_m){ (double)o.x * 1e-3, (double)o.y * 1e-3, (double)(o.x + s.x) * 1e-3, (double)(o.y + s.y) * 1e-3 };
}

const char *footprint_id(const struct footprints *f, int64_t i, char *out, size_t cap)
{
    must(cap > 0);
    uint32_t len = f->id_first != NULL ? f->id_first[i + 1] - f->id_first[i] : 0;
    if (len == 0) {
        snprintf(out, cap, "%" PRId64, f->fid[i]);
        return out;
    }
    size_t n = len < cap ? len : cap - 1;
    memcpy(out, f->id_text + f->id_first[i], n);
    out[n] = '\0';
    return out;
}

void footprint_add_id(const struct footprints *f, int64_t i, struct buf *out)
{
    uint32_t len = f->id_first != NULL ? f->id_first[i + 1] - f->id_first[i] : 0;
    if (len == 0)
        buf_integer(out, f->fid[i]);
    else
        buf_add(out, f->id_text + f->id_first[i], len);
}
