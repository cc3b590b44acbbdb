// process.h - what the service can be asked to compute (OGC API Processes): described by rows, run at once or as a job (处理过程).
//
// A process says who may ask for it, checks what it is given before a job is made of it, and runs without the request that asked: on
// the thread of the runner, in the name of its actor. What it answers is a JSON object with a member for each output; an output that
// is a file lies in the job's folder and is answered by a link.
#pragma once
#include "api/exchange.h"
#include "core/base/json.h"
#include "core/base/progress.h"
#include <signal.h>

struct process_type { const char *media_type, *ending; };        // of a file; ending NULL: the value stands in the result
struct process_output {
    const char *name, *title, *schema;                            // title: English key; schema: JSON
    const struct process_type *type;                              // ends with a NULL media_type; the first is the usual one; NULL: a value
};
struct process_input { const char *name, *title, *schema; bool is_required; };

struct process_run {
    struct server *server;
    const char *actor, *folder;                                   // folder: where files go; there when it begins
    int64_t now_s;
    struct json inputs;
    const struct progress *progress;
    const volatile sig_atomic_t *cancelled;
    struct json_writer *result;                                   // members of an object that is open
};

struct process {
    const char *id, *title, *about;                               // English keys
    bool can_wait;                                                // quick: done while whoever asks waits, unless they ask for a job
    const struct process_input *input; int inputs;
    const struct process_output *output; int outputs;
    bool (*is_open)(const struct server *s, const struct viewer *v);
    enum status (*check)(struct exchange *x, struct json inputs); // INVALID names the input; NOT_FOUND
    enum status (*run)(struct process_run *r, struct err *e);     // CONFLICT: it was cancelled
};
extern const struct process process_echo, process_compare, process_diff;
const struct process *process_at(int i);                          // NULL behind the last
const struct process *process_find(const struct server *s, const struct viewer *v, const char *id);       // NULL: there is none for them
const struct process_output *process_output_find(const struct process *p, const char *name);              // NULL
bool process_has_files(const struct process *p);

// Inputs are what they say: known, of the type of their schema's "type" where it has one, and there where they must be. INVALID.
enum status process_inputs_check(const struct process *p, struct json inputs, struct err *e);
// An input may be the value, or {"value": ..., "mediaType": ...} around it.
struct json process_value(struct json inputs, const char *name);
