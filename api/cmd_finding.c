#include "api/listing.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "api/step_settings.h"
#include "core/evidence.h"
#include "core/finding.h"
#include "core/visible.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct settings {
    struct station_use use;
    struct listing_options list;
    struct step_settings step;
    const char *state, *place, *crs, *text, *source, *photo, *part, *seen;
    double accuracy_m;
};

const struct option finding_options[] = {
    { .kind = OPTION_HEADING, .help = "Listing" },
    { .kind = OPTION_TEXT, .name = "state", .value = "STATE", .at = offsetof(struct settings, state), .help = "only records in this state" },
    LISTING_OPTIONS(struct settings, list),
    { .kind = OPTION_HEADING, .help = "Reporting" },
    { .kind = OPTION_TEXT, .name = "place", .value = "LON,LAT", .at = offsetof(struct settings, place), .help = "where it is" },
    { .kind = OPTION_TEXT, .name = "crs", .value = "CRS", .at = offsetof(struct settings, crs), .help = "system of the place: EPSG:4326 (default), GCJ-02, BD-09 or any PROJ knows" },
    { .kind = OPTION_NUMBER, .name = "accuracy-m", .value = "M", .at = offsetof(struct settings, accuracy_m), .least = 0.001, .most = 100000, .help = "accuracy of the place, metres" },
    { .kind = OPTION_TEXT, .name = "text", .value = "TEXT", .at = offsetof(struct settings, text), .help = "what was seen" },
    { .kind = OPTION_TEXT, .name = "source", .value = "WORD", .at = offsetof(struct settings, source), .help = "where it comes from: patrol, call, letter, visit, media, public, survey, assigned" },
    { .kind = OPTION_TEXT, .name = "seen", .value = "TIME", .at = offsetof(struct settings, seen), .help = "when it was seen (default: now)" },
    { .kind = OPTION_TEXT, .name = "photo", .value = "FILE", .at = offsetof(struct settings, photo), .help = "a photo; further ones as more words at the end" },
    { .kind = OPTION_TEXT, .name = "part", .value = "WORD", .at = offsetof(struct settings, part), .help = "what a photo shows: near, far, reference, before, after, other (default near)" },
    STEP_OPTIONS(struct settings, step),
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

static const struct list_column columns[] = {
    { "number", LIST_TEXT, 20, false }, { "seen_at", LIST_TIME, 16, false }, { "state", LIST_TEXT, 10, false }, { "due_at", LIST_TIME, 0, true },
    { "scheme", LIST_TEXT, 0, true }, { "code", LIST_TEXT, 8, false }, { "cell_code", LIST_TEXT, 15, false }, { "text", LIST_TEXT, 0, false },
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

struct asking { const struct settings *s; struct desk desk; };

static enum status print_line(void *ctx, const struct finding_line *f, struct err *e)
{
    struct listing *l = ctx;
    const struct asking *a = l->query;
    const struct code *code = f->scheme != NULL && f->code != NULL ? desk_code(&a->desk, f->scheme, f->code) : NULL;
    const struct list_value v[COLUMNS] = {
        { .text = f->number }, { .whole = f->seen_at_s }, { .text = f->state, .label = lifecycle_state_title("finding", f->state, e->lang) },
        { .whole = f->due_at_s }, { .text = f->scheme },
        { .text = f->code, .label = code == NULL ? NULL : e->lang == LANG_ZH ? code->name_zh : code->name_en }, { .text = f->cell_code }, { .text = f->text },
    };
    return listing_row(l, v);
}

static enum status list_all(struct work *w, void *ctx)
{
    struct listing *l = ctx;
    struct asking *a = l->query;
    enum status s = desk_ready(w, &a->desk);
    if (s == OK)
        s = finding_each(w, &(struct finding_query){ a->s->state, listing_page(l) }, print_line, l);
    desk_clear(&a->desk);
    return s;
}

enum { PHOTOS_MOST = OPERANDS_MOST };
struct adding { const struct settings *s; struct desk desk; struct finding_spec spec; const char *photo[PHOTOS_MOST]; struct blob blob[PHOTOS_MOST]; int photos;
                const char *key; struct walk walk; };

static enum status add_photos(struct work *w, struct adding *a)
{
    enum status s = OK;
    for (int i = 0; s == OK && i < a->photos; i++)
        s = evidence_record(w, &(struct evidence){ .thing = "finding", .thing_id = a->walk.id.text, .part = a->s->part, .name = a->photo[i], .blob = a->blob[i],
                                                   .lon = a->spec.lon, .lat = a->spec.lat, .captured_at_s = a->spec.seen_at_s });
    return s;
}

static enum status add_one(struct work *w, void *ctx)
{
    struct adding *a = ctx;
    enum status s = finding_locate(w, &a->desk, &a->spec);
    if (s == OK)
        s = finding_record(w, &a->desk, &a->spec, &a->walk);
    if (s == OK)
        s = add_photos(w, a);
    return s;
}

static enum status photo_one(struct work *w, void *ctx)
{
    struct adding *a = ctx;
    enum status s = visible_record(w, "finding", a->key);
    if (s == OK)
        s = walk_get(w, "finding", a->key, &a->walk);
    a->spec.lon = a->spec.lat = NAN;
    return s == OK ? add_photos(w, a) : s;
}

// The originals first: what a finding names is in blobs/ before the finding is there.
static enum status keep_photos(struct adding *a, const struct operands *words, int first, struct err *e)
{
    const struct settings *s = a->s;
    if (s->photo != NULL)
        a->photo[a->photos++] = s->photo;
    for (int i = first; i < words->count && a->photos < PHOTOS_MOST; i++)
        a->photo[a->photos++] = words->item[i];
    enum status status = OK;
    for (int i = 0; status == OK && i < a->photos; i++)
        status = blob_record_file(station_folder(s->use.station), a->photo[i], &a->blob[i], e);
    return status;
}

static enum status run_add(struct settings *s, const struct operands *words, struct err *e)
{
    struct adding a = { .s = s, .spec = { .source = s->source, .scheme = s->step.scheme, .code = s->step.code, .text = s->text, .crs = s->crs,
                                          .accuracy_m = s->accuracy_m > 0 ? s->accuracy_m : NAN, .seen_at_s = s->use.now_s } };
    bool adds = strcmp(words->item[0], "add") == 0;
    enum status status = OK;
    if (s->seen != NULL)
        status = station_use_time(s->seen, station_district(s->use.station)->zone_offset_s, &a.spec.seen_at_s, e);
    if (status == OK && adds)
        status = place_read(s->place, &a.spec.x, &a.spec.y, e);
    if (status == OK)
        status = keep_photos(&a, words, adds ? 2 : 3, e);
    a.key = adds ? NULL : words->item[2];
    if (status == OK)
        status = station_use_write(&s->use, adds ? add_one : photo_one, &a, e);
    desk_clear(&a.desk);
    if (status == OK)
        printf("%s\n", a.walk.number);
    return status;
}

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    struct settings *s = settings;
    struct asking a = { .s = s };
    if (strcmp(words->item[0], "list") == 0)
        return listing_read(&s->use, &(struct listing_plan){ columns, COLUMNS, &s->list, .query = &a }, list_all, e);
    if (strcmp(words->item[0], "move") == 0)
        return step_run(&s->use, "finding", words->item[2], words->item[3], &s->step, e);
    return run_add(s, words, e);
}

static enum status check(void *settings, const struct operands *words, struct err *e)
{
    const struct settings *s = settings;
    if (strcmp(words->item[0], "add") == 0 && s->place == NULL)
        return err_set(e, INVALID, "--%s is missing", "place");
    return step_check_state("finding", s->state, e);
}

int cmd_finding(const struct call *call)
{
    static const struct command_form forms[] = { { "list", 2, 2 }, { "add", 2, OPERANDS_MOST }, { "photo", 3, OPERANDS_MOST }, { "move", 4, 4 },
                                                 { NULL, 0, 0 } };
    struct settings s = { .crs = "EPSG:4326", .part = "near" };
    return station_command(call, &(struct station_command){ .form = forms, .check = check, .run = run }, &s);
}
