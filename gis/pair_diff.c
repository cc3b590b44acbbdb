#include "gis/pair_diff.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include "gis/overlay.h"
#include "gis/polygons.h"
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *const ROLE[SIDES] = { "BEFORE", "AFTER" };
static const double READ_SHARE = 0.45, COMPARE_SHARE = 0.45; // of the whole work; the rest is writing

// ---- opening

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

static enum status open_survey(struct pair_side *v, const struct pair_spec *s, enum side side, struct err *e)
{
    const struct pair_side_spec *own = &s->side[side];
    v->path = s->path[side];
    v->name = s->name[side];
    if (v->name == NULL)
        v->name = strncmp(v->path, "PG:", 3) == 0 ? "PostGIS" : name_of(v->path); // a connection may hold a password
    struct source_spec spec = {
        .role = ROLE[side], .path = v->path, .layer = own->layer, .crs = own->crs, .id_field = own->id_field,
        .height_field = own->height_field, .floors_field = own->floors_field, .storey_m = s->storey_m, .where = own->where,
        .dissolve_by = own->dissolve_by, .kind_field = own->kind_field, .skip_unusable = s->skip_unusable, .by_place = true,
        .from_stranger = s->from_stranger, .threads = (int)s->threads, .sql = s->sql,
    };
    enum status status = source_open(&spec, &v->source, e);
    if (status != OK)
        return status;
    char what[300];
    snprintf(what, sizeof what, "%s %s", ROLE[side], v->name);
    return crs_check(source_crs(v->source), source_extent(v->source), what, e);
}

// ---- the CRS to measure in

// The box around a box seen in another CRS: straight edges bend, so a grid of points is moved, not just the corners.
static enum status move_box(struct box_m box, const struct crs *from, const struct crs *to, struct box_m *out, struct err *e)
{
    enum { STEPS = 8, POINTS = (STEPS + 1) * (STEPS + 1) };
    *out = (struct box_m){ INFINITY, INFINITY, -INFINITY, -INFINITY };
    if (box_is_empty(box))
        return OK;
    struct crs_road *road;
    enum status status = crs_road_open(from, to, &road, e);
    if (status != OK)
        return status;
    struct xy_m point[POINTS];
    for (int i = 0; i < POINTS; i++)
        point[i] = (struct xy_m){ box.min_x + (box.max_x - box.min_x) * (i % (STEPS + 1)) / STEPS,
                                  box.min_y + (box.max_y - box.min_y) * (i / (STEPS + 1)) / STEPS };
    crs_road_go(road, point, POINTS);
    crs_road_close(road);
    for (int i = 0; i < POINTS; i++) // fmin and fmax pass over NaN
        *out = (struct box_m){ fmin(out->min_x, point[i].x), fmin(out->min_y, point[i].y), fmax(out->max_x, point[i].x),
                               fmax(out->max_y, point[i].y) };
    return OK;
}

// What both surveys cover, in this CRS.
static enum status area_in(const struct pair_diff *c, const struct crs *crs, struct box_m *out, struct err *e)
{
    struct box_m box[SIDES];
    for (int side = 0; side < SIDES; side++) {
        const struct source *source = c->survey[side].source;
        enum status status = move_box(source_extent(source), source_crs(source), crs, &box[side], e);
        if (status != OK)
            return status;
    }
    *out = box_union(box[BEFORE], box[AFTER]);
    return OK;
}

static enum status open_asked_metric(struct pair_diff *c, struct err *e)
{
    const char *asked = c->spec->metric_crs;
    struct box_m area;
    enum status status = crs_open(asked, &c->metric, e);
    if (status == OK)
        status = area_in(c, c->metric, &area, e);
    if (status != OK)
        return status;
    if (box_is_empty(area) || crs_is_metric_at(c->metric, area))
        return OK;
    return err_set(e, INVALID, "--metric-crs %s (%s) cannot be measured in here: it must be projected, in metres, not Web "
                   "Mercator, and true to scale within 1 %% over the layers", asked, crs_name(c->metric));
}

