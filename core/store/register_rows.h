// register_rows.h - the shelves of what is registered; the rules are in core/register.c.
#pragma once
#include "core/layer.h"

struct register_shelf;                 // the SQL of one layer's table, put together once a load
struct register_shelf *register_shelf_open(const struct layer *l);
void register_shelf_close(struct register_shelf *s);

struct register_row {
    const char *id, *source, *source_id, *properties, *crs, *cell_code, *community_code, *digest;
    double accuracy_m, area_m2;
    int64_t version, now_s;
    const void *wkb; size_t wkb_len;   // the shape; for an asset with an area also:
    const void *point_wkb; size_t point_len; // where it is pinned; NULL: the shape is the point
    const struct value *column;        // one for each of the layer's properties, in its order (struct property, held_in)
};
// Has this source delivered nothing that counts yet?
enum status register_is_first(struct db *db, const struct register_shelf *s, const char *source, bool *out, struct err *e);
// The row that counts now for this source_id. NOT_FOUND.
enum { REGISTER_DIGEST = 130 };        // two of 64 digits at most, see register_told.h
struct register_now { int64_t fid, version; char id[40], digest[REGISTER_DIGEST]; };
enum status register_now_get(struct db *db, const struct register_shelf *s, const char *source, const char *source_id,
                             struct register_now *out, struct err *e);
// The row of a thing that counts now, whole; what it points to lies in the arena. Texts as a file would say them, one a property. NOT_FOUND.
struct arena;
struct register_kept {
    int64_t fid, version;
    const char *id, *source, *source_id, *crs, *cell_code, *community_code, *digest;
    double accuracy_m;
    const uint8_t *wkb; size_t wkb_len;
    const char *const *text;
};
enum status register_kept_get(struct db *db, const struct register_shelf *s, const char *id, struct arena *a, struct register_kept *out, struct err *e);
// The last row anything had under this id, in any layer of the table. NOT_FOUND.
struct register_born { bool counts; int64_t version; char digest[REGISTER_DIGEST]; };
enum status register_born_get(struct db *db, const struct register_shelf *s, const char *id, struct register_born *out, struct err *e);
enum status register_supersede(struct db *db, const struct register_shelf *s, int64_t fid, int64_t now_s, struct err *e);
enum status register_insert(struct db *db, const struct register_shelf *s, const struct register_row *r, struct err *e);
// What the row is found by (core/words.h). For many rows together: each of the two tables has its pages at hand then.
enum status register_insert_words(struct db *db, const struct register_shelf *s, int64_t fid, const char *words, struct err *e);
