// Moves of records (办理): what is open to who asks, and the one door by which a record goes on. One handler over the one table.
#include "api/desks.h"
#include "api/collection.h"
#include "api/record.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include <stdio.h>
#include <string.h>

enum { STANDING_CEILING = 2 << 20 };

// --- What comes with a move ----------------------------------------------------------------------------------------------------

struct move_body {
    const char *verb, *note, *agency, *scheme, *code, *paper, *master, *inputs, *reason, *receipt, *received_by, *result;
    int64_t condition, amount, until_s;
    double area_m2;
    bool emergency, light_harm, corrected;
};

static const struct field move_fields[] = {
    { .kind = FIELD_TEXT, .name = "verb", .at = offsetof(struct move_body, verb), .most = 64, .is_required = true, .about = "The move: a verb of GET on this path" },
    { .kind = FIELD_TEXT, .name = "note", .at = offsetof(struct move_body, note), .about = "the reason, what was seen, what was done" },
    { .kind = FIELD_TEXT, .name = "agency", .at = offsetof(struct move_body, agency), .most = 64, .about = "to whom it goes: a key of gridpatrol agency list" },
    { .kind = FIELD_TEXT, .name = "scheme", .at = offsetof(struct move_body, scheme), .most = 64, .about = "scheme of the code, such as gbt30428.2-2013" },
    { .kind = FIELD_TEXT, .name = "code", .at = offsetof(struct move_body, code), .most = 32, .about = "what it is filed under" },
    { .kind = FIELD_INTEGER, .name = "condition", .at = offsetof(struct move_body, condition), .least = 1, .most = 99, .about = "the condition of filing of that code, which has a limit of its own" },
    { .kind = FIELD_NUMBER, .name = "area_m2", .at = offsetof(struct move_body, area_m2), .least = 0.01, .most = 1e7, .about = "area in m2: illegal when a case is opened, removed when it is measured" },
    { .kind = FIELD_INTEGER, .name = "amount", .at = offsetof(struct move_body, amount), .least = 1, .most = 10000, .about = "how much more time an extension asks for, in the unit of the limit" },
    { .kind = FIELD_TIME, .name = "until", .at = offsetof(struct move_body, until_s), .about = "suspended or deferred until, or the end of the period a paper sets" },
    { .kind = FIELD_TEXT, .name = "paper", .at = offsetof(struct move_body, paper), .most = 128, .about = "the paper a step rests on, recorded before" },
    { .kind = FIELD_TEXT, .name = "master", .at = offsetof(struct move_body, master), .most = 64, .about = "the record it is merged into" },
    { .kind = FIELD_TEXT, .name = "inputs", .at = offsetof(struct move_body, inputs), .most = 64, .about = "the comparison a proposal rests on" },
    { .kind = FIELD_TEXT, .name = "reason", .at = offsetof(struct move_body, reason), .most = 32, .about = "why a lead is returned: not_competent, incomplete, duplicate or dealt_with" },
    { .kind = FIELD_TEXT, .name = "receipt", .at = offsetof(struct move_body, receipt), .most = 128, .about = "number of the receipt of a lead" },
    { .kind = FIELD_TEXT, .name = "received_by", .at = offsetof(struct move_body, received_by), .most = 128, .about = "who signed for it" },
    { .kind = FIELD_TEXT, .name = "result", .at = offsetof(struct move_body, result), .most = 64, .about = "what became of it: demolished_self, demolished_assisted, demolished_forced, confiscated or corrected; of a paper: its outcome" },
    { .kind = FIELD_FLAG, .name = "emergency", .at = offsetof(struct move_body, emergency), .about = "danger to life: also at night and on holidays" },
    { .kind = FIELD_FLAG, .name = "light_harm", .at = offsetof(struct move_body, light_harm), .about = "first breach: the harm is light" },
    { .kind = FIELD_FLAG, .name = "corrected", .at = offsetof(struct move_body, corrected), .about = "first breach: it was corrected in time" },
    { .kind = FIELD_END },
};

static struct step step_of(const char *thing, const char *key, const struct move_body *b)
{
    return (struct step){ .thing = thing, .key = key, .verb = b->verb, .with = {
        .note = b->note, .agency = b->agency, .scheme = b->scheme, .code = b->code, .condition = (int)b->condition, .paper = b->paper,
        .master = b->master, .inputs = b->inputs, .reason = b->reason, .receipt_number = b->receipt, .received_by = b->received_by,
        .result = b->result, .review_at_s = b->until_s, .area_m2 = b->area_m2, .amount = (int32_t)b->amount, .emergency = b->emergency,
        .light_harm = b->light_harm, .corrected_in_time = b->corrected } };
}

// --- Where it stands -------------------------------------------------------------------------------------------------------------

struct moving {
    struct exchange *x;
    struct step step;
    struct desk *desk;
    const char *tags;                      // If-Match; NULL: none
    bool is_stale;
    struct step_taken taken;
    struct buf out;
};

static enum status write_standing(struct work *w, struct moving *m)
{
    buf_clear(&m->out);
    buf_init(&m->out, STANDING_CEILING);
    struct json_writer j = { .to = &m->out };
    json_put_object(&j, NULL);
    enum status s = put_standing(w, &(struct standing){ m->x, m->desk, m->step.thing, m->step.key, &j });
    json_put_end(&j);
    return s;
}

