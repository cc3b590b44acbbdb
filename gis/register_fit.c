// Fit: the robust local quadratic through the ties around one place, and the bandwidth that suits the district.
#include "core/base/mem.h"
#include "core/base/vectors.h"
#include "gis/register_parts.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAVE_OUT = 1000, FEW_TIES = 5, ENOUGH_TIES = 30, WIDEST = 5, MOST_TIES = 90, ROOM = 1024, MEDIAN_OF = 20000 };
static const double REACH = 2.4;            // bandwidths; the weights (1 - (d/reach)^2)^3 end there, much like a Gaussian
static const double GRADIENT_SD = 0.03;     // metres per metre: ridge, what fields of survey sheets and old maps show at most
static const double CURVATURE_SD = 3e-4;    // per metre
static const double VARIANCE_FLOOR = 0.1;   // of a tie, over sigma^2: no single tie rules a node
static const double BANDWIDTH_M[] = {24, 32, 44, 60, 85, 120, 180, 260};

// --- the ties, ready for fitting ---

struct mapping { const struct ties *ties; struct tie_map *map; double witness_m; };
static const double WITNESS = 1.35;         // a tie that fits itself no better has been built on, and tells nothing of seams

static void map_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct mapping *m = ctx;
    for (int64_t c = first; c < last; c++) {
        struct xy_m centre = cell_centre(VOTE_CELL_M, m->map->district->cell.key[c]);
        struct map_tie *to = &m->map->tie[m->map->first[c]];
        for (uint32_t k = m->ties->first[c]; k < m->ties->first[c + 1]; k++) {
            const struct tie *t = &m->ties->tie[k];
            if (t->fits)
                *to++ = (struct map_tie){(float)(t->place.x - centre.x), (float)(t->place.y - centre.y),
                                         (float)(t->move.x - m->map->middle.x), (float)(t->move.y - m->map->middle.y),
                                         (float)(1 / (t->variance + VARIANCE_FLOOR)),
                                         tie_own_noise_m(t, m->ties->overhang_m) <= m->witness_m};
        }
    }
}

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_component(const struct ties *t, bool y)
{
    size_t room = t->first[t->district->cell.count], step = room / MEDIAN_OF + 1, n = 0;
    double *v = mem_get(room / step + 1, sizeof *v);
    for (size_t i = 0; i < room; i += step)
        if (t->tie[i].fits)
            v[n++] = y ? t->tie[i].move.y : t->tie[i].move.x;
    qsort(v, n, sizeof *v, by_double);
    double m = n > 0 ? v[n / 2] : 0;
    mem_free(v);
    return m;
}

void tie_map_open(const struct ties *t, struct tie_map *out)
{
    size_t cells = t->district->cell.count;
    *out = (struct tie_map){.district = t->district, .first = mem_get(cells + 1, sizeof *out->first), .count = t->count,
                            .tie = mem_get(t->count, sizeof *out->tie),
                            .middle = {median_component(t, false), median_component(t, true)}};
    for (size_t c = 0; c < cells; c++)
        out->first[c + 1] = out->first[c] + t->fitting[c];
    struct mapping m = {t, out, WITNESS * fmax(t->noise_m, 0.01)};
    pool_range(t->district->in->pool, (int64_t)cells, 256, map_slice, &m);
}

void tie_map_close(struct tie_map *m)
{
    mem_free(m->tie);
    mem_free(m->first);
    *m = (struct tie_map){0};
}

double map_tie_variance(const struct map_tie *t) { return 1 / (double)t->weight - VARIANCE_FLOOR; }

// --- one place ---

// The ties around one place, in units of the bandwidth: gathered once, used for every robust turn, LANES of them at a time. What
// is behind the last one weighs nothing.
struct near_ties { int count; float u[ROOM + LANES], v[ROOM + LANES], x[ROOM + LANES], y[ROOM + LANES], weight[ROOM + LANES]; };

