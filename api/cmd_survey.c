#include "api/progress_bar.h"
#include "api/station_options.h"
#include "api/station_use.h"
#include "core/base/when.h"
#include "core/survey.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct settings {
    struct station_use use;
    const char *name, *date, *kind, *source, *outline, *layer, *crs, *coverage, *id_field, *height_field, *floors_field, *dissolve_by;
    double accuracy_m, min_area_m2;
};

const struct option survey_options[] = {
    { .kind = OPTION_TEXT, .name = "name", .value = "NAME", .at = offsetof(struct settings, name), .help = "what the survey is called here, such as 2025-1" },
    { .kind = OPTION_TEXT, .name = "date", .value = "DATE", .at = offsetof(struct settings, date), .help = "the day the ground was looked at" },
    { .kind = OPTION_TEXT, .name = "kind", .value = "KIND", .at = offsetof(struct settings, kind), .help = "footprints (default)" },
    { .kind = OPTION_TEXT, .name = "source", .value = "NAME", .at = offsetof(struct settings, source), .help = "who delivered it" },
    { .kind = OPTION_NUMBER, .name = "accuracy-m", .value = "M", .at = offsetof(struct settings, accuracy_m), .least = 0.001, .most = 1000,
      .help = "standard error of a vertex as the deliverer promises, metres" },
    { .kind = OPTION_NUMBER, .name = "min-area", .value = "M2", .at = offsetof(struct settings, min_area_m2), .least = 0.01, .most = 1e6,
      .help = "what is smaller was not drawn, m2" },
    { .kind = OPTION_TEXT, .name = "outline", .value = "WHAT", .at = offsetof(struct settings, outline), .help = "outlines follow the roof or the wall (default unknown)" },
    { .kind = OPTION_TEXT, .name = "coverage", .value = "FILE", .at = offsetof(struct settings, coverage), .help = "polygons of where was looked (default: everywhere)" },
    { .kind = OPTION_HEADING, .help = "Reading FILE" },
    { .kind = OPTION_TEXT, .name = "layer", .value = "NAME", .at = offsetof(struct settings, layer), .help = "layer of FILE; else the only one" },
    { .kind = OPTION_TEXT, .name = "crs", .value = "CRS", .at = offsetof(struct settings, crs), .help = "its coordinate reference system, when it does not say" },
    { .kind = OPTION_TEXT, .name = "id-field", .value = "FIELD", .at = offsetof(struct settings, id_field), .help = "field with the building's id (default: the feature id)" },
    { .kind = OPTION_TEXT, .name = "height-field", .value = "FIELD", .at = offsetof(struct settings, height_field), .help = "field with heights, metres" },
    { .kind = OPTION_TEXT, .name = "floors-field", .value = "FIELD", .at = offsetof(struct settings, floors_field), .help = "field with the number of floors" },
    { .kind = OPTION_TEXT, .name = "dissolve-by", .value = "FIELD", .at = offsetof(struct settings, dissolve_by), .help = "equal values are pieces of one building cut at tile borders" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

static enum status copy(char *out, size_t cap, const char *text, const char *option, struct err *e)
{
    if (text == NULL)
        return OK;
    if (strlen(text) >= cap)
        return err_set(e, INVALID, "--%s has %zu bytes, at most %zu are kept", option, strlen(text), cap - 1);
    strcpy(out, text);
    return OK;
}

static enum status survey_from(const struct settings *s, struct survey *v, struct err *e)
{
    const struct { char *out; size_t cap; const char *text, *option; } words[] = {
        { v->name, sizeof v->name, s->name, "name" }, { v->kind, sizeof v->kind, s->kind, "kind" },
        { v->source, sizeof v->source, s->source, "source" }, { v->outline, sizeof v->outline, s->outline, "outline" },
        { v->id_field, sizeof v->id_field, s->id_field != NULL ? s->id_field : "source_fid", "id-field" },
        { v->height_field, sizeof v->height_field, s->height_field, "height-field" },
        { v->floors_field, sizeof v->floors_field, s->floors_field, "floors-field" },
        { v->dissolve_by, sizeof v->dissolve_by, s->dissolve_by, "dissolve-by" },
    };
    enum status status = OK;
    for (size_t i = 0; status == OK && i < sizeof words / sizeof words[0]; i++)
        status = copy(words[i].out, words[i].cap, words[i].text, words[i].option, e);
    v->accuracy_m = s->accuracy_m > 0 ? s->accuracy_m : NAN;
    v->min_area_m2 = s->min_area_m2 > 0 ? s->min_area_m2 : NAN;
    return status == OK ? station_use_time(s->date, station_district(s->use.station)->zone_offset_s, &v->taken_at_s, e) : status;
}

static void print_day(int64_t at_s, int64_t zone_offset_s)
{
    char day[16];
    time_t local = (time_t)(at_s + zone_offset_s);
    struct tm t;
    strftime(day, sizeof day, "%Y-%m-%d", gmtime_r(&local, &t));
    printf("%s", day);
}

struct listing { int64_t zone_offset_s; };

static enum status print_survey(void *ctx, const struct survey *v, struct err *e)
{
    (void)e;
    print_day(v->taken_at_s, ((struct listing *)ctx)->zone_offset_s);
    printf("  %s  %s  %lld  %.12s  %s\n", v->id.text, v->kind, (long long)v->features, v->original_sha256, v->name);
    return OK;
}

static enum status list_all(struct work *w, void *ctx)
{
    (void)ctx;
    return survey_each(w, print_survey, &(struct listing){ w->district->zone_offset_s });
}

static enum status add(struct settings *s, const char *path, struct err *e)
{
    struct survey_spec spec = { .path = path, .layer = s->layer, .crs = s->crs, .coverage = s->coverage };
    struct survey v;
    bool same = false;
    enum status status = survey_from(s, &spec.survey, e);
    if (status != OK)
        return status;
    struct progress_bar *bar = progress_bar_open(e->lang, s->use.quiet);
    struct progress progress = progress_bar_progress(bar);
    struct station_call call = station_use_call(&s->use);
    status = survey_record(s->use.station, &call, &spec, &progress, &v, &same, e);
    progress_bar_close(bar);
    if (status == OK && same && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "%s is here already, as survey %s\n"), path, v.name);
    return status == OK ? print_survey(&(struct listing){ station_district(s->use.station)->zone_offset_s }, &v, e) : status;
}

static enum status check_words(const struct operands *words, const struct settings *s, struct err *e)
{
    bool adds = words->count == 3 && strcmp(words->item[0], "add") == 0;
    bool lists = words->count == 2 && strcmp(words->item[0], "list") == 0;
    if (!adds && !lists)
        return err_set(e, INVALID, "survey list STATION, or survey add STATION FILE --name NAME --date DATE");
    if (adds && (s->name == NULL || s->date == NULL))
        return err_set(e, INVALID, "--%s is missing", s->name == NULL ? "name" : "date");
    return OK;
}

int cmd_survey(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { .kind = "footprints", .outline = "unknown" };
    struct operands words;
    enum status status = options_read(survey_options, call->argc, call->argv, 3, &s, &words, &e);
    if (status == OK)
        status = check_words(&words, &s, &e);
    if (status != OK)
        return command_used_wrongly(call, &e);
    status = station_use_open(&s.use, words.item[1], &e);
    if (status == OK) {
        struct station_call who = station_use_call(&s.use);
        status = words.count == 3 ? add(&s, words.item[2], &e) : station_read(s.use.station, &who, list_all, NULL, &e);
    }
    station_use_close(&s.use);
    return status == OK ? EXIT_DONE : command_failed(call, &e);
}
