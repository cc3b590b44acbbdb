#include "api/station_options.h"
#include "api/station_use.h"
#include "core/route.h"
#include <stdio.h>

struct settings { struct station_use use; bool dry_run; };

const struct option route_options[] = {
    { .kind = OPTION_FLAG, .name = "dry-run", .letter = 'n', .at = offsetof(struct settings, dry_run), .help = "only tell which rule would fire for which case, and why" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

struct routing { struct desk desk; struct route_report report; bool dry; enum lang lang; };

// number (or the change), rule, agency, priority, lead, and the condition that held
static void tell(void *ctx, const struct route_fired *f)
{
    const struct routing *r = ctx;
    const struct routing_rule *rule = f->rule;
    printf("%s  %s  %s  %d  %s  %s: %s\n", f->case_number != NULL ? f->case_number : f->change_id, rule->key, rule->agency->key, rule->priority,
           f->lead_number != NULL ? f->lead_number : "-", r->lang == LANG_ZH ? rule->title_zh : rule->title_en, rule->when);
}

static enum status run_route(struct work *w, void *ctx)
{
    struct routing *r = ctx;
    return route_all(w, &r->desk, r->dry, tell, r, &r->report);
}

int cmd_route(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { 0 };
    struct operands words;
    struct routing r = { .lang = call->lang };
    enum status status = options_read(route_options, call->argc, call->argv, 1, &s, &words, &e);
    if (status == OK && words.count != 1)
        status = err_set(&e, INVALID, "the station's folder is missing");
    if (status != OK)
        return command_used_wrongly(call, &e);
    r.dry = s.dry_run;
    status = station_use_open(&s.use, words.item[0], &e);
    if (status == OK) {
        struct station_call who = station_use_call(&s.use);
        status = r.dry ? station_read(s.use.station, &who, run_route, &r, &e) : station_write(s.use.station, &who, run_route, &r, &e);
    }
    desk_clear(&r.desk);
    if (status == OK && !s.use.quiet)
        fprintf(stderr, text_in(call->lang, "%lld confirmed changes without a case; %lld cases opened, %lld routed, %lld leads drafted\n"),
                (long long)r.report.changes, (long long)r.report.cases_opened, (long long)r.report.cases_routed, (long long)r.report.leads_drafted);
    station_use_close(&s.use);
    return status == OK ? EXIT_DONE : command_failed(call, &e);
}
