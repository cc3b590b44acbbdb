#include "gis/score.h"

#include "core/base/mem.h"
#include "core/base/pool.h"
#include "gis/near.h"
#include "gis/relate.h"
#include "gis/source_features.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double TRUTH_COVERED = 0.25, CHANGE_ON_TRUTH = 0.5, NORMAL_95 = 1.959963984540054;

// Which words of a change fit which truth. One building's story can be told in more than one way: a gap closed between two
// houses is an extension, an infill or a merger; a house replaced may be reported as one gone and one new.
static const struct { const char *truth, *change; } compatible[] = {
    { "new", " new rebuilt " },
    { "gone", " gone rebuilt " },
    { "enlarged", " enlarged infilled reshaped merged " },
    { "infilled", " infilled enlarged reshaped merged " },
    { "merged", " merged enlarged infilled reshaped " },
    { "reduced", " reduced reshaped split " },
    { "split", " split reduced reshaped " },
    { "reshaped", " reshaped enlarged reduced infilled rebuilt " },
    { "rebuilt", " rebuilt new gone reshaped " },
    { "shifted", " shifted rebuilt " },
    { "heightened", " heightened " },
    { "lowered", " lowered " },
};
enum { COMPATIBLE = sizeof compatible / sizeof *compatible };

static const char no_claim[] = " same unknown capture_rule ";
static const struct { const char *name; double below_m2; } bin[SCORE_BINS] = {
    { "< 10 m2", 10 }, { "10-20 m2", 20 }, { "20-50 m2", 50 }, { "50-100 m2", 100 }, { "> 100 m2", INFINITY },
};

static bool has_word(const char *list, const char *word)
{
    char padded[64];
    return snprintf(padded, sizeof padded, " %s ", word) < (int)sizeof padded && strstr(list, padded) != NULL;
}

static bool words_fit(const char *truth, const char *change)
{
    for (int i = 0; i < COMPATIBLE; i++)
        if (strcmp(compatible[i].truth, truth) == 0)
            return has_word(compatible[i].change, change);
    return strcmp(truth, change) == 0;
}

static const char *word_of(const struct footprints *f, int64_t i)
{
    return f->kind != NULL ? f->kind_name[f->kind[i]] : "";
}

// --- matching ---

struct tally { double covered; int64_t partners; bool matched, word_fits; }; // of one truth object or one change

struct matching {
    const struct footprints *changes, *truth;
    struct tally *change, *object;
    struct rings change_rings, object_rings;
};

static void match_pair(struct matching *m, uint32_t c, uint32_t t)
{
    struct mm64 frame = m->truth->origin[t];
    footprint_rings(m->changes, c, frame, (struct xy_m){ 0, 0 }, &m->change_rings);
    footprint_rings(m->truth, t, frame, (struct xy_m){ 0, 0 }, &m->object_rings);
    double common = relate_overlap_m2(&m->change_rings, &m->object_rings);
    if (common <= 0)
        return;
    double of_object = common / rings_area_m2(&m->object_rings), of_change = common / rings_area_m2(&m->change_rings);
    m->object[t].covered += of_object;
    m->change[c].covered += of_change;
    if (of_object < TRUTH_COVERED && of_change < CHANGE_ON_TRUTH)
        return;
    m->object[t].matched = m->change[c].matched = true;
    m->object[t].partners++;
    m->change[c].partners++;
    if (words_fit(word_of(m->truth, t), word_of(m->changes, c)))
        m->object[t].word_fits = true;
}

static uint8_t *claims(const struct footprints *changes)
{
    uint8_t *keep = mem_get((size_t)changes->count, 1);
    for (int64_t i = 0; i < changes->count; i++)
        keep[i] = !has_word(no_claim, word_of(changes, i));
    return keep;
}

static void match_all(struct matching *m, const uint8_t *keep)
{
    struct near_pairs pairs = { 0 };
    struct pool *pool = pool_open(1);
    near_join(pool, m->changes, keep, m->truth, 0, 0, &pairs);
    pool_close(pool);
    for (int64_t k = 0; k < pairs.count; k++)
        match_pair(m, pairs.a[k], pairs.b[k]);
    for (int64_t t = 0; t < m->truth->count; t++)
        m->object[t].matched |= m->object[t].covered >= TRUTH_COVERED;
    for (int64_t c = 0; c < m->changes->count; c++)
        m->change[c].matched |= m->change[c].covered >= CHANGE_ON_TRUTH;
    near_pairs_clear(&pairs);
    rings_clear(&m->change_rings);
    rings_clear(&m->object_rings);
}

// --- counting ---

// The last row takes whatever words are too many.
static struct score_row *class_row(struct score *s, const char *name)
{
    for (int i = 0; i < s->classes; i++)
        if (strncmp(s->per_class[i].name, name, sizeof s->per_class[i].name - 1) == 0 || i == SCORE_CLASS_MAX - 1)
            return &s->per_class[i];
    struct score_row *row = &s->per_class[s->classes++];
    snprintf(row->name, sizeof row->name, "%s", name);
    return row;
}

