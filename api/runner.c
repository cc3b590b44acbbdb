#include "api/runner.h"

#include "api/answer.h"
#include "api/server.h"
#include "core/base/json_write.h"
#include "core/base/mem.h"
#include "core/base/when.h"
#include "core/base/workers.h"
#include "core/job.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { RESULT_CEILING = 16 << 20, JOB_MOST_S = 4 * 3600, TIDY_EVERY_S = 600 };

struct running {
    struct job job;
    struct runner *runner;
    const struct process *process;
    char id[ID_TEXT], actor[ID_TEXT];
    char *request;
    enum lang lang;
    double begun_s;
    atomic_int percent;
    _Atomic(const char *) stage;                  // a constant text
    volatile sig_atomic_t cancelled;
    struct running *next;
};

struct runner {
    struct server *server;
    struct workers *thread;
    pthread_mutex_t lock;
    struct running *first;                        // all that are not done
    double tidied_s;
};

const char *runner_name(const struct runner *r)
{
    const char *folder = scratch_folder(r->server->scratch), *slash = strrchr(folder, '/');
    return slash + 1;
}

static enum status write_as(struct runner *r, const char *actor, station_job *fn, void *ctx, struct err *e)
{
    struct server *s = r->server;
    return station_write(s->station, &(struct station_call){ s->settings.now_s(), actor }, fn, ctx, e);
}

// --- What is past -----------------------------------------------------------------------------------------------------------------

static void forget_folder(const struct server *s, const char *shelf, const char *id)
{
    char path[FOLDER_ROOM];
    must(snprintf(path, sizeof path, "%s/%s/%s", station_folder(s->station), shelf, id) < FOLDER_ROOM);
    scratch_remove(path);
}

void runner_forget_files(const struct server *s, const char *job) { forget_folder(s, "jobs", job); }

static void forget_job(void *ctx, const char *id) { runner_forget_files(((struct runner *)ctx)->server, id); }
static void forget_upload(void *ctx, const char *id) { forget_folder(((struct runner *)ctx)->server, "uploads", id); }

static bool is_alive(void *ctx, const char *name)
{
    struct runner *r = ctx;
    char path[FOLDER_ROOM];
    struct stat st;
    must(snprintf(path, sizeof path, "%s/scratch/%s", station_folder(r->server->station), name) < FOLDER_ROOM);
    return stat(path, &st) == 0;
}

static enum status tidy(struct work *w, void *ctx)
{
    enum status s = job_tidy(w, is_alive, forget_job, ctx);
    return s == OK ? upload_tidy(w, forget_upload, ctx) : s;
}

void runner_tidy(struct runner *r)
{
    struct err aside = { .lang = LANG_EN };
    double now_s = when_monotonic_s();
    pthread_mutex_lock(&r->lock);
    bool is_due = now_s - r->tidied_s > TIDY_EVERY_S;
    if (is_due)
        r->tidied_s = now_s;
    pthread_mutex_unlock(&r->lock);
    if (is_due)
        (void)write_as(r, "system", tidy, r, &aside);       // it is tried again
}

// --- A job --------------------------------------------------------------------------------------------------------------------------

static void tell(void *ctx, const char *stage, double share)
{
    struct running *j = ctx;
    int percent = (int)(share * 100);
    atomic_store(&j->percent, percent < 0 ? 0 : percent > 99 ? 99 : percent);
    atomic_store(&j->stage, stage);
    if (when_monotonic_s() - j->begun_s > JOB_MOST_S)
        j->cancelled = 1;
}

static enum status begin(struct work *w, void *ctx) { return job_begin(w, ((struct running *)ctx)->id); }
static enum status end(struct work *w, void *ctx) { return job_end(w, ctx); }

static enum status make_folder(const struct server *s, const char *id, char out[FOLDER_ROOM], struct err *e)
{
    char shelf[FOLDER_ROOM];
    folder_join(shelf, station_folder(s->station), "/jobs");
    job_folder(station_folder(s->station), id, out);
    bool fine = (mkdir(shelf, 0700) == 0 || errno == EEXIST) && (mkdir(out, 0700) == 0 || errno == EEXIST);
    return fine ? OK : err_set(e, FAILED, "%s: cannot be made: %s", out, strerror(errno));
}

