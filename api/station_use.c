#include "api/station_use.h"

#include "core/base/when.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool read_civil(const char *text, struct tm *t)
{
    int used = 0;
    *t = (struct tm){ 0 };
    if (sscanf(text, "%4d-%2d-%2d%n", &t->tm_year, &t->tm_mon, &t->tm_mday, &used) != 3 || used != 10)
        return false;
    text += used;
    if (text[0] == '\0')
        return true;
    if (sscanf(text, "%*1[T ]%2d:%2d%n", &t->tm_hour, &t->tm_min, &used) != 2 || used != 6)
        return false;
    text += used;
    if (text[0] == '\0')
        return true;
    return sscanf(text, ":%2d%n", &t->tm_sec, &used) == 1 && text[used] == '\0';
}

// timegm mends 30 February; what it mended was no date.
static bool is_date(struct tm given, int64_t *utc_s)
{
    struct tm t = given;
    t.tm_year -= 1900;
    t.tm_mon -= 1;
    *utc_s = timegm(&t);
    return t.tm_year == given.tm_year - 1900 && t.tm_mon == given.tm_mon - 1 && t.tm_mday == given.tm_mday && t.tm_hour == given.tm_hour &&
           t.tm_min == given.tm_min && t.tm_sec == given.tm_sec;
}

enum status station_use_time(const char *text, int64_t zone_offset_s, int64_t *out, struct err *e)
{
    char *end;
    long long seconds = strtoll(text, &end, 10);
    if (*text != '\0' && *end == '\0') {
        *out = seconds;
        return OK;
    }
    struct tm t;
    int64_t utc_s;
    if (!read_civil(text, &t) || !is_date(t, &utc_s))
        return err_set(e, INVALID, "\"%s\" is no time: 2026-03-01, 2026-03-01T09:30 or seconds since 1970 are expected", text);
    *out = utc_s - zone_offset_s;
    return OK;
}

struct search { const char *name; struct actor *out; };

static enum status find_actor(struct work *w, void *ctx)
{
    const struct search *s = ctx;
    return s->name != NULL ? actor_get(w, s->name, s->out) : actor_first_administrator(w, s->out);
}

enum status station_use_open(struct station_use *u, const char *folder, struct err *e)
{
    u->now_s = when_now_s();
    enum status s = station_open(folder, &u->station, e);
    if (s == OK && u->at != NULL)
        s = station_use_time(u->at, station_district(u->station)->zone_offset_s, &u->now_s, e);
    struct station_call call = { .now_s = u->now_s, .actor = "" };
    if (s == OK)
        s = station_read(u->station, &call, find_actor, &(struct search){ u->as, &u->actor }, e);
    if (s != OK)
        station_use_close(u);
    return s;
}

void station_use_close(struct station_use *u)
{
    station_close(u->station);
    u->station = NULL;
}

struct station_call station_use_call(const struct station_use *u)
{
    return (struct station_call){ .now_s = u->now_s, .actor = u->actor.id.text };
}
