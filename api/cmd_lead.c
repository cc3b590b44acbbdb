#include "api/station_options.h"
#include "api/step_settings.h"
#include "core/base/buf.h"
#include "core/lead.h"
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; struct step_settings step; const char *state, *secrecy; double priority; bool open; };

const struct option lead_options[] = {
    { .kind = OPTION_HEADING, .help = "Listing" },
    { .kind = OPTION_TEXT, .name = "state", .value = "STATE", .at = offsetof(struct settings, state), .help = "only records in this state" },
    { .kind = OPTION_FLAG, .name = "open", .at = offsetof(struct settings, open), .help = "only what has not ended" },
    { .kind = OPTION_HEADING, .help = "Drafting" },
    { .kind = OPTION_TEXT, .name = "secrecy", .value = "WORD", .at = offsetof(struct settings, secrecy), .help = "ordinary, internal or secret; never less than the agency asks" },
    { .kind = OPTION_NUMBER, .name = "priority", .value = "N", .at = offsetof(struct settings, priority), .least = 1, .most = 5, .help = "1 (most urgent) to 5 (default: the case's)" },
    STEP_OPTIONS(struct settings, step),
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

const struct option queue_options[] = {
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

struct listing { struct work *w; int count; };

static enum status print_line(void *ctx, const struct lead_line *l, struct err *e)
{
    struct listing *list = ctx;
    list->count++;
    printf("%s  %lld  ", l->number, (long long)l->priority);
    print_local_time(l->due_at_s, list->w->district->zone_offset_s);
    printf("%s%s  %s  %s  %s  %s\n", l->is_overdue ? text_in(e->lang, " overdue") : "", l->is_provisional ? " *" : "", l->state, l->agency_key, l->case_number, l->title);
    return OK;
}

static enum status list_all(struct work *w, void *ctx)
{
    const struct settings *s = ctx;
    return lead_each(w, &(struct lead_query){ .agency_key = s->step.agency, .state = s->state, .open_only = s->open }, print_line, &(struct listing){ w, 0 });
}

struct drafting { const struct settings *s; const char *case_key; struct desk desk; struct walk lead; };

static enum status draft_one(struct work *w, void *ctx)
{
    struct drafting *d = ctx;
    struct walk k;
    enum status s = walk_get(w, "case", d->case_key, &k);
    return s == OK ? lead_draft(w, &d->desk, &(struct lead_spec){ .case_id = k.id.text, .agency = d->s->step.agency, .secrecy = d->s->secrecy,
                                                                  .priority = (int)d->s->priority, .note = d->s->step.note }, &d->lead) : s;
}

static enum status draft(struct settings *s, const char *case_key, struct err *e)
{
    struct drafting d = { .s = s, .case_key = case_key };
    struct station_call call = station_use_call(&s->use);
    enum status status = station_write(s->use.station, &call, draft_one, &d, e);
    desk_clear(&d.desk);
    if (status == OK)
        printf("%s\n", d.lead.number);
    return status;
}

static enum status check_words(const struct operands *words, const struct settings *s, struct err *e)
{
    static const struct { const char *word; int count; } forms[] = { { "list", 2 }, { "show", 3 }, { "draft", 3 }, { "move", 4 } };
    for (size_t i = 0; words->count > 0 && i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(forms[i].word, words->item[0]) == 0 && forms[i].count == words->count)
            return strcmp(words->item[0], "draft") == 0 && s->step.agency == NULL ? err_set(e, INVALID, "--%s is missing", "agency") : OK;
    return err_set(e, INVALID, "lead list STATION, lead draft STATION CASE --agency KEY, lead show STATION NUMBER, or lead move STATION NUMBER VERB");
}

static enum status run(struct settings *s, const struct operands *words, struct err *e)
{
    struct station_call call = station_use_call(&s->use);
    switch (words->item[0][0]) {
    case 'l': return station_read(s->use.station, &call, list_all, s, e);
    case 's': return station_use_show(&s->use, lead_tell, words->item[2], e);
    case 'd': return draft(s, words->item[2], e);
    default: return step_run(&s->use, "lead", words->item[2], words->item[3], &s->step, e);
    }
}

int cmd_lead(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { 0 };
    struct operands words;
    enum status status = options_read(lead_options, call->argc, call->argv, 4, &s, &words, &e);
    if (status == OK)
        status = check_words(&words, &s, &e);
    if (status != OK)
        return command_used_wrongly(call, &e);
    status = station_use_open(&s.use, words.item[1], &e);
    if (status == OK)
        status = run(&s, &words, &e);
    station_use_close(&s.use);
    return status == OK ? EXIT_DONE : command_failed(call, &e);
}

// --- The queue of an agency ---------------------------------------------------------------------------------------------------------

static enum status list_queue(struct work *w, void *ctx) { return queue_each(w, ctx, print_line, &(struct listing){ w, 0 }); }

int cmd_queue(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { 0 };
    struct operands words;
    enum status status = options_read(queue_options, call->argc, call->argv, 2, &s, &words, &e);
    if (status == OK && words.count != 2)
        status = err_set(&e, INVALID, "queue STATION AGENCY");
    if (status != OK)
        return command_used_wrongly(call, &e);
    status = station_use_open(&s.use, words.item[0], &e);
    if (status == OK) {
        struct station_call who = station_use_call(&s.use);
        status = station_read(s.use.station, &who, list_queue, (void *)words.item[1], &e);
    }
    station_use_close(&s.use);
    return status == OK ? EXIT_DONE : command_failed(call, &e);
}
