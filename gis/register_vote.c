// Votes: the displacement most pairs of similar footprints agree on, cell by cell.
#include "core/base/mem.h"
#include "core/base/vectors.h"
#include "gis/register_parts.h"
#include <math.h>

enum { BINS_MOST = 81, MODES = 4, AGREEMENTS = 6, HALF = 1, VOTERS = 10 }; // voters: of one cell; they are to agree within metres
static const double BIN_M = 1;
static const float LEAST = 0.1f;       // of the best mode's score: what is less has no prospects
static const double AGREE_M = 1.5;     // neighbouring cells may differ by about this

struct xy_m footprint_middle(const struct footprints *f, int64_t i)
{
    return (struct xy_m){(double)f->origin[i].x * 1e-3 + f->centroid[i].x, (double)f->origin[i].y * 1e-3 + f->centroid[i].y};
}

double footprint_likeness(const struct footprints *a, int64_t i, const struct footprints *b, int64_t j)
{
    double ratio = a->area_m2[i] / b->area_m2[j];
    if (ratio < 0.6 || ratio > 1.67)
        return 0;
    double wide = 1e-3 * (a->size[i].x - b->size[j].x), high = 1e-3 * (a->size[i].y - b->size[j].y);
    double scale = 0.6 + 0.04 * sqrt(a->area_m2[i]);
    double off = (wide * wide + high * high) / (2 * scale * scale);
    return off > 6 ? 0 : (1 - off / 6) * (1 - off / 6) * (1 - off / 6) * (1 - off / 6);
}

struct mode { struct xy_m at; float score; };
enum { NO_BIN = -1 };
struct vote { float x, y, weight; int32_t bin; }; // bin: in every histogram, or NO_BIN where it has none
struct histogram {
    float *bin, *score;
    int *slot;                     // of a bin that holds something: where in used
    int bins, *used, uses;         // used: bins that hold something
    double reach_m;
    float *x, *y, *weight;         // the votes of the cell and those around it, and room for a whole vector behind them
    size_t votes, cap;
};

struct counting {
    const struct district *district;
    struct votes *votes;
    struct vote *vote;             // in cell order
    uint32_t *first_vote, *cast;   // [cells + 1] room in vote, [cells] how many there are
    struct mode *mode;             // [cells * MODES]
    uint8_t *chosen, *next;        // [cells] of the modes
    struct histogram *histogram;   // one a thread
    int bins;                      // of each, and how far they reach
    double reach_m;
};

static uint32_t voters(const struct district *d, size_t cell)
{
    uint32_t count = d->first[cell + 1] - d->first[cell];
    return d->role[cell] != CELL_ACTIVE ? 0 : count < VOTERS ? count : VOTERS;
}

static uint32_t voter(const struct district *d, size_t cell, uint32_t k)
{
    return d->member[d->first[cell] + one_of(d->first[cell + 1] - d->first[cell], voters(d, cell), k)];
}

static void make_room(struct counting *c)
{
    const struct district *d = c->district;
    c->first_vote = mem_get(d->cell.count + 1, sizeof *c->first_vote);
    c->cast = mem_get(d->cell.count, sizeof *c->cast);
    for (size_t cell = 0; cell < d->cell.count; cell++) {
        uint32_t room = 0;
        for (uint32_t k = 0; k < voters(d, cell); k++) {
            uint32_t i = voter(d, cell, k);
            room += 1 + d->in->near_before_first[i + 1] - d->in->near_before_first[i];
        }
        c->first_vote[cell + 1] = c->first_vote[cell] + room;
    }
    c->vote = mem_get(c->first_vote[d->cell.count], sizeof *c->vote);
}

static struct vote vote_for(const struct counting *c, float x, float y, float weight)
{
    int on_x = (int)((x + c->reach_m) / BIN_M), on_y = (int)((y + c->reach_m) / BIN_M);
    bool inside = on_x >= HALF && on_y >= HALF && on_x < c->bins - HALF && on_y < c->bins - HALF;
    return (struct vote){x, y, weight, inside ? on_y * c->bins + on_x : NO_BIN};
}

