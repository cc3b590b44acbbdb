// Votes: the displacement most pairs of similar footprints agree on, cell by cell.
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "gis/register_parts.h"
#include <math.h>

enum { BINS_MOST = 161, MODES = 4, AGREEMENTS = 6, HALF = 2 };
static const double BIN_M = 0.5;
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

enum { CELL_BIAS = 1 << 30 };

uint64_t cell_key(double size_m, struct xy_m p)
{
    int64_t x = (int64_t)floor(p.x / size_m) + CELL_BIAS, y = (int64_t)floor(p.y / size_m) + CELL_BIAS;
    return (uint64_t)y << 32 | (uint64_t)x;
}

uint64_t cell_neighbour(uint64_t key, int dx, int dy)
{
    return key + (uint64_t)((int64_t)dy * ((int64_t)1 << 32) + dx);
}

struct xy_m cell_centre(double size_m, uint64_t key)
{
    return (struct xy_m){((double)(int64_t)(key & 0xffffffff) - CELL_BIAS + 0.5) * size_m,
                         ((double)(int64_t)(key >> 32) - CELL_BIAS + 0.5) * size_m};
}

void cell_index_ready(struct cell_index *c)
{
    c->slots = 16;
    while (c->slots < 2 * c->count)
        c->slots *= 2;
    c->slot = mem_get(c->slots, sizeof *c->slot);
    for (size_t i = 0; i < c->count; i++) {
        size_t s = hash_mix(c->key[i]) & (c->slots - 1);
        while (c->slot[s] != 0)
            s = (s + 1) & (c->slots - 1);
        c->slot[s] = (uint32_t)i + 1;
    }
}

void cell_index_clear(struct cell_index *c)
{
    mem_free(c->key);
    mem_free(c->slot);
    *c = (struct cell_index){0};
}

size_t cell_find(const struct cell_index *c, uint64_t key)
{
    if (c->slots == 0)
        return SIZE_MAX;
    for (size_t s = hash_mix(key) & (c->slots - 1); c->slot[s] != 0; s = (s + 1) & (c->slots - 1))
        if (c->key[c->slot[s] - 1] == key)
            return c->slot[s] - 1;
    return SIZE_MAX;
}

struct mode { struct xy_m at; float score; };
struct vote { float x, y, weight; };
struct counting {
    const struct register_input *in;
    struct votes *votes;
    struct sort_item *by_cell;     // AFTER footprints in cell order
    uint32_t *first;               // [cells + 1] into by_cell
    struct vote *vote;             // in cell order
    uint32_t *first_vote;          // [cells + 1] into vote
    struct mode *mode;             // [cells * MODES]
    int bins;
    float **histogram;             // one a thread: bins, and the scores of those in use
    int **used;
};

// The votes of all footprints, cell after cell: every candidate of similar size, twins for no displacement.
static void collect_votes(struct counting *c)
{
    const struct register_input *in = c->in;
    size_t cap = 0, count = 0;
    c->first_vote = mem_get(c->votes->cell.count + 1, sizeof *c->first_vote);
    for (size_t cell = 0; cell < c->votes->cell.count; cell++) {
        c->first_vote[cell] = (uint32_t)count;
        for (uint32_t k = c->first[cell]; k < c->first[cell + 1]; k++) {
            uint32_t i = c->by_cell[k].value, pairs = in->first_pair[i + 1] - in->first_pair[i];
            if (count + pairs + 1 > cap)
                c->vote = mem_grow(c->vote, &cap, count + pairs + 1, sizeof *c->vote);
            if (in->twin[i] != NOBODY)
                c->vote[count++] = (struct vote){0, 0, 1};
            struct xy_m b = footprint_middle(in->after, i);
            for (uint32_t p = in->first_pair[i]; p < in->first_pair[i + 1]; p++) {
                double like = footprint_likeness(in->before, in->pairs->b[p], in->after, i);
                if (like < 0.02)
                    continue;
                struct xy_m a = footprint_middle(in->before, in->pairs->b[p]);
                c->vote[count++] = (struct vote){(float)(a.x - b.x), (float)(a.y - b.y), (float)like};
            }
        }
    }
    c->first_vote[c->votes->cell.count] = (uint32_t)count;
}

typedef void one_vote(void *ctx, struct xy_m move, double weight);
static void each_vote(const struct counting *c, size_t cell, double weight, one_vote *fn, void *ctx)
{
    for (uint32_t k = c->first_vote[cell]; k < c->first_vote[cell + 1]; k++)
        fn(ctx, (struct xy_m){c->vote[k].x, c->vote[k].y}, weight * c->vote[k].weight);
}

struct histogram { float *bin; int bins; double reach_m; int *used, uses; }; // used: bins that hold something
static void into_histogram(void *ctx, struct xy_m move, double weight)
{
    struct histogram *h = ctx;
    int x = (int)floor((move.x + h->reach_m) / BIN_M), y = (int)floor((move.y + h->reach_m) / BIN_M);
    if (x < HALF || y < HALF || x >= h->bins - HALF || y >= h->bins - HALF)
        return;
    float *bin = &h->bin[y * h->bins + x];
    if (*bin == 0)
        h->used[h->uses++] = y * h->bins + x;
    *bin += (float)weight;
}

