#include "gis/change_test.h"
#include <math.h>

static const double SHORT_M = 0.8;       // shorter pieces do not speak for themselves,
static const double SHORT_STEP = 3.5;    // nor steps shorter than this many vertex noises: the ends of walls are drawn too
static const double SURELY_OFF = 3.5;      // standard deviations
static const double MOST_OF_IT = 0.6;      // of the outline a translation must explain
static const double MOST_W2 = 25;        // no single wall makes another building
static const double KEPT_W = 2.5;        // a wall within this stayed where it was
static const double PART_OF_WALL = 0.75; // a piece that covers less of its wall is a step

// A million buildings pass here, most without a change: fmin and fmax of the library are calls.
static inline double least(double a, double b) { return a < b ? a : b; }
static inline double most(double a, double b) { return a > b ? a : b; }

void alarm_table_fill(struct alarm_table *t)
{
    for (int k = 0; k <= ALARM_STEPS; k++)
        t->expected[k] = erfc((ALARM_LEAST + k * ALARM_STEP) / sqrt(2));
}

static double expected_alarms(const struct alarm_table *t, double alarm)
{
    double at = (alarm - ALARM_LEAST) / ALARM_STEP;
    if (t == NULL || at < 0)
        return erfc(alarm / sqrt(2));
    if (at >= ALARM_STEPS)
        return 0;
    int k = (int)at;
    return t->expected[k] + (at - k) * (t->expected[k + 1] - t->expected[k]);
}

void wall_census_add(struct wall_census *to, const struct wall_census *from)
{
    to->walls += from->walls;
    to->expected += from->expected;
    to->off_field += from->off_field;
}

// A translation beyond the field, its variance matrix in m2, and beyond which a piece told nothing of it.
struct estimate { lanes x, y, vxx, vxy, vyy, cut_m; };

// What is known of each pair beforehand.
struct known { lanes sd_m, tail_m, bend_per_m, old_m, middle_x, middle_y; lanes_mask has_tail; };

static struct estimate estimate_of(const struct wall_sums *s, double s2, lanes cut_m)
{
    lanes det = s->xx * s->yy - s->xy * s->xy;
    return (struct estimate){-(s->yy * s->gx - s->xy * s->gy) / det, -(s->xx * s->gy - s->xy * s->gx) / det,
                             s2 * s->yy / det, -s2 * s->xy / det, s2 * s->xx / det, cut_m};
}

// Robust estimate of the displacement with its prior (mean 0, sd tau): reweighted from wide to narrow.
VECTORS static void estimate_moves(const struct wall_pieces *pieces, const struct test_scale *s, const struct known *known, struct estimate *out)
{
    static const double CUT[][2] = {{6, 2}, {5, 1}, {4, 1}, {4, 1}, {4, 1}}; // vertex noises and registration sds
    double s2 = s->vertex_noise_m * s->vertex_noise_m;
    lanes prior = s2 / lanes_most(lanes_all(1e-8), known->sd_m * known->sd_m);
    struct wall_belief b = {.move_x = lanes_all(0), .move_y = lanes_all(0), .overhang_m = s->overhang_m, .by_factor = true};
    for (size_t turn = 0; turn < sizeof CUT / sizeof *CUT; turn++) {
        struct wall_sums sums = {prior, lanes_all(0), prior, lanes_all(0), lanes_all(0)};
        b.cut_m = CUT[turn][0] * s->vertex_noise_m + CUT[turn][1] * known->sd_m;
        wall_pieces_sum(pieces, &b, &sums);
        *out = estimate_of(&sums, s2, b.cut_m);
        b.move_x = out->x, b.move_y = out->y;
    }
}

