#include "core/job.h"

#include "core/base/mem.h"
#include <stdio.h>
#include <string.h>

// --- Jobs -----------------------------------------------------------------------------------------------------------------------

void job_folder(const char *station, const char *id, char out[FOLDER_ROOM])
{
    must(snprintf(out, FOLDER_ROOM, "%s/jobs/%s", station, id) < FOLDER_ROOM);
}

enum status job_record(struct work *w, const struct job_spec *spec, struct id *out)
{
    int64_t open = 0;
    enum status s = db_integer(w->db, "SELECT count(*) FROM job WHERE actor_id = $1 AND state IN ('accepted', 'running')", VALUES(value_text(w->actor)), &open, w->e);
    if (s == OK && open >= JOBS_OPEN_MOST)
        return err_set(w->e, TOO_BIG, "%d jobs of yours are not done yet; wait for one, or dismiss one", JOBS_OPEN_MOST);
    *out = work_id(w);
    return s == OK ? db_run(w->db, "INSERT INTO job (id, process, actor_id, state, runner, request, made_at_s, expires_at_s) VALUES ($1, $2, $3, 'accepted', $4, $5, $6, $7)",
                            VALUES(value_text(out->text), value_text(spec->process), value_text(w->actor), value_text(spec->runner), value_text(spec->request),
                                   value_integer(w->now_s), value_integer(w->now_s + JOB_KEPT_S)), w->e) : s;
}

#define COLUMNS "id, process, actor_id, state, request, result, message, coalesce(fault, 0), made_at_s, coalesce(begun_at_s, 0), coalesce(ended_at_s, 0)"

struct reading { struct arena *arena; struct job_row *out; };

static void read_job(void *ctx, const struct rows *r)
{
    struct reading *to = ctx;
    struct arena *a = to->arena;
    *to->out = (struct job_row){ .process = arena_text(a, rows_text(r, 1)), .actor = arena_text(a, rows_text(r, 2)), .state = arena_text(a, rows_text(r, 3)),
                                 .request = arena_text(a, rows_text(r, 4)), .result = arena_text(a, rows_text(r, 5)), .message = arena_text(a, rows_text(r, 6)),
                                 .fault = (int)rows_integer(r, 7), .made_at_s = rows_integer(r, 8), .begun_at_s = rows_integer(r, 9), .ended_at_s = rows_integer(r, 10) };
    rows_copy(r, 0, to->out->id.text, sizeof to->out->id.text);
}

static enum status no_such_job(struct work *w, const char *id) { return err_set(w->e, NOT_FOUND, "there is no job \"%.60s\" of yours", id); }

enum status job_get(struct work *w, const char *id, struct arena *a, struct job_row *out)
{
    struct reading to = { a, out };
    enum status s = db_row(w->db, "SELECT " COLUMNS " FROM job WHERE id = $1 AND actor_id = $2", VALUES(value_text(id), value_text(w->actor)), read_job, &to, w->e);
    return s == NOT_FOUND ? no_such_job(w, id) : s;
}

enum status job_each(struct work *w, const struct page *p, struct arena *a, job_visit *fn, void *ctx)
{
    struct rows *r = NULL;
    struct job_row row;
    bool more = true;
    enum status s = db_ask(w->db, "SELECT " COLUMNS " FROM job WHERE actor_id = $1 AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
                           VALUES(value_text(w->actor), value_text(page_after(p)), value_integer(page_limit(p))), &r, w->e);
    while (s == OK && (s = rows_next(r, &more, w->e)) == OK && more) {
        read_job(&(struct reading){ a, &row }, r);
        s = fn(ctx, &row, w->e);
    }
    rows_done(r);
    return s;
}

enum status job_dismiss(struct work *w, const char *id, bool *is_gone)
{
    enum status s = db_run(w->db, "UPDATE job SET state = 'dismissed', ended_at_s = $3 WHERE id = $1 AND actor_id = $2 AND state IN ('accepted', 'running')",
                           VALUES(value_text(id), value_text(w->actor), value_integer(w->now_s)), w->e);
    *is_gone = s == OK && db_changed(w->db) == 0;
    if (*is_gone)
        s = db_run(w->db, "DELETE FROM job WHERE id = $1 AND actor_id = $2", VALUES(value_text(id), value_text(w->actor)), w->e);
    return s == OK && db_changed(w->db) == 0 ? no_such_job(w, id) : s;
}

enum status job_begin(struct work *w, const char *id)
{
    return db_run(w->db, "UPDATE job SET state = 'running', begun_at_s = $2 WHERE id = $1 AND state = 'accepted'", VALUES(value_text(id), value_integer(w->now_s)), w->e);
}

enum status job_end(struct work *w, const struct job_end *end)
{
    return db_run(w->db, "UPDATE job SET state = $2, result = $3, message = $4, fault = $5, ended_at_s = $6 WHERE id = $1 AND state IN ('accepted', 'running')",
                  VALUES(value_text(end->id), value_text(end->message == NULL ? "successful" : "failed"), value_text(end->result), value_text(end->message),
                         end->fault != 0 ? value_integer(end->fault) : value_null(), value_integer(w->now_s)), w->e);
}

// --- What is past -----------------------------------------------------------------------------------------------------------------

enum { TIDIED_MOST = 256 };        // at once; the rest the next time
struct tidying { struct id id[TIDIED_MOST]; char runner[TIDIED_MOST][JOB_RUNNER]; int count; };

static enum status gather(struct work *w, const char *sql, struct values v, struct tidying *t)
{
    struct rows *r = NULL;
    bool more = true;
    enum status s = db_ask(w->db, sql, v, &r, w->e);
    for (t->count = 0; t->count < TIDIED_MOST && s == OK && (s = rows_next(r, &more, w->e)) == OK && more; t->count++) {
        rows_copy(r, 0, t->id[t->count].text, sizeof t->id[0].text);
        rows_copy(r, 1, t->runner[t->count], sizeof t->runner[0]);
    }
    rows_done(r);
    return s;
}

