#include "api/options.h"
#include "core/base/buf.h"
#include "tests/bench/city.h"
#include <math.h>
#include <string.h>

#define AT(field) offsetof(struct city_options, field)
#define NUMBER(name_, field, value_, least_, most_, help_) \
    { .kind = OPTION_NUMBER, .name = name_, .at = AT(field), .value = value_, .least = least_, .most = most_, .help = help_ }
#define TEXT(name_, field, value_, help_) { .kind = OPTION_TEXT, .name = name_, .at = AT(field), .value = value_, .help = help_ }
#define FLAG(name_, field, help_) { .kind = OPTION_FLAG, .name = name_, .at = AT(field), .help = help_ }

const struct option city_option_table[] = {
    { .kind = OPTION_HEADING, .help = "The city" },
    TEXT("out", out, "DIR", "folder for before, after, truth and ledger.json"),
    NUMBER("buildings", buildings, "N", 1, 2e7, "how many stand in BEFORE (5000)"),
    NUMBER("seed", seed, "S", 0, 1e15, "another seed, another city (1)"),
    TEXT("stock", stock, "KIND", "detached, attached or mixed (mixed)"),
    TEXT("from", from, "FILE", "take BEFORE from a real layer instead"),
    TEXT("layer", layer, "LAYER", "its layer"),
    TEXT("from-crs", from_crs, "CRS", "its CRS where the file has none"),
    TEXT("format", format, "EXT", "gpkg or fgb (gpkg)"),
    FLAG("heights", heights, "write height_m; storeys are added"),
    FLAG("keep-ids", keep_ids, "AFTER keeps BEFORE's ids"),
    TEXT("tier", tier, "T", "T0 identical, AA nuisance only, T1 .. T5; other options override it"),
    { .kind = OPTION_HEADING, .help = "What changes" },
    NUMBER("edits", edits, "SHARE", 0, 0.5, "edited buildings (0.07)"),
    NUMBER("moves", moves, "SHARE", 0, 10, "weight of moved buildings among the edits, all others are 1 together (0)"),
    { .kind = OPTION_HEADING, .help = "What only looks so" },
    NUMBER("identical", identical, "SHARE", 0, 1, "buildings free of drawing noise in both surveys (0)"),
    NUMBER("noise", noise_m, "M", 0, 5, "sd of a vertex, per axis and survey (0.15)"),
    NUMBER("edge-noise", edge_noise_m, "M", 0, 5, "sd of a wall's displacement along its normal (0)"),
    FLAG("loose-walls", loose_walls, "shared corners are drawn independently"),
    NUMBER("shift", shift_m, "M", 0, 50, "largest length of the smooth displacement of AFTER (3)"),
    NUMBER("shift-rms", shift_rms_m, "M", 0, 50, "its rms length instead"),
    NUMBER("shift-length", shift_length_m, "M", 20, 1e5, "its correlation length L in exp(-r2 / 2 L2) (180)"),
    NUMBER("seam", seam_m, "M", 0, 20, "sd of a map sheet's offset, per axis (0.45)"),
    NUMBER("seam-sheet", seam_sheet_m, "M", 50, 1e5, "side of a map sheet (500)"),
    NUMBER("lean", lean_degrees, "DEG", 0, 60, "relief lean of AFTER: height x tan (0)"),
    NUMBER("simplify", simplify_m, "M", 0, 10, "Douglas-Peucker on AFTER (0)"),
    NUMBER("densify", densify_m, "M", 0, 1000, "extra vertices on AFTER's walls, this far apart (0: none)"),
    NUMBER("overhang", overhang_m, "M", -3, 3, "AFTER draws roofs: free walls this far out (0)"),
    NUMBER("min-area-after", min_area_after_m2, "M2", 0, 1000, "AFTER leaves out smaller ones (0)"),
    NUMBER("min-area-before", min_area_before_m2, "M2", 0, 1000, "BEFORE leaves out smaller ones (0)"),
    NUMBER("merge-rows", merge_rows, "SHARE", 0, 1, "attached houses AFTER draws together with a neighbour (0)"),
    NUMBER("missed", missed, "SHARE", 0, 1, "buildings AFTER does not show (0)"),
    NUMBER("false", extra, "SHARE", 0, 1, "things AFTER takes for buildings (0)"),
    NUMBER("holes", holes, "N", 0, 1000, "places AFTER did not look at; writes coverage_after (0)"),
    NUMBER("invalid", invalid, "SHARE", 0, 1, "spoilt rings in both surveys (0)"),
    { .kind = OPTION_END },
};