static uint32_t votes_of(const struct counting *c, uint32_t i, struct vote *out)
{
    const struct register_input *in = c->district->in;
    uint32_t count = 0;
    if (in->twin[i] != NOBODY) {
        out[0] = vote_for(c, 0, 0, 1);
        return 1;
    }
    struct xy_m b = footprint_middle(in->after, i);
    for (uint32_t p = in->near_before_first[i]; p < in->near_before_first[i + 1]; p++) {
        uint32_t j = in->near_before[p];
        double like = in->twin_of[j] != NOBODY ? 0 : footprint_likeness(in->before, j, in->after, i);
        if (like < 0.02)
            continue;
        struct xy_m a = footprint_middle(in->before, j);
        out[count++] = vote_for(c, (float)(a.x - b.x), (float)(a.y - b.y), (float)like);
    }
    return count;
}

// The votes of a sample, cell after cell: every candidate of similar size, twins for no displacement.
static void collect_votes(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct counting *c = ctx;
    for (int64_t w = first; w < last; w++) {
        uint32_t cell = c->district->walk[w];
        for (uint32_t k = 0; k < voters(c->district, cell); k++)
            c->cast[cell] += votes_of(c, voter(c->district, cell, k), &c->vote[c->first_vote[cell] + c->cast[cell]]);
    }
}

static const float AROUND[3] = {0.5f, 1, 0.5f};

static void reserve_votes(struct histogram *h, size_t need)
{
    float **column[] = {&h->x, &h->y, &h->weight};
    if (need <= h->cap)
        return;
    size_t cap = 0;
    for (size_t k = 0; k < sizeof column / sizeof *column; k++) {
        cap = h->cap;
        *column[k] = mem_grow(*column[k], &cap, need, sizeof **column[k]);
    }
    h->cap = cap;
}

// Whether a bin is new is anybody's guess: it is written down as if it were, and the next one over it.
static inline void count_vote(struct histogram *h, int bin, float weight)
{
    bool is_new = h->bin[bin] == 0;
    h->used[h->uses] = bin;
    h->slot[bin] = is_new ? h->uses : h->slot[bin];
    h->uses += is_new;
    h->bin[bin] += weight;
}

// The votes of a cell and of those around it, as columns and in the bins.
static void gather_votes(const struct counting *c, size_t cell, struct histogram *h)
{
    h->votes = 0;
    for (int k = 0; k < 9; k++) {
        uint32_t o = c->district->around[cell][k], cast = o == NOBODY ? 0 : c->cast[o];
        float weight = AROUND[k % 3] * AROUND[k / 3];
        reserve_votes(h, h->votes + cast + LANES);
        for (uint32_t v = 0; v < cast; v++, h->votes++) {
            const struct vote *from = &c->vote[c->first_vote[o] + v];
            h->x[h->votes] = from->x, h->y[h->votes] = from->y, h->weight[h->votes] = weight * from->weight;
            if (from->bin != NO_BIN)
                count_vote(h, from->bin, h->weight[h->votes]);
        }
    }
    for (size_t v = h->votes; v < lanes_whole(h->votes); v++)
        h->x[v] = h->y[v] = INFINITY; // near nothing
}

static void empty_histogram(struct histogram *h)
{
    for (int k = 0; k < h->uses; k++)
        h->bin[h->used[k]] = 0;
    h->uses = 0;
}

// The mean of the votes around a mode. Few are: four are looked at together, and those near are added one after the other.
static struct xy_m mean_near(const struct histogram *h, struct xy_m at)
{
    float x = 0, y = 0, sum = 0, reach2 = (float)(AGREE_M * AGREE_M), at_x = (float)at.x, at_y = (float)at.y;
    for (size_t v = 0; v < h->votes; v += LANES) {
        floats dx = floats_at(h->x + v) - at_x, dy = floats_at(h->y + v) - at_y;
        for (unsigned near = floats_bits(dx * dx + dy * dy <= reach2); near != 0; near &= near - 1) {
            int k = __builtin_ctz(near);
            float w = h->weight[v + (size_t)k];
            x += w * dx[k], y += w * dy[k], sum += w;
        }
    }
    return sum > 0 ? (struct xy_m){at.x + x / sum, at.y + y / sum} : at;
}

