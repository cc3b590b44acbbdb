// Ties: pairs of footprints that are surely the same building, each with its own displacement.
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "gis/register_parts.h"
#include "gis/wall.h"
#include <math.h>

static const double WALL_REACH_M = 2.5;  // a wall this far from its counterpart after the expected shift says nothing
static const float TWIN_VARIANCE = 0.02f; // identical outlines: the displacement is known to the millimetre

// Pairs of one thread that wait for their displacement: they are fitted side by side.
struct waiting { struct tie *tie; struct xy_m shift; uint32_t before, after; struct mm64 frame; struct walls walls; };
struct scratch { struct rings rings; struct waiting waiting[LANES]; int count; struct walls walls; struct wall_pieces pieces; };
struct tying {
    const struct register_input *in;
    struct ties *ties;
    const struct expected *expect;
    uint32_t step;
    double fit_most_m;     // own noise of a tie that fits
    struct scratch *scratch;
};

enum { TIES_A_CELL = 24, TWINS_A_CELL = 3, NOISE_TIES = 30000 }; // what a field needs, of twins beside it, of a district where nothing is displaced

void ties_open(const struct district *d, struct ties *out)
{
    uint32_t few = (uint32_t)(NOISE_TIES / (d->cell.count + 1)) + 1, quiet = few < TIES_A_CELL ? few : TIES_A_CELL;
    const uint32_t most[] = {[CELL_QUIET] = quiet, [CELL_BESIDE] = quiet > TWINS_A_CELL ? quiet : TWINS_A_CELL, [CELL_ACTIVE] = TIES_A_CELL};
    *out = (struct ties){.district = d, .first = mem_get(d->cell.count + 1, sizeof *out->first),
                         .fitting = mem_get(d->cell.count, sizeof *out->fitting)};
    for (size_t c = 0; c < d->cell.count; c++) {
        uint32_t count = d->first[c + 1] - d->first[c];
        out->first[c + 1] = out->first[c] + (count < most[d->role[c]] ? count : most[d->role[c]]);
    }
    out->tie = mem_get(out->first[d->cell.count], sizeof *out->tie);
}

void ties_close(struct ties *t)
{
    mem_free(t->tie);
    mem_free(t->first);
    mem_free(t->fitting);
    *t = (struct ties){0};
}

// How badly BEFORE j suits somebody of AFTER who is expected at b; infinite: not at all, or surely worse than `best`: the distance
// alone costs that much.
static float mate_cost(const struct tying *t, int64_t i, struct xy_m b, uint32_t j, float best)
{
    struct xy_m a = footprint_middle(t->in->before, j);
    double dx = b.x - a.x, dy = b.y - a.y, off = dx * dx + dy * dy, reach = t->expect->reach_m, most = best < 0.999 ? best + 0.001 : 1;
    if (off > most * most * reach * reach || t->in->twin_of[j] != NOBODY)
        return INFINITY;
    double like = footprint_likeness(t->in->before, j, t->in->after, i);
    return like < 0.02 ? INFINITY : (float)(sqrt(off) / reach + 1 - like);
}

// So close and so alike that no other building of the same layer can be: it would stand on the same ground.
static const float SURE_COST = 0.3f;

// The best of BEFORE, unless somebody else of AFTER suits it better.
static uint32_t find_mate(const struct tying *t, uint32_t i, struct xy_m place, struct xy_m shift)
{
    const struct register_input *in = t->in;
    float best = INFINITY;
    uint32_t mate = NOBODY;
    for (uint32_t p = in->near_before_first[i]; p < in->near_before_first[i + 1] && best > SURE_COST; p++) {
        float cost = mate_cost(t, i, (struct xy_m){place.x + shift.x, place.y + shift.y}, in->near_before[p], best);
        if (cost < best)
            best = cost, mate = in->near_before[p];
    }
    if (mate == NOBODY || best <= SURE_COST)
        return mate;
    for (uint32_t p = in->near_after_first[mate]; p < in->near_after_first[mate + 1]; p++) {
        uint32_t o = in->near_after[p];
        if (o == i || in->twin[o] != NOBODY)
            continue;
        struct xy_m other = footprint_middle(in->after, o);
        float cost = mate_cost(t, o, (struct xy_m){other.x + shift.x, other.y + shift.y}, mate, best);
        if (cost < best || (cost == best && o < i))
            return NOBODY;
    }
    return mate;
}

