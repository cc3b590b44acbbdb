// Processes: what there is, how each is asked, and the asking (OGC API Processes Part 1).
#include "api/body.h"
#include "api/job_answer.h"
#include "api/params.h"
#include "api/record.h"
#include "api/routes.h"
#include "api/runner.h"
#include "api/server.h"
#include "core/base/mem.h"
#include <string.h>
#include <strings.h>

enum { DOCUMENT_CEILING = 4 << 20, REQUEST_MOST = 1 << 20 };

// --- Descriptions -------------------------------------------------------------------------------------------------------------------

static void put_words(struct json_writer *j, const char *key, const char *const *word)
{
    json_put_list(j, key);
    for (; *word != NULL; word++)
        json_put_text(j, NULL, *word);
    json_put_end(j);
}

// What stands in the list and at the top of a description.
static void put_summary(struct exchange *x, const struct process *p, struct json_writer *j)
{
    static const char *const aside[] = { "async-execute", "dismiss", NULL }, *const both[] = { "sync-execute", "async-execute", "dismiss", NULL };
    static const char *const values[] = { "value", NULL }, *const references[] = { "reference", NULL };
    json_put_text(j, "id", p->id);
    json_put_text(j, "title", text_in(x->lang, p->title));
    json_put_text(j, "description", text_in(x->lang, p->about));
    json_put_text(j, "version", "1.0.0");
    put_words(j, "jobControlOptions", p->can_wait ? both : aside);
    put_words(j, "outputTransmission", process_has_files(p) ? references : values);
}

static void put_schema(struct json_writer *j, const char *schema) { json_put_raw(j, "schema", schema, strlen(schema)); }

static void put_inputs(struct exchange *x, const struct process *p, struct json_writer *j)
{
    json_put_object(j, "inputs");
    for (int i = 0; i < p->inputs; i++) {
        const struct process_input *in = &p->input[i];
        json_put_object(j, in->name);
        json_put_text(j, "title", text_in(x->lang, in->title));
        put_schema(j, in->schema);
        json_put_integer(j, "minOccurs", in->is_required);
        json_put_integer(j, "maxOccurs", 1);
        json_put_end(j);
    }
    json_put_end(j);
}

static void put_file_schema(const struct process_output *o, struct json_writer *j)
{
    json_put_object(j, "schema");
    json_put_list(j, "oneOf");
    for (const struct process_type *t = o->type; t->media_type != NULL; t++) {
        json_put_object(j, NULL);
        json_put_text(j, "type", "string");
        json_put_text(j, "contentMediaType", t->media_type);
        json_put_end(j);
    }
    json_put_end(j);
    json_put_end(j);
}

static void put_outputs(struct exchange *x, const struct process *p, struct json_writer *j)
{
    json_put_object(j, "outputs");
    for (int i = 0; i < p->outputs; i++) {
        const struct process_output *o = &p->output[i];
        json_put_object(j, o->name);
        json_put_text(j, "title", text_in(x->lang, o->title));
        if (o->type != NULL)
            put_file_schema(o, j);
        else
            put_schema(j, o->schema);
        json_put_end(j);
    }
    json_put_end(j);
}

static enum status no_such_process(struct exchange *x)
{
    err_set(&x->err, NOT_FOUND, "there is no process \"%.60s\"; /processes names them", x->segment[0]);
    return answer_no_such(x, "no-such-process", x->err.text);
}

static enum status get_process(struct exchange *x)
{
    const struct process *p = process_find(x->server, &x->viewer, x->segment[0]);
    struct buf b;
    if (p == NULL)
        return no_such_process(x);
    buf_init(&b, DOCUMENT_CEILING);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    put_summary(x, p, &j);
    put_inputs(x, p, &j);
    put_outputs(x, p, &j);
    json_put_list(&j, "links");
    put_self_links(x, &j);
    put_link(&j, (struct link){ .rel = "http://www.opengis.net/def/rel/ogc/1.0/execute", .href = link_to(x, "/processes/%s/execution", p->id), .type = "application/json",
                                .title = text_in(x->lang, "Ask for it here, with POST") });
    json_put_end(&j);
    json_put_end(&j);
    return answer_document(x, &b);
}

static void put_item(struct exchange *x, const struct process *p, struct json_writer *j)
{
    json_put_object(j, NULL);
    put_summary(x, p, j);
    json_put_list(j, "links");
    put_link(j, (struct link){ .rel = "self", .href = link_to(x, "/processes/%s", p->id), .type = "application/json", .title = text_in(x->lang, p->title) });
    json_put_end(j);
    json_put_end(j);
}

static enum status get_processes(struct exchange *x)
{
    struct buf b;
    int64_t left = param_integer(x, "limit");
    buf_init(&b, DOCUMENT_CEILING);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    json_put_list(&j, "processes");
    for (int i = 0; process_at(i) != NULL; i++)
        if (process_at(i)->is_open(x->server, &x->viewer) && left-- > 0)
            put_item(x, process_at(i), &j);
    json_put_end(&j);
    return answer_with_self_links(x, &j);
}

