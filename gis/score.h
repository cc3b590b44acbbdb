// score.h - how right a list of changes is against a truth (精度评定): object-level precision, recall, F1.
//
// A truth object counts as found when changes cover at least 25 % of it, or one change lies to at least 50 % on it
// (detection.md 3; after Rutzinger). Recall counts truth objects, precision counts changes; fragmentation is changes per found truth.
#pragma once
#include "core/base/buf.h"
#include "core/base/status.h"
#include "gis/geom.h"

struct score_spec { const char *changes, *truth; const char *changes_layer, *truth_layer; };
enum { SCORE_BINS = 5, SCORE_CLASS_MAX = 24 };        // < 10, 10-20, 20-50, 50-100, > 100 m2
struct score_row { char name[32]; int64_t truth, found, changes, right; };
struct score {
    struct score_row all, per_class[SCORE_CLASS_MAX], per_bin[SCORE_BINS];
    int classes;
    int64_t class_right;                               // found with a compatible class
    double fragmentation, under_segmentation;
};
enum status score_files(const struct score_spec *spec, struct score *out, struct err *e);
struct interval { double low, high; };
struct interval score_wilson(int64_t right, int64_t of); // 95 %
double score_f1(const struct score_row *r);
