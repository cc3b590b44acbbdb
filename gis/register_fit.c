// Fit: the robust local quadratic through the ties around one place, and the bandwidth that suits the district.
#include "core/base/mem.h"
#include "core/base/sort.h"
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

static float **column_of(struct tie_columns *c, int k)
{
    float **const column[] = {&c->x, &c->y, &c->move_x, &c->move_y, &c->weight};
    return k < (int)(sizeof column / sizeof *column) ? column[k] : NULL;
}

static void columns_open(size_t count, struct tie_columns *out)
{
    for (int k = 0; column_of(out, k) != NULL; k++)
        *column_of(out, k) = mem_get(count + LANES, sizeof **column_of(out, k));
}

static void columns_close(struct tie_columns *c)
{
    for (int k = 0; column_of(c, k) != NULL; k++)
        mem_free(*column_of(c, k));
}

struct mapping { const struct ties *ties; struct tie_map *map; double witness_m; };
static const double WITNESS = 1.35;         // a tie that fits itself no better has been built on, and tells nothing of seams

static void map_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct mapping *m = ctx;
    struct tie_columns *to = &m->map->tie;
    for (int64_t c = first; c < last; c++) {
        struct xy_m centre = cell_centre(VOTE_CELL_M, m->map->district->cell.key[c]);
        uint32_t n = m->map->first[c];
        for (uint32_t k = m->ties->first[c]; k < m->ties->first[c + 1]; k++) {
            const struct tie *t = &m->ties->tie[k];
            if (!t->fits)
                continue;
            to->x[n] = (float)(t->place.x - centre.x), to->y[n] = (float)(t->place.y - centre.y);
            to->move_x[n] = (float)(t->move.x - m->map->middle.x), to->move_y[n] = (float)(t->move.y - m->map->middle.y);
            to->weight[n] = (float)(1 / (t->variance + VARIANCE_FLOOR));
            m->map->witness[n++] = tie_own_noise_m(t, m->ties->overhang_m) <= m->witness_m;
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
    double m = n > 0 ? select_double(v, n, n / 2) : 0;
    mem_free(v);
    return m;
}

void tie_map_open(const struct ties *t, struct tie_map *out)
{
    size_t cells = t->district->cell.count;
    *out = (struct tie_map){.district = t->district, .first = mem_get(cells + 1, sizeof *out->first), .count = t->count,
                            .witness = mem_get(t->count, sizeof *out->witness),
                            .middle = {median_component(t, false), median_component(t, true)}};
    columns_open(t->count, &out->tie);
    for (size_t c = 0; c < cells; c++)
        out->first[c + 1] = out->first[c] + t->fitting[c];
    struct mapping m = {t, out, WITNESS * fmax(t->noise_m, 0.01)};
    pool_range(t->district->in->pool, (int64_t)cells, 256, map_slice, &m);
}

void tie_map_close(struct tie_map *m)
{
    columns_close(&m->tie);
    mem_free(m->witness);
    mem_free(m->first);
    *m = (struct tie_map){0};
}

// --- which of them are asked ---

// MOST_TIES in all are enough for six numbers. How many of a cell's ties lie between two that are asked.
static double step_of(uint32_t count, double bandwidth_m)
{
    double reach = REACH * bandwidth_m, most = fmax(1, MOST_TIES * VOTE_CELL_M * VOTE_CELL_M / (3.14 * reach * reach));
    return fmax(1, count / most);
}

static uint32_t how_many(uint32_t count, double step)
{
    uint32_t n = 0;
    for (double k = 0; k < count; k += step)
        n++;
    return n;
}

static void ask_cell(const struct tie_map *m, size_t cell, double step, struct tie_columns *to, uint32_t *index, uint32_t at)
{
    uint32_t first = m->first[cell], count = m->first[cell + 1] - first;
    for (double k = 0; k < count; k += step, at++) {
        uint32_t i = first + (uint32_t)k;
        to->x[at] = m->tie.x[i], to->y[at] = m->tie.y[i], to->move_x[at] = m->tie.move_x[i], to->move_y[at] = m->tie.move_y[i];
        to->weight[at] = m->tie.weight[i];
        index[at] = i;
    }
}

struct asking { const struct tie_map *map; double bandwidth_m; struct asked *out; };
static void ask_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct asking *a = ctx;
    for (int64_t c = first; c < last; c++)
        ask_cell(a->map, (size_t)c, step_of(a->map->first[c + 1] - a->map->first[c], a->bandwidth_m), &a->out->tie, a->out->index, a->out->first[c]);
}

