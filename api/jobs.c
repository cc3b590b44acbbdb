// Jobs: how far they are, what came out, and letting go of them. They are their maker's alone.
#include "api/answer_file.h"
#include "api/job_answer.h"
#include "api/collection.h"
#include "api/params.h"
#include "api/record.h"
#include "api/routes.h"
#include "api/runner.h"
#include "api/server.h"
#include "core/base/mem.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIST_CEILING = 16 << 20 };

struct job_look { struct exchange *x; struct job_row row; bool is_gone; struct page page; struct json_writer j; int64_t told; char last[ID_TEXT]; };

static enum status no_such_job(struct exchange *x, enum status s)
{
    return s == NOT_FOUND ? answer_no_such(x, "no-such-job", x->err.text) : s;
}

static enum status read_job(struct work *w, void *ctx)
{
    struct job_look *l = ctx;
    return job_get(w, l->x->segment[0], l->x->request->arena, &l->row);
}

static enum status get_job(struct exchange *x)
{
    struct job_look l = { .x = x };
    enum status s = read_station(x, read_job, &l);
    if (s != OK)
        return no_such_job(x, s);
    struct buf b;
    buf_init(&b, LIST_CEILING);
    put_job(x, &(struct json_writer){ .to = &b }, &l.row);
    return answer_document(x, &b);
}

// --- The list -------------------------------------------------------------------------------------------------------------------------

// One more than asked for tells whether there is a next page.
static enum status put_row(void *ctx, const struct job_row *row, struct err *e)
{
    struct job_look *l = ctx;
    (void)e;
    if (++l->told >= l->page.limit)
        return OK;
    put_job(l->x, &l->j, row);
    memcpy(l->last, row->id.text, sizeof l->last);
    return OK;
}

static enum status put_rows(struct work *w, void *ctx)
{
    struct job_look *l = ctx;
    json_put_list(&l->j, "jobs");
    enum status s = job_each(w, &l->page, l->x->request->arena, put_row, l);
    json_put_end(&l->j);
    return s;
}

static enum status get_jobs(struct exchange *x)
{
    struct buf b;
    int64_t limit = param_integer(x, "limit");
    struct job_look l = { .x = x, .page = { param_text(x, "after"), limit + 1 } };
    buf_init(&b, LIST_CEILING);
    l.j.to = &b;
    json_put_object(&l.j, NULL);
    enum status s = read_station(x, put_rows, &l);
    json_put_list(&l.j, "links");
    put_self_links(x, &l.j);
    if (l.told > limit)
        put_next_link(x, &l.j, link_to(x, "/jobs?limit=%lld&after=%s", (long long)limit, l.last), FORMAT_JSON);
    json_put_end(&l.j);
    json_put_end(&l.j);
    if (s == OK)
        return answer_document(x, &b);
    buf_clear(&b);
    return s;
}

// --- Letting go -------------------------------------------------------------------------------------------------------------------------

static enum status dismiss(struct work *w, void *ctx)
{
    struct job_look *l = ctx;
    enum status s = read_job(w, l);
    return s == OK ? job_dismiss(w, l->row.id.text, &l->is_gone) : s;
}

static enum status delete_job(struct exchange *x)
{
    struct job_look l = { .x = x };
    enum status s = write_station(x, dismiss, &l);
    if (s != OK)
        return no_such_job(x, s);
    runner_cancel(x->server->runner, l.row.id.text);
    if (l.is_gone)
        runner_forget_files(x->server, l.row.id.text);
    l.row.state = "dismissed";
    l.row.message = NULL;
    l.row.ended_at_s = x->now_s;
    answer_job(x, &l.row, 200);
    return OK;
}

// --- Results ------------------------------------------------------------------------------------------------------------------------------

// The job when it has results; else the answer is there, and *told.
static enum status find_done(struct exchange *x, struct job_look *l, bool *told)
{
    *told = true;
    *l = (struct job_look){ .x = x };
    enum status s = read_station(x, read_job, l);
    if (s != OK)
        return no_such_job(x, s);
    if (strcmp(l->row.state, "failed") == 0) {
        answer_refusal(x, l->row.fault != 0 ? l->row.fault : 500, text_in(x->lang, l->row.message));
        return OK;
    }
    if (strcmp(l->row.state, "successful") != 0) {
        err_set(&x->err, NOT_FOUND, "the job has no results: it is %s", job_state_title(l->row.state, x->lang));
        return answer_no_such(x, "result-not-ready", x->err.text);
    }
    *told = false;
    return OK;
}

static const struct process *process_of(const struct job_row *row)
{
    for (int i = 0; process_at(i) != NULL; i++)
        if (strcmp(process_at(i)->id, row->process) == 0)
            return process_at(i);
    return NULL;
}

