#include "core/case_report.h"

#include "core/base/date.h"
#include "core/base/mem.h"
#include "core/store/report_rows.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status report_by_word(const char *word, enum report_by *out, struct err *e)
{
    static const char *const words[] = { "all", "cell", "community", "agency", "month" };
    for (int i = 0; i < 5; i++)
        if (strcmp(words[i], word) == 0) {
            *out = (enum report_by)i;
            return OK;
        }
    return err_set(e, INVALID, "a report is by cell, community, agency or month; \"%s\" was given", word);
}

// --- Cases from their steps -------------------------------------------------------------------------------------------------------

struct cases { struct case_facts *at; size_t count, cap; char last[ID_TEXT]; struct arena *arena; };

static struct stage_times *times_of(struct case_facts *c, const char *stage)
{
    static const struct { const char *stage; size_t at; } stages[] = {
        { "verify", offsetof(struct case_facts, verify) }, { "register", offsetof(struct case_facts, register_) },
        { "dispatch", offsetof(struct case_facts, dispatch) }, { "handle", offsetof(struct case_facts, handle) },
        { "check", offsetof(struct case_facts, check) }, { "close", offsetof(struct case_facts, close) },
    };
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++)
        if (strcmp(stages[i].stage, stage) == 0)
            return (struct stage_times *)((char *)c + stages[i].at);
    return NULL;
}

static const char *ends_stage(const char *verb)
{
    static const struct { const char *verb, *stage; } ends[] = {
        { "confirm", "verify" }, { "register", "register" }, { "dispatch", "dispatch" }, { "redispatch", "dispatch" }, { "feedback", "handle" },
        { "send_to_check", "handle" }, { "pass", "check" }, { "fail", "check" }, { "close", "close" },
    };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (strcmp(ends[i].verb, verb) == 0)
            return ends[i].stage;
    return NULL;
}

static void begin_case(struct cases *l, const struct report_row *r)
{
    const struct stage_times none = { NEVER, NEVER };
    l->at = mem_grow(l->at, &l->cap, l->count + 1, sizeof *l->at);
    struct case_facts *c = &l->at[l->count++];
    *c = (struct case_facts){
        .cell = arena_text(l->arena, r->cell), .community = arena_text(l->arena, r->community), .agency = arena_text(l->arena, r->agency),
        .reported_s = r->opened_at_s, .verify = none, .register_ = none, .dispatch = none, .handle = none, .check = none, .close = none,
        .dispatched_back_s = NEVER, .extended_s = NEVER, .reworked_s = NEVER, .rated_s = NEVER, .exempt = r->is_exempt,
        .suspended = strcmp(r->state, "suspended") == 0 || strcmp(r->state, "deferred") == 0, .forced_closed = strcmp(r->state, "forced_closed") == 0,
    };
    struct stage_times *now = times_of(c, r->stage);
    if (now != NULL)
        now->due_s = r->due_at_s;
    snprintf(l->last, sizeof l->last, "%s", r->id);
}

static bool earlier(int64_t at_s, int64_t *first)
{
    bool is = at_s < *first;
    *first = is ? at_s : *first;
    return is;
}

static enum status take_step(void *ctx, const struct report_row *r, struct err *e)
{
    struct cases *l = ctx;
    (void)e;
    if (strcmp(l->last, r->id) != 0)
        begin_case(l, r);
    struct case_facts *c = &l->at[l->count - 1];
    const char *stage = ends_stage(r->verb);
    struct stage_times *t = stage != NULL ? times_of(c, stage) : NULL;
    bool open_again = t != NULL && strcmp(stage, r->stage) == 0;        // it is in that stage now: not done
    if (t != NULL && !open_again) {
        t->done_s = r->at_s;
        t->due_s = strcmp(r->step_stage, stage) == 0 ? r->step_due_at_s : t->due_s;
    }
    if (strcmp(r->verb, "return") == 0 && (strcmp(r->from, "dispatched") == 0 || strcmp(r->from, "handling") == 0 || strcmp(r->from, "rework") == 0))
        earlier(r->at_s, &c->dispatched_back_s);
    if (strcmp(r->verb, "extend") == 0)
        earlier(r->at_s, &c->extended_s);
    if (strcmp(r->verb, "fail") == 0)
        earlier(r->at_s, &c->reworked_s);
    return OK;
}

// --- Groups -----------------------------------------------------------------------------------------------------------------------

struct pick { enum report_by by; const char *group; };

static const char *group_of(const struct case_facts *c, enum report_by by)
{
    const char *group = by == REPORT_CELL ? c->cell : by == REPORT_COMMUNITY ? c->community : c->agency;
    return group != NULL ? group : "-";
}

static bool is_in_group(const struct case_facts *c, const void *ctx)
{
    const struct pick *p = ctx;
    return strcmp(group_of(c, p->by), p->group) == 0;
}

static void tell_group(const struct cases *l, const struct period *p, const char *name, const struct pick *pick, report_line *fn, void *ctx)
{
    for (size_t i = 0; i < indicator_count(); i++)
        fn(ctx, name, indicator_at(i), indicator_compute(indicator_at(i), l->at, l->count, p, pick != NULL ? is_in_group : NULL, pick));
}

static int by_name(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static void tell_groups(const struct cases *l, const struct period *p, enum report_by by, report_line *fn, void *ctx)
{
    const char **name = mem_get(l->count, sizeof *name);
    for (size_t i = 0; i < l->count; i++)
        name[i] = group_of(&l->at[i], by);
    qsort(name, l->count, sizeof *name, by_name);
    for (size_t i = 0; i < l->count; i++)
        if (i == 0 || strcmp(name[i], name[i - 1]) != 0)
            tell_group(l, p, name[i], &(struct pick){ by, name[i] }, fn, ctx);
    mem_free(name);
}

static void tell_months(const struct cases *l, const struct period *p, int64_t zone_s, report_line *fn, void *ctx)
{
    struct date first = date_of_day((int32_t)((p->from_s + zone_s) / 86400));
    first.day = 1;
    for (struct date d = first;; d = date_add_months(d, 1)) {
        char name[16];
        struct period month = { (int64_t)date_to_day(d) * 86400 - zone_s, (int64_t)date_to_day(date_add_months(d, 1)) * 86400 - zone_s };
        if (month.from_s >= p->until_s)
            return;
        month.from_s = month.from_s > p->from_s ? month.from_s : p->from_s;
        month.until_s = month.until_s < p->until_s ? month.until_s : p->until_s;
        snprintf(name, sizeof name, "%04d-%02d", d.year, d.month);
        tell_group(l, &month, name, NULL, fn, ctx);
    }
}

enum status case_report(struct work *w, const struct period *p, enum report_by by, report_line *fn, void *ctx)
{
    struct cases l = { .arena = arena_open((size_t)1 << 30) };
    if (p->from_s >= p->until_s) {
        arena_close(l.arena);
        return err_set(w->e, INVALID, "a period ends later than it begins");
    }
    enum status s = report_each_step(w, take_step, &l);
    if (s == OK && by == REPORT_ALL)
        tell_group(&l, p, "", NULL, fn, ctx);
    else if (s == OK && by == REPORT_MONTH)
        tell_months(&l, p, w->district->zone_offset_s, fn, ctx);
    else if (s == OK)
        tell_groups(&l, p, by, fn, ctx);
    mem_free(l.at);
    arena_close(l.arena);
    return s;
}
