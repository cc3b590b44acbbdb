#include "gis/change_judge.h"
#include "gis/change_parts.h"
#include "gis/register_parts.h"
#include "gis/relate.h"
#include <math.h>

static const double REACH_M = 14;            // a wall may have moved this far and still be found
static const double TURN_Z = 4;               // seen by itself;
static const double TURN_TOO_Z = 2.5;         // seen on a building that changed anyway
static const double BARE_Z = 4.5;            // a stretch of wall without counterpart, in vertex noises
static const double SOME_KEPT = 0.3;         // less, and a smaller outline inside the old one is another building too
static const double BEND_PER_M = 1e-4;       // half the curvature of a displacement of 2 m rms over 150 m
static const double SHORT_OUTLINE_M = 60;
static const double SMALL = 10;              // an outline with no wall longer than this many vertex noises is small:
static const double SLIVER = 6.5;              // a member no longer than this may be a sliver of its neighbour
static const double SMALL_Z = 4;             // its walls tell little one by one, its area must have changed
static const double PLAINLY = 0.05;          // of an outline's ground: what may differ when nobody would call it another
static const double PART = 0.3;              // of an outline's ground: more is no part of it any more
static const double SHAPE_Z = 4.5;           // all walls together differ by more than noise

static enum status lay_out(struct judge *j, struct question *q, struct err *e)
{
    enum status s = ground_lay_out(j, q, e);
    if (s != OK)
        return s;
    const struct placed *p = &q->placed;
    struct test_prior prior = {.registration_sd_m = fmax(p->sd_m, 0.01), .tail = p->tail, .tail_m = 3.5 * p->tail_m,
                               .bend_per_m = p->shift.x != 0 || p->shift.y != 0 ? BEND_PER_M : 0};
    walls_of(q->old, &q->desk->wa);
    walls_of(q->new_, &q->desk->wb);
    walls_match(&q->desk->wa, &q->desk->wb, REACH_M, &j->pieces, q->lane);
    q->walls.old = &q->desk->wa, q->walls.new_ = &q->desk->wb, q->walls.prior = prior;
    return OK;
}

// --- verdicts ---------------------------------------------------------------------------------------------------------------

static void reason(struct change *c, enum reason r) { c->reasons |= (uint64_t)1 << r; }

static double logistic(double x) { return 1 / (1 + exp(-x)); }

static void weigh(const struct judge *j, const struct question *q, struct change *c)
{
    const struct diff_options *o = j->in->options;
    double x = 1.2 * (fmin(c->z, 12) - 0.8 * o->alarm_z) + 0.6;
    double size = fmax(c->gained_m2, c->lost_m2);
    if (size > 0 && size < 2 * o->min_area_m2)
        x -= 0.5, reason(c, COUNTER_SMALL);
    if (c->width_m > 0 && c->width_m < 1.4 * o->min_width_m)
        x -= 0.5, reason(c, COUNTER_NARROW);
    if (c->z < o->alarm_z + 0.5)
        reason(c, COUNTER_NEAR_NOISE);
    if (c->registration_sd_m > fmax(0.5, 1.5 * j->noise_m))
        x -= 1, reason(c, COUNTER_REGISTRATION_DOUBTFUL);
    if (!o->no_registration && q->placed.ties < 5 && (c->shift.x != 0 || c->shift.y != 0))
        x -= 0.5, reason(c, COUNTER_FEW_NEIGHBOURS);
    c->confidence = logistic(x);
}

static double total_area(const struct footprints *f, const uint32_t *member, uint32_t count)
{
    double sum = 0;
    for (uint32_t k = 0; k < count; k++)
        sum += f->area_m2[member[k]];
    return sum;
}

