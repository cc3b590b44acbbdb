#include "api/listing.h"
#include "api/station_command.h"
#include "api/station_options.h"
#include "api/step_settings.h"
#include "core/base/buf.h"
#include "core/case_file.h"
#include "core/evidence.h"
#include "core/locator.h"
#include "core/paper.h"
#include "core/visible.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

struct settings {
    struct station_use use;
    struct listing_options list;
    struct step_settings step;
    const char *state, *cell, *kind, *place, *title, *source, *stock, *party, *facts, *number, *date, *served, *served_how, *file, *part;
    const char *ordered_by, *party_present;
    bool open, in_progress;
};

const struct option case_options[] = {
    { .kind = OPTION_HEADING, .help = "Listing" },
    { .kind = OPTION_TEXT, .name = "state", .value = "STATE", .at = offsetof(struct settings, state), .help = "only records in this state" },
    { .kind = OPTION_TEXT, .name = "cell", .value = "CODE", .at = offsetof(struct settings, cell), .help = "only those of this cell" },
    { .kind = OPTION_FLAG, .name = "open", .at = offsetof(struct settings, open), .help = "only what has not ended" },
    LISTING_OPTIONS(struct settings, list),
    { .kind = OPTION_HEADING, .help = "Opening and correcting" },
    { .kind = OPTION_TEXT, .name = "kind", .value = "KIND", .at = offsetof(struct settings, kind), .help = "kind of the case (gridpatrol document show STATION terms), or of the paper" },
    { .kind = OPTION_TEXT, .name = "place", .value = "LON,LAT", .at = offsetof(struct settings, place), .help = "where it is" },
    { .kind = OPTION_TEXT, .name = "title", .value = "TEXT", .at = offsetof(struct settings, title), .help = "what people call it" },
    { .kind = OPTION_TEXT, .name = "source", .value = "WORD", .at = offsetof(struct settings, source), .help = "where it comes from: patrol, call, letter, visit, media, public, survey, assigned" },
    { .kind = OPTION_TEXT, .name = "stock", .value = "WORD", .at = offsetof(struct settings, stock), .help = "new or existing" },
    { .kind = OPTION_FLAG, .name = "in-progress", .at = offsetof(struct settings, in_progress), .help = "it is still being built" },
    { .kind = OPTION_TEXT, .name = "party", .value = "NAME", .at = offsetof(struct settings, party), .help = "whose matter it is" },
    { .kind = OPTION_TEXT, .name = "facts", .value = "JSON", .at = offsetof(struct settings, facts), .help = "what routing rules may ask besides, such as {\"party_is_official\":true}" },
    { .kind = OPTION_TEXT, .name = "ordered-by", .value = "NAME", .at = offsetof(struct settings, ordered_by), .help = "fast track: who ordered the stop" },
    { .kind = OPTION_TEXT, .name = "party-present", .value = "WORD", .at = offsetof(struct settings, party_present), .help = "fast track: the party was present or absent" },
    { .kind = OPTION_HEADING, .help = "Papers and photos" },
    { .kind = OPTION_TEXT, .name = "number", .value = "NUMBER", .at = offsetof(struct settings, number), .help = "number of the paper" },
    { .kind = OPTION_TEXT, .name = "date", .value = "DATE", .at = offsetof(struct settings, date), .help = "date of the paper, or when the photo was taken (default: now)" },
    { .kind = OPTION_TEXT, .name = "served", .value = "DATE", .at = offsetof(struct settings, served), .help = "when the paper was served" },
    { .kind = OPTION_TEXT, .name = "served-how", .value = "TEXT", .at = offsetof(struct settings, served_how), .help = "how: in person, by post, left at the place" },
    { .kind = OPTION_TEXT, .name = "file", .value = "FILE", .at = offsetof(struct settings, file), .help = "the original, kept in blobs/" },
    { .kind = OPTION_TEXT, .name = "part", .value = "WORD", .at = offsetof(struct settings, part), .help = "what a photo shows: near, far, reference, before, after, other (default near)" },
    STEP_OPTIONS(struct settings, step),
    STATION_KEY_OPTION(struct settings, use),
    STATION_USE_OPTIONS(struct settings, use),
    { .kind = OPTION_END },
};

