#include "gis/change_test.h"
#include "core/base/mem.h"
#include <math.h>
#include <string.h>

static const double SHORT_M = 0.8;       // shorter pieces do not speak for themselves,
static const double SHORT_STEP = 3.5;    // nor steps shorter than this many vertex noises: the ends of walls are drawn too
static const double SURELY_OFF = 3.5;      // standard deviations
static const double MOST_OF_IT = 0.6;      // of the outline a translation must explain
static const double MOST_W2 = 25;        // no single wall makes another building
static const double KEPT_W = 2.5;        // a wall within this stayed where it was
static const double PART_OF_WALL = 0.75; // a piece that covers less of its wall is a step

struct estimate { struct xy_m t; double vxx, vxy, vyy, cut_m; }; // V in m2

// A million buildings pass here, most without a change: fmin and fmax of the library are calls.
static inline double least(double a, double b) { return a < b ? a : b; }
static inline double most(double a, double b) { return a > b ? a : b; }
static inline double dot(struct xy_m a, struct xy_m b) { return a.x * b.x + a.y * b.y; }

// Robust estimate of the displacement with its prior (mean 0, sd tau): reweighted from wide to narrow.
static struct estimate estimate_move(const struct wall_pieces *pieces, const struct test_scale *s)
{
    double s2 = s->vertex_noise_m * s->vertex_noise_m, prior = s2 / most(1e-8, s->registration_sd_m * s->registration_sd_m);
    struct estimate e = {0};
    for (int turn = 0; turn < 5; turn++) {
        double cut = (turn == 0 ? 6 : turn == 1 ? 5 : 4) * s->vertex_noise_m + (turn == 0 ? 2 : 1) * s->registration_sd_m;
        double xx = prior, xy = 0, yy = prior, gx = 0, gy = 0, per_cut = 1 / cut;
        for (size_t k = 0; k < pieces->count; k++) {
            const struct wall_pull *p = &pieces->pull[k];
            double left = (p->offset_m + dot(p->out, e.t)) * p->root_factor * per_cut, inside = most(0, 1 - left * left);
            double w = p->weight * inside * inside;
            xx += w * p->out.x * p->out.x, xy += w * p->out.x * p->out.y, yy += w * p->out.y * p->out.y;
            gx += w * p->out.x * p->offset_m, gy += w * p->out.y * p->offset_m;
        }
        double det = xx * yy - xy * xy;
        e.t = (struct xy_m){-(yy * gx - xy * gy) / det, -(xx * gy - xy * gx) / det};
        e.cut_m = cut;
        e.vxx = s2 * yy / det, e.vxy = -s2 * xy / det, e.vyy = s2 * xx / det;
    }
    return e;
}

// A wall that took part in the estimate has pulled it its way (variance less n'Vn), one that was left out has not (plus).
static double variance_of(const struct wall_piece *p, const struct wall_pull *pull, double left, const struct estimate *e,
                          const struct test_scale *s)
{
    double s2 = s->vertex_noise_m * s->vertex_noise_m;
    struct xy_m n = pull->out;
    double nvn = n.x * n.x * e->vxx + 2 * n.x * n.y * e->vxy + n.y * n.y * e->vyy, own = s2 * p->factor;
    double far = left * pull->root_factor / e->cut_m, inside = most(0, 1 - far * far);
    return most(own + nvn * (1 - 2 * inside * inside), 0.3 * own);
}

static struct xy_m middle_of(const struct walls *w)
{
    struct xy_m sum = {0, 0};
    for (size_t i = 0; i < w->count; i++)
        sum.x += w->wall[i].from.x, sum.y += w->wall[i].from.y;
    double of = fmax(1, (double)w->count);
    return (struct xy_m){sum.x / of, sum.y / of};
}

// What the registration may be off at this piece, far from the middle of a large outline.
static double bend_at(const struct wall *a, const struct wall_piece *p, struct xy_m middle, const struct test_scale *s)
{
    double along = p->old_at * a->length_m;
    double dx = a->from.x + a->along.x * along - middle.x, dy = a->from.y + a->along.y * along - middle.y;
    return s->bend_per_m * (dx * dx + dy * dy);
}

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

static void count_wall(struct wall_census *c, const struct alarm_table *t, double alarm)
{
    c->walls++;
    c->expected += expected_alarms(t, alarm);
}

void wall_census_add(struct wall_census *to, const struct wall_census *from)
{
    to->walls += from->walls;
    to->expected += from->expected;
    to->off_field += from->off_field;
}

static double length_of(const struct walls *w)
{
    double sum = 0;
    for (size_t i = 0; i < w->count; i++)
        sum += w->wall[i].length_m;
    return sum;
}

// What the one translation is asked of: walls of one length that could have moved so far (a shed that moved overlaps itself
// by half). Steps and far pieces are what is tested then.
static bool of_the_whole(const struct walls *old, const struct walls *new_, const struct wall_piece *p, const struct test_scale *s)
{
    double a = old->wall[p->old_wall].length_m, b = new_->wall[p->new_wall].length_m;
    double longer = most(a, b);
    return least(a, b) >= PART_OF_WALL * longer && p->length_m > longer / 3 &&
           fabs(p->offset_m - s->overhang_m) < s->tail_m + 4 * s->vertex_noise_m;
}

