// A town of houses written by hand, surveyed three or four times: what is compared, judged, reviewed, followed, looked at again.
#include "core/actor.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/comparison.h"
#include "core/register.h"
#include "core/store/recheck_rows.h"
#include "core/told.h"
#include "core/verify.h"
#include "gis/footprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/core/temporary_station.h"

enum { DAY = 86400, BORN_S = 1600000000, YEAR = 365 * DAY };
enum { A, B, C, D, SURVEYS };
static const char *const survey_names[SURVEYS] = { "A", "B", "C", "D" };

struct fixture {
    struct temporary at;
    struct station *station;
    struct err e;
    struct actor analyst, checker;
};
// --- The town ---------------------------------------------------------------------------------------------------------------------

struct house { const char *id; double x, y, w, h, height; unsigned seen; }; // metres from the corner of the town; seen: bits of surveys
#define IN(s) (1u << (s))
static const unsigned ALWAYS = IN(A) | IN(B) | IN(C) | IN(D);
static const struct house town[] = {
    { "plain", 500, 0, 12, 10, 6, IN(B) | IN(C) | IN(D) },                    // new in B, no permit, in farmland
    { "approved", 500, 100, 12, 10, 6, IN(B) | IN(C) | IN(D) },               // new in B, with a permit
    { "growing", 500, 200, 12, 10, 6, IN(B) },                                // new in B, larger in C
    { "growing", 500, 200, 24, 10, 6, IN(C) | IN(D) },
    { "short-lived", 500, 300, 14, 10, 6, IN(B) | IN(C) },                    // new in B, gone in D
    { "recurring", 500, 400, 14, 11, 6, IN(B) | IN(D) },                      // new in B, gone in C, back in D
};

// How far each survey lies beside the ground, metres: the same house must be known all the same.
static const struct xy_m beside[SURVEYS] = { [A] = { 0, 0 }, [B] = { 1.5, -0.7 }, [C] = { -2.1, 1.4 }, [D] = { 0.9, 2.2 } };

static void add_house(FILE *file, bool *more, const struct house *h, struct xy_m by)
{
    double x = 500000 + h->x + by.x, y = 3540000 + h->y + by.y;
    fprintf(file, "%s{\"type\":\"Feature\",\"properties\":{\"id\":\"%s\",\"height\":%.1f},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
                  "[[[%.3f,%.3f],[%.3f,%.3f],[%.3f,%.3f],[%.3f,%.3f],[%.3f,%.3f]]]}}", *more ? ",\n" : "", h->id, h->height, x, y, x + h->w, y,
            x + h->w, y + h->h, x, y + h->h, x, y);
    *more = true;
}

static FILE *begin_layer(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::4549\"}},\"features\":[\n");
    return file;
}

static void end_layer(FILE *file)
{
    fprintf(file, "]}\n");
    fclose(file);
}

static void write_town(const char *path, int survey)
{
    FILE *file = begin_layer(path);
    bool more = false;
    for (int i = 0; i < 64; i++) {                 // old houses that hold the surveys together
        char id[16];
        snprintf(id, sizeof id, "old-%d", i);
        add_house(file, &more, &(struct house){ id, i % 8 * 45, i / 8 * 45, 10 + i % 3, 9 + i % 2, 5, ALWAYS }, beside[survey]);
    }
    for (size_t i = 0; i < sizeof town / sizeof town[0]; i++)
        if (town[i].seen & IN(survey))
            add_house(file, &more, &town[i], beside[survey]);
    end_layer(file);
}

static void write_area(const char *path, double x, double y, double w, double h, const char *properties)
{
    FILE *file = begin_layer(path);
    x += 500000;
    y += 3540000;
    fprintf(file, "{\"type\":\"Feature\",\"properties\":{%s},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[%.3f,%.3f],[%.3f,%.3f],[%.3f,%.3f],"
                  "[%.3f,%.3f],[%.3f,%.3f]]]}}", properties, x, y, x + w, y, x + w, y + h, x, y + h, x, y);
    end_layer(file);
}

// --- The station ------------------------------------------------------------------------------------------------------------------

static struct station_call as(const struct actor *a, int64_t at_s) { return (struct station_call){ at_s, a->id.text }; }
static enum status record_actor(struct work *w, void *ctx) { return actor_record(w, ctx); }
static int64_t date_of(int survey) { return BORN_S + (int64_t)survey * YEAR; }
static int64_t now_of(int survey) { return date_of(survey) + 30 * DAY; }

