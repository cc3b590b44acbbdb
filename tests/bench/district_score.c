// What the station said about each true increment, held against what is lawful. The change that shares most ground with it speaks.
#include "core/base/mem.h"
#include "gis/relate.h"
#include "gis/score.h"
#include "gis/source_features.h"
#include "tests/bench/district.h"
#include <stdio.h>
#include <string.h>

static const double FOUND = 0.25;                    // of the increment, as gis/score.h counts
static const char *const LEGAL[] = { "NO_PERMIT", "EXCEEDS_AREA", "EXCEEDS_HEIGHT", "OFF_SITE", "EXPIRED", "COVERED" };
enum { LEGALS = 6, PATH_LEN = 4096 };

enum { SILENT = -1 };
struct held { struct footprints truth, change; int64_t *speaker; };   // [truth.count]
struct row { int64_t truth, found, same; };

static enum status read_layer(const char *path, const char *layer, const char *word, struct footprints *out, struct err *e)
{
    struct feature_source *s = NULL;
    struct crs *metric = NULL;
    enum status status = feature_source_open(path, NULL, layer, word, &s, e);
    if (status == OK)
        status = crs_open("EPSG:4549", &metric, e);
    if (status == OK)
        status = feature_source_read(s, metric, out, e);
    crs_close(metric);
    feature_source_close(s);
    return status;
}

static const char *word_of(const struct footprints *f, int64_t i) { return f->kind_name[f->kind[i]]; }

static bool has_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += n)
        if ((at == list || at[-1] == ',') && (at[n] == ',' || at[n] == '\0'))
            return true;
    return false;
}

static bool boxes_meet(struct box_m a, struct box_m b)
{
    return a.min_x < b.max_x && b.min_x < a.max_x && a.min_y < b.max_y && b.min_y < a.max_y;
}

static void find_speaker(struct held *h, int64_t i, struct rings *t, struct rings *c)
{
    struct mm64 frame = h->truth.origin[i];
    struct box_m box = footprint_box(&h->truth, i);
    footprint_rings(&h->truth, i, frame, (struct xy_m){ 0, 0 }, t);
    double most = FOUND * rings_area_m2(t);
    for (int64_t k = 0; k < h->change.count; k++) {
        if (!boxes_meet(box, footprint_box(&h->change, k)))
            continue;
        footprint_rings(&h->change, k, frame, (struct xy_m){ 0, 0 }, c);
        double shared = relate_overlap_m2(t, c);
        if (shared < most)
            continue;
        most = shared;
        h->speaker[i] = k;
    }
}

static void find_speakers(struct held *h)
{
    struct rings t = { 0 }, c = { 0 };
    for (int64_t i = 0; i < h->truth.count; i++) {
        h->speaker[i] = SILENT;
        find_speaker(h, i, &t, &c);
    }
    rings_clear(&t);
    rings_clear(&c);
}

// Illegal in truth: everything but COVERED. Called illegal: a legal word and not COVERED.
static bool is_called_illegal(const char *words) { return words[0] != '\0' && !has_word(words, "COVERED"); }

static void print_left(const char *text, int places) { printf("%s%*s", text, places - text_columns(text), ""); }

static void print_share(enum lang lang, const char *what, int64_t part, int64_t of)
{
    struct interval w = score_wilson(part, of);
    print_left(text_in(lang, what), 44);
    printf("%5lld / %-5lld  %.3f (%.3f-%.3f)\n", (long long)part, (long long)of, of > 0 ? (double)part / (double)of : 0, w.low, w.high);
}

static void print_table(const struct held *h, enum lang lang)
{
    struct row row[LEGALS] = { { 0 } }, illegal = { 0 };
    int64_t called = 0, rightly = 0;
    bool *is_right = mem_get((size_t)h->change.count, sizeof *is_right);
    for (int64_t i = 0; i < h->truth.count; i++) {
        bool covered = strcmp(word_of(&h->truth, i), "COVERED") == 0, found = h->speaker[i] != SILENT;
        const char *words = found ? word_of(&h->change, h->speaker[i]) : "";
        for (int k = 0; k < LEGALS; k++)
            if (strcmp(LEGAL[k], word_of(&h->truth, i)) == 0) {
                row[k].truth++;
                row[k].found += found;
                row[k].same += has_word(words, LEGAL[k]);
            }
        illegal.truth += !covered;
        illegal.found += !covered && is_called_illegal(words);
        if (found && !covered)
            is_right[h->speaker[i]] = true;
    }
    for (int64_t i = 0; i < h->change.count; i++) {
        called += is_called_illegal(word_of(&h->change, i));
        rightly += is_called_illegal(word_of(&h->change, i)) && is_right[i];
    }
    print_left("", 18);
    printf(text_in(lang, "truth   found   said so\n"));
    for (int k = 0; k < LEGALS; k++) {
        print_left(LEGAL[k], 18);
        printf("%5lld   %5lld   %5lld\n", (long long)row[k].truth, (long long)row[k].found, (long long)row[k].same);
    }
    print_share(lang, "illegal increments the list has (recall)", illegal.found, illegal.truth);
    print_share(lang, "suspicions that are right (precision)", rightly, called);
    mem_free(is_right);
}

enum status made_score(const char *folder, const char *changes, struct err *e)
{
    char path[PATH_LEN];
    struct held h = { 0 };
    snprintf(path, sizeof path, "%s/legal.gpkg", folder);
    enum status status = read_layer(path, "truth", "legal", &h.truth, e);
    if (status == OK)
        status = read_layer(changes, "changes", "legal_codes", &h.change, e);
    if (status == OK) {
        h.speaker = mem_get((size_t)h.truth.count, sizeof *h.speaker);
        find_speakers(&h);
        print_table(&h, e->lang);
    }
    mem_free(h.speaker);
    footprints_clear(&h.truth);
    footprints_clear(&h.change);
    return status;
}
