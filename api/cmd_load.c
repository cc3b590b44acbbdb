#include "api/progress_bar.h"
#include "api/station_options.h"
#include "api/station_use.h"
#include "core/area.h"
#include "core/register.h"
#include <stdio.h>
#include <string.h>

enum { REFUSALS_SHOWN = 20, MAPS_MOST = 64, MAPS_BYTES = 4096 };
struct settings {
    struct station_use use;
    const char *source_layer, *crs, *where, *id_field, *source, *map;
    double accuracy_m;
    bool all_refusals;
};

const struct option load_options[] = {
    { .kind = OPTION_TEXT, .name = "layer", .value = "NAME", .at = offsetof(struct settings, source_layer), .help = "layer of FILE; else the only one" },
    { .kind = OPTION_TEXT, .name = "crs", .value = "CRS", .at = offsetof(struct settings, crs),
      .help = "what FILE's coordinates are in, when it does not say: EPSG:4549, WKT, GCJ-02, BD-09, BD-09MC" },
    { .kind = OPTION_TEXT, .name = "where", .value = "SQL", .at = offsetof(struct settings, where), .help = "only the features this attribute filter takes" },
    { .kind = OPTION_TEXT, .name = "id-field", .value = "FIELD", .at = offsetof(struct settings, id_field),
      .help = "field with the id of each thing, so that the next load finds it again (default: the feature id)" },
    { .kind = OPTION_TEXT, .name = "source", .value = "NAME", .at = offsetof(struct settings, source),
      .help = "who delivered it; ids are unique within a source (default: the layer's name)" },
    { .kind = OPTION_NUMBER, .name = "accuracy-m", .value = "M", .at = offsetof(struct settings, accuracy_m), .least = 0.001, .most = 10000,
      .help = "standard error of a position, metres (default: the layer's own)" },
    { .kind = OPTION_TEXT, .name = "map", .value = "FIELD=PROPERTY", .at = offsetof(struct settings, map),
      .help = "which field fills which property, several with commas; fields called like a property are found by themselves" },
    { .kind = OPTION_FLAG, .name = "all-refusals", .at = offsetof(struct settings, all_refusals), .help = "name every refused row, not only the first 20" },
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

struct telling { const char *path; int64_t told, most; enum lang lang; };

static void tell_refusal(void *ctx, int64_t row, int64_t fid, const char *sentence)
{
    struct telling *t = ctx;
    if (t->told++ >= t->most)
        return;
    if (row == 0)
        fprintf(stderr, "%s: %s\n", t->path, sentence);
    else
        fprintf(stderr, text_in(t->lang, "%s: row %lld (feature %lld): %s\n"), t->path, (long long)row, (long long)fid, sentence);
}

static void tell_report(const struct register_report *r, enum lang lang)
{
    fprintf(stderr, text_in(lang, "%lld rows read: %lld added, %lld changed, %lld the same as before; %lld outlines were mended\n"), (long long)r->read,
            (long long)r->added, (long long)r->changed, (long long)r->same, (long long)r->repaired);
    if (r->without_cell > 0 || r->in_two_cells > 0)
        fprintf(stderr, text_in(lang, "%lld stand in no cell, %lld in more than one\n"), (long long)r->without_cell, (long long)r->in_two_cells);
    if (r->unused[0] != '\0')
        fprintf(stderr, text_in(lang, "no property takes these fields: %s\n"), r->unused);
}

// "A=name,B=code" cut at its commas, in place.
static int cut_maps(char *text, const char *map[MAPS_MOST])
{
    int n = 0;
    for (char *save = NULL, *word = strtok_r(text, ",", &save); word != NULL && n < MAPS_MOST; word = strtok_r(NULL, ",", &save))
        map[n++] = word;
    return n;
}

// The field that is mapped to this property; the property's own name else.
static const char *field_for(const char *property, const char *const *map, int maps, char out[128])
{
    for (int i = 0; i < maps; i++) {
        const char *equals = strchr(map[i], '=');
        if (equals != NULL && strcmp(equals + 1, property) == 0) {
            snprintf(out, 128, "%.*s", (int)(equals - map[i]), map[i]);
            return out;
        }
    }
    return property;
}

static enum status load_area(struct settings *s, const char *path, struct err *e)
{
    char maps[MAPS_BYTES], code[128], name[128];
    const char *map[MAPS_MOST];
    snprintf(maps, sizeof maps, "%s", s->map != NULL ? s->map : "");
    int n = cut_maps(maps, map);
    struct area_spec spec = { .path = path, .source_layer = s->source_layer, .crs = s->crs, .source = s->source != NULL ? s->source : path,
                              .code_field = field_for("code", map, n, code), .name_field = field_for("name", map, n, name) };
    struct telling telling = { path, 0, INT64_MAX, e->lang };
    struct area_report r;
    struct station_call call = station_use_call(&s->use);
    enum status status = area_load(s->use.station, &call, &spec, tell_refusal, &telling, &r, e);
    if (status == OK && !s->use.quiet)
        fprintf(stderr, text_in(e->lang, "%lld areas read: %lld added, %lld changed, %lld the same as before; %lld disagreements with other sources\n"),
                (long long)r.read, (long long)r.added, (long long)r.changed, (long long)r.same, (long long)r.disagreements);
    return status;
}

static enum status load(struct settings *s, const struct operands *words, struct err *e)
{
    char maps[MAPS_BYTES];
    const char *map[MAPS_MOST];
    if (strcmp(words->item[1], "area") == 0)
        return load_area(s, words->item[2], e);
    snprintf(maps, sizeof maps, "%s", s->map != NULL ? s->map : "");
    int n = cut_maps(maps, map);
    struct register_spec spec = { .layer = words->item[1], .path = words->item[2], .source_layer = s->source_layer, .crs = s->crs,
                                  .where = s->where, .id_field = s->id_field, .source = s->source, .accuracy_m = s->accuracy_m,
                                  .map = map, .maps = n };
    struct telling telling = { spec.path, 0, s->all_refusals ? INT64_MAX : REFUSALS_SHOWN, e->lang };
    struct register_report report;
    struct progress_bar *bar = progress_bar_open(e->lang, s->use.quiet);
    struct progress progress = progress_bar_progress(bar);
    struct station_call call = station_use_call(&s->use);
    enum status status = register_load(s->use.station, &call, &spec, &progress, tell_refusal, &telling, &report, e);
    progress_bar_close(bar);
    if (telling.told > telling.most)
        fprintf(stderr, text_in(e->lang, "... and %lld more; --all-refusals names them\n"), (long long)(telling.told - telling.most));
    if (status == OK && !s->use.quiet)
        tell_report(&report, e->lang);
    return status;
}

int cmd_load(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { 0 };
    struct operands words;
    enum status status = options_read(load_options, call->argc, call->argv, 3, &s, &words, &e);
    if (status == OK && words.count != 3)
        status = err_set(&e, INVALID, "three words are needed: %s", call->command->operands);
    if (status != OK)
        return command_used_wrongly(call, &e);
    status = station_use_open(&s.use, words.item[0], &e);
    if (status == OK)
        status = load(&s, &words, &e);
    station_use_close(&s.use);
    return status == OK ? EXIT_DONE : command_failed(call, &e);
}
