// baselines BEFORE AFTER TRUTH [CHANGES] [--json] - what the usual recipes find on the same layers, scored like ours.
//
//   exact      every outline of AFTER that is not in BEFORE vertex for vertex (QGIS, FME); gone: nothing of it is left
//   linz       LINZ nz-buildings: a pair counts when the common area is more than 5 % of both; added, removed, related
//   iou 0.5    every outline of AFTER whose best intersection over union is lower; gone: no outline of AFTER on its ground
//   iou 0.8
// A recipe claims whole outlines, and one alarm, not two, where an old and a new outline share ground: to its advantage.
// With CHANGES the same figures for a list of changes at hand.
#include "core/base/mem.h"
#include "core/base/pool.h"
#include "gis/footprint.h"
#include "gis/near.h"
#include "gis/relate.h"
#include "gis/score.h"
#include "gis/source_features.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { KIND_NEW = 1, KIND_GONE, KIND_RESHAPED, KIND_MERGED, KINDS };
static char *const kind_name[KINDS] = { "", "new", "gone", "reshaped", "merged" };

// What each outline has to do with the other layer.
struct standing { double best_iou; int partners; bool ground_shared; };
struct comparison {
    struct footprints before, after;
    struct standing *old, *recent;
};

static void compare_pairs(struct comparison *c, const struct near_pairs *pairs)
{
    struct rings a = { 0 }, b = { 0 };
    for (int64_t k = 0; k < pairs->count; k++) {
        uint32_t i = pairs->a[k], j = pairs->b[k];
        struct mm64 frame = c->before.origin[i];
        footprint_rings(&c->before, i, frame, (struct xy_m){ 0, 0 }, &a);
        footprint_rings(&c->after, j, frame, (struct xy_m){ 0, 0 }, &b);
        double common = relate_overlap_m2(&a, &b), area_a = rings_area_m2(&a), area_b = rings_area_m2(&b);
        if (common <= 1e-6)
            continue;
        double iou = common / (area_a + area_b - common);
        struct standing *s[] = { &c->old[i], &c->recent[j] };
        for (int e = 0; e < 2; e++) {
            s[e]->ground_shared = true;
            s[e]->best_iou = fmax(s[e]->best_iou, iou);
            s[e]->partners += common > 0.05 * area_a && common > 0.05 * area_b;
        }
    }
    rings_clear(&a);
    rings_clear(&b);
}

static void compare(struct comparison *c)
{
    struct near_pairs pairs = { 0 };
    struct pool *pool = pool_open(0);
    c->old = mem_get((size_t)c->before.count, sizeof *c->old);
    c->recent = mem_get((size_t)c->after.count, sizeof *c->recent);
    near_join(pool, &c->before, NULL, &c->after, 0, 0, &pairs);
    compare_pairs(c, &pairs);
    near_pairs_clear(&pairs);
    pool_close(pool);
}

// --- the recipes: what an outline is called, 0 for nothing to say ---

typedef uint16_t recipe(const struct standing *s, bool recent, double threshold);

static uint16_t below_iou(const struct standing *s, bool recent, double threshold)
{
    if (!s->ground_shared)
        return recent ? KIND_NEW : KIND_GONE;
    return recent && s->best_iou < threshold ? KIND_RESHAPED : 0;
}

static uint16_t linz(const struct standing *s, bool recent, double threshold)
{
    (void)threshold;
    if (s->partners == 0)
        return recent ? KIND_NEW : KIND_GONE;
    return recent && s->partners > 1 ? KIND_MERGED : 0;
}

static const struct { const char *name; recipe *fn; double threshold; } recipe_list[] = {
    { "exact", below_iou, 1 - 1e-7 }, { "linz 5 %", linz, 0 }, { "iou 0.5", below_iou, 0.5 }, { "iou 0.8", below_iou, 0.8 },
};
enum { RECIPES = sizeof recipe_list / sizeof *recipe_list };

// --- claims as a layer ---

struct claim { uint32_t item; uint16_t kind; bool recent; };
struct claims { struct claim *claim; size_t count, cap; };

static void claim_layer(struct claims *list, const struct standing *s, int64_t count, bool recent, int r)
{
    for (int64_t i = 0; i < count; i++) {
        uint16_t kind = recipe_list[r].fn(&s[i], recent, recipe_list[r].threshold);
        if (kind == 0)
            continue;
        list->claim = mem_grow(list->claim, &list->cap, list->count + 1, sizeof *list->claim);
        list->claim[list->count++] = (struct claim){ (uint32_t)i, kind, recent };
    }
}

static void copy_outline(struct footprints *out, int64_t n, const struct footprints *from, uint32_t i)
{
    uint32_t ring = out->ring_first[n], vertex = out->vertex_first[ring];
    out->origin[n] = from->origin[i];
    out->size[n] = from->size[i];
    out->area_m2[n] = from->area_m2[i];
    for (uint32_t k = from->ring_first[i]; k < from->ring_first[i + 1]; k++) {
        uint32_t first = from->vertex_first[k], vertices = from->vertex_first[k + 1] - first;
        memcpy(out->vertex + vertex, from->vertex + first, vertices * sizeof *out->vertex);
        vertex += vertices;
        out->vertex_first[++ring] = vertex;
    }
    out->ring_first[n + 1] = ring;
}

static size_t rings_of(const struct footprints *f) { return f->ring_first[f->count]; }
static size_t vertices_of(const struct footprints *f) { return f->vertex_first[rings_of(f)]; }

