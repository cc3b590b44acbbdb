// Papers of a case (文书), and what walks beside a case or a lead (附属程序): an extension, an appeal, an enforcement, a conference, a notice.
#include "api/body.h"
#include "api/collection.h"
#include "api/desks.h"
#include "api/record.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/base/mem.h"
#include "core/evidence.h"
#include "core/paper.h"
#include "core/visible.h"
#include <string.h>

// --- Papers -----------------------------------------------------------------------------------------------------------------------

struct paper_body { const char *kind, *number, *served_how, *result, *evidence; int64_t dated_s, served_s, until_s; };
static const struct field paper_fields[] = {
    { .kind = FIELD_TEXT, .name = "kind", .at = offsetof(struct paper_body, kind), .most = 32, .is_required = true, .about = "kind of the case (gridpatrol document show STATION terms), or of the paper" },
    { .kind = FIELD_TEXT, .name = "number", .at = offsetof(struct paper_body, number), .most = 128, .is_required = true, .about = "number of the paper" },
    { .kind = FIELD_TIME, .name = "dated", .at = offsetof(struct paper_body, dated_s), .about = "Date of the paper (default: now)" },
    { .kind = FIELD_TIME, .name = "served", .at = offsetof(struct paper_body, served_s), .about = "when the paper was served" },
    { .kind = FIELD_TEXT, .name = "served_how", .at = offsetof(struct paper_body, served_how), .most = 200, .about = "how: in person, by post, left at the place" },
    { .kind = FIELD_TIME, .name = "until", .at = offsetof(struct paper_body, until_s), .about = "suspended or deferred until, or the end of the period a paper sets" },
    { .kind = FIELD_TEXT, .name = "result", .at = offsetof(struct paper_body, result), .most = 64, .about = "what became of it: demolished_self, demolished_assisted, demolished_forced, confiscated or corrected; of a paper: its outcome" },
    { .kind = FIELD_TEXT, .name = "evidence", .at = offsetof(struct paper_body, evidence), .most = 64, .about = "The id of its original, added as evidence before" },
    { .kind = FIELD_END },
};

struct filing { struct exchange *x; const char *key; struct paper_body body; struct walk walk; struct id id; };

// The original is one of this very case.
static enum status find_original(struct work *w, const struct filing *f, const char **sha256)
{
    struct evidence v;
    if (f->body.evidence == NULL)
        return OK;
    enum status s = evidence_get(w, f->body.evidence, f->x->request->arena, &v);
    if (s == OK && strcmp(v.thing_id, f->walk.id.text) != 0)
        s = err_set(w->e, INVALID, "the evidence %s is of another record; add the original to this one first", f->body.evidence);
    if (s == OK)
        *sha256 = arena_text(f->x->request->arena, v.blob.sha256);
    return s;
}

static enum status file_one(struct work *w, void *ctx)
{
    struct filing *f = ctx;
    const struct paper_body *b = &f->body;
    const char *sha256 = NULL;
    enum status s = visible_record(w, "case", f->key);
    if (s == OK)
        s = walk_get(w, "case", f->key, &f->walk);
    if (s == OK)
        s = find_original(w, f, &sha256);
    struct paper p = { .thing = "case", .thing_id = f->walk.id.text, .kind = b->kind, .number = b->number, .dated_s = b->dated_s, .served_s = b->served_s,
                       .until_s = b->until_s, .served_how = b->served_how, .result = b->result, .sha256 = sha256 };
    if (s == OK)
        s = paper_record(w, &p);
    f->id = p.id;
    return s;
}

static enum status post_paper(struct exchange *x)
{
    enum { CEILING = 1 << 16 };
    struct filing f = { .x = x, .key = x->segment[0] };
    enum status s = body_read(x, &f.body);
    if (s != OK)
        return s;
    s = write_station(x, file_one, &f);
    if (s != OK)
        return refuse_deed(x, s);
    struct buf b;
    buf_init(&b, CEILING);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    json_put_text(&j, "id", f.id.text);
    json_put_text(&j, "case", f.walk.number);
    json_put_text(&j, "kind", f.body.kind);
    json_put_text(&j, "number", f.body.number);
    json_put_end(&j);
    x->answer->status = RECORD_NEW;
    answer_text(x, &b);
    return OK;
}

