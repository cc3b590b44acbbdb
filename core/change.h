// change.h - one difference between two surveys as the station keeps it (疑似图斑), and its review by people (核查).
//
// Detected by gis (footprint_diff.h), judged by legality.h, placed in its cell, tied to an object that is followed over
// several comparisons. What was computed never changes; what people decide is a move of lifecycle.h with an audit line.
#pragma once
#include "core/page.h"
#include "core/work.h"

struct change_row {
    int64_t fid;                       // 0: not in the store yet
    struct id id, object;              // object: a thing on the ground
    struct id comparison;
    int64_t number;                    // rank in its comparison
    const char *class, *relation;
    const char *before_ids, *after_ids;            // comma between
    double area_before_m2, area_after_m2, gained_m2, gained_sd_m2, lost_m2, lost_sd_m2, width_m;
    double height_before_m, height_after_m, height_change_m;
    double z, confidence, registration_x_m, registration_y_m, registration_sd_m;
    const char *reasons, *counter_reasons, *legal_codes;    // codes, comma between
    const char *permit_number, *zone_kind;         // NULL: none
    double p_no_cover, zone_share, zone_p, severity, suspicion;
    const char *stock, *state;
    const char *reviewed_by;                       // id of an actor; NULL: nobody
    int64_t reviewed_at_s;
    const char *review_note;
    const char *inherited_from;                    // NULL: decided here, if at all
    const char *woken_by;                          // "" or why an earlier decision does not hold any more
    bool is_audit_slot;
    const char *cell_code, *community_code;        // NULL: in none
    const uint8_t *wkb; size_t wkb_len;            // lon/lat MULTIPOLYGON
};

// By id, or "17": the one of that rank in the newest comparison; only what w->actor may see (core/visible.h), here and in all that
// follows. Texts live as long as the arena. NOT_FOUND.
struct arena;
enum status change_get(struct work *w, const char *id_or_number, struct arena *a, struct change_row *out);

// The surveys its comparison looked at.
struct survey;
enum status change_compared(struct work *w, const struct change_row *c, struct survey *before, struct survey *after);

struct change_query {
    const char *comparison;            // id; NULL: every one
    const char *state, *class;         // NULL: every one
    struct page page;                  // after: an id, or a number of that comparison. NOT_FOUND
};
typedef enum status change_visit(void *ctx, const struct change_row *c, struct err *e);
// The most suspicious first, then as their comparison ranked them. Texts live until the next one.
enum status change_each(struct work *w, const struct change_query *q, change_visit *fn, void *ctx);
// The newest one that is done. NOT_FOUND.
enum status change_newest_comparison(struct work *w, struct id *out);

// A person's move (confirm, dismiss, find_legal, find_capture_rule, refer, return, overturn, agree). Statuses of
// lifecycle_check. role: the actor's. id: of the change; out_state: the state it leads to.
struct change_review { const char *change, *verb, *note, *role; };
struct facts;
struct facts change_facts(const struct work *w, const struct change_row *c, const char *note);    // what its rules ask
enum status change_decide(struct work *w, const struct change_review *r, struct id *id, char out_state[16]);

// How many of the list are real, class by class: of the audit slots drawn at random, and of what people chose to review.
enum { PRECISION_CLASSES = 16 };
struct precision {
    char class[16];                    // "" for all of them
    int64_t listed, reviewed, real;    // real: confirmed or lawful; reviewed here, not inherited
    int64_t slots, slots_reviewed;
    double share, low, high;           // weighted by the inclusion probability; Wilson, 95 %; NaN: nothing can be said
    bool chosen_only;                  // no slot was reviewed: it tells of what people chose, not of the list
};
enum status change_precision(struct work *w, const char *comparison, struct precision out[PRECISION_CLASSES], int *count);
// Wilson's interval of `share` out of n (which may be an effective number), at z standard deviations.
void precision_wilson(double share, double n, double z, double *low, double *high);
