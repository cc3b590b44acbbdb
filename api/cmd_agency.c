#include "api/station_options.h"
#include "api/station_use.h"
#include "core/agency.h"
#include "core/desk.h"
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; const char *name, *name_en, *competence, *part, *secrecy; };

const struct option agency_options[] = {
    { .kind = OPTION_TEXT, .name = "name", .value = "NAME", .at = offsetof(struct settings, name), .help = "its name" },
    { .kind = OPTION_TEXT, .name = "name-en", .value = "NAME", .at = offsetof(struct settings, name_en), .help = "its English name (default: the same)" },
    { .kind = OPTION_TEXT, .name = "competence", .value = "TEXT", .at = offsetof(struct settings, competence), .help = "what its business is" },
    { .kind = OPTION_TEXT, .name = "part", .value = "WORD", .at = offsetof(struct settings, part), .help = "executor (handles cases) or receiver (gets leads; default)" },
    { .kind = OPTION_TEXT, .name = "secrecy", .value = "WORD", .at = offsetof(struct settings, secrecy), .help = "how secret a lead to it is at least: ordinary (default), internal or secret" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

static enum status print_agency(void *ctx, const struct agency *a, struct err *e)
{
    (void)ctx;
    printf("%-20s  %-8s  %-8s  %s\n", a->key, a->part, a->secrecy, e->lang == LANG_ZH ? a->name_zh : a->name_en);
    return OK;
}

static enum status list_all(struct work *w, void *ctx) { return agency_each(w, print_agency, ctx); }
static enum status add_one(struct work *w, void *ctx) { return agency_record(w, ctx); }

struct missing { struct desk desk; int64_t added; };
static enum status add_missing(struct work *w, void *ctx)
{
    struct missing *m = ctx;
    enum status s = desk_ready(w, &m->desk);
    return s == OK ? agency_record_missing(w, &m->desk.agencies, &m->added) : s;
}

static enum status copy(char *out, size_t cap, const char *text, const char *option, struct err *e)
{
    if (strlen(text) >= cap)
        return err_set(e, INVALID, "--%s has %zu bytes, at most %zu are kept", option, strlen(text), cap - 1);
    strcpy(out, text);
    return OK;
}

static enum status fill(const struct settings *s, const char *key, struct agency *a, struct err *e)
{
    if (s->name == NULL)
        return err_set(e, INVALID, "--%s is missing", "name");
    enum status status = copy(a->key, sizeof a->key, key, "key", e);
    if (status == OK)
        status = copy(a->name_zh, sizeof a->name_zh, s->name, "name", e);
    if (status == OK)
        status = copy(a->name_en, sizeof a->name_en, s->name_en != NULL ? s->name_en : s->name, "name-en", e);
    if (status == OK)
        status = copy(a->competence, sizeof a->competence, s->competence != NULL ? s->competence : "", "competence", e);
    if (status == OK)
        status = copy(a->part, sizeof a->part, s->part, "part", e);
    return status == OK ? copy(a->secrecy, sizeof a->secrecy, s->secrecy, "secrecy", e) : status;
}

static enum status run(struct settings *s, const struct operands *words, struct err *e)
{
    struct station_call call = station_use_call(&s->use);
    struct missing missing = { .added = 0 };
    struct agency a = { 0 };
    if (strcmp(words->item[0], "list") == 0)
        return station_read(s->use.station, &call, list_all, NULL, e);
    if (words->count == 2) {
        enum status status = station_write(s->use.station, &call, add_missing, &missing, e);
        desk_clear(&missing.desk);
        if (status == OK && !s->use.quiet)
            fprintf(stderr, text_in(e->lang, "%lld agencies added\n"), (long long)missing.added);
        return status;
    }
    enum status status = fill(s, words->item[2], &a, e);
    if (status == OK)
        status = station_write(s->use.station, &call, add_one, &a, e);
    return status == OK ? print_agency(NULL, &a, e) : status;
}

int cmd_agency(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { .part = "receiver", .secrecy = "ordinary" };
    struct operands words;
    enum status status = options_read(agency_options, call->argc, call->argv, 3, &s, &words, &e);
    bool lists = status == OK && words.count == 2 && strcmp(words.item[0], "list") == 0;
    bool adds = status == OK && words.count >= 2 && strcmp(words.item[0], "add") == 0;
    if (status == OK && !lists && !adds)
        status = err_set(&e, INVALID, "agency list STATION, agency add STATION (those of the rules), or agency add STATION KEY --name NAME");
    if (status != OK)
        return command_used_wrongly(call, &e);
    status = station_use_open(&s.use, words.item[1], &e);
    if (status == OK)
        status = run(&s, &words, &e);
    station_use_close(&s.use);
    return status == OK ? EXIT_DONE : command_failed(call, &e);
}
