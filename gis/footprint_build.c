#include "gis/footprint_build.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "gis/footprint_valid.h"
#include "gis/source_stream.h"
#include <inttypes.h>
#include <math.h>

// Where a coordinate in millimetres may be: far beyond any projection, far within int64.
static const double PLACE_LIMIT_M = 1e9;

void footprint_builder_open(struct footprint_builder *b, const char *what, struct crs_road *road, struct dirt *dirt)
{
    *b = (struct footprint_builder){ .what = what, .road = road, .dirt = dirt, .overlay = overlay_open(),
                                     .seen = { INFINITY, INFINITY, -INFINITY, -INFINITY } };
    b->f.ring_first = mem_grow(NULL, &b->cap_footprints, 1, sizeof *b->f.ring_first);
    b->cap_footprints = 0; // grown together with the others
    b->f.ring_first[0] = 0;
    b->f.vertex_first = mem_grow(NULL, &b->cap_rings, 2, sizeof *b->f.vertex_first);
    b->f.vertex_first[0] = 0;
}

void footprint_builder_close(struct footprint_builder *b)
{
    overlay_close(b->overlay);
    wkb_shape_clear(&b->shape);
    rings_clear(&b->local);
    rings_clear(&b->repaired);
    mem_free(b->place);
    mem_free(b->is_hole);
}

void dirt_note(struct dirt *d, enum dirt_kind kind, int64_t fid)
{
    if (d->count[kind] < DIRT_EXAMPLES)
        d->example[kind][d->count[kind]] = fid;
    d->count[kind]++;
}

static void *grow(void *old, size_t cap, size_t need, size_t size)
{
    return mem_grow(old, &cap, need, size);
}

// All arrays that have one item for each footprint grow at once.
static void grow_footprints(struct footprint_builder *b, size_t want)
{
    size_t cap = b->cap_footprints;
    struct footprints *f = &b->f;
    f->origin = grow(f->origin, cap, want, sizeof *f->origin);
    f->size = grow(f->size, cap, want, sizeof *f->size);
    f->ring_first = grow(f->ring_first, cap, want + 1, sizeof *f->ring_first);
    f->area_m2 = grow(f->area_m2, cap, want, sizeof *f->area_m2);
    f->centroid = grow(f->centroid, cap, want, sizeof *f->centroid);
    f->identity = grow(f->identity, cap, want, sizeof *f->identity);
    f->fid = grow(f->fid, cap, want, sizeof *f->fid);
    b->cap_footprints = want;
}

static void reserve_footprint(struct footprint_builder *b)
{
    size_t cap = b->cap_footprints;
    if ((size_t)b->f.count + 1 >= cap)
        grow_footprints(b, cap < 1024 ? 1024 : cap + cap / 2);
}

// Room is taken, memory only where it is written to; a header may lie, so there is an end to it.
void footprint_builder_expect(struct footprint_builder *b, int64_t features)
{
    enum { MOST = 8000000, CORNERS = 8 };
    if (features < 1024)
        return;
    size_t n = features < MOST ? (size_t)features : MOST;
    grow_footprints(b, n + n / 64);
    b->f.vertex_first = mem_grow(b->f.vertex_first, &b->cap_rings, n + n / 16, sizeof *b->f.vertex_first);
    b->f.vertex = mem_grow(b->f.vertex, &b->cap_vertices, n * CORNERS, sizeof *b->f.vertex);
}

static void reserve_outline(struct footprint_builder *b, uint32_t rings, uint32_t vertices)
{
    if (b->rings + (size_t)rings + 2 > b->cap_rings)
        b->f.vertex_first = mem_grow(b->f.vertex_first, &b->cap_rings, b->rings + (size_t)rings + 2, sizeof *b->f.vertex_first);
    if (b->vertices + (size_t)vertices > b->cap_vertices)
        b->f.vertex = mem_grow(b->f.vertex, &b->cap_vertices, b->vertices + (size_t)vertices, sizeof *b->f.vertex);
    if (rings > b->cap_is_hole)
        b->is_hole = mem_grow(b->is_hole, &b->cap_is_hole, rings, sizeof *b->is_hole);
    if (vertices > b->cap_place)
        b->place = mem_grow(b->place, &b->cap_place, vertices, sizeof *b->place);
    must(b->vertices <= UINT32_MAX - vertices && b->rings <= UINT32_MAX - rings - 2);
}

