// survey.h - one look at the ground (普查/期次): who looked when, how well, and the file itself, kept for good.
//
// The layer is archived as FlatGeobuf under its SHA-256 (nothing of it goes into tables), the original files beside it. The
// same file twice is the same survey. What the survey would not have drawn (smaller than min_area_m2, roofs or walls) and where
// it did not look (outside its coverage) is said here, so that no comparison takes it for news.
#pragma once
#include "core/base/progress.h"
#include "core/page.h"
#include "core/station.h"

enum { SURVEY_NAME = 128 };
struct survey {
    struct id id;
    char name[SURVEY_NAME];
    char kind[16];                     // footprints, ortho, dsm
    int64_t taken_at_s;
    char source[128];
    double accuracy_m, min_area_m2;    // NaN: not known
    char outline[8];                   // roof, wall, unknown
    char original_name[256], original_sha256[65], archive_sha256[65];
    char crs[200];
    int64_t features;                  // with a geometry
    int64_t without_geometry;          // of the file that is being recorded, and left out of the archive; 0 later
    char id_field[64], height_field[64], floors_field[64], dissolve_by[64]; // of the archive; "" none
    int64_t added_at_s;
};

struct survey_spec {
    const char *path, *layer, *crs, *coverage;         // coverage: a layer of polygons; NULL: everywhere
    struct survey survey;              // name, kind, taken_at_s, source, accuracy_m, min_area_m2, outline, fields
};
// Archives and records. out: the new survey, or with *same the one that has this file already. INVALID, CONFLICT (the name).
enum status survey_record(struct station *s, const struct station_call *call, const struct survey_spec *spec,
                          const struct progress *progress, struct survey *out, bool *same, struct err *e);
// Inside a job. By name or id. NOT_FOUND.
enum status survey_get(struct work *w, const char *name_or_id, struct survey *out);
typedef enum status survey_visit(void *ctx, const struct survey *v, struct err *e);
enum status survey_each(struct work *w, const struct page *p, survey_visit *fn, void *ctx);  // by date; p NULL: all; after: a name or id. NOT_FOUND
// The coverage as WKB, lon/lat; *len 0: everywhere. mem_free the answer.
enum status survey_coverage(struct work *w, const struct survey *v, uint8_t **wkb, size_t *len);
// Inside a job. The original files, by name.
struct survey_file { const char *name, *sha256; int64_t bytes; };
typedef enum status survey_file_visit(void *ctx, const struct survey_file *f, struct err *e);
enum status survey_each_file(struct work *w, const struct survey *v, survey_file_visit *fn, void *ctx);
