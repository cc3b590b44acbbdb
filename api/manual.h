// manual.h - the manual page and the completions of the shell, made from the table of commands, so that they cannot fall behind it.
#pragma once
#include "api/options.h"

extern const struct option help_options[];                  // --man and --completion
void manual_page(enum lang lang, struct buf *out);          // man(7)
void manual_bash(struct buf *out);                          // for bash-completion
