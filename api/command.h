// command.h - the commands of the program (命令), and what each of them is handed.
//
// A command is a leaf: it reads its own options, does its work and says how it went; commands never call each other.
// Data goes to stdout or to the file named by -o, words go to stderr. A new command is a row in api/command.c.
#pragma once
#include "core/base/status.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USED_WRONGLY = 2, EXIT_REFUSED = 3 };

struct command;
struct call {
    const struct command *command;
    int argc;                      // what follows the command's name
    char **argv;
    enum lang lang;
};

struct option;
struct command {
    const char *name;
    int (*run)(const struct call *call); // returns an exit status
    const char *operands;                // "BEFORE AFTER -o CHANGES [options]"
    const char *brief;                   // one line, English key
    const struct option *option;         // NULL: none; see options.h
    const char *examples;                // a command a line, as one would type it
    const char *notes;                   // below them, English key; NULL: none
};

extern const struct command command_list[];              // ends with a row without a name
const struct command *command_get(const char *name);     // NULL: there is none
const char *command_nearest(const char *name);           // for "did you mean"; NULL: nothing is near

// The sentence of e on stderr, and the exit status that belongs to it.
int command_failed(const struct call *call, const struct err *e);
// The same for a wrong use of the command line: also names the help.
int command_used_wrongly(const struct call *call, const struct err *e);

const char *command_version(void);                       // "0.1.0"

int cmd_actor(const struct call *call);
int cmd_agency(const struct call *call);
int cmd_audit(const struct call *call);
int cmd_backup(const struct call *call);
int cmd_calendar(const struct call *call);
int cmd_case(const struct call *call);
int cmd_cells(const struct call *call);
int cmd_changes(const struct call *call);
int cmd_compare(const struct call *call);
int cmd_compartment(const struct call *call);
int cmd_config(const struct call *call);
int cmd_diff(const struct call *call);
int cmd_document(const struct call *call);
int cmd_export(const struct call *call);
int cmd_finding(const struct call *call);
int cmd_help(const struct call *call);
int cmd_init(const struct call *call);
int cmd_lead(const struct call *call);
int cmd_list(const struct call *call);
int cmd_load(const struct call *call);
int cmd_queue(const struct call *call);
int cmd_report(const struct call *call);
int cmd_restore(const struct call *call);
int cmd_review(const struct call *call);
int cmd_route(const struct call *call);
int cmd_serve(const struct call *call);
int cmd_score(const struct call *call);
int cmd_survey(const struct call *call);
int cmd_token(const struct call *call);
int cmd_verify(const struct call *call);
