// Field: ties become a smooth displacement with a known uncertainty, anywhere in the district.
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "gis/register_parts.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TERMS = 6, ROBUST_TURNS = 3, ROUGH_TURNS = 2, LEAVE_OUT = 1000, FEW_TIES = 5, WIDEST = 5, MOST_TIES = 90, ROOM = 1024 };
static const double BIN_M = 32;             // the ties' own index
static const double REACH = 2.4;            // bandwidths; the weights (1 - (d/reach)^2)^3 end there, much like a Gaussian
static const double NODE_SPACING = 0.9;     // bandwidths;
static const double ROUGH_SPACING = 2;      // of a field that only has to say where ties are to be looked for
static const double GRADIENT_SD = 0.03;     // metres per metre: ridge, what fields of survey sheets and old maps show at most
static const double CURVATURE_SD = 3e-4;    // per metre
static const double STEEPEST = 0.04, SEAM_SHARE = 0.04;
static const double VARIANCE_FLOOR = 0.1;   // of a tie, over sigma^2: no single tie rules a node
static const double BANDWIDTH_M[] = {24, 32, 44, 60, 85, 120, 180, 260};

// low, high: what the ties around show at most; a polynomial must not be believed beyond.
struct polynomial { float x[TERMS], y[TERMS]; float low_x, low_y, high_x, high_y, sd_factor; uint32_t ties; float h; };
struct field {
    struct tie *tie; size_t ties;           // sorted by bin
    struct cell_index bin; uint32_t *bin_first;
    double bandwidth_m, noise_m, spacing;
    int turns;                              // of the robust fit
    struct xy_m middle;                     // median displacement: what the ridge leads to
    double tukey_m;
    struct cell_index node; struct polynomial *at;
    struct cell_index cell; float *misfit;  // per vote cell: sd of what the field leaves, one axis, m
    float misfit_all;
    float *tail, tail_all, tail_m;          // per vote cell, and all together
};

static void basis(double u, double v, double out[TERMS])
{
    out[0] = 1, out[1] = u, out[2] = v, out[3] = u * u, out[4] = u * v, out[5] = v * v;
}

struct normal { double a[TERMS][TERMS], bx[TERMS], by[TERMS]; };

// The ties around one place, in units of the bandwidth: gathered once, used for every robust turn.
struct near_ties { int count; double u[ROOM], v[ROOM], x[ROOM], y[ROOM], weight[ROOM]; };

static void note_tie(struct near_ties *n, const struct field *f, const struct tie *t, struct xy_m at, double h)
{
    double u = (t->place.x - at.x) / h, v = (t->place.y - at.y) / h, d2 = (u * u + v * v) / (REACH * REACH);
    if (d2 >= 1 || n->count == ROOM)
        return;
    int k = n->count++;
    n->u[k] = u, n->v[k] = v;
    n->x[k] = t->move.x - f->middle.x, n->y[k] = t->move.y - f->middle.y;
    n->weight[k] = (1 - d2) * (1 - d2) * (1 - d2) / (t->variance + VARIANCE_FLOOR);
}

static void sum_ties(const struct near_ties *t, const struct polynomial *last, double tukey, struct normal *n)
{
    memset(n, 0, sizeof *n);
    for (int k = 0; k < t->count; k++) {
        double b[TERMS], w = t->weight[k];
        basis(t->u[k], t->v[k], b);
        if (last != NULL) {
            double px = t->x[k], py = t->y[k];
            for (int i = 0; i < TERMS; i++)
                px -= last->x[i] * b[i], py -= last->y[i] * b[i];
            double r2 = (px * px + py * py) / (tukey * tukey);
            if (r2 >= 1)
                continue;
            w *= (1 - r2) * (1 - r2);
        }
        for (int i = 0; i < TERMS; i++) {
            double wb = w * b[i];
            for (int m = 0; m <= i; m++)
                n->a[i][m] += wb * b[m];
            n->bx[i] += wb * t->x[k];
            n->by[i] += wb * t->y[k];
        }
    }
}