static enum status fail_orphans(struct work *w, bool (*is_alive)(void *ctx, const char *runner), void *ctx, struct tidying *t)
{
    enum status s = gather(w, "SELECT id, runner FROM job WHERE state IN ('accepted', 'running')", NO_VALUES, t);
    for (int i = 0; i < t->count && s == OK; i++)
        if (!is_alive(ctx, t->runner[i]))
            s = job_end(w, &(struct job_end){ .id = t->id[i].text, .message = "it was interrupted", .fault = 503 });
    return s;
}

static enum status forget(struct work *w, const char *sql, const struct tidying *t, job_gone *gone, void *ctx)
{
    enum status s = OK;
    for (int i = 0; i < t->count && s == OK; i++) {
        s = db_run(w->db, sql, VALUES(value_text(t->id[i].text)), w->e);
        if (s == OK)
            gone(ctx, t->id[i].text);
    }
    return s;
}

enum status job_tidy(struct work *w, bool (*is_alive)(void *ctx, const char *runner), job_gone *gone, void *ctx)
{
    struct tidying *t = mem_get(1, sizeof *t);
    enum status s = fail_orphans(w, is_alive, ctx, t);
    if (s == OK)
        s = gather(w, "SELECT id, runner FROM job WHERE expires_at_s < $1 AND state NOT IN ('accepted', 'running')", VALUES(value_integer(w->now_s)), t);
    if (s == OK)
        s = forget(w, "DELETE FROM job WHERE id = $1", t, gone, ctx);
    mem_free(t);
    return s;
}

// --- Uploads ------------------------------------------------------------------------------------------------------------------------

// Its last part without what a folder or a program could misread; its ending stays, by which formats are known.
static void clean_name(char name[UPLOAD_NAME])
{
    char *last = strrchr(name, '/');
    if (last != NULL)
        memmove(name, last + 1, strlen(last + 1) + 1);
    for (char *c = name; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || strchr("\\\"'`$;|<>&*?:%{}", *c) != NULL)
            *c = '_';
}

enum status upload_record(struct work *w, struct upload *u)
{
    int64_t kept = 0;
    clean_name(u->name);
    if (u->name[0] == '\0' || u->name[0] == '.')
        return err_set(w->e, INVALID, "an upload needs the name of its file, by which its format is known: name=buildings.gpkg");
    enum status s = db_integer(w->db, "SELECT count(*) FROM upload WHERE actor_id = $1 AND expires_at_s >= $2", VALUES(value_text(w->actor), value_integer(w->now_s)), &kept, w->e);
    if (s == OK && kept >= UPLOADS_MOST)
        return err_set(w->e, TOO_BIG, "%d uploads of yours are kept; remove one, or wait until it goes by itself", UPLOADS_MOST);
    u->id = work_id(w);
    u->made_at_s = w->now_s;
    u->expires_at_s = w->now_s + UPLOAD_KEPT_S;
    return s == OK ? db_run(w->db, "INSERT INTO upload (id, actor_id, name, bytes, sha256, made_at_s, expires_at_s) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                            VALUES(value_text(u->id.text), value_text(w->actor), value_text(u->name), value_integer(u->bytes), value_text(u->sha256),
                                   value_integer(u->made_at_s), value_integer(u->expires_at_s)), w->e) : s;
}

static void read_upload(void *out, const struct rows *r)
{
    struct upload *u = out;
    *u = (struct upload){ .bytes = rows_integer(r, 3), .made_at_s = rows_integer(r, 4), .expires_at_s = rows_integer(r, 5) };
    rows_copy(r, 0, u->id.text, sizeof u->id.text);
    rows_copy(r, 1, u->name, sizeof u->name);
    rows_copy(r, 2, u->sha256, sizeof u->sha256);
}

static enum status no_such_upload(struct work *w, const char *id) { return err_set(w->e, NOT_FOUND, "there is no upload \"%.60s\" of yours", id); }

enum status upload_get(struct work *w, const char *id, struct upload *out)
{
    enum status s = db_row(w->db, "SELECT id, name, sha256, bytes, made_at_s, expires_at_s FROM upload WHERE id = $1 AND actor_id = $2 AND expires_at_s >= $3",
                           VALUES(value_text(id), value_text(w->actor), value_integer(w->now_s)), read_upload, out, w->e);
    return s == NOT_FOUND ? no_such_upload(w, id) : s;
}

enum status upload_forget(struct work *w, const char *id)
{
    enum status s = db_run(w->db, "DELETE FROM upload WHERE id = $1 AND actor_id = $2", VALUES(value_text(id), value_text(w->actor)), w->e);
    return s == OK && db_changed(w->db) == 0 ? no_such_upload(w, id) : s;
}

enum status upload_tidy(struct work *w, job_gone *gone, void *ctx)
{
    struct tidying *t = mem_get(1, sizeof *t);
    enum status s = gather(w, "SELECT id, name FROM upload WHERE expires_at_s < $1", VALUES(value_integer(w->now_s)), t);
    if (s == OK)
        s = forget(w, "DELETE FROM upload WHERE id = $1", t, gone, ctx);
    mem_free(t);
    return s;
}

// The name stands only in its ending: GDAL knows formats by it.
void upload_path(const char *station, const struct upload *u, char out[FOLDER_ROOM])
{
    const char *dot = strrchr(u->name, '.');
    must(snprintf(out, FOLDER_ROOM, "%s/uploads/%s/file%.16s", station, u->id.text, dot != NULL ? dot : "") < FOLDER_ROOM);
}
