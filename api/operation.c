// How the service is doing: whether it can answer, and its figures.
#include "api/answer.h"
#include "api/browser.h"
#include "api/collection.h"
#include "api/command.h"
#include "api/metrics.h"
#include "api/routes.h"
#include "api/server.h"

enum { TEXT_CEILING = 4 << 20 };

static enum status look_at_store(struct work *w, void *ctx)
{
    (void)ctx;
    struct district d;
    enum status s = district_get(w->db, &d, w->e);
    if (s == OK)
        district_clear(&d);
    return s;
}

// Asked often, by programs that decide whether to send anybody here: it reads one row.
static enum status get_health(struct exchange *x)
{
    struct buf b;
    bool is_well = read_station(x, look_at_store, NULL) == OK;
    x->err.text[0] = '\0';
    buf_init(&b, TEXT_CEILING);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    json_put_text(&j, "status", is_well ? "pass" : "fail");
    json_put_text(&j, "version", command_version());
    json_put_end(&j);
    answer_header(x->answer, "Cache-Control", "no-store");
    x->answer->status = is_well ? 200 : 503;
    answer_text(x, &b);
    return OK;
}

// For whoever is on this machine, and for those who keep it. What a proxy hands on came from somewhere else.
static bool may_see_figures(const struct exchange *x)
{
    bool is_here = is_loopback(x->request) && request_header(x->request, "X-Forwarded-For") == NULL && request_header(x->request, "Forwarded") == NULL;
    return is_here || (x->viewer.role & (ROLE_ADMINISTRATOR | ROLE_AUDITOR)) != 0;
}

static enum status get_metrics(struct exchange *x)
{
    struct buf b;
    if (!may_see_figures(x))
        return err_set(&x->err, NOT_FOUND, "there is nothing at %.200s; /api tells what there is", x->request->path);
    buf_init(&b, TEXT_CEILING);
    metrics_write(x->server, &b);
    answer_header(x->answer, "Cache-Control", "no-store");
    answer_text(x, &b);
    answer_header(x->answer, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    return OK;
}

const struct route operation_routes[] = {
    { .method = HTTP_GET, .path = "/health", .serve = get_health, .formats = FORMAT_JSON, .id = "health", .tag = "operation", .about = "Whether the service can answer" },
    { .method = HTTP_GET, .path = "/metrics", .serve = get_metrics, .formats = FORMAT_TEXT, .flags = ROUTE_SLOW, .id = "metrics", .tag = "operation",
      .about = "Figures for Prometheus: on this machine, or for administrators and auditors" },
    { .path = NULL },
};
