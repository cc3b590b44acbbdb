#include "api/report_work.h"
#include "api/station_options.h"
#include "api/station_use.h"
#include "core/base/json.h"
#include "core/comparison.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; const char *comparison; struct report_work_settings work; };

const struct option report_options[] = {
    { .kind = OPTION_TEXT, .name = "comparison", .value = "ID", .at = offsetof(struct settings, comparison), .help = "of this comparison (the newest)" },
    { .kind = OPTION_HEADING, .help = "The indicators of the work on cases" },
    { .kind = OPTION_TEXT, .name = "from", .value = "DATE", .at = offsetof(struct settings, work.from), .help = "the first day (default: 1 January of this year)" },
    { .kind = OPTION_TEXT, .name = "to", .value = "DATE", .at = offsetof(struct settings, work.to), .help = "the day after the last (default: now)" },
    { .kind = OPTION_TEXT, .name = "by", .value = "WHAT", .at = offsetof(struct settings, work.by), .help = "cell, community, agency or month" },
    { .kind = OPTION_FLAG, .name = "json", .at = offsetof(struct settings, work.json), .help = "for programs: a list of objects" },
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
    printf("%-14s", text_in(lang, p->class[0] != '\0' ? p->class : "all classes"));
    printf(text_in(lang, "  listed %lld, reviewed %lld, real %lld, of %lld audit slots %lld reviewed"), (long long)p->listed, (long long)p->reviewed,
           (long long)p->real, (long long)p->slots, (long long)p->slots_reviewed);
    if (isfinite(p->share))
        printf(text_in(lang, ": precision %.3f (%.3f to %.3f)"), p->share, p->low, p->high);
    if (p->chosen_only)
        printf("%s", text_in(lang, "; only of what was chosen for review, no slot was reviewed"));
    printf("\n");
}

static enum status report_precision(struct work *w, const struct settings *s)
{
    struct id comparison;
    struct precision list[PRECISION_CLASSES];
    int count = 0;
    enum status status = comparison_asked(w, s, &comparison);
    if (status == OK)
        status = change_precision(w, comparison.text, list, &count);
    for (int i = 1; status == OK && i < count; i++)
        print_precision(&list[i], w->e->lang);
    if (status == OK)
        print_precision(&list[0], w->e->lang);
    return status;
}

// --- Approved and unused --------------------------------------------------------------------------------------------------------

struct search { const struct id *id; struct err *e; bool found; };

static enum status print_unused(void *ctx, const struct comparison_row *c, struct err *e)
{
    struct search *f = ctx;
    if (strcmp(c->id.text, f->id->text) != 0)
        return OK;
    f->found = true;
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
        printf(text_in(e->lang, "%lld permits in force had no building on them when %s was taken\n"), (long long)count, c->after);
    for (size_t len; s == OK && *first != '\0'; first += len + (first[len] != '\0')) {
        len = strcspn(first, ",");
        printf("  %.*s\n", (int)len, first);
    }
    json_close(doc);
    return s;
}

static enum status report_unused(struct work *w, const struct settings *s)
{
    struct id comparison;
    struct search f = { .id = &comparison };
    enum status status = comparison_asked(w, s, &comparison);
    if (status == OK)
        status = comparison_each(w, print_unused, &f);
    if (status == OK && !f.found)
        status = err_set(w->e, NOT_FOUND, "there is no comparison \"%s\" in this station", comparison.text);
    return status;
}

// --- Comparisons ----------------------------------------------------------------------------------------------------------------

static enum status print_comparison(void *ctx, const struct comparison_row *c, struct err *e)
{
    (void)ctx;
    (void)e;
    printf("%s  %-9s  %lld  %s  %s\n", c->id.text, c->state, (long long)c->changes, c->before, c->after);
    return OK;
}

static enum status report_comparisons(struct work *w, const struct settings *s)
{
    (void)s;
    return comparison_each(w, print_comparison, NULL);
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

int cmd_report(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { .work.by = "all" };
    struct operands words;
    enum status status = options_read(report_options, call->argc, call->argv, 2, &s, &words, &e);
    struct asked asked = { .settings = &s, .run = status == OK && words.count > 0 ? kind_of(words.count == 2 ? words.item[1] : "work") : NULL };
    if (status == OK && asked.run == NULL)
        status = err_set(&e, INVALID, "report STATION [KIND]: work (the default), precision, unused-permits or comparisons is expected");
    if (status != OK)
        return command_used_wrongly(call, &e);
    status = station_use_open(&s.use, words.item[0], &e);
    struct station_call who = station_use_call(&s.use);
    if (status == OK)
        status = station_read(s.use.station, &who, run_report, &asked, &e);
    station_use_close(&s.use);
    return status == OK ? EXIT_DONE : command_failed(call, &e);
}
