#include "gis/wall.h"
#include "core/base/mem.h"
#include <math.h>
#include <string.h>

enum { WALL_TRIES = 12 };              // candidates looked at for one wall
static const double FACING = 0.75;     // cosine: walls that differ by more than 41 degrees do not correspond
static const double SHORTEST_M = 0.25; // a shared piece below this says nothing
static const double NO_WALL_M = 1e-6;

// --- walls ------------------------------------------------------------------------------------------------------------------

enum { WALL_COLUMNS = 6 };
#define COLUMNS_OF_WALLS(w) {&(w)->from_x, &(w)->from_y, &(w)->along_x, &(w)->along_y, &(w)->length_m, &(w)->covered_m}

// What was there is forgotten.
static void walls_reserve(struct walls *w, size_t need)
{
    double **column[WALL_COLUMNS] = COLUMNS_OF_WALLS(w);
    if (need <= w->cap)
        return;
    w->cap = lanes_whole(need + need / 2);
    for (int c = 0; c < WALL_COLUMNS; c++) {
        mem_free(*column[c]);
        *column[c] = mem_get(w->cap, sizeof **column[c]);
    }
}

void walls_clear(struct walls *w)
{
    double **column[WALL_COLUMNS] = COLUMNS_OF_WALLS(w);
    for (int c = 0; c < WALL_COLUMNS; c++)
        mem_free(*column[c]);
    *w = (struct walls){0};
}

// East and north are divided at once, as the wall is drawn: written down as ways and read again by vectors, it waited for itself longer.
// Returns its length.
static inline double add_wall(struct walls *out, size_t n, const struct xy_m *from, const struct xy_m *to)
{
    typedef double both __attribute__((vector_size(2 * sizeof(double))));
    both way = (both){to->x, to->y} - (both){from->x, from->y}, square = way * way;
    double length = sqrt(square[0] + square[1]);
    way /= length;
    out->from_x[n] = from->x, out->from_y[n] = from->y;
    out->along_x[n] = way[0], out->along_y[n] = way[1];
    return out->length_m[n] = length;
}

static inline double lesser(double a, double b) { return a < b ? a : b; }

// From corner to corner. Returns the length of the shortest.
static double add_walls(const struct rings *r, struct walls *out)
{
    size_t n = 0;
    double shortest = INFINITY;
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t first = r->first[k], last = r->first[k + 1] - 1;
        for (uint32_t i = first; i < last; i++)
            shortest = lesser(add_wall(out, n++, &r->vertex[i], &r->vertex[i + 1]), shortest);
        shortest = lesser(add_wall(out, n++, &r->vertex[last], &r->vertex[first]), shortest);
    }
    out->count = n;
    return shortest;
}

// A corner drawn twice has no wall.
static void drop_points(struct walls *w)
{
    size_t kept = 0;
    for (size_t i = 0; i < w->count; i++) {
        w->from_x[kept] = w->from_x[i], w->from_y[kept] = w->from_y[i];
        w->along_x[kept] = w->along_x[i], w->along_y[kept] = w->along_y[i];
        w->length_m[kept] = w->length_m[i];
        kept += w->length_m[i] >= NO_WALL_M;
    }
    w->count = kept;
}

void walls_of(const struct rings *outline, struct walls *out)
{
    out->count = 0;
    if (outline->count == 0)
        return;
    walls_reserve(out, lanes_whole(outline->first[outline->count]));
    if (add_walls(outline, out) < NO_WALL_M)
        drop_points(out);
}

double walls_length_m(const struct walls *w)
{
    double sum = 0;
    for (size_t i = 0; i < w->count; i++)
        sum += w->length_m[i];
    return sum;
}

// --- pieces -----------------------------------------------------------------------------------------------------------------

static void pieces_reserve(struct wall_pieces *p, size_t need)
{
    if (need <= p->cap)
        return;
    size_t cap = need + need / 2, aligned = sizeof(lanes);
    char *room = mem_get(cap + 1, sizeof *p->piece), *at = room + (aligned - (uintptr_t)room % aligned) % aligned;
    if (p->cap > 0)
        memcpy(at, p->piece, p->cap * sizeof *p->piece);
    mem_free(p->room);
    p->room = room;
    p->piece = (struct wall_piece *)(void *)at;
    p->cap = cap;
}

void wall_pieces_start(struct wall_pieces *p)
{
    memset(p->count, 0, sizeof p->count);
    p->most = 0;
}

void wall_pieces_clear(struct wall_pieces *p)
{
    mem_free(p->room);
    *p = (struct wall_pieces){0};
}

struct candidate { uint32_t wall; double from, to, offset; };

// Where new walls run beside an old one, a batch of them.
enum { BATCH = 64 };
struct runs { double from[BATCH], to[BATCH], offset[BATCH]; };

