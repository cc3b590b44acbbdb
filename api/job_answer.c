#include "api/job_answer.h"

#include "api/body.h"
#include "api/record.h"
#include "api/runner.h"
#include "api/server.h"
#include "core/base/mem.h"
#include <stdio.h>
#include <string.h>

enum { RESULTS_CEILING = 64 << 20, STATUS_CEILING = 1 << 20 };

enum status answer_no_such(struct exchange *x, const char *what, const char *sentence)
{
    char type[160];
    snprintf(type, sizeof type, PROCESSES_PROBLEM "%s", what);
    answer_refusal_of(x, 404, type, sentence);
    return OK;
}

// --- The status of a job ------------------------------------------------------------------------------------------------------------

static bool is_done(const struct job_row *row) { return row->ended_at_s != 0; }

const char *job_state_title(const char *state, enum lang lang)
{
    static const struct { const char *state, *title; } titles[] = {
        { "accepted", "waiting for its turn" }, { "running", "under way" }, { "successful", "it is done" }, { "failed", "it did not work" }, { "dismissed", "it was cancelled" },
    };
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        if (strcmp(titles[i].state, state) == 0)
            return text_in(lang, titles[i].title);
    return state;
}

static void put_progress(struct exchange *x, struct json_writer *j, const struct job_row *row)
{
    int percent = strcmp(row->state, "successful") == 0 ? 100 : 0;
    const char *stage = NULL;
    bool is_running = !is_done(row) && x->server->runner != NULL && runner_progress(x->server->runner, row->id.text, &percent, &stage);
    const char *message = row->message != NULL ? text_in(x->lang, row->message) : job_state_title(row->state, x->lang);
    json_put_text(j, "message", is_running && stage != NULL ? text_in(x->lang, stage) : message);
    json_put_integer(j, "progress", percent);
}

static void put_job_links(struct exchange *x, struct json_writer *j, const struct job_row *row)
{
    json_put_list(j, "links");
    put_link(j, (struct link){ .rel = "self", .href = link_to(x, "/jobs/%s", row->id.text), .type = "application/json" });
    put_link(j, (struct link){ .rel = "up", .href = link_to(x, "/jobs"), .type = "application/json", .title = text_in(x->lang, "Jobs of yours") });
    if (strcmp(row->state, "successful") == 0)
        put_link(j, (struct link){ .rel = "http://www.opengis.net/def/rel/ogc/1.0/results", .href = link_to(x, "/jobs/%s/results?response=document", row->id.text),
                                   .type = "application/json", .title = text_in(x->lang, "What came out") });
    json_put_end(j);
}

void put_job(struct exchange *x, struct json_writer *j, const struct job_row *row)
{
    json_put_object(j, NULL);
    json_put_text(j, "jobID", row->id.text);
    json_put_text(j, "processID", row->process);
    json_put_text(j, "type", "process");
    json_put_text(j, "status", row->state);
    put_progress(x, j, row);
    put_moment(j, "created", row->made_at_s);
    if (row->begun_at_s != 0)
        put_moment(j, "started", row->begun_at_s);
    if (is_done(row))
        put_moment(j, "finished", row->ended_at_s);
    put_job_links(x, j, row);
    json_put_end(j);
}

void answer_job(struct exchange *x, const struct job_row *row, int status)
{
    struct buf b;
    buf_init(&b, STATUS_CEILING);
    put_job(x, &(struct json_writer){ .to = &b }, row);
    x->answer->status = status;
    answer_text(x, &b);
}

// --- Results ------------------------------------------------------------------------------------------------------------------------

enum status results_wanted_read(const struct process *p, struct json request, struct results_wanted *out, struct err *e)
{
    const char *how = NULL;
    struct json_each m = { 0 };
    enum status s = json_read_text_or(json_get(request, "response"), "raw", &how, e);
    if (s == OK && strcmp(how, "raw") != 0 && strcmp(how, "document") != 0)
        return err_set(e, INVALID, "response is raw or document; \"%.40s\" was given", how);
    *out = (struct results_wanted){ .is_raw = s == OK && strcmp(how, "raw") == 0, .outputs = json_get(request, "outputs") };
    if (s == OK && json_is_there(out->outputs) && json_kind(out->outputs) != JSON_KIND_OBJECT)
        return json_wrong(out->outputs, "an object with a member for each output", e);
    while (s == OK && json_next(out->outputs, &m))
        if (process_output_find(p, m.key) == NULL)
            s = err_set(e, INVALID, "%s has no output \"%.60s\"; /processes/%s names them", p->id, m.key, p->id);
    return s;
}

// Those that are wanted and there.
static bool is_told(const struct results *r, const struct process_output *o)
{
    bool is_wanted = json_count(r->wanted.outputs) == 0 || json_is_there(json_get(r->wanted.outputs, o->name));
    return is_wanted && (o->type != NULL ? r->job != NULL : json_is_there(json_get(r->result, o->name)));
}

// {"format": {"mediaType": ...}} of the output; else the usual one.
static const struct process_type *type_of(const struct results *r, const struct process_output *o)
{
    const char *asked = NULL;
    struct err aside = { 0 };
    if (json_read_text_or(json_get(json_get(json_get(r->wanted.outputs, o->name), "format"), "mediaType"), NULL, &asked, &aside) == OK && asked != NULL)
        for (const struct process_type *t = o->type; t->media_type != NULL; t++)
            if (strcmp(t->media_type, asked) == 0)
                return t;
    return o->type;
}

