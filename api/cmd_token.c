#include "api/listing.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "core/base/mem.h"
#include "core/secret.h"
#include "core/token.h"
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; struct listing_options list; const char *actor, *name; double days; bool read_only; };

const struct option token_options[] = {
    { .kind = OPTION_TEXT, .name = "for", .value = "ACTOR", .at = offsetof(struct settings, actor), .help = "whose it is, or whose are listed: a name from gridpatrol actor list" },
    { .kind = OPTION_HEADING, .help = "Adding" },
    { .kind = OPTION_TEXT, .name = "name", .value = "NAME", .at = offsetof(struct settings, name), .help = "what it is for, by which it is known in the list" },
    { .kind = OPTION_NUMBER, .name = "days", .value = "D", .at = offsetof(struct settings, days), .least = 1, .most = TOKEN_DAYS_MOST,
      .help = "how long it is in force (default 365)" },
    { .kind = OPTION_FLAG, .name = "read-only", .at = offsetof(struct settings, read_only), .help = "it may look and change nothing" },
    { .kind = OPTION_HEADING, .help = "Listing" },
    LISTING_OPTIONS(struct settings, list),
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

// --- Listing ------------------------------------------------------------------------------------------------------------------------

static const struct list_column columns[] = {
    { "id", LIST_TEXT, 12, false }, { "scope", LIST_TEXT, 4, false }, { "standing", LIST_TEXT, 10, false }, { "expires_at", LIST_TIME, 16, false },
    { "used_at", LIST_TIME, 16, false }, { "actor", LIST_TEXT, 12, false }, { "name", LIST_TEXT, 0, false }, { "made_at", LIST_TIME, 0, true },
    { "revoked_at", LIST_TIME, 0, true },
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static const char *standing_of(const struct token *t, int64_t now_s)
{
    return t->revoked_at_s != 0 ? "taken back" : t->expires_at_s <= now_s ? "expired" : "in force";
}

static int64_t time_or_none(int64_t at_s) { return at_s != 0 ? at_s : NO_TIME; }

static enum status print_token(void *ctx, const struct token *t, struct err *e)
{
    struct listing *l = ctx;
    const struct settings *s = l->query;
    const char *standing = standing_of(t, s->use.now_s);
    const struct list_value v[COLUMNS] = {
        { .text = t->id }, { .text = t->scope == TOKEN_ALL ? "all" : "read" }, { .text = standing, .label = text_in(e->lang, standing) },
        { .whole = t->expires_at_s }, { .whole = time_or_none(t->used_at_s) }, { .text = t->actor_name }, { .text = t->name },
        { .whole = t->made_at_s }, { .whole = time_or_none(t->revoked_at_s) },
    };
    return listing_row(l, v);
}

static enum status list(struct work *w, void *ctx)
{
    const struct settings *s = ((const struct listing *)ctx)->query;
    return token_each(w, s->actor, print_token, ctx);
}

// --- Making and revoking ----------------------------------------------------------------------------------------------------------

struct making { const struct settings *s; char text[TOKEN_TEXT]; struct token token; };

static enum status make(struct work *w, void *ctx)
{
    struct making *m = ctx;
    const struct settings *s = m->s;
    return token_make(w, &(struct token_spec){ s->actor, s->name, (int)s->days, s->read_only ? TOKEN_READ : TOKEN_ALL }, m->text, &m->token);
}

static enum status revoke(struct work *w, void *ctx) { return token_revoke(w, ctx); }

static enum status do_list(struct settings *s, const struct operands *words, struct err *e)
{
    (void)words;
    return listing_read(&s->use, &(struct listing_plan){ columns, COLUMNS, &s->list, .query = s, .passes_over = true }, list, e);
}

// The token alone on stdout, so that it can go where it is needed without being seen.
static enum status do_add(struct settings *s, const struct operands *words, struct err *e)
{
    struct making m = { .s = s };
    (void)words;
    enum status status = station_use_write(&s->use, make, &m, e);
    if (status == OK)
        printf("%s\n", m.text);
    if (status == OK && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "This token of %s is shown once and kept nowhere; %s revokes it\n"), m.token.actor_name, m.token.id);
    mem_wipe(&m, sizeof m);
    return status;
}

static enum status do_revoke(struct settings *s, const struct operands *words, struct err *e)
{
    enum status status = station_use_write(&s->use, revoke, (void *)words->item[2], e);
    if (status == OK && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "Token %s opens nothing any more\n"), words->item[2]);
    return status;
}

// --- The command --------------------------------------------------------------------------------------------------------------------

typedef enum status deed(struct settings *s, const struct operands *words, struct err *e);
static deed *const deeds[] = { do_list, do_add, do_revoke };
static const struct command_form forms[] = { { "list", 2, 2 }, { "add", 2, 2 }, { "revoke", 3, 3 }, { NULL, 0, 0 } };

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    return deeds[command_form_of(forms, words)](settings, words, e);
}

static enum status check(void *settings, const struct operands *words, struct err *e)
{
    const struct settings *s = settings;
    if (strcmp(words->item[0], "add") == 0 && (s->actor == NULL || s->name == NULL))
        return err_set(e, INVALID, "--%s is missing", s->actor == NULL ? "for" : "name");
    return OK;
}

int cmd_token(const struct call *call)
{
    return station_command(call, &(struct station_command){ .form = forms, .check = check, .run = run }, &(struct settings){ .name = NULL });
}