// --- Listing ------------------------------------------------------------------------------------------------------------------------

static const struct list_column columns[] = {
    { "number", LIST_TEXT, 20, false }, { "priority", LIST_WHOLE, 0, false }, { "due_at", LIST_TIME, 16, false }, { "is_overdue", LIST_FLAG, 0, false },
    { "is_due_provisional", LIST_FLAG, 0, false }, { "state", LIST_TEXT, 10, false }, { "agency", LIST_TEXT, 12, false }, { "cell_code", LIST_TEXT, 15, false },
    { "kind", LIST_TEXT, 0, true }, { "is_exempt", LIST_FLAG, 0, true }, { "title", LIST_TEXT, 0, false },
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static enum status print_line(void *ctx, const struct case_line *c, struct err *e)
{
    struct listing *l = ctx;
    const struct settings *s = l->query;
    const struct list_value v[COLUMNS] = {
        { .text = c->number }, { .whole = c->priority }, { .whole = c->due_at_s },
        { .whole = c->due_at_s < s->use.now_s, .label = text_in(e->lang, "overdue") }, { .whole = c->is_provisional, .label = "*" },
        { .text = c->state, .label = lifecycle_state_title("case", c->state, e->lang) },
        { .text = c->agency_key, .label = e->lang == LANG_ZH ? c->agency_zh : c->agency_en }, { .text = c->cell_code }, { .text = c->kind },
        { .whole = c->is_exempt }, { .text = c->title },
    };
    return listing_row(l, v);
}

static enum status list_all(struct work *w, void *ctx)
{
    const struct settings *s = ((struct listing *)ctx)->query;
    return case_each(w, &(struct case_query){ .state = s->state, .agency_key = s->step.agency, .cell_code = s->cell, .open_only = s->open,
                                              .page = listing_page(ctx) }, print_line, ctx);
}

// --- Doing --------------------------------------------------------------------------------------------------------------------------

struct errand { const struct settings *s; const char *key; station_job *fn; struct desk desk; struct walk walk; struct blob blob; int64_t date_s, served_s, until_s; double lon, lat; };

static enum status open_one(struct work *w, void *ctx)
{
    struct errand *a = ctx;
    const struct settings *s = a->s;
    struct located place = { .cell_code = NULL };
    enum status status = isnan(a->lon) ? OK : locator_find(w, &a->desk.locator, "OGC:CRS84", (struct xy_m){ a->lon, a->lat }, &place);
    if (status == OK)
        status = case_open(w, &a->desk, &(struct case_spec){ .kind = s->kind, .title = s->title, .source = s->source, .scheme = s->step.scheme,
            .code = s->step.code, .condition = (int)s->step.condition, .stock = s->stock, .in_progress = s->in_progress, .party = s->party,
            .area_m2 = s->step.area_m2, .lon = a->lon, .lat = a->lat, .cell_code = place.cell_code, .community_code = place.community_code,
            .facts = s->facts, .note = s->step.note }, &a->walk);
    return status;
}

static enum status correct_one(struct work *w, void *ctx)
{
    struct errand *a = ctx;
    const struct settings *s = a->s;
    enum status status = case_correct(w, &a->desk, a->key, &(struct case_correction){ .title = s->title, .party = s->party, .ordered_by = s->ordered_by,
        .party_present = s->party_present, .area_m2 = s->step.area_m2, .in_progress = s->in_progress ? 1 : 0, .facts = s->facts }, s->step.note);
    return status == OK ? walk_get(w, "case", a->key, &a->walk) : status;
}

static enum status paper_one(struct work *w, void *ctx)
{
    struct errand *a = ctx;
    const struct settings *s = a->s;
    enum status status = walk_get(w, "case", a->key, &a->walk);
    return status == OK ? paper_record(w, &(struct paper){ .thing = "case", .thing_id = a->walk.id.text, .kind = s->kind, .number = s->number,
        .dated_s = a->date_s, .served_s = a->served_s, .until_s = a->until_s, .served_how = s->served_how, .result = s->step.result, .path = s->file }) : status;
}

static enum status photo_one(struct work *w, void *ctx)
{
    struct errand *a = ctx;
    const struct settings *s = a->s;
    enum status status = walk_get(w, "case", a->key, &a->walk);
    return status == OK ? evidence_record(w, &(struct evidence){ .thing = "case", .thing_id = a->walk.id.text, .part = s->part, .name = s->file,
        .blob = a->blob, .lon = a->lon, .lat = a->lat, .captured_at_s = a->date_s != 0 ? a->date_s : w->now_s }) : status;
}

static enum status read_times(struct errand *a, struct err *e)
{
    const struct settings *s = a->s;
    int64_t zone = station_district(s->use.station)->zone_offset_s;
    const struct { const char *text; int64_t *out; } times[] = { { s->date, &a->date_s }, { s->served, &a->served_s }, { s->step.until, &a->until_s } };
    enum status status = OK;
    for (int i = 0; status == OK && i < 3; i++)
        if (times[i].text != NULL)
            status = station_use_time(times[i].text, zone, times[i].out, e);
    a->lon = a->lat = NAN;
    return status == OK && s->place != NULL ? place_read(s->place, &a->lon, &a->lat, e) : status;
}

static enum status check_facts(const char *facts, struct err *e)
{
    struct json_doc *doc = NULL;
    if (facts == NULL)
        return OK;
    enum status s = json_parse(facts, strlen(facts), "--facts", NULL, &doc, e);
    if (s == OK && json_kind(json_root(doc)) != JSON_KIND_OBJECT)
        s = err_set(e, INVALID, "--facts is one JSON object");
    json_close(doc);
    return s;
}

static enum status do_job(struct work *w, void *ctx)
{
    struct errand *a = ctx;
    enum status s = a->key != NULL ? visible_record(w, "case", a->key) : OK;
    return s == OK ? a->fn(w, a) : s;
}

static enum status run_job(struct settings *s, const char *key, station_job *fn, struct err *e)
{
    struct errand a = { .s = s, .key = key, .fn = fn };
    enum status status = read_times(&a, e);
    if (status == OK)
        status = check_facts(s->facts, e);
    if (status == OK && fn == photo_one)
        status = s->file != NULL ? blob_record_file(station_folder(s->use.station), s->file, &a.blob, e) : err_set(e, INVALID, "--%s is missing", "file");
    if (status == OK)
        status = station_use_write(&s->use, do_job, &a, e);
    desk_clear(&a.desk);
    if (status == OK)
        printf("%s\n", a.walk.number);
    return status;
}

static enum status run(void *settings, const struct operands *words, struct err *e)
{
    static const struct { const char *word; station_job *fn; } jobs[] = {
        { "open", open_one }, { "correct", correct_one }, { "paper", paper_one }, { "photo", photo_one },
    };
    struct settings *s = settings;
    const char *what = words->item[0];
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++)
        if (strcmp(jobs[i].word, what) == 0)
            return run_job(s, words->count > 2 ? words->item[2] : NULL, jobs[i].fn, e);
    if (strcmp(what, "list") == 0)
        return listing_read(&s->use, &(struct listing_plan){ columns, COLUMNS, &s->list, .query = s }, list_all, e);
    if (strcmp(what, "show") == 0)
        return station_use_show(&s->use, case_tell, words->item[2], e);
    return step_run(&s->use, "case", words->item[2], words->item[3], &s->step, e);
}

static enum status check(void *settings, const struct operands *words, struct err *e)
{
    (void)words;
    return step_check_state("case", ((struct settings *)settings)->state, e);
}

int cmd_case(const struct call *call)
{
    static const struct command_form forms[] = { { "list", 2, 2 }, { "open", 2, 2 }, { "show", 3, 3 }, { "correct", 3, 3 }, { "paper", 3, 3 },
                                                 { "photo", 3, 3 }, { "move", 4, 4 }, { NULL, 0, 0 } };
    struct settings s = { .part = "near" };
    return station_command(call, &(struct station_command){ .form = forms, .check = check, .run = run }, &s);
}