// Where ties are dense only some of each cell are asked: MOST_TIES in all are enough for six numbers.
static void gather_cell(const struct tie_map *m, size_t cell, struct xy_m at, double h, size_t without, struct near_ties *out)
{
    double reach = REACH * h, most = fmax(1, MOST_TIES * VOTE_CELL_M * VOTE_CELL_M / (3.14 * reach * reach));
    struct xy_m centre = cell_centre(VOTE_CELL_M, m->district->cell.key[cell]);
    float x = (float)(centre.x - at.x), y = (float)(centre.y - at.y), per_h = (float)(1 / h), per_reach2 = (float)(1 / (REACH * REACH));
    uint32_t first = m->first[cell], count = m->first[cell + 1] - first;
    double step = fmax(1, count / most);
    int n = out->count; // every tie is written down, and the next one over it when it is too far: no branch to guess
    for (double k = 0; k < count && n < ROOM; k += step) {
        const struct map_tie *t = &m->tie[first + (uint32_t)k];
        float u = (x + t->x) * per_h, v = (y + t->y) * per_h, left = 1 - (u * u + v * v) * per_reach2;
        out->u[n] = u, out->v[n] = v, out->x[n] = t->move_x, out->y[n] = t->move_y, out->weight[n] = left * left * left * t->weight;
        n += (left > 0) & (first + (uint32_t)k != without);
    }
    out->count = n;
}

static void end_ties(struct near_ties *t)
{
    for (int k = t->count; k < t->count + LANES; k++)
        t->u[k] = t->v[k] = t->x[k] = t->y[k] = t->weight[k] = 0;
}

static void gather(const struct tie_map *m, struct xy_m at, double h, size_t without, struct near_ties *out)
{
    const struct cell_index *c = &m->district->cell;
    double reach = REACH * h;
    uint64_t low = cell_key(VOTE_CELL_M, (struct xy_m){at.x - reach, at.y - reach});
    uint64_t high = cell_key(VOTE_CELL_M, (struct xy_m){at.x + reach, at.y + reach});
    int wide = (int)((high & 0xffffffff) - (low & 0xffffffff)), rows = (int)((high >> 32) - (low >> 32));
    out->count = 0;
    for (int dy = 0; dy <= rows; dy++) { // the cells of one row lie side by side
        uint64_t from = cell_neighbour(low, 0, dy), to = cell_neighbour(low, wide, dy);
        size_t a = 0, b = c->count;
        while (a < b) {
            size_t middle = (a + b) / 2;
            if (c->key[middle] < from)
                a = middle + 1;
            else
                b = middle;
        }
        for (; a < c->count && c->key[a] <= to; a++)
            gather_cell(m, a, at, h, without, out);
    }
}

// Sums over the ties: of the monomials up to the fourth degree, which the normal matrix is made of, and of the right sides.
enum { MONOMIALS = 15 };
struct sums { double m[MONOMIALS], x[TERMS], y[TERMS]; };
static const uint8_t PRODUCT[TERMS][TERMS] = {{0, 1, 2, 3, 4, 5},    {1, 3, 4, 6, 7, 8},     {2, 4, 5, 7, 8, 9},
                                              {3, 6, 7, 10, 11, 12}, {4, 7, 8, 11, 12, 13}, {5, 8, 9, 12, 13, 14}};

// LANES ties side by side; each lane has sums of its own, so the answer is the same however wide the machine's vectors are.
typedef float narrow __attribute__((vector_size(LANES * sizeof(float)), aligned(4)));
#define WIDEN(column) __builtin_convertvector(*(const narrow *)(column), lanes)

static double lanes_sum(const lanes *s) { return ((*s)[0] + (*s)[1]) + ((*s)[2] + (*s)[3]); }