static struct score_row *bin_row(struct score *s, double area_m2)
{
    int i = 0;
    while (i < SCORE_BINS - 1 && area_m2 >= bin[i].below_m2)
        i++;
    return &s->per_bin[i];
}

static void count_truth(struct score *s, const struct matching *m)
{
    int64_t partners = 0;
    for (int64_t t = 0; t < m->truth->count; t++) {
        struct score_row *row[] = { &s->all, class_row(s, word_of(m->truth, t)), bin_row(s, m->truth->area_m2[t]) };
        for (int i = 0; i < 3; i++) {
            row[i]->truth++;
            row[i]->found += m->object[t].matched;
        }
        s->class_right += m->object[t].word_fits;
        partners += m->object[t].partners;
    }
    s->fragmentation = s->all.found > 0 ? (double)partners / (double)s->all.found : NAN;
}

static void count_changes(struct score *s, const struct matching *m, const uint8_t *keep)
{
    int64_t partners = 0;
    for (int64_t c = 0; c < m->changes->count; c++) {
        if (!keep[c])
            continue;
        struct score_row *row[] = { &s->all, class_row(s, word_of(m->changes, c)), bin_row(s, m->changes->area_m2[c]) };
        for (int i = 0; i < 3; i++) {
            row[i]->changes++;
            row[i]->right += m->change[c].matched;
        }
        partners += m->change[c].partners;
    }
    s->under_segmentation = s->all.right > 0 ? (double)partners / (double)s->all.right : NAN;
}

// Rows in the order of the table, whichever class a layer happens to begin with.
static void name_rows(struct score *s)
{
    snprintf(s->all.name, sizeof s->all.name, "all");
    for (int i = 0; i < SCORE_BINS; i++)
        snprintf(s->per_bin[i].name, sizeof s->per_bin[i].name, "%s", bin[i].name);
    for (int i = 0; i < COMPATIBLE; i++)
        class_row(s, compatible[i].truth);
}

static void drop_empty_rows(struct score *s)
{
    int kept = 0;
    for (int i = 0; i < s->classes; i++)
        if (s->per_class[i].truth > 0 || s->per_class[i].changes > 0)
            s->per_class[kept++] = s->per_class[i];
    s->classes = kept;
}

void score_layers(const struct footprints *changes, const struct footprints *truth, struct score *out)
{
    struct matching m = { .changes = changes, .truth = truth };
    m.change = mem_get((size_t)changes->count, sizeof *m.change);
    m.object = mem_get((size_t)truth->count, sizeof *m.object);
    uint8_t *keep = claims(changes);
    *out = (struct score){ 0 };
    name_rows(out);
    match_all(&m, keep);
    count_truth(out, &m);
    count_changes(out, &m, keep);
    drop_empty_rows(out);
    mem_free(keep);
    mem_free(m.change);
    mem_free(m.object);
}

// --- files ---

// Areas want metres: the truth's own CRS when it is metric, else one chosen for the ground both layers stand on.
static enum status common_metric(const struct feature_source *changes, const struct feature_source *truth, struct crs **out, struct err *e)
{
    struct box_m area = { 0, 0, 0, 0 };
    if (feature_source_extent(truth, &area))
        return crs_choose_metric(feature_source_crs(truth), area, out, e);
    feature_source_extent(changes, &area);
    return crs_choose_metric(feature_source_crs(changes), area, out, e);
}

enum status score_files(const struct score_spec *spec, struct score *out, struct err *e)
{
    struct feature_source *changes = NULL, *truth = NULL;
    struct footprints change_shapes = { 0 }, truth_shapes = { 0 };
    struct crs *metric = NULL;
    enum status st = feature_source_open(spec->changes, spec->changes_layer, "changes", "class", &changes, e);
    if (st == OK)
        st = feature_source_open(spec->truth, spec->truth_layer, "truth", "class", &truth, e);
    if (st == OK)
        st = common_metric(changes, truth, &metric, e);
    if (st == OK)
        st = feature_source_read(changes, metric, &change_shapes, e);
    if (st == OK)
        st = feature_source_read(truth, metric, &truth_shapes, e);
    if (st == OK)
        score_layers(&change_shapes, &truth_shapes, out);
    footprints_clear(&change_shapes);
    footprints_clear(&truth_shapes);
    crs_close(metric);
    feature_source_close(changes);
    feature_source_close(truth);
    return st;
}

// --- figures ---

// Wilson, 1927: honest near 0 and 1 and for small counts.
struct interval score_wilson(int64_t right, int64_t of)
{
    if (of <= 0)
        return (struct interval){ 0, 1 };
    double n = (double)of, p = (double)right / n, z2 = NORMAL_95 * NORMAL_95;
    double middle = (p + z2 / (2 * n)) / (1 + z2 / n), half = NORMAL_95 / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    return (struct interval){ fmax(0, middle - half), fmin(1, middle + half) };
}

double score_f1(const struct score_row *r)
{
    if (r->truth == 0 && r->changes == 0)
        return NAN;
    if (r->truth == 0 || r->changes == 0 || r->found == 0 || r->right == 0)
        return 0;
    double recall = (double)r->found / (double)r->truth, precision = (double)r->right / (double)r->changes;
    return 2 * recall * precision / (recall + precision);
}
