#include "core/comparison.h"

#include "core/base/mem.h"
#include "core/base/when.h"
#include "core/blob.h"
#include "core/lifecycle.h"
#include "core/store/change_rows.h"
#include "core/store/comparison_rows.h"
#include "core/store/spatialite_guest.h"
#include "core/told.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { PATH_ROOM = 4200, PARAMETERS_MOST = 8192, SUMMARY_MOST = 8 << 20 };
static const double MIN_AREA_M2 = 4, MIN_WIDTH_M = 1, MIN_HEIGHT_M = 2.2, MAX_SHIFT_M = 10, STOREY_M = 3;

struct comparing {
    struct station *station;
    const struct station_call *call;
    const struct comparison_spec *spec;
    const struct progress *progress;
    struct comparison_report *report;
    struct id id;
    struct survey survey[SIDES];
    uint8_t *coverage[SIDES];
    char path[SIDES][PATH_ROOM];
    struct buf parameters, summary;
    struct pair_spec pair_spec;
    struct pair_diff pair;
    struct change_list list;
    struct recheck *recheck;
    int lock;                          // of the station's comparisons; -1: not held
};

// --- What is asked ----------------------------------------------------------------------------------------------------------------

static enum status read_surveys(struct work *w, void *ctx)
{
    struct comparing *c = ctx;
    const char *name[SIDES] = { c->spec->before, c->spec->after };
    enum status s = OK;
    for (int side = 0; s == OK && side < SIDES; side++) {
        s = survey_get(w, name[side], &c->survey[side]);
        if (s == OK && strcmp(c->survey[side].kind, "footprints") != 0)
            s = err_set(w->e, INVALID, "survey %s holds no footprints; only those are compared", name[side]);
        if (s == OK)
            s = survey_coverage(w, &c->survey[side], &c->coverage[side], &c->pair_spec.coverage_wkb_len[side]);
    }
    if (s == OK && strcmp(c->survey[BEFORE].id.text, c->survey[AFTER].id.text) == 0)
        s = err_set(w->e, INVALID, "%s is compared with itself; name two surveys", name[BEFORE]);
    if (s == OK && c->survey[BEFORE].taken_at_s > c->survey[AFTER].taken_at_s)
        s = err_set(w->e, INVALID, "%s looked at the ground later than %s; name the earlier survey first", name[BEFORE], name[AFTER]);
    return s;
}

static const char *or_null(const char *text) { return text[0] != '\0' ? text : NULL; }
static double or_usual(double given, double usual) { return given > 0 ? given : usual; }

// What one survey does not draw is no news in the other.
static double smallest_drawn(const struct comparing *c)
{
    double least = MIN_AREA_M2;
    for (int side = 0; side < SIDES; side++)
        if (isfinite(c->survey[side].min_area_m2))
            least = fmax(least, c->survey[side].min_area_m2);
    return least;
}

static void settle(struct comparing *c)
{
    const struct comparison_options *o = &c->spec->options;
    struct pair_spec *p = &c->pair_spec;
    for (int side = 0; side < SIDES; side++) {
        const struct survey *v = &c->survey[side];
        blob_path(station_folder(c->station), v->archive_sha256, c->path[side], PATH_ROOM);
        p->path[side] = c->path[side];
        p->name[side] = v->name;
        p->sha256[side] = v->archive_sha256;
        p->coverage_wkb[side] = c->coverage[side];
        p->side[side] = (struct pair_side_spec){ .id_field = or_null(v->id_field), .height_field = or_null(v->height_field),
                                                 .floors_field = or_null(v->floors_field), .dissolve_by = or_null(v->dissolve_by) };
    }
    p->metric_crs = station_district(c->station)->metric_crs;
    p->storey_m = or_usual(o->storey_m, STOREY_M);
    p->min_area_m2 = or_usual(o->min_area_m2, smallest_drawn(c));
    p->min_width_m = or_usual(o->min_width_m, MIN_WIDTH_M);
    p->min_height_m = or_usual(o->min_height_m, MIN_HEIGHT_M);
    p->max_shift_m = or_usual(o->max_shift_m, MAX_SHIFT_M);
    p->no_registration = o->no_registration;
    p->stable_ids = o->stable_ids;
    p->mask_capture_rule = o->mask_capture_rule;
    p->sql = &spatialite_reader;
    p->threads = o->threads;           // never changes the result, so it is no parameter
}

static void add_number(struct buf *b, const char *key, double value)
{
    buf_printf(b, ", \"%s\": ", key);
    buf_json_number(b, value, 6);
}

