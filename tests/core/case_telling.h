// case_telling.h - how stories of cases, leads and what walks beside them are told through a real store: at a time, as whom,
// do what, expect what. Beijing time; the year's notice is made by hand: 1 to 7 October are off.
#pragma once
#include "core/actor.h"
#include "core/agency.h"
#include "core/calendar_load.h"
#include "core/case_file.h"
#include "core/evidence.h"
#include "core/finding.h"
#include "core/lead.h"
#include "core/paper.h"
#include "core/proceeding.h"
#include "core/station.h"
#include "core/verify.h"
#include "tests/core/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/core/temporary_station.h"

struct fixture { struct temporary at; struct station *station; struct desk desk; struct err e; int64_t now_s; char actor[ID_TEXT]; };

// --- The place and its people ---------------------------------------------------------------------------------------------------

static const struct { const char *name, *role, *agency; } people[] = {
    { "Wang", "inspector", NULL },            { "Zhao", "checker", NULL },              { "Zhou", "checker", NULL },
    { "Sun", "coordinator", NULL },           { "Qian", "coordinator", NULL },          { "Li", "officer", "urban_management" },
    { "Ma", "officer", "township" },          { "Chen", "chief", NULL },                { "Deng", "chief", NULL },
    { "Fa", "legal", NULL },                  { "Ji", "discipline", "discipline" },     { "Gui", "officer", "natural_resources" },
    { "Cheng", "analyst", NULL },             { "Ling", "inspector", "urban_management" },
};

static enum status settle(struct work *w, void *ctx)
{
    struct fixture *f = ctx;
    int64_t added = 0;
    enum status s = desk_ready(w, &f->desk);
    if (s == OK)
        s = agency_record_missing(w, &f->desk.agencies, &added);
    for (size_t i = 0; s == OK && i < sizeof people / sizeof people[0]; i++) {
        struct actor a = { 0 };
        struct agency unit = { 0 };
        strcpy(a.name, people[i].name);
        strcpy(a.role, people[i].role);
        if (people[i].agency != NULL)
            s = agency_get(w, people[i].agency, &unit);
        a.agency = unit.id;
        if (s == OK)
            s = actor_record(w, &a);
    }
    return s;
}

static const char NOTICE_2026[] = "{\"year\":2026,\"days\":[{\"name\":\"国庆节\",\"date\":\"2026-10-01\",\"isOffDay\":true},"
    "{\"name\":\"国庆节\",\"date\":\"2026-10-02\",\"isOffDay\":true},{\"name\":\"国庆节\",\"date\":\"2026-10-05\",\"isOffDay\":true},"
    "{\"name\":\"国庆节\",\"date\":\"2026-10-06\",\"isOffDay\":true},{\"name\":\"国庆节\",\"date\":\"2026-10-07\",\"isOffDay\":true}]}";

static enum status load_notice(struct work *w, void *ctx)
{
    struct fixture *f = ctx;
    struct calendar_report report = { 0 };
    return calendar_load(w, &f->desk, "2026.json", NOTICE_2026, strlen(NOTICE_2026), &report);
}

static enum status run(struct fixture *f, station_job *fn, void *ctx)
{
    return station_write(f->station, &(struct station_call){ f->now_s, f->actor }, fn, ctx, &f->e);
}

static inline int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->station = temporary_open(&f->at, 1770000000);
    f->now_s = notice_time("2026-03-02 09:00");
    strcpy(f->actor, "system");
    assert_ok(f, run(f, load_notice, f));
    assert_ok(f, run(f, settle, f));
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *f = *state;
    desk_clear(&f->desk);
    int gone = temporary_close(&f->at, f->station);
    free(f);
    return gone;
}

// --- Telling ----------------------------------------------------------------------------------------------------------------------

// A line: at, as whom, what ("move", or "thing.verb" of a proceeding, or photo/paper/open/draft), with what, and the state or
// the rule that refuses ("!rule").
struct line { const char *at, *who, *what; struct step_with with; const char *expect, *due; };
struct told { struct fixture *f; const struct line *line; const char *thing; char key[WALK_NUMBER]; struct walk walk; int32_t amount; };

