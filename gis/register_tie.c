// Ties: pairs of footprints that are surely the same building, each with its own displacement.
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "gis/register_parts.h"
#include "gis/wall.h"
#include <math.h>
#include <string.h>

static const double WALL_REACH_M = 2.5;  // a wall this far from its counterpart after the expected shift says nothing
static const float TWIN_VARIANCE = 0.02f; // identical outlines: the displacement is known to the millimetre

struct tying {
    const struct register_input *in;
    shift_at *expect;
    const void *ctx;
    double reach_m;
    struct xy_m *expected; // [after]
    uint32_t *mate;        // [after] best BEFORE
    float *mate_cost;
    uint32_t *mate_of;     // [before] best AFTER
    struct tie *tie;       // [after]; walls 0: none
    struct scratch { struct rings a, b; struct walls wa, wb; struct wall_pieces pieces; } *scratch;
};

static void choose(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct tying *t = ctx;
    const struct register_input *in = t->in;
    for (int64_t i = first; i < last; i++) {
        t->mate[i] = NOBODY;
        t->mate_cost[i] = INFINITY;
        if (in->twin[i] != NOBODY || !in->active[i] || in->first_pair[i] == in->first_pair[i + 1])
            continue;
        struct xy_m b = footprint_middle(in->after, i), shift = t->expected[i] = t->expect(t->ctx, b);
        for (uint32_t p = in->first_pair[i]; p < in->first_pair[i + 1]; p++) {
            uint32_t j = in->pairs->b[p];
            struct xy_m a = footprint_middle(in->before, j);
            double dx = b.x + shift.x - a.x, dy = b.y + shift.y - a.y, off = dx * dx + dy * dy;
            if (off > t->reach_m * t->reach_m)
                continue;
            double like = footprint_likeness(in->before, j, in->after, i);
            if (like < 0.02)
                continue;
            off = sqrt(off);
            float cost = (float)(off / t->reach_m + 1 - like);
            if (cost < t->mate_cost[i])
                t->mate_cost[i] = cost, t->mate[i] = j;
        }
    }
}

static void settle(struct tying *t)
{
    const struct register_input *in = t->in;
    for (int64_t j = 0; j < in->before->count; j++)
        t->mate_of[j] = NOBODY;
    for (int64_t i = 0; i < in->after->count; i++) {
        uint32_t j = t->mate[i];
        if (j != NOBODY && (t->mate_of[j] == NOBODY || t->mate_cost[t->mate_of[j]] > t->mate_cost[i]))
            t->mate_of[j] = (uint32_t)i;
    }
}

// The displacement of one pair by its walls; twice, since the first expectation may be a metre off.
static void measure(struct tying *t, int64_t i, struct scratch *s)
{
    const struct register_input *in = t->in;
    uint32_t j = t->mate[i];
    struct xy_m place = footprint_middle(in->after, i), shift = t->expected[i];
    struct mm64 frame = footprint_centre(in->before, j);
    footprint_rings(in->before, j, frame, (struct xy_m){0, 0}, &s->a);
    walls_of(&s->a, &s->wa);
    struct wall_fit fit;
    for (int turn = 0; turn < 2; turn++) {
        footprint_rings(in->after, i, frame, shift, &s->b);
        walls_of(&s->b, &s->wb);
        memset(s->wa.covered_m, 0, s->wa.count * sizeof *s->wa.covered_m);
        walls_match(&s->wa, &s->wb, WALL_REACH_M, &s->pieces);
        if (s->pieces.count < 3 || !wall_fit_move(&s->wa, &s->pieces, 1.0, &fit))
            return;
        shift.x += fit.move.x, shift.y += fit.move.y;
        if (hypot(fit.move.x, fit.move.y) < 0.4)
            break;
    }
    double det = fit.xx * fit.yy - fit.xy * fit.xy;
    t->tie[i] = (struct tie){place, shift, (float)((fit.xx + fit.yy) / (2 * det)), (float)fit.residual_m, (float)fit.outward_m, j, (uint32_t)i,
                             (uint16_t)(fit.pieces > 60000 ? 60000 : fit.pieces)};
}

static void measure_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    struct tying *t = ctx;
    for (int64_t i = first; i < last; i++) {
        t->tie[i].walls = 0;
        if (t->in->twin[i] != NOBODY)
            t->tie[i] = (struct tie){footprint_middle(t->in->after, i), {0, 0}, TWIN_VARIANCE, 0, 0, t->in->twin[i], (uint32_t)i, 4};
        else if (t->mate[i] != NOBODY && t->mate_of[t->mate[i]] == (uint32_t)i && hash_mix((uint64_t)i + 1) % t->in->sample == 0)
            measure(t, i, &t->scratch[thread]);
    }
}

static double median_of(float *value, size_t count)
{
    return count == 0 ? 0 : select_float(value, count, count / 2);
}

