// The facts a move's guards look at, read from the rows of this very transaction. A fact that no guard of the move asks for
// is not read and stays "no", which opens nothing.
#include "core/lifecycle_table.h"
#include "core/base/date.h"
#include "core/base/mem.h"
#include "core/paper.h"
#include "core/store/step_rows.h"
#include "core/step_inside.h"
#include "gis/wkb.h"

#include <math.h>
#include <string.h>

static bool given(const char *text) { return text != NULL && text[0] != '\0'; }
static bool same(const char *a, const char *b) { return a[0] != '\0' && strcmp(a, b) == 0; }
static bool asks(const struct taking *t, uint64_t guards) { return (t->guards & guards) != 0; }
static bool is_a(const struct taking *t, const char *thing) { return strcmp(t->walk.thing, thing) == 0; }

static enum status ask(struct taking *t, enum fact_question q, struct values v, bool *out)
{
    return fact_ask(t->w->db, q, v, out, t->w->e);
}

// --- The person ---------------------------------------------------------------------------------------------------------------

static enum status read_person(struct taking *t)
{
    struct facts *f = &t->facts;
    const struct walk *k = &t->walk;
    const char *me = t->who.id.text, *unit = t->who.agency.text;
    f->actor_is_assignee = same(k->agency, unit);
    f->actor_is_return_receiver = same(k->returned_to, me);
    f->actor_is_requester = same(k->made_by, me);
    struct value id = value_text(k->id.text), person = value_text(me);
    enum status s = OK;
    if (asks(t, G(NOT_HANDLER))) {
        struct about about = { 0 };
        bool is_beside = !is_a(t, "case") && !is_a(t, "lead") && !is_a(t, "finding");
        s = ask(t, ASK_DID_WORK, VALUES(id, person, value_text(unit[0] != '\0' ? unit : "-")), &f->actor_is_handler);
        if (s == OK && is_beside && !f->actor_is_handler)      // an appeal is about the work of its case
            s = about_select(t->w->db, k->thing, k->id.text, &about, t->w->e);
        if (s == OK && about.id[0] != '\0')
            s = ask(t, ASK_DID_WORK, VALUES(value_text(about.id), person, value_text(unit[0] != '\0' ? unit : "-")), &f->actor_is_handler);
    }
    if (s == OK && asks(t, G(NOT_FIRST_APPROVER)))
        s = ask(t, ASK_TOOK_STEP, VALUES(id, person, value_text("endorse")), &f->actor_is_first_approver);
    if (s == OK && asks(t, G(NOT_REVIEWER)))
        s = ask(t, ASK_DECIDED, VALUES(id, person), &f->actor_is_reviewer);
    return s;
}

// --- What comes with the move ---------------------------------------------------------------------------------------------------

static bool is_return_reason(const char *word)
{
    static const char *const reasons[] = { "not_competent", "incomplete", "duplicate", "dealt_with", NULL };
    for (int i = 0; given(word) && reasons[i] != NULL; i++)
        if (strcmp(reasons[i], word) == 0)
            return true;
    return false;
}

static void read_given(struct taking *t)
{
    // These hand it on, so they say to whom; for others it is enough that somebody has it.
    static const char *const handing_on[] = { "redispatch", "forward", "split", "reassign", "settle_assign", "call", NULL };
    const struct step_with *with = &t->step->with;
    struct facts *f = &t->facts;
    bool must_say = false;
    for (int i = 0; handing_on[i] != NULL; i++)
        must_say |= strcmp(handing_on[i], t->step->verb) == 0;
    f->has_note = given(with->note);
    f->has_agency = t->agency_id[0] != '\0' || (!must_say && t->walk.agency[0] != '\0');
    f->has_review_date = with->review_at_s > t->w->now_s;
    f->suspension_days = with->review_at_s > t->w->now_s ? (int)((with->review_at_s - t->w->now_s + DAY_S - 1) / DAY_S) : 0;
    f->has_signature = given(with->receipt_number) && given(with->received_by);
    f->has_return_reason = is_return_reason(with->reason);
    f->is_emergency = with->emergency;
    f->harm_is_light = with->light_harm;
    f->corrected_in_time = with->corrected_in_time;
    f->suspended_before = t->walk.suspended > 0;
    f->overdue = t->walk.due_at_s < t->w->now_s;
}