static enum status get_results(struct exchange *x)
{
    struct job_look l;
    bool told;
    struct json_doc *request = NULL, *result = NULL;
    enum status s = find_done(x, &l, &told);
    const struct process *p = told ? NULL : process_of(&l.row);
    if (p == NULL)
        return s;
    s = json_parse(l.row.request, strlen(l.row.request), "request", NULL, &request, &x->err);
    if (s == OK)
        s = json_parse(l.row.result, strlen(l.row.result), "result", NULL, &result, &x->err);
    struct results r = { .process = p, .job = l.row.id.text };
    if (s == OK)
        s = results_wanted_read(p, json_root(request), &r.wanted, &x->err);
    if (s == OK) {
        const char *how = param_text(x, "response");
        r.wanted.is_raw = how != NULL ? strcmp(how, "raw") == 0 : r.wanted.is_raw;
        r.result = json_root(result);
        s = answer_results(x, &r);
    }
    json_close(result);
    json_close(request);
    return s;
}

// "changes.gpkg": an output and the ending of one of its types.
static const struct process_type *type_named(const struct process *p, const char *file)
{
    for (int i = 0; p != NULL && i < p->outputs; i++) {
        const struct process_output *o = &p->output[i];
        size_t len = strlen(o->name);
        for (const struct process_type *t = o->type; t != NULL && t->media_type != NULL; t++)
            if (strncmp(file, o->name, len) == 0 && strcmp(file + len, t->ending) == 0)
                return t;
    }
    return NULL;
}

static enum status get_file(struct exchange *x)
{
    struct job_look l;
    bool told;
    char folder[FOLDER_ROOM], path[FOLDER_ROOM + 300];
    struct stat st;
    enum status s = find_done(x, &l, &told);
    if (told)
        return s;
    const struct process_type *t = type_named(process_of(&l.row), x->segment[1]);
    job_folder(station_folder(x->server->station), l.row.id.text, folder);
    snprintf(path, sizeof path, "%s/%.200s", folder, x->segment[1]);
    int fd = t != NULL ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0)
            close(fd);
        return err_set(&x->err, NOT_FOUND, "the job has no file \"%.60s\"; its results name them", x->segment[1]);
    }
    bool is_page = strcmp(t->media_type, "text/html") == 0;
    answer_file(x, &(struct file_answer){ .fd = fd, .bytes = st.st_size, .type = is_page ? "text/html; charset=utf-8" : t->media_type, .name = is_page ? NULL : x->segment[1] });
    if (is_page)       // it was made from a stranger's files: it runs what it brings, and reaches nothing of ours
        answer_header(x->answer, "Content-Security-Policy", "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:");
    return OK;
}

// --- Routes -------------------------------------------------------------------------------------------------------------------------------

static const char *const responses[] = { "raw", "document", NULL };
static const struct param list_params[] = {
    { .kind = PARAM_INTEGER, .name = "limit", .least = 1, .most = 10000, .fallback = 100, .clamps = true, .about = "How many at most" },
    { .kind = PARAM_TEXT, .name = "after", .about = "Where the page begins: from the link next" },
    { .kind = PARAM_END },
};
static const struct param result_params[] = {
    { .kind = PARAM_WORD, .name = "response", .word = responses, .about = "As one document, or raw; as the job was asked for otherwise" },
    { .kind = PARAM_END },
};

#define JOB "/jobs/{jobId}"
const struct route job_routes[] = {
    { .method = HTTP_GET, .path = "/jobs", .serve = get_jobs, .formats = FORMAT_JSON | FORMAT_HTML, .param = list_params, .id = "jobs", .tag = "processes", .about = "Jobs of yours" },
    { .method = HTTP_GET, .path = JOB, .serve = get_job, .formats = FORMAT_JSON | FORMAT_HTML, .id = "job", .tag = "processes", .about = "How far a job is" },
    { .method = HTTP_DELETE, .path = JOB, .serve = delete_job, .formats = FORMAT_JSON, .flags = ROUTE_SLOW, .id = "dismiss", .tag = "processes",
      .about = "Cancel a job, or remove one that is done with all it made" },
    { .method = HTTP_GET, .path = JOB "/results", .serve = get_results, .formats = FORMAT_JSON, .param = result_params, .id = "results", .tag = "processes", .about = "What came out" },
    { .method = HTTP_GET, .path = JOB "/results/{file}", .serve = get_file, .formats = FORMAT_BYTES, .id = "resultFile", .tag = "processes", .about = "A file that came out" },
    { .path = NULL },
};
