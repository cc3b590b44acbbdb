// diff: two layers of buildings, uploaded or surveyed, as `gridpatrol diff` does it; nothing of the station changes.
#include "api/changes_layer.h"
#include "api/collection.h"
#include "api/process_measure.h"
#include "api/report_html.h"
#include "api/server.h"
#include "api/summary.h"
#include "gis/sink.h"
#include "core/base/json_write.h"
#include "core/base/mem.h"
#include "core/blob.h"
#include "core/job.h"
#include "core/store/spatialite_guest.h"
#include "core/survey.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SUMMARY_CEILING = 4 << 20 };
static const double MIN_AREA_M2 = 4, MIN_WIDTH_M = 1, MIN_HEIGHT_M = 2.2, MAX_SHIFT_M = 10, STOREY_M = 3;

#define SIDE_SCHEMA "{\"oneOf\": [{\"type\": \"string\", \"description\": \"a survey, by name or id\"}, " \
                    "{\"type\": \"object\", \"required\": [\"upload\"], \"properties\": {\"upload\": {\"type\": \"string\", \"format\": \"uuid\"}}}]}"
#define FIELD_SCHEMA "{\"type\": \"string\", \"minLength\": 1, \"maxLength\": 63}"

static const struct process_input inputs[] = {
    { "before", "The earlier layer: a survey, or {\"upload\": ID} of a file that was sent to /uploads", SIDE_SCHEMA, true },
    { "after", "The later layer: a survey, or {\"upload\": ID} of a file that was sent to /uploads", SIDE_SCHEMA, true },
    { "id_field", "names the buildings (the feature id)", FIELD_SCHEMA, false },
    { "height_field", "heights in metres", FIELD_SCHEMA, false },
    { "floors_field", "number of floors, for heights that are missing", FIELD_SCHEMA, false },
    { "crs", "EPSG code of both layers, where the files do not say", "{\"type\": \"string\", \"pattern\": \"^EPSG:[0-9]{4,6}$\"}", false },
    { "skip_unusable", "leave out and count empty and non-polygon features, do not refuse", "{\"type\": \"boolean\"}", false },
    MEASURE_INPUTS,
};
static const struct process_type as_layer[] = { { "application/geo+json", ".geojson" }, { "application/geopackage+sqlite3", ".gpkg" }, { NULL, NULL } };
static const struct process_type as_page[] = { { "text/html", ".html" }, { NULL, NULL } };
static const struct process_type as_json[] = { { "application/json", ".json" }, { NULL, NULL } };
static const struct process_output outputs[] = {
    { "changes", "The changes, the likeliest and largest first", "{\"type\": \"object\"}", as_layer },
    { "report", "A page that shows the comparison to people", "{\"type\": \"string\"}", as_page },
    { "summary", "What was read, found and counted", "{\"type\": \"object\"}", as_json },
};

// --- What is meant ----------------------------------------------------------------------------------------------------------------

struct given { struct survey survey; struct upload upload; char path[FOLDER_ROOM + 8]; const char *name, *sha256; uint8_t *coverage; size_t coverage_len; };

struct layers {
    const struct server *server;
    struct json inputs;
    struct given side[SIDES];
    const char *id_field, *height_field, *floors_field, *crs;
    bool skip_unusable;
    struct comparison_options measure;
};

static bool is_for_known(const struct server *s, const struct viewer *v)
{
    (void)s;
    return v->actor[0] != '\0';
}

static enum status find_upload(struct work *w, const struct layers *l, const char *id, struct given *out)
{
    char path[FOLDER_ROOM];
    enum status s = upload_get(w, id, &out->upload);
    if (s != OK)
        return s;
    upload_path(station_folder(l->server->station), &out->upload, path);
    size_t len = strlen(path);
    bool is_zip = len > 4 && strcasecmp(path + len - 4, ".zip") == 0;
    snprintf(out->path, sizeof out->path, "%s%s", is_zip ? "/vsizip/" : "", path);
    out->name = out->upload.name;
    out->sha256 = out->upload.sha256;
    return OK;
}

