// listing.h - how every list is told (列表): a line a row for people, an object a row for programs (--json), page by page
// (--limit, --after).
//
// A row is told by its first column, which is also the key that --after takes. --json: {"rows": [...], "next": KEY or null}; codes as
// they are kept, times in local time with its offset. For people codes are labels in their language.
#pragma once
#include "api/station_use.h"
#include "core/base/buf.h"
#include "core/page.h"

struct listing_options { const char *after; double limit; bool json; };
#define LISTING_OPTIONS(type, member) \
    { .kind = OPTION_NUMBER, .name = "limit", .value = "N", .at = offsetof(type, member.limit), .least = 1, .most = 1e9, .help = "as many rows at most (default: all)" }, \
    { .kind = OPTION_TEXT, .name = "after", .value = "KEY", .at = offsetof(type, member.after), .help = "go on after the row with this key, the first word of a line" }, \
    { .kind = OPTION_FLAG, .name = "json", .at = offsetof(type, member.json), .help = "for programs: {\"rows\": [...], \"next\": KEY or null}" }

enum list_kind { LIST_TEXT, LIST_WHOLE, LIST_REAL, LIST_TIME, LIST_DAY, LIST_FLAG };
struct list_column {
    const char *key;               // of the JSON member
    enum list_kind kind;
    int width;                     // places for people; 0: as it comes
    bool is_silent;                // for programs only
};
struct list_value {
    const char *text, *label;      // label: what people read instead; of a FLAG: when it is set
    int64_t whole;                 // WHOLE, FLAG; TIME and DAY: seconds since 1970, NO_TIME: none
    double real;
};
#define NO_TIME INT64_MAX          // as NO_DEADLINE of core/step.h

struct listing_plan {
    const struct list_column *column;
    int columns;
    const struct listing_options *options;
    int64_t usual;                 // the limit when none is given; 0: all
    void *query;                   // the list's own
    bool passes_over;              // what is told knows no pages: rows up to --after are passed over here
};

struct listing {
    const struct list_column *column;
    int columns;
    struct listing_options options;
    void *query;
    enum lang lang;
    int64_t zone_offset_s;
    bool quiet, more, waits;       // waits: for the row of --after
    int64_t rows, most;            // most 0: all
    char last[128];
    struct buf line;
};

// The whole of it: fn is a reading job of the station and gets the struct listing.
enum status listing_read(struct station_use *use, const struct listing_plan *p, station_job *fn, struct err *e);

void listing_begin(struct listing *l, const struct listing_plan *p, const struct station_use *use, enum lang lang);
// What the list is asked for: one row more than is shown tells whether there are more.
struct page listing_page(const struct listing *l);
enum status listing_row(struct listing *l, const struct list_value *value);      // always OK: a visitor can return it
// A list that pages by something else than its rows: there are more, after this key.
void listing_more(struct listing *l, const char *after);
void listing_end(struct listing *l, enum status s);                             // after a failure nothing but the buffer goes
