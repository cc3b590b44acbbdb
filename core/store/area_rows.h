// area_rows.h - the shelf of areas; the rules are in core/area.c.
#pragma once
#include "core/store/store.h"

struct id;
enum { AREA_CODE = 24, AREA_NAME = 200, AREA_SOURCE = 104 };
struct area_row {
    char code[AREA_CODE], parent[AREA_CODE], name[AREA_NAME], source[AREA_SOURCE];
    const char *level;
    const void *wkb; size_t wkb_len;   // lon/lat MULTIPOLYGON; NULL: none
};
enum status area_is_known(struct db *db, const char *code, bool *out, struct err *e);
// source NULL: the row that counts. NOT_FOUND without a sentence.
enum status area_get(struct db *db, const char *code, const char *source, struct area_row *out, struct err *e);
enum status area_insert(struct db *db, const struct id *id, const struct area_row *r, bool counts, int64_t now_s, struct err *e);
enum status area_update(struct db *db, const struct area_row *r, struct err *e); // name, and shape where one is given
enum status area_has_shape(struct db *db, const struct area_row *r, bool *out, struct err *e); // the very one of r
// Where a source differs from the others on the levels it speaks of: codes it lacks, codes only it has.
typedef enum status area_visit(void *ctx, const struct area_row *r, struct err *e);
enum status area_each_missing(struct db *db, const char *source, area_visit *fn, void *ctx, struct err *e);
enum status area_each_extra(struct db *db, const char *source, area_visit *fn, void *ctx, struct err *e);

// Communities that count and have a shape, by code; of this code alone unless NULL. code, name and wkb are filled.
enum status area_each_community(struct db *db, const char *code, area_visit *fn, void *ctx, struct err *e);