// A CRS of the surveys themselves is best, AFTER's first; else one is made for the area.
static enum status choose_metric(struct pair_diff *c, struct err *e)
{
    const struct crs *of = source_crs(c->survey[AFTER].source), *other = source_crs(c->survey[BEFORE].source);
    struct box_m area, other_area;
    enum status status = area_in(c, of, &area, e);
    if (status == OK)
        status = area_in(c, other, &other_area, e);
    if (status != OK)
        return status;
    if (box_is_empty(area))
        return err_set(e, INVALID, "both layers are empty: there is nothing to compare");
    if (!crs_is_metric_at(of, area) && crs_is_metric_at(other, other_area)) {
        of = other;
        area = other_area;
    }
    return crs_choose_metric(of, area, &c->metric, e);
}

// Two layers that do not meet anywhere are two places, or one of them has the wrong CRS: no list of changes would be true.
static enum status check_they_meet(const struct pair_diff *c, struct err *e)
{
    struct box_m b[SIDES];
    for (int side = 0; side < SIDES; side++) {
        const struct source *source = c->survey[side].source;
        enum status status = move_box(source_extent(source), source_crs(source), c->metric, &b[side], e);
        if (status != OK)
            return status;
        if (box_is_empty(b[side]))
            return OK;
    }
    double reach = c->spec->max_shift_m;
    bool apart = b[BEFORE].min_x > b[AFTER].max_x + reach || b[AFTER].min_x > b[BEFORE].max_x + reach ||
                 b[BEFORE].min_y > b[AFTER].max_y + reach || b[AFTER].min_y > b[BEFORE].max_y + reach;
    if (!apart)
        return OK;
    double dx = (b[AFTER].min_x + b[AFTER].max_x - b[BEFORE].min_x - b[BEFORE].max_x) / 2;
    double dy = (b[AFTER].min_y + b[AFTER].max_y - b[BEFORE].min_y - b[BEFORE].max_y) / 2;
    return err_set(e, INVALID, "the layers do not meet: AFTER %s (%s) lies %.1f km from BEFORE %s (%s); is it the same place, "
                   "and is the CRS of both right? (--before-crs, --after-crs)", c->survey[AFTER].name,
                   crs_name(source_crs(c->survey[AFTER].source)), hypot(dx, dy) / 1000, c->survey[BEFORE].name,
                   crs_name(source_crs(c->survey[BEFORE].source)));
}

// Only a plain file has a hash; a database or a folder has none.
static void start_hash(struct pair_side *v, const struct pair_spec *s, enum side side, enum lang lang)
{
    struct stat there;
    if (s->sha256[side] != NULL)
        snprintf(v->sha256, sizeof v->sha256, "%s", s->sha256[side]);
    else if (s->hashes && stat(s->path[side], &there) == 0 && S_ISREG(there.st_mode))
        v->hash = hash_job_start(s->path[side], lang);
}

static enum status wait_for_hash(struct pair_side *v, struct err *e)
{
    struct hash_job *hash = v->hash;
    v->hash = NULL;
    return hash != NULL ? hash_job_wait(hash, v->sha256, e) : OK;
}

// ---- both at once

struct shared_progress { pthread_mutex_t lock; double share[SIDES]; const struct progress *progress; };

struct half {                        // what one thread does of the work on both
    struct pair_diff *pair;
    enum side side;
    struct shared_progress *shared;  // NULL: nobody is told
    enum status status;
    struct err err;
};

// What is wrong with BEFORE is said first.
static enum status both_at_once(struct pair_diff *c, struct shared_progress *shared, void *(*work)(void *half), struct err *e)
{
    struct half half[SIDES];
    pthread_t thread[SIDES];
    for (enum side side = BEFORE; side < SIDES; side++) {
        half[side] = (struct half){ c, side, shared, OK, { .lang = c->lang } };
        must(pthread_create(&thread[side], NULL, work, &half[side]) == 0);
    }
    for (int side = 0; side < SIDES; side++)
        pthread_join(thread[side], NULL);
    for (int side = 0; side < SIDES; side++)
        if (half[side].status != OK) {
            *e = half[side].err;
            return half[side].status;
        }
    return OK;
}

static void *open_half(void *ctx)
{
    struct half *h = ctx;
    h->status = open_survey(&h->pair->survey[h->side], h->pair->spec, h->side, &h->err);
    return NULL;
}