static void add_side(struct buf *b, const char *key, const struct comparing *c, enum side side)
{
    const struct pair_side_spec *s = &c->pair_spec.side[side];
    const char *fields[] = { "id_field", s->id_field, "height_field", s->height_field, "floors_field", s->floors_field, "dissolve_by", s->dissolve_by };
    buf_printf(b, ", \"%s\": {\"survey\": ", key);
    buf_json_text(b, c->survey[side].name);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i += 2)
        if (fields[i + 1] != NULL) {
            buf_printf(b, ", \"%s\": ", fields[i]);
            buf_json_text(b, fields[i + 1]);
        }
    buf_printf(b, ", \"has_coverage\": %s}", c->coverage[side] != NULL ? "true" : "false");
}

// All that can change the result; the same text, the same run.
static void write_parameters(struct comparing *c)
{
    const struct pair_spec *p = &c->pair_spec;
    struct buf *b = &c->parameters;
    buf_init(b, PARAMETERS_MOST);
    buf_text(b, "{\"metric_crs\": ");
    buf_json_text(b, p->metric_crs);
    add_number(b, "min_area_m2", p->min_area_m2);
    add_number(b, "min_width_m", p->min_width_m);
    add_number(b, "min_height_m", p->min_height_m);
    add_number(b, "max_shift_m", p->max_shift_m);
    add_number(b, "storey_m", p->storey_m);
    buf_printf(b, ", \"no_registration\": %s, \"stable_ids\": %s, \"mask_capture_rule\": %s", p->no_registration ? "true" : "false",
               p->stable_ids ? "true" : "false", p->mask_capture_rule ? "true" : "false");
    add_side(b, "before", c, BEFORE);
    add_side(b, "after", c, AFTER);
    buf_text(b, "}");
}

static struct comparison_key key_of(const struct comparing *c)
{
    return (struct comparison_key){ c->survey[BEFORE].archive_sha256, c->survey[AFTER].archive_sha256, c->parameters.data, c->spec->program_version };
}

static enum status look_for_same(struct work *w, void *ctx)
{
    struct comparing *c = ctx;
    struct comparison_key key = key_of(c);
    enum status s = comparison_select_same(w->db, &key, &c->report->id, w->e);
    c->report->same = s == OK;
    return s == NOT_FOUND ? OK : s;
}

// --- States of the run --------------------------------------------------------------------------------------------------------------

// Held while a comparison runs, and let go when its process ends, however it ends.
static enum status take_lock(struct comparing *c, struct err *e)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/comparison.lock", station_folder(c->station));
    c->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (c->lock < 0)
        return err_set(e, FAILED, "%s: cannot be made: %s", path, strerror(errno));
    if (flock(c->lock, LOCK_EX | LOCK_NB) == 0)
        return OK;
    return err_set(e, BUSY, "another comparison is under way in this station; wait until it is done");
}

static enum status may_move_run(struct work *w, const char *from, const char *verb, const char *note, const char **state)
{
    struct facts facts = { .has_inputs = true, .has_note = note != NULL };
    struct outcome outcome;
    struct attempt attempt = { "comparison", from, verb, ROLE_SERVICE, &facts };
    enum status s = lifecycle_check(&attempt, &outcome, w->e);
    if (s == OK)
        *state = outcome.to;
    return s;
}

static enum status end_run(struct work *w, const char *id, const char *verb, const char *note)
{
    const char *state = NULL;
    struct as_told before;
    enum status s = may_move_run(w, "running", verb, note, &state);
    if (s == OK)
        s = told_of(w, "comparison", id, &before);
    if (s == OK)
        s = comparison_update_end(w->db, &(struct comparison_end){ id, state, "{}", NAN, w->now_s }, w->e);
    return s == OK ? told_note(w, &(struct deed){ .verb = verb, .thing = "comparison", .thing_id = id, .note = note }, &before) : s;
}

enum { ORPHANS_MOST = 64 };
struct orphans { struct id id[ORPHANS_MOST]; int count; };
static enum status take_orphan(void *ctx, const char *id, struct err *e)
{
    struct orphans *o = ctx;
    (void)e;
    if (o->count < ORPHANS_MOST)
        snprintf(o->id[o->count++].text, ID_TEXT, "%s", id);
    return OK;
}