// What a tier says about a number. Later rows of the same tier add to it; "" holds for all that is still open.
static const struct tier { const char *tier; size_t at; double value; } TIER[] = {
    { "T0", AT(edits), 0 },        { "T0", AT(noise_m), 0 },         { "T0", AT(shift_m), 0 },        { "T0", AT(seam_m), 0 },
    { "AA", AT(edits), 0 },
    { "T1", AT(shift_m), 1 },      { "T1", AT(seam_m), 0 },
    { "T2", AT(seam_m), 0.3 },
    { "T3", AT(seam_m), 0.3 },     { "T3", AT(min_area_after_m2), 10 }, { "T3", AT(overhang_m), 0.4 }, { "T3", AT(simplify_m), 0.25 },
    { "T4", AT(noise_m), 0.3 },    { "T4", AT(seam_m), 0.3 },
    { "T5", AT(noise_m), 0.3 },    { "T5", AT(min_area_after_m2), 10 }, { "T5", AT(overhang_m), 0.4 }, { "T5", AT(simplify_m), 0.25 },
    { "T5", AT(edge_noise_m), 0.1 }, { "T5", AT(lean_degrees), 2 },  { "T5", AT(merge_rows), 0.03 },  { "T5", AT(missed), 0.002 },
    { "T5", AT(extra), 0.002 },    { "T5", AT(holes), 3 },           { "T5", AT(invalid), 0.005 },    { "T5", AT(moves), 0.05 },
    { "", AT(buildings), 5000 },   { "", AT(seed), 1 },              { "", AT(edits), 0.07 },         { "", AT(noise_m), 0.15 },
    { "", AT(shift_m), 3 },        { "", AT(shift_length_m), 180 },  { "", AT(seam_m), 0.45 },        { "", AT(seam_sheet_m), 500 },
};
static const char *const TIERS[] = { "T0", "AA", "T1", "T2", "T3", "T4", "T5", NULL };
static const char *const STOCKS[] = { "detached", "attached", "mixed", NULL };
static const char *const FORMATS[] = { "gpkg", "fgb", NULL };

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

void city_options_open(struct city_options *o)
{
    *o = (struct city_options){0};
    for (const struct option *row = city_option_table; row->kind != OPTION_END; row++)
        if (row->kind == OPTION_NUMBER)
            *(double *)((char *)o + row->at) = NAN;
}

static double *number_at(struct city_options *o, size_t at)
{
    return (double *)((char *)o + at);
}

enum status city_options_settle(struct city_options *o, struct err *e)
{
    const char *tier = o->tier != NULL ? o->tier : "";
    if (o->out == NULL)
        return err_set(e, INVALID, "city make needs --out DIR, the folder to write to");
    if (*tier != '\0' && !is_one_of(tier, TIERS))
        return err_set(e, INVALID, "--tier %s: one of T0, AA, T1, T2, T3, T4, T5 is needed", tier);
    if (o->stock == NULL)
        o->stock = strcmp(tier, "T4") == 0 ? "attached" : "mixed";
    if (o->format == NULL)
        o->format = "gpkg";
    if (!is_one_of(o->stock, STOCKS))
        return err_set(e, INVALID, "--stock %s: detached, attached or mixed is needed", o->stock);
    if (!is_one_of(o->format, FORMATS))
        return err_set(e, INVALID, "--format %s: gpkg or fgb is needed", o->format);
    for (size_t i = 0; i < sizeof TIER / sizeof *TIER; i++)
        if (isnan(*number_at(o, TIER[i].at)) && (TIER[i].tier[0] == '\0' || strcmp(tier, TIER[i].tier) == 0))
            *number_at(o, TIER[i].at) = TIER[i].value;
    for (const struct option *row = city_option_table; row->kind != OPTION_END; row++)
        if (row->kind == OPTION_NUMBER && isnan(*number_at(o, row->at)))
            *number_at(o, row->at) = 0;
    return OK;
}

void city_options_json(const struct city_options *o, struct buf *out)
{
    const char *comma = "";
    for (const struct option *row = city_option_table; row->kind != OPTION_END; row++) {
        if (row->kind == OPTION_HEADING || strcmp(row->name, "out") == 0) // where it was written is no fact of the city
            continue;
        const char *at = (const char *)o + row->at;
        buf_printf(out, "%s\n    \"%s\": ", comma, row->name);
        comma = ",";
        if (row->kind == OPTION_NUMBER)
            buf_json_number(out, *(const double *)at, 6);
        else if (row->kind == OPTION_FLAG)
            buf_text(out, *(const bool *)at ? "true" : "false");
        else if (*(const char *const *)at == NULL)
            buf_text(out, "null");
        else
            buf_json_text(out, *(const char *const *)at);
    }
}