enum status pair_diff_open(struct pair_diff *c, const struct pair_spec *s, enum lang lang, struct err *e)
{
    c->spec = s;
    c->lang = lang;
    for (enum side side = BEFORE; side < SIDES; side++)
        start_hash(&c->survey[side], s, side, lang);
    enum status status = both_at_once(c, NULL, open_half, e);
    if (status == OK)
        status = s->metric_crs != NULL ? open_asked_metric(c, e) : choose_metric(c, e);
    return status == OK ? check_they_meet(c, e) : status;
}

// ---- reading

static void tell_half(void *ctx, const char *stage, double share)
{
    struct half *h = ctx;
    pthread_mutex_lock(&h->shared->lock);
    h->shared->share[h->side] = share;
    double both = (h->shared->share[BEFORE] + h->shared->share[AFTER]) / SIDES;
    pthread_mutex_unlock(&h->shared->lock);
    progress_tell(h->shared->progress, stage, both * READ_SHARE);
}

static void *read_half(void *ctx)
{
    struct half *h = ctx;
    struct pair_side *v = &h->pair->survey[h->side];
    struct progress progress = { tell_half, h };
    h->status = source_read(v->source, h->pair->metric, &progress, &v->layer, &v->dirt, &h->err);
    return NULL;
}

static enum status read_both(struct pair_diff *c, const struct progress *progress, struct err *e)
{
    return both_at_once(c, &(struct shared_progress){ .lock = PTHREAD_MUTEX_INITIALIZER, .progress = progress }, read_half, e);
}

// Coverage polygons may overlap each other; one shape without overlaps is what can be asked "is this place inside?".
static enum status unite(const struct footprints *f, struct rings *out, struct err *e)
{
    struct rings *part = mem_get((size_t)f->count, sizeof *part);
    const struct rings **list = mem_get((size_t)f->count, sizeof *list);
    for (int64_t i = 0; i < f->count; i++) {
        footprint_rings(f, i, (struct mm64){ 0, 0 }, (struct xy_m){ 0, 0 }, &part[i]);
        list[i] = &part[i];
    }
    struct overlay *overlay = overlay_open();
    enum status status = overlay_union(overlay, list, (int)f->count, 0, out, e);
    overlay_close(overlay);
    for (int64_t i = 0; i < f->count; i++)
        rings_clear(&part[i]);
    mem_free(list);
    mem_free(part);
    return status;
}

// One lon/lat multipolygon without overlaps.
static enum status take_coverage(struct pair_diff *c, enum side side, struct err *e)
{
    struct wkb_shape shape = { 0 };
    struct wkb_facts facts = { 0 };
    struct crs *lonlat = NULL;
    struct crs_road *road = NULL;
    struct polygons turned;
    polygons_init(&turned, (struct xy_m){ 0, 0 });
    enum wkb_kind kind = wkb_read(c->spec->coverage_wkb[side], c->spec->coverage_wkb_len[side], &shape, &facts);
    enum status status = kind == WKB_POLYGON || kind == WKB_MULTIPOLYGON ? OK : err_set(e, INVALID, "the coverage of %s %s is no polygon",
                                                                                        ROLE[side], c->survey[side].name);
    if (status == OK)
        status = crs_open("EPSG:4326", &lonlat, e);
    if (status == OK)
        status = crs_road_open(lonlat, c->metric, &road, e);
    if (status == OK && crs_road_go(road, shape.rings.vertex, shape.rings.first[shape.rings.count]) > 0)
        status = err_set(e, INVALID, "the coverage of %s %s has no place in %s", ROLE[side], c->survey[side].name, crs_name(c->metric));
    if (status == OK) {
        polygons_add_shape(&turned, &shape);
        polygons_get(&turned, 0, &c->survey[side].coverage);
    }
    if (road != NULL)
        crs_road_close(road);
    if (lonlat != NULL)
        crs_close(lonlat);
    polygons_clear(&turned);
    wkb_shape_clear(&shape);
    return status;
}

