// comparison.h - one run over two surveys (比对): the inputs, what was read of them, what was found, and what it cost.
//
// The record behind every way of telling the result: the changes layer, the summary, the report page. Made in three steps
// (open, read, compare) by cmd_diff and only read by the others.
#pragma once
#include "api/diff_settings.h"
#include "gis/footprint.h"
#include "gis/footprint_diff.h"

struct survey {
    const char *path, *name;        // name: without the folder
    struct source *source;
    struct dirt dirt;
    struct footprints layer;        // in the metric CRS
    struct rings coverage;          // in the metric CRS; count 0: everywhere
    struct hash_job *hash;          // under way from reading until all is compared
    char sha256[65];                // of the file; "" where the source is no plain file
};

struct comparison {
    const struct diff_settings *settings;
    enum lang lang;
    struct survey survey[SIDES];
    struct crs *metric;             // what is measured in
    struct crs *output_crs;         // NULL: that of AFTER
    struct diff_result result;
    int threads;
    double read_s, compare_s, write_s;
};

// Opens both sources and settles the CRS. NOT_FOUND, INVALID: the input is refused.
enum status comparison_open(struct comparison *c, const struct diff_settings *s, enum lang lang, struct err *e);
// Reads both layers at once, the coverage after them.
enum status comparison_read(struct comparison *c, const struct progress *progress, struct err *e);
enum status comparison_run(struct comparison *c, const struct progress *progress, struct err *e);
void comparison_clear(struct comparison *c);

const struct crs *comparison_output_crs(const struct comparison *c);
