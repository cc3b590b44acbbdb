#include "api/listing.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "core/base/mem.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct settings { struct station_use use; struct listing_options list; const char *new_key; };

const struct option compartment_options[] = {
    { .kind = OPTION_TEXT, .name = "new-key", .value = "FILE", .at = offsetof(struct settings, new_key), .help = "make: the file to be written with the key; it must not exist" },
    { .kind = OPTION_TEXT, .name = "key", .value = "FILE", .at = offsetof(struct settings, use.key), .help = "verify: the key; make: the one in use, for a new one in its place" },
    { .kind = OPTION_HEADING, .help = "Listing" },
    LISTING_OPTIONS(struct settings, list),
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

// --- Listing ------------------------------------------------------------------------------------------------------------------------

static const struct list_column columns[] = {
    { "agency", LIST_TEXT, 20, false }, { "name_zh", LIST_TEXT, 20, false }, { "name_en", LIST_TEXT, 0, true }, { "made_at", LIST_TIME, 0, false },
    { "made_by", LIST_TEXT, 10, false }, { "public_key", LIST_TEXT, 0, false },
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static enum status print_compartment(void *ctx, const struct compartment_told *c, struct err *e)
{
    const struct list_value v[COLUMNS] = {
        { .text = c->agency_key }, { .text = c->agency_zh, .label = e->lang == LANG_ZH ? c->agency_zh : c->agency_en }, { .text = c->agency_en },
        { .whole = c->made_at_s }, { .text = c->made_by }, { .text = c->public_key },
    };
    return listing_row(ctx, v);
}

static enum status list_all(struct work *w, void *ctx)
{
    struct page p = listing_page(ctx);
    return compartment_list(w, &p, print_compartment, ctx);
}

// --- Making and verifying -------------------------------------------------------------------------------------------------------------

struct errand { const char *agency; struct compartment_key key; const char *path; int64_t opened, closed; };

// The file first: a key that opens nothing is harmless, a compartment without its key is lost.
static enum status make_one(struct work *w, void *ctx)
{
    struct errand *a = ctx;
    enum status s = compartment_make(w, a->agency, &a->key, &a->opened);
    return s == OK ? compartment_key_write(a->path, a->agency, &a->key, w->e) : s;
}

static enum status make(struct settings *s, const struct operands *words, struct err *e)
{
    struct errand a = { .agency = words->item[2], .path = s->new_key };
    bool was_there = access(a.path, F_OK) == 0;
    enum status status = station_use_write(&s->use, make_one, &a, e);
    if (status != OK && !was_there)
        unlink(a.path);
    mem_wipe(&a.key, sizeof a.key);
    if (status == OK && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "%s: the key of compartment %s; %lld leads were sealed anew. Keep two copies apart from the station: lost is lost\n"), a.path,
                a.agency, (long long)a.opened);
    return status;
}

static enum status verify_all(struct work *w, void *ctx)
{
    struct errand *a = ctx;
    enum status s = compartment_verify(w, &a->opened, &a->closed);
    return s == OK ? CONFLICT : s;                 // nothing is to be kept of it
}

static enum status verify(struct settings *s, struct err *e)
{
    struct errand a = { .opened = -1 };
    enum status status = station_use_write(&s->use, verify_all, &a, e);
    status = status == CONFLICT && a.opened >= 0 && e->text[0] == '\0' ? OK : status;
    if (status == OK && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "%lld secret leads opened, the chain of each holds; %lld are others'\n"), (long long)a.opened, (long long)a.closed);
    return status;
}

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    struct settings *s = settings;
    if (strcmp(words->item[0], "make") == 0)
        return make(s, words, e);
    if (strcmp(words->item[0], "verify") == 0)
        return verify(s, e);
    return listing_read(&s->use, &(struct listing_plan){ columns, COLUMNS, &s->list, .query = NULL }, list_all, e);
}

static enum status check(void *settings, const struct operands *words, struct err *e)
{
    const struct settings *s = settings;
    if (strcmp(words->item[0], "make") == 0 && s->new_key == NULL)
        return err_set(e, INVALID, "--%s is missing", "new-key");
    return strcmp(words->item[0], "verify") == 0 && s->use.key == NULL ? err_set(e, INVALID, "--%s is missing", "key") : OK;
}

int cmd_compartment(const struct call *call)
{
    static const struct command_form forms[] = { { "list", 2, 2 }, { "make", 3, 3 }, { "verify", 2, 2 }, { NULL, 0, 0 } };
    return station_command(call, &(struct station_command){ .form = forms, .check = check, .run = run }, &(struct settings){ .new_key = NULL });
}