// --- an outline on its way into the arrays ---------------------------------------------------------------------------

// It lies behind the finished footprints: rings b->rings + 0 .. count-1.
struct draft {
    struct mm64 origin;
    struct mm size;
    uint32_t rings;
    bool repeated, too_few, doubtful; // doubtful: a ring without area that may yet hold some (a bow tie)
};

// Rounds to whole millimetres. false: a coordinate is not finite or out of this world.
static bool place_vertices(struct footprint_builder *b, const struct rings *r, struct mm64 from, struct mm64 *low, struct mm64 *high)
{
    uint32_t n = r->first[r->count];
    *low = (struct mm64){ INT64_MAX, INT64_MAX };
    *high = (struct mm64){ INT64_MIN, INT64_MIN };
    double far = 0;
    for (uint32_t i = 0; i < n; i++) {
        double ax = fabs(r->vertex[i].x), ay = fabs(r->vertex[i].y);
        far = ax <= far ? far : ax; // a NaN is never <=, and stays
        far = ay <= far ? far : ay;
        if (!(far <= PLACE_LIMIT_M))
            return false;
        int64_t x = from.x + llrint(r->vertex[i].x * 1000), y = from.y + llrint(r->vertex[i].y * 1000);
        b->place[i] = (struct mm64){ x, y };
        low->x = x < low->x ? x : low->x;
        low->y = y < low->y ? y : low->y;
        high->x = x > high->x ? x : high->x;
        high->y = y > high->y ? y : high->y;
    }
    return true;
}

// Twice the signed area; exact for buildings under 30 km.
static double area2_of(const struct mm *v, uint32_t n)
{
    double sum = 0;
    for (uint32_t i = 0, j = n - 1; i < n; j = i++)
        sum += (double)v[j].x * v[i].y - (double)v[i].x * v[j].y;
    return sum;
}

static void reverse(struct mm *v, uint32_t n)
{
    for (uint32_t i = 0, j = n - 1; i < j; i++, j--) {
        struct mm t = v[i];
        v[i] = v[j];
        v[j] = t;
    }
}

static bool same_mm(struct mm a, struct mm b)
{
    return a.x == b.x && a.y == b.y;
}

// One ring without repetitions, counter-clockwise (a hole clockwise). Returns its size, 0 when it is no ring.
static uint32_t draft_ring(struct draft *d, const struct mm64 *from, uint32_t n, bool hole, struct mm *to)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct mm v = { (int32_t)(from[i].x - d->origin.x), (int32_t)(from[i].y - d->origin.y) };
        if (kept == 0 || !same_mm(v, to[kept - 1]))
            to[kept++] = v;
    }
    while (kept > 1 && same_mm(to[kept - 1], to[0]))
        kept--;
    d->repeated |= kept < n;
    if (kept < 3)
        return 0;
    double area2 = area2_of(to, kept);
    if (area2 == 0 && kept < 4)
        return 0;
    d->doubtful |= area2 == 0;
    if ((area2 < 0) != hole)
        reverse(to, kept);
    return kept;
}

static void draft_rings(struct footprint_builder *b, const struct rings *r, const uint8_t *is_hole, struct draft *d)
{
    uint32_t *first = b->f.vertex_first + b->rings;
    bool outer_kept = false;
    for (uint32_t k = 0; k < r->count; k++) {
        if (is_hole[k] && !outer_kept)
            continue;
        uint32_t n = draft_ring(d, b->place + r->first[k], r->first[k + 1] - r->first[k], is_hole[k], b->f.vertex + first[d->rings]);
        if (!is_hole[k])
            outer_kept = n > 0;
        if (n == 0) {
            d->too_few = true;
            continue;
        }
        b->is_hole[d->rings++] = is_hole[k];
        first[d->rings] = first[d->rings - 1] + n;
    }
}

