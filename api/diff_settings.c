#include "api/diff_settings.h"
#include "api/command.h"
#include "core/store/spatialite_guest.h"
#include "gis/sink.h"
#include "gis/stage.h"
#include <string.h>
#include <sys/stat.h>

#define AT(member) offsetof(struct diff_settings, member)
#define TEXT_FORMS(option_name, member, value_name, help_text)                                                      \
    { OPTION_TEXT, option_name, 0, AT(both.member), value_name, 0, 0, help_text },                                  \
    { OPTION_TEXT, "before-" option_name, 0, AT(pair.side[BEFORE].member), value_name, 0, 0, NULL },                     \
    { OPTION_TEXT, "after-" option_name, 0, AT(pair.side[AFTER].member), value_name, 0, 0, NULL }

const struct option diff_options_table[] = {
    { .kind = OPTION_HEADING, .help = "Output" },
    { OPTION_TEXT, "output", 'o', AT(output), "FILE", 0, 0, "the changes; .gpkg .geojson .geojsonl .fgb .shp .shp.zip .csv .xlsx" },
    { OPTION_TEXT, "output-crs", 0, AT(output_crs), "CRS", 0, 0, "CRS of the changes (AFTER's own)" },
    { OPTION_FLAG, "all", 0, AT(pair.all), NULL, 0, 0, "also write the buildings that did not change" },
    { OPTION_TEXT, "html", 0, AT(html), "FILE", 0, 0, "a report page that opens without a network" },
    { OPTION_FLAG, "json", 0, AT(json), NULL, 0, 0, "the summary as JSON on stdout" },
    { OPTION_TEXT, "report", 0, AT(report), "FILE", 0, 0, "the same JSON into a file" },
    { OPTION_FLAG, "hashes", 0, AT(pair.hashes), NULL, 0, 0, "SHA-256 of both surveys in the changes file too; reports always have them" },
    { OPTION_FLAG, "quiet", 'q', AT(quiet), NULL, 0, 0, "no summary and no progress on stderr" },

    { .kind = OPTION_HEADING, .help = "The two layers (each option also as --before-… and --after-…)" },
    TEXT_FORMS("layer", layer, "NAME", "the layer, where a file holds several"),
    TEXT_FORMS("id-field", id_field, "FIELD", "names the buildings (the feature id)"),
    TEXT_FORMS("height-field", height_field, "FIELD", "heights in metres"),
    TEXT_FORMS("floors-field", floors_field, "FIELD", "number of floors, for heights that are missing"),
    TEXT_FORMS("where", where, "FILTER", "only these buildings, as an OGR SQL attribute filter"),
    TEXT_FORMS("dissolve-by", dissolve_by, "FIELD", "pieces with the same value are one building (cut at tile borders)"),
    TEXT_FORMS("kind-field", kind_field, "FIELD", "tells kinds of buildings apart, to see what one survey leaves out"),
    TEXT_FORMS("crs", crs, "CRS", "EPSG:4549, WKT or a PROJ string, where the file does not say or is wrong"),
    TEXT_FORMS("coverage", coverage, "FILE", "polygons of what was surveyed; outside, nothing is new or gone"),
    { OPTION_NUMBER, "storey-m", 0, AT(pair.storey_m), "M", 1, 20, "height of one floor (3)" },
    { OPTION_FLAG, "skip-unusable", 0, AT(pair.skip_unusable), NULL, 0, 0, "leave out and count empty and non-polygon features, do not refuse" },

    { .kind = OPTION_HEADING, .help = "What counts as a change" },
    { OPTION_NUMBER, "min-area", 0, AT(pair.min_area_m2), "M2", 0.01, 1e6, "smallest area looked for, m2 (4)" },
    { OPTION_NUMBER, "min-width", 0, AT(pair.min_width_m), "M", 0.01, 1e3, "smallest mean width of an extension, m (1)" },
    { OPTION_NUMBER, "min-height", 0, AT(pair.min_height_m), "M", 0.01, 1e3, "smallest change of height, m (2.2)" },
    { OPTION_FLAG, "stable-ids", 0, AT(pair.stable_ids), NULL, 0, 0, "the same id in both surveys is the same building" },
    { OPTION_FLAG, "mask-capture-rule", 0, AT(pair.mask_capture_rule), NULL, 0, 0, "leave out a population that only one survey draws" },

    { .kind = OPTION_HEADING, .help = "Registration and work" },
    { OPTION_NUMBER, "max-shift", 0, AT(pair.max_shift_m), "M", 0.1, 100, "largest shift between the surveys, m (10)" },
    { OPTION_FLAG, "no-registration", 0, AT(pair.no_registration), NULL, 0, 0, "trust the coordinates as they are" },
    { OPTION_TEXT, "metric-crs", 0, AT(pair.metric_crs), "CRS", 0, 0, "the CRS to measure in (chosen by itself)" },
    { OPTION_NUMBER, "threads", 0, AT(pair.threads), "N", 1, 1024, "as many threads (one for each processor)" },
    { OPTION_NUMBER, "tile-m", 0, AT(pair.tile_m), "M", 10, 1e6, "size of a work tile; never changes the result" },
    { .kind = OPTION_END },
};