struct mean_near { struct xy_m at; double reach_m, x, y, weight; };
static void into_mean(void *ctx, struct xy_m move, double weight)
{
    struct mean_near *m = ctx;
    double dx = move.x - m->at.x, dy = move.y - m->at.y;
    if (dx * dx + dy * dy > m->reach_m * m->reach_m)
        return;
    m->x += weight * move.x, m->y += weight * move.y, m->weight += weight;
}

static const double AROUND[3] = {0.5, 1, 0.5};

static void each_vote_around(const struct counting *c, size_t cell, one_vote *fn, void *ctx)
{
    for (int k = 0; k < 9; k++)
        if (c->votes->around[cell][k] != NOBODY)
            each_vote(c, c->votes->around[cell][k], AROUND[k % 3] * AROUND[k / 3], fn, ctx);
}

static float sum_around(const struct histogram *h, int place)
{
    float sum = 0;
    for (int v = -HALF; v <= HALF; v++)
        for (int u = -HALF; u <= HALF; u++)
            sum += h->bin[place + v * h->bins + u];
    return sum;
}

// Sums of 5 x 5 bins, highest first; a mode blots out what lies within 2 m of it. The sum is kept in place of the bin's order.
static void find_modes(const struct histogram *h, float *score, struct mode *mode)
{
    struct xy_m taken[MODES];
    for (int k = 0; k < h->uses; k++) {
        double x = (h->used[k] % h->bins + 0.5) * BIN_M - h->reach_m, y = (h->used[k] / h->bins + 0.5) * BIN_M - h->reach_m;
        score[k] = sum_around(h, h->used[k]) * (float)(1 / (1 + (x * x + y * y) / 100)); // large shifts are rarer
    }
    int found = 0;
    for (; found < MODES; found++) {
        float best = 0;
        int place = -1;
        for (int k = 0; k < h->uses; k++)
            if (score[k] > best || (score[k] == best && place >= 0 && h->used[k] < place))
                best = score[k], place = h->used[k];
        if (place < 0 || best <= 0)
            break;
        taken[found] = (struct xy_m){(place % h->bins + 0.5) * BIN_M - h->reach_m, (place / h->bins + 0.5) * BIN_M - h->reach_m};
        mode[found] = (struct mode){taken[found], best};
        for (int k = 0; k < h->uses; k++) {
            double dx = (h->used[k] % h->bins + 0.5) * BIN_M - h->reach_m - taken[found].x;
            double dy = (h->used[k] / h->bins + 0.5) * BIN_M - h->reach_m - taken[found].y;
            if (dx * dx + dy * dy < 4)
                score[k] = 0;
        }
    }
    for (; found < MODES; found++)
        mode[found] = (struct mode){{0, 0}, 0};
}

static void count_cells(void *ctx, int64_t first, int64_t last, int thread)
{
    struct counting *c = ctx;
    size_t room = (size_t)c->bins * (size_t)c->bins;
    struct histogram h = {c->histogram[thread], c->bins, c->bins * BIN_M / 2, c->used[thread], 0};
    float *score = c->histogram[thread] + room;
    for (int64_t cell = first; cell < last; cell++) {
        for (int k = 0; k < h.uses; k++)
            h.bin[h.used[k]] = 0;
        h.uses = 0;
        each_vote_around(c, (size_t)cell, into_histogram, &h);
        struct mode *mode = &c->mode[cell * MODES];
        find_modes(&h, score, mode);
        for (int k = 0; k < MODES && mode[k].score > 0; k++)
            for (int turn = 0; turn < 2; turn++) {
                struct mean_near m = {mode[k].at, AGREE_M, 0, 0, 0};
                each_vote_around(c, (size_t)cell, into_mean, &m);
                if (m.weight > 0)
                    mode[k].at = (struct xy_m){m.x / m.weight, m.y / m.weight};
            }
    }
    for (int k = 0; k < h.uses; k++)
        h.bin[h.used[k]] = 0;
}

// Each cell takes the mode its neighbours support best; what they chose before counts (a few rounds).
static void agree(struct counting *c)
{
    size_t cells = c->votes->cell.count;
    uint8_t *chosen = mem_get(cells, 1), *next = mem_get(cells, 1);
    for (int turn = 0; turn < AGREEMENTS; turn++) {
        for (size_t i = 0; i < cells; i++) {
            double best = -1;
            for (int k = 0; k < MODES; k++) {
                const struct mode *m = &c->mode[i * MODES + k];
                if (m->score <= 0)
                    continue;
                double support = 0.3 * m->score;
                for (int a = 0; a < 9; a++) {
                    uint32_t o = c->votes->around[i][a];
                    if (o == NOBODY || o == i)
                        continue;
                    const struct mode *n = &c->mode[o * MODES + chosen[o]];
                    double d = hypot(m->at.x - n->at.x, m->at.y - n->at.y) / AGREE_M;
                    support += 0.25 * fmin(n->score, 3 * m->score) * exp(-d * d / 2);
                }
                if (support > best)
                    best = support, next[i] = (uint8_t)k;
            }
        }
        uint8_t *swap = chosen;
        chosen = next;
        next = swap;
    }
    for (size_t i = 0; i < cells; i++) {
        const struct mode *m = &c->mode[i * MODES + chosen[i]];
        c->votes->mode[i] = m->at;
        c->votes->share[i] = m->score;
    }
    mem_free(chosen);
    mem_free(next);
}

