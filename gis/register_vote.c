// Votes: the displacement most pairs of similar footprints agree on, cell by cell.
#include "core/base/mem.h"
#include "core/base/vectors.h"
#include "gis/register_parts.h"
#include <math.h>
#include <string.h>

enum { BINS_MOST = 81, MODES = 4, AGREEMENTS = 6, HALF = 1, VOTERS = 10 }; // voters: of one cell; they are to agree within metres
static const double BIN_M = 1;
static const float LEAST = 0.1f;       // of the best mode's score: what is less has no prospects
static const double AGREE_M = 1.5;     // neighbouring cells may differ by about this

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
struct vote { float x, y, weight; int32_t bin; }; // bin: in every histogram; one behind all others where it has none
struct histogram {
    float *bin, *score, *best;     // [bins * stride], [bins * stride] and of each row
    float *x, *y, *weight;         // the votes of the cell and those around it
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
    int bins, stride;              // of each: bins a side, from row to row; how far they reach
    double reach_m;
    float *likely;                 // of each bin: large shifts are rarer
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
    return (struct vote){x, y, weight, inside ? on_y * c->stride + on_x : c->bins * c->stride};
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

// The votes of a cell and of those around it, as columns and in the bins.
static void gather_votes(const struct counting *c, size_t cell, struct histogram *h)
{
    h->votes = 0;
    memset(h->bin, 0, (size_t)(c->bins * c->stride) * sizeof *h->bin);
    for (int k = 0; k < 9; k++) {
        uint32_t o = c->district->around[cell][k], cast = o == NOBODY ? 0 : c->cast[o];
        float weight = AROUND[k % 3] * AROUND[k / 3];
        reserve_votes(h, h->votes + cast);
        for (uint32_t v = 0; v < cast; v++, h->votes++) {
            const struct vote *from = &c->vote[c->first_vote[o] + v];
            h->x[h->votes] = from->x, h->y[h->votes] = from->y, h->weight[h->votes] = weight * from->weight;
            h->bin[from->bin] += h->weight[h->votes];
        }
    }
}

// Each mode to the mean of the votes around it: all modes side by side, vote after vote.
static void move_to_means(const struct histogram *h, struct mode mode[MODES])
{
    _Static_assert((int)MODES == (int)LANES, "a mode a lane");
    floats at_x, at_y, x = {0}, y = {0}, sum = {0}, reach2 = (float)(AGREE_M * AGREE_M) + (floats){0};
    for (int k = 0; k < MODES; k++)
        at_x[k] = (float)mode[k].at.x, at_y[k] = (float)mode[k].at.y;
    for (size_t v = 0; v < h->votes; v++) {
        floats dx = h->x[v] - at_x, dy = h->y[v] - at_y, weight = h->weight[v] + (floats){0};
        weight = (floats)((dx * dx + dy * dy <= reach2) & (floats_mask)weight); // else nothing is added
        x += weight * dx, y += weight * dy, sum += weight;
    }
    for (int k = 0; k < MODES && mode[k].score > 0; k++)
        if (sum[k] > 0)
            mode[k].at = (struct xy_m){mode[k].at.x + x[k] / sum[k], mode[k].at.y + y[k] / sum[k]};
}

static struct xy_m middle_of(const struct counting *c, int place)
{
    return (struct xy_m){(place % c->stride + 0.5) * BIN_M - c->reach_m, (place / c->stride + 0.5) * BIN_M - c->reach_m};
}

static float largest(floats v)
{
    float a = v[0] > v[1] ? v[0] : v[1], b = v[2] > v[3] ? v[2] : v[3];
    return a > b ? a : b;
}

static void find_best_of_row(const struct counting *c, struct histogram *h, int row)
{
    floats best = {0};
    for (int k = 0; k < c->stride; k += LANES)
        best = floats_most(floats_at(h->score + row * c->stride + k), best);
    h->best[row] = largest(best);
}

// Sums of 3 x 3 bins where one holds something. Nothing ever falls into the bins on the border.
static void tell_scores(const struct counting *c, struct histogram *h)
{
    for (int row = HALF; row < c->bins - HALF; row++) {
        for (int place = row * c->stride + HALF; place < (row + 1) * c->stride; place += LANES) {
            floats sum = {0};
            for (int v = -HALF; v <= HALF; v++)
                for (int u = -HALF; u <= HALF; u++)
                    sum += floats_at(h->bin + place + v * c->stride + u);
            sum *= floats_at(c->likely + place);
            floats_put(h->score + place, (floats)((floats_at(h->bin + place) > 0) & (floats_mask)sum));
        }
        find_best_of_row(c, h, row);
    }
}

// What lies less than two bins away is told by the same votes.
static void blot_around(const struct counting *c, struct histogram *h, int place)
{
    for (int v = -HALF; v <= HALF; v++) {
        for (int u = -HALF; u <= HALF; u++)
            h->score[place + v * c->stride + u] = 0;
        find_best_of_row(c, h, place / c->stride + v);
    }
}

// The place of the best; of several the first in the histogram. -1: none.
static int best_place(const struct counting *c, const struct histogram *h, float *best)
{
    int best_row = 0;
    for (int row = HALF; row < c->bins - HALF; row++)
        best_row = h->best[row] > h->best[best_row] ? row : best_row;
    *best = h->best[best_row];
    int place = best_row * c->stride;
    while (*best > 0 && h->score[place] != *best)
        place++;
    return *best > 0 ? place : -1;
}

// Highest first; a mode blots out what lies within two bins of it.
static void find_modes(const struct counting *c, struct histogram *h, struct mode *mode)
{
    int found = 0;
    tell_scores(c, h);
    mode[0].score = 0;
    for (; found < MODES; found++) {
        float best;
        int place = best_place(c, h, &best);
        if (place < 0 || best < LEAST * mode[0].score)
            break;
        mode[found] = (struct mode){middle_of(c, place), best};
        blot_around(c, h, place);
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
        find_modes(c, h, mode);
        for (int turn = 0; turn < 2; turn++)
            move_to_means(h, mode);
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
    c->bins = bins, c->stride = (int)lanes_whole((size_t)bins), c->reach_m = bins * BIN_M / 2;
    size_t room = (size_t)(bins * c->stride) + LANES;
    c->likely = mem_get(room, sizeof *c->likely);
    for (int place = 0; place < bins * c->stride; place++) {
        struct xy_m at = middle_of(c, place);
        c->likely[place] = (float)(1 / (1 + (at.x * at.x + at.y * at.y) / 100));
    }
    c->histogram = mem_get((size_t)threads, sizeof *c->histogram);
    for (int t = 0; t < threads; t++)
        c->histogram[t] = (struct histogram){.bin = mem_get(room, sizeof(float)), .score = mem_get(room, sizeof(float)), .best = mem_get((size_t)bins, sizeof(float))};
}

static void clear_counting(struct counting *c)
{
    for (int t = 0; t < pool_threads(c->district->in->pool); t++) {
        struct histogram *h = &c->histogram[t];
        void *made[] = {h->bin, h->score, h->best, h->x, h->y, h->weight};
        for (size_t k = 0; k < sizeof made / sizeof *made; k++)
            mem_free(made[k]);
    }
    mem_free(c->histogram);
    mem_free(c->likely);
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
