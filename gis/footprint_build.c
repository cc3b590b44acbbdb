#include "gis/footprint_build.h"
#include "core/base/mem.h"
#include "gis/footprint_plain.h"
#include "gis/footprint_valid.h"
#include "gis/source_shape.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

// --- outlines as they came -------------------------------------------------------------------------------------------

void outlines_clear(struct outlines *o)
{
    mem_free(o->at);
    mem_free(o->data);
    *o = (struct outlines){0};
}

struct mm outline_vertex(const struct outline *of, uint32_t k)
{
    if (of->wide)
        return (struct mm){ of->number[2 * (size_t)k], of->number[2 * (size_t)k + 1] };
    return (struct mm){ of->number[k] & UINT16_MAX, (int32_t)((uint32_t)of->number[k] >> 16) };
}

void outline_draw(const struct outline *of, struct mm64 frame, struct rings *out)
{
    double dx = (double)(of->origin.x - frame.x), dy = (double)(of->origin.y - frame.y); // whole millimetres are exact sums
    uint32_t at = 0;
    rings_start(out);
    for (uint32_t k = 0; k < outline_rings(of); k++) {
        for (uint32_t n = outline_ring_size(of, k); n > 0; n--, at++) {
            struct mm v = outline_vertex(of, at);
            rings_add_vertex(out, (struct xy_m){ (v.x + dx) * 1e-3, (v.y + dy) * 1e-3 });
        }
        rings_end_ring(out);
    }
}

// --- the builder -----------------------------------------------------------------------------------------------------

static void reserve_draft(struct footprint_builder *b, uint32_t rings, uint32_t vertices)
{
    if ((size_t)vertices + OUTLINE_SLACK > b->vertex_cap)
        b->vertex = mem_grow(b->vertex, &b->vertex_cap, (size_t)vertices + OUTLINE_SLACK, sizeof *b->vertex);
    if (rings + (size_t)1 > b->first_cap)
        b->first = mem_grow(b->first, &b->first_cap, rings + (size_t)1, sizeof *b->first);
    if (rings > b->hole_cap)
        b->is_hole = mem_grow(b->is_hole, &b->hole_cap, rings, sizeof *b->is_hole);
}

void footprint_builder_open(struct footprint_builder *b, const char *what, struct crs_road *road, struct dirt *dirt)
{
    *b = (struct footprint_builder){ .what = what, .road = road, .straight = road != NULL && crs_road_is_straight(road), .dirt = dirt,
                                     .overlay = overlay_open(), .seen = { INFINITY, INFINITY, -INFINITY, -INFINITY } };
    reserve_draft(b, 1, PLAIN_CORNERS);
}

void footprint_builder_close(struct footprint_builder *b)
{
    overlay_close(b->overlay);
    wkb_shape_clear(&b->shape);
    rings_clear(&b->local);
    rings_clear(&b->repaired);
    mem_free(b->vertex);
    mem_free(b->first);
    mem_free(b->is_hole);
}

void dirt_note(struct dirt *d, enum dirt_kind kind, int64_t fid)
{
    if (d->count[kind] < DIRT_EXAMPLES)
        d->example[kind][d->count[kind]] = fid;
    d->count[kind]++;
}

// Room is taken, memory only where it is written to; a header may lie, so there is an end to it.
void footprint_builder_expect(struct footprint_builder *b, int64_t features)
{
    enum { MOST = 8000000, WORDS = 8 };
    if (features < 1024)
        return;
    size_t n = features < MOST ? (size_t)features : MOST;
    b->o.at = mem_grow(b->o.at, &b->o.at_cap, n + n / 64, sizeof *b->o.at);
    b->o.data = mem_grow(b->o.data, &b->o.data_cap, n * WORDS, sizeof *b->o.data);
}

// --- an outline on its way into them ---------------------------------------------------------------------------------

// Ring k is b->vertex[b->first[k]] .. b->vertex[b->first[k + 1] - 1].
struct draft {
    struct mm64 origin;
    uint32_t rings;
    bool wide;                        // a vertex may not fit 16 bits
    bool repeated, too_few, doubtful; // doubtful: a ring without area that may yet hold some (a bow tie)
};

static int64_t whole_mm(double metres) { return llrint(metres * 1000); }

// The box of all vertices, and whether all of them are numbers; NaN stays out of the box.
static struct box_m look_at(const struct rings *r, bool *all_numbers)
{
    struct box_m s = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    uint32_t n = r->first[r->count];
    int other = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct xy_m p = r->vertex[i];
        s.min_x = p.x < s.min_x ? p.x : s.min_x;
        s.max_x = p.x > s.max_x ? p.x : s.max_x;
        s.min_y = p.y < s.min_y ? p.y : s.min_y;
        s.max_y = p.y > s.max_y ? p.y : s.max_y;
        other |= isnan(p.x) | isnan(p.y);
    }
    *all_numbers = other == 0;
    return s;
}