// --- Asking ---------------------------------------------------------------------------------------------------------------------------

struct asked { struct exchange *x; const struct process *process; struct json_doc *doc; struct json inputs; struct results_wanted wanted; struct id job; struct job_row row; };

static enum status read_request(struct asked *a)
{
    static const char *const known[] = { "inputs", "outputs", "response", NULL };
    struct exchange *x = a->x;
    const char *body = x->request->body != NULL ? x->request->body : "";
    enum status s = json_parse(body, x->request->body_len, "request", NULL, &a->doc, &x->err);
    if (s != OK)
        return s;
    struct json root = json_root(a->doc);
    a->inputs = json_get(root, "inputs");
    s = json_known_keys(root, known, &x->err);
    if (s == OK && json_is_there(a->inputs) && json_kind(a->inputs) != JSON_KIND_OBJECT)
        s = json_wrong(a->inputs, "an object with a member for each input", &x->err);
    if (s == OK)
        s = results_wanted_read(a->process, root, &a->wanted, &x->err);
    if (s == OK)
        s = process_inputs_check(a->process, a->inputs, &x->err);
    return s == OK ? a->process->check(x, a->inputs) : s;
}

// "respond-async", alone or among other preferences (RFC 7240).
static bool prefers_job(struct exchange *x)
{
    const char *prefer = request_header(x->request, "Prefer");
    return prefer != NULL && strcasestr(prefer, "respond-async") != NULL;
}

static enum status record(struct work *w, void *ctx)
{
    struct asked *a = ctx;
    struct exchange *x = a->x;
    char *request = arena_get(x->request->arena, x->request->body_len + 1);
    memcpy(request, x->request->body, x->request->body_len);
    enum status s = job_record(w, &(struct job_spec){ a->process->id, runner_name(x->server->runner), request }, &a->job);
    return s == OK ? job_get(w, a->job.text, x->request->arena, &a->row) : s;
}

static enum status make_job(struct asked *a)
{
    struct exchange *x = a->x;
    runner_tidy(x->server->runner);
    enum status s = write_station(x, record, a);
    if (s == TOO_BIG) {
        answer_refusal(x, 429, x->err.text);
        answer_header(x->answer, "Retry-After", "60");
        return OK;
    }
    if (s != OK)
        return s;
    runner_add(x->server->runner, a->process, a->job.text, x->viewer.actor, a->row.request, x->lang);
    answer_job(x, &a->row, 201);
    answer_header(x->answer, "Location", link_to(x, "/jobs/%s", a->job.text));
    if (prefers_job(x))
        answer_header(x->answer, "Preference-Applied", "respond-async");
    return OK;
}

static enum status answer_at_once(struct asked *a)
{
    struct exchange *x = a->x;
    struct buf b;
    struct json_doc *doc = NULL;
    buf_init(&b, DOCUMENT_CEILING);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    enum status s = runner_now(x->server, &(struct runner_now){ a->process, x->viewer.actor, a->inputs, &j }, &x->err);
    json_put_end(&j);
    if (s == OK)
        s = json_parse(b.data, b.len, "result", NULL, &doc, &x->err);
    if (s == OK)
        s = answer_results(x, &(struct results){ .process = a->process, .result = json_root(doc), .wanted = a->wanted });
    json_close(doc);
    buf_clear(&b);
    return s;
}

static enum status post_execution(struct exchange *x)
{
    struct asked a = { .x = x, .process = process_find(x->server, &x->viewer, x->segment[0]) };
    if (a.process == NULL)
        return no_such_process(x);
    enum status s = read_request(&a);
    if (s == OK)
        s = a.process->can_wait && !prefers_job(x) ? answer_at_once(&a) : make_job(&a);
    json_close(a.doc);
    return s;
}

// --- Routes -----------------------------------------------------------------------------------------------------------------------------

static const struct param list_params[] = {
    { .kind = PARAM_INTEGER, .name = "limit", .least = 1, .most = 10000, .fallback = 100, .clamps = true, .about = "How many at most" },
    { .kind = PARAM_END },
};

const struct route process_routes[] = {
    { .method = HTTP_GET, .path = "/processes", .serve = get_processes, .formats = FORMAT_JSON | FORMAT_HTML, .param = list_params, .id = "processes", .tag = "processes",
      .about = "What can be computed" },
    { .method = HTTP_GET, .path = "/processes/{processId}", .serve = get_process, .formats = FORMAT_JSON | FORMAT_HTML, .id = "process", .tag = "processes",
      .about = "How a process is asked, and what it answers" },
    { .method = HTTP_POST, .path = "/processes/{processId}/execution", .serve = post_execution, .formats = FORMAT_JSON, .flags = ROUTE_SLOW, .id = "execute", .tag = "processes",
      .about = "Have it computed: at once, or as a job", .takes = body_json, .body_most = REQUEST_MOST },
    { .path = NULL },
};