// Which ones do, as bits.
static inline uint64_t run_beside(const struct walls *old, size_t a, const struct walls *new_, size_t first, size_t count, double reach_m,
                                  struct runs *out)
{
    double along_x = old->along_x[a], along_y = old->along_y[a], from_x = old->from_x[a], from_y = old->from_y[a];
    lanes length = lanes_all(old->length_m[a]);
    uint64_t beside = 0;
    for (size_t b = 0; b < count; b += LANES) {
        lanes new_x = lanes_at(new_->along_x + first + b), new_y = lanes_at(new_->along_y + first + b), cosine = along_x * new_x + along_y * new_y;
        lanes x = lanes_at(new_->from_x + first + b) - from_x, y = lanes_at(new_->from_y + first + b) - from_y;
        lanes start = x * along_x + y * along_y, end = start + lanes_at(new_->length_m + first + b) * cosine;
        lanes from = lanes_most(start, lanes_all(0)), to = lanes_least(end, length), middle = (from + to) / 2;
        lanes offset = x * along_y - y * along_x + (new_x * along_y - new_y * along_x) * (middle - start) / cosine;
        lanes_put(out->from + b, from);
        lanes_put(out->to + b, to);
        lanes_put(out->offset + b, offset);
        beside |= (uint64_t)lanes_bits((cosine >= FACING) & (to - from >= SHORTEST_M) & (lanes_size(offset) <= reach_m)) << b;
    }
    return count < BATCH ? beside & (((uint64_t)1 << count) - 1) : beside;
}

// Behind the n there are already; returns how many there are then.
static inline int take_beside(const struct walls *old, size_t a, const struct walls *new_, size_t first, size_t count, double reach_m,
                              struct candidate *out, int n)
{
    struct runs r;
    uint64_t bits = run_beside(old, a, new_, first, count, reach_m, &r);
    for (; bits != 0 && n < WALL_TRIES; bits &= bits - 1) {
        int k = __builtin_ctzll(bits);
        out[n++] = (struct candidate){(uint32_t)(first + (size_t)k), r.from[k], r.to[k], r.offset[k]};
    }
    return n;
}

// Hardly any outline has more walls than a batch.
static inline int find_beside(const struct walls *old, size_t a, const struct walls *new_, double reach_m, struct candidate *out)
{
    if (new_->count <= BATCH)
        return take_beside(old, a, new_, 0, new_->count, reach_m, out, 0);
    int n = 0;
    for (size_t first = 0; first < new_->count && n < WALL_TRIES; first += BATCH)
        n = take_beside(old, a, new_, first, new_->count - first < BATCH ? new_->count - first : BATCH, reach_m, out, n);
    return n;
}

static inline void sort_by_distance(struct candidate *c, int n)
{
    for (int i = 1; i < n; i++) {
        struct candidate x = c[i];
        int k = i;
        for (; k > 0 && fabs(c[k - 1].offset) > fabs(x.offset); k--)
            c[k] = c[k - 1];
        c[k] = x;
    }
}

// The nearer wall has its part already.
static inline void leave_to_nearer(struct candidate *found, int i)
{
    struct candidate *own = &found[i];
    for (int k = 0; k < i && own->to > own->from; k++) {
        if (found[k].to <= found[k].from || found[k].to <= own->from || found[k].from >= own->to)
            continue;
        if (found[k].from <= own->from)
            own->from = found[k].to;
        else
            own->to = found[k].from;
    }
}

static inline void add_piece(struct wall_pieces *p, struct walls *old, size_t a, struct walls *new_, const struct candidate *c, int lane)
{
    uint32_t b = c->wall;
    struct wall_piece *piece = &p->piece[p->count[lane]++];
    piece->from_m[lane] = c->from, piece->to_m[lane] = c->to, piece->offset_m[lane] = c->offset;
    piece->old_x[lane] = old->from_x[a], piece->old_y[lane] = old->from_y[a], piece->old_m[lane] = old->length_m[a];
    piece->along_x[lane] = old->along_x[a], piece->along_y[lane] = old->along_y[a];
    piece->new_x[lane] = new_->from_x[b], piece->new_y[lane] = new_->from_y[b], piece->new_m[lane] = new_->length_m[b];
    piece->new_along_x[lane] = new_->along_x[b], piece->new_along_y[lane] = new_->along_y[b];
    old->covered_m[a] += c->to - c->from;
    new_->covered_m[b] += c->to - c->from;
}

// The nearest first, each leaving to nearer ones what is theirs.
static inline void share_out(struct candidate *found, int n)
{
    sort_by_distance(found, n);
    for (int i = 1; i < n; i++) {
        leave_to_nearer(found, i);
        if (found[i].to - found[i].from < SHORTEST_M)
            found[i].to = found[i].from;
    }
}

VECTORS void walls_match(struct walls *old, struct walls *new_, double reach_m, struct wall_pieces *out, int lane)
{
    for (size_t a = 0; a < old->count; a++)
        old->covered_m[a] = 0;
    for (size_t b = 0; b < new_->count; b++)
        new_->covered_m[b] = 0;
    for (size_t a = 0; a < old->count; a++) {
        struct candidate found[WALL_TRIES];
        int n = find_beside(old, a, new_, reach_m, found);
        if (n > 1)
            share_out(found, n);
        if (out->count[lane] + (size_t)n > out->cap)
            pieces_reserve(out, out->count[lane] + (size_t)n);
        for (int i = 0; i < n; i++)
            if (found[i].to > found[i].from)
                add_piece(out, old, a, new_, &found[i], lane);
    }
    out->most = out->count[lane] > out->most ? out->count[lane] : out->most;
}

