// Cases (案卷): opened by hand, corrected while they are reported, and told whole. From a finding or a change they are opened by a move
// of that (open_case).
#include "api/body.h"
#include "api/collection.h"
#include "api/desks.h"
#include "api/record.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/base/mem.h"
#include "core/case_file.h"
#include "core/finding.h"
#include "core/visible.h"
#include <math.h>
#include <string.h>

static const char *const sources[] = { "patrol", "call", "letter", "visit", "media", "public", "survey", "assigned", NULL };
static const char *const stocks[] = { "new", "existing", NULL };
static const char *const presences[] = { "present", "absent", NULL };

// --- Opening --------------------------------------------------------------------------------------------------------------------

struct case_body {
    const char *kind, *title, *crs, *source, *scheme, *code, *stock, *party, *facts, *note;
    int64_t condition;
    double x, y, area_m2;
    bool in_progress;
};
static const struct field case_fields[] = {
    { .kind = FIELD_TEXT, .name = "kind", .at = offsetof(struct case_body, kind), .most = 64, .about = "kind of the case (gridpatrol document show STATION terms), or of the paper" },
    { .kind = FIELD_TEXT, .name = "title", .at = offsetof(struct case_body, title), .most = 200, .about = "what people call it" },
    { .kind = FIELD_NUMBER, .name = "x", .at = offsetof(struct case_body, x), .least = -1e9, .most = 1e9, .about = "Where it is: longitude, or east" },
    { .kind = FIELD_NUMBER, .name = "y", .at = offsetof(struct case_body, y), .least = -1e9, .most = 1e9, .about = "Where it is: latitude, or north" },
    { .kind = FIELD_TEXT, .name = "crs", .at = offsetof(struct case_body, crs), .most = 64, .about = "system of the place: EPSG:4326 (default), GCJ-02, BD-09 or any PROJ knows" },
    { .kind = FIELD_WORD, .name = "source", .at = offsetof(struct case_body, source), .word = sources, .about = "where it comes from" },
    { .kind = FIELD_TEXT, .name = "scheme", .at = offsetof(struct case_body, scheme), .most = 64, .about = "scheme of the code, such as gbt30428.2-2013" },
    { .kind = FIELD_TEXT, .name = "code", .at = offsetof(struct case_body, code), .most = 32, .about = "what it is filed under" },
    { .kind = FIELD_INTEGER, .name = "condition", .at = offsetof(struct case_body, condition), .least = 1, .most = 99, .about = "the condition of filing of that code, which has a limit of its own" },
    { .kind = FIELD_WORD, .name = "stock", .at = offsetof(struct case_body, stock), .word = stocks, .about = "new or existing" },
    { .kind = FIELD_FLAG, .name = "in_progress", .at = offsetof(struct case_body, in_progress), .about = "it is still being built" },
    { .kind = FIELD_TEXT, .name = "party", .at = offsetof(struct case_body, party), .most = 100, .about = "whose matter it is" },
    { .kind = FIELD_NUMBER, .name = "area_m2", .at = offsetof(struct case_body, area_m2), .least = 0.01, .most = 1e7, .about = "area in m2: illegal when a case is opened, removed when it is measured" },
    { .kind = FIELD_OBJECT, .name = "facts", .at = offsetof(struct case_body, facts), .about = "what routing rules may ask besides, such as {\"party_is_official\":true}" },
    { .kind = FIELD_TEXT, .name = "note", .at = offsetof(struct case_body, note), .about = "the reason, what was seen, what was done" },
    { .kind = FIELD_END },
};

struct opening { struct exchange *x; struct case_body body; struct finding_spec place; struct desk *desk; struct walk walk; };

// Before the writing begins: reading the grid holds nobody up.
static enum status locate(struct work *w, void *ctx)
{
    struct opening *o = ctx;
    struct arena *a = o->x->request->arena;
    enum status s = finding_locate(w, o->desk, &o->place);
    if (s == OK) {
        o->place.cell_code = arena_text(a, o->place.cell_code);
        o->place.community_code = arena_text(a, o->place.community_code);
    }
    return s;
}

static enum status open_one(struct work *w, void *ctx)
{
    struct opening *o = ctx;
    const struct case_body *b = &o->body;
    return case_open(w, o->desk, &(struct case_spec){ .kind = b->kind, .title = b->title, .source = b->source, .scheme = b->scheme, .code = b->code,
        .condition = (int)b->condition, .stock = b->stock, .in_progress = b->in_progress, .party = b->party, .area_m2 = b->area_m2, .lon = o->place.lon,
        .lat = o->place.lat, .cell_code = o->place.cell_code, .community_code = o->place.community_code, .facts = b->facts, .note = b->note }, &o->walk);
}

static enum status answer_case(struct exchange *x, const char *key, int status)
{
    return answer_record(x, &(struct record_asked){ .thing = "case", .key = key, .tell = case_tell, .status = status });
}

