// pair_diff.h - one run over two layers of buildings, from their files to the list of changes (比对).
//
// Opens both sources, settles the CRS to measure in, reads both layers at once and their coverage, and compares them
// (footprint_diff.h). Made in steps, open, read and run, so that a caller can stop between them; what was asked, read and
// found stays together until it is cleared.
#pragma once
#include "gis/footprint.h"
#include "gis/footprint_diff.h"

enum side { BEFORE, AFTER, SIDES };

struct pair_side_spec {               // how one of the layers is read; NULL: not asked for
    const char *layer, *id_field, *height_field, *floors_field, *where, *dissolve_by, *kind_field, *crs;
    const char *coverage;             // a layer of polygons; outside, nothing is new or gone
};

struct pair_spec {
    const char *path[SIDES];
    const char *name[SIDES];              // for sentences; NULL: the path without its folders
    struct pair_side_spec side[SIDES];
    const uint8_t *coverage_wkb[SIDES];   // instead of a layer: a lon/lat multipolygon
    size_t coverage_wkb_len[SIDES];
    const char *sha256[SIDES];            // what is known of the files already; NULL: they are hashed while they are read, if `hashes`
    bool hashes;
    double storey_m;
    bool skip_unusable, from_stranger;    // from_stranger: as in footprint.h
    const char *metric_crs;               // NULL: chosen
    double min_area_m2, min_width_m, min_height_m, max_shift_m;
    bool no_registration, stable_ids, mask_capture_rule, all;
    double threads, tile_m;               // 0: chosen
    const struct source_sql *sql;         // as in footprint.h
};

struct pair_side {
    const char *path, *name;        // name: without the folder
    struct source *source;
    struct dirt dirt;
    struct footprints layer;        // in the metric CRS
    struct rings coverage;          // in the metric CRS; count 0: everywhere
    struct hash_job *hash;          // under way until it is waited for
    char sha256[65];                // of the file, once waited for; "" where nobody asked or the source is no plain file
};

struct pair_diff {
    const struct pair_spec *spec;
    enum lang lang;
    struct pair_side survey[SIDES];
    struct crs *metric;             // what is measured in
    struct diff_result result;
    int threads;
    double read_s, compare_s;
};

// Opens both sources and settles the CRS. NOT_FOUND, INVALID: the input is refused.
enum status pair_diff_open(struct pair_diff *c, const struct pair_spec *s, enum lang lang, struct err *e);
// Reads both layers at once, the coverage after them.
enum status pair_diff_read(struct pair_diff *c, const struct progress *progress, struct err *e);
enum status pair_diff_run(struct pair_diff *c, const struct progress *progress, struct err *e);
// Waits until the hashes of both files are known: as late as can be, they fill the time in which others wait.
enum status pair_diff_hashes(struct pair_diff *c, struct err *e);
// Gives back outlines and changes, when all that is still asked for is told by the counts and the summary.
void pair_diff_let_go(struct pair_diff *c);
void pair_diff_clear(struct pair_diff *c);