// Cholesky of the ridged normal matrix; variance of the constant term in units of sigma^2.
static void solve(struct normal *n, int ties, double h, double noise, struct polynomial *out)
{
    double s2 = fmax(noise * noise, 1e-4), first = s2 / pow(h * GRADIENT_SD, 2), second = s2 / pow(h * h * CURVATURE_SD, 2);
    double l[TERMS][TERMS];
    n->a[0][0] += s2 / (5.0 * 5.0);
    for (int i = 1; i < TERMS; i++)
        n->a[i][i] += i < 3 ? first : second;
    for (int i = 0; i < TERMS; i++)
        for (int k = 0; k <= i; k++) {
            double sum = n->a[i][k];
            for (int m = 0; m < k; m++)
                sum -= l[i][m] * l[k][m];
            l[i][k] = i == k ? sqrt(fmax(sum, 1e-12)) : sum / l[k][k];
        }
    double unit[TERMS] = {1}, *right[3] = {n->bx, n->by, unit};
    for (int r = 0; r < 3; r++) {
        for (int i = 0; i < TERMS; i++) {
            for (int m = 0; m < i; m++)
                right[r][i] -= l[i][m] * right[r][m];
            right[r][i] /= l[i][i];
        }
        for (int i = TERMS - 1; i >= 0; i--) {
            for (int m = i + 1; m < TERMS; m++)
                right[r][i] -= l[m][i] * right[r][m];
            right[r][i] /= l[i][i];
        }
    }
    for (int i = 0; i < TERMS; i++)
        out->x[i] = (float)n->bx[i], out->y[i] = (float)n->by[i];
    out->sd_factor = (float)sqrt(fmax(unit[0], 0));
    out->ties = (uint32_t)ties;
    out->h = (float)h;
}

// Where ties are dense only some of each bin are asked: MOST_TIES in all are enough for six numbers.
static void gather(const struct field *f, struct xy_m at, double h, size_t without, struct near_ties *out)
{
    out->count = 0;
    double reach = REACH * h, most = fmax(1, MOST_TIES * BIN_M * BIN_M / (3.14 * reach * reach));
    uint64_t low = cell_key(BIN_M, (struct xy_m){at.x - reach, at.y - reach});
    int wide = (int)(floor((at.x + reach) / BIN_M) - floor((at.x - reach) / BIN_M));
    int high = (int)(floor((at.y + reach) / BIN_M) - floor((at.y - reach) / BIN_M));
    for (int dy = 0; dy <= high; dy++) { // the bins of one row lie side by side
        uint64_t from = cell_neighbour(low, 0, dy), to = cell_neighbour(low, wide, dy);
        size_t a = 0, b = f->bin.count;
        while (a < b) {
            size_t m = (a + b) / 2;
            if (f->bin.key[m] < from)
                a = m + 1;
            else
                b = m;
        }
        for (; a < f->bin.count && f->bin.key[a] <= to; a++) {
            uint32_t first = f->bin_first[a], count = f->bin_first[a + 1] - first;
            double step = fmax(1, count / most);
            for (double k = 0; k < count; k += step)
                if (first + (uint32_t)k != without)
                    note_tie(out, f, &f->tie[first + (uint32_t)k], at, h);
        }
    }
}

static void bound(const struct near_ties *t, struct polynomial *out)
{
    out->low_x = out->low_y = INFINITY, out->high_x = out->high_y = -INFINITY;
    for (int k = 0; k < t->count; k++) {
        out->low_x = fminf(out->low_x, (float)t->x[k]), out->high_x = fmaxf(out->high_x, (float)t->x[k]);
        out->low_y = fminf(out->low_y, (float)t->y[k]), out->high_y = fmaxf(out->high_y, (float)t->y[k]);
    }
}

static void fit_at(const struct field *f, struct xy_m at, double h, size_t without, struct polynomial *out)
{
    struct near_ties ties;
    struct normal n;
    for (int wider = 0;; wider++, h *= 2) {
        gather(f, at, h, without, &ties);
        if (ties.count >= FEW_TIES || wider == WIDEST - 1)
            break;
    }
    sum_ties(&ties, NULL, 0, &n);
    solve(&n, ties.count, h, f->noise_m, out);
    for (int turn = 1; turn < f->turns && ties.count > 0; turn++) {
        struct polynomial last = *out;
        sum_ties(&ties, &last, f->tukey_m * (turn == 1 ? 2.5 : 1), &n);
        solve(&n, ties.count, h, f->noise_m, out);
    }
    bound(&ties, out);
}

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct leaving { const struct field *f; double h; size_t step; double *miss; };
static void leave_out(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct leaving *l = ctx;
    for (int64_t i = first; i < last; i++) {
        size_t k = (size_t)i * l->step;
        const struct tie *t = &l->f->tie[k];
        struct polynomial p;
        fit_at(l->f, t->place, l->h, k, &p);
        l->miss[i] = hypot(t->move.x - l->f->middle.x - p.x[0], t->move.y - l->f->middle.y - p.y[0]);
    }
}

