#include "gis/footprint_diff.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/sort.h"
#include "core/base/when.h"
#include "gis/change_group.h"
#include "gis/change_judge.h"
#include "gis/diff_rank.h"
#include "gis/diff_relation.h"
#include "gis/height_test.h"
#include "gis/near.h"
#include "gis/register_parts.h"
#include <math.h>
#include <string.h>

enum stage { STAGE_IDENTITY, STAGE_JOIN, STAGE_REGISTER, STAGE_GROUP, STAGE_JUDGE, STAGE_RANK, STAGES };
enum { SLICE = 256 };
static const size_t WKB_MOST = (size_t)8 << 30;

const char *diff_stage_name(int stage)
{
    static const char *name[STAGES] = {"identity", "join", "register", "group", "judge", "rank"};
    return stage >= 0 && stage < STAGES ? name[stage] : NULL;
}

const char *change_class_name(enum change_class c)
{
    static const char *name[CHANGE_CLASSES] = {"new",    "gone",     "same",       "shifted", "enlarged",     "reduced", "reshaped", "rebuilt",
                                               "split",  "merged",   "infilled",   "heightened", "lowered", "capture_rule", "unknown"};
    return name[c];
}

const char *relation_name(enum relation r)
{
    static const char *name[RELATIONS] = {"added", "removed", "matched", "related"};
    return name[r];
}

struct work {
    const struct footprints *before, *after;
    struct diff_options options;
    struct pool *pool;
    const struct progress *progress;
    struct err *e;
    struct near_grid *grid;   // over BEFORE
    uint32_t *twin, *twin_of;
    struct near_pairs pairs;  // at least one of both without twin
    uint32_t *first_pair, *near_after, *near_after_first; // by AFTER; by BEFORE
    struct register_input surveys;
    struct registration *registration;
    struct placed *placed;
    struct groups groups;
    struct relations *relations;
    struct population population[2]; // BEFORE, AFTER
    int64_t same;             // groups without change
    struct diff_result *out;
    double began_s;
};

static void stage_done(struct work *w, enum stage stage, double share)
{
    double now = when_monotonic_s();
    w->out->summary.seconds[stage] = now - w->began_s;
    w->began_s = now;
    progress_tell(w->progress, diff_stage_name(stage + 1 < STAGES ? (int)stage + 1 : STAGE_RANK), share);
}

static double either(double given, double usual) { return given > 0 ? given : usual; }

static void fill_defaults(struct diff_options *o)
{
    o->min_area_m2 = either(o->min_area_m2, 3);
    o->min_width_m = either(o->min_width_m, 1);
    o->min_height_m = either(o->min_height_m, 2.2);
    o->max_shift_m = either(o->max_shift_m, 10);
    o->alarm_z = either(o->alarm_z, 4);
}

// --- identical footprints ---------------------------------------------------------------------------------------------------

static void twin_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct work *w = ctx;
    for (int64_t i = first; i < last; i++)
        w->twin[i] = near_grid_twin(w->grid, w->after, i);
}

// Duplicates within a layer are gone, so nobody is wanted twice; should two hashes collide, the first one has it.
static void find_twins(struct work *w)
{
    size_t n = (size_t)w->before->count, m = (size_t)w->after->count;
    w->twin = mem_get(m, sizeof *w->twin);
    w->twin_of = mem_get(n, sizeof *w->twin_of);
    memset(w->twin_of, 0xff, n * sizeof *w->twin_of);
    pool_range(w->pool, w->after->count, 4096, twin_slice, w);
    for (size_t i = 0; i < m; i++) {
        if (w->twin[i] != NOBODY && w->twin_of[w->twin[i]] != NOBODY)
            w->twin[i] = NOBODY;
        if (w->twin[i] == NOBODY)
            continue;
        w->twin_of[w->twin[i]] = (uint32_t)i;
        w->out->summary.identical++;
    }
}

// --- who is near whom -------------------------------------------------------------------------------------------------------

static double reach_m(const struct work *w) { return w->options.no_registration ? 4 : w->options.max_shift_m; }

static void index_pairs(struct work *w)
{
    size_t n = (size_t)w->before->count, pairs = (size_t)w->pairs.count;
    w->first_pair = near_pairs_first(&w->pairs, w->after->count);
    w->near_after_first = mem_get(n + 2, sizeof(uint32_t));
    w->near_after = mem_get(pairs, sizeof(uint32_t));
    for (size_t p = 0; p < pairs; p++)
        w->near_after_first[w->pairs.b[p] + 2]++;
    for (size_t j = 0; j < n; j++)
        w->near_after_first[j + 2] += w->near_after_first[j + 1];
    for (size_t p = 0; p < pairs; p++)
        w->near_after[w->near_after_first[w->pairs.b[p] + 1]++] = w->pairs.a[p];
}

