#include "api/progress_bar.h"
#include "api/report_table.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "core/archive.h"
#include "core/base/mem.h"
#include "core/data_reader.h"
#include "core/export.h"
#include "gis/stage.h"
#include <stdio.h>
#include <string.h>

struct settings { struct station_use use; const char *output, *where, *crs; bool all_versions, originals; struct report_work_settings work; };

const struct option export_options[] = {
    { .kind = OPTION_TEXT, .name = "output", .letter = 'o', .value = "FILE", .at = offsetof(struct settings, output),
      .help = "the file: .gpkg .geojson .geojsonl .fgb .shp .shp.zip .csv .xlsx; of everything: a folder that does not exist" },
    { .kind = OPTION_TEXT, .name = "where", .value = "CQL2", .at = offsetof(struct settings, where),
      .help = "only the rows for which this holds, over the names of the columns and geometry" },
    { .kind = OPTION_TEXT, .name = "crs", .value = "CRS", .at = offsetof(struct settings, crs), .help = "CRS of the file (EPSG:4326)" },
    { .kind = OPTION_FLAG, .name = "all-versions", .at = offsetof(struct settings, all_versions), .help = "of a layer: also the rows that were superseded" },
    { .kind = OPTION_FLAG, .name = "originals", .at = offsetof(struct settings, originals), .help = "of everything: also the original files" },
    { .kind = OPTION_HEADING, .help = "The indicators of the work on cases" },
    { .kind = OPTION_TEXT, .name = "from", .value = "DATE", .at = offsetof(struct settings, work.from), .help = "the first day (default: 1 January of this year)" },
    { .kind = OPTION_TEXT, .name = "to", .value = "DATE", .at = offsetof(struct settings, work.to), .help = "the day after the last (default: now)" },
    { .kind = OPTION_TEXT, .name = "by", .value = "WHAT", .at = offsetof(struct settings, work.by), .help = "cell, community, agency or month" },
    STATION_KEY_OPTION(struct settings, use),
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

struct errand { const struct settings *s; const char *what; int64_t rows; };

static enum status write_rows(struct work *w, void *ctx)
{
    struct errand *a = ctx;
    const struct settings *s = a->s;
    if (strcmp(a->what, "indicators") == 0)
        return report_table(w, &s->work, s->output, &a->rows);
    struct arena *arena = arena_open(DATA_ARENA_BYTES);
    struct export_table t;
    enum status status = export_table_of(w, arena, a->what, s->all_versions, &t);
    if (status == OK)
        status = export_write(w, &t, &(struct export_spec){ s->output, s->where, s->crs }, &a->rows);
    arena_close(arena);
    return status;
}

static enum status write_everything(struct settings *s, struct err *e)
{
    struct station_keyed by = station_use_keyed(&s->use);
    struct progress_bar *bar = progress_bar_open(e->lang, s->use.quiet);
    struct progress progress = progress_bar_progress(bar);
    enum status status = archive_make(s->use.station, &by, &(struct archive_spec){ s->output, command_version(), s->originals }, &progress, e);
    progress_bar_close(bar);
    if (status == OK && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "%s: the station as GeoPackage and JSON; station.json says what is there\n"), s->output);
    return status;
}

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    struct settings *s = settings;
    struct errand a = { s, words->item[1], 0 };
    if (strcmp(a.what, "everything") == 0)
        return write_everything(s, e);
    enum status status = station_use_read(&s->use, write_rows, &a, e);
    if (status == OK && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "%s: %lld rows\n"), s->output, (long long)a.rows);
    return status;
}

static enum status check(void *settings, const struct operands *words, struct err *e)
{
    const struct settings *s = settings;
    if (s->output == NULL)
        return err_set(e, INVALID, "--%s is missing", "output");
    bool everything = strcmp(words->item[1], "everything") == 0;
    if (everything && (s->where != NULL || s->crs != NULL))
        return err_set(e, INVALID, "--%s does not go with everything", s->where != NULL ? "where" : "crs");
    return everything ? OK : sink_check(s->output, e);
}

int cmd_export(const struct call *call)
{
    stage_abandon_when_ended();
    return station_command(call, &(struct station_command){ .least = 2, .most = 2, .check = check, .run = run }, &(struct settings){ .work.by = "all" });
}
