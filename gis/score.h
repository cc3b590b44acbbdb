// score.h - how right a list of changes is against a truth (精度评定): object-level precision, recall, F1.
//
// A truth object counts as found when changes cover at least 25 % of it, or one change lies to at least 50 % on it
// (detection.md 3; after Rutzinger). Recall counts truth objects, precision counts changes; fragmentation is changes per found
// truth, under-segmentation found truths per right change. Ground decides what is found; whether it was also called by the right
// name is counted apart. Changes of class same, unknown and capture_rule claim nothing and are not counted.
#pragma once
#include "core/base/buf.h"
#include "core/base/status.h"
#include "gis/geom.h"

struct score_spec { const char *changes, *truth; const char *changes_layer, *truth_layer; }; // layers NULL: "changes", "truth", or the only one
enum { SCORE_BINS = 5, SCORE_CLASS_MAX = 24 };        // < 10, 10-20, 20-50, 50-100, > 100 m2
struct score_row { char name[32]; int64_t truth, found, changes, right; }; // truth by the truth's class (size), changes by their own
struct score {
    struct score_row all, per_class[SCORE_CLASS_MAX], per_bin[SCORE_BINS];
    int classes;
    int64_t class_right;                               // found with a compatible class
    double fragmentation, under_segmentation;          // NaN: nothing found
};
// Both layers need a column `class`; an empty truth is fine: then every change is a false alarm. NOT_FOUND, INVALID.
enum status score_files(const struct score_spec *spec, struct score *out, struct err *e);
// The same for layers at hand, in one metric CRS, kind = the class.
void score_layers(const struct footprints *changes, const struct footprints *truth, struct score *out);

struct interval { double low, high; };
struct interval score_wilson(int64_t right, int64_t of); // 95 %; [0, 1] of nothing
double score_f1(const struct score_row *r);            // NaN when there is neither truth nor change
