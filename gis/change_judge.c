#include "gis/change_judge.h"
#include "core/base/mem.h"
#include "gis/register_parts.h"
#include "gis/relate.h"
#include "gis/wkb.h"
#include <math.h>
#include <string.h>

static const double REACH_M = 14;            // a wall may have moved this far and still be found
static const double TURN_RAD = 0.12;         // 7 degrees: a building is not re-drawn like that
static const double TURN_Z = 4;               // seen by itself;
static const double TURN_TOO_Z = 2.5;         // seen on a building that changed anyway
static const double BARE_Z = 4.5;            // a stretch of wall without counterpart, in vertex noises
static const double KEPT = 0.5;              // of the walls: less is another building
static const double SHAPE_Z = 4.5;           // all walls together differ by more than noise
static const double NOISE_FLOOR_M = 0.02;    // nobody draws better than this

struct part { struct rings rings; };
struct parts { struct part **item; int count; size_t cap; const struct rings **view; };

struct judge {
    const struct judge_input *in;
    struct overlay *overlay;
    struct rings a, b, whole_a, whole_b, moved, ground;
    struct walls wa, wb;
    struct wall_pieces pieces;
    struct parts parts, near;
    struct increments gain, loss;
    double noise_m;
};

struct question {                            // one group at work
    struct mm64 frame;
    const uint32_t *before, *after;
    uint32_t befores, afters;
    const struct rings *old, *new_;          // whole outlines in the frame, NEW registered
    struct placed placed;                    // mean over the members
    struct test_scale scale;
    struct outline_test test;
};

struct judge *judge_open(const struct judge_input *in)
{
    struct judge *j = mem_get(1, sizeof *j);
    j->in = in;
    j->overlay = overlay_open();
    j->noise_m = fmax(in->vertex_noise_m, NOISE_FLOOR_M);
    return j;
}

static void parts_clear(struct parts *p)
{
    for (size_t k = 0; k < p->cap; k++) {
        rings_clear(&p->item[k]->rings);
        mem_free(p->item[k]);
    }
    mem_free(p->item);
    mem_free(p->view);
    *p = (struct parts){0};
}

void judge_close(struct judge *j)
{
    if (j == NULL)
        return;
    struct rings *all[] = {&j->a, &j->b, &j->whole_a, &j->whole_b, &j->moved, &j->ground};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        rings_clear(all[k]);
    walls_clear(&j->wa);
    walls_clear(&j->wb);
    wall_pieces_clear(&j->pieces);
    parts_clear(&j->parts);
    parts_clear(&j->near);
    increments_clear(&j->gain);
    increments_clear(&j->loss);
    overlay_close(j->overlay);
    mem_free(j);
}

static struct rings *parts_next(struct parts *p)
{
    if ((size_t)p->count == p->cap) {
        size_t cap = p->cap + 8;
        struct part **item = mem_get(cap, sizeof *item);
        if (p->cap > 0)
            memcpy(item, p->item, p->cap * sizeof *item);
        for (size_t k = p->cap; k < cap; k++)
            item[k] = mem_get(1, sizeof **item);
        mem_free(p->item);
        mem_free(p->view);
        p->item = item;
        p->cap = cap;
        p->view = mem_get(cap, sizeof *p->view);
        for (int k = 0; k < p->count; k++) // the parts stay where they are, the list of them moved
            p->view[k] = &p->item[k]->rings;
    }
    p->view[p->count] = &p->item[p->count]->rings;
    return &p->item[p->count++]->rings;
}

static double frame_x(struct mm64 f) { return (double)f.x * 1e-3; }
static double frame_y(struct mm64 f) { return (double)f.y * 1e-3; }

// --- outlines ---------------------------------------------------------------------------------------------------------------

static enum status whole_outline(struct judge *j, struct parts *members, struct rings *out, const struct rings **whole, struct err *e)
{
    if (members->count == 1) {
        *whole = out;
        struct rings swap = *out;
        *out = members->item[0]->rings;
        members->item[0]->rings = swap;
        return OK;
    }
    *whole = out;
    return overlay_union(j->overlay, members->view, members->count, 0.1 + j->noise_m, out, e);
}