static enum status find_actor(struct work *w, void *ctx)
{
    struct told *t = ctx;
    struct actor a;
    enum status s = actor_get(w, t->line->who, &a);
    if (s == OK)
        strcpy(t->f->actor, a.id.text);
    return s;
}

static bool starts(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

static const char PNG[] = "\x89PNG\r\n\x1a\n not much of a picture";

// "photo near", "photo after 121.0700 32.0700"
static enum status add_photo(struct work *w, struct told *t)
{
    char part[16], path[160];
    double lon = NAN, lat = NAN;
    sscanf(t->line->what, "photo %15s %lf %lf", part, &lon, &lat);
    snprintf(path, sizeof path, "%s/photo-%s.png", t->f->at.home, id_make(w->now_s * 1000).text);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s %s", PNG, path);
    fclose(file);
    struct evidence v = { .thing = t->thing, .thing_id = t->walk.id.text, .part = part, .name = path, .lon = lon, .lat = lat, .captured_at_s = w->now_s };
    enum status s = blob_record_file(w->folder, path, &v.blob, w->e);
    return s == OK ? evidence_record(w, &v) : s;
}

// "paper decision P-1 result until=2026-04-01 00:00 served"
static enum status add_paper(struct work *w, struct told *t)
{
    char kind[32], number[32], result[32] = "";
    struct paper p = { .thing = t->thing, .thing_id = t->walk.id.text };
    sscanf(t->line->what, "paper %31s %31s %31s", kind, number, result);
    const char *until = strstr(t->line->what, "until=");
    p.kind = kind;
    p.number = number;
    p.result = strchr(result, '=') == NULL && strcmp(result, "served") != 0 ? result : "";
    p.until_s = until != NULL ? notice_time(until + 6) : 0;
    if (strstr(t->line->what, "served") != NULL)
        p.served_s = w->now_s, p.served_how = "in person";
    return paper_record(w, &p);
}

static enum status open_case(struct work *w, struct told *t)
{
    struct case_spec spec = { .kind = strcmp(t->line->what, "open billboard") == 0 ? "billboard" : "illegal_building", .lon = 121.07, .lat = 32.07,
                              .area_m2 = 120, .party = "Mr Xu", .in_progress = strcmp(t->line->what, "open fresh") == 0 };
    if (strcmp(t->line->what, "open nowhere") == 0)
        spec.lon = NAN;
    enum status s = case_open(w, &t->f->desk, &spec, &t->walk);
    if (s == OK)
        strcpy(t->key, t->walk.number);
    return s;
}

static enum status beside(struct work *w, struct told *t)
{
    char thing[32];
    const char *dot = strchr(t->line->what, '.');
    static const char *const births[] = { "request", "file", "find", "call", "draft", NULL };
    snprintf(thing, sizeof thing, "%.*s", (int)(dot - t->line->what), t->line->what);
    bool born = false;
    for (int i = 0; births[i] != NULL; i++)
        born |= strcmp(births[i], dot + 1) == 0 && !(strcmp(thing, "enforcement") == 0 && strcmp(dot + 1, "file") == 0);
    struct walk k;
    struct step_taken done;
    enum status s = OK;
    if (born)
        return proceeding_open(w, &t->f->desk, &(struct proceeding_spec){ .thing = thing, .verb = dot + 1, .about = t->thing, .about_key = t->key,
                                                                           .amount = t->line->with.amount, .note = t->line->with.note,
                                                                           .agency = t->line->with.agency }, &t->walk);
    struct walk about;
    s = walk_get(w, t->thing, t->key, &about);
    if (s == OK)
        s = proceeding_of(w, thing, about.id.text, &k);
    if (s == OK)
        s = step_take(w, &t->f->desk, &(struct step){ thing, k.id.text, dot + 1, t->line->with }, &done);
    if (s == OK)
        t->walk = done.walk;
    return s;
}

static enum status do_line(struct work *w, void *ctx)
{
    struct told *t = ctx;
    struct step_taken done;
    const char *what = t->line->what;
    if (starts(what, "open ") && strcmp(t->thing, "case") == 0)
        return open_case(w, t);
    enum status s = walk_get(w, t->thing, t->key, &t->walk);
    if (s != OK)
        return s;
    if (starts(what, "photo "))
        return add_photo(w, t);
    if (starts(what, "paper "))
        return add_paper(w, t);
    if (strchr(what, '.') != NULL)
        return beside(w, t);
    if (strcmp(what, "present") == 0)
        return case_correct(w, &t->f->desk, t->key, &(struct case_correction){ .ordered_by = "Chen", .party_present = "present" }, NULL);
    s = step_take(w, &t->f->desk, &(struct step){ t->thing, t->key, what, t->line->with }, &done);
    if (s == OK)
        t->walk = done.walk;
    return s;
}

static void check_due(const struct told *t, int i)
{
    char is[32];
    if (t->line->due == NULL)
        return;
    snprintf(is, sizeof is, "-");
    if (t->walk.due_at_s != NO_DEADLINE)
        notice_text(t->walk.due_at_s, is);
    if (strcmp(is, t->line->due) != 0)
        fail_msg("line %d, %s %s: due %s, expected %s", i + 1, t->line->who, t->line->what, is, t->line->due);
}

static void tell_line(struct told *t, int i)
{
    const struct line *l = t->line;
    char rule[80];
    t->f->now_s = notice_time(l->at);
    assert_ok(t->f, run(t->f, find_actor, t));
    t->f->e = (struct err){ 0 };
    enum status s = run(t->f, do_line, t);
    if (l->expect[0] == '!') {
        snprintf(rule, sizeof rule, "rule %s:", l->expect + 1);
        if (s == OK || strncmp(t->f->e.text, rule, strlen(rule)) != 0)
            fail_msg("line %d, %s %s: expected %s, was %s", i + 1, l->who, l->what, l->expect, s == OK ? t->walk.state : t->f->e.text);
        return;
    }
    if (s != OK)
        fail_msg("line %d, %s %s: %s", i + 1, l->who, l->what, t->f->e.text);
    if (strcmp(l->expect, t->walk.state) != 0)
        fail_msg("line %d, %s %s: leads to %s, expected %s", i + 1, l->who, l->what, t->walk.state, l->expect);
    check_due(t, i);
}

static void note_fault(void *ctx, const char *sentence)
{
    (void)ctx;
    fail_msg("%s", sentence);
}

static inline struct told tell(struct fixture *f, const char *thing, const char *key, const struct line *line, size_t count)
{
    struct told t = { .f = f, .thing = thing };
    struct verify_report report;
    strcpy(t.key, key);
    for (size_t i = 0; i < count; i++) {
        t.line = &line[i];
        tell_line(&t, (int)i);
    }
    assert_ok(f, verify_station(f->station, NULL, note_fault, NULL, &report, &f->e));
    assert_int_equal(report.faults, 0);
    return t;
}
#define TELL(f, thing, key, ...) tell(f, thing, key, (const struct line[]){ __VA_ARGS__ }, sizeof((const struct line[]){ __VA_ARGS__ }) / sizeof(struct line))

#define NOTE .note = "seen and noted"
#define DISPATCHED(day) \
    { day " 09:00", "Wang", "open formed", { 0 }, "reported", "-" }, \
    { day " 09:05", "Zhao", "verify", { 0 }, "verifying", day " 15:05:00" }, \
    { day " 09:10", "Wang", "confirm", { 0 }, "!photo", NULL }, \
    { day " 09:11", "Wang", "photo near", { 0 }, "verifying", NULL }, \
    { day " 09:12", "Wang", "confirm", { 0 }, "pending_register", day " 11:12:00" }, \
    { day " 09:20", "Zhao", "register", { 0 }, "registered", day " 11:20:00" }, \
    { day " 09:30", "Sun", "dispatch", { 0 }, "!agency", NULL }, \
    { day " 09:30", "Sun", "dispatch", { .agency = "urban_management" }, "dispatched", NULL }
