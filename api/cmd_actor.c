#include "api/listing.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "core/agency.h"
#include "core/lifecycle.h"
#include <string.h>

struct settings { struct station_use use; struct listing_options list; const char *role, *agency; };

const struct option actor_options[] = {
    { .kind = OPTION_HEADING, .help = "Adding" },
    { .kind = OPTION_TEXT, .name = "role", .value = "ROLE", .at = offsetof(struct settings, role),
      .help = "what they may do: inspector, analyst, officer, coordinator, checker, chief, legal, discipline, auditor, administrator, public or service" },
    { .kind = OPTION_TEXT, .name = "agency", .value = "KEY", .at = offsetof(struct settings, agency), .help = "where they work: a key of gridpatrol agency list" },
    { .kind = OPTION_HEADING, .help = "Listing" },
    LISTING_OPTIONS(struct settings, list),
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

static const struct list_column columns[] = {
    { "name", LIST_TEXT, 16, false }, { "role", LIST_TEXT, 22, false }, { "is_active", LIST_FLAG, 0, true }, { "is_former", LIST_FLAG, 0, false },
    { "id", LIST_TEXT, 36, false }, { "agency_id", LIST_TEXT, 0, true },
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static enum status print_actor(void *ctx, const struct actor *a, struct err *e)
{
    const struct list_value v[COLUMNS] = {
        { .text = a->name }, { .text = a->role, .label = role_title((enum role)role_of_word(a->role), e->lang) }, { .whole = a->is_active },
        { .whole = !a->is_active, .label = text_in(e->lang, "(not any more)") }, { .text = a->id.text }, { .text = a->agency.text },
    };
    return listing_row(ctx, v);
}

static enum status list_all(struct work *w, void *ctx)
{
    struct page p = listing_page(ctx);
    return actor_each(w, &p, print_actor, ctx);
}

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

static enum status add(struct settings *s, const struct listing_plan *plan, const char *name, struct err *e)
{
    struct adding adding = { .agency = s->agency };
    struct actor *a = &adding.actor;
    struct listing l;
    enum status status = station_command_copy(a->role, sizeof a->role, s->role, "role", e);
    if (strlen(name) >= sizeof a->name)
        status = err_set(e, INVALID, "a name has at most %zu bytes", sizeof a->name - 1);
    if (status != OK)
        return status;
    strcpy(a->name, name);
    status = station_use_write(&s->use, add_one, &adding, e);
    listing_begin(&l, plan, &s->use, e->lang);
    if (status == OK)
        status = print_actor(&l, a, e);
    listing_end(&l, status);
    return status;
}

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    struct settings *s = settings;
    struct listing_plan plan = { columns, COLUMNS, &s->list, .query = NULL };
    return strcmp(words->item[0], "add") == 0 ? add(s, &plan, words->item[2], e) : listing_read(&s->use, &plan, list_all, e);
}

static enum status check(void *settings, const struct operands *words, struct err *e)
{
    bool adds = strcmp(words->item[0], "add") == 0;
    return adds && ((struct settings *)settings)->role == NULL ? err_set(e, INVALID, "--%s is missing", "role") : OK;
}

int cmd_actor(const struct call *call)
{
    static const struct command_form forms[] = { { "list", 2, 2 }, { "add", 3, 3 }, { NULL, 0, 0 } };
    return station_command(call, &(struct station_command){ .form = forms, .check = check, .run = run }, &(struct settings){ .role = NULL });
}
