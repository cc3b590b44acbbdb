#include "api/station_use.h"

#include "core/base/mem.h"
#include "core/base/when.h"
#include <stdio.h>

enum status station_use_time(const char *text, int64_t zone_offset_s, int64_t *out, struct err *e)
{
    if (!when_parse(text, zone_offset_s, out))
        return err_set(e, INVALID, "\"%s\" is no time: 2026-03-01, 2026-03-01T09:30 or seconds since 1970 are expected", text);
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
    if (s == OK && u->key != NULL)
        s = compartment_key_read(u->key, &u->secret, e);
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
    mem_wipe(&u->secret, sizeof u->secret);
}

struct station_call station_use_call(const struct station_use *u)
{
    return (struct station_call){ .now_s = u->now_s, .actor = u->actor.id.text };
}

struct station_keyed station_use_keyed(const struct station_use *u)
{
    return (struct station_keyed){ station_use_call(u), u->key != NULL ? &u->secret : NULL };
}

enum status station_use_read(struct station_use *u, station_job *fn, void *ctx, struct err *e)
{
    struct station_keyed by = station_use_keyed(u);
    return station_read_keyed(u->station, &by, fn, ctx, e);
}

enum status station_use_write(struct station_use *u, station_job *fn, void *ctx, struct err *e)
{
    struct station_keyed by = station_use_keyed(u);
    return station_write_keyed(u->station, &by, fn, ctx, e);
}

struct showing { station_tell *tell; const char *key; struct buf out; };

static enum status tell_one(struct work *w, void *ctx)
{
    struct showing *v = ctx;
    return v->tell(w, v->key, &v->out);
}

enum status station_use_show(struct station_use *u, station_tell *tell, const char *key, struct err *e)
{
    struct showing v = { .tell = tell, .key = key };
    buf_init(&v.out, TELLING_CEILING);
    enum status s = station_use_read(u, tell_one, &v, e);
    if (s == OK)
        printf("%s\n", v.out.data);
    buf_clear(&v.out);
    return s;
}
