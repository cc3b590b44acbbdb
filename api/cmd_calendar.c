#include "api/file_text.h"
#include "api/listing.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "core/base/buf.h"
#include "core/calendar_load.h"
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; struct listing_options list; const char *from, *to, *weekdays; };

const struct option calendar_options[] = {
    { .kind = OPTION_TEXT, .name = "from", .value = "DATE", .at = offsetof(struct settings, from), .help = "hours of work: the first day they are valid (default: always)" },
    { .kind = OPTION_TEXT, .name = "to", .value = "DATE", .at = offsetof(struct settings, to), .help = "hours of work: the last day they are valid" },
    { .kind = OPTION_TEXT, .name = "weekdays", .value = "DAYS", .at = offsetof(struct settings, weekdays), .help = "hours of work: weekdays, 1 Monday to 7 Sunday (default 12345)" },
    { .kind = OPTION_HEADING, .help = "Listing" },
    LISTING_OPTIONS(struct settings, list),
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

enum { NOTICE_BYTES_MOST = 1 << 20 };
struct loading { const struct operands *words; struct buf text[OPERANDS_MOST]; const struct settings *s; int weekdays; struct desk desk; struct calendar_report report; };

// All of them or none.
static enum status load_all(struct work *w, void *ctx)
{
    struct loading *l = ctx;
    enum status s = OK;
    for (int i = 2; s == OK && i < l->words->count; i++)
        s = calendar_load(w, &l->desk, l->words->item[i], l->text[i].data != NULL ? l->text[i].data : "", l->text[i].len, &l->report);
    return s;
}

static enum status set_hours(struct work *w, void *ctx)
{
    struct loading *l = ctx;
    enum status s = OK;
    for (int i = 2; s == OK && i < l->words->count; i++)
        s = calendar_set_hours(w, &l->desk, l->words->item[i], l->s->from, l->s->to, l->weekdays, &l->report);
    return s;
}

static enum status read_weekdays(const char *text, int *out, struct err *e)
{
    *out = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < '1' || *c > '7')
            return err_set(e, INVALID, "weekdays are digits from 1 (Monday) to 7 (Sunday); \"%s\" was given", text);
        *out |= 1 << (*c - '1');
    }
    return OK;
}

static enum status take(struct settings *s, const struct operands *words, struct err *e)
{
    struct loading l = { .words = words, .s = s };
    bool loads = strcmp(words->item[0], "load") == 0;
    enum status status = read_weekdays(s->weekdays, &l.weekdays, e);
    for (int i = 2; loads && status == OK && i < words->count; i++)
        status = file_text_read(words->item[i], NOTICE_BYTES_MOST, &l.text[i], e);
    if (status == OK)
        status = station_use_write(&s->use, loads ? load_all : set_hours, &l, e);
    for (int i = 2; loads && i < words->count; i++)
        buf_clear(&l.text[i]);
    desk_clear(&l.desk);
    if (status == OK && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "%lld notices loaded, %lld here already; %lld deadlines computed again, %lld changed\n"), (long long)l.report.loaded,
                (long long)l.report.same, (long long)l.report.recomputed, (long long)l.report.changed);
    return status;
}

// --- Listing ------------------------------------------------------------------------------------------------------------------------

static const struct list_column columns[] = {
    { "year", LIST_WHOLE, 0, false }, { "version", LIST_WHOLE, 0, false }, { "loaded_at", LIST_TIME, 0, false }, { "sha256", LIST_TEXT, 0, true },
};

static enum status print_notice(void *ctx, const struct calendar_told *c, struct err *e)
{
    (void)e;
    return listing_row(ctx, (const struct list_value[]){ { .whole = c->year }, { .whole = c->version }, { .whole = c->loaded_at_s }, { .text = c->sha256 } });
}

static enum status list_all(struct work *w, void *ctx)
{
    struct page p = listing_page(ctx);
    return calendar_list(w, &p, print_notice, ctx);
}

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    struct settings *s = settings;
    if (strcmp(words->item[0], "list") == 0)
        return listing_read(&s->use, &(struct listing_plan){ columns, 4, &s->list, .query = NULL }, list_all, e);
    return take(s, words, e);
}

int cmd_calendar(const struct call *call)
{
    static const struct command_form forms[] = { { "list", 2, 2 }, { "load", 3, OPERANDS_MOST }, { "hours", 3, OPERANDS_MOST }, { NULL, 0, 0 } };
    struct settings s = { .weekdays = "12345" };
    return station_command(call, &(struct station_command){ .form = forms, .run = run }, &s);
}