static bool same_mm(struct mm a, struct mm b)
{
    return a.x == b.x && a.y == b.y;
}

// One ring without repetitions, counter-clockwise (a hole clockwise). Returns its size, 0 when it is no ring.
static uint32_t draft_ring(struct draft *d, const struct xy_m *from, uint32_t n, struct mm64 low, bool hole, struct mm *to)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct mm v = { (int32_t)(whole_mm(from[i].x) - low.x), (int32_t)(whole_mm(from[i].y) - low.y) };
        if (kept == 0 || !same_mm(v, to[kept - 1]))
            to[kept++] = v;
    }
    while (kept > 1 && same_mm(to[kept - 1], to[0]))
        kept--;
    d->repeated |= kept < n;
    if (kept < 3)
        return 0;
    double area2 = mm_area2(to, kept);
    if (area2 == 0 && kept < 4)
        return 0;
    d->doubtful |= area2 == 0;
    if ((area2 < 0) != hole)
        mm_reverse(to, kept);
    return kept;
}

static void draft_rings(struct footprint_builder *b, const struct rings *r, const uint8_t *is_hole, struct mm64 low, struct draft *d)
{
    bool outer_kept = false;
    b->first[0] = 0;
    for (uint32_t k = 0; k < r->count; k++) {
        if (is_hole[k] && !outer_kept)
            continue;
        uint32_t at = b->first[d->rings];
        uint32_t n = draft_ring(d, r->vertex + r->first[k], r->first[k + 1] - r->first[k], low, is_hole[k], b->vertex + at);
        if (!is_hole[k])
            outer_kept = n > 0;
        if (n == 0) {
            d->too_few = true;
            continue;
        }
        b->is_hole[d->rings++] = is_hole[k];
        b->first[d->rings] = at + n;
    }
}

static enum status say_too_large(const struct footprint_builder *b, int64_t fid, struct err *e)
{
    return err_set(e, INVALID, "%s: feature %" PRId64 " is wider than 2147 km and no building; is the CRS right?", b->what, fid);
}

// r: metres from `from`, within box.
static enum status make_draft(struct footprint_builder *b, int64_t fid, const struct rings *r, const uint8_t *is_hole, struct box_m box,
                              struct mm64 from, struct draft *d, struct err *e)
{
    reserve_draft(b, r->count, r->first[r->count]);
    *d = (struct draft){0};
    if (r->count == 0)
        return OK;
    struct mm64 low = { whole_mm(box.min_x), whole_mm(box.min_y) };
    int64_t width = whole_mm(box.max_x) - low.x, height = whole_mm(box.max_y) - low.y;
    if (width > INT32_MAX || height > INT32_MAX)
        return say_too_large(b, fid, e);
    d->origin = (struct mm64){ from.x + low.x, from.y + low.y };
    d->wide = width > UINT16_MAX || height > UINT16_MAX;
    draft_rings(b, r, is_hole, low, d);
    return OK;
}

// An outline of one narrow ring behind all others, its numbers still to come.
static struct outline *take_place(struct outlines *o, struct mm64 origin, int64_t fid, uint32_t vertices, size_t numbers)
{
    size_t bytes = offsetof(struct outline, number) + numbers * sizeof(int32_t);
    size_t end = o->end + (bytes + sizeof *o->data - 1) / sizeof *o->data;
    must(end <= UINT32_MAX);
    if (end + OUTLINE_SLACK > o->data_cap)
        o->data = mem_grow(o->data, &o->data_cap, end + OUTLINE_SLACK, sizeof *o->data);
    if ((size_t)o->count == o->at_cap)
        o->at = mem_grow(o->at, &o->at_cap, (size_t)o->count + 1, sizeof *o->at);
    o->at[o->count++] = o->end;
    struct outline *of = (struct outline *)(o->data + o->end);
    o->end = (uint32_t)end;
    of->origin = origin, of->fid = fid;
    of->vertices = vertices, of->several = of->wide = false;
    return of;
}

static int32_t *put_wide(int32_t *to, const struct mm *v, uint32_t n)
{
    memcpy(to, v, n * sizeof *v);
    return to + 2 * (size_t)n;
}

static int32_t *put_narrow(int32_t *to, const struct mm *v, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        to[i] = (int32_t)((uint32_t)v[i].y << 16 | (uint32_t)v[i].x);
    return to + n;
}

