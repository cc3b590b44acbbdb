// options.h - one parser for the options of every command (选项), driven by a table.
//
// A row says the name, what kind of value, and where in the command's settings it goes; the same row makes the help.
// An unknown option, a missing value or a number out of range is INVALID with a sentence that names the likely remedy.
#pragma once
#include "core/base/buf.h"
#include "core/base/status.h"
#include <stddef.h>

enum option_kind { OPTION_END, OPTION_HEADING, OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER };
struct option {
    enum option_kind kind;
    const char *name;        // "min-area" is given as --min-area M2 or --min-area=M2
    char letter;             // 'o': also -o FILE; 0: none
    size_t at;               // offsetof() in the settings: bool, const char * or double
    const char *value;       // what stands for the value in the help
    double least, most;      // OPTION_NUMBER
    const char *help;        // English key; NULL: a form that another row's help mentions
};

enum { OPERANDS_MOST = 64 };
struct operands { const char *item[OPERANDS_MOST]; int count; };

// argv are the words after the command's name. settings: filled where an option is given, untouched elsewhere.
// most_operands: at most OPERANDS_MOST; more than that many is INVALID.
enum status options_read(const struct option *table, int argc, char **argv, int most_operands, void *settings,
                         struct operands *out, struct err *e);

// The row of that name; NULL: there is none. And what is told instead of an option: INVALID names it.
const struct option *option_named(const struct option *table, const char *name);
enum status option_keep(const struct option *o, const char *text, void *settings, struct err *e);      // text must live as long as settings

// The options as aligned lines of help.
void options_help(const struct option *table, enum lang lang, struct buf *out);

// Steps (letters added, dropped, changed, swapped) from one word to another, for "did you mean".
int options_distance(const char *a, const char *b);