// The one translation is asked of walls of one length that could have moved so far (a shed that moved overlaps itself by half).
// Steps and far pieces are what is tested then, and weigh nothing.
struct speaking { struct wall_sums sums; lanes length_m, walls; };
VECTORS static void let_speak(struct wall_pieces *p, const struct test_scale *s, const struct known *known, struct speaking *out)
{
    lanes far_m = known->tail_m + 4 * s->vertex_noise_m, length = lanes_all(0), walls = lanes_all(0);
    for (size_t k = 0; k < p->most; k++) {
        struct wall_piece *q = &p->piece[k];
        lanes longer = lanes_most(q->old_m, q->new_m), shorter = lanes_least(q->old_m, q->new_m);
        lanes_mask whole = (shorter >= PART_OF_WALL * longer) & (q->length_m > longer / 3) & (lanes_size(q->offset_m - s->overhang_m) < far_m);
        q->whole = lanes_only(whole, q->weight);
        whole &= q->weight > 0;
        length += lanes_only(whole, q->length_m), walls += lanes_only(whole, lanes_least(lanes_all(1), q->length_m / 2));
    }
    struct wall_belief all = {.move_x = lanes_all(0), .move_y = lanes_all(0), .cut_m = lanes_all(INFINITY), .overhang_m = s->overhang_m, .of_whole = true};
    *out = (struct speaking){{lanes_all(1e-6), lanes_all(0), lanes_all(1e-6), lanes_all(0), lanes_all(0)}, length, walls};
    wall_pieces_sum(p, &all, &out->sums);
}

// Whether the simpler story, one translation of all, explains what speaks well enough.
static bool is_explained(const struct wall_pieces *p, const struct test_scale *s, const struct estimate *e, double walls, double tail, int lane)
{
    double chi2 = 0, s2 = s->vertex_noise_m * s->vertex_noise_m, x = e->x[lane], y = e->y[lane];
    for (size_t k = 0; k < p->count[lane]; k++) {
        double left = p->piece[k].offset_m[lane] - s->overhang_m + (p->piece[k].along_y[lane] * x - p->piece[k].along_x[lane] * y);
        if (p->piece[k].whole[lane] > 0)
            chi2 += left * left * p->piece[k].whole[lane] / s2;
    }
    return chi2 - fmax(0, walls - 2) - 2 * log(tail) < s->alarm_z * s->alarm_z;
}

// Least squares without a prior: where one translation makes the walls fit, and speaks for most of the outline, it replaces the
// estimate; else the estimate stays.
static void move_freely(struct wall_pieces *p, const struct test_scale *s, struct outline_pair *const pair[LANES], const struct known *known,
                        struct estimate *e)
{
    struct speaking all;
    let_speak(p, s, known, &all);
    double s2 = s->vertex_noise_m * s->vertex_noise_m;
    lanes trace = all.sums.xx + all.sums.yy, det = all.sums.xx * all.sums.yy - all.sums.xy * all.sums.xy;
    struct estimate moved = estimate_of(&all.sums, s2, lanes_all(4 * s->vertex_noise_m));
    lanes own = s2 * trace / (2 * det), far2 = moved.x * moved.x + moved.y * moved.y; // no further than tails reach, and surely off the field
    lanes_mask moves = known->has_tail & (det >= 0.02 * trace * trace) & (all.length_m >= MOST_OF_IT * known->old_m) &
                       (far2 <= known->tail_m * known->tail_m) & (far2 >= SURELY_OFF * SURELY_OFF * (own + known->sd_m * known->sd_m));
    for (int lane = 0; lane < LANES; lane++)
        if (moves[lane] && !is_explained(p, s, &moved, all.walls[lane], pair[lane]->prior.tail, lane))
            moves[lane] = 0;
    lanes *to[] = {&e->x, &e->y, &e->vxx, &e->vxy, &e->vyy, &e->cut_m}, *from[] = {&moved.x, &moved.y, &moved.vxx, &moved.vxy, &moved.vyy, &moved.cut_m};
    for (size_t k = 0; k < sizeof to / sizeof *to; k++)
        *to[k] = lanes_choose(moves, *from[k], *to[k]);
}

// --- one piece after the other ----------------------------------------------------------------------------------------------

static inline lanes_mask steps_of(const struct wall_piece *q)
{
    return (q->length_m < PART_OF_WALL * q->old_m) | (q->length_m < PART_OF_WALL * q->new_m);
}

