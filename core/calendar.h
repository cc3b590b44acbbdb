// calendar.h - working days and working hours (工作日历).
//
// Made once from the notices of the State Council (one for each year: days off and make-up working days, 调休上班) and from
// the hours of an office; then only read, also by many threads. It holds 1992 to 2099: before, China had summer time. Every
// local time is UTC plus one fixed offset, which is data of the district.
//
// A day is counted from 1970-01-01 in local time (core/base/date.h); an instant is seconds since 1970, UTC. Instants outside
// the years above count as their first or last one. Where no notice was read a weekday is a working day, and calendar_knows()
// says no: what rests on it is provisional.
#pragma once
#include "core/base/json.h"
#include "core/base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CALENDAR_FIRST_YEAR = 1992, CALENDAR_LAST_YEAR = 2099, CALENDAR_ZONE_CHINA_S = 8 * 3600, DAY_S = 86400 };
enum { CALENDAR_PERIODS_MOST = 500, CALENDAR_NAME_BYTES = 64 };

// --- What it is made of ---

struct calendar_day { int32_t day; bool off; char name[CALENDAR_NAME_BYTES]; };  // off false: a make-up working day
struct calendar_year { int year; struct calendar_day *day; size_t days; };       // one notice; none of its days: not known yet

// From the public holiday-cn form { "year": 2026, "days": [ { "name", "date", "isOffDay" } ] }. The days of a notice lie between
// December of the year before and the end of its year. INVALID with file and line; NOT_FOUND, FAILED, TOO_BIG from the file.
enum status calendar_year_read(const struct json_doc *doc, struct calendar_year *out, struct err *e);
enum status calendar_year_read_file(const char *path, struct calendar_year *out, struct err *e);
void calendar_year_clear(struct calendar_year *y);

// Hours of work on some weekdays within some dates; several make a day. They end the day they begin; what overlaps counts once.
// A make-up working day has the hours of its own weekday, or of Monday when that has none. A date on which no period is valid
// has the usual hours, 08:00-12:00 and 14:00-18:00 from Monday to Friday.
struct work_period {
    int32_t valid_from, valid_to;       // days, both included; INT32_MIN and INT32_MAX: always
    uint8_t weekdays;                   // bit 0 Monday .. bit 6 Sunday
    int32_t start_s, end_s;             // of the day, 0 .. 86400
};
enum { MONDAY_TO_FRIDAY = 0x1f };

struct calendar_terms {
    int32_t zone_s;                                     // local time is UTC plus this: CALENDAR_ZONE_CHINA_S
    const struct calendar_year *year; size_t years;     // for one date the notice of the later year holds
    const struct work_period *period; size_t periods;   // none: the usual hours
};

struct calendar;
// INVALID: a period or a year that cannot be, the same year twice.
enum status calendar_make(const struct calendar_terms *t, struct calendar **out, struct err *e);
void calendar_close(struct calendar *c);

// --- Days ---

enum day_kind {
    DAY_WORKING,        // 工作日
    DAY_MADE_UP,        // 调休上班: a working day instead of a weekend's
    DAY_WEEKEND,        // 休息日
    DAY_HOLIDAY,        // 法定节假日: off by the notice, also where it is a weekend
};
enum day_kind calendar_day_kind(const struct calendar *c, int32_t day);
bool calendar_day_is_off(const struct calendar *c, int32_t day);
const char *calendar_day_name(const struct calendar *c, int32_t day);   // of the holiday a day belongs to; "" for others
int32_t calendar_day_of(const struct calendar *c, int64_t at_s);
int64_t calendar_day_start_s(const struct calendar *c, int32_t day);
int32_t calendar_first_day(void), calendar_last_day(void);
bool calendar_holds(const struct calendar *c, int64_t at_s);            // the instant lies in the years it has

// Were all these days settled by notices? The notice for a year may also move days of the December before: without it that
// December is settled until the 25th only.
bool calendar_knows(const struct calendar *c, int32_t first_day, int32_t last_day);

// --- Hours ---

bool calendar_is_working(const struct calendar *c, int64_t at_s);       // inside the hours of work
int64_t calendar_next_work_s(const struct calendar *c, int64_t at_s);   // itself when working, else the next beginning
int64_t calendar_work_s(const struct calendar *c, int64_t from_s, int64_t until_s);    // working seconds between; negative backwards

// One way of counting for all kinds of limits. Places are instants for the first two and days for the others, where a day
// counts when it is passed: from Monday to Tuesday is Monday.
enum measure {
    MEASURE_SECONDS,        // the clock, day and night
    MEASURE_WORK_SECONDS,   // hours of work
    MEASURE_DAYS,
    MEASURE_WORKDAYS,       // working days of the state, whatever the hours of the office
    MEASURE_OPEN_DAYS,      // days on which the office has hours
};
int64_t calendar_count(const struct calendar *c, enum measure m, int64_t from, int64_t until);
// The first place at or after `from` until which `amount` is counted. false: not within the years the calendar has.
bool calendar_walk(const struct calendar *c, enum measure m, int64_t from, int64_t amount, int64_t *out);

// --- Rest: no forced demolition at night or on holidays (行政强制法 43) ---

struct rest_rule { int32_t night_from_s, night_until_s; bool weekends; };  // of the day; night goes over midnight when from > until
extern const struct rest_rule rest_rule_usual;                              // 22:00 to 06:00, weekends too
enum rest { REST_NONE, REST_NIGHT, REST_HOLIDAY, REST_WEEKEND, REST_UNKNOWN };  // UNKNOWN: the year's notice was not read
enum rest calendar_rest_at(const struct calendar *c, const struct rest_rule *rule, int64_t at_s);
// DENIED at night and on days of rest, with the hour, the day and the law; INVALID when the year is not known.
enum status calendar_may_enforce(const struct calendar *c, const struct rest_rule *rule, int64_t at_s, struct err *e);