static void put_rings(int32_t *to, const uint32_t *first, uint32_t rings)
{
    *to++ = (int32_t)rings;
    for (uint32_t k = 0; k < rings; k++)
        *to++ = (int32_t)(first[k + 1] - first[k]);
}

static void count_in(struct outlines *o, const struct outline *of, uint32_t rings)
{
    struct mm64 at = of->origin, low = o->count > 1 ? o->low : at, high = o->count > 1 ? o->high : at;
    o->low = (struct mm64){ at.x < low.x ? at.x : low.x, at.y < low.y ? at.y : low.y };
    o->high = (struct mm64){ at.x > high.x ? at.x : high.x, at.y > high.y ? at.y : high.y };
    o->rings += rings;
    o->vertices += of->vertices;
}

static void finish(struct footprint_builder *b, int64_t fid, const struct draft *d)
{
    uint32_t n = b->first[d->rings];
    bool several = d->rings > 1;
    must(n < 1u << 30);
    struct outline *of = take_place(&b->o, d->origin, fid, n, ((size_t)n << d->wide) + (several ? d->rings + (size_t)1 : 0));
    of->several = several, of->wide = d->wide;
    int32_t *behind = (d->wide ? put_wide : put_narrow)(of->number, b->vertex, n);
    if (several)
        put_rings(behind, b->first, d->rings);
    count_in(&b->o, of, d->rings);
}

// The draft as rings in metres from its origin, for GEOS.
static void draft_to_local(struct footprint_builder *b, const struct draft *d)
{
    const struct mm *v = b->vertex;
    rings_start(&b->local);
    for (uint32_t k = 0; k < d->rings; k++) {
        for (uint32_t i = b->first[k]; i < b->first[k + 1]; i++)
            rings_add_vertex(&b->local, (struct xy_m){ v[i].x * 1e-3, v[i].y * 1e-3 });
        rings_end_ring(&b->local);
    }
}

static void mark_clockwise(struct footprint_builder *b, const struct rings *r)
{
    if (r->count > b->hole_cap)
        b->is_hole = mem_grow(b->is_hole, &b->hole_cap, r->count, sizeof *b->is_hole);
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t first[2] = { 0, r->first[k + 1] - r->first[k] };
        struct rings one = { .vertex = r->vertex + r->first[k], .first = first, .count = 1 };
        b->is_hole[k] = k > 0 && rings_area_m2(&one) < 0;
    }
}

// A draft that the quick look could not settle. It is replaced when GEOS finds it invalid; no rings are left when nothing
// of it has an area.
static enum status settle_draft(struct footprint_builder *b, int64_t fid, struct draft *d, struct err *e)
{
    struct err why = { .lang = e->lang };
    bool repaired = false, all_numbers;
    draft_to_local(b, d);
    if (overlay_repair(b->overlay, &b->local, &b->repaired, &repaired, &why) != OK) {
        d->rings = 0;
        d->too_few = true;
        return OK;
    }
    if (!repaired)
        return OK;
    dirt_note(b->dirt, DIRT_INVALID, fid);
    mark_clockwise(b, &b->repaired);
    struct draft better;
    enum status s = make_draft(b, fid, &b->repaired, b->is_hole, look_at(&b->repaired, &all_numbers), d->origin, &better, e);
    if (s != OK)
        return s;
    better.repeated = d->repeated;
    better.too_few |= d->too_few;
    *d = better;
    return OK;
}

// Repairing can leave flat rings behind, dropped vertices a smaller box: the origin is the box of what is kept.
static void shrink_box(struct footprint_builder *b, struct draft *d)
{
    struct mm *v = b->vertex, low = { INT32_MAX, INT32_MAX };
    uint32_t n = b->first[d->rings];
    for (uint32_t i = 0; i < n; i++)
        low = (struct mm){ v[i].x < low.x ? v[i].x : low.x, v[i].y < low.y ? v[i].y : low.y };
    for (uint32_t i = 0; i < n; i++)
        v[i] = (struct mm){ v[i].x - low.x, v[i].y - low.y };
    d->origin = (struct mm64){ d->origin.x + low.x, d->origin.y + low.y };
}

// What came with the outline: where it lies, and what was found wrong with it before.
struct given { struct mm64 from; struct box_m box; bool all_numbers, repeated, too_few; };

