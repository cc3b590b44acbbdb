#include "gis/footprint_order.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "core/base/status.h"
#include <string.h>

enum { SLICE = 1024, PART_BITS = 10, PARTS = 1 << PART_BITS }; // parts: stretches of the curve
enum { CELL_BITS_MM = 14, ORDER = 16 }; // cells of 2^14 mm, 2^16 of them a side: 1074 km, beyond which they are taken larger

// --- the curve -------------------------------------------------------------------------------------------------------

// How the curve runs in the quadrants at hand: axes swapped, axes reversed.
struct turn { uint32_t swap, flip; };

// One level of the usual turn of quadrants (Hilbert 1891), as bits, for a branch would be guessed wrong half the time.
static inline uint32_t quadrant(struct turn *t, uint32_t right, uint32_t up)
{
    uint32_t differ = (right ^ up) & t->swap;
    right ^= differ ^ t->flip;
    up ^= differ ^ t->flip;
    t->flip ^= right & ~up;
    t->swap ^= up ^ 1;
    return (3 * right) ^ up;
}

// Two levels of nothing but zeros leave place and turn as they were: an even number of levels is enough.
uint64_t hilbert_place(uint32_t x, uint32_t y, int levels)
{
    uint64_t place = 0;
    struct turn t = {0};
    for (int level = levels - 1; level >= 0; level--)
        place = place << 2 | quadrant(&t, x >> level & 1, y >> level & 1);
    return place;
}

// Four levels at a time, looked up: a layer's worth of places is a few steps each instead of dozens.
enum { STEP_LEVELS = 4, STEP_SIDE = 1 << STEP_LEVELS, TURNS = 4 };
struct curve { struct step { uint8_t place, turn; } step[TURNS][STEP_SIDE * STEP_SIDE]; };

static struct step step_of(uint32_t turn, uint32_t x, uint32_t y)
{
    struct turn t = { turn & 1, turn >> 1 };
    uint32_t place = 0;
    for (int level = STEP_LEVELS - 1; level >= 0; level--)
        place = place << 2 | quadrant(&t, x >> level & 1, y >> level & 1);
    return (struct step){ (uint8_t)place, (uint8_t)(t.swap | t.flip << 1) };
}

static void curve_make(struct curve *c)
{
    for (uint32_t turn = 0; turn < TURNS; turn++)
        for (uint32_t x = 0; x < STEP_SIDE; x++)
            for (uint32_t y = 0; y < STEP_SIDE; y++)
                c->step[turn][x * STEP_SIDE + y] = step_of(turn, x, y);
}

static inline uint64_t curve_place(const struct curve *c, uint32_t x, uint32_t y, int steps)
{
    uint64_t place = 0;
    struct step s = {0};
    for (int k = steps - 1; k >= 0; k--) {
        uint32_t at = (x >> (k * STEP_LEVELS) & (STEP_SIDE - 1)) * STEP_SIDE + (y >> (k * STEP_LEVELS) & (STEP_SIDE - 1));
        s = c->step[s.turn][at];
        place = place << (2 * STEP_LEVELS) | s.place;
    }
    return place;
}

// --- orders ----------------------------------------------------------------------------------------------------------

static int steps_for(int64_t cells)
{
    int steps = 0;
    while (cells >> (steps * STEP_LEVELS) != 0)
        steps++;
    return steps;
}

void order_clear(struct order *o)
{
    mem_free(o->item);
    mem_free(o->part);
    *o = (struct order){0};
}

// What lies on each stretch of the curve, counted by each thread for itself.
struct stretch { uint32_t outlines, rings, vertices; };
struct placing { const struct outlines *o; int bits, steps; struct curve curve; uint64_t *item; struct stretch (*seen)[PARTS]; };

static int place_bits(const struct placing *p) { return 2 * STEP_LEVELS * p->steps; }

static uint32_t stretch_of(const struct placing *p, uint64_t place)
{
    return (uint32_t)(place_bits(p) > PART_BITS ? place >> (place_bits(p) - PART_BITS) : place);
}

static void place_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    struct placing *p = ctx;
    struct mm64 low = p->o->low;
    for (int64_t i = first; i < last; i++) {
        const struct outline *of = outline_at(p->o, i);
        uint32_t x = (uint32_t)((of->origin.x - low.x) >> p->bits), y = (uint32_t)((of->origin.y - low.y) >> p->bits);
        uint64_t place = curve_place(&p->curve, x, y, p->steps);
        struct stretch *s = &p->seen[thread][stretch_of(p, place)];
        p->item[i] = place << 32 | (uint64_t)i;
        s->outlines++, s->rings += outline_rings(of), s->vertices += of->vertices;
    }
}

