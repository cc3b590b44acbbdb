// job.h - work done aside for somebody who asked for it (作业), and the files they sent for it (上传).
//
// A job and an upload are their maker's alone: for everybody else they are not there. Both end: a job's row and files are kept for
// JOB_KEPT_S, an upload's for UPLOAD_KEPT_S. A job whose service died is told as failed by the next service. Neither is a record: what a
// job does to records is audited where it is done.
//
//     STATION/jobs/ID/           what a job made
//     STATION/uploads/ID/        what was sent
#pragma once
#include "core/folder.h"
#include "core/page.h"
#include "core/work.h"

struct arena;

enum { JOB_KEPT_S = 7 * 86400, UPLOAD_KEPT_S = 86400, JOBS_OPEN_MOST = 4, UPLOADS_MOST = 8, JOB_WORD = 32, JOB_RUNNER = 32, UPLOAD_NAME = 120 };

// Texts live in an arena.
struct job_row {
    struct id id;
    const char *process, *actor, *state;           // accepted, running, successful, failed, dismissed
    const char *request, *result, *message;        // JSON; result, message: NULL
    int fault;                                     // HTTP status of a failed one; 0
    int64_t made_at_s, begun_at_s, ended_at_s;     // 0: not yet
};
struct job_spec { const char *process, *runner, *request; };
// Inside a job of the store; everything is w->actor's. TOO_BIG: too many of theirs are not done yet.
enum status job_record(struct work *w, const struct job_spec *spec, struct id *out);
enum status job_get(struct work *w, const char *id, struct arena *a, struct job_row *out);            // NOT_FOUND
typedef enum status job_visit(void *ctx, const struct job_row *j, struct err *e);
enum status job_each(struct work *w, const struct page *p, struct arena *a, job_visit *fn, void *ctx);       // the latest first; after: an id
// One that is not done stays as dismissed; of one that is done nothing stays (*is_gone), its files are the caller's to remove.
enum status job_dismiss(struct work *w, const char *id, bool *is_gone);                               // NOT_FOUND

// By the service that does it. A job that was dismissed meanwhile stays so.
enum status job_begin(struct work *w, const char *id);
struct job_end { const char *id, *result, *message; int fault; };                                   // message: it failed
enum status job_end(struct work *w, const struct job_end *end);
// When a service opens: jobs of services that are gone failed, and what is past goes. gone: for the files of each.
typedef void job_gone(void *ctx, const char *id);
enum status job_tidy(struct work *w, bool (*is_alive)(void *ctx, const char *runner), job_gone *gone, void *ctx);

struct upload { struct id id; char name[UPLOAD_NAME], sha256[65]; int64_t bytes, made_at_s, expires_at_s; };
// name: only its last part counts. INVALID: no name; TOO_BIG: too many of theirs are kept.
enum status upload_record(struct work *w, struct upload *u);
enum status upload_get(struct work *w, const char *id, struct upload *out);                           // NOT_FOUND
enum status upload_forget(struct work *w, const char *id);                                            // NOT_FOUND
enum status upload_tidy(struct work *w, job_gone *gone, void *ctx);
void upload_path(const char *station, const struct upload *u, char out[FOLDER_ROOM]);
void job_folder(const char *station, const char *id, char out[FOLDER_ROOM]);