static enum status post_case(struct exchange *x)
{
    struct opening o = { .x = x, .body = { .crs = "EPSG:4326", .x = NAN, .y = NAN }, .place = { .lon = NAN, .lat = NAN, .accuracy_m = NAN } };
    enum status s = body_read(x, &o.body);
    o.place.x = o.body.x, o.place.y = o.body.y, o.place.crs = o.body.crs;
    if (s != OK)
        return s;
    o.desk = desks_take(x->server->desks);
    if (!isnan(o.body.x) && !isnan(o.body.y))
        s = read_station(x, locate, &o);
    bool is_somewhere = s == OK;
    if (s == OK)
        s = write_station(x, open_one, &o);
    desks_give(x->server->desks, o.desk);
    if (s == OK)
        return answer_case(x, o.walk.id.text, RECORD_NEW);
    return is_somewhere ? refuse_deed(x, s) : s;
}

// --- Correcting -------------------------------------------------------------------------------------------------------------------

struct correction_body { const char *title, *party, *ordered_by, *party_present, *facts, *note; double area_m2; bool is_in_progress; };
static const struct field correction_fields[] = {
    { .kind = FIELD_TEXT, .name = "title", .at = offsetof(struct correction_body, title), .most = 200, .about = "what people call it" },
    { .kind = FIELD_TEXT, .name = "party", .at = offsetof(struct correction_body, party), .most = 100, .about = "whose matter it is" },
    { .kind = FIELD_NUMBER, .name = "area_m2", .at = offsetof(struct correction_body, area_m2), .least = 0.01, .most = 1e7, .about = "area in m2: illegal when a case is opened, removed when it is measured" },
    { .kind = FIELD_FLAG, .name = "in_progress", .at = offsetof(struct correction_body, is_in_progress), .about = "it is still being built" },
    { .kind = FIELD_TEXT, .name = "ordered_by", .at = offsetof(struct correction_body, ordered_by), .most = 60, .about = "fast track: who ordered the stop" },
    { .kind = FIELD_WORD, .name = "party_present", .at = offsetof(struct correction_body, party_present), .word = presences, .about = "fast track: the party was present or absent" },
    { .kind = FIELD_OBJECT, .name = "facts", .at = offsetof(struct correction_body, facts), .about = "what routing rules may ask besides, such as {\"party_is_official\":true}" },
    { .kind = FIELD_TEXT, .name = "note", .at = offsetof(struct correction_body, note), .about = "the reason, what was seen, what was done" },
    { .kind = FIELD_END },
};

struct correcting { const char *key; struct correction_body body; struct desk *desk; };

static enum status correct_one(struct work *w, void *ctx)
{
    struct correcting *c = ctx;
    const struct correction_body *b = &c->body;
    enum status s = visible_record(w, "case", c->key);
    return s == OK ? case_correct(w, c->desk, c->key, &(struct case_correction){ .title = b->title, .party = b->party, .ordered_by = b->ordered_by,
        .party_present = b->party_present, .area_m2 = b->area_m2, .in_progress = b->is_in_progress ? 1 : 0, .facts = b->facts }, b->note) : s;
}

static enum status patch_case(struct exchange *x)
{
    struct correcting c = { .key = x->segment[0] };
    enum status s = body_read(x, &c.body);
    if (s != OK)
        return s;
    c.desk = desks_take(x->server->desks);
    s = write_station(x, correct_one, &c);
    desks_give(x->server->desks, c.desk);
    return s == OK ? answer_case(x, c.key, RECORD_THERE) : refuse_deed(x, s);
}

static enum status get_case(struct exchange *x) { return answer_case(x, x->segment[0], RECORD_THERE); }

// --- Routes -------------------------------------------------------------------------------------------------------------------------

const struct route case_routes[] = {
    { .method = HTTP_POST, .path = "/cases", .serve = post_case, .formats = FORMAT_JSON, .flags = ROUTE_SLOW, .takes = body_json, .field = case_fields,
      .done = RECORD_NEW, .id = "openCase", .tag = "work", .about = "Open a case by hand; findings and changes open theirs by the move open_case" },
    { .method = HTTP_GET, .path = "/cases/{recordId}", .serve = get_case, .formats = FORMAT_JSON | FORMAT_HTML, .flags = ROUTE_SLOW, .page = page_record,
      .id = "caseRecord", .tag = "work", .about = "A case with all that belongs to it, and what you can do with it now" },
    { .method = HTTP_PATCH, .path = "/cases/{recordId}", .serve = patch_case, .formats = FORMAT_JSON, .flags = ROUTE_SLOW, .takes = body_json,
      .field = correction_fields, .id = "correctCase", .tag = "work", .about = "Correct the record of a case while it is reported" },
    { .path = NULL },
};