static enum status judge_new(struct judge *j, struct question *q, struct change *c, struct err *e)
{
    const struct judge_input *in = j->in;
    q->frame = footprint_centre(in->after, q->after[0]);
    q->placed = ground_placed(j, q->after, q->afters);
    placed_rings(in->after, q->after[0], &q->placed, q->frame, &q->desk->whole_b);
    q->walls.test.move_sd_m = q->placed.sd_m;
    enum status s = ground_gain(j, q, &q->desk->whole_b, e);
    if (s != OK)
        return s;
    c->gained_m2 = ground_area(&j->gain, &c->width_m);
    c->class = j->gain.count > 0 ? CHANGE_NEW : CHANGE_SAME;
    reason(c, REASON_NOTHING_BEFORE);
    for (int k = 0; k < j->gain.count; k++)
        if (increment_leans(&j->gain, &j->gain.item[k]).leans_on > 0)
            reason(c, REASON_TOUCHES_BUILDING);
    c->z = c->width_m / hypot(j->noise_m, q->placed.sd_m);
    ground_add_members(j, in->after, q->after, q->afters, q->frame);
    return OK;
}

static enum status judge_gone(struct judge *j, struct question *q, struct change *c, struct err *e)
{
    const struct judge_input *in = j->in;
    q->frame = footprint_centre(in->before, q->before[0]);
    footprint_rings(in->before, q->before[0], q->frame, (struct xy_m){0, 0}, &q->desk->whole_a);
    q->old = &q->desk->whole_a;
    enum status s = ground_loss(j, q, NULL, (struct xy_m){0, 0}, e);
    if (s != OK)
        return s;
    c->lost_m2 = ground_area(&j->loss, &c->width_m);
    c->class = j->loss.count > 0 ? CHANGE_GONE : CHANGE_SAME;
    reason(c, REASON_NOTHING_AFTER);
    c->z = c->width_m / j->noise_m;
    ground_add_members(j, in->before, q->before, q->befores, q->frame);
    return OK;
}

struct suspicion { bool gain, loss, turned, bare, reshaped; };

static struct suspicion suspect(const struct judge *j, const struct question *q)
{
    const struct outline_test *t = &q->walls.test;
    double bare = fmax(t->bare_new_m, t->bare_old_m); // a notch shows new walls, a roofed court loses some: either way round
    struct suspicion s = {0};
    s.bare = bare > 1.2 * j->in->options->min_width_m && bare > BARE_Z * hypot(j->noise_m, t->move_sd_m);
    s.gain = s.bare || t->gain_z > (t->gain_is_step ? j->scale.step_z : j->scale.alarm_z);
    s.loss = s.bare || t->loss_z > (t->loss_is_step ? j->scale.step_z : j->scale.alarm_z);
    s.reshaped = t->shape_z > SHAPE_Z && t->kept < KEPT;
    s.turned = fabs(t->turn_rad) > TURN_RAD && t->turn_z > TURN_Z;
    return s;
}

static bool is_suspicious(const struct suspicion *s) { return s->gain || s->loss || s->turned || s->reshaped; }

static double overlap_ratio(const struct question *q)
{
    double all = q->old_m2 + q->moved_m2 - q->common_m2;
    return all > 0 ? q->common_m2 / all : 1;
}

// Ground that only one of the two outlines covers, NEW as moved last.
static double differing_m2(const struct question *q) { return q->old_m2 + q->moved_m2 - 2 * q->common_m2; }

// Walls drawn twice differ by 0.92 s of area a metre of wall (mean of |N| over ends and middle), and scatter.
static bool beyond_drawing(const struct judge *j, const struct question *q, double differs_m2)
{
    double squares = 0, length = 0;
    const struct walls *w = q->walls.old;
    for (size_t i = 0; i < w->count; i++) {
        length += w->length_m[i];
        squares += w->length_m[i] * w->length_m[i];
    }
    return differs_m2 > j->noise_m * (0.92 * length + 4 * 0.7 * sqrt(squares));
}