static struct placed mean_placed(const struct judge *j, const uint32_t *after, uint32_t count)
{
    struct placed p = j->in->placed[after[0]];
    for (uint32_t k = 1; k < count; k++) {
        const struct placed *q = &j->in->placed[after[k]];
        p.shift.x += q->shift.x, p.shift.y += q->shift.y;
        p.sd_m = fmax(p.sd_m, q->sd_m);
        p.tail = fmax(p.tail, q->tail);
        p.ties = p.ties < q->ties ? p.ties : q->ties;
    }
    p.shift.x /= count, p.shift.y /= count;
    return p;
}

static enum status lay_out(struct judge *j, struct question *q, struct err *e)
{
    const struct judge_input *in = j->in;
    q->frame = footprint_centre(in->before, q->before[0]);
    j->parts.count = 0;
    for (uint32_t k = 0; k < q->befores; k++)
        footprint_rings(in->before, q->before[k], q->frame, (struct xy_m){0, 0}, parts_next(&j->parts));
    enum status s = whole_outline(j, &j->parts, &j->whole_a, &q->old, e);
    if (s != OK)
        return s;
    j->parts.count = 0;
    for (uint32_t k = 0; k < q->afters; k++)
        placed_rings(in->after, q->after[k], &in->placed[q->after[k]], q->frame, parts_next(&j->parts));
    q->placed = mean_placed(j, q->after, q->afters);
    return whole_outline(j, &j->parts, &j->whole_b, &q->new_, e);
}

static void move_rings(const struct rings *in, struct xy_m move, struct rings *out)
{
    rings_start(out);
    for (uint32_t r = 0; r < in->count; r++) {
        for (uint32_t v = in->first[r]; v < in->first[r + 1]; v++)
            rings_add_vertex(out, (struct xy_m){in->vertex[v].x + move.x, in->vertex[v].y + move.y});
        rings_end_ring(out);
    }
}

static void test_outlines(struct judge *j, struct question *q, struct wall_census *census)
{
    const struct diff_options *o = j->in->options;
    q->scale = (struct test_scale){.vertex_noise_m = j->noise_m, .registration_sd_m = fmax(q->placed.sd_m, 0.01),
                                   .tail = q->placed.tail, .tail_m = 3.5 * q->placed.tail_m,
                                   .overhang_m = j->in->overhang_m, .min_width_m = 0.85 * o->min_width_m,
                                   .alarm_z = o->alarm_z, .step_z = 0.8 * o->alarm_z};
    walls_of(q->old, &j->wa);
    walls_of(q->new_, &j->wb);
    walls_match(&j->wa, &j->wb, REACH_M, &j->pieces);
    change_test_outlines(&j->wa, &j->wb, &j->pieces, &q->scale, census, &q->test);
}

// --- ground -----------------------------------------------------------------------------------------------------------------

static bool meets(struct box_m a, struct box_m b)
{
    return a.min_x < b.max_x && b.min_x < a.max_x && a.min_y < b.max_y && b.min_y < a.max_y;
}

// What stood before on the ground of these AFTER footprints, besides (and with) the members: one list of outlines.
static void gather_before(struct judge *j, const struct question *q, struct box_m area)
{
    const struct judge_input *in = j->in;
    for (uint32_t k = 0; k < q->afters; k++)
        for (uint32_t p = in->near_before_first[q->after[k]]; p < in->near_before_first[q->after[k] + 1]; p++) {
            uint32_t a = in->near_before[p];
            bool known = false;
            for (uint32_t m = 0; m < q->befores; m++)
                known |= q->before[m] == a;
            for (uint32_t earlier = 0; earlier < k && !known; earlier++)
                for (uint32_t x = in->near_before_first[q->after[earlier]]; x < in->near_before_first[q->after[earlier] + 1]; x++)
                    known |= in->near_before[x] == a;
            struct box_m box = footprint_box(in->before, a);
            double fx = frame_x(q->frame), fy = frame_y(q->frame);
            if (known || !meets(area, (struct box_m){box.min_x - fx, box.min_y - fy, box.max_x - fx, box.max_y - fy}))
                continue;
            footprint_rings(in->before, a, q->frame, (struct xy_m){0, 0}, parts_next(&j->near));
        }
}