// What the walls say of pairs where they are expected; the others' fits are no good.
static void fit_waiting(const struct tying *t, struct scratch *s, const bool asked[LANES], struct wall_fit fit[LANES])
{
    wall_pieces_start(&s->pieces);
    for (int k = 0; k < s->count; k++) {
        struct waiting *w = &s->waiting[k];
        if (!asked[k])
            continue;
        footprint_rings(t->in->after, w->after, w->frame, w->shift, &s->rings);
        walls_of(&s->rings, &s->walls);
        walls_match(&w->walls, &s->walls, WALL_REACH_M, &s->pieces, k);
    }
    wall_pieces_tell(&s->pieces);
    wall_fit_moves(&s->pieces, 1.0, fit);
    for (int k = 0; k < LANES; k++)
        fit[k].good &= fit[k].pieces >= 3;
}

static void keep_tie(const struct waiting *w, const struct wall_fit *fit)
{
    double det = fit->xx * fit->yy - fit->xy * fit->xy;
    *w->tie = (struct tie){w->tie->place, w->shift, (float)((fit->xx + fit->yy) / (2 * det)), (float)fit->residual_m, (float)fit->outward_m,
                           w->before, w->after, (uint16_t)(fit->pieces > 60000 ? 60000 : fit->pieces), false};
}

// The displacement of all that wait by their walls; twice where the first expectation was off.
static void measure_waiting(const struct tying *t, struct scratch *s)
{
    bool asked[LANES] = {0};
    int left = s->count;
    for (int k = 0; k < s->count; k++)
        asked[k] = true;
    for (int turn = 0; turn < 2 && left > 0; turn++) {
        struct wall_fit fit[LANES];
        fit_waiting(t, s, asked, fit);
        left = 0;
        for (int k = 0; k < s->count; k++) {
            struct waiting *w = &s->waiting[k];
            struct xy_m move = fit[k].move;
            if (!asked[k])
                continue;
            w->shift.x += move.x, w->shift.y += move.y;
            asked[k] = fit[k].good && turn == 0 && move.x * move.x + move.y * move.y >= 0.4 * 0.4;
            left += asked[k];
            if (fit[k].good && !asked[k])
                keep_tie(w, &fit[k]);
        }
    }
    s->count = 0;
}

static void wait_for_measure(const struct tying *t, uint32_t i, uint32_t j, struct tie *out, struct scratch *s)
{
    const struct register_input *in = t->in;
    struct waiting *w = &s->waiting[s->count++];
    w->tie = out, w->before = j, w->after = i;
    w->shift = out->move, w->frame = footprint_centre(in->before, j);
    if (t->expect->votes != NULL) { // a metre off: the middles tell more of a building left alone, and what was built on fits nowhere
        struct xy_m a = footprint_middle(in->before, j);
        w->shift = (struct xy_m){a.x - out->place.x, a.y - out->place.y};
    }
    footprint_rings(in->before, j, w->frame, (struct xy_m){0, 0}, &s->rings);
    walls_of(&s->rings, &w->walls);
    if (s->count == LANES)
        measure_waiting(t, s);
}

static struct xy_m expected_shift(const struct expected *e, const struct field_view *v, size_t cell, struct xy_m place)
{
    if (e->field != NULL)
        return field_view_shift(v, place);
    return e->votes != NULL ? votes_at(e->votes, cell, place) : (struct xy_m){0, 0};
}

