#include "core/calendar_load.h"

#include "core/base/date.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/store/document_rows.h"
#include "core/store/step_rows.h"
#include "core/told.h"
#include <stdio.h>
#include <string.h>

// --- Deadlines ------------------------------------------------------------------------------------------------------------------

struct open_walk { char thing[WALK_WORD], id[ID_TEXT]; };
struct open_walks { struct open_walk *at; size_t count, cap; };

static enum status collect(void *ctx, const char *thing, const char *id, struct err *e)
{
    struct open_walks *o = ctx;
    (void)e;
    o->at = mem_grow(o->at, &o->cap, o->count + 1, sizeof *o->at);
    snprintf(o->at[o->count].thing, sizeof o->at->thing, "%s", thing);
    snprintf(o->at[o->count++].id, ID_TEXT, "%s", id);
    return OK;
}

enum status deadlines_recompute(struct work *w, struct desk *d, struct calendar_report *out)
{
    struct open_walks open = { 0 };
    enum status s = desk_ready(w, d);
    if (s == OK)
        s = walk_each_open(w->db, collect, &open, w->e);
    for (size_t i = 0; s == OK && i < open.count; i++) {
        struct walk k;
        bool changed = false;
        s = walk_get(w, open.at[i].thing, open.at[i].id, &k);
        if (s == OK)
            s = walk_recompute(w, d, &k, &changed);
        out->recomputed++;
        out->changed += changed;
    }
    mem_free(open.at);
    return s;
}

// --- Notices --------------------------------------------------------------------------------------------------------------------

static enum status check_notice(const char *name, const char *text, size_t len, int *year, struct err *e)
{
    struct json_doc *doc = NULL;
    struct calendar_year y = { 0 };
    enum status s = json_parse(text, len, name, NULL, &doc, e);
    if (s == OK)
        s = calendar_year_read(doc, &y, e);
    json_close(doc);
    *year = y.year;
    calendar_year_clear(&y);
    return s;
}

enum status calendar_load(struct work *w, struct desk *d, const char *name, const char *text, size_t len, struct calendar_report *out)
{
    int year = 0;
    int64_t version = 0;
    char sha256[65], words[64];
    struct id id = work_id(w);
    enum status s = check_notice(name, text, len, &year, w->e);
    if (s != OK)
        return s;
    hash_sha256(text, len, sha256);
    s = calendar_insert(w->db, &(struct calendar_row){ id.text, year, text, sha256, w->now_s }, &version, w->e);
    if (s != OK || version == 0) {
        out->same += s == OK;
        return s;
    }
    out->loaded++;
    snprintf(words, sizeof words, "%d, version %d", year, (int)version);
    s = told_note(w, &(struct deed){ .verb = "load", .thing = "calendar", .thing_id = id.text, .note = words }, NULL);
    return s == OK ? deadlines_recompute(w, d, out) : s;
}

// --- Hours ------------------------------------------------------------------------------------------------------------------------

static bool read_hours(const char *text, struct work_period *p)
{
    int h1, m1, h2, m2, end = 0;
    if (sscanf(text, "%2d:%2d-%2d:%2d%n", &h1, &m1, &h2, &m2, &end) != 4 || text[end] != '\0')
        return false;
    p->start_s = h1 * 3600 + m1 * 60;
    p->end_s = h2 * 3600 + m2 * 60;
    return h1 >= 0 && m1 >= 0 && m1 < 60 && m2 >= 0 && m2 < 60 && p->start_s < p->end_s && p->end_s <= DAY_S;
}

enum status calendar_set_hours(struct work *w, struct desk *d, const char *hours, const char *from, const char *to, int weekdays,
                               struct calendar_report *out)
{
    struct work_period p = { .weekdays = (uint8_t)weekdays };
    struct date day;
    if (!read_hours(hours, &p))
        return err_set(w->e, INVALID, "hours of work are like 08:00-12:00; \"%s\" was given", hours);
    if ((from != NULL && !date_read(from, &day)) || (to != NULL && !date_read(to, &day)))
        return err_set(w->e, INVALID, "hours of work are valid from day to day, like 2026-05-01");
    enum status s = period_insert(w->db, from != NULL ? from : "0001-01-01", to, &p, w->e);
    char id[24];
    snprintf(id, sizeof id, "%lld", (long long)db_last_fid(w->db));
    if (s == OK)
        s = told_note(w, &(struct deed){ .verb = "load", .thing = "work_period", .thing_id = id, .note = hours }, NULL);
    return s == OK ? deadlines_recompute(w, d, out) : s;
}