static void find_parts(const struct placing *p, int threads, struct order *out)
{
    struct order_part at = {0};
    out->parts = PARTS;
    out->part = mem_get(PARTS + 1, sizeof *out->part);
    for (int k = 0; k < PARTS; k++) {
        out->part[k] = at;
        for (int t = 0; t < threads; t++) {
            const struct stretch *s = &p->seen[t][k];
            at.first += s->outlines, at.ring += s->rings, at.vertex += s->vertices;
        }
    }
    out->part[PARTS] = at;
}

static void sort_cells(struct pool *pool, const struct outlines *o, struct order *out)
{
    struct placing p = { .o = o, .bits = CELL_BITS_MM, .item = mem_get((size_t)o->count, sizeof *p.item),
                         .seen = mem_get((size_t)pool_threads(pool), sizeof *p.seen) };
    int64_t wide = o->high.x - o->low.x, high = o->high.y - o->low.y;
    while (wide >> p.bits >> ORDER || high >> p.bits >> ORDER)
        p.bits++;
    p.steps = steps_for(wide >> p.bits | high >> p.bits);
    curve_make(&p.curve);
    pool_range(pool, o->count, SLICE, place_slice, &p);
    sort_numbers(p.item, (size_t)o->count, 32);
    *out = (struct order){ .item = p.item, .count = o->count };
    find_parts(&p, pool_threads(pool), out);
    mem_free(p.seen);
}

void order_by_place(struct pool *pool, const struct outlines *o, struct order *out)
{
    must(o->count <= UINT32_MAX && o->rings < UINT32_MAX && o->vertices < UINT32_MAX);
    if (o->count > 1)
        sort_cells(pool, o, out);
    else
        order_as_given(o, out);
}

// All of it in one part.
static void take_whole(struct order *order, uint64_t rings, uint64_t vertices)
{
    must(rings < UINT32_MAX && vertices < UINT32_MAX);
    mem_free(order->part);
    order->parts = 1;
    order->part = mem_get(2, sizeof *order->part);
    order->part[1] = (struct order_part){ order->count, (uint32_t)rings, (uint32_t)vertices };
}

void order_as_given(const struct outlines *o, struct order *out)
{
    *out = (struct order){ .item = mem_get((size_t)o->count, sizeof *out->item), .count = o->count };
    for (int64_t i = 0; i < o->count; i++)
        out->item[i] = (uint64_t)i;
    take_whole(out, o->rings, o->vertices);
}

void order_leave_out(const struct outlines *o, const uint8_t *left_out, struct order *order)
{
    int64_t kept = 0;
    uint64_t rings = o->rings, vertices = o->vertices;
    for (int64_t k = 0; k < order->count; k++) {
        const struct outline *of = outline_at(o, order_who(order->item[k]));
        if (left_out[order_who(order->item[k])])
            rings -= outline_rings(of), vertices -= of->vertices;
        else
            order->item[kept++] = order->item[k];
    }
    order->count = kept;
    take_whole(order, rings, vertices);
}

// --- what is known of an outline -------------------------------------------------------------------------------------

static uint64_t packed(struct mm v)
{
    return (uint64_t)(uint32_t)v.x << 32 | (uint32_t)v.y;
}

// Of two packed corners: the same for both directions of the edge.
static uint64_t edge_hash(uint64_t p, uint64_t q)
{
    return hash_fold(p + q + 0x9e3779b97f4a7c15u, (p ^ q) + 0xd6e8feb86659fd93u);
}

struct facts { double area2, x6, y6; uint64_t edges; struct mm size; };

static inline void add_ring_facts(const struct mm *v, uint32_t n, struct facts *s)
{
    for (uint32_t i = 0, j = n - 1; i < n; j = i++) {
        double ax = v[j].x, ay = v[j].y, bx = v[i].x, by = v[i].y, cross = ax * by - bx * ay;
        s->area2 += cross;
        s->x6 += (ax + bx) * cross;
        s->y6 += (ay + by) * cross;
        s->edges += edge_hash(packed(v[j]), packed(v[i]));
        s->size.x = v[i].x > s->size.x ? v[i].x : s->size.x;
        s->size.y = v[i].y > s->size.y ? v[i].y : s->size.y;
    }
}

static uint64_t identity_of(const struct facts *s, uint32_t rings, struct mm64 at)
{
    return hash_mix(hash_mix(s->edges + rings) + hash_mix((uint64_t)at.x * 0x9e3779b97f4a7c15u + hash_mix((uint64_t)at.y)));
}

// --- laying out ------------------------------------------------------------------------------------------------------

static void take_room(const struct order_part *end, struct footprints *f)
{
    size_t n = (size_t)end->first;
    *f = (struct footprints){
        .count = end->first,
        .origin = mem_get(n, sizeof *f->origin), .size = mem_get(n, sizeof *f->size), .area_m2 = mem_get(n, sizeof *f->area_m2),
        .centroid = mem_get(n, sizeof *f->centroid), .identity = mem_get(n, sizeof *f->identity), .fid = mem_get(n, sizeof *f->fid),
        .ring_first = mem_get(n + 1, sizeof *f->ring_first), .vertex_first = mem_get((size_t)end->ring + 1, sizeof *f->vertex_first),
        .vertex = mem_get((size_t)end->vertex + OUTLINE_SLACK, sizeof *f->vertex),
    };
}

