// station_use.h - what every command on a station begins with: open it, find out who acts and when.
#pragma once
#include "api/command.h"
#include "api/options.h"
#include "core/actor.h"
#include "core/compartment.h"
#include "core/station.h"

struct station_use {
    const char *as, *at, *key;         // options --as NAME, --at TIME, --key FILE
    bool quiet, json;
    struct station *station;
    struct actor actor;
    int64_t now_s;
    struct compartment_key secret;     // of key
};

// Rows for a command's own table: put them in with its settings' offset of a struct station_use.
#define STATION_USE_OPTIONS(type, member) \
    { .kind = OPTION_HEADING, .help = "Who, when, how loud" }, \
    { .kind = OPTION_TEXT, .name = "as", .value = "NAME", .at = offsetof(type, member.as), \
      .help = "who does it: a name from gridpatrol actor list (default: the station's first administrator)" }, \
    { .kind = OPTION_TEXT, .name = "at", .value = "TIME", .at = offsetof(type, member.at), \
      .help = "when it counts as done: 2026-03-01, 2026-03-01T09:30 (local time) or seconds since 1970 (default: now)" }, \
    { .kind = OPTION_FLAG, .name = "quiet", .letter = 'q', .at = offsetof(type, member.quiet), .help = "no words, no progress bar" }

#define STATION_KEY_OPTION(type, member) \
    { .kind = OPTION_TEXT, .name = "key", .value = "FILE", .at = offsetof(type, member.key), \
      .help = "the key of a compartment (gridpatrol compartment): its secret leads are there too" }

enum status station_use_open(struct station_use *u, const char *folder, struct err *e);
void station_use_close(struct station_use *u);
struct station_call station_use_call(const struct station_use *u);
// Jobs in the name of who calls, with the key where one was given.
struct station_keyed station_use_keyed(const struct station_use *u);
enum status station_use_read(struct station_use *u, station_job *fn, void *ctx, struct err *e);
enum status station_use_write(struct station_use *u, station_job *fn, void *ctx, struct err *e);

// Prints what tell writes of a record (JSON), of one moment of the station.
enum { TELLING_CEILING = 1 << 28 };
typedef enum status station_tell(struct work *w, const char *key, struct buf *out);
enum status station_use_show(struct station_use *u, station_tell *tell, const char *key, struct err *e);

// "2026-03-01", "2026-03-01T09:30[:15]" in local time (offset), or seconds since 1970. INVALID otherwise.
enum status station_use_time(const char *text, int64_t zone_offset_s, int64_t *out, struct err *e);