// The bandwidth that predicts left-out ties best (median of the miss; mean of the better 80 %).
static void choose_bandwidth(struct pool *pool, struct field *f)
{
    size_t step = f->ties / LEAVE_OUT + 1, sample = f->ties / step;
    double *miss = mem_get(sample, sizeof *miss), best = INFINITY;
    f->bandwidth_m = BANDWIDTH_M[3];
    for (size_t b = 0; b < sizeof BANDWIDTH_M / sizeof *BANDWIDTH_M && sample >= 10; b++) {
        struct leaving l = {f, BANDWIDTH_M[b], step, miss};
        pool_range(pool, (int64_t)sample, 32, leave_out, &l);
        qsort(miss, sample, sizeof *miss, by_double);
        double sum = 0;
        size_t most = sample * 9 / 10;
        for (size_t i = 0; i < most; i++)
            sum += miss[i] * miss[i];
        double score = sqrt(sum / (double)most);
        if (score < best * 0.995) {
            best = score;
            f->bandwidth_m = BANDWIDTH_M[b];
            f->tukey_m = fmax(6 * miss[sample / 2], 0.15);
        } else if (score > 1.25 * best)
            break;
    }
    mem_free(miss);
}

static void index_bins(struct field *f, const struct ties *ties)
{
    struct sort_item *item = mem_get(ties->count, sizeof *item);
    for (size_t i = 0; i < ties->count; i++)
        item[i] = (struct sort_item){cell_key(BIN_M, ties->tie[i].place), (uint32_t)i};
    sort_by_key(item, ties->count);
    f->ties = ties->count;
    f->tie = mem_get(f->ties, sizeof *f->tie);
    f->bin = (struct cell_index){.size_m = BIN_M, .key = mem_get(f->ties, sizeof *f->bin.key)};
    f->bin_first = mem_get(f->ties + 1, sizeof *f->bin_first);
    for (size_t i = 0; i < f->ties; i++) {
        f->tie[i] = ties->tie[item[i].value];
        if (i == 0 || item[i].key != item[i - 1].key) {
            f->bin_first[f->bin.count] = (uint32_t)i;
            f->bin.key[f->bin.count++] = item[i].key;
        }
    }
    f->bin_first[f->bin.count] = (uint32_t)f->ties;
    mem_free(item);
}

enum { MEDIAN_OF = 20000 };
static double median_component(const struct field *f, bool y)
{
    size_t step = f->ties / MEDIAN_OF + 1, n = 0;
    double *v = mem_get(f->ties / step + 1, sizeof *v);
    for (size_t i = 0; i < f->ties; i += step)
        v[n++] = y ? f->tie[i].move.y : f->tie[i].move.x;
    qsort(v, n, sizeof *v, by_double);
    double m = n > 0 ? v[n / 2] : 0;
    mem_free(v);
    return m;
}

// The lower left node of a place; nodes stand at the corners of the node grid.
static struct xy_m node_place(const struct field *f, uint64_t key)
{
    struct xy_m c = cell_centre(f->node.size_m, key);
    return (struct xy_m){c.x - f->node.size_m / 2, c.y - f->node.size_m / 2};
}

static void lay_nodes(struct field *f, const struct register_input *in)
{
    size_t n = (size_t)in->after->count;
    f->node.size_m = f->spacing * f->bandwidth_m;
    struct sort_item *item = mem_get(n * 4, sizeof *item);
    size_t count = 0;
    uint64_t last = 0;
    for (size_t i = 0; i < n; i++) {
        if (!in->active[i])
            continue;
        uint64_t key = cell_key(f->node.size_m, footprint_middle(in->after, (int64_t)i));
        if (key == last)
            continue;
        last = key;
        for (int c = 0; c < 4; c++)
            item[count++] = (struct sort_item){cell_neighbour(key, c & 1, c >> 1), 0};
    }
    sort_by_key(item, count);
    f->node.key = mem_get(count, sizeof *f->node.key);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || item[i].key != item[i - 1].key)
            f->node.key[f->node.count++] = item[i].key;
    mem_free(item);
    cell_index_ready(&f->node);
    f->at = mem_get(f->node.count, sizeof *f->at);
}