static void find_tie(const struct tying *t, size_t cell, const struct field_view *v, uint32_t i, struct tie *out, struct scratch *s)
{
    if (out->walls > 0 && t->in->twin[i] != NOBODY)
        return; // known since the first round
    struct xy_m place = footprint_middle(t->in->after, i);
    if (t->in->twin[i] != NOBODY) {
        *out = (struct tie){place, {0, 0}, TWIN_VARIANCE, 0, 0, t->in->twin[i], i, 4, false};
        return;
    }
    struct xy_m shift = {0, 0};
    if (t->ties->district->role[cell] == CELL_ACTIVE)
        shift = expected_shift(t->expect, v, cell, place);
    double dx = out->move.x - shift.x, dy = out->move.y - shift.y;
    if (out->walls > 0 && dx * dx + dy * dy < t->expect->reach_m * t->expect->reach_m)
        return;
    uint32_t mate = find_mate(t, i, place, shift);
    *out = (struct tie){.place = place, .move = shift};
    if (mate != NOBODY)
        wait_for_measure(t, i, mate, out, s);
}

// What is asked of a footprint lies in many arrays. Neighbours share their lines, so some of a cell are enough.
enum { SOME = 4, MORE = 2 };

static void facts_come(const struct footprints *f, uint32_t i)
{
    ahead_read(&f->origin[i]);
    ahead_read(&f->centroid[i]);
    ahead_read(&f->size[i]);
    ahead_read(&f->area_m2[i]);
    ahead_read(&f->ring_first[i]);
}

static void buildings_come(const struct district *d, uint32_t cell)
{
    for (uint32_t k = d->first[cell]; k < d->first[cell + 1]; k += SOME) {
        facts_come(d->in->after, d->member[k]);
        ahead_read(&d->in->near_before_first[d->member[k]]);
    }
}

static void mates_come(const struct district *d, uint32_t cell)
{
    const struct register_input *in = d->in;
    for (uint32_t k = d->first[cell]; k < d->first[cell + 1]; k += MORE) {
        uint32_t i = d->member[k], near = in->near_before_first[i];
        footprint_comes(in->after, i);
        if (near == in->near_before_first[i + 1])
            continue;
        facts_come(in->before, in->near_before[near]);
        footprint_comes(in->before, in->near_before[near]);
    }
}

static void find_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    struct tying *t = ctx;
    const struct district *d = t->ties->district;
    struct field_view view;
    for (int64_t w = first; w < last; w++) {
        uint32_t c = d->walk[w];
        if (w + 2 < last)
            buildings_come(d, d->walk[w + 2]);
        if (w + 1 < last)
            mates_come(d, d->walk[w + 1]);
        uint32_t asked = t->ties->first[c + 1] - t->ties->first[c], count = d->first[c + 1] - d->first[c];
        if (asked > 0 && t->expect->field != NULL)
            field_view_open(t->expect->field, c, &view);
        for (uint32_t k = 0; k < asked; k += t->step)
            find_tie(t, c, &view, d->member[d->first[c] + one_of(count, asked, k)], &t->ties->tie[t->ties->first[c] + k],
                     &t->scratch[thread]);
    }
    measure_waiting(t, &t->scratch[thread]);
}

static double median_of(float *value, size_t count)
{
    return count == 0 ? 0 : select_float(value, count, count / 2);
}

// A sample large enough for a median, the same whatever the order of work.
enum { SAMPLE = 50000 };

// A residual that is mostly the overhang is no noise: E(left - o)^2 = E left^2 - 2 o E left + o^2.
double tie_own_noise_m(const struct tie *t, double overhang_m)
{
    double freedom = t->walls - 2, square = (double)t->residual_m * t->residual_m;
    if (t->variance != TWIN_VARIANCE)
        square = fmax(0, square - 2 * overhang_m * t->outward_m + overhang_m * overhang_m);
    return sqrt(square * t->walls / freedom);
}

