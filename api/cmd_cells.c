#include "api/cells_findings.h"
#include "api/progress_bar.h"
#include "api/station_options.h"
#include "api/station_use.h"
#include "core/cell_load.h"
#include "core/cell_make.h"
#include "gis/sink.h"
#include <stdio.h>
#include <string.h>

struct settings {
    struct station_use use;
    const char *grid, *lines, *lines_layer, *out, *name, *name_en, *source_layer, *crs, *code_field, *community_field, *name_field;
    double target_m2, min_m2, max_m2;
    bool is_default, may_overlap, all;
};
enum { FINDINGS_CEILING = 1 << 30 };

const struct option cells_options[] = {
    { .kind = OPTION_TEXT, .name = "grid", .value = "KEY", .at = offsetof(struct settings, grid), .help = "which grid: unit, duty, ... (default unit)" },
    { .kind = OPTION_TEXT, .name = "name", .value = "NAME", .at = offsetof(struct settings, name), .help = "the grid's name (default: its key)" },
    { .kind = OPTION_TEXT, .name = "name-en", .value = "NAME", .at = offsetof(struct settings, name_en), .help = "its English name (default: the same)" },
    { .kind = OPTION_FLAG, .name = "default", .at = offsetof(struct settings, is_default), .help = "things know their cell in this grid from now on" },
    { .kind = OPTION_FLAG, .name = "may-overlap", .at = offsetof(struct settings, may_overlap), .help = "the grid is no partition: gaps and overlaps are no errors" },
    { .kind = OPTION_NUMBER, .name = "target-area", .value = "M2", .at = offsetof(struct settings, target_m2), .least = 1, .most = 1e9,
      .help = "what a cell should have, m2 (default 10000)" },
    { .kind = OPTION_NUMBER, .name = "min-area", .value = "M2", .at = offsetof(struct settings, min_m2), .least = 1, .most = 1e9, .help = "smaller is told (default: half of it)" },
    { .kind = OPTION_NUMBER, .name = "max-area", .value = "M2", .at = offsetof(struct settings, max_m2), .least = 1, .most = 1e9, .help = "larger is told (default: twice it)" },
    { .kind = OPTION_HEADING, .help = "Making a grid" },
    { .kind = OPTION_FLAG, .name = "all", .at = offsetof(struct settings, all), .help = "every community that has a shape" },
    { .kind = OPTION_TEXT, .name = "community", .value = "CODE", .at = offsetof(struct settings, community_field),
      .help = "only this community, the others keep their cells; with load: the field with a cell's community (default: the first digits of the code)" },
    { .kind = OPTION_TEXT, .name = "lines", .value = "FILE", .at = offsetof(struct settings, lines), .help = "roads, rivers and borders that cells follow" },
    { .kind = OPTION_TEXT, .name = "lines-layer", .value = "NAME", .at = offsetof(struct settings, lines_layer), .help = "layer of that FILE; else the only one" },
    { .kind = OPTION_HEADING, .help = "Checking a grid" },
    { .kind = OPTION_TEXT, .name = "output", .letter = 'o', .value = "FILE", .at = offsetof(struct settings, out), .help = "what was found, as a layer: .gpkg .geojson .fgb .shp .csv .xlsx" },
    { .kind = OPTION_FLAG, .name = "json", .at = offsetof(struct settings, use.json), .help = "what was found, as JSON" },
    { .kind = OPTION_HEADING, .help = "Loading a grid that is drawn already" },
    { .kind = OPTION_TEXT, .name = "layer", .value = "NAME", .at = offsetof(struct settings, source_layer), .help = "layer of FILE; else the only one" },
    { .kind = OPTION_TEXT, .name = "crs", .value = "CRS", .at = offsetof(struct settings, crs),
      .help = "what FILE's coordinates are in, when it does not say: EPSG:4549, WKT, GCJ-02, BD-09, BD-09MC" },
    { .kind = OPTION_TEXT, .name = "code", .value = "FIELD", .at = offsetof(struct settings, code_field), .help = "field with the cell's code (default: numbered as they come)" },
    { .kind = OPTION_TEXT, .name = "cell-name", .value = "FIELD", .at = offsetof(struct settings, name_field), .help = "field with its name" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

static void tell_refusal(void *ctx, int64_t row, int64_t fid, const char *sentence)
{
    const struct cell_load_spec *spec = ctx;
    fprintf(stderr, "%s: %lld (%lld): %s\n", spec->path, (long long)row, (long long)fid, sentence);
}

static enum status grid_from(const struct settings *s, struct grid *g, struct err *e)
{
    const char *key = s->grid != NULL ? s->grid : "unit", *name = s->name != NULL ? s->name : key;
    if (strlen(key) >= sizeof g->key || strlen(name) >= sizeof g->name_zh || (s->name_en != NULL && strlen(s->name_en) >= sizeof g->name_en))
        return err_set(e, INVALID, "a grid's key has at most %zu bytes, a name %zu", sizeof g->key - 1, sizeof g->name_zh - 1);
    strcpy(g->key, key);
    strcpy(g->name_zh, name);
    strcpy(g->name_en, s->name_en != NULL ? s->name_en : name);
    g->target_area_m2 = s->target_m2;
    g->min_area_m2 = s->min_m2 > 0 ? s->min_m2 : s->target_m2 / 2;
    g->max_area_m2 = s->max_m2 > 0 ? s->max_m2 : s->target_m2 * 2;
    g->is_default = s->is_default;
    g->must_partition = !s->may_overlap;
    return OK;
}

static void tell_rehomed(const struct rehome_report *r, enum lang lang)
{
    if (r->things > 0)
        fprintf(stderr, text_in(lang, "%lld of %lld things have another cell now; %lld stand in no cell, %lld in more than one\n"), (long long)r->moved,
                (long long)r->things, (long long)r->without_cell, (long long)r->in_two_cells);
}

static enum status load(struct settings *s, const char *path, struct err *e)
{
    struct cell_load_spec spec = { .path = path, .source_layer = s->source_layer, .crs = s->crs, .code_field = s->code_field,
                                   .community_field = s->community_field, .name_field = s->name_field };
    struct cell_load_report report;
    struct station_call call = station_use_call(&s->use);
    enum status status = grid_from(s, &spec.grid, e);
    struct progress_bar *bar = progress_bar_open(e->lang, s->use.quiet);
    struct progress progress = progress_bar_progress(bar);
    if (status == OK)
        status = cell_load(s->use.station, &call, &spec, &progress, tell_refusal, &spec, &report, e);
    progress_bar_close(bar);
    if (status == OK && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "grid %s, version %lld: %lld cells (%lld outlines mended); %lld older cells were retired\n"), spec.grid.key,
                (long long)report.version, (long long)report.read, (long long)report.repaired, (long long)report.retired);
    if (status == OK && !s->use.quiet)
        tell_rehomed(&report.rehomed, e->lang);
    return status;
}

static void tell_made(const struct settings *s, const char *grid, const struct cell_make_report *r, enum lang lang)
{
    if (s->use.quiet)
        return;
    fprintf(stderr, text_in(lang, "grid %s, version %lld: %lld cells in %lld communities; %lld kept their code, %lld of other communities stayed, "
                                  "%lld older cells were retired\n"), grid, (long long)r->version, (long long)r->cells, (long long)r->communities,
            (long long)r->kept_codes, (long long)r->carried, (long long)r->retired);
    fprintf(stderr, text_in(lang, "%lld smaller and %lld larger than asked for; borders step around %lld buildings (buildings: %s)\n"), (long long)r->small,
            (long long)r->large, (long long)r->stepped, text_in(lang, r->building_source));
    tell_rehomed(&r->rehomed, lang);
}

static enum status make(struct settings *s, struct err *e)
{
    struct cell_make_spec spec = { .community = s->all ? NULL : s->community_field, .lines = { s->lines, s->lines_layer, s->crs } };
    struct cell_make_report report;
    struct station_call call = station_use_call(&s->use);
    enum status status = grid_from(s, &spec.grid, e);
    struct progress_bar *bar = progress_bar_open(e->lang, s->use.quiet);
    struct progress progress = progress_bar_progress(bar);
    if (status == OK)
        status = cell_make(s->use.station, &call, &spec, &progress, &report, e);
    progress_bar_close(bar);
    if (status == OK)
        tell_made(s, spec.grid.key, &report, e->lang);
    return status;
}

struct checking { const struct settings *settings; const struct progress *progress; int64_t errors; };

static enum status check_job(struct work *w, void *ctx)
{
    struct checking *k = ctx;
    const struct settings *s = k->settings;
    struct cell_check c;
    struct buf words;
    buf_init(&words, FINDINGS_CEILING);
    struct pool *pool = pool_open(0);
    enum status status = cell_check(w, s->grid, pool, k->progress, &c);
    pool_close(pool);
    if (status == OK && s->out != NULL)
        status = cells_findings_layer(&c, w->district->metric_crs, s->out, w->e);
    if (status == OK) {
        if (s->use.json)
            cells_findings_json(&c, &words);
        else
            cells_findings_words(&c, w->e->lang, &words);
        fwrite(words.data, 1, words.len, stdout);
        k->errors = c.errors;
    }
    buf_clear(&words);
    cell_check_clear(&c);
    return status;
}

static enum status check(struct settings *s, int64_t *errors, struct err *e)
{
    enum status status = s->out != NULL ? sink_check(s->out, e) : OK;
    struct progress_bar *bar = progress_bar_open(e->lang, s->use.quiet);
    struct progress progress = progress_bar_progress(bar);
    struct checking k = { s, &progress, 0 };
    if (status == OK)
        status = station_use_read(&s->use, check_job, &k, e);
    progress_bar_close(bar);
    *errors = k.errors;
    return status;
}

static enum status check_words(const struct operands *words, const struct settings *s, struct err *e)
{
    const char *verb = words->count > 0 ? words->item[0] : "";
    bool is_make = strcmp(verb, "make") == 0, is_check = strcmp(verb, "check") == 0, is_load = strcmp(verb, "load") == 0;
    if (is_make && words->count == 2 && s->all == (s->community_field != NULL))
        return err_set(e, INVALID, "cells make needs one of --all and --community CODE");
    if ((is_load && words->count == 3) || ((is_make || is_check) && words->count == 2))
        return OK;
    return err_set(e, INVALID, "cells make STATION --all, cells check STATION, or cells load STATION FILE");
}

int cmd_cells(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { .target_m2 = 10000 };
    struct operands words;
    int64_t errors = 0;
    enum status status = options_read(cells_options, call->argc, call->argv, 3, &s, &words, &e);
    if (status == OK)
        status = check_words(&words, &s, &e);
    if (status != OK)
        return command_used_wrongly(call, &e);
    status = station_use_open(&s.use, words.item[1], &e);
    if (status == OK)
        status = words.item[0][0] == 'm' ? make(&s, &e) : words.item[0][0] == 'c' ? check(&s, &errors, &e) : load(&s, words.item[2], &e);
    station_use_close(&s.use);
    if (status != OK)
        return command_failed(call, &e);
    return errors == 0 ? EXIT_DONE : EXIT_FAILED;
}