// Least squares without a prior: where one translation makes the walls fit, and speaks for most of the outline, it replaces the
// estimate; else the estimate stays.
static void moved_freely(const struct walls *old, const struct walls *new_, const struct wall_pieces *pieces,
                         const struct test_scale *s, struct estimate *e)
{
    if (s->tail <= 0)
        return;
    double s2 = s->vertex_noise_m * s->vertex_noise_m, xx = 1e-6, xy = 0, yy = 1e-6, gx = 0, gy = 0, length = 0, walls = 0;
    for (size_t k = 0; k < pieces->count; k++) {
        const struct wall_piece *p = &pieces->piece[k];
        if (!of_the_whole(old, new_, p, s))
            continue;
        struct xy_m n = pieces->pull[k].out;
        double w = pieces->pull[k].weight, offset = pieces->pull[k].offset_m;
        xx += w * n.x * n.x, xy += w * n.x * n.y, yy += w * n.y * n.y;
        gx += w * n.x * offset, gy += w * n.y * offset;
        length += p->length_m, walls += least(1, p->length_m / 2);
    }
    double det = xx * yy - xy * xy, chi2 = 0;
    if (det < 0.02 * (xx + yy) * (xx + yy) || length < MOST_OF_IT * length_of(old))
        return;
    struct xy_m t = {-(yy * gx - xy * gy) / det, -(xx * gy - xy * gx) / det};
    double own = s2 * (xx + yy) / (2 * det), far2 = dot(t, t); // no further than tails reach, and surely off the field
    if (far2 > s->tail_m * s->tail_m || far2 < SURELY_OFF * SURELY_OFF * (own + s->registration_sd_m * s->registration_sd_m))
        return;
    for (size_t k = 0; k < pieces->count; k++) {
        const struct wall_piece *p = &pieces->piece[k];
        double left = p->offset_m - s->overhang_m + dot(old->wall[p->old_wall].out, t);
        if (of_the_whole(old, new_, p, s))
            chi2 += left * left * pieces->pull[k].weight / s2;
    }
    if (chi2 - fmax(0, walls - 2) - 2 * log(s->tail) >= s->alarm_z * s->alarm_z)
        return;
    *e = (struct estimate){t, s2 * yy / det, -s2 * xy / det, s2 * xx / det, 4 * s->vertex_noise_m};
}

static double bare(const struct walls *w)
{
    double longest = 0;
    for (size_t i = 0; i < w->count; i++)
        longest = most(longest, w->wall[i].length_m - w->covered_m[i]);
    return longest;
}

void change_test_outlines(const struct walls *old, const struct walls *new_, struct wall_pieces *pieces,
                          const struct test_scale *s, struct wall_census *census, struct outline_test *out)
{
    wall_pieces_pull(old, pieces, s->overhang_m);
    struct estimate e = estimate_move(pieces, s);
    moved_freely(old, new_, pieces, s, &e);
    struct xy_m middle = middle_of(old);
    census->off_field += s->tail;
    *out = (struct outline_test){.move = e.t, .move_sd_m = sqrt((e.vxx + e.vyy) / 2)};
    double kept = 0, turn = 0, turn_weight = 0, squares = 0, freedom = 0;
    for (size_t k = 0; k < pieces->count; k++) {
        struct wall_piece *p = &pieces->piece[k];
        const struct wall *a = &old->wall[p->old_wall], *b = &new_->wall[p->new_wall];
        double left = pieces->pull[k].offset_m + dot(a->out, e.t), bend = bend_at(a, p, middle, s);
        double sd = sqrt(variance_of(p, &pieces->pull[k], left, &e, s) + bend * bend), w = left / sd;
        p->left_m = left, p->w = w;
        p->step = p->length_m < PART_OF_WALL * a->length_m || p->length_m < PART_OF_WALL * b->length_m;
        if (fabs(w) < KEPT_W)
            kept += p->length_m;
        if (p->length_m < SHORT_M || (p->step && p->length_m < SHORT_STEP * s->vertex_noise_m)) {
            p->w = 0;
            continue;
        }
        double sine = most(-1, least(1, a->along.x * b->along.y - a->along.y * b->along.x)), angle = asin(sine);
        double swing = p->length_m * sine / (2 * s->vertex_noise_m);
        squares += least(w * w, MOST_W2) + (p->step ? 0 : least(swing * swing, MOST_W2)), freedom += p->step ? 1 : 2;
        turn += p->length_m * p->length_m * angle, turn_weight += p->length_m * p->length_m;
        count_wall(census, s->alarms, most(p->step ? s->step_z : s->alarm_z, s->min_width_m / sd));
        if (fabs(left) < s->min_width_m)
            continue;
        if (w > out->gain_z)
            out->gain_z = w, out->gain_m = left, out->gain_is_step = p->step;
        if (-w > out->loss_z)
            out->loss_z = -w, out->loss_m = -left, out->loss_is_step = p->step;
    }
    if (turn_weight > 0) {
        out->turn_rad = turn / turn_weight;
        out->turn_z = fabs(out->turn_rad) * sqrt(turn_weight) / (2 * s->vertex_noise_m);
    }
    out->kept = fmax(kept / length_of(old), kept / length_of(new_));
    if (freedom > 0)
        out->shape_z = (cbrt(squares / freedom) - (1 - 2 / (9 * freedom))) / sqrt(2 / (9 * freedom));
    out->bare_old_m = bare(old);
    out->bare_new_m = bare(new_);
}
