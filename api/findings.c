// Findings (上报): a report from a place, with an id its reporter minted, so that a phone with a bad network may send it again.
#include "api/collection.h"
#include "api/desks.h"
#include "api/record.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/base/mem.h"
#include "core/finding.h"
#include <math.h>
#include <string.h>

enum { AHEAD_MOST_S = 3600 };                         // clocks of phones go wrong; what was seen later than that was not seen

struct report_body { const char *id, *crs, *text, *scheme, *code, *source; double x, y, accuracy_m; int64_t seen_at_s; };

static const char *const sources[] = { "patrol", "call", "letter", "visit", "media", "public", "survey", "assigned", NULL };
static const struct field report_fields[] = {
    { .kind = FIELD_TEXT, .name = "id", .at = offsetof(struct report_body, id), .most = ID_TEXT, .about = "A UUID minted by who reports: the same again is answered the same" },
    { .kind = FIELD_NUMBER, .name = "x", .at = offsetof(struct report_body, x), .least = -1e9, .most = 1e9, .is_required = true, .about = "Where it is: longitude, or east" },
    { .kind = FIELD_NUMBER, .name = "y", .at = offsetof(struct report_body, y), .least = -1e9, .most = 1e9, .is_required = true, .about = "Where it is: latitude, or north" },
    { .kind = FIELD_TEXT, .name = "crs", .at = offsetof(struct report_body, crs), .most = 64, .about = "system of the place: EPSG:4326 (default), GCJ-02, BD-09 or any PROJ knows" },
    { .kind = FIELD_NUMBER, .name = "accuracy_m", .at = offsetof(struct report_body, accuracy_m), .least = 0.001, .most = 100000, .about = "accuracy of the place, metres" },
    { .kind = FIELD_TEXT, .name = "text", .at = offsetof(struct report_body, text), .about = "what was seen" },
    { .kind = FIELD_TEXT, .name = "scheme", .at = offsetof(struct report_body, scheme), .most = 64, .about = "scheme of the code, such as gbt30428.2-2013" },
    { .kind = FIELD_TEXT, .name = "code", .at = offsetof(struct report_body, code), .most = 32, .about = "what it is filed under" },
    { .kind = FIELD_WORD, .name = "source", .at = offsetof(struct report_body, source), .word = sources, .about = "where it comes from" },
    { .kind = FIELD_TIME, .name = "seen_at", .at = offsetof(struct report_body, seen_at_s), .about = "when it was seen (default: now)" },
    { .kind = FIELD_END },
};

struct reporting { struct exchange *x; struct finding_spec spec; struct desk *desk; struct walk walk; bool is_new; };

// Before the writing begins: reading the grid holds nobody up.
static enum status locate(struct work *w, void *ctx)
{
    struct reporting *r = ctx;
    struct arena *a = r->x->request->arena;
    enum status s = finding_locate(w, r->desk, &r->spec);
    if (s == OK) {
        r->spec.cell_code = arena_text(a, r->spec.cell_code);
        r->spec.community_code = arena_text(a, r->spec.community_code);
    }
    return s;
}

static enum status record(struct work *w, void *ctx)
{
    struct reporting *r = ctx;
    return finding_record_once(w, r->desk, &r->spec, &r->walk, &r->is_new);
}

static enum status read_report(struct reporting *r)
{
    struct exchange *x = r->x;
    struct report_body b = { .crs = "EPSG:4326", .accuracy_m = NAN };
    enum status s = body_read(x, &b);
    if (s == OK && b.id != NULL)
        s = id_parse(b.id, &r->spec.id, &x->err);
    if (s == OK && b.seen_at_s > x->now_s + AHEAD_MOST_S)
        s = err_set(&x->err, INVALID, "seen_at lies in the future; when it was seen is expected");
    r->spec.source = b.source, r->spec.scheme = b.scheme, r->spec.code = b.code, r->spec.text = b.text, r->spec.crs = b.crs;
    r->spec.x = b.x, r->spec.y = b.y, r->spec.accuracy_m = b.accuracy_m, r->spec.seen_at_s = b.seen_at_s;
    return s;
}

static enum status post_finding(struct exchange *x)
{
    struct reporting r = { .x = x };
    enum status s = read_report(&r);
    if (s != OK)
        return s;
    r.desk = desks_take(x->server->desks);
    s = read_station(x, locate, &r);
    bool is_somewhere = s == OK;
    if (s == OK)
        s = write_station(x, record, &r);
    desks_give(x->server->desks, r.desk);
    if (s != OK)
        return is_somewhere ? refuse_deed(x, s) : s;
    return answer_record(x, &(struct record_asked){ .thing = "finding", .key = r.walk.id.text, .tell = finding_tell, .status = r.is_new ? RECORD_NEW : RECORD_THERE });
}

static enum status get_finding(struct exchange *x)
{
    return answer_record(x, &(struct record_asked){ .thing = "finding", .key = x->segment[0], .tell = finding_tell, .status = RECORD_THERE });
}

const struct route finding_routes[] = {
    { .method = HTTP_POST, .path = "/findings", .serve = post_finding, .formats = FORMAT_JSON, .flags = ROUTE_SLOW, .takes = body_json, .field = report_fields,
      .done = RECORD_NEW, .id = "reportFinding", .tag = "work", .about = "Report something from a place" },
    { .method = HTTP_GET, .path = "/findings/{recordId}", .serve = get_finding, .formats = FORMAT_JSON | FORMAT_HTML, .flags = ROUTE_SLOW, .page = page_record,
      .id = "findingRecord", .tag = "work", .about = "A finding with its steps, photos and cases, and what you can do with it now" },
    { .path = NULL },
};
