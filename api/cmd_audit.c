#include "api/station_options.h"
#include "api/step_settings.h"
#include "core/audit.h"
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; const char *thing, *id; };

const struct option audit_options[] = {
    { .kind = OPTION_TEXT, .name = "thing", .value = "WORD", .at = offsetof(struct settings, thing), .help = "list only what was done to such records: case, lead, finding, actor, ..." },
    { .kind = OPTION_TEXT, .name = "id", .value = "ID", .at = offsetof(struct settings, id), .help = "list only what was done to this record: its id, or the number of a case or finding" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

struct listing { const struct settings *s; struct work *w; };

static enum status print_row(void *ctx, int64_t seq, const struct audit_row *r, struct err *e)
{
    const struct listing *l = ctx;
    (void)e;
    printf("%lld  ", (long long)seq);
    print_local_time(r->at_s, l->w->district->zone_offset_s);
    printf("  %s  %s  %s %s  %.12s -> %.12s  %s\n", r->actor, r->verb, r->thing, r->thing_id, r->before_sha256[0] != '\0' ? r->before_sha256 : "-",
           r->after_sha256[0] != '\0' ? r->after_sha256 : "-", r->note);
    return OK;
}

static enum status list_rows(struct work *w, void *ctx)
{
    const struct settings *s = ctx;
    struct walk k;
    const char *id = s->id;
    struct err none = { 0 };
    struct work quiet = *w;
    quiet.e = &none;
    if (id != NULL && s->thing != NULL && (strcmp(s->thing, "case") == 0 || strcmp(s->thing, "finding") == 0) && walk_get(&quiet, s->thing, id, &k) == OK)
        id = k.id.text;
    return audit_each(w->db, s->thing, id, print_row, &(struct listing){ s, w }, w->e);
}

static enum status verify(struct work *w, void *ctx) { return audit_verify(w->db, ctx, w->e); }

static enum status run(struct settings *s, const char *what, struct err *e)
{
    struct audit_report report;
    struct station_call call = station_use_call(&s->use);
    if (strcmp(what, "list") == 0)
        return station_read(s->use.station, &call, list_rows, s, e);
    enum status status = station_read(s->use.station, &call, verify, &report, e);
    if (status == OK && report.first_bad > 0)
        return err_set(e, FAILED, "audit row %lld: %s", (long long)report.first_bad, report.fault);
    if (status == OK && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "%lld rows of audit, the chain holds\n"), (long long)report.rows);
    return status;
}

int cmd_audit(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { 0 };
    struct operands words;
    enum status status = options_read(audit_options, call->argc, call->argv, 2, &s, &words, &e);
    if (status == OK && (words.count != 2 || (strcmp(words.item[0], "list") != 0 && strcmp(words.item[0], "verify") != 0)))
        status = err_set(&e, INVALID, "audit verify STATION, or audit list STATION [--thing WORD --id ID]");
    if (status != OK)
        return command_used_wrongly(call, &e);
    status = station_use_open(&s.use, words.item[1], &e);
    if (status == OK)
        status = run(&s, words.item[0], &e);
    station_use_close(&s.use);
    return status == OK ? EXIT_DONE : command_failed(call, &e);
}