static inline lanes_mask pieces_counted(const struct wall_pieces *p)
{
    return (lanes_mask){(int64_t)p->count[0], (int64_t)p->count[1], (int64_t)p->count[2], (int64_t)p->count[3]};
}

static inline lanes spread(lanes at) { return at * at + (1 - at) * (1 - at); }

VECTORS void wall_pieces_tell(struct wall_pieces *p)
{
    lanes_mask count = pieces_counted(p);
    for (size_t k = 0; k < p->most; k++) {
        struct wall_piece *q = &p->piece[k];
        lanes length = q->to_m - q->from_m, middle = (q->from_m + q->to_m) / 2, half = length / 2;
        lanes x = q->old_x + q->along_x * middle + q->along_y * q->offset_m - q->new_x;
        lanes y = q->old_y + q->along_y * middle - q->along_x * q->offset_m - q->new_y;
        lanes old_at = middle / q->old_m, new_at = (x * q->new_along_x + y * q->new_along_y) / q->new_m;
        lanes factor = spread(old_at) + spread(lanes_least(lanes_most(new_at, lanes_all(0)), lanes_all(1))), along = old_at * q->old_m;
        q->length_m = length;
        q->at_x = q->old_x + q->along_x * along, q->at_y = q->old_y + q->along_y * along;
        q->sine = q->along_x * q->new_along_y - q->along_y * q->new_along_x;
        q->factor = factor;
        q->weight = lanes_only((int64_t)k < count, lanes_least(half, lanes_all(1)) / factor);
        q->root_factor = 1 / lanes_root(lanes_most(factor, lanes_all(1)));
    }
}

// --- adjustments ------------------------------------------------------------------------------------------------------------

VECTORS void wall_pieces_sum(const struct wall_pieces *p, const struct wall_belief *b, struct wall_sums *out)
{
    lanes per_cut = 1 / b->cut_m, xx = out->xx, xy = out->xy, yy = out->yy, gx = out->gx, gy = out->gy;
    for (size_t k = 0; k < p->most; k++) {
        const struct wall_piece *q = &p->piece[k];
        lanes x = q->along_y, y = -q->along_x, offset = q->offset_m - b->overhang_m;
        lanes left = offset + (x * b->move_x + y * b->move_y);
        if (b->by_factor)
            left *= q->root_factor;
        left *= per_cut;
        lanes inside = lanes_most(1 - left * left, lanes_all(0)), w = (b->of_whole ? q->whole : q->weight) * inside * inside, wx = w * x, wy = w * y;
        xx += wx * x, xy += wx * y, yy += wy * y, gx += wx * offset, gy += wy * offset;
    }
    *out = (struct wall_sums){xx, xy, yy, gx, gy};
}

// What is left of the offsets.
struct rest { lanes residual_m, outward_m, worst_m; };
static inline struct rest rest_of(const struct wall_pieces *p, lanes_mask count, lanes move_x, lanes move_y)
{
    lanes sum = lanes_all(0), outward = lanes_all(0), worst = lanes_all(0), of = __builtin_convertvector(count, lanes);
    for (size_t k = 0; k < p->most; k++) {
        const struct wall_piece *q = &p->piece[k];
        lanes left = q->offset_m + (q->along_y * move_x - q->along_x * move_y);
        lanes_mask there = (int64_t)k < count;
        sum += lanes_only(there, left * left / q->factor);
        outward += lanes_only(there, left);
        worst = lanes_most(lanes_only(there, lanes_size(left)), worst);
    }
    return (struct rest){lanes_root(sum / of), outward / of, worst};
}

VECTORS void wall_fit_moves(const struct wall_pieces *p, double tukey_m, struct wall_fit out[LANES])
{
    static const double WIDER[] = {4, 2, 1, 1};
    struct wall_belief b = {.move_x = {0}};
    struct wall_sums s;
    lanes_mask good = ~(lanes_mask){0};
    for (size_t turn = 0; turn < sizeof WIDER / sizeof *WIDER; turn++) {
        b.cut_m = lanes_all(WIDER[turn] * tukey_m);
        s = (struct wall_sums){.xx = {0}};
        wall_pieces_sum(p, &b, &s);
        lanes det = s.xx * s.yy - s.xy * s.xy, trace = s.xx + s.yy;
        good &= (det >= 0.02 * trace * trace) & (det >= 1e-9);
        b.move_x = -(s.yy * s.gx - s.xy * s.gy) / det;
        b.move_y = -(s.xx * s.gy - s.xy * s.gx) / det;
    }
    struct rest r = rest_of(p, pieces_counted(p), b.move_x, b.move_y);
    for (int lane = 0; lane < LANES; lane++)
        out[lane] = (struct wall_fit){good[lane] != 0, {b.move_x[lane], b.move_y[lane]}, s.xx[lane], s.xy[lane], s.yy[lane],
                                      r.residual_m[lane], r.outward_m[lane], r.worst_m[lane], (int)p->count[lane]};
}
