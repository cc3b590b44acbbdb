// Leads (线索移交): drafted from a case and told whole; and the queue of an agency (移交队列), which a map program reads as features.
#include "api/body.h"
#include "api/collection.h"
#include "api/desks.h"
#include "api/record.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/agency.h"
#include "core/base/mem.h"
#include "core/lead.h"
#include "gis/geojson.h"
#include <stdio.h>
#include <string.h>

// --- Drafting ---------------------------------------------------------------------------------------------------------------------

struct draft_body { const char *agency, *secrecy, *note; int64_t priority; };
static const char *const secrecies[] = { "ordinary", "internal", "secret", NULL };
static const struct field draft_fields[] = {
    { .kind = FIELD_TEXT, .name = "agency", .at = offsetof(struct draft_body, agency), .most = 64, .is_required = true, .about = "to whom it goes: a key of gridpatrol agency list" },
    { .kind = FIELD_WORD, .name = "secrecy", .at = offsetof(struct draft_body, secrecy), .word = secrecies, .about = "ordinary, internal or secret; never less than the agency asks" },
    { .kind = FIELD_INTEGER, .name = "priority", .at = offsetof(struct draft_body, priority), .least = 1, .most = 5, .about = "1 (most urgent) to 5 (default: the case's)" },
    { .kind = FIELD_TEXT, .name = "note", .at = offsetof(struct draft_body, note), .about = "the reason, what was seen, what was done" },
    { .kind = FIELD_END },
};

struct drafting { const char *key; struct draft_body body; struct desk *desk; struct walk lead; };

static enum status draft_one(struct work *w, void *ctx)
{
    struct drafting *d = ctx;
    return lead_draft_of_case(w, d->desk, d->key, &(struct lead_spec){ .agency = d->body.agency, .secrecy = d->body.secrecy,
                                                                      .priority = (int)d->body.priority, .note = d->body.note }, &d->lead);
}

// A secret one lies sealed: whoever drafted it has its number and sees no more of it.
static enum status answer_sealed(struct exchange *x, const struct walk *k)
{
    enum { CEILING = 1 << 16 };
    struct buf b;
    buf_init(&b, CEILING);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    put_last_sight(x, k, &j);
    json_put_end(&j);
    x->answer->status = RECORD_NEW;
    answer_text(x, &b);
    return OK;
}

static enum status post_lead(struct exchange *x)
{
    struct drafting d = { .key = x->segment[0] };
    enum status s = body_read(x, &d.body);
    if (s != OK)
        return s;
    d.desk = desks_take(x->server->desks);
    s = write_station(x, draft_one, &d);
    desks_give(x->server->desks, d.desk);
    if (s != OK)
        return refuse_deed(x, s);
    s = answer_record(x, &(struct record_asked){ .thing = "lead", .key = d.lead.id.text, .tell = lead_tell, .status = RECORD_NEW });
    return s == NOT_FOUND ? answer_sealed(x, &d.lead) : s;
}

static enum status get_lead(struct exchange *x) { return answer_record(x, &(struct record_asked){ .thing = "lead", .key = x->segment[0], .tell = lead_tell, .status = RECORD_THERE }); }

// --- The queue ----------------------------------------------------------------------------------------------------------------------

enum { QUEUE_CEILING = 256 << 20, QUEUE_LIMIT_MOST = 1000, QUEUE_LIMIT_USUAL = 100 };

struct queueing {
    struct exchange *x;
    struct work *w;
    struct agency agency;
    struct buf out;
    struct json_writer j;
    int64_t limit, count;
    char last[WALK_NUMBER];
    bool more;
};

static enum status put_shape(void *ctx, const struct feature *f, struct err *e)
{
    struct queueing *q = ctx;
    (void)e;
    json_put_raw(&q->j, "geometry", "", 0);
    if (f->wkb == NULL || !geojson_add_wkb(&q->out, f->wkb, f->wkb_len, GEOJSON_DEGREE_DECIMALS))
        buf_text(&q->out, "null");
    return OK;
}

// Leads and cases alike have one set of properties, so that a map program makes one table of them.
static void put_properties(struct queueing *q, const struct lead_line *l)
{
    struct json_writer *j = &q->j;
    enum lang lang = q->x->lang;
    const char *thing = l->is_case ? "case" : "lead";
    json_put_object(j, "properties");
    json_put_text(j, "thing", thing);
    json_put_text(j, "number", l->number);
    json_put_text(j, "case", l->case_number);
    json_put_text(j, "title", l->title);
    json_put_text(j, "state", l->state);
    json_put_text(j, "state_title", lifecycle_state_title(thing, l->state, lang));
    json_put_integer(j, "priority", l->priority);
    put_moment(j, "due_at", l->due_at_s);
    json_put_bool(j, "is_overdue", l->is_overdue);
    json_put_bool(j, "is_due_provisional", l->is_provisional);
    json_put_text(j, "secrecy", l->secrecy);
    json_put_text(j, "cell_code", l->cell_code);
    json_put_text(j, "moves", link_to(q->x, "/%ss/%s/moves", thing, l->id));
    json_put_end(j);
}