bool piece_is_step(const struct wall_pieces *p, size_t k, int lane)
{
    return p->piece[k].length_m[lane] < PART_OF_WALL * p->piece[k].old_m[lane] || p->piece[k].length_m[lane] < PART_OF_WALL * p->piece[k].new_m[lane];
}

// What the pieces of each pair add up to. swung_m2: how far they turn, at least that; loud: some piece is far enough off to be looked at.
struct totals { lanes kept_m, squares, freedom, weight_m2, swung_m2; lanes_mask loud; };

// A wall that took part in the estimate has pulled it its way (variance less n'Vn), one that was left out has not (plus). Far from
// the middle of a large outline the registration bends. What is too short does not speak for itself: w is 0, the alarm never rung.
VECTORS static void hold_pieces(struct wall_pieces *p, const struct test_scale *s, const struct known *known, const struct estimate *e,
                                struct totals *out)
{
    double noise = s->vertex_noise_m, s2 = noise * noise;
    lanes kept = lanes_all(0), squares = kept, freedom = kept, weight = kept, swung = kept;
    lanes_mask loud = {0};
    for (size_t k = 0; k < p->most; k++) {
        struct wall_piece *q = &p->piece[k];
        lanes x = q->along_y, y = -q->along_x, length = q->length_m, own = s2 * q->factor;
        lanes left = q->offset_m - s->overhang_m + (x * e->x + y * e->y);
        lanes nvn = x * x * e->vxx + 2 * x * y * e->vxy + y * y * e->vyy;
        lanes far = left * q->root_factor / e->cut_m, inside = lanes_most(1 - far * far, lanes_all(0));
        lanes dx = q->at_x - known->middle_x, dy = q->at_y - known->middle_y, bend = known->bend_per_m * (dx * dx + dy * dy);
        lanes sd = lanes_root(lanes_most(own + nvn * (1 - 2 * inside * inside), 0.3 * own) + bend * bend), w = left / sd;
        lanes sine = lanes_most(lanes_all(-1), lanes_least(lanes_all(1), q->sine)), swing = length * sine / (2 * noise), l2 = length * length;
        lanes_mask there = q->weight > 0, step = steps_of(q), speaks = there & (length >= SHORT_M) & ~(step & (length < SHORT_STEP * noise));
        lanes turned = lanes_only(~step, lanes_least(swing * swing, lanes_all(MOST_W2)));
        kept += lanes_only(there & (lanes_size(w) < KEPT_W), length);
        squares += lanes_only(speaks, lanes_least(w * w, lanes_all(MOST_W2)) + turned);
        freedom += lanes_only(speaks, lanes_choose(step, lanes_all(1), lanes_all(2)));
        weight += lanes_only(speaks, l2), swung += lanes_only(speaks, l2 * lanes_size(sine));
        lanes alarm = lanes_most(lanes_choose(step, lanes_all(s->step_z), lanes_all(s->alarm_z)), s->min_width_m / sd);
        q->alarm = lanes_choose(speaks, alarm, lanes_all(INFINITY));
        q->left_m = left, q->w = lanes_only(speaks, w);
        loud |= speaks & (lanes_size(left) >= s->min_width_m);
    }
    *out = (struct totals){kept, squares, freedom, weight, swung, loud};
}

static void count_alarms(const struct wall_pieces *p, const struct test_scale *s, int lane, struct wall_census *census)
{
    for (size_t k = 0; k < p->count[lane]; k++) {
        double alarm = p->piece[k].alarm[lane];
        census->walls += alarm < INFINITY;
        census->expected += expected_alarms(s->alarms, alarm);
    }
}

static void find_extremes(const struct wall_pieces *p, double min_width_m, int lane, struct outline_test *out)
{
    for (size_t k = 0; k < p->count[lane]; k++) {
        double left = p->piece[k].left_m[lane], w = p->piece[k].w[lane];
        if (fabs(left) < min_width_m)
            continue;
        if (w > out->gain_z)
            out->gain_z = w, out->gain_m = left, out->gain_is_step = piece_is_step(p, k, lane);
        if (-w > out->loss_z)
            out->loss_z = -w, out->loss_m = -left, out->loss_is_step = piece_is_step(p, k, lane);
    }
}

