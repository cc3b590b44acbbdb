// log.h - what a running service says of itself (日志): one line of JSON for each request, to be read by programs, with nothing secret.
//
// A line has the route and not what was asked of it: names of parameters, never their values; never a header, a cookie, a token or a
// sentence. Who asked is the actor's id. Lines are handed to a thread of their own, so that nobody who is answered waits for whoever reads
// the log; when that one is too slow lines are left out, and how many is said.
#pragma once
#include "api/exchange.h"

enum log_level { LOG_NONE, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_LEVELS };    // ERROR: 5xx; WARN: and refused or slow; INFO: every request
bool log_level_read(const char *word, enum log_level *out);

enum { LOG_SLOW_MS = 1000 };
struct log;
struct log *log_open(int fd, enum log_level most);             // fd stays the caller's
void log_close(struct log *l);                                 // what was said is written; NULL is fine
int64_t log_left_out(const struct log *l);
// By which a request is found in the log: as a proxy that is trusted names it, or of our own. Told in answers that say something went wrong.
const char *request_id(struct exchange *x);
void log_request(struct log *l, struct exchange *x, const struct http_end *end);       // l NULL: nobody listens