void asked_open(const struct tie_map *m, double bandwidth_m, struct asked *out)
{
    size_t cells = m->district->cell.count;
    bool all = true;
    for (size_t c = 0; c < cells && all; c++)
        all = step_of(m->first[c + 1] - m->first[c], bandwidth_m) <= 1;
    *out = (struct asked){m, m->tie, m->first, NULL, all};
    if (all)
        return;
    out->first = mem_get(cells + 1, sizeof *out->first);
    for (size_t c = 0; c < cells; c++) {
        uint32_t count = m->first[c + 1] - m->first[c];
        out->first[c + 1] = out->first[c] + how_many(count, step_of(count, bandwidth_m));
    }
    columns_open(out->first[cells], &out->tie);
    out->index = mem_get(out->first[cells], sizeof *out->index);
    struct asking a = {m, bandwidth_m, out};
    pool_range(m->district->in->pool, (int64_t)cells, 1024, ask_slice, &a);
}

void asked_close(struct asked *a)
{
    if (!a->all) {
        columns_close(&a->tie);
        mem_free(a->first);
        mem_free(a->index);
    }
    *a = (struct asked){0};
}

// --- one place ---

// The ties around one place, in units of the bandwidth: gathered once, used for every robust turn, LANES of them at a time. What
// is behind the last one weighs nothing.
struct near_ties { int count; float u[ROOM + LANES], v[ROOM + LANES], x[ROOM + LANES], y[ROOM + LANES], weight[ROOM + LANES]; };

// One place, and how its ties are looked at.
struct looking { struct xy_m at; double reach_m; float per_bandwidth; size_t without; };

// Ties of one cell: which are near is anybody's guess, so four are looked at together, and those near written down.
static void gather_cell(const struct looking *l, struct xy_m centre, const struct tie_columns *t, uint32_t first, uint32_t count, uint32_t skip,
                        struct near_ties *out)
{
    float x = (float)(centre.x - l->at.x), y = (float)(centre.y - l->at.y), per_reach2 = (float)(1 / (REACH * REACH));
    uint32_t end = first + count;
    int n = out->count;
    for (uint32_t k = first; k < end; k += LANES) {
        floats u = (x + floats_at(t->x + k)) * l->per_bandwidth, v = (y + floats_at(t->y + k)) * l->per_bandwidth;
        floats left = 1 - (u * u + v * v) * per_reach2, weight = left * left * left * floats_at(t->weight + k);
        unsigned near = floats_bits(left > 0);
        if (end - k < LANES)
            near &= (1u << (end - k)) - 1;
        if (skip - k < LANES)
            near &= ~(1u << (skip - k));
        for (; near != 0 && n < ROOM; near &= near - 1, n++) {
            int i = __builtin_ctz(near);
            out->u[n] = u[i], out->v[n] = v[i], out->weight[n] = weight[i];
            out->x[n] = t->move_x[k + (uint32_t)i], out->y[n] = t->move_y[k + (uint32_t)i];
        }
    }
    out->count = n;
}

static void end_ties(struct near_ties *t)
{
    for (int k = t->count; k < t->count + LANES; k++)
        t->u[k] = t->v[k] = t->x[k] = t->y[k] = t->weight[k] = 0;
}

static bool is_beyond(const struct looking *l, struct xy_m centre)
{
    double x = fabs(centre.x - l->at.x) - VOTE_CELL_M / 2 - 1, y = fabs(centre.y - l->at.y) - VOTE_CELL_M / 2 - 1;
    return (x > 0 ? x * x : 0) + (y > 0 ? y * y : 0) > l->reach_m * l->reach_m;
}

