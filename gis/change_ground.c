// The ground of one group: its outlines in one frame, and what one side has and the other has not.
#include "gis/change_parts.h"
#include "core/base/mem.h"
#include "gis/register_parts.h"
#include "gis/relate.h"
#include "gis/wkb.h"
#include <math.h>
#include <string.h>

static const double NOISE_FLOOR_M = 0.02;    // nobody draws better than this

struct judge *judge_open(const struct judge_input *in)
{
    struct judge *j = mem_get(1, sizeof *j);
    j->in = in;
    j->overlay = overlay_open();
    j->noise_m = fmax(in->vertex_noise_m, NOISE_FLOOR_M);
    j->scale = (struct test_scale){.vertex_noise_m = j->noise_m, .overhang_m = in->overhang_m, .min_width_m = 0.85 * in->options->min_width_m,
                                   .alarm_z = in->options->alarm_z, .step_z = 0.8 * in->options->alarm_z, .alarms = &j->alarms};
    alarm_table_fill(&j->alarms);
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
    rings_clear(&j->b);
    rings_clear(&j->moved);
    rings_clear(&j->ground);
    for (int lane = 0; lane < LANES; lane++) {
        rings_clear(&j->desk[lane].whole_a);
        rings_clear(&j->desk[lane].whole_b);
        walls_clear(&j->desk[lane].wa);
        walls_clear(&j->desk[lane].wb);
    }
    wall_pieces_clear(&j->pieces);
    parts_clear(&j->parts);
    parts_clear(&j->near_before);
    parts_clear(&j->near_after);
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
        const struct rings **view = mem_get(cap, sizeof *view);
        if (p->count > 0)
            memcpy(view, p->view, (size_t)p->count * sizeof *view);
        mem_free(p->item);
        mem_free(p->view);
        p->item = item;
        p->view = view;
        p->cap = cap;
    }
    p->view[p->count] = &p->item[p->count]->rings;
    return &p->item[p->count++]->rings;
}

// An outline that lives elsewhere.
static void parts_borrow(struct parts *p, const struct rings *r)
{
    parts_next(p);
    p->view[p->count - 1] = r;
}

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

struct placed ground_placed(const struct judge *j, const uint32_t *after, uint32_t count)
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