static struct footprints layer_of(const struct claims *list, const struct comparison *c)
{
    size_t n = list->count;
    struct footprints f = { .count = (int64_t)n };
    f.origin = mem_get(n, sizeof *f.origin);
    f.size = mem_get(n, sizeof *f.size);
    f.area_m2 = mem_get(n, sizeof *f.area_m2);
    f.kind = mem_get(n, sizeof *f.kind);
    f.ring_first = mem_get(n + 1, sizeof *f.ring_first);
    f.vertex_first = mem_get(rings_of(&c->before) + rings_of(&c->after) + 1, sizeof *f.vertex_first);
    f.vertex = mem_get(vertices_of(&c->before) + vertices_of(&c->after), sizeof *f.vertex);
    for (size_t k = 0; k < n; k++) {
        copy_outline(&f, (int64_t)k, list->claim[k].recent ? &c->after : &c->before, list->claim[k].item);
        f.kind[k] = list->claim[k].kind;
    }
    return f;
}

static void score_recipe(const struct comparison *c, int r, const struct footprints *truth, struct score *out)
{
    struct claims list = { 0 };
    claim_layer(&list, c->recent, c->after.count, true, r);
    claim_layer(&list, c->old, c->before.count, false, r);
    struct footprints f = layer_of(&list, c);
    f.kind_name = (char **)kind_name;
    f.kind_count = KINDS;
    score_layers(&f, truth, out);
    f.kind_name = NULL; // not ours to free
    f.kind_count = 0;
    footprints_clear(&f);
    mem_free(list.claim);
}

// --- reading and printing ---

struct call { const char *path[4]; int paths; bool json; };

static enum status read_before_after(const struct call *call, struct comparison *c, struct crs **metric, struct err *e)
{
    static const char *const role[] = { "BEFORE", "AFTER" };
    struct source *s[2] = { NULL, NULL };
    struct dirt dirt = { 0 };
    enum status st = OK;
    for (int k = 0; k < 2 && st == OK; k++) {
        struct source_spec spec = { .role = role[k], .path = call->path[k], .skip_unusable = true };
        st = source_open(&spec, &s[k], e);
    }
    if (st == OK)
        st = crs_choose_metric(source_crs(s[0]), source_extent(s[0]), metric, e);
    if (st == OK)
        st = source_read(s[0], *metric, NULL, &c->before, &dirt, e);
    if (st == OK)
        st = source_read(s[1], *metric, NULL, &c->after, &dirt, e);
    source_close(s[0]);
    source_close(s[1]);
    return st;
}

static enum status read_list(const char *path, const char *usual, const struct crs *metric, struct footprints *out, struct err *e)
{
    struct feature_source *s = NULL;
    enum status st = feature_source_open(path, NULL, usual, "class", &s, e);
    if (st == OK)
        st = feature_source_read(s, metric, out, e);
    feature_source_close(s);
    return st;
}

static void print_score(const char *name, const struct score *s, bool json, bool first)
{
    double precision = s->all.changes > 0 ? (double)s->all.right / (double)s->all.changes : 0;
    double recall = s->all.truth > 0 ? (double)s->all.found / (double)s->all.truth : 0, f1 = score_f1(&s->all);
    if (json)
        printf("%s{\"name\":\"%s\",\"precision\":%.6f,\"recall\":%.6f,\"f1\":%.6f,\"changes\":%lld,\"right\":%lld,\"truth\":%lld,\"found\":%lld}",
               first ? "[" : ",\n ", name, precision, recall, isnan(f1) ? 0 : f1, (long long)s->all.changes, (long long)s->all.right,
               (long long)s->all.truth, (long long)s->all.found);
    else
        printf("%-10s  precision %.3f (%lld of %lld)  recall %.3f (%lld of %lld)  F1 %.3f\n", name, precision, (long long)s->all.right,
               (long long)s->all.changes, recall, (long long)s->all.found, (long long)s->all.truth, f1);
}

static enum status run(const struct call *call, struct err *e)
{
    struct comparison c = { 0 };
    struct footprints truth = { 0 }, changes = { 0 };
    struct crs *metric = NULL;
    struct score score;
    enum status st = read_before_after(call, &c, &metric, e);
    if (st == OK)
        st = read_list(call->path[2], "truth", metric, &truth, e);
    if (st == OK && call->paths > 3)
        st = read_list(call->path[3], "changes", metric, &changes, e);
    if (st != OK)
        return st;
    compare(&c);
    for (int r = 0; r < RECIPES; r++) {
        score_recipe(&c, r, &truth, &score);
        print_score(recipe_list[r].name, &score, call->json, r == 0);
    }
    if (call->paths > 3) {
        score_layers(&changes, &truth, &score);
        print_score("gridpatrol", &score, call->json, false);
    }
    printf(call->json ? "]\n" : "");
    footprints_clear(&c.before);
    footprints_clear(&c.after);
    footprints_clear(&truth);
    footprints_clear(&changes);
    crs_close(metric);
    mem_free(c.old);
    mem_free(c.recent);
    return OK;
}

int main(int argc, char **argv)
{
    struct call call = { 0 };
    struct err e = { 0 };
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            call.json = true;
        else if (call.paths < 4)
            call.path[call.paths++] = argv[i];
    }
    if (call.paths < 3) {
        fprintf(stderr, "use: baselines BEFORE AFTER TRUTH [CHANGES] [--json]\n");
        return 2;
    }
    footprint_open_library();
    if (run(&call, &e) == OK)
        return 0;
    fprintf(stderr, "baselines: %s\n", e.text);
    return 3;
}