static enum status find_survey(struct work *w, const struct layers *l, const char *name, struct given *out)
{
    char path[FOLDER_ROOM];
    struct viewer v;
    struct arena *a = arena_open(1 << 16);
    const struct layer *layer = layer_find((struct layer_list *)&l->server->layers, "survey");
    enum status s = viewer_of(w, w->actor, a, &v);
    if (s == OK && (layer == NULL || !visible_files(&v, layer)))
        s = err_set(w->e, NOT_FOUND, "there is no survey \"%.60s\" whose files are here for you", name);
    arena_close(a);
    if (s == OK)
        s = survey_get(w, name, &out->survey);
    if (s == OK)
        s = survey_coverage(w, &out->survey, &out->coverage, &out->coverage_len);
    blob_path(station_folder(l->server->station), out->survey.archive_sha256, path, sizeof path);
    snprintf(out->path, sizeof out->path, "%s", path);
    out->name = out->survey.name;
    out->sha256 = out->survey.archive_sha256;
    return s;
}

static enum status find_side(struct work *w, struct layers *l, enum side side)
{
    const char *text = NULL;
    struct json given = process_value(l->inputs, side == BEFORE ? "before" : "after");
    bool is_upload = json_kind(given) == JSON_KIND_OBJECT;
    enum status s = json_read_text(is_upload ? json_get(given, "upload") : given, &text, w->e);
    if (s != OK)
        return s;
    return is_upload ? find_upload(w, l, text, &l->side[side]) : find_survey(w, l, text, &l->side[side]);
}

static enum status find_sides(struct work *w, void *ctx)
{
    struct layers *l = ctx;
    enum status s = find_side(w, l, BEFORE);
    return s == OK ? find_side(w, l, AFTER) : s;
}

// A definition in words or a PROJ string could name files and addresses.
static enum status check_crs(const char *crs, struct err *e)
{
    size_t digits = crs != NULL && strncmp(crs, "EPSG:", 5) == 0 ? strspn(crs + 5, "0123456789") : 0;
    bool fine = crs == NULL || (digits >= 4 && digits <= 6 && crs[5 + digits] == '\0');
    return fine ? OK : err_set(e, INVALID, "input crs is a code like EPSG:4549; \"%.60s\" was given", crs);
}

static enum status read_layers(struct json in, struct layers *out, struct err *e)
{
    const struct { const char *name; const char **to; } texts[] = {
        { "id_field", &out->id_field }, { "height_field", &out->height_field }, { "floors_field", &out->floors_field }, { "crs", &out->crs },
    };
    enum status s = process_measure_read(in, &out->measure, e);
    for (size_t i = 0; i < sizeof texts / sizeof *texts && s == OK; i++)
        s = json_read_text_or(process_value(in, texts[i].name), NULL, texts[i].to, e);
    if (s == OK)
        s = json_read_bool_or(process_value(in, "skip_unusable"), false, &out->skip_unusable, e);
    out->inputs = in;
    return s == OK ? check_crs(out->crs, e) : s;
}

static void clear_layers(struct layers *l)
{
    for (int side = 0; side < SIDES; side++)
        mem_free(l->side[side].coverage);
    mem_free(l);
}

static enum status check(struct exchange *x, struct json in)
{
    struct layers *l = mem_get(1, sizeof *l);
    l->server = x->server;
    enum status s = read_layers(in, l, &x->err);
    if (s == OK)
        s = read_station(x, find_sides, l);
    clear_layers(l);
    return s == NOT_FOUND ? INVALID : s;           // of an input, not of the address
}

// --- The work ---------------------------------------------------------------------------------------------------------------------

static const char *or_given(const char *surveyed, const char *given) { return surveyed[0] != '\0' ? surveyed : given; }
static double or_usual(double given, double usual) { return given > 0 ? given : usual; }

