// station_command.h - the frame of every command that works on a station (站点命令): words, options, open, do, close.
#pragma once
#include "api/station_use.h"

struct command_form { const char *word; int least, most; };     // "move STATION NUMBER VERB" has 4 words

struct station_command {
    const struct command_form *form;   // ends with a row without a word; NULL: the first word is the station
    int least, most;                   // words, where there are no forms
    // Both get the command's own settings, which begin with their struct station_use. check: of the command line alone; NULL: nothing more.
    enum status (*check)(void *settings, const struct operands *words, struct err *e);
    enum status (*run)(void *settings, const struct operands *words, struct err *e);
};
// Which row of forms the first word is; -1: none.
int command_form_of(const struct command_form *form, const struct operands *words);

// The exit status. What is said of a wrong use is the command's operands, as help has them.
int station_command(const struct call *call, const struct station_command *c, void *settings);

// An option's text into a place of so many bytes; NULL leaves it. INVALID: too long.
enum status station_command_copy(char *out, size_t cap, const char *text, const char *option, struct err *e);