enum status ground_lay_out(struct judge *j, struct question *q, struct err *e)
{
    const struct judge_input *in = j->in;
    q->frame = footprint_centre(in->before, q->before[0]);
    j->parts.count = 0;
    for (uint32_t k = 0; k < q->befores; k++)
        footprint_rings(in->before, q->before[k], q->frame, (struct xy_m){0, 0}, parts_next(&j->parts));
    enum status s = whole_outline(j, &j->parts, &q->desk->whole_a, &q->old, e);
    if (s != OK)
        return s;
    j->parts.count = 0;
    for (uint32_t k = 0; k < q->afters; k++)
        placed_rings(in->after, q->after[k], &in->placed[q->after[k]], q->frame, parts_next(&j->parts));
    q->placed = ground_placed(j, q->after, q->afters);
    return whole_outline(j, &j->parts, &q->desk->whole_b, &q->new_, e);
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

void ground_hold(struct judge *j, struct question *q, struct xy_m move)
{
    move_rings(q->new_, move, &j->moved);
    q->old_m2 = rings_area_m2(q->old);
    q->moved_m2 = rings_area_m2(&j->moved);
    q->common_m2 = relate_overlap_m2(q->old, &j->moved);
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
            footprint_rings(in->before, a, q->frame, (struct xy_m){0, 0}, parts_next(&j->near_before));
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
            struct rings *slot = parts_next(&j->near_after), swap = *slot;
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

static enum status find_ground(struct judge *j, const struct question *q, const struct rings *whole, const struct parts *cut,
                               struct increments *out, struct err *e)
{
    const struct diff_options *o = j->in->options;
    bool is_known = q->befores > 0 && q->afters > 0;
    struct increment_question ask = {.whole = whole, .cut = cut->view, .cuts = cut->count, .first_common_m2 = is_known ? q->common_m2 : -1,
                                     .opening_m = opening_m(j), .min_area_m2 = least_share(j, q) * o->min_area_m2,
                                     .min_width_m = 0.5 * o->min_width_m};
    return increments_find(j->overlay, &ask, out, e);
}

enum status ground_gain(struct judge *j, const struct question *q, const struct rings *new_, struct err *e)
{
    j->near_before.count = 0;
    if (q->befores > 0)
        parts_borrow(&j->near_before, q->old);
    gather_before(j, q, rings_box(new_));
    return find_ground(j, q, new_, &j->near_before, &j->gain, e);
}

enum status ground_loss(struct judge *j, const struct question *q, const struct rings *new_, struct xy_m move, struct err *e)
{
    j->near_after.count = 0;
    if (q->afters > 0)
        parts_borrow(&j->near_after, new_);
    gather_after(j, q, rings_box(q->old), move);
    return find_ground(j, q, q->old, &j->near_after, &j->loss, e);
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
    const struct wall_pieces *p = &j->pieces;
    int lane = q->lane;
    for (size_t i = 0; i < p->count[lane]; i++) {
        double off = p->piece[i].left_m[lane], left = gained ? off : -off, w = gained ? p->piece[i].w[lane] : -p->piece[i].w[lane];
        if (w == 0 || left < j->scale.min_width_m || left > 3 * part->width_m + 0.5)
            continue;
        double depth = off / 2 + j->in->overhang_m;
        struct xy_m middle = {p->piece[i].at_x[lane] + p->piece[i].along_y[lane] * depth, p->piece[i].at_y[lane] - p->piece[i].along_x[lane] * depth};
        if (!inside_ring(&parts->rings, part->ring_first, middle))
            continue;
        bounded = true;
        double over = w / (piece_is_step(p, i, lane) ? j->scale.step_z : j->scale.alarm_z);
        if (over > best)
            best = over, *z = w, width = left;
    }
    if (bounded) {
        part->width_m = fmax(part->width_m, width);
        return best;
    }
    if (part->width_m < j->in->options->min_width_m)
        return 0;
    double depth_m = part->area_m2 / fmax(increment_leans(parts, part).on_m, part->width_m); // how far it sticks out
    *z = fmax(part->width_m, depth_m) / hypot(j->noise_m, q->walls.test.move_sd_m);
    return *z / j->scale.alarm_z;
}

// Parts that noise may have made are dropped.
double ground_keep_significant(const struct judge *j, const struct question *q, struct increments *parts, bool gained)
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

double ground_area(const struct increments *parts, double *width)
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
void ground_add_increments(struct rings *ground, const struct increments *parts, struct xy_m back)
{
    for (int k = 0; k < parts->count; k++)
        add_ground(ground, &parts->rings, parts->item[k].ring_first, parts->item[k].ring_count, back);
}

void ground_add_members(struct judge *j, const struct footprints *f, const uint32_t *member, uint32_t count, struct mm64 frame)
{
    for (uint32_t k = 0; k < count; k++) {
        footprint_rings(f, member[k], frame, (struct xy_m){0, 0}, &j->b);
        add_ground(&j->ground, &j->b, 0, j->b.count, (struct xy_m){0, 0});
    }
}

void ground_write(struct judge *j, const struct question *q, struct change *c, struct buf *wkb)
{
    c->wkb_first = wkb->len;
    c->wkb_len = wkb_write_multipolygon(wkb, &j->ground, (struct xy_m){frame_x(q->frame), frame_y(q->frame)});
    struct xy_m at = rings_centroid(&j->ground);
    c->where = (struct mm64){q->frame.x + (int64_t)llround(at.x * 1000), q->frame.y + (int64_t)llround(at.y * 1000)};
}