// --- registration -----------------------------------------------------------------------------------------------------------

static void summarise_registration(struct work *w)
{
    struct diff_summary *s = &w->out->summary;
    w->out->cells = registration_cells(w->registration, &w->out->cell);
    double sum = 0, x = 0, y = 0, sd = 0;
    for (int64_t k = 0; k < w->out->cells; k++) {
        const struct registration_cell *c = &w->out->cell[k];
        double length = hypot(c->shift.x, c->shift.y);
        sum += length, x += c->shift.x, y += c->shift.y, sd += c->sd_m * c->sd_m;
        s->registration.max_m = fmax(s->registration.max_m, length);
        s->registration.doubtful += c->doubtful;
    }
    double of = fmax(1, (double)w->out->cells);
    s->registration.cells = w->out->cells;
    s->registration.mean_m = sum / of;
    s->registration.mean = (struct xy_m){x / of, y / of};
    s->registration.overhang_m = registration_overhang_m(w->registration);
    s->registration_sd_m = sqrt(sd / of);
    s->vertex_noise_m = registration_vertex_noise_m(w->registration);
}

static void register_layers(struct work *w)
{
    w->surveys = (struct register_input){w->pool,     w->before,       w->after,      w->twin,             w->twin_of,
                                         w->pairs.b,  w->first_pair,   w->near_after, w->near_after_first, w->options.max_shift_m};
    w->registration = w->options.no_registration ? registration_none(&w->surveys) : registration_open(&w->surveys);
    w->placed = mem_get((size_t)w->after->count, sizeof *w->placed);
    registration_place(w->registration, w->placed);
    summarise_registration(w);
}

// Twins are worth a verdict of their own when everything is asked for, or when only their height differs.
static uint8_t *twins_to_judge(const struct work *w)
{
    bool heights = w->before->height_m != NULL && w->after->height_m != NULL;
    if (!w->options.all && !heights)
        return NULL;
    uint8_t *keep = mem_get((size_t)w->after->count, 1);
    for (int64_t i = 0; i < w->after->count; i++)
        if (w->twin[i] != NOBODY)
            keep[i] = w->options.all || fabs((double)w->after->height_m[i] - w->before->height_m[w->twin[i]]) > w->options.min_height_m / 2;
    return keep;
}

static void group_footprints(struct work *w)
{
    uint8_t *keep_twin = twins_to_judge(w);
    struct group_input in = {w->pool, w->before, w->after, w->twin, w->twin_of, &w->pairs, w->first_pair, w->placed,
                             fmax(0.02, w->out->summary.vertex_noise_m), w->options.ids_are_stable, keep_twin};
    groups_make(&in, &w->groups);
    mem_free(keep_twin);
}

// --- verdicts ---------------------------------------------------------------------------------------------------------------

struct bundle { struct change *change; size_t count, cap; int64_t same; struct buf wkb; struct wall_census census; struct err err; };
struct judging { struct work *w; struct judge_input in; struct judge **judge; struct bundle *bundle; };

static void comes(const struct work *w, int64_t group)
{
    const struct groups *g = &w->groups;
    if (group >= g->count)
        return;
    for (uint32_t k = g->before_first[group]; k < g->before_first[group + 1]; k++)
        footprint_comes(w->before, g->before[k]);
    for (uint32_t k = g->after_first[group]; k < g->after_first[group + 1]; k++)
        footprint_comes(w->after, g->after[k]);
}

static void keep_change(struct bundle *b, const struct change *c, bool all)
{
    b->same += c->class == CHANGE_SAME;
    if (c->class == CHANGE_SAME && !all)
        return; // nobody will ask: a quarter of a gigabyte for a million buildings
    b->change = mem_grow(b->change, &b->cap, b->count + 1, sizeof *b->change);
    b->change[b->count++] = *c;
}

static void judge_slice(struct judging *jg, int64_t first, int64_t last, int thread)
{
    struct bundle *b = &jg->bundle[first / SLICE];
    struct change c[LANES];
    buf_init(&b->wkb, WKB_MOST);
    b->err.lang = jg->w->e->lang;
    for (int64_t g = first; g < last; g += LANES) {
        int count = last - g < LANES ? (int)(last - g) : LANES;
        for (int k = 0; k < LANES; k++)
            comes(jg->w, g + LANES + k);
        if (judge_groups(jg->judge[thread], g, count, c, &b->wkb, &b->census, &b->err) != OK)
            return;
        for (int k = 0; k < count; k++)
            keep_change(b, &c[k], jg->w->options.all);
    }
}

