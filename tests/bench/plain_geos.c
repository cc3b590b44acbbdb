// plain_geos BEFORE AFTER - what a competent programmer writes in an afternoon: both layers by Arrow batches into GEOS
// polygons, an STRtree over AFTER, the area of GEOSIntersection for each pair whose boxes meet, and LINZ's rule (a pair counts
// when the common area is more than 5 % of both). Two threads wherever there is something to share.
#include "core/base/mem.h"
#include "core/base/when.h"
#include "tests/bench/arrow_layer.h"

#include <gdal.h>
#include <geos_c.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SLICE = 2000 };
static const double RELATED_SHARE = 0.05;

struct layer { const char *path; GEOSContextHandle_t geos; GEOSWKBReader *reader; GEOSGeometry **shape; double *area; size_t count, cap, area_cap; };

static int keep_shape(void *ctx, int64_t row, const uint8_t *wkb, size_t len)
{
    (void)row;
    struct layer *l = ctx;
    GEOSGeometry *g = wkb != NULL ? GEOSWKBReader_read_r(l->geos, l->reader, wkb, len) : NULL;
    if (g == NULL)
        return 0;
    l->shape = mem_grow(l->shape, &l->cap, l->count + 1, sizeof *l->shape);
    l->area = mem_grow(l->area, &l->area_cap, l->count + 1, sizeof *l->area);
    GEOSArea_r(l->geos, g, &l->area[l->count]);
    double x;
    GEOSGeom_getXMin_r(l->geos, g, &x); // the envelope is made on first use: now, while only one thread looks
    l->shape[l->count++] = g;
    return 0;
}

static void *read_layer(void *arg)
{
    struct layer *l = arg;
    l->geos = GEOS_init_r();
    l->reader = GEOSWKBReader_create_r(l->geos);
    arrow_layer_read(l->path, keep_shape, l);
    GEOSWKBReader_destroy_r(l->geos, l->reader);
    return NULL;
}

struct join {
    struct layer before, after;
    GEOSSTRtree *tree;
    atomic_long next;
    _Atomic uint32_t *before_partners, *after_partners;
    atomic_long pairs, failed;
};
struct visit { struct join *j; GEOSContextHandle_t geos; size_t b; };

static void visit_pair(void *item, void *arg)
{
    struct visit *v = arg;
    struct join *j = v->j;
    size_t a = (size_t)((GEOSGeometry **)item - j->after.shape);
    double common = 0;
    GEOSGeometry *g = GEOSIntersection_r(v->geos, j->before.shape[v->b], j->after.shape[a]);
    if (g == NULL)
        j->failed++;
    else
        GEOSArea_r(v->geos, g, &common);
    GEOSGeom_destroy_r(v->geos, g);
    if (common <= RELATED_SHARE * j->before.area[v->b] || common <= RELATED_SHARE * j->after.area[a])
        return;
    j->pairs++;
    j->before_partners[v->b]++;
    j->after_partners[a]++;
}

static void *join_slices(void *arg)
{
    struct join *j = arg;
    struct visit v = { .j = j, .geos = GEOS_init_r() };
    for (;;) {
        size_t first = (size_t)atomic_fetch_add(&j->next, SLICE);
        if (first >= j->before.count)
            break;
        for (v.b = first; v.b < first + SLICE && v.b < j->before.count; v.b++)
            GEOSSTRtree_query_r(v.geos, j->tree, j->before.shape[v.b], visit_pair, &v);
    }
    GEOS_finish_r(v.geos);
    return NULL;
}

static void ignore_item(void *item, void *arg) { (void)item; (void)arg; }

static void plant_tree(struct join *j)
{
    GEOSContextHandle_t geos = j->after.geos;
    j->tree = GEOSSTRtree_create_r(geos, 10);
    for (size_t i = 0; i < j->after.count; i++)
        GEOSSTRtree_insert_r(geos, j->tree, j->after.shape[i], &j->after.shape[i]);
    if (j->before.count > 0) // the first question builds the tree, which only one thread may do
        GEOSSTRtree_query_r(geos, j->tree, j->before.shape[0], ignore_item, NULL);
}

static void in_two_threads(void *(*fn)(void *), void *first, void *second)
{
    pthread_t other;
    if (pthread_create(&other, NULL, fn, second) != 0)
        exit(1);
    fn(first);
    pthread_join(other, NULL);
}

static size_t count_with(const _Atomic uint32_t *partners, size_t count, int (*rule)(uint32_t))
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += rule(partners[i]) != 0;
    return n;
}
static int is_alone(uint32_t partners) { return partners == 0; }
static int has_many(uint32_t partners) { return partners > 1; }

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "use: plain_geos BEFORE AFTER\n");
        return 2;
    }
    static struct join j;
    double from = when_monotonic_s();
    GDALAllRegister();
    j.before.path = argv[1];
    j.after.path = argv[2];
    in_two_threads(read_layer, &j.before, &j.after);
    double read = when_monotonic_s();
    j.before_partners = mem_get(j.before.count, sizeof *j.before_partners);
    j.after_partners = mem_get(j.after.count, sizeof *j.after_partners);
    plant_tree(&j);
    in_two_threads(join_slices, &j, &j);
    printf("read %zu and %zu, removed %zu, added %zu, pairs %ld, split or merged %zu and %zu, failed %ld, read %.3f s, all %.3f s\n", j.before.count,
           j.after.count, count_with(j.before_partners, j.before.count, is_alone), count_with(j.after_partners, j.after.count, is_alone),
           j.pairs, count_with(j.before_partners, j.before.count, has_many), count_with(j.after_partners, j.after.count, has_many), j.failed,
           read - from, when_monotonic_s() - from);
    fflush(stdout);
    _exit(0); // a million small objects are not worth taking apart
}