// But for what was built (0: nothing) the outlines lie on each other.
static bool plainly_the_same(const struct judge *j, const struct question *q, double built_m2)
{
    double rest = differing_m2(q) - built_m2;
    if (built_m2 > PART * q->old_m2) // a small house inside a large one's ground is another house
        return false;
    return rest <= PLAINLY * q->old_m2 && !beyond_drawing(j, q, rest);
}

// One translation makes the walls fit.
static bool move_by_walls(struct judge *j, struct question *q, struct xy_m *move)
{
    struct wall_fit fits[LANES], *fit = &fits[q->lane];
    wall_fit_moves(&j->pieces, fmax(2, 6 * j->noise_m), fits);
    if (!fit->good || fit->worst_m > 4 * j->noise_m + 0.1)
        return false;
    ground_hold(j, q, fit->move);
    *move = fit->move;
    return overlap_ratio(q) >= 0.8;
}

// Steps of a wall are easily taken for each other; the middle of an outline is not. On other ground it is another building.
static bool move_by_middle(struct judge *j, struct question *q, struct xy_m *move)
{
    if (relate_overlap_m2(q->old, q->new_) <= 0)
        return false;
    struct xy_m a = rings_centroid(q->old), b = rings_centroid(q->new_);
    *move = (struct xy_m){a.x - b.x, a.y - b.y};
    ground_hold(j, q, *move);
    return plainly_the_same(j, q, 0);
}

// The same shape at another place.
static bool moved_as_whole(struct judge *j, struct question *q, struct change *c)
{
    struct xy_m move;
    if (q->befores != 1 || q->afters != 1 || !(move_by_walls(j, q, &move) || move_by_middle(j, q, &move)))
        return false;
    double far = hypot(move.x, move.y);
    if (far < fmax(fmax(j->in->options->min_width_m, 3.5 * q->placed.tail_m), 4 * hypot(j->noise_m, q->placed.sd_m)))
        return false;
    c->class = CHANGE_SHIFTED;
    c->z = far / hypot(j->noise_m, q->placed.sd_m);
    reason(c, REASON_MOVED_AS_WHOLE);
    return true;
}

// Members that are more than a few vertex noises across; a smaller one may be a sliver of its neighbour.
static uint32_t tellable(const struct judge *j, const struct footprints *f, const uint32_t *member, uint32_t count)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < count; k++) {
        struct mm size = f->size[member[k]];
        n += (size.x > size.y ? size.x : size.y) * 1e-3 > SLIVER * j->noise_m;
    }
    return n;
}

static enum change_class class_without_change(const struct judge *j, const struct question *q)
{
    uint32_t befores = tellable(j, j->in->before, q->before, q->befores), afters = tellable(j, j->in->after, q->after, q->afters);
    if (befores == afters || befores == 0 || afters == 0)
        return CHANGE_SAME;
    return befores < afters ? CHANGE_SPLIT : CHANGE_MERGED;
}

// A roofed court leans on the house all round, a closed gap on two houses along most of its outline.
static bool closes_gap(const struct judge *j, const struct question *q)
{
    bool courtyard = q->old->count > 1 && q->befores == 1;
    for (int k = 0; k < j->gain.count; k++) {
        struct leaning l = increment_leans(&j->gain, &j->gain.item[k]);
        if ((courtyard && l.lean > 0.75) || (q->befores > 1 && l.lean > 0.45) || (l.leans_on > 1 && l.between > 0.51))
            return true;
    }
    return false;
}

static enum change_class class_of_gain(const struct judge *j, const struct question *q)
{
    return closes_gap(j, q) ? CHANGE_INFILLED : CHANGE_ENLARGED;
}

