#include "core/recheck.h"

#include "core/base/mem.h"
#include "core/base/pool.h"
#include "core/change_frame.h"
#include "core/step.h"
#include "core/store/recheck_rows.h"
#include "gis/near.h"
#include "gis/share.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double GONE_SHARE = 0.1, STANDING_SHARE = 0.5;    // of the increment's ground that is built on; between: cannot tell

struct piece { int64_t file; double built_share; bool looked_at; };
struct file_seen {
    char id[ID_TEXT], state[24];
    bool has_due, has_closed, is_gone_result;
    int64_t due_at_s, closed_at_s;
};
struct recheck {
    struct change_list *list;
    const struct pair_diff *pair;
    struct pair_surveys surveys;
    struct file_seen *file; size_t files, file_cap;
    struct piece *piece; size_t pieces, piece_cap;
    struct polygons ground;            // one a piece
};

static void add_file(struct recheck *r, const struct case_increment *c)
{
    if (r->files > 0 && strcmp(r->file[r->files - 1].id, c->case_id) == 0)
        return;
    r->file = mem_grow(r->file, &r->file_cap, r->files + 1, sizeof *r->file);
    struct file_seen *f = &r->file[r->files++];
    *f = (struct file_seen){ .has_due = c->has_due, .has_closed = c->has_closed, .is_gone_result = c->is_gone_result, .due_at_s = c->due_at_s,
                             .closed_at_s = c->closed_at_s };
    snprintf(f->id, sizeof f->id, "%s", c->case_id);
    snprintf(f->state, sizeof f->state, "%s", c->state);
}

// The registration of this comparison where the thing stands: of the nearest cell that knows.
static struct xy_m registration_at(const struct diff_result *d, struct xy_m at)
{
    struct xy_m shift = { 0, 0 };
    double nearest = INFINITY;
    for (int64_t i = 0; i < d->cells; i++) {
        double away = hypot(d->cell[i].where.x - at.x, d->cell[i].where.y - at.y);
        if (away >= nearest)
            continue;
        nearest = away;
        shift = d->cell[i].shift;
    }
    return shift;
}

// Laid into the frame of AFTER, whose buildings it is held against.
static void lay_on_after(const struct recheck *r, const struct case_increment *c, struct rings *ground)
{
    if (ground->count == 0)
        return;
    struct xy_m at = rings_centroid(ground);
    struct xy_m here = registration_at(&r->pair->result, (struct xy_m){ at.x + r->ground.origin.x, at.y + r->ground.origin.y });
    struct change_frame then = change_frame_of(c->class, c->before_survey, c->after_survey, c->registration_x_m, c->registration_y_m);
    struct change_frame now = { .before = r->surveys.before->id.text, .after = r->surveys.after->id.text, .registration = here };
    change_frame_move(ground, change_frame_between(&now, &then));
}

// Only what was found by an earlier survey than this one.
static enum status take_increment(void *ctx, const struct case_increment *c, struct err *e)
{
    struct recheck *r = ctx;
    (void)e;
    if (c->seen_at_s >= r->surveys.after->taken_at_s)
        return OK;
    add_file(r, c);
    struct rings ground = { 0 };
    change_list_ground(r->list, c->wkb, c->wkb_len, &ground);
    lay_on_after(r, c, &ground);
    polygons_add_local(&r->ground, &ground);
    rings_clear(&ground);
    r->piece = mem_grow(r->piece, &r->piece_cap, r->pieces + 1, sizeof *r->piece);
    r->piece[r->pieces++] = (struct piece){ .file = (int64_t)r->files - 1 };
    return OK;
}

// --- How much of each is built on now -----------------------------------------------------------------------------------------

static bool is_covered(const struct pair_diff *pair, const struct rings *ground, struct xy_m origin)
{
    const struct rings *coverage = &pair->survey[AFTER].coverage;
    if (ground->count == 0)
        return false;
    for (uint32_t i = 0; coverage->count > 0 && i < ground->first[ground->count]; i++)
        if (!rings_contain(coverage, (struct xy_m){ ground->vertex[i].x + origin.x, ground->vertex[i].y + origin.y }))
            return false;
    return true;
}

static void look(struct recheck *r, const struct pair_diff *pair, const struct near_pairs *near, const uint32_t *first)
{
    struct xy_m origin = r->ground.origin;
    struct mm64 frame = { (int64_t)origin.x * 1000, (int64_t)origin.y * 1000 };
    struct rings ground = { 0 }, building = { 0 };
    for (size_t i = 0; i < r->pieces; i++) {
        polygons_get(&r->ground, (int64_t)i, &ground);
        double built = 0;
        for (uint32_t k = first[i]; k < first[i + 1]; k++) {
            footprint_rings(&pair->survey[AFTER].layer, near->b[k], frame, (struct xy_m){ 0, 0 }, &building);
            built += share_common_m2(&building, &ground);
        }
        double area = fabs(rings_area_m2(&ground));
        r->piece[i].looked_at = area > 0 && is_covered(pair, &ground, origin);
        r->piece[i].built_share = area > 0 ? fmin(1, built / area) : 0;
    }
    rings_clear(&ground);
    rings_clear(&building);
}