static void gather_after(struct judge *j, const struct question *q, struct box_m area, struct xy_m move)
{
    const struct judge_input *in = j->in;
    for (uint32_t k = 0; k < q->befores; k++)
        for (uint32_t p = in->near_after_first[q->before[k]]; p < in->near_after_first[q->before[k] + 1]; p++) {
            uint32_t b = in->near_after[p];
            bool known = false;
            for (uint32_t m = 0; m < q->afters; m++)
                known |= q->after[m] == b;
            for (uint32_t earlier = 0; earlier < k && !known; earlier++)
                for (uint32_t x = in->near_after_first[q->before[earlier]]; x < in->near_after_first[q->before[earlier] + 1]; x++)
                    known |= in->near_after[x] == b;
            if (known)
                continue;
            struct placed placed = in->placed[b];
            placed.shift.x += move.x, placed.shift.y += move.y;
            placed_rings(in->after, b, &placed, q->frame, &j->b);
            if (!meets(area, rings_box(&j->b)))
                continue;
            struct rings *slot = parts_next(&j->near), swap = *slot;
            *slot = j->b;
            j->b = swap;
        }
}

static double opening_m(const struct judge *j)
{
    return fmax(0.45 * j->in->options->min_width_m, 1.2 * j->noise_m);
}

// A whole small building may have been drawn a little too small.
static double least_share(const struct judge *j, const struct question *q)
{
    bool whole = q->befores == 0 || q->afters == 0;
    return whole ? fmax(0.4, 1 - j->noise_m) : 1;
}

static enum status find_gain(struct judge *j, const struct question *q, const struct rings *new_, struct err *e)
{
    const struct diff_options *o = j->in->options;
    double share = least_share(j, q);
    j->near.count = 0;
    if (q->befores > 0) {
        struct rings *own = parts_next(&j->near);
        move_rings(q->old, (struct xy_m){0, 0}, own);
    }
    gather_before(j, q, rings_box(new_));
    return increments_find(j->overlay, new_, j->near.view, j->near.count, opening_m(j), share * o->min_area_m2,
                           0.5 * o->min_width_m, &j->gain, e);
}

static enum status find_loss(struct judge *j, const struct question *q, const struct rings *new_, struct xy_m move, struct err *e)
{
    const struct diff_options *o = j->in->options;
    double share = least_share(j, q);
    j->near.count = 0;
    if (q->afters > 0) {
        struct rings *own = parts_next(&j->near);
        move_rings(new_, (struct xy_m){0, 0}, own);
    }
    gather_after(j, q, rings_box(q->old), move);
    return increments_find(j->overlay, q->old, j->near.view, j->near.count, opening_m(j), share * o->min_area_m2,
                           0.5 * o->min_width_m, &j->loss, e);
}

static bool inside_ring(const struct rings *r, uint32_t k, struct xy_m p)
{
    bool in = false;
    for (uint32_t i = r->first[k], last = r->first[k + 1] - 1; i < r->first[k + 1]; last = i++) {
        struct xy_m a = r->vertex[last], b = r->vertex[i];
        if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x)
            in = !in;
    }
    return in;
}

// How far the walls speak for this part, over what they must reach: the best of the pieces that bound it. Over 1 is significant.
// A part that no piece bounds (a corner block, a roofed court) speaks by its own depth. Slivers along other walls may hang on
// to a part and thin its mean width; the offset of the wall that speaks is the better measure, and becomes the part's width.
static double significance(const struct judge *j, const struct question *q, struct increments *parts, int k, bool gained, double *z)
{
    struct increment *part = &parts->item[k];
    double best = 0, width = 0;
    bool bounded = false;
    for (size_t i = 0; i < j->pieces.count; i++) {
        const struct wall_piece *p = &j->pieces.piece[i];
        double left = gained ? p->left_m : -p->left_m, w = gained ? p->w : -p->w;
        if (p->w == 0 || left < q->scale.min_width_m || left > 3 * part->width_m + 0.5)
            continue;
        const struct wall *a = &j->wa.wall[p->old_wall];
        double along = p->old_at * a->length_m, depth = p->left_m / 2 + j->in->overhang_m;
        struct xy_m middle = {a->from.x + a->along.x * along + a->out.x * depth, a->from.y + a->along.y * along + a->out.y * depth};
        if (!inside_ring(&parts->rings, part->ring_first, middle))
            continue;
        bounded = true;
        double over = w / (p->step ? q->scale.step_z : q->scale.alarm_z);
        if (over > best)
            best = over, *z = w, width = left;
    }
    if (bounded) {
        part->width_m = fmax(part->width_m, width);
        return best;
    }
    if (part->width_m < j->in->options->min_width_m)
        return 0;
    *z = fmax(part->width_m, part->depth_m) / hypot(j->noise_m, q->test.move_sd_m);
    return *z / q->scale.alarm_z;
}