VECTORS static void sum_ties(const struct near_ties *t, const struct polynomial *last, double tukey, struct sums *out)
{
    lanes m[MONOMIALS] = {0}, right_x[TERMS] = {0}, right_y[TERMS] = {0};
    double per_tukey2 = 1 / (tukey * tukey);
    for (int k = 0; k < t->count; k += LANES) {
        lanes u = WIDEN(t->u + k), v = WIDEN(t->v + k), x = WIDEN(t->x + k), y = WIDEN(t->y + k), w = WIDEN(t->weight + k);
        lanes uu = u * u, uv = u * v, vv = v * v;
        if (last != NULL) {
            const float *t0 = last->term[0], *t1 = last->term[1], *t2 = last->term[2], *t3 = last->term[3], *t4 = last->term[4], *t5 = last->term[5];
            lanes off_x = x - t0[EAST] - t1[EAST] * u - t2[EAST] * v - t3[EAST] * uu - t4[EAST] * uv - t5[EAST] * vv;
            lanes off_y = y - t0[NORTH] - t1[NORTH] * u - t2[NORTH] * v - t3[NORTH] * uu - t4[NORTH] * uv - t5[NORTH] * vv;
            lanes left = lanes_most(1 - (off_x * off_x + off_y * off_y) * per_tukey2, lanes_all(0));
            w *= left * left;
        }
        lanes p[MONOMIALS] = {w,       w * u,   w * v,   w * uu,      w * uv,      w * vv,      w * uu * u, w * uu * v,
                              w * vv * u, w * vv * v, w * uu * uu, w * uu * uv, w * uu * vv, w * uv * vv, w * vv * vv};
        for (int i = 0; i < MONOMIALS; i++)
            m[i] += p[i];
        for (int i = 0; i < TERMS; i++)
            right_x[i] += p[i] * x, right_y[i] += p[i] * y;
    }
    for (int i = 0; i < MONOMIALS; i++)
        out->m[i] = lanes_sum(&m[i]);
    for (int i = 0; i < TERMS; i++)
        out->x[i] = lanes_sum(&right_x[i]), out->y[i] = lanes_sum(&right_y[i]);
}

typedef double triangle[TERMS][TERMS];

// Cholesky of the ridged normal matrix.
static void decompose(const struct sums *s, double h, double noise, triangle l)
{
    double s2 = fmax(noise * noise, 1e-4), first = s2 / (h * GRADIENT_SD * h * GRADIENT_SD);
    double second = s2 / (h * h * CURVATURE_SD * h * h * CURVATURE_SD);
    double ridge[TERMS] = {s2 / (5.0 * 5.0), first, first, second, second, second};
    for (int i = 0; i < TERMS; i++)
        for (int k = 0; k <= i; k++) {
            double sum = s->m[PRODUCT[i][k]] + (i == k ? ridge[i] : 0);
            for (int m = 0; m < k; m++)
                sum -= l[i][m] * l[k][m];
            l[i][k] = i == k ? 1 / sqrt(fmax(sum, 1e-12)) : sum * l[k][k]; // the diagonal's reciprocal is what is asked for
        }
}

static void solve(const triangle l, const double right[TERMS], float out[TERMS][AXES], int axis)
{
    double z[TERMS];
    for (int i = 0; i < TERMS; i++) {
        z[i] = right[i];
        for (int m = 0; m < i; m++)
            z[i] -= l[i][m] * z[m];
        z[i] *= l[i][i];
    }
    for (int i = TERMS - 1; i >= 0; i--) {
        for (int m = i + 1; m < TERMS; m++)
            z[i] -= l[m][i] * z[m];
        z[i] *= l[i][i];
        out[i][axis] = (float)z[i];
    }
}

// Standard deviation of the constant term in units of sigma: the first column of the inverse triangle.
static double constant_sd(const triangle l)
{
    double z[TERMS] = {1}, sum = 0;
    for (int i = 0; i < TERMS; i++) {
        for (int m = 0; m < i; m++)
            z[i] -= l[i][m] * z[m];
        z[i] *= l[i][i];
        sum += z[i] * z[i];
    }
    return sqrt(sum);
}

static void bound(const struct near_ties *t, struct polynomial *out)
{
    float low_x = INFINITY, low_y = INFINITY, high_x = -INFINITY, high_y = -INFINITY;
    for (int k = 0; k < t->count; k++) {
        float x = t->x[k], y = t->y[k];
        low_x = x < low_x ? x : low_x, high_x = x > high_x ? x : high_x;
        low_y = y < low_y ? y : low_y, high_y = y > high_y ? y : high_y;
    }
    out->low[EAST] = low_x, out->low[NORTH] = low_y, out->high[EAST] = high_x, out->high[NORTH] = high_y;
}

