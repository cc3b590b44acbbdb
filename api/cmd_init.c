#include "api/station_options.h"
#include "api/station_use.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include "core/secret.h"
#include "core/token.h"
#include <stdio.h>
#include <string.h>

enum { FIRST_DAYS = 30, JSON_CEILING = 65536 };
struct settings {
    const char *code, *name, *name_en, *crs, *digits, *baseline, *administrator;
    double utc_offset_h;
    bool quiet, json;
};

const struct option init_options[] = {
    { .kind = OPTION_TEXT, .name = "district", .value = "CODE", .at = offsetof(struct settings, code),
      .help = "the district's code, such as 320612 (GB/T 2260)" },
    { .kind = OPTION_TEXT, .name = "name", .value = "NAME", .at = offsetof(struct settings, name), .help = "its name" },
    { .kind = OPTION_TEXT, .name = "name-en", .value = "NAME", .at = offsetof(struct settings, name_en),
      .help = "its English name (default: the same)" },
    { .kind = OPTION_TEXT, .name = "crs", .value = "CRS", .at = offsetof(struct settings, crs),
      .help = "what lengths and areas are measured in: a projected CRS in metres, EPSG:4549, WKT or PROJ string" },
    { .kind = OPTION_NUMBER, .name = "utc-offset", .value = "H", .at = offsetof(struct settings, utc_offset_h), .least = -14, .most = 14,
      .help = "local time minus UTC, hours (default 8)" },
    { .kind = OPTION_TEXT, .name = "code-digits", .value = "S,C,N", .at = offsetof(struct settings, digits),
      .help = "digits of street, community and sequence in a cell code (default 3,3,3)" },
    { .kind = OPTION_TEXT, .name = "baseline", .value = "DATE", .at = offsetof(struct settings, baseline),
      .help = "what is built later than this day is new stock" },
    { .kind = OPTION_TEXT, .name = "administrator", .value = "NAME", .at = offsetof(struct settings, administrator),
      .help = "the first actor (default administrator)" },
    { .kind = OPTION_FLAG, .name = "json", .at = offsetof(struct settings, json), .help = "for programs: one object instead of the bare token" },
    { .kind = OPTION_FLAG, .name = "quiet", .letter = 'q', .at = offsetof(struct settings, quiet), .help = "no words, no progress bar" },
    { .kind = OPTION_END },
};

static enum status fill_text(char *out, size_t cap, const char *text, const char *option, struct err *e)
{
    if (text == NULL || text[0] == '\0')
        return err_set(e, INVALID, "--%s is missing", option);
    if (strlen(text) >= cap)
        return err_set(e, INVALID, "--%s has %zu bytes, at most %zu are kept", option, strlen(text), cap - 1);
    strcpy(out, text);
    return OK;
}

static enum status read_digits(const char *text, struct district *d, struct err *e)
{
    int used = 0;
    d->street_digits = d->community_digits = d->sequence_digits = 3;
    if (text == NULL)
        return OK;
    if (sscanf(text, "%d,%d,%d%n", &d->street_digits, &d->community_digits, &d->sequence_digits, &used) != 3 || text[used] != '\0')
        return err_set(e, INVALID, "--code-digits is three numbers, such as 3,3,3; \"%s\" was given", text);
    return OK;
}

static enum status district_from(const struct settings *s, struct district *d, struct err *e)
{
    enum status status = fill_text(d->code, sizeof d->code, s->code, "district", e);
    if (status == OK)
        status = fill_text(d->name_zh, sizeof d->name_zh, s->name, "name", e);
    if (status == OK)
        status = fill_text(d->name_en, sizeof d->name_en, s->name_en != NULL ? s->name_en : s->name, "name-en", e);
    if (status == OK && s->crs == NULL)
        status = err_set(e, INVALID, "--%s is missing", "crs");
    if (status == OK)
        status = read_digits(s->digits, d, e);
    d->zone_offset_s = (int64_t)(s->utc_offset_h * 3600);
    d->has_baseline = s->baseline != NULL;
    if (status == OK && d->has_baseline)
        status = station_use_time(s->baseline, d->zone_offset_s, &d->baseline_at_s, e);
    d->metric_crs = (char *)s->crs;        // borrowed: this district is not cleared
    d->made_at_s = when_now_s();
    return status;
}

// --- How the first administrator signs in --------------------------------------------------------------------------------------------

struct first { const char *administrator; char text[TOKEN_TEXT]; struct token token; };

static enum status make_token(struct work *w, void *ctx)
{
    struct first *f = ctx;
    return token_make(w, &(struct token_spec){ .actor = w->actor, .name = "first", .days = FIRST_DAYS, .scope = TOKEN_ALL }, f->text, &f->token);
}

static enum status let_in(const char *folder, struct first *f, struct err *e)
{
    struct station_use use = { .as = f->administrator };
    enum status s = station_use_open(&use, folder, e);
    struct station_call call = station_use_call(&use);
    if (s == OK)
        s = station_write(use.station, &call, make_token, f, e);
    station_use_close(&use);
    return s;
}

static void print_json(const char *folder, const struct district *d, const struct first *f)
{
    struct buf out;
    char until[WHEN_TEXT];
    when_write(f->token.expires_at_s, until);
    const struct { const char *name, *text; } members[] = { { "station", folder }, { "district", d->code }, { "administrator", f->administrator },
                                                            { "actor", f->token.actor.text }, { "token", f->text }, { "expires_at", until } };
    buf_init(&out, JSON_CEILING);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        buf_printf(&out, "%s\"%s\":", i > 0 ? "," : "{", members[i].name);
        buf_json_text(&out, members[i].text);
    }
    printf("%s}\n", out.data);
    mem_wipe(out.data, out.len);
    buf_clear(&out);
}

int cmd_init(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { .utc_offset_h = 8, .administrator = "administrator" };
    struct operands words;
    struct district district = { 0 };
    enum status status = options_read(init_options, call->argc, call->argv, 1, &s, &words, &e);
    if (status == OK && words.count != 1)
        status = err_set(&e, INVALID, "the folder of the new station is missing");
    if (status == OK)
        status = district_from(&s, &district, &e);
    if (status != OK)
        return command_used_wrongly(call, &e);
    struct first first = { .administrator = s.administrator };
    status = station_make(words.item[0], &district, s.administrator, &e);
    if (status == OK)
        status = let_in(words.item[0], &first, &e);
    if (status != OK)
        return command_failed(call, &e);
    if (!s.quiet)
        fprintf(stderr, text_in(call->lang, "%s: a station for %s %s; its first actor is %s\n"), words.item[0], district.code,
                district.name_zh, s.administrator);
    if (!s.quiet)
        fprintf(stderr, text_in(call->lang, "This token of %s is shown once and is in force for %d days; gridpatrol actor password sets a password:\n"),
                s.administrator, FIRST_DAYS);
    if (s.json)
        print_json(words.item[0], &district, &first);
    else
        printf("%s\n", first.text);
    mem_wipe(&first, sizeof first);
    return EXIT_DONE;
}