// A sample large enough for a median, the same whatever the order of work.
enum { SAMPLE = 50000 };

double tie_own_noise_m(const struct tie *t)
{
    double freedom = t->walls - 2;
    return t->residual_m * sqrt(t->walls / freedom);
}

// chi^2 with k degrees of freedom has its median near k (1 - 2/(9k))^3.
static double vertex_noise_m(const struct ties *t)
{
    float *value = mem_get(SAMPLE, sizeof *value);
    size_t n = 0, step = t->count / SAMPLE + 1;
    for (size_t i = 0; i < t->count && n < SAMPLE; i += step) {
        if (t->tie[i].walls < 4 || t->tie[i].variance == TWIN_VARIANCE)
            continue;
        double k = t->tie[i].walls - 2, m = 1 - 2 / (9 * k);
        value[n++] = (float)(tie_own_noise_m(&t->tie[i]) / sqrt(m * m * m));
    }
    double noise = median_of(value, n);
    mem_free(value);
    return noise;
}

// Outward offset o of every wall changes area by o * perimeter: the median over ties is the overhang of the layer.
static double overhang_m(const struct register_input *in, const struct ties *t)
{
    float *value = mem_get(SAMPLE, sizeof *value), *spread = mem_get(SAMPLE, sizeof *spread);
    size_t n = 0, step = t->count / SAMPLE + 1;
    for (size_t i = 0; i < t->count && n < SAMPLE; i += step) {
        if (t->tie[i].variance == TWIN_VARIANCE)
            continue;
        double perimeter = (in->before->perimeter_m[t->tie[i].before] + in->after->perimeter_m[t->tie[i].after]) / 2;
        double gain = (double)in->after->area_m2[t->tie[i].after] - in->before->area_m2[t->tie[i].before];
        value[n++] = (float)(gain / perimeter);
    }
    double middle = median_of(value, n);
    for (size_t i = 0; i < n; i++)
        spread[i] = (float)fabs(value[i] - middle);
    double mad = 1.4826 * median_of(spread, n);
    mem_free(value);
    mem_free(spread);
    if (n < 30 || fabs(middle) < 0.05 || fabs(middle) < 5 * mad / sqrt((double)n))
        return 0;
    return middle;
}

// A residual that is mostly the overhang is no noise: E(left - o)^2 = E left^2 - 2 o E left + o^2.
static void take_overhang_out(struct ties *t)
{
    double o = t->overhang_m;
    for (size_t k = 0; k < t->count && o != 0; k++) {
        struct tie *tie = &t->tie[k];
        if (tie->variance != TWIN_VARIANCE)
            tie->residual_m = (float)sqrt(fmax(0, (double)tie->residual_m * tie->residual_m - 2 * o * tie->outward_m + o * o));
    }
}

static void keep_fitting(struct tying *t, struct ties *out)
{
    out->count = 0;
    out->tie = t->tie;
    for (int64_t i = 0; i < t->in->after->count; i++)
        if (t->tie[i].walls > 2)
            out->tie[out->count++] = t->tie[i];
    out->overhang_m = overhang_m(t->in, out);
    take_overhang_out(out);
    out->noise_m = vertex_noise_m(out);
    double most = fmax(0.25, 2.2 * out->noise_m); // what was built on does not fit, and is no witness
    size_t kept = 0;
    for (size_t k = 0; k < out->count; k++)
        if (tie_own_noise_m(&out->tie[k]) <= most)
            out->tie[kept++] = out->tie[k];
    out->count = kept;
}

void ties_find(const struct register_input *in, shift_at *expect, const void *ctx, double reach_m, struct ties *out)
{
    size_t n = (size_t)in->after->count, threads = (size_t)pool_threads(in->pool);
    struct tying t = {in, expect, ctx, reach_m, mem_get(n, sizeof *t.expected), mem_get(n, sizeof *t.mate), mem_get(n, sizeof *t.mate_cost),
                      mem_get((size_t)in->before->count, sizeof *t.mate_of), mem_get(n, sizeof *t.tie),
                      mem_get(threads, sizeof *t.scratch)};
    pool_range(in->pool, (int64_t)n, 1024, choose, &t);
    settle(&t);
    pool_range(in->pool, (int64_t)n, 256, measure_slice, &t);
    keep_fitting(&t, out);
    for (size_t k = 0; k < threads; k++) {
        rings_clear(&t.scratch[k].a);
        rings_clear(&t.scratch[k].b);
        walls_clear(&t.scratch[k].wa);
        walls_clear(&t.scratch[k].wb);
        wall_pieces_clear(&t.scratch[k].pieces);
    }
    mem_free(t.scratch);
    mem_free(t.expected);
    mem_free(t.mate);
    mem_free(t.mate_cost);
    mem_free(t.mate_of);
}