static void no_refusal(void *ctx, int64_t row, int64_t fid, const char *sentence)
{
    (void)ctx;
    fail_msg("row %lld (%lld): %s", (long long)row, (long long)fid, sentence);
}

static void load(struct fixture *f, const char *layer, const char *name, double x, double y, double w, double h, const char *properties)
{
    char path[256];
    struct register_report report;
    struct station_call call = as(&f->analyst, BORN_S);
    snprintf(path, sizeof path, "%s/%s.geojson", f->at.home, name);
    write_area(path, x, y, w, h, properties);
    assert_ok(f, register_load(f->station, &call, &(struct register_spec){ .layer = layer, .path = path, .source = name }, NULL, no_refusal, NULL, &report, &f->e));
    assert_int_equal(report.added, 1);
}

static void add_survey(struct fixture *f, int survey)
{
    char path[256];
    struct survey out;
    bool same;
    struct station_call call = as(&f->analyst, date_of(survey));
    snprintf(path, sizeof path, "%s/survey-%s.geojson", f->at.home, survey_names[survey]);
    write_town(path, survey);
    struct survey_spec spec = { .path = path, .survey = { .kind = "footprints", .taken_at_s = date_of(survey), .outline = "unknown", .accuracy_m = 0.2,
                                                          .min_area_m2 = NAN, .height_field = "height" } };
    snprintf(spec.survey.id_field, sizeof spec.survey.id_field, "id");
    snprintf(spec.survey.name, sizeof spec.survey.name, "%s", survey_names[survey]);
    assert_ok(f, survey_record(f->station, &call, &spec, NULL, &out, &same, &f->e));
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->station = temporary_open(&f->at, BORN_S);
    struct station_call system = { BORN_S, "system" };
    f->analyst = (struct actor){ .name = "李核", .role = "analyst" };
    f->checker = (struct actor){ .name = "王监", .role = "checker" };
    assert_ok(f, station_write(f->station, &system, record_actor, &f->analyst, &f->e));
    assert_ok(f, station_write(f->station, &system, record_actor, &f->checker, &f->e));
    for (int s = 0; s < SURVEYS; s++)
        add_survey(f, s);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    int gone = temporary_close(&f->at, f->station);
    free(f);
    return gone;
}

static void print_fault(void *ctx, const char *sentence)
{
    (void)ctx;
    print_error("%s\n", sentence);
}

static void assert_verifies(struct fixture *f)
{
    struct verify_report report;
    assert_ok(f, verify_station(f->station, NULL, print_fault, NULL, &report, &f->e));
    assert_int_equal(report.faults, 0);
}

static enum status compare_with(struct fixture *f, int before, int after, bool again, const volatile sig_atomic_t *cancelled,
                                struct comparison_report *out)
{
    struct comparison_spec spec = { .before = survey_names[before], .after = survey_names[after], .again = again, .program_version = "test",
                                    .cancelled = cancelled };
    struct station_call call = as(&f->analyst, now_of(after));
    return comparison_run(f->station, &call, &spec, NULL, out, &f->e);
}

static struct comparison_report compare(struct fixture *f, int before, int after)
{
    struct comparison_report r;
    assert_ok(f, compare_with(f, before, after, false, NULL, &r));
    return r;
}

// --- Asking -------------------------------------------------------------------------------------------------------------------------

struct seen { char id[ID_TEXT], object[ID_TEXT], class[16], state[16], legal[64], permit[32], zone[32], inherited[ID_TEXT], woken[64], reviewer[ID_TEXT];
              double suspicion, gained_m2; int64_t number; bool is_slot; };
struct finding { const char *comparison, *house; struct seen *out; int found; };

static void keep(char *out, size_t cap, const char *text) { snprintf(out, cap, "%s", text != NULL ? text : ""); }

