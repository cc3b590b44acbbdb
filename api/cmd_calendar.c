#include "api/station_options.h"
#include "api/station_use.h"
#include "core/base/buf.h"
#include "core/calendar_load.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; const char *from, *to, *weekdays; };

const struct option calendar_options[] = {
    { .kind = OPTION_TEXT, .name = "from", .value = "DATE", .at = offsetof(struct settings, from), .help = "hours of work: the first day they are valid (default: always)" },
    { .kind = OPTION_TEXT, .name = "to", .value = "DATE", .at = offsetof(struct settings, to), .help = "hours of work: the last day they are valid" },
    { .kind = OPTION_TEXT, .name = "weekdays", .value = "DAYS", .at = offsetof(struct settings, weekdays), .help = "hours of work: weekdays, 1 Monday to 7 Sunday (default 12345)" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

enum { NOTICE_BYTES_MOST = 1 << 20 };
struct loading { const struct operands *words; struct buf text[OPERANDS_MOST]; const struct settings *s; int weekdays; struct desk desk; struct calendar_report report; };

static enum status read_whole(const char *path, struct buf *out, struct err *e)
{
    char chunk[65536];
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return err_set(e, NOT_FOUND, "%s: cannot be read: %s", path, strerror(errno));
    buf_init(out, NOTICE_BYTES_MOST);
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, f)) > 0; )
        buf_add(out, chunk, got);
    fclose(f);
    return out->full ? err_set(e, TOO_BIG, "%s: a notice has at most %d bytes", path, NOTICE_BYTES_MOST) : OK;
}

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

static enum status run(struct settings *s, const struct operands *words, struct err *e)
{
    struct loading l = { .words = words, .s = s };
    struct station_call call = station_use_call(&s->use);
    bool loads = strcmp(words->item[0], "load") == 0;
    enum status status = read_weekdays(s->weekdays, &l.weekdays, e);
    for (int i = 2; loads && status == OK && i < words->count; i++)
        status = read_whole(words->item[i], &l.text[i], e);
    if (status == OK)
        status = station_write(s->use.station, &call, loads ? load_all : set_hours, &l, e);
    for (int i = 2; loads && i < words->count; i++)
        buf_clear(&l.text[i]);
    desk_clear(&l.desk);
    if (status == OK && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "%lld notices loaded, %lld here already; %lld deadlines computed again, %lld changed\n"), (long long)l.report.loaded,
                (long long)l.report.same, (long long)l.report.recomputed, (long long)l.report.changed);
    return status;
}

int cmd_calendar(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { .weekdays = "12345" };
    struct operands words;
    enum status status = options_read(calendar_options, call->argc, call->argv, OPERANDS_MOST, &s, &words, &e);
    if (status == OK && (words.count < 3 || (strcmp(words.item[0], "load") != 0 && strcmp(words.item[0], "hours") != 0)))
        status = err_set(&e, INVALID, "calendar load STATION FILE..., or calendar hours STATION 08:00-12:00 14:00-18:00");
    if (status != OK)
        return command_used_wrongly(call, &e);
    status = station_use_open(&s.use, words.item[1], &e);
    if (status == OK)
        status = run(&s, &words, &e);
    station_use_close(&s.use);
    return status == OK ? EXIT_DONE : command_failed(call, &e);
}