static const char *file_link(struct exchange *x, const struct results *r, const struct process_output *o)
{
    return link_to(x, "/jobs/%s/results/%s%s", r->job, o->name, type_of(r, o)->ending);
}

static enum status put_output(struct exchange *x, const struct results *r, const struct process_output *o, struct json_writer *j)
{
    if (o->type == NULL)
        return body_copy(json_get(r->result, o->name), o->name, j, &x->err);
    json_put_object(j, o->name);
    json_put_text(j, "href", file_link(x, r, o));
    json_put_text(j, "type", type_of(r, o)->media_type);
    json_put_text(j, "title", text_in(x->lang, o->title));
    json_put_end(j);
    return OK;
}

static enum status answer_as_document(struct exchange *x, const struct results *r)
{
    struct buf b;
    enum status s = OK;
    buf_init(&b, RESULTS_CEILING);
    struct json_writer j = { .to = &b };
    json_put_object(&j, NULL);
    for (int i = 0; i < r->process->outputs && s == OK; i++)
        if (is_told(r, &r->process->output[i]))
            s = put_output(x, r, &r->process->output[i], &j);
    json_put_end(&j);
    if (s == OK)
        answer_text(x, &b);
    buf_clear(&b);
    return s;
}

// Files by reference: nothing in the body, a link for each.
static enum status answer_links(struct exchange *x, const struct results *r)
{
    struct buf b;
    buf_init(&b, STATUS_CEILING);
    for (int i = 0; i < r->process->outputs; i++) {
        const struct process_output *o = &r->process->output[i];
        if (is_told(r, o))
            buf_printf(&b, "%s<%s>; rel=\"%s\"; type=\"%s\"", b.len > 0 ? ", " : "", file_link(x, r, o), o->name, type_of(r, o)->media_type);
    }
    answer_header(x->answer, "Link", b.len > 0 ? arena_text(x->request->arena, b.data) : NULL);
    answer_header(x->answer, "Cache-Control", "private, no-cache");
    x->answer->status = 204;
    x->answer->kind = ANSWER_EMPTY;
    buf_clear(&b);
    return OK;
}

// The value itself: a text as it is, anything else as JSON.
static enum status put_raw(struct exchange *x, struct json v, struct buf *out, const char **type)
{
    const char *text = NULL;
    bool is_text = json_kind(v) == JSON_KIND_TEXT;
    *type = is_text ? "text/plain; charset=utf-8" : "application/json";
    if (!is_text)
        return body_copy(v, NULL, &(struct json_writer){ .to = out }, &x->err);
    enum status s = json_read_text(v, &text, &x->err);
    buf_text(out, text_or_empty(text));
    return s;
}

static enum status put_part(struct exchange *x, const struct results *r, const struct process_output *o, struct buf *out)
{
    struct buf value;
    const char *type = NULL;
    buf_init(&value, RESULTS_CEILING);
    enum status s = put_raw(x, json_get(r->result, o->name), &value, &type);
    buf_printf(out, "--%s\r\nContent-Type: %s\r\nContent-ID: <%s>\r\n\r\n", r->job != NULL ? r->job : "part-of-a-result-7f3a", type, o->name);
    buf_add(out, text_or_empty(value.data), value.len);
    buf_text(out, "\r\n");
    buf_clear(&value);
    return s;
}

static enum status answer_parts(struct exchange *x, const struct results *r)
{
    struct buf b;
    char type[120];
    const char *boundary = r->job != NULL ? r->job : "part-of-a-result-7f3a";
    enum status s = OK;
    buf_init(&b, RESULTS_CEILING);
    for (int i = 0; i < r->process->outputs && s == OK; i++)
        if (is_told(r, &r->process->output[i]))
            s = put_part(x, r, &r->process->output[i], &b);
    buf_printf(&b, "--%s--\r\n", boundary);
    snprintf(type, sizeof type, "multipart/related; boundary=\"%s\"", boundary);
    if (s == OK) {
        answer_text(x, &b);
        answer_header(x->answer, "Content-Type", arena_text(x->request->arena, type));
    }
    buf_clear(&b);
    return s;
}

static enum status answer_one(struct exchange *x, const struct results *r, const struct process_output *o)
{
    struct buf b;
    const char *type = NULL;
    buf_init(&b, RESULTS_CEILING);
    enum status s = put_raw(x, json_get(r->result, o->name), &b, &type);
    if (s == OK) {
        answer_text(x, &b);
        answer_header(x->answer, "Content-Type", type);
    }
    buf_clear(&b);
    return s;
}

enum status answer_results(struct exchange *x, const struct results *r)
{
    const struct process_output *last = NULL;
    int told = 0;
    for (int i = 0; i < r->process->outputs; i++)
        if (is_told(r, &r->process->output[i]))
            last = &r->process->output[i], told++;
    if (!r->wanted.is_raw)
        return answer_as_document(x, r);
    if (process_has_files(r->process) || told == 0)
        return answer_links(x, r);
    return told == 1 ? answer_one(x, r, last) : answer_parts(x, r);
}