static enum status take_change(void *ctx, const struct change_row *c, struct err *e)
{
    struct finding *f = ctx;
    (void)e;
    if (strcmp(c->after_ids, f->house) != 0 && strcmp(c->before_ids, f->house) != 0)
        return OK;
    struct seen *s = f->out;
    *s = (struct seen){ .suspicion = c->suspicion, .gained_m2 = c->gained_m2, .number = c->number, .is_slot = c->is_audit_slot };
    keep(s->id, sizeof s->id, c->id.text);
    keep(s->object, sizeof s->object, c->object.text);
    keep(s->class, sizeof s->class, c->class);
    keep(s->state, sizeof s->state, c->state);
    keep(s->legal, sizeof s->legal, c->legal_codes);
    keep(s->permit, sizeof s->permit, c->permit_number);
    keep(s->zone, sizeof s->zone, c->zone_kind);
    keep(s->inherited, sizeof s->inherited, c->inherited_from);
    keep(s->woken, sizeof s->woken, c->woken_by);
    keep(s->reviewer, sizeof s->reviewer, c->reviewed_by);
    f->found++;
    return OK;
}

static enum status find_change(struct work *w, void *ctx)
{
    struct finding *f = ctx;
    return change_each(w, &(struct change_query){ .comparison = f->comparison }, take_change, f);
}

// The one change of this comparison that names the house.
static struct seen change_of(struct fixture *f, const struct comparison_report *r, const char *house)
{
    struct seen s = { .number = 0 };
    struct finding find = { r->id.text, house, &s, 0 };
    struct station_call call = as(&f->analyst, BORN_S);
    assert_ok(f, station_read(f->station, &call, find_change, &find, &f->e));
    if (find.found != 1)
        fail_msg("%s is in %d changes", house, find.found);
    return s;
}

struct one_number { const char *sql; int64_t answer; };
static enum status ask_number(struct work *w, void *ctx)
{
    struct one_number *n = ctx;
    return db_integer(w->db, n->sql, NO_VALUES, &n->answer, w->e);
}

static int64_t number(struct fixture *f, const char *sql)
{
    struct one_number n = { sql, -1 };
    struct station_call call = as(&f->analyst, BORN_S);
    assert_ok(f, station_read(f->station, &call, ask_number, &n, &f->e));
    return n.answer;
}

struct deciding { struct change_review review; char state[16]; };
static enum status decide_job(struct work *w, void *ctx)
{
    struct deciding *d = ctx;
    return change_decide(w, &d->review, &(struct id){ "" }, d->state);
}

static enum status decide(struct fixture *f, const struct actor *who, const char *change, const char *verb, const char *note)
{
    struct deciding d = { { change, verb, note, who->role }, "" };
    struct station_call call = as(who, now_of(D));
    return station_write(f->station, &call, decide_job, &d, &f->e);
}

// --- Comparing ----------------------------------------------------------------------------------------------------------------------

static void what_is_new_is_found_judged_and_ranked(void **state)
{
    struct fixture *f = *state;
    load(f, "permit", "permit", 495, 95, 30, 30, "\"number\":\"P-1\",\"permitted_footprint_m2\":130");
    load(f, "permit", "unused", 900, 95, 30, 30, "\"number\":\"P-2\",\"permitted_footprint_m2\":130");
    load(f, "zone", "zone", 480, -20, 60, 60, "\"kind\":\"farmland\",\"weight\":1");
    struct comparison_report r = compare(f, A, B);
    assert_int_equal(r.changes, 5);
    assert_int_equal(r.per_class[CHANGE_NEW], 5);
    assert_int_equal(r.legality.judged, 5);
    assert_int_equal(r.legality.unused, 1);
    assert_string_equal(r.legality.unused_numbers, "P-2");
    struct seen plain = change_of(f, &r, "plain"), approved = change_of(f, &r, "approved"), growing = change_of(f, &r, "growing");
    assert_string_equal(plain.legal, "NO_PERMIT,IN_ZONE");
    assert_string_equal(plain.zone, "farmland");
    assert_string_equal(approved.legal, "COVERED");
    assert_string_equal(approved.permit, "P-1");
    assert_string_equal(growing.legal, "NO_PERMIT");
    assert_true(plain.suspicion > growing.suspicion && growing.suspicion > approved.suspicion);
    assert_verifies(f);
}