// The first cell from this key on.
static size_t cell_from(const struct cell_index *c, uint64_t key)
{
    size_t a = 0, b = c->count;
    while (a < b) {
        size_t middle = (a + b) / 2;
        if (c->key[middle] < key)
            a = middle + 1;
        else
            b = middle;
    }
    return a;
}

// The same, where it is hardly ever far from where it was found the last time.
static size_t cell_from_near(const struct cell_index *c, uint64_t key, size_t last)
{
    enum { STEPS = 3 };
    size_t at = last < c->count ? last : c->count;
    for (int step = 0; step < STEPS && at < c->count && c->key[at] < key; step++)
        at++;
    for (int step = 0; step < STEPS && at > 0 && c->key[at - 1] >= key; step++)
        at--;
    bool found = (at == c->count || c->key[at] >= key) && (at == 0 || c->key[at - 1] < key);
    return found ? at : cell_from(c, key);
}

static uint32_t place_of(const struct asked *a, size_t cell, size_t without)
{
    uint32_t k = a->first[cell];
    while (k < a->first[cell + 1] && (a->all ? k : a->index[k]) != without)
        k++;
    return k < a->first[cell + 1] ? k : NOBODY;
}

// Of a cell, asked for another bandwidth than the rule's: where ties are so few that a fit must reach further.
static void gather_anew(const struct looking *l, const struct tie_map *m, size_t cell, double bandwidth_m, struct near_ties *out)
{
    enum { MOST = 64 };
    float column[5][MOST + LANES] = {{0}};
    uint32_t index[MOST], count = m->first[cell + 1] - m->first[cell], skip = NOBODY;
    struct tie_columns t = {column[0], column[1], column[2], column[3], column[4]};
    double step = step_of(count, bandwidth_m);
    uint32_t n = how_many(count, step);
    must(n <= MOST);
    ask_cell(m, cell, step, &t, index, 0);
    for (uint32_t k = 0; k < n; k++)
        skip = index[k] == l->without ? k : skip;
    gather_cell(l, cell_centre(VOTE_CELL_M, m->district->cell.key[cell]), &t, 0, n, skip, out);
}

