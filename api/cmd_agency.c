#include "api/listing.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "core/agency.h"
#include "core/desk.h"
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; struct listing_options list; const char *name, *name_en, *competence, *part, *secrecy; };

const struct option agency_options[] = {
    { .kind = OPTION_HEADING, .help = "Adding" },
    { .kind = OPTION_TEXT, .name = "name", .value = "NAME", .at = offsetof(struct settings, name), .help = "its name" },
    { .kind = OPTION_TEXT, .name = "name-en", .value = "NAME", .at = offsetof(struct settings, name_en), .help = "its English name (default: the same)" },
    { .kind = OPTION_TEXT, .name = "competence", .value = "TEXT", .at = offsetof(struct settings, competence), .help = "what its business is" },
    { .kind = OPTION_TEXT, .name = "part", .value = "WORD", .at = offsetof(struct settings, part), .help = "executor (handles cases) or receiver (gets leads; default)" },
    { .kind = OPTION_TEXT, .name = "secrecy", .value = "WORD", .at = offsetof(struct settings, secrecy), .help = "how secret a lead to it is at least: ordinary (default), internal or secret" },
    { .kind = OPTION_HEADING, .help = "Listing" },
    LISTING_OPTIONS(struct settings, list),
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

static const struct list_column columns[] = {
    { "key", LIST_TEXT, 20, false }, { "part", LIST_TEXT, 10, false }, { "secrecy", LIST_TEXT, 8, false }, { "name_zh", LIST_TEXT, 0, false },
    { "name_en", LIST_TEXT, 0, true }, { "competence", LIST_TEXT, 0, true }, { "id", LIST_TEXT, 0, true },
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static enum status print_agency(void *ctx, const struct agency *a, struct err *e)
{
    const struct list_value v[COLUMNS] = {
        { .text = a->key }, { .text = a->part, .label = text_in(e->lang, a->part) }, { .text = a->secrecy, .label = text_in(e->lang, a->secrecy) },
        { .text = a->name_zh, .label = e->lang == LANG_ZH ? a->name_zh : a->name_en }, { .text = a->name_en }, { .text = a->competence },
        { .text = a->id.text },
    };
    return listing_row(ctx, v);
}

static enum status list_all(struct work *w, void *ctx)
{
    struct page p = listing_page(ctx);
    return agency_each(w, &p, print_agency, ctx);
}

static enum status add_one(struct work *w, void *ctx) { return agency_record(w, ctx); }

struct missing { struct desk desk; int64_t added; };
static enum status add_missing(struct work *w, void *ctx)
{
    struct missing *m = ctx;
    enum status s = desk_ready(w, &m->desk);
    return s == OK ? agency_record_missing(w, &m->desk.agencies, &m->added) : s;
}

static enum status fill(const struct settings *s, const char *key, struct agency *a, struct err *e)
{
    const struct { char *out; size_t cap; const char *text, *option; } words[] = {
        { a->key, sizeof a->key, key, "key" }, { a->name_zh, sizeof a->name_zh, s->name, "name" },
        { a->name_en, sizeof a->name_en, s->name_en != NULL ? s->name_en : s->name, "name-en" },
        { a->competence, sizeof a->competence, s->competence, "competence" }, { a->part, sizeof a->part, s->part, "part" },
        { a->secrecy, sizeof a->secrecy, s->secrecy, "secrecy" },
    };
    enum status status = OK;
    for (size_t i = 0; status == OK && i < sizeof words / sizeof words[0]; i++)
        status = station_command_copy(words[i].out, words[i].cap, words[i].text, words[i].option, e);
    return status;
}

static enum status add_those_of_the_rules(struct settings *s, struct err *e)
{
    struct missing missing = { .added = 0 };
    enum status status = station_use_write(&s->use, add_missing, &missing, e);
    desk_clear(&missing.desk);
    if (status == OK && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "%lld agencies added\n"), (long long)missing.added);
    return status;
}

static enum status add(struct settings *s, const struct listing_plan *plan, const char *key, struct err *e)
{
    struct agency a = { 0 };
    struct listing l;
    enum status status = fill(s, key, &a, e);
    if (status == OK)
        status = station_use_write(&s->use, add_one, &a, e);
    listing_begin(&l, plan, &s->use, e->lang);
    if (status == OK)
        status = print_agency(&l, &a, e);
    listing_end(&l, status);
    return status;
}

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    struct settings *s = settings;
    struct listing_plan plan = { columns, COLUMNS, &s->list, .query = NULL };
    if (strcmp(words->item[0], "list") == 0)
        return listing_read(&s->use, &plan, list_all, e);
    return words->count == 2 ? add_those_of_the_rules(s, e) : add(s, &plan, words->item[2], e);
}

static enum status check(void *settings, const struct operands *words, struct err *e)
{
    return words->count == 3 && ((struct settings *)settings)->name == NULL ? err_set(e, INVALID, "--%s is missing", "name") : OK;
}

int cmd_agency(const struct call *call)
{
    static const struct command_form forms[] = { { "list", 2, 2 }, { "add", 2, 3 }, { NULL, 0, 0 } };
    struct settings s = { .part = "receiver", .secrecy = "ordinary" };
    return station_command(call, &(struct station_command){ .form = forms, .check = check, .run = run }, &s);
}