static enum status say_too_large(const struct footprint_builder *b, int64_t fid, struct err *e)
{
    return err_set(e, INVALID, "%s: feature %" PRId64 " is wider than 2147 km and no building; is the CRS right?", b->what, fid);
}

// usable false: a coordinate is no place.
static enum status make_draft(struct footprint_builder *b, int64_t fid, const struct rings *r, const uint8_t *is_hole,
                              struct mm64 from, struct draft *d, bool *usable, struct err *e)
{
    reserve_outline(b, r->count, r->first[r->count]);
    *d = (struct draft){0};
    struct mm64 high;
    *usable = place_vertices(b, r, from, &d->origin, &high);
    if (!*usable || r->count == 0)
        return OK;
    int64_t width = high.x - d->origin.x, height = high.y - d->origin.y;
    if (width > INT32_MAX || height > INT32_MAX)
        return say_too_large(b, fid, e);
    d->size = (struct mm){ (int32_t)width, (int32_t)height };
    draft_rings(b, r, is_hole, d);
    return OK;
}

// --- facts about the finished outline --------------------------------------------------------------------------------

static uint64_t packed(struct mm v)
{
    return (uint64_t)(uint32_t)v.x << 32 | (uint32_t)v.y;
}

// The same for both directions of the edge.
static uint64_t edge_hash(struct mm a, struct mm b)
{
    uint64_t p = packed(a), q = packed(b);
    uint64_t low = p < q ? p : q, high = p < q ? q : p;
    return hash_mix(low * 0x9e3779b97f4a7c15u + (high << 29 | high >> 35) * 0xd6e8feb86659fd93u + 1);
}

struct facts { double area2, x6, y6; uint64_t edges; };

static void add_ring_facts(const struct mm *v, uint32_t n, struct facts *s)
{
    for (uint32_t i = 0, j = n - 1; i < n; j = i++) {
        double ax = v[j].x, ay = v[j].y, bx = v[i].x, by = v[i].y, cross = ax * by - bx * ay;
        s->area2 += cross;
        s->x6 += (ax + bx) * cross;
        s->y6 += (ay + by) * cross;
        s->edges += edge_hash(v[j], v[i]);
    }
}

static void finish(struct footprint_builder *b, int64_t fid, const struct draft *d)
{
    reserve_footprint(b);
    struct footprints *f = &b->f;
    const uint32_t *first = f->vertex_first + b->rings;
    struct facts s = {0};
    for (uint32_t k = 0; k < d->rings; k++)
        add_ring_facts(f->vertex + first[k], first[k + 1] - first[k], &s);
    int64_t i = f->count++;
    f->origin[i] = d->origin;
    f->size[i] = d->size;
    f->area_m2[i] = (float)(s.area2 / 2e6);
    f->centroid[i] = s.area2 > 0 ? (struct xy_m){ s.x6 / (3e3 * s.area2), s.y6 / (3e3 * s.area2) }
                                 : (struct xy_m){ d->size.x / 2e3, d->size.y / 2e3 };
    f->identity[i] = hash_mix(hash_mix(s.edges + d->rings) + hash_mix((uint64_t)d->origin.x * 0x9e3779b97f4a7c15u + hash_mix((uint64_t)d->origin.y)));
    f->fid[i] = fid;
    b->rings += d->rings;
    b->vertices = f->vertex_first[b->rings];
    f->ring_first[i + 1] = b->rings;
}

// The draft as rings in metres from its origin, for GEOS.
static void draft_to_local(struct footprint_builder *b, const struct draft *d)
{
    const uint32_t *first = b->f.vertex_first + b->rings;
    rings_start(&b->local);
    for (uint32_t k = 0; k < d->rings; k++) {
        for (uint32_t i = first[k]; i < first[k + 1]; i++)
            rings_add_vertex(&b->local, (struct xy_m){ b->f.vertex[i].x * 1e-3, b->f.vertex[i].y * 1e-3 });
        rings_end_ring(&b->local);
    }
}