static enum change_class class_of_change(const struct judge *j, const struct question *q, const struct suspicion *s, double changed_m2)
{
    bool gain = j->gain.count > 0, loss = j->loss.count > 0;
    bool turned_too = fabs(q->walls.test.turn_rad) > TURN_RAD && q->walls.test.turn_z > TURN_TOO_Z;
    if (s->turned || ((gain || loss) && turned_too) || (gain && loss && overlap_ratio(q) < 0.45))
        return CHANGE_REBUILT;
    if (gain != loss && q->walls.test.kept >= SOME_KEPT && plainly_the_same(j, q, changed_m2)) // whatever single walls say
        return gain ? class_of_gain(j, q) : CHANGE_REDUCED;
    if (q->walls.test.kept < KEPT && (gain || loss || s->reshaped || (s->bare && beyond_drawing(j, q, differing_m2(q)))))
        return CHANGE_REBUILT;
    if (gain && loss)
        return CHANGE_RESHAPED;
    if (gain)
        return class_of_gain(j, q);
    if (loss)
        return CHANGE_REDUCED;
    return class_without_change(j, q);
}

static void explain(const struct judge *j, const struct question *q, const struct suspicion *s, struct change *c)
{
    const struct outline_test *t = &q->walls.test;
    if (t->gain_z > j->scale.step_z || t->loss_z > j->scale.step_z)
        reason(c, t->gain_z > t->loss_z ? (t->gain_is_step ? REASON_STEP_IN_WALL : REASON_WALL_MOVED)
                                        : (t->loss_is_step ? REASON_STEP_IN_WALL : REASON_WALL_MOVED));
    if (c->class == CHANGE_REBUILT || s->turned)
        reason(c, REASON_WHOLE_SHAPE);
    if (c->class == CHANGE_INFILLED)
        reason(c, REASON_GAP_CLOSED);
    if (c->class == CHANGE_SPLIT || c->class == CHANGE_MERGED)
        reason(c, REASON_OUTLINE_KEPT);
    if (q->befores < q->afters)
        reason(c, REASON_ONE_TO_MANY);
    if (q->befores > q->afters)
        reason(c, REASON_MANY_TO_ONE);
}

static void judge_height(const struct judge *j, const struct question *q, struct change *c)
{
    const struct height_scale *h = &j->in->height;
    c->height_before_m = height_of_members(j->in->before, q->before, q->befores);
    c->height_after_m = height_of_members(j->in->after, q->after, q->afters);
    c->height_change_m = c->height_after_m - c->height_before_m - h->bias_m;
    if (!h->known || !isfinite(c->height_change_m) || fabs(c->height_change_m) < h->least_m)
        return;
    reason(c, REASON_HEIGHT);
    if (h->step_before_m >= 1 || h->step_after_m >= 1)
        reason(c, COUNTER_COARSE_HEIGHT);
    if (c->class != CHANGE_SAME && c->class != CHANGE_SHIFTED)
        return;
    c->class = c->height_change_m > 0 ? CHANGE_HEIGHTENED : CHANGE_LOWERED;
    c->z = fabs(c->height_change_m) / fmax(h->noise_m, 0.2);
}

static bool ground_is_increment(enum change_class class)
{
    return class == CHANGE_ENLARGED || class == CHANGE_REDUCED || class == CHANGE_RESHAPED || class == CHANGE_INFILLED;
}

// Area of an outline drawn twice: sd = s * sqrt(sum of squared lengths of its walls).
static bool too_small_to_tell(const struct judge *j, const struct question *q, double changed_m2)
{
    double longest = 0, squares = 0;
    const struct walls *w = q->old_m2 > rings_area_m2(q->new_) ? q->walls.old : q->walls.new_;
    for (size_t i = 0; i < w->count; i++) {
        longest = fmax(longest, w->length_m[i]);
        squares += w->length_m[i] * w->length_m[i];
    }
    return longest < SMALL * j->noise_m && changed_m2 < SMALL_Z * j->noise_m * sqrt(squares);
}