// chi^2 with k degrees of freedom has its median near k (1 - 2/(9k))^3.
static double vertex_noise_m(const struct ties *t, size_t room)
{
    float *value = mem_get(SAMPLE, sizeof *value);
    size_t n = 0, step = room / SAMPLE + 1;
    for (size_t i = 0; i < room && n < SAMPLE; i += step) {
        if (t->tie[i].walls < 4 || t->tie[i].variance == TWIN_VARIANCE)
            continue;
        double k = t->tie[i].walls - 2, m = 1 - 2 / (9 * k);
        value[n++] = (float)(tie_own_noise_m(&t->tie[i], t->overhang_m) / sqrt(m * m * m));
    }
    double noise = median_of(value, n);
    mem_free(value);
    return noise;
}

// What a wall further out by so much adds to the area, of a sample: NaN where a tie tells nothing.
struct sampling { const struct tying *t; size_t step; float *value; };
static void sample_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct sampling *s = ctx;
    const struct register_input *in = s->t->in;
    for (int64_t k = first; k < last; k++) {
        const struct tie *t = &s->t->ties->tie[(size_t)k * s->step];
        s->value[k] = NAN;
        if (t->walls < 3 || t->variance == TWIN_VARIANCE)
            continue;
        double perimeter = (footprint_perimeter_m(in->before, t->before) + footprint_perimeter_m(in->after, t->after)) / 2;
        double gain = (double)in->after->area_m2[t->after] - in->before->area_m2[t->before];
        s->value[k] = (float)(gain / perimeter);
    }
}

// Outward offset o of every wall changes area by o * perimeter: the median over ties is the overhang of the layer.
static double overhang_m(const struct tying *t, size_t room)
{
    float *value = mem_get(SAMPLE, sizeof *value), *spread = mem_get(SAMPLE, sizeof *spread);
    size_t n = 0, step = room / SAMPLE + 1, asked = (room + step - 1) / step;
    pool_range(t->in->pool, (int64_t)asked, 512, sample_slice, &(struct sampling){t, step, value});
    for (size_t k = 0; k < asked; k++)
        if (!isnan(value[k]))
            value[n++] = value[k];
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

static void fit_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct tying *t = ctx;
    for (int64_t c = first; c < last; c++) {
        t->ties->fitting[c] = 0;
        for (uint32_t k = t->ties->first[c]; k < t->ties->first[c + 1]; k++) {
            struct tie *tie = &t->ties->tie[k];
            tie->fits = tie->walls > 2 && tie_own_noise_m(tie, t->ties->overhang_m) <= t->fit_most_m;
            t->ties->fitting[c] += tie->fits;
        }
    }
}

static void tell_fitting(struct tying *t)
{
    struct ties *ties = t->ties;
    size_t cells = ties->district->cell.count, room = ties->first[cells];
    ties->overhang_m = overhang_m(t, room);
    ties->noise_m = vertex_noise_m(ties, room);
    t->fit_most_m = fmax(0.25, 2.2 * ties->noise_m); // what was built on does not fit, and is no witness
    pool_range(t->in->pool, (int64_t)cells, 256, fit_slice, t);
    ties->count = 0;
    for (size_t c = 0; c < cells; c++)
        ties->count += ties->fitting[c];
}

void ties_find(struct ties *ties, const struct expected *e, uint32_t step)
{
    const struct register_input *in = ties->district->in;
    size_t threads = (size_t)pool_threads(in->pool);
    struct tying t = {in, ties, e, step, 0, mem_get(threads, sizeof *t.scratch)};
    pool_range(in->pool, (int64_t)ties->district->cell.count, 32, find_slice, &t);
    tell_fitting(&t);
    for (size_t k = 0; k < threads; k++) {
        rings_clear(&t.scratch[k].rings);
        walls_clear(&t.scratch[k].walls);
        for (int lane = 0; lane < LANES; lane++)
            walls_clear(&t.scratch[k].waiting[lane].walls);
        wall_pieces_clear(&t.scratch[k].pieces);
    }
    mem_free(t.scratch);
}