static struct xy_m middle_of(const struct histogram *h, int place)
{
    return (struct xy_m){(place % h->bins + 0.5) * BIN_M - h->reach_m, (place / h->bins + 0.5) * BIN_M - h->reach_m};
}

static float sum_around(const struct histogram *h, int place)
{
    float sum = 0;
    for (int v = -HALF; v <= HALF; v++)
        for (int u = -HALF; u <= HALF; u++)
            sum += h->bin[place + v * h->bins + u];
    return sum;
}

// What lies less than two bins away is told by the same votes.
static void blot_around(const struct histogram *h, int place)
{
    for (int v = -HALF; v <= HALF; v++)
        for (int u = -HALF; u <= HALF; u++) {
            int at = place + v * h->bins + u;
            if (h->bin[at] > 0)
                h->score[h->slot[at]] = 0;
        }
}

// The place of the best; of several the first in the histogram. -1: none. Most are not even as good, and that is one comparison.
static int best_place(const struct histogram *h, float *best)
{
    int place = -1;
    *best = 0;
    for (int k = 0; k < h->uses; k++)
        if (h->score[k] >= *best && (h->score[k] > *best || (place >= 0 && h->used[k] < place)))
            *best = h->score[k], place = h->used[k];
    return place;
}

// Sums of 3 x 3 bins, highest first; a mode blots out what lies within two bins of it. The sum is kept in the bin's slot.
static void find_modes(const struct histogram *h, struct mode *mode)
{
    for (int k = 0; k < h->uses; k++) {
        struct xy_m at = middle_of(h, h->used[k]);
        h->score[k] = sum_around(h, h->used[k]) * (float)(1 / (1 + (at.x * at.x + at.y * at.y) / 100)); // large shifts are rarer
    }
    int found = 0;
    mode[0].score = 0;
    for (; found < MODES; found++) {
        float best;
        int place = best_place(h, &best);
        if (place < 0 || best < LEAST * mode[0].score)
            break;
        mode[found] = (struct mode){middle_of(h, place), best};
        blot_around(h, place);
    }
    for (; found < MODES; found++)
        mode[found] = (struct mode){{0, 0}, 0};
}

static void count_cells(void *ctx, int64_t first, int64_t last, int thread)
{
    struct counting *c = ctx;
    struct histogram *h = &c->histogram[thread];
    for (int64_t cell = first; cell < last; cell++) {
        if (c->district->role[cell] != CELL_ACTIVE)
            continue;
        struct mode *mode = &c->mode[cell * MODES];
        gather_votes(c, (size_t)cell, h);
        find_modes(h, mode);
        empty_histogram(h);
        for (int k = 0; k < MODES && mode[k].score > 0; k++)
            for (int turn = 0; turn < 2; turn++)
                mode[k].at = mean_near(h, mode[k].at);
    }
}

static inline double least(double a, double b) { return a < b ? a : b; }
static inline double most(double a, double b) { return a > b ? a : b; }

static double support_of(const struct counting *c, size_t cell, const struct mode *m)
{
    double support = 0.3 * m->score;
    for (int a = 0; a < 9; a++) {
        uint32_t o = c->district->around[cell][a];
        if (o == NOBODY || o == cell)
            continue;
        const struct mode *n = &c->mode[o * MODES + c->chosen[o]];
        double dx = m->at.x - n->at.x, dy = m->at.y - n->at.y, far = (dx * dx + dy * dy) / (6 * AGREE_M * AGREE_M);
        if (far < 1)
            support += 0.25 * least(n->score, 3 * m->score) * (1 - far) * (1 - far) * (1 - far);
    }
    return support;
}

static void agree_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct counting *c = ctx;
    for (int64_t cell = first; cell < last; cell++) {
        double best = -1;
        c->next[cell] = 0;
        for (int k = 0; k < MODES && c->mode[cell * MODES + k].score > 0; k++) {
            double support = support_of(c, (size_t)cell, &c->mode[cell * MODES + k]);
            if (support > best)
                best = support, c->next[cell] = (uint8_t)k;
        }
    }
}