static void the_same_again_adds_nothing_unless_asked(void **state)
{
    struct fixture *f = *state;
    struct comparison_report first = compare(f, A, B), second, third;
    int64_t audit = number(f, "SELECT count(*) FROM audit");
    assert_ok(f, compare_with(f, A, B, false, NULL, &second));
    assert_true(second.same);
    assert_string_equal(second.id.text, first.id.text);
    assert_int_equal(number(f, "SELECT count(*) FROM change"), 5);
    assert_int_equal(number(f, "SELECT count(*) FROM audit"), audit);
    assert_ok(f, compare_with(f, A, B, true, NULL, &third));
    assert_false(third.same);
    assert_int_equal(number(f, "SELECT count(*) FROM change"), 10);
    assert_int_equal(number(f, "SELECT count(*) FROM change a JOIN change b ON a.number = b.number AND a.fid < b.fid WHERE a.object_id = b.object_id "
                               "AND a.class = b.class AND a.after_ids = b.after_ids AND a.suspicion = b.suspicion AND a.audit_slot = b.audit_slot "
                               "AND AsBinary(a.geom) = AsBinary(b.geom)"), 5);
    assert_verifies(f);
}

static void a_cancelled_run_leaves_no_change_and_can_be_run_again(void **state)
{
    struct fixture *f = *state;
    static const volatile sig_atomic_t yes = 1;
    struct comparison_report r;
    assert_int_equal(compare_with(f, A, B, false, &yes, &r), CONFLICT);
    assert_int_equal(number(f, "SELECT count(*) FROM change"), 0);
    assert_int_equal(number(f, "SELECT count(*) FROM comparison WHERE state = 'cancelled'"), 1);
    r = compare(f, A, B);
    assert_int_equal(r.changes, 5);
    assert_false(r.same);
    assert_verifies(f);
}

static void surveys_come_in_order_and_are_two(void **state)
{
    struct fixture *f = *state;
    struct comparison_report r;
    assert_int_equal(compare_with(f, A, A, false, NULL, &r), INVALID);
    assert_int_equal(compare_with(f, B, A, false, NULL, &r), INVALID);
    assert_int_equal(number(f, "SELECT count(*) FROM comparison"), 0);
}

// --- Review and memory ------------------------------------------------------------------------------------------------------------

static void a_verdict_needs_the_right_person_and_a_reason(void **state)
{
    struct fixture *f = *state;
    struct comparison_report r = compare(f, A, B);
    struct actor admin = { .role = "administrator" };
    admin.id = f->analyst.id;
    struct seen plain = change_of(f, &r, "plain");
    assert_int_equal(decide(f, &admin, plain.id, "confirm", NULL), DENIED);
    assert_int_equal(decide(f, &f->analyst, plain.id, "dismiss", NULL), INVALID);
    assert_int_equal(decide(f, &f->analyst, plain.id, "inherit_confirmed", "x"), DENIED);
    assert_int_equal(decide(f, &f->analyst, "nobody", "confirm", NULL), NOT_FOUND);
    assert_int_equal(number(f, "SELECT count(*) FROM change WHERE state <> 'open'"), 0);
    assert_ok(f, decide(f, &f->analyst, plain.id, "confirm", NULL));
    assert_int_equal(decide(f, &f->analyst, plain.id, "agree", NULL), DENIED);      // the same person twice
    assert_ok(f, decide(f, &f->checker, plain.id, "agree", NULL));
    plain = change_of(f, &r, "plain");
    assert_string_equal(plain.state, "confirmed");
    assert_string_equal(plain.reviewer, f->analyst.id.text);
    assert_ok(f, decide(f, &f->checker, plain.id, "overturn", "the picture is of another year"));
    plain = change_of(f, &r, "plain");
    assert_string_equal(plain.state, "open");
    assert_string_equal(plain.reviewer, "");
    assert_int_equal(number(f, "SELECT count(*) FROM audit WHERE thing = 'change'"), 3);
    assert_verifies(f);
}

static void a_decision_is_carried_on_until_the_thing_grows(void **state)
{
    struct fixture *f = *state;
    struct comparison_report ab = compare(f, A, B);
    struct seen plain = change_of(f, &ab, "plain"), growing = change_of(f, &ab, "growing"), approved = change_of(f, &ab, "approved");
    assert_ok(f, decide(f, &f->analyst, plain.id, "confirm", NULL));
    assert_ok(f, decide(f, &f->analyst, growing.id, "find_legal", "a greenhouse"));
    struct comparison_report ac = compare(f, A, C);
    assert_int_equal(ac.inheritance.inherited, 1);
    assert_int_equal(ac.inheritance.woken, 1);
    struct seen plain_later = change_of(f, &ac, "plain"), growing_later = change_of(f, &ac, "growing"), approved_later = change_of(f, &ac, "approved");
    assert_string_equal(plain_later.object, plain.object);
    assert_string_equal(plain_later.state, "confirmed");
    assert_string_equal(plain_later.inherited, plain.id);
    assert_string_equal(plain_later.reviewer, f->analyst.id.text);
    assert_string_equal(growing_later.object, growing.object);
    assert_string_equal(growing_later.state, "open");
    assert_string_equal(growing_later.woken, "area:120.0");
    assert_string_equal(approved_later.object, approved.object);
    assert_string_equal(approved_later.state, "open");                               // nobody decided anything
    assert_verifies(f);
}

