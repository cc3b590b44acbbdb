// case_file.h - the case ledger (案卷, 违建巡查电子台账): one row for one matter, from the report to the closing.
//
// A case is opened from a change, a finding or another case, and gets a number people can say: district, kind, year and a
// sequence without gaps (320612-WJ-2026-00001). What it was opened from is linked, never copied away. Its state changes in
// core/step.h only. Built again after closing (死灰复燃) is a new case that names the old one, and always counts as new.
#pragma once
#include "core/page.h"
#include "core/step.h"

struct case_spec {
    const char *kind;                        // of data/terms; NULL: as of what it is opened from
    const char *title, *source;              // NULL: the kind's title, "patrol"
    const char *scheme, *code; int condition;// NULL, 0: the kind's own
    const char *stock;                       // "new" or "existing"; NULL: new
    bool in_progress;
    const char *party;
    double area_m2;                          // illegal area; 0: not known
    double lon, lat;                         // NaN: none
    const void *wkb; size_t wkb_len;         // outline, lon/lat; NULL: none
    const char *cell_code, *community_code;
    const char *link_thing, *link_id;        // what it is opened from; NULL: nothing
    const char *recurrence_of;               // id of the case it repeats
    const char *facts;                       // JSON object for routing rules; NULL: {}
    const char *note;
    bool by_program;                         // brought about by a step or a rule, in the person's name
};
// Inside a writing job. INVALID: no place, an unknown kind; CONFLICT: what it is opened from has an open case.
enum status case_open(struct work *w, struct desk *d, const struct case_spec *spec, struct walk *out);
enum status case_open_from_finding(struct work *w, struct desk *d, const char *finding_id, const struct step_with *with, struct id *id,
                                   char number[WALK_NUMBER]);
enum status case_open_from_change(struct work *w, struct desk *d, const char *change_id, struct walk *out);
// A further report of the matter comes to its case. number: what people call it; NULL: nothing.
enum status case_join(struct work *w, const char *case_id, const char *thing, const char *thing_id, const char *number);
enum status case_reopen(struct work *w, struct desk *d, const struct walk *old, const char *note, struct id *id, char number[WALK_NUMBER]);

// Corrections of the record while it is reported (move "correct"): NULL and 0 stay.
struct case_correction { const char *title, *party, *ordered_by, *party_present; double area_m2; int in_progress; const char *facts; }; // in_progress: 1 yes, -1 no
enum status case_correct(struct work *w, struct desk *d, const char *key, const struct case_correction *c, const char *note);

struct case_line { const char *number, *kind, *title, *state, *agency_key, *agency_zh, *agency_en, *cell_code; int64_t priority, due_at_s; bool is_provisional, is_exempt; };
typedef enum status case_visit(void *ctx, const struct case_line *c, struct err *e);
struct case_query { const char *state, *agency_key, *cell_code; bool open_only; struct page page; };
// By number; only what w->actor may see (core/visible.h), here and in all that follows.
enum status case_each(struct work *w, const struct case_query *q, case_visit *fn, void *ctx);
// Everything about one case, as JSON: record, links, steps, papers, evidence, leads.
struct buf;
enum status case_tell(struct work *w, const char *key, struct buf *out);
