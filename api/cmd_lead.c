#include "api/listing.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "api/step_settings.h"
#include "core/lead.h"
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; struct listing_options list; struct step_settings step; const char *state, *secrecy; double priority; bool open; };

const struct option lead_options[] = {
    { .kind = OPTION_HEADING, .help = "Listing" },
    { .kind = OPTION_TEXT, .name = "state", .value = "STATE", .at = offsetof(struct settings, state), .help = "only records in this state" },
    { .kind = OPTION_FLAG, .name = "open", .at = offsetof(struct settings, open), .help = "only what has not ended" },
    LISTING_OPTIONS(struct settings, list),
    { .kind = OPTION_HEADING, .help = "Drafting" },
    { .kind = OPTION_TEXT, .name = "secrecy", .value = "WORD", .at = offsetof(struct settings, secrecy), .help = "ordinary, internal or secret; never less than the agency asks" },
    { .kind = OPTION_NUMBER, .name = "priority", .value = "N", .at = offsetof(struct settings, priority), .least = 1, .most = 5, .help = "1 (most urgent) to 5 (default: the case's)" },
    STEP_OPTIONS(struct settings, step),
    STATION_KEY_OPTION(struct settings, use),
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

const struct option queue_options[] = {
    LISTING_OPTIONS(struct settings, list),
    STATION_KEY_OPTION(struct settings, use),
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

static const struct list_column columns[] = {
    { "number", LIST_TEXT, 20, false }, { "case", LIST_TEXT, 20, false }, { "priority", LIST_WHOLE, 0, false }, { "due_at", LIST_TIME, 16, false },
    { "is_overdue", LIST_FLAG, 0, false }, { "is_due_provisional", LIST_FLAG, 0, false }, { "state", LIST_TEXT, 10, false },
    { "agency", LIST_TEXT, 12, false }, { "secrecy", LIST_TEXT, 6, false }, { "cell_code", LIST_TEXT, 0, true }, { "thing", LIST_TEXT, 0, true },
    { "title", LIST_TEXT, 0, false },
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static enum status print_line(void *ctx, const struct lead_line *l, struct err *e)
{
    const char *thing = l->is_case ? "case" : "lead";
    const struct list_value v[COLUMNS] = {
        { .text = l->number }, { .text = l->case_number, .label = l->is_case ? "-" : NULL }, { .whole = l->priority }, { .whole = l->due_at_s },
        { .whole = l->is_overdue, .label = text_in(e->lang, "overdue") }, { .whole = l->is_provisional, .label = "*" },
        { .text = l->state, .label = lifecycle_state_title(thing, l->state, e->lang) },
        { .text = l->agency_key, .label = e->lang == LANG_ZH ? l->agency_zh : l->agency_en },
        { .text = l->secrecy, .label = text_in(e->lang, l->secrecy) }, { .text = l->cell_code }, { .text = thing }, { .text = l->title },
    };
    return listing_row(ctx, v);
}

static enum status list_all(struct work *w, void *ctx)
{
    const struct settings *s = ((struct listing *)ctx)->query;
    return lead_each(w, &(struct lead_query){ .agency_key = s->step.agency, .state = s->state, .open_only = s->open, .page = listing_page(ctx) }, print_line,
                     ctx);
}

struct drafting { const struct settings *s; const char *case_key; struct desk desk; struct walk lead; };

static enum status draft_one(struct work *w, void *ctx)
{
    struct drafting *d = ctx;
    return lead_draft_of_case(w, &d->desk, d->case_key, &(struct lead_spec){ .agency = d->s->step.agency, .secrecy = d->s->secrecy,
                                                                             .priority = (int)d->s->priority, .note = d->s->step.note }, &d->lead);
}

static enum status draft(struct settings *s, const char *case_key, struct err *e)
{
    struct drafting d = { .s = s, .case_key = case_key };
    enum status status = station_use_write(&s->use, draft_one, &d, e);
    desk_clear(&d.desk);
    if (status == OK)
        printf("%s\n", d.lead.number);
    return status;
}

static enum status check(void *settings, const struct operands *words, struct err *e)
{
    const struct settings *s = settings;
    if (strcmp(words->item[0], "draft") == 0 && s->step.agency == NULL)
        return err_set(e, INVALID, "--%s is missing", "agency");
    return step_check_state("lead", s->state, e);
}

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    struct settings *s = settings;
    switch (words->item[0][0]) {
    case 'l': return listing_read(&s->use, &(struct listing_plan){ columns, COLUMNS, &s->list, .query = s }, list_all, e);
    case 's': return station_use_show(&s->use, lead_tell, words->item[2], e);
    case 'd': return draft(s, words->item[2], e);
    default: return step_run(&s->use, "lead", words->item[2], words->item[3], &s->step, e);
    }
}

int cmd_lead(const struct call *call)
{
    static const struct command_form forms[] = { { "list", 2, 2 }, { "show", 3, 3 }, { "draft", 3, 3 }, { "move", 4, 4 }, { NULL, 0, 0 } };
    return station_command(call, &(struct station_command){ .form = forms, .check = check, .run = run }, &(struct settings){ .open = false });
}

// --- The queue of an agency ---------------------------------------------------------------------------------------------------------

static enum status list_queue(struct work *w, void *ctx)
{
    struct page p = listing_page(ctx);
    return queue_each(w, ((struct listing *)ctx)->query, &p, print_line, ctx);
}

static enum status run_queue(void *settings, const struct operands *words, struct err *e)
{
    struct settings *s = settings;
    return listing_read(&s->use, &(struct listing_plan){ columns, COLUMNS, &s->list, .query = (void *)words->item[1] }, list_queue, e);
}

int cmd_queue(const struct call *call)
{
    return station_command(call, &(struct station_command){ .least = 2, .most = 2, .run = run_queue }, &(struct settings){ .open = false });
}