// What is counted of both surveys is counted meanwhile.
enum { RELATE, COUNT_BEFORE, COUNT_AFTER, COUNTS };
static void judge_or_count(void *ctx, int64_t job, int thread)
{
    struct judging *jg = ctx;
    struct work *w = jg->w;
    if (job == RELATE)
        w->relations = relations_open(&(struct relation_input){w->before, w->after, w->twin, w->twin_of, &w->groups});
    else if (job < COUNTS)
        population_count(job == COUNT_BEFORE ? w->before : w->after, &w->population[job - COUNT_BEFORE]);
    else {
        int64_t first = (job - COUNTS) * SLICE, left = w->groups.count - first;
        judge_slice(jg, first, first + (left < SLICE ? left : SLICE), thread);
    }
}

// The height noise is learnt from one-to-one pairs, identical ones included.
static void learn_heights(struct work *w, struct height_scale *out)
{
    size_t room = (size_t)(w->groups.count + w->out->summary.identical), n = 0;
    if (w->before->height_m == NULL || w->after->height_m == NULL)
        room = 0;
    uint32_t *a = mem_get(room, sizeof *a), *b = mem_get(room, sizeof *b);
    const struct groups *g = &w->groups;
    for (int64_t k = 0; k < g->count && room > 0; k++)
        if (g->before_first[k + 1] - g->before_first[k] == 1 && g->after_first[k + 1] - g->after_first[k] == 1)
            a[n] = g->before[g->before_first[k]], b[n++] = g->after[g->after_first[k]];
    for (int64_t i = 0; i < w->after->count && n < room; i++)
        if (w->twin[i] != NOBODY)
            a[n] = w->twin[i], b[n++] = (uint32_t)i;
    height_scale_from(w->before, w->after, a, b, n, w->options.min_height_m, out);
    mem_free(a);
    mem_free(b);
    struct diff_summary *s = &w->out->summary;
    s->height_noise_m = out->known ? out->noise_m : NAN;
    s->height_bias_m = out->known ? out->bias_m : NAN;
    s->height_step_before_m = out->known ? out->step_before_m : NAN;
    s->height_step_after_m = out->known ? out->step_after_m : NAN;
}

// Where what a slice found goes in the answer.
struct gathering { struct diff_result *out; const struct bundle *bundle; struct place { size_t change, wkb; } *place; };

static void gather_slice(void *ctx, int64_t first, int64_t last, int thread)
{
    (void)thread;
    struct gathering *g = ctx;
    for (int64_t s = first; s < last; s++) {
        const struct bundle *b = &g->bundle[s];
        for (size_t k = 0; k < b->count; k++) {
            struct change *c = &g->out->change[g->place[s].change + k];
            *c = b->change[k];
            c->wkb_first += g->place[s].wkb;
        }
        if (b->wkb.len > 0)
            memcpy(g->out->wkb + g->place[s].wkb, b->wkb.data, b->wkb.len);
    }
}

static enum status collect_bundles(struct work *w, const struct bundle *bundle, size_t slices, struct wall_census *census)
{
    struct diff_result *out = w->out;
    struct gathering g = {out, bundle, mem_get(slices, sizeof *g.place)};
    enum status status = OK;
    for (size_t s = 0; s < slices && status == OK; s++) {
        status = bundle[s].err.status;
        if (status != OK)
            *w->e = bundle[s].err;
        else if (bundle[s].wkb.full)
            status = err_set(w->e, TOO_BIG, "the geometries of the changes exceed %zu bytes", WKB_MOST);
        g.place[s] = (struct place){(size_t)out->count, out->wkb_len};
        out->count += (int64_t)bundle[s].count, out->wkb_len += bundle[s].wkb.len;
        w->same += bundle[s].same;
        wall_census_add(census, &bundle[s].census);
    }
    out->change = mem_get((size_t)out->count, sizeof *out->change);
    out->wkb = mem_get(out->wkb_len, 1);
    if (status == OK)
        pool_range(w->pool, (int64_t)slices, 16, gather_slice, &g);
    mem_free(g.place);
    return status;
}