// --id-field holds for both surveys where no form of its own was given.
static void spread_common_fields(struct diff_settings *s)
{
    const char *const *common = (const char *const *)(const void *)&s->both;
    for (int side = 0; side < SIDES; side++) {
        const char **own = (const char **)(void *)&s->pair.side[side];
        for (size_t i = 0; i < sizeof s->both / sizeof *own; i++)
            if (own[i] == NULL)
                own[i] = common[i];
    }
}

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    if (strcmp(a, b) == 0)
        return true;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static enum status check_output(const struct diff_settings *s, const char *option, const char *path, struct err *e)
{
    if (path == NULL)
        return OK;
    for (int side = 0; side < SIDES; side++)
        if (same_file(path, s->pair.path[side]))
            return err_set(e, INVALID, "%s %s is an input of this run; give the output another name", option, path);
    enum status status = path == s->output ? sink_check(path, e) : stage_check(path, e);
    return status == NOT_FOUND ? INVALID : status; // a folder that is not there was named wrongly
}

// Before the long work, not after it.
static enum status check_outputs(const struct diff_settings *s, struct err *e)
{
    const struct { const char *option, *path; } file[] = { { "-o", s->output }, { "--html", s->html }, { "--report", s->report } };
    enum { FILES = sizeof file / sizeof file[0] };
    if (s->output == NULL && s->html == NULL && s->report == NULL && !s->json)
        return err_set(e, INVALID, "nowhere to put the changes: add -o FILE (for example -o changes.gpkg)");
    for (int i = 0; i < FILES; i++)
        for (int k = 0; k < i; k++)
            if (file[i].path != NULL && file[k].path != NULL && same_file(file[i].path, file[k].path))
                return err_set(e, INVALID, "%s and %s both name %s", file[k].option, file[i].option, file[i].path);
    for (int i = 0; i < FILES; i++) {
        enum status status = check_output(s, file[i].option, file[i].path, e);
        if (status != OK)
            return status;
    }
    return OK;
}

enum status diff_settings_read(const struct call *call, struct diff_settings *out, struct err *e)
{
    struct diff_settings s = { .pair = { .sql = &spatialite_reader, .storey_m = 3, .min_area_m2 = 4, .min_width_m = 1, .min_height_m = 2.2,
                                          .max_shift_m = 10 } };
    struct operands names;
    enum status status = options_read(diff_options_table, call->argc, call->argv, SIDES, &s, &names, e);
    if (status != OK)
        return status;
    if (names.count != SIDES)
        return err_set(e, INVALID, "two layers are expected, the earlier and the later: gridpatrol diff BEFORE AFTER -o CHANGES");
    s.pair.path[BEFORE] = names.item[0];
    s.pair.path[AFTER] = names.item[1];
    spread_common_fields(&s);
    s.pair.hashes |= s.json || s.html != NULL || s.report != NULL;
    status = check_outputs(&s, e);
    if (status == OK)
        *out = s;
    return status;
}
