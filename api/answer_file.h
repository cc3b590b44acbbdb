// answer_file.h - answers that are files: a name to be saved under, a part of it when a range is asked for (RFC 9110 14).
#pragma once
#include "api/exchange.h"

// What a browser saves the answer as (RFC 6266); any UTF-8.
void answer_name(struct exchange *x, const char *name);
struct file_answer {
    int fd;                            // taken over
    int64_t bytes;
    const char *type, *name;           // media type; name NULL: shown, not saved
    const char *tag;                   // strong, with its quotes; NULL: the file is nobody's for long, and ranges are not given
};
// 200, 206 with one range, 304, or 416. Several ranges are answered with the whole.
void answer_file(struct exchange *x, const struct file_answer *f);