static void index_cells(struct counting *c)
{
    const struct footprints *after = c->in->after;
    size_t n = 0;
    c->by_cell = mem_get((size_t)after->count, sizeof *c->by_cell);
    for (size_t i = 0; i < (size_t)after->count; i++)
        if (c->in->active[i])
            c->by_cell[n++] = (struct sort_item){cell_key(VOTE_CELL_M, footprint_middle(after, (int64_t)i)), (uint32_t)i};
    sort_by_key(c->by_cell, n);
    struct cell_index *cell = &c->votes->cell;
    cell->size_m = VOTE_CELL_M;
    cell->key = mem_get(n, sizeof *cell->key);
    c->first = mem_get(n + 1, sizeof *c->first);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || c->by_cell[i].key != c->by_cell[i - 1].key) {
            c->first[cell->count] = (uint32_t)i;
            cell->key[cell->count++] = c->by_cell[i].key;
        }
    c->first[cell->count] = (uint32_t)n;
    cell_index_ready(cell);
    c->votes->around = mem_get(cell->count, sizeof *c->votes->around);
    for (size_t i = 0; i < cell->count; i++)
        for (int k = 0; k < 9; k++) {
            size_t o = cell_find(cell, cell_neighbour(cell->key[i], k % 3 - 1, k / 3 - 1));
            c->votes->around[i][k] = o == SIZE_MAX ? NOBODY : (uint32_t)o;
        }
}

void votes_count(const struct register_input *in, struct votes *out)
{
    *out = (struct votes){0};
    struct counting c = {.in = in, .votes = out};
    index_cells(&c);
    collect_votes(&c);
    out->mode = mem_get(out->cell.count, sizeof *out->mode);
    out->share = mem_get(out->cell.count, sizeof *out->share);
    c.mode = mem_get(out->cell.count * MODES, sizeof *c.mode);
    c.bins = (int)ceil(2 * in->max_shift_m / BIN_M) | 1;
    if (c.bins > BINS_MOST)
        c.bins = BINS_MOST;
    int threads = pool_threads(in->pool);
    c.histogram = mem_get((size_t)threads, sizeof *c.histogram);
    c.used = mem_get((size_t)threads, sizeof *c.used);
    for (int t = 0; t < threads; t++)
        c.used[t] = mem_get((size_t)c.bins * (size_t)c.bins, sizeof **c.used);
    for (int t = 0; t < threads; t++)
        c.histogram[t] = mem_get((size_t)c.bins * (size_t)c.bins * 2, sizeof **c.histogram);
    pool_range(in->pool, (int64_t)out->cell.count, 64, count_cells, &c);
    agree(&c);
    for (int t = 0; t < threads; t++) {
        mem_free(c.histogram[t]);
        mem_free(c.used[t]);
    }
    mem_free(c.used);
    mem_free(c.histogram);
    mem_free(c.mode);
    mem_free(c.first);
    mem_free(c.vote);
    mem_free(c.first_vote);
    mem_free(c.by_cell);
}

// Tent weights over the cells around; cells that disagree with the own one are left out.
struct xy_m votes_at(const struct votes *v, struct xy_m place)
{
    size_t own = cell_find(&v->cell, cell_key(VOTE_CELL_M, place));
    if (own == SIZE_MAX)
        return (struct xy_m){0, 0};
    double x = 0, y = 0, sum = 0;
    for (int k = 0; k < 9; k++) {
        uint32_t o = v->around[own][k];
        if (o == NOBODY || v->share[o] <= 0)
            continue;
        double dx = v->mode[o].x - v->mode[own].x, dy = v->mode[o].y - v->mode[own].y;
        if (dx * dx + dy * dy > 4 * AGREE_M * AGREE_M)
            continue;
        struct xy_m c = cell_centre(VOTE_CELL_M, v->cell.key[o]);
        double wx = fmax(0, 1 - fabs(place.x - c.x) / VOTE_CELL_M), wy = fmax(0, 1 - fabs(place.y - c.y) / VOTE_CELL_M);
        double w = wx * wy * fmin(v->share[o], 5) + 1e-6;
        x += w * v->mode[o].x, y += w * v->mode[o].y, sum += w;
    }
    return sum > 0 ? (struct xy_m){x / sum, y / sum} : (struct xy_m){0, 0};
}

void votes_clear(struct votes *v)
{
    cell_index_clear(&v->cell);
    mem_free(v->around);
    mem_free(v->mode);
    mem_free(v->share);
    *v = (struct votes){0};
}