// Parts that noise may have made are dropped.
static double keep_significant(const struct judge *j, const struct question *q, struct increments *parts, bool gained)
{
    int kept = 0;
    double best = 0;
    for (int k = 0; k < parts->count; k++) {
        double z = 0;
        if (significance(j, q, parts, k, gained, &z) < 1)
            continue;
        best = fmax(best, z);
        parts->item[kept++] = parts->item[k];
    }
    parts->count = kept;
    return best;
}

static double sum_area(const struct increments *parts, double *width)
{
    double area = 0;
    for (int k = 0; k < parts->count; k++) {
        area += parts->item[k].area_m2;
        *width = fmax(*width, parts->item[k].width_m);
    }
    return area;
}

static void add_ground(struct rings *ground, const struct rings *from, uint32_t first, uint32_t count, struct xy_m back)
{
    for (uint32_t r = first; r < first + count; r++) {
        for (uint32_t v = from->first[r]; v < from->first[r + 1]; v++)
            rings_add_vertex(ground, (struct xy_m){from->vertex[v].x - back.x, from->vertex[v].y - back.y});
        rings_end_ring(ground);
    }
}

// Gained ground lies where AFTER draws it, lost ground where BEFORE does.
static void add_increments(struct rings *ground, const struct increments *parts, struct xy_m back)
{
    for (int k = 0; k < parts->count; k++)
        add_ground(ground, &parts->rings, parts->item[k].ring_first, parts->item[k].ring_count, back);
}

static void add_members(struct judge *j, const struct footprints *f, const uint32_t *member, uint32_t count, struct mm64 frame)
{
    for (uint32_t k = 0; k < count; k++) {
        footprint_rings(f, member[k], frame, (struct xy_m){0, 0}, &j->b);
        add_ground(&j->ground, &j->b, 0, j->b.count, (struct xy_m){0, 0});
    }
}

static void finish(struct judge *j, const struct question *q, struct change *c, struct buf *wkb)
{
    c->wkb_first = wkb->len;
    c->wkb_len = wkb_write_multipolygon(wkb, &j->ground, (struct xy_m){frame_x(q->frame), frame_y(q->frame)});
    struct xy_m at = rings_centroid(&j->ground);
    c->where = (struct mm64){q->frame.x + (int64_t)llround(at.x * 1000), q->frame.y + (int64_t)llround(at.y * 1000)};
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
    q->placed = mean_placed(j, q->after, q->afters);
    placed_rings(in->after, q->after[0], &q->placed, q->frame, &j->whole_b);
    q->test.move_sd_m = q->placed.sd_m;
    enum status s = find_gain(j, q, &j->whole_b, e);
    if (s != OK)
        return s;
    c->gained_m2 = sum_area(&j->gain, &c->width_m);
    c->class = j->gain.count > 0 ? CHANGE_NEW : CHANGE_SAME;
    reason(c, REASON_NOTHING_BEFORE);
    for (int k = 0; k < j->gain.count; k++)
        if (j->gain.item[k].leans_on > 0)
            reason(c, REASON_TOUCHES_BUILDING);
    c->z = c->width_m / hypot(j->noise_m, q->placed.sd_m);
    add_members(j, in->after, q->after, q->afters, q->frame);
    return OK;
}

static enum status judge_gone(struct judge *j, struct question *q, struct change *c, struct err *e)
{
    const struct judge_input *in = j->in;
    q->frame = footprint_centre(in->before, q->before[0]);
    footprint_rings(in->before, q->before[0], q->frame, (struct xy_m){0, 0}, &j->whole_a);
    q->old = &j->whole_a;
    enum status s = find_loss(j, q, NULL, (struct xy_m){0, 0}, e);
    if (s != OK)
        return s;
    c->lost_m2 = sum_area(&j->loss, &c->width_m);
    c->class = j->loss.count > 0 ? CHANGE_GONE : CHANGE_SAME;
    reason(c, REASON_NOTHING_AFTER);
    c->z = c->width_m / j->noise_m;
    add_members(j, in->before, q->before, q->befores, q->frame);
    return OK;
}

struct suspicion { bool gain, loss, turned, bare, reshaped; };

