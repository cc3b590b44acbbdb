// password_prompt.h - a password from whoever sits there (口令输入): from the terminal without showing it, twice, or a line of stdin.
//
// Never from the words of a command: those are in the list of processes and in the shell's history.
#pragma once
#include "core/base/status.h"
#include <stddef.h>

// INVALID: nothing was typed, too long for room, or not the same twice.
enum status password_prompt(char *out, size_t room, struct err *e);
