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

// From corner to corner; the ways are turned into directions afterwards.
static void add_ways(const struct rings *r, struct walls *out)
{
    size_t n = 0;
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t first = r->first[k], last = r->first[k + 1] - 1;
        for (uint32_t i = first; i < last; i++, n++) {
            out->from_x[n] = r->vertex[i].x, out->from_y[n] = r->vertex[i].y;
            out->along_x[n] = r->vertex[i + 1].x - r->vertex[i].x, out->along_y[n] = r->vertex[i + 1].y - r->vertex[i].y;
        }
        out->from_x[n] = r->vertex[last].x, out->from_y[n] = r->vertex[last].y;
        out->along_x[n] = r->vertex[first].x - r->vertex[last].x, out->along_y[n] = r->vertex[first].y - r->vertex[last].y;
        n++;
    }
    out->count = n;
}

// From ways to directions. Tells whether a wall has no length.
VECTORS static bool turn_to_directions(struct walls *w)
{
    lanes_mask points = {0};
    for (size_t i = 0; i < w->count; i += LANES) {
        lanes x = lanes_at(w->along_x + i), y = lanes_at(w->along_y + i), length = lanes_root(x * x + y * y);
        lanes_put(w->along_x + i, x / length);
        lanes_put(w->along_y + i, y / length);
        lanes_put(w->length_m + i, length);
        points |= length < NO_WALL_M;
    }
    return lanes_bits(points) != 0;
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
    add_ways(outline, out);
    for (size_t i = out->count, all = lanes_whole(i); i < all; i++)
        out->along_x[i] = 1, out->along_y[i] = 0;
    if (turn_to_directions(out))
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

enum { PIECE_COLUMNS = 23, ALIGNED = sizeof(lanes) };
#define COLUMNS_OF_PIECES(p) {&(p)->from_m, &(p)->to_m, &(p)->offset_m, &(p)->old_x, &(p)->old_y, &(p)->along_x, &(p)->along_y, &(p)->old_m, \
                              &(p)->new_x, &(p)->new_y, &(p)->new_along_x, &(p)->new_along_y, &(p)->new_m, &(p)->length_m, &(p)->at_x, \
                              &(p)->at_y, &(p)->sine, &(p)->factor, &(p)->weight, &(p)->root_factor, &(p)->left_m, &(p)->w, &(p)->alarm}

