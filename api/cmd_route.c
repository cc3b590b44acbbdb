#include "api/file_text.h"
#include "api/listing.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "core/route.h"
#include <stdio.h>

struct settings { struct station_use use; struct listing_options list; const char *rules; bool dry_run, all; };

const struct option route_options[] = {
    { .kind = OPTION_FLAG, .name = "dry-run", .letter = 'n', .at = offsetof(struct settings, dry_run), .help = "only tell which rule would fire for which case, and why" },
    { .kind = OPTION_TEXT, .name = "rules", .value = "FILE", .at = offsetof(struct settings, rules), .help = "with --dry-run: ask these rules instead of those in force" },
    { .kind = OPTION_FLAG, .name = "all", .at = offsetof(struct settings, all), .help = "with --dry-run: also the open cases that were routed already" },
    { .kind = OPTION_NUMBER, .name = "limit", .value = "N", .at = offsetof(struct settings, list.limit), .least = 1, .most = 1e9, .help = "as many changes and cases at most (default: all)" },
    { .kind = OPTION_TEXT, .name = "after", .value = "KEY", .at = offsetof(struct settings, list.after), .help = "go on after this case (or change), the first word of a line" },
    { .kind = OPTION_FLAG, .name = "json", .at = offsetof(struct settings, list.json), .help = "for programs: {\"rows\": [...], \"next\": KEY or null}" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

static const struct list_column columns[] = {
    { "case", LIST_TEXT, 20, false }, { "rule", LIST_TEXT, 16, false }, { "agency", LIST_TEXT, 18, false }, { "priority", LIST_WHOLE, 0, false },
    { "lead", LIST_TEXT, 20, false }, { "routed_by", LIST_TEXT, 0, true }, { "differs", LIST_FLAG, 0, false }, { "change", LIST_TEXT, 0, true },
    { "title", LIST_TEXT, 0, false }, { "when", LIST_TEXT, 0, false },
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

struct routing { const struct settings *s; struct desk desk; struct route_report report; struct buf rules; struct listing listing; };

// The case (or the change it will be opened of), rule, agency, priority, lead, and the condition that held.
static void tell(void *ctx, const struct route_fired *f)
{
    struct routing *r = ctx;
    const struct routing_rule *rule = f->rule;
    bool zh = r->listing.lang == LANG_ZH;
    const struct list_value v[COLUMNS] = {
        { .text = f->case_number != NULL ? f->case_number : f->change_id }, { .text = rule->key },
        { .text = rule->agency->key, .label = zh ? rule->agency->name_zh : rule->agency->name_en }, { .whole = rule->priority }, { .text = f->lead_number },
        { .text = f->routed_by }, { .whole = f->differs, .label = text_in(r->listing.lang, "(another agency than now)") }, { .text = f->change_id },
        { .text = zh ? rule->title_zh : rule->title_en }, { .text = rule->when },
    };
    listing_row(&r->listing, v);
}

static enum status run_route(struct work *w, void *ctx)
{
    struct routing *r = ctx;
    struct route_asked asked = { .dry = r->s->dry_run, .all = r->s->all, .page = { r->s->list.after, (int64_t)r->s->list.limit } };
    if (r->rules.data != NULL) {
        enum status s = desk_try_rules(w, &r->desk, r->s->rules, r->rules.data, r->rules.len);
        if (s != OK)
            return s;
    }
    return route_all(w, &r->desk, &asked, tell, r, &r->report);
}

static void tell_report(const struct route_report *r, bool dry, enum lang lang)
{
    if (dry)
        fprintf(stderr, text_in(lang, "%lld confirmed changes would get a case, %lld cases would be routed, %lld leads drafted\n"), (long long)r->changes,
                (long long)r->cases_routed, (long long)r->leads_drafted);
    else
        fprintf(stderr, text_in(lang, "%lld confirmed changes without a case; %lld cases opened, %lld routed, %lld leads drafted\n"), (long long)r->changes,
                (long long)r->cases_opened, (long long)r->cases_routed, (long long)r->leads_drafted);
    if (r->differ > 0)
        fprintf(stderr, text_in(lang, "%lld cases would go to another agency than the one they went to\n"), (long long)r->differ);
    if (r->left > 0 && !dry)
        fprintf(stderr, text_in(lang, "%lld are left for the next run\n"), (long long)r->left);
}

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    struct settings *s = settings;
    struct routing r = { .s = s };
    enum status status = s->rules != NULL ? file_text_read(s->rules, JSON_BYTES_MOST, &r.rules, e) : OK;
    (void)words;
    listing_begin(&r.listing, &(struct listing_plan){ columns, COLUMNS, &(struct listing_options){ .json = s->list.json }, .query = NULL }, &s->use, e->lang);
    if (status == OK)
        status = s->dry_run ? station_use_read(&s->use, run_route, &r, e) : station_use_write(&s->use, run_route, &r, e);
    if (s->dry_run && r.report.left > 0)
        listing_more(&r.listing, r.report.last);
    listing_end(&r.listing, status);
    desk_clear(&r.desk);
    buf_clear(&r.rules);
    if (status == OK && !s->use.quiet)
        tell_report(&r.report, s->dry_run, e->lang);
    return status;
}

static enum status check(void *settings, const struct operands *words, struct err *e)
{
    const struct settings *s = settings;
    (void)words;
    bool only_dry = s->rules != NULL || s->all;
    return only_dry && !s->dry_run ? err_set(e, INVALID, "--%s goes with --dry-run only; gridpatrol document load takes rules", s->all ? "all" : "rules") : OK;
}

int cmd_route(const struct call *call)
{
    return station_command(call, &(struct station_command){ .least = 1, .most = 1, .check = check, .run = run }, &(struct settings){ .all = false });
}
