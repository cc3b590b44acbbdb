// people.h - a station with some people of whom accounts, tokens, passwords and sessions are told.
#pragma once
#include "core/actor.h"
#include "core/agency.h"
#include "core/base/mem.h"
#include "core/station.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/core/temporary_station.h"

enum { BORN_S = 1770000000 };
struct fixture { struct temporary at; struct station *station; struct err e; int64_t now_s; struct actor admin, wang, li; };

static enum status add_people(struct work *w, void *ctx)
{
    struct fixture *f = ctx;
    struct agency agency = { .key = "planning", .name_zh = "规划", .part = "receiver", .secrecy = "ordinary" };
    f->wang = (struct actor){ .name = "Wang", .role = "inspector" };
    f->li = (struct actor){ .name = "Li", .role = "officer" };
    enum status s = actor_first_administrator(w, &f->admin);
    if (s == OK)
        s = agency_record(w, &agency);
    if (s == OK)
        s = actor_record(w, &f->wang);
    if (s == OK)
        s = actor_record(w, &f->li);
    return s == OK ? db_script(w->db, "INSERT INTO area (id, level, code, name_zh, valid_from_s) VALUES ('a', 'street', '320612001', 'x', 1);"
                                      "INSERT INTO grid (id, key, version, name_zh, name_en, made_at_s) VALUES ('g', 'unit', 1, 'x', 'x', 1);"
                                      "INSERT INTO cell (id, grid_id, code, community_code, area_m2, valid_from_s) VALUES ('c', 'g', 'N-17', '老城', 1, 1)", w->e) : s;
}

static inline enum status as(struct fixture *f, const struct actor *who, station_job *fn, void *ctx)
{
    struct station_call call = { f->now_s, who != NULL ? who->id.text : "system" };
    f->e.text[0] = '\0';
    return station_write(f->station, &call, fn, ctx, &f->e);
}

static inline int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->station = temporary_open(&f->at, BORN_S);
    f->now_s = BORN_S + 100;
    assert_ok(f, as(f, NULL, add_people, f));
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *f = *state;
    int gone = temporary_close(&f->at, f->station);
    free(f);
    return gone;
}

struct asked { const char *sql; int64_t answer; };
static enum status ask_number(struct work *w, void *ctx)
{
    struct asked *a = ctx;
    return db_integer(w->db, a->sql, NO_VALUES, &a->answer, w->e);
}

static inline int64_t number(struct fixture *f, const char *sql)
{
    struct asked a = { sql, -1 };
    assert_ok(f, as(f, NULL, ask_number, &a));
    return a.answer;
}