static enum status judge_all(struct work *w, struct wall_census *census)
{
    struct judging jg = {.w = w};
    jg.in = (struct judge_input){w->before, w->after, &w->options, w->twin, w->placed, &w->groups, w->pairs.b, w->first_pair,
                                 w->near_after, w->near_after_first, {0}, w->out->summary.vertex_noise_m,
                                 w->out->summary.registration.overhang_m};
    learn_heights(w, &jg.in.height);
    size_t slices = (size_t)(w->groups.count / SLICE + 1), threads = (size_t)pool_threads(w->pool);
    jg.judge = mem_get(threads, sizeof *jg.judge);
    jg.bundle = mem_get(slices, sizeof *jg.bundle);
    for (size_t t = 0; t < threads; t++)
        jg.judge[t] = judge_open(&jg.in);
    pool_run(w->pool, COUNTS + (w->groups.count + SLICE - 1) / SLICE, judge_or_count, &jg);
    enum status s = collect_bundles(w, jg.bundle, slices, census);
    for (size_t k = 0; k < slices; k++) {
        mem_free(jg.bundle[k].change);
        buf_clear(&jg.bundle[k].wkb);
    }
    for (size_t t = 0; t < threads; t++)
        judge_close(jg.judge[t]);
    mem_free(jg.judge);
    mem_free(jg.bundle);
    return s;
}

// --- the list ---------------------------------------------------------------------------------------------------------------

static void count_classes(struct work *w)
{
    struct diff_result *r = w->out;
    memset(r->summary.per_class, 0, sizeof r->summary.per_class);
    for (int64_t k = 0; k < r->count; k++)
        r->summary.per_class[r->change[k].class]++;
}

static int64_t twins_judged(const struct work *w)
{
    int64_t n = 0;
    for (uint32_t k = 0; k < w->groups.after_first[w->groups.count]; k++)
        n += w->twin[w->out->after_member[k]] != NOBODY;
    return n;
}

static void hand_over_members(struct work *w)
{
    w->out->before_member = w->groups.before, w->groups.before = NULL;
    w->out->after_member = w->groups.after, w->groups.after = NULL;
}

static void clear_work(struct work *w)
{
    mem_free(w->twin);
    mem_free(w->twin_of);
    near_pairs_clear(&w->pairs);
    mem_free(w->first_pair);
    mem_free(w->near_after);
    mem_free(w->near_after_first);
    registration_close(w->registration);
    mem_free(w->placed);
    groups_clear(&w->groups);
    relations_close(w->relations);
}

enum status footprint_diff(const struct footprints *before, const struct footprints *after, const struct diff_options *options,
                           struct pool *pool, const struct progress *progress, struct diff_result *out, struct err *e)
{
    *out = (struct diff_result){.summary = {.before_count = before->count, .after_count = after->count}};
    struct work w = {.before = before, .after = after, .options = *options, .pool = pool, .progress = progress, .e = e, .out = out,
                     .began_s = when_monotonic_s()};
    struct wall_census census = {0};
    fill_defaults(&w.options);
    w.grid = near_grid_open(pool, before, reach_m(&w), options->tile_m);
    find_twins(&w);
    stage_done(&w, STAGE_IDENTITY, 0.05);
    near_grid_join(pool, w.grid, &(struct near_question){after, reach_m(&w), NULL, w.twin, w.twin_of, 4}, &w.pairs);
    near_grid_close(w.grid);
    index_pairs(&w);
    stage_done(&w, STAGE_JOIN, 0.15);
    register_layers(&w);
    stage_done(&w, STAGE_REGISTER, 0.5);
    group_footprints(&w);
    stage_done(&w, STAGE_GROUP, 0.65);
    enum status s = judge_all(&w, &census);
    stage_done(&w, STAGE_JUDGE, 0.95);
    if (s == OK) {
        hand_over_members(&w);
        relations_tell(w.relations, out);
        find_capture_rule(&w.population[0], &w.population[1], &w.options, out);
        rank_changes(out);
        expect_false_alarms(&census, &out->summary);
        count_classes(&w);
        out->summary.per_class[CHANGE_SAME] = w.same + out->summary.identical - twins_judged(&w);
        stage_done(&w, STAGE_RANK, 1);
    } else
        diff_result_clear(out);
    clear_work(&w);
    return s;
}

void diff_result_let_go(struct diff_result *r)
{
    mem_free(r->change), r->change = NULL;
    mem_free(r->before_member), r->before_member = NULL;
    mem_free(r->after_member), r->after_member = NULL;
    mem_free(r->link), r->link = NULL;
    mem_free(r->wkb), r->wkb = NULL;
}

void diff_result_clear(struct diff_result *r)
{
    diff_result_let_go(r);
    mem_free(r->cell);
    *r = (struct diff_result){0};
}
