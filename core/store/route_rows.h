// route_rows.h - the facts that routing rules ask, row by row; see core/route.h.
#pragma once
#include "core/step.h"

struct route_facts {
    char change_id[ID_TEXT], case_id[ID_TEXT], case_number[WALK_NUMBER];   // one of the first two is ""
    char kind[64], scheme[64], code[32], stock[16], source[32], class[32], legal_codes[256], zone_kind[64], permit_number[64], cell[40],
        community[40];
    double area_m2, gained_m2, height_m, confidence, suspicion, zone_share, zone_p;   // NaN: not known
    int64_t priority, opened_at_s;
    bool in_progress, is_recurrence;
    char facts[4096];                                                     // JSON of what a person noted
    char rule[64], agency[64];                                            // that routed it before, and whom it is with; "" none
};
typedef enum status route_visit(void *ctx, const struct route_facts *f, struct err *e);
// Confirmed changes without a case that w->actor may see, most suspicious first.
enum status route_each_change(struct work *w, route_visit *fn, void *ctx);
// Open cases that no rule has named yet (all: those too) and that w->actor may see, by number.
enum status route_each_case(struct work *w, bool all, route_visit *fn, void *ctx);
// Has another look at the same thing on the ground led to a case that is still open?
enum status route_has_case(struct db *db, const char *change_id, bool *out, struct err *e);
struct routed { const char *case_id, *rule, *agency_id, *stage, *unit; int priority; int32_t amount; bool has_limit, legal; };
enum status case_set_route(struct db *db, const struct routed *r, struct err *e);