static struct suspicion suspect(const struct judge *j, const struct question *q)
{
    const struct outline_test *t = &q->test;
    double bare = fmax(1.2 * j->in->options->min_width_m, BARE_Z * hypot(j->noise_m, t->move_sd_m));
    struct suspicion s = {0};
    s.bare = t->bare_new_m > bare || t->bare_old_m > bare; // a notch shows new walls, a roofed court loses some: either way round
    s.gain = s.bare || t->gain_z > (t->gain_is_step ? q->scale.step_z : q->scale.alarm_z);
    s.loss = s.bare || t->loss_z > (t->loss_is_step ? q->scale.step_z : q->scale.alarm_z);
    s.reshaped = t->shape_z > SHAPE_Z && t->kept < KEPT;
    s.turned = fabs(t->turn_rad) > TURN_RAD && t->turn_z > TURN_Z;
    return s;
}

static double overlap_ratio(const struct rings *a, const struct rings *b)
{
    double common = relate_overlap_m2(a, b), all = rings_area_m2(a) + rings_area_m2(b) - common;
    return all > 0 ? common / all : 1;
}

// The same shape at another place: one translation makes the walls fit.
static bool moved_as_whole(struct judge *j, const struct question *q, struct change *c)
{
    struct wall_fit fit;
    if (q->befores != 1 || q->afters != 1 || !wall_fit_move(&j->wa, &j->pieces, fmax(2, 6 * j->noise_m), &fit))
        return false;
    double far = hypot(fit.move.x, fit.move.y);
    if (far < fmax(fmax(j->in->options->min_width_m, 3.5 * q->placed.tail_m), 4 * hypot(j->noise_m, q->placed.sd_m)) || fit.worst_m > 4 * j->noise_m + 0.1)
        return false;
    move_rings(q->new_, fit.move, &j->moved);
    if (overlap_ratio(q->old, &j->moved) < 0.8)
        return false;
    c->class = CHANGE_SHIFTED;
    c->z = far / hypot(j->noise_m, q->placed.sd_m);
    reason(c, REASON_MOVED_AS_WHOLE);
    return true;
}

static enum change_class class_without_change(const struct question *q)
{
    if (q->befores == 1 && q->afters > 1)
        return CHANGE_SPLIT;
    if (q->befores > 1 && q->afters == 1)
        return CHANGE_MERGED;
    if (q->befores != q->afters)
        return q->befores < q->afters ? CHANGE_SPLIT : CHANGE_MERGED;
    return CHANGE_SAME;
}

static bool closes_gap(const struct judge *j, const struct question *q)
{
    bool courtyard = q->old->count > 1 && q->befores == 1;
    for (int k = 0; k < j->gain.count; k++)
        if (j->gain.item[k].lean > (courtyard ? 0.75 : 0.45) && (q->befores > 1 || courtyard))
            return true;
    return false;
}

// Walls drawn twice differ by 0.92 s of area a metre of wall (mean of |N| over ends and middle), and scatter.
static bool beyond_drawing(const struct judge *j, const struct question *q)
{
    double common = relate_overlap_m2(q->old, &j->moved), squares = 0, length = 0;
    double differs = rings_area_m2(q->old) + rings_area_m2(&j->moved) - 2 * common;
    for (size_t i = 0; i < j->wa.count; i++) {
        length += j->wa.wall[i].length_m;
        squares += j->wa.wall[i].length_m * j->wa.wall[i].length_m;
    }
    return differs > j->noise_m * (0.92 * length + 4 * 0.7 * sqrt(squares));
}

static enum change_class class_of_change(const struct judge *j, const struct question *q, const struct suspicion *s)
{
    bool gain = j->gain.count > 0, loss = j->loss.count > 0;
    bool turned_too = fabs(q->test.turn_rad) > TURN_RAD && q->test.turn_z > TURN_TOO_Z;
    if (s->turned || ((gain || loss) && turned_too) || (gain && loss && overlap_ratio(q->old, &j->moved) < 0.45))
        return CHANGE_REBUILT;
    if (q->test.kept < KEPT && (gain || loss || s->reshaped || (s->bare && beyond_drawing(j, q))))
        return CHANGE_REBUILT;
    if (gain && loss)
        return CHANGE_RESHAPED;
    if (gain)
        return closes_gap(j, q) ? CHANGE_INFILLED : CHANGE_ENLARGED;
    if (loss)
        return CHANGE_REDUCED;
    return class_without_change(q);
}