// Each cell takes the mode its neighbours support best; what they chose before counts (a few rounds).
static void agree(struct counting *c)
{
    size_t cells = c->district->cell.count;
    c->chosen = mem_get(cells, 1);
    c->next = mem_get(cells, 1);
    for (int turn = 0; turn < AGREEMENTS; turn++) {
        pool_range(c->district->in->pool, (int64_t)cells, 1024, agree_slice, c);
        uint8_t *swap = c->chosen;
        c->chosen = c->next;
        c->next = swap;
    }
    for (size_t i = 0; i < cells; i++) {
        const struct mode *m = &c->mode[i * MODES + c->chosen[i]];
        c->votes->mode[i] = m->at;
        c->votes->share[i] = m->score;
    }
    mem_free(c->chosen);
    mem_free(c->next);
}

static void open_histograms(struct counting *c)
{
    int threads = pool_threads(c->district->in->pool), bins = (int)ceil(2 * c->district->in->max_shift_m / BIN_M) | 1;
    bins = bins > BINS_MOST ? BINS_MOST : bins;
    size_t room = (size_t)bins * (size_t)bins + 1;
    c->bins = bins, c->reach_m = bins * BIN_M / 2;
    c->histogram = mem_get((size_t)threads, sizeof *c->histogram);
    for (int t = 0; t < threads; t++)
        c->histogram[t] = (struct histogram){mem_get(room, sizeof(float)), mem_get(room, sizeof(float)), mem_get(room, sizeof(int)), bins, mem_get(room, sizeof(int)), 0,
                                             c->reach_m, NULL, NULL, NULL, 0, 0};
}

static void clear_counting(struct counting *c)
{
    for (int t = 0; t < pool_threads(c->district->in->pool); t++) {
        mem_free(c->histogram[t].bin);
        mem_free(c->histogram[t].score);
        mem_free(c->histogram[t].slot);
        mem_free(c->histogram[t].used);
        mem_free(c->histogram[t].x);
        mem_free(c->histogram[t].y);
        mem_free(c->histogram[t].weight);
    }
    mem_free(c->histogram);
    mem_free(c->mode);
    mem_free(c->vote);
    mem_free(c->first_vote);
    mem_free(c->cast);
}

void votes_count(const struct district *d, struct votes *out)
{
    size_t cells = d->cell.count;
    *out = (struct votes){d, mem_get(cells, sizeof *out->mode), mem_get(cells, sizeof *out->share)};
    struct counting c = {.district = d, .votes = out, .mode = mem_get(cells * MODES, sizeof *c.mode)};
    make_room(&c);
    open_histograms(&c);
    pool_range(d->in->pool, (int64_t)cells, 64, collect_votes, &c);
    pool_range(d->in->pool, (int64_t)cells, 64, count_cells, &c);
    agree(&c);
    clear_counting(&c);
}

// Tent weights over the cells around; cells that disagree with the own one are left out.
struct xy_m votes_at(const struct votes *v, size_t own, struct xy_m place)
{
    double x = 0, y = 0, sum = 0;
    for (int k = 0; k < 9; k++) {
        uint32_t o = v->district->around[own][k];
        if (o == NOBODY || v->share[o] <= 0)
            continue;
        double dx = v->mode[o].x - v->mode[own].x, dy = v->mode[o].y - v->mode[own].y;
        if (dx * dx + dy * dy > 4 * AGREE_M * AGREE_M)
            continue;
        struct xy_m c = cell_centre(VOTE_CELL_M, v->district->cell.key[o]);
        double wx = most(0, 1 - fabs(place.x - c.x) / VOTE_CELL_M), wy = most(0, 1 - fabs(place.y - c.y) / VOTE_CELL_M);
        double w = wx * wy * least(v->share[o], 5) + 1e-6;
        x += w * v->mode[o].x, y += w * v->mode[o].y, sum += w;
    }
    return sum > 0 ? (struct xy_m){x / sum, y / sum} : (struct xy_m){0, 0};
}

void votes_clear(struct votes *v)
{
    mem_free(v->mode);
    mem_free(v->share);
    *v = (struct votes){0};
}