static void an_object_is_followed_from_survey_to_survey(void **state)
{
    struct fixture *f = *state;
    struct comparison_report ab = compare(f, A, B);
    struct seen growing = change_of(f, &ab, "growing"), recurring = change_of(f, &ab, "recurring");
    assert_ok(f, decide(f, &f->analyst, growing.id, "confirm", NULL));
    struct comparison_report bc = compare(f, B, C);
    struct seen grown = change_of(f, &bc, "growing"), gone = change_of(f, &bc, "recurring");
    assert_string_equal(grown.class, "enlarged");
    assert_string_equal(grown.object, growing.object);
    assert_string_equal(grown.state, "open");
    assert_string_equal(grown.woken, "area:120.0");
    assert_string_equal(gone.class, "gone");
    assert_string_equal(gone.object, recurring.object);
    assert_string_equal(gone.woken, "");
    struct comparison_report cd = compare(f, C, D);
    struct seen back = change_of(f, &cd, "recurring");
    assert_string_equal(back.class, "new");
    assert_string_equal(back.object, recurring.object);                              // the same ground
    assert_int_equal(number(f, "SELECT count(DISTINCT object_id) FROM change"), 5);
    assert_verifies(f);
}

// --- Cases and later surveys ------------------------------------------------------------------------------------------------------

struct opening { const char *number, *state, *change, *result; int64_t due_at_s, closed_at_s; };

static enum status open_case(struct work *w, void *ctx)
{
    const struct opening *o = ctx;
    struct id id = work_id(w);
    enum status s = db_run(w->db, "INSERT INTO case_file (id, number, kind, title, source, scheme, code, state, made_by, opened_at_s, stage_at_s, due_at_s, "
                                  "closed_at_s, building_result) VALUES ($1, $2, 'illegal_building', 'x', 'survey', '', '', $3, 'system', $4, $4, $5, $6, $7)",
                           VALUES(value_text(id.text), value_text(o->number), value_text(o->state), value_integer(w->now_s), value_integer(o->due_at_s),
                                  o->closed_at_s > 0 ? value_integer(o->closed_at_s) : value_null(), value_text(o->result)), w->e);
    if (s == OK)
        s = db_run(w->db, "INSERT INTO case_link (case_id, thing, thing_id) VALUES ($1, 'change', $2)", VALUES(value_text(id.text), value_text(o->change)), w->e);
    return s == OK ? told_note(w, &(struct deed){ .verb = "report", .thing = "case", .thing_id = id.text }, NULL) : s;
}

static void add_case(struct fixture *f, const struct opening *o)
{
    struct station_call call = as(&f->checker, now_of(B));
    assert_ok(f, station_write(f->station, &call, open_case, (void *)(uintptr_t)o, &f->e));
}

static void a_later_survey_shows_what_became_of_cases(void **state)
{
    struct fixture *f = *state;
    struct comparison_report ab = compare(f, A, B);
    struct seen plain = change_of(f, &ab, "plain"), short_lived = change_of(f, &ab, "short-lived"), recurring = change_of(f, &ab, "recurring"),
                approved = change_of(f, &ab, "approved");
    add_case(f, &(struct opening){ "1", "handling", plain.id, "", date_of(C), 0 });              // overdue when D looks
    add_case(f, &(struct opening){ "2", "handling", short_lived.id, "", date_of(D) + YEAR, 0 });
    add_case(f, &(struct opening){ "3", "closed", recurring.id, "demolished_forced", date_of(C), date_of(C) });
    add_case(f, &(struct opening){ "4", "handling", approved.id, "", date_of(D) + YEAR, 0 });    // in time
    struct comparison_report cd = compare(f, C, D);
    assert_int_equal(cd.recheck.looked_at, 4);
    assert_int_equal(cd.recheck.gone, 1);
    assert_int_equal(cd.recheck.standing, 1);
    assert_int_equal(cd.recheck.back, 1);
    assert_int_equal(number(f, "SELECT count(*) FROM case_file WHERE closing_proposed <> '' AND number = '2' AND state = 'handling'"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM case_file WHERE closing_proposed <> ''"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM audit WHERE verb = 'mark_standing' AND actor = 'system' AND thing_id = (SELECT id FROM case_file WHERE number = '1')"), 1);
    assert_int_equal(number(f, "SELECT count(*) FROM audit WHERE verb = 'see_again' AND thing_id = (SELECT id FROM case_file WHERE number = '3')"), 1);
    assert_verifies(f);
}

