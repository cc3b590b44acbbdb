// finding.h - what a person reported from a place (上报), with photos.
//
// Coordinates are kept as they were sent, beside lon/lat; the finding knows its cell. It becomes VERIFIED by somebody who
// stood there with a camera and did not report it, and cases are opened from verified ones. Its state changes in core/step.h.
#pragma once
#include "core/page.h"
#include "core/step.h"

struct finding_spec {
    struct id id;                            // minted by whoever reports it; not set: here
    const char *source;                      // patrol, call, letter, visit, media, public
    const char *scheme, *code, *text;
    double x, y;                             // as sent, in crs
    const char *crs;                         // EPSG:4326, GCJ-02, BD-09, any PROJ knows
    double accuracy_m;                       // NaN: not known
    int64_t seen_at_s;                       // 0: now
    double lon, lat;                         // set by finding_locate
    const char *cell_code, *community_code;  // set by finding_locate; live until the desk's next place
};
// Outside or inside a job: lon/lat, accuracy and cell. INVALID: not a place in that system.
enum status finding_locate(struct work *w, struct desk *d, struct finding_spec *f);
enum status finding_record(struct work *w, struct desk *d, const struct finding_spec *f, struct walk *out);
// The same for who may have to ask twice: what this person reported under this id before is answered again (*is_new false).
// CONFLICT: another content, or another person's, has that id.
enum status finding_record_once(struct work *w, struct desk *d, const struct finding_spec *f, struct walk *out, bool *is_new);

struct finding_line { const char *number, *state, *scheme, *code, *text, *cell_code; int64_t seen_at_s, due_at_s; };
typedef enum status finding_visit(void *ctx, const struct finding_line *f, struct err *e);
struct finding_query { const char *state; struct page page; };                               // state NULL: any
// By number. Only what w->actor may see (core/visible.h).
enum status finding_each(struct work *w, const struct finding_query *q, finding_visit *fn, void *ctx);
// Everything about one finding, as JSON: record, cases, steps, evidence. Only what w->actor may see. NOT_FOUND.
struct buf;
enum status finding_tell(struct work *w, const char *key, struct buf *out);