void fit_at(const struct tie_map *m, const struct fit_rule *rule, struct xy_m at, size_t without, struct polynomial *out)
{
    struct near_ties ties;
    double h = rule->bandwidth_m;
    for (int wider = 0;; wider++, h *= 2) {
        gather(m, at, h, without, &ties);
        if (ties.count >= FEW_TIES || wider == WIDEST - 1)
            break;
    }
    end_ties(&ties);
    *out = (struct polynomial){.ties = (uint32_t)ties.count, .per_m = (float)(1 / h)};
    if (ties.count == 0)
        return;
    for (int turn = 0; turn < rule->turns; turn++) {
        struct sums s;
        triangle l;
        sum_ties(&ties, turn == 0 ? NULL : out, rule->tukey_m * (turn + 1 < rule->turns ? 2.5 : 1), &s);
        decompose(&s, h, rule->noise_m, l);
        solve(l, s.x, out->term, EAST);
        solve(l, s.y, out->term, NORTH);
        out->sd_factor = (float)constant_sd(l);
    }
    bound(&ties, out);
}

// --- the bandwidth ---

struct leaving { const struct tie_map *map; struct fit_rule rule; size_t step; double *miss; uint32_t *ties; };
static void leave_out(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct leaving *l = ctx;
    const struct tie_map *map = l->map;
    for (int64_t i = first; i < last; i++) {
        size_t k = (size_t)i * l->step, a = 0, b = map->district->cell.count;
        while (a + 1 < b) { // the cell that holds it
            size_t middle = (a + b) / 2;
            if (map->first[middle] <= k)
                a = middle;
            else
                b = middle;
        }
        struct xy_m centre = cell_centre(VOTE_CELL_M, map->district->cell.key[a]);
        const struct map_tie *t = &map->tie[k];
        struct polynomial p;
        fit_at(map, &l->rule, (struct xy_m){centre.x + t->x, centre.y + t->y}, k, &p);
        l->ties[i] = p.ties;
        l->miss[i] = hypot(t->move_x - p.term[0][EAST], t->move_y - p.term[0][NORTH]);
    }
}

// Root mean square of the better nine tenths.
static double score_of(const double *miss, size_t sample)
{
    double sum = 0;
    size_t most = sample * 9 / 10;
    for (size_t i = 0; i < most; i++)
        sum += miss[i] * miss[i];
    return sqrt(sum / (double)most);
}

static double mean_of(const uint32_t *ties, size_t sample)
{
    double sum = 0;
    for (size_t i = 0; i < sample; i++)
        sum += ties[i];
    return sum / (double)sample;
}

// A fit through too few ties follows each of them, and would find itself better than it is: such bandwidths are left out.
void choose_bandwidth(const struct tie_map *m, struct fit_rule *rule)
{
    size_t step = m->count / LEAVE_OUT + 1, sample = m->count / step;
    double *miss = mem_get(sample, sizeof *miss), best = INFINITY;
    rule->bandwidth_m = BANDWIDTH_M[3];
    struct leaving l = {m, *rule, step, miss, mem_get(sample, sizeof *l.ties)};
    for (size_t b = 0; b < sizeof BANDWIDTH_M / sizeof *BANDWIDTH_M && sample >= 10; b++) {
        l.rule.bandwidth_m = BANDWIDTH_M[b];
        pool_range(m->district->in->pool, (int64_t)sample, 32, leave_out, &l);
        if (mean_of(l.ties, sample) < ENOUGH_TIES && b + 1 < sizeof BANDWIDTH_M / sizeof *BANDWIDTH_M)
            continue;
        qsort(miss, sample, sizeof *miss, by_double);
        double score = score_of(miss, sample);
        if (score < best * 0.995) {
            best = score;
            rule->bandwidth_m = BANDWIDTH_M[b];
            rule->tukey_m = fmax(6 * miss[sample / 2], 0.15);
        } else if (score > 1.25 * best)
            break;
    }
    mem_free(miss);
    mem_free(l.ties);
}