// --- Precision --------------------------------------------------------------------------------------------------------------------

static void wilson_holds_the_textbook(void **state)
{
    (void)state;
    static const struct { double share, n, low, high; } rows[] = { { 0.9, 100, 0.826, 0.945 }, { 0.9, 300, 0.861, 0.929 }, { 0, 10, 0, 0.278 },
                                                                   { 1, 10, 0.722, 1 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double low, high;
        precision_wilson(rows[i].share, rows[i].n, 1.959963984540054, &low, &high);
        assert_float_equal(low, rows[i].low, 5e-4);
        assert_float_equal(high, rows[i].high, 5e-4);
    }
}

struct measuring { const char *comparison; struct precision list[PRECISION_CLASSES]; int count; };
static enum status measure(struct work *w, void *ctx)
{
    struct measuring *m = ctx;
    return change_precision(w, m->comparison, m->list, &m->count);
}

// Ten listed, one slot. Six chosen ones are real; the slot is not, and speaks for the four that nobody chose.
static enum status a_list_of_ten(struct work *w, void *ctx)
{
    const char *comparison = ctx;
    enum status s = OK;
    for (int i = 0; s == OK && i < 10; i++)
        s = db_run(w->db, "INSERT INTO change (id, comparison_id, number, object_id, class, relation, before_ids, after_ids, z, confidence, state, audit_slot) "
                          "VALUES ($1, $2, $3, $1, 'shifted', 'added', '', '', 1, 1, $4, $5)",
                   VALUES(value_text(work_id(w).text), value_text(comparison), value_integer(100 + i),
                          value_text(i < 6 ? "confirmed" : i == 6 ? "dismissed" : "open"), value_integer(i == 6)), w->e);
    return s;
}

static void slots_speak_for_what_nobody_chose(void **state)
{
    struct fixture *f = *state;
    struct comparison_report ab = compare(f, A, B);
    struct station_call call = as(&f->analyst, BORN_S);
    assert_ok(f, station_write(f->station, &call, a_list_of_ten, ab.id.text, &f->e));
    struct measuring m = { .comparison = ab.id.text };
    assert_ok(f, station_read(f->station, &call, measure, &m, &f->e));
    assert_int_equal(m.count, 3);                  // all, new, shifted
    const struct precision *p = &m.list[2];
    assert_string_equal(p->class, "shifted");
    assert_int_equal(p->listed, 10);
    assert_int_equal(p->reviewed, 7);
    assert_int_equal(p->real, 6);
    assert_float_equal(p->share, 0.6, 1e-12);      // 6 of 6 chosen, 0 of 4 others
    assert_false(p->chosen_only);
    assert_true(p->low < 0.6 && p->high > 0.6);
    assert_true(isnan(m.list[1].share));           // nothing new was reviewed
}

int main(void)
{
#define STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        STORY(what_is_new_is_found_judged_and_ranked),
        STORY(the_same_again_adds_nothing_unless_asked),
        STORY(a_cancelled_run_leaves_no_change_and_can_be_run_again),
        STORY(surveys_come_in_order_and_are_two),
        STORY(a_verdict_needs_the_right_person_and_a_reason),
        STORY(a_decision_is_carried_on_until_the_thing_grows),
        STORY(an_object_is_followed_from_survey_to_survey),
        STORY(a_later_survey_shows_what_became_of_cases),
        STORY(slots_speak_for_what_nobody_chose),
        cmocka_unit_test(wilson_holds_the_textbook),
    };
    footprint_open_library();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