static enum status put_line(void *ctx, const struct lead_line *l, struct err *e)
{
    struct queueing *q = ctx;
    const struct layer *layer = layer_find(&q->x->server->layers, l->is_case ? "case" : "lead");
    q->more = q->count == q->limit;
    if (q->more)
        return OK;
    json_put_object(&q->j, NULL);
    json_put_text(&q->j, "type", "Feature");
    json_put_text(&q->j, "id", l->id);
    enum status s = layer != NULL ? feature_get(q->w, layer, &q->x->viewer, l->id, put_shape, q) : NOT_FOUND;
    if (s == NOT_FOUND)
        json_put_null(&q->j, "geometry");
    put_properties(q, l);
    json_put_end(&q->j);
    q->count++;
    snprintf(q->last, sizeof q->last, "%s", l->number);
    if (q->out.full)
        return err_set(e, TOO_BIG, "the page is larger than %d MB; ask for fewer features with limit", QUEUE_CEILING >> 20);
    return s == NOT_FOUND ? OK : s;
}

// An agency's queue is for its own people and for the offices that hand to it.
static bool is_theirs(const struct viewer *v, const struct agency *a)
{
    enum { OFFICES = ROLE_CHECKER | ROLE_COORDINATOR | ROLE_CHIEF | ROLE_LEGAL | ROLE_ANALYST };
    return (v->role & OFFICES) != 0 || (v->agency[0] != '\0' && strcmp(v->agency, a->id.text) == 0);
}

static enum status list_queue(struct work *w, void *ctx)
{
    struct queueing *q = ctx;
    const struct param_value *after = param_get(q->x, "after");
    const char *key = q->x->segment[0];
    q->w = w;
    enum status s = agency_get(w, key, &q->agency);
    if (s == OK && !is_theirs(&q->x->viewer, &q->agency))
        s = NOT_FOUND;
    if (s == NOT_FOUND)
        return err_set(w->e, NOT_FOUND, "there is no queue \"%.60s\" for you", key);
    json_put_list(&q->j, "features");
    if (s == OK)
        s = queue_each(w, q->agency.key, &(struct page){ after != NULL ? after->text : NULL, q->limit + 1 }, put_line, q);
    json_put_end(&q->j);
    return s;
}

static void put_queue_links(struct queueing *q)
{
    struct exchange *x = q->x;
    json_put_list(&q->j, "links");
    put_self_links(x, &q->j);
    if (q->more)
        put_next_link(x, &q->j, link_to(x, "/agencies/%s/queue?limit=%lld&after=%s", q->agency.key, (long long)q->limit, q->last), FORMAT_GEOJSON);
    json_put_end(&q->j);
}

static enum status get_queue(struct exchange *x)
{
    struct queueing q = { .x = x, .limit = param_integer(x, "limit") };
    if (x->viewer.actor[0] == '\0')
        return err_set(&x->err, NOT_FOUND, "there is no queue \"%.60s\" for you", x->segment[0]);
    buf_init(&q.out, QUEUE_CEILING);
    q.j = (struct json_writer){ .to = &q.out };
    json_put_object(&q.j, NULL);
    json_put_text(&q.j, "type", "FeatureCollection");
    enum status s = read_station(x, list_queue, &q);
    if (s == OK) {
        put_queue_links(&q);
        json_put_integer(&q.j, "numberReturned", q.count);
        json_put_end(&q.j);
        s = answer_document(x, &q.out);
    }
    buf_clear(&q.out);
    return s;
}

// --- Routes ---------------------------------------------------------------------------------------------------------------------------

static const struct param queue_params[] = {
    { .kind = PARAM_INTEGER, .name = "limit", .least = 1, .most = QUEUE_LIMIT_MOST, .fallback = QUEUE_LIMIT_USUAL, .clamps = true, .about = "How many features at most" },
    { .kind = PARAM_TEXT, .name = "after", .about = "Where the page begins: from the link next" },
    { .kind = PARAM_END },
};
const struct route lead_routes[] = {
    { .method = HTTP_POST, .path = "/cases/{recordId}/leads", .serve = post_lead, .formats = FORMAT_JSON, .flags = ROUTE_SLOW, .takes = body_json,
      .field = draft_fields, .done = RECORD_NEW, .id = "draftLead", .tag = "work", .about = "Draft a lead from a case to an agency" },
    { .method = HTTP_GET, .path = "/leads/{recordId}", .serve = get_lead, .formats = FORMAT_JSON | FORMAT_HTML, .flags = ROUTE_SLOW, .page = page_record,
      .id = "leadRecord", .tag = "work", .about = "A lead with what it carries, and what you can do with it now" },
    { .method = HTTP_GET, .path = "/agencies/{agencyKey}/queue", .serve = get_queue, .formats = FORMAT_GEOJSON | FORMAT_HTML, .page = page_queue, .flags = ROUTE_SLOW, .param = queue_params,
      .id = "queue", .tag = "work", .about = "What an agency has to do, the most urgent first: leads and cases as features" },
    { .path = NULL },
};
