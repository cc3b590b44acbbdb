// Routing (移交规则) over HTTP, dry and real, and the figures of how the work went (评价指标).
#include "api/body.h"
#include "api/collection.h"
#include "api/desks.h"
#include "api/record.h"
#include "api/routes.h"
#include "api/server.h"
#include "core/base/date.h"
#include "core/case_report.h"
#include "core/route.h"
#include <math.h>
#include <string.h>

enum { CEILING = 64 << 20, ROWS_USUAL = 1000, ROWS_MOST = 10000 };

// --- Routing ----------------------------------------------------------------------------------------------------------------------

struct routing_body { const char *after, *rules; int64_t limit; bool dry_run, all; };
static const struct field routing_fields[] = {
    { .kind = FIELD_FLAG, .name = "dry_run", .at = offsetof(struct routing_body, dry_run), .about = "only tell which rule would fire for which case, and why" },
    { .kind = FIELD_FLAG, .name = "all", .at = offsetof(struct routing_body, all), .about = "with --dry-run: also the open cases that were routed already" },
    { .kind = FIELD_OBJECT, .name = "rules", .at = offsetof(struct routing_body, rules), .about = "with --dry-run: ask these rules instead of those in force" },
    { .kind = FIELD_INTEGER, .name = "limit", .at = offsetof(struct routing_body, limit), .least = 1, .most = ROWS_MOST, .about = "How many changes and cases at most" },
    { .kind = FIELD_TEXT, .name = "after", .at = offsetof(struct routing_body, after), .most = 64, .about = "Where to go on: next of the answer before" },
    { .kind = FIELD_END },
};

struct routing { struct exchange *x; struct routing_body body; struct desk *desk; struct route_report report; struct buf rows; struct json_writer j; };

static void put_fired(void *ctx, const struct route_fired *f)
{
    struct routing *r = ctx;
    struct json_writer *j = &r->j;
    const struct routing_rule *rule = f->rule;
    json_put_object(j, NULL);
    json_put_text(j, "case", f->case_number);
    json_put_text(j, "change", f->change_id);
    json_put_text(j, "rule", rule->key);
    json_put_text(j, "title", r->x->lang == LANG_ZH ? rule->title_zh : rule->title_en);
    json_put_text(j, "agency", rule->agency->key);
    json_put_integer(j, "priority", rule->priority);
    json_put_text(j, "lead", f->lead_number);
    json_put_text(j, "routed_by", f->routed_by);
    json_put_bool(j, "differs", f->differs);
    json_put_text(j, "when", rule->when);
    json_put_end(j);
}

static enum status route(struct work *w, void *ctx)
{
    struct routing *r = ctx;
    const struct routing_body *b = &r->body;
    struct route_asked asked = { .dry = b->dry_run, .all = b->all, .page = { b->after, b->limit } };
    enum status s = b->rules != NULL ? desk_try_rules(w, r->desk, text_in(w->e->lang, "the body of the request"), b->rules, strlen(b->rules)) : OK;
    if (s == OK)
        s = route_all(w, r->desk, &asked, put_fired, r, &r->report);
    return s == OK && r->rows.full ? err_set(w->e, TOO_BIG, "the answer is larger than %d MB; ask for fewer with limit", CEILING >> 20) : s;
}

static void answer_routing(struct routing *r)
{
    const struct route_report *p = &r->report;
    struct buf b;
    buf_init(&b, 2 * CEILING);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    json_put_bool(&j, "dry_run", r->body.dry_run);
    json_put_integer(&j, "changes", p->changes);
    json_put_integer(&j, "cases_opened", p->cases_opened);
    json_put_integer(&j, "cases_routed", p->cases_routed);
    json_put_integer(&j, "leads_drafted", p->leads_drafted);
    json_put_integer(&j, "differ", p->differ);
    json_put_integer(&j, "left", p->left);
    json_put_text(&j, "next", p->left > 0 ? p->last : NULL);
    json_put_raw(&j, "rows", r->rows.data, r->rows.len);
    json_put_end(&j);
    answer_text(r->x, &b);
}

// Rules that are only tried lie on a desk of their own, which nobody uses after them.
static enum status run(struct routing *r)
{
    struct exchange *x = r->x;
    struct desk own = { 0 };
    bool tries = r->body.rules != NULL;
    r->desk = tries ? &own : desks_take(x->server->desks);
    enum status s = r->body.dry_run ? read_station(x, route, r) : write_station(x, route, r);
    if (tries)
        desk_clear(&own);
    else
        desks_give(x->server->desks, r->desk);
    return s;
}