static void pieces_reserve(struct wall_pieces *p, size_t need)
{
    lanes **column[PIECE_COLUMNS] = COLUMNS_OF_PIECES(p);
    if (need <= p->cap)
        return;
    size_t cap = need + need / 2;
    char *room = mem_get(PIECE_COLUMNS * cap + 1, sizeof(lanes)), *at = room + (ALIGNED - (uintptr_t)room % ALIGNED) % ALIGNED;
    for (int c = 0; c < PIECE_COLUMNS; c++, at += cap * sizeof(lanes)) {
        if (p->cap > 0)
            memcpy(at, *column[c], p->cap * sizeof(lanes));
        *column[c] = (lanes *)(void *)at;
    }
    mem_free(p->room);
    p->room = room;
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

// Where LANES new walls run beside an old one.
struct runs { lanes from, to, offset; lanes_mask beside; };
static inline struct runs runs_of(const struct walls *old, size_t a, const struct walls *new_, size_t b, double reach_m)
{
    double along_x = old->along_x[a], along_y = old->along_y[a];
    lanes new_x = lanes_at(new_->along_x + b), new_y = lanes_at(new_->along_y + b), cosine = along_x * new_x + along_y * new_y;
    lanes x = lanes_at(new_->from_x + b) - old->from_x[a], y = lanes_at(new_->from_y + b) - old->from_y[a];
    lanes start = x * along_x + y * along_y, end = start + lanes_at(new_->length_m + b) * cosine, length = lanes_all(old->length_m[a]);
    lanes from = lanes_most(start, lanes_all(0)), to = lanes_least(end, length), middle = (from + to) / 2;
    lanes offset = x * along_y - y * along_x + (new_x * along_y - new_y * along_x) * (middle - start) / cosine;
    return (struct runs){from, to, offset, (cosine >= FACING) & (to - from >= SHORTEST_M) & (lanes_size(offset) <= reach_m)};
}

static inline int find_beside(const struct walls *old, size_t a, const struct walls *new_, double reach_m, struct candidate *out)
{
    int n = 0;
    for (size_t b = 0; b < new_->count && n < WALL_TRIES; b += LANES) {
        struct runs r = runs_of(old, a, new_, b, reach_m);
        unsigned bits = lanes_bits(r.beside) & (new_->count - b < LANES ? (1u << (new_->count - b)) - 1 : (1u << LANES) - 1);
        for (; bits != 0 && n < WALL_TRIES; bits &= bits - 1) {
            int k = __builtin_ctz(bits);
            out[n++] = (struct candidate){(uint32_t)(b + (size_t)k), r.from[k], r.to[k], r.offset[k]};
        }
    }
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
    size_t k = p->count[lane]++;
    p->from_m[k][lane] = c->from, p->to_m[k][lane] = c->to, p->offset_m[k][lane] = c->offset;
    p->old_x[k][lane] = old->from_x[a], p->old_y[k][lane] = old->from_y[a], p->old_m[k][lane] = old->length_m[a];
    p->along_x[k][lane] = old->along_x[a], p->along_y[k][lane] = old->along_y[a];
    p->new_x[k][lane] = new_->from_x[b], p->new_y[k][lane] = new_->from_y[b], p->new_m[k][lane] = new_->length_m[b];
    p->new_along_x[k][lane] = new_->along_x[b], p->new_along_y[k][lane] = new_->along_y[b];
    old->covered_m[a] += c->to - c->from;
    new_->covered_m[b] += c->to - c->from;
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
        sort_by_distance(found, n);
        if (out->count[lane] + (size_t)n > out->cap)
            pieces_reserve(out, out->count[lane] + (size_t)n);
        for (int i = 0; i < n; i++) {
            leave_to_nearer(found, i);
            if (found[i].to - found[i].from >= SHORTEST_M)
                add_piece(out, old, a, new_, &found[i], lane);
            else
                found[i].to = found[i].from;
        }
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
        lanes length = p->to_m[k] - p->from_m[k], middle = (p->from_m[k] + p->to_m[k]) / 2, half = length / 2;
        lanes x = p->old_x[k] + p->along_x[k] * middle + p->along_y[k] * p->offset_m[k] - p->new_x[k];
        lanes y = p->old_y[k] + p->along_y[k] * middle - p->along_x[k] * p->offset_m[k] - p->new_y[k];
        lanes old_at = middle / p->old_m[k], new_at = (x * p->new_along_x[k] + y * p->new_along_y[k]) / p->new_m[k];
        lanes factor = spread(old_at) + spread(lanes_least(lanes_most(new_at, lanes_all(0)), lanes_all(1))), along = old_at * p->old_m[k];
        p->length_m[k] = length;
        p->at_x[k] = p->old_x[k] + p->along_x[k] * along, p->at_y[k] = p->old_y[k] + p->along_y[k] * along;
        p->sine[k] = p->along_x[k] * p->new_along_y[k] - p->along_y[k] * p->new_along_x[k];
        p->factor[k] = factor;
        p->weight[k] = lanes_only((int64_t)k < count, lanes_least(half, lanes_all(1)) / factor);
        p->root_factor[k] = 1 / lanes_root(lanes_most(factor, lanes_all(1)));
    }
}

// --- adjustments ------------------------------------------------------------------------------------------------------------

VECTORS void wall_pieces_sum(const struct wall_pieces *p, const struct wall_belief *b, struct wall_sums *out)
{
    const lanes *weight = b->weight != NULL ? b->weight : p->weight;
    lanes per_cut = 1 / b->cut_m, xx = out->xx, xy = out->xy, yy = out->yy, gx = out->gx, gy = out->gy;
    for (size_t k = 0; k < p->most; k++) {
        lanes x = p->along_y[k], y = -p->along_x[k], offset = p->offset_m[k] - b->overhang_m;
        lanes left = offset + (x * b->move_x + y * b->move_y);
        if (b->by_factor)
            left *= p->root_factor[k];
        left *= per_cut;
        lanes inside = lanes_most(1 - left * left, lanes_all(0)), w = weight[k] * inside * inside, wx = w * x, wy = w * y;
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
        lanes left = p->offset_m[k] + (p->along_y[k] * move_x - p->along_x[k] * move_y);
        lanes_mask there = (int64_t)k < count;
        sum += lanes_only(there, left * left / p->factor[k]);
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
