#include "core/desk.h"

#include "core/base/mem.h"
#include "core/base/resource.h"
#include "core/data_reader.h"
#include "core/locator.h"
#include "core/store/document_rows.h"
#include <stdio.h>
#include <string.h>

void desk_clear(struct desk *d)
{
    if (d->calendar != NULL)
        calendar_close(d->calendar);
    if (d->arena != NULL)
        arena_close(d->arena);
    locator_close(d->locator);
    *d = (struct desk){ 0 };
}

// --- Calendar -------------------------------------------------------------------------------------------------------------

enum { YEARS_MOST = CALENDAR_LAST_YEAR - CALENDAR_FIRST_YEAR + 1 };
struct notices { struct calendar_year year[YEARS_MOST]; size_t years; struct work_period period[CALENDAR_PERIODS_MOST]; size_t periods; };

static enum status take_notice(void *ctx, const char *id, const char *text, struct err *e)
{
    struct notices *n = ctx;
    struct json_doc *doc = NULL;
    must(n->years < YEARS_MOST);
    enum status s = json_parse(text, strlen(text), id, NULL, &doc, e);
    if (s == OK)
        s = calendar_year_read(doc, &n->year[n->years], e);
    if (s == OK)
        n->years++;
    json_close(doc);
    return s;
}

static enum status take_period(void *ctx, const struct work_period *p, struct err *e)
{
    struct notices *n = ctx;
    if (n->periods == CALENDAR_PERIODS_MOST)
        return err_set(e, TOO_BIG, "a station may have %d periods of work", CALENDAR_PERIODS_MOST);
    n->period[n->periods++] = *p;
    return OK;
}

static enum status read_calendar(struct work *w, struct desk *d)
{
    struct notices *n = mem_get(1, sizeof *n);
    enum status s = calendar_each(w->db, take_notice, n, w->e);
    if (s == OK)
        s = period_each(w->db, take_period, n, w->e);
    if (s == OK)
        s = calendar_make(&(struct calendar_terms){ .zone_s = (int32_t)w->district->zone_offset_s, .year = n->year, .years = n->years,
                                                    .period = n->period, .periods = n->periods }, &d->calendar, w->e);
    for (size_t i = 0; i < n->years; i++)
        calendar_year_clear(&n->year[i]);
    mem_free(n);
    return s;
}

// --- Documents ------------------------------------------------------------------------------------------------------------

typedef enum status take_document(struct desk *d, const struct json_doc *doc, struct err *e);
struct taking { struct desk *desk; const char *kind; take_document *take; int taken; };

static enum status take_text(void *ctx, const char *name, const char *text, struct err *e)
{
    struct taking *t = ctx;
    struct json_doc *doc = NULL;
    char called[128];
    snprintf(called, sizeof called, "%s%s%s", t->kind, t->kind[0] != '\0' ? "/" : "", name);
    enum status s = json_parse(text, strlen(text), called, NULL, &doc, e);
    if (s == OK)
        s = t->take(t->desk, doc, e);
    json_close(doc);
    t->taken++;
    return s;
}

static enum status take_limits(struct desk *d, const struct json_doc *doc, struct err *e)
{
    if (d->limit_sets == DESK_LIMITS_MOST)
        return err_set(e, TOO_BIG, "a station may have %d tables of limits", DESK_LIMITS_MOST);
    enum status s = limits_read(doc, d->arena, &d->limits[d->limit_sets], e);
    d->limit_sets += s == OK;
    return s;
}

static enum status take_codes(struct desk *d, const struct json_doc *doc, struct err *e)
{
    if (d->code_sets == DESK_CODES_MOST)
        return err_set(e, TOO_BIG, "a station may have %d schemes of codes", DESK_CODES_MOST);
    enum status s = codes_read(doc, d->arena, &d->codes[d->code_sets], e);
    d->code_sets += s == OK;
    return s;
}

static enum status take_terms(struct desk *d, const struct json_doc *doc, struct err *e) { return terms_read(doc, d->arena, &d->terms, e); }
static enum status take_agencies(struct desk *d, const struct json_doc *doc, struct err *e) { return agencies_read(doc, d->arena, &d->agencies, e); }
static enum status take_rules(struct desk *d, const struct json_doc *doc, struct err *e) { return rules_read(doc, &d->agencies, d->arena, &d->rules, e); }

// The station's own; where it has none, or (all) besides, the program's.
static enum status read_kind(struct work *w, struct desk *d, const char *kind, const char *folder, bool all, take_document *take)
{
    struct taking t = { d, kind, take, 0 };
    enum status s = document_each(w->db, kind, take_text, &t, w->e);
    bool ours = all || t.taken == 0;
    t.kind = "";
    for (const struct resource *r = NULL; s == OK && ours && (r = resource_next(folder, r)) != NULL; )
        s = take_text(&t, r->path, r->text, w->e);
    return s;
}

static enum status read_all(struct work *w, struct desk *d)
{
    d->arena = arena_open(DATA_ARENA_BYTES);
    enum status s = read_calendar(w, d);
    if (s == OK)
        s = read_kind(w, d, "limits", "limits/", true, take_limits);
    if (s == OK)
        s = read_kind(w, d, "codes", "codes/", true, take_codes);
    if (s == OK)
        s = read_kind(w, d, "terms", "terms/", false, take_terms);
    if (s == OK)
        s = read_kind(w, d, "agencies", "agencies/", false, take_agencies);
    return s == OK ? read_kind(w, d, "rules", "routing/", false, take_rules) : s;
}

enum status desk_ready(struct work *w, struct desk *d)
{
    int64_t stamp = 0;
    enum status s = document_stamp(w->db, &stamp, w->e);
    if (s != OK || stamp == d->stamp)
        return s;
    struct locator *locator = d->locator;
    d->locator = NULL;                             // codes it told may still be in use
    desk_clear(d);
    d->locator = locator;
    s = read_all(w, d);
    if (s == OK)
        d->stamp = stamp;
    return s;
}

enum status desk_try_rules(struct work *w, struct desk *d, const char *path, const char *text, size_t bytes)
{
    struct json_doc *doc = NULL;
    enum status s = desk_ready(w, d);
    if (s == OK)
        s = json_parse(text, bytes, path, NULL, &doc, w->e);
    if (s == OK)
        s = take_rules(d, doc, w->e);
    json_close(doc);
    return s;
}

const struct code *desk_code(const struct desk *d, const char *scheme, const char *code)
{
    for (int i = 0; i < d->code_sets; i++) {
        const struct code *found = strcmp(d->codes[i].head.scheme, scheme) == 0 ? codes_get(&d->codes[i], CODE_EVENT, code, NULL) : NULL;
        if (found != NULL)
            return found;
    }
    return NULL;
}

const struct limit_rule *desk_limit(const struct desk *d, const char *scheme, const char *code, int condition, const char *stage)
{
    for (int i = 0; i < d->limit_sets; i++) {
        if (strcmp(d->limits[i].head.scheme, scheme) != 0)
            continue;
        const struct limit_rule *rule = limits_get(&d->limits[i], code, condition, stage);
        if (rule != NULL)
            return rule;
    }
    return NULL;
}