static enum status read_master(struct taking *t)
{
    struct walk master;
    if (!asks(t, G(MASTER)) || !given(t->step->with.master))
        return OK;
    const char *thing = step_master_thing(t->walk.thing, t->step->verb);
    enum status s = walk_select(t->w->db, thing, t->step->with.master, &master, t->w->e);
    if (s == NOT_FOUND)
        return err_set(t->w->e, NOT_FOUND, "there is no %s \"%s\"", text_in(t->w->e->lang, thing), t->step->with.master);
    if (s != OK)
        return s;
    t->facts.has_master = strcmp(master.id.text, t->walk.id.text) != 0;
    t->facts.master_is_open = !lifecycle_is_end(thing, master.state) || strcmp(master.state, "verified") == 0;
    return OK;
}

// --- Rows of the record ---------------------------------------------------------------------------------------------------------

static enum status read_rows(struct taking *t)
{
    struct facts *f = &t->facts;
    const struct step_with *with = &t->step->with;
    struct value id = value_text(t->walk.id.text);
    enum status s = OK;
    if (asks(t, G(PLACE)) && (is_a(t, "case") || is_a(t, "finding")))
        s = ask(t, is_a(t, "case") ? ASK_PLACE_CASE : ASK_PLACE_FINDING, VALUES(id), &f->has_place);
    if (s == OK && asks(t, G(PHOTO)))
        s = ask(t, ASK_PHOTO, VALUES(id), &f->has_photo);
    if (s == OK && asks(t, G(ATTACHMENTS)))
        s = ask(t, ASK_ATTACHMENTS, VALUES(id), &f->has_attachments);
    if (s == OK && asks(t, G(DOCUMENT)) && given(with->paper))
        s = ask(t, ASK_PAPER, VALUES(id, value_text(with->paper)), &f->has_document);
    if (s == OK && asks(t, G(INPUTS)) && given(with->inputs))
        s = ask(t, ASK_COMPARISON, VALUES(value_text(with->inputs)), &f->has_inputs);
    if (s == OK && asks(t, G(CONFERENCE)))
        s = ask(t, ASK_CONFERENCE, VALUES(id), &f->has_conference);
    if (s == OK && asks(t, G(BEFORE_RECEIPT)))
        s = ask(t, ASK_RECEIPT, VALUES(id), &f->receipt_given);
    if (s == OK && asks(t, G(ENFORCEMENT_ENDED)))
        s = ask(t, ASK_ENFORCEMENT_OPEN, VALUES(id), &f->enforcement_open);
    return s;
}

static int64_t months_before(const struct taking *t, int months)
{
    int64_t zone = t->w->district->zone_offset_s;
    struct date d = date_add_months(date_of_day((int32_t)((t->w->now_s + zone) / DAY_S)), -months);
    return (int64_t)date_to_day(d) * DAY_S - zone;
}

static enum status read_case(struct taking *t, const char *case_id)
{
    struct facts *f = &t->facts;
    enum status s = case_terms_select(t->w->db, case_id, &t->terms, t->w->e);
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    const struct case_terms *c = &t->terms;
    t->has_terms = true;
    const struct step_with *with = &t->step->with;
    const struct case_kind *kind = terms_kind(&t->desk->terms, c->kind);
    f->has_code = (given(with->scheme) && given(with->code)) || (c->scheme[0] != '\0' && c->code[0] != '\0');
    f->works_in_progress = c->in_progress;
    f->works_new = c->is_new;
    f->without_area = kind != NULL && !kind->has_area;
    f->area_illegal_m2 = isnan(c->area_m2) ? 0 : c->area_m2;
    f->has_area = with->area_m2 > 0 || !isnan(c->measured_area_m2);
    f->area_removed_m2 = with->area_m2 > 0 ? with->area_m2 : isnan(c->measured_area_m2) ? 0 : c->measured_area_m2;
    f->matter_on_list = terms_spares(&t->desk->terms, c->scheme, c->code);
    f->actor_is_party = same(c->party, t->who.name);
    f->fast_record_complete = c->ordered_by[0] != '\0' && c->party_present[0] != '\0' && f->has_area && f->has_photo;
    if (asks(t, G(FIRST_BREACH)))
        s = ask(t, ASK_BREACHED, VALUES(value_text(case_id), value_integer(months_before(t, t->desk->terms.first_breach_months))),
                &f->breached_within_12_months);
    return s;
}