static const char *tag_of(struct exchange *x, const struct buf *b)
{
    char tag[24];
    snprintf(tag, sizeof tag, "\"%016llx\"", (unsigned long long)hash_bytes(b->data, b->len, 1));
    return arena_text(x->request->arena, tag);
}

static enum status read_standing(struct work *w, void *ctx) { return write_standing(w, ctx); }

static enum status get_moves(struct exchange *x)
{
    struct moving m = { .x = x, .step = { .thing = thing_of_path(x), .key = x->segment[0] }, .desk = desks_take(x->server->desks) };
    buf_init(&m.out, STANDING_CEILING);
    enum status s = visible_to_known(x, m.step.thing, m.step.key);
    if (s == OK)
        s = read_station(x, read_standing, &m);
    desks_give(x->server->desks, m.desk);
    if (s == OK) {
        answer_header(x->answer, "ETag", x->format == FORMAT_HTML ? NULL : tag_of(x, &m.out));
        s = answer_document(x, &m.out);
    }
    buf_clear(&m.out);
    return s;
}

// --- A move -----------------------------------------------------------------------------------------------------------------------

// If-Match names what GET on this path told the same person.
static enum status check_tag(struct work *w, struct moving *m)
{
    if (m->tags == NULL || strcmp(m->tags, "*") == 0)
        return OK;
    enum status s = write_standing(w, m);
    m->is_stale = s == OK && strstr(m->tags, tag_of(m->x, &m->out)) == NULL;
    return !m->is_stale ? s : err_set(w->e, CONFLICT, "it has changed since: GET on this path tells how it stands now");
}

static enum status take_move(struct work *w, void *ctx)
{
    struct moving *m = ctx;
    enum status s = check_tag(w, m);
    return s == OK ? move_take(w, m->desk, &m->step, &m->taken) : s;
}

static void put_outcome(struct moving *m, struct json_writer *j)
{
    json_put_text(j, "verb", m->step.verb);
    json_put_text(j, "from", m->taken.from);
    json_put_text(j, "linked", m->taken.linked_number[0] != '\0' ? m->taken.linked_number : NULL);
}

// The record as it stands now; its mover may have moved it out of sight.
static enum status read_outcome(struct work *w, void *ctx)
{
    struct moving *m = ctx;
    const struct walk *k = &m->taken.walk;
    buf_clear(&m->out);
    buf_init(&m->out, STANDING_CEILING);
    struct json_writer j = { .to = &m->out };
    json_put_object(&j, NULL);
    put_outcome(m, &j);
    enum status s = put_standing(w, &(struct standing){ m->x, m->desk, k->thing, k->id.text, &j });
    if (s == NOT_FOUND)
        put_last_sight(m->x, k, &j);
    json_put_end(&j);
    return s == NOT_FOUND ? OK : s;
}

static enum status refuse_stale(struct exchange *x)
{
    enum { CHANGED = 412 };
    answer_refusal(x, CHANGED, x->err.text);
    return OK;
}

static enum status post_move(struct exchange *x)
{
    struct move_body body = { 0 };
    struct moving m = { .x = x, .tags = request_header(x->request, "If-Match") };
    enum status s = body_read(x, &body);
    if (s != OK)
        return s;
    m.step = step_of(thing_of_path(x), x->segment[0], &body);
    m.desk = desks_take(x->server->desks);
    buf_init(&m.out, STANDING_CEILING);
    s = write_station(x, take_move, &m);
    if (s == OK && is_form(x->request))
        answer_see_other(x, "/%s/%s/moves", plural_of(x, m.taken.walk.thing), m.taken.walk.id.text);
    else if (s == OK && (s = read_station(x, read_outcome, &m)) == OK)
        answer_text(x, &m.out);
    else
        s = m.is_stale ? refuse_stale(x) : refuse_deed(x, s);
    desks_give(x->server->desks, m.desk);
    buf_clear(&m.out);
    return s;
}

// --- Routes -------------------------------------------------------------------------------------------------------------------------

static const char *const json_or_form[] = { "application/json", "application/x-www-form-urlencoded", NULL };

#define MOVES(things, Thing) \
    { .method = HTTP_GET, .path = "/" things "/{recordId}/moves", .serve = get_moves, .formats = FORMAT_JSON | FORMAT_HTML, .flags = ROUTE_SLOW, .page = page_moves, \
      .id = "movesOf" Thing, .tag = "work", .about = "Where a record stands, and what you can do with it now" }, \
    { .method = HTTP_POST, .path = "/" things "/{recordId}/moves", .serve = post_move, .formats = FORMAT_JSON, .flags = ROUTE_SLOW, \
      .takes = json_or_form, .field = move_fields, .id = "move" Thing, .tag = "work", .about = "Do something with a record: one move, by its verb" }

const struct route move_routes[] = {
    MOVES("findings", "Finding"), MOVES("changes", "Change"), MOVES("cases", "Case"), MOVES("leads", "Lead"), MOVES("extensions", "Extension"),
    MOVES("appeals", "Appeal"), MOVES("enforcements", "Enforcement"), MOVES("conferences", "Conference"), MOVES("notices", "Notice"),
    { .path = NULL },
};