static enum status measure_change(struct judge *j, struct question *q, const struct suspicion *s, struct change *c, struct err *e)
{
    ground_hold(j, q, q->walls.test.move);
    enum status status = OK;
    j->gain.count = j->loss.count = 0;
    double least = j->in->options->min_area_m2, outline_m = rings_perimeter_m(q->old);
    if (outline_m < SHORT_OUTLINE_M) // slivers of noise alone make 0.46 s a metre; on a long outline gains and losses may cancel a part
        least += 0.23 * j->noise_m * outline_m;
    bool may_gain = q->moved_m2 - q->common_m2 >= least, may_lose = q->old_m2 - q->common_m2 >= least;
    if (may_gain && (s->gain || s->turned || s->reshaped))
        status = ground_gain(j, q, &j->moved, e);
    if (status == OK && may_lose && (s->loss || s->turned || s->reshaped))
        status = ground_loss(j, q, &j->moved, q->walls.test.move, e);
    if (status != OK)
        return status;
    double gain_z = ground_keep_significant(j, q, &j->gain, true), loss_z = ground_keep_significant(j, q, &j->loss, false);
    double gain_width = 0, loss_width = 0, sd = hypot(j->noise_m, q->walls.test.move_sd_m);
    c->gained_m2 = ground_area(&j->gain, &gain_width);
    c->lost_m2 = ground_area(&j->loss, &loss_width);
    c->width_m = fmax(gain_width, loss_width);
    c->gained_sd_m2 = c->gained_m2 > 0 ? sd * c->gained_m2 / gain_width : 0;
    c->lost_sd_m2 = c->lost_m2 > 0 ? sd * c->lost_m2 / loss_width : 0;
    c->z = fmax(gain_z, loss_z);
    if (s->turned)
        c->z = fmax(c->z, q->walls.test.turn_z);
    if (s->reshaped)
        c->z = fmax(c->z, q->walls.test.shape_z);
    c->class = class_of_change(j, q, s, c->gained_m2 + c->lost_m2);
    if (too_small_to_tell(j, q, fmax(c->gained_m2, c->lost_m2))) {
        c->class = class_without_change(j, q);
        c->gained_m2 = c->lost_m2 = 0;
    }
    return OK;
}

static bool is_twin_alone(const struct judge *j, const struct question *q)
{
    return q->befores == 1 && q->afters == 1 && j->in->twin[q->after[0]] == q->before[0];
}

static enum status judge_twin(struct judge *j, struct question *q, struct change *c)
{
    q->frame = footprint_centre(j->in->before, q->before[0]);
    c->class = class_without_change(j, q);
    judge_height(j, q, c);
    ground_add_members(j, j->in->after, q->after, q->afters, q->frame);
    return OK;
}

static enum status judge_both(struct judge *j, struct question *q, const struct suspicion *s, struct change *c, struct err *e)
{
    enum status status = OK;
    j->gain.count = j->loss.count = 0;
    c->class = class_without_change(j, q);
    c->z = fmax(q->walls.test.gain_z, q->walls.test.loss_z);
    if (is_suspicious(s)) {
        if (!(s->gain && s->loss && moved_as_whole(j, q, c)))
            status = measure_change(j, q, s, c, e);
        if (status != OK)
            return status;
    }
    judge_height(j, q, c);
    explain(j, q, s, c);
    if (ground_is_increment(c->class)) {
        struct xy_m back = {q->placed.shift.x + q->walls.test.move.x, q->placed.shift.y + q->walls.test.move.y};
        ground_add_increments(&j->ground, &j->gain, back);
        ground_add_increments(&j->ground, &j->loss, (struct xy_m){0, 0});
    } else if (c->class != CHANGE_SAME || j->in->options->all)
        ground_add_members(j, j->in->after, q->after, q->afters, q->frame);
    return OK;
}

static bool covered(const struct rings *coverage, const struct footprints *f, uint32_t i)
{
    if (coverage == NULL)
        return true;
    struct mm64 c = footprint_centre(f, i);
    return rings_contain(coverage, (struct xy_m){frame_x(c), frame_y(c)});
}

