// job_answer.h - jobs and results as OGC API Processes tells them (OGC 18-062r2): status, results as a document or raw, problems.
#pragma once
#include "api/answer.h"
#include "api/process.h"
#include "core/job.h"

#define PROCESSES_PROBLEM "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
// 404 with one of its names: no-such-process, no-such-job, result-not-ready. Always OK: the answer is there.
enum status answer_no_such(struct exchange *x, const char *what, const char *sentence);

const char *job_state_title(const char *state, enum lang lang);                                  // "running": "under way"
void put_job(struct exchange *x, struct json_writer *j, const struct job_row *row);              // statusInfo, as an item or the whole
void answer_job(struct exchange *x, const struct job_row *row, int status);

// How results are wanted: "response" and "outputs" of a request. INVALID: an output the process does not have.
struct results_wanted { bool is_raw; struct json outputs; };
enum status results_wanted_read(const struct process *p, struct json request, struct results_wanted *out, struct err *e);
// result: a member for each output that is a value. job NULL: there is none, and so no files.
struct results { const struct process *process; const char *job; struct json result; struct results_wanted wanted; };
enum status answer_results(struct exchange *x, const struct results *r);
