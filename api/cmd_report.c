#include "api/listing.h"
#include "api/reason.h"
#include "api/report_work.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "core/base/json.h"
#include "core/comparison.h"
#include "core/lifecycle.h"
#include "gis/change_reason.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; struct listing_options list; const char *comparison; struct report_work_settings work; };

const struct option report_options[] = {
    { .kind = OPTION_TEXT, .name = "comparison", .value = "ID", .at = offsetof(struct settings, comparison), .help = "of this comparison (the newest)" },
    { .kind = OPTION_HEADING, .help = "The indicators of the work on cases" },
    { .kind = OPTION_TEXT, .name = "from", .value = "DATE", .at = offsetof(struct settings, work.from), .help = "the first day (default: 1 January of this year)" },
    { .kind = OPTION_TEXT, .name = "to", .value = "DATE", .at = offsetof(struct settings, work.to), .help = "the day after the last (default: now)" },
    { .kind = OPTION_TEXT, .name = "by", .value = "WHAT", .at = offsetof(struct settings, work.by), .help = "cell, community, agency or month" },
    { .kind = OPTION_HEADING, .help = "All of them" },
    { .kind = OPTION_FLAG, .name = "json", .at = offsetof(struct settings, list.json), .help = "for programs: of work a list of objects, else {\"rows\": [...], \"next\": KEY or null}" },
    { .kind = OPTION_NUMBER, .name = "limit", .value = "N", .at = offsetof(struct settings, list.limit), .least = 1, .most = 1e9, .help = "comparisons: as many rows at most (default: all)" },
    { .kind = OPTION_TEXT, .name = "after", .value = "ID", .at = offsetof(struct settings, list.after), .help = "comparisons: go on after this one" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

static enum status comparison_asked(struct work *w, const struct settings *s, struct id *out)
{
    if (s->comparison == NULL)
        return change_newest_comparison(w, out);
    return id_parse(s->comparison, out, w->e);
}

// --- How many of the list are real ---------------------------------------------------------------------------------------------

static void print_precision(const struct precision *p, enum lang lang)
{
    const char *class = p->class[0] != '\0' ? reason_class(change_class_of(p->class), lang) : text_in(lang, "all classes");
    printf("%s%*s", class, text_columns(class) < 14 ? 14 - text_columns(class) : 0, "");
    printf(text_in(lang, "  listed %lld, reviewed %lld, real %lld, of %lld audit slots %lld reviewed"), (long long)p->listed, (long long)p->reviewed,
           (long long)p->real, (long long)p->slots, (long long)p->slots_reviewed);
    if (isfinite(p->share))
        printf(text_in(lang, ": precision %.3f (%.3f to %.3f)"), p->share, p->low, p->high);
    if (p->chosen_only)
        printf("%s", text_in(lang, "; only of what was chosen for review, no slot was reviewed"));
    printf("\n");
}

static const struct list_column precision_columns[] = {
    { "class", LIST_TEXT, 0, false }, { "listed", LIST_WHOLE, 0, false }, { "reviewed", LIST_WHOLE, 0, false }, { "real", LIST_WHOLE, 0, false },
    { "slots", LIST_WHOLE, 0, false }, { "slots_reviewed", LIST_WHOLE, 0, false }, { "precision", LIST_REAL, 0, false }, { "low", LIST_REAL, 0, false },
    { "high", LIST_REAL, 0, false }, { "chosen_only", LIST_FLAG, 0, false },
};
enum { PRECISION_COLUMNS = sizeof precision_columns / sizeof precision_columns[0] };

static void list_precision(const struct settings *s, const struct precision *list, int count, enum lang lang)
{
    struct listing l;
    listing_begin(&l, &(struct listing_plan){ precision_columns, PRECISION_COLUMNS, &s->list, .query = NULL }, &s->use, lang);
    for (int i = 0; i < count; i++) {
        const struct precision *p = &list[i];
        listing_row(&l, (const struct list_value[PRECISION_COLUMNS]){ { .text = p->class }, { .whole = p->listed }, { .whole = p->reviewed }, { .whole = p->real },
            { .whole = p->slots }, { .whole = p->slots_reviewed }, { .real = p->share }, { .real = p->low }, { .real = p->high }, { .whole = p->chosen_only } });
    }
    listing_end(&l, OK);
}

static enum status report_precision(struct work *w, const struct settings *s)
{
    struct id comparison;
    struct precision list[PRECISION_CLASSES];
    int count = 0;
    enum status status = comparison_asked(w, s, &comparison);
    if (status == OK)
        status = change_precision(w, comparison.text, list, &count);
    if (status == OK && s->list.json)
        list_precision(s, list, count, w->e->lang);
    for (int i = 1; status == OK && !s->list.json && i <= count; i++)
        print_precision(&list[i % count], w->e->lang);         // all classes together come last
    return status;
}

// --- Approved and unused --------------------------------------------------------------------------------------------------------

struct search { const struct id *id; const struct settings *s; bool found; };

// The first ones are named in the comparison's own summary, comma between.
static void tell_unused(const struct settings *s, const struct comparison_row *c, const char *numbers, int64_t count, enum lang lang)
{
    static const struct list_column column = { "permit_number", LIST_TEXT, 0, false };
    struct listing l;
    if (!s->list.json)
        printf(text_in(lang, "%lld permits in force had no building on them when %s was taken\n"), (long long)count, c->after);
    listing_begin(&l, &(struct listing_plan){ &column, 1, &(struct listing_options){ .json = s->list.json }, .query = NULL }, &s->use, lang);
    for (size_t len; *numbers != '\0'; numbers += len + (numbers[len] != '\0')) {
        char number[128];
        len = strcspn(numbers, ",");
        snprintf(number, sizeof number, "%s%.*s", s->list.json ? "" : "  ", (int)len, numbers);
        listing_row(&l, &(struct list_value){ .text = number });
    }
    listing_end(&l, OK);
}

static enum status print_unused(void *ctx, const struct comparison_row *c, struct err *e)
{
    struct search *f = ctx;
    if (strcmp(c->id.text, f->id->text) != 0)
        return OK;
    f->found = true;
    if (c->summary == NULL)
        return err_set(e, NOT_FOUND, "figures of the whole district are for those whose view no area limits");
    struct json_doc *doc = NULL;
    const char *first = "";
    int64_t count = 0;
    enum status s = json_parse(c->summary, strlen(c->summary), "summary", NULL, &doc, e);
    struct json unused = s == OK ? json_get(json_get(json_root(doc), "station"), "approved_unused") : (struct json){ .doc = NULL };
    if (s == OK)
        s = json_read_int(json_get(unused, "count"), &count, e);
    if (s == OK)
        s = json_read_text(json_get(unused, "first"), &first, e);
    if (s == OK)
        tell_unused(f->s, c, first, count, e->lang);
    json_close(doc);
    return s;
}

static enum status report_unused(struct work *w, const struct settings *s)
{
    struct id comparison;
    struct search f = { .id = &comparison, .s = s };
    enum status status = comparison_asked(w, s, &comparison);
    if (status == OK)
        status = comparison_each(w, NULL, print_unused, &f);
    if (status == OK && !f.found)
        status = err_set(w->e, NOT_FOUND, "there is no comparison \"%s\" in this station", comparison.text);
    return status;
}

// --- Comparisons ----------------------------------------------------------------------------------------------------------------

static const struct list_column comparison_columns[] = {
    { "id", LIST_TEXT, 0, false }, { "state", LIST_TEXT, 8, false }, { "changes", LIST_WHOLE, 6, false }, { "expected_false_alarms", LIST_REAL, 0, true },
    { "started_at", LIST_TIME, 0, false }, { "ended_at", LIST_TIME, 0, true }, { "before", LIST_TEXT, 0, false }, { "after", LIST_TEXT, 0, false },
};
enum { COMPARISON_COLUMNS = sizeof comparison_columns / sizeof comparison_columns[0] };

static enum status print_comparison(void *ctx, const struct comparison_row *c, struct err *e)
{
    const struct list_value v[COMPARISON_COLUMNS] = {
        { .text = c->id.text }, { .text = c->state, .label = lifecycle_state_title("comparison", c->state, e->lang) }, { .whole = c->changes },
        { .real = c->expected_false_alarms }, { .whole = c->started_at_s }, { .whole = c->ended_at_s != 0 ? c->ended_at_s : NO_TIME },
        { .text = c->before }, { .text = c->after },
    };
    return listing_row(ctx, v);
}

static enum status report_comparisons(struct work *w, const struct settings *s)
{
    struct listing l;
    listing_begin(&l, &(struct listing_plan){ comparison_columns, COMPARISON_COLUMNS, &s->list, .query = NULL }, &s->use, w->e->lang);
    struct page p = listing_page(&l);
    enum status status = comparison_each(w, &p, print_comparison, &l);
    listing_end(&l, status);
    return status;
}

static enum status report_indicators(struct work *w, const struct settings *s) { return report_work(w, &s->work); }

// --- The command ----------------------------------------------------------------------------------------------------------------

typedef enum status report_kind(struct work *w, const struct settings *s);
static const struct { const char *name; report_kind *run; } kinds[] = {
    { "precision", report_precision },
    { "unused-permits", report_unused },
    { "comparisons", report_comparisons },
    { "work", report_indicators },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

struct asked { const struct settings *settings; report_kind *run; };
static enum status run_report(struct work *w, void *ctx)
{
    const struct asked *a = ctx;
    return a->run(w, a->settings);
}

static report_kind *kind_of(const char *name)
{
    for (int i = 0; i < KINDS; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].run;
    return NULL;
}

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    struct settings *s = settings;
    struct asked asked = { .settings = s, .run = kind_of(words->count == 2 ? words->item[1] : "work") };
    s->work.json = s->list.json;
    return station_use_read(&s->use, run_report, &asked, e);
}

static enum status check(void *settings, const struct operands *words, struct err *e)
{
    (void)settings;
    if (words->count == 2 && kind_of(words->item[1]) == NULL)
        return err_set(e, INVALID, "report STATION [KIND]: work (the default), precision, unused-permits or comparisons is expected");
    return OK;
}

int cmd_report(const struct call *call)
{
    return station_command(call, &(struct station_command){ .least = 1, .most = 2, .check = check, .run = run }, &(struct settings){ .work.by = "all" });
}
