#include "api/station_options.h"
#include "api/station_use.h"
#include "core/agency.h"
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; const char *role, *agency; };

const struct option actor_options[] = {
    { .kind = OPTION_TEXT, .name = "role", .value = "ROLE", .at = offsetof(struct settings, role),
      .help = "what they may do: inspector, analyst, officer, coordinator, checker, discipline, auditor, administrator, public or service" },
    { .kind = OPTION_TEXT, .name = "agency", .value = "KEY", .at = offsetof(struct settings, agency), .help = "where they work: a key of gridpatrol agency list" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

static enum status print_actor(void *ctx, const struct actor *a, struct err *e)
{
    (void)ctx, (void)e;
    printf("%s  %-13s  %s%s\n", a->id.text, a->role, a->name, a->is_active ? "" : " -");
    return OK;
}

static enum status list_all(struct work *w, void *ctx) { return actor_each(w, print_actor, ctx); }

struct adding { struct actor actor; const char *agency; };
static enum status add_one(struct work *w, void *ctx)
{
    struct adding *a = ctx;
    struct agency agency;
    enum status s = a->agency != NULL ? agency_get(w, a->agency, &agency) : OK;
    if (s == OK && a->agency != NULL)
        a->actor.agency = agency.id;
    return s == OK ? actor_record(w, &a->actor) : s;
}

static enum status add(struct settings *s, const char *name, struct err *e)
{
    struct adding adding = { .agency = s->agency };
    struct actor *a = &adding.actor;
    if (strlen(name) >= sizeof a->name || strlen(s->role) >= sizeof a->role)
        return err_set(e, INVALID, "a name has at most %zu bytes, a role %zu", sizeof a->name - 1, sizeof a->role - 1);
    strcpy(a->name, name);
    strcpy(a->role, s->role);
    struct station_call call = station_use_call(&s->use);
    enum status status = station_write(s->use.station, &call, add_one, &adding, e);
    return status == OK ? print_actor(NULL, a, e) : status;
}

static enum status run(struct settings *s, const struct operands *words, struct err *e)
{
    enum status status = station_use_open(&s->use, words->item[1], e);
    if (status != OK)
        return status;
    struct station_call call = station_use_call(&s->use);
    status = strcmp(words->item[0], "add") == 0 ? add(s, words->item[2], e) : station_read(s->use.station, &call, list_all, NULL, e);
    station_use_close(&s->use);
    return status;
}

static enum status check_words(const struct operands *words, const struct settings *s, struct err *e)
{
    bool adds = words->count == 3 && strcmp(words->item[0], "add") == 0 && s->role != NULL;
    bool lists = words->count == 2 && strcmp(words->item[0], "list") == 0;
    return adds || lists ? OK : err_set(e, INVALID, "actor list STATION, or actor add STATION NAME --role ROLE");
}

int cmd_actor(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { 0 };
    struct operands words;
    enum status status = options_read(actor_options, call->argc, call->argv, 3, &s, &words, &e);
    if (status == OK)
        status = check_words(&words, &s, &e);
    if (status != OK)
        return command_used_wrongly(call, &e);
    status = run(&s, &words, &e);
    return status == OK ? EXIT_DONE : command_failed(call, &e);
}