static enum status add_outline(struct footprint_builder *b, int64_t fid, const struct rings *r, const uint8_t *is_hole,
                               const struct given *g, bool *added, struct err *e)
{
    struct draft d;
    *added = false;
    if (r->first[r->count] > 0 && !(g->all_numbers && box_is_a_place(g->box))) {
        dirt_note(b->dirt, DIRT_NOT_FINITE, fid);
        return OK;
    }
    enum status s = make_draft(b, fid, r, is_hole, g->box, g->from, &d, e);
    if (s != OK)
        return s;
    bool sure = d.rings > 0 && !d.doubtful && footprint_surely_valid(b->vertex, b->first, b->is_hole, d.rings);
    if (d.rings > 0 && !sure && (s = settle_draft(b, fid, &d, e)) != OK)
        return s;
    if (d.rings > 0 && (d.too_few || !sure))
        shrink_box(b, &d);
    if (d.repeated || g->repeated)
        dirt_note(b->dirt, DIRT_REPEATED_VERTEX, fid);
    if (d.too_few || g->too_few || d.rings == 0)
        dirt_note(b->dirt, DIRT_TOO_FEW, fid);
    if (d.rings == 0)
        return OK;
    finish(b, fid, &d);
    *added = true;
    return OK;
}

enum status footprint_add_rings(struct footprint_builder *b, int64_t fid, const struct rings *r, struct mm64 from, bool *added, struct err *e)
{
    struct given given = { .from = from };
    given.box = look_at(r, &given.all_numbers);
    mark_clockwise(b, r);
    return add_outline(b, fid, r, b->is_hole, &given, added, e);
}

static void see(struct footprint_builder *b, struct box_m box)
{
    struct box_m *s = &b->seen;
    s->min_x = box.min_x < s->min_x ? box.min_x : s->min_x;
    s->max_x = box.max_x > s->max_x ? box.max_x : s->max_x;
    s->min_y = box.min_y < s->min_y ? box.min_y : s->min_y;
    s->max_y = box.max_y > s->max_y ? box.max_y : s->max_y;
}

static bool add_plain(struct footprint_builder *b, int64_t fid, const uint8_t *wkb, size_t len)
{
    struct plain_outline p;
    if (!plain_outline_read(wkb, len, b->vertex, &p))
        return false;
    struct outline *of = take_place(&b->o, p.origin, fid, p.corners, p.corners);
    put_narrow(of->number, b->vertex, p.corners);
    see(b, p.box);
    count_in(&b->o, of, 1);
    return true;
}

// Bytes that wkb_read does not know may still be a surface: GDAL makes polygons of it.
static enum wkb_kind read_other(struct footprint_builder *b, const uint8_t *wkb, size_t len, struct wkb_facts *facts)
{
    size_t linear_len;
    uint8_t *linear = source_linear_wkb(wkb, len, &linear_len);
    if (linear == NULL)
        return WKB_OTHER;
    enum wkb_kind kind = wkb_read(linear, linear_len, &b->shape, facts);
    mem_free(linear);
    return kind;
}

static enum status say_broken(const struct footprint_builder *b, int64_t fid, size_t len, struct err *e)
{
    return err_set(e, INVALID, "%s: feature %" PRId64 " has a broken geometry (%zu bytes of WKB that end too early or say nonsense)",
                   b->what, fid, len);
}

static enum status add_any(struct footprint_builder *b, int64_t fid, const uint8_t *wkb, size_t len, bool *added, struct err *e)
{
    struct wkb_facts facts = {0};
    enum wkb_kind kind = len > 0 ? wkb_read(wkb, len, &b->shape, &facts) : WKB_EMPTY;
    if (kind == WKB_OTHER)
        kind = read_other(b, wkb, len, &facts);
    if (kind == WKB_BROKEN)
        return say_broken(b, fid, len, e);
    if (kind == WKB_EMPTY || kind == WKB_OTHER) {
        dirt_note(b->dirt, kind == WKB_EMPTY ? DIRT_EMPTY : DIRT_NOT_POLYGON, fid);
        return OK;
    }
    b->dirt->multi += facts.multi;
    b->dirt->holes += facts.holes;
    b->dirt->z_or_m += facts.z_or_m;
    struct rings *r = &b->shape.rings;
    struct given given = { .repeated = facts.repeated > 0, .too_few = facts.too_few > 0 };
    given.box = look_at(r, &given.all_numbers);
    see(b, given.box);
    if (r->count > 0 && !b->straight) {
        crs_road_go_near(b->road, r->vertex, r->first[r->count]);
        given.box = look_at(r, &given.all_numbers);
    }
    return add_outline(b, fid, r, b->shape.ring_is_hole, &given, added, e);
}

enum status footprint_add_wkb(struct footprint_builder *b, int64_t fid, const uint8_t *wkb, size_t len, bool *added, struct err *e)
{
    *added = b->straight && add_plain(b, fid, wkb, len);
    return *added ? OK : add_any(b, fid, wkb, len, added, e);
}
