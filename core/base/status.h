// status.h - saying that it did not work.
//
// A status names what the caller can do about it; the sentence for the person is set once, where the fault is seen,
// and passed up untouched. Out-parameters come last and are written only when the answer is OK.
#pragma once
#include "core/base/text.h"

enum status { OK, NOT_FOUND, INVALID, DENIED, CONFLICT, BUSY, TOO_BIG, FAILED };

struct err {
    enum status status;
    enum lang lang;    // set by the caller before the first call; the sentence is kept in this language
    char text[1024];   // one line: what was expected, what was given, where, what to do
};

// Keeps the sentence and returns s, so that a wrong turn is one line: return err_set(e, INVALID, "...", ...).
// english is also the key of the Chinese text (text.h); a zh text may reorder arguments with %1$s.
enum status err_set(struct err *e, enum status s, const char *english, ...) __attribute__((format(printf, 3, 4)));

// A bug stops the program, in release builds too.
#define must(condition) ((condition) ? (void)0 : must_failed(#condition, __FILE__, __LINE__))
_Noreturn void must_failed(const char *condition, const char *file, int line);