static void hold_against_coverage(const struct judge *j, const struct question *q, struct change *c)
{
    const struct diff_options *o = j->in->options;
    bool unknown = c->class == CHANGE_NEW && !covered(o->coverage_before, j->in->after, q->after[0]);
    unknown |= c->class == CHANGE_GONE && !covered(o->coverage_after, j->in->before, q->before[0]);
    if (!unknown)
        return;
    c->class = CHANGE_UNKNOWN;
    reason(c, COUNTER_COVERAGE);
}

static void ask_about(struct judge *j, int64_t g, int lane, struct question *q)
{
    const struct groups *all = j->in->groups;
    q->lane = lane;
    q->desk = &j->desk[lane];
    q->before = all->before + all->before_first[g], q->befores = all->before_first[g + 1] - all->before_first[g];
    q->after = all->after + all->after_first[g], q->afters = all->after_first[g + 1] - all->after_first[g];
    q->placed = (struct placed){0};
    q->is_tested = q->befores > 0 && q->afters > 0 && !is_twin_alone(j, q);
}

static enum status judge_one(struct judge *j, struct question *q, const struct suspicion *s, struct change *c, struct err *e)
{
    if (q->befores == 0)
        return judge_new(j, q, c, e);
    if (q->afters == 0)
        return judge_gone(j, q, c, e);
    return q->is_tested ? judge_both(j, q, s, c, e) : judge_twin(j, q, c);
}

// Most are, and nobody will ask about them.
static bool is_plainly_the_same(const struct judge *j, const struct question *q, const struct suspicion *s)
{
    return q->is_tested && !is_suspicious(s) && !j->in->options->all && !j->in->height.known && class_without_change(j, q) == CHANGE_SAME;
}

static enum status give_verdict(struct judge *j, struct question *q, struct change *c, struct buf *wkb, struct err *e)
{
    const struct groups *all = j->in->groups;
    struct suspicion suspicion = {0};
    if (q->is_tested)
        suspicion = suspect(j, q);
    c->class = CHANGE_SAME;
    if (is_plainly_the_same(j, q, &suspicion))
        return OK;
    *c = (struct change){.before_first = (uint32_t)(q->before - all->before), .before_count = q->befores,
                         .after_first = (uint32_t)(q->after - all->after), .after_count = q->afters,
                         .height_before_m = NAN, .height_after_m = NAN, .height_change_m = NAN};
    c->area_before_m2 = total_area(j->in->before, q->before, q->befores);
    c->area_after_m2 = total_area(j->in->after, q->after, q->afters);
    rings_start(&j->ground);
    enum status s = judge_one(j, q, &suspicion, c, e);
    if (s != OK)
        return s;
    if (q->befores == 0 || q->afters == 0) {
        c->height_before_m = height_of_members(j->in->before, q->before, q->befores);
        c->height_after_m = height_of_members(j->in->after, q->after, q->afters);
    }
    c->shift = q->placed.shift;
    c->registration_sd_m = q->placed.sd_m;
    hold_against_coverage(j, q, c);
    if (c->class != CHANGE_SAME || j->in->options->all) { // nobody asks about the others
        weigh(j, q, c);
        ground_write(j, q, c, wkb);
    }
    return OK;
}

enum status judge_groups(struct judge *j, int64_t first, int count, struct change out[LANES], struct buf *wkb, struct wall_census *census,
                         struct err *e)
{
    struct question question[LANES];
    struct outline_pair *pair[LANES] = {NULL};
    enum status s = OK;
    int tested = 0;
    wall_pieces_start(&j->pieces);
    for (int lane = 0; lane < count && s == OK; lane++) {
        struct question *q = &question[lane];
        ask_about(j, first + lane, lane, q);
        if (!q->is_tested)
            continue;
        s = lay_out(j, q, e);
        pair[lane] = &q->walls;
        tested++;
    }
    if (s == OK && tested > 0)
        change_test_outlines(&j->scale, &j->pieces, pair, census);
    for (int lane = 0; lane < count && s == OK; lane++)
        s = give_verdict(j, &question[lane], &out[lane], wkb, e);
    return s;
}