static enum status post_routing(struct exchange *x)
{
    struct routing r = { .x = x, .body = { .limit = ROWS_USUAL } };
    enum status s = body_read(x, &r.body);
    if (s == OK && !r.body.dry_run && (r.body.rules != NULL || r.body.all))
        s = err_set(&x->err, INVALID, "rules and all go with dry_run only; gridpatrol document load takes rules");
    if (s != OK)
        return s;
    buf_init(&r.rows, CEILING);
    r.j = (struct json_writer){ .to = &r.rows };
    json_put_list(&r.j, NULL);
    s = run(&r);
    json_put_end(&r.j);
    if (s == OK)
        answer_routing(&r);
    buf_clear(&r.rows);
    return s == OK ? OK : refuse_deed(x, s);
}

// --- Reports ------------------------------------------------------------------------------------------------------------------------

struct reporting { struct exchange *x; struct period period; enum report_by by; struct buf out; struct json_writer j; };

static void put_figure(void *ctx, const char *group, const struct indicator *i, struct figure f)
{
    struct reporting *r = ctx;
    struct json_writer *j = &r->j;
    enum lang lang = r->x->lang;
    json_put_object(j, NULL);
    json_put_text(j, "group", group[0] != '\0' ? group : NULL);
    json_put_text(j, "indicator", i->key);
    json_put_text(j, "title", text_in(lang, i->title));
    json_put_integer(j, "numerator", f.numerator);
    json_put_text(j, "numerator_title", text_in(lang, i->numerator.title));
    json_put_integer(j, "denominator", f.denominator);
    json_put_text(j, "denominator_title", text_in(lang, i->denominator.title));
    json_put_number(j, "rate", figure_rate(f), 6);
    json_put_end(j);
}

static enum status read_time(struct exchange *x, const char *name, int64_t *out)
{
    const char *text = param_text(x, name);
    if (text == NULL || body_moment(x, text, out))
        return OK;
    return err_set(&x->err, INVALID, "%s \"%.60s\": a moment with its zone (2026-03-01T08:30:00+08:00), or a day (2026-03-01), is expected", name, text);
}

static enum status read_asked(struct reporting *r)
{
    struct exchange *x = r->x;
    const char *by = param_text(x, "by");
    int64_t zone = station_district(x->server->station)->zone_offset_s;
    struct date first = date_of_day((int32_t)((x->now_s + zone) / DAY_S));
    first.month = first.day = 1;
    r->period = (struct period){ (int64_t)date_to_day(first) * DAY_S - zone, x->now_s };
    enum status s = report_by_word(by != NULL ? by : "all", &r->by, &x->err);
    if (s == OK)
        s = read_time(x, "from", &r->period.from_s);
    return s == OK ? read_time(x, "to", &r->period.until_s) : s;
}

static enum status report(struct work *w, void *ctx)
{
    struct reporting *r = ctx;
    enum status s = case_report(w, &r->period, r->by, put_figure, r);
    return s == OK && r->out.full ? err_set(w->e, TOO_BIG, "the answer is larger than %d MB; ask for fewer with limit", CEILING >> 20) : s;
}

static enum status get_reports(struct exchange *x)
{
    struct reporting r = { .x = x };
    enum status s = x->viewer.actor[0] != '\0' ? read_asked(&r) : err_set(&x->err, NOT_FOUND, "figures of the work are for those who do it: a token is missing");
    if (s != OK)
        return s;
    buf_init(&r.out, CEILING);
    r.j = (struct json_writer){ .to = &r.out };
    json_put_object(&r.j, NULL);
    put_moment(&r.j, "from", r.period.from_s);
    put_moment(&r.j, "to", r.period.until_s);
    json_put_list(&r.j, "figures");
    s = read_station(x, report, &r);
    json_put_end(&r.j);
    json_put_end(&r.j);
    if (s == OK)
        answer_text(x, &r.out);
    buf_clear(&r.out);
    return s;
}

// --- Routes ---------------------------------------------------------------------------------------------------------------------------

static const char *const groups[] = { "all", "cell", "community", "agency", "month", NULL };
static const struct param report_params[] = {
    { .kind = PARAM_TEXT, .name = "from", .about = "the first day (default: 1 January of this year)" },
    { .kind = PARAM_TEXT, .name = "to", .about = "the day after the last (default: now)" },
    { .kind = PARAM_WORD, .name = "by", .word = groups, .about = "cell, community, agency or month" },
    { .kind = PARAM_END },
};
const struct route routing_routes[] = {
    { .method = HTTP_POST, .path = "/routing", .serve = post_routing, .formats = FORMAT_JSON, .flags = ROUTE_SLOW, .takes = body_json, .field = routing_fields,
      .id = "route", .tag = "work", .about = "Ask the rules to whom cases go: confirmed changes get theirs, leads are drafted, nothing is sent" },
    { .method = HTTP_GET, .path = "/reports", .serve = get_reports, .formats = FORMAT_JSON, .flags = ROUTE_SLOW, .param = report_params,
      .id = "reports", .tag = "work", .about = "How the work went: the indicators, of the cases you may see" },
    { .path = NULL },
};
