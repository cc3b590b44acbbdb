// change_rows.h - the shelf of changes; the rules are in core/change*.c and core/comparison.c.
#pragma once
#include "core/change.h"

enum status change_insert(struct db *db, const struct change_row *c, struct err *e);

// A decision by a person, or back to open with reviewer NULL.
struct change_verdict { int64_t fid; const char *state, *reviewer, *note; int64_t at_s; };
enum status change_update_state(struct db *db, const struct change_verdict *v, struct err *e);

// Changes of finished comparisons that looked at one of these surveys, with their members; in order of fid.
struct earlier_change { int64_t fid; const char *object, *before_survey, *after_survey, *before_ids, *after_ids; };
typedef enum status earlier_visit(void *ctx, const struct earlier_change *c, struct err *e);
enum status change_each_of_surveys(struct db *db, const char *survey_a, const char *survey_b, earlier_visit *fn, void *ctx, struct err *e);

// Changes whose boxes meet this one (lon/lat), in order of fid: object and ground.
struct ground_change {
    const char *object, *class, *before_survey, *after_survey;
    double registration_x_m, registration_y_m;
    const uint8_t *wkb; size_t wkb_len;
};
typedef enum status ground_visit(void *ctx, const struct ground_change *c, struct err *e);
struct box_m;
enum status change_each_near(struct db *db, const struct box_m *lonlat, ground_visit *fn, void *ctx, struct err *e);

// All that was seen of an object, what was decided last first, then the latest; rows live until the next one.
enum status change_each_of_object(struct db *db, const char *object, change_visit *fn, void *ctx, struct err *e);
// The surveys a comparison looked at.
enum status change_surveys(struct db *db, const char *comparison, char before[ID_TEXT], char after[ID_TEXT], struct err *e);
enum status change_count(struct db *db, int64_t *out, struct err *e);

// Per class of one comparison, of what w->actor may see: listed, inherited left out; reviewed and real, apart for slots and the rest.
struct precision_counts { char class[16]; int64_t listed, slots, slots_reviewed, slots_real, others_reviewed, others_real; };
typedef enum status precision_visit(void *ctx, const struct precision_counts *c, struct err *e);
enum status change_each_class(struct work *w, const char *comparison, precision_visit *fn, void *ctx);