static void fit_nodes(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct field *f = ctx;
    for (int64_t i = first; i < last; i++)
        fit_at(f, node_place(f, f->node.key[i]), f->bandwidth_m, SIZE_MAX, &f->at[i]);
}

static bool blend(const struct field *f, struct xy_m p, struct placed *out)
{
    uint64_t key = cell_key(f->node.size_m, p);
    struct xy_m corner = node_place(f, key);
    double u = (p.x - corner.x) / f->node.size_m, v = (p.y - corner.y) / f->node.size_m, sum = 0;
    *out = (struct placed){0};
    for (int c = 0; c < 4; c++) {
        size_t n = cell_find(&f->node, cell_neighbour(key, c & 1, c >> 1));
        if (n == SIZE_MAX || f->at[n].ties == 0)
            continue;
        const struct polynomial *q = &f->at[n];
        double w = ((c & 1) ? u : 1 - u) * ((c >> 1) ? v : 1 - v) + 1e-9, h = q->h;
        double x = (u - (c & 1)) * f->node.size_m / h, y = (v - (c >> 1)) * f->node.size_m / h;
        double sx = q->x[0] + q->x[1] * x + q->x[2] * y + q->x[3] * x * x + q->x[4] * x * y + q->x[5] * y * y;
        double sy = q->y[0] + q->y[1] * x + q->y[2] * y + q->y[3] * x * x + q->y[4] * x * y + q->y[5] * y * y;
        out->shift.x += w * fmax(q->low_x, fmin(q->high_x, sx));
        out->shift.y += w * fmax(q->low_y, fmin(q->high_y, sy));
        out->per_x.x += w / h * (q->x[1] + 2 * q->x[3] * x + q->x[4] * y);
        out->per_x.y += w / h * (q->y[1] + 2 * q->y[3] * x + q->y[4] * y);
        out->per_y.x += w / h * (q->x[2] + q->x[4] * x + 2 * q->x[5] * y);
        out->per_y.y += w / h * (q->y[2] + q->y[4] * x + 2 * q->y[5] * y);
        out->sd_m += w * q->sd_factor * f->noise_m;
        out->ties += (int)q->ties;
        sum += w;
    }
    if (sum < 1e-6)
        return false;
    out->shift.x /= sum, out->shift.y /= sum, out->sd_m /= sum, out->ties /= 4;
    out->per_x.x /= sum, out->per_x.y /= sum, out->per_y.x /= sum, out->per_y.y /= sum;
    out->shift.x += f->middle.x, out->shift.y += f->middle.y;
    return true;
}

static const double TAIL_Z2 = 4 * 4;        // beyond this many variances a tie is off the field
static const double FEW_LEAN = 10, FEW_TAIL_LEAN = 40; // cells with few ties lean this much on the whole

static const double WITNESS = 1.35;         // a tie that fits itself no better has been built on, and tells nothing of seams

struct leftover { float square, variance; bool witness, in_tail; }; // of one tie, one axis

// Beyond what the ties' own noise explains: misfit of the field nearly everywhere, tails at seams.
static void leave_over(struct field *f, struct leftover *left)
{
    double all = 0, of = 0, tail = 0, tail_square = 0;
    for (size_t i = 0; i < f->ties; i++) {
        struct placed p;
        if (!blend(f, f->tie[i].place, &p))
            continue;
        double r2 = pow(f->tie[i].move.x - p.shift.x, 2) + pow(f->tie[i].move.y - p.shift.y, 2);
        left[i].square = (float)(r2 / 2);
        left[i].variance = (float)(f->noise_m * f->noise_m * f->tie[i].variance + p.sd_m * p.sd_m);
        double limit = 2 * f->tukey_m;
        all += fmin(r2, limit * limit) / 2 - left[i].variance, of += 1;
    }
    f->misfit_all = (float)sqrt(of > 0 ? fmax(0, all / of) : 0);
    of = 0;
    for (size_t i = 0; i < f->ties; i++) {
        left[i].witness = tie_own_noise_m(&f->tie[i]) <= WITNESS * f->noise_m;
        of += left[i].witness;
        double variance = left[i].variance + 0.5 * f->misfit_all * f->misfit_all;
        left[i].in_tail = left[i].witness && 2 * left[i].square > TAIL_Z2 * variance;
        if (left[i].in_tail)
            tail += 1, tail_square += left[i].square;
    }
    f->tail_all = (float)(of > 0 ? tail / of : 0);
    f->tail_m = (float)(tail > 0 ? sqrt(tail_square / tail) : 0);
}