// --- Papers -------------------------------------------------------------------------------------------------------------------

static void take_paper(void *ctx, const struct paper_fact *p)
{
    struct taking *t = ctx;
    struct facts *f = &t->facts;
    int64_t now = t->w->now_s;
    bool served = p->served_s > 0 && p->served_s <= now, past = p->until_s > 0 && p->until_s < now;
    if (strcmp(p->kind, "determination") == 0) {
        f->not_correctable = strcmp(p->result, "not_correctable") == 0;
        f->not_demolishable = strcmp(p->result, "not_demolishable") == 0;
    } else if (strcmp(p->kind, "decision") == 0) {
        f->performance_period_past = past;
        f->is_served |= served;
    } else if (strcmp(p->kind, "remedy") == 0) {            // the time for review and suit, or how they were decided
        f->legal_periods_past = past || strcmp(p->result, "decided") == 0;
    } else if (strcmp(p->kind, "urging") == 0) {
        f->urged = served;
        f->urge_period_past = served && past;
    } else if (strcmp(p->kind, "announcement") == 0) {
        f->announced = true;
    } else if (strcmp(p->kind, "hearing") == 0) {
        f->heard = strcmp(p->result, "heard") == 0 || strcmp(p->result, "waived") == 0 || past;
    } else if (strcmp(p->kind, "legal_review") == 0) {
        f->legal_reviewed = strcmp(p->result, "agreed") == 0;
    } else if (strcmp(p->kind, "government_order") == 0) {
        f->ordered_by_government = true;
    } else if (strcmp(p->kind, "pledge") == 0) {
        f->pledge_signed = true;
    } else if (strcmp(p->kind, "partial") == 0) {
        f->partial_documented = true;
    }
}

static void take_stop_notice(void *ctx, const struct paper_fact *p)
{
    *(bool *)ctx |= strcmp(p->kind, "stop_notice") == 0;
}

// --- The photo taken after the work -----------------------------------------------------------------------------------------

struct nearness { struct lonlat at; double east_m, north_m, best_m; };  // metres a degree at the photo

static double distance_m(struct xy_m a, struct xy_m b)              // from the origin to the piece from a to b
{
    double dx = b.x - a.x, dy = b.y - a.y, len2 = dx * dx + dy * dy;
    double along = len2 > 0 ? fmax(0, fmin(1, -(a.x * dx + a.y * dy) / len2)) : 0;
    return hypot(a.x + along * dx, a.y + along * dy);
}

static struct xy_m local(const struct nearness *n, struct xy_m p)
{
    return (struct xy_m){ (p.x - n->at.lon) * n->east_m, (p.y - n->at.lat) * n->north_m };
}

static void measure_piece(void *ctx, struct xy_m a, struct xy_m b)
{
    struct nearness *n = ctx;
    n->best_m = fmin(n->best_m, distance_m(local(n, a), local(n, b)));
}

struct photo_check { const struct buf *outline; double lon, lat, within_m; bool near; };

// Within some tens of metres the Earth is flat enough: a degree has 111 320 m, eastwards times the cosine.
static void check_photo(void *ctx, double lon, double lat)
{
    struct photo_check *c = ctx;
    struct nearness n = { { lon, lat }, 111320 * cos(lat * M_PI / 180), 111320, INFINITY };
    struct wkb_shape shape = { 0 };
    struct wkb_facts ignored = { 0 };
    const uint8_t *bytes = (const uint8_t *)c->outline->data;
    if (c->outline->len == 0)
        measure_piece(&n, (struct xy_m){ c->lon, c->lat }, (struct xy_m){ c->lon, c->lat });
    else if (wkb_read(bytes, c->outline->len, &shape, &ignored) <= WKB_MULTIPOLYGON && rings_contain(&shape.rings, (struct xy_m){ lon, lat }))
        n.best_m = 0;
    else
        wkb_read_lines(bytes, c->outline->len, measure_piece, &n);
    wkb_shape_clear(&shape);
    c->near |= n.best_m <= c->within_m;
}

