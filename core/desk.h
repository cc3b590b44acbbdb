// desk.h - what must lie ready before a case can be worked on (办案台): calendar, limits, terms, agencies, routing rules.
//
// Read once from the program's data and from what the station has loaded over it (calendar notices, documents), and read
// again when that has changed. One job of the store uses it at a time: give a writer one desk, a reader another.
#pragma once
#include "core/calendar.h"
#include "core/codes.h"
#include "core/limits.h"
#include "core/rule.h"
#include "core/terms.h"
#include "core/work.h"

enum { DESK_LIMITS_MOST = 64, DESK_CODES_MOST = 64 };

struct locator;
struct desk {
    struct arena *arena;
    int64_t stamp;                                 // of what it was read from
    struct calendar *calendar;
    struct limit_rules limits[DESK_LIMITS_MOST]; int limit_sets;   // the station's own first
    struct code_scheme codes[DESK_CODES_MOST]; int code_sets;      // likewise
    struct terms terms;
    struct agency_list agencies;
    struct routing_rules rules;
    struct locator *locator;                       // opened with the first place (core/locator.h)
};

void desk_clear(struct desk *d);                   // of a zeroed one too
// Inside a job: reads what is new. INVALID names file, line and place.
enum status desk_ready(struct work *w, struct desk *d);
// The rules of this text instead of those in force, until the desk is cleared: for a dry run. INVALID names file, line and place.
enum status desk_try_rules(struct work *w, struct desk *d, const char *path, const char *text, size_t bytes);
const struct code *desk_code(const struct desk *d, const char *scheme, const char *code);   // of an event; NULL: nobody knows it
// NULL: no limit is known. The station's own documents come first.
const struct limit_rule *desk_limit(const struct desk *d, const char *scheme, const char *code, int condition, const char *stage);