// Some at a time, a few too many: what comes next writes over them.
enum { STEP = 4 };
_Static_assert((int)STEP <= (int)OUTLINE_SLACK, "both arrays go on that far");

static inline void copy_wide(struct mm *to, const int32_t *from, uint32_t n)
{
    for (uint32_t i = 0; i < n; i += STEP)
        memcpy(to + i, from + 2 * (size_t)i, STEP * sizeof *to);
}

// Written two by two, for they are read again at once, one by one: what was written in smaller pieces than it is read in is waited for.
static inline void copy_narrow(struct mm *to, const int32_t *from, uint32_t n)
{
    typedef uint32_t four __attribute__((vector_size(STEP * sizeof(uint32_t)), aligned(4), may_alias));
    for (uint32_t i = 0; i < n; i += STEP) {
        four both = *(const four *)(from + i), x = both & UINT16_MAX, y = both >> 16;
        *(four *)(void *)(to + i) = __builtin_shufflevector(x, y, 0, 4, 1, 5);
        *(four *)(void *)(to + i + STEP / 2) = __builtin_shufflevector(x, y, 2, 6, 3, 7);
    }
}

static inline void lay_facts(struct footprints *f, int64_t i, const struct outline *of, const struct facts *s, uint32_t rings)
{
    f->origin[i] = of->origin;
    f->size[i] = s->size;
    f->area_m2[i] = (float)(s->area2 / 2e6);
    f->centroid[i] = s->area2 > 0 ? (struct xy_m){ s->x6 / (3e3 * s->area2), s->y6 / (3e3 * s->area2) }
                                  : (struct xy_m){ s->size.x / 2e3, s->size.y / 2e3 };
    f->identity[i] = identity_of(s, rings, of->origin);
    f->fid[i] = of->fid;
}

// Outlines lie anywhere in memory and are found in two steps: each is asked for while others are being copied.
static inline void expect(const struct outlines *o, const uint64_t *order, int64_t i, int64_t count)
{
    enum { AT = 48, OUTLINE = 24, LINE_WORDS = 8 };
    if (i + AT >= count)
        return;
    ahead_read(&o->at[order_who(order[i + AT])]);
    const uint64_t *outline = o->data + o->at[order_who(order[i + OUTLINE])];
    ahead_read(outline);
    ahead_read(outline + LINE_WORDS - 1);
}

struct laying { const struct outlines *o; const struct order *order; struct footprints *f; };

static void copy_vertices(struct mm *to, const struct outline *of, bool has_next)
{
    if (has_next)
        (of->wide ? copy_wide : copy_narrow)(to, of->number, of->vertices);
    else
        for (uint32_t k = 0; k < of->vertices; k++)
            to[k] = outline_vertex(of, k);
}

static void lay_part(void *ctx, int64_t part, int thread)
{
    (void)thread;
    const struct laying *l = ctx;
    const struct order *order = l->order;
    struct footprints *f = l->f;
    struct order_part at = order->part[part];
    for (int64_t i = at.first, end = order->part[part + 1].first; i < end; i++) {
        expect(l->o, order->item, i, order->count);
        const struct outline *of = outline_at(l->o, order_who(order->item[i]));
        uint32_t rings = outline_rings(of);
        struct facts s = {0};
        f->ring_first[i] = at.ring;
        copy_vertices(f->vertex + at.vertex, of, i + 1 < end); // what is behind a part is another's
        for (uint32_t k = 0; k < rings; k++) {
            uint32_t n = outline_ring_size(of, k);
            f->vertex_first[at.ring++] = at.vertex;
            add_ring_facts(f->vertex + at.vertex, n, &s);
            at.vertex += n;
        }
        lay_facts(f, i, of, &s, rings);
    }
}

void outlines_lay_out(struct pool *pool, const struct outlines *o, const struct order *order, struct footprints *f)
{
    const struct order_part *end = &order->part[order->parts];
    take_room(end, f);
    pool_run(pool, order->parts, lay_part, &(struct laying){ o, order, f });
    f->ring_first[end->first] = end->ring;
    f->vertex_first[end->ring] = end->vertex;
}

void *order_items(void *items, size_t size, const uint64_t *order, int64_t count)
{
    if (items == NULL)
        return NULL;
    char *all = mem_get((size_t)count, size);
    for (int64_t k = 0; k < count; k++)
        memcpy(all + (size_t)k * size, (const char *)items + (size_t)order_who(order[k]) * size, size);
    mem_free(items);
    return all;
}
