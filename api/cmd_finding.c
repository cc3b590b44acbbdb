#include "api/station_options.h"
#include "api/step_settings.h"
#include "core/evidence.h"
#include "core/finding.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct settings {
    struct station_use use;
    struct step_settings step;
    const char *state, *place, *crs, *text, *source, *photo, *part, *seen;
    double accuracy_m;
};

const struct option finding_options[] = {
    { .kind = OPTION_TEXT, .name = "state", .value = "STATE", .at = offsetof(struct settings, state), .help = "only records in this state" },
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

static enum status print_line(void *ctx, const struct finding_line *f, struct err *e)
{
    const struct work *w = ctx;
    (void)e;
    printf("%s  ", f->number);
    print_local_time(f->seen_at_s, w->district->zone_offset_s);
    printf("  %s  %s  %s  %s\n", f->state, f->code != NULL ? f->code : "-", f->cell_code != NULL ? f->cell_code : "-", f->text);
    return OK;
}

static enum status list_all(struct work *w, void *ctx) { return finding_each(w, ((const struct settings *)ctx)->state, print_line, w); }

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
    struct placing *placing = NULL;
    enum status s = placing_open(w, &placing);
    if (s == OK)
        s = finding_locate(w, placing, &a->spec);
    if (s == OK)
        s = finding_record(w, &a->desk, &a->spec, &a->walk);
    if (s == OK)
        s = add_photos(w, a);
    placing_close(placing);
    return s;
}

static enum status photo_one(struct work *w, void *ctx)
{
    struct adding *a = ctx;
    enum status s = walk_get(w, "finding", a->key, &a->walk);
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
    struct station_call call = station_use_call(&s->use);
    enum status status = OK;
    if (s->seen != NULL)
        status = station_use_time(s->seen, station_district(s->use.station)->zone_offset_s, &a.spec.seen_at_s, e);
    if (status == OK && adds)
        status = place_read(s->place, &a.spec.x, &a.spec.y, e);
    if (status == OK)
        status = keep_photos(&a, words, adds ? 2 : 3, e);
    a.key = adds ? NULL : words->item[2];
    if (status == OK)
        status = station_write(s->use.station, &call, adds ? add_one : photo_one, &a, e);
    desk_clear(&a.desk);
    if (status == OK)
        printf("%s\n", a.walk.number);
    return status;
}

static enum status check_words(const struct operands *words, const struct settings *s, struct err *e)
{
    static const struct { const char *word; int least, most; } forms[] = { { "list", 2, 2 }, { "add", 2, OPERANDS_MOST }, { "photo", 3, OPERANDS_MOST }, { "move", 4, 4 } };
    for (size_t i = 0; words->count > 0 && i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(forms[i].word, words->item[0]) == 0 && forms[i].least <= words->count && words->count <= forms[i].most)
            return i == 1 && s->place == NULL ? err_set(e, INVALID, "--%s is missing", "place") : OK;
    return err_set(e, INVALID, "finding list STATION, finding add STATION --place LON,LAT [PHOTO...], finding photo STATION NUMBER PHOTO..., or finding move STATION NUMBER VERB");
}

int cmd_finding(const struct call *call)
{
    struct err e = { .lang = call->lang };
    struct settings s = { .crs = "EPSG:4326", .part = "near" };
    struct operands words;
    enum status status = options_read(finding_options, call->argc, call->argv, OPERANDS_MOST, &s, &words, &e);
    if (status == OK)
        status = check_words(&words, &s, &e);
    if (status != OK)
        return command_used_wrongly(call, &e);
    status = station_use_open(&s.use, words.item[1], &e);
    struct station_call who = station_use_call(&s.use);
    if (status == OK && strcmp(words.item[0], "list") == 0)
        status = station_read(s.use.station, &who, list_all, &s, &e);
    else if (status == OK && strcmp(words.item[0], "move") == 0)
        status = step_run(&s.use, "finding", words.item[2], words.item[3], &s.step, &e);
    else if (status == OK)
        status = run_add(&s, &words, &e);
    station_use_close(&s.use);
    return status == OK ? EXIT_DONE : command_failed(call, &e);
}