static enum status run_job(struct running *j, struct buf *result, struct err *e)
{
    struct server *s = j->runner->server;
    struct progress progress = { tell, j };
    struct json_writer w = { .to = result };
    struct json_doc *doc = NULL;
    char folder[FOLDER_ROOM] = "";
    enum status st = json_parse(j->request, strlen(j->request), "request", NULL, &doc, e);
    if (st == OK)
        st = write_as(j->runner, j->actor, begin, j, e);
    if (st == OK && process_has_files(j->process))
        st = make_folder(s, j->id, folder, e);
    json_put_object(&w, NULL);
    if (st == OK)
        st = j->process->run(&(struct process_run){ .server = s, .actor = j->actor, .folder = folder, .now_s = s->settings.now_s(), .progress = &progress,
                                                    .inputs = json_get(json_root(doc), "inputs"), .cancelled = &j->cancelled, .result = &w }, e);
    json_put_end(&w);
    json_close(doc);
    return st == OK && result->full ? err_set(e, TOO_BIG, "the result has more than %d MB", RESULT_CEILING >> 20) : st;
}

static void take_out(struct running *j)
{
    struct runner *r = j->runner;
    pthread_mutex_lock(&r->lock);
    struct running **at = &r->first;
    while (*at != j)
        at = &(*at)->next;
    *at = j->next;
    pthread_mutex_unlock(&r->lock);
    mem_free(j->request);
    mem_free(j);
}

static void do_job(void *ctx)
{
    struct running *j = ctx;
    struct runner *r = j->runner;
    struct err e = { .lang = j->lang }, aside = { .lang = j->lang };
    struct buf result;
    buf_init(&result, RESULT_CEILING);
    j->begun_s = when_monotonic_s();
    enum status st = j->cancelled != 0 ? err_set(&e, CONFLICT, "it was interrupted") : run_job(j, &result, &e);
    struct job_end how = { .id = j->id, .result = result.data };
    if (st != OK)
        how = (struct job_end){ .id = j->id, .message = e.text[0] != '\0' ? e.text : "it did not work", .fault = st == CONFLICT ? 503 : status_code(st) };
    (void)write_as(r, "system", end, &how, &aside);         // if not, the next service tells it as failed
    if (st != OK)
        runner_forget_files(r->server, j->id);
    buf_clear(&result);
    take_out(j);
}

void runner_add(struct runner *r, const struct process *p, const char *job, const char *actor, const char *request, enum lang lang)
{
    struct running *j = mem_get(1, sizeof *j);
    j->job = (struct job){ .run = do_job, .ctx = j };
    j->runner = r;
    j->process = p;
    j->lang = lang;
    j->request = mem_text(request);
    snprintf(j->id, sizeof j->id, "%s", job);
    snprintf(j->actor, sizeof j->actor, "%s", actor);
    pthread_mutex_lock(&r->lock);
    j->next = r->first;
    r->first = j;
    pthread_mutex_unlock(&r->lock);
    if (!workers_add(r->thread, &j->job))
        do_job(j);                                          // closing: it ends at once
}

static struct running *find(struct runner *r, const char *job)
{
    struct running *j = r->first;
    while (j != NULL && strcmp(j->id, job) != 0)
        j = j->next;
    return j;
}

bool runner_progress(struct runner *r, const char *job, int *percent, const char **stage)
{
    pthread_mutex_lock(&r->lock);
    struct running *j = find(r, job);
    if (j != NULL) {
        *percent = atomic_load(&j->percent);
        *stage = atomic_load(&j->stage);
    }
    pthread_mutex_unlock(&r->lock);
    return j != NULL;
}

void runner_cancel(struct runner *r, const char *job)
{
    pthread_mutex_lock(&r->lock);
    struct running *j = find(r, job);
    if (j != NULL)
        j->cancelled = 1;
    pthread_mutex_unlock(&r->lock);
}

enum status runner_now(struct server *s, const struct runner_now *what, struct err *e)
{
    static const volatile sig_atomic_t never = 0;
    static const struct progress nobody = { NULL, NULL };
    return what->process->run(&(struct process_run){ .server = s, .actor = what->actor, .folder = "", .now_s = s->settings.now_s(), .inputs = what->inputs,
                                                     .progress = &nobody, .cancelled = &never, .result = what->result }, e);
}

// --- Opening and closing --------------------------------------------------------------------------------------------------------------

enum status runner_open(struct server *s, struct runner **out, struct err *e)
{
    struct runner *r = mem_get(1, sizeof *r);
    r->server = s;
    pthread_mutex_init(&r->lock, NULL);
    r->tidied_s = when_monotonic_s();
    r->thread = workers_open(1);
    enum status st = write_as(r, "system", tidy, r, e);
    if (st == OK)
        *out = r;
    else
        runner_close(r);
    return st;
}

void runner_close(struct runner *r)
{
    if (r == NULL)
        return;
    pthread_mutex_lock(&r->lock);
    for (struct running *j = r->first; j != NULL; j = j->next)
        j->cancelled = 1;
    pthread_mutex_unlock(&r->lock);
    workers_close(r->thread);
    pthread_mutex_destroy(&r->lock);
    mem_free(r);
}