static void mark_clockwise(struct footprint_builder *b, const struct rings *r)
{
    if (r->count > b->cap_is_hole)
        b->is_hole = mem_grow(b->is_hole, &b->cap_is_hole, r->count, sizeof *b->is_hole);
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
    bool repaired = false, usable;
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
    enum status s = make_draft(b, fid, &b->repaired, b->is_hole, d->origin, &better, &usable, e);
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
    const uint32_t *first = b->f.vertex_first + b->rings;
    struct mm *v = b->f.vertex, low = { INT32_MAX, INT32_MAX }, high = {0};
    for (uint32_t i = first[0]; i < first[d->rings]; i++) {
        low = (struct mm){ v[i].x < low.x ? v[i].x : low.x, v[i].y < low.y ? v[i].y : low.y };
        high = (struct mm){ v[i].x > high.x ? v[i].x : high.x, v[i].y > high.y ? v[i].y : high.y };
    }
    for (uint32_t i = first[0]; i < first[d->rings]; i++)
        v[i] = (struct mm){ v[i].x - low.x, v[i].y - low.y };
    d->origin = (struct mm64){ d->origin.x + low.x, d->origin.y + low.y };
    d->size = (struct mm){ high.x - low.x, high.y - low.y };
}

static enum status add_outline(struct footprint_builder *b, int64_t fid, const struct rings *r, const uint8_t *is_hole,
                               struct mm64 from, bool repeated, bool too_few, bool *added, struct err *e)
{
    struct draft d;
    bool usable;
    *added = false;
    enum status s = make_draft(b, fid, r, is_hole, from, &d, &usable, e);
    if (s == OK && !usable)
        dirt_note(b->dirt, DIRT_NOT_FINITE, fid);
    if (s != OK || !usable)
        return s;
    bool sure = d.rings > 0 && !d.doubtful && footprint_surely_valid(b->f.vertex, b->f.vertex_first + b->rings, b->is_hole, d.rings);
    if (d.rings > 0 && !sure && (s = settle_draft(b, fid, &d, e)) != OK)
        return s;
    if (d.rings > 0 && (d.too_few || !sure))
        shrink_box(b, &d);
    if (d.repeated || repeated)
        dirt_note(b->dirt, DIRT_REPEATED_VERTEX, fid);
    if (d.too_few || too_few || d.rings == 0)
        dirt_note(b->dirt, DIRT_TOO_FEW, fid);
    if (d.rings == 0)
        return OK;
    finish(b, fid, &d);
    *added = true;
    return OK;
}

enum status footprint_add_rings(struct footprint_builder *b, int64_t fid, const struct rings *r, struct mm64 from, bool *added, struct err *e)
{
    mark_clockwise(b, r);
    return add_outline(b, fid, r, b->is_hole, from, false, false, added, e);
}

// NaN and infinity stay out of the box; place_vertices finds them.
static void see(struct footprint_builder *b, const struct rings *r)
{
    struct box_m s = b->seen;
    uint32_t n = r->first[r->count];
    for (uint32_t i = 0; i < n; i++) {
        struct xy_m p = r->vertex[i];
        s.min_x = p.x < s.min_x ? p.x : s.min_x;
        s.max_x = p.x > s.max_x ? p.x : s.max_x;
        s.min_y = p.y < s.min_y ? p.y : s.min_y;
        s.max_y = p.y > s.max_y ? p.y : s.max_y;
    }
    b->seen = s;
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

enum status footprint_add_wkb(struct footprint_builder *b, int64_t fid, const uint8_t *wkb, size_t len, bool *added, struct err *e)
{
    struct wkb_facts facts = {0};
    *added = false;
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
    see(b, r);
    if (r->count > 0)
        crs_road_go_near(b->road, r->vertex, r->first[r->count]);
    return add_outline(b, fid, r, b->shape.ring_is_hole, (struct mm64){0}, facts.repeated > 0, facts.too_few > 0, added, e);
}