enum status recheck_look(struct work *w, const struct pair_diff *pair, struct pair_surveys surveys, struct change_list *l, struct recheck **out)
{
    struct recheck *r = mem_get(1, sizeof *r);
    *r = (struct recheck){ .list = l, .pair = pair, .surveys = surveys };
    polygons_init(&r->ground, l->ground.origin);
    *out = r;
    enum status s = case_increment_each(w->db, take_increment, r, w->e);
    if (s != OK || r->pieces == 0)
        return s;
    struct pool *pool = pool_open(pair->threads);
    struct footprints box;
    struct near_pairs near = { 0 };
    struct xy_m origin = r->ground.origin;
    polygons_boxes(&r->ground, &box);
    for (int64_t i = 0; i < box.count; i++)
        box.origin[i] = (struct mm64){ box.origin[i].x + (int64_t)origin.x * 1000, box.origin[i].y + (int64_t)origin.y * 1000 };
    near_join(pool, &box, NULL, &pair->survey[AFTER].layer, 0, 0, &near);
    uint32_t *first = near_pairs_first(&near, box.count);
    look(r, pair, &near, first);
    mem_free(first);
    near_pairs_clear(&near);
    footprints_clear(&box);
    pool_close(pool);
    return OK;
}

void recheck_free(struct recheck *r)
{
    if (r == NULL)
        return;
    polygons_clear(&r->ground);
    mem_free(r->file);
    mem_free(r->piece);
    mem_free(r);
}

// --- What is told -----------------------------------------------------------------------------------------------------------------

enum seen { SEEN_NOTHING, SEEN_GONE, SEEN_STANDING };

// All of its increments must be gone; one that stands is enough to stand.
static enum seen seen_of(const struct recheck *r, int64_t file)
{
    bool all_gone = true, any_stands = false, any = false;
    for (size_t i = 0; i < r->pieces; i++) {
        const struct piece *p = &r->piece[i];
        if (p->file != file)
            continue;
        any = true;
        all_gone &= p->looked_at && p->built_share < GONE_SHARE;
        any_stands |= p->looked_at && p->built_share >= STANDING_SHARE;
    }
    return !any ? SEEN_NOTHING : all_gone ? SEEN_GONE : any_stands ? SEEN_STANDING : SEEN_NOTHING;
}

// The program's step, not a person's: it proposes and marks. A case in a state where this cannot be done keeps what it has.
static enum status propose(struct work *w, struct desk *d, const struct file_seen *f, const char *verb, const char *comparison, bool *done)
{
    struct err refused = { .lang = w->e->lang };
    struct work program = *w;
    struct step_taken taken;
    program.actor = "system";
    program.e = &refused;
    struct step step = { .thing = "case", .key = f->id, .verb = verb, .with = { .inputs = comparison } };
    enum status s = step_take(&program, d, &step, &taken);
    *done = s == OK;
    if (s == OK || s == CONFLICT || s == INVALID || s == DENIED)
        return OK;
    refused.lang = w->e->lang;
    *w->e = refused;
    return s;
}

static enum status record_one(struct work *w, struct desk *d, const struct recheck *r, int64_t i, const char *comparison, struct recheck_report *out)
{
    const struct file_seen *f = &r->file[i];
    enum seen seen = seen_of(r, i);
    bool done = false;
    enum status s = OK;
    out->looked_at += seen != SEEN_NOTHING;
    if (seen == SEEN_GONE && !lifecycle_is_end("case", f->state)) {
        s = propose(w, d, f, "propose_close", comparison, &done);
        out->gone += done;
    } else if (seen == SEEN_STANDING && f->has_closed && f->is_gone_result && f->closed_at_s < r->surveys.after->taken_at_s) {
        out->back++;                               // 死灰复燃: a person opens the new case, linked with this one
        struct as_told now;
        s = told_of(w, "case", f->id, &now);
        if (s == OK)
            s = told_note(w, &(struct deed){ .verb = "see_again", .thing = "case", .thing_id = f->id, .note = comparison }, &now);
    } else if (seen == SEEN_STANDING && !f->has_closed && f->has_due && f->due_at_s < r->surveys.after->taken_at_s) {
        s = propose(w, d, f, "mark_standing", comparison, &done);
        out->standing += done;
    }
    return s;
}

enum status recheck_record(struct work *w, const char *comparison, const struct recheck *r, struct recheck_report *out)
{
    struct desk desk = { 0 };
    enum status s = r->files > 0 ? desk_ready(w, &desk) : OK;
    for (size_t i = 0; s == OK && i < r->files; i++)
        s = record_one(w, &desk, r, (int64_t)i, comparison, out);
    desk_clear(&desk);
    return s;
}
