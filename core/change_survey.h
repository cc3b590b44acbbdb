// change_survey.h - a change as its two surveys drew it (前后对照): the footprints it names, out of the archived layers.
//
// What a survey drew lies in its archive and nowhere else; a change names its footprints by their ids there. Only those are told, and
// only to who may see the change: the rest of a survey is not theirs.
#pragma once
#include "core/change.h"
#include "core/survey.h"

enum change_side { CHANGE_BEFORE, CHANGE_AFTER, CHANGE_SIDES };
enum { CHANGE_FOOTPRINTS_MOST = 1000 };
struct change_surveys { struct survey survey[CHANGE_SIDES]; };
// Inside a reading job. The surveys the change's comparison looked at.
enum status change_surveys_get(struct work *w, const struct change_row *c, struct change_surveys *out);

struct change_footprint { const char *id; const uint8_t *wkb; size_t wkb_len; };       // lon/lat; lives until the next one
typedef enum status change_footprint_visit(void *ctx, const struct change_footprint *f, struct err *e);
// In the order of the archive. FAILED, INVALID: the archive is not what it was.
enum status change_each_footprint(struct work *w, const struct change_row *c, const struct survey *of, enum change_side side,
                                  change_footprint_visit *fn, void *ctx);
