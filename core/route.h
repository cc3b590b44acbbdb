// route.h - which case goes to whom (移交规则): the rules of data/routing, or the station's own, asked of the facts.
//
// A confirmed change that is in no case gets one; every case that no rule has named yet gets its agency, priority and limit
// from the first rule that stops, and a draft lead for each rule on the way that also notifies. Nothing is sent: a person
// approves and sends. Running it again finds nothing left to do.
//
// The facts a condition may ask: kind, scheme, code, stock, in_progress, source, area_m2, gained_m2, height_m, class,
// confidence, suspicion, legal_code, legal_codes, zone_kind, zone_share, zone_p, permit_number, cell, community, priority,
// is_recurrence, opened_at, and what a person noted of the case: party_is_official, obstructed, suspected_crime,
// load_bearing_changed, has_building_licence, land. What nobody noted is unknown, and an unknown condition does not hold.
#pragma once
#include "core/page.h"
#include "core/step.h"

struct route_fired {
    const char *change_id;            // of which a case is opened; NULL: it had one
    const char *case_number;          // NULL in a dry run for a case that is not open yet
    const struct routing_rule *rule;
    const char *lead_number;          // NULL: no lead
    const char *routed_by;            // the rule that routed the case before; NULL: none did
    bool differs;                     // this rule takes the case, and to another agency than it is with
};
// Do the rules ask for facts there are? INVALID names the rule.
enum status route_check(struct work *w, const struct routing_rules *rules);

typedef void route_told(void *ctx, const struct route_fired *f);
struct route_report {
    int64_t changes, cases_opened, cases_routed, leads_drafted, differ;
    int64_t left;                     // beyond the page
    char last[WALK_NUMBER];           // key of the last change or case of the page, as after takes it
};
struct route_asked {
    bool dry;                         // only tells: a reading job will do
    bool all;                         // also open cases that were routed before; dry only
    struct page page;                 // of changes, then cases; after: the number of a case or the id of a change
};
// Inside a writing job. Only of what w->actor may see (core/visible.h). INVALID: a rule asks for a fact that does not exist; DENIED:
// w->actor may open no cases.
enum status route_all(struct work *w, struct desk *d, const struct route_asked *asked, route_told *fn, void *ctx, struct route_report *out);