static enum status read_coverage(struct pair_diff *c, enum side side, struct err *e)
{
    static const char *const role[SIDES] = { "--before-coverage", "--after-coverage" };
    enum { COVERAGE_MOST = 100000 }; // polygons
    const char *path = c->spec->side[side].coverage;
    if (c->spec->coverage_wkb[side] != NULL)
        return take_coverage(c, side, e);
    if (path == NULL)
        return OK;
    struct source_spec spec = { .role = role[side], .path = path, .sql = c->spec->sql };
    struct source *source;
    struct footprints polygons = { 0 };
    struct dirt dirt = { 0 };
    enum status status = source_open(&spec, &source, e);
    if (status != OK)
        return status;
    status = source_read(source, c->metric, NULL, &polygons, &dirt, e);
    if (status == OK && polygons.count == 0)
        status = err_set(e, INVALID, "%s %s holds no polygon: nothing would be covered", role[side], path);
    if (status == OK && polygons.count > COVERAGE_MOST)
        status = err_set(e, TOO_BIG, "%s %s holds %lld polygons; a coverage has at most %d", role[side], path,
                         (long long)polygons.count, COVERAGE_MOST);
    if (status == OK)
        status = unite(&polygons, &c->survey[side].coverage, e);
    footprints_clear(&polygons);
    source_close(source);
    return status;
}

// Against an empty survey everything would be new or gone, and nothing could be registered: more likely a wrong filter.
static enum status check_something_was_read(const struct pair_diff *c, struct err *e)
{
    for (int side = 0; side < SIDES; side++) {
        const struct pair_side *v = &c->survey[side];
        if (v->layer.count == 0)
            return err_set(e, INVALID, "%s %s holds no building footprint (%lld features read): there is nothing to compare with; "
                           "look at --where and --layer", ROLE[side], v->name, (long long)v->dirt.read);
    }
    return OK;
}

enum status pair_diff_read(struct pair_diff *c, const struct progress *progress, struct err *e)
{
    double begun = when_monotonic_s();
    enum status status = read_both(c, progress, e);
    if (status == OK)
        status = check_something_was_read(c, e);
    for (enum side side = BEFORE; side < SIDES && status == OK; side++)
        status = read_coverage(c, side, e);
    c->read_s = when_monotonic_s() - begun;
    return status;
}

// ---- comparing

static void tell_later(void *ctx, const char *stage, double share)
{
    progress_tell(ctx, stage, READ_SHARE + share * COMPARE_SHARE);
}

enum status pair_diff_run(struct pair_diff *c, const struct progress *progress, struct err *e)
{
    const struct pair_spec *s = c->spec;
    const struct rings *coverage[SIDES];
    for (int side = 0; side < SIDES; side++)
        coverage[side] = c->survey[side].coverage.count > 0 ? &c->survey[side].coverage : NULL;
    struct diff_options options = {
        .min_area_m2 = s->min_area_m2, .min_width_m = s->min_width_m, .min_height_m = s->min_height_m,
        .max_shift_m = s->max_shift_m, .no_registration = s->no_registration, .ids_are_stable = s->stable_ids,
        .mask_capture_rule = s->mask_capture_rule, .all = s->all, .tile_m = s->tile_m,
        .coverage_before = coverage[BEFORE], .coverage_after = coverage[AFTER],
    };
    double begun = when_monotonic_s();
    struct progress later = { tell_later, (void *)(uintptr_t)progress };
    struct pool *pool = pool_open((int)s->threads);
    c->threads = pool_threads(pool);
    enum status status = footprint_diff(&c->survey[BEFORE].layer, &c->survey[AFTER].layer, &options, pool, &later, &c->result, e);
    pool_close(pool);
    c->compare_s = when_monotonic_s() - begun;
    return status;
}

enum status pair_diff_hashes(struct pair_diff *c, struct err *e)
{
    enum status status = OK;
    for (int side = 0; side < SIDES && status == OK; side++)
        status = wait_for_hash(&c->survey[side], e);
    return status;
}

void pair_diff_let_go(struct pair_diff *c)
{
    diff_result_let_go(&c->result);
    for (int side = 0; side < SIDES; side++)
        footprints_let_go(&c->survey[side].layer);
    mem_trim();
}

void pair_diff_clear(struct pair_diff *c)
{
    diff_result_clear(&c->result);
    for (int side = 0; side < SIDES; side++) {
        struct pair_side *v = &c->survey[side];
        if (v->hash != NULL)
            hash_job_stop(v->hash);
        footprints_clear(&v->layer);
        rings_clear(&v->coverage);
        if (v->source != NULL)
            source_close(v->source);
    }
    if (c->metric != NULL)
        crs_close(c->metric);
    *c = (struct pair_diff){ 0 };
}