static void settle(const struct layers *l, struct pair_spec *p)
{
    const struct comparison_options *m = &l->measure;
    *p = (struct pair_spec){ .from_stranger = true, .skip_unusable = l->skip_unusable, .hashes = true, .sql = &spatialite_reader,
                             .storey_m = or_usual(m->storey_m, STOREY_M),
                             .min_area_m2 = or_usual(m->min_area_m2, MIN_AREA_M2), .min_width_m = or_usual(m->min_width_m, MIN_WIDTH_M),
                             .min_height_m = or_usual(m->min_height_m, MIN_HEIGHT_M), .max_shift_m = or_usual(m->max_shift_m, MAX_SHIFT_M),
                             .no_registration = m->no_registration, .stable_ids = m->stable_ids, .mask_capture_rule = m->mask_capture_rule };
    for (int side = 0; side < SIDES; side++) {
        const struct given *g = &l->side[side];
        const struct survey *v = &g->survey;
        p->path[side] = g->path;
        p->name[side] = g->name;
        p->sha256[side] = g->sha256;
        p->coverage_wkb[side] = g->coverage;
        p->coverage_wkb_len[side] = g->coverage_len;
        p->side[side] = (struct pair_side_spec){ .id_field = or_given(v->id_field, l->id_field), .height_field = or_given(v->height_field, l->height_field),
                                                 .floors_field = or_given(v->floors_field, l->floors_field), .crs = g->upload.id.text[0] != '\0' ? l->crs : NULL };
        if (v->dissolve_by[0] != '\0')
            p->side[side].dissolve_by = v->dissolve_by;
    }
}

static enum status unless_cancelled(const struct process_run *r, struct err *e)
{
    return *r->cancelled == 0 ? OK : err_set(e, CONFLICT, "the comparison was cancelled; nothing of it was kept");
}

static enum status write_summary(const struct comparison *c, const char *path, struct err *e)
{
    struct buf json;
    buf_init(&json, SUMMARY_CEILING);
    summary_json(c, SUMMARY_REPEATABLE, &json);
    enum status s = sink_text_file(path, json.data, json.len, e);
    buf_clear(&json);
    return s;
}

static enum status write_layer(struct comparison *c, struct diff_settings *s, const char *path, const struct process_run *r, struct err *e)
{
    s->output = path;
    enum status st = unless_cancelled(r, e);
    return st == OK ? changes_layer_write(c, r->progress, e) : st;
}

static enum status write_results(struct comparison *c, struct diff_settings *s, const struct process_run *r, struct err *e)
{
    char layer[2][FOLDER_ROOM], page[FOLDER_ROOM], summary[FOLDER_ROOM];
    folder_join(layer[0], r->folder, "/changes.geojson");
    folder_join(layer[1], r->folder, "/changes.gpkg");
    folder_join(page, r->folder, "/report.html");
    folder_join(summary, r->folder, "/summary.json");
    s->html = page;
    enum status st = pair_diff_hashes(&c->pair, e);
    if (st == OK)
        st = report_html_write(c, e);
    for (int i = 0; i < 2 && st == OK; i++)
        st = write_layer(c, s, layer[i], r, e);
    return st == OK ? write_summary(c, summary, e) : st;
}

static enum status compare(struct diff_settings *s, const struct process_run *r, struct err *e)
{
    struct comparison c = { .settings = s, .lang = e->lang };
    enum status st = pair_diff_open(&c.pair, &s->pair, e->lang, e);
    if (st == OK)
        st = pair_diff_read(&c.pair, r->progress, e);
    if (st == OK)
        st = unless_cancelled(r, e);
    if (st == OK)
        st = pair_diff_run(&c.pair, r->progress, e);
    if (st == OK)
        st = unless_cancelled(r, e);
    if (st == OK)
        st = write_results(&c, s, r, e);
    comparison_clear(&c);
    return st;
}

static enum status run(struct process_run *r, struct err *e)
{
    struct diff_settings s = { .quiet = true };
    struct layers *l = mem_get(1, sizeof *l);
    l->server = r->server;
    enum status st = read_layers(r->inputs, l, e);
    if (st == OK)
        st = station_read(r->server->station, &(struct station_call){ r->now_s, r->actor }, find_sides, l, e);
    if (st == OK) {
        settle(l, &s.pair);
        st = compare(&s, r, e);
    }
    clear_layers(l);
    return st;
}

const struct process process_diff = {
    .id = "diff", .title = "Compare two layers", .about = "Compares two layers of buildings, uploaded or surveyed; nothing of the station changes",
    .input = inputs, .inputs = sizeof inputs / sizeof *inputs, .output = outputs, .outputs = sizeof outputs / sizeof *outputs,
    .is_open = is_for_known, .check = check, .run = run,
};
