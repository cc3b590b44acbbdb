#include "api/listing.h"
#include "api/progress_bar.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "core/base/when.h"
#include "core/survey.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct settings {
    struct station_use use;
    struct listing_options list;
    const char *name, *date, *kind, *source, *outline, *layer, *crs, *coverage, *id_field, *height_field, *floors_field, *dissolve_by;
    double accuracy_m, min_area_m2;
};

const struct option survey_options[] = {
    { .kind = OPTION_HEADING, .help = "Adding" },
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
    { .kind = OPTION_HEADING, .help = "Listing" },
    LISTING_OPTIONS(struct settings, list),
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

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
        status = station_command_copy(words[i].out, words[i].cap, words[i].text, words[i].option, e);
    v->accuracy_m = s->accuracy_m > 0 ? s->accuracy_m : NAN;
    v->min_area_m2 = s->min_area_m2 > 0 ? s->min_area_m2 : NAN;
    return status == OK ? station_use_time(s->date, station_district(s->use.station)->zone_offset_s, &v->taken_at_s, e) : status;
}

static const struct list_column columns[] = {
    { "name", LIST_TEXT, 12, false }, { "taken_at", LIST_DAY, 0, false }, { "kind", LIST_TEXT, 10, false }, { "features", LIST_WHOLE, 8, false },
    { "accuracy_m", LIST_REAL, 6, false }, { "source", LIST_TEXT, 0, false }, { "id", LIST_TEXT, 0, false }, { "min_area_m2", LIST_REAL, 0, true },
    { "outline", LIST_TEXT, 0, true }, { "crs", LIST_TEXT, 0, true }, { "original_name", LIST_TEXT, 0, true }, { "original_sha256", LIST_TEXT, 0, true },
    { "archive_sha256", LIST_TEXT, 0, true }, { "added_at", LIST_TIME, 0, true },
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static enum status print_survey(void *ctx, const struct survey *v, struct err *e)
{
    const struct list_value value[COLUMNS] = {
        { .text = v->name }, { .whole = v->taken_at_s }, { .text = v->kind, .label = text_in(e->lang, v->kind) }, { .whole = v->features },
        { .real = v->accuracy_m }, { .text = v->source }, { .text = v->id.text }, { .real = v->min_area_m2 }, { .text = v->outline }, { .text = v->crs },
        { .text = v->original_name }, { .text = v->original_sha256 }, { .text = v->archive_sha256 }, { .whole = v->added_at_s },
    };
    return listing_row(ctx, value);
}

static enum status list_all(struct work *w, void *ctx)
{
    struct page p = listing_page(ctx);
    return survey_each(w, &p, print_survey, ctx);
}

static enum status add(struct settings *s, const struct listing_plan *plan, const char *path, struct err *e)
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
    if (status == OK && !same && v.without_geometry > 0)
        fprintf(stderr, text_in(e->lang, "%lld features have no geometry and were left out\n"), (long long)v.without_geometry);
    struct listing l;
    listing_begin(&l, plan, &s->use, e->lang);
    if (status == OK)
        status = print_survey(&l, &v, e);
    listing_end(&l, status);
    return status;
}

static enum status check(void *settings, const struct operands *words, struct err *e)
{
    const struct settings *s = settings;
    if (strcmp(words->item[0], "add") == 0 && (s->name == NULL || s->date == NULL))
        return err_set(e, INVALID, "--%s is missing", s->name == NULL ? "name" : "date");
    return OK;
}

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    struct settings *s = settings;
    struct listing_plan plan = { columns, COLUMNS, &s->list, .query = NULL };
    return words->count == 3 ? add(s, &plan, words->item[2], e) : listing_read(&s->use, &plan, list_all, e);
}

int cmd_survey(const struct call *call)
{
    static const struct command_form forms[] = { { "list", 2, 2 }, { "add", 3, 3 }, { NULL, 0, 0 } };
    struct settings s = { .kind = "footprints", .outline = "unknown" };
    return station_command(call, &(struct station_command){ .form = forms, .check = check, .run = run }, &s);
}
