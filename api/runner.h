// runner.h - the thread that does jobs one after the other, and how far each of them is (作业执行).
#pragma once
#include "api/process.h"

struct runner;
// Jobs of services that are gone are told as failed; what is past is removed. FAILED.
enum status runner_open(struct server *s, struct runner **out, struct err *e);
void runner_close(struct runner *r);             // what is under way is cancelled and told as failed; NULL is fine
const char *runner_name(const struct runner *r); // as rows of jobs keep it

// Takes the job, whose row is there. request: the body that asked for it.
void runner_add(struct runner *r, const struct process *p, const char *job, const char *actor, const char *request, enum lang lang);
// How far one is that is not done: 0..100 and what it does (English key). False: it is not here.
bool runner_progress(struct runner *r, const char *job, int *percent, const char **stage);
void runner_cancel(struct runner *r, const char *job);
// A process at once, on this thread; result: of its outputs, an object.
struct runner_now { const struct process *process; const char *actor; struct json inputs; struct json_writer *result; };
enum status runner_now(struct server *s, const struct runner_now *what, struct err *e);
void runner_forget_files(const struct server *s, const char *job);
void runner_tidy(struct runner *r);              // what is past goes, now and then