// Per vote cell, with its neighbours; few ties lean on the whole.
static void measure_misfit(struct field *f)
{
    struct sort_item *item = mem_get(f->ties, sizeof *item);
    struct leftover *left = mem_get(f->ties, sizeof *left);
    leave_over(f, left);
    for (size_t i = 0; i < f->ties; i++)
        item[i] = (struct sort_item){cell_key(VOTE_CELL_M, f->tie[i].place), (uint32_t)i};
    sort_by_key(item, f->ties);
    f->cell = (struct cell_index){.size_m = VOTE_CELL_M, .key = mem_get(f->ties, sizeof *f->cell.key)};
    f->misfit = mem_get(f->ties, sizeof *f->misfit);
    f->tail = mem_get(f->ties, sizeof *f->tail);
    double limit = 2 * f->tukey_m * f->tukey_m;
    for (size_t i = 0; i < f->ties;) {
        size_t end = i;
        double sum = FEW_LEAN * f->misfit_all * f->misfit_all, tail = FEW_TAIL_LEAN * f->tail_all, count = 0, witnesses = 0;
        for (; end < f->ties && item[end].key == item[i].key; end++, count++) {
            const struct leftover *l = &left[item[end].value];
            sum += fmin(l->square, limit) - l->variance;
            tail += l->in_tail, witnesses += l->witness;
        }
        f->misfit[f->cell.count] = (float)sqrt(fmax(0, sum / (count + FEW_LEAN)));
        f->tail[f->cell.count] = (float)(tail / (witnesses + FEW_TAIL_LEAN));
        f->cell.key[f->cell.count++] = item[i].key;
        i = end;
    }
    cell_index_ready(&f->cell);
    mem_free(item);
    mem_free(left);
}

struct field *field_open(const struct register_input *in, const struct ties *ties, double noise_m, double bandwidth_m)
{
    struct field *f = mem_get(1, sizeof *f);
    f->noise_m = fmax(noise_m, 0.01);
    index_bins(f, ties);
    f->middle = (struct xy_m){median_component(f, false), median_component(f, true)};
    f->tukey_m = 2;
    f->bandwidth_m = bandwidth_m;
    f->spacing = bandwidth_m == 0 ? NODE_SPACING : ROUGH_SPACING;
    f->turns = bandwidth_m == 0 ? ROBUST_TURNS : ROUGH_TURNS;
    if (bandwidth_m == 0)
        choose_bandwidth(in->pool, f);
    lay_nodes(f, in);
    pool_range(in->pool, (int64_t)f->node.count, 64, fit_nodes, f);
    measure_misfit(f);
    return f;
}

// Seams bend the fit, but nobody draws a building across two sheets: beside them its shape is left alone, and nowhere is it
// stretched more than survey fields are.
static void calm(struct placed *p)
{
    double trust = 1 / (1 + pow(p->tail / SEAM_SHARE, 2));
    double *slope[] = {&p->per_x.x, &p->per_x.y, &p->per_y.x, &p->per_y.y};
    for (int k = 0; k < 4; k++)
        *slope[k] = fmax(-STEEPEST, fmin(STEEPEST, *slope[k] * trust));
}

struct placed field_at(const struct field *f, struct xy_m place)
{
    struct placed p;
    if (!blend(f, place, &p)) {
        p = (struct placed){.shift = f->middle, .sd_m = f->ties > 0 ? 1.0 : 0.0};
        return p;
    }
    size_t c = cell_find(&f->cell, cell_key(VOTE_CELL_M, place));
    double misfit = c == SIZE_MAX ? f->misfit_all : f->misfit[c];
    p.sd_m = sqrt(p.sd_m * p.sd_m + misfit * misfit);
    p.tail = c == SIZE_MAX ? f->tail_all : f->tail[c];
    p.tail_m = f->tail_m;
    calm(&p);
    return p;
}

void field_close(struct field *f)
{
    if (f == NULL)
        return;
    mem_free(f->tie);
    cell_index_clear(&f->bin);
    mem_free(f->bin_first);
    cell_index_clear(&f->node);
    mem_free(f->at);
    cell_index_clear(&f->cell);
    mem_free(f->misfit);
    mem_free(f->tail);
    mem_free(f);
}