// The mean turn of the walls. An arc is never longer than a quarter of a circle times its sine: little swing settles it.
static void tell_turn(const struct wall_pieces *p, const struct test_scale *s, const struct totals *t, int lane, struct outline_test *out)
{
    double turn = 0, weight = t->weight_m2[lane];
    if (weight <= 0 || 1.5708 * t->swung_m2[lane] < TURN_RAD * weight)
        return;
    for (size_t k = 0; k < p->count[lane]; k++)
        if (p->piece[k].alarm[lane] < INFINITY)
            turn += p->piece[k].length_m[lane] * p->piece[k].length_m[lane] * asin(most(-1, least(1, p->piece[k].sine[lane])));
    out->turn_rad = turn / weight;
    out->turn_z = fabs(out->turn_rad) * sqrt(weight) / (2 * s->vertex_noise_m);
}

static double bare(const struct walls *w)
{
    double longest = 0;
    for (size_t i = 0; i < w->count; i++)
        longest = most(longest, w->length_m[i] - w->covered_m[i]);
    return longest;
}

static void tell(const struct wall_pieces *p, const struct test_scale *s, const struct totals *t, int lane, struct outline_pair *pair)
{
    struct outline_test *out = &pair->test;
    double freedom = t->freedom[lane], old_m = walls_length_m(pair->old), new_m = walls_length_m(pair->new_);
    if (t->loud[lane])
        find_extremes(p, s->min_width_m, lane, out);
    tell_turn(p, s, t, lane, out);
    out->kept = fmax(t->kept_m[lane] / old_m, t->kept_m[lane] / new_m);
    if (freedom > 0 && out->kept < KEPT)
        out->shape_z = (cbrt(t->squares[lane] / freedom) - (1 - 2 / (9 * freedom))) / sqrt(2 / (9 * freedom));
    out->bare_old_m = bare(pair->old);
    out->bare_new_m = bare(pair->new_);
}

// --- pairs side by side -----------------------------------------------------------------------------------------------------

static struct xy_m middle_of(const struct walls *w)
{
    struct xy_m sum = {0, 0};
    for (size_t i = 0; i < w->count; i++)
        sum.x += w->from_x[i], sum.y += w->from_y[i];
    double of = w->count > 0 ? (double)w->count : 1;
    return (struct xy_m){sum.x / of, sum.y / of};
}

static void know(struct outline_pair *const pair[LANES], struct known *out)
{
    *out = (struct known){.sd_m = lanes_all(1)};
    for (int lane = 0; lane < LANES; lane++) {
        if (pair[lane] == NULL)
            continue;
        const struct test_prior *prior = &pair[lane]->prior;
        struct xy_m middle = middle_of(pair[lane]->old);
        out->sd_m[lane] = prior->registration_sd_m, out->tail_m[lane] = prior->tail_m, out->bend_per_m[lane] = prior->bend_per_m;
        out->old_m[lane] = walls_length_m(pair[lane]->old);
        out->middle_x[lane] = middle.x, out->middle_y[lane] = middle.y;
        out->has_tail[lane] = prior->tail > 0 ? -1 : 0;
    }
}

void change_test_outlines(const struct test_scale *s, struct wall_pieces *pieces, struct outline_pair *const pair[LANES],
                          struct wall_census *census)
{
    struct known known;
    struct estimate e;
    struct totals totals;
    know(pair, &known);
    wall_pieces_tell(pieces);
    estimate_moves(pieces, s, &known, &e);
    move_freely(pieces, s, pair, &known, &e);
    hold_pieces(pieces, s, &known, &e, &totals);
    for (int lane = 0; lane < LANES; lane++) {
        if (pair[lane] == NULL)
            continue;
        pair[lane]->test = (struct outline_test){.move = {e.x[lane], e.y[lane]}, .move_sd_m = sqrt((e.vxx[lane] + e.vyy[lane]) / 2)};
        census->off_field += pair[lane]->prior.tail;
        count_alarms(pieces, s, lane, census);
        tell(pieces, s, &totals, lane, pair[lane]);
    }
}