// --- What walks beside it -----------------------------------------------------------------------------------------------------------

struct begin_body { const char *note, *agency; int64_t amount; };
static const struct field begin_fields[] = {
    { .kind = FIELD_TEXT, .name = "note", .at = offsetof(struct begin_body, note), .about = "the reason, what was seen, what was done" },
    { .kind = FIELD_TEXT, .name = "agency", .at = offsetof(struct begin_body, agency), .most = 64, .about = "to whom it goes: a key of gridpatrol agency list" },
    { .kind = FIELD_INTEGER, .name = "amount", .at = offsetof(struct begin_body, amount), .least = 1, .most = 10000, .about = "how much more time an extension asks for, in the unit of the limit" },
    { .kind = FIELD_END },
};

struct beginning { struct step step; struct desk *desk; struct step_taken taken; };

static enum status begin_one(struct work *w, void *ctx)
{
    struct beginning *b = ctx;
    return move_take(w, b->desk, &b->step, &b->taken);
}

// "/cases/{recordId}/extensions": the birth of an extension.
static const char *birth_of(const struct exchange *x)
{
    static const struct { const char *things, *verb; } births[] = {
        { "extensions", "extension.request" }, { "appeals", "appeal.file" }, { "enforcements", "enforcement.find" }, { "conferences", "conference.call" },
        { "notices", "notice.draft" },
    };
    const char *last = strrchr(x->route->path, '/') + 1;
    size_t i = 0;
    while (strcmp(births[i].things, last) != 0)
        i++;
    return births[i].verb;
}

static enum status post_beside(struct exchange *x)
{
    struct begin_body body = { 0 };
    enum status s = body_read(x, &body);
    if (s != OK)
        return s;
    struct beginning b = { .step = { .thing = thing_of_path(x), .key = x->segment[0], .verb = birth_of(x),
                                     .with = { .note = body.note, .agency = body.agency, .amount = (int32_t)body.amount } },
                           .desk = desks_take(x->server->desks) };
    s = write_station(x, begin_one, &b);
    desks_give(x->server->desks, b.desk);
    if (s != OK)
        return refuse_deed(x, s);
    return answer_record(x, &(struct record_asked){ .thing = b.taken.walk.thing, .key = b.taken.walk.id.text, .status = RECORD_NEW });
}

// --- Routes ---------------------------------------------------------------------------------------------------------------------------

#define BESIDE(of, Of, things, Thing) \
    { .method = HTTP_POST, .path = "/" of "/{recordId}/" things, .serve = post_beside, .formats = FORMAT_JSON, .flags = ROUTE_SLOW, .takes = body_json, \
      .field = begin_fields, .done = RECORD_NEW, .id = "begin" Thing "Of" Of, .tag = "work", .about = "Begin an extension, an appeal, an enforcement, a conference or a notice of a record" }

const struct route paper_routes[] = {
    { .method = HTTP_POST, .path = "/cases/{recordId}/papers", .serve = post_paper, .formats = FORMAT_JSON, .flags = ROUTE_SLOW, .takes = body_json,
      .field = paper_fields, .done = RECORD_NEW, .id = "filePaper", .tag = "work", .about = "Record a paper of a case" },
    BESIDE("cases", "Case", "extensions", "Extension"), BESIDE("cases", "Case", "appeals", "Appeal"), BESIDE("cases", "Case", "enforcements", "Enforcement"),
    BESIDE("cases", "Case", "conferences", "Conference"), BESIDE("cases", "Case", "notices", "Notice"), BESIDE("leads", "Lead", "extensions", "Extension"),
    BESIDE("leads", "Lead", "appeals", "Appeal"), BESIDE("leads", "Lead", "conferences", "Conference"), BESIDE("leads", "Lead", "notices", "Notice"),
    { .path = NULL },
};