// The lock is ours, so whoever left a row running was killed. It left nothing else.
static enum status begin_run(struct work *w, void *ctx)
{
    struct comparing *c = ctx;
    struct comparison_key key = key_of(c);
    struct orphans orphans = { .count = 0 };
    const char *state = NULL;
    enum status s = comparison_each_running(w->db, take_orphan, &orphans, w->e);
    for (int i = 0; s == OK && i < orphans.count; i++)
        s = end_run(w, orphans.id[i].text, "fail", "it was interrupted");
    c->id = work_id(w);
    if (s == OK)
        s = may_move_run(w, "", "run", NULL, &state);
    if (s == OK)
        s = comparison_insert(w->db, c->id.text, c->survey[BEFORE].id.text, c->survey[AFTER].id.text, &key, w->now_s, w->e);
    return s == OK ? told_note(w, &(struct deed){ .verb = "run", .thing = "comparison", .thing_id = c->id.text }, NULL) : s;
}

struct ending { const char *id, *verb, *note; };
static enum status record_ending(struct work *w, void *ctx)
{
    const struct ending *end = ctx;
    return end_run(w, end->id, end->verb, end->note);
}

// --- The work ---------------------------------------------------------------------------------------------------------------------

static enum status unless_cancelled(const struct comparing *c, struct err *e)
{
    if (c->spec->cancelled == NULL || *c->spec->cancelled == 0)
        return OK;
    return err_set(e, CONFLICT, "the comparison was cancelled; nothing of it was kept");
}

static enum status compare(struct comparing *c, struct err *e)
{
    enum status s = pair_diff_open(&c->pair, &c->pair_spec, e->lang, e);
    if (s == OK)
        s = pair_diff_read(&c->pair, c->progress, e);
    if (s == OK)
        s = unless_cancelled(c, e);
    if (s == OK)
        s = pair_diff_run(&c->pair, c->progress, e);
    return s == OK ? unless_cancelled(c, e) : s;
}

static enum status judge(struct work *w, void *ctx)
{
    struct comparing *c = ctx;
    struct pair_surveys surveys = { &c->survey[BEFORE], &c->survey[AFTER] };
    change_list_init(&c->list);
    enum status s = change_list_fill(w, &c->pair, surveys, &c->list);
    if (s == OK)
        s = change_list_follow(w, surveys, &c->list, &c->report->followed);
    if (s == OK)
        s = legality_ask(w, &c->pair, surveys, &c->list, &c->report->legality);
    if (s == OK)
        s = recheck_look(w, &c->pair, surveys, &c->list, &c->recheck);
    for (int64_t i = 0; i < c->list.count; i++)
        c->list.row[i].comparison = c->id;
    return s;
}

// What the engine says, and what the station adds to it.
static void write_summary(struct comparing *c)
{
    const struct comparison_report *r = c->report;
    struct buf *b = &c->summary;
    buf_init(b, SUMMARY_MOST);
    if (c->spec->summary != NULL)
        c->spec->summary(c->spec->ctx, &c->pair, b);
    for (char last = '\0'; b->len > 0 && last != '}'; b->data[b->len] = '\0')
        last = b->data[--b->len];                  // the object is opened again: its own brace goes, not those within
    buf_text(b, b->len > 0 ? ",\n\"station\": {" : "{\"station\": {");
    buf_printf(b, "\"followed\": %lld, \"inherited\": %lld, \"woken\": %lld, \"judged\": %lld, \"uncovered\": %lld, ", (long long)r->followed,
               (long long)r->inheritance.inherited, (long long)r->inheritance.woken, (long long)r->legality.judged, (long long)r->legality.uncovered);
    buf_printf(b, "\"approved_unused\": {\"count\": %lld, \"first\": ", (long long)r->legality.unused);
    buf_json_text(b, r->legality.unused_numbers);
    buf_printf(b, "}, \"cases\": {\"looked_at\": %lld, \"gone\": %lld, \"standing\": %lld, \"back\": %lld}}\n}\n", (long long)r->recheck.looked_at,
               (long long)r->recheck.gone, (long long)r->recheck.standing, (long long)r->recheck.back);
}

// A decision that is carried on is a deed.
static enum status insert_change(struct work *w, const struct change_row *row)
{
    char verb[40];
    enum status s = change_insert(w->db, row, w->e);
    if (s != OK || row->inherited_from == NULL)
        return s;
    snprintf(verb, sizeof verb, "inherit_%s", row->state);
    return told_note(w, &(struct deed){ .verb = verb, .thing = "change", .thing_id = row->id.text, .note = row->inherited_from }, NULL);
}

static enum status insert_changes(struct work *w, struct comparing *c)
{
    enum { TELL_EVERY = 1024 };
    static const double BEGIN_SHARE = 0.9;
    enum status s = OK;
    for (int64_t i = 0; s == OK && i < c->list.count; i++) {
        if (i % TELL_EVERY == 0) {
            progress_tell(c->progress, "writing", BEGIN_SHARE + (1 - BEGIN_SHARE) * (double)i / (double)c->list.count);
            s = unless_cancelled(c, w->e);
        }
        if (s == OK)
            s = insert_change(w, &c->list.row[i]);
    }
    return s;
}

