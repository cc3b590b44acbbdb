#include "api/progress_bar.h"
#include "api/station_options.h"
#include "api/station_use.h"
#include "core/cell_load.h"
#include <stdio.h>
#include <string.h>

struct settings {
    struct station_use use;
    const char *grid, *name, *name_en, *source_layer, *crs, *code_field, *community_field, *name_field;
    double target_m2, min_m2, max_m2;
    bool is_default, may_overlap;
};

const struct option cells_options[] = {
    { .kind = OPTION_TEXT, .name = "grid", .value = "KEY", .at = offsetof(struct settings, grid), .help = "which grid: unit, duty, ... (default unit)" },
    { .kind = OPTION_TEXT, .name = "name", .value = "NAME", .at = offsetof(struct settings, name), .help = "the grid's name (default: its key)" },
    { .kind = OPTION_TEXT, .name = "name-en", .value = "NAME", .at = offsetof(struct settings, name_en), .help = "its English name (default: the same)" },
    { .kind = OPTION_FLAG, .name = "default", .at = offsetof(struct settings, is_default), .help = "things know their cell in this grid from now on" },
    { .kind = OPTION_FLAG, .name = "may-overlap", .at = offsetof(struct settings, may_overlap), .help = "the grid is no partition: gaps and overlaps are no errors" },
    { .kind = OPTION_NUMBER, .name = "target-area", .value = "M2", .at = offsetof(struct settings, target_m2), .least = 1, .most = 1e9,
      .help = "what a cell should have, m2 (default 10000)" },
    { .kind = OPTION_NUMBER, .name = "min-area", .value = "M2", .at = offsetof(struct settings, min_m2), .least = 1, .most = 1e9, .help = "smaller is told (default 5000)" },
    { .kind = OPTION_NUMBER, .name = "max-area", .value = "M2", .at = offsetof(struct settings, max_m2), .least = 1, .most = 1e9, .help = "larger is told (default 20000)" },
    { .kind = OPTION_HEADING, .help = "Loading a grid that is drawn already" },
    { .kind = OPTION_TEXT, .name = "layer", .value = "NAME", .at = offsetof(struct settings, source_layer), .help = "layer of FILE; else the only one" },
    { .kind = OPTION_TEXT, .name = "crs", .value = "CRS", .at = offsetof(struct settings, crs),
      .help = "what FILE's coordinates are in, when it does not say: EPSG:4549, WKT, GCJ-02, BD-09, BD-09MC" },
    { .kind = OPTION_TEXT, .name = "code", .value = "FIELD", .at = offsetof(struct settings, code_field), .help = "field with the cell's code (default: numbered as they come)" },
    { .kind = OPTION_TEXT, .name = "community", .value = "FIELD", .at = offsetof(struct settings, community_field),
      .help = "field with its community's code (default: the first digits of the code)" },
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
    const char *name = s->name != NULL ? s->name : s->grid;
    if (strlen(s->grid) >= sizeof g->key || strlen(name) >= sizeof g->name_zh || (s->name_en != NULL && strlen(s->name_en) >= sizeof g->name_en))
        return err_set(e, INVALID, "a grid's key has at most %zu bytes, a name %zu", sizeof g->key - 1, sizeof g->name_zh - 1);
    strcpy(g->key, s->grid);
    strcpy(g->name_zh, name);
    strcpy(g->name_en, s->name_en != NULL ? s->name_en : name);
    g->target_area_m2 = s->target_m2;
    g->min_area_m2 = s->min_m2;
    g->max_area_m2 = s->max_m2;
    g->is_default = s->is_default;
    g->must_partition = !s->may_overlap;
    return OK;
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
        fprintf(stderr, text_in(e->lang, "grid %s, version %lld: %lld cells (%lld outlines mended); %lld older cells were retired\n"), s->grid,
                (long long)report.version, (long long)report.read, (long long)report.repaired, (long long)report.retired);
    return status;
}

static enum status check_words(const struct operands *words, struct err *e)
{
    if (words->count == 3 && strcmp(words->item[0], "load") == 0)
        return OK;
    return err_set(e, INVALID, "cells load STATION FILE");
}

int cmd_cells(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { .grid = "unit", .target_m2 = 10000, .min_m2 = 5000, .max_m2 = 20000 };
    struct operands words;
    enum status status = options_read(cells_options, call->argc, call->argv, 3, &s, &words, &e);
    if (status == OK)
        status = check_words(&words, &e);
    if (status != OK)
        return command_used_wrongly(call, &e);
    status = station_use_open(&s.use, words.item[1], &e);
    if (status == OK)
        status = load(&s, words.item[2], &e);
    station_use_close(&s.use);
    return status == OK ? EXIT_DONE : command_failed(call, &e);
}