// Taken not before the answer that the work is done.
static enum status read_after_photo(struct taking *t, const char *case_id)
{
    struct buf outline;
    struct photo_check c = { .outline = &outline, .lon = NAN, .lat = NAN, .within_m = t->desk->terms.after_photo_within_m };
    int64_t handled_at_s = 0;
    buf_init(&outline, 64 << 20);
    enum status s = case_outline_select(t->w->db, case_id, &outline, &c.lon, &c.lat, &handled_at_s, t->w->e);
    if (s == OK)
        s = after_photos_each(t->w->db, case_id, handled_at_s, check_photo, &c, t->w->e);
    t->facts.has_after_photo_near = c.near;
    buf_clear(&outline);
    return s;
}

// --- A proceeding and what it is about ----------------------------------------------------------------------------------------

static enum status read_about(struct taking *t, struct about *about)
{
    struct facts *f = &t->facts;
    struct walk parent;
    enum status s = about_select(t->w->db, t->walk.thing, t->walk.id.text, about, t->w->e);
    if (s != OK || about->id[0] == '\0' || strcmp(about->thing, "case") != 0)
        return s;
    s = walk_select(t->w->db, "case", about->id, &parent, t->w->e);
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    f->times_extended = parent.extended;
    f->original_limit = parent.limit.amount;
    f->extension_amount = about->amount;
    f->overdue = parent.due_at_s < t->w->now_s;
    if (!f->overdue && asks(t, G(OVERDUE)))
        s = ask(t, ASK_WAS_LATE, VALUES(value_text(about->id)), &f->overdue);
    return s;
}

static enum status read_rest(struct taking *t)
{
    enum rest rest = calendar_rest_at(t->desk->calendar, &rest_rule_usual, t->w->now_s);
    t->facts.night_or_holiday = rest != REST_NONE;             // not known counts against it
    return OK;
}

#define BY_PAPERS (G(CORRECTABLE) | G(NOT_CORRECTABLE) | G(NOT_DEMOLISHABLE) | G(HEARD) | G(LEGAL_REVIEW) | G(SERVED) | G(PERFORMANCE_PERIOD) | \
                   G(URGED) | G(URGE_PERIOD) | G(ANNOUNCED) | G(LEGAL_PERIODS) | G(GOVERNMENT_ORDER) | G(PLEDGE) | G(AREA) | G(FAST_RECORD))
#define BY_CASE (G(NOT_PARTY) | G(CODE) | G(AREA) | G(FAST_ELIGIBLE) | G(FAST_RECORD) | G(FIRST_BREACH) | G(LIGHT_HARM) | G(MATTER_LISTED) | G(PLEDGE))

enum status step_facts(struct taking *t)
{
    struct about about = { 0 };
    const char *id = t->walk.id.text;
    t->facts = (struct facts){ .state_before = t->walk.before[0] != '\0' ? t->walk.before : NULL };
    if (asks(t, G(FAST_RECORD)))
        t->guards |= G(PHOTO);                               // a part of that record; the move itself does not ask for it
    read_given(t);
    enum status s = read_person(t);
    if (s == OK)
        s = read_master(t);
    if (s == OK)
        s = read_rows(t);
    if (s == OK && !is_a(t, "case") && !is_a(t, "finding"))
        s = read_about(t, &about);
    const char *case_id = is_a(t, "case") ? id : about.id;
    if (s == OK && case_id[0] != '\0' && asks(t, BY_CASE))
        s = read_case(t, case_id);
    if (s == OK && asks(t, BY_PAPERS))
        s = paper_facts_each(t->w->db, id, about.id, take_paper, t, t->w->e);
    if (s == OK && asks(t, G(FAST_RECORD))) {
        bool stopped = false;
        s = paper_facts_each(t->w->db, id, about.id, take_stop_notice, &stopped, t->w->e);
        t->facts.fast_record_complete &= stopped;
    }
    if (s == OK && case_id[0] != '\0' && asks(t, G(AFTER_PHOTO)))
        s = read_after_photo(t, case_id);
    if (s == OK && asks(t, G(NO_NIGHT_OR_HOLIDAY)))
        s = read_rest(t);
    return s;
}