static void explain(const struct question *q, const struct suspicion *s, struct change *c)
{
    const struct outline_test *t = &q->test;
    if (t->gain_z > q->scale.step_z || t->loss_z > q->scale.step_z)
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

static enum status measure_change(struct judge *j, struct question *q, const struct suspicion *s, struct change *c, struct err *e)
{
    move_rings(q->new_, q->test.move, &j->moved);
    enum status status = OK;
    if (s->gain || s->turned || s->reshaped)
        status = find_gain(j, q, &j->moved, e);
    if (status == OK && (s->loss || s->turned || s->reshaped))
        status = find_loss(j, q, &j->moved, q->test.move, e);
    if (status != OK)
        return status;
    double gain_z = keep_significant(j, q, &j->gain, true), loss_z = keep_significant(j, q, &j->loss, false);
    double gain_width = 0, loss_width = 0, sd = hypot(j->noise_m, q->test.move_sd_m);
    c->gained_m2 = sum_area(&j->gain, &gain_width);
    c->lost_m2 = sum_area(&j->loss, &loss_width);
    c->width_m = fmax(gain_width, loss_width);
    c->gained_sd_m2 = c->gained_m2 > 0 ? sd * c->gained_m2 / gain_width : 0;
    c->lost_sd_m2 = c->lost_m2 > 0 ? sd * c->lost_m2 / loss_width : 0;
    c->z = fmax(gain_z, loss_z);
    if (s->turned)
        c->z = fmax(c->z, q->test.turn_z);
    if (s->reshaped)
        c->z = fmax(c->z, q->test.shape_z);
    c->class = class_of_change(j, q, s);
    return OK;
}

static enum status judge_both(struct judge *j, struct question *q, struct change *c, struct wall_census *census, struct err *e)
{
    struct suspicion s = {0};
    enum status status = OK;
    j->gain.count = j->loss.count = 0;
    c->class = class_without_change(q);
    if (q->befores == 1 && q->afters == 1 && j->in->twin[q->after[0]] == q->before[0]) {
        q->frame = footprint_centre(j->in->before, q->before[0]);
        judge_height(j, q, c);
        add_members(j, j->in->after, q->after, q->afters, q->frame);
        return OK;
    }
    status = lay_out(j, q, e);
    if (status != OK)
        return status;
    test_outlines(j, q, census);
    s = suspect(j, q);
    c->z = fmax(q->test.gain_z, q->test.loss_z);
    if (s.gain || s.loss || s.turned || s.reshaped) {
        if (!(s.gain && s.loss && moved_as_whole(j, q, c)))
            status = measure_change(j, q, &s, c, e);
        if (status != OK)
            return status;
    }
    judge_height(j, q, c);
    explain(q, &s, c);
    if (ground_is_increment(c->class)) {
        struct xy_m back = {q->placed.shift.x + q->test.move.x, q->placed.shift.y + q->test.move.y};
        add_increments(&j->ground, &j->gain, back);
        add_increments(&j->ground, &j->loss, (struct xy_m){0, 0});
    } else
        add_members(j, j->in->after, q->after, q->afters, q->frame);
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

enum status judge_group(struct judge *j, int64_t g, struct change *out, struct buf *wkb, struct wall_census *census, struct err *e)
{
    const struct groups *all = j->in->groups;
    struct question q = {.before = all->before + all->before_first[g], .after = all->after + all->after_first[g],
                         .befores = all->before_first[g + 1] - all->before_first[g],
                         .afters = all->after_first[g + 1] - all->after_first[g]};
    struct change c = {.before_first = all->before_first[g], .before_count = q.befores, .after_first = all->after_first[g],
                       .after_count = q.afters, .height_before_m = NAN, .height_after_m = NAN, .height_change_m = NAN};
    c.area_before_m2 = total_area(j->in->before, q.before, q.befores);
    c.area_after_m2 = total_area(j->in->after, q.after, q.afters);
    rings_start(&j->ground);
    enum status s = q.befores == 0 ? judge_new(j, &q, &c, e) : q.afters == 0 ? judge_gone(j, &q, &c, e) : judge_both(j, &q, &c, census, e);
    if (s != OK)
        return s;
    if (q.befores == 0 || q.afters == 0) {
        c.height_before_m = height_of_members(j->in->before, q.before, q.befores);
        c.height_after_m = height_of_members(j->in->after, q.after, q.afters);
    }
    c.shift = q.placed.shift;
    c.registration_sd_m = q.placed.sd_m;
    hold_against_coverage(j, &q, &c);
    weigh(j, &q, &c);
    if (c.class != CHANGE_SAME || j->in->options->all)
        finish(j, &q, &c, wkb);
    *out = c;
    return OK;
}