static void gather(const struct asked *a, struct xy_m at, double h, bool anew, size_t without, struct fit_rows *begin, struct near_ties *out)
{
    const struct cell_index *c = &a->map->district->cell;
    struct looking l = {at, REACH * h, (float)(1 / h), without};
    uint64_t low = cell_key(VOTE_CELL_M, (struct xy_m){at.x - l.reach_m, at.y - l.reach_m});
    uint64_t high = cell_key(VOTE_CELL_M, (struct xy_m){at.x + l.reach_m, at.y + l.reach_m});
    int wide = (int)((high & 0xffffffff) - (low & 0xffffffff)), rows = (int)((high >> 32) - (low >> 32));
    out->count = 0;
    for (int dy = 0; dy <= rows; dy++) { // the cells of one row lie side by side
        uint64_t to = cell_neighbour(low, wide, dy);
        size_t *first = &begin->first[((low >> 32) + (uint64_t)dy) % FIT_ROWS];
        *first = cell_from_near(c, cell_neighbour(low, 0, dy), *first);
        for (size_t k = *first; k < c->count && c->key[k] <= to; k++) {
            struct xy_m centre = cell_centre(VOTE_CELL_M, c->key[k]);
            bool holds = without >= a->map->first[k] && without < a->map->first[k + 1];
            if (is_beyond(&l, centre))
                continue;
            if (anew)
                gather_anew(&l, a->map, k, h, out);
            else
                gather_cell(&l, centre, &a->tie, a->first[k], a->first[k + 1] - a->first[k], holds ? place_of(a, k, without) : NOBODY, out);
        }
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

// Six equations: written out in full they stay in registers, and no loop's end is guessed wrong.
#define UNROLL _Pragma("GCC unroll 6")
typedef double triangle[TERMS][TERMS];

// Cholesky of the ridged normal matrix.
static void decompose(const struct sums *s, double h, double noise, triangle l)
{
    double s2 = fmax(noise * noise, 1e-4), first = s2 / (h * GRADIENT_SD * h * GRADIENT_SD);
    double second = s2 / (h * h * CURVATURE_SD * h * h * CURVATURE_SD);
    double ridge[TERMS] = {s2 / (5.0 * 5.0), first, first, second, second, second};
    UNROLL
    for (int i = 0; i < TERMS; i++)
        UNROLL
        for (int k = 0; k <= i; k++) {
            double sum = s->m[PRODUCT[i][k]] + (i == k ? ridge[i] : 0);
            UNROLL
            for (int m = 0; m < k; m++)
                sum -= l[i][m] * l[k][m];
            l[i][k] = i == k ? 1 / sqrt(fmax(sum, 1e-12)) : sum * l[k][k]; // the diagonal's reciprocal is what is asked for
        }
}

// East and north at once.
static void solve(const triangle l, const struct sums *s, float out[TERMS][AXES])
{
    axes z[TERMS];
    UNROLL
    for (int i = 0; i < TERMS; i++) {
        z[i] = (axes){s->x[i], s->y[i]};
        UNROLL
        for (int m = 0; m < i; m++)
            z[i] -= l[i][m] * z[m];
        z[i] *= l[i][i];
    }
    UNROLL
    for (int i = TERMS - 1; i >= 0; i--) {
        UNROLL
        for (int m = i + 1; m < TERMS; m++)
            z[i] -= l[m][i] * z[m];
        z[i] *= l[i][i];
        out[i][EAST] = (float)z[i][EAST], out[i][NORTH] = (float)z[i][NORTH];
    }
}

// Standard deviation of the constant term in units of sigma: the first column of the inverse triangle.
static double constant_sd(const triangle l)
{
    double z[TERMS] = {1}, sum = 0;
    UNROLL
    for (int i = 0; i < TERMS; i++) {
        UNROLL
        for (int m = 0; m < i; m++)
            z[i] -= l[i][m] * z[m];
        z[i] *= l[i][i];
        sum += z[i] * z[i];
    }
    return sqrt(sum);
}

// The least and the largest of a column; what is behind the last one is the first one again.
static void bound_of(float *column, int count, float *low, float *high)
{
    for (int k = count; k % LANES != 0; k++)
        column[k] = column[0];
    floats least = floats_at(column), most = least;
    for (int k = LANES; k < count; k += LANES) {
        floats v = floats_at(column + k);
        least = floats_choose(v < least, v, least), most = floats_choose(v > most, v, most);
    }
    *low = least[0], *high = most[0];
    for (int i = 1; i < LANES; i++)
        *low = least[i] < *low ? least[i] : *low, *high = most[i] > *high ? most[i] : *high;
}

void fit_at(const struct asked *a, const struct fit_rule *rule, struct xy_m at, size_t without, struct fit_rows *rows, struct polynomial *out)
{
    struct near_ties ties;
    double h = rule->bandwidth_m;
    for (int wider = 0;; wider++, h *= 2) {
        gather(a, at, h, wider > 0 || a->first == NULL, without, rows, &ties);
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
        solve(l, &s, out->term);
        out->sd_factor = (float)constant_sd(l);
    }
    bound_of(ties.x, ties.count, &out->low[EAST], &out->high[EAST]);
    bound_of(ties.y, ties.count, &out->low[NORTH], &out->high[NORTH]);
}

// --- the bandwidth ---

struct leaving { const struct tie_map *map; struct asked asked; struct fit_rule rule; size_t step; double *miss; uint32_t *ties; };
static void leave_out(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct leaving *l = ctx;
    const struct tie_map *map = l->map;
    struct fit_rows rows = {{0}};
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
        const struct tie_columns *t = &map->tie;
        struct polynomial p;
        fit_at(&l->asked, &l->rule, (struct xy_m){centre.x + t->x[k], centre.y + t->y[k]}, k, &rows, &p);
        l->ties[i] = p.ties;
        l->miss[i] = hypot(t->move_x[k] - p.term[0][EAST], t->move_y[k] - p.term[0][NORTH]);
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
    struct leaving l = {.map = m, .asked = {.map = m}, .rule = *rule, .step = step, .miss = miss, .ties = mem_get(sample, sizeof *l.ties)};
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