static enum status record_end(struct work *w, const struct comparing *c, const char *state, const char *summary)
{
    return comparison_update_end(w->db, &(struct comparison_end){ c->id.text, state, summary, c->pair.result.summary.expected_false_alarms, w->now_s },
                                 w->e);
}

// What cases hear of it names a comparison that is done.
static enum status recheck_cases(struct work *w, struct comparing *c, const char *state)
{
    enum status s = record_end(w, c, state, "{}");
    return s == OK ? recheck_record(w, c->id.text, c->recheck, &c->report->recheck) : s;
}

static enum status summarize(struct work *w, struct comparing *c, const char *state)
{
    write_summary(c);
    if (c->summary.full)
        return err_set(w->e, TOO_BIG, "the summary of the comparison has more than %d MB", SUMMARY_MOST >> 20);
    return record_end(w, c, state, c->summary.data);
}

// All of it, or nothing: the changes, the decisions they carry on, and that it is done.
static enum status finish(struct work *w, void *ctx)
{
    struct comparing *c = ctx;
    const char *state = NULL;
    struct as_told before;
    enum status s = change_list_inherit(w, (struct pair_surveys){ &c->survey[BEFORE], &c->survey[AFTER] }, &c->list, &c->report->inheritance);
    if (s == OK)
        s = told_of(w, "comparison", c->id.text, &before);
    if (s == OK)
        s = insert_changes(w, c);
    if (s == OK)
        s = may_move_run(w, "running", "finish", NULL, &state);
    if (s == OK)
        s = recheck_cases(w, c, state);
    if (s == OK)
        s = summarize(w, c, state);
    return s == OK ? told_note(w, &(struct deed){ .verb = "finish", .thing = "comparison", .thing_id = c->id.text }, &before) : s;
}

static void fill_report(const struct comparing *c, double judged_s, double written_s)
{
    struct comparison_report *r = c->report;
    r->id = c->id;
    r->changes = c->list.count;
    memcpy(r->per_class, c->pair.result.summary.per_class, sizeof r->per_class);
    r->expected_false_alarms = c->pair.result.summary.expected_false_alarms;
    r->read_s = c->pair.read_s;
    r->compare_s = c->pair.compare_s;
    r->judge_s = judged_s;
    r->write_s = written_s;
}

static enum status run(struct comparing *c, struct err *e)
{
    enum status s = station_write(c->station, c->call, begin_run, c, e);
    if (s != OK)
        return s;
    s = compare(c, e);
    double compared_s = when_monotonic_s();
    if (s == OK)
        s = station_read(c->station, c->call, judge, c, e);
    double judged_s = when_monotonic_s();
    if (s == OK)
        s = station_write(c->station, c->call, finish, c, e);
    if (s == OK) {
        fill_report(c, judged_s - compared_s, when_monotonic_s() - judged_s);
        return OK;
    }
    bool is_cancelled = c->spec->cancelled != NULL && *c->spec->cancelled != 0;
    struct ending end = { c->id.text, is_cancelled ? "cancel" : "fail", e->text };
    struct err aside = { .lang = e->lang };        // the first sentence is the one to hear
    (void)station_write(c->station, c->call, record_ending, &end, &aside);
    return s;
}

static void clear(struct comparing *c)
{
    recheck_free(c->recheck);
    if (c->list.arena != NULL)
        change_list_clear(&c->list);
    pair_diff_clear(&c->pair);
    buf_clear(&c->parameters);
    buf_clear(&c->summary);
    for (int side = 0; side < SIDES; side++)
        mem_free(c->coverage[side]);
    if (c->lock >= 0)
        close(c->lock);
}

enum status comparison_run(struct station *s, const struct station_call *call, const struct comparison_spec *spec,
                           const struct progress *progress, struct comparison_report *out, struct err *e)
{
    struct comparing *c = mem_get(1, sizeof *c);
    *c = (struct comparing){ .station = s, .call = call, .spec = spec, .progress = progress, .report = out, .lock = -1 };
    *out = (struct comparison_report){ 0 };
    enum status status = station_read(s, call, read_surveys, c, e);
    if (status == OK) {
        settle(c);
        write_parameters(c);
        status = take_lock(c, e);
    }
    if (status == OK && !spec->again)
        status = station_read(s, call, look_for_same, c, e);
    if (status == OK && !out->same)
        status = run(c, e);
    clear(c);
    mem_free(c);
    return status;
}
